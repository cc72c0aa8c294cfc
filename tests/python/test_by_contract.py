# SPDX-License-Identifier: Apache-2.0
"""Documents over several contracts: what each contract has of them, whoever tells it."""
import random
from decimal import Decimal as D

import support
from support import day


class Base(support.BookTest):
    def setUp(self):
        super().setUp()
        self.session.insert("number_series", code="invoice", period="", pattern="INV-{n:4}", gapless=True)
        self.acme = self.customer("C1", term="NET30")
        self.contracts = []
        for n, amount in (("A", "9000"), ("B", "6000"), ("C", "5000")):
            k = self.session.insert("contract", number=n, customer=self.acme.id, sign_date=day("2026-01-01"), currency="CNY", amount=amount, tax_included=True, term="NET30")
            self.session.contract_activate(k)
            self.contracts.append(k)

    def issue(self, amounts, on="2026-06-01", **fields):
        lines = [dict(name="x", gross_amount=a, tax_rate="0.13", contract=k.id) for k, a in zip(self.contracts, amounts) if a]
        return self.session.invoice_issue(customer=self.acme.id, currency="CNY", invoice_date=day(on), lines=lines, **fields)

    def pay(self, items, amount, on="2026-06-10"):
        r = self.session.receipt_record(number="R%d" % random.getrandbits(60), customer=self.acme.id, value_date=day(on), currency="CNY", amount=str(amount))
        for item in items:
            left = min(D(str(amount)), self.session.find("item_state", item=item.id).open)
            if left > 0:
                self.session.allocation_apply(item=item.id, receipt=r, amount=str(left), date=day(on))
                amount = D(str(amount)) - left

    def told(self, *names):
        t = [self.session.contract_tracking(k) for k in self.contracts]
        return [tuple(x[n] for n in names) for x in t]

    def items(self):
        return [i for i in self.session.query("item").records() if i.amount > 0]

class Consolidated(Base):
    def test_each_has_its_own_lines(self):
        self.issue(["900", "600", None])
        self.assertEqual(self.told("billed", "open", "received", "status"), [("900.00", "900.00", "0.00", "to_pay"), ("600.00", "600.00", "0.00", "to_pay"), ("0.00", "0.00", "0.00", "to_invoice")])
        self.pay(self.items(), 1500)
        self.assertEqual(self.told("received", "open"), [("900.00", "0.00"), ("600.00", "0.00"), ("0.00", "0.00")])

    def test_a_note_to_one_of_them_is_not_taken_of_the_other(self):
        i = self.issue(["900", "600", None])
        self.pay(self.items(), 750)
        self.assertEqual(self.told("received", "open")[:2], [("450.00", "450.00"), ("300.00", "300.00")])
        self.session.invoice_credit(i, "price", "x", lines=[dict(seq=2, gross="600")], date=day("2026-06-15"))
        self.assertEqual(self.told("billed", "credited", "received", "open")[:2], [("900.00", "0.00", "750.00", "150.00"), ("600.00", "600.00", "0.00", "0.00")])
        aged = {r.code: r.total for r in self.session.aging(by="contract")}
        self.assertEqual(aged["A"], D("150.00"))
        self.assertEqual(sum(aged.values()), D("150.00"))
        before = {r.code: r.total for r in self.session.aging(by="contract", as_of=day("2026-06-14"))}
        self.assertEqual((before["A"], before["B"]), (D("450.00"), D("300.00")))

    def test_retention_and_what_is_overdue(self):
        self.issue(["900", "600", None], on="2026-05-01", due_date=day("2026-05-20"), retention="0.05", retention_term="12M@INVOICE")
        self.assertEqual(self.told("overdue", "retention")[:2], [("855.00", "45.00"), ("570.00", "30.00")])

    def agrees(self):
        """Sums over contracts are those of the customer, in every report; nothing is negative that should not be."""
        s = self.session
        t = [s.contract_tracking(k) for k in self.contracts]
        total = {n: sum((D(x[n]) for x in t), D(0)) for n in ("billed", "credited", "received", "open", "settled", "overdue", "retention")}
        for x in t:
            self.assertEqual(D(x["billed"]) - D(x["credited"]) - D(x["received"]) - D(x["settled"]), D(x["open"]))
        items = {i.id: i for i in s.query("item").records()}
        states = {i.item: i for i in s.query("item_state").records()}
        self.assertEqual(total["open"], sum((states[i].open for i in items), D(0)))
        self.assertEqual(total["retention"], sum((states[i].open for i in items if items[i].kind == "retention"), D(0)))
        self.assertEqual(total["overdue"], sum((states[i].open for i in items if states[i].open > 0 and states[i].due_date < support.TODAY), D(0)))
        self.assertEqual(total["billed"], sum((i.amount for i in items.values() if i.amount > 0), D(0)))
        self.assertEqual(total["credited"], -sum((i.amount for i in items.values() if i.amount < 0), D(0)))
        self.assertEqual(total["received"], sum((a.amount for a in s.query("allocation").records() if a.receipt is not None), D(0)))
        for on in (None, "2026-05-20", "2026-06-03", "2026-06-12"):
            of = dict(as_of=day(on)) if on else {}
            by = {r.code: r.total for r in s.aging(by="contract", **of)}
            self.assertEqual(sum(by.values(), D(0)), sum((r.total for r in s.aging(**of)), D(0)))
            if not on:
                for k, x in zip("ABC", t):
                    self.assertEqual(by.get(k, D(0)), D(x["open"]))

    def test_whatever_happens_the_sums_tie(self):
        for seed in range(4):
            self.setUp()
            r = random.Random(seed)
            issued = []
            for step in range(14):
                on = "2026-06-%02d" % (step + 1)
                what = r.random()
                if what < 0.4 or not issued:
                    amounts = [("%.2f" % (r.randint(1, 99999) / 100)) if r.random() < 0.8 else None for _ in range(3)]
                    if not any(amounts):
                        continue
                    extra = dict(retention="0.05", retention_term="12M@INVOICE") if r.random() < 0.4 else {}
                    issued.append(self.issue(amounts, on=on, due_date=day("2026-06-20"), **extra))
                elif what < 0.75:
                    self.pay(list(self.items()), r.randint(1, 60000) / 100, on=on)
                else:
                    i = r.choice(issued)
                    line = r.choice(list(self.session.query("invoice_line").where(invoice=i).records()))
                    try:
                        self.session.invoice_credit(i, "price", "x", lines=[dict(seq=line.seq, gross=str(min(line.gross_amount, D(r.randint(1, 30000)) / 100)))], date=day(on))
                    except support.arcore.Error:
                        pass  # less is left of the line
                self.agrees()
            self.assertTrue(self.book.verify().ok)


