/* SPDX-License-Identifier: Apache-2.0 */
/* Output: bytes to standard output or a file that appears whole, and rows as a table, CSV or JSON lines. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

#define KEPT_ROWS 10000u /* a table's widths are those of so many rows; further ones stream */

typedef struct cell {
    char *s; /* NULL: no value */
    size_t n;
} cell;

typedef struct column {
    char *name, *label;
    int kind, width, used, late;
} column;

struct cli_out {
    int fd, failed, broken;
    char *path, *partial; /* a file, and what it is called until it is whole */
    cli_text pending;
    column *columns;
    cell *cells; /* of the rows kept; then of one row */
    uint32_t n_columns, at, n_rows;
    int begun, hide_empty;
};

/* ---- bytes ---- */

/* A file is written beside its place and renamed when it is whole. What is there and no file - a device, a pipe - is written to as it is. */
static int open_file(cli_out *o, const char *path)
{
    struct stat sb;
    cli_text t = { NULL, 0, 0 };
    int there = stat(path, &sb) == 0;
    if (there && !S_ISREG(sb.st_mode)) return open(path, O_WRONLY | O_CLOEXEC);
    o->path = there ? realpath(path, NULL) : NULL; /* a link stays a link */
    if (!o->path) {
        text_str(&t, path);
        o->path = t.s;
        t.s = NULL;
        t.n = t.cap = 0;
    }
    text_format(&t, "%s.part-%ld", o->path, (long)getpid());
    o->partial = t.s;
    return open(o->partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, there ? sb.st_mode & 0777 : 0666);
}

int out_open(cli *c, const char *path)
{
    cli_out *o = cli_alloc(NULL, sizeof *o);
    memset(o, 0, sizeof *o);
    o->fd = path && strcmp(path, "-") != 0 ? open_file(o, path) : 1;
    if (o->fd >= 0) {
        c->out = o;
        return CLI_OK;
    }
    int code = cli_fail(c, CLI_ENVIRONMENT, "cannot write %s: %s", "无法写入 %s：%s", path, strerror(errno));
    free(o->path);
    free(o->partial);
    free(o);
    return code;
}

static void flush(cli *c)
{
    cli_out *o = c->out;
    for (size_t i = 0; i < o->pending.n && !o->failed;) {
        ssize_t n = write(o->fd, o->pending.s + i, o->pending.n - i);
        if (n > 0) {
            i += (size_t)n;
        } else if (n < 0 && errno == EINTR) {
            if (cli_signal()) o->failed = 1;
        } else {
            o->failed = 1;
            o->broken = errno == EPIPE;
            if (!o->broken) cli_fail(c, CLI_ENVIRONMENT, "cannot write the output: %s", "无法写出结果：%s", strerror(errno));
        }
    }
    o->pending.n = 0;
}

int32_t out_write(void *user, const char *bytes, size_t n)
{
    cli *c = user;
    text_add(&c->out->pending, bytes, n);
    if (c->out->pending.n >= 65536) flush(c);
    return c->out->failed || cli_signal();
}

int out_broken(const cli *c) { return c->out && c->out->failed; }

static void free_rows(cli_out *o)
{
    for (uint32_t i = 0; i < o->n_columns; i++) {
        free(o->columns[i].name);
        free(o->columns[i].label);
    }
    for (size_t i = 0; i < (size_t)o->n_rows * o->n_columns + o->at; i++) free(o->cells[i].s);
    free(o->columns);
    free(o->cells);
    o->columns = NULL;
    o->cells = NULL;
    o->n_columns = o->n_rows = o->at = 0;
}

static int keep_file(cli *c, int good)
{
    cli_out *o = c->out;
    int bad = !good || o->failed || fsync(o->fd) != 0, reason = errno;
    if (close(o->fd) != 0 && !bad) {
        bad = 1;
        reason = errno;
    }
    if (!bad && rename(o->partial, o->path) == 0) return CLI_OK;
    if (!bad) reason = errno;
    unlink(o->partial);
    if (!good || o->failed) return CLI_ENVIRONMENT; /* told already */
    return cli_fail(c, CLI_ENVIRONMENT, "cannot write %s: %s", "无法写入 %s：%s", o->path, strerror(reason));
}

