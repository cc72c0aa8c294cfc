/* SPDX-License-Identifier: Apache-2.0 */
/* Notices (camt.054) and statements tell of the same bookings, the one with details, the other without: what is kept already is found by reference, else by amount and day where one of
 * the two says nothing of itself. It is no second booking; details that were missing are added to it. */
#include <string.h>

#include "base/map.h"
#include "cash/statement.h"

#define AROUND 31
#define AT_ONCE 500u

enum { K_ID, K_VERSION, K_CURRENCY, K_AMOUNT, K_BOOKED, K_REF, K_END_TO_END, K_PAYER, K_MEMO, K_KIND, K_STATUS, K_FINGERPRINT, K_OCCURRENCE, K_STATEMENT, K_STANDING, K_DETAIL, K_OWN, K_COLUMNS };
static const char kept_fields[] = "id version currency amount booking_date bank_ref end_to_end payer_name memo kind status fingerprint occurrence bank_statement standing detail bank_account";

typedef struct noticing {
    arci_statement_import *m;
    arci_statement_in *s;
    arci_map interim; /* ids of kept statements that are */
    arci_map used;    /* ids of kept lines that one of this file is */
    int is_interim;
} noticing;

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

/* Kept statements around these days that are notices or reports. */
static arc_status read_interim(noticing *x)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(x->m->t, &shape, "bank_statement", "id bank_account date_from date_to interim");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[1], ARC_OP_EQ, x->s->account->id);
    arci_where_int(&w, shape->cols[3], ARC_OP_GE, x->s->from - AROUND);
    arci_where_int(&w, shape->cols[2], ARC_OP_LE, x->s->to + AROUND);
    arci_where_int(&w, shape->cols[4], ARC_OP_EQ, 1);
    st = arci_repo_find(x->m->t, shape, &w, NULL, 0, 0, &x->m->arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        int64_t *at;
        if (arci_map_put(&x->interim, &rows.values[(size_t)i * rows.n_cols].u.i, sizeof(int64_t), &at) < 0) return arci_nomem(x->m->t->env);
    }
    return st;
}

/* 3: the same; 2: by a reference; 1: nothing speaks against it; 0: another booking. */
static int likeness(const arc_value *v, const arc_bank_line *l)
{
    const char *ref = l->bank_ref ? l->bank_ref : l->id ? l->id : l->entry_ref;
    if (v[K_STANDING].type == ARC_V_NULL || v[K_DETAIL].u.i || memcmp(v[K_CURRENCY].u.s, l->amount.currency, 3) != 0) return 0;
    if (is(&v[K_FINGERPRINT], l->fingerprint)) return 3;
    if (v[K_REF].type == ARC_V_TEXT && ref) return is(&v[K_REF], ref) ? 2 : 0;
    if (v[K_BOOKED].u.i != l->booked) return 0;
    if (v[K_END_TO_END].type == ARC_V_TEXT && l->end_to_end) return is(&v[K_END_TO_END], l->end_to_end) ? 2 : 0;
    return (v[K_PAYER].type == ARC_V_NULL && v[K_MEMO].type == ARC_V_NULL) || (!l->name && !l->text);
}

static const arc_value *find(const noticing *x, const arci_rows *rows, const arc_bank_line *l)
{
    const arc_value *best = NULL;
    int level = 0;
    for (uint32_t i = 0; i < rows->n_rows; i++) {
        const arc_value *v = rows->values + (size_t)i * rows->n_cols;
        const int one_is = x->is_interim || arci_map_get(&x->interim, &v[K_STATEMENT].u.i, sizeof(int64_t));
        if (v[K_AMOUNT].u.i != l->amount.minor || !one_is || arci_map_get(&x->used, &v[K_ID].u.i, sizeof(int64_t))) continue;
        const int now = likeness(v, l);
        if (now > level) best = v, level = now;
    }
    return best;
}

static int is_bare(const arc_value *v) { return v[K_PAYER].type == ARC_V_NULL && v[K_MEMO].type == ARC_V_NULL; }

static arc_status take(noticing *x, uint32_t i, const arc_value *v)
{
    arci_statement_in *s = x->s;
    const arci_bank_entry *e = s->in->lines[i];
    int64_t *at;
    if (arci_map_put(&x->used, &v[K_ID].u.i, sizeof(int64_t), &at) < 0) return arci_nomem(x->m->t->env);
    if (s->occurrences[i]) { /* it is known */
        s->occurrences[i] = 0;
        s->n_new--;
        s->n_known++;
    }
    if (!e->l.n_details || (e->l.n_details == 1 && !is_bare(v))) return ARC_OK;
    const char *fingerprint = arci_arena_strndup(&x->m->arena, v[K_FINGERPRINT].u.s, v[K_FINGERPRINT].len);
    if (!fingerprint) return arci_nomem(x->m->t->env);
    /* who waits becomes those that are told now; what was received, or is none, has the words alone */
    s->joins[s->n_joins++] = (arci_statement_join){ .line = i, .kept = v[K_ID].u.i, .version = v[K_VERSION].u.i, .occurrence = (uint32_t)v[K_OCCURRENCE].u.i, .fingerprint = fingerprint,
                                                    .waiting = is(&v[K_KIND], "payment") && is(&v[K_STATUS], "waiting") && e->l.details != ARC_BANK_CHECK_DIFFERS };
    return ARC_OK;
}

