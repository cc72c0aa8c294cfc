# SPDX-License-Identifier: Apache-2.0
"""Who paid: what is on file, what was learned, what is not believed."""
import arcore
import support
from support import day


class PayersTest(support.BookTest):
    def setUp(self):
        super().setUp()
        self.acme = self.customer("A", legal_name="Acme Maschinenbau GmbH")
        self.north = self.customer("N", legal_name="Northgate Retail Inc.")
        self.n = 0

    def paid(self, customer, name=None, account=None):
        self.n += 1
        return self.session.receipt_record(number=f"R{self.n}", customer=customer and customer.id, value_date=day("2026-06-01"), currency="EUR", amount="1.00", payer_name=name, payer_account=account)

    def who(self, *payer, **more):
        with self.session.payer_index() as index:
            found = index.find(*payer, **more)
        return [(m.customer, m.how) for m in found.matches], found.flags

    def alias(self, kind, customer):
        return self.session.query("customer_alias").where((arcore.F.kind == kind) & (arcore.F.customer == customer.id)).first()

    def proven(self):
        report = self.book.verify()
        self.assertTrue(report.ok, report)

    def test_on_file(self):
        s = self.session
        s.insert("bank_account", customer=self.acme.id, number="DE89 3704 0044 0532 0130 00")
        self.assertEqual(self.who("Somebody", "de89370400440532013000"), ([(self.acme.id, "account")], ()))
        self.assertEqual(self.who("ACME MASCHINENBAU GMBH"), ([(self.acme.id, "name")], ()))
        self.assertEqual(self.who("ACME Maschinenbau Gmbh", "DE02120300000000202051"), ([(self.acme.id, "name")], ("new_account",)))
        self.assertEqual(self.who("Northgate Retail Corp")[0], [(self.north.id, "near_name")])
        self.assertEqual(self.who("Nobody at all"), ([], ()))
        self.assertEqual(self.who("Payment Agent", ultimate_name="Northgate Retail Inc."), ([(self.north.id, "ultimate")], ()))
        self.assertEqual(self.who("Northgate Retail Inc.", "DE89370400440532013000"), ([(self.acme.id, "account")], ("conflict",)))

    def test_learned_and_unlearned(self):
        s = self.session
        rows = [self.paid(self.north, "T&R TRADING CO", "US-991-22333") for _ in range(3)]
        self.assertEqual(s.payer_learn(rows[:2]), 4)
        self.assertEqual(s.payer_learn(rows[:2]), 0)
        with s.payer_index() as index:
            self.assertEqual([(m.customer, m.ppm) for m in index.find("T&R Trading Co").matches], [(self.north.id, 750000)])
        s.payer_learn(rows)
        self.assertEqual(self.who("T&R Trading Co."), ([(self.north.id, "alias_name")], ()))
        self.assertEqual(self.who("Unknown", "US99122333"), ([(self.north.id, "alias_account")], ()))
        row = self.alias("payer_account", self.north)
        self.assertEqual((row.supports, row.contradicts), (3, 0))
        s.payer_learn([self.paid(self.acme, "T&R TRADING CO", "US-991-22333")])   # 3 for, 1 against: 0.667
        row = self.alias("payer_account", self.north)
        self.assertEqual((row.supports, row.contradicts, self.alias("payer_account", self.acme).contradicts), (3, 1, 3))
        self.assertEqual(sorted(self.who("Unknown", "US99122333")[0]), sorted([(self.north.id, "alias_account"), (self.acme.id, "alias_account")]))
        s.payer_learn([self.paid(self.north, "T&R TRADING CO", "US-991-22333") for _ in range(5)])   # 8 for, 1 against: 0.818
        self.assertEqual(self.who("Unknown", "US99122333")[0], [(self.north.id, "alias_account")])
        s.receipt_return(rows[0], reason="bounced")
        self.assertEqual((s.payer_learn(rows), self.alias("payer_account", self.north).supports), (2, 7))
        self.assertEqual((s.payer_learn(rows, forget=True), self.alias("payer_account", self.north).supports), (4, 5))
        self.proven()

    def test_a_claim_that_is_taken_back(self):
        s = self.session
        receipt = self.paid(None, "Momentum Global Inc", "X-1234567")
        self.assertEqual(s.payer_learn([receipt]), 0)
        s.receipt_claim(receipt, self.north.id)
        self.assertEqual(s.payer_learn([receipt]), 2)
        s.receipt_unclaim(receipt, reason="wrong")
        s.receipt_claim(receipt, self.acme.id)
        self.assertEqual(s.payer_learn([receipt]), 2)
        self.assertEqual((self.alias("payer_name", self.north).supports, self.alias("payer_name", self.north).contradicts, self.alias("payer_name", self.acme).supports), (0, 1, 1))
        self.proven()

    def test_platforms_are_never_learned(self):
        s = self.session
        own = s.insert("bank_account", number="DE75512108001245126199")
        rows = [self.paid(self.north, name, account) for name, account in (("财付通支付科技有限公司", "2088001234567"), ("PayPal (Europe) S.a r.l.", "LU1234567890"), (None, "DE75 5121 0800 1245 1261 99"))]
        self.assertTrue(own.id)
        self.assertEqual(s.payer_learn(rows), 0)
        self.assertEqual(self.who("支付宝（中国）网络技术有限公司", "2088001234567"), ([], ("platform",)))
        with self.assertRaises(arcore.StateError):
            s.payer_confirm(self.north.id, "payer_name", "Stripe Payments Europe")

    def test_somebody_says_so(self):
        s = self.session
        alias = s.payer_confirm(self.north.id, "payer_name", "Capital Receivables Corp")
        self.assertEqual(self.who("CAPITAL RECEIVABLES CORP")[0], [(self.north.id, "alias_name")])
        other = s.payer_confirm(self.acme.id, "payer_name", "Capital Receivables Corp.")
        found, flags = self.who("Capital Receivables Corp")
        self.assertEqual((sorted(c for c, _ in found), flags), (sorted([self.acme.id, self.north.id]), ("ambiguous",)))
        self.assertNotEqual(alias, other)
        self.assertEqual(s.payer_confirm(self.acme.id, "payer_name", "Capital Receivables Corp", day("2026-06-01")), other)
        self.assertEqual(self.who("Capital Receivables Corp")[0], [(self.north.id, "alias_name")])
        with self.assertRaises(arcore.FieldValueError):
            s.payer_confirm(self.acme.id, "nickname", "x")
        self.proven()

    def test_who_pays_for_whom(self):
        child = self.customer("C", legal_name="Omega West Division", parent=self.acme.id)
        grand = self.customer("G", legal_name="Omega West Shops", parent=child.id)
        with self.session.payer_index() as index:
            self.assertEqual(index.scope(self.acme.id), [self.acme.id, child.id, grand.id])
            self.assertEqual(index.scope(child.id), [self.acme.id, child.id, grand.id])
            self.assertEqual(index.scope(self.north.id), [self.north.id])

    def test_many_at_once(self):
        s, rows = self.session, []
        for i in range(300):
            rows.append(self.paid(self.acme if i % 3 else self.north, f"Payer {i % 40}", f"ACC-{i % 40:06}"))
        self.assertEqual(s.payer_learn(rows, ), 600)
        self.assertEqual(s.payer_learn(rows[:150], forget=True), 300)
        self.assertEqual(s.payer_learn(rows), 300)
        self.proven()


if __name__ == "__main__":
    support.unittest.main()
