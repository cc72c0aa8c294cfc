/* SPDX-License-Identifier: Apache-2.0 */
/* Erasing the personal data of one subject. */
#include <string.h>

#include "arcore/audit.h"
#include "arcore/fields.h"
#include "ledger/traces.h"
#include "model/record.h"
#include "store/custom_index.h"
#include "store/image.h"
#include "store/setting.h"
#include "store/verb.h"

#define MAX_REASON 500u
#define ROWS_AT_ONCE 500u

arc_status arc_erase_options_init(arc_erase_options *options)
{
    static const arc_erase_options init = ARC_ERASE_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = init;
    return ARC_OK;
}

arc_status arc_erasure_init(arc_erasure *erasure)
{
    static const arc_erasure init = ARC_ERASURE_INIT;
    if (!erasure) return ARC_E_INVALID;
    *erasure = init;
    return ARC_OK;
}

typedef struct eraser {
    arci_call *call;
    arci_txn *t;
    arci_arena arena; /* of one step */
    const arci_entity *entity;
    int64_t id;
    const arc_erase_options *o;
    arci_traces traces; /* what others wrote of it */
    arc_erasure done;
} eraser;

/* ---- may it be erased? --------------------------------------------------------------------------------------------------- */

static arc_status kept(eraser *x, const char *en, const char *zh)
{
    arci_fail(x->t->env, ARC_E_STATE, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_at(x->t->env, x->entity->name, NULL, x->id, -1);
    return ARC_E_STATE;
}

static arc_status any_row(eraser *x, const char *entity, const char *fields, arci_where *(*where)(const eraser *x, const arci_shape *s, arci_where *w),
                          int *any)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(x->t, &shape, entity, fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    st = arci_repo_find(x->t, shape, where(x, shape, &w), NULL, 0, 1, &x->arena, &rows);
    *any = st == ARC_OK && rows.n_rows;
    return st;
}

static arci_where *open_items(const eraser *x, const arci_shape *s, arci_where *w)
{
    arci_where_int(w, s->cols[0], ARC_OP_EQ, x->id);
    arci_where_int(w, s->cols[1], ARC_OP_NE, 0);
    return w;
}

/* The latest document of the customer: nothing younger than the statutory period may go. */
static arc_status latest(eraser *x, const char *entity, const char *fields, int64_t *day)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(x->t, &shape, entity, fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, x->id);
    const arc_order order = { shape->cols[1], 1 };
    st = arci_repo_find(x->t, shape, &w, &order, 1, 1, &x->arena, &rows);
    if (st == ARC_OK && rows.n_rows && rows.values[1].type == ARC_V_INT && rows.values[1].u.i > *day) *day = rows.values[1].u.i;
    return st;
}

static arc_status check_customer(eraser *x)
{
    int64_t years = 0, day = INT64_MIN;
    int open = 0, unapplied = 0;
    arc_status st = any_row(x, "item_state", "customer open", open_items, &open);
    if (st == ARC_OK) st = any_row(x, "receipt_state", "customer unapplied", open_items, &unapplied);
    if (st == ARC_OK && (open || unapplied)) {
        return kept(x, "something is open on the customer's account: its data is needed", "客户仍有未结款项，其资料须保留");
    }
    if (st == ARC_OK) st = arci_setting_int(x->t, "privacy.retention_years", 0, 200, 0, &years);
    if (st != ARC_OK || !years) return st;
    st = latest(x, "item", "customer business_date", &day);
    if (st == ARC_OK) st = latest(x, "receipt", "customer value_date", &day);
    /* 366 days a year: never a day too early */
    if (st == ARC_OK && day != INT64_MIN && day + years * 366 > x->t->business_date) {
        return kept(x, "documents of the customer are within the period they must be kept", "客户单据仍在法定保存期内");
    }
    return st;
}

