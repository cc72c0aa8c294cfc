/* SPDX-License-Identifier: Apache-2.0 */
/* duplicates */
#include <stdio.h>
#include <string.h>

#include "cli.h"

#define SEARCH_MOST 100

static const struct {
    uint32_t reason;
    const char *en, *zh;
} reasons[] = {
    { ARC_NAME_SAME_TEXT, "same text", "名称相同" },           { ARC_NAME_BY_NAME, "name", "名称" },         { ARC_NAME_BY_TAX_ID, "tax id", "税号" },
    { ARC_NAME_BY_ACCOUNT, "bank account", "银行账号" },       { ARC_NAME_BY_PHONE, "phone", "电话" },       { ARC_NAME_TAX_ID_DIFFERS, "other tax id", "税号不同" },
    { ARC_NAME_COUNTRY_DIFFERS, "other country", "国家不同" },
};

static void write_reasons(cli *c, uint32_t bits)
{
    cli_text t = { NULL, 0, 0 };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (!(bits & reasons[i].reason)) continue;
        if (t.n) text_str(&t, cli_say(c, ", ", "、"));
        text_str(&t, cli_say(c, reasons[i].en, reasons[i].zh));
    }
    rows_text(c, t.n ? t.s : "", SIZE_MAX);
    text_free(&t);
}

typedef struct names {
    cli_map *codes, *names;
} names;

static void write_customer(cli *c, const names *n, int64_t id)
{
    rows_text(c, cli_map_get(n->codes, id), SIZE_MAX);
    rows_text(c, cli_map_get(n->names, id), SIZE_MAX);
}

static void write_pairs(cli *c, arc_name_index *index, const names *n, size_t count)
{
    rows_begin(c);
    rows_column(c, "score", cli_say(c, "score", "分值"), CELL_INT);
    rows_column(c, "margin", cli_say(c, "margin", "领先"), CELL_INT);
    rows_column(c, "customer", cli_say(c, "customer", "客户"), CELL_TEXT);
    rows_column(c, "name", cli_say(c, "name", "名称"), CELL_TEXT);
    rows_column(c, "other", cli_say(c, "other", "另一客户"), CELL_TEXT);
    rows_column(c, "other_name", cli_say(c, "name", "名称"), CELL_TEXT);
    rows_column(c, "group", cli_say(c, "group", "同组"), CELL_TEXT);
    rows_column(c, "reasons", cli_say(c, "reasons", "依据"), CELL_TEXT);
    for (size_t i = 0; i < count && !out_broken(c); i++) {
        arc_name_pair p = ARC_NAME_PAIR_INIT;
        if (arc_name_index_get_pair(index, &p, i) != ARC_OK) break;
        rows_int(c, p.score);
        rows_int(c, p.margin);
        write_customer(c, n, p.a);
        write_customer(c, n, p.b);
        rows_text(c, cli_map_get(n->codes, p.group), SIZE_MAX);
        write_reasons(c, p.reasons);
    }
    if (count || c->format != CLI_TABLE) rows_end(c);
}

static void write_matches(cli *c, const names *n, const arc_name_match *m, size_t count)
{
    rows_begin(c);
    rows_column(c, "score", cli_say(c, "score", "分值"), CELL_INT);
    rows_column(c, "margin", cli_say(c, "margin", "领先"), CELL_INT);
    rows_column(c, "customer", cli_say(c, "customer", "客户"), CELL_TEXT);
    rows_column(c, "name", cli_say(c, "name", "名称"), CELL_TEXT);
    rows_column(c, "reasons", cli_say(c, "reasons", "依据"), CELL_TEXT);
    for (size_t i = 0; i < count; i++) {
        rows_int(c, m[i].score);
        rows_int(c, m[i].margin);
        write_customer(c, n, m[i].id);
        write_reasons(c, m[i].reasons);
    }
    if (count || c->format != CLI_TABLE) rows_end(c);
}

static int index_error(cli *c, arc_name_index *index, arc_status st)
{
    arc_error e = ARC_ERROR_INIT;
    (void)arc_name_index_error(index, &e);
    return cli_error(c, "duplicates", st, &e);
}

static int write_answer(cli *c, arc_name_index *index, const names *n, int64_t least, int64_t limit)
{
    arc_name_match m[SEARCH_MOST];
    size_t count = limit < SEARCH_MOST ? (size_t)limit : SEARCH_MOST;
    arc_status st;
    for (size_t i = 0; i < SEARCH_MOST; i++) (void)arc_name_match_init(&m[i]);
    if (c->n_args) st = arc_name_index_search(index, m, &count, c->args[0], SIZE_MAX, NULL, (int32_t)least);
    else st = arc_name_index_find_pairs(index, &count, (int32_t)least, cli_progress, c);
    cli_progress_end(c);
    if (st != ARC_OK) return index_error(c, index, st);
    int code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    if (c->format == CLI_TABLE && !count) out_line(c, "No customers are near enough", "没有足够接近的客户");
    if (c->n_args) write_matches(c, n, m, count);
    else write_pairs(c, index, n, count < (size_t)limit ? count : (size_t)limit);
    return out_close(c, 1);
}

int cmd_duplicates(cli *c)
{
    arc_name_index *index = NULL;
    names n = { NULL, NULL };
    int64_t least = c->n_args ? ARC_NAME_LIKELY / 2 : ARC_NAME_LIKELY, limit = 1000; /* what somebody types is often a part of a name */
    int code = cli_number(c, &least, "least", 1, ARC_NAME_SAME);
    if (code == CLI_OK) code = cli_number(c, &limit, "limit", 1, 1000000);
    if (code == CLI_OK) code = cli_open(c, ARC_BOOK_READONLY);
    if (code != CLI_OK) return code;
    arc_status st = arc_duplicate_index(c->session, &index);
    if (st != ARC_OK) return cli_session_error(c, "duplicates", st);
    code = cli_map_load(c, &n.codes, "customer", "code");
    if (code == CLI_OK) code = cli_map_load(c, &n.names, "customer", "legal_name");
    if (code == CLI_OK) code = write_answer(c, index, &n, least, limit);
    cli_map_free(n.codes);
    cli_map_free(n.names);
    arc_name_index_free(index);
    return code;
}
