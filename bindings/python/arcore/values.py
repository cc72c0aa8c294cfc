# SPDX-License-Identifier: Apache-2.0
"""Exact arithmetic of the library on amounts, rates and dates: Money and Decimal in, Money and Decimal out, each result rounded once
by a mode that is named: exact half_up half_even half_down up down ceiling floor.
"""
from ctypes import byref, c_int32, c_int64
from typing import NamedTuple

from . import capi
from ._error import make
from ._values import (Money, c_decimal, cstr, day_number, i32, i64, major, minor, to_date, to_decimal, utf8)

ROUNDING = {name: getattr(capi, "ARC_ROUND_" + name.upper())
            for name in ("exact", "half_up", "half_even", "half_down", "up", "down", "ceiling", "floor")}
NUMBER_FLAGS = {name: getattr(capi, "ARC_NUMBER_" + name.upper())
                for name in ("grouping", "fullwidth", "symbol", "parentheses", "trailing_sign", "plus", "space", "exponent", "loose_groups",
                             "bare_point", "any")}
DATE_ORDERS = {name: getattr(capi, "ARC_DATE_" + name.upper()) for name in ("ymd", "dmy", "mdy", "excel_1900", "excel_1904")}
COUNTS = {name: getattr(capi, "ARC_COUNT_" + name.upper()) for name in ("act_365", "act_360", "act_act", "30_360", "30e_360")}


class Currency(NamedTuple):
    """What the library knows of a currency; exponent -1: it cannot carry amounts."""
    code: str
    numeric: int
    exponent: int
    name_en: str
    name_zh: str


def choice(table, name, what):
    if name not in table:
        raise make(capi.ARC_E_INVALID, f"{what} is one of {', '.join(table)}, not {name!r}")
    return table[name]


def done(status, what=""):
    """Functions on values keep no details: the status says it all."""
    if status < 0:
        raise make(status, what)


def c_money(value, what="amount"):
    if not isinstance(value, Money):
        raise TypeError(f"{what}: a Money is needed, not {type(value).__name__}")
    return capi.arc_money(minor(value, value.currency, what), cstr(value.currency), 0)


def py_money(c):
    currency = c.currency.decode()
    return Money(major(c.minor, currency), currency)


def _currency(info):
    return Currency(info.code.decode(), info.numeric, info.exponent, info.name_en.decode(), info.name_zh.decode())


def currency(code):
    """Looks a currency up by its letters, or by its ISO number."""
    info = capi.init(capi.arc_currency_info)
    if isinstance(code, int):
        done(capi.arc_currency_get_numeric(byref(info), i32(code, "numeric")), f"{code} is no currency")
    else:
        done(capi.arc_currency_get(byref(info), cstr(code, "code")), f"{code!r} is no currency")
    return _currency(info)


def currencies():
    """All currencies, by code."""
    found = []
    for i in range(capi.arc_currency_count()):
        info = capi.init(capi.arc_currency_info)
        done(capi.arc_currency_at(byref(info), i))
        found.append(_currency(info))
    return found


# ---- amounts ------------------------------------------------------------------------------------------------------------------

def allocate(total, weights, caps=None):
    """Splits an amount in proportion to whole-number weights by the largest remainder: the parts add up to the whole. caps: Moneys."""
    n = len(weights)
    parts, c_weights, c_caps = (c_int64 * max(n, 1))(), (c_int64 * max(n, 1))(*[i64(w, "weight") for w in weights]), None
    if caps is not None:
        if len(caps) != n:
            raise make(capi.ARC_E_INVALID, f"{len(caps)} caps for {n} weights")
        c_caps = (c_int64 * max(n, 1))(*[minor(c, total.currency, "cap") for c in caps])
    done(capi.arc_money_allocate(parts, byref(c_money(total)), c_weights, c_caps, n))
    return [Money(major(p, total.currency), total.currency) for p in parts[:n]]


def tax_from_net(net, rate, rounding="half_up"):
    """(tax, gross) of an amount without tax; rate is a fraction, "0.13" for 13 %."""
    tax, gross = capi.arc_money(), capi.arc_money()
    done(capi.arc_money_tax_from_net(byref(tax), byref(gross), byref(c_money(net)), byref(c_decimal(rate, "rate")),
                                     choice(ROUNDING, rounding, "rounding")))
    return py_money(tax), py_money(gross)


def tax_from_gross(gross, rate, rounding="half_up"):
    """(net, tax) of an amount with tax; the gross survives."""
    net, tax = capi.arc_money(), capi.arc_money()
    done(capi.arc_money_tax_from_gross(byref(net), byref(tax), byref(c_money(gross)), byref(c_decimal(rate, "rate")),
                                       choice(ROUNDING, rounding, "rounding")))
    return py_money(net), py_money(tax)


def line(quantity, price, currency, rounding="half_up"):
    """What an invoice line comes to."""
    out = capi.arc_money()
    done(capi.arc_money_line(byref(out), byref(c_decimal(quantity, "quantity")), byref(c_decimal(price, "price")), cstr(currency, "currency"),
                             choice(ROUNDING, rounding, "rounding")))
    return py_money(out)


def multiply(amount, factor, rounding="half_up"):
    """amount * factor."""
    out = capi.arc_money()
    done(capi.arc_money_mul(byref(out), byref(c_money(amount)), byref(c_decimal(factor, "factor")), choice(ROUNDING, rounding, "rounding")))
    return py_money(out)


