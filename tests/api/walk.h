/* SPDX-License-Identifier: Apache-2.0 */
/* Random walks through documents of every kind: what makes new ones, and every verb of what is there. */
#ifndef TESTS_API_WALK_H
#define TESTS_API_WALK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/bills.h"
#include "api/voucher_world.h"

enum { TODAY = MATURITY };

typedef struct walk {
    test_book *b;
    uint32_t seed, made;
} walk;

static inline uint32_t roll(walk *w, uint32_t n)
{
    w->seed = w->seed * 1664525u + 1013904223u;
    return (w->seed >> 8) % n;
}

static inline arc_record *record(walk *w, uint32_t entity, const char *json)
{
    arc_record *r;
    arc_error e = ARC_ERROR_INIT;
    assert_ok(arc_record_new(w->b->session, &r, entity));
    if (arc_record_set_json(r, json, SIZE_MAX) != ARC_OK) {
        (void)arc_record_error(r, &e);
        fail_msg("%s: %s", json, e.message);
    }
    return r;
}

static inline int64_t money(walk *w, uint32_t entity, int64_t id, arc_field_id field) { return field_of(w->b, entity, id, field); }

static inline int64_t number_in(walk *w, uint32_t entity, int64_t id, arc_field_id field)
{
    arc_record *r = row_of_id(w->b, entity, id);
    int64_t v = 0;
    (void)arc_record_get_int(r, &v, field);
    arc_record_free(r);
    return v;
}

/* ---- new documents ------------------------------------------------------------------------------------------------------------ */

static inline int64_t new_item(walk *w, int64_t customer)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"I%u\",\"customer\":%d,\"invoice_date\":\"2026-05-01\",\"due_date\":\"2026-05-31\",\"currency\":\"CNY\",\"gross_amount\":\"100.00\"}", ++w->made, (int)customer);
    (void)record_of(w->b, ARC_INVOICE, json);
    arc_query *q;
    arc_cursor *c;
    arc_field_id id = ARC_ITEM_ID, number = ARC_ITEM_NUMBER;
    int64_t item = 0;
    char text[20];
    snprintf(text, sizeof text, "I%u", w->made);
    assert_ok(arc_query_new(w->b->session, &q, ARC_ITEM));
    assert_ok(arc_query_select(q, &id, 1));
    assert_ok(arc_query_where_text(q, number, ARC_EQ, text, SIZE_MAX));
    assert_ok(arc_query_run(q, &c));
    assert_int_equal(arc_cursor_next(c), ARC_OK);
    assert_ok(arc_cursor_get_int(c, &item, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return item;
}

static inline int64_t new_receipt(walk *w, int64_t customer)
{
    char json[300], who[40] = "";
    if (customer) snprintf(who, sizeof who, "\"customer\":%d,", (int)customer);
    snprintf(json, sizeof json, "{\"number\":\"R%u\",%s\"value_date\":\"2026-05-20\",\"posting_date\":\"2026-05-20\",\"currency\":\"CNY\",\"amount\":\"100.00\"}", ++w->made, who);
    return record_of(w->b, ARC_RECEIPT, json);
}

static inline arc_status try_dispute(walk *w, int64_t item)
{
    char json[200];
    snprintf(json, sizeof json, "{\"item\":%d,\"currency\":\"CNY\",\"amount\":\"0.01\",\"reason\":\"quality\"}", (int)item);
    arc_record *r = record(w, ARC_DISPUTE, json);
    arc_status st = arc_dispute_open(w->b->session, NULL, r);
    arc_record_free(r);
    return st;
}

static inline arc_status try_write_off(walk *w, int64_t item)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"W%u\",\"customer\":%d,\"items\":[%d],\"currency\":\"CNY\",\"amount\":\"0.01\",\"reason\":\"court\"}", ++w->made,
             (int)number_in(w, ARC_ITEM, item, ARC_ITEM_CUSTOMER), (int)item);
    arc_record *r = record(w, ARC_WRITE_OFF_REQUEST, json);
    arc_status st = arc_write_off_request(w->b->session, NULL, r);
    arc_record_free(r);
    return st;
}

