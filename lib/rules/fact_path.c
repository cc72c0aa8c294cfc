/* SPDX-License-Identifier: Apache-2.0 */
/* Paths: from a name in a definition to a typed fact and where its value is read. */
#include <string.h>

#include "rules/fact.h"
#include "rules/fact_impl.h"
#include "store/computed.h"
#include "store/overlay.h"

typedef struct walk {
    arci_env *env;
    arci_facts *f;
    const char *path; /* whole, for messages */
    size_t len;
    size_t at;        /* where the next segment begins */
    uint16_t node;    /* whose fields it names */
    uint32_t deep;
} walk;

static arc_status wrong(const walk *w, arc_status st, const char *en, const char *zh)
{
    int n = w->len > 80 ? 80 : (int)w->len;
    return arci_fail(w->env, st, "%.*s: %s%.0s", "%.*s：%.0s%s", n, w->path, en, zh);
}

static arc_status resolve(walk *w, const arci_fact **out);

static arc_status not_alone(const walk *w)
{
    return wrong(w, ARC_E_VALUE, "rules about records read the fields of the record itself", "针对记录的规则只能读取该记录自身的字段");
}

/* The fact of a path that is made of the first part of w's and something else; "x" behind the node's own path. */
static arc_status sibling(const walk *w, const char *name, const arci_fact **out)
{
    char path[400];
    size_t n = strlen(name), lead = w->at;
    if (lead + n > sizeof path) return wrong(w, ARC_E_LIMIT, "the path is too long", "路径过长");
    memcpy(path, w->path, lead);
    memcpy(path + lead, name, n);
    *out = arci_facts_find(w->f, path, lead + n);
    if (*out) return ARC_OK;
    walk other = *w;
    other.path = path;
    other.len = lead + n;
    return resolve(&other, out);
}

/* ---- nodes ------------------------------------------------------------------------------------------------------------------ */

static arc_status node_of(walk *w, const arci_entity *e, uint16_t kind, uint16_t via, int optional)
{
    arci_facts *f = w->f;
    for (uint32_t i = 0; i < f->n_nodes; i++) {
        if (f->nodes[i].kind != kind || f->nodes[i].via != via) continue;
        w->node = (uint16_t)i;
        return ARC_OK;
    }
    if (f->n_nodes == f->cap_nodes) {
        arci_fact_node *nodes = arci_resize(f->ctx, f->nodes, f->cap_nodes * 2 * sizeof *nodes);
        if (!nodes) return arci_nomem(w->env);
        f->nodes = nodes;
        f->cap_nodes *= 2;
    }
    arci_fact_node *n = &f->nodes[f->n_nodes];
    memset(n, 0, sizeof *n);
    n->entity = e;
    n->kind = kind;
    n->via = via;
    n->parent = w->node;
    n->optional = (uint16_t)(optional || f->nodes[w->node].optional);
    w->node = (uint16_t)f->n_nodes++;
    return ARC_OK;
}

/* What changes beside an append-only document: the entity whose key is a reference to it. */
static const arci_entity *state_of(const arci_entity *e)
{
    for (uint32_t i = 0; i < arci_n_entities; i++) {
        const arci_entity *s = arci_entities[i];
        if (!(s->flags & ARCI_E_STATE) || !s->key || strcmp(s->key, e->name) != 0) continue;
        return s->flags & ARCI_E_RESERVED ? NULL : s;
    }
    return NULL;
}

static const arci_entity *entity_named(const char *name)
{
    return name ? arci_entity_by_name(name, strlen(name)) : NULL;
}

/* ---- facts of fields ----------------------------------------------------------------------------------------------------------- */

static uint8_t fact_type(const arci_field *f)
{
    switch (f->type) {
    case ARC_T_INT: return ARCI_FACT_INT;
    case ARC_T_BOOL: return ARCI_FACT_BOOL;
    case ARC_T_TEXT: return ARCI_FACT_TEXT;
    case ARC_T_DATE: return ARCI_FACT_DATE;
    case ARC_T_STAMP: return ARCI_FACT_STAMP;
    case ARC_T_MONEY: return ARCI_FACT_MONEY;
    case ARC_T_CODE: return ARCI_FACT_ENUM;
    case ARC_T_DECIMAL: return ARCI_FACT_DECIMAL;
    case ARC_T_ID: return ARCI_FACT_REF;
    default: return 0;
    }
}

