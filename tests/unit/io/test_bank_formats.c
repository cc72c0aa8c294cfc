/* SPDX-License-Identifier: Apache-2.0 */
/* Dialects and corners of each format, faults with their places, notices, overlaps, lack of memory. */
#include "arcore/bank.h"
#include "support/support.h"

static arc_bank_file *read_with(test_env *t, const char *s, const arc_bank_options *o)
{
    arc_bank_file *f;
    assert_ok_err(&t->err, arc_bank_file_read(t->ctx, &f, s, strlen(s), o));
    return f;
}

/* What was read has all these pieces in its JSON; ends with NULL. */
static void has(test_env *t, const char *s, const char *const *pieces)
{
    static char json[100000];
    arc_bank_file *f = read_with(t, s, NULL);
    size_t n = sizeof json;
    assert_ok(arc_bank_file_json(f, json, &n));
    for (; *pieces; pieces++)
        if (!strstr(json, *pieces)) fail_msg("%s\nis not in\n%s", *pieces, json);
    arc_bank_file_free(f);
}
#define HAS(t, s, ...) \
    do { \
        static const char *const pieces[] = { __VA_ARGS__, NULL }; \
        has(t, s, pieces); \
    } while (0)

static void refused(test_env *t, const char *s, arc_status st, int64_t row, const char *words)
{
    arc_bank_file *f;
    arc_error e = ARC_ERROR_INIT;
    assert_status(st, arc_bank_file_read(t->ctx, &f, s, strlen(s), NULL));
    assert_null(f);
    assert_ok(arc_context_error(t->ctx, &e));
    if (!strstr(e.message, words)) fail_msg("\"%s\" is not in \"%s\"", words, e.message);
    assert_int_equal(e.row, row);
    assert_true(e.message_zh[0]);
}

/* ---- MT940 ---------------------------------------------------------------------------------------------------------------------- */

#define MT(line) ":20:A\n:25:NL91ABNA0417164300\n:28C:1/1\n:60F:C260101EUR0,\n" line "\n:62F:C260101EUR0,\n"

static void mt940_lines(void **state)
{
    test_env *t = *state;
    HAS(t, MT(":61:2601010102C1,N123ABC//DEF"), "\"booked\":\"2026-01-02\"", "\"customer_ref\":\"ABC\"", "\"bank_ref\":\"DEF\"", "\"swift_code\":\"N123\"");
    HAS(t, MT(":61:260101    D1,5NTRFNONREF//"), "\"amount\":\"-1.50\"", "\"no_date\":true");
    HAS(t, MT(":61:2601010101RD1,NTRFX"), "\"amount\":\"1.00\"", "\"reversal\":true");
    HAS(t, MT(":61:260101EC7,NTRFX"), "\"pending\":true");
    HAS(t, MT(":61:260101C000000000012,34N544NONREF\nNL20INGB0001234567"), "\"amount\":\"12.34\"", "\"account\":\"NL20INGB0001234567\"");
    HAS(t, MT(":61:260101CR100NTRF29-07-2014 10:05//B4E"), "\"amount\":\"100.00\"", "\"customer_ref\":\"29-07-2014 10:05\"");
    HAS(t, MT(":61:260101C9,NTRFA\n/OCMT/USD12,/CHGS/EUR0,50/EXCH/1,2345/"), "\"original\":{\"amount\":\"12.00\",\"currency\":\"USD\"}", "\"fee\":{\"amount\":\"0.50\",\"currency\":\"EUR\"}",
        "\"rate\":\"1.2345\"");
    HAS(t, ":20:A\r:25:1234/5678EUR\r:28:7\r:60F:D260101DEM5,\r:61:260101C5,NTRF\r:62F:C260101DEM0,\r-\r", "\"check\":\"balanced\"", "\"currency\":\"DEM\"", "\"opening\":\"-5.00\"");
    HAS(t, ":20:A\n:25:1\n:60F:C260101JPY100,\n:61:260101C5,NTRF\n:62F:C260101JPY105,\n", "\"amount\":\"5\"", "\"check\":\"balanced\"");
    HAS(t, ":20:A\n:25:1\n:60F:C260101EUR1,\n:62F:C260101EUR3,\n", "\"check\":\"differs\"", "\"difference\":\"2.00\"");
    HAS(t, ":20:A\n:25:1\n:28C:5/1\n:60F:C260101EUR1,\n:62M:C260101EUR1,\n-\n:20:A\n:25:1\n:28C:5/2\n:60M:C260101EUR1,\n:62F:C260101EUR1,\n-", "\"continued\":true", "\"sequence\":\"2\"");
    HAS(t, ":20:A\n:25:1\n:28C:1\n:34F:EUR0,\n:13D:2601011200+0100\n:61:260101C5,NTRF\n:90D:0EUR0,\n:90C:1EUR5,\n", "\"version\":\"942\"", "\"interim\":true", "\"control\":\"balanced\"");
}

