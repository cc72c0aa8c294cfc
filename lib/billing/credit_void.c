/* SPDX-License-Identifier: Apache-2.0 */
/* Voiding a credit note: what it settled of its invoice is open again, so that nothing is settled by it. Only while nobody used what was over, and what it gave back of advances
 * is still there. */
#include <stdlib.h>
#include <string.h>

#include "billing/credit.h"
#include "billing/credit_void.h"
#include "billing/invoice_lock.h"
#include "billing/voids.h"

enum { T_ID, T_VERSION, T_STATUS, T_TAX_STATUS, T_KIND, T_COLUMNS };

typedef struct pair { /* an item and what it is of */
    int64_t item, of;
} pair;

typedef struct advance {
    int64_t id;
    const arc_value *row; /* T_*; NULL: there is none */
    arci_advance_sum left, deducted;
    uint8_t gone; /* void by this call */
} advance;

struct arci_void_notes {
    int64_t *ids; /* of invoices that notes are to, and of advances; ascending */
    arc_value *rows;
    uint8_t *found;
    uint32_t n;
    pair *items, *credits; /* of those invoices; of the notes, with their rows in arci_voids.items; by item */
    uint32_t n_items, n_credits;
    arc_value *settled; /* standing allocations of the notes' credit items */
    int64_t *settled_ids;
    pair *order; /* of them: by element */
    uint32_t n_settled;
    advance *advances;
    uint32_t n_advances;
};

static int by_pair(const void *x, const void *y)
{
    const pair *a = x, *b = y;
    if (a->item != b->item) return a->item < b->item ? -1 : 1;
    return (a->of > b->of) - (a->of < b->of);
}

/* The first with this key. */
static const pair *find(const pair *list, uint32_t n, int64_t item)
{
    uint32_t lo = 0, hi = n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (list[mid].item < item) lo = mid + 1;
        else hi = mid;
    }
    return lo < n && list[lo].item == item ? &list[lo] : NULL;
}

static const arc_value *target_of(const arci_void_notes *x, int64_t id)
{
    uint32_t at = id ? arci_ids_find(x->ids, x->n, id) : UINT32_MAX;
    return at != UINT32_MAX && x->found[at] ? x->rows + (size_t)at * T_COLUMNS : NULL;
}

static int64_t noted(const arci_voids *v, uint32_t i) { return arci_void_issued(v->s, i) && arci_void_is_note(v, i) ? arci_ref(&v->s->rows[i][ARCI_STEP_RED_OF]) : 0; }

int arci_void_of_advance(const arci_voids *v, uint32_t i)
{
    const arc_value *row = target_of(v->notes, noted(v, i));
    return row && arci_code_is(&row[T_KIND], "advance");
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------------- */

static arc_status read_targets(arci_voids *v)
{
    arci_void_notes *x = v->notes;
    arci_txn *t = v->s->p->t;
    const arci_shape *shape;
    uint32_t n = 0;
    x->ids = arci_arena_alloc(v->s->arena, ((size_t)v->s->p->n + v->lines.n_rows + 1) * sizeof *x->ids);
    if (!x->ids) return arci_nomem(t->env);
    for (uint32_t i = 0; i < v->s->p->n; i++) {
        x->ids[n++] = noted(v, i);
        if (arci_void_issued(v->s, i) && arci_code_is(&v->s->rows[i][ARCI_STEP_KIND], "advance")) x->ids[n - 1] = v->s->list[i].invoice;
    }
    for (uint32_t r = 0; r < v->lines.n_rows; r++) x->ids[n++] = arci_ref(&arci_void_line(v, r)[ARCI_VOID_ADVANCE]);
    x->n = arci_ids_unique(x->ids, n);
    if (!x->n) return ARC_OK;
    arc_status st = arci_invoices_lock(t, v->s->arena, x->ids, x->n);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "invoice", "id version status tax_status kind");
    return st == ARC_OK ? arci_repo_get_many(t, shape, x->ids, x->n, v->s->arena, &x->rows, &x->found) : st;
}

