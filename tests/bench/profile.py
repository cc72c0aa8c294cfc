# SPDX-License-Identifier: Apache-2.0
"""Does the profile of a customer cost more the more he has paid? usage: profile.py [PAID 100000] [URI memory:bench]

Two customers of one book, one with 100 paid items, one with PAID. The last line is JSON: milliseconds of each profile (the median of 15) and their ratio."""
import datetime
import json
import statistics
import sys
import time

import arcore

PAID = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
URI = sys.argv[2] if len(sys.argv) > 2 else "memory:bench"
START, TODAY = datetime.date(2020, 1, 1), datetime.date(2026, 6, 30)


def fill(session, code, n):
    customer = session.insert("customer", code=code, legal_name=code).id
    for at in range(0, n, 5000):
        numbers = range(at, min(at + 5000, n))
        dated = [START + datetime.timedelta(i % 2200) for i in numbers]
        session.invoice_record_many([dict(number=f"{code}-{i}", customer=customer, invoice_date=d, due_date=d + datetime.timedelta(30), gross_amount="100.00", currency="CNY")
                                     for i, d in zip(numbers, dated)], all_or_none=True)
        items = dict(session.query("item").where(arcore.F.customer == customer).select("number", "id").tuples())
        receipts = session.receipt_record_many([dict(number=f"{code}R{i}", customer=customer, value_date=d + datetime.timedelta(25 + i % 20), currency="CNY", amount="100.00", payer_account=f"A{i % 7}")
                                                for i, d in zip(numbers, dated)], all_or_none=True)
        session.allocation_apply_many([dict(item=items[f"{code}-{i}"], receipt=r, amount="100.00", date=d + datetime.timedelta(25 + i % 20)) for i, d, r in zip(numbers, dated, receipts.ids)], all_or_none=True)
    return customer


def cost(session, customer):
    took = []
    for _ in range(15):
        begin = time.perf_counter()
        profile = session.customer_profile(customer)
        took.append((time.perf_counter() - begin) * 1000)
    assert profile["read"] == "kept"
    return statistics.median(took)


with arcore.open(URI, create=True) as book, book.session(business_date=TODAY) as session:
    few, many = fill(session, "F", 100), fill(session, "M", PAID)
    for _ in range(3):
        a, b = cost(session, few), cost(session, many)
    print(json.dumps({"paid_items": PAID, "ms_100": round(a, 3), f"ms_{PAID}": round(b, 3), "ratio": round(b / a, 3)}))
