/* SPDX-License-Identifier: Apache-2.0 */
/* Allocations and their reversals: insert-only rows between a credit and a debit item; the states beside them follow. */
#include "ledger/allocation.h"

#include <stdio.h>
#include <string.h>

#include "ledger/debt.h"
#include "ledger/given_up.h"
#include "ledger/period.h"
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
    const arci_decided *decided;
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

/* What the elements of a call are judged by. */
typedef struct bounds {
    const char *mode;
    arci_given_up given_up;
    int unearned_allowed, asked;
} bounds;

static arc_status on_unearned(arci_posting *p, arc_status st)
{
    arci_fail_at(p->t->env, "allocation", "unearned", 0, -1);
    return st;
}

static arc_status unearned_fits(arci_posting *p, bounds *b, int64_t unearned)
{
    if (unearned <= 0) return ARC_OK;
    arc_status st = b->asked ? ARC_OK : arci_setting_flag(p->t, "ledger.unearned_discount", &b->unearned_allowed);
    b->asked = st == ARC_OK;
    if (st != ARC_OK || b->unearned_allowed) return st;
    return on_unearned(p, arci_fail(p->t->env, ARC_E_STATE, "this book does not grant discounts that were not earned: charge the rest back, or set ledger.unearned_discount",
                                    "本账簿不允许不符合条件的折扣：请将差额追索，或设置 ledger.unearned_discount"));
}

/* Nobody gives up money through this door: what is given up without a credit has verbs, and authorities, of its own. */
static arc_status may_be_allocated(arci_allot *out, bounds *b, const arc_allocation *a, arc_date day, int64_t *unearned)
{
    arci_posting *p = out->p;
    const int person = p->session->access && (!strcmp(b->mode, "manual") || !strcmp(b->mode, "bill"));
    arc_status st = ARC_OK;
    if (!a->receipt && !a->credit_item) {
        st = arci_fail(p->t->env, ARC_E_RANGE, "an allocation takes from one receipt or credit item; its parts are not negative, and not all zero",
                       "核销须来自一笔回款或一笔贷项；各部分金额不得为负且不得全为零");
        arci_fail_at(p->t->env, "allocation", "amount", 0, -1);
        return st;
    }
    *unearned = a->unearned;
    if (person && a->discount > 0) {
        int64_t least = 0;
        st = arci_discount_unearned(out, &b->given_up, &least, a, day);
        if (st == ARC_OK && a->unearned > 0 && a->unearned < least) {
            const arci_side *item = arci_sides_find(&out->items, a->item);
            char due[ARCI_SAID], named[ARCI_SAID];
            const char *code = item ? item->currency : "";
            st = on_unearned(p, arci_fail(p->t->env, ARC_E_GUARD, "%s of the discount was not earned, not %s", "折扣中有 %s 不符合条件，而非 %s", arci_money_said(due, least, code),
                                          arci_money_said(named, a->unearned, code)));
        }
        if (!a->unearned) *unearned = least;
    }
    if (st == ARC_OK) st = unearned_fits(p, b, *unearned);
    return st == ARC_OK && person ? arci_may_give_up(out, &b->given_up, a->item, a->write_off, a->reason_code, day) : st;
}

static arc_status apply_one(arci_posting *p, arci_allot *out, const arc_allocation *a, bounds *b, const arci_decided *decided)
{
    arci_allot_row row = { .date = a->date == ARC_DATE_NONE ? p->session->business_date : a->date, .receipt = a->receipt, .credit_item = a->credit_item,
                           .item = a->item, .amount = a->amount, .discount = a->discount, .write_off = a->write_off, .credit_amount = a->credit_amount,
                           .mode = b->mode, .reason_code = a->reason_code, .reason = a->reason, .evidence = a->evidence, .order = a->order };
    if (decided) {
        row.rule = decided->rule;
        row.likely = decided->likely;
        row.engine = 1;
        row.flags = decided->others ? ARCI_ALLOT_OTHERS : 0;
    }
    arc_status st = may_be_allocated(out, b, a, row.date, &row.unearned);
    return st == ARC_OK ? arci_allot_add(out, &row) : st;
}

