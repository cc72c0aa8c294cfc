# SPDX-License-Identifier: Apache-2.0
"""Scores of customers: docs/scorecards.md."""
from __future__ import annotations

import datetime
import json
from ctypes import byref, c_int64
from decimal import Decimal
from typing import Any, Callable, Iterable, NamedTuple, Sequence, TYPE_CHECKING

from . import capi
from ._error import make
from ._handle import c_progress, out_text, text_call
from ._values import cstr, day_or_none, i32, i64

if TYPE_CHECKING:
    from ._proposal import Proposal


class ScoreSummary(NamedTuple):
    """What a run came to: customers scored, those whose band changed, those with a thin file, how many of each band."""
    scored: int
    changed: int
    thin: int
    bands: dict


def _options(session, scorecard, as_of, customers=None, progress=None):
    options = capi.init(capi.arc_score_options)
    options.as_of = day_or_none(as_of, "as_of")
    options.scorecard = None if scorecard is None else cstr(scorecard, "scorecard")
    if customers is not None:
        ids = [i64(c, "customer") for c in customers]
        options.customers, options.n_customers = (c_int64 * max(1, len(ids)))(*ids), len(ids)
    options.progress = c_progress(session._context._pending, progress)
    options.user = None
    return options


class ScoreVerbs:
    __slots__ = ()

    def score_explain(self, customer: int, *, scorecard: str | None = None, as_of: datetime.date | None = None) -> dict:
        """A customer's score without keeping it: points by characteristic, reasons, band, proposal, facts."""
        return json.loads(text_call(self, capi.arc_score_explain, i64(customer, "customer"), byref(_options(self, scorecard, as_of))))

    def score_run(self, customers: Iterable[int] | None = None, *, scorecard: str | None = None, as_of: datetime.date | None = None,
                  progress: Callable[..., Any] | None = None, request_key: str | None = None) -> ScoreSummary:
        """Scores customers (None: all that are not closed) and keeps a row of each. progress(done, total) stops it by returning True."""
        summary = capi.init(capi.arc_score_summary)
        self._change(request_key, capi.arc_score_run, byref(summary), byref(_options(self, scorecard, as_of, customers, progress)))
        return ScoreSummary(summary.scored, summary.changed, summary.thin, dict(zip("ABCD", summary.bands)))

    def score_propose(self, customers: Iterable[int] | None = None, *, scorecard: str | None = None, as_of: datetime.date | None = None) -> Proposal:
        """Terms and limits that differ from those of the band that stands, as a Proposal to be stored, approved and applied."""
        from ._proposal import Proposal
        out = capi.arc_proposal()
        self._call(capi.arc_score_propose, byref(out), byref(_options(self, scorecard, as_of, customers)))
        return Proposal(out.value, self)

    def score_override_request(self, customer: int, band: str, reason: str, valid_to: datetime.date, *, request_key: str | None = None) -> int:
        """Asks for another band until a day; it counts once somebody else approves it. Returns the request."""
        out = c_int64()
        self._change(request_key, capi.arc_score_override_request, byref(out), i64(customer, "customer"), cstr(band, "band"), cstr(reason, "reason"), day_or_none(valid_to, "valid_to"))
        return out.value

    def score_override_approve(self, request: int, *, request_key: str | None = None) -> int:
        """Approves a request for another band. Returns the override."""
        out = c_int64()
        self._change(request_key, capi.arc_score_override_approve, byref(out), i64(request, "request"))
        return out.value

    def score_override_end(self, override: int, reason: str, *, request_key: str | None = None) -> int:
        """Ends an override before its day. Returns the row that says so."""
        out = c_int64()
        self._change(request_key, capi.arc_score_override_end, byref(out), i64(override, "override"), cstr(reason, "reason"))
        return out.value

    def score_calibrate(self, request: dict | str, progress: Callable[..., Any] | None = None) -> dict:
        """Calibrates a scorecard on the book's own history: counts, WOE and IV, how well it tells good from bad, and the calibrated document."""
        raw = (request if isinstance(request, str) else json.dumps(request, default=str)).encode()
        return json.loads(text_call(self, capi.arc_score_calibrate, raw, len(raw), c_progress(self._context._pending, progress), None))


def score_shipped() -> dict:
    """The scorecard that is shipped."""
    status, text = out_text(capi.arc_score_shipped)
    if status:
        raise make(status, "")
    return json.loads(text.decode())


def score_woe(good: Sequence[int], bad: Sequence[int]) -> tuple[list[Decimal], Decimal]:
    """Weight of evidence of each bin, and the information value, with 6 decimals."""
    n = len(good)
    if n != len(bad):
        raise make(capi.ARC_E_INVALID, "good and bad are not of one length")
    woe, iv = (c_int64 * max(1, n))(), c_int64()
    status = capi.arc_score_woe(woe, byref(iv), (c_int64 * max(1, n))(*[i64(g, "good") for g in good]), (c_int64 * max(1, n))(*[i64(b, "bad") for b in bad]), n)
    if status:
        raise make(status, "counts are not negative, and there are good and bad ones")
    return [Decimal(w).scaleb(-6) for w in woe[:n]], Decimal(iv.value).scaleb(-6)


def score_scaling(pdo: int, score: int, odds: int) -> tuple[Decimal, Decimal]:
    """Factor and offset of score = offset + factor x ln(odds), with 6 decimals."""
    factor, offset = c_int64(), c_int64()
    status = capi.arc_score_scaling(byref(factor), byref(offset), i32(pdo, "pdo"), i32(score, "score"), i32(odds, "odds"))
    if status:
        raise make(status, "pdo, score or odds are out of range")
    return Decimal(factor.value).scaleb(-6), Decimal(offset.value).scaleb(-6)
