# SPDX-License-Identifier: Apache-2.0
"""Rules from Python."""
import datetime

import arcore
import support

LADDER = {
    "rule": "arcore/1", "subject": "item", "currency": "CNY", "if": {">": [{"var": "open"}, "0"]},
    "steps": [{"level": 1, "on": {"kind": "date", "anchor": "due_date", "offset": "P1D"}, "then": []},
              {"level": 2, "on": {"kind": "date", "anchor": "previous", "offset": "P15D"}, "then": []}]}


class Rules(support.BookTest):
    def publish(self, code="dun", document=LADDER):
        saved = self.session.definition_save("rule", code, document)
        self.session.definition_publish(saved)

    def test_proposed_approved_applied(self):
        self.publish()
        customer = self.customer("C1")
        self.invoice(customer, "I1", due="2026-06-20")
        self.invoice(customer, "I2", due="2026-06-01")
        self.invoice(customer, "I3", due="2026-07-01")
        proposal = self.session.rule_propose()
        self.assertEqual([(line.unit, line.action["level"], line.action["effective_date"]) for line in proposal],
                         [(f"item:{self.item_of('I1').id}", 1, "2026-06-21"), (f"item:{self.item_of('I2').id}", 2, "2026-06-17")])
        self.assertEqual(proposal.to_json()["considered"]["due"], 2)
        self.assertEqual([t["result"] for t in proposal[0].explanation["if"]["tests"]], [True])
        proposal.store(title="June")
        proposal.approve()
        self.assertEqual(proposal.apply().n_applied, 2)
        self.assertEqual(len(self.session.rule_propose("dun")), 0)
        later = self.session.rule_propose(["dun"], as_of=datetime.date(2026, 7, 10), entity="item", rows=[self.item_of("I1").id])
        self.assertEqual([line.action["level"] for line in later], [2])

    def test_run(self):
        self.publish("auto", dict(LADDER, mode="apply", catch_up="each"))
        self.invoice(self.customer("C1"), "I1", due="2026-06-01")
        steps = []
        report = self.session.rule_run("auto", entity="item", progress=lambda done, total: steps.append((done, total)), request_key="june")
        self.assertEqual((report.rules, report.rows, report.fired, report.failed, report.failures), (1, 1, 2, 0, []))
        self.assertEqual(self.session.rule_run("auto", entity="item", request_key="june"), report)
        self.assertEqual(self.session.rule_run().fired, 0)
        self.assertEqual([(f.policy, f.level, str(f.effective_date)) for f in self.session.query("rule_firing").order("level")],
                         [("auto", 1, "2026-06-02"), ("auto", 2, "2026-06-17")])
        self.publish("odd", {"rule": "arcore/1", "subject": "item", "mode": "apply", "on": {"kind": "date", "anchor": "due_date"},
                             "if": {">": [{"*": [{"/": [1, {"-": [{"var": "seq"}, {"var": "seq"}]}]}, 1]}, 1]}, "then": []})
        report = self.session.rule_run()
        self.assertEqual([(type(f), f.rule, f.entity) for f in report.failures], [(arcore.DivideError, "odd", "item")])

    def test_one_letter_for_all(self):
        once = [{"type": "task", "params": {"title": "{{code}}: {{#rows}}{{number}} {{/rows}}", "assignee": {"user": "boss"}}},
                {"type": "fee", "params": {"amount": "5.00", "number": "F-{{firing.mark}}"}}]
        self.session.insert("user_account", code="boss", name="Boss", kind="person", disabled=False)
        self.publish("all", {"rule": "arcore/1", "subject": "item", "currency": "CNY", "unit": "customer", "if": {"==": [{"var": "kind"}, "invoiced"]},
                             "on": {"kind": "date", "anchor": "due_date", "offset": "P1D"}, "then": [{"type": "level"}], "once": once})
        customer = self.customer("C1")
        for number in ("I1", "I2"):
            self.invoice(customer, number, due="2026-06-01")
        proposal = self.session.rule_propose()
        self.assertEqual([(line.unit, line.action["type"], line.action.get("row"), line.action.get("rows")) for line in proposal],
                         [(f"customer:{customer.id}/all/CNY", "level", self.item_of("I1").id, None), (f"customer:{customer.id}/all/CNY", "level", self.item_of("I2").id, None),
                          *((f"customer:{customer.id}/all/CNY", kind, None, [self.item_of("I1").id, self.item_of("I2").id]) for kind in ("task", "fee"))])
        self.assertEqual(self.session.rule_explain("all", self.item_of("I2").id)["once"][0]["params"]["title"], "C1: I1 I2 ")
        proposal.store()
        proposal.approve()
        self.assertEqual(proposal.apply().n_applied, 4)
        self.assertEqual([t.title for t in self.session.query("task")], ["C1: I1 I2 "])
        self.assertEqual(len(list(self.session.query("rule_firing"))), 2)

    def test_totals_by_currency(self):
        money = {"type": "money", "currency": "currency"}
        part = {"type": "list", "of": {"type": "object", "members": {"number": "text", "currency": "text", "open": money}}}
        total = {"type": "list", "of": {"type": "object", "members": {"currency": "text", "total": money, "n": "integer"}}}
        self.session.definition_publish(self.session.definition_save("template", "all", {
            "template": "arcore/1", "view": {"rows": part, "totals": total},
            "variants": [{"channel": "email", "language": "en", "format": "text", "subject": "All", "body": "{{#rows}}{{number}} {{open_code}}; {{/rows}}{{#totals}}{{n}}: {{total_code}}; {{/totals}}"}]}))
        self.publish("all", {"rule": "arcore/1", "subject": "item", "unit": {"by": "customer", "split": []}, "on": {"kind": "date", "anchor": "due_date"}, "then": [], "once": [
            {"type": "message", "params": {"template": "all", "to": {"address": "ar@example.com"}, "channels": ["email"], "data": {
                "totals": {"each": "rows", "if": {"var": "unit.first"}, "as": {"total": {"var": "unit.total"}, "n": {"var": "unit.count"}}}}}}]})
        customer = self.customer("C1")
        for number, currency, amount in (("I1", "EUR", "10.00"), ("I2", "CNY", "20.00"), ("I3", "EUR", "5.50")):
            self.session.invoice_record(number=number, customer=customer.id, invoice_date=datetime.date(2026, 5, 1), due_date=datetime.date(2026, 6, 1), currency=currency, gross_amount=amount)
        line = self.session.rule_propose()[3]
        self.assertEqual((line.unit, line.action["params"]["body"].replace("\u00a0", " ")), (f"customer:{customer.id}/all", "I1 EUR 10.00; I2 CNY 20.00; I3 EUR 5.50; 2: EUR 15.50; 1: CNY 20.00; "))
        self.assertIn("each item_state.open", line.action["tells"])

    def test_passing(self):
        faults = self.session.definition_check("rule", {"rule": "arcore/1", "subject": "item", "on": {"kind": "date", "anchor": "due_date"}, "then": [], "if": {"==": [{"var": "days_overdue"}, 3]}})
        self.assertEqual([(f.status, f.pointer, f.rule) for f in faults], [(0, "/if", "passing")])

    def test_rejected(self):
        self.publish()
        self.invoice(self.customer("C1"), "I1", due="2026-06-20")
        proposal = self.session.rule_propose()
        proposal.store()
        proposal.reject("the customer disputes it")
        again = self.session.rule_propose()
        self.assertEqual(len(again), 0)
        self.assertEqual([(r["rule"], r["level"], r["on"]) for r in again.to_json()["considered"]["rejected"]], [("dun", 1, str(support.TODAY))])
        self.assertEqual(len(self.session.rule_propose(rejected=True)), 1)

    def test_run_some(self):
        self.publish("auto", {"rule": "arcore/1", "subject": "item", "mode": "apply", "on": {"kind": "date", "anchor": "due_date"}, "then": []})
        self.publish("high", {"rule": "arcore/1", "subject": "item", "mode": "apply", "if": {"==": [{"var": "number"}, "I1"]}, "on": {"kind": "date", "anchor": "due_date"},
                              "then": [{"type": "level", "params": {"level": 1000000}}]})
        customer = self.customer("C1")
        for number in ("I1", "I2", "I3"):
            self.invoice(customer, number, due="2026-06-01")
        report = self.session.rule_run(max=2)
        self.assertEqual((report.fired, report.more, [f.rule for f in report.failures]), (2, 1, ["high"]))
        report = self.session.rule_run(max=2)
        self.assertEqual((report.fired, report.more, report.failed), (1, 0, 1))
        with self.assertRaises(arcore.RequestKeyError):
            self.session.rule_run(max=1, request_key="k")
            self.session.rule_run(max=2, request_key="k")

    def test_back_test(self):
        customer = self.customer("C1")
        self.invoice(customer, "I1", due="2026-06-20")
        self.invoice(customer, "I2", due="2026-06-01")
        test = self.session.rule_backtest({"dun": LADDER}, business_dates=True)
        self.assertEqual((test.totals.start, test.totals.firings, test.totals.n_rules, test.totals.only_there), (support.TODAY, 2, 1, 0))
        told = test.to_json()
        self.assertEqual((told["from"], told["to"], told["firings"], told["passed"], told["customers"], told["only_here"]), ("2026-06-30", "2026-06-30", 2, 1, 1, 2))
        self.assertEqual([(level["level"], level["firings"], level["money"]) for level in told["rules"][0]["levels"]], [(1, 1, {"CNY": "100.00"}), (2, 1, {"CNY": "100.00"})])
        self.publish()
        again = self.session.rule_backtest("dun", business_dates=True, fresh=True).to_json()
        self.assertEqual(again["money"], told["money"])
        with self.assertRaises(arcore.NotFoundError):
            self.session.rule_backtest({"dun": 7})

    def test_explained_simulated_compared(self):
        self.publish()
        customer = self.customer("C1")
        self.invoice(customer, "I1", due="2026-06-20")
        item = self.item_of("I1").id
        told = self.session.rule_explain("dun", item)
        self.assertEqual([(s["level"], s["outcome"], s["day"]) for s in told["steps"]], [(1, "due", "2026-06-21"), (2, "waits", "2026-07-06")])
        self.assertEqual(told["if"]["result"], True)
        july = datetime.date(2026, 7, 31)
        would = self.session.rule_simulate(as_of=july, start=support.TODAY)
        self.assertEqual([(f["level"], f["row"], f["effective_date"], f["on"]) for f in would["firings"]],
                         [(1, item, "2026-06-21", "2026-06-30"), (2, item, "2026-07-06", "2026-07-06")])
        sharper = dict(LADDER, steps=LADDER["steps"][:1])
        self.assertEqual(self.session.rule_simulate(sharper, as_of=july, start=support.TODAY)["fired"], 1)
        diff = self.session.rule_compare("dun", {"code": "dun", "document": sharper}, as_of=july, start=support.TODAY, entity="item", rows=[item])
        self.assertEqual((diff["rules"], diff["lose"][0]["level"], diff["gain"], diff["change"]), ([{"rule": "dun", "same": 1, "gain": 0, "lose": 1, "change": 0}], 2, [], []))
        self.assertEqual(self.session.rule_run(sweep=True).waiting, 1)
        self.assertEqual(len(self.session.rule_propose(sweep=True)), 1)

    def test_faults(self):
        self.assertEqual(arcore.definition_schema("rule")["title"], "Rule")
        faults = self.session.definition_check("rule", {"rule": "arcore/1", "subject": "item", "on": {"kind": "date", "anchor": "amount"}, "then": [], "when": 1})
        self.assertEqual([(f.pointer, f.rule) for f in faults], [("/when", "unknown_member"), ("/on/anchor", "trigger")])
        with self.assertRaises(arcore.NotFoundError):
            self.session.rule_propose("nix")


if __name__ == "__main__":
    support.main()
