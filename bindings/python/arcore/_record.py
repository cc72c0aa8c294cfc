# SPDX-License-Identifier: Apache-2.0
"""Records: rows on their way in or out, with an attribute a field."""
from __future__ import annotations

import json
from ctypes import byref, c_int64, c_size_t, c_uint32, c_void_p, string_at
from decimal import Decimal
from typing import Any

from . import _schema, capi
from ._error import make, of_status
from ._handle import Handle, text_call
from ._values import (Money, c_decimal, cstr, day_number, decimal, i64, major, minor, plain, row_id, scaled, stamp, to_date, to_datetime, to_decimal, utf8)

LENGTH = c_size_t
# Kinds of custom fields as types of the schema's own.
CUSTOM_TYPES = {"text": "text", "number": "decimal", "money": "amount", "date": "date", "bool": "bool", "choice": "code",
                "choices": "json", "reference": "id", "member": "id", "attachment": "id", "formula": "any"}


def bad_type(field, wanted, value):
    return TypeError(f"{field}: {wanted} is needed, not {type(value).__name__}")


# ---- getters: (record, field id) -> Python value or None ----------------------------------------------------------------------

def get_number(record, number):
    out = c_int64()
    return out.value if record._fetch(capi.arc_record_get_int, byref(out), number) else None


def get_bool(record, number):
    value = get_number(record, number)
    return None if value is None else bool(value)


def get_text(record, number):
    text, length = c_void_p(), c_size_t()
    return record._fetch_text(text, length, number)


def get_json(record, number):
    text = get_text(record, number)
    return None if text is None else json.loads(text)


def get_date(record, number):
    out = capi.ctypes.c_int32()
    return to_date(out.value) if record._fetch(capi.arc_record_get_date, byref(out), number) else None


def get_stamp(record, number):
    out = c_int64()
    return to_datetime(out.value) if record._fetch(capi.arc_record_get_stamp, byref(out), number) else None


def get_amount(record, number):
    out = capi.arc_money()
    if not record._fetch(capi.arc_record_get_money, byref(out), number):
        return None
    currency = out.currency.decode()
    return Money(major(out.minor, currency), currency)


def get_money(record, number):
    value = get_amount(record, number)
    return None if value is None else value.amount


def get_decimal(record, number):
    out = capi.arc_decimal()
    return to_decimal(out.mantissa, out.scale) if record._fetch(capi.arc_record_get_decimal, byref(out), number) else None


def get_blob(record, number):
    start, length = c_void_p(), c_size_t()
    guard = record._guard
    guard.enter()  # what is borrowed is copied before anybody else may change the record
    try:
        status = capi.arc_record_get_blob(record._live(), byref(start), byref(length), number)
        if status < 0 and status != capi.ARC_E_NOT_FOUND:
            raise record._failure(status)
        return None if status < 0 else string_at(start.value, length.value) if length.value else b""
    finally:
        guard.leave()


def get_any(record, number):
    """A custom field of unknown type: the getter that fits."""
    for get in (get_text, get_number, get_decimal, get_date, get_amount):
        try:
            return get(record, number)
        except of_status(capi.ARC_E_INVALID):
            continue
    raise make(capi.ARC_E_UNSUPPORTED, "a custom field of a type this package does not know")


GET = {"any": get_any, "int": get_number, "id": get_number, "bool": get_bool, "text": get_text, "code": get_text, "json": get_json, "date": get_date,
       "stamp": get_stamp, "money": get_money, "amount": get_amount, "decimal": get_decimal, "blob": get_blob}


# ---- setters: (record, field id, name, value), value is not None ----------------------------------------------------------------

def set_number(record, number, name, value, info):
    if isinstance(value, bool):
        raise bad_type(name, "an int", value)
    record._call(capi.arc_record_set_int, number, i64(value, name))


def set_id(record, number, name, value, info):
    """A row that is pointed at is given as its id, or as a record of it."""
    set_number(record, number, name, row_id(value, name, info and info.entity), info)


def set_bool(record, number, name, value, info):
    if value not in (True, False) or isinstance(value, float):
        raise bad_type(name, "a bool", value)
    record._call(capi.arc_record_set_int, number, int(value))


def set_text(record, number, name, value, info):
    raw = utf8(value, name)
    record._call(capi.arc_record_set_text, number, raw, len(raw))


