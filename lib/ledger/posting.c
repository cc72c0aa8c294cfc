/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/posting.h"

#include <string.h>

#include "ledger/commitment.h"
#include "ledger/period.h"
#include "store/custom_index.h"
#include "store/merged_to.h"
#include "store/record_api.h"

/* What the batch as a whole comes to. */
static arc_status settle(arci_posting *p)
{
    if (!p->n_refused) return ARC_OK;
    *p->t->env->err = p->first;
    return p->flags & ARC_ALL_OR_NONE ? p->first.status : ARC_PARTIAL;
}

static void forget_results(arci_posting *p, arc_status st)
{
    if (st >= 0) return;
    /* Nothing was written: no element may look as if it had been. */
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->ids) p->ids[i] = 0;
        if (p->results[i] >= ARC_OK) p->results[i] = st;
    }
}

/* With a request key: what came of each element that was done just now. */
static void keep(arci_posting *p)
{
    for (uint32_t i = 0; p->call->request && i < p->n; i++) {
        if (arci_posting_good(p, i)) arci_call_keep(p->call, i, ARC_OK, &p->ids[i]);
        else if (p->n_held && p->results[i] == ARC_NEEDS_APPROVAL && !arci_call_done(p->call, i)) arci_call_keep(p->call, i, ARC_NEEDS_APPROVAL, &p->ids[i]);
    }
}

static arc_status prepare(arci_posting *p, uint32_t how, int waits)
{
    static const char *const names[] = { "id", NULL };
    if (!p->call->request && !waits) return ARC_OK;
    if (!p->ids) p->ids = arci_arena_calloc(&p->arena, p->n, sizeof *p->ids);
    if (!p->ids) return arci_nomem(p->t->env);
    if (!p->call->request) return ARC_OK;
    return arci_call_elements(p->call, names, p->n, !(how & ARCI_POSTING_ONE));
}

/* Judges and writes; *judged: what comes of the elements was said to each. */
static arc_status write_all(arci_posting *p, const void *elements, arci_posting_fn work, int *judged)
{
    arc_status st = work(p, elements);
    if (p->failed.status) st = arci_fail_copy(p->t->env, &p->failed);
    *judged = st == ARC_OK || st == ARC_DONE; /* what comes of the elements from here on was said to each */
    if (*judged) st = settle(p);
    if (st < ARC_OK) return st;
    arc_status written = arci_journal_write(p->t, &p->journal);
    if (written == ARC_OK) written = arci_links_write(p->t, &p->links);
    if (written == ARC_OK) written = arci_commitments_write(p->t, &p->links, &p->accounts);
    if (written == ARC_OK) written = arci_accounts_write(p->t, &p->accounts);
    *judged = written == ARC_OK;
    return written == ARC_OK ? st : written;
}

/* ---- approval -------------------------------------------------------------------------------------------------------------------- */

static arc_status store_waiting(arci_posting *p, const void *elements, const arci_posting_waits *w, const arci_approval *a)
{
    arc_status st = ARC_OK;
    arci_arena arena;
    arci_arena_init(&arena, p->arena.ctx);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        arci_asked asked;
        int64_t id = 0;
        if (!arci_posting_good(p, i)) continue;
        memset(&asked, 0, sizeof asked);
        arci_str_init(&asked.before, p->arena.ctx);
        arci_str_init(&asked.after, p->arena.ctx);
        st = w->tell(p, elements, i, &asked);
        if (st == ARC_OK) st = arci_pending_put(p->t, &arena, &arci_verbs[w->verb], a, asked.row, asked.version, &asked.before, &asked.after, &id);
        arci_str_clear(&asked.before);
        arci_str_clear(&asked.after);
        arci_arena_reset(&arena);
        if (st != ARC_OK) break;
        if (p->ids) p->ids[i] = id;
        p->results[i] = ARC_NEEDS_APPROVAL;
        p->n_waiting++;
        if (p->call->request) arci_call_keep(p->call, i, ARC_NEEDS_APPROVAL, &id);
    }
    arci_arena_clear(&arena);
    return st;
}

