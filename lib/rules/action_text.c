/* SPDX-License-Identifier: Apache-2.0 */
/* Texts inside of actions: Mustache whose tags name facts. The view such a text needs follows from its tags and the facts they name; then it is bound
 * like any template. */
#include <string.h>

#include "base/json_out.h"
#include "rules/action_fill.h"
#include "rules/view_impl.h"

#define MAX_TEXT ((size_t)64 << 10)
#define MAX_NAME 300u

struct arci_text {
    arci_must must;
    const arci_view_field *view; /* NULL: it has no tags */
    arci_fill *fill;
};

/* Sections that are open: of a list with the facts of an element, else with none. */
typedef struct frame {
    arci_facts *facts; /* NULL: names are looked for further out */
    cJSON *members;
} frame;

typedef struct scan {
    arci_action_build *b;
    const arci_json *at;
    const arci_must_program *p;
    frame frames[ARCI_MUST_SECTIONS + 1];
    uint32_t n;
} scan;

static arc_status no_partials(void *user, const char *name, size_t n, const char **text, size_t *len)
{
    (void)user;
    (void)name;
    (void)n;
    (void)len;
    *text = NULL;
    return ARC_OK;
}

static arc_status wrong(scan *s, const arci_must_op *op, arc_status st, const char *en, const char *zh)
{
    char pointer[sizeof s->b->env->err->pointer];
    arci_must_fail(s->b->env, s->p, op, st, en, zh);
    arci_json_pointer(s->at, pointer, sizeof pointer);
    arci_fail_pointer(s->b->env, pointer);
    return arci_action_note(s->b, st);
}

/* ---- the view a text needs ------------------------------------------------------------------------------------------------------------ */

static const char *type_of(const arci_fact *f)
{
    switch (f->type) {
    case ARCI_FACT_BOOL: return "boolean";
    case ARCI_FACT_INT: return "integer";
    case ARCI_FACT_DECIMAL: return "decimal";
    case ARCI_FACT_MONEY: return "money";
    case ARCI_FACT_DATE: return "date";
    case ARCI_FACT_STAMP:
    case ARCI_FACT_ENUM:
    case ARCI_FACT_TEXT: return "text";
    case ARCI_FACT_LIST: return "list";
    default: return NULL;
    }
}

/* Puts a name into the members it belongs to. 1 done, 0 no memory, -1: another tag uses a part of it otherwise. */
static int add_name(cJSON *members, const char *path, size_t len, const char *type, int nullable, cJSON **out)
{
    cJSON *m;
    for (size_t from = 0, to;; from = to + 1) {
        char name[MAX_NAME];
        for (to = from; to < len && path[to] != '.'; to++) name[to - from] = path[to];
        name[to - from] = 0;
        m = cJSON_GetObjectItemCaseSensitive(members, name);
        int had = m != NULL;
        if (!m) m = arci_jo_object(members, name);
        if (!m) return 0;
        if (to == len && had) break;
        if (to == len) return (*out = m, arci_jo_text(m, "type", type, strlen(type)) && (!nullable || arci_jo_bool(m, "nullable", 1)));
        cJSON *deeper = cJSON_GetObjectItemCaseSensitive(m, "members");
        if (had && !deeper) return -1;
        if (!deeper && (!arci_jo_text(m, "type", "object", 6) || (deeper = arci_jo_object(m, "members")) == NULL)) return 0;
        members = deeper;
    }
    *out = m;
    const cJSON *is = cJSON_GetObjectItemCaseSensitive(m, "type");
    return is && strcmp(is->valuestring, type) == 0 ? 1 : -1;
}

/* The fact a tag means: as it is written, or without the ending that says how it is printed. */
static arc_status find(scan *s, arci_facts *facts, const char *name, size_t *len, const arci_fact **fact)
{
    arc_status st = arci_facts_path(s->b->env, facts, fact, name, *len);
    for (const arci_view_ending *e = arci_view_endings; st != ARC_OK && st != ARC_E_NOMEM && e->text; e++) {
        size_t n = strlen(e->text);
        if (*len <= n || memcmp(name + *len - n, e->text, n) != 0) continue;
        st = arci_facts_path(s->b->env, facts, fact, name, *len - n);
        if (st == ARC_OK) *len -= n;
    }
    return st;
}

