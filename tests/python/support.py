# SPDX-License-Identifier: Apache-2.0
"""What the tests of the Python package share."""
import datetime
import itertools
import os
import sys
import tempfile
import unittest
from decimal import Decimal

import arcore
from arcore import F, Money

SOURCE = os.environ.get("ARCORE_SOURCE_DIR") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.environ.get("ARCORE_BINARY_DIR", "")
SANITIZED = bool(os.environ.get("ARCORE_SANITIZED"))
TODAY = datetime.date(2026, 6, 30)
_numbers = itertools.count()


def day(text):
    return datetime.date.fromisoformat(text)


class BookTest(unittest.TestCase):
    """A fresh memory book and a session in self.book and self.session."""
    uri = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.context = arcore.Context()
        self.addCleanup(self.context.close)
        self.book = self.context.open(self.uri or f"memory:b{next(_numbers)}", create=True)
        self.session = self.book.session("clerk", business_date=TODAY)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def customer(self, code="C1", **fields):
        return self.session.insert("customer", code=code, legal_name=fields.pop("legal_name", "Acme " + code), **fields)

    def invoice(self, customer, number, amount="100.00", currency="CNY", due="2026-05-01", **fields):
        return self.session.invoice_record(number=number, customer=customer.id, invoice_date=day("2026-04-01"), due_date=day(due),
                                           currency=currency, gross_amount=amount, **fields)

    def receipt(self, customer, number, amount="60.00", currency="CNY"):
        return self.session.receipt_record(number=number, customer=customer.id, value_date=day("2026-06-01"), currency=currency, amount=amount)

    def item_of(self, number):
        return self.session.find("item", number=number)


def main():
    """Runs the tests of the calling file. A skip is said aloud."""
    program = unittest.main(exit=False, verbosity=1)
    for test, reason in program.result.skipped:
        print(f"SKIPPED {test.id()}: {reason}")
    result = program.result
    if result.testsRun and len(result.skipped) == result.testsRun:
        sys.exit(77)
    sys.exit(not result.wasSuccessful() or not result.testsRun)
