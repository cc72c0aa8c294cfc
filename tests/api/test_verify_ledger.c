/* SPDX-License-Identifier: Apache-2.0 */
/* ctest: slow */
/* Every cache of the ledger and every fact behind it, altered by hand in the file: verify must say which row is wrong. */
#include "support/support.h"

#include "arcore/arcore.h"
#include "support/alter.h"

static void open_book(test_env *t, arc_book **book, arc_session **session)
{
    char uri[700];
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    snprintf(uri, sizeof uri, "sqlite:%s", test_path(t, "book.arc"));
    bo.flags = ARC_BOOK_CREATE;
    so.business_date = 20500;
    assert_ok(arc_book_open(t->ctx, book, uri, &bo));
    assert_ok(arc_session_open(*book, session, &so));
}

static arc_money money(int64_t minor)
{
    arc_money m;
    assert_ok(arc_money_set(&m, minor, "CNY"));
    return m;
}

static arc_record *json_record(arc_session *s, uint32_t entity, const char *json)
{
    arc_record *r;
    assert_ok(arc_record_new(s, &r, entity));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    return r;
}

static int64_t document(arc_session *s, uint32_t flags, const char *header, const char *first, const char *second)
{
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *lines[2];
    int64_t id;
    d.flags = flags;
    d.invoice = json_record(s, ARC_INVOICE, header);
    lines[d.n_lines++] = json_record(s, ARC_INVOICE_LINE, first);
    if (second) lines[d.n_lines++] = json_record(s, ARC_INVOICE_LINE, second);
    d.lines = lines;
    assert_ok(arc_invoice_issue_document(s, &id, &d));
    for (uint32_t i = 0; i < d.n_lines; i++) arc_record_free(lines[i]);
    arc_record_free(d.invoice);
    return id;
}

/* Invoice 4, half of it credited by note 7; advance 5, deducted by 6, which note 8 takes back, then in part by 9. */
static void fill_credits(arc_session *s, int64_t customer)
{
    arc_credit_note n = ARC_CREDIT_NOTE_INIT;
    arc_credit_line l = ARC_CREDIT_LINE_INIT;
    arc_provision_part part = ARC_PROVISION_PART_INIT;
    int64_t id;
    (void)customer;
    id = document(s, 0, "{\"number\":\"I4\",\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2025-12-01\",\"due_date\":\"2026-02-01\"}",
                  "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"2\",\"price\":\"50.00\",\"tax_rate\":\"0.13\"}", NULL);
    assert_int_equal(id, 4);
    (void)document(s, ARC_AS_ADVANCE, "{\"number\":\"I5\",\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2025-12-01\",\"due_date\":\"2026-02-01\"}",
                   "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"100.00\",\"tax_rate\":\"0.13\"}", NULL);
    id = document(s, 0, "{\"number\":\"I6\",\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2025-12-01\",\"due_date\":\"2026-02-01\"}",
                  "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"300.00\",\"tax_rate\":\"0.13\"}",
                  "{\"name\":\"d\",\"currency\":\"CNY\",\"net_amount\":\"-100.00\",\"tax_rate\":\"0.13\",\"advance\":5}");
    l.seq = 1;
    l.given = ARC_CREDIT_QUANTITY;
    l.quantity = 1000000;
    n.invoice = 4;
    n.lines = &l;
    n.n_lines = 1;
    n.number = "K7";
    n.reason_code = "return";
    n.reason = "r";
    assert_ok(arc_invoice_credit(s, NULL, &n));
    n.invoice = id;
    n.lines = NULL;
    n.n_lines = 0;
    n.number = "K8";
    assert_ok(arc_invoice_credit(s, &id, &n));
    assert_int_equal(id, 8);
    (void)document(s, 0, "{\"number\":\"I9\",\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2025-12-01\",\"due_date\":\"2026-02-01\"}",
                   "{\"name\":\"a\",\"currency\":\"CNY\",\"net_amount\":\"300.00\",\"tax_rate\":\"0.13\"}",
                   "{\"name\":\"d\",\"currency\":\"CNY\",\"net_amount\":\"-60.00\",\"tax_rate\":\"0.13\",\"advance\":5}");
    part.amount = 1000;
    assert_ok(arc_provision_run(s, NULL, 20450, 1000, "aging", "r", &part, 1));
}

