/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of actions one by one: compiled against a subject, resolved for a row, applied in a transaction, without a rule around them. '...' stands for "..." in JSON. */
#ifndef TESTS_API_ACTION_KIT_H
#define TESTS_API_ACTION_KIT_H

#include "api/ledger_kit.h"
#include "rules/action.h"

#define ACTION_DAY 20600 /* 2026-05-27 */

typedef struct action_kit {
    test_book *b;
    const char *subject;
    int64_t row, customer, level;
    char params[20000], result[2000]; /* of the last action */
    arc_error fault;                  /* of the last that was refused when it was compiled, or could not be resolved */
    uint32_t faults;
} action_kit;

static inline void action_quotes(char *own, size_t cap, const char *json)
{
    size_t n = strlen(json);
    assert_true(n < cap);
    for (size_t i = 0; i <= n; i++) own[i] = json[i] == '\'' ? '"' : json[i];
}

static int32_t action_fault(void *user, const arc_error *fault)
{
    action_kit *k = user;
    if (!k->faults++) k->fault = *fault;
    return 0;
}

static arc_status action_run(action_kit *k, arci_txn *t, arci_session *s, const char *type, const char *params)
{
    char text[12000], own[10000];
    arci_arena arena;
    arci_facts *facts;
    arci_custom *custom;
    arci_json *node;
    arci_actions *list = NULL;
    arci_fault_sink sink = { .report = action_fault, .user = k };
    arci_fact_reader *reader = NULL;
    arci_str out;
    arc_value *row;
    const arci_fact_call call = { .today = ACTION_DAY };
    action_quotes(own, sizeof own, params);
    snprintf(text, sizeof text, "[{\"type\":\"%s\",\"params\":%s}]", type, own);
    arci_arena_init(&arena, s->env.ctx);
    arci_str_init(&out, s->env.ctx);
    k->faults = 0;
    k->params[0] = 0;
    assert_ok(arci_session_custom(&s->env, s, &custom));
    assert_ok(arci_facts_new(&s->env, &facts, arci_entity_by_name(k->subject, strlen(k->subject)), custom));
    assert_ok(arci_facts_currency(&s->env, facts, "CNY"));
    arc_status st = arci_json_parse(&s->env, &arena, text, strlen(text), &arci_json_definition_limits, &node);
    assert_ok(st);
    arci_action_build b = { .env = &s->env, .t = t, .facts = facts, .sink = &sink, .rule = "dun-1", .on = ACTION_DAY };
    st = arci_actions_compile(&b, &list, node);
    if (st == ARC_OK) {
        uint8_t found;
        arci_action_run r = { .env = &s->env, .t = t, .arena = &arena, .rule = "dun-1", .mark = "0@2026-05-01", .revision = 3, .level = k->level, .subject = arci_facts_subject(facts),
                              .row = k->row, .customer = k->customer, .as_of = ACTION_DAY, .effective = ACTION_DAY - 2 };
        assert_int_equal(arci_actions_n(list), 1);
        assert_string_equal(arci_actions_type(list, 0), type);
        assert_ok(arci_fact_reader_open(t, &arena, facts, &call, &reader));
        assert_ok(arci_fact_read(reader, &arena, &k->row, 1, &row, &found));
        assert_int_equal(found, 1);
        st = arci_actions_resolve(&r, list, 0, row, &out);
        if (st == ARC_OK) {
            assert_true(out.len < sizeof k->params);
            memcpy(k->params, out.s, out.len + 1);
            assert_ok(arci_json_parse(&s->env, &arena, out.s, out.len, &arci_json_default_limits, &node));
        } else {
            k->fault = s->error;
        }
        arci_fact_reader_close(reader);
    }
    arci_actions_free(list);
    arci_facts_free(facts);
    arci_str_clear(&out);
    arci_arena_clear(&arena);
    return st;
}

/* Compiles and resolves. */
static inline arc_status action_try(action_kit *k, const char *type, const char *params)
{
    arci_session *s;
    arci_scope scope;
    assert_ok(arci_session_enter(k->b->session, &s));
    assert_ok(arci_scope_begin(s, &scope, ARC_READ, 0));
    arc_status st = action_run(k, scope.txn, s, type, params);
    (void)arci_scope_end(&scope, ARC_OK);
    return arci_session_leave(s, st);
}

static inline void action_resolve(action_kit *k, const char *type, const char *params)
{
    arc_status st = action_try(k, type, params);
    if (st != ARC_OK) print_message("%s %s: %s %s\n", type, params, k->fault.pointer, k->fault.message);
    assert_int_equal(st, ARC_OK);
}

static inline void action_refused(action_kit *k, const char *type, const char *params, arc_status status, const char *pointer)
{
    arc_status st = action_try(k, type, params);
    if (st != status || strcmp(k->fault.pointer, pointer) != 0) print_message("%s %s: %d %s %s\n", type, params, st, k->fault.pointer, k->fault.message);
    assert_int_equal(st, status);
    assert_string_equal(k->fault.pointer, pointer);
    assert_true(k->fault.message[0] && k->fault.message_zh[0]);
}

/* Applies what was resolved last. */
static inline arc_status action_apply(action_kit *k, const char *type)
{
    arci_arena arena;
    arci_session *s;
    arci_str result;
    arci_json *node;
    arc_txn *txn;
    assert_ok(arci_session_enter(k->b->session, &s));
    (void)arci_session_leave(s, ARC_OK);
    assert_session(k->b, arc_session_begin(k->b->session, &txn, ARC_WRITE));
    arci_arena_init(&arena, s->env.ctx);
    arci_str_init(&result, s->env.ctx);
    assert_ok(arci_json_parse(&s->env, &arena, k->params, strlen(k->params), &arci_json_default_limits, &node));
    arci_action_do d = { .env = &s->env, .session = k->b->session, .t = s->book->txn, .arena = &arena, .rule = "dun-1", .mark = "0@2026-05-01", .revision = 3, .level = k->level,
                         .subject = arci_entity_by_name(k->subject, strlen(k->subject)), .row = k->row, .customer = k->customer, .as_of = ACTION_DAY, .effective = ACTION_DAY - 2 };
    arc_status st = arci_action_apply(&d, type, node, &result);
    snprintf(k->result, sizeof k->result, "%s", st == ARC_OK && result.s ? result.s : "");
    arci_str_clear(&result);
    arci_arena_clear(&arena);
    if (st == ARC_OK) assert_session(k->b, arc_txn_commit(txn));
    else arc_txn_rollback(txn);
    return st;
}

static inline void action_do(action_kit *k, const char *type, const char *params)
{
    action_resolve(k, type, params);
    arc_status st = action_apply(k, type);
    if (st != ARC_OK) {
        arc_error e = ARC_ERROR_INIT;
        (void)arc_session_error(k->b->session, &e);
        print_message("%s: %d %s\n", k->params, st, e.message);
    }
    assert_int_equal(st, ARC_OK);
}

/* The last params have this piece of JSON. */
#define assert_has(k, piece) action_has((k)->params, piece, __FILE__, __LINE__)
#define assert_result(k, piece) action_has((k)->result, piece, __FILE__, __LINE__)
static inline void action_has(const char *text, const char *piece, const char *file, int line)
{
    char own[4000];
    action_quotes(own, sizeof own, piece);
    if (strstr(text, own)) return;
    print_message("%s\nhas no %s\n", text, own);
    _assert_true(0, piece, file, line);
}

#endif
