#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Drives the command line tool: every command on the sample data, wrong command lines and files, all formats, and what happens when
the reader goes away or somebody presses ^C.

usage: test_cli.py ARCORE [TEST...]
"""
import sys
import unittest

# These take ARCORE from the command line (kit.py).
from credit import Credit
from edges import Interrupted, Output, WrongInput
from everyday import Everyday
from guide import Guide, OneTable, PostgreSQL
from people import People, Trail
from rules import Rules

__all__ = ["Everyday", "People", "Trail", "Rules", "Credit", "WrongInput", "Output", "Interrupted", "PostgreSQL", "OneTable", "Guide"]

if __name__ == "__main__":
    program = unittest.main(verbosity=1, exit=False)
    for case, reason in program.result.skipped:
        print(f"SKIPPED  {case}: {reason}")
    if not program.result.wasSuccessful():
        sys.exit(1)
    sys.exit(77 if len(program.result.skipped) > 0 and program.result.testsRun <= len(program.result.skipped) else 0)
