# SPDX-License-Identifier: Apache-2.0
"""Contexts and books."""
from __future__ import annotations

import atexit
import datetime
import io
import json
import os
import threading
import weakref
from collections.abc import Mapping
from ctypes import byref, c_void_p, cast, memmove, memset, sizeof, string_at
from typing import Any, BinaryIO, Callable, NamedTuple, TYPE_CHECKING

from . import capi
from ._error import Error, from_struct, make
from ._handle import Guard, Handle, SharedGuard, c_progress, callback, gone, text_call
from ._values import cstr, document, i32, i64, stamp, to_date, u32

if TYPE_CHECKING:
    from ._session import Session

LEVELS = {"error": capi.ARC_LOG_ERROR, "warning": capi.ARC_LOG_WARNING, "info": capi.ARC_LOG_INFO, "debug": capi.ARC_LOG_DEBUG}
NO_TIME = -(1 << 63)  # what a clock answers that has failed: no stamp, so the call that asked is refused
_open_contexts = weakref.WeakSet()


def c_clock(pending, clock):
    """A clock for C: None is the system's, else a function that returns an aware datetime."""
    if clock is None:
        return cast(capi.library.arc_clock_system, capi.arc_clock_fn)
    return callback(capi.arc_clock_fn, pending, lambda _: stamp(clock(), "clock"), NO_TIME)


