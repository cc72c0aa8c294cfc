/* SPDX-License-Identifier: Apache-2.0 */
/* Balances of the journal: all lines added up by the store, less those posted after the day. */
#include <stdlib.h>
#include <string.h>

#include "arcore/date.h"
#include "arcore/journal.h"
#include "arcore/money.h"
#include "base/json_text.h"
#include "base/num.h"
#include "ledger/journal_balance.h"
#include "store/access.h"
#include "store/valid.h"

#define IN_A_CALL 500u

arc_status arc_journal_balance_options_init(arc_journal_balance_options *options)
{
    static const arc_journal_balance_options init = ARC_JOURNAL_BALANCE_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = init;
    return ARC_OK;
}

/* What lines are grouped by. */
enum { G_ROLE, G_CURRENCY, G_BASE_CURRENCY, G_CUSTOMER, G_DEPARTMENT, G_LINE, GROUPS };
static const char *const group_fields[GROUPS] = { "account_role", "currency", "base_currency", "customer", "department", "business_line" };

/* ---- adding up ----------------------------------------------------------------------------------------------------------- */

static arc_status code_of(arci_balance *b, const char *entity, const arc_value *id, const char *field, const char **out)
{
    const arci_shape *shape;
    arc_value *row;
    uint8_t *found;
    char key[64];
    int64_t *slot;
    *out = NULL;
    if (id->type != ARC_V_INT) return ARC_OK;
    size_t n = strlen(entity);
    memcpy(key, entity, n);
    memcpy(key + n, &id->u.i, sizeof id->u.i);
    int32_t fresh = arci_map_put(&b->segments, key, n + sizeof id->u.i, &slot);
    if (fresh < 0) return arci_nomem(b->t->env);
    if (!fresh) {
        *out = (const char *)(intptr_t)*slot;
        return ARC_OK;
    }
    arc_status st = arci_shape_get(b->t, &shape, entity, field);
    if (st == ARC_OK) st = arci_repo_get_many(b->t, shape, &id->u.i, 1, &b->arena, &row, &found);
    if (st != ARC_OK) return st;
    if (found[0] && row[0].type == ARC_V_TEXT) *out = row[0].u.s;
    *slot = (int64_t)(intptr_t)*out;
    return ARC_OK;
}

static arc_status label_of(arci_balance *b, const arc_value *g, const char **label, size_t *n, const char **name)
{
    char currency[4] = { 0 };
    const char *keys[ARCI_KEY_N];
    *name = NULL;
    *label = g[G_ROLE].u.s;
    *n = g[G_ROLE].len;
    if (!b->map) return ARC_OK;
    memcpy(currency, g[G_CURRENCY].u.s, 3);
    keys[ARCI_KEY_CURRENCY] = currency;
    arc_status st = code_of(b, "customer", &g[G_CUSTOMER], "segment", &keys[ARCI_KEY_SEGMENT]);
    if (st == ARC_OK) st = code_of(b, "org_unit", &g[G_DEPARTMENT], "code", &keys[ARCI_KEY_DEPARTMENT]);
    if (st == ARC_OK) st = code_of(b, "org_unit", &g[G_LINE], "code", &keys[ARCI_KEY_BUSINESS_LINE]);
    if (st != ARC_OK) return st;
    const arci_gl_account *a = arci_account_map_find(b->map, g[G_ROLE].u.s, g[G_ROLE].len, keys);
    if (!a) return arci_fail(b->t->env, ARC_E_NOT_FOUND, "the account map %.64s has no account for the role %.*s", "科目映射 %.64s 未定义角色 %.*s 的科目", b->map->code,
                             (int)g[G_ROLE].len, g[G_ROLE].u.s);
    *label = a->code;
    *n = strlen(a->code);
    *name = b->t->session->language[0] == 'z' || !a->name_en[0] ? a->name : a->name_en;
    return ARC_OK;
}

