/* SPDX-License-Identifier: Apache-2.0 */
/* Disputes: opened over what is open, closed by somebody else. */
#include "arcore/dispute.h"

#include <string.h>

#include "arcore/fields.h"
#include "base/num.h"
#include "ledger/marks.h"
#include "ledger/period.h"
#include "ledger/sides.h"
#include "ledger/states.h"

enum { OUTCOME_MAX = 1000 };

static const uint32_t required[] = { ARC_DISPUTE_ITEM, ARC_DISPUTE_CURRENCY, ARC_DISPUTE_AMOUNT, ARC_DISPUTE_REASON, 0 };

arc_status arc_resolution_init(arc_resolution *resolution)
{
    static const arc_resolution init = ARC_RESOLUTION_INIT;
    if (!resolution) return ARC_E_INVALID;
    *resolution = init;
    return ARC_OK;
}

static arc_status fault(arci_env *env, arc_status st, const char *entity, const char *field, int64_t id)
{
    arci_fail_at(env, entity, field, id, -1);
    return st;
}

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

/* ---- what is disputed ------------------------------------------------------------------------------------------------------- */

enum { D_ITEM, D_AMOUNT, D_RESOLUTION, D_OPENED, D_CLOSED };
static const char sum_fields[] = "item amount resolution opened_on closed_on";

static int in_force(const arc_value *v, arc_date on)
{
    if (on == ARC_DATE_NONE) return is(&v[D_RESOLUTION], "open"); /* now */
    return v[D_OPENED].u.i <= on && (v[D_CLOSED].type == ARC_V_NULL || v[D_CLOSED].u.i > on);
}

/* Adds what is disputed of some items; ids ascending, no two the same. on ARC_DATE_NONE: by those not closed yet. */
static arc_status add_disputed(arci_txn *t, arci_arena *arena, int64_t *amounts, const int64_t *ids, uint32_t n, arc_date on)
{
    const arci_shape *shape;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, "dispute", sum_fields);
    for (uint32_t from = 0, m; st == ARC_OK && from < n; from += m) {
        st = arci_marks_of(t, arena, shape, shape->cols[D_ITEM], ids + from, n - from, &m, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
            const arc_value *v = rows.values + (size_t)r * rows.n_cols;
            int64_t *sum = amounts + arci_marks_place(ids, n, v[D_ITEM].u.i);
            if (in_force(v, on) && arci_add64(*sum, v[D_AMOUNT].u.i, sum)) st = arci_fail(t->env, ARC_E_OVERFLOW, "the sum of disputes is too large", "争议金额合计超出范围");
        }
    }
    return st;
}

arc_status arc_dispute_sums(arc_session *session, int64_t *amounts, const int64_t *items, size_t n, arc_date as_of)
{
    arci_session *s;
    arci_marks m;
    arci_scope scope;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = arci_marks_begin(s, &m, &scope, "dispute", amounts, items, n, &as_of);
    if (st != ARC_OK) return arci_session_leave(s, st);
    int64_t *sums = arci_arena_calloc(&m.arena, m.n + 1u, sizeof *sums);
    st = sums ? add_disputed(scope.txn, &m.arena, sums, m.ids, m.n, as_of) : arci_nomem(&s->env);
    for (size_t i = 0; st == ARC_OK && i < n; i++) amounts[i] = arci_marks_seen(&m, items[i]) ? sums[arci_marks_place(m.ids, m.n, items[i])] : 0;
    arci_arena_clear(&m.arena);
    return arci_session_leave(s, arci_scope_end(&scope, st));
}

/* ---- opening ---------------------------------------------------------------------------------------------------------------- */

static const arc_value *value(const arci_record *r, uint32_t field) { return arci_record_value(r, field); }

