/* SPDX-License-Identifier: Apache-2.0 */
/* Due dates that follow an event: once the day of delivery, acceptance or receipt is known, items that had no due date for want of it get one. */
#include <string.h>

#include "arcore/fields.h"
#include "billing/invoice.h"
#include "billing/invoice_step.h"
#include "billing/terms.h"
#include "ledger/period.h"

enum { I_INVOICE, I_SEQ, I_ID, I_KIND, I_CURRENCY, I_COLUMNS };
static const char item_fields[] = "invoice seq id kind currency";
enum { S_ITEM, S_VERSION, S_DUE, S_OPEN, S_CUSTOMER, S_COLUMNS };

typedef struct follower {
    arci_steps *s;
    arci_term_book terms;
    arci_rows items;
    arc_value *states;
    uint8_t *found;
    arc_date *due; /* new one by item, ARC_DATE_NONE: none */
} follower;

static arc_date date_or(const arc_value *v, arc_date otherwise) { return v->type == ARC_V_INT ? (arc_date)v->u.i : otherwise; }
static arc_date first(arc_date a, arc_date b) { return a != ARC_DATE_NONE ? a : b; }

static void fill_facts(const follower *x, uint32_t i, arc_terms_facts *f, const arci_term *term)
{
    const arc_value *row = x->s->rows[i];
    const arc_invoice_step *e = &x->s->list[i];
    arc_date hand = date_or(&row[ARCI_STEP_BASE_DATE], ARC_DATE_NONE);
    (void)arc_terms_facts_init(f);
    f->invoice = hand == ARC_DATE_NONE ? (arc_date)row[ARCI_STEP_DATE].u.i : hand;
    f->delivery = first(e->delivered_on, date_or(&row[ARCI_STEP_DELIVERED_ON], hand));
    f->acceptance = first(e->accepted_on, date_or(&row[ARCI_STEP_ACCEPTED_ON], hand));
    f->received = x->s->verb == ARCI_DO_INVOICE_DELIVER ? arci_step_day(x->s, i) : date_or(&row[ARCI_STEP_RECEIVED_ON], hand);
    f->calendar = term->calendar;
}

static arc_status read_rows(follower *x, const arc_value *ids, uint32_t n)
{
    arci_posting *p = x->s->p;
    const arci_shape *shape;
    arc_status st = arci_steps_items(x->s, &x->items, item_fields, ids, n);
    if (st != ARC_OK || !x->items.n_rows) return st;
    int64_t *item_ids = arci_arena_alloc(x->s->arena, x->items.n_rows * sizeof *item_ids);
    x->due = arci_arena_alloc(x->s->arena, x->items.n_rows * sizeof *x->due);
    if (!item_ids || !x->due) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < x->items.n_rows; r++) {
        item_ids[r] = x->items.values[(size_t)r * I_COLUMNS + I_ID].u.i;
        x->due[r] = ARC_DATE_NONE;
    }
    st = arci_shape_get(p->t, &shape, "item_state", "item version due_date open customer");
    return st == ARC_OK ? arci_repo_get_many(p->t, shape, item_ids, x->items.n_rows, x->s->arena, &x->states, &x->found) : st;
}

/* The rule an item's due date came from. Instalments were numbered in order of the term's lines; those that were too small to exist shifted the rest, which
 * only happens where all lines share one event. */
static arc_status rule_of(follower *x, uint32_t i, const arc_value *item, const arci_term **term, const arc_due_rule **rule)
{
    const arc_value *row = x->s->rows[i];
    int kept = arci_code_is(&item[I_KIND], "retention");
    const arc_value *text = &row[kept ? ARCI_STEP_RETENTION_TERM : ARCI_STEP_TERM];
    *rule = NULL;
    if (text->type != ARC_V_TEXT || !text->len) return ARC_OK;
    arc_status st = arci_term_find(&x->terms, term, text, (arc_date)row[ARCI_STEP_DATE].u.i);
    if (st != ARC_OK) return st;
    int64_t at = kept ? 0 : item[I_SEQ].u.i - 1;
    if (at < (*term)->terms.n_lines) *rule = &(*term)->terms.lines[at].due;
    return ARC_OK;
}

static arc_status follow(follower *x, uint32_t i, uint32_t r)
{
    const arc_value *item = x->items.values + (size_t)r * I_COLUMNS, *state = x->states + (size_t)r * S_COLUMNS;
    const arci_term *term = NULL;
    const arc_due_rule *rule;
    arc_terms_facts f;
    if (!x->found[r] || state[S_DUE].type == ARC_V_INT || !state[S_OPEN].u.i) return ARC_OK;
    arc_status st = rule_of(x, i, item, &term, &rule);
    if (st != ARC_OK || !rule) return st;
    fill_facts(x, i, &f, term);
    st = arci_due_date(&x->due[r], rule, &f);
    return st == ARC_OK ? ARC_OK : arci_fail(x->s->p->t->env, st, "the due date does not work out", "到期日无法计算");
}

