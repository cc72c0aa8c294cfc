/* SPDX-License-Identifier: Apache-2.0 */
/* Request keys: whatever a call does, it does once. Every verb that changes the book is driven here; one that is not fails the test. */
#include "request_drivers.h"
#include "api/request_contract.h"
#include "api/request_limit.h"
#include "api/request_order.h"
#include "api/request_match.h"
#include "api/request_score.h"
#include "api/request_rule.h"
#include "api/request_invoice.h"

/* The verbs of the library; more than one driver may call the same. */
static const struct {
    uint32_t verb;
    driver drive;
    arc_status expected;
} drivers[] = {
    { ARCI_DO_INSERT, drive_insert, ARC_OK },
    { ARCI_DO_INSERT, drive_insert_many, ARC_PARTIAL },
    { ARCI_DO_UPDATE, drive_update, ARC_OK },
    { ARCI_DO_UPDATE, drive_update_many, ARC_OK },
    { ARCI_DO_CUSTOM_DEFINE, drive_define, ARC_OK },
    { ARCI_DO_CUSTOM_ALTER, drive_alter, ARC_OK },
    { ARCI_DO_CUSTOM_RETIRE, drive_retire, ARC_OK },
    { ARCI_DO_DEFINITION_SAVE, drive_save, ARC_OK },
    { ARCI_DO_DEFINITION_PUBLISH, drive_publish, ARC_OK },
    { ARCI_DO_DEFINITION_RETIRE, drive_withdraw, ARC_OK },
    { ARCI_DO_ATTACHMENT_ADD, drive_attach, ARC_OK },
    { ARCI_DO_ATTACHMENT_WITHDRAW, drive_take_back, ARC_OK },
    { ARCI_DO_EXTERNAL_UPSERT, drive_upsert, ARC_OK },
    { ARCI_DO_EXTERNAL_ADD, drive_external, ARC_OK },
    { ARCI_DO_EXTERNAL_REMOVE, drive_forget, ARC_OK },
    { ARCI_DO_INVOICE_RECORD, drive_invoice, ARC_OK },
    { ARCI_DO_INVOICE_ISSUE, drive_issue, ARC_PARTIAL },
    { ARCI_DO_INVOICE_CREDIT, drive_credit, ARC_PARTIAL },
    { ARCI_DO_INVOICE_CREDIT_DRAFT, drive_credit_draft, ARC_OK },
    { ARCI_DO_INVOICE_DRAFT, drive_draft, ARC_OK },
    { ARCI_DO_INVOICE_SUBMIT, drive_submit, ARC_PARTIAL },
    { ARCI_DO_INVOICE_APPROVE, drive_approve_invoice, ARC_PARTIAL },
    { ARCI_DO_INVOICE_REJECT, drive_reject_invoice, ARC_PARTIAL },
    { ARCI_DO_INVOICE_RECALL, drive_recall_invoice, ARC_PARTIAL },
    { ARCI_DO_INVOICE_VOID, drive_void, ARC_PARTIAL },
    { ARCI_DO_INVOICE_CLOSE, drive_close, ARC_PARTIAL },
    { ARCI_DO_INVOICE_SEND, drive_send, ARC_PARTIAL },
    { ARCI_DO_INVOICE_DELIVER, drive_deliver, ARC_PARTIAL },
    { ARCI_DO_INVOICE_CONFIRM, drive_confirm, ARC_PARTIAL },
    { ARCI_DO_INVOICE_REFUSE, drive_refuse, ARC_PARTIAL },
    { ARCI_DO_INVOICE_DATE, drive_date, ARC_PARTIAL },
    { ARCI_DO_INVOICE_RED_STATUS, drive_red_status, ARC_OK },
    { ARCI_DO_INVOICE_BUYER_USE, drive_buyer_use, ARC_OK },
    { ARCI_DO_INVOICE_RED_ISSUED, drive_red_issued, ARC_OK },
    { ARCI_DO_RECEIPT_RECORD, drive_receipt, ARC_OK },
    { ARCI_DO_ALLOCATION_APPLY, drive_allocation, ARC_PARTIAL },
    { ARCI_DO_ALLOCATION_REVERSE, drive_reverse, ARC_OK },
    { ARCI_DO_ALLOCATION_APPLY, drive_settle, ARC_OK },
    { ARCI_DO_RECEIPT_CLAIM, drive_claim, ARC_OK },
    { ARCI_DO_RECEIPT_UNCLAIM, drive_unclaim, ARC_OK },
    { ARCI_DO_RECEIPT_RETURN, drive_return, ARC_OK },
    { ARCI_DO_RECEIPT_REFUND, drive_refund, ARC_OK },
    { ARCI_DO_ITEM_TRANSFER, drive_transfer, ARC_OK },
    { ARCI_DO_ADJUSTMENT_APPROVE, drive_extend, ARC_OK },
    { ARCI_DO_ADJUSTMENT_REVERSE, drive_unextend, ARC_OK },
    { ARCI_DO_WRITE_OFF_REQUEST, drive_ask_write_off, ARC_OK },
    { ARCI_DO_WRITE_OFF_APPROVE, drive_approve_write_off, ARC_OK },
    { ARCI_DO_WRITE_OFF_REJECT, drive_reject_write_off, ARC_OK },
    { ARCI_DO_WRITE_OFF_RECALL, drive_recall_write_off, ARC_OK },
    { ARCI_DO_WRITE_OFF_RECOVER, drive_recover, ARC_OK },
    { ARCI_DO_ACCESS_SET_MODE, drive_mode, ARC_OK },
    { ARCI_DO_ROLE_INSTALL, drive_install, ARC_OK },
    { ARCI_DO_ROLE_DEFINE, drive_role, ARC_OK },
    { ARCI_DO_ROLE_REVISE, drive_revise, ARC_OK },
    { ARCI_DO_ROLE_RETIRE, drive_retire_role, ARC_OK },
    { ARCI_DO_ROLE_GRANT, drive_grant, ARC_OK },
    { ARCI_DO_ROLE_REVOKE, drive_revoke, ARC_OK },
    { ARCI_DO_INSERT, drive_pend, ARC_NEEDS_APPROVAL },
    { ARCI_DO_PENDING_EDIT, drive_pending_edit, ARC_OK },
    { ARCI_DO_PENDING_APPROVE, drive_pending_approve, ARC_OK },
    { ARCI_DO_PENDING_REJECT, drive_pending_reject, ARC_OK },
    { ARCI_DO_PENDING_RECALL, drive_pending_recall, ARC_OK },
    { ARCI_DO_PENDING_EXPIRE, drive_pending_expire, ARC_DONE },
    { ARCI_DO_PROPOSAL_STORE, drive_store, ARC_OK },
    { ARCI_DO_PROPOSAL_APPROVE, drive_approve, ARC_OK },
    { ARCI_DO_PROPOSAL_REJECT, drive_reject, ARC_OK },
    { ARCI_DO_PROPOSAL_APPLY, drive_apply, ARC_OK },
    { ARCI_DO_PROPOSAL_EXPIRE, drive_expire, ARC_DONE },
    { ARCI_DO_IMPORT_RUN, drive_import, ARC_PARTIAL },
    { ARCI_DO_LOAD, drive_load, ARC_OK },
    { ARCI_DO_AUDIT_SEAL, drive_seal, ARC_OK },
    { ARCI_DO_MESSAGE_ENQUEUE, drive_enqueue, ARC_OK },
    { ARCI_DO_MESSAGE_LEASE, drive_lease, ARC_OK },
    { ARCI_DO_MESSAGE_ACKNOWLEDGE, drive_acknowledge, ARC_OK },
    { ARCI_DO_MESSAGE_FAIL, drive_fail, ARC_OK },
    { ARCI_DO_MESSAGE_RECEIPT, drive_message_receipt, ARC_OK },
    { ARCI_DO_SUBJECT_ERASE, drive_erase, ARC_OK },
    { ARCI_DO_REQUEST_SUBMIT, drive_request_submit, ARC_OK },
    { ARCI_DO_REQUEST_APPROVE, drive_request_approve, ARC_OK },
    { ARCI_DO_REQUEST_SEND, drive_request_send, ARC_OK },
    { ARCI_DO_REQUEST_ISSUE, drive_request_issue, ARC_OK },
    { ARCI_DO_REQUEST_FAIL, drive_request_fail, ARC_OK },
    { ARCI_DO_REQUEST_CANCEL, drive_request_cancel, ARC_OK },
    { ARCI_DO_REQUEST_REISSUE, drive_request_reissue, ARC_OK },
    { ARCI_DO_REQUEST_REJECT, drive_request_reject, ARC_OK },
    { ARCI_DO_REQUEST_RECALL, drive_request_recall, ARC_OK },
    { ARCI_DO_ORDER_CONFIRM, drive_order_confirm, ARC_PARTIAL },
    { ARCI_DO_ORDER_CLOSE, drive_order_close, ARC_PARTIAL },
    { ARCI_DO_ORDER_CANCEL, drive_order_cancel, ARC_PARTIAL },
    { ARCI_DO_DELIVERY_SHIP, drive_delivery_ship, ARC_PARTIAL },
    { ARCI_DO_DELIVERY_SIGN, drive_delivery_sign, ARC_PARTIAL },
    { ARCI_DO_DELIVERY_REFUSE, drive_delivery_refuse, ARC_PARTIAL },
    { ARCI_DO_DELIVERY_CANCEL, drive_delivery_cancel, ARC_PARTIAL },
    { ARCI_DO_CONTRACT_PLAN, drive_plan, ARC_OK },
    { ARCI_DO_MILESTONE_REACH, drive_reach, ARC_OK },
    { ARCI_DO_ITEM_RECORD, drive_item_record, ARC_OK },
    { ARCI_DO_ITEM_CANCEL, drive_item_cancel, ARC_OK },
    { ARCI_DO_CONTRACT_ACTIVATE, drive_contract_activate, ARC_OK },
    { ARCI_DO_CONTRACT_CLOSE, drive_contract_close, ARC_OK },
    { ARCI_DO_CONTRACT_SUBMIT, drive_contract_submit, ARC_OK },
    { ARCI_DO_CONTRACT_APPROVE, drive_contract_approve, ARC_OK },
    { ARCI_DO_CONTRACT_REJECT, drive_contract_reject, ARC_OK },
    { ARCI_DO_CONTRACT_RECALL, drive_contract_recall, ARC_OK },
    { ARCI_DO_CONTRACT_AMEND, drive_contract_amend, ARC_OK },
    { ARCI_DO_CONTRACT_TERMINATE, drive_contract_terminate, ARC_OK },
    { ARCI_DO_CONTRACT_REOPEN, drive_contract_reopen, ARC_OK },
    { ARCI_DO_LETTER_MAKE, drive_letter_make, ARC_OK },
    { ARCI_DO_LETTER_SEND, drive_letter_send, ARC_OK },
    { ARCI_DO_LETTER_MAKE, drive_letters_make, ARC_OK },
    { ARCI_DO_LETTER_SEND, drive_letters_send, ARC_OK },
    { ARCI_DO_LETTER_CONFIRM, drive_letter_confirm, ARC_OK },
    { ARCI_DO_PERIOD_CLOSE, drive_period_close, ARC_OK },
    { ARCI_DO_PERIOD_LOCK, drive_period_lock, ARC_OK },
    { ARCI_DO_PERIOD_REOPEN, drive_period_reopen, ARC_OK },
    { ARCI_DO_VOUCHER_EXPORT, drive_voucher_export, ARC_OK },
    { ARCI_DO_VOUCHER_SEND, drive_voucher_send, ARC_OK },
    { ARCI_DO_VOUCHER_ACKNOWLEDGE, drive_voucher_acknowledge, ARC_OK },
    { ARCI_DO_VOUCHER_REJECT, drive_voucher_reject, ARC_OK },
    { ARCI_DO_VOUCHER_REBUILD, drive_voucher_rebuild, ARC_OK },
    { ARCI_DO_REVALUATION_RUN, drive_revalue, ARC_OK },
    { ARCI_DO_RULE_RUN, drive_rule_run, ARC_OK },
    { ARCI_DO_ALLOCATION_MATCH, drive_match_run, ARC_OK },
    { ARCI_DO_REVALUATION_REVERSE, drive_revalue_reverse, ARC_OK },
    { ARCI_DO_PROVISION_RUN, drive_provision, ARC_OK },
    { ARCI_DO_PROVISION_REVERSE, drive_provision_reverse, ARC_OK },
    { ARCI_DO_BANK_IMPORT, drive_bank_import, ARC_OK },
    { ARCI_DO_BANK_UNDO, drive_bank_undo, ARC_OK },
    { ARCI_DO_LINE_RECEIVE, drive_bank_receive, ARC_OK },
    { ARCI_DO_ALIAS_LEARN, drive_payer_learn, ARC_OK },
    { ARCI_DO_ALIAS_CONFIRM, drive_payer_confirm, ARC_OK },
    { ARCI_DO_BILL_RECORD, drive_bill_record, ARC_OK },
    { ARCI_DO_BILL_ENDORSE, drive_bill_endorse, ARC_OK },
    { ARCI_DO_BILL_DISCOUNT, drive_bill_discount, ARC_OK },
    { ARCI_DO_BILL_COLLECT, drive_bill_collect, ARC_OK },
    { ARCI_DO_BILL_DISHONOUR, drive_bill_dishonour, ARC_OK },
    { ARCI_DO_BILL_RETURN, drive_bill_return, ARC_OK },
    { ARCI_DO_BILL_SPLIT, drive_bill_split, ARC_OK },
    { ARCI_DO_BILL_REVERSE, drive_bill_reverse, ARC_OK },
    { ARCI_DO_CUSTOMER_MERGE, drive_customer_merge, ARC_OK },
    { ARCI_DO_CUSTOMER_UNMERGE, drive_customer_unmerge, ARC_OK },
    { ARCI_DO_FLAG_END, drive_flag_end, ARC_OK },
    { ARCI_DO_FLAG_SET, drive_flag_set, ARC_OK },
    { ARCI_DO_LIMIT_SET, drive_limit_set, ARC_OK },
    { ARCI_DO_HOLD_PLACE, drive_hold_place, ARC_OK },
    { ARCI_DO_HOLD_RELEASE, drive_hold_release, ARC_OK },
    { ARCI_DO_HOLD_END, drive_hold_end, ARC_OK },
    { ARCI_DO_HOLD_RECHECK, drive_hold_recheck, ARC_OK },
    { ARCI_DO_LIMIT_REQUEST, drive_limit_request, ARC_OK },
    { ARCI_DO_LIMIT_APPROVE, drive_limit_approve, ARC_OK },
    { ARCI_DO_LIMIT_REJECT, drive_limit_reject, ARC_OK },
    { ARCI_DO_LIMIT_RECALL, drive_limit_recall, ARC_OK },
    { ARCI_DO_SCORE_RUN, drive_score_run, ARC_OK },
    { ARCI_DO_SCORE_OVERRIDE_REQUEST, drive_override_request, ARC_OK },
    { ARCI_DO_SCORE_OVERRIDE_APPROVE, drive_override_approve, ARC_OK },
    { ARCI_DO_SCORE_OVERRIDE_END, drive_override_end, ARC_OK },
    { ARCI_DO_DISPUTE_RESOLVE, drive_dispute_resolve, ARC_OK },
    { ARCI_DO_DISPUTE_DISPUTE, drive_dispute, ARC_OK },
    { ARCI_DO_ITEM_LEVEL, drive_item_level, ARC_OK },
    { ARCI_DO_TASK_ASSIGN, drive_task_assign, ARC_OK },
    { ARCI_DO_TASK_CLOSE, drive_task_close, ARC_OK },
    { ARCI_DO_TASK_CANCEL, drive_task_cancel, ARC_OK },
    { ARCI_DO_TASK_ESCALATE, drive_task_escalate, ARC_OK },
    { ARCI_DO_HOST_CALL_ASK, drive_host_ask, ARC_OK },
    { ARCI_DO_HOST_CALL_ANSWER, drive_host_answer, ARC_OK },
};
enum { DRIVERS = sizeof drivers / sizeof drivers[0] };

