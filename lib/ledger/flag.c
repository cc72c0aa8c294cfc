/* SPDX-License-Identifier: Apache-2.0 */
/* Flags: set, ended, and which are in force. */
#include "arcore/flag.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/marks.h"
#include "ledger/allot.h"
#include "ledger/merged.h"
#include "ledger/states.h"

enum { EVIDENCE_MAX = 200, AT_ONCE = 500 };
static const uint32_t MOST_ITEMS = 100000;

static const char *const kinds_by_bit[] = { "hold", "legal", "factored", "insolvent" };
enum { N_KINDS = 4 };

arc_status arc_flag_init(arc_flag *flag)
{
    static const arc_flag init = ARC_FLAG_INIT;
    if (!flag) return ARC_E_INVALID;
    *flag = init;
    return ARC_OK;
}

/* 0: none of them. */
static uint32_t bit_of(const char *kind, size_t n)
{
    for (uint32_t i = 0; i < N_KINDS; i++) {
        if (strlen(kinds_by_bit[i]) == n && memcmp(kinds_by_bit[i], kind, n) == 0) return 1u << i;
    }
    return 0;
}

static arc_status fault(arci_env *env, arc_status st, const char *field, int64_t id)
{
    arci_fail_at(env, "flag", field, id, -1);
    return st;
}

/* ---- setting ---------------------------------------------------------------------------------------------------------------- */

typedef struct setting {
    arci_posting *p;
    arc_flag f;
    const arc_value *currency; /* of the item */
} setting;

static arc_status check_flag(arci_env *env, const arc_flag *f)
{
    size_t n = f->evidence ? strlen(f->evidence) : 0;
    if (!f->customer == !f->item || f->customer < 0 || f->item < 0 || f->reserved) return fault(env, arci_fail(env, ARC_E_INVALID, "a flag is on one item or on one customer", "标记应针对一笔应收或一个客户"), "item", 0);
    if (!f->kind || !bit_of(f->kind, strlen(f->kind))) return fault(env, arci_fail(env, ARC_E_VALUE, "a flag is hold, legal, factored or insolvent", "标记应为 hold、legal、factored 或 insolvent"), "kind", 0);
    if (f->from_date == ARC_DATE_NONE) return fault(env, arci_fail(env, ARC_E_REQUIRED, "a date is required: the session has no business date", "须填写日期：会话未设置业务日期"), "from_date", 0);
    if (f->from_date < ARC_DATE_MIN || f->from_date > ARC_DATE_MAX || (f->to_date != ARC_DATE_NONE && (f->to_date < f->from_date || f->to_date > ARC_DATE_MAX))) {
        return fault(env, arci_fail(env, ARC_E_RANGE, "the last day is before the first, or no date", "结束日期早于开始日期或日期无效"), "to_date", 0);
    }
    if (!n && strcmp(f->kind, "factored") == 0) return fault(env, arci_fail(env, ARC_E_REQUIRED, "a factoring needs the notice or consent as evidence", "保理须填写债权转让通知或同意文件"), "evidence", 0);
    if (n > EVIDENCE_MAX) return fault(env, arci_fail(env, ARC_E_LIMIT, "evidence has at most %d bytes", "依据最多 %d 字节", EVIDENCE_MAX), "evidence", 0);
    if (arci_utf8_check(f->evidence ? f->evidence : "", n) != n) return fault(env, arci_fail(env, ARC_E_ENCODING, "the evidence is not valid UTF-8", "依据不是有效的 UTF-8"), "evidence", 0);
    if (f->amount < 0 || f->amount > ARC_MONEY_MAX || (f->amount && !f->item)) return fault(env, arci_fail(env, ARC_E_RANGE, "an amount is part of an item", "金额须为某笔应收的一部分"), "amount", 0);
    return arci_reason_check(env, f->reason, "flag");
}

