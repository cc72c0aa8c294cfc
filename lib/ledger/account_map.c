/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/account_map.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/account_map.h"
#include "arcore/money.h"
#include "base/json.h"

const char *const arci_aux_names[ARCI_AUX_N] = { "customer", "department", "person", "project", "business_line" };
static const char *const key_names[ARCI_KEY_N] = { "segment", "currency", "department", "business_line" };

#define MAX_CODE 64u
#define MAX_NAME 200u
#define MAX_ROLE 40u

typedef struct reader {
    arci_env *env;
    arci_arena *arena;
    arci_fault_sink *sink; /* NULL: the first fault ends it */
    arci_account_map *map;
} reader;

static arc_status wrong(reader *r, const arci_json *at, arc_status st, const char *en, const char *zh)
{
    return arci_json_fail(r->env, at, st, "%s%.0s", "%.0s%s", en, zh);
}

static arc_status noted(reader *r, arc_status st)
{
    return st == ARC_OK || st == ARC_E_NOMEM || !r->sink ? st : arci_fault_note(r->env, r->sink);
}

static arc_status read_text(reader *r, const arci_json *m, size_t most, const char **out)
{
    if (m->type != ARCI_JSON_STRING || !m->len) return wrong(r, m, ARC_E_VALUE, "is a text that is not empty", "须为非空文本");
    if (m->len > most) return wrong(r, m, ARC_E_LIMIT, "is too long", "过长");
    *out = m->s;
    return ARC_OK;
}

static int position(const char *const *names, int n, const char *s)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(names[i], s) == 0) return i;
    }
    return -1;
}

static arc_status read_aux(reader *r, const arci_json *m, uint32_t *aux)
{
    if (m->type != ARCI_JSON_ARRAY) return wrong(r, m, ARC_E_VALUE, "is a list of auxiliary dimensions", "须为辅助核算维度列表");
    *aux = 0;
    for (const arci_json *a = m->child; a; a = a->next) {
        if (a->type == ARCI_JSON_STRING && !strcmp(a->s, "currency")) continue; /* every line names it */
        int i = a->type == ARCI_JSON_STRING ? position(arci_aux_names, ARCI_AUX_N, a->s) : -1;
        if (i < 0) return wrong(r, a, ARC_E_VALUE, "is customer, department, person, project, business_line or currency", "须为 customer、department、person、project、business_line 或 currency");
        if (*aux & 1u << i) return wrong(r, a, ARC_E_EXISTS, "stands there twice", "重复");
        *aux |= 1u << i;
    }
    return ARC_OK;
}

static arc_status read_key(reader *r, const arci_json *m, int key, arci_gl_account *a)
{
    int32_t digits;
    arc_status st = read_text(r, m, MAX_CODE, &a->keys[key]);
    if (st == ARC_OK && key == ARCI_KEY_CURRENCY && (m->len != 3 || arc_currency_exponent(&digits, m->s) != ARC_OK))
        st = wrong(r, m, ARC_E_CURRENCY, "is no currency", "不是币种代码");
    if (st == ARC_OK) a->n_keys++;
    return st;
}

static arc_status read_member(reader *r, const arci_json *m, arci_gl_account *a, int override)
{
    int key = override ? position(key_names, ARCI_KEY_N, m->key) : -1;
    if (key >= 0) return read_key(r, m, key, a);
    if (!strcmp(m->key, "code")) return read_text(r, m, MAX_CODE, &a->code);
    if (!strcmp(m->key, "name")) return read_text(r, m, MAX_NAME, &a->name);
    if (!strcmp(m->key, "name_en")) return read_text(r, m, MAX_NAME, &a->name_en);
    if (!strcmp(m->key, "auxiliaries")) return read_aux(r, m, &a->aux);
    if (!override && !strcmp(m->key, "by")) return ARC_OK;
    return wrong(r, m, ARC_E_VALUE, "there is no such member", "没有该成员");
}

static arc_status read_account(reader *r, const arci_json *object, arci_gl_account *a, int override)
{
    arc_status st = ARC_OK;
    if (object->type != ARCI_JSON_OBJECT) return noted(r, wrong(r, object, ARC_E_VALUE, "is an object", "须为对象"));
    for (const arci_json *m = object->child; m && st == ARC_OK; m = m->next) st = noted(r, read_member(r, m, a, override));
    if (st == ARC_OK && !arci_json_get(object, "code")) st = noted(r, wrong(r, object, ARC_E_REQUIRED, "code is required", "code 为必填项"));
    if (st == ARC_OK && !a->name) st = noted(r, wrong(r, object, ARC_E_REQUIRED, "name is required", "name 为必填项"));
    if (st == ARC_OK && override && !a->n_keys)
        st = noted(r, wrong(r, object, ARC_E_REQUIRED, "needs a segment, currency, department or business_line", "须给出 segment、currency、department 或 business_line"));
    return st;
}

static int same_keys(const arci_gl_account *a, const arci_gl_account *b)
{
    for (int k = 0; k < ARCI_KEY_N; k++) {
        if (!a->keys[k] != !b->keys[k] || (a->keys[k] && strcmp(a->keys[k], b->keys[k]) != 0)) return 0;
    }
    return 1;
}

