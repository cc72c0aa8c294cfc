# SPDX-License-Identifier: Apache-2.0
"""Documents dated before something was given back: on no day is more issued than the contract allowed on it."""
import datetime
import random
from decimal import Decimal as D

import support
from support import arcore, day

START = day("2026-06-01")


class BackDated(support.BookTest):
    def setUp(self):
        super().setUp()
        self.session.insert("number_series", code="invoice", period="", pattern="INV-{n:4}", gapless=True)
        self.acme = self.customer("C1", term="NET30")
        self.contract = self.make("B", "500")

    def make(self, number, amount, **fields):
        k = self.session.insert("contract", number=number, customer=self.acme.id, sign_date=day("2026-01-01"), currency="CNY", amount=amount, tax_included=True, term="NET30", **fields)
        self.session.contract_activate(k)
        return k

    def document(self, on, gross, contract=None):
        return dict(customer=self.acme.id, currency="CNY", contract=(contract or self.contract).id, invoice_date=on if isinstance(on, datetime.date) else day(on), due_date=day("2026-12-01"),
                    lines=[dict(name="x", gross_amount=str(gross), tax_rate="0.13")])

    def amend(self, amount, on, contract=None):
        return self.session.contract_amend(contract=(contract or self.contract).id, amount=str(amount), effective_date=on, reason="x")

    def within(self, k, first=START, last=30):
        for n in range(last):
            r = self.session.get("contract", k.id)
            self.session.compute([r], as_of=first + datetime.timedelta(n))
            if r.headroom is not None:
                self.assertGreaterEqual(r.headroom, 0, "%s: %s" % (first + datetime.timedelta(n), r.issued))

    def test_before_a_credit_note(self):
        i = self.session.invoice_issue(**self.document("2026-06-01", 500))
        self.session.invoice_credit(i, "price", "x", date=day("2026-06-20"))
        with self.assertRaises(arcore.GuardError) as e:
            self.session.invoice_issue(**self.document("2026-06-10", 500))
        self.assertEqual((e.exception.entity, e.exception.field), ("invoice", "contract"))
        self.assertIn("2026-06-10", str(e.exception))
        self.assertIn("500.00", str(e.exception))
        self.session.invoice_issue(**self.document("2026-06-20", 500))
        self.within(self.contract)
        self.assertTrue(self.book.verify().ok)

    def test_before_an_amendment_that_raised_the_limit(self):
        self.amend(1000, day("2026-06-15"))
        with self.assertRaises(arcore.GuardError) as e:
            self.session.invoice_issue(**self.document("2026-06-10", 600))
        self.assertIn("2026-06-10", str(e.exception))
        self.session.invoice_issue(**self.document("2026-06-15", 600))
        with self.assertRaises(arcore.GuardError) as e:  # before it there is room, on the day itself not
            self.session.invoice_issue(**self.document("2026-06-10", 450))
        self.session.invoice_issue(**self.document("2026-06-10", 400))
        self.within(self.contract)

    def test_an_amendment_before_a_credit_note(self):
        i = self.session.invoice_issue(**self.document("2026-06-01", 500))
        self.session.invoice_credit(i, "price", "x", date=day("2026-06-20"))
        with self.assertRaises(arcore.GuardError) as e:
            self.amend(100, day("2026-06-10"))
        self.assertEqual((e.exception.entity, e.exception.field), ("contract_change", "amount"))
        self.assertIn("2026-06-10", str(e.exception))
        self.amend(100, day("2026-06-20"))
        self.within(self.contract)

    def test_days_on_which_a_contract_was_over(self):
        s = self.session
        k = self.make("F", None, kind="framework")
        self.book.session("clerk", business_date=day("2026-06-10")).contract_terminate(k, "x")
        self.book.session("clerk", business_date=day("2026-06-20")).contract_reopen(k, "x")
        with self.assertRaises(arcore.GuardError):
            s.invoice_issue(**self.document("2026-06-15", 5, k))
        for on in ("2026-06-09", "2026-06-20"):
            s.invoice_issue(**self.document(on, 5, k))

    def test_in_a_batch_each_is_judged_with_those_before_it(self):
        i = self.session.invoice_issue(**self.document("2026-06-01", 500))
        self.session.invoice_credit(i, "price", "x", lines=[dict(seq=1, gross="400")], date=day("2026-06-10"))
        documents = [self.document("2026-06-12", 300), self.document("2026-06-10", 100), self.document("2026-06-11", 1), self.document("2026-06-05", 1)]
        told = self.session.invoice_issue_many(documents)
        self.assertEqual(told.refused, [2, 3])
        self.within(self.contract)

    def test_a_note_that_is_voided_takes_again_from_that_day_on(self):
        s = self.session
        i = s.invoice_issue(**self.document("2026-06-01", 500))
        n = s.invoice_credit(i, "price", "x", date=day("2026-06-05"))
        other = s.invoice_issue(**self.document("2026-06-10", 500))
        s.invoice_credit(other, "price", "x", date=day("2026-06-20"))
        with self.assertRaises(arcore.GuardError):
            s.invoice_void(n, "x", date=day("2026-06-15"))
        s.invoice_void(n, "x", date=day("2026-06-20"))
        self.within(self.contract)
        self.assertTrue(self.book.verify().ok)

    def test_whatever_is_done_no_day_has_more_than_it_may(self):
        for seed in range(6):
            self.setUp()
            r, s, issued, notes = random.Random(seed), self.session, [], []
            a, b = self.contract, self.make("C", "700", tolerance="0.1")
            for step in range(40):
                on, what = START + datetime.timedelta(r.randint(0, 28)), r.random()
                try:
                    if what < 0.5:
                        d = self.document(on, r.randint(50, 400), r.choice([a, b]))
                        if r.random() < 0.3:
                            d["lines"].append(dict(name="y", gross_amount=str(r.randint(20, 200)), tax_rate="0.13", contract=r.choice([a, b]).id))
                        issued.append(s.invoice_issue(**d))
                    elif what < 0.8 and issued:
                        i = r.choice(issued)
                        notes.append(s.invoice_credit(i, "price", "x", date=max(on, s.get("invoice", i).invoice_date)))
                    elif what < 0.9 and (issued or notes):
                        s.invoice_void(r.choice(notes if notes and r.random() < 0.5 else issued), "x", date=max(on, START))
                    else:
                        self.amend(r.randint(3, 12) * 100, on, r.choice([a, b]))
                except arcore.Error:
                    pass
                if step % 8 == 7:
                    for k in (a, b):
                        self.within(k)
            found = self.book.verify()
            self.assertTrue(found.ok, found.findings)


if __name__ == "__main__":
    support.main()
