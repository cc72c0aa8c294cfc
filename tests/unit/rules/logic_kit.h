/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions over facts of an entity, with rows written as "path=value". */
#ifndef TESTS_LOGIC_KIT_H
#define TESTS_LOGIC_KIT_H

#include "support/support.h"

#include "rules/logic_impl.h"
#include "store/cond.h"

typedef struct kit {
    test_env *t;
    arci_facts *facts;
    arci_arena arena;
    arci_logic *p;
    arc_value row[200];
    arci_logic_run run;
} kit;

static inline void kit_open(kit *k, test_env *t, const char *entity, arci_custom *custom, const char *currency)
{
    memset(k, 0, sizeof *k);
    k->t = t;
    arci_arena_init(&k->arena, t->ctx);
    assert_ok_err(&t->err, arci_facts_new(&t->env, &k->facts, entity ? arci_entity_by_name(entity, strlen(entity)) : NULL, custom));
    assert_ok_err(&t->err, arci_facts_currency(&t->env, k->facts, currency));
}

static inline void kit_close(kit *k)
{
    arci_logic_free(k->p);
    arci_facts_free(k->facts);
    arci_arena_clear(&k->arena);
}

/* Compiles; the program replaces the one before. '...' may stand for "..." in the text. */
static inline arc_status kit_try(kit *k, const char *text, int value)
{
    arci_json *node;
    char own[8000];
    size_t n = strlen(text);
    assert_true(n < sizeof own);
    for (size_t i = 0; i <= n; i++) own[i] = text[i] == '\'' ? '"' : text[i];
    arci_logic_free(k->p);
    k->p = NULL;
    arc_status st = arci_json_parse(&k->t->env, &k->arena, own, n, &arci_json_definition_limits, &node);
    return st == ARC_OK ? arci_logic_compile(&k->t->env, &k->p, k->facts, node, value, NULL) : st;
}

static inline void kit_compile(kit *k, const char *text)
{
    arc_status st = kit_try(k, text, 0);
    if (st != ARC_OK) print_message("%s\n", text);
    assert_ok_err(&k->t->err, st);
}

static inline void kit_refused(kit *k, const char *text, const char *code, const char *pointer)
{
    arc_status st = kit_try(k, text, 0);
    if (st == ARC_OK || strcmp(k->t->err.rule, code) != 0) print_message("%s: %s %s\n", text, k->t->err.rule, k->t->err.message);
    assert_true(st < 0);
    assert_string_equal(k->t->err.rule, code);
    if (pointer) assert_string_equal(k->t->err.pointer, pointer);
    assert_true(k->t->err.message[0] && k->t->err.message_zh[0]);
}

/* Sets the row anew: "amount=12.50 due_date=2026-01-31 currency=CNY"; what is not named is null. A value has no blanks but '_' for them. */
static inline void kit_row(kit *k, const char *spec)
{
    char own[1000], *at = own;
    memset(k->row, 0, sizeof k->row);
    assert_true(strlen(spec) < sizeof own && arci_facts_width(k->facts) <= 200);
    memcpy(own, spec, strlen(spec) + 1);
    while (at && *at) {
        char *end = strchr(at, ' '), *eq = strchr(at, '=');
        const arci_fact *f;
        arc_value v;
        if (end) *end++ = 0;
        *eq = 0;
        assert_ok_err(&k->t->err, arci_facts_path(&k->t->env, k->facts, &f, at, strlen(at)));
        const char *value = eq + 1;
        if (f->type == ARCI_FACT_CHOICES) v = arci_v_text(arci_arena_strndup(&k->arena, value, strlen(value)), strlen(value));
        else if (!strcmp(value, "null")) v = arci_v_null();
        else assert_ok_err(&k->t->err, arci_fact_constant(&k->t->env, k->facts, f, &k->arena, &v, value, strlen(value), 0));
        k->row[f->slot] = v;
        at = end;
    }
}

/* Both ways of running agree. */
static inline int kit_run(kit *k)
{
    arci_logic_run other;
    memset(&other, 0, sizeof other);
    other.calendar = k->run.calendar;
    int r = arci_logic_test(k->p, k->row, &k->run), s = arci_lx_test(k->p, k->p->root, k->row, &other);
    assert_int_equal(r, s);
    if (r == ARCI_LOGIC_ERROR) assert_int_equal(k->run.error, other.error);
    return r;
}

static inline void kit_is(kit *k, const char *text, const char *row, int expected)
{
    kit_compile(k, text);
    kit_row(k, row);
    int r = kit_run(k);
    if (r != expected) print_message("%s on %s: %d\n", text, row, r);
    assert_int_equal(r, expected);
}

#endif