/* Done, so that it is known whether it could be; undone; kept. */
static arc_status ask_approval(arci_posting *p, const void *elements, arci_posting_fn work, const arci_posting_waits *w, const arci_approval *a, int *judged)
{
    arci_try try;
    arc_status st = arci_txn_writing(p->t);
    if (st == ARC_OK) st = arci_try_begin(p->t, &try);
    if (st != ARC_OK) return st;
    p->trying = 1;
    st = write_all(p, elements, work, judged);
    arc_error told = *p->t->env->err;
    arc_status undone = arci_try_end(p->t, &try, ARC_OK);
    if (st >= ARC_OK && undone != ARC_OK) st = undone;
    arci_accounts_clear(&p->accounts);
    arci_accounts_init(&p->accounts, p->arena.ctx);
    arci_links_clear(&p->links);
    arci_links_init(&p->links, p->arena.ctx);
    arci_journal_init(&p->journal, &p->arena);
    if (st >= ARC_OK) {
        arc_status kept = store_waiting(p, elements, w, a);
        *judged = kept == ARC_OK;
        if (kept != ARC_OK) return kept;
    }
    if (undone == ARC_OK) *p->t->env->err = told;
    return st;
}

/* Those that wait are done in a call of their own. */
static int refuse_mixture(arci_posting *p, const void *elements, const arci_posting_waits *w)
{
    uint32_t waiting = 0;
    for (uint32_t i = 0; w->element && i < p->n; i++) waiting += w->element(p, elements, i) != 0;
    if (!w->element || waiting == p->n) return 0;
    for (uint32_t i = 0; waiting && i < p->n; i++) {
        if (!w->element(p, elements, i)) continue;
        arci_posting_refuse(p, i, arci_fail(p->t->env, ARC_E_STATE, "it waits for approval here: ask for it in a call of its own", "此类登记须审批，请单独提交"));
    }
    return 1;
}

/* A call that refused nothing names the first element that waits. */
static arc_status tell_waiting(arci_posting *p, arc_status st, uint32_t how)
{
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        if (p->results[i] != ARC_NEEDS_APPROVAL) continue;
        st = arci_fail(p->t->env, ARC_NEEDS_APPROVAL, "it waits for approval", "已提交审批");
        arci_fail_at(p->t->env, "pending_change", NULL, p->ids ? p->ids[i] : 0, how & ARCI_POSTING_ONE ? -1 : (int64_t)i);
    }
    return st;
}

static arc_status run(arci_posting *p, const arci_verb *verb, const void *elements, uint32_t how, arci_posting_fn work, const arci_posting_waits *waits)
{
    arci_call call;
    const arci_approval *approval = NULL;
    int judged = 0;
    arc_status st = arci_call_begin(p->session, &call, verb, NULL, how & ~ARCI_POSTING_ONE);
    if (st != ARC_OK) return st;
    p->call = &call;
    p->t = call.txn;
    st = prepare(p, how, waits != NULL);
    if (st == ARC_OK) st = arci_periods_ask(p->t);
    if (st == ARC_OK && waits) st = arci_approval_for(p->t, &arci_verbs[waits->verb], NULL, NULL, &approval);
    if (st == ARC_OK && approval && refuse_mixture(p, elements, waits)) approval = NULL;
    if (st == ARC_OK) st = approval ? ask_approval(p, elements, work, waits, approval, &judged) : write_all(p, elements, work, &judged);
    if (st >= ARC_OK) keep(p);
    if (waits) st = tell_waiting(p, st, how);
    if (st == ARC_OK && p->n_held) st = arci_fail_copy(p->t->env, &p->held);
    if (st == ARC_E_STALE && !judged) { /* another writer moved a state that was read here: the caller's batch is as good as before */
        st = arci_fail(p->t->env, ARC_E_CONFLICT, "another writer changed the same accounts or items; try again", "其他写入者修改了相同账户或应收，请重试");
    }
    return arci_call_end(&call, st);
}

