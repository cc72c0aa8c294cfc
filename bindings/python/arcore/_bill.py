# SPDX-License-Identifier: Apache-2.0
"""Verbs of a session for bills of exchange, disputes and flags."""
from __future__ import annotations

import ctypes
import datetime
import json
from ctypes import byref, c_int64, c_uint32
from typing import TYPE_CHECKING, Any, Iterable

from . import capi
from ._handle import text_call
from ._values import cstr, day_or_none, i64, major, minor

if TYPE_CHECKING:
    from ._session import BatchResult

_BILL = {"endorse": capi.arc_bill_endorse, "discount": capi.arc_bill_discount, "collect": capi.arc_bill_collect, "dishonour": capi.arc_bill_dishonour,
         "return": capi.arc_bill_return}
_FLAGS = {"hold": capi.ARC_FLAG_HOLD, "legal": capi.ARC_FLAG_LEGAL, "factored": capi.ARC_FLAG_FACTORED, "insolvent": capi.ARC_FLAG_INSOLVENT}


class BillVerbs:
    # ---- bills
    def bill_record(self, bill: Any = None, *, allocations: Iterable[dict] = (), request_key: str | None = None, **fields: Any) -> int:
        """Receives a bill of exchange with what it settles (dicts with item and amount, as allocation_apply() takes them). Returns the id of the bill."""
        allocations = list(allocations)
        made, out = self._as_record(bill, fields, "bill"), c_int64()
        self._change(request_key, capi.arc_bill_record, byref(out), made._live(), self._allocations(allocations, made.currency) if allocations else None, len(allocations))
        return out.value

    def bill_record_many(self, bills: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> BatchResult:
        """Receives bills: dicts of their fields, with "allocations" where they settle something. Returns a BatchResult."""
        made, keep = [], []
        for one in bills:
            fields = dict(one)
            allocations = list(fields.pop("allocations", ()))
            made.append((self.new("bill", **fields), allocations))
        array = (capi.arc_bill_entry * max(1, len(made)))()
        for place, (record, allocations) in zip(array, made):
            place.struct_size = ctypes.sizeof(capi.arc_bill_entry)
            place.bill, place.n = record._live(), len(allocations)
            if allocations:
                keep.append(self._allocations(allocations, record.currency))
                place.allocations = keep[-1]
        return self._many(capi.arc_bill_record_many, array, len(made), all_or_none, request_key)

    def _bill_move(self, move, currency, party=None, proceeds=0, charge=0, date=None, reason=None, sent=False, amount=0):
        move.flags = capi.ARC_BILL_SENT if sent else 0
        move.date = day_or_none(date, "date")
        move.party, move.reason = cstr(party, "party"), cstr(reason, "reason")
        # A bill that is not there has no currency; the library refuses it by its own name.
        move.proceeds, move.charge, move.amount = (minor(v or 0, currency, "amount") if currency else 0 for v in (proceeds, charge, amount))
        return move

    def bill_move(self, bill: int, verb: str, *, party: str | None = None, proceeds: Any = 0, charge: Any = 0, date: datetime.date | None = None,
                  reason: str | None = None, sent: bool = False, amount: Any = 0, request_key: str | None = None) -> int:
        """What happens to a bill: verb is endorse, discount, collect (sent: only sent for it), dishonour or return. Amounts in major units; amount: only a part of a
        divisible bill is endorsed or discounted. Returns the id of the event."""
        if verb not in _BILL:
            raise ValueError(f"a bill does not {verb}: {', '.join(_BILL)}")
        currency = self._currency_of("bill", [i64(bill, "bill")]).get(bill)
        out, move = c_int64(), self._bill_move(capi.init(capi.arc_bill_move), currency, party, proceeds, charge, date, reason, sent, amount)
        self._change(request_key, _BILL[verb], byref(out), bill, byref(move))
        return out.value

    def bill_collect_many(self, bills: Iterable[int | dict], *, all_or_none: bool = False, request_key: str | None = None) -> BatchResult:
        """Collects bills: ids, or dicts of "bill" and the arguments of bill_move(). Returns a BatchResult with the ids of the events."""
        wanted = [one if isinstance(one, dict) else {"bill": one} for one in bills]
        ids = [i64(one["bill"], "bill") for one in wanted]
        currencies, moves = self._currency_of("bill", ids), (capi.arc_bill_move * max(1, len(ids)))()
        for place, one in zip(moves, wanted):
            place.struct_size = ctypes.sizeof(capi.arc_bill_move)
            self._bill_move(place, currencies.get(one["bill"]), **{name: value for name, value in one.items() if name != "bill"})
        array = (c_int64 * max(1, len(ids)))(*ids)

        def call(pointer, events, results, elements, n, flags):
            return capi.arc_bill_collect_many(pointer, events, results, elements, moves, n, flags)
        return self._many(call, array, len(ids), all_or_none, request_key)

    def bill_split(self, bill: int, amounts: Iterable[Any], *, date: datetime.date | None = None, reason: str | None = None, request_key: str | None = None) -> list[int]:
        """Splits a divisible bill into parts with these faces, in major units. Returns the ids of the parts in that order."""
        currency, out = self._currency_of("bill", [i64(bill, "bill")]).get(bill), c_int64()
        units = [minor(one, currency, "amount") if currency else 0 for one in amounts]
        self._change(request_key, capi.arc_bill_split, byref(out), bill, (c_int64 * max(1, len(units)))(*units), len(units), day_or_none(date, "date"), cstr(reason, "reason"))
        parts = self.query("bill").where(parent=bill, id__ge=out.value).select("id", "part_offset").tuples()
        return [part for part, _ in sorted(parts, key=lambda one: one[1])][:len(units)]

    def bill_reverse(self, bill: int, reason: str, *, date: datetime.date | None = None, request_key: str | None = None) -> int:
        """Undoes the last event of a bill. Returns the id of the reversing event."""
        out = c_int64()
        self._change(request_key, capi.arc_bill_reverse, byref(out), i64(bill, "bill"), day_or_none(date, "date"), cstr(reason, "reason"))
        return out.value

    def bill_exposure(self, *, as_of: datetime.date | None = None, customer: int | None = None) -> list[dict]:
        """Bills held and passed on with recourse as of a day, a dict a customer and currency; held, recourse and matured in major units."""
        told = json.loads(text_call(self, capi.arc_bill_exposure_json, day_or_none(as_of, "as_of"), i64(customer or 0, "customer")))
        for one in told:
            one.update((name, major(one[name], one["currency"])) for name in ("held", "recourse", "matured"))
        return told

    def bill_acceptors(self, *, as_of: datetime.date | None = None) -> list[dict]:
        """The same by acceptor ("" where a bill names none) and currency."""
        told = json.loads(text_call(self, capi.arc_bill_acceptors_json, day_or_none(as_of, "as_of")))
        for one in told:
            one.update((name, major(one[name], one["currency"])) for name in ("held", "recourse", "matured"))
        return told

    # ---- disputes
    def dispute_open(self, dispute: Any = None, *, request_key: str | None = None, **fields: Any) -> int:
        """Opens a dispute over an item (item, currency, amount, reason). Returns the id."""
        return self._verb(capi.arc_dispute_open, dispute, fields, "dispute", request_key)

    def dispute_resolve(self, dispute: int, code: str, *, credit: int | None = None, outcome: str | None = None, date: datetime.date | None = None,
                        request_key: str | None = None) -> None:
        """Closes a dispute: credited, rejected or withdrawn."""
        how = capi.init(capi.arc_resolution)
        how.date, how.code, how.credit, how.outcome = day_or_none(date, "date"), cstr(code, "code"), i64(credit or 0, "credit"), cstr(outcome, "outcome")
        self._change(request_key, capi.arc_dispute_resolve, i64(dispute, "dispute"), byref(how))

    def disputed(self, items: Iterable[int], *, as_of: datetime.date | None = None) -> dict:
        """What of items is under dispute on a day: a dict of the items that are, with amounts in major units."""
        items = [i64(one, "item") for one in items]
        if not items:
            return {}
        sums = (c_int64 * len(items))()
        self._call(capi.arc_dispute_sums, sums, (c_int64 * len(items))(*items), len(items), day_or_none(as_of, "as_of"))
        found = {item: total for item, total in zip(items, sums) if total}
        currencies = self._currencies(set(found))
        return {item: major(total, currencies[item]) for item, total in found.items()}

    # ---- flags
    def flag_set(self, kind: str, reason: str, *, item: int | None = None, customer: int | None = None, from_date: datetime.date | None = None,
                 to_date: datetime.date | None = None, amount: Any = 0, evidence: str | None = None, request_key: str | None = None) -> int:
        """Sets a flag (hold, legal, factored, insolvent) on an item or on all of a customer. amount: part of the item, in major units. Returns the id."""
        out, flag = c_int64(), capi.init(capi.arc_flag)
        flag.kind, flag.reason, flag.evidence = cstr(kind, "kind"), cstr(reason, "reason"), cstr(evidence, "evidence")
        flag.item, flag.customer = i64(item or 0, "item"), i64(customer or 0, "customer")
        flag.from_date, flag.to_date = day_or_none(from_date, "from_date"), day_or_none(to_date, "to_date")
        currency = self._currencies({flag.item}).get(flag.item) if amount and item else None
        flag.amount = minor(amount, currency, "amount") if currency else int(bool(amount))  # the library refuses it by its own name
        self._change(request_key, capi.arc_flag_set, byref(out), byref(flag))
        return out.value

    def flag_end(self, flag: int, reason: str, *, to_date: datetime.date | None = None, request_key: str | None = None) -> None:
        """Ends a flag; to_date is its last day."""
        self._change(request_key, capi.arc_flag_end, i64(flag, "flag"), day_or_none(to_date, "to_date"), cstr(reason, "reason"))

    def flags(self, items: Iterable[int], *, as_of: datetime.date | None = None) -> dict:
        """Which flags are in force for items on a day, their own and their customers': a dict of the items that have any, with sets of kinds."""
        items = [i64(one, "item") for one in items]
        if not items:
            return {}
        kinds = (c_uint32 * len(items))()
        self._call(capi.arc_flag_active, kinds, (c_int64 * len(items))(*items), len(items), day_or_none(as_of, "as_of"))
        return {item: {name for name, bit in _FLAGS.items() if bits & bit} for item, bits in zip(items, kinds) if bits}
