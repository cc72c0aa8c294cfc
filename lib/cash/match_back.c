/* SPDX-License-Identifier: Apache-2.0 */
/* Taking a match back as a whole (反核销). */
#include <string.h>

#include "arcore/allocation.h"
#include "arcore/payer.h"
#include "base/json.h"
#include "cash/match_apply.h"
#include "cash/match_call.h"
#include "store/verb.h"

enum { ROWS_MAX = 10000 };

static int64_t id_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

/* ---- reversal --------------------------------------------------------------------------------------------------------------------------- */

typedef struct rows {
    arci_arena arena;
    int64_t *ids;
    uint32_t n, cap;
} rows;

static arc_status keep(arci_env *env, rows *x, int64_t id)
{
    if (x->n == x->cap) {
        uint32_t cap = x->cap ? x->cap * 2 : 64;
        int64_t *grown = cap <= ROWS_MAX * 2 ? arci_arena_alloc(&x->arena, cap * sizeof *grown) : NULL;
        if (!grown) return cap <= ROWS_MAX * 2 ? arci_nomem(env) : arci_fail(env, ARC_E_LIMIT, "more than %d rows", "超过 %d 行", ROWS_MAX);
        if (x->n) memcpy(grown, x->ids, x->n * sizeof *grown);
        x->ids = grown;
        x->cap = cap;
    }
    x->ids[x->n++] = id;
    return ARC_OK;
}

static int of_match(arci_env *env, arci_arena *arena, const arc_value *evidence, int64_t receipt)
{
    arci_json *root;
    int64_t id = 0;
    if (evidence->type != ARC_V_TEXT || arci_json_parse(env, arena, evidence->u.s, evidence->len, &arci_json_default_limits, &root) != ARC_OK) {
        arci_error_clear(env->err);
        return 0;
    }
    const arci_json *m = arci_json_get(root, "match"), *r = m ? arci_json_get(m, "receipt") : NULL;
    return r && arci_json_int(env, r, &id) == ARC_OK && id == receipt;
}

/* What moved the rest of an item that the receipt paid in part. */
static int is_rest(const arc_value *reason, int64_t receipt)
{
    char said[ARCI_REST_REASON];
    arci_cash_rest_reason(said, receipt);
    return reason->type == ARC_V_TEXT && reason->len == strlen(said) && memcmp(reason->u.s, said, reason->len) == 0;
}

static const char fields[] = "id item receipt reverses evidence reason";
enum { F_ID, F_ITEM, F_RECEIPT, F_REVERSES, F_EVIDENCE, F_REASON };

/* Rows of a column's value that nothing has undone. */
static arc_status standing(arci_txn *t, rows *x, uint32_t col, const arc_value *of, uint32_t n, arci_rows *out)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(t, &shape, "allocation", fields);
    if (st != ARC_OK) return st;
    const arc_order by[] = { { shape->cols[col], 0 }, { shape->cols[F_ID], 0 } };
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[col], of, n);
    st = arci_repo_find(t, shape, &w, by, 2, 0, &x->arena, out);
    if (st != ARC_OK) return st;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < out->n_rows; i++) {
        const arc_value *v = out->values + (size_t)i * out->n_cols;
        int undone = v[F_REVERSES].type == ARC_V_INT;
        for (uint32_t k = 0; k < out->n_rows && !undone; k++) undone = id_of(&out->values[(size_t)k * out->n_cols + F_REVERSES]) == v[F_ID].u.i;
        if (!undone) memmove(out->values + (size_t)kept++ * out->n_cols, v, out->n_cols * sizeof *v);
    }
    out->n_rows = kept;
    return ARC_OK;
}

/* What the receipt paid, and what the same match took from credits, nettings and nobody. */
static arc_status collect(arci_txn *t, rows *x, int64_t receipt)
{
    const arc_value of = arci_v_int(receipt);
    arci_rows own, other;
    arc_status st = standing(t, x, F_RECEIPT, &of, 1, &own);
    if (st != ARC_OK) return st;
    arc_value *items = arci_arena_alloc(&x->arena, (own.n_rows + 1u) * sizeof *items);
    if (!items) return arci_nomem(t->env);
    for (uint32_t i = 0; i < own.n_rows && st == ARC_OK; i++) {
        items[i] = own.values[(size_t)i * own.n_cols + F_ITEM];
        st = keep(t->env, x, own.values[(size_t)i * own.n_cols + F_ID].u.i);
    }
    if (st != ARC_OK || !own.n_rows) return st;
    st = standing(t, x, F_ITEM, items, own.n_rows, &other);
    for (uint32_t i = 0; i < other.n_rows && st == ARC_OK; i++) {
        const arc_value *v = other.values + (size_t)i * other.n_cols;
        if (id_of(&v[F_RECEIPT]) != receipt && (is_rest(&v[F_REASON], receipt) || of_match(t->env, &x->arena, &v[F_EVIDENCE], receipt))) st = keep(t->env, x, v[F_ID].u.i);
    }
    return st;
}

static arc_status find_rows(arci_session *s, rows *x, int64_t receipt)
{
    arci_scope scope;
    arc_status st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, collect(scope.txn, x, receipt));
    if (st == ARC_OK && !x->n) {
        st = arci_fail(&s->env, ARC_E_STATE, "nothing of the receipt is applied", "该回款没有核销");
        arci_fail_at(&s->env, "receipt", NULL, receipt, -1);
    }
    return st;
}

arc_status arc_match_reverse(arc_session *session, int64_t receipt, arc_date date, const char *reason)
{
    arci_session *s;
    rows x;
    arc_ledger_step *steps = NULL;
    arc_txn *txn = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    memset(&x, 0, sizeof x);
    arci_arena_init(&x.arena, s->env.ctx);
    st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_ALLOCATION_REVERSE], NULL);
    if (st == ARC_OK) st = find_rows(s, &x, receipt);
    steps = st == ARC_OK ? arci_arena_calloc(&x.arena, x.n + 1u, sizeof *steps) : NULL;
    if (st == ARC_OK && !steps) st = arci_nomem(&s->env);
    for (uint32_t i = 0; i < x.n && st == ARC_OK; i++) {
        (void)arc_ledger_step_init(&steps[i]);
        steps[i].row = x.ids[x.n - 1 - i]; /* the last first */
        steps[i].date = date;
        steps[i].reason = reason;
    }
    const int own = s->book->txn == NULL;
    (void)arci_session_leave(s, st);
    if (st == ARC_OK && own) st = arc_session_begin(session, &txn, ARC_WRITE);
    if (st == ARC_OK) st = arc_allocation_reverse_many(session, NULL, NULL, steps, x.n, ARC_ALL_OR_NONE);
    if (st == ARC_OK) { /* what it had taught is no longer certain; who may not unlearn leaves it to others */
        const arc_status forgot = arc_payer_learn(session, NULL, &receipt, 1, ARC_PAYER_FORGET);
        st = forgot == ARC_E_FORBIDDEN ? ARC_OK : forgot;
    }
    if (txn && st == ARC_OK) st = arc_txn_commit(txn);
    else if (txn) arc_txn_rollback(txn);
    arci_arena_clear(&x.arena);
    return st;
}