static arc_status try_in(arci_session *s, uint32_t verb, int64_t *ids, arc_status *results, const void *elements, uint32_t n, uint32_t flags,
                         uint32_t how, arci_posting_fn work, const arci_posting_waits *waits)
{
    arc_status st;
    arci_posting p;
    int64_t one = 0;
    int64_t *id = how & ARCI_POSTING_ONE ? ids : NULL; /* stays as it is unless all goes well */
    memset(&p, 0, sizeof p);
    p.session = s;
    p.n = n;
    p.flags = flags;
    p.ids = id ? &one : ids;
    arci_arena_init(&p.arena, s->env.ctx);
    arci_accounts_init(&p.accounts, s->env.ctx);
    arci_journal_init(&p.journal, &p.arena);
    arci_links_init(&p.links, s->env.ctx);
    p.results = results ? results : arci_arena_calloc(&p.arena, n, sizeof *p.results);
    if (p.results) {
        memset(p.results, 0, n * sizeof *p.results);
        if (ids && !id) memset(ids, 0, n * sizeof *ids);
        p.approved = (how & ARCI_POSTING_APPROVED) != 0;
        st = run(&p, &arci_verbs[verb], elements, how & ~(ARCI_POSTING_INSIDE | ARCI_POSTING_APPROVED), work, waits);
        forget_results(&p, st);
    } else {
        st = arci_nomem(&s->env);
    }
    if (id && st >= ARC_OK && st != ARC_NEEDS_APPROVAL) *id = one;
    arci_links_clear(&p.links);
    arci_accounts_clear(&p.accounts);
    arci_arena_clear(&p.arena);
    return st;
}

static arc_status run_in(arci_session *s, uint32_t verb, int64_t *ids, arc_status *results, const void *elements, size_t n, uint32_t flags,
                         uint32_t how, arci_posting_fn work, const arci_posting_waits *waits)
{
    arc_status st = ARC_OK;
    if (!elements || !n || (flags & ~ARC_ALL_OR_NONE) || (!results && !flags)) {
        return arci_fail(&s->env, ARC_E_INVALID, "no elements, an unknown flag, or nowhere to put results",
                         "没有元素、标志未知，或未提供结果数组");
    }
    if (n > ARCI_POSTING_MAX) return arci_fail(&s->env, ARC_E_LIMIT, "at most %u elements a call", "每次最多 %u 个元素", ARCI_POSTING_MAX);
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        if (!(how & ARCI_POSTING_INSIDE)) arci_session_unwarn(s);
        st = try_in(s, verb, ids, results, elements, (uint32_t)n, flags, how, work, waits);
    }
    return st;
}

arc_status arci_posting_run_waiting(arc_session *session, uint32_t verb, int64_t *ids, arc_status *results, const void *elements, size_t n, uint32_t flags, uint32_t how,
                                    arci_posting_fn work, const arci_posting_waits *waits)
{
    arci_session *s;
    void *object;
    if (how & ARCI_POSTING_INSIDE) {
        arc_status st = arci_handle_get(session, ARCI_H_SESSION, &object, NULL);
        return st == ARC_OK ? run_in(object, verb, ids, results, elements, n, flags, how, work, waits) : st;
    }
    arc_status st = arci_session_enter(session, &s);
    return st == ARC_OK ? arci_call_leave(s, run_in(s, verb, ids, results, elements, n, flags, how, work, waits)) : st;
}

arc_status arci_posting_run(arc_session *session, uint32_t verb, int64_t *ids, arc_status *results, const void *elements, size_t n, uint32_t flags,
                            uint32_t how, arci_posting_fn work)
{
    return arci_posting_run_waiting(session, verb, ids, results, elements, n, flags, how, work, NULL);
}

arc_status arci_posting_run_approved(arci_session *s, uint32_t verb, int64_t *id, const void *elements, arci_posting_fn work)
{
    return run_in(s, verb, id, NULL, elements, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE | ARCI_POSTING_APPROVED, work, NULL);
}

arc_status arci_posting_asked(arci_posting *p)
{
    arc_status st = arci_call_replay(p->call);
    uint32_t n_done = arci_call_n_done(p->call);
    for (uint32_t i = 0; st == ARC_OK && n_done && i < p->n; i++) {
        if (!arci_call_done(p->call, i)) continue;
        p->results[i] = arci_call_status(p->call, i);
        p->ids[i] = arci_call_number(p->call, i, 0);
    }
    return st == ARC_OK && n_done == p->n ? ARC_DONE : st;
}

