# SPDX-License-Identifier: Apache-2.0
"""Import from CSV with mapping, dry run and guess."""
import json
import os
from ctypes import byref, memmove
from decimal import Decimal
from typing import NamedTuple

from . import capi
from ._handle import callback, out_text
from ._values import major, u32


class ImportFault(NamedTuple):
    """What is wrong with one row. `status` is a number of arcore/status.h; texts are "" when not known. A "warning" leaves the row good. `cause_row`
    is 0, or the row of the same receipt because of which this one, good by itself, is not taken."""
    status: int
    line: int
    row: int
    column_number: int
    column: str
    value: str
    entity: str
    field: str
    reason: str
    reason_zh: str
    rule: str
    severity: str
    cause_row: int = 0
    cause_line: int = 0


class ImportProgress(NamedTuple):
    """How far an import is: pass 1 checks, pass 2 writes."""
    pass_: int
    bytes: int
    rows: int
    bad_rows: int


class ImportResult(NamedTuple):
    """What an import did, or in a dry run would do."""
    written: bool
    rows: int
    bad_rows: int
    n_faults: int
    customers_new: int
    customers_known: int
    invoices: int
    receipts: int
    allocations: int
    faults: list
    others: int = 0
    others_known: int = 0
    totals: tuple = ()


class ImportTotal(NamedTuple):
    """A control total of the good rows of a file: by entity and currency, sum in major units; "" and 0 of what is no document."""
    entity: str
    currency: str
    count: int
    sum: Decimal


def fault_of(f):
    text = [raw.decode("utf-8", "replace") for raw in (f.column, f.value, f.entity, f.field, f.reason, f.reason_zh, f.rule)]
    return ImportFault(f.status, f.line, f.row, f.column_number, *text, "error" if f.severity == capi.ARC_FAULT_ERROR else "warning", f.cause_row, f.cause_line)


def source_of(session, file):
    """An arc_source over a seekable binary file."""
    pending, start = session._context._pending, file.tell()

    def read(_, buffer, capacity):
        data = file.read(min(capacity, 1 << 20))
        if len(data) > capacity:
            raise OSError("read() gave more than it was asked for")
        memmove(buffer, data, len(data))
        return len(data)

    def rewind(_):
        file.seek(start)
        return 0

    kinds = dict(capi.arc_source._fields_)
    source = capi.init(capi.arc_source)
    source.read = callback(kinds["read"], pending, read, -1)
    source.rewind = callback(kinds["rewind"], pending, rewind, -1)
    return source


def with_source(session, source, by_file, by_source):
    """Calls one of two functions with a path or a source."""
    if isinstance(source, (str, bytes, os.PathLike)):
        return by_file(os.fsencode(source))
    if not hasattr(source, "read"):
        raise TypeError(f"a path or a binary file is needed, not {type(source).__name__}")
    return by_source(byref(source_of(session, source)))


def import_csv(session, source, mapping, dry_run, skip_bad, max_faults, on_fault, progress, progress_rows, request_key, on_total=None, warn_duplicates=False):
    pending, faults = session._context._pending, []
    text = (mapping if isinstance(mapping, str) else json.dumps(mapping, ensure_ascii=False)).encode()
    options, summary = capi.init(capi.arc_import_options), capi.init(capi.arc_import_summary)
    options.flags = (capi.ARC_IMPORT_DRY_RUN if dry_run else 0) | (capi.ARC_IMPORT_SKIP_BAD if skip_bad else 0) | (capi.ARC_IMPORT_WARN_DUPLICATES if warn_duplicates else 0)
    options.max_faults, options.progress_rows = u32(max_faults, "max_faults"), u32(progress_rows, "progress_rows")
    kinds = dict(capi.arc_import_options._fields_)

    def fault(_, told):
        made = fault_of(told.contents)
        faults.append(made)
        return int(on_fault is not None and on_fault(made) is True)

    def told(_, so_far):
        s = so_far.contents
        return int(progress(ImportProgress(getattr(s, "pass"), s.bytes, s.rows, s.bad_rows)) is True)

    options.fault = callback(kinds["fault"], pending, fault)
    totals = []

    def total(_, of):
        t = of.contents
        currency = t.currency.decode()
        totals.append(ImportTotal(t.entity.decode(), currency, t.count, major(t.minor, currency) if currency else Decimal(0)))
        return int(on_total is not None and on_total(totals[-1]) is True)

    options.total = callback(kinds["total"], pending, total)
    if progress is not None:
        options.progress = callback(kinds["progress"], pending, told)
    status = []

    def call(function, where):
        def run(pointer):
            got = function(pointer, byref(summary), where, text, len(text), byref(options))
            status.append(got)
            # Bad rows are no failure of the call: they are in the result.
            return 0 if got == capi.ARC_E_VALUE and summary.bad_rows else got
        session._change(request_key, run)

    with_source(session, source, lambda path: call(capi.arc_import_csv_file, path), lambda c: call(capi.arc_import_csv, c))
    s = summary
    return ImportResult(status[0] >= 0 and not dry_run, s.rows, s.bad_rows, s.faults, s.customers_new, s.customers_known, s.invoices, s.receipts,
                        s.allocations, faults, s.others, s.others_known, tuple(totals))


def import_guess(session, source):
    box = []

    def call(function, where):
        def once(pointer):
            def ask(buffer, length):
                return function(pointer, buffer, length, where)
            status, text = out_text(ask)
            box.append(text)
            return status
        session._call(once)

    if isinstance(source, (str, bytes, os.PathLike)):
        call(capi.arc_import_guess_file, os.fsencode(source))
    else:
        def again(pointer):  # the source is read once a try: it goes back to its start before each
            start = source.tell()

            def ask(buffer, length):
                source.seek(start)
                return capi.arc_import_guess(pointer, buffer, length, byref(source_of(session, source)))
            status, text = out_text(ask)
            box.append(text)
            return status
        session._call(again)
    return json.loads(box[0])
