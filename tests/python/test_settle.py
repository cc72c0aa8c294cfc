# SPDX-License-Identifier: Apache-2.0
"""Settling, and what happens to receipts and debts after they were booked."""
import datetime
from decimal import Decimal

import arcore
import support

TOLERANCE = {"tolerance": "arcore/1", "customers": [{"currency": "CNY", "absolute": "1.00", "percent": "5"}]}


class Settling(support.BookTest):
    def tolerance(self):
        made = self.session.definition_save("tolerance", "default", TOLERANCE)
        self.session.definition_publish(made)

    def test_a_difference_is_decided_shown_and_written(self):
        s, c = self.session, self.customer()
        self.tolerance()
        self.invoice(c, "I1", "100.00")
        r, item = self.receipt(c, "R1", "99.40"), self.item_of("I1").id
        shown = s.receipt_settle(r, [item], dry_run=True)
        self.assertEqual((shown.allocation, shown.difference, shown.lines[0].tolerated), (0, Decimal("-0.60"), Decimal("0.60")))
        done = s.receipt_settle(r, [item])
        self.assertEqual((done.lines, done.unapplied), (shown.lines, Decimal("0.00")))
        self.assertTrue(done.allocation)
        self.assertEqual(s.item_offer(self.item_of("I1").id).open, Decimal("0.00"))
        with self.assertRaises(arcore.InvalidError):
            s.receipt_settle(r, [item], rest="whatever")
        self.assertTrue(self.book.verify().ok)

    def test_a_rest_becomes_an_item_and_is_taken_back(self):
        s, c = self.session, self.customer()
        self.invoice(c, "I1", "100.00")
        r, item = self.receipt(c, "R1", "70.00"), self.item_of("I1").id
        done = s.receipt_settle(r, [item], rest="residual", reason="agreed")
        line = done.lines[0]
        self.assertEqual((line.moved, line.left), (Decimal("30.00"), Decimal("0.00")))
        self.assertEqual(s.get("item", line.made).kind, "residual")
        self.assertTrue(self.book.verify().ok)

    def test_a_settlement_is_undone_as_a_whole(self):
        s, c = self.session, self.customer()
        self.tolerance()
        items = []
        for n, amount in (("I1", "100.00"), ("I2", "100.00"), ("I3", "-30.00")):
            self.invoice(c, n, amount)
            items.append(self.item_of(n).id)
        r = self.receipt(c, "R1", "169.40")
        shown = s.receipt_settle(r, items, dry_run=True)
        self.assertEqual((shown.allocations, s.settlement_reverse(shown, "nothing was done")), ([], []))
        done = s.receipt_settle(r, items, request_key="one")
        self.assertEqual(done.allocations, [row.id for row in s.query("allocation").order("id")])
        self.assertEqual((len(done.allocations), done.allocations[0]), (4, done.allocation))
        undone = s.settlement_reverse(done, "wrong receipt", request_key="undo")
        self.assertEqual(s.settlement_reverse(done, "wrong receipt", request_key="undo"), undone)
        self.assertEqual([row.open for row in s.query("item_state").order("item").select("open")], [Decimal("100.00"), Decimal("100.00"), Decimal("-30.00")])
        self.assertEqual(s.find("receipt_state", receipt=r).unapplied, Decimal("169.40"))
        again = s.receipt_settle(self.receipt(c, "R2", "50.00"), items[:1], rest="residual", reason="agreed")
        self.assertEqual(len(again.allocations), 2)
        s.allocation_reverse(again.allocations[0], "half of it")
        with self.assertRaises(arcore.StateError):  # one of the rows cannot be undone: none is
            s.settlement_reverse(again, "all of it")
        self.assertEqual(s.find("item_state", item=again.lines[0].made).open, Decimal("50.00"))
        s.allocation_reverse(again.allocations[1], "the other half")
        self.assertEqual(self.session.query("allocation").where(reverses=None, receipt=r).count(), 4 - 1)
        with self.assertRaises(arcore.InvalidError):
            s.settlement_reverse(s.receipt_settle(r, items, request_key="one"), "a repeat")
        self.assertTrue(self.book.verify().ok)

    def test_reasons_travel_with_the_row(self):
        s, c = self.session, self.customer()
        self.invoice(c, "I1", "100.00")
        r, item = self.receipt(c, "R1", "90.00"), self.item_of("I1").id
        a = s.allocation_apply(item=item, receipt=r, amount="90.00", write_off="10.00", reason_code="damage", reason="wet", evidence={"photo": 1})
        row = s.get("allocation", a)
        self.assertEqual((row.reason_code, row.reason, row.account_role), ("damage", "wet", "deduction"))

    def test_a_receipt_in_another_currency(self):
        s, c = self.session, self.customer()
        s.insert("exchange_rate", kind="booked", from_currency="USD", to_currency="CNY", valid_on=datetime.date(2026, 1, 1), units=1, rate="7.10")
        self.invoice(c, "I1", "100.00", "USD")
        r, item = self.receipt(c, "R1", "710.00", "CNY"), self.item_of("I1").id
        a = s.get("allocation", s.allocation_apply(item=item, receipt=r, amount="60", credit_amount=arcore.Money(Decimal("426"), "CNY")))
        self.assertEqual((a.amount, a.credit_amount), (Decimal("60.00"), Decimal("426.00")))
        with self.assertRaises(arcore.CurrencyError):
            s.allocation_apply(item=item, receipt=r, amount="40", credit_amount=arcore.Money(Decimal("284"), "USD"))
        s.allocation_apply_many([{"item": item, "receipt": r, "amount": "40", "credit_amount": "284.00"}], all_or_none=True)
        self.assertEqual(s.find("receipt_state", receipt=r).unapplied, Decimal("0.00"))
        self.assertTrue(self.book.verify().ok)

    def test_the_order_when_the_payer_named_none(self):
        s, c = self.session, self.customer()
        for k in range(3):
            self.invoice(c, f"I{k}", f"{k + 1}00.00")
        items = [self.item_of(f"I{k}").id for k in range(3)]
        r = [getattr(x, "id", x) for x in (self.receipt(c, "R1", "200.00"), self.receipt(c, "R2", "250.00"))]
        self.assertEqual(s.receipt_suggest(r[0]), ("exact", [items[1]]))
        rule, chosen = s.receipt_suggest(r[1])
        self.assertEqual((rule, chosen), ("oldest", items[:2]))
        self.assertEqual(s.receipt_suggest(r[1], whole=True), ("oldest", items[:1]))
        self.assertEqual(s.receipt_settle(r[1], chosen).lines[1].left, Decimal("50.00"))

    def test_many_at_once(self):
        s, c = self.session, self.customer()
        for k in range(3):
            self.invoice(c, f"I{k}", "100.00")
        items = [self.item_of(f"I{k}").id for k in range(3)]
        day = datetime.date(2026, 12, 31)
        done = s.item_extend_many([{"item": item, "due_date": day, "reason": "agreed"} for item in items + [999]])
        self.assertEqual((done.refused, [bool(i) for i in done.ids]), ([3], [True, True, True, False]))
        self.assertEqual({s.query("item_state").where(item=item).first().due_date for item in items}, {day})
        self.assertTrue(s.adjustment_reverse_many([{"adjustment": a, "reason": "broken"} for a in done.ids[:3]], all_or_none=True).ok)
        moved = s.item_charge_back_many([{"item": items[0], "amount": "30.00", "reason": "wet", "reason_code": "damage"}])
        back = s.allocation_reverse_many([{"allocation": moved.ids[0], "reason": "dried"}, {"allocation": 999, "reason": "none"}])
        self.assertEqual(back.refused, [1])
        r = [self.receipt(c, f"R{k}", "10.00") for k in range(2)]
        refunds = s.receipt_refund_many([{"receipt": x if isinstance(x, int) else x.id, "amount": "4.00", "reason": "too much"} for x in r])
        self.assertTrue(refunds.ok and all(refunds.ids))
        asked = s.write_off_request_many([{"number": "WM", "customer": c.id, "items": [items[2]], "currency": "CNY", "amount": "40.00", "reason": "bankrupt"}])
        self.assertTrue(s.write_off_approve_many([{"request": asked.ids[0], "reason": "yes"}]).ok)
        self.assertTrue(s.write_off_recover_many([{"request": asked.ids[0], "amount": "10.00", "reason": "paid"}]).ok)
        self.assertEqual(s.write_off_reject_many([{"request": asked.ids[0], "reason": "no"}]).refused, [0])
        with self.assertRaises(TypeError):
            s.item_extend_many([{"item": items[0], "when": day}])
        self.assertTrue(self.book.verify().ok)

    def test_receipts_and_debts_go_on_living(self):
        s, c, d = self.session, self.customer().id, self.customer("C2").id
        self.invoice(s.get("customer", c), "I1", "100.00")
        item = self.item_of("I1").id
        nobody = s.receipt_record(number="R9", value_date=datetime.date(2026, 5, 10), currency="CNY", amount="50.00")
        s.receipt_claim(nobody, c)
        s.receipt_unclaim(nobody, "whose?")
        s.receipt_claim(nobody, c)
        refund = s.receipt_refund("too much", receipt=nobody, amount="20.00")
        s.allocation_reverse(refund, "it came back")
        s.receipt_return(nobody, "bounced")
        moved = s.item_transfer(item, d, "letter of today", amount="40.00")
        s.allocation_reverse(moved, "consent withdrawn")
        extension = s.item_extend(item, datetime.date(2030, 1, 1), "agreed")
        s.adjustment_reverse(extension, "broken")
        self.assertTrue(self.book.verify().ok)

    def test_bad_debts(self):
        s, c = self.session, self.customer()
        self.invoice(c, "I1", "100.00")
        item = self.item_of("I1").id
        fields = dict(customer=c.id, items=[item], currency="CNY", amount="60.00", reason="bankrupt")
        s.write_off_reject(s.write_off_request(number="W1", **fields), "call again")
        back = s.write_off_request(number="W0", **fields)
        s.write_off_recall(back)
        self.assertEqual(s.get("write_off_request", back).status, "recalled")
        with self.assertRaises(arcore.StateError):
            s.write_off_recall(back)
        more = s.write_off_request(number="W00", **fields)
        self.assertEqual(s.write_off_recall_many([{"request": more}]).ids, [more])
        w = s.write_off_request(number="W2", **fields)
        s.write_off_approve(w, "court")
        self.assertEqual(s.aging().total("CNY").total, Decimal("40.00"))
        s.write_off_recover(w, "paid", amount="10.00")
        self.assertEqual(s.aging().total("CNY").total, Decimal("50.00"))
        with self.assertRaises(arcore.GuardError):
            s.item_give_up(item, "tail")
        self.assertTrue(self.book.verify().ok)


if __name__ == "__main__":
    support.main()
