/* SPDX-License-Identifier: Apache-2.0 */
/* Decision tables and scorecards as handles. */
#include <string.h>

#include "base/handle.h"
#include "rules/condition.h"
#include "rules/table.h"
#include "store/access.h"
#include "store/session.h"
#include "store/valid.h"
#include "store/verb.h"

static arc_status publish(arci_env *env, arc_decision **out, arci_decision *t)
{
    const arc_error none = ARC_ERROR_INIT;
    void *handle;
    t->error = none;
    arc_status st = arci_handle_new(env->ctx, ARCI_H_DECISION, t, arci_table_free, &handle);
    if (st != ARC_OK) {
        arci_table_free(t);
        return st == ARC_E_NOMEM ? arci_nomem(env) : st;
    }
    *out = handle;
    return ARC_OK;
}

arc_status arc_decision_load(arc_context *context, arc_decision **out, const char *document, size_t length, arc_fault_fn report, void *user)
{
    arci_env env;
    arci_decision *t;
    arci_fault_sink sink = { .report = report, .user = user };
    if (out) *out = NULL;
    arc_status st = arci_context_check(context);
    if (st != ARC_OK) return st;
    env.ctx = context;
    env.err = arci_context_error_slot(context);
    if (!out || !document) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    st = arci_table_read(&env, &t, document, length == SIZE_MAX ? strlen(document) : length, NULL, NULL, 0, &sink);
    if (st == ARC_OK) return publish(&env, out, t);
    if (sink.n && st != ARC_E_NOMEM && st != ARC_E_CANCELLED) arci_fail_copy(&env, &sink.first);
    return st;
}

/* ---- definitions ------------------------------------------------------------------------------------------------------------------ */

static arc_status check(arci_txn *t, const char *json, size_t len, int scorecard, arci_fault_sink *sink)
{
    arci_custom *custom = NULL;
    arci_decision *read = NULL;
    arc_status st = arci_session_custom(t->env, t->session, &custom);
    if (st == ARC_OK) st = arci_table_read(t->env, &read, json, len, custom, t->book->base_currency, 1, sink);
    if (st == ARC_OK && read->scorecard != scorecard) {
        arci_fail(t->env, ARC_E_VALUE, scorecard ? "is no scorecard" : "is no decision table", scorecard ? "不是评分卡" : "不是决策表");
        arci_fail_rule(t->env, "kind");
        arci_fail_pointer(t->env, "");
        st = arci_fault_note(t->env, sink);
        if (st == ARC_OK) st = ARC_E_VALUE;
    }
    arci_table_free(read);
    return st;
}

arc_status arci_decision_table_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink) { return check(t, json, len, 0, sink); }
arc_status arci_scorecard_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink) { return check(t, json, len, 1, sink); }

arc_status arci_table_get(arci_txn *t, arci_decision **out, const char *kind, const char *code, arc_date on)
{
    arci_custom *custom = NULL;
    arci_arena arena;
    const char *json;
    size_t len;
    int64_t id;
    *out = NULL;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_definition_in_force(t, &arena, kind, code, on, &id, &json, &len);
    if (st == ARC_OK) st = arci_session_custom(t->env, t->session, &custom);
    if (st == ARC_OK) st = arci_table_read(t->env, out, json, len, custom, t->book->base_currency, 0, NULL);
    if (st == ARC_OK) (*out)->definition = id;
    if (st == ARC_OK) (*out)->custom = custom;
    arci_arena_clear(&arena);
    return st;
}

static arc_status open_table(arci_session *s, arc_decision **out, const char *kind, const char *code, arc_date on)
{
    arci_scope scope;
    arci_decision *t = NULL;
    arc_status st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("definition", 10));
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, arci_table_get(scope.txn, &t, kind, code, on));
    if (st == ARC_OK) return publish(&s->env, out, t);
    arci_table_free(t);
    return st;
}

