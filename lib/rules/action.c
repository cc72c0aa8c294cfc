/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of actions: each is handed to its kind. */
#include "rules/action_host.h"

#include <string.h>

#include "base/json_text.h"

typedef struct kept {
    struct kept *next;
    void *object;
    void (*drop)(arc_context *ctx, void *object);
} kept;

typedef struct action {
    const arci_action_kind *kind; /* NULL: not known, which was told */
    const char *type;
    void *program;
    arci_tells tells;
} action;

struct arci_actions {
    arc_context *ctx;
    arci_arena arena;
    kept *keeps;
    action *list;
    uint32_t n;
    arc_status first; /* fault */
};

const arci_action_kind *arci_action_find(const char *type, size_t len)
{
    for (uint32_t i = 0; i < arci_all_actions.n; i++) {
        const arci_action_kind *k = arci_all_actions.kinds[i];
        if (strlen(k->type) == len && memcmp(k->type, type, len) == 0) return k;
    }
    if (len > 5 && memcmp(type, "host.", 5) == 0) return &arci_action_host;
    return NULL;
}

/* ---- compiling ----------------------------------------------------------------------------------------------------------------- */

arci_arena *arci_action_arena(const arci_action_build *b) { return &b->list->arena; }

arc_status arci_action_keep(arci_action_build *b, void *object, void (*drop)(arc_context *ctx, void *object))
{
    kept *k = arci_arena_alloc(&b->list->arena, sizeof *k);
    if (!k) {
        drop(b->list->ctx, object);
        return arci_nomem(b->env);
    }
    *k = (kept){ b->list->keeps, object, drop };
    b->list->keeps = k;
    return ARC_OK;
}

arc_status arci_action_note(arci_action_build *b, arc_status st)
{
    if (st == ARC_OK || st == ARC_E_NOMEM || st == ARC_E_CANCELLED) return st;
    if (b->list->first == ARC_OK) b->list->first = st;
    return b->sink ? arci_fault_note(b->env, b->sink) : st;
}

arc_status arci_action_told(arci_action_build *b, arc_status st)
{
    if (st == ARC_OK || st == ARC_E_NOMEM || st == ARC_E_CANCELLED) return st;
    if (b->list->first == ARC_OK) b->list->first = st;
    return b->sink ? ARC_OK : st;
}

arc_status arci_action_wrong(arci_action_build *b, const arci_json *at, arc_status st, const char *en, const char *zh)
{
    return arci_action_note(b, arci_json_fail(b->env, at, st, "%s%.0s", "%.0s%s", en, zh));
}

void arci_action_lasts(arci_action_build *b, arci_tells *made)
{
    *made = (arci_tells){ NULL, 0, 0 };
    arci_facts_watch(b->facts, &b->list->arena, made, ARCI_TELL_EACH);
}

static int is_personal(const arci_custom *custom, const arci_tell *t)
{
    const arci_entity *e = arci_entity_by_name(t->entity, strlen(t->entity));
    const arci_field *f = arci_entity_field(e, t->field, strlen(t->field));
    const arci_custom_field *cf = f ? NULL : arci_custom_by_name(custom, e, t->field, strlen(t->field));
    return (f && (f->flags & ARCI_F_PERSONAL)) || (cf && (cf->flags & ARCI_CUSTOM_PERSONAL));
}

arc_status arci_action_lasted(arci_action_build *b, const arci_json *at, const arci_tells *made, arc_status st)
{
    arci_custom *custom = NULL;
    arci_facts_watch(b->facts, &b->list->arena, b->tells, ARCI_TELL_EACH);
    if (st == ARC_OK) st = arci_session_custom(b->env, b->t->session, &custom);
    for (uint32_t i = 0; i < made->n && st == ARC_OK; i++) {
        st = arci_tells_add(b->env, &b->list->arena, b->tells, made->list[i].entity, made->list[i].field, made->list[i].rows);
        if (st != ARC_OK || !is_personal(custom, &made->list[i])) continue;
        return arci_action_note(b, arci_json_fail(b->env, at, ARC_E_VALUE, "is kept for good and may not be made of personal data: %s.%s", "永久保存，不能由个人信息组成：%s.%s", made->list[i].entity, made->list[i].field));
    }
    return st;
}

