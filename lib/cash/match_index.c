/* SPDX-License-Identifier: Apache-2.0 */
/* Texts read closely: numbers with separators lost, broken over lines, in lists and ranges, cut off or with a character wrong, among what the customers of the call have open
 * (cash/reference.h). What is found must not depend on which other receipts are asked about: short and broken numbers count only among those of the receipt's own customers. */
#include <stdlib.h>
#include <string.h>

#include "cash/match.h"
#include "cash/reference.h"

enum { HITS_MOST = 200 };

struct arci_cash_index {
    arci_ref_index *index;
    arci_ref_text text;
    arc_reference_hit hits[HITS_MOST];
};

void arci_cash_index_free(arci_cash *m)
{
    if (!m->index) return;
    arci_ref_index_free(m->index->index);
    arci_ref_text_clear(&m->index->text);
    m->index = NULL;
}

/* A number nobody can write within bounds is no reference. */
static arc_status add(arci_cash *m, const arc_value *number, int32_t kind, int64_t id, int64_t customer)
{
    if (number->type != ARC_V_TEXT || !number->len) return ARC_OK;
    arc_status st = arci_ref_index_add(m->env, m->index->index, number->u.s, number->len, kind, id, customer);
    if (st != ARC_E_LIMIT) return st;
    arci_error_clear(m->env->err);
    return ARC_OK;
}

static int by_id(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (a[0] > b[0]) - (a[0] < b[0]);
}

/* Numbers of orders, contracts, deliveries or invoices that items from `from` on hang on: pairs of id and customer. */
static arc_status add_linked(arci_cash *m, uint32_t from, const char *entity, const char *field, int link, int32_t kind)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    uint32_t n = 0, k = 0;
    int64_t *pairs = arci_arena_alloc(&m->arena, ((size_t)(m->n_items - from) * 3 + 1) * sizeof *pairs);
    if (!pairs) return arci_nomem(m->env);
    for (uint32_t i = from; i < m->n_items; i++) {
        const arci_mitem *item = &m->items[i];
        int64_t id = link < 0 ? item->invoice : item->links[link];
        if (!id) continue;
        pairs[2 * n] = id;
        pairs[2 * n++ + 1] = link < 0 ? item->id : item->customer;
    }
    if (!n) return ARC_OK;
    qsort(pairs, n, 2 * sizeof *pairs, by_id);
    int64_t *ids = pairs + 2 * (size_t)n;
    for (uint32_t i = 0; i < n; i++) {
        if (link >= 0 && k && ids[k - 1] == pairs[2 * i]) continue;
        if (link >= 0) {
            pairs[2 * k] = pairs[2 * i];
            pairs[2 * k + 1] = pairs[2 * i + 1];
        }
        ids[k++] = pairs[2 * i];
    }
    arc_status st = arci_shape_get(m->t, &shape, entity, field);
    if (st == ARC_OK) st = arci_repo_get_many(m->t, shape, ids, k, &m->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < k; i++) {
        if (!found[i]) continue;
        const arci_mitem *item = link < 0 ? arci_cash_item(m, pairs[2 * i + 1]) : NULL;
        st = item ? add(m, &rows[i], kind, item->id, item->customer) : add(m, &rows[i], kind, ids[i], pairs[2 * i + 1]);
    }
    return st;
}

arc_status arci_cash_index(arci_cash *m)
{
    uint32_t from = m->indexed;
    arc_status st = ARC_OK;
    if (!m->index) {
        m->index = arci_arena_calloc(&m->arena, 1, sizeof *m->index);
        if (!m->index) return arci_nomem(m->env);
        arci_ref_text_init(&m->index->text, m->env->ctx);
        m->index->index = arci_ref_index_new(m->env->ctx);
        if (!m->index->index) return arci_nomem(m->env);
    }
    for (uint32_t i = from; i < m->n_items && st == ARC_OK; i++) st = add(m, &m->items[i].number, ARC_REFERENCE_DOCUMENT, m->items[i].id, m->items[i].customer);
    if (st == ARC_OK) st = add_linked(m, from, "sales_order", "number", ARCI_M_ORDER, ARC_REFERENCE_ORDER);
    if (st == ARC_OK) st = add_linked(m, from, "contract", "number", ARCI_M_CONTRACT, ARC_REFERENCE_CONTRACT);
    if (st == ARC_OK) st = add_linked(m, from, "delivery", "number", ARCI_M_DELIVERY, ARC_REFERENCE_DELIVERY);
    if (st == ARC_OK) st = add_linked(m, from, "invoice", "fapiao_no", -1, ARC_REFERENCE_FAPIAO);
    m->indexed = m->n_items;
    return st == ARC_OK ? arci_ref_index_seal(m->env, m->index->index) : st;
}

