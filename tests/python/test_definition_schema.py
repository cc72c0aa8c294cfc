# SPDX-License-Identifier: Apache-2.0
"""JSON Schemas of definitions: what publishing takes, they take; what is wrong in form they refuse as publishing does."""
import copy
import glob
import json
import os
import random
import unittest

import arcore
import support
from arcore._voucher import shipped_account_map

try:
    import jsonschema
except ImportError:
    jsonschema = None

GOOD = {
    "validation": [
        {"entity": "customer", "title": "t", "normalise": [{"field": "legal_name", "steps": ["trim", "collapse"]}],
         "rules": [{"name": "uscc", "field": "uscc", "format": "uscc", "severity": "warning", "message": {"en": "no", "zh": "否"}},
                   {"name": "short", "field": "short_name", "format": {"min_length": 2, "max_length": 40, "pattern": "[A-Z]+"}},
                   {"name": "named", "required": ["legal_name", "short_name"], "when": {"==": [{"var": "kind"}, "company"]}},
                   {"name": "once", "unique": "uscc", "among": {"==": [{"var": "kind"}, "company"]}},
                   {"name": "checked", "check": {"!=": [{"var": "code"}, "X"]}, "currency": "CNY"}]},
        {"entity": "invoice", "rules": [{"name": "due", "check": {">=": [{"var": "due_date"}, {"var": "invoice_date"}]}}]}],
    "approval": [
        {"approvals": [{"verb": "customer.update", "fields": ["legal_name"], "days": 14, "reason": "name"}, {"verb": "customer.insert"}]},
        {"approvals": []}],
    "source": [{"title": "CRM", "unlisted": "refuse", "entities": {"customer": {"owns": ["legal_name", "short_name"], "others": "skip"}, "contact": {"owns": "*"}}}, {}],
    "tolerance": [
        {"tolerance": "arcore/1", "customers": [{"currency": "CNY", "absolute": "1.00", "percent": "1"}, {"currency": "CNY", "group": "key", "absolute": "5"}],
         "users": [{"currency": "USD", "percent": "0.5"}], "bank_fee": [{"currency": "USD", "most": "30.00"}], "discount": {"grace_days": 3, "partial": True, "unearned": False}},
        {"tolerance": "arcore/1"}],
    "term": [
        {"due": {"kind": "net", "days": 30}},
        {"lines": [{"percent": "30", "due": {"kind": "net", "days": 0}}, {"percent": "70", "due": {"kind": "eom_days", "days": 30, "base": "delivery", "convention": "following"}}],
         "calendar": "CN", "rounding": "half_even"},
        {"lines": [{"percent": 30, "due": {"kind": "net", "days": 0}}, {"due": {"kind": "fixed", "date": "2026-12-31"}}]},
        {"due": {"kind": "net", "days": 30}, "discounts": [{"percent": "2", "until": {"kind": "net", "days": 10}, "grace_days": 2, "basis": "net"}]}],
    "account_map": [
        {"note": "n", "accounts": {"receivable": {"code": "1122", "name": "应收账款", "name_en": "Receivables", "auxiliaries": ["customer", "currency"],
                                                  "by": [{"currency": "USD", "code": "1122.02", "name": "USD"}, {"segment": "key", "business_line": "B", "code": "1122.03"}]}}}],
    "import_mapping": [
        {"mapping": "arcore/1", "title": "t", "file": {"encoding": "gbk", "delimiter": ";", "quote": "\"", "skip_lines": 2, "columns": ["a", "b"], "decimal": ",", "grouping": ".", "date": "dmy"},
         "targets": [{"entity": "customer", "match": ["code"], "fields": {"code": {"column": "a"}, "legal_name": {"column": "b", "empty": {"template": "{a}-{row}"}}}},
                     {"entity": "receipt", "when": {"column": "a", "filled": False, "in": ["x"]},
                      "fields": {"number": {"column": "a"}, "customer": {"match": "customer"}, "value_date": {"column": "b", "date": "excel"}, "currency": {"value": "CNY"},
                                 "amount": {"column": "b", "unit": "minor", "negate": True, "round": "half_up", "map": {"-": "0"}}}}]}],
}
# In form: members nobody knows, values of another type, members left out.
BAD = {
    "validation": [{"rules": []}, {"entity": "customer"}, {"entity": "customer", "rules": [{"name": "a"}]}, {"entity": "customer", "rules": [{"name": "A b", "required": "code"}]},
                   {"entity": "customer", "rules": [{"name": "a", "required": "code", "unique": "code"}]}, {"entity": "customer", "rules": [{"name": "a", "format": "uscc"}]},
                   {"entity": "customer", "rules": [{"name": "a", "required": "code", "among": "open"}]}, {"entity": "customer", "rules": [{"name": "a", "field": "uscc", "format": "nix"}]},
                   {"entity": "customer", "normalise": [{"field": "code", "steps": ["shout"]}]}, {"entity": "customer", "rules": [{"name": "a", "required": "code", "x": 1}]}],
    "approval": [{}, {"approvals": [{}]}, {"approvals": [{"verb": "customer.update", "days": 0}]}, {"approvals": [{"verb": "customer.insert", "fields": ["code"]}]},
                 {"approvals": [], "x": 1}, {"approvals": [{"verb": "customer.update", "fields": []}]}],
    "source": [{"unlisted": "maybe"}, {"entities": {"customer": {}}}, {"entities": {"customer": {"owns": 1}}}, {"x": 1}],
    "tolerance": [{}, {"tolerance": "arcore/2"}, {"tolerance": "arcore/1", "customers": [{"absolute": "1"}]}, {"tolerance": "arcore/1", "customers": [{"currency": "CNY", "percent": "101"}]},
                  {"tolerance": "arcore/1", "customers": [{"currency": "CNY", "absolute": 1}]}, {"tolerance": "arcore/1", "discount": {"grace_days": 400}},
                  {"tolerance": "arcore/1", "bank_fee": [{"currency": "CNY", "percent": "1"}]}, {"tolerance": "arcore/1", "x": 1}],
    "term": [{}, {"due": {"days": 3}}, {"due": {"kind": "soon"}}, {"due": {"kind": "fixed"}}, {"due": {"kind": "net", "days": 1}, "lines": []}, {"lines": [{"percent": "1"}]},
             {"due": {"kind": "net", "days": 1}, "rounding": "never"}, {"due": {"kind": "net", "days": 1}, "discounts": [{"percent": "2"}]}],
    "account_map": [{}, {"accounts": {}}, {"accounts": {"receivable": {"code": "1"}}}, {"accounts": {"receivable": {"code": "1", "name": "n", "by": [{"code": "2"}]}}},
                    {"accounts": {"receivable": {"code": "1", "name": "n", "auxiliaries": ["mood"]}}}, {"accounts": {"receivable": {"code": "1", "name": "n", "x": 1}}}],
    "import_mapping": [{}, {"mapping": "arcore/1"}, {"mapping": "arcore/1", "targets": []}, {"mapping": "arcore/1", "targets": [{"entity": "customer", "fields": {"code": {"column": "a"}}}]},
                       {"mapping": "arcore/1", "targets": [{"entity": "customer", "fields": {"code": {"column": "a", "value": "b"}, "legal_name": {"value": "n"}}}]},
                       {"mapping": "arcore/1", "targets": [{"entity": "customer", "fields": {"code": {"column": "a"}, "legal_name": {"value": "n"}}}, {"entity": "receipt", "settles": "invoice",
                        "fields": {"number": {"column": "a"}, "customer": {"match": "customer"}, "value_date": {"column": "b"}, "currency": {"value": "CNY"}, "amount": {"sum": "gross_amount"}}}]}],
}


