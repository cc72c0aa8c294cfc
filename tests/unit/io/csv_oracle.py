# SPDX-License-Identifier: Apache-2.0
"""Generates CSV texts and what Python's csv module makes of them: for each case the text and the answer, each behind
a line with its length in bytes. In the answer a cell ends with U+001F and a row with U+001E; '!' is a fault."""
import csv
import io
import random
import sys

count, seed = int(sys.argv[1]), int(sys.argv[2])
rng = random.Random(seed)
out = sys.stdout.buffer


def wild():
    return "".join(rng.choice('a,,""\n\r;b é元|\t') for _ in range(rng.randrange(0, 40)))


def tame():
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
                        lineterminator=rng.choice(["\n", "\r\n", "\r"]))
    for _ in range(rng.randrange(1, 6)):
        writer.writerow(["".join(rng.choice('ab,"\n\r元 ') for _ in range(rng.randrange(0, 8)))
                         for _ in range(rng.randrange(1, 6))])
    return text.getvalue()


def answer(text):
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), strict=True):
            if row:
                rows.append("".join(cell + "\x1f" for cell in row) + "\x1e")
    except csv.Error:
        rows.append("!")
    return "".join(rows)


for number in range(count):
    text = tame() if number % 2 else wild()
    for part in (text.encode(), answer(text).encode()):
        out.write(b"%d\n" % len(part) + part)
