# SPDX-License-Identifier: Apache-2.0
"""What is issued from a draft is what would have been issued at once: header, lines, items, journal, what it takes of the chain."""
import datetime
import random
import unittest
from decimal import Decimal

import arcore
import support

MARCH = datetime.date(2026, 3, 1)


def furnished(rnd, s):
    """Contracts, orders of some of them, projects and departments on either."""
    customer = s.insert("customer", code="C1", legal_name="Acme")
    projects = [s.insert("project", code=f"P{j}", name="p", customer=customer, status="open") for j in range(2)]
    units = [s.insert("org_unit", code=f"T{j}", name="T", kind="department") for j in range(2)]

    def dimensions():
        chosen = {}
        if rnd.random() < .6:
            chosen["project"] = rnd.choice(projects)
        if rnd.random() < .6:
            chosen["department"] = rnd.choice(units)
        return chosen

    contracts, lines = [], []
    for j in range(3):
        k = s.insert("contract", number=f"K{j}", customer=customer, sign_date=datetime.date(2026, 1, 1), currency="CNY", amount="5000", tax_included=True, term="NET30", **dimensions())
        s.contract_activate(k)
        contracts.append(k)
    for j in range(3):
        of = {"contract": rnd.choice(contracts)} if rnd.random() < .7 else {}
        o = s.insert("sales_order", number=f"O{j}", customer=customer, order_date=datetime.date(2026, 2, 1), currency="CNY", **of, **dimensions())
        lines.append(s.insert("order_line", sales_order=o, seq=1, name="g", quantity="50", price="10", currency="CNY", tax_rate="0.13", amount="565"))
        s.order_confirm(o.id)
    return customer, contracts, lines


def document(rnd, customer, contracts, order_lines, n):
    lines = []
    one = rnd.choice(contracts) if rnd.random() < .4 else None
    for _ in range(rnd.randint(1, 3)):
        kind = "contract" if one else rnd.choice(("contract", "order", "none"))
        line = {"name": "x", "tax_rate": "0.13"}
        if kind == "order":
            line.update(quantity="1", price="10", order_line=rnd.choice(order_lines))
        else:
            line.update(gross_amount=str(Decimal(rnd.randint(500, 20000)) / 100))
            if kind == "contract":
                line["contract"] = one or rnd.choice(contracts)
        lines.append(line)
    header = {"customer": customer, "currency": "CNY", "invoice_date": MARCH + datetime.timedelta(n), "term": "NET30"}
    if rnd.random() < .3:
        header["contract"] = rnd.choice(contracts)
    return header, lines


def told(s, invoice):
    names = {"invoice": "contract sales_order delivery project department business_line channel store term due_date gross_amount net_amount number",
             "invoice_line": "seq contract order_line delivery_line project department gross_amount",
             "item": "amount due_date contract sales_order delivery project department", "invoice_item": "item amount consumes"}
    rows = []
    for entity, fields in names.items():
        where = {"id": invoice} if entity == "invoice" else {"invoice": invoice}
        rows += [(entity, *(getattr(r, f) for f in fields.split())) for r in s.query(entity).where(**where).order("id").records()]
    return rows


def posted(s):
    return [(e.posting_date, sorted((line.account_role, line.amount, line.project or 0, line.department or 0) for line in s.query("journal_line").where(journal_entry=e).records()))
            for e in s.query("journal_entry").order("id").records()]


class Drafts(unittest.TestCase):
    def life(self, seed, issue):
        rnd = random.Random(seed)
        with arcore.open(f"memory:drafts-{seed}-{issue.__name__}", create=True) as book, book.session("clerk", business_date=datetime.date(2026, 6, 30)) as s:
            s.insert("number_series", code="invoice", period="", pattern="INV-{n:4}", gapless=True)
            customer, contracts, order_lines = furnished(rnd, s)
            done = []
            for n in range(8):
                header, lines = document(rnd, customer, contracts, order_lines, n)
                try:
                    done.append(told(s, issue(s, header, lines)))
                except arcore.Error as error:
                    done.append(error.name)
            for invoice in [i.id for i in s.query("invoice").where(status="issued").order("id").records()]:
                s.invoice_credit(invoice, "price", "all of it")
            left = [s.headroom(k).issued for k in contracts]
            self.assertEqual(left, [0] * len(left))
            self.assertTrue(book.verify().ok)
            return done, posted(s)

    def test_as_if_issued_at_once(self):
        def at_once(s, header, lines):
            return s.invoice_issue(lines=lines, **header)

        def by_draft(s, header, lines):
            invoice = s.invoice_draft(lines=lines, **header)
            try:
                for step in (s.invoice_submit, s.invoice_approve, s.invoice_issue_draft):
                    step(invoice)
            except arcore.Error:
                s.invoice_reject(invoice, "x")
                raise
            return invoice

        for seed in range(6):
            with self.subTest(seed=seed):
                self.assertEqual(self.life(seed, by_draft), self.life(seed, at_once))


if __name__ == "__main__":
    support.main()