arc_status arci_posting_asked_records(arci_posting *p, arci_record **records)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; p->call->request && i < p->n && st == ARC_OK; i++) {
        st = arci_call_arg_record(p->call, records[i], 0);
        arci_posting_arg_end(p, i);
    }
    if (st == ARC_OK && p->call->request) st = arci_posting_asked(p);
    return st == ARC_OK ? arci_posting_rules(p, records) : st;
}

arc_status arci_posting_rules(arci_posting *p, arci_record **records)
{
    arc_status st = arci_rules_get(p->t, records[0]->entity, &p->rules);
    for (uint32_t i = 0; p->rules && i < p->n && st == ARC_OK; i++) st = arci_rules_normalise(p->t->env, p->rules, &records[i], 0);
    return st;
}

arc_status arci_posting_structs(arci_posting *p, void *copies, size_t size, const void *elements, const char *entity)
{
    const char *from = elements;
    uint32_t stride, of;
    memcpy(&stride, from, sizeof stride);
    for (uint32_t i = 0; i < p->n; i++, from += stride) {
        memcpy(&of, from, sizeof of);
        arc_status st = arci_struct_in(p->t->env, (char *)copies + i * size, size, from);
        if (st == ARC_OK && of != stride) st = arci_fail(p->t->env, ARC_E_INVALID, "elements of different struct_size", "数组元素的 struct_size 不一致");
        if (st == ARC_OK) continue;
        arci_fail_at(p->t->env, entity, NULL, 0, i);
        return st;
    }
    return ARC_OK;
}

void arci_posting_refuse(arci_posting *p, uint32_t i, arc_status status)
{
    arc_error *err = p->t->env->err;
    err->row = i;
    if (!p->n_refused || i < p->first.row) p->first = *err;
    p->n_refused++;
    p->results[i] = status;
    arci_error_clear(err);
}

void arci_posting_hold(arci_posting *p, uint32_t i, int64_t number)
{
    arc_error *err = p->t->env->err;
    err->row = i;
    if (!p->n_held++) p->held = *err;
    p->results[i] = ARC_NEEDS_APPROVAL;
    if (p->ids) p->ids[i] = number;
    arci_error_clear(err);
}

arc_status arci_posting_records(arci_posting *p, arci_record ***out, arc_record *const *handles, uint32_t entity)
{
    arci_record **records = arci_arena_alloc(&p->arena, p->n * sizeof *records);
    if (!records) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        arci_record_box *box;
        arc_status st = arci_record_box_in(p->t->env, p->session, handles[i], &box);
        if (st == ARC_OK && box->record->entity->id != entity) {
            st = arci_fail(p->t->env, ARC_E_INVALID, "the record is of entity %s%.0s", "记录属于实体“%.0s%s”", box->record->entity->name, box->record->entity->label_zh);
        }
        if (st == ARC_OK) records[i] = box->record;
        if (st != ARC_OK) {
            arci_fail_at(p->t->env, NULL, NULL, 0, i);
            return st;
        }
    }
    *out = records;
    return ARC_OK;
}

int arci_posting_required(arci_posting *p, uint32_t i, arci_record *r, const uint32_t *fields)
{
    arc_status st = arci_custom_renew(p->t, r);
    for (; st == ARC_OK && *fields; fields++) {
        const arc_value *v = arci_record_value(r, *fields);
        if (v->type != ARC_V_NULL && (v->type != ARC_V_TEXT || v->len)) continue;
        const arci_field *f = arci_entity_field_id(r->entity, *fields & 0xffffu);
        st = arci_fail(p->t->env, ARC_E_REQUIRED, "%s is required%.0s", "%.0s%s为必填项", f->name, f->label_zh);
        arci_fail_at(p->t->env, r->entity->name, f->name, 0, -1);
    }
    if (st == ARC_OK) st = arci_record_check_verb(p->t->env, r);
    if (st != ARC_OK && !p->failed.status && (st == ARC_E_NOMEM || p->t->doomed)) p->failed = *p->t->env->err;
    if (st != ARC_OK) arci_posting_refuse(p, i, st);
    return st == ARC_OK;
}

