/* SPDX-License-Identifier: Apache-2.0 */
/* Master data by record: insert, update, one and many. */
#include <string.h>

#include "store/custom_index.h"
#include "store/pending.h"
#include "store/record_api.h"
#include "store/repo_impl.h"
#include "store/spans.h"
#include "store/validate.h"

#define MAX_MANY 100000u
#define RUN 1000u

/* One call over n elements; runs of one entity are written together. */
typedef struct many {
    arci_session *s;
    arci_txn *t;
    arci_call *call;
    arci_arena *arena;
    arc_record *const *handles;
    arci_record_box **boxes;
    arci_record **records; /* as they are written: normalised copies where that changed something */
    arc_status *results; /* never NULL */
    int64_t *ids;        /* by element; 0 */
    int64_t *versions;   /* by element, once it is stored */
    size_t n;
    size_t refused, first_at;
    int update, single;
    int approved, trying; /* asked nobody; judged and undone */
    int says;             /* records say what another system has: what they set stays set */
    arc_error first; /* what the first refusal said */
} many;

/* ---- what callers may set ------------------------------------------------------------------------------------------- */

static arc_status not_by_caller(arci_env *env, const arci_entity *e, const arci_field *f)
{
    arci_fail(env, ARC_E_VALUE, "%s is not set by callers", "%s 不能由调用方设置", f->name);
    arci_fail_at(env, e->name, f->name, -1, -1);
    return ARC_E_VALUE;
}

static arc_status check_entity(arci_env *env, const arci_entity *e, int update)
{
    arc_status st = ARC_OK;
    if (!(e->flags & ARCI_E_MASTER)) {
        st = arci_fail(env, ARC_E_FORBIDDEN, "%s moves by its verbs (arc_%s_...), not by records", "%s 须用其专用函数（arc_%s_...）处理，不能直接写入",
                       e->name, e->name);
    } else if (update && !(e->flags & ARCI_E_VERSIONED)) {
        st = arci_fail(env, ARC_E_FORBIDDEN, "%s rows do not change", "%s 的数据不可修改", e->name);
    }
    if (st != ARC_OK) arci_fail_at(env, e->name, NULL, -1, -1);
    return st;
}

/* Fields that verbs keep start with their first state: the first code of the list, counters with 1. */
static arc_value first_state(const arci_field *f)
{
    const arci_code_list *list = f->type == ARC_T_CODE ? arci_code_list_get(f->aux) : NULL;
    if (list) return arci_v_text(list->codes[0], strlen(list->codes[0]));
    return f->type == ARC_T_INT ? arci_v_int(1) : arci_v_null();
}

static arc_status insert_row(many *m, const arci_shape *shape, arci_record *r, arc_value *row)
{
    arci_env *env = m->t->env;
    arc_status st = arci_record_check_required(env, r, ARCI_F_VERB);
    if (st == ARC_OK) st = arci_record_row(env, r, shape->cols, shape->n, row);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < 3; i++) {
        static const uint32_t own[] = { ARCI_FIELD_ID, ARCI_FIELD_VERSION, ARCI_FIELD_TXN };
        const arci_field *f = arci_entity_field_id(r->entity, own[i]);
        if (f && arci_record_value(r, own[i])->type != ARC_V_NULL) return not_by_caller(env, r->entity, f);
    }
    for (uint32_t j = 0; j < shape->n; j++) {
        const arci_field *f = shape->table->field_of_col[shape->cols[j]];
        if (!(f->flags & ARCI_F_VERB) || f->id == ARCI_FIELD_CUSTOM) continue;
        if (row[j].type != ARC_V_NULL) return not_by_caller(env, r->entity, f);
        if (f->flags & ARCI_F_REQUIRED) row[j] = first_state(f);
    }
    return ARC_OK;
}

/* ---- refusals -------------------------------------------------------------------------------------------------------- */

/* Notes that element i was refused; the error of the first in order is what the call reports. */
static void refuse(many *m, size_t i, arc_status st)
{
    m->results[i] = st;
    if (!m->single) arci_fail_at(m->t->env, NULL, NULL, -1, (int64_t)i);
    else m->t->env->err->row = -1;
    if (!m->refused++ || i < m->first_at) {
        m->first = *m->t->env->err;
        m->first_at = i;
    }
}