static arc_status row_at(arci_balance *b, const arc_value *g, arci_balance_row **out)
{
    const char *label, *name;
    char key[128];
    size_t n;
    int64_t *slot, customer = (b->o.flags & ARC_JOURNAL_BY_CUSTOMER) && g[G_CUSTOMER].type == ARC_V_INT ? g[G_CUSTOMER].u.i : 0;
    customer = arci_merged_root(&b->merged, customer);
    arc_status st = label_of(b, g, &label, &n, &name);
    if (st != ARC_OK) return st;
    memcpy(key, g[G_CURRENCY].u.s, 3);
    memcpy(key + 3, &customer, sizeof customer);
    memcpy(key + 11, label, n);
    int32_t fresh = arci_map_put(&b->index, key, n + 11, &slot);
    if (fresh < 0) return arci_nomem(b->t->env);
    if (fresh) {
        if (b->n == b->cap) {
            uint32_t cap = b->cap ? b->cap * 2 : 64;
            arci_balance_row *more = arci_arena_alloc(&b->arena, cap * sizeof *more);
            if (!more) return arci_nomem(b->t->env);
            if (b->n) memcpy(more, b->rows, b->n * sizeof *more);
            b->rows = more;
            b->cap = cap;
        }
        arci_balance_row *r = &b->rows[b->n];
        memset(r, 0, sizeof *r);
        r->label = arci_arena_strndup(&b->arena, label, n);
        if (!r->label) return arci_nomem(b->t->env);
        r->name = name;
        r->customer = customer;
        memcpy(r->currency, g[G_CURRENCY].u.s, 3);
        *slot = ++b->n;
    }
    *out = &b->rows[*slot - 1];
    return ARC_OK;
}

static arc_status add(arci_balance *b, const arc_value *g, const arc_value *amount, const arc_value *base, int64_t lines, int sign)
{
    arci_balance_row *r = NULL;
    int domestic = memcmp(g[G_CURRENCY].u.s, b->t->book->base_currency, 3) == 0;
    int64_t own = amount->type == ARC_V_INT ? amount->u.i : 0, home = base->type == ARC_V_INT ? base->u.i : 0;
    arc_status st = row_at(b, g, &r);
    if (st != ARC_OK) return st;
    arci_acc_add(&r->amount, sign * own);
    arci_acc_add(&r->base, sign * (domestic ? own : home));
    if (!domestic && g[G_BASE_CURRENCY].type == ARC_V_NULL) r->unvalued += sign * lines;
    return ARC_OK;
}

/* ---- reading --------------------------------------------------------------------------------------------------------------- */

static arc_status conditions(arci_balance *b, const arci_entity *e, arci_where *w)
{
    arc_cond *own;
    arc_status st = ARC_OK;
    arci_where_init(w);
    if (b->o.customer) st = arci_merged_where(b->t->env, &b->arena, &b->merged, w, arci_col(e, "customer"), b->o.customer);
    if (b->o.currency[0]) arci_where_text(w, arci_col(e, "currency"), ARC_OP_EQ, b->o.currency, 3);
    if (b->role) arci_where_text(w, arci_col(e, "account_role"), ARC_OP_EQ, b->role, strlen(b->role));
    if (b->whole || st != ARC_OK) return st;
    st = arci_scope_cond(b->t, &b->arena, e, arci_access_scope(b->t->session, &arci_verbs[ARCI_DO_READ], e), &own);
    if (st == ARC_OK && own) w->conds[w->n++] = *own;
    return st;
}

