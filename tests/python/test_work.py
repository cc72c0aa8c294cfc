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


TEMPLATE = {
    "template": "arcore/1", "view": {"number": "text", "open": "money", "due_date": "date", "days_overdue": "integer", "recipient": {"type": "object", "members": {"name": {"type": "text", "nullable": True}}}},
    "variants": [{"channel": "email", "language": "en", "subject": "{{number}} is overdue", "body": "Dear {{recipient.name}}, {{open}} was due on {{due_date_long}}.", "format": "text"}]}
RULE = {
    "rule": "arcore/1", "subject": "item", "currency": "CNY", "if": {">": [{"var": "open"}, "0"]},
    "steps": [
        {"level": 1, "on": {"kind": "date", "anchor": "due_date", "offset": "P1D"}, "then": [
            {"type": "message", "params": {"template": "dun", "to": {"role": "finance"}, "cc": "owner"}},
            {"type": "message", "params": {"body": "{{number}}", "to": {"role": "legal"}, "channels": ["sms"]}},
            {"type": "task", "params": {"title": "Call about {{number}}", "deadline": "P3D"}},
            {"type": "level"},
            {"type": "fee", "params": {"number": "F-{{number}}-{{firing.level}}", "amount": "5.00"}},
            {"type": "call_host", "params": {"name": "credit_check", "data": {"code": {"var": "customer.code"}}}},
            {"type": "host.note", "params": {"text": "{{number}}"}}]},
        {"level": 2, "on": {"kind": "date", "anchor": "previous", "offset": "P15D"},
         "if": {"some": [{"var": "host_calls"}, {"==": [{"var": "outcome"}, "bad"]}]}, "then": [
            {"type": "hold", "params": {"reason": "credit {{number}}"}},
            {"type": "approval", "params": {"on": "customer", "values": {"status": "blocked"}, "reason": "bad credit"}}]}]}


class Actions(support.BookTest):
    """A ladder of two steps with every kind of action, from the proposal to what stands in the book."""

    def setUp(self):
        super().setUp()
        s = self.session
        self.owner = s.insert("user_account", code="ann", name="Ann", kind="person", disabled=False, email="ann@us.example").id
        self.c = self.customer("C1", owner=self.owner)
        s.insert("contact", customer=self.c.id, name="Fin", role="finance", email="fin@c1.example")
        self.invoice(self.c, "I1", due="2026-06-20")
        self.item = self.item_of("I1").id
        s.definition_publish(s.definition_save("template", "dun", TEMPLATE))
        self.notes = []

        def note(call):
            self.notes.append(call)
            if call.params["text"] == "I2":
                raise arcore.StateError("no")
            return {"row": self.session.insert("customer", code="N" + call.params["text"], legal_name=call.key).id}

        self.book.action_register("host.note", note, label="Note", schema={"required": ["text"]})
        s.definition_publish(s.definition_save("rule", "dun", RULE))

    def apply(self, **more):
        proposal = self.session.rule_propose(**more)
        proposal.store()
        proposal.approve()
        return proposal, proposal.apply()

    def test_every_kind(self):
        s = self.session
        proposal, summary = self.apply()
        self.assertEqual([line.action["type"] for line in proposal], ["message", "message", "task", "level", "fee", "call_host", "host.note"])
        self.assertEqual(summary.n_applied, 7)
        letter, nobody = proposal[0].action["params"], proposal[1].action["params"]
        self.assertEqual((letter["subject"], letter["body"]), ("I1 is overdue", "Dear Fin, CN\u00a5100.00 was due on June 20, 2026."))
        self.assertEqual((nobody["suppressed"], proposal[1].result["suppressed"]), ("no_recipient", "no_recipient"))
        message = s.get("message", proposal[0].result["message"])
        self.assertEqual((message.status, message.payload["to"][0]["address"], message.payload["cc"][0]["address"], message.payload["level"]), ("pending", "fin@c1.example", "ann@us.example", 1))
        task = s.get("task", proposal[2].result["task"])
        self.assertEqual((task.title, task.assignee, task.about_row, task.cause), ("Call about I1", self.owner, self.item, f"rule/dun/item/{self.item}/1/0@2026-06-20/2"))
        self.assertEqual(s.find("item_state", item=self.item).dunning_level, 1)
        fee = s.get("item", proposal[4].result["item"])
        self.assertEqual((fee.number, fee.kind, str(fee.amount)), ("F-I1-1", "fee", "5.00"))
        self.assertEqual((self.notes[0].key, s.get("customer", proposal[6].result["row"]).code), (f"rule/dun/item/{self.item}/1/0@2026-06-20/6", "NI1"))
        self.assertEqual(len(s.rule_propose()), 0)
        later = day("2026-07-06")
        self.assertEqual(len(s.rule_propose(as_of=later, rows=[self.item], entity="item")), 0)
        s.host_answer(proposal[5].result["host_call"], "bad", {"score": 2})
        proposal, summary = self.apply(as_of=later, rows=[self.item], entity="item")
        self.assertEqual([line.result for line in proposal], [{"flag": proposal[0].result["flag"]}, {"pending_change": proposal[1].result["pending_change"]}])
        self.assertEqual(s.get("flag", proposal[0].result["flag"]).reason, "credit I1")
        self.assertEqual(s.get("pending_change", proposal[1].result["pending_change"]).verb, "customer.update")
        self.assertEqual(list(self.book.verify().findings), [])

    def test_what_is_refused_is_refused_as_a_whole(self):
        self.invoice(self.c, "I2", due="2026-06-20")
        proposal, summary = self.apply()
        self.assertEqual([(line.unit, line.status) for line in proposal if line.action["type"] in ("message", "host.note")],
                         [(f"item:{self.item}", "applied")] * 3 + [(f"item:{self.item_of('I2').id}", "stale")] * 3)
        self.assertEqual(len(list(self.session.query("message"))), 2)  # the letter and the question about I1
        self.assertEqual(self.session.find("item", number="F-I2-1"), None)


if __name__ == "__main__":
    support.main()
