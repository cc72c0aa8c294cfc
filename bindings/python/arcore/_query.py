# SPDX-License-Identifier: Apache-2.0
"""Questions to a book: conditions, shape, and the rows in several forms."""
from __future__ import annotations

import collections
import datetime
import os
from ctypes import byref, c_char_p, c_int64, c_uint32, c_void_p, string_at
from decimal import Decimal
from typing import Any, BinaryIO, Callable, Iterator, TYPE_CHECKING

from . import _schema, capi
from ._context import write_to, writer
from ._error import make
from ._handle import Handle, c_progress, text_call
from ._values import Money, c_decimal, cstr, day_number, i64, minor, row_id, stamp, to_date, to_datetime, to_decimal, u32, utf8

if TYPE_CHECKING:
    from ._columns import Columns
    from ._record import Record

OPERATORS = {"eq": capi.ARC_EQ, "ne": capi.ARC_NE, "lt": capi.ARC_LT, "le": capi.ARC_LE, "gt": capi.ARC_GT, "ge": capi.ARC_GE,
             "prefix": capi.ARC_PREFIX, "contains": capi.ARC_CONTAINS}
MEASURES = {"count": capi.ARC_COUNT, "sum": capi.ARC_SUM, "min": capi.ARC_MIN, "max": capi.ARC_MAX}

# Fields whose type is not known here (formulas, the currency of a custom amount): the value tells it.
TYPES = ((bool, "bool"), (int, "int"), (Money, "amount"), (Decimal, "decimal"), (datetime.datetime, "stamp"), (datetime.date, "date"))


# ---- conditions -------------------------------------------------------------------------------------------------------------

class Condition:
    """A condition; join with & and |, turn around with ~."""
    __slots__ = ("push",)

    def __init__(self, push):
        self.push = push  # query -> None: leaves exactly one result on its stack

    def _join(self, other, function):
        if not isinstance(other, Condition):
            return NotImplemented

        def push(query):
            self.push(query)
            other.push(query)
            query._call(function, 2)
        return Condition(push)

    def __and__(self, other):
        return self._join(other, capi.arc_query_and)

    def __or__(self, other):
        return self._join(other, capi.arc_query_or)

    def __invert__(self):
        def push(query):
            self.push(query)
            query._call(capi.arc_query_not)
        return Condition(push)

    def __bool__(self):
        raise TypeError("a condition has no truth of its own: join with & | ~ instead of and, or, not, and with two compares instead of a < b < c")


class FieldName:
    """A field in a condition: F.due_date < day, F.code.prefix("C0"), F.team.is_null()."""
    __slots__ = ("name",)
    __hash__ = None

    def __init__(self, name):
        self.name = name

    def _compare(self, op, value):
        return Condition(lambda query: query._push(self.name, op, value))

    def __eq__(self, value):
        return self._compare("eq", value)

    def __ne__(self, value):
        return self._compare("ne", value)

    def __lt__(self, value):
        return self._compare("lt", value)

    def __le__(self, value):
        return self._compare("le", value)

    def __gt__(self, value):
        return self._compare("gt", value)

    def __ge__(self, value):
        return self._compare("ge", value)

    def prefix(self, text):
        """The text begins with this."""
        return self._compare("prefix", text)

    def contains(self, text):
        """The text holds this somewhere."""
        return self._compare("contains", text)

    def isin(self, values):
        """One of several integers, ids, dates, stamps, texts or codes."""
        values = list(values)
        return self._compare("in", values)

    def is_null(self):
        return Condition(lambda query: query._push_null(self.name))


