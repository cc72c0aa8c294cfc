/* SPDX-License-Identifier: Apache-2.0 */
/* match: what receipts pay, by a strategy, with the reasons; --run posts what may post by itself. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct showing {
    cli *c;
    arc_proposal *p;
    cli_map *numbers; /* of receipts */
    cli_text cell;
} showing;

static void cell(showing *s, const char *value)
{
    s->cell.n = 0;
    if (value) js_text(&s->cell, value);
    if (value && s->cell.n) rows_text(s->c, s->cell.s, s->cell.n);
    else rows_null(s->c);
}

/* Numbers of the items that are paid, with blanks between. */
static void items(showing *s, const char *why)
{
    const char *list = js_member(why, "items");
    s->cell.n = 0;
    for (const char *e = list ? js_first(list) : NULL; e; e = js_next(e)) {
        const char *number = js_member(e, "number");
        if (s->cell.n) text_add(&s->cell, " ", 1);
        if (number) js_text(&s->cell, number);
    }
    if (s->cell.n) rows_text(s->c, s->cell.s, s->cell.n);
    else rows_null(s->c);
}

static void one(showing *s, int64_t receipt, const char *why)
{
    cli *c = s->c;
    const char *number = cli_map_get(s->numbers, receipt);
    rows_text(c, number, SIZE_MAX);
    cell(s, js_member(why, "received"));
    cell(s, js_member(why, "outcome"));
    cell(s, js_member(why, "rule"));
    items(s, why);
    cell(s, js_member(why, "equation"));
    cell(s, js_member(why, "probability"));
    cell(s, js_member(why, c->zh ? "zh" : "en"));
}

/* What nothing fits, as it was considered. */
static void left_out(showing *s)
{
    size_t n = 0;
    if (arc_proposal_json(s->p, NULL, &n) != ARC_E_BUFFER) return;
    char *json = cli_alloc(NULL, ++n);
    if (arc_proposal_json(s->p, json, &n) == ARC_OK) {
        const char *considered = js_member(json, "considered"), *list = considered ? js_member(considered, "rejected") : NULL;
        for (const char *e = list ? js_first(list) : NULL; e && !out_broken(s->c); e = js_next(e)) {
            const char *id = js_member(e, "receipt"), *why = js_member(e, "why");
            if (id && why) one(s, js_int(id), why);
        }
    }
    free(json);
}

static void table(showing *s, uint32_t n)
{
    cli *c = s->c;
    rows_begin(c);
    rows_column(c, "receipt", cli_say(c, "receipt", "回款"), CELL_TEXT);
    rows_column(c, "received", cli_say(c, "received", "金额"), CELL_NUMBER);
    rows_column(c, "outcome", cli_say(c, "outcome", "结果"), CELL_TEXT);
    rows_column(c, "rule", cli_say(c, "rule", "规则"), CELL_TEXT);
    rows_column(c, "pays", cli_say(c, "pays", "核销单据"), CELL_TEXT);
    rows_column(c, "equation", cli_say(c, "equation", "等式"), CELL_TEXT);
    rows_column(c, "probability", cli_say(c, "probability", "可能性"), CELL_NUMBER);
    rows_column(c, "why", cli_say(c, "why", "理由"), CELL_TEXT);
    rows_hide_empty(c);
    for (uint32_t i = 0; i < n && !out_broken(c); i++) {
        arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
        if (arc_proposal_get(s->p, &l, i) != ARC_OK || !l.action || !l.explanation) continue;
        const char *receipt = js_member(l.action, "receipt");
        one(s, receipt ? js_int(receipt) : 0, l.explanation);
    }
    left_out(s);
    rows_end(c);
}

static int take_options(cli *c, arc_match_options *o)
{
    int64_t max = 0;
    (void)arc_match_options_init(o);
    o->strategy = cli_get(c, "strategy");
    int exit_code = cli_number(c, &max, "max", 1, 100000);
    if (exit_code != CLI_OK) return exit_code;
    o->max = (uint32_t)max;
    if (cli_get(c, "as-of")) return cli_date(c, &o->as_of, "as-of");
    return CLI_OK;
}

static int run(cli *c, arc_match_options *o)
{
    arc_match_report r = ARC_MATCH_REPORT_INIT;
    o->flags = ARC_MATCH_STORE;
    o->progress = cli_progress;
    o->user = c;
    arc_status st = arc_match_run(c->session, &r, o);
    cli_progress_end(c);
    if (st < ARC_OK) return cli_session_error(c, "match", st);
    const struct {
        const char *name, *zh;
        int64_t value;
    } cells[] = { { "receipts", "回款", r.receipts }, { "posted", "已核销", r.posted }, { "suggested", "待确认", r.suggested }, { "none", "未匹配", r.none },
                  { "refused", "被拒绝", r.refused }, { "allocations", "核销行", r.allocations }, { "proposals", "建议", r.proposals } };
    int exit_code = out_open(c, cli_get(c, "output"));
    if (exit_code != CLI_OK) return exit_code;
    rows_begin(c);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) rows_column(c, cells[i].name, cli_say(c, cells[i].name, cells[i].zh), CELL_INT);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) rows_int(c, cells[i].value);
    rows_end(c);
    exit_code = out_close(c, 1);
    return exit_code == CLI_OK && r.refused ? CLI_REFUSED : exit_code;
}

static int propose(cli *c, const arc_match_options *o)
{
    showing s = { .c = c };
    arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
    arc_status st = arc_match_propose(c->session, &s.p, NULL, 0, o);
    if (st < ARC_OK) return cli_session_error(c, "match", st);
    (void)arc_proposal_describe(s.p, &info);
    int exit_code = cli_map_load(c, &s.numbers, "receipt", "number");
    if (exit_code == CLI_OK) exit_code = out_open(c, cli_get(c, "output"));
    if (exit_code == CLI_OK) {
        table(&s, info.n_lines);
        exit_code = out_close(c, 1);
    }
    text_free(&s.cell);
    cli_map_free(s.numbers);
    arc_proposal_free(s.p);
    return exit_code;
}

static int learn(cli *c, const arc_match_options *o)
{
    int64_t id = 0, cases = 0;
    arc_status st = arc_match_learn(c->session, &id, &cases, o);
    if (st < ARC_OK) return cli_session_error(c, "match", st);
    cli_note(c, "learned from %lld confirmed matches", "已从 %lld 笔已确认的核销中学习", (long long)cases);
    return cli_wrote(c, "match_model", id);
}

int cmd_match(cli *c)
{
    arc_match_options o;
    const int writes = cli_has(c, "run") || cli_has(c, "learn");
    int exit_code = cli_open(c, writes ? 0 : ARC_BOOK_READONLY);
    if (exit_code == CLI_OK) exit_code = take_options(c, &o);
    if (exit_code != CLI_OK) return exit_code;
    if (cli_has(c, "learn")) exit_code = learn(c, &o);
    return exit_code != CLI_OK || (cli_has(c, "learn") && !cli_has(c, "run")) ? exit_code : cli_has(c, "run") ? run(c, &o) : propose(c, &o);
}