static int is_refusal(arc_status st)
{
    return st == ARC_E_STALE || st == ARC_E_NOT_FOUND || st == ARC_E_EXISTS || st == ARC_E_REFERENCE || st == ARC_E_REQUIRED ||
           st == ARC_E_VALUE || st == ARC_E_RULE || st == ARC_E_RANGE || st == ARC_E_LIMIT || st == ARC_E_PRECISION || st == ARC_E_CURRENCY || st == ARC_E_FORBIDDEN;
}

/* ---- insert ---------------------------------------------------------------------------------------------------------- */

/* Refused elements have no id. */
static arc_status mirror(many *m, size_t from, size_t to)
{
    arci_record **records = arci_arena_alloc(m->arena, (to - from) * sizeof(arci_record *));
    if (!records) return arci_nomem(m->t->env);
    for (size_t i = from; i < to; i++) records[i - from] = m->records[i];
    return arci_custom_index_add(m->t, m->arena, records, m->ids + from, (uint32_t)(to - from));
}

/* Records that set what the actor may not set, or point at what he may not see. */
static arc_status refuse_forbidden(many *m, uint32_t from, uint32_t to)
{
    uint32_t n = to - from;
    if (!m->s->access) return ARC_OK;
    arci_record **records = arci_arena_calloc(m->arena, n, sizeof *records);
    const arci_field **bad = arci_arena_calloc(m->arena, n, sizeof *bad);
    arc_status *results = arci_arena_calloc(m->arena, n, sizeof *results);
    if (!records || !bad || !results) return arci_nomem(m->t->env);
    for (uint32_t i = from; i < to; i++) {
        if (m->results[i] == ARC_OK && !arci_call_done(m->call, i)) records[i - from] = m->boxes[i]->record;
    }
    arc_status st = arci_access_records(m->t, m->arena, m->call->verb, records, n, bad, results);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (bad[i]) refuse(m, from + i, arci_access_record_fault(m->t, records[i], bad[i], results[i]));
    }
    return st;
}

/* Definitions of now, and references that point at something; elements that do not fit are refused. */
static arc_status prepare_custom(many *m, uint32_t from, uint32_t to)
{
    uint32_t n = to - from;
    arci_record **records = arci_arena_calloc(m->arena, n, sizeof *records);
    const arci_custom_field **bad = arci_arena_calloc(m->arena, n, sizeof *bad);
    if (!records || !bad) return arci_nomem(m->t->env);
    for (uint32_t k = 0; k < n; k++) {
        if (m->results[from + k] != ARC_OK || arci_call_done(m->call, from + k)) continue;
        arc_status st = arci_custom_renew(m->t, m->boxes[from + k]->record);
        if (st == ARC_E_VALUE) refuse(m, from + k, st);
        else if (st != ARC_OK) return st;
        else records[k] = m->boxes[from + k]->record;
    }
    arc_status st = arci_custom_references(m->t, m->arena, records, n, bad);
    for (uint32_t k = 0; st == ARC_OK && k < n; k++) {
        if (bad[k]) refuse(m, from + k, arci_custom_dangling(m->t->env, bad[k]));
    }
    return st;
}

/* The new rows of a run: which element each is of, and what rules make of it. */
typedef struct new_rows {
    const arci_shape *shape;
    const arci_rules *rules;
    arci_batch *b;
    uint32_t *of;
    uint32_t n;
    arci_spans spans;
} new_rows;

static arci_valid_row row_view(const new_rows *w, const many *m, uint32_t k)
{
    arci_valid_row v = { m->records[w->of[k]], arci_batch_row(w->b, k), w->shape->cols, w->shape->n };
    return v;
}

/* Lays out element i as the next row; refusals are returned. */
static arc_status lay_out_row(many *m, new_rows *w, uint32_t i)
{
    arc_status st = arci_rules_normalise(m->t->env, w->rules, &m->records[i], 0);
    if (st == ARC_OK) st = insert_row(m, w->shape, m->records[i], arci_batch_row(w->b, w->n));
    if (st == ARC_OK) st = arci_access_insert(m->t, m->arena, m->call->verb, w->shape, arci_batch_row(w->b, w->n));
    if (st == ARC_OK) st = arci_spans_fit(m->t, m->arena, &w->spans, w->shape, arci_batch_row(w->b, w->n));
    if (st != ARC_OK || !w->rules) return st;
    w->of[w->n] = i;
    const arci_valid_row view = row_view(w, m, w->n);
    return arci_rules_judge(m->t->env, w->rules, &view, NULL, NULL, NULL);
}

