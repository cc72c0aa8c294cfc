# SPDX-License-Identifier: Apache-2.0
"""The questions of match_b2b.py asked of a book: payers known and unknown, with a remittance text and without one.

Invoices have numbers of ten digits in the order of their posting. A text names those that were paid: one number in ten has a typo (a digit replaced, left out, doubled or swapped
with its neighbour), one in ten is cut to its last six digits, one text in ten has its numbers written without anything between them. The book lives through the days: invoices
are recorded when they are posted and settled when they were paid, so that what is open, and what was paid before, is what it was."""
import collections
import datetime
import random
from decimal import Decimal


def text_of(numbers, source):
    said = []
    for number in numbers:
        fate = source.random()
        at = source.randrange(3, len(number) - 1)
        if fate < 0.1:
            number = source.choice((number[:at] + str((int(number[at]) + source.randrange(1, 10)) % 10) + number[at + 1:], number[:at] + number[at + 1:],
                                    number[:at] + number[at] + number[at:], number[:at] + number[at + 1] + number[at] + number[at + 2:]))
        elif fate < 0.2:
            number = number[-6:]
        said.append(number)
    return ("" if source.random() < 0.1 else " ").join(said)


class Life:
    """A book that is as far as `day`."""

    def __init__(self, arcore, customers):
        self.book = arcore.open("memory:b2b", create=True, base_currency="USD")
        self.session = self.book.session("bench", business_date=datetime.date(2018, 1, 1))
        names = sorted(customers)
        self.ids = dict(zip(names, self.session.insert_many([self.session.new("customer", code=c, legal_name="Customer " + c) for c in names]).ids))
        rows = sorted((row[0], customer, i) for customer in names for i, row in enumerate(customers[customer]))
        self.rows = [(customers[customer][i], customer, str(1930000000 + n)) for n, (_, customer, i) in enumerate(rows)]
        self.posted, self.items, self.n = 0, {}, 0
        self.clearing = collections.defaultdict(list)

    def advance(self, day):
        """Everything before the day is settled, everything up to it posted."""
        s, new = self.session, []
        s.set_business_date(day)
        while self.posted < len(self.rows) and self.rows[self.posted][0][0] <= day:
            new.append(self.rows[self.posted])
            self.posted += 1
        for at in range(0, len(new), 5000):
            part = new[at:at + 5000]
            made = s.invoice_record_many([{"number": number, "customer": self.ids[customer], "invoice_date": row[0], "due_date": max(row[1], row[0]), "currency": "USD",
                                           "gross_amount": Decimal(row[3]).scaleb(-2)} for row, customer, number in part if row[3] > 0], all_or_none=True)
            del made
        for row, customer, number in new:
            if row[3] > 0:
                self.clearing[row[2]].append((customer, number, row[3]))
        past = sorted(d for d in self.clearing if d < day)
        wanted = [number for d in past for _, number, _ in self.clearing[d]]
        self.find(wanted)
        for d in past:
            self.settle(self.clearing.pop(d), day)

    def find(self, numbers):
        from arcore import F
        for at in range(0, len(numbers), 500):
            for item in self.session.query("item").where(F.number.isin(numbers[at:at + 500])).select("id", "number"):
                self.items[item[1]] = item[0]

    def settle(self, paid, day):
        sums = collections.defaultdict(int)
        for customer, _, amount in paid:
            sums[customer] += amount
        names = sorted(sums)
        receipts = self.session.receipt_record_many([{"number": self.next(), "customer": self.ids[c], "value_date": day, "currency": "USD", "amount": Decimal(sums[c]).scaleb(-2)}
                                                     for c in names], all_or_none=True).ids
        by = dict(zip(names, receipts))
        self.session.allocation_apply_many([{"receipt": by[c], "item": self.items[number], "amount": Decimal(amount).scaleb(-2)} for c, number, amount in paid], all_or_none=True)

    def next(self):
        self.n += 1
        return f"R{self.n:07}"


def ask(arcore, customers, sample, seed):
    life, source = Life(arcore, customers), random.Random(seed)
    rates = {name: collections.Counter() for name in ("known_text", "unknown_text", "known", "unknown")}
    days = collections.defaultdict(list)
    for day, customer in sample:
        days[day].append(customer)
    for day in sorted(days):
        life.advance(day)
        lines, truths = [], []
        for customer in sorted(days[day]):
            group = [(number, row[3]) for row, c, number in life.rows if c == customer and row[0] <= day == row[2] and row[3] > 0]
            if not group:
                continue
            text = text_of([number for number, _ in group], source)
            for name in rates:
                lines.append({"number": life.next(), "value_date": day, "currency": "USD", "amount": Decimal(sum(a for _, a in group)).scaleb(-2),
                              **({"memo": text} if name.endswith("text") else {}), **({"customer": life.ids[customer]} if name.startswith("known") else {})})
                truths.append((name, sorted(a for _, a in group), {n for n, _ in group}))
        if not lines:
            continue
        made = life.session.receipt_record_many(lines, all_or_none=True).ids
        for receipt, (name, amounts, numbers) in zip(made, truths):
            judge(life, rates[name], receipt, amounts)
            life.session.receipt_return(receipt, "asked")  # the same payment is asked about once more: it has not come twice
    return {name: told(count) for name, count in rates.items()}


def judge(life, count, receipt, amounts):
    proposal = life.session.match_propose([receipt])
    count["asked"] += 1
    if not len(proposal):
        count["none"] += 1
        return
    why = proposal[0].explanation
    found = [sorted(int(Decimal(i["open"]).scaleb(2)) for i in c["items"]) for c in (why, *why["alternatives"])]
    right = found[0] == amounts and not why["differences"]
    count["right"] += right
    count["first_5"] += amounts in found
    count["auto"] += why["outcome"] == "auto"
    count["wrong_auto"] += why["outcome"] == "auto" and not right
    count["ambiguous"] += why["answer"] == "ambiguous"


def told(count):
    n = max(count["asked"], 1)
    return {"asked": count["asked"], **{k: round(count[k] / n, 4) for k in ("right", "auto", "wrong_auto", "ambiguous", "none", "first_5")}}
