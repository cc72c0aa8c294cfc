# SPDX-License-Identifier: Apache-2.0
"""Import, dump, backup, restore; request keys; users and roles; calendars, terms and values."""
import io
import json
import os
import unittest
from decimal import Decimal

import support
from support import Money, arcore, day
from arcore import terms, values

CSV = ("invoice_no,customer_code,customer_name,invoice_date,due_date,currency,amount\n"
       "I1,C1,青岛海润,2026-01-01,2026-02-01,CNY,100.00\nI2,C1,青岛海润,2026-01-02,2026-02-02,CNY,50.00\n").encode()


class InAndOut(support.BookTest):
    def setUp(self):
        super().setUp()
        with open(os.path.join(support.SOURCE, "examples", "data", "mapping.json"), encoding="utf-8") as f:
            self.mapping = json.load(f)
        self.mapping["targets"] = self.mapping["targets"][:2]

    def test_import(self):
        s, told = self.session, []
        done = s.import_csv(io.BytesIO(CSV), self.mapping, dry_run=True)
        self.assertEqual((done.written, done.rows, done.invoices, done.customers_new, done.faults), (False, 2, 2, 1, []))
        self.assertEqual(s.query("invoice").count(), 0)
        path = self.path("in.csv")
        with open(path, "wb") as f:
            f.write(CSV)
        done = s.import_csv(path, json.dumps(self.mapping))
        self.assertEqual((done.written, done.invoices), (True, 2))
        self.assertEqual(s.aging().total("CNY").total, Decimal("150.00"))
        bad = CSV.replace(b"I1", b"I3").replace(b"I2", b"I4").replace(b"2026-01-02", b"2026-13-02")
        done = s.import_csv(io.BytesIO(bad), self.mapping, on_fault=told.append)
        self.assertEqual((done.written, done.bad_rows, len(done.faults), told), (False, 1, 1, done.faults))
        fault = done.faults[0]
        self.assertEqual((fault.line, fault.row, fault.column, fault.field, fault.value), (3, 2, "invoice_date", "invoice_date", "2026-13-02"))
        self.assertTrue(fault.reason and fault.reason_zh)
        self.assertEqual((fault.rule, fault.severity), ("", "error"))
        done = s.import_csv(io.BytesIO(bad), self.mapping, skip_bad=True)
        self.assertEqual((done.written, done.invoices), (True, 1))
        with self.assertRaises(arcore.NotFoundError) as caught:
            s.import_csv(io.BytesIO(CSV), {**self.mapping, "nonsense": 1})
        self.assertEqual(caught.exception.pointer, "/nonsense")
        with self.assertRaises(arcore.IoError):
            s.import_csv(self.path("absent.csv"), self.mapping)
        with self.assertRaises(TypeError):
            s.import_csv(5, self.mapping)

    def test_import_of_what_is_no_document(self):
        s = self.session
        mapping = {"mapping": "arcore/1", "file": {"footers": ["合计"]}, "targets": [
            {"entity": "customer", "match": ["code"], "fields": {"code": {"column": "客户"}, "legal_name": {"column": "名称"}}},
            {"entity": "bank_account", "fields": {"customer": {"match": "customer"}, "number": {"column": "账号"}}},
            {"entity": "item", "fields": {"customer": {"match": "customer"}, "number": {"column": "单号"}, "business_date": {"value": "2025-12-31"},
                                          "currency": {"value": "CNY"}, "amount": {"column": "余额(万元)", "unit": "10000"}}}]}
        text = "客户,名称,账号,单号,余额(万元)\nA,甲,6222021234,O1,1.5\nA,甲,6222021234,O2,￥0.25\n合计,,,,1.75\n".encode("gb18030")
        refused = []
        with self.assertRaises(arcore.CancelledError):
            s.import_csv(io.BytesIO(text), mapping, on_total=lambda total: refused.append(total) or total.sum != Decimal("17000.00"))
        self.assertEqual(refused[0], ("item", "CNY", 2, Decimal("17500.00")))
        done = s.import_csv(io.BytesIO(text), mapping)
        self.assertEqual((done.rows, done.customers_new, done.others, done.others_known, done.totals[0].count), (2, 1, 3, 1, 2))
        self.assertEqual(s.query("bank_account").count(), 1)

    def test_guess_of_lists(self):
        """Customers with people, credits taken over and limits: a mapping is proposed, the dry run counts and sums what the run writes, target by target."""
        s, D = self.session, Decimal
        people = "客户编码,客户名称,联系人,手机\nＡ１,甲,张三,１３８\nB,乙,,\n".encode("gb18030")
        opening = "客户编码,单据编号,期初余额（万元）\nA1,O1,￥１.５\nB,O2,-0.25\n".encode("utf-8-sig")
        limits = "customer code;credit limit;currency;valid from\nA1;1.000,50;EUR;01.02.2026\nB;12,00;EUR;31.01.2026\n".encode()
        policy = s.definition_save("credit_policy", "default", {"credit_policy": "arcore/1", "currency": "CNY", "limit_needs_check": False})
        s.definition_publish(policy)
        for text, totals in ((people, [("contact", "", 1, D(0))]), (opening, [("item", "CNY", 2, D("12500.00"))]), (limits, [("credit_limit", "EUR", 2, D("1012.50"))])):
            mapping = s.import_guess(io.BytesIO(text))
            dry = s.import_csv(io.BytesIO(text), mapping, dry_run=True)
            self.assertEqual((dry.written, dry.faults, list(dry.totals)), (False, [], totals))
            done = s.import_csv(io.BytesIO(text), mapping)
            self.assertEqual((done.written, done.others, list(done.totals)), (True, dry.others, totals))
        self.assertEqual([c.mobile for c in s.query("contact").records()], ["138"])

    def test_guess(self):
        path = self.path("in.csv")
        with open(path, "wb") as f:
            f.write(CSV)
        for source in (path, io.BytesIO(CSV)):
            mapping = self.session.import_guess(source)
            self.assertEqual(self.session.import_csv(io.BytesIO(CSV), mapping, dry_run=True).invoices, 2)

    def test_dump_backup_restore(self):
        c = self.customer()
        self.invoice(c, "I1")
        uri, copy, back = ("sqlite:" + self.path(n) for n in ("a.arc", "copy.arc", "back.arc"))
        with self.context.open(uri, create=True) as book, book.session("x", business_date=support.TODAY) as s:
            s.insert("customer", code="C1", legal_name="n")
            book.backup(copy)
            dump = book.dump()
            with self.assertRaises(arcore.ExistsError):
                book.backup(copy)
            path = self.path("dump.jsonl")
            book.dump(path, stamps=False)
            self.assertGreater(os.path.getsize(path), 100)
            self.assertIn("scheme", book.store())
        self.context.restore(copy, back, progress=lambda done, total: None)
        with self.context.open(back, readonly=True) as book:
            self.assertEqual(book.dump(), dump)
            self.assertTrue(book.info.readonly)
            with self.assertRaises(arcore.ReadonlyError):
                book.session(business_date=support.TODAY).insert("customer", code="C2", legal_name="n")
        with self.assertRaises(arcore.NotFoundError):
            self.context.open("sqlite:" + self.path("absent.arc"))
        with self.assertRaises(arcore.InvalidError):
            self.context.open("nonsense")
        with self.assertRaises(arcore.EncodingError):
            self.context.open("memory:a\0b")

    def test_schema_in_both_languages(self):
        self.assertEqual(len(self.context.schema()["entities"]), len(self.context.schema("zh")["entities"]))
        self.assertNotEqual(self.context.schema()["entities"][0]["label"], self.context.schema("zh")["entities"][0]["label"])

    def test_what_is_sent_to_the_store_can_be_traced(self):
        seen = []
        with self.context.open("sqlite:" + self.path("t.arc"), create=True, trace=seen.append) as book:
            book.session(business_date=support.TODAY).query("customer").tuples()
        self.assertTrue(any("SELECT" in text for text in seen))


