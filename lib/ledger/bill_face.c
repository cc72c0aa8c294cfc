/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/bill_face.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/map.h"
#include "ledger/bill.h"

/* ---- evidence ----------------------------------------------------------------------------------------------------------------- */

static const char face_key[] = "face";
enum { STRETCH_TEXT = 48 }; /* bytes of one: two numbers of 19 digits */

arc_status arci_bill_face_evidence(arci_posting *p, const arci_stretch *at, uint32_t n, const char **out)
{
    size_t room = (size_t)n * STRETCH_TEXT + 32;
    char *text = arci_arena_alloc(&p->arena, room);
    if (!text) return arci_nomem(p->t->env);
    int k = snprintf(text, room, "{\"%s\":[", face_key);
    for (uint32_t i = 0; i < n; i++) k += snprintf(text + k, room - (size_t)k, "%s[%lld,%lld]", i ? "," : "", (long long)at[i].from, (long long)at[i].to);
    snprintf(text + k, room - (size_t)k, "]}");
    *out = text;
    return ARC_OK;
}

static int stretch_of(arci_env *env, const arci_json *node, arci_stretch *out)
{
    const arci_json *to = node->type == ARCI_JSON_ARRAY && node->n == 2 ? node->child->next : NULL;
    return to && node->child->type == ARCI_JSON_NUMBER && to->type == ARCI_JSON_NUMBER && arci_json_int(env, node->child, &out->from) == ARC_OK && arci_json_int(env, to, &out->to) == ARC_OK;
}

/* ---- who lies where ----------------------------------------------------------------------------------------------------------- */

typedef struct taken { /* in order of `at`, none over another */
    arci_stretch at;
    uint32_t row;
} taken;

typedef struct face {
    arci_posting *p;
    int64_t whole;
    taken *list;
    uint32_t n, cap;
} face;

static int insert(face *f, arci_stretch at, uint32_t row)
{
    uint32_t k = f->n;
    if (f->n == f->cap) {
        uint32_t cap = f->cap ? f->cap * 2 : 16;
        taken *list = arci_arena_alloc(&f->p->arena, cap * sizeof *list);
        if (!list) return 0;
        if (f->n) memcpy(list, f->list, f->n * sizeof *list);
        f->list = list;
        f->cap = cap;
    }
    for (; k && f->list[k - 1].at.from > at.from; k--) f->list[k] = f->list[k - 1];
    f->list[k] = (taken){ at, row };
    f->n++;
    return 1;
}

static void leave(face *f, uint32_t row)
{
    uint32_t kept = 0;
    for (uint32_t k = 0; k < f->n; k++) {
        if (f->list[k].row != row) f->list[kept++] = f->list[k];
    }
    f->n = kept;
}

static int is_free(const face *f, arci_stretch at)
{
    if (at.from < 0 || at.from >= at.to || at.to > f->whole) return 0;
    for (uint32_t k = 0; k < f->n; k++) {
        if (f->list[k].at.from < at.to && at.from < f->list[k].at.to) return 0;
    }
    return 1;
}

/* The first that is free. */
static int lay(face *f, uint32_t row, int64_t amount)
{
    int64_t from = 0;
    for (uint32_t k = 0; amount > 0 && from < f->whole; k++) {
        int64_t end = k < f->n ? f->list[k].at.from : f->whole, now = end - from < amount ? end - from : amount;
        if (now > 0) {
            const arci_stretch at = { from, from + now };
            if (!insert(f, at, row)) return 0;
            amount -= now;
            k++; /* it lies before the one it came to */
        }
        if (k < f->n) from = f->list[k].at.to;
        else from = f->whole;
    }
    return 1;
}

static int64_t taken_by(const arc_value *allocation) /* of the receipt */
{
    return allocation[ARCI_AL_CREDIT_AMOUNT].type == ARC_V_INT ? allocation[ARCI_AL_CREDIT_AMOUNT].u.i : allocation[ARCI_AL_AMOUNT].u.i;
}

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

/* Where its evidence says, when that is its amount and free; 0: it says nothing that counts. */
static arc_status lay_as_told(face *f, uint32_t row, const arc_value *v, int *done)
{
    arci_json *root;
    arci_stretch at;
    arci_env *env = f->p->t->env;
    int64_t left = taken_by(v);
    *done = 0;
    if (!is(&v[ARCI_AL_MODE], "bill") || v[ARCI_AL_EVIDENCE].type != ARC_V_TEXT) return ARC_OK;
    arc_status st = arci_json_parse(env, &f->p->arena, v[ARCI_AL_EVIDENCE].u.s, v[ARCI_AL_EVIDENCE].len, &arci_json_default_limits, &root);
    const arci_json *list = st == ARC_OK ? arci_json_get(root, face_key) : NULL;
    if (st == ARC_E_NOMEM) return st;
    if (!list || list->type != ARCI_JSON_ARRAY) return ARC_OK;
    uint32_t kept = f->n;
    int good = 1;
    for (const arci_json *one = list->child; one && good; one = one->next) {
        good = stretch_of(env, one, &at) && is_free(f, at) && at.to - at.from <= left;
        if (!good) break;
        left -= at.to - at.from;
        if (!insert(f, at, row)) return arci_nomem(env);
    }
    *done = good && !left;
    if (!*done && f->n != kept) leave(f, row);
    return ARC_OK;
}