/* What is given up is judged by settings, and by the documents themselves. */
static arc_status ask_given_up(arci_posting *p, const arc_allocation *a)
{
    arc_status st = ARC_OK;
    int any = 0;
    for (uint32_t i = 0; i < p->n && i < 64 && p->t->ahead && st == ARC_OK; i++) {
        if (!a[i].discount && !a[i].write_off && !a[i].unearned) continue;
        any = 1;
        if (a[i].item) st = arci_repo_ask_whole(p->t, "item", a[i].item);
        if (st == ARC_OK && a[i].receipt) st = arci_repo_ask_whole(p->t, "receipt", a[i].receipt);
    }
    if (st == ARC_OK && any) st = arci_setting_ask(p->t, "ledger.unearned_discount");
    return st == ARC_OK && any ? arci_setting_ask(p->t, "ledger.tolerance") : st;
}

static arc_status apply(arci_posting *p, const void *elements)
{
    const batch_of *of = elements;
    arc_allocation *a = NULL;
    arci_allot out;
    bounds b = { of->mode, ARCI_GIVEN_UP_INIT, 0, 0 };
    arc_status st = take_elements(p, &a, of->elements);
    if (st == ARC_OK) st = ask(p, a, of->mode);
    if (st == ARC_OK) st = ask_given_up(p, a);
    if (st == ARC_OK) st = open_sides(p, &out, a);
    if (st == ARC_OK) st = arci_allot_ask_accounts(&out);
    if (st != ARC_OK) return st;
    uint32_t *at = arci_arena_alloc(&p->arena, p->n * sizeof *at);
    if (!at) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (!arci_posting_good(p, i)) continue;
        st = apply_one(p, &out, &a[i], &b, of->decided ? &of->decided[i] : NULL);
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
    batch_of of = { allocations, mode, NULL };
    return arci_posting_run(session, ARCI_DO_ALLOCATION_APPLY, ids, results, allocations ? &of : NULL, n, flags, how, apply);
}

arc_status arci_allocation_decided(arc_session *session, int64_t *ids, const arc_allocation *allocations, const arci_decided *decided, size_t n, uint32_t flags, uint32_t how)
{
    batch_of of = { allocations, "auto", decided };
    return arci_posting_run(session, ARCI_DO_ALLOCATION_APPLY, ids, NULL, allocations ? &of : NULL, n, flags, how, apply);
}

arc_status arc_allocation_apply(arc_session *session, int64_t *ids, arc_status *results, const arc_allocation *allocations, size_t n,
                                uint32_t flags)
{
    return arci_allocation_apply(session, ids, results, allocations, n, flags, 0, "manual");
}

/* ---- reversal ---------------------------------------------------------------------------------------------------------- */

typedef struct reversals {
    arci_ledger_steps *s;
    arci_posting *p;
    const arc_value **old; /* by element, as ARCI_AL_* */
    uint32_t *facts;       /* ledger/states.h */
    int64_t *made;         /* the item that came of it, which is taken back with it; 0: none */
    int64_t *of;           /* the item it settled */
    int64_t *credit;       /* of a refund: the credit item that stands against it */
    arci_allot out;
} reversals;

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }
static int good(const reversals *r, uint32_t i) { return arci_ledger_good(r->s, i); }
static const arc_ledger_step *step(const reversals *r, uint32_t i) { return &r->s->list[i]; }
static int64_t id_in(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

static void note_reversed(void *user, uint32_t i, const arc_value *row)
{
    reversals *r = user;
    (void)row;
    r->facts[i] |= ARCI_ALLOCATION_REVERSED;
}

/* Which rows have been reversed: through the unique index. */
static arc_status find_reversed(reversals *r)
{
    return arci_ledger_about(r->s, NULL, "allocation", "reverses", note_reversed, r);
}

static void name_items(reversals *r)
{
    for (uint32_t i = 0; i < r->p->n; i++) {
        if (!good(r, i)) continue;
        r->of[i] = r->old[i][ARCI_AL_ITEM].u.i;
        r->made[i] = is(&r->old[i][ARCI_AL_MODE], "transfer") || is(&r->old[i][ARCI_AL_MODE], "refund") ? arci_evidence_id(&r->old[i][ARCI_AL_EVIDENCE], "made") : 0;
    }
}

/* What stands of it: items of the rows, and those that came of them. */
static arc_status find_facts(reversals *r)
{
    arci_posting *p = r->p;
    const arc_value **items, **heirs;
    arc_status st = find_reversed(r);
    if (st == ARC_OK) st = arci_ledger_beside(r->s, &items, "item", "kind", r->of);
    if (st == ARC_OK) st = arci_ledger_beside(r->s, &heirs, "item_state", "open", r->made);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        if (!good(r, i)) continue;
        r->facts[i] |= arci_allocation_facts(r->old[i], ARCI_AL_MODE, ARCI_AL_EVIDENCE, ARCI_AL_REVERSES, ARCI_AL_CREDIT_ITEM, items[i] ? items[i] : &r->old[i][ARCI_AL_REVERSES],
                                             r->made[i], heirs[i] ? heirs[i][0].u.i : 0, r->old[i][ARCI_AL_AMOUNT].u.i);
        arc_status why = arci_allocation_tell(p->t, ARCI_DO_ALLOCATION_REVERSE, r->facts[i], step(r, i)->row);
        if (why != ARC_OK && !arci_ledger_refuse(r->s, i, why, NULL, NULL, 0)) return why;
    }
    return st;
}

