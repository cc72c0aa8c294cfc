/* SPDX-License-Identifier: Apache-2.0 */
/* arc_credit_check(): what the rules would say, without writing. */
#include <string.h>

#include "arcore/fields.h"
#include "base/json_text.h"
#include "credit/check.h"

arc_status arc_credit_question_init(arc_credit_question *question)
{
    static const arc_credit_question init = ARC_CREDIT_QUESTION_INIT;
    if (!question) return ARC_E_INVALID;
    *question = init;
    return ARC_OK;
}

arc_status arc_credit_decision_init(arc_credit_decision *decision)
{
    static const arc_credit_decision init = ARC_CREDIT_DECISION_INIT;
    if (!decision) return ARC_E_INVALID;
    *decision = init;
    return ARC_OK;
}

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static arc_status invalid(arci_env *env)
{
    return arci_fail(env, ARC_E_INVALID, "asked about an order, a delivery, an invoice, or an amount of a customer", "应询问订单、发货单、发票，或某客户的金额");
}

/* Lines of an order or delivery added up; of a delivery, those of no order alone are not counted yet. wanted: of an order, its own day. */
static arc_status of_lines(arci_txn *t, arci_arena *arena, const char *entity, const char *fields, arci_credit_ask *ask, const arc_value *wanted)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, entity, fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, ask->row);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    arci_due_day *days = st == ARC_OK ? arci_arena_alloc(arena, (rows.n_rows + 1u) * sizeof *days) : NULL;
    if (st == ARC_OK && !days) return arci_nomem(t->env);
    ask->days = days;
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * rows.n_cols, *on = wanted && v[3].type != ARC_V_INT ? wanted : &v[3];
        const int counted = !wanted && v[3].type == ARC_V_INT;
        if (wanted && on->type == ARC_V_INT) days[ask->n_days++] = (arci_due_day){ (arc_date)on->u.i, v[1].u.i };
        memcpy(ask->currency, v[2].u.s, 3);
        if (arci_add64(ask->amount, v[1].u.i, &ask->amount) || (!counted && arci_add64(ask->adds, v[1].u.i, &ask->adds))) return arci_fail(t->env, ARC_E_OVERFLOW, "the amount is too large", "金额超出范围");
    }
    return st;
}

/* What is planned on the contracts of its lines, else on its own, is counted as far as it goes beyond them. */
static arc_status of_contracts(arci_txn *t, arci_arena *arena, arci_credit_ask *ask, const arc_value *own)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, "order_line", "sales_order amount contract");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, ask->row);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    arci_credit_taken *taken = st == ARC_OK ? arci_arena_alloc(arena, (rows.n_rows + 1u) * sizeof *taken) : NULL;
    if (st == ARC_OK && !taken) return arci_nomem(t->env);
    ask->taken = taken;
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * rows.n_cols, *of = v[2].type == ARC_V_INT ? &v[2] : own;
        if (of->type != ARC_V_INT) continue;
        taken[ask->n_taken] = (arci_credit_taken){ 0, v[1].u.i, of->u.i, ask->customer, "" };
        memcpy(taken[ask->n_taken++].currency, ask->currency, 3);
    }
    return st;
}

static arc_status of_order(arci_txn *t, arci_arena *arena, arci_credit_ask *ask)
{
    const arci_shape *shape;
    arc_value *v;
    arc_status st = arci_shape_get(t, &shape, "sales_order", "customer currency wanted_on status version contract");
    if (st == ARC_OK) st = arci_repo_get(t, shape, ask->row, arena, &v);
    if (st != ARC_OK) return st;
    ask->entity = "sales_order";
    ask->moment = ARCI_AT_ORDER;
    ask->customer = v[0].u.i;
    ask->version = v[4].u.i;
    st = of_lines(t, arena, "order_line", "sales_order amount currency wanted_on", ask, &v[2]);
    memcpy(ask->currency, v[1].u.s, 3);
    if (v[3].len != 5 && v[3].len != 4) ask->adds = 0; /* neither draft nor held: it is counted */
    return st == ARC_OK && ask->adds ? of_contracts(t, arena, ask, &v[5]) : st;
}