static arc_status check_record(arci_posting *p, const arci_record *r)
{
    arci_env *env = p->t->env;
    const arc_value *due = value(r, ARC_DISPUTE_DUE_DATE);
    arc_date today = p->session->business_date;
    if (today == ARC_DATE_NONE) return fault(env, arci_fail(env, ARC_E_REQUIRED, "the session has no business date", "会话未设置业务日期"), "dispute", "opened_on", 0);
    if (value(r, ARC_DISPUTE_AMOUNT)->u.i <= 0) return fault(env, arci_fail(env, ARC_E_RANGE, "the amount of a dispute is positive", "争议金额必须为正数"), "dispute", "amount", 0);
    if (due->type == ARC_V_INT && due->u.i < today) return fault(env, arci_fail(env, ARC_E_RANGE, "due_date is before the dispute was opened", "处理期限早于提出日期"), "dispute", "due_date", 0);
    return ARC_OK;
}

/* *customer: whose it is. */
static arc_status check_item(arci_posting *p, const arci_record *r, arc_value *customer)
{
    arci_env *env = p->t->env;
    arci_sides sides;
    int64_t id = value(r, ARC_DISPUTE_ITEM)->u.i, wanted = value(r, ARC_DISPUTE_AMOUNT)->u.i, disputed = 0;
    arc_status st = arci_sides_read(p, &sides, "item_state", &id, 1);
    const arci_side *item = st == ARC_OK ? arci_sides_find(&sides, id) : NULL;
    if (st != ARC_OK) return st;
    if (item) *customer = arci_v_int(item->customer);
    if (!item) return fault(env, arci_fail(env, ARC_E_REFERENCE, "there is no such item", "该应收不存在"), "dispute", "item", id);
    if (memcmp(value(r, ARC_DISPUTE_CURRENCY)->u.s, item->currency, 3) != 0) {
        return fault(env, arci_fail(env, ARC_E_CURRENCY, "the item is in %s", "该应收的币种为 %s", item->currency), "dispute", "currency", id);
    }
    st = arci_item_may(p->t, &p->arena, ARCI_DO_DISPUTE_DISPUTE, id);
    if (st == ARC_OK) st = add_disputed(p->t, &p->arena, &disputed, &id, 1, ARC_DATE_NONE);
    if (st != ARC_OK || wanted <= item->before - disputed) return st;
    int64_t left = item->before > disputed ? item->before - disputed : 0;
    char open[ARCI_SAID], asked[ARCI_SAID];
    st = arci_fail(env, ARC_E_GUARD, "%s is open and not disputed yet, not %s", "未收且未争议的金额为 %s，不足 %s", arci_money_said(open, left, item->currency),
                   arci_money_said(asked, wanted, item->currency));
    return fault(env, st, "dispute", "amount", id);
}

static void fill(const arci_session *s, arc_value *v, const arci_shape *shape, const arci_record *r, const arc_value *customer)
{
    (void)r;
    for (uint16_t c = 0; c < shape->n; c++) {
        switch (ARCI_PUBLIC_FIELD(ARC_DISPUTE, shape->table->field_of_col[shape->cols[c]]->id)) {
        case ARC_DISPUTE_OPENED_ON: v[c] = arci_v_int(s->business_date); break;
        case ARCI_PUBLIC_FIELD(ARC_DISPUTE, 24): /* debtor */ v[c] = *customer; break;
        case ARC_DISPUTE_RESOLUTION: v[c] = arci_v_text("open", 4); break;
        case ARC_DISPUTE_OPENED_BY: v[c] = s->access ? arci_v_int(s->access->user) : arci_v_null(); break;
        default: break;
        }
    }
}

/* What is kept beside the item of its open disputes: `more` of it. */
static arc_status keep_disputed(arci_posting *p, int64_t item, int64_t more)
{
    enum { VERSION, DISPUTED };
    const arci_shape *shape, *changes;
    arci_batch *b;
    arc_value *v;
    arc_status st = arci_repo_lock(p->t, "item_state", &item, 1);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "item_state", "version disputed");
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, item, &p->arena, &v);
    if (st == ARC_OK) st = arci_shape_get(p->t, &changes, "item_state", "disputed");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, changes, ARC_WRITE_UPDATE, 1, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    int64_t sum = (v[DISPUTED].type == ARC_V_INT ? v[DISPUTED].u.i : 0) + more; /* each at most what was open */
    *arci_batch_row(b, 0) = sum ? arci_v_int(sum) : arci_v_null();
    *arci_batch_key(b, 0) = arci_v_int(item);
    *arci_batch_guard(b, 0) = v[VERSION];
    return arci_repo_write(p->t, &b, 1, NULL);
}

