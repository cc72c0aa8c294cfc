# SPDX-License-Identifier: Apache-2.0
"""Documents with lines from Python."""
import support
from support import day
import arcore


class Invoices(support.BookTest):
    def setUp(self):
        super().setUp()
        self.acme = self.customer(term="NET30")
        self.session.insert("number_series", code="invoice", period="", pattern="INV-{yyyy}-{n:4}", gapless=True)
        self.header = dict(customer=self.acme.id, currency="CNY", invoice_date=day("2026-06-10"))
        self.lines = [dict(name="Pump", quantity=2, price="50", tax_rate="0.13"), dict(name="Discount", net_amount="-10", discount_of=1)]

    def test_issue(self):
        s = self.session
        invoice = s.get("invoice", s.invoice_issue(self.header, self.lines))
        self.assertEqual((invoice.number, str(invoice.gross_amount), invoice.due_date), ("INV-2026-0001", "101.70", day("2026-07-10")))
        self.assertEqual(len(list(s.query("invoice_line").where(invoice=invoice.id).records())), 2)
        with self.assertRaises(arcore.RequiredError) as caught:
            s.invoice_issue(self.header, [dict(name="x", net_amount="1")])
        self.assertEqual(caught.exception.pointer, "/lines/0/tax_rate")
        one = s.invoice_issue(self.header, self.lines, request_key="k")
        self.assertEqual(s.invoice_issue(self.header, self.lines, request_key="k"), one)

    def test_many(self):
        one = {**self.header, "lines": self.lines}
        done = self.session.invoice_issue_many([one, {**one, "customer": 99}, one])
        self.assertEqual(done.refused, [1])
        numbers = [self.session.get("invoice", i).number for i in done.ids if i]
        self.assertEqual(numbers, ["INV-2026-0001", "INV-2026-0002"])

    def test_preview(self):
        seen = self.session.invoice_preview(self.header, self.lines, retention="0.05")
        self.assertEqual(str(seen.invoice.tax_amount), "11.70")
        self.assertEqual([i.kind for i in seen.items], ["invoiced", "retention"])
        self.assertEqual(str(seen.lines[1].gross_amount), "-11.30")
        self.assertEqual(list(self.session.query("invoice").records()), [])

    def test_parts(self):
        s = self.session
        lines = self.lines + [dict(name="Transport", net_amount="10", tax_rate="0.09", part="freight")]
        seen = s.invoice_preview(self.header, lines)
        invoice = s.invoice_issue(self.header, lines)
        item, = s.query("item").where(invoice=invoice).records()
        self.assertEqual([(p["kind"], p["amount"]) for p in item.parts], [("line", "90.00"), ("tax", "12.60"), ("freight", "10.00")])
        self.assertEqual(seen.items[0].parts, item.parts)

    def test_life(self):
        s = self.session
        draft = s.invoice_draft(self.header, self.lines)
        record = s.get("invoice", draft)
        self.assertEqual(s.invoice_draft(record.assign(remark="again"), self.lines), draft)
        self.assertEqual(s.invoice_submit(draft, version=2), 3)
        s.invoice_reject(draft, "wrong price")
        s.invoice_submit(draft)
        s.invoice_recall(draft, "wrong price")
        s.invoice_submit(draft)
        s.invoice_approve(draft)
        s.invoice_issue_draft(draft)
        s.invoice_send(draft, tracking="SF1")
        s.invoice_confirm(draft, "Wang")
        self.assertEqual(s.get("invoice", draft).delivery_status, "confirmed")
        with self.assertRaises(arcore.StateError):
            s.invoice_close(draft)
        s.invoice_void(draft, "twice")
        self.assertEqual(s.invoice_steps("submit", [draft, 99]).refused, [0, 1])
        with self.assertRaises(ValueError):
            s.invoice_steps("fly", [draft])
        with self.assertRaises(TypeError):
            s.invoice_steps("submit", [dict(invoice=draft, colour=1)])

    def test_due_dates(self):
        s = self.session
        invoice = s.invoice_issue(self.header, self.lines, term="NET10@DELIVERY")
        item = s.find("item", invoice=invoice)
        self.assertIsNone(item.due_date)
        s.invoice_set_dates(invoice, delivered_on=day("2026-06-20"))
        self.assertEqual(s.find("item_state", item=item.id).due_date, day("2026-06-30"))


if __name__ == "__main__":
    support.main()
