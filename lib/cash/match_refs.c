/* SPDX-License-Identifier: Apache-2.0 */
/* What texts name. All words of all receipts that could be numbers are looked up at once, as they stand; whoever is named, and what the customers have open, is read then. */
#include <string.h>

#include "cash/match.h"
#include "cash/reference.h"

enum { WORD_LEAST = 3, WORD_MOST = 64, WORDS_MOST = 24, AT_ONCE = 500 };

typedef struct target { /* what a number stands for */
    uint8_t by;
    int64_t id, customer;
    uint32_t next; /* position + 1; 0: the last */
} target;

struct arci_cash_refs {
    arci_map words;  /* in capitals, to the first target + 1; 0: nothing */
    target *targets;
    uint32_t n, cap;
    arci_ref_text text; /* the one at hand, where its masks are asked for */
};

/* ---- words ------------------------------------------------------------------------------------------------------------------------- */

static int alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static int joins(char c) { return c == '-' || c == '/' || c == '.' || c == '_' || c == '#'; }

/* The next word from *at on that has a digit; its end. 0: there is none. */
static int next_word(const arc_value *text, uint32_t *at, uint32_t *end)
{
    const char *s = text->u.s;
    while (*at < text->len) {
        int digits = 0;
        while (*at < text->len && !alnum(s[*at])) ++*at;
        for (*end = *at; *end < text->len; ++*end) {
            if (alnum(s[*end])) digits |= s[*end] <= '9';
            else if (!joins(s[*end]) || *end + 1 >= text->len || !alnum(s[*end + 1])) break;
        }
        if (digits && *end - *at >= WORD_LEAST && *end - *at <= WORD_MOST) return 1;
        *at = *end;
    }
    return 0;
}

static uint32_t capitals(char out[WORD_MOST + 1], const char *s, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) out[i] = s[i] >= 'a' && s[i] <= 'z' ? (char)(s[i] - 32) : s[i];
    out[n] = 0;
    return n;
}

/* Words as they stand and in capitals, each once. */
static arc_status collect(arci_cash *m, arc_value **out, uint32_t *n)
{
    arci_map seen;
    uint32_t cap = 1024;
    arc_status st = ARC_OK;
    *n = 0;
    *out = arci_arena_alloc(&m->arena, cap * sizeof **out);
    if (!*out) return arci_nomem(m->env);
    arci_map_init(&seen, m->arena.ctx);
    for (uint32_t i = 0; i < m->n_receipts && st == ARC_OK; i++) {
        for (int k = 0; k < ARCI_MTEXTS && st == ARC_OK; k++) {
            const arc_value *text = &m->receipts[i].texts[k];
            uint32_t at = 0, end, words = 0;
            if (text->type != ARC_V_TEXT) continue;
            for (; words < WORDS_MOST && next_word(text, &at, &end) && st == ARC_OK; at = end, words++) {
                char big[WORD_MOST + 1];
                uint32_t len = capitals(big, text->u.s + at, end - at);
                int same = memcmp(big, text->u.s + at, len) == 0;
                for (int form = 0; form < 2 - same && st == ARC_OK; form++) {
                    const char *s = form ? arci_arena_strndup(&m->arena, big, len) : text->u.s + at;
                    int64_t *value;
                    int32_t made = s ? arci_map_put(&seen, s, len, &value) : -1;
                    if (made < 0) st = arci_nomem(m->env);
                    if (made != 1) continue;
                    if (*n == cap) {
                        arc_value *grown = arci_arena_alloc(&m->arena, (size_t)cap * 2 * sizeof *grown);
                        if (!grown) {
                            st = arci_nomem(m->env);
                            break;
                        }
                        memcpy(grown, *out, cap * sizeof *grown);
                        *out = grown;
                        cap *= 2;
                    }
                    (*out)[(*n)++] = arci_v_text(s, len);
                }
            }
        }
    }
    arci_map_clear(&seen);
    return st;
}

/* ---- what they stand for -------------------------------------------------------------------------------------------------------------- */

