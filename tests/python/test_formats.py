# SPDX-License-Identifier: Apache-2.0
"""Formats with check digits, and shipped rules that ask for them."""
import support
from support import arcore
from arcore import formats


class Formats(support.BookTest):
    def test_check(self):
        self.assertTrue(formats.check("vat_eu", "DE136695976"))
        self.assertFalse(formats.check("vat_eu", "DE136695978"))
        with self.assertRaises(arcore.NotFoundError):
            formats.check("nope", "x")
        names = [one.name for one in formats.all_formats()]
        self.assertEqual(names, sorted(names))
        self.assertIn("lei", names)

    def test_shipped(self):
        s = self.session
        for entity in ("customer", "invoice_title", "bank_account", "contact"):
            s.definition_publish(s.definition_save("validation", entity, formats.shipped_validation(entity)))
        with self.assertRaises(arcore.RuleError) as caught:
            s.insert("customer", code="V", legal_name="V GmbH", country="DE", tax_no="DE136695978")
        self.assertEqual(caught.exception.field, "tax_no")
        kept = s.insert("customer", code="V", legal_name="V GmbH", country="de", tax_no="de 136 695 976").id
        self.assertEqual(s.get("customer", kept).tax_no, "DE136695976")
        with self.assertRaises(arcore.RuleError):
            s.insert("bank_account", customer=kept, number="DE89370400440532013001")
        with self.assertRaises(arcore.NotFoundError):
            formats.shipped_validation("invoice")


if __name__ == "__main__":
    support.main()
