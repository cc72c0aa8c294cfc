# SPDX-License-Identifier: Apache-2.0
"""Documents with lines, contracts and statements."""
from decimal import Decimal

import support
from arcore import terms
from support import Money, arcore, day


class DocumentTest(support.BookTest):
    def setUp(self):
        super().setUp()
        self.session.insert("number_series", code="invoice", period="", pattern="INV-{yyyy}-{n:3}", gapless=True)
        self.acme = self.customer("C1", term="NET30")

    def issue(self, gross="113.00", on="2026-06-01", **fields):
        return self.session.invoice_issue({"customer": self.acme.id, "currency": "CNY", "invoice_date": day(on), **fields},
                                          [{"name": "pump", "gross_amount": gross, "tax_rate": "0.13"}])


class RedLetters(DocumentTest):
    def test_a_note_to_a_tax_invoice_waits_for_its_red_fapiao(self):
        s = self.session
        first = self.issue(fapiao_kind="digital_special")
        note = s.invoice_credit(first, "return", "came back broken", date=day("2026-06-10"))
        self.assertEqual((s.get("invoice", note).status, s.get("invoice", note).tax_status), ("approved", "red_pending"))
        with self.assertRaises(arcore.StateError):
            s.credit_red_issued(note, "20260610000000000001", date=day("2026-06-11"))
        s.credit_red_status(note, "confirmed", confirm_no="RC-1")
        s.credit_red_issued(note, "20260610000000000001", date=day("2026-06-11"))
        self.assertEqual((s.get("invoice", note).status, s.get("invoice", first).status), ("issued", "credited"))


class Keys(DocumentTest):
    def test_rows_are_found_by_what_names_them(self):
        s = self.session
        self.assertEqual(s.find("customer", "C1").id, self.acme.id)
        self.assertIsNone(s.find("customer", "C2"))
        number = s.get("invoice", self.issue()).number
        self.assertEqual(s.find(arcore.entities.Invoice, number).gross_amount, Decimal("113.00"))
        with self.assertRaises(TypeError):
            s.find("customer", "C1", code="C1")
        with self.assertRaises(arcore.UnsupportedError):
            s.find("item_state", "x")
        self.assertEqual(s.find("customer", code="C1").id, self.acme.id)


class Invoices(DocumentTest):
    def test_a_document_is_worked_out(self):
        s = self.session
        invoice = s.get("invoice", s.invoice_issue(customer=self.acme.id, currency="CNY", invoice_date=day("2026-06-01"), lines=[
            {"name": "pump", "quantity": "2", "price": "50", "tax_rate": "0.13"},
            s.new("invoice_line", name="hose", currency="CNY", net_amount="10.00", tax_rate="0.06")]))
        self.assertEqual((invoice.number, invoice.net_amount, invoice.tax_amount, invoice.gross_amount),
                         ("INV-2026-001", Decimal("110.00"), Decimal("13.60"), Decimal("123.60")))
        self.assertEqual(s.find("item", number="INV-2026-001").due_date, day("2026-07-01"))
        self.assertEqual(s.query("invoice_line").where(invoice=invoice.id).count(), 2)

    def test_a_line_that_is_wrong_is_pointed_at(self):
        with self.assertRaises(arcore.RequiredError) as caught:
            self.session.invoice_issue({"customer": self.acme.id, "currency": "CNY"}, [
                {"name": "a", "net_amount": "1.00", "tax_rate": "0.13"}, {"name": "b", "net_amount": "1.00"}])
        self.assertEqual(caught.exception.pointer, "/lines/1/tax_rate")
        with self.assertRaises(arcore.Error):
            self.session.invoice_issue({"customer": self.acme.id, "currency": "CNY"}, [])
        self.assertEqual(self.session.query("invoice").count(), 0)

    def test_batches_and_request_keys(self):
        s = self.session
        good = dict(customer=self.acme.id, currency="CNY", lines=[{"name": "a", "gross_amount": "10.00", "tax_rate": "0.13"}])
        bad, own = {**good, "customer": 999}, {**good, "number": "OWN"}
        done = s.invoice_issue_many([good, bad, own], request_key="batch-1")
        self.assertEqual((done.refused, type(done.error)), ([1], arcore.DanglingReferenceError))
        self.assertEqual(s.get("invoice", done.ids[2]).number, "OWN")
        again = s.invoice_issue_many([good, bad, own], request_key="batch-1")
        self.assertEqual(again.ids, done.ids)
        with self.assertRaises(arcore.Error):
            s.invoice_issue_many([good, bad], all_or_none=True)
        self.assertEqual(s.query("invoice").count(), 2)
        self.assertEqual(s.invoice_issue_many([]).ids, [])


