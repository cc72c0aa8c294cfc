/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of a book: one table of hashes behind a filter for whole numbers and for what is left of them without their letters, one list in the order of their ends, one by
 * customer. Hashes are of the canonical form (look-alikes as one), so one table answers what is exact and what only looks so. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/num.h"
#include "cash/reference.h"

#define BARE 0x80000000u
#define MOST_NUMBERS 100000000u

typedef struct number {
    uint32_t key;     /* offset of its folded bytes; behind them the text it was added with, when that differs */
    uint8_t length;   /* of the key */
    uint8_t bare;     /* where it goes on without its letters; 0: no such form */
    uint16_t text;    /* bytes of the text; 0: the key is the text */
    uint32_t first, last; /* targets */
} number;

typedef struct slot {
    uint32_t mark;   /* upper half of the hash */
    uint32_t number; /* + 1, with BARE; 0: free */
} slot;

typedef struct owner {
    int64_t customer;
    uint32_t from, n;
} owner;

struct arci_ref_index {
    arc_context *ctx;
    number *numbers;
    arci_ref_target *targets;
    uint8_t *bytes;
    uint32_t n_numbers, cap_numbers, n_targets, cap_targets;
    size_t n_bytes, cap_bytes;
    slot *slots;
    uint64_t *filter;
    uint32_t n_slots, n_used, filter_bits; /* powers of two */
    uint64_t lengths;                      /* bit length - 1 */
    uint64_t *ends; /* n_ends, ascending: the last eight characters, the very last in front */
    uint32_t *end_numbers;
    uint32_t n_ends;
    owner *owners; /* hash table */
    uint32_t n_owners_slots;
    uint32_t *owned;
    int sealed;
    arci_ref_text text; /* of the number being added */
};

arci_ref_index *arci_ref_index_new(arc_context *ctx)
{
    arci_ref_index *x = arci_calloc(ctx, 1, sizeof *x);
    if (!x) return NULL;
    x->ctx = ctx;
    arci_ref_text_init(&x->text, ctx);
    return x;
}

void arci_ref_index_free(arci_ref_index *x)
{
    if (!x) return;
    arci_ref_text_clear(&x->text);
    arci_free(x->ctx, x->numbers);
    arci_free(x->ctx, x->targets);
    arci_free(x->ctx, x->bytes);
    arci_free(x->ctx, x->slots);
    arci_free(x->ctx, x->filter);
    arci_free(x->ctx, x->ends);
    arci_free(x->ctx, x->end_numbers);
    arci_free(x->ctx, x->owners);
    arci_free(x->ctx, x->owned);
    arci_free(x->ctx, x);
}

/* ---- hashing -------------------------------------------------------------------------------------------------------------------------- */

uint64_t arci_ref_hash(const uint8_t *key, uint32_t length)
{
    uint64_t h = 0;
    for (uint32_t i = 0; i < length; i++) h = h * ARCI_REF_BASE + arci_ref_canon(key[i]);
    return h;
}

/* The polynomial is good for taking apart, not for tables. */
static uint64_t mix(uint64_t h, uint32_t length)
{
    h += length;
    h ^= h >> 31;
    h *= UINT64_C(0xbf58476d1ce4e5b9);
    return h ^ h >> 29;
}

/* Bits of the filter stand in the order of the polynomial's middle: two multiplications less for what is not there. */
static uint32_t filter_at(const arci_ref_index *x, uint64_t h) { return (uint32_t)((h ^ h >> 32) * UINT64_C(0x9fb21c651e98df25) >> (64 - x->filter_bits)); }

int arci_ref_may_have(const arci_ref_index *x, uint32_t length, uint64_t hash)
{
    if (!length || length > ARC_REFERENCE_NUMBER_MAX || !(x->lengths >> (length - 1) & 1)) return 0;
    uint32_t bit = filter_at(x, hash);
    return (int)(x->filter[bit >> 6] >> (bit & 63) & 1);
}

static int canon_equal(const uint8_t *a, const uint8_t *canon, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (arci_ref_canon(a[i]) != canon[i]) return 0;
    return 1;
}

/* ---- adding --------------------------------------------------------------------------------------------------------------------------- */

static int grow(arc_context *ctx, void **array, uint32_t *cap, uint32_t n, size_t size)
{
    size_t bytes;
    if (n < *cap) return 1;
    uint32_t want = *cap ? *cap * 2 : 64;
    void *p = want > *cap && !arci_mulsz(want, size, &bytes) ? arci_resize(ctx, *array, bytes) : NULL;
    if (!p) return 0;
    *array = p;
    *cap = want;
    return 1;
}

