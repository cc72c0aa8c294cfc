# SPDX-License-Identifier: Apache-2.0
"""What rules would do otherwise, what documents would do, and what people are to do."""
import json

from kit import Case


class Rules(Case):
    def rule(self, days, **more):
        return {"rule": "arcore/1", "subject": "item", "currency": "CNY", "if": {"and": [{">": [{"var": "open"}, "0"]}, {"==": [{"var": "currency"}, "CNY"]}]},
                "on": {"kind": "date", "anchor": "due_date", "offset": f"P{days}D"}, "then": [], **more}

    def test_compare(self):
        self.write("a.json", json.dumps(self.rule(10)))
        self.write("b.json", json.dumps(self.rule(400)))
        asked = ("rule", "compare", "@a.json", "@b.json", "--as-of", "2026-03-31")
        ran = self.arcore(*asked, "-f", "csv")
        rows = ran.rows()
        self.assertTrue(rows)
        self.assertEqual({r["difference"] for r in rows}, {"lose"})
        self.assertTrue(all(r["level_before"] == "1" and not r["level_after"] for r in rows))
        self.assertIn(f"{len(rows)} less", ran.err)
        whole, = self.arcore(*asked, "-f", "json").json()
        self.assertEqual(len(whole["lose"]), len(rows))
        back = self.arcore("rule", "compare", "@b.json", "@a.json", "--as-of", "2026-03-31", "-f", "csv").rows()
        self.assertEqual({r["difference"] for r in back}, {"gain"})
        self.arcore("rule", "publish", "dun", "a.json")
        self.assertEqual(self.arcore("rule", "compare", "dun", "dun@1", "--as-of", "2026-03-31", "-f", "csv").rows(), [])
        self.assertIn("ARC_E_NOT_FOUND", self.arcore("rule", "compare", "dun", "none", code=1).err)
        self.arcore("rule", "compare", "dun", code=2)
        self.arcore("rule", "compare", "dun", "@nothing.json", code=3)

    def test_preview(self):
        self.write("v.json", json.dumps({"entity": "customer", "rules": [{"name": "short", "required": "short_name"}]}))
        told, = self.arcore("definition", "preview", "validation", "v.json", "--max", "3").json()
        self.assertEqual((told["kind"], told["read"], told["broken"], len(told["rules"][0]["rows"])), ("validation", 12, 12, 3))
        self.write("r.json", json.dumps(self.rule(10)))
        told, = self.arcore("definition", "preview", "rule", "r.json", "--rows", "1,2", "--entity", "item", "--as-of", "2026-03-31").json()
        self.assertEqual(told["kind"], "rule")
        self.assertLessEqual(told["simulation"]["rows"], 2)
        self.write("t.json", json.dumps({"entity": "cat"}))
        self.assertIn("ARC_E_NOT_FOUND", self.arcore("definition", "preview", "validation", "t.json", code=1).err)
        self.arcore("definition", "preview", "rule", "r.json", "--rows", "1,x", code=2)
        self.arcore("definition", "preview", "rule", "nothing.json", code=3)

    def test_tasks(self):
        self.arcore("user", "add", "ann", "Ann")
        self.arcore("user", "add", "bob", "Bob")
        for number, (who, day) in enumerate((("1", "2026-01-05"), ("2", "2026-01-03"), ("1", "2026-01-04")), 1):
            self.arcore("add", "task", f"title=call {number}", "customer=1", f"assignee={who}", f"deadline={day}")
        titles = [r["title"] for r in self.arcore("task", "list", "-f", "csv").rows()]
        self.assertEqual(titles, ["call 2", "call 3", "call 1"])
        self.assertEqual([r["id"] for r in self.arcore("task", "list", "--assignee", "ann", "-f", "csv").rows()], ["3", "1"])
        self.assertEqual([r["id"] for r in self.arcore("task", "list", "--due", "2026-01-04", "-f", "csv").rows()], ["2", "3"])
        self.assertEqual(self.arcore("task", "show", "2", "-f", "json").json()[0]["title"], "call 2")
        self.arcore("task", "close", "2", "will pay", "--result", "promise", "--promise-date", "2026-02-01", "--promise", "500.00", "--date", "2026-01-03")
        done, = self.arcore("task", "show", "2", "-f", "json").json()
        self.assertEqual((done["status"], done["feedback"], done["promise_date"], done["promise_amount"]), ("done", "will pay", "2026-02-01", "500.00"))
        self.arcore("task", "assign", "1", "bob", "--deadline", "2026-01-09")
        self.assertEqual([r["id"] for r in self.arcore("task", "list", "--assignee", "bob", "-f", "csv").rows()], ["1"])
        self.arcore("task", "escalate", "1", "ann")
        self.assertEqual(self.arcore("task", "show", "1", "-f", "json").json()[0]["status"], "escalated")
        self.arcore("task", "cancel", "3", "not needed")
        self.assertEqual([r["id"] for r in self.arcore("task", "list", "-f", "csv").rows()], ["1"])
        self.assertEqual(len(self.arcore("task", "list", "--all", "-f", "csv").rows()), 3)
        self.assertIn("ARC_E_STATE", self.arcore("task", "close", "3", "late", code=1).err)
        self.arcore("task", "close", "x", "late", code=2)
        self.arcore("task", "close", "1", "paid", "--promise", "much", code=2)
        self.arcore("task", "assign", "1", "nobody", code=1)