/* One more document of a kind. */
static inline void grow(walk *w, uint32_t what)
{
    arc_session *s = w->b->session;
    char json[400];
    int64_t id;
    switch (what) {
    case 0:
        if (roll(w, 2)) {
            (void)new_item(w, 1 + roll(w, 2));
            break;
        }
        snprintf(json, sizeof json, "{\"number\":\"C%u\",\"customer\":1,\"invoice_date\":\"2026-05-01\",\"due_date\":\"2026-05-31\",\"currency\":\"CNY\",\"gross_amount\":\"-50.00\"}", ++w->made);
        (void)record_of(w->b, ARC_INVOICE, json);
        break;
    case 1: {
        int64_t receipt = new_receipt(w, roll(w, 3));
        if (number_in(w, ARC_RECEIPT_STATE, receipt, ARC_RECEIPT_STATE_CUSTOMER) == 0 && roll(w, 2)) assert_session(w->b, arc_receipt_claim(s, receipt, 1, ARC_DATE_NONE));
        break;
    }
    case 2: (void)allocate(w->b, new_item(w, 1), new_receipt(w, 1), 4000, 0); break;
    case 3: {
        char number[16];
        if (!roll(w, 3)) {
            snprintf(json, sizeof json, "{\"number\":\"D%u\",\"sub_range\":\"11-10010\",\"kind\":\"bank\",\"customer\":1,\"currency\":\"CNY\",\"face\":\"100.00\",\"maturity\":\"2026-09-01\"}", ++w->made);
            (void)bill_of(w->b, json);
            break;
        }
        snprintf(number, sizeof number, "B%u", ++w->made);
        (void)receive(w->b, number, 10000, new_item(w, 1), 6000, (int)roll(w, 2));
        break;
    }
    case 4: assert_int_equal(try_dispute(w, new_item(w, 2)), ARC_OK); break;
    case 5: {
        arc_flag f = ARC_FLAG_INIT;
        f.item = new_item(w, 1);
        f.kind = "hold";
        f.from_date = 20500;
        f.reason = "why";
        assert_session(w->b, arc_flag_set(s, NULL, &f));
        break;
    }
    case 6: assert_int_equal(try_write_off(w, new_item(w, 1)), ARC_OK); break;
    case 7: {
        arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
        o.customer = 1;
        o.from = 20500;
        snprintf(json, sizeof json, "L%u", ++w->made);
        assert_session(w->b, arc_statement_letter_make(s, NULL, &o, json));
        break;
    }
    case 8:
        snprintf(json, sizeof json, "{\"customer\":1,\"number\":\"K%u\",\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"100.00\",\"tax_included\":true,\"term\":\"NET30\"}", ++w->made);
        id = sample_insert(s, ARC_CONTRACT, json);
        snprintf(json, sizeof json, "{\"contract\":%d,\"seq\":1,\"currency\":\"CNY\",\"amount\":\"10.00\",\"trigger_kind\":\"delivery\"}", (int)id);
        (void)sample_insert(s, ARC_MILESTONE, json);
        break;
    case 9:
        snprintf(json, sizeof json, "{\"customer\":1,\"code\":\"E%u\",\"name\":\"p\",\"status\":\"open\"}", ++w->made);
        id = sample_insert(s, ARC_PROJECT, json);
        snprintf(json, sizeof json, "{\"number\":\"E%u\",\"customer\":1,\"business_date\":\"2026-01-05\",\"amount\":\"5.00\",\"currency\":\"CNY\",\"project\":%d}", w->made, (int)id);
        arc_record *r = record(w, ARC_ITEM, json);
        assert_session(w->b, arc_item_record(s, NULL, r));
        arc_record_free(r);
        break;
    default: {
        arc_voucher_summary sum = ARC_VOUCHER_SUMMARY_INIT;
        assert_session(w->b, arc_voucher_export(s, &sum, "GL", ARC_DATE_NONE, TODAY, NULL));
    }
    }
}
enum { GROWS = 11 };

