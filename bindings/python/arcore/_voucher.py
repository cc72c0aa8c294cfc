# SPDX-License-Identifier: Apache-2.0
"""Fiscal periods, vouchers, revaluation and the journal's balances. docs/journal.md and docs/periods.md tell of them."""
from __future__ import annotations

import datetime
import json
import os
from ctypes import byref, c_int32, c_int64
from decimal import Decimal
from typing import Any, BinaryIO, Iterable, NamedTuple

from . import capi
from ._context import write_to, writer
from ._error import make
from ._handle import out_text, text_call
from ._ledger import id_of
from ._values import cstr, day_or_none, decimal, i32, i64, major, minor, scaled, u32

MERGES = {"document": capi.ARC_VOUCHER_BY_DOCUMENT, "customer_day": capi.ARC_VOUCHER_BY_CUSTOMER_DAY, "day": capi.ARC_VOUCHER_BY_DAY}
FORMATS = {"jsonl": capi.ARC_VOUCHER_JSON_LINES, "csv": capi.ARC_VOUCHER_CSV}


class VoucherExport(NamedTuple):
    """What an export made: vouchers `first` to `last`, of how many entries; entries moved out of closed periods; lines without a base amount, and without an
    auxiliary their account demands. more: there are entries left, call again."""
    vouchers: int
    entries: int
    moved: int
    unvalued: int
    incomplete: int
    first: int
    last: int
    more: bool


class Revaluation(NamedTuple):
    """What a revaluation came to; amounts in major units of the book's base currency. unvalued: items left out, carried without a base amount."""
    id: int
    items: int
    unvalued: int
    carried: Decimal
    valued: Decimal
    difference: Decimal


class Provision(NamedTuple):
    """What a provision came to; amounts in major units of the book's base currency. charge is what was posted, negative for a release."""
    id: int
    required: Decimal
    existing: Decimal
    charge: Decimal


def _shipped(function, code):
    status, text = out_text(lambda buffer, length: function(buffer, length, cstr(code, "code")))
    if status:
        raise make(status, f"nothing is shipped under the name {code!r}")
    return json.loads(text)


def shipped_account_map(code: str = "china") -> dict:
    """A shipped account map, "china" or "generic": change it, then definition_save("account_map", "main", it)."""
    return _shipped(capi.arc_account_map_shipped, code)


def shipped_matching(code: str = "default") -> dict:
    """A shipped matching strategy: change it, then definition_save("matching", "default", it). docs/matching.md lists them."""
    return _shipped(capi.arc_match_strategy_shipped, code)


def shipped_voucher_layout(code: str = "plain") -> dict:
    """A shipped CSV layout of vouchers: "plain", "kingdee_k3", "kingdee_kis" or "yonyou_u8"."""
    return _shipped(capi.arc_voucher_layout_shipped, code)


def _choice(choices, value, name):
    if value not in choices:
        raise make(capi.ARC_E_INVALID, f"{name} is one of {', '.join(choices)}, not {value!r}")
    return choices[value]


