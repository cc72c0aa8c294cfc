/* SPDX-License-Identifier: Apache-2.0 */
/* customer profile, customer score */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct asked {
    int64_t customer;
    arc_profile_options o;
} asked;

static arc_status call_profile(cli *c, char *buf, size_t *len, const void *what)
{
    const asked *a = what;
    return arc_customer_profile(c->session, buf, len, a->customer, &a->o);
}

static void write_figures(cli *c, const char *json)
{
    static const struct {
        const char *name, *zh;
    } columns[] = { { "name", "指标" }, { "currency", "币种" }, { "value", "数值" }, { "unit", "单位" }, { "as_of", "截至" }, { "source", "来源" }, { "formula", "公式" } };
    rows_begin(c);
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) rows_column(c, columns[k].name, cli_say(c, columns[k].name, columns[k].zh), CELL_TEXT);
    for (const char *f = js_first(js_member(json, "figures")); f; f = js_next(f)) {
        for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) cli_member(c, f, columns[k].name);
    }
    rows_end(c);
}

int cmd_customer_profile(cli *c)
{
    char *json;
    size_t n;
    asked a = { 0, ARC_PROFILE_OPTIONS_INIT };
    int code = cli_open(c, ARC_BOOK_READONLY);
    a.o.as_of = c->today;
    if (code == CLI_OK) code = cli_date(c, &a.o.as_of, "as-of");
    if (code == CLI_OK) code = cli_row_id(c, &a.customer, "customer", c->args[0]);
    if (code != CLI_OK) return code;
    arc_status st = cli_take_json(c, &json, &n, call_profile, &a);
    if (st != ARC_OK) {
        free(json);
        return cli_session_error(c, "customer profile", st);
    }
    code = out_open(c, cli_get(c, "output"));
    if (code == CLI_OK) {
        if (cli_has(c, "result")) {
            (void)out_write(c, json, n);
            (void)out_write(c, "\n", 1);
        } else {
            write_figures(c, json);
        }
        code = out_close(c, 1);
    }
    free(json);
    return code;
}

typedef struct scoring {
    int64_t customer;
    arc_score_options o;
} scoring;

static arc_status call_score(cli *c, char *buf, size_t *len, const void *what)
{
    const scoring *x = what;
    return arc_score_explain(c->session, buf, len, x->customer, &x->o);
}

static void write_points(cli *c, const char *json)
{
    static const struct {
        const char *name, *en, *zh;
    } columns[] = { { "value", "value", "取值" }, { "test", "bin", "区间" }, { "points", "points", "得分" }, { "baseline", "best", "满分" } };
    cli_text line = { NULL, 0, 0 };
    text_str(&line, cli_say(c, "score ", "得分 "));
    js_text(&line, js_member(json, "score"));
    text_str(&line, cli_say(c, ", band ", "，等级 "));
    js_text(&line, js_member(json, "band"));
    if (c->format == CLI_TABLE) out_line(c, "%s", "%s", line.s);
    text_free(&line);
    rows_begin(c);
    rows_column(c, "name", cli_say(c, "characteristic", "特征"), CELL_TEXT);
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) rows_column(c, columns[k].name, cli_say(c, columns[k].en, columns[k].zh), CELL_TEXT);
    for (const char *f = js_first(js_member(json, "characteristics")); f; f = js_next(f)) {
        const char *label = c->zh ? "label_zh" : "label";
        cli_member(c, f, js_member(f, label) ? label : "name");
        for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) cli_member(c, f, columns[k].name);
    }
    rows_end(c);
}

int cmd_customer_score(cli *c)
{
    char *json;
    size_t n;
    scoring x = { 0, ARC_SCORE_OPTIONS_INIT };
    int code = cli_open(c, ARC_BOOK_READONLY);
    x.o.as_of = c->today;
    x.o.scorecard = cli_get(c, "scorecard");
    if (code == CLI_OK) code = cli_date(c, &x.o.as_of, "as-of");
    if (code == CLI_OK) code = cli_row_id(c, &x.customer, "customer", c->args[0]);
    if (code != CLI_OK) return code;
    arc_status st = cli_take_json(c, &json, &n, call_score, &x);
    if (st != ARC_OK) {
        free(json);
        return cli_session_error(c, "customer score", st);
    }
    code = out_open(c, cli_get(c, "output"));
    if (code == CLI_OK) {
        if (cli_has(c, "result")) {
            (void)out_write(c, json, n);
            (void)out_write(c, "\n", 1);
        } else {
            write_points(c, json);
        }
        code = out_close(c, 1);
    }
    free(json);
    return code;
}
