# SPDX-License-Identifier: Apache-2.0
"""Sessions and transactions: an actor on a book, master data by record, and the verbs."""
from __future__ import annotations

import datetime
import os
from ctypes import byref, c_int64, c_uint32
from typing import Any, BinaryIO, Callable, Iterable, NamedTuple, TYPE_CHECKING

from . import _schema, capi
from ._access import AccessVerbs
from ._audit import AuditVerbs
from ._backtest import BacktestVerbs
from ._bill import BillVerbs
from ._credit import CreditVerbs
from ._context import c_clock
from ._definition import DefinitionVerbs
from ._error import Error, make
from ._event import EventVerbs
from ._files import FileVerbs
from ._handle import Handle, callback, text_call
from ._invoice import InvoiceVerbs
from ._ledger import LedgerVerbs
from ._score import ScoreVerbs
from ._merge import MergeVerbs
from ._order import OrderVerbs
from ._pending import PendingVerbs
from ._proposal import ProposalVerbs
from ._rule import RuleVerbs
from ._settle import SettleVerbs
from ._status import NotFoundError, RefusedError
from ._record import CUSTOM_TYPES, Record
from ._values import cstr, day_or_none, document, i64, minor, u32
from ._voucher import VoucherVerbs
from ._work import WorkVerbs
from .entities import CLASSES

if TYPE_CHECKING:
    from ._aging import Aging
    from ._bank_book import BankImported, BankReceived
    from .names import Duplicate, NameIndex
    from .payers import PayerIndex
    from ._condition import RuleCondition
    from ._exchange import ImportResult
    from ._load import LoadResult
    from ._query import Query
    from .terms import Calendar

MODES = {"read": capi.ARC_READ, "write": capi.ARC_WRITE}


class BatchResult(NamedTuple):
    """What became of a batch: an id and a status an element (id 0 where refused), and the first refusal as an exception."""
    ids: list
    statuses: list
    error: object

    @property
    def ok(self):
        """True when nothing was refused."""
        return self.error is None

    @property
    def refused(self):
        """Positions of the refused elements."""
        return [i for i, status in enumerate(self.statuses) if status < 0]

    @property
    def pending(self):
        """Positions of the elements that were stored as pending changes and wait for approval."""
        return [i for i, status in enumerate(self.statuses) if status == capi.ARC_NEEDS_APPROVAL]


class Transaction:
    """A transaction of a session: commits at the end of a with block, rolls back when it raises."""
    __slots__ = ("_session", "_pointer", "__weakref__")

    def __init__(self, session, pointer):
        self._session, self._pointer = session, pointer

    @property
    def open(self):
        return self._pointer is not None and not self._session.closed

    def _live(self):
        if self._pointer is None:
            raise make(capi.ARC_E_HANDLE, "this transaction has ended")
        return self._pointer

    def _call(self, function, *arguments):
        self._session._live()
        return self._session._call(lambda _: function(self._live(), *arguments))

    def commit(self) -> None:
        """Makes what was written durable and visible. The transaction ends whatever comes of it."""
        pointer = self._live()
        self._session._live()

        def commit(_):
            self._pointer = None
            return capi.arc_txn_commit(pointer)
        self._session._call(commit)

    def rollback(self) -> None:
        """Undoes everything since begin; nothing when the transaction has ended."""
        pointer = self._pointer
        if pointer is None or self._session.closed:
            self._pointer = None
            return

        def rollback(_):
            self._pointer = None
            capi.arc_txn_rollback(pointer)
            return 0
        self._session._call(rollback)

    def savepoint(self) -> Savepoint:
        """An undo point: `with txn.savepoint(): ...` undoes the block when it raises."""
        depth = c_uint32()
        self._call(capi.arc_txn_savepoint, byref(depth))
        return Savepoint(self, depth.value)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if self._pointer is None:
            return
        if kind is None:
            self.commit()
        else:
            self.rollback()