/* A state's currency is a copy of its document's, so that amounts of both are known to be in one. */
static arc_status with_currency(walk *w, arci_fact *x, const char *name)
{
    const arci_fact *currency;
    const arci_fact_node *n = &w->f->nodes[w->node];
    walk of = *w;
    if (n->kind == ARCI_NODE_STATE && strcmp(name, "currency") == 0 && arci_entity_field(w->f->nodes[n->parent].entity, "currency", 8)) {
        of.node = n->parent;
        of.at -= 6; /* "state." */
    }
    arc_status st = sibling(&of, name, &currency);
    if (st == ARC_OK) x->currency = currency->slot;
    return st;
}

/* base_amount in base_currency: a row in that very currency keeps neither, they are its amount and currency. */
static arc_status in_base(walk *w, const arci_field *field, arci_fact *x)
{
    const arci_fact *plain;
    int amount = field->type == ARC_T_MONEY && field->aux && strcmp(field->aux, "base_currency") == 0 && strncmp(field->name, "base_", 5) == 0;
    if (!amount && strcmp(field->name, "base_currency") != 0) return ARC_OK;
    if (!arci_entity_field(w->f->nodes[w->node].entity, field->name + 5, strlen(field->name + 5))) return ARC_OK;
    arc_status st = sibling(w, field->name + 5, &plain);
    if (st != ARC_OK) return st;
    x->flags = (x->flags & ~ARCI_FACT_NULLABLE) | ARCI_FACT_BASE | (plain->flags & ARCI_FACT_NULLABLE);
    x->from = plain->slot;
    return ARC_OK;
}

static arc_status schema_fact(walk *w, const arci_field *field, const arci_fact **out)
{
    const arci_fact_node *n = &w->f->nodes[w->node];
    uint8_t type = fact_type(field);
    if (!type) return wrong(w, ARC_E_VALUE, "a document or bytes: rules do not look inside", "文档或字节类型：规则不能读取");
    if (w->f->alone && field->id < ARCI_FIELD_FIRST) return not_alone(w);
    arci_fact *x = arci_facts_add(w->env, w->f, w->path, w->len);
    if (!x) return w->env->err->status;
    int required = (field->flags & ARCI_F_REQUIRED) || field->id == ARCI_FIELD_ID;
    x->field = field;
    x->type = type;
    x->node = w->node;
    x->col = field->id;
    x->flags = required && !n->optional ? 0 : ARCI_FACT_NULLABLE;
    if (field->type == ARC_T_DECIMAL) x->scale = (uint8_t)field->size;
    if (field->type == ARC_T_CODE) x->codes = arci_code_list_get(field->aux);
    if (field->type == ARC_T_ID) x->entity = field->id == ARCI_FIELD_ID ? n->entity : entity_named(field->aux);
    if (field->type == ARC_T_TEXT && field->aux) x->flags |= ARCI_FACT_CURRENCY;
    *out = x;
    arc_status st = field->type == ARC_T_MONEY ? with_currency(w, x, field->aux) : ARC_OK;
    return st == ARC_OK ? in_base(w, field, x) : st;
}

static arc_status custom_fact(walk *w, const arci_custom_field *cf, const arci_fact **out)
{
    uint8_t type = cf->kind == ARCI_CUSTOM_CHOICES ? (uint8_t)ARCI_FACT_CHOICES : fact_type(&cf->field);
    char currency[64];
    if (!type) return wrong(w, ARC_E_VALUE, "rules do not look inside", "规则不能读取");
    arci_fact *x = arci_facts_add(w->env, w->f, w->path, w->len);
    if (!x) return w->env->err->status;
    x->field = &cf->field;
    x->type = type;
    x->node = w->node;
    x->col = cf->field.id;
    x->flags = ARCI_FACT_NULLABLE; /* rows older than the definition have none */
    if (cf->field.type == ARC_T_DECIMAL) x->scale = (uint8_t)cf->field.size;
    if (cf->choices.codes) x->codes = &cf->choices;
    if (cf->field.type == ARC_T_ID) x->entity = entity_named(cf->field.aux);
    *out = x;
    if (cf->field.type != ARC_T_MONEY) return ARC_OK;
    size_t n = strlen(cf->field.name);
    memcpy(currency, cf->field.name, n);
    memcpy(currency + n, ".currency", 10);
    return with_currency(w, x, currency);
}

