/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts of orders and invoices in exposure. What a draft of an invoice is to consume is counted once: with the draft, and not with the order, the delivery, the plan or the estimate. */
#include <string.h>

#include "base/json.h"
#include "credit/exposure.h"
#include "ledger/items.h"

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static int looked_at(const arci_stakes *s, int invoice, int64_t row)
{
    for (uint32_t i = 0; i < s->ask->n_papers; i++) {
        if (s->ask->papers[i].row == row && s->ask->papers[i].invoice == invoice) return 1;
    }
    return 0;
}

/* Where drafts count, what they are to consume does not; else they are only told. */
static arc_status drafted(arci_stakes *s, const arci_credit_taken *list, uint32_t n)
{
    if (!s->ask->policy->parts[ARCI_PART_DRAFTS].include || !n) return ARC_OK;
    arci_credit_taken *more = arci_arena_alloc(s->ask->arena, (s->n_drafted + n) * sizeof *more);
    if (!more) return arci_nomem(s->ask->t->env);
    if (s->n_drafted) memcpy(more, s->drafted, s->n_drafted * sizeof *more);
    memcpy(more + s->n_drafted, list, n * sizeof *more);
    s->drafted = more;
    s->n_drafted += n;
    return ARC_OK;
}

/* ---- orders --------------------------------------------------------------------------------------------------------------------------- */

static arc_status draft_order(arci_stakes *s, const arc_value *v)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    if (looked_at(s, 0, v[1].u.i)) return ARC_OK;
    arci_credit_taken takes = { 0, 0, 0, v[0].u.i, "" };
    arc_status st = arci_shape_get(s->ask->t, &shape, "order_line", "sales_order amount currency contract");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, v[1].u.i);
    st = arci_repo_find(s->ask->t, shape, &w, NULL, 0, 0, s->ask->arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *l = rows.values + (size_t)r * rows.n_cols;
        if (l[1].u.i <= 0) continue;
        st = arci_stake_move(s, &v[0], &l[2], -1, ARCI_PART_DRAFTS, l[1].u.i);
        memcpy(takes.currency, l[2].u.s, 3);
        takes.amount = l[1].u.i;
        takes.contract = l[3].type == ARC_V_INT ? l[3].u.i : v[3].type == ARC_V_INT ? v[3].u.i : 0;
        if (st == ARC_OK && takes.contract) st = drafted(s, &takes, 1);
    }
    return st;
}

/* ---- invoices ------------------------------------------------------------------------------------------------------------------------- */

static void note(arci_draft_facts *f, int64_t contract, int64_t item, int64_t amount)
{
    arci_credit_taken *d = &f->taken[f->n_taken++];
    memset(d, 0, sizeof *d);
    d->contract = contract;
    d->item = item;
    d->customer = f->customer->u.i;
    d->amount = amount;
    memcpy(d->currency, f->currency->u.s, 3);
}

/* What it names: plans and estimates are counted less it; of a receivable that stands it is the tax invoice, and claims nothing. */
static arc_status use(arci_txn *t, arci_arena *arena, arci_draft_facts *f, const arci_shape *shape, const arci_json *e, int64_t *named)
{
    const arci_json *item = arci_json_get(e, "item"), *minor = arci_json_get(e, "minor");
    int64_t id = 0, amount = 0;
    arc_value *state;
    uint8_t *found;
    if (!item || !minor) return ARC_OK;
    arc_status st = arci_json_int(t->env, item, &id);
    if (st == ARC_OK) st = arci_json_int(t->env, minor, &amount);
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, &id, 1, arena, &state, &found);
    if (st != ARC_OK || !found[0] || amount <= 0) return st;
    if (arci_item_counts(&state[0]) == ARCI_COUNTS_OPEN) {
        f->own -= amount < f->own ? amount : f->own;
        return ARC_OK;
    }
    if (amount > state[1].u.i) amount = state[1].u.i;
    if (amount <= 0) return ARC_OK;
    *named += amount;
    note(f, 0, id, amount);
    return ARC_OK;
}

arc_status arci_draft_facts_of(arci_txn *t, arci_arena *arena, arci_draft_facts *f)
{
    const arci_shape *shape;
    arci_json *root = NULL;
    int64_t named = 0;
    arc_status st = ARC_OK;
    f->own = f->rest->type == ARC_V_INT ? f->rest->u.i : f->gross->u.i;
    f->n_taken = 0;
    if (f->own <= 0) {
        f->own = 0;
        return ARC_OK;
    }
    if (f->uses->type == ARC_V_TEXT) st = arci_json_parse(t->env, arena, f->uses->u.s, f->uses->len, &arci_json_default_limits, &root);
    f->taken = st == ARC_OK ? arci_arena_alloc(arena, ((root ? root->n : 0) + 1u) * sizeof *f->taken) : NULL;
    if (st == ARC_OK && !f->taken) return arci_nomem(t->env);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "item_state", "kind open");
    for (const arci_json *e = root ? root->child : NULL; e && st == ARC_OK; e = e->next) st = use(t, arena, f, shape, e, &named);
    if (st == ARC_OK && f->contract->type == ARC_V_INT && f->own > named) note(f, f->contract->u.i, 0, f->own - named);
    return st;
}

enum { D_CUSTOMER, D_CURRENCY, D_STATUS, D_GROSS, D_REST, D_CONTRACT, D_KIND, D_LINES, D_USES, D_ID };

static arc_status draft_invoice(arci_stakes *s, const arc_value *v)
{
    arci_draft_facts f = { &v[D_CUSTOMER], &v[D_CURRENCY], &v[D_GROSS], &v[D_REST], &v[D_CONTRACT], &v[D_USES], 0, NULL, 0 };
    if (is(&v[D_KIND], "proforma") || looked_at(s, 1, v[D_ID].u.i)) return ARC_OK;
    arc_status st = arci_draft_facts_of(s->ask->t, s->ask->arena, &f);
    if (st != ARC_OK || !f.own) return st;
    st = drafted(s, f.taken, f.n_taken);
    if (st != ARC_OK) return st;
    return arci_stake_move(s, &v[D_CUSTOMER], &v[D_CURRENCY], -1, ARCI_PART_DRAFTS, f.own);
}

arc_status arci_stakes_drafts(arci_stakes *s)
{
    static const char orders[] = "customer id status contract", invoices[] = "customer currency status gross_amount draft_rest contract kind draft_lines draft_uses id";
    const arc_value open[] = { arci_v_text("draft", 5), arci_v_text("held", 4) }, waiting[] = { arci_v_text("draft", 5), arci_v_text("submitted", 9), arci_v_text("approved", 8) };
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(s->ask->t, &shape, "sales_order", orders);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[2], open, 2);
    st = arci_stakes_rows(s, "sales_order", orders, "status", &w, draft_order);
    if (st == ARC_OK) st = arci_shape_get(s->ask->t, &shape, "invoice", invoices);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[D_STATUS], waiting, 3);
    arci_where_text(&w, shape->cols[D_LINES], ARC_OP_GE, "[", 1); /* the index of drafts: only they have lines of their own */
    return arci_stakes_rows(s, "invoice", invoices, "status", &w, draft_invoice);
}
