/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "arcore/sys/cipher.h"
#include "backend/memory.h"
#include "backend/sqlite.h"
#include "base/handle.h"
#include "store/store.h"

#define KNOWN_CAPS \
    (ARC_CAP_DURABLE | ARC_CAP_SHARED | ARC_CAP_SINGLE_WRITER | ARC_CAP_FOREIGN_KEYS | ARC_CAP_SAVEPOINT)

/* ---- tables -------------------------------------------------------------------------------------------------------- */

static uint16_t named_col(const arci_entity *e, const char *name)
{
    const arci_field *f = arci_entity_field(e, name, strlen(name));
    return f ? arci_field_col(e, f) : ARC_NO_COL;
}

static void fill_owned(arci_owned_by *o, const arci_entity *e)
{
    static const char *const own[] = { "owner", "team", "region" };
    size_t n = e->scope ? strcspn(e->scope, ".") : 0;
    const arci_field *up = n ? arci_entity_field(e, e->scope, n) : NULL;
    const arci_field *entity = arci_entity_field(e, "entity", 6), *row = arci_entity_field(e, "row", 3);
    int hangs = !(e->flags & ARCI_E_SYSTEM) && entity && row && entity->type == ARC_T_TEXT && row->type == ARC_T_ID && !row->aux;
    for (size_t k = 0; k < 3; k++) {
        o->own[k] = named_col(e, own[k]);
        o->owns |= o->own[k] != ARC_NO_COL;
    }
    o->up = up ? arci_field_col(e, up) : ARC_NO_COL;
    o->above = up && up->aux ? arci_entity_by_name(up->aux, strlen(up->aux)) : NULL;
    o->now = n ? named_col(e, "customer") : ARC_NO_COL;
    o->customer = arci_entity_by_name("customer", 8);
    o->entity = hangs ? arci_field_col(e, entity) : ARC_NO_COL;
    o->row = hangs ? arci_field_col(e, row) : ARC_NO_COL;
    o->sums = !strcmp(e->name, "account");
}

static void fill_table(arci_table *t, const arci_model *m, uint16_t number, const arci_field **fields)
{
    const arci_entity *e = m->entity_of[number];
    const arci_field *f;
    t->entity = e;
    t->desc = &m->desc.tables[number];
    t->number = number;
    t->n_cols = t->desc->n_cols;
    t->field_of_col = fields;
    t->col_id = t->col_version = t->col_txn = t->col_custom = ARC_NO_COL;
    for (uint16_t i = 0; i < e->n_fields; i++) {
        f = &e->fields[i];
        uint16_t col = arci_field_col(e, f);
        if (col == ARC_NO_COL) continue;
        fields[col] = f;
        if (f->id == ARCI_FIELD_ID) t->col_id = col;
        if (f->id == ARCI_FIELD_VERSION) t->col_version = col;
        if (f->id == ARCI_FIELD_TXN) t->col_txn = col;
        if (f->id == ARCI_FIELD_CUSTOM) t->col_custom = col;
    }
    t->draws_id = t->desc->n_key == 2 && t->desc->key[1] == t->col_id;
    fill_owned(&t->owned, e);
}

static arc_status make_tables(arci_env *env, arci_store *s)
{
    size_t fields = 0;
    s->n_tables = s->model->desc.n_tables;
    for (uint32_t i = 0; i < s->n_tables; i++) fields += s->model->desc.tables[i].n_cols;
    s->memory = arci_calloc(s->ctx, 1, s->n_tables * sizeof(arci_table) + fields * sizeof(arci_field *));
    if (!s->memory) return arci_nomem(env);
    s->tables = s->memory;
    const arci_field **next = (void *)(s->tables + s->n_tables);
    for (uint32_t i = 0; i < s->n_tables; i++) {
        fill_table(&s->tables[i], s->model, (uint16_t)i, next);
        next += s->tables[i].n_cols;
    }
    return ARC_OK;
}