class Context:
    """The root: clock, random source and log of the host. Books named memory:NAME are shared inside one context.

    clock    function that returns an aware datetime; None: the system's clock
    random   function(n) that returns n unpredictable bytes; None: the system's source
    log      function(level, module, code, message); None: nothing is logged
    """
    __slots__ = ("_pointer", "_guard", "_pending", "_guards", "_keep", "_forked", "_sealed", "__weakref__")

    def __init__(self, *, clock: Callable[[], datetime.datetime] | None = None, random: Callable[[int], bytes] | None = None,
                 log: Callable[[int, str, int, str], Any] | None = None, log_level: str = "warning") -> None:
        self._pointer, self._forked, self._sealed = None, False, None
        self._pending = {}
        self._guard = SharedGuard(self._pending)
        self._guards = weakref.WeakSet()
        options = capi.init(capi.arc_context_options)
        options.clock = c_clock(self._pending, clock)
        if random is None:
            options.random = cast(capi.library.arc_random_system, capi.arc_random_fn)
        else:
            options.random = callback(capi.arc_random_fn, self._pending, lambda _, out, n: self._fill(random, out, n), -1)
        if log is not None:
            options.log = callback(capi.arc_log_fn, self._pending, lambda _, level, module, code, message: log(
                level, module.decode("utf-8", "replace"), code, message.decode("utf-8", "replace")) and None, None)
            options.log_level = LEVELS[log_level]
        self._keep = options
        out = capi.arc_context()
        status = capi.arc_context_new(byref(out), byref(options))
        if status < 0:
            raise make(status)
        self._pointer = out.value
        _open_contexts.add(self)

    @staticmethod
    def _fill(random, out, n):
        got = bytes(random(n))
        if len(got) != n:
            raise ValueError(f"random({n}) gave {len(got)} bytes")
        memmove(out, got, n)
        return 0

    @property
    def closed(self):
        return self._pointer is None

    def _call(self, function, *arguments):
        self._guard.enter()
        try:
            if self._pointer is None:
                raise gone(self)
            status = function(self._pointer, *arguments)
            if status < 0 and not (self._pending and threading.get_ident() in self._pending):
                details = capi.init(capi.arc_error)
                capi.arc_context_error(self._pointer, byref(details))
                raise from_struct(status, details)
        finally:
            self._guard.leave()
        return status

    def close(self) -> None:
        """Frees the context and all that was made from it. HandleError while another thread is inside; a second time does nothing."""
        if self._pointer is None:
            return
        taken = []
        for guard in [self._guard, *self._guards]:
            if not guard.shut():
                for other in taken:
                    other.unshut()
                raise make(capi.ARC_E_HANDLE, "the context is in use: by another thread, or by the call this callback belongs to")
            taken.append(guard)
        pointer, self._pointer = self._pointer, None
        _open_contexts.discard(self)
        capi.arc_context_free(pointer)
        if self._sealed is not None:
            capi.arc_sodium_free(self._sealed.keys)
            self._sealed = None

    def __del__(self):
        try:
            self.close()
        except Exception:  # see Handle
            pass

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.close()

    def _new_guard(self, shared=False):
        guard = SharedGuard(self._pending) if shared else Guard(self._pending)
        self._guards.add(guard)
        return guard

    def open(self, uri: str, *, create: bool = False, upgrade: bool = False, readonly: bool = False, check: bool = False,
             foreign_triggers: bool = False, timeout: float | None = 5.0, utc_offset_minutes: int = 480, base_currency: str | None = None,
             name: str | None = None, created: datetime.datetime | None = None, trace: Callable[[str], Any] | None = None,
             seal_key: bytes | None = None) -> Book:
        """Opens a book: "memory:NAME", "sqlite:PATH?book=CODE", "postgresql://host/db?book=CODE".

        create makes what is missing; base_currency, name, utc_offset_minutes and created are for a new book. timeout in seconds.
        trace(statement) is told what goes to the store. seal_key: bytes, the host's key for the seals.
        """
        flags = ((capi.ARC_BOOK_CREATE if create else 0) | (capi.ARC_BOOK_UPGRADE if upgrade else 0) |
                 (capi.ARC_BOOK_READONLY if readonly else 0) | (capi.ARC_BOOK_CHECK if check else 0) |
                 (capi.ARC_BOOK_FOREIGN_TRIGGERS if foreign_triggers else 0))
        options = self._book_options(uri, flags, timeout, trace, seal_key)
        options.utc_offset_minutes = i32(utc_offset_minutes, "utc_offset_minutes")
        options.base_currency, options.name = cstr(base_currency), cstr(name)
        options.created = 0 if created is None else stamp(created, "created")
        out = capi.arc_book()
        self._call(capi.arc_book_open, byref(out), cstr(uri, "uri"), byref(options))
        return Book(out.value, self._new_guard(), self, options)

    def attach(self, uri: str, connection: int | c_void_p, *, readonly: bool = False, foreign_triggers: bool = False, timeout: float | None = 5.0,
               trace: Callable[[str], Any] | None = None, seal_key: bytes | None = None) -> Book:
        """A book on a connection you have already, so that your rows and the book's stand or fall together (docs/host-transactions.md).

        uri is "sqlite:?book=CODE" or "postgresql:?book=CODE"; connection the address of a sqlite3 or PGconn of the same client library (a number or
        a ctypes pointer), which must outlive the book. What you have in Python's own sqlite3 module has no address to be had.
        """
        flags = (capi.ARC_BOOK_READONLY if readonly else 0) | (capi.ARC_BOOK_FOREIGN_TRIGGERS if foreign_triggers else 0)
        options = self._book_options(uri, flags, timeout, trace, seal_key)
        address = connection if isinstance(connection, int) else cast(connection, c_void_p).value
        out = capi.arc_book()
        self._call(capi.arc_book_attach, byref(out), cstr(uri, "uri"), c_void_p(address), byref(options))
        return Book(out.value, self._new_guard(), self, options)

    def _book_options(self, uri, flags, timeout, trace, seal_key):
        if uri.startswith("postgresql:"):
            self._need_postgresql()
        options = capi.init(capi.arc_book_options)
        options.flags, options.timeout_ms = flags, u32(round(timeout * 1000), "timeout")
        if seal_key is not None:
            key = bytes(seal_key)
            options.seal_key, options.n_seal_key = cast(key, c_void_p), len(key)
            options.key_kept = key
        if trace is not None:
            kind = dict(capi.arc_book_options._fields_)["trace"]
            options.trace = callback(kind, self._pending, lambda _, statement, *rest: trace(statement.decode()) and None, None)
        return options

    def restore(self, source_uri: str, target_uri: str, *, progress: Callable[..., Any] | None = None) -> None:
        """Copies a backup to the place where it is to be used and proves it: verified and compared before it is left standing."""
        self._call(capi.arc_book_restore, cstr(source_uri, "source_uri"), cstr(target_uri, "target_uri"),
                   byref(copy_options(self._pending, progress)))

    def schema(self, language: str | None = "en") -> dict:
        """The schema as Python objects: what arc_schema_json() tells."""
        return json.loads(text_call(self, capi.arc_schema_json, cstr(language, "language")))

    def register(self, operations: Any) -> None:
        """Makes a backend known: a pointer to (or a struct of) arc_backend_ops, for example capi.arc_postgresql_backend()."""
        self._call(capi.arc_backend_register, operations)

    def seal(self, keys: str | bytes | os.PathLike | Mapping[int, bytes], *, current: int | None = None, over: str = "sqlite") -> None:
        """Makes sealed books known (docs/encryption.md): "sealed:sqlite:PATH" from then on, or with over="postgresql" "sealed:postgresql://...".

        keys     a path to a key file, the text of one as bytes, or {number: 32 bytes}
        current  with a mapping: number of the key for new values; None: the greatest
        over     scheme of the backend that keeps the sealed values; one a context
        Needs libarcore_sodium. FormError for a text that is no key file, ExistsError when keys were given before.
        """
        if over == "postgresql":
            self._need_postgresql()
        sealed = _Sealed(keys, current)
        try:
            self._call(capi.arc_sealed_register, byref(sealed.backend), cstr(over, "over"), byref(sealed.cipher))
        except Exception:
            capi.arc_sodium_free(sealed.keys)
            raise
        self._sealed = sealed

    def _need_postgresql(self):
        try:
            self.register(capi.arc_postgresql_backend())
        except Exception as error:
            if getattr(error, "status", 0) != capi.ARC_E_EXISTS:
                raise


