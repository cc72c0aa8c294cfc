# SPDX-License-Identifier: Apache-2.0
"""Wrong command lines and files, all formats, readers that go away, ^C."""
import csv
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time

from kit import ARCORE, CSV, ENV, MAPPING, Case, slurp, width


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
