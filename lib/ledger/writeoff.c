/* SPDX-License-Identifier: Apache-2.0 */
/* Bad debts: asked for, decided by somebody else within his authority, written off without a credit, and recovered. */
#include "arcore/writeoff.h"

#include <stdio.h>
#include <string.h>

#include "arcore/fields.h"
#include "base/json.h"
#include "ledger/debt.h"
#include "ledger/period.h"
#include "ledger/person.h"
#include "ledger/states.h"
#include "ledger/step.h"
#include "ledger/tolerance.h"
#include "security/duty.h"
#include "store/setting.h"

enum { ITEMS_MAX = 10000 };

static arc_status fault(arci_env *env, arc_status st, const char *field, int64_t id)
{
    arci_fail_at(env, "write_off_request", field, id, -1);
    return st;
}

/* ---- asking -------------------------------------------------------------------------------------------------------------------- */

static const uint32_t required[] = { ARC_WRITE_OFF_REQUEST_NUMBER, ARC_WRITE_OFF_REQUEST_CUSTOMER, ARC_WRITE_OFF_REQUEST_ITEMS, ARC_WRITE_OFF_REQUEST_CURRENCY,
                                     ARC_WRITE_OFF_REQUEST_AMOUNT, ARC_WRITE_OFF_REQUEST_REASON, 0 };

static arc_status read_ids(arci_posting *p, const arc_value *json, int64_t **ids, uint32_t *n)
{
    arci_env *env = p->t->env;
    arci_json *root;
    arc_status st = arci_json_parse(env, &p->arena, json->u.s, json->len, &arci_json_default_limits, &root);
    if (st != ARC_OK) return st;
    int good = root->type == ARCI_JSON_ARRAY && root->n && root->n <= ITEMS_MAX;
    *ids = arci_arena_calloc(&p->arena, root->n + 1u, sizeof **ids);
    if (!*ids) return arci_nomem(env);
    *n = 0;
    for (const arci_json *m = good ? root->child : NULL; m && good; m = m->next) good = m->type == ARCI_JSON_NUMBER && arci_json_int(env, m, &(*ids)[(*n)++]) == ARC_OK;
    return good ? ARC_OK : arci_fail(env, ARC_E_VALUE, "items is an array of 1 to %d item ids", "应收须为 1 至 %d 个编号的数组", ITEMS_MAX);
}

/* The items are the customer's, in the currency, and at least the amount is open on them. */
static arc_status items_fit(arci_posting *p, const arci_sides *sides, const int64_t *ids, uint32_t n, int64_t customer, const char *currency, int64_t amount)
{
    arci_env *env = p->t->env;
    arci_acc sum = { 0, 0 };
    int64_t open = 0;
    for (uint32_t i = 0; i < n; i++) {
        const arci_side *s = arci_sides_find(sides, ids[i]);
        if (!s || s->customer != customer) return arci_fail(env, ARC_E_REFERENCE, "item %lld is none of the customer's", "应收 %lld 不属于该客户", (long long)ids[i]);
        if (memcmp(s->currency, currency, 3) != 0) return arci_fail(env, ARC_E_CURRENCY, "item %lld is in %s", "应收 %lld 的币种为 %s", (long long)ids[i], s->currency);
        if (!s->real || s->left <= 0) return arci_fail(env, ARC_E_STATE, "nothing is open on item %lld", "应收 %lld 没有未收金额", (long long)ids[i]);
        arci_acc_add(&sum, s->left);
    }
    if (arci_acc_get(&sum, &open) || amount <= 0 || amount > open) {
        return arci_wanted_left(env, amount, open, currency);
    }
    return sides->n == n ? ARC_OK : arci_fail(env, ARC_E_VALUE, "an item is named twice", "应收重复");
}

static arc_status judge(arci_posting *p, uint32_t i, arci_record *r)
{
    int64_t *ids, *sorted;
    uint32_t n;
    arci_sides sides;
    char currency[4] = { 0 };
    if (!arci_posting_required(p, i, r, required)) return ARC_OK;
    arc_status st = read_ids(p, arci_record_value(r, ARC_WRITE_OFF_REQUEST_ITEMS), &ids, &n);
    sorted = st == ARC_OK ? arci_arena_alloc(&p->arena, n * sizeof *sorted) : NULL;
    if (st == ARC_OK && !sorted) return arci_nomem(p->t->env);
    if (st == ARC_OK) memcpy(sorted, ids, n * sizeof *ids);
    if (st == ARC_OK) st = arci_sides_read(p, &sides, "item_state", sorted, n);
    memcpy(currency, arci_record_value(r, ARC_WRITE_OFF_REQUEST_CURRENCY)->u.s, 3);
    if (st == ARC_OK) {
        st = items_fit(p, &sides, ids, n, arci_record_value(r, ARC_WRITE_OFF_REQUEST_CUSTOMER)->u.i, currency, arci_record_value(r, ARC_WRITE_OFF_REQUEST_AMOUNT)->u.i);
    }
    if (st == ARC_E_NOMEM || st == ARC_OK) return st;
    arci_posting_refuse(p, i, fault(p->t->env, st, "items", 0));
    return ARC_OK;
}

