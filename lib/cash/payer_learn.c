/* SPDX-License-Identifier: Apache-2.0 */
/* Learning who pays for whom. A receipt is a piece of evidence for one customer at most; what aliases count are the pieces that stand, so learning twice changes nothing and unlearning is
 * exact. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "cash/payer.h"
#include "store/access.h"
#include "store/repo.h"
#include "store/verb.h"

#define MOST 10000u
#define AT_ONCE 500u

enum { R_ID, R_NAME, R_ACCOUNT, R_DATE };
enum { T_RECEIPT, T_CUSTOMER, T_RETURNED };
enum { E_ID, E_VERSION, E_RECEIPT, E_KIND, E_KEY, E_CUSTOMER };
enum { A_ID, A_VERSION, A_CUSTOMER, A_KIND, A_KEY, A_SUPPORTS, A_CONTRADICTS, A_SEEN };

static const char *const kinds[2] = { "payer_account", "payer_name" };

/* An alias that changes: of a key all are here, so that what supports one contradicts the others. */
typedef struct alias {
    int64_t id, version, customer, supports, contradicts;
    arc_date seen;
    const char *key, *value;
    size_t n_key, n_value;
    uint8_t kind, changed;
    struct alias *next; /* of the same key */
} alias;

typedef struct fact {
    int64_t receipt, customer; /* 0: nobody's */
    int64_t before;            /* whom the evidence supports now */
    int64_t id, version;       /* of the evidence; 0: none yet */
    const char *key, *value;
    size_t n_key, n_value;
    arc_date on;
    uint8_t kind;
} fact;

typedef struct learning {
    arci_txn *t;
    arci_arena arena;
    arci_map keys; /* kind + key -> first alias */
    const int64_t *receipts;
    uint32_t n, flags, changed;
    fact *facts;
    uint32_t n_facts;
    arci_map own; /* keys of accounts of our own */
} learning;

static arc_status read_own(learning *l)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    char key[ARCI_PAYER_KEY];
    int64_t *at;
    arc_status st = arci_shape_get(l->t, &shape, "bank_account", "number customer");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_null(&w, shape->cols[1]);
    st = arci_repo_find(l->t, shape, &w, NULL, 0, 0, &l->arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        size_t n = arci_payer_account_key(key, v[0].u.s, v[0].len);
        if (n && arci_map_put(&l->own, key, n, &at) < 0) st = arci_nomem(l->t->env);
    }
    return st;
}

/* What a receipt's payer is compared by; 0: it teaches nothing. */
static size_t key_of(const learning *l, char key[ARCI_PAYER_KEY], int kind, const arc_value *v, const arc_value *name)
{
    if (v->type != ARC_V_TEXT || !v->len) return 0;
    if (name->type == ARC_V_TEXT && arci_payer_is_platform(name->u.s, name->len)) return 0;
    size_t n = kind ? arci_payer_name_key(key, v->u.s, v->len) : arci_payer_account_key(key, v->u.s, v->len);
    if (!kind && n < 6) return 0;
    return !kind && arci_map_get(&l->own, key, n) ? 0 : n;
}

