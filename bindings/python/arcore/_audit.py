# SPDX-License-Identifier: Apache-2.0
"""Who did what, provably: the chain of seals, its head and its proof. docs/audit.md tells it as a story."""
from __future__ import annotations

import datetime
from ctypes import byref, c_int64, c_uint32
from typing import Any, Callable, NamedTuple, Optional

from . import capi
from ._context import on_findings
from ._handle import c_progress
from ._values import cstr, day_number, i64, to_datetime, u32


class AuditHead(NamedTuple):
    """The end of the chain: keep it outside of the book, and hand it to Session.audit_verify() later."""
    seq: int
    hash: str
    stamp: Optional[datetime.datetime]
    unsealed: int
    keyed: bool


class AuditReport(NamedTuple):
    """What a proof came to. `findings` are those wrong, in order of the chain: the first names the first broken link."""
    findings: list
    seals: int
    events: int
    unsealed: int
    unanchored: int
    unproven: int
    head: str

    @property
    def ok(self):
        return not self.findings


class AuditVerbs:
    """The part of Session that keeps the chain."""
    __slots__ = ()

    def audit_head(self) -> AuditHead:
        """The end of the chain, as AuditHead."""
        mark = capi.init(capi.arc_audit_mark)
        self._call(capi.arc_audit_head, byref(mark))
        return AuditHead(mark.seq, mark.hash.decode(), to_datetime(mark.stamp) if mark.seq else None, mark.unsealed, bool(mark.keyed))

    def audit_seal(self, max: int = 0) -> int:
        """Seals transactions that wait for it (on stores with several writers at a time). Returns how many."""
        sealed = c_uint32()
        self._call(capi.arc_audit_seal, byref(sealed), u32(max, "max"))
        return sealed.value

    def audit_seal_on(self, day: datetime.date) -> int:
        """The last seal at or before the end of a day: what was known then; 0 = nothing was sealed by then."""
        out = c_int64()
        self._call(capi.arc_audit_seal_on, byref(out), day_number(day, "day"))
        return out.value

    def audit_verify(self, anchor: Any = None, *, chain_only: bool = False, max_findings: int = 0, report: Callable[..., Any] | None = None,
                     progress: Callable[..., Any] | None = None) -> AuditReport:
        """Proves that nobody changed the book behind the library's back. anchor: an AuditHead (or (seq, hash)) kept outside.

        report(finding) is told each finding as it is met, and may return True to stop with CancelledError.
        """
        options, told = capi.init(capi.arc_audit_options), capi.init(capi.arc_audit_report)
        options.flags = capi.ARC_AUDIT_CHAIN_ONLY if chain_only else 0
        options.max_findings = i64(max_findings, "max_findings")
        if anchor is not None:
            options.anchor_seq, options.anchor_hash = i64(anchor[0], "seq"), cstr(anchor[1], "hash")
        pending, found = self._context._pending, []
        options.progress = c_progress(pending, progress)
        self._call(capi.arc_audit_verify, byref(told), on_findings(pending, found, report), None, byref(options))
        return AuditReport(found, told.seals, told.events, told.unsealed, told.unanchored, told.unproven, told.head.decode())