static arc_status add(arci_cash *m, const arc_value *number, uint8_t by, int64_t id, int64_t customer)
{
    struct arci_cash_refs *x = m->refs;
    char big[WORD_MOST + 1];
    int64_t *first;
    if (number->type != ARC_V_TEXT || number->len > WORD_MOST) return ARC_OK;
    uint32_t len = capitals(big, number->u.s, number->len);
    if (arci_map_put(&x->words, big, len, &first) < 0) return arci_nomem(m->env);
    for (uint32_t at = (uint32_t)*first; at; at = x->targets[at - 1].next) {
        if (x->targets[at - 1].by == by && x->targets[at - 1].id == id) return ARC_OK;
    }
    if (x->n == x->cap) {
        uint32_t cap = x->cap ? x->cap * 2 : 1024;
        target *grown = arci_arena_alloc(&m->arena, cap * sizeof *grown);
        if (!grown) return arci_nomem(m->env);
        if (x->n) memcpy(grown, x->targets, x->n * sizeof *grown);
        x->targets = grown;
        x->cap = cap;
    }
    x->targets[x->n++] = (target){ by, id, arci_cash_root(m, customer), 0 };
    if (!*first) {
        *first = x->n;
        return ARC_OK;
    }
    uint32_t last = (uint32_t)*first;
    while (x->targets[last - 1].next) last = x->targets[last - 1].next;
    x->targets[last - 1].next = x->n;
    return ARC_OK;
}

arc_status arci_cash_refs_put(arci_cash *m, const arc_value *number, uint8_t by, int64_t id, int64_t customer) { return add(m, number, by, id, customer); }

/* Rows of an entity whose number is one of some words. */
static arc_status look_up(arci_cash *m, const char *entity, const char *fields, const arc_value *words, uint32_t n, int alone, arci_rows *rows)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(m->t, &shape, entity, fields);
    if (st != ARC_OK) return st;
    const arc_order by[] = { { shape->cols[1], 0 } }; /* the index of numbers, not the rows in their order */
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[1], words, n);
    if (alone) arci_where_null(&w, shape->cols[3]);
    return arci_repo_find(m->t, shape, &w, by, 1, 0, &m->arena, rows);
}

/* Items of documents: of invoices, and those that have none. */
static arc_status documents(arci_cash *m, const arc_value *words, uint32_t n)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows invoices, own, items;
    arc_status st = look_up(m, "invoice", "id number customer status", words, n, 0, &invoices);
    if (st == ARC_OK) st = look_up(m, "item", "id number customer invoice", words, n, 1, &own);
    if (st != ARC_OK) return st;
    items.n_rows = 0;
    arc_value *ids = arci_arena_alloc(&m->arena, (invoices.n_rows + 1u) * sizeof *ids);
    if (!ids) return arci_nomem(m->env);
    for (uint32_t i = 0; i < invoices.n_rows; i++) ids[i] = invoices.values[(size_t)i * invoices.n_cols];
    if (invoices.n_rows) {
        st = arci_shape_get(m->t, &shape, "item", "id number customer invoice seq");
        if (st != ARC_OK) return st;
        const arc_order by[] = { { shape->cols[3], 0 }, { shape->cols[4], 0 } };
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[3], ids, invoices.n_rows);
        st = arci_repo_find(m->t, shape, &w, by, 2, 0, &m->arena, &items);
    }
    int64_t *found = st == ARC_OK ? arci_arena_alloc(&m->arena, (own.n_rows + items.n_rows + 1u) * sizeof *found) : NULL;
    if (st == ARC_OK && !found) return arci_nomem(m->env);
    uint32_t k = 0;
    for (int part = 0; part < 2; part++) {
        const arci_rows *rows = part ? &items : &own;
        for (uint32_t i = 0; st == ARC_OK && i < rows->n_rows; i++) {
            const arc_value *v = rows->values + (size_t)i * rows->n_cols;
            found[k++] = v[0].u.i;
            st = add(m, &v[1], ARCI_BY_DOCUMENT, v[0].u.i, v[2].u.i);
        }
    }
    return st == ARC_OK ? arci_cash_items(m, found, k) : st;
}

static arc_status others(arci_cash *m, const char *entity, const char *fields, uint8_t by, const arc_value *words, uint32_t n)
{
    arci_rows rows;
    arc_status st = look_up(m, entity, fields, words, n, 0, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        st = add(m, &v[1], by, v[0].u.i, v[2].type == ARC_V_INT ? v[2].u.i : 0);
    }
    return st;
}

