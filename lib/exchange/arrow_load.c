/* SPDX-License-Identifier: Apache-2.0 */
/* Master data from an Arrow stream: records are filled from columns, checked as all records are, and inserted in runs. */
#include <errno.h>
#include <string.h>

#include "arcore/date.h"
#include "arcore/money.h"
#include "exchange/arrow_read.h"
#include "model/record_impl.h"
#include "store/record_api.h"
#include "store/verb.h"

enum { RUN = 500, MAX_COLUMNS = 1000 };

arc_status arc_load_options_init(arc_load_options *options)
{
    static const arc_load_options defaults = ARC_LOAD_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}

arc_status arc_load_results_init(arc_load_results *results)
{
    static const arc_load_results defaults = ARC_LOAD_RESULTS_INIT;
    if (!results) return ARC_E_INVALID;
    *results = defaults;
    return ARC_OK;
}

typedef struct in_column {
    arci_arrow_type type;
    uint32_t field;
    uint32_t at; /* child */
    const arci_field *f;
    uint8_t currency; /* holds the currency of the custom amount `field`, and is no column by itself */
    int64_t partner;  /* custom amount: number of the column with its currency, or -1 */
} in_column;

typedef struct loader {
    arc_session *handle;
    arci_session *s;
    arci_env env; /* the session's */
    arc_load_options o;
    arc_load_results results;
    arci_arena arena;
    const arci_entity *entity;
    arci_call *call;
    int replaying; /* the request was done before: rows are read to see that they are the same */
    in_column *columns; /* those with currencies first */
    uint32_t n_columns;
    arc_record *records[RUN];
    arci_record_box *boxes[RUN];
    int64_t rows[RUN]; /* of the stream, by record */
    arc_status statuses[RUN];
    uint32_t n;
} loader;

/* ---- columns ------------------------------------------------------------------------------------------------------- */

static int type_fits(const arci_arrow_type *t, const arci_field *f)
{
    int money = f->type == ARC_T_MONEY; /* a custom one needs a column with its currency: looked for later */
    switch (t->kind) {
    case ARCI_A_NULL: return 1;
    case ARCI_A_TEXT: return 1;
    case ARCI_A_BOOL: return f->type == ARC_T_BOOL;
    case ARCI_A_INT:
        return f->type == ARC_T_INT || f->type == ARC_T_ID || f->type == ARC_T_BOOL || money;
    case ARCI_A_DATE: return f->type == ARC_T_DATE;
    case ARCI_A_STAMP: return f->type == ARC_T_STAMP;
    case ARCI_A_DECIMAL: return f->type == ARC_T_DECIMAL || money;
    default: return f->type == ARC_T_BLOB;
    }
}

static arc_status column_fail(loader *l, const char *name, arc_status st, const char *en, const char *zh)
{
    arci_fail(&l->env, st, "column %.80s: %s%.0s", "列 %.80s：%.0s%s", name, en, zh);
    arci_fail_at(&l->env, l->entity->name, name, -1, -1);
    return st;
}

static arc_status read_column(loader *l, const struct ArrowSchema *child, uint32_t at, in_column *out)
{
    arci_record *r = l->boxes[0]->record;
    const char *name = child->name ? child->name : "";
    size_t len = strlen(name), suffix = sizeof ".currency" - 1;
    arci_slot slot;
    out->currency = len > suffix && strncmp(name, "x_", 2) == 0 && strcmp(name + len - suffix, ".currency") == 0;
    out->partner = -1;
    arc_status st = arci_record_field(&l->env, r, &out->field, name, out->currency ? len - suffix : len);
    if (st == ARC_OK) st = arci_record_slot(&l->env, r, out->field, &slot);
    if (st != ARC_OK) return column_fail(l, name, st, "no such field", "没有该字段");
    out->at = at;
    out->f = slot.f;
    if (out->currency) {
        if (slot.f->type == ARC_T_MONEY && child->format && !child->dictionary && arci_arrow_type_read(&out->type, child->format) &&
            out->type.kind == ARCI_A_TEXT)
            return ARC_OK;
        return column_fail(l, name, ARC_E_VALUE, "its Arrow type does not fit the field", "Arrow 类型与字段不符");
    }
    if (!child->format || child->dictionary || !arci_arrow_type_read(&out->type, child->format) || !type_fits(&out->type, slot.f))
        return column_fail(l, name, ARC_E_VALUE, "its Arrow type does not fit the field", "Arrow 类型与字段不符");
    return ARC_OK;
}

