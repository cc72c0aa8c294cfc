# SPDX-License-Identifier: Apache-2.0
"""Profiles and scores: figures of real ledgers against sums over their rows, and a calibration on them."""
import collections
import csv
import datetime
import os
import random
import unittest
from decimal import Decimal, ROUND_HALF_UP
from fractions import Fraction

import arcore
import support

DATA = os.environ.get("ARCORE_DATA") or os.path.join(support.SOURCE, "..", "shared", "data")
BENDS = [(-30, 100), (-20, 90), (0, 80), (15, 70), (22, 60), (30, 50), (60, 40), (90, 30), (120, 20), (180, 0)]


def index(days):
    if days <= BENDS[0][0]:
        return Fraction(100)
    for (x, a), (y, b) in zip(BENDS, BENDS[1:]):
        if days <= y:
            return a + Fraction(b - a) * (days - x) / (y - x)
    return Fraction(0)


def text(value, places):
    unit = Decimal(1).scaleb(-places)
    return str((Decimal(value.numerator) / Decimal(value.denominator)).quantize(unit, ROUND_HALF_UP))


def figures(profile, currency):
    return {f["name"]: f["value"] for f in profile["figures"] if f.get("currency") == currency}


def rows(name, case):
    path = os.path.join(DATA, "receivables", name)
    if not os.path.exists(path):
        case.skipTest(f"{path} not found (set ARCORE_DATA)")
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


class Paid:
    """A book of invoices, each paid at once by a receipt of its own: (customer, dated, due, paid on or None, amount)."""

    def __init__(self, case, documents, currency, today):
        self.documents = documents
        context = arcore.Context()
        case.addCleanup(context.close)
        self.book = context.open(f"memory:paid{random.random()}", create=True, base_currency=currency)
        self.session = s = self.book.session(business_date=today)
        codes = sorted({d[0] for d in documents})
        made = s.insert_many([s.new("customer", code=c, legal_name=c) for c in codes])
        self.ids = dict(zip(codes, made.ids))
        s.invoice_record_many([dict(number=f"I{n}", customer=self.ids[c], invoice_date=dated, due_date=due, gross_amount=amount, currency=currency)
                               for n, (c, dated, due, _, amount) in enumerate(documents)], all_or_none=True)
        items = dict(s.query("item").select("number", "id").tuples())
        paid = [(n, d) for n, d in enumerate(documents) if d[3]]
        receipts = s.receipt_record_many([dict(number=f"R{n}", customer=self.ids[d[0]], value_date=d[3], posting_date=max(d[1], d[3]), currency=currency, amount=d[4]) for n, d in paid],
                                         all_or_none=True)
        s.allocation_apply_many([dict(item=items[f"I{n}"], receipt=r, amount=d[4], date=max(d[1], d[3])) for (n, d), r in zip(paid, receipts.ids)], all_or_none=True)
        self.currency = currency

    def expected(self, code, as_of):
        late, n, amount, signed, weighted, points = 0, 0, Decimal(0), Fraction(0), Fraction(0), Fraction(0)
        overdue, worst, days_sum = Decimal(0), 0, 0
        for c, dated, due, paid, value in self.documents:
            if c != code or dated > as_of:
                continue
            if paid and max(paid, dated) <= as_of:
                days = max(-999, min(999, (max(paid, dated) - due).days))
                n, amount, late, days_sum = n + 1, amount + value, late + (days > 0), days_sum + days
                signed, weighted, points = signed + Fraction(value) * days, weighted + Fraction(value) * max(0, days), points + Fraction(value) * index(days)
            elif due < as_of:
                overdue, worst = overdue + value, max(worst, (as_of - due).days)
        told = {"payments": n, "late_payments": late, "overdue": str(overdue.quantize(Decimal("0.01"))), "worst_overdue": worst}
        if n:
            told |= {"adbt": text(weighted / Fraction(amount), 2), "adbt_signed": text(signed / Fraction(amount), 2), "adbt_simple": text(Fraction(days_sum, n), 2)}
        if n >= 3:
            told["payment_index"] = text(points / Fraction(amount), 2)
        return told

    def check(self, case, days, codes):
        for day in days:
            for code in codes:
                profile = self.session.customer_profile(self.ids[code], as_of=day)
                told, wanted = figures(profile, self.currency), self.expected(code, day)
                if not told:
                    case.assertFalse(wanted["payments"] or wanted["worst_overdue"])
                    continue
                case.assertEqual({k: told[k] for k in wanted}, wanted, (code, day, profile["read"]))
        case.assertFalse(self.book.verify().findings)


def us(text):
    month, day, year = map(int, text.split("/"))
    return datetime.date(year, month, day)