arc_status arci_posting_access(arci_posting *p, arci_record **records)
{
    if (!p->session->access) return ARC_OK;
    arci_record **good = arci_arena_calloc(&p->arena, p->n, sizeof *good);
    const arci_field **bad = arci_arena_calloc(&p->arena, p->n, sizeof *bad);
    arc_status *results = arci_arena_calloc(&p->arena, p->n, sizeof *results);
    if (!good || !bad || !results) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) good[i] = arci_posting_good(p, i) ? records[i] : NULL;
    arc_status st = arci_access_records(p->t, &p->arena, p->t->call->verb, good, p->n, bad, results);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!bad[i]) continue;
        st = arci_access_record_fault(p->t, records[i], bad[i], results[i]);
        arci_posting_refuse(p, i, st);
        st = ARC_OK;
    }
    return st;
}

arc_status arci_posting_customers(arci_posting *p, const arc_value ***out, const int64_t *customers)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(p->t, &shape, "customer", "owner team region term status merged_into");
    if (st != ARC_OK) return st;
    const arc_value **rows = arci_arena_calloc(&p->arena, p->n, sizeof *rows);
    int64_t *ids = arci_arena_alloc(&p->arena, p->n * sizeof *ids);
    uint32_t *at = arci_arena_alloc(&p->arena, p->n * sizeof *at);
    if (!rows || !ids || !at) return arci_nomem(p->t->env);
    /* A batch often names the same customer again and again: each is read once. */
    arci_map seen;
    arci_map_init(&seen, p->arena.ctx);
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        at[i] = UINT32_MAX;
        if (!arci_posting_good(p, i) || !customers[i]) continue;
        int64_t *position;
        int32_t made = arci_map_put(&seen, &customers[i], sizeof customers[i], &position);
        if (made < 0) st = arci_nomem(p->t->env);
        if (made == 1) {
            *position = n;
            ids[n++] = customers[i];
        }
        if (made >= 0) at[i] = (uint32_t)*position;
    }
    arc_value *values = NULL;
    uint8_t *found = NULL;
    if (st == ARC_OK && n) st = arci_repo_get_many(p->t, shape, ids, n, &p->arena, &values, &found);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (at[i] == UINT32_MAX) continue;
        if (found[at[i]]) {
            rows[i] = values + (size_t)at[i] * shape->n;
            continue;
        }
        arci_fail(p->t->env, ARC_E_REFERENCE, "there is no such customer", "客户不存在");
        arci_fail_at(p->t->env, "customer", "customer", customers[i], -1);
        arci_posting_refuse(p, i, ARC_E_REFERENCE);
    }
    arci_map_clear(&seen);
    *out = rows;
    return st;
}

void arci_posting_merged(arci_posting *p, const arc_value *const *rows, const int64_t *customers, arci_record *const *records)
{
    for (uint32_t i = 0; i < p->n; i++) {
        if (!rows[i] || !arci_posting_good(p, i) || rows[i][ARCI_CUSTOMER_MERGED_INTO].type != ARC_V_INT) continue;
        if (records && arci_merged_goes_on(records[i])) continue;
        arci_posting_refuse(p, i, arci_merged_refuse(p->t->env, p->call->verb->entity, customers[i], rows[i][ARCI_CUSTOMER_MERGED_INTO].u.i));
    }
}

arc_status arci_posting_customer(arci_txn *t, arci_arena *arena, const arc_value *id, const arc_value **row)
{
    const arci_shape *shape;
    arc_value *values = arci_arena_calloc(arena, ARCI_CUSTOMER_COLUMNS, sizeof *values);
    uint8_t *found;
    *row = values;
    if (!values) return arci_nomem(t->env);
    if (id->type != ARC_V_INT) return ARC_OK;
    arc_status st = arci_shape_get(t, &shape, "customer", "owner team region term status merged_into");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, &id->u.i, 1, arena, &values, &found);
    if (st == ARC_OK) *row = values;
    return st;
}