/* ---- what is done --------------------------------------------------------------------------------------------------------------- */

static inline arc_status pay(walk *w, int64_t item, int64_t receipt, int64_t credit)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    a.item = item;
    a.receipt = receipt;
    a.credit_item = credit;
    a.amount = 1;
    return arc_allocation_apply(w->b->session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE);
}

static inline arc_status claim(walk *w, int64_t id) { return arc_receipt_claim(w->b->session, id, 1, ARC_DATE_NONE); }
static inline arc_status unclaim(walk *w, int64_t id) { return arc_receipt_unclaim(w->b->session, id, ARC_DATE_NONE, "why"); }
static inline arc_status give_back(walk *w, int64_t id) { return arc_receipt_return(w->b->session, id, ARC_DATE_NONE, "why"); }
static inline arc_status refund(walk *w, int64_t id) { return arc_receipt_refund(w->b->session, NULL, id, 0, 0, ARC_DATE_NONE, "why"); }
static inline arc_status pay_with(walk *w, int64_t id)
{
    int64_t whose = number_in(w, ARC_RECEIPT_STATE, id, ARC_RECEIPT_STATE_CUSTOMER);
    return pay(w, new_item(w, whose ? whose : 1), id, 0);
}
static inline arc_status cancel(walk *w, int64_t id) { return arc_item_cancel(w->b->session, id, "why"); }
static inline arc_status transfer(walk *w, int64_t id) { return arc_item_transfer(w->b->session, NULL, id, 3 - number_in(w, ARC_ITEM, id, ARC_ITEM_CUSTOMER), 0, ARC_DATE_NONE, "consent"); }
static inline arc_status extend(walk *w, int64_t id) { return arc_item_extend(w->b->session, NULL, id, 30000 + (arc_date)++w->made, ARC_DATE_NONE, "why"); }
static inline arc_status refund_credit(walk *w, int64_t id) { return arc_receipt_refund(w->b->session, NULL, 0, id, 0, ARC_DATE_NONE, "why"); }
static inline arc_status pay_item(walk *w, int64_t id)
{
    int64_t customer = number_in(w, ARC_ITEM, id, ARC_ITEM_CUSTOMER);
    if (money(w, ARC_ITEM, id, ARC_ITEM_AMOUNT) < 0) return pay(w, new_item(w, customer), 0, id);
    return pay(w, id, new_receipt(w, customer), 0);
}
static inline arc_status reverse(walk *w, int64_t id) { return arc_allocation_reverse(w->b->session, NULL, id, ARC_DATE_NONE, "why"); }
static inline arc_status shorten(walk *w, int64_t id) { return arc_adjustment_reverse(w->b->session, NULL, id, ARC_DATE_NONE, "why"); }
static inline arc_status resolve(walk *w, int64_t id)
{
    arc_resolution r = ARC_RESOLUTION_INIT;
    r.code = "rejected";
    return arc_dispute_resolve(w->b->session, id, &r);
}
static inline arc_status set_level(walk *w, int64_t id)
{
    arc_level l = ARC_LEVEL_INIT;
    l.item = id;
    l.level = 1 + (int32_t)roll(w, 5);
    l.reason = "why";
    return arc_item_set_level(w->b->session, NULL, &l);
}
static inline arc_status end_flag(walk *w, int64_t id) { return arc_flag_end(w->b->session, id, TODAY, "why"); }
static inline arc_status approve(walk *w, int64_t id) { return arc_write_off_approve(w->b->session, NULL, id, ARC_DATE_NONE, "why"); }
static inline arc_status reject(walk *w, int64_t id) { return arc_write_off_reject(w->b->session, id, "why"); }
static inline arc_status recover(walk *w, int64_t id) { return arc_write_off_recover(w->b->session, NULL, id, 0, ARC_DATE_NONE, "why"); }
static inline arc_status send(walk *w, int64_t id) { return arc_statement_letter_send(w->b->session, id, TODAY); }
static inline arc_status answer(walk *w, int64_t id)
{
    const int64_t other = 7;
    return arc_statement_letter_confirm(w->b->session, id, TODAY, "Ann", roll(w, 2) ? &other : NULL, 0);
}
static inline arc_status lock(walk *w, int64_t id) { return arc_fiscal_period_lock(w->b->session, id, NULL); }
static inline arc_status close_period(walk *w, int64_t id) { return arc_fiscal_period_close(w->b->session, id, NULL, 0); }
static inline arc_status reopen(walk *w, int64_t id) { return arc_fiscal_period_reopen(w->b->session, id, "why"); }
static inline arc_status voucher_send(walk *w, int64_t id) { return arc_voucher_send(w->b->session, NULL, &id, 1, ARC_ALL_OR_NONE); }
static inline arc_status voucher_take(walk *w, int64_t id)
{
    char number[20];
    snprintf(number, sizeof number, "V%u", ++w->made);
    return arc_voucher_acknowledge(w->b->session, id, number);
}
static inline arc_status voucher_reject(walk *w, int64_t id) { return arc_voucher_reject(w->b->session, id, "why"); }
static inline arc_status voucher_rebuild(walk *w, int64_t id) { return arc_voucher_rebuild(w->b->session, id, NULL); }
static inline arc_status bill_endorse(walk *w, int64_t id) { return move_bill(w->b->session, NULL, id, BILL_ENDORSE, MATURITY, 0); }
static inline arc_status bill_discount(walk *w, int64_t id) { return move_bill(w->b->session, NULL, id, BILL_DISCOUNT, MATURITY, 0); }
static inline arc_status bill_collect(walk *w, int64_t id) { return move_bill(w->b->session, NULL, id, BILL_COLLECT, MATURITY, 0); }
static inline arc_status bill_dishonour(walk *w, int64_t id) { return move_bill(w->b->session, NULL, id, BILL_DISHONOUR, MATURITY, (int64_t)roll(w, 2) * 50); }
static inline arc_status bill_return(walk *w, int64_t id) { return move_bill(w->b->session, NULL, id, BILL_RETURN, MATURITY, 0); }
static inline arc_status bill_split(walk *w, int64_t id)
{
    int64_t face = money(w, ARC_BILL, id, ARC_BILL_FACE), parts[2] = { face / 3 ? face / 3 : 1, face - (face / 3 ? face / 3 : 1) };
    return arc_bill_split(w->b->session, NULL, id, parts, 2, MATURITY, NULL);
}
static inline arc_status bill_reverse(walk *w, int64_t id) { return arc_bill_reverse(w->b->session, NULL, id, MATURITY, "why"); }
static inline arc_status activate(walk *w, int64_t id) { return arc_contract_activate(w->b->session, id); }
static inline arc_status close_contract(walk *w, int64_t id) { return arc_contract_close(w->b->session, id); }
static inline arc_status plan(walk *w, int64_t id) { return arc_contract_plan(w->b->session, NULL, id); }
static inline arc_status reach(walk *w, int64_t id) { return arc_milestone_reach(w->b->session, id, TODAY); }

