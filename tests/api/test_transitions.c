/* SPDX-License-Identifier: Apache-2.0 */
/* Every state by every verb of the documents that the table of invoices and bills does not hold - write-offs, disputes, flags, letters, periods, vouchers, contracts, milestones, receipts -
 * and every verb that posts in a closed period. */
#include "api/walk.h"

typedef struct world {
    walk w;
    test_book b;
    int64_t extension, estimate, milestone; /* of closed periods */
} world;

typedef int64_t (*bring_fn)(world *x, int state); /* a document in a state */

/* ---- documents in a state ----------------------------------------------------------------------------------------------------- */

static int64_t a_write_off(world *x, int state) /* running, rejected, approved, recovered */
{
    char json[200];
    int64_t id = 0, item = new_item(&x->w, 1);
    snprintf(json, sizeof json, "{\"number\":\"T%u\",\"customer\":1,\"items\":[%d],\"currency\":\"CNY\",\"amount\":\"1.00\",\"reason\":\"court\"}", ++x->w.made, (int)item);
    arc_record *r = record(&x->w, ARC_WRITE_OFF_REQUEST, json);
    assert_session(&x->b, arc_write_off_request(x->b.session, &id, r));
    arc_record_free(r);
    if (state == 1) assert_int_equal(reject(&x->w, id), ARC_OK);
    if (state >= 2) assert_int_equal(approve(&x->w, id), ARC_OK);
    if (state == 3) assert_int_equal(recover(&x->w, id), ARC_OK);
    return id;
}

static int64_t a_dispute(world *x, int state) /* open, closed */
{
    char json[200];
    int64_t id = 0;
    snprintf(json, sizeof json, "{\"item\":%d,\"currency\":\"CNY\",\"amount\":\"0.01\",\"reason\":\"quality\"}", (int)new_item(&x->w, 1));
    arc_record *r = record(&x->w, ARC_DISPUTE, json);
    assert_session(&x->b, arc_dispute_open(x->b.session, &id, r));
    arc_record_free(r);
    if (state) assert_int_equal(resolve(&x->w, id), ARC_OK);
    return id;
}

static int64_t a_flag(world *x, int state) /* in force, ended */
{
    arc_flag f = ARC_FLAG_INIT;
    int64_t id = 0;
    f.item = new_item(&x->w, 1);
    f.kind = "hold";
    f.from_date = 20500;
    f.reason = "why";
    assert_session(&x->b, arc_flag_set(x->b.session, &id, &f));
    if (state) assert_int_equal(end_flag(&x->w, id), ARC_OK);
    return id;
}

static int64_t a_letter(world *x, int state) /* draft, sent, differs, confirmed */
{
    const int64_t other = 7;
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    char number[20];
    int64_t id = 0;
    o.customer = 1;
    o.from = 20500;
    snprintf(number, sizeof number, "L%u", ++x->w.made);
    assert_session(&x->b, arc_statement_letter_make(x->b.session, &id, &o, number));
    if (state) assert_session(&x->b, arc_statement_letter_send(x->b.session, id, TODAY));
    if (state >= 2) assert_session(&x->b, arc_statement_letter_confirm(x->b.session, id, TODAY, "Ann", state == 2 ? &other : NULL, 0));
    return id;
}

static int64_t a_period(world *x, int state) /* open, locked, closed; the first there is */
{
    assert_true(arc_fiscal_period_reopen(x->b.session, 1, "again") != ARC_E_NOT_FOUND);
    if (state == 1) assert_session(&x->b, arc_fiscal_period_lock(x->b.session, 1, NULL));
    if (state == 2) assert_session(&x->b, arc_fiscal_period_close(x->b.session, 1, NULL, 0));
    return 1;
}

