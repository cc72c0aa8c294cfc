# SPDX-License-Identifier: Apache-2.0
"""Between the approval of a letter and its going out the world moves: rows, heads, people, sums."""
import json
from decimal import Decimal

import support
from support import day

OPEN = {"and": [{"==": [{"var": "kind"}, "invoiced"]}, {">": [{"var": "open"}, "0"]}]}


def on(offset):
    return {"kind": "date", "anchor": "due_date", "offset": offset}


LETTER = {"type": "message", "params": {"subject": "{{legal_name}}", "body": "{{#rows}}{{number}}={{open}};{{/rows}}", "to": {"role": "finance"}, "channels": ["email"], "language": "en"}}
FEE = {"type": "fee", "params": {"amount": "20.00", "number": "F-{{code}}-{{firing.mark}}"}}
PLAIN = {"type": "message", "params": {"subject": "{{number}}", "body": "{{open}}", "to": {"role": "finance"}, "channels": ["email"], "language": "en"}}


def unit(by="customer", mode="propose", **more):
    return {"rule": "arcore/1", "subject": "item", "currency": "CNY", "mode": mode, "unit": by, "if": OPEN,
            "steps": [{"level": 1, "on": on("P3D"), "then": [{"type": "level"}], "once": [LETTER]}, {"level": 2, "on": on("P16D"), "then": [{"type": "level"}], "once": [LETTER, FEE]}], **more}


def plain(*then, mode="propose"):
    return {"rule": "arcore/1", "subject": "item", "currency": "CNY", "mode": mode, "if": OPEN, "on": on("P3D"), "then": list(then)}