static void mt940_texts(void **state)
{
    test_env *t = *state;
    HAS(t, MT(":61:260101C1,NTRFX\n:86:/TRTP/SEPA OVERBOEKING/IBAN/NL20INGB0001234567/BIC/INGBNL2A/NAME/J JANSEN/REMI/FACTUUR 1/2 EN 3/EREF/NOTPROVIDED"),
        "\"info\":\"SEPA OVERBOEKING\"", "\"name\":\"J JANSEN\"", "\"text\":\"FACTUUR 1/2 EN 3\"", "\"bank\":\"INGBNL2A\"");
    HAS(t, MT(":61:260101C1,NTRFEREF//1\n/TRCD/00100/\n:86:/EREF/E-1//MARF/M-1//CSID/NL00ZZZ//CNTP/NL43INGB0000123456/INGBNL2A/BV X/AMSTERDAM///REMI/STRD/CUR/9000000000000001/"),
        "\"end_to_end\":\"E-1\"", "\"mandate\":\"M-1\"", "\"creditor_id\":\"NL00ZZZ\"", "\"account\":\"NL43INGB0000123456\"", "\"name\":\"BV X\"", "\"creditor_ref\":\"9000000000000001\"",
        "\"own_code\":\"00100\"");
    HAS(t, MT(":61:260101C1,N541X\n:86:/ORDP//NAME/Bakker BV/REMI/Order 5/ULTD//NAME/Bakker Holding/PURP//CD/SALA"), "\"name\":\"Bakker BV\"", "\"ultimate_name\":\"Bakker Holding\"",
        "\"purpose\":\"SALA\"");
    HAS(t, MT(":61:260101C1,NTRFX\n:86:12160475 ORDERID: 264267\nREK: NL84INGB0234561789/NAAM: MMS ONLINE"), "\"account\":\"NL84INGB0234561789\"", "\"name\":\"MMS ONLINE\"",
        "\"text\":\"12160475 ORDERID: 264267\"");
    HAS(t, MT(":61:260101C1,NTRFX\n:86:020~00Przelew~20FV/12/2026~32FIRMA~33SP Z OO~38PL81060007600007777777777777"), "\"gvc\":\"020\"", "\"account\":\"PL81060007600007777777777777\"",
        "\"name\":\"FIRMA SP Z OO\"", "\"text\":\"FV/12/2026\"");
    HAS(t, MT(":61:260101C1,NETNONREF\n:86:944 Przelew krajowy; z rach.: 10101010101010; od: FIRMA SP. Z O.O.; tyt.: FV/12/2026; TNR: 55"), "\"swift_code\":\"NET\"",
        "\"account\":\"10101010101010\"", "\"name\":\"FIRMA SP. Z O.O.\"", "\"text\":\"FV/12/2026\"", "\"info\":\"944 Przelew krajowy\"", "\"bank_ref\":\"55\"");
    HAS(t, "ABNANL2A\n940\nABNANL2A\n" MT(":61:1105240524D9,N192NONREF\n:86:GIRO   428428 KPN BV             BETALINGSKENM.  0000000185039951\n5109227317"), "\"amount\":\"-9.00\"",
        "BETALINGSKENM.  00000001850399515109227317");
    HAS(t, "0000 01INGBNL2AXXXX00001\n940 00\n" MT(":61:100722D25,03NOV NONREF\n:86:0111111111 GPSEOUL\nSPOED"), "\"swift_code\":\"NOV\"", "\"text\":\"0111111111 GPSEOUL\\nSPOED\"");
    HAS(t, ":940:\n" MT(":61:1210010930D000000000030,00N050P000000000000000\nR. de Boer"), "\"info\":\"R. de Boer\"", "\"booked\":\"2012-09-30\"");
    HAS(t, MT(":61:160301022" "9C1,NTRFX"), "\"booked\":\"2016-02-29\"");
    HAS(t, MT(":61:260101C1,NTRFX\n:86:166?00GUTSCHRIFT?20SVWZ+RE 1?21ABWA+Other GmbH?22IBAN: DE02120300000000202051 BIC: B"), "\"text\":\"RE 1\"", "\"ultimate_name\":\"Other GmbH\"",
        "\"account\":\"DE02120300000000202051\"");
    HAS(t, MT(":61:260101D1,NTRFX\n:86:109?00RETOURE?20EREF+X?21OAMT+1,00 COAM+0,50?34911"), "\"return_reason\":\"911\"", "\"fee\":{\"amount\":\"0.50\",\"currency\":\"EUR\"}");
    HAS(t, MT(":61:260101C1,NTRFX\n:86:123456789 123456789 123456789 123456789 123456789 123456789 12345\n6789 rest"), "123456789 rest\"");
}

