# SPDX-License-Identifier: Apache-2.0
"""Columns of Python values, numpy arrays or Arrow streams into the book."""
import datetime
import json
from array import array
from ctypes import byref
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from . import capi
from ._arrow import Built, Feed, from_capsule
from ._columns import Column, numpy
from ._error import from_struct, make
from ._handle import c_progress, callback
from ._values import DAY_ZERO, Money, decimal, plain, stamp

NOTHING = type(None)


class Minor(NamedTuple):
    """Marks integers as minor units (fen, cents) in a column of amounts: Minor([12345, 500])."""
    values: object


class LoadResult(NamedTuple):
    """What Session.load() did. `faults` are the refused rows as exceptions; their `row` counts from 0."""
    rows: int
    loaded: int
    refused: int
    faults: list


def load(session, entity, columns, all_or_none, on_fault, progress, request_key):
    options, results, faults = capi.init(capi.arc_load_options), capi.init(capi.arc_load_results), []
    pending = session._context._pending
    options.flags = capi.ARC_ALL_OR_NONE if all_or_none else 0

    def fault(_, row, error):
        e = error.contents
        made = from_struct(e.status, e)
        made.row = row
        if len(faults) < 1000:
            faults.append(made)
        return int(on_fault is not None and on_fault(made) is True)

    options.fault = callback(capi.arc_load_fault_fn, pending, fault)
    options.progress = c_progress(pending, progress)
    if hasattr(columns, "__arrow_c_stream__"):
        keep = columns.__arrow_c_stream__()
        stream = from_capsule(keep)
    else:
        keep = Feed(build(session, entity, columns))
        stream = byref(keep.c)
    session._change(request_key, capi.arc_session_load_arrow, byref(results), entity.number, stream, byref(options))
    return LoadResult(results.rows, results.loaded, results.refused, faults)


def build(session, entity, columns):
    """Name -> Built of a mapping of columns; all of one length."""
    built, length = {}, None
    for name, values in columns.items():
        if name in entity.fields:
            kind = entity.fields[name].type
        else:
            kind = session._custom_type(entity, name) if name.startswith("x_") else None
            if kind is None:
                raise make(capi.ARC_E_NOT_FOUND, f"{entity.name} has no field {name!r}", entity=entity.name, field=name[:63])
        built[name] = column(name, kind, values)
        if length is None:
            length = built[name].length
        elif built[name].length != length:
            raise make(capi.ARC_E_INVALID, f"{name}: {built[name].length} values where other columns have {length}", field=name)
    return built


def column(name, kind, values):
    if isinstance(values, Column) and values.type == "money" and kind == "amount":
        values = values.moneys()
    elif isinstance(values, Column):
        values = Minor(values.values) if kind == "money" and not values.null_count else values.to_list()
    if isinstance(values, Minor):
        if kind not in ("money",):
            raise TypeError(f"{name}: Minor is for amounts, and this is {kind}")
        return integers(name, values.values)
    if numpy is not None and isinstance(values, numpy.ndarray):
        return from_numpy(name, kind, values)
    if not isinstance(values, (list, tuple, array)):
        values = list(values)
    types = set(map(type, values))
    if types <= {str, NOTHING} and kind != "json" and types != {NOTHING}:
        return texts(name, values, NOTHING in types)
    return BUILD[kind](name, values, types)


