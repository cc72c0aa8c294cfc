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
        for again in (False, True):
            self.assertEqual(s.match_run().posted, 0 if again else 1)  # what somebody took back is not posted again by itself
            if again:
                proposal = s.match_propose()
                self.assertEqual(proposal[0].explanation["why"], "taken_back")
                proposal.store()
                proposal.approve()
                proposal.apply()
            self.assertEqual(s.find("item_state", item=self.item_of("INV-1").id).open, 0)
            s.match_reverse(receipt, "wrong customer")
            self.assertEqual(s.find("item_state", item=self.item_of("INV-1").id).open, 100)
        with self.assertRaises(arcore.StateError):
            s.match_reverse(receipt, "again")
        self.assertTrue(self.book.verify().ok)

    def test_what_the_payer_says_goes_before_what_adds_up(self):
        """A document that is paid already, another document than the amount is of, amounts beside the numbers: somebody looks at it."""
        s = self.session
        for n, (memo, amount, why) in enumerate([("INV-a 80,00; INV-b 220,00", "300.00", "states_other"), ("INV-a 100,00; INV-b 200,00", "300.00", None), ("INV-a: CNY 1.080,00", "100.00", "states_other"),
                                                 ("INV-a 12.05.2026", "100.00", None), ("INV-a of 1.05.26", "100.00", None), ("INV-c", "100.00", "names_other"), ("INV-c INV-a", "100.00", "names_other"), ("INV-a INV-b", "300.00", None)]):
            with self.subTest(memo):
                c = self.customer(f"C{n}")
                for letter, gross in (("a", "100.00"), ("b", "200.00"), ("c", "70.00")):
                    self.invoice(c, f"INV-{n}00{letter}", gross)
                s.allocation_apply(item=self.item_of(f"INV-{n}00c").id, receipt=self.receipt(c, f"P{n}", "70.00"), amount="70.00")
                receipt = self.paid(f"R{n}", amount, memo.replace("INV-", f"INV-{n}00"), c.id)
                told = s.match_propose([receipt])[0].explanation
                self.assertEqual((told["outcome"], told.get("why")), ("suggest", why) if why else ("auto", None))

    def test_orders_bind(self):
        s, c = self.session, self.customer()
        orders = [s.insert("sales_order", number=n, customer=c.id, order_date=support.day("2026-04-01"), currency="CNY").id for n in ("PO-77", "PO-78")]
        for n, order in enumerate(orders, 1):
            self.invoice(c, f"INV-{n}", "100.00", sales_order=order)

        def paid_by(strategy, receipt):
            line = s.match_propose([receipt], strategy=strategy)
            return ([i["number"] for i in line[0].explanation["items"]], line[0].explanation["rule"], line[0].explanation["outcome"]) if len(line) else None
        whole, part, silent = self.paid("R1", "100.00", "PO-78", c.id), self.paid("R2", "60.00", "for PO-77", c.id), self.paid("R3", "100.00", "thanks", c.id)
        for strategy in ("by_order", "t_plus"):
            self.assertEqual(paid_by(strategy, whole), (["INV-2"], "references_sum", "auto"))
        self.assertEqual(paid_by("named_order", whole), (["INV-2"], "reference", "auto"))
        self.assertEqual(paid_by("named_order", part), (["INV-1"], "reference", "suggest"))  # with no history a part payment is looked at
        self.assertIsNone(paid_by("by_order", silent))
        self.assertEqual(paid_by("oldest_overdue", silent)[:2], (["INV-1"], "oldest"))
        self.assertIsNone(paid_by("by_document", silent))

    def test_a_strategy_is_chosen_by_whose_receipt_it_is(self):
        s = self.session
        ka, other = self.customer("C1", segment="KA"), self.customer("C2")
        mine = {"matching": "arcore/1", "when": {"segments": ["KA"]}, "tiers": [{"tier": "oldest", "mode": "suggest"}], "differences": [{"as": "partial"}, {"as": "on_account"}]}
        s.definition_publish(s.definition_save("matching", "ka", mine))
        for c in (ka, other):
            self.invoice(c, "INV-" + c.code, "100.00")
            self.paid("R-" + c.code, "100.00", "INV-" + c.code, c.id)
        self.assertEqual([line.explanation["strategy"] for line in s.match_propose()], ["ka", "default"])

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
