/* SPDX-License-Identifier: Apache-2.0 */
/* A book that lives by its bank: a statement, its notice, receipts of it, matches, what they teach, a return, and what waits in the end. Nothing is asserted: whoever calls may lack memory. */
#ifndef TESTS_API_BANK_WORLD_H
#define TESTS_API_BANK_WORLD_H

#include <stdio.h>
#include <string.h>

#include "support/books.h"

enum { BANK_DAY = 20605 }; /* 2026-06-01 */

static inline arc_status bank_put(arc_session *s, uint32_t entity, const char *json, int64_t *id)
{
    arc_record *r;
    arc_status st = arc_record_new(s, &r, entity);
    if (st != ARC_OK) return st;
    st = arc_record_set_json(r, json, SIZE_MAX);
    if (st == ARC_OK) st = entity == ARC_INVOICE ? arc_invoice_record(s, id, r) : arc_session_insert(s, id, r);
    arc_record_free(r);
    return st;
}

static inline arc_status bank_owed(arc_session *s, const char *number, int customer, const char *amount, const char *currency)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":%d,\"invoice_date\":\"2026-05-01\",\"due_date\":\"2026-05-31\",\"currency\":\"%s\",\"gross_amount\":\"%s\"}", number, customer, currency, amount);
    return bank_put(s, ARC_INVOICE, json, NULL);
}

static const char bank_statement[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-06-01T20:00:00</CreDtTm></GrpHdr><Stmt>"
    "<Id>S1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-06-01</Dt></Dt></Bal>"
    "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">600.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-06-01</Dt></Dt></Bal>"
    "<Ntry><Amt Ccy=\"EUR\">350.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-06-01</Dt></BookgDt><AcctSvcrRef>B1</AcctSvcrRef></Ntry>"
    "<Ntry><Amt Ccy=\"EUR\">60.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-06-01</Dt></BookgDt><AcctSvcrRef>B2</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E2E-60</EndToEndId></Refs>"
    "<RltdPties><Dbtr><Nm>Acme GmbH</Nm></Dbtr><DbtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>INV-2001</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    "<Ntry><Amt Ccy=\"EUR\">90.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-06-01</Dt></BookgDt><AcctSvcrRef>B3</AcctSvcrRef><NtryDtls><TxDtls>"
    "<RltdPties><Dbtr><Nm>Acme GmbH</Nm></Dbtr></RltdPties><RmtInf><Ustrd>USD-77</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>";

#define BANK_DETAIL(name, amount, text) \
    "<TxDtls><Refs><EndToEndId>E-" name "</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy=\"EUR\">" amount "</Amt></TxAmt></AmtDtls><RltdPties><Dbtr><Nm>" name "</Nm></Dbtr></RltdPties><RmtInf><Ustrd>" text \
    "</Ustrd></RmtInf></TxDtls>"
static const char bank_notice[] =
    ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.02\"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>N1</MsgId><CreDtTm>2026-06-02T06:00:00</CreDtTm></GrpHdr><Ntfctn>"
     "<Id>N</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct><Ntry><Amt Ccy=\"EUR\">350.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-06-01</Dt></BookgDt>"
     "<AcctSvcrRef>B1</AcctSvcrRef><NtryDtls>" BANK_DETAIL("Acme GmbH", "100.00", "INV-1001") BANK_DETAIL("Stranger", "250.00", "INV-10O2") "</NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>");

static const char bank_return[] =
    ":20:R\r\n:25:37040044/0532013000\r\n:28C:2\r\n:60F:C260601EUR600,00\r\n:61:2606050605D60,00NTRFNONREF\r\n:86:109?00RETOURE?20EREF+E2E-60?31DE02120300000000202051?32ACME GMBH?34901\r\n"
    ":62F:C260605EUR540,00\r\n-\r\n";

