# SPDX-License-Identifier: Apache-2.0
"""Statements of account: what a customer owed, what happened since, what he owes."""
from __future__ import annotations

import datetime
import json
from ctypes import byref, c_int32, c_int64
from decimal import Decimal
from typing import NamedTuple, Optional

from . import _schema, capi
from ._handle import Handle, text_call
from ._values import cstr, day_or_none, exponent, to_date, to_decimal


class StatementRow(NamedTuple):
    """A movement, or an open item; amounts in major units. entity and id: the row of the book it is. Open items: debit or credit is what is open,
    balance the item's amount."""
    kind: str
    number: str
    date: datetime.date
    due: Optional[datetime.date]
    debit: Decimal
    credit: Decimal
    balance: Decimal
    entity: str
    id: int


class StatementInfo(NamedTuple):
    """A statement at a glance; amounts in major units, a positive balance is what the customer owes. from_ None: from the beginning."""
    customer: int
    code: str
    name: str
    currency: str
    from_: Optional[datetime.date]
    to: datetime.date
    opening: Decimal
    debit: Decimal
    credit: Decimal
    closing: Decimal
    unapplied: Decimal
    overdue: Decimal


def _date(number):
    return None if number == capi.ARC_DATE_NONE else to_date(number)


class Statement(Handle):
    """A statement of account: `info` has the figures, `rows` the movements by date, `open_items` what is open on the last day."""
    __slots__ = ("_session", "info", "rows", "open_items")
    _free, _error = "arc_statement_free", "arc_statement_error"

    def __init__(self, pointer, session):
        super().__init__(pointer, session._guard, session._context)
        self._session = session  # it closes with its last reference, and this with it
        self._call(self._read)

    def _read(self, pointer):
        i = capi.init(capi.arc_statement_info)
        status = capi.arc_statement_get_info(pointer, byref(i))
        if status < 0:
            return status
        currency = i.currency.decode()
        amounts = [to_decimal(units, exponent(currency)) for units in (i.opening, i.debit, i.credit, i.closing, i.unapplied, i.overdue)]
        self.info = StatementInfo(i.customer, i.code.decode(), i.name.decode(), currency, _date(getattr(i, "from")), to_date(i.to), *amounts)
        self.rows, status = self._rows(pointer, capi.arc_statement_get_row, i.n_rows)
        if status >= 0:
            self.open_items, status = self._rows(pointer, capi.arc_statement_get_open, i.n_open)
        return status

    def _rows(self, pointer, function, n):
        row, found, digits = capi.init(capi.arc_statement_row), [], exponent(self.info.currency)
        for place in range(n):
            status = function(pointer, byref(row), place)
            if status < 0:
                return found, status
            amounts = [to_decimal(units, digits) for units in (row.debit, row.credit, row.balance)]
            found.append(StatementRow(row.kind.decode(), row.number.decode(), to_date(row.date), _date(row.due), *amounts,
                                      _schema.entity(row.entity).name, row.id))
        return found, 0

    def __len__(self):
        return len(self.rows)

    def __iter__(self):
        return iter(self.rows)

    def __getitem__(self, index):
        return self.rows[index]

    def text(self, language: str = "en") -> str:
        """The statement to be read by people, columns lined up: "en" or "zh"."""
        return text_call(self, capi.arc_statement_text, cstr(language, "language"))

    def to_json(self) -> dict:
        """The whole statement as Python objects; amounts as text."""
        return json.loads(text_call(self, capi.arc_statement_json))


def options_of(customer, from_, to, currency, open_items, known_at=0):
    options = capi.init(capi.arc_statement_options)
    options.customer = customer
    options.flags = capi.ARC_STATEMENT_OPEN_ITEMS if open_items else 0
    setattr(options, "from", day_or_none(from_, "from_"))
    options.to, options.known_at = day_or_none(to, "to"), known_at
    if currency is not None:
        exponent(currency)  # refuses what is no currency
        options.currency = cstr(currency, "currency")
    return options


def compute_many(session, customers, from_, to, currency, open_items, known_at):
    from ._aging import seal_of
    n, options, found = len(customers), options_of(0, from_, to, currency, open_items, seal_of(session, known_at)), {}
    if not n:
        return found
    handles, results = (capi.arc_statement * n)(), (c_int32 * n)()

    def call(pointer):
        status = capi.arc_statement_compute_many(pointer, handles, results, byref(options), (c_int64 * n)(*customers), n)
        return 0 if status == capi.ARC_PARTIAL else status  # left out
    session._call(call)
    for customer, handle, status in zip(customers, handles, results):
        if status == 0:
            found[customer] = Statement(getattr(handle, "value", handle), session)
    return found


def compute(session, customer, from_, to, currency, open_items, known_at=None):
    from ._aging import seal_of
    options, out = options_of(customer, from_, to, currency, open_items, seal_of(session, known_at)), capi.arc_statement()
    session._call(capi.arc_statement_compute, byref(out), byref(options))
    return Statement(out.value, session)