class RequestKeys(support.BookTest):
    def test_a_call_is_done_once(self):
        s = self.session
        fields = dict(code="C1", legal_name="Acme")
        first = s.insert("customer", request_key="k1", **fields)
        again = s.insert("customer", request_key="k1", **fields)
        self.assertEqual((first.id, again.id), (1, 1))
        self.assertEqual(s.query("customer").count(), 1)
        with self.assertRaises(arcore.RequestKeyError):
            s.insert("customer", request_key="k1", code="C2", legal_name="Acme")
        invoice = dict(number="I1", customer=1, invoice_date=day("2026-01-01"), due_date=day("2026-02-01"), currency="CNY", gross_amount="9.00")
        self.assertEqual(s.invoice_record(request_key="k2", **invoice), s.invoice_record(request_key="k2", **invoice))
        receipt = s.receipt_record(request_key="k3", number="R1", customer=1, value_date=day("2026-02-01"), currency="CNY", amount="9")
        one = dict(item=self.item_of("I1").id, receipt=receipt, amount="9.00", request_key="k4")
        allocation = s.allocation_apply(**one)
        self.assertEqual(s.allocation_apply(**one), allocation)
        back = s.allocation_reverse(allocation, "wrong", request_key="k5")
        self.assertEqual(s.allocation_reverse(allocation, "wrong", request_key="k5"), back)
        many = [dict(invoice, number=f"M{n}") for n in range(3)]
        self.assertEqual(s.invoice_record_many(many, request_key="k6").ids, s.invoice_record_many(many, request_key="k6").ids)
        columns = {"code": ["L1", "L2"], "legal_name": ["x", "y"]}
        self.assertEqual(s.load("customer", columns, request_key="k7").loaded, s.load("customer", columns, request_key="k7").loaded)
        first.remark = "r"
        s.update(first, request_key="k8")
        self.assertEqual(first.version, 2)
        s.custom_define("customer", "x_a", "text", request_key="k9")
        s.custom_define("customer", "x_a", "text", request_key="k9")
        s.custom_retire("customer", "x_a", request_key="k10")
        s.custom_retire("customer", "x_a", request_key="k10")
        self.assertTrue(self.book.verify().ok)

    def test_wrong_keys(self):
        for key, kind in (("", arcore.InvalidError), ("k" * 181, arcore.InvalidError), (5, TypeError), ("a\0b", arcore.EncodingError)):
            with self.assertRaises(kind):
                self.customer("C1", request_key=key)
        self.assertEqual(self.session.query("customer").count(), 0)

    def test_every_call_that_changes_takes_a_key(self):
        import inspect
        for name in ("insert", "update", "insert_many", "update_many", "load", "import_csv", "custom_define", "custom_retire"):
            self.assertIn("request_key", inspect.signature(getattr(arcore.Session, name)).parameters, name)
        for name, function in inspect.getmembers(arcore.Session, inspect.isfunction):
            if (name.split("_")[0] in ("invoice", "receipt", "allocation", "role") or name == "access_set_mode") and name not in ("receipt_propose", "receipt_suggest", "invoice_preview"):
                self.assertIn("request_key", inspect.signature(function).parameters, name)