def mutants(document, seed):
    """Copies with one thing changed somewhere inside."""
    rng = random.Random(seed)
    for _ in range(60):
        root = copy.deepcopy(document)
        places = []

        def walk(node):
            if isinstance(node, (dict, list)) and node:
                places.append(node)
            for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
                walk(child)
        walk(root)
        if not places:
            return
        node = rng.choice(places)
        key = rng.choice(list(node)) if isinstance(node, dict) else rng.randrange(len(node))
        what = rng.randrange(4)
        if what == 0:
            del node[key]
        elif what == 1:
            node[key] = rng.choice([None, True, 7, -1, "", "nix", [], {}, ["nix"], {"nix": 1}])
        elif what == 2 and isinstance(node, dict):
            node["nix"] = rng.choice([1, "x"])
        else:
            node[key] = str(node[key]) if not isinstance(node[key], str) else 12
        yield root


@unittest.skipIf(jsonschema is None, "no package jsonschema")
class Schemas(support.BookTest):
    def validator(self, kind):
        schema = arcore.definition_schema(kind)
        jsonschema.Draft202012Validator.check_schema(schema)
        return jsonschema.Draft202012Validator(schema)

    def faults(self, kind, document):
        return self.session.definition_check(kind, document)

    def test_what_is_good_is_taken(self):
        for kind, documents in GOOD.items():
            validator = self.validator(kind)
            for document in documents:
                self.assertEqual([f.message for f in self.faults(kind, document)], [], (kind, document))
                self.assertEqual([e.message for e in validator.iter_errors(document)], [], (kind, document))

    def test_what_is_wrong_in_form_is_refused(self):
        for kind, documents in BAD.items():
            validator = self.validator(kind)
            for document in documents:
                self.assertTrue(self.faults(kind, document), (kind, document))
                self.assertFalse(validator.is_valid(document), (kind, document))

    def test_a_schema_refuses_nothing_that_could_be_published(self):
        """The other way round schemas let through what only the book knows: fields, entities, currencies."""
        seen = refused = 0
        for kind, documents in GOOD.items():
            validator = self.validator(kind)
            for seed, document in enumerate(documents):
                for mutant in mutants(document, seed):
                    faults = self.faults(kind, mutant)
                    valid = validator.is_valid(mutant)
                    if not faults:
                        self.assertTrue(valid, (kind, json.dumps(mutant, ensure_ascii=False), [e.message for e in validator.iter_errors(mutant)][:3]))
                    else:
                        seen += 1
                        refused += not valid
        self.assertGreater(refused, seen * 0.75, (refused, seen))

    def test_shipped_documents(self):
        of = {name: self.validator(name) for name in ("import_mapping", "source")}
        files = glob.glob(os.path.join(support.SOURCE, "examples", "mappings", "**", "*.json"), recursive=True)
        self.assertGreater(len(files), 3)
        for name in files:
            with open(name, encoding="utf-8") as f:
                kind = "source" if os.path.basename(name) == "source.json" else "import_mapping"
                self.assertEqual([e.message for e in of[kind].iter_errors(json.load(f))], [], name)
        for code in ("china", "generic"):
            self.assertEqual([e.message for e in self.validator("account_map").iter_errors(shipped_account_map(code))], [], code)
        every = {"validation", "import_mapping", "approval", "source", "tolerance", "term", "account_map", "template", "decision_table", "scorecard", "rule"}
        for kind in every:
            jsonschema.Draft202012Validator.check_schema(arcore.definition_schema(kind))