static void put_slot(slot *slots, uint32_t n_slots, uint64_t mixed, uint32_t what)
{
    uint32_t i = (uint32_t)mixed & (n_slots - 1);
    while (slots[i].number) i = (i + 1) & (n_slots - 1);
    slots[i] = (slot){ (uint32_t)(mixed >> 32), what };
}

static uint64_t hash_of(const arci_ref_index *x, uint32_t n, int bare, uint32_t *length)
{
    const number *e = &x->numbers[n];
    uint32_t skip = bare ? e->bare : 0;
    *length = e->length - skip;
    return arci_ref_hash(x->bytes + e->key + skip, *length);
}

/* Makes room in the table for two more. */
static int room_in_slots(arci_ref_index *x)
{
    if (x->n_slots && (x->n_used + 2) < x->n_slots / 2 + x->n_slots / 8) return 1;
    uint32_t n = x->n_slots ? x->n_slots * 2 : 64, length;
    slot *slots = n > x->n_slots ? arci_calloc(x->ctx, n, sizeof *slots) : NULL;
    if (!slots) return 0;
    for (uint32_t i = 0; i < x->n_numbers; i++) {
        uint64_t h = hash_of(x, i, 0, &length);
        put_slot(slots, n, mix(h, length), i + 1);
        if (!x->numbers[i].bare) continue;
        h = hash_of(x, i, 1, &length);
        put_slot(slots, n, mix(h, length), (i + 1) | BARE);
    }
    arci_free(x->ctx, x->slots);
    x->slots = slots;
    x->n_slots = n;
    return 1;
}

/* Where the digits begin of a number that begins with letters; what is left must be worth looking for. */
static uint8_t bare_at(const uint8_t *key, uint32_t n)
{
    uint32_t i = 0, digits = 0;
    while (i < n && !(key[i] >= '0' && key[i] <= '9')) i++;
    for (uint32_t k = i; k < n; k++) digits += key[k] >= '0' && key[k] <= '9';
    return i && n - i >= 4 && digits >= 4 ? (uint8_t)i : 0;
}

static uint32_t find_whole(const arci_ref_index *x, const uint8_t *key, uint32_t length, uint64_t mixed)
{
    if (!x->n_slots) return UINT32_MAX;
    for (uint32_t i = (uint32_t)mixed & (x->n_slots - 1); x->slots[i].number; i = (i + 1) & (x->n_slots - 1)) {
        if (x->slots[i].mark != (uint32_t)(mixed >> 32) || x->slots[i].number & BARE) continue;
        const number *e = &x->numbers[x->slots[i].number - 1];
        if (e->length == length && memcmp(x->bytes + e->key, key, length) == 0) return x->slots[i].number - 1;
    }
    return UINT32_MAX;
}

static int room_in_bytes(arci_ref_index *x, size_t more)
{
    if (x->n_bytes + more <= x->cap_bytes) return 1;
    size_t want = x->cap_bytes ? x->cap_bytes * 2 : 4096;
    while (want < x->n_bytes + more) want *= 2;
    uint8_t *p = want <= UINT32_MAX ? arci_resize(x->ctx, x->bytes, want) : NULL;
    if (!p) return 0;
    x->bytes = p;
    x->cap_bytes = want;
    return 1;
}

/* A number nobody had: its index, UINT32_MAX: no memory. Everything that can fail comes first. */
static uint32_t add_number(arci_ref_index *x, const char *text, size_t text_length, uint64_t hash)
{
    const uint8_t *key = x->text.keys;
    uint32_t length = x->text.n;
    int same = text_length == length && memcmp(text, key, length) == 0;
    if (!grow(x->ctx, (void **)&x->numbers, &x->cap_numbers, x->n_numbers, sizeof *x->numbers) || !room_in_bytes(x, length + text_length) || !room_in_slots(x)) return UINT32_MAX;
    number *e = &x->numbers[x->n_numbers];
    *e = (number){ (uint32_t)x->n_bytes, (uint8_t)length, bare_at(key, length), same ? 0 : (uint16_t)text_length, UINT32_MAX, UINT32_MAX };
    memcpy(x->bytes + x->n_bytes, key, length);
    x->n_bytes += length;
    if (!same) {
        memcpy(x->bytes + x->n_bytes, text, text_length);
        x->n_bytes += text_length;
    }
    put_slot(x->slots, x->n_slots, mix(hash, length), x->n_numbers + 1);
    x->n_used++;
    x->lengths |= UINT64_C(1) << (length - 1);
    if (e->bare) {
        put_slot(x->slots, x->n_slots, mix(arci_ref_hash(key + e->bare, length - e->bare), length - e->bare), (x->n_numbers + 1) | BARE);
        x->n_used++;
        x->lengths |= UINT64_C(1) << (length - e->bare - 1);
    }
    return x->n_numbers++;
}

