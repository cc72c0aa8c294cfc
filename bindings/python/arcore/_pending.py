# SPDX-License-Identifier: Apache-2.0
"""Pending changes: inserts and updates of master data that wait for somebody else's approval. docs/proposals.md tells of them."""
from __future__ import annotations

import datetime
import json
from ctypes import byref, c_int64, c_uint32
from typing import Any, NamedTuple, Optional

from . import _schema, capi
from ._handle import callback
from ._values import cstr, document, i64, to_datetime, u32


class PendingChange(NamedTuple):
    """A pending change as the session's actor sees it. before and after: the fields of the change, without those he may not read (hidden: how
    many he may not read or sees masked). why_class is "" when he may approve it, else the kind of reason; why and why_zh say it in words."""
    id: int
    verb: str
    entity: str
    row: Optional[int]
    status: str
    maker: str
    maker_for: str
    reason: str
    asked: Optional[datetime.datetime]
    expires: Optional[datetime.datetime]
    before: dict[str, Any]
    after: dict[str, Any]
    hidden: int
    may_approve: bool
    why_class: str
    why: str
    why_zh: str
    decided_by: str
    decision_reason: str
    result_row: Optional[int]


def _change(i):
    def text(raw):
        return raw.decode()
    return PendingChange(i.id, text(i.verb), text(i.entity), i.row or None, text(i.status), text(i.maker), text(i.maker_for), text(i.reason),
                         to_datetime(i.asked) if i.asked else None, to_datetime(i.expires) if i.expires else None,
                         json.loads(i.before), json.loads(i.after), i.hidden, bool(i.may_approve), text(i.why_class), text(i.why), text(i.why_zh),
                         text(i.decided_by), text(i.decision_reason), i.result_row or None)


class PendingVerbs:
    """The part of Session that lists and decides pending changes."""
    __slots__ = ()

    def pending(self, *, decidable: bool = False, mine: bool = False, closed: bool = False, entity: str | int | type | None = None, row: int = 0,
                after: int = 0, max: int = 0) -> list[PendingChange]:
        """The actor's inbox: what he sees of what waits, in the order of ids. decidable: only what he may approve; mine: only what he asked for; closed:
        also what is decided; entity, row: only what is about those; after, max: a page."""
        options, found = capi.init(capi.arc_pending_options), []
        options.flags = (capi.ARC_PENDING_DECIDABLE if decidable else 0) | (capi.ARC_PENDING_MINE if mine else 0) | (capi.ARC_PENDING_CLOSED if closed else 0)
        options.entity = 0 if entity is None else _schema.entity(entity).number
        options.row, options.after, options.max = i64(row, "row"), i64(after, "after"), u32(max, "max")

        def run(_, info):
            found.append(_change(info.contents))
            return 0
        self._call(capi.arc_pending_list, callback(capi.arc_pending_fn, self._context._pending, run), None, byref(options))
        return found

    def pending_edit(self, pending: int, after: dict | str, *, request_key: str | None = None) -> None:
        """Changes what is asked for, before it is decided: the fields as they are to be, in the JSON form of records."""
        raw = document(after)
        self._change(request_key, capi.arc_pending_edit, i64(pending, "pending"), raw, len(raw))

    def pending_approve(self, pending: int, reason: str | None = None, *, request_key: str | None = None) -> int:
        """Approves a pending change: it is done now. Returns the id of the row, 0 when its key is no id."""
        out = c_int64()
        self._change(request_key, capi.arc_pending_approve, byref(out), i64(pending, "pending"), cstr(reason, "reason"))
        return out.value

    def pending_reject(self, pending: int, reason: str, *, request_key: str | None = None) -> None:
        """Rejects a pending change."""
        self._change(request_key, capi.arc_pending_reject, i64(pending, "pending"), cstr(reason, "reason"))

    def pending_recall(self, pending: int, reason: str | None = None, *, request_key: str | None = None) -> None:
        """Takes back what the actor asked for, before it is decided."""
        self._change(request_key, capi.arc_pending_recall, i64(pending, "pending"), cstr(reason, "reason"))

    def pending_expire(self, max: int = 1000, *, request_key: str | None = None) -> int:
        """Marks pending changes as expired whose time is over. Returns how many."""
        n = c_uint32()
        self._change(request_key, capi.arc_pending_expire, byref(n), u32(max, "max"))
        return n.value
