# SPDX-License-Identifier: Apache-2.0
"""Which open items does a payment pay, when only its amount and its day are known (docs/combinations.md)."""
from __future__ import annotations

import datetime
import json
from ctypes import byref, c_int32, c_int64, c_size_t, c_uint8
from decimal import Decimal
from typing import Iterable, NamedTuple, Sequence

from . import capi
from ._handle import Handle, text_call
from ._values import Money, day_number, document, i32, i64, major, minor

OUTCOMES = {capi.ARC_COMBINATION_NONE: "none", capi.ARC_COMBINATION_UNIQUE: "unique", capi.ARC_COMBINATION_AMBIGUOUS: "ambiguous",
            capi.ARC_COMBINATION_UNKNOWN: "unknown"}
KINDS = {capi.ARC_SET_ONE: "one", capi.ARC_SET_ALL: "all", capi.ARC_SET_DUE: "due", capi.ARC_SET_DAY: "day", capi.ARC_SET_RUN: "run",
         capi.ARC_SET_RUN_LESS: "run_less", capi.ARC_SET_FREE: "free"}


class OpenItem(NamedTuple):
    """An open item: amounts in the payment's currency, major units; a credit is negative."""
    open: Money | Decimal | int | str
    due: datetime.date
    issued: datetime.date | None = None
    discount: Money | Decimal | int | str = 0


class Candidate(NamedTuple):
    """A set of items that adds up."""
    kind: str               #: "one", "all", "due", "day", "run", "run_less", "free"
    likely: Decimal         #: 0 to 1, six decimals
    items: tuple            #: positions of its items, by due date
    discounts: tuple        #: cash discount taken of each, Money
    total: Money
    discount: Money
    difference: Money       #: payment less (total - discount): negative when it falls short
    alike: int              #: sets of the same amounts


class Combination(NamedTuple):
    """The answer: outcome "unique" (the first candidate), "ambiguous", "none", "unknown"."""
    outcome: str
    candidates: tuple
    whole: bool             #: every set was looked at
    found: int              #: sets that add up, as far as was looked


class Habit(Handle):
    """How payers choose what they pay, learned from settled payments: Habit(context), or Habit(context, document) of what document() gave."""
    __slots__ = ()
    _free = "arc_habit_free"

    def __init__(self, context, learned: dict | str | None = None):
        raw, out = None if learned is None else document(learned), capi.arc_habit()
        context._call(capi.arc_habit_new, byref(out), raw, len(raw or b""))
        super().__init__(out.value, context._new_guard(), context)

    def _failure(self, status):
        return self._context._failure(status)

    def learn(self, day: datetime.date, items: Iterable[OpenItem], paid: Iterable[int]) -> None:
        """Learns from a payment: all that was open on its day, and the positions of what it paid."""
        rows, chosen = [OpenItem(*i) for i in items], set(paid)
        n = len(rows)
        if not chosen <= set(range(n)):
            raise IndexError("a position lies outside the items")
        flags = (c_uint8 * max(n, 1))(*[i in chosen for i in range(n)])
        self._call(capi.arc_habit_learn, day_number(day), _days([r.due for r in rows]), _days([r.issued or r.due for r in rows]), flags, n)

    def document(self) -> dict:
        """What it learned, to be kept and given to Habit() again."""
        return json.loads(text_call(self, capi.arc_habit_json))


def _days(days):
    return (c_int32 * max(len(days), 1))(*[day_number(d) for d in days])


def _options(currency, habit, under, over, usual_days_late, certain, candidates, steps):
    o = capi.init(capi.arc_combination_options)
    o.under, o.over = minor(under, currency, "under"), minor(over, currency, "over")
    if habit is not None:
        o.habit = habit._live()
    if usual_days_late is not None:
        o.usual_days_late = i32(usual_days_late, "usual_days_late")
    if certain is not None:
        o.certain_ppm = i32(int(Decimal(str(certain)) * 1000000), "certain")
    if candidates is not None:
        o.candidates = i32(candidates, "candidates")
    if steps is not None:
        o.steps = i64(steps, "steps")
    return o


class _Answer(Handle):
    __slots__ = ()
    _free = "arc_combination_free"

    def told(self, currency):
        info = capi.init(capi.arc_combination_info)
        self._call(capi.arc_combination_get, byref(info))
        candidates = tuple(self._candidate(i, currency) for i in range(info.candidates))
        return Combination(OUTCOMES[info.outcome], candidates, bool(info.whole), info.found)

    def _candidate(self, i, currency):
        c, n = capi.init(capi.arc_combination_candidate), c_size_t(0)
        self._call(capi.arc_combination_at, byref(c), None, None, byref(n), i)
        members, taken = (c_size_t * n.value)(), (c_int64 * n.value)()
        self._call(capi.arc_combination_at, None, members, taken, byref(n), i)

        def money(units):
            return Money(major(units, currency), currency)
        return Candidate(KINDS[c.kind], Decimal(c.likely_ppm).scaleb(-6), tuple(members), tuple(map(money, taken)), money(c.total), money(c.discount),
                         money(c.difference), c.alike)


def find(context, amount: Money, day: datetime.date, items: Sequence[OpenItem], *, habit: Habit | None = None, under=0, over=0,
         usual_days_late: int | None = None, certain=None, candidates: int | None = None, steps: int | None = None) -> Combination:
    """Looks for the items a payment pays. under, over: what it may fall short of them or exceed them; certain: from which likelihood on the
    answer is unique (0.99); usual_days_late: of this payer, else what the habit learned."""
    rows, currency = [OpenItem(*i) for i in items], amount.currency
    n = len(rows)
    amounts = (c_int64 * max(n, 1))(*[minor(r.open, currency, "open") for r in rows])
    less = (c_int64 * max(n, 1))(*[minor(r.discount, currency, "discount") for r in rows])
    out = capi.arc_combination()
    options = _options(currency, habit, under, over, usual_days_late, certain, candidates, steps)
    context._call(capi.arc_combination_find, byref(out), minor(amount, currency), day_number(day), amounts, less, _days([r.due for r in rows]),
                  _days([r.issued or r.due for r in rows]), n, byref(options))
    with _Answer(out.value, context._new_guard(), context) as answer:
        return answer.told(currency)
