/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "arcore/money.h"
#include "security/role.h"

const char *const arci_rows_names[] = { "own", "team", "subtree", "region", "all", NULL };

/* Verbs of engines that do not stand yet: roles may name them. */
static const char *const planned[] = {
    "submit", "approve", "reject", "return", "recall", "issue", "send", "deliver", "confirm", "refuse", "credit", "debit", "void", "close",
    "cancel", "request", "comment", "hold", "release", "block", "unblock", "adjust", "discount", "extend", "write_off", "write_down",
    "recover", "refund", "net", "transfer", "dispute", "resolve", "promise", "accelerate", "provision", "endorse", "collect", "dishonour",
    "merge", "unmerge", "claim", "match", "run", "dun", "escalate", "publish", "retire", "simulate", "post", "export", "assign", "complete",
    "delegate", "sign", "draft", NULL,
};

typedef struct reader {
    arci_env *env;
    arci_arena *arena;
    arci_role *role;
} reader;

static int known_verb(const char *name)
{
    for (uint32_t i = 0; i < ARCI_N_VERBS; i++) {
        if (!strcmp(arci_verbs[i].name, name)) return 1;
    }
    for (uint32_t i = 0; planned[i]; i++) {
        if (!strcmp(planned[i], name)) return 1;
    }
    return 0;
}

static arc_status want_text(reader *r, const arci_json *n, uint32_t most)
{
    if (!n || n->type != ARCI_JSON_STRING || !n->len) return arci_json_fail(r->env, n, ARC_E_SYNTAX, "text is needed", "此处须为文本");
    if (n->len > most || memchr(n->s, 0, n->len)) return arci_json_fail(r->env, n, ARC_E_LIMIT, "at most %u bytes", "最多 %u 字节", most);
    return ARC_OK;
}

/* ---- verbs ----------------------------------------------------------------------------------------------------------- */

static int fits(const arci_entity *e, const char *entity, size_t n)
{
    int system = (e->flags & ARCI_E_SYSTEM) != 0;
    if (n == 1 && entity[0] == '*') return !system;
    if (n == 7 && !memcmp(entity, "@system", 7)) return system;
    return strlen(e->name) == n && !memcmp(e->name, entity, n);
}

static void allow(reader *r, const char *entity, size_t n, const char *verb, uint8_t yes)
{
    for (uint32_t p = 0; p < arci_n_entities; p++) {
        if (!fits(arci_entities[p], entity, n)) continue;
        for (uint32_t k = 0; k < ARCI_N_VERBS; k++) {
            const arci_verb *v = &arci_verbs[k];
            if (v->entity && strcmp(v->entity, arci_entities[p]->name) != 0) continue;
            if (!strcmp(verb, "*") || !strcmp(verb, v->name)) r->role->verbs[(size_t)p * ARCI_N_VERBS + k] = yes;
        }
    }
}

