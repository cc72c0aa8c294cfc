/* SPDX-License-Identifier: Apache-2.0 */
/* Statements from files: the model, what all formats share, and where faults are told. */
#include "arcore/bank.h"
#include "arcore/date.h"
#include "support/support.h"

static arc_bank_file *read_text(test_env *t, const char *s, const arc_bank_options *o)
{
    arc_bank_file *f;
    assert_ok_err(&t->err, arc_bank_file_read(t->ctx, &f, s, strlen(s), o));
    return f;
}

static arc_bank_statement statement_of(arc_bank_file *f, uint32_t i)
{
    arc_bank_statement s = ARC_BANK_STATEMENT_INIT;
    assert_ok(arc_bank_file_statement(f, &s, i));
    return s;
}

static arc_bank_line line_of(arc_bank_file *f, uint32_t i, uint32_t k)
{
    arc_bank_line l = ARC_BANK_LINE_INIT;
    assert_ok(arc_bank_file_line(f, &l, i, k));
    return l;
}

static arc_date date(int32_t y, int32_t m, int32_t d)
{
    arc_date out;
    assert_ok(arc_date_from_ymd(&out, y, m, d));
    return out;
}

/* The file is refused with this status, at this line, and a message that has these words. */
static void refused(test_env *t, const char *s, arc_status st, int64_t row, const char *words)
{
    arc_bank_file *f = (arc_bank_file *)t;
    arc_error e = ARC_ERROR_INIT;
    assert_status(st, arc_bank_file_read(t->ctx, &f, s, strlen(s), NULL));
    assert_null(f);
    assert_ok(arc_context_error(t->ctx, &e));
    if (!strstr(e.message, words)) fail_msg("\"%s\" is not in \"%s\"", words, e.message);
    assert_int_equal(e.row, row);
    assert_true(e.message_zh[0]);
}

static const char mt[] = ":20:REF1\r\n:25:50880050/0194787400888\r\n:28C:00004/00001\r\n:60F:C251230EUR1000,00\r\n"
                         ":61:2601021231CR50,05NTRFNONREF//BANK1\r\n:86:166?00GUTSCHRIFT?100399?20EREF+INV-1?21SVWZ+Rechnung 100?22 and 101?30DRESDEFF508"
                         "?31DE14508800500194785000?32KARL?33KAUFMANN\r\n:61:251231RC10,NTRFX//B2\r\n:62F:C251231EUR1040,05\r\n:64:C251231EUR900,\r\n-\r\n";

static void mt940(void **state)
{
    arc_bank_file *f = read_text(*state, mt, NULL);
    arc_bank_statement s = statement_of(f, 0);
    arc_bank_line l = line_of(f, 0, 0);
    assert_string_equal(s.account, "50880050/0194787400888");
    assert_string_equal(s.bank, "50880050");
    assert_string_equal(s.number, "00004");
    assert_string_equal(s.sequence, "00001");
    assert_string_equal(s.currency, "EUR");
    assert_int_equal(s.check, ARC_BANK_CHECK_BALANCED);
    assert_int_equal(s.opening.minor, 100000);
    assert_int_equal(s.available.minor, 90000);
    assert_int_equal(l.booked, date(2025, 12, 31)); /* the year next to the value date */
    assert_int_equal(l.value, date(2026, 1, 2));
    assert_int_equal(l.amount.minor, 5005);
    assert_null(l.customer_ref);
    assert_string_equal(l.bank_ref, "BANK1");
    assert_string_equal(l.end_to_end, "INV-1");
    assert_string_equal(l.text, "Rechnung 100 and 101");
    assert_string_equal(l.name, "KARL KAUFMANN");
    assert_string_equal(l.account, "DE14508800500194785000");
    assert_string_equal(l.gvc, "166");
    assert_int_equal(l.row, 5);
    l = line_of(f, 0, 1);
    assert_int_equal(l.amount.minor, -1000); /* a credit taken back */
    assert_true(l.flags & ARC_BANK_LINE_REVERSAL);
    arc_bank_file_free(f);
}

static const char camt[] =
    "<?xml version=\"1.0\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr>\n"
    "<Stmt><Id>S1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>\n"
    "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">0</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-02</Dt></Dt></Bal>\n"
    "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-02</Dt></Dt></Bal>\n"
    "<Ntry><Amt Ccy=\"EUR\">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-02</Dt></BookgDt>\n"
    "<NtryDtls><Btch><PmtInfId>B1</PmtInfId></Btch><TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs><Amt Ccy=\"EUR\">10.00</Amt>"
    "<RltdPties><Dbtr><Pty><Nm>One</Nm></Pty></Dbtr></RltdPties></TxDtls>\n"
    "<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy=\"EUR\">20.00</Amt></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>";

static void camt_batch(void **state)
{
    arc_bank_file *f = read_text(*state, camt, NULL);
    arc_bank_statement s = statement_of(f, 0);
    arc_bank_line l = line_of(f, 0, 0), d = ARC_BANK_LINE_INIT;
    arc_bank_info info = ARC_BANK_INFO_INIT;
    assert_ok(arc_bank_file_info(f, &info));
    assert_string_equal(info.version, "camt.053.001.08");
    assert_string_equal(info.id, "M1");
    assert_int_equal(s.check, ARC_BANK_CHECK_BALANCED);
    assert_int_equal(l.n_details, 2);
    assert_int_equal(l.details, ARC_BANK_CHECK_BALANCED);
    assert_ok(arc_bank_file_detail(f, &d, 0, 0, 0));
    assert_int_equal(d.amount.minor, 1000);
    assert_string_equal(d.name, "One");
    assert_string_equal(d.end_to_end, "E1");
    assert_string_equal(d.batch, "B1"); /* its line's */
    assert_int_equal(d.booked, date(2026, 1, 2));
    assert_ok(arc_bank_file_detail(f, &d, 0, 0, 1));
    assert_null(d.end_to_end);
    assert_status(ARC_E_RANGE, arc_bank_file_detail(f, &d, 0, 0, 2));
    arc_bank_file_free(f);
}

static void faults(void **state)
{
    refused(*state, "", ARC_E_UNSUPPORTED, -1, "format");
    refused(*state, ":20:A\n:60F:X260101EUR1,\n", ARC_E_SYNTAX, 2, ":60F:");
    refused(*state, ":20:A\n:60F:C260231EUR1,\n", ARC_E_VALUE, 2, "260231");
    refused(*state, "<Document><BkToCstmrStmt><Stmt><Acct>", ARC_E_SYNTAX, 1, "not well-formed");
    refused(*state, "<!DOCTYPE Document [<!ENTITY a \"b\">]><Document>camt.053</Document>", ARC_E_SYNTAX, 1, "document type");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(mt940, test_setup, test_teardown), cmocka_unit_test_setup_teardown(camt_batch, test_setup, test_teardown),
                                        cmocka_unit_test_setup_teardown(faults, test_setup, test_teardown) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