/* The row it hangs on, locked: two who flag it meet here. */
static arc_status check_target(setting *x)
{
    arci_txn *t = x->p->t;
    const arci_shape *shape;
    arc_value *row;
    const char *entity = x->f.item ? "item" : "customer";
    int64_t id = x->f.item ? x->f.item : x->f.customer;
    arc_status st = arci_shape_get(t, &shape, entity, x->f.item ? "customer amount currency" : "id");
    if (st == ARC_OK) st = arci_access_row(t, x->p->call->verb, NULL, shape->table->entity, id);
    if (st == ARC_OK) st = arci_repo_lock(t, x->f.item ? "item_state" : entity, &id, 1);
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, &x->p->arena, &row);
    if (st != ARC_OK || !x->f.item) return st;
    x->f.customer = row[0].u.i;
    x->currency = &row[2];
    int64_t whole = row[1].u.i < 0 ? -row[1].u.i : row[1].u.i;
    if (x->f.amount <= whole) return ARC_OK;
    return fault(t->env, arci_fail(t->env, ARC_E_RANGE, "the amount is more than the item's", "金额超过该应收"), "amount", id);
}

enum { G_ID, G_CUSTOMER, G_ITEM, G_KIND, G_FROM, G_TO };
static const char flag_fields[] = "id customer item kind from_date to_date";

/* None of the kind on the same row in that time. */
static arc_status check_overlap(setting *x)
{
    arci_txn *t = x->p->t;
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    const arc_flag *f = &x->f;
    arc_status st = arci_shape_get(t, &shape, "flag", flag_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[G_CUSTOMER], ARC_OP_EQ, f->customer);
    arci_where_text(&w, shape->cols[G_KIND], ARC_OP_EQ, f->kind, strlen(f->kind));
    if (f->item) arci_where_int(&w, shape->cols[G_ITEM], ARC_OP_EQ, f->item);
    else arci_where_null(&w, shape->cols[G_ITEM]);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, &x->p->arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        int before = v[G_TO].type == ARC_V_INT && v[G_TO].u.i < f->from_date, behind = f->to_date != ARC_DATE_NONE && v[G_FROM].u.i > f->to_date;
        if (before || behind) continue;
        st = fault(t->env, arci_fail(t->env, ARC_E_EXISTS, "flag %lld of this kind is in force in that time: end it first", "同类标记 %lld 在该期间有效，请先结束", (long long)v[G_ID].u.i), "from_date", v[G_ID].u.i);
    }
    return st;
}

static arc_value date_or_null(arc_date d) { return d == ARC_DATE_NONE ? arci_v_null() : arci_v_int(d); }
static arc_value text(const char *s) { return s && *s ? arci_v_text(s, strlen(s)) : arci_v_null(); }

static arc_status write_flag(const setting *x)
{
    arci_posting *p = x->p;
    const arc_flag *f = &x->f;
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(p->t, &shape, "flag", "customer item kind from_date to_date currency amount reason evidence");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    const arc_value row[] = { arci_v_int(f->customer), f->item ? arci_v_int(f->item) : arci_v_null(), text(f->kind), arci_v_int(f->from_date), date_or_null(f->to_date),
                              f->amount ? *x->currency : arci_v_null(), f->amount ? arci_v_int(f->amount) : arci_v_null(), text(f->reason), text(f->evidence) };
    memcpy(arci_batch_row(b, 0), row, sizeof row);
    st = arci_repo_write(p->t, &b, 1, NULL);
    if (st == ARC_OK && p->ids) p->ids[0] = arci_batch_id(b, 0);
    return st;
}

static arc_status set_flag(arci_posting *p, const void *elements)
{
    setting x = { p, *(const arc_flag *)elements, NULL };
    if (x.f.from_date == ARC_DATE_NONE) x.f.from_date = p->session->business_date;
    const int64_t numbers[] = { x.f.customer, x.f.item, x.f.amount, x.f.from_date, x.f.to_date };
    const char *const texts[] = { x.f.kind, x.f.reason, x.f.evidence };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) arci_call_arg_int(p->call, numbers[i]);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) arci_call_arg_text(p->call, texts[i] ? texts[i] : "", texts[i] ? strlen(texts[i]) : 0);
    arci_posting_arg_end(p, 0);
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK) st = check_flag(p->t->env, &x.f);
    if (st == ARC_OK) st = check_target(&x);
    if (st == ARC_OK) st = check_overlap(&x);
    return st == ARC_OK ? write_flag(&x) : st;
}