static arc_status read_facts(learning *l)
{
    const arci_shape *shape, *state;
    arc_value *rows, *states;
    uint8_t *found, *there;
    char key[ARCI_PAYER_KEY];
    arc_status st = arci_shape_get(l->t, &shape, "receipt", "id payer_name payer_account value_date");
    if (st == ARC_OK) st = arci_shape_get(l->t, &state, "receipt_state", "receipt customer returned_on");
    if (st == ARC_OK) st = arci_repo_get_many(l->t, shape, l->receipts, l->n, &l->arena, &rows, &found);
    if (st == ARC_OK) st = arci_repo_get_many(l->t, state, l->receipts, l->n, &l->arena, &states, &there);
    l->facts = arci_arena_calloc(&l->arena, 2 * (size_t)l->n + 1, sizeof *l->facts);
    if (st == ARC_OK && !l->facts) return arci_nomem(l->t->env);
    for (uint32_t i = 0; st == ARC_OK && i < l->n; i++) {
        const arc_value *v = rows + (size_t)i * shape->n, *s = states + (size_t)i * state->n;
        if (!found[i] || !there[i]) {
            st = arci_fail(l->t->env, ARC_E_NOT_FOUND, "there is no receipt %lld", "没有回款 %lld", (long long)l->receipts[i]);
            arci_fail_at(l->t->env, "receipt", NULL, l->receipts[i], (int64_t)i);
            break;
        }
        int stands = !(l->flags & ARC_PAYER_FORGET) && s[T_CUSTOMER].type == ARC_V_INT && s[T_RETURNED].type == ARC_V_NULL;
        for (int kind = 0; kind < 2; kind++) {
            const arc_value *text = &v[kind ? R_NAME : R_ACCOUNT];
            size_t n = key_of(l, key, kind, text, &v[R_NAME]);
            fact *f = &l->facts[l->n_facts];
            if (!n) continue;
            *f = (fact){ v[R_ID].u.i, stands ? s[T_CUSTOMER].u.i : 0, 0, 0, 0, arci_arena_strndup(&l->arena, key, n), arci_arena_strndup(&l->arena, text->u.s, text->len), n, text->len, (arc_date)v[R_DATE].u.i, (uint8_t)kind };
            if (!f->key || !f->value) return arci_nomem(l->t->env);
            l->n_facts++;
        }
    }
    return st;
}

/* ---- what is learned already ---------------------------------------------------------------------------------------------------------- */

static fact *fact_of(learning *l, int64_t receipt, int kind)
{
    uint32_t lo = 0, hi = l->n_facts; /* in the order of receipts */
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        const fact *f = &l->facts[mid];
        if (f->receipt < receipt || (f->receipt == receipt && f->kind < kind)) lo = mid + 1;
        else hi = mid;
    }
    return lo < l->n_facts && l->facts[lo].receipt == receipt && l->facts[lo].kind == kind ? &l->facts[lo] : NULL;
}

static int kind_of(const arc_value *v) { return v->len == strlen(kinds[0]) && memcmp(v->u.s, kinds[0], v->len) == 0 ? 0 : 1; }

static arc_status read_evidence(learning *l)
{
    const arci_shape *shape;
    arc_value in[AT_ONCE];
    arci_rows rows;
    arc_status st = arci_shape_get(l->t, &shape, "payer_evidence", "id version receipt kind key customer");
    for (uint32_t from = 0, n; st == ARC_OK && from < l->n; from += n) {
        arci_where w;
        n = l->n - from < AT_ONCE ? l->n - from : AT_ONCE;
        for (uint32_t i = 0; i < n; i++) in[i] = arci_v_int(l->receipts[from + i]);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[E_RECEIPT], in, n);
        st = arci_repo_find(l->t, shape, &w, NULL, 0, 0, &l->arena, &rows);
        for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
            const arc_value *v = rows.values + (size_t)i * rows.n_cols;
            fact *f = fact_of(l, v[E_RECEIPT].u.i, kind_of(&v[E_KIND]));
            if (!f) continue;
            f->id = v[E_ID].u.i;
            f->version = v[E_VERSION].u.i;
            f->before = v[E_CUSTOMER].type == ARC_V_INT ? v[E_CUSTOMER].u.i : 0;
        }
    }
    return st;
}

static size_t map_key(char out[ARCI_PAYER_KEY + 1], int kind, const char *key, size_t n)
{
    out[0] = (char)('0' + kind);
    memcpy(out + 1, key, n);
    return n + 1;
}

static alias *aliases_of(learning *l, int kind, const char *key, size_t n, int64_t **slot)
{
    char k[ARCI_PAYER_KEY + 1];
    *slot = NULL;
    if (arci_map_put(&l->keys, k, map_key(k, kind, key, n), slot) < 0) return NULL;
    return *slot ? (alias *)(intptr_t)**slot : NULL;
}