static arc_status check_retention(eraser *x)
{
    arc_status st = arci_txn_touch(x->t); /* the business date */
    if (st == ARC_OK && strcmp(x->entity->name, "customer") == 0) st = check_customer(x);
    if (st == ARC_OK && x->o->retain && x->o->retain(x->o->retain_user, x->entity->id, x->id)) {
        return kept(x, "the host keeps this data", "宿主要求保留该数据");
    }
    return st;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------- */

static int is_personal(const arci_field *f)
{
    return f && (f->flags & ARCI_F_PERSONAL) && !(f->flags & ARCI_F_DERIVED);
}

static int has_personal_custom(const arci_custom *set, const arci_entity *e)
{
    uint32_t n;
    const arci_custom_field *const *fields = arci_custom_of(set, e, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (fields[i]->flags & ARCI_CUSTOM_PERSONAL) return 1;
    }
    return 0;
}

static arc_status note_custom(eraser *x, arci_record *r, const arci_custom_field *f)
{
    const arc_value *v = f->field.type == ARC_T_TEXT ? arci_record_value(r, f->field.id) : NULL;
    return v && v->type == ARC_V_TEXT ? arci_traces_word(&x->traces, v->u.s, v->len) : ARC_OK;
}

/* The custom document without what is personal, and its mirror. *has 0: nothing to do. */
static arc_status blank_custom(eraser *x, arci_custom *set, const arci_table *table, const arc_value *row, int64_t id, arc_value *out, int *has)
{
    arci_record *r;
    uint32_t n;
    const arci_custom_field *const *fields = arci_custom_of(set, table->entity, &n);
    uint16_t *cols = arci_arena_alloc(&x->arena, table->n_cols * sizeof *cols);
    *has = 0;
    if (!cols) return arci_nomem(x->t->env);
    for (uint16_t c = 1; c < table->n_cols; c++) cols[c - 1] = c;
    arc_status st = arci_record_new(x->t->env, table->entity, set, &r);
    if (st != ARC_OK) return st;
    st = arci_record_load(x->t->env, r, cols, (uint32_t)table->n_cols - 1, row);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        int32_t null = 1;
        if (!(fields[i]->flags & ARCI_CUSTOM_PERSONAL)) continue;
        st = arci_record_is_null(x->t->env, r, &null, fields[i]->field.id);
        if (st == ARC_OK && !null) st = note_custom(x, r, fields[i]);
        if (st == ARC_OK && !null) st = arci_record_set_null(x->t->env, r, fields[i]->field.id);
        *has |= !null;
    }
    if (st == ARC_OK && *has) st = arci_record_row(x->t->env, r, &table->col_custom, 1, out);
    if (st == ARC_OK && *has && out->type == ARC_V_TEXT) {
        const char *copy = arci_arena_strndup(&x->arena, out->u.s, out->len);
        if (copy) out->u.s = copy;
        else st = arci_nomem(x->t->env);
    }
    if (st == ARC_OK && *has) st = arci_custom_index_replace(x->t, &x->arena, r, id);
    arci_record_free(r);
    return st;
}

static arc_status erased_text(eraser *x, int64_t id, arc_value *out)
{
    char text[40] = "erased:";
    size_t n = 7 + arci_int_text(text + 7, id);
    const char *copy = arci_arena_strndup(&x->arena, text, n);
    if (!copy) return arci_nomem(x->t->env);
    *out = arci_v_text(copy, n);
    return ARC_OK;
}