arc_status arc_flag_set(arc_session *session, int64_t *id, const arc_flag *flag)
{
    arc_flag f = ARC_FLAG_INIT;
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = flag ? arci_struct_in(&s->env, &f, sizeof f, flag) : arci_fail(&s->env, ARC_E_INVALID, "flag is NULL", "flag 为 NULL");
    if (st != ARC_OK) return arci_call_leave(s, st);
    (void)arci_session_leave(s, ARC_OK);
    return arci_posting_run(session, ARCI_DO_FLAG_SET, id, NULL, &f, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, set_flag);
}

/* ---- ending ----------------------------------------------------------------------------------------------------------------- */

typedef struct ending {
    int64_t id;
    arc_date to;
    const char *reason;
} ending;

static arc_status check_end(arci_posting *p, const ending *e, arc_date to, const arc_value *v)
{
    arci_env *env = p->t->env;
    arc_status st = arci_flag_may(p->t, &p->arena, ARCI_DO_FLAG_END, e->id);
    if (st != ARC_OK) return st;
    if (to == ARC_DATE_NONE) return fault(env, arci_fail(env, ARC_E_REQUIRED, "a date is required: the session has no business date", "须填写日期：会话未设置业务日期"), "to_date", e->id);
    if (to >= v[1].u.i && to <= ARC_DATE_MAX && (v[2].type == ARC_V_NULL || to <= v[2].u.i)) return ARC_OK;
    return fault(env, arci_fail(env, ARC_E_RANGE, "the day is before the flag's first or after its last", "日期早于标记开始日或晚于结束日"), "to_date", e->id);
}

static arc_status end_flag(arci_posting *p, const void *elements)
{
    const ending *e = elements;
    const arci_shape *shape, *changes;
    arci_batch *b;
    arc_value *v;
    arc_date to = e->to == ARC_DATE_NONE ? p->session->business_date : e->to;
    arci_call_arg_int(p->call, e->id);
    arci_call_arg_int(p->call, to);
    arci_call_arg_text(p->call, e->reason ? e->reason : "", e->reason ? strlen(e->reason) : 0);
    arci_posting_arg_end(p, 0);
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK) st = arci_reason_check(p->t->env, e->reason, "flag");
    if (st == ARC_OK) st = arci_repo_lock(p->t, "flag", &e->id, 1);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "flag", "version from_date to_date");
    if (st == ARC_OK) st = arci_access_row(p->t, p->call->verb, NULL, shape->table->entity, e->id);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, e->id, &p->arena, &v);
    if (st == ARC_OK) st = check_end(p, e, to, v);
    if (st == ARC_OK) st = arci_shape_get(p->t, &changes, "flag", "to_date end_reason");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, changes, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = arci_v_int(e->id);
    *arci_batch_guard(b, 0) = v[0];
    arci_batch_row(b, 0)[0] = arci_v_int(to);
    arci_batch_row(b, 0)[1] = text(e->reason);
    if (p->ids) p->ids[0] = e->id;
    return arci_repo_write(p->t, &b, 1, NULL);
}

arc_status arc_flag_end(arc_session *session, int64_t flag, arc_date to_date, const char *reason)
{
    const ending e = { flag, to_date, reason };
    int64_t id = 0;
    return arci_posting_run(session, ARCI_DO_FLAG_END, &id, NULL, &e, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, end_flag);
}

/* ---- what hangs on items ------------------------------------------------------------------------------------------------------ */

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static uint32_t sort_unique(int64_t *ids, uint32_t n)
{
    uint32_t kept = 0;
    qsort(ids, n, sizeof *ids, by_value);
    for (uint32_t i = 0; i < n; i++) {
        if (!kept || ids[kept - 1] != ids[i]) ids[kept++] = ids[i];
    }
    return kept;
}

