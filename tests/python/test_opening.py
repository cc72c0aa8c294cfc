# SPDX-License-Identifier: Apache-2.0
"""A book that begins with what another system leaves: docs/opening.md."""
from decimal import Decimal as D

import support
from support import arcore, day

GO = day("2026-01-01")


class Opening(support.BookTest):
    def setUp(self):
        super().setUp()
        self.acme = self.customer("C1")
        self.start = self.book.session("clerk", business_date=GO)

    def item(self, number, amount, **fields):
        return self.start.item_record(**{**dict(number=number, kind="opening", customer=self.acme.id, currency="CNY", amount=amount, business_date=GO, due_date=day("2026-02-01")), **fields})

    def roles(self, currency="CNY"):
        return {r["role"]: D(r.get("debit", "0") or 0) - D(r.get("credit", "0") or 0) for r in self.session.journal_balance() if r["currency"] == currency}

    def tie(self, **control):
        """The control account, agings and statements say the same; the book verifies."""
        total = {}
        for r in self.session.aging():
            total[r.currency] = total.get(r.currency, D(0)) + r.total
        for currency, amount in control.items():
            self.assertEqual(total.get(currency), D(amount))
            self.assertEqual(self.roles(currency)["receivable"], D(amount))
            self.assertEqual(self.session.statement(self.acme, currency=currency).info.closing, D(amount))
        found = self.book.verify()
        self.assertTrue(found.ok, found.findings)

    def test_debts_and_credits_stand_against_the_opening_account(self):
        debt, credit = self.item("O1", "100.00"), self.item("O2", "-30.00")
        self.assertEqual(self.roles(), {"receivable": D("70.00"), "opening": D("-70.00")})
        self.tie(CNY="70.00")
        a = self.session.allocation_apply(item=debt, credit_item=credit, amount="30.00", date=day("2026-01-05"))
        self.assertEqual((self.session.find("item_state", item=debt).open, self.session.find("item_state", item=credit).open), (D("70.00"), D("0.00")))
        self.session.allocation_reverse(a, "x", date=day("2026-01-06"))
        self.tie(CNY="70.00")
        self.assertEqual(self.session.aging(as_of=day("2026-01-05")).total("CNY").total, D("70.00"))

    def test_what_is_left_of_a_debt_that_was_paid_in_part_keeps_its_due_date_and_parts(self):
        i = self.item("O1", "60.00", due_date=day("2025-11-30"), remark="100.00 less 40.00 paid", parts=[{"kind": "interest", "amount": "10.00"}, {"kind": "principal", "amount": "50.00"}])
        r = self.receipt(self.acme, "R1", "20.00")
        self.session.allocation_apply(item=i, receipt=r, amount="20.00", date=day("2026-06-02"))
        self.assertEqual([(p["kind"], D(p["amount"])) for p in self.session.find("item_state", item=i).parts if D(p["amount"])], [("principal", D("40.00"))])
        self.tie(CNY="40.00")

    def test_credits_have_neither_parts_nor_tax_and_only_opening_balances_are_credits(self):
        for fields in (dict(parts=[{"kind": "principal", "amount": "-1.00"}]), dict(tax_amount="-0.10"), dict(kind="invoiced"), dict(kind="fee"), dict(amount="0")):
            with self.assertRaises(arcore.Error):
                self.item("O1", **{"amount": "-1.00", **fields})

    def test_in_another_currency_with_the_rate_it_was_booked_at(self):
        i = self.item("U1", "100.00", currency="USD", base_currency="CNY", base_amount="710.00")
        c = self.item("U2", "-40.00", currency="USD", base_currency="CNY", base_amount="-292.00")
        self.assertEqual(self.session.find("item_state", item=i).base_open, D("710.00"))
        self.session.allocation_apply(item=i, credit_item=c, amount="40.00", date=day("2026-01-10"))  # 284.00 against 292.00
        self.assertEqual(self.session.find("item_state", item=i).base_open, D("426.00"))
        self.tie(USD="60.00")

    def test_a_bill_of_exchange_that_was_received_before(self):
        i = self.item("O1", "500.00")
        b = self.start.bill_record(number="B1", kind="bank", currency="CNY", face="500.00", customer=self.acme.id, maturity=day("2026-03-01"), allocations=[dict(item=i, amount="500.00")])
        self.assertTrue(b)
        self.assertEqual(self.session.find("item_state", item=i).open, D("0.00"))
        self.assertEqual(self.roles()["notes_receivable"], D("500.00"))
        found = self.book.verify()
        self.assertTrue(found.ok, found.findings)

    def test_all_in_one_call_and_tried_first(self):
        rows = [dict(number="O%d" % n, kind="opening", customer=self.acme.id, currency="CNY", amount=a, business_date=GO, due_date=day("2026-02-01")) for n, a in enumerate(("10.00", "-4.00", "0"))]
        told = self.start.item_record_many(rows)
        self.assertEqual(told.refused, [2])
        with self.assertRaises(arcore.Error):  # all or nothing
            self.start.item_record_many([dict(r, number=r["number"] + "x") for r in rows], all_or_none=True)
        self.tie(CNY="6.00")
        t = self.start.begin()  # tried, and not done
        self.assertEqual(self.start.item_record_many([dict(rows[0], number="T")]).refused, [])
        t.rollback()
        self.tie(CNY="6.00")

    def test_an_opening_balance_gets_its_tax_invoice_later(self):
        i = self.item("O1", "113.00")
        self.start.insert("number_series", code="invoice", period="", pattern="INV-{n:4}", gapless=True)
        v = self.start.invoice_issue(customer=self.acme.id, currency="CNY", invoice_date=GO, due_date=day("2026-02-01"), lines=[dict(name="g", gross_amount="113.00", tax_rate="0.13")],
                                     uses=[dict(item=i, amount="113.00")])
        self.assertEqual(list(self.session.query("item").where(invoice=v).records()), [])
        self.tie(CNY="113.00")


if __name__ == "__main__":
    support.main()