static arc_status write_due(follower *x, const uint32_t *of)
{
    arci_posting *p = x->s->p;
    const arci_shape *adjustment, *state;
    arci_batch *b[2];
    uint32_t at = 0;
    arc_status st = arci_shape_get(p->t, &adjustment, "adjustment", "item effective_date currency due_date reason_code reason");
    if (st == ARC_OK) st = arci_shape_get(p->t, &state, "item_state", "due_date");
    if (st == ARC_OK) st = arci_batch_new(p->t, x->s->arena, &b[0], adjustment, ARC_WRITE_INSERT, x->items.n_rows, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK) st = arci_batch_new(p->t, x->s->arena, &b[1], state, ARC_WRITE_UPDATE, x->items.n_rows, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t r = 0; r < x->items.n_rows && st == ARC_OK; r++) {
        const arc_value *item = x->items.values + (size_t)r * I_COLUMNS, *s = x->states + (size_t)r * S_COLUMNS;
        if (of[r] == UINT32_MAX || !arci_step_good(x->s, of[r]) || x->due[r] == ARC_DATE_NONE) continue;
        arc_date day = arci_step_day(x->s, of[r]);
        arc_value *v = arci_batch_row(b[0], at);
        v[0] = item[I_ID];
        if (day == ARC_DATE_NONE) day = (arc_date)x->s->rows[of[r]][ARCI_STEP_DATE].u.i;
        st = arci_period_open_day(p->t, &day, day); /* reports of closed days stay as they were */
        v[1] = arci_v_int(day);
        v[2] = item[I_CURRENCY];
        v[3] = arci_v_int(x->due[r]);
        v[4] = arci_v_text("unknown", 7);
        v[5] = arci_v_text("the date its term counts from is known", 38);
        arci_batch_key(b[1], at)[0] = item[I_ID];
        arci_batch_guard(b[1], at)[0] = s[S_VERSION];
        arci_batch_row(b[1], at++)[0] = arci_v_int(x->due[r]);
        char currency[4] = { 0 };
        memcpy(currency, item[I_CURRENCY].u.s, 3);
        arci_account_change *c = arci_accounts_at(&p->accounts, s[S_CUSTOMER].u.i, currency);
        if (!c) return arci_nomem(p->t->env);
        if (s[S_OPEN].u.i > 0 && (c->oldest_due == ARC_DATE_NONE || x->due[r] < c->oldest_due)) c->oldest_due = x->due[r];
        if (s[S_OPEN].u.i > 0) arci_account_due(&p->accounts, c, arci_batch_row(b[1], at - 1), s[S_OPEN].u.i); /* it had none */
    }
    if (st != ARC_OK || !at) return st;
    b[0]->n_rows = b[1]->n_rows = at;
    return arci_repo_write(p->t, b, 2, NULL);
}

static arc_status run(follower *x)
{
    arci_steps *s = x->s;
    uint32_t n = 0;
    arc_value *ids = arci_arena_alloc(s->arena, s->p->n * sizeof *ids);
    if (!ids) return arci_nomem(s->p->t->env);
    for (uint32_t i = 0; i < s->p->n; i++) {
        if (arci_step_good(s, i)) ids[n++] = s->rows[i][ARCI_STEP_ID];
    }
    if (!n) return ARC_OK;
    arc_status st = read_rows(x, ids, n);
    if (st != ARC_OK || !x->items.n_rows) return st;
    uint32_t *of = arci_arena_alloc(s->arena, x->items.n_rows * sizeof *of);
    if (!of) return arci_nomem(s->p->t->env);
    for (uint32_t r = 0; r < x->items.n_rows && st == ARC_OK; r++) {
        const arc_value *item = x->items.values + (size_t)r * I_COLUMNS;
        of[r] = arci_step_of(s, item[I_INVOICE].u.i);
        if (of[r] == UINT32_MAX) continue;
        arc_status judged = follow(x, of[r], r);
        if (judged == ARC_OK) continue;
        if (judged == ARC_E_NOMEM || s->p->t->doomed) return judged;
        arci_fail_at(s->p->t->env, "invoice", "term", s->list[of[r]].invoice, -1);
        arci_posting_refuse(s->p, of[r], judged);
    }
    return write_due(x, of);
}

arc_status arci_steps_due(arci_steps *s)
{
    follower x = { .s = s };
    arci_term_book_init(&x.terms, s->p->t, s->arena);
    arc_status st = run(&x);
    arci_term_book_clear(&x.terms);
    return st;
}
