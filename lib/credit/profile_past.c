/* SPDX-License-Identifier: Apache-2.0 */
/* How customers stood on a day, as known then: folded from their items and all that ever happened to these, which are read by index. Nothing that is kept is used. */
#include <stdlib.h>
#include <string.h>

#include "credit/profile.h"
#include "ledger/items.h"
#include "store/computed.h"

enum { I_ID, I_CUSTOMER, I_CURRENCY, I_KIND, I_AMOUNT, I_SEQ, I_DATE, I_DUE };
static const char item_fields[] = "id customer currency kind amount seq business_date due_date";
enum { A_ITEM, A_CREDIT, A_ID, A_DATE, A_AMOUNT, A_DISCOUNT, A_WRITE_OFF, A_DAYS, A_REVERSES };
static const char allocation_fields[] = "item credit_item id effective_date amount discount write_off days_late reverses";
enum { J_ITEM, J_ID, J_DATE, J_AMOUNT, J_DUE, J_KIND };
static const char adjustment_fields[] = "item id effective_date amount due_date kind";
enum { U_ITEM, U_ID, U_DATE, U_AMOUNT, U_CONSUMES };
static const char use_fields[] = "item id effective_date amount consumes";

typedef struct past_item {
    int64_t id, customer, amount, seq, open;
    char currency[4];
    arc_date date, due;
    arc_value kind, kind_then; /* as it was made; on the day */
    int64_t moved; /* adjustment it was moved by last */
} past_item;

typedef struct past {
    arci_standings *s;
    past_item *list; /* by id */
    uint32_t n, cap;
    int64_t *ids;
    uint16_t allocation, adjustment, use, item; /* entities */
} past;

static uint16_t entity_id(const char *name) { return arci_entity_by_name(name, strlen(name))->id; }

static int was_known(const past *p, uint16_t entity, int64_t row) { return !p->s->known || arci_known_has(p->s->known, entity, row); }

static arc_date day_of(const arc_value *v) { return v->type == ARC_V_INT ? (arc_date)v->u.i : ARC_DATE_NONE; }

/* Rows that are read go by; a code of theirs is to stay. */
static int keep_text(past *p, arc_value *out, const arc_value *v)
{
    const char *s = arci_arena_strndup(p->s->arena, v->u.s, v->len);
    *out = arci_v_text(s, v->len);
    return s != NULL;
}

static arc_status take_item(void *user, const arc_value *v)
{
    past *p = user;
    if (!was_known(p, p->item, v[I_ID].u.i)) return ARC_OK;
    if (p->n == p->cap) {
        const uint32_t cap = p->cap ? p->cap * 2 : 64;
        past_item *grown = arci_arena_alloc(p->s->arena, cap * sizeof *grown);
        if (!grown) return arci_nomem(p->s->t->env);
        if (p->n) memcpy(grown, p->list, p->n * sizeof *grown);
        p->list = grown;
        p->cap = cap;
    }
    past_item x = { .id = v[I_ID].u.i, .customer = v[I_CUSTOMER].u.i, .amount = v[I_AMOUNT].u.i, .seq = v[I_SEQ].u.i, .open = v[I_AMOUNT].u.i, .date = day_of(&v[I_DATE]), .due = day_of(&v[I_DUE]) };
    memcpy(x.currency, v[I_CURRENCY].u.s, v[I_CURRENCY].len < 3 ? v[I_CURRENCY].len : 3);
    if (!keep_text(p, &x.kind, &v[I_KIND])) return arci_nomem(p->s->t->env);
    x.kind_then = x.kind;
    p->list[p->n++] = x;
    return ARC_OK;
}

static int by_id(const void *x, const void *y)
{
    const past_item *a = x, *b = y;
    return (a->id > b->id) - (a->id < b->id);
}

static past_item *item_of(past *p, const arc_value *id)
{
    const uint32_t at = id->type == ARC_V_INT ? arci_id_place(p->ids, p->n, id->u.i) : UINT32_MAX;
    return at == UINT32_MAX ? NULL : &p->list[at];
}

static arci_standing *standing_of(past *p, const past_item *x)
{
    const arc_value currency = arci_v_text(x->currency, 3);
    return arci_standing_at(p->s, x->customer, &currency);
}

static arc_status take_allocation(void *user, const arc_value *v)
{
    past *p = user;
    past_item *x = item_of(p, &v[A_ITEM]);
    if (!x || v[A_DATE].u.i > p->s->as_of || !was_known(p, p->allocation, v[A_ID].u.i)) return ARC_OK;
    x->open -= v[A_AMOUNT].u.i + v[A_DISCOUNT].u.i + v[A_WRITE_OFF].u.i;
    if (v[A_DAYS].type != ARC_V_INT) return ARC_OK;
    arci_standing *s = standing_of(p, x);
    if (!s) return arci_nomem(p->s->t->env);
    arci_conduct_pay(s->conduct, v[A_AMOUNT].u.i, v[A_DAYS].u.i, v[A_REVERSES].type == ARC_V_INT ? -1 : 1);
    return ARC_OK;
}

static arc_status take_credit(void *user, const arc_value *v)
{
    past *p = user;
    past_item *x = item_of(p, &v[A_CREDIT]);
    if (x && v[A_DATE].u.i <= p->s->as_of && was_known(p, p->allocation, v[A_ID].u.i)) x->open += v[A_AMOUNT].u.i;
    return ARC_OK;
}