static void mt940_faults(void **state)
{
    test_env *t = *state;
    refused(t, MT(":61:26X101C1,NTRF"), ARC_E_VALUE, 5, ":61:: '26X101' is no date");
    refused(t, MT(":61:2601011399C1,NTRF"), ARC_E_VALUE, 5, "'1399' is no entry date");
    refused(t, MT(":61:260101X1,NTRF"), ARC_E_SYNTAX, 5, "C, D, RC or RD is expected");
    refused(t, MT(":61:260101CNTRF"), ARC_E_SYNTAX, 5, "an amount is expected");
    refused(t, MT(":61:260101C1,234NTRF"), ARC_E_PRECISION, 5, "more decimals than EUR");
    refused(t, MT(":61:260101C99999999999999999999,NTRF"), ARC_E_OVERFLOW, 5, "too large");
    refused(t, MT(":61:260101C1,5xNTRF"), ARC_E_SYNTAX, 5, "transaction type");
    refused(t, MT(":62F:C260101USD1,"), ARC_E_CURRENCY, 5, "the account is in EUR");
    /* cut off, a letter in an amount, a second opening balance */
    refused(t, ":20:A\n:25:1\n:60F:C260101EUR0,\n:61:260101C5,NTRF\n", ARC_E_SYNTAX, 4, "it is cut off");
    refused(t, ":20:A\n:25:1\n:60F:C260101EUR0,\n:61:260101C5,NTRF\n:86:words that are", ARC_E_SYNTAX, 5, "it is cut off");
    refused(t, MT(":61:260101C1O,00NTRFX"), ARC_E_SYNTAX, 5, "an amount is expected, not '1O,00NTRFX'");
    refused(t, MT(":61:260101C5,NTRF\n:60F:C260101EUR7,"), ARC_E_SYNTAX, 6, "a second balance");
    HAS(t, MT(":61:260101C500NTRF29-07"), "\"amount\":\"500.00\"");
    refused(t, ":20:A\n:25:1\n:25:2\n", ARC_E_SYNTAX, 3, "a second account");
    refused(t, ":20:A\n:90C:X\n", ARC_E_SYNTAX, 2, ":90C:");
}

/* ---- CAMT ----------------------------------------------------------------------------------------------------------------------- */

#define CAMT(entries) \
    "<Document><BkToCstmrStmt><GrpHdr/>\n<Stmt><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>\n" entries "</Stmt></BkToCstmrStmt></Document>"
#define ENTRY(sign, rest) "<Ntry><Amt Ccy='EUR'>5.00</Amt><CdtDbtInd>" sign "</CdtDbtInd><BookgDt><Dt>2026-01-05</Dt></BookgDt>" rest "</Ntry>"