class VoucherVerbs:
    """The part of Session that closes periods and hands postings to a general ledger."""
    __slots__ = ()

    # ---- periods
    def fiscal_year(self, year: int, *, request_key: str | None = None) -> list[int]:
        """Adds the twelve months of a year as fiscal periods, coded 2026-01 and so on. Returns their ids."""
        firsts = [datetime.date(year, month, 1) for month in range(1, 13)] + [datetime.date(year + 1, 1, 1)]
        months = [self.new("fiscal_period", code=f"{year}-{m + 1:02}", starts_on=firsts[m], ends_on=firsts[m + 1] - datetime.timedelta(days=1)) for m in range(12)]
        return self.insert_many(months, all_or_none=True, request_key=request_key).ids

    def period_close(self, period: int, reason: str | None = None, *, leave_drafts: bool = False, request_key: str | None = None) -> None:
        """Closes a fiscal period: nobody posts into it any more."""
        flags = capi.ARC_PERIOD_LEAVE_DRAFTS if leave_drafts else 0
        self._change(request_key, capi.arc_fiscal_period_close, i64(period, "period"), cstr(reason, "reason"), flags)

    def period_lock(self, period: int, reason: str | None = None, *, request_key: str | None = None) -> None:
        """Locks an open period: only actors with the right fiscal_period.post_locked post into it."""
        self._change(request_key, capi.arc_fiscal_period_lock, i64(period, "period"), cstr(reason, "reason"))

    def period_reopen(self, period: int, reason: str, *, request_key: str | None = None) -> None:
        """Reopens a locked or closed period; of closed ones the last first."""
        self._change(request_key, capi.arc_fiscal_period_reopen, i64(period, "period"), cstr(reason, "reason"))

    def period_ready(self, period: int) -> dict:
        """What stands in the way of closing a period, and what one should know before."""
        return json.loads(text_call(self, capi.arc_fiscal_period_ready_json, i64(period, "period")))

    # ---- vouchers
    def voucher_export(self, ledger: str, from_: datetime.date | None = None, to: datetime.date | None = None, *, merge: str = "document", map: str | None = None,
                       max: int = 0, valued: bool = False, request_key: str | None = None) -> VoucherExport:
        """Makes vouchers of entries that are in none of this ledger yet. merge: "document", "customer_day" or "day". Returns a VoucherExport."""
        options, s = capi.init(capi.arc_voucher_options), capi.init(capi.arc_voucher_summary)
        options.merge, options.map, options.max = _choice(MERGES, merge, "merge"), cstr(map, "map"), u32(max, "max")
        options.flags = capi.ARC_VOUCHER_VALUED if valued else 0
        self._change(request_key, capi.arc_voucher_export, byref(s), cstr(ledger, "ledger"), day_or_none(from_, "from_"), day_or_none(to, "to"), byref(options))
        return VoucherExport(s.n_vouchers, s.n_entries, s.n_moved, s.n_unvalued, s.n_incomplete, s.first, s.last, bool(s.more))

    def voucher_write(self, to: str | os.PathLike | BinaryIO | None = None, format: str = "jsonl", *, ledger: str | None = None, period: str | None = None,
                      status: str | None = None, voucher: int = 0, layout: str | dict | None = None, language: str | None = None) -> bytes | int:
        """Writes vouchers as "jsonl" or "csv" to a path or binary file and returns their number; to=None returns the bytes. layout: the name of a shipped one, or a dict."""
        p, n = capi.init(capi.arc_voucher_print), c_int64()
        p.format, p.voucher = _choice(FORMATS, format, "format"), i64(voucher, "voucher")
        p.ledger, p.period, p.status, p.language = cstr(ledger, "ledger"), cstr(period, "period"), cstr(status, "status"), cstr(language, "language")
        p.layout = cstr(json.dumps(layout, ensure_ascii=False) if isinstance(layout, dict) else layout, "layout")
        pending = self._context._pending
        written = write_to(to, lambda sink: self._call(capi.arc_voucher_write, writer(pending, sink), None, byref(n), byref(p)))
        return n.value if to is not None else written

    def vouchers(self, *, ledger: str | None = None, period: str | None = None, status: str | None = None) -> list[dict[str, Any]]:
        """Vouchers with their lines, by ledger, period and number."""
        raw = self.voucher_write(ledger=ledger, period=period, status=status)
        return [json.loads(line) for line in raw.splitlines()]

    def voucher_send(self, vouchers: Iterable[int], *, request_key: str | None = None) -> None:
        """Says that vouchers were handed over; all or none."""
        ids = [i64(v, "voucher") for v in vouchers]
        if ids:
            self._change(request_key, capi.arc_voucher_send, (c_int32 * len(ids))(), (c_int64 * len(ids))(*ids), len(ids), capi.ARC_ALL_OR_NONE)

    def voucher_acknowledge(self, voucher: int, voucher_no: str, *, request_key: str | None = None) -> None:
        """Says that the general ledger has taken a voucher, and under which number."""
        self._change(request_key, capi.arc_voucher_acknowledge, i64(voucher, "voucher"), cstr(voucher_no, "voucher_no"))

    def voucher_reject(self, voucher: int, reason: str, *, request_key: str | None = None) -> None:
        """Says that the general ledger has refused a voucher, and why."""
        self._change(request_key, capi.arc_voucher_reject, i64(voucher, "voucher"), cstr(reason, "reason"))

    def voucher_rebuild(self, voucher: int, map: str | None = None, *, request_key: str | None = None) -> None:
        """Builds a rejected voucher anew under its number, with the account map of now."""
        self._change(request_key, capi.arc_voucher_rebuild, i64(voucher, "voucher"), cstr(map, "map"))

    # ---- revaluation and balances
    def revaluation_run(self, as_of: datetime.date | None = None, *, request_key: str | None = None) -> Revaluation:
        """Values what is open in foreign currencies at the closing rate of a day, and posts it. Returns a Revaluation."""
        r = capi.init(capi.arc_revaluation)
        self._change(request_key, capi.arc_revaluation_run, byref(r), day_or_none(as_of, "as_of"))
        base = self._book.info.base_currency
        return Revaluation(r.id, r.n_items, r.n_unvalued, *[major(units, base) for units in (r.carried, r.valued, r.difference)])

    def revaluation_preview(self, as_of: datetime.date | None = None) -> dict:
        """What revaluation_run() would post, item by item."""
        return json.loads(text_call(self, capi.arc_revaluation_preview_json, day_or_none(as_of, "as_of")))

    def revaluation_reverse(self, revaluation: int, reason: str, *, request_key: str | None = None) -> int:
        """Reverses a revaluation on both its days. Returns the id of the reversal."""
        out = c_int64()
        self._change(request_key, capi.arc_revaluation_reverse, byref(out), i64(revaluation, "revaluation"), cstr(reason, "reason"))
        return out.value

    def provision_run(self, required: Any, method: str, reason: str, as_of: datetime.date | None = None, *, parts: Iterable[dict] = (),
                      request_key: str | None = None) -> Provision:
        """Brings the allowance for bad debts to `required`, an amount of the base currency, and posts the difference. parts: dicts of customer, bucket, balance, rate (a
        fraction: "0.05") and amount, which come to it. Returns a Provision."""
        parts, out, base = list(parts), capi.init(capi.arc_provision), self._book.info.base_currency
        array = (capi.arc_provision_part * max(1, len(parts)))()
        for place, part in zip(array, parts):
            unknown = set(part) - {"customer", "bucket", "balance", "rate", "amount"}
            if unknown:
                raise TypeError(f"a part of a provision has no {', '.join(sorted(unknown))}")
            place.struct_size, place.bucket = capi.ctypes.sizeof(capi.arc_provision_part), -1 if part.get("bucket") is None else i32(part["bucket"], "bucket")
            place.customer, place.rate = id_of(part.get("customer") or 0, "customer"), scaled(decimal(part.get("rate") or 0, "rate"), 6, "rate")
            place.balance, place.amount = (minor(part.get(name) or 0, base, name) for name in ("balance", "amount"))
        self._change(request_key, capi.arc_provision_run, byref(out), day_or_none(as_of, "as_of"), minor(required, base, "required"), cstr(method, "method"),
                     cstr(reason, "reason"), array if parts else None, len(parts))
        return Provision(out.id, *[major(units, base) for units in (out.required, out.existing, out.charge)])

    def provision_reverse(self, provision: int, reason: str, *, request_key: str | None = None) -> int:
        """Takes the last provision back on its day. Returns the id of the reversal."""
        out = c_int64()
        self._change(request_key, capi.arc_provision_reverse, byref(out), i64(provision, "provision"), cstr(reason, "reason"))
        return out.value

    def journal_reclass(self, as_of: datetime.date | None = None, *, customer: int | None = None, map: str | None = None) -> dict:
        """Credit balances of customers that a balance sheet shows as a liability: rows and their total. Nothing is posted."""
        o = capi.init(capi.arc_journal_balance_options)
        o.as_of, o.customer, o.map = day_or_none(as_of, "as_of"), 0 if customer is None else i64(customer, "customer"), cstr(map, "map")
        return json.loads(text_call(self, capi.arc_journal_reclass_json, byref(o)))

    def journal_balance(self, as_of: datetime.date | None = None, *, by_customer: bool = False, customer: int | None = None, currency: str | None = None,
                        map: str | None = None) -> list[dict[str, Any]]:
        """What stands in each account role - or in each account of a map - by currency, as of a day. Rows as dicts."""
        o = capi.init(capi.arc_journal_balance_options)
        o.flags, o.as_of = capi.ARC_JOURNAL_BY_CUSTOMER if by_customer else 0, day_or_none(as_of, "as_of")
        o.customer, o.map = 0 if customer is None else i64(customer, "customer"), cstr(map, "map")
        if currency is not None:
            o.currency = cstr(currency, "currency")
        return json.loads(text_call(self, capi.arc_journal_balance_json, byref(o)))["rows"]