static const struct {
    uint32_t entity;
    const char *verb;
    arc_status (*act)(walk *w, int64_t id);
} acts[] = {
    { ARC_RECEIPT, "receipt.claim", claim },
    { ARC_RECEIPT, "receipt.unclaim", unclaim },
    { ARC_RECEIPT, "receipt.return", give_back },
    { ARC_RECEIPT, "receipt.refund", refund },
    { ARC_RECEIPT, "allocation.apply", pay_with },
    { ARC_ITEM, "item.cancel", cancel },
    { ARC_ITEM, "item.transfer", transfer },
    { ARC_ITEM, "adjustment.approve", extend },
    { ARC_ITEM, "dispute.dispute", try_dispute },
    { ARC_ITEM, "write_off_request.request", try_write_off },
    { ARC_ITEM, "item.level", set_level },
    { ARC_ITEM, "allocation.apply", pay_item },
    { ARC_ITEM, "receipt.refund", refund_credit },
    { ARC_ALLOCATION, "allocation.reverse", reverse },
    { ARC_ADJUSTMENT, "adjustment.reverse", shorten },
    { ARC_DISPUTE, "dispute.resolve", resolve },
    { ARC_FLAG, "flag.end", end_flag },
    { ARC_WRITE_OFF_REQUEST, "write_off_request.approve", approve },
    { ARC_WRITE_OFF_REQUEST, "write_off_request.reject", reject },
    { ARC_WRITE_OFF_REQUEST, "write_off_request.recover", recover },
    { ARC_STATEMENT_LETTER, "statement_letter.send", send },
    { ARC_STATEMENT_LETTER, "statement_letter.confirm", answer },
    { ARC_FISCAL_PERIOD, "fiscal_period.lock", lock },
    { ARC_FISCAL_PERIOD, "fiscal_period.close", close_period },
    { ARC_FISCAL_PERIOD, "fiscal_period.reopen", reopen },
    { ARC_VOUCHER, "voucher.send", voucher_send },
    { ARC_VOUCHER, "voucher.acknowledge", voucher_take },
    { ARC_VOUCHER, "voucher.reject", voucher_reject },
    { ARC_VOUCHER, "voucher.rebuild", voucher_rebuild },
    { ARC_BILL, "bill.endorse", bill_endorse },
    { ARC_BILL, "bill.discount", bill_discount },
    { ARC_BILL, "bill.collect", bill_collect },
    { ARC_BILL, "bill.dishonour", bill_dishonour },
    { ARC_BILL, "bill.return", bill_return },
    { ARC_BILL, "bill.split", bill_split },
    { ARC_BILL, "bill.reverse", bill_reverse },
    { ARC_CONTRACT, "contract.activate", activate },
    { ARC_CONTRACT, "contract.close", close_contract },
    { ARC_CONTRACT, "contract.plan", plan },
    { ARC_MILESTONE, "milestone.reach", reach },
};
enum { ACTS = sizeof acts / sizeof acts[0] };