static arc_status keep_alias(learning *l, const arc_value *v)
{
    int64_t *slot;
    int kind = kind_of(&v[A_KIND]);
    alias *a = arci_arena_calloc(&l->arena, 1, sizeof *a);
    if (!a) return arci_nomem(l->t->env);
    alias *first = aliases_of(l, kind, v[A_KEY].u.s, v[A_KEY].len, &slot);
    if (!slot) return arci_nomem(l->t->env);
    a->id = v[A_ID].u.i;
    a->version = v[A_VERSION].u.i;
    a->customer = v[A_CUSTOMER].u.i;
    a->supports = v[A_SUPPORTS].u.i;
    a->contradicts = v[A_CONTRADICTS].u.i;
    a->seen = v[A_SEEN].type == ARC_V_INT ? (arc_date)v[A_SEEN].u.i : ARC_DATE_NONE;
    a->kind = (uint8_t)kind;
    a->next = first;
    *slot = (int64_t)(intptr_t)a;
    return ARC_OK;
}

static int by_key(const void *a, const void *b)
{
    const fact *x = *(fact *const *)a, *y = *(fact *const *)b;
    size_t n = x->n_key < y->n_key ? x->n_key : y->n_key;
    int c = memcmp(x->key, y->key, n);
    return c ? c : x->n_key < y->n_key ? -1 : x->n_key > y->n_key;
}

/* All aliases of the keys that change, under lock: the evidence of one changes the others. */
static arc_status read_aliases(learning *l)
{
    const arci_shape *shape;
    arc_value in[AT_ONCE];
    arci_rows rows;
    fact **list = arci_arena_alloc(&l->arena, ((size_t)l->n_facts + 1) * sizeof *list);
    if (!list) return arci_nomem(l->t->env);
    arc_status st = arci_shape_get(l->t, &shape, "customer_alias", "id version customer kind key supports contradicts last_seen");
    for (int kind = 0; kind < 2; kind++) {
        uint32_t n = 0, m;
        for (uint32_t i = 0; i < l->n_facts; i++)
            if (l->facts[i].kind == kind && l->facts[i].customer != l->facts[i].before) list[n++] = &l->facts[i];
        qsort(list, n, sizeof *list, by_key);
        for (uint32_t from = 0; st == ARC_OK && from < n;) {
            arci_where w;
            for (m = 0; from < n && m < AT_ONCE; from++)
                if (!m || by_key(&list[from], &list[from - 1])) in[m++] = arci_v_text(list[from]->key, list[from]->n_key);
            arci_where_init(&w);
            arci_where_text(&w, shape->cols[A_KIND], ARC_OP_EQ, kinds[kind], strlen(kinds[kind]));
            arci_where_in(&w, shape->cols[A_KEY], in, m);
            st = arci_repo_find(l->t, shape, &w, NULL, 0, 0, &l->arena, &rows);
            for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) st = keep_alias(l, rows.values + (size_t)i * rows.n_cols);
        }
    }
    return st;
}

/* ---- changing ------------------------------------------------------------------------------------------------------------------------- */

/* `by` pieces of evidence more for a customer: one more or one less against the others. */
static arc_status count(learning *l, const fact *f, int64_t customer, int by)
{
    int64_t *slot, others = 0;
    alias *first = aliases_of(l, f->kind, f->key, f->n_key, &slot), *mine = NULL;
    if (!slot) return arci_nomem(l->t->env);
    for (alias *a = first; a; a = a->next) {
        if (a->customer == customer) mine = a;
        else others += a->supports, a->contradicts += by, a->changed = 1;
    }
    if (!mine) {
        mine = arci_arena_calloc(&l->arena, 1, sizeof *mine);
        if (!mine) return arci_nomem(l->t->env);
        *mine = (alias){ 0, 0, customer, 0, others, ARC_DATE_NONE, f->key, f->value, f->n_key, f->n_value, f->kind, 0, first };
        *slot = (int64_t)(intptr_t)mine;
    }
    mine->supports += by;
    mine->changed = 1;
    if (by > 0 && (mine->seen == ARC_DATE_NONE || f->on > mine->seen)) mine->seen = f->on;
    return ARC_OK;
}