int out_close(cli *c, int good)
{
    cli_out *o = c->out;
    if (!o) return CLI_OK;
    flush(c);
    free_rows(o);
    int code = o->failed ? (o->broken ? CLI_PIPE : cli_signal() ? 128 + cli_signal() : CLI_ENVIRONMENT) : CLI_OK;
    if (o->partial) {
        int kept = keep_file(c, good);
        if (code == CLI_OK && good) code = kept;
    } else if (o->fd != 1 && close(o->fd) != 0 && code == CLI_OK) {
        code = cli_fail(c, CLI_ENVIRONMENT, "cannot write the output: %s", "无法写出结果：%s", strerror(errno));
    }
    text_free(&o->pending);
    free(o->path);
    free(o->partial);
    free(o);
    c->out = NULL;
    return code;
}

void out_line(cli *c, const char *en, const char *zh, ...)
{
    char line[2000];
    va_list list;
    va_start(list, zh);
    vsnprintf(line, sizeof line, cli_say(c, en, zh), list);
    va_end(list);
    out_write(c, line, strlen(line));
    out_write(c, "\n", 1);
}

/* ---- rows: what they are made of ---- */

void rows_begin(cli *c)
{
    free_rows(c->out);
    c->out->begun = c->out->hide_empty = 0;
}

void rows_hide_empty(cli *c) { c->out->hide_empty = 1; }

static char *copy(const char *s, size_t n)
{
    char *p = cli_alloc(NULL, n + 1);
    if (n) memcpy(p, s, n);
    p[n] = 0;
    return p;
}

void rows_column(cli *c, const char *name, const char *label, int kind)
{
    cli_out *o = c->out;
    o->columns = cli_alloc(o->columns, (o->n_columns + 1) * sizeof *o->columns);
    column *k = &o->columns[o->n_columns++];
    memset(k, 0, sizeof *k);
    k->name = copy(name, strlen(name));
    k->label = copy(label, strlen(label));
    k->kind = kind;
    k->width = text_width(label, strlen(label));
}

/* ---- CSV and JSON ---- */

static void csv_cell(cli_text *t, const column *k, const cell *v, int raw)
{
    if (!v->s) return;
    /* What a spreadsheet would take for a formula gets a mark in front, as the library's own export does it. */
    int guard = !raw && (k->kind == CELL_TEXT || k->kind == CELL_JSON) && v->n && strchr("=+-@\t\r", v->s[0]);
    int quote = !v->n || guard || strpbrk(v->s, ",\"\r\n") || v->s[0] == ' ' || v->s[v->n - 1] == ' ';
    if (quote) text_add(t, "\"", 1);
    if (guard) text_add(t, "'", 1);
    for (size_t i = 0; i < v->n; i++) {
        if (v->s[i] == '"') text_add(t, "\"", 1);
        text_add(t, v->s + i, 1);
    }
    if (quote) text_add(t, "\"", 1);
}

static void csv_row(cli *c, const cell *cells)
{
    cli_out *o = c->out;
    int raw = cli_has(c, "raw");
    for (uint32_t i = 0; i < o->n_columns; i++) {
        if (i) text_add(&o->pending, ",", 1);
        csv_cell(&o->pending, &o->columns[i], &cells[i], raw);
    }
    out_write(c, "\n", 1);
}

static void csv_head(cli *c)
{
    cli_out *o = c->out;
    if (cli_has(c, "bom")) text_str(&o->pending, "\xef\xbb\xbf");
    for (uint32_t i = 0; i < o->n_columns; i++) {
        cell v = { o->columns[i].name, strlen(o->columns[i].name) };
        if (i) text_add(&o->pending, ",", 1);
        csv_cell(&o->pending, &o->columns[i], &v, 1);
    }
    out_write(c, "\n", 1);
}