static arc_status read_advances(arci_voids *v)
{
    arci_void_notes *x = v->notes;
    arci_txn *t = v->s->p->t;
    arc_status st = ARC_OK;
    x->advances = arci_arena_calloc(v->s->arena, (size_t)x->n + 1, sizeof *x->advances);
    if (!x->advances) return arci_nomem(t->env);
    for (uint32_t k = 0; k < x->n && st == ARC_OK; k++) {
        const arc_value *row = target_of(x, x->ids[k]);
        if (!row || !arci_code_is(&row[T_KIND], "advance")) continue;
        advance *a = &x->advances[x->n_advances++];
        a->id = x->ids[k];
        a->row = row;
        st = arci_advance_left(t, v->s->arena, a->id, &a->left);
        if (st == ARC_OK) st = arci_advance_deducted(t, v->s->arena, a->id, &a->deducted);
    }
    return st;
}

/* Items of the invoices, and what the notes' own items settled. */
static arc_status read_settled(arci_voids *v)
{
    enum { INVOICE, SEQ, ID, COLUMNS };
    arci_void_notes *x = v->notes;
    arci_posting *p = v->s->p;
    const arci_shape *shape;
    arci_rows rows;
    int64_t *ids = arci_arena_alloc(v->s->arena, (v->items.n_rows + 1) * sizeof *ids);
    x->credits = arci_arena_alloc(v->s->arena, (v->items.n_rows + 1) * sizeof *x->credits);
    if (!ids || !x->credits) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < v->items.n_rows; r++) {
        if (v->item_of[r] == UINT32_MAX || !noted(v, v->item_of[r])) continue;
        ids[x->n_credits] = arci_void_item(v, r)[ARCI_VITEM_ID].u.i;
        x->credits[x->n_credits++] = (pair){ arci_void_item(v, r)[ARCI_VITEM_ID].u.i, r };
    }
    if (!x->n_credits) return ARC_OK;
    qsort(x->credits, x->n_credits, sizeof *x->credits, by_pair);
    arc_status st = arci_shape_get(p->t, &shape, "item", "invoice seq id");
    if (st == ARC_OK) st = arci_credit_find(p->t, v->s->arena, shape, x->ids, x->n, &rows);
    if (st == ARC_OK) st = arci_allot_standing_of(p, "credit_item", ids, x->n_credits, &x->settled, &x->settled_ids, &x->n_settled);
    if (st != ARC_OK) return st;
    x->items = arci_arena_alloc(v->s->arena, (rows.n_rows + 1) * sizeof *x->items);
    x->order = arci_arena_alloc(v->s->arena, ((size_t)x->n_settled + 1) * sizeof *x->order);
    if (!x->items || !x->order) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < rows.n_rows; r++) x->items[x->n_items++] = (pair){ rows.values[(size_t)r * COLUMNS + ID].u.i, rows.values[(size_t)r * COLUMNS].u.i };
    if (x->n_items) qsort(x->items, x->n_items, sizeof *x->items, by_pair);
    for (uint32_t r = 0; r < x->n_settled; r++) {
        const arc_value *row = x->settled + (size_t)r * ARCI_AL_N;
        const pair *c = find(x->credits, x->n_credits, row[ARCI_AL_CREDIT_ITEM].u.i);
        x->order[r] = (pair){ v->item_of[c->of], r }; /* they were asked for by these items */
        v->own[c->of] += row[row[ARCI_AL_CREDIT_AMOUNT].type == ARC_V_INT ? ARCI_AL_CREDIT_AMOUNT : ARCI_AL_AMOUNT].u.i;
    }
    if (x->n_settled) qsort(x->order, x->n_settled, sizeof *x->order, by_pair);
    return ARC_OK;
}

uint32_t arci_void_notes_settled(const arci_voids *v, const arc_value **rows)
{
    *rows = v->notes->settled;
    return v->notes->n_settled;
}

arc_status arci_void_notes_open(arci_voids *v)
{
    v->notes = arci_arena_calloc(v->s->arena, 1, sizeof *v->notes);
    if (!v->notes) return arci_nomem(v->s->p->t->env);
    arc_status st = read_targets(v);
    if (st == ARC_OK) st = read_advances(v);
    return st == ARC_OK ? read_settled(v) : st;
}

/* ---- judging ------------------------------------------------------------------------------------------------------------------------- */

