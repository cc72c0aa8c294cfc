# SPDX-License-Identifier: Apache-2.0
"""Attachments: files on any row of a book; and rows as other systems know them: external ids and the idempotent upsert."""
from __future__ import annotations

import os
from ctypes import byref, c_char_p, c_int32, c_int64, c_size_t, create_string_buffer
from typing import Any, BinaryIO, Iterable, NamedTuple, TYPE_CHECKING

from . import _schema, capi
from ._context import write_to, writer
from ._handle import callback
from ._values import cstr, i64, size

if TYPE_CHECKING:
    from ._record import Record


class Attachment(NamedTuple):
    """An attachment of a row. uri "": its bytes are in the book."""
    id: int
    kind: str
    name: str
    media_type: str
    size: int
    digest: str
    uri: str
    withdrawn: bool
    reason: str


class Upsert(NamedTuple):
    """What became of a row: `what` is "inserted", "updated" or "unchanged"; `skipped` are fields that are not the system's to change."""
    id: int
    what: str
    skipped: list


class UpsertResult(NamedTuple):
    """What became of a batch: an id, a what ("" where refused) and a status an element; `skipped` are (element, field)."""
    ids: list
    what: list
    statuses: list
    skipped: list
    error: object

    @property
    def ok(self) -> bool:
        """True when nothing was refused."""
        return self.error is None


def _whats():
    return {0: "", capi.ARC_UPSERT_INSERTED: "inserted", capi.ARC_UPSERT_UPDATED: "updated", capi.ARC_UPSERT_UNCHANGED: "unchanged"}


