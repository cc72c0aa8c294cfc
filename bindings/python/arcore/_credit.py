# SPDX-License-Identifier: Apache-2.0
"""Verbs of a session for credit: limits, requests for them, exposure."""
from __future__ import annotations

import datetime
import json
from ctypes import byref, c_int64
from typing import Any

from . import capi
from ._handle import text_call
from ._values import cstr, day_or_none, i64, major, minor, stamp, u32

_MOMENTS = {"sales_order": capi.ARC_SALES_ORDER, "delivery": capi.ARC_DELIVERY, "invoice": capi.ARC_INVOICE}
_RESULTS = {capi.ARC_CREDIT_PASS: "pass", capi.ARC_CREDIT_WARN: "warn", capi.ARC_CREDIT_HOLD: "hold"}
_AMOUNTS = ("after", "document", "excess", "amount", "permanent", "temporary", "limit", "exposure", "headroom", "total", "old_amount", "new_amount", "covered")


def _in_major(told: Any, currency: str | None = None) -> Any:
    """Amounts of an answer in major units: those of the currency that the object, or what it is in, names."""
    if isinstance(told, list):
        return [_in_major(one, currency) for one in told]
    if not isinstance(told, dict):
        return told
    currency = told.get("currency", currency)
    return {name: major(one, currency) if name in _AMOUNTS and isinstance(one, int) else _in_major(one, currency) for name, one in told.items()}


