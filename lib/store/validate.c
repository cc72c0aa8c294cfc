/* SPDX-License-Identifier: Apache-2.0 */
#include "store/validate.h"

#include <string.h>

#include "model/record_impl.h"
#include "store/custom_index.h"
#include "store/record_api.h"

/* ---- telling -------------------------------------------------------------------------------------------------------------------- */

arc_status arci_validation_tell(arci_validation *v, int32_t severity)
{
    const arc_error e = *v->t->env->err;
    const arc_record_fault f = { (uint32_t)sizeof f, severity, e.status, 0, v->entity->name, e.field, e.rule, e.pointer, e.message, e.message_zh };
    if (severity == ARC_FAULT_ERROR && !v->errors++) v->first = e;
    arci_error_clear(v->t->env->err);
    if (!v->report || v->report(v->user, &f) == 0) return ARC_OK;
    return arci_fail(v->t->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
}

static arc_status fault(arci_validation *v, const arci_field *f, arc_status st, const char *en, const char *zh)
{
    char pointer[64] = "/";
    (void)arci_field_fail(v->t->env, v->entity, f, st, en, zh);
    memcpy(pointer + 1, f->name, strlen(f->name) + 1);
    arci_fail_pointer(v->t->env, pointer);
    return arci_validation_tell(v, ARC_FAULT_ERROR);
}

static arc_status verdict(void *user, arci_env *env, const arci_valid_rule *rule, const char *field)
{
    (void)env;
    (void)field;
    return arci_validation_tell(user, rule->warning ? ARC_FAULT_WARNING : ARC_FAULT_ERROR);
}

/* ---- what the library itself asks ------------------------------------------------------------------------------------------------ */

static const arc_value *value(const arci_validation *v, const arci_field *f)
{
    const arci_valid_row row = { v->record, v->row, v->shape->cols, v->shape->n };
    return arci_valid_value(&row, v->entity, f);
}

static int looked_at(const arci_validation *v, const arci_field *f)
{
    return !v->set || arci_record_is_set(v->set, f->id);
}

static int is_required(const arci_field *f, const uint32_t *required)
{
    if (!required) return (f->flags & ARCI_F_REQUIRED) && !(f->flags & ARCI_F_VERB);
    while (*required && (*required & 0xffffu) != f->id) required++;
    return *required != 0;
}

static arc_status check_required(arci_validation *v, const uint32_t *required)
{
    arc_status st = ARC_OK;
    for (uint16_t i = 0; i < v->entity->n_fields && st == ARC_OK; i++) {
        const arci_field *f = &v->entity->fields[i];
        if (f->id < ARCI_FIELD_FIRST || (f->flags & ARCI_F_DERIVED) || !is_required(f, required) || !looked_at(v, f)) continue;
        const arc_value *x = value(v, f);
        if (x->type == ARC_V_NULL || (required && x->type == ARC_V_TEXT && !x->len)) st = fault(v, f, ARC_E_REQUIRED, "is required", "为必填项");
    }
    for (uint32_t i = 0; i < v->record->n_custom && st == ARC_OK; i++) {
        const arci_custom_field *cf = v->record->cfields[i];
        int asked = (cf->field.flags & ARCI_F_REQUIRED) && !(cf->flags & ARCI_CUSTOM_RETIRED) && looked_at(v, &cf->field);
        if (asked && v->record->cvalues[i].type == ARC_V_NULL) st = fault(v, &cf->field, ARC_E_REQUIRED, "is required", "为必填项");
    }
    return st;
}

/* A new row has nothing in the fields that others keep; of a stored one what is set once stays. */
static arc_status check_kept(arci_validation *v, const arc_value *stored)
{
    arc_status st = ARC_OK;
    for (uint16_t i = 0; i < v->entity->n_fields && st == ARC_OK; i++) {
        const arci_field *f = &v->entity->fields[i];
        uint16_t col = arci_field_col(v->entity, f);
        int kept = f->id < ARCI_FIELD_CUSTOM || (f->flags & (v->set ? ARCI_F_VERB | ARCI_F_IMMUTABLE : ARCI_F_VERB));
        if (!kept || f->id == ARCI_FIELD_CUSTOM || col == ARC_NO_COL) continue;
        const arc_value *own = arci_record_value(v->record, f->id);
        if (v->set ? f->id >= ARCI_FIELD_FIRST && looked_at(v, f) && !arci_value_equal(own, &stored[col - 1]) : own->type != ARC_V_NULL)
            st = fault(v, f, ARC_E_VALUE, "is not set by callers", "不能由调用方设置");
    }
    return st;
}

static arc_status check_unique_index(arci_validation *v, const arc_index *x)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    int set = !v->set;
    arci_where_init(&w);
    for (uint16_t k = 1; k < x->n_key; k++) {
        const arci_field *f = v->table->field_of_col[x->cols[k]];
        const arc_value *key = value(v, f);
        set |= looked_at(v, f);
        if (key->type == ARC_V_NULL) return ARC_OK;
        if (key->type == ARC_V_INT) arci_where_int(&w, x->cols[k], ARC_OP_EQ, key->u.i);
        else arci_where_text(&w, x->cols[k], ARC_OP_EQ, key->u.s, key->len);
    }
    if (!set) return ARC_OK;
    uint16_t cols[1] = { v->table->desc->key[1] };
    arc_status st = arci_shape_of(v->t->env, &v->arena, &shape, v->table, cols, 1);
    if (st == ARC_OK) st = arci_repo_find(v->t, shape, &w, NULL, 0, 1, &v->arena, &rows);
    if (st != ARC_OK || !rows.n_rows || (v->id && rows.values[0].type == ARC_V_INT && rows.values[0].u.i == v->id)) return st;
    return fault(v, v->table->field_of_col[x->cols[x->n_key - 1]], ARC_E_EXISTS, "is taken", "已存在");
}

