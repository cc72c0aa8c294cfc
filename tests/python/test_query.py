# SPDX-License-Identifier: Apache-2.0
"""Questions and their answers, row by row and as columns, with numpy and without."""
import array
import datetime
import json
import subprocess
import sys
import unittest
from decimal import Decimal

import support
from support import F, Money, arcore, day
from arcore import _columns, _load

numpy = _columns.numpy


class Sample(support.BookTest):
    def setUp(self):
        super().setUp()
        s = self.session
        self.customers = [self.customer(f"C{n}", legal_name=f"客户 {n}") for n in range(3)]
        for n in range(12):
            self.invoice(self.customers[n % 3], f"I{n:02}", f"{n + 1}.50" if n % 4 else n + 1, "JPY" if n % 4 == 0 else "CNY",
                         due=str(day("2026-05-01") + datetime.timedelta(days=10 * n)), remark="r" * n or None)
        self.numbers = [f"I{n:02}" for n in range(12)]
        s.query("invoice")


class Rows(Sample):
    def test_conditions(self):
        q = self.session.query
        for condition, wanted in (
                ((F.number == "I03"), ["I03"]), ((F.number != "I03"), self.numbers[:3] + self.numbers[4:]),
                (F.due_date < day("2026-05-11"), ["I00"]), (F.due_date <= day("2026-05-11"), ["I00", "I01"]),
                ((F.due_date > day("2026-08-09")) | (F.number == "I00"), ["I00", "I11"]),
                ((F.due_date >= day("2026-08-09")) & ~(F.currency == "JPY"), ["I10", "I11"]),
                (F.number.prefix("I1"), ["I10", "I11"]), (F.number.contains("1"), ["I01", "I10", "I11"]),
                (F.number.isin(["I01", "I02", "zz"]), ["I01", "I02"]), (F.id.isin([1, 2]), ["I00", "I01"]),
                (F.due_date.isin([day("2026-05-01")]), ["I00"]), (F.remark.is_null(), ["I00"]), (F.remark == None, ["I00"]),  # noqa: E711
                (F.gross_amount > Money(Decimal("11"), "CNY"), ["I10", "I11"]), (F.gross_amount == Money(Decimal(5), "JPY"), ["I04"]),
                (F.gross_amount > 0, self.numbers), (F.due_date > F.invoice_date, self.numbers)):
            self.assertEqual([row.number for row in q("invoice").where(condition)], wanted)
        self.assertEqual([r.number for r in q("invoice").where(currency="JPY", due_date__lt=day("2026-06-20"))], ["I00", "I04"])
        self.assertEqual([r.number for r in q("invoice").where(remark=None)], ["I00"])
        self.assertEqual(q("invoice").where(remark__ne=None).count(), 11)
        self.assertEqual(q("invoice").where(number__in=["I01"], customer__ge=2).count(), 1)

    def test_wrong_conditions(self):
        q = self.session.query("invoice")
        for work, kind in ((lambda: q.where(F.number == 5), TypeError), (lambda: q.where(F.id == "x"), TypeError), (lambda: q.where("x"), TypeError),
                           (lambda: q.where(F.nonsense == 1), arcore.NotFoundError), (lambda: q.where(F.gross_amount > 5), arcore.CurrencyError),
                           (lambda: q.where(F.due_date == datetime.datetime.now()), TypeError), (lambda: q.where(F.id < 1 << 63), OverflowError),
                           (lambda: q.where(due_date__like=1), arcore.InvalidError), (lambda: q.where(F.id < None), arcore.InvalidError),
                           (lambda: q.where(1 < F.id < 5), TypeError), (lambda: q.order("nonsense"), arcore.NotFoundError),
                           (lambda: q.measure("mean", "id"), arcore.InvalidError), (lambda: self.session.query("nonsense"), arcore.NotFoundError)):
            with self.assertRaises(kind):
                work()

    def test_shape(self):
        q = self.session.query("invoice")
        self.assertEqual(q.select("number", "gross_amount").order("-number").limit(2).tuples(), [("I11", Decimal("12.50")), ("I10", Decimal("11.50"))])
        row = q.first()
        self.assertEqual((row._fields, row.gross_amount), (("number", "gross_amount"), Decimal("12.50")))
        self.assertEqual(q.count(), 12)
        self.assertIsInstance(q.explain(), dict)
        again = self.session.query_from_json(q.to_json())
        self.assertEqual(again.tuples(), q.tuples())

    def test_groups(self):
        q = self.session.query("invoice").group("currency").measure("count").measure("sum", "gross_amount").measure("max", "due_date").order(-2)
        self.assertEqual(q.tuples(), [("CNY", 9, Decimal("67.50"), day("2026-08-19")), ("JPY", 3, Decimal(15), day("2026-07-20"))])
        self.assertEqual(q.first().sum_gross_amount, Decimal("67.50"))
        buckets = self.session.query("invoice").where(currency="CNY").group(due_date=[day("2026-06-01"), day("2026-07-01")]).measure("count")
        self.assertEqual(buckets.tuples(), [(0, 3), (1, 2), (2, 4)])
        for wrong in (150, Decimal(150)):
            with self.assertRaises(arcore.CurrencyError):
                self.session.query("invoice").group(gross_amount=[wrong])
        steps = self.session.query("invoice").where(currency="CNY").group(gross_amount=[Money(Decimal("0.01"), "CNY"), Money(Decimal(10 ** 9), "CNY")]).measure("count")
        self.assertEqual([bucket for bucket, _ in steps.tuples()], [1])
        whole = self.session.query("invoice").where(currency="CNY").measure("sum", "gross_amount").measure("min", "gross_amount")
        self.assertEqual(whole.tuples(), [(Decimal("67.50"), Decimal("2.50"))])

    def test_pages(self):
        q, seen, token = self.session.query("invoice").order("-due_date").limit(5), [], None
        while True:
            with q.after(token).cursor() as cursor:
                n = 0
                for row in cursor:
                    seen.append(row.value("number"))
                    token, n = cursor.token(), n + 1
            if n < 5:
                break
        self.assertEqual(seen, self.numbers[::-1])

    def test_cursor_values(self):
        with self.session.query("invoice").where(number="I05").cursor() as cursor:
            next(cursor)
            record = cursor.record()
            row = cursor.row()
            for name, value in zip(cursor.names, row):
                self.assertEqual(value, record.money(name) if isinstance(value, Money) else record[name], name)
            with self.assertRaises(arcore.InvalidError):
                cursor.value(999)
            with self.assertRaises(StopIteration):
                next(cursor)
            with self.assertRaises(arcore.StateError):
                cursor.value(0)

    def test_records_can_be_changed_in_a_transaction(self):
        s = self.session
        with s.begin():
            for customer in s.query("customer").records():
                s.update(customer, remark="seen")
        self.assertEqual(s.query("customer").where(remark="seen").count(), 3)

    def test_custom_fields(self):
        s, other = self.session, self.book.session("other", business_date=support.TODAY)
        other.query("customer").tuples()
        s.custom_define("customer", "x_tier", "choice", choices=["gold", "iron"], indexed=True)
        s.custom_define("customer", "x_cap", "money")
        s.custom_define("customer", "x_since", "date")
        for n, tier in enumerate(("gold", "iron", None)):
            s.update(s.get("customer", self.customers[n].id), x_tier=tier, x_cap=Money(Decimal(n), "CNY" if n else "JPY"), x_since=day("2026-01-01"))
        q = other.query("customer").where(F.x_tier == "gold").select("code", "x_tier", "x_cap", "x_since")
        self.assertEqual(q.tuples(), [("C0", "gold", Decimal(0), day("2026-01-01"))])
        self.assertEqual([r.code for r in other.query("customer").where(F.x_tier.is_null())], ["C2"])
        self.assertEqual([r.code for r in other.query("customer").where(F.x_cap == Money(Decimal(1), "CNY"))], ["C1"])
        self.assertEqual([r.code for r in other.query("customer").where(F.x_since == day("2026-01-01"), F.x_tier.isin(["iron"]))], ["C1"])
        self.assertEqual(other.query("customer").group("x_tier").measure("count").tuples(), [(None, 1), ("gold", 1), ("iron", 1)])
        columns = other.query("customer").select("code", "x_cap").columns()
        self.assertEqual(columns["x_cap"].moneys(), [Money(Decimal(0), "JPY"), Money(Decimal("1.00"), "CNY"), Money(Decimal("2.00"), "CNY")])
        self.assertEqual(columns.tuples()[1], ("C1", Decimal("1.00")))
        s.custom_alter("customer", "x_tier", choices=["gold", "iron", "lead"], label_en="Tier")
        s.update(s.get("customer", self.customers[2].id), x_tier="lead")
        self.assertEqual(other.get("customer", self.customers[2].id).x_tier, "lead")

    def test_formulas(self):
        s = self.session
        s.custom_define("invoice", "x_double", "formula", formula={"+": [{"var": "gross_amount"}, {"var": "gross_amount"}]})
        record = s.get("invoice", 2)
        self.assertEqual(record.x_double, Money(Decimal("5.00"), "CNY"))
        with self.assertRaises(arcore.Error):
            s.new("invoice", currency="CNY").x_double = Money(Decimal(1), "CNY")
        self.assertEqual([r.number for r in s.query("invoice").where(F.x_double > Money(Decimal(22), "CNY"))], ["I10", "I11"])

    def test_export(self):
        q = self.session.query("invoice").select("number", "gross_amount").where(number__in=["I00", "I01"])
        self.assertEqual(q.export(lf=True), b"number,gross_amount,currency\nI00,1,JPY\nI01,2.50,CNY\n")
        path = self.path("rows.jsonl")
        self.assertEqual(q.export(path, "jsonl"), 2)
        with open(path, encoding="utf-8") as f:
            self.assertEqual(json.loads(f.readline())["number"], "I00")
        with self.assertRaises(arcore.InvalidError):
            q.export(format="xml")
        with self.assertRaises(arcore.InvalidError):
            q.export(delimiter='"')