def set_json(record, number, name, value, info):
    raw = json.dumps(plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    record._call(capi.arc_record_set_text, number, raw, len(raw))


def set_custom_json(record, number, name, value, info):
    raw = json.dumps({name: plain(value)}, ensure_ascii=False, allow_nan=False).encode()
    record._call(capi.arc_record_set_json, raw, len(raw))


def set_date(record, number, name, value, info):
    record._call(capi.arc_record_set_date, number, day_number(value, name))


def set_stamp(record, number, name, value, info):
    record._call(capi.arc_record_set_stamp, number, stamp(value, name))


def set_money(record, number, name, value, info):
    if isinstance(value, Money):
        currency = value.currency
    else:
        currency = get_text(record, record._entity.fields[info.currency].number) if info is not None and info.currency else None
        if currency is None:
            raise make(capi.ARC_E_CURRENCY, f"{name}: set the currency first, or give a Money", entity=record._entity.name, field=name)
    units = minor(value, currency, name)
    record._call(capi.arc_record_set_money, number, capi.arc_money(units, cstr(currency, "currency"), 0))


def set_decimal(record, number, name, value, info):
    if info is not None and info.scale is not None:  # trailing zeros beyond the field's scale are no digits lost
        record._call(capi.arc_record_set_decimal, number, capi.arc_decimal(scaled(decimal(value, name), info.scale, name), info.scale, 0))
    else:
        record._call(capi.arc_record_set_decimal, number, c_decimal(value, name))


def set_blob(record, number, name, value, info):
    raw = bytes(memoryview(value))
    record._call(capi.arc_record_set_blob, number, raw, len(raw))


def set_any(record, number, name, value, info):
    """A custom field of unknown type: the setter that fits the value."""
    if isinstance(value, (list, bool)):
        set_custom_json(record, number, name, value, info)
    elif isinstance(value, str):
        set_text(record, number, name, value, info)
    elif isinstance(value, Money):
        set_money(record, number, name, value, info)
    elif isinstance(value, (int, Decimal)):
        try:
            (set_number if isinstance(value, int) else set_decimal)(record, number, name, value, info)
        except of_status(capi.ARC_E_INVALID):
            set_decimal(record, number, name, value, info)
    else:
        set_date(record, number, name, value, info)


SET = {"any": set_any, "int": set_number, "id": set_id, "bool": set_bool, "text": set_text, "code": set_text, "json": set_json, "date": set_date,
       "stamp": set_stamp, "money": set_money, "amount": set_money, "decimal": set_decimal, "blob": set_blob}


class Record(Handle):
    """A row of one entity, with an attribute a field (None = NULL). Custom fields are attributes too, under their x_ names.

    A record never writes by itself: hand it to a verb, or to Session.insert() and Session.update().
    Money is a Decimal in major units of its currency field, which is set first; assigning a Money sets both.
    """
    __slots__ = ("_session", "_entity", "_computed")
    _free, _error = "arc_record_free", "arc_record_error"
    _entity_name = None

    def __init__(self, session, entity=None, *, _pointer=None, **fields):
        found = _schema.entity(entity or self._entity_name)
        object.__setattr__(self, "_session", session)
        object.__setattr__(self, "_entity", found)
        # Fields without a column: None = there is no row to compute them of, False = read and not computed yet.
        object.__setattr__(self, "_computed", None if _pointer is None else False)
        if _pointer is None:
            out = capi.arc_record()
            session._call(capi.arc_record_new, byref(out), found.number)
            _pointer = out.value
        Handle.__init__(self, _pointer, session._guard, session._context)
        try:
            self.assign(**fields)
        except BaseException:
            self.close()
            raise

    @property
    def entity_name(self):
        """Name of the entity."""
        return self._entity.name

    # ---- calls that answer "NULL" by ARC_E_NOT_FOUND
    def _fetch(self, function, *arguments):
        guard = self._guard
        guard.enter()
        try:
            status = function(self._live(), *arguments)
            if status < 0 and status != capi.ARC_E_NOT_FOUND:
                raise self._failure(status)
            return status == 0
        finally:
            guard.leave()

    def _fetch_text(self, text, length, number):
        guard = self._guard
        guard.enter()
        try:
            status = capi.arc_record_get_text(self._live(), byref(text), byref(length), number)
            if status < 0 and status != capi.ARC_E_NOT_FOUND:
                raise self._failure(status)
            return None if status < 0 else string_at(text.value, length.value).decode()
        finally:
            guard.leave()

    # ---- by name
    def _field(self, name):
        """(id, type, Field or None) of a field name; AttributeError when there is none."""
        info = self._entity.fields.get(name)
        if info is not None:
            return info.number, info.type, info
        if name.startswith("x_"):
            number = c_uint32()
            if self._fetch(capi.arc_record_field, byref(number), cstr(name)):
                # An actor who may not read the definitions learns the type from the value.
                return number.value, self._session._custom_type(self._entity, name) or "any", None
        raise AttributeError(f"{self._entity.name} has no field {name!r}")

    def get(self, name: str) -> Any:
        """A field's value; None = NULL."""
        number, kind, info = self._field(name)
        if info is not None and info.derived:
            self._compute_once()
        if kind == "any":
            told = json.loads(self.to_json()).get(name)
            kind = "bool" if isinstance(told, bool) else "json" if isinstance(told, list) else kind
        return GET[kind](self, number)

    def _compute_once(self):
        """Computes the fields without a column, the first time one of them of a record that was read is asked for."""
        if self._computed is False and get_number(self, self._entity.fields["id"].number) is not None:
            self._session.compute([self])

    def set(self, name: str, value: Any) -> None:
        """Sets a field; None = NULL."""
        number, kind, info = self._field(name)
        if value is None:
            self._call(capi.arc_record_set_null, number)
        elif kind == "json" and info is None:
            set_custom_json(self, number, name, value, info)
        else:
            SET[kind](self, number, name, value, info)

    def assign(self, **fields: Any) -> Record:
        """Sets several fields, those that name currencies first."""
        currencies = {f.currency for f in self._entity.fields.values() if f.currency}
        for name in sorted(fields, key=lambda n: n not in currencies):
            try:
                self.set(name, fields[name])
            except AttributeError as error:
                raise TypeError(str(error)) from None
        return self

    def money(self, name: str) -> Money | None:
        """A money field as Money(amount, currency); None = NULL."""
        number, _, info = self._field(name)
        if info is not None and info.derived:
            self._compute_once()
        return get_amount(self, number)

    __getitem__ = get
    __setitem__ = set

    def __getattr__(self, name):  # fields of the schema are properties of the class: what comes here is custom, or none
        if name.startswith("x_"):
            return self.get(name)
        raise AttributeError(name if name.startswith("_") else f"{self._entity.name} has no field {name!r}")

    def __setattr__(self, name, value):
        if name.startswith("_"):
            object.__setattr__(self, name, value)
        else:
            self.set(name, value)

    def __dir__(self):
        return sorted(set(super().__dir__()) | set(self._entity.fields) | set(self._session._custom(self._entity)))

    # ---- as a whole
    def to_json(self) -> str:
        """The record as JSON text: money and decimals as strings, NULL fields left out."""
        return text_call(self, capi.arc_record_get_json)

    def set_json(self, text: str) -> None:
        """Sets the fields a JSON object names; nothing is set when anything is wrong."""
        raw = utf8(text, "json")
        self._call(capi.arc_record_set_json, raw, len(raw))

    def to_dict(self) -> dict[str, Any]:
        """Fields that are not NULL, custom ones included, as Python values; those without a column once they are computed."""
        values = {}
        custom = {name: None for name in json.loads(self.to_json()) if name.startswith("x_")}
        for name in [*(n for n, f in self._entity.fields.items() if self._computed or not f.derived), *custom]:
            value = self.get(name)
            if value is not None:
                values[name] = value
        return values

    def clear(self) -> None:
        """Sets all fields back to NULL."""
        self._call(capi.arc_record_clear)
        self._computed = None

    def __repr__(self):
        if self.closed:
            return f"<{type(self).__name__} (closed)>"
        words = [f"{n}={self.get(n)!r}" for n in ("id", "number", "code") if n in self._entity.fields and self.get(n) is not None]
        return f"{type(self).__name__}({', '.join(words)})"


def _property(field):
    number, kind, name = field.number, field.type, field.name
    getter, setter = GET[kind], SET[kind]

    def get(self):
        return getter(self, number)

    def get_computed(self):
        self._compute_once()
        return getter(self, number)

    doc = ". ".join(w.rstrip(".") for w in (field.label, field.help) if w) + "."
    return property(get_computed if field.derived else get, None, None, doc)


def make_classes():
    """Entity name -> record class, for every entity that has a table."""
    classes = {}
    for entity in _schema.entities().values():
        if not entity.reserved:
            body = {f.name: _property(f) for f in entity.fields.values() if not hasattr(Record, f.name)}
            doc = f"{entity.label}: {entity.help}" if entity.help else entity.label
            body.update(__slots__=(), __doc__=doc, _entity_name=entity.name)
            classes[entity.name] = type(_schema.class_name(entity.name), (Record,), body)
    return classes