/* What these make is a document or a record that never changes. */
static int makes_lasting(const char *type)
{
    static const char *const types[] = { "level", "flag", "hold", "receivable", "fee", "interest" };
    size_t i = 0;
    while (i < sizeof types / sizeof types[0] && strcmp(types[i], type) != 0) i++;
    return i < sizeof types / sizeof types[0];
}

static arc_status no_such(arci_action_build *b, const arci_json *type)
{
    return arci_action_note(b, arci_json_fail(b->env, type, ARC_E_NOT_FOUND, "there is no action %.60s", "没有动作 %.60s", type->s));
}

static arc_status take_action(arci_action_build *b, const arci_json *node, action *a)
{
    const arci_json empty = { .type = ARCI_JSON_OBJECT, .key = "params", .key_len = 6, .parent = (arci_json *)(uintptr_t)node };
    if (node->type != ARCI_JSON_OBJECT) return arci_action_wrong(b, node, ARC_E_VALUE, "an action is an object", "动作须为对象");
    const arci_json *type = arci_json_get(node, "type"), *params = arci_json_get(node, "params");
    arc_status st = ARC_OK;
    for (const arci_json *m = node->child; m && st == ARC_OK; m = m->next) {
        if (m != type && m != params) st = arci_action_wrong(b, m, ARC_E_NOT_FOUND, "no such member", "没有该成员");
    }
    if (st != ARC_OK) return st;
    if (!type || type->type != ARCI_JSON_STRING) return arci_action_wrong(b, type ? type : node, type ? ARC_E_VALUE : ARC_E_REQUIRED, "needs a type", "须有 type");
    if (params && params->type != ARCI_JSON_OBJECT) return arci_action_wrong(b, params, ARC_E_VALUE, "params is an object", "params 须为对象");
    const arci_action_kind *kind = arci_action_find(type->s, type->len);
    if (!kind) return no_such(b, type);
    a->kind = kind;
    a->type = b->type = arci_arena_strndup(&b->list->arena, type->s, type->len);
    if (!a->type) return arci_nomem(b->env);
    arci_tells made;
    int lasts = makes_lasting(a->type);
    b->tells = &a->tells;
    if (lasts) arci_action_lasts(b, &made);
    else arci_facts_watch(b->facts, &b->list->arena, &a->tells, ARCI_TELL_EACH);
    st = kind->compile(b, params ? params : &empty, &a->program);
    if (lasts) st = arci_action_lasted(b, params ? params : node, &made, st);
    arci_facts_watch(b->facts, NULL, NULL, 0);
    return st;
}

static arc_status take_list(arci_action_build *b, const arci_json *then)
{
    arc_status st = ARC_OK;
    if (then->type != ARCI_JSON_ARRAY) return arci_action_wrong(b, then, ARC_E_VALUE, "is a list of actions", "须为动作列表");
    if (then->n > ARCI_ACTIONS_MAX) return arci_action_wrong(b, then, ARC_E_LIMIT, "at most 50 actions in a step", "每一步最多 50 个动作");
    b->list->list = arci_arena_calloc(&b->list->arena, then->n + 1u, sizeof *b->list->list);
    if (!b->list->list) return arci_nomem(b->env);
    for (const arci_json *m = then->child; m && st == ARC_OK; m = m->next) st = take_action(b, m, &b->list->list[b->list->n++]);
    return st;
}

arc_status arci_actions_compile(arci_action_build *b, arci_actions **out, const arci_json *then)
{
    arci_actions *a = arci_calloc(b->env->ctx, 1, sizeof *a);
    *out = NULL;
    if (!a) return arci_nomem(b->env);
    a->ctx = b->env->ctx;
    arci_arena_init(&a->arena, a->ctx);
    b->list = a;
    arc_status st = take_list(b, then);
    if (st == ARC_OK) st = a->first;
    b->list = NULL;
    if (st == ARC_OK) *out = a;
    else arci_actions_free(a);
    return st;
}

void arci_actions_free(arci_actions *a)
{
    if (!a) return;
    for (kept *k = a->keeps; k; k = k->next) k->drop(a->ctx, k->object);
    arci_arena_clear(&a->arena);
    arci_free(a->ctx, a);
}

uint32_t arci_actions_n(const arci_actions *a) { return a ? a->n : 0; }
const char *arci_actions_type(const arci_actions *a, uint32_t i) { return a->list[i].type; }
const arci_tells *arci_actions_tells(const arci_actions *a, uint32_t i) { return &a->list[i].tells; }