static void fill(const arci_session *s, arc_value *v, const arci_shape *shape, const arci_record *r, const arc_value *customer)
{
    (void)s;
    (void)r;
    (void)customer;
    for (uint16_t c = 0; c < shape->n; c++) {
        const char *name = shape->table->field_of_col[shape->cols[c]]->name;
        if (strcmp(name, "status") == 0) v[c] = arci_v_text("running", 7);
    }
}

static arc_status request(arci_posting *p, const void *elements)
{
    arci_documents d = { 0 };
    arc_status st = arci_posting_records(p, &d.records, elements, ARC_WRITE_OFF_REQUEST);
    if (st == ARC_OK) st = arci_posting_asked_records(p, d.records);
    if (st == ARC_OK) st = arci_posting_access(p, d.records);
    int64_t *customer = st == ARC_OK ? arci_arena_calloc(&p->arena, p->n, sizeof *customer) : NULL;
    if (st != ARC_OK) return st;
    if (!customer) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!arci_posting_good(p, i)) continue;
        st = judge(p, i, d.records[i]);
        if (arci_posting_good(p, i)) customer[i] = arci_record_value(d.records[i], ARC_WRITE_OFF_REQUEST_CUSTOMER)->u.i;
    }
    if (st == ARC_OK) st = arci_posting_customers(p, &d.customers, customer);
    if (st == ARC_OK) st = arci_posting_documents(p, &d, "write_off_request", fill);
    for (uint32_t k = 0; st == ARC_OK && d.n && p->ids && k < d.batch->n_rows; k++) {
        if (d.batch->results[k] == ARC_ROW_OK) p->ids[d.of[k]] = arci_batch_id(d.batch, k);
    }
    return st;
}

arc_status arc_write_off_request_many(arc_session *session, int64_t *ids, arc_status *results, arc_record *const *records, size_t n, uint32_t flags)
{
    return arci_posting_run(session, ARCI_DO_WRITE_OFF_REQUEST, ids, results, records, n, flags, 0, request);
}

arc_status arc_write_off_request(arc_session *session, int64_t *id, arc_record *record)
{
    return arci_posting_run(session, ARCI_DO_WRITE_OFF_REQUEST, id, NULL, record ? &record : NULL, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, request);
}

/* ---- deciding ------------------------------------------------------------------------------------------------------------------ */

enum { W_CUSTOMER, W_ITEMS, W_CURRENCY, W_AMOUNT, W_STATUS, W_VERSION, W_TXN, W_NUMBER, W_WRITTEN_OFF_ON };
static const char request_fields[] = "customer items currency amount status version txn number written_off_on";
static const char decision_fields[] = "status approved_by decision_reason provision_used written_off_on";

typedef struct decision {
    int64_t request, amount;
    arc_date date;
    const char *reason;
    int64_t made; /* first row */
    int wrote;    /* what fails from here on ends the call */
} decision;

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static arc_status decide(arci_posting *p, decision *d, const arc_value *row, const char *status, int64_t provision)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_value user;
    int approved = strcmp(status, "approved") == 0;
    arc_status st = arci_person_id(p, &user);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "write_off_request", decision_fields);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(b, 0);
    v[0] = arci_v_text(status, strlen(status));
    v[1] = user;
    v[2] = arci_v_text(d->reason, strlen(d->reason));
    if (approved) v[3] = arci_v_int(provision);
    if (approved) v[4] = arci_v_int(d->date);
    arci_batch_key(b, 0)[0] = arci_v_int(d->request);
    arci_batch_guard(b, 0)[0] = row[W_VERSION];
    return arci_repo_write(p->t, &b, 1, NULL);
}

/* ---- writing off ------------------------------------------------------------------------------------------------------------------ */

