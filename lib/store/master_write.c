/* SPDX-License-Identifier: Apache-2.0 */
/* Master data by record: runs of inserts, and updates one by one, as rules, rights and definitions let them. */
#include <string.h>

#include "store/custom_index.h"
#include "store/defaults.h"
#include "store/former.h"
#include "store/frozen.h"
#include "store/master_impl.h"
#include "store/merged_to.h"
#include "store/spans.h"
#include "store/validate.h"

/* ---- what callers may set ------------------------------------------------------------------------------------------- */

static arc_status not_by_caller(arci_env *env, const arci_entity *e, const arci_field *f)
{
    arci_fail(env, ARC_E_VALUE, "%s is not set by callers", "%s 不能由调用方设置", f->name);
    arci_fail_at(env, e->name, f->name, -1, -1);
    return ARC_E_VALUE;
}

/* Fields that verbs keep start with their first state: the first code of the list, counters with 1. */
static arc_value first_state(const arci_field *f)
{
    const arci_code_list *list = f->type == ARC_T_CODE ? arci_code_list_get(f->aux) : NULL;
    if (list) return arci_v_text(list->codes[0], strlen(list->codes[0]));
    return f->type == ARC_T_INT ? arci_v_int(1) : arci_v_null();
}

static arc_status insert_row(arci_many *m, const arci_shape *shape, arci_record *r, arc_value *row)
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

void arci_many_refuse(arci_many *m, size_t i, arc_status st)
{
    m->results[i] = st;
    if (!m->single) arci_fail_at(m->t->env, NULL, NULL, -1, (int64_t)i);
    else m->t->env->err->row = -1;
    if (!m->refused++ || i < m->first_at) {
        m->first = *m->t->env->err;
        m->first_at = i;
    }
}

int arci_many_is_refusal(arc_status st)
{
    return st == ARC_E_STALE || st == ARC_E_NOT_FOUND || st == ARC_E_EXISTS || st == ARC_E_REFERENCE || st == ARC_E_REQUIRED ||
           st == ARC_E_VALUE || st == ARC_E_RULE || st == ARC_E_RANGE || st == ARC_E_LIMIT || st == ARC_E_PRECISION || st == ARC_E_CURRENCY || st == ARC_E_FORBIDDEN || st == ARC_E_STATE;
}

/* ---- insert ---------------------------------------------------------------------------------------------------------- */

/* Refused elements have no id. */
static arc_status mirror(arci_many *m, size_t from, size_t to)
{
    arci_record **records = arci_arena_alloc(m->arena, (to - from) * sizeof(arci_record *));
    if (!records) return arci_nomem(m->t->env);
    for (size_t i = from; i < to; i++) records[i - from] = m->records[i];
    return arci_custom_index_add(m->t, m->arena, records, m->ids + from, (uint32_t)(to - from));
}

/* Records that set what the actor may not set, or point at what he may not see. */
static arc_status refuse_forbidden(arci_many *m, uint32_t from, uint32_t to)
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
        if (bad[i]) arci_many_refuse(m, from + i, arci_access_record_fault(m->t, records[i], bad[i], results[i]));
    }
    return st;
}

/* Definitions of now, and references that point at something; elements that do not fit are refused. */
static arc_status prepare_custom(arci_many *m, uint32_t from, uint32_t to)
{
    uint32_t n = to - from;
    arci_record **records = arci_arena_calloc(m->arena, n, sizeof *records);
    const arci_custom_field **bad = arci_arena_calloc(m->arena, n, sizeof *bad);
    if (!records || !bad) return arci_nomem(m->t->env);
    for (uint32_t k = 0; k < n; k++) {
        if (m->results[from + k] != ARC_OK || arci_call_done(m->call, from + k)) continue;
        arc_status st = arci_custom_renew(m->t, m->boxes[from + k]->record);
        if (st == ARC_E_VALUE) arci_many_refuse(m, from + k, st);
        else if (st != ARC_OK) return st;
        else records[k] = m->boxes[from + k]->record;
    }
    arc_status st = arci_custom_references(m->t, m->arena, records, n, bad);
    for (uint32_t k = 0; st == ARC_OK && k < n; k++) {
        if (bad[k]) arci_many_refuse(m, from + k, arci_custom_dangling(m->t->env, bad[k]));
    }
    return st;
}

/* Records that name a customer who is part of another. */
static arc_status refuse_merged(arci_many *m, uint32_t from, uint32_t to)
{
    const arci_entity *e = m->boxes[from]->record->entity;
    uint32_t n = to - from;
    if (!arci_entity_field(e, "customer", 8)) return ARC_OK;
    arci_record **records = arci_arena_calloc(m->arena, n, sizeof *records);
    int64_t *into = arci_arena_alloc(m->arena, n * sizeof *into);
    if (!records || !into) return arci_nomem(m->t->env);
    for (uint32_t i = 0; i < n; i++) {
        if (m->results[from + i] == ARC_OK && !arci_call_done(m->call, from + i)) records[i] = m->boxes[from + i]->record;
    }
    arc_status st = arci_merged_named(m->t, m->arena, records, n, into);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (into[i]) arci_many_refuse(m, from + i, arci_merged_refuse(m->t->env, e->name, arci_record_value(records[i], arci_entity_field(e, "customer", 8)->id)->u.i, into[i]));
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
    arci_frozen frozen;
} new_rows;

static arci_valid_row row_view(const new_rows *w, const arci_many *m, uint32_t k)
{
    arci_valid_row v = { m->records[w->of[k]], arci_batch_row(w->b, k), w->shape->cols, w->shape->n };
    return v;
}

