# SPDX-License-Identifier: Apache-2.0
"""Random cases for test_oracle.c, answered by Python's decimal, fractions and datetime: one case a line, "op args -> answer".

An answer is a number, or the name of the status the call must return. usage: oracle.py CASES SEED"""
import calendar
import datetime
import random
import sys
from decimal import (ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal,
                     getcontext)
from fractions import Fraction

getcontext().prec = 220
getcontext().Emax = 999999
MODES = [None, ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_HALF_DOWN, ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR]
INT_MIN, INT_MAX, MONEY_MAX = -2**63, 2**63 - 1, 10**18
CURRENCIES = [("JPY", 0), ("CNY", 2), ("USD", 2), ("KWD", 3), ("CLF", 4)]
EPOCH = datetime.date(1970, 1, 1).toordinal()
out = sys.stdout
pick = random.Random(int(sys.argv[2]))


def integer(low=INT_MIN, high=INT_MAX):
    """All sizes alike, with a taste for edges, powers of ten and ties."""
    kind = pick.randrange(12)
    if kind == 0:
        v = pick.choice([0, 1, -1, low, high, low + 1, high - 1])
    elif kind <= 2:
        v = pick.choice([1, -1]) * pick.choice([1, 5, 25, 15, 2, 3]) * 10 ** pick.randrange(19)
    else:
        v = pick.choice([1, -1]) * pick.getrandbits(pick.randrange(1, 64))
    return v if low <= v <= high else low + v % (high - low + 1)


def rounded(x, mode):
    """x: exact Decimal (or one with far more digits than matter); the nearest integer by mode, or None when mode is EXACT."""
    q = x.to_integral_value(MODES[mode] or ROUND_DOWN)
    return None if mode == 0 and q != x else int(q)


def answer(x, mode, low=INT_MIN, high=INT_MAX):
    # A quotient beyond int64 is an overflow before anyone asks for exactness.
    if abs(x) >= 2**64:
        return "ARC_E_OVERFLOW"
    v = rounded(x, mode)
    if v is None:
        return "ARC_E_PRECISION"
    return v if low <= v <= high else "ARC_E_OVERFLOW"


def money(x, mode):
    return answer(x, mode, -MONEY_MAX, MONEY_MAX)


def mode():
    return pick.randrange(8)


def case_muldiv():
    a, n, d, m = integer(-MONEY_MAX, MONEY_MAX), integer(), integer(), mode()
    return f"muldiv {a} {n} {d} {m}", "ARC_E_DIVIDE" if d == 0 else money(Decimal(a) * n / d, m)


def case_mul():
    a, sa, b, sb, s, m = integer(), pick.randrange(19), integer(), pick.randrange(19), pick.randrange(19), mode()
    return f"mul {a} {sa} {b} {sb} {s} {m}", answer(Decimal(a) * b * Decimal(10) ** (s - sa - sb), m)


def case_div():
    a, sa, b, sb, s, m = integer(), pick.randrange(19), integer(), pick.randrange(19), pick.randrange(19), mode()
    return f"div {a} {sa} {b} {sb} {s} {m}", "ARC_E_DIVIDE" if b == 0 else answer(Decimal(a) * Decimal(10) ** (s - sa + sb) / b, m)


def case_add():
    a, sa, b, sb, sub = integer(), pick.randrange(19), integer(), pick.randrange(19), pick.randrange(2)
    exact = Decimal(a).scaleb(-sa) + (-1 if sub else 1) * Decimal(b).scaleb(-sb)
    for scale in range(max(sa, sb), -1, -1):  # the first scale at which it fits, if nothing is lost
        v = exact.scaleb(scale)
        if v != v.to_integral_value():
            break
        if INT_MIN <= v <= INT_MAX:
            return f"add {a} {sa} {b} {sb} {sub}", int(v) * 100 + scale
    return f"add {a} {sa} {b} {sb} {sub}", "ARC_E_OVERFLOW"


def case_compare():
    a, sa, b, sb = integer(), pick.randrange(19), integer(), pick.randrange(19)
    if pick.randrange(3) == 0 and sa + 2 <= 18 and abs(a) < 10**16:
        b, sb = a * 100 + pick.choice([-1, 0, 1]), sa + 2
    x, y = Decimal(a).scaleb(-sa), Decimal(b).scaleb(-sb)
    return f"compare {a} {sa} {b} {sb}", (x > y) - (x < y)


def case_convert():
    (f, ef), (t, et), back = pick.choice(CURRENCIES), pick.choice(CURRENCIES), pick.randrange(2)
    a, r, s, per, m = integer(-MONEY_MAX, MONEY_MAX), integer(1), pick.randrange(19), pick.choice([1, 100, 1000]), mode()
    rate = Decimal(r).scaleb(-s) / per
    x = Decimal(a).scaleb(-ef)
    return f"convert {a} {f} {t} {r} {s} {per} {m} {back}", money((x / rate if back else x * rate).scaleb(et), m)


