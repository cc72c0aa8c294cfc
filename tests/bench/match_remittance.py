#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bank lines against open invoices, with the outcome a clerk intended for each.

    python3 tests/bench/match_remittance.py DIR... [--library FILE]

Each DIR has bank_statement.json and open_ar.json: a month of bank lines, the open invoices, and notes that say what is to become of each line. A memory book is made of them:
customers, invoices with their discounts, orders, disputes, legal holds, blocked customers, parents, aliases, nettings, what is given up without asking. The lines come in as receipts
of nobody in particular and are matched by the default strategy; returns go the way of returned payments. The notes are read for what was intended alone, never shown to the library:
paid, with discount, with a small difference, in part, short for a reason, against a netting, held, another company's, returned. Last line: the figures as one JSON object."""
import argparse
import datetime
import json
import os
import re
import sys
from decimal import Decimal

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# What notes call it; the first that fits. (words, outcome, reason)
INTENDED = (
    (("compliance", "ofac", "legal hold", "court freeze", "disputed invoice", "do not auto"), "held", None), (("wrong entity",), "other_entity", None),
    (("nsf", "bounced", "chargeback"), "returned", None), (("netting", "net settlement"), "netting", None), (("late discount",), "in part", None),
    (("valid early pay", "early pay discount"), "discount", None), (("auto write-off", "write-off threshold", "wire fee"), "small", None),
    (("unauthorized deduction", "unexplained"), "in part", None), (("freight", "promo"), "short", "promo"), (("damage",), "short", "damage"), (("short ship",), "short", "qty_short"),
    (("pricing dispute",), "short", "price"), (("fx rate mismatch", "rate difference"), "short", "fx"), (("installment", "instalment", "partial payment"), "in part", None))


def intended(note):
    text = note.lower()
    for words, outcome, reason in INTENDED:
        if any(word in text for word in words):
            return outcome, reason
    return "paid", None


def day(text):
    return datetime.date.fromisoformat(text)


def money(value):
    return str(Decimal(str(value)).quantize(Decimal("0.01")))


class World:
    def __init__(self, arcore, statement, ledger):
        self.statement, self.ledger, self.customers, self.items = statement, ledger, {}, {}
        currency = statement["transactions"][0]["currency"]
        self.book = arcore.open(f"memory:{id(self)}", create=True, base_currency=currency)
        self.session = self.book.session("clerk", business_date=day(statement["statement_date"]))
        self.ours = self.session.insert("bank_account", number=statement["account"], holder=statement["company"], bank=statement["bank"])
        self.tolerate(currency)
        held = set(ledger.get("compliance_config", {}).get("do_not_auto_apply_customer_ids", ()))
        for invoice in ledger["invoices"]:
            self.customer(invoice["customer_id"], invoice["customer_name"], invoice["customer_id"] in held or invoice["status"] == "ON_HOLD")
        self.relate()
        for invoice in ledger["invoices"]:
            self.invoice(invoice)
        for netting in ledger.get("intercompany_netting", ()):
            self.session.receipt_record(number="NET-" + netting["customer_id"], customer=self.customers[netting["customer_id"]].id, value_date=day(statement["statement_date"]).replace(day=1),
                                        currency=currency, amount=money(netting["our_payable"]), method="offset", evidence="netting agreement")

    def tolerate(self, currency):
        config = self.ledger.get("auto_writeoff_config") or {}
        document = {"tolerance": "arcore/1", "customers": [{"currency": currency, "absolute": money(config.get("max_per_transaction", 0)), "percent": "100"}]}
        self.session.definition_publish(self.session.definition_save("tolerance", "default", document))

    def customer(self, code, name, blocked=False):
        if code not in self.customers:
            self.customers[code] = self.session.insert("customer", code=code, legal_name=name, status="blocked" if blocked else None)
        return self.customers[code]

    def relate(self):
        for family in self.ledger.get("parent_child_hierarchy", ()):
            parent = self.customer(family["parent_customer_id"], family["parent_name"])
            for child in family["children"]:
                if child in self.customers:
                    record = self.session.get("customer", self.customers[child].id)
                    record.parent = parent.id
                    self.session.update(record)
        for alias in self.ledger.get("payer_alias_registry", ()):
            if alias["canonical_customer_id"] in self.customers:
                self.session.payer_confirm(self.customers[alias["canonical_customer_id"]].id, "payer_name", alias["payer_alias"])

    def invoice(self, one):
        session, customer = self.session, self.customers[one["customer_id"]]
        fields = dict(number=one["invoice_id"], customer=customer.id, invoice_date=day(one["invoice_date"]), currency=one["currency"])
        if one["po_reference"]:
            fields["sales_order"] = session.insert("sales_order", number=one["po_reference"], customer=customer.id, order_date=day(one["invoice_date"]), currency=one["currency"]).id
        if one["discount_pct"] and one["discount_deadline"]:
            term = {"due": {"kind": "fixed", "date": one["due_date"]}, "discounts": [{"percent": str(one["discount_pct"]), "until": {"kind": "fixed", "date": one["discount_deadline"]}}]}
            session.definition_publish(session.definition_save("term", "T-" + one["invoice_id"], term))
            line = {"name": "goods", "net_amount": money(one["original_amount"]), "tax_rate": "0"}
            session.invoice_issue(term="T-" + one["invoice_id"], lines=[line], **{k: v for k, v in fields.items() if k != "sales_order"})
        else:
            session.invoice_record(due_date=day(one["due_date"]), gross_amount=money(one["original_amount"]), **fields)
        item = self.items[one["invoice_id"]] = session.find("item", number=one["invoice_id"]).id
        paid = Decimal(money(one["original_amount"])) - Decimal(money(one["open_amount"]))
        if paid:
            reference = re.search(r"\b[A-Z]{2,}\d{8,}\b", one["note"] or "")
            receipt = session.receipt_record(number="PAID-" + one["invoice_id"], customer=customer.id, value_date=day(one["invoice_date"]), currency=one["currency"], amount=str(paid),
                                             bank_ref=reference.group() if reference else None)
            session.allocation_apply(receipt=receipt, item=item, amount=str(paid), date=day(one["invoice_date"]))
        if one["status"] == "DISPUTED":
            session.dispute_open(item=item, currency=one["currency"], amount=money(one["open_amount"]), reason="other", description=one["dispute_reason"])
        if one["status"] == "LEGAL_HOLD":
            session.flag_set(item=item, kind="legal", reason=one["dispute_reason"] or "hold", from_date=day(one["invoice_date"]))

    def receipts(self):
        """The lines, in order: receipts, or what came back."""
        made = {}
        for line in self.statement["transactions"]:
            if "RETURN" in line["payment_type"]:
                continue
            made[line["txn_id"]] = self.session.receipt_record(
                number=line["txn_id"], value_date=day(line["date"]), currency=line["currency"], amount=money(line["amount"]), payer_name=line["payer_raw"],
                bank_ref=line["bank_reference"], memo=line["remittance_text"] or None, our_account=self.ours.id)
        return made

    def give_back(self, line):
        """A line that takes money back: the receipt its text names, if just one has its amount."""
        words = set(re.findall(r"[A-Za-z0-9]+", line["remittance_text"]))
        from arcore import F, Money
        found = [r for r in self.session.query("receipt").where(F.amount == Money(Decimal(money(line["amount"])), line["currency"])) if r.bank_ref and r.bank_ref in words]
        if len(found) != 1:
            return None
        self.session.receipt_return(found[0].id, line["remittance_text"] or "returned", date=day(self.statement["statement_date"]))
        return found[0]

    def expected_items(self, line):
        named = [i for i in self.items if i in line["remittance_text"].split()]
        by_order = [one["invoice_id"] for one in self.ledger["invoices"] if one["po_reference"] and one["po_reference"] in line["remittance_text"].split()]
        if named or by_order:
            return set(named or by_order)
        payer = re.sub(r"\W+", " ", line["payer_raw"]).lower().split()
        own = [one for one in self.ledger["invoices"] if one["status"] in ("OPEN", "PARTIAL") and re.sub(r"\W+", " ", one["customer_name"]).lower().split()[:2] == payer[:2]]
        return {min(own, key=lambda one: (one["due_date"], one["invoice_id"]))["invoice_id"]} if own else set()


