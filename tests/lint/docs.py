#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Lint of the documentation: what it names exists, what it quotes is what is compiled.

usage: docs.py ROOT names|links|quotes|errors|prove        prints file:line: fault, exits 1 when there is one
  names   every arc_... and ARC_... word of the docs is in a public header; what is called is a function
  links   relative links and their anchors, and paths of the project in `code`, lead somewhere
  quotes  a C block behind <!-- from: FILE --> stands in FILE line by line; the pages of QUOTED have no other C blocks
  errors  docs/errors.md has each status of status.h, with its number and whether it may be retried, and no other
  prove   the checks above find faults that are put into copies of the pages
"""
import os
import re
import sys

ROOT = sys.argv[1]
# Pages whose C is all compiled somewhere.
QUOTED = {"docs/getting-started.md", "docs/custom-fields.md", "docs/concepts.md", "docs/api-laws.md", "docs/errors.md", "docs/backends.md", "docs/proposals.md", "docs/audit.md"}
# Words that look like names of the API and are something else: tables that a SQL store keeps for itself.
OTHERS = {"arc_sequence", "arc_currency"}
# First part of a path in `code` that must exist.
TOPS = ("docs", "include", "lib", "examples", "tests", "pkgconfig", "arcore")

faults = []


def fault(where, line, text):
    faults.append(f"{where}:{line}: {text}")


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def pages():
    found = [e for e in sorted(os.listdir(ROOT)) if e.endswith(".md")]
    for folder, names, entries in os.walk(os.path.join(ROOT, "docs")):
        names.sort()
        found += [os.path.relpath(os.path.join(folder, e), ROOT) for e in sorted(entries) if e.endswith(".md")]
    return {path: read(path) for path in found}


def headers():
    text = ""
    for folder, _, entries in os.walk(os.path.join(ROOT, "include")):
        text += "".join(read(os.path.join(folder, e)) for e in sorted(entries) if e.endswith(".h"))
    return text


def line_of(text, at):
    return text.count("\n", 0, at) + 1


# ---- names -----------------------------------------------------------------------------------------------------------
WORD = re.compile(r"(?<![\w./-])(?:arc|ARC)_\w*")


def names(found):
    text = headers()
    for entry in sorted(os.listdir(os.path.join(ROOT, "examples"))):  # what an example defines may be named as well
        if entry.endswith((".c", ".h")):
            text += "".join(re.findall(r"\barc_example_\w+\(", read("examples/" + entry)))
    known = set(re.findall(r"\b(?:arc|ARC)_\w+", text))
    functions = set(re.findall(r"\b(arc_\w+)\(", text))
    for path, page in found.items():
        for m in WORD.finditer(page) if path != "CHANGELOG.md" else ():  # which also names what is gone
            word, behind = m[0], page[m.end():m.end() + 3]
            if word in OTHERS or word in ("arc_", "ARC_"):
                continue
            if word.endswith("_") and behind[:1] in "*…<" or behind == "...":  # a family of names
                if not any(k.startswith(word) and k != word for k in known):
                    fault(path, line_of(page, m.start()), f"no public name begins with {word}")
            elif word not in known:
                fault(path, line_of(page, m.start()), f"{word} is in no public header")
            elif behind.startswith("(") and word not in functions:
                fault(path, line_of(page, m.start()), f"{word} is no function")


# ---- links -----------------------------------------------------------------------------------------------------------
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`((?:%s)/[\w./-]+)`" % "|".join(TOPS))


def anchors(page):
    page = re.sub(r"^```.*?^```", "", page, flags=re.S | re.M)
    found = set(re.findall(r'<a (?:id|name)="([^"]+)"', page))
    for heading in re.findall(r"^#+ (.*)$", page, flags=re.M):
        slug = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        found.add(slug)
    return found


def links(found):
    for path, page in found.items():
        for m in LINK.finditer(page):
            target, _, anchor = m[1].partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            full = os.path.normpath(os.path.join(os.path.dirname(path), target)) if target else path
            if not os.path.exists(os.path.join(ROOT, full)):
                fault(path, line_of(page, m.start()), f"{m[1]} leads nowhere")
            elif anchor and full in found and anchor not in anchors(found[full]):
                fault(path, line_of(page, m.start()), f"{full} has no heading #{anchor}")
        for m in CODE.finditer(page):
            name = "include/" + m[1] if m[1].startswith("arcore/") else m[1]
            if not os.path.exists(os.path.join(ROOT, name.rstrip("/."))):
                fault(path, line_of(page, m.start()), f"there is no {m[1]}")
    for path in ("include", "examples"):
        for folder, _, entries in os.walk(os.path.join(ROOT, path)):
            for entry in entries:
                name = os.path.relpath(os.path.join(folder, entry), ROOT)
                if entry.endswith((".h", ".c", ".sh")):
                    source = read(name)
                    for m in re.finditer(r"\bdocs/[\w/-]+\.md\b", source):
                        if m[0] not in found:
                            fault(name, line_of(source, m.start()), f"there is no {m[0]}")


# ---- quotes ----------------------------------------------------------------------------------------------------------
BLOCK = re.compile(r"^(?:<!-- from: (\S+) -->\n)?```(\w*)\n(.*?)^```", re.S | re.M)


def stripped(text):
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    margin = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
    return [line[margin:] for line in lines]


def stands_in(quote, source):
    for at in range(len(source) - len(quote) + 1):
        if source[at].strip() == quote[0].strip() and stripped("\n".join(source[at:at + len(quote)])) == quote:
            return True
    return False


def quotes(found):
    for path, page in found.items():
        for m in BLOCK.finditer(page):
            line = line_of(page, m.start())
            if m[1]:
                if not os.path.exists(os.path.join(ROOT, m[1])):
                    fault(path, line, f"there is no {m[1]}")
                    continue
                source = [s.rstrip() for s in read(m[1]).split("\n")]
                # A line of three dots stands for what is left out.
                for part in re.split(r"^\s*(?:\.\.\.|/\* \.\.\. \*/)\s*$\n?", m[3], flags=re.M):
                    if part.strip() and not stands_in(stripped(part), source):
                        fault(path, line, f"not in {m[1]}: {part.strip().splitlines()[0]}")
            elif m[2] == "c" and path in QUOTED:
                fault(path, line, "a C block that no file is the source of")


# ---- errors ----------------------------------------------------------------------------------------------------------
def errors(found):
    path = "docs/errors.md"
    page = found.get(path, "")
    status = {n: int(v) for n, v in re.findall(r"#define (ARC_\w+) \(?(-?\d+)\)? +/\*\*<", read("include/arcore/status.h"))}
    switch = re.search(r"arc_status_retryable\(.*?default:", read("lib/base/status.c"), re.S)[0]
    again = set(re.findall(r"case (ARC_E_\w+):", switch))
    seen = set()
    for m in re.finditer(r"^\| `(ARC_\w+)` \| (-?\d+) \| .* \| (yes|no)\b[^|]*\|$", page, flags=re.M):
        line = line_of(page, m.start())
        if m[1] in seen:
            fault(path, line, f"{m[1]} stands here twice")
        seen.add(m[1])
        if m[1] not in status:
            fault(path, line, f"{m[1]} is no status")
        elif status[m[1]] != int(m[2]):
            fault(path, line, f"{m[1]} is {status[m[1]]}")
        elif (m[3] == "yes") != (m[1] in again):
            fault(path, line, f"{m[1]}: arc_status_retryable() says otherwise")
    for name in status:
        if name not in seen:
            fault(path, 1, f"{name} is missing")


# ---- a lint that finds nothing proves nothing --------------------------------------------------------------------------
def expect(check, path, text, change, what):
    found = pages()
    found[path] = change(found[path])
    faults.clear()
    check(found)
    hit = any(text in f for f in faults)
    faults.clear()
    return [] if hit else [f"{check.__name__}: {what} was not found"]


def prove(_):
    first = "docs/errors.md"
    missed = []
    missed += expect(names, first, "arc_no_such", lambda p: p + "\narc_no_such()\n", "an unknown function")
    missed += expect(names, first, "ARC_E_ODD_", lambda p: p + "\nARC_E_ODD_*\n", "an unknown family")
    missed += expect(names, first, "no function", lambda p: p + "\narc_error()\n", "a type that is called")
    missed += expect(links, first, "nowhere", lambda p: p + "\n[x](nowhere.md)\n", "a dead link")
    missed += expect(links, first, "no heading", lambda p: p + "\n[x](#no-such-heading)\n", "a dead anchor")
    missed += expect(links, first, "lib/none.c", lambda p: p + "\n`lib/none.c`\n", "a dead path")
    missed += expect(quotes, first, "not in", lambda p: p + "\n<!-- from: examples/first_program.c -->\n```c\nint no;\n```\n",
                     "a changed quotation")
    missed += expect(quotes, first, "no file", lambda p: p + "\n```c\nint no;\n```\n", "a block without source")
    missed += expect(errors, first, "ARC_E_BUSY is missing", lambda p: p.replace("| `ARC_E_BUSY`", "| `x`"), "a missing status")
    missed += expect(errors, first, "ARC_E_BUSY is -40", lambda p: p.replace("`ARC_E_BUSY` | -40", "`ARC_E_BUSY` | -4"),
                     "a wrong number")
    faults.extend(f"{first}:1: {m}" for m in missed)


{"names": names, "links": links, "quotes": quotes, "errors": errors, "prove": prove}[sys.argv[2]](pages())
print("\n".join(faults)) if faults else None
sys.exit(1 if faults else 0)
