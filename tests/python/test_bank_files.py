# SPDX-License-Identifier: Apache-2.0
"""Real files of banks and platforms: what other programs read in them is what we read, field by field; files made wrong on purpose are refused with the place."""
import glob
import json
import os
import re
import unittest

import bank_expected as expected
import support
from support import arcore

DATA = os.environ.get("ARCORE_DATA") or os.path.join(os.path.dirname(support.SOURCE), "shared", "data")
BANK, BILLS = os.path.join(DATA, "bank"), os.path.join(DATA, "ecommerce", "bills")


def need(folder):
    return unittest.skipUnless(os.path.isdir(folder), f"SKIPPED: no files in {folder} (set ARCORE_DATA)")


def files(folder, *endings):
    return sorted(p for e in endings for p in glob.glob(os.path.join(folder, "**", "*" + e), recursive=True))


class Files(unittest.TestCase):
    maxDiff = None

    def read(self, path, **options):
        """The handle; closed at the end of the test."""
        file = arcore.read_statement(path, **options)
        self.addCleanup(file.close)
        return file

    @need(os.path.join(BANK, "mt940"))
    def test_mt940_as_another_parser_reads_it(self):
        found = files(os.path.join(BANK, "mt940"), ".yml")
        self.assertGreater(len(found), 10)
        for path in found:
            source = next(p for p in (path[:-4] + ".sta", path[:-4] + ".txt") if os.path.exists(p))
            with self.subTest(os.path.relpath(source, BANK)):
                if "broken" in source:
                    with self.assertRaises(arcore.Error) as caught:
                        arcore.read_statement(source)
                    self.assertIn("line ", str(caught.exception))
                    continue
                self.assertEqual(expected.mt940_faults(expected.yaml(path), self.read(source).statements), [])

    @need(os.path.join(BANK, "mt940"))
    def test_all_of_mt940_is_read_and_adds_up(self):
        checks = {}
        for path in files(os.path.join(BANK, "mt940"), ".sta", ".mt940", ".mt940x", "mt940.txt", "date.txt"):
            if "broken" in path:
                continue
            file = self.read(path)
            self.assertEqual(file.info["format"], "mt940", path)
            for s in file.statements:
                checks.setdefault(s.check, []).append(os.path.basename(path))
                for line in s.lines:
                    self.assertTrue(line.booked and line.fingerprint and line.raw, path)
        self.assertGreater(len(checks["balanced"]), 50)
        self.assertEqual(set(checks.get("differs", [])) - {"sepa_snippet.sta"}, set())  # that one is a cutting

    @need(os.path.join(BANK, "camt"))
    def test_camt_as_another_parser_reads_it(self):
        found = files(os.path.join(BANK, "camt"), ".json")
        self.assertGreater(len(found), 8)
        for path in found:
            with self.subTest(os.path.basename(path)), open(path, encoding="utf-8") as f:
                file = self.read(path[:-5] + ".xml")
                self.assertEqual(expected.camt_faults(json.load(f), file.info, file.statements), [])

    @need(os.path.join(BANK, "bai2"))
    def test_bai2(self):
        for path in files(os.path.join(BANK, "bai2"), ".txt"):
            with self.subTest(os.path.basename(path)):
                if os.sep + "errors" + os.sep in path:
                    with self.assertRaises(arcore.Error) as caught:
                        arcore.read_statement(path)
                    self.assertEqual(caught.exception.row, 1)
                    continue
                file = self.read(path)
                with open(path, encoding="utf-8") as f:
                    text = f.read()
                records = re.findall(r"(?:^|/\s+)(03|16),", text, re.M)
                self.assertEqual(len(file.statements), records.count("03"))
                self.assertEqual(sum(len(s.lines) for s in file.statements), records.count("16"))
                self.assertTrue(all(line.bai and line.currency for s in file.statements for line in s.lines))

    @need(os.path.join(BANK, "ofx"))
    def test_ofx(self):
        refused = {"signon_fail.ofx", "error_message.ofx", "empty_balance.ofx", "decimal_error.ofx", "date_missing.ofx"}
        for path in files(os.path.join(BANK, "ofx"), ".ofx"):
            with self.subTest(os.path.basename(path)):
                if os.path.basename(path) in refused:
                    with self.assertRaises(arcore.Error) as caught:
                        arcore.read_statement(path, round=True)
                    self.assertGreater(caught.exception.row, 0)
                    self.assertTrue(caught.exception.field)
                    continue
                file = self.read(path, round=True)
                with open(path, encoding="utf-8", errors="replace") as f:
                    text = f.read()
                self.assertEqual(sum(len(s.lines) for s in file.statements), len(re.findall(r"<STMTTRN>", text)))
                self.assertEqual(len(file.statements), len(re.findall(r"<(?:CC|INV)?STMTRS>", text)))
                for amount, line in zip(re.findall(r"<TRNAMT>\s*([-+\d.,]+)", text), (line for s in file.statements for line in s.lines)):
                    self.assertEqual(round(expected.Decimal(amount), 2), line.amount)

    @need(BILLS)
    def test_bills_give_the_ledger(self):
        found = files(BILLS, ".ledger")
        self.assertEqual(len(found), 7)
        for path in found:
            folder = os.path.dirname(path)
            with self.subTest(os.path.relpath(folder, BILLS)):
                config = os.path.join(folder, "config.yaml")
                with open(config, encoding="utf-8") as f:
                    own = re.findall(r"defaultCashAccount: (\S+)", f.read())
                (source,) = glob.glob(os.path.join(folder, "*.csv"))
                file = self.read(source)
                self.assertEqual(file.info["format"], os.path.relpath(folder, BILLS).split(os.sep)[0])
                entries = expected.ledger(path)
                self.assertGreater(len(entries), 3)
                self.assertEqual(expected.bill_faults(entries, expected.ignored(config), own, file.statements), [])
                with open(source, "rb") as f:
                    raw = f.read()
                try:  # the same bill in the other encoding is the same bill
                    other = raw.decode("utf-8").encode("gb18030") if file.info["encoding"] == "UTF-8" else raw.decode("gb18030").encode("utf-8")
                except UnicodeError:
                    continue
                again = self.read(other)
                self.assertEqual(again.info["content_digest"], file.info["content_digest"])


if __name__ == "__main__":
    support.main()
