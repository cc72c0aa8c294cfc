/* SPDX-License-Identifier: Apache-2.0 */
/* task list, task show, task close, task cancel, task assign, task escalate: what people are to do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static int task_id(cli *c, int64_t *id)
{
    char *end;
    *id = strtoll(c->args[0], &end, 10);
    return *end || *id < 1 ? cli_usage(c, "%s is no id of a task", "%s 不是任务编号", c->args[0]) : CLI_OK;
}

static void add_filter(cli_text *t, const char *member, const char *operator, const char *values)
{
    text_format(t, "%s{\"member\":\"%s\",\"operator\":\"%s\",\"values\":[%s]}", t->n && t->s[t->n - 1] == '}' ? "," : "", member, operator, values);
}

static int filter_row(cli *c, cli_text *t, const char *option, const char *member, const char *entity)
{
    char number[24];
    int64_t id;
    if (!cli_has(c, option)) return CLI_OK;
    int code = cli_row_id(c, &id, entity, cli_get(c, option));
    snprintf(number, sizeof number, "\"%lld\"", (long long)id);
    if (code == CLI_OK) add_filter(t, member, "equals", number);
    return code;
}

int cmd_task_list(cli *c)
{
    static const char *const fields = "\"id\",\"title\",\"customer\",\"assignee\",\"deadline\",\"status\",\"level\",\"about\",\"about_row\",\"feedback\"";
    cli_text filters = { NULL, 0, 0 }, t = { NULL, 0, 0 };
    arc_query *q = NULL;
    arc_date due = ARC_DATE_NONE;
    int code = cli_open(c, ARC_BOOK_READONLY);
    text_str(&filters, "");
    if (!cli_has(c, "all")) add_filter(&filters, "status", "equals", "\"open\",\"escalated\"");
    if (code == CLI_OK) code = filter_row(c, &filters, "assignee", "assignee", "user_account");
    if (code == CLI_OK) code = filter_row(c, &filters, "customer", "customer", "customer");
    if (code == CLI_OK) code = cli_date(c, &due, "due");
    if (code == CLI_OK && due != ARC_DATE_NONE) {
        char day[20] = "\"";
        size_t n = sizeof day - 2;
        (void)arc_date_print(day + 1, &n, due);
        memcpy(day + 1 + n, "\"", 2);
        add_filter(&filters, "deadline", "lte", day);
    }
    text_format(&t, "{\"entity\":\"task\",\"fields\":[%s],\"filters\":[%s],\"order\":[{\"member\":\"deadline\"},{\"member\":\"id\"}]}", fields, filters.s);
    if (code == CLI_OK) {
        arc_status st = arc_query_from_json(c->session, &q, t.s, t.n);
        code = st == ARC_OK ? cli_answer(c, q, "task") : cli_session_error(c, "task list", st);
        arc_query_free(q);
    }
    text_free(&filters);
    text_free(&t);
    return code;
}

int cmd_task_show(cli *c)
{
    c->args[1] = c->args[0];
    c->args[0] = "task";
    return cmd_get(c);
}

/* Says how the task stands now. */
static int wrote(cli *c, arc_status st, int64_t id)
{
    return st == ARC_OK ? cli_wrote(c, "task", id) : cli_session_error(c, c->command->name, st);
}

/* --promise AMOUNT with --currency. */
static int take_promise(cli *c, arc_money *out)
{
    const char *amount = cli_get(c, "promise"), *currency = cli_get(c, "currency");
    arc_decimal d;
    if (!amount) return CLI_OK;
    if (!currency) currency = "CNY";
    if (arc_decimal_parse(&d, amount, SIZE_MAX) != ARC_OK || arc_money_from_decimal(out, &d, currency, ARC_ROUND_EXACT) != ARC_OK) {
        return cli_usage(c, "%s %s is no amount", "%s %s 不是金额", amount, currency);
    }
    return CLI_OK;
}

int cmd_task_close(cli *c)
{
    arc_task_outcome o = ARC_TASK_OUTCOME_INIT;
    int64_t id;
    int code = task_id(c, &id);
    if (code == CLI_OK) code = take_promise(c, &o.promise);
    if (code == CLI_OK) code = cli_open(c, 0);
    if (code == CLI_OK) code = cli_date(c, &o.promise_date, "promise-date");
    if (code == CLI_OK) code = cli_date(c, &o.next_on, "next");
    if (code != CLI_OK) return code;
    o.feedback = c->args[1];
    o.result = cli_get(c, "result");
    return wrote(c, arc_task_close(c->session, id, &o), id);
}

int cmd_task_cancel(cli *c)
{
    int64_t id;
    int code = task_id(c, &id);
    if (code == CLI_OK) code = cli_open(c, 0);
    return code == CLI_OK ? wrote(c, arc_task_cancel(c->session, id, c->args[1]), id) : code;
}

static int hand_over(cli *c, int up)
{
    int64_t id, user = 0;
    arc_date deadline = ARC_DATE_NONE;
    int code = task_id(c, &id);
    if (code == CLI_OK) code = cli_open(c, 0);
    if (code == CLI_OK && c->n_args > 1) code = cli_row_id(c, &user, "user_account", c->args[1]);
    if (code == CLI_OK) code = cli_date(c, &deadline, "deadline");
    if (code != CLI_OK) return code;
    return wrote(c, up ? arc_task_escalate(c->session, id, user, deadline) : arc_task_assign(c->session, id, user, deadline), id);
}

int cmd_task_assign(cli *c) { return hand_over(c, 0); }
int cmd_task_escalate(cli *c) { return hand_over(c, 1); }
