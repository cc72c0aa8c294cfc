/* SPDX-License-Identifier: Apache-2.0 */
/* dunning: which letters are due, and why somebody gets one or not. */
#include <string.h>

#include "cli.h"

static void columns(cli *c, const char *const (*list)[3], size_t n)
{
    rows_begin(c);
    for (size_t i = 0; i < n; i++) rows_column(c, list[i][0], cli_say(c, list[i][1], list[i][2]), strcmp(list[i][0], "open") == 0 || strcmp(list[i][0], "amount") == 0 ? CELL_NUMBER : CELL_TEXT);
    rows_hide_empty(c);
}

/* ---- propose ---------------------------------------------------------------------------------------------------------------------- */

static void letters(cli *c, arc_proposal *p, uint32_t n)
{
    static const char *const list[][3] = { { "unit", "letter", "催收函" }, { "ladder", "ladder", "阶梯" }, { "level", "level", "等级" }, { "currency", "currency", "币种" }, { "open", "open", "未收金额" },
                                           { "amount", "claimed", "催收金额" }, { "en", "why", "理由" } };
    columns(c, list, sizeof list / sizeof list[0]);
    for (uint32_t i = 0; i < n && !out_broken(c); i++) {
        arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
        if (arc_proposal_get(p, &l, i) != ARC_OK || !l.action || !l.explanation) continue;
        rows_text(c, l.unit, SIZE_MAX);
        for (size_t k = 1; k < 6; k++) cli_member(c, l.action, list[k][0]);
        cli_member(c, l.explanation, c->zh ? "zh" : "en");
    }
    rows_end(c);
}

int cmd_dunning_propose(cli *c)
{
    arc_dunning_options o = ARC_DUNNING_OPTIONS_INIT;
    arc_proposal_options stored = ARC_PROPOSAL_OPTIONS_INIT;
    arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
    arc_proposal *p = NULL;
    int64_t id = 0;
    stored.title = cli_get(c, "store");
    o.ladder = cli_get(c, "ladder");
    int exit_code = cli_open(c, stored.title ? 0 : ARC_BOOK_READONLY);
    if (exit_code == CLI_OK && cli_get(c, "as-of")) exit_code = cli_date(c, &o.as_of, "as-of");
    if (exit_code != CLI_OK) return exit_code;
    arc_status st = arc_dunning_propose(c->session, &p, &o);
    if (st < ARC_OK) return cli_session_error(c, "dunning propose", st);
    (void)arc_proposal_describe(p, &info);
    exit_code = out_open(c, cli_get(c, "output"));
    if (exit_code == CLI_OK) {
        letters(c, p, info.n_lines);
        exit_code = out_close(c, 1);
    }
    if (exit_code == CLI_OK && stored.title && info.n_lines) {
        st = arc_proposal_store(p, &id, &stored);
        if (st != ARC_OK) exit_code = cli_session_error(c, "dunning propose", st);
        else cli_note(c, "stored as proposal %lld", "已保存为建议 %lld", (long long)id);
    }
    arc_proposal_free(p);
    return exit_code;
}

/* ---- explain ---------------------------------------------------------------------------------------------------------------------- */

static void items(cli *c, const char *json)
{
    static const char *const list[][3] = { { "item", "item", "应收" }, { "due_date", "due", "到期日" }, { "currency", "currency", "币种" }, { "open", "open", "未收金额" }, { "level_before", "level", "等级" },
                                           { "last_notice", "last notice", "上次催收" }, { "ladder", "ladder", "阶梯" }, { "outcome", "outcome", "结果" }, { "code", "code", "代码" }, { "until", "until", "截至" },
                                           { "next_on", "next on", "下次日期" }, { "en", "why", "理由" } };
    enum { N = sizeof list / sizeof list[0] };
    const char *all = js_member(json, "items");
    columns(c, list, N);
    for (const char *e = all ? js_first(all) : NULL; e && !out_broken(c); e = js_next(e)) {
        for (size_t k = 0; k + 1 < N; k++) cli_member(c, e, list[k][0]);
        cli_member(c, e, c->zh ? "zh" : "en");
    }
    rows_end(c);
}

typedef struct asked {
    int64_t customer;
    arc_date as_of;
} asked;

static arc_status call_explain(cli *c, char *buf, size_t *len, const void *what)
{
    const asked *a = what;
    return arc_dunning_explain(c->session, buf, len, a->customer, a->as_of);
}

int cmd_dunning_explain(cli *c)
{
    asked a = { 0, ARC_DATE_NONE };
    int exit_code = cli_open(c, ARC_BOOK_READONLY);
    if (exit_code == CLI_OK && cli_get(c, "as-of")) exit_code = cli_date(c, &a.as_of, "as-of");
    if (exit_code == CLI_OK) exit_code = cli_row_id(c, &a.customer, "customer", c->args[0]);
    return exit_code == CLI_OK ? cli_tell(c, "dunning explain", call_explain, &a, items) : exit_code;
}
