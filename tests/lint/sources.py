#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Lint of the sources: layers of includes, licence line, length of functions and files, words that do not belong.

usage: sources.py ROOT layers|size|licence|words        prints file:line: fault, exits 1 when there is one
"""
import os
import re
import sys

ROOT = sys.argv[1]
MAX_FUNCTION, MAX_FILE, MAX_TABLE = 70, 700, 1500

# What each layer may include besides itself. The build has the same table (lib/layers.cmake); here it is stated again
# so that a change of the house is made twice, on purpose.
CHAIN = ["base", "value", "model", "store", "security", "ledger", "rules", "credit", "billing"]
LAYERS = {name: set(CHAIN[:i]) for i, name in enumerate(CHAIN)}
for name in CHAIN[3:]:
    LAYERS[name] |= {"io"}
LAYERS["io"] = {"base", "value"}
LAYERS["backend"] = {"base"}
LAYERS["store"] |= {"backend"}  # the registry knows the built-in backends
for name in ["dunning", "cash", "workflow", "analytics"]:
    LAYERS[name] = LAYERS["billing"] | {"billing"}
LAYERS["exchange"] = LAYERS["cash"] | {"dunning", "cash", "workflow", "analytics"}
LAYERS["api"] = LAYERS["exchange"] | {"exchange"}
LAYERS["testkit"] = set()  # sees the public headers only, like any user

# Public headers a backend may use: its contract and what that is made of.
BACKEND_PUBLIC = re.compile(r"arcore/(sys/\w+|context|status|types|export|postgresql|sodium)\.h$")
# Headers of other libraries, and who may include them.
FOREIGN = {
    "sqlite3.h": re.compile(r"lib/backend/"),
    "sodium.h": re.compile(r"lib/backend/sodium"),
    "libpq-fe.h": re.compile(r"lib/backend/postgresql"),
    "cjson/cJSON.h": re.compile(r"lib/(?!backend/)"),
    "expat.h": re.compile(r"lib/io/xml"),
}

faults = 0


def fault(path, line, text):
    global faults
    faults += 1
    print(f"{path}:{line}: {text}")


def files(tops, endings):
    for top in tops:
        for folder, names, entries in os.walk(os.path.join(ROOT, top)):
            names[:] = sorted(n for n in names if n not in ("build", "__pycache__") and not n.startswith("build-"))
            for entry in sorted(entries):
                if entry.endswith(endings):
                    full = os.path.join(folder, entry)
                    yield os.path.relpath(full, ROOT), open(full, encoding="utf-8").read().split("\n")


INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')


def check_include(path, number, layer, quote, name):
    own = set() if layer == "testkit" else {layer}
    top = name.split("/")[0]
    if name in FOREIGN and not FOREIGN[name].match(path):
        fault(path, number, f"{name} is not for this folder")
    elif quote == "<":
        return
    elif top == "arcore":
        if layer == "backend" and not BACKEND_PUBLIC.match(name):
            fault(path, number, f"a backend may not see {name}")
    elif "/" not in name:
        if not os.path.exists(os.path.join(ROOT, os.path.dirname(path), name)):
            fault(path, number, f"{name}: write the layer in front")
    elif ".." in name.split("/") or top not in LAYERS[layer] | own:
        fault(path, number, f"layer {layer} may not include {name}")


def layers():
    for path, lines in files(["lib"], (".c", ".h", ".inc", ".def")):
        layer = path.split(os.sep)[1]
        if layer not in LAYERS:
            fault(path, 1, f"unknown layer {layer}")
            continue
        for number, line in enumerate(lines, 1):
            m = INCLUDE.match(line)
            if m:
                check_include(path, number, layer, m[1], m[2])
    for path, lines in files(["examples", "bindings"], (".c", ".h")):
        for number, line in enumerate(lines, 1):
            m = INCLUDE.match(line)
            if m and (m[1] == '"' and not m[2].startswith("arcore/") and "/" in m[2] or m[2] in FOREIGN and path.startswith("bindings")):
                fault(path, number, f"an example or binding sees public headers only, not {m[2]}")


def size():
    for path, lines in files(["lib", "include", "bindings", "examples", "tests"], (".c", ".h")):
        if any("enerated" in line and "do not edit" in line.lower() for line in lines[:6]):
            continue
        # A file whose body is one table has no functions worth splitting.
        table = not any(line.startswith("{") for line in lines) or path.startswith("include")
        most = MAX_TABLE if table else MAX_FILE
        if len(lines) - 1 > most:
            fault(path, len(lines) - 1, f"longer than {most} lines")
        start = None
        for number, line in enumerate(lines, 1):
            if line == "{":
                start = number
            elif line.startswith("}") and start:
                if number - start - 1 > MAX_FUNCTION:
                    fault(path, start, f"function of {number - start - 1} lines, at most {MAX_FUNCTION}")
                start = None


def licence():
    everything = [".", "lib"]
    seen = set()
    endings = (".c", ".h", ".py", ".sh", ".cmake", ".inc", ".def", "CMakeLists.txt", ".sql")
    for path, lines in files(everything[:1], endings):
        if path in seen or path.startswith("."):
            continue
        seen.add(path)
        if not any("SPDX-License-Identifier: Apache-2.0" in line for line in lines[:2]):
            fault(path, 1, "no SPDX line")
        elif path.endswith((".c", ".h")) and lines[0] != "/* SPDX-License-Identifier: Apache-2.0 */":
            fault(path, 1, "the first line is not the SPDX line")


# The library never aborts, prints, or reads clock, locale or environment (the .so's imports are checked too), and nothing
# unfinished stands in the sources.
CALLS = re.compile(r"(?<![\w.>])(abort|_?exit|assert|v?f?printf|puts|putchar|strto[dlu]\w*|ato[ifl]\w*|isalpha|isdigit|isspace|"
                   r"isalnum|toupper|tolower|setlocale|localeconv|s?rand|random|sprintf|vsprintf|strcpy|strcat|strtok|gets|"
                   r"getenv|gettimeofday|time|localtime|gmtime|mktime|strftime|scanf|sscanf|dlopen|fork|malloc|calloc|realloc|"
                   r"free|strdup)\s*\(")
ALLOWED = {"lib/base/context.c": {"malloc", "realloc", "free"}}
# Amounts are said in major units with their currency (arci_money_said); descriptions of fields and tables are no messages.
MINOR = re.compile(r'"[^"]*(minor units|最小货币单位)')
DESCRIBED = re.compile(r"lib/(model/entities_\w+|backend/sqlkit_ddl)\.c$")
UNFINISHED = re.compile(r"\b(TODO|FIXME|HACK|WIP)\b")


# What a Chinese message says with a plain %s, given by the program: a name of the schema is English there (arci_entity_zh(), arci_field_zh()).
SAYS = re.compile(r'arci_fail\((?P<args>(?:[^"()]|"(?:\\.|[^"\\])*"|\((?:[^()]|\([^()]*\))*\))*)\)')
STRING = re.compile(r'"(?:\\.|[^"\\])*"')
NAMED = re.compile(r'^(?:"[a-z_]+"|field|entity|\w+(?:->\w+)*->(?:entity|name)|\w+\[\w+\]\.name)$')
# Keys of JSON and settings are said as they are typed.
TYPED = {"lib/ledger/aging.c", "lib/ledger/voucher_export.c", "lib/ledger/propose.c", "lib/billing/action_receivable.c", "lib/billing/bill_parts.c"}


def english_names(path, text):
    for call in SAYS.finditer(text):
        texts = STRING.findall(call["args"])
        said = [t for t in texts if re.search("[\u4e00-\u9fff]", t)]
        if not said:
            continue
        rest = call["args"][call["args"].rindex(said[0]) + len(said[0]):]
        given = [a.strip() for a in re.split(r",(?![^(]*\))", rest)][1:]
        conversions = re.findall(r"%(?:[-+ 0#]*)(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:ll|l|z)?[a-z]", said[0])
        at = 0
        for how in conversions:
            at += how.count("*")
            if how == "%s" and at < len(given) and NAMED.match(given[at]):
                fault(path, text.count("\n", 0, call.start()) + 1, f"a Chinese message names {given[at]} in English")
            at += 1


def words():
    for path, lines in files(["lib", "include", "bindings", "examples", "tests", "cmake", "pkgconfig", "docs"],
                             (".c", ".h", ".py", ".sh", ".cmake", ".in", ".md")):
        if path == "tests/lint/sources.py":
            continue
        # lib/model/gen is a program that runs at build time, the test kit reports to people.
        in_library = path.startswith("lib/") and not path.startswith(("lib/testkit/", "lib/model/gen/"))
        comment = False
        if re.match(r"lib/(billing|ledger)/.*\.c$", path) and path not in TYPED:
            english_names(path, "\n".join(lines))
        for number, line in enumerate(lines, 1):
            if UNFINISHED.search(line):
                fault(path, number, "unfinished: " + UNFINISHED.search(line)[0])
            if in_library and not DESCRIBED.match(path) and MINOR.search(line):
                fault(path, number, "a message says minor units: arci_money_said()")
            code = re.sub(r'"(\\.|[^"\\])*"', '""', line)
            code = re.sub(r"/\*.*?\*/", "", code)
            if comment:
                comment = "*/" not in code
                continue
            if "/*" in code:
                comment = True
                code = code[:code.index("/*")]
            m = in_library and CALLS.search(code)
            if m and m[1] not in ALLOWED.get(path, ()):
                fault(path, number, f"{m[1]}() has no place in the library")


{"layers": layers, "size": size, "licence": licence, "words": words}[sys.argv[2]]()
sys.exit(1 if faults else 0)
