/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the verbs that settle and of those around receipts and debts, for the permission matrix. */
#ifndef TESTS_API_MATRIX_SETTLE_H
#define TESTS_API_MATRIX_SETTLE_H

#include "api/matrix.h"

/* Judged and refused for what the row is: the actor may. */
static arc_status judged(matrix *m, arc_status st)
{
    arc_error e = ARC_ERROR_INIT;
    (void)arc_session_error(m->actor, &e);
    if (st == ARC_E_FORBIDDEN && (!strcmp(e.field, "open") || !strcmp(e.field, "amount"))) return ARC_OK; /* beyond his authority */
    return st == ARC_E_STATE || st == ARC_E_GUARD ? ARC_OK : st;
}

static arc_status drive_settle(matrix *m, int t)
{
    const arc_settle_options init = ARC_SETTLE_OPTIONS_INIT;
    arc_settle_options o = init;
    o.flags = ARC_SETTLE_DRY;
    return arc_receipt_settle(m->actor, NULL, NULL, m->open_receipt[t], &m->open_item[t], NULL, 1, &o);
}

static arc_status drive_offer(matrix *m, int t)
{
    arc_offer o = ARC_OFFER_INIT;
    return arc_item_offer(m->actor, &o, m->open_item[t], ARC_DATE_NONE, 0, NULL);
}

static arc_status drive_suggest(matrix *m, int t)
{
    size_t n = 0;
    arc_status st = arc_receipt_suggest(m->actor, NULL, NULL, &n, m->open_receipt[t], ARC_DATE_NONE, 0);
    return st == ARC_E_BUFFER ? ARC_OK : st;
}

static arc_status drive_give_up(matrix *m, int t)
{
    return judged(m, arc_item_give_up(m->actor, NULL, m->open_item[t], ARC_DATE_NONE, "tail"));
}

static arc_status drive_claim(matrix *m, int t) { return judged(m, arc_receipt_claim(m->actor, m->open_receipt[t], m->customer[t], ARC_DATE_NONE)); }
static arc_status drive_unclaim(matrix *m, int t) { return judged(m, arc_receipt_unclaim(m->actor, m->open_receipt[t], ARC_DATE_NONE, "wrong")); }
static arc_status drive_return(matrix *m, int t) { return judged(m, arc_receipt_return(m->actor, m->open_receipt[t], ARC_DATE_NONE, "bounced")); }
static arc_status drive_refund(matrix *m, int t) { return arc_receipt_refund(m->actor, NULL, m->open_receipt[t], 0, 1, ARC_DATE_NONE, "twice"); }
static arc_status drive_transfer(matrix *m, int t) { return judged(m, arc_item_transfer(m->actor, NULL, m->open_item[t], m->customer[t], 0, ARC_DATE_NONE, "letter")); }
static arc_status drive_extend(matrix *m, int t) { return judged(m, arc_item_extend(m->actor, NULL, m->open_item[t], PEOPLE_DAY + 400, ARC_DATE_NONE, "agreed")); }
static arc_status drive_unextend(matrix *m, int t) { return judged(m, arc_adjustment_reverse(m->actor, NULL, m->adjustment[t], ARC_DATE_NONE, "broken")); }

static arc_status drive_ask(matrix *m, int t)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"new\",\"customer\":%d,\"items\":[%d],\"currency\":\"CNY\",\"amount\":\"1.00\",\"reason\":\"bankrupt\"}", (int)m->customer[t],
             (int)m->open_item[t]);
    arc_record *r = record(m->actor, ARC_WRITE_OFF_REQUEST, json);
    arc_status st = arc_write_off_request(m->actor, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status drive_write_off(matrix *m, int t) { return judged(m, arc_write_off_approve(m->actor, NULL, m->request[t], ARC_DATE_NONE, "yes")); }
static arc_status drive_no_write_off(matrix *m, int t) { return arc_write_off_reject(m->actor, m->request[t], "no"); }
static arc_status drive_recover(matrix *m, int t) { return judged(m, arc_write_off_recover(m->actor, NULL, m->request[t], 0, ARC_DATE_NONE, "paid")); }

/* ---- many ---- */

typedef arc_status (*many_fn)(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);

static arc_status drive_many(matrix *m, many_fn fn, int64_t row, int64_t customer, const char *reason)
{
    arc_ledger_step s = ARC_LEDGER_STEP_INIT;
    s.row = row;
    s.customer = customer;
    s.reason = reason;
    s.due_date = PEOPLE_DAY + 400;
    return judged(m, fn(m->actor, NULL, NULL, &s, 1, ARC_ALL_OR_NONE));
}

static arc_status drive_write_offs(matrix *m, int t) { return drive_many(m, arc_write_off_approve_many, m->request[t], 0, "yes"); }
static arc_status drive_no_write_offs(matrix *m, int t) { return drive_many(m, arc_write_off_reject_many, m->request[t], 0, "no"); }
static arc_status drive_recoveries(matrix *m, int t) { return drive_many(m, arc_write_off_recover_many, m->request[t], 0, "paid"); }

static arc_status drive_asks(matrix *m, int t)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"new many\",\"customer\":%d,\"items\":[%d],\"currency\":\"CNY\",\"amount\":\"1.00\",\"reason\":\"bankrupt\"}", (int)m->customer[t],
             (int)m->open_item[t]);
    arc_record *r = record(m->actor, ARC_WRITE_OFF_REQUEST, json);
    arc_status st = arc_write_off_request_many(m->actor, NULL, NULL, &r, 1, ARC_ALL_OR_NONE);
    arc_record_free(r);
    return st;
}

static arc_status drive_refunds(matrix *m, int t) { return drive_many(m, arc_receipt_refund_many, m->open_receipt[t], 0, "twice"); }
static arc_status drive_give_ups(matrix *m, int t) { return drive_many(m, arc_item_give_up_many, m->open_item[t], 0, "tail"); }
static arc_status drive_transfers(matrix *m, int t) { return drive_many(m, arc_item_transfer_many, m->open_item[t], m->customer[t], "letter"); }
static arc_status drive_charge_backs(matrix *m, int t) { return drive_many(m, arc_item_charge_back_many, m->open_item[t], 0, "damaged"); }
static arc_status drive_carry_overs(matrix *m, int t) { return drive_many(m, arc_item_carry_over_many, m->open_item[t], 0, "rest"); }
static arc_status drive_extensions(matrix *m, int t) { return drive_many(m, arc_item_extend_many, m->open_item[t], 0, "agreed"); }
static arc_status drive_unextensions(matrix *m, int t) { return drive_many(m, arc_adjustment_reverse_many, m->adjustment[t], 0, "broken"); }
static arc_status drive_reversals(matrix *m, int t) { return drive_many(m, arc_allocation_reverse_many, m->allocation[t], 0, "wrong"); }
static arc_status drive_claims(matrix *m, int t) { return drive_many(m, arc_receipt_claim_many, m->open_receipt[t], m->customer[t], NULL); }
static arc_status drive_unclaims(matrix *m, int t) { return drive_many(m, arc_receipt_unclaim_many, m->open_receipt[t], 0, "wrong"); }
static arc_status drive_returns(matrix *m, int t) { return drive_many(m, arc_receipt_return_many, m->open_receipt[t], 0, "bounced"); }

#endif
