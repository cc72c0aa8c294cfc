/* SPDX-License-Identifier: Apache-2.0 */
#include "store/defaults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/stream.h"

#define AT_ONCE 500u /* owners named in one question */

extern const arci_entity arci_entity_invoice_title;

static const struct {
    const arci_entity *entity;
    const char *owner, *fields; /* id, version, owner, and whether it is */
    const char *flag;
} kinds[] = { { &arci_entity_invoice_title, "customer", "id version customer is_default", "is_default" } };
enum { N_KINDS = sizeof kinds / sizeof *kinds };
enum { F_ID, F_VERSION, F_OWNER, F_IS, F_N };

static int kind_of(const arci_shape *shape)
{
    for (int k = 0; k < N_KINDS; k++) {
        if (shape->table->entity == kinds[k].entity) return k;
    }
    return -1;
}

/* Position of a column of the shape; its number when there is none. */
static uint16_t place(const arci_shape *shape, const char *field)
{
    const uint16_t col = arci_col(shape->table->entity, field);
    uint16_t c = 0;
    while (c < shape->n && shape->cols[c] != col) c++;
    return c;
}

static int is_set(const arc_value *v) { return v->type == ARC_V_INT && v->u.i; }

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static arc_status lock_owners(arci_txn *t, int k, arci_defaults *d)
{
    uint32_t n = 0;
    if (!d->n) return ARC_OK;
    qsort(d->owners, d->n, sizeof *d->owners, by_value);
    for (uint32_t i = 0; i < d->n; i++) {
        if (!n || d->owners[n - 1] != d->owners[i]) d->owners[n++] = d->owners[i];
    }
    d->n = n;
    return arci_repo_lock(t, kinds[k].owner, d->owners, d->n);
}

static arc_status room(arci_txn *t, arci_arena *arena, arci_defaults *d, uint32_t n)
{
    d->n = 0;
    d->owners = arci_arena_calloc(arena, (size_t)n + 1, sizeof *d->owners);
    d->rows = arci_arena_calloc(arena, (size_t)n + 1, sizeof *d->rows);
    return d->owners && d->rows ? ARC_OK : arci_nomem(t->env);
}

static int64_t *row_of(const arci_defaults *d, int64_t owner)
{
    int64_t *at = d->n ? bsearch(&owner, d->owners, d->n, sizeof *d->owners, by_value) : NULL;
    return at ? d->rows + (at - d->owners) : NULL;
}

arc_status arci_defaults_insert(arci_txn *t, arci_arena *arena, arci_defaults *d, arci_batch *b)
{
    const int k = kind_of(b->shape);
    d->n = 0;
    if (k < 0) return ARC_OK;
    const uint16_t owner = place(b->shape, kinds[k].owner), flag = place(b->shape, kinds[k].flag);
    arc_status st = room(t, arena, d, b->n_rows);
    if (st != ARC_OK) return st;
    for (uint32_t r = 0; r < b->n_rows; r++) {
        const arc_value *v = arci_batch_row(b, r);
        if (is_set(&v[flag]) && v[owner].type == ARC_V_INT) d->owners[d->n++] = v[owner].u.i;
    }
    st = lock_owners(t, k, d);
    for (uint32_t r = b->n_rows; st == ARC_OK && d->n && r-- > 0;) { /* the last one named is it */
        arc_value *v = arci_batch_row(b, r);
        int64_t *taken = is_set(&v[flag]) && v[owner].type == ARC_V_INT ? row_of(d, v[owner].u.i) : NULL;
        if (taken && *taken) v[flag] = arci_v_int(0);
        if (taken && !*taken) *taken = -1;
    }
    return st;
}

arc_status arci_defaults_update(arci_txn *t, arci_arena *arena, arci_defaults *d, const arci_batch *b, int64_t id)
{
    const arci_shape *shape;
    arc_value *row;
    uint8_t *found;
    const int k = kind_of(b->shape);
    d->n = 0;
    if (k < 0) return ARC_OK;
    const uint16_t flag = place(b->shape, kinds[k].flag);
    if (flag == b->shape->n || !is_set(&arci_batch_row(b, 0)[flag])) return ARC_OK;
    arc_status st = room(t, arena, d, 1);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, kinds[k].entity->name, kinds[k].fields);
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, &id, 1, arena, &row, &found);
    if (st != ARC_OK || !found[0]) return st; /* told when it is written */
    d->owners[0] = row[F_OWNER].u.i;
    d->rows[0] = id;
    d->n = 1;
    return lock_owners(t, k, d);
}

