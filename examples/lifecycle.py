# SPDX-License-Identifier: Apache-2.0
"""The life of one receivable through Python, as examples/lifecycle.c shows it: issued with lines, paid in part with a discount, paid, the payment reversed."""
import datetime
import decimal

import arcore

day, D = datetime.date.fromisoformat, decimal.Decimal

with arcore.open("memory:lifecycle", create=True) as book, book.session(business_date=day("2026-08-31")) as session:
    customer = session.insert("customer", code="C001", legal_name="上海华新贸易有限公司").id
    invoice = session.invoice_issue(number="LIFE-1", customer=customer, currency="CNY", invoice_date=day("2026-07-01"), term="2/10 NET30", lines=[
        dict(name="Pumps", currency="CNY", quantity=D(4), price=D(2500), tax_rate=D("0.13")), dict(name="Freight", currency="CNY", net_amount=D(500), tax_rate=D("0.13"))])
    item = session.query("item").where(invoice=invoice).select("id").first()[0]

    def pay(number, on, amount, discount):
        receipt = session.receipt_record(number=number, customer=customer, value_date=day(on), posting_date=day(on), currency="CNY", amount=amount)
        return session.allocation_apply(receipt=receipt, item=item, date=day(on), amount=amount, discount=discount)

    pay("LIFE-R1", "2026-07-08", D(4900), D(100))
    bounced = pay("LIFE-R2", "2026-07-30", D(6865), D(0))
    session.allocation_reverse(bounced, "the cheque bounced", date=day("2026-08-03"))

    for entry, posted, purpose in session.query("journal_entry").select("id", "posting_date", "purpose").tuples():
        print(posted, purpose, *(f"{role} {amount}" for role, amount in session.query("journal_line").where(journal_entry=entry).select("account_role", "amount").tuples()))
    for on in map(day, ("2026-07-01", "2026-07-08", "2026-07-30", "2026-08-31")):
        print("open as of", on, *(f"{row.total}, unapplied {row.unapplied}" for row in session.aging(as_of=on)))
    print("findings:", len(book.verify().findings))