class Previews(support.BookTest):
    def test_what_documents_would_do(self):
        told = self.session.preview_definition("term", GOOD["term"][0], sample={"date": "2026-03-10", "amount": "100.00", "currency": "CNY"})
        self.assertEqual(told["instalments"], [{"line": 1, "due": "2026-04-09", "amount": "100.00"}])
        customer = self.customer("C1")
        told = self.session.preview_definition("tolerance", {"tolerance": "arcore/1", "customers": GOOD["tolerance"][0]["customers"]}, rows=[customer.id], sample={"amounts": ["50.00"], "currency": "CNY"}, max=5)
        self.assertEqual(told["rows"][0]["outcomes"], [{"amount": "50.00", "allowed": "0.50"}])
        self.invoice(customer, "I1", due="2026-01-02")
        rule = {"rule": "arcore/1", "subject": "item", "currency": "CNY", "on": {"kind": "date", "anchor": "due_date"}, "then": []}
        for rows in ({}, {"entity": "item"}, {"entity": "item", "rows": [1]}):  # none named: all
            self.assertEqual(self.session.preview_definition("rule", rule, **rows)["simulation"]["fired"], 1, rows)
        with self.assertRaises(arcore.Error) as raised:
            self.session.preview_definition("term", {"due": {"kind": "soon"}})
        self.assertEqual(raised.exception.pointer, "/due/kind")


if __name__ == "__main__":
    support.main()