class Audit(support.BookTest):
    def test_the_chain(self):
        s = self.session
        self.customer("C1")
        head = s.audit_head()
        self.assertEqual((head.unsealed, head.keyed, len(head.hash)), (0, False, 64))
        self.customer("C2")
        report = s.audit_verify(head)
        self.assertTrue(report.ok)
        self.assertGreater(report.seals, head.seq)
        self.assertEqual((report.unanchored, report.head), (report.seals - head.seq, s.audit_head().hash))
        wrong = s.audit_verify((head.seq, "0" * 64), report=lambda finding: None)
        self.assertTrue(wrong.findings and wrong.findings[0].message_zh)
        with self.assertRaises(arcore.CancelledError):
            s.audit_verify((head.seq, "0" * 64), report=lambda finding: True)
        self.assertEqual(s.audit_seal(), 0)

    def test_as_known_at_a_seal(self):
        s, c = self.session, self.customer()
        self.invoice(c, "I1", "100.00")
        before = s.audit_head().seq
        self.invoice(c, "I2", "50.00")
        self.assertEqual(s.aging(known_at=before).total("CNY").total, Decimal("100.00"))
        self.assertEqual(s.aging(known_at=self.book.today()).total("CNY").total, Decimal("150.00"))
        self.assertEqual(s.audit_seal_on(day("2001-01-01")), 0)
        with self.assertRaises(arcore.NotFoundError):
            s.aging(known_at=day("2001-01-01"))
        with self.assertRaises(arcore.RangeError):
            s.aging(known_at=10 ** 6)

    def test_tampering_is_seen(self):
        import sqlite3
        path = self.path("t.arc")
        with self.context.open("sqlite:" + path, create=True, seal_key=b"secret") as book, book.session("x", business_date=support.TODAY) as s:
            s.insert("customer", code="C1", legal_name="honest")
            self.assertTrue(s.audit_head().keyed)
        with sqlite3.connect(path) as raw:
            raw.execute("UPDATE customer SET legal_name = 'changed' WHERE code = 'C1'")
        raw.close()
        with self.context.open("sqlite:" + path, seal_key=b"secret") as book, book.session("x", business_date=support.TODAY) as s:
            found = s.audit_verify().findings
            self.assertEqual((found[0].entity, found[0].id), ("customer", 1))
            self.assertTrue(s.audit_verify(chain_only=True).ok)
        with self.context.open("sqlite:" + path) as book, book.session("x", business_date=support.TODAY) as s:
            self.assertGreater(s.audit_verify(chain_only=True).unproven, 0)


