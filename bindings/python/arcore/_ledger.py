# SPDX-License-Identifier: Apache-2.0
"""The verbs of documents with lines and of contracts, and statements."""
from __future__ import annotations

import datetime
from ctypes import byref, c_int64
from typing import Any, Iterable, NamedTuple, Optional, TYPE_CHECKING

from . import capi
from ._record import Record
from ._values import Money, cstr, i64
from .values import py_money

if TYPE_CHECKING:
    from ._session import BatchResult
    from ._statement import Statement


class Headroom(NamedTuple):
    """What a contract leaves to invoice; None where there is no limit."""
    limit: Optional[Money]
    issued: Optional[Money]
    headroom: Optional[Money]


def id_of(row, what):
    """The id of a row that is given as a record or as its id."""
    return i64(row.id if isinstance(row, Record) else row, what)


class LedgerVerbs:
    """The part of Session that issues documents, keeps contracts and makes statements. Rows are given as records or ids."""
    __slots__ = ()

    # ---- documents with lines
    def _documents(self, documents):
        """An array of arc_invoice_document, and what must live as long as it."""
        keep, array = [], (capi.arc_invoice_document * max(1, len(documents)))()
        for place, (header, lines, series) in zip(array, documents):
            made = []
            for line in lines:
                if not isinstance(line, Record):  # amounts need their currency: the header's, unless the line says another
                    line = self.new("invoice_line", **{"currency": header.currency, **line})
                made.append(line)
            pointers = (capi.arc_record * max(1, len(made)))(*[line._live() for line in made])
            place.struct_size = capi.ctypes.sizeof(capi.arc_invoice_document)
            place.invoice, place.lines, place.n_lines = header._live(), pointers, len(made)
            place.series = cstr(series, "series")
            keep.append((header, made, pointers))
        return array, keep

    def invoice_issue(self, invoice: Record | dict | None = None, lines: Iterable[Record | dict] = (), *, series: str | None = None,
                      request_key: str | None = None, **fields: Any) -> int:
        """Issues a document with lines: totals, tax, due dates and, when none is given, the number are worked out. Returns the id."""
        header, out = self._as_record(invoice, fields, "invoice"), c_int64()
        array, _keep = self._documents([(header, list(lines), series)])
        self._change(request_key, capi.arc_invoice_issue_document, byref(out), array)
        return out.value

    def invoice_issue_many(self, documents: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> BatchResult:
        """Issues documents: dicts of the header's fields, with "lines" and, if wanted, "series". Returns a BatchResult."""
        made = []
        for document in documents:
            fields = dict(document)
            lines, series = list(fields.pop("lines", ())), fields.pop("series", None)
            made.append((self.new("invoice", **fields), lines, series))
        array, _keep = self._documents(made)
        return self._many(capi.arc_invoice_issue_many, array, len(made), all_or_none, request_key)

    # ---- contracts
    def contract_activate(self, contract: int | Record, *, request_key: str | None = None) -> None:
        """Makes a draft contract active: it can be invoiced."""
        self._change(request_key, capi.arc_contract_activate, id_of(contract, "contract"))

    def contract_close(self, contract: int | Record, *, request_key: str | None = None) -> None:
        """Closes an active contract: nothing is invoiced on it any more, credit notes still can be."""
        self._change(request_key, capi.arc_contract_close, id_of(contract, "contract"))

    def headroom(self, contract: int | Record) -> Headroom:
        """What a contract leaves to invoice."""
        told = capi.init(capi.arc_headroom)
        self._call(capi.arc_headroom_compute, byref(told), id_of(contract, "contract"))
        if told.unlimited:
            return Headroom(None, None, None)
        return Headroom(py_money(told.limit), py_money(told.issued), py_money(told.headroom))

    # ---- statements
    def statement(self, customer: int | Record, from_: datetime.date | None = None, to: datetime.date | None = None, *,
                  currency: str | None = None, open_items: bool = False) -> Statement:
        """The statement of account of a customer from a day (None: the beginning) to a day (None: the business date). Returns a Statement.

        currency None: the book's base currency. open_items: also list what is open on the last day.
        """
        from ._statement import compute
        return compute(self, id_of(customer, "customer"), from_, to, currency, open_items)
