/* SPDX-License-Identifier: Apache-2.0 */
/* What every command needs: faults in two languages, the book and its session, signals, progress. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#ifdef ARCORE_CLI_POSTGRESQL
#include "arcore/postgresql.h"
#endif

const char *cli_say(const cli *c, const char *en, const char *zh) { return c->zh ? zh : en; }

/* ---- faults ---- */

static void tell(cli *c, const char *format, va_list list)
{
    char line[1200];
    cli_progress_end(c);
    vsnprintf(line, sizeof line, format, list);
    fprintf(stderr, "arcore: %s\n", line);
}

int cli_usage(cli *c, const char *en, const char *zh, ...)
{
    va_list list;
    va_start(list, zh);
    tell(c, cli_say(c, en, zh), list);
    va_end(list);
    fprintf(stderr, cli_say(c, "Try: arcore help%s%s\n", "用法：arcore help%s%s\n"), c->command ? " " : "",
            c->command ? c->command->name : "");
    return CLI_USAGE;
}

int cli_fail(cli *c, int code, const char *en, const char *zh, ...)
{
    va_list list;
    va_start(list, zh);
    tell(c, cli_say(c, en, zh), list);
    va_end(list);
    return code;
}

void cli_note(cli *c, const char *en, const char *zh, ...)
{
    va_list list;
    va_start(list, zh);
    cli_progress_end(c);
    vfprintf(stderr, cli_say(c, en, zh), list);
    fputc('\n', stderr);
    va_end(list);
}

static int exit_code(const cli *c, arc_status status)
{
    switch (status) {
    case ARC_E_BUSY:
    case ARC_E_CONFLICT:
    case ARC_E_STALE:
    case ARC_E_TIMEOUT: return CLI_RETRY;
    case ARC_E_OUTCOME_UNKNOWN: return CLI_UNKNOWN;
    case ARC_E_CANCELLED: return cli_signal() ? 128 + cli_signal() : out_broken(c) ? CLI_PIPE : CLI_REFUSED;
    case ARC_E_NOMEM:
    case ARC_E_UNSUPPORTED:
    case ARC_E_READONLY:
    case ARC_E_KEY: return CLI_ENVIRONMENT;
    default: return status <= ARC_E_IO ? CLI_ENVIRONMENT : CLI_REFUSED;
    }
}

int cli_error(cli *c, const char *what, arc_status status, const arc_error *e)
{
    const char *message = c->zh ? e->message_zh : e->message;
    cli_progress_end(c);
    if (status == ARC_E_CANCELLED && out_broken(c)) return exit_code(c, status); /* told where it broke, or nobody listens */
    if (status == ARC_E_CANCELLED && cli_signal()) {
        cli_note(c, "arcore: interrupted; nothing was left half done", "arcore：已中断，没有留下未完成的内容");
        return exit_code(c, status);
    }
    if (e->status != status || !message[0]) message = arc_status_text(status, c->zh ? "zh" : "en");
    fprintf(stderr, "arcore: %s%s%s (%s)\n", what ? what : "", what ? ": " : "", message, arc_status_name(status));
    if (e->status == status) {
        if (e->entity[0] || e->field[0]) {
            fprintf(stderr, cli_say(c, "  at %s%s%s", "  位置：%s%s%s"), e->entity, e->entity[0] && e->field[0] ? "." : "", e->field);
            if (e->id) fprintf(stderr, cli_say(c, ", id %lld", "，编号 %lld"), (long long)e->id);
            fputc('\n', stderr);
        }
        if (e->row >= 0) fprintf(stderr, cli_say(c, "  line or element %lld\n", "  第 %lld 行（或项）\n"), (long long)e->row);
        if (e->pointer[0]) fprintf(stderr, cli_say(c, "  at %s of the document\n", "  文档位置 %s\n"), e->pointer);
        if (e->sqlstate[0]) fprintf(stderr, "  SQLSTATE %s\n", e->sqlstate);
    }
    if (arc_status_retryable(status)) fputs(cli_say(c, "  trying again may help\n", "  可以重试\n"), stderr);
    return exit_code(c, status);
}

int cli_session_error(cli *c, const char *what, arc_status status)
{
    arc_error e = ARC_ERROR_INIT;
    arc_session_error(c->session, &e);
    return cli_error(c, what, status, &e);
}

int cli_book_error(cli *c, const char *what, arc_status status)
{
    arc_error e = ARC_ERROR_INIT;
    arc_book_error(c->book, &e);
    return cli_error(c, what, status, &e);
}