class _Sealed:
    """What a context with keys keeps alive: the keys, the cipher over them, the backend."""

    def __init__(self, keys, current):
        self.keys, self.cipher, self.backend = capi.arc_sodium(), capi.init(capi.arc_cipher), capi.arc_sealed()
        if isinstance(keys, Mapping):
            ring = (capi.arc_sodium_key * len(keys))()
            for place, (number, key) in zip(ring, sorted(keys.items())):
                if len(key) != capi.ARC_SODIUM_KEY_BYTES:
                    raise ValueError(f"key {number} has {len(key)} bytes, not {capi.ARC_SODIUM_KEY_BYTES}")
                place.number = u32(number, "number")
                memmove(place.bytes, bytes(key), len(key))
            status = capi.arc_sodium_new(byref(self.keys), ring, len(ring), u32(max(keys, default=0) if current is None else current, "current"))
            memset(ring, 0, sizeof(ring))
        else:
            if current is not None:
                raise ValueError("current goes with a mapping: in a key file it is the last key")
            text = keys
            if not isinstance(keys, bytes):
                with io.open(keys, "rb") as f:
                    text = f.read()
            status = capi.arc_sodium_read(byref(self.keys), text, len(text))
        if status < 0:
            raise make(status, "these are no keys: docs/encryption.md has the form of a key file" if status == capi.ARC_E_SYNTAX else "")
        capi.arc_sodium_cipher(byref(self.cipher), self.keys)


def copy_options(pending, function, flags=0):
    options = capi.init(capi.arc_copy_options)
    options.flags, options.progress = flags, c_progress(pending, function)
    return options


class Finding(NamedTuple):
    """One thing Book.verify() found wrong."""
    check: str
    entity: str
    field: str
    id: int
    message: str
    message_zh: str