class Proposals(support.BookTest):
    def setUp(self):
        super().setUp()
        c = self.customer()
        for n, amount in enumerate(("40.00", "50.00", "60.00")):
            self.invoice(c, f"I{n}", amount, due=f"2026-05-0{n + 1}")
        self.receipt(c, "R1", "100.00")

    def test_from_proposal_to_allocation(self):
        s = self.session
        proposal = s.receipt_propose(currency="CNY", as_of=support.TODAY)
        self.assertEqual([line.status for line in proposal], ["draft"] * len(proposal))
        self.assertGreaterEqual(len(proposal), 2)
        self.assertIsInstance(proposal[0].action, dict)
        self.assertIsInstance(proposal[-1].explanation, dict)
        self.assertEqual(proposal.to_json()["engine"], proposal.info.engine)
        self.assertEqual((proposal.info.id, proposal.info.as_of, proposal.info.expires), (0, support.TODAY, None))
        with self.assertRaises(IndexError):
            proposal[len(proposal)]
        expires = support.datetime.datetime(2099, 1, 1, tzinfo=support.datetime.timezone.utc)
        id = proposal.store(title="daily", expires=expires, request_key="p1")
        self.assertEqual(proposal.info.expires, expires)
        again = s.proposal(id)
        self.assertEqual((again.info.title, again.info.id, again.info.maker), ("daily", id, "clerk"))
        again.reject("not now", [len(again) - 1])
        self.assertEqual(again[-1].reason, "not now")
        again.approve()
        done = again.apply(progress=lambda done, total: None)
        self.assertEqual((done.n_rejected, done.n_applied, done.n_stale), (1, done.n_lines - 1, 0))
        self.assertTrue(again[0].result)
        self.assertGreater(s.query("allocation").count(), 0)
        self.assertTrue(self.book.verify().ok)
        self.assertEqual(s.proposal_expire(), 0)

    def test_editing_and_refusals(self):
        s = self.session
        proposal = s.receipt_propose(s.query("receipt").select("id").columns()["id"])
        proposal.drop(0, "wrong customer")
        self.assertEqual(proposal[0].status, "rejected")
        with self.assertRaises(arcore.CurrencyError):
            proposal.set_amount(1, Money(Decimal(1), "USD"))
        proposal.set_amount(1, Money(Decimal("1.00"), "CNY"))
        for work, kind in ((lambda: proposal.drop(99, "x"), arcore.RangeError), (lambda: proposal.apply(), arcore.StateError),
                           (lambda: proposal.approve(), arcore.Error), (lambda: s.proposal(99), arcore.NotFoundError),
                           (lambda: s.receipt_propose([99]), arcore.NotFoundError), (lambda: s.receipt_propose(currency="EURO"), arcore.CurrencyError)):
            with self.assertRaises(kind):
                work()
        proposal.close()
        with self.assertRaises(arcore.HandleError):
            proposal.info