class Profiles(support.BookTest):
    def test_real_histories(self):
        documents = [(r["customerID"], us(r["InvoiceDate"]), us(r["DueDate"]), us(r["SettledDate"]), Decimal(r["InvoiceAmount"])) for r in rows("late_payment_histories.csv", self)]
        paid = Paid(self, documents, "USD", datetime.date(2014, 6, 30))
        codes = sorted(paid.ids)
        paid.check(self, [datetime.date(2014, 6, 30)], codes)                                    # from kept sums
        paid.check(self, [datetime.date(2012, 6, 30), datetime.date(2013, 3, 31)], codes[::9])   # from rows
        reads = {paid.session.customer_profile(paid.ids[codes[0]], as_of=d)["read"] for d in (datetime.date(2014, 6, 30), datetime.date(2012, 6, 30))}
        self.assertEqual(reads, {"kept", "rows"})

    def test_calibration_on_a_real_ledger(self):
        wanted, documents = collections.Counter(), []
        all_rows = rows("b2b_closed.csv", self)
        for r in all_rows:
            wanted[r["cust"]] += r["currency"] == "USD"
        usual, day = {c for c, n in wanted.most_common() if 6 <= n <= 40}, datetime.date.fromisoformat
        for r in all_rows:
            if r["cust"] in usual and r["currency"] == "USD" and int(r["amount_cents"]) > 0:
                documents.append((r["cust"], min(day(r["posting_est"]), day(r["due_date"])), day(r["due_date"]), day(r["clear_date"]), Decimal(r["amount_cents"]) / 100))
        paid = Paid(self, documents, "USD", datetime.date(2020, 6, 30))
        report = paid.session.score_calibrate({"observe": ["2019-06-30", "2019-09-30", "2019-12-31"], "outcome_days": 60, "bad": {">": [{"var": "late_over_15"}, 0]}})
        self.assertGreater(report["good"], 100)
        self.assertGreater(report["bad"], 20)
        for part in report["document"]["characteristics"]:
            points = [b["partialScore"] for b in part["attributes"] if b["test"] != "null"]
            if part.get("monotone"):
                self.assertEqual(points, sorted(points, reverse=part["monotone"] == "decreasing"), part["name"])
        # weights of evidence of every bin that stands alone, computed apart
        import math
        for part in report["characteristics"]:
            for b in part["bins"]:
                others = [o for o in part["bins"] if o["woe"] == b["woe"]]
                if len(others) == 1 and b["good"] and b["bad"]:
                    woe = math.log((b["good"] / report["good"]) / (b["bad"] / report["bad"]))
                    self.assertAlmostEqual(float(b["woe"]), woe, places=5)
        self.assertGreater(Decimal(report["auc"]), Decimal("0.5"))
        rates = [Decimal(b["bad_rate"]) for b in report["bands"] if b["bad_rate"] is not None and b["good"] + b["bad"] >= 20]
        self.assertEqual(rates, sorted(rates))
        for lang in ("text", "text_zh"):
            self.assertIn("IV", report[lang])
        # what was calibrated can be published and run
        made = paid.session.definition_save("scorecard", "calibrated", report["document"])
        paid.session.definition_publish(made)
        summary = paid.session.score_run(scorecard="calibrated", as_of=datetime.date(2020, 6, 30))
        self.assertEqual(summary.scored, len(paid.ids))
        self.assertEqual(sum(summary.bands.values()), summary.scored)
        self.assertFalse(paid.book.verify().findings)

    def test_no_leakage(self):
        """What happens behind the day of observation changes no bin."""
        day = datetime.date
        base = [(f"C{i}", day(2025, 1, 1), day(2025, 1, 31), day(2025, 1, 31) + datetime.timedelta(3 * i), Decimal(100 + i)) for i in range(30)]
        window = [(f"C{i}", day(2025, 6, 1), day(2025, 7, 15), day(2025, 7, 15) + datetime.timedelta(40 if i % 2 else 0), Decimal(50)) for i in range(30)]
        other = [(f"C{i}", day(2025, 9, 1), day(2025, 9, 2), day(2025, 12, 1), Decimal(9000)) for i in range(30)]
        request = {"observe": ["2025-06-30"], "outcome_days": 60, "bad": {">": [{"var": "worst_late"}, 30]}}
        reports = [Paid(self, d, "CNY", day(2026, 6, 30)).session.score_calibrate(request) for d in (base + window, base + window + other)]
        self.assertEqual(reports[0]["characteristics"], reports[1]["characteristics"])
        self.assertEqual((reports[0]["good"], reports[0]["bad"]), (15, 15))

    def test_statistics(self):
        woe, iv = arcore.score_woe([400, 300, 200, 100], [10, 20, 30, 40])
        self.assertEqual([str(w.quantize(Decimal("0.0001"))) for w in woe], ["1.3863", "0.4055", "-0.4055", "-1.3863"])
        self.assertEqual(str(iv.quantize(Decimal("0.0001"))), "0.9129")
        factor, offset = arcore.score_scaling(20, 600, 50)
        self.assertEqual((str(factor.quantize(Decimal("0.0001"))), str(offset.quantize(Decimal("0.001")))), ("28.8539", "487.123"))
        with self.assertRaises(arcore.Error):
            arcore.score_woe([1, 2], [0, 0])

    def test_scores(self):
        c = self.customer()
        self.assertEqual(self.session.score_explain(c.id)["band"], "D")
        seen = []
        self.assertEqual(self.session.score_run([c.id], progress=lambda done, total: seen.append((done, total)), request_key="k").scored, 1)
        self.assertEqual(self.session.score_run([c.id], request_key="k").scored, 1)
        self.assertEqual(self.session.query("score").count(), 1)
        self.assertEqual(seen, [(1, 1)])
        request = self.session.score_override_request(c.id, "B", "guarantee", support.TODAY)
        over = self.session.score_override_approve(request)
        self.session.score_override_end(over, "withdrawn")
        self.assertEqual(arcore.score_shipped()["credit"]["bands"][0]["band"], "A")

    def test_interactions_are_fed_once(self):
        c = self.customer()

        def call(content):
            return self.session.new("interaction", customer=c.id, kind="call", channel="phone", sent_at=datetime.datetime(2026, 6, 1, 8, tzinfo=datetime.timezone.utc), content=content, source="crm")
        first = self.session.upsert_many([call("a"), call("b")], "crm", ["1", "2"])
        again = self.session.upsert_many([call("a"), call("b")], "crm", ["1", "2"])
        self.assertEqual([u for u in first.ids], [u for u in again.ids])
        profile = self.session.customer_profile(c.id, as_of=support.TODAY, most_rows=1, min_payments=1)
        self.assertEqual((profile["relation"]["contacts"], len(profile["interactions"])), (2, 1))


if __name__ == "__main__":
    support.main()