class CreditVerbs:
    def _limit(self, customer, amount, currency, valid_from, valid_to, kind, scope, credit_check, reason, customer_group):
        limit = capi.init(capi.arc_credit_limit)
        limit.customer, limit.amount = i64(customer or 0, "customer"), minor(amount, currency, "amount")
        limit.customer_group = i64(customer_group or 0, "customer_group")
        limit.currency, limit.kind, limit.scope, limit.reason = cstr(currency, "currency"), cstr(kind, "kind"), cstr(scope, "scope"), cstr(reason, "reason")
        limit.valid_from, limit.valid_to = day_or_none(valid_from, "valid_from"), day_or_none(valid_to, "valid_to")
        limit.credit_check = i64(credit_check or 0, "credit_check")
        return limit

    def credit_limit_set(self, customer: int | None, amount: Any, currency: str, reason: str, *, valid_from: datetime.date | None = None, valid_to: datetime.date | None = None,
                         kind: str = "permanent", scope: str | None = None, credit_check: int | None = None, customer_group: int | None = None, request_key: str | None = None) -> int:
        """Sets a limit: amount in major units, kind permanent or temporary, scope own (the default) or group (with all the customer owns). With customer None
        and customer_group: of all customers of that group, with all they own. Returns the id of the row."""
        out, limit = c_int64(), self._limit(customer, amount, currency, valid_from, valid_to, kind, scope, credit_check, reason, customer_group)
        self._change(request_key, capi.arc_credit_limit_set, byref(out), byref(limit))
        return out.value

    def credit_request_submit(self, customer: int | None, amount: Any, currency: str, reason: str, *, valid_from: datetime.date | None = None, valid_to: datetime.date | None = None,
                              kind: str = "permanent", scope: str | None = None, credit_check: int | None = None, customer_group: int | None = None, request_key: str | None = None) -> int:
        """Asks for a limit that somebody else grants. Returns the id of the request."""
        out, limit = c_int64(), self._limit(customer, amount, currency, valid_from, valid_to, kind, scope, credit_check, reason, customer_group)
        self._change(request_key, capi.arc_credit_request_submit, byref(out), byref(limit))
        return out.value

    def credit_request_approve(self, request: int, reason: str | None = None, *, request_key: str | None = None) -> int:
        """Grants a request; a reason is required where it has no credit check. Returns the id of the limit."""
        out = c_int64()
        self._change(request_key, capi.arc_credit_request_approve, byref(out), i64(request, "request"), cstr(reason, "reason"))
        return out.value

    def credit_request_reject(self, request: int, reason: str, *, request_key: str | None = None) -> None:
        """Refuses a request."""
        self._change(request_key, capi.arc_credit_request_reject, i64(request, "request"), cstr(reason, "reason"))

    def credit_request_recall(self, request: int, reason: str, *, request_key: str | None = None) -> None:
        """Takes back what one asked for oneself."""
        self._change(request_key, capi.arc_credit_request_recall, i64(request, "request"), cstr(reason, "reason"))

    def credit_limits(self, customer: int, *, as_of: datetime.date | None = None, known_at: datetime.datetime | None = None) -> dict:
        """The limits of a customer and of who owns it, on a day, as known at a moment; what they will be; their rows. Amounts in major units,
        None (with permanent and temporary) where none is in force on that day."""
        known = stamp(known_at, "known_at") if known_at is not None else 0
        return _in_major(json.loads(text_call(self, capi.arc_credit_limit_json, i64(customer, "customer"), day_or_none(as_of, "as_of"), known)))

    def credit_exposure(self, customer: int | None = None, *, customer_group: int | None = None, currency: str | None = None, as_of: datetime.date | None = None, group: bool = False) -> dict:
        """The exposure of a customer (group: with all it owns), or of all customers of a customer_group, on a day, by parts and against its limits. Amounts in major
        units. Of a past day: what the book knew by its end, without what was recorded later and dated back; aging(known_at=) of that day's last seal says the same."""
        told = json.loads(text_call(self, capi.arc_credit_exposure_json, i64(customer_group or customer or 0, "customer"), cstr(currency, "currency"), day_or_none(as_of, "as_of"),
                                    capi.ARC_EXPOSURE_OF_GROUP if customer_group else int(bool(group))))
        for one in told["by_currency"]:
            one.update((name, major(amount, one["currency"])) for name, amount in one.items() if name != "currency")
        return _in_major(told)

    # ---- checks and holds
    def credit_check(self, entity: str | None = None, row: int | None = None, *, customer: int | None = None, amount: Any = 0, currency: str | None = None,
                     wanted_on: datetime.date | None = None) -> dict:
        """What the rules would say of a document (sales_order, delivery, invoice) or of an amount of a customer, without writing: a dict with result (pass, warn, hold), the
        limits with their numbers and the rules that speak against it; amount, limit, exposure and excess of the limit that leaves least. Amounts in major units."""
        question, decision = capi.init(capi.arc_credit_question), capi.init(capi.arc_credit_decision)
        if entity is not None and entity not in _MOMENTS:
            raise ValueError("entity is one of " + ", ".join(_MOMENTS))
        question.entity = _MOMENTS.get(entity, 0)
        question.row, question.customer = i64(row or 0, "row"), i64(customer or 0, "customer")
        question.currency, question.wanted_on = cstr(currency, "currency"), day_or_none(wanted_on, "wanted_on")
        question.amount = minor(amount, currency, "amount") if currency else 0
        told = _in_major(json.loads(text_call(self, lambda session, buf, n: capi.arc_credit_check(session, byref(decision), buf, n, byref(question)))))
        of = decision.currency.decode()
        told["result"] = _RESULTS[decision.result]
        told["limit"], told["exposure"], told["excess"] = ((major(one, of) if decision.has_limit else None) for one in (decision.limit, decision.exposure, decision.excess))
        return told

    def credit_warnings(self) -> list:
        """What the credit checks of the last call that changed the book warned of: a dict each, with document_kind, document, customer, rules, hold (the row that keeps it) and, for who may read limits, reasons with all
        numbers in major units."""
        told = json.loads(text_call(self, capi.arc_credit_warnings_json))["warnings"]
        return [{name: _in_major(one) if name == "reasons" else one for name, one in warning.items()} for warning in told]

    def hold_place(self, customer: int, reason: str, *, request_key: str | None = None) -> int:
        """Holds a customer: every check of its documents blocks until the hold is ended. Returns the id of the hold."""
        out = c_int64()
        self._change(request_key, capi.arc_hold_place, byref(out), i64(customer, "customer"), cstr(reason, "reason"))
        return out.value

    def hold_release(self, hold: int, reason: str, valid_to: datetime.date, *, amount: Any = None, version: int | None = None, request_key: str | None = None) -> None:
        """Lets a held document pass, up to an amount (major units; what it has now) and until a day, in the version it has now."""
        release = capi.init(capi.arc_credit_permit)
        release.hold, release.version = i64(hold, "hold"), i64(version or 0, "version")
        release.valid_to, release.reason = day_or_none(valid_to, "valid_to"), cstr(reason, "reason")
        release.amount = minor(amount, self.get("hold", hold).currency, "amount") if amount is not None else 0
        self._change(request_key, capi.arc_hold_release, byref(release))

    def hold_end(self, hold: int, reason: str, *, request_key: str | None = None) -> None:
        """Ends the hold of a customer, or of a document that is given up: an order becomes a draft."""
        self._change(request_key, capi.arc_hold_end, i64(hold, "hold"), cstr(reason, "reason"))

    def hold_recheck(self, *, after: int = 0, max: int = 1000, request_key: str | None = None) -> int:
        """Checks held orders again, at most max of those behind a hold, and confirms the ones that pass now. Returns how many were confirmed."""
        out = c_int64()
        self._change(request_key, capi.arc_hold_recheck, byref(out), i64(after, "after"), u32(max, "max"))
        return out.value