static arc_status lay_row(face *f, uint32_t row, const arc_value *v)
{
    int done = 0;
    if (is(&v[ARCI_AL_MODE], "refund")) return ARC_OK; /* money that was paid back is on account here: the bill was not */
    arc_status st = lay_as_told(f, row, v, &done);
    return st == ARC_OK && !done && !lay(f, row, taken_by(v)) ? arci_nomem(f->p->t->env) : st;
}

/* ---- what happened to a receipt, in its order ----------------------------------------------------------------------------------- */

static arc_status read_rows(arci_posting *p, int64_t receipt, arci_rows *rows)
{
    const arci_shape *shape;
    arci_where w;
    char fields[640];
    snprintf(fields, sizeof fields, "id %s", arci_allot_fields);
    arc_status st = arci_shape_get(p->t, &shape, "allocation", fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[1 + ARCI_AL_RECEIPT], ARC_OP_EQ, receipt);
    return arci_repo_find(p->t, shape, &w, NULL, 0, 0, &p->arena, rows);
}

static const arc_value *row_of(const arci_rows *rows, uint32_t r) { return rows->values + (size_t)r * rows->n_cols; }

/* Rows as they came, each leaving when it is undone. Where several sessions draw ids a row may have a higher one than the one that undoes it: that one is never laid. */
static arc_status replay(face *f, const arci_rows *rows, uint8_t *gone)
{
    arci_map at;
    arc_status st = ARC_OK;
    arci_map_init(&at, f->p->arena.ctx);
    for (uint32_t r = 0; st == ARC_OK && r < rows->n_rows; r++) {
        int64_t id = row_of(rows, r)[0].u.i, *place;
        if (arci_map_put(&at, &id, sizeof id, &place) < 0) st = arci_nomem(f->p->t->env);
        else *place = r;
    }
    for (uint32_t r = 0; st == ARC_OK && r < rows->n_rows; r++) {
        const arc_value *v = row_of(rows, r) + 1;
        const int64_t *old = v[ARCI_AL_REVERSES].type == ARC_V_INT ? arci_map_get(&at, &v[ARCI_AL_REVERSES].u.i, sizeof v[ARCI_AL_REVERSES].u.i) : NULL;
        if (v[ARCI_AL_REVERSES].type == ARC_V_INT) {
            gone[r] = 1;
            if (old) gone[*old] = 1;
            if (old) leave(f, (uint32_t)*old);
        } else if (!gone[r]) {
            st = lay_row(f, r, v);
        }
    }
    arci_map_clear(&at);
    return st;
}

/* What of a stretch lies in a part, and what does not. */
static void cut(arci_face_row *row, arci_stretch at, arci_stretch part, arci_stretch *rest)
{
    int64_t begin = at.from > part.from ? at.from : part.from, end = at.to < part.to ? at.to : part.to;
    if (begin >= end) {
        rest[row->n_rest++] = at;
        return;
    }
    row->amount += end - begin;
    if (at.from < begin) rest[row->n_rest++] = (arci_stretch){ at.from, begin };
    if (end < at.to) rest[row->n_rest++] = (arci_stretch){ end, at.to };
}

/* Each row with room for what its stretches leave: two of each. */
static arc_status cut_all(const face *f, arci_stretch part, arci_face_row *all, uint32_t n)
{
    arci_stretch **rest = arci_arena_calloc(&f->p->arena, n + 1u, sizeof *rest), *room = arci_arena_alloc(&f->p->arena, (2u * (size_t)f->n + 1u) * sizeof *room);
    uint32_t *count = arci_arena_calloc(&f->p->arena, n + 1u, sizeof *count);
    if (!rest || !room || !count) return arci_nomem(f->p->t->env);
    for (uint32_t k = 0; k < f->n; k++) count[f->list[k].row]++;
    for (uint32_t r = 0; r < n; r++) {
        all[r].rest = rest[r] = room;
        room += 2u * (size_t)count[r];
    }
    for (uint32_t k = 0; k < f->n; k++) cut(&all[f->list[k].row], f->list[k].at, part, rest[f->list[k].row]);
    return ARC_OK;
}

arc_status arci_bill_face(arci_posting *p, int64_t receipt, int64_t whole, int64_t from, int64_t to, arci_face_row **out, uint32_t *n)
{
    arci_rows rows;
    face f = { .p = p, .whole = whole };
    *n = 0;
    arc_status st = read_rows(p, receipt, &rows);
    uint8_t *gone = st == ARC_OK ? arci_arena_calloc(&p->arena, rows.n_rows + 1u, 1) : NULL;
    *out = st == ARC_OK ? arci_arena_calloc(&p->arena, rows.n_rows + 1u, sizeof **out) : NULL;
    if (st != ARC_OK) return st;
    if (!gone || !*out) return arci_nomem(p->t->env);
    st = replay(&f, &rows, gone);
    if (st == ARC_OK) st = cut_all(&f, (arci_stretch){ from, to }, *out, rows.n_rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        if (!(*out)[r].amount) continue;
        (*out)[*n] = (*out)[r];
        (*out)[*n].id = row_of(&rows, r)[0].u.i;
        (*out)[(*n)++].row = row_of(&rows, r) + 1;
    }
    return st;
}
