# SPDX-License-Identifier: Apache-2.0
"""Decision tables and scorecards: the public models of the DMN technology compatibility kit, and the package's own way to them."""
import glob
import os
import unittest
import xml.etree.ElementTree as ElementTree
from decimal import Decimal

import support
from arcore import Decision, definition_schema
from support import arcore

DATA = os.environ.get("ARCORE_DATA") or os.path.join(os.path.dirname(support.SOURCE), "shared", "data")
MODELS = os.path.join(DATA, "dmn")
TYPES = {"number": "decimal", "string": "text", "boolean": "boolean"}
POLICIES = {"UNIQUE": "U", "ANY": "A", "FIRST": "F", "RULE ORDER": "R", "COLLECT": "C"}
AGGREGATES = {"SUM": "C+", "MIN": "C<", "MAX": "C>", "COUNT": "C#", None: "C"}


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def children(element, name):
    return [e for e in element if local(e) == name]


def child(element, *names):
    for name in names:
        found = children(element, name)
        if not found:
            return None
        element = found[0]
    return element


def text(element, *names):
    found = child(element, *names)
    return None if found is None or found.text is None else found.text.strip()


class Model:
    """A decision of a .dmn file as one of our documents. What the kit leaves to the evaluator - the type of a single output - is read from its values."""

    def __init__(self, decision):
        table = child(decision, "decisionTable")
        self.name = decision.get("name")
        policy = table.get("hitPolicy", "UNIQUE")
        self.policy = AGGREGATES[table.get("aggregation")] if policy == "COLLECT" else POLICIES[policy]
        inputs = [{"id": f"i{i}", "field": text(e, "inputExpression", "text"), "type": TYPES[child(e, "inputExpression").get("typeRef")]}
                  for i, e in enumerate(children(table, "input"))]
        outputs = []
        for i, e in enumerate(children(table, "output")):
            cells = [text(children(r, "outputEntry")[i], "text") for r in children(table, "rule")]
            quoted = all(c.startswith('"') for c in cells)
            outputs.append({"id": f"o{i}", "field": e.get("name") or "value", "type": "text" if quoted else "boolean" if cells[0] in ("true", "false") else "decimal"})
            default = text(e, "defaultOutputEntry", "text")
            if default is not None:
                outputs[-1]["default"] = default
        self.single = len(outputs) == 1
        self.field = outputs[0]["field"]
        rules = []
        for i, rule in enumerate(children(table, "rule")):
            row = {"_id": rule.get("id") or str(i), "_description": None}
            row.update({f"i{k}": text(e, "text") or "" for k, e in enumerate(children(rule, "inputEntry"))})
            row.update({f"o{k}": text(e, "text") or "" for k, e in enumerate(children(rule, "outputEntry"))})
            rules.append(row)
        self.document = {"decision_table": "arcore/1", "hitPolicy": self.policy, "inputs": inputs, "outputs": outputs, "rules": rules}

    def value(self, result):
        """The answer as the kit writes it: a single output stands for itself."""
        if isinstance(result, list):
            return [self.value(r) for r in result]
        return result[self.field] if self.single and isinstance(result, dict) else result


def plain(element):
    """A value of a test: text, number, list, structure."""
    listed = child(element, "list")
    if listed is not None:
        return [plain(e) for e in children(listed, "item")]
    components = children(element, "component")
    if components:
        return {e.get("name"): plain(e) for e in components}
    value = child(element, "value")
    kind = value.get("{http://www.w3.org/2001/XMLSchema-instance}type", "xsd:string").split(":")[-1]
    if value.get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true":
        return None
    if kind in ("decimal", "double", "integer"):
        return Decimal(value.text)
    return value.text == "true" if kind == "boolean" else value.text


def comparable(value, like):
    """Numbers come as text; the kit says where a number is meant."""
    if isinstance(like, Decimal) and value is not None:
        return Decimal(value)
    if isinstance(like, list) and isinstance(value, list):
        # Of C no order is promised, the kit writes one.
        return [comparable(v, like[0] if like else None) for v in value]
    if isinstance(like, dict) and isinstance(value, dict):
        return {k: comparable(v, like.get(k)) for k, v in value.items()}
    return value


