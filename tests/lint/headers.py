#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Lint of the public headers.

usage: headers.py ROOT alone|docs|writers|access|init BUILD        prints faults, exits 1 when there is one
  alone  every header compiles by itself as C99 and as C++17
  docs   every ARC_API function has a doc block with @since, @return and existing status codes and constants
  writers  every function that can change a book names what a write can answer, itself or by "as arc_other()"
  access   every function has its row in lib/security/functions.def, and the row fits its parameters and what it does
  init   for every struct with an INIT macro, the macro and the init function give the same bytes, in C and C++
"""
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

ROOT, CHECK, BUILD = sys.argv[1], sys.argv[2], sys.argv[3]
INCLUDE = os.path.join(ROOT, "include")
WARN = ["-Wall", "-Wextra", "-pedantic", "-Werror"]
CC, CXX = os.environ.get("CC", "gcc"), os.environ.get("CXX", "g++")
COMPILERS = [("C99", [CC, "-std=c99", "-x", "c"]), ("C++17", [CXX, "-std=c++17", "-x", "c++"])]

faults = 0


def fault(where, text):
    global faults
    faults += 1
    print(f"{where}: {text}")


def headers():
    for folder, _, entries in os.walk(os.path.join(INCLUDE, "arcore")):
        for entry in sorted(entries):
            if entry.endswith(".h"):
                full = os.path.join(folder, entry)
                yield os.path.relpath(full, INCLUDE), open(full, encoding="utf-8").read()


def run(command, source):
    return subprocess.run(command, input=source, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def compile_alone(job):
    name, (standard, compiler) = job
    # Twice, so that the include guard is tried as well.
    source = f'#include "{name}"\n#include "{name}"\nint main(void) {{ return 0; }}\n'
    r = run(compiler + WARN + ["-fsyntax-only", "-I", INCLUDE, "-"], source)
    return (f"{name} as {standard}", r.stdout) if r.returncode else None


def alone():
    jobs = [(name, compiler) for name, _ in headers() for compiler in COMPILERS]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for bad in pool.map(compile_alone, jobs):
            if bad:
                fault(*bad)


# A function marked ARC_API: the doc block that ends right before it, its return type, name and parameters.
FUNCTION = re.compile(r"(?:(/\*\*(?:(?!\*/).)*\*/)[ \t]*\n)?[ \t]*ARC_API\s+([^;{(]*?)\b(arc_\w+)\s*\(([^;{]*)\)\s*;", re.S)


def functions():
    for name, text in headers():
        for m in FUNCTION.finditer(text):
            yield name, text.count("\n", 0, m.start(3)) + 1, m[1], m[2].strip(), m[3], m[4]


def handles():
    """Names of the opaque types: declared, never defined."""
    declared, defined = set(), set()
    for _, text in headers():
        declared |= set(re.findall(r"typedef struct (arc_\w+) \1;", text))
        defined |= set(re.findall(r"(?:typedef )?struct (arc_\w+) \{", text))
    return declared - defined


def doc_faults(doc, returns, parameters, opaque, statuses, constants, known):
    if not doc:
        yield "no doc block right above it"
        return
    if "@since" not in doc:
        yield "no @since"
    if returns != "void" and "@return" not in doc:
        yield "no @return"
    for code in re.findall(r"\bARC_\w+", doc):
        if not code.endswith("_") and code not in statuses and (code.startswith("ARC_E_") or code not in constants):
            yield f"{code} is no {'status' if code.startswith('ARC_E_') else 'constant'}"
    for other in re.findall(r"\b(arc_\w+)\(\)", doc):
        if other not in known:
            yield f"{other}() is no function"
    if returns != "arc_status":
        return
    refers = re.search(r"\b(as|of|for|with)\s+\**\s*arc_\w+\(\)", doc)
    if "ARC_OK" not in doc and not refers:
        yield "does not name ARC_OK"
    if "*" in parameters and "ARC_E_" not in doc and not refers:
        yield "names no error"
    first = re.match(r"\s*(?:const\s+)?(arc_\w+)\s*\*", parameters)
    if first and first[1] in opaque and "ARC_E_HANDLE" not in doc and not refers:
        yield "takes a handle and does not name ARC_E_HANDLE"


def docs():
    statuses = set(re.findall(r"#define (ARC_E_\w+)", open(os.path.join(INCLUDE, "arcore/status.h")).read()))
    known = {f[4] for f in functions()}
    for name, text in headers():  # generated sugar and functions of the contract may be referred to as well
        known |= set(re.findall(r"static inline [^;{]*?\b(arc_\w+)\(", text))
        known |= set(re.findall(r"\b(arc_\w+_fn)\b", text))
    opaque = handles()
    words = {w for _, text in headers() for w in re.findall(r"#define (ARC_\w+)", text)}
    for name, line, doc, returns, function, parameters in functions():
        # One type for all counts of arrays; the contract with backends has its own.
        if "/sys/" not in name and re.search(r"(?:\bconst [\w ]+\*|\*const \*)\w+, uint32_t (?:n|n_\w+|count)\b", parameters):
            fault(f"{name}:{line}", f"{function}: the elements of an array are counted by size_t")
        made = re.match(r"\s*arc_session \*\w+, (arc_\w+) \*\*", parameters)
        if made and made[1] in opaque and made[1] != "arc_txn" and f"{made[1]}_error" not in known:
            fault(f"{name}:{line}", f"{function}: makes a handle that keeps no error: there is no {made[1]}_error()")
        for text in doc_faults(doc, returns, parameters, opaque, statuses, words, known):
            fault(f"{name}:{line}", f"{function}: {text}")


# ---- functions that change a book -------------------------------------------------------------------------------------
BODY = re.compile(r"^(?!typedef|struct|enum|union)([A-Za-z_][\w *]*?)\b(\w+)\(([^;{}]*?)\)\s*(\{[^\n]*\}$|\{$.*?^\}$)", re.M | re.S)
DEED = re.compile(r"^(static )?const arci_(?:deed|ledger_verb) (\w+) = \{([^}]*)\};", re.M)
# What every write can meet, and what only the verbs of a session can.
WRITE = "ARC_E_INVALID ARC_E_BUSY ARC_E_IO ARC_E_CONNECTION ARC_E_BACKEND ARC_E_NOMEM ARC_E_HANDLE".split()
VERB = WRITE + "ARC_E_READONLY ARC_E_FORK ARC_E_TXN ARC_E_DOOMED ARC_E_CONFLICT ARC_E_FULL ARC_E_OUTCOME_UNKNOWN".split()


def definitions():
    """(file or "" when it can be called from everywhere, function) -> (file, words of its body)."""
    found = {}
    for folder, _, entries in os.walk(os.path.join(ROOT, "lib")):
        for entry in entries:
            if entry.endswith(".c"):
                path = os.path.join(folder, entry)
                text = re.sub(r"/\*.*?\*/", "", open(path, encoding="utf-8").read(), flags=re.S)
                for m in BODY.finditer(text):
                    found[path if "static" in m[1] else "", m[2]] = (path, set(re.findall(r"\b\w+\b", m[4])) - {m[2]})
                for m in DEED.finditer(text):  # who names a deed comes to what it is made of
                    found[path if m[1] else "", m[2]] = (path, set(re.findall(r"\b\w+\b", m[3])))
    return found


# What was refused before is written by the way, whatever call comes next; what becomes of that is nobody's answer. What a commit adds by itself
# follows from writing before it: ending a READ transaction writes nothing.
# A book that is rebuilt in memory is nobody's: what is written to it changes no book.
SCRATCH = {"arci_replay_open", "arci_replay_to_day", "arci_replay_to_seal", "arci_replay_put", "arci_ledger_rebuild", "arci_billing_rebuild"}
BY_THE_WAY = {"arci_denials_write", "arci_trail_commit"} | SCRATCH


def reaching(found, target):
    """Functions that come to `target`, directly or through others; one that is named counts as called."""
    reach, more = {("", target)}, True
    while more:
        new = {key for key, (path, words) in found.items() if key not in reach and key[1] not in BY_THE_WAY and
               any(((path, w) if (path, w) in found else ("", w)) in reach for w in words)}
        more, reach = bool(new), reach | new
    return {name for path, name in reach if not path}


def named_codes(docs_of, function, seen):
    """Codes a doc block names, with those of the functions it refers to."""
    seen.add(function)
    doc = docs_of.get(function) or ""
    codes = set(re.findall(r"\bARC_E_\w+", doc))
    for words in re.findall(r"\b(?:as|of|for|with)\s+((?:[\s*]*(?:and|,)?[\s*]*arc_\w+\(\))+)", doc):
        for other in re.findall(r"(arc_\w+)\(\)", words):
            if other not in seen:
                codes |= named_codes(docs_of, other, seen)
    return codes


def writers():
    found = definitions()
    writing = reaching(found, "arci_be_write")
    declared = list(functions())
    docs_of = {f[4]: f[2] for f in declared}
    core = [f for f in declared if not f[4].startswith(("arc_testkit_", "arc_postgresql_", "arc_sodium_"))]
    for name, line, _, _, function, parameters in core:
        if ("", function) not in found and not function.startswith("arc_record_"):  # macros make those
            fault(f"{name}:{line}", f"{function}: its definition was not found in lib/")
        elif function in writing:
            wanted = VERB if re.match(r"\s*arc_(session|txn)\b", parameters) else WRITE
            missing = [c for c in wanted if c not in named_codes(docs_of, function, set())]
            if missing:
                fault(f"{name}:{line}", f"{function} changes a book and does not name {' '.join(missing)}")
    count = len(writing & {f[4] for f in core})
    if count < 10:
        fault("lib", "hardly a function was seen to write: the search is broken")
    print(f"{count} functions change a book")


# ---- the permission table --------------------------------------------------------------------------------------------
ROW = re.compile(r"^ARCI_(VALUE|HOST|SESSION|HANDLE|READ|VERB_OF)\((arc_\w+)(?:, (\w+))?\)$", re.M)


# What a session reads of its own: who its actor is, which fields the book has.
CURRENT = {"arci_access_fresh", "arci_session_custom", "arci_session_custom_now", "arci_roles_decide"}


def coming_from(found, function):
    """Words of everything a public function comes to."""
    seen, todo, words = set(), [("", function)], set()
    while todo:
        key = todo.pop()
        if key in seen or key not in found or key[1] in BY_THE_WAY | CURRENT:
            continue
        seen.add(key)
        path, own = found[key]
        words |= own
        todo += [(path, w) if (path, w) in found else ("", w) for w in own]
    return words


def row_faults(found, kind, verb, function, parameters):
    """What contradicts a row. A function that gets a session asks for a permission, or reads and writes no rows at all."""
    first = re.match(r"\s*(?:const\s+)?arc_(\w+)\s*\*", parameters)
    first = first[1] if first else ""
    words = coming_from(found, function)
    reads = "arci_be_fetch" in words or "arci_be_get_many" in words or "arci_be_aggregate" in words
    asks = words & {"arci_access_check", "arci_access_may", "arci_access_scope"}
    if kind == "VERB_OF":
        if f"ARCI_DO_{verb}" not in words:
            yield f"the row says {verb}, which it does not come to"
        if "arci_call_begin" not in words:
            yield "changes nothing by a verb's frame"
    elif "arci_call_begin" in words and kind not in ("HOST", "HANDLE"):
        yield "comes to a verb's frame: its row is ARCI_VERB_OF"
    if kind in ("READ", "VERB_OF") and not asks:
        yield "asks for no permission"
    if kind == "READ" and first not in ("session", "query", "condition"):
        yield "reads without a session"
    if kind in ("VALUE", "HOST") and first in ("session", "txn", "record", "query", "cursor"):
        yield f"gets an arc_{first}: it is not the host's alone"
    if kind == "VALUE" and reads:
        yield "reads rows"
    if kind == "SESSION" and function != "arc_session_open" and first != "txn" and reads and not asks:
        yield "reads rows and asks for no permission"
    if kind == "SESSION" and "arci_access_check" in words:
        yield "asks for a permission: its row is ARCI_READ or ARCI_VERB_OF"
    if kind == "SESSION" and first not in ("session", "txn") and function != "arc_session_open":
        yield "is of no session"
    if kind == "HANDLE" and first in ("session", "txn", "book", "context", ""):
        yield "is on no handle of a session"


def access():
    path = "lib/security/functions.def"
    text = open(os.path.join(ROOT, path), encoding="utf-8").read()
    rows = {}
    for m in ROW.finditer(text):
        if m[2] in rows:
            fault(path, f"{m[2]} stands there twice")
        rows[m[2]] = (m[1], m[3])
    count = len(re.findall(r"^ARCI_", text, re.M))
    if count != len(rows):
        fault(path, f"{count - len(rows)} rows cannot be read")
    found = definitions()
    declared = {f[4]: f for f in functions()}
    for function, (name, line, _, _, _, parameters) in declared.items():
        if function not in rows:
            fault(f"{name}:{line}", f"{function} has no row in {path}: who may call it?")
            continue
        if function.startswith(("arc_testkit_", "arc_postgresql_", "arc_sodium_", "arc_sql", "arc_shim")):
            continue
        for text in row_faults(found, rows[function][0], rows[function][1], function, parameters):
            fault(f"{path}: {function}", text)
    for function in rows:
        if function not in declared:
            fault(path, f"{function} is no public function")


INIT_MACRO = re.compile(r"#define (ARC_\w+_INIT)\b((?:.*\\\n)*.*)")

PROGRAM = """
static int check(const char *name, const void *macro, const void *function, size_t size)
{
    const unsigned char *m = (const unsigned char *)macro, *f = (const unsigned char *)function;
    for (size_t i = 0; i < size; i++) {
        if (m[i] != f[i]) {
            printf("%s: byte %u is %u in the macro, %u after the function\\n", name, (unsigned)i, m[i], f[i]);
            return 1;
        }
    }
    return 0;
}