/* ---- running -------------------------------------------------------------------------------------------------------------------- */

arc_status arci_actions_resolve(arci_action_run *r, const arci_actions *a, uint32_t i, const arc_value *row, arci_str *params)
{
    r->type = a->list[i].type;
    arc_status st = a->list[i].kind->resolve(r, a->list[i].program, row, params);
    return st == ARC_OK && params->failed ? arci_nomem(r->env) : st;
}

arc_status arci_action_tells(arci_action_run *r, const char *entity, const char *field, uint8_t rows)
{
    return r->tells ? arci_tells_add(r->env, r->arena, r->tells, entity, field, rows) : ARC_OK;
}

/* What the facts have to answer for; the rest is the machine's. */
int arci_action_is_fault(arc_status st)
{
    switch (st) {
    case ARC_E_REQUIRED: case ARC_E_VALUE: case ARC_E_CURRENCY: case ARC_E_PRECISION: case ARC_E_RANGE: case ARC_E_OVERFLOW: case ARC_E_DIVIDE: case ARC_E_CALENDAR:
    case ARC_E_LIMIT: case ARC_E_NOT_FOUND: case ARC_E_REFERENCE: case ARC_E_STATE: case ARC_E_ENCODING:
        return 1;
    default: return 0;
    }
}

arc_status arci_action_apply(arci_action_do *d, const char *type, const arci_json *params, arci_str *result)
{
    const arci_json *suppressed = arci_json_get(params, "suppressed");
    const arci_action_kind *kind = arci_action_find(type, strlen(type));
    if (!kind) return arci_fail(d->env, ARC_E_UNSUPPORTED, "there is no action %.60s here", "此处没有动作 %.60s", type);
    if (suppressed && suppressed->type == ARCI_JSON_STRING && kind != &arci_action_host) { /* a host's parameters are its own */
        arci_str_puts(result, "{\"suppressed\":\"");
        arci_str_add(result, suppressed->s, suppressed->len); /* a code of ours */
        arci_str_putc(result, '"');
        const arci_json *why = arci_json_get(params, "why");
        if (why && why->type == ARCI_JSON_OBJECT) {
            arci_str_puts(result, ",\"why\":");
            arci_json_put_node(result, why);
        }
        arci_str_putc(result, '}');
        return result->failed ? arci_nomem(d->env) : ARC_OK;
    }
    d->type = type;
    arc_status st = kind->apply(d, params, result);
    return st == ARC_OK && result->failed ? arci_nomem(d->env) : st;
}

/* ---- the schema -------------------------------------------------------------------------------------------------------------------- */

typedef struct text {
    char *buf;
    size_t cap, n;
} text;

static void put(text *t, const char *s)
{
    size_t n = strlen(s);
    if (t->n + n < t->cap) memcpy(t->buf + t->n, s, n + 1);
    t->n += n;
}

static void put_kind(text *t, const arci_action_kind *k)
{
    put(t, "{\"type\":\"object\",\"title\":\"");
    put(t, k->label_en);
    put(t, "\",\"x-title-zh\":\"");
    put(t, k->label_zh);
    put(t, "\",\"properties\":{\"type\":{\"const\":\"");
    put(t, k->type);
    put(t, "\"},\"params\":");
    put(t, k->schema);
    put(t, "},\"required\":[\"type\"],\"additionalProperties\":false}");
}

size_t arci_actions_schema(char *buf, size_t cap)
{
    text t = { buf, cap, 0 };
    put(&t, "{\"type\":\"array\",\"maxItems\":50,\"items\":{\"oneOf\":[");
    for (uint32_t i = 0; i < arci_all_actions.n; i++) {
        if (i) put(&t, ",");
        put_kind(&t, arci_all_actions.kinds[i]);
    }
    put(&t, ",{\"type\":\"object\",\"title\":\"Action of the host\",\"x-title-zh\":\"主机动作\",\"properties\":{\"type\":{\"type\":\"string\",\"pattern\":\"^host[.][a-z0-9_.]+$\"},"
            "\"params\":{\"type\":\"object\"}},\"required\":[\"type\"],\"additionalProperties\":false}");
    put(&t, "]}}");
    return t.n;
}