static arc_status custom_currency(walk *w, uint32_t number, const arci_fact **out)
{
    arci_fact *x = arci_facts_add(w->env, w->f, w->path, w->len);
    if (!x) return w->env->err->status;
    x->type = ARCI_FACT_TEXT;
    x->node = w->node;
    x->col = (uint16_t)number;
    x->flags = ARCI_FACT_NULLABLE | ARCI_FACT_CURRENCY;
    *out = x;
    return ARC_OK;
}

/* ---- computed ------------------------------------------------------------------------------------------------------------------- */

/* The due date in force is the state's where there is one. */
static arc_status since(walk *w, const char *field, uint16_t how, const arci_fact **out)
{
    const arci_entity *e = w->f->nodes[w->node].entity, *state = state_of(e);
    const arci_fact *date;
    char path[48];
    int moved = state && arci_entity_field(state, field, strlen(field));
    if (!moved && !arci_entity_field(e, field, strlen(field))) return ARC_E_NOT_FOUND;
    path[0] = 0;
    if (moved) memcpy(path, "state.", 7);
    memcpy(path + strlen(path), field, strlen(field) + 1);
    arc_status st = sibling(w, path, &date);
    if (st != ARC_OK) return st;
    arci_fact *x = arci_facts_add(w->env, w->f, w->path, w->len);
    if (!x) return w->env->err->status;
    x->type = ARCI_FACT_INT;
    x->how = how;
    x->from = date->slot;
    x->flags = (date->flags & ARCI_FACT_NULLABLE) | ARCI_FACT_VOLATILE;
    *out = x;
    return ARC_OK;
}

static int named(const char *s, size_t n, const char *name)
{
    return strlen(name) == n && memcmp(s, name, n) == 0;
}

static arc_status computed(walk *w, const char *s, size_t n, const arci_fact **out)
{
    arc_status st = ARC_E_NOT_FOUND;
    if (named(s, n, "days_overdue")) st = since(w, "due_date", ARCI_HOW_SINCE, out);
    if (named(s, n, "overdue_days")) st = since(w, "due_date", ARCI_HOW_LATE, out);
    if (named(s, n, "age_days")) st = since(w, "business_date", ARCI_HOW_SINCE, out);
    return st;
}

/* What engines compute: a value, and the day until which it holds. */
static arc_status held_fact(walk *w, const arci_field *field, const arci_fact **out)
{
    const arci_fact *id;
    char path[400];
    const uint16_t above = w->node;
    if (w->f->alone) return not_alone(w);
    if (w->len + 1 >= sizeof path) return wrong(w, ARC_E_LIMIT, "the path is too long", "路径过长");
    arc_status st = sibling(w, "id", &id);
    if (st == ARC_OK) st = node_of(w, w->f->nodes[w->node].entity, ARCI_NODE_COMPUTED, id->slot, 0);
    const uint16_t node = w->node;
    w->node = above;
    if (st != ARC_OK) return st;
    memcpy(path, w->path, w->len);
    path[w->len] = '@'; /* no name has one */
    arci_fact *until = arci_facts_add(w->env, w->f, path, w->len + 1);
    arci_fact *x = until ? arci_facts_add(w->env, w->f, w->path, w->len) : NULL;
    if (!x) return w->env->err->status;
    until->type = ARCI_FACT_DATE;
    until->how = ARCI_HOW_UNTIL;
    x->type = fact_type(field);
    x->how = ARCI_HOW_COMPUTED;
    x->from = until->slot;
    x->flags = ARCI_FACT_NULLABLE | ARCI_FACT_VOLATILE;
    if (field->type == ARC_T_DECIMAL) x->scale = (uint8_t)field->size;
    if (field->type == ARC_T_CODE) x->codes = arci_code_list_get(field->aux);
    if (field->type == ARC_T_TEXT && field->aux) x->flags |= ARCI_FACT_CURRENCY;
    until->field = x->field = field;
    until->node = x->node = node;
    until->col = x->col = field->id;
    *out = x;
    return field->type == ARC_T_MONEY ? with_currency(w, x, field->aux) : ARC_OK;
}

