# SPDX-License-Identifier: Apache-2.0
"""Two real ledgers become books, and each book is checked against sums over its raw rows. usage: real_books.py DATA_DIR [FOLDER]

DATA_DIR/ecommerce/online_retail/*.csv: order lines of a web shop (UCI Online Retail), cancellations begin with C.
DATA_DIR/receivables/b2b_*.csv: invoices of a wholesaler; what one customer paid on one day came in as one payment."""
import collections
import csv
import datetime
import decimal
import glob
import os
import sys
import tempfile

import arcore

day, CENT, DUE = datetime.date.fromisoformat, decimal.Decimal("0.01"), datetime.timedelta(30)


def rows(pattern):
    for path in sorted(glob.glob(os.path.join(sys.argv[1], pattern))):
        with open(path, encoding="utf-8", newline="") as f:
            yield from csv.DictReader(f)


def fill(session, documents):
    """Adds customers and invoices; documents: number -> (customer, date, due, amount, currency). Returns the items by number."""
    ids = {code: session.insert("customer", code=code, legal_name=code).id for code in sorted({d[0] for d in documents.values()})}
    done = session.invoice_record_many([dict(number=number, customer=ids[code], invoice_date=date, due_date=due, gross_amount=amount, currency=currency)
                                        for number, (code, date, due, amount, currency) in documents.items()], all_or_none=True)
    items = dict(session.query("item").select("invoice", "id").tuples())
    return ids, dict(zip(documents, map(items.get, done.ids)))


def check(book, session, documents, settled, days):
    """settled: (number, day, amount)"""
    for as_of in map(day, days):
        left = collections.Counter({number: d[3] for number, d in documents.items() if d[1] <= as_of})
        for number, date, amount in settled:
            if date <= as_of:
                left[number] -= amount
        wanted = collections.Counter()
        for number, amount in left.items():
            code, _, due, _, currency = documents[number]
            wanted[code, currency, sum((as_of - due).days >= edge for edge in (1, 31, 61, 91))] += amount
        aging = session.aging(as_of=as_of)
        told = {(row.code, row.currency, i): amount for row in aging for i, amount in enumerate(row.buckets) if amount}
        assert told == {key: amount for key, amount in wanted.items() if amount}, as_of
        print(as_of, *(f"{t.currency} {t.total} open in {t.n_items} items" for t in map(aging.total, aging.currencies)))
    assert not book.verify().findings


def web_shop(folder):
    documents = {}
    for r in rows("ecommerce/online_retail/*.csv"):
        date, amount = day(r["InvoiceDate"][:10]), (int(r["Quantity"]) * decimal.Decimal(r["UnitPrice"])).quantize(CENT, decimal.ROUND_HALF_UP)
        code, date, _, sofar, _ = documents.get(r["InvoiceNo"], (r["CustomerID"] or "unknown", date, 0, 0, ""))
        documents[r["InvoiceNo"]] = code, date, date if r["InvoiceNo"][0] == "C" else date + DUE, sofar + amount, "GBP"
    if not documents:
        return print("SKIPPED: no ecommerce/online_retail in", sys.argv[1])
    with arcore.open(f"sqlite:{folder}/web_shop.arc", create=True, base_currency="GBP") as book, book.session(business_date=day("2011-04-30")) as session:
        _, items = fill(session, documents)
        debts, used, settled = collections.defaultdict(list), [], []
        for number, (code, date, _, amount, _) in sorted(documents.items(), key=lambda d: (d[1][1], d[0])):
            if amount > 0:
                debts[code].append([number, amount])
            for debt in debts[code] if amount < 0 else ():  # a cancellation settles what was ordered before, oldest first
                part = min(debt[1], -amount)
                if part > 0:
                    used.append(dict(credit_item=items[number], item=items[debt[0]], amount=part, date=date))
                    settled += (debt[0], date, part), (number, date, -part)
                    debt[1], amount = debt[1] - part, amount + part
        session.allocation_apply_many(used, all_or_none=True)
        check(book, session, documents, settled, ("2010-12-10", "2010-12-31", "2011-03-31"))


def wholesaler(folder):
    documents, payments = {}, collections.defaultdict(list)
    for n, r in enumerate(rows("receivables/b2b_*.csv")):
        documents[f"B{n}"] = r["cust"], day(r.get("posting_est") or r["posting_date"]), day(r["due_date"]), decimal.Decimal(r["amount_cents"]) / 100, r["currency"]
        if r.get("clear_date"):
            payments[r["cust"], day(r["clear_date"]), r["currency"]].append(f"B{n}")
    if not documents:
        return print("SKIPPED: no receivables/b2b_*.csv in", sys.argv[1])
    with arcore.open(f"sqlite:{folder}/wholesaler.arc", create=True, base_currency="USD") as book, book.session(business_date=day("2020-06-30")) as session:
        customers, items = fill(session, documents)
        receipts = session.receipt_record_many([dict(number=f"R{n}", customer=customers[code], value_date=date, posting_date=date, currency=currency,
                                                     amount=sum(documents[x][3] for x in paid)) for n, ((code, date, currency), paid) in enumerate(payments.items())],
                                               all_or_none=True)
        settled = [(x, key[1], documents[x][3], receipt) for (key, paid), receipt in zip(payments.items(), receipts.ids) for x in paid]
        session.allocation_apply_many([dict(receipt=receipt, item=items[x], amount=amount, date=date) for x, date, amount, receipt in settled], all_or_none=True)
        check(book, session, documents, [s[:3] for s in settled], ("2019-06-30", "2019-12-31", "2020-05-31"))


with tempfile.TemporaryDirectory() as scratch:
    for ledger in (web_shop, wholesaler):
        ledger(sys.argv[2] if len(sys.argv) > 2 else scratch)
