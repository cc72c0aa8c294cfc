/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of a view model. */
#include "rules/view.h"

#include <string.h>

#include "arcore/money.h"
#include "base/json_out.h"
#include "rules/view_impl.h"

static const char *const type_names[] = { "object", "list", "text", "integer", "decimal", "money", "date", "boolean" };

const char *arci_view_type_name(uint8_t type) { return type_names[type]; }

const arci_view_ending arci_view_endings[] = {
    { "_plain", ARCI_VIEW_MONEY, ARCI_AS_NUMBER }, { "_code", ARCI_VIEW_MONEY, ARCI_AS_CODE },     { "_cn", ARCI_VIEW_MONEY, ARCI_AS_CAPITAL },
    { "_is_zero", ARCI_VIEW_MONEY, ARCI_AS_IS_ZERO }, { "_long", ARCI_VIEW_DATE, ARCI_AS_LONG },   { "_iso", ARCI_VIEW_DATE, ARCI_AS_ISO },
    { "_plural", ARCI_VIEW_INTEGER, ARCI_AS_PLURAL }, { NULL, 0, 0 },
};

typedef struct reader {
    arci_env *env;
    arci_arena *arena;
    arci_fault_sink *sink;
    uint32_t n; /* fields so far */
} reader;

static arc_status note(reader *r, arc_status st)
{
    if (st == ARC_OK || st == ARC_E_NOMEM || !r->sink) return st;
    arci_fault_code(r->env);
    return arci_fault_note(r->env, r->sink);
}

static arc_status wrong(reader *r, const arci_json *at, arc_status st, const char *en, const char *zh)
{
    return note(r, arci_json_fail(r->env, at, st, "%s%.0s", "%.0s%s", en, zh));
}

static int good_name(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (i && c >= '0' && c <= '9'))) return 0;
    }
    return n > 0 && n <= 64;
}

static arc_status read_members(reader *r, const arci_json *node, uint32_t depth, arci_view_field *parent);

static arc_status take_type(reader *r, const arci_json *node, arci_view_field *f)
{
    const arci_json *type = node->type == ARCI_JSON_STRING ? node : arci_json_get(node, "type");
    if (!type || type->type != ARCI_JSON_STRING) return wrong(r, node, ARC_E_REQUIRED, "needs a type", "须有 type");
    for (uint8_t i = 0; i < sizeof type_names / sizeof type_names[0]; i++) {
        if (strcmp(type->s, type_names[i]) != 0) continue;
        f->type = i;
        return ARC_OK;
    }
    return wrong(r, type, ARC_E_VALUE, "is object, list, text, integer, decimal, money, date or boolean", "须为 object、list、text、integer、decimal、money、date 或 boolean");
}

static arc_status read_field(reader *r, const arci_json *node, uint32_t depth, arci_view_field *f);

static arc_status take_element(reader *r, const arci_json *m, uint32_t depth, arci_view_field *f)
{
    arci_view_field *of = arci_arena_calloc(r->arena, 1, sizeof *of);
    if (!of) return arci_nomem(r->env);
    of->name = f->name;
    of->name_len = f->name_len;
    f->of = of;
    return read_field(r, m, depth + 1, of);
}

static arc_status take_member(reader *r, const arci_json *m, uint32_t depth, arci_view_field *f)
{
    if (strcmp(m->key, "type") == 0 || strcmp(m->key, "description") == 0) return ARC_OK;
    if (strcmp(m->key, "nullable") == 0) {
        f->nullable = m->type == ARCI_JSON_TRUE;
        return f->nullable || m->type == ARCI_JSON_FALSE ? ARC_OK : wrong(r, m, ARC_E_VALUE, "is true or false", "须为 true 或 false");
    }
    if (strcmp(m->key, "currency") == 0 && f->type == ARCI_VIEW_MONEY) {
        if (m->type != ARCI_JSON_STRING || !m->len) return wrong(r, m, ARC_E_VALUE, "is the name of a member, or a currency", "须为成员名或币种");
        f->currency = arci_arena_strndup(r->arena, m->s, m->len);
        return f->currency ? ARC_OK : arci_nomem(r->env);
    }
    if (strcmp(m->key, "members") == 0 && f->type == ARCI_VIEW_OBJECT) return read_members(r, m, depth, f);
    if (strcmp(m->key, "of") == 0 && f->type == ARCI_VIEW_LIST) return take_element(r, m, depth, f);
    return wrong(r, m, ARC_E_NOT_FOUND, "no such member for this type", "该类型没有此成员");
}