int arci_posting_period(arci_posting *p, uint32_t i, arc_date day)
{
    arc_status st = arci_period_check(p->t, day);
    if (st == ARC_OK) return 1;
    if (st != ARC_E_PERIOD && !p->failed.status) p->failed = *p->t->env->err;
    arci_posting_refuse(p, i, st);
    return 0;
}

int arci_posting_fact(arci_posting *p, uint32_t i, arc_date day, arc_date since, const char *entity, const char *field, int64_t id)
{
    arc_status st = arci_day_come(p->t, day, since, entity, field, id);
    if (st == ARC_OK) return arci_posting_period(p, i, day);
    arci_posting_refuse(p, i, st);
    return 0;
}

arc_status arci_posting_validate_day(arci_validation *v, arc_date day)
{
    arc_status st = arci_period_check(v->t, day);
    return st == ARC_E_PERIOD ? arci_validation_tell(v, ARC_FAULT_ERROR) : st;
}

static void refuse_rows(arci_posting *p, const arci_documents *d)
{
    for (uint32_t r = 0; r < d->batch->n_rows; r++) {
        if (d->batch->results[r] != ARC_ROW_OK) arci_posting_refuse(p, d->of[r], arci_batch_refused(p->t, d->batch, r));
    }
}

static arc_status mirror_custom(arci_posting *p, const arci_documents *d, const arci_batch *b, uint32_t n)
{
    arci_record **records = arci_arena_alloc(&p->arena, n * sizeof(arci_record *));
    int64_t *ids = arci_arena_calloc(&p->arena, n, sizeof *ids);
    if (!records || !ids) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < n; k++) {
        records[k] = d->records[d->of[k]];
        if (b->results[k] == ARC_ROW_OK) ids[k] = arci_batch_id(b, k);
    }
    return arci_custom_index_add(p->t, &p->arena, records, ids, n);
}

/* Row k of the batch as the rules see it. */
static arci_valid_row row_view(const arci_documents *d, const arci_batch *b, uint32_t k)
{
    arci_valid_row v = { d->records[d->of[k]], arci_batch_row(b, k), b->shape->cols, b->shape->n };
    return v;
}

static void keep_row(arci_documents *d, arci_batch *b, uint32_t k, uint32_t *kept)
{
    if (*kept < k) {
        memcpy(arci_batch_row(b, *kept), arci_batch_row(b, k), b->shape->n * sizeof(arc_value));
        d->of[*kept] = d->of[k];
    }
    (*kept)++;
}

/* Takes out the rows that break a rule of the book. */
static arc_status judge_rows(arci_posting *p, arci_documents *d, arci_batch *b)
{
    uint32_t kept = 0;
    if (!p->rules) return ARC_OK;
    for (uint32_t k = 0; k < b->n_rows; k++) {
        const arci_valid_row view = row_view(d, b, k);
        arc_status st = arci_rules_judge(p->t->env, p->rules, &view, NULL, NULL, NULL);
        if (st == ARC_OK) keep_row(d, b, k, &kept);
        else arci_posting_refuse(p, d->of[k], st);
    }
    b->n_rows = kept;
    if (!p->rules->n_unique || !kept) return ARC_OK;
    arci_unique_row *rows = arci_arena_calloc(&p->arena, kept, sizeof *rows);
    if (!rows) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < kept; k++) rows[k].row = row_view(d, b, k);
    arc_status st = arci_rules_unique(p->t, p->rules, rows, kept, NULL, NULL, NULL);
    if (st != ARC_OK) return st;
    kept = 0;
    for (uint32_t k = 0; k < b->n_rows; k++) {
        if (!rows[k].refused) keep_row(d, b, k, &kept);
        else arci_posting_refuse(p, d->of[k], arci_rules_unique_fail(p->t->env, &rows[k]));
    }
    b->n_rows = kept;
    return ARC_OK;
}

/* Custom fields that point at nothing. */
static arc_status refuse_dangling(arci_posting *p, const arci_documents *d)
{
    arci_record **records = arci_arena_calloc(&p->arena, p->n, sizeof *records);
    const arci_custom_field **bad = arci_arena_calloc(&p->arena, p->n, sizeof *bad);
    if (!records || !bad) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) records[i] = arci_posting_good(p, i) ? d->records[i] : NULL;
    arc_status st = arci_custom_references(p->t, &p->arena, records, p->n, bad);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        if (bad[i]) arci_posting_refuse(p, i, arci_custom_dangling(p->t->env, bad[i]));
    }
    return st;
}