def on_findings(pending, found, report):
    """A C callback that collects findings and tells them on."""
    def run(_, pointer):
        f = pointer.contents
        finding = Finding(f.check.decode(), f.entity.decode(), f.field.decode(), f.id, f.message.decode(), f.message_zh.decode())
        found.append(finding)
        return int(report is not None and report(finding) is True)
    return callback(capi.arc_finding_fn, pending, run)


class Verification(NamedTuple):
    """What Book.verify() did."""
    checks: int
    rows: int
    findings: list

    @property
    def ok(self):
        return not self.findings


class BookInfo(NamedTuple):
    """What a book is."""
    id: int
    code: str
    name: str
    base_currency: str
    utc_offset_minutes: int
    scheme: str
    schema_version: int
    readonly: bool
    capabilities: int
    fingerprint: str
    attached: bool


class ActionCall(NamedTuple):
    """An action of the host's that is to be done, and what it is done for. key is stable: the same for the same firing."""
    type: str
    rule: str
    revision: int
    level: int
    mark: str
    entity: str
    row: int
    customer: int | None
    as_of: datetime.date
    effective_date: datetime.date
    seq: int
    key: str
    params: dict


class Book(Handle):
    """One company's receivables in a store: one connection, for one thread at a time."""
    __slots__ = ("_keep", "_info", "_actions")
    _free, _error = "arc_book_close", "arc_book_error"

    def __init__(self, pointer, guard, context, keep=None):
        super().__init__(pointer, guard, context)
        self._keep, self._info, self._actions = keep, None, None

    @property
    def info(self):
        """BookInfo: id, code, name, base currency ..."""
        if self._info is None:
            i = capi.init(capi.arc_book_info)
            self._call(capi.arc_book_describe, byref(i))
            self._info = BookInfo(i.id, i.code.decode(), i.name.decode(), i.base_currency.decode(), i.utc_offset_minutes,
                                  i.scheme.decode(), i.schema_version, bool(i.flags & capi.ARC_BOOK_READONLY), i.capabilities,
                                  i.fingerprint.decode(), bool(i.flags & capi.ARC_BOOK_ATTACHED))
        return self._info

    def store(self) -> dict:
        """What lies under the book - engine, version, settings - as a dict."""
        return json.loads(text_call(self, capi.arc_book_store_json))

    def action_register(self, type: str, apply: Callable[[ActionCall], dict | None], *, label: str, label_zh: str | None = None, schema: dict | None = None) -> None:
        """Gives this handle a kind of action that rules may name ("host...."): apply(ActionCall) does it inside the transaction that keeps the firing, and may call verbs of the
        session that applies; it returns a dict that is kept, or None. What it raises refuses the unit. schema: JSON Schema of its params."""
        kind = capi.init(capi.arc_action_kind)

        guard = self._guard

        def run(_, __, call, result, length):
            c, room = call.contents, length.contents.value
            length.contents.value = 0
            asked = ActionCall(c.type.decode(), c.rule.decode(), c.revision, c.level, c.mark.decode(), c.entity.decode(), c.row, c.customer or None, to_date(c.as_of),
                               to_date(c.effective_date), c.seq, c.key.decode(), json.loads(string_at(c.params, c.params_length)))
            saved = guard.open_inside()
            try:
                answer = apply(asked)
            except Error as error:
                return error.status if error.status < 0 else capi.ARC_E_STATE
            finally:
                guard.close_inside(saved)
            raw = b"" if answer is None else document(answer)
            if len(raw) >= room:
                raise ValueError("the answer is longer than 4,000 bytes")
            memmove(result, raw, len(raw))
            length.contents.value = len(raw)
            return 0

        kind.apply = callback(capi.arc_action_fn, self._context._pending, run, capi.ARC_E_STATE)
        kind.type, kind.label_en, kind.label_zh = cstr(type, "type"), cstr(label, "label"), cstr(label_zh, "label_zh")
        kind.schema = None if schema is None else document(schema)
        self._call(capi.arc_action_register, byref(kind))
        self._actions = [*(self._actions or ()), kind.apply]  # alive as long as the handle

    def clone(self) -> Book:
        """The same book once more: a connection of its own for another thread."""
        out = capi.arc_book()
        self._call(capi.arc_book_clone, byref(out))
        return Book(out.value, self._context._new_guard(), self._context, self._keep)

    def session(self, actor: str | None = None, *, on_behalf_of: str | None = None, business_date: datetime.date | None = None,
                timeout: float | None = None, clock: Callable[[], datetime.datetime] | None = None, language: str | None = None) -> Session:
        """A session: an actor on this book. business_date is what verbs take as today; None: the day it is now where the book is."""
        from ._session import Session
        if business_date is None:
            business_date = self.today()
        return Session._open(self, actor, on_behalf_of, business_date, timeout, clock, language)

    def today(self) -> datetime.date:
        """The civil day it is now at the book's UTC offset, by the system's clock."""
        zone = datetime.timezone(datetime.timedelta(minutes=self.info.utc_offset_minutes))
        return datetime.datetime.now(zone).date()

    def verify(self, *, only: str | None = None, max_findings: int = 0, report: Callable[..., Any] | None = None,
               progress: Callable[..., Any] | None = None) -> Verification:
        """Recomputes everything kept twice and checks all that must hold. Returns a Verification; its `findings` are those wrong.

        report(finding) is told each one as it is found, and may return True to stop with CancelledError.
        """
        found = []
        options, summary = capi.init(capi.arc_verify_options), capi.init(capi.arc_verify_summary)
        options.only, options.max_findings = cstr(only), i64(max_findings, "max_findings")
        options.progress = c_progress(self._context._pending, progress)
        self._call(capi.arc_book_verify, byref(summary), on_findings(self._context._pending, found, report), None,
                   byref(options))
        return Verification(summary.checks, summary.rows, found)

    def backup(self, target_uri: str, *, progress: Callable[..., Any] | None = None) -> None:
        """Copies the store, consistent, while others go on working. The target must not exist."""
        self._call(capi.arc_book_backup, cstr(target_uri, "target_uri"), byref(copy_options(self._context._pending, progress)))

    def dump(self, to: str | os.PathLike | BinaryIO | None = None, *, stamps: bool = True,
             progress: Callable[..., Any] | None = None) -> bytes | None:
        """The canonical dump: JSON lines, equal for equal work on every backend. `to`: a path or a binary file; None: returned."""
        options = copy_options(self._context._pending, progress, 0 if stamps else capi.ARC_DUMP_NO_STAMPS)
        return write_to(to, lambda sink: self._call(capi.arc_book_dump, writer(self._context._pending, sink), None, byref(options)))