class Dunning(Case):
    def test_letters(self):
        task = {"type": "task", "params": {"title": "Call {{code}}"}}
        self.write("l.json", json.dumps({"dunning": "arcore/1", "levels": [{"on": {"anchor": "due_date", "offset": "P10D"}, "then": [task]}]}))
        self.write("bad.json", json.dumps({"dunning": "arcore/1", "levels": []}))
        self.assertIn("/levels", self.arcore("dunning", "publish", "std", "bad.json", code=1).err)
        self.arcore("dunning", "publish", "std", "l.json")
        letters = self.arcore("dunning", "propose", "--as-of", "2026-03-31", "-f", "csv").rows()
        self.assertTrue(letters)
        self.assertEqual({(r["ladder"], r["level"]) for r in letters}, {("std", "1")})
        customer = letters[0]["unit"].split("/")[0].split(":")[1]
        rows = self.arcore("dunning", "explain", customer, "--as-of", "2026-03-31", "-f", "csv").rows()
        self.assertIn("claimed", {r["outcome"] for r in rows})
        whole, = self.arcore("dunning", "explain", customer, "--as-of", "2026-03-31", "--result").json()
        self.assertIn(letters[0]["unit"], whole["letters"])
        self.assertIn("stored as proposal", self.arcore("dunning", "propose", "--as-of", "2026-03-31", "--store", "March").err)
        self.assertIn("ARC_E_NOT_FOUND", self.arcore("dunning", "propose", "--ladder", "nobody", code=1).err)
        self.arcore("dunning", "explain", "nobody", code=1)


class Matching(Case):
    def test_match(self):
        self.assertEqual(self.arcore("match", "--as-of", "2026-06-30", "-f", "csv").rows(), [])
        ran, = self.arcore("match", "--run", "--as-of", "2026-06-30", "-f", "csv").rows()
        self.assertEqual((ran["receipts"], ran["posted"]), ("0", "0"))
        learned = self.arcore("match", "--learn", "--as-of", "2026-06-30", "-f", "csv")
        self.assertRegex(learned.err, "learned from [1-9][0-9]* confirmed matches")
        row, = self.arcore("query", "match_model", "-f", "json").json()
        self.assertTrue(row["document"])
        self.assertIn("ARC_E_NOT_FOUND", self.arcore("match", "--strategy", "nobody", "--as-of", "2026-06-30", code=1).err)
        self.arcore("match", "--max", "none", code=2)
