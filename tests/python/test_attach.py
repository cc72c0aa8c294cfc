# SPDX-License-Identifier: Apache-2.0
"""A book on a connection of the script's own."""
import ctypes
import ctypes.util
import os
import tempfile
import unittest

import support
from support import arcore, day


class Attached(support.BookTest):
    def setUp(self):
        super().setUp()
        name = ctypes.util.find_library("sqlite3")
        if not name:
            self.skipTest("no shared library of SQLite")
        self.sqlite = ctypes.CDLL(name)
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = os.path.join(self.folder.name, "erp.db")
        self.outside = self.context.open("sqlite:" + self.path, create=True)
        self.looker = self.outside.session()
        self.db = ctypes.c_void_p()
        self.assertEqual(self.sqlite.sqlite3_open(self.path.encode(), ctypes.byref(self.db)), 0)
        self.addCleanup(self.sqlite.sqlite3_close, self.db)
        self.run_sql("PRAGMA foreign_keys = ON")
        self.run_sql("CREATE TABLE erp_order (number TEXT)")
        self.book = self.context.attach("sqlite:", self.db)
        self.addCleanup(self.book.close)
        self.addCleanup(self.outside.close)

    def run_sql(self, text):
        self.assertEqual(self.sqlite.sqlite3_exec(self.db, text.encode(), None, None, None), 0, text)

    def test_together(self):
        self.assertTrue(self.book.info.attached)
        self.assertFalse(self.outside.info.attached)
        with self.book.session(business_date=day("2026-05-27")) as s:
            for last in ("ROLLBACK", "COMMIT"):
                self.run_sql("BEGIN IMMEDIATE")
                self.run_sql("INSERT INTO erp_order VALUES ('A')")
                s.insert("customer", code="C1", legal_name="One")
                self.assertEqual(len(list(self.looker.query("customer"))), 0)
                self.run_sql(last)
                self.assertEqual(len(list(self.looker.query("customer"))), int(last == "COMMIT"))
        self.assertTrue(self.outside.verify().ok)
        with self.assertRaises(arcore.UnsupportedError):
            self.book.clone()

    def test_a_number_or_a_pointer(self):
        self.context.attach("sqlite:", self.db.value).close()
        with self.assertRaises(arcore.InvalidError):
            self.context.attach("sqlite:" + self.path, self.db)
        with self.assertRaises(arcore.InvalidError):
            self.context.attach("sqlite:", 0)


if __name__ == "__main__":
    unittest.main()
