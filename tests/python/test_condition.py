# SPDX-License-Identifier: Apache-2.0
"""Conditions from Python."""
import datetime
from decimal import Decimal

import arcore
import support

OVERDUE = {"and": [{">": [{"var": "days_overdue"}, 15]}, {">=": [{"var": "open"}, "100.00"]}, {"==": [{"var": "customer.code"}, "C1"]}]}


class Conditions(support.BookTest):
    def test_rows_and_records(self):
        customer = self.customer("C1")
        self.invoice(customer, "I1", "250.00", due="2026-05-01")
        self.invoice(customer, "I2", "50.00", due="2026-05-01")
        old, small = self.item_of("I1"), self.item_of("I2")
        condition = self.session.condition(OVERDUE, "item", currency="CNY")
        self.assertIs(condition.matches(old.id), True)
        self.assertIs(condition.matches(small), False)
        self.assertIs(condition.matches(old, datetime.date(2026, 5, 2)), False)
        self.assertEqual(condition.test([small.id, 99, old.id]), [False, None, True])
        with self.assertRaises(arcore.NotFoundError):
            condition.matches(99)
        told = condition.explain(small)
        self.assertEqual([t.get("result") for t in told["tests"]], [True, False, None])
        self.assertEqual(told["tests"][1], {"pointer": "/and/1", "op": ">=", "left": "50.00 CNY", "right": "100.00 CNY", "result": False})
        self.assertIn("days_overdue (60) > 15: yes", told["sentence"])
        preview = condition.preview()
        self.assertEqual((preview["matches"], preview["rows"], preview["errors"]), (1, [old.id], 0))

    def test_constants_are_those_of_python(self):
        self.invoice(self.customer("C1"), "I1", "250.00", due="2026-05-01")
        rule = {"and": [{">=": [{"var": "open"}, arcore.Money(Decimal(250), "CNY")]}, {"<": [{"var": "due_date"}, datetime.date(2026, 5, 2)]}, {"<": [{"var": "open"}, Decimal("250.01")]}]}
        self.assertIs(self.session.condition(rule, "item", currency="CNY").matches(self.item_of("I1")), True)
        for currency in ("USD", None):
            with self.assertRaises(arcore.CurrencyError):
                self.session.condition(rule, "item", currency=currency)

    def test_faults(self):
        faults = self.session.check_condition({"and": [{"==": [{"var": "nix"}, 1]}, {"what": 1}]}, "item")
        self.assertEqual([(f["pointer"], f["code"]) for f in faults], [("/and/0/==/0/var", "unknown_field"), ("/and/1/what", "unknown_operator")])
        self.assertEqual(self.session.check_condition(OVERDUE, "item", currency="CNY"), [])
        with self.assertRaises(arcore.NotFoundError) as caught:
            self.session.condition({"==": [{"var": "nix"}, 1]}, "item")
        self.assertEqual(caught.exception.pointer, "/==/0/var")

    def test_an_error_is_raised(self):
        customer = self.customer("C1")
        self.invoice(customer, "I1")
        item = self.item_of("I1")
        condition = self.session.condition({">": [{"*": [{"/": [1, {"-": [{"var": "seq"}, {"var": "seq"}]}]}, 1]}, 1]}, "item")
        self.assertEqual(condition.test([item.id]), ["error"])
        with self.assertRaises(arcore.Error) as caught:
            condition.matches(item)
        self.assertEqual(caught.exception.status, arcore.capi.ARC_E_DIVIDE)


if __name__ == "__main__":
    support.main()
