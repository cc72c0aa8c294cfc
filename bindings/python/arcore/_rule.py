# SPDX-License-Identifier: Apache-2.0
"""Rules: what is due for rows of the book, and what is done then (docs/rules.md)."""
from __future__ import annotations

import datetime
from ctypes import byref, c_char_p, c_int64
from typing import Any, Callable, Iterable, NamedTuple

from . import _schema, capi
from ._handle import c_progress
from ._proposal import Proposal
from ._values import cstr, day_or_none, i64, u32


def _options(session, kept, rules, as_of, entity, rows, max, progress):
    """kept receives what must live as long as the options."""
    options = capi.init(capi.arc_rule_options)
    options.progress = c_progress(session._context._pending, progress)
    options.as_of, options.max = day_or_none(as_of, "as_of"), u32(max, "max")
    if rules is not None:
        codes = [cstr(code, "rule") for code in ([rules] if isinstance(rules, str) else rules)]
        array = (c_char_p * (len(codes) or 1))(*codes)
        kept.append(array)
        options.codes, options.n_codes = array, len(codes)
    if entity is not None:
        options.entity = _schema.entity(entity).number
    if rows is not None:
        ids = [i64(row, "row") for row in rows]
        numbers = (c_int64 * (len(ids) or 1))(*ids)
        kept.append(numbers)
        options.rows, options.n_rows = numbers, len(ids)
    return options


class RuleReport(NamedTuple):
    """What a run of rules came to. failures: as exceptions, with entity, id and rule."""
    rules: int
    rows: int
    fired: int
    passed: int
    actions: int
    armed: int
    waiting: int
    held: int
    failed: int
    failures: list


class RuleVerbs:
    """The part of Session that asks and runs rules."""
    __slots__ = ()

    def rule_propose(self, rules: str | Iterable[str] | None = None, *, as_of: datetime.date | None = None, entity: str | None = None,
                     rows: Iterable[int] | None = None, max: int = 0, progress: Callable[..., Any] | None = None) -> Proposal:
        """Proposes what rules have due on a day. rules: codes; None: all in force. rows: ids of the entity; None: all. Writes nothing."""
        out, kept = capi.arc_proposal(), []
        self._call(capi.arc_rule_propose, byref(out), byref(_options(self, kept, rules, as_of, entity, rows, max, progress)))
        return Proposal(out.value, self)

    def rule_run(self, rules: str | Iterable[str] | None = None, *, as_of: datetime.date | None = None, entity: str | None = None,
                 rows: Iterable[int] | None = None, progress: Callable[..., Any] | None = None, request_key: str | None = None) -> RuleReport:
        """Does what rules of the mode "apply" have due, row by row. What fails for a row is told in failures; the others go on."""
        report, found, kept = capi.init(capi.arc_rule_report), [], []
        self._change(request_key, capi.arc_rule_run, byref(report), self._faults(found), None,
                     byref(_options(self, kept, rules, as_of, entity, rows, 0, progress)))
        numbers = (report.n_rules, report.rows, report.fired, report.passed, report.actions, report.armed, report.waiting, report.held, report.failed)
        return RuleReport(*numbers, found)