static void camt(void **state)
{
    test_env *t = *state;
    HAS(t, CAMT(ENTRY("CRDT", "<BkTxCd><Prtry><Cd>NTRF+166+0399+1</Cd></Prtry></BkTxCd>")), "\"swift_code\":\"NTRF\"", "\"gvc\":\"166\"", "\"prima_nota\":\"0399\"");
    HAS(t, CAMT(ENTRY("DBIT", "<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>We</Nm></Dbtr><Cdtr><Nm>They</Nm></Cdtr></RltdPties></TxDtls></NtryDtls>")), "\"amount\":\"-5.00\"", "\"name\":\"They\"");
    /* money that comes back: the creditor of the first payment is the other side */
    HAS(t, CAMT(ENTRY("CRDT", "<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>We</Nm></Dbtr><Cdtr><Nm>They</Nm></Cdtr></RltdPties><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls>")),
        "\"name\":\"They\"", "\"return_reason\":\"AC04\"", "\"return\":true");
    HAS(t, CAMT(ENTRY("CRDT", "<NtryDtls><TxDtls><AmtDtls><InstdAmt><Amt Ccy='USD'>6.00</Amt><CcyXchg><XchgRate>1.2</XchgRate></CcyXchg></InstdAmt></AmtDtls>"
                              "<Chrgs><Amt Ccy='EUR'>0.50</Amt></Chrgs></TxDtls></NtryDtls>")),
        "\"original\":{\"amount\":\"6.00\",\"currency\":\"USD\"}", "\"rate\":\"1.2\"", "\"fee\":{\"amount\":\"0.50\",\"currency\":\"EUR\"}");
    HAS(t, CAMT(ENTRY("CRDT", "<Sts><Cd>PDNG</Cd></Sts>")), "\"pending\":true");
    HAS(t, CAMT(ENTRY("CRDT", "<NtryDtls><TxDtls><Amt Ccy='EUR'>3.00</Amt></TxDtls><TxDtls><Amt Ccy='EUR'>1.00</Amt></TxDtls></NtryDtls>")), "\"details_check\":\"differs\"");
    HAS(t, CAMT(ENTRY("CRDT", "<NtryDtls><TxDtls><RmtInf><Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf><AddtlRmtInf>more</AddtlRmtInf></Strd></RmtInf></TxDtls></NtryDtls>")),
        "\"creditor_ref\":\"RF18539007547034\"", "\"text\":\"more\"");
    refused(t, CAMT("<Ntry><CdtDbtInd>CRDT</CdtDbtInd></Ntry>"), ARC_E_REQUIRED, 3, "Ntry/Amt");
    refused(t, CAMT(ENTRY("KREDIT", "")), ARC_E_VALUE, 3, "CRDT or DBIT is expected");
    refused(t, CAMT("<Ntry><Amt Ccy='EUR'>5,00</Amt></Ntry>"), ARC_E_VALUE, 3, "is no amount");
    refused(t, CAMT("<Ntry><Amt Ccy='EUR'>5.001</Amt></Ntry>"), ARC_E_PRECISION, 3, "more decimals");
    refused(t, CAMT("<Ntry><Amt Ccy='EUR'>5</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-02-30</Dt></BookgDt></Ntry>"), ARC_E_VALUE, 3, "'2026-02-30' is no date");
    refused(t, "<Document><BkToCstmrStmt><Stmt>\n<Id>1</Id></Stmt></BkToCstmrStmt></Document>", ARC_E_REQUIRED, 1, "names no account");
    refused(t, "<Document>\n<x/></Document>", ARC_E_UNSUPPORTED, 1, "no camt.052");
}

/* Nothing outside of the file is looked at, nothing grows. */
static void camt_hostile(void **state)
{
    test_env *t = *state;
    size_t n = 0, cap = 1 << 20;
    char *deep = malloc(cap);
    assert_non_null(deep);
    n += (size_t)snprintf(deep, cap, "<Document><BkToCstmrStmt><GrpHdr>");
    for (int i = 0; i < 1000; i++) n += (size_t)snprintf(deep + n, cap - n, "<a>");
    refused(t, deep, ARC_E_LIMIT, 1, "more than 64 levels");
    n = (size_t)snprintf(deep, cap, "<Document><BkToCstmrStmt><GrpHdr>");
    for (int i = 0; i < 100000; i++) n += (size_t)snprintf(deep + n, cap - n, "<a/>");
    refused(t, deep, ARC_E_LIMIT, 1, "more than 20000 elements");
    free(deep);
    refused(t, "<!DOCTYPE Document SYSTEM \"file:///etc/passwd\"><Document>camt.053</Document>", ARC_E_SYNTAX, 1, "document type");
    refused(t, "<?xml version='1.0'?>\n<!DOCTYPE d [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><Document><BkToCstmrStmt>&b;</BkToCstmrStmt></Document>", ARC_E_SYNTAX, 2, "document type");
}

/* ---- OFX, BAI2 --------------------------------------------------------------------------------------------------------------------- */

#define OFX(lines) \
    "OFXHEADER:100\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>2</BANKACCTFROM><BANKTRANLIST>\n" lines "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"

static void ofx(void **state)
{
    test_env *t = *state;
    HAS(t, OFX("<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260103120000[-5:EST]<TRNAMT>1,234.50<FITID>F1<NAME>A &amp; B<MEMO>x < y &#233;</STMTTRN>"), "\"amount\":\"1234.50\"", "\"name\":\"A & B\"",
        "\"text\":\"x < y é\"", "\"id\":\"F1\"", "\"time\":\"12:00:00\"", "\"version\":\"OFX 102\"");
    HAS(t, OFX("<STMTTRN><DTPOSTED>20260103<TRNAMT>-1.234,50</STMTTRN>"), "\"amount\":\"-1234.50\"");
    HAS(t, OFX("<STMTTRN><DTPOSTED>20260103<TRNAMT>5<CURRENCY><CURRATE>1.1<CURSYM>EUR</CURRENCY></STMTTRN>"), "\"currency\":\"EUR\"");
    refused(t, OFX("<STMTTRN><TRNAMT>5</STMTTRN>"), ARC_E_REQUIRED, 5, "DTPOSTED");
    refused(t, OFX("<STMTTRN><DTPOSTED>20260103</STMTTRN>"), ARC_E_REQUIRED, 5, "TRNAMT");
    refused(t, OFX("<STMTTRN><DTPOSTED>20260103<TRNAMT>$5</STMTTRN>"), ARC_E_VALUE, 5, "'$5' is no amount");
    refused(t, OFX("<STMTTRN><DTPOSTED>20260103<TRNAMT>5</STMTRS>"), ARC_E_SYNTAX, 5, "</STMTRS> ends what is not open");
    refused(t, "<OFX>\n<BANKMSGSRSV1><STMTTRNRS></STMTTRNRS></BANKMSGSRSV1>", ARC_E_SYNTAX, 1, "cut off");
}