static arc_status engine_fact(walk *w, const arci_field *field, const arci_computed_fact *of, const arci_fact **out)
{
    const arci_fact *date;
    if (of->goes == ARCI_GOES_WITH_DAYS) return held_fact(w, field, out);
    arc_status st = sibling(w, of->of, &date);
    arci_fact *x = st == ARC_OK ? arci_facts_add(w->env, w->f, w->path, w->len) : NULL;
    if (!x) return st == ARC_OK ? w->env->err->status : st;
    x->type = ARCI_FACT_INT;
    x->how = of->goes == ARCI_GOES_SINCE ? ARCI_HOW_SINCE : ARCI_HOW_LATE;
    x->from = date->slot;
    x->flags = ARCI_FACT_NULLABLE | ARCI_FACT_VOLATILE;
    *out = x;
    return ARC_OK;
}

/* ---- child lists ------------------------------------------------------------------------------------------------------------------ */

static size_t plural(char out[80], const char *name)
{
    size_t n = strlen(name);
    char last = name[n - 1], before = n > 1 ? name[n - 2] : 0;
    memcpy(out, name, n);
    if (last == 'y' && !strchr("aeiou", before)) {
        memcpy(out + n - 1, "ies", 3);
        return n + 2;
    }
    if (last == 's' || last == 'x' || (last == 'h' && (before == 'c' || before == 's'))) out[n++] = 'e';
    out[n] = 's';
    return n + 1;
}

/* The field of e by which its rows hang on `above`; by: its name, or NULL for the one that goes without saying. */
static const arci_field *hangs_by(const arci_entity *e, const arci_entity *above, const char *by, size_t n)
{
    const arci_field *only = NULL;
    uint32_t count = 0;
    for (uint32_t i = 0; i < e->n_fields; i++) {
        const arci_field *f = &e->fields[i];
        if (f->type != ARC_T_ID || f->id < ARCI_FIELD_FIRST || (f->flags & ARCI_F_DERIVED) || !f->aux || strcmp(f->aux, above->name) != 0) continue;
        if (by ? named(by, n, f->name) : strcmp(f->name, above->name) == 0) return f;
        only = f;
        count++;
    }
    return !by && count == 1 ? only : NULL;
}

/* The same of rows that say what they are about, whatever that is: tag names the entity, the field itself the row. */
static const arci_field *about_by(const arci_entity *e, const arci_field **tag)
{
    static const char *const pairs[][2] = { { "about", "about_row" }, { "entity", "row" } };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        const arci_field *f = arci_entity_field(e, pairs[i][1], strlen(pairs[i][1]));
        *tag = arci_entity_field(e, pairs[i][0], strlen(pairs[i][0]));
        if (f && *tag && f->type == ARC_T_ID && !f->aux && (*tag)->type == ARC_T_TEXT) return f;
    }
    *tag = NULL;
    return NULL;
}

/* Elements of a list of a set. */
static arc_status elements_of(arci_env *env, arci_facts *f, arci_fact *x)
{
    arc_status st = arci_facts_new(env, &x->elements, x->entity, f->custom);
    if (st != ARC_OK) return st;
    x->elements->outer = f;
    x->elements->zone = f->zone;
    memcpy(x->elements->currency, f->currency, 4);
    memcpy(x->elements->base, f->base, 4);
    return ARC_OK;
}