arc_status arci_posting_booked(arci_posting *p, const arci_booked **out, arci_record **records, const uint32_t fields[6])
{
    enum { CURRENCY, AMOUNT, DATE, BASE_CURRENCY, BASE_AMOUNT, RATE };
    arci_booked *all = arci_arena_calloc(&p->arena, p->n, sizeof *all);
    arci_rates rates;
    if (!all) return arci_nomem(p->t->env);
    arci_rates_init(&rates, p->t, &p->arena);
    for (uint32_t i = 0; i < p->n; i++) {
        if (!arci_posting_good(p, i)) continue;
        const arci_record *r = records[i];
        char currency[4] = { 0 };
        memcpy(currency, arci_record_value(r, fields[CURRENCY])->u.s, 3);
        arc_status st = arci_booked_at(&rates, &all[i], currency, arci_record_value(r, fields[AMOUNT])->u.i, (arc_date)arci_record_value(r, fields[DATE])->u.i,
                                       arci_record_value(r, fields[BASE_CURRENCY]), arci_record_value(r, fields[BASE_AMOUNT]), arci_record_value(r, fields[RATE]));
        if (st == ARC_OK) continue;
        if (st == ARC_E_NOMEM || p->t->doomed) return st;
        arci_fail_at(p->t->env, r->entity->name, "base_amount", 0, -1);
        arci_posting_refuse(p, i, st);
    }
    *out = all;
    return ARC_OK;
}

static void fill_base(arci_posting *p, arc_value *v, const arci_shape *shape, const arci_booked *booked)
{
    if (!booked->known) return;
    for (uint16_t c = 0; c < shape->n; c++) {
        const char *name = shape->table->field_of_col[shape->cols[c]]->name;
        if (strcmp(name, "base_currency") == 0) v[c] = arci_v_text(p->session->book->base_currency, 3);
        if (strcmp(name, "base_amount") == 0) v[c] = arci_v_int(booked->base);
        if (strcmp(name, "fx_rate") == 0 && booked->rate) v[c] = arci_v_int(booked->rate);
    }
}

arc_status arci_posting_documents(arci_posting *p, arci_documents *d, const char *entity, arci_document_fn fill)
{
    const arci_shape *shape;
    arci_batch *b = NULL;
    uint32_t n = 0, refused = 0;
    d->batch = NULL;
    d->n = 0;
    d->of = arci_arena_alloc(&p->arena, p->n * sizeof *d->of);
    if (!d->of) return arci_nomem(p->t->env);
    arc_status st = refuse_dangling(p, d);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < p->n; i++) {
        if (arci_posting_good(p, i)) d->of[n++] = i;
    }
    if (!n) return ARC_OK;
    st = arci_shape_get(p->t, &shape, entity, NULL);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_INSERT, n, ARCI_BATCH_UNCHECKED, NULL, 0);
    for (uint32_t k = 0; st == ARC_OK && k < n; k++) {
        uint32_t i = d->of[k];
        arc_value *v = arci_batch_row(b, k);
        st = arci_record_row(p->t->env, d->records[i], shape->cols, shape->n, v);
        if (st == ARC_OK) fill(p->session, v, shape, d->records[i], d->customers[i]);
        if (st == ARC_OK && d->booked) fill_base(p, v, shape, &d->booked[i]);
        if (st == ARC_OK && d->finish) d->finish(d->user, i, v, shape);
    }
    if (st == ARC_OK) st = judge_rows(p, d, b);
    if (st != ARC_OK || !b->n_rows) return st;
    n = b->n_rows;
    st = d->tried ? arci_repo_try(p->t, &p->arena, b, d->own, &refused) : arci_repo_write(p->t, &b, 1, &refused);
    if (st == ARC_OK && !d->tried) st = mirror_custom(p, d, b, n);
    if (st != ARC_OK) return st;
    d->batch = b;
    d->n = n - refused;
    if (refused) refuse_rows(p, d);
    return ARC_OK;
}