/* Everything that a word stands for in the whole book. */
static arc_status resolve(arci_cash *m, const arc_value *words, uint32_t n)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < n && st == ARC_OK; i += AT_ONCE) {
        uint32_t some = n - i < AT_ONCE ? n - i : AT_ONCE;
        st = documents(m, words + i, some);
        if (st == ARC_OK) st = others(m, "sales_order", "id number customer", ARCI_BY_ORDER, words + i, some);
        if (st == ARC_OK) st = others(m, "sales_order", "id platform_no customer", ARCI_BY_ORDER, words + i, some);
        if (st == ARC_OK) st = others(m, "contract", "id number customer", ARCI_BY_CONTRACT, words + i, some);
        if (st == ARC_OK) st = others(m, "delivery", "id number customer", ARCI_BY_DELIVERY, words + i, some);
    }
    return st;
}

/* ---- whose items are needed ------------------------------------------------------------------------------------------------------------ */

/* Every strategy looks at named documents before anything else. */
static int names_first(const arci_cash *m)
{
    for (uint32_t i = 0; i < m->n_strategies; i++) {
        uint32_t met = 0;
        for (uint32_t k = 0; k < m->strategies[i].n_tiers; k++) {
            const arci_tier *t = &m->strategies[i].tiers[k];
            if (t->mode == ARCI_TIER_OFF) continue;
            if (t->tier > ARCI_TIER_REFERENCES) break;
            if ((t->by & ARCI_BY_DOCUMENT) && !t->agree) met |= 1u << t->tier;
        }
        if (!(met & 1u << ARCI_TIER_REFERENCE) && met != (1u << ARCI_TIER_DOCUMENT | 1u << ARCI_TIER_REFERENCES)) return 0;
    }
    return 1;
}

/* Named whole and paid exactly: what else the customer has open does not matter. */
static int is_plain(const arci_cash *m, const arci_mreceipt *r, const arci_mhit *hits, uint32_t n, int64_t *customer)
{
    int64_t sum = 0;
    *customer = 0;
    for (uint32_t i = 0; i < n; i++) {
        const arci_mitem *item = hits[i].item == UINT32_MAX ? NULL : &m->items[hits[i].item];
        if (!item || hits[i].ambiguous || item->open <= 0 || item->has_offer || memcmp(item->currency, r->currency, 3) != 0 || item->since > m->as_of) return 0;
        if (*customer && item->customer != *customer) return 0;
        for (uint32_t k = 0; k < i; k++) {
            if (hits[k].item == hits[i].item) return 0;
        }
        *customer = item->customer;
        if (arci_add64(sum, item->open, &sum)) return 0;
    }
    return n && sum == r->left && (!r->customer || r->customer == *customer);
}

static arc_status read_customers(arci_cash *m)
{
    arc_status st = ARC_OK;
    uint32_t n = 0, cap = 0, n_plain = 0;
    const int first = names_first(m);
    for (uint32_t i = 0; i < m->n_receipts; i++) cap += 33 + WORDS_MOST;
    int unknown = 0, near = 0;
    int64_t *whole = arci_arena_alloc(&m->arena, (cap + 1u) * sizeof *whole), *plain = arci_arena_alloc(&m->arena, (m->n_receipts + 1u) * sizeof *plain);
    if (!whole || !plain) return arci_nomem(m->env);
    for (uint32_t i = 0; i < m->n_receipts && st == ARC_OK; i++) {
        arci_mreceipt *r = &m->receipts[i];
        arci_mhit *hits;
        uint32_t n_hits;
        int64_t customer;
        arci_arena_reset(&m->scratch);
        st = arci_cash_refs_find(m, r, NULL, 0, &hits, &n_hits);
        if (st != ARC_OK) break;
        if (first && is_plain(m, r, hits, n_hits, &customer)) {
            plain[n_plain++] = customer;
            r->plain = 1;
            st = arci_cash_payer(m, r);
            continue;
        }
        near = 1;
        st = arci_cash_payer(m, r);
        unknown = unknown || (!r->customer && !n_hits && !r->n_may_be && !r->returned && r->left > 0);
        for (uint32_t k = 0; k < r->n_may_be; k++) whole[n++] = r->may_be[k];
        if (r->customer) whole[n++] = r->customer;
        for (uint32_t k = 0; k < n_hits && k < WORDS_MOST; k++) whole[n++] = hits[k].customer;
    }
    if (st == ARC_OK) st = arci_cash_customers(m, whole, n, 1);
    if (st == ARC_OK && near) st = arci_cash_families(m);
    if (st == ARC_OK && near) st = arci_cash_above(m, whole, n);
    if (st == ARC_OK) st = arci_cash_recent_read(m, whole, n);
    if (st == ARC_OK) st = arci_cash_recent_read(m, plain, n_plain);
    if (st == ARC_OK) st = arci_cash_customers(m, plain, n_plain, 0);
    if (st == ARC_OK && unknown) st = arci_cash_whole_book(m);
    return st == ARC_OK && near ? arci_cash_index(m) : st;
}