static arc_status add_all(arci_balance *b, const arci_entity *e)
{
    arc_group groups[GROUPS];
    const arc_measure measures[] = { { ARC_MEASURE_SUM, arci_col(e, "amount") }, { ARC_MEASURE_SUM, arci_col(e, "base_amount") }, { ARC_MEASURE_COUNT, 0 } };
    arci_aggregate_spec spec;
    arci_where w;
    arci_scan *scan;
    arc_block block;
    uint32_t n_groups = b->map ? GROUPS : (b->o.flags & ARC_JOURNAL_BY_CUSTOMER) ? G_CUSTOMER + 1 : G_BASE_CURRENCY + 1;
    memset(groups, 0, sizeof groups);
    for (uint32_t i = 0; i < GROUPS; i++) groups[i].col = arci_col(e, group_fields[i]);
    arc_status st = conditions(b, e, &w);
    if (st != ARC_OK) return st;
    memset(&spec, 0, sizeof spec);
    spec.entity = e;
    spec.conds = w.conds;
    spec.n_conds = w.n;
    spec.groups = groups;
    spec.n_groups = n_groups;
    spec.measures = measures;
    spec.n_measures = 3;
    st = arci_scan_aggregate(b->t, &scan, &spec);
    if (st != ARC_OK) return st;
    while (st == ARC_OK && (st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) {
            const arc_value *v = block.values + (size_t)i * block.n_cols;
            arc_value g[GROUPS];
            for (uint32_t k = 0; k < GROUPS; k++) g[k] = k < n_groups ? v[k] : arci_v_null();
            st = add(b, g, &v[n_groups], &v[n_groups + 1], v[n_groups + 2].u.i, 1);
        }
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status take_lines(arci_balance *b, const arci_entity *e, const arc_value *ids, uint32_t n)
{
    const arci_shape *shape;
    arci_where w;
    arci_arena arena;
    arci_rows rows;
    arc_status st = arci_shape_get(b->t, &shape, "journal_line", "account_role currency base_currency customer department business_line amount base_amount journal_entry");
    if (st == ARC_OK) st = conditions(b, e, &w);
    if (st != ARC_OK || !n) return st;
    arci_arena_init(&arena, b->t->book->ctx);
    arci_where_in(&w, shape->cols[GROUPS + 2], ids, n);
    st = arci_repo_find(b->t, shape, &w, NULL, 0, 0, &arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        st = add(b, v, &v[GROUPS], &v[GROUPS + 1], 1, -1);
    }
    arci_arena_clear(&arena);
    return st;
}

/* Lines of entries posted after the day. */
static arc_status take_later(arci_balance *b, const arci_entity *e)
{
    const arci_shape *shape;
    arci_where w;
    arci_scan *scan;
    arc_block block;
    arc_value ids[IN_A_CALL];
    uint32_t n = 0;
    arc_status st = arci_shape_get(b->t, &shape, "journal_entry", "id posting_date");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[1], ARC_OP_GT, b->o.as_of);
    st = arci_repo_scan(b->t, shape, &w, NULL, 0, &scan);
    if (st != ARC_OK) return st;
    while (st == ARC_OK && (st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) {
            ids[n++] = block.values[(size_t)i * block.n_cols];
            if (n < IN_A_CALL) continue;
            st = take_lines(b, e, ids, n);
            n = 0;
        }
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? take_lines(b, e, ids, n) : st;
}

/* ---- writing ---------------------------------------------------------------------------------------------------------------- */

static int by_label(const void *x, const void *y)
{
    const arci_balance_row *p = x, *q = y;
    int d = strcmp(p->label, q->label);
    if (!d) d = memcmp(p->currency, q->currency, 3);
    return d ? d : (p->customer > q->customer) - (p->customer < q->customer);
}

static void put_text(arci_str *s, const char *key, const char *text)
{
    if (s->len && s->s[s->len - 1] != '{') arci_str_putc(s, ',');
    arci_str_putc(s, '"');
    arci_str_puts(s, key);
    arci_str_puts(s, "\":");
    arci_json_put_text(s, text, strlen(text));
}

static arc_status put_amount(arci_balance *b, arci_str *s, const char *key, int64_t minor, const char *currency)
{
    char text[32];
    size_t n = sizeof text;
    arc_money m;
    if (arc_money_set(&m, minor, currency) != ARC_OK || arc_money_print_amount(text, &n, &m) != ARC_OK)
        return arci_fail(b->t->env, ARC_E_OVERFLOW, "a balance is too large", "余额超出范围");
    put_text(s, key, text);
    return ARC_OK;
}

static arc_status put_row(arci_balance *b, arci_str *s, const arci_balance_row *r, int *first)
{
    int64_t amount, base;
    if (arci_acc_get(&r->amount, &amount) || arci_acc_get(&r->base, &base) || amount == INT64_MIN)
        return arci_fail(b->t->env, ARC_E_OVERFLOW, "a balance is too large", "余额超出范围");
    if (!amount && !base && !r->unvalued) return ARC_OK;
    arci_str_puts(s, *first ? "{" : ",{");
    *first = 0;
    put_text(s, b->map ? "account" : "role", r->label);
    if (r->name) put_text(s, "name", r->name);
    put_text(s, "currency", r->currency);
    if (b->o.flags & ARC_JOURNAL_BY_CUSTOMER) {
        arci_str_puts(s, ",\"customer\":");
        if (r->customer) arci_str_int(s, r->customer);
        else arci_str_puts(s, "null");
    }
    arc_status st = put_amount(b, s, amount < 0 ? "credit" : "debit", amount < 0 ? -amount : amount, r->currency);
    if (st == ARC_OK) st = put_amount(b, s, "base", base, b->t->book->base_currency);
    if (st == ARC_OK && r->unvalued) {
        arci_str_puts(s, ",\"unvalued\":");
        arci_str_int(s, r->unvalued);
    }
    arci_str_putc(s, '}');
    return st;
}

arc_status arci_balance_read(arci_balance *b)
{
    const arci_entity *e = arci_entity_by_name("journal_line", 12);
    arc_date day = b->o.as_of;
    arc_status st = ARC_OK;
    if (b->o.map && day == ARC_DATE_NONE) st = arci_txn_today(b->t, &day);
    if (st == ARC_OK && b->o.map) st = arci_account_map_get(b->t, &b->arena, b->o.map, day, &b->map);
    if (st == ARC_OK) st = arci_merged_read(b->t, &b->arena, &b->merged, b->o.as_of, NULL);
    if (st == ARC_OK) st = add_all(b, e);
    if (st == ARC_OK && b->o.as_of != ARC_DATE_NONE) st = take_later(b, e);
    if (st == ARC_OK && b->n) qsort(b->rows, b->n, sizeof *b->rows, by_label);
    return st;
}

arc_status arci_balance_head(arci_balance *b, arci_str *s)
{
    char text[16];
    size_t n = sizeof text;
    arci_str_putc(s, '{');
    if (s->failed) return arci_nomem(b->t->env);
    put_text(s, "base_currency", b->t->book->base_currency);
    if (b->o.as_of != ARC_DATE_NONE && arc_date_print(text, &n, b->o.as_of) == ARC_OK) put_text(s, "as_of", text);
    arci_str_puts(s, ",\"rows\":[");
    return ARC_OK;
}

static arc_status run(arci_balance *b, arci_str *s)
{
    int first = 1;
    arc_status st = arci_balance_read(b);
    if (st == ARC_OK) st = arci_balance_head(b, s);
    for (uint32_t i = 0; i < b->n && st == ARC_OK; i++) st = put_row(b, s, &b->rows[i], &first);
    arci_str_puts(s, "]}");
    return st == ARC_OK && s->failed ? arci_nomem(b->t->env) : st;
}

static arc_status check(arci_session *s, arci_balance *b, const arc_journal_balance_options *options)
{
    const arci_entity *e = arci_entity_by_name("journal_line", 12);
    arc_status st = arci_struct_in(&s->env, &b->o, sizeof b->o, options);
    if (st == ARC_OK && (b->o.flags & ~ARC_JOURNAL_BY_CUSTOMER)) st = arci_fail(&s->env, ARC_E_INVALID, "unknown flag", "未知的标志");
    if (st == ARC_OK && b->o.as_of != ARC_DATE_NONE && (b->o.as_of < ARC_DATE_MIN || b->o.as_of > ARC_DATE_MAX)) st = arci_fail(&s->env, ARC_E_RANGE, "not a date", "不是日期");
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], e);
    for (int i = 0; i < 2 && st == ARC_OK; i++) {
        const char *field = i ? "base_amount" : "amount";
        st = arci_access_field(&s->env, s, e, arci_entity_field(e, field, strlen(field)));
    }
    return st;
}

