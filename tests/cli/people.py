# SPDX-License-Identifier: Apache-2.0
"""Who works with a book and what is kept of it: customers, roles, the trail, sealed books."""
import glob
import json
import os
import re
import shutil
import sqlite3
import subprocess

from kit import ARCORE, CSV, ENV, MAPPING, Case, slurp, source_rows


class People(Case):
    def codes(self, *args, **more):
        return [r["code"] for r in self.arcore("query", "customer", "-s", "code", "-f", "csv", *args, **more).rows()]

    def test_master_data(self):
        unit, = self.arcore("add", "org_unit", "code=NORTH", "name=North", "kind=team", "-f", "json").json()
        self.assertEqual(unit["entity"], "org_unit")
        self.arcore("add", "customer", "--json", '{"code": "C900", "legal_name": "New"}')
        self.arcore("change", "customer", "C900", "legal_name=Newer, Ltd = 1", "team=NORTH", "opt_out=true")
        row, = self.arcore("get", "customer", "C900", "-f", "json").json()
        self.assertEqual((row["legal_name"], row["team"], row["opt_out"], row["version"]), ("Newer, Ltd = 1", unit["id"], True, 2))
        self.arcore("change", "customer", "C900", "team=", "opt_out=")
        self.assertNotIn("team", self.arcore("get", "customer", "C900", "-f", "json").json()[0])
        self.arcore("custom", "define", "customer", "x_vip", "--kind", "bool")
        self.arcore("custom", "define", "customer", "x_no", "--kind", "text")
        self.arcore("change", "customer", "C900", "x_vip=true", "x_no=17")
        row, = self.arcore("get", "customer", "C900", "-f", "json").json()
        self.assertEqual((row["x_vip"], row["x_no"]), (True, "17"))
        for args, told, code in ((["add", "customer", "code=C900", "legal_name=x"], "ARC_E_EXISTS", 1), (["add", "customer", "code=C901"], "customer.legal_name", 1),
                                 (["add", "customer", "nope=1"], "nope", 1), (["add", "invoice", "number=1"], "ARC_E_FORBIDDEN", 1), (["add", "customer", "code"], "FIELD=VALUE", 2),
                                 (["add", "customer"], "FIELD=VALUE", 2), (["change", "customer", "C999", "legal_name=x"], "no customer C999", 1),
                                 (["change", "customer", "C900", "team=SOUTH"], "no org_unit SOUTH", 1), (["change", "customer", "C900", "status=odd"], "customer.status", 1)):
            self.assertIn(told, self.arcore(*args, code=code).err, args)

    def test_merges_and_shipped_rules(self):
        self.arcore("add", "customer", "code=C900", "legal_name=New Ltd")
        self.arcore("add", "customer", "code=C901", "legal_name=New Limited")
        self.arcore("customer", "merge", "C900", "C901", "one and the same")
        self.assertEqual([r["code"] for r in self.arcore("customer", "family", "C901", "-f", "csv").rows()], ["C900", "C901"])
        self.assertEqual([r["code"] for r in self.arcore("customer", "family", "C901", "--as-of", "2000-01-01", "-f", "csv").rows()], ["C901"])
        self.assertIn("ARC_E_STATE", self.arcore("customer", "merge", "C901", "C900", "round", code=1).err)
        self.arcore("customer", "unmerge", "C901", "two")
        self.assertEqual(len(self.arcore("customer", "family", "C900", "-f", "csv").rows()), 1)
        self.arcore("validation", "ship", "customer")
        self.assertIn("customer.uscc", self.arcore("change", "customer", "C900", "uscc=91350100M000100Y44", code=1).err)
        self.arcore("validation", "ship", "customer", "--warning")
        self.arcore("validation", "ship", "nothing", code=2)

    def test_aging_by_region(self):
        """Groups are the library's: the region of the document then, by code and name."""
        for code, name in (("north", "North"), ("south", "South")):
            self.arcore("add", "org_unit", f"code={code}", f"name={name}", "kind=region")
        self.arcore("add", "customer", "code=C800", "legal_name=Moves", "region=north")
        self.write("one.csv", "number,customer_code,invoice_date,due_date,currency,amount\nX-1,C800,2026-03-01,2026-03-31,CNY,113.00\n")
        self.arcore("import", "one.csv")
        self.arcore("change", "customer", "C800", "region=south")
        rows = self.arcore("aging", "--as-of", "2026-05-01", "-g", "region", "--customer", "C800", "-f", "csv").rows()
        self.assertEqual([(r["region"], r["name"], r["open"]) for r in rows], [("north", "North", "113.00")])

    def test_request_key(self):
        first = self.arcore("add", "customer", "code=C900", "legal_name=New", "--request-key", "k", "-f", "json").json()
        self.assertEqual(self.arcore("add", "customer", "code=C900", "legal_name=New", "--request-key", "k", "-f", "json").json(), first)
        self.assertIn("ARC_E_REQUEST", self.arcore("add", "customer", "code=C901", "legal_name=New", "--request-key", "k", code=1).err)
        self.assertEqual(self.codes("-w", "code ^= C9"), ["C900"])

    def test_roles(self):
        self.assertIn("everything", self.arcore("access").out)
        self.assertIn("ARC_E_STATE", self.arcore("access", "roles", code=1).err)  # nobody could grant
        self.assertRegex(self.arcore("role", "install").err, r"\d+ roles added")
        self.assertIn("0 roles", self.arcore("role", "install").err)
        self.arcore("role", "install", "nope", code=1)
        self.arcore("user", "add", "boss", "Boss")
        self.arcore("user", "add", "wang", "王丽")
        self.arcore("role", "grant", "boss", "admin")
        grant, = self.arcore("role", "grant", "wang", "sales", "--from", "2020-01-01", "--reason", "joins", "-f", "json").json()
        self.assertEqual([(r["user"], r["role"], r["from"], r["reason"]) for r in self.arcore("role", "grants", "wang", "-f", "csv").rows()],
                         [("wang", "sales", "2020-01-01", "joins")])
        self.arcore("access", "roles")
        self.assertEqual(self.codes("--actor", "wang"), [])
        self.assertEqual(len(self.codes()), 12)
        self.arcore("change", "customer", "C001", "owner=wang")
        self.assertEqual(self.codes("--actor", "wang"), ["C001"])
        self.assertLessEqual({r["customer"] for r in self.arcore("aging", "--actor", "wang", "-f", "csv").rows()}, {"C001"})
        self.assertIn("ARC_E_FORBIDDEN", self.arcore("aging", "--actor", "nobody", code=1).err)
        self.assertIn("wang may not do role.read", self.arcore("role", "show", "sales", "--actor", "wang", code=1).err)
        self.assertIn("actor is empty", self.arcore("query", "customer", "--actor", "", code=2).err)  # never the host itself
        ran = self.run_in(self.folder, "query", "customer", env={"ARCORE_BOOK": "book.arc", "ARCORE_ACTOR": ""})
        self.assertEqual(ran.code, 2)
        self.assertIn("actor is empty", ran.err)
        self.assertIn("ARC_E_FORBIDDEN", self.arcore("import", CSV, "-m", MAPPING, "--actor", "wang", code=1).err)
        self.assertIn("ARC_E_FORBIDDEN", self.arcore("change", "customer", "C001", "legal_name=Mine", "--actor", "wang", code=1).err)
        self.assertIn("customer", {e["entity"] for e in json.loads(self.arcore("access", "--actor", "wang", "-f", "json").out)["entities"]})
        self.assertIn("customer", [r["entity"] for r in self.arcore("access", "--actor", "wang", "-f", "csv").rows()])
        for command in (["dump"], ["backup", "copy.arc"], ["verify"]):  # they would show what wang may not see
            ran = self.arcore(*command, "--actor", "wang", code=1)
            self.assertEqual((ran.out, "whole book" in ran.err), ("", True), command)
        self.assertFalse(os.path.exists(self.path("copy.arc")))
        self.arcore("role", "revoke", str(grant["id"]), code=2)
        self.arcore("role", "revoke", str(grant["id"]), "--reason", "leaves")
        self.assertEqual([r["user"] for r in self.arcore("role", "grants", "-f", "csv").rows()], ["boss"])
        self.arcore("aging", "--actor", "wang", code=1)
        self.arcore("user", "disable", "wang")
        self.assertEqual([(r["code"], r["disabled"]) for r in self.arcore("user", "list", "-f", "csv").rows()], [("boss", "false"), ("wang", "true")])
        self.arcore("user", "enable", "wang")
        self.arcore("access", "single")
        self.arcore("access", "all", code=2)

    def test_own_roles(self):
        self.arcore("role", "install", "sales")
        document = json.loads(self.arcore("role", "show", "sales").out)
        document.update(code="reader", name="Reader", name_zh="只读", verbs=["*.read"], fields={}, excludes=[])
        self.write("role.json", json.dumps(document))
        self.arcore("role", "define", "role.json")
        self.assertIn("ARC_E_EXISTS", self.arcore("role", "define", "role.json", code=1).err)
        document["rows"] = "all"
        self.arcore("role", "define", "-", "--revise", stdin=json.dumps(document))
        self.assertEqual(json.loads(self.arcore("role", "show", "reader").out)["rows"], "all")
        self.arcore("role", "retire", "reader")
        self.assertEqual([r["code"] for r in self.arcore("role", "list", "-f", "csv").rows()], ["sales"])
        self.assertEqual(len(self.arcore("role", "list", "--all", "-f", "csv").rows()), 2)
        self.write("role.json", '{"code": "x", "name": "X", "verbs": ["fly"]}')
        self.assertIn("/verbs/0", self.arcore("role", "define", "role.json", code=1).err)