class Pending(support.BookTest):
    def test_a_change_waits_and_is_done(self):
        s, c = self.session, self.customer()
        rules = {"approvals": [{"verb": "customer.update", "fields": ["legal_name"], "reason": "names", "days": 14}]}
        s.definition_publish(s.definition_save("approval", "names", rules))
        c = s.get("customer", c.id)
        s.update(c, remark="needs nobody")
        with self.assertRaises(arcore.NeedsApproval) as caught:
            s.update(c, legal_name="Other")
        error = caught.exception
        self.assertEqual((error.name, error.entity, error.status), ("ARC_NEEDS_APPROVAL", "pending_change", 2))
        self.assertEqual(s.get("customer", c.id).legal_name, "Acme C1")
        self.assertEqual(s.get("pending_change", error.id).status, "running")
        found = s.pending()
        self.assertEqual([p.id for p in found], [error.id])
        self.assertEqual((found[0].verb, found[0].entity, found[0].row, found[0].reason), ("customer.update", "customer", c.id, "names"))
        self.assertEqual((found[0].before, found[0].after, found[0].may_approve), ({"legal_name": "Acme C1"}, {"legal_name": "Other"}, True))
        self.assertEqual((found[0].expires - found[0].asked).days, 14)
        self.assertEqual([p.id for p in s.pending(decidable=True, mine=True, entity="customer", row=c.id)], [error.id])
        self.assertEqual(s.pending(after=error.id), [])
        s.pending_edit(error.id, {"legal_name": "Third"})
        self.assertEqual(s.pending_approve(error.id, "seen", request_key="pa"), c.id)
        self.assertEqual(s.pending_approve(error.id, "seen", request_key="pa"), c.id)
        self.assertEqual(s.get("customer", c.id).legal_name, "Third")
        with self.assertRaises(arcore.StateError):
            s.pending_recall(error.id, "too late")
        self.assertEqual(([p.status for p in s.pending(closed=True)], s.pending()), (["approved"], []))
        fresh, plain = s.get("customer", c.id), s.get("customer", self.customer("C2").id)
        fresh.legal_name, plain.remark = "Fourth", "r"
        done = s.update_many([fresh, plain])
        self.assertEqual((done.pending, done.refused, done.statuses), ([0], [], [2, 0]))
        waiting = s.query("pending_change").where(status="running").select("id").first().id
        s.pending_reject(waiting, "no")
        self.assertEqual(s.pending_expire(), 0)
        self.assertEqual(s.get("customer", c.id).legal_name, "Third")