class OtherDocuments(DocumentTest):
    LINES = [{"name": "pump", "gross_amount": "113.00", "tax_rate": "0.13"}]

    def test_advances_and_proformas(self):
        s, header = self.session, dict(customer=self.acme.id, currency="CNY", invoice_date=day("2026-06-01"))
        advance = s.get("invoice", s.invoice_issue(header, self.LINES, advance=True))
        self.assertEqual((advance.kind, s.find("item", number=advance.number).kind), ("advance", "advance"))
        proforma = s.get("invoice", s.invoice_issue(header, self.LINES, proforma=True))
        self.assertEqual((proforma.kind, s.find("item", number=proforma.number)), ("proforma", None))
        with self.assertRaises(arcore.InvalidError):
            s.invoice_issue(header, self.LINES, advance=True, proforma=True)
        self.assertEqual(s.invoice_preview(header, self.LINES, proforma=True).items, [])
        made = s.invoice_issue_many([{**header, "lines": self.LINES, "advance": True}, {**header, "lines": self.LINES}], all_or_none=True)
        self.assertEqual([s.get("invoice", id).kind for id in made.ids][0], "advance")
        draft = s.invoice_draft(header, self.LINES, advance=True)
        self.assertEqual(s.get("invoice", draft).kind, "advance")
        self.assertTrue(self.book.verify().ok)

    def test_documents_say_what_they_use(self):
        s = self.session
        fields = dict(customer=self.acme.id, currency="CNY", business_date=day("2026-05-01"), due_date=day("2026-07-01"))
        project = s.insert("project", code="J1", name="pumps", status="open").id
        plans = [s.item_record(number=f"E{n}", amount="100.00", kind="estimated", project=project, **fields) for n in (1, 2)]
        header = dict(customer=self.acme.id, currency="CNY", invoice_date=day("2026-06-01"))
        s.invoice_issue(header, self.LINES, uses=[{"item": plans[0], "amount": 60}, {"item": s.get("item", plans[1]), "amount": Money(Decimal("40.50"), "CNY")}])
        self.assertEqual([row.open for row in s.query("item_state").where(item__in=plans).order("item").select("open")], [Decimal("40.00"), Decimal("59.50")])
        stands = s.item_record(number="S1", amount="113.00", kind="invoiced", **fields)
        self.assertEqual(s.invoice_preview(header, self.LINES, uses=[{"item": stands, "amount": "113.00"}]).items, [])
        covered = s.invoice_issue(header, self.LINES, uses=[{"item": stands, "amount": "113"}])
        self.assertIsNone(s.find("item", number=s.get("invoice", covered).number))
        draft = s.invoice_draft(header, self.LINES, uses=[{"item": plans[0], "amount": "40.00"}])
        s.invoice_issue_draft(draft)
        self.assertEqual(s.find("item_state", item=plans[0]).open, Decimal("0.00"))
        s.invoice_void(s.invoice_issue(header, self.LINES, uses=[{"item": plans[1], "amount": "60.00", "up_to": True}]), "wrong")
        for uses, error in (([{"item": plans[1], "amount": "59.51"}], arcore.GuardError), ([{"item": plans[1], "amount": 1.5}], TypeError), ([{"row": 1}], TypeError),
                            ([{"item": plans[1], "amount": Money(Decimal(1), "USD")}], arcore.CurrencyError)):
            with self.assertRaises(error):
                s.invoice_issue(header, self.LINES, uses=uses)
        with self.assertRaises(arcore.RequiredError):
            s.invoice_issue({"customer": self.acme.id}, [{**self.LINES[0], "currency": "CNY"}], uses=[{"item": plans[1], "amount": 1}])
        self.assertTrue(self.book.verify().ok)