/* Takes out the rows that are like others. The run ends before a row that is like an earlier one: that one may yet be refused. */
static arc_status keep_unique(many *m, new_rows *w, uint32_t *to)
{
    uint32_t until, kept = 0;
    if (!w->rules || !w->rules->n_unique || !w->n) return ARC_OK;
    arci_unique_row *rows = arci_arena_calloc(m->arena, w->n, sizeof *rows);
    if (!rows) return arci_nomem(m->t->env);
    for (uint32_t k = 0; k < w->n; k++) rows[k].row = row_view(w, m, k);
    arc_status st = arci_rules_unique(m->t, w->rules, rows, w->n, &until, NULL, NULL);
    if (st != ARC_OK) return st;
    if (until < w->n) *to = w->of[until];
    for (uint32_t k = 0; k < until; k++) {
        if (rows[k].refused) {
            refuse(m, w->of[k], arci_rules_unique_fail(m->t->env, &rows[k]));
            continue;
        }
        if (kept < k) memcpy(arci_batch_row(w->b, kept), arci_batch_row(w->b, k), w->shape->n * sizeof(arc_value));
        w->of[kept++] = w->of[k];
    }
    w->n = kept;
    return ARC_OK;
}

/* Elements from..*to are of one entity; *to may come down. */
static arc_status insert_run(many *m, uint32_t from, uint32_t *to)
{
    const arci_entity *e = m->boxes[from]->record->entity;
    new_rows w = { .n = 0 };
    uint32_t refused;
    arc_status st = arci_shape_get(m->t, &w.shape, e->name, NULL);
    if (st == ARC_OK) st = arci_rules_get(m->t, e, &w.rules);
    if (st == ARC_OK) {
        st = arci_batch_new(m->t, m->arena, &w.b, w.shape, ARC_WRITE_INSERT, *to - from, ARCI_BATCH_UNCHECKED, NULL, 0);
    }
    w.of = arci_arena_alloc(m->arena, (*to - from) * sizeof *w.of);
    if (st == ARC_OK && !w.of) st = arci_nomem(m->t->env);
    if (st == ARC_OK) st = prepare_custom(m, from, *to);
    if (st == ARC_OK) st = refuse_forbidden(m, from, *to);
    if (st != ARC_OK) return st;
    for (uint32_t i = from; i < *to; i++) {
        if (m->results[i] != ARC_OK || arci_call_done(m->call, i)) continue;
        st = lay_out_row(m, &w, i);
        if (st != ARC_OK && !is_refusal(st)) return st;
        if (st == ARC_OK) w.of[w.n++] = i;
        else refuse(m, i, st);
    }
    st = keep_unique(m, &w, to);
    w.b->n_rows = w.n;
    if (st != ARC_OK || !w.n) return st;
    st = arci_repo_write(m->t, &w.b, 1, &refused);
    for (uint32_t k = 0; k < w.n && st == ARC_OK; k++) {
        if (w.b->results[k] != ARC_ROW_OK) {
            refuse(m, w.of[k], arci_batch_refused(m->t, w.b, k));
            continue;
        }
        m->ids[w.of[k]] = w.shape->table->draws_id ? arci_batch_id(w.b, k) : 0;
    }
    return st == ARC_OK ? mirror(m, from, *to) : st;
}

/* ---- update ---------------------------------------------------------------------------------------------------------- */

/* Columns to write: those that were set, without the key. Fields set once and fields of verbs go to `fixed`: they must be as stored. */
static void choose_columns(const arci_record *r, const arci_table *t, uint16_t *cols, uint16_t *n, uint16_t *fixed, uint16_t *n_fixed)
{
    uint32_t set = arci_record_set_cols(r, cols);
    *n = *n_fixed = 0;
    for (uint32_t i = 0; i < set; i++) {
        uint16_t c = cols[i];
        const arci_field *f = t->field_of_col[c];
        int key = 0;
        for (uint32_t k = 0; k < t->desc->n_key; k++) key |= t->desc->key[k] == c;
        if (key) continue;
        if (f->flags & (ARCI_F_IMMUTABLE | ARCI_F_VERB)) fixed[(*n_fixed)++] = c;
        else cols[(*n)++] = c;
    }
}