static arc_status write_off(arci_posting *p, decision *d, const arc_value *row, const char *role)
{
    int64_t *ids, *order, left = row[W_AMOUNT].u.i;
    uint32_t n;
    arci_allot a;
    char *evidence = arci_arena_alloc(&p->arena, 64), currency[4] = { 0 };
    arc_status st = evidence ? read_ids(p, &row[W_ITEMS], &ids, &n) : arci_nomem(p->t->env);
    order = st == ARC_OK ? arci_arena_alloc(&p->arena, n * sizeof *order) : NULL;
    if (st != ARC_OK) return st;
    if (!order) return arci_nomem(p->t->env);
    memcpy(order, ids, n * sizeof *ids);
    memcpy(currency, row[W_CURRENCY].u.s, 3);
    snprintf(evidence, 64, "{\"write_off_request\":%lld}", (long long)d->request);
    st = arci_allot_open(p, &a, ids, n, NULL, 0, n);
    if (st == ARC_OK) st = items_fit(p, &a.items, order, n, row[W_CUSTOMER].u.i, currency, left); /* what was open then may be paid now */
    if (st != ARC_OK) return fault(p->t->env, st, "items", d->request);
    for (uint32_t i = 0; i < n && left && st == ARC_OK; i++) {
        const arci_side *s = arci_sides_find(&a.items, order[i]);
        const arci_allot_row x = { .date = d->date, .item = order[i], .write_off = s->left < left ? s->left : left, .mode = "write_off", .reason_code = "bad_debt",
                                   .reason = d->reason, .evidence = evidence, .role = role };
        left -= x.write_off;
        st = arci_allot_add(&a, &x);
    }
    if (st != ARC_OK) return st;
    d->wrote = 1;
    st = arci_allot_write(&a);
    if (st == ARC_OK && a.rows->n_rows) d->made = arci_allot_id(&a, 0);
    return st;
}

static arc_status approve(arci_posting *p, decision *d, const arc_value *row)
{
    const arc_value *method = NULL;
    arc_status st = arci_period_check(p->t, d->date);
    if (st == ARC_OK) st = arci_setting_text(p->t, &p->arena, "ledger.provision_method", &method);
    if (st != ARC_OK) return st;
    int direct = method && is(method, "none"); /* 直接转销 */
    st = write_off(p, d, row, direct ? ARCI_ROLE_BAD_DEBT : ARCI_ROLE_ALLOWANCE);
    return st == ARC_OK ? decide(p, d, row, "approved", direct ? 0 : row[W_AMOUNT].u.i) : st;
}

static arc_status reject(arci_posting *p, decision *d, const arc_value *row)
{
    d->wrote = 1;
    return decide(p, d, row, "rejected", 0);
}

/* ---- recovering ------------------------------------------------------------------------------------------------------------------- */

typedef struct lost {
    arc_value *row;
    int64_t id;
} lost;

/* What still stands of a request's write-offs, on one item. */
static arc_status standing_of(arci_posting *p, int64_t item, int64_t request_id, lost *out, uint32_t *n, uint32_t cap)
{
    arc_value *rows;
    int64_t *ids;
    uint32_t had;
    arc_status st = arci_allot_standing(p, "item", item, &rows, &ids, &had);
    for (uint32_t i = 0; st == ARC_OK && i < had && *n < cap; i++) {
        arc_value *row = rows + (size_t)i * ARCI_AL_N;
        if (!is(&row[ARCI_AL_MODE], "write_off") || arci_evidence_id(&row[ARCI_AL_EVIDENCE], "write_off_request") != request_id) continue;
        out[*n].row = row;
        out[(*n)++].id = ids[i];
    }
    return st;
}

/* Undoes rows until the amount is open again; of the last one what is not recovered is written off anew. */
static arc_status undo(arci_posting *p, decision *d, arci_allot *a, const lost *rows, uint32_t n, int64_t amount)
{
    arc_status st = ARC_OK;
    char *evidence = arci_arena_alloc(&p->arena, 64);
    if (!evidence) return arci_nomem(p->t->env);
    snprintf(evidence, 64, "{\"write_off_request\":%lld}", (long long)d->request);
    for (uint32_t i = 0; i < n && amount && st == ARC_OK; i++) {
        const arc_value *old = rows[i].row;
        int64_t given_up = old[ARCI_AL_WRITE_OFF].u.i, back = given_up < amount ? given_up : amount;
        st = arci_allot_undo(a, rows[i].id, old, d->date, d->reason);
        amount -= back;
        const arci_allot_row rest = { .date = d->date, .item = old[ARCI_AL_ITEM].u.i, .write_off = given_up - back, .mode = "write_off", .reason_code = "bad_debt",
                                      .reason = d->reason, .evidence = evidence, .role = old[ARCI_AL_ROLE].type == ARC_V_TEXT ? old[ARCI_AL_ROLE].u.s : NULL };
        if (st == ARC_OK && rest.write_off) st = arci_allot_add(a, &rest);
    }
    return st;
}