/* ---- of one receipt ------------------------------------------------------------------------------------------------------------------- */

/* "1 for I at 12": what was read instead of what stands there. */
static const char *repair_of(arci_cash *m, const arc_reference_hit *h)
{
    static const char *const kinds[] = { "none", "replaced", "missing", "extra", "swapped", "lookalike" };
    arci_str b;
    arci_str_init(&b, m->env->ctx);
    arci_str_puts(&b, h->repair >= 0 && h->repair <= ARC_REPAIR_LOOKALIKE ? kinds[h->repair] : "?");
    arci_str_puts(&b, " at ");
    arci_str_int(&b, (int64_t)h->repair_at);
    if (h->repair_from[0] || h->repair_to[0]) {
        arci_str_puts(&b, ": ");
        arci_str_add(&b, h->repair_from, strnlen(h->repair_from, sizeof h->repair_from));
        arci_str_puts(&b, " read as ");
        arci_str_add(&b, h->repair_to, strnlen(h->repair_to, sizeof h->repair_to));
    }
    const char *kept = b.failed ? NULL : arci_arena_strndup(&m->scratch, b.s, b.len);
    arci_str_clear(&b);
    return kept;
}

static uint8_t by_of(int32_t kind)
{
    switch (kind) {
    case ARC_REFERENCE_DOCUMENT: case ARC_REFERENCE_FAPIAO: return ARCI_BY_DOCUMENT;
    case ARC_REFERENCE_ORDER: case ARC_REFERENCE_PLATFORM: case ARC_REFERENCE_CUSTOMER: return ARCI_BY_ORDER;
    case ARC_REFERENCE_CONTRACT: return ARCI_BY_CONTRACT;
    case ARC_REFERENCE_DELIVERY: return ARCI_BY_DELIVERY;
    default: return 0;
    }
}

typedef struct finding {
    arci_cash *m;
    const int64_t *customers;
    uint32_t n_customers, cap;
    arci_mhit *hits;
    uint32_t n;
    const arci_mreceipt *r;
} finding;

static int is_one_of(const finding *f, int64_t customer)
{
    for (uint32_t i = 0; i < f->n_customers; i++) {
        if (f->customers[i] == customer) return 1;
    }
    return 0;
}

/* What is not a whole number counts among the receipt's own customers, or where all that is open is known. */
static int counts(const finding *f, const arci_ref_target *t) { return f->n_customers ? is_one_of(f, t->customer) : f->m->whole_book; }

/* Numbers that differ in what stands between their characters alone read the same: two documents, or two orders. */
/* As it stands in the text, but for case. */
static int stands(const arci_mreceipt *r, uint32_t text, const arc_reference_hit *h, const arci_mitem *item)
{
    const char *s = r->texts[text].u.s + h->start;
    const size_t n = h->end - h->start;
    if (!item || item->number.type != ARC_V_TEXT || item->number.len != n) return 0;
    for (size_t i = 0; i < n; i++) {
        const char a = s[i] >= 'a' && s[i] <= 'z' ? (char)(s[i] - 32) : s[i], b = item->number.u.s[i] >= 'a' && item->number.u.s[i] <= 'z' ? (char)(item->number.u.s[i] - 32) : item->number.u.s[i];
        if (a != b) return 0;
    }
    return 1;
}

static int is_several(const finding *f, uint32_t number)
{
    const arci_mitem *first = NULL;
    const arci_ref_target *other = NULL;
    for (const arci_ref_target *t = arci_ref_first(f->m->index->index, number); t; t = arci_ref_next(f->m->index->index, t)) {
        const arci_mitem *item = t->kind == ARC_REFERENCE_DOCUMENT ? arci_cash_item(f->m, t->id) : NULL;
        if (!counts(f, t)) continue;
        if (item && first && arci_value_compare(&item->number, &first->number) != 0) return 1;
        if (item) first = item;
        else if (by_of(t->kind) != ARCI_BY_DOCUMENT && other && other->kind == t->kind && other->id != t->id) return 1;
        else if (by_of(t->kind) != ARCI_BY_DOCUMENT) other = t;
    }
    return 0;
}

