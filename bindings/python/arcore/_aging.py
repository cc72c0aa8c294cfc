# SPDX-License-Identifier: Apache-2.0
"""Aging: what is open, by how long it is overdue."""
from __future__ import annotations

import datetime
import json
from ctypes import byref, c_int32, c_uint32
from decimal import Decimal
from typing import NamedTuple, Tuple

from . import capi
from ._error import make
from ._handle import Handle, text_call
from ._values import cstr, day_or_none, exponent, i32, i64, to_decimal

BASES = {"due_date": capi.ARC_AGE_BY_DUE_DATE, "document_date": capi.ARC_AGE_BY_DOCUMENT_DATE}
BY = {name: getattr(capi, "ARC_AGING_BY_" + name.upper()) for name in ("customer", "owner", "team", "region", "group", "project", "department", "business_line", "contract")}


class AgingRow(NamedTuple):
    """A customer in one currency; a total has customer 0 and no code. Amounts in major units."""
    customer: int
    code: str
    name: str
    currency: str
    n_items: int
    buckets: Tuple[Decimal, ...]
    total: Decimal
    unapplied: Decimal


class Aging(Handle):
    """An aging: len(), indexing and iteration give AgingRows, by currency and customer code."""
    __slots__ = ("_session", "edges", "_count")
    _free, _error = "arc_aging_free", "arc_aging_error"

    def __init__(self, pointer, session, edges):
        super().__init__(pointer, session._guard, session._context)
        self._session = session  # it closes with its last reference, and this with it
        self.edges = edges
        n = c_uint32()
        self._call(capi.arc_aging_count, byref(n))
        self._count = n.value

    def _row(self, function, *place):
        row, box = capi.init(capi.arc_aging_row), []

        def call(pointer):
            status = function(pointer, byref(row), *place)
            if status == 0:  # texts and buckets are copied while nobody can free them
                currency = row.currency.decode()
                digits = exponent(currency)
                box.append(AgingRow(row.customer, row.code.decode(), row.name.decode(), currency, row.n_items,
                                    tuple(to_decimal(b, digits) for b in row.buckets[:row.n_buckets]), to_decimal(row.total, digits),
                                    to_decimal(row.unapplied, digits)))
            return status
        self._call(call)
        return box[0]

    def __len__(self):
        return self._count

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._count))]
        place = index + self._count if index < 0 else index
        if not 0 <= place < self._count:
            raise IndexError(index)
        return self._row(capi.arc_aging_get, place)

    def total(self, currency: str) -> AgingRow:
        """The totals of one currency; NotFoundError when nothing is open in it."""
        return self._row(capi.arc_aging_total, cstr(currency, "currency"))

    @property
    def currencies(self):
        """Currencies that have rows, in order."""
        return list(dict.fromkeys(row.currency for row in self))

    def to_json(self) -> dict:
        """The whole result as Python objects; amounts as text."""
        return json.loads(text_call(self, capi.arc_aging_json))


def seal_of(session, known_at):
    """A seal, or the last one of a day; None: now."""
    if isinstance(known_at, datetime.date):
        known_at = session.audit_seal_on(known_at)
        if known_at == 0:
            raise make(capi.ARC_E_NOT_FOUND, "nothing was sealed by that day")
    return 0 if known_at is None else i64(known_at, "known_at")


def compute(session, as_of, basis, edges, customer, currency, known_at, by, estimated):
    options, out = capi.init(capi.arc_aging_options), capi.arc_aging()
    if basis not in BASES:
        raise make(capi.ARC_E_INVALID, f"basis is one of {', '.join(BASES)}, not {basis!r}")
    if by not in BY:
        raise make(capi.ARC_E_INVALID, f"by is one of {', '.join(BY)}, not {by!r}")
    options.as_of, options.basis, options.by = day_or_none(as_of, "as_of"), BASES[basis], BY[by]
    options.flags = capi.ARC_AGING_ESTIMATED if estimated else 0
    edges = (1, 31, 61, 91) if edges is None else tuple(i32(e, "edge") for e in edges)
    numbers = (c_int32 * max(1, len(edges)))(*edges)
    options.edges, options.n_edges = numbers, len(edges)
    options.customer = 0 if customer is None else i64(customer, "customer")
    options.known_at = seal_of(session, known_at)
    if currency is not None:
        raw = cstr(currency, "currency")
        if len(raw) != 3:
            raise make(capi.ARC_E_CURRENCY, f"{currency!r} is no currency")
        options.currency = raw
    session._call(capi.arc_aging_compute, byref(out), byref(options))
    return Aging(out.value, session, edges)
