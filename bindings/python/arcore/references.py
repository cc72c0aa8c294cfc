# SPDX-License-Identifier: Apache-2.0
"""References in what payers write: which documents, orders and contracts a text names, and where (docs/references.md)."""
from __future__ import annotations

import json
from ctypes import byref, c_char_p, c_int64, c_size_t, c_uint32, sizeof
from typing import Iterable, NamedTuple, Sequence

from . import capi
from ._handle import Handle, out_text, text_call
from ._values import cstr, i64, minor, u32
from .values import done

SCHEMES = {capi.arc_scheme_name(scheme).decode(): scheme for scheme in range(capi.ARC_SCHEME_RF, capi.ARC_SCHEME_LAST + 1)}
NUMBER_KINDS = {name: getattr(capi, "ARC_REFERENCE_" + name.upper()) for name in ("document", "order", "contract", "fapiao", "customer", "platform", "delivery", "other")}
HITS = {getattr(capi, "ARC_HIT_" + name.upper()): name for name in ("exact", "structured", "bare", "list", "range", "merged", "suffix", "prefix", "repaired", "unknown")}
FLAGS = {name: getattr(capi, "ARC_HIT_" + name.upper()) for name in ("wrapped", "inside", "labelled", "among", "ambiguous")}
REPAIRS = {getattr(capi, "ARC_REPAIR_" + name.upper()): name for name in ("replaced", "missing", "extra", "swapped", "lookalike")}


class Target(NamedTuple):
    """What a number stands for. customer 0: not known."""
    kind: str
    id: int
    customer: int = 0


class Repair(NamedTuple):
    """What was wrong: characters at a place of the text, and what was read instead."""
    kind: str
    at: int
    written: str
    read: str


class Hit(NamedTuple):
    """A reference found: text[start:end] is what stands there; numbers: those that fit, one unless it is ambiguous, none of kind "unknown"."""
    kind: str
    start: int
    end: int
    numbers: tuple
    targets: tuple          #: of each number a tuple of Target
    flags: tuple
    scheme: str | None
    repair: Repair | None


def check(scheme: str, reference: str) -> bool:
    """Whether a structured reference is well-formed and its check digits are right."""
    raw = reference.encode()
    return bool(capi.arc_reference_check(SCHEMES[scheme], raw, len(raw)))


def make(scheme: str, number: str) -> str:
    """A structured reference around a number."""
    status, text = out_text(lambda buffer, length: capi.arc_reference_make(buffer, length, SCHEMES[scheme], cstr(number, "number")))
    done(status, "number")
    return text.decode()


def _options(accounts, customers, amount, repair, suffix):
    o = capi.init(capi.arc_reference_options)
    raw = [a.encode() for a in accounts]
    who = sorted({i64(c, "customers") for c in customers})
    keep = ((c_char_p * max(len(raw), 1))(*raw), (c_int64 * max(len(who), 1))(*who))
    o.accounts, o.n_accounts, o.customers, o.n_customers = keep[0], len(raw), keep[1], len(who)
    if amount is not None:
        o.amount.minor, o.amount.currency = minor(amount.amount, amount.currency), amount.currency.encode()
    o.flags = (0 if repair else capi.ARC_REFERENCE_NO_REPAIR) | (0 if suffix else capi.ARC_REFERENCE_NO_SUFFIX)
    return o, keep


def read(context, text: str, *, accounts: Iterable[str] = (), amount=None) -> dict:
    """What reading a text finds without any index: its pieces with their masks ("date", "amount", ...), words that are structured references."""
    raw, (o, keep) = text.encode(), _options(accounts, (), amount, True, True)
    answer = json.loads(text_call(context, capi.arc_reference_read, raw, len(raw), byref(o)))
    del keep
    return answer


class ReferenceIndex(Handle):
    """Numbers of a book as they stand there: ReferenceIndex(context), or session.reference_index()."""
    __slots__ = ()
    _free, _error = "arc_reference_index_free", "arc_reference_index_error"

    def __init__(self, context, *, _pointer=None):
        if _pointer is None:
            out = capi.arc_reference_index()
            context._call(capi.arc_reference_index_new, byref(out))
            _pointer = out.value
        super().__init__(_pointer, context._new_guard(), context)

    def add(self, number: str, id: int, *, kind: str = "document", customer: int = 0) -> None:
        """Adds a number; the same one may stand for several things."""
        raw, t = number.encode(), capi.init(capi.arc_reference_target)
        t.kind, t.id, t.customer = NUMBER_KINDS[kind], i64(id, "id"), i64(customer, "customer")
        self._call(capi.arc_reference_index_add, raw, len(raw), byref(t))

    def find(self, text: str, limit: int = 100, *, accounts: Sequence[str] = (), customers: Iterable[int] = (), amount=None, repair: bool = True,
             suffix: bool = True) -> list[Hit]:
        """The numbers a text names, in its order. accounts: ours and the payer's, which are no references; customers: ids that may have paid, among whose numbers
        short and broken ones are looked for; amount: of the payment, Money."""
        raw, n, (o, keep) = text.encode(), c_size_t(u32(limit, "limit")), _options(accounts, customers, amount, repair, suffix)
        rows = (capi.arc_reference_hit * max(limit, 1))()
        for row in rows:
            row.struct_size = sizeof(capi.arc_reference_hit)
        self._call(capi.arc_reference_index_find, rows, byref(n), raw, len(raw), byref(o))
        del keep
        place = (lambda at: at) if len(raw) == len(text) else (lambda at: len(raw[:at].decode()))
        return [self._hit(r, place) for r in rows[:n.value]]

    def _hit(self, r, place):
        numbers = [self._number(r.numbers[i]) for i in range(r.n_numbers)]
        repair = Repair(REPAIRS[r.repair], place(r.repair_at), r.repair_from.decode(), r.repair_to.decode()) if r.repair else None
        return Hit(HITS[r.kind], place(r.start), place(r.end), tuple(n for n, _ in numbers), tuple(t for _, t in numbers),
                   tuple(name for name, bit in FLAGS.items() if r.flags & bit), {v: k for k, v in SCHEMES.items()}.get(r.scheme), repair)

    def _number(self, number):
        count, t, targets = c_uint32(), capi.init(capi.arc_reference_target), []
        text = text_call(self, capi.arc_reference_index_number, byref(count), number)
        for at in range(count.value):
            self._call(capi.arc_reference_index_target, byref(t), number, at)
            targets.append(Target({v: k for k, v in NUMBER_KINDS.items()}[t.kind], t.id, t.customer))
        return text, tuple(targets)
