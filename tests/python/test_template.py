# SPDX-License-Identifier: Apache-2.0
"""Templates from Python: loading, faults, rendering, the published ones; amounts and dates for readers."""
import datetime
import json
from decimal import Decimal

import support
from arcore import Money, Template, definition_schema, templates
from support import arcore

DOCUMENT = {
    "template": "arcore/1",
    "view": {"name": "text", "total": {"type": "money", "currency": "currency"}, "currency": "text", "due": "date", "days": "integer",
             "items": {"type": "list", "of": {"type": "object", "members": {"number": "text"}}}},
    "variants": [
        {"channel": "email", "language": "zh", "subject": "{{name}}", "body": "{{name}} {{total}} {{total_cn}} {{due_long}}", "text": "{{#items}}{{number}} {{/items}}"},
        {"channel": "email", "language": "de", "body": "{{total}} {{due}} {{days_plural}}", "plurals": {"days": {"one": "{n} Tag", "other": "{n} Tage"}}}],
    "sample": {"name": "A&B", "total": "1234.50", "currency": "CNY", "due": "2026-03-01", "days": 3, "items": [{"number": "R1"}, {"number": "R2"}]}}


class Templates(support.BookTest):
    def test_a_document_is_written_for_its_readers(self):
        with Template(self.context, DOCUMENT) as t:
            self.assertEqual(t.preview(language="zh"), {"channel": "email", "language": "zh", "subject": "A&B", "text": "R1 R2 ",
                                                        "body": "A&amp;B ¥1,234.50 人民币壹仟贰佰叁拾肆元伍角 2026年3月1日"})
            self.assertEqual(t.render(dict(DOCUMENT["sample"], currency="EUR"), language="de"), "1.234,50\u00a0€ 01.03.2026 3 Tage")
            self.assertIn({"name": "total_cn", "type": "text", "nullable": False}, t.variables()["offers"])
            with self.assertRaises(arcore.RequiredError) as caught:
                t.render({"name": None}, "subject")
            self.assertIn("line 1, column 1: name", str(caught.exception))

    def test_values_are_those_of_python(self):
        with Template(self.context, DOCUMENT) as t:
            view = dict(DOCUMENT["sample"], total=Money(Decimal("1234.50"), "CNY"), due=datetime.date(2026, 3, 1))
            self.assertEqual(t.render(view, language="de"), "1.234,50\u00a0CN¥ 01.03.2026 3 Tage")
            self.assertEqual(t.render(dict(view, total=Decimal("1234.5")), language="de"), t.render(view, language="de"))
            with self.assertRaises(arcore.CurrencyError):
                t.render(dict(view, currency="EUR"), language="de")
            for wrong, error in ((object(), TypeError), (Decimal("NaN"), arcore.RangeError), (datetime.datetime(2026, 3, 1), arcore.RangeError)):
                with self.assertRaises(error):
                    t.render(dict(view, due=wrong), language="de")
        table = {"decision_table": "arcore/1", "currency": "CNY", "inputs": [{"id": "a", "field": "amount", "type": "money"}, {"id": "d", "field": "due", "type": "date"}],
                 "outputs": [{"id": "l", "field": "level", "type": "integer"}], "rules": [{"_id": "r", "a": ">= 10.00", "l": 1}]}
        decide = arcore.Decision(self.context, table).decide
        self.assertEqual(decide({"amount": Money(Decimal(10), "CNY"), "due": datetime.date(2026, 3, 1)})["result"], {"level": 1})
        with self.assertRaises(arcore.CurrencyError):
            decide({"amount": Money(Decimal(10), "USD"), "due": datetime.date(2026, 3, 1)})

    def test_all_faults_are_in_the_exception(self):
        wrong = json.loads(json.dumps(DOCUMENT))
        wrong["variants"][0]["body"] = "{{nam}} {{totals}}"
        with self.assertRaises(arcore.NotFoundError) as caught:
            Template(self.context, wrong)
        self.assertEqual([f.pointer for f in caught.exception.faults], ["/variants/0/body"] * 2)

    def test_published_templates(self):
        s = self.session
        id_ = s.definition_save("template", "dun-1", DOCUMENT)
        with self.assertRaises(arcore.NotFoundError):
            s.template("dun-1")
        s.definition_publish(id_)
        t = s.template("dun-1")
        s.close()
        self.assertEqual(t.preview(channel="email")["subject"], "A&B")

    def test_plain_mustache(self):
        t = Template.mustache(self.context, "{{#l}}{{>p}}{{/l}}", partials={"p": "[{{.}}]"})
        self.assertEqual(t.render({"l": [1, "<"]}), "[1][&lt;]")
        with self.assertRaises(arcore.FormError):
            Template.mustache(self.context, "{{#a}}")

    def test_the_schema_is_handed_out(self):
        self.assertEqual(definition_schema("template")["properties"]["template"], {"const": "arcore/1"})
        with self.assertRaises(arcore.NotFoundError):
            definition_schema("nothing")


class Readers(support.unittest.TestCase):
    def test_amounts_and_dates(self):
        self.assertEqual(templates.format_amount(Money("1234.5", "USD"), "en"), "$1,234.50")
        self.assertEqual(templates.format_amount(Money("1234.5", "EUR"), "de", "code"), "1.234,50\u00a0EUR")
        self.assertEqual(templates.format_date(support.day("2026-03-01"), "de", "long"), "1. März 2026")
        self.assertEqual(templates.capital(Money("107000.53", "CNY")), "人民币壹拾万柒仟元零伍角叁分")
        with self.assertRaises(arcore.NotFoundError):
            templates.format_date(support.day("2026-03-01"), "tlh")


if __name__ == "__main__":
    support.main()
