# SPDX-License-Identifier: Apache-2.0
"""Definitions - validation rules, mappings ... - as documents with versions, and the checking of records."""
from __future__ import annotations

import datetime
import json
from ctypes import byref, c_int64
from typing import Iterable, NamedTuple, Optional, TYPE_CHECKING

from . import _schema, capi
from ._error import from_struct, make
from ._handle import callback, out_text, text_call
from ._values import cstr, day_or_none, document, i64, to_date, to_datetime, u32
from .decisions import Decision
from .templates import Template

if TYPE_CHECKING:
    from ._error import Error
    from ._record import Record


class Definition(NamedTuple):
    """One revision of a definition. The document is in the entity `definition`: session.get("definition", id).document."""
    id: int
    kind: str
    code: str
    revision: int
    status: str
    in_force: bool
    title: str
    note: str
    digest: str
    valid_from: Optional[datetime.date]
    valid_to: Optional[datetime.date]
    published: Optional[datetime.datetime]


class Fault(NamedTuple):
    """What is wrong with a record. severity: "error", the row would be refused, or "warning". `status` is a number of arcore/status.h."""
    severity: str
    status: int
    entity: str
    field: str
    rule: str
    pointer: str
    message: str
    message_zh: str


def _date(number):
    return None if number == capi.ARC_DATE_NONE else to_date(number)


def definition_schema(kind: str) -> dict:
    """The JSON Schema of the documents of a kind ("template", ...), for editors; NotFoundError where none is written down."""
    status, text = out_text(lambda buffer, length: capi.arc_definition_schema_json(buffer, length, cstr(kind, "kind")))
    if status:
        raise make(status, f"there is no schema for {kind!r}")
    return json.loads(text)


def action_schema() -> dict:
    """The JSON Schema of the actions of a rule: a list of {"type", "params"}, each kind with its parameters."""
    status, text = out_text(lambda buffer, length: capi.arc_action_schema_json(buffer, length))
    return json.loads(text)


