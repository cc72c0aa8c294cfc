/* SPDX-License-Identifier: Apache-2.0 */
/* Allocations and their reversals: insert-only rows between a credit and a debit item; the states beside them follow. */
#include "ledger/allocation.h"

#include <string.h>

#include "ledger/debt.h"
#include "ledger/refund.h"
#include "ledger/states.h"
#include "store/setting.h"

arc_status arc_allocation_init(arc_allocation *allocation)
{
    static const arc_allocation init = ARC_ALLOCATION_INIT;
    if (!allocation) return ARC_E_INVALID;
    *allocation = init;
    return ARC_OK;
}

typedef struct batch_of {
    const arc_allocation *elements;
    const char *mode;
} batch_of;

static arc_status take_elements(arci_posting *p, arc_allocation **out, const void *elements)
{
    arc_allocation *copies = arci_arena_alloc(&p->arena, p->n * sizeof *copies);
    if (!copies) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) (void)arc_allocation_init(&copies[i]);
    *out = copies;
    return arci_posting_structs(p, copies, sizeof *copies, elements, "allocation");
}

static void ask_text(arci_call *c, const char *s)
{
    arci_call_arg_text(c, s ? s : "", s ? strlen(s) : 0);
}

static arc_status ask(arci_posting *p, const arc_allocation *a, const char *mode)
{
    for (uint32_t i = 0; p->call->request && i < p->n; i++) {
        const int64_t parts[] = { a[i].item, a[i].receipt, a[i].credit_item, a[i].amount, a[i].discount, a[i].write_off, a[i].date, a[i].credit_amount, a[i].unearned };
        for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) arci_call_arg_int(p->call, parts[k]);
        ask_text(p->call, mode);
        ask_text(p->call, a[i].reason_code);
        ask_text(p->call, a[i].reason);
        ask_text(p->call, a[i].evidence);
        ask_text(p->call, a[i].order);
        arci_posting_arg_end(p, i);
    }
    return arci_posting_asked(p);
}

static arc_status open_sides(arci_posting *p, arci_allot *out, const arc_allocation *a)
{
    int64_t *ids = arci_arena_calloc(&p->arena, (size_t)p->n * 2, sizeof *ids);
    int64_t *receipts = arci_arena_calloc(&p->arena, p->n, sizeof *receipts);
    if (!ids || !receipts) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        ids[2 * i] = a[i].item;
        ids[2 * i + 1] = a[i].credit_item;
        receipts[i] = a[i].receipt;
    }
    arc_status st = arci_allot_open(p, out, ids, p->n * 2, receipts, p->n, p->n);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        arc_date date = a[i].date == ARC_DATE_NONE ? p->session->business_date : a[i].date;
        if (date < out->earliest) out->earliest = date;
    }
    return st;
}

/* Nobody gives up money through this door: what is given up without a credit has verbs, and authorities, of its own. */
static arc_status may_be_allocated(arci_posting *p, const arc_allocation *a, int unearned_allowed)
{
    arc_status st = ARC_OK;
    if (!a->receipt && !a->credit_item) {
        st = arci_fail(p->t->env, ARC_E_RANGE, "an allocation takes from one receipt or credit item; its parts are not negative, and not all zero",
                       "核销须来自一笔回款或一笔贷项；各部分金额不得为负且不得全为零");
        arci_fail_at(p->t->env, "allocation", "amount", 0, -1);
    } else if (a->unearned > 0 && !unearned_allowed) {
        st = arci_fail(p->t->env, ARC_E_STATE, "this book does not grant discounts that were not earned: charge the rest back, or set ledger.unearned_discount",
                       "本账簿不允许不符合条件的折扣：请将差额追索，或设置 ledger.unearned_discount");
        arci_fail_at(p->t->env, "allocation", "unearned", 0, -1);
    }
    return st;
}

static arc_status apply_one(arci_posting *p, arci_allot *out, const arc_allocation *a, const char *mode, int unearned_allowed)
{
    const arci_allot_row row = { .date = a->date == ARC_DATE_NONE ? p->session->business_date : a->date, .receipt = a->receipt, .credit_item = a->credit_item,
                                 .item = a->item, .amount = a->amount, .discount = a->discount, .write_off = a->write_off, .unearned = a->unearned,
                                 .credit_amount = a->credit_amount, .mode = mode, .reason_code = a->reason_code, .reason = a->reason, .evidence = a->evidence,
                                 .order = a->order };
    arc_status st = may_be_allocated(p, a, unearned_allowed);
    return st == ARC_OK ? arci_allot_add(out, &row) : st;
}