static int64_t a_voucher(world *x, int state) /* pending, sent, rejected, acknowledged */
{
    arc_voucher_summary sum = ARC_VOUCHER_SUMMARY_INIT;
    (void)new_item(&x->w, 1);
    assert_session(&x->b, arc_voucher_export(x->b.session, &sum, "GL", ARC_DATE_NONE, TODAY, NULL));
    int64_t id = some(&x->w, ARC_VOUCHER, 0), last = 0;
    for (int i = 0; i < 200; i++) { /* the latest */
        if (id > last) last = id;
        id = some(&x->w, ARC_VOUCHER, 0);
    }
    if (state) assert_int_equal(voucher_send(&x->w, last), ARC_OK);
    if (state == 2) assert_int_equal(voucher_reject(&x->w, last), ARC_OK);
    if (state == 3) assert_int_equal(voucher_take(&x->w, last), ARC_OK);
    return last;
}

static int64_t a_contract(world *x, int state) /* draft, active, closed */
{
    char json[300];
    snprintf(json, sizeof json, "{\"customer\":1,\"number\":\"K%u\",\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"100.00\",\"tax_included\":true,\"term\":\"NET30\"}", ++x->w.made);
    int64_t id = sample_insert(x->b.session, ARC_CONTRACT, json);
    if (state) assert_int_equal(activate(&x->w, id), ARC_OK);
    if (state == 2) assert_int_equal(close_contract(&x->w, id), ARC_OK);
    return id;
}

static int64_t a_milestone(world *x, int state) /* of a draft, of an active contract, reached, of a closed contract */
{
    char json[200];
    int64_t contract = a_contract(x, 0);
    snprintf(json, sizeof json, "{\"contract\":%d,\"seq\":1,\"currency\":\"CNY\",\"amount\":\"10.00\",\"trigger_kind\":\"delivery\"}", (int)contract);
    int64_t id = sample_insert(x->b.session, ARC_MILESTONE, json);
    if (state) assert_int_equal(activate(&x->w, contract), ARC_OK);
    if (state == 2) assert_int_equal(reach(&x->w, id), ARC_OK);
    if (state == 3) assert_int_equal(close_contract(&x->w, contract), ARC_OK);
    return id;
}

static int64_t a_receipt(world *x, int state) /* nobody's, claimed, claimed and used, recorded for a customer, paid back, returned */
{
    int64_t id = new_receipt(&x->w, state == 3 ? 1 : 0);
    if (state && state != 3) assert_int_equal(claim(&x->w, id), ARC_OK);
    if (state == 2) assert_int_equal(pay(&x->w, new_item(&x->w, 1), id, 0), ARC_OK);
    if (state == 4) assert_int_equal(refund(&x->w, id), ARC_OK);
    if (state == 5) assert_int_equal(give_back(&x->w, id), ARC_OK);
    return id;
}

static const struct {
    const char *name;
    bring_fn bring;
    int states;
    struct {
        arc_status (*act)(walk *w, int64_t id);
        const char *from; /* by state: y done, n refused */
    } verbs[5];
} tables[] = {
    { "write_off_request", a_write_off, 4, { { approve, "ynnn" }, { reject, "ynnn" }, { recover, "nnyn" } } },
    { "dispute", a_dispute, 2, { { resolve, "yn" } } },
    { "flag", a_flag, 2, { { end_flag, "yn" } } },
    { "statement_letter", a_letter, 4, { { send, "ynnn" }, { answer, "nyyn" } } },
    { "fiscal_period", a_period, 3, { { lock, "ynn" }, { close_period, "yyn" }, { reopen, "nyy" } } },
    { "voucher", a_voucher, 4, { { voucher_send, "yyyn" }, { voucher_take, "yynn" }, { voucher_reject, "yyyn" }, { voucher_rebuild, "nnyn" } } },
    { "contract", a_contract, 3, { { activate, "ynn" }, { close_contract, "nyn" }, { plan, "nyn" } } },
    { "milestone", a_milestone, 4, { { reach, "nynn" } } },
    { "receipt", a_receipt, 6, { { claim, "ynnnnn" }, { unclaim, "nynnnn" }, { give_back, "yyyynn" }, { refund, "nyyynn" } } },
};

static void open_world(world *x, int backend)
{
    walk_open(&x->w, &x->b, backend, 1);
}

