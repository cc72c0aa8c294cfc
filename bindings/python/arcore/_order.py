# SPDX-License-Identifier: Apache-2.0
"""Verbs of a session for orders and deliveries, and for many requests for tax invoices."""
from __future__ import annotations

import datetime
from ctypes import sizeof
from typing import TYPE_CHECKING, Iterable

from . import capi
from ._values import cstr, day_or_none, i64

if TYPE_CHECKING:
    from ._session import BatchResult

_ORDER = {"confirm": capi.arc_order_confirm, "close": capi.arc_order_close, "cancel": capi.arc_order_cancel}
_DELIVERY = {"ship": capi.arc_delivery_ship, "sign": capi.arc_delivery_sign, "refuse": capi.arc_delivery_refuse, "cancel": capi.arc_delivery_cancel}


def _elements(steps):
    array = (capi.arc_order_step * max(1, len(steps)))()
    for place, step in zip(array, steps):
        step = step if isinstance(step, dict) else {"id": getattr(step, "id", step)}
        unknown = set(step) - {"id", "version", "date", "reason", "by"}
        if unknown:
            raise TypeError(f"a step has no {', '.join(sorted(unknown))}")
        place.struct_size = sizeof(capi.arc_order_step)
        place.id, place.version = i64(step["id"], "id"), i64(step.get("version") or 0, "version")
        place.date = day_or_none(step.get("date"), "date")
        place.reason, place.by = (cstr(step[n], n) if step.get(n) is not None else None for n in ("reason", "by"))
    return array


_REQUEST = {"submit": capi.arc_invoice_request_submit_many, "approve": capi.arc_invoice_request_approve_many, "send": capi.arc_invoice_request_send_many,
            "issue": capi.arc_invoice_request_issue_many, "fail": capi.arc_invoice_request_fail_many}


def _requests(steps):
    array = (capi.arc_request_step * max(1, len(steps)))()
    for place, step in zip(array, steps):
        step = step if isinstance(step, dict) else {"request": getattr(step, "id", step)}
        unknown = set(step) - {"request", "date", "reason", "number", "code", "kind"}
        if unknown:
            raise TypeError(f"a step has no {', '.join(sorted(unknown))}")
        place.struct_size = sizeof(capi.arc_request_step)
        place.request, place.date = i64(step["request"], "request"), day_or_none(step.get("date"), "date")
        place.reason, place.number, place.code, place.kind = (cstr(step.get(n), n) for n in ("reason", "number", "code", "kind"))
    return array


class OrderVerbs:
    # ---- orders and deliveries
    def _order_steps(self, verbs, verb, steps, all_or_none, request_key):
        if verb not in verbs:
            raise ValueError(f"no step {verb!r}: one of {', '.join(verbs)}")
        steps = list(steps)
        return self._many(verbs[verb], _elements(steps), len(steps), all_or_none, request_key)

    def order_steps(self, verb: str, steps: Iterable[int | dict], *, all_or_none: bool = False, request_key: str | None = None) -> BatchResult:
        """Takes orders a step on: verb is confirm, close or cancel.

        Steps are ids or records, or dicts with id and, where the verb wants them, version and reason. Returns a BatchResult whose ids are the new versions.
        """
        return self._order_steps(_ORDER, verb, steps, all_or_none, request_key)

    def delivery_steps(self, verb: str, steps: Iterable[int | dict], *, all_or_none: bool = False, request_key: str | None = None) -> BatchResult:
        """Takes deliveries a step on: verb is ship, sign, refuse or cancel. Steps as of order_steps(), with date and by where they are signed for."""
        return self._order_steps(_DELIVERY, verb, steps, all_or_none, request_key)

    def _order_step(self, verbs, verb, row, request_key, **more):
        step = {"id": getattr(row, "id", row), **more}
        return self._one(verbs[verb], _elements([step]), request_key)

    def order_confirm(self, order: int, *, version: int = 0, request_key: str | None = None) -> int:
        """Confirms a draft of an order, within its contract; NeedsApproval: a credit check holds it. This and the steps below return the new version; version: the one looked at, 0 any."""
        return self._order_step(_ORDER, "confirm", order, request_key, version=version)

    def order_close(self, order: int, *, version: int = 0, request_key: str | None = None) -> int:
        """Closes an order: what was neither delivered nor invoiced goes back to its contract."""
        return self._order_step(_ORDER, "close", order, request_key, version=version)

    def order_cancel(self, order: int, reason: str, *, version: int = 0, request_key: str | None = None) -> int:
        """Cancels an order of which nothing is delivered and nothing invoiced."""
        return self._order_step(_ORDER, "cancel", order, request_key, version=version, reason=reason)

    def delivery_ship(self, delivery: int, *, version: int = 0, request_key: str | None = None) -> int:
        """Ships a delivery, within what is ordered."""
        return self._order_step(_DELIVERY, "ship", delivery, request_key, version=version)

    def delivery_sign(self, delivery: int, *, by: str | None = None, date: datetime.date | None = None, version: int = 0, request_key: str | None = None) -> int:
        """Notes that the customer took a delivery."""
        return self._order_step(_DELIVERY, "sign", delivery, request_key, version=version, by=by, date=date)

    def delivery_refuse(self, delivery: int, reason: str, *, version: int = 0, request_key: str | None = None) -> int:
        """Notes that the customer refused a delivery: it may be delivered again."""
        return self._order_step(_DELIVERY, "refuse", delivery, request_key, version=version, reason=reason)

    def delivery_cancel(self, delivery: int, reason: str, *, version: int = 0, request_key: str | None = None) -> int:
        """Cancels a delivery, a shipped one too."""
        return self._order_step(_DELIVERY, "cancel", delivery, request_key, version=version, reason=reason)

    def invoice_request_steps(self, verb: str, steps: Iterable[int | dict], *, all_or_none: bool = False, request_key: str | None = None) -> BatchResult:
        """Takes requests for tax invoices a step on: verb is submit, approve, send, issue or fail.

        Steps are ids or records, or dicts with request and reason (fail), or number, date, code and kind (issue). Returns a BatchResult whose ids are those of messages (send),
        invoices (issue) or requests.
        """
        if verb not in _REQUEST:
            raise ValueError(f"no step {verb!r}: one of {', '.join(_REQUEST)}")
        steps = list(steps)
        return self._many(_REQUEST[verb], _requests(steps), len(steps), all_or_none, request_key)