def writer(pending, sink):
    """A C write callback that hands its bytes to sink.write(). A write of less than all is an error."""
    def write(_, address, n):
        data = string_at(address, n)
        written = sink.write(data)
        if written is not None and written != n:
            raise OSError(f"only {written} of {n} bytes were written")
        return 0
    return callback(capi.arc_write_fn, pending, write)


def write_to(to, work):
    """Runs work(binary file) on a path, a file, or memory whose bytes are returned."""
    if to is None:
        memory = io.BytesIO()
        work(memory)
        return memory.getvalue()
    if isinstance(to, (str, os.PathLike)):
        with open(to, "wb") as sink:
            return work(sink)
    return work(to)


# ---- the context of those who need only one ---------------------------------------------------------------------------------

_default = None
_default_lock = threading.Lock()


def default_context():
    """The context behind arcore.open(): made at first need, one a process."""
    global _default
    with _default_lock:
        if _default is None or _default.closed:
            _default = Context()
        return _default


def _after_fork():
    global _default, _default_lock
    _default, _default_lock = None, threading.Lock()
    for context in list(_open_contexts):
        context._pointer, context._forked = None, True  # handles of the parent; nothing is freed here, the parent still has them
    _open_contexts.clear()


def _at_exit():
    for context in list(_open_contexts):
        try:
            context.close()
        except Exception:  # a daemon thread is inside: then it is left alone
            pass


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)