/* All that would refuse the undoing, before anything is made. */
static arc_status judge(reversals *r, uint32_t i)
{
    arci_env *env = r->p->t->env;
    const arc_ledger_step *e = step(r, i);
    const arc_value *old = r->old[i];
    if (e->date < old[ARCI_AL_DATE].u.i || e->date > ARC_DATE_MAX) {
        arc_status st = arci_fail(env, ARC_E_RANGE, "the date is before the allocation's", "反核销日期早于核销日期");
        arci_fail_at(env, "allocation", "effective_date", e->row, -1);
        return st;
    }
    arc_status st = arci_fact_check(r->p->t, e->date, (arc_date)r->old[i][ARCI_AL_DATE].u.i, "allocation", "effective_date", e->row);
    if (st != ARC_OK || !r->made[i] || is(&old[ARCI_AL_MODE], "refund")) return st;
    const arci_allot_row heir = { .date = e->date, .item = r->made[i], .amount = old[ARCI_AL_AMOUNT].u.i, .reason = e->reason };
    return arci_allot_fits(&r->out, &heir);
}

static arc_status open_out(reversals *r)
{
    arci_posting *p = r->p;
    uint32_t n = 0;
    int64_t *items = arci_arena_calloc(&p->arena, (size_t)p->n * 4 + 1, sizeof *items), *receipts = arci_arena_calloc(&p->arena, p->n, sizeof *receipts);
    if (!items || !receipts) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (!good(r, i)) continue;
        items[n++] = r->old[i][ARCI_AL_ITEM].u.i;
        items[n++] = id_in(&r->old[i][ARCI_AL_CREDIT_ITEM]);
        items[n++] = r->made[i];
        items[n++] = r->credit[i];
        receipts[i] = id_in(&r->old[i][ARCI_AL_RECEIPT]);
    }
    return arci_allot_open(p, &r->out, items, n, receipts, p->n, 2 * p->n);
}

static int makes_any(const reversals *r)
{
    uint32_t i = 0;
    while (i < r->p->n && !r->made[i]) i++;
    return i < r->p->n;
}

/* Locked first, and what must not change meanwhile is asked for behind that. */
static arc_status ask_facts(reversals *r)
{
    const arc_value **items;
    if (!arci_repo_asking(r->p->t)) return ARC_OK;
    arc_status st = open_out(r);
    if (st == ARC_OK) st = find_reversed(r);
    if (st == ARC_OK) st = arci_ledger_beside(r->s, &items, "item", "kind", r->of);
    arci_repo_asked(r->p->t);
    return st;
}