arc_status arci_cash_refs_read(arci_cash *m)
{
    arc_value *words;
    uint32_t n;
    m->refs = arci_arena_calloc(&m->arena, 1, sizeof *m->refs);
    if (!m->refs) return arci_nomem(m->env);
    arci_map_init(&m->refs->words, m->arena.ctx);
    arci_ref_text_init(&m->refs->text, m->arena.ctx);
    arc_status st = collect(m, &words, &n);
    if (st == ARC_OK) st = resolve(m, words, n);
    if (st == ARC_OK) st = read_customers(m);
    return st == ARC_OK ? arci_cash_holders(m) : st;
}

/* Nothing is looked up: all items that count are there. */
arc_status arci_cash_refs_none(arci_cash *m)
{
    m->refs = arci_arena_calloc(&m->arena, 1, sizeof *m->refs);
    if (!m->refs) return arci_nomem(m->env);
    arci_map_init(&m->refs->words, m->arena.ctx);
    arci_ref_text_init(&m->refs->text, m->arena.ctx);
    return arci_cash_index(m);
}

void arci_cash_refs_free(arci_cash *m)
{
    if (m->refs) arci_map_clear(&m->refs->words);
    if (m->refs) arci_ref_text_clear(&m->refs->text);
    m->refs = NULL;
}

/* ---- of one receipt ---------------------------------------------------------------------------------------------------------------------- */

static void hit(arci_cash *m, arci_mhit *h, uint32_t text, uint32_t start, uint32_t end, const target *t, const char *number)
{
    const arci_mitem *item = t->by == ARCI_BY_DOCUMENT ? arci_cash_item(m, t->id) : NULL;
    *h = (arci_mhit){ .text = text, .start = start, .end = end, .by = t->by, .exact = 1, .id = t->id, .customer = t->customer, .item = UINT32_MAX, .number = number };
    if (item) h->item = (uint32_t)(item - m->items);
}

/* Digits alone, or what could be an account or a tax number: they may be something else than a number of a document. */
static int is_odd(const char *s, uint32_t n)
{
    uint32_t letters = 0, leading = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!alnum(s[i]) || s[i] <= '9') continue;
        letters++;
        leading += i < 2;
    }
    return !letters || (letters == 2 && leading == 2 && n >= 10);
}

/* So few digits, or a month, prove nothing without a word before them that says what they are. */
static int is_weak(const char *s, uint32_t n, int known)
{
    uint32_t digits = 0, value = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (alnum(s[i]) && s[i] > '9') return 0;
        if (!alnum(s[i])) continue;
        digits++;
        if (digits <= 6) value = value * 10 + (uint32_t)(s[i] - '0');
    }
    const int month = digits == 6 && value / 100 >= 1980 && value / 100 <= 2079 && value % 100 >= 1 && value % 100 <= 12;
    return digits < 4 || (!known && (digits < 6 || month));
}

static int is_one_of(int64_t id, const int64_t *ids, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (ids[i] == id) return 1;
    }
    return 0;
}