static arc_status of_delivery(arci_txn *t, arci_arena *arena, arci_credit_ask *ask)
{
    const arci_shape *shape;
    arc_value *v;
    arc_status st = arci_shape_get(t, &shape, "delivery", "customer status version");
    if (st == ARC_OK) st = arci_repo_get(t, shape, ask->row, arena, &v);
    if (st != ARC_OK) return st;
    ask->entity = "delivery";
    ask->moment = ARCI_AT_DELIVERY;
    ask->customer = v[0].u.i;
    ask->version = v[2].u.i;
    st = of_lines(t, arena, "delivery_line", "delivery amount currency order_line", ask, NULL);
    if (v[1].len != 5) ask->adds = 0; /* no draft */
    return st;
}

/* A draft, as it would be issued; an issued one is counted. */
static arc_status of_invoice(arci_txn *t, arci_arena *arena, arci_credit_ask *ask)
{
    enum { CUSTOMER, CURRENCY, GROSS, REST, CONTRACT, USES, STATUS, VERSION };
    const arci_shape *shape;
    arc_value *v;
    arc_status st = arci_shape_get(t, &shape, "invoice", "customer currency gross_amount draft_rest contract draft_uses status version");
    if (st == ARC_OK) st = arci_repo_get(t, shape, ask->row, arena, &v);
    if (st != ARC_OK) return st;
    arci_draft_facts f = { &v[CUSTOMER], &v[CURRENCY], &v[GROSS], &v[REST], &v[CONTRACT], &v[USES], 0, NULL, 0 };
    ask->entity = "invoice";
    ask->moment = ARCI_AT_INVOICE;
    ask->customer = v[CUSTOMER].u.i;
    ask->version = v[VERSION].u.i;
    ask->amount = v[GROSS].u.i;
    memcpy(ask->currency, v[CURRENCY].u.s, 3);
    if (!is(&v[STATUS], "draft") && !is(&v[STATUS], "submitted") && !is(&v[STATUS], "approved")) return ARC_OK;
    st = arci_draft_facts_of(t, arena, &f);
    ask->adds = f.own;
    ask->taken = f.taken;
    ask->n_taken = f.n_taken;
    return st;
}

static arc_status of_amount(arci_txn *t, arci_arena *arena, const arc_credit_question *q, arci_credit_ask *ask)
{
    int32_t exponent;
    arci_due_day *day = arci_arena_alloc(arena, sizeof *day);
    if (!day) return arci_nomem(t->env);
    if (!q->customer || !q->currency) return invalid(t->env);
    if (arc_currency_exponent(&exponent, q->currency) != ARC_OK) return arci_fail(t->env, ARC_E_CURRENCY, "no such currency", "币种不存在");
    if (q->amount < 0 || q->amount > ARC_MONEY_MAX) return arci_fail(t->env, ARC_E_RANGE, "an amount is not negative", "金额不能为负");
    ask->moment = ARCI_AT_ORDER;
    ask->customer = q->customer;
    ask->amount = ask->adds = q->amount;
    if (q->wanted_on != ARC_DATE_NONE) {
        *day = (arci_due_day){ q->wanted_on, q->amount };
        ask->days = day;
        ask->n_days = 1;
    }
    memcpy(ask->currency, q->currency, 3);
    return ARC_OK;
}

static void put(arci_str *b, const arci_credit_run *run, const arci_credit_ask *ask, const arci_credit_said *said)
{
    static const char *const results[] = { "pass", "warn", "hold" }, *const moments[] = { "", "order", "delivery", "", "invoice" };
    char day[16] = "";
    size_t n = sizeof day;
    (void)arc_date_print(day, &n, run->day);
    arci_str_putc(b, '{');
    arci_json_put_str(b, "result", results[said->result]);
    arci_json_put_int(b, "customer", ask->customer);
    arci_json_put_str(b, "moment", moments[ask->moment]);
    arci_json_put_str(b, "as_of", day);
    arci_json_put_key(b, "policy");
    if (run->on) arci_json_put_text(b, run->policy.code, strlen(run->policy.code));
    else arci_str_puts(b, "null");
    arci_json_put_int(b, "amount", ask->amount);
    arci_json_put_str(b, "currency", ask->currency);
    arci_json_put_key(b, "limits");
    arci_str_putc(b, '[');
    if (said->limits.len) arci_str_add(b, said->limits.s, said->limits.len);
    arci_str_puts(b, "]");
    arci_json_put_key(b, "rules");
    arci_str_putc(b, '[');
    if (said->rules.len) arci_str_add(b, said->rules.s, said->rules.len);
    arci_str_puts(b, "]}");
}

