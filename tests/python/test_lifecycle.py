# SPDX-License-Identifier: Apache-2.0
"""examples/lifecycle.py runs, and tells what it should."""
import os
import subprocess
import sys
import unittest

import support


class Lifecycle(unittest.TestCase):
    def test_it_tells_the_life_of_a_receivable(self):
        told = subprocess.run([sys.executable, os.path.join(support.SOURCE, "examples", "lifecycle.py")], check=True, stdout=subprocess.PIPE,
                              env={**os.environ, "PYTHONIOENCODING": "utf-8"}).stdout.decode()
        self.assertIn("2026-07-08 allocation on_account 4900.00 receivable -5000.00 discount 100.00", told)
        self.assertIn("2026-08-03 reversal on_account -6865.00 receivable 6865.00", told)
        self.assertIn("open as of 2026-08-31 6865.00, unapplied 6865.00", told)
        self.assertTrue(told.endswith("findings: 0\n"))


if __name__ == "__main__":
    support.main()
