# SPDX-License-Identifier: Apache-2.0
"""Periods, vouchers, revaluation and balances from Python."""
import csv
import io
from decimal import Decimal

import support
from support import Money, arcore, day


class Vouchers(support.BookTest):
    def setUp(self):
        super().setUp()
        s = self.session
        s.definition_publish(s.definition_save("account_map", "main", arcore.shipped_account_map("china")))
        self.c = self.customer("C1")

    def test_periods(self):
        s = self.session
        ids = s.fiscal_year(2026)
        self.assertEqual(len(ids), 12)
        self.assertEqual((s.get("fiscal_period", ids[1]).code, s.get("fiscal_period", ids[1]).ends_on), ("2026-02", day("2026-02-28")))
        with self.assertRaises(arcore.StateError):
            s.period_close(ids[1])
        self.assertFalse(s.period_ready(ids[1])["ready"])
        for period in ids[:4]:
            s.period_close(period, "month end")
        with self.assertRaises(arcore.PeriodError):
            self.invoice(self.c, "I1")  # of April
        s.period_reopen(ids[3], "late invoice")
        s.period_lock(ids[3])
        with self.assertRaises(arcore.PeriodError):
            self.invoice(self.c, "I1")  # who keeps the book alone holds to his own lock
        s.period_reopen(ids[3], "late invoice")
        self.invoice(self.c, "I1")

    def test_a_voucher_and_its_states(self):
        s = self.session
        self.invoice(self.c, "I1", "113.00")
        made = s.voucher_export("GL", to=day("2026-06-30"), request_key="june")
        self.assertEqual((made.vouchers, made.entries, made.more, made.unvalued), (1, 1, False, 0))
        self.assertEqual(s.voucher_export("GL", to=day("2026-06-30"), request_key="june"), made)
        self.assertEqual(s.voucher_export("GL").vouchers, 0)
        told, = s.vouchers(ledger="GL")
        self.assertEqual([(l["account"], l.get("debit"), l.get("credit")) for l in told["lines"]], [("1122", "113.00", None), ("6001", None, "113.00")])
        s.voucher_send([made.first])
        s.voucher_reject(made.first, "no such account")
        s.voucher_rebuild(made.first)
        s.voucher_acknowledge(made.first, "PZ-1")
        row = s.get("voucher", made.first)
        self.assertEqual((row.status, row.voucher_no, row.number), ("acknowledged", "PZ-1", 1))
        with self.assertRaises(arcore.StateError):
            s.voucher_send([made.first])
        s.voucher_send([])

    def test_csv(self):
        s = self.session
        self.invoice(self.c, "I1", "113.00")
        s.voucher_export("GL", merge="day")
        rows = list(csv.reader(io.StringIO(s.voucher_write(format="csv", layout="yonyou_u8", language="zh").decode())))
        self.assertEqual(rows[0], ["填制凭证", "V800"])
        self.assertEqual(rows[1][4:8], ["开票 I1", "1122", "113.00", "0"])
        layout = arcore.shipped_voucher_layout("plain")
        layout["columns"] = layout["columns"][:2]
        path = self.path("v.csv")
        self.assertEqual(s.voucher_write(path, "csv", layout=layout), 1)
        with open(path, encoding="utf-8") as f:
            self.assertEqual(f.read(), "ledger,period\nGL,2026-04\nGL,2026-04\n")
        with self.assertRaises(arcore.NotFoundError):
            s.voucher_write(format="csv", layout="nothing")
        with self.assertRaises(arcore.InvalidError):
            s.voucher_write(format="xml")
        with self.assertRaises(arcore.NotFoundError):
            arcore.shipped_account_map("mars")

    def test_provisions_charges_and_reclass(self):
        s = self.session
        customer = s.insert("customer", code="P1", legal_name="Platform")
        blue = s.invoice_record(number="P-1", customer=customer.id, invoice_date=day("2026-04-01"), due_date=day("2026-05-01"), currency="CNY", gross_amount="1130.00", tax_amount="130.00")
        s.receipt_record(number="P-R", customer=customer.id, value_date=day("2026-04-10"), currency="CNY", amount="1000.00", charges=[{"role": "commission", "amount": "50.00"}])
        made = s.provision_run(200, "aging", "month end", day("2026-04-30"), parts=[{"customer": customer, "balance": Money(Decimal(1130), "CNY"), "rate": "0.176991", "amount": "200"}])
        self.assertEqual([str(x) for x in made[1:]], ["200.00", "0.00", "200.00"])
        line = s.find("provision_line", provision_run=made.id)
        self.assertEqual((line.balance, line.rate, line.amount), (Decimal("1130.00"), Decimal("0.176991"), Decimal("200.00")))
        for wrong, error in (("1.001", arcore.PrecisionError), (Money(Decimal(1), "USD"), arcore.CurrencyError), (1.5, TypeError)):
            with self.assertRaises(error):
                s.provision_run(wrong, "aging", "month end", day("2026-04-30"))
        balances = {row["role"]: row for row in s.journal_balance() if row["currency"] == "CNY"}
        self.assertEqual(balances["commission"]["debit"], "50.00")
        self.assertEqual(balances["bad_debt_allowance"]["credit"], "200.00")
        s.provision_reverse(made.id, "wrong")
        self.assertNotIn("bad_debt_allowance", {row["role"] for row in s.journal_balance()})
        s.invoice_record(number="P-2", customer=customer.id, invoice_date=day("2026-04-02"), due_date=day("2026-05-01"), currency="CNY", gross_amount="-1500.00")
        self.assertEqual(s.journal_reclass(customer=customer.id)["total"], "370.00")
        note = s.invoice_credit(blue, "promo", "rebate", amount="113.00", number="K-1", role="refund_liability")
        self.assertEqual({row["role"]: row for row in s.journal_balance()}["refund_liability"]["debit"], "100.00")
        with self.assertRaises(arcore.StateError):
            s.credit_buyer_use(note, "booked")

    def test_revaluation_and_balances(self):
        s = self.session
        for kind, rate in (("booked", "7.10"), ("closing", "7.20")):
            s.insert("exchange_rate", kind=kind, from_currency="USD", to_currency="CNY", valid_on=day("2026-03-31"), units=1, rate=rate)
        self.invoice(self.c, "I1", "10000.00", "USD")
        self.assertEqual(s.revaluation_preview(day("2026-04-30"))["difference"], "1000.00")
        run = s.revaluation_run(day("2026-04-30"))
        self.assertEqual((run.items, run.carried, run.valued, run.difference), (1, Decimal("71000.00"), Decimal("72000.00"), Decimal("1000.00")))
        by = {r["role"]: r for r in s.journal_balance(day("2026-04-30"))}
        self.assertEqual((by["receivable"]["debit"], by["receivable"]["base"], by["fx_unrealised"]["base"]), ("10000.00", "72000.00", "-1000.00"))
        self.assertEqual({r["role"]: r["base"] for r in s.journal_balance(day("2026-05-01"))}["receivable"], "71000.00")
        row = s.journal_balance(by_customer=True, customer=self.c.id, currency="USD", map="main")[0]
        self.assertEqual((row["account"], row["customer"]), ("1122", self.c.id))
        s.revaluation_reverse(run.id, "wrong rate")
        self.assertEqual({r["role"]: r["base"] for r in s.journal_balance(day("2026-04-30"))}["receivable"], "71000.00")


if __name__ == "__main__":
    support.main()
