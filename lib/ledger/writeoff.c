/* SPDX-License-Identifier: Apache-2.0 */
/* Bad debts: requests to write them off. What becomes of the requests: writeoff_decide.c. */
#include "arcore/writeoff.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "base/json.h"
#include "ledger/writeoff_impl.h"

enum { ITEMS_MAX = 10000 };

/* ---- asking -------------------------------------------------------------------------------------------------------------------- */

static const uint32_t required[] = { ARC_WRITE_OFF_REQUEST_NUMBER, ARC_WRITE_OFF_REQUEST_CUSTOMER, ARC_WRITE_OFF_REQUEST_ITEMS, ARC_WRITE_OFF_REQUEST_CURRENCY,
                                     ARC_WRITE_OFF_REQUEST_AMOUNT, ARC_WRITE_OFF_REQUEST_REASON, 0 };

arc_status arci_write_off_items(arci_posting *p, const arc_value *json, int64_t **ids, uint32_t *n)
{
    arci_env *env = p->t->env;
    arci_json *root;
    arc_status st = arci_json_parse(env, &p->arena, json->u.s, json->len, &arci_json_default_limits, &root);
    if (st != ARC_OK) return st;
    int good = root->type == ARCI_JSON_ARRAY && root->n && root->n <= ITEMS_MAX;
    *ids = arci_arena_calloc(&p->arena, root->n + 1u, sizeof **ids);
    if (!*ids) return arci_nomem(env);
    *n = 0;
    for (const arci_json *m = good ? root->child : NULL; m && good; m = m->next) good = m->type == ARCI_JSON_NUMBER && arci_json_int(env, m, &(*ids)[(*n)++]) == ARC_OK;
    return good ? ARC_OK : arci_fail(env, ARC_E_VALUE, "items is an array of 1 to %d item ids", "应收须为 1 至 %d 个编号的数组", ITEMS_MAX);
}

/* The items are the customer's, in the currency, and at least the amount is open on them. */
arc_status arci_write_off_fits(arci_posting *p, const arci_sides *sides, const int64_t *ids, uint32_t n, int64_t customer, const char *currency, int64_t amount)
{
    arci_env *env = p->t->env;
    arci_acc sum = { 0, 0 };
    int64_t open = 0;
    for (uint32_t i = 0; i < n; i++) {
        const arci_side *s = arci_sides_find(sides, ids[i]);
        if (!s || s->customer != customer) return arci_fail(env, ARC_E_REFERENCE, "item %lld is none of the customer's", "应收 %lld 不属于该客户", (long long)ids[i]);
        if (memcmp(s->currency, currency, 3) != 0) return arci_fail(env, ARC_E_CURRENCY, "item %lld is in %s", "应收 %lld 的币种为 %s", (long long)ids[i], s->currency);
        if (!s->real || s->left <= 0) return arci_fail(env, ARC_E_STATE, "nothing is open on item %lld", "应收 %lld 没有未收金额", (long long)ids[i]);
        arci_acc_add(&sum, s->left);
    }
    if (arci_acc_get(&sum, &open) || amount <= 0 || amount > open) {
        return arci_wanted_left(env, amount, open, currency);
    }
    return ARC_OK;
}

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static arc_status each_once(arci_posting *p, const int64_t *ids, uint32_t n)
{
    int64_t *sorted = arci_arena_alloc(&p->arena, n * sizeof *sorted);
    int twice = 0;
    if (!sorted) return arci_nomem(p->t->env);
    memcpy(sorted, ids, n * sizeof *ids);
    qsort(sorted, n, sizeof *sorted, by_value);
    for (uint32_t i = 1; i < n; i++) twice |= sorted[i] == sorted[i - 1];
    return twice ? arci_fail(p->t->env, ARC_E_VALUE, "an item is named twice", "应收重复") : ARC_OK;
}

typedef struct wanted { /* items of a request */
    int64_t *ids;
    uint32_t n;
} wanted;

static arc_status refuse_items(arci_posting *p, uint32_t i, arc_status st)
{
    if (st == ARC_E_NOMEM || st == ARC_OK) return st;
    arci_fail_at(p->t->env, "write_off_request", "items", 0, -1);
    arci_posting_refuse(p, i, st);
    return ARC_OK;
}

