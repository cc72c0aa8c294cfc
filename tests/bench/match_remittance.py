#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bank lines against open invoices, with the outcome a clerk intended for each.

    python3 tests/bench/match_remittance.py DIR... [--library FILE]

Each DIR has bank_statement.json and open_ar.json: a month of bank lines, the open invoices, and notes that say what is to become of each line. A memory book is made of them:
customers, invoices with their discounts, orders, disputes, legal holds, blocked customers, parents, aliases, nettings, what is given up without asking. The lines come in as receipts
of nobody in particular and are matched by the default strategy; returns go the way of returned payments. What was intended is read from the ledger - paid, with the discount of its terms, with a difference that is given
up, in part, over - and, where that leaves a choice, from the words of the notes, which the library never sees: short for a reason, against a netting, held, another company's, returned. `by_note` counts the latter;
`references_found` of `references` are the numbers in texts that the evidence names. Last line: the figures as one JSON object."""
import argparse
import datetime
import json
import os
import re
import sys
from decimal import Decimal

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# What notes call it; the first that fits. (outcome, reason, words; * stands for any ending)
LABELS = (
    ("held", None, ("compliance", "ofac", "sanction*", "sdn", "watchlist", "legal hold", "court freeze", "litigation*", "injunction", "insolven*", "bankrupt", "disputed invoice", "under dispute", "under active dispute",
                    "do not post", "do not auto", "do not apply")),
    ("other_entity", None, ("wrong entity", "different entity", "separate legal entity", "sister company", "other entity", "misdirected")),
    ("returned", None, ("nsf", "bounced", "insufficient funds", "returned item", "returned payment", "payment returned", "ach return", "stop payment", "returned by the bank", "dishonour*", "dishonor*")),
    ("netting", None, ("netting", "net settlement", "netted", "offset against", "contra", "set-off", "setoff")),
    ("in part", None, ("late discount", "expired discount", "discount expired", "after the deadline", "outside the window", "outside window", "unearned", "unauthorized", "unauthorised", "unexplained", "not allowed")),
    ("discount", None, ("early pay*", "prompt pay*", "cash discount", "discount taken", "earned discount", "settlement discount", "skonto")),
    ("small", None, ("write-off", "write off", "writeoff", "rounding", "penny", "cents", "wire fee", "bank fee", "bank charge", "lifting fee", "transfer fee", "within tolerance", "within threshold")),
    ("short", "promo", ("freight", "promo*", "rebate", "co-op", "marketing", "allowance")), ("short", "damage", ("damage*", "broken", "breakage", "defect*")),
    ("short", "qty_short", ("short ship", "shortship", "short deliver*", "shortage*", "undelivered", "missing units", "quantity")), ("short", "return", ("return of goods", "goods returned", "returned goods", "rma")),
    ("short", "tax", ("withholding", "wht")), ("short", "retention", ("retention", "retainage")), ("short", "commission", ("commission",)),
    ("short", "price", ("pricing", "price dispute", "price difference", "price variance", "overbilled", "overcharge*", "unit price")),
    ("short", "fx", ("fx rate mismatch", "rate difference", "rate mismatch", "rate variance", "exchange loss", "exchange difference")),
    ("in part", None, ("installment", "instalment", "partial", "part payment", "part-payment", "short pay", "shortpay", "balance remains", "balance due", "remaining balance")),
    ("over", None, ("overpay*", "over-pay", "over pay", "overpaid", "excess", "on account", "unapplied", "credit balance")))


def label(note):
    """Outcome and reason by the words of a note; what it says is not ("no deductions") does not count."""
    text = re.sub(r"\b(?:no|without|never|nor)\s+[\w-]+(?:\s+(?:terms?|deductions?|discounts?|issues?|fees?|allowance))?", " ", note.lower())
    for outcome, reason, words in LABELS:
        if any(re.search(r"(?<![a-z])" + (re.escape(word[:-1]) if word[-1] == "*" else re.escape(word) + r"(?:e?s|e?d|ing|ment)?(?![a-z])"), text) for word in words):
            return outcome, reason
    return None, None


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

    def named_items(self, line):
        """Numbers of invoices and orders that stand in the text as they stand in the ledger."""
        words = re.findall(r"[\w./#-]*\w", (line["remittance_text"] or "").upper())
        numbers = [one["invoice_id"] for one in self.ledger["invoices"]] + [one["po_reference"] for one in self.ledger["invoices"] if one["po_reference"]]
        return [n for n in dict.fromkeys(numbers) if n.upper() in words]

    def expected_items(self, line):
        words = self.named_items(line)
        named = [i for i in self.items if i in words]
        by_order = [one["invoice_id"] for one in self.ledger["invoices"] if one["po_reference"] and one["po_reference"] in words]
        if named or by_order:
            return set(named or by_order)
        payer = re.sub(r"\W+", " ", line["payer_raw"]).lower().split()
        own = [one for one in self.ledger["invoices"] if one["status"] in ("OPEN", "PARTIAL") and re.sub(r"\W+", " ", one["customer_name"]).lower().split()[:2] == payer[:2]]
        return {min(own, key=lambda one: (one["due_date"], one["invoice_id"]))["invoice_id"]} if own else set()


def close(a, b):
    return abs(a - b) <= Decimal("0.01")


def intended(world, line):
    """What was to become of a line: what the ledger says (what is named, disputed or held, what was paid of it, the discount of its terms, what is given up without asking) and, where that leaves a
    choice, what the note calls it. (outcome, reason), and by what."""
    outcome, reason = label(line["note"] or "")
    if outcome in ("held", "other_entity", "returned", "netting"):
        return (outcome, reason), "note"
    named = [one for one in world.ledger["invoices"] if one["invoice_id"] in world.expected_items(line)]
    if any(one["status"] in ("DISPUTED", "LEGAL", "LEGAL_HOLD", "ON_HOLD", "FROZEN") for one in named):
        return ("held", None), "ledger"
    if not named:
        return (outcome or "paid", reason), "note"
    paid, owed = Decimal(money(line["amount"])), sum(Decimal(money(one["open_amount"])) for one in named)
    earned = sum((Decimal(money(one["original_amount"])) * Decimal(str(one["discount_pct"])) / 100 for one in named
                  if one["discount_pct"] and one["discount_deadline"] and day(line["date"]) <= day(one["discount_deadline"])), Decimal(0))
    if close(paid, owed):
        return ("paid", None), "ledger"
    if paid > owed:
        return ("over", None), "ledger"
    if earned and close(owed - paid, earned.quantize(Decimal("0.01"))):
        return ("discount", None), "ledger"
    if outcome == "short" or outcome == "in part":
        return (outcome, reason), "note"
    most = Decimal(str((world.ledger.get("auto_writeoff_config") or {}).get("max_per_transaction", 0) or 0))
    return ("small" if owed - paid <= most else "in part", None), "ledger"


def outcome_of(why, action):
    """What the library decided, in the words of the notes."""
    if why is None:
        return "none", None
    if why.get("why") in ("blocked", "disputed", "held"):
        return "held", None
    if why.get("why") == "other_entity":
        return "other_entity", None
    kinds = [d["as"] for d in why["differences"]]
    for name, outcome in (("credit", "netting"), ("on_account", "over"), ("refund", "over"), ("discount", "discount"), ("bank_charge", "small"), ("tolerance", "small"), ("partial", "in part"), ("residual", "in part")):
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
        want, by = intended(world, line)
        figures["by_note"] += by == "note"
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
            named = world.named_items(line)
            found = {e["number"].upper() for e in why["evidence"]} if match else set()
            figures["references"] += len(named)
            figures["references_found"] += len({n for n in named if n.upper() in found})
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
    figures, wrong = {"lines": 0, "right": 0, "auto": 0, "wrong_auto": 0, "by_note": 0, "references": 0, "references_found": 0}, []
    for folder in asked.folders:
        one_folder(arcore, folder, figures, wrong)
    figures["differ"] = wrong
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
