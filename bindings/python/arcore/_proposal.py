# SPDX-License-Identifier: Apache-2.0
"""Proposals: what an engine would do, with its reasons, before anything is done. docs/proposals.md tells the whole way."""
from __future__ import annotations

import datetime
import json
from ctypes import byref, c_int64, c_uint32
from typing import Any, Callable, Iterable, NamedTuple, Optional, TYPE_CHECKING

from . import capi
from ._error import make
from ._handle import Handle, c_progress, text_call
from ._values import cstr, day_or_none, i64, stamp, to_date, to_datetime, u32
from .values import c_money

if TYPE_CHECKING:
    from ._values import Money


class ProposalInfo(NamedTuple):
    """A proposal at a glance. id 0: not stored. The counts are of its lines, by status."""
    id: int
    version: int
    engine: str
    status: str
    title: str
    maker: str
    as_of: Optional[datetime.date]
    expires: Optional[datetime.datetime]
    n_lines: int
    n_draft: int
    n_approved: int
    n_applied: int
    n_stale: int
    n_rejected: int
    n_expired: int


class MatchReport(NamedTuple):
    """What came of matching many receipts. last: the receipt with the highest id that was looked at."""
    chunks: int
    receipts: int
    posted: int
    suggested: int
    none: int
    refused: int
    allocations: int
    proposals: int
    proposal: int
    last: int


class ProposalLine(NamedTuple):
    """A line: an action with its explanation; lines of a unit are applied together. action, explanation and result are Python objects."""
    seq: int
    customer: Optional[int]
    unit: str
    status: str
    action: object
    explanation: object
    reason: str
    result: object


def _json(raw):
    return json.loads(raw) if raw else None


class Proposal(Handle):
    """What an engine would do. len(), indexing and iteration give its lines, from 0."""
    __slots__ = ("_session",)
    _free, _error = "arc_proposal_free", "arc_proposal_error"

    def __init__(self, pointer, session):
        super().__init__(pointer, session._guard, session._context)
        self._session = session

    @property
    def info(self):
        """What it is and how far it has come, as ProposalInfo."""
        box = []

        def call(pointer):
            i = capi.init(capi.arc_proposal_info)
            status = capi.arc_proposal_describe(pointer, byref(i))
            if status == 0:  # texts are copied while nobody can change the handle
                box.append(ProposalInfo(i.id, i.version, i.engine.decode(), i.status.decode(), i.title.decode(), i.maker.decode(),
                                        None if i.as_of == capi.ARC_DATE_NONE else to_date(i.as_of), to_datetime(i.expires) if i.expires else None,
                                        i.n_lines, i.n_draft, i.n_approved, i.n_applied, i.n_stale, i.n_rejected, i.n_expired))
            return status
        self._call(call)
        return box[0]

    def __len__(self):
        return self.info.n_lines

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        place, box = index + len(self) if index < 0 else index, []

        def call(pointer):
            line = capi.init(capi.arc_proposal_line)
            status = capi.arc_proposal_get(pointer, byref(line), u32(place, "index"))
            if status == 0:
                box.append(ProposalLine(line.seq, line.customer or None, line.unit.decode(), line.status.decode(), _json(line.action),
                                        _json(line.explanation), line.reason.decode(), _json(line.result)))
            return 0 if status == capi.ARC_E_RANGE else status
        if place < 0:
            raise IndexError(index)
        self._call(call)
        if not box:
            raise IndexError(index)
        return box[0]

    def to_json(self) -> dict:
        """The whole of it as Python objects: engine, definitions, what was considered, lines with preconditions and context."""
        return json.loads(text_call(self, capi.arc_proposal_json))

    # ---- editing a draft, in memory until it is stored
    def drop(self, index: int, reason: str) -> None:
        """Takes a line out: its status becomes rejected."""
        self._call(capi.arc_proposal_drop, u32(index, "index"), cstr(reason, "reason"))

    def set_amount(self, index: int, amount: Money) -> None:
        """Changes the amount (a Money) of a line whose action has one."""
        self._call(capi.arc_proposal_set_amount, u32(index, "index"), byref(c_money(amount)))

    def choose(self, index: int, candidate: int) -> None:
        """Takes an alternative of a match instead of what was proposed: 1 and up; 0 is what was proposed."""
        self._call(capi.arc_match_choose, u32(index, "index"), u32(candidate, "candidate"))

    def keep(self, index: int, items: Iterable[int]) -> None:
        """Leaves all but some items (ids) of a match out."""
        numbers = [i64(i, "item") for i in items]
        self._call(capi.arc_match_keep, u32(index, "index"), (c_int64 * (len(numbers) or 1))(*numbers), len(numbers))

    # ---- storing, deciding, applying
    def _change(self, request_key, function, *arguments):
        if request_key is None:
            return self._call(function, *arguments)
        key, session = cstr(request_key, "request_key"), self._session._live()

        def call(pointer):
            status = capi.arc_session_set_request_key(session, key)
            return function(pointer, *arguments) if status == 0 else status
        return self._call(call)

    def store(self, *, title: str | None = None, expires: datetime.datetime | None = None, request_key: str | None = None) -> int:
        """Stores the proposal, or the edits of one that is stored. Returns its id."""
        options, out = capi.init(capi.arc_proposal_options), c_int64()
        options.title, options.expires = cstr(title, "title"), 0 if expires is None else stamp(expires, "expires")
        self._change(request_key, capi.arc_proposal_store, byref(out), byref(options))
        return out.value

    @staticmethod
    def _lines(lines):
        if lines is None:
            return None, 0
        numbers = [u32(i, "line") for i in lines]
        return (c_uint32 * max(1, len(numbers)))(*numbers), len(numbers)

    def approve(self, lines: Iterable[int] | None = None, *, request_key: str | None = None) -> None:
        """Approves lines of a stored proposal, from 0; None: every draft line."""
        self._change(request_key, capi.arc_proposal_approve, *self._lines(lines))

    def reject(self, reason: str, lines: Iterable[int] | None = None, *, request_key: str | None = None) -> None:
        """Rejects lines of a stored proposal, from 0; None: all that are neither applied nor over."""
        self._change(request_key, capi.arc_proposal_reject, *self._lines(lines), cstr(reason, "reason"))

    def apply(self, *, atomic: bool = False, progress: Callable[..., Any] | None = None, request_key: str | None = None) -> ProposalInfo:
        """Applies what is approved, unit by unit, exactly once. Returns the ProposalInfo afterwards: n_stale tells what was not done."""
        options = capi.init(capi.arc_apply_options)
        options.flags, options.progress = capi.ARC_APPLY_ATOMIC if atomic else 0, c_progress(self._context._pending, progress)
        self._change(request_key, capi.arc_proposal_apply, byref(options))
        return self.info