static arc_status ask_of(arci_session *s, arci_txn *t, arci_arena *arena, const arc_credit_question *q, arci_credit_ask *ask)
{
    const arci_entity *customer = arci_entity_by_name("customer", 8), *e = q->entity ? arci_entity_by_id(q->entity) : NULL;
    memset(ask, 0, sizeof *ask);
    ask->row = q->row;
    if (q->entity && q->entity != ARC_SALES_ORDER && q->entity != ARC_DELIVERY && q->entity != ARC_INVOICE) return invalid(t->env);
    arc_status st = e ? arci_access_check(t->env, s, &arci_verbs[ARCI_DO_READ], e) : ARC_OK;
    if (st == ARC_OK && e) st = arci_access_row(t, &arci_verbs[ARCI_DO_READ], e, e, q->row);
    if (st != ARC_OK) return st;
    st = q->entity == ARC_SALES_ORDER ? of_order(t, arena, ask) : q->entity == ARC_DELIVERY ? of_delivery(t, arena, ask) : q->entity == ARC_INVOICE ? of_invoice(t, arena, ask) : of_amount(t, arena, q, ask);
    return st == ARC_OK ? arci_access_row(t, &arci_verbs[ARCI_DO_READ], customer, customer, ask->customer) : st;
}

static arc_status tell(arci_session *s, arci_txn *t, const arc_credit_question *q, arc_credit_decision *out, arci_str *b)
{
    arci_arena arena;
    arci_credit_run run;
    arci_credit_ask ask;
    arci_credit_said said;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_credit_open(&run, t, &arena);
    if (st == ARC_OK) st = ask_of(s, t, &arena, q, &ask);
    if (st == ARC_OK) {
        st = arci_credit_judge(&run, &ask, &said);
        if (st == ARC_OK) {
            put(b, &run, &ask, &said);
            out->result = said.result;
            out->amount = ask.amount;
            out->limit = said.limit;
            out->exposure = said.exposure;
            out->excess = said.excess;
            out->has_limit = said.has_limit;
            memcpy(out->currency, said.has_limit ? said.currency : ask.currency, 3);
            if (b->failed) st = arci_nomem(t->env);
        }
        arci_credit_said_clear(&said);
    }
    arci_arena_clear(&arena);
    return st;
}

arc_status arc_credit_check(arc_session *session, arc_credit_decision *decision, char *buf, size_t *len, const arc_credit_question *question)
{
    arc_credit_question q = ARC_CREDIT_QUESTION_INIT;
    arc_credit_decision d = ARC_CREDIT_DECISION_INIT;
    arci_session *s;
    arci_scope scope;
    arci_str b;
    const arci_row_scope *rows = NULL;
    const arci_entity *limits = arci_entity_by_name("credit_limit", 12);
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!question || (buf && !len)) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "question or len is NULL", "question 或 len 为 NULL"));
    st = arci_struct_in(&s->env, &q, sizeof q, question);
    if (st == ARC_OK && decision) st = arci_struct_in(&s->env, &d, sizeof d, decision);
    if (st == ARC_OK && q.reserved) st = arci_fail(&s->env, ARC_E_INVALID, "reserved is not 0", "reserved 须为 0");
    arci_str_init(&b, s->env.ctx);
    if (st == ARC_OK) st = arci_access_read(&s->env, s, limits, &rows);
    if (st == ARC_OK) st = arci_access_field(&s->env, s, limits, arci_entity_field(limits, "amount", 6));
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, tell(s, scope.txn, &q, &d, &b));
    if (st == ARC_OK && decision) {
        const uint32_t size = decision->struct_size;
        memcpy(decision, &d, size < sizeof d ? size : sizeof d);
        decision->struct_size = size;
    }
    if (st == ARC_OK && len) st = arci_text_out(buf, len, b.s, b.len);
    arci_str_clear(&b);
    return arci_session_leave(s, st);
}