static arc_status child_list(walk *w, const char *s, size_t n, const arci_fact **out)
{
    const arci_entity *above = w->f->nodes[w->node].entity, *child = NULL;
    const arci_field *by = NULL, *tag = NULL;
    const arci_fact *id;
    char name[80];
    for (uint32_t i = 0; i < arci_n_entities && !by; i++) {
        child = arci_entities[i];
        if ((child->flags & (ARCI_E_RESERVED | ARCI_E_STATE | ARCI_E_SYSTEM)) || strlen(child->name) > 60) continue;
        size_t k = plural(name, child->name);
        if (n == k && memcmp(s, name, k) == 0 && (by = hangs_by(child, above, NULL, 0)) == NULL) by = about_by(child, &tag);
        if (n > k + 4 && memcmp(s, name, k) == 0 && memcmp(s + k, "_by_", 4) == 0) by = hangs_by(child, above, s + k + 4, n - k - 4);
    }
    if (!by) return ARC_E_NOT_FOUND;
    if (w->f->alone) return not_alone(w);
    if (w->f->outer) return wrong(w, ARC_E_VALUE, "a list within a list", "列表中不能再有列表");
    arc_status st = sibling(w, "id", &id);
    if (st != ARC_OK) return st;
    arci_fact *x = arci_facts_add(w->env, w->f, w->path, w->len);
    if (!x) return w->env->err->status;
    x->type = ARCI_FACT_LIST;
    x->entity = child;
    x->field = by;
    x->tag = tag;
    x->tagged = tag ? above : NULL;
    x->how = ARCI_HOW_CHILDREN;
    x->from = id->slot;
    x->col = by->id;
    *out = x;
    return elements_of(w->env, w->f, x);
}

arc_status arci_facts_given(arci_env *env, arci_facts *f, const char *name, const arci_entity *e, const arci_fact **out)
{
    *out = NULL;
    if (arci_facts_find(f, name, strlen(name))) return arci_fail(env, ARC_E_EXISTS, "%.40s: this name is taken", "%.40s：名称已被使用", name);
    arci_fact *x = arci_facts_add(env, f, name, strlen(name));
    if (!x) return env->err->status;
    x->type = ARCI_FACT_LIST;
    x->entity = e;
    x->how = ARCI_HOW_GIVEN;
    *out = x;
    return elements_of(env, f, x);
}

/* ---- walking ------------------------------------------------------------------------------------------------------------------------ */

static arc_status last_segment(walk *w, const char *s, size_t n, const arci_fact **out)
{
    const arci_entity *e = w->f->nodes[w->node].entity, *state;
    const arci_field *field = arci_entity_field(e, s, n);
    if (field && !(field->flags & ARCI_F_DERIVED)) return schema_fact(w, field, out);
    uint32_t number = arci_overlay_number(w->f->custom, e, s, n);
    if (number & ARCI_CURRENCY_PART) return custom_currency(w, number, out);
    if (number) return custom_fact(w, arci_custom_by_number(w->f->custom, e, number), out);
    arc_status st = computed(w, s, n, out);
    if (st != ARC_E_NOT_FOUND) return st;
    if (field && (state = state_of(e)) != NULL && arci_entity_field(state, s, n)) {
        char path[64];
        memcpy(path, "state.", 6);
        memcpy(path + 6, field->name, strlen(field->name) + 1);
        return sibling(w, path, out);
    }
    const arci_computed_fact *computed_fact = field ? arci_computed_fact_of(e, field->name) : NULL;
    if (computed_fact) return engine_fact(w, field, computed_fact, out);
    if (field) return wrong(w, ARC_E_VALUE, "computed for reports: rules cannot read it", "报表计算字段，规则不能读取");
    st = child_list(w, s, n, out);
    return st == ARC_E_NOT_FOUND ? wrong(w, st, "there is no such field", "没有该字段") : st;
}

/* One step along a reference: w->at behind the dot. */
static arc_status step(walk *w, size_t end)
{
    const arci_fact *via;
    arci_fact_node *n = &w->f->nodes[w->node];
    const arci_entity *e = n->entity;
    walk part = *w;
    if (w->f->alone) return not_alone(w);
    if (++w->deep > ARCI_FACTS_DEEP) return wrong(w, ARC_E_LIMIT, "more than 8 references in a row", "连续引用超过 8 层");
    if (named(w->path + w->at, end - w->at, "state")) {
        const arci_entity *state = state_of(e);
        if (!state) return wrong(w, ARC_E_NOT_FOUND, "there is no such field", "没有该字段");
        arc_status st = sibling(w, "id", &via);
        if (st == ARC_OK) st = node_of(w, state, ARCI_NODE_STATE, via->slot, 0);
        w->at = end + 1;
        return st;
    }
    part.len = end;
    via = arci_facts_find(w->f, w->path, end);
    arc_status st = via ? ARC_OK : last_segment(&part, w->path + w->at, end - w->at, &via);
    if (st != ARC_OK) return st;
    if (via->type != ARCI_FACT_REF || !via->entity) return wrong(w, ARC_E_VALUE, "what stands before the dot points at nothing", "点号之前的字段不是引用");
    if (via->entity->flags & ARCI_E_RESERVED) return wrong(w, ARC_E_UNSUPPORTED, "this build keeps no such rows", "本构建不保存此类数据");
    st = node_of(w, via->entity, ARCI_NODE_REF, via->slot, (via->flags & ARCI_FACT_NULLABLE) != 0);
    w->at = end + 1;
    return st;
}

