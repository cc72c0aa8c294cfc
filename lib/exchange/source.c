/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/source.h"

#include <string.h>

#include "store/definition.h"
#include "store/valid.h"

typedef struct reader {
    arci_env *env;
    arci_fault_sink *sink;
    arci_source *s;
    const arci_custom *custom;
} reader;

static arc_status note(reader *r, arc_status st)
{
    return st == ARC_OK || st == ARC_E_NOMEM || !r->sink ? st : arci_fault_note(r->env, r->sink);
}

static arc_status wrong(reader *r, const arci_json *at, arc_status st, const char *en, const char *zh)
{
    return arci_json_fail(r->env, at, st, "%s%.0s", "%.0s%s", en, zh);
}

static arc_status take_others(reader *r, const arci_json *m, arci_ownership *out)
{
    const char *s = m->type == ARCI_JSON_STRING ? m->s : "";
    if (strcmp(s, "skip") == 0) *out = ARCI_SKIPPED;
    else if (strcmp(s, "refuse") == 0) *out = ARCI_REFUSED;
    else if (strcmp(s, "own") == 0) *out = ARCI_OWNED;
    else return wrong(r, m, ARC_E_VALUE, "is \"own\", \"skip\" or \"refuse\"", "须为 \"own\"、\"skip\" 或 \"refuse\"");
    return ARC_OK;
}

static arc_status take_fields(reader *r, const arci_json *m, arci_source_entity *e)
{
    if (m->type == ARCI_JSON_STRING && strcmp(m->s, "*") == 0) {
        e->all = 1;
        return ARC_OK;
    }
    if (m->type != ARCI_JSON_ARRAY) return wrong(r, m, ARC_E_VALUE, "is a list of fields, or \"*\"", "须为字段列表或 \"*\"");
    uint32_t *owns = arci_arena_calloc(&r->s->arena, m->n + 1u, sizeof *owns);
    if (!owns) return arci_nomem(r->env);
    e->owns = owns;
    arc_status st = ARC_OK;
    for (const arci_json *f = m->child; f && st == ARC_OK; f = f->next) {
        const arci_field *own = f->type == ARCI_JSON_STRING ? arci_entity_field(e->entity, f->s, f->len) : NULL;
        const arci_custom_field *cf = own || f->type != ARCI_JSON_STRING ? NULL : arci_custom_by_name(r->custom, e->entity, f->s, f->len);
        if (!own && !cf) st = note(r, wrong(r, f, ARC_E_NOT_FOUND, "there is no such field", "没有该字段"));
        else owns[e->n++] = own ? own->id : cf->field.id;
    }
    return st;
}

static arc_status take_entity(reader *r, const arci_json *m)
{
    arci_source_entity *e = &r->s->entities[r->s->n];
    e->entity = arci_entity_by_name(m->key, m->key_len);
    e->others = ARCI_SKIPPED;
    if (!e->entity || (e->entity->flags & ARCI_E_RESERVED)) return wrong(r, m, ARC_E_NOT_FOUND, "there is no such entity", "没有该实体");
    if (m->type != ARCI_JSON_OBJECT || !arci_json_get(m, "owns")) return wrong(r, m, ARC_E_VALUE, "is an object with owns", "须为含 owns 的对象");
    r->s->n++;
    arc_status st = ARC_OK;
    for (const arci_json *c = m->child; c && st == ARC_OK; c = c->next) {
        if (strcmp(c->key, "owns") == 0) st = note(r, take_fields(r, c, e));
        else if (strcmp(c->key, "others") == 0) st = note(r, take_others(r, c, &e->others));
        else st = note(r, wrong(r, c, ARC_E_NOT_FOUND, "no such member", "没有该成员"));
    }
    return st;
}