arc_status arc_decision_open(arc_session *session, arc_decision **out, const char *kind, const char *code, arc_date on)
{
    arci_session *s;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!out || !kind || !code || (strcmp(kind, "decision_table") != 0 && strcmp(kind, "scorecard") != 0) || (on != ARC_DATE_NONE && (on < ARC_DATE_MIN || on > ARC_DATE_MAX)))
        return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "an argument is NULL, not a date, or no kind of table", "参数为 NULL、不是日期，或不是表的种类"));
    return arci_session_leave(s, open_table(s, out, kind, code, on));
}

/* ---- asking -------------------------------------------------------------------------------------------------------------------------- */

static arc_status enter(arc_decision *handle, arci_decision **t, arci_env *env, const size_t *len)
{
    void *object = NULL;
    arc_status st = arci_handle_get(handle, ARCI_H_DECISION, &object, NULL);
    if (st != ARC_OK) return st;
    *t = object;
    env->ctx = (*t)->ctx;
    env->err = &(*t)->error;
    arci_error_clear(env->err);
    return len ? ARC_OK : arci_fail(env, ARC_E_INVALID, "len is NULL", "len 为 NULL");
}

arc_status arci_table_decide_json(arci_env *env, const arci_decision *t, arci_arena *arena, const char *inputs, size_t length, int explain, arci_str *out)
{
    const arci_json *root = t->sample;
    arci_json *own = NULL;
    arc_value *row;
    arc_status st = ARC_OK;
    if (inputs) {
        st = arci_json_parse(env, arena, inputs, length, &arci_json_default_limits, &own);
        root = own;
    } else if (!root) {
        st = arci_fail(env, ARC_E_NOT_FOUND, "the table has no sample", "该表没有样例数据");
    }
    if (st == ARC_OK) st = arci_table_row_of(env, t, arena, root, &row);
    if (st != ARC_OK) return st;
    return t->scorecard ? arci_scorecard_decide(env, t, row, out) : arci_table_decide(env, t, row, NULL, explain, out);
}

arc_status arc_decision_evaluate(arc_decision *decision, char *buf, size_t *len, const char *inputs, size_t length, uint32_t flags)
{
    arci_decision *t;
    arci_env env;
    arci_arena arena;
    arci_str out;
    arc_status st = enter(decision, &t, &env, len);
    if (st == ARC_OK && flags & ~ARC_DECISION_EXPLAIN) st = arci_fail(&env, ARC_E_INVALID, "unknown flag", "未知的标志");
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, env.ctx);
    arci_str_init(&out, env.ctx);
    st = arci_table_decide_json(&env, t, &arena, inputs, inputs && length == SIZE_MAX ? strlen(inputs) : length, (flags & ARC_DECISION_EXPLAIN) != 0, &out);
    if (st == ARC_OK) st = arci_text_out(buf, len, out.s, out.len);
    arci_str_clear(&out);
    arci_arena_clear(&arena);
    return st;
}

/* ---- rows of the book -------------------------------------------------------------------------------------------------------------------- */

static arc_status check_ask(arci_txn *t, const arci_table_ask *call)
{
    const arci_decision *table = call->table;
    arci_custom *custom = NULL;
    if (!arci_facts_subject(table->facts)) return arci_fail(t->env, ARC_E_STATE, "the table has no subject", "该表没有 subject");
    arc_status st = arci_facts_may(t->env, t->session, table->facts);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < arci_facts_width(table->facts); i++) {
        const arci_fact *f = arci_facts_slot(table->facts, i);
        if (!(f->flags & ARCI_FACT_PARAM) || (f->flags & ARCI_FACT_NULLABLE) || strcmp(f->path, "today") == 0) continue;
        return arci_fail(t->env, ARC_E_REQUIRED, "%.60s is no field of a row", "%.60s 不是行的字段", f->path);
    }
    st = table->custom ? arci_session_custom(t->env, t->session, &custom) : ARC_OK;
    if (st == ARC_OK && custom != table->custom) st = arci_fail(t->env, ARC_E_STALE, "the book's own fields have changed: open the table again", "自定义字段已变更：请重新打开该表");
    return st;
}