class CreditNotes(DocumentTest):
    def test_whole_by_line_and_by_amount(self):
        s = self.session
        first = s.invoice_issue({"customer": self.acme.id, "currency": "CNY", "invoice_date": day("2026-06-01")},
                                [{"name": "pump", "quantity": "4", "price": "50", "tax_rate": "0.13"}])
        note = s.get("invoice", s.invoice_credit(first, "return", "one came back broken", lines=[{"seq": 1, "quantity": 1}]))
        self.assertEqual((note.kind, note.red_of, note.gross_amount), ("credit_note", first, Decimal("-56.50")))
        with self.assertRaises(arcore.GuardError):
            s.invoice_credit(first, "price", "too much", lines=[{"seq": 1, "gross": "169.51"}])
        rest = s.invoice_credit(s.get("invoice", first), "price", "the rest", number="CN-X", date=day("2026-06-20"), request_key="rest")
        self.assertEqual(rest, s.invoice_credit(s.get("invoice", first), "price", "the rest", number="CN-X", date=day("2026-06-20"), request_key="rest"))
        self.assertEqual((s.get("invoice", rest).gross_amount, s.get("invoice", first).status), (Decimal("-169.50"), "credited"))
        plain = self.invoice(self.acme, "P1", "100.00")
        part = s.invoice_credit_many([dict(invoice=plain, amount="40.00", reason_code="price", reason="agreed"),
                                      dict(invoice=999, amount="1.00", reason_code="price", reason="agreed"),
                                      dict(invoice=plain, amount=Money(Decimal("60.01"), "CNY"), reason_code="price", reason="agreed")])
        self.assertEqual((part.refused, part.statuses[1:]), ([1, 2], [arcore.capi.ARC_E_NOT_FOUND, arcore.capi.ARC_E_GUARD]))
        self.assertEqual(s.get("invoice", part.ids[0]).gross_amount, Decimal("-40.00"))
        with self.assertRaises(TypeError):
            s.invoice_credit(plain, "price", "x", lines=[{"amount": 1}])
        with self.assertRaises(TypeError):
            s.invoice_credit_many([dict(invoice=plain, reason_cod="price")])
        self.assertTrue(self.book.verify().ok)