static inline arc_status bank_learned(arc_session *s)
{
    arc_status st = arc_payer_confirm(s, NULL, 1, "payer_name", "Stranger", ARC_DATE_NONE);
    const int64_t receipts[] = { 1, 2 };
    uint32_t changed = 0;
    if (st == ARC_OK) st = arc_payer_learn(s, &changed, receipts, 2, 0);
    return st == ARC_OK ? arc_match_learn(s, NULL, NULL, NULL) : st;
}

static inline arc_status bank_world(arc_session *s)
{
    arc_match_report report = ARC_MATCH_REPORT_INIT;
    arc_bank_receive_options back = ARC_BANK_RECEIVE_OPTIONS_INIT;
    arc_bank_imported done = ARC_BANK_IMPORTED_INIT;
    arc_bank_received got = ARC_BANK_RECEIVED_INIT;
    back.flags = ARC_BANK_RECEIVE_RETURNS;
    arc_status st = arc_session_set_business_date(s, BANK_DAY + 9);
    if (st == ARC_OK) st = bank_put(s, ARC_CUSTOMER, "{\"code\":\"A\",\"legal_name\":\"Acme GmbH\"}", NULL);
    if (st == ARC_OK) st = bank_put(s, ARC_CUSTOMER, "{\"code\":\"B\",\"legal_name\":\"Acme Nord GmbH\",\"parent\":1}", NULL);
    if (st == ARC_OK) st = bank_put(s, ARC_BANK_ACCOUNT, "{\"number\":\"DE89370400440532013000\",\"currency\":\"EUR\"}", NULL);
    if (st == ARC_OK) st = bank_put(s, ARC_EXCHANGE_RATE, "{\"from_currency\":\"EUR\",\"to_currency\":\"CNY\",\"kind\":\"booked\",\"valid_on\":\"2026-01-01\",\"units\":1,\"rate\":\"8.00000000\"}", NULL);
    if (st == ARC_OK) st = bank_put(s, ARC_EXCHANGE_RATE, "{\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"kind\":\"booked\",\"valid_on\":\"2026-01-01\",\"units\":1,\"rate\":\"7.00000000\"}", NULL);
    if (st == ARC_OK) st = bank_owed(s, "INV-1001", 1, "100.00", "EUR");
    if (st == ARC_OK) st = bank_owed(s, "INV-1002", 1, "250.00", "EUR");
    if (st == ARC_OK) st = bank_owed(s, "INV-2001", 2, "60.00", "EUR");
    if (st == ARC_OK) st = bank_owed(s, "USD-77", 1, "103.00", "USD");
    if (st == ARC_OK) st = arc_bank_import(s, &done, bank_statement, sizeof bank_statement - 1, NULL);
    if (st == ARC_OK) st = arc_bank_import(s, &done, bank_notice, sizeof bank_notice - 1, NULL);
    if (st == ARC_OK) st = arc_bank_receive(s, &got, NULL);
    if (st == ARC_OK) st = arc_match_run(s, &report, NULL);
    if (st == ARC_OK) st = bank_learned(s);
    if (st == ARC_OK) st = arc_bank_import(s, &done, bank_return, sizeof bank_return - 1, NULL);
    return st == ARC_OK ? arc_bank_receive(s, &got, &back) : st;
}

/* What is proposed for all that waits; the caller frees it. */
static inline arc_status bank_proposed(arc_session *s, char **json)
{
    arc_proposal *p = NULL;
    arc_match_options o = ARC_MATCH_OPTIONS_INIT;
    size_t n = 0;
    o.as_of = BANK_DAY + 9;
    *json = NULL;
    arc_status st = arc_match_propose(s, &p, NULL, 0, &o);
    if (st == ARC_DONE) st = ARC_OK;
    if (st == ARC_OK) st = arc_proposal_json(p, NULL, &n);
    if (st == ARC_E_BUFFER || st == ARC_OK) {
        *json = malloc(++n);
        st = *json ? arc_proposal_json(p, *json, &n) : ARC_E_NOMEM;
    }
    arc_proposal_free(p);
    return st;
}

#endif
