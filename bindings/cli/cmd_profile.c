/* SPDX-License-Identifier: Apache-2.0 */
/* customer profile */
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