#define BAI(records) "01,A,B,260105,0200,1,,,2/\n02,A,C,1,260104,2359,USD,2/\n03,55,,010,1000,,,015,1500,,/\n" records "\n49,X/\n"

static void bai2(void **state)
{
    test_env *t = *state;
    HAS(t, "01,A,B,260105,0200,1,,,2/\n02,A,C,1,260104,2359,,2/\n03,55,,010,1000,,,015,1500,,/\n16,142,700,V,260106,,BR,CR,ACME, INC/\n88,INV 1/\n16,475,200,,,,/\n49,3400,5/\n98,3400,1,7/\n99,3400,1,9/",
        "\"check\":\"balanced\"", "\"control\":\"balanced\"", "\"value\":\"2026-01-06\"", "\"text\":\"ACME, INC\\nINV 1\"", "\"amount\":\"-2.00\"", "\"bank_ref\":\"BR\"", "\"customer_ref\":\"CR\"");
    refused(t, BAI("16,142,7x,,,,/"), ARC_E_VALUE, 4, "'7x' is no amount");
    refused(t, BAI("16,14,7,,,,/"), ARC_E_VALUE, 4, "three digits");
    refused(t, BAI("16,142,7,Q,,,/"), ARC_E_VALUE, 4, "funds type");
    refused(t, "01,A,B,260105,0200,1,,,2/\n02,A,C,1,260104,2359,USD,2/\n98,0,0,2/\n", ARC_E_SYNTAX, 3, "no end (99)");
    refused(t, "01,A,B,260105,0200,1,,,2/\n16,142,7,,,,/\n", ARC_E_SYNTAX, 2, "outside of an account");
    refused(t, "01,A,B,260105,0200,1,,,3/\n", ARC_E_UNSUPPORTED, 1, "version 2");
}

/* ---- tables -------------------------------------------------------------------------------------------------------------------------- */

static const char profile[] = "{\"bank_csv\":\"arcore/1\",\"decimal\":\",\",\"date\":\"dmy\",\"currency\":\"EUR\",\"preamble\":{\"Konto:\":\"account\"},\"footer\":[\"Summe\"],"
                              "\"columns\":{\"booked\":\"Buchung\",\"amount\":[\"Betrag\",\"Umsatz\"]},\"optional\":{\"text\":\"Zweck\",\"name\":\"Name\",\"balance\":\"Saldo\"}}";

static void table_refused(test_env *t, const char *p, const char *s, arc_status st, int64_t row, const char *words)
{
    arc_bank_options o = ARC_BANK_OPTIONS_INIT;
    arc_bank_file *f;
    arc_error e = ARC_ERROR_INIT;
    o.profile = p;
    o.profile_length = SIZE_MAX;
    assert_status(st, arc_bank_file_read(t->ctx, &f, s, strlen(s), &o));
    assert_ok(arc_context_error(t->ctx, &e));
    if (!strstr(e.message, words) && !strstr(e.pointer, words)) fail_msg("\"%s\" is not in \"%s\" %s", words, e.message, e.pointer);
    if (row >= 0) assert_int_equal(e.row, row);
}

