# SPDX-License-Identifier: Apache-2.0
"""Matching receipts by a strategy."""
from decimal import Decimal

import arcore
import support


class Matching(support.BookTest):
    def paid(self, number, amount, memo, customer=None):
        return self.session.receipt_record(number=number, customer=customer, value_date=support.day("2026-06-01"), currency="CNY", amount=amount, memo=memo)

    def test_a_receipt_is_matched_confirmed_and_kept(self):
        s, c = self.session, self.customer()
        self.invoice(c, "INV-1001", "100.00")
        self.invoice(c, "INV-1002", "250.00")
        self.paid("R1", "100.00", "inv-1001")
        p = s.match_propose()
        why = p[0].explanation
        self.assertEqual((why["rule"], why["outcome"], why["equation"]), ("document_amount", "auto", "100.00 = 100.00"))
        self.assertEqual([(e["text"], e["number"]) for e in why["evidence"]], [("inv-1001", "INV-1001")])
        p.store()
        p.approve()
        self.assertEqual(p.apply().n_applied, 1)
        row = s.find("allocation", item=self.item_of("INV-1001").id)
        self.assertEqual((row.mode, row.confidence), ("auto", Decimal("0.9995")))
        self.assertTrue(self.book.verify().ok)

    def test_an_edited_line(self):
        s, c = self.session, self.customer()
        for number, amount in (("INV-1", "100.00"), ("INV-2", "250.00")):
            self.invoice(c, number, amount)
        self.paid("R1", "350.00", "INV-1, INV-2", c.id)
        p = s.match_propose(strategy="by_document")
        p.keep(0, [self.item_of("INV-2").id])
        self.assertEqual(p[0].action["amount"], "250.00")
        p.choose(0, 0)
        self.assertEqual(p[0].action["amount"], "350.00")
        with self.assertRaises(arcore.Error):
            p.choose(0, 9)

    def test_many(self):
        s, c = self.session, self.customer()
        for i in range(5):
            self.invoice(c, f"INV-10{i}", f"{100 + i}.00")
            self.paid(f"R{i}", f"{100 + i}.00", f"INV-10{i}" if i else "thanks", c.id)
        seen = []
        report = s.match_run(chunk=2, progress=lambda done, total: seen.append(done))
        self.assertEqual((report.receipts, report.posted, report.suggested, report.proposals), (5, 4, 1, 1))
        self.assertEqual(seen, [2, 4, 5])
        self.assertEqual(s.proposal(report.proposal)[0].explanation["why"], "history")
        self.assertTrue(self.book.verify().ok)

    def test_what_was_confirmed_is_learned(self):
        s, c = self.session, self.customer()
        for i in range(230):
            amount = f"{100 + i}.{i % 100:02d}"
            self.invoice(c, f"INV-{5000 + i}", amount, due="2026-05-01")
            receipt = self.paid(f"R{i}", amount, str(5000 + i) if i % 2 else "thanks", c.id)
            s.allocation_apply(receipt=receipt, item=self.item_of(f"INV-{5000 + i}").id, amount=amount)
        row, cases = s.match_learn()
        self.assertEqual(cases, 230)
        learned = s.get("match_model", row).document["calibration"]
        self.assertEqual((learned["cases"], {b["right"] == b["n"] for b in learned["bins"]}), (230, {True}))
        self.invoice(c, "INV-9001", "77.77")
        self.paid("LAST", "77.77", "9001", c.id)
        why = s.match_propose()[0].explanation
        self.assertEqual((why["outcome"], why["cases"]), ("auto", 230))
        self.assertTrue(self.book.verify().ok)

    def test_a_match_is_taken_back_and_done_again(self):
        s, c = self.session, self.customer()
        self.invoice(c, "INV-1", "100.00")
        self.invoice(c, "INV-2", "50.00")
        receipt = self.paid("R1", "150.00", "INV-1 INV-2")
        for _ in range(2):
            self.assertEqual(s.match_run().posted, 1)
            self.assertEqual(s.find("item_state", item=self.item_of("INV-1").id).open, 0)
            s.match_reverse(receipt, "wrong customer")
            self.assertEqual(s.find("item_state", item=self.item_of("INV-1").id).open, 100)
        with self.assertRaises(arcore.StateError):
            s.match_reverse(receipt, "again")
        self.assertTrue(self.book.verify().ok)

    def test_strategies(self):
        self.assertIn("autocash", arcore.shipped_matching(None))
        mine = arcore.shipped_matching("amount_customer")
        self.session.definition_publish(self.session.definition_save("matching", "default", mine))
        c = self.customer()
        self.invoice(c, "A-1", "100.00")
        self.paid("R1", "100.00", "A-1", c.id)
        self.assertEqual(self.session.match_propose()[0].explanation["rule"], "payer_amount")


if __name__ == "__main__":
    support.main()
