# SPDX-License-Identifier: Apache-2.0
"""Who paid: by account, by what was learned, by name (docs/payers.md)."""
from __future__ import annotations

from ctypes import byref, c_int64, c_size_t, c_uint32, sizeof
from typing import Iterable, NamedTuple

from . import capi
from ._handle import Handle
from ._values import cstr, day_or_none, i64, u32

HOW = {capi.ARC_PAYER_BY_ACCOUNT: "account", capi.ARC_PAYER_BY_ALIAS_ACCOUNT: "alias_account", capi.ARC_PAYER_BY_ALIAS_NAME: "alias_name", capi.ARC_PAYER_BY_NAME: "name",
       capi.ARC_PAYER_BY_NEAR_NAME: "near_name", capi.ARC_PAYER_BY_ULTIMATE: "ultimate"}
FLAGS = {"platform": capi.ARC_PAYER_PLATFORM, "new_account": capi.ARC_PAYER_NEW_ACCOUNT, "ambiguous": capi.ARC_PAYER_AMBIGUOUS, "conflict": capi.ARC_PAYER_CONFLICT}


class PayerMatch(NamedTuple):
    """Whom a payment could be of. ppm: how much it says, in millionths; margin: of near names, to the next one."""
    customer: int
    how: str
    ppm: int
    margin: int


class Payers(NamedTuple):
    """The matches, the likeliest first, and "platform", "new_account", "ambiguous", "conflict"."""
    matches: list
    flags: tuple


class PayerIndex(Handle):
    """Whom payers can be, as the book is now: session.payer_index()."""
    __slots__ = ()
    _free, _error = "arc_payer_index_free", "arc_payer_index_error"

    def __init__(self, session):
        out = capi.arc_payer_index()
        session._call(capi.arc_payer_index_load, byref(out))
        super().__init__(out.value, session._context._new_guard(), session._context)

    def find(self, name: str | None = None, account: str | None = None, ultimate_name: str | None = None, limit: int = 10) -> Payers:
        """Whom a payment is of, by what the bank tells of its payer."""
        payer, n, flags = capi.init(capi.arc_payer), c_size_t(u32(limit, "limit")), c_uint32()
        payer.name, payer.account, payer.ultimate_name = cstr(name, "name"), cstr(account, "account"), cstr(ultimate_name, "ultimate_name")
        rows = (capi.arc_payer_match * max(limit, 1))()
        for row in rows:
            row.struct_size = sizeof(capi.arc_payer_match)
        self._call(capi.arc_payer_index_find, rows, byref(n), byref(flags), byref(payer))
        return Payers([PayerMatch(r.customer, HOW[r.how], r.ppm, r.margin) for r in rows[:n.value]], tuple(name for name, bit in FLAGS.items() if flags.value & bit))

    def scope(self, customer: int, limit: int = 10000) -> list[int]:
        """The customers one may pay for: itself, those below it, those above it."""
        n, rows = c_size_t(u32(limit, "limit")), (c_int64 * max(limit, 1))()
        self._call(capi.arc_payer_index_scope, rows, byref(n), i64(customer, "customer"))
        return list(rows[:n.value])


def learn(session, receipts: Iterable[int], forget: bool) -> int:
    ids, changed = [i64(r, "receipts") for r in receipts], c_uint32()
    session._call(capi.arc_payer_learn, byref(changed), (c_int64 * max(len(ids), 1))(*ids), len(ids), capi.ARC_PAYER_FORGET if forget else 0)
    return changed.value


def confirm(session, customer, kind, value, to):
    out = c_int64()
    session._call(capi.arc_payer_confirm, byref(out), i64(customer, "customer"), cstr(kind, "kind"), cstr(value, "value"), day_or_none(to))
    return out.value
