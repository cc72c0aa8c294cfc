# SPDX-License-Identifier: Apache-2.0
"""Statements of banks into a book."""
from __future__ import annotations

import json
import os
from ctypes import byref, pointer
from typing import NamedTuple

from . import capi
from ._bank import BankFile, bytes_of, read_options
from ._handle import c_progress, text_call
from ._values import cstr, day_or_none, i32, i64, u32


class BankImported(NamedTuple):
    """What an import came to. statement: id of the first; new, known, skipped: bookings kept now, kept before, and not booked yet; payments wait to be received; repeats could repeat an
    earlier one; differs: statements that do not add up."""
    statements: int
    statement: int
    lines: int
    new: int
    known: int
    skipped: int
    payments: int
    returns: int
    linked: int
    repeats: int
    differs: int


class BankReceived(NamedTuple):
    """What receiving came to."""
    lines: int
    received: int
    returned: int
    refused: int
    last: int


def load(session, source, account, strict, repeat_days, options):
    o, result = capi.init(capi.arc_bank_import_options), capi.init(capi.arc_bank_imported)
    named = os.path.basename(os.fspath(source)) if isinstance(source, (str, os.PathLike)) else None
    o.flags, o.account, o.repeat_days = capi.ARC_BANK_IMPORT_STRICT if strict else 0, i64(account or 0, "account"), i32(repeat_days, "repeat_days")
    o.file_name = cstr(named, "source")
    if isinstance(source, BankFile):
        session._call(capi.arc_bank_import_file, byref(result), source._live(), byref(o))
    else:
        data, read = bytes_of(source), read_options(**options)
        o.read = pointer(read)
        session._call(capi.arc_bank_import, byref(result), data, len(data), byref(o))
    return BankImported(result.n_statements, result.statement, result.n_lines, result.n_new, result.n_known, result.n_skipped, result.n_payments, result.n_returns, result.n_linked,
                        result.n_repeats, result.n_differs)


def receive(session, statement, returns, chunk, most, progress):
    o, result = capi.init(capi.arc_bank_receive_options), capi.init(capi.arc_bank_received)
    o.flags, o.statement, o.chunk, o.most = capi.ARC_BANK_RECEIVE_RETURNS if returns else 0, i64(statement or 0, "statement"), u32(chunk, "chunk"), u32(most, "most")
    o.progress = c_progress(session._context._pending, progress)
    session._call(capi.arc_bank_receive, byref(result), byref(o))
    return BankReceived(result.n_lines, result.n_received, result.n_returned, result.n_refused, result.last)


def undo(session, statement, reason):
    session._call(capi.arc_bank_undo, i64(statement, "statement"), cstr(reason, "reason"))


def findings(session, account, since):
    return json.loads(text_call(session, capi.arc_bank_findings, i64(account, "account"), day_or_none(since)))
