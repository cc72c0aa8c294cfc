#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Which invoices did a payment pay, the customer known, amounts and dates only.

    python3 tests/bench/match_b2b.py CLOSED.csv [OPEN.csv] [--groups N] [--seed N] [--habit] [--texts N] [--library FILE]

All invoices of one customer with one clear_date were paid together: that is the truth, which the engine does not see. It sees the sum, the day, and what was open that
day: posting_est (posting_date in OPEN) on or before it, not cleared before it. `right`: the first answer is the same multiset of amounts; `wrong_auto`: called unique and
not right. --habit learns from the payments before each (of all customers, and each customer's own days late); without, the engine's first guess decides alone.
Last line: the figures as one JSON object, shares of all groups."""
import argparse
import collections
import csv
import datetime
import json
import os
import random
import statistics
import sys
import time
from decimal import Decimal

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FIRST, LAST = datetime.date(2019, 2, 15), datetime.date(2020, 2, 26)


def read(path, posting, customers, clear=None):
    with open(path, newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            customers[row["cust"]].append((datetime.date.fromisoformat(row[posting]), datetime.date.fromisoformat(row["due_date"]),
                                           datetime.date.fromisoformat(row["clear_date"]) if clear else datetime.date.max, int(row["amount_cents"]),
                                           row.get("currency") or "USD"))


def groups_of(customers):
    return sorted({(row[2], customer) for customer, rows in customers.items() for row in rows if FIRST <= row[2] <= LAST})


def open_on(rows, day):
    return [r for r in rows if r[0] <= day <= r[2]]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("closed")
    options.add_argument("open", nargs="?")
    options.add_argument("--groups", type=int, default=2000)
    options.add_argument("--seed", type=int, default=20200226)
    options.add_argument("--habit", action="store_true")
    options.add_argument("--texts", type=int, default=200, help="groups that are asked of a book as well, payers known and unknown, with a text and without; 0: none")
    options.add_argument("--library")
    asked = options.parse_args()
    if asked.library:
        os.environ["ARCORE_LIBRARY"] = asked.library
    sys.path.insert(0, os.path.join(ROOT, "bindings", "python"))
    import arcore
    from arcore import combinations
    context = arcore.default_context()
    customers = collections.defaultdict(list)
    read(asked.closed, "posting_est", customers, True)
    if asked.open:
        read(asked.open, "posting_date", customers)
    every = groups_of(customers)
    random.seed(asked.seed)
    sample = set(random.sample(every, min(asked.groups, len(every))))
    habit = combinations.Habit(context) if asked.habit else None
    print(f"{len(every)} groups, {len(sample)} asked, seed {asked.seed}, {'habits learned on the way' if habit else 'no habits'}")
    late, known = collections.defaultdict(list), collections.Counter()
    times, sizes, count = [], [], collections.Counter()
    for day, customer in every:  # in the order of days: what was paid before is known
        if (day, customer) not in sample and not habit:
            continue
        rows = open_on(customers[customer], day)
        items = [combinations.OpenItem(Decimal(r[3]).scaleb(-2), r[1], r[0]) for r in rows]
        paid = [i for i, r in enumerate(rows) if r[2] == day]
        truth = sorted(rows[i][3] for i in paid)
        if (day, customer) in sample and sum(truth) > 0:
            usual = int(statistics.median_low(late[customer])) if habit and len(late[customer]) >= 5 else None
            start = time.perf_counter()
            answer = combinations.find(context, arcore.Money(Decimal(sum(truth)).scaleb(-2), rows[0][4]), day, items, habit=habit, usual_days_late=usual)
            times.append((time.perf_counter() - start) * 1000)
            sizes.append(len(rows))
            found = [sorted(rows[i][3] for i in c.items) for c in answer.candidates]
            count["groups"] += 1
            count["le20"] += len(rows) <= 20
            count[answer.outcome] += 1
            if found and found[0] == truth:
                count["right"] += 1
                count["right_le20"] += len(rows) <= 20
            elif answer.outcome == "unique":
                count["wrong"] += 1
            count["right_auto"] += answer.outcome == "unique" and found[0] == truth
            count["first_5"] += truth in found
        if habit:
            habit.learn(day, items, paid)
            late[customer] += [(day - rows[i][1]).days for i in paid]
    n = max(count["groups"], 1)
    big = [t for t, s in zip(times, sizes) if s >= 300]
    figures = {"groups": count["groups"], "right": count["right"] / n, "right_auto": count["right_auto"] / n, "wrong_auto": count["wrong"] / n,
               "ambiguous": count["ambiguous"] / n, "unknown": (count["unknown"] + count["none"]) / n, "truth_in_first_5": count["first_5"] / n,
               "right_le20": count["right_le20"] / max(count["le20"], 1), "median_ms": statistics.median(times or [0]), "worst_ms": max(times or [0]),
               "worst_ms_300_items": max(big or [0]), "most_items": max(sizes or [0]), "habit": bool(habit), "seed": asked.seed}
    for name in ("right", "right_auto", "wrong_auto", "ambiguous", "unknown", "truth_in_first_5", "right_le20"):
        print(f"{name:18} {figures[name]:.4f}")
    print(f"time a question: median {figures['median_ms']:.2f} ms, worst {figures['worst_ms']:.1f} ms ({figures['most_items']} items at most)")
    if asked.texts:
        import match_b2b_book
        chosen = sorted(random.Random(asked.seed).sample(sorted(sample), min(asked.texts, len(sample))))
        figures["book"] = match_b2b_book.ask(arcore, customers, chosen, asked.seed)
        for name, rates in figures["book"].items():
            print(f"{name:14}", "  ".join(f"{k} {v}" for k, v in rates.items()))
    print(json.dumps({k: round(v, 6) if isinstance(v, float) else v for k, v in figures.items()}))


if __name__ == "__main__":
    main()
