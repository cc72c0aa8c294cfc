/* SPDX-License-Identifier: Apache-2.0 */
/* States of planned and estimated items: read under lock, moved, written. */
#include <string.h>

#include "billing/chain.h"
#include "billing/uses.h"
#include "ledger/period.h"
#include "store/setting.h"

arci_plan *arci_plan_find(arci_plan *list, uint32_t n, int64_t id)
{
    uint32_t lo = 0, hi = n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (list[mid].id == id) return list[mid].row ? &list[mid] : NULL;
        if (list[mid].id < id) lo = mid + 1;
        else hi = mid;
    }
    return NULL;
}

static arc_status hide(arci_posting *p, arci_plan *list, const int64_t *ids, uint32_t n)
{
    const arci_entity *item = arci_entity_by_name("item", 4);
    const arci_row_scope *scope = arci_access_scope(p->session, p->t->call->verb, item);
    const int may = arci_access_may(p->session, p->t->call->verb, item);
    if (may && !scope) return ARC_OK;
    uint8_t *seen = arci_arena_alloc(&p->arena, n);
    if (!seen) return arci_nomem(p->t->env);
    memset(seen, 0, n);
    arc_status st = may ? arci_scope_rows(p->t, &p->arena, item, scope, ids, n, seen) : ARC_OK;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (!seen[i]) list[i].row = NULL;
    }
    return st;
}

arc_status arci_plans_read_all(arci_posting *p, arci_plan **out, uint32_t *n_out, int64_t *ids, uint32_t n)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    *n_out = n = arci_ids_unique(ids, n);
    *out = arci_arena_calloc(&p->arena, n + 1, sizeof **out);
    if (!*out) return arci_nomem(p->t->env);
    if (!n) return ARC_OK;
    arc_status st = arci_repo_lock(p->t, "item_state", ids, n);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "item_state", "item customer currency kind open due_date business_date version contract sales_order delivery episode");
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, n, &p->arena, &rows, &found);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arci_plan *x = &(*out)[i];
        x->id = ids[i];
        x->row = found[i] ? rows + (size_t)i * shape->n : NULL;
        x->latest = x->due = ARC_DATE_NONE;
        x->open = x->before = x->row ? x->row[ARCI_PLAN_OPEN].u.i : 0;
    }
    return st;
}

arc_status arci_plans_read(arci_posting *p, arci_plan **out, uint32_t *n_out, int64_t *ids, uint32_t n)
{
    arc_status st = arci_plans_read_all(p, out, n_out, ids, n); /* ids: sorted now */
    return st == ARC_OK && *n_out ? hide(p, *out, ids, *n_out) : st;
}

/* Settled on the latest day of all that ever moved it. */
static arc_status find_latest(arci_posting *p, arci_plan *list, uint32_t n, const char *entity)
{
    const arci_shape *shape;
    uint32_t k = 0;
    arc_value *ids = arci_arena_alloc(&p->arena, (n + 1) * sizeof *ids);
    arc_status st = ids ? arci_shape_get(p->t, &shape, entity, "item effective_date amount") : arci_nomem(p->t->env);
    for (uint32_t i = 0; i < n; i++) {
        if (st == ARC_OK && list[i].latest != ARC_DATE_NONE && !list[i].open && list[i].row[ARCI_PLAN_VERSION].u.i > 1) ids[k++] = arci_v_int(list[i].id);
    }
    for (uint32_t from = 0; from < k && st == ARC_OK; from += 500) {
        arci_where w;
        arci_rows rows;
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], ids + from, k - from < 500 ? k - from : 500);
        st = arci_repo_find(p->t, shape, &w, NULL, 0, 0, &p->arena, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
            arci_plan *x = arci_plan_find(list, n, rows.values[3 * r].u.i);
            if (rows.values[3 * r + 2].type == ARC_V_NULL || !rows.values[3 * r + 2].u.i) continue; /* a due date alone, or what lapsed */
            if (x && rows.values[3 * r + 1].u.i > x->latest) x->latest = (arc_date)rows.values[3 * r + 1].u.i;
        }
    }
    return st;
}

static arc_status move_account(arci_posting *p, const arci_plan *x)
{
    char currency[4] = { 0 };
    const arc_value now = x->kind ? arci_v_text(x->kind, strlen(x->kind)) : x->row[ARCI_PLAN_KIND];
    int before = arci_item_counts(&x->row[ARCI_PLAN_KIND]) == ARCI_COUNTS_ESTIMATED, after = arci_item_counts(&now) == ARCI_COUNTS_ESTIMATED;
    if (!before && !after) return ARC_OK;
    memcpy(currency, x->row[ARCI_PLAN_CURRENCY].u.s, 3);
    arci_account_change *c = arci_accounts_at(&p->accounts, x->row[ARCI_PLAN_CUSTOMER].u.i, currency);
    if (!c) return arci_nomem(p->t->env);
    if (after) arci_acc_add(&c->estimated, x->open);
    if (before) arci_acc_add(&c->estimated, -x->before);
    return ARC_OK;
}

