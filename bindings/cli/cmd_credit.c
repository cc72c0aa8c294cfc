/* SPDX-License-Identifier: Apache-2.0 */
/* credit exposure, credit check, credit policy, order confirm: what is at stake with a customer, and what the rules say. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* A number of an object as money; null, or no such member: nothing. */
static void money(cli *c, const char *object, const char *name, const char *currency)
{
    const char *v = js_member(object, name);
    if (v && strncmp(v, "null", 4) != 0) rows_money(c, js_int(v), currency);
    else rows_null(c);
}

static void columns(cli *c, const char *const (*list)[2], const int *kinds, int n)
{
    rows_begin(c);
    for (int k = 0; k < n; k++) rows_column(c, list[k][0], cli_say(c, list[k][0], list[k][1]), kinds[k]);
}

/* ---- exposure ------------------------------------------------------------------------------------------------------------------------ */

typedef struct asked {
    int64_t of;
    const char *currency;
    arc_date as_of;
    int32_t group;
} asked;

static arc_status call_exposure(cli *c, char *buf, size_t *len, const void *what)
{
    const asked *a = what;
    return arc_credit_exposure_json(c->session, buf, len, a->of, a->currency, a->as_of, a->group);
}

/* The parts, their sum, and each limit with what counts against it. */
static void write_exposure(cli *c, const char *json)
{
    static const char *const names[][2] = { { "part", "组成" }, { "currency", "币种" }, { "amount", "金额" }, { "included", "计入" }, { "limit", "额度" }, { "headroom", "可用额度" } };
    static const int kinds[] = { CELL_TEXT, CELL_TEXT, CELL_MONEY, CELL_TEXT, CELL_MONEY, CELL_MONEY };
    cli_text own = { NULL, 0, 0 };
    js_text(&own, js_member(json, "currency"));
    columns(c, names, kinds, 6);
    for (const char *p = js_first(js_member(json, "parts")); p; p = js_next(p)) {
        cli_member(c, p, "part");
        rows_text(c, own.s, own.n);
        money(c, p, "amount", own.s);
        rows_text(c, js_true(js_member(p, "included")) ? cli_say(c, "yes", "是") : cli_say(c, "no", "否"), SIZE_MAX);
        money(c, p, "limit", own.s);
        rows_null(c);
    }
    rows_text(c, "TOTAL", SIZE_MAX);
    rows_text(c, own.s, own.n);
    money(c, json, "total", own.s);
    for (int k = 0; k < 3; k++) rows_null(c);
    for (const char *l = js_first(js_member(json, "limits")); l; l = js_next(l)) {
        cli_text currency = { NULL, 0, 0 };
        js_text(&currency, js_member(l, "currency"));
        rows_text(c, "LIMIT", SIZE_MAX);
        rows_text(c, currency.s, currency.n);
        money(c, l, "exposure", currency.s);
        rows_null(c);
        money(c, l, "limit", currency.s);
        money(c, l, "headroom", currency.s);
        text_free(&currency);
    }
    rows_end(c);
    text_free(&own);
}

int cmd_credit_exposure(cli *c)
{
    const int group = cli_has(c, "customer-group");
    asked a = { 0, cli_get(c, "currency"), ARC_DATE_NONE, group ? ARC_EXPOSURE_OF_GROUP : cli_has(c, "with-owned") ? ARC_EXPOSURE_OWNED : 0 };
    int code = cli_open(c, ARC_BOOK_READONLY);
    a.as_of = c->today;
    if (code == CLI_OK) code = cli_date(c, &a.as_of, "as-of");
    if (code == CLI_OK) code = cli_row_id(c, &a.of, group ? "customer_group" : "customer", c->args[0]);
    return code == CLI_OK ? cli_tell(c, "credit exposure", call_exposure, &a, write_exposure) : code;
}

/* ---- checks -------------------------------------------------------------------------------------------------------------------------- */

typedef struct question {
    arc_credit_question q;
    arc_credit_decision *decision;
} question;

static arc_status call_check(cli *c, char *buf, size_t *len, const void *what)
{
    const question *x = what;
    return arc_credit_check(c->session, x->decision, buf, len, &x->q);
}

/* Limits with their numbers, then what the rules say. */
static void write_check(cli *c, const char *json)
{
    static const char *const names[][2] = { { "rule", "规则" }, { "effect", "结果" }, { "currency", "币种" }, { "limit", "额度" }, { "exposure", "现有敞口" }, { "document", "本单" }, { "excess", "超额" }, { "says", "说明" } };
    static const int kinds[] = { CELL_TEXT, CELL_TEXT, CELL_TEXT, CELL_MONEY, CELL_MONEY, CELL_MONEY, CELL_MONEY, CELL_TEXT };
    columns(c, names, kinds, 8);
    for (const char *l = js_first(js_member(json, "limits")); l; l = js_next(l)) {
        cli_text currency = { NULL, 0, 0 }, says = { NULL, 0, 0 };
        const char *group = js_member(l, "customer_group");
        js_text(&currency, js_member(l, "currency"));
        text_format(&says, group ? "customer_group %lld" : "customer %lld", (long long)js_int(group ? group : js_member(l, "customer")));
        cli_member(c, l, "rule");
        cli_member(c, l, "scope");
        rows_text(c, currency.s, currency.n);
        money(c, l, "limit", currency.s);
        money(c, l, "exposure", currency.s);
        money(c, l, "document", currency.s);
        money(c, l, "excess", currency.s);
        rows_text(c, says.s, says.n);
        text_free(&currency);
        text_free(&says);
    }
    for (const char *r = js_first(js_member(json, "rules")); r; r = js_next(r)) {
        cli_member(c, r, "rule");
        cli_member(c, r, "effect");
        for (int k = 0; k < 5; k++) rows_null(c);
        cli_member(c, r, c->zh ? "zh" : "en");
    }
    rows_end(c);
}

