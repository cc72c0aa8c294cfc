/* SPDX-License-Identifier: Apache-2.0 */
/* events, history: what happened, as CloudEvents. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static int feed_error(cli *c, arc_status st, arc_feed *feed)
{
    arc_error e = ARC_ERROR_INIT;
    arc_feed_error(feed, &e);
    return e.status == st ? cli_error(c, c->command->name, st, &e) : cli_session_error(c, c->command->name, st);
}

/* ---- rows of a table ---- */

static void event_columns(cli *c)
{
    rows_begin(c);
    rows_column(c, "time", cli_say(c, "time", "时间"), CELL_TEXT);
    rows_column(c, "id", cli_say(c, "id", "编号"), CELL_TEXT);
    rows_column(c, "type", cli_say(c, "type", "类型"), CELL_TEXT);
    rows_column(c, "subject", cli_say(c, "subject", "对象"), CELL_TEXT);
    rows_column(c, "actor", cli_say(c, "actor", "操作人"), CELL_TEXT);
    rows_column(c, "business_date", cli_say(c, "business date", "业务日期"), CELL_TEXT);
    rows_column(c, "changes", cli_say(c, "changes", "更改"), CELL_TEXT);
}

static void member_cell(cli *c, const char *object, const char *name)
{
    cli_text t = { NULL, 0, 0 };
    const char *v = object ? js_member(object, name) : NULL;
    if (v) {
        js_text(&t, v);
        rows_text(c, t.s, t.n);
    } else {
        rows_null(c);
    }
    text_free(&t);
}

/* "insert invoice 12; insert item 12" or, of an update, "customer 3: legal_name" */
static void changes_cell(cli *c, const char *data)
{
    cli_text t = { NULL, 0, 0 }, name = { NULL, 0, 0 };
    const char *rows = data ? js_member(data, "rows") : NULL;
    text_str(&t, "");
    for (const char *r = rows ? js_first(rows) : NULL; r; r = js_next(r)) {
        static const char *const members[] = { "op", "entity", "id" };
        if (t.n) text_str(&t, "; ");
        for (int i = 0; i < 3; i++) {
            const char *v = js_member(r, members[i]);
            if (i && v) text_str(&t, " ");
            if (v) js_text(&t, v);
        }
        const char *before = js_member(r, "before");
        for (const char *at = before ? js_first(before) : NULL; at; at = js_next(at)) {
            (void)js_pair(at, &name);
            text_format(&t, "%s%s", at == js_first(before) ? ": " : ", ", name.s);
        }
    }
    rows_text(c, t.s, t.n);
    text_free(&t);
    text_free(&name);
}

static void event_row(cli *c, const char *json)
{
    static const char *const members[] = { "time", "id", "type", "subject" };
    const char *data = js_member(json, "data");
    for (int i = 0; i < 4; i++) member_cell(c, json, members[i]);
    member_cell(c, data, "actor");
    member_cell(c, data, "business_date");
    changes_cell(c, data);
}

/* ---- reading a feed ---- */

static arc_status write_events(cli *c, arc_feed *feed, int64_t limit)
{
    const char *json;
    size_t n;
    arc_status st = ARC_OK;
    for (int64_t i = 0; (!limit || i < limit) && (st = arc_feed_next(feed, &json, &n)) == ARC_OK; i++) {
        if (c->format == CLI_JSON) {
            out_write(c, json, n);
            out_write(c, "\n", 1);
        } else {
            event_row(c, json);
        }
        if (out_broken(c) || cli_signal()) return ARC_E_CANCELLED;
    }
    return st == ARC_DONE ? ARC_OK : st;
}

static int show(cli *c, arc_feed *feed)
{
    int64_t limit = 0;
    int code = cli_number(c, &limit, "limit", 1, INT64_C(999999999999999999));
    if (code == CLI_OK) code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    if (c->format != CLI_JSON) event_columns(c);
    arc_status st = write_events(c, feed, limit);
    if (st == ARC_OK && c->format != CLI_JSON) rows_end(c);
    if (st != ARC_OK) code = feed_error(c, st, feed);
    int closed = out_close(c, st == ARC_OK);
    return closed != CLI_OK ? closed : code;
}

/* ---- cursors ---- */

/* The token kept in a file; "" when there is no such file yet. */
static int read_cursor(cli *c, char **token)
{
    const char *file = cli_get(c, "cursor"), *after = cli_get(c, "after");
    size_t n = 0;
    *token = NULL;
    if (file && after) return cli_usage(c, "--after or --cursor, not both", "--after 与 --cursor 只能选一个");
    if (after) {
        *token = memcpy(cli_alloc(NULL, strlen(after) + 1), after, strlen(after) + 1);
    } else if (file && access(file, F_OK) == 0) {
        *token = cli_read_file(c, file, &n);
        if (!*token) return CLI_ENVIRONMENT;
        (*token)[strcspn(*token, "\r\n")] = 0;
    }
    return CLI_OK;
}

/* Moves on only when everything before was written: an event may come twice after a crash, never be missed. */
static int keep_cursor(cli *c, arc_feed *feed)
{
    char token[256];
    size_t n = sizeof token;
    const char *file = cli_get(c, "cursor");
    arc_status st = arc_feed_token(feed, token, &n);
    if (st != ARC_OK) return feed_error(c, st, feed);
    if (!file) {
        cli_note(c, "go on behind the last event: --after %s", "从最后一个事件之后继续：--after %s", token);
        return CLI_OK;
    }
    int code = out_open(c, file);
    if (code != CLI_OK) return code;
    out_write(c, token, n);
    out_write(c, "\n", 1);
    return out_close(c, 1);
}

static void default_format(cli *c)
{
    if (!cli_has(c, "format")) c->format = CLI_JSON;
}

int cmd_events(cli *c)
{
    arc_feed_options o = ARC_FEED_OPTIONS_INIT;
    arc_feed *feed = NULL;
    char *token = NULL;
    const char *entity = cli_get(c, "entity"), *row = cli_get(c, "row");
    default_format(c);
    if (row && !entity) return cli_usage(c, "--row needs --entity", "--row 需要 --entity");
    int code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK && entity) code = cli_entity(c, &o.entity, entity);
    if (code == CLI_OK && row) code = cli_row_id(c, &o.row, entity, row);
    if (code == CLI_OK) code = read_cursor(c, &token);
    if (code == CLI_OK) {
        o.flags = cli_has(c, "personal") ? ARC_FEED_PERSONAL : 0;
        o.after = token && *token ? token : NULL;
        o.verb = cli_get(c, "verb");
        o.not_from = cli_get(c, "not-from");
        arc_status st = arc_feed_open(c->session, &feed, &o);
        code = st == ARC_OK ? show(c, feed) : cli_session_error(c, "events", st);
        if (code == CLI_OK) code = keep_cursor(c, feed);
    }
    arc_feed_free(feed);
    free(token);
    return code;
}

int cmd_history(cli *c)
{
    arc_feed_options o = ARC_FEED_OPTIONS_INIT;
    arc_feed *feed = NULL;
    uint32_t entity = 0;
    int64_t row = 0;
    int code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK) code = cli_entity(c, &entity, c->args[0]);
    if (code == CLI_OK) code = cli_row_id(c, &row, c->args[0], c->args[1]);
    if (code != CLI_OK) return code;
    o.flags = cli_has(c, "personal") ? ARC_FEED_PERSONAL : 0;
    arc_status st = arc_record_history(c->session, &feed, entity, row, &o);
    code = st == ARC_OK ? show(c, feed) : cli_session_error(c, "history", st);
    arc_feed_free(feed);
    return code;
}
