# SPDX-License-Identifier: Apache-2.0
"""The committed tables are what the headers, the compiler and the library say."""
import ctypes
import glob
import os
import re
import shutil
import subprocess
import sys
import unittest

import support
from arcore import _constants, _library, _signatures, _status, capi, entities

TOOLS = os.path.join(support.SOURCE, "bindings", "python", "tools")
sys.path.insert(0, TOOLS)
import generate  # noqa: E402
import headers  # noqa: E402


def probe(lines, folder):
    """Compiles and runs a C program that prints one line a line; the lines it printed."""
    source, program = os.path.join(folder, "probe.c"), os.path.join(folder, "probe")
    with open(source, "w", encoding="utf-8") as f:
        f.write('#include <stdio.h>\n#include "arcore/arcore.h"\n#include "arcore/postgresql.h"\n#include "arcore/sodium.h"\n#include "arcore/sys/testkit.h"\n'
                '#include "arcore/sys/sqlkit.h"\nint main(void)\n{\n' + "\n".join(lines) + "\nreturn 0;\n}\n")
    subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-I", os.path.join(support.SOURCE, "include"), source, "-o", program], check=True)
    return subprocess.run([program], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()


class Signatures(unittest.TestCase):
    def test_generated_files_are_those_on_disk(self):
        for name, text in generate.outputs(support.SOURCE).items():
            with open(os.path.join(support.SOURCE, "bindings", "python", "arcore", name), encoding="utf-8") as f:
                self.assertTrue(f.read() == text, f"{name} differs from the headers or the schema: run the build target python_generate")

    def test_a_changed_header_is_seen(self):
        with support.tempfile.TemporaryDirectory() as folder:
            root = os.path.join(folder, "tree")
            shutil.copytree(os.path.join(support.SOURCE, "include"), os.path.join(root, "include"))
            path = os.path.join(root, "include", "arcore", "aging.h")
            with open(path, encoding="utf-8") as f:
                text = f.read()
            for old, new in (("uint32_t *n);", "uint64_t *n);"), ("#define ARC_AGING_MAX_EDGES 31", "#define ARC_AGING_MAX_EDGES 30"),
                             ("int64_t total; ", "int64_t total, more; ")):
                self.assertIn(old, text)
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text.replace(old, new))
                api = headers.read(root)
                made = generate.signatures(api) + generate.constants(api)
                committed = "".join(open_text("_signatures.py") + open_text("_constants.py"))
                self.assertNotEqual(made, committed, old)

    def test_exports_are_the_table(self):
        if support.SANITIZED:
            self.skipTest("a sanitized library exports more")
        for library, names in by_library().items():
            path = built(library)
            if path is None:
                print(f"SKIPPED: lib{library} is not built")
                continue
            out = subprocess.run(["nm", "-D", "--defined-only", path], check=True, stdout=subprocess.PIPE, text=True).stdout
            exported = {re.sub(r"@.*", "", line.split()[-1]) for line in out.splitlines()}
            self.assertEqual(sorted(n for n in exported if n.startswith("arc_")), sorted(names), library)

    def test_layout_is_the_compilers(self):
        lines, wanted = [], []
        for struct in _signatures.STRUCTS:
            name = struct.__name__
            c = f"struct {name}" if name.startswith("Arrow") else name
            lines.append(f'printf("{name} %zu\\n", sizeof({c}));')
            wanted.append(f"{name} {ctypes.sizeof(struct)}")
            for field, *_ in struct._fields_:
                lines.append(f'printf("{name}.{field} %zu %zu\\n", offsetof({c}, {field}), sizeof((({c} *)0)->{field}));')
                told = getattr(struct, field)
                wanted.append(f"{name}.{field} {told.offset} {told.size}")
        with support.tempfile.TemporaryDirectory() as folder:
            self.assertEqual(probe(lines, folder), wanted)

    def test_constants_are_the_compilers(self):
        names = [n for n in dir(_constants) if n.startswith("ARC_") and isinstance(getattr(_constants, n), int)]
        self.assertGreater(len(names), 1500)
        with support.tempfile.TemporaryDirectory() as folder:
            told = probe([f'printf("{n} %lld\\n", (long long)({n}));' for n in names], folder)
        self.assertEqual(told, [f"{n} {getattr(_constants, n)}" for n in names])

    def test_init_macros_are_what_init_gives(self):
        inits = {name: text for name, text in headers.read(support.SOURCE).inits.items() if name.endswith("_INIT")}
        lines, wanted = [], []
        for macro in sorted(inits):
            name = next(s.__name__ for s in _signatures.STRUCTS if s.__name__.upper() == macro[:-5])
            if name.startswith("arc_testkit"):
                continue
            struct = capi.init(getattr(capi, name))
            lines += [f'{{ {name} x = {macro}; const unsigned char *p = (const unsigned char *)&x; printf("{name} ");',
                      'for (size_t i = 0; i < sizeof x; i++) printf("%02x", p[i]); printf("\\n"); }']
            wanted.append(f"{name} {bytes(struct).hex()}")
        with support.tempfile.TemporaryDirectory() as folder:
            told = probe(lines, folder)
        self.assertEqual(len(told), len(wanted))
        for a, b in zip(told, wanted):
            self.assertEqual(a, b)

    def test_every_function_is_within_reach(self):
        """What the package itself does not call is arithmetic that Python has, or named here."""
        text = "".join(open_text(name) for name in os.listdir(os.path.dirname(_library.__file__))
                       if name.endswith(".py") and name not in ("_signatures.py", "_constants.py"))
        left = {name for name, f in headers.read(support.SOURCE).functions.items()
                if not re.search(rf"\b{name}\b", text) and not name.endswith("_init") and f.library == "arcore"
                and not f.header.startswith("sys/") and f.header not in ("decimal.h", "date.h", "money.h")}
        # A record knows its entity, None says NULL, terms are checked as they are read, one rule is a schedule of one line.
        self.assertEqual(left, {"arc_record_entity", "arc_record_is_null", "arc_cursor_is_null", "arc_terms_check", "arc_due_date",
                                "arc_version_number"}, "give it a method in bindings/python/arcore, or name it here")

    def test_every_member_and_flag_can_be_given(self):
        """What C can be told, Python can: members of the structs that functions take, and flags. What it cannot is named here, with why."""
        # Python's own memory, closures instead of user pointers, flags that are 0, terms read from JSON, facts set by name from FACTS, a rate made whole.
        known = {"allocator", "user", "log_user", "clock_user", "random_user", "trace_user", "progress_user", "retain_user"}
        whole = {"arc_due_rule", "arc_terms", "arc_rate"}
        zero = {"arc_combination_options", "arc_condition_options", "arc_session_options", "arc_template_options", "arc_terms_facts", "arc_invoice_step", "arc_ledger_step", "arc_order_step", "arc_request_step"}
        texts = {name: open_text(name) for name in os.listdir(os.path.dirname(_library.__file__)) if name.endswith(".py") and name not in ("_signatures.py", "_constants.py")}
        from arcore import terms
        for name, struct in given_structs().items():
            if name in whole:
                continue
            text = "".join(t for t in texts.values() if re.search(rf"\bcapi\.{name}\b", t))
            loops = "".join(f for f in re.findall(r"^ *def .*?(?=^ *def |\Z)", text, re.S | re.M) if "setattr(" in f)
            for _, member, *_ in struct.fields:
                if member in known | {"struct_size"} or member.startswith("reserved") or member == "flags" and name in zero or name == "arc_terms_facts" and member in terms.FACTS:
                    continue
                self.assertTrue(re.search(rf"\.{member}\b\s*(,|\|?=(?!=))", text) or f'"{member}"' in loops, f"{name}.{member}: give Python a way to say it, or name it here")
        whole_text = "".join(texts.values())
        prefixes = tuple(re.findall(r'getattr\(capi, "(ARC_\w+_)" \+', whole_text))
        limits = {"ARC_ATTACHMENT_MAX", "ARC_TIMEOUT_DEFAULT", "ARC_APPLY_ATOMIC_MAX", "ARC_SODIUM_MAX_KEYS", "ARC_VOUCHER_MAX"}
        left = [n for n in flags() if n not in limits and not n.startswith(prefixes) and not re.search(rf"\b{n}\b", whole_text)]
        self.assertEqual(left, [], "give Python a way to say it, or name it here")

    def test_every_status_has_its_exception(self):
        numbers = {v for n, v in vars(_constants).items() if n.startswith("ARC_E_")}
        self.assertEqual(set(_status.BY_STATUS), numbers)
        for number, kind in _status.BY_STATUS.items():
            self.assertTrue(issubclass(kind, support.arcore.Error))

    def test_no_field_hides_behind_a_method(self):
        for name, kind in entities.CLASSES.items():
            for field in support.arcore._schema.entities()[name].fields:
                self.assertIsInstance(getattr(kind, field), property, f"{name}.{field}")

    def test_stubs_are_python(self):
        for path in glob.glob(os.path.join(support.SOURCE, "bindings", "python", "arcore", "*.pyi")):
            with open(path, encoding="utf-8") as f:
                compile(f.read(), path, "exec")