static arc_status put(finding *f, uint32_t text, const arc_reference_hit *h, uint32_t number)
{
    arci_cash *m = f->m;
    size_t length;
    const char *name = arci_ref_number(m->index->index, number, &length);
    int several = is_several(f, number), whole = 0;
    for (const arci_ref_target *t = arci_ref_first(m->index->index, number); several && t; t = arci_ref_next(m->index->index, t)) {
        whole = whole || (t->kind == ARC_REFERENCE_DOCUMENT && counts(f, t) && stands(f->r, text, h, arci_cash_item(m, t->id)));
    }
    several = several && !whole;
    for (const arci_ref_target *t = arci_ref_first(m->index->index, number); t; t = arci_ref_next(m->index->index, t)) {
        const arci_mitem *item = by_of(t->kind) == ARCI_BY_DOCUMENT ? arci_cash_item(m, t->id) : NULL;
        if (f->n == f->cap || !counts(f, t) || (whole && !stands(f->r, text, h, item))) continue;
        arci_mhit *k = &f->hits[f->n];
        *k = (arci_mhit){ .text = text, .start = (uint32_t)h->start, .end = (uint32_t)h->end, .kind = (uint8_t)h->kind, .by = by_of(t->kind), .id = t->id, .customer = t->customer, .item = UINT32_MAX };
        if (!k->by || (k->by == ARCI_BY_DOCUMENT && !item)) continue;
        if (item) k->item = (uint32_t)(item - m->items);
        k->exact = h->kind == ARC_HIT_EXACT || h->kind == ARC_HIT_STRUCTURED || h->kind == ARC_HIT_LIST || h->kind == ARC_HIT_RANGE;
        k->ambiguous = several || (h->flags & ARC_HIT_AMBIGUOUS) != 0;
        k->repaired = h->kind == ARC_HIT_REPAIRED;
        const int own = item && t->kind == ARC_REFERENCE_DOCUMENT && item->number.type == ARC_V_TEXT;
        k->number = own ? arci_arena_strndup(&m->scratch, item->number.u.s, item->number.len) : arci_arena_strndup(&m->scratch, name, length);
        k->note = k->repaired ? repair_of(m, h) : NULL;
        if (!k->number || (k->repaired && !k->note)) return arci_nomem(m->env);
        f->n++;
    }
    return ARC_OK;
}

arc_status arci_cash_look(arci_cash *m, const arci_mreceipt *r, const int64_t *customers, uint32_t n_customers, arci_mhit *hits, uint32_t cap, uint32_t *n)
{
    finding f = { .m = m, .customers = customers, .n_customers = n_customers, .cap = cap, .hits = hits, .n = *n, .r = r };
    const char *accounts[1];
    arc_reference_options o = ARC_REFERENCE_OPTIONS_INIT;
    arc_status st = ARC_OK;
    if (!m->index || (!n_customers && !m->whole_book)) return ARC_OK;
    o.customers = customers;
    o.n_customers = n_customers;
    o.amount.minor = r->left;
    memcpy(o.amount.currency, r->currency, 4);
    if (r->payer_account.type == ARC_V_TEXT) {
        accounts[0] = arci_arena_strndup(&m->scratch, r->payer_account.u.s, r->payer_account.len);
        if (!accounts[0]) return arci_nomem(m->env);
        o.accounts = accounts;
        o.n_accounts = 1;
    }
    for (uint32_t k = 0; k < ARCI_MTEXTS && st == ARC_OK; k++) {
        int failed = 0;
        if (r->texts[k].type != ARC_V_TEXT || !r->texts[k].len) continue;
        size_t found = arci_ref_find(m->index->index, &m->index->text, m->index->hits, HITS_MOST, r->texts[k].u.s, r->texts[k].len, &o, &failed);
        if (failed) return arci_nomem(m->env);
        for (size_t i = 0; i < found && st == ARC_OK; i++) {
            const arc_reference_hit *h = &m->index->hits[i];
            int known = 0;
            for (uint32_t j = 0; j < *n && !known; j++) known = hits[j].text == k && hits[j].start <= h->start && hits[j].end >= h->end;
            for (uint32_t j = 0; j < h->n_numbers && !known && st == ARC_OK; j++) st = put(&f, k, h, h->numbers[j]);
        }
    }
    *n = f.n;
    return st;
}