static void every_state_by_every_verb(void **state)
{
    (void)state;
    for (int backend = 0; backend < 2; backend++) {
        world x;
        open_world(&x, backend);
        for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
            for (int k = 0; k < 5 && tables[t].verbs[k].act; k++) {
                for (int s = 0; s < tables[t].states; s++) {
                    arc_error e = ARC_ERROR_INIT;
                    int64_t id = tables[t].bring(&x, s);
                    int possible = tables[t].verbs[k].from[s] == 'y';
                    arc_status st = tables[t].verbs[k].act(&x.w, id);
                    (void)arc_session_error(x.b.session, &e);
                    if (st != (possible ? ARC_OK : ARC_E_STATE)) fail_msg("%s, verb %d from state %d: %s %s", tables[t].name, k, s, arc_status_name(st), e.message);
                    if (!possible) assert_true(e.message[0] && e.message_zh[0] && strcmp(e.message, e.message_zh) != 0);
                }
            }
        }
        verify_clean(&x.b);
        test_book_close(&x.b);
    }
}

/* ---- closed periods --------------------------------------------------------------------------------------------------------------- */

/* Of every kind that is counted: an estimate is in agings, posted or not. */
static arc_status try_item(world *x, int k)
{
    static const char *const kinds[] = { "estimated", "invoiced", "opening", "fee" };
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"K%u\",\"kind\":\"%s\",\"customer\":1,\"business_date\":\"2026-05-02\",\"due_date\":\"2026-06-02\",\"currency\":\"CNY\",\"amount\":\"1.00\",\"project\":1}",
             ++x->w.made, kinds[k % 4]);
    arc_record *r = record(&x->w, ARC_ITEM, json);
    arc_status st = arc_item_record(x->b.session, &x->estimate, r);
    arc_record_free(r);
    return st;
}

/* A milestone that becomes an estimate when it is reached. */
static void plan_one(world *x)
{
    char json[200];
    int64_t n = 0, contract = a_contract(x, 0);
    snprintf(json, sizeof json, "{\"contract\":%d,\"seq\":1,\"currency\":\"CNY\",\"amount\":\"10.00\",\"trigger_kind\":\"delivery\",\"item_kind\":\"estimated\"}", (int)contract);
    x->milestone = sample_insert(x->b.session, ARC_MILESTONE, json);
    assert_int_equal(activate(&x->w, contract), ARC_OK);
    assert_session(&x->b, arc_contract_plan(x->b.session, &n, contract));
    assert_int_equal(n, 1);
}

static arc_status move_item(world *x, int64_t item, int back)
{
    arc_ledger_step s = ARC_LEDGER_STEP_INIT;
    arc_status result = ARC_OK;
    s.row = item;
    s.reason = "why";
    s.reason_code = "price";
    arc_status st = (back ? arc_item_charge_back_many : arc_item_carry_over_many)(x->b.session, NULL, &result, &s, 1, ARC_ALL_OR_NONE);
    return st == ARC_OK ? st : result == ARC_OK ? st : result;
}