static arc_status open_dispute(arci_posting *p, const void *elements)
{
    arci_documents d = { 0 };
    arc_status st = arci_posting_records(p, &d.records, elements, ARC_DISPUTE);
    if (st == ARC_OK) st = arci_posting_asked_records(p, d.records);
    if (st == ARC_OK) st = arci_posting_access(p, d.records);
    if (st != ARC_OK || !arci_posting_good(p, 0) || !arci_posting_required(p, 0, d.records[0], required)) return st;
    arc_value *customer = arci_arena_calloc(&p->arena, 1, sizeof *customer);
    d.customers = arci_arena_calloc(&p->arena, 1, sizeof *d.customers);
    if (!d.customers || !customer) return arci_nomem(p->t->env);
    d.customers[0] = customer;
    st = check_record(p, d.records[0]);
    if (st == ARC_OK) st = check_item(p, d.records[0], customer);
    if (st != ARC_OK) return st;
    st = arci_posting_documents(p, &d, "dispute", fill);
    if (st == ARC_OK && d.n) st = keep_disputed(p, value(d.records[0], ARC_DISPUTE_ITEM)->u.i, value(d.records[0], ARC_DISPUTE_AMOUNT)->u.i);
    if (st == ARC_OK && d.n && p->ids) p->ids[0] = arci_batch_id(d.batch, 0);
    return st;
}

arc_status arc_dispute_open(arc_session *session, int64_t *id, arc_record *dispute)
{
    return arci_posting_run(session, ARCI_DO_DISPUTE_DISPUTE, id, NULL, &dispute, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, open_dispute);
}

/* ---- closing ---------------------------------------------------------------------------------------------------------------- */

typedef struct closing {
    int64_t id;
    arc_resolution r;
} closing;

enum { R_VERSION, R_ITEM, R_OPENED, R_AMOUNT };
static const char resolve_fields[] = "version item opened_on amount";

static arc_status check_resolution(arci_env *env, const closing *c)
{
    const arc_resolution *r = &c->r;
    size_t n = r->outcome ? strlen(r->outcome) : 0;
    int known = r->code && (!strcmp(r->code, "credited") || !strcmp(r->code, "rejected") || !strcmp(r->code, "withdrawn"));
    if (!known) return fault(env, arci_fail(env, ARC_E_VALUE, "a dispute ends credited, rejected or withdrawn", "处理结果应为 credited、rejected 或 withdrawn"), "dispute", "resolution", c->id);
    if (r->credit && strcmp(r->code, "credited") != 0) return fault(env, arci_fail(env, ARC_E_VALUE, "only a credited dispute has a credit", "仅 credited 可指定贷项"), "dispute", "credit", c->id);
    if (n > OUTCOME_MAX) return fault(env, arci_fail(env, ARC_E_LIMIT, "an outcome has at most %d bytes", "处理说明最多 %d 字节", OUTCOME_MAX), "dispute", "outcome", c->id);
    if (arci_utf8_check(r->outcome ? r->outcome : "", n) != n) return fault(env, arci_fail(env, ARC_E_ENCODING, "the outcome is not valid UTF-8", "处理说明不是有效的 UTF-8"), "dispute", "outcome", c->id);
    return ARC_OK;
}

/* A credit of the customer who disputes. */
static arc_status check_credit(arci_posting *p, const closing *c, int64_t item)
{
    const arci_shape *shape;
    const int64_t ids[2] = { c->r.credit, item };
    arc_value *rows;
    uint8_t *found;
    if (!c->r.credit) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "item", "customer amount");
    if (st == ARC_OK) st = arci_access_row(p->t, p->call->verb, NULL, shape->table->entity, c->r.credit);
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, 2, &p->arena, &rows, &found);
    if (st != ARC_OK) return st;
    if (!found[0]) return fault(p->t->env, arci_fail(p->t->env, ARC_E_NOT_FOUND, "there is no such credit item", "该贷项不存在"), "dispute", "credit", c->r.credit);
    if (found[1] && rows[1].u.i < 0 && rows[0].u.i == rows[2].u.i) return ARC_OK;
    return fault(p->t->env, arci_fail(p->t->env, ARC_E_STATE, "it is no credit of the customer who disputes", "不是该客户的贷项"), "dispute", "credit", c->r.credit);
}