static arc_status resolve(walk *w, const arci_fact **out)
{
    for (;;) {
        const char *s = w->path + w->at;
        size_t rest = w->len - w->at;
        const char *dot = memchr(s, '.', rest);
        size_t whole = dot && arci_overlay_number(w->f->custom, w->f->nodes[w->node].entity, s, rest) ? 1 : 0; /* x_fee.currency */
        if (!rest || s[0] == '.') return wrong(w, ARC_E_NOT_FOUND, "there is no such field", "没有该字段");
        if (!dot || whole) return last_segment(w, s, rest, out);
        arc_status st = step(w, (size_t)(dot - w->path));
        if (st != ARC_OK) return st;
    }
}

static arc_status param_fact(arci_env *env, arci_facts *f, const arci_fact *p, const arci_fact **out)
{
    arci_fact *x = arci_facts_add(env, f, p->path, strlen(p->path));
    if (!x) return env->err->status;
    uint16_t slot = x->slot;
    const char *path = x->path;
    *x = *p;
    x->slot = slot;
    x->path = path;
    *out = x;
    return ARC_OK;
}

static arc_status find_path(arci_env *env, arci_facts *f, const arci_fact **out, const char *path, size_t len)
{
    walk w = { env, f, path, len, 0, 0, 0 };
    *out = arci_facts_find(f, path, len);
    if (*out) return ARC_OK;
    if (len > 300) return wrong(&w, ARC_E_LIMIT, "the path is too long", "路径过长");
    for (const arci_facts *of = f; of; of = of->outer) {
        for (uint32_t i = 0; i < of->n_params; i++) {
            if (named(path, len, of->params[i]->path)) return param_fact(env, f, of->params[i], out);
        }
    }
    uint32_t kept = f->n_facts, kept_nodes = f->n_nodes;
    int found = 0;
    for (uint32_t i = 0; i < f->n_nodes; i++) {
        const arci_fact_node *n = &f->nodes[i];
        size_t k = n->kind == ARCI_NODE_ROOT ? strlen(n->name) : 0;
        if (!k || len <= k || path[k] != '.' || memcmp(path, n->name, k) != 0) continue;
        w.node = (uint16_t)i;
        w.at = k + 1;
        found = 1;
    }
    if (!found && (!f->n_nodes || f->nodes[0].name[0])) return wrong(&w, ARC_E_NOT_FOUND, "there is no such field", "没有该字段");
    arc_status st = resolve(&w, out);
    if (st != ARC_OK) { /* nothing half-made stays */
        while (f->n_facts > kept) arci_facts_free(f->facts[--f->n_facts]->elements);
        f->n_nodes = kept_nodes;
        *out = NULL;
    }
    return st;
}

/* ---- what is told of -------------------------------------------------------------------------------------------------------------- */

/* Whose rows a node's are: the subject's and its customer's own, or others. */
static uint8_t rows_of(const arci_facts *f, uint16_t node, uint8_t each)
{
    const arci_fact_node *n = &f->nodes[node];
    if (n->kind == ARCI_NODE_ROOT) return f->outer ? each : n->name[0] ? ARCI_TELL_OTHER : ARCI_TELL_OWN;
    uint8_t above = rows_of(f, n->parent, each);
    if (n->kind == ARCI_NODE_STATE || n->kind == ARCI_NODE_COMPUTED) return above;
    const arci_field *by = f->facts[n->via]->field;
    if (!by || above == ARCI_TELL_OTHER) return ARCI_TELL_OTHER;
    if (strcmp(by->name, "customer") == 0) return above;
    return strcmp(by->name, "invoice") == 0 ? ARCI_TELL_EACH : ARCI_TELL_OTHER; /* of the same customer as what it is about */
}

