/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions of kind "approval": {"approvals": [{"verb": "customer.update", "fields": ["name", ...], "days": 14, "reason": "..."}, {"verb": "role_grant.grant"}]}. Read once an epoch. */
#include <string.h>

#include "base/json.h"
#include "store/pending.h"
#include "store/valid.h"

#define MAX_DAYS 3650
#define MAX_REASON 1000u

typedef struct document {
    const char *code;
    arc_date from, to;
    arci_approval *list;
    uint32_t n;
} document;

struct arci_approvals {
    int64_t epoch;
    arci_arena arena;
    document *docs; /* by code and revision */
    uint32_t n_docs;
};

void arci_approvals_free(arci_book *b)
{
    if (!b->approvals) return;
    arci_arena_clear(&b->approvals->arena);
    arci_free(b->ctx, b->approvals);
    b->approvals = NULL;
}

/* ---- reading ----------------------------------------------------------------------------------------------------------- */

static arc_status wrong(arci_env *env, const arci_json *at, const char *en, const char *zh)
{
    return arci_json_fail(env, at, ARC_E_VALUE, "%s%.0s", "%.0s%s", en, zh);
}

static int waits(const char *name)
{
    char own[ARCI_VERB_NAME_MAX];
    for (uint32_t i = 0; i < ARCI_N_VERBS; i++) {
        if ((arci_verbs[i].flags & ARCI_VERB_WAITS) && !strcmp(arci_verb_name(&arci_verbs[i], NULL, own), name)) return 1;
    }
    return 0;
}

/* "<entity>.insert" or "<entity>.update" of master data, or another verb that may wait. */
static arc_status read_verb(arci_env *env, const arci_json *m, const arci_entity **e, int *update)
{
    const char *dot = m->type == ARCI_JSON_STRING ? strchr(m->s, '.') : NULL;
    *e = dot ? arci_entity_by_name(m->s, (size_t)(dot - m->s)) : NULL;
    *update = dot && !strcmp(dot, ".update");
    if (dot && waits(m->s)) return ARC_OK;
    if (!*e || !((*e)->flags & ARCI_E_MASTER) || ((*e)->flags & ARCI_E_RESERVED) || (!*update && strcmp(dot, ".insert") != 0)) {
        return wrong(env, m, "is <entity>.insert or <entity>.update of master data, or a verb that may wait", "须为主数据的 <实体>.insert 或 <实体>.update，或可待审批的动作");
    }
    return *update && !((*e)->flags & ARCI_E_VERSIONED) ? wrong(env, m, "its rows do not change", "其数据不可修改") : ARC_OK;
}

static arc_status read_fields(arci_env *env, arci_arena *arena, const arci_json *m, const arci_entity *e, int update, arci_approval *a)
{
    if (m->type != ARCI_JSON_ARRAY || !m->n || !update) return wrong(env, m, "is a list of fields, of an update", "须为更新动作的字段列表");
    a->fields = arci_arena_calloc(arena, m->n, sizeof *a->fields);
    if (!a->fields) return arci_nomem(env);
    for (const arci_json *f = m->child; f; f = f->next) {
        int own = f->type == ARCI_JSON_STRING && f->len > 2 && f->s[0] == 'x' && f->s[1] == '_';
        if (f->type != ARCI_JSON_STRING || (!own && !arci_entity_field(e, f->s, f->len))) return wrong(env, f, "there is no such field", "没有该字段");
        a->fields[a->n_fields++] = f->s;
    }
    return ARC_OK;
}

static arc_status read_one(arci_env *env, arci_arena *arena, const arci_json *object, arci_approval *a)
{
    const arci_entity *e = NULL;
    int update = 0;
    const arci_json *verb = arci_json_get(object, "verb");
    if (object->type != ARCI_JSON_OBJECT) return wrong(env, object, "is an object", "须为对象");
    if (!verb) return arci_json_fail(env, object, ARC_E_REQUIRED, "verb is required", "verb 为必填项");
    arc_status st = read_verb(env, verb, &e, &update);
    a->verb = verb->s;
    for (const arci_json *m = object->child; m && st == ARC_OK; m = m->next) {
        if (!strcmp(m->key, "verb")) continue;
        if (!strcmp(m->key, "fields")) {
            st = read_fields(env, arena, m, e, update, a);
        } else if (!strcmp(m->key, "days")) {
            st = m->type == ARCI_JSON_NUMBER ? arci_json_int(env, m, &a->days) : ARC_E_VALUE;
            if (st != ARC_OK || a->days < 1 || a->days > MAX_DAYS) st = wrong(env, m, "is a number of days from 1 to 3650", "须为 1 至 3650 的天数");
        } else if (!strcmp(m->key, "reason")) {
            if (m->type != ARCI_JSON_STRING || m->len > MAX_REASON) st = wrong(env, m, "is a text of at most 1,000 bytes", "须为不超过 1,000 字节的文本");
            a->reason = m->s;
        } else {
            st = arci_json_fail(env, m, ARC_E_NOT_FOUND, "no such member", "没有该成员");
        }
    }
    return st;
}

