# SPDX-License-Identifier: Apache-2.0
"""Conditions: JsonLogic with types, compiled against an entity of a book (docs/rules.md)."""
from __future__ import annotations

import datetime
import json
from ctypes import byref, c_int32, c_int64
from typing import Iterable, TYPE_CHECKING

from . import _schema, capi
from ._error import make
from ._handle import Handle, text_call
from ._values import cstr, day_or_none, decimal, document, i32, i64, u32

if TYPE_CHECKING:
    from ._record import Record

RESULTS = {capi.ARC_CONDITION_FALSE: False, capi.ARC_CONDITION_TRUE: True, capi.ARC_CONDITION_ERROR: "error", capi.ARC_CONDITION_ABSENT: None}


class RuleCondition(Handle):
    """A compiled condition: session.condition(document, entity)."""
    __slots__ = ("_session", "_calendar", "entity", "document")
    _free, _error = "arc_condition_free", "arc_condition_error"

    def __init__(self, pointer, session, calendar, entity, document):
        super().__init__(pointer, session._guard, session._context)
        self._session = session  # it closes with its last reference, and this with it
        self._calendar = calendar
        self.entity, self.document = entity, document

    def matches(self, what: int | Record, today: datetime.date | None = None) -> bool:
        """Whether a row (by id) or a record matches. An error of the condition is raised as the exception of its status, with the place;
        a row that is not there, or not to be seen, is NotFoundError."""
        result = self.test([what], today)[0] if isinstance(what, int) else self._record(what, today)
        if result is True or result is False:
            return result
        if result is None:
            raise make(capi.ARC_E_NOT_FOUND, f"there is no {self.entity} {what}")
        error = self.explain(what, today)["error"]
        raise make(getattr(capi, error["code"]), f"{error['en']} ({error['pointer']})")

    def _record(self, record, today):
        out = c_int32()
        self._call(capi.arc_condition_test_record, byref(out), record._live(), day_or_none(today, "today"))
        return RESULTS[out.value]

    def test(self, ids: Iterable[int], today: datetime.date | None = None) -> list[bool | str | None]:
        """For each id True, False, "error", or None: no such row, or not to be seen."""
        wanted = [i64(i, "id") for i in ids]
        numbers, results = (c_int64 * max(1, len(wanted)))(*wanted), (c_int32 * max(1, len(wanted)))()
        self._call(capi.arc_condition_test, results, numbers, len(wanted), day_or_none(today, "today"))
        return [RESULTS[results[i]] for i in range(len(wanted))]

    def explain(self, what: int | Record, today: datetime.date | None = None) -> dict:
        """Why a row (by id) or a record matches or not: "result", "tests" with their sides, "sentence", and "error" where there was one."""
        day = day_or_none(today, "today")
        if isinstance(what, int):
            return json.loads(text_call(self, capi.arc_condition_explain, i64(what, "id"), day))
        return json.loads(text_call(self, capi.arc_condition_explain_record, what._live(), day))

    def preview(self, limit: int = 20, today: datetime.date | None = None) -> dict:
        """How many rows match and the ids of the first: "matches", "errors", "read", "rows", "asked"."""
        return json.loads(text_call(self, capi.arc_condition_preview, u32(limit, "limit"), day_or_none(today, "today")))


def _options(currency, calendar, zone_minutes):
    options = capi.init(capi.arc_condition_options)
    options.currency = None if currency is None else cstr(currency, "currency")
    options.calendar = None if calendar is None else calendar._live()
    options.zone_minutes = i32(zone_minutes, "zone_minutes")
    return options


def _text(document_, currency):
    def money(value):
        if value.currency != currency:
            raise make(capi.ARC_E_CURRENCY, f"an amount in {value.currency}, and the condition is in {currency or 'no currency'}")
        return format(decimal(value.amount, "amount"), "f")
    return document(document_, money)


def compile(session, document, entity, currency, calendar, zone_minutes):
    options, out, found = _options(currency, calendar, zone_minutes), capi.arc_condition(), _schema.entity(entity)
    raw = _text(document, currency)
    session._call(capi.arc_condition_new, byref(out), found.number, raw, len(raw), byref(options))
    return RuleCondition(out.value, session, calendar, found.name, document)


def check(session, document, entity, currency, calendar, zone_minutes):
    options, number, raw = _options(currency, calendar, zone_minutes), _schema.entity(entity).number, _text(document, currency)
    return json.loads(text_call(session, capi.arc_condition_check, number, raw, len(raw), byref(options)))