def outcome_of(why, action):
    """What the library decided, in the words of the notes."""
    if why is None:
        return "none", None
    if why.get("why") in ("blocked", "disputed", "held"):
        return "held", None
    if why.get("why") == "other_entity":
        return "other_entity", None
    kinds = [d["as"] for d in why["differences"]]
    for name, outcome in (("credit", "netting"), ("discount", "discount"), ("bank_charge", "small"), ("tolerance", "small"), ("partial", "in part"), ("residual", "in part")):
        if name in kinds and not ("deduction" in kinds):
            return outcome, None
    if "deduction" in kinds:
        return "short", next(d["reason_code"] for d in why["differences"] if d["as"] == "deduction")
    return "paid", None


def one_folder(arcore, folder, figures, wrong):
    with open(os.path.join(folder, "bank_statement.json"), encoding="utf-8") as file:
        statement = json.load(file)
    with open(os.path.join(folder, "open_ar.json"), encoding="utf-8") as file:
        ledger = json.load(file)
    world = World(arcore, statement, ledger)
    made = world.receipts()
    proposal = world.session.match_propose()
    lines = {line.action["receipt"]: line for line in proposal}
    numbers = {item: number for number, item in world.items.items()}
    for line in statement["transactions"]:
        want = intended(line["note"])
        figures["lines"] += 1
        if line["txn_id"] not in made:
            got, items = ("returned" if world.give_back(line) else "none", None), set()
            good = got == want
        else:
            match = lines.get(made[line["txn_id"]])
            why = match.explanation if match else None
            got = outcome_of(why, match.action if match else None)
            items = {numbers.get(row["item"]) for row in match.action["rows"]} if match else set()
            good = got == want and (want[0] == "other_entity" or items == world.expected_items(line))
            posted = bool(match) and why["outcome"] == "auto"
            figures["auto"] += posted
            figures["wrong_auto"] += posted and (not good or want[0] in ("held", "other_entity", "short"))
        figures["right"] += good
        told = f"{line['txn_id']}: {' '.join(filter(None, got))} {sorted(filter(None, items))} {(match.explanation['outcome'] if line['txn_id'] in made and match else '')}"
        print(("ok      " if good else "DIFFERS ") + told + ("" if good else f", intended {' '.join(filter(None, want))}"))
        if not good:
            wrong.append(line["txn_id"])
    if not world.book.verify().ok:
        wrong.append(folder + ": the book does not verify")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("folders", nargs="+")
    options.add_argument("--library")
    asked = options.parse_args()
    if asked.library:
        os.environ["ARCORE_LIBRARY"] = asked.library
    sys.path.insert(0, os.path.join(ROOT, "bindings", "python"))
    import arcore
    figures, wrong = {"lines": 0, "right": 0, "auto": 0, "wrong_auto": 0}, []
    for folder in asked.folders:
        one_folder(arcore, folder, figures, wrong)
    figures["differ"] = wrong
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