/* Custom amounts that are numbers and the columns with their currencies. */
static arc_status pair_currencies(loader *l, const struct ArrowSchema *schema)
{
    for (uint32_t i = 0; i < l->n_columns; i++) {
        in_column *c = &l->columns[i];
        if (c->currency || c->f->type != ARC_T_MONEY || c->f->id < ARCI_FIELD_CUSTOM_FIRST) continue;
        for (uint32_t k = 0; k < l->n_columns; k++) {
            if (l->columns[k].currency && l->columns[k].field == c->field) c->partner = k;
        }
        if (c->partner < 0 && (c->type.kind == ARCI_A_INT || c->type.kind == ARCI_A_DECIMAL)) {
            return column_fail(l, schema->children[c->at]->name, ARC_E_VALUE, "a column with its currency is missing", "缺少其币种列");
        }
    }
    return ARC_OK;
}

static arc_status read_columns(loader *l, const struct ArrowSchema *schema)
{
    in_column *all;
    uint32_t n, i;
    arc_status st = ARC_OK;
    if (!schema->format || strcmp(schema->format, "+s") != 0 || schema->n_children < 1 || schema->n_children > MAX_COLUMNS)
        return arci_fail(&l->env, ARC_E_VALUE, "the stream is not of structs with 1 to 1,000 columns", "数据流须为含 1 至 1,000 列的结构体");
    n = (uint32_t)schema->n_children;
    all = arci_arena_calloc(&l->arena, n, sizeof *all);
    l->columns = arci_arena_calloc(&l->arena, n, sizeof *l->columns);
    if (!all || !l->columns) return arci_nomem(&l->env);
    for (i = 0; st == ARC_OK && i < n; i++) st = read_column(l, schema->children[i], i, &all[i]);
    if (st != ARC_OK) return st;
    for (i = 0; i < n; i++)
        if (arci_is_currency(all[i].f)) l->columns[l->n_columns++] = all[i];
    for (i = 0; i < n; i++)
        if (!arci_is_currency(all[i].f)) l->columns[l->n_columns++] = all[i];
    st = pair_currencies(l, schema);
    if (st != ARC_OK) return st;
    for (i = 0; i < n; i++) {
        arci_call_arg_int(l->call, l->columns[i].field);
        arci_call_arg_int(l->call, l->columns[i].type.kind * 100 + l->columns[i].type.scale);
    }
    return ARC_OK;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

/* own: the currency beside a custom amount, or NULL: the field's. */
static arc_status set_amount(arci_env *env, arci_record *r, const in_column *c, const arci_arrow_value *v, const arc_value *own)
{
    arc_money m;
    char code[4] = { 0, 0, 0, 0 };
    const arc_value *currency = own ? own : arci_record_value(r, arci_entity_field(r->entity, c->f->aux, strlen(c->f->aux))->id);
    arc_status st;
    memset(&m, 0, sizeof m);
    if (currency->type != ARC_V_TEXT)
        return arci_field_fail(env, r->entity, c->f, ARC_E_CURRENCY, "an amount without a currency", "金额没有币种");
    st = arci_currency_in(env, r->entity, c->f, currency->u.s, currency->len, code);
    if (st != ARC_OK) return st;
    memcpy(m.currency, code, sizeof m.currency);
    m.minor = v->i;
    if (c->type.kind == ARCI_A_DECIMAL) {
        arc_decimal d;
        memset(&d, 0, sizeof d);
        d.mantissa = v->i;
        d.scale = c->type.scale;
        st = arc_money_from_decimal(&m, &d, code, ARC_ROUND_EXACT);
        if (st != ARC_OK)
            return arci_field_fail(env, r->entity, c->f, st, "more decimals than the currency has, or too large", "小数位超出币种精度，或数值过大");
    }
    return arci_record_set_money(env, r, c->field, m);
}

static arc_status set_value(arci_env *env, arci_record *r, const in_column *c, const arci_arrow_value *v, const arc_value *currency)
{
    arc_decimal d;
    switch (c->type.kind) {
    case ARCI_A_TEXT: return arci_record_set_any(env, r, c->field, v->s, v->len);
    case ARCI_A_BYTES: return arci_record_set_blob(env, r, c->field, v->s, v->len);
    case ARCI_A_STAMP: return arci_record_set_stamp(env, r, c->field, v->i);
    case ARCI_A_DATE:
        return arci_record_set_date(env, r, c->field, v->i < ARC_DATE_MIN || v->i > ARC_DATE_MAX ? ARC_DATE_NONE : (arc_date)v->i);
    case ARCI_A_DECIMAL:
        if (c->f->type == ARC_T_MONEY) return set_amount(env, r, c, v, currency);
        memset(&d, 0, sizeof d);
        d.mantissa = v->i;
        d.scale = c->type.scale;
        return arci_record_set_decimal(env, r, c->field, d);
    default:
        if (c->f->type == ARC_T_MONEY) return set_amount(env, r, c, v, currency);
        return arci_record_set_int(env, r, c->field, v->i);
    }
}

static arc_status fill_record(arci_env *env, arci_record *r, const loader *l, const struct ArrowArray *batch, int64_t row)
{
    uint32_t i;
    arci_record_clear(r);
    for (i = 0; i < l->n_columns; i++) {
        const in_column *c = &l->columns[i];
        arci_arrow_value v;
        arc_value currency = arci_v_null();
        if (c->currency) continue;
        arc_status st = arci_arrow_value_at(&c->type, batch->children[c->at], row + batch->offset, &v);
        if (st == ARC_OK && c->partner >= 0) {
            const in_column *p = &l->columns[c->partner];
            arci_arrow_value code;
            st = arci_arrow_value_at(&p->type, batch->children[p->at], row + batch->offset, &code);
            if (st == ARC_OK && !code.is_null) currency = arci_v_text(code.s, code.len);
        }
        if (st == ARC_OK && !v.is_null) st = set_value(env, r, c, &v, c->partner >= 0 ? &currency : NULL);
        else if (st != ARC_OK) arci_field_fail(env, r->entity, c->f, st, "a value that cannot be read", "值无法读取");
        if (st != ARC_OK) return st;
    }
    return ARC_OK;
}

/* What a row asks for; a value that cannot be read is as good as any other. */
static void ask_row(loader *l, const struct ArrowArray *batch, int64_t row)
{
    for (uint32_t i = 0; i < l->n_columns; i++) {
        const in_column *c = &l->columns[i];
        arci_arrow_value v;
        memset(&v, 0, sizeof v);
        if (arci_arrow_value_at(&c->type, batch->children[c->at], row + batch->offset, &v) != ARC_OK || v.is_null) {
            arci_call_arg_text(l->call, NULL, 0);
        } else if (c->type.kind == ARCI_A_TEXT || c->type.kind == ARCI_A_BYTES) {
            arci_call_arg_text(l->call, v.s ? v.s : "", v.len);
        } else {
            arci_call_arg_int(l->call, v.i);
        }
    }
}

static arc_status tell_fault(loader *l, int64_t row, const arc_error *e)
{
    l->results.refused++;
    if (l->o.fault && l->o.fault(l->o.user, row, e) != 0)
        return arci_fail(&l->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
    return ARC_OK;
}

/* A row the record refused. */
static arc_status refuse(loader *l, arci_record_box *box, arc_status st, int64_t row)
{
    box->error.row = row;
    if (st == ARC_E_NOMEM || st == ARC_E_CORRUPT || (l->o.flags & ARC_ALL_OR_NONE)) return arci_fail_copy(&l->env, &box->error);
    return tell_fault(l, row, &box->error);
}

/* Rows the store refused: the call tells the first one's reason in full, the others' by their status. */
static arc_status refuse_inserted(loader *l, arc_status st)
{
    arc_error first = l->s->error;
    uint32_t i;
    arc_status answer = ARC_OK;
    int told = 0;
    for (i = 0; answer == ARC_OK && i < l->n; i++) {
        arc_error e = ARC_ERROR_INIT;
        arci_env quiet;
        quiet.ctx = l->env.ctx;
        quiet.err = &e;
        if (l->statuses[i] >= ARC_OK) continue;
        (void)arci_fail(&quiet, l->statuses[i], "%s%.0s", "%.0s%s", arc_status_text(l->statuses[i], "en"), arc_status_text(l->statuses[i], "zh"));
        if (!told++) e = first;
        e.row = l->rows[i];
        answer = tell_fault(l, l->rows[i], &e);
    }
    return answer == ARC_OK && st != ARC_PARTIAL ? st : answer;
}

static arc_status insert_run(loader *l)
{
    uint32_t i, good = 0;
    arc_status st;
    if (l->n == 0) return ARC_OK;
    st = arc_session_insert_many(l->handle, NULL, l->statuses, l->records, l->n, l->o.flags & ARC_ALL_OR_NONE);
    for (i = 0; i < l->n; i++) good += l->statuses[i] == ARC_OK;
    for (i = 0; i < l->n && st >= ARC_OK; i++) l->results.pending += l->statuses[i] == ARC_NEEDS_APPROVAL;
    if (st == ARC_OK || st == ARC_PARTIAL) l->results.loaded += good;
    if (st == ARC_NEEDS_APPROVAL) st = ARC_OK;
    if (st == ARC_PARTIAL) st = refuse_inserted(l, st);
    if (st < 0 && (l->o.flags & ARC_ALL_OR_NONE) && l->s->error.row >= 0 && l->s->error.row < l->n)
        l->s->error.row = l->rows[l->s->error.row];
    l->n = 0;
    return st;
}

/* Records are made when a run first gets that long, and used again for the next. */
static arc_status make_record(loader *l, uint32_t at)
{
    return l->boxes[at] ? ARC_OK : arci_record_box_new(&l->env, l->s, l->entity, &l->records[at], &l->boxes[at]);
}

static arc_status load_batch(loader *l, const struct ArrowArray *batch)
{
    int64_t i;
    arc_status st = ARC_OK;
    for (i = 0; st == ARC_OK && i < batch->length; i++) {
        arci_record_box *box;
        arc_status row_st;
        int64_t row = l->results.rows++;
        if (l->call->request) ask_row(l, batch, i);
        if (l->replaying) continue;
        st = make_record(l, l->n);
        if (st != ARC_OK) break;
        box = l->boxes[l->n];
        row_st = fill_record(&box->env, box->record, l, batch, i);
        if (row_st != ARC_OK) {
            st = refuse(l, box, row_st, row);
            continue;
        }
        l->rows[l->n++] = row;
        if (l->n == RUN) st = insert_run(l);
    }
    if (st == ARC_OK) st = insert_run(l);
    if (st == ARC_OK && l->o.progress && l->o.progress(l->o.user, l->results.rows, 0) != 0)
        st = arci_fail(&l->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
    return st;
}

/* ---- the stream ---------------------------------------------------------------------------------------------------- */

static arc_status stream_fail(loader *l, struct ArrowArrayStream *stream, int code)
{
    const char *told = stream->get_last_error ? stream->get_last_error(stream) : NULL;
    if (code == ENOMEM) return arci_nomem(&l->env);
    return arci_fail(&l->env, ARC_E_IO, "the stream failed: %.180s", "数据流出错：%.180s", told ? told : "?");
}

static arc_status check_batch(loader *l, const struct ArrowArray *batch)
{
    uint32_t i;
    int ok = batch->length >= 0 && batch->offset >= 0 && batch->n_children == (int64_t)l->n_columns && batch->children &&
             (batch->null_count == 0 || !batch->buffers || !batch->buffers[0]);
    for (i = 0; ok && i < l->n_columns; i++)
        ok = batch->children[l->columns[i].at] &&
             arci_arrow_column_ok(&l->columns[i].type, batch->children[l->columns[i].at], batch->offset, batch->length);
    return ok ? ARC_OK : arci_fail(&l->env, ARC_E_CORRUPT, "the stream breaks the rules of the interface", "数据流不符合接口规范");
}

static arc_status load_batches(loader *l, struct ArrowArrayStream *stream)
{
    arc_status st = ARC_OK;
    while (st == ARC_OK) {
        struct ArrowArray batch;
        int code;
        memset(&batch, 0, sizeof batch);
        code = stream->get_next(stream, &batch);
        if (code) return stream_fail(l, stream, code);
        if (!batch.release) return ARC_OK;
        st = check_batch(l, &batch);
        if (st == ARC_OK) st = load_batch(l, &batch);
        batch.release(&batch);
    }
    return st;
}

static arc_status load_stream(loader *l, struct ArrowArrayStream *stream)
{
    struct ArrowSchema schema;
    arc_status st;
    int code;
    memset(&schema, 0, sizeof schema);
    code = stream->get_schema(stream, &schema);
    if (code) return stream_fail(l, stream, code);
    st = read_columns(l, &schema);
    if (schema.release) schema.release(&schema);
    return st == ARC_OK ? load_batches(l, stream) : st;
}

/* ---- the call ------------------------------------------------------------------------------------------------------ */

/* The rows are known once they are loaded: only then can be said what was asked for. */
static arc_status settle_request(loader *l, arc_status st)
{
    int64_t counts[4];
    arci_call_arg_int(l->call, l->o.flags);
    arci_call_arg_end(l->call, 0, l->entity);
    arc_status found = arci_call_replay(l->call);
    if (found != ARC_OK) return found;
    if (arci_call_done(l->call, 0) && l->replaying) {
        l->results.rows = arci_call_number(l->call, 0, 0);
        l->results.loaded = arci_call_number(l->call, 0, 1);
        l->results.refused = arci_call_number(l->call, 0, 2);
        l->results.pending = arci_call_number(l->call, 0, 3);
        return arci_call_status(l->call, 0);
    }
    if (arci_call_done(l->call, 0) || l->replaying) {
        return arci_fail(&l->env, ARC_E_CONFLICT, "the request was done by another writer meanwhile; repeat it", "该请求已由其他写入者完成，请重试");
    }
    counts[0] = l->results.rows;
    counts[1] = l->results.loaded;
    counts[2] = l->results.refused;
    counts[3] = l->results.pending;
    arci_call_keep(l->call, 0, st, counts);
    return st;
}

static arc_status run(loader *l, struct ArrowArrayStream *stream, uint32_t scope_flags)
{
    static const char *const names[] = { "rows", "loaded", "refused", "pending", NULL };
    const arci_verb *verb = &arci_verbs[ARCI_DO_LOAD];
    arci_call call;
    arci_txn *t = l->s->book->txn;
    arc_status st = ARC_OK;
    l->replaying = arci_request_seen(l->s, t, verb, l->entity);
    if (l->replaying < 0) return l->replaying;
    st = arci_call_begin(l->s, &call, verb, l->entity, scope_flags);
    if (st != ARC_OK) return st;
    l->call = &call;
    st = arci_call_elements(&call, names, 1, 0);
    if (st == ARC_OK && scope_flags != ARCI_SCOPE_NO_UNDO) st = arci_txn_writing(t); /* the undo point goes before those of the runs */
    if (st == ARC_OK) st = load_stream(l, stream);
    if (st == ARC_OK && l->results.pending) st = ARC_NEEDS_APPROVAL;
    if (st >= ARC_OK && l->results.refused) st = ARC_PARTIAL;
    if (st >= ARC_OK && call.request) st = settle_request(l, st);
    return arci_call_end(&call, st);
}

/* In a transaction of its own, or as one call in the session's. */
static arc_status in_transaction(loader *l, struct ArrowArrayStream *stream, int joins)
{
    arc_txn *txn = NULL;
    arc_status done = ARC_OK, st = joins ? ARC_OK : arc_session_begin(l->handle, &txn, ARC_WRITE);
    if (st != ARC_OK) return st;
    st = run(l, stream, joins ? 0 : ARCI_SCOPE_NO_UNDO);
    if (txn && st >= ARC_OK) done = arc_txn_commit(txn);
    else arc_txn_rollback(txn);
    if (done != ARC_OK) st = done;
    if (st < ARC_OK) l->results.loaded = l->results.refused = l->results.pending = 0;
    return st;
}

static arc_status prepare(loader *l, uint32_t entity, const struct ArrowArrayStream *stream, const arc_load_options *options,
                          int *joins)
{
    arc_load_options defaults = ARC_LOAD_OPTIONS_INIT;
    arc_status st;
    l->o = defaults;
    st = arci_struct_in(&l->env, &l->o, sizeof l->o, options);
    if (st == ARC_OK && (!stream || !stream->release || (l->o.flags & ~ARC_ALL_OR_NONE)))
        st = arci_fail(&l->env, ARC_E_INVALID, "no stream, or an unknown flag", "没有数据流，或标志未知");
    if (st != ARC_OK) return st;
    l->entity = arci_entity_by_id(entity);
    if (!l->entity) return arci_fail(&l->env, ARC_E_NOT_FOUND, "no entity has the number %u", "没有编号为 %u 的实体", entity);
    if (!(l->entity->flags & (ARCI_E_MASTER | ARCI_E_RESERVED)))
        return arci_fail(&l->env, ARC_E_FORBIDDEN, "%s moves by its verbs, not by records", "%s 须用其专用函数处理", l->entity->name);
    *joins = l->s->book->txn && l->s->book->txn->session == l->s && l->s->book->txn->handle;
    return make_record(l, 0);
}

static arc_status load(arc_session *session, arc_load_results *results, uint32_t entity, struct ArrowArrayStream *stream,
                       const arc_load_options *options)
{
    arc_load_results zero = ARC_LOAD_RESULTS_INIT;
    loader *l;
    arci_session *s;
    int joins = 0;
    uint32_t i;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    l = arci_calloc(s->env.ctx, 1, sizeof *l);
    if (!l) return arci_call_leave(s, arci_nomem(&s->env));
    l->handle = session;
    l->s = s;
    l->env = s->env;
    l->results = zero;
    arci_arena_init(&l->arena, s->env.ctx);
    arci_book_hold(s->book);
    st = arci_session_leave(s, prepare(l, entity, stream, options, &joins));
    if (st == ARC_OK) st = in_transaction(l, stream, joins);
    if (results && results->struct_size) (void)arci_struct_out(results, &l->results, sizeof l->results);
    for (i = 0; i < RUN; i++) arci_own_free(l->records[i], ARCI_H_RECORD);
    arci_arena_clear(&l->arena);
    arci_free(s->env.ctx, l);
    s->request_key[0] = 0;
    arci_book_unhold(s->book);
    return st;
}

arc_status arc_session_load_arrow(arc_session *session, arc_load_results *results, uint32_t entity,
                                  struct ArrowArrayStream *stream, const arc_load_options *options)
{
    arc_status st = load(session, results, entity, stream, options);
    if (stream && stream->release) stream->release(stream);
    return st;
}