/* Empties one row; row: all columns from 1. */
static arc_status blank_row(eraser *x, arci_custom *set, const arci_table *table, const arc_value *row)
{
    const arci_shape *shape;
    arci_batch *b;
    int64_t id = row[table->col_id - 1].u.i;
    uint16_t n = 0, *cols = arci_arena_alloc(&x->arena, table->n_cols * sizeof *cols);
    arc_value *vals = arci_arena_calloc(&x->arena, table->n_cols, sizeof *vals);
    arc_status st = ARC_OK;
    int custom = 0;
    if (!cols || !vals) return arci_nomem(x->t->env);
    for (uint16_t c = 1; st == ARC_OK && c < table->n_cols; c++) {
        const arci_field *f = table->field_of_col[c];
        if (c == table->col_custom && row[c - 1].type != ARC_V_NULL && has_personal_custom(set, table->entity)) {
            st = blank_custom(x, set, table, row, id, &vals[n], &custom);
            if (st == ARC_OK && custom) cols[n++] = c;
        }
        if (!is_personal(f) || row[c - 1].type == ARC_V_NULL) continue;
        if (f->type == ARC_T_TEXT) st = arci_traces_word(&x->traces, row[c - 1].u.s, row[c - 1].len);
        if (st == ARC_OK && (f->flags & ARCI_F_REQUIRED)) st = erased_text(x, id, &vals[n]);
        cols[n++] = c;
    }
    if (st != ARC_OK || !n) return st;
    st = arci_shape_of(x->t->env, &x->arena, &shape, table, cols, n);
    if (st == ARC_OK) st = arci_batch_new(x->t, &x->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st != ARC_OK) return st;
    if (strcmp(table->entity->name, "message") == 0) st = arci_traces_message(&x->traces, id);
    if (st != ARC_OK) return st;
    arci_batch_key(b, 0)[0] = arci_v_int(id);
    memcpy(arci_batch_row(b, 0), vals, n * sizeof *vals);
    x->done.rows++;
    return arci_repo_write(x->t, &b, 1, NULL);
}

/* Rows of a table whose column is the subject's id. */
static arc_status blank_rows(eraser *x, arci_custom *set, const arci_table *table, uint16_t col, int64_t id)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arci_arena all;
    arci_arena_init(&all, x->t->book->ctx);
    arc_status st = arci_shape_get(x->t, &shape, table->entity->name, "*");
    if (st == ARC_OK) {
        arci_where_init(&w);
        arci_where_int(&w, col, ARC_OP_EQ, id);
        st = arci_repo_find(x->t, shape, &w, NULL, 0, 0, &all, &rows);
    }
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        st = blank_row(x, set, table, rows.values + (size_t)r * rows.n_cols);
        arci_arena_reset(&x->arena);
    }
    arci_arena_clear(&all);
    return st;
}

static uint16_t naming_col(const arci_table *table, const arci_entity *subject)
{
    if (table->entity == subject) return table->col_id;
    const arci_field *f = arci_entity_field(table->entity, subject->name, strlen(subject->name));
    if (strcmp(table->entity->name, "contact") == 0 && strcmp(subject->name, "customer") == 0) return ARC_NO_COL; /* subjects themselves */
    if (strcmp(subject->name, "user_account") == 0 || !f || f->type != ARC_T_ID) return ARC_NO_COL;
    return arci_field_col(table->entity, f);
}

static int may_change(const arci_table *table)
{
    return table->draws_id && table->col_version != ARC_NO_COL && arci_table_told(table);
}

static arc_status blank_subject(eraser *x, const arci_entity *subject, int64_t id)
{
    const arci_store *s = x->t->book->store;
    arci_custom *set;
    arc_status st = arci_session_custom(x->t->env, x->t->session, &set);
    for (uint32_t i = 0; st == ARC_OK && i < s->n_tables; i++) {
        const arci_table *table = &s->tables[i];
        if (arci_traces_hold(table->entity->name, strlen(table->entity->name))) continue;
        int personal = has_personal_custom(set, table->entity);
        uint16_t col = naming_col(table, subject);
        for (uint16_t c = 1; c < table->n_cols; c++) personal |= is_personal(table->field_of_col[c]);
        if (personal && may_change(table) && col != ARC_NO_COL) st = blank_rows(x, set, table, col, id);
    }
    return st;
}

/* ---- the trail ---------------------------------------------------------------------------------------------------------------- */

/* What documents that never change say stays with them, and so does its proof. */
static int retained(const arc_value *source)
{
    const arci_entity *e = arci_entity_by_name(source->u.s, source->len);
    return e && (e->flags & ARCI_E_APPEND_ONLY);
}

