/* SPDX-License-Identifier: Apache-2.0 */
/* limit set, limit request, limit approve, limit reject, limit recall, limit show; hold list, hold place, hold release, hold end, hold recheck. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static int row_number(cli *c, int64_t *id, const char *en, const char *zh)
{
    char *end;
    *id = strtoll(c->args[0], &end, 10);
    return *end || *id < 1 ? cli_usage(c, "%s is no id of %s%.0s", "%s 不是%.0s%s编号", c->args[0], en, zh) : CLI_OK;
}

int cli_amount(cli *c, int64_t *minor, const char *text, const char *currency)
{
    arc_decimal d;
    arc_money m;
    if (arc_decimal_parse(&d, text, SIZE_MAX) != ARC_OK || arc_money_from_decimal(&m, &d, currency, ARC_ROUND_EXACT) != ARC_OK) return cli_usage(c, "%s %s is no amount", "%s %s 不是金额", text, currency);
    *minor = m.minor;
    return CLI_OK;
}

static const char *currency_of(cli *c) { return cli_has(c, "currency") ? cli_get(c, "currency") : "CNY"; }

/* ---- limits ------------------------------------------------------------------------------------------------------------------------- */

/* WHOM AMOUNT REASON with the options of both commands. */
static int take_limit(cli *c, arc_credit_limit *l)
{
    l->currency = currency_of(c);
    l->reason = c->args[2];
    int code = cli_amount(c, &l->amount, c->args[1], l->currency);
    if (code == CLI_OK) code = cli_open(c, 0);
    if (code == CLI_OK) code = cli_date(c, &l->valid_from, "from");
    if (code == CLI_OK) code = cli_date(c, &l->valid_to, "to");
    if (code == CLI_OK) code = cli_number(c, &l->credit_check, "check", 1, INT64_MAX);
    if (cli_has(c, "temporary")) l->kind = "temporary";
    if (cli_has(c, "with-owned")) l->scope = "group";
    if (code != CLI_OK) return code;
    return cli_has(c, "customer-group") ? cli_row_id(c, &l->customer_group, "customer_group", c->args[0]) : cli_row_id(c, &l->customer, "customer", c->args[0]);
}

static int add_limit(cli *c, int asked)
{
    arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
    int64_t id = 0;
    int code = take_limit(c, &l);
    if (code != CLI_OK) return code;
    arc_status st = asked ? arc_credit_request_submit(c->session, &id, &l) : arc_credit_limit_set(c->session, &id, &l);
    return st == ARC_OK ? cli_wrote(c, asked ? "credit_request" : "credit_limit", id) : cli_session_error(c, c->command->name, st);
}

int cmd_limit_set(cli *c) { return add_limit(c, 0); }
int cmd_limit_request(cli *c) { return add_limit(c, 1); }

int cmd_limit_approve(cli *c)
{
    int64_t id, limit = 0;
    int code = row_number(c, &id, "a request", "申请");
    if (code == CLI_OK) code = cli_open(c, 0);
    if (code != CLI_OK) return code;
    arc_status st = arc_credit_request_approve(c->session, &limit, id, c->n_args > 1 ? c->args[1] : NULL);
    return st == ARC_OK ? cli_wrote(c, "credit_limit", limit) : cli_session_error(c, "limit approve", st);
}

static int refuse(cli *c, arc_status (*verb)(arc_session *session, int64_t request, const char *reason))
{
    int64_t id;
    int code = row_number(c, &id, "a request", "申请");
    if (code == CLI_OK) code = cli_open(c, 0);
    if (code != CLI_OK) return code;
    arc_status st = verb(c->session, id, c->args[1]);
    return st == ARC_OK ? cli_wrote(c, "credit_request", id) : cli_session_error(c, c->command->name, st);
}

int cmd_limit_reject(cli *c) { return refuse(c, arc_credit_request_reject); }
int cmd_limit_recall(cli *c) { return refuse(c, arc_credit_request_recall); }

typedef struct asked {
    int64_t customer;
    arc_date as_of;
} asked;