def case_tax():
    g, r, s, m = integer(-MONEY_MAX, MONEY_MAX), integer(0), pick.randrange(19), mode()
    return f"tax {g} {r} {s} {m}", money(Decimal(g) / (1 + Decimal(r).scaleb(-s)), m)


def case_text():
    code, e = pick.choice(CURRENCIES)
    digits = "".join(pick.choice("0123456789") for _ in range(pick.randrange(1, 24)))
    text = ("-" if pick.randrange(2) else "") + digits
    if pick.randrange(4):
        text += "." + "".join(pick.choice("0055123456789") for _ in range(pick.randrange(1, 30)))
    m = mode()
    x = Decimal(text).scaleb(e)
    if m == 0 and x != x.to_integral_value():
        return f"text {text} {code} {m}", "ARC_E_PRECISION"
    return f"text {text} {code} {m}", money(x, m)


def day():
    return datetime.date.fromordinal(pick.choice([pick.randrange(1, 3652060), pick.randrange(730000, 740000)]))


def number(d):
    return d.toordinal() - EPOCH


def case_week():
    d = day()
    iso = d.isocalendar()
    return f"week {number(d)}", iso[0] * 1000 + iso[1] * 10 + iso[2]


def case_months():
    d, n = day(), pick.choice([pick.randrange(-30, 30), pick.randrange(-120001, 120002)])
    count = d.year * 12 + d.month - 1 + n
    y, m = divmod(count, 12)
    if not 1 <= y <= 9999:
        return f"months {number(d)} {n}", "ARC_E_OVERFLOW"
    return f"months {number(d)} {n}", number(datetime.date(y, m + 1, min(d.day, calendar.monthrange(y, m + 1)[1])))


def days_360(a, b, european):
    d1, d2 = min(a.day, 30), b.day
    if d2 == 31 and (european or d1 == 30):
        d2 = 30
    return 360 * (b.year - a.year) + 30 * (b.month - a.month) + d2 - d1


def year_fraction(a, b, kind):
    if a > b:
        return -year_fraction(b, a, kind)
    days = (b - a).days
    if kind == 1:
        return Fraction(days, 365)
    if kind == 2:
        return Fraction(days, 360)
    if kind == 3:  # year by year, as ISDA words it
        total, at = Fraction(0), a
        while at < b:
            end = b if b.year == at.year else datetime.date(at.year + 1, 1, 1) if at.year < 9999 else b
            total += Fraction((end - at).days, 366 if calendar.isleap(at.year) else 365)
            at = end
        return total
    return Fraction(days_360(a, b, kind == 5), 360)


def case_fraction():
    a, kind = day(), pick.randrange(1, 6)
    b = datetime.date.fromordinal(min(3652059, max(1, a.toordinal() + pick.randrange(-9000, 9000))))
    f = year_fraction(a, b, kind)
    return f"fraction {number(a)} {number(b)} {kind} {f.denominator}", f.numerator


def case_cost():
    s = pick.randrange(3)
    p, days, scale = pick.randrange(1, 60 * 10**s), pick.randrange(10, 400), pick.randrange(7)
    d = Decimal(p).scaleb(-s)
    getcontext().prec = 40
    compound = ((Decimal(365) / days * (100 / (100 - d)).ln()).exp() - 1) * 100
    getcontext().prec = 220
    x = compound.scaleb(scale)
    if x > 10**10 or abs(x % 1 - Decimal("0.5")) < Decimal("0.0001"):  # too near a tie for what the function promises
        return case_cost()
    return f"cost {p} {s} {days} {scale}", rounded(x, 1)


def case_stamp():
    us = pick.randrange(-62135596800 * 10**6, 253402300800 * 10**6)
    offset = pick.randrange(-1439, 1440)
    t = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(microseconds=us)
    try:
        text = t.astimezone(datetime.timezone(datetime.timedelta(minutes=offset))).isoformat(timespec="microseconds")
    except OverflowError:
        return case_stamp()
    return f"stamp {text}", us


CASES = [case_muldiv] * 5 + [case_mul] * 4 + [case_div] * 4 + [case_add] * 3 + [case_compare] * 2 + [case_convert] * 4 + [
    case_tax] * 2 + [case_text] * 4 + [case_week, case_months, case_months, case_fraction, case_stamp]

for i in range(int(sys.argv[1])):
    question, expected = CASES[i % len(CASES)]() if i % 200 else case_cost()
    out.write(f"{question} -> {expected}\n")
out.write("end -> 0\n")