class ProposalVerbs:
    """The part of Session that makes and loads proposals."""
    __slots__ = ()

    def receipt_propose(self, receipts: Iterable[int] | None = None, *, as_of: datetime.date | None = None, customer: int | None = None,
                        currency: str | None = None, max: int = 0) -> Proposal:
        """Proposes what receipts pay: allocations to open items. receipts: ids; None: all with something left. Writes nothing."""
        options, out = capi.init(capi.arc_propose_options), capi.arc_proposal()
        options.as_of, options.max = day_or_none(as_of, "as_of"), u32(max, "max")
        options.customer = 0 if customer is None else i64(customer, "customer")
        if currency is not None:
            raw = cstr(currency, "currency")
            if len(raw) != 3:
                raise make(capi.ARC_E_CURRENCY, f"{currency!r} is no currency")
            options.currency = raw
        numbers = None if receipts is None else [i64(r, "receipt") for r in receipts]
        array = None if numbers is None else (c_int64 * (len(numbers) or 1))(*numbers)
        self._call(capi.arc_receipt_propose, byref(out), array, len(numbers or ()), byref(options))
        return Proposal(out.value, self)

    def _match_options(self, strategy, as_of, customer, currency, max):
        options = capi.init(capi.arc_match_options)
        options.strategy, options.as_of, options.max = cstr(strategy, "strategy"), day_or_none(as_of, "as_of"), u32(max, "max")
        options.customer = 0 if customer is None else i64(customer, "customer")
        if currency is not None:
            raw = cstr(currency, "currency")
            if len(raw) != 3:
                raise make(capi.ARC_E_CURRENCY, f"{currency!r} is no currency")
            options.currency = raw
        return options

    def match_propose(self, receipts: Iterable[int] | None = None, *, strategy: str | None = None, as_of: datetime.date | None = None, customer: int | None = None,
                      currency: str | None = None, max: int = 0) -> Proposal:
        """Proposes what receipts pay by a matching strategy (docs/matching.md): one line a receipt, with the reasons and ranked alternatives. receipts: ids; None: all with
        something left. Writes nothing."""
        options, out = self._match_options(strategy, as_of, customer, currency, max), capi.arc_proposal()
        numbers = None if receipts is None else [i64(r, "receipt") for r in receipts]
        array = None if numbers is None else (c_int64 * (len(numbers) or 1))(*numbers)
        self._call(capi.arc_match_propose, byref(out), array, len(numbers or ()), byref(options))
        return Proposal(out.value, self)

    def dunning_propose(self, *, ladder: str | None = None, as_of: datetime.date | None = None, customers: Iterable[int] | None = None) -> Proposal:
        """Proposes the letters that are due by the dunning ladders in force (docs/dunning.md), with what is held back and why under "considered". ladder: the only one, or a
        document to be tried. customers: ids; None: all. Writes nothing."""
        options, out = capi.init(capi.arc_dunning_options), capi.arc_proposal()
        options.ladder, options.as_of = cstr(ladder, "ladder"), day_or_none(as_of, "as_of")
        if customers is not None:
            numbers = [i64(c, "customer") for c in customers]
            if not numbers:
                raise make(capi.ARC_E_INVALID, "no customers")
            array = (c_int64 * len(numbers))(*numbers)
            options.customers, options.n_customers = array, u32(len(numbers), "customers")
        self._call(capi.arc_dunning_propose, byref(out), byref(options))
        return Proposal(out.value, self)

    def dunning_explain(self, customer: int, as_of: datetime.date | None = None) -> dict[str, Any]:
        """Why a customer gets a letter on a day, or not: what becomes of every claim of his that is open."""
        return json.loads(text_call(self, capi.arc_dunning_explain, i64(customer, "customer"), day_or_none(as_of, "as_of")))

    def match_run(self, *, strategy: str | None = None, as_of: datetime.date | None = None, customer: int | None = None, currency: str | None = None, max: int = 0,
                  chunk: int = 0, after: int = 0, store: bool = True, progress: Callable[..., Any] | None = None, request_key: str | None = None) -> MatchReport:
        """Matches all receipts that wait, in chunks, and posts what may post by itself; with store what a person should confirm is stored as proposals. Stopped, it is
        called again."""
        options, report = self._match_options(strategy, as_of, customer, currency, max), capi.init(capi.arc_match_report)
        options.flags, options.chunk, options.after = capi.ARC_MATCH_STORE if store else 0, u32(chunk, "chunk"), i64(after, "after")
        options.progress = c_progress(self._context._pending, progress)
        self._change(request_key, capi.arc_match_run, byref(report), byref(options))
        return MatchReport(*(getattr(report, name) for name in MatchReport._fields))

    def match_learn(self, *, strategy: str | None = None, as_of: datetime.date | None = None, max: int = 0, request_key: str | None = None) -> tuple[int, int]:
        """Learns from the latest max receipts that were settled (0: 3,000) how often matches that look so good are right, and how payers choose. Returns the id of the row of
        match_model and how many receipts it could be compared for."""
        options, made, cases = self._match_options(strategy, as_of, None, None, max), c_int64(), c_int64()
        self._change(request_key, capi.arc_match_learn, byref(made), byref(cases), byref(options))
        return made.value, cases.value

    def match_reverse(self, receipt: int, reason: str, *, date: datetime.date | None = None, request_key: str | None = None) -> None:
        """Takes back all that matching a receipt has settled."""
        self._change(request_key, capi.arc_match_reverse, i64(receipt, "receipt"), day_or_none(date, "date"), cstr(reason, "reason"))

    def proposal(self, id: int) -> Proposal:
        """Loads a stored proposal."""
        out = capi.arc_proposal()
        self._call(capi.arc_proposal_load, byref(out), i64(id, "id"))
        return Proposal(out.value, self)

    def proposal_expire(self, max: int = 1000, *, request_key: str | None = None) -> int:
        """Marks proposals as expired whose time is over. Returns how many."""
        n = c_uint32()
        self._change(request_key, capi.arc_proposal_expire, byref(n), u32(max, "max"))
        return n.value