static arc_status take_adjustment(void *user, const arc_value *v)
{
    past *p = user;
    past_item *x = item_of(p, &v[J_ITEM]);
    if (!x || v[J_DATE].u.i > p->s->as_of || !was_known(p, p->adjustment, v[J_ID].u.i)) return ARC_OK;
    if (v[J_AMOUNT].type == ARC_V_INT) x->open += v[J_AMOUNT].u.i;
    if (v[J_ID].u.i < x->moved) return ARC_OK; /* an older one */
    if (v[J_DUE].type == ARC_V_INT || v[J_KIND].type == ARC_V_TEXT) x->moved = v[J_ID].u.i;
    if (v[J_DUE].type == ARC_V_INT) x->due = day_of(&v[J_DUE]);
    return v[J_KIND].type != ARC_V_TEXT || keep_text(p, &x->kind_then, &v[J_KIND]) ? ARC_OK : arci_nomem(p->s->t->env);
}

static arc_status take_use(void *user, const arc_value *v)
{
    past *p = user;
    past_item *x = item_of(p, &v[U_ITEM]);
    if (x && v[U_CONSUMES].type == ARC_V_INT && v[U_CONSUMES].u.i && v[U_DATE].u.i <= p->s->as_of && was_known(p, p->use, v[U_ID].u.i)) x->open -= v[U_AMOUNT].u.i;
    return ARC_OK;
}

static arc_status add_up(past *p)
{
    arci_standings *s = p->s;
    for (uint32_t i = 0; i < p->n; i++) {
        const past_item *x = &p->list[i];
        if (arci_item_counts(&x->kind_then) != ARCI_COUNTS_OPEN) continue;
        arci_standing *of = standing_of(p, x);
        if (!of) return arci_nomem(s->t->env);
        if (arci_conduct_deal(of->conduct, &x->kind, x->amount, x->seq)) {
            if (of->first_deal == ARC_DATE_NONE || x->date < of->first_deal) of->first_deal = x->date;
            if (x->date > of->last_deal) of->last_deal = x->date;
        }
        of->open += x->open; /* within ARC_MONEY_MAX on any day, as the account is */
        if (x->open <= 0) continue;
        arci_acc_add(&of->debit, x->open);
        of->n_debit++;
        const arc_date due = x->due;
        if (due == ARC_DATE_NONE) continue;
        if (of->oldest_due == ARC_DATE_NONE || due < of->oldest_due) of->oldest_due = due;
        if (due >= s->as_of) continue;
        arci_acc_add(&of->overdue, x->open);
        of->n_overdue++;
        arci_conduct_weigh(&of->overdue_days, x->open, s->as_of - due);
        if (s->as_of - due > of->worst) of->worst = s->as_of - due;
    }
    return ARC_OK;
}

static arc_status read_all(past *p)
{
    arci_standings *s = p->s;
    const arci_shape *items, *allocations, *adjustments, *uses;
    arci_where until;
    arc_status st = arci_shape_get(s->t, &items, "item", item_fields);
    if (st == ARC_OK) st = arci_shape_get(s->t, &allocations, "allocation", allocation_fields);
    if (st == ARC_OK) st = arci_shape_get(s->t, &adjustments, "adjustment", adjustment_fields);
    if (st == ARC_OK) st = arci_shape_get(s->t, &uses, "invoice_item", use_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&until);
    arci_where_int(&until, items->cols[I_DATE], ARC_OP_LE, s->as_of);
    st = arci_find_in(s->t, s->arena, items, items->cols[I_CUSTOMER], s->ids, s->n_ids, &until, NULL, 0, take_item, p);
    if (st != ARC_OK || !p->n) return st;
    qsort(p->list, p->n, sizeof *p->list, by_id);
    p->ids = arci_arena_alloc(s->arena, p->n * sizeof *p->ids);
    if (!p->ids) return arci_nomem(s->t->env);
    for (uint32_t i = 0; i < p->n; i++) p->ids[i] = p->list[i].id;
    st = arci_find_in(s->t, s->arena, allocations, allocations->cols[A_ITEM], p->ids, p->n, NULL, NULL, 0, take_allocation, p);
    if (st == ARC_OK) st = arci_find_in(s->t, s->arena, allocations, allocations->cols[A_CREDIT], p->ids, p->n, NULL, NULL, 0, take_credit, p);
    if (st == ARC_OK) st = arci_find_in(s->t, s->arena, adjustments, adjustments->cols[J_ITEM], p->ids, p->n, NULL, NULL, 0, take_adjustment, p);
    return st == ARC_OK ? arci_find_in(s->t, s->arena, uses, uses->cols[U_ITEM], p->ids, p->n, NULL, NULL, 0, take_use, p) : st;
}

arc_status arci_standings_past(arci_standings *s)
{
    past p = { .s = s };
    p.item = entity_id("item");
    p.allocation = entity_id("allocation");
    p.adjustment = entity_id("adjustment");
    p.use = entity_id("invoice_item");
    arc_status st = read_all(&p);
    if (st == ARC_OK) st = add_up(&p);
    return st == ARC_OK ? arci_standings_money(s) : st;
}