static arc_status check_reference(arci_validation *v, const arc_foreign_key *fk)
{
    const arci_table *to = &v->t->book->store->tables[fk->ref_table];
    const arci_field *f = v->table->field_of_col[fk->cols[1]];
    const arc_value *x = value(v, f);
    const arci_shape *shape;
    arc_value *row;
    uint8_t *found;
    uint16_t cols[1] = { to->desc->key[1] };
    if (x->type != ARC_V_INT || !looked_at(v, f)) return ARC_OK;
    arc_status st = arci_shape_of(v->t->env, &v->arena, &shape, to, cols, 1);
    if (st == ARC_OK) st = arci_repo_get_many(v->t, shape, &x->u.i, 1, &v->arena, &row, &found);
    return st != ARC_OK || found[0] ? st : fault(v, f, ARC_E_REFERENCE, "points at nothing", "指向的数据不存在");
}

static arc_status check_table(arci_validation *v)
{
    const arc_table *d = v->table->desc;
    arc_status st = ARC_OK;
    for (uint16_t i = 0; i < d->n_indexes && st == ARC_OK; i++) {
        if (d->indexes[i].flags & ARC_INDEX_UNIQUE) st = check_unique_index(v, &d->indexes[i]);
    }
    for (uint16_t i = 0; i < d->n_fks && st == ARC_OK; i++) st = check_reference(v, &d->fks[i]);
    return st;
}

/* ---- the row ---------------------------------------------------------------------------------------------------------------------- */

arc_status arci_stored_row(arci_txn *t, arci_arena *arena, const arci_record *r, const arci_table *table, const arci_shape **shape,
                           arc_value **row)
{
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(t, shape, table->entity->name, "*");
    if (st == ARC_OK && table->draws_id) return arci_repo_get(t, *shape, arci_record_value(r, ARCI_FIELD_ID)->u.i, arena, row);
    arci_where_init(&w);
    for (uint32_t k = 1; k < table->desc->n_key; k++) {
        const arc_value *v = arci_record_value(r, table->field_of_col[table->desc->key[k]]->id);
        if (v->type == ARC_V_INT) arci_where_int(&w, table->desc->key[k], ARC_OP_EQ, v->u.i);
        else arci_where_text(&w, table->desc->key[k], ARC_OP_EQ, v->u.s, v->len);
    }
    if (st == ARC_OK) st = arci_repo_find(t, *shape, &w, NULL, 0, 1, arena, &rows);
    if (st == ARC_OK && !rows.n_rows) {
        st = arci_no_such(t->env, table->entity->name);
        arci_fail_at(t->env, table->entity->name, NULL, -1, -1);
    }
    if (st == ARC_OK) *row = rows.values;
    return st;
}