#ifndef ARCORE_DRIVERS_ONLY /* the table is all that others want of this file */

/* docs/api-laws.md lists the calls that take a key, each once. */
static void test_all_told(void **unused)
{
    static const char *const functions[] = {
#define ARCI_VALUE(f)
#define ARCI_HOST(f)
#define ARCI_SESSION(f)
#define ARCI_HANDLE(f)
#define ARCI_READ(f)
#define ARCI_VERB_OF(f, verb) "`" #f "()`",
#include "security/functions.def"
    };
    size_t n;
    char *text = test_read_file(ARCORE_SOURCE_DIR "/docs/api-laws.md", &n);
    (void)unused;
    assert_non_null(text);
    char *table = strstr(text, "| calls that take a key |");
    assert_non_null(table);
    char *end = strstr(table, "\n\n");
    assert_non_null(end);
    *end = 0;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (!strstr(table, functions[i])) fail_msg("docs/api-laws.md does not say that %s takes a request key", functions[i]);
    }
    for (char *at = strstr(table, "`arc_"); at; at = strstr(at + 1, "`arc_")) {
        const char keep = at[1 + strcspn(at + 1, "`")];
        char *tail = at + 1 + strcspn(at + 1, "`");
        *tail = 0;
        for (const char *other = strstr(tail + 1, at); other; other = strstr(other + 1, at)) {
            if (other[strlen(at)] == '`') fail_msg("docs/api-laws.md names %s twice", at + 1);
        }
        *tail = keep;
    }
    free(text);
}