class _Fields:
    """F.name is the field `name` in a condition."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return FieldName(name)

    __call__ = __getattr__


F = _Fields()


# ---- queries ----------------------------------------------------------------------------------------------------------------

class Query(Handle):
    """A question about one entity. Methods that shape it return it, so that they chain; iterating runs it.

        for row in session.query("item").where(F.due_date < day).order("due_date"): print(row.number, row.amount)
    """
    __slots__ = ("_session", "_entity", "_selected", "_grouped")
    _free, _error = "arc_query_free", "arc_query_error"

    def __init__(self, pointer, session, entity):
        super().__init__(pointer, session._guard, session._context)
        self._session, self._entity, self._selected, self._grouped = session, entity, None, False

    @classmethod
    def _new(cls, session, entity):
        out = capi.arc_query()
        session._call(capi.arc_query_new, byref(out), entity.number)
        return cls(out.value, session, entity)

    @classmethod
    def _from_json(cls, session, text):
        import json
        raw, out = utf8(text, "json"), capi.arc_query()
        session._call(capi.arc_query_from_json, byref(out), raw, len(raw))
        told = json.loads(text)
        made = cls(out.value, session, _schema.entity(told["entity"]))
        made._grouped = bool(told.get("dimensions") or told.get("measures"))
        made._selected = len(told["fields"]) if told.get("fields") else None
        return made

    def _number(self, name):
        """Id of a field name, custom ones included."""
        info = self._entity.fields.get(name)
        if info is not None:
            return info.number
        out = c_uint32()
        self._call(capi.arc_query_field, byref(out), cstr(name, "field"))
        return out.value

    # ---- conditions
    def where(self, *conditions: Condition, **fields: Any) -> Query:
        """Adds conditions; all must hold. Keywords: name=value, name__lt=value, name__in=[...], name=None for NULL."""
        for condition in conditions:
            if not isinstance(condition, Condition):
                raise TypeError(f"a condition is needed, such as F.code == 'C1', not {type(condition).__name__}")
            condition.push(self)
        for key, value in fields.items():
            name, _, op = key.partition("__")
            if value is None and op in ("", "eq", "ne"):
                self._push_null(name)
                if op == "ne":
                    self._call(capi.arc_query_not)
            else:
                self._push(name, op or "eq", value)
        return self

    def clear(self) -> Query:
        """Takes all conditions away; the shape stays."""
        self._call(capi.arc_query_clear)
        return self

    def _push_null(self, name):
        self._call(capi.arc_query_where_null, self._number(name))

    def _push(self, name, op, value):
        if op == "in":
            return self._push_in(name, list(value))
        if op not in OPERATORS:
            raise make(capi.ARC_E_INVALID, f"unknown operator {op!r}; there are {' '.join(OPERATORS)} in", field=name)
        if value is None:
            if op not in ("eq", "ne"):
                raise make(capi.ARC_E_INVALID, f"{name}: NULL can be equal or not, nothing else", field=name)
            self._push_null(name)
            return self._call(capi.arc_query_not) if op == "ne" else None
        number, code = self._number(name), OPERATORS[op]
        if isinstance(value, FieldName):
            return self._call(capi.arc_query_where_field, number, code, self._number(value.name))
        info = self._entity.fields.get(name)
        kind = info.type if info is not None else self._session._custom_type(self._entity, name) or "any"
        return self._push_value(name, number, code, kind, value, info)

    def _push_value(self, name, number, code, kind, value, info):
        if kind == "any":
            kind = next((k for t, k in TYPES if isinstance(value, t)), "text")
        if kind in ("int", "id"):
            if isinstance(value, bool):
                raise TypeError(f"{name}: an int is needed, not bool")
            self._call(capi.arc_query_where_int, number, code, i64(row_id(value, name, info and info.entity), name))
        elif kind == "bool":
            if value not in (True, False) or isinstance(value, float):
                raise TypeError(f"{name}: a bool is needed, not {type(value).__name__}")
            self._call(capi.arc_query_where_int, number, code, int(value))
        elif kind == "date":
            self._call(capi.arc_query_where_date, number, code, day_number(value, name))
        elif kind == "stamp":
            self._call(capi.arc_query_where_stamp, number, code, stamp(value, name))
        elif kind == "decimal":
            self._call(capi.arc_query_where_decimal, number, code, c_decimal(value, name))
        elif kind in ("money", "amount"):
            self._push_money(name, number, code, value)
        else:
            raw = utf8(value, name)
            self._call(capi.arc_query_where_text, number, code, raw, len(raw))

    def _units(self, name, value):
        """Minor units of a Money; zero is zero in every currency."""
        if isinstance(value, Money):
            return minor(value, value.currency, name)
        if value == 0 and not isinstance(value, (float, str)):
            return 0
        raise make(capi.ARC_E_CURRENCY, f"{name}: compare with a Money, or with 0", entity=self._entity.name, field=name)

    def _push_money(self, name, number, code, value):
        units = self._units(name, value)
        if isinstance(value, Money):
            self._call(capi.arc_query_where_money, number, code, capi.arc_money(units, cstr(value.currency), 0))
        else:
            self._call(capi.arc_query_where_minor, number, code, units)

    def _push_in(self, name, values):
        number, info = self._number(name), self._entity.fields.get(name)
        kind = info.type if info is not None else self._session._custom_type(self._entity, name) or "any"
        if kind in ("text", "code", "json") or kind == "any" and values and isinstance(values[0], str):
            texts = [cstr(v if isinstance(v, str) else utf8(v, name), name) for v in values]
            self._call(capi.arc_query_where_in_text, number, (c_char_p * max(1, len(texts)))(*texts), len(texts))
            return
        if kind == "any" and values:
            kind = next((k for t, k in TYPES if isinstance(values[0], t)), "text")
        convert = {"date": day_number, "stamp": stamp}.get(kind, i64)
        numbers = [convert(row_id(v, name, info and info.entity), name) for v in values]
        self._call(capi.arc_query_where_in_int, number, (c_int64 * max(1, len(numbers)))(*numbers), len(numbers))

    # ---- shape
    def select(self, *names: Any) -> Query:
        """Which fields, in this order, instead of all."""
        numbers = [self._number(n) for n in names]
        self._call(capi.arc_query_select, (c_uint32 * max(1, len(numbers)))(*numbers), len(numbers))
        self._selected = len(names)
        return self

    def order(self, *names: Any) -> Query:
        """Sort keys, the most important first; "-name" sorts descending. In a grouped query an int is a column of the answer, from 1."""
        for name in names:
            if isinstance(name, int):
                if name == 0:
                    raise make(capi.ARC_E_INVALID, "columns count from 1; minus sorts descending")
                self._call(capi.arc_query_order_column, u32(abs(name) - 1), int(name < 0))
            else:
                self._call(capi.arc_query_order, self._number(name.lstrip("-")), int(name.startswith("-")))
        return self

    def limit(self, n: int) -> Query:
        """At most n rows; 0 = all."""
        self._call(capi.arc_query_limit, i64(n, "n"))
        return self

    def after(self, token: str | None) -> Query:
        """Only rows behind the one a token names (Cursor.token()); None = from the start."""
        self._call(capi.arc_query_after, cstr(token, "token"))
        return self

    def group(self, *names: str, **buckets: Any) -> Query:
        """Groups by values of fields, and by buckets: due_date=[edge, ...]. Makes the query a grouped one."""
        for name in names:
            self._call(capi.arc_query_group, self._number(name))
        for name, edges in buckets.items():
            numbers = self._edges(name, edges)
            self._call(capi.arc_query_group_bucket, self._number(name), (c_int64 * max(1, len(numbers)))(*numbers), len(numbers))
        self._grouped = True
        return self

    def _kind(self, name):
        info = self._entity.fields.get(name)
        return info.type if info is not None else self._session._custom_type(self._entity, name) or "any"

    def _edges(self, name, edges):
        if self._kind(name) in ("money", "amount"):
            return [self._units(name, e) for e in edges]
        return [day_number(e, name) if isinstance(e, datetime.date) else i64(e, name) for e in edges]

    def measure(self, measure: str, field: str | None = None) -> Query:
        """Adds a measure: "count", or "sum", "min", "max" of a field. Makes the query a grouped one."""
        if measure not in MEASURES:
            raise make(capi.ARC_E_INVALID, f"a measure is one of {' '.join(MEASURES)}, not {measure!r}")
        self._call(capi.arc_query_measure, MEASURES[measure], 0 if field is None else self._number(field))
        self._grouped = True
        return self

    # ---- answers
    def cursor(self) -> Cursor:
        """Runs the query; a Cursor of its rows."""
        out = capi.arc_cursor()
        self._call(capi.arc_query_run, byref(out))
        return Cursor(out.value, self)

    def __iter__(self):
        """Rows as named tuples, with Decimal, date and datetime; read ahead in batches."""
        from ._columns import batches
        for batch in batches(self, rows=1024):
            yield from map(row_class(tuple(batch.shown))._make, batch.tuples())

    def records(self) -> Iterator[Record]:
        """Rows as records, one at a time: for those who change them."""
        with self.cursor() as cursor:
            for _ in cursor:
                yield cursor.record()

    def columns(self, *, batch_rows: int = 0) -> Columns:
        """All rows as Columns: the fastest form, no Python object a value until asked for."""
        from ._columns import fetch
        return fetch(self, batch_rows)

    def tuples(self) -> list[tuple]:
        """All rows as a list of plain tuples, with Decimal, date and datetime."""
        return self.columns().tuples()

    def first(self) -> Any:
        """The first row, or None."""
        return next(iter(self), None)

    def count(self) -> int:
        """Number of rows: runs a count with the same conditions. Not for grouped or limited queries."""
        import json
        told = json.loads(self.to_json())
        if self._grouped:
            raise make(capi.ARC_E_INVALID, "a grouped query is counted by its measures")
        for name in ("fields", "order", "limit", "after"):
            told.pop(name, None)
        with Query._from_json(self._session, json.dumps({**told, "measures": [{"measure": "count"}]})) as counting:
            return counting.columns()["count"][0]

    def to_json(self) -> str:
        """The query in its JSON form."""
        return text_call(self, capi.arc_query_json)

    def explain(self) -> dict:
        """How the query would be answered, as Python objects."""
        import json
        return json.loads(text_call(self, capi.arc_query_explain))

    def export(self, to: str | os.PathLike | BinaryIO | None = None, format: str = "csv", *, language: str | None = None,
               null_text: str | None = None, delimiter: str | None = None, bom: bool = False, lf: bool = False, header: bool = True,
               raw: bool = False, quote_all: bool = False, progress: Callable[..., Any] | None = None) -> bytes | int:
        """Writes the rows as "csv" or "jsonl" to a path or binary file and returns their number; to=None returns the bytes."""
        formats = {"csv": capi.ARC_EXPORT_CSV, "jsonl": capi.ARC_EXPORT_JSON_LINES}
        if format not in formats:
            raise make(capi.ARC_E_INVALID, f"format is 'csv' or 'jsonl', not {format!r}")
        options, rows = capi.init(capi.arc_export_options), c_int64()
        options.flags = ((capi.ARC_EXPORT_BOM if bom else 0) | (capi.ARC_EXPORT_LF if lf else 0) | (0 if header else capi.ARC_EXPORT_NO_HEADER) |
                         (capi.ARC_EXPORT_RAW if raw else 0) | (capi.ARC_EXPORT_QUOTE_ALL if quote_all else 0))
        options.language, options.null_text = cstr(language), cstr(null_text)
        options.delimiter = 0 if delimiter is None else ord(delimiter)
        pending = self._context._pending
        options.progress = c_progress(pending, progress)
        written = write_to(to, lambda sink: self._call(capi.arc_query_export, byref(rows), formats[format], writer(pending, sink), None,
                                                       byref(options)))
        return written if to is None else rows.value

    def __arrow_c_stream__(self, requested_schema=None):
        """The Arrow PyCapsule interface: pandas, Polars, pyarrow and DuckDB take the query itself."""
        from ._arrow import stream_capsule
        return stream_capsule(self)


_row_classes = {}


def row_class(names):
    """The named tuple of rows with these columns."""
    found = _row_classes.get(names)
    if found is None:
        if len(_row_classes) > 500:
            _row_classes.clear()
        found = _row_classes[names] = collections.namedtuple("Row", names, rename=True)
    return found


# ---- cursors ----------------------------------------------------------------------------------------------------------------

class Cursor(Handle):
    """The rows of a query, one at a time: iterate, then ask for values, a record or a token of the current row."""
    __slots__ = ("_query", "_session", "names", "_kinds")
    _free, _error = "arc_cursor_free", "arc_cursor_error"

    def __init__(self, pointer, query):
        super().__init__(pointer, query._guard, query._context)
        self._session, self._query, self._kinds = query._session, query, []
        count = c_uint32()
        self._call(capi.arc_cursor_columns, byref(count))
        names = []
        for i in range(count.value):
            info = capi.init(capi.arc_column_info)
            self._call(capi.arc_cursor_column, byref(info), i)
            names.append(info.name.decode())
            self._kinds.append(info.type)
        self.names = tuple(names)

    def __iter__(self):
        return self

    def __next__(self):
        if self._call(capi.arc_cursor_next) == capi.ARC_DONE:
            raise StopIteration
        return self

    def _value(self, function, out, column):
        guard = self._guard
        guard.enter()
        try:
            status = function(self._live(), byref(out), column)
            if status < 0 and status != capi.ARC_E_NOT_FOUND:
                raise self._failure(status)
            return status == 0
        finally:
            guard.leave()

    def _bytes(self, function, column):
        start, length = c_void_p(), capi.ctypes.c_size_t()
        guard = self._guard
        guard.enter()
        try:
            status = function(self._live(), byref(start), byref(length), column)
            if status < 0 and status != capi.ARC_E_NOT_FOUND:
                raise self._failure(status)
            return None if status < 0 else string_at(start.value, length.value) if length.value else b""
        finally:
            guard.leave()

    def value(self, column: int | str) -> Any:
        """Value of a column of the current row, by position or name; None = NULL. Money is a Money."""
        column = self.names.index(column) if isinstance(column, str) else u32(column, "column")
        kind = self._kinds[column] if column < len(self._kinds) else capi.ARC_T_INT
        if kind in (capi.ARC_T_TEXT, capi.ARC_T_CODE, capi.ARC_T_JSON):
            raw = self._bytes(capi.arc_cursor_get_text, column)
            return None if raw is None else raw.decode()
        if kind == capi.ARC_T_BLOB:
            return self._bytes(capi.arc_cursor_get_blob, column)
        if kind == capi.ARC_T_MONEY:
            out = capi.arc_money()
            if not self._value(capi.arc_cursor_get_money, out, column):
                return None
            from ._values import major
            currency = out.currency.decode()
            return Money(major(out.minor, currency), currency)
        if kind == capi.ARC_T_DECIMAL:
            out = capi.arc_decimal()
            return to_decimal(out.mantissa, out.scale) if self._value(capi.arc_cursor_get_decimal, out, column) else None
        if kind == capi.ARC_T_DATE:
            out = capi.ctypes.c_int32()
            return to_date(out.value) if self._value(capi.arc_cursor_get_date, out, column) else None
        out = c_int64()
        function = capi.arc_cursor_get_stamp if kind == capi.ARC_T_STAMP else capi.arc_cursor_get_int
        if not self._value(function, out, column):
            return None
        return {capi.ARC_T_STAMP: to_datetime, capi.ARC_T_BOOL: bool}.get(kind, int)(out.value)

    def row(self) -> tuple:
        """The current row as a tuple."""
        return tuple(self.value(i) for i in range(len(self.names)))

    def record(self) -> Record:
        """The current row as a record; fields not selected are NULL."""
        out = capi.arc_record()
        self._call(capi.arc_cursor_record, byref(out))
        return self._session._record(self._query._entity, out.value)

    def token(self) -> str:
        """A token of the current row, to go on behind it with Query.after()."""
        return text_call(self, capi.arc_cursor_token)