static arc_status new_row(arci_validation *v, const arci_rules *rules, const arci_validator *of)
{
    arc_status st = arci_shape_get(v->t, &v->shape, v->entity->name, NULL);
    if (st == ARC_OK) st = arci_rules_normalise(v->t->env, rules, &v->record, 0);
    if (st == ARC_OK) v->row = arci_arena_calloc(&v->arena, v->shape->n, sizeof *v->row);
    if (st == ARC_OK && !v->row) st = arci_nomem(v->t->env);
    if (st == ARC_OK) st = arci_record_row(v->t->env, v->record, v->shape->cols, v->shape->n, v->row);
    if (st == ARC_OK) st = check_required(v, of ? of->required : NULL);
    if (st == ARC_OK) st = check_kept(v, NULL);
    return st == ARC_OK && of ? of->judge(v) : st;
}

static arc_status changed_row(arci_validation *v, const arci_rules *rules)
{
    const uint16_t custom = v->table->col_custom, version = v->table->col_version;
    arc_value *stored;
    arc_status st = arci_stored_row(v->t, &v->arena, v->record, v->table, &v->shape, &stored);
    if (st == ARC_OK && custom != ARC_NO_COL && v->record->n_custom) st = arci_record_custom_merge(v->t->env, v->record, &stored[custom - 1], &v->record);
    if (st == ARC_OK) st = arci_rules_normalise(v->t->env, rules, &v->record, 1);
    if (st == ARC_OK) v->row = arci_arena_alloc(&v->arena, v->shape->n * sizeof *v->row);
    if (st == ARC_OK && !v->row) st = arci_nomem(v->t->env);
    if (st != ARC_OK) return st;
    memcpy(v->row, stored, v->shape->n * sizeof *v->row);
    for (uint16_t c = 1; c < v->table->n_cols; c++) {
        const arci_field *f = v->table->field_of_col[c];
        if (f->id >= ARCI_FIELD_FIRST && looked_at(v, f)) v->row[c - 1] = *arci_record_value(v->record, f->id);
    }
    const arc_value *own = version == ARC_NO_COL ? NULL : arci_record_value(v->record, ARCI_FIELD_VERSION);
    if (own && own->type == ARC_V_NULL) st = fault(v, v->table->field_of_col[version], ARC_E_REQUIRED, "is required", "为必填项");
    else if (own && own->u.i != stored[version - 1].u.i) st = fault(v, v->table->field_of_col[version], ARC_E_STALE, "the row has changed since it was read", "数据自读取后已被修改");
    if (st == ARC_OK) st = check_required(v, NULL);
    return st == ARC_OK ? check_kept(v, stored) : st;
}

/* What the actor may not set, point at or add is a fault like others; a row he may not see is not there. */
static arc_status check_access(arci_validation *v, const arci_verb *verb)
{
    const arci_field *bad = NULL;
    arc_status result = ARC_OK, st;
    if (!v->t->session->access) return ARC_OK;
    if (v->set) {
        st = arci_access_update(v->t, &v->arena, verb, v->record);
    } else {
        st = arci_access_records(v->t, &v->arena, verb, &v->record, 1, &bad, &result);
        if (st == ARC_OK && bad) st = arci_access_record_fault(v->t, v->record, bad, result);
    }
    return st == ARC_E_FORBIDDEN || st == ARC_E_REFERENCE || st == ARC_E_VALUE ? arci_validation_tell(v, ARC_FAULT_ERROR) : st;
}

/* Custom fields by the definitions of now; what they point at is there. */
static arc_status check_custom(arci_validation *v)
{
    const arci_custom_field *bad = NULL;
    arc_status st = arci_custom_renew(v->t, v->record);
    if (st == ARC_E_VALUE) return arci_validation_tell(v, ARC_FAULT_ERROR);
    if (st == ARC_OK) st = arci_custom_references(v->t, &v->arena, &v->record, 1, &bad);
    if (st != ARC_OK || !bad) return st;
    (void)arci_custom_dangling(v->t->env, bad);
    return arci_validation_tell(v, ARC_FAULT_ERROR);
}

