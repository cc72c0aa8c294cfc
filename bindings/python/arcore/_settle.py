# SPDX-License-Identifier: Apache-2.0
"""What happens to receipts and debts after they were booked. docs/settling.md tells the rules."""
from __future__ import annotations

import datetime
from ctypes import byref, c_int64
from typing import Any

from . import capi
from ._values import cstr, day_or_none, i64, minor


class SettleVerbs:
    """The part of Session that claims and returns receipts, and moves, extends and writes off debts."""
    __slots__ = ()

    def _minor_of(self, entity, row, amount, what="amount"):
        """Minor units of an amount of a row; a row that is not there has no currency: the library refuses it by its own name."""
        currency = self._currency_of(entity, [row]).get(row)
        return minor(amount, currency, what) if amount and currency else 0

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

    def write_off_recover(self, request: int, reason: str, *, amount: Any = 0, date: datetime.date | None = None, request_key: str | None = None) -> int:
        """Takes a write-off back (amount 0: all that stands): the items are open again. Returns the id of the first allocation."""
        return self._made(capi.arc_write_off_recover, request_key, i64(request, "request"), self._minor_of("write_off_request", request, amount), day_or_none(date, "date"),
                          cstr(reason, "reason"))
