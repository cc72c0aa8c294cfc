/* SPDX-License-Identifier: Apache-2.0 */
/* Previews that look at rows of the book: validation rules, templates. */
#include <string.h>

#include "api/preview.h"
#include "base/map.h"
#include "rules/template.h"
#include "model/record_impl.h"
#include "store/access.h"
#include "store/record_api.h"
#include "store/valid.h"

/* ---- validation --------------------------------------------------------------------------------------------------------------------------- */

typedef struct broken {
    int64_t n;
    int64_t *ids; /* the first ones */
    arci_map seen; /* UNIQUE: values to the first row that has them; below 0: told */
} broken;

typedef struct judging {
    arci_preview *p;
    arci_valid *v;
    arci_record *r;
    const arci_row_scope *scope;
    broken *rules;
    arci_arena arena; /* of a row */
    arci_str key;
    int64_t read, n_broken, n_normalised;
} judging;

static int wanted(const arci_preview *p, int64_t id)
{
    for (size_t i = 0; i < p->o.n_rows; i++) {
        if (p->o.rows[i] == id) return 1;
    }
    return !p->o.n_rows;
}

static int tell(judging *j, broken *b, int64_t id)
{
    if (!wanted(j->p, id)) return 0;
    if (b->n < j->p->o.max) b->ids[b->n] = id;
    b->n++;
    return 1;
}

/* The first row of a value is told with the second. */
static arc_status judge_unique(judging *j, uint32_t i, const arci_valid_row *row, int64_t id, int *breaks)
{
    broken *b = &j->rules[i];
    int64_t *at;
    arci_str_reset(&j->key);
    if (!arci_valid_counts(j->v, &j->v->rules[i], row) || !arci_valid_key(&j->key, j->v, &j->v->rules[i], row)) return ARC_OK;
    int32_t fresh = j->key.failed ? -1 : arci_map_put(&b->seen, j->key.s, j->key.len, &at);
    if (fresh < 0) return arci_nomem(j->p->env);
    if (fresh) {
        *at = id;
        return ARC_OK;
    }
    if (*at > 0) {
        j->n_broken += tell(j, b, *at);
        *at = -*at;
    }
    *breaks |= tell(j, b, id);
    return ARC_OK;
}

static arc_status judge(judging *j, int64_t id)
{
    arci_record *r = j->r;
    arci_broken why;
    int breaks = 0;
    arc_status st = arci_record_custom_decode(j->p->env, r);
    if (st == ARC_OK) st = arci_valid_normalise(j->p->env, j->v, &r, 0);
    if (st == ARC_OK) st = arci_record_custom_decode(j->p->env, r);
    const arci_valid_row row = { r, NULL, NULL, 0 };
    j->read++;
    if (r != j->r && wanted(j->p, id)) j->n_normalised++;
    for (uint32_t i = 0; i < j->v->n_rules && st == ARC_OK; i++) {
        const arci_valid_rule *rule = &j->v->rules[i];
        if (rule->kind == ARCI_VALID_UNIQUE) st = judge_unique(j, i, &row, id, &breaks);
        else if (arci_valid_breaks(j->v, rule, &row, &why)) breaks |= tell(j, &j->rules[i], id);
    }
    j->n_broken += breaks;
    return st;
}