class Trail(Case):
    def test_audit(self):
        head, = self.arcore("audit", "head", "-f", "json").json()
        self.assertEqual((head["unsealed"], head["keyed"]), (0, False))
        self.assertIn("0 findings", self.arcore("audit", "verify").err)
        self.assertNotIn("unanchored", self.arcore("audit", "verify", "--anchor", head["anchor"]).err)
        self.arcore("add", "customer", "code=C900", "legal_name=New")
        self.assertIn("unanchored: 1", self.arcore("audit", "verify", "--anchor", head["anchor"]).err)
        later, = self.arcore("audit", "head", "-f", "json").json()
        self.assertEqual(later["seals"], head["seals"] + 1)
        shutil.copytree(self.sample, self.folder, dirs_exist_ok=True)  # an older state: the end is cut off
        self.assertGreater(len(self.arcore("audit", "verify", "--anchor", later["anchor"], "-f", "csv", code=1).rows()), 0)
        wrong = head["anchor"].replace("a", "b").replace("1", "2")
        self.arcore("audit", "verify", "--anchor", str(head["seals"]) + wrong[wrong.index(":"):], code=1)
        for anchor in ("", "1", "1:xyz", "x:" + "0" * 64, "1:" + "0" * 65):
            self.arcore("audit", "verify", "--anchor", anchor, code=2)
        self.assertIn("0 transactions", self.arcore("audit", "seal").err)

    def test_tampering_shows(self):
        db = sqlite3.connect(self.path("book.arc"))
        db.execute("UPDATE customer SET legal_name = 'x' WHERE id IN (2, 3)")
        db.commit()
        db.close()
        found = self.arcore("audit", "verify", "-f", "csv", code=1).rows()
        self.assertEqual([(r["entity"], r["field"], r["id"]) for r in found], [("customer", "legal_name", "2"), ("customer", "legal_name", "3")])
        self.assertEqual(len(self.arcore("audit", "verify", "-f", "csv", "--max", "1", code=1).rows()), 1)
        self.assertIn("0 findings", self.arcore("audit", "verify", "--chain-only").err)
        self.assertRegex(self.arcore("audit", "verify", "--lang", "zh", code=1).out, "[一-鿿]")

    def test_events(self):
        events = self.arcore("events").json()
        self.assertTrue(all(e["specversion"] == "1.0" for e in events))
        self.assertEqual(len({e["id"] for e in events}), len(events))
        kinds = [e["type"] for e in events]
        self.assertEqual((kinds[0], kinds.count("customer.insert")), ("book.create", 12))
        numbers = {r["after"]["number"] for e in events for r in e["data"]["rows"] if r["entity"] == "invoice" and r["op"] == "insert"}
        self.assertEqual(numbers, {r["invoice_no"] for r in source_rows()})
        first = self.arcore("events", "--limit", "5")
        token = re.search(r"--after (\S+)", first.err)[1]
        rest = self.arcore("events", "--after", token)
        self.assertEqual(first.json() + rest.json(), events)
        end = re.search(r"--after (\S+)", rest.err)[1]
        self.assertEqual(self.arcore("events", "--after", end).out, "")
        self.assertEqual(len(self.arcore("events", "--verb", "customer.").json()), 12)
        self.assertEqual([e["subject"] for e in self.arcore("events", "--entity", "customer", "--row", "C001").json()],
                         [f"customer/{self.arcore('get', 'customer', 'C001', '-f', 'json').json()[0]['id']}"])
        rows = self.arcore("events", "-f", "csv", "--limit", "3").rows()
        self.assertEqual([r["type"] for r in rows], kinds[:3])
        self.assertRegex(self.arcore("events", "-f", "table", "--lang", "zh").out, "类型")
        self.assertIn("ARC_E_SYNTAX", self.arcore("events", "--after", "nonsense!", code=1).err)
        for args in (["--row", "1"], ["--after", token, "--cursor", "x"], ["--entity", "nope"], ["--limit", "0"]):
            self.arcore("events", *args, code=2)

    def test_cursor(self):
        events = self.arcore("events").json()
        got = []
        while True:
            more = self.arcore("events", "--cursor", "place", "--limit", "100").json()
            if not more:
                break
            got += more
        self.assertEqual(got, events)
        self.arcore("add", "customer", "code=C900", "legal_name=New")
        self.arcore("change", "customer", "C900", "legal_name=Newer")
        with open("/dev/full" if os.path.exists("/dev/full") else os.devnull, "w") as full:  # what was not written comes again
            before = slurp(self.path("place"))
            run = subprocess.run([ARCORE, "events", "--cursor", "place", "-b", "book.arc"], cwd=self.folder, stdout=full, stderr=subprocess.PIPE, env=ENV, timeout=60)
            if run.returncode:
                self.assertEqual(slurp(self.path("place")), before)
        self.arcore("events", "--cursor", "place", "-o", "new.jsonl")
        self.assertEqual([json.loads(e)["type"] for e in slurp(self.path("new.jsonl")).splitlines()], ["customer.insert", "customer.update", "customer_alias.update"])
        self.assertEqual([e["type"] for e in self.arcore("history", "customer", "C900", "-f", "json").json()], ["customer.insert", "customer.update"])
        self.assertIn("legal_name", self.arcore("history", "customer", "C900").out)
        self.arcore("history", "customer", "C999", code=1)

    def test_sealed_book(self):
        sealed = ["-b", "sealed:sqlite:s.arc"]
        self.write("old", "# first key\n1 " + "5a" * 32 + "\n")
        self.write("new", "2 " + "A5" * 32 + "\n")
        self.write("both", slurp(self.path("old")) + slurp(self.path("new")))
        ran = self.run_in(self.folder, "create", "sealed:sqlite:s.arc", "--key-file", "old")
        if "built without libsodium" in ran.err:
            self.assertEqual(ran.code, 3)
            self.skipTest("the tool was built without libsodium")
        self.assertEqual(ran.code, 0, ran.err)
        self.arcore("add", "customer", "code=C1", "legal_name=Plain", *sealed, "--key-file", "old")
        self.arcore("add", "bank_account", "customer=C1", "number=6222021234567", *sealed, "--key-file", "old")
        asked = ["query", "bank_account", "-s", "number", "-w", "number = 6222021234567", "-f", "csv"]
        self.assertEqual(self.arcore(*asked, *sealed, "--key-file", "old").out, "number\n6222021234567\n")
        for path in glob.glob(self.path("s.arc*")):
            self.assertNotIn(b"6222021234567", slurp(path, "rb"), path)
        self.assertIn("--key-file", self.arcore(*asked, *sealed, code=3).err)
        self.assertIn("sealed:sqlite:s.arc", self.arcore(*asked, "-b", "s.arc", "--key-file", "old", code=3).err)
        self.assertIn("ARC_E_NOT_A_BOOK", self.arcore("query", "customer", "-b", "sealed:sqlite:book.arc", "--key-file", "old", code=3).err)
        self.assertIn("ARC_E_KEY", self.arcore("add", "customer", "code=C2", "legal_name=No", *sealed, "--key-file", "new", code=3).err)
        self.assertIn("bank_account.number", self.arcore("query", "bank_account", *sealed, "--key-file", "new", code=3).err)
        self.assertIn("C1", self.arcore("query", "customer", *sealed, "--key-file", "new").out)
        self.arcore("restore", "sealed:sqlite:s.arc", "sealed:sqlite:t.arc", "--key-file", "both")
        told = self.run_in(self.folder, *asked, env={"ARCORE_BOOK": "sealed:sqlite:t.arc", "ARCORE_KEY_FILE": "new"})
        self.assertEqual((told.code, told.out), (0, "number\n6222021234567\n"))
        self.arcore("verify", "-b", "sealed:sqlite:t.arc", "--key-file", "new")
        self.assertIn("ARC_E_KEY", self.arcore("restore", "sealed:sqlite:t.arc", "sealed:sqlite:u.arc", "--key-file", "old", code=3).err)
        self.write("bad", "1 abc\n")
        self.assertIn("no key file", self.arcore("query", "customer", *sealed, "--key-file", "bad", code=3).err)
        self.arcore("query", "customer", *sealed, "--key-file", "nothing", code=3)
        self.assertIn("不是密钥文件", self.arcore("query", "customer", *sealed, "--key-file", "bad", "--lang", "zh", code=3).err)

    def test_seal_key(self):
        self.write("key", "a secret of the host")
        self.arcore("add", "customer", "code=C900", "legal_name=New", "--seal-key-file", "key")
        self.assertTrue(self.arcore("audit", "head", "-f", "json").json()[0]["keyed"])
        self.assertIn("seal key: 1", self.arcore("audit", "verify").err)
        self.assertNotIn("seal key", self.arcore("audit", "verify", "--seal-key-file", "key").err)
        self.write("key2", "another")
        self.arcore("audit", "verify", "--seal-key-file", "key2", code=1)
        self.arcore("add", "customer", "code=C901", "legal_name=Newer")
        self.assertEqual(self.arcore("audit", "head", "-f", "json").json()[0]["unsealed"], 1)
        self.assertIn("ARC_E_STATE", self.arcore("audit", "seal", code=1).err)
        self.assertIn("1 transactions", self.run_in(self.folder, "audit", "seal", env={"ARCORE_BOOK": "book.arc", "ARCORE_SEAL_KEY_FILE": "key"}).err)
        self.arcore("audit", "verify", "--seal-key-file", "nothing", code=3)
