/* SPDX-License-Identifier: Apache-2.0 */
/* bank read: what is in a bank's file. Needs no book. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct reading {
    cli *c;
    arc_bank_file *file;
    uint32_t differs;
} reading;

static void text(cli *c, const char *s)
{
    if (s) rows_text(c, s, SIZE_MAX);
    else rows_null(c);
}

static void amount(cli *c, const arc_money *m)
{
    if (m->currency[0]) rows_money(c, m->minor, m->currency);
    else rows_int(c, m->minor);
}

static void date(cli *c, arc_date d)
{
    char buf[16];
    size_t n = sizeof buf;
    if (d == ARC_DATE_NONE || arc_date_print(buf, &n, d) != ARC_OK) rows_null(c);
    else rows_text(c, buf, n);
}

static const char *reference(const arc_bank_line *l)
{
    const char *const order[] = { l->end_to_end, l->creditor_ref, l->document, l->customer_ref, l->bank_ref, l->id };
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (order[i]) return order[i];
    return NULL;
}

static void one_line(cli *c, const arc_bank_statement *s, const arc_bank_line *l)
{
    text(c, s->account);
    date(c, l->booked);
    date(c, l->value);
    amount(c, &l->amount);
    text(c, l->name);
    text(c, l->account);
    text(c, reference(l));
    text(c, l->text ? l->text : l->info);
}

/* A batch is told by its payments. */
static void lines(reading *r, uint32_t statement, const arc_bank_statement *s)
{
    for (uint32_t i = 0; i < s->n_lines && !out_broken(r->c); i++) {
        arc_bank_line l = ARC_BANK_LINE_INIT, d = ARC_BANK_LINE_INIT;
        if (arc_bank_file_line(r->file, &l, statement, i) != ARC_OK) return;
        if (l.n_details < 2) one_line(r->c, s, &l);
        for (uint32_t k = 0; l.n_details > 1 && k < l.n_details; k++)
            if (arc_bank_file_detail(r->file, &d, statement, i, k) == ARC_OK) one_line(r->c, s, &d);
    }
}

static void table(reading *r, uint32_t n)
{
    cli *c = r->c;
    rows_begin(c);
    rows_column(c, "account", cli_say(c, "account", "账户"), CELL_TEXT);
    rows_column(c, "booked", cli_say(c, "booked", "记账日"), CELL_TEXT);
    rows_column(c, "value", cli_say(c, "value", "起息日"), CELL_TEXT);
    rows_column(c, "amount", cli_say(c, "amount", "金额"), CELL_MONEY);
    rows_column(c, "name", cli_say(c, "counterparty", "对方"), CELL_TEXT);
    rows_column(c, "their account", cli_say(c, "their account", "对方账户"), CELL_TEXT);
    rows_column(c, "reference", cli_say(c, "reference", "参考号"), CELL_TEXT);
    rows_column(c, "text", cli_say(c, "text", "附言"), CELL_TEXT);
    rows_hide_empty(c);
    for (uint32_t i = 0; i < n; i++) {
        arc_bank_statement s = ARC_BANK_STATEMENT_INIT;
        if (arc_bank_file_statement(r->file, &s, i) != ARC_OK) break;
        r->differs += s.check == ARC_BANK_CHECK_DIFFERS;
        lines(r, i, &s);
    }
    rows_end(c);
}

static void json(reading *r)
{
    size_t n = 0;
    if (arc_bank_file_json(r->file, NULL, &n) != ARC_E_BUFFER) return;
    char *s = cli_alloc(NULL, ++n);
    if (arc_bank_file_json(r->file, s, &n) == ARC_OK) {
        out_write(r->c, s, n);
        out_write(r->c, "\n", 1);
    }
    free(s);
}

static int show(reading *r)
{
    arc_bank_info info = ARC_BANK_INFO_INIT;
    arc_status st = arc_bank_file_info(r->file, &info);
    if (st != ARC_OK) return CLI_REFUSED;
    int code = out_open(r->c, cli_get(r->c, "output"));
    if (code != CLI_OK) return code;
    if (r->c->format == CLI_JSON) json(r);
    else table(r, info.n_statements);
    code = out_close(r->c, 1);
    if (r->differs) cli_note(r->c, "%u statement(s) do not add up: opening + lines is not closing", "%u 份对账单不平：期初加明细不等于期末", r->differs);
    return code;
}

int cmd_bank_read(cli *c)
{
    arc_bank_options o = ARC_BANK_OPTIONS_INIT;
    reading r = { c, NULL, 0 };
    size_t n, n_profile = 0;
    char *profile = NULL, *bytes;
    const char *given = cli_get(c, "profile");
    if (given && !(profile = cli_read_file(c, given, &n_profile))) return CLI_ENVIRONMENT;
    bytes = cli_read_file(c, c->args[0], &n);
    if (!bytes) {
        free(profile);
        return CLI_ENVIRONMENT;
    }
    o.profile = profile;
    o.profile_length = n_profile;
    o.encoding = cli_get(c, "encoding");
    o.currency = cli_get(c, "currency");
    if (cli_has(c, "round")) o.flags |= ARC_BANK_ROUND;
    arc_status st = arc_bank_file_read(c->context, &r.file, bytes, n, &o);
    free(bytes);
    free(profile);
    if (st != ARC_OK) {
        arc_error e = ARC_ERROR_INIT;
        arc_context_error(c->context, &e);
        return cli_error(c, c->args[0], st, &e);
    }
    int code = show(&r);
    arc_bank_file_free(r.file);
    return code;
}