static arc_status read_role(reader *r, const arci_json *m, arci_mapped_role *role)
{
    const arci_json *by = arci_json_get(m, "by");
    arc_status st = ARC_OK;
    role->role = m->key;
    if (!m->key_len || m->key_len > MAX_ROLE) return noted(r, wrong(r, m, ARC_E_VALUE, "is no account role", "不是科目角色"));
    if (by && by->type != ARCI_JSON_ARRAY) return noted(r, wrong(r, by, ARC_E_VALUE, "is a list", "须为列表"));
    role->accounts = arci_arena_calloc(r->arena, (by ? by->n : 0) + 1u, sizeof *role->accounts);
    if (!role->accounts) return arci_nomem(r->env);
    role->accounts[0].name_en = "";
    st = read_account(r, m, &role->accounts[0], 0);
    role->n = 1;
    for (const arci_json *o = by ? by->child : NULL; o && st == ARC_OK; o = o->next) {
        arci_gl_account *a = &role->accounts[role->n];
        a->name = role->accounts[0].name;
        a->name_en = role->accounts[0].name_en;
        a->aux = role->accounts[0].aux;
        st = read_account(r, o, a, 1);
        for (uint32_t i = 1; i < role->n && st == ARC_OK; i++) {
            if (same_keys(a, &role->accounts[i])) st = noted(r, wrong(r, o, ARC_E_EXISTS, "another one has the same keys", "与另一项的条件相同"));
        }
        role->n++;
    }
    return st;
}

static int by_role(const void *x, const void *y)
{
    const arci_mapped_role *a = x, *b = y;
    return strcmp(a->role, b->role);
}

static arc_status read_document(reader *r, const char *json, size_t len)
{
    arci_json *root;
    arc_status st = arci_json_parse(r->env, r->arena, json, len, &arci_json_definition_limits, &root);
    if (st != ARC_OK) return noted(r, st);
    const arci_json *accounts = arci_json_get(root, "accounts");
    if (root->type != ARCI_JSON_OBJECT || !accounts || accounts->type != ARCI_JSON_OBJECT || !accounts->n)
        return noted(r, wrong(r, accounts ? accounts : root, ARC_E_REQUIRED, "accounts is an object of account roles", "accounts 须为以科目角色为键的对象"));
    for (const arci_json *m = root->child; m && st == ARC_OK; m = m->next) {
        if (strcmp(m->key, "accounts") != 0 && strcmp(m->key, "note") != 0) st = noted(r, wrong(r, m, ARC_E_VALUE, "there is no such member", "没有该成员"));
    }
    r->map->roles = arci_arena_calloc(r->arena, accounts->n, sizeof *r->map->roles);
    if (!r->map->roles) return arci_nomem(r->env);
    for (const arci_json *m = accounts->child; m && st == ARC_OK; m = m->next) st = read_role(r, m, &r->map->roles[r->map->n++]);
    if (st == ARC_OK) qsort(r->map->roles, r->map->n, sizeof *r->map->roles, by_role);
    return st;
}

arc_status arci_account_map_read(arci_env *env, arci_arena *arena, const char *json, size_t len, arci_account_map *out)
{
    reader r = { env, arena, NULL, out };
    memset(out, 0, sizeof *out);
    return read_document(&r, json, len);
}

arc_status arci_account_map_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink)
{
    arci_arena arena;
    arci_account_map map = { .n = 0 };
    reader r = { t->env, &arena, sink, &map };
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = read_document(&r, json, len);
    if (st == ARC_OK && sink->n) st = arci_fail_copy(t->env, &sink->first);
    arci_arena_clear(&arena);
    return st;
}

static int admits(const arc_value *v, arc_date day)
{
    return (v[ARCI_DEF_FROM].type == ARC_V_NULL || v[ARCI_DEF_FROM].u.i <= day) && (v[ARCI_DEF_TO].type == ARC_V_NULL || v[ARCI_DEF_TO].u.i >= day);
}

arc_status arci_account_map_get(arci_txn *t, arci_arena *arena, const char *code, arc_date on, arci_account_map **out)
{
    arci_rows rows;
    const arc_value *best = NULL;
    size_t n = strlen(code);
    arc_status st = arci_definitions_published(t, "account_map", arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        if (v[ARCI_DEF_CODE].len == n && !memcmp(v[ARCI_DEF_CODE].u.s, code, n) && admits(v, on)) best = v;
    }
    if (st != ARC_OK) return st;
    if (!best) {
        st = arci_fail(t->env, ARC_E_NOT_FOUND, "no published account map %.64s is in force", "没有生效的已发布科目映射 %.64s", code);
        arci_fail_at(t->env, "definition", "code", -1, -1);
        return st;
    }
    arci_account_map *map = arci_arena_calloc(arena, 1, sizeof *map);
    if (!map) return arci_nomem(t->env);
    map->id = best[ARCI_DEF_ID].u.i;
    map->revision = best[ARCI_DEF_REVISION].u.i;
    map->code = best[ARCI_DEF_CODE].u.s;
    reader r = { t->env, arena, NULL, map };
    st = read_document(&r, best[ARCI_DEF_DOCUMENT].u.s, best[ARCI_DEF_DOCUMENT].len);
    if (st == ARC_OK) *out = map;
    return st;
}

const arci_gl_account *arci_account_map_find(const arci_account_map *map, const char *role, size_t n, const char *const keys[ARCI_KEY_N])
{
    uint32_t lo = 0, hi = map->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int d = strncmp(map->roles[mid].role, role, n);
        if (!d && map->roles[mid].role[n]) d = 1;
        if (d < 0) lo = mid + 1;
        else hi = mid;
    }
    if (lo == map->n || strlen(map->roles[lo].role) != n || memcmp(map->roles[lo].role, role, n) != 0) return NULL;
    const arci_mapped_role *r = &map->roles[lo];
    const arci_gl_account *best = &r->accounts[0];
    for (uint32_t i = 1; i < r->n; i++) {
        const arci_gl_account *a = &r->accounts[i];
        int fits = a->n_keys > best->n_keys;
        for (int k = 0; k < ARCI_KEY_N && fits; k++) fits = !a->keys[k] || (keys[k] && strcmp(a->keys[k], keys[k]) == 0);
        if (fits) best = a;
    }
    return best;
}
