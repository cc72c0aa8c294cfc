# SPDX-License-Identifier: Apache-2.0
"""Statements of banks from Python: objects, faults with their place, what is new."""
import datetime
import json
import os
from decimal import Decimal

import support
from arcore import KeptStatement, Money
from support import arcore

MT940 = (":20:REF1\r\n:25:DE89370400440532013000\r\n:28C:4/1\r\n:60F:C251230EUR1000,00\r\n:61:2601021231CR50,05NTRFNONREF//BANK1\r\n"
         "/OCMT/USD60,00/CHGS/EUR1,50/\r\n:86:/EREF/INV-1/ORDP//NAME/Karl GmbH/REMI/Rechnung 100/\r\n:61:2601021231CR50,05NTRFNONREF//BANK1\r\n"
         "/OCMT/USD60,00/CHGS/EUR1,50/\r\n:86:/EREF/INV-1/ORDP//NAME/Karl GmbH/REMI/Rechnung 100/\r\n:62F:C251231EUR1100,10\r\n-\r\n").encode()


class Bank(support.BookTest):
    def test_a_file_is_objects(self):
        file = arcore.read_statement(MT940)
        self.assertEqual(file.info["format"], "mt940")
        (s,) = file.statements
        self.assertEqual((s.account, s.iban, s.currency, s.check, s.opening, s.closing), ("DE89370400440532013000",) * 2 + ("EUR", "balanced", Decimal("1000.00"), Decimal("1100.10")))
        line = s.lines[0]
        self.assertEqual((line.booked, line.value, line.amount, line.currency), (datetime.date(2025, 12, 31), datetime.date(2026, 1, 2), Decimal("50.05"), "EUR"))
        self.assertEqual((line.fee, line.original), (Money(Decimal("1.50"), "EUR"), Money(Decimal("60.00"), "USD")))
        self.assertEqual((line.end_to_end, line.name, line.text, line.customer_ref), ("INV-1", "Karl GmbH", "Rechnung 100", None))
        self.assertEqual([x.occurrence for x in s.lines], [1, 2])
        told = json.loads(file.json())["statements"][0]
        self.assertEqual((told["lines"][0]["amount"], told["check"]), ("50.05", "balanced"))
        self.assertIs(file.statements, file.statements)
        file.close()
        with self.assertRaises(arcore.HandleError):
            file.json()

    def test_a_path_a_fault_and_its_place(self):
        path = self.path("x.sta")
        with open(path, "wb") as f:
            f.write(MT940.replace(b"50,05N", b"50,0x5N", 1))
        with self.assertRaises(arcore.Error) as caught:
            arcore.BankFile(self.context, path)
        self.assertIn("line 5", str(caught.exception))
        self.assertEqual(caught.exception.row, 5)
        with self.assertRaises(arcore.UnsupportedError):
            arcore.read_statement(b"hello")
        with self.assertRaises(arcore.InvalidError):
            arcore.read_statement(b"hello", format="pdf")

    def test_texts_in_utf_16(self):
        lines = ":20:A\r\n:25:DE89370400440532013000\r\n:28C:1/1\r\n:60F:C260610EUR0,00\r\n:61:260610C10,00NTRFX\r\n:86:Müller 货款\r\n:62F:C260610EUR10,00\r\n-"
        for data in (b"\xff\xfe" + lines.encode("utf-16-le"), b"\xfe\xff" + lines.encode("utf-16-be")):
            line = arcore.read_statement(data).statements[0].lines[0]
            self.assertEqual((line.amount, line.text), (Decimal("10.00"), "Müller 货款"))

    def test_money_in_and_out_on_one_line(self):
        profile = {"bank_csv": "arcore/1", "currency": "CNY", "date": "ymd", "columns": {"booked": "day", "credit": "in", "debit": "out"}}
        with self.assertRaises(arcore.Error) as caught:
            arcore.read_statement(b"day,in,out\n2026-06-01,5.00,20.50\n", profile=profile)
        self.assertEqual((caught.exception.row, caught.exception.field), (2, "out"))

    def test_what_is_new(self):
        file = arcore.read_statement(MT940)
        s = file.statements[0]
        key = s.lines[0].fingerprint
        self.assertEqual(file.fresh(), [1, 2])
        same = KeptStatement([(key, 1)], "4", "1", Money(s.opening, "EUR"), Money(s.closing, "EUR"))
        self.assertEqual(file.fresh(0, [same]), [0, 2])          # its twin was not there yet
        before = same._replace(sequence="2", opening=Money(Decimal("949.95"), "EUR"), closing=Money(Decimal("1000.00"), "EUR"))
        self.assertEqual(file.fresh(0, [before]), [2, 3])        # another page has one like it
        self.assertEqual(file.fresh(0, [before, same._replace(lines=[(key, 2), (key, 3)])]), [0, 0])


if __name__ == "__main__":
    support.main()
