#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Drives the command line tool: every command on the sample data, wrong command lines and files, all formats, and what happens when
the reader goes away or somebody presses ^C.

usage: test_cli.py ARCORE [TEST...]
"""
import csv
import datetime
import fcntl
import glob
import io
import json
import os
import pty
import re
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unicodedata
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ARCORE = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "arcore"
DATA = os.path.join(ROOT, "examples", "data")
CSV, MAPPING = os.path.join(DATA, "invoices.csv"), os.path.join(DATA, "mapping.json")
ENV = {k: v for k, v in os.environ.items() if not k.startswith(("ARCORE_BOOK", "ARCORE_ACTOR", "ARCORE_LANG", "LC_", "LANG"))}


def slurp(path, mode="r"):
    with open(path, mode, **({} if "b" in mode else {"encoding": "utf-8", "newline": ""})) as f:
        return f.read()


def source_rows():
    return list(csv.DictReader(io.StringIO(slurp(CSV))))


class Ran:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def rows(self):
        return list(csv.DictReader(io.StringIO(self.out)))

    def json(self):
        return [json.loads(line) for line in self.out.splitlines()]


def width(text):
    return sum(0 if unicodedata.combining(ch) else 2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in text)


class Case(unittest.TestCase):
    """A folder of its own, and in it a book with the sample data."""

    @classmethod
    def setUpClass(cls):
        cls.sample = tempfile.mkdtemp(prefix="arcore-cli-")
        cls.run_in(cls.sample, "create", "book.arc", "--name", "Sample")
        ran = cls.run_in(cls.sample, "import", CSV, "--mapping", MAPPING, "--book", "book.arc")
        assert ran.code == 0, ran.err

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.sample)

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="arcore-cli-")
        shutil.copytree(self.sample, self.folder, dirs_exist_ok=True)

    def tearDown(self):
        shutil.rmtree(self.folder)

    @staticmethod
    def run_in(folder, *args, stdin=None, env=None, **more):
        if isinstance(stdin, str):
            stdin = stdin.encode()
        done = subprocess.run([ARCORE, *args], cwd=folder, input=stdin, capture_output=True, env={**ENV, **(env or {})}, timeout=300, **more)
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def arcore(self, *args, code=0, **more):
        """Runs on the sample book; the exit code must be `code`."""
        ran = self.run_in(self.folder, *args, env={"ARCORE_BOOK": "book.arc"}, **more)
        self.assertEqual(ran.code, code, f"{args}\n{ran.out}\n{ran.err}")
        return ran

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8", newline="") as f:
            f.write(text)
        return self.path(name)


class Everyday(Case):
    def test_create(self):
        out = self.arcore("create", "new.arc?book=north", "--name", "北方公司", "--currency", "EUR", "--utc-offset", "60").out
        self.assertIn("北方公司", out)
        self.assertIn("EUR", out)
        ran = self.arcore("create", "new.arc?book=north", code=1)
        self.assertIn("there already", ran.err)
        self.arcore("query", "book", "--book", "new.arc", code=3)  # no book main in it
        book, = self.arcore("query", "book", "--book", "sqlite:new.arc?book=north", "-f", "json").json()
        self.assertEqual((book["name"], book["base_currency"], book["zone_offset"]), ("北方公司", "EUR", 60))

    def test_create_refuses(self):
        self.assertIn("utc-offset", self.arcore("create", "x.arc", "--utc-offset", "2000", code=2).err)
        self.assertIn("ARC_E_CURRENCY", self.arcore("create", "x.arc", "--currency", "XXQ", code=3).err)
        self.arcore("create", "memory:x", code=2)
        self.arcore("create", "nowhere/x.arc", code=3)
        self.write("text.txt", "hello")
        self.assertIn("ARC_E_NOT_A_BOOK", self.arcore("create", "text.txt", code=3).err)
        self.assertEqual(slurp(self.path("text.txt")), "hello")

    def test_import(self):
        self.arcore("create", "new.arc")
        ran = self.arcore("import", CSV, "--book", "new.arc", "--dry-run")
        self.assertIn("nothing written: 143 rows, 0 bad", ran.err)
        self.assertIn("invoice.number <- invoice_no", ran.err)
        self.assertEqual(self.arcore("query", "invoice", "--count", "-f", "csv", "--book", "new.arc").rows(), [{"count": "0"}])
        ran = self.arcore("import", CSV, "--book", "new.arc")
        self.assertIn("imported: 143 rows, 0 bad; 12 new customers, 143 invoices, 90 receipts, 101 allocations", ran.err)
        totals = {}
        for row in source_rows():
            totals.setdefault(row["currency"], []).append(round(float(row["amount"]) * 100))
        for currency, amounts in totals.items():  # control totals against the file itself
            self.assertIn(f"invoice {currency}: {len(amounts)}, sum {sum(amounts) / 100:,.2f}\n", ran.err)
        again = self.arcore("import", CSV, "--book", "new.arc", code=1)
        self.assertIn("ARC_E_EXISTS", again.out)

    def test_import_guess_and_mapping(self):
        mapping = self.arcore("import", CSV, "--guess").out
        self.assertEqual(json.loads(mapping)["mapping"], "arcore/1")
        self.write("m.json", mapping)
        self.arcore("create", "new.arc")
        ran = self.arcore("import", "-", "-m", "m.json", "--book", "new.arc", stdin=slurp(CSV, "rb"))
        self.assertIn("imported: 143 rows", ran.err)
        self.assertNotIn("Mapping guessed", ran.err)
        summary = self.arcore("import", "-", "-m", "m.json", "-n", "-f", "json", code=1, stdin=slurp(CSV, "rb")).json()[-1]["summary"]
        self.assertEqual((summary["written"], summary["rows"], summary["bad_rows"]), (False, 143, 143))

    def test_query(self):
        rows = self.arcore("query", "invoice", "-s", "number,customer,gross_amount,currency", "-f", "csv").rows()
        self.assertEqual(len(rows), 143)
        source = {r["invoice_no"]: r for r in source_rows()}
        for row in rows:
            self.assertEqual((row["gross_amount"], row["currency"]), (source[row["number"]]["amount"], source[row["number"]]["currency"]))
        lines = self.arcore("query", "invoice", "-s", "number,gross_amount", "-f", "json").json()
        self.assertEqual([r["gross_amount"] for r in lines], [r["gross_amount"] for r in rows])
        self.assertTrue(all(isinstance(r["gross_amount"], str) for r in lines))

    def test_query_where(self):
        def count(*clauses):
            args = [a for c in clauses for a in ("-w", c)]
            return int(self.arcore("query", "invoice", "--count", "-f", "csv", *args).rows()[0]["count"])

        source = source_rows()
        def told(test):
            return sum(1 for r in source if test(r))

        self.assertEqual(count("currency = CNY"), told(lambda r: r["currency"] == "CNY"))
        self.assertEqual(count("currency != CNY"), told(lambda r: r["currency"] != "CNY"))
        self.assertEqual(count("currency in USD, 'EUR'"), told(lambda r: r["currency"] in ("USD", "EUR")))
        self.assertEqual(count("currency not in (USD,EUR)"), told(lambda r: r["currency"] not in ("USD", "EUR")))
        self.assertEqual(count("gross_amount>=50000 CNY"), told(lambda r: r["currency"] == "CNY" and float(r["amount"]) >= 50000))
        self.assertEqual(count("gross_amount > 0"), 143)
        self.assertEqual(count("number ^= INV-202509"), told(lambda r: r["invoice_no"].startswith("INV-202509")))
        self.assertEqual(count('number ~ "-0003"'), told(lambda r: "-0003" in r["invoice_no"]))
        self.assertEqual(count("due_date < 2026-01-01", "currency == USD"), told(lambda r: r["due_date"] < "2026-01-01" and r["currency"] == "USD"))
        self.assertEqual(count("due_date < @invoice_date"), 0)
        self.assertEqual(count("term is empty"), 143)
        self.assertEqual(count("term is  set"), 0)
        rows = self.arcore("query", "invoice", "--date", "2026-01-15", "-w", "due_date < today-14", "--count", "-f", "csv").rows()
        self.assertEqual(int(rows[0]["count"]), told(lambda r: r["due_date"] < "2026-01-01"))

    def test_query_groups(self):
        rows = self.arcore("query", "invoice", "-g", "currency", "--count", "--sum", "gross_amount", "--order", "-count", "-f", "csv").rows()
        self.assertEqual([(r["currency"], r["count"]) for r in rows], [("CNY", "126"), ("USD", "9"), ("EUR", "8")])
        one = self.arcore("query", "invoice", "-g", "currency", "-f", "csv").rows()
        self.assertEqual(one[0]["count"], "126")
        self.assertIn("--order", self.arcore("query", "invoice", "-g", "currency", "--count", "--order", "number", code=2).err)

    def test_query_json(self):
        question = '{"entity":"customer","fields":["code"],"order":[{"member":"code","descending":true}],"limit":2}'
        self.assertEqual(self.arcore("query", "--json", question, "-f", "csv").out, "code\nC012\nC011\n")
        self.write("q.json", question)
        self.assertEqual(self.arcore("query", "--json", "@q.json", "-f", "csv").out, "code\nC012\nC011\n")
        self.assertEqual(self.arcore("query", "--json", "-", "-f", "csv", stdin=question).out, "code\nC012\nC011\n")
        self.arcore("query", "--json", question, "--limit", "3", code=2)
        self.assertIn("/fields", self.arcore("query", "--json", '{"entity":"customer","fields":["nope"]}', code=1).err)
        self.assertIn('"plan"', self.arcore("query", "customer", "--explain").out)

    def test_a_line_is_a_row(self):
        """Documents with line ends (the mapping of an import) stay on the line of their row."""
        self.assertIn("\n", slurp(MAPPING))
        for command in (["dump"], ["query", "import_job", "-f", "json"], ["get", "import_job", "1", "-f", "json"], ["events"]):
            for line in self.arcore(*command).out.splitlines():
                self.assertIsInstance(json.loads(line), dict, command)
        self.assertEqual(self.arcore("query", "import_job", "-f", "json").json()[0]["mapping"], json.loads(slurp(MAPPING)))

    def test_get(self):
        self.assertEqual(self.arcore("get", "customer", "C001", "-f", "json").json()[0]["legal_name"], "上海晨光精密机械有限公司")
        by_id, = self.arcore("get", "customer", "1", "-f", "json").json()
        by_code, = self.arcore("get", "customer", by_id["code"], "-f", "csv").rows()
        self.assertEqual(by_code["id"], "1")
        self.assertRegex(self.arcore("get", "invoice", "INV-202509-0001").out, r"gross_amount +9742.14")
        self.assertIn("no customer nope", self.arcore("get", "customer", "nope", code=1).err)

    def test_vouchers(self):
        self.arcore("voucher", "export", "GL", code=1)  # there is no account map
        self.arcore("voucher", "map", "china")
        made = self.arcore("voucher", "export", "GL", "--to", "2027-12-31", "--merge", "day", "-f", "json").json()[0]
        self.assertGreater(made["vouchers"], 0)
        self.assertEqual(self.arcore("voucher", "export", "GL", "--to", "2027-12-31", "-f", "json").json()[0]["vouchers"], 0)
        told = self.arcore("voucher", "print", "GL", "-f", "json").json()
        self.assertEqual(len(told), made["vouchers"])
        for voucher in told:
            by = {}
            for line in voucher["lines"]:
                by[line["currency"]] = by.get(line["currency"], 0) + round(100 * float(line.get("debit", 0))) - round(100 * float(line.get("credit", 0)))
            self.assertEqual(set(by.values()), {0})
        rows = self.arcore("voucher", "print", "GL", "--voucher", "1", "-f", "csv").rows()
        self.assertEqual(rows[0]["ledger"], "GL")
        self.assertTrue(self.arcore("voucher", "print", "--layout", "yonyou_u8").out.startswith("填制凭证,V800"))
        self.write("mine.json", json.dumps({"columns": [{"header": "a", "value": "account"}]}))
        self.assertEqual(set(r["a"][0] for r in self.arcore("voucher", "print", "--layout", "@mine.json", "-f", "csv").rows()) - set("126"), set())
        self.write("bad.json", '{"accounts": {"bank": {"name": "B"}}}')
        self.assertIn("/accounts/bank", self.arcore("voucher", "map", "bad.json", code=1).err)
        self.arcore("voucher", "print", "--layout", "nothing", code=1)
        self.arcore("voucher", "map", "nothing.json", code=3)
        self.arcore("voucher", "export", "a b", code=1)
        self.arcore("voucher", "export", "GL", "--merge", "week", code=2)

    def test_backtest(self):
        rule = {"rule": "arcore/1", "subject": "item", "currency": "CNY", "steps": [
            {"level": 1, "on": {"kind": "date", "anchor": "due_date", "offset": "P1D"}, "then": []},
            {"level": 2, "on": {"kind": "date", "anchor": "previous", "offset": "P3D"}, "if": {">": [{"var": "open"}, "20000.00"]}, "then": []}]}
        self.write("dun.json", json.dumps(rule))
        before = self.arcore("dump").out
        asked = ("rule", "backtest", "dun=dun.json", "--to", str(datetime.date.today() + datetime.timedelta(days=8)))
        whole, = self.arcore(*asked, "--result").json()
        self.assertGreater(whole["firings"], 3)
        levels = self.arcore(*asked, "-f", "json").json()
        self.assertEqual([r["level"] for r in levels], [1, 2])
        self.assertEqual(sum(r["firings"] for r in levels), whole["firings"])
        self.assertEqual(levels[0]["rule"], "dun")
        rules = self.arcore(*asked, "--by", "rule", "-f", "csv").rows()
        self.assertEqual([(r["rule"], r["only_here"], r["revision"]) for r in rules], [("dun", str(whole["firings"]), "")])
        days = self.arcore(*asked, "--by", "day", "-f", "json").json()
        self.assertEqual(sum(r["firings"] for r in days), whole["firings"])
        fired = self.arcore(*asked, "--by", "firing", "--max", "2", "-f", "json").json()
        self.assertEqual([(r["entity"], r["status"], r["happened"]) for r in fired], [("item", "fired", False)] * 2)
        ran = self.arcore("rule", "backtest", "dun=dun.json", "--from", days[0]["day"], "--to", days[0]["day"], "--fresh", "--business-dates")
        self.assertIn("1 days, ", ran.err)
        self.assertIn("触发", self.arcore(*asked, "--lang", "zh").out)
        self.assertEqual(self.arcore("rule", "backtest").out.count("dun"), 0)  # no rule is in force
        self.assertIn("ARC_E_NOT_FOUND", self.arcore("rule", "backtest", "dun", code=1).err)
        self.arcore("rule", "publish", "dun", "dun.json")
        before = self.arcore("dump").out
        self.assertEqual(self.arcore("rule", "backtest", "dun@1", "--fresh", *asked[3:], "-f", "json").json(), levels)
        self.arcore("rule", "backtest", "dun@2", code=1)
        self.arcore("rule", "backtest", "dun@x", code=2)
        self.write("bad.json", "{}")
        self.arcore("rule", "backtest", "dun=bad.json", code=1)
        self.arcore("rule", "backtest", "dun=nothing.json", code=3)
        self.arcore("rule", "backtest", "=dun.json", code=2)
        self.arcore(*asked, "--by", "week", code=2)
        self.arcore("rule", "backtest", "dun=dun.json", "--from", "2026-02-01", "--to", "2026-01-01", code=1)
        self.assertEqual(self.arcore("dump").out, before)

    def test_aging(self):
        rows = self.arcore("aging", "--as-of", "2026-05-01", "-f", "csv").rows()
        source = source_rows()
        open_on = {}
        for r in source:
            if r["invoice_date"] <= "2026-05-01" and not (r["paid_on"] and r["paid_on"] <= "2026-05-01"):
                key = (r["customer_code"], r["currency"])
                open_on[key] = open_on.get(key, 0) + round(float(r["amount"]) * 100)
        self.assertEqual({(r["customer"], r["currency"]): round(float(r["open"]) * 100) for r in rows}, open_on)
        for r in rows:
            self.assertEqual(sum(round(float(r[b]) * 100) for b in ("not_due", "1-30", "31-60", "61-90", "91+")), round(float(r["open"]) * 100))
        groups = self.arcore("aging", "--as-of", "2026-05-01", "-g", "currency", "-f", "json").json()
        self.assertEqual({g["currency"]: round(float(g["open"]) * 100) for g in groups},
                         {c: sum(v for (_, k), v in open_on.items() if k == c) for c in {k for _, k in open_on}})
        by_name = self.arcore("aging", "--as-of", "2026-05-01", "-g", "legal_name", "-f", "csv").rows()
        self.assertEqual(len(by_name), len(rows))
        edges = self.arcore("aging", "--as-of", "2026-05-01", "--edges", "0,10", "--basis", "document", "-f", "csv").rows()
        self.assertEqual(list(edges[0])[3:6], ["<0", "0-9", "10+"])
        one = self.arcore("aging", "--as-of", "2026-05-01", "--customer", "C001", "-f", "csv").rows()
        self.assertEqual({r["customer"] for r in one}, {"C001"})
        self.assertIn("TOTAL", self.arcore("aging", "--as-of", "2026-05-01").out)
        self.assertIn("Nothing is open", self.arcore("aging", "--as-of", "2020-01-01").out)
        for wrong in (["--edges", "5,5"], ["--edges", "x"], ["--as-of", "2026-13-01"], ["--group", "nope"], ["--currency", "EURO"]):
            self.arcore("aging", *wrong, code=2)
        self.arcore("aging", "--customer", "nope", code=1)

    def test_rules(self):
        document = {"rule": "arcore/1", "subject": "item", "mode": "apply", "if": {">": [{"var": "open"}, "0"]}, "currency": "CNY",
                    "on": {"kind": "date", "anchor": "due_date", "offset": "P1D"}, "then": [{"type": "level"}]}
        wrong = self.write("wrong.json", json.dumps(dict(document, then=7, what=1)))
        ran = self.arcore("rule", "publish", "dun", wrong, code=1)
        self.assertIn("/what: is not known here", ran.err)
        self.assertIn("/then: ", ran.err)
        path = self.write("rule.json", json.dumps(document))
        self.arcore("rule", "publish", "dun", path)
        day = ["--date", "2027-12-31", "-f", "csv"]
        rows = self.arcore("rule", "propose", *day).rows()
        self.assertTrue(rows)
        self.assertEqual({(r["rule"], r["level"], r["type"]) for r in rows}, {("dun", "1", "level")})
        self.assertEqual(len(self.arcore("rule", "simulate", "@" + path, *day).rows()), len(rows))
        told = self.arcore("rule", "explain", "dun", rows[0]["unit"].split(":")[1], *day).rows()
        self.assertEqual((told[0]["outcome"], told[0]["level"]), ("due", "1"))
        self.assertIn("proposal 1", self.arcore("rule", "propose", *day, "--store", "January").err)
        done = self.arcore("rule", "run", *day).rows()[0]
        self.assertEqual((done["fired"], done["failed"]), (str(len(rows)), "0"))
        self.assertEqual(self.arcore("rule", "run", *day).rows()[0]["fired"], "0")
        self.arcore("rule", "explain", "dun", "x", code=2)
        self.arcore("rule", "simulate", "nix", *day, code=1)

    def test_verify(self):
        self.assertIn("0 findings", self.arcore("verify").err)
        db = sqlite3.connect(self.path("book.arc"))
        db.execute("UPDATE item_state SET open = open + 1 WHERE item = 5")
        db.commit()
        db.close()
        ran = self.arcore("verify", "-f", "csv", code=1)
        self.assertIn(("ledger.item_state", "5"), {(r["check"], r["id"]) for r in ran.rows()})
        self.assertTrue(all(r["message"] for r in self.arcore("verify", "-f", "json", code=1).json()))
        self.assertRegex(self.arcore("verify", "--lang", "zh", code=1).out, "[一-鿿]")
        self.assertEqual(len(self.arcore("verify", "--max", "1", "-f", "csv", code=1).rows()), 1)
        self.arcore("verify", "--only", "store.reference")
        self.arcore("verify", "--only", "nonsense", code=2)

    def test_dump_backup_restore(self):
        before = self.arcore("dump").out
        self.assertEqual(json.loads(before.splitlines()[0])["arcore_dump"], 1)
        self.arcore("dump", "-o", "dump.jsonl")
        self.assertEqual(slurp(self.path("dump.jsonl")), before)
        self.assertNotIn('"stamp"', self.arcore("dump", "--no-stamps").out)
        self.arcore("backup", "copy.arc")
        self.assertIn("ARC_E_EXISTS", self.arcore("backup", "copy.arc", code=1).err)
        self.arcore("restore", "copy.arc", "again.arc")
        self.assertEqual(self.arcore("dump", "-b", "again.arc").out, before)
        self.arcore("restore", "nothing.arc", "x.arc", code=3)
        self.assertFalse(os.path.exists(self.path("x.arc")))

    def test_schema(self):
        whole = json.loads(self.arcore("schema", "-f", "json").out)
        names = [e["name"] for e in whole["entities"] if not e.get("reserved")]
        self.assertEqual([r["entity"] for r in self.arcore("schema", "-f", "csv").rows()], names)
        invoice = next(e for e in whole["entities"] if e["name"] == "invoice")
        self.assertEqual(json.loads(self.arcore("schema", "invoice", "-f", "json").out), invoice)
        self.assertEqual([r["field"] for r in self.arcore("schema", "invoice", "-f", "csv").rows()], [f["name"] for f in invoice["fields"]])
        self.assertIn("发票", self.arcore("schema", "--lang", "zh").out)
        codes = self.arcore("schema", "--codes", "invoice_status", "-f", "csv").rows()
        self.assertEqual([c["code"] for c in codes], [c["code"] for c in whole["codes"]["invoice_status"]])
        self.arcore("schema", "nope", code=2)
        self.arcore("schema", "--codes", "nope", code=2)

    def test_custom(self):
        self.arcore("custom", "define", "customer", "x_tier", "--kind", "choice", "--choices", "gold,iron", "--label-en", "Tier", "--indexed")
        row, = self.arcore("custom", "list", "-f", "csv").rows()
        self.assertEqual((row["entity"], row["name"], row["kind"], row["label_en"]), ("customer", "x_tier", "choice", "Tier"))
        self.assertIn("ARC_E_EXISTS", self.arcore("custom", "define", "customer", "x_tier", code=1).err)
        self.arcore("custom", "define", "--json", '{"entity":"invoice","name":"x_note","kind":"text"}')
        self.assertEqual(len(self.arcore("custom", "list", "-f", "json").json()), 2)
        self.assertEqual(len(self.arcore("custom", "list", "invoice", "-f", "json").json()), 1)
        self.arcore("custom", "retire", "customer", "x_tier")
        self.assertEqual(len(self.arcore("custom", "list", "-f", "json").json()), 1)
        self.assertEqual(len(self.arcore("custom", "list", "--all", "-f", "json").json()), 2)
        self.assertIn("ARC_E_STATE", self.arcore("custom", "retire", "customer", "x_tier", code=1).err)
        self.arcore("custom", "define", "customer", code=2)
        self.arcore("custom", code=2)

    def test_migrate(self):
        self.assertIn("nothing was done", self.arcore("migrate").out)
        self.arcore("migrate", "-b", "nothing.arc", code=3)
        before = self.arcore("dump").out
        db = sqlite3.connect(self.path("book.arc"))
        version = db.execute("PRAGMA user_version").fetchone()[0]
        # The same tool with a schema one version newer: to it the sample book is an old one.
        newer = os.environ.get("ARCORE_CLI_NEXT")
        if newer:
            env = {**ENV, "ARCORE_BOOK": "book.arc"}
            ran = subprocess.run([newer, "aging"], cwd=self.folder, capture_output=True, text=True, env=env, timeout=60)
            self.assertEqual(ran.returncode, 3)
            self.assertIn("arcore migrate", ran.stderr)
            ran = subprocess.run([newer, "migrate"], cwd=self.folder, capture_output=True, text=True, env=env, timeout=60)
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.assertIn(f"brought up to schema 0.{version + 1}", ran.stdout)
            self.assertIn("CREATE VIEW", ran.stdout)
            self.assertEqual(db.execute("PRAGMA user_version").fetchone()[0], version + 1)
            self.assertIn("ARC_E_SCHEMA_NEWER", self.arcore("verify", "-b", "book.arc?nothing", code=2).err + self.arcore("migrate", code=3).err)
            ran = subprocess.run([newer, "dump"], cwd=self.folder, capture_output=True, env=env, timeout=60)
            self.assertEqual(ran.stdout.decode().splitlines()[1:], before.splitlines()[1:])
        db.execute("PRAGMA user_version = 0")  # what no version ever wrote is not touched
        db.close()
        self.assertIn("ARC_E_SCHEMA_OLDER", self.arcore("migrate", code=3).err)

    def doctor(self, *args, code=0):
        return {r["check"]: (r["level"], r["what"], r["advice"]) for r in self.arcore("doctor", "-f", "json", *args, code=code).json()}

    def test_doctor(self):
        found = self.doctor("--full")
        for check in ("library", "clock", "journal", "disk", "write lock", "fork", "last change", "verify", "file"):
            self.assertEqual(found[check][0], "ok", (check, found[check]))
        self.assertIn("Sample", found["book"][1])
        version = sqlite3.sqlite_version
        self.assertIn("SQLite", found["engine"][1])
        major, minor, patch = map(int, found["engine"][1].split()[1].split("."))
        fixed = (minor, patch) >= (51, 3) or (minor == 50 and patch >= 7) or (minor == 44 and patch >= 6)
        self.assertEqual(found["engine"][0], "ok" if fixed else "warning", version)
        self.arcore("doctor", "--strict", code=0 if fixed else 1)
        self.assertEqual(self.doctor("-b", "book.arc?journal=truncate")["engine"][0], "ok")
        alone = self.run_in(self.folder, "doctor", "-f", "csv")
        self.assertEqual((alone.code, [r["check"] for r in alone.rows()]), (0, ["library", "clock", "book"]))
        self.assertRegex(self.arcore("doctor", "--lang", "zh").out, "正常 +journal")

    def test_doctor_finds(self):
        os.chmod(self.path("book.arc"), 0o644)
        self.assertEqual(self.doctor()["file"][0], "note")
        os.link(self.path("book.arc"), self.path("other.arc"))
        self.assertEqual(self.doctor(code=1)["file"][0], "fault")
        os.unlink(self.path("other.arc"))
        db = sqlite3.connect(self.path("book.arc"))
        db.execute("INSERT INTO txn (book, id, stamp, actor, business_date, n_events, digest) "
                   "SELECT book, max(id) + 1, ?, actor, business_date, 0, digest FROM txn GROUP BY book",
                   (int((time.time() + 86400) * 1e6),))
        db.commit()
        self.assertEqual(self.doctor()["last change"][0], "warning")
        with open(self.path("book.arc-arclock"), "r+b") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            found = self.doctor()
        self.assertEqual(found["write lock"][:2], ("warning", "ARC_E_BUSY"))
        db.execute("UPDATE item_state SET open = open + 1 WHERE item = 5")
        db.commit()
        self.assertEqual(self.doctor()["verify"][0], "ok")  # a quick look does not see it
        self.assertIn("ledger.", self.doctor("--full", code=1)["verify"][1])
        db.execute("ALTER TABLE customer RENAME COLUMN legal_name TO name")
        db.commit()
        db.close()
        level, what, advice = self.doctor(code=1)["open"]
        self.assertIn("ARC_E_SCHEMA_FOREIGN", what)
        self.assertIn("altered", advice)
        with open(self.path("cut.arc"), "wb") as f:
            f.write(b"SQLite format 3\0" + b"x" * 100)
        self.assertEqual(self.doctor("-b", "cut.arc", code=1)["open"][0], "fault")
        self.assertIn("arcore create", self.doctor("-b", "none.arc", code=1)["open"][2])

    def test_version(self):
        self.assertRegex(self.arcore("version").out, r"libarcore +\d+\.\d+\.\d+")
        self.assertEqual(self.arcore("--version").out, self.arcore("version").out)
        self.assertEqual(self.arcore("version", "-f", "csv").rows()[0]["what"], "arcore")


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
        self.assertEqual([json.loads(e)["type"] for e in slurp(self.path("new.jsonl")).splitlines()], ["customer.insert", "customer.update"])
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


class WrongInput(Case):
    def test_command_line(self):
        for args, told in ((["qurey"], "did you mean query"), (["query", "invoice", "--selct", "x"], "did you mean --select"), (["query", "-x"], "-x"),
                           (["query", "invoice", "--limit", "x"], "--limit"), (["query", "invoice", "--limit"], "needs a value"), (["query"], "ENTITY"),
                           (["get", "customer"], "ENTITY KEY"), (["get", "customer", "a", "b"], "one argument too many"), (["aging", "--format", "xml"], "table|csv|json"),
                           (["query", "nope"], "no entity nope"), (["query", "invoice", "-w", "currency"], "--where"), (["query", "invoice", "-w", "x is"], "--where"),
                           (["query", "invoice", "-w", "currency ="], "--where"), (["aging", "--date", "yesterday"], "--date"), (["custom", "nope"], "custom"),
                           (["aging", "--timeout", "-1"], "--timeout"), (["verify", "--max=0"], "--max"), (["help", "nope"], "nope"), (["completion", "tcsh"], "tcsh"),
                           (["create", "x.arc", "--help=yes"], "no value")):
            ran = self.arcore(*args, code=2)
            self.assertIn(told, ran.err, args)
            self.assertEqual(ran.out, "", args)
        self.assertEqual(self.arcore(code=2).err, "")  # alone: the help, and a code that says that nothing was done
        self.assertIn("did you mean", self.run_in(self.folder, "agin").err)
        self.assertIn("which book", self.run_in(self.folder, "aging").err)
        self.assertIn("哪个账簿", self.run_in(self.folder, "aging", "--lang", "zh").err)
        self.assertIn("哪个账簿", self.run_in(self.folder, "aging", env={"LANG": "zh_CN.UTF-8"}).err)

    def test_books(self):
        self.assertIn("arcore create", self.arcore("aging", "-b", "nothing.arc", code=3).err)
        self.assertIn("ARC_E_UNSUPPORTED", self.arcore("aging", "-b", "oracle:x", code=3).err)
        self.arcore("aging", "-b", "sqlite:book.arc?nonsense=1", code=2)
        self.write("text.txt", "hello, this is no book" * 100)
        self.assertIn("ARC_E_NOT_A_BOOK", self.arcore("aging", "-b", "text.txt", code=3).err)

    def test_files(self):
        self.assertIn("ARC_E_IO", self.arcore("import", "nothing.csv", "-m", MAPPING, code=3).err)
        self.assertIn("nothing.json", self.arcore("import", CSV, "-m", "nothing.json", code=3).err)
        self.write("bad.json", '{"mapping": "arcore/1", "targets": [{"entity": "invoice", "fields": {"nope": {"column": "x"}}}]}')
        self.assertIn("/targets/0/fields/nope", self.arcore("import", CSV, "-m", "bad.json", code=1).err)
        self.write("worse.json", "{")
        self.assertIn("ARC_E_SYNTAX", self.arcore("import", CSV, "-m", "worse.json", code=1).err)
        self.arcore("aging", "-o", "nowhere/x", code=3)

    def test_bad_rows(self):
        self.write("bad.csv", "invoice_no,customer_code,customer_name,invoice_date,due_date,currency,amount,paid_on\n"
                              "A1,C1,One,2025-02-28,2025-03-01,CNY,1.00,\n"
                              "A2,C1,One,2025-02-30,2025-03-01,CNY,1.00,\n"
                              "A3,C1,One,2025-02-03,2025-03-01,CNY,12x,\n")
        before = self.arcore("dump").out
        ran = self.arcore("import", "bad.csv", "-m", MAPPING, "-f", "csv", code=1)
        self.assertEqual([(r["line"], r["column"], r["value"], r["status"]) for r in ran.rows()],
                         [("3", "invoice_date", "2025-02-30", "ARC_E_RANGE"), ("4", "amount", "12x", "ARC_E_SYNTAX")])
        self.assertIn("--skip-bad", ran.err)
        self.assertEqual(self.arcore("dump").out, before)
        self.assertIn("没有这一天", self.arcore("import", "bad.csv", "-m", MAPPING, "--lang", "zh", code=1).out)
        self.assertEqual(len(self.arcore("import", "bad.csv", "-m", MAPPING, "-f", "csv", "--max-faults", "1", code=1).rows()), 1)
        ran = self.arcore("import", "bad.csv", "-m", MAPPING, "--skip-bad")
        self.assertIn("imported: 3 rows, 2 bad; 1 new customers, 1 invoices", ran.err)

    def test_queries(self):
        self.assertIn("ARC_E_NOT_FOUND", self.arcore("query", "invoice", "-w", "nope = 1", code=1).err)
        self.assertIn("invoice.due_date", self.arcore("query", "invoice", "-w", "due_date = soon", code=1).err)
        self.assertIn("1234.50 CNY", self.arcore("query", "invoice", "-w", "gross_amount > 3", code=1).err)
        self.assertIn("ARC_E_CURRENCY", self.arcore("query", "invoice", "--sum", "gross_amount", code=1).err)
        self.assertRegex(self.arcore("query", "invoice", "-w", "due_date = soon", "--lang", "zh", code=1).err, "位置：invoice.due_date")


class Output(Case):
    NAMES = ["=1+1", "+86 21", "-x", "@y", 'quote " and, comma', "two\nlines", "é combining e\u0301", "晨光（上海）ｶﾅ 한글 😀", " space ", "\x1b[31mred"]

    def odd_customers(self):
        """Customers whose names are hard to print."""
        self.arcore("create", "odd.arc")
        with open(self.path("odd.csv"), "w", encoding="utf-8", newline="") as f:
            out = csv.writer(f)
            out.writerow("invoice_no customer_code customer_name invoice_date due_date currency amount paid_on".split())
            for i, name in enumerate(self.NAMES):
                out.writerow([f"I{i}", f"C{i}", name, "2025-01-01", "2025-02-01", "CNY", "1234567.89", ""])
        self.arcore("import", "odd.csv", "-m", MAPPING, "-b", "odd.arc")

    def test_csv_reads_back(self):
        self.odd_customers()
        kept = [n.strip() for n in self.NAMES]
        for command in (["query", "customer", "-s", "legal_name"], ["aging", "--date", "2025-03-01"]):
            column = "legal_name" if command[0] == "query" else "name"
            raw = self.arcore(*command, "-f", "csv", "--raw", "-b", "odd.arc").rows()
            self.assertEqual([r[column] for r in raw], kept)
            guarded = self.arcore(*command, "-f", "csv", "-b", "odd.arc").rows()
            self.assertEqual([r[column] for r in guarded], ["'" + n if n[0] in "=+-@" else n for n in kept])
            lines = self.arcore(*command, "-f", "json", "-b", "odd.arc").json()
            self.assertEqual([r[column] for r in lines], kept)
        self.assertTrue(self.arcore("aging", "-f", "csv", "--bom", "-b", "odd.arc").out.startswith("\ufeffcustomer"))
        self.assertTrue(self.arcore("query", "customer", "-f", "csv", "--bom", "-b", "odd.arc").out.startswith("\ufeff"))

    def test_tables_line_up(self):
        self.odd_customers()
        out = self.arcore("aging", "--date", "2025-03-01", "-b", "odd.arc").out
        self.assertNotIn("\x1b", out)
        lines = [line for line in out.splitlines() if line]
        rule = lines[2]
        self.assertTrue(set(rule) <= {"-", " "})
        ends = [m.end() for m in re.finditer("-+", rule)]
        for line in lines[3:]:
            self.assertEqual(width(line), len(rule), line)  # the last column is a number, so every line ends where the rule does
        self.assertIn("1,234,567.89", lines[3])
        amount = next(i for i, e in enumerate(ends) if lines[1][:e].rstrip().endswith("31-60") or lines[1][:e].rstrip().endswith("1-30"))
        self.assertGreater(amount, 2)

    def on_terminal(self, *args, columns=70):
        """What a terminal of that width is sent by standard output and standard error."""
        told = {}
        for fd in (1, 2):
            try:
                master, slave = pty.openpty()
            except OSError as e:
                self.skipTest(f"no pseudo-terminal here: {e}")
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            other = subprocess.DEVNULL
            run = subprocess.Popen([ARCORE, *args], cwd=self.folder, env={**ENV, "ARCORE_BOOK": "book.arc"}, stdin=subprocess.DEVNULL,
                                   stdout=slave if fd == 1 else other, stderr=slave if fd == 2 else other)
            os.close(slave)
            got = b""
            while True:
                try:
                    part = os.read(master, 65536)
                except OSError:  # the other end is closed
                    break
                if not part:
                    break
                got += part
            os.close(master)
            run.wait(timeout=60)
            told[fd] = got.decode().replace("\r\n", "\n")
        return told

    def test_terminal(self):
        out = self.on_terminal("query", "customer", "-s", "code,legal_name,status,remark", columns=30)[1]
        self.assertIn("…", out)
        for line in out.splitlines():
            self.assertLessEqual(width(line), 30, line)
        for line in self.on_terminal("aging", "--as-of", "2026-05-01", columns=60)[1].splitlines():
            self.assertNotIn("1,004…", line)  # numbers are never cut
        self.assertRegex(self.on_terminal("verify")[2], r"verify: \d+")  # progress, and then the line is cleared
        self.assertNotRegex(self.arcore("verify").err, r"verify: \d+")

    def test_labels(self):
        self.assertIn("客户编码", self.arcore("query", "customer", "--labels", "--lang", "zh", "-s", "code").out)
        self.assertIn("客户编码", self.arcore("query", "customer", "--labels", "--lang", "zh", "-s", "code", "-f", "csv").out)

    def test_broken_pipe(self):
        shell = f"'{ARCORE}' dump 2>err; echo $? >code"
        done = subprocess.run(["bash", "-c", f"({shell}) | head -c 10 >/dev/null"], cwd=self.folder, env={**ENV, "ARCORE_BOOK": "book.arc"}, timeout=60)
        self.assertEqual(done.returncode, 0)
        code = slurp(self.path("code")).strip()
        self.assertIn(code, ("0", "141"))  # 0 when all of it fitted into the pipe
        self.assertEqual(slurp(self.path("err")), "")
        big = f"while :; do '{ARCORE}' dump || exit $?; done 2>err; exit $?"
        done = subprocess.run(["bash", "-c", f"({big}; echo) | head -c 10 >/dev/null; exit ${{PIPESTATUS[0]}}"], cwd=self.folder,
                              env={**ENV, "ARCORE_BOOK": "book.arc"}, timeout=60)
        self.assertEqual(done.returncode, 141)
        self.assertEqual(slurp(self.path("err")), "")

    def test_full_disk(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full here")
        with open("/dev/full", "w") as full:
            done = subprocess.run([ARCORE, "dump", "-b", "book.arc"], cwd=self.folder, stdout=full, stderr=subprocess.PIPE, env=ENV, timeout=60)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"cannot write", done.stderr)

    def test_output_files(self):
        self.arcore("query", "invoice", "-f", "csv", "-o", "rows.csv")
        self.assertEqual(slurp(self.path("rows.csv")), self.arcore("query", "invoice", "-f", "csv").out)
        self.arcore("aging", "-o", "rows.csv", "--edges", "x", code=2)  # a fault leaves what was there
        self.assertIn("INV-", slurp(self.path("rows.csv")))
        os.symlink("rows.csv", self.path("link.csv"))
        self.arcore("query", "customer", "-f", "csv", "-o", "link.csv")
        self.assertTrue(os.path.islink(self.path("link.csv")))
        self.assertIn("legal_name", slurp(self.path("rows.csv")))
        os.mkfifo(self.path("fifo"))
        reader = subprocess.Popen(["cat", "fifo"], cwd=self.folder, stdout=subprocess.PIPE)
        self.arcore("schema", "-o", "fifo")  # what is no file is written to, not replaced
        self.assertIn(b"invoice", reader.communicate(timeout=60)[0])
        self.assertEqual([n for n in os.listdir(self.folder) if ".part-" in n], [])


class Interrupted(Case):
    """A book large enough that a signal meets the command at work, made once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(os.path.join(cls.sample, "big.csv"), "w", encoding="utf-8") as f:
            f.write("invoice_no,customer_code,customer_name,invoice_date,due_date,currency,amount,paid_on\n")
            for i in range(12000):
                f.write(f"B{i},K{i % 500},Customer {i % 500},2025-01-01,2025-02-01,CNY,{i + 1}.00,\n")
        cls.run_in(cls.sample, "create", "large.arc")
        ran = cls.run_in(cls.sample, "import", "big.csv", "--mapping", MAPPING, "--book", "large.arc")
        assert ran.code == 0, ran.err

    def interrupt(self, args, after, number=signal.SIGINT):
        run = subprocess.Popen([ARCORE, *args], cwd=self.folder, env={**ENV, "ARCORE_BOOK": "book.arc"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(after)
        run.send_signal(number)
        out, err = run.communicate(timeout=120)
        return run.returncode, err.decode()

    def test_import(self):
        before = self.arcore("dump").out
        stopped, after = 0, 0.05
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT, signal.SIGINT):
            code, err = self.interrupt(["import", "big.csv", "-m", MAPPING], after, number)
            if code == 0:
                break  # it was faster
            self.assertIn(code, (128 + number, -number))  # negative: before the program had said how it wants to hear of it
            if code > 0:
                self.assertIn("nothing was left half done", err)
                stopped += 1
            self.assertEqual(self.arcore("dump").out, before)
            after *= 3
        self.assertGreater(stopped, 0)
        self.arcore("verify")

    def test_backup(self):
        stopped = 0
        for after in (0.02, 0.04, 0.08, 0.16):
            code, err = self.interrupt(["restore", "large.arc", "copy.arc"], after)
            if code == 0:
                break
            self.assertIn(code, (130, -2))
            stopped += code == 130
            self.assertFalse(os.path.exists(self.path("copy.arc")), err)
        self.assertGreater(stopped, 0)

    def test_dump_file(self):
        code, _ = self.interrupt(["dump", "-o", "dump.jsonl", "-b", "large.arc"], 0.05)
        self.assertIn(code, (130, -2, 0))
        if code:
            self.assertEqual([n for n in os.listdir(self.folder) if n.startswith("dump.jsonl")], [])


class PostgreSQL(Case):
    """A server of its own: the same commands on another store, and a book that moves there and back."""

    @classmethod
    def setUpClass(cls):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
        if not found or "postgresql" not in subprocess.run([ARCORE, "version"], capture_output=True, text=True, env=ENV, check=True).stdout:
            raise unittest.SkipTest("no PostgreSQL server here, or the tool is built without it")
        super().setUpClass()
        cls.server = tempfile.mkdtemp(prefix="arcore-pg-")
        tools = os.path.dirname(found[-1])
        who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        if who:
            shutil.chown(cls.server, "postgres", "postgres")
        os.chmod(cls.server, 0o755)
        data = os.path.join(cls.server, "data")
        cls.stop = lambda: subprocess.run([os.path.join(tools, "pg_ctl"), "-D", data, "-m", "immediate", "stop"], cwd=cls.server, stdout=subprocess.DEVNULL, **who)
        subprocess.run([os.path.join(tools, "initdb"), "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"], cwd=cls.server,
                       check=True, stdout=subprocess.DEVNULL, **who)
        subprocess.run([os.path.join(tools, "pg_ctl"), "-D", data, "-w", "-l", os.path.join(cls.server, "log"),
                        "-o", f"-c listen_addresses='' -c unix_socket_directories={cls.server} -c shared_buffers=8MB -c max_connections=10", "start"],
                       cwd=cls.server, check=True, stdout=subprocess.DEVNULL, **who)
        cls.uri = f"postgresql://postgres@{cls.server.replace('/', '%2F')}/postgres"

    @classmethod
    def tearDownClass(cls):
        cls.stop()
        shutil.rmtree(cls.server, ignore_errors=True)
        super().tearDownClass()

    def test_there_and_back(self):
        def on_server(*args, **more):
            return self.arcore(*args, "--book", self.uri, **more)

        self.arcore("backup", self.uri)
        self.assertIn("there is a book at the target", self.arcore("backup", self.uri, code=1).err)
        self.assertEqual(on_server("dump").out, self.arcore("dump").out)
        self.assertEqual(on_server("aging", "--as-of", "2026-05-01").out, self.arcore("aging", "--as-of", "2026-05-01").out)
        self.assertEqual(on_server("query", "invoice", "-w", "gross_amount > 50000 CNY", "-f", "csv").out,
                         self.arcore("query", "invoice", "-w", "gross_amount > 50000 CNY", "-f", "csv").out)
        on_server("verify")
        found = {r["check"]: r for r in on_server("doctor", "-f", "json").json()}
        self.assertIn("PostgreSQL", found["engine"]["what"])
        self.assertEqual((found["write lock"]["level"], found["fork"]["level"]), ("ok", "ok"))
        on_server("backup", "back.arc")
        self.assertEqual(self.arcore("dump", "-b", "back.arc").out, self.arcore("dump").out)
        self.arcore("create", f"{self.uri}?book=new", "--name", "New")
        self.arcore("import", CSV, "-m", MAPPING, "--book", f"{self.uri}?book=new")
        self.arcore("aging", "--book", f"{self.uri}?book=none", code=3)
        self.arcore("aging", "--book", "postgresql://%2Fnowhere/x", code=3)


class OneTable(unittest.TestCase):
    """Help, man page and completion are made from one table; what is committed is what the tool makes."""

    @classmethod
    def setUpClass(cls):
        def run(*args):
            return subprocess.run([ARCORE, *args], capture_output=True, text=True, env=ENV, timeout=60, check=True).stdout
        cls.run_tool = staticmethod(run)
        cls.man, cls.bash, cls.zsh = run("man"), run("completion", "bash"), run("completion", "zsh")
        cls.help = run("help")

    def test_committed(self):
        for name, made in (("arcore.1", self.man), ("arcore.bash", self.bash), ("_arcore", self.zsh)):
            with open(os.path.join(ROOT, "bindings", "cli", name), encoding="utf-8") as f:
                self.assertEqual(f.read(), made, f"{name} differs: build the target generate_cli")

    def commands(self):
        with open(os.path.join(ROOT, "bindings", "cli", "commands.c"), encoding="utf-8") as f:
            return re.findall(r'^    \{ "([a-z ]+)", "[^"]*", cmd_', f.read(), re.M)

    def test_every_command_and_option(self):
        commands = self.commands()
        self.assertGreater(len(commands), 15)
        man = self.man.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "").replace("\\fI", "")
        with open(os.path.join(ROOT, "docs", "cli.md"), encoding="utf-8") as f:
            guide = f.read()
        for command in commands:
            self.assertIn(command, self.help)
            self.assertRegex(man, f'\\.SS "{command}[ "]')
            self.assertIn(f"'{command}')", self.bash)
            self.assertIn(f"`{command}", guide)
            page = self.run_tool("help", *command.split())
            own = page.split("Options of all commands")[0]
            section = re.search(f'\\.SS "{command}[ "].*?(?=\n\\.S[SH])', man, re.S)[0]
            completion = self.bash[self.bash.index(f"'{command}')"):].split(";;\n    '")[0]
            for option in re.findall(r"^ +(?:-\w, )?--([a-z-]+)", own, re.M):
                self.assertIn(f"--{option}", section, command)
                self.assertIn(f"--{option}", completion, command)
        for option in re.findall(r"^ +(?:-\w, )?--([a-z-]+)", self.help, re.M):
            self.assertIn(f"--{option}", man)
            self.assertIn(f"--{option}", self.bash)

    def test_chinese_help(self):
        for command in self.commands():
            page = self.run_tool("help", *command.split(), "--lang", "zh")
            self.assertIn("用法", page)
            for line in page.splitlines():
                self.assertLessEqual(width(line), 110, line)

    def complete(self, line):
        script = (f"PATH={os.path.dirname(ARCORE)}:$PATH; source '{ROOT}/bindings/cli/arcore.bash'; COMP_WORDS=({line}); "
                  "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _arcore; printf '%s\\n' \"${COMPREPLY[@]}\"")
        return subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=ENV, timeout=60, check=True).stdout.split()

    def test_bash_completes(self):
        self.assertEqual(self.complete("arcore que"), ["query"])
        self.assertIn("custom", self.complete("arcore ''"))
        self.assertEqual(self.complete("arcore custom de"), ["define"])
        self.assertEqual(self.complete("arcore query --sel"), ["--select"])
        self.assertEqual(self.complete("arcore --book x.arc aging --as"), ["--as-of"])
        self.assertEqual(self.complete("arcore aging --format js"), ["json"])
        self.assertEqual(self.complete("arcore aging --basis d"), ["due", "document"])
        self.assertIn("item_state", self.complete("arcore query it"))
        self.assertEqual(self.complete("arcore completion b"), ["bash"])
        self.assertIn("--bom", self.complete("arcore custom define --b"))

    def test_zsh_completes(self):
        if not shutil.which("zsh"):
            self.skipTest("zsh is not installed: its completion was not tried")
        script = f"""
autoload -U compinit && compinit -u -D
PATH={os.path.dirname(ARCORE)}:$PATH fpath=({ROOT}/bindings/cli $fpath)
autoload -U _arcore
compadd() {{ shift; print -rl -- "$@"; }}
_files() {{ print files; }}
try() {{ words=("$@") CURRENT=$#; _arcore; print END; }}
try arcore custom ''; try arcore aging --basis ''; try arcore import ''; try arcore query --se
"""
        told = subprocess.run(["zsh", "-f"], input=script, capture_output=True, text=True, env=ENV, timeout=60).stdout.split("END")
        self.assertEqual([t.split() for t in told[:3]], [["define", "list", "retire"], ["due", "document"], ["files"]])
        self.assertIn("--select", told[3].split())

    def test_man_page_formats(self):
        if not shutil.which("groff"):
            self.skipTest("groff is not installed: the man page was not formatted")
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww"], input=self.man, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.stderr, "")
        self.assertIn("EXIT STATUS", re.sub(r".\x08|\x1b\[\d*m", "", done.stdout))