def given_structs():
    """Structs that functions of the library take: by name."""
    api, found = headers.read(support.SOURCE), {}
    for function in api.functions.values():
        for kind, _ in function.params if function.library == "arcore" and not function.header.startswith("sys/") else ():
            m = re.match(r"const (arc_\w+) \*", kind) if isinstance(kind, str) else None
            if m and m[1] in api.structs and m[1] not in ("arc_money", "arc_decimal"):
                found[m[1]] = api.structs[m[1]]
    for name in ("arc_invoice_use",):  # inside of another one
        found[name] = api.structs[name]
    return found


def flags():
    """Constants of the public headers that are written as unsigned numbers: bits, and a few limits."""
    found = []
    for path in sorted(glob.glob(os.path.join(support.SOURCE, "include", "arcore", "*.h"))):
        if os.path.basename(path) != "fields.h":
            with open(path, encoding="utf-8") as f:
                found += re.findall(r"^#define (ARC_\w+) (?:0x[0-9a-fA-F]+u|\d+u)\b", f.read(), re.M)
    return found


def open_text(name):
    with open(os.path.join(support.SOURCE, "bindings", "python", "arcore", name), encoding="utf-8") as f:
        return f.read()


def by_library():
    found = {}
    for name, (_, _, library) in _signatures.FUNCTIONS.items():
        found.setdefault(library, []).append(name)
    return found


def built(library):
    path = _library.candidates(library)[0]
    return path if os.path.exists(path) else None


if __name__ == "__main__":
    support.main()