/* Lays out element i as the next row; refusals are returned. */
static arc_status lay_out_row(arci_many *m, new_rows *w, uint32_t i)
{
    arc_status st = arci_rules_normalise(m->t->env, w->rules, &m->records[i], 0);
    if (st == ARC_OK) st = insert_row(m, w->shape, m->records[i], arci_batch_row(w->b, w->n));
    if (st == ARC_OK) st = arci_access_insert(m->t, m->arena, m->call->verb, w->shape, arci_batch_row(w->b, w->n));
    if (st == ARC_OK) st = arci_spans_fit(m->t, m->arena, &w->spans, w->shape, arci_batch_row(w->b, w->n));
    if (st == ARC_OK) st = arci_frozen_insert(m->t, m->arena, &w->frozen, w->shape, arci_batch_row(w->b, w->n));
    if (st != ARC_OK || !w->rules) return st;
    w->of[w->n] = i;
    const arci_valid_row view = row_view(w, m, w->n);
    return arci_rules_judge(m->t->env, w->rules, &view, NULL, NULL, NULL);
}

/* Takes out the rows that are like others. The run ends before a row that is like an earlier one: that one may yet be refused. */
static arc_status keep_unique(arci_many *m, new_rows *w, uint32_t *to)
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
            arci_many_refuse(m, w->of[k], arci_rules_unique_fail(m->t->env, &rows[k]));
            continue;
        }
        if (kept < k) memcpy(arci_batch_row(w->b, kept), arci_batch_row(w->b, k), w->shape->n * sizeof(arc_value));
        w->of[kept++] = w->of[k];
    }
    w->n = kept;
    return ARC_OK;
}

arc_status arci_many_insert(arci_many *m, uint32_t from, uint32_t *to)
{
    const arci_entity *e = m->boxes[from]->record->entity;
    new_rows w = { .n = 0 };
    arci_defaults defaults;
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
    if (st == ARC_OK) st = refuse_merged(m, from, *to);
    if (st != ARC_OK) return st;
    for (uint32_t i = from; i < *to; i++) {
        if (m->results[i] != ARC_OK || arci_call_done(m->call, i)) continue;
        st = lay_out_row(m, &w, i);
        if (st != ARC_OK && !arci_many_is_refusal(st)) return st;
        if (st == ARC_OK) w.of[w.n++] = i;
        else arci_many_refuse(m, i, st);
    }
    st = keep_unique(m, &w, to);
    w.b->n_rows = w.n;
    if (st != ARC_OK || !w.n) return st;
    st = arci_defaults_insert(m->t, m->arena, &defaults, w.b);
    if (st == ARC_OK) st = arci_repo_write(m->t, &w.b, 1, &refused);
    if (st == ARC_OK) st = arci_defaults_written(m->t, m->arena, &defaults, w.b);
    for (uint32_t k = 0; k < w.n && st == ARC_OK; k++) {
        if (w.b->results[k] != ARC_ROW_OK) {
            arci_many_refuse(m, w.of[k], arci_batch_refused(m->t, w.b, k));
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

static arc_status check_fixed(arci_many *m, arci_record *r, const arci_table *t, const uint16_t *fixed, uint16_t n)
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

static arc_status no_key(arci_many *m, const arci_record *r, const char *field)
{
    (void)arci_is_required(m->t->env, r->entity->name, field);
    arci_fail_at(m->t->env, r->entity->name, field, -1, -1);
    return ARC_E_REQUIRED;
}

/* Custom fields share a column: those the record did not set are taken from the stored row. */
static arc_status merge_custom(arci_many *m, arci_record **r, const arci_table *t, const uint16_t *cols, uint16_t n)
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
static arc_status judge_update(arci_many *m, arci_record **r, const arci_table *t, const uint16_t *cols, uint16_t n)
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
static arc_status check_kept(arci_many *m, const arci_record *r, const arci_table *t, const uint16_t *cols, uint16_t n)
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
static arc_status update_custom(arci_many *m, arci_record *r)
{
    const arci_custom_field *bad = NULL;
    arc_status st = arci_custom_renew(m->t, r);
    if (st == ARC_OK) st = arci_custom_references(m->t, m->arena, &r, 1, &bad);
    return st == ARC_OK && bad ? arci_custom_dangling(m->t->env, bad) : st;
}

arc_status arci_many_update(arci_many *m, size_t i)
{
    arci_record *r = m->boxes[i]->record;
    const arci_table *t = arci_store_table(m->s->book->store, r->entity);
    const arci_shape *shape;
    arci_batch *b;
    arci_defaults defaults;
    arci_former former;
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
    if (st == ARC_OK) st = arci_frozen_update(m->t, m->arena, r, t, cols, n);
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
    st = arci_defaults_update(m->t, m->arena, &defaults, b, t->draws_id ? arci_batch_key(b, 0)->u.i : 0);
    if (st == ARC_OK) st = arci_former_update(m->t, m->arena, &former, b, t->draws_id ? arci_batch_key(b, 0)->u.i : 0);
    if (st == ARC_OK) st = arci_repo_write(m->t, &b, 1, &refused);
    if (st == ARC_OK && refused) st = arci_batch_refused(m->t, b, 0);
    if (st == ARC_OK) st = arci_defaults_written(m->t, m->arena, &defaults, b);
    if (st == ARC_OK) st = arci_former_written(m->t, m->arena, &former);
    for (uint16_t k = 0; k < n && st == ARC_OK; k++) {
        if (cols[k] == t->col_custom) st = arci_custom_index_replace(m->t, m->arena, r, arci_batch_key(b, 0)->u.i);
    }
    return st;
}