int cmd_credit_check(cli *c)
{
    static const struct {
        const char *name;
        uint32_t entity;
    } documents[] = { { "sales_order", ARC_SALES_ORDER }, { "delivery", ARC_DELIVERY }, { "invoice", ARC_INVOICE } };
    arc_credit_decision d = ARC_CREDIT_DECISION_INIT;
    question x = { ARC_CREDIT_QUESTION_INIT, &d };
    for (int k = 0; k < 3; k++) x.q.entity = strcmp(c->args[0], documents[k].name) == 0 ? documents[k].entity : x.q.entity;
    x.q.currency = cli_has(c, "currency") ? cli_get(c, "currency") : "CNY";
    int code = x.q.entity ? CLI_OK : cli_amount(c, &x.q.amount, c->args[1], x.q.currency);
    if (code == CLI_OK) code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK) code = cli_date(c, &x.q.wanted_on, "wanted");
    if (code == CLI_OK) code = x.q.entity ? cli_row_id(c, &x.q.row, c->args[0], c->args[1]) : cli_row_id(c, &x.q.customer, "customer", c->args[0]);
    if (code == CLI_OK) code = cli_tell(c, "credit check", call_check, &x, write_check);
    if (code != CLI_OK) return code;
    cli_note(c, d.result == ARC_CREDIT_HOLD ? "it would be held" : d.result == ARC_CREDIT_WARN ? "it passes with a warning" : "it passes",
             d.result == ARC_CREDIT_HOLD ? "将被冻结" : d.result == ARC_CREDIT_WARN ? "提示后通过" : "通过");
    return d.result == ARC_CREDIT_HOLD ? CLI_REFUSED : CLI_OK;
}

/* ---- policies, orders ------------------------------------------------------------------------------------------------------------------ */

static int32_t tell_fault(void *user, const arc_error *fault)
{
    cli *c = user;
    cli_note(c, "%s: %s", "%s：%s", fault->pointer[0] ? fault->pointer : "/", cli_say(c, fault->message, fault->message_zh));
    return 0;
}

int cmd_credit_policy(cli *c)
{
    const char *code_of = cli_has(c, "code") ? cli_get(c, "code") : "default";
    int64_t id = 0;
    size_t n = 0;
    char *file = cli_read_file(c, c->args[0], &n);
    if (!file) return CLI_ENVIRONMENT;
    int code = cli_open(c, 0);
    if (code == CLI_OK) {
        arc_status st = arc_definition_save(c->session, &id, "credit_policy", code_of, file, n, NULL);
        if (st == ARC_OK) st = arc_definition_publish(c->session, id, tell_fault, c);
        code = st == ARC_OK ? cli_wrote(c, "definition", id) : cli_session_error(c, "credit policy", st);
    }
    free(file);
    return code;
}

static arc_status call_warnings(cli *c, char *buf, size_t *len, const void *what)
{
    (void)what;
    return arc_credit_warnings_json(c->session, buf, len);
}

/* What a check warned of: a line each. */
static void tell_warnings(cli *c)
{
    char *json;
    size_t n;
    if (cli_take_json(c, &json, &n, call_warnings, NULL) == ARC_OK) {
        for (const char *w = js_first(js_member(json, "warnings")); w; w = js_next(w)) {
            for (const char *r = js_first(js_member(w, "rules")); r; r = js_next(r)) {
                cli_text t = { NULL, 0, 0 };
                js_text(&t, js_member(r, c->zh ? "zh" : "en"));
                cli_note(c, "warning: %s", "提示：%s", t.s);
                text_free(&t);
            }
        }
    }
    free(json);
}

int cmd_order_confirm(cli *c)
{
    arc_order_step step = ARC_ORDER_STEP_INIT;
    int code = cli_open(c, 0);
    if (code == CLI_OK) code = cli_row_id(c, &step.id, "sales_order", c->args[0]);
    if (code != CLI_OK) return code;
    arc_status st = arc_order_confirm(c->session, NULL, NULL, &step, 1, ARC_ALL_OR_NONE);
    if (st != ARC_OK) return cli_session_error(c, "order confirm", st);
    tell_warnings(c);
    return cli_wrote(c, "sales_order", step.id);
}