static void json_row(cli *c, const cell *cells)
{
    cli_out *o = c->out;
    for (uint32_t i = 0; i < o->n_columns; i++) {
        int bare = o->columns[i].kind == CELL_INT || o->columns[i].kind == CELL_BOOL || o->columns[i].kind == CELL_JSON;
        text_add(&o->pending, i ? "," : "{", 1);
        text_json(&o->pending, o->columns[i].name, SIZE_MAX);
        text_add(&o->pending, ":", 1);
        if (!cells[i].s) {
            text_str(&o->pending, "null");
        } else if (bare) {
            text_add(&o->pending, cells[i].s, cells[i].n);
        } else {
            text_json(&o->pending, cells[i].s, cells[i].n);
        }
    }
    out_write(c, "}\n", 2);
}

/* ---- tables ---- */

static int to_right(int kind) { return kind == CELL_INT || kind == CELL_MONEY || kind == CELL_NUMBER; }

static int terminal_width(void)
{
    struct winsize w;
    return isatty(1) && ioctl(1, TIOCGWINSZ, &w) == 0 && w.ws_col > 20 ? w.ws_col : 0;
}

/* On a terminal texts give way, the widest first; numbers never do. */
static void fit(cli_out *o, int wide)
{
    int room = wide;
    if (!wide) return;
    for (uint32_t i = 0; i < o->n_columns; i++) room -= o->columns[i].used ? o->columns[i].width + 2 : 0;
    while (room < -2) {
        column *widest = NULL;
        for (uint32_t i = 0; i < o->n_columns; i++) {
            column *k = &o->columns[i];
            if (k->used && !to_right(k->kind) && k->width > 8 && (!widest || k->width > widest->width)) widest = k;
        }
        if (!widest) return;
        widest->width--;
        room++;
    }
}

static void table_cell(cli_text *t, const column *k, const char *s, size_t n, int last, int cut)
{
    int w = text_width(s, n);
    if (cut && w > k->width && !to_right(k->kind)) {
        size_t m = text_fit(s, n, k->width - 1);
        text_add(t, s, m);
        text_str(t, "\xe2\x80\xa6");
        w = text_width(s, m) + 1;
    } else {
        if (to_right(k->kind)) text_format(t, "%*s", k->width > w ? k->width - w : 0, "");
        text_add(t, s, n);
    }
    if (!last && !to_right(k->kind)) text_format(t, "%*s", k->width > w ? k->width - w : 0, "");
}

static uint32_t last_used(const cli_out *o)
{
    uint32_t last = 0;
    for (uint32_t i = 0; i < o->n_columns; i++) {
        if (o->columns[i].used) last = i;
    }
    return last;
}

/* Ends a line of a table that began at byte `from`; blanks at its end are none of its cells. */
static void end_line(cli *c, size_t from)
{
    cli_text *t = &c->out->pending;
    while (t->n > from && t->s[t->n - 1] == ' ') t->n--;
    out_write(c, "\n", 1);
}

static void table_row(cli *c, const cell *cells)
{
    cli_out *o = c->out;
    size_t from = o->pending.n;
    int first = 1, cut = terminal_width() != 0;
    uint32_t last = last_used(o);
    for (uint32_t i = 0; i < o->n_columns; i++) {
        if (!o->columns[i].used) {
            if (cells[i].s && cells[i].n) o->columns[i].late = 1;
            continue;
        }
        if (!first) text_add(&o->pending, "  ", 2);
        first = 0;
        table_cell(&o->pending, &o->columns[i], cells[i].s ? cells[i].s : "", cells[i].n, i == last, cut);
    }
    end_line(c, from);
}