arc_status arci_ref_index_add(arci_env *env, arci_ref_index *x, const char *text, size_t length, int32_t kind, int64_t id, int64_t customer)
{
    if (length > 1024) return arci_fail(env, ARC_E_LIMIT, "a number has more than 64 letters and digits", "编号超过 64 个字母和数字");
    if (!arci_ref_text_read(&x->text, text, length)) return arci_nomem(env);
    if (!x->text.n) return ARC_OK;
    if (x->text.n > ARC_REFERENCE_NUMBER_MAX) return arci_fail(env, ARC_E_LIMIT, "a number has more than 64 letters and digits", "编号超过 64 个字母和数字");
    if (x->n_numbers >= MOST_NUMBERS || x->n_targets >= MOST_NUMBERS) return arci_fail(env, ARC_E_LIMIT, "an index has at most 100,000,000 numbers", "索引最多 100,000,000 个编号");
    if (!grow(x->ctx, (void **)&x->targets, &x->cap_targets, x->n_targets, sizeof *x->targets)) return arci_nomem(env);
    uint64_t hash = x->text.hash[x->text.n];
    uint32_t n = find_whole(x, x->text.keys, x->text.n, mix(hash, x->text.n));
    if (n == UINT32_MAX) n = add_number(x, text, length, hash);
    if (n == UINT32_MAX) return arci_nomem(env);
    number *e = &x->numbers[n];
    x->targets[x->n_targets] = (arci_ref_target){ id, customer, kind, 0 };
    if (e->first == UINT32_MAX) e->first = x->n_targets;
    else x->targets[e->last].next = x->n_targets + 1;
    e->last = x->n_targets++;
    x->sealed = 0;
    return ARC_OK;
}

/* ---- sealing -------------------------------------------------------------------------------------------------------------------------- */

/* The last eight characters, the very last in the highest byte. */
static uint64_t end_of(const uint8_t *key, uint32_t n)
{
    uint64_t e = 0;
    for (uint32_t i = 0; i < 8; i++) e = e << 8 | (i < n ? key[n - 1 - i] : 0u);
    return e;
}

/* Byte by byte from the lowest; stable, so equal ends stay in the order of their numbers. */
static arc_status sort_ends(arci_env *env, arci_ref_index *x)
{
    uint32_t n = x->n_ends;
    uint64_t *other = arci_alloc(x->ctx, ((size_t)n + 1) * sizeof *other);
    uint32_t *other_numbers = arci_alloc(x->ctx, ((size_t)n + 1) * sizeof *other_numbers);
    if (!other || !other_numbers) {
        arci_free(x->ctx, other);
        arci_free(x->ctx, other_numbers);
        return arci_nomem(env);
    }
    for (int shift = 0; shift < 64; shift += 8) {
        uint32_t count[257] = { 0 };
        for (uint32_t i = 0; i < n; i++) count[(x->ends[i] >> shift & 0xFF) + 1]++;
        if (n && count[(x->ends[0] >> shift & 0xFF) + 1] == n) continue;
        for (int b = 0; b < 256; b++) count[b + 1] += count[b];
        for (uint32_t i = 0; i < n; i++) {
            uint32_t at = count[x->ends[i] >> shift & 0xFF]++;
            other[at] = x->ends[i];
            other_numbers[at] = x->end_numbers[i];
        }
        uint64_t *e = x->ends;
        uint32_t *m = x->end_numbers;
        x->ends = other;
        x->end_numbers = other_numbers;
        other = e;
        other_numbers = m;
    }
    arci_free(x->ctx, other);
    arci_free(x->ctx, other_numbers);
    return ARC_OK;
}

static arc_status seal_ends(arci_env *env, arci_ref_index *x)
{
    arci_free(x->ctx, x->ends);
    arci_free(x->ctx, x->end_numbers);
    x->ends = arci_alloc(x->ctx, ((size_t)x->n_numbers + 1) * sizeof *x->ends);
    x->end_numbers = arci_alloc(x->ctx, ((size_t)x->n_numbers + 1) * sizeof *x->end_numbers);
    x->n_ends = 0;
    if (!x->ends || !x->end_numbers) return arci_nomem(env);
    for (uint32_t i = 0; i < x->n_numbers; i++) {
        const number *e = &x->numbers[i];
        if (e->length <= 4) continue;
        x->ends[x->n_ends] = end_of(x->bytes + e->key, e->length);
        x->end_numbers[x->n_ends++] = i;
    }
    return sort_ends(env, x);
}

