# SPDX-License-Identifier: Apache-2.0
"""What happened, in order: the change feed and the history of a record; and the outbox of messages that leave the book."""
from __future__ import annotations

import datetime
import json
from ctypes import byref, c_int32, c_int64, c_size_t, c_void_p, string_at
from typing import Any, Callable, NamedTuple

from . import _schema, capi
from ._handle import Handle, callback, text_call
from ._values import cstr, document, i64, stamp, to_datetime, u32


class Feed(Handle):
    """Events as CloudEvents 1.0 (dicts), oldest first. Iterating ends when there is none for now; a feed may be asked again later."""
    __slots__ = ("_session",)
    _free, _error = "arc_feed_free", "arc_feed_error"

    def __init__(self, pointer, session):
        super().__init__(pointer, session._guard, session._context)
        self._session = session  # it closes with its last reference, and this with it

    def __iter__(self):
        return self

    def __next__(self):
        text = self.next_json()
        if text is None:
            raise StopIteration
        return json.loads(text)

    def next_json(self) -> str | None:
        """The next event as JSON text; None when there is none for now."""
        start, length, box = c_void_p(), c_size_t(), []

        def call(pointer):
            status = capi.arc_feed_next(pointer, byref(start), byref(length))
            if status == 0:  # copied while nobody can step on
                box.append(string_at(start.value, length.value).decode())
            return status
        self._call(call)
        return box[0] if box else None

    def token(self) -> str:
        """The place behind the last event given: hand it to Session.feed(after=...), also in another process."""
        return text_call(self, capi.arc_feed_token)


class Lease(NamedTuple):
    """A message that was leased: send it, then acknowledge or fail it with the lease."""
    id: int
    lease: int
    attempt: int
    leased_to: datetime.datetime


class Erasure(NamedTuple):
    """What Session.subject_erase() erased."""
    rows: int
    values: int
    retained: int


class EventVerbs:
    """The part of Session that tells what happened, keeps the outbox, and erases the data of one person."""
    __slots__ = ()

    def feed(self, after: str | None = None, *, verb: str | None = None, entity: str | int | type | None = None, row: int | None = None,
             not_from: str | None = None, personal: bool = False) -> Feed:
        """The change feed, behind a token (None: from the beginning). No late commit is ever missed: only sealed transactions are in it.
        not_from: a system's code; what it wrote itself by upsert is left out."""
        options = self._feed_options(verb, personal)
        options.not_from = cstr(not_from, "not_from")
        options.after = cstr(after, "after")
        options.entity = 0 if entity is None else _schema.entity(entity).number
        options.row = 0 if row is None else i64(row, "row")
        out = capi.arc_feed()
        self._call(capi.arc_feed_open, byref(out), byref(options))
        return Feed(out.value, self)

    def history(self, entity: str | int | type, id: int, *, verb: str | None = None, personal: bool = False) -> Feed:
        """The events that changed one record, oldest first."""
        out, options = capi.arc_feed(), self._feed_options(verb, personal)
        self._call(capi.arc_record_history, byref(out), _schema.entity(entity).number, i64(id, "id"), byref(options))
        return Feed(out.value, self)

    @staticmethod
    def _feed_options(verb, personal):
        options = capi.init(capi.arc_feed_options)
        options.flags, options.verb = capi.ARC_FEED_PERSONAL if personal else 0, cstr(verb, "verb")
        return options

    # ---- the outbox
    def message_enqueue(self, kind: str, key: str, payload: Any, *, channel: str | None = None, customer: int | None = None,
                        contact: int | None = None, not_before: datetime.datetime | None = None, max_attempts: int = 0,
                        request_key: str | None = None) -> int:
        """Puts a message into the outbox, with the transaction that is open. payload: Python objects, or JSON text. Returns its id."""
        message, out, raw = capi.init(capi.arc_message), c_int64(), document(payload)
        message.kind, message.message_key, message.channel = cstr(kind, "kind"), cstr(key, "key"), cstr(channel, "channel")
        message.payload, message.payload_length = raw, len(raw)
        message.customer, message.contact = i64(customer or 0, "customer"), i64(contact or 0, "contact")
        message.not_before = 0 if not_before is None else stamp(not_before, "not_before")
        message.max_attempts = u32(max_attempts, "max_attempts")
        self._change(request_key, capi.arc_message_enqueue, byref(out), byref(message))
        return out.value

    def message_lease_due(self, lessee: str, *, n: int = 100, seconds: int = 300, request_key: str | None = None) -> list[Lease]:
        """Leases messages that are due, the oldest first, for so many seconds. What to send: session.get("message", lease.id)."""
        leases, count = (capi.arc_message_lease * min(max(n, 1), 1000))(), c_size_t()
        for lease in leases:
            lease.struct_size = capi.ctypes.sizeof(capi.arc_message_lease)
        self._change(request_key, capi.arc_message_lease_due, leases, byref(count), u32(n, "n"), cstr(lessee, "lessee"), u32(seconds, "seconds"))
        return [Lease(x.id, x.lease, x.attempt, to_datetime(x.leased_to)) for x in leases[:count.value]]

    def message_acknowledge(self, lease: Lease, receipt: Any = None, *, request_key: str | None = None) -> None:
        """It was sent: the message leaves the outbox. StaleError when the lease has passed to another."""
        raw = None if receipt is None else document(receipt)
        self._change(request_key, capi.arc_message_acknowledge, i64(lease.id, "id"), i64(lease.lease, "lease"), raw, len(raw or b""))

    def message_fail(self, lease: Lease, reason: str | None = None, *, seconds: int = 0, request_key: str | None = None) -> bool:
        """It was not sent: it is due again after a pause that doubles with each attempt. True when it was given up."""
        dead = c_int32()
        self._change(request_key, capi.arc_message_fail, byref(dead), i64(lease.id, "id"), i64(lease.lease, "lease"), cstr(reason, "reason"),
                     u32(seconds, "seconds"))
        return bool(dead.value)

    def message_receipt(self, id: int, status: str, receipt: Any = None, *, request_key: str | None = None) -> None:
        """What became of a message after it was sent: "delivered", "bounced" or "failed"."""
        raw = None if receipt is None else document(receipt)
        self._change(request_key, capi.arc_message_receipt, i64(id, "id"), cstr(status, "status"), raw, len(raw or b""))

    # ---- erasure
    def subject_erase(self, entity: str | int | type, id: int, reason: str, *, retain: Callable[[str, int], Any] | None = None,
                      request_key: str | None = None) -> Erasure:
        """Erases the personal data of a customer (with its contacts), a contact or a user; the chain still proves.

        retain(entity, id) is asked before anything is erased; True keeps the data (StateError).
        """
        options, told = capi.init(capi.arc_erase_options), capi.init(capi.arc_erasure)
        options.reason = cstr(reason, "reason")
        if retain is not None:
            names = {e.number: e.name for e in _schema.entities().values()}
            options.retain = callback(capi.arc_retention_fn, self._context._pending,
                                      lambda _, number, row: int(retain(names.get(number, number), row) is True))
        self._change(request_key, capi.arc_subject_erase, byref(told), _schema.entity(entity).number, i64(id, "id"), byref(options))
        return Erasure(told.rows, told.values, told.retained)