static void test_all_driven(void **unused)
{
    (void)unused;
    for (uint32_t v = 0; v < ARCI_N_VERBS; v++) {
        int found = !(arci_verbs[v].flags & ARCI_VERB_WRITES) || v == ARCI_DO_BOOK_CREATE; /* before there is a session */
        for (int i = 0; i < DRIVERS; i++) found |= drivers[i].verb == v;
        if (!found) fail_msg("no driver for the verb %s.%s: add one, so that its request key is proven", arci_verbs[v].entity ? arci_verbs[v].entity : "any",
                             arci_verbs[v].name);
    }
}

/* ---- the law, for each of them ------------------------------------------------------------------------------------------- */

static void drive(test_book *b, arc_session *s, int i, int body, const char *key, answer *a)
{
    memset(a, 0, sizeof *a);
    assert_ok(arc_session_set_request_key(s, key));
    drivers[i].drive(b, s, body, a);
}

static void same(const answer *x, const answer *y)
{
    assert_int_equal(x->st, y->st);
    assert_memory_equal(x->n, y->n, sizeof x->n);
}

/* The book without the rows that say who tried: a batch may leave one although its last element was refused again. */
static sample_bytes rows_of(test_book *b)
{
    sample_bytes dump = sample_dump(b->book);
    char *to = dump.s;
    for (char *line = dump.s, *end; *line; line = end) {
        end = strchr(line, '\n');
        end = end ? end + 1 : line + strlen(line);
        if (!strncmp(line, "{\"entity\":\"txn\"", 15)) continue;
        memmove(to, line, (size_t)(end - line));
        to += end - line;
    }
    *to = 0;
    return dump;
}

