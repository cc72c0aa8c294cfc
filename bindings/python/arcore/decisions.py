# SPDX-License-Identifier: Apache-2.0
"""Decision tables and scorecards."""
from __future__ import annotations

import json
from ctypes import byref
from typing import Any

from . import capi
from ._handle import Handle, text_call
from ._values import day_or_none, document, i64
from .templates import raising_faults


class Decision(Handle):
    """A decision table or a scorecard from its document: Decision(context, {...}); what is wrong is raised, with all faults in the exception's `faults`.

    session.decision(kind, code) opens the published one.
    """
    __slots__ = ()
    _free, _error = "arc_decision_free", "arc_decision_error"

    def __init__(self, context, document_: dict | str | None = None, *, _pointer=None):
        if _pointer is None:
            out = capi.arc_decision()
            raising_faults(context._call, capi.arc_decision_load, document(document_), context._pending, byref(out))
            _pointer = out.value
        super().__init__(_pointer, context._new_guard(), context)

    def decide(self, inputs: Any = None, *, explain: bool = False) -> dict:
        """Asks it. inputs: the values by field, as JSON text or Python objects (amounts and decimals as Money, Decimal or text, dates as dates); None: the document's own sample."""
        raw = None if inputs is None else document(inputs)
        return json.loads(text_call(self, capi.arc_decision_evaluate, raw, len(raw or b""), capi.ARC_DECISION_EXPLAIN if explain else 0))

    def decide_row(self, session, id: int, *, today=None, explain: bool = False) -> dict:
        """Asks a table with a subject about a row of the book."""
        flags = capi.ARC_DECISION_EXPLAIN if explain else 0
        return json.loads(text_call(session, capi.arc_decision_evaluate_row, self._live(), i64(id, "id"), day_or_none(today, "today"), flags))

    def report(self) -> dict:
        """Overlaps and gaps of a decision table, and warnings."""
        return json.loads(text_call(self, capi.arc_decision_report))