static arc_status apply(arci_posting *p, const void *elements)
{
    const batch_of *of = elements;
    arc_allocation *a = NULL;
    arci_allot out;
    int unearned = 0, allowed = 0;
    arc_status st = take_elements(p, &a, of->elements);
    if (st == ARC_OK) st = ask(p, a, of->mode);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) unearned |= a[i].unearned > 0;
    if (st == ARC_OK && unearned) st = arci_setting_flag(p->t, "ledger.unearned_discount", &allowed);
    if (st == ARC_OK) st = open_sides(p, &out, a);
    if (st != ARC_OK) return st;
    uint32_t *at = arci_arena_alloc(&p->arena, p->n * sizeof *at);
    if (!at) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (!arci_posting_good(p, i)) continue;
        st = apply_one(p, &out, &a[i], of->mode, allowed);
        if (st == ARC_E_NOMEM || p->t->doomed) return st;
        if (st != ARC_OK) arci_posting_refuse(p, i, st);
        else at[out.rows->n_rows - 1] = i;
    }
    st = arci_allot_write(&out);
    for (uint32_t r = 0; st == ARC_OK && p->ids && r < out.rows->n_rows; r++) p->ids[at[r]] = arci_allot_id(&out, r);
    return st;
}

arc_status arci_allocation_apply(arc_session *session, int64_t *ids, arc_status *results, const arc_allocation *allocations, size_t n,
                                 uint32_t flags, uint32_t how, const char *mode)
{
    batch_of of = { allocations, mode };
    return arci_posting_run(session, ARCI_DO_ALLOCATION_APPLY, ids, results, allocations ? &of : NULL, n, flags, how, apply);
}

arc_status arc_allocation_apply(arc_session *session, int64_t *ids, arc_status *results, const arc_allocation *allocations, size_t n,
                                uint32_t flags)
{
    return arci_allocation_apply(session, ids, results, allocations, n, flags, 0, "manual");
}

/* ---- reversal ---------------------------------------------------------------------------------------------------------- */

typedef struct reversal {
    int64_t allocation;
    arc_date date;
    const char *reason;
} reversal;

static int mode_is(const arc_value *old, const char *mode) { return old[ARCI_AL_MODE].len == strlen(mode) && memcmp(old[ARCI_AL_MODE].u.s, mode, strlen(mode)) == 0; }

/* What an allocation made is taken back with it. */
static arc_status reverse_whole(arci_posting *p, const reversal *r, const arc_value *old)
{
    int64_t undone = 0;
    arc_status st;
    if (arci_evidence_id(p, &old[ARCI_AL_EVIDENCE], "made")) {
        st = mode_is(old, "refund") ? arci_refund_take_back(p, r->allocation, old, r->date, r->reason, &undone)
                                    : arci_debt_take_back(p, r->allocation, old, r->date, r->reason, &undone);
        if (st == ARC_OK && p->ids) p->ids[0] = undone;
        return st;
    }
    return arci_fail(p->t->env, ARC_E_INTERNAL, "a row that made nothing cannot be taken back whole", "该记录没有可撤销的内容");
}

static arc_status reverse_row(arci_posting *p, const reversal *r, const arc_value *old)
{
    if (mode_is(old, "transfer") || mode_is(old, "refund")) return reverse_whole(p, r, old);
    int64_t items[2] = { old[ARCI_AL_ITEM].u.i, old[ARCI_AL_CREDIT_ITEM].type == ARC_V_INT ? old[ARCI_AL_CREDIT_ITEM].u.i : 0 };
    int64_t receipt = old[ARCI_AL_RECEIPT].type == ARC_V_INT ? old[ARCI_AL_RECEIPT].u.i : 0;
    arci_allot out;
    arc_status st = arci_allot_open(p, &out, items, 2, &receipt, 1, 1);
    if (st == ARC_OK) st = arci_allot_undo(&out, r->allocation, old, r->date, r->reason);
    if (st == ARC_OK) st = arci_allot_write(&out);
    if (st == ARC_OK && p->ids) p->ids[0] = arci_allot_id(&out, 0);
    return st;
}

static arc_status reverse(arci_posting *p, const void *elements)
{
    reversal r = *(const reversal *)elements;
    const arci_shape *shape;
    arc_value *old;
    if (r.date == ARC_DATE_NONE) r.date = p->session->business_date;
    arci_call_arg_int(p->call, r.allocation);
    arci_call_arg_int(p->call, r.date);
    arci_call_arg_text(p->call, r.reason, strlen(r.reason));
    arci_posting_arg_end(p, 0);
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "allocation", arci_allot_fields);
    if (st == ARC_OK) st = arci_access_row(p->t, p->t->call->verb, NULL, shape->table->entity, r.allocation);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, r.allocation, &p->arena, &old);
    if (st == ARC_OK) st = arci_allocation_may(p->t, &p->arena, ARCI_DO_ALLOCATION_REVERSE, r.allocation);
    return st == ARC_OK ? reverse_row(p, &r, old) : st;
}

arc_status arc_allocation_reverse(arc_session *session, int64_t *id, int64_t allocation, arc_date date, const char *reason)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = arci_reason_check(&s->env, reason, "allocation");
    if (st != ARC_OK) return arci_call_leave(s, st);
    (void)arci_session_leave(s, st);
    reversal r = { allocation, date, reason };
    return arci_posting_run(session, ARCI_DO_ALLOCATION_REVERSE, id, NULL, &r, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, reverse);
}
