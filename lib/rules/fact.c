/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of facts and their parameters. Paths: fact_path.c; constants and texts: fact_text.c; rows: fact_load.c. */
#include "rules/fact.h"

#include <string.h>

#include "arcore/money.h"
#include "rules/fact_impl.h"
#include "value/currency.h"

/* ---- life ---------------------------------------------------------------------------------------------------------------- */

static arc_status add_root(arci_env *env, arci_facts *f, const char *name, const arci_entity *e)
{
    if (f->n_nodes == f->cap_nodes) {
        uint32_t cap = f->cap_nodes ? f->cap_nodes * 2 : 8;
        arci_fact_node *nodes = arci_resize(f->ctx, f->nodes, cap * sizeof *nodes);
        if (!nodes) return arci_nomem(env);
        f->nodes = nodes;
        f->cap_nodes = cap;
    }
    arci_fact_node *n = &f->nodes[f->n_nodes];
    memset(n, 0, sizeof *n);
    n->entity = e;
    n->kind = ARCI_NODE_ROOT;
    n->via = (uint16_t)f->n_roots;
    n->name = arci_arena_strndup(&f->arena, name, strlen(name));
    if (!n->name) return arci_nomem(env);
    f->n_nodes++;
    f->n_roots++;
    return ARC_OK;
}

arc_status arci_facts_new(arci_env *env, arci_facts **out, const arci_entity *subject, arci_custom *custom)
{
    const arci_fact today = { .path = "today", .type = ARCI_FACT_DATE, .flags = ARCI_FACT_VOLATILE };
    const arci_fact *ignored;
    *out = NULL;
    arci_facts *f = arci_calloc(env->ctx, 1, sizeof *f);
    if (!f) return arci_nomem(env);
    f->ctx = env->ctx;
    f->subject = subject;
    f->custom = custom;
    arci_custom_keep(custom);
    arci_arena_init(&f->arena, env->ctx);
    arc_status st = subject ? add_root(env, f, "", subject) : ARC_OK;
    if (st == ARC_OK) st = arci_facts_param(env, f, &today, &ignored);
    if (st != ARC_OK) {
        arci_facts_free(f);
        return st;
    }
    *out = f;
    return ARC_OK;
}

void arci_facts_free(arci_facts *f)
{
    if (!f) return;
    for (uint32_t i = 0; i < f->n_facts; i++) arci_facts_free(f->facts[i]->elements);
    arci_custom_drop(f->custom);
    arci_free(f->ctx, f->facts);
    arci_free(f->ctx, f->nodes);
    arci_arena_clear(&f->arena);
    arci_free(f->ctx, f);
}

arc_status arci_facts_root(arci_env *env, arci_facts *f, const char *name, const arci_entity *e)
{
    for (uint32_t i = 0; i < f->n_nodes; i++) {
        if (f->nodes[i].kind != ARCI_NODE_ROOT || strcmp(f->nodes[i].name, name) != 0) continue;
        return arci_fail(env, ARC_E_EXISTS, "%.40s: this name is taken", "%.40s：名称已被使用", name);
    }
    return add_root(env, f, name, e);
}

arc_status arci_facts_param(arci_env *env, arci_facts *f, const arci_fact *spec, const arci_fact **out)
{
    *out = NULL;
    for (uint32_t i = 0; i < f->n_params; i++) {
        if (strcmp(f->params[i]->path, spec->path) == 0) return arci_fail(env, ARC_E_EXISTS, "%.40s: this name is taken", "%.40s：名称已被使用", spec->path);
    }
    if (f->n_params == sizeof f->params / sizeof f->params[0]) return arci_fail(env, ARC_E_LIMIT, "more than %u parameters", "参数超过 %u 个", ARCI_FACTS_PARAMS);
    arci_fact *p = arci_arena_calloc(&f->arena, 1, sizeof *p);
    if (!p) return arci_nomem(env);
    *p = *spec;
    p->path = arci_arena_strndup(&f->arena, spec->path, strlen(spec->path));
    if (!p->path) return arci_nomem(env);
    p->flags |= ARCI_FACT_PARAM;
    p->how = ARCI_HOW_PARAM;
    p->slot = p->currency = ARCI_NO_SLOT;
    p->from = (uint16_t)f->n_params;
    f->params[f->n_params++] = p;
    *out = p;
    return ARC_OK;
}

arc_status arci_facts_currency(arci_env *env, arci_facts *f, const char *currency)
{
    if (!currency || !currency[0]) {
        f->currency[0] = 0;
        return ARC_OK;
    }
    if (strlen(currency) != 3 || arci_currency_exponent(currency) < 0) {
        return arci_fail(env, ARC_E_CURRENCY, "%.16s is not a currency of ISO 4217 that has amounts", "%.16s 不是有金额的 ISO 4217 币种", currency);
    }
    memcpy(f->currency, currency, 4);
    return ARC_OK;
}

void arci_facts_alone(arci_facts *f) { f->alone = 1; }
int arci_facts_are_alone(const arci_facts *f) { return f->alone; }
void arci_facts_zone(arci_facts *f, int32_t offset_minutes) { f->zone = offset_minutes; }
void arci_facts_base(arci_facts *f, const char currency[4]) { memcpy(f->base, currency, 4); }

const char *arci_fact_in_currency(const arci_facts *f, const arci_fact *fact)
{
    if (fact->fixed[0]) return fact->fixed;
    return (fact->flags & ARCI_FACT_BASE) && f->base[0] ? f->base : f->currency;
}

const char *arci_facts_get_currency(const arci_facts *f) { return f->currency; }
int32_t arci_facts_get_zone(const arci_facts *f) { return f->zone; }
uint32_t arci_facts_width(const arci_facts *f) { return f->n_facts; }
const arci_fact *arci_facts_slot(const arci_facts *f, uint32_t slot) { return slot < f->n_facts ? f->facts[slot] : NULL; }
const arci_entity *arci_facts_subject(const arci_facts *f) { return f->subject; }

const arci_fact *arci_facts_find(const arci_facts *f, const char *path, size_t len)
{
    for (uint32_t i = 0; i < f->n_facts; i++) {
        const char *p = f->facts[i]->path;
        if (strlen(p) == len && !memcmp(p, path, len)) return f->facts[i];
    }
    return NULL;
}

arci_fact *arci_facts_add(arci_env *env, arci_facts *f, const char *path, size_t len)
{
    arci_fact *x = NULL;
    if (f->n_facts >= ARCI_FACTS_MAX) {
        arci_fail(env, ARC_E_LIMIT, "more than 1,000 fields are read", "读取的字段超过 1,000 个");
        return NULL;
    }
    if (f->n_facts == f->cap_facts) {
        uint32_t cap = f->cap_facts ? f->cap_facts * 2 : 16;
        arci_fact **facts = arci_resize(f->ctx, f->facts, cap * sizeof(arci_fact *));
        if (!facts) (void)arci_nomem(env);
        if (!facts) return NULL;
        f->facts = facts;
        f->cap_facts = cap;
    }
    x = arci_arena_calloc(&f->arena, 1, sizeof *x);
    if (x) x->path = arci_arena_strndup(&f->arena, path, len);
    if (!x || !x->path) {
        (void)arci_nomem(env);
        return NULL;
    }
    x->slot = (uint16_t)f->n_facts;
    x->currency = ARCI_NO_SLOT;
    f->facts[f->n_facts++] = x;
    return x;
}