static arc_status call_limits(cli *c, char *buf, size_t *len, const void *what)
{
    const asked *a = what;
    return arc_credit_limit_json(c->session, buf, len, a->customer, a->as_of, 0);
}

/* One line: whose limit, what it is or will be from a day on. amount NULL or null: there is none then. */
static void limit_row(cli *c, const char *of, const char *from, const char *amount, const char *is)
{
    cli_text t = { NULL, 0, 0 };
    const char *group = js_member(of, "customer_group"), *currency = js_member(of, "currency");
    rows_text(c, group ? "customer_group" : "customer", SIZE_MAX);
    rows_int(c, js_int(group ? group : js_member(of, "customer")));
    cli_member(c, of, "scope");
    js_text(&t, currency);
    rows_text(c, t.s, t.n);
    if (from) cli_member(c, from, is ? "valid_from" : "from");
    else rows_null(c);
    if (amount && strncmp(amount, "null", 4) != 0) rows_money(c, js_int(amount), t.s);
    else rows_null(c);
    rows_text(c, is ? is : from ? cli_say(c, "then", "届时") : cli_say(c, "now", "当前"), SIZE_MAX);
    text_free(&t);
}

static void write_limits(cli *c, const char *json)
{
    static const struct {
        const char *name, *zh;
        int kind;
    } columns[] = { { "of", "主体", CELL_TEXT }, { "id", "编号", CELL_INT }, { "scope", "范围", CELL_TEXT }, { "currency", "币种", CELL_TEXT }, { "from", "起", CELL_TEXT }, { "amount", "额度", CELL_MONEY }, { "state", "状态", CELL_TEXT } };
    rows_begin(c);
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) rows_column(c, columns[k].name, cli_say(c, columns[k].name, columns[k].zh), columns[k].kind);
    for (const char *l = js_first(js_member(json, "limits")); l; l = js_next(l)) {
        limit_row(c, l, NULL, js_member(l, "amount"), NULL);
        for (const char *n = js_first(js_member(l, "next")); n; n = js_next(n)) limit_row(c, l, n, js_member(n, "amount"), NULL);
    }
    for (const char *r = js_first(js_member(json, "requests")); r; r = js_next(r)) limit_row(c, r, r, js_member(r, "new_amount"), cli_say(c, "requested", "已申请"));
    rows_end(c);
}

int cli_tell(cli *c, const char *name, cli_json_call call, const void *what, void (*write)(cli *c, const char *json))
{
    char *json;
    size_t n;
    arc_status st = cli_take_json(c, &json, &n, call, what);
    if (st != ARC_OK) {
        free(json);
        return cli_session_error(c, name, st);
    }
    int code = out_open(c, cli_get(c, "output"));
    if (code == CLI_OK) {
        if (cli_has(c, "result")) {
            (void)out_write(c, json, n);
            (void)out_write(c, "\n", 1);
        } else {
            write(c, json);
        }
        code = out_close(c, 1);
    }
    free(json);
    return code;
}

int cmd_limit_show(cli *c)
{
    asked a = { 0, ARC_DATE_NONE };
    int code = cli_open(c, ARC_BOOK_READONLY);
    a.as_of = c->today;
    if (code == CLI_OK) code = cli_date(c, &a.as_of, "as-of");
    if (code == CLI_OK) code = cli_row_id(c, &a.customer, "customer", c->args[0]);
    return code == CLI_OK ? cli_tell(c, "limit show", call_limits, &a, write_limits) : code;
}

/* ---- holds -------------------------------------------------------------------------------------------------------------------------- */