def round_cash(amount, step, rounding="half_up"):
    """(what is paid, difference): rounded to coins of `step` major units, "0.05"."""
    out, rest = capi.arc_money(), capi.arc_money()
    units = minor(step, amount.currency, "step")
    done(capi.arc_money_round_cash(byref(out), byref(rest), byref(c_money(amount)), units, choice(ROUNDING, rounding, "rounding")))
    return py_money(out), py_money(rest)


def c_rate(rate, per):
    return capi.arc_rate(c_decimal(rate, "rate"), i32(per, "per"), 0)


def convert(amount, currency, rate, per=1, rounding="half_up"):
    """A foreign amount in base currency: `per` foreign units cost `rate` base units."""
    out = capi.arc_money()
    done(capi.arc_money_convert(byref(out), byref(c_money(amount)), cstr(currency, "currency"), byref(c_rate(rate, per)),
                                choice(ROUNDING, rounding, "rounding")))
    return py_money(out)


def convert_back(amount, currency, rate, per=1, rounding="half_up"):
    """A base amount in foreign currency."""
    out = capi.arc_money()
    done(capi.arc_money_convert_back(byref(out), byref(c_money(amount)), cstr(currency, "currency"), byref(c_rate(rate, per)),
                                     choice(ROUNDING, rounding, "rounding")))
    return py_money(out)


def fx_realise(applied, open, carried, rate, per=1, rounding="half_up"):
    """(booked, settled, difference) of one application of cash to an item in foreign currency."""
    booked, settled, rest = capi.arc_money(), capi.arc_money(), capi.arc_money()
    done(capi.arc_fx_realise(byref(booked), byref(settled), byref(rest), byref(c_money(applied)), byref(c_money(open)), byref(c_money(carried)),
                             byref(c_rate(rate, per)), choice(ROUNDING, rounding, "rounding")))
    return py_money(booked), py_money(settled), py_money(rest)


def fx_revalue(open, carried, rate, per=1, rounding="half_up"):
    """(valued, difference) of an open foreign amount at a closing rate."""
    valued, rest = capi.arc_money(), capi.arc_money()
    done(capi.arc_fx_revalue(byref(valued), byref(rest), byref(c_money(open)), byref(c_money(carried)), byref(c_rate(rate, per)),
                             choice(ROUNDING, rounding, "rounding")))
    return py_money(valued), py_money(rest)


# ---- text -----------------------------------------------------------------------------------------------------------------------

def number_options(allow, decimal_mark, rounding):
    options = capi.init(capi.arc_number_options)
    for name in ([allow] if isinstance(allow, str) else allow):
        options.flags |= choice(NUMBER_FLAGS, name, "allow")
    options.decimal_mark, options.mode = ord(decimal_mark), choice(ROUNDING, rounding, "rounding")
    return options


def parse_money(text, currency=None, *, allow=(), decimal_mark=".", rounding="exact"):
    """Reads an amount as people write it. allow: which liberties, for example ("grouping", "symbol"), or "any"."""
    raw, out = utf8(text), capi.arc_money()
    options = number_options(allow, decimal_mark, rounding)
    done(capi.arc_money_parse(byref(out), raw, len(raw), cstr(currency, "currency"), byref(options)), f"{text!r} is no amount of this form")
    return py_money(out)


def parse_decimal(text, *, allow=(), decimal_mark=".", scale=None, rounding="exact"):
    """Reads a number as people write it."""
    raw, out = utf8(text), capi.arc_decimal()
    options = number_options(allow, decimal_mark, rounding)
    scale = capi.ARC_SCALE_NATURAL if scale is None else i32(scale, "scale")
    done(capi.arc_decimal_parse_as(byref(out), raw, len(raw), scale, byref(options)), f"{text!r} is no number of this form")
    return to_decimal(out.mantissa, out.scale)


def parse_date(text, order="ymd", *, pivot=0, time_tail=False, fullwidth=False, space=False):
    """Reads a date in a named order: ymd dmy mdy excel_1900 excel_1904."""
    raw, out, options = utf8(text), c_int32(), capi.init(capi.arc_date_options)
    options.order, options.pivot = choice(DATE_ORDERS, order, "order"), i32(pivot, "pivot")
    options.flags = ((capi.ARC_DATE_TIME_TAIL if time_tail else 0) | (capi.ARC_DATE_FULLWIDTH if fullwidth else 0) |
                     (capi.ARC_DATE_SPACE if space else 0))
    done(capi.arc_date_parse_as(byref(out), raw, len(raw), byref(options)), f"{text!r} is no date of this form")
    return to_date(out.value)


# ---- dates ----------------------------------------------------------------------------------------------------------------------

def add_months(date, months):
    """A day the target month does not have becomes its last."""
    out = c_int32()
    done(capi.arc_date_add_months(byref(out), day_number(date), i64(months, "months")))
    return to_date(out.value)


def end_of_month(date):
    """Last day of the date's month."""
    out = c_int32()
    done(capi.arc_date_end_of_month(byref(out), day_number(date)))
    return to_date(out.value)


def year_fraction(start, end, convention="act_365"):
    """Part of a year between two dates, as (numerator, denominator) in lowest terms."""
    num, den = c_int64(), c_int64()
    done(capi.arc_date_fraction(byref(num), byref(den), day_number(start), day_number(end), choice(COUNTS, convention, "convention")))
    return num.value, den.value


def days_past_due(due, as_of):
    """max(0, as_of - due)."""
    out = c_int32()
    done(capi.arc_days_past_due(byref(out), day_number(due), day_number(as_of)))
    return out.value