void arci_balance_init(arci_balance *b, const arci_env *env)
{
    memset(b, 0, sizeof *b);
    (void)arc_journal_balance_options_init(&b->o);
    arci_arena_init(&b->arena, env->ctx);
    arci_map_init(&b->index, env->ctx);
    arci_merged_init(&b->merged, env->ctx);
    arci_map_init(&b->segments, env->ctx);
}

void arci_balance_clear(arci_balance *b)
{
    arci_map_clear(&b->segments);
    arci_map_clear(&b->index);
    arci_merged_clear(&b->merged);
    arci_arena_clear(&b->arena);
}

arc_status arci_balance_json(arc_session *session, char *buf, size_t *len, const arc_journal_balance_options *options, arc_status (*work)(arci_balance *b, arci_str *out))
{
    arci_session *s;
    arci_scope scope;
    arci_str out;
    arci_balance b;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!len) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "len is NULL", "len 为 NULL"));
    arci_balance_init(&b, &s->env);
    arci_str_init(&out, s->env.ctx);
    st = check(s, &b, options);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) {
        b.t = scope.txn;
        st = arci_scope_end(&scope, work(&b, &out));
    }
    if (st == ARC_OK) st = arci_text_out(buf, len, out.s, out.len);
    arci_str_clear(&out);
    arci_balance_clear(&b);
    return arci_session_leave(s, st);
}

arc_status arc_journal_balance_json(arc_session *session, char *buf, size_t *len, const arc_journal_balance_options *options)
{
    return arci_balance_json(session, buf, len, options, run);
}
