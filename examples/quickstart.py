# SPDX-License-Identifier: Apache-2.0
"""First light through Python: who owes what in a book, as examples/quickstart.c shows it. usage: quickstart.py BOOK [YYYY-MM-DD]"""
import datetime
import sys

import arcore

with arcore.open("sqlite:" + sys.argv[1]) as book, book.session() as session:
    days = [session.query(entity).measure("max", field).first()[0]
            for entity, field in (("invoice", "invoice_date"), ("receipt", "value_date"))]
    as_of = datetime.date.fromisoformat(sys.argv[2]) if len(sys.argv) > 2 else max(filter(None, days))
    aging = session.aging(as_of=as_of)
    for total in map(aging.total, aging.currencies):
        rows = sorted((row for row in aging if row.currency == total.currency), key=lambda row: -row.total)
        for row in rows[:15]:
            print(row.code, row.name, *row.buckets, row.total, row.unapplied)
        print("TOTAL", total.currency, f"{len(rows)} customers, {total.n_items} items", *total.buckets, total.total, total.unapplied)
    print(f"Verified through Python: {len(book.verify().findings)} findings")