int main(void)
{
    int bad = 0;
"""


def init_program(found):
    lines = ["#include <stdio.h>", "#include <string.h>"] + [f'#include "{h}"' for h in sorted({f[0] for f in found})]
    body = ""
    for i, (_, macro, struct, function) in enumerate(found):
        body += f"""
    static const {struct} m{i} = {macro};
    {struct} f{i};
    memset(&f{i}, 0xa5, sizeof f{i});
    if ({function}(&f{i}) != 0 || {function}(NULL) != ARC_E_INVALID) {{
        printf("{function}: wrong status\\n");
        bad = 1;
    }}
    if (f{i}.struct_size != sizeof f{i}) bad = 1;
    bad |= check("{struct}", &m{i}, &f{i}, sizeof f{i});
"""
    return "\n".join(lines) + PROGRAM + body + "    return bad;\n}\n"


def init():
    declared = {f[4]: f[0] for f in functions()}
    found = []
    for name, text in headers():
        for m in INIT_MACRO.finditer(text):
            struct = re.search(r"sizeof\s*\(?\s*(arc_\w+)", m[2])
            if not struct:
                fault(name, f"{m[1]} does not set struct_size")
                continue
            function = m[1].lower()
            if function not in declared:
                if function.endswith("_options_init"):
                    fault(name, f"{m[1]} has no {function}()")
                continue
            found.append((name, m[1], struct[1], function))
        for struct in re.findall(r"\btypedef struct (arc_\w+_options) \{\n\s*uint32_t struct_size;", text):
            if f"sizeof({struct})" not in text:
                fault(name, f"{struct} has no INIT macro")
    libraries = [n for n in ("arcore_testkit", "arcore_postgresql", "arcore_sodium", "arcore") if os.path.exists(f"{BUILD}/lib{n}.so")]
    exported = subprocess.run(["nm", "-D", "--defined-only"] + [f"{BUILD}/lib{n}.so" for n in libraries], text=True,
                              stdout=subprocess.PIPE, check=True).stdout
    for entry in list(found):
        if f" {entry[3]}" not in re.sub(r"@.*", "", exported):
            print(f"{entry[0]}: {entry[3]}() is not in the library, not compared")
            found.remove(entry)
    source = init_program(found)
    with tempfile.TemporaryDirectory() as folder:
        for standard, compiler in COMPILERS:
            program = os.path.join(folder, "init")
            flags = WARN + os.environ.get("ARCORE_LINT_FLAGS", "").split() + ["-I", INCLUDE, "-o", program, "-"]
            link = ["-x", "none", "-L", BUILD, f"-Wl,-rpath,{BUILD}"] + [f"-l{n}" for n in libraries]
            r = run(compiler + flags + link, source)
            if r.returncode == 0:
                r = run([program], "")
            if r.returncode:
                fault(f"INIT macros as {standard}", r.stdout)
    print(f"{len(found)} structs with INIT macro and init function")


{"alone": alone, "docs": docs, "writers": writers, "access": access, "init": init}[CHECK]()
sys.exit(1 if faults else 0)
