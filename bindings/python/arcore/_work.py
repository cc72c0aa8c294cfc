# SPDX-License-Identifier: Apache-2.0
"""Verbs of a session for tasks, dunning levels and calls to the host (docs/tasks.md, docs/actions.md)."""
from __future__ import annotations

import datetime
from ctypes import byref, c_int64
from typing import Any

from . import capi
from ._values import cstr, day_or_none, document, i32, i64
from .values import c_money


class WorkVerbs:
    __slots__ = ()

    # ---- tasks
    def task_assign(self, task: int, assignee: int, *, deadline: datetime.date | None = None, request_key: str | None = None) -> None:
        """Gives a task that stands to somebody else; deadline: the new one."""
        self._change(request_key, capi.arc_task_assign, i64(task, "task"), i64(assignee, "assignee"), day_or_none(deadline, "deadline"))

    def task_close(self, task: int, feedback: str, *, result: str | None = None, date: datetime.date | None = None, promise_date: datetime.date | None = None,
                   promise: Any = None, next_on: datetime.date | None = None, request_key: str | None = None) -> None:
        """A task is done: feedback says what was done and said. promise: a Money that was promised for promise_date."""
        outcome = capi.init(capi.arc_task_outcome)
        outcome.feedback, outcome.result = cstr(feedback, "feedback"), cstr(result, "result")
        outcome.date, outcome.promise_date, outcome.next_on = day_or_none(date, "date"), day_or_none(promise_date, "promise_date"), day_or_none(next_on, "next_on")
        if promise is not None:
            outcome.promise = c_money(promise, "promise")
        self._change(request_key, capi.arc_task_close, i64(task, "task"), byref(outcome))

    def task_cancel(self, task: int, reason: str, *, request_key: str | None = None) -> None:
        """A task is not needed any more."""
        self._change(request_key, capi.arc_task_cancel, i64(task, "task"), cstr(reason, "reason"))

    def task_escalate(self, task: int, assignee: int | None = None, *, deadline: datetime.date | None = None, request_key: str | None = None) -> None:
        """Hands an open task up: to the manager of who has it, or to assignee."""
        self._change(request_key, capi.arc_task_escalate, i64(task, "task"), i64(assignee or 0, "assignee"), day_or_none(deadline, "deadline"))

    # ---- levels
    def item_set_level(self, item: int, level: int, reason: str, *, date: datetime.date | None = None, cause: str | None = None, request_key: str | None = None) -> int:
        """Sets the dunning level of an item. Returns the id of the change; 0: it had that level."""
        out, what = c_int64(), capi.init(capi.arc_level)
        what.item, what.level = i64(item, "item"), i32(level, "level")
        what.date, what.reason, what.cause = day_or_none(date, "date"), cstr(reason, "reason"), cstr(cause, "cause")
        self._change(request_key, capi.arc_item_set_level, byref(out), byref(what))
        return out.value

    # ---- calls to the host
    def host_ask(self, call_key: str, name: str, entity: str, row: int, request: Any = None, *, customer: int | None = None, rule: str | None = None, level: int = 0,
                 asked_on: datetime.date | None = None, request_key: str | None = None) -> int:
        """Asks the host: a message of kind host.call and a row host_call. request: what it is told, as JSON. Returns the id of the call."""
        out, what = c_int64(), capi.init(capi.arc_host_question)
        what.call_key, what.name, what.entity, what.rule = cstr(call_key, "call_key"), cstr(name, "name"), cstr(entity, "entity"), cstr(rule, "rule")
        what.row, what.customer, what.level = i64(row, "row"), i64(customer or 0, "customer"), i32(level, "level")
        raw = document({} if request is None else request)
        what.request, what.request_length, what.asked_on = raw, len(raw), day_or_none(asked_on, "asked_on")
        self._change(request_key, capi.arc_host_ask, byref(out), byref(what))
        return out.value

    def host_answer(self, call: int, outcome: str | None, answer: Any = None, *, on: datetime.date | None = None, request_key: str | None = None) -> None:
        """Stores the host's answer: a word rules can test, and anything as JSON. outcome None: the host could not answer."""
        text = None if answer is None else document(answer)
        self._change(request_key, capi.arc_host_answer, i64(call, "call"), cstr(outcome, "outcome"), text, len(text) if text else 0, day_or_none(on, "on"))