static arc_status added(scan *s, const arci_must_op *op, int how)
{
    if (how == 1) return ARC_OK;
    return how ? wrong(s, op, ARC_E_VALUE, "another tag uses this name otherwise", "同名标签用法不一致") : arci_nomem(s->b->env);
}

static arc_status take_name(scan *s, const arci_must_op *op, cJSON **out, const arci_fact **fact)
{
    static const char *const types[] = { "object", "list", "text", "integer", "decimal", "money", "date", "boolean" };
    char name[MAX_NAME];
    size_t len = 0;
    uint8_t type = 0;
    *out = NULL;
    *fact = NULL;
    for (uint32_t i = 0; i < op->n_parts; i++) {
        if (len + op->parts[i].len + 2 > sizeof name) return wrong(s, op, ARC_E_LIMIT, "the name is too long", "名称过长");
        if (i) name[len++] = '.';
        memcpy(name + len, op->parts[i].s, op->parts[i].len);
        len += op->parts[i].len;
    }
    name[len] = 0;
    for (uint32_t k = s->n; k-- > 0;) {
        size_t n = len;
        if (!s->frames[k].facts) continue;
        arc_status st = find(s, s->frames[k].facts, name, &n, fact);
        if (st == ARC_E_NOMEM) return st;
        if (st != ARC_OK) continue;
        const char *is = type_of(*fact);
        if (!is) return wrong(s, op, ARC_E_VALUE, "a reference or a choice is not printed: name a field of it", "引用或多选不能直接输出：请指明其字段");
        return added(s, op, add_name(s->frames[k].members, name, n, is, ((*fact)->flags & ARCI_FACT_NULLABLE) != 0, out));
    }
    *fact = NULL;
    int special = arci_fill_special(name, len, &type);
    if (special) return added(s, op, add_name(s->frames[0].members, name, len, types[type], special == ARCI_SPECIAL_RECIPIENT, out));
    return wrong(s, op, ARC_E_NOT_FOUND, "the subject has no such field", "对象没有该字段");
}

static arc_status open_section(scan *s, const arci_must_op *op)
{
    cJSON *node = NULL, *of, *members;
    const arci_fact *fact = NULL;
    arc_status st = op->n_parts ? take_name(s, op, &node, &fact) : ARC_OK;
    frame *f = &s->frames[s->n++];
    f->facts = NULL;
    f->members = NULL;
    if (st != ARC_OK || !fact || fact->type != ARCI_FACT_LIST || !node || op->kind != ARCI_MUST_SECTION) return st;
    of = cJSON_GetObjectItemCaseSensitive(node, "of");
    members = of ? cJSON_GetObjectItemCaseSensitive(of, "members") : NULL;
    if (!members) {
        if ((of = arci_jo_object(node, "of")) == NULL || !arci_jo_text(of, "type", "object", 6) || (members = arci_jo_object(of, "members")) == NULL ||
            !arci_jo_text(members, "id", "integer", 7))
            return arci_nomem(s->b->env);
    }
    f->facts = fact->elements;
    f->members = members;
    return ARC_OK;
}

static arc_status scan_all(scan *s)
{
    arc_status st = ARC_OK;
    cJSON *node;
    const arci_fact *fact;
    for (uint32_t i = 0; i < s->p->n && st == ARC_OK; i++) {
        const arci_must_op *op = &s->p->ops[i];
        if (op->kind == ARCI_MUST_END) s->n--;
        else if (op->kind == ARCI_MUST_SECTION || op->kind == ARCI_MUST_INVERTED) st = open_section(s, op);
        else if (op->kind == ARCI_MUST_VALUE && op->n_parts) st = take_name(s, op, &node, &fact);
    }
    return st;
}