const arci_table *arci_store_table(const arci_store *s, const arci_entity *e)
{
    uint16_t n = arci_model_table(s->model, e);
    return n == ARC_NO_COL ? NULL : &s->tables[n];
}

/* ---- backends ------------------------------------------------------------------------------------------------------ */

const arc_backend_ops *arci_store_backend(arci_store *s, const char *scheme, size_t n)
{
    const arc_backend_ops *found = NULL;
    arci_mutex_lock(&s->lock);
    for (uint32_t i = 0; i < s->n_backends; i++) {
        const char *own = s->backends[i].scheme;
        if (strlen(own) == n && !memcmp(own, scheme, n)) found = &s->backends[i];
    }
    arci_mutex_unlock(&s->lock);
    return found;
}

static int scheme_good(const char *s)
{
    size_t n = 0;
    if (!s || s[0] < 'a' || s[0] > 'z') return 0;
    for (; s[n]; n++) {
        int ok = (s[n] >= 'a' && s[n] <= 'z') || (s[n] >= '0' && s[n] <= '9') || s[n] == '+' || s[n] == '-';
        if (!ok || n >= 15) return 0;
    }
    return 1;
}

static arc_status check_ops(arci_env *env, const arc_backend_ops *o)
{
    if (o->abi != ARC_BACKEND_ABI) {
        return arci_fail(env, ARC_E_INVALID, "backend ABI %u, this library speaks %u", "后端 ABI 为 %u，本库为 %u", o->abi,
                         ARC_BACKEND_ABI);
    }
    if (!scheme_good(o->scheme) || !o->description) {
        return arci_fail(env, ARC_E_INVALID, "a backend needs a scheme ([a-z][a-z0-9+-]*, at most 15) and a description",
                         "后端须有 scheme（[a-z][a-z0-9+-]*，最多 15 个字符）和说明");
    }
    if (!o->open || !o->close || !o->migrate || !o->begin || !o->commit || !o->rollback || !o->write || !o->fetch || !o->next ||
        !o->end || !o->reserve) {
        return arci_fail(env, ARC_E_INVALID, "backend %s: a required function is NULL", "后端 %s：缺少必需函数", o->scheme);
    }
    int contradiction = (o->caps & ~KNOWN_CAPS) || o->threads > ARC_THREADS_HANDLES || o->reserved;
    if (o->caps & ARC_CAP_SAVEPOINT) contradiction |= !o->savepoint || !o->rollback_to || !o->release;
    if (!(o->caps & ARC_CAP_SINGLE_WRITER)) contradiction |= !o->lock_rows;
    if (contradiction) {
        return arci_fail(env, ARC_E_INVALID, "backend %s: capabilities contradict its functions", "后端 %s：能力声明与函数不符",
                         o->scheme);
    }
    return ARC_OK;
}

static arc_status add_backend(arci_env *env, arci_store *s, const arc_backend_ops *ops)
{
    arc_backend_ops copy;
    uint32_t least = (uint32_t)(offsetof(arc_backend_ops, reserve) + sizeof ops->reserve);
    memset(&copy, 0, sizeof copy);
    if (ops->struct_size < least) {
        return arci_fail(env, ARC_E_INVALID, "struct_size of the backend's table is too small", "后端函数表的 struct_size 过小");
    }
    arc_status st = arci_struct_in(env, &copy, sizeof copy, ops);
    if (st == ARC_OK) st = check_ops(env, &copy);
    if (st != ARC_OK) return st;
    if (arci_store_backend(s, copy.scheme, strlen(copy.scheme))) {
        return arci_fail(env, ARC_E_EXISTS, "scheme %s is taken", "scheme %s 已被占用", copy.scheme);
    }
    arci_mutex_lock(&s->lock);
    if (s->n_backends == ARCI_MAX_BACKENDS) {
        st = ARC_E_LIMIT;
    } else if (arci_mutex_init(&s->serial[s->n_backends])) {
        st = ARC_E_NOMEM;
    } else {
        s->backends[s->n_backends++] = copy;
    }
    arci_mutex_unlock(&s->lock);
    if (st == ARC_E_NOMEM) return arci_nomem(env);
    return st == ARC_OK ? st : arci_fail(env, st, "at most %d backends", "最多 %d 个后端", ARCI_MAX_BACKENDS);
}