/* The row, when the actor sees it. */
static arc_status read_row(arci_txn *t, const arci_table_ask *call, arci_fact_reader *reader, arci_arena *arena, arc_value **row)
{
    const arci_entity *e = arci_facts_subject(call->table->facts);
    const arci_row_scope *scope;
    uint8_t found = 0, seen = 1;
    arc_status st = arci_access_read(t->env, t->session, e, &scope);
    if (st == ARC_OK) st = arci_fact_read(reader, arena, &call->id, 1, row, &found);
    if (st == ARC_OK && scope) st = arci_scope_rows(t, arena, e, scope, &call->id, 1, &seen);
    if (st != ARC_OK || (found && seen)) return st;
    arci_fail(t->env, ARC_E_NOT_FOUND, "there is no such row", "没有该行");
    arci_fail_at(t->env, e->name, NULL, call->id, -1);
    return ARC_E_NOT_FOUND;
}

arc_status arci_table_decide_row(arci_txn *t, const arci_table_ask *call)
{
    arci_fact_call facts = { .today = call->today };
    arci_fact_reader *reader = NULL;
    arci_arena arena;
    arc_value *row = NULL;
    arc_status st = check_ask(t, call);
    if (st == ARC_OK && call->today == ARC_DATE_NONE) st = arci_txn_today(t, &facts.today);
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, t->book->ctx);
    st = arci_fact_reader_open(t, &arena, call->table->facts, &facts, &reader);
    if (st == ARC_OK) st = read_row(t, call, reader, &arena, &row);
    if (st == ARC_OK) st = arci_table_bounds(t->env, call->table, NULL, row);
    if (st == ARC_OK) st = call->table->scorecard ? arci_scorecard_decide(t->env, call->table, row, call->out) : arci_table_decide(t->env, call->table, row, NULL, call->explain, call->out);
    arci_fact_reader_close(reader);
    arci_arena_clear(&arena);
    return st;
}

arc_status arc_decision_evaluate_row(arc_session *session, char *buf, size_t *len, arc_decision *decision, int64_t id, arc_date today, uint32_t flags)
{
    arci_session *s;
    arci_scope scope;
    void *object = NULL;
    arc_context *ctx = NULL;
    arci_str out;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    arci_str_init(&out, s->env.ctx);
    st = arci_handle_get(decision, ARCI_H_DECISION, &object, &ctx);
    if (st != ARC_OK || ctx != s->env.ctx) st = arci_fail(&s->env, ARC_E_HANDLE, "the decision is not a live handle of this context", "该 decision 句柄无效");
    else if (!len || flags & ~ARC_DECISION_EXPLAIN || (today != ARC_DATE_NONE && arc_date_check(today) != ARC_OK)) st = arci_fail(&s->env, ARC_E_INVALID, "len is NULL, a flag is unknown, or not a date", "len 为 NULL、标志未知或不是日期");
    const arci_table_ask call = { object, id, today, (flags & ARC_DECISION_EXPLAIN) != 0, &out };
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, arci_table_decide_row(scope.txn, &call));
    if (st == ARC_OK) st = arci_text_out(buf, len, out.s, out.len);
    arci_str_clear(&out);
    return arci_session_leave(s, st);
}

arc_status arc_decision_report(arc_decision *decision, char *buf, size_t *len)
{
    arci_decision *t;
    arci_env env;
    arci_str out;
    arc_status st = enter(decision, &t, &env, len);
    if (st != ARC_OK) return st;
    arci_str_init(&out, env.ctx);
    st = arci_table_report(&env, t, &out);
    if (st == ARC_OK) st = arci_text_out(buf, len, out.s, out.len);
    arci_str_clear(&out);
    return st;
}

arc_status arc_decision_error(arc_decision *decision, arc_error *error)
{
    void *object = NULL;
    arc_status st = arci_handle_get(decision, ARCI_H_DECISION, &object, NULL);
    if (st != ARC_OK) return st;
    if (!error || !error->struct_size) return ARC_E_INVALID;
    return arci_struct_out(error, &((arci_decision *)object)->error, sizeof *error);
}

void arc_decision_free(arc_decision *decision)
{
    void *object = NULL;
    if (arci_handle_release(decision, ARCI_H_DECISION, &object) == ARC_OK) arci_table_free(object);
}