static arc_status read_verb(reader *r, const arci_json *n)
{
    arc_status st = want_text(r, n, 100);
    if (st != ARC_OK) return st;
    int yes = n->s[0] != '!';
    const char *s = n->s + !yes, *dot = strchr(s, '.');
    if (!dot || dot == s || !dot[1]) {
        return arci_json_fail(r->env, n, ARC_E_SYNTAX, "a verb is written entity.verb, with * for every", "动作须写作 实体.动作，* 表示全部");
    }
    size_t len = (size_t)(dot - s);
    int wild = (len == 1 && s[0] == '*') || (len == 7 && !memcmp(s, "@system", 7));
    if (!wild && !arci_entity_by_name(s, len)) return arci_json_fail(r->env, n, ARC_E_NOT_FOUND, "no entity %.*s", "没有实体 %.*s", (int)len, s);
    if (strcmp(dot + 1, "*") != 0 && !known_verb(dot + 1)) return arci_json_fail(r->env, n, ARC_E_NOT_FOUND, "no verb %s", "没有动作 %s", dot + 1);
    allow(r, s, len, dot + 1, (uint8_t)yes);
    return ARC_OK;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------ */

static arc_status read_rows_name(reader *r, const arci_json *n, uint8_t *out)
{
    arc_status st = want_text(r, n, 20);
    if (st != ARC_OK) return st;
    for (uint8_t i = 0; arci_rows_names[i]; i++) {
        if (strcmp(arci_rows_names[i], n->s) != 0) continue;
        *out = (uint8_t)(i + 1);
        return ARC_OK;
    }
    return arci_json_fail(r->env, n, ARC_E_VALUE, "own, team, subtree, region or all", "须为 own、team、subtree、region 或 all");
}

static arc_status read_rows(reader *r, const arci_json *n)
{
    if (!n) return ARC_OK;
    if (n->type != ARCI_JSON_OBJECT) return read_rows_name(r, n, &r->role->rows);
    arc_status st = ARC_OK;
    for (const arci_json *m = n->child; m && st == ARC_OK; m = m->next) {
        const arci_entity *e = arci_entity_by_name(m->key, m->key_len);
        if (!strcmp(m->key, "*")) st = read_rows_name(r, m, &r->role->rows);
        else if (e) st = read_rows_name(r, m, &r->role->rows_of[arci_entity_position(e)]);
        else st = arci_json_fail(r->env, m, ARC_E_NOT_FOUND, "no entity %s", "没有实体 %s", m->key);
    }
    return st;
}

/* ---- fields ---------------------------------------------------------------------------------------------------------- */

/* What a row cannot do without is never hidden. */
static int may_hide(const arci_entity *e, const arci_field *f)
{
    return f->id >= ARCI_FIELD_FIRST && !(e->key && e->key[0] && !strncmp(e->key, f->name, strlen(f->name)));
}

static arc_status name_field(reader *r, const arci_json *n, const arci_entity *e, const char *field, uint8_t right)
{
    uint8_t **rights = &r->role->fields[arci_entity_position(e)];
    if (!*rights) *rights = arci_arena_calloc(r->arena, e->n_fields, 1);
    if (!*rights) return arci_nomem(r->env);
    if (!strcmp(field, "*")) {
        for (uint16_t i = 0; i < e->n_fields; i++) {
            if (may_hide(e, &e->fields[i]) && !(*rights)[i]) (*rights)[i] = right;
        }
        return ARC_OK;
    }
    const arci_field *f = arci_entity_field(e, field, strlen(field));
    if (!f) return arci_json_fail(r->env, n, ARC_E_NOT_FOUND, "%s has no field %s", "%s 没有字段 %s", e->name, field);
    if (!may_hide(e, f) && right < ARCI_RIGHT_READ) return arci_json_fail(r->env, n, ARC_E_VALUE, "%s cannot be hidden", "字段 %s 不能隐藏", field);
    (*rights)[f - e->fields] = right;
    return ARC_OK;
}

static arc_status name_custom(reader *r, const arci_json *n, const arci_entity *e, const char *field, uint8_t right)
{
    arci_role *role = r->role;
    size_t len = strlen(field);
    if (len > 40) return arci_json_fail(r->env, n, ARC_E_LIMIT, "at most 40 bytes", "最多 40 字节");
    arci_custom_right *c = &role->customs[role->n_customs++];
    memset(c, 0, sizeof *c);
    c->entity = e;
    memcpy(c->name, field, len);
    c->right = right;
    return ARC_OK;
}

static arc_status read_right(reader *r, const arci_json *n, uint8_t *right)
{
    static const char *const names[] = { "none", "mask", "read", "write" };
    for (uint8_t i = 0; n->type == ARCI_JSON_STRING && i < 4; i++) {
        if (strcmp(names[i], n->s) != 0) continue;
        *right = (uint8_t)(i + 1);
        return ARC_OK;
    }
    return arci_json_fail(r->env, n, ARC_E_VALUE, "none, mask, read or write", "须为 none、mask、read 或 write");
}

/* Fields that are named go before "entity.*", wherever they stand. */
static arc_status read_field(reader *r, const arci_json *n, int wild)
{
    uint8_t right = ARCI_RIGHT_WRITE;
    const char *dot = strchr(n->key, '.');
    const arci_entity *e = dot ? arci_entity_by_name(n->key, (size_t)(dot - n->key)) : NULL;
    if (!e || !dot[1]) return arci_json_fail(r->env, n, ARC_E_NOT_FOUND, "a field is written entity.field", "字段须写作 实体.字段");
    if ((strcmp(dot + 1, "*") == 0) != wild) return ARC_OK;
    arc_status st = read_right(r, n, &right);
    if (st != ARC_OK) return st;
    return strncmp(dot + 1, "x_", 2) ? name_field(r, n, e, dot + 1, right) : name_custom(r, n, e, dot + 1, right);
}

static arc_status read_fields(reader *r, const arci_json *n)
{
    arc_status st = ARC_OK;
    if (!n) return ARC_OK;
    if (n->type != ARCI_JSON_OBJECT) return arci_json_fail(r->env, n, ARC_E_SYNTAX, "an object is needed", "此处须为对象");
    r->role->customs = arci_arena_calloc(r->arena, n->n + 1u, sizeof *r->role->customs);
    if (!r->role->customs) return arci_nomem(r->env);
    for (int wild = 0; wild < 2; wild++) {
        for (const arci_json *m = n->child; m && st == ARC_OK; m = m->next) st = read_field(r, m, wild);
    }
    return st;
}

/* ---- authority and excludes --------------------------------------------------------------------------------------------- */

static arc_status only(reader *r, const arci_json *n, const char *const *known)
{
    if (n->type != ARCI_JSON_OBJECT) return arci_json_fail(r->env, n, ARC_E_SYNTAX, "an object is needed", "此处须为对象");
    for (const arci_json *m = n->child; m; m = m->next) {
        uint32_t i = 0;
        while (known[i] && strcmp(known[i], m->key) != 0) i++;
        if (!known[i]) return arci_json_fail(r->env, m, ARC_E_NOT_FOUND, "unknown member", "未知的成员");
    }
    return ARC_OK;
}

static arc_status read_authority(reader *r, const arci_json *n)
{
    static const char *const known[] = { "verb", "currency", "amount", NULL };
    const arci_json *verb = arci_json_get(n, "verb"), *currency = arci_json_get(n, "currency"), *amount = arci_json_get(n, "amount");
    arci_authority *a = &r->role->authorities[r->role->n_authorities];
    arc_money m;
    arc_status st = only(r, n, known);
    if (st == ARC_OK && (!verb || !currency || !amount)) st = arci_json_fail(r->env, n, ARC_E_REQUIRED, "verb, currency and amount are needed", "须有 verb、currency 和 amount");
    if (st == ARC_OK) st = want_text(r, verb, ARCI_VERB_NAME_MAX - 1);
    if (st == ARC_OK) st = want_text(r, currency, 3);
    if (st == ARC_OK) st = want_text(r, amount, 40);
    if (st != ARC_OK) return st;
    const char *dot = strchr(verb->s, '.');
    if (!dot || !arci_entity_by_name(verb->s, (size_t)(dot - verb->s)) || !known_verb(dot + 1)) {
        return arci_json_fail(r->env, verb, ARC_E_NOT_FOUND, "no verb %s", "没有动作 %s", verb->s);
    }
    st = arc_money_parse(&m, amount->s, amount->len, currency->s, NULL);
    if (st == ARC_E_CURRENCY) return arci_json_fail(r->env, currency, st, "unknown currency", "未知的币种");
    if (st != ARC_OK || m.minor < 0) return arci_json_fail(r->env, amount, ARC_E_VALUE, "not an amount of that currency", "不是该币种的有效金额");
    memcpy(a->verb, verb->s, verb->len + 1);
    memcpy(a->currency, currency->s, 4);
    a->minor = m.minor;
    r->role->n_authorities++;
    return ARC_OK;
}

static arc_status read_exclude(reader *r, const arci_json *n)
{
    static const char *const known[] = { "role", "rule", NULL };
    arci_role_exclude *x = &r->role->excludes[r->role->n_excludes];
    const arci_json *role = n->type == ARCI_JSON_STRING ? n : arci_json_get(n, "role"), *rule = arci_json_get(n, "rule");
    arc_status st = n->type == ARCI_JSON_STRING ? ARC_OK : only(r, n, known);
    if (st == ARC_OK && !role) st = arci_json_fail(r->env, n, ARC_E_REQUIRED, "\"role\" is missing", "缺少 \"role\"");
    if (st == ARC_OK) st = want_text(r, role, 64);
    if (st == ARC_OK && rule) st = want_text(r, rule, 300);
    if (st == ARC_OK && !strcmp(role->s, r->role->code)) st = arci_json_fail(r->env, n, ARC_E_VALUE, "a role does not exclude itself", "角色不能与自身互斥");
    if (st != ARC_OK) return st;
    x->role = role->s;
    x->rule = rule ? rule->s : "";
    r->role->n_excludes++;
    return ARC_OK;
}

static arc_status read_list(reader *r, const arci_json *list, uint32_t most, arc_status (*one)(reader *r, const arci_json *n))
{
    arc_status st = ARC_OK;
    if (!list) return ARC_OK;
    if (list->type != ARCI_JSON_ARRAY) return arci_json_fail(r->env, list, ARC_E_SYNTAX, "an array is needed", "此处须为数组");
    if (list->n > most) return arci_json_fail(r->env, list, ARC_E_LIMIT, "at most %u", "最多 %u 个", most);
    for (const arci_json *n = list->child; n && st == ARC_OK; n = n->next) st = one(r, n);
    return st;
}

/* ---- the document ------------------------------------------------------------------------------------------------------- */

static arc_status read_head(reader *r, const arci_json *root)
{
    const arci_json *code = arci_json_get(root, "code"), *name = arci_json_get(root, "name"), *zh = arci_json_get(root, "name_zh");
    const arci_json *at = arci_json_get(root, "owner_at");
    if (!code || !name) return arci_json_fail(r->env, root, ARC_E_REQUIRED, "\"code\" and \"name\" are needed", "须有 \"code\" 和 \"name\"");
    arc_status st = want_text(r, code, 64);
    if (st == ARC_OK) st = want_text(r, name, 300);
    if (st == ARC_OK && zh) st = want_text(r, zh, 300);
    if (st == ARC_OK && at) st = want_text(r, at, 20);
    if (st != ARC_OK) return st;
    int now = at && !strcmp(at->s, "now");
    if (at && !now && strcmp(at->s, "document") != 0) return arci_json_fail(r->env, at, ARC_E_VALUE, "document or now", "须为 document 或 now");
    r->role->code = code->s;
    r->role->name = name->s;
    r->role->name_zh = zh ? zh->s : NULL;
    r->role->at = now ? ARCI_AT_NOW : ARCI_AT_DOCUMENT;
    return ARC_OK;
}

arc_status arci_role_read(arci_env *env, arci_arena *arena, const char *json, size_t len, arci_role *out)
{
    static const char *const known[] = { "code", "name", "name_zh", "rows", "owner_at", "verbs", "fields", "authority", "excludes", NULL };
    reader r = { env, arena, out };
    arci_json *root;
    memset(out, 0, sizeof *out);
    out->rows = ARCI_ROWS_OWN;
    out->rows_of = arci_arena_calloc(arena, arci_n_entities, 1);
    out->verbs = arci_arena_calloc(arena, (size_t)arci_n_entities * ARCI_N_VERBS, 1);
    out->fields = arci_arena_calloc(arena, arci_n_entities, sizeof *out->fields);
    out->excludes = arci_arena_calloc(arena, ARCI_ROLE_MAX_EXCLUDES, sizeof *out->excludes);
    out->authorities = arci_arena_calloc(arena, ARCI_ROLE_MAX_AUTHORITIES, sizeof *out->authorities);
    if (!out->rows_of || !out->verbs || !out->fields || !out->excludes || !out->authorities) return arci_nomem(env);
    arc_status st = arci_json_parse(env, arena, json, len, &arci_json_definition_limits, &root);
    if (st == ARC_OK) st = only(&r, root, known);
    if (st == ARC_OK) st = read_head(&r, root);
    if (st == ARC_OK) st = read_rows(&r, arci_json_get(root, "rows"));
    if (st == ARC_OK) st = read_list(&r, arci_json_get(root, "verbs"), 1000, read_verb);
    if (st == ARC_OK) st = read_fields(&r, arci_json_get(root, "fields"));
    if (st == ARC_OK) st = read_list(&r, arci_json_get(root, "authority"), ARCI_ROLE_MAX_AUTHORITIES, read_authority);
    if (st == ARC_OK) st = read_list(&r, arci_json_get(root, "excludes"), ARCI_ROLE_MAX_EXCLUDES, read_exclude);
    return st;
}
