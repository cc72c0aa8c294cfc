/* SPDX-License-Identifier: Apache-2.0 */
/* create, migrate, version. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static void book_line(cli *c, const char *uri)
{
    arc_book_info i = ARC_BOOK_INFO_INIT;
    arc_book_describe(c->book, &i);
    out_line(c, "book      %s in %s", "账簿      %s，位于 %s", i.code, uri);
    out_line(c, "company   %s", "公司      %s", i.name);
    out_line(c, "currency  %s, day starts at UTC%+d minutes", "本位币    %s，日界 UTC%+d 分钟", i.base_currency, (int)i.utc_offset_minutes);
}

static char *wanted_book(cli *c, int *code)
{
    const char *given = c->n_args ? c->args[0] : cli_get(c, "book");
    if (!given) given = getenv("ARCORE_BOOK");
    *code = given && *given ? CLI_OK
                            : cli_usage(c, "where? Name the book: arcore create company.arc", "建在哪里？请指定账簿：arcore create company.arc");
    return *code == CLI_OK ? cli_uri(given) : NULL;
}

/* A book that is there already must not be taken for a new one: opening without CREATE tells. */
static int refuse_existing(cli *c, const char *uri)
{
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_error e = ARC_ERROR_INIT;
    bo.flags = ARC_BOOK_READONLY;
    arc_status st = arc_book_open(c->context, &c->book, uri, &bo);
    if (st == ARC_E_NOT_FOUND) return CLI_OK;
    if (st == ARC_OK) {
        cli_close(c);
        return cli_fail(c, CLI_REFUSED, "%s: this book is there already", "%s：账簿已存在", uri);
    }
    arc_context_error(c->context, &e);
    int code = cli_error(c, uri, st, &e);
    return st == ARC_E_INVALID ? CLI_USAGE : code == CLI_REFUSED ? CLI_ENVIRONMENT : code;
}

int cmd_create(cli *c)
{
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    int code;
    char *uri = wanted_book(c, &code);
    const char *offset = cli_get(c, "utc-offset");
    if (code != CLI_OK) return code;
    bo.flags = ARC_BOOK_CREATE;
    bo.name = cli_get(c, "name");
    bo.base_currency = cli_get(c, "currency");
    if (offset) {
        char *end;
        long minutes = strtol(offset, &end, 10);
        if (!*offset || *end || minutes < -1080 || minutes > 1080) {
            free(uri);
            return cli_usage(c, "--utc-offset takes minutes from -1080 to 1080, not %s", "--utc-offset 须为 -1080 至 1080 的分钟数，而不是 %s", offset);
        }
        bo.utc_offset_minutes = (int32_t)minutes;
    }
    code = strncmp(uri, "memory:", 7) == 0 ? cli_usage(c, "a book in memory would be gone at once", "内存账簿会立即消失") : refuse_existing(c, uri);
    if (code == CLI_OK) code = cli_open_book(c, uri, &bo);
    if (code == CLI_OK) code = out_open(c, cli_get(c, "output"));
    if (code == CLI_OK) {
        book_line(c, uri);
        code = out_close(c, 1);
    }
    free(uri);
    return code;
}

/* ---- migrate ---- */

typedef struct steps {
    cli_text lines;
    uint32_t n;
} steps;

/* Statements that change tables are what an upgrade does. */
static void on_statement(void *user, const char *statement, const struct arc_value *params, uint32_t n_params)
{
    static const char *const verbs[] = { "CREATE ", "ALTER ", "DROP ", "create ", "alter ", "drop " };
    steps *s = user;
    (void)params;
    (void)n_params;
    for (int i = 0; i < 6; i++) {
        if (strncmp(statement, verbs[i], strlen(verbs[i])) != 0) continue;
        size_t n = strcspn(statement, "(\n");
        text_str(&s->lines, "  ");
        text_add(&s->lines, statement, n > 200 ? 200 : n);
        text_str(&s->lines, "\n");
        s->n++;
        return;
    }
}

int cmd_migrate(cli *c)
{
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_book_info info = ARC_BOOK_INFO_INIT;
    steps s = { { NULL, 0, 0 }, 0 };
    const char *given = cli_get(c, "book");
    if (!given) given = getenv("ARCORE_BOOK");
    if (!given || !*given) return cli_open(c, 0); /* which says what is missing */
    char *uri = cli_uri(given);
    arc_status st = arc_book_open(c->context, &c->book, uri, &bo);
    int older = st == ARC_E_SCHEMA_OLDER, code = CLI_OK;
    if (st != ARC_OK) {
        bo.flags = ARC_BOOK_UPGRADE;
        bo.trace = on_statement;
        bo.trace_user = &s;
        code = cli_open_book(c, uri, &bo);
    }
    if (code == CLI_OK) code = out_open(c, cli_get(c, "output"));
    if (code == CLI_OK) {
        arc_book_describe(c->book, &info);
        if (older) {
            out_line(c, "%s: brought up to schema %u.%u in %u steps", "%s：已升级到结构版本 %u.%u，共 %u 步", uri, info.schema_version / 1000,
                     info.schema_version % 1000, s.n);
            out_write(c, s.lines.s ? s.lines.s : "", s.lines.n);
        } else {
            out_line(c, "%s: is of schema %u.%u already; nothing was done", "%s：已是结构版本 %u.%u，无需处理", uri, info.schema_version / 1000,
                     info.schema_version % 1000);
        }
        code = out_close(c, 1);
    }
    text_free(&s.lines);
    free(uri);
    return code;
}

/* ---- version ---- */

int cmd_version(cli *c)
{
    int code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    rows_begin(c);
    rows_column(c, "what", cli_say(c, "what", "项目"), CELL_TEXT);
    rows_column(c, "version", cli_say(c, "version", "版本"), CELL_TEXT);
    rows_text(c, "arcore", SIZE_MAX);
    rows_text(c, ARC_VERSION_STRING, SIZE_MAX);
    rows_text(c, "libarcore", SIZE_MAX);
    rows_text(c, arc_version_string(), SIZE_MAX);
    rows_text(c, "backends", SIZE_MAX);
#ifdef ARCORE_CLI_POSTGRESQL
    rows_text(c, "sqlite, memory, postgresql", SIZE_MAX);
#else
    rows_text(c, "sqlite, memory", SIZE_MAX);
#endif
    rows_end(c);
    return out_close(c, 1);
}
