# SPDX-License-Identifier: Apache-2.0
"""Who issues, credits and voids alone, and who needs a second person."""
from decimal import Decimal as D

import support
from support import arcore, day


class TwoPeople(support.BookTest):
    def setUp(self):
        super().setUp()
        self.host = h = self.book.session(arcore.capi.ARC_ACTOR_SYSTEM, business_date=support.TODAY)
        h.insert("number_series", code="invoice", period="", pattern="INV-{n:4}", gapless=True)
        self.acme = h.insert("customer", code="C1", legal_name="Acme", term="NET30")
        h.role_install_defaults()
        for code, role in (("clerk", "ar_clerk"), ("other", "ar_clerk"), ("fm", "finance_manager"), ("adm", "admin")):
            h.role_grant(h.insert("user_account", code=code, name=code, kind="person", disabled=False).id, role)
        h.access_set_mode("roles")
        self.clerk, self.other, self.fm = (self.book.session(x, business_date=support.TODAY) for x in ("clerk", "other", "fm"))

    def document(self, gross="1000", **fields):
        return dict(customer=self.acme.id, currency="CNY", invoice_date=day("2026-06-01"), term="NET30", lines=[dict(name="g", gross_amount=gross, tax_rate="0.13")], **fields)

    def refused(self, error, call, *args, **more):
        with self.assertRaises(error) as e:
            call(*args, **more)
        return e.exception

    def issued(self, **fields):
        i = self.clerk.invoice_draft(**self.document(**fields))
        self.clerk.invoice_submit(i)
        self.fm.invoice_approve(i)
        self.clerk.invoice_issue_draft(i)
        return i

    def tearDown(self):
        found = self.book.verify()
        self.assertTrue(found.ok, found.findings)

    def test_a_clerk_neither_issues_nor_credits_nor_voids_alone(self):
        self.refused(arcore.StateError, self.clerk.invoice_issue, **self.document())
        i = self.clerk.invoice_draft(**self.document())
        self.refused(arcore.StateError, self.clerk.invoice_issue_draft, i)
        i = self.issued()
        self.refused(arcore.StateError, self.clerk.invoice_credit, i, "price", "x")
        self.refused(arcore.StateError, lambda: self.clerk.invoice_credit_many([dict(invoice=i, reason_code="price", reason="x")], all_or_none=True))
        self.refused(arcore.ForbiddenError, self.clerk.invoice_void, i, "x")
        self.fm.invoice_void(i, "wrong")
        self.assertEqual(self.host.get("invoice", i).status, "voided")

    def test_a_note_of_another_system_is_no_way_round(self):
        i = self.issued()
        self.refused(arcore.StateError, self.clerk.invoice_record, number="X1", customer=self.acme.id, red_of=i, currency="CNY", gross_amount="-10",
                     invoice_date=day("2026-06-02"), due_date=day("2026-06-02"))

    def test_a_request_is_approved_itself(self):
        s = self.clerk
        self.host.insert("invoice_title", customer=self.acme.id, title="Acme", tax_no="91110000000000000X", is_default=True)
        r = s.insert("invoice_request", number="Q1", customer=self.acme.id, fapiao_kind="digital_special", currency="CNY", amount="113")
        s.insert("invoice_request_line", invoice_request=r.id, seq=1, name="a", currency="CNY", amount="113", tax_rate="0.13")
        s.invoice_request_submit(r.id)
        self.refused(arcore.ForbiddenError, s.invoice_request_approve, r.id)
        self.fm.invoice_request_approve(r.id)
        s.invoice_request_send(r.id)
        i = s.invoice_request_issue(r.id, "24110000000001", day("2026-06-02"))
        self.assertEqual(self.host.get("invoice", i).gross_amount, D("113.00"))

    def test_the_way_of_a_credit_note(self):
        i = self.issued()
        n = self.clerk.invoice_credit_draft(i, "price", "x", lines=[dict(seq=1, gross="300")], date=day("2026-06-02"))
        note = self.host.get("invoice", n)
        self.assertEqual((note.kind, note.status, note.red_of, note.draft_of, note.gross_amount), ("credit_note", "draft", None, i, D("-300.00")))
        self.assertEqual(note.draft_lines[0]["gross_amount"], "-300.00")
        self.refused(arcore.StateError, self.clerk.invoice_issue_draft, n)
        self.clerk.invoice_submit(n)
        self.refused(arcore.ForbiddenError, self.other.invoice_recall, n)
        self.clerk.invoice_recall(n)
        self.clerk.invoice_submit(n)
        self.fm.invoice_reject(n, "why?")
        self.clerk.invoice_submit(n)
        self.fm.invoice_approve(n)
        self.assertEqual(self.host.aging().total("CNY").total, D("1000.00"))  # nothing is taken before it is issued
        self.other.invoice_issue_draft(n)
        note = self.host.get("invoice", n)
        self.assertEqual((note.status, note.red_of, note.draft_of, note.draft_lines), ("issued", i, None, None))
        self.assertEqual(self.host.aging().total("CNY").total, D("700.00"))

    def test_what_was_approved_is_issued_and_no_more(self):
        i = self.issued()
        one, two = (self.clerk.invoice_credit_draft(i, "price", "x") for _ in range(2))
        for n in (one, two):
            self.clerk.invoice_submit(n)
            self.fm.invoice_approve(n)
        told = self.clerk.invoice_steps("issue", [one, two])
        self.assertEqual(told.refused, [1])
        self.fm.invoice_reject(two, "too late")
        self.clerk.invoice_void(two, "dropped")
        self.assertEqual(self.host.get("invoice", i).status, "credited")

    def test_notes_and_invoices_are_issued_apart(self):
        i = self.issued()
        n, d = self.clerk.invoice_credit_draft(i, "price", "x"), self.clerk.invoice_draft(**self.document())
        for x in (n, d):
            self.clerk.invoice_submit(x)
            self.fm.invoice_approve(x)
        self.assertEqual(self.clerk.invoice_steps("issue", [n, d]).refused, [0])
        self.clerk.invoice_issue_draft(n)

    def test_nobody_approves_his_own_note_whatever_he_holds(self):
        i = self.issued()
        self.host.role_define({"code": "both", "name": "b", "rows": "all", "verbs": ["*.read", "invoice.credit_draft", "invoice.submit", "invoice.approve", "invoice.issue"],
                               "authority": [{"verb": "invoice.approve", "currency": "CNY", "amount": "500.00"}]})
        for code in ("x", "y"):
            self.host.role_grant(self.host.insert("user_account", code=code, name=code, kind="person", disabled=False).id, "both")
        x, y = (self.book.session(c, business_date=support.TODAY) for c in ("x", "y"))
        n = x.invoice_credit_draft(i, "price", "x", lines=[dict(seq=1, gross="500.01")])
        x.invoice_submit(n)
        self.assertEqual(self.refused(arcore.ForbiddenError, x.invoice_approve, n).field, "drafted_by")
        self.assertEqual(self.refused(arcore.ForbiddenError, y.invoice_approve, n).field, "gross_amount")  # above his amount
        self.fm.invoice_approve(n)

    def test_a_red_letter_goes_to_the_tax_service_once_it_was_approved(self):
        i = self.issued(fapiao_kind="digital_special")
        self.refused(arcore.StateError, self.clerk.invoice_credit, i, "price", "x")
        n = self.clerk.invoice_credit_draft(i, "price", "x", lines=[dict(seq=1, gross="113")])
        self.refused(arcore.Error, self.clerk.credit_red_status, n, "confirmed")
        self.clerk.invoice_submit(n)
        self.fm.invoice_approve(n)
        self.refused(arcore.Error, self.clerk.credit_red_issued, n, "1")
        self.clerk.invoice_issue_draft(n)
        self.assertEqual((self.host.get("invoice", n).status, self.host.get("invoice", n).tax_status), ("approved", "red_pending"))
        self.clerk.credit_red_status(n, "confirmed")
        self.clerk.credit_red_issued(n, "1")
        self.assertEqual(self.host.get("invoice", n).status, "issued")

    def test_up_to_an_amount_by_right(self):
        self.host.role_define({"code": "senior", "name": "s", "rows": "all", "verbs": ["*.read", "invoice.*"],
                               "authority": [{"verb": "invoice.issue", "currency": "CNY", "amount": "1000.00"}, {"verb": "invoice.credit", "currency": "CNY", "amount": "100.00"}]})
        self.host.role_grant(self.host.insert("user_account", code="sen", name="s", kind="person", disabled=False).id, "senior")
        s = self.book.session("sen", business_date=support.TODAY)
        i = s.invoice_issue(**self.document())
        self.refused(arcore.StateError, s.invoice_issue, **self.document("1000.01"))
        s.invoice_credit(i, "price", "x", lines=[dict(seq=1, gross="100")])
        self.refused(arcore.StateError, s.invoice_credit, i, "price", "x", lines=[dict(seq=1, gross="100.01")])
        self.host.insert("book_setting", name="invoice.approval", value=1)  # always, whatever roles say
        self.refused(arcore.StateError, s.invoice_issue, **self.document())

    def test_one_switch_for_a_book_that_does_not_want_it(self):
        self.host.insert("book_setting", name="invoice.approval", value=0)
        i = self.clerk.invoice_issue(**self.document())
        self.refused(arcore.StateError, self.clerk.invoice_credit, i, "price", "x")
        self.host.insert("book_setting", name="credit_note.approval", value=0)
        n = self.clerk.invoice_credit(i, "price", "x")
        self.clerk.invoice_void(n, "x")

    def test_the_host_is_alone(self):
        i = self.host.invoice_issue(**self.document())
        self.host.invoice_credit(i, "price", "x", lines=[dict(seq=1, gross="1")])


class OneAccountant(support.BookTest):
    def test_a_book_without_roles_is_as_easy_as_ever_and_may_ask_for_it(self):
        s = self.session
        s.insert("number_series", code="invoice", period="", pattern="INV-{n:4}", gapless=True)
        acme = self.customer("C1")
        document = dict(customer=acme.id, currency="CNY", invoice_date=day("2026-06-01"), term="NET30", lines=[dict(name="g", gross_amount="1000", tax_rate="0.13")])
        i = s.invoice_issue(**document)
        s.invoice_credit(i, "price", "x", lines=[dict(seq=1, gross="1")])
        n = s.invoice_credit_draft(i, "price", "x")  # a draft may be issued at once
        s.invoice_issue_draft(n)
        self.assertEqual(s.get("invoice", i).status, "credited")
        s.insert("book_setting", name="credit_note.approval", value=1)
        i = s.invoice_issue(**document)
        with self.assertRaises(arcore.StateError):
            s.invoice_credit(i, "price", "x")
        n = s.invoice_credit_draft(i, "price", "x")
        s.invoice_submit(n)
        s.invoice_approve(n)
        s.invoice_issue_draft(n)
        self.assertTrue(self.book.verify().ok)


if __name__ == "__main__":
    support.main()