static arc_status make_credits(reversals *r)
{
    arci_posting *p = r->p;
    arci_items items;
    uint32_t n = 0, k = 0;
    int64_t *made = arci_arena_alloc(&p->arena, p->n * sizeof *made);
    arc_date *dates = arci_arena_alloc(&p->arena, p->n * sizeof *dates);
    if (!made || !dates) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (!good(r, i) || !r->made[i] || !is(&r->old[i][ARCI_AL_MODE], "refund")) continue;
        dates[n] = step(r, i)->date;
        made[n++] = r->made[i];
    }
    if (!n) return ARC_OK;
    arc_status st = arci_refunds_undo(p, &items, made, dates, n);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        if (good(r, i) && r->made[i] && is(&r->old[i][ARCI_AL_MODE], "refund")) r->credit[i] = arci_items_id(&items, k++);
    }
    return st == ARC_OK ? open_out(r) : st;
}

/* The row that undoes; of one that made an item another, by which what it made is settled. */
static arc_status undo(reversals *r, uint32_t i)
{
    const arc_ledger_step *e = step(r, i);
    const arc_value *old = r->old[i];
    const int refund = is(&old[ARCI_AL_MODE], "refund");
    arc_status st = arci_allot_undo(&r->out, e->row, old, e->date, e->reason);
    if (st != ARC_OK || !r->made[i]) return st;
    char *evidence = arci_arena_alloc(&r->p->arena, 64);
    if (!evidence) return arci_nomem(r->p->t->env);
    snprintf(evidence, 64, "{\"takes_back\":%lld}", (long long)e->row);
    const arci_allot_row row = { .date = e->date, .credit_item = refund ? r->credit[i] : old[ARCI_AL_CREDIT_ITEM].u.i, .item = r->made[i], .amount = old[ARCI_AL_AMOUNT].u.i,
                                 .mode = refund ? "refund" : "transfer", .reason = e->reason, .evidence = evidence, .flags = refund ? 0 : ARCI_ALLOT_OTHERS };
    return arci_allot_add(&r->out, &row);
}

static arc_status reverse(arci_ledger_steps *s)
{
    reversals r = { .s = s, .p = s->p };
    arci_posting *p = s->p;
    r.facts = arci_arena_calloc(&p->arena, p->n, sizeof *r.facts);
    r.made = arci_arena_calloc(&p->arena, p->n, sizeof *r.made);
    r.credit = arci_arena_calloc(&p->arena, p->n, sizeof *r.credit);
    r.of = arci_arena_calloc(&p->arena, p->n, sizeof *r.of);
    uint32_t *at = arci_arena_calloc(&p->arena, p->n, sizeof *at);
    if (!r.facts || !r.made || !r.credit || !r.of || !at) return arci_nomem(p->t->env);
    arc_status st = arci_ledger_rows(s, &r.old, "allocation", arci_allot_fields, NULL, 1);
    if (st == ARC_OK) name_items(&r);
    if (st == ARC_OK) st = ask_facts(&r);
    if (st == ARC_OK) st = open_out(&r); /* locked before it is looked at again */
    if (st == ARC_OK && !makes_any(&r)) st = arci_allot_ask_accounts(&r.out);
    if (st == ARC_OK) st = find_facts(&r);
    if (st == ARC_OK) st = open_out(&r);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        arc_status why = good(&r, i) ? judge(&r, i) : ARC_OK;
        if (why != ARC_OK && !arci_ledger_refuse(s, i, why, NULL, NULL, 0)) return why;
    }
    if (st == ARC_OK) st = make_credits(&r);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        if (!good(&r, i)) continue;
        at[i] = r.out.rows->n_rows;
        st = undo(&r, i);
    }
    if (st == ARC_OK) st = arci_allot_write(&r.out);
    for (uint32_t i = 0; st == ARC_OK && p->ids && i < p->n; i++) {
        if (good(&r, i)) p->ids[i] = arci_allot_id(&r.out, at[i]);
    }
    return st;
}

static const arci_ledger_verb reverse_verb = { ARCI_DO_ALLOCATION_REVERSE, 0, "allocation", 1, reverse, NULL, NULL };

arc_status arc_allocation_reverse(arc_session *session, int64_t *id, int64_t allocation, arc_date date, const char *reason)
{
    arc_ledger_step s = ARC_LEDGER_STEP_INIT;
    s.row = allocation;
    s.date = date;
    s.reason = reason;
    return arci_ledger_one(session, &reverse_verb, id, &s);
}

arc_status arc_allocation_reverse_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &reverse_verb, ids, results, steps, n, flags);
}