/* ---- the store of a context ---------------------------------------------------------------------------------------- */

static void store_free(void *object)
{
    arci_store *s = object;
    for (uint32_t i = 0; i < s->n_backends; i++) arci_mutex_destroy(&s->serial[i]);
    arci_memory_registry_destroy(s->named);
    arci_mutex_destroy(&s->lock);
    arci_model_free(s->ctx, s->model);
    arci_free(s->ctx, s->memory);
    arci_free(s->ctx, s);
}

static arc_status store_new(arci_env *env, arci_store **out)
{
    struct block {
        arci_store store;
        arci_memory_registry named;
    } *block = arci_calloc(env->ctx, 1, sizeof *block);
    if (!block) return arci_nomem(env);
    arci_store *s = &block->store;
    s->named = &block->named;
    s->ctx = env->ctx;
    if (arci_mutex_init(&s->lock)) {
        arci_free(s->ctx, s);
        return arci_nomem(env);
    }
    if (arci_memory_registry_init(s->named)) {
        arci_mutex_destroy(&s->lock);
        arci_free(s->ctx, s);
        return arci_nomem(env);
    }
    arc_backend_ops memory = *arci_backend_memory();
    memory.user = s->named;
    arc_status st = arci_model_new(env, &s->model);
    if (st == ARC_OK) st = make_tables(env, s);
    if (st == ARC_OK) st = add_backend(env, s, &memory);
    if (st == ARC_OK) st = add_backend(env, s, arci_backend_sqlite());
    if (st != ARC_OK) {
        store_free(s);
        return st;
    }
    *out = s;
    return ARC_OK;
}

arc_status arci_store_get(arci_env *env, arci_store **out)
{
    arci_store *made = NULL;
    *out = arci_context_kept(env->ctx);
    if (*out) return ARC_OK;
    arc_status st = store_new(env, &made);
    if (st != ARC_OK) return st;
    *out = arci_context_keep(env->ctx, made, store_free);
    if (*out != made) store_free(made);
    return ARC_OK;
}

arc_status arc_backend_register(arc_context *context, const arc_backend_ops *ops)
{
    arci_store *s;
    arc_status st = arci_context_check(context);
    if (st != ARC_OK) return st;
    arci_env env = { context, arci_context_error_slot(context) };
    if (!ops) return arci_fail(&env, ARC_E_INVALID, "ops is NULL", "ops 为 NULL");
    st = arci_store_get(&env, &s);
    return st == ARC_OK ? add_backend(&env, s, ops) : st;
}

arc_status arc_sealed_register(arc_context *context, arc_sealed *sealed, const char *scheme, const arc_cipher *cipher)
{
    arci_store *s;
    arc_backend_ops ops;
    arc_status st = arci_context_check(context);
    if (st != ARC_OK) return st;
    arci_env env = { context, arci_context_error_slot(context) };
    if (!sealed || !scheme || !cipher) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    st = arci_store_get(&env, &s);
    if (st != ARC_OK) return st;
    if (arci_store_backend(s, "sealed", 6)) return arci_fail(&env, ARC_E_EXISTS, "a context knows one sealed backend", "一个上下文只能有一个密封后端");
    const arc_backend_ops *inner = arci_store_backend(s, scheme, strlen(scheme));
    if (!inner) return arci_fail(&env, ARC_E_NOT_FOUND, "no backend has the scheme %s", "没有 scheme 为 %s 的后端", scheme);
    st = arc_sealed_init(&ops, sealed, inner, cipher);
    if (st != ARC_OK) return arci_fail(&env, st, "the cipher is not whole", "密码器不完整");
    return add_backend(&env, s, &ops);
}
