#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The Python package beside Python's own sqlite3 module, on the same rows of the same file, by turns in one run.

usage: bench.py [--rows 100000] [--rounds 7] [--dir FOLDER] [--only fetch|load]        prints ratios; the last line is JSON

  columns   Query.columns() against cursor.fetchall() of the same fields                      limit 0.60 of the time
  tuples    Query.tuples(), with Decimal and date, against the same fetchall()                limit 1.50 of the time
  load      Session.load() of columns against executemany() of all rows it writes, events       limit 0.70 of the rate
            included, into the same tables with their indexes and checks, one commit each;
            for the eye also against the rows of the entity alone

Run it with a release build: ARCORE_LIBRARY=build/release/libarcore.so PYTHONPATH=bindings/python python3 tests/bench/python/bench.py
"""
import argparse
import datetime
import gc
import json
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time

import arcore

FIELDS = ["id", "number", "customer", "invoice_date", "due_date", "currency", "gross_amount", "kind", "status", "remark"]
LIMITS = {"columns": 0.60, "tuples": 1.50, "load": 0.70}


def clocked(work):
    gc.collect()
    gc.disable()
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    spent = time.perf_counter() - wall, time.process_time() - cpu
    gc.enable()
    del result
    return spent


def pairs(ours, floor, rounds):
    """Median ratios, on the wall and of processor time, of runs by turns."""
    clocked(floor), clocked(ours)
    told = []
    for _ in range(rounds):
        a, b = clocked(ours), clocked(floor)
        told.append((a[0], b[0], a[0] / b[0], a[1] / b[1] if b[1] else 0.0))
    return [statistics.median(column) for column in zip(*told)]


def make_book(path, rows):
    day, rng = datetime.date(2026, 1, 1), random.Random(7)
    with arcore.open("sqlite:" + path, create=True) as book, book.session("bench", business_date=day) as session:
        customers = [c for c in session.load("customer", {"code": [f"C{n:05}" for n in range(500)],
                                                          "legal_name": [f"Customer {n}" for n in range(500)]})]
        del customers
        made = 0
        while made < rows:
            n = min(20000, rows - made)
            batch = []
            for i in range(made, made + n):
                issued = day + datetime.timedelta(days=rng.randrange(700))
                batch.append(session.new("invoice", number=f"INV-{i:08}", customer=1 + rng.randrange(500), invoice_date=issued, currency="CNY",
                                         due_date=issued + datetime.timedelta(days=30), gross_amount=f"{rng.randrange(1, 10 ** 7)}.{rng.randrange(100):02}",
                                         remark=None if i % 3 else "paid by transfer"))
            session.invoice_record_many(batch, all_or_none=True)
            made += n


def bench_fetch(folder, rows, rounds):
    path = os.path.join(folder, "fetch.arc")
    make_book(path, rows)
    raw = sqlite3.connect(path)
    sql = f"SELECT {', '.join(FIELDS)} FROM invoice WHERE book = 1 ORDER BY id"
    with arcore.open("sqlite:" + path) as book, book.session() as session:
        query = session.query("invoice").select(*FIELDS)
        ours, theirs = query.tuples(), raw.execute(sql).fetchall()
        assert len(ours) == len(theirs) == rows
        for a, b in zip(ours[::997], theirs[::997]):
            assert a[:3] == b[:3] and str(a[3]) == b[3] and a[6].scaleb(2) == b[6] and a[9] == b[9], (a, b)
        del ours, theirs

        def floor():
            return raw.execute(sql).fetchall()
        return {"columns": pairs(query.columns, floor, rounds), "tuples": pairs(query.tuples, floor, rounds)}


def bench_load(folder, rows, rounds):
    day = datetime.date(2026, 1, 1)
    columns = {"code": [f"C{n:07}" for n in range(rows)], "legal_name": [f"Customer number {n} 有限公司" for n in range(rows)],
               "short_name": [f"Cust {n}" for n in range(rows)], "remark": [None if n % 2 else "met at the fair" for n in range(rows)],
               "since": [day + datetime.timedelta(days=n % 3000) for n in range(rows)]}
    fields = set(arcore._schema.entities()["customer"].fields)
    columns = {name: values for name, values in columns.items() if name in fields}
    count = iter(range(10 ** 6))

    def ours():
        path = os.path.join(folder, f"ours{next(count)}.arc")
        with arcore.open("sqlite:" + path, create=True) as book, book.session(business_date=day) as session:
            return clocked(lambda: session.load("customer", columns)), path

    # What a load writes: the rows themselves, and for each the event that tells of it.
    raw, statements = sqlite3.connect(ours()[1]), {}
    for (table,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
        cursor = raw.execute(f"SELECT * FROM {table}")
        values = cursor.fetchall()
        if len(values) >= rows:
            used = [i for i in range(len(cursor.description)) if any(row[i] is not None for row in values)]
            names = ", ".join(cursor.description[i][0] for i in used)
            # The event of the new book itself is there already.
            sql = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({', '.join('?' * len(used))})"
            statements[table] = sql, [tuple(row[i] for i in used) for row in values]
    raw.close()
    plain = {"customer": statements["customer"]}

    def floor(what):
        path = os.path.join(folder, f"floor{next(count)}.arc")
        arcore.open("sqlite:" + path, create=True).close()
        raw = sqlite3.connect(path)
        raw.execute("PRAGMA synchronous = FULL")

        def work():
            for sql, values in what.values():
                raw.executemany(sql, values)
            raw.commit()
        spent = clocked(work)
        assert raw.execute("SELECT count(*) FROM customer").fetchone()[0] == rows
        raw.close()
        return spent

    told = []
    for _ in range(rounds):
        a, b, c = ours()[0], floor(statements), floor(plain)
        told.append((a[0], b[0], b[0] / a[0], b[1] / a[1], c[0], c[0] / a[0], c[1] / a[1]))
    middle = [statistics.median(column) for column in zip(*told)]
    print("load writes rows of: " + ", ".join(statements))
    return {"load": middle[:4], "load, bare rows": [middle[0], *middle[4:]]}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=100000)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--dir", default=None)
    options.add_argument("--only", choices=["fetch", "load"])
    options = options.parse_args()
    results = {}
    with tempfile.TemporaryDirectory(dir=options.dir) as folder:
        if options.only != "load":
            results.update(bench_fetch(folder, options.rows, options.rounds))
        if options.only != "fetch":
            results.update(bench_load(folder, options.rows, options.rounds))
    print(f"arcore {arcore.version()} at {arcore.library_path()}, Python {sys.version.split()[0]}, sqlite3 {sqlite3.sqlite_version}, {options.rows} rows")
    told = {}
    for name, (ours, floor, ratio, cpu) in results.items():
        if name not in LIMITS:
            print(f"{name}: ours {ours * 1000:.1f} ms, sqlite3 {floor * 1000:.1f} ms, ratio {ratio:.2f} (processor {cpu:.2f})")
            told[name] = {"ours_s": ours, "floor_s": floor, "ratio": ratio, "cpu_ratio": cpu}
            continue
        met = ratio >= LIMITS[name] if name == "load" else ratio <= LIMITS[name]
        print(f"{name:8} ours {ours * 1000:8.1f} ms, sqlite3 {floor * 1000:8.1f} ms, ratio {ratio:.2f} (processor {cpu:.2f}), limit {LIMITS[name]:.2f}: "
              f"{'met' if met else 'MISSED'}")
        told[name] = {"ours_s": ours, "floor_s": floor, "ratio": ratio, "cpu_ratio": cpu, "limit": LIMITS[name], "met": met}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
