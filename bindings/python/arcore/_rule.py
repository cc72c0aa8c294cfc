# SPDX-License-Identifier: Apache-2.0
"""Rules: what is due for rows of the book, and what is done then (docs/rules.md)."""
from __future__ import annotations

import datetime
import json
from ctypes import byref, c_char_p, c_int64
from typing import Any, Callable, Iterable, NamedTuple

from . import _schema, capi
from ._handle import c_progress, text_call
from ._proposal import Proposal
from ._values import cstr, day_or_none, document, i64, u32


def _options(session, kept, rules, as_of, entity, rows, max, progress, sweep=False, start=None):
    """kept receives what must live as long as the options."""
    options = capi.init(capi.arc_rule_options)
    options.flags = capi.ARC_RULE_SWEEP if sweep else 0
    setattr(options, "from", day_or_none(start, "start"))
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


def _rules(rules):
    """A text is the name of a rule; all else is a document, or a list of both."""
    return None if rules is None else document(json.dumps(rules) if isinstance(rules, str) else rules)


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
    more: int
    failures: list


class RuleVerbs:
    """The part of Session that asks and runs rules."""
    __slots__ = ()

    def rule_propose(self, rules: str | Iterable[str] | None = None, *, as_of: datetime.date | None = None, entity: str | None = None,
                     rows: Iterable[int] | None = None, max: int = 0, sweep: bool = False, rejected: bool = False,
                     progress: Callable[..., Any] | None = None) -> Proposal:
        """Proposes what rules have due on a day. rules: codes; None: all in force. rows: ids of the entity; None: all. Writes nothing but, with
        sweep, what is kept for the next time: then only rows are looked at for which something can have become due. rejected: what somebody rejected, too."""
        out, kept = capi.arc_proposal(), []
        options = _options(self, kept, rules, as_of, entity, rows, max, progress, sweep)
        options.flags |= capi.ARC_RULE_REJECTED if rejected else 0
        self._call(capi.arc_rule_propose, byref(out), byref(options))
        return Proposal(out.value, self)

    def rule_run(self, rules: str | Iterable[str] | None = None, *, as_of: datetime.date | None = None, entity: str | None = None,
                 rows: Iterable[int] | None = None, max: int = 0, sweep: bool = False, progress: Callable[..., Any] | None = None,
                 request_key: str | None = None) -> RuleReport:
        """Does what rules of the mode "apply" have due, row by row, for at most max rows (0: all; more: those that are left). What a verb refuses is told in
        failures and tried again by the next run; the other rules and rows go on."""
        report, found, kept = capi.init(capi.arc_rule_report), [], []
        self._change(request_key, capi.arc_rule_run, byref(report), self._faults(found), None,
                     byref(_options(self, kept, rules, as_of, entity, rows, max, progress, sweep)))
        numbers = (report.n_rules, report.rows, report.fired, report.passed, report.actions, report.armed, report.waiting, report.held, report.failed, report.more)
        return RuleReport(*numbers, found)

    def rule_explain(self, code: str, row: int, as_of: datetime.date | None = None) -> dict:
        """Why a rule is due for a row on a day, or is not: "if" and "steps", each with its outcome, day and a sentence."""
        return json.loads(text_call(self, capi.arc_rule_explain, cstr(code, "code"), i64(row, "row"), day_or_none(as_of, "as_of")))

    def rule_simulate(self, rules: Any = None, *, as_of: datetime.date | None = None, start: datetime.date | None = None, entity: str | None = None,
                      rows: Iterable[int] | None = None, max: int = 0, progress: Callable[..., Any] | None = None) -> dict:
        """What rules would do on a day, or on each day from start to as_of, without doing it. rules: "code", "code@3", a document, {"code", "document"} or a
        list of these; None: all in force."""
        raw, kept = _rules(rules), []
        options = _options(self, kept, None, as_of, entity, rows, max, progress, False, start)
        return json.loads(text_call(self, capi.arc_rule_simulate, raw, len(raw or b""), byref(options)))

    def rule_compare(self, before: Any, after: Any, *, as_of: datetime.date | None = None, start: datetime.date | None = None, entity: str | None = None,
                     rows: Iterable[int] | None = None, max: int = 0, progress: Callable[..., Any] | None = None) -> dict:
        """What would be different with other rules: "gain", "lose", "change", and how many by rule. before and after as rules of rule_simulate()."""
        was, now, kept = _rules(before), _rules(after), []
        options = _options(self, kept, None, as_of, entity, rows, max, progress, False, start)
        return json.loads(text_call(self, capi.arc_rule_compare, was, len(was or b""), now, len(now or b""), byref(options)))