static void fill(test_env *t)
{
    arc_book *book;
    arc_session *s;
    arc_record *r;
    int64_t customer, receipt, allocation;
    open_book(t, &book, &s);
    assert_ok(arc_record_new(s, &r, ARC_CUSTOMER));
    assert_ok(arc_customer_set_code(r, "K1", SIZE_MAX));
    assert_ok(arc_customer_set_legal_name(r, "One", SIZE_MAX));
    assert_ok(arc_session_insert(s, &customer, r));
    arc_record_free(r);
    for (int i = 0; i < 2; i++) {
        r = json_record(s, ARC_INVOICE_TITLE, i ? "{\"customer\":1,\"title\":\"b\",\"tax_no\":\"2\"}" : "{\"customer\":1,\"title\":\"a\",\"tax_no\":\"1\",\"is_default\":true}");
        assert_ok(arc_session_insert(s, NULL, r));
        arc_record_free(r);
    }
    for (int i = 1; i <= 3; i++) {
        char number[8];
        snprintf(number, sizeof number, "I%d", i);
        assert_ok(arc_record_new(s, &r, ARC_INVOICE));
        assert_ok(arc_invoice_set_number(r, number, SIZE_MAX));
        assert_ok(arc_invoice_set_customer(r, customer));
        assert_ok(arc_invoice_set_invoice_date(r, 20400));
        assert_ok(arc_invoice_set_due_date(r, 20430));
        assert_ok(arc_invoice_set_gross_amount(r, money(10000)));
        assert_ok(arc_invoice_record(s, NULL, r));
        arc_record_free(r);
    }
    assert_ok(arc_record_new(s, &r, ARC_RECEIPT));
    assert_ok(arc_receipt_set_number(r, "R1", SIZE_MAX));
    assert_ok(arc_receipt_set_customer(r, customer));
    assert_ok(arc_receipt_set_value_date(r, 20440));
    assert_ok(arc_receipt_set_amount(r, money(15000)));
    assert_ok(arc_receipt_record(s, &receipt, r));
    arc_record_free(r);
    arc_allocation a[3] = { ARC_ALLOCATION_INIT, ARC_ALLOCATION_INIT, ARC_ALLOCATION_INIT };
    for (int i = 0; i < 3; i++) {
        a[i].receipt = receipt;
        a[i].item = i + 1;
        a[i].amount = i == 0 ? 10000 : 1000;
    }
    int64_t ids[3];
    assert_ok(arc_allocation_apply(s, ids, NULL, a, 3, ARC_ALL_OR_NONE));
    assert_ok(arc_allocation_reverse(s, &allocation, ids[2], ARC_DATE_NONE, "wrong item"));
    arc_proposal *p; /* the rest of the receipt on items 2 and 3: two lines */
    assert_ok(arc_receipt_propose(s, &p, NULL, 0, NULL));
    assert_ok(arc_proposal_drop(p, 1, "later"));
    assert_ok(arc_proposal_store(p, NULL, NULL));
    arc_proposal_free(p);
    fill_credits(s, customer);
    char map[9000];
    size_t n = sizeof map;
    int64_t id;
    assert_ok(arc_account_map_shipped(map, &n, "generic"));
    assert_ok(arc_definition_save(s, &id, "account_map", "main", map, n, NULL));
    assert_ok(arc_definition_publish(s, id, NULL, NULL));
    assert_ok(arc_voucher_export(s, NULL, "GL", ARC_DATE_NONE, 20500, NULL));
    arc_book_close(book);
}

typedef struct seen {
    const char *check, *entity;
    int64_t id;
    int hit, n;
} seen;

static int32_t on_finding(void *user, const arc_finding *f)
{
    seen *s = user;
    s->n++;
    if (strcmp(f->check, s->check) == 0 && strcmp(f->entity, s->entity) == 0 && f->id == s->id) s->hit = 1;
    print_message("  %s %s.%s %lld: %s\n", f->check, f->entity, f->field, (long long)f->id, f->message);
    return 0;
}