static void unchanged(test_book *b, sample_bytes *before)
{
    sample_bytes now = rows_of(b);
    assert_string_equal(now.s, before->s);
    free(now.s);
}

static arc_session *session_of(test_book *b, const char *actor, arc_date day)
{
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    arc_session *s;
    o.actor = actor;
    o.business_date = day;
    assert_ok(arc_session_open(b->book, &s, &o));
    return s;
}

static void one_verb(test_book *b, int i)
{
    answer first, again;
    found_book(b);
    found_invoices(b);
    drive(b, b->session, i, 0, KEY, &first);
    if (first.st != drivers[i].expected) assert_session_status(drivers[i].expected, b, first.st);
    sample_bytes dump = rows_of(b);
    drive(b, b->session, i, 0, KEY, &again);
    same(&first, &again);
    unchanged(b, &dump);
    drive(b, b->session, i, 1, KEY, &again);
    assert_session_status(ARC_E_REQUEST, b, again.st);
    arc_session *other = session_of(b, "somebody", BOOK_DAY + 10), *late = session_of(b, NULL, BOOK_DAY + 11);
    drive(b, other, i, 0, KEY, &again);
    assert_int_equal(again.st, ARC_E_REQUEST);
    drive(b, late, i, 0, KEY, &again);
    assert_int_equal(again.st, ARC_E_REQUEST);
    unchanged(b, &dump);
    free(dump.s);
}