static arc_status try_document(world *x, int invoice)
{
    char json[300];
    const char *fields = invoice ? "\"invoice_date\":\"2026-05-01\",\"due_date\":\"2026-05-31\",\"gross_amount\":\"1.00\"" : "\"value_date\":\"2026-05-01\",\"posting_date\":\"2026-05-01\",\"amount\":\"1.00\"";
    snprintf(json, sizeof json, "{\"number\":\"D%u\",\"customer\":1,\"currency\":\"CNY\",%s}", ++x->w.made, fields);
    arc_record *r = record(&x->w, invoice ? ARC_INVOICE : ARC_RECEIPT, json);
    arc_status st = invoice ? arc_invoice_record(x->b.session, NULL, r) : arc_receipt_record(x->b.session, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status in_closed_period(world *x, int64_t item, int64_t receipt, int64_t allocation, int64_t bill, int64_t moved, int64_t unowned, int64_t claimed, int64_t request, int64_t lost, int k)
{
    walk *w = &x->w;
    switch (k) {
    case 0: return pay(w, item, receipt, 0);
    case 1: return reverse(w, allocation);
    case 2: return transfer(w, item);
    case 3: return refund(w, receipt);
    case 4: return give_back(w, receipt);
    case 5: return claim(w, unowned);
    case 6: return unclaim(w, claimed);
    case 7: return approve(w, request);
    case 8: return recover(w, lost);
    case 9: return bill_endorse(w, bill);
    case 10: return bill_discount(w, bill);
    case 11: return bill_collect(w, bill);
    case 12: return bill_dishonour(w, bill);
    case 13: return bill_return(w, bill);
    case 14: return bill_reverse(w, moved);
    case 15: return arc_item_give_up(x->b.session, NULL, item, ARC_DATE_NONE, "small");
    case 16: {
        arc_settled out = ARC_SETTLED_INIT;
        arc_settled_line line[1] = { ARC_SETTLED_LINE_INIT };
        return arc_receipt_settle(x->b.session, &out, line, receipt, &item, NULL, 1, NULL);
    }
    case 17: {
        char json[300];
        snprintf(json, sizeof json, "{\"number\":\"X%u\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"1.00\",\"maturity\":\"2026-12-01\"}", ++w->made);
        int64_t id = 0;
        return try_bill(&x->b, &id, json);
    }
    case 18: return extend(w, item);
    case 19: return arc_adjustment_reverse(x->b.session, NULL, x->extension, ARC_DATE_NONE, "why");
    case 20: case 21: return move_item(x, item, k == 20);
    case 22: case 23: case 24: case 25: return try_item(x, k);
    case 26: return arc_item_cancel(x->b.session, x->estimate, "why");
    case 27: return arc_milestone_reach(x->b.session, x->milestone, TODAY);
    case 28: case 29: return try_document(x, k == 28);
    default: return ARC_DONE;
    }
}

static void nothing_posts_in_a_closed_period(void **state)
{
    world x;
    (void)state;
    open_world(&x, 1);
    (void)sample_insert(x.b.session, ARC_PROJECT, "{\"code\":\"J\",\"name\":\"j\",\"status\":\"open\"}");
    int64_t item = new_item(&x.w, 1), receipt = new_receipt(&x.w, 1), allocation = allocate(&x.b, new_item(&x.w, 1), new_receipt(&x.w, 1), 500, 0);
    int64_t bill = receive(&x.b, "CB", 10000, new_item(&x.w, 1), 6000, 1), moved = receive(&x.b, "CM", 10000, 0, 0, 1), unowned = new_receipt(&x.w, 0), claimed = a_receipt(&x, 1);
    int64_t request = a_write_off(&x, 0), lost = a_write_off(&x, 2), event = 0;
    assert_session(&x.b, move_bill(x.b.session, &event, moved, BILL_ENDORSE, MATURITY, 0));
    assert_session(&x.b, arc_item_extend(x.b.session, &x.extension, new_item(&x.w, 1), 30000, ARC_DATE_NONE, "why"));
    assert_int_equal(try_item(&x, 24), ARC_OK);
    plan_one(&x);
    for (int64_t p = 1; p <= 3; p++) assert_session(&x.b, arc_fiscal_period_close(x.b.session, p, NULL, 0));
    int64_t year = sample_insert(x.b.session, ARC_FISCAL_PERIOD, "{\"code\":\"Y\",\"starts_on\":\"2026-01-01\",\"ends_on\":\"2026-12-31\"}");
    assert_session(&x.b, arc_fiscal_period_close(x.b.session, year, NULL, ARC_PERIOD_LEAVE_DRAFTS));
    for (int k = 0; in_closed_period(&x, item, receipt, allocation, bill, moved, unowned, claimed, request, lost, k) != ARC_DONE; k++) {
        arc_error e = ARC_ERROR_INIT;
        arc_status st = in_closed_period(&x, item, receipt, allocation, bill, moved, unowned, claimed, request, lost, k);
        (void)arc_session_error(x.b.session, &e);
        if (st != ARC_E_PERIOD && st != ARC_E_GUARD) fail_msg("verb %d: %s %s", k, arc_status_name(st), e.message);
        if (k != 15) assert_int_equal(st, ARC_E_PERIOD); /* giving up is above the tolerance first */
    }
    verify_clean(&x.b);
    test_book_close(&x.b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_state_by_every_verb), cmocka_unit_test(nothing_posts_in_a_closed_period) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
