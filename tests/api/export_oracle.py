# SPDX-License-Identifier: Apache-2.0
"""Reads one export twice, as CSV and as JSON lines, and compares them value by value."""
import csv
import json
import sys

with open(sys.argv[1], encoding="utf-8", newline="") as f:
    table = list(csv.reader(f, strict=True))
with open(sys.argv[2], encoding="utf-8") as f:
    objects = [json.loads(line) for line in f]
names, rows = table[0], table[1:]
if len(rows) != len(objects):
    sys.exit(f"{len(rows)} rows of CSV, {len(objects)} of JSON lines")
for number, (row, found) in enumerate(zip(rows, objects)):
    if list(found) != names:
        sys.exit(f"row {number}: columns differ")
    for name, cell, value in zip(names, row, found.values()):
        text = "\\N" if value is None else value if isinstance(value, str) else json.dumps(value)
        if cell != text:
            sys.exit(f"row {number}, {name}: {cell!r} in CSV, {text!r} in JSON lines")
print(len(rows))