int cli_query_error(cli *c, const char *what, arc_status status, arc_query *q)
{
    arc_error e = ARC_ERROR_INIT;
    arc_query_error(q, &e);
    return e.status == status ? cli_error(c, what, status, &e) : cli_session_error(c, what, status);
}

/* ---- books ---- */

char *cli_uri(const char *given)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789+-.";
    size_t scheme = strspn(given, letters);
    cli_text t = { NULL, 0, 0 };
    if (!scheme || given[scheme] != ':') text_str(&t, "sqlite:");
    text_str(&t, given);
    return t.s;
}

/* Opening is where the environment shows: whatever else than a bad URI goes wrong there is its fault. */
static int open_failed(cli *c, const char *uri, arc_status st)
{
    arc_error e = ARC_ERROR_INIT;
    arc_context_error(c->context, &e);
    int code = cli_error(c, uri, st, &e);
    cli_seal_hint(c, uri, st);
    if (st == ARC_E_NOT_FOUND) cli_note(c, "  `arcore create` makes a book", "  用 `arcore create` 建立账簿");
    if (st == ARC_E_SCHEMA_OLDER && c->command->run != cmd_migrate) cli_note(c, "  `arcore migrate` brings it up to date", "  用 `arcore migrate` 升级");
    return st == ARC_E_INVALID ? CLI_USAGE : code == CLI_REFUSED ? CLI_ENVIRONMENT : code;
}

int cli_open_book(cli *c, const char *uri, const arc_book_options *options)
{
    arc_book_options bo = *options;
    size_t n = 0;
    const char *file = cli_get(c, "seal-key-file");
    if (!file) file = getenv("ARCORE_SEAL_KEY_FILE");
    char *key = file && *file ? cli_read_file(c, file, &n) : NULL;
    if (file && *file && !key) return CLI_ENVIRONMENT;
    bo.seal_key = key;
    bo.n_seal_key = n;
    arc_status st = arc_book_open(c->context, &c->book, uri, &bo);
    for (size_t i = 0; i < n; i++) ((volatile char *)key)[i] = 0;
    free(key);
    return st == ARC_OK ? CLI_OK : open_failed(c, uri, st);
}

/* Nobody becomes the host itself because a name was left empty. */
static int named_actor(cli *c, const char **actor)
{
    *actor = cli_get(c, "actor");
    if (!*actor) *actor = getenv("ARCORE_ACTOR");
    if (!*actor || **actor) return CLI_OK;
    return cli_usage(c, "the actor is empty: name one with --actor or ARCORE_ACTOR, or leave both out", "操作人为空：请用 --actor 或 ARCORE_ACTOR 指定，或两者都不设置");
}

static int open_session(cli *c)
{
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    arc_book_info info = ARC_BOOK_INFO_INIT;
    const char *actor;
    int code = named_actor(c, &actor);
    if (code != CLI_OK) return code;
    arc_book_describe(c->book, &info);
    arc_stamp_date(&c->today, arc_clock_system(NULL), info.utc_offset_minutes);
    code = cli_date(c, &c->today, "date");
    if (code != CLI_OK) return code;
    so.actor = actor;
    so.business_date = c->today;
    so.language = c->zh ? "zh" : "en";
    arc_status st = arc_session_open(c->book, &c->session, &so);
    if (st != ARC_OK) return cli_book_error(c, NULL, st);
    st = cli_has(c, "request-key") ? arc_session_set_request_key(c->session, cli_get(c, "request-key")) : ARC_OK;
    return st == ARC_OK ? CLI_OK : cli_session_error(c, "--request-key", st);
}

int cli_open(cli *c, uint32_t flags)
{
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    int64_t timeout = bo.timeout_ms;
    const char *given = cli_get(c, "book");
    if (!given) given = getenv("ARCORE_BOOK");
    if (!given || !*given) {
        return cli_usage(c, "which book? --book URI, or ARCORE_BOOK in the environment", "哪个账簿？请用 --book URI 或环境变量 ARCORE_BOOK 指定");
    }
    int code = cli_number(c, &timeout, "timeout", 0, 3600000);
    if (code != CLI_OK) return code;
    bo.flags = flags;
    bo.timeout_ms = (uint32_t)timeout;
    char *uri = cli_uri(given);
    code = cli_open_book(c, uri, &bo);
    free(uri);
    return code == CLI_OK ? open_session(c) : code;
}

void cli_close(cli *c)
{
    arc_session_close(c->session);
    arc_book_close(c->book);
    c->session = NULL;
    c->book = NULL;
}