static void tables(void **state)
{
    test_env *t = *state;
    arc_bank_options o = ARC_BANK_OPTIONS_INIT;
    arc_bank_statement s = ARC_BANK_STATEMENT_INIT;
    arc_bank_line l = ARC_BANK_LINE_INIT;
    o.profile = profile;
    o.profile_length = SIZE_MAX;
    arc_bank_file *f = read_with(t, "Konto:;DE89370400440532013000\n\nBuchung;Zweck;Name;Umsatz;Saldo\n05.01.2026;\"RE 1\nRE 2\";K;1.234,50;2.234,50\n06.01.26;Gebühr;;-4,50;2.230,00\nSumme;;;1.230,00\nwhatever", &o);
    assert_ok(arc_bank_file_statement(f, &s, 0));
    assert_string_equal(s.iban, "DE89370400440532013000");
    assert_int_equal(s.n_lines, 2);
    assert_int_equal(s.check, ARC_BANK_CHECK_BALANCED); /* from the column */
    assert_int_equal(s.opening.minor, 100000);
    assert_ok(arc_bank_file_line(f, &l, 0, 0));
    assert_int_equal(l.amount.minor, 123450);
    assert_string_equal(l.text, "RE 1\nRE 2");
    assert_int_equal(l.row, 4);
    assert_ok(arc_bank_file_line(f, &l, 0, 1));
    assert_int_equal(l.row, 6);
    arc_bank_file_free(f);
    table_refused(t, profile, "Buchung;Betrag\n05.01.2026;1.2x\n", ARC_E_VALUE, 2, "Betrag: '1.2x' is no amount");
    table_refused(t, profile, "Buchung;Betrag\n31.02.2026;1\n", ARC_E_VALUE, 2, "Buchung: '31.02.2026' is no date");
    table_refused(t, profile, "Buchung;Betrag\n05.01.2026;\n", ARC_E_REQUIRED, 2, "there is no amount");
    table_refused(t, profile, "Buchung;Betrag\n05.01.2026;\"1\n", ARC_E_SYNTAX, 2, "a quote is never closed");
    table_refused(t, profile, "Datum;Betrag\n", ARC_E_REQUIRED, 1, "names of the columns");
    table_refused(t, "{}", "", ARC_E_REQUIRED, -1, "bank_csv");
    table_refused(t, "{\"bank_csv\":\"arcore/1\",\"columns\":{\"boked\":\"x\"}}", "", ARC_E_VALUE, -1, "/columns/boked");
    table_refused(t, "{\"bank_csv\":\"arcore/1\",\"columns\":{\"booked\":\"x\"}}", "", ARC_E_REQUIRED, -1, "amount");
    table_refused(t, "{\"bank_csv\":\"arcore/1\",\"date\":\"xyz\"}", "", ARC_E_VALUE, -1, "/date");
    refused(t, "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n2026-01-05 10:00:00,x,y,z,借,¥1,/,/,1,2,/\n", ARC_E_VALUE, 2, "no direction of money");
}

/* T5.9: three orders with their fees, kept as the file has them. */
static void merchant_bill(void **state)
{
    static const char bill[] = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,"
                               "充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\n"
                               "`2026-01-05 10:00:01,`w,`1900,`0,`,`4201,`O1,`o,`NATIVE,`SUCCESS,`X,`CNY,`100.00,`0.00,`0,`0,`0.00,`0.00,`,`,`g,`,`0.60000,`0.60%,`100.00,`0.00,`\n"
                               "`2026-01-05 10:00:02,`w,`1900,`0,`,`4202,`O2,`o,`NATIVE,`SUCCESS,`X,`CNY,`88.80,`0.00,`0,`0,`0.00,`0.00,`,`,`g,`,`0.53000,`0.60%,`88.80,`0.00,`\n"
                               "`2026-01-05 10:00:03,`w,`1900,`0,`,`4203,`O3,`o,`NATIVE,`SUCCESS,`X,`CNY,`0.99,`0.00,`0,`0,`0.00,`0.00,`,`,`g,`,`0.01000,`0.60%,`0.99,`0.00,`\n"
                               "`2026-01-05 11:00:03,`w,`1900,`0,`,`4203,`O3,`o,`NATIVE,`REFUND,`X,`CNY,`0.00,`0.00,`50,`R3,`0.99,`0.00,`ORIGINAL,`SUCCESS,`g,`,`-0.01000,`0.60%,`0.00,`0.99,`\n"
                               "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\n`4,`189.79,`0.99,`0.00,`1.13000,`189.79,`0.99\n";
    int64_t orders = 0, fees = 0;
    arc_bank_file *f = read_with(*state, bill, NULL);
    arc_bank_statement s = ARC_BANK_STATEMENT_INIT;
    assert_ok(arc_bank_file_statement(f, &s, 0));
    assert_int_equal(s.n_lines, 4);
    assert_string_equal(s.account, "1900");
    for (uint32_t i = 0; i < 4; i++) {
        arc_bank_line l = ARC_BANK_LINE_INIT;
        assert_ok(arc_bank_file_line(f, &l, 0, i));
        if (i == 3) {
            assert_int_equal(l.amount.minor, -99);
            assert_int_equal(l.fee.minor, -1);
            assert_true(l.flags & ARC_BANK_LINE_RETURN);
            break;
        }
        orders += l.amount.minor;
        fees += l.fee.minor;
    }
    assert_int_equal(orders, 18979);
    assert_int_equal(fees, 114);
    arc_bank_file_free(f);
}

/* ---- overlaps, notices ------------------------------------------------------------------------------------------------------------------ */

