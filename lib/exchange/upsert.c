/* SPDX-License-Identifier: Apache-2.0 */
/* Rows brought to what another system says of them. */
#include "arcore/external.h"

#include <string.h>

#include "arcore/fields.h"
#include "base/map.h"
#include "exchange/source.h"
#include "ledger/invoice.h"
#include "ledger/posting.h"
#include "ledger/receipt.h"
#include "model/record_impl.h"
#include "store/external.h"
#include "store/record_api.h"
#include "store/valid.h"

#define MAX_MANY 100000u

typedef struct upsert {
    arci_session *s;
    arci_call call;
    arci_arena arena; /* of the call */
    arci_arena work;  /* of one element */
    arci_map made;    /* what this call has noted: entity, NUL, value -> row */
    arci_source *source;
    arc_upsert_options o;
    const char *system;
    arc_record *const *handles;
    const char *const *values;
    arci_record_box **boxes;
    int64_t *rows; /* known when the call began, then what it made */
    int32_t *what;
    arc_status *results;
    uint8_t *unnumbered; /* the caller's record had no id */
    uint32_t n, n_refused, n_waiting;
    int single;
    arc_error first;
} upsert;

static int is_document(const arci_entity *e)
{
    return e->id == ARC_INVOICE || e->id == ARC_RECEIPT;
}

/* ---- comparing -------------------------------------------------------------------------------------------------------------------- */

typedef arc_status (*field_fn)(upsert *u, uint32_t i, arci_record *says, arci_record *stored, const arci_field *f, int *changed);

/* Calls fn for each field the record sets and that differs from the stored row. */
static arc_status each_difference(upsert *u, uint32_t i, arci_record *says, arci_record *stored, field_fn fn, int *changed)
{
    arci_env *env = &u->s->env;
    arc_status st = ARC_OK;
    int same;
    *changed = 0;
    for (uint16_t k = 0; k < says->entity->n_fields && st == ARC_OK; k++) {
        const arci_field *f = &says->entity->fields[k];
        if (f->id < ARCI_FIELD_FIRST || (f->flags & ARCI_F_DERIVED) || !arci_record_is_set(says, f->id)) continue;
        st = arci_record_same(env, says, stored, f->id, &same);
        if (st == ARC_OK && !same) st = fn(u, i, says, stored, f, changed);
    }
    for (uint32_t k = 0; k < says->n_custom && st == ARC_OK; k++) {
        const arci_field *f = &says->cfields[k]->field;
        if (!arci_record_is_set(says, f->id)) continue;
        st = arci_record_same(env, says, stored, f->id, &same);
        if (st == ARC_OK && !same) st = fn(u, i, says, stored, f, changed);
    }
    return st;
}

/* The row as it is stored, in a record of its own; the caller frees the handle. */
static arc_status load_stored(upsert *u, uint32_t i, arc_record **handle, arci_record_box **box)
{
    const arci_entity *e = u->boxes[i]->record->entity;
    const arci_shape *shape;
    arc_value *row;
    arci_txn *t = u->call.txn;
    arc_status st = arci_record_box_new(&u->s->env, u->s, e, handle, box);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, e->name, "*");
    if (st == ARC_OK) st = arci_repo_get(t, shape, u->rows[i], &u->work, &row);
    if (st == ARC_OK) st = arci_record_load(&u->s->env, (*box)->record, shape->cols, shape->n, row);
    return st == ARC_OK ? arci_record_custom_decode(&u->s->env, (*box)->record) : st;
}

/* What the caller says, normalised as it would be stored. */
static arc_status normalised(upsert *u, uint32_t i, arci_record **says)
{
    const arci_rules *rules;
    *says = u->boxes[i]->record;
    arc_status st = arci_rules_get(u->call.txn, (*says)->entity, &rules);
    if (st == ARC_OK) st = arci_record_custom_decode(&u->s->env, *says);
    return st == ARC_OK ? arci_rules_normalise(&u->s->env, rules, says, 1) : st;
}