static arc_status check_fixed(many *m, arci_record *r, const arci_table *t, const uint16_t *fixed, uint16_t n)
{
    const arci_shape *shape;
    arc_value *row, *own = arci_arena_calloc(m->arena, (size_t)n + 1, sizeof *own);
    if (!n) return ARC_OK;
    if (!own) return arci_nomem(m->t->env);
    if (!t->draws_id) return not_by_caller(m->t->env, r->entity, t->field_of_col[fixed[0]]);
    arc_status st = arci_shape_of(m->t->env, m->arena, &shape, t, fixed, n);
    if (st == ARC_OK) st = arci_repo_get(m->t, shape, arci_record_value(r, ARCI_FIELD_ID)->u.i, m->arena, &row);
    if (st == ARC_OK) st = arci_record_row(m->t->env, r, fixed, n, own);
    for (uint16_t i = 0; i < n && st == ARC_OK; i++) {
        if (!arci_value_equal(&row[i], &own[i])) st = not_by_caller(m->t->env, r->entity, t->field_of_col[fixed[i]]);
    }
    return st;
}

static arc_status no_key(many *m, const arci_record *r, const char *field)
{
    arci_fail(m->t->env, ARC_E_REQUIRED, "%s is required", "%s 为必填项", field);
    arci_fail_at(m->t->env, r->entity->name, field, -1, -1);
    return ARC_E_REQUIRED;
}

/* Custom fields share a column: those the record did not set are taken from the stored row. */
static arc_status merge_custom(many *m, arci_record **r, const arci_table *t, const uint16_t *cols, uint16_t n)
{
    const arci_shape *shape;
    arc_value *stored;
    uint16_t k = 0;
    while (k < n && cols[k] != t->col_custom) k++;
    if (k == n || t->col_custom == ARC_NO_COL || !t->draws_id) return ARC_OK;
    arc_status st = arci_shape_get(m->t, &shape, t->entity->name, "custom");
    if (st == ARC_OK) st = arci_repo_get(m->t, shape, arci_record_value(*r, ARCI_FIELD_ID)->u.i, m->arena, &stored);
    return st == ARC_OK ? arci_record_custom_merge(m->t->env, *r, stored, r) : st;
}

/* Judges the row as it will be once the columns set are written. *r becomes what is to be written. */
static arc_status judge_update(many *m, arci_record **r, const arci_table *t, const uint16_t *cols, uint16_t n)
{
    const arci_record *own = *r;
    const arci_rules *rules;
    const arci_shape *shape;
    arc_value *row;
    arc_status st = arci_rules_get(m->t, t->entity, &rules);
    if (st != ARC_OK || !rules) return st != ARC_OK ? st : merge_custom(m, r, t, cols, n);
    st = arci_stored_row(m->t, m->arena, own, t, &shape, &row);
    if (st == ARC_OK && t->col_custom != ARC_NO_COL && own->n_custom) st = arci_record_custom_merge(m->t->env, *r, &row[t->col_custom - 1], r);
    if (st == ARC_OK) st = arci_rules_normalise(m->t->env, rules, r, 1);
    if (st != ARC_OK) return st;
    /* A row that has changed since is refused by the write; its rules are of no interest. */
    if (t->col_version != ARC_NO_COL && row[t->col_version - 1].u.i != arci_record_value(own, ARCI_FIELD_VERSION)->u.i) return ARC_OK;
    for (uint16_t i = 0; i < n && st == ARC_OK; i++) {
        if (cols[i] != t->col_custom) st = arci_record_row(m->t->env, *r, &cols[i], 1, &row[cols[i] - 1]);
    }
    arci_unique_row one = { .row = { *r, row, shape->cols, shape->n }, .set = own, .id = t->draws_id ? arci_record_value(own, ARCI_FIELD_ID)->u.i : -1 };
    if (st == ARC_OK) st = arci_rules_judge(m->t->env, rules, &one.row, own, NULL, NULL);
    if (st == ARC_OK) st = arci_rules_unique(m->t, rules, &one, 1, NULL, NULL, NULL);
    return st == ARC_OK && one.refused ? arci_rules_unique_fail(m->t->env, &one) : st;
}