#define PAGE(number, open, lines, close) ":20:A\n:25:DE1\n:28C:" number "\n:60F:C260101EUR" open "\n" lines ":62F:C260101EUR" close "\n-\n"
#define TWIN ":61:260101C5,NTRFSAME\n:86:same text\n"

static void overlaps(void **state)
{
    test_env *t = *state;
    uint32_t fresh[8];
    size_t n = 8;
    arc_bank_line l = ARC_BANK_LINE_INIT;
    arc_bank_kept kept[2] = { ARC_BANK_KEPT_INIT, ARC_BANK_KEPT_INIT };
    arc_bank_file *f = read_with(t, PAGE("7/1", "0,", TWIN TWIN, "10,"), NULL);
    assert_ok(arc_bank_file_line(f, &l, 0, 0));
    arc_bank_kept_line lines[2] = { { l.fingerprint, 1, 0 }, { l.fingerprint, 2, 1 } };
    assert_ok(arc_bank_file_fresh(f, fresh, &n, 0, NULL, 0, NULL, 0));
    assert_int_equal(n, 2);
    assert_int_equal(fresh[0], 1);
    assert_int_equal(fresh[1], 2);
    /* an interim file had one of them */
    kept[0].flags = ARC_BANK_INTERIM;
    assert_ok(arc_bank_file_fresh(f, fresh, &n, 0, kept, 1, lines, 1));
    assert_int_equal(fresh[0], 0);
    assert_int_equal(fresh[1], 2);
    /* the page before, ending where this one begins, had one: both of this page are new */
    kept[0].flags = 0;
    kept[0].has_opening = kept[0].has_closing = 1;
    memcpy(kept[0].opening.currency, "EUR", 4);
    memcpy(kept[0].closing.currency, "EUR", 4);
    kept[0].opening.minor = -500;
    assert_ok(arc_bank_file_fresh(f, fresh, &n, 0, kept, 1, lines, 1));
    assert_int_equal(fresh[0], 2);
    assert_int_equal(fresh[1], 3);
    /* and the same file again, with both kept */
    kept[1].number = "7";
    kept[1].sequence = "1";
    lines[0].statement = 1;
    assert_ok(arc_bank_file_fresh(f, fresh, &n, 0, kept, 2, lines, 2));
    assert_int_equal(fresh[0], 0);
    assert_int_equal(fresh[1], 0);
    n = 1;
    assert_status(ARC_E_BUFFER, arc_bank_file_fresh(f, fresh, &n, 0, NULL, 0, NULL, 0));
    assert_int_equal(n, 2);
    lines[1].statement = 2;
    n = 8;
    assert_status(ARC_E_RANGE, arc_bank_file_fresh(f, fresh, &n, 0, kept, 2, lines, 2));
    lines[0].fingerprint = "x";
    assert_status(ARC_E_INVALID, arc_bank_file_fresh(f, fresh, &n, 0, kept, 2, lines, 2));
    arc_bank_file_free(f);
    /* a statement that stands twice in a file is one */
    f = read_with(t, PAGE("7/1", "0,", TWIN, "5,") PAGE("7/1", "0,", TWIN, "5,"), NULL);
    arc_bank_statement s = ARC_BANK_STATEMENT_INIT;
    assert_ok(arc_bank_file_statement(f, &s, 1));
    assert_true(s.flags & ARC_BANK_REPEATED);
    assert_ok(arc_bank_file_line(f, &l, 1, 0));
    assert_int_equal(l.occurrence, 1);
    arc_bank_file_free(f);
}

static void notices(void **state)
{
    static const char notice[] = "<Document><BkToCstmrDbtCdtNtfctn><GrpHdr/><Ntfctn><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>"
                                 "<Ntry><Amt Ccy='EUR'>5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-01-05</Dt></BookgDt><AcctSvcrRef>R1</AcctSvcrRef><NtryDtls>"
                                 "<TxDtls><Amt Ccy='EUR'>2.00</Amt><RmtInf><Ustrd>INV 1</Ustrd></RmtInf></TxDtls><TxDtls><Amt Ccy='EUR'>3.00</Amt></TxDtls></NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>";
    test_env *t = *state;
    arc_bank_line l = ARC_BANK_LINE_INIT, before = ARC_BANK_LINE_INIT;
    uint32_t joined = 9;
    arc_bank_file *f = read_with(t, CAMT(ENTRY("CRDT", "<AcctSvcrRef>R2</AcctSvcrRef>") ENTRY("CRDT", "<AcctSvcrRef>R1</AcctSvcrRef>")), NULL), *n = read_with(t, notice, NULL);
    assert_ok(arc_bank_file_line(f, &before, 0, 1));
    assert_ok(arc_bank_file_join(f, &joined, n));
    assert_int_equal(joined, 1);
    arc_bank_file_free(n); /* copies were made */
    assert_ok(arc_bank_file_line(f, &l, 0, 0));
    assert_int_equal(l.n_details, 0);
    assert_ok(arc_bank_file_line(f, &l, 0, 1));
    assert_int_equal(l.n_details, 2);
    assert_int_equal(l.details, ARC_BANK_CHECK_BALANCED);
    assert_string_equal(l.fingerprint, before.fingerprint); /* what was kept of it is still it */
    assert_ok(arc_bank_file_detail(f, &l, 0, 1, 0));
    assert_string_equal(l.text, "INV 1");
    assert_status(ARC_E_INVALID, arc_bank_file_join(f, &joined, f));
    assert_status(ARC_E_HANDLE, arc_bank_file_join(f, &joined, n));
    arc_bank_file_free(f);
}