class Guide(unittest.TestCase):
    """The sessions shown in docs/cli.md, from top to bottom in one folder: what is printed is what stands there."""

    def test_sessions(self):
        text = slurp(os.path.join(ROOT, "docs", "cli.md"))
        folder = tempfile.mkdtemp(prefix="arcore-cli-")
        self.addCleanup(shutil.rmtree, folder)
        for name in ("invoices.csv", "mapping.json"):
            shutil.copy(os.path.join(DATA, name), folder)
        tools = tempfile.mkdtemp(prefix="arcore-cli-")
        self.addCleanup(shutil.rmtree, tools)
        with open(os.path.join(tools, "sqlite3"), "w", encoding="utf-8") as f:  # not every machine has its shell
            f.write(f"#!{sys.executable}\nimport sqlite3, sys\ndb = sqlite3.connect(sys.argv[1])\ndb.execute(sys.argv[2])\ndb.commit()\n")
        os.chmod(f.name, 0o755)
        env = {**ENV, "PATH": os.pathsep.join([tools, os.path.dirname(ARCORE), ENV["PATH"]]), "ARCORE_BOOK": "company.arc"}
        shown = 0
        for block in re.findall(r"^```console\n(.*?)^```", text, re.M | re.S):
            for session in re.findall(r"^\$ (.*?)\n((?:(?!\$ ).*\n)*)", block, re.M):
                command, told = session
                done = subprocess.run(["sh", "-c", command], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
                self.assertEqual(done.stdout.decode(), told, command)
                shown += 1
        self.assertGreater(shown, 10)


if __name__ == "__main__":
    program = unittest.main(verbosity=1, exit=False)
    for case, reason in program.result.skipped:
        print(f"SKIPPED  {case}: {reason}")
    if not program.result.wasSuccessful():
        sys.exit(1)
    sys.exit(77 if len(program.result.skipped) > 0 and program.result.testsRun <= len(program.result.skipped) else 0)