static void table_head(cli *c)
{
    cli_out *o = c->out;
    for (uint32_t i = 0; i < o->n_columns; i++) {
        column *k = &o->columns[i];
        k->used = !o->hide_empty || !o->n_rows;
        for (size_t r = 0; r < o->n_rows; r++) {
            const cell *v = &o->cells[r * o->n_columns + i];
            int w = v->s ? text_width(v->s, v->n) : 0;
            if (v->s && v->n) k->used = 1;
            if (w > k->width) k->width = w;
        }
    }
    int first = 1, wide = terminal_width();
    fit(o, wide);
    uint32_t last = last_used(o);
    for (uint32_t i = 0; i < o->n_columns; i++) {
        if (!o->columns[i].used) continue;
        if (!first) text_add(&o->pending, "  ", 2);
        first = 0;
        table_cell(&o->pending, &o->columns[i], o->columns[i].label, strlen(o->columns[i].label), i == last, wide != 0);
    }
    out_write(c, "\n", 1);
    first = 1;
    for (uint32_t i = 0; i < o->n_columns; i++) {
        if (!o->columns[i].used) continue;
        if (!first) text_add(&o->pending, "  ", 2);
        first = 0;
        for (int w = 0; w < o->columns[i].width; w++) text_add(&o->pending, "-", 1);
    }
    out_write(c, "\n", 1);
}

/* The rows kept, once the widths are known. */
static void table_begin(cli *c)
{
    cli_out *o = c->out;
    table_head(c);
    for (size_t r = 0; r < o->n_rows; r++) table_row(c, o->cells + r * o->n_columns);
    for (size_t i = 0; i < (size_t)o->n_rows * o->n_columns; i++) free(o->cells[i].s);
    o->n_rows = 0;
    o->begun = 1;
}

/* ---- cells ---- */

static void row_done(cli *c)
{
    cli_out *o = c->out;
    o->at = 0;
    if (c->format == CLI_TABLE && !o->begun) {
        if (++o->n_rows == KEPT_ROWS) table_begin(c);
        return;
    }
    if (c->format == CLI_CSV && !o->begun) csv_head(c);
    o->begun = 1;
    if (c->format == CLI_TABLE) table_row(c, o->cells);
    if (c->format == CLI_CSV) csv_row(c, o->cells);
    if (c->format == CLI_JSON) json_row(c, o->cells);
    for (uint32_t i = 0; i < o->n_columns; i++) free(o->cells[i].s);
}

static void put(cli *c, char *s, size_t n)
{
    cli_out *o = c->out;
    if (!o->at) o->cells = cli_alloc(o->cells, ((size_t)o->n_rows + 1) * o->n_columns * sizeof *o->cells);
    cell *v = &o->cells[(size_t)o->n_rows * o->n_columns + o->at];
    v->s = s;
    v->n = n;
    if (++o->at == o->n_columns) row_done(c);
}

void rows_text(cli *c, const char *s, size_t n)
{
    if (n == SIZE_MAX) n = strlen(s);
    char *p = c->format == CLI_TABLE ? text_printable(s, n, &n) : copy(s, n);
    put(c, p, n);
}

void rows_null(cli *c) { put(c, NULL, 0); }

void rows_int(cli *c, int64_t value)
{
    char b[32];
    const column *k = &c->out->columns[c->out->at];
    int n = k->kind == CELL_BOOL ? snprintf(b, sizeof b, "%s", value ? "true" : "false") : snprintf(b, sizeof b, "%lld", (long long)value);
    put(c, copy(b, (size_t)n), (size_t)n);
}

void rows_money(cli *c, int64_t minor, const char *currency)
{
    cli_text t = { NULL, 0, 0 };
    text_money(&t, minor, currency, c->format == CLI_TABLE);
    put(c, t.s, t.n);
}

void rows_end(cli *c)
{
    cli_out *o = c->out;
    cli_text late = { NULL, 0, 0 };
    if (!o->begun && c->format == CLI_TABLE) table_begin(c);
    if (!o->begun && c->format == CLI_CSV) csv_head(c);
    for (uint32_t i = 0; i < o->n_columns; i++) {
        if (!o->columns[i].late) continue;
        if (late.n) text_str(&late, ",");
        text_str(&late, o->columns[i].name);
    }
    if (late.n) {
        cli_note(c, "Left out, but with values in later rows: %s (name them with --select)", "未显示但后面的行有值的列：%s（可用 --select 指定）", late.s);
    }
    text_free(&late);
    free_rows(o);
}
