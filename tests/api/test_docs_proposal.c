/* SPDX-License-Identifier: Apache-2.0 */
/* The pieces of code that docs/proposals.md quotes, run. */
#include "arcore/fields.h"
#include "support/books.h"
#include "support/work_book.h"

/* Propose, look, store: nothing is done yet. */
static arc_status propose(arc_session *session, int64_t *id)
{
    arc_proposal *p = NULL;
    arc_proposal_line line = ARC_PROPOSAL_LINE_INIT;
    arc_proposal_options options = ARC_PROPOSAL_OPTIONS_INIT;
    arc_status st = arc_receipt_propose(session, &p, NULL, 0, NULL); /* every receipt with something left */
    for (uint32_t i = 0; st == ARC_OK && arc_proposal_get(p, &line, i) == ARC_OK; i++) {
        printf("%s: %s because %s\n", line.unit, line.action, line.explanation);
    }
    options.title = "Receipts of the day";
    if (st == ARC_OK) st = arc_proposal_store(p, id, &options);
    arc_proposal_free(p);
    return st;
}

/* Another actor decides, and what is approved is done. */
static arc_status decide(arc_session *session, int64_t id)
{
    arc_proposal *p = NULL;
    uint32_t doubtful[] = { 2 };
    arc_status st = arc_proposal_load(session, &p, id);
    if (st == ARC_OK) st = arc_proposal_reject(p, doubtful, 1, "the customer disputes it");
    if (st == ARC_OK) st = arc_proposal_approve(p, NULL, 0); /* all that is left */
    if (st == ARC_OK) st = arc_proposal_apply(p, NULL);      /* ARC_PARTIAL: some became stale */
    arc_proposal_free(p);
    return st;
}

static void whole_way(void **unused)
{
    test_book b;
    arc_session *checker;
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    int64_t id = 0;
    (void)unused;
    test_book_open(&b, 0);
    arc_session_close(b.session);
    assert_ok(book_session(b.book, &b.session));
    assert_session(&b, book_customers(b.session, 1, 1));
    assert_session(&b, book_invoice(b.session, NULL, "I", 1, 3000));
    for (int i = 0; i < 3; i++) {
        char number[16];
        snprintf(number, sizeof number, "I%d", i);
        assert_session(&b, book_receipt(b.session, NULL, number, 1, 1000));
    }
    assert_session(&b, propose(b.session, &id));
    o.actor = "checker";
    o.business_date = BOOK_DAY + 10;
    assert_ok(arc_session_open(b.book, &checker, &o));
    assert_ok(decide(checker, id));
    arc_proposal *p;
    arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
    assert_ok(arc_proposal_load(checker, &p, id));
    assert_ok(arc_proposal_describe(p, &info));
    assert_int_equal(info.n_applied, 2);
    assert_int_equal(info.n_rejected, 1);
    assert_string_equal(info.status, "applied");
    test_book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(whole_way) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