def validity(values):
    """Bitmap and number of NULLs."""
    nulls = sum(v is None for v in values)
    if not nulls:
        return None, 0
    text = "".join(["0" if v is None else "1" for v in values])[::-1]
    return int(text, 2).to_bytes((len(values) + 7) // 8, "little"), nulls


def wrong(name, values, wanted, allowed):
    for row, value in enumerate(values):
        if type(value) not in allowed:
            raise TypeError(f"{name}, row {row}: {wanted} is needed, not {type(value).__name__}")
    raise TypeError(f"{name}: {wanted} is needed")


def number_array(code, values, name):
    try:
        return array(code, values)
    except OverflowError:
        row = next(i for i, v in enumerate(values) if not -(1 << 63) <= v < 1 << 63)
        raise make(capi.ARC_E_OVERFLOW, f"{name}, row {row}: {values[row]} does not fit 64 bits", field=name, row=row) from None


def integers(name, values, types=None):
    if numpy is not None and isinstance(values, numpy.ndarray):
        return from_numpy(name, "int", values)
    if isinstance(values, (array, memoryview)):
        values = values.tolist()
    types = set(map(type, values)) if types is None else types
    if not types <= {int, NOTHING}:
        wrong(name, values, "an int", {int, NOTHING})
    bitmap, nulls = validity(values) if NOTHING in types else (None, 0)
    return Built("l", len(values), [bitmap, number_array("q", [v or 0 for v in values] if nulls else values, name)], nulls)


def booleans(name, values, types):
    if not types <= {bool, NOTHING}:
        wrong(name, values, "a bool", {bool, NOTHING})
    bitmap, nulls = validity(values) if NOTHING in types else (None, 0)
    text = "".join(["1" if v else "0" for v in values])[::-1] or "0"
    return Built("b", len(values), [bitmap, int(text, 2).to_bytes(len(values) // 8 + 1, "little")], nulls)


def texts(name, values, some_null, kind="U"):
    bitmap, nulls = validity(values) if some_null else (None, 0)
    if nulls:
        values = [v or "" for v in values]
    joined = "".join(values)
    if joined.isascii():
        raw, lengths = joined.encode("ascii"), map(len, values)
    else:
        try:
            parts = [v.encode() for v in values]
        except UnicodeEncodeError as error:
            raise make(capi.ARC_E_ENCODING, f"{name}: {error}", field=name) from None
        raw, lengths = b"".join(parts), map(len, parts)
    return Built(kind, len(values), [bitmap, array("q", accumulate(lengths, initial=0)), raw], nulls)


def strings(name, values, types):
    return wrong(name, values, "a str", {str, NOTHING}) if not types <= {str, NOTHING} else texts(name, values, NOTHING in types)


def dates(name, values, types):
    if not types <= {datetime.date, NOTHING}:
        wrong(name, values, "a datetime.date", {datetime.date, NOTHING})
    bitmap, nulls = validity(values) if NOTHING in types else (None, 0)
    days = [0 if v is None else v.toordinal() - DAY_ZERO for v in values] if nulls else [v.toordinal() - DAY_ZERO for v in values]
    return Built("tdD", len(values), [bitmap, array("i", days)], nulls)


def stamps(name, values, types):
    bitmap, nulls = validity(values) if NOTHING in types else (None, 0)
    return Built("tsu:UTC", len(values), [bitmap, array("q", [0 if v is None else stamp(v, name) for v in values])], nulls)


def decimals(name, values, types):
    if not types <= {Decimal, int, str, NOTHING}:
        wrong(name, values, "a Decimal, int or str", {Decimal, int, str, NOTHING})
    told = [None if v is None else format(decimal(v, name), "f") for v in values]
    return texts(name, told, NOTHING in types)


def amounts(name, values, types):
    """Custom fields that carry their own currency."""
    if not types <= {Money, str, NOTHING}:
        wrong(name, values, "a Money", {Money, str, NOTHING})
    told = [f"{format(decimal(v.amount, name), 'f')} {v.currency}" if isinstance(v, Money) else v for v in values]
    return texts(name, told, NOTHING in types)


def documents(name, values, types):
    told = [None if v is None else json.dumps(plain(v), ensure_ascii=False, allow_nan=False, separators=(",", ":")) for v in values]
    return texts(name, told, NOTHING in types)


def blobs(name, values, types):
    if not types <= {bytes, NOTHING}:
        wrong(name, values, "bytes", {bytes, NOTHING})
    bitmap, nulls = validity(values) if NOTHING in types else (None, 0)
    parts = [v or b"" for v in values]
    return Built("Z", len(values), [bitmap, array("q", accumulate(map(len, parts), initial=0)), b"".join(parts)], nulls)


BUILD = {"int": integers, "id": integers, "bool": booleans, "text": strings, "code": strings, "json": documents, "date": dates,
         "stamp": stamps, "money": decimals, "amount": amounts, "decimal": decimals, "blob": blobs}


def from_numpy(name, kind, values):
    """A numpy array: integers, bools, datetime64, or objects."""
    if values.ndim != 1:
        raise make(capi.ARC_E_INVALID, f"{name}: an array of one dimension is needed, not {values.ndim}", field=name)
    mask = numpy.ma.getmaskarray(values) if isinstance(values, numpy.ma.MaskedArray) else None
    data, code = numpy.ma.getdata(values), values.dtype.kind
    if code == "M":
        nat = numpy.isnat(data)
        mask = nat if mask is None else mask | nat
    if mask is not None and mask.any():
        bitmap, nulls = numpy.packbits(~mask, bitorder="little").tobytes(), int(mask.sum())
    else:
        bitmap, nulls = None, 0
    n = len(data)
    if code in "iu" and kind in ("int", "id"):
        if code == "u" and n and int(data.max()) >= 1 << 63:
            raise make(capi.ARC_E_OVERFLOW, f"{name}: a value does not fit 64 bits", field=name)
        return Built("l", n, [bitmap, numpy.ascontiguousarray(data, "i8")], nulls)
    if code == "b" and kind == "bool":
        return Built("b", n, [bitmap, numpy.packbits(data, bitorder="little")], nulls)
    if code == "M" and kind == "date":
        whole = data.astype("datetime64[D]")
        if not (whole[~numpy.isnat(data)] == data[~numpy.isnat(data)]).all():
            raise make(capi.ARC_E_PRECISION, f"{name}: an instant is no date", field=name)
        return Built("tdD", n, [bitmap, numpy.ascontiguousarray(numpy.where(numpy.isnat(whole), 0, whole.astype("i8")), "i4")], nulls)
    if code == "M" and kind == "stamp":
        return Built("tsu:UTC", n, [bitmap, numpy.ascontiguousarray(data.astype("datetime64[us]").astype("i8"))], nulls)
    if code in "OUS":
        return column(name, kind, [None if mask is not None and mask[i] else v for i, v in enumerate(data.tolist())])
    raise TypeError(f"{name}: an array of {values.dtype} does not fit a field of type {kind}; amounts are Decimals, or Minor(array)")
