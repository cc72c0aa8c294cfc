# SPDX-License-Identifier: Apache-2.0
"""Back-tests: what rules would have done on the days that were (docs/backtest.md)."""
from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from ctypes import byref
from typing import Any, Callable, Iterable, NamedTuple

from . import capi
from ._handle import Handle, c_progress, text_call
from ._values import cstr, day_or_none, i64, to_date, u32


def _options(session, kept, rules, start, end, business_dates, fresh, max, progress):
    """kept receives what must live as long as the options."""
    options = capi.init(capi.arc_backtest_options)
    options.progress = c_progress(session._context._pending, progress)
    setattr(options, "from", day_or_none(start, "start"))
    options.to, options.max = day_or_none(end, "end"), u32(max, "max")
    options.flags = (capi.ARC_BACKTEST_BUSINESS_DATES if business_dates else 0) | (capi.ARC_BACKTEST_FRESH if fresh else 0)
    if rules is not None:
        named = {rules: None} if isinstance(rules, str) else rules if isinstance(rules, Mapping) else {code: None for code in rules}
        array = (capi.arc_backtest_rule * (len(named) or 1))(*[capi.init(capi.arc_backtest_rule) for _ in range(len(named) or 1)])
        for rule, (code, what) in zip(array, named.items()):
            rule.code = cstr(code, "code")
            if isinstance(what, int) and not isinstance(what, bool):
                rule.revision = i64(what, "revision")
            elif what is not None:
                rule.document = cstr(what if isinstance(what, str) else json.dumps(what, ensure_ascii=False), "document")
        kept.append(array)
        options.rules, options.n_rules = array, len(named)
    return options


class BacktestTotals(NamedTuple):
    """What all of a back-test came to; counts are of rows the actor may see."""
    start: datetime.date
    end: datetime.date
    n_rules: int
    days: int
    firings: int
    passed: int
    subjects: int
    customers: int
    errors: int
    hidden: int
    matched: int
    only_here: int
    only_there: int
    seals: int
    erased: int


class Backtest(Handle):
    """The result of a back-test: totals, and all of it as to_json() (docs/backtest.md)."""
    __slots__ = ("_session",)
    _free, _error = "arc_backtest_free", "arc_backtest_error"

    def __init__(self, pointer, session):
        super().__init__(pointer, session._guard, session._context)
        self._session = session

    @property
    def totals(self) -> BacktestTotals:
        t = capi.init(capi.arc_backtest_totals)
        self._call(capi.arc_backtest_get_totals, byref(t))
        return BacktestTotals(to_date(getattr(t, "from")), to_date(t.to), *(getattr(t, name) for name in BacktestTotals._fields[2:]))

    def to_json(self) -> dict:
        """Totals, rules with their levels, days, firings one by one, what only the book has, errors."""
        return json.loads(text_call(self, capi.arc_backtest_json))


class BacktestVerbs:
    """The part of Session that tests rules."""
    __slots__ = ()

    def rule_backtest(self, rules: str | Iterable[str] | Mapping[str, Any] | None = None, *, start: datetime.date | None = None, end: datetime.date | None = None,
                      business_dates: bool = False, fresh: bool = False, max: int = 0, progress: Callable[..., Any] | None = None) -> Backtest:
        """What rules would have done on each day from start to end, with what the book knew then (docs/backtest.md). rules: codes, or {code: document (a dict or JSON), revision, or None for
        the last one published}; None: all in force. business_dates: days are business dates of transactions. fresh: nothing had fired before."""
        out, kept = capi.arc_backtest(), []
        self._call(capi.arc_rule_backtest, byref(out), byref(_options(self, kept, rules, start, end, business_dates, fresh, max, progress)))
        return Backtest(out.value, self)
