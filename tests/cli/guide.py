# SPDX-License-Identifier: Apache-2.0
"""Books on PostgreSQL; what is generated from the table of commands; the sessions shown in the documentation."""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from kit import ARCORE, CSV, DATA, ENV, MAPPING, ROOT, Case, slurp, width


class PostgreSQL(Case):
    """A server of its own: the same commands on another store, and a book that moves there and back."""

    @classmethod
    def setUpClass(cls):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
        if not found or "postgresql" not in subprocess.run([ARCORE, "version"], capture_output=True, text=True, env=ENV, check=True).stdout:
            raise unittest.SkipTest("no PostgreSQL server here, or the tool is built without it")
        super().setUpClass()
        cls.server = tempfile.mkdtemp(prefix="arcore-pg-")
        tools = os.path.dirname(found[-1])
        who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        if who:
            shutil.chown(cls.server, "postgres", "postgres")
        os.chmod(cls.server, 0o755)
        data = os.path.join(cls.server, "data")
        cls.stop = lambda: subprocess.run([os.path.join(tools, "pg_ctl"), "-D", data, "-m", "immediate", "stop"], cwd=cls.server, stdout=subprocess.DEVNULL, **who)
        subprocess.run([os.path.join(tools, "initdb"), "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"], cwd=cls.server,
                       check=True, stdout=subprocess.DEVNULL, **who)
        subprocess.run([os.path.join(tools, "pg_ctl"), "-D", data, "-w", "-l", os.path.join(cls.server, "log"),
                        "-o", f"-c listen_addresses='' -c unix_socket_directories={cls.server} -c shared_buffers=8MB -c max_connections=10", "start"],
                       cwd=cls.server, check=True, stdout=subprocess.DEVNULL, **who)
        cls.uri = f"postgresql://postgres@{cls.server.replace('/', '%2F')}/postgres"

    @classmethod
    def tearDownClass(cls):
        cls.stop()
        shutil.rmtree(cls.server, ignore_errors=True)
        super().tearDownClass()

    def test_there_and_back(self):
        def on_server(*args, **more):
            return self.arcore(*args, "--book", self.uri, **more)

        self.arcore("backup", self.uri)
        self.assertIn("there is a book at the target", self.arcore("backup", self.uri, code=1).err)
        self.assertEqual(on_server("dump").out, self.arcore("dump").out)
        self.assertEqual(on_server("aging", "--as-of", "2026-05-01").out, self.arcore("aging", "--as-of", "2026-05-01").out)
        self.assertEqual(on_server("query", "invoice", "-w", "gross_amount > 50000 CNY", "-f", "csv").out,
                         self.arcore("query", "invoice", "-w", "gross_amount > 50000 CNY", "-f", "csv").out)
        on_server("verify")
        found = {r["check"]: r for r in on_server("doctor", "-f", "json").json()}
        self.assertIn("PostgreSQL", found["engine"]["what"])
        self.assertEqual((found["write lock"]["level"], found["fork"]["level"]), ("ok", "ok"))
        on_server("backup", "back.arc")
        self.assertEqual(self.arcore("dump", "-b", "back.arc").out, self.arcore("dump").out)
        self.arcore("create", f"{self.uri}?book=new", "--name", "New")
        self.arcore("import", CSV, "-m", MAPPING, "--book", f"{self.uri}?book=new")
        self.arcore("aging", "--book", f"{self.uri}?book=none", code=3)
        self.arcore("aging", "--book", "postgresql://%2Fnowhere/x", code=3)


