# SPDX-License-Identifier: Apache-2.0
"""The wheel carries the library, installs without a network, and is the same twice."""
import os
import subprocess
import sys
import unittest
import zipfile

import support

PACKAGE = os.path.join(support.SOURCE, "bindings", "python")
BACKEND = os.path.join(PACKAGE, "backend", "arcore_backend.py")


def run(*words, **more):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode:
        raise AssertionError(f"{' '.join(words)}: {done.stdout}")
    return done.stdout


class Wheel(unittest.TestCase):
    def setUp(self):
        if support.SANITIZED:
            self.skipTest("a sanitized library is not for wheels")
        folder = support.tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def clean(self):
        return {k: v for k, v in os.environ.items() if k not in ("ARCORE_LIBRARY", "PYTHONPATH")}

    def environment(self):
        """An environment without pip, and a pip to install into it."""
        target = os.path.join(self.folder, "venv")
        try:
            run(sys.executable, "-m", "venv", "--without-pip", target)
            run(sys.executable, "-m", "pip", "--version")
        except AssertionError as error:
            self.skipTest(f"no venv or pip here: {error}")
        return os.path.join(target, "bin", "python")

    def test_the_same_bytes_twice(self):
        names = [run(sys.executable, "-B", BACKEND, os.path.join(self.folder, part)).strip() for part in "ab"]
        with open(names[0], "rb") as a, open(names[1], "rb") as b:
            self.assertEqual(a.read(), b.read())
        with zipfile.ZipFile(names[0]) as wheel:
            found = set(wheel.namelist())
        for name in ("arcore/libarcore.so", "arcore/py.typed", "arcore/entities.pyi", "arcore/_signatures.py"):
            self.assertIn(name, found)
        self.assertFalse([n for n in found if "pycache" in n])

    def test_it_installs_and_works_alone(self):
        python = self.environment()
        wheel = run(sys.executable, "-B", BACKEND, self.folder).strip()
        run(sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-cache-dir", "--target", self.site(python), wheel)
        text = ("import arcore, datetime\n"
                "with arcore.open('memory:w', create=True) as b, b.session(business_date=datetime.date(2026, 1, 1)) as s:\n"
                "    print(s.insert('customer', code='C', legal_name='n').id, arcore.library_path())\n")
        told = run(python, "-c", text, env=self.clean(), cwd=self.folder).split()
        self.assertEqual(told[0], "1")
        self.assertTrue(told[1].startswith(os.path.realpath(self.folder)) or told[1].startswith(self.folder), told[1])

    def test_pip_builds_it_without_a_network(self):
        self.environment()
        target = os.path.join(self.folder, "target")
        run(sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-cache-dir", "--target", target, PACKAGE)
        self.assertTrue(os.path.exists(os.path.join(target, "arcore", "libarcore.so")))
        self.assertFalse(os.path.exists(os.path.join(PACKAGE, "build")), "the build left files in the tree")

    @staticmethod
    def site(python):
        return run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()


class Finding(unittest.TestCase):
    def told(self, text="import arcore; print(arcore.library_path())", **environment):
        env = {k: v for k, v in os.environ.items() if k != "ARCORE_LIBRARY"}
        env.update(environment, PYTHONPATH=PACKAGE)
        return subprocess.run([sys.executable, "-c", text], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def test_by_name_and_by_folder(self):
        path = os.environ["ARCORE_LIBRARY"]
        self.assertEqual(self.told(ARCORE_LIBRARY=path).stdout.strip(), path)
        self.assertEqual(self.told(ARCORE_LIBRARY=os.path.dirname(path)).stdout.strip(), os.path.join(os.path.dirname(path), "libarcore.so"))

    def test_in_the_tree(self):
        if not os.path.commonpath([support.SOURCE, os.environ["ARCORE_LIBRARY"]]) == support.SOURCE or support.SANITIZED:
            self.skipTest("not built in the tree")
        told = self.told()
        self.assertTrue(told.stdout.startswith(os.path.join(support.SOURCE, "build")), told)

    def test_what_is_not_there_is_said(self):
        told = self.told(ARCORE_LIBRARY="/nowhere/libarcore.so")
        self.assertNotEqual(told.returncode, 0)
        self.assertIn("ARCORE_LIBRARY", told.stderr)
        with support.tempfile.TemporaryDirectory() as folder:
            other = os.path.join(folder, "libarcore.so")
            with open(other, "w", encoding="utf-8") as f:
                f.write("no library")
            self.assertIn("cannot be loaded", self.told(ARCORE_LIBRARY=other).stderr)
        libc = next((p for p in ("/lib/x86_64-linux-gnu/libc.so.6", "/lib/aarch64-linux-gnu/libc.so.6") if os.path.exists(p)), None)
        if libc:
            self.assertIn("another version", self.told(ARCORE_LIBRARY=libc).stderr)


if __name__ == "__main__":
    support.main()