uint32_t arci_marks_place(const int64_t *ids, uint32_t n, int64_t id)
{
    const int64_t *at = bsearch(&id, ids, n, sizeof *ids, by_value);
    return at ? (uint32_t)(at - ids) : 0;
}

arc_status arci_marks_of(arci_txn *t, arci_arena *arena, const arci_shape *shape, uint16_t col, const int64_t *ids, uint32_t n, uint32_t *m, arci_rows *rows)
{
    arci_where w;
    *m = n < AT_ONCE ? n : AT_ONCE;
    arc_value *in = arci_arena_alloc(arena, *m * sizeof *in);
    if (!in) return arci_nomem(t->env);
    for (uint32_t i = 0; i < *m; i++) in[i] = arci_v_int(ids[i]);
    arci_where_init(&w);
    arci_where_in(&w, col, in, *m);
    return arci_repo_find(t, shape, &w, NULL, 0, 0, arena, rows);
}

arc_status arci_marks_begin(arci_session *s, arci_marks *m, arci_scope *scope, const char *entity, const void *out, const int64_t *items, size_t n, arc_date *as_of)
{
    const arci_entity *e = arci_entity_by_name(entity, strlen(entity)), *item = arci_entity_by_name("item", 4);
    const arci_row_scope *rows = NULL;
    if (*as_of == ARC_DATE_NONE) *as_of = s->business_date;
    if (!out || !items || !n) return arci_fail(&s->env, ARC_E_INVALID, "no items, or nowhere to put results", "没有应收，或未提供结果数组");
    if (n > MOST_ITEMS) return arci_fail(&s->env, ARC_E_LIMIT, "at most %u items a call", "每次最多 %u 笔应收", MOST_ITEMS);
    if (*as_of < ARC_DATE_MIN || *as_of > ARC_DATE_MAX) return arci_fail(&s->env, ARC_E_RANGE, "the date is outside the calendar, or the session has no business date", "日期超出范围，或会话未设置业务日期");
    arc_status st = arci_access_read(&s->env, s, e, &rows);
    if (st == ARC_OK) st = arci_scope_begin(s, scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    arci_arena_init(&m->arena, s->env.ctx);
    m->ids = arci_arena_alloc(&m->arena, n * sizeof *m->ids);
    m->seen = arci_arena_alloc(&m->arena, n);
    if (m->ids && m->seen) {
        memcpy(m->ids, items, n * sizeof *m->ids);
        m->n = sort_unique(m->ids, (uint32_t)n);
        st = arci_scope_rows(scope->txn, &m->arena, item, rows, m->ids, m->n, m->seen);
    } else {
        st = arci_nomem(&s->env);
    }
    if (st == ARC_OK) return ARC_OK;
    arci_arena_clear(&m->arena);
    return arci_scope_end(scope, st);
}

/* The customers of items; 0: no such item. */
static arc_status customers_of(arci_txn *t, arci_arena *arena, const int64_t *ids, uint32_t n, int64_t **out)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    *out = arci_arena_calloc(arena, n + 1u, sizeof **out);
    if (!*out) return arci_nomem(t->env);
    arc_status st = arci_shape_get(t, &shape, "item", "customer");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, ids, n, arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) (*out)[i] = found[i] ? rows[i].u.i : 0;
    return st;
}

/* Whose flags are looked at: the customers and whoever is one with them on the day. */
typedef struct holders {
    arci_merged merged;
    int64_t *who; /* ascending, each once */
    uint32_t n;
} holders;