/* ---- documents --------------------------------------------------------------------------------------------------------------------- */

static arc_status other_contents(upsert *u, uint32_t i, arci_record *says, arci_record *stored, const arci_field *f, int *changed)
{
    (void)stored;
    *changed = 1;
    if (arci_record_value(says, f->id)->type == ARC_V_NULL) return ARC_OK; /* left open, and filled by the verb */
    arci_fail(&u->s->env, ARC_E_EXISTS, "a document of this external id is recorded with another %s", "该外部编号的单据已登记，其 %s 不同", f->name);
    arci_fail_at(&u->s->env, says->entity->name, f->name, u->rows[i], -1);
    return ARC_E_EXISTS;
}

static arc_status answer_document(upsert *u, uint32_t i, arci_record *says, arci_record_box *stored)
{
    int changed;
    arc_status st = each_difference(u, i, says, stored->record, other_contents, &changed);
    u->what[i] = ARC_UPSERT_UNCHANGED;
    return st;
}

/* ---- master data ------------------------------------------------------------------------------------------------------------------- */

static arc_status take_field(upsert *u, uint32_t i, arci_record *says, arci_record *stored, const arci_field *f, int *changed)
{
    arci_ownership own = arci_source_owns(u->source, says->entity, f->id);
    if (own == ARCI_OWNED) {
        *changed = 1;
        return arci_record_take(&u->s->env, stored, says, f->id);
    }
    if (own == ARCI_REFUSED) {
        arci_fail(&u->s->env, ARC_E_FORBIDDEN, "%s is not %s's to change", "%s 不由 %s 维护", f->name, u->system);
        arci_fail_at(&u->s->env, says->entity->name, f->name, u->rows[i], -1);
        return ARC_E_FORBIDDEN;
    }
    if (!u->o.skipped || u->o.skipped(u->o.user, i, f->name) == 0) return ARC_OK;
    return arci_fail(&u->s->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
}

static arc_status change_row(upsert *u, uint32_t i, arci_record *says, arc_record *handle, arci_record_box *stored)
{
    int changed;
    arc_status st = each_difference(u, i, says, stored->record, take_field, &changed);
    u->what[i] = changed ? ARC_UPSERT_UPDATED : ARC_UPSERT_UNCHANGED;
    return st == ARC_OK && changed ? arci_master_one(u->s, NULL, handle, 1) : st;
}

/* ---- one element -------------------------------------------------------------------------------------------------------------------- */

static arc_status known_row(upsert *u, uint32_t i)
{
    arc_record *handle = NULL;
    arci_record_box *box;
    arci_record *says;
    arc_status st = normalised(u, i, &says);
    if (st == ARC_OK && u->s->access) st = arci_access_row(u->call.txn, &arci_verbs[ARCI_DO_READ], says->entity, says->entity, u->rows[i]);
    if (st == ARC_OK) st = load_stored(u, i, &handle, &box);
    if (st == ARC_OK) st = is_document(says->entity) ? answer_document(u, i, says, box) : change_row(u, i, says, handle, box);
    arci_own_free(handle, ARCI_H_RECORD);
    return st;
}

/* A row that was undone leaves nothing in the caller's record. */
static void forget_made(upsert *u, uint32_t i)
{
    static const arc_value nothing = { ARC_V_NULL, { 0, 0, 0 }, 0, { 0 } };
    arci_record *r = u->boxes[i]->record;
    if (is_document(r->entity) || !u->unnumbered[i]) return;
    (void)arci_record_put(&u->s->env, r, ARCI_FIELD_ID, &nothing);
    if (arci_entity_field_id(r->entity, ARCI_FIELD_VERSION)) (void)arci_record_put(&u->s->env, r, ARCI_FIELD_VERSION, &nothing);
}

static arc_status create(upsert *u, uint32_t i)
{
    const arci_entity *e = u->boxes[i]->record->entity;
    arc_record *handle = u->handles[i];
    const uint32_t how = ARCI_POSTING_ONE | ARCI_POSTING_INSIDE;
    arc_status st = arci_txn_writing(u->call.txn); /* what follows is two writes: both or none */
    if (st == ARC_OK && e->id == ARC_INVOICE) st = arci_invoice_record(u->s->handle, &u->rows[i], NULL, NULL, &handle, 1, ARC_ALL_OR_NONE, how);
    else if (st == ARC_OK && e->id == ARC_RECEIPT) st = arci_receipt_record(u->s->handle, &u->rows[i], NULL, &handle, 1, ARC_ALL_OR_NONE, how);
    else if (st == ARC_OK) st = arci_master_one(u->s, &u->rows[i], handle, 0);
    if (st == ARC_OK) st = arci_external_note(u->call.txn, &u->work, e, u->rows[i], u->system, u->values[i]);
    u->what[i] = ARC_UPSERT_INSERTED;
    return st;
}

/* Key of what this call has made, in u->work. */
static arc_status made_at(upsert *u, uint32_t i, int64_t **at)
{
    const char *entity = u->boxes[i]->record->entity->name;
    size_t n = strlen(entity) + 1, m = strlen(u->values[i]);
    char *key = arci_arena_alloc(&u->work, n + m + 1);
    if (!key) return arci_nomem(&u->s->env);
    memcpy(key, entity, n);
    memcpy(key + n, u->values[i], m);
    return arci_map_put(&u->made, key, n + m, at) < 0 ? arci_nomem(&u->s->env) : ARC_OK;
}

static arc_status one(upsert *u, uint32_t i)
{
    arci_call own;
    int64_t *at;
    arci_arena_reset(&u->work);
    arc_status st = made_at(u, i, &at);
    if (st != ARC_OK) return st;
    if (!u->rows[i]) u->rows[i] = *at;
    int fresh = !u->rows[i];
    st = arci_call_begin(u->s, &own, &arci_verbs[ARCI_DO_EXTERNAL_UPSERT], NULL, 0);
    if (st == ARC_OK) st = arci_call_end(&own, fresh ? create(u, i) : known_row(u, i));
    if (st != ARC_OK) {
        if (fresh) forget_made(u, i);
        u->rows[i] = 0;
        u->what[i] = 0;
        return st;
    }
    if (fresh) *at = u->rows[i];
    return ARC_OK;
}

/* ---- the call ----------------------------------------------------------------------------------------------------------------------- */

static arc_status check_element(upsert *u, uint32_t i)
{
    arci_env *env = &u->s->env;
    arc_status st = arci_record_box_in(env, u->s, u->handles[i], &u->boxes[i]);
    if (st == ARC_OK) st = arci_external_check(env, u->system, u->values[i]);
    if (st != ARC_OK) return st;
    const arci_entity *e = u->boxes[i]->record->entity;
    const arci_table *table = arci_store_table(u->s->book->store, e);
    if (is_document(e) || ((e->flags & ARCI_E_MASTER) && table->draws_id)) return ARC_OK;
    st = arci_fail(env, ARC_E_FORBIDDEN, "rows of %s are not written from records", "%s 的数据不由记录写入", e->name);
    arci_fail_at(env, e->name, NULL, -1, -1);
    return st;
}

static arc_status check_elements(upsert *u)
{
    u->boxes = arci_arena_calloc(&u->arena, u->n, sizeof *u->boxes);
    u->rows = arci_arena_calloc(&u->arena, u->n, sizeof *u->rows);
    u->what = arci_arena_calloc(&u->arena, u->n, sizeof *u->what);
    if (!u->results) u->results = arci_arena_calloc(&u->arena, u->n, sizeof *u->results);
    u->unnumbered = arci_arena_calloc(&u->arena, u->n, 1);
    if (!u->boxes || !u->rows || !u->what || !u->results || !u->unnumbered) return arci_nomem(&u->s->env);
    for (uint32_t i = 0; i < u->n; i++) {
        arc_status st = check_element(u, i);
        u->results[i] = ARC_OK;
        if (st == ARC_OK) u->unnumbered[i] = arci_record_value(u->boxes[i]->record, ARCI_FIELD_ID)->type == ARC_V_NULL;
        if (st == ARC_OK) continue;
        if (!u->single) arci_fail_at(&u->s->env, NULL, NULL, -1, i);
        return st;
    }
    return ARC_OK;
}

/* Runs of one entity are looked up together. */
static arc_status find_known(upsert *u)
{
    arc_status st = ARC_OK;
    for (uint32_t from = 0, to; from < u->n && st == ARC_OK; from = to) {
        for (to = from + 1; to < u->n && u->boxes[to]->record->entity == u->boxes[from]->record->entity;) to++;
        st = arci_external_rows(u->call.txn, &u->arena, u->boxes[from]->record->entity, u->system, u->values + from, to - from, u->rows + from);
    }
    return st;
}

static const char *const outcome[] = { "id", "what", NULL };

static arc_status ask(upsert *u)
{
    arci_call *c = &u->call;
    arc_status st = arci_call_elements(c, outcome, u->n, !u->single);
    for (uint32_t i = 0; st == ARC_OK && c->request && i < u->n; i++) {
        arci_call_arg_text(c, u->system, strlen(u->system));
        arci_call_arg_text(c, u->values[i], strlen(u->values[i]));
        st = arci_call_arg_record(c, u->boxes[i]->record, 1);
        arci_call_arg_end(c, i, NULL);
    }
    return st == ARC_OK ? arci_call_replay(c) : st;
}

static int stops(arc_status st)
{
    return st == ARC_E_NOMEM || st == ARC_E_CANCELLED || st == ARC_E_DOOMED || st == ARC_E_IO || st == ARC_E_CORRUPT || st == ARC_E_CONFLICT ||
           st == ARC_E_BUSY || st == ARC_E_FULL || st == ARC_E_CONNECTION || st == ARC_E_BACKEND || st == ARC_E_INTERNAL || st == ARC_E_CHECK;
}

static arc_status element(upsert *u, uint32_t i)
{
    if (arci_call_done(&u->call, i)) {
        u->rows[i] = arci_call_number(&u->call, i, 0);
        u->what[i] = (int32_t)arci_call_number(&u->call, i, 1);
        u->results[i] = arci_call_status(&u->call, i);
        u->n_waiting += u->results[i] != ARC_OK;
        return ARC_OK;
    }
    arc_status st = one(u, i);
    if (stops(st)) return st;
    u->results[i] = st;
    if (st >= ARC_OK) { /* done, or waiting for approval: then there is no row yet, and no id is noted */
        const int64_t numbers[] = { u->rows[i], u->what[i] };
        u->n_waiting += st != ARC_OK;
        arci_call_keep(&u->call, i, st, numbers);
        return ARC_OK;
    }
    if (!u->single) arci_fail_at(&u->s->env, NULL, NULL, -1, i);
    if (!u->n_refused++) u->first = *u->s->env.err;
    return u->o.flags & ARC_ALL_OR_NONE ? st : ARC_OK;
}

static arc_status work(upsert *u)
{
    arc_status st = ask(u);
    if (st == ARC_OK) st = arci_source_get(u->call.txn, u->system, &u->source);
    if (st == ARC_OK) st = find_known(u);
    for (uint32_t i = 0; i < u->n && st == ARC_OK; i++) st = element(u, i);
    if (st == ARC_OK && u->n_refused) {
        *u->s->env.err = u->first;
        st = ARC_PARTIAL;
    }
    if (st == ARC_OK && u->n_waiting) st = ARC_NEEDS_APPROVAL;
    return st;
}

static arc_status run(upsert *u, const arc_upsert_options *options)
{
    const arc_upsert_options defaults = ARC_UPSERT_OPTIONS_INIT;
    arci_env *env = &u->s->env;
    u->o = defaults;
    arc_status st = arci_struct_in(env, &u->o, sizeof u->o, options);
    if (st == ARC_OK && (u->o.flags & ~ARC_ALL_OR_NONE)) st = arci_fail(env, ARC_E_INVALID, "unknown flag", "未知的标志");
    if (u->single) u->o.flags |= ARC_ALL_OR_NONE;
    if (st == ARC_OK && !u->results && !(u->o.flags & ARC_ALL_OR_NONE)) st = arci_fail(env, ARC_E_INVALID, "nowhere to put results", "未提供结果数组");
    if (st == ARC_OK) st = check_elements(u);
    if (st == ARC_OK) st = arci_call_begin(u->s, &u->call, &arci_verbs[ARCI_DO_EXTERNAL_UPSERT], NULL, 0);
    if (st != ARC_OK) return st;
    const char *before = u->s->source;
    u->s->source = u->system;
    st = arci_call_end(&u->call, work(u));
    u->s->source = before;
    for (uint32_t i = 0; st < ARC_OK && i < u->n; i++) {
        if (u->what[i] == ARC_UPSERT_INSERTED) forget_made(u, i);
        u->rows[i] = u->what[i] = 0;
    }
    return st;
}

/* Of many, every element tells; of one, nothing is told of what was not done. */
static void tell(const upsert *u, int64_t *ids, int32_t *what, arc_status *results, arc_status st)
{
    size_t n = u->n;
    if (st < ARC_OK && u->single) return;
    if (ids && st >= ARC_OK) memcpy(ids, u->rows, n * sizeof *ids);
    if (what && st >= ARC_OK) memcpy(what, u->what, n * sizeof *what);
    if (st >= ARC_OK) return;
    if (ids) memset(ids, 0, n * sizeof *ids);
    if (what) memset(what, 0, n * sizeof *what);
    for (size_t i = 0; results && i < n; i++) {
        if (results[i] >= ARC_OK) results[i] = st;
    }
}

static arc_status upsert_call(arc_session *session, int64_t *ids, int32_t *what, arc_status *results, arc_record *const *records,
                              const char *const *values, size_t n, const char *system, const arc_upsert_options *options, int single)
{
    upsert *u;
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!records || !values || !n || !system) return arci_call_leave(s, arci_fail(&s->env, ARC_E_INVALID, "records, values or system are NULL", "records、values 或 system 为 NULL"));
    if (n > MAX_MANY) return arci_call_leave(s, arci_fail(&s->env, ARC_E_LIMIT, "at most %u records a call", "每次最多 %u 条记录", MAX_MANY));
    u = arci_calloc(s->env.ctx, 1, sizeof *u);
    if (!u) return arci_call_leave(s, arci_nomem(&s->env));
    u->s = s;
    u->handles = records;
    u->values = values;
    u->n = (uint32_t)n;
    u->system = system;
    u->results = results;
    u->single = single;
    arci_arena_init(&u->arena, s->env.ctx);
    arci_arena_init(&u->work, s->env.ctx);
    arci_map_init(&u->made, s->env.ctx);
    if (results) memset(results, 0, n * sizeof *results);
    st = run(u, options);
    tell(u, ids, what, results, st);
    arci_source_free(s->env.ctx, u->source);
    arci_map_clear(&u->made);
    arci_arena_clear(&u->work);
    arci_arena_clear(&u->arena);
    arci_free(s->env.ctx, u);
    return arci_call_leave(s, st);
}

arc_status arc_session_upsert_many(arc_session *session, int64_t *ids, int32_t *what, arc_status *results, arc_record *const *records,
                                   const char *const *values, size_t n, const char *system, const arc_upsert_options *options)
{
    return upsert_call(session, ids, what, results, records, values, n, system, options, 0);
}

arc_status arc_session_upsert(arc_session *session, int64_t *id, int32_t *what, arc_record *record, const char *system, const char *value,
                              const arc_upsert_options *options)
{
    return upsert_call(session, id, what, NULL, &record, &value, 1, system, options, 1);
}

arc_status arc_upsert_options_init(arc_upsert_options *options)
{
    static const arc_upsert_options defaults = ARC_UPSERT_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}