class Columns(Sample):
    def test_columns_are_the_cursors_rows(self):
        for entity in ("invoice", "item", "item_state", "account", "customer", "txn", "receipt"):
            query = self.session.query(entity)
            with query.cursor() as cursor:
                wanted = [tuple(v.amount if isinstance(v, Money) else v for v in c.row()) for c in cursor]
            for rows in (0, 1, 5):
                self.assertEqual(query.columns(batch_rows=rows).tuples(), wanted, entity)
            self.assertEqual([tuple(r) for r in query], wanted)

    def test_column_values(self):
        columns = self.session.query("invoice").columns()
        self.assertEqual(columns["gross_amount"].moneys()[:2], [Money(Decimal(1), "JPY"), Money(Decimal("2.50"), "CNY")])
        self.assertEqual(list(columns["gross_amount"].values[:2]), [1, 250])
        self.assertEqual(columns["remark"][:2], [None, "r"])
        self.assertEqual(columns["remark"].null_count, 1)
        self.assertEqual((columns.n_rows, len(columns["number"])), (12, 12))
        self.assertEqual(columns["due_date"].type, "date")
        self.assertIn("invoice_date", columns)
        self.assertEqual(columns.to_dict()["number"], self.numbers)
        self.assertEqual(columns.rows()[3].number, "I03")
        empty = self.session.query("receipt").columns()
        self.assertEqual((empty.n_rows, empty.tuples(), list(empty["amount"])), (0, [], []))
        empty["amount"].values

    def test_text_of_all_kinds(self):
        s = self.session
        texts = ["", "a", "é", "青岛", "\U0001f600" * 3, "a" * 300, "x\ty\"z"]
        for n, text in enumerate(texts):
            s.insert("customer", code=f"T{n}", legal_name=text or "-", remark=text or None)
        got = s.query("customer").where(F.code.prefix("T")).select("remark").columns(batch_rows=3)["remark"].to_list()
        self.assertEqual(got, [t or None for t in texts])

    @unittest.skipIf(numpy is None, "numpy is not installed")
    def test_numpy(self):
        columns = self.session.query("invoice").columns(batch_rows=5)
        self.assertEqual(str(columns["due_date"].numpy()[1]), "2026-05-11")
        self.assertEqual(columns["due_date"].numpy().dtype, numpy.dtype("datetime64[D]"))
        self.assertEqual(int(numpy.asarray(columns["id"]).sum()), 78)
        self.assertEqual(columns["base_amount"].numpy().mask.all(), True)
        self.assertEqual(columns["number"].numpy().dtype, object)
        stamps = self.session.query("txn").columns()["stamp"].numpy()
        self.assertEqual(stamps.dtype, numpy.dtype("datetime64[us]"))
        one = self.session.query("invoice").columns()["gross_amount"].values
        self.assertFalse(one.flags.owndata)

    def test_without_numpy(self):
        text = ("import sys; sys.modules['numpy'] = None\nimport test_query\ntest_query.numpy = None\nimport unittest\n"
                "s = unittest.defaultTestLoader.loadTestsFromTestCase(test_query.Columns)\n"
                "s = unittest.TestSuite(t for t in s if 'without_numpy' not in t.id())\n"
                "s.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(test_query.Loads))\n"
                "sys.exit(not unittest.TextTestRunner().run(s).wasSuccessful())")
        done = subprocess.run([sys.executable, "-c", text], stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_arrow_capsules(self):
        s = self.session
        target = self.context.open("memory:other", create=True)
        with target.session(business_date=support.TODAY) as other:
            done = other.load("customer", s.query("customer").select("code", "legal_name", "remark"))
            self.assertEqual((done.rows, done.loaded), (3, 3))
            self.assertEqual(other.query("customer").select("code", "legal_name").tuples(), s.query("customer").select("code", "legal_name").tuples())
        capsule = s.query("customer").__arrow_c_stream__()
        self.assertIn("arrow_array_stream", repr(capsule))
        del capsule
        self.customer("after")  # the snapshot of the capsule is gone
        capsule = s.query("customer").__arrow_c_stream__()
        self.context.close()
        del capsule


class Loads(support.BookTest):
    def test_all_types(self):
        s = self.session
        for name, kind, more in (("x_cap", "money", {}), ("x_rate", "number", {"size": 2}), ("x_since", "date", {}), ("x_vip", "bool", {}),
                                 ("x_tier", "choice", {"choices": ["a", "b"]}), ("x_parent", "reference", {"target": "customer"})):
            s.custom_define("customer", name, kind, **more)
        parent = self.customer("P").id
        columns = {"code": ["A", "B", "C"], "legal_name": ["x", "青岛", "z"], "remark": [None, "", "r"],
                   "x_cap": [Money(Decimal("1.50"), "CNY"), None, Money(Decimal(2), "JPY")], "x_rate": [Decimal("1.5"), 2, None],
                   "x_since": [day("2024-02-29"), None, day("0001-01-01")], "x_vip": [True, False, None], "x_tier": ["a", "b", None],
                   "x_parent": [parent, None, parent]}
        done = s.load("customer", columns)
        self.assertEqual((done.rows, done.loaded, done.refused, done.faults), (3, 3, 0, []))
        rows = {r.code: r for r in s.query("customer").records()}
        self.assertEqual((rows["A"].x_cap, rows["B"].legal_name, rows["C"].x_parent), (Money(Decimal("1.50"), "CNY"), "青岛", parent))
        self.assertEqual((rows["A"].x_since, rows["C"].x_since, rows["B"].x_since), (day("2024-02-29"), day("0001-01-01"), None))
        self.assertEqual([rows[c].x_vip for c in "ABC"], [True, False, None])
        self.assertEqual((rows["A"].x_rate, rows["B"].x_rate), (Decimal("1.50"), Decimal("2.00")))

    def test_decimals_dates_and_amounts_of_the_schema(self):
        s = self.session
        done = s.load("exchange_rate", {"kind": ["spot"] * 2, "from_currency": ["USD", "EUR"], "to_currency": ["CNY"] * 2, "units": [1, 100],
                                        "valid_on": [day("2026-01-01"), day("2026-01-02")], "rate": [Decimal("7.12345678"), "790.5"]}) \
            if "spot" in json.dumps(self.context.schema()["codes"]["rate_kind"]) else None
        if done is not None:
            self.assertEqual(s.query("exchange_rate").select("rate", "valid_on").tuples(),
                             [(Decimal("7.12345678"), day("2026-01-01")), (Decimal("790.50000000"), day("2026-01-02"))])

    def test_refusals(self):
        s = self.session
        with self.assertRaises(arcore.ExistsError):
            s.load("customer", {"code": ["A", "A"], "legal_name": ["x", "y"]})
        self.assertEqual(s.query("customer").count(), 0)
        seen = []
        done = s.load("customer", {"code": ["A", "A", "B"], "legal_name": ["x", "y", "z"]}, all_or_none=False, on_fault=seen.append)
        self.assertEqual((done.rows, done.loaded, done.refused), (3, 2, 1))
        self.assertEqual([(f.row, f.status) for f in done.faults], [(1, arcore.capi.ARC_E_EXISTS)])
        self.assertEqual(len(seen), 1)
        for columns, kind in (({"code": ["A", 5], "legal_name": ["x", "y"]}, TypeError), ({"code": ["A"], "legal_name": ["x", "y"]}, arcore.InvalidError),
                              ({"nonsense": [1]}, arcore.NotFoundError), ({"code": ["Z"], "legal_name": ["\ud800"]}, arcore.EncodingError)):
            with self.assertRaises(kind):
                s.load("customer", columns)
        with self.assertRaises(OverflowError):
            s.load("exchange_rate", {"units": [1, 1 << 63]})
        with self.assertRaises(TypeError):
            s.load("exchange_rate", {"units": [1.5]})
        with self.assertRaises(TypeError):
            s.load("exchange_rate", {"valid_on": [datetime.datetime(2026, 1, 1)]})
        with self.assertRaises(arcore.ForbiddenError):
            s.load("invoice", {"number": ["I1"]})

    def test_empty_and_arrays(self):
        s = self.session
        self.assertEqual(s.load("customer", {"code": [], "legal_name": []}).rows, 0)
        built = _load.column("units", "int", array.array("l", [1, 2]))
        self.assertEqual((built.length, built.nulls), (2, 0))
        self.assertEqual(_load.column("x", "money", arcore.Minor([1, None])).nulls, 1)

    def test_columns_go_back_in(self):
        s = self.session
        s.load("customer", {"code": [f"C{n}" for n in range(10)], "legal_name": ["n"] * 10, "remark": [None if n % 2 else "r" for n in range(10)]})
        columns = s.query("customer").select("code", "legal_name", "remark").columns(batch_rows=4)
        with self.context.open("memory:back", create=True) as book, book.session(business_date=support.TODAY) as other:
            self.assertEqual(other.load("customer", columns).loaded, 10)
            self.assertEqual(other.query("customer").select("code", "remark").tuples(), s.query("customer").select("code", "remark").tuples())

    def test_custom_amounts_carry_their_currency(self):
        s = self.session
        s.custom_define("customer", "x_cap", "money")
        s.load("customer", {"code": ["A", "B"], "legal_name": ["x", "y"], "x_cap": [Money(Decimal(5), "JPY"), None]})
        columns = s.query("customer").select("code", "legal_name", "x_cap").columns()
        with self.context.open("memory:capped", create=True) as book, book.session(business_date=support.TODAY) as other:
            other.custom_define("customer", "x_cap", "money")
            self.assertEqual(other.load("customer", columns).loaded, 2)
            self.assertEqual(other.find("customer", code="A").x_cap, Money(Decimal(5), "JPY"))
            feed = arcore._arrow.Feed({"code": _load.column("code", "text", ["Q"]), "legal_name": _load.column("n", "text", ["Q"]),
                                       "x_cap": _load.integers("x_cap", [5])})
            with self.assertRaises(arcore.FieldValueError):
                other._call(arcore.capi.arc_session_load_arrow, None, arcore.capi.ARC_CUSTOMER, arcore.capi.ctypes.byref(feed.c),
                            arcore.capi.ctypes.byref(_load.capi.init(arcore.capi.arc_load_options)))

    @unittest.skipIf(numpy is None, "numpy is not installed")
    def test_numpy_arrays(self):
        s = self.session
        n = 100
        kinds = {"units": numpy.array([1] * n, "i2"), "valid_on": numpy.datetime64("2026-01-01") + numpy.arange(n),
                 "kind": numpy.array([next(c["code"] for c in self.context.schema()["codes"]["rate_kind"])] * n, object),
                 "from_currency": numpy.array(["USD"] * n), "to_currency": ["CNY"] * n, "rate": [Decimal("7.1")] * n}
        self.assertEqual(s.load("exchange_rate", kinds).loaded, n)
        self.assertEqual(s.query("exchange_rate").order("-valid_on").first().valid_on, day("2026-04-10"))
        for column, kind in ((numpy.array([1 << 63], "u8"), OverflowError), (numpy.array([1.5]), TypeError)):
            with self.assertRaises(kind):
                s.load("exchange_rate", {"units": column})
        with self.assertRaises(arcore.PrecisionError):
            s.load("exchange_rate", {"valid_on": numpy.array(["2026-01-01T12:00"], "datetime64[m]")})
        built = _load.column("valid_on", "date", numpy.array(["2026-01-01", "NaT"], "datetime64[D]"))
        self.assertEqual(built.nulls, 1)
        masked = numpy.ma.array([1, 2], mask=[False, True])
        self.assertEqual(_load.column("units", "int", masked).nulls, 1)


if __name__ == "__main__":
    support.main()
