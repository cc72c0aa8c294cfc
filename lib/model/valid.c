/* SPDX-License-Identifier: Apache-2.0 */
#include "model/valid.h"

#include <string.h>

#include "model/record_impl.h"

/* ---- rules --------------------------------------------------------------------------------------------------------------- */

static const arci_condition_language *const language = &arci_conditions_of_records;

void arci_valid_day(const arci_valid *v, arc_date today)
{
    language->day(v->conditions, today);
}

int arci_valid_counts(const arci_valid *v, const arci_valid_rule *r, const arci_valid_row *row)
{
    arc_status ignored;
    (void)v;
    return (!r->when || language->test(r->when, row, &ignored)) && (!r->among || language->test(r->among, row, &ignored));
}

const arc_value *arci_valid_value(const arci_valid_row *row, const arci_entity *e, const arci_field *f)
{
    if (row->row && f->id < ARCI_FIELD_CUSTOM_FIRST) {
        uint16_t col = arci_field_col(e, f);
        uint32_t from = 0, to = row->n_cols;
        while (from < to) {
            uint32_t mid = (from + to) / 2;
            if (row->cols[mid] < col) from = mid + 1;
            else to = mid;
        }
        if (from < row->n_cols && row->cols[from] == col) return &row->row[from];
    }
    return arci_record_value(row->record, f->id);
}

static int empty(const arc_value *v)
{
    return v->type == ARC_V_NULL || (v->type == ARC_V_TEXT && !v->len);
}

static int format_holds(const arci_valid_rule *r, const arc_value *v)
{
    if (empty(v)) return 1; /* `required` looks for those */
    if (r->format) return r->format->fits(v->u.s, v->len);
    if (r->min_length || r->max_length) {
        size_t n = arci_utf8_count(v->u.s, v->len);
        if (n < r->min_length || (r->max_length && n > r->max_length)) return 0;
    }
    return !r->pattern || arci_pattern_fits(r->pattern, v->u.s, v->len);
}

static int lacks_one(const arci_valid *v, const arci_valid_rule *r, const arci_valid_row *row, arci_broken *why)
{
    for (uint16_t i = 0; i < r->n_fields; i++) {
        why->at = r->fields[i];
        if (empty(arci_valid_value(row, v->entity, why->at))) return 1;
    }
    return 0;
}

int arci_valid_breaks(const arci_valid *v, const arci_valid_rule *r, const arci_valid_row *row, arci_broken *why)
{
    why->at = r->n_fields ? r->fields[0] : NULL;
    why->error = ARC_OK;
    int applies = r->when ? language->test(r->when, row, &why->error) : 1;
    if (applies <= 0) return applies < 0;
    switch (r->kind) {
    case ARCI_VALID_CHECK: return language->test(r->check, row, &why->error) <= 0;
    case ARCI_VALID_FORMAT: return !format_holds(r, arci_valid_value(row, v->entity, why->at));
    case ARCI_VALID_REQUIRED: return lacks_one(v, r, row, why);
    default: return 0;
    }
}

int arci_valid_concerns(const arci_valid_rule *r, const arci_record *record)
{
    if (r->n_reads == UINT16_MAX) return 1;
    for (uint16_t i = 0; i < r->n_reads; i++) {
        if (arci_record_is_set(record, r->reads[i]->id)) return 1;
    }
    return 0;
}

/* ---- telling ---------------------------------------------------------------------------------------------------------------- */

static void default_text(arci_env *env, const arci_valid_rule *r, const char *field)
{
    switch (r->kind) {
    case ARCI_VALID_REQUIRED:
        arci_fail(env, ARC_E_RULE, "%s is required (rule %s)", "%s 为必填项（规则 %s）", field, r->name);
        break;
    case ARCI_VALID_FORMAT:
        if (r->format)
            arci_fail(env, ARC_E_RULE, "%s is not %s%.0s (rule %s)", "%s 不是%.0s%s（规则 %s）", field, r->format->en, r->format->zh, r->name);
        else
            arci_fail(env, ARC_E_RULE, "%s does not have the form asked for (rule %s)", "%s 格式不符（规则 %s）", field, r->name);
        break;
    case ARCI_VALID_UNIQUE:
        arci_fail(env, ARC_E_RULE, "another row has the same %s (rule %s)", "已有其他数据的 %s 与此相同（规则 %s）", field, r->name);
        break;
    default:
        arci_fail(env, ARC_E_RULE, "rule %s does not hold", "规则 %s 不成立", r->name);
        break;
    }
}

