# SPDX-License-Identifier: Apache-2.0
"""Rows in bulk: columns out of queries, and columns into the book."""
import collections
import ctypes
import datetime
import itertools
import json
from array import array
from decimal import Decimal

from . import capi
from ._arrow import Stream
from ._error import make
from ._values import DAY_ZERO, EPOCH, EXACT, Money, exponent, to_decimal

try:
    import numpy
except ImportError:
    numpy = None

# The eight bits of each byte, the lowest first.
BITS = [tuple(bool(byte >> bit & 1) for bit in range(8)) for byte in range(256)]
MICRO = datetime.timedelta(microseconds=1)


def bits(raw, n):
    """n booleans of a bitmap."""
    return list(itertools.islice(itertools.chain.from_iterable(map(BITS.__getitem__, raw)), n))


class _Days(dict):
    """Day number -> date, made at first need."""

    def __missing__(self, number):
        if len(self) > 200000:
            self.clear()
        made = self[number] = datetime.date.fromordinal(number + DAY_ZERO)
        return made


_days = _Days()


class Chunk:
    """A column of one batch: views into buffers that live as long as the views do."""
    __slots__ = ("owner", "format", "length", "nulls", "validity", "values", "offsets")

    def __init__(self, owner, child, format):
        self.owner, self.format, self.length = owner, format, child.length
        self.nulls = child.null_count
        start = child.offset
        if start:
            raise make(capi.ARC_E_BACKEND, "an array with an offset")
        n = child.length
        self.validity = self._view(child.buffers[0], (n + 7) // 8) if child.n_buffers and child.buffers[0] else None
        self.offsets = None
        if format in ("u", "z"):
            self.offsets = self._view(child.buffers[1], 4 * (n + 1)).cast("i")
            self.values = self._view(child.buffers[2], self.offsets[n] if n else 0)
        elif format == "b":
            self.values = self._view(child.buffers[1], (n + 7) // 8)
        else:
            width, code = {"l": (8, "q"), "tdD": (4, "i")}.get(format, (8, "q"))
            if format.startswith("d:"):
                width = 16
            self.values = self._view(child.buffers[1], width * n).cast(code)

    def _view(self, address, size):
        if not size or not address:
            return memoryview(b"")
        held = (ctypes.c_char * size).from_address(address)
        held.owner = self.owner
        return memoryview(held).cast("B").toreadonly()

    def is_valid(self):
        return [True] * self.length if self.validity is None else bits(self.validity, self.length)

    def integers(self):
        """The bare integers: minor units, day numbers, microseconds, mantissas; NULL as 0."""
        if self.format == "b":
            return bits(self.values, self.length)
        return self.values[::2].tolist() if self.format.startswith("d:") else self.values.tolist()

    def texts(self):
        offsets = self.offsets.tolist()
        raw = bytes(self.values)
        if raw.isascii():
            text = raw.decode("ascii")
            return [text[a:b] for a, b in zip(offsets, offsets[1:])]
        return [raw[a:b].decode() for a, b in zip(offsets, offsets[1:])]

    def blobs(self):
        offsets, raw = self.offsets.tolist(), bytes(self.values)
        return [raw[a:b] for a, b in zip(offsets, offsets[1:])]

    def with_nulls(self, values):
        if not self.nulls:
            return values
        return [v if ok else None for v, ok in zip(values, self.is_valid())]


class Column:
    """One column of an answer.

    list(column), column[i]   Python values: int, bool, str, date, datetime, Decimal, None
    values                    the bare numbers without copying: a numpy array where numpy is present, else a memoryview
    numpy()                   a numpy array: int64, bool, datetime64[D], datetime64[us], object for texts; masked where there are NULLs
    """
    __slots__ = ("name", "type", "scale", "chunks", "currency", "currencies", "_list")

    def __init__(self, info, chunks):
        self.name, self.chunks, self._list = info.name, chunks, None
        format = info.format
        self.scale = int(format[2:].split(",")[1]) if format.startswith("d:") else 0
        kinds = {"l": "int", "b": "bool", "u": "text", "tdD": "date", "z": "blob"}
        self.type = kinds.get(format) or ("decimal" if format.startswith("d:") else "stamp")
        if info.metadata.get("arcore.type") == "money":
            self.type = "money"
        self.currency = info.metadata.get("arcore.currency")        # the one currency of all amounts, or None
        self.currencies = info.metadata.get("arcore.currency_column")  # then: name of the column that has it; later the Column

    def __len__(self):
        return sum(c.length for c in self.chunks)

    @property
    def null_count(self):
        return sum(c.nulls for c in self.chunks)

    def _chunk_list(self, at):
        chunk = self.chunks[at]
        if chunk.nulls == chunk.length:
            return [None] * chunk.length
        if self.type == "text":
            values = chunk.texts()
        elif self.type == "blob":
            values = chunk.blobs()
        else:
            values = chunk.integers()
            if self.type == "date":
                if chunk.nulls:
                    return [_days[v] if ok else None for v, ok in zip(values, chunk.is_valid())]
                return list(map(_days.__getitem__, values))
            if self.type == "stamp":
                values = [EPOCH + v * MICRO for v in values]
            elif self.type == "decimal":
                values = list(map(EXACT.multiply, values, itertools.repeat(to_decimal(1, self.scale))))
            elif self.type == "money":
                values = list(map(EXACT.multiply, values, self._units(at)))
        return chunk.with_nulls(values)

    def _units(self, at):
        """What one minor unit is in major units, row by row."""
        if self.currency is not None:
            return itertools.repeat(to_decimal(1, exponent(self.currency)))
        codes = self.currencies._chunk_list(at)
        units = {code: to_decimal(1, exponent(code)) if code else Decimal(1) for code in set(codes)}
        if len(units) == 1:
            return itertools.repeat(next(iter(units.values())))
        return map(units.__getitem__, codes)

    def to_list(self):
        """Python values; NULL as None."""
        if self._list is None:
            self._list = list(itertools.chain.from_iterable(self._chunk_list(i) for i in range(len(self.chunks))))
        return self._list

    def __iter__(self):
        return iter(self.to_list())

    def __getitem__(self, index):
        return self.to_list()[index]

    def moneys(self):
        """A money column as Money(amount, currency); NULL as None."""
        if self.type != "money":
            raise make(capi.ARC_E_INVALID, f"{self.name} is no money", field=self.name)
        codes = itertools.repeat(self.currency) if self.currency is not None else self.currencies.to_list()
        return [None if a is None else Money(a, c) for a, c in zip(self.to_list(), codes)]

    @property
    def values(self):
        """Bare numbers (minor units, day numbers, microseconds, mantissas), texts as list. Without copying where it is one batch."""
        if self.type in ("text", "blob"):
            return self.to_list()
        if numpy is not None:
            return self._numbers()
        if self.type == "bool" or self.type == "decimal":
            return array("q", itertools.chain.from_iterable(c.integers() for c in self.chunks))
        if len(self.chunks) == 1:
            return self.chunks[0].values
        joined = array("i" if self.type == "date" else "q")
        for chunk in self.chunks:
            joined.frombytes(chunk.values)
        return joined

    def _numbers(self):
        parts = []
        for chunk in self.chunks:
            if self.type == "bool":
                parts.append(numpy.unpackbits(numpy.frombuffer(chunk.values, "u1"), count=chunk.length, bitorder="little").astype(bool))
                continue
            code = "i4" if self.type == "date" else "i8"
            part = numpy.frombuffer(chunk.values, code) if chunk.length else numpy.empty(0, code)
            parts.append(part[::2] if self.type == "decimal" else part)
        if not parts:
            return numpy.empty(0, {"bool": bool, "date": "i4"}.get(self.type, "i8"))
        return parts[0] if len(parts) == 1 else numpy.concatenate(parts)

    def numpy(self):
        """A numpy array; money in minor units, decimals as mantissas of `scale`. With NULLs: a masked array."""
        if numpy is None:
            raise make(capi.ARC_E_UNSUPPORTED, "numpy is not installed")
        if self.type in ("text", "blob"):
            made = numpy.empty(len(self), object)
            made[:] = self.to_list()
            return made
        made = self._numbers()
        if self.type == "date":
            made = made.astype("datetime64[D]")
        elif self.type == "stamp":
            made = made.view("datetime64[us]")
        if not self.null_count:
            return made
        mask = [not ok for chunk in self.chunks for ok in chunk.is_valid()]
        return numpy.ma.array(made, mask=mask)

    def __array__(self, dtype=None, copy=None):
        made = self.numpy()
        return made if dtype is None else made.astype(dtype)

    def __repr__(self):
        return f"<Column {self.name}: {len(self)} of {self.type}>"


class Columns(collections.abc.Mapping):
    """An answer as columns: a mapping of name -> Column. `shown` are those asked for; a currency that an amount needs may be behind them."""

    def __init__(self, columns, shown):
        self._columns = {c.name: c for c in columns}
        self._all = columns
        self.shown = [c.name for c in columns[:shown]]
        for column in columns:
            if column.type == "money" and column.currency is None:
                column.currencies = self._columns[column.currencies]

    def __getitem__(self, name):
        return self._columns[name]

    def __iter__(self):
        return iter(self.shown)

    def __len__(self):
        return len(self.shown)

    @property
    def n_rows(self):
        return len(self._all[0]) if self._all else 0

    def tuples(self):
        """Rows as plain tuples of Python values."""
        return list(zip(*[c.to_list() for c in self._all[:len(self.shown)]]))

    def rows(self):
        """Rows as named tuples."""
        from ._query import row_class
        return list(map(row_class(tuple(self.shown))._make, self.tuples()))

    def to_dict(self):
        """Name -> list of Python values."""
        return {name: self[name].to_list() for name in self}

    def __repr__(self):
        return f"<Columns {', '.join(self.shown)}: {self.n_rows} rows>"


def _shown(query, fields):
    """How many of the stream's columns were asked for: a currency that an amount needs is put behind them."""
    if query._selected is not None:
        return query._selected
    if not query._grouped:
        return len(fields)
    told = json.loads(query.to_json())
    return len(told.get("dimensions", ())) + len(told.get("measures", ()))


def batches(query, rows=0):
    """The answer as Columns of one batch each."""
    stream = Stream(query, rows)
    try:
        fields = stream.fields()
        shown = _shown(query, fields)
        while True:
            owner = stream.next()
            if owner is None:
                return
            children = owner.array.children
            yield Columns([Column(f, [Chunk(owner, children[i].contents, f.format)]) for i, f in enumerate(fields)], shown)
    finally:
        stream.close()


def fetch(query, rows=0):
    """The whole answer as Columns."""
    stream = Stream(query, rows)
    try:
        fields = stream.fields()
        chunks = [[] for _ in fields]
        while True:
            owner = stream.next()
            if owner is None:
                break
            children = owner.array.children
            for i, f in enumerate(fields):
                chunks[i].append(Chunk(owner, children[i].contents, f.format))
        return Columns([Column(f, chunks[i]) for i, f in enumerate(fields)], _shown(query, fields))
    finally:
        stream.close()
