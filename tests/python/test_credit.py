# SPDX-License-Identifier: Apache-2.0
"""Limits, requests and exposure from Python."""
from decimal import Decimal

import support
from support import arcore, day

POLICY = {"credit_policy": "arcore/1", "currency": "CNY"}


class Credit(support.BookTest):
    def setUp(self):
        super().setUp()
        self.c = self.customer("C1")

    def checked(self):
        return self.session.insert("credit_check", customer=self.c.id, checked_on=day("2026-01-01"), sources=["registry"], documents=["licence"], result="pass", valid_to=day("2030-01-01"))

    def test_limits(self):
        s, c = self.session, self.c.id
        with self.assertRaises(arcore.RequiredError):
            s.credit_limit_set(c, "1000", "CNY", "too early")
        self.checked()
        first = s.credit_limit_set(c, "1000", "CNY", "agreed", valid_from=day("2026-01-01"), request_key="l1")
        self.assertEqual(s.credit_limit_set(c, "1000", "CNY", "agreed", valid_from=day("2026-01-01"), request_key="l1"), first)
        s.credit_limit_set(c, "250.50", "CNY", "fair", kind="temporary", valid_from=day("2026-02-01"), valid_to=day("2026-02-28"))
        told, = s.credit_limits(c, as_of=day("2026-02-10"))["limits"]
        self.assertEqual((told["amount"], told["permanent"], told["temporary"]), (Decimal("1250.50"), Decimal("1000.00"), Decimal("250.50")))
        self.assertEqual(told["next"], [{"from": "2026-03-01", "amount": Decimal("1000.00")}])
        before, = s.credit_limits(c, as_of=day("2025-12-31"))["limits"]
        self.assertEqual([before[name] for name in ("amount", "permanent", "temporary")], [None, None, None])

    def test_requests(self):
        s, c = self.session, self.c.id
        asked, other, mine = (s.credit_request_submit(c, "50", "CNY", "they grow") for _ in range(3))
        s.credit_request_approve(asked, "seen their books")
        s.credit_request_reject(other, "no")
        s.credit_request_recall(mine, "not needed")
        self.assertEqual([s.get("credit_request", one).status for one in (asked, other, mine)], ["approved", "rejected", "recalled"])
        with self.assertRaises(arcore.StateError):
            s.credit_request_approve(asked, "twice")
        self.assertEqual(s.credit_limits(c)["limits"][0]["rows"][0]["credit_request"], asked)

    def test_exposure(self):
        s, c = self.session, self.c.id
        self.invoice(self.c, "I1")
        s.definition_publish(s.definition_save("credit_policy", "default", POLICY))
        told = s.credit_exposure(c)
        self.assertEqual(told["total"], sum(part["amount"] for part in told["parts"] if part["included"]))
        self.assertEqual(told["by_currency"][0]["currency"], "CNY")
        self.assertGreater(told["total"], 0)
        self.assertEqual(s.credit_exposure(c, group=True)["total"], told["total"])

    def test_checks_and_holds(self):
        s, c = self.session, self.c.id
        s.definition_publish(s.definition_save("credit_policy", "default", {**POLICY, "rules": [{"rule": "static", "effect": "block"}]}))
        self.checked()
        s.credit_limit_set(c, "100", "CNY", "agreed", valid_from=day("2026-01-01"))
        order = s.insert("sales_order", number="O1", customer=c, order_date=day("2026-01-05"), currency="CNY")
        s.insert("order_line", sales_order=order.id, seq=1, name="a", quantity="1", price="120", currency="CNY", amount="120.00")
        told = s.credit_check("sales_order", order.id)
        self.assertEqual((told["result"], told["excess"], told["limits"][0]["percent"]), ("hold", Decimal("20.00"), 120))
        with self.assertRaises(arcore.NeedsApproval) as held:
            s.order_confirm(order.id)
        hold, = s.query("hold")
        s.hold_release(hold.id, "they pay", day("2030-01-01"), amount="130")
        s.order_confirm(order.id)
        self.assertEqual((s.get("sales_order", order.id).status, s.get("hold", hold.id).status), ("confirmed", "used"))
        self.assertEqual(s.hold_recheck(), 0)
        mine = s.hold_place(c, "cheque bounced")
        self.assertEqual(s.credit_check(customer=c, amount="1", currency="CNY")["result"], "hold")
        s.hold_end(mine, "paid")
        with self.assertRaises(ValueError):
            s.credit_check("item", 1)

    def test_a_draft_that_is_held_is_told(self):
        s, c = self.session, self.c.id
        s.definition_publish(s.definition_save("credit_policy", "default", {**POLICY, "rules": [{"rule": "document", "amount": "10.00", "effect": "block"}]}))
        s.insert("number_series", code="invoice", period="", pattern="INV-{n:4}", gapless=True)
        lines = [dict(name="a", quantity="1", price="120", tax_rate="0.13")]
        draft = s.invoice_draft(lines=lines, customer=c, invoice_date=day("2026-01-05"), due_date=day("2026-02-05"), currency="CNY")
        with self.assertRaises(arcore.NeedsApproval) as held:
            s.invoice_issue_draft(draft)
        hold, = s.query("hold")
        self.assertEqual((held.exception.entity, held.exception.id, s.get("invoice", draft).status), ("hold", hold.id, "draft"))
        told = s.invoice_steps("issue", [draft])
        self.assertEqual((told.pending, told.refused), ([0], []))
        s.hold_release(max(h.id for h in s.query("hold")), "they pay", day("2030-01-01"), amount="1000")
        self.assertGreater(s.invoice_issue_draft(draft), 0)
        self.assertEqual(s.get("invoice", draft).status, "issued")

    def test_told_to_who_sees_some(self):
        s, c = self.session, self.c.id
        s.role_install_defaults()
        people = {code: s.insert("user_account", code=code, name=code, kind="person", disabled=False).id for code in ("root", "wang", "li")}
        for code, role in (("root", "admin"), ("wang", "sales"), ("li", "credit_manager")):
            s.role_grant(people[code], role)
        s.definition_publish(s.definition_save("credit_policy", "default", {**POLICY, "limit_needs_check": False, "rules": [{"rule": "static", "effect": "block"}]}))
        above = self.customer("UP")
        mine = s.insert("customer", code="MINE", legal_name="mine", parent=above.id, owner=people["wang"])
        below = s.insert("customer", code="DOWN", legal_name="down", parent=mine.id)
        for number, customer in (("U1", above), ("M1", mine), ("D1", below)):
            self.invoice(customer, number)
        s.credit_limit_set(above.id, "77777", "CNY", "secret", scope="group", valid_from=day("2026-01-01"))
        s.credit_limit_set(mine.id, "55555", "CNY", "theirs", scope="group", valid_from=day("2026-01-01"))
        s.credit_limit_set(mine.id, "1", "CNY", "own", valid_from=day("2026-01-01"))
        one, both, three = s.credit_exposure(mine.id)["total"], s.credit_exposure(mine.id, group=True), s.credit_exposure(above.id, group=True)["total"]
        self.assertEqual((both["total"], three), (2 * one, 3 * one))
        s.access_set_mode("roles")
        wang, li = (self.book.session(code, business_date=support.TODAY) for code in ("wang", "li"))
        self.assertEqual(li.credit_exposure(mine.id, group=True), both)
        self.assertEqual(len(li.credit_limits(mine.id)["limits"]), 3)
        told = wang.credit_exposure(mine.id, group=True)
        self.assertEqual((told["total"], told["limits"]), (one, []))
        self.assertEqual({limit["customer"] for limit in wang.credit_limits(mine.id)["limits"]}, {mine.id})
        check, full = (session.credit_check(customer=mine.id, amount="1", currency="CNY") for session in (wang, li))
        self.assertEqual((check["result"], full["result"], [bool(limit.get("hidden")) for limit in check["limits"]]), ("hold", "hold", [False, True, True]))
        self.assertNotIn("limit", check["limits"][1])
        self.assertEqual((check["limits"][0]["limit"], len(full["limits"]), full["limits"][2]["limit"]), (1, 3, 77777))
        with self.assertRaises(arcore.NotFoundError):
            wang.credit_limits(below.id)

    def test_warnings(self):
        s, c = self.session, self.c.id
        s.definition_publish(s.definition_save("credit_policy", "default", {**POLICY, "rules": [{"rule": "document", "amount": "10.00", "effect": "warn"}]}))
        order = s.insert("sales_order", number="O1", customer=c, order_date=day("2026-01-05"), currency="CNY")
        s.insert("order_line", sales_order=order.id, seq=1, name="a", quantity="1", price="120", currency="CNY", amount="120.00")
        s.order_confirm(order.id)
        told, = s.credit_warnings()
        self.assertEqual((told["document"], told["rules"][0]["rule"]), (order.id, "document"))
        self.assertEqual(s.get("hold", told["hold"]).status, "warned")
        s.hold_place(c, "x")
        self.assertEqual(s.credit_warnings(), [])

    def test_customer_group(self):
        s, c = self.session, self.c
        group = s.insert("customer_group", code="G", name="group")
        c.customer_group = group.id
        s.update(c)
        check = self.checked()
        s.definition_publish(s.definition_save("credit_policy", "default", {**POLICY, "rules": [{"rule": "static", "effect": "block"}]}))
        asked = s.credit_request_submit(None, "90", "CNY", "as a whole", customer_group=group.id, valid_from=day("2029-01-01"))
        self.assertEqual(s.credit_limits(c.id)["requests"][0]["new_amount"], Decimal("90.00"))
        s.credit_request_recall(asked, "not yet")
        s.credit_limit_set(None, "100", "CNY", "as a whole", customer_group=group.id, credit_check=check.id, valid_from=day("2026-01-01"))
        self.assertEqual(s.credit_check(customer=c.id, amount="101", currency="CNY")["limits"][0]["customer_group"], group.id)
        self.assertEqual(s.credit_exposure(customer_group=group.id)["limits"][0]["headroom"], Decimal("100.00"))


if __name__ == "__main__":
    support.main()