/* ---- the walk -------------------------------------------------------------------------------------------------------------------- */

/* A row of the entity, the latest more often; 0: there is none. */
static inline int64_t some(walk *w, uint32_t entity, int credits)
{
    arc_query *q;
    arc_cursor *c;
    arc_field_id id = entity << 16 | 1u;
    int64_t ids[400];
    uint32_t n = 0;
    assert_ok(arc_query_new(w->b->session, &q, entity));
    assert_ok(arc_query_select(q, &id, 1));
    if (credits) assert_ok(arc_query_where_minor(q, ARC_ITEM_AMOUNT, ARC_LT, 0));
    assert_ok(arc_query_order(q, id, 1));
    assert_ok(arc_query_limit(q, 400));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) assert_ok(arc_cursor_get_int(c, &ids[n++], 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return n ? ids[roll(w, 2) ? roll(w, n) : roll(w, n < 4 ? n : 4)] : 0;
}


static inline void walk_open(walk *w, test_book *b, int backend, uint32_t seed)
{
    char map[8000];
    size_t n = sizeof map;
    memset(w, 0, sizeof *w);
    w->b = b;
    w->seed = seed;
    open_book(b, backend);
    (void)record_of(b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"D\"}");
    bills_today = TODAY;
    assert_ok(arc_session_set_business_date(b->session, TODAY));
    for (int i = 1; i <= 3; i++) {
        char json[200];
        snprintf(json, sizeof json, "{\"code\":\"P%d\",\"starts_on\":\"2025-0%d-01\",\"ends_on\":\"2025-0%d-28\"}", i, i, i);
        (void)sample_insert(b->session, ARC_FISCAL_PERIOD, json);
    }
    assert_ok(arc_account_map_shipped(map, &n, "china"));
    world_map(b, "main", map);
}

#endif
