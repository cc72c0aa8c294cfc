# SPDX-License-Identifier: Apache-2.0
"""A company's accounts receivable in a library.

    import arcore

    with arcore.open("sqlite:company.arc", create=True) as book, book.session("clerk") as session:
        acme = session.insert("customer", code="C1", legal_name="Acme")
        session.invoice_record(number="I-1", customer=acme.id, invoice_date=day, due_date=due, currency="CNY", gross_amount="100.00")
        for row in session.aging():
            print(row.code, row.total)

docs/python.md is the guide. arcore.capi is the C API as it is.
"""
from . import capi
from ._aging import Aging, AgingRow
from ._columns import Column, Columns
from ._bank import BankBalance, BankFile, BankLine, BankStatement, KeptStatement
from ._condition import RuleCondition
from ._context import ActionCall, Book, BookInfo, Context, Finding, Verification, default_context
from ._access import Verb
from ._audit import AuditHead, AuditReport
from ._definition import Definition, Fault, action_schema, definition_schema
from ._error import Error, NeedsApproval
from ._event import Erasure, Feed, Lease
from ._exchange import ImportFault, ImportProgress, ImportResult
from ._files import Attachment, Upsert, UpsertResult
from ._ledger import Headroom, Offer, Settled, SettledLine
from ._library import LibraryNotFound
from ._load import LoadResult, Minor
from ._bank_book import BankImported, BankReceived
from ._pending import PendingChange
from ._proposal import MatchReport, Proposal, ProposalInfo, ProposalLine
from ._query import Condition, Cursor, F, Query
from ._record import Record
from ._score import ScoreSummary, score_scaling, score_shipped, score_woe
from ._session import BatchResult, Savepoint, Session, Transaction
from ._statement import Statement, StatementInfo, StatementRow
from ._status import *  # noqa: F401,F403
from ._values import Money
from ._voucher import Provision, Revaluation, VoucherExport, shipped_account_map, shipped_matching, shipped_voucher_layout
from .decisions import Decision
from .names import Duplicate, NameIndex, NameMatch, NamePair
from .payers import PayerIndex
from .references import ReferenceIndex
from .templates import Template
from . import _bank, combinations, decisions, entities, formats, names, payers, references, templates, terms, values

__version__ = capi.ARC_VERSION_STRING


def open(uri, **options):
    """Opens a book in the default context; options as Context.open()."""
    return default_context().open(uri, **options)


def restore(source_uri, target_uri, **options):
    """Restores a backup in the default context; as Context.restore()."""
    return default_context().restore(source_uri, target_uri, **options)


def read_statement(source, profile=None, **options):
    """Reads a bank's file - a path or bytes - in the default context; options as BankFile."""
    return BankFile(default_context(), source, profile=profile, **options)


def bank_format(data):
    """What a bank's file is ("mt940", "camt" ...); None when it is nothing known."""
    return _bank.bank_format(default_context(), data)


def seal(keys, **options):
    """Makes sealed books known in the default context; as Context.seal()."""
    default_context().seal(keys, **options)


def version():
    """Version of the library that is running."""
    return capi.arc_version_string().decode()


def library_path():
    """The file of the library that is running."""
    return capi.library.path
