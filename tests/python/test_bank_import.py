# SPDX-License-Identifier: Apache-2.0
"""Statements of banks into a book: once each, whatever overlaps, received, given back, taken back."""
import os
import unittest
from decimal import Decimal

import support
from support import arcore, day

IBAN = "DE89370400440532013000"
DATA = os.environ.get("ARCORE_DATA") or os.path.join(os.path.dirname(support.SOURCE), "shared", "data")


def mt940(lines, opening="1000,00", closing="1000,00", number="1", start="260601", end="260602", account="37040044/0532013000", interim=False):
    """lines: (date, mark, amount, reference, text)."""
    out = [":20:STARTUMS", f":25:{account}", f":28C:{number}"]
    out.append(f":60{'M' if interim else 'F'}:C{start}EUR{opening}")
    for date, mark, amount, reference, text in lines:
        out += [f":61:{date}{date[2:]}{mark}{amount}NTRF{reference}", f":86:166?00GUTSCHRIFT?20{text}?30COBADEFF?31DE02120300000000202051?32ACME GMBH"]
    out.append(f":62F:C{end}EUR{closing}")
    return ("\r\n".join(out) + "\r\n-\r\n").encode()


class Statements(support.BookTest):
    def setUp(self):
        super().setUp()
        self.account = self.session.insert("bank_account", number=IBAN, bank="Commerzbank", currency="EUR")

    def lines(self):
        return list(self.session.query("statement_line").order("id"))

    def proven(self):
        report = self.book.verify()
        self.assertTrue(report.ok, report)

    def test_a_statement_is_kept_and_received(self):
        s = self.session
        done = s.bank_import(mt940([("260601", "C", "120,50", "REF-1", "EREF+E2E-77?21SVWZ+INV-2026-0001"), ("260602", "D", "20,50", "NONREF", "fees")], closing="1100,00"))
        self.assertEqual((done.statements, done.lines, done.new, done.known, done.payments, done.differs), (1, 2, 2, 0, 1, 0))
        statement = s.get("bank_statement", done.statement)
        self.assertEqual((statement.bank_account, statement.opening, statement.closing, statement.balance_check), (self.account.id, Decimal("1000.00"), Decimal("1100.00"), "balanced"))
        got = s.bank_receive()
        self.assertEqual((got.lines, got.received, got.refused), (1, 1, 0))
        line, other = self.lines()
        receipt = s.get("receipt", line.receipt)
        self.assertEqual((receipt.amount, receipt.currency, receipt.payer_name, receipt.payer_account, receipt.bank_ref, receipt.our_account, receipt.statement_line, receipt.customer),
                         (Decimal("120.50"), "EUR", "ACME GMBH", "DE02120300000000202051", "E2E-77", self.account.id, line.id, None))
        self.assertIn("INV-2026-0001", receipt.memo)
        self.assertEqual((line.status, line.waiting, other.status, other.kind), ("received", None, "passed", "outgoing"))
        self.assertEqual(s.bank_receive().lines, 0)
        self.proven()

    def test_files_come_twice_and_overlap(self):
        s, noon = self.session, [("260601", "C", "50,00", "A", "one"), ("260601", "C", "50,00", "A", "one")]
        first = s.bank_import(mt940(noon, closing="1100,00"))
        self.assertEqual((first.new, first.repeats), (2, 1))
        with self.assertRaises(arcore.ExistsError) as caught:
            s.bank_import(mt940(noon, closing="1100,00"))
        self.assertEqual(caught.exception.id, first.statement)
        evening = s.bank_import(mt940(noon + [("260601", "C", "50,00", "A", "one"), ("260602", "C", "7,00", "B", "two")], closing="1157,00"))
        self.assertEqual((evening.new, evening.known), (2, 2))
        self.assertEqual([(line.amount, line.occurrence) for line in self.lines()], [(Decimal("50.00"), 1), (Decimal("50.00"), 2), (Decimal("50.00"), 3), (Decimal("7.00"), 1)])
        self.proven()

    def test_an_overlap_is_no_gap(self):
        s = self.session

        def gaps():
            return [f["difference"] for f in s.bank_findings(self.account.id) if f["kind"] in ("gap", "balance", "control")]
        x, y = ("260601", "C", "10,00", "X", "one"), ("260601", "C", "20,00", "Y", "two")
        files = ([x], "1010,00"), ([x, x], "1020,00"), ([x, x, y], "1040,00"), ([x, y], "1030,00"), ([x, x, x, y, y], "1070,00")
        for i, (lines, closing) in enumerate(files):
            s.bank_import(mt940(lines, closing=closing, number=str(i + 1), end="260601"))
        self.assertEqual(gaps(), [])
        late = ("260602", "C", "7,00", "Z", "three")
        s.bank_import(mt940([y, late], "1050,00", "1077,00", "6", "260601", "260602"))  # begins in the middle of the day
        self.assertEqual(gaps(), [])
        s.bank_import(mt940([late, ("260603", "C", "5,00", "W", "four")], "1071,00", "1083,00", "7", "260602", "260603"))  # one in between is missing
        self.assertEqual(gaps(), ["-6.00"])

    def test_order_of_statements_does_not_matter(self):
        s = self.session
        s.bank_import(mt940([("260603", "C", "10,00", "X", "c")], "1010,00", "1020,00", "3", "260603", "260603"))
        s.bank_import(mt940([("260601", "C", "10,00", "X", "a")], "1000,00", "1010,00", "1", "260601", "260601"))
        self.assertEqual(s.bank_findings(self.account.id), [])
        s.bank_import(mt940([("260605", "C", "5,00", "Z", "d")], "1025,00", "1031,00", "5", "260605", "260605"))
        self.assertEqual([(f["kind"], f.get("difference")) for f in s.bank_findings(self.account.id)], [("balance", "1.00"), ("gap", "5.00")])
        with self.assertRaises(arcore.CheckError):
            s.bank_import(mt940([("260606", "C", "5,00", "Z", "d")], "1031,00", "1032,00", "6", "260606", "260606"), strict=True)
        self.assertEqual(len(self.lines()), 3)

    def test_several_accounts_in_a_file_and_none(self):
        s = self.session
        two = s.insert("bank_account", number="DE75512108001245126199", currency="EUR")
        done = s.bank_import(mt940([("260601", "C", "1,00", "A", "x")], closing="1001,00") + mt940([("260601", "C", "1,00", "A", "x")], closing="1001,00", account="DE75512108001245126199"))
        self.assertEqual((done.statements, done.new), (2, 2))
        self.assertEqual([line.bank_account for line in self.lines()], [self.account.id, two.id])
        strange = mt940([("260601", "C", "1,00", "A", "y")], closing="1001,00", account="10020030/99999999")
        with self.assertRaises(arcore.DanglingReferenceError):
            s.bank_import(strange)
        self.assertEqual(s.bank_import(strange, account=two.id).new, 1)
        customer = self.customer()
        theirs = s.insert("bank_account", number="10020030", customer=customer.id)
        with self.assertRaises(arcore.DanglingReferenceError):
            s.bank_import(mt940([], account="77777777"), account=theirs.id)

    def test_a_batch_is_its_payments(self):
        s = self.session
        camt = CAMT % {"sum": "30.00", "details": detail("A", "10.00") + detail("B", "20.00")}
        done = s.bank_import(camt.encode())
        self.assertEqual((done.new, done.payments), (1, 2))
        self.assertEqual([(line.kind, line.detail, line.amount, line.batch) for line in self.lines()],
                         [("batch", 0, Decimal("30.00"), None), ("payment", 1, Decimal("10.00"), self.lines()[0].id), ("payment", 2, Decimal("20.00"), self.lines()[0].id)])
        self.assertEqual(s.bank_receive(done.statement).received, 2)
        self.assertEqual(sorted(r.payer_name for r in s.query("receipt")), ["Payer A", "Payer B"])
        self.proven()

    def test_a_payment_bounces(self):
        s = self.session
        s.bank_import(mt940([("260601", "C", "40,00", "R1", "EREF+E2E-9?21SVWZ+INV 9"), ("260601", "C", "60,00", "R2", "EREF+E2E-8")], closing="1100,00"))
        s.bank_receive()
        done = s.bank_import(mt940([("260605", "RC", "40,00", "R7", "EREF+E2E-9"), ("260605", "RC", "11,00", "R8", "EREF+NEVER")], "1100,00", "1049,00", "2", "260605", "260605"))
        self.assertEqual((done.returns, done.linked, done.payments), (2, 1, 0))
        first, _, back, lost = self.lines()
        self.assertEqual((back.reverses, first.reversed_by, back.status, lost.status), (first.id, back.id, "waiting", "passed"))
        self.assertEqual([f["kind"] for f in s.bank_findings(self.account.id)], ["return_waits", "return"])
        self.assertEqual(s.bank_receive().returned, 0)
        self.assertEqual(s.bank_receive(returns=True).returned, 1)
        self.assertEqual([f["kind"] for f in s.bank_findings(self.account.id)], ["return"])
        self.assertEqual(str(s.find("receipt_state", receipt=first.receipt).returned_on), "2026-06-05")
        self.proven()

    def notice(self, entries):
        """A camt.054: entries are (amount, reference or None, details)."""
        ntry = "".join(f"<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-06-01</Dt></BookgDt><ValDt><Dt>2026-06-01</Dt></ValDt>"
                       + (f"<AcctSvcrRef>{ref}</AcctSvcrRef>" if ref else "") + f"<NtryDtls>{details}</NtryDtls></Ntry>" for amount, ref, details in entries)
        return ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.02\"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>N1</MsgId><CreDtTm>2026-06-02T06:00:00</CreDtTm>"
                "</GrpHdr><Ntfctn><Id>N</Id><CreDtTm>2026-06-02T06:00:00</CreDtTm><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>" + ntry + "</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>").encode()

    def test_a_notice_adds_its_details(self):
        s = self.session
        s.bank_import((CAMT % {"sum": "30.00", "details": ""}).encode())
        done = s.bank_import(self.notice([("30.00", "B1", detail("A", "10.00") + detail("B", "20.00"))]))
        self.assertEqual((done.lines, done.new, done.known, done.payments), (1, 0, 1, 2))
        line, *parts = self.lines()
        self.assertEqual((line.status, [(p.kind, p.status, p.amount, p.batch, p.detail) for p in parts]),
                         ("passed", [("payment", "waiting", Decimal("10.00"), line.id, 1), ("payment", "waiting", Decimal("20.00"), line.id, 2)]))
        self.proven()
        again = s.bank_import(self.notice([("30.00", "B1", detail("A", "10.00") + detail("B", "20.00"))]).replace(b"N1", b"N2"))
        self.assertEqual((again.new, again.known, len(self.lines())), (0, 1, 3))
        self.assertEqual(s.bank_receive().received, 2)
        self.assertEqual(sorted(r.payer_name for r in s.query("receipt")), ["Payer A", "Payer B"])
        s.bank_undo(again.statement, "not needed")
        s.bank_undo(done.statement, "another account's")
        line = self.lines()[0]
        self.assertEqual((line.status, line.waiting, s.bank_receive().received), ("waiting", True, 1))
        self.proven()

    def test_a_notice_of_one_payment_without_reference(self):
        s = self.session
        bare = (CAMT % {"sum": "30.00", "details": ""}).replace("<AcctSvcrRef>B1</AcctSvcrRef>", "")
        s.bank_import(bare.encode())
        words = "<RmtInf><Ustrd>INV-7</Ustrd></RmtInf></TxDtls>"
        done = s.bank_import(self.notice([("30.00", None, detail("A", "30.00").replace("</TxDtls>", words))]))
        self.assertEqual((done.new, done.known), (0, 1))
        self.assertEqual(s.bank_receive().received, 1)
        receipt = s.query("receipt").first()
        self.assertEqual((receipt.payer_name, receipt.memo, receipt.amount), ("Payer A", "INV-7", 30))
        self.proven()

    def test_a_notice_that_comes_when_the_payment_is_received(self):
        s = self.session
        self.invoice(s.insert("customer", code="B", legal_name="Payer A"), "INV-7", "30.00", "EUR")
        s.bank_import((CAMT % {"sum": "30.00", "details": ""}).encode())
        self.assertEqual(s.bank_receive().received, 1)
        words = "<RmtInf><Ustrd>INV-7</Ustrd></RmtInf></TxDtls>"
        done = s.bank_import(self.notice([("30.00", "B1", detail("A", "30.00").replace("</TxDtls>", words))]))
        self.assertEqual((done.new, done.known, done.payments, s.bank_receive().lines), (0, 1, 0, 0))
        why = s.match_propose()[0].explanation
        self.assertEqual((why["rule"], why["evidence"][0]["field"]), ("document_amount", "details"))
        self.proven()
        s.bank_undo(done.statement, "another account's")
        self.proven()

    def test_a_notice_before_its_statement(self):
        s = self.session
        s.bank_import(self.notice([("30.00", "B1", detail("A", "10.00") + detail("B", "20.00")), ("7.00", None, detail("C", "7.00"))]))
        self.assertEqual(s.bank_receive().received, 3)
        statement = (CAMT % {"sum": "30.00", "details": ""}).replace("</Stmt>", "<Ntry><Amt Ccy=\"EUR\">7.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-06-01</Dt></BookgDt></Ntry></Stmt>")
        done = s.bank_import(statement.replace("130.00", "137.00").encode())
        self.assertEqual((done.new, done.known, done.differs, s.bank_receive().lines), (0, 2, 0, 0))
        self.proven()

    def test_a_return_is_known_by_its_code(self):
        s = self.session
        s.bank_import(mt940([("260601", "C", f"{n}0,00", f"R{n}", f"EREF+E2E-{n}") for n in range(1, 4)], closing="1060,00"))
        s.bank_receive()
        data = mt940([("260605", "D", f"{n}0,00", f"Q{n}", f"EREF+E2E-{n}") for n in range(1, 4)], "1060,00", "1000,00", "2", "260605", "260605").decode()
        data = data.replace(":86:166", ":86:109", 1).replace("NTRFQ2", "NRTIQ2").replace("EREF+E2E-3", "/RTRN/AC04?21EREF+E2E-3")
        done = s.bank_import(data.encode())
        self.assertEqual((done.returns, done.linked), (2, 2))
        self.assertEqual([line.kind for line in self.lines()[3:5]], ["return", "return"])
        self.assertEqual(s.bank_receive(returns=True).returned, 2)
        camt = CAMT.replace("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<CdtDbtInd>DBIT</CdtDbtInd><Sts>").replace("RCDT</Cd><SubFmlyCd>ESCT", "IDDT</Cd><SubFmlyCd>UPDD").replace("130.00", "70.00")
        self.assertEqual(s.bank_import((camt % {"sum": "30.00", "details": detail("A", "30.00").replace("E-A", "E2E-3")}).encode()).returns, 1)
        self.proven()

    def test_what_was_matched_later_goes_back_too(self):
        s = self.session
        s.bank_import(mt940([("260601", "C", "40,00", "R1", "EREF+E2E-9"), ("260601", "C", "60,00", "R2", "EREF+E2E-8")], closing="1100,00"))
        s.bank_receive()
        customer = self.customer()
        self.invoice(customer, "I1", "40.00", "EUR")
        first, second = (line.receipt for line in self.lines())
        s.receipt_claim(first, customer.id)
        s.receipt_settle(first, [self.item_of("I1").id])  # on the session's day, behind the bank's
        s.receipt_return(second, "by hand")
        s.bank_import(mt940([("260605", "RC", "40,00", "R7", "EREF+E2E-9"), ("260605", "RC", "60,00", "R8", "EREF+E2E-8")], "1100,00", "1000,00", "2", "260605", "260605"))
        got = s.bank_receive(returns=True)
        self.assertEqual((got.returned, got.refused), (1, 0))
        self.assertEqual(s.find("item_state", item=self.item_of("I1").id).open, 40)
        self.assertEqual([line.status for line in self.lines()[2:]], ["passed", "passed"])
        self.assertEqual(s.bank_receive(returns=True).lines, 0)
        self.proven()

    def test_structured_remittance_is_matched(self):
        s = self.session
        b = s.insert("customer", code="B", legal_name="Beta")
        for number, amount in (("539007547034", "200.00"), ("INV-7", "150.00"), ("INV-8", "50.00"), ("INV-9", "200.00")):
            self.invoice(b, number, amount, "EUR")
        strd = "<RmtInf><Strd>%s</Strd></RmtInf></TxDtls>"
        details = detail("A", "200.00").replace("</TxDtls>", strd % "<CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf>")
        details += detail("B", "200.00").replace("</TxDtls>", strd % "<RfrdDocInf><Nb>INV-7</Nb></RfrdDocInf><RfrdDocInf><Nb>INV-8</Nb></RfrdDocInf>")
        s.bank_import((CAMT.replace("130.00", "500.00") % {"sum": "400.00", "details": details}).encode())
        self.assertEqual(s.bank_receive().received, 2)
        proposal = s.match_propose()
        first, second = proposal[0].explanation, proposal[1].explanation
        self.assertEqual((first["rule"], first["evidence"][0]["field"], first["evidence"][0]["number"]), ("document_amount", "creditor_ref", "539007547034"))
        self.assertEqual((second["rule"], second["equation"], second["evidence"][0]["field"]), ("references_sum", "200.00 = 150.00 + 50.00", "document"))
        self.proven()

    def test_words_of_details_that_do_not_add_up(self):
        s = self.session
        b = s.insert("customer", code="B", legal_name="Beta")
        self.invoice(b, "INV-7", "300.00", "EUR")
        words = "<RmtInf><Ustrd>INV-7</Ustrd></RmtInf></TxDtls>"
        details = detail("A", "200.00").replace("</TxDtls>", words) + detail("B", "99.00")
        s.bank_import((CAMT.replace("130.00", "400.00") % {"sum": "300.00", "details": details}).encode())
        self.assertEqual(s.bank_receive().received, 1)
        why = s.match_propose()[0].explanation
        self.assertEqual((why["rule"], why["evidence"][0]["field"]), ("document_amount", "details"))

    def test_what_was_instructed_bounds_the_charge(self):
        s = self.session
        s.definition_publish(s.definition_save("tolerance", "default", {"tolerance": "arcore/1", "bank_fee": [{"currency": "EUR", "most": "30.00"}]}))
        document = {"matching": "arcore/1", "tiers": [{"tier": "reference", "mode": "auto"}], "differences": [{"as": "bank_charge", "across_borders": False}, {"as": "partial"}]}
        s.definition_publish(s.definition_save("matching", "default", document))
        b = s.insert("customer", code="B", legal_name="Beta")
        self.invoice(b, "INV-7", "10000.00", "EUR")
        words = "<RmtInf><Ustrd>INV-7</Ustrd></RmtInf></TxDtls>"
        details = detail("A", "9980.00").replace("</TxDtls>", words).replace("<AmtDtls>", '<AmtDtls><InstdAmt><Amt Ccy="EUR">9990.00</Amt></InstdAmt>')
        s.bank_import((CAMT.replace("130.00", "10080.00") % {"sum": "9980.00", "details": details}).encode())
        s.bank_receive()
        why = s.match_propose()[0].explanation
        self.assertEqual(why["equation"], "9980.00 = 10000.00 - 10.00 (bank_charge) - 10.00 (partial)")

    def test_one_that_bounced_before_it_was_received_is_none(self):
        s = self.session
        s.bank_import(mt940([("260601", "C", "40,00", "R1", "EREF+E2E-9")], closing="1040,00"))
        s.bank_import(mt940([("260602", "RC", "40,00", "R7", "EREF+E2E-9")], "1040,00", "1000,00", "2", "260602", "260602"))
        self.assertEqual([line.status for line in self.lines()], ["returned", "passed"])
        self.assertEqual(s.bank_receive(returns=True).lines, 0)
        self.proven()

    def test_a_statement_is_taken_back(self):
        s, data = self.session, mt940([("260601", "C", "40,00", "R1", "a"), ("260601", "C", "60,00", "R2", "b")], closing="1100,00")
        done = s.bank_import(data)
        s.bank_receive()
        s.bank_undo(done.statement, "wrong account")
        self.assertEqual({line.status for line in self.lines()}, {"undone"})
        self.assertTrue(all(r.returned_on for r in s.query("receipt_state")))
        with self.assertRaises(arcore.StateError):
            s.bank_undo(done.statement, "again")
        again = s.bank_import(data)
        self.assertEqual((again.new, s.bank_receive().received), (2, 2))
        customer = self.customer()
        self.invoice(customer, "I1", "40.00", "EUR")
        receipt = next(r.id for r in s.query("receipt").order("-id") if r.amount == 40)
        s.receipt_claim(receipt, customer.id)
        s.receipt_settle(receipt, [self.item_of("I1").id])
        with self.assertRaises(arcore.StateError):
            s.bank_undo(again.statement, "too late")
        self.proven()

    def test_what_a_later_one_counts_on_stays(self):
        s = self.session
        one = s.bank_import(mt940([("260601", "C", "40,00", "R1", "a")], closing="1040,00"))
        two = s.bank_import(mt940([("260601", "C", "40,00", "R1", "a"), ("260601", "C", "1,00", "R1", "b")], closing="1041,00"))
        with self.assertRaises(arcore.StateError):
            s.bank_undo(one.statement, "no")
        s.bank_undo(two.statement, "first this")
        s.bank_undo(one.statement, "then that")
        self.proven()

    def test_receiving_goes_on_where_it_stopped(self):
        s = self.session
        s.bank_import(mt940([("260601", "C", f"{n},00", f"R{n}", f"text {n}") for n in range(1, 26)], closing="1325,00"))
        told = []
        with self.assertRaises(arcore.CancelledError):
            s.bank_receive(chunk=10, progress=lambda done, total: told.append(done) or len(told) == 1)
        self.assertEqual((told, s.query("receipt").count()), ([10], 10))
        got = s.bank_receive(chunk=10)
        self.assertEqual((got.lines, got.received), (15, 15))
        self.assertEqual(s.query("receipt").count(), 25)
        self.proven()

    def test_events_do_not_grow_with_the_file(self):
        s, n = self.session, 2300
        batch = "".join(detail(f"P{i}", "1.00") for i in range(n))
        s.bank_import((CAMT.replace("130.00", f"{n + 100}.00") % {"sum": f"{n}.00", "details": batch}).encode())
        done = s.bank_import(mt940([("260603", "C", f"{i + 1},00", f"R{i}", f"text {i}") for i in range(n)], closing=f"{1000 + n * (n + 1) // 2},00"))
        self.assertEqual((done.new, len(self.lines()), done.differs), (n, 2 * n + 1, 0))
        self.assertEqual(s.bank_receive().received, 2 * n)
        self.assertLess(max(len(e.diff) for e in s.query("event").select("diff")), 1 << 21)
        self.proven()
        self.assertEqual(s.query("statement_line").where((arcore.F.batch == self.lines()[0].id)).count(), n)
        s.bank_undo(done.statement, "too many")
        self.proven()

    def test_bills_of_platforms(self):
        folder = os.path.join(DATA, "ecommerce", "bills")
        if not os.path.isdir(folder):
            raise unittest.SkipTest(f"SKIPPED: no files in {folder} (set ARCORE_DATA)")
        s, seen = self.session, 0
        for root, _, names in os.walk(folder):
            for name in sorted(n for n in names if n.endswith(".csv")):
                with open(os.path.join(root, name), "rb") as f:
                    data = f.read()
                if arcore.bank_format(data) not in ("alipay", "wechat"):
                    continue
                account = s.insert("bank_account", number=f"shop-{name}"[:60], currency="CNY", kind=arcore.bank_format(data))
                done = s.bank_import(data, account=account.id)
                self.assertEqual(done.new + done.known + done.skipped, done.lines, name)
                seen += 1
        self.assertGreater(seen, 1)
        got = s.bank_receive()
        self.assertEqual(got.received + got.refused, got.lines)
        self.assertLessEqual({r.method for r in s.query("receipt")}, {"alipay", "wechat"})
        self.proven()


CAMT = """<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-06-01T20:00:00</CreDtTm></GrpHdr><Stmt>
<Id>S1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-06-01</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">130.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-06-01</Dt></Dt></Bal>
<Ntry><Amt Ccy="EUR">%(sum)s</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-06-01</Dt></BookgDt><ValDt><Dt>2026-06-01</Dt></ValDt><AcctSvcrRef>B1</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls>%(details)s</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"""


def detail(name, amount):
    return (f"<TxDtls><Refs><EndToEndId>E-{name}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy=\"EUR\">{amount}</Amt></TxAmt></AmtDtls>"
            f"<RltdPties><Dbtr><Nm>Payer {name}</Nm></Dbtr></RltdPties></TxDtls>")


if __name__ == "__main__":
    unittest.main()
