# SPDX-License-Identifier: Apache-2.0
"""Verbs of a session for customers that turned out to be one."""
from __future__ import annotations

import datetime
from ctypes import byref, c_int64, c_uint32

from . import capi
from ._status import BufferTooShortError
from ._values import cstr, day_or_none, i64


class MergeVerbs:
    def customer_merge(self, kept: int, merged: int, reason: str, *, leave_owner: bool = False, request_key: str | None = None) -> int:
        """Merges a customer into another from the session's business date on; leave_owner: its owner, team and region stay. Returns the id of the merge record."""
        out, merge = c_int64(), capi.init(capi.arc_merge)
        merge.kept, merge.merged, merge.reason = i64(kept, "kept"), i64(merged, "merged"), cstr(reason, "reason")
        merge.flags = capi.ARC_MERGE_LEAVE_OWNER if leave_owner else 0
        self._change(request_key, capi.arc_customer_merge, byref(out), byref(merge))
        return out.value

    def customer_unmerge(self, customer: int, reason: str, *, request_key: str | None = None) -> int:
        """Takes a merged customer out again from the session's business date on. Returns the id of the merge record that undoes."""
        out = c_int64()
        self._change(request_key, capi.arc_customer_unmerge, byref(out), i64(customer, "customer"), cstr(reason, "reason"))
        return out.value

    def customer_root(self, customer: int, *, as_of: datetime.date | None = None) -> int:
        """Whose a customer's documents are on a day: its own id, or that of the customer it was merged into."""
        out = c_int64()
        self._call(capi.arc_customer_root, byref(out), i64(customer, "customer"), day_or_none(as_of, "as_of"))
        return out.value

    def customer_family(self, customer: int, *, as_of: datetime.date | None = None) -> list[int]:
        """The customers that are one with a customer on a day, the kept one first."""
        room = 8
        while True:
            ids, n = (c_int64 * room)(), c_uint32(room)
            try:
                self._call(capi.arc_customer_family, ids, byref(n), i64(customer, "customer"), day_or_none(as_of, "as_of"))
            except BufferTooShortError:
                room = n.value
                continue
            return list(ids[: n.value])