/* In a transaction the key goes with it; one that is rolled back leaves it free. */
static void in_transaction(test_book *b, int i)
{
    answer first, again;
    arc_txn *t;
    if (drivers[i].verb == ARCI_DO_IMPORT_RUN || drivers[i].verb == ARCI_DO_PROPOSAL_APPLY || drivers[i].verb == ARCI_DO_RULE_RUN || drivers[i].verb == ARCI_DO_ALLOCATION_MATCH ||
        drivers[i].verb == ARCI_DO_MESSAGE_LEASE) {
        return; /* run in their own */
    }
    found_book(b);
    found_invoices(b);
    sample_bytes dump = rows_of(b);
    assert_ok(arc_session_begin(b->session, &t, ARC_WRITE));
    drive(b, b->session, i, 0, KEY, &first);
    if (first.st != drivers[i].expected) assert_session_status(drivers[i].expected, b, first.st);
    drive(b, b->session, i, 0, KEY, &again);
    same(&first, &again);
    drive(b, b->session, i, 1, KEY, &again);
    assert_session_status(ARC_E_REQUEST, b, again.st);
    arc_txn_rollback(t);
    unchanged(b, &dump);
    free(dump.s);
    assert_ok(arc_session_begin(b->session, &t, ARC_WRITE));
    drive(b, b->session, i, 0, KEY, &first);
    assert_int_equal(first.st, drivers[i].expected);
    assert_session(b, arc_txn_commit(t));
    drive(b, b->session, i, 0, KEY, &again);
    same(&first, &again);
}