class DefinitionVerbs:
    """The part of Session that keeps definitions and checks records by them."""
    __slots__ = ()

    def definition_save(self, kind: str, code: str, document_: dict | str, *, title: str | None = None, note: str | None = None,
                        valid_from: datetime.date | None = None, valid_to: datetime.date | None = None,
                        request_key: str | None = None) -> int:
        """Stores a draft: changes the draft of this kind and code, or makes the next revision. Returns its id."""
        raw, out, options = document(document_), c_int64(), capi.init(capi.arc_definition_options)
        options.title, options.note = cstr(title, "title"), cstr(note, "note")
        options.valid_from, options.valid_to = day_or_none(valid_from, "valid_from"), day_or_none(valid_to, "valid_to")
        self._change(request_key, capi.arc_definition_save, byref(out), cstr(kind, "kind"), cstr(code, "code"), raw, len(raw), byref(options))
        return out.value

    def _faults(self, found):
        def run(_, fault):
            e = fault.contents
            found.append(from_struct(e.status, e))
            return 0
        return callback(capi.arc_fault_fn, self._context._pending, run)

    def definition_check(self, kind: str, document_: dict | str) -> list[Error]:
        """Checks a document as publishing would. Returns its faults as exceptions (not raised): [] when it could be published."""
        raw, found = document(document_), []
        try:
            self._call(capi.arc_definition_check, cstr(kind, "kind"), raw, len(raw), self._faults(found), None)
        except Exception:
            if not found:  # no fault of the document: the check itself failed
                raise
        return found

    def preview_definition(self, kind: str, document_: dict | str, *, rows: Iterable[int] | None = None, entity: str | None = None,
                           as_of: datetime.date | None = None, sample: dict | str | None = None, max: int = 0) -> dict:
        """What a document would do, saved or not: tried on rows (ids), on a day, on a sample (docs/previews.md). Nothing is written; a faulty document is raised."""
        raw, options, ids = document(document_), capi.init(capi.arc_preview_options), [i64(row, "row") for row in rows or ()]
        given = None if sample is None else document(sample)
        array = (c_int64 * (len(ids) or 1))(*ids)
        options.rows, options.n_rows = array, len(ids)
        options.entity = _schema.entity(entity).number if entity is not None else 0
        options.as_of, options.max = day_or_none(as_of, "as_of"), u32(max, "max")
        options.sample, options.sample_length = given, len(given or b"")
        return json.loads(text_call(self, capi.arc_definition_preview, cstr(kind, "kind"), raw, len(raw), byref(options)))

    def definition_publish(self, id: int, *, request_key: str | None = None) -> None:
        """Publishes a draft: checks it, and freezes it. What is wrong is raised, with all faults in the exception's `faults`."""
        found = []
        try:
            self._change(request_key, capi.arc_definition_publish, i64(id, "id"), self._faults(found), None)
        except Exception as error:
            error.faults = found
            raise

    def template(self, code: str, on: datetime.date | None = None) -> Template:
        """The published template in force on a day (None: today)."""
        out = capi.arc_template()
        self._call(capi.arc_template_open, byref(out), cstr(code, "code"), day_or_none(on, "on"))
        return Template(self._context, _pointer=out.value)

    def decision(self, kind: str, code: str, on: datetime.date | None = None) -> Decision:
        """The published "decision_table" or "scorecard" in force on a day (None: today)."""
        out = capi.arc_decision()
        self._call(capi.arc_decision_open, byref(out), cstr(kind, "kind"), cstr(code, "code"), day_or_none(on, "on"))
        return Decision(self._context, _pointer=out.value)

    def definition_retire(self, id: int, *, request_key: str | None = None) -> None:
        """Retires a published revision: it is in force no more."""
        self._change(request_key, capi.arc_definition_retire, i64(id, "id"))

    def definition_find(self, kind: str, code: str, on: datetime.date | None = None) -> int:
        """Id of the revision in force on a day (None: today); NotFoundError when there is none."""
        out = c_int64()
        self._call(capi.arc_definition_find, byref(out), cstr(kind, "kind"), cstr(code, "code"), day_or_none(on, "on"))
        return out.value

    def definitions(self, kind: str | None = None, on: datetime.date | None = None) -> list[Definition]:
        """All revisions, or those of a kind: a list of Definition."""
        found = []

        def run(_, info):
            d = info.contents
            text = [raw.decode() for raw in (d.kind, d.code, d.status, d.title, d.note, d.digest)]
            found.append(Definition(d.id, text[0], text[1], d.revision, text[2], bool(d.in_force), text[3], text[4], text[5],
                                    _date(d.valid_from), _date(d.valid_to), to_datetime(d.published) if d.published else None))
            return 0
        self._call(capi.arc_definition_list, callback(capi.arc_definition_fn, self._context._pending, run), None, cstr(kind, "kind"),
                   day_or_none(on, "on"))
        return found

    def validate(self, record: Record, *, normalise: bool = False) -> list[Fault]:
        """Checks a record before it is written. Returns all its Faults, warnings too: [] when nothing is wrong. Nothing is written."""
        options, found = capi.init(capi.arc_validate_options), []
        options.flags = capi.ARC_VALIDATE_NORMALISE if normalise else 0

        def run(_, fault):
            f = fault.contents
            text = [raw.decode() for raw in (f.entity, f.field, f.rule, f.pointer, f.message, f.message_zh)]
            found.append(Fault("error" if f.severity == capi.ARC_FAULT_ERROR else "warning", f.status, *text))
            return 0
        report = callback(capi.arc_record_fault_fn, self._context._pending, run)
        try:
            self._call(capi.arc_record_validate, record._live(), report, None, byref(options))
        except Exception:
            if not any(f.severity == "error" for f in found):  # the check itself failed
                raise
        return found
