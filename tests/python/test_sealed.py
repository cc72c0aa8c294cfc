# SPDX-License-Identifier: Apache-2.0
"""Sealed books: keys as files and mappings, wrong ones, a key changed by a restore."""
import glob
import os
import unittest

import support
from support import arcore

ACCOUNT = "6222021234567890123"
ONE, TWO = bytes(range(32)), bytes(range(1, 33))

try:
    arcore.capi.arc_sodium_free
    missing = None
except arcore.LibraryNotFound as error:
    missing = str(error)


@unittest.skipIf(missing, missing or "")
class Sealed(support.BookTest):
    def sealed(self, keys, name="s.db", **options):
        context = arcore.Context()
        self.addCleanup(context.close)
        context.seal(keys)
        return context.open("sealed:sqlite:" + self.path(name), **options)

    def filled(self):
        book = self.sealed({1: ONE}, create=True)
        with book, book.session("clerk", business_date=support.TODAY) as s:
            customer = s.insert("customer", code="C1", legal_name="Acme")
            s.insert("bank_account", customer=customer.id, number=ACCOUNT, holder="Li")
            self.assertEqual(s.find("bank_account", number=ACCOUNT).number, ACCOUNT)
            self.assertTrue(book.verify().ok)
            for path in glob.glob(self.path("s.db*")):
                with open(path, "rb") as f:
                    self.assertNotIn(ACCOUNT.encode(), f.read(), path)

    def account(self, book):
        with book, book.session() as s:
            return s.find("bank_account", holder="Li").number

    def test_keys(self):
        self.filled()
        path = self.path("keys")
        with open(path, "w", encoding="ascii") as f:
            f.write(f"# of the book\n1 {ONE.hex()}\n")
        self.assertEqual(self.account(self.sealed(path)), ACCOUNT)
        for wrong in ({1: TWO}, {2: TWO}):
            with self.assertRaises(arcore.SealedKeyError):
                self.sealed(wrong)
        with self.assertRaises(arcore.SealedKeyError):
            self.context.open("sqlite:" + self.path("s.db"))
        with self.assertRaises(arcore.UnsupportedError):
            self.context.open("sealed:sqlite:" + self.path("s.db"))
        reader = self.sealed({2: TWO}, readonly=True)
        with reader, reader.session() as s:
            self.assertEqual(s.find("customer", code="C1").legal_name, "Acme")
            with self.assertRaisesRegex(arcore.SealedKeyError, "bank_account."):
                s.find("bank_account", holder="Li")

    def test_change_of_key(self):
        self.filled()
        context = arcore.Context()
        self.addCleanup(context.close)
        context.seal({1: ONE, 2: TWO}, current=2)
        context.restore("sealed:sqlite:" + self.path("s.db"), "sealed:sqlite:" + self.path("new.db"))
        self.assertEqual(self.account(self.sealed({2: TWO}, "new.db")), ACCOUNT)
        with self.assertRaises(arcore.SealedKeyError):
            self.sealed({1: ONE}, "new.db")
        context.restore("sealed:sqlite:" + self.path("s.db"), "sqlite:" + self.path("plain.db"))  # and sealed no more
        self.assertEqual(self.account(self.context.open("sqlite:" + self.path("plain.db"))), ACCOUNT)

    def test_wrong_use(self):
        context = arcore.Context()
        self.addCleanup(context.close)
        for text in (b"", b"# none\n", b"0 " + ONE.hex().encode(), b"1 " + ONE.hex().encode()[:-1], b"1 " + ONE.hex().encode() + b"00",
                     b"1 " + ONE.hex().encode() + b"\n1 " + TWO.hex().encode(), b"x " + ONE.hex().encode(), b"4294967296 " + ONE.hex().encode()):
            with self.assertRaises(arcore.FormError, msg=text):
                context.seal(text)
        with self.assertRaises(arcore.InvalidError):
            context.seal({1: ONE}, current=2)
        with self.assertRaises(arcore.InvalidError):
            context.seal({})
        with self.assertRaises(ValueError):
            context.seal({1: b"short"})
        with self.assertRaises(ValueError):
            context.seal(b"1 " + ONE.hex().encode(), current=1)
        with self.assertRaises(FileNotFoundError):
            context.seal(os.path.join(self.folder.name, "nothing"))
        with self.assertRaises(arcore.NotFoundError):
            context.seal({1: ONE}, over="nothing")
        context.seal(b"\r\n 7\t" + ONE.hex().upper().encode() + b" \r\n")
        with self.assertRaises(arcore.ExistsError):
            context.seal({1: ONE})


if __name__ == "__main__":
    support.main()
