# SPDX-License-Identifier: Apache-2.0
"""The blocks of docs/python.md do what the page says: run in order, each with the output that stands below it."""
import contextlib
import io
import os
import re
import unittest

import support

BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.S | re.M)


class Guide(unittest.TestCase):
    def test_python_page(self):
        path = os.path.join(support.SOURCE, "docs", "python.md")
        with open(path, encoding="utf-8") as f:
            page = f.read()
        before, names, seen = os.getcwd(), {"__name__": "guide"}, 0
        with support.tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                for m in BLOCK.finditer(page):
                    line = page.count("\n", 0, m.start()) + 1
                    out = io.StringIO()
                    with contextlib.redirect_stdout(out):
                        exec(compile("\n" * line + m[1], path, "exec"), names)
                    self.assertEqual(out.getvalue(), m[2] or "", f"docs/python.md:{line}")
                    seen += 1
            finally:
                os.chdir(before)
                names.clear()
        self.assertGreater(seen, 15)
        self.assertEqual(seen, page.count("```python"), "a block stands apart")


if __name__ == "__main__":
    support.main()