/* What must have a value keeps one: texts that are not empty, custom fields. */
static arc_status check_kept(many *m, const arci_record *r, const arci_table *t, const uint16_t *cols, uint16_t n)
{
    for (uint16_t i = 0; i < n; i++) {
        const arci_field *f = t->field_of_col[cols[i]];
        if (arci_field_is_blank(f, arci_record_value(r, f->id))) return no_key(m, r, f->name);
    }
    for (uint32_t i = 0; i < r->n_custom; i++) {
        const arci_field *f = &r->cfields[i]->field;
        const arc_value *v = &r->cvalues[i];
        if (!(f->flags & ARCI_F_REQUIRED) || (r->cfields[i]->flags & ARCI_CUSTOM_RETIRED) || !arci_record_is_set(r, f->id)) continue;
        if (v->type == ARC_V_NULL || arci_field_is_blank(f, v)) return no_key(m, r, f->name);
    }
    return ARC_OK;
}

/* Custom fields of an update: definitions of now, references, values that must be there. */
static arc_status update_custom(many *m, arci_record *r)
{
    const arci_custom_field *bad = NULL;
    arc_status st = arci_custom_renew(m->t, r);
    if (st == ARC_OK) st = arci_custom_references(m->t, m->arena, &r, 1, &bad);
    return st == ARC_OK && bad ? arci_custom_dangling(m->t->env, bad) : st;
}

