#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The binary interface: what it is, compared with what was accepted.

usage: abi.py ROOT signatures|changelog|prove|list      prints what differs, exits 1 when something does
       abi.py ROOT libabigail LIBRARY...
  signatures  tests/abi/signatures.txt lists every exported function, type, constant and the layout of every struct (LP64), as
              the headers have them; a compiler confirms each line. ARCORE_ACCEPT=1 writes it anew.
  changelog   what differs from the frozen headers (tests/abi/frozen) stands in CHANGELOG.md under Unreleased: by name, as a
              family (arc_aging_*), or, when it is new, by its header (arcore/aging.h).
  libabigail  abidiff of each library against tests/abi/<library>.abi; ARCORE_ACCEPT=1 writes them anew.
  prove       the first two find changes that are planted into copies of the headers.
  list        prints the list of the headers, for tests of bindings.
Exit code 77: could not be looked at, and says why.
"""
import difflib
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = sys.argv[1]
HERE = os.path.join(ROOT, "tests", "abi")
INCLUDE = os.path.join(ROOT, "include")
LISTED = os.path.join(HERE, "signatures.txt")
FROZEN = os.path.join(HERE, "frozen", "include")
ACCEPT = os.environ.get("ARCORE_ACCEPT") == "1"
CC = os.environ.get("CC", "gcc")
HOW = "(wanted? A line in CHANGELOG.md, then: ARCORE_ACCEPT=1 ctest --preset dev -L abi; see docs/conventions.md)"
# Field numbers have a golden file of their own: tests/golden/schema.txt.
NO_CONSTANTS = {"arcore/fields.h"}


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def run(*command, given=None):
    r = subprocess.run(command, input=given, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return r.returncode, r.stdout


# ---- headers ---------------------------------------------------------------------------------------------------------
def headers(include):
    found = []
    for folder, _, entries in os.walk(os.path.join(include, "arcore")):
        for entry in sorted(entries):
            if entry.endswith(".h"):
                full = os.path.join(folder, entry)
                text = re.sub(r"/\*.*?\*/", " ", read(full), flags=re.S).replace("\\\n", " ")
                found.append((os.path.relpath(full, include), text))
    return sorted(found)


def flat(text):
    return re.sub(r"\s+", " ", text).strip()


def behind_brace(text, at):
    """Position behind the brace that closes the one at text[at]."""
    depth = 0
    for i in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if not depth:
            return i + 1
    raise ValueError("no closing brace")


def declaration(text):
    """Name and type of a member."""
    m = re.match(r"(.*?\(\s*\*\s*)(\w+)(\s*\)\s*\(.*\))$", text)  # pointer to function
    if not m:
        m = re.match(r"(.*?[\s*])(\w+)((?:\s*\[[^\]]*\])*)$", text)
    if not m:
        raise ValueError(f"not understood: {text}")
    return m[2], flat(m[1] + m[3])


def declarators(text):
    """The parts between commas that are in no parentheses."""
    parts, depth = [""], 0
    for c in text:
        depth += {"(": 1, ")": -1}.get(c, 0)
        if c == "," and not depth:
            parts.append("")
        else:
            parts[-1] += c
    return parts


def members(body, path=""):
    """(path, type) of the members of a struct; those of an inner struct or union follow it."""
    at = 0
    while body[at:].strip():
        inner = re.match(r"\s*(?:struct|union)\s*\w*\s*\{", body[at:])
        if inner:
            end = behind_brace(body, at + inner.end() - 1)
            stop = body.index(";", end)
            name = body[end:stop].strip()
            if name:
                yield path + name, None
            yield from members(body[at + inner.end():end - 1], path + name + "." if name else path)
        else:
            stop = body.index(";", at)
            first, *more = declarators(flat(body[at:stop]))
            name, kind = declaration(first)
            yield path + name, kind
            for other in more:
                yield path + other.strip(" *"), re.sub(r"\s*\*+$", "", kind) + (" *" if "*" in other else "")
        at = stop + 1


STRUCT = re.compile(r"\bstruct (\w+)\s*\{")
FUNCTION = re.compile(r"\bARC_API\s+([^;{(]*?)\b(arc_\w+)\s*\(([^;{]*)\)\s*;")
SCALAR = re.compile(r"\btypedef\s+(\w+)\s+(arc_\w+)\s*;")
CALLBACK = re.compile(r"\btypedef\s+([^;{]*?)\(\s*\*\s*(arc_\w+)\s*\)\s*\(([^;{]*)\)\s*;")
CONSTANT = re.compile(r"^\s*#\s*define\s+(ARC_\w+)[ \t]+(\S[^\n]*)$", re.M)
NO_CONSTANT = re.compile(r"_INIT$|^ARC_(API|BEGIN_DECLS|END_DECLS|VERSION_\w+)$")


class Headers:
    """What the headers of a folder declare. `of` tells the header of a name."""

    def __init__(self, include):
        self.include, self.of = include, {}
        self.functions, self.types, self.structs, self.constants = [], [], [], []
        self.names = [name for name, _ in headers(include)]
        for header, text in headers(include):
            self.functions += [(m[2], flat(m[1]), flat(m[3])) for m in FUNCTION.finditer(text)]
            self.types += [(m[2], m[1]) for m in SCALAR.finditer(text)]
            self.types += [(m[2], f"{flat(m[1])} (*)({flat(m[3])})") for m in CALLBACK.finditer(text)]
            for m in STRUCT.finditer(text):
                self.structs.append((m[1], list(members(text[m.end():behind_brace(text, m.end() - 1) - 1]))))
            if header not in NO_CONSTANTS:
                self.constants += [(m[1], m[2].strip()) for m in CONSTANT.finditer(text)
                                   if not NO_CONSTANT.search(m[1]) and not re.search(r"[{]|sizeof", m[2])]
            for name in re.findall(r"\b(?:arc|ARC|Arrow)_?\w+", text):
                self.of.setdefault(name, header)

    def program(self):
        """Prints the list; does not compile when a line would be wrong."""
        top, main = [f"#include <{h}>" for h in self.names] + ["#include <stdio.h>"], []
        for name, returns, parameters in self.functions:
            signature = f"{returns}{'' if returns.endswith('*') else ' '}{name}({parameters})"
            top.append(f"{signature};")  # an error when it is not what the header says
            main.append(f'puts("function {signature}");')
        for name, kind in self.types:
            main.append(f'_Static_assert(__builtin_types_compatible_p({name}, __typeof__({kind})), "{name}");')
            main.append(f'puts("type {name} {kind}");')
        for name, fields in self.structs:
            main.append(f'printf("struct {name} %zu\\n", sizeof(struct {name}));')
            for field, kind in fields:
                of = f"((struct {name} *)0)->{field}"
                if kind:
                    main.append(f'_Static_assert(__builtin_types_compatible_p(__typeof__({of}), __typeof__({kind})), "{field}");')
                main.append(f'printf("field {name}.{field} %zu %zu {kind or "union"}\\n",'
                            f' offsetof(struct {name}, {field}), sizeof({of}));')
        for name, value in self.constants:
            if value.startswith('"'):
                main.append(f'puts("constant {name} \\"" {name} "\\"");')
            else:
                main.append(f'printf("constant {name} %lld\\n", (long long)({name}));')
        return "\n".join(top + ["int main(void)", "{"] + main + ["return 0;", "}", ""])

    @functools.cached_property
    def lines(self):
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "list")
            # Functions are only declared: nothing of the library is linked.
            code, out = run(CC, "-std=gnu11", "-w", "-I", self.include, "-o", program, "-x", "c", "-", given=self.program())
            if code:
                raise ValueError(out)
            out = run(program)[1].splitlines()
        # Fields stay in the order of their struct, all else is by name: what is new moves no other line.
        groups, structs = {"function": [], "type": [], "constant": []}, {}
        for line in out:
            kind = line.split(" ")[0]
            if kind in groups:
                groups[kind].append(line)
            else:
                structs.setdefault(name_of(line), []).append(line)
        return (sorted(groups["function"], key=name_of) + sorted(groups["type"]) +
                [line for name in sorted(structs) for line in structs[name]] + sorted(groups["constant"]))


def name_of(line):
    if line.startswith("function "):
        return re.search(r"\b(arc_\w+)\(", line)[1]
    return line.split(" ")[1].split(".")[0]


# ---- checks ----------------------------------------------------------------------------------------------------------
def signatures():
    if "__LP64__" not in run(CC, "-dM", "-E", "-x", "c", "-", given="")[1]:
        print("SKIPPED: the list is of LP64 systems")
        return 77
    now = Headers(INCLUDE).lines
    if ACCEPT:
        with open(LISTED, "w", encoding="utf-8") as f:
            f.write("\n".join(now) + "\n")
        print(f"{len(now)} lines accepted")
        return 0
    if not os.path.exists(LISTED):
        print(f"SKIPPED: no list was accepted yet ({len(now)} lines)")
        return 77
    found = list(difflib.unified_diff(read(LISTED).splitlines(), now, "accepted", "headers", lineterm="", n=0))
    if found:
        print("\n".join(f for f in found if not f.startswith("@@")))
        print(f"the interface is not the accepted one {HOW}")
    return 1 if found else 0


def untold(before, now, log):
    """What differs and the changelog does not tell."""
    log = re.search(r"^## Unreleased.*?(?=^## |\Z)", log, re.S | re.M)[0]
    words = set(re.findall(r"\b(?:arc|ARC|Arrow)_?\w+", log))
    families = tuple(w.lower() for w in re.findall(r"\b((?:arc|ARC)_\w+_)(?=\*|\.\.\.|…)", log))
    told = set(re.findall(r"\barcore/[\w/]+\.h\b", log))
    old, new = set(before.lines), set(now.lines)
    gone = {name_of(line) for line in old - new}
    for name in sorted(gone | {name_of(line) for line in new - old}):
        if name in words or families and name.lower().startswith(families):
            continue
        if name in gone:
            yield f"{name} has changed or is gone: CHANGELOG.md, Unreleased, does not name it"
        elif now.of[name] not in told:
            yield f"{name} is new: CHANGELOG.md, Unreleased, names neither it nor its family nor {now.of[name]}"


def changelog():
    if not os.path.isdir(FROZEN):
        print("SKIPPED: there are no frozen headers yet")
        return 77
    found = list(untold(Headers(FROZEN), Headers(INCLUDE), read(os.path.join(ROOT, "CHANGELOG.md"))))
    print("\n".join(found))
    return 1 if found else 0


# ---- a gate that finds nothing proves nothing ------------------------------------------------------------------------
PLANTED = [
    ("arcore/aging.h", "(arc_aging *aging, uint32_t *n)", "(arc_aging *aging, uint32_t *n, uint32_t flags)", "arc_aging_count"),
    ("arcore/aging.h", "int64_t total;", "int32_t total;", "arc_aging_row"),
    ("arcore/status.h", "#define ARC_E_BUSY (-40)", "#define ARC_E_BUSY (-39)", "ARC_E_BUSY"),
    ("arcore/record.h", "typedef uint32_t arc_field_id;", "typedef uint64_t arc_field_id;", "arc_field_id"),
    ("arcore/book.h", "(*arc_progress_fn)(void *user,", "(*arc_progress_fn)(const void *user,", "arc_progress_fn"),
    ("arcore/version.h", "ARC_END_DECLS", "ARC_API void arc_no_such(void);\nARC_END_DECLS", "arc_no_such"),
]


def plant(header, old, new, folder):
    copy = os.path.join(folder, "include")
    shutil.copytree(INCLUDE, copy)
    path = os.path.join(copy, header)
    text = read(path)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace(old, new))
    return copy, old in text


def prove():
    before, missed = Headers(INCLUDE), []
    accepted = set(before.lines)
    for header, old, new, name in PLANTED:
        with tempfile.TemporaryDirectory() as folder:
            copy, there = plant(header, old, new, folder)
            after = Headers(copy)
            if not there or not any(name_of(line) == name for line in set(after.lines) ^ accepted):
                missed.append(f"{header}: {new}: not found in the list")
            if not any(f.startswith(name + " ") for f in untold(before, after, "## Unreleased\n")):
                missed.append(f"{header}: {new}: the changelog need not tell it")
            if any(f.startswith(name + " ") for f in untold(before, after, f"## Unreleased\n- `{name}` is another.\n")):
                missed.append(f"{header}: {new}: what the changelog tells was not seen")
    print("\n".join(missed))
    return 1 if missed else 0


# ---- libabigail ------------------------------------------------------------------------------------------------------
def dump(library, out_path):
    """No paths, no lines, nothing of types the headers do not have: what is left changes with the interface only."""
    code, out = run("abidw", "--headers-dir", INCLUDE, "--drop-private-types", "--no-comp-dir-path", "--no-corpus-path",
                    "--no-show-locs", "--type-id-style", "hash", "--exported-interfaces-only", "--drop-undefined-syms", library)
    if code:
        print(out)
        return False
    out = re.sub(r"(<abi-instr [^>]*path=')[^']*/lib/", r"\1lib/", out)
    with open(out_path, "w", encoding="utf-8") as f:
        f.write(out)
    return True


def sees_a_parameter(baseline, now):
    """The baseline with a parameter less must differ from what is now."""
    text = read(baseline)
    m = re.search(r"<function-decl name='arc_\w+' mangled(?:(?!</function-decl>).)*?(<parameter [^>]*/>)\s*<return", text, re.S)
    if not m:
        return True
    with tempfile.NamedTemporaryFile("w", suffix=".abi", encoding="utf-8") as f:
        f.write(text[:m.start(1)] + text[m.end(1):])
        f.flush()
        code, out = run("abidiff", f.name, now)
        return code > 0 and bool(re.search(r"parameter \d+ of type .* was added", out))


def compare(library, baseline):
    with tempfile.TemporaryDirectory() as folder:
        now = os.path.join(folder, os.path.basename(baseline))
        if not dump(library, now):
            return False
        code, out = run("abidiff", baseline, now)
        if code:
            print(f"{out}\nabidiff of {os.path.basename(library)} ended with {code} {HOW}")
        elif not sees_a_parameter(baseline, now):
            code = 1
            print(f"{os.path.basename(library)}: abidiff does not see that a function takes a parameter more")
        return not code


def libabigail(libraries):
    good, reasons = True, []
    if not shutil.which("abidiff") or not shutil.which("abidw"):
        reasons.append("abidiff is not installed (Debian: abigail-tools)")
        libraries = []
    for library in libraries:
        baseline = os.path.join(HERE, os.path.basename(library).split(".")[0] + ".abi")
        if ".debug_info" not in run("readelf", "-S", "-W", library)[1]:
            reasons.append(f"{library} has no debug information")
        elif ACCEPT:
            good = dump(library, baseline) and good
        elif not os.path.exists(baseline):
            reasons.append(f"no {os.path.basename(baseline)} was accepted yet")
        elif f"elf-{os.uname().machine.replace('x86_64', 'amd-x86_64')}" not in read(baseline)[:200]:
            reasons.append(f"{os.path.basename(baseline)} is of another architecture")
        else:
            good = compare(library, baseline) and good
    for reason in reasons:
        print(f"SKIPPED: {reason}")
    return 1 if not good else 77 if reasons else 0


CHECKS = {"signatures": signatures, "changelog": changelog, "prove": prove, "libabigail": lambda: libabigail(sys.argv[3:]),
          "list": lambda: print("\n".join(Headers(INCLUDE).lines))}
sys.exit(CHECKS[sys.argv[2]]())
