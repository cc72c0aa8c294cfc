# SPDX-License-Identifier: Apache-2.0
"""Python values to C values and back: exact, checked for range, never rounded or cut."""
import datetime
import json
import operator
from ctypes import byref, c_int32
from decimal import Context, Decimal, InvalidOperation
from typing import NamedTuple

from . import capi
from ._error import make

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
DAY_ZERO = 719163  # datetime.date(1970, 1, 1).toordinal()
EXACT = Context(prec=60)
MICROSECOND = datetime.timedelta(microseconds=1)
SIZE_MAX = (1 << 64) - 1 if capi.ctypes.sizeof(capi.ctypes.c_size_t) == 8 else (1 << 32) - 1
_exponents = {}


class Money(NamedTuple):
    """An amount in major units with its currency."""
    amount: Decimal
    currency: str

    def __str__(self):
        return f"{self.amount} {self.currency}"


# ---- integers ---------------------------------------------------------------------------------------------------------------

def whole(value, low, high, what):
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{what}: an int is needed, not {type(value).__name__}") from None
    if not low <= number <= high:
        raise make(capi.ARC_E_OVERFLOW, f"{what}: {number} lies outside {low}..{high}")
    return number


def i64(value, what="value"):
    return whole(value, -(1 << 63), (1 << 63) - 1, what)


def i32(value, what="value"):
    return whole(value, -(1 << 31), (1 << 31) - 1, what)


def u32(value, what="value"):
    return whole(value, 0, (1 << 32) - 1, what)


def size(value, what="value"):
    return whole(value, 0, SIZE_MAX, what)


def row_id(value, what, entity=None):
    """The id of a record, of that entity if one is named; anything else stays what it is."""
    told = getattr(value, "_entity", None)
    if told is None:
        return value
    if entity and told.name != entity:
        raise TypeError(f"{what}: a {entity} is needed, not a {told.name}")
    return value.id


# ---- text -------------------------------------------------------------------------------------------------------------------

def utf8(value, what="text"):
    if not isinstance(value, str):
        raise TypeError(f"{what}: a str is needed, not {type(value).__name__}")
    try:
        return value.encode()
    except UnicodeEncodeError as error:
        raise make(capi.ARC_E_ENCODING, f"{what}: {error}") from None


def cstr(value, what="text"):
    """Text that ends with a NUL; None stays None."""
    if value is None:
        return None
    raw = utf8(value, what)
    if b"\0" in raw:
        raise make(capi.ARC_E_ENCODING, f"{what}: a NUL inside")
    return raw


# ---- dates and instants -----------------------------------------------------------------------------------------------------

def day_number(value, what="date"):
    """Days since 1970-01-01 of a datetime.date; a datetime is no date."""
    if isinstance(value, datetime.datetime) or not isinstance(value, datetime.date):
        raise TypeError(f"{what}: a datetime.date is needed, not {type(value).__name__}")
    return value.toordinal() - DAY_ZERO


def day_or_none(value, what="date"):
    return capi.ARC_DATE_NONE if value is None else day_number(value, what)


def to_date(number):
    return datetime.date.fromordinal(number + DAY_ZERO)


def stamp(value, what="stamp"):
    """Microseconds since 1970 UTC of an aware datetime."""
    if not isinstance(value, datetime.datetime):
        raise TypeError(f"{what}: a datetime.datetime is needed, not {type(value).__name__}")
    if value.tzinfo is None or value.utcoffset() is None:
        raise make(capi.ARC_E_RANGE, f"{what}: a datetime without time zone is no instant")
    return (value - EPOCH) // MICROSECOND


def to_datetime(number):
    return EPOCH + datetime.timedelta(microseconds=number)


# ---- decimals and money -----------------------------------------------------------------------------------------------------

def decimal(value, what="number"):
    """An exact finite Decimal of a Decimal, an int or a str; a float is none."""
    if isinstance(value, bool) or not isinstance(value, (Decimal, int, str)):
        raise TypeError(f"{what}: a Decimal, int or str is needed, not {type(value).__name__}")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise make(capi.ARC_E_SYNTAX, f"{what}: {value!r} is no number") from None
    if not number.is_finite():
        raise make(capi.ARC_E_RANGE, f"{what}: {number} is not finite")
    return number


def scaled(number, digits, what="number"):
    """number * 10^digits as an integer of 64 bits, exact or refused."""
    sign, figures, exponent = number.as_tuple()
    shift = exponent + digits
    if shift > 40 and number:
        raise make(capi.ARC_E_OVERFLOW, f"{what}: {number} is too large")
    mantissa = int("".join(map(str, figures))) if number else 0
    if shift >= 0:
        mantissa *= 10 ** min(shift, 40)
    else:
        mantissa, rest = divmod(mantissa, 10 ** min(-shift, len(figures) + 1))
        if rest:
            raise make(capi.ARC_E_PRECISION, f"{what}: {number} has more than {digits} decimals")
    return i64(-mantissa if sign else mantissa, what)


def c_decimal(value, what="number"):
    number = decimal(value, what)
    scale = max(0, -number.as_tuple().exponent)
    if scale > 18:
        number, scale = number.normalize(EXACT), 0
        scale = max(0, -number.as_tuple().exponent)
        if scale > 18:
            raise make(capi.ARC_E_PRECISION, f"{what}: more than 18 decimals")
    return capi.arc_decimal(scaled(number, scale, what), scale, 0)


def to_decimal(mantissa, scale):
    return EXACT.scaleb(Decimal(mantissa), -scale)


def exponent(currency):
    """Decimals of a currency's minor unit."""
    known = _exponents.get(currency)
    if known is None:
        out = c_int32()
        status = capi.arc_currency_exponent(byref(out), cstr(currency, "currency"))
        if status < 0:
            raise make(status, f"{currency!r} is no currency", field="currency")
        known = _exponents[currency] = out.value
    return known


def minor(value, currency, what="amount"):
    """Minor units of an amount in major units; a Money must have this currency."""
    if isinstance(value, Money):
        if currency is not None and value.currency != currency:
            raise make(capi.ARC_E_CURRENCY, f"{what}: {value.currency} where {currency} is needed", field=what)
        value, currency = value
    return scaled(decimal(value, what), exponent(currency), what)


def major(units, currency):
    return to_decimal(units, exponent(currency))


# ---- JSON -------------------------------------------------------------------------------------------------------------------

def amount_object(money):
    """An amount as JSON documents have it when nothing else says its currency."""
    return {"amount": format(decimal(money.amount, "amount"), "f"), "currency": money.currency}


def plain(value, money=amount_object):
    """What json.dumps() takes, of what Python calls an amount, a date or an instant; money says how a Money is told."""
    if isinstance(value, Money):
        return money(value)
    if isinstance(value, dict):
        return {name: plain(member, money) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(member, money) for member in value]
    if isinstance(value, Decimal):
        return format(decimal(value), "f")
    if isinstance(value, datetime.datetime):
        return to_datetime(stamp(value)).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, datetime.date) else value


def document(value, money=amount_object):
    """A JSON document, given as text or as Python objects, as bytes."""
    return (value if isinstance(value, str) else json.dumps(plain(value, money), ensure_ascii=False, allow_nan=False)).encode()