/* Refusals of this row are returned like errors; the caller tells them apart. */
static arc_status update_one(many *m, size_t i)
{
    arci_record *r = m->boxes[i]->record;
    const arci_table *t = arci_store_table(m->s->book->store, r->entity);
    const arci_shape *shape;
    arci_batch *b;
    uint32_t refused;
    uint16_t n, n_fixed, *cols = arci_arena_alloc(m->arena, 2 * (size_t)t->n_cols * sizeof *cols);
    if (!cols) return arci_nomem(m->t->env);
    if (arci_record_value(r, ARCI_FIELD_VERSION)->type == ARC_V_NULL) return no_key(m, r, "version");
    for (uint32_t k = 1; k < t->desc->n_key; k++) {
        const arci_field *f = t->field_of_col[t->desc->key[k]];
        if (arci_record_value(r, f->id)->type == ARC_V_NULL) return no_key(m, r, f->name);
    }
    arc_status st = update_custom(m, r);
    if (st != ARC_OK) return st;
    choose_columns(r, t, cols, &n, cols + t->n_cols, &n_fixed);
    st = check_kept(m, r, t, cols, n);
    if (st == ARC_OK) st = arci_access_update(m->t, m->arena, m->call->verb, r);
    if (st == ARC_OK) st = check_fixed(m, r, t, cols + t->n_cols, n_fixed);
    if (st == ARC_OK) st = arci_shape_of(m->t->env, m->arena, &shape, t, cols, n);
    if (st == ARC_OK) {
        st = arci_batch_new(m->t, m->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    }
    if (st == ARC_OK) st = judge_update(m, &r, t, cols, n);
    if (st == ARC_OK) st = arci_record_row(m->t->env, r, shape->cols, n, arci_batch_row(b, 0));
    if (st != ARC_OK) return st;
    for (uint32_t k = 1; k < t->desc->n_key; k++) {
        arci_batch_key(b, 0)[k - 1] = *arci_record_value(r, t->field_of_col[t->desc->key[k]]->id);
    }
    *arci_batch_guard(b, 0) = *arci_record_value(r, ARCI_FIELD_VERSION);
    st = arci_repo_write(m->t, &b, 1, &refused);
    if (st == ARC_OK && refused) st = arci_batch_refused(m->t, b, 0);
    for (uint16_t k = 0; k < n && st == ARC_OK; k++) {
        if (cols[k] == t->col_custom) st = arci_custom_index_replace(m->t, m->arena, r, arci_batch_key(b, 0)->u.i);
    }
    return st;
}

/* ---- approvals -------------------------------------------------------------------------------------------------------- */

/* Judges element i as if it were done, and undoes it. */
static arc_status try_one(many *m, uint32_t i)
{
    uint32_t to = i + 1;
    arci_try try;
    arc_status st = arci_try_begin(m->t, &try);
    if (st != ARC_OK) return st;
    if (!m->update) {
        st = insert_run(m, i, &to);
    } else {
        st = update_one(m, i);
        if (is_refusal(st)) {
            refuse(m, i, st);
            st = ARC_OK;
        }
    }
    m->ids[i] = 0;
    return arci_try_end(m->t, &try, st);
}

/* Once it is approved a new row is whose it would have been: that is kept with it. *field 0: nothing to keep. */
static arc_status note_owner(many *m, arci_record *r, uint32_t *field)
{
    const arci_shape *shape;
    const arci_field *owner = arci_entity_field(r->entity, "owner", 5);
    *field = 0;
    if (m->update || !m->s->access || !owner || arci_record_value(r, owner->id)->type != ARC_V_NULL) return ARC_OK;
    arc_status st = arci_shape_get(m->t, &shape, r->entity->name, NULL);
    if (st != ARC_OK) return st;
    arc_value *row = arci_arena_calloc(m->arena, shape->n, sizeof *row);
    if (!row) return arci_nomem(m->t->env);
    st = arci_record_row(m->t->env, r, shape->cols, shape->n, row);
    if (st == ARC_OK) st = arci_access_insert(m->t, m->arena, m->call->verb, shape, row);
    for (uint32_t k = 0; k < shape->n && st == ARC_OK; k++) {
        if (shape->table->field_of_col[shape->cols[k]] != owner || row[k].type == ARC_V_NULL) continue;
        st = arci_record_put(m->t->env, r, owner->id, &row[k]);
        *field = owner->id;
    }
    return st;
}

static arc_status ask_approval(many *m, uint32_t i, const arci_approval *a)
{
    static const arc_value nothing = { ARC_V_NULL, { 0, 0, 0 }, 0, { 0 } };
    arci_record *r = m->boxes[i]->record;
    uint32_t owner;
    arc_status st = try_one(m, i);
    if (st != ARC_OK || m->results[i] != ARC_OK || !a) return st;
    st = note_owner(m, r, &owner);
    if (st == ARC_OK) st = arci_pending_store(m->t, m->arena, m->call->verb, a, r, m->update, &m->ids[i]);
    if (owner) (void)arci_record_put(m->t->env, r, owner, &nothing); /* the caller's record stays as it was */
    if (st == ARC_OK) m->results[i] = ARC_NEEDS_APPROVAL;
    return st;
}

/* What a call comes to that refused nothing: the first element that waits is named. */
static arc_status tell_pending(many *m)
{
    for (uint32_t i = 0; i < m->n; i++) {
        if (m->results[i] != ARC_NEEDS_APPROVAL) continue;
        arci_fail(&m->s->env, ARC_NEEDS_APPROVAL, "it waits for approval", "已提交审批");
        arci_fail_at(&m->s->env, "pending_change", NULL, m->ids[i], m->single ? -1 : (int64_t)i);
        return ARC_NEEDS_APPROVAL;
    }
    return ARC_OK;
}

/* ---- the frame ------------------------------------------------------------------------------------------------------- */

static arc_status work(many *m)
{
    arc_status st = ARC_OK;
    for (uint32_t from = 0, to; from < m->n && st == ARC_OK; from = to) {
        to = from + 1;
        if (arci_call_done(m->call, from)) continue;
        m->t->call->entity = m->boxes[from]->record->entity;
        if (!m->single) arci_arena_reset(m->arena);
        const arci_approval *a = NULL;
        if (!m->approved) st = arci_approval_for(m->t, m->call->verb, m->boxes[from]->record->entity, m->boxes[from]->record, &a);
        if (st == ARC_OK && (a || m->trying)) st = ask_approval(m, from, a);
        if (st != ARC_OK || a || m->trying) continue;
        if (m->update) {
            st = update_one(m, from);
            if (is_refusal(st)) {
                refuse(m, from, st);
                st = ARC_OK;
            }
            continue;
        }
        while (to < m->n && to - from < RUN && !arci_call_done(m->call, to) && m->boxes[to]->record->entity == m->boxes[from]->record->entity) to++;
        st = insert_run(m, from, &to);
    }
    return st;
}

/* Id and version as they are now stored; the next update is of what is set from now on. */
static arc_status fill_record(many *m, size_t i)
{
    arci_record *r = m->boxes[i]->record;
    const arci_table *t = arci_store_table(m->s->book->store, r->entity);
    arc_status st = ARC_OK;
    arc_value id = arci_v_int(m->ids[i]), version = arci_v_int(m->versions[i]);
    if (!m->update && t->draws_id) st = arci_record_put(&m->s->env, r, ARCI_FIELD_ID, &id);
    if (st == ARC_OK && t->col_version != ARC_NO_COL) st = arci_record_put(&m->s->env, r, ARCI_FIELD_VERSION, &version);
    if (st == ARC_OK && !m->says) arci_record_settled(r);
    return st;
}

static arc_status take_elements(many *m)
{
    m->boxes = arci_arena_alloc(m->arena, m->n * sizeof(arci_record_box *));
    m->records = arci_arena_alloc(m->arena, m->n * sizeof(arci_record *));
    m->ids = arci_arena_calloc(m->arena, m->n, sizeof *m->ids);
    m->versions = arci_arena_calloc(m->arena, m->n, sizeof *m->versions);
    if (!m->results) m->results = arci_arena_calloc(m->arena, m->n, sizeof *m->results);
    if (!m->boxes || !m->records || !m->ids || !m->versions || !m->results) return arci_nomem(&m->s->env);
    for (size_t i = 0; i < m->n; i++) {
        arc_status st = arci_record_box_in(&m->s->env, m->s, m->handles[i], &m->boxes[i]);
        if (st != ARC_OK) {
            if (!m->single) arci_fail_at(&m->s->env, NULL, NULL, -1, (int64_t)i);
            return st;
        }
        m->records[i] = m->boxes[i]->record;
        m->results[i] = ARC_OK;
    }
    return ARC_OK;
}

/* Before anything is opened: whether these entities are written by records, and by this actor. */
static arc_status check_entities(many *m, const arci_verb *verb)
{
    const arci_entity *last = NULL;
    arc_status st = ARC_OK;
    for (size_t i = 0; i < m->n && st == ARC_OK; i++) {
        const arci_entity *e = m->boxes[i]->record->entity;
        if (e == last) continue;
        last = e;
        st = check_entity(&m->s->env, e, m->update);
        if (st == ARC_OK) st = arci_access_check(&m->s->env, m->s, verb, e);
        if (st != ARC_OK && !m->single) arci_fail_at(&m->s->env, NULL, NULL, -1, (int64_t)i);
    }
    return st;
}

/* ---- request keys ---------------------------------------------------------------------------------------------------- */

static arc_status ask(many *m)
{
    static const char *const names[] = { "id", "version", NULL };
    if (!m->call->request) return ARC_OK;
    arc_status st = arci_call_elements(m->call, names, (uint32_t)m->n, !m->single);
    for (uint32_t i = 0; i < m->n && st == ARC_OK; i++) {
        arci_record *r = m->boxes[i]->record;
        st = arci_call_arg_record(m->call, r, m->update);
        arci_call_arg_end(m->call, i, r->entity);
    }
    return st == ARC_OK ? arci_call_replay(m->call) : st;
}

/* Ids and versions of all that is done: now, or by the same request before. */
static void tell(many *m)
{
    for (uint32_t i = 0; i < m->n; i++) {
        if (arci_call_done(m->call, i)) {
            m->ids[i] = arci_call_number(m->call, i, 0);
            m->versions[i] = arci_call_number(m->call, i, 1);
            m->results[i] = arci_call_status(m->call, i);
        } else if (m->results[i] == ARC_OK) {
            const arc_value *id = arci_record_value(m->boxes[i]->record, ARCI_FIELD_ID);
            m->versions[i] = m->update ? arci_record_value(m->boxes[i]->record, ARCI_FIELD_VERSION)->u.i + 1 : 1;
            int64_t outcome[2] = { m->update && id->type == ARC_V_INT ? id->u.i : m->ids[i], m->versions[i] };
            arci_call_keep(m->call, i, ARC_OK, outcome);
        } else if (m->results[i] == ARC_NEEDS_APPROVAL) {
            int64_t outcome[2] = { m->ids[i], 1 };
            arci_call_keep(m->call, i, ARC_NEEDS_APPROVAL, outcome);
        }
    }
}

static arc_status run_many(many *m, int atomic)
{
    arci_call call;
    arci_arena rows;
    arci_arena_reset(&m->s->book->scratch);
    m->arena = &m->s->book->scratch;
    arc_status st = take_elements(m);
    const arci_verb *verb = &arci_verbs[m->update ? ARCI_DO_UPDATE : ARCI_DO_INSERT];
    uint32_t how = m->single && !m->s->request_key[0] ? ARCI_SCOPE_NO_UNDO : 0; /* the row of a request is a second write */
    if (st == ARC_OK) st = check_entities(m, verb);
    if (st == ARC_OK && arci_access_shaping(m->boxes[0]->record->entity)) how = 0; /* looked at once more when it is written */
    if (st == ARC_OK) st = arci_call_begin(m->s, &call, verb, m->boxes[0]->record->entity, how);
    if (st != ARC_OK) return st;
    m->t = call.txn;
    m->call = &call;
    arci_arena_init(&rows, m->s->book->ctx);
    if (!m->single) m->arena = &rows; /* emptied between runs */
    st = ask(m);
    if (st == ARC_OK) st = work(m);
    arci_arena_clear(&rows);
    if (st == ARC_OK && m->refused) {
        m->s->error = m->first;
        st = atomic ? m->first.status : ARC_PARTIAL;
    }
    if (st >= ARC_OK) tell(m);
    if (st == ARC_OK) st = tell_pending(m);
    st = arci_call_end(&call, st);
    if (st < ARC_OK) return st;
    for (size_t i = 0; i < m->n && st >= ARC_OK; i++) {
        arc_status filled = m->results[i] == ARC_OK ? fill_record(m, i) : ARC_OK;
        if (filled != ARC_OK) st = filled;
    }
    return st;
}

/* Nothing was written: no element may look as if it had been. */
static void forget_results(int64_t *ids, arc_status *results, size_t n, arc_status st)
{
    if (ids) memset(ids, 0, n * sizeof *ids);
    for (size_t i = 0; results && i < n; i++) {
        if (results[i] >= ARC_OK) results[i] = st;
    }
}

static arc_status many_call(arc_session *session, int64_t *ids, arc_status *results, arc_record *const *records, size_t n, uint32_t flags,
                            int update)
{
    many m = { .handles = records, .results = results, .n = n, .update = update };
    arc_status st = arci_session_enter(session, &m.s);
    if (st != ARC_OK) return st;
    if (!records || !n || (flags & ~ARC_ALL_OR_NONE) || (!results && !(flags & ARC_ALL_OR_NONE))) {
        st = arci_fail(&m.s->env, ARC_E_INVALID, "no records, an unknown flag, or nowhere to put results", "没有记录、未知标志，或未提供结果数组");
    } else if (n > MAX_MANY) {
        st = arci_fail(&m.s->env, ARC_E_LIMIT, "at most %u records a call", "每次最多 %u 条记录", MAX_MANY);
    } else {
        if (results) memset(results, 0, n * sizeof *results);
        st = run_many(&m, (flags & ARC_ALL_OR_NONE) != 0);
        if (st < ARC_OK) forget_results(ids, results, n, st);
        else if (ids) memcpy(ids, m.ids, n * sizeof *ids);
    }
    return arci_call_leave(m.s, st);
}

arc_status arc_session_insert_many(arc_session *session, int64_t *ids, arc_status *results, arc_record *const *records, size_t n,
                                   uint32_t flags)
{
    return many_call(session, ids, results, records, n, flags, 0);
}

arc_status arc_session_update_many(arc_session *session, arc_status *results, arc_record *const *records, size_t n, uint32_t flags)
{
    return many_call(session, NULL, results, records, n, flags, 1);
}

static arc_status one_record(arci_session *s, int64_t *id, arc_record *record, int update, int says)
{
    many m = { .s = s, .handles = &record, .n = 1, .update = update, .single = 1, .says = says };
    arc_status st = run_many(&m, 1);
    if (st == ARC_OK && id) *id = m.ids[0];
    return st;
}

arc_status arci_master_one(arci_session *s, int64_t *id, arc_record *record, int update)
{
    return one_record(s, id, record, update, 1);
}

static arc_status single(arc_session *session, int64_t *id, arc_record *record, int update)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    return st == ARC_OK ? arci_call_leave(s, one_record(s, id, record, update, 0)) : st;
}

arc_status arci_master_write(arci_session *s, arc_record *handle, int update, int try, int64_t *id)
{
    many m = { .s = s, .handles = &handle, .n = 1, .update = update, .single = 1, .approved = 1, .trying = try };
    arc_status st = run_many(&m, 1);
    *id = m.ids ? m.ids[0] : 0;
    return st;
}

arc_status arc_session_insert(arc_session *session, int64_t *id, arc_record *record)
{
    return single(session, id, record, 0);
}

arc_status arc_session_update(arc_session *session, arc_record *record)
{
    return single(session, NULL, record, 1);
}