static void test_every_verb(void **unused)
{
    (void)unused;
    for (int k = 0; k < TEST_BACKENDS; k++) {
        for (int i = 0; i < DRIVERS; i++) {
            static test_book b;
            if (!test_soak() && !(TEST_SANITIZED ? k == i % TEST_BACKENDS : k < 2 || k - 2 == i % 3)) continue; /* memory, SQLite, and one of the other three in turn */
            print_message("%s: %s\n", test_backend_names[k], arci_verbs[drivers[i].verb].name);
            test_book_open(&b, k);
            one_verb(&b, i);
            test_book_close(&b);
            test_book_open(&b, k);
            in_transaction(&b, i);
            test_book_close(&b);
        }
    }
}

/* ---- the key itself ------------------------------------------------------------------------------------------------------ */

static void with_key(test_book *b, const char *key) { assert_session(b, arc_session_set_request_key(b->session, key)); }

static void the_key(test_book *b)
{
    char longest[182];
    int64_t first, again;
    found_book(b);
    memset(longest, 'k', sizeof longest);
    longest[181] = 0;
    assert_session_status(ARC_E_INVALID, b, arc_session_set_request_key(b->session, ""));
    assert_session_status(ARC_E_INVALID, b, arc_session_set_request_key(b->session, longest));
    assert_session_status(ARC_E_ENCODING, b, arc_session_set_request_key(b->session, "\xff"));
    longest[180] = 0;
    /* one call takes it, reading ones do not */
    arc_record *r;
    with_key(b, longest);
    assert_session(b, arc_session_get(b->session, &r, ARC_CUSTOMER, 1));
    arc_record_free(r);
    assert_session(b, book_allocate(b->session, &first, RECEIPT, ITEM, 10));
    assert_session(b, book_allocate(b->session, &again, RECEIPT, ITEM, 10));
    assert_int_not_equal(first, again);
    with_key(b, longest);
    assert_session(b, book_allocate(b->session, &again, RECEIPT, ITEM, 10));
    assert_int_equal(first, again);
    /* a call that fails takes it too: wrong arguments, a refusal */
    with_key(b, "k");
    assert_session_status(ARC_E_INVALID, b, arc_allocation_apply(b->session, NULL, NULL, NULL, 1, ARC_ALL_OR_NONE));
    assert_session(b, book_allocate(b->session, &first, RECEIPT, ITEM, 11));
    with_key(b, "k");
    assert_session_status(ARC_E_GUARD, b, book_allocate(b->session, &first, RECEIPT, ITEM, 90000));
    assert_session(b, book_allocate(b->session, &first, RECEIPT, ITEM, 11));
    with_key(b, "k"); /* what was refused is free */
    assert_session(b, book_allocate(b->session, &first, RECEIPT, ITEM, 12));
    with_key(b, "k");
    with_key(b, NULL);
    assert_session(b, book_allocate(b->session, &again, RECEIPT, ITEM, 13));
    /* another verb may have the same key */
    with_key(b, "k");
    assert_session(b, book_invoice(b->session, &again, "K", 1, 100));
}

