# SPDX-License-Identifier: Apache-2.0
"""Sessions, records and verbs."""
import datetime
from decimal import Decimal

import support
from support import F, Money, arcore, day


class Records(support.BookTest):
    def test_values_in_and_out(self):
        s = self.session
        c = self.customer("C1", remark="é 青岛")
        again = s.get("customer", c.id)
        self.assertEqual(again.remark, "é 青岛")
        self.assertEqual((again.id, again.version, again.legal_name), (1, 1, "Acme C1"))
        self.assertIsNone(again.region)
        self.assertIsInstance(again, arcore.entities.Customer)

    def test_money_needs_its_currency(self):
        i = self.session.new("invoice")
        with self.assertRaises(arcore.CurrencyError):
            i.gross_amount = Decimal("1.00")
        i.gross_amount = Money(Decimal("1.00"), "CNY")
        self.assertEqual((i.currency, i.gross_amount, i.money("gross_amount")), ("CNY", Decimal("1.00"), Money(Decimal("1.00"), "CNY")))
        with self.assertRaises(arcore.PrecisionError):
            i.gross_amount = "1.001"
        i.gross_amount = "1.500"
        self.assertEqual(i.gross_amount, Decimal("1.5"))
        with self.assertRaises(TypeError):
            i.gross_amount = 1.5
        with self.assertRaises(OverflowError):
            i.gross_amount = 10 ** 30
        with self.assertRaises(ValueError):
            i.gross_amount = "NaN"
        self.assertEqual(i.gross_amount, Decimal("1.5"))

    def test_currency_is_set_before_amounts(self):
        i = self.session.new("invoice", gross_amount="12", currency="JPY")
        self.assertEqual(i.gross_amount, Decimal(12))

    def test_rows_pointed_at_are_records_or_ids(self):
        s = self.session
        c = s.insert("customer", code="C9", legal_name="Acme")
        i = s.new("invoice", customer=c)
        self.assertEqual(i.customer, c.id)
        self.assertEqual([x.id for x in s.query("customer").where(id=c).records()], [c.id])
        self.assertEqual(list(s.query("customer").where(parent=c).records()), [])
        with self.assertRaises(TypeError):
            i.customer = s.new("invoice")

    def test_dates(self):
        i = self.session.new("invoice", invoice_date=day("2024-02-29"))
        self.assertEqual(i.invoice_date, day("2024-02-29"))
        for low_high in (datetime.date.min, datetime.date.max):
            i.due_date = low_high
            self.assertEqual(i.due_date, low_high)
        for wrong in (datetime.datetime(2024, 1, 1), "2024-01-01", 5):
            with self.assertRaises(TypeError):
                i.due_date = wrong
        i.due_date = None
        self.assertIsNone(i.due_date)

    def test_stamps_are_utc(self):
        self.customer()
        stamp = self.session.query("txn").first().stamp
        self.assertEqual(stamp.tzinfo, datetime.timezone.utc)
        self.assertLess(abs(stamp - datetime.datetime.now(datetime.timezone.utc)), datetime.timedelta(minutes=10))
        told = self.session.get("txn", 1).stamp
        self.assertEqual(told, stamp)
        with self.assertRaises(ValueError):
            self.session.query("txn").where(F.stamp < datetime.datetime(2026, 1, 1))

    def test_integers_are_checked_for_range(self):
        for value in (1 << 63, -(1 << 63) - 1, 1 << 64, 1 << 200):
            with self.assertRaises(OverflowError):
                self.session.get("customer", value)
            with self.assertRaises(OverflowError):
                self.session.new("invoice", customer=value)
            with self.assertRaises(OverflowError):
                self.session.query("customer").limit(value)
        for value in (1.0, "1", True):
            with self.assertRaises(TypeError):
                self.session.new("invoice", customer=value)
        with self.assertRaises(OverflowError):
            self.session.aging(edges=[1 << 31])
        with self.assertRaises(arcore.InvalidError) as caught:
            self.session.aging(edges=[30, 1])
        self.assertIn("edges must ascend: 1 stands behind 30", str(caught.exception))
        with self.assertRaises(OverflowError):
            self.session.run(lambda s: None, tries=1 << 32)

    def test_wrong_names(self):
        with self.assertRaises(arcore.NotFoundError):
            self.session.new("nonsense")
        with self.assertRaises(TypeError):
            self.session.new("customer", nonsense=1)
        c = self.session.new("customer")
        with self.assertRaises(AttributeError):
            c.nonsense
        with self.assertRaises(AttributeError):
            c.nonsense = 1
        with self.assertRaises(AttributeError):
            c.x_nonsense

    def test_json(self):
        c = self.session.new("customer", code="C9")
        c.set_json('{"legal_name": "Nine"}')
        self.assertEqual(c.to_dict(), {"code": "C9", "legal_name": "Nine"})
        self.assertIn('"Nine"', c.to_json())
        with self.assertRaises(arcore.NotFoundError) as caught:
            c.set_json('{"legal_name": "Ten", "nonsense": 1}')
        self.assertEqual(caught.exception.pointer, "/nonsense")
        self.assertEqual(c.legal_name, "Nine")
        c.clear()
        self.assertEqual(c.to_dict(), {})

    def test_custom_fields(self):
        s = self.session
        for name, kind, more in (("x_tier", "choice", {"choices": ["gold", "iron"]}), ("x_cap", "money", {}), ("x_rate", "number", {"size": 3}),
                                 ("x_since", "date", {}), ("x_vip", "bool", {}), ("x_tags", "choices", {"choices": ["a", "b"]}),
                                 ("x_note", "text", {}), ("x_parent", "reference", {"target": "customer"})):
            s.custom_define("customer", name, kind, label_en=name, label_zh="字段", **more)
        values = dict(x_tier="gold", x_cap=Money(Decimal("12.50"), "USD"), x_rate=Decimal("1.500"), x_since=day("2020-02-29"), x_vip=False,
                      x_tags=["a", "b"], x_note="n", x_parent=self.customer("C0").id)
        c = s.get("customer", self.customer("C1", **values).id)
        for name, value in values.items():
            self.assertEqual(getattr(c, name), value, name)
        self.assertIs(c.x_vip, False)
        c.x_tier = None
        s.update(c)
        self.assertIsNone(s.get("customer", c.id).x_tier)
        with self.assertRaises(arcore.FieldValueError):
            c.x_tier = "lead"
        s.custom_retire("customer", "x_note")
        with self.assertRaises(arcore.Error):
            s.insert("customer", code="C2", legal_name="x", x_note="new")

    def test_the_schema_of_the_book(self):
        self.session.custom_define("customer", "x_tier", "text", label_zh="等级")
        told = {e["name"]: e for e in self.session.schema("zh")["entities"]}
        self.assertIn("x_tier", [f["name"] for f in told["customer"]["fields"]])

    def test_update_is_guarded_by_version(self):
        s = self.session
        c = self.customer()
        other = s.get("customer", c.id)
        s.update(c, remark="north")
        self.assertEqual(c.version, 2)
        with self.assertRaises(arcore.StaleError) as caught:
            s.update(other, remark="south")
        self.assertTrue(caught.exception.retryable)
        self.assertEqual(s.get("customer", c.id).remark, "north")

    def test_errors_carry_their_details(self):
        self.customer("C1")
        with self.assertRaises(arcore.ExistsError) as caught:
            self.customer("C1")
        e = caught.exception
        self.assertEqual((e.status, e.name, e.entity, e.retryable), (-21, "ARC_E_EXISTS", "customer", False))
        self.assertTrue(e.message and e.message_zh and e.message != e.message_zh)
        self.assertIsInstance(e, arcore.RefusedError)
        with self.assertRaises(arcore.RequiredError) as caught:
            self.session.invoice_record(number="I1")
        self.assertTrue(caught.exception.field)
        import pickle
        again = pickle.loads(pickle.dumps(e))
        self.assertEqual((type(again), again.entity, str(again)), (type(e), "customer", str(e)))


