# SPDX-License-Identifier: Apache-2.0
"""What the tests of the command line tool share: the tool, the sample data, a book of its own for each test."""
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ARCORE = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "arcore"
DATA = os.path.join(ROOT, "examples", "data")
CSV, MAPPING = os.path.join(DATA, "invoices.csv"), os.path.join(DATA, "mapping.json")
ENV = {k: v for k, v in os.environ.items() if not k.startswith(("ARCORE_BOOK", "ARCORE_ACTOR", "ARCORE_LANG", "LC_", "LANG"))}


def slurp(path, mode="r"):
    with open(path, mode, **({} if "b" in mode else {"encoding": "utf-8", "newline": ""})) as f:
        return f.read()


def source_rows():
    return list(csv.DictReader(io.StringIO(slurp(CSV))))


class Ran:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def rows(self):
        return list(csv.DictReader(io.StringIO(self.out)))

    def json(self):
        return [json.loads(line) for line in self.out.splitlines()]


def width(text):
    return sum(0 if unicodedata.combining(ch) else 2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in text)


class Case(unittest.TestCase):
    """A folder of its own, and in it a book with the sample data."""

    @classmethod
    def setUpClass(cls):
        cls.sample = tempfile.mkdtemp(prefix="arcore-cli-")
        cls.run_in(cls.sample, "create", "book.arc", "--name", "Sample")
        ran = cls.run_in(cls.sample, "import", CSV, "--mapping", MAPPING, "--book", "book.arc")
        assert ran.code == 0, ran.err

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.sample)

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="arcore-cli-")
        shutil.copytree(self.sample, self.folder, dirs_exist_ok=True)

    def tearDown(self):
        shutil.rmtree(self.folder)

    @staticmethod
    def run_in(folder, *args, stdin=None, env=None, **more):
        if isinstance(stdin, str):
            stdin = stdin.encode()
        done = subprocess.run([ARCORE, *args], cwd=folder, input=stdin, capture_output=True, env={**ENV, **(env or {})}, timeout=300, **more)
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def arcore(self, *args, code=0, **more):
        """Runs on the sample book; the exit code must be `code`."""
        ran = self.run_in(self.folder, *args, env={"ARCORE_BOOK": "book.arc"}, **more)
        self.assertEqual(ran.code, code, f"{args}\n{ran.out}\n{ran.err}")
        return ran

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8", newline="") as f:
            f.write(text)
        return self.path(name)
