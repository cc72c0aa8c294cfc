# SPDX-License-Identifier: Apache-2.0
"""Limits, exposure, checks and holds from a shell."""
import json

from kit import Case

POLICY = {"credit_policy": "arcore/1", "currency": "CNY", "rules": [{"rule": "static", "effect": "block"}]}


class Credit(Case):
    def setUp(self):
        super().setUp()
        self.arcore("add", "customer", "code=K1", "legal_name=Kunde")
        self.write("p.json", json.dumps(POLICY))
        self.arcore("add", "credit_check", "customer=K1", "checked_on=2026-01-01", 'sources=["registry"]', 'documents=["licence"]', "result=pass", "valid_to=2030-01-01")

    def order(self, number, amount):
        self.arcore("add", "sales_order", f"number={number}", "customer=K1", "order_date=2026-01-05", "currency=CNY")
        self.arcore("add", "order_line", f"sales_order={number}", "seq=1", "name=a", "quantity=1", f"price={amount}", "currency=CNY", f"amount={amount}")

    def test_limits(self):
        self.arcore("limit", "set", "K1", "1000", "first year", "--from", "2026-01-01", "--date", "2026-02-01")
        self.arcore("limit", "set", "K1", "250.50", "fair", "--temporary", "--from", "2026-03-01", "--to", "2026-03-31")
        self.assertIn("ARC_E_REQUIRED", self.arcore("limit", "set", "K1", "1", "x", "--temporary", "--from", "2026-03-01", code=1).err)
        asked, = self.arcore("limit", "request", "K1", "5000", "they grow", "--from", "2026-06-01", "-f", "csv").rows()
        rows = self.arcore("limit", "show", "K1", "--as-of", "2026-02-01", "-f", "csv").rows()
        self.assertEqual([(r["from"], r["amount"], r["state"]) for r in rows], [("", "1000.00", "now"), ("2026-03-01", "1250.50", "then"), ("2026-04-01", "1000.00", "then"), ("2026-06-01", "5000.00", "requested")])
        self.arcore("limit", "approve", asked["id"], "seen their books")
        self.assertIn("ARC_E_STATE", self.arcore("limit", "reject", asked["id"], "no", code=1).err)
        told, = self.arcore("limit", "show", "K1", "--as-of", "2026-06-01", "--result").json()
        self.assertEqual(told["limits"][0]["amount"], 500000)
        for verb in ("reject", "recall"):
            asked, = self.arcore("limit", "request", "K1", "1", "more", "-f", "csv").rows()
            self.arcore("limit", verb, asked["id"], "no")
        self.arcore("limit", "set", "K1", "much", "x", code=2)
        self.arcore("limit", "set", "NOBODY", "1", "x", code=1)
        self.arcore("limit", "approve", "x", code=2)

    def test_groups(self):
        self.arcore("add", "customer_group", "code=G1", "name=Group")
        self.arcore("change", "customer", "K1", "customer_group=G1")
        self.arcore("limit", "set", "G1", "400", "as a whole", "--customer-group", "--check", "1", "--from", "2026-01-01")
        row, = self.arcore("limit", "show", "K1", "--as-of", "2026-02-01", "-f", "csv").rows()
        self.assertEqual((row["of"], row["amount"]), ("customer_group", "400.00"))
        rows = self.arcore("credit", "exposure", "G1", "--customer-group", "-f", "csv").rows()
        self.assertEqual([(r["part"], r["headroom"]) for r in rows[-2:]], [("TOTAL", ""), ("LIMIT", "400.00")])

    def test_checks_and_holds(self):
        self.arcore("limit", "set", "K1", "100", "first year", "--from", "2026-01-01")
        self.arcore("credit", "policy", "p.json")
        self.assertIn("ARC_E", self.arcore("credit", "policy", "-", stdin="{}", code=1).err)
        self.order("O1", "120.00")
        ran = self.arcore("credit", "check", "sales_order", "O1", "-f", "csv", code=1)
        self.assertEqual([(r["rule"], r["limit"], r["excess"]) for r in ran.rows()], [("static", "100.00", "20.00"), ("static", "", "")])
        self.assertIn("would be held", ran.err)
        self.assertIn("it passes", self.arcore("credit", "check", "K1", "100").err)
        told, = self.arcore("credit", "check", "K1", "100.01", "--result", code=1).json()
        self.assertEqual(told["limits"][0]["excess"], 1)
        self.assertIn("ARC_NEEDS_APPROVAL", self.arcore("order", "confirm", "O1", code=1).err)
        hold, = self.arcore("hold", "list", "-f", "csv").rows()
        self.assertEqual((hold["status"], hold["excess"]), ("active", "20.00"))
        self.assertIn("ARC_E_RANGE", self.arcore("hold", "release", hold["id"], "they pay", "--amount", "119", code=1).err)
        self.arcore("hold", "release", hold["id"], "they pay", "--amount", "130", "--until", "2030-01-01")
        self.arcore("order", "confirm", "O1")
        self.assertEqual(self.arcore("hold", "list", "-f", "csv").rows(), [])
        self.assertEqual([r["status"] for r in self.arcore("hold", "list", "--all", "--customer", "K1", "-f", "csv").rows()], ["used"])
        rows = {r["part"]: r for r in self.arcore("credit", "exposure", "K1", "-f", "csv").rows()}
        self.assertEqual((rows["ordered"]["amount"], rows["TOTAL"]["amount"], rows["LIMIT"]["headroom"]), ("120.00", "120.00", "-20.00"))
        placed, = self.arcore("hold", "place", "K1", "cheque bounced", "-f", "csv").rows()
        self.order("O2", "1.00")
        self.arcore("order", "confirm", "O2", code=1)
        self.arcore("hold", "end", placed["id"], "paid")
        self.arcore("limit", "set", "K1", "200", "more", "--from", "2026-01-01")
        self.assertEqual(self.arcore("hold", "recheck", "-f", "csv").rows(), [{"confirmed": "1"}])
        self.arcore("hold", "end", "99", "x", code=1)

    def test_warnings(self):
        self.write("w.json", json.dumps({**POLICY, "rules": [{"rule": "document", "amount": "10.00", "effect": "warn"}]}))
        self.arcore("credit", "policy", "w.json")
        self.order("O1", "12.00")
        self.assertIn("with a warning", self.arcore("credit", "check", "sales_order", "O1").err)
        self.assertIn("larger than allowed", self.arcore("order", "confirm", "O1").err)
        self.assertEqual(self.arcore("hold", "list", "-f", "csv").rows(), [])
        kept, = self.arcore("hold", "list", "--warned", "-f", "csv").rows()
        self.assertEqual((kept["status"], kept["document_kind"]), ("warned", "sales_order"))
