#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Lint of the shared libraries: what they export and what they import.

usage: exports.py ROOT LIBRARY [all]        prints faults, exits 1 when there is one
  LIBRARY exports functions declared ARC_API in include/ and nothing else, and imports nothing that aborts, prints, or reads
  clock, locale or environment. With "all" every function declared must be exported; without, the missing are counted.
"""
import os
import re
import subprocess
import sys

ROOT, LIBRARY = sys.argv[1], sys.argv[2]

FORBIDDEN = set("""abort exit _exit quick_exit __assert_fail printf vprintf puts putchar fprintf vfprintf fputs perror
    __printf_chk __fprintf_chk __vfprintf_chk strtod strtof strtold atof setlocale localeconv newlocale uselocale
    __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc toupper tolower time gettimeofday localtime localtime_r gmtime
    gmtime_r mktime strftime rand srand random srandom rand_r getenv secure_getenv setenv putenv signal sigaction fork
    pthread_create thrd_create dlopen sprintf vsprintf strcpy strcat strtok gets sleep usleep""".split())
# Instrumentation brings its own imports.
INSTRUMENTED = re.compile(r"^(__asan|__ubsan|__tsan|__gcov|__sanitizer)")


def symbols(flag):
    out = subprocess.run(["nm", "-D", flag, LIBRARY], text=True, stdout=subprocess.PIPE, check=True).stdout
    return {re.sub(r"@.*", "", line.split()[-1]) for line in out.splitlines() if line.split()}


def declared():
    names = set()
    for folder, _, entries in os.walk(os.path.join(ROOT, "include", "arcore")):
        for entry in entries:
            if entry.endswith(".h"):
                text = open(os.path.join(folder, entry), encoding="utf-8").read()
                names |= set(re.findall(r"ARC_API\s+[^;{(]*?\b(arc_\w+)\s*\(", text))
    part = re.match(r"libarcore_?(\w*)", os.path.basename(LIBRARY))[1]
    if part:
        return {n for n in names if n.startswith(f"arc_{part}_")}
    return {n for n in names if not n.startswith(("arc_testkit_", "arc_postgresql_"))}


exported = {s for s in symbols("--defined-only") if not s.startswith("ARCORE_")}
imported = symbols("--undefined-only")
instrumented = any(INSTRUMENTED.match(s) for s in exported | imported)
faults = [f"exports {s}" for s in sorted(exported) if not s.startswith("arc_") and not INSTRUMENTED.match(s)]
if not exported:
    faults.append("exports nothing")
if not instrumented:
    faults += [f"imports {s}" for s in sorted(imported & FORBIDDEN)]
faults += [f"exports {s}, which no header declares" for s in sorted(exported - declared()) if s.startswith("arc_")]
missing = sorted(declared() - exported)
if "all" in sys.argv[3:]:
    faults += [f"{s} is declared and not exported" for s in missing]
elif missing:
    print(f"{len(missing)} functions are declared and not exported: {' '.join(missing)}")
for f in faults:
    print(f"{os.path.basename(LIBRARY)}: {f}")
print(f"{len(exported)} functions exported" + (" (instrumented: imports not judged)" if instrumented else ""))
sys.exit(1 if faults else 0)