static arc_status take_root(reader *r, const arci_json *root)
{
    arc_status st = ARC_OK;
    if (root->type != ARCI_JSON_OBJECT) return note(r, wrong(r, root, ARC_E_SYNTAX, "the document is an object", "文档须为对象"));
    for (const arci_json *m = root->child; m && st == ARC_OK; m = m->next) {
        if (strcmp(m->key, "unlisted") == 0) {
            st = note(r, take_others(r, m, &r->s->unlisted));
        } else if (strcmp(m->key, "entities") == 0 && m->type == ARCI_JSON_OBJECT) {
            r->s->entities = arci_arena_calloc(&r->s->arena, m->n + 1u, sizeof *r->s->entities);
            if (!r->s->entities) return arci_nomem(r->env);
            for (const arci_json *e = m->child; e && st == ARC_OK; e = e->next) st = note(r, take_entity(r, e));
        } else if (strcmp(m->key, "title") != 0 && strcmp(m->key, "note") != 0) {
            st = note(r, wrong(r, m, ARC_E_NOT_FOUND, "no such member", "没有该成员"));
        }
    }
    return st;
}

arc_status arci_source_read(arci_env *env, const arci_custom *custom, const char *json, size_t len, arci_fault_sink *sink, arci_source **out)
{
    reader r = { .env = env, .sink = sink, .custom = custom };
    arci_arena nodes;
    arci_json *root;
    *out = NULL;
    r.s = arci_calloc(env->ctx, 1, sizeof *r.s);
    if (!r.s) return arci_nomem(env);
    arci_arena_init(&r.s->arena, env->ctx);
    arci_arena_init(&nodes, env->ctx);
    arc_status st = arci_json_parse(env, &nodes, json, len, &arci_json_definition_limits, &root);
    st = st == ARC_OK ? take_root(&r, root) : note(&r, st);
    arci_arena_clear(&nodes);
    if (st == ARC_OK && sink && sink->n) {
        st = sink->first.status;
        *env->err = sink->first;
    }
    if (st == ARC_OK) *out = r.s;
    else arci_source_free(env->ctx, r.s);
    return st;
}

void arci_source_free(arc_context *ctx, arci_source *s)
{
    if (!s) return;
    arci_arena_clear(&s->arena);
    arci_free(ctx, s);
}

arci_ownership arci_source_owns(const arci_source *s, const arci_entity *e, uint32_t field)
{
    if (!s) return ARCI_OWNED;
    for (uint32_t i = 0; i < s->n; i++) {
        const arci_source_entity *x = &s->entities[i];
        if (x->entity != e) continue;
        if (x->all) return ARCI_OWNED;
        for (uint32_t k = 0; k < x->n; k++) {
            if (x->owns[k] == field) return ARCI_OWNED;
        }
        return x->others;
    }
    return s->unlisted;
}

/* ---- in the book -------------------------------------------------------------------------------------------------------------- */

static arc_status with_custom(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink, arci_source **out)
{
    arci_arena arena;
    arci_custom *custom = NULL;
    *out = NULL;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_custom_read(t, &arena, &custom);
    if (st == ARC_OK) st = arci_source_read(t->env, custom, json, len, sink, out);
    arci_custom_drop(custom);
    arci_arena_clear(&arena);
    return st;
}

arc_status arci_source_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink)
{
    arci_source *s;
    arc_status st = with_custom(t, json, len, sink, &s);
    arci_source_free(t->book->ctx, s);
    return st;
}

arc_status arci_source_get(arci_txn *t, const char *system, arci_source **out)
{
    arci_rows rows;
    arci_arena arena;
    arc_date day;
    const arc_value *best = NULL;
    *out = NULL;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_definitions_published(t, "source", &arena, &rows);
    if (st == ARC_OK && rows.n_rows) st = arci_txn_today(t, &day);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        int in_force = (v[ARCI_DEF_FROM].type == ARC_V_NULL || v[ARCI_DEF_FROM].u.i <= day) && (v[ARCI_DEF_TO].type == ARC_V_NULL || v[ARCI_DEF_TO].u.i >= day);
        if (in_force && strcmp(v[ARCI_DEF_CODE].u.s, system) == 0) best = v; /* texts in an arena are terminated */
    }
    if (st == ARC_OK && best) st = with_custom(t, best[ARCI_DEF_DOCUMENT].u.s, best[ARCI_DEF_DOCUMENT].len, NULL, out);
    arci_arena_clear(&arena);
    return st;
}