int cmd_hold_list(cli *c)
{
    static const char *const fields = "\"id\",\"status\",\"moment\",\"customer\",\"document_kind\",\"document\",\"amount\",\"excess\",\"currency\",\"held_on\",\"released_amount\",\"released_to\",\"reason\"";
    cli_text t = { NULL, 0, 0 };
    arc_query *q = NULL;
    int64_t customer = 0;
    int code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK && cli_has(c, "customer")) code = cli_row_id(c, &customer, "customer", cli_get(c, "customer"));
    if (code != CLI_OK) return code;
    text_format(&t, "{\"entity\":\"hold\",\"fields\":[%s],\"filters\":[", fields);
    if (!cli_has(c, "all")) text_str(&t, cli_has(c, "warned") ? "{\"member\":\"status\",\"operator\":\"equals\",\"values\":[\"warned\"]}" : "{\"member\":\"status\",\"operator\":\"equals\",\"values\":[\"active\",\"released\"]}");
    if (customer) text_format(&t, "%s{\"member\":\"customer\",\"operator\":\"equals\",\"values\":[\"%lld\"]}", cli_has(c, "all") ? "" : ",", (long long)customer);
    text_str(&t, "],\"order\":[{\"member\":\"held_on\"},{\"member\":\"id\"}]}");
    arc_status st = arc_query_from_json(c->session, &q, t.s, t.n);
    code = st == ARC_OK ? cli_answer(c, q, "hold") : cli_session_error(c, "hold list", st);
    arc_query_free(q);
    text_free(&t);
    return code;
}

int cmd_hold_place(cli *c)
{
    int64_t customer, id = 0;
    int code = cli_open(c, 0);
    if (code == CLI_OK) code = cli_row_id(c, &customer, "customer", c->args[0]);
    if (code != CLI_OK) return code;
    arc_status st = arc_hold_place(c->session, &id, customer, c->args[1]);
    return st == ARC_OK ? cli_wrote(c, "hold", id) : cli_session_error(c, "hold place", st);
}

/* The currency of a document that is held: that of its hold. */
static int hold_currency(cli *c, int64_t hold, char currency[4])
{
    arc_record *r = NULL;
    const char *text = "";
    size_t n = 0;
    arc_status st = arc_session_get(c->session, &r, ARC_HOLD, hold);
    if (st == ARC_OK) st = arc_record_get_text(r, &text, &n, ARC_HOLD_CURRENCY);
    if (st == ARC_OK && n == 3) memcpy(currency, text, 3);
    arc_record_free(r);
    return st == ARC_OK ? CLI_OK : cli_session_error(c, "hold release", st);
}

int cmd_hold_release(cli *c)
{
    arc_credit_permit p = ARC_CREDIT_PERMIT_INIT;
    char currency[4] = "CNY";
    int code = row_number(c, &p.hold, "a hold", "冻结");
    if (code == CLI_OK) code = cli_open(c, 0);
    p.valid_to = c->today;
    p.reason = c->args[1];
    if (code == CLI_OK) code = cli_date(c, &p.valid_to, "until");
    if (code == CLI_OK && cli_has(c, "amount")) code = hold_currency(c, p.hold, currency);
    if (code == CLI_OK && cli_has(c, "amount")) code = cli_amount(c, &p.amount, cli_get(c, "amount"), currency);
    if (code != CLI_OK) return code;
    arc_status st = arc_hold_release(c->session, &p);
    return st == ARC_OK ? cli_wrote(c, "hold", p.hold) : cli_session_error(c, "hold release", st);
}

int cmd_hold_end(cli *c)
{
    int64_t id;
    int code = row_number(c, &id, "a hold", "冻结");
    if (code == CLI_OK) code = cli_open(c, 0);
    if (code != CLI_OK) return code;
    arc_status st = arc_hold_end(c->session, id, c->args[1]);
    return st == ARC_OK ? cli_wrote(c, "hold", id) : cli_session_error(c, "hold end", st);
}

int cmd_hold_recheck(cli *c)
{
    int64_t n = 0, after = 0, max = 1000;
    int code = cli_number(c, &max, "max", 1, 10000);
    if (code == CLI_OK) code = cli_number(c, &after, "after", 0, INT64_MAX);
    if (code == CLI_OK) code = cli_open(c, 0);
    if (code != CLI_OK) return code;
    arc_status st = arc_hold_recheck(c->session, &n, after, (uint32_t)max);
    if (st != ARC_OK) return cli_session_error(c, "hold recheck", st);
    code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    rows_begin(c);
    rows_column(c, "confirmed", cli_say(c, "confirmed", "已确认订单"), CELL_INT);
    rows_int(c, n);
    rows_end(c);
    return out_close(c, 1);
}
