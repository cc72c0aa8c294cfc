#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Lint of the shared libraries: what they export and what they import.

usage: exports.py ROOT LIBRARY SCRIPT        prints faults, exits 1 when there is one
  LIBRARY exports the functions declared ARC_API in include/ and nothing else; each has the node of the version SCRIPT that its @since
  names, and each name of the script is exported. It imports nothing that aborts, prints, or reads clock, locale or environment.
"""
import fnmatch
import os
import re
import subprocess
import sys

ROOT, LIBRARY, SCRIPT = sys.argv[1], sys.argv[2], sys.argv[3]

FORBIDDEN = set("""abort exit _exit quick_exit __assert_fail printf vprintf puts putchar fprintf vfprintf fputs perror
    __printf_chk __fprintf_chk __vfprintf_chk strtod strtof strtold atof setlocale localeconv newlocale uselocale
    __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc toupper tolower time gettimeofday localtime localtime_r gmtime
    gmtime_r mktime strftime rand srand random srandom rand_r getenv secure_getenv setenv putenv signal sigaction fork
    pthread_create thrd_create dlopen sprintf vsprintf strcpy strcat strtok gets sleep usleep""".split())
# Instrumentation brings its own imports.
INSTRUMENTED = re.compile(r"^(__asan|__ubsan|__tsan|__gcov|__sanitizer)")


def symbols(flag):
    """Names and their versions."""
    out = subprocess.run(["nm", "-D", "--with-symbol-versions", flag, LIBRARY], text=True, stdout=subprocess.PIPE, check=True).stdout
    return {name: version.strip("@") for name, _, version in (line.split()[-1].partition("@") for line in out.splitlines() if line.split())}


def script():
    """The version script: nodes and what they take in."""
    text = re.sub(r"/\*.*?\*/", "", open(SCRIPT, encoding="utf-8").read(), flags=re.S)
    return {node: re.findall(r"[\w*]+", re.sub(r"local:.*", "", body, flags=re.S).replace("global:", ""))
            for node, body in re.findall(r"(\w[\w.]*)\s*\{(.*?)\}", text, re.S)}


def script_faults(exported):
    nodes = script()
    for node, patterns in nodes.items():
        for pattern in patterns:
            if not any(fnmatch.fnmatchcase(name, pattern) and exported[name] == node for name in exported):
                yield f"{pattern} of the version script's node {node} is exported by nothing"
    for name in sorted(exported):
        if exported[name] not in nodes:
            yield f"exports {name} outside the version script"


def declared():
    """Functions and the node their @since asks for."""
    names = {}
    for folder, _, entries in os.walk(os.path.join(ROOT, "include", "arcore")):
        for entry in entries:
            if entry.endswith(".h"):
                text = open(os.path.join(folder, entry), encoding="utf-8").read()
                for doc, name in re.findall(r"(/\*\*(?:(?!\*/).)*\*/)?\s*ARC_API\s+[^;{(]*?\b(arc_\w+)\s*\(", text, re.S):
                    since = re.search(r"@since ([\d.]+\d)", doc)
                    names[name] = f"ARCORE_{since[1]}" if since else ""
    part = re.match(r"libarcore_?(\w*)", os.path.basename(LIBRARY))[1]
    if part:
        return {n: v for n, v in names.items() if n.startswith(f"arc_{part}_")}
    return {n: v for n, v in names.items() if not n.startswith(("arc_testkit_", "arc_postgresql_", "arc_sodium_"))}


exported = {s: v for s, v in symbols("--defined-only").items() if not s.startswith("ARCORE_")}
imported = set(symbols("--undefined-only"))
public = declared()
instrumented = any(INSTRUMENTED.match(s) for s in set(exported) | imported)
faults = [f"exports {s}" for s in sorted(exported) if not s.startswith("arc_") and not INSTRUMENTED.match(s)]
if not exported:
    faults.append("exports nothing")
if not instrumented:
    faults += [f"imports {s}" for s in sorted(imported & FORBIDDEN)]
faults += [f"exports {s}, which no header declares" for s in sorted(exported) if s not in public and s.startswith("arc_")]
faults += [f"{s} is declared and not exported" for s in sorted(public) if s not in exported]
faults += [f"{s} is in node {v}, its @since says {public[s]}" for s, v in sorted(exported.items()) if s in public and v != public[s]]
faults += script_faults({s: v for s, v in exported.items() if s.startswith("arc_")})
for f in faults:
    print(f"{os.path.basename(LIBRARY)}: {f}")
print(f"{len(exported)} functions exported" + (" (instrumented: imports not judged)" if instrumented else ""))
sys.exit(1 if faults else 0)
