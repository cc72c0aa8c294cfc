# SPDX-License-Identifier: Apache-2.0
"""Statements of banks and bills of payment platforms, read from files."""
from __future__ import annotations

import datetime
import json
import os
from ctypes import byref, c_size_t, c_uint32
from decimal import Decimal
from typing import Any, NamedTuple, Sequence

from . import capi
from ._error import make
from ._handle import Handle, text_call
from ._values import Money, cstr, day_or_none, document, exponent, scaled, to_date, to_decimal, u32

FORMATS = ("auto", "mt940", "camt", "ofx", "bai2", "csv", "alipay", "wechat", "cmb", "icbc")
CHECKS = {capi.ARC_BANK_CHECK_UNKNOWN: "unknown", capi.ARC_BANK_CHECK_BALANCED: "balanced", capi.ARC_BANK_CHECK_DIFFERS: "differs"}
KINDS = ("", "opening", "closing", "opening_available", "closing_available", "forward_available", "opening_interim", "closing_interim", "other")
TEXTS = ("id", "entry_ref", "bank_ref", "customer_ref", "end_to_end", "mandate", "creditor_id", "creditor_ref", "document", "text", "info", "name", "account", "bank", "ultimate_name",
         "address", "swift_code", "gvc", "domain", "family", "subfamily", "own_code", "bai", "prima_nota", "purpose", "return_reason", "check_number", "batch", "method", "status",
         "time", "raw")


class BankBalance(NamedTuple):
    """A balance as the file has it; kind "opening", "closing", "closing_available" ..."""
    kind: str
    amount: Decimal
    currency: str
    on: datetime.date | None
    code: str | None
    row: int


class BankLine(NamedTuple):
    """A line of a statement, or one payment of a batch (`details`). Amounts are positive when money came; texts are None where the file is silent."""
    booked: datetime.date | None
    value: datetime.date | None
    amount: Decimal
    currency: str
    fee: Money | None
    original: Money | None
    rate: Decimal | None
    reversal: bool
    pending: bool
    info_only: bool
    returned: bool
    rounded: bool
    neutral: bool
    no_date: bool
    fee_inside: bool
    id: str | None
    entry_ref: str | None
    bank_ref: str | None
    customer_ref: str | None
    end_to_end: str | None
    mandate: str | None
    creditor_id: str | None
    creditor_ref: str | None
    document: str | None
    text: str | None
    info: str | None
    name: str | None
    account: str | None
    bank: str | None
    ultimate_name: str | None
    address: str | None
    swift_code: str | None
    gvc: str | None
    domain: str | None
    family: str | None
    subfamily: str | None
    own_code: str | None
    bai: str | None
    prima_nota: str | None
    purpose: str | None
    return_reason: str | None
    check_number: str | None
    batch: str | None
    method: str | None
    status: str | None
    time: str | None
    raw: str | None
    balance: Decimal | None
    extra: dict
    details: tuple
    details_check: str
    fingerprint: str
    occurrence: int
    row: int


class BankStatement(NamedTuple):
    """A statement: opening + lines = closing when `check` is "balanced"."""
    account: str | None
    iban: str | None
    currency: str
    opening: Decimal | None
    closing: Decimal | None
    available: Decimal | None
    opening_on: datetime.date | None
    closing_on: datetime.date | None
    available_on: datetime.date | None
    from_on: datetime.date | None
    to_on: datetime.date | None
    check: str
    control: str
    difference: Decimal | None
    interim: bool
    copy: bool
    repeated: bool
    continued: bool
    bank: str | None
    owner: str | None
    account_name: str | None
    account_type: str | None
    id: str | None
    related: str | None
    number: str | None
    sequence: str | None
    created: str | None
    info: str | None
    content_digest: str
    row: int
    balances: tuple
    lines: tuple


class KeptStatement(NamedTuple):
    """A statement that is kept already, for BankFile.fresh(): lines are (fingerprint, occurrence)."""
    lines: Sequence[tuple[str, int]]
    number: str | None = None
    sequence: str | None = None
    opening: Money | None = None
    closing: Money | None = None
    from_on: datetime.date | None = None
    to_on: datetime.date | None = None
    interim: bool = False


def _text(raw):
    return None if raw is None else raw.decode()


def _decimals(currency):
    return exponent(currency) if currency and capi.arc_currency_exponent(byref(capi.ctypes.c_int32()), currency.encode()) == capi.ARC_OK else 2


