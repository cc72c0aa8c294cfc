/* SPDX-License-Identifier: Apache-2.0 */
/* voucher map, voucher export, voucher print: postings on their way to a general ledger. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* A fault of the document, where it stands. */
static int32_t tell_fault(void *user, const arc_error *fault)
{
    cli *c = user;
    cli_note(c, "%s: %s", "%s：%s", fault->pointer[0] ? fault->pointer : "/", cli_say(c, fault->message, fault->message_zh));
    return 0;
}

int cmd_voucher_map(cli *c)
{
    char shipped[16000];
    char *file = NULL;
    const char *json = shipped, *code = cli_get(c, "code");
    size_t n = sizeof shipped;
    int64_t id = 0;
    int exit_code;
    if (arc_account_map_shipped(shipped, &n, c->args[0]) != ARC_OK) {
        json = file = cli_read_file(c, c->args[0], &n);
        if (!file) return CLI_ENVIRONMENT;
    }
    exit_code = cli_open(c, 0);
    if (exit_code == CLI_OK) {
        arc_status st = arc_definition_save(c->session, &id, "account_map", code ? code : "main", json, n, NULL);
        if (st == ARC_OK) st = arc_definition_publish(c->session, id, tell_fault, c);
        if (st != ARC_OK) exit_code = cli_session_error(c, "voucher map", st);
        else cli_note(c, "published as account map %s", "已发布为科目映射 %s", code ? code : "main");
    }
    free(file);
    return exit_code;
}

static void summary_rows(cli *c, const arc_voucher_summary *s)
{
    const struct {
        const char *name, *zh;
        int64_t value;
    } cells[] = { { "vouchers", "凭证", s->n_vouchers },  { "entries", "分录", s->n_entries }, { "moved", "顺延", s->n_moved },  { "unvalued", "无本位币", s->n_unvalued },
                  { "incomplete", "缺辅助", s->n_incomplete }, { "first", "首张", s->first },      { "last", "末张", s->last },     { "more", "未完", s->more } };
    rows_begin(c);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) rows_column(c, cells[i].name, cli_say(c, cells[i].name, cells[i].zh), CELL_INT);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) rows_int(c, cells[i].value);
    rows_end(c);
}

int cmd_voucher_export(cli *c)
{
    arc_voucher_options o = ARC_VOUCHER_OPTIONS_INIT;
    arc_voucher_summary s = ARC_VOUCHER_SUMMARY_INIT;
    arc_date from = ARC_DATE_NONE, to = ARC_DATE_NONE;
    const char *merge = cli_get(c, "merge");
    int64_t max = 0;
    int code = cli_number(c, &max, "max", 1, ARC_VOUCHER_MAX);
    o.map = cli_get(c, "map");
    o.max = (uint32_t)max;
    o.merge = merge ? (uint32_t)cli_choice("document|customer_day|day", merge) : ARC_VOUCHER_BY_DOCUMENT;
    o.flags = cli_has(c, "valued") ? ARC_VOUCHER_VALUED : 0;
    if (code == CLI_OK) code = cli_open(c, 0);
    if (code == CLI_OK) code = cli_date(c, &from, "from");
    if (code == CLI_OK) code = cli_date(c, &to, "to");
    if (code != CLI_OK) return code;
    arc_status st = arc_voucher_export(c->session, &s, c->args[0], from, to, &o);
    if (st != ARC_OK) return cli_session_error(c, "voucher export", st);
    code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    summary_rows(c, &s);
    return out_close(c, 1);
}

int cmd_voucher_print(cli *c)
{
    arc_voucher_print p = ARC_VOUCHER_PRINT_INIT;
    char *file = NULL;
    const char *layout = cli_get(c, "layout");
    size_t n = 0;
    if (layout && layout[0] == '@') {
        file = cli_read_file(c, layout + 1, &n);
        if (!file) return CLI_ENVIRONMENT;
        layout = file;
    }
    p.ledger = c->n_args ? c->args[0] : NULL;
    p.period = cli_get(c, "period");
    p.status = cli_get(c, "status");
    p.format = c->format == CLI_JSON ? ARC_VOUCHER_JSON_LINES : ARC_VOUCHER_CSV;
    p.layout = layout;
    p.language = c->zh ? "zh" : "en";
    int code = cli_number(c, &p.voucher, "voucher", 1, INT64_C(999999999999999999));
    if (code == CLI_OK) code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK) code = out_open(c, cli_get(c, "output"));
    if (code == CLI_OK) {
        arc_status st = arc_voucher_write(c->session, out_write, c, NULL, &p);
        if (st != ARC_OK) code = cli_session_error(c, "voucher print", st);
        int closed = out_close(c, st == ARC_OK);
        if (closed != CLI_OK) code = closed;
    }
    free(file);
    return code;
}