static const struct {
    const char *sql, *check, *entity;
    int64_t id;
} cases[] = {
    { "UPDATE item_state SET open = open + 1 WHERE item = 2", "ledger.item_state", "item_state", 2 },
    { "UPDATE item_state SET settled_on = '2026-03-01' WHERE item = 1", "ledger.item_state", "item_state", 1 },
    { "UPDATE item_state SET settled_on = NULL WHERE item = 1", "ledger.item_state", "item_state", 1 },
    { "UPDATE item_state SET settled_on = '2026-03-01' WHERE item = 2", "ledger.item_state", "item_state", 2 },
    { "UPDATE item_state SET episode = 1 WHERE item = 3", "ledger.item_state", "item_state", 3 },
    { "UPDATE allocation SET reopens = 1 WHERE id = 4", "ledger.item_state", "item_state", 3 },
    { "UPDATE allocation SET reopens = 1 WHERE id = 1", "ledger.allocation", "allocation", 1 },
    { "UPDATE item_state SET business_date = '2025-01-01' WHERE item = 3", "ledger.item_state", "item_state", 3 },
    { "UPDATE item_state SET due_date = '2025-01-01' WHERE item = 3", "ledger.item_state", "item_state", 3 },
    { "UPDATE item_state SET currency = 'USD' WHERE item = 3", "ledger.item_state", "item_state", 3 },
    { "DELETE FROM item_state WHERE item = 2", "ledger.item_state", "item_state", 2 },
    { "UPDATE item_state SET parts = replace(replace(parts, '50.00', '49.99'), '6.50', '6.51') WHERE item = 4", "ledger.parts", "item_state", 4 },
    { "UPDATE item_state SET parts = NULL WHERE item = 4", "ledger.parts", "item_state", 4 },
    { "UPDATE item SET parts = replace(parts, '13.00', '13.01') WHERE id = 4", "ledger.parts", "item", 4 },
    { "UPDATE item SET parts = replace(replace(parts, '100.00', '99.99'), '13.00', '13.01') WHERE id = 4", "ledger.parts", "item_state", 4 },
    { "UPDATE invoice_line SET part = 'freight' WHERE id = 1", "billing.parts", "item", 4 },
    { "UPDATE item SET parts = replace(replace(parts, '100.00', '99.99'), '13.00', '13.01') WHERE id = 4", "billing.parts", "item", 4 },
    { "UPDATE item SET parts = NULL WHERE id = 4", "billing.parts", "item", 4 },
    { "UPDATE item SET parts = '[]' WHERE id = 4", "ledger.parts", "item", 4 },
    { "UPDATE allocation SET parts = replace(parts, '6.50', '6.51') WHERE id = 5", "ledger.parts", "allocation", 5 },
    { "UPDATE allocation SET credit_parts = NULL WHERE id = 5", "ledger.parts", "allocation", 5 },
    { "UPDATE allocation SET credit_parts = replace(replace(credit_parts, '50.00', '49.99'), '6.50', '6.51') WHERE id = 5", "ledger.parts", "item_state", 7 },
    { "UPDATE receipt_state SET unapplied = 0", "ledger.receipt_state", "receipt_state", 1 },
    { "UPDATE receipt_state SET value_date = '2025-01-01'", "ledger.receipt_state", "receipt_state", 1 },
    { "DELETE FROM receipt_state", "ledger.receipt_state", "receipt_state", 1 },
    { "UPDATE account SET open = open - 1", "ledger.account", "account", 1 },
    { "UPDATE account SET unapplied = unapplied + 5", "ledger.account", "account", 1 },
    { "UPDATE account SET n_open = 7", "ledger.account", "account", 1 },
    { "UPDATE account SET due_days = NULL", "ledger.account", "account", 1 },
    { "UPDATE account SET due_days = replace(due_days, ']]', '],[40000,1]]')", "ledger.account", "account", 1 },
    { "UPDATE account SET due_days = '[[1,'", "ledger.account", "account", 1 },
    { "UPDATE account SET wanted_days = '[[20500,1]]'", "ledger.commitment", "account", 1 },
    { "UPDATE item_state SET expected = 1 WHERE item = 1", "ledger.item_state", "item_state", 1 },
    { "DELETE FROM account", "ledger.account", "account", 1 },
    { "UPDATE item SET amount = amount + 100 WHERE id = 2", "ledger.item_state", "item_state", 2 },
    { "UPDATE invoice SET gross_amount = gross_amount + 100 WHERE id = 3", "ledger.invoice", "invoice", 3 },
    { "UPDATE receipt SET amount = amount + 100", "ledger.receipt_state", "receipt_state", 1 },
    { "UPDATE allocation SET amount = amount + 100 WHERE id = 1", "ledger.item_state", "item_state", 1 },
    { "UPDATE allocation SET discount = 5 WHERE id = 2", "ledger.item_state", "item_state", 2 },
    { "UPDATE allocation SET item = 3 WHERE id = 2", "ledger.item_state", "item_state", 3 },
    { "UPDATE allocation SET amount = -999 WHERE id = 4", "ledger.allocation", "allocation", 4 },
    { "UPDATE allocation SET reverses = 2 WHERE id = 4", "ledger.allocation", "allocation", 4 },
    { "UPDATE allocation SET reverses = NULL WHERE id = 4", "ledger.allocation", "allocation", 4 },
    { "DELETE FROM allocation WHERE id = 2", "ledger.item_state", "item_state", 2 },
    { "UPDATE journal_line SET amount = amount + 1 WHERE id = 1", "ledger.journal", "journal_entry", 1 },
    { "UPDATE journal_line SET amount = amount + 1 WHERE id = 1", "ledger.control", "account", 1 },
    { "UPDATE journal_line SET customer = NULL WHERE id = 1", "ledger.journal", "journal_entry", 1 },
    { "UPDATE journal_line SET account_role = 'bank' WHERE account_role = 'on_account'", "ledger.control", "account", 1 },
    { "UPDATE journal_line SET account_role = 'other' WHERE id = 2", "ledger.journal", "journal_entry", 1 },
    { "UPDATE journal_line SET txn = txn - 1 WHERE id = 4", "ledger.journal", "journal_entry", 2 },
    { "DELETE FROM journal_line WHERE journal_entry = 2", "ledger.journal", "journal_entry", 2 },
    { "UPDATE journal_entry SET digest = '0' WHERE id = 2", "ledger.journal", "journal_entry", 2 },
    { "UPDATE voucher SET lines = '[]' WHERE id = 2", "ledger.voucher", "voucher", 2 },
    { "UPDATE voucher SET posting_date = '2026-03-01' WHERE id = 2", "ledger.voucher", "voucher", 2 },
    { "UPDATE voucher SET number = 9 WHERE number = 2", "ledger.voucher", "voucher", 2 },
    { "DELETE FROM voucher_entry WHERE voucher = 2", "ledger.voucher", "voucher", 2 },
    { "UPDATE voucher_entry SET ledger = 'X' WHERE voucher = 2", "ledger.voucher", "voucher_entry", 2 },
    { "UPDATE voucher SET lines = replace(lines, '100.00', '100.01') WHERE id = 1", "ledger.voucher", "voucher", 1 },
    { "UPDATE invoice SET gross_amount = -11301 WHERE red_of = 4", "ledger.credit", "invoice", 4 },
    { "UPDATE invoice SET tax_amount = -1301 WHERE red_of = 4", "ledger.credit", "invoice", 4 },
    { "UPDATE invoice_line SET net_amount = net_amount - 10000 WHERE red_of = 1", "ledger.credit", "invoice_line", 1 },
    { "UPDATE invoice_line SET quantity = -3000000 WHERE red_of = 1", "ledger.credit", "invoice_line", 1 },
    { "UPDATE invoice_line SET tax_amount = -1400 WHERE red_of = 1", "ledger.credit", "invoice_line", 1 },
    { "UPDATE invoice_line SET net_amount = -10001 WHERE advance IS NOT NULL", "ledger.credit", "invoice", 5 },
    { "UPDATE invoice SET status = 'voided' WHERE id = 8", "ledger.credit", "invoice", 5 },
    { "UPDATE invoice_title SET is_default = 1 WHERE id = 2", "billing.default", "invoice_title", 2 },
    { "UPDATE provision_run SET charge = 5", "ledger.provision", "provision_run", 1 },
    { "UPDATE provision_line SET amount = 5", "ledger.provision", "provision_run", 1 },
    { "UPDATE proposal SET n_draft = 2", "store.proposal", "proposal", 1 },
    { "UPDATE proposal SET n_rejected = 0", "store.proposal", "proposal", 1 },
    { "UPDATE proposal SET n_stale = 1", "store.proposal", "proposal", 1 },
    { "UPDATE proposal SET status = 'approved'", "store.proposal", "proposal", 1 },
    { "UPDATE proposal_line SET status = 'applied' WHERE seq = 1", "store.proposal", "proposal", 1 },
    { "UPDATE proposal_line SET seq = 3 WHERE seq = 2", "store.proposal", "proposal", 1 },
    { "DELETE FROM proposal_line WHERE seq = 2", "store.proposal", "proposal", 1 },
};

static void altered(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        test_env t;
        arc_book *book;
        arc_session *s;
        test_open(&t);
        fill(&t);
        open_book(&t, &book, &s);
        arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
        assert_ok(arc_book_verify(book, &sum, NULL, NULL, NULL));
        assert_int_equal(sum.findings, 0);
        arc_book_close(book);
        print_message("%s\n", cases[i].sql);
        test_alter(test_path(&t, "book.arc"), cases[i].sql);
        open_book(&t, &book, &s);
        seen found = { cases[i].check, cases[i].entity, cases[i].id, 0, 0 };
        assert_ok(arc_book_verify(book, &sum, on_finding, &found, NULL));
        assert_true(found.hit);
        assert_int_equal(sum.findings, found.n);
        arc_book_close(book);
        test_close(&t);
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(altered) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
