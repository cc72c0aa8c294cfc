# SPDX-License-Identifier: Apache-2.0
"""Documents with lines as previews and drafts, and the steps of their life. docs/invoicing.md tells of them."""
from __future__ import annotations

import datetime
from ctypes import byref, c_int64, c_uint32, sizeof
from typing import Any, Iterable, NamedTuple, TYPE_CHECKING

from . import capi
from ._record import Record
from ._values import cstr, day_or_none, i64

if TYPE_CHECKING:
    from ._session import BatchResult

_ITEMS = 61  # most items of a document


class InvoicePreview(NamedTuple):
    """What a document comes to: its header, lines and items as records that are stored nowhere."""
    invoice: Record
    lines: list
    items: list


_STEPS = {"submit": capi.arc_invoice_submit, "approve": capi.arc_invoice_approve, "reject": capi.arc_invoice_reject, "recall": capi.arc_invoice_recall, "issue": capi.arc_invoice_issue,
          "void": capi.arc_invoice_void, "close": capi.arc_invoice_close, "send": capi.arc_invoice_send, "deliver": capi.arc_invoice_deliver,
          "confirm": capi.arc_invoice_confirm, "refuse": capi.arc_invoice_refuse, "date": capi.arc_invoice_date}


class InvoiceVerbs:
    """The part of Session that keeps drafts of documents and moves documents on; LedgerVerbs has what issues them."""
    __slots__ = ()

    def invoice_preview(self, invoice: Record | dict | None = None, lines: Iterable[Record | dict] = (), *, series: str | None = None, advance: bool = False,
                        proforma: bool = False, uses: Iterable[dict] = (), **fields: Any) -> InvoicePreview:
        """What a document would come to: totals, tax, due dates. Nothing is written, no number is drawn. Arguments as of invoice_issue()."""
        header = self._as_record(invoice, fields, "invoice")
        elements, keep = self._documents([(header, list(lines), dict(series=series, advance=advance, proforma=proforma, uses=uses))])
        out, n = self.new("invoice"), c_uint32(_ITEMS)
        out_lines = [self.new("invoice_line") for _ in keep[0][1]]
        items = [self.new("item") for _ in range(_ITEMS)]
        line_pointers = (capi.arc_record * max(1, len(out_lines)))(*[r._live() for r in out_lines])
        item_pointers = (capi.arc_record * _ITEMS)(*[r._live() for r in items])
        self._call(capi.arc_invoice_preview, out._live(), line_pointers, item_pointers, byref(n), elements)
        del keep
        return InvoicePreview(out, out_lines, items[:n.value])

    def invoice_draft(self, invoice: Record | dict | None = None, lines: Iterable[Record | dict] = (), *, series: str | None = None, advance: bool = False,
                      proforma: bool = False, uses: Iterable[dict] = (), request_key: str | None = None, **fields: Any) -> int:
        """Keeps a draft: a new one, or the new content of the one whose record, with its id and version, is given. Arguments as of invoice_issue(). Returns the id."""
        header, out = self._as_record(invoice, fields, "invoice"), c_int64()
        elements, keep = self._documents([(header, list(lines), dict(series=series, advance=advance, proforma=proforma, uses=uses))])
        self._change(request_key, capi.arc_invoice_draft, byref(out), elements)
        del keep
        return out.value

    def invoice_steps(self, verb: str, steps: Iterable[int | dict], *, all_or_none: bool = False, request_key: str | None = None) -> BatchResult:
        """Takes stored invoices a step on: verb is submit, approve, reject, issue, void, close, send, deliver, confirm, refuse or date.

        Steps are ids, or dicts with invoice and, where the verb wants them, version, date, reason, by, delivered_on, accepted_on. Returns a BatchResult whose
        ids are the new versions.
        """
        if verb not in _STEPS:
            raise ValueError(f"no step {verb!r}: one of {', '.join(sorted(_STEPS))}")
        steps = [step if isinstance(step, dict) else {"invoice": step} for step in steps]
        return self._many(_STEPS[verb], _elements(steps), len(steps), all_or_none, request_key)

    def _step(self, verb, invoice, version, request_key, **more):
        return self._one(_STEPS[verb], _elements([dict(invoice=invoice, version=version, **more)]), request_key)

    def invoice_submit(self, invoice: int, *, version: int = 0, request_key: str | None = None) -> int:
        """Submits a draft for approval. This and the steps below return the invoice's new version; version: the one looked at, 0 any."""
        return self._step("submit", invoice, version, request_key)

    def invoice_approve(self, invoice: int, *, reason: str | None = None, version: int = 0, request_key: str | None = None) -> int:
        """Approves what somebody else drafted and submitted."""
        return self._step("approve", invoice, version, request_key, reason=reason)

    def invoice_reject(self, invoice: int, reason: str, *, version: int = 0, request_key: str | None = None) -> int:
        """Sends back what was submitted or approved: it is a draft again."""
        return self._step("reject", invoice, version, request_key, reason=reason)

    def invoice_recall(self, invoice: int, reason: str | None = None, *, version: int = 0, request_key: str | None = None) -> int:
        """Takes back what the actor drafted and submitted, before it is decided: it is a draft again."""
        return self._step("recall", invoice, version, request_key, reason=reason)

    def invoice_issue_draft(self, invoice: int, *, version: int = 0, request_key: str | None = None) -> int:
        """Issues an approved draft, or a draft where the book needs no approval; NeedsApproval: a credit check holds it."""
        return self._step("issue", invoice, version, request_key)

    def invoice_void(self, invoice: int, reason: str, *, date: datetime.date | None = None, version: int = 0, request_key: str | None = None) -> int:
        """Voids an invoice of which nothing is settled, in its own period; or drops a draft."""
        return self._step("void", invoice, version, request_key, reason=reason, date=date)

    def invoice_close(self, invoice: int, *, reason: str | None = None, version: int = 0, request_key: str | None = None) -> int:
        """Closes an invoice of which nothing is open."""
        return self._step("close", invoice, version, request_key, reason=reason)

    def invoice_send(self, invoice: int, *, tracking: str | None = None, date: datetime.date | None = None, version: int = 0,
                     request_key: str | None = None) -> int:
        """Notes that an invoice was sent."""
        return self._step("send", invoice, version, request_key, by=tracking, date=date)

    def invoice_deliver(self, invoice: int, *, date: datetime.date | None = None, version: int = 0, request_key: str | None = None) -> int:
        """Notes that the customer received an invoice; due dates that count from it follow."""
        return self._step("deliver", invoice, version, request_key, date=date)

    def invoice_confirm(self, invoice: int, by: str, *, date: datetime.date | None = None, version: int = 0, request_key: str | None = None) -> int:
        """Notes that the customer confirmed an invoice, and who did."""
        return self._step("confirm", invoice, version, request_key, by=by, date=date)

    def invoice_refuse(self, invoice: int, reason: str, *, date: datetime.date | None = None, version: int = 0, request_key: str | None = None) -> int:
        """Notes that the customer refused an invoice."""
        return self._step("refuse", invoice, version, request_key, reason=reason, date=date)

    def invoice_set_dates(self, invoice: int, *, delivered_on: datetime.date | None = None, accepted_on: datetime.date | None = None, version: int = 0,
                          request_key: str | None = None) -> int:
        """Notes that goods were delivered or accepted: due dates that waited for that day are set."""
        return self._step("date", invoice, version, request_key, delivered_on=delivered_on, accepted_on=accepted_on)


def _elements(steps):
    elements = (capi.arc_invoice_step * max(1, len(steps)))()
    for place, step in zip(elements, steps):
        unknown = set(step) - {"invoice", "version", "date", "reason", "by", "delivered_on", "accepted_on"}
        if unknown:
            raise TypeError(f"a step has no {', '.join(sorted(unknown))}")
        place.struct_size = sizeof(capi.arc_invoice_step)
        place.invoice = i64(step["invoice"], "invoice")
        place.version = i64(step.get("version") or 0, "version")
        place.date, place.delivered_on, place.accepted_on = (day_or_none(step.get(n), n) for n in ("date", "delivered_on", "accepted_on"))
        place.reason, place.by = (cstr(step[n], n) if step.get(n) is not None else None for n in ("reason", "by"))
    return elements
