# SPDX-License-Identifier: Apache-2.0
"""examples/quickstart.py shows what examples/quickstart.c shows."""
import os
import re
import subprocess
import sys
import unittest

import support


class Quickstart(unittest.TestCase):
    def test_both_show_the_same(self):
        program = os.path.join(support.BINARY, "examples", "quickstart")
        if not os.path.exists(program):
            self.skipTest("examples/quickstart is not built")
        with support.tempfile.TemporaryDirectory() as folder:
            book = os.path.join(folder, "q.arc")
            environment = {**os.environ, "ARCORE_BOOK": book}
            in_c = subprocess.run([program, os.path.join(support.SOURCE, "examples", "data"), folder], env=environment, check=True,
                                  stdout=subprocess.PIPE).stdout.decode()
            script = os.path.join(support.SOURCE, "examples", "quickstart.py")
            told = subprocess.run([sys.executable, script, book], check=True, stdout=subprocess.PIPE).stdout.decode()
            again = subprocess.run([sys.executable, script, book, "2020-01-01"], check=True, stdout=subprocess.PIPE).stdout.decode()
        amounts = [re.findall(r"-?[\d,]+\.\d\d(?!\d| %)", line) for line in in_c.splitlines() if re.match(r"C\d{3} |TOTAL", line)]
        wanted = [[a.replace(",", "") for a in row] for row in amounts]
        shown = [[a for a in line.split() if re.fullmatch(r"-?\d+\.\d\d", a) and float(a)] for line in told.splitlines()]
        self.assertEqual([row for row in shown if row], wanted)
        self.assertGreater(len(wanted), 5)
        self.assertIn("Verified through Python: 0 findings", told)
        self.assertEqual(again.count("\n"), 1)
        with open(script, encoding="utf-8") as f:
            self.assertLessEqual(sum(1 for line in f if line.strip() and not line.startswith(("#", '"""', "import"))), 14)

    def test_the_command_of_the_readme(self):
        """sh examples/quickstart.sh, twice into the same folder: what is there already must not be in its way."""
        if not os.path.exists(os.path.join(support.BINARY, "examples", "matching")):
            self.skipTest("the examples are not built")
        with support.tempfile.TemporaryDirectory() as folder:
            environment = {k: v for k, v in os.environ.items() if k not in ("ARCORE_BOOK", "ARCORE_AS_OF")}
            environment.update(ARCORE_BUILT=support.BINARY, ARCORE_OUT=folder)
            for _ in range(2):
                done = subprocess.run(["sh", os.path.join(support.SOURCE, "examples", "quickstart.sh")], env=environment,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                told = done.stdout.decode()
                self.assertEqual(done.returncode, 0, told)
                self.assertIn("And from the shell", told)
            self.assertTrue(os.path.exists(os.path.join(folder, "quickstart.arc")))
            self.assertTrue(os.path.exists(os.path.join(folder, "matching.arc")))


if __name__ == "__main__":
    support.main()