static arc_status read_field(reader *r, const arci_json *node, uint32_t depth, arci_view_field *f)
{
    if (++r->n > ARCI_VIEW_FIELDS) return wrong(r, node, ARC_E_LIMIT, "the view has too many fields", "视图字段过多");
    if (depth > ARCI_VIEW_DEPTH) return wrong(r, node, ARC_E_LIMIT, "nested too deeply", "嵌套过深");
    uint32_t before = r->sink ? r->sink->n : 0;
    arc_status st = take_type(r, node, f);
    if (st != ARC_OK || (r->sink && r->sink->n > before)) return st;
    for (const arci_json *m = node->type == ARCI_JSON_OBJECT ? node->child : NULL; m && st == ARC_OK; m = m->next) st = take_member(r, m, depth, f);
    if (st != ARC_OK) return st;
    if (r->sink && r->sink->n > before) return ARC_OK;
    if (f->type == ARCI_VIEW_OBJECT && !f->members) return wrong(r, node, ARC_E_REQUIRED, "an object needs members", "object 须有 members");
    if (f->type == ARCI_VIEW_LIST && !f->of) return wrong(r, node, ARC_E_REQUIRED, "a list needs of, what its elements are", "list 须有 of");
    return ARC_OK;
}

static arc_status read_members(reader *r, const arci_json *node, uint32_t depth, arci_view_field *parent)
{
    arc_status st = ARC_OK;
    uint32_t n = 0;
    if (node->type != ARCI_JSON_OBJECT || !node->n) return wrong(r, node, ARC_E_VALUE, "is an object of fields", "须为字段组成的对象");
    arci_view_field *all = arci_arena_calloc(r->arena, node->n, sizeof *all);
    if (!all) return arci_nomem(r->env);
    parent->members = all;
    for (const arci_json *m = node->child; m && st == ARC_OK; m = m->next) {
        arci_view_field *f = &all[n];
        if (!good_name(m->key, m->key_len)) {
            st = wrong(r, m, ARC_E_VALUE, "a name is of letters, digits and _", "名称只能含字母、数字与 _");
            continue;
        }
        f->name = arci_arena_strndup(r->arena, m->key, m->key_len);
        if (!f->name) return arci_nomem(r->env);
        f->name_len = m->key_len;
        parent->n_members = ++n;
        st = read_field(r, m, depth + 1, f);
    }
    return st;
}

arc_status arci_view_read(arci_env *env, arci_arena *arena, const arci_json *node, arci_fault_sink *sink, const arci_view_field **out)
{
    reader r = { env, arena, sink, 0 };
    arci_view_field *root = arci_arena_calloc(arena, 1, sizeof *root);
    if (!root) return arci_nomem(env);
    root->name = "";
    root->type = ARCI_VIEW_OBJECT;
    *out = root;
    return read_members(&r, node, 0, root);
}

/* ---- its names --------------------------------------------------------------------------------------------------------------- */

static int put_name(cJSON *out, const char *path, const char *ending, const char *type, int nullable)
{
    char name[1024];
    size_t n = strlen(path), k = strlen(ending);
    if (n + k >= sizeof name) return 1;
    memcpy(name, path, n);
    memcpy(name + n, ending, k + 1);
    cJSON *o = arci_jo_object(out, NULL);
    return o && arci_jo_text(o, "name", name, n + k) && arci_jo_text(o, "type", type, strlen(type)) && arci_jo_bool(o, "nullable", nullable);
}

static int put_field(cJSON *out, const arci_view_field *f, char *path, size_t n);

static int put_members(cJSON *out, const arci_view_field *f, char *path, size_t n)
{
    int ok = 1;
    for (uint32_t i = 0; ok && i < f->n_members; i++) ok = put_field(out, &f->members[i], path, n);
    return ok;
}

static int put_field(cJSON *out, const arci_view_field *f, char *path, size_t n)
{
    size_t len = n + (n ? 1 : 0) + f->name_len;
    if (len >= 900) return 1;
    if (n) path[n] = '.';
    memcpy(path + len - f->name_len, f->name, f->name_len);
    path[len] = 0;
    int ok = put_name(out, path, "", type_names[f->type], f->nullable);
    for (const arci_view_ending *e = arci_view_endings; ok && e->text; e++) {
        if (e->type == f->type) ok = put_name(out, path, e->text, e->as == ARCI_AS_IS_ZERO ? "boolean" : "text", f->nullable);
    }
    if (ok && f->type == ARCI_VIEW_OBJECT) ok = put_members(out, f, path, len);
    if (ok && f->type == ARCI_VIEW_LIST && f->of->type == ARCI_VIEW_OBJECT) ok = put_members(out, f->of, path, len);
    return ok;
}

int arci_view_names(cJSON *out, const arci_view_field *view)
{
    char path[1024] = "";
    return put_members(out, view, path, 0);
}
