# SPDX-License-Identifier: Apache-2.0
"""Pending changes: inserts and updates of master data that wait for somebody else's approval. docs/proposals.md tells of them."""
from __future__ import annotations

from ctypes import byref, c_int64, c_uint32

from . import capi
from ._access import document
from ._values import cstr, i64, u32


class PendingVerbs:
    """The part of Session that decides pending changes. They are rows of "pending_change": query() lists them, get() shows one."""
    __slots__ = ()

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
        """Rejects a pending change; who asked for it takes it back so."""
        self._change(request_key, capi.arc_pending_reject, i64(pending, "pending"), cstr(reason, "reason"))

    def pending_expire(self, max: int = 1000, *, request_key: str | None = None) -> int:
        """Marks pending changes as expired whose time is over. Returns how many."""
        n = c_uint32()
        self._change(request_key, capi.arc_pending_expire, byref(n), u32(max, "max"))
        return n.value