static arc_status find_holders(arci_txn *t, arci_arena *arena, holders *h, int64_t *customers, uint32_t n, arc_date on)
{
    arci_merged_init(&h->merged, t->env->ctx);
    arc_status st = arci_merged_read(t, arena, &h->merged, on, NULL);
    h->who = st == ARC_OK ? arci_arena_alloc(arena, ((size_t)n + h->merged.roots.n + 1) * sizeof *h->who) : NULL;
    if (st == ARC_OK && !h->who) st = arci_nomem(t->env);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) h->who[i] = customers[i] = arci_merged_root(&h->merged, customers[i]);
    const uint32_t roots = sort_unique(h->who, n);
    h->n = roots;
    for (uint32_t i = 0; i < h->merged.roots.n; i++) {
        const arci_map_entry *e = &h->merged.roots.entries[i];
        if (bsearch(&e->value, h->who, roots, sizeof *h->who, by_value)) memcpy(&h->who[h->n++], e->key, sizeof *h->who);
    }
    if (h->n > roots) h->n = sort_unique(h->who, h->n);
    return ARC_OK;
}

/* The flags of one chunk of holders. */
static void take_flags(const holders *h, const arci_rows *rows, uint32_t *of_customer, uint32_t *kinds, const int64_t *ids, uint32_t n, arc_date on)
{
    for (uint32_t r = 0; r < rows->n_rows; r++) {
        const arc_value *v = rows->values + (size_t)r * rows->n_cols;
        uint32_t bit = bit_of(v[G_KIND].u.s, v[G_KIND].len);
        if (v[G_FROM].u.i > on || (v[G_TO].type == ARC_V_INT && v[G_TO].u.i < on)) continue;
        if (v[G_ITEM].type == ARC_V_NULL) {
            of_customer[arci_marks_place(h->who, h->n, arci_merged_root(&h->merged, v[G_CUSTOMER].u.i))] |= bit;
            continue;
        }
        uint32_t at = arci_marks_place(ids, n, v[G_ITEM].u.i);
        if (ids[at] == v[G_ITEM].u.i) kinds[at] |= bit;
    }
}

arc_status arci_flags_of(arci_txn *t, arci_arena *arena, uint32_t *kinds, const int64_t *ids, uint32_t n, arc_date on)
{
    const arci_shape *shape;
    int64_t *customer = NULL;
    arci_rows rows;
    holders h;
    memset(kinds, 0, n * sizeof *kinds);
    memset(&h, 0, sizeof h);
    arc_status st = arci_shape_get(t, &shape, "flag", flag_fields);
    if (st == ARC_OK) st = customers_of(t, arena, ids, n, &customer);
    if (st != ARC_OK) return st;
    st = find_holders(t, arena, &h, customer, n, on);
    uint32_t *of_customer = st == ARC_OK ? arci_arena_calloc(arena, h.n + 1u, sizeof *of_customer) : NULL;
    if (st == ARC_OK && !of_customer) st = arci_nomem(t->env);
    for (uint32_t from = 0, m; st == ARC_OK && from < h.n; from += m) { /* an item's flag names its customer too */
        st = arci_marks_of(t, arena, shape, shape->cols[G_CUSTOMER], h.who + from, h.n - from, &m, &rows);
        if (st == ARC_OK) take_flags(&h, &rows, of_customer, kinds, ids, n, on);
    }
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (customer[i]) kinds[i] |= of_customer[arci_marks_place(h.who, h.n, customer[i])];
    }
    arci_merged_clear(&h.merged);
    return st;
}

arc_status arc_flag_active(arc_session *session, uint32_t *kinds, const int64_t *items, size_t n, arc_date as_of)
{
    arci_session *s;
    arci_marks m;
    arci_scope scope;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = arci_marks_begin(s, &m, &scope, "flag", kinds, items, n, &as_of);
    if (st != ARC_OK) return arci_session_leave(s, st);
    uint32_t *found = arci_arena_calloc(&m.arena, m.n + 1u, sizeof *found);
    st = found ? arci_flags_of(scope.txn, &m.arena, found, m.ids, m.n, as_of) : arci_nomem(&s->env);
    for (size_t i = 0; st == ARC_OK && i < n; i++) kinds[i] = arci_marks_seen(&m, items[i]) ? found[arci_marks_place(m.ids, m.n, items[i])] : 0;
    arci_arena_clear(&m.arena);
    return arci_session_leave(s, arci_scope_end(&scope, st));
}