/* A list that is only asked whether it is empty: its elements are something all the same. */
static int complete(cJSON *members)
{
    for (cJSON *m = members->child; m; m = m->next) {
        const cJSON *type = cJSON_GetObjectItemCaseSensitive(m, "type");
        cJSON *deeper = cJSON_GetObjectItemCaseSensitive(m, "members"), *of = cJSON_GetObjectItemCaseSensitive(m, "of");
        if (deeper && !complete(deeper)) return 0;
        if (of && cJSON_IsObject(of) && !complete(cJSON_GetObjectItemCaseSensitive(of, "members"))) return 0;
        if (!type || strcmp(type->valuestring, "list") != 0 || of) continue;
        if ((of = arci_jo_object(m, "of")) == NULL || !arci_jo_text(of, "type", "object", 6) || (deeper = arci_jo_object(of, "members")) == NULL ||
            !arci_jo_text(deeper, "id", "integer", 7))
            return 0;
    }
    return 1;
}

static arc_status bind(scan *s, arci_text *x, cJSON *root)
{
    arci_action_build *b = s->b;
    arci_str json;
    arci_json *node;
    arc_status st;
    if (!root->child) return ARC_OK; /* no tags */
    arci_str_init(&json, b->env->ctx);
    int ok = complete(root) && arci_jo_print(root, 0, &json);
    st = ok ? arci_json_parse(b->env, arci_action_arena(b), json.s, json.len, &arci_json_definition_limits, &node) : arci_nomem(b->env);
    arci_str_clear(&json);
    if (st == ARC_OK) st = arci_view_read(b->env, arci_action_arena(b), node, NULL, &x->view);
    if (st != ARC_OK) return st;
    const arci_view_bind bind = { b->env, arci_action_arena(b), b->sink, s->at, x->view, NULL, NULL };
    st = arci_action_told(b, arci_view_bind_all(&bind, &x->must));
    return st == ARC_OK ? arci_fill_compile(b, x->view, NULL, s->at, &x->fill) : st;
}

arc_status arci_text_compile(arci_action_build *b, const arci_json *at, arci_text **out)
{
    char pointer[sizeof b->env->err->pointer];
    scan s = { .b = b, .at = at, .n = 1 };
    arci_text *x = arci_arena_calloc(arci_action_arena(b), 1, sizeof *x);
    *out = NULL;
    if (!x) return arci_nomem(b->env);
    arc_status st = arci_must_compile(b->env, arci_action_arena(b), &x->must, at->s, at->len, no_partials, NULL, ARCI_MUST_EACH);
    if (st == ARC_E_NOMEM) return st;
    if (st != ARC_OK) {
        arci_json_pointer(at, pointer, sizeof pointer);
        arci_fail_pointer(b->env, pointer);
        return arci_action_note(b, st);
    }
    cJSON *root = arci_jo_object(NULL, NULL);
    if (!root) return arci_nomem(b->env);
    s.p = &x->must.programs[0];
    s.frames[0] = (frame){ b->facts, root };
    uint32_t before = b->sink ? b->sink->n : 0;
    st = scan_all(&s);
    if (st == ARC_OK && (!b->sink || b->sink->n == before)) st = bind(&s, x, root);
    cJSON_Delete(root);
    if (st == ARC_OK && (!b->sink || b->sink->n == before)) *out = x;
    return st;
}

arc_status arci_text_write(arci_action_run *r, const arci_text *x, const arc_value *row, const arci_locale *locale, arci_str *out)
{
    static const arci_json nothing = { .type = ARCI_JSON_OBJECT };
    const arci_fill_for reader = { locale, NULL };
    arci_json *view = NULL;
    arci_must_run run; /* its frames are set one by one */
    arci_str json;
    arc_status st = ARC_OK;
    arci_str_init(&json, r->env->ctx);
    if (x->fill) {
        st = arci_fill_put(r, x->fill, row, &reader, &json);
        if (st == ARC_OK && json.failed) st = arci_nomem(r->env);
        if (st == ARC_OK) st = arci_json_parse(r->env, r->arena, json.s, json.len, &arci_json_default_limits, &view);
    }
    arci_str_clear(&json);
    if (st != ARC_OK) return st;
    run.env = r->env;
    run.must = &x->must;
    run.out = out;
    run.most = MAX_TEXT;
    run.escape = ARCI_ESCAPE_NONE;
    run.locale = locale ? locale : arci_locale_find("en", 2);
    return arci_must_render(&run, view ? view : &nothing);
}
