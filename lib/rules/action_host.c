/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of actions that the host has given a book handle, by their names. */
#include "rules/action_host.h"

#include <string.h>

#include "arcore/action.h"
#include "base/json_text.h"

#define MAX_KINDS 200u
#define MAX_LABEL 100u
#define RESULT_MAX 4000u
#define KEY_MAX 201u

typedef struct host_kind {
    const char *type, *label_en, *label_zh;
    const arci_json *schema; /* NULL: any object */
    arc_action_fn apply;
    void *user;
} host_kind;

typedef struct host_kinds {
    arci_arena arena;
    host_kind *list;
    uint32_t n;
} host_kinds;

arc_status arc_action_kind_init(arc_action_kind *kind)
{
    static const arc_action_kind init = ARC_ACTION_KIND_INIT;
    if (!kind) return ARC_E_INVALID;
    *kind = init;
    return ARC_OK;
}

static void drop_kinds(arc_context *ctx, void *object)
{
    host_kinds *k = object;
    arci_arena_clear(&k->arena);
    arci_free(ctx, k);
}

static const host_kind *find(const arci_book *b, const char *type)
{
    const host_kinds *k = b->host_actions.p;
    for (uint32_t i = 0; k && i < k->n; i++) {
        if (strcmp(k->list[i].type, type) == 0) return &k->list[i];
    }
    return NULL;
}

/* ---- registering ------------------------------------------------------------------------------------------------------------------ */

static int good_type(const char *s)
{
    size_t n = strlen(s);
    if (n < 6 || n > ARCI_ACTION_TYPE_MAX || memcmp(s, "host.", 5) != 0) return 0;
    for (size_t i = 5; i < n; i++) {
        if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '_' || s[i] == '.')) return 0;
    }
    return 1;
}

static arc_status check_label(arci_env *env, const char *s)
{
    size_t n = strlen(s);
    if (n > MAX_LABEL) return arci_fail(env, ARC_E_LIMIT, "a label has at most %u bytes", "名称最多 %u 字节", MAX_LABEL);
    return arci_utf8_check(s, n) == n ? ARC_OK : arci_fail(env, ARC_E_ENCODING, "a label is not valid UTF-8", "名称不是有效的 UTF-8");
}

static arc_status check_kind(arci_env *env, const arci_book *b, const arc_action_kind *k)
{
    const host_kinds *had = b->host_actions.p;
    if (k->flags || !k->type || !k->label_en || !k->label_en[0] || !k->apply) return arci_fail(env, ARC_E_INVALID, "type, label_en or apply is missing, or an unknown flag", "缺少 type、label_en 或 apply，或标志未知");
    if (b->txn) return arci_fail(env, ARC_E_TXN, "a transaction is open on the book", "账簿上有未结束的事务");
    if (!good_type(k->type)) return arci_fail(env, ARC_E_VALUE, "a type is \"host.\" and 1 to 35 of a-z 0-9 _ .", "类型须为 host. 加 1 至 35 个 a-z 0-9 _ .");
    if (find(b, k->type)) return arci_fail(env, ARC_E_EXISTS, "there is a kind %s already", "已有动作 %s", k->type);
    if (had && had->n >= MAX_KINDS) return arci_fail(env, ARC_E_LIMIT, "at most %u kinds", "最多 %u 种动作", MAX_KINDS);
    arc_status st = check_label(env, k->label_en);
    return st == ARC_OK && k->label_zh ? check_label(env, k->label_zh) : st;
}

static arc_status keep_kind(arci_env *env, host_kinds *all, const arc_action_kind *k)
{
    arci_json *schema = NULL;
    host_kind *list = arci_arena_calloc(&all->arena, all->n + 1u, sizeof *list);
    if (!list) return arci_nomem(env);
    if (all->n) memcpy(list, all->list, all->n * sizeof *list);
    host_kind *own = &list[all->n];
    arc_status st = k->schema ? arci_json_parse(env, &all->arena, k->schema, strlen(k->schema), &arci_json_definition_limits, &schema) : ARC_OK;
    if (st == ARC_OK && schema && schema->type != ARCI_JSON_OBJECT) st = arci_fail(env, ARC_E_VALUE, "a schema is a JSON object", "schema 须为 JSON 对象");
    if (st != ARC_OK) return st;
    own->type = arci_arena_strndup(&all->arena, k->type, strlen(k->type));
    own->label_en = arci_arena_strndup(&all->arena, k->label_en, strlen(k->label_en));
    own->label_zh = k->label_zh ? arci_arena_strndup(&all->arena, k->label_zh, strlen(k->label_zh)) : own->label_en;
    if (!own->type || !own->label_en || !own->label_zh) return arci_nomem(env);
    own->schema = schema;
    own->apply = k->apply;
    own->user = k->user;
    all->list = list;
    all->n++;
    return ARC_OK;
}