/* What names them again once something of them is open again: by item, of those that were over. */
static arc_status read_parents(arci_posting *p, const arci_plan *list, uint32_t n, arc_value **rows)
{
    const arci_shape *shape;
    uint8_t *found;
    uint32_t k = 0;
    int64_t *ids = arci_arena_calloc(&p->arena, n + 1, sizeof *ids);
    *rows = NULL;
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < n; i++) {
        if (list[i].latest != ARC_DATE_NONE && !list[i].before && list[i].open) ids[i] = list[i].id;
        k += ids[i] != 0;
    }
    if (!k) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "item", "contract sales_order delivery");
    return st == ARC_OK ? arci_repo_get_many(p->t, shape, ids, n, &p->arena, rows, &found) : st;
}

arc_status arci_plans_write(arci_posting *p, arci_plan *list, uint32_t n)
{
    arc_value *parents = NULL;
    const arci_shape *shape;
    arci_batch *b;
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++) k += list[i].latest != ARC_DATE_NONE;
    if (!k) return ARC_OK;
    arc_status st = find_latest(p, list, n, "invoice_item");
    if (st == ARC_OK) st = find_latest(p, list, n, "adjustment");
    if (st == ARC_OK) st = read_parents(p, list, n, &parents);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "item_state", "open settled_on kind due_date contract sales_order delivery episode expected");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, k, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    k = 0;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arci_plan *x = &list[i];
        if (x->latest == ARC_DATE_NONE) continue;
        arc_value *v = arci_batch_row(b, k);
        int64_t since = x->row[ARCI_PLAN_SINCE].u.i;
        *arci_batch_key(b, k) = arci_v_int(x->id);
        *arci_batch_guard(b, k) = x->row[ARCI_PLAN_VERSION];
        v[0] = arci_v_int(x->open);
        v[1] = x->open ? arci_v_null() : arci_v_int(x->latest > since ? x->latest : since);
        v[2] = x->kind ? arci_v_text(x->kind, strlen(x->kind)) : x->row[ARCI_PLAN_KIND];
        v[3] = x->due == ARC_DATE_NONE ? x->row[ARCI_PLAN_DUE] : arci_v_int(x->due);
        for (int c = 0; c < 3; c++) v[4 + c] = !x->open ? arci_v_null() : x->before ? x->row[ARCI_PLAN_CONTRACT + c] : parents[3 * (size_t)i + (size_t)c];
        v[7] = arci_v_int(x->row[ARCI_PLAN_EPISODE].u.i + arci_plan_reopened(x));
        v[8] = x->open ? arci_v_int(1) : arci_v_null();
        k++;
        st = move_account(p, x);
    }
    return st == ARC_OK ? arci_repo_write(p->t, &b, 1, NULL) : st;
}

arc_status arci_plans_cancel(arci_posting *p, arci_plan *list, uint32_t n, const char *reason, size_t n_reason, arc_date day)
{
    const arci_shape *shape;
    arci_batch *b;
    uint32_t k = 0;
    arc_status st = arci_shape_get(p->t, &shape, "adjustment", "item effective_date currency amount reason_code reason");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_INSERT, n, 0, NULL, 0);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arci_plan *plan = &list[i];
        char currency[4] = { 0 };
        if (!plan->row || !plan->open) continue;
        const int64_t since = plan->row[ARCI_PLAN_SINCE].u.i;
        const arc_date on = since > day ? (arc_date)since : day;
        arc_value *v = arci_batch_row(b, k++);
        v[0] = arci_v_int(plan->id);
        v[1] = arci_v_int(on);
        v[2] = plan->row[ARCI_PLAN_CURRENCY];
        v[3] = arci_v_int(-plan->open);
        v[4] = arci_v_text("unknown", 7);
        if (n_reason) v[5] = arci_v_text(reason, n_reason);
        memcpy(currency, v[2].u.s, 3);
        if (arci_item_counts(&plan->row[ARCI_PLAN_KIND]) == ARCI_COUNTS_ESTIMATED) {
            st = arci_estimate_post(p, "item", plan->id, on, plan->row[ARCI_PLAN_CUSTOMER].u.i, currency, -plan->open);
        }
        plan->open = 0;
        plan->latest = on;
    }
    if (st != ARC_OK || !k) return st;
    b->n_rows = k;
    st = arci_repo_write(p->t, &b, 1, NULL);
    return st == ARC_OK ? arci_plans_write(p, list, n) : st;
}

arc_status arci_estimate_post(arci_posting *p, const char *entity, int64_t source, arc_date day, int64_t customer, const char *currency, int64_t amount)
{
    int on = 0;
    const arci_entry e = { .date = day, .purpose = "estimate", .entity = entity, .source = source, .customer = customer };
    arc_status st = arci_setting_flag(p->t, "ledger.post_estimates", &on);
    if (st == ARC_OK && amount) st = arci_period_check(p->t, day); /* posted or not: agings count it */
    if (st != ARC_OK || !on || !amount) return st;
    void (*post)(arci_journal *, const char *, const char *, int64_t, const int64_t *) = amount < 0 ? arci_journal_red : arci_journal_line;
    arci_journal_open(&p->journal, &e);
    post(&p->journal, ARCI_ROLE_ESTIMATED, currency, amount, NULL);
    post(&p->journal, ARCI_ROLE_ESTIMATED_REVENUE, currency, -amount, NULL);
    return ARC_OK;
}