class OrdersOfSeveral(Base):
    def order(self, number, *lines, **fields):
        s = self.session
        o = s.insert("sales_order", number=number, customer=self.acme.id, order_date=day("2026-02-01"), currency="CNY", **fields)
        return o, [s.insert("order_line", sales_order=o.id, seq=n, name="x", quantity=a, price="1", currency="CNY", amount=a, tax_rate="0.13", contract=k and k.id)
                   for n, (a, k) in enumerate(lines, 1)]

    def ordered(self):
        self.assertTrue(self.book.verify().ok)
        return [int(self.session.headroom(k).ordered) for k in self.contracts]

    def invoice_of(self, *parts, **fields):
        lines = [dict(name="x", gross_amount=a, quantity=a, tax_rate="0.13", order_line=l.id, **more) for a, l, more in parts]
        return self.session.invoice_issue(customer=self.acme.id, currency="CNY", invoice_date=day("2026-06-01"), due_date=day("2026-06-20"), lines=lines, **fields)

    def test_lines_take_of_their_own_contracts(self):
        s, (a, b, c) = self.session, self.contracts
        o, l = self.order("O1", ("700", None), ("6000", b), ("200", c), contract=a.id)
        s.order_confirm(o)
        self.assertEqual(self.ordered(), [700, 6000, 200])
        with self.assertRaises(support.arcore.StateError):
            s.contract_terminate(b, "x")
        over, more = self.order("O2", ("50", None), ("50", b), contract=a.id)
        with self.assertRaises(support.arcore.GuardError) as e:
            s.order_confirm(over)
        self.assertEqual((e.exception.entity, e.exception.field, e.exception.id), ("order_line", "contract", more[1].id))
        self.assertEqual(self.ordered(), [700, 6000, 200])
        # invoices inherit: each line counts on its contract, a document of one contract's lines is of that one
        i = self.invoice_of(("300", l[0], {}), ("600", l[1], {}))
        self.assertEqual((s.get("invoice", i).contract, s.get("invoice", i).sales_order), (a.id, o.id))
        self.assertEqual([x.contract for x in s.query("invoice_line").where(invoice=i).records()], [None, b.id])
        one = s.get("invoice", self.invoice_of(("100", l[2], {})))
        self.assertEqual((one.contract, one.sales_order), (c.id, o.id))
        with self.assertRaises(support.arcore.GuardError):
            self.invoice_of(("10", l[2], dict(contract=a.id)))
        self.assertEqual([x[0] for x in self.told("billed")], ["300.00", "600.00", "100.00"])
        # what was neither delivered nor invoiced goes back to each
        s.order_close(o)
        self.assertEqual(self.ordered(), [300, 600, 100])

    def test_a_cancelled_order_gives_back_to_each(self):
        o, _ = self.order("O1", ("50", self.contracts[2]), ("60", self.contracts[0]))
        self.session.order_confirm(o)
        self.assertEqual(self.ordered(), [60, 0, 50])
        self.session.order_cancel(o, "x")
        self.assertEqual(self.ordered(), [0, 0, 0])

    def test_another_customers_contract_is_refused_at_the_line(self):
        other = self.session.insert("contract", number="Z", customer=self.customer("C2").id, sign_date=day("2026-01-01"), currency="CNY", amount="1", tax_included=True, term="NET30")
        self.session.contract_activate(other)
        o, l = self.order("O1", ("50", other))
        with self.assertRaises(support.arcore.GuardError) as e:
            self.session.order_confirm(o)
        self.assertEqual((e.exception.entity, e.exception.id), ("order_line", l[0].id))


if __name__ == "__main__":
    support.main()
