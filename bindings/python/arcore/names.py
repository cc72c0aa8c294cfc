# SPDX-License-Identifier: Apache-2.0
"""Names of companies: one form for all their spellings, how near two of them are, whom of many a name could mean. docs/duplicates.md tells how
it is reckoned. Scores go from 0 to 10000; from 8000 on (names.LIKELY) two names are candidates of one company.
"""
from __future__ import annotations

import json
from ctypes import byref, c_int32, c_size_t
from typing import Any, Callable, NamedTuple

from . import capi
from ._handle import Handle, c_progress, out_text, text_call
from ._query import F
from ._values import cstr, i64, u32
from .values import done

LIKELY, SAME, MOST_BYTES = capi.ARC_NAME_LIKELY, capi.ARC_NAME_SAME, capi.ARC_NAME_MAX
REASONS = (("name", capi.ARC_NAME_BY_NAME), ("tax_id", capi.ARC_NAME_BY_TAX_ID), ("bank_account", capi.ARC_NAME_BY_ACCOUNT), ("phone", capi.ARC_NAME_BY_PHONE),
           ("same_text", capi.ARC_NAME_SAME_TEXT), ("tax_id_differs", capi.ARC_NAME_TAX_ID_DIFFERS),
           ("country_differs", capi.ARC_NAME_COUNTRY_DIFFERS))
KEYS = {"tax_id": capi.ARC_NAME_BY_TAX_ID, "bank_account": capi.ARC_NAME_BY_ACCOUNT, "phone": capi.ARC_NAME_BY_PHONE}


class NameMatch(NamedTuple):
    """A company a name could mean. margin: its score less that of the best other one."""
    id: int
    score: int
    name_score: int
    margin: int
    reasons: tuple


class NamePair(NamedTuple):
    """Two companies that could be one. group: the first of all that hang together; margin: score less that of the best other pair of either."""
    a: int
    b: int
    score: int
    name_score: int
    margin: int
    group: int
    reasons: tuple


class Duplicate(NamedTuple):
    """Two customers that could be one."""
    a: int
    a_code: str
    a_name: str
    b: int
    b_code: str
    b_name: str
    score: int
    margin: int
    group: int
    reasons: tuple


def _reasons(bits):
    return tuple(name for name, bit in REASONS if bits & bit)


def normalise(name: str, *, core_only: bool = False) -> str:
    """The one form of a name: its words folded, each as the stem of its spellings; core_only: just those that say who it is."""
    raw, flags = name.encode(), capi.ARC_NAME_CORE_ONLY if core_only else 0
    status, text = out_text(lambda buffer, length: capi.arc_name_normalise(buffer, length, raw, len(raw), flags))
    done(status, "name")
    return text.decode()


def compare(a: str, b: str) -> int:
    """How near two names are, when nothing is known of other names."""
    score = c_int32()
    done(capi.arc_name_compare(byref(score), cstr(a, "a"), cstr(b, "b")), "name")
    return score.value


def explain(context, a: str, b: str) -> dict:
    """Why they are as near: which words match how, and what is left over."""
    return json.loads(text_call(context, capi.arc_name_explain, cstr(a, "a"), cstr(b, "b")))


def _keys(tax_id, bank_account, phone, country):
    keys = capi.init(capi.arc_name_keys)
    keys.tax_id, keys.bank_account, keys.phone = cstr(tax_id, "tax_id"), cstr(bank_account, "bank_account"), cstr(phone, "phone")
    keys.country = cstr(country, "country")
    return keys


class NameIndex(Handle):
    """Many names: NameIndex(context). Words weigh by how many of its names have them."""
    __slots__ = ()
    _free, _error = "arc_name_index_free", "arc_name_index_error"

    def __init__(self, context, *, _pointer=None):
        if _pointer is None:
            out = capi.arc_name_index()
            context._call(capi.arc_name_index_new, byref(out))
            _pointer = out.value
        super().__init__(_pointer, context._new_guard(), context)

    def add(self, id: int, name: str, *, tax_id: str | None = None, bank_account: str | None = None, phone: str | None = None, country: str | None = None) -> None:
        """Adds a company, or another name of one."""
        raw = name.encode()
        self._call(capi.arc_name_index_add, i64(id, "id"), raw, len(raw), byref(_keys(tax_id, bank_account, phone, country)))

    def add_key(self, id: int, kind: str, value: str) -> None:
        """One more key of a company that is in the index: kind "tax_id", "bank_account" or "phone"."""
        self._call(capi.arc_name_index_add_key, i64(id, "id"), KEYS[kind], cstr(value, "value"))

    def exclude(self, a: int, b: int) -> None:
        """Says that two companies are not one: pairs() passes them over."""
        self._call(capi.arc_name_index_exclude, i64(a, "a"), i64(b, "b"))

    def search(self, name: str, limit: int = 10, *, least: int = 0, tax_id: str | None = None, bank_account: str | None = None,
               phone: str | None = None, country: str | None = None) -> list[NameMatch]:
        """Whom a name could mean, the nearest first."""
        raw, n = name.encode(), c_size_t(u32(limit, "limit"))
        rows = (capi.arc_name_match * max(limit, 1))()
        for row in rows:
            row.struct_size = capi.ctypes.sizeof(capi.arc_name_match)
        self._call(capi.arc_name_index_search, rows, byref(n), raw, len(raw), byref(_keys(tax_id, bank_account, phone, country)), least)
        return [NameMatch(r.id, r.score, r.name_score, r.margin, _reasons(r.reasons)) for r in rows[:n.value]]

    def explain(self, name: str, id: int) -> dict:
        """Why a name is as near to a company of the index."""
        raw = name.encode()
        return json.loads(text_call(self, capi.arc_name_index_explain, raw, len(raw), i64(id, "id")))

    def pairs(self, least: int = LIKELY, progress: Callable[[int, int], Any] | None = None) -> list[NamePair]:
        """Pairs of companies that could be one, the best first. progress(done, total) is called every 1,000 names, and stops when it returns True."""
        count, pair, found = c_size_t(), capi.init(capi.arc_name_pair), []
        self._call(capi.arc_name_index_find_pairs, byref(count), least, c_progress(self._context._pending, progress), None)
        for at in range(count.value):
            self._call(capi.arc_name_index_get_pair, byref(pair), at)
            found.append(NamePair(pair.a, pair.b, pair.score, pair.name_score, pair.margin, pair.group, _reasons(pair.reasons)))
        return found


def of_session(session):
    out = capi.arc_name_index()
    session._call(capi.arc_duplicate_index, byref(out))
    return NameIndex(session._context, _pointer=out.value)


def duplicates(session, least, limit):
    with of_session(session) as index:
        pairs = index.pairs(LIKELY if least is None else least)[:limit]
    named, ids = {}, sorted({i for p in pairs for i in (p.a, p.b)})
    for at in range(0, len(ids), 1000):
        query = session.query("customer").where(F.id.isin(ids[at:at + 1000])).select("id", "code", "legal_name")
        named.update((row[0], row[1:]) for row in query.tuples())
    nobody = ("", "")
    return [Duplicate(p.a, *named.get(p.a, nobody), p.b, *named.get(p.b, nobody), p.score, p.margin, p.group, p.reasons) for p in pairs]


def check(session, customer, index):
    return json.loads(text_call(session, capi.arc_duplicate_check, customer._live(), None if index is None else index._live()))