class Verbs(support.BookTest):
    def test_an_invoice_is_paid_and_unpaid(self):
        s, c = self.session, self.customer()
        i = self.invoice(c, "I1", "100.00")
        self.assertEqual(s.get("invoice", i).gross_amount, Decimal("100.00"))
        r, item = self.receipt(c, "R1", "60.00"), self.item_of("I1")
        a = s.allocation_apply(item=item.id, receipt=r, amount="60.00", write_off=Money(Decimal("0.50"), "CNY"))
        self.assertEqual(s.aging().total("CNY").total, Decimal("39.50"))
        back = s.allocation_reverse(a, "bounced")
        self.assertGreater(back, a)
        row = s.aging()[0]
        self.assertEqual((row.code, row.total, row.unapplied, row.n_items), ("C1", Decimal("100.00"), Decimal("60.00"), 1))
        self.assertEqual(sum(row.buckets), row.total)
        with self.assertRaises(arcore.StateError):
            s.allocation_reverse(a, "again")
        self.assertTrue(self.book.verify().ok)

    def test_allocations_are_refused_with_reason(self):
        s, c = self.session, self.customer()
        self.invoice(c, "I1")
        r, item = self.receipt(c, "R1"), self.item_of("I1")
        with self.assertRaises(arcore.GuardError):
            s.allocation_apply(item=item.id, receipt=r, amount="60.01")
        with self.assertRaises(arcore.NotFoundError):
            s.allocation_apply(item=999, receipt=r, amount="1.00")
        with self.assertRaises(arcore.CurrencyError):
            s.allocation_apply(item=item.id, receipt=r, amount=Money(Decimal(1), "USD"))
        with self.assertRaises(TypeError):
            s.allocation_apply_many([dict(item=item.id, recipt=r)])
        done = s.allocation_apply_many([dict(item=item.id, receipt=r, amount="10"), dict(item=item.id, receipt=r, amount="99"),
                                        dict(item=item.id, receipt=r, amount="5.00")])
        self.assertEqual(done.refused, [1])
        self.assertEqual((done.ids[1], done.statuses[1]), (0, arcore.capi.ARC_E_GUARD))
        self.assertIsInstance(done.error, arcore.GuardError)
        self.assertEqual(s.aging().total("CNY").unapplied, Decimal("45.00"))

    def test_batches(self):
        s, c = self.session, self.customer()
        dicts = [dict(number=f"I{n}", customer=c.id, invoice_date=day("2026-01-01"), due_date=day("2026-02-01"), currency="CNY", gross_amount=n)
                 for n in (1, 2, 2, 3)]
        dicts[2]["number"] = "I1"
        with self.assertRaises(arcore.ExistsError):
            s.invoice_record_many(dicts, all_or_none=True)
        self.assertEqual(s.query("invoice").count(), 0)
        done = s.invoice_record_many(dicts)
        self.assertEqual((done.refused, done.ok, len(done.ids)), ([2], False, 4))
        self.assertEqual(s.query("invoice").count(), 3)
        self.assertEqual(s.invoice_record_many([]).ids, [])
        done = s.insert_many([s.new("customer", code=f"M{n}", legal_name="m") for n in range(3)], all_or_none=True)
        self.assertEqual(len(set(done.ids)), 3)
        receipts = s.receipt_record_many([dict(number="R1", customer=c.id, value_date=day("2026-02-01"), currency="CNY", amount="1")])
        self.assertTrue(receipts.ok)

    def test_credit_note_as_credit(self):
        s, c = self.session, self.customer()
        self.invoice(c, "I1", "100.00")
        self.invoice(c, "N1", "-30.00")
        s.allocation_apply(item=self.item_of("I1").id, credit_item=self.item_of("N1").id, amount="30.00")
        self.assertEqual(s.aging().total("CNY").total, Decimal("70.00"))