class FileVerbs:
    """The part of Session that keeps attachments and external ids."""
    __slots__ = ()

    # ---- attachments
    def attach(self, entity: str | int | type, row: int, content: bytes | str | os.PathLike | BinaryIO | None, *, name: str | None = None,
               kind: str = "other", media_type: str = "application/octet-stream", uri: str | None = None, digest: str | None = None,
               size: int = 0, request_key: str | None = None) -> int:
        """Attaches bytes, a file (path or binary file), or with content=None a URI with digest and size, to a row. Returns its id."""
        raw = None
        if content is not None:
            if isinstance(content, (bytes, bytearray, memoryview)):
                raw = bytes(content)
            elif isinstance(content, (str, os.PathLike)):
                name = os.path.basename(os.fspath(content)) if name is None else name
                with open(content, "rb") as f:
                    raw = f.read()
            else:
                raw = content.read()
        told, out = capi.init(capi.arc_attachment_new), c_int64()
        told.entity, told.row = _schema.entity(entity).number, i64(row, "row")
        told.kind, told.name, told.media_type = cstr(kind, "kind"), cstr(name, "name"), cstr(media_type, "media_type")
        told.uri, told.digest, told.size = cstr(uri, "uri"), cstr(digest, "digest"), i64(size, "size")
        self._change(request_key, capi.arc_attachment_add, byref(out), byref(told), raw, len(raw or b""))
        return out.value

    def attachment_withdraw(self, id: int, reason: str, *, request_key: str | None = None) -> None:
        """Takes an attachment back: it stays, marked with the reason."""
        self._change(request_key, capi.arc_attachment_withdraw, i64(id, "id"), cstr(reason, "reason"))

    def attachment_read(self, id: int, offset: int = 0, n: int = 65536) -> bytes:
        """Part of the bytes: fewer than n only at the end, none behind it."""
        buffer, length = create_string_buffer(max(size(n, "n"), 1)), c_size_t(n)
        self._call(capi.arc_attachment_read, buffer, byref(length), i64(id, "id"), i64(offset, "offset"))
        return buffer.raw[:length.value]

    def attachment_get(self, id: int, to: str | os.PathLike | BinaryIO | None = None) -> bytes | None:
        """All bytes, their digest compared: to a path or binary file, or returned. CorruptError: what was written must not be used."""
        pending = self._context._pending

        def work(sink):
            self._call(capi.arc_attachment_get, writer(pending, sink), None, i64(id, "id"))
        return write_to(to, work)

    def attachments(self, entity: str | int | type, row: int) -> list[Attachment]:
        """The attachments of a row, oldest first, withdrawn ones too."""
        found = []

        def run(_, info):
            a = info.contents
            text = [raw.decode() for raw in (a.kind, a.name, a.media_type, a.digest, a.uri, a.reason)]
            found.append(Attachment(a.id, text[0], text[1], text[2], a.size, text[3], text[4], bool(a.withdrawn), text[5]))
            return 0
        self._call(capi.arc_attachment_list, callback(capi.arc_attachment_fn, self._context._pending, run), None,
                   _schema.entity(entity).number, i64(row, "row"))
        return found

    # ---- external ids
    def upsert(self, record: Any, system: str, value: str, *, request_key: str | None = None, **fields: Any) -> Upsert:
        """Brings a row to what another system says of it: a record, or an entity with fields. `value` is the row's id there."""
        made, out, what, skipped = self._as_record(record, fields), c_int64(), c_int32(), []
        self._change(request_key, capi.arc_session_upsert, byref(out), byref(what), made._live(), cstr(system, "system"), cstr(value, "value"),
                     byref(self._upsert_options(skipped, False)))
        return Upsert(out.value, _whats()[what.value], [field for _, field in skipped])

    def upsert_many(self, records: Iterable[Record], system: str, values: Iterable[str], *, all_or_none: bool = False,
                    request_key: str | None = None) -> UpsertResult:
        """The same for many records, in one transaction."""
        records, values, skipped, told = list(records), [cstr(v, "value") for v in values], [], []
        if len(records) != len(values):
            raise ValueError(f"{len(records)} records and {len(values)} values")
        n = len(records)
        if n == 0:
            return UpsertResult([], [], [], [], None)
        ids, whats, statuses = (c_int64 * n)(), (c_int32 * n)(), (c_int32 * n)()
        pointers = (capi.arc_record * n)(*[r._live() for r in records])
        options = self._upsert_options(skipped, all_or_none)

        def call(pointer):
            status = capi.arc_session_upsert_many(pointer, ids, whats, statuses, pointers, (c_char_p * n)(*values), n, cstr(system, "system"),
                                                  byref(options))
            if status == capi.ARC_PARTIAL:
                told.append(self._failure(next(s for s in statuses if s < 0)))
            return status
        self._change(request_key, call)
        names = _whats()
        return UpsertResult(list(ids), [names[w] for w in whats], list(statuses), skipped, told[0] if told else None)

    def _upsert_options(self, skipped, all_or_none):
        options = capi.init(capi.arc_upsert_options)
        options.flags = capi.ARC_ALL_OR_NONE if all_or_none else 0

        def run(_, element, field):
            skipped.append((element, field.decode()))
            return 0
        options.skipped = callback(dict(capi.arc_upsert_options._fields_)["skipped"], self._context._pending, run)
        return options

    def external_add(self, entity: str | int | type, row: int, system: str, value: str, *, request_key: str | None = None) -> None:
        """Notes that a value of a system stands for a row."""
        self._change(request_key, capi.arc_external_add, _schema.entity(entity).number, i64(row, "row"), cstr(system, "system"),
                     cstr(value, "value"))

    def external_remove(self, entity: str | int | type, system: str, value: str, *, request_key: str | None = None) -> None:
        """Deletes an external id; the row it stood for stays."""
        self._change(request_key, capi.arc_external_remove, _schema.entity(entity).number, cstr(system, "system"), cstr(value, "value"))

    def external_find(self, entity: str | int | type, system: str, value: str) -> int:
        """Id of the row a value stands for; NotFoundError when it is unknown."""
        out = c_int64()
        self._call(capi.arc_external_find, byref(out), _schema.entity(entity).number, cstr(system, "system"), cstr(value, "value"))
        return out.value

    def externals(self, entity: str | int | type, row: int) -> list[tuple[str, str]]:
        """The external ids of a row as (system, value)."""
        found = []

        def run(_, system, value):
            found.append((system.decode(), value.decode()))
            return 0
        self._call(capi.arc_external_list, callback(capi.arc_external_fn, self._context._pending, run), None, _schema.entity(entity).number,
                   i64(row, "row"))
        return found
