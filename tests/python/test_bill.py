# SPDX-License-Identifier: Apache-2.0
"""Bills of exchange and disputes from Python."""
from decimal import Decimal

import support
from support import arcore, day


class Bills(support.BookTest):
    def setUp(self):
        super().setUp()
        self.c = self.customer("C1")
        self.invoice(self.c, "I1")
        self.item = self.item_of("I1").id

    def bill(self, number="B1", face="100.00", **more):
        return self.session.bill_record(number=number, kind="bank", customer=self.c.id, currency="CNY", face=face, maturity=day("2026-12-31"), **more)

    def test_a_bill_and_its_end(self):
        s = self.session
        bill = self.bill(allocations=[{"item": self.item, "amount": "60.00"}], request_key="b1")
        self.assertEqual(self.bill(allocations=[{"item": self.item, "amount": "60.00"}], request_key="b1"), bill)
        self.assertEqual(s.get("bill", bill).status, "held")
        s.bill_move(bill, "discount", party="Bank", charge="1.50")
        self.assertEqual(s.get("bill", bill).status, "discounted")
        with self.assertRaises(arcore.StateError):
            s.bill_move(bill, "endorse", party="Supplier")
        event = s.bill_move(bill, "dishonour", charge=Decimal("2"))
        claim = s.get("item", s.get("bill_event", event).item)
        self.assertEqual((claim.kind, claim.due_date, claim.origin), ("bill", s.get("item", self.item).due_date, self.item))
        s.bill_reverse(bill, "paid after all")
        told, = s.bill_exposure()
        self.assertEqual((told["customer"], told["held"], told["recourse"], told["bills"]), (self.c.id, 0, Decimal("100.00"), [bill]))
        self.assertEqual(s.bill_exposure(as_of=day("2020-01-01")), [])
        self.assertEqual(s.get("bill", bill).status, "discounted")
        with self.assertRaises(ValueError):
            s.bill_move(bill, "burn")
        with self.assertRaises(arcore.NotFoundError):
            s.bill_move(99, "collect", charge="1.00")

    def test_parts_and_many(self):
        s = self.session
        bill = self.bill(number="D", sub_range="1-10000", acceptor="Bank A")
        parts = s.bill_split(bill, ["30.00", "70.00"], reason="for two suppliers", request_key="cut")
        self.assertEqual(s.bill_split(bill, ["30.00", "70.00"], reason="for two suppliers", request_key="cut"), parts)
        self.assertEqual([s.get("bill", one).sub_range for one in parts], ["1-3000", "3001-10000"])
        event = s.bill_move(parts[1], "endorse", party="Supplier", amount="20.00")
        self.assertEqual(s.get("bill", s.get("bill_event", event).bill).sub_range, "3001-5000")
        told, = s.bill_acceptors()
        self.assertEqual((told["acceptor"], told["held"], told["recourse"]), ("Bank A", Decimal("80.00"), Decimal("20.00")))
        plain = {"kind": "bank", "customer": self.c.id, "currency": "CNY", "face": "10.00", "maturity": day("2026-12-31")}
        made = s.bill_record_many([{"number": "M1", **plain, "allocations": [{"item": self.item, "amount": "10.00"}]}, {"number": "M2", **plain}, {"number": "M2", **plain}])
        self.assertEqual([status == 0 for status in made.statuses], [True, True, False])
        self.assertIsInstance(made.error, arcore.ExistsError)
        sent = s.bill_collect_many([{"bill": made.ids[0], "sent": True}, {"bill": made.ids[1], "sent": True}, {"bill": bill, "sent": True}])
        self.assertEqual([status == 0 for status in sent.statuses], [True, True, False])
        self.assertIsInstance(sent.error, arcore.StateError)
        self.assertEqual(s.get("bill", made.ids[0]).status, "collecting")

    def test_disputes(self):
        s = self.session
        one = s.dispute_open(item=self.item, currency="CNY", amount="40.00", reason="quality")
        with self.assertRaises(arcore.GuardError):
            s.dispute_open(item=self.item, currency="CNY", amount="60.01", reason="price")
        self.assertEqual(s.disputed([self.item, 99]), {self.item: Decimal("40.00")})
        self.assertEqual(s.disputed([self.item], as_of=day("2026-06-29")), {})
        s.dispute_resolve(one, "rejected", outcome="all is well")
        self.assertEqual((s.get("dispute", one).resolution, s.get("dispute", one).outcome), ("rejected", "all is well"))

    def test_flags(self):
        s = self.session
        hold = s.flag_set("hold", "asked for time", item=self.item, amount="40.00", to_date=day("2026-07-31"))
        with self.assertRaises(arcore.ExistsError):
            s.flag_set("hold", "again", item=self.item)
        with self.assertRaises(arcore.RangeError):
            s.flag_set("hold", "part of nothing", customer=self.c.id, amount="1.00")
        s.flag_set("insolvent", "court of A", customer=self.c.id, from_date=day("2026-07-15"))
        self.assertEqual(s.flags([self.item, 99]), {self.item: {"hold"}})
        self.assertEqual(s.flags([self.item], as_of=day("2026-07-20")), {self.item: {"hold", "insolvent"}})
        s.flag_end(hold, "paid")
        self.assertEqual(s.flags([self.item], as_of=day("2026-07-01")), {})
        self.assertEqual(s.get("flag", hold).amount, Decimal("40.00"))


if __name__ == "__main__":
    support.main()