/* The same statement with other line ends and in another encoding has another digest and the same content. */
static void digests(void **state)
{
    test_env *t = *state;
    arc_bank_info a = ARC_BANK_INFO_INIT, b = ARC_BANK_INFO_INIT;
    arc_bank_file *x = read_with(t, MT(":61:260101C1,NTRFX\n:86:M\xC3\xBCller"), NULL), *y = read_with(t, ":20:A\r\n:25:NL91ABNA0417164300\r\n:28C:1/1\r\n:60F:C260101EUR0,\r\n:61:260101C1,NTRFX\r\n:86:M\xFCller\r\n:62F:C260101EUR0,\r\n", NULL);
    assert_ok(arc_bank_file_info(x, &a));
    assert_ok(arc_bank_file_info(y, &b));
    assert_string_equal(a.content_digest, b.content_digest);
    assert_string_not_equal(a.digest, b.digest);
    assert_string_equal(b.encoding, "WINDOWS-1252");
    arc_bank_file_free(x);
    arc_bank_file_free(y);
}

/* ---- lack of memory ------------------------------------------------------------------------------------------------------------------------ */

static arc_status oom_body(test_env *t, void *arg)
{
    const char *s = arg;
    arc_bank_options o = ARC_BANK_OPTIONS_INIT;
    arc_bank_file *f;
    if (strstr(s, "Buchung")) {
        o.profile = profile;
        o.profile_length = SIZE_MAX;
    }
    arc_status st = arc_bank_file_read(t->ctx, &f, s, strlen(s), &o);
    if (st != ARC_OK) {
        assert_null(f);
        return st;
    }
    size_t n = 0, len = 8;
    uint32_t fresh[8];
    st = arc_bank_file_json(f, NULL, &n);
    if (st == ARC_E_BUFFER) st = arc_bank_file_fresh(f, fresh, &len, 0, NULL, 0, NULL, 0);
    arc_bank_file_free(f);
    return st;
}

static void no_memory(void **state)
{
    static char *const files[] = { (char *)(uintptr_t)MT(":61:260101C1,NTRFX\n:86:166?00G?20EREF+1?21SVWZ+2?32N\n:NS:01x"), (char *)(uintptr_t)OFX("<STMTTRN><DTPOSTED>20260103<TRNAMT>5<MEMO>m</STMTTRN>"),
                                   (char *)(uintptr_t) "01,A,B,260105,0200,1,,,2/\n02,A,C,1,260104,2359,,2/\n03,55,,010,1000,,/\n16,142,700,,,,T/\n49,1700,3/\n98,1700,1,5/\n99,1700,1,7/",
                                   (char *)(uintptr_t) "Buchung;Zweck;Umsatz\n05.01.2026;x;1\n",
                                   (char *)(uintptr_t) "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n2026-01-05 10:00:00,x,y,z,收入,¥1,/,/,1,2,r\n",
                                   (char *)(uintptr_t)CAMT(ENTRY("CRDT", "<NtryDtls><TxDtls><RmtInf><Ustrd>u</Ustrd></RmtInf></TxDtls></NtryDtls>")) };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        print_message("%.20s\n", files[i]);
        assert_true(test_oom_sweep(oom_body, files[i]) > 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(mt940_lines, test_setup, test_teardown), cmocka_unit_test_setup_teardown(mt940_texts, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(mt940_faults, test_setup, test_teardown), cmocka_unit_test_setup_teardown(camt, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(camt_hostile, test_setup, test_teardown), cmocka_unit_test_setup_teardown(ofx, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(bai2, test_setup, test_teardown),        cmocka_unit_test_setup_teardown(tables, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(merchant_bill, test_setup, test_teardown), cmocka_unit_test_setup_teardown(overlaps, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(notices, test_setup, test_teardown),     cmocka_unit_test_setup_teardown(digests, test_setup, test_teardown),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