/* The items of all requests are read at once. */
static arc_status judge_all(arci_posting *p, arci_record **records)
{
    arci_sides sides;
    uint32_t n = 0;
    wanted *list = arci_arena_calloc(&p->arena, p->n, sizeof *list);
    if (!list) return arci_nomem(p->t->env);
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!arci_posting_good(p, i) || !arci_posting_required(p, i, records[i], required)) continue;
        st = arci_write_off_items(p, arci_record_value(records[i], ARC_WRITE_OFF_REQUEST_ITEMS), &list[i].ids, &list[i].n);
        if (st == ARC_OK) n += list[i].n;
        st = refuse_items(p, i, st);
    }
    int64_t *all = st == ARC_OK ? arci_arena_alloc(&p->arena, (n + 1u) * sizeof *all) : NULL;
    if (st != ARC_OK) return st;
    if (!all) return arci_nomem(p->t->env);
    n = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        if (!arci_posting_good(p, i)) continue;
        memcpy(all + n, list[i].ids, list[i].n * sizeof *all);
        n += list[i].n;
    }
    st = arci_sides_read(p, &sides, "item_state", all, n);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        const arci_record *r = records[i];
        char currency[4] = { 0 };
        if (!arci_posting_good(p, i)) continue;
        memcpy(currency, arci_record_value(r, ARC_WRITE_OFF_REQUEST_CURRENCY)->u.s, 3);
        st = arci_write_off_fits(p, &sides, list[i].ids, list[i].n, arci_record_value(r, ARC_WRITE_OFF_REQUEST_CUSTOMER)->u.i, currency, arci_record_value(r, ARC_WRITE_OFF_REQUEST_AMOUNT)->u.i);
        if (st == ARC_OK) st = each_once(p, list[i].ids, list[i].n);
        st = refuse_items(p, i, st);
    }
    return st;
}

static void fill(const arci_session *s, arc_value *v, const arci_shape *shape, const arci_record *r, const arc_value *customer)
{
    (void)s;
    (void)r;
    (void)customer;
    for (uint16_t c = 0; c < shape->n; c++) {
        const char *name = shape->table->field_of_col[shape->cols[c]]->name;
        if (strcmp(name, "status") == 0) v[c] = arci_v_text("running", 7);
    }
}

static arc_status request(arci_posting *p, const void *elements)
{
    arci_documents d = { 0 };
    arc_status st = arci_posting_records(p, &d.records, elements, ARC_WRITE_OFF_REQUEST);
    if (st == ARC_OK) st = arci_posting_asked_records(p, d.records);
    if (st == ARC_OK) st = arci_posting_access(p, d.records);
    int64_t *customer = st == ARC_OK ? arci_arena_calloc(&p->arena, p->n, sizeof *customer) : NULL;
    if (st != ARC_OK) return st;
    if (!customer) return arci_nomem(p->t->env);
    st = judge_all(p, d.records);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (arci_posting_good(p, i)) customer[i] = arci_record_value(d.records[i], ARC_WRITE_OFF_REQUEST_CUSTOMER)->u.i;
    }
    if (st == ARC_OK) st = arci_posting_customers(p, &d.customers, customer);
    if (st == ARC_OK) st = arci_posting_documents(p, &d, "write_off_request", fill);
    for (uint32_t k = 0; st == ARC_OK && d.n && p->ids && k < d.batch->n_rows; k++) {
        if (d.batch->results[k] == ARC_ROW_OK) p->ids[d.of[k]] = arci_batch_id(d.batch, k);
    }
    return st;
}

arc_status arc_write_off_request_many(arc_session *session, int64_t *ids, arc_status *results, arc_record *const *records, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_WRITE_OFF_REQUEST, ids, results, records, n, flags, 0, request);
}

arc_status arc_write_off_request(arc_session *session, int64_t *id, arc_record *record)
{
    return arci_posting_run(session, ARCI_DO_WRITE_OFF_REQUEST, id, NULL, record ? &record : NULL, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, request);
}