class Settling(DocumentTest):
    def setUp(self):
        super().setUp()
        rules = {"tolerance": "arcore/1", "customers": [{"currency": "CNY", "absolute": "2.00", "percent": "0.5"}]}
        self.session.definition_publish(self.session.definition_save("tolerance", "main", rules))

    def test_what_a_payment_earns(self):
        s = self.session
        self.issue("1000.00", term="2/10 NET30")
        item = s.find("item", number="INV-2026-001")
        offer = s.item_offer(item, day("2026-06-11"), tolerance="main")
        self.assertEqual((offer.tier, offer.until, offer.open, offer.amount, offer.earned), (1, day("2026-06-11"), Decimal("1000.00"), Decimal("20.00"), Decimal("20.00")))
        self.assertEqual(s.item_offer(item.id, day("2026-06-12"), "980.00", tolerance="main").tier, 0)
        with self.assertRaises(arcore.NotFoundError):
            s.item_offer(999, payment="1.00")

    def test_a_list_is_settled(self):
        s = self.session
        for amount in ("100.00", "50.00"):
            self.issue(amount)
        items = [s.find("item", number=f"INV-2026-00{n}") for n in (1, 2)]
        r = s.receipt_record(number="R1", customer=self.acme.id, value_date=day("2026-06-05"), currency="CNY", amount="149.50")
        dry = s.receipt_settle(r, items, tolerance="main", dry_run=True)
        self.assertEqual((dry.allocation, dry.net, dry.difference, sum(line.tolerated for line in dry.lines)), (0, Decimal("150.00"), Decimal("-0.50"), Decimal("0.50")))
        self.assertEqual(s.query("allocation").count(), 0)
        done = s.receipt_settle(s.get("receipt", r), [i.id for i in items], tolerance="main", request_key="settle-1")
        self.assertEqual(([line._replace(made=0) for line in done.lines], done.unapplied), ([line._replace(made=0) for line in dry.lines], 0))
        self.assertEqual(s.receipt_settle(s.get("receipt", r), [i.id for i in items], tolerance="main", request_key="settle-1").allocation, done.allocation)
        self.assertEqual(s.query("item_state").where(open__ne=Money(Decimal(0), "CNY")).count(), 0)
        self.assertTrue(self.book.verify().ok)

    def test_a_shortfall_becomes_a_chargeback(self):
        s = self.session
        self.issue("100.00")
        item = s.find("item", number="INV-2026-001")
        r = s.receipt_record(number="R1", customer=self.acme.id, value_date=day("2026-06-05"), currency="CNY", amount="60.00")
        done = s.receipt_settle(r, [item], rest="chargeback", reason_code="price", reason="claims a rebate", tolerance="main")
        self.assertEqual((done.lines[0].amount, done.lines[0].moved, s.get("item", done.lines[0].made).amount), (Decimal("60.00"), Decimal("40.00"), Decimal("40.00")))
        for wrong, error in ((dict(rest="nothing"), arcore.InvalidError), (dict(discounts=[1, 2]), ValueError), (dict(discounts=["1.005"]), arcore.PrecisionError), (dict(discounts=["-0.01"]), arcore.RangeError)):
            with self.assertRaises(error):
                s.receipt_settle(r, [item], **wrong)


class Contracts(DocumentTest):
    def test_life(self):
        s = self.session
        k = s.insert("contract", number="K9", customer=self.acme.id, sign_date=day("2026-01-01"), currency="CNY", amount="1000.00", tax_included=True, term="NET30")
        s.contract_submit(k)
        s.contract_recall(k, "wrong customer")
        s.contract_submit(k)
        s.contract_reject(k, "too cheap")
        self.assertEqual(s.get("contract", k.id).status, "draft")
        s.contract_submit(k)
        s.contract_approve(k)
        self.issue("600.00", contract=k.id)
        with self.assertRaises(arcore.GuardError) as told:
            s.contract_amend(k, "less", amount="599.99")
        self.assertEqual(told.exception.field, "amount")
        row = s.get("contract_change", s.contract_amend(k.id, "补充协议", amount="700.00", tolerance="0.1", number="K9-1"))
        self.assertEqual((row.amount, row.old_amount, row.kind, row.number), (Decimal("700.00"), Decimal("1000.00"), "amended", "K9-1"))
        self.assertEqual(s.headroom(k).headroom, Decimal("170.00"))
        with self.assertRaises(arcore.StateError):
            s.update(s.get("contract", k.id), amount="5000.00")
        s.contract_terminate(k, "客户违约")
        self.assertEqual((s.get("contract", k.id).status, s.headroom(k).headroom), ("terminated", Decimal("0.00")))
        s.contract_reopen(k, "和解")
        s.contract_close(k)
        self.assertEqual(s.get("contract", k.id).status, "closed")

    def test_headroom(self):
        s = self.session
        k = s.insert("contract", number="K1", customer=self.acme.id, sign_date=day("2026-01-01"), currency="CNY", amount="1000.00", tax_included=True, term="NET30")
        with self.assertRaises(arcore.StateError):
            self.issue(contract=k.id)
        s.contract_activate(k)
        self.issue("600.00", contract=k.id)
        self.assertEqual(s.headroom(k), (Decimal("1000.00"), Decimal("600.00"), Decimal("400.00"), Decimal("0.00"), "CNY"))
        with self.assertRaises(arcore.GuardError):
            self.issue("400.01", contract=k.id)
        s.contract_close(k.id)
        with self.assertRaises(arcore.StateError):
            self.issue("1.00", contract=k.id)
        frame = s.insert("contract", number="K2", customer=self.acme.id, kind="framework", sign_date=day("2026-01-01"), currency="CNY", tax_included=True,
                         term="NET30")
        self.assertEqual(s.headroom(frame), (None, None, None, None, None))