static arc_status write_evidence(learning *l)
{
    const arci_shape *fresh, *changed;
    arci_batch *made = NULL, *moved = NULL, *batches[2];
    uint32_t n_made = 0, n_moved = 0, n = 0;
    for (uint32_t i = 0; i < l->n_facts; i++) {
        if (l->facts[i].customer == l->facts[i].before) continue;
        if (l->facts[i].id) n_moved++;
        else n_made++;
    }
    l->changed = n_made + n_moved;
    arc_status st = arci_shape_get(l->t, &fresh, "payer_evidence", "receipt kind key customer");
    if (st == ARC_OK) st = arci_shape_get(l->t, &changed, "payer_evidence", "customer");
    if (st == ARC_OK && n_made) st = arci_batch_new(l->t, &l->arena, &made, fresh, ARC_WRITE_INSERT, n_made, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK && n_moved) st = arci_batch_new(l->t, &l->arena, &moved, changed, ARC_WRITE_UPDATE, n_moved, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    n_made = n_moved = 0;
    for (uint32_t i = 0; st == ARC_OK && i < l->n_facts; i++) {
        const fact *f = &l->facts[i];
        if (f->customer == f->before) continue;
        if (!f->id) {
            arc_value *v = arci_batch_row(made, n_made++);
            v[0] = arci_v_int(f->receipt);
            v[1] = arci_v_text(kinds[f->kind], strlen(kinds[f->kind]));
            v[2] = arci_v_text(f->key, f->n_key);
            v[3] = arci_v_int(f->customer);
            continue;
        }
        *arci_batch_key(moved, n_moved) = arci_v_int(f->id);
        *arci_batch_guard(moved, n_moved) = arci_v_int(f->version);
        arci_batch_row(moved, n_moved++)[0] = f->customer ? arci_v_int(f->customer) : arci_v_null();
    }
    if (made) batches[n++] = made;
    if (moved) batches[n++] = moved;
    return st == ARC_OK && n ? arci_repo_write(l->t, batches, n, NULL) : st;
}

static arc_status write_aliases(learning *l)
{
    const arci_shape *fresh, *changed;
    arci_batch *made = NULL, *moved = NULL, *batches[2];
    uint32_t n_made = 0, n_moved = 0, n = 0;
    for (uint32_t i = 0; i < l->keys.n; i++)
        for (const alias *a = (const alias *)(intptr_t)l->keys.entries[i].value; a; a = a->next) n_made += a->changed && !a->id, n_moved += a->changed && a->id;
    arc_status st = arci_shape_get(l->t, &fresh, "customer_alias", "customer kind value key supports contradicts last_seen");
    if (st == ARC_OK) st = arci_shape_get(l->t, &changed, "customer_alias", "supports contradicts last_seen");
    if (st == ARC_OK && n_made) st = arci_batch_new(l->t, &l->arena, &made, fresh, ARC_WRITE_INSERT, n_made, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK && n_moved) st = arci_batch_new(l->t, &l->arena, &moved, changed, ARC_WRITE_UPDATE, n_moved, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    n_made = n_moved = 0;
    for (uint32_t i = 0; st == ARC_OK && i < l->keys.n; i++)
        for (const alias *a = (const alias *)(intptr_t)l->keys.entries[i].value; a; a = a->next) {
            const arc_value seen = a->seen == ARC_DATE_NONE ? arci_v_null() : arci_v_int(a->seen);
            if (!a->changed) continue;
            if (!a->id) {
                arc_value *v = arci_batch_row(made, n_made++);
                v[0] = arci_v_int(a->customer);
                v[1] = arci_v_text(kinds[a->kind], strlen(kinds[a->kind]));
                v[2] = arci_v_text(a->value, a->n_value < 300 ? a->n_value : 300);
                v[3] = arci_v_text(a->key, a->n_key);
                v[4] = arci_v_int(a->supports);
                v[5] = arci_v_int(a->contradicts);
                v[6] = seen;
                continue;
            }
            *arci_batch_key(moved, n_moved) = arci_v_int(a->id);
            *arci_batch_guard(moved, n_moved) = arci_v_int(a->version);
            arc_value *v = arci_batch_row(moved, n_moved++);
            v[0] = arci_v_int(a->supports);
            v[1] = arci_v_int(a->contradicts);
            v[2] = seen;
        }
    if (made) batches[n++] = made;
    if (moved) batches[n++] = moved;
    return st == ARC_OK && n ? arci_repo_write(l->t, batches, n, NULL) : st;
}

static arc_status learn(learning *l)
{
    arc_status st = arci_payer_seen(l->t, &l->arena, "receipt", l->receipts, l->n);
    if (st == ARC_OK) st = read_own(l);
    if (st == ARC_OK) st = read_facts(l);
    if (st == ARC_OK) st = read_evidence(l);
    if (st == ARC_OK) st = read_aliases(l);
    for (uint32_t i = 0; st == ARC_OK && i < l->n_facts; i++) {
        const fact *f = &l->facts[i];
        if (f->customer == f->before) continue;
        if (f->before) st = count(l, f, f->before, -1);
        if (st == ARC_OK && f->customer) st = count(l, f, f->customer, 1);
    }
    if (st == ARC_OK) st = write_evidence(l);
    return st == ARC_OK ? write_aliases(l) : st;
}

arc_status arci_payer_seen(arci_txn *t, arci_arena *arena, const char *entity, const int64_t *ids, uint32_t n)
{
    const arci_entity *e = arci_entity_by_name(entity, strlen(entity));
    const arci_row_scope *scope = arci_access_scope(t->session, t->call->verb, e);
    if (!scope) return ARC_OK;
    uint8_t *seen = arci_arena_calloc(arena, n, 1);
    if (!seen) return arci_nomem(t->env);
    arc_status st = arci_scope_rows(t, arena, e, scope, ids, n, seen);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (seen[i]) continue;
        st = arci_fail(t->env, ARC_E_NOT_FOUND, "there is no such row", "没有该记录");
        arci_fail_at(t->env, entity, NULL, ids[i], (int64_t)i);
    }
    return st;
}

/* ---- the call ------------------------------------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b) { return *(const int64_t *)a < *(const int64_t *)b ? -1 : *(const int64_t *)a > *(const int64_t *)b; }

static arc_status in_call(learning *l, arci_call *c, const int64_t *receipts, uint32_t n)
{
    static const char *const names[] = { "changed", NULL };
    arc_status st = arci_call_elements(c, names, 1, 0);
    for (uint32_t i = 0; i < n; i++) arci_call_arg_int(c, receipts[i]);
    arci_call_arg_int(c, l->flags);
    arci_call_arg_end(c, 0, NULL);
    if (st == ARC_OK) st = arci_call_replay(c);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        l->changed = (uint32_t)arci_call_number(c, 0, 0);
        return arci_call_status(c, 0);
    }
    int64_t *ids = arci_arena_alloc(&l->arena, n * sizeof *ids);
    if (st == ARC_OK && !ids) st = arci_nomem(l->t->env);
    if (st != ARC_OK) return st;
    memcpy(ids, receipts, n * sizeof *ids);
    qsort(ids, n, sizeof *ids, ascending);
    l->receipts = ids;
    l->n = 0;
    for (uint32_t i = 0; i < n; i++)
        if (!l->n || ids[l->n - 1] != ids[i]) ids[l->n++] = ids[i];
    st = learn(l);
    const int64_t changed = l->changed;
    if (st == ARC_OK) arci_call_keep(c, 0, st, &changed);
    return st;
}

arc_status arc_payer_learn(arc_session *session, uint32_t *changed, const int64_t *receipts, size_t n, uint32_t flags)
{
    learning l = { .flags = flags };
    arci_session *s;
    arci_call c;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!receipts || !n || n > MOST || flags & ~ARC_PAYER_FORGET) st = arci_fail(&s->env, ARC_E_INVALID, "1 to 10,000 receipts, and known flags", "回款应为 1 至 10,000 笔，标志须有效");
    if (st == ARC_OK) st = arci_call_begin(s, &c, &arci_verbs[ARCI_DO_ALIAS_LEARN], NULL, 0);
    if (st != ARC_OK) return arci_call_leave(s, st);
    l.t = c.txn;
    arci_arena_init(&l.arena, s->env.ctx);
    arci_map_init(&l.keys, s->env.ctx);
    arci_map_init(&l.own, s->env.ctx);
    st = arci_call_end(&c, in_call(&l, &c, receipts, (uint32_t)n));
    arci_map_clear(&l.own);
    arci_map_clear(&l.keys);
    arci_arena_clear(&l.arena);
    if (st == ARC_OK && changed) *changed = l.changed;
    return arci_call_leave(s, st);
}
