# SPDX-License-Identifier: Apache-2.0
"""examples/real_books.py: two real ledgers, checked by the script itself against its own sums."""
import os
import subprocess
import sys
import unittest

import support


class RealBooks(unittest.TestCase):
    def test_books_say_what_the_files_say(self):
        data = os.environ.get("ARCORE_DATA") or os.path.join(support.SOURCE, "..", "shared", "data")
        for part in ("ecommerce/online_retail", "receivables/b2b_closed.csv"):
            if not os.path.exists(os.path.join(data, part)):
                self.skipTest(f"{part} not found (set ARCORE_DATA)")
        told = subprocess.run([sys.executable, os.path.join(support.SOURCE, "examples", "real_books.py"), data], check=True, stdout=subprocess.PIPE).stdout.decode()
        self.assertEqual(told.count("open in"), 9)


if __name__ == "__main__":
    support.main()