static arc_status recover(arci_posting *p, decision *d, const arc_value *row)
{
    arci_env *env = p->t->env;
    int64_t *ids, total = 0, amount = d->amount;
    uint32_t n, found = 0;
    arci_allot a;
    arc_status st = read_ids(p, &row[W_ITEMS], &ids, &n);
    const uint32_t cap = st == ARC_OK ? n * 2 : 0; /* recovering in part leaves one row an item */
    lost *rows = st == ARC_OK ? arci_arena_calloc(&p->arena, cap, sizeof *rows) : NULL;
    if (st != ARC_OK) return st;
    if (!rows) return arci_nomem(env);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) st = standing_of(p, ids[i], d->request, rows, &found, cap);
    for (uint32_t i = 0; i < found; i++) total += rows[i].row[ARCI_AL_WRITE_OFF].u.i; /* at most the request's amount */
    if (st == ARC_OK && (amount < 0 || amount > total || !total)) {
        char wanted[ARCI_SAID], lost_text[ARCI_SAID];
        const char *code = row[W_CURRENCY].u.s;
        st = fault(env, arci_fail(env, ARC_E_GUARD, "%s is wanted, %s is written off", "需要 %s，已核销 %s", arci_money_said(wanted, amount, code), arci_money_said(lost_text, total, code)),
                   "amount", d->request);
    }
    if (st == ARC_OK) st = arci_allot_open(p, &a, ids, n, NULL, 0, found * 2);
    if (st == ARC_OK) st = undo(p, d, &a, rows, found, amount ? amount : total);
    if (st != ARC_OK) return st;
    d->wrote = 1;
    st = arci_allot_write(&a);
    if (st == ARC_OK && a.rows->n_rows) d->made = arci_allot_id(&a, 0);
    return st;
}

/* ---- verbs ---------------------------------------------------------------------------------------------------------------------- */

/* One request after the other: each is judged whole before anything of it is written. */
static arc_status each(arci_ledger_steps *s, arc_status (*work)(arci_posting *p, decision *d, const arc_value *row))
{
    arci_posting *p = s->p;
    const arc_value **rows;
    int64_t *ids;
    uint32_t n;
    arc_status st = arci_ledger_sorted(s, &ids, &n, NULL);
    if (st == ARC_OK && n) st = arci_repo_lock(p->t, "write_off_request", ids, n);
    if (st == ARC_OK) st = arci_ledger_rows(s, &rows, "write_off_request", request_fields, NULL, 1);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        const arc_ledger_step *e = &s->list[i];
        decision d = { .request = e->row, .amount = e->amount, .date = e->date, .reason = e->reason };
        if (!arci_ledger_good(s, i)) continue;
        arc_status why = arci_write_off_may(p->t, &p->arena, s->verb->verb, e->row);
        if (why == ARC_OK) why = work(p, &d, rows[i]);
        if (why != ARC_OK && (d.wrote || !arci_ledger_refuse(s, i, why, NULL, NULL, 0))) return why;
        if (why == ARC_OK && p->ids) p->ids[i] = d.made ? d.made : e->row;
    }
    return st;
}

static arc_status approve_each(arci_ledger_steps *s) { return each(s, approve); }
static arc_status reject_each(arci_ledger_steps *s) { return each(s, reject); }
static arc_status recover_each(arci_ledger_steps *s) { return each(s, recover); }

static const arci_ledger_verb approve_verb = { ARCI_DO_WRITE_OFF_APPROVE, 0, "write_off_request", 1, approve_each, NULL, NULL };
static const arci_ledger_verb reject_verb = { ARCI_DO_WRITE_OFF_REJECT, 0, "write_off_request", 1, reject_each, NULL, NULL };
static const arci_ledger_verb recover_verb = { ARCI_DO_WRITE_OFF_RECOVER, 0, "write_off_request", 1, recover_each, NULL, NULL };

static arc_ledger_step step_of(int64_t row, int64_t amount, arc_date date, const char *reason)
{
    arc_ledger_step s = ARC_LEDGER_STEP_INIT;
    s.row = row;
    s.amount = amount;
    s.date = date;
    s.reason = reason;
    return s;
}

arc_status arc_write_off_approve(arc_session *session, int64_t *allocation, int64_t request_id, arc_date date, const char *reason)
{
    const arc_ledger_step s = step_of(request_id, 0, date, reason);
    return arci_ledger_one(session, &approve_verb, allocation, &s);
}

arc_status arc_write_off_approve_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &approve_verb, ids, results, steps, n, flags);
}

arc_status arc_write_off_reject(arc_session *session, int64_t request_id, const char *reason)
{
    const arc_ledger_step s = step_of(request_id, 0, ARC_DATE_NONE, reason);
    return arci_ledger_one(session, &reject_verb, NULL, &s);
}

arc_status arc_write_off_reject_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &reject_verb, ids, results, steps, n, flags);
}

arc_status arc_write_off_recover(arc_session *session, int64_t *allocation, int64_t request_id, int64_t amount, arc_date date, const char *reason)
{
    const arc_ledger_step s = step_of(request_id, amount, date, reason);
    return arci_ledger_one(session, &recover_verb, allocation, &s);
}

arc_status arc_write_off_recover_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &recover_verb, ids, results, steps, n, flags);
}