static advance *advance_of(const arci_voids *v, int64_t id)
{
    uint32_t lo = 0, hi = v->notes->n_advances;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (v->notes->advances[mid].id < id) lo = mid + 1;
        else hi = mid;
    }
    return id && lo < v->notes->n_advances && v->notes->advances[lo].id == id ? &v->notes->advances[lo] : NULL;
}

/* sign 1: element i deducts nothing any more, nor takes a deduction back; -1: it does again. */
static void move_advances(arci_voids *v, uint32_t i, int sign)
{
    for (uint32_t k = 0; k < v->count[i]; k++) {
        const arc_value *l = arci_void_line(v, v->first[i] + k);
        advance *a = advance_of(v, arci_ref(&l[ARCI_VOID_ADVANCE]));
        if (!a) continue;
        a->left.net -= sign * arci_ref(&l[ARCI_VOID_NET]);
        a->left.tax -= sign * arci_ref(&l[ARCI_VOID_TAX]);
        a->deducted.net += sign * arci_ref(&l[ARCI_VOID_NET]);
        a->deducted.tax += sign * arci_ref(&l[ARCI_VOID_TAX]);
    }
    if (arci_code_is(&v->s->rows[i][ARCI_STEP_KIND], "advance")) advance_of(v, v->s->list[i].invoice)->gone = sign > 0;
}

static void refuse(arci_voids *v, uint32_t i, arc_status st, const char *en, const char *zh)
{
    int n;
    const char *name = arci_step_name(v->s, i, &n);
    arci_step_refuse(v->s, i, st, "status", "%.*s cannot be voided: %s%.0s", "单据 %.*s 不能作废：%.0s%s", n, name, en, zh);
}

/* Deductions that it took back would stand again. */
static int deducts_again(const arci_voids *v, uint32_t i)
{
    for (uint32_t k = 0; k < v->count[i]; k++) {
        const advance *a = advance_of(v, arci_ref(&arci_void_line(v, v->first[i] + k)[ARCI_VOID_ADVANCE]));
        if (a && (a->left.net < 0 || a->left.tax < 0 || a->gone || arci_code_is(&a->row[T_STATUS], "voided"))) return 0;
    }
    return 1;
}

/* Whether all that a note settled is of its own invoice, and by itself. */
static int only_own(const arci_voids *v, uint32_t i)
{
    const arci_void_notes *x = v->notes;
    const pair *o = find(x->order, x->n_settled, i);
    for (; o && o < x->order + x->n_settled && o->item == i; o++) {
        const arc_value *row = x->settled + (size_t)o->of * ARCI_AL_N;
        const pair *item = find(x->items, x->n_items, row[ARCI_AL_ITEM].u.i);
        if (!item || item->of != noted(v, i) || !arci_code_is(&row[ARCI_AL_MODE], "credit_note")) return 0;
    }
    return 1;
}

void arci_void_notes_undo(arci_voids *v, uint32_t i) { move_advances(v, i, -1); }

arc_status arci_void_notes_judge(arci_voids *v, uint32_t i)
{
    const advance *a = arci_code_is(&v->s->rows[i][ARCI_STEP_KIND], "advance") ? advance_of(v, v->s->list[i].invoice) : NULL;
    if (!only_own(v, i)) {
        refuse(v, i, ARC_E_STATE, "what was over of the credit note is used already, take that back first", "红字单据的余额已被使用，请先撤销该使用");
    } else if (a && (a->deducted.net || a->deducted.tax)) {
        refuse(v, i, ARC_E_STATE, "the advance is deducted by other invoices: void or credit those first", "预收发票已被抵扣，请先作废或红冲抵扣发票");
    }
    if (!arci_step_good(v->s, i)) return ARC_OK;
    move_advances(v, i, 1);
    if (!arci_void_is_note(v, i) || deducts_again(v, i)) return ARC_OK;
    move_advances(v, i, -1);
    refuse(v, i, ARC_E_GUARD, "the advance that it gave back is deducted by other invoices, or void", "其退回的预收款已被其他发票抵扣或已作废");
    return ARC_OK;
}

/* ---- writing -------------------------------------------------------------------------------------------------------------------------- */