/* A batch may be repeated, continued, and taken apart. */
static void batches(test_book *b)
{
    int64_t ids[4] = { 0 }, more[4] = { 0 }, one;
    arc_status results[4] = { 0 };
    arc_record *r[4];
    found_book(b);
    for (int i = 0; i < 4; i++) r[i] = new_group(b->session, 0, i);
    with_key(b, "b");
    assert_session(b, arc_session_insert_many(b->session, ids, results, r, 2, 0));
    with_key(b, "b");
    assert_session(b, arc_session_insert_many(b->session, more, results, r, 4, 0));
    assert_memory_equal(more, ids, 2 * sizeof *ids);
    assert_true(more[2] > ids[1] && more[3] > more[2]);
    with_key(b, "b#3");
    assert_session(b, arc_session_insert(b->session, &one, r[3])); /* its id is set by now: it is the same request all the same */
    assert_int_equal(one, more[3]);
    with_key(b, "b");
    assert_session(b, arc_session_insert_many(b->session, more, NULL, r, 4, ARC_ALL_OR_NONE));
    assert_memory_equal(more, ids, 2 * sizeof *ids);
    for (int i = 0; i < 4; i++) arc_record_free(r[i]);
    /* one element that is another: nothing is done, and it is named */
    arc_error e = ARC_ERROR_INIT;
    r[0] = new_group(b->session, 0, 0);
    r[1] = new_group(b->session, 1, 1);
    r[2] = new_group(b->session, 0, 2);
    with_key(b, "b");
    assert_session_status(ARC_E_REQUEST, b, arc_session_insert_many(b->session, more, results, r, 3, 0));
    assert_ok(arc_session_error(b->session, &e));
    assert_int_equal(e.row, 1);
    for (int i = 0; i < 3; i++) arc_record_free(r[i]);
}

/* The order in which fields were set, and how, is not content. */
static void canonical(test_book *b)
{
    int64_t x, y;
    arc_record *r, *q;
    arc_money m = { 10000, "CNY", 0 };
    found_book(b);
    assert_ok(arc_record_new(b->session, &r, ARC_INVOICE));
    assert_ok(arc_record_set_json(r, "{\"number\":\"C\",\"customer\":1,\"currency\":\"CNY\",\"gross_amount\":\"100.00\",\"invoice_date\":\"2026-01-02\","
                                     "\"due_date\":\"2026-02-02\"}", SIZE_MAX));
    assert_ok(arc_record_new(b->session, &q, ARC_INVOICE));
    assert_ok(arc_record_set_money(q, ARC_INVOICE_GROSS_AMOUNT, m));
    assert_ok(arc_record_set_date(q, ARC_INVOICE_DUE_DATE, BOOK_DAY + 32));
    assert_ok(arc_record_set_date(q, ARC_INVOICE_INVOICE_DATE, BOOK_DAY + 1));
    assert_ok(arc_record_set_int(q, ARC_INVOICE_CUSTOMER, 1));
    assert_ok(arc_record_set_text(q, ARC_INVOICE_NUMBER, "C", SIZE_MAX));
    with_key(b, "c");
    assert_session(b, arc_invoice_record(b->session, &x, r));
    with_key(b, "c");
    assert_session(b, arc_invoice_record(b->session, &y, q));
    assert_int_equal(x, y);
    arc_record_free(r);
    arc_record_free(q);
}

static void on_all(void (*test)(test_book *b))
{
    for (int k = 0; k < TEST_BACKENDS; k++) {
        static test_book b;
        test_book_open(&b, k);
        test(&b);
        test_book_close(&b);
    }
}

static void test_the_key(void **unused) { (void)unused, on_all(the_key); }
static void test_batches(void **unused) { (void)unused, on_all(batches); }
static void test_canonical(void **unused) { (void)unused, on_all(canonical); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_driven),
        cmocka_unit_test(test_all_told),
        cmocka_unit_test(test_every_verb),
        cmocka_unit_test(test_the_key),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_canonical),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