def _amount(money):
    return to_decimal(money.minor, _decimals(money.currency.decode()))


def _money(money):
    return Money(_amount(money), money.currency.decode()) if money.currency or money.minor else None


def _c_amount(money):
    return capi.arc_money(scaled(Decimal(money.amount), _decimals(money.currency), "amount"), money.currency.encode(), 0)


def _date(number):
    return None if number == capi.ARC_DATE_NONE else to_date(number)


def bank_format(context, data: bytes) -> str | None:
    """Finds out what a file is ("mt940", "camt" ...); None when it is nothing known."""
    out = capi.ctypes.c_int32()
    context._call(capi.arc_bank_format_detect, byref(out), data, len(data))
    return capi.arc_bank_format_name(out.value).decode() if out.value else None


def bytes_of(source):
    """A file's bytes: of a path, or bytes."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source)
    with open(os.fspath(source), "rb") as f:
        return f.read()


def read_options(format="auto", profile=None, encoding=None, currency=None, round=False, max_bytes=0, max_lines=0):
    """arc_bank_options; texts are held by it."""
    options, told = capi.init(capi.arc_bank_options), None if profile is None else document(profile)
    if format not in FORMATS:
        raise make(capi.ARC_E_INVALID, f"format: {format!r} is none of {', '.join(FORMATS)}")
    options.flags = capi.ARC_BANK_ROUND if round else 0
    options.format, options.encoding, options.currency = FORMATS.index(format), cstr(encoding, "encoding"), cstr(currency, "currency")
    options.profile, options.profile_length = told, len(told or b"")
    options.max_bytes, options.max_lines = max_bytes, u32(max_lines, "max_lines")
    return options


class BankFile(Handle):
    """A file of statements: read_statement(path) or context.read_statement(path)."""
    __slots__ = ("_statements",)
    _free, _error = "arc_bank_file_free", "arc_bank_file_error"

    def __init__(self, context, source, *, profile: Any = None, format: str = "auto", encoding: str | None = None, currency: str | None = None, round: bool = False,
                 max_bytes: int = 0, max_lines: int = 0):
        out, data = capi.arc_bank_file(), bytes_of(source)
        options = read_options(format, profile, encoding, currency, round, max_bytes, max_lines)
        context._call(capi.arc_bank_file_read, byref(out), data, len(data), byref(options))
        self._statements = None
        super().__init__(out.value, context._new_guard(), context)

    def _part(self, struct, function, *where):
        out = capi.init(struct)
        self._call(function, byref(out), *where)
        return out

    @property
    def info(self) -> dict:
        """The file as a whole: format, version, encoding, id, created, sender, recipient, bytes, digest, content_digest."""
        i = self._part(capi.arc_bank_info, capi.arc_bank_file_info)
        return {"format": capi.arc_bank_format_name(i.format).decode(), "version": _text(i.version), "encoding": _text(i.encoding), "id": _text(i.id), "created": _text(i.created),
                "sender": _text(i.sender), "recipient": _text(i.recipient), "bytes": i.bytes, "digest": i.digest.decode(), "content_digest": i.content_digest.decode()}

    @property
    def statements(self) -> tuple[BankStatement, ...]:
        """The statements with their lines."""
        if self._statements is None:
            n = self._part(capi.arc_bank_info, capi.arc_bank_file_info).n_statements
            self._statements = tuple(self._statement(i) for i in range(n))
        return self._statements

    def json(self) -> str:
        """All of it as JSON text."""
        return text_call(self, capi.arc_bank_file_json)

    def join(self, notice: BankFile) -> int:
        """Gives lines the details that a notice (camt.054) has for them; how many got theirs."""
        joined = c_uint32()
        self._call(capi.arc_bank_file_join, byref(joined), notice._live())
        self._statements = None
        return joined.value

    def fresh(self, statement: int = 0, kept: Sequence[KeptStatement] = ()) -> list[int]:
        """For each line of a statement 0 when it is kept already, else the number to keep it under with its fingerprint."""
        statements, lines = (capi.arc_bank_kept * max(len(kept), 1))(), []
        for i, k in enumerate(kept):
            statements[i] = capi.init(capi.arc_bank_kept)
            c = statements[i]
            c.flags, c.number, c.sequence = capi.ARC_BANK_INTERIM if k.interim else 0, cstr(k.number, "number"), cstr(k.sequence, "sequence")
            c.from_on, c.to_on = day_or_none(k.from_on, "from_on"), day_or_none(k.to_on, "to_on")
            if k.opening is not None:
                c.has_opening, c.opening = 1, _c_amount(k.opening)
            if k.closing is not None:
                c.has_closing, c.closing = 1, _c_amount(k.closing)
            lines += [(fingerprint, occurrence, i) for fingerprint, occurrence in k.lines]
        known = (capi.arc_bank_kept_line * max(len(lines), 1))()
        for c, (fingerprint, occurrence, i) in zip(known, lines):
            c.fingerprint, c.occurrence, c.statement = cstr(fingerprint, "fingerprint"), u32(occurrence, "occurrence"), i
        n = c_size_t(self._part(capi.arc_bank_statement, capi.arc_bank_file_statement, u32(statement, "statement")).n_lines)
        out = (c_uint32 * max(n.value, 1))()
        self._call(capi.arc_bank_file_fresh, out, byref(n), statement, statements if kept else None, len(kept), known if lines else None, len(lines))
        return list(out[:n.value])

    def _statement(self, index):
        s = self._part(capi.arc_bank_statement, capi.arc_bank_file_statement, index)
        texts = {name: _text(getattr(s, name)) for name in ("account", "iban", "bank", "owner", "account_name", "account_type", "id", "related", "number", "sequence", "created", "info")}
        return BankStatement(
            currency=s.currency.decode(), opening=_amount(s.opening) if s.has_opening else None, closing=_amount(s.closing) if s.has_closing else None,
            available=_amount(s.available) if s.has_available else None, opening_on=_date(s.opening_on), closing_on=_date(s.closing_on), available_on=_date(s.available_on),
            from_on=_date(s.from_on), to_on=_date(s.to_on), check=CHECKS[s.check], control=CHECKS[s.control],
            difference=_amount(s.difference) if s.check == capi.ARC_BANK_CHECK_DIFFERS else None, interim=bool(s.flags & capi.ARC_BANK_INTERIM), copy=bool(s.flags & capi.ARC_BANK_COPY),
            repeated=bool(s.flags & capi.ARC_BANK_REPEATED), continued=bool(s.flags & capi.ARC_BANK_CONTINUED), content_digest=s.content_digest.decode(), row=s.row,
            balances=tuple(self._balance(index, k) for k in range(s.n_balances)), lines=tuple(self._line(index, k) for k in range(s.n_lines)), **texts)

    def _balance(self, statement, index):
        x = self._part(capi.arc_bank_balance, capi.arc_bank_file_balance, statement, index)
        return BankBalance(KINDS[x.kind], _amount(x.amount), x.amount.currency.decode(), _date(x.on), _text(x.code), x.row)

    def _line(self, statement, index, detail=None):
        where = (statement, index) if detail is None else (statement, index, detail)
        x = self._part(capi.arc_bank_line, capi.arc_bank_file_line if detail is None else capi.arc_bank_file_detail, *where)
        flags = {name: bool(x.flags & bit) for name, bit in (
            ("reversal", capi.ARC_BANK_LINE_REVERSAL), ("pending", capi.ARC_BANK_LINE_PENDING), ("info_only", capi.ARC_BANK_LINE_INFO), ("returned", capi.ARC_BANK_LINE_RETURN),
            ("rounded", capi.ARC_BANK_LINE_ROUNDED), ("neutral", capi.ARC_BANK_LINE_NEUTRAL), ("no_date", capi.ARC_BANK_LINE_NO_DATE), ("fee_inside", capi.ARC_BANK_LINE_FEE_INSIDE))}
        texts = {name: _text(getattr(x, name)) for name in TEXTS}
        return BankLine(
            booked=_date(x.booked), value=_date(x.value), amount=_amount(x.amount), currency=x.amount.currency.decode(), fee=_money(x.fee), original=_money(x.original),
            rate=to_decimal(x.rate.mantissa, x.rate.scale) if x.rate.mantissa else None, balance=Decimal(x.balance.decode()) if x.balance else None,
            extra=json.loads(x.extra) if x.extra else {}, details=tuple(self._line(statement, index, k) for k in range(x.n_details)) if detail is None else (),
            details_check=CHECKS[x.details], fingerprint=x.fingerprint.decode(), occurrence=x.occurrence, row=x.row, **flags, **texts)