/* Invoices that were credited in full owe again; those that are void now themselves do not. */
static arc_status reopen(arci_voids *v)
{
    const arci_void_notes *x = v->notes;
    arci_posting *p = v->s->p;
    const arci_shape *shape;
    arci_batch *b;
    uint32_t at = 0, n = 0;
    int64_t *ids = arci_arena_alloc(v->s->arena, p->n * sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) ids[n++] = noted(v, i);
    n = arci_ids_unique(ids, n);
    if (!n) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", "status tax_status");
    if (st == ARC_OK) st = arci_batch_new(p->t, v->s->arena, &b, shape, ARC_WRITE_UPDATE, n, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t k = 0; k < n && st == ARC_OK; k++) {
        const arc_value *row = target_of(x, ids[k]);
        if (!row || !arci_code_is(&row[T_STATUS], "credited")) continue;
        arci_batch_key(b, at)[0] = row[T_ID];
        arci_batch_guard(b, at)[0] = row[T_VERSION];
        arci_batch_row(b, at)[0] = arci_v_text("issued", 6);
        arci_batch_row(b, at++)[1] = arci_code_is(&row[T_TAX_STATUS], "red") ? arci_v_text("issued", 6) : row[T_TAX_STATUS];
    }
    if (st != ARC_OK || !at) return st;
    b->n_rows = at;
    return arci_repo_write(p->t, &b, 1, NULL);
}

static arc_status undo(arci_voids *v)
{
    const arci_void_notes *x = v->notes;
    arci_allot a;
    uint32_t n = 0;
    int64_t *items = arci_arena_alloc(v->s->arena, (2 * (size_t)x->n_settled + 1) * sizeof *items);
    if (!items) return arci_nomem(v->s->p->t->env);
    for (uint32_t k = 0; k < x->n_settled; k++) {
        const arc_value *row = x->settled + (size_t)x->order[k].of * ARCI_AL_N;
        if (!arci_step_good(v->s, (uint32_t)x->order[k].item)) continue;
        items[n++] = row[ARCI_AL_ITEM].u.i;
        items[n++] = row[ARCI_AL_CREDIT_ITEM].u.i;
    }
    if (!n) return ARC_OK;
    arc_status st = arci_allot_open(v->s->p, &a, items, n, NULL, 0, n / 2);
    for (uint32_t k = 0; k < x->n_settled && st == ARC_OK; k++) {
        uint32_t i = (uint32_t)x->order[k].item, r = (uint32_t)x->order[k].of;
        if (arci_step_good(v->s, i)) st = arci_allot_undo(&a, x->settled_ids[r], x->settled + (size_t)r * ARCI_AL_N, arci_step_day(v->s, i), v->s->list[i].reason);
    }
    return st == ARC_OK ? arci_allot_write(&a) : st;
}

arc_status arci_void_notes_write(arci_voids *v)
{
    arc_status st = undo(v);
    return st == ARC_OK ? reopen(v) : st;
}

arc_status arci_credit_waits(arci_steps *s)
{
    const arci_shape *shape;
    arci_posting *p = s->p;
    arc_value *ids = arci_arena_alloc(s->arena, p->n * sizeof *ids);
    uint32_t n = 0;
    arc_status st = ids ? arci_shape_get(p->t, &shape, "invoice", "red_of status") : arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (arci_step_good(s, i) && !arci_code_is(&s->rows[i][ARCI_STEP_STATUS], "draft")) ids[n++] = arci_v_int(s->list[i].invoice);
    }
    for (uint32_t at = 0; at < n && st == ARC_OK; at += ARCI_STEPS_AT_ONCE) {
        arci_where w;
        arci_rows rows;
        int k;
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], ids + at, n - at < ARCI_STEPS_AT_ONCE ? n - at : ARCI_STEPS_AT_ONCE);
        st = arci_repo_find(p->t, shape, &w, NULL, 0, 0, s->arena, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
            const arc_value *v = rows.values + (size_t)r * 2;
            uint32_t i = arci_step_of(s, v[0].u.i);
            if (!arci_code_is(&v[1], "approved") || i == UINT32_MAX || !arci_step_good(s, i)) continue;
            const char *name = arci_step_name(s, i, &k);
            arci_step_refuse(s, i, ARC_E_STATE, "status", "invoice %.*s: a red-letter credit note to it waits for the tax service", "发票 %.*s 有待税务确认的红字单据", k, name);
        }
    }
    return st;
}
