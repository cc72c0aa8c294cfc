# SPDX-License-Identifier: Apache-2.0
"""Documents with lines, credit notes, settling, contracts, requests for tax invoices, receivables before the invoice, statements and their letters."""
from __future__ import annotations

import datetime
import json
from ctypes import byref, c_int64
from decimal import Decimal
from typing import Any, Iterable, NamedTuple, Optional, TYPE_CHECKING

from . import capi
from ._error import make
from ._handle import callback, text_call
from ._record import Record
from ._values import cstr, day_number, day_or_none, decimal, exponent, i64, minor, scaled, to_date, to_decimal
from .values import py_money

if TYPE_CHECKING:
    from ._session import BatchResult
    from ._statement import Statement


RESTS = {name: getattr(capi, "ARC_REST_" + name.upper()) for name in ("partial", "residual", "chargeback", "deduct")}
CHARGES = {name: getattr(capi, "ARC_CHARGES_" + name.upper()) for name in ("none", "our", "sha", "ben")}
GIVEN = {"quantity": capi.ARC_CREDIT_QUANTITY, "net": capi.ARC_CREDIT_NET, "tax": capi.ARC_CREDIT_TAX, "gross": capi.ARC_CREDIT_GROSS}


class Offer(NamedTuple):
    """The cash discount of an item on a day; amounts in major units. tier 0: none is earned any more. amount: for paying all that is open; earned: by the
    payment asked about; most: the best it ever offered."""
    tier: int
    until: Optional[datetime.date]
    open: Decimal
    amount: Decimal
    earned: Decimal
    most: Decimal


class SettledLine(NamedTuple):
    """What was decided for one item: open = amount + discount + fee + tolerated + deducted + moved + left. made: the new item, 0: none."""
    item: int
    open: Decimal
    amount: Decimal
    discount: Decimal
    unearned: Decimal
    fee: Decimal
    tolerated: Decimal
    deducted: Decimal
    moved: Decimal
    left: Decimal
    made: int


class Settled(NamedTuple):
    """What was decided as a whole; amounts in major units. allocation: the first row written, 0: none. definition: the tolerance that decided, 0: none is in force.
    allocations: all rows written; settlement_reverse() undoes them together."""
    allocation: int
    net: Decimal
    difference: Decimal
    tolerance: Decimal
    unapplied: Decimal
    definition: int
    lines: list
    allocations: list


class Headroom(NamedTuple):
    """What a contract leaves to invoice, in major units of its currency; None where there is no limit."""
    limit: Optional[Decimal]
    issued: Optional[Decimal]
    headroom: Optional[Decimal]
    ordered: Optional[Decimal]
    currency: Optional[str]


def id_of(row, what):
    """The id of a row that is given as a record or as its id."""
    return i64(row.id if isinstance(row, Record) else row, what)


def _choice(table, name, what):
    if name not in table:
        raise make(capi.ARC_E_INVALID, f"{what} is one of {', '.join(table)}, not {name!r}")
    return table[name]


