/* SPDX-License-Identifier: Apache-2.0 */
/* bank read: what is in a bank's file, without a book; bank import, receive, undo, findings: statements in a book. */
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

/* Options of reading that the command was given; *profile is the caller's to free. */
static int read_options(cli *c, arc_bank_options *o, char **profile)
{
    size_t n = 0;
    const char *given = cli_get(c, "profile");
    *profile = NULL;
    if (given && !(*profile = cli_read_file(c, given, &n))) return CLI_ENVIRONMENT;
    o->profile = *profile;
    o->profile_length = n;
    o->encoding = cli_get(c, "encoding");
    o->currency = cli_get(c, "currency");
    if (cli_has(c, "round")) o->flags |= ARC_BANK_ROUND;
    return CLI_OK;
}

int cmd_bank_read(cli *c)
{
    arc_bank_options o = ARC_BANK_OPTIONS_INIT;
    reading r = { c, NULL, 0 };
    size_t n;
    char *profile, *bytes;
    int code = read_options(c, &o, &profile);
    if (code != CLI_OK) return code;
    bytes = cli_read_file(c, c->args[0], &n);
    if (!bytes) {
        free(profile);
        return CLI_ENVIRONMENT;
    }
    arc_status st = arc_bank_file_read(c->context, &r.file, bytes, n, &o);
    free(bytes);
    free(profile);
    if (st != ARC_OK) {
        arc_error e = ARC_ERROR_INIT;
        arc_context_error(c->context, &e);
        return cli_error(c, c->args[0], st, &e);
    }
    code = show(&r);
    arc_bank_file_free(r.file);
    return code;
}

/* ---- in a book ------------------------------------------------------------------------------------------------------------------------ */

static int account_option(cli *c, int64_t *out) { return cli_get(c, "account") ? cli_number(c, out, "account", 1, INT64_MAX) : CLI_OK; }

static int receive(cli *c, int64_t statement, int returns)
{
    arc_bank_receive_options o = ARC_BANK_RECEIVE_OPTIONS_INIT;
    arc_bank_received r = ARC_BANK_RECEIVED_INIT;
    o.statement = statement;
    o.flags = returns ? ARC_BANK_RECEIVE_RETURNS : 0;
    o.progress = cli_progress;
    o.user = c;
    arc_status st = arc_bank_receive(c->session, &r, &o);
    cli_progress_end(c);
    if (st < ARC_OK) return cli_session_error(c, "bank receive", st);
    cli_note(c, "%u receipts of %u lines, %u went back, %u refused", "%u 笔回款，共 %u 行，退回 %u 笔，未登记 %u 行", r.n_received, r.n_lines, r.n_returned, r.n_refused);
    if (st == ARC_PARTIAL) {
        (void)cli_session_error(c, "bank receive", st);
        return CLI_REFUSED;
    }
    return CLI_OK;
}

static arc_status import_bytes(cli *c, arc_bank_imported *r, arc_bank_import_options *o, const char *bytes, size_t n)
{
    const char *slash = strrchr(c->args[0], '/');
    o->file_name = slash ? slash + 1 : c->args[0];
    o->flags = cli_has(c, "strict") ? ARC_BANK_IMPORT_STRICT : 0;
    return arc_bank_import(c->session, r, bytes, n, o);
}

int cmd_bank_import(cli *c)
{
    arc_bank_options read = ARC_BANK_OPTIONS_INIT;
    arc_bank_import_options o = ARC_BANK_IMPORT_OPTIONS_INIT;
    arc_bank_imported r = ARC_BANK_IMPORTED_INIT;
    char *profile = NULL, *bytes = NULL;
    size_t n = 0;
    int code = read_options(c, &read, &profile);
    if (code == CLI_OK) code = account_option(c, &o.account);
    if (code == CLI_OK && !(bytes = cli_read_file(c, c->args[0], &n))) code = CLI_ENVIRONMENT;
    if (code == CLI_OK) code = cli_open(c, 0);
    o.read = &read;
    arc_status st = code == CLI_OK ? import_bytes(c, &r, &o, bytes, n) : ARC_OK;
    free(bytes);
    free(profile);
    if (code != CLI_OK) return code;
    if (st < ARC_OK) return cli_session_error(c, c->args[0], st);
    cli_note(c, "%u statement(s): %u new lines, %u known, %u skipped; %u payments wait, %u could repeat an earlier one", "%u 份对账单：新增 %u 行，已有 %u 行，略过 %u 行；待登记收款 %u 笔，疑似重复 %u 笔",
             r.n_statements, r.n_new, r.n_known, r.n_skipped, r.n_payments, r.n_repeats);
    if (r.n_differs) cli_note(c, "%u statement(s) do not add up: opening + lines is not closing", "%u 份对账单不平：期初加明细不等于期末", r.n_differs);
    code = cli_wrote(c, "bank_statement", r.statement);
    for (uint32_t i = 0; code == CLI_OK && cli_has(c, "receive") && i < r.n_statements; i++) code = receive(c, r.statement + i, 0);
    return code;
}

int cmd_bank_receive(cli *c)
{
    int64_t statement = 0;
    int code = cli_get(c, "statement") ? cli_number(c, &statement, "statement", 1, INT64_MAX) : CLI_OK;
    if (code == CLI_OK) code = cli_open(c, 0);
    return code == CLI_OK ? receive(c, statement, cli_has(c, "returns")) : code;
}

/* A row's id among the arguments; 0: it is none. */
static int64_t id_of(const char *s)
{
    char *end;
    long long v = strtoll(s, &end, 10);
    return *s && !*end && v > 0 ? v : 0;
}

int cmd_bank_undo(cli *c)
{
    int64_t id = id_of(c->args[0]);
    int code = cli_open(c, 0);
    if (code != CLI_OK) return code;
    arc_status st = arc_bank_undo(c->session, id, c->args[1]);
    return st < ARC_OK ? cli_session_error(c, c->args[0], st) : CLI_OK;
}

int cmd_bank_findings(cli *c)
{
    size_t n = 0;
    int64_t account = id_of(c->args[0]);
    int code = cli_open(c, ARC_BOOK_READONLY);
    if (code != CLI_OK) return code;
    arc_status st = arc_bank_findings(c->session, NULL, &n, account, ARC_DATE_NONE);
    if (st != ARC_E_BUFFER) return cli_session_error(c, c->args[0], st);
    char *s = cli_alloc(NULL, ++n);
    st = arc_bank_findings(c->session, s, &n, account, ARC_DATE_NONE);
    code = st == ARC_OK ? out_open(c, cli_get(c, "output")) : cli_session_error(c, c->args[0], st);
    if (code == CLI_OK) {
        out_write(c, s, n);
        out_write(c, "\n", 1);
        code = out_close(c, 1);
    }
    free(s);
    return code;
}