class Definitions(support.BookTest):
    rules = {"entity": "customer", "normalise": [{"field": "code", "steps": ["trim", "upper"]}],
             "rules": [{"name": "code-form", "field": "code", "format": {"pattern": "[A-Z][0-9]+"}},
                       {"name": "short", "required": "short_name", "severity": "warning"}]}

    def test_life_of_a_definition(self):
        s = self.session
        draft = s.definition_save("validation", "customers", self.rules, title="Kunden", request_key="d1")
        self.assertEqual(s.definition_save("validation", "customers", self.rules, title="Kunden", request_key="d1"), draft)
        self.assertEqual(s.definition_check("validation", self.rules), [])
        faults = s.definition_check("validation", {**self.rules, "nonsense": 1})
        self.assertEqual(faults[0].pointer, "/nonsense")
        with self.assertRaises(arcore.NotFoundError):
            s.definition_find("validation", "customers")
        s.definition_publish(draft, request_key="d2")
        self.assertEqual(s.definition_find("validation", "customers"), draft)
        one, = s.definitions("validation")
        self.assertEqual((one.id, one.code, one.status, one.in_force, one.title, one.valid_from), (draft, "customers", "published", True, "Kunden", None))
        self.assertEqual(one.published.tzinfo, support.datetime.timezone.utc)
        bad = s.definition_save("validation", "customers", {**self.rules, "nonsense": 1})
        with self.assertRaises(arcore.Error) as caught:
            s.definition_publish(bad)
        self.assertEqual(caught.exception.faults[0].pointer, "/nonsense")
        s.definition_retire(draft)
        self.assertEqual([d.status for d in s.definitions()], ["retired", "draft"])
        with self.assertRaises(arcore.Error):
            s.definition_check("nonsense", {})

    def test_rules_hold_on_every_path(self):
        s = self.session
        s.definition_publish(s.definition_save("validation", "customers", self.rules))
        record = s.new("customer", code=" c1 ", legal_name="n")
        faults = s.validate(record, normalise=True)
        self.assertEqual([(f.severity, f.rule, f.field) for f in faults], [("warning", "short", "short_name")])
        self.assertEqual(record.code, "C1")
        record.code = "11"
        faults = s.validate(record)
        self.assertEqual({(f.severity, f.rule) for f in faults}, {("error", "code-form"), ("warning", "short")})
        self.assertTrue(all(f.message and f.message_zh for f in faults))
        with self.assertRaises(arcore.RuleError) as caught:
            s.insert(record)
        self.assertEqual((caught.exception.rule, caught.exception.field), ("code-form", "code"))
        done = s.load("customer", {"code": ["C2", "xx9x"], "legal_name": ["a", "b"]}, all_or_none=False)
        self.assertEqual((done.loaded, done.faults[0].rule), (1, "code-form"))
        mapping = {"mapping": "arcore/1", "targets": [{"entity": "customer", "match": ["code"], "fields": {
            "code": {"column": "code"}, "legal_name": {"column": "name"}}}]}
        done = s.import_csv(io.BytesIO(b"code,name\nC5,n\n99,n\n"), mapping, dry_run=True)
        self.assertEqual([(f.line, f.rule, f.severity) for f in done.faults],
                         [(2, "short", "warning"), (3, "code-form", "error"), (3, "short", "warning")])
        self.assertEqual(done.bad_rows, 1)
        s.close()
        with self.assertRaises(arcore.HandleError):
            s.validate(record)


class Roles(support.BookTest):
    def setUp(self):
        super().setUp()
        s = self.system = self.book.session(arcore.capi.ARC_ACTOR_SYSTEM, business_date=support.TODAY)
        s.custom_define("customer", "x_tier", "choice", choices=["gold", "iron"])
        s.custom_define("customer", "x_score", "number", size=1)
        s.custom_define("customer", "x_vip", "bool")
        self.installed = s.role_install_defaults()
        self.users = {code: s.insert("user_account", code=code, name=code, kind="person", disabled=False).id for code in ("boss", "wang", "li")}
        for n, owner in enumerate(("li", None, "li", "wang")):
            s.insert("customer", code=f"C{n}", legal_name="n", owner=owner and self.users[owner], x_tier="gold", x_score="1.5", x_vip=True)
        self.grant = s.role_grant(self.users["boss"], "admin", reason="the first")
        s.role_grant(self.users["wang"], "ar_clerk", valid_from=support.TODAY)
        s.role_grant(self.users["li"], "sales")

    def as_user(self, code):
        return self.book.session(code, business_date=support.TODAY)

    def test_the_mode(self):
        s = self.system
        self.assertEqual((s.access_mode(), s.access()["all"]), ("single", True))
        self.assertEqual((self.installed, s.role_install_defaults()), (s.query("role").count(), 0))
        s.access_set_mode("roles")
        self.assertEqual((s.access_mode(), self.as_user("wang").access()["actor"]), ("roles", "wang"))
        with self.assertRaises(arcore.ForbiddenError):
            self.as_user("nobody")
        with self.assertRaises(arcore.InvalidError):
            s.access_set_mode("none")
        with self.assertRaises(arcore.StateError):
            s.role_revoke(self.grant, "nobody could grant any more")

    def test_three_users_see_different_things(self):
        self.system.access_set_mode("roles")
        wang, li = self.as_user("wang"), self.as_user("li")
        self.assertEqual([r.code for r in wang.query("customer")], ["C0", "C1", "C2", "C3"])
        self.assertEqual([r.code for r in li.query("customer")], ["C0", "C2"])
        with self.assertRaises(arcore.NotFoundError):
            li.get("customer", 2)
        mine = li.get("customer", 1)
        self.assertEqual((mine.x_tier, mine.x_score), ("gold", Decimal("1.5")))
        self.assertIs(mine.x_vip, True)
        self.assertEqual(mine.to_dict()["x_tier"], "gold")
        with self.assertRaises(arcore.ForbiddenError):
            li.insert("customer", code="C9", legal_name="x")
        new = wang.insert("customer", code="C9", legal_name="x", x_tier="iron", x_score=Decimal("2.5"), x_vip=False)
        self.assertEqual((new.x_tier, new.x_score), ("iron", Decimal("2.5")))
        self.assertEqual(self.system.query("customer").where(code="C9").records().__next__().x_vip, False)

    def test_verbs_are_told_with_their_reasons(self):
        self.system.access_set_mode("roles")
        verbs = self.system.verbs_allowed(self.system.get("customer", 1))
        self.assertTrue(verbs and all(v.verb and v.label and v.label_zh for v in verbs))
        refused = [v for v in self.as_user("li").verbs_allowed(self.as_user("li").get("customer", 1)) if not v.allowed]
        self.assertTrue(refused and all(v.kind and v.reason and v.reason_zh for v in refused))

    def test_roles_of_ones_own(self):
        s, document = self.system, {"code": "looker", "name": "Auditor", "rows": "all", "verbs": ["*.read"]}
        role = s.role_define(document, request_key="r1")
        self.assertEqual(s.role_define(document, request_key="r1"), role)
        s.role_revise(role, 1, {**document, "verbs": ["customer.read"]})
        grant = s.role_grant(self.users["wang"], role)
        s.role_revoke(grant, "only a try")
        s.role_retire(role, 2)
        with self.assertRaises(arcore.StateError):
            s.role_grant(self.users["wang"], role)
        with self.assertRaises(arcore.DanglingReferenceError):
            s.role_grant(self.users["wang"], "no such role")
        with self.assertRaises(arcore.NotFoundError) as caught:
            s.role_define({**document, "nonsense": 1})
        self.assertEqual(caught.exception.pointer, "/nonsense")