static arc_status delete_values(eraser *x, const arci_rows *rows)
{
    const arci_shape *shape;
    arci_batch *b;
    uint32_t n = 0;
    arc_status st = arci_shape_get(x->t, &shape, "event_personal", "event n");
    if (st == ARC_OK) st = arci_batch_new(x->t, &x->arena, &b, shape, ARC_WRITE_DELETE, rows->n_rows, 0, NULL, 0);
    for (uint32_t r = 0; st == ARC_OK && r < rows->n_rows; r++) {
        const arc_value *row = rows->values + (size_t)r * rows->n_cols;
        if (arci_traces_hold(row[3].u.s, row[3].len)) continue;
        if (retained(&row[3])) {
            x->done.retained++;
            continue;
        }
        memcpy(arci_batch_key(b, n++), row, 3 * sizeof *row);
    }
    if (st != ARC_OK || !n) return st;
    b->n_rows = n;
    x->done.values += n;
    return arci_repo_write(x->t, &b, 1, NULL);
}

static arc_status forget_values(eraser *x, const arci_entity *subject, int64_t id)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(x->t, &shape, "event_personal", "txn event n source entity subject");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[4], ARC_OP_EQ, subject->name, strlen(subject->name));
    arci_where_int(&w, shape->cols[5], ARC_OP_EQ, id);
    st = arci_repo_find(x->t, shape, &w, NULL, 0, 0, &x->arena, &rows);
    if (st == ARC_OK && rows.n_rows) st = delete_values(x, &rows);
    arci_arena_reset(&x->arena);
    return st;
}

/* ---- the call ------------------------------------------------------------------------------------------------------------------- */

static arc_status erase_one(eraser *x, const arci_entity *subject, int64_t id)
{
    arc_status st = arci_traces_who(&x->traces, subject->name, id);
    if (st == ARC_OK) st = blank_subject(x, subject, id);
    return st == ARC_OK ? forget_values(x, subject, id) : st;
}

static arc_status erase_contacts(eraser *x)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arci_arena all;
    arci_arena_init(&all, x->t->book->ctx);
    arc_status st = arci_shape_get(x->t, &shape, "contact", "id customer");
    if (st == ARC_OK) {
        arci_where_init(&w);
        arci_where_int(&w, shape->cols[1], ARC_OP_EQ, x->id);
        st = arci_repo_find(x->t, shape, &w, NULL, 0, 0, &all, &rows);
    }
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        st = erase_one(x, shape->table->entity, rows.values[2 * (size_t)r].u.i);
    }
    arci_arena_clear(&all);
    return st;
}

/* Whose rows are looked through. */
static arc_status whose(eraser *x)
{
    const arci_shape *shape;
    arc_value *row;
    if (strcmp(x->entity->name, "customer") == 0) x->traces.customer = x->id;
    if (strcmp(x->entity->name, "contact") != 0) return ARC_OK;
    arc_status st = arci_shape_get(x->t, &shape, "contact", "customer");
    if (st == ARC_OK) st = arci_repo_get(x->t, shape, x->id, &x->arena, &row);
    if (st == ARC_OK) x->traces.customer = row[0].u.i;
    return st;
}

static arc_status run(eraser *x)
{
    const arci_shape *shape;
    arc_value *row;
    arc_status st = arci_access_row(x->t, x->call->verb, NULL, x->entity, x->id);
    if (st == ARC_OK) st = arci_shape_get(x->t, &shape, x->entity->name, "id");
    if (st == ARC_OK) st = arci_repo_get(x->t, shape, x->id, &x->arena, &row);
    if (st == ARC_OK) st = check_retention(x);
    if (st != ARC_OK) return st;
    if (!x->t->reason) x->t->reason = arci_arena_strndup(&x->t->arena, x->o->reason, strlen(x->o->reason));
    if (!x->t->reason) return arci_nomem(x->t->env);
    arci_arena_reset(&x->arena);
    st = whose(x);
    if (st == ARC_OK && strcmp(x->entity->name, "customer") == 0) st = erase_contacts(x);
    if (st == ARC_OK) st = erase_one(x, x->entity, x->id);
    if (st == ARC_OK) st = arci_traces_erase(&x->traces);
    x->done.rows += x->traces.rows;
    x->done.values += x->traces.values;
    return st;
}