static arc_status some_lines(noticing *x, uint32_t from, uint32_t to)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_value amounts[AT_ONCE];
    uint32_t n = 0;
    const arci_statement_in *s = x->s;
    arc_status st = arci_shape_get(x->m->t, &shape, "statement_line", kept_fields);
    for (uint32_t i = from; i < to; i++) {
        if (!arci_statement_skips(s->in->lines[i]) && (s->occurrences[i] || x->is_interim)) amounts[n++] = arci_v_int(s->in->lines[i]->l.amount.minor);
    }
    if (st != ARC_OK || !n) return st;
    const arc_order by_id = { shape->cols[K_ID], 0 };
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[K_OWN], ARC_OP_EQ, s->account->id);
    arci_where_in(&w, shape->cols[K_AMOUNT], amounts, n);
    arci_where_int(&w, shape->cols[K_BOOKED], ARC_OP_GE, s->from - AROUND);
    arci_where_int(&w, shape->cols[K_BOOKED], ARC_OP_LE, s->to + AROUND);
    st = arci_repo_find(x->m->t, shape, &w, &by_id, 1, 0, &x->m->chunk, &rows);
    for (uint32_t i = from; st == ARC_OK && i < to; i++) {
        if (arci_statement_skips(s->in->lines[i]) || (!s->occurrences[i] && !x->is_interim)) continue;
        const arc_value *v = find(x, &rows, &s->in->lines[i]->l);
        if (v) st = take(x, i, v);
    }
    return st;
}

/* Those whose details are told already are left as they are. */
static arc_status cut(noticing *x)
{
    const arci_shape *shape;
    arci_map told;
    arci_statement_in *s = x->s;
    uint32_t kept = 0;
    arc_value *ids = arci_arena_alloc(&x->m->arena, (s->n_joins + 1u) * sizeof *ids);
    if (!ids) return arci_nomem(x->m->t->env);
    for (uint32_t i = 0; i < s->n_joins; i++) ids[i] = arci_v_int(s->joins[i].kept);
    arci_map_init(&told, x->m->arena.ctx);
    arc_status st = arci_shape_get(x->m->t, &shape, "statement_line", "batch standing");
    for (uint32_t i = 0; st == ARC_OK && i < s->n_joins; i += AT_ONCE) {
        arci_where w;
        arci_rows rows;
        const arc_order by = { shape->cols[0], 0 };
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], ids + i, s->n_joins - i < AT_ONCE ? s->n_joins - i : AT_ONCE);
        st = arci_repo_find(x->m->t, shape, &w, &by, 1, 0, &x->m->chunk, &rows);
        for (uint32_t k = 0; st == ARC_OK && k < rows.n_rows; k++) {
            const arc_value *v = rows.values + (size_t)k * rows.n_cols;
            int64_t *at;
            if (v[1].type != ARC_V_NULL && arci_map_put(&told, &v[0].u.i, sizeof(int64_t), &at) < 0) st = arci_nomem(x->m->t->env);
        }
    }
    for (uint32_t i = 0; st == ARC_OK && i < s->n_joins; i++) {
        if (!arci_map_get(&told, &s->joins[i].kept, sizeof(int64_t))) s->joins[kept++] = s->joins[i];
    }
    s->n_joins = kept;
    arci_map_clear(&told);
    return st;
}

static arc_status one_statement(noticing *x)
{
    const uint32_t n = x->s->in->s.n_lines;
    arc_status st = ARC_OK;
    x->s->joins = arci_arena_calloc(&x->m->arena, n + 1u, sizeof *x->s->joins);
    if (!x->s->joins) return arci_nomem(x->m->t->env);
    for (uint32_t at = 0; st == ARC_OK && at < n; at += AT_ONCE) {
        arci_arena_reset(&x->m->chunk);
        st = some_lines(x, at, n - at < AT_ONCE ? n : at + AT_ONCE);
    }
    return st == ARC_OK && x->s->n_joins ? cut(x) : st;
}

arc_status arci_statement_notices(arci_statement_import *m)
{
    arc_status st = ARC_OK;
    noticing x = { .m = m };
    arci_map_init(&x.used, m->arena.ctx);
    for (uint32_t i = 0; st == ARC_OK && i < m->n; i++) {
        x.s = &m->list[i];
        x.is_interim = (m->list[i].in->s.flags & ARC_BANK_INTERIM) != 0;
        arci_map_init(&x.interim, m->arena.ctx);
        st = x.is_interim ? ARC_OK : read_interim(&x);
        if (st == ARC_OK && (x.is_interim || x.interim.n)) st = one_statement(&x);
        arci_map_clear(&x.interim);
    }
    arci_map_clear(&x.used);
    return st;
}