class Savepoint:
    """An undo point of a transaction."""
    __slots__ = ("_txn", "depth")

    def __init__(self, txn, depth):
        self._txn, self.depth = txn, depth

    def rollback(self) -> None:
        """Undoes what was written since; the point stays."""
        self._txn._call(capi.arc_txn_rollback_to, self.depth)

    def release(self) -> None:
        """Gives the point up; what was written stays part of the transaction."""
        self._txn._call(capi.arc_txn_release, self.depth)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is not None:
            self.rollback()
        self.release()


class Session(AccessVerbs, AuditVerbs, BacktestVerbs, BillVerbs, CreditVerbs, DefinitionVerbs, EventVerbs, FileVerbs, InvoiceVerbs, LedgerVerbs, ScoreVerbs, MergeVerbs, OrderVerbs, PendingVerbs, ProposalVerbs, RuleVerbs, SettleVerbs, VoucherVerbs, WorkVerbs, Handle):
    """An actor on a book. Every read and write passes through one.

    A call that changes the book takes request_key=TEXT: repeat it under that key as often as you like, it is done once and every
    repeat is answered as the first was.
    """
    __slots__ = ("_book", "_keep", "_customs", "_run_txn")
    _free, _error = "arc_session_close", "arc_session_error"

    @classmethod
    def _open(cls, book, actor, on_behalf_of, business_date, timeout, clock, language):
        options = capi.init(capi.arc_session_options)
        options.actor, options.on_behalf_of = cstr(actor, "actor"), cstr(on_behalf_of, "on_behalf_of")
        options.business_date = day_or_none(business_date, "business_date")
        options.language = cstr(language, "language")
        if timeout is not None:
            options.timeout_ms = u32(round(timeout * 1000), "timeout")
        if clock is not None:
            options.clock = c_clock(book._context._pending, clock)
        out = capi.arc_session()
        book._call(capi.arc_session_open, byref(out), byref(options))
        made = cls(out.value, book._guard, book._context)
        made._book, made._keep, made._customs, made._run_txn = book, options, {}, None
        return made

    @property
    def book(self):
        return self._book

    def schema(self, language: str | None = None) -> dict:
        """The schema as this session's actor sees it, custom fields of the book included, as Python objects."""
        import json
        return json.loads(text_call(self, capi.arc_session_schema_json, cstr(language, "language")))

    def set_business_date(self, date: datetime.date | None) -> None:
        """Sets the date verbs take as today; None: none."""
        self._call(capi.arc_session_set_business_date, day_or_none(date, "date"))

    def _change(self, request_key, function, *arguments):
        """A call that changes the book, under a request key when one is given."""
        if request_key is None:
            return self._call(function, *arguments)
        key = cstr(request_key, "request_key")

        def call(pointer):
            status = capi.arc_session_set_request_key(pointer, key)
            return function(pointer, *arguments) if status == 0 else status
        return self._call(call)

    # ---- transactions
    def begin(self, mode: str = "write") -> Transaction:
        """Begins a transaction, "write" or "read"; best as `with session.begin(): ...`."""
        out = capi.arc_txn()
        if mode not in MODES:
            raise make(capi.ARC_E_INVALID, f"mode is 'read' or 'write', not {mode!r}")
        self._call(capi.arc_session_begin, byref(out), MODES[mode])
        return Transaction(self, out.value)

    def run(self, work: Callable[[Session], Any], *, mode: str = "write", tries: int = 0) -> Any:
        """Runs work(session) in a transaction and returns what it returns; runs it again after a conflict, `tries` times at most (0 = 8).

        What work raises rolls back, and is raised here unless it is a conflict that another try may solve.
        """
        if mode not in MODES:
            raise make(capi.ARC_E_INVALID, f"mode is 'read' or 'write', not {mode!r}")
        pending, guard, box = self._context._pending, self._guard, {}

        def once(_, session, txn):
            box.clear()
            saved = guard.open_inside()
            try:
                box["result"] = work(self)
                return 0
            except Error as error:
                box["error"] = error
                return error.status if error.status < 0 else capi.ARC_E_CANCELLED
            except BaseException as error:
                box["error"] = error
                return capi.ARC_E_CANCELLED
            finally:
                guard.close_inside(saved)

        kind = callback(capi.arc_txn_fn, pending, once, capi.ARC_E_CANCELLED)
        try:
            self._call(capi.arc_session_run, MODES[mode], kind, None, u32(tries, "tries"))
        except Error:
            if "error" in box:
                raise box["error"] from None
            raise
        return box.get("result")

    # ---- records
    def new(self, entity: str | int | type, **fields: Any) -> Record:
        """A new record of an entity, by name or class, with fields set; nothing is written."""
        found = _schema.entity(entity)
        return CLASSES.get(found.name, Record)(self, found.name, **fields)

    def _record(self, entity, pointer):
        return CLASSES.get(entity.name, Record)(self, entity.name, _pointer=pointer)

    def get(self, entity: str | int | type, id: int, *, computed: bool = False) -> Record:
        """Reads one row by id; NotFoundError when there is none. Fields without a column (an invoice's settlement, what is open of an item) are computed
        when one of them is first asked for; computed: at once."""
        found, out = _schema.entity(entity), capi.arc_record()
        self._call(capi.arc_session_get, byref(out), found.number, i64(id, "id"))
        record = self._record(found, out.value)
        if computed:
            try:
                self.compute([record])
            except BaseException:
                record.close()
                raise
        return record

    def compute(self, records: Iterable[Record], *, as_of: Any = None) -> list[Record]:
        """Computes the fields without a column of records that were read, of one entity or several, in a few reads however many they are: as things stand now, or as of a
        business date. What they had before is replaced. Returns the records."""
        found = list(records)
        pointers = (capi.arc_record * max(1, len(found)))(*[record._live() for record in found])
        self._call(capi.arc_record_compute, pointers, len(found), day_or_none(as_of, "as_of"))
        for record in found:
            record._computed = True
        return found

    def find(self, entity: str | int | type, key: str | None = None, /, **fields: Any) -> Record | None:
        """The one row with these values, or the row that `key` names: find("customer", "C1"), find("invoice", "INV-7"). None when there is none,
        ExistsError when there are several."""
        if key is not None:
            return self._find_key(_schema.entity(entity), key, fields)
        rows = self.query(entity).where(**fields).limit(2).records()
        found = list(rows)
        if len(found) > 1:
            raise make(capi.ARC_E_EXISTS, f"several rows of {_schema.entity(entity).name} are like this")
        return found[0] if found else None

    def _find_key(self, entity, key, fields):
        out = c_int64()
        if fields:
            raise TypeError("a row is found by its key or by values, not by both")
        try:
            self._call(capi.arc_session_find, byref(out), entity.number, cstr(key, "key"))
        except NotFoundError:
            return None
        return self.get(entity.name, out.value)

    def _as_record(self, record, fields, entity=None):
        if isinstance(record, Record):
            return record.assign(**fields) if fields else record
        if isinstance(record, dict):
            fields = {**record, **fields}
        elif record is not None and entity is None:
            entity = record
        return self.new(entity, **fields)

    def insert(self, record: Any, *, request_key: str | None = None, **fields: Any) -> Record:
        """Inserts master data: a record, or an entity with fields. Returns the record, with its id and version."""
        made = self._as_record(record, fields)
        self._change(request_key, capi.arc_session_insert, None, made._live())
        return made

    def update(self, record: Any, *, request_key: str | None = None, **fields: Any) -> Record:
        """Changes a row of master data, if it still has the record's version; StaleError else. Returns the record."""
        made = self._as_record(record, fields)
        self._change(request_key, capi.arc_session_update, made._live())
        return made

    def insert_many(self, records: Iterable[Record], *, all_or_none: bool = False, request_key: str | None = None) -> BatchResult:
        """Inserts records in one transaction. Returns a BatchResult; with all_or_none the first refusal raises."""
        return self._batch(capi.arc_session_insert_many, records, all_or_none, request_key)

    def update_many(self, records: Iterable[Record], *, all_or_none: bool = False, request_key: str | None = None) -> BatchResult:
        """Updates records in one transaction; as insert_many()."""
        return self._batch(capi.arc_session_update_many, records, all_or_none, request_key, ids=False)

    def _batch(self, function, records, all_or_none, request_key, ids=True):
        records = list(records)
        pointers = (capi.arc_record * len(records))(*[r._live() for r in records])
        return self._many(function, pointers, len(records), all_or_none, request_key, ids)

    def _many(self, function, elements, n, all_or_none, request_key, ids=True):
        if n == 0:
            return BatchResult([], [], None)
        results, numbers = (capi.ctypes.c_int32 * n)(), (c_int64 * n)()
        first = [numbers, results] if ids else [results]
        told = []

        def call(pointer):
            status = function(pointer, *first, elements, n, capi.ARC_ALL_OR_NONE if all_or_none else 0)
            if status == capi.ARC_PARTIAL:
                told.append(self._failure(next(s for s in results if s < 0)))
            return 0 if status == capi.ARC_NEEDS_APPROVAL else status  # told element by element
        self._change(request_key, call)
        return BatchResult(list(numbers) if ids else [], list(results), told[0] if told else None)

    def _one(self, function, element, request_key):
        """A call of many for one row: its id or version. What waits for somebody else is raised, as of any call for one."""
        numbers = (c_int64 * 1)()
        self._change(request_key, function, numbers, None, element, 1, capi.ARC_ALL_OR_NONE)
        return numbers[0]

    # ---- verbs
    def invoice_record(self, invoice: Record | dict | None = None, *, request_key: str | None = None, **fields: Any) -> int:
        """Records an invoice issued elsewhere, with its open item; a negative gross_amount is a credit note. Returns the id."""
        return self._verb(capi.arc_invoice_record, invoice, fields, "invoice", request_key)

    def invoice_record_many(self, invoices: Iterable[Record | dict], *, all_or_none: bool = False,
                            request_key: str | None = None) -> BatchResult:
        """Records invoices (records or dicts). Returns a BatchResult; with all_or_none the first refusal raises."""
        return self._verb_many(capi.arc_invoice_record_many, invoices, "invoice", all_or_none, request_key)

    def receipt_record(self, receipt: Any = None, *, request_key: str | None = None, **fields: Any) -> int:
        """Records a receipt: money that came in, unapplied at first. Returns the id."""
        return self._verb(capi.arc_receipt_record, receipt, fields, "receipt", request_key)

    def receipt_record_many(self, receipts: Iterable[Record | dict], *, all_or_none: bool = False,
                            request_key: str | None = None) -> BatchResult:
        """Records receipts (records or dicts); as invoice_record_many()."""
        return self._verb_many(capi.arc_receipt_record_many, receipts, "receipt", all_or_none, request_key)

    def _verb(self, function, record, fields, entity, request_key):
        made, out = self._as_record(record, fields, entity), c_int64()
        self._change(request_key, function, byref(out), made._live())
        return out.value

    def _verb_many(self, function, records, entity, all_or_none, request_key):
        made = [r if isinstance(r, Record) else self.new(entity, **r) for r in records]
        return self._batch(function, made, all_or_none, request_key)

    def allocation_apply(self, *, item: int, receipt: Any = None, credit_item: int | None = None, amount: Any = 0, discount: Any = 0,
                         write_off: Any = 0, date: datetime.date | None = None, request_key: str | None = None, **details: Any) -> int:
        """Settles an open item with a receipt or a credit item. Amounts in major units of the item's currency. Returns the id.
        details: unearned (an amount), reason_code, reason, evidence (JSON or a dict), order; credit_amount: of a receipt in another currency, what leaves it."""
        one = dict(item=item, receipt=receipt, credit_item=credit_item, amount=amount, discount=discount, write_off=write_off, date=date, **details)
        elements = self._allocations([one])
        return self._one(capi.arc_allocation_apply, elements, request_key)

    def allocation_apply_many(self, allocations: Iterable[dict], *, all_or_none: bool = False,
                              request_key: str | None = None) -> BatchResult:
        """Applies allocations (dicts with the arguments of allocation_apply()), in order. Returns a BatchResult."""
        allocations = list(allocations)
        return self._many(capi.arc_allocation_apply, self._allocations(allocations), len(allocations), all_or_none, request_key)

    def _allocations(self, allocations, credit_currency=None):
        """An array of arc_allocation. credit_currency: of a credit that is made only now, a bill's."""
        currencies = self._currencies({i64(a["item"], "item") for a in allocations})
        foreign = {i64(a["receipt"], "receipt") for a in allocations if a.get("credit_amount") and a.get("receipt")}
        receipts = self._currency_of("receipt", foreign) if foreign else {}
        elements = (capi.arc_allocation * max(1, len(allocations)))()
        for place, a in zip(elements, allocations):
            unknown = set(a) - {"item", "receipt", "credit_item", "amount", "discount", "write_off", "date", "unearned", "reason_code", "reason", "evidence", "order", "credit_amount"}
            if unknown:
                raise TypeError(f"an allocation has no {', '.join(sorted(unknown))}")
            place.struct_size = capi.ctypes.sizeof(capi.arc_allocation)
            place.date = day_or_none(a.get("date"), "date")
            place.item = i64(a["item"], "item")
            place.receipt, place.credit_item = (i64(a.get(n) or 0, n) for n in ("receipt", "credit_item"))
            currency = currencies.get(place.item)
            for name in ("amount", "discount", "write_off", "unearned"):
                # An item that is not there has no currency; the library refuses it by its own name.
                setattr(place, name, minor(a.get(name) or 0, currency, name) if currency else int(name == "amount"))
            if a.get("credit_amount"):
                currency = receipts.get(place.receipt, credit_currency)
                place.credit_amount = minor(a["credit_amount"], currency, "credit_amount") if currency else 1
            for name in ("reason_code", "reason", "order"):
                setattr(place, name, cstr(a.get(name), name))
            evidence = a.get("evidence")
            place.evidence = None if evidence is None else document(evidence)
        return elements

    def _currencies(self, items):
        wanted, found = sorted(items), {}
        for start in range(0, len(wanted), 10000):
            rows = self.query("item").where(id__in=wanted[start:start + 10000]).select("id", "currency").tuples()
            found.update(rows)
        return found

    def allocation_reverse(self, allocation: int, reason: str, *, date: datetime.date | None = None, request_key: str | None = None) -> int:
        """Undoes an allocation; item and credit are open again. Returns the id of the reversing allocation."""
        out = c_int64()
        self._change(request_key, capi.arc_allocation_reverse, byref(out), i64(allocation, "allocation"), day_or_none(date, "date"),
                     cstr(reason, "reason"))
        return out.value

    # ---- questions
    def query(self, entity: str | int | type) -> Query:
        """A question about one entity: see Query."""
        from ._query import Query
        return Query._new(self, _schema.entity(entity))

    def query_from_json(self, text: str) -> Query:
        """A query from its JSON form."""
        from ._query import Query
        return Query._from_json(self, text)

    def condition(self, document: dict | str, entity: str | int | type, *, currency: str | None = None, calendar: Calendar | None = None,
                  zone_minutes: int = 0) -> RuleCondition:
        """Compiles a condition about an entity (docs/rules.md); currency: of its constant amounts. The first fault is raised, with its pointer."""
        from ._condition import compile
        return compile(self, document, entity, currency, calendar, zone_minutes)

    def check_condition(self, document: dict | str, entity: str | int | type, *, currency: str | None = None, calendar: Calendar | None = None,
                        zone_minutes: int = 0) -> list[dict]:
        """All faults of a condition: pointer, code, status, en, zh; [] when it compiles."""
        from ._condition import check
        return check(self, document, entity, currency, calendar, zone_minutes)

    def aging(self, *, as_of: datetime.date | None = None, basis: str = "due_date", edges: Iterable[int] | None = None,
              customer: int | None = None, currency: str | None = None, known_at: int | datetime.date | None = None, by: str = "customer",
              estimated: bool = False) -> Aging:
        """What is open, by how long it is overdue ("due_date") or how old it is ("document_date"), as of a day. Returns an Aging.

        known_at: as it was known at a seal, or at the end of a day; None: now. by: customer, owner, team, region, group, project, department or business_line: rows then
        stand for those. estimated: estimates are aged too.
        """
        from ._aging import compute
        return compute(self, as_of, basis, edges, customer, currency, known_at, by, estimated)

    def bank_import(self, source, *, account: int | None = None, strict: bool = False, repeat_days: int = 10, **options) -> BankImported:
        """Keeps the statements of a bank's file - a path, bytes or a BankFile: each booking once, however files overlap. account: ours, of statements that name none; strict: balances
        that do not add up refuse the file; options as read_statement()."""
        from ._bank_book import load
        return load(self, source, account, strict, repeat_days, options)

    def bank_receive(self, statement: int | None = None, *, returns: bool = False, chunk: int = 1000, most: int = 0, progress: Callable[[int, int], Any] | None = None) -> BankReceived:
        """Makes receipts of the payments that wait, of one statement or all. returns: receipts of payments that were given back go back. progress(done, 0) is called behind each
        chunk, and stops when it returns True; called again it goes on."""
        from ._bank_book import receive
        return receive(self, statement, returns, chunk, most, progress)

    def bank_undo(self, statement: int, reason: str) -> None:
        """Takes a statement back as if it had not come; its receipts go back while nothing of them is applied."""
        from ._bank_book import undo
        undo(self, statement, reason)

    def bank_findings(self, account: int, since: datetime.date | None = None) -> list[dict]:
        """What does not add up in the statements of an account: "balance", "control", "gap", "return", "return_waits", "repeat"."""
        from ._bank_book import findings
        return findings(self, account, since)

    def payer_index(self) -> PayerIndex:
        """Whom payers can be: find() tells by account, by what was learned and by name, among the customers the actor sees."""
        from .payers import PayerIndex
        return PayerIndex(self)

    def payer_learn(self, receipts: Iterable[int], *, forget: bool = False) -> int:
        """Learns who pays for whom from receipts whose customer is certain, and unlearns where that changed; forget: nothing of them any more. Returns how much changed."""
        from .payers import learn
        return learn(self, receipts, forget)

    def payer_confirm(self, customer: int, kind: str, value: str, to: datetime.date | None = None) -> int:
        """Says that a name or account pays for a customer: kind "name", "payer_name" or "payer_account". Returns the id of the alias."""
        from .payers import confirm
        return confirm(self, customer, kind, value, to)

    def duplicate_index(self) -> NameIndex:
        """A NameIndex of the customers the actor sees: names, titles, numbers as far as he may read them. search() finds whom a name means, pairs() which
        could be one; what was decided not to be duplicates ("duplicate_decision") is passed over."""
        from .names import of_session
        return of_session(self)

    def duplicates(self, least: int | None = None, limit: int = 1000) -> list[Duplicate]:
        """Customers that could be one, the best pairs first, with their codes and names."""
        from .names import duplicates
        return duplicates(self, least, limit)

    def duplicate_check(self, customer: Record, index: NameIndex | None = None) -> dict:
        """Whom of the customers a record, stored or not, could be: "candidates" with id, code, name, score, margin and reasons. index: of duplicate_index(), for many questions."""
        from .names import check
        return check(self, customer, index)

    def customer_profile(self, customer: int, *, as_of: datetime.date | None = None, known_at: int | datetime.date | None = None, min_payments: int = 0,
                         most_rows: int = 0) -> dict:
        """The 360 view of a customer as of a day: master data, contacts by role, accounts, group tree, balance, figures of behaviour with source and formula, interactions,
        disputes, limits, scores (docs/profile.md). known_at: figures as known at a seal, or at the end of a day. min_payments: fewer are a thin file (3)."""
        from ._profile import profile
        return profile(self, customer, as_of, known_at, min_payments, most_rows)

    # ---- in and out
    def import_csv(self, source: str | os.PathLike | BinaryIO, mapping: dict | str, *, dry_run: bool = False, skip_bad: bool = False,
                   max_faults: int = 0, on_fault: Callable[..., Any] | None = None, progress: Callable[..., Any] | None = None,
                   progress_rows: int = 0, request_key: str | None = None, on_total: Callable[..., Any] | None = None, warn_duplicates: bool = False) -> ImportResult:
        """Imports a CSV file (path or seekable binary file) through a mapping (dict or JSON text). Returns an ImportResult.

        Faults are in its `faults` (at most max_faults, 0 = 1,000), and told to on_fault(fault), which may return True to stop.
        on_total(total) is told each control total before anything is written, and stops the import with True: sums that are not those of the books the file came from.
        warn_duplicates: new customers who could be customers of the book are told as warnings.
        progress is called every progress_rows rows, 0 = 10,000. Bad rows do not raise: without skip_bad nothing is written, and `written` is False.
        """
        from ._exchange import import_csv
        return import_csv(self, source, mapping, dry_run, skip_bad, max_faults, on_fault, progress, progress_rows, request_key, on_total, warn_duplicates)

    def import_guess(self, source: str | os.PathLike | BinaryIO) -> dict:
        """Proposes a mapping for a CSV file, as a dict: look at it, and do a dry run."""
        from ._exchange import import_guess
        return import_guess(self, source)

    def load(self, entity: str | int | type, columns: Any, *, all_or_none: bool = True, on_fault: Callable[..., Any] | None = None,
             progress: Callable[..., Any] | None = None, request_key: str | None = None) -> LoadResult:
        """Inserts master data in bulk: `columns` is a dict of name -> sequence, a Columns, or anything with __arrow_c_stream__.

        Returns a LoadResult. all_or_none raises the first refusal, and nothing is inserted.
        """
        from ._load import load
        return load(self, _schema.entity(entity), columns, all_or_none, on_fault, progress, request_key)

    # ---- custom fields
    def custom_define(self, entity: str | int | type, name: str, kind: str, *, choices: list | None = None, target: str | None = None,
                      size: int | None = None, label_en: str | None = None, label_zh: str | None = None, required: bool = False,
                      indexed: bool = False, personal: bool = False, formula: dict | None = None, round: str | None = None,
                      position: int | None = None, request_key: str | None = None) -> int:
        """Adds a field (x_...) to an entity of this book. Kinds: text number money date bool choice choices reference member attachment formula."""
        import json
        found = _schema.entity(entity)
        told = {"entity": found.name, "name": name, "kind": kind, "choices": choices, "size": size, "label_en": label_en, "label_zh": label_zh,
                "target": _schema.entity(target).name if target else None, "formula": formula, "round": round, "position": position}
        told = {k: v for k, v in told.items() if v is not None}
        told.update({k: True for k, v in (("required", required), ("indexed", indexed), ("personal", personal)) if v})
        raw, out = json.dumps(told, ensure_ascii=False).encode(), c_uint32()
        self._change(request_key, capi.arc_custom_define, byref(out), raw, len(raw))
        self._customs.clear()
        return out.value

    def custom_alter(self, entity: str | int | type, name: str, *, request_key: str | None = None, **changes: object) -> None:
        """Changes label_en, label_zh, choices (new ones behind), required, indexed or position of a custom field."""
        import json
        raw = json.dumps(changes, ensure_ascii=False).encode()
        self._change(request_key, capi.arc_custom_alter, _schema.entity(entity).number, cstr(name, "name"), raw, len(raw))

    def custom_retire(self, entity: str | int | type, name: str, *, request_key: str | None = None) -> None:
        """Retires a custom field: what is stored can be read, new values are refused."""
        self._change(request_key, capi.arc_custom_retire, _schema.entity(entity).number, cstr(name, "name"))

    def _custom_type(self, entity, name):
        """Type of a custom field; None when this session cannot tell. Asked again for a name that others may just have defined."""
        found = self._custom(entity).get(name)
        if found is None and name.startswith("x_"):
            self._customs.pop(entity.name, None)
            found = self._custom(entity).get(name)
        return found

    def _custom(self, entity):
        """Custom fields of an entity: name -> type."""
        known = self._customs.get(entity.name)
        if known is None:
            known = {}
            if entity.custom:
                try:
                    rows = self.query("custom_field").where(entity=entity.name).select("name", "kind").tuples()
                except RefusedError:  # the actor may not read definitions
                    rows = []
                known = {name: CUSTOM_TYPES.get(kind, "any") for name, kind in rows}
            self._customs[entity.name] = known
        return known
