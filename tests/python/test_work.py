# SPDX-License-Identifier: Apache-2.0
"""Tasks, dunning levels and calls to the host from Python."""
from decimal import Decimal

import support
from support import arcore, day


class Work(support.BookTest):
    def setUp(self):
        super().setUp()
        s = self.session
        self.boss = s.insert("user_account", code="boss", name="Boss", kind="person", disabled=False).id
        self.ann = s.insert("user_account", code="ann", name="Ann", kind="person", disabled=False, manager=self.boss).id
        self.c = self.customer("C1")
        self.invoice(self.c, "I1")
        self.item = self.item_of("I1").id

    def test_tasks(self):
        s = self.session
        task = s.insert("task", title="Call", customer=self.c.id, assignee=self.ann, deadline=day("2026-07-10")).id
        self.assertEqual(s.get("task", task).status, "open")
        s.task_escalate(task, request_key="up")
        s.task_escalate(task, request_key="up")
        self.assertEqual((s.get("task", task).status, s.get("task", task).assignee), ("escalated", self.boss))
        with self.assertRaises(arcore.StateError):
            s.task_escalate(task)
        s.task_assign(task, self.ann, deadline=day("2026-07-20"))
        with self.assertRaises(arcore.RequiredError):
            s.task_close(task, "")
        s.task_close(task, "called, pays on Friday", result="promise", promise_date=day("2026-07-17"), promise=arcore.Money("40.00", "CNY"), next_on=day("2026-07-18"))
        done = s.get("task", task)
        self.assertEqual((done.status, done.feedback, done.result, done.promise_amount, done.promise_date), ("done", "called, pays on Friday", "promise", Decimal("40.00"), day("2026-07-17")))
        with self.assertRaises(arcore.StateError):
            s.task_assign(task, self.boss)
        other = s.insert("task", title="Visit", assignee=self.ann).id
        s.task_cancel(other, "paid")
        self.assertEqual(s.get("task", other).status, "cancelled")

    def test_the_schema_of_actions(self):
        kinds = arcore.action_schema()["items"]["oneOf"]
        self.assertIn("message", [kind["properties"]["type"].get("const") for kind in kinds])
        self.assertEqual(arcore.definition_schema("rule")["$defs"]["then"], arcore.action_schema())

    def test_levels(self):
        s = self.session
        change = s.item_set_level(self.item, 2, "second letter", cause="by hand")
        self.assertEqual((s.get("level_change", change).level, s.get("level_change", change).level_before), (2, 0))
        self.assertEqual(s.item_set_level(self.item, 2, "again"), 0)
        with self.assertRaises(arcore.RangeError):
            s.item_set_level(self.item, 100, "too high")

    def test_calls_to_the_host(self):
        s = self.session
        call = s.host_ask("check-1", "credit_check", "customer", self.c.id, {"code": "C1"}, customer=self.c.id)
        with self.assertRaises(arcore.ExistsError):
            s.host_ask("check-1", "credit_check", "customer", self.c.id)
        self.assertEqual(s.get("message", s.get("host_call", call).message).kind, "host.call")
        s.host_answer(call, None)
        self.assertEqual(s.get("host_call", call).status, "failed")
        s.host_answer(call, "approved", {"limit": "5000.00"})
        s.host_answer(call, "approved", {"limit": "5000.00"})
        self.assertEqual((s.get("host_call", call).status, s.get("host_call", call).outcome), ("answered", "approved"))
        with self.assertRaises(arcore.StateError):
            s.host_answer(call, "refused")


if __name__ == "__main__":
    support.main()