/* Dates, telephones, amounts, accounts, and what is too short: no more than could be meant. */
static arc_status doubt(arci_cash *m, const arci_mreceipt *r, arci_mhit *hits, uint32_t n, const int64_t *customers, uint32_t n_customers)
{
    arci_ref_text *t = &m->refs->text;
    arc_reference_options o = ARC_REFERENCE_OPTIONS_INIT;
    uint32_t read = UINT32_MAX;
    o.amount.minor = r->left;
    memcpy(o.amount.currency, r->currency, 4);
    for (uint32_t i = 0; i < n; i++) {
        const arc_value *text = &r->texts[hits[i].text];
        const char *s = text->u.s + hits[i].start;
        const uint32_t length = hits[i].end - hits[i].start;
        uint32_t pieces = 0, masked = 0, first = UINT32_MAX;
        if (!is_odd(s, length)) continue;
        if (read != hits[i].text && !arci_ref_text_read(t, text->u.s, text->len)) return arci_nomem(m->env);
        if (read != hits[i].text) arci_ref_text_mask(t, &o);
        read = hits[i].text;
        for (uint32_t k = 0; k < t->n_pieces; k++) {
            const arci_ref_piece *p = &t->pieces[k];
            if (t->at[p->start] >= hits[i].end || t->to[p->end - 1] <= hits[i].start) continue;
            if (first == UINT32_MAX) first = k;
            pieces++;
            masked += p->mask != 0;
        }
        const int labelled = first != UINT32_MAX && first && arci_ref_is_label(t, first - 1);
        const int known = r->customer == hits[i].customer || is_one_of(hits[i].customer, customers, n_customers);
        hits[i].ambiguous = hits[i].ambiguous || (pieces && masked == pieces) || (!labelled && is_weak(s, length, known));
    }
    return ARC_OK;
}

arc_status arci_cash_refs_find(arci_cash *m, const arci_mreceipt *r, const int64_t *customers, uint32_t n_customers, arci_mhit **hits, uint32_t *n)
{
    const struct arci_cash_refs *x = m->refs;
    uint32_t cap = WORDS_MOST * ARCI_MTEXTS;
    int64_t customer, *named;
    int odd = 0;
    *n = 0;
    *hits = NULL;
    for (uint32_t k = 0; k < ARCI_MTEXTS; k++) {
        const arc_value *text = &r->texts[k];
        uint32_t at = 0, end, words = 0;
        if (text->type != ARC_V_TEXT) continue;
        for (; words < WORDS_MOST && next_word(text, &at, &end); at = end, words++) {
            char big[WORD_MOST + 1];
            const int64_t *first = arci_map_get(&x->words, big, capitals(big, text->u.s + at, end - at));
            for (uint32_t t = first ? (uint32_t)*first : 0; t && *n < cap; t = x->targets[t - 1].next) {
                const target *of = &x->targets[t - 1];
                if (of->by == ARCI_BY_DOCUMENT && !arci_cash_item(m, of->id)) continue; /* a plan or an estimate */
                if (!*hits) *hits = arci_arena_alloc(&m->scratch, cap * sizeof **hits);
                const char *number = arci_arena_strndup(&m->scratch, big, end - at);
                if (!*hits || !number) return arci_nomem(m->env);
                hit(m, &(*hits)[(*n)++], k, at, end, of, number);
                odd = odd || is_odd(text->u.s + at, end - at);
            }
        }
    }
    arc_status st = odd ? doubt(m, r, *hits, *n, customers, n_customers) : ARC_OK;
    if (st != ARC_OK || !m->index || is_plain(m, r, *hits, *n, &customer)) return st;
    if (!*hits) *hits = arci_arena_alloc(&m->scratch, cap * sizeof **hits);
    named = arci_arena_alloc(&m->scratch, (*n + n_customers + 1u) * sizeof *named);
    if (!*hits || !named) return arci_nomem(m->env);
    if (n_customers) memcpy(named, customers, n_customers * sizeof *named);
    for (uint32_t i = 0; !r->customer && i < *n; i++) { /* whoever is named whole may be meant as well */
        uint32_t k = 0;
        const int64_t id = (*hits)[i].customer;
        while (k < n_customers && named[k] < id) k++;
        if (k < n_customers && named[k] == id) continue;
        memmove(named + k + 1, named + k, (n_customers - k) * sizeof *named);
        named[k] = id;
        n_customers++;
    }
    customers = named;
    return arci_cash_look(m, r, customers, n_customers, *hits, cap, n);
}