static arc_status check_dispute(arci_posting *p, const closing *c, const arc_value *v, arc_date date)
{
    arci_env *env = p->t->env;
    arc_status st = arci_dispute_may(p->t, &p->arena, ARCI_DO_DISPUTE_RESOLVE, c->id);
    if (st != ARC_OK) return st;
    if (date == ARC_DATE_NONE) return fault(env, arci_fail(env, ARC_E_REQUIRED, "a date is required: the session has no business date", "须填写日期：会话未设置业务日期"), "dispute", "closed_on", c->id);
    if (date < v[R_OPENED].u.i || date > ARC_DATE_MAX) return fault(env, arci_fail(env, ARC_E_RANGE, "the date is before the dispute was opened", "日期早于提出日期"), "dispute", "closed_on", c->id);
    arc_status come = arci_day_come(p->t, date, (arc_date)v[R_OPENED].u.i, "dispute", "closed_on", c->id);
    if (come != ARC_OK) return come;
    return check_credit(p, c, v[R_ITEM].u.i);
}

static arc_status write_closing(arci_posting *p, const closing *c, const arc_value *v, arc_date date)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(p->t, &shape, "dispute", "resolution closed_on closed_by credit outcome");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = arci_v_int(c->id);
    *arci_batch_guard(b, 0) = v[R_VERSION];
    arc_value *row = arci_batch_row(b, 0);
    row[0] = arci_v_text(c->r.code, strlen(c->r.code));
    row[1] = arci_v_int(date);
    if (p->session->access) row[2] = arci_v_int(p->session->access->user);
    if (c->r.credit) row[3] = arci_v_int(c->r.credit);
    if (c->r.outcome) row[4] = arci_v_text(c->r.outcome, strlen(c->r.outcome));
    return arci_repo_write(p->t, &b, 1, NULL);
}

static arc_status resolve(arci_posting *p, const void *elements)
{
    const closing *c = elements;
    const arci_shape *shape;
    arc_value *v;
    arc_date date = c->r.date == ARC_DATE_NONE ? p->session->business_date : c->r.date;
    const int64_t numbers[] = { c->id, date, c->r.credit };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) arci_call_arg_int(p->call, numbers[i]);
    arci_call_arg_text(p->call, c->r.code ? c->r.code : "", c->r.code ? strlen(c->r.code) : 0);
    arci_call_arg_text(p->call, c->r.outcome ? c->r.outcome : "", c->r.outcome ? strlen(c->r.outcome) : 0);
    arci_posting_arg_end(p, 0);
    arc_status st = arci_posting_asked(p);
    if (st == ARC_OK) st = check_resolution(p->t->env, c);
    if (st == ARC_OK) st = arci_repo_lock(p->t, "dispute", &c->id, 1);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "dispute", resolve_fields);
    if (st == ARC_OK) st = arci_access_row(p->t, p->call->verb, NULL, shape->table->entity, c->id);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, c->id, &p->arena, &v);
    if (st == ARC_OK) st = check_dispute(p, c, v, date);
    if (st == ARC_OK) st = write_closing(p, c, v, date);
    if (st == ARC_OK) st = keep_disputed(p, v[R_ITEM].u.i, -v[R_AMOUNT].u.i);
    if (st == ARC_OK && p->ids) p->ids[0] = c->id;
    return st;
}

arc_status arc_dispute_resolve(arc_session *session, int64_t dispute, const arc_resolution *resolution)
{
    closing c = { dispute, ARC_RESOLUTION_INIT };
    int64_t id = 0;
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = resolution ? arci_struct_in(&s->env, &c.r, sizeof c.r, resolution) : arci_fail(&s->env, ARC_E_INVALID, "resolution is NULL", "resolution 为 NULL");
    if (st != ARC_OK) return arci_call_leave(s, st);
    (void)arci_session_leave(s, ARC_OK);
    return arci_posting_run(session, ARCI_DO_DISPUTE_RESOLVE, &id, NULL, &c, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, resolve);
}