class Transactions(support.BookTest):
    def test_commit_and_rollback(self):
        s = self.session
        with s.begin():
            self.customer("C1")
        with self.assertRaises(KeyError):
            with s.begin():
                self.customer("C2")
                raise KeyError("no")
        self.assertEqual([r.code for r in s.query("customer")], ["C1"])
        txn = s.begin()
        self.customer("C3")
        txn.rollback()
        txn.rollback()
        with self.assertRaises(arcore.HandleError):
            txn.commit()
        self.assertIsNone(s.find("customer", code="C3"))

    def test_savepoints(self):
        s = self.session
        with s.begin() as txn:
            self.customer("C1")
            with self.assertRaises(ZeroDivisionError):
                with txn.savepoint():
                    self.customer("C2")
                    1 / 0
            with txn.savepoint():
                self.customer("C3")
        self.assertEqual([r.code for r in s.query("customer")], ["C1", "C3"])

    def test_run_retries_conflicts_only(self):
        s, tries = self.session, []
        c = self.customer()

        def work(session):
            tries.append(1)
            mine = session.get("customer", c.id)
            if len(tries) < 3:
                raise arcore._error.make(arcore.capi.ARC_E_STALE, "someone else")
            return session.update(mine, remark="north").version
        self.assertEqual(s.run(work), 2)
        self.assertEqual(len(tries), 3)

        def fails(session):
            tries.append(1)
            session.insert("customer", code="C7", legal_name="x")
            raise KeyError("mine")
        tries.clear()
        with self.assertRaisesRegex(KeyError, "mine"):
            s.run(fails)
        self.assertEqual(len(tries), 1)
        self.assertIsNone(s.find("customer", code="C7"))

        def stale(session):
            tries.append(1)
            raise arcore._error.make(arcore.capi.ARC_E_STALE, "always")
        tries.clear()
        with self.assertRaisesRegex(arcore.StaleError, "always"):
            s.run(stale, tries=4)
        self.assertEqual(len(tries), 4)
        with self.assertRaises(arcore.TxnError):
            s.run(lambda session: session.insert("customer", code="C8", legal_name="x"), mode="read")

    def test_read_transaction_sees_one_snapshot(self):
        with self.session.begin("read"):
            with self.assertRaises(arcore.TxnError):
                self.customer("C1")
        with self.assertRaises(arcore.InvalidError):
            self.session.begin("both")


if __name__ == "__main__":
    support.main()