class Values(unittest.TestCase):
    def setUp(self):
        self.context = arcore.Context()
        self.addCleanup(self.context.close)

    def test_money(self):
        cny = lambda text: Money(Decimal(text), "CNY")  # noqa: E731
        self.assertEqual(values.allocate(cny("100.00"), [1, 1, 1]), [cny("33.34"), cny("33.33"), cny("33.33")])
        self.assertEqual(values.allocate(cny("100.00"), [1, 1], caps=[cny("10.00"), cny("90.00")]), [cny("10.00"), cny("90.00")])
        self.assertEqual(values.tax_from_net(cny("100.00"), "0.13"), (cny("13.00"), cny("113.00")))
        self.assertEqual(values.tax_from_gross(cny("113.00"), Decimal("0.13")), (cny("100.00"), cny("13.00")))
        self.assertEqual(values.line(3, "0.0045", "CNY"), cny("0.01"))
        self.assertEqual(values.multiply(cny("1.00"), "0.125"), cny("0.13"))
        self.assertEqual(values.round_cash(cny("1.03"), "0.05"), (cny("1.05"), cny("0.02")))
        self.assertEqual(values.convert(Money(Decimal(100), "JPY"), "CNY", "4.85", per=100), cny("4.85"))
        self.assertEqual(values.convert_back(cny("4.85"), "JPY", "4.85", per=100), Money(Decimal(100), "JPY"))
        usd = lambda text: Money(Decimal(text), "USD")  # noqa: E731
        self.assertEqual(values.fx_realise(usd("100.00"), usd("100.00"), cny("700.00"), "7.1"), (cny("700.00"), cny("710.00"), cny("10.00")))
        self.assertEqual(values.fx_revalue(usd("100.00"), cny("700.00"), "6.9"), (cny("690.00"), cny("-10.00")))
        self.assertEqual(values.parse_money("¥1,234.50", "CNY", allow="any"), cny("1234.50"))
        self.assertEqual(values.parse_decimal("1.234,5", allow=["grouping"], decimal_mark=","), Decimal("1234.5"))
        self.assertEqual((values.currency("CNY").numeric, values.currency(392).code, len(values.currencies()) > 150), (156, "JPY", True))
        for work, kind in ((lambda: values.parse_money("1,234", "CNY"), arcore.FormError), (lambda: values.currency("ZZZ"), arcore.CurrencyError),
                           (lambda: values.multiply(cny("1.00"), "0.125", "exact"), arcore.PrecisionError),
                           (lambda: values.multiply(cny("1.00"), 1, "any"), arcore.InvalidError), (lambda: values.multiply(1, 1), TypeError),
                           (lambda: values.allocate(cny("1.00"), [1 << 63]), OverflowError)):
            with self.assertRaises(kind):
                work()

    def test_dates(self):
        self.assertEqual(values.parse_date("1.3.2025", "dmy"), day("2025-03-01"))
        self.assertEqual(values.add_months(day("2025-01-31"), 1), day("2025-02-28"))
        self.assertEqual(values.end_of_month(day("2024-02-01")), day("2024-02-29"))
        self.assertEqual(values.year_fraction(day("2025-01-01"), day("2025-07-01"), "30_360"), (1, 2))
        self.assertEqual(values.days_past_due(day("2025-01-01"), day("2025-01-31")), 30)
        with self.assertRaises(OverflowError):
            values.add_months(day("2025-01-01"), 1 << 40)

    def test_calendars_and_terms(self):
        document = {"format": "arcore-calendar/1", "code": "CN", "years": [2025], "days": [
            {"date": "2025-01-26", "off": False, "name": "补班"}, {"date": "2025-01-28", "off": True, "name": "春节"}]}
        calendar = terms.Calendar(self.context, document)
        self.assertEqual((calendar.knows(2025), calendar.knows(2026)), (True, False))
        self.assertEqual((calendar.is_business(day("2025-01-26")), calendar.is_business(day("2025-01-28"))), (True, False))
        self.assertEqual((calendar.day_name(day("2025-01-28")), calendar.day_name(day("2025-01-06"))), ("春节", ""))
        self.assertEqual(calendar.adjust(day("2025-01-28")), day("2025-01-29"))
        self.assertEqual((calendar.add(day("2025-01-27"), 1), calendar.count(day("2025-01-27"), day("2025-01-30"))), (day("2025-01-29"), 2))
        self.assertFalse(terms.Calendar.union(calendar, calendar).is_business(day("2025-01-28")))
        with self.assertRaises(arcore.CalendarError):
            calendar.is_business(day("2026-01-01"))
        with self.assertRaises(arcore.RequiredError):
            terms.Calendar(self.context, {"format": "arcore-calendar/1"})
        t = terms.Terms(self.context, {"lines": [{"percent": "30", "due": {"kind": "net", "days": 0}},
                                                 {"due": {"kind": "net", "days": 30, "convention": "following"}}],
                                       "discounts": [{"percent": "2", "until": {"kind": "net", "days": 10}, "line": 2}]})
        gross = Money(Decimal("100.00"), "CNY")
        rows = t.schedule(gross, invoice=day("2025-01-06"), calendar=calendar)
        self.assertEqual([(r.due, r.amount.amount) for r in rows], [(day("2025-01-06"), Decimal("30.00")), (day("2025-02-05"), Decimal("70.00"))])
        self.assertEqual(t.discounts(gross, invoice=day("2025-01-06"), calendar=calendar)[0].amount, Money(Decimal("1.40"), "CNY"))
        self.assertEqual(t.best_discount(gross, day("2025-01-10"), line=2, invoice=day("2025-01-06"), calendar=calendar).tier, 1)
        self.assertIsNone(t.best_discount(gross, day("2025-03-01"), line=2, invoice=day("2025-01-06"), calendar=calendar))
        self.assertEqual(terms.Terms(self.context, t.to_json()).to_json(), t.to_json())
        self.assertEqual(terms.discount_annual_cost(2, 20), (Decimal("37.24"), Decimal("44.59")))
        with self.assertRaises(TypeError):
            t.schedule(gross, nonsense=day("2025-01-06"))
        calendar.close()
        with self.assertRaises(arcore.HandleError):
            calendar.knows(2025)
        with self.assertRaises(arcore.HandleError):
            t.schedule(gross, invoice=day("2025-01-06"), calendar=calendar)


if __name__ == "__main__":
    support.main()