/* Those who have been it, a few hundred owners a question. */
static arc_status take_from_others(arci_txn *t, arci_arena *arena, int k, const arci_defaults *d, uint32_t from, uint32_t n)
{
    const arci_shape *shape, *writes;
    arci_where w;
    arci_rows rows;
    arci_batch *b;
    uint32_t at = 0;
    arc_value *in = arci_arena_alloc(arena, n * sizeof *in);
    if (!in) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) in[i] = arci_v_int(d->owners[from + i]);
    arc_status st = arci_shape_get(t, &shape, kinds[k].entity->name, kinds[k].fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[F_OWNER], in, n);
    arci_where_int(&w, shape->cols[F_IS], ARC_OP_EQ, 1);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    if (st == ARC_OK) st = arci_shape_get(t, &writes, kinds[k].entity->name, kinds[k].flag);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, writes, ARC_WRITE_UPDATE, rows.n_rows + 1, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * F_N;
        const int64_t *now = row_of(d, v[F_OWNER].u.i);
        if (!now || *now <= 0 || *now == v[F_ID].u.i) continue;
        arci_batch_key(b, at)[0] = v[F_ID];
        arci_batch_guard(b, at)[0] = v[F_VERSION];
        arci_batch_row(b, at++)[0] = arci_v_int(0);
    }
    if (st != ARC_OK || !at) return st;
    b->n_rows = at;
    return arci_repo_write(t, &b, 1, NULL);
}

arc_status arci_defaults_written(arci_txn *t, arci_arena *arena, arci_defaults *d, const arci_batch *b)
{
    const int k = kind_of(b->shape);
    arc_status st = ARC_OK;
    if (k < 0 || !d->n) return ARC_OK;
    const uint16_t owner = place(b->shape, kinds[k].owner), flag = place(b->shape, kinds[k].flag);
    for (uint32_t r = 0; b->op == ARC_WRITE_INSERT && r < b->n_rows; r++) {
        const arc_value *v = arci_batch_row(b, r);
        int64_t *now = b->results[r] == ARC_ROW_OK && is_set(&v[flag]) ? row_of(d, v[owner].u.i) : NULL;
        if (now) *now = arci_batch_id(b, r);
    }
    for (uint32_t from = 0; st == ARC_OK && from < d->n; from += AT_ONCE) st = take_from_others(t, arena, k, d, from, d->n - from < AT_ONCE ? d->n - from : AT_ONCE);
    return st;
}

/* ---- verify --------------------------------------------------------------------------------------------------------------------------- */

arc_status arci_check_defaults(arci_verify *v, arci_txn *t)
{
    enum { OWNER, IS, ID };
    arc_status st = ARC_OK;
    for (int k = 0; k < N_KINDS && st == ARC_OK; k++) {
        char fields[64];
        arci_stream s;
        int64_t owner = 0, had = 0;
        memset(&s, 0, sizeof s);
        (void)snprintf(fields, sizeof fields, "%s %s id", kinds[k].owner, kinds[k].flag);
        st = arci_stream_open(t, v, &s, kinds[k].entity->name, fields, "id");
        for (; st == ARC_OK && s.row; st = st == ARC_OK ? arci_stream_next(&s) : st) {
            if (s.row[OWNER].u.i != owner) had = 0;
            owner = s.row[OWNER].u.i;
            if (!is_set(&s.row[IS])) continue;
            if (had) st = arci_finding(v, kinds[k].entity->name, kinds[k].flag, s.row[ID].u.i, "%s %lld has another default: %lld", "%s %lld 另有默认项：%lld", kinds[k].owner, (long long)owner, (long long)had);
            had = s.row[ID].u.i;
        }
        arci_stream_close(&s);
    }
    return st;
}