arc_status arci_valid_fail(arci_env *env, const arci_valid *v, const arci_valid_rule *r, const arci_broken *why)
{
    char pointer[64] = "/";
    const arci_field *at = why->at;
    const char *field = at ? at->name : "?";
    if (why->error != ARC_OK)
        arci_fail(env, ARC_E_RULE, "rule %s cannot be worked out for this row: %s", "规则 %s 无法对该行求值：%s", r->name, arc_status_name(why->error));
    else if (r->en || r->zh)
        arci_fail(env, ARC_E_RULE, "%s%.0s", "%.0s%s", r->en ? r->en : r->zh, r->zh ? r->zh : r->en);
    else
        default_text(env, r, field);
    arci_fail_at(env, v->entity->name, at ? field : NULL, -1, -1);
    if (at) {
        memcpy(pointer + 1, field, strlen(field) + 1);
        arci_fail_pointer(env, pointer);
    }
    arci_fail_rule(env, r->name);
    return ARC_E_RULE;
}

/* ---- normalising -------------------------------------------------------------------------------------------------------------- */

/* The normalised text in b, or 0 when it is the same. */
static int differs(arci_str *b, const arc_value *v, uint32_t steps)
{
    arci_str_reset(b);
    arci_str_add(b, v->u.s, v->len);
    if (b->failed || !v->len) return b->failed;
    b->len = arci_normalise(b->s, v->u.s, v->len, steps);
    return b->len != v->len || memcmp(b->s, v->u.s, v->len) != 0;
}

static arc_status change(arci_env *env, arci_record *own, arci_record **r, const arci_field *f, const arci_str *b)
{
    arci_slot s;
    uint8_t mark;
    arc_status st = ARC_OK;
    if (b->failed) return arci_nomem(env);
    if (*r == own) st = arci_record_scratch(env, own, r);
    if (st == ARC_OK) st = arci_record_slot(env, *r, f->id, &s);
    if (st != ARC_OK) return st;
    mark = *s.mark; /* whether the caller had set it stays as it is */
    st = b->len ? arci_record_set_slot_text(env, *r, &s, b->s, b->len) : arci_record_set_slot_null(env, *r, &s);
    *s.mark = mark;
    return st;
}

arc_status arci_valid_normalise(arci_env *env, const arci_valid *v, arci_record **r, int only_set)
{
    arci_record *own = *r;
    arci_str b;
    arc_status st = ARC_OK;
    if (!v->n_norms) return ARC_OK;
    arci_str_init(&b, env->ctx);
    if (own->n_custom) st = arci_record_custom_decode(env, own);
    for (uint32_t i = 0; i < v->n_norms && st == ARC_OK; i++) {
        const arci_field *f = v->norms[i].field;
        const arc_value *value = arci_record_value(*r, f->id);
        if (value->type != ARC_V_TEXT || (only_set && !arci_record_is_set(own, f->id))) continue;
        if (differs(&b, value, v->norms[i].steps)) st = change(env, own, r, f, &b);
    }
    arci_str_clear(&b);
    return st;
}

arc_status arci_valid_normalise_text(arci_env *env, const arci_valid *v, arci_arena *arena, const char *field, const char **s, size_t *n)
{
    for (uint32_t i = 0; i < v->n_norms; i++) {
        if (strcmp(v->norms[i].field->name, field) != 0) continue;
        char *out = arci_arena_alloc(arena, *n + 1);
        if (!out) return arci_nomem(env);
        *n = arci_normalise(out, *s, *n, v->norms[i].steps);
        out[*n] = 0;
        *s = out;
    }
    return ARC_OK;
}