static arc_status tell_node(arci_env *env, arci_arena *arena, arci_tells *tells, const arci_facts *f, uint16_t node, uint8_t each)
{
    for (; f->nodes[node].kind != ARCI_NODE_ROOT; node = f->nodes[node].parent) {
        arc_status st = f->nodes[node].kind == ARCI_NODE_REF ? arci_fact_tells(env, arena, tells, f, f->facts[f->nodes[node].via], each) : ARC_OK;
        if (st != ARC_OK) return st;
    }
    return ARC_OK;
}

/* What a computed field is made of: "entity.field entity.field". */
static arc_status tell_needs(arci_env *env, arci_arena *arena, arci_tells *tells, const arci_entity *of, const arci_field *field, uint8_t rows)
{
    arc_status st = ARC_OK;
    for (const char *p = arci_computed_needs(of, field); p && *p && st == ARC_OK;) {
        const size_t len = strcspn(p, " "), n = strcspn(p, ". ");
        const arci_entity *e = arci_entity_by_name(p, n);
        const arci_field *one = e && n < len ? arci_entity_field(e, p + n + 1, len - n - 1) : NULL;
        if (one) st = arci_tells_add(env, arena, tells, e->name, one->name, rows);
        p += len + (p[len] == ' ');
    }
    return st;
}

arc_status arci_fact_tells(arci_env *env, arci_arena *arena, arci_tells *tells, const arci_facts *f, const arci_fact *x, uint8_t each)
{
    if (x->how == ARCI_HOW_PARAM && x->col) return arci_fact_tells(env, arena, tells, f, f->facts[x->col - 1], each); /* made of that one */
    if ((x->flags & ARCI_FACT_PARAM) || x->how == ARCI_HOW_PARAM || x->how == ARCI_HOW_GIVEN) return ARC_OK;
    if (x->how == ARCI_HOW_SINCE || x->how == ARCI_HOW_LATE) return arci_fact_tells(env, arena, tells, f, f->facts[x->from], each);
    const arci_field *field = x->field;
    uint16_t node = x->how == ARCI_HOW_CHILDREN ? f->facts[x->from]->node : x->node;
    uint8_t rows = rows_of(f, node, each);
    if (!field) { /* the currency of an amount of the book's own */
        const arci_custom_field *cf = arci_custom_by_number(f->custom, f->nodes[node].entity, x->col & ~(uint32_t)ARCI_CURRENCY_PART);
        field = cf ? &cf->field : NULL;
    }
    arc_status st = tell_node(env, arena, tells, f, node, each);
    if (st == ARC_OK && field) st = arci_tells_add(env, arena, tells, x->how == ARCI_HOW_CHILDREN ? x->entity->name : f->nodes[node].entity->name, field->name, rows);
    if (st == ARC_OK && field && x->how == ARCI_HOW_COMPUTED) st = tell_needs(env, arena, tells, f->nodes[node].entity, field, rows);
    if (st == ARC_OK && x->type == ARCI_FACT_MONEY && x->currency != ARCI_NO_SLOT) st = arci_fact_tells(env, arena, tells, f, f->facts[x->currency], each);
    return st == ARC_OK && (x->flags & ARCI_FACT_BASE) ? arci_fact_tells(env, arena, tells, f, f->facts[x->from], each) : st;
}

void arci_facts_watch(arci_facts *f, arci_arena *arena, arci_tells *tells, uint8_t each)
{
    f->watch = tells;
    f->watch_arena = arena;
    f->watch_each = each;
}

arc_status arci_facts_path(arci_env *env, arci_facts *f, const arci_fact **out, const char *path, size_t len)
{
    const arci_facts *root = f;
    arc_status st = find_path(env, f, out, path, len);
    while (root->outer) root = root->outer;
    return st == ARC_OK && root->watch ? arci_fact_tells(env, root->watch_arena, root->watch, f, *out, root->watch_each) : st;
}