int cli_whole_book(cli *c)
{
    uint32_t mode = ARC_ACCESS_SINGLE;
    const char *actor = cli_get(c, "actor");
    if (!actor) actor = getenv("ARCORE_ACTOR");
    if (!actor || !*actor || strcmp(actor, ARC_ACTOR_SYSTEM) == 0) return CLI_OK;
    arc_status st = arc_access_get_mode(c->session, &mode);
    if (st != ARC_OK) return cli_session_error(c, c->command->name, st);
    if (mode == ARC_ACCESS_SINGLE) return CLI_OK;
    return cli_fail(c, CLI_REFUSED, "%s reads the whole book, whatever %s may see: it is for the host itself (--actor system)",
                    "%s 读取整个账簿，不受 %s 的权限限制：仅供宿主（--actor system）使用", c->command->name, actor);
}

/* today, today-30, today+7, or YYYY-MM-DD */
int cli_date_text(const cli *c, arc_date *out, const char *text)
{
    if (strncmp(text, "today", 5) != 0) return arc_date_parse(out, text, strlen(text)) == ARC_OK;
    const char *p = text + 5;
    int64_t days = 0;
    if (!*p) {
        *out = c->today;
        return 1;
    }
    int back = *p == '-';
    size_t n = strspn(p + 1, "0123456789");
    if ((*p != '-' && *p != '+') || n == 0 || n > 7 || p[1 + n]) return 0;
    for (size_t i = 0; i < n; i++) days = days * 10 + (p[1 + i] - '0');
    return arc_date_add_days(out, c->today, back ? -days : days) == ARC_OK;
}

int cli_date(cli *c, arc_date *out, const char *option)
{
    const char *text = cli_get(c, option);
    if (!text || cli_date_text(c, out, text)) return CLI_OK;
    return cli_usage(c, "--%s takes a date such as 2026-06-30 or today-30, not %s", "--%s 须为 2026-06-30 或 today-30 这样的日期，而不是 %s",
                     option, text);
}

/* ---- signals and progress ---- */

static volatile sig_atomic_t caught;

static void on_signal(int number) { caught = number; }

void cli_signals(void)
{
    struct sigaction a;
    memset(&a, 0, sizeof a);
    sigemptyset(&a.sa_mask);
    a.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &a, NULL); /* a write says EPIPE instead */
    a.sa_handler = on_signal;
    a.sa_flags = (int)SA_RESETHAND; /* the second one ends the program at once; the store stands that */
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    sigaction(SIGHUP, &a, NULL);
}

int cli_signal(void) { return (int)caught; }

int32_t cli_progress_line(cli *c, const char *text)
{
    if (isatty(2)) {
        int w = text_width(text, strlen(text));
        fprintf(stderr, "\r%s%*s", text, c->progress_wide > w ? c->progress_wide - w : 0, "");
        c->progress_wide = w;
    }
    return caught != 0;
}

void cli_progress_end(cli *c)
{
    if (c->progress_wide) fprintf(stderr, "\r%*s\r", c->progress_wide, "");
    c->progress_wide = 0;
}

int32_t cli_progress(void *user, int64_t done, int64_t total)
{
    cli *c = user;
    char line[100];
    const char *name = c->command->name;
    if (!isatty(2)) return caught != 0;
    if (total > 0) {
        snprintf(line, sizeof line, "%s: %d %%", name, (int)(done >= total ? 100 : (double)done * 100.0 / (double)total));
    } else {
        snprintf(line, sizeof line, "%s: %lld", name, (long long)done);
    }
    return cli_progress_line(c, line);
}

/* ---- main ---- */

static int run(cli *c)
{
    arc_context_options co = ARC_CONTEXT_OPTIONS_INIT;
    co.clock = arc_clock_system;
    co.random = arc_random_system;
    if (arc_context_new(&c->context, &co) != ARC_OK) return cli_fail(c, CLI_ENVIRONMENT, "out of memory", "内存不足");
#ifdef ARCORE_CLI_POSTGRESQL
    arc_backend_register(c->context, arc_postgresql_backend());
#endif
    int code = cli_seal(c);
    if (code == CLI_OK) code = c->command->run(c);
    cli_progress_end(c);
    cli_close(c);
    arc_context_free(c->context);
    cli_seal_end(c);
    free(c->schema);
    return code;
}

int main(int argc, char **argv)
{
    cli c;
    int done = 0;
    memset(&c, 0, sizeof c);
    cli_signals();
    int code = cli_parse(&c, argc, argv, &done);
    if (!done && code == CLI_OK) code = run(&c);
    if (c.out) { /* left open by a command that stopped */
        int closed = out_close(&c, 0);
        if (code == CLI_OK) code = closed;
    }
    return code;
}