static arc_status take_kind(arci_env *env, arci_book *b, const arc_action_kind *kind)
{
    arc_action_kind k = ARC_ACTION_KIND_INIT;
    arc_status st = kind ? arci_struct_in(env, &k, sizeof k, kind) : arci_fail(env, ARC_E_INVALID, "kind is NULL", "kind 为 NULL");
    if (st == ARC_OK) st = check_kind(env, b, &k);
    if (st != ARC_OK) return st;
    if (!b->host_actions.p) {
        host_kinds *made = arci_calloc(b->ctx, 1, sizeof *made);
        if (!made) return arci_nomem(env);
        arci_arena_init(&made->arena, b->ctx);
        b->host_actions.p = made;
        b->host_actions.free = drop_kinds;
    }
    st = keep_kind(env, b->host_actions.p, &k);
    if (st == ARC_OK) arci_caches_free(b); /* rules that were broken for want of it are read again */
    return st;
}

arc_status arc_action_register(arc_book *book, const arc_action_kind *kind)
{
    arci_book *b;
    arc_status st = arci_book_enter(book, &b);
    return st == ARC_OK ? arci_book_leave(b, take_kind(&b->env, b, kind)) : st;
}

/* ---- the kind ----------------------------------------------------------------------------------------------------------------------- */

/* What a schema says of names. */
static arc_status check_names(arci_action_build *b, const arci_json *schema, const arci_json *params)
{
    const arci_json *required = arci_json_get(schema, "required"), *names = arci_json_get(schema, "properties"), *more = arci_json_get(schema, "additionalProperties");
    arc_status st = ARC_OK;
    for (const arci_json *m = params->child; m && st == ARC_OK; m = m->next) {
        if (more && more->type == ARCI_JSON_FALSE && !arci_json_get(names, m->key)) st = arci_action_wrong(b, m, ARC_E_NOT_FOUND, "this action has no such parameter", "该动作没有此参数");
    }
    for (const arci_json *m = required && required->type == ARCI_JSON_ARRAY ? required->child : NULL; m && st == ARC_OK; m = m->next) {
        if (m->type == ARCI_JSON_STRING && !arci_json_get(params, m->s)) st = arci_action_note(b, arci_json_fail(b->env, params, ARC_E_REQUIRED, "%.60s is required", "%.60s 为必填项", m->s));
    }
    return st;
}

static arc_status compile(arci_action_build *b, const arci_json *params, void **program)
{
    const host_kind *k = find(b->t->book, b->type);
    arci_data *data = NULL;
    *program = NULL;
    if (!k) {
        const arci_json *type = arci_json_get(params->parent, "type");
        return arci_action_note(b, arci_json_fail(b->env, type ? type : params, ARC_E_NOT_FOUND, "the host has given this book no action %.60s", "主机没有为此账簿提供动作 %.60s", b->type));
    }
    arc_status st = k->schema ? check_names(b, k->schema, params) : ARC_OK;
    if (st == ARC_OK) st = arci_data_compile(b, params, &data);
    *program = data;
    return st;
}

static arc_status resolve(arci_action_run *r, const void *program, const arc_value *row, arci_str *params) { return arci_data_put(r, program, row, params); }

static arc_status take_result(arci_action_do *d, const char *text, size_t n, arci_str *result)
{
    arci_json *root;
    if (!n) {
        arci_str_puts(result, "{}");
        return ARC_OK;
    }
    arc_status st = arci_json_parse(d->env, d->arena, text, n, &arci_json_default_limits, &root);
    if (st == ARC_OK && root->type != ARCI_JSON_OBJECT) st = arci_fail(d->env, ARC_E_VALUE, "the result of a host's action is a JSON object", "主机动作的结果须为 JSON 对象");
    if (st == ARC_OK) arci_json_put_node(result, root);
    return st;
}

static arc_status apply(arci_action_do *d, const arci_json *params, arci_str *result)
{
    const host_kind *k = find(d->t->book, d->type);
    arc_action_call call = { .struct_size = (uint32_t)sizeof call, .seq = d->seq, .type = d->type, .rule = d->rule, .mark = d->mark, .entity = d->subject->name, .row = d->row,
                             .customer = d->customer, .revision = d->revision, .level = d->level, .as_of = d->as_of, .effective_date = d->effective };
    char key[KEY_MAX], buf[RESULT_MAX];
    size_t n = sizeof buf;
    arci_str json;
    if (!k) return arci_fail(d->env, ARC_E_REFERENCE, "the host has given this book no action %.60s", "主机没有为此账簿提供动作 %.60s", d->type);
    arc_status st = arci_action_stable(d, key, sizeof key);
    if (st != ARC_OK) return st;
    arci_str_init(&json, d->env->ctx);
    arci_json_put_node(&json, params);
    call.key = key;
    call.params = json.s;
    call.params_length = json.len;
    arci_error_clear(d->env->err);
    st = json.failed ? arci_nomem(d->env) : k->apply(k->user, d->session, &call, buf, &n);
    arci_str_clear(&json);
    if (st < ARC_OK && d->env->err->status != st) arci_fail(d->env, st, "the host's action %.60s was not done", "主机动作 %.60s 未完成", d->type);
    if (st < ARC_OK) return st;
    if (n > sizeof buf) return arci_fail(d->env, ARC_E_VALUE, "the host's action says it has written more than there is room for", "主机动作写入的结果超出容量");
    return take_result(d, buf, n == sizeof buf ? 0 : n, result);
}

const arci_action_kind arci_action_host = { "host.", "Action of the host", "主机动作", "{\"type\":\"object\"}", compile, resolve, apply };