static arc_status erase(arci_call *c, eraser *x)
{
    static const char *const names[] = { "rows", "values", "retained", NULL };
    arc_status st = arci_call_elements(c, names, 1, 0);
    arci_call_arg_int(c, x->entity->id);
    arci_call_arg_int(c, x->id);
    arci_call_arg_text(c, x->o->reason, strlen(x->o->reason));
    arci_call_arg_end(c, 0, NULL);
    if (st == ARC_OK) st = arci_call_replay(c);
    if (st != ARC_OK) return st;
    if (arci_call_done(c, 0)) {
        x->done.rows = arci_call_number(c, 0, 0);
        x->done.values = arci_call_number(c, 0, 1);
        x->done.retained = arci_call_number(c, 0, 2);
        return arci_call_status(c, 0);
    }
    x->call = c;
    x->t = c->txn;
    arci_arena_init(&x->arena, c->txn->book->ctx);
    arci_traces_init(&x->traces, c->txn);
    st = run(x);
    arci_traces_clear(&x->traces);
    arci_arena_clear(&x->arena);
    const int64_t numbers[] = { x->done.rows, x->done.values, x->done.retained };
    if (st == ARC_OK) arci_call_keep(c, 0, st, numbers);
    return st;
}

static arc_status check(arci_env *env, const arc_erase_options *o, const arci_entity *e)
{
    static const char *const subjects[] = { "customer", "contact", "user_account" };
    int known = 0;
    size_t n = o->reason ? strlen(o->reason) : 0;
    for (int i = 0; e && i < 3; i++) known |= strcmp(e->name, subjects[i]) == 0;
    if (!known) return arci_fail(env, ARC_E_UNSUPPORTED, "subjects are customers, contacts and users", "主体须为客户、联系人或用户");
    if (o->flags) return arci_fail(env, ARC_E_INVALID, "unknown flag", "未知的标志");
    if (!n) return arci_fail(env, ARC_E_REQUIRED, "a reason is required", "须说明原因");
    if (n > MAX_REASON) return arci_fail(env, ARC_E_LIMIT, "reason is above %u bytes", "reason 超过 %u 字节", MAX_REASON);
    if (arci_utf8_check(o->reason, n) != n) return arci_fail(env, ARC_E_ENCODING, "reason is not UTF-8", "reason 不是 UTF-8");
    return ARC_OK;
}

arc_status arc_subject_erase(arc_session *session, arc_erasure *erasure, uint32_t entity, int64_t id, const arc_erase_options *options)
{
    arc_erase_options o = ARC_ERASE_OPTIONS_INIT;
    arc_erasure none = ARC_ERASURE_INIT;
    arci_session *s;
    arci_call c;
    eraser x;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    memset(&x, 0, sizeof x);
    x.entity = arci_entity_by_id(entity);
    x.id = id;
    x.o = &o;
    x.done = none;
    st = arci_struct_in(&s->env, &o, sizeof o, options);
    if (st == ARC_OK) st = check(&s->env, &o, x.entity);
    if (st == ARC_OK && erasure && !erasure->struct_size) st = arci_fail(&s->env, ARC_E_INVALID, "erasure has no size", "erasure 未设置大小");
    if (st == ARC_OK) st = arci_call_begin(s, &c, &arci_verbs[ARCI_DO_SUBJECT_ERASE], NULL, 0);
    if (st == ARC_OK) st = arci_call_end(&c, erase(&c, &x));
    if (st == ARC_OK && erasure) st = arci_struct_out(erasure, &x.done, sizeof x.done);
    return arci_call_leave(s, st);
}
