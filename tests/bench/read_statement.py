#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""read_statement.py [--profile FILE.json] [--encoding NAME] [--currency CODE] [--strict] FILE...: prints each file as JSON; the last line has the figures.

A file that is refused is printed as {"file", "error", "row", "field", "message"}; amounts with more decimals than their currency are rounded and marked unless --strict.
"""
import argparse
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bindings", "python"))
import arcore  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile")
    parser.add_argument("--encoding")
    parser.add_argument("--currency")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--compact", action="store_true", help="one line a file")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    profile = None
    if options.profile:
        with open(options.profile, encoding="utf-8") as f:
            profile = f.read()
    figures = {"files": 0, "read": 0, "refused": 0, "statements": 0, "lines": 0, "balanced": 0, "differs": 0, "unknown": 0, "bytes": 0}
    began = time.perf_counter()
    for path in options.files:
        figures["files"] += 1
        try:
            with arcore.read_statement(path, profile, encoding=options.encoding, currency=options.currency, round=not options.strict) as file:
                told = {"file": path, **json.loads(file.json())}
        except arcore.Error as error:
            figures["refused"] += 1
            told = {"file": path, "error": type(error).__name__, "row": error.row, "field": error.field, "message": error.message}
        else:
            figures["read"] += 1
            figures["bytes"] += told["bytes"]
            figures["statements"] += len(told["statements"])
            for s in told["statements"]:
                figures["lines"] += len(s["lines"])
                figures[s["check"]] += 1
        print(json.dumps(told, ensure_ascii=False, indent=None if options.compact else 1))
    figures["ms"] = round((time.perf_counter() - began) * 1000, 3)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