class Computed(DocumentTest):
    def test_settlement(self):
        s = self.session
        self.issue("100.00")
        item = s.find("item", number="INV-2026-001")
        invoice = s.get("invoice", item.invoice)
        self.assertNotIn("settlement", invoice.to_dict())
        self.assertEqual((invoice.settlement, invoice.open, invoice.items, invoice["difference"]), ("open", Decimal("100.00"), [item.id], Decimal("0.00")))
        self.assertEqual(invoice.to_dict()["settlement"], "open")
        r = s.receipt_record(number="R1", customer=self.acme.id, value_date=day("2026-06-05"), currency="CNY", amount="60.00")
        s.allocation_apply(item=item.id, receipt=r, amount="60.00", date=day("2026-06-05"))
        self.assertEqual(invoice.settlement, "open")  # as it was when it was computed
        receipt = s.get("receipt", r, computed=True)
        self.assertEqual(s.compute([invoice, item, receipt]), [invoice, item, receipt])
        self.assertEqual((invoice.settlement, item.status, item.open, receipt.status), ("partial", "partial", Decimal("40.00"), "applied"))
        s.compute([invoice, receipt], as_of=day("2026-06-04"))
        self.assertEqual((invoice.settlement, invoice.money("open"), receipt.status), ("open", Money(Decimal("100.00"), "CNY"), None))
        self.assertIsNone(s.new("invoice").settlement)
        self.assertIsNone(self.acme.grade)


class Orders(DocumentTest):
    def test_orders_and_deliveries(self):
        s = self.session
        k = s.insert("contract", number="K1", customer=self.acme.id, sign_date=day("2026-01-01"), currency="CNY", amount="1000.00", tax_included=True, term="NET30")
        s.contract_activate(k)
        o = s.insert("sales_order", number="O1", customer=self.acme.id, contract=k.id, order_date=day("2026-05-01"), currency="CNY")
        line = s.insert("order_line", sales_order=o.id, seq=1, name="pump", quantity="10", price="50", currency="CNY", amount="500.00")
        self.assertEqual(s.order_confirm(o.id), 2)
        self.assertEqual(s.headroom(k).ordered, Decimal("500.00"))
        d = s.insert("delivery", number="D1", sales_order=o.id, customer=self.acme.id, delivery_date=day("2026-05-02"))
        s.insert("delivery_line", delivery=d.id, seq=1, order_line=line.id, quantity="10.1", currency="CNY", amount="500.00")
        with self.assertRaises(arcore.GuardError):
            s.delivery_ship(d)
        s.delivery_cancel(d, "miscounted")
        with self.assertRaises(arcore.StateError):
            s.delivery_ship(d)
        e = s.insert("delivery", number="D2", sales_order=o.id, customer=self.acme.id, delivery_date=day("2026-05-02"))
        s.insert("delivery_line", delivery=e.id, seq=1, order_line=line.id, quantity="4", currency="CNY", amount="200.00")
        s.delivery_ship(e)
        s.delivery_sign(e, by="Ann", date=day("2026-05-04"))
        self.assertEqual(s.get("delivery", e.id).signer, "Ann")
        with self.assertRaises(arcore.StateError):
            s.delivery_refuse(e, "broken")
        with self.assertRaises(arcore.StateError):
            s.order_cancel(o, "no")
        s.order_close(o)
        self.assertEqual((s.get("sales_order", o.id).committed, s.headroom(k).ordered), (Decimal("200.00"), Decimal("200.00")))
        p = s.insert("sales_order", number="O2", customer=self.acme.id, order_date=day("2026-05-01"), currency="CNY")
        told = s.order_steps("cancel", [{"id": p.id, "reason": "twice"}, {"id": o.id, "reason": "late"}])
        self.assertEqual((told.refused, type(told.error)), ([1], arcore.StateError))
        with self.assertRaises(ValueError):
            s.order_steps("ship", [o.id])