class Units(support.BookTest):
    def setUp(self):
        super().setUp()
        self.head = self.customer("C1")
        self.daughter = self.customer("D1", parent=self.head.id)
        self.contact = self.session.insert("contact", customer=self.head.id, name="F", role="finance", email="f@x.example", consent=True)

    def publish(self, document, code="dun"):
        self.session.definition_publish(self.session.definition_save("rule", code, document))

    def proposed(self, document, approve=True):
        self.publish(document)
        proposal = self.session.rule_propose()
        proposal.store()
        if approve:
            proposal.approve()
        return proposal

    def of(self, proposal):
        return [(line.action.get("type"), line.status) for line in proposal]

    def applied(self, proposal):
        try:
            proposal.apply()
        except support.arcore.Error as e:
            self.assertEqual(e.name, "ARC_E_STATE")
        self.assertTrue(self.book.verify().ok)
        return self.of(proposal)

    def payloads(self):
        return [json.loads(m.payload) for m in self.session.query("message").order("id") if m.kind == "rule.message"]

    def letters(self):
        return [payload["body"] for payload in self.payloads()]

    def fees(self):
        return [item.amount for item in self.session.query("item") if item.kind == "fee"]

    def overdue(self):
        self.invoice(self.head, "A", due="2026-06-01")   # level 2 on the 30th of June
        self.invoice(self.head, "B", due="2026-06-20")   # level 1

    # ---- the unit ----

    def test_a_daughter_that_left_is_not_written_to_at_the_head_office(self):
        self.overdue()
        self.invoice(self.daughter, "C", due="2026-06-20")
        proposal = self.proposed(unit("head_office"))
        self.session.update(self.session.get("customer", self.daughter.id), parent=None)
        self.assertEqual(sorted(self.applied(proposal)), [("fee", "applied"), ("level", "applied"), ("level", "applied"), ("level", "stale"), ("message", "applied")])
        self.assertEqual(len(self.letters()), 1)
        self.assertNotIn("C=", self.letters()[0])
        self.assertEqual({line.unit for line in self.session.rule_propose()}, {f"customer:{self.daughter.id}/dun/CNY"})

    def test_a_head_office_that_has_one_itself_gets_nothing(self):
        self.overdue()
        proposal = self.proposed(unit("head_office"))
        top = self.customer("TOP")
        self.session.update(self.session.get("customer", self.head.id), parent=top.id)
        self.assertEqual({status for _, status in self.applied(proposal)}, {"stale"})
        self.assertIn("head office", proposal[0].reason)
        self.assertEqual((self.letters(), self.fees()), ([], []))

    def test_a_letter_waits_for_its_rows(self):
        self.overdue()
        proposal = self.proposed(unit(), approve=False)
        once = [i for i, line in enumerate(proposal) if line.action.get("once")]
        proposal.approve(once)
        self.assertEqual({status for _, status in self.applied(proposal)}, {"draft", "approved"})
        self.assertEqual(self.letters(), [])
        proposal.approve()
        self.assertEqual({status for _, status in self.applied(proposal)}, {"applied"})
        self.assertEqual((len(self.letters()), self.fees()), (1, [Decimal("20.00")]))
        self.assertEqual(len(self.session.rule_propose()), 0)

    def test_a_letter_whose_rows_nobody_wants_is_over(self):
        self.overdue()
        proposal = self.proposed(unit(), approve=False)
        proposal.approve([i for i, line in enumerate(proposal) if line.action.get("once")])
        proposal.reject("no", [i for i, line in enumerate(proposal) if not line.action.get("once")])
        self.assertEqual({status for _, status in self.applied(proposal)}, {"rejected", "stale"})
        self.assertEqual(self.letters(), [])

    def test_rows_wait_for_their_letter(self):
        """Approved first, they are not done without it; and not when it has become stale."""
        self.overdue()
        proposal = self.proposed(unit(), approve=False)
        rows = [i for i, line in enumerate(proposal) if not line.action.get("once")]
        proposal.approve(rows[:1])
        self.assertEqual({status for _, status in self.applied(proposal)}, {"draft", "approved"})
        self.session.update(self.session.get("contact", self.contact.id), valid_to=day("2026-06-01"))
        proposal.approve([i for i, line in enumerate(proposal) if line.action.get("once")])
        self.applied(proposal)
        proposal.approve()
        self.assertEqual({status for _, status in self.applied(proposal)}, {"stale"})
        self.assertEqual((list(self.session.query("rule_firing")), self.letters(), self.fees()), ([], [], []))

    # ---- people ----

    def test_what_is_said_anew_goes_to_those_it_was_approved_for(self):
        for document in (unit(), plain(PLAIN)):
            with self.subTest(unit="unit" in document):
                self.setUp()
                self.invoice(self.head, "A", due="2026-06-01")
                proposal = self.proposed(document)
                self.session.insert("contact", customer=self.head.id, name="New", role="finance", email="new@x.example", consent=True)
                self.session.allocation_apply(item=self.item_of("A").id, receipt=self.receipt(self.head, "R", "10.00"), amount="10.00")
                self.assertEqual({status for _, status in self.applied(proposal)}, {"applied"})
                self.assertEqual([to["address"] for to in self.payloads()[0]["to"]], ["f@x.example"])
                self.assertIn("90.00", self.letters()[0])

    def test_a_plain_letter_does_not_go_to_another_company(self):
        self.overdue()
        proposal = self.proposed(plain(PLAIN))
        kept = self.customer("K")
        self.session.insert("contact", customer=kept.id, name="K", role="finance", email="k@x.example", consent=True)
        self.session.customer_merge(kept.id, self.head.id, "one")
        self.assertEqual({status for _, status in self.applied(proposal)}, {"stale"})
        self.assertEqual(self.letters(), [])

    def test_who_may_not_be_written_to_any_more_is_not(self):
        def left():
            self.session.update(self.session.get("contact", self.contact.id), valid_to=day("2026-06-01"))

        def refused():
            self.session.update(self.session.get("contact", self.contact.id), consent=False)

        def moved():
            self.session.update(self.session.get("contact", self.contact.id), email="new@x.example")

        def opted_out():
            self.session.update(self.session.get("customer", self.head.id), opt_out=True)

        def erased():
            self.session.subject_erase("contact", self.contact.id, "asked for")

        for happens in (left, refused, moved, opted_out, erased):
            for document in (unit(), plain(PLAIN, {"type": "fee", "params": {"amount": "5.00", "number": "F-{{number}}"}})):
                with self.subTest(what=happens.__name__, unit="unit" in document):
                    self.setUp()
                    self.overdue()
                    proposal = self.proposed(document)
                    happens()
                    self.assertEqual({status for _, status in self.applied(proposal)}, {"stale"})
                    self.assertEqual((self.letters(), self.fees()), ([], []))
                    self.assertEqual(list(self.session.query("rule_firing")), [])

    def test_those_who_are_left_are_written_to(self):
        self.session.insert("contact", customer=self.head.id, name="G", role="finance", email="g@x.example", consent=True)
        self.overdue()
        proposal = self.proposed(unit())
        self.session.update(self.session.get("contact", self.contact.id), consent=False)
        self.assertEqual({status for _, status in self.applied(proposal)}, {"applied"})
        message = self.session.find("message", kind="rule.message")
        self.assertEqual([to["name"] for to in self.payloads()[0]["to"]], ["G"])
        self.assertNotEqual(message.contact, self.contact.id)

    # ---- sums ----

    def test_sums_are_those_of_the_day_they_go_out(self):
        """Units and plain rules alike: what has changed is done as it is now, and says so."""
        charge = {"type": "fee", "params": {"amount": {"*": [{"var": "open"}, "0.1"]}, "number": "F-{{number}}"}}
        for document, fee in ((unit(), "20.00"), (plain(PLAIN, charge), "1.00")):
            with self.subTest(unit="unit" in document):
                self.setUp()
                self.invoice(self.head, "A", due="2026-06-01")
                proposal = self.proposed(document)
                receipt = self.receipt(self.head, "R", "90.00")
                self.session.allocation_apply(item=self.item_of("A").id, receipt=receipt, amount="90.00")
                self.assertEqual({status for _, status in self.applied(proposal)}, {"applied"})
                self.assertEqual((len(self.letters()), self.fees()), (1, [Decimal(fee)]))
                self.assertIn("10.00", self.letters()[0])
                self.assertTrue(all(line.result.get("anew") for line in proposal if line.action["type"] in ("message", "fee")))

    def test_what_is_the_same_is_done_word_for_word(self):
        self.overdue()
        proposal = self.proposed(plain(PLAIN))
        self.applied(proposal)
        self.assertEqual([line.result for line in proposal], [{"message": 1}, {"message": 2}])

    # ---- rejecting ----

    def test_who_does_not_want_level_two_is_not_sent_level_one(self):
        for document in (unit(), dict(plain(), on=None, steps=[{"level": 1, "on": on("P3D"), "then": [{"type": "level"}]}, {"level": 2, "on": on("P16D"), "then": [{"type": "level"}]}])):
            document = {k: v for k, v in document.items() if v is not None and not (k == "then" and "steps" in document)}
            with self.subTest(unit="unit" in document):
                self.setUp()
                self.invoice(self.head, "A", due="2026-06-01")
                proposal = self.proposed(document, approve=False)
                proposal.reject("disputed by phone")
                self.assertEqual([(f.level, f.status) for f in self.session.query("rule_firing").order("level")], [(1, "passed"), (2, "rejected")])
                self.assertEqual(len(self.session.rule_propose()), 0)

    # ---- customers that are one ----

    def test_customers_that_were_merged_are_one(self):
        kept = self.customer("K")
        self.session.insert("contact", customer=kept.id, name="G", role="finance", email="k@x.example", consent=True)
        self.invoice(self.head, "A", due="2026-06-01")
        self.invoice(kept, "B", due="2026-06-01")
        self.session.customer_merge(kept.id, self.head.id, "one and the same")
        self.publish(unit(mode="apply"))
        self.publish({"rule": "arcore/1", "subject": "customer", "currency": "CNY", "mode": "apply", "then": [],
                      "on": {"kind": "threshold", "value": {"sum": [{"var": "items"}, {"var": "open"}]}, "above": "150.00", "rearm": "50.00"}}, "sum")
        self.session.insert("user_account", code="bo", name="Bo", kind="person", disabled=False)
        self.publish(plain({"type": "task", "params": {"title": "{{customer.legal_name}} {{number}}", "assignee": {"user": "bo"}}}, mode="apply"), "task")
        report = self.session.rule_run()
        self.assertEqual((report.failed, report.failures), (0, []))
        self.assertEqual((len(self.letters()), self.fees()), (1, [Decimal("20.00")]))
        self.assertEqual([payload["to"][0]["address"] for payload in self.payloads()], ["k@x.example"])
        self.assertEqual(sorted(task.title for task in self.session.query("task")), ["Acme K A", "Acme K B"])
        self.assertEqual([f.row for f in self.session.query("rule_firing") if f.policy == "sum"], [kept.id])
        self.assertTrue(self.book.verify().ok)

    def test_a_sweep_sees_a_merge_and_its_end(self):
        kept = self.customer("K")
        self.invoice(self.head, "A", due="2026-06-01")
        self.invoice(kept, "B", due="2026-06-01")
        self.publish({"rule": "arcore/1", "subject": "item", "currency": "CNY", "if": {"==": [{"var": "customer.legal_name"}, "Acme K"]}, "on": on("P3D"), "then": []}, "named")
        self.assertEqual([line.unit for line in self.session.rule_propose(sweep=True)], [f"item:{self.item_of('B').id}"])
        self.session.customer_merge(kept.id, self.head.id, "one")
        self.assertEqual({line.unit for line in self.session.rule_propose(sweep=True)}, {f"item:{self.item_of(n).id}" for n in "AB"})
        self.session.customer_unmerge(self.head.id, "two")
        self.assertEqual([line.unit for line in self.session.rule_propose(sweep=True)], [f"item:{self.item_of('B').id}"])
        self.assertEqual([line.unit for line in self.session.rule_propose()], [f"item:{self.item_of('B').id}"])

    # ---- remarks ----

    def test_a_number_that_comes_again_is_told_of(self):
        told = self.session.definition_check("rule", plain({"type": "fee", "params": {"amount": "5.00", "number": "FEE"}}))
        self.assertEqual([(f.pointer, f.rule, f.status) for f in told], [("/then/0/params/number", "repeats", 0)])


if __name__ == "__main__":
    support.main()