class LedgerVerbs:
    """The part of Session that issues and credits documents, keeps contracts, settles and makes statements. Rows are given as records or ids."""
    __slots__ = ()

    # ---- documents with lines
    def _uses(self, uses, currency):
        """An array of arc_invoice_use: dicts of item and amount, in the document's currency; up_to: less, when less is left of a plan or an estimate; line: number of the line it is
        taken for."""
        array = (capi.arc_invoice_use * max(1, len(uses)))()
        for place, use in zip(array, uses):
            unknown = set(use) - {"item", "amount", "up_to", "line"}
            if unknown:
                raise TypeError(f"a use has no {', '.join(sorted(unknown))}")
            amount, code = use["amount"], currency or getattr(use["amount"], "currency", None)
            place.struct_size, place.item = capi.ctypes.sizeof(capi.arc_invoice_use), id_of(use["item"], "item")
            place.flags = capi.ARC_USE_UP_TO if use.get("up_to") else 0
            place.line = use.get("line") or 0
            # A document without currency is refused by the library.
            place.amount = capi.arc_money(minor(amount, code, "amount"), cstr(code, "currency"), 0) if code else capi.arc_money(1, b"", 0)
        return array

    def _documents(self, documents):
        """An array of arc_invoice_document, and what must live as long as it. documents: (header, lines, details) - details are series, advance, proforma, uses."""
        keep, array = [], (capi.arc_invoice_document * max(1, len(documents)))()
        for place, (header, lines, details) in zip(array, documents):
            made = []
            for line in lines:
                if not isinstance(line, Record):  # amounts need their currency: the header's, unless the line says another
                    line = self.new("invoice_line", **{"currency": header.currency, **line})
                made.append(line)
            pointers = (capi.arc_record * max(1, len(made)))(*[line._live() for line in made])
            uses = list(details.get("uses") or ())
            place.struct_size = capi.ctypes.sizeof(capi.arc_invoice_document)
            place.flags = (capi.ARC_AS_ADVANCE if details.get("advance") else 0) | (capi.ARC_AS_PROFORMA if details.get("proforma") else 0)
            place.invoice, place.lines, place.n_lines = header._live(), pointers, len(made)
            place.series = cstr(details.get("series"), "series")
            taken = self._uses(uses, header.currency) if uses else None
            if uses:
                place.uses, place.n_uses = taken, len(uses)
            keep.append((header, made, pointers, taken))
        return array, keep

    def invoice_issue(self, invoice: Record | dict | None = None, lines: Iterable[Record | dict] = (), *, series: str | None = None, advance: bool = False,
                      proforma: bool = False, uses: Iterable[dict] = (), request_key: str | None = None, **fields: Any) -> int:
        """Issues a document with lines: totals, tax, due dates and, when none is given, the number are worked out. Returns the id.

        advance: an advance invoice, which later ones deduct; proforma: it claims nothing. uses: dicts of item and amount (and up_to: at most that): planned and estimated items it consumes, and
        receivables it is the tax invoice of, which it does not claim again; of the rest what stands for its deliveries, orders and contract is consumed by itself.
        """
        header, out = self._as_record(invoice, fields, "invoice"), c_int64()
        array, _keep = self._documents([(header, list(lines), dict(series=series, advance=advance, proforma=proforma, uses=uses))])
        self._change(request_key, capi.arc_invoice_issue_document, byref(out), array)
        return out.value

    def invoice_issue_many(self, documents: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> BatchResult:
        """Issues documents: dicts of the header's fields, with "lines" and, if wanted, "series", "advance", "proforma" and "uses". Returns a BatchResult."""
        made = []
        for document in documents:
            fields = dict(document)
            lines, details = list(fields.pop("lines", ())), {name: fields.pop(name, None) for name in ("series", "advance", "proforma", "uses")}
            made.append((self.new("invoice", **fields), lines, details))
        array, _keep = self._documents(made)
        return self._many(capi.arc_invoice_issue_many, array, len(made), all_or_none, request_key)

    # ---- credit notes
    def _currency_of(self, entity, ids):
        """Currencies by id; what is not there, or not to be seen, has none."""
        wanted, found = sorted(set(ids)), {}
        for start in range(0, len(wanted), 10000):
            found.update(self.query(entity).where(id__in=wanted[start:start + 10000]).select("id", "currency").tuples())
        return found

    def _credit_lines(self, lines, currency):
        array = (capi.arc_credit_line * max(1, len(lines)))()
        for place, line in zip(array, lines):
            unknown = set(line) - {"line", "seq", *GIVEN}
            if unknown:
                raise TypeError(f"a line of a credit note has no {', '.join(sorted(unknown))}")
            place.struct_size = capi.ctypes.sizeof(capi.arc_credit_line)
            place.line, place.seq = id_of(line.get("line") or 0, "line"), i64(line.get("seq") or 0, "seq")
            for name, bit in GIVEN.items():
                if line.get(name) is None:
                    continue
                place.given |= bit
                if name == "quantity":
                    place.quantity = scaled(decimal(line[name], name), 6, name)
                else:
                    setattr(place, name, minor(line[name], currency, name) if currency else 1)
        return array

    def _notes(self, notes):
        """An array of arc_credit_note, and what must live as long as it."""
        ids = [id_of(note["invoice"], "invoice") for note in notes]
        currencies, keep, array = self._currency_of("invoice", ids), [], (capi.arc_credit_note * max(1, len(notes)))()
        for place, note, invoice in zip(array, notes, ids):
            unknown = set(note) - {"invoice", "reason_code", "reason", "lines", "amount", "date", "number", "series", "role"}
            if unknown:
                raise TypeError(f"a credit note has no {', '.join(sorted(unknown))}")
            lines, currency, amount = list(note.get("lines") or ()), currencies.get(invoice), note.get("amount")
            pointers = self._credit_lines(lines, currency)
            place.struct_size, place.invoice, place.date = capi.ctypes.sizeof(capi.arc_credit_note), invoice, day_or_none(note.get("date"), "date")
            if amount is not None:  # an invoice that is not there has no currency; the library refuses it by its own name
                place.amount = minor(amount, currency, "amount") if currency else 1
            place.n_lines, place.lines = len(lines), pointers if lines else None
            for name in ("number", "series", "reason_code", "reason", "role"):
                setattr(place, name, cstr(note.get(name), name))
            keep.append(pointers)
        return array, keep

    def invoice_credit(self, invoice: int | Record, reason_code: str, reason: str, *, lines: Iterable[dict] = (), amount: Any = None,
                       date: datetime.date | None = None, number: str | None = None, series: str | None = None, role: str | None = None,
                       request_key: str | None = None) -> int:
        """Issues a credit note of an invoice: of all that is left; of lines, dicts with "line" (id) or "seq" and some of quantity, net, tax, gross; or, of an invoice
        without lines, of an amount. role: the account role that bears it, such as "refund_liability". Returns its id."""
        note, out = dict(invoice=invoice, reason_code=reason_code, reason=reason, lines=lines, amount=amount, date=date, number=number, series=series, role=role), c_int64()
        array, _keep = self._notes([note])
        self._change(request_key, capi.arc_invoice_credit, byref(out), array)
        return out.value

    def invoice_credit_draft(self, invoice: int | Record, reason_code: str, reason: str, *, lines: Iterable[dict] = (), amount: Any = None,
                             date: datetime.date | None = None, number: str | None = None, series: str | None = None, role: str | None = None,
                             request_key: str | None = None) -> int:
        """Drafts a credit note that a second person approves; arguments as of invoice_credit(). invoice_submit(), invoice_approve() and invoice_issue_draft() take it on,
        invoice_void() drops it. Returns its id."""
        note, out = dict(invoice=invoice, reason_code=reason_code, reason=reason, lines=lines, amount=amount, date=date, number=number, series=series, role=role), c_int64()
        array, _keep = self._notes([note])
        self._change(request_key, capi.arc_invoice_credit_draft, byref(out), array)
        return out.value

    def invoice_credit_many(self, notes: Iterable[dict], *, all_or_none: bool = False, request_key: str | None = None) -> BatchResult:
        """Issues credit notes: dicts of the arguments of invoice_credit(). Returns a BatchResult."""
        notes = list(notes)
        array, _keep = self._notes(notes)
        return self._many(capi.arc_invoice_credit_many, array, len(notes), all_or_none, request_key)

    # ---- settling
    def item_offer(self, item: int | Record, paid_on: datetime.date | None = None, payment: Any = None, *, tolerance: str | None = None) -> Offer:
        """The cash discount that paying an item on a day earns; payment None: all that is open less the discount. Returns an Offer."""
        item, told = id_of(item, "item"), capi.init(capi.arc_offer)
        currency = self._currency_of("item", [item]).get(item)
        paid = minor(payment, currency, "payment") if payment is not None and currency else 0
        self._call(capi.arc_item_offer, byref(told), item, day_or_none(paid_on, "paid_on"), paid, cstr(tolerance, "tolerance"))
        amounts = [to_decimal(units, exponent(currency)) for units in (told.open, told.amount, told.earned, told.most)]
        return Offer(told.tier, None if told.until == capi.ARC_DATE_NONE else to_date(told.until), *amounts)

    def receipt_settle(self, receipt: int | Record, items: Iterable[int | Record], *, discounts: Iterable[Any] | None = None, rest: str = "partial",
                       charges: str = "none", instructed: Any = None, tolerance: str | None = None, reason_code: str | None = None, reason: str | None = None,
                       order: str | None = None, date: datetime.date | None = None, dry_run: bool = False, request_key: str | None = None) -> Settled:
        """Settles items with what a receipt has left, in order; a difference is decided by discount, bank fee, tolerance and `rest`: docs/settling.md. Returns a Settled.

        rest: "partial", "residual", "chargeback" or "deduct"; charges: "none", "our", "sha" or "ben". discounts: what the payer took of each item, None: what is
        earned. A repeat under a request_key tells `allocation` alone. settlement_reverse() undoes all of it.
        """
        receipt, ids = id_of(receipt, "receipt"), [id_of(item, "item") for item in items]
        currency, n = self._currency_of("receipt", [receipt]).get(receipt), max(1, len(ids))
        lines, told, options = (capi.arc_settled_line * n)(), capi.init(capi.arc_settled), capi.init(capi.arc_settle_options)
        for line in lines:
            line.struct_size = capi.ctypes.sizeof(capi.arc_settled_line)
        rows = (c_int64 * (capi.ARC_SETTLED_ROWS * n))()
        told.rows = rows
        taken = None
        if discounts is not None:
            discounts = list(discounts)
            given = [-1 if d is None else minor(d, currency, "discount") if currency else 0 for d in discounts]
            if len(given) != len(ids):
                raise ValueError(f"{len(ids)} items and {len(given)} discounts")
            if any(d is not None and units < 0 for d, units in zip(discounts, given)):
                raise make(capi.ARC_E_RANGE, "a discount is not negative")
            taken = (c_int64 * n)(*given)
        options.flags, options.date = capi.ARC_SETTLE_DRY if dry_run else 0, day_or_none(date, "date")
        options.rest, options.charges = _choice(RESTS, rest, "rest"), _choice(CHARGES, charges, "charges")
        options.instructed = minor(instructed, currency, "instructed") if instructed is not None and currency else 0
        for name, value in (("tolerance", tolerance), ("reason_code", reason_code), ("reason", reason), ("order", order)):
            setattr(options, name, cstr(value, name))
        self._change(request_key, capi.arc_receipt_settle, byref(told), lines, receipt, (c_int64 * n)(*ids), taken, len(ids), byref(options))
        digits = exponent(currency)
        made = [SettledLine(**{name: getattr(line, name) if name in ("item", "made") else to_decimal(getattr(line, name), digits) for name in SettledLine._fields})
                for line in lines[:len(ids)]]
        return Settled(told.allocation, *[to_decimal(units, digits) for units in (told.net, told.difference, told.tolerance, told.unapplied)], told.definition, made,
                       rows[:told.n_rows])

    def settlement_reverse(self, settled: Settled, reason: str, *, date: datetime.date | None = None, request_key: str | None = None) -> list[int]:
        """Undoes a settlement as a whole: all rows that a receipt_settle() wrote, or none. Returns the ids of the reversing rows."""
        if settled.allocation and not settled.allocations:
            raise make(capi.ARC_E_INVALID, "a repeat under a request key does not tell the rows of the settlement")
        steps = [{"allocation": id, "date": date, "reason": reason} for id in settled.allocations]
        return self.allocation_reverse_many(steps, all_or_none=True, request_key=request_key).ids

    # ---- contracts
    def contract_activate(self, contract: int | Record, *, request_key: str | None = None) -> None:
        """Makes a draft contract active: it can be invoiced."""
        self._change(request_key, capi.arc_contract_activate, id_of(contract, "contract"))

    def contract_submit(self, contract: int | Record, *, request_key: str | None = None) -> None:
        """Submits a draft contract for approval."""
        self._change(request_key, capi.arc_contract_submit, id_of(contract, "contract"))

    def contract_approve(self, contract: int | Record, *, request_key: str | None = None) -> None:
        """Approves a submitted contract, which is active then. Nobody approves what he submitted himself."""
        self._change(request_key, capi.arc_contract_approve, id_of(contract, "contract"))

    def contract_reject(self, contract: int | Record, reason: str, *, request_key: str | None = None) -> None:
        """Sends a submitted contract back: it is a draft again."""
        self._change(request_key, capi.arc_contract_reject, id_of(contract, "contract"), cstr(reason, "reason"))

    def contract_recall(self, contract: int | Record, reason: str | None = None, *, request_key: str | None = None) -> None:
        """Takes back a contract the actor submitted, before it is decided: it is a draft again."""
        self._change(request_key, capi.arc_contract_recall, id_of(contract, "contract"), cstr(reason, "reason"))

    def contract_amend(self, contract: int | Record, reason: str, *, request_key: str | None = None, **changes: Any) -> int:
        """Amends an active contract: amount (in its currency), tolerance, ends_on; with effective_date and number of the agreement. Returns the id of its row of contract_change."""
        contract = contract if isinstance(contract, Record) else self.get("contract", contract)
        fields = {"contract": contract.id, "reason": reason, "currency": contract.currency, **changes}
        return self._verb(capi.arc_contract_amend, None, fields, "contract_change", request_key)

    def contract_close(self, contract: int | Record, *, request_key: str | None = None) -> None:
        """Closes an active contract that was fulfilled: nothing is invoiced on it any more, credit notes still can be. No order and no plan of it may be open."""
        self._change(request_key, capi.arc_contract_close, id_of(contract, "contract"))

    def contract_terminate(self, contract: int | Record, reason: str, *, on: datetime.date | None = None, request_key: str | None = None) -> None:
        """Terminates an active contract: nothing is invoiced on it any more, what is planned of it is cancelled, what is issued stands. on: since when; today when None."""
        self._change(request_key, capi.arc_contract_terminate, id_of(contract, "contract"), day_or_none(on, "on"), cstr(reason, "reason"))

    def contract_reopen(self, contract: int | Record, reason: str, *, on: datetime.date | None = None, request_key: str | None = None) -> None:
        """Makes a closed or terminated contract active again. What was planned is planned anew by contract_plan()."""
        self._change(request_key, capi.arc_contract_reopen, id_of(contract, "contract"), day_or_none(on, "on"), cstr(reason, "reason"))

    def headroom(self, contract: int | Record) -> Headroom:
        """What a contract leaves to invoice."""
        told = capi.init(capi.arc_headroom)
        self._call(capi.arc_headroom_compute, byref(told), id_of(contract, "contract"))
        if told.unlimited:
            return Headroom(None, None, None, None, None)
        amounts = [py_money(one) for one in (told.limit, told.issued, told.headroom, told.ordered)]
        return Headroom(*[one.amount for one in amounts], amounts[0].currency)

    def contract_tracking(self, contract: int | Record) -> dict:
        """How far a contract is: what is issued, received, unpaid, due next, and its items."""
        return json.loads(text_call(self, capi.arc_contract_tracking_json, id_of(contract, "contract")))

    # ---- receivables before the invoice
    def contract_plan(self, contract: int | Record, *, request_key: str | None = None) -> int:
        """Makes a planned item of each milestone of a contract that has none. Returns how many."""
        n = c_int64()
        self._change(request_key, capi.arc_contract_plan, byref(n), id_of(contract, "contract"))
        return n.value

    def milestone_reach(self, milestone: int | Record, on: datetime.date, *, request_key: str | None = None) -> None:
        """Says that a milestone was reached: its planned item gets its due date."""
        self._change(request_key, capi.arc_milestone_reach, id_of(milestone, "milestone"), day_number(on, "on"))

    def item_record(self, item: Record | dict | None = None, *, request_key: str | None = None, **fields: Any) -> int:
        """Records a receivable without an invoice: kind "estimated" (the default), "planned", "invoiced" or "opening". Returns the id."""
        return self._verb(capi.arc_item_record, item, fields, "item", request_key)

    def item_record_many(self, items: Iterable[dict | Record], *, all_or_none: bool = False, request_key: str | None = None) -> BatchResult:
        """Records many receivables in one durable commit. Returns a BatchResult."""
        return self._batch(capi.arc_item_record_many, [self._as_record(item, {}, "item") for item in items], all_or_none, request_key)

    def item_tracking(self, item: int | Record) -> dict:
        """Where a receivable stands: what it came from, documents that took it over, requests, payments, what is left to invoice."""
        return json.loads(text_call(self, capi.arc_item_tracking_json, id_of(item, "item")))

    def item_cancel(self, item: int | Record, reason: str | None = None, *, request_key: str | None = None) -> None:
        """Cancels what documents have not consumed of a planned or estimated item."""
        self._change(request_key, capi.arc_item_cancel, id_of(item, "item"), cstr(reason, "reason"))

    # ---- red letters
    def credit_red_status(self, credit: int | Record, state: str, *, confirm_no: str | None = None, reason: str | None = None,
                          request_key: str | None = None) -> None:
        """Tells the state of the confirmation of a credit note to a tax invoice: a code of red_status such as "confirmed"."""
        self._change(request_key, capi.arc_credit_red_status, id_of(credit, "credit"), cstr(state, "state"), cstr(confirm_no, "confirm_no"), cstr(reason, "reason"))

    def credit_buyer_use(self, invoice: int | Record, use: str | None, date: datetime.date | None = None, *, request_key: str | None = None) -> None:
        """Notes what the buyer did with a fapiao: "certified", "deducted", "booked"; None: nothing any more."""
        self._change(request_key, capi.arc_credit_buyer_use, id_of(invoice, "invoice"), cstr(use, "use"), day_or_none(date, "date"))

    def credit_red_issued(self, credit: int | Record, fapiao_no: str, *, fapiao_code: str | None = None, date: datetime.date | None = None,
                          request_key: str | None = None) -> None:
        """The red fapiao exists: the credit note, which waited for it, is issued."""
        self._change(request_key, capi.arc_credit_red_issued, id_of(credit, "credit"), cstr(fapiao_no, "fapiao_no"), cstr(fapiao_code, "fapiao_code"),
                     day_or_none(date, "date"))

    # ---- requests for tax invoices
    def invoice_request_submit(self, request: int | Record, *, request_key: str | None = None) -> None:
        """Submits a draft of a request for a tax invoice."""
        self._change(request_key, capi.arc_invoice_request_submit, id_of(request, "request"))

    def invoice_request_approve(self, request: int | Record, *, request_key: str | None = None) -> None:
        """Approves a request that somebody else submitted."""
        self._change(request_key, capi.arc_invoice_request_approve, id_of(request, "request"))

    def invoice_request_reject(self, request: int | Record, reason: str, *, request_key: str | None = None) -> None:
        """Sends a request back: it is a draft again, to be submitted anew or cancelled."""
        self._change(request_key, capi.arc_invoice_request_reject, id_of(request, "request"), cstr(reason, "reason"))

    def invoice_request_recall(self, request: int | Record, reason: str | None = None, *, request_key: str | None = None) -> None:
        """Takes back a request the actor submitted, before it is decided: it is a draft again."""
        self._change(request_key, capi.arc_invoice_request_recall, id_of(request, "request"), cstr(reason, "reason"))

    def invoice_request_send(self, request: int | Record, *, request_key: str | None = None) -> int:
        """Sends an approved request: a message for the tax service goes into the outbox. Returns the message's id."""
        out = c_int64()
        self._change(request_key, capi.arc_invoice_request_send, byref(out), id_of(request, "request"))
        return out.value

    def invoice_request_issue(self, request: int | Record, number: str, date: datetime.date, *, code: str | None = None, kind: str | None = None,
                              request_key: str | None = None) -> int:
        """The tax service has issued it: makes the invoice. Returns its id."""
        told, out = capi.init(capi.arc_fapiao), c_int64()
        told.date, told.number, told.code, told.kind = day_number(date, "date"), cstr(number, "number"), cstr(code, "code"), cstr(kind, "kind")
        self._change(request_key, capi.arc_invoice_request_issue, byref(out), id_of(request, "request"), byref(told))
        return out.value

    def invoice_request_fail(self, request: int | Record, reason: str, *, request_key: str | None = None) -> None:
        """The tax service could not issue it."""
        self._change(request_key, capi.arc_invoice_request_fail, id_of(request, "request"), cstr(reason, "reason"))

    def invoice_request_cancel(self, request: int | Record, reason: str, *, request_key: str | None = None) -> None:
        """Gives a request up that is not at the tax service and not issued."""
        self._change(request_key, capi.arc_invoice_request_cancel, id_of(request, "request"), cstr(reason, "reason"))

    def invoice_request_reissue(self, request: int | Record, number: str, *, request_key: str | None = None) -> int:
        """Makes a new draft of a request that failed or was cancelled. Returns its id."""
        out = c_int64()
        self._change(request_key, capi.arc_invoice_request_reissue, byref(out), id_of(request, "request"), cstr(number, "number"))
        return out.value

    # ---- statements
    def statement(self, customer: int | Record, from_: datetime.date | None = None, to: datetime.date | None = None, *,
                  currency: str | None = None, open_items: bool = False, known_at: int | datetime.date | None = None) -> Statement:
        """The statement of account of a customer from a day (None: the beginning) to a day (None: the business date). Returns a Statement.

        currency None: the book's base currency. open_items: also list what is open on the last day. known_at: as it was known at a seal, or at the end of a day.
        """
        from ._statement import compute
        return compute(self, id_of(customer, "customer"), from_, to, currency, open_items, known_at)

    def statements(self, customers: Iterable[int | Record], from_: datetime.date | None = None, to: datetime.date | None = None, *, currency: str | None = None,
                   open_items: bool = False, known_at: int | datetime.date | None = None) -> dict[int, Statement]:
        """Statements of many customers from one snapshot, by their ids; those that are not there or not to be seen are left out."""
        from ._statement import compute_many
        return compute_many(self, [id_of(one, "customer") for one in customers], from_, to, currency, open_items, known_at)

    def statement_letter_make(self, customer: int | Record, from_: datetime.date, to: datetime.date | None = None, *, currency: str | None = None,
                              number: str | None = None, request_key: str | None = None) -> int:
        """Keeps the figures of a statement as a letter that asks the customer to confirm them. number None: from the series. Returns its id."""
        from ._statement import options_of
        options, out = options_of(id_of(customer, "customer"), from_, to, currency, False), c_int64()
        self._change(request_key, capi.arc_statement_letter_make, byref(out), byref(options), cstr(number, "number"))
        return out.value

    def statement_letter_text(self, letter: int | Record, language: str = "en") -> str:
        """A letter to be printed and signed: "en" or "zh"."""
        return text_call(self, capi.arc_statement_letter_text, id_of(letter, "letter"), cstr(language, "language"))

    def statement_letters_make(self, customers: Iterable[int | Record], from_: datetime.date, to: datetime.date | None = None, *, currency: str | None = None,
                               all_or_none: bool = False, request_key: str | None = None) -> BatchResult:
        """Letters of many customers, with numbers from the series; each is made or refused by itself. Returns a BatchResult with their ids."""
        from ._statement import options_of
        options, ids = options_of(0, from_, to, currency, False), [id_of(one, "customer") for one in customers]
        array = (c_int64 * max(1, len(ids)))(*ids)

        def call(pointer, numbers, results, elements, n, flags):
            return capi.arc_statement_letter_make_many(pointer, numbers, results, byref(options), elements, n, flags)
        return self._many(call, array, len(ids), all_or_none, request_key)

    def statement_letter_texts(self, letters: Iterable[int | Record], language: str = "en") -> dict[int, str]:
        """Many letters to be printed and signed, by their ids, from one snapshot."""
        ids, found = [id_of(one, "letter") for one in letters], {}

        def run(_, letter, text, n):
            found[letter] = text.decode()
            return 0
        self._call(capi.arc_statement_letter_texts, (c_int64 * max(1, len(ids)))(*ids), len(ids), cstr(language, "language"),
                   callback(capi.arc_letter_fn, self._context._pending, run), None)
        return found

    def statement_letters_send(self, letters: Iterable[int | dict | Record], *, all_or_none: bool = False, request_key: str | None = None) -> BatchResult:
        """Says that letters went out: ids, or dicts of "letter" and "date" (and "version")."""
        steps = [one if isinstance(one, dict) else {"letter": id_of(one, "letter")} for one in letters]
        return self._steps(capi.arc_statement_letter_send_many, steps, "statement_letter", all_or_none, request_key, "letter")

    def statement_letter_send(self, letter: int | Record, date: datetime.date | None = None, *, request_key: str | None = None) -> None:
        """Says that a letter went out."""
        self._change(request_key, capi.arc_statement_letter_send, id_of(letter, "letter"), day_or_none(date, "date"))

    def statement_letter_confirm(self, letter: int | Record, by: str, balance: Any = None, *, date: datetime.date | None = None, seal_file: int = 0,
                                 request_key: str | None = None) -> None:
        """Keeps the customer's answer: what he says he owes; None: he agrees. seal_file: attachment of the signed letter."""
        letter, told = id_of(letter, "letter"), None
        if balance is not None:
            currency = self._currency_of("statement_letter", [letter]).get(letter)
            told = byref(c_int64(minor(balance, currency, "balance") if currency else 0))
        self._change(request_key, capi.arc_statement_letter_confirm, letter, day_or_none(date, "date"), cstr(by, "by"), told, i64(seal_file, "seal_file"))