class BeforeTheInvoice(DocumentTest):
    def test_plans_estimates_and_tracking(self):
        s = self.session
        k = s.insert("contract", number="K1", customer=self.acme.id, sign_date=day("2026-01-01"), currency="CNY", amount="1000.00", tax_included=True, term="NET30")
        m = s.insert("milestone", contract=k.id, seq=1, trigger_kind="delivery", currency="CNY", amount="1000.00")
        s.contract_activate(k)
        self.assertEqual((s.contract_plan(k), s.contract_plan(k)), (1, 0))
        s.milestone_reach(m, day("2026-06-01"))
        planned = s.query("item").where(kind="planned").first()
        self.assertEqual(s.find("item_state", item=planned.id).due_date, day("2026-07-01"))
        self.assertEqual(s.contract_tracking(k)["number"], "K1")
        of = dict(customer=self.acme.id, currency="CNY", contract=k.id)
        with self.assertRaises(arcore.RequiredError):
            s.item_record(number="E1", customer=self.acme.id, currency="CNY", amount="50.00")
        e = s.item_record(number="E1", amount="50.00", request_key="e1", **of)
        self.assertEqual(s.get("item", e).kind, "estimated")
        told = s.item_record_many([dict(number="E2", amount="7.00", **of), dict(number="E1", amount="7.00", **of)])
        self.assertEqual((told.refused, type(told.error)), ([1], arcore.ExistsError))
        self.assertEqual(s.item_tracking(told.ids[0])["to_invoice"], "7.00")
        s.item_cancel(e, "never delivered")
        with self.assertRaises(arcore.StateError):
            s.item_cancel(e)

    def test_notes_to_lines_of_requests(self):
        s = self.session
        s.insert("invoice_title", customer=self.acme.id, title="Acme", tax_no="91370200MA3C000001", is_default=True)
        of = s.insert("project", code="J2", name="pumps", status="open").id
        items = [s.item_record(number=f"E{n}", kind="estimated", customer=self.acme.id, currency="CNY", amount=amount, project=of) for n, amount in enumerate(("100.00", "70.00"))]
        r = s.insert("invoice_request", number="Q9", customer=self.acme.id, currency="CNY", amount="180.00", fapiao_kind="digital_general")
        for seq, (item, amount) in enumerate(((items[1], "70.00"), (items[0], "100.00"), (None, "10.00")), 1):
            s.insert("invoice_request_line", invoice_request=r.id, seq=seq, item=item, name="pump", currency="CNY", amount=amount, tax_rate="0.13")
        s.invoice_request_submit(r)
        self.book.session("boss", business_date=support.TODAY).invoice_request_approve(r.id)
        s.invoice_request_send(r)
        invoice = s.invoice_request_issue(r, "26312000000000000009", support.TODAY)
        left = lambda: [str(s.find("item_state", item=i).open) for i in items]
        self.assertEqual(left(), ["0.00", "0.00"])
        for number, line, expected in (("R1", dict(seq=3), ["0.00", "0.00"]), ("R2", dict(seq=1), ["0.00", "70.00"]), ("R3", dict(seq=2, gross="40.00"), ["40.00", "70.00"])):
            note = s.invoice_credit(invoice, "return", "sent back", lines=[line])
            s.credit_red_status(note, "not_needed")
            s.credit_red_issued(note, number)
            self.assertEqual(left(), expected)

    def test_requests_for_tax_invoices(self):
        s = self.session
        with self.assertRaises(arcore.NotFoundError):
            s.invoice_request_submit(1)
        title = s.insert("invoice_title", customer=self.acme.id, title="Acme", tax_no="91370200MA3C000001", is_default=True)
        r = s.insert("invoice_request", number="Q1", customer=self.acme.id, buyer_title=title.id, currency="CNY", amount="113.00", fapiao_kind="digital_general")
        e = s.item_record(number="E1", customer=self.acme.id, currency="CNY", amount="113.00", project=s.insert("project", code="J1", name="pumps", status="open").id)
        s.insert("invoice_request_line", invoice_request=r.id, seq=1, item=e, name="pump", currency="CNY", amount="113.00", tax_rate="0.13")
        s.invoice_request_submit(r)
        other = self.book.session("boss", business_date=support.TODAY)
        other.invoice_request_approve(r.id)
        self.assertEqual(s.get("message", s.invoice_request_send(r)).kind, "invoice_request.send")
        s.invoice_request_fail(r, "the tax office is closed")
        again = s.invoice_request_reissue(r, "Q2")
        s.invoice_request_cancel(again, "not needed")
        third = s.invoice_request_reissue(again, "Q3")
        s.invoice_request_submit(third)
        s.invoice_request_recall(third)
        s.invoice_request_submit(third)
        told = other.invoice_request_steps("approve", [third, 99])
        self.assertEqual((told.refused, type(told.error)), ([1], arcore.NotFoundError))
        s.invoice_request_reject(third, "wrong title")
        self.assertEqual(s.get("invoice_request", third).status, "draft")
        s.invoice_request_submit(third)
        other.invoice_request_approve(third)
        s.invoice_request_send(third)
        invoice = s.get("invoice", s.invoice_request_issue(third, "26312000000000000001", support.TODAY))
        self.assertEqual(invoice.gross_amount, Decimal("113.00"))