static arc_status seal_filter(arci_env *env, arci_ref_index *x)
{
    uint32_t bits = 12, length;
    while (bits < 30 && (UINT32_C(1) << bits) < x->n_used * UINT64_C(16)) bits++;
    arci_free(x->ctx, x->filter);
    x->filter = arci_calloc(x->ctx, (size_t)1 << (bits - 6), sizeof *x->filter);
    if (!x->filter) return arci_nomem(env);
    x->filter_bits = bits;
    for (uint32_t i = 0; i < x->n_numbers; i++)
        for (int bare = 0; bare <= (x->numbers[i].bare != 0); bare++) {
            uint32_t bit = filter_at(x, hash_of(x, i, bare, &length));
            x->filter[bit >> 6] |= UINT64_C(1) << (bit & 63);
        }
    return ARC_OK;
}

static owner *owner_of(const arci_ref_index *x, int64_t customer)
{
    uint32_t i = (uint32_t)(mix((uint64_t)customer * ARCI_REF_BASE, 0) >> 20) & (x->n_owners_slots - 1);
    while (x->owners[i].n && x->owners[i].customer != customer) i = (i + 1) & (x->n_owners_slots - 1);
    return &x->owners[i];
}

/* Numbers by customer: counted, then laid down; a number that stands for several things of one customer is there once. */
static arc_status seal_owners(arci_env *env, arci_ref_index *x)
{
    uint32_t n = 64, at = 0;
    while (n < x->n_targets * UINT64_C(2) && n < UINT32_C(0x80000000)) n *= 2;
    arci_free(x->ctx, x->owners);
    arci_free(x->ctx, x->owned);
    x->owners = arci_calloc(x->ctx, n, sizeof *x->owners);
    x->owned = arci_alloc(x->ctx, ((size_t)x->n_targets + 1) * sizeof *x->owned);
    x->n_owners_slots = n;
    if (!x->owners || !x->owned) return arci_nomem(env);
    for (uint32_t i = 0; i < x->n_targets; i++) {
        if (!x->targets[i].customer) continue;
        owner *o = owner_of(x, x->targets[i].customer);
        o->customer = x->targets[i].customer;
        o->n++;
    }
    for (uint32_t i = 0; i < n; i++) {
        x->owners[i].from = at;
        at += x->owners[i].n;
        if (x->owners[i].n) x->owners[i].n = 1; /* one more than there are: 0 is a free place */
    }
    for (uint32_t i = 0; i < x->n_numbers; i++) {
        for (const arci_ref_target *t = arci_ref_first(x, i); t; t = arci_ref_next(x, t)) {
            if (!t->customer) continue;
            owner *o = owner_of(x, t->customer);
            if (o->n > 1 && x->owned[o->from + o->n - 2] == i) continue;
            x->owned[o->from + o->n++ - 1] = i;
        }
    }
    return ARC_OK;
}

arc_status arci_ref_index_seal(arci_env *env, arci_ref_index *x)
{
    if (x->sealed) return ARC_OK;
    arc_status st = room_in_slots(x) ? seal_filter(env, x) : arci_nomem(env);
    if (st == ARC_OK) st = seal_ends(env, x);
    if (st == ARC_OK) st = seal_owners(env, x);
    x->sealed = st == ARC_OK;
    return st;
}

/* ---- what is in it -------------------------------------------------------------------------------------------------------------------- */

uint32_t arci_ref_n_numbers(const arci_ref_index *x) { return x->n_numbers; }

const char *arci_ref_number(const arci_ref_index *x, uint32_t n, size_t *length)
{
    const number *e = &x->numbers[n];
    *length = e->text ? e->text : e->length;
    return (const char *)x->bytes + e->key + (e->text ? e->length : 0);
}

const uint8_t *arci_ref_key(const arci_ref_index *x, uint32_t n, uint32_t *length)
{
    *length = x->numbers[n].length;
    return x->bytes + x->numbers[n].key;
}

const arci_ref_target *arci_ref_first(const arci_ref_index *x, uint32_t n) { return &x->targets[x->numbers[n].first]; }

const arci_ref_target *arci_ref_next(const arci_ref_index *x, const arci_ref_target *t) { return t->next ? &x->targets[t->next - 1] : NULL; }

const uint32_t *arci_ref_of_customer(const arci_ref_index *x, int64_t customer, uint32_t *n)
{
    const owner *o = owner_of(x, customer);
    *n = o->n ? o->n - 1 : 0;
    return x->owned + o->from;
}