@unittest.skipUnless(os.path.isdir(MODELS), f"SKIPPED: no DMN models in {MODELS} (set ARCORE_DATA)")
class Kit(support.BookTest):
    def test_twelve_models(self):
        models = cases = 0
        for path in sorted(glob.glob(os.path.join(MODELS, "*.dmn"))):
            decisions = {d.get("name"): Model(d) for d in ElementTree.parse(path).getroot() if local(d) == "decision" and child(d, "decisionTable") is not None}
            models += 1
            for test in sorted(glob.glob(path[:-len(".dmn")] + "-test-*.xml")):
                for case in children(ElementTree.parse(test).getroot(), "testCase"):
                    inputs = {e.get("name"): plain(e) for e in children(case, "inputNode")}
                    inputs = {k: str(v) if isinstance(v, Decimal) else v for k, v in inputs.items()}
                    for node in children(case, "resultNode"):
                        model = decisions[node.get("name")]
                        with self.subTest(model=os.path.basename(path), case=case.get("id"), decision=model.name):
                            expected = plain(child(node, "expected"))
                            with Decision(self.context, model.document) as table:
                                answer = table.decide(inputs, explain=True)
                            found = comparable(model.value(answer["result"]), expected)
                            if model.policy == "C":
                                key = lambda v: sorted(v.items()) if isinstance(v, dict) else str(v)
                                found, expected = sorted(found, key=key), sorted(expected, key=key)
                            self.assertEqual(found, expected)
                            cases += 1
        print(f"{models} models, {cases} results of the DMN compatibility kit")
        self.assertEqual(models, 12)
        self.assertEqual(cases, 36)


LADDER = {"decision_table": "arcore/1", "hitPolicy": "U", "currency": "CNY", "complete": True,
          "inputs": [{"id": "d", "field": "days", "type": "integer"}, {"id": "a", "field": "amount", "type": "money"}],
          "outputs": [{"id": "l", "field": "level", "type": "integer"}],
          "rules": [{"_id": "none", "d": "<= 15", "a": "", "l": "0"}, {"_id": "small", "d": "> 15", "a": "< 1000.00", "l": "1"}, {"_id": "large", "d": "> 15", "a": ">= 1000.00", "l": "2"}],
          "sample": {"days": 16, "amount": "999.99"}}


class Tables(support.BookTest):
    def test_deciding_and_explaining(self):
        with Decision(self.context, LADDER) as table:
            self.assertEqual(table.decide()["result"], {"level": 1})
            answer = table.decide({"days": 16, "amount": "1000.00"}, explain=True)
            self.assertEqual(answer["matched"], [{"row": 3, "id": "large"}])
            self.assertEqual(answer["rows"][1]["cell"], {"input": "amount", "pointer": "/rules/1/a", "test": "< 1000.00", "value": "1000.00 CNY"})
            self.assertEqual(table.report()["gaps"], [])
            with self.assertRaises(arcore.RequiredError):
                table.decide({"days": 1})

    def test_publishing_and_versions(self):
        s = self.session
        wrong = dict(LADDER, rules=LADDER["rules"] + [{"d": "[10..20]", "l": "3"}])
        first = s.definition_save("decision_table", "ladder", wrong)
        with self.assertRaises(arcore.RuleError) as caught:
            s.definition_publish(first)
        self.assertEqual([f.pointer for f in caught.exception.faults], ["/rules/3"])
        s.definition_save("decision_table", "ladder", LADDER)
        s.definition_publish(first)
        table = s.decision("decision_table", "ladder")
        self.assertEqual(table.decide()["definition"], first)

    def test_rows_of_the_book(self):
        document = {"subject": "customer", "inputs": [{"id": "s", "field": "enterprise_size"}], "outputs": [{"id": "o", "field": "days", "type": "integer"}],
                    "rules": [{"s": '"large"', "o": 60}, {"s": 'not("large"), null', "o": 30}]}
        with Decision(self.context, document) as table:
            large, other = self.customer("C1", enterprise_size="large"), self.customer("C2")
            self.assertEqual([table.decide_row(self.session, c.id)["result"] for c in (large, other)], [{"days": 60}, {"days": 30}])
            with self.assertRaises(arcore.NotFoundError):
                table.decide_row(self.session, 9999)

    def test_scorecards(self):
        card = {"scorecard": "arcore/1", "initialScore": 50, "topReasons": 1, "characteristics": [
            {"name": "delay", "field": "dso", "type": "integer", "nullable": True, "baselineScore": 30, "reasonCode": "LATE", "min": 0,
             "attributes": [{"test": "<= 30", "partialScore": "30"}, {"test": "> 30", "partialScore": "-5.5"}, {"test": "null", "partialScore": 0, "reasonCode": "NEW"}]},
            {"name": "kind", "field": "kind", "type": "text", "weight": "2", "attributes": [{"test": '"firm"', "partialScore": 10}, {"test": 'not("firm")', "partialScore": 1}]}]}
        with Decision(self.context, card) as table:
            answer = table.decide({"dso": 31, "kind": "firm"})
            self.assertEqual(answer["score"], "64.5")
            self.assertEqual(answer["reasons"], [{"reasonCode": "LATE", "characteristic": "delay", "difference": "35.5"}])
            self.assertEqual(table.decide({"kind": "x"})["reasons"][0]["reasonCode"], "NEW")

    def test_schemas_are_handed_out(self):
        self.assertIn("rules", definition_schema("decision_table")["properties"])
        self.assertIn("characteristics", definition_schema("scorecard")["properties"])


if __name__ == "__main__":
    support.main()
