# SPDX-License-Identifier: Apache-2.0
"""What happens to receipts and debts after they were booked. docs/settling.md tells the rules."""
from __future__ import annotations

import datetime
from ctypes import byref, c_int32, c_int64, c_size_t, sizeof
from typing import Any, Iterable

from . import capi
from ._status import BufferTooShortError
from ._values import cstr, day_or_none, i64, minor

RULES = ("none", "exact", "account", "past_due", "term", "oldest")


class SettleVerbs:
    """The part of Session that claims and returns receipts, and moves, extends and writes off debts."""
    __slots__ = ()

    def _minor_of(self, entity, row, amount, what="amount"):
        """Minor units of an amount of a row; a row that is not there has no currency: the library refuses it by its own name."""
        currency = self._currency_of(entity, [row]).get(row)
        return minor(amount, currency, what) if amount and currency else 0

    def _steps(self, function, steps, entity, all_or_none, request_key, row="row"):
        """Steps of many rows: dicts of row (or what the verb calls it), version, customer, credit_item, amount, date, due_date, reason_code, reason."""
        steps = [dict(step) for step in steps]
        known = {"row", row, "version", "customer", "credit_item", "amount", "date", "due_date", "reason_code", "reason", "consent"}
        elements = (capi.arc_ledger_step * max(1, len(steps)))()
        paid = [step for step in steps if step.get("amount")]
        currencies = self._currency_of(entity, [step.get(row) or step.get("row") for step in paid if step.get(row) or step.get("row")]) if paid and entity else {}
        credits = self._currency_of("item", [step["credit_item"] for step in paid if step.get("credit_item")]) if any(step.get("credit_item") for step in paid) else {}
        for place, step in zip(elements, steps):
            if set(step) - known:
                raise TypeError(f"a step has no {', '.join(sorted(set(step) - known))}")
            place.struct_size = sizeof(capi.arc_ledger_step)
            place.row = i64(step.get(row) or step.get("row") or 0, row)
            for name in ("version", "customer", "credit_item"):
                setattr(place, name, i64(step.get(name) or 0, name))
            place.date, place.due_date = (day_or_none(step.get(name), name) for name in ("date", "due_date"))
            currency = credits.get(step.get("credit_item")) if step.get("credit_item") else currencies.get(place.row)
            place.amount = minor(step["amount"], currency, "amount") if step.get("amount") and currency else 0
            place.reason_code = cstr(step.get("reason_code"), "reason_code")
            place.reason = cstr(step.get("reason", step.get("consent")), "reason")
        return self._many(function, elements, len(steps), all_or_none, request_key)

    def receipt_claim_many(self, steps: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> Any:
        """Claims many receipts: dicts of receipt, customer, date, version. Returns a BatchResult."""
        return self._steps(capi.arc_receipt_claim_many, steps, "receipt", all_or_none, request_key, "receipt")

    def receipt_unclaim_many(self, steps: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> Any:
        """Takes claims back: dicts of receipt, reason, date, version. Returns a BatchResult."""
        return self._steps(capi.arc_receipt_unclaim_many, steps, "receipt", all_or_none, request_key, "receipt")

    def receipt_return_many(self, steps: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> Any:
        """Many receipts went back: dicts of receipt, reason, date, version. Returns a BatchResult."""
        return self._steps(capi.arc_receipt_return_many, steps, "receipt", all_or_none, request_key, "receipt")

    def receipt_refund_many(self, steps: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> Any:
        """Pays back: dicts of receipt or credit_item, amount, reason, date, version. Returns a BatchResult."""
        return self._steps(capi.arc_receipt_refund_many, steps, "receipt", all_or_none, request_key, "receipt")

    def item_give_up_many(self, steps: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> Any:
        """Gives up the rests of many items: dicts of item, reason, date, version. Returns a BatchResult."""
        return self._steps(capi.arc_item_give_up_many, steps, "item", all_or_none, request_key, "item")

    def item_transfer_many(self, steps: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> Any:
        """Moves many debts: dicts of item, customer, amount, consent, date, version. Returns a BatchResult."""
        return self._steps(capi.arc_item_transfer_many, steps, "item", all_or_none, request_key, "item")

    def item_charge_back_many(self, steps: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> Any:
        """Claims what was not paid on items of their own: dicts of item, amount, reason, reason_code, date, version. Returns a BatchResult."""
        return self._steps(capi.arc_item_charge_back_many, steps, "item", all_or_none, request_key, "item")

    def item_carry_over_many(self, steps: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> Any:
        """Carries rests over to items of their own: as item_charge_back_many(). Returns a BatchResult."""
        return self._steps(capi.arc_item_carry_over_many, steps, "item", all_or_none, request_key, "item")

    def item_extend_many(self, steps: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> Any:
        """Moves many due dates: dicts of item, due_date, reason, date, version. Returns a BatchResult."""
        return self._steps(capi.arc_item_extend_many, steps, "item", all_or_none, request_key, "item")

    def adjustment_reverse_many(self, steps: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> Any:
        """Takes extensions back: dicts of adjustment, reason, date. Returns a BatchResult."""
        return self._steps(capi.arc_adjustment_reverse_many, steps, None, all_or_none, request_key, "adjustment")

    def write_off_request_many(self, requests: Iterable[Any], *, all_or_none: bool = False, request_key: str | None = None) -> Any:
        """Asks for many write-offs (records or dicts). Returns a BatchResult."""
        return self._verb_many(capi.arc_write_off_request_many, requests, "write_off_request", all_or_none, request_key)

    def write_off_approve_many(self, steps: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> Any:
        """Approves many requests: dicts of request, reason, date. Returns a BatchResult."""
        return self._steps(capi.arc_write_off_approve_many, steps, None, all_or_none, request_key, "request")

    def write_off_recall_many(self, steps: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> Any:
        """As write_off_recall(): request, reason."""
        return self._steps(capi.arc_write_off_recall_many, steps, None, all_or_none, request_key, "request")

    def write_off_reject_many(self, steps: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> Any:
        """Rejects many requests: dicts of request, reason. Returns a BatchResult."""
        return self._steps(capi.arc_write_off_reject_many, steps, None, all_or_none, request_key, "request")

    def write_off_recover_many(self, steps: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> Any:
        """Takes many write-offs back: dicts of request, amount, reason, date. Returns a BatchResult."""
        return self._steps(capi.arc_write_off_recover_many, steps, "write_off_request", all_or_none, request_key, "request")

    def allocation_reverse_many(self, steps: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> Any:
        """Undoes many allocations of any sort: dicts of allocation, reason, date. Returns a BatchResult."""
        return self._steps(capi.arc_allocation_reverse_many, steps, None, all_or_none, request_key, "allocation")

    def receipt_suggest(self, receipt: int, *, as_of: datetime.date | None = None, whole: bool = False) -> tuple:
        """Which open items a receipt pays, in their order, when the payer named none: (rule, item ids) for receipt_settle(). rule: "none", "exact", "account", "past_due", "term" or "oldest"."""
        n, rule = c_size_t(0), c_int32()
        flags = capi.ARC_SUGGEST_WHOLE if whole else 0
        args = i64(receipt, "receipt"), day_or_none(as_of, "as_of"), flags
        try:
            self._call(capi.arc_receipt_suggest, byref(rule), None, byref(n), *args)
            return RULES[rule.value], []
        except BufferTooShortError:
            items = (c_int64 * n.value)()
            self._call(capi.arc_receipt_suggest, byref(rule), items, byref(n), *args)
            return RULES[rule.value], list(items[:n.value])

    def receipt_claim(self, receipt: int, customer: int, *, date: datetime.date | None = None, request_key: str | None = None) -> None:
        """Says whose an unidentified receipt is, from a day on."""
        self._change(request_key, capi.arc_receipt_claim, i64(receipt, "receipt"), i64(customer, "customer"), day_or_none(date, "date"))

    def receipt_unclaim(self, receipt: int, reason: str, *, date: datetime.date | None = None, request_key: str | None = None) -> None:
        """Takes a claim back, while nothing of the receipt is applied."""
        self._change(request_key, capi.arc_receipt_unclaim, i64(receipt, "receipt"), day_or_none(date, "date"), cstr(reason, "reason"))

    def receipt_return(self, receipt: int, reason: str, *, date: datetime.date | None = None, request_key: str | None = None) -> None:
        """The money went back: all allocations of the receipt are reversed as of that day."""
        self._change(request_key, capi.arc_receipt_return, i64(receipt, "receipt"), day_or_none(date, "date"), cstr(reason, "reason"))

    def _made(self, function, request_key, *args):
        out = c_int64()
        self._change(request_key, function, byref(out), *args)
        return out.value

    def receipt_refund(self, reason: str, *, receipt: int | None = None, credit_item: int | None = None, amount: Any = 0, date: datetime.date | None = None,
                       request_key: str | None = None) -> int:
        """Pays back what a receipt or a credit item has left (amount 0: all). Returns the id of the allocation; reversing it takes the refund back."""
        receipt, credit_item = i64(receipt or 0, "receipt"), i64(credit_item or 0, "credit_item")
        back = self._minor_of("item" if credit_item else "receipt", credit_item or receipt, amount)
        return self._made(capi.arc_receipt_refund, request_key, receipt, credit_item, back, day_or_none(date, "date"), cstr(reason, "reason"))

    def item_give_up(self, item: int, reason: str, *, date: datetime.date | None = None, request_key: str | None = None) -> int:
        """Gives up the rest of an item within the tolerance. Returns the id of the allocation."""
        return self._made(capi.arc_item_give_up, request_key, i64(item, "item"), day_or_none(date, "date"), cstr(reason, "reason"))

    def item_transfer(self, item: int, customer: int, consent: str, *, amount: Any = 0, date: datetime.date | None = None, request_key: str | None = None) -> int:
        """Moves a debt (amount 0: all that is open) to another customer. Returns the id of the allocation; reversing it takes it back."""
        return self._made(capi.arc_item_transfer, request_key, i64(item, "item"), i64(customer, "customer"), self._minor_of("item", item, amount),
                          day_or_none(date, "date"), cstr(consent, "consent"))

    def item_extend(self, item: int, due_date: datetime.date, reason: str, *, date: datetime.date | None = None, request_key: str | None = None) -> int:
        """Moves an item's due date to a later day. Returns the id of the adjustment."""
        return self._made(capi.arc_item_extend, request_key, i64(item, "item"), day_or_none(due_date, "due_date"), day_or_none(date, "date"), cstr(reason, "reason"))

    def adjustment_reverse(self, adjustment: int, reason: str, *, date: datetime.date | None = None, request_key: str | None = None) -> int:
        """Takes the last extension of an item back. Returns the id of the reversing row."""
        return self._made(capi.arc_adjustment_reverse, request_key, i64(adjustment, "adjustment"), day_or_none(date, "date"), cstr(reason, "reason"))

    def write_off_request(self, record: Any = None, *, request_key: str | None = None, **fields: Any) -> int:
        """Asks for bad debts to be written off: number, customer, items, currency, amount, reason. Returns the id."""
        return self._verb(capi.arc_write_off_request, record, fields, "write_off_request", request_key)

    def write_off_approve(self, request: int, reason: str, *, date: datetime.date | None = None, request_key: str | None = None) -> int:
        """Approves a request and writes off. Returns the id of the first allocation."""
        return self._made(capi.arc_write_off_approve, request_key, i64(request, "request"), day_or_none(date, "date"), cstr(reason, "reason"))

    def write_off_reject(self, request: int, reason: str, *, request_key: str | None = None) -> None:
        """Rejects a request."""
        self._change(request_key, capi.arc_write_off_reject, i64(request, "request"), cstr(reason, "reason"))

    def write_off_recall(self, request: int, reason: str | None = None, *, request_key: str | None = None) -> None:
        """Takes back a request of the actor's, before it is decided."""
        self._change(request_key, capi.arc_write_off_recall, i64(request, "request"), cstr(reason, "reason"))

    def write_off_recover(self, request: int, reason: str, *, amount: Any = 0, date: datetime.date | None = None, request_key: str | None = None) -> int:
        """Takes a write-off back (amount 0: all that stands): the items are open again. Returns the id of the first allocation."""
        return self._made(capi.arc_write_off_recover, request_key, i64(request, "request"), self._minor_of("write_off_request", request, amount), day_or_none(date, "date"),
                          cstr(reason, "reason"))
