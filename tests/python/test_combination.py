# SPDX-License-Identifier: Apache-2.0
"""Which items a payment pays: the account of T5.3 and its like, money in and out, habits that learn."""
import datetime
import unittest
from decimal import Decimal

import support
from arcore import combinations
from support import arcore

DAY = datetime.date(2025, 4, 1)


def account(last="550"):
    item = combinations.OpenItem
    return [item("600", datetime.date(2025, 3, 1)), item(-100, datetime.date(2025, 3, 10)), item(Decimal("400.00"), datetime.date(2025, 3, 15)),
            item(arcore.Money(Decimal(last), "EUR"), datetime.date(2025, 4, 30))]


class Combinations(unittest.TestCase):
    def ask(self, amount, items, **options):
        return combinations.find(arcore.default_context(), arcore.Money(Decimal(amount), "EUR"), DAY, items, **options)

    def test_account(self):
        answer = self.ask("900", account())
        self.assertEqual((answer.outcome, answer.whole, answer.found), ("unique", True, 1))
        first = answer.candidates[0]
        self.assertEqual((first.kind, first.items, first.total), ("due", (0, 1, 2), arcore.Money(Decimal("900.00"), "EUR")))
        self.assertEqual(self.ask("900", account("500")).found, 2)
        self.assertEqual(self.ask("77", account()).outcome, "none")
        self.assertEqual(self.ask("1450", account()).candidates[0].kind, "all")

    def test_discount_and_tolerance(self):
        items = [combinations.OpenItem("1000", DAY, None, "20")]
        paid = self.ask("980", items).candidates[0]
        self.assertEqual((paid.discounts, paid.difference.amount), ((arcore.Money(Decimal("20.00"), "EUR"),), 0))
        self.assertEqual(self.ask("995", items).outcome, "none")
        self.assertEqual(self.ask("995", items, under="10").candidates[0].difference.amount, Decimal("-5.00"))

    def test_habit(self):
        habit = combinations.Habit(arcore.default_context())
        for i in range(60):
            day = DAY + datetime.timedelta(i)
            habit.learn(day, [combinations.OpenItem(1, day - datetime.timedelta(30)), combinations.OpenItem(1, day + datetime.timedelta(20))], [1])
        kept = habit.document()
        self.assertEqual((kept["payments"], kept["late"]), (60, {"-20": 60}))
        again = combinations.Habit(arcore.default_context(), kept)
        self.assertEqual(again.document(), kept)
        items = [combinations.OpenItem(5, DAY - datetime.timedelta(31)), combinations.OpenItem(5, DAY + datetime.timedelta(20))]
        self.assertEqual(self.ask("5", items).candidates[0].items, (0,))
        self.assertEqual(self.ask("5", items, habit=again).candidates[0].items, (1,))

    def test_wrong(self):
        with self.assertRaises(arcore.RangeError) as caught:
            self.ask("5", [combinations.OpenItem(5, DAY), combinations.OpenItem(0, DAY)])
        self.assertEqual((caught.exception.row, caught.exception.field), (1, "open"))
        with self.assertRaises(arcore.CurrencyError):
            self.ask("5", [combinations.OpenItem(arcore.Money(Decimal(5), "USD"), DAY)])
        with self.assertRaises(arcore.FieldValueError) as caught:
            combinations.Habit(arcore.default_context(), {"habit": "arcore/1", "payments": -1, "late": {}, "counts": []})
        self.assertEqual(caught.exception.pointer, "/payments")
        habit = combinations.Habit(arcore.default_context())
        with self.assertRaises(IndexError):
            habit.learn(DAY, [combinations.OpenItem(5, DAY)], [1])


if __name__ == "__main__":
    unittest.main()