static arc_status read_document(arci_env *env, arci_arena *arena, const char *json, size_t len, document *d)
{
    arci_json *root;
    arc_status st = arci_json_parse(env, arena, json, len, &arci_json_definition_limits, &root);
    if (st != ARC_OK) return st;
    const arci_json *list = arci_json_get(root, "approvals");
    if (!list || list->type != ARCI_JSON_ARRAY || root->n != 1) {
        return arci_json_fail(env, root, ARC_E_VALUE, "is an object with the list approvals", "须为仅含 approvals 列表的对象");
    }
    d->list = arci_arena_calloc(arena, list->n + 1u, sizeof *d->list);
    if (!d->list) return arci_nomem(env);
    for (const arci_json *m = list->child; m && st == ARC_OK; m = m->next) st = read_one(env, arena, m, &d->list[d->n++]);
    return st;
}

arc_status arci_approval_read(arci_env *env, arci_arena *arena, const char *json, size_t len, const arci_approval **out, uint32_t *n)
{
    document d = { 0 };
    arc_status st = read_document(env, arena, json, len, &d);
    *out = d.list;
    *n = d.n;
    return st;
}

arc_status arci_approval_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink)
{
    arci_arena arena;
    document d = { 0 };
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = read_document(t->env, &arena, json, len, &d);
    arci_arena_clear(&arena);
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    arc_status noted = arci_fault_note(t->env, sink);
    return noted == ARC_OK ? st : noted;
}

/* ---- those in force ---------------------------------------------------------------------------------------------------- */

static arc_status load(arci_txn *t, struct arci_approvals *a)
{
    arci_rows rows;
    arc_status st = arci_definitions_published(t, "approval", &a->arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    a->docs = arci_arena_calloc(&a->arena, rows.n_rows, sizeof *a->docs);
    if (!a->docs) return arci_nomem(t->env);
    for (uint32_t i = 0; i < rows.n_rows && st == ARC_OK; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        document *d = &a->docs[a->n_docs++];
        d->code = arci_arena_strndup(&a->arena, v[ARCI_DEF_CODE].u.s, v[ARCI_DEF_CODE].len);
        d->from = v[ARCI_DEF_FROM].type == ARC_V_NULL ? ARC_DATE_MIN : (arc_date)v[ARCI_DEF_FROM].u.i;
        d->to = v[ARCI_DEF_TO].type == ARC_V_NULL ? ARC_DATE_MAX : (arc_date)v[ARCI_DEF_TO].u.i;
        st = d->code ? read_document(t->env, &a->arena, v[ARCI_DEF_DOCUMENT].u.s, v[ARCI_DEF_DOCUMENT].len, d) : arci_nomem(t->env);
    }
    return st == ARC_OK || st == ARC_E_NOMEM ? st : arci_fail(t->env, ARC_E_CORRUPT, "a published approval definition cannot be read", "已发布的审批定义无法读取");
}

static arc_status fresh(arci_txn *t)
{
    int64_t epoch;
    arci_book *b = t->book;
    arc_status st = arci_book_epoch(t, &epoch);
    if (st != ARC_OK || (b->approvals && b->approvals->epoch == epoch)) return st;
    arci_approvals_free(b);
    b->approvals = arci_calloc(b->ctx, 1, sizeof *b->approvals);
    if (!b->approvals) return arci_nomem(t->env);
    arci_arena_init(&b->approvals->arena, b->ctx);
    b->approvals->epoch = -1;
    st = load(t, b->approvals);
    if (st == ARC_OK) b->approvals->epoch = epoch;
    return st;
}

arc_status arci_approvals_load(arci_txn *t) { return fresh(t); }

static int in_force(const document *d, arc_date day) { return day >= d->from && day <= d->to; }

static int touches(arci_record *r, const arci_approval *a)
{
    arc_error none = ARC_ERROR_INIT;
    if (!a->n_fields) return 1; /* without a record there are none */
    arci_env quiet = { r->ctx, &none };
    for (uint32_t i = 0; i < a->n_fields; i++) {
        uint32_t field;
        if (arci_record_field(&quiet, r, &field, a->fields[i], strlen(a->fields[i])) == ARC_OK && arci_record_is_set(r, field & 0xffffu)) return 1;
    }
    return 0;
}

arc_status arci_approval_for(arci_txn *t, const arci_verb *verb, const arci_entity *e, arci_record *r, const arci_approval **out)
{
    char name[ARCI_VERB_NAME_MAX];
    arc_date day;
    *out = NULL;
    arc_status st = fresh(t);
    const struct arci_approvals *a = t->book->approvals;
    if (st != ARC_OK || !a->n_docs) return st;
    st = arci_txn_today(t, &day);
    if (st != ARC_OK) return st;
    (void)arci_verb_name(verb, e, name);
    for (uint32_t i = 0; i < a->n_docs; i++) {
        const document *d = &a->docs[i];
        uint32_t k = i + 1;
        while (k < a->n_docs && !strcmp(a->docs[k].code, d->code) && !in_force(&a->docs[k], day)) k++;
        if (!in_force(d, day) || (k < a->n_docs && !strcmp(a->docs[k].code, d->code))) continue; /* a newer revision rules */
        for (uint32_t j = 0; j < d->n; j++) {
            if (strcmp(d->list[j].verb, name) != 0 || !touches(r, &d->list[j])) continue;
            *out = &d->list[j];
            return ARC_OK;
        }
    }
    return ARC_OK;
}