class Statements(DocumentTest):
    def test_letters(self):
        s = self.session
        self.issue("100.00")
        letter = s.statement_letter_make(self.acme, day("2026-06-01"), number="L1")
        s.statement_letter_send(letter)
        s.statement_letter_confirm(letter, "Ms Li", "90.00")
        self.assertEqual(s.get("statement_letter", letter).status, "differs")
        s.statement_letter_confirm(s.get("statement_letter", letter), "Ms Li")
        self.assertEqual(s.get("statement_letter", letter).status, "confirmed")

    def test_letters_of_many(self):
        s = self.session
        self.issue("100.00")
        other = self.customer("L2")
        s.insert("number_series", code="statement_letter", period="", pattern="L-{n:3}", gapless=True)
        made = s.statement_letters_make([other, self.acme, 999], day("2026-06-01"), day("2026-06-30"))
        self.assertEqual([status == 0 for status in made.statuses], [True, True, False])
        first, second = made.ids[:2]
        self.assertEqual([s.get("statement_letter", one).number for one in (first, second)], ["L-001", "L-002"])
        texts = s.statement_letter_texts([second, first], "zh")
        self.assertEqual((list(texts), texts[first]), ([second, first], s.statement_letter_text(first, "zh")))
        with self.assertRaises(arcore.NotFoundError):
            s.statement_letter_texts([first, 999])
        sent = s.statement_letters_send([first, dict(letter=second, date=day("2026-07-02"))])
        self.assertEqual((sent.ids, s.get("statement_letter", second).sent_on), ([first, second], day("2026-07-02")))

    def test_a_statement(self):
        s = self.session
        self.issue("100.00", "2026-05-10")
        self.issue("50.00", "2026-06-02")
        r = s.receipt_record(number="R1", customer=self.acme.id, value_date=day("2026-06-05"), currency="CNY", amount="70.00")
        s.allocation_apply(item=s.find("item", number="INV-2026-001").id, receipt=r, amount="70.00", date=day("2026-06-06"))
        told = s.statement(self.acme, day("2026-06-01"), day("2026-06-30"), open_items=True)
        i = told.info
        self.assertEqual((i.code, i.currency, i.from_, i.to), ("C1", "CNY", day("2026-06-01"), day("2026-06-30")))
        self.assertEqual((i.opening, i.debit, i.credit, i.closing, i.overdue), tuple(map(Decimal, ("100.00", "50.00", "70.00", "80.00", "30.00"))))
        self.assertEqual([(r.number, r.date, r.debit, r.credit, r.balance, r.entity) for r in told], [
            ("INV-2026-002", day("2026-06-02"), Decimal("50.00"), 0, Decimal("150.00"), "item"),
            ("R1", day("2026-06-05"), 0, Decimal("70.00"), Decimal("80.00"), "receipt")])
        self.assertEqual([(r.number, r.debit) for r in told.open_items], [("INV-2026-001", Decimal("30.00")), ("INV-2026-002", Decimal("50.00"))])
        self.assertEqual((len(told), told[0].number), (2, "INV-2026-002"))
        whole = told.to_json()
        self.assertEqual((whole["closing"], [(row["entity"], row["id"]) for row in whole["rows"]]), ("80.00", [(row.entity, row.id) for row in told]))
        self.assertEqual(whole["rows"][0]["entity"], "item")
        self.assertIn("80.00", told.text())
        self.assertNotEqual(told.text(), told.text("zh"))
        with self.assertRaises(arcore.InvalidError):
            told.text("fr")
        told.close()
        with self.assertRaises(arcore.HandleError):
            told.text()
        self.assertEqual(s.statement(self.acme.id).info.opening, 0)
        both = s.statements([self.acme.id, 999], day("2026-06-01"), day("2026-06-30"), open_items=True)
        self.assertEqual((list(both), both[self.acme.id].info, both[self.acme.id].rows), ([self.acme.id], told.info, told.rows))
        letter = s.statement_letter_make(self.acme, day("2026-06-01"), day("2026-06-30"), number="LT")
        self.assertIn("CONFIRMATION OF BALANCE", s.statement_letter_text(letter))
        self.assertIn("对账函", s.statement_letter_text(letter, "zh"))
        self.assertEqual(sum(row.total for row in s.aging(by="owner")), s.aging().total("CNY").total)
        self.assertEqual(s.statement(self.acme, currency="USD").info.closing, 0)
        for wrong, error in ((dict(customer=999), arcore.NotFoundError), (dict(customer=self.acme, currency="XXZ"), arcore.CurrencyError),
                             (dict(customer=self.acme, from_=day("2026-07-02"), to=day("2026-07-01")), arcore.RangeError)):
            with self.assertRaises(error):
                s.statement(**wrong)


class Terms(support.BookTest):
    def test_the_short_form(self):
        t = terms.Terms(self.context, "2/10 NET45")
        self.assertEqual(t.schedule(Money(Decimal("100.00"), "CNY"), invoice=day("2026-01-01"))[0].due, day("2026-02-15"))
        self.assertEqual(t.best_discount(Money(Decimal("100.00"), "CNY"), day("2026-01-11"), invoice=day("2026-01-01")).amount.amount, Decimal("2.00"))
        self.assertEqual(terms.Terms(self.context, t.to_json()).to_json(), t.to_json())
        with self.assertRaises(arcore.FormError):
            terms.Terms(self.context, "whenever")


if __name__ == "__main__":
    support.main()