static arc_status judge_rows(judging *j)
{
    arci_preview *p = j->p;
    const arci_shape *shape;
    arci_scan *scan = NULL;
    arc_block block;
    arc_status st = arci_shape_get(p->t, &shape, j->v->entity->name, "*");
    uint16_t id = arci_col(j->v->entity, "id"), place = 0;
    if (st == ARC_OK && id == ARC_NO_COL) st = arci_fail(p->env, ARC_E_UNSUPPORTED, "rows of %s have no id", "%s 的数据没有编号", j->v->entity->name);
    while (st == ARC_OK && shape->cols[place] != id) place++;
    if (st == ARC_OK) st = arci_repo_scan(p->t, shape, NULL, NULL, 0, &scan);
    while (st == ARC_OK && (st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) {
            const arc_value *row = block.values + (size_t)i * block.n_cols;
            int holds = 1;
            arci_arena_reset(&j->arena);
            if (j->scope) st = arci_scope_holds(p->t, &j->arena, j->v->entity, j->scope, row, &holds);
            if (st == ARC_OK && holds) st = arci_record_load(p->env, j->r, shape->cols, shape->n, row);
            if (st == ARC_OK && holds) st = judge(j, row[place].u.i);
        }
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

static void put_judged(judging *j)
{
    arci_str *b = j->p->out;
    arci_json_put_str(b, "entity", j->v->entity->name);
    arci_json_put_int(b, "read", j->read);
    arci_json_put_int(b, "broken", j->n_broken);
    arci_json_put_int(b, "normalised", j->n_normalised);
    arci_json_put_key(b, "rules");
    arci_str_putc(b, '[');
    for (uint32_t i = 0; i < j->v->n_rules; i++) {
        arci_preview_begin(b, '{');
        arci_json_put_str(b, "rule", j->v->rules[i].name);
        arci_json_put_str(b, "severity", j->v->rules[i].warning ? "warning" : "error");
        arci_json_put_int(b, "broken", j->rules[i].n);
        arci_json_put_key(b, "rows");
        arci_str_putc(b, '[');
        for (int64_t k = 0; k < j->rules[i].n && k < j->p->o.max; k++) {
            if (k) arci_str_putc(b, ',');
            arci_str_int(b, j->rules[i].ids[k]);
        }
        arci_str_puts(b, "]}");
    }
    arci_str_putc(b, ']');
}

/* Whoever is told which rows break a rule learns of the fields it reads. */
static arc_status may_judge(judging *j)
{
    arci_preview *p = j->p;
    const arci_entity *e = j->v->entity;
    arc_status st = arci_access_plain(p->env, p->s, e);
    if (st == ARC_OK) st = arci_access_read(p->env, p->s, e, &j->scope);
    for (uint32_t i = 0; i < j->v->n_rules && st == ARC_OK; i++) {
        const arci_valid_rule *r = &j->v->rules[i];
        if (r->n_reads == UINT16_MAX) {
            if (arci_access_hides(p->s, e)) st = arci_fail(p->env, ARC_E_FORBIDDEN, "the rule %.64s reads fields that are hidden from the actor", "规则 %.64s 读取操作者不可见的字段", r->name);
            continue;
        }
        for (uint16_t k = 0; k < r->n_reads && st == ARC_OK; k++) st = arci_access_field(p->env, p->s, e, r->reads[k]);
    }
    return st;
}

static arc_status judge_document(judging *j, arci_custom *custom)
{
    arci_preview *p = j->p;
    arc_status st = may_judge(j);
    j->rules = arci_arena_calloc(p->arena, j->v->n_rules + 1u, sizeof *j->rules);
    if (!j->rules) return arci_nomem(p->env);
    for (uint32_t i = 0; i < j->v->n_rules && st == ARC_OK; i++) {
        arci_map_init(&j->rules[i].seen, p->env->ctx);
        j->rules[i].ids = arci_arena_calloc(p->arena, p->o.max, sizeof *j->rules[i].ids);
        if (!j->rules[i].ids) st = arci_nomem(p->env);
    }
    if (st == ARC_OK) st = arci_record_new(p->env, j->v->entity, custom, &j->r);
    if (st == ARC_OK) st = judge_rows(j);
    if (st == ARC_OK) put_judged(j);
    for (uint32_t i = 0; i < j->v->n_rules; i++) {
        if (j->rules[i].seen.ctx) arci_map_clear(&j->rules[i].seen);
    }
    arci_record_free(j->r);
    return st;
}

arc_status arci_preview_validation(arci_preview *p)
{
    arci_custom *custom = NULL;
    judging j = { .p = p };
    arc_status st = arci_session_custom(p->env, p->s, &custom);
    if (st == ARC_OK) st = arci_valid_read(p->env, custom, p->s->book->base_currency, p->json, p->len, NULL, &j.v);
    if (st != ARC_OK) return st;
    arci_valid_day(j.v, p->o.as_of);
    arci_arena_init(&j.arena, p->env->ctx);
    arci_str_init(&j.key, p->env->ctx);
    st = judge_document(&j, custom);
    arci_str_clear(&j.key);
    arci_arena_clear(&j.arena);
    arci_valid_free(p->env->ctx, j.v);
    return st;
}

/* ---- templates ---------------------------------------------------------------------------------------------------------------------------- */

static arc_status put_view(arci_preview *p, const arci_view_field *view, const arci_entity *e, int64_t id, const arci_json *other, arci_str *out);

static void put_money(arci_str *out, const arci_view_field *m, const arci_json *amount, const arci_json *currency)
{
    if (m->currency || !currency) {
        arci_json_put_node(out, amount);
        return;
    }
    arci_str_puts(out, "{\"amount\":");
    arci_json_put_node(out, amount);
    arci_str_puts(out, ",\"currency\":");
    arci_json_put_node(out, currency);
    arci_str_putc(out, '}');
}

/* A member of the view from the field of its name; what the row does not have, from the sample. */
static arc_status put_member(arci_preview *p, const arci_view_field *m, const arci_entity *e, const arci_json *row, const arci_json *other, arci_str *out)
{
    const arci_field *f = arci_entity_field(e, m->name, m->name_len);
    const arci_json *value = arci_json_get(row, m->name), *given = other ? arci_json_get(other, m->name) : NULL;
    int64_t id = 0;
    if (m->type == ARCI_VIEW_OBJECT && value && f && f->type == ARC_T_ID && f->aux && value->type == ARCI_JSON_NUMBER && arci_json_int(p->env, value, &id) == ARC_OK) {
        arci_json_put_key(out, m->name);
        return put_view(p, m, arci_entity_by_name(f->aux, strlen(f->aux)), id, given, out);
    }
    if (m->type == ARCI_VIEW_OBJECT || m->type == ARCI_VIEW_LIST || !value) value = given;
    if (!value) return ARC_OK; /* what must be there is told when it is written */
    arci_json_put_key(out, m->name);
    if (m->type == ARCI_VIEW_MONEY && value != given && f && f->type == ARC_T_MONEY) put_money(out, m, value, arci_json_get(row, f->aux));
    else arci_json_put_node(out, value);
    return ARC_OK;
}

static arc_status put_view(arci_preview *p, const arci_view_field *view, const arci_entity *e, int64_t id, const arci_json *other, arci_str *out)
{
    arci_str text;
    arci_json *row = NULL;
    arci_str_init(&text, p->env->ctx);
    arc_status st = arci_master_json(p->t, e, id, &text);
    if (st == ARC_OK) st = text.failed ? arci_nomem(p->env) : arci_json_parse(p->env, p->arena, text.s, text.len, &arci_json_definition_limits, &row);
    arci_str_clear(&text);
    arci_str_putc(out, '{');
    for (uint32_t i = 0; i < view->n_members && st == ARC_OK; i++) st = put_member(p, &view->members[i], e, row, other, out);
    arci_str_putc(out, '}');
    return st;
}

static arc_status put_variants(arci_preview *p, const arci_template *t, const arci_json *view)
{
    arc_status st = ARC_OK;
    arci_json_put_key(p->out, "variants");
    arci_str_putc(p->out, '[');
    for (uint32_t i = 0; i < t->n_variants && view && st == ARC_OK; i++) {
        if (i) arci_str_putc(p->out, ',');
        st = arci_template_put(p->env, t, &t->variants[i], view, p->out);
    }
    arci_str_putc(p->out, ']');
    return st;
}

static arc_status put_row(arci_preview *p, const arci_template *t, const arci_entity *e, int64_t id, const arci_json *other)
{
    arci_str view;
    arci_json *root = NULL;
    arci_str_init(&view, p->env->ctx);
    arc_status st = put_view(p, t->view, e, id, other, &view);
    if (st == ARC_OK) st = view.failed ? arci_nomem(p->env) : arci_json_parse(p->env, p->arena, view.s, view.len, &arci_json_definition_limits, &root);
    arci_str_clear(&view);
    if (st != ARC_OK) return st;
    arci_preview_begin(p->out, '{');
    arci_json_put_int(p->out, "id", id);
    st = put_variants(p, t, root);
    arci_str_putc(p->out, '}');
    return st;
}

arc_status arci_preview_template(arci_preview *p)
{
    arci_template *t = NULL;
    const arci_entity *e = arci_entity_by_id(p->o.entity);
    const arci_json *view = p->sample ? arci_json_get(p->sample, "view") : NULL;
    if (p->o.n_rows && (!e || (e->flags & ARCI_E_RESERVED))) return arci_fail(p->env, ARC_E_NOT_FOUND, "no entity has the number %u", "没有编号为 %u 的实体", p->o.entity);
    arc_status st = arci_template_of(p->t, &t, p->json, p->len, ARC_DATE_NONE);
    if (st != ARC_OK) return st;
    if (!view) view = t->sample;
    if (!p->o.n_rows || !t->view) {
        st = put_variants(p, t, view);
    } else {
        arci_json_put_key(p->out, "rows");
        arci_str_putc(p->out, '[');
        for (size_t i = 0; i < p->o.n_rows && st == ARC_OK; i++) st = put_row(p, t, e, p->o.rows[i], view);
        arci_str_putc(p->out, ']');
    }
    arci_template_free(t);
    return st;
}