static arc_status run(arci_validation *v, const arci_validator *of)
{
    const arci_rules *rules;
    arc_status st = check_access(v, &arci_verbs[of ? of->verb : v->set ? ARCI_DO_UPDATE : ARCI_DO_INSERT]);
    if (st == ARC_OK) st = arci_rules_get(v->t, v->entity, &rules);
    if (st == ARC_OK) st = check_custom(v);
    if (st == ARC_OK) st = v->set ? changed_row(v, rules) : new_row(v, rules, of);
    if (st == ARC_OK) st = check_table(v);
    arci_unique_row one = { .row = { v->record, v->row, NULL, 0 }, .set = v->set, .id = v->id };
    if (st == ARC_OK && !v->set && v->t->session->access) {
        st = arci_access_insert(v->t, &v->arena, &arci_verbs[of ? of->verb : ARCI_DO_INSERT], v->shape, v->row);
        if (st == ARC_E_FORBIDDEN) st = arci_validation_tell(v, ARC_FAULT_ERROR);
    }
    if (st != ARC_OK || !rules) return st;
    one.row.cols = v->shape->cols;
    one.row.n_cols = v->shape->n;
    st = arci_rules_judge(v->t->env, rules, &one.row, v->set, verdict, v);
    return st == ARC_OK ? arci_rules_unique(v->t, rules, &one, 1, NULL, verdict, v) : st;
}

/* ---- the call ----------------------------------------------------------------------------------------------------------------------- */

static arc_status may_validate(arci_session *s, const arci_validation *v, const arci_validator *of)
{
    arci_env *env = &s->env;
    if (of && v->set) return arci_fail(env, ARC_E_FORBIDDEN, "%s rows do not change", "%s 的数据不可修改", v->entity->name);
    if (!of && !(v->entity->flags & ARCI_E_MASTER)) return arci_fail(env, ARC_E_FORBIDDEN, "%s is not written from records", "%s 不由记录写入", v->entity->name);
    if (v->set && !(v->entity->flags & ARCI_E_VERSIONED)) return arci_fail(env, ARC_E_FORBIDDEN, "%s rows do not change", "%s 的数据不可修改", v->entity->name);
    return arci_access_check(env, s, &arci_verbs[of ? of->verb : v->set ? ARCI_DO_UPDATE : ARCI_DO_INSERT], v->entity);
}

static arc_status validate(arci_session *s, arci_validation *v, const arci_validator *of, arci_record *own, const arc_validate_options *o)
{
    arci_scope scope;
    arc_status st = may_validate(s, v, of);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    v->t = scope.txn;
    arci_arena_init(&v->arena, s->book->ctx);
    st = run(v, of);
    if (st == ARC_OK && (o->flags & ARC_VALIDATE_NORMALISE)) {
        const arci_rules *rules;
        arci_record *changed = own;
        st = arci_rules_get(v->t, v->entity, &rules);
        if (st == ARC_OK) st = arci_rules_normalise(v->t->env, rules, &changed, v->set != NULL);
        if (st == ARC_OK && changed != own) st = arci_record_copy(v->t->env, own, changed);
    }
    arci_arena_clear(&v->arena);
    return arci_scope_end(&scope, st);
}

arc_status arci_record_validate(arci_session *s, arc_record *handle, const arci_validator *validators, size_t n, arc_record_fault_fn report,
                                void *user, const arc_validate_options *options)
{
    arc_validate_options o = ARC_VALIDATE_OPTIONS_INIT;
    arci_validation v;
    arci_record_box *box;
    const arci_validator *of = NULL;
    arc_status st = arci_struct_in(&s->env, &o, sizeof o, options);
    if (st == ARC_OK && (o.flags & ~ARC_VALIDATE_NORMALISE)) st = arci_fail(&s->env, ARC_E_INVALID, "unknown flag", "未知的标志");
    if (st == ARC_OK) st = arci_record_box_in(&s->env, s, handle, &box);
    if (st != ARC_OK) return st;
    memset(&v, 0, sizeof v);
    v.record = box->record;
    v.entity = box->record->entity;
    v.table = arci_store_table(s->book->store, v.entity);
    v.report = report;
    v.user = user;
    for (size_t i = 0; i < n; i++) {
        if (validators[i].entity == v.entity->id) of = &validators[i];
    }
    const arc_value *id = arci_record_value(v.record, ARCI_FIELD_ID);
    if (id->type == ARC_V_INT) {
        v.set = box->record;
        v.id = id->u.i;
    }
    st = validate(s, &v, of, box->record, &o);
    if (st == ARC_OK && v.errors) st = arci_fail_copy(&s->env, &v.first);
    return st;
}

arc_status arc_validate_options_init(arc_validate_options *options)
{
    static const arc_validate_options defaults = ARC_VALIDATE_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}
