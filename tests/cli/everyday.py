# SPDX-License-Identifier: Apache-2.0
"""The commands of every day on the sample data."""
import datetime
import fcntl
import json
import os
import sqlite3
import subprocess
import time

from kit import CSV, ENV, MAPPING, Case, slurp, source_rows


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
        dry = self.arcore("import", CSV, "--book", "new.arc", "--dry-run")
        self.assertIn("nothing written: 143 rows, 0 bad", dry.err)
        self.assertIn("invoice.number <- invoice_no", dry.err)
        self.assertEqual(self.arcore("query", "invoice", "--count", "-f", "csv", "--book", "new.arc").rows(), [{"count": "0"}])
        ran = self.arcore("import", CSV, "--book", "new.arc")
        self.assertIn("imported: 143 rows, 0 bad; 12 new customers, 143 invoices, 90 receipts, 101 allocations", ran.err)
        totals = {}
        for row in source_rows():
            totals.setdefault(row["currency"], []).append(round(float(row["amount"]) * 100))
        for currency, amounts in totals.items():  # control totals against the file itself
            self.assertIn(f"invoice {currency}: {len(amounts)}, sum {sum(amounts) / 100:,.2f}\n", ran.err)
            self.assertIn(f"invoice {currency}: {len(amounts)}, sum {sum(amounts) / 100:,.2f}\n", dry.err)
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
        row, = self.arcore("get", "invoice", "INV-202509-0001", "-f", "json").json()  # what has no column is worked out, and marked
        self.assertLessEqual({"open", "settlement", "items"}, set(row["_computed"]))
        self.assertNotIn("gross_amount", row["_computed"])
        self.assertRegex(self.arcore("get", "invoice", "INV-202509-0001").out, r"settlement +%s +computed" % row["settlement"])
        early, = self.arcore("get", "invoice", "INV-202509-0001", "--as-of", row["invoice_date"], "-f", "json").json()
        self.assertEqual((early["open"], early["settlement"]), (early["gross_amount"], "open"))
        before, = self.arcore("get", "invoice", "INV-202509-0001", "--as-of", "2020-01-01", "-f", "json").json()
        self.assertNotIn("settlement", before)
        self.assertIn("--as-of", self.arcore("get", "invoice", "1", "--as-of", "soon", code=2).err)
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

    def test_duplicates(self):
        self.arcore("add", "customer", "code=D1", "legal_name=上海索迪龙自动化股份有限公司")
        self.arcore("add", "customer", "code=D2", "legal_name=索迪龍自動化（上海）有限公司")
        rows = [r for r in self.arcore("duplicates", "-f", "csv").rows() if r["customer"] == "D1"]
        self.assertEqual([(r["other"], r["reasons"], r["group"]) for r in rows], [("D2", "name", "D1")])
        found = self.arcore("duplicates", "索迪龙", "--limit", "2", "-f", "json").json()
        self.assertEqual({r["customer"] for r in found}, {"D1", "D2"})
        self.assertIn("near enough", self.arcore("duplicates", "Quite Unknown Zebra").out)
        self.assertIn("依据", self.arcore("duplicates", "索迪龙", "--lang", "zh").out)
        for wrong in (["--least", "0"], ["--least", "x"], ["--limit", "0"], ["a", "b"]):
            self.arcore("duplicates", *wrong, code=2)

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
        self.assertEqual(self.arcore("rule", "propose", "--rejected", *day).rows(), rows)  # nothing was rejected
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

    def test_bank_read(self):
        with open(self.path("a.sta"), "wb") as f:
            f.write(b":20:A\r\n:25:DE89370400440532013000\r\n:28C:1/1\r\n:60F:C260101EUR0,\r\n:61:260102C5,05NTRFNONREF//B1\r\n:86:/NAME/Karl/REMI/INV 1\r\n:62F:C260102EUR5,06\r\n")
        ran = self.arcore("bank", "read", "a.sta", "-f", "csv")
        self.assertEqual(ran.out.splitlines()[1], "DE89370400440532013000,2026-01-02,2026-01-02,5.05,Karl,,B1,INV 1")
        self.assertIn("do not add up", ran.err)
        told = json.loads(self.arcore("bank", "read", "a.sta", "-f", "json").out)
        self.assertEqual((told["format"], told["statements"][0]["check"]), ("mt940", "differs"))
        self.write("b.sta", ":20:A\n:60F:C26X101EUR0,\n")
        self.assertIn("line 2, :60F:", self.arcore("bank", "read", "b.sta", code=1).err)
        self.write("p.json", '{"bank_csv":"arcore/1","currency":"EUR","columns":{"booked":"d","amount":"a"}}')
        self.write("c.csv", "d;a\n2026-01-02;7.5\n")
        self.assertIn("7.50", self.arcore("bank", "read", "c.csv", "-p", "p.json").out)
        self.arcore("bank", "read", "nothing.sta", code=3)

    def test_bank_import(self):
        self.write("one.sta", ":20:A\n:25:DE89370400440532013000\n:28C:1/1\n:60F:C260101EUR0,\n:61:260102C5,05NTRFNONREF//B1\n:86:/NAME/Karl/REMI/INV 1\n:62F:C260102EUR5,06\n")
        self.assertIn("no bank account of our own", self.arcore("bank", "import", "one.sta", code=1).err)
        account = self.arcore("add", "bank_account", "number=DE89370400440532013000", "currency=EUR").out.split()[-1]
        told = self.arcore("bank", "import", "one.sta", "--receive").err
        self.assertIn("1 new lines", told)
        self.assertIn("1 receipts of 1 lines", told)
        self.assertIn("imported before", self.arcore("bank", "import", "one.sta", code=1).err)
        self.assertIn("Karl", self.arcore("query", "receipt", "-f", "csv").out)
        self.assertEqual([f["kind"] for f in json.loads(self.arcore("bank", "findings", account).out)], ["balance"])
        self.arcore("bank", "undo", "1", "by mistake")
        self.assertIn("1 new lines", self.arcore("bank", "import", "one.sta").err)
        self.assertIn("1 receipts", self.arcore("bank", "receive", "--statement", "2").err)

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