static int is_customer(int64_t c, const int64_t *customers, size_t n)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (customers[mid] == c) return 1;
        if (customers[mid] < c) lo = mid + 1;
        else hi = mid;
    }
    return 0;
}

int arci_ref_is_of(const arci_ref_index *x, uint32_t n, const int64_t *customers, size_t n_customers)
{
    for (const arci_ref_target *t = arci_ref_first(x, n); t; t = arci_ref_next(x, t))
        if (is_customer(t->customer, customers, n_customers)) return 1;
    return 0;
}

/* ---- lookups -------------------------------------------------------------------------------------------------------------------------- */

static void found_add(arci_ref_found *out, uint32_t n, int bare)
{
    for (uint32_t i = 0; i < out->n && i < ARC_HIT_NUMBERS; i++)
        if (out->numbers[i] == n) return;
    if (out->n < ARC_HIT_NUMBERS) {
        out->numbers[out->n] = n;
        out->bare[out->n] = (uint8_t)bare;
    }
    out->n++;
}

/* Whole numbers go before bare ones: with `whole` the bare ones that were found are given up. */
static void prefer_whole(arci_ref_found *out)
{
    uint32_t kept = 0;
    int whole = 0;
    for (uint32_t i = 0; i < out->n && i < ARC_HIT_NUMBERS; i++) whole |= !out->bare[i];
    for (uint32_t i = 0; whole && i < out->n && i < ARC_HIT_NUMBERS; i++)
        if (!out->bare[i]) out->numbers[kept] = out->numbers[i], out->bare[kept++] = 0;
    if (whole) out->n = kept;
}

static void look(const arci_ref_index *x, arci_ref_found *out, const uint8_t *key, uint32_t length, uint64_t hash, int alike)
{
    uint64_t mixed = mix(hash, length);
    out->n = 0;
    if (!arci_ref_may_have(x, length, hash)) return;
    for (uint32_t i = (uint32_t)mixed & (x->n_slots - 1); x->slots[i].number; i = (i + 1) & (x->n_slots - 1)) {
        uint32_t n = (x->slots[i].number & ~BARE) - 1, bare = x->slots[i].number & BARE;
        if (x->slots[i].mark != (uint32_t)(mixed >> 32)) continue;
        const number *e = &x->numbers[n];
        uint32_t skip = bare ? e->bare : 0;
        if (e->length - skip != length) continue;
        const uint8_t *own = x->bytes + e->key + skip;
        if (alike ? canon_equal(own, key, length) : memcmp(own, key, length) == 0) found_add(out, n, bare != 0);
    }
    if (out->n > 1) prefer_whole(out);
}

void arci_ref_exact(const arci_ref_index *x, arci_ref_found *out, const uint8_t *key, uint32_t length, uint64_t hash) { look(x, out, key, length, hash, 0); }

void arci_ref_alike(const arci_ref_index *x, arci_ref_found *out, const uint8_t *canon, uint32_t length, uint64_t hash) { look(x, out, canon, length, hash, 1); }

static uint32_t lower_bound(const arci_ref_index *x, uint64_t e)
{
    uint32_t lo = 0, hi = x->n_ends;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (x->ends[mid] < e) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

static void try_end(const arci_ref_index *x, arci_ref_found *out, uint32_t n, const uint8_t *key, uint32_t length)
{
    const number *e = &x->numbers[n];
    if (e->length > length && memcmp(x->bytes + e->key + e->length - length, key, length) == 0) found_add(out, n, 0);
}

void arci_ref_suffix(const arci_ref_index *x, arci_ref_found *out, const uint8_t *key, uint32_t length, const int64_t *customers, size_t n_customers)
{
    uint32_t n, at;
    out->n = 0;
    if (length < 3 || length > ARC_REFERENCE_NUMBER_MAX) return;
    for (size_t c = 0; c < n_customers; c++) {
        const uint32_t *theirs = arci_ref_of_customer(x, customers[c], &n);
        for (uint32_t i = 0; i < n; i++) try_end(x, out, theirs[i], key, length);
    }
    if (n_customers || length < 4) return;
    uint32_t known = length < 8 ? length : 8;
    uint64_t from = end_of(key + length - known, known), step = known < 8 ? UINT64_C(1) << (8 * (8 - known)) : 1;
    for (at = lower_bound(x, from); at < x->n_ends && x->ends[at] - from < step && out->n <= 2 * ARC_HIT_NUMBERS; at++) try_end(x, out, x->end_numbers[at], key, length);
}
