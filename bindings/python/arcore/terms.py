# SPDX-License-Identifier: Apache-2.0
"""Business calendars and payment terms: from the facts of a document to due dates, instalments and cash discounts."""
import json
from ctypes import byref, c_char_p, c_int32, c_size_t
from decimal import Decimal
from typing import NamedTuple

from . import capi
from ._error import make
from ._handle import Handle, text_call
from ._values import Money, c_decimal, day_number, i32, to_date, to_decimal
from .values import c_money, choice, done, py_money

ADJUST = {name: getattr(capi, "ARC_ADJUST_" + name.upper())
          for name in ("none", "following", "modified_following", "preceding", "modified_preceding", "end_of_month")}
FACTS = ("invoice", "delivery", "acceptance", "received", "statement", "order", "contract", "milestone")


class Calendar(Handle):
    """Business days of certain years; CalendarError where it knows nothing. Threads may share one.

        Calendar(context, {"format": "arcore-calendar/1", "code": "CN", "years": [2025], "days": [...]}, ...)
    """
    __slots__ = ()
    _free = "arc_calendar_free"

    def __init__(self, context, *documents, _pointer=None):
        if _pointer is None:
            texts = [(d if isinstance(d, str) else json.dumps(d, ensure_ascii=False)).encode() for d in documents]
            n, out = len(texts), capi.arc_calendar()
            context._call(capi.arc_calendar_load, byref(out), (c_char_p * max(n, 1))(*texts), (c_size_t * max(n, 1))(*map(len, texts)), n)
            _pointer = out.value
        super().__init__(_pointer, context._new_guard(shared=True), context)

    @classmethod
    def union(cls, *calendars):
        """The calendar in which a day is worked only when all work."""
        if not calendars:
            raise make(capi.ARC_E_INVALID, "no calendars")
        context, out = calendars[0]._context, capi.arc_calendar()
        pointers = (capi.arc_calendar * len(calendars))(*[c._live() for c in calendars])
        context._call(capi.arc_calendar_union, byref(out), pointers, len(calendars))
        return cls(context, _pointer=out.value)

    def _number(self, function, *arguments):
        out = c_int32()
        self._call(function, byref(out), *arguments)
        return out.value

    def knows(self, year):
        """Whether it has data for a year."""
        return bool(self._number(capi.arc_calendar_knows, i32(year, "year")))

    def is_business(self, date):
        """Whether a day is worked."""
        return bool(self._number(capi.arc_calendar_is_business, day_number(date)))

    def day_name(self, date):
        """Name of the holiday or make-up day, "" for an ordinary day."""
        return text_call(self, capi.arc_calendar_day_name, day_number(date))

    def adjust(self, date, convention="following"):
        """Moves a date to a business day."""
        return to_date(self._number(capi.arc_calendar_adjust, day_number(date), choice(ADJUST, convention, "convention")))

    def add(self, date, n):
        """The n-th business day after a date, before it when n < 0."""
        return to_date(self._number(capi.arc_calendar_add, day_number(date), i32(n, "n")))

    def count(self, start, end):
        """Business days from start up to the day before end."""
        return self._number(capi.arc_calendar_count, day_number(start), day_number(end))


class Instalment(NamedTuple):
    """One instalment of a document; due None: its event has not happened yet."""
    line: int
    due: object
    amount: Money


class Discount(NamedTuple):
    """A discount that an instalment offers."""
    line: int
    tier: int
    until: object
    last: object
    percent: Decimal
    amount: Money


def _date(number):
    return None if number == capi.ARC_DATE_NONE else to_date(number)


class Terms:
    """Payment terms, read from their JSON form, or from text in their short form (docs of arcore/terms.h).

        terms = Terms(context, {"due": {"kind": "net", "days": 30}})
        terms = Terms(context, "3/10 1/20 NET45")
        terms.schedule(Money(Decimal("100.00"), "CNY"), invoice=day)
    """
    __slots__ = ("_context", "_terms")

    def __init__(self, context, document):
        raw = (document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)).encode()
        self._context, self._terms = context, capi.init(capi.arc_terms)
        parse = capi.arc_terms_parse if raw.lstrip()[:1] == b"{" else capi.arc_terms_parse_text
        context._call(parse, byref(self._terms), raw, len(raw))

    def to_json(self):
        """The terms as Python objects, in their one fixed form."""
        return json.loads(text_call(self._context, capi.arc_terms_print, byref(self._terms)))

    def _facts(self, gross, net, calendar, dates):
        facts = capi.init(capi.arc_terms_facts)
        for name, value in dates.items():
            if name not in FACTS:
                raise TypeError(f"a fact is one of {', '.join(FACTS)}, not {name}")
            if value is not None:
                setattr(facts, name, day_number(value, name))
        facts.gross = c_money(gross, "gross")
        if net is not None:
            facts.net = c_money(net, "net")
        if calendar is not None:
            facts.calendar = calendar._live()
        return facts

    def _list(self, function, kind, room, facts):
        found, n = (kind * room)(), c_size_t(room)
        self._context._call(function, found, byref(n), byref(self._terms), byref(facts))
        return found[:n.value]

    def schedule(self, gross, *, net=None, calendar=None, **dates):
        """Instalments of a document. Dates by name: invoice, delivery, acceptance, received, statement, order, contract, milestone."""
        facts = self._facts(gross, net, calendar, dates)
        rows = self._list(capi.arc_terms_schedule, capi.arc_instalment, capi.ARC_TERMS_LINES, facts)
        return [Instalment(r.line, _date(r.due), py_money(r.amount)) for r in rows]

    def discounts(self, gross, *, net=None, calendar=None, **dates):
        """All discounts of all instalments."""
        facts = self._facts(gross, net, calendar, dates)
        rows = self._list(capi.arc_terms_discounts, capi.arc_discount, capi.ARC_TERMS_LINES * capi.ARC_TERMS_TIERS, facts)
        return [self._discount(r) for r in rows]

    def best_discount(self, gross, paid_on, *, line=1, net=None, calendar=None, **dates):
        """The largest discount that payment of an instalment on a day still earns, or None."""
        facts, out = self._facts(gross, net, calendar, dates), capi.arc_discount()
        self._context._call(capi.arc_terms_best_discount, byref(out), byref(self._terms), byref(facts), i32(line, "line"),
                            day_number(paid_on, "paid_on"))
        return self._discount(out) if out.tier else None

    @staticmethod
    def _discount(d):
        return Discount(d.line, d.tier, _date(d.until), _date(d.last), to_decimal(d.percent.mantissa, d.percent.scale), py_money(d.amount))


def discount_annual_cost(percent, days, scale=2):
    """(simple, compound): what not taking a discount costs per year, in percent."""
    simple, compound = capi.arc_decimal(), capi.arc_decimal()
    done(capi.arc_discount_annual_cost(byref(simple), byref(compound), byref(c_decimal(percent, "percent")), i32(days, "days"), i32(scale, "scale")))
    return to_decimal(simple.mantissa, simple.scale), to_decimal(compound.mantissa, compound.scale)