class OneTable(unittest.TestCase):
    """Help, man page and completion are made from one table; what is committed is what the tool makes."""

    @classmethod
    def setUpClass(cls):
        def run(*args):
            return subprocess.run([ARCORE, *args], capture_output=True, text=True, env=ENV, timeout=60, check=True).stdout
        cls.run_tool = staticmethod(run)
        cls.man, cls.bash, cls.zsh = run("man"), run("completion", "bash"), run("completion", "zsh")
        cls.help = run("help")

    def test_committed(self):
        for name, made in (("arcore.1", self.man), ("arcore.bash", self.bash), ("_arcore", self.zsh)):
            with open(os.path.join(ROOT, "bindings", "cli", name), encoding="utf-8") as f:
                self.assertEqual(f.read(), made, f"{name} differs: build the target generate_cli")

    def commands(self):
        with open(os.path.join(ROOT, "bindings", "cli", "commands.c"), encoding="utf-8") as f:
            return re.findall(r'^    \{ "([a-z ]+)", "[^"]*", cmd_', f.read(), re.M)

    def test_every_command_and_option(self):
        commands = self.commands()
        self.assertGreater(len(commands), 15)
        man = self.man.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "").replace("\\fI", "")
        with open(os.path.join(ROOT, "docs", "cli.md"), encoding="utf-8") as f:
            guide = f.read()
        for command in commands:
            self.assertIn(command, self.help)
            self.assertRegex(man, f'\\.SS "{command}[ "]')
            self.assertIn(f"'{command}')", self.bash)
            self.assertIn(f"`{command}", guide)
            page = self.run_tool("help", *command.split())
            own = page.split("Options of all commands")[0]
            section = re.search(f'\\.SS "{command}[ "].*?(?=\n\\.S[SH])', man, re.S)[0]
            completion = self.bash[self.bash.index(f"'{command}')"):].split(";;\n    '")[0]
            for option in re.findall(r"^ +(?:-\w, )?--([a-z-]+)", own, re.M):
                self.assertIn(f"--{option}", section, command)
                self.assertIn(f"--{option}", completion, command)
        for option in re.findall(r"^ +(?:-\w, )?--([a-z-]+)", self.help, re.M):
            self.assertIn(f"--{option}", man)
            self.assertIn(f"--{option}", self.bash)

    def test_chinese_help(self):
        for command in self.commands():
            page = self.run_tool("help", *command.split(), "--lang", "zh")
            self.assertIn("用法", page)
            for line in page.splitlines():
                self.assertLessEqual(width(line), 110, line)

    def complete(self, line):
        script = (f"PATH={os.path.dirname(ARCORE)}:$PATH; source '{ROOT}/bindings/cli/arcore.bash'; COMP_WORDS=({line}); "
                  "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _arcore; printf '%s\\n' \"${COMPREPLY[@]}\"")
        return subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=ENV, timeout=60, check=True).stdout.split()

    def test_bash_completes(self):
        self.assertEqual(self.complete("arcore que"), ["query"])
        self.assertIn("custom", self.complete("arcore ''"))
        self.assertEqual(self.complete("arcore custom de"), ["define"])
        self.assertEqual(self.complete("arcore query --sel"), ["--select"])
        self.assertEqual(self.complete("arcore --book x.arc aging --as"), ["--as-of"])
        self.assertEqual(self.complete("arcore aging --format js"), ["json"])
        self.assertEqual(self.complete("arcore aging --basis d"), ["due", "document"])
        self.assertIn("item_state", self.complete("arcore query it"))
        self.assertEqual(self.complete("arcore completion b"), ["bash"])
        self.assertIn("--bom", self.complete("arcore custom define --b"))

    def test_zsh_completes(self):
        if not shutil.which("zsh"):
            self.skipTest("zsh is not installed: its completion was not tried")
        script = f"""
autoload -U compinit && compinit -u -D
PATH={os.path.dirname(ARCORE)}:$PATH fpath=({ROOT}/bindings/cli $fpath)
autoload -U _arcore
compadd() {{ shift; print -rl -- "$@"; }}
_files() {{ print files; }}
try() {{ words=("$@") CURRENT=$#; _arcore; print END; }}
try arcore custom ''; try arcore aging --basis ''; try arcore import ''; try arcore query --se
"""
        told = subprocess.run(["zsh", "-f"], input=script, capture_output=True, text=True, env=ENV, timeout=60).stdout.split("END")
        self.assertEqual([t.split() for t in told[:3]], [["define", "list", "retire"], ["due", "document"], ["files"]])
        self.assertIn("--select", told[3].split())

    def test_man_page_formats(self):
        if not shutil.which("groff"):
            self.skipTest("groff is not installed: the man page was not formatted")
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww"], input=self.man, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.stderr, "")
        self.assertIn("EXIT STATUS", re.sub(r".\x08|\x1b\[\d*m", "", done.stdout))


class Guide(unittest.TestCase):
    """The sessions shown in docs/cli.md, from top to bottom in one folder: what is printed is what stands there."""

    def test_sessions(self):
        text = slurp(os.path.join(ROOT, "docs", "cli.md"))
        folder = tempfile.mkdtemp(prefix="arcore-cli-")
        self.addCleanup(shutil.rmtree, folder)
        for name in ("invoices.csv", "mapping.json"):
            shutil.copy(os.path.join(DATA, name), folder)
        tools = tempfile.mkdtemp(prefix="arcore-cli-")
        self.addCleanup(shutil.rmtree, tools)
        with open(os.path.join(tools, "sqlite3"), "w", encoding="utf-8") as f:  # not every machine has its shell
            f.write(f"#!{sys.executable}\nimport sqlite3, sys\ndb = sqlite3.connect(sys.argv[1])\ndb.execute(sys.argv[2])\ndb.commit()\n")
        os.chmod(f.name, 0o755)
        env = {**ENV, "PATH": os.pathsep.join([tools, os.path.dirname(ARCORE), ENV["PATH"]]), "ARCORE_BOOK": "company.arc"}
        shown = 0
        for block in re.findall(r"^```console\n(.*?)^```", text, re.M | re.S):
            for session in re.findall(r"^\$ (.*?)\n((?:(?!\$ ).*\n)*)", block, re.M):
                command, told = session
                done = subprocess.run(["sh", "-c", command], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
                self.assertEqual(done.stdout.decode(), told, command)
                shown += 1
        self.assertGreater(shown, 10)
