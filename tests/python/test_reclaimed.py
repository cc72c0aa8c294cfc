# SPDX-License-Identifier: Apache-2.0
"""A receipt that was one customer's and is another's: what it pays then is the second one's."""
from decimal import Decimal as D

import support
from support import day


class Reclaimed(support.BookTest):
    def test_the_first_customer_is_not_told_what_it_paid_later(self):
        s = self.session
        one, two = self.customer("C1"), self.customer("C2")
        self.invoice(two, "I2", "50.00")
        r = s.receipt_record(number="R", value_date=day("2026-05-01"), currency="CNY", amount="50.00")
        s.receipt_claim(r, one.id, date=day("2026-05-05"))
        s.receipt_unclaim(r, "not his", date=day("2026-05-10"))
        s.receipt_claim(r, two.id, date=day("2026-05-15"))
        s.allocation_apply(item=self.item_of("I2").id, receipt=r, amount="50.00", date=day("2026-05-20"))
        self.assertEqual(s.statement(one, currency="CNY").info.closing, D("0.00"))
        self.assertEqual(s.statement(two, currency="CNY").info.closing, D("0.00"))


if __name__ == "__main__":
    support.main()
