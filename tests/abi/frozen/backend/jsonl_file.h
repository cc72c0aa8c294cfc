/* SPDX-License-Identifier: Apache-2.0 */
/* Rows in memory and the file of JSON lines they come from, for backend_jsonl.c. Nothing here is the contract's: your backend has
 * another store in its place.
 *
 *   ["arcore_jsonl",1095910193,1000,-7293558194625]     application, schema version, shape of the tables
 *   ["customer",1,7,"Mueller",null]                     a line a row; new columns come behind the old
 *   ["#sequence",1,"customer",8]                        book, name, next number */
#ifndef EXAMPLES_JSONL_FILE_H
#define EXAMPLES_JSONL_FILE_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arcore/sys/backend.h"

#define MAX_COLS 256
#define SEQUENCE "#sequence"

typedef struct row { /* shared by states and cursors; the last one frees it */
    uint32_t refs;
    arc_value v[]; /* the table's columns; texts lie behind them in the same piece of memory */
} row;

typedef struct table {
    row **rows;
    uint32_t n, cap;
} table;

typedef struct snapshot { /* all rows of the book at one moment; the table behind the schema's holds the sequences */
    table *tables;
    uint32_t n;
} snapshot;

typedef struct store { /* a handle, and the transaction open on it */
    const arc_host *host;
    const arc_schema_desc *schema;
    snapshot now; /* as in the file */
    snapshot work; /* of the WRITE transaction */
    struct cursor *cursors;
    uint32_t flags, mode; /* mode: ARC_TXN_* of the open transaction, else 0. */
    int lock;
    char path[];
} store;

/* ---- rows and states --------------------------------------------------------------------------------------------- */

static void *get(const arc_host *h, size_t size)
{
    void *p = h->alloc(h, size);
    return p ? memset(p, 0, size) : NULL;
}

static arc_status fail(const arc_host *h, arc_status status, const char *message)
{
    h->set_error(h, status, 0, NULL, message);
    return status;
}

static void drop(const arc_host *h, row *r) { if (--r->refs == 0) h->release(h, r); }

static row *row_new(const arc_host *h, const arc_value *v, uint32_t n)
{
    size_t size = sizeof(row) + n * sizeof *v;
    for (uint32_t i = 0; i < n; i++) size += v[i].len;
    row *r = h->alloc(h, size);
    if (!r) return NULL;
    char *text = (char *)(r->v + n);
    r->refs = 1;
    memcpy(r->v, v, n * sizeof *v);
    for (uint32_t i = 0; i < n; i++) {
        if (v[i].type < ARC_V_TEXT) continue;
        r->v[i].u.s = v[i].len ? memcpy(text, v[i].u.s, v[i].len) : text;
        text += v[i].len;
    }
    return r;
}

static void state_free(const arc_host *h, snapshot *s)
{
    for (uint32_t t = 0; t < s->n; t++) {
        for (uint32_t i = 0; i < s->tables[t].n; i++) drop(h, s->tables[t].rows[i]);
        h->release(h, s->tables[t].rows);
    }
    h->release(h, s->tables);
    memset(s, 0, sizeof *s);
}

static int state_new(const arc_host *h, snapshot *s, uint32_t n)
{
    s->tables = get(h, n * sizeof *s->tables);
    s->n = s->tables ? n : 0;
    return s->tables != NULL;
}

static int add(const arc_host *h, table *t, const arc_value *v, uint32_t n_cols)
{
    if (t->n == t->cap) {
        uint32_t cap = t->cap ? t->cap * 2 : 16;
        row **rows = h->resize(h, t->rows, cap * sizeof *rows);
        if (!rows) return 0;
        t->rows = rows;
        t->cap = cap;
    }
    row *r = row_new(h, v, n_cols);
    if (r) t->rows[t->n++] = r;
    return r != NULL;
}

static int state_copy(const arc_host *h, snapshot *to, const snapshot *from)
{
    int ok = state_new(h, to, from->n);
    for (uint32_t t = 0; ok && t < from->n; t++) {
        const table *f = &from->tables[t];
        table *c = &to->tables[t];
        c->rows = h->alloc(h, (f->n + 1) * sizeof *c->rows);
        ok = c->rows != NULL;
        for (c->cap = f->n + 1; ok && c->n < f->n; c->n++) (c->rows[c->n] = f->rows[c->n])->refs++;
    }
    if (!ok) state_free(h, to);
    return ok;
}

static int compare(const arc_value *a, const arc_value *b) /* contract order: NULL first, text by bytes */
{
    if (!a->type || !b->type) return (a->type != 0) - (b->type != 0);
    if (a->type == ARC_V_INT) return (a->u.i > b->u.i) - (a->u.i < b->u.i);
    uint32_t n = a->len < b->len ? a->len : b->len;
    int c = n ? memcmp(a->u.s, b->u.s, n) : 0;
    return c ? c : (a->len > b->len) - (a->len < b->len);
}

/* ---- the file: writing ---------------------------------------------------------------------------------------------- */

static void put_value(FILE *f, const arc_value *v)
{
    if (v->type == ARC_V_NULL) fputs(",null", f);
    if (v->type == ARC_V_INT) fprintf(f, ",%lld", (long long)v->u.i);
    if (v->type < ARC_V_TEXT) return;
    fputs(",\"", f);
    for (uint32_t i = 0; i < v->len; i++) {
        unsigned char c = (unsigned char)v->u.s[i];
        if (c < 32 || (v->type == ARC_V_BLOB && c > 126)) fprintf(f, "\\u%04x", c); /* bytes are escaped one by one */
        else fprintf(f, c == '"' || c == '\\' ? "\\%c" : "%c", c);
    }
    fputs("\"", f);
}

static void put_line(FILE *f, const char *name, const arc_value *v, uint32_t n)
{
    fprintf(f, "[\"%s\"", name);
    for (uint32_t i = 0; i < n; i++) put_value(f, &v[i]);
    fputs("]\n", f);
}

/* A number that changes when a table or column that version `until` knows is another one: finds altered files. */
static int64_t shape(const arc_schema_desc *d, uint32_t until)
{
    uint64_t h = UINT64_C(14695981039346656037);
    char text[256];
    for (uint32_t t = 0; t < d->n_tables; t++)
        for (uint32_t c = 0; c < d->tables[t].n_cols; c++) {
            const arc_column *col = &d->tables[t].cols[c];
            if (d->tables[t].since > until || col->since > until) continue;
            snprintf(text, sizeof text, "%s.%s.%u", d->tables[t].name, col->name, col->type);
            for (const char *p = text; *p; p++) h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
        }
    return (int64_t)h;
}

static arc_value value(uint8_t type, const char *text, int64_t i)
{
    arc_value v = { type, { 0, 0, 0 }, text ? (uint32_t)strlen(text) : 0, { i } };
    if (text) v.u.s = text;
    return v;
}

static void put_state(FILE *f, const arc_schema_desc *d, const snapshot *s)
{
    arc_value head[] = { value(ARC_V_INT, NULL, d->application_id), value(ARC_V_INT, NULL, d->version),
                         value(ARC_V_INT, NULL, shape(d, d->version)) };
    put_line(f, "arcore_jsonl", head, 3);
    for (uint32_t t = 0; t < s->n; t++) {
        const arc_table *a = t < d->n_tables ? &d->tables[t] : NULL;
        for (uint32_t i = 0; i < s->tables[t].n; i++) put_line(f, a ? a->name : SEQUENCE, s->tables[t].rows[i]->v, a ? a->n_cols : 3);
    }
}

/* The book as a whole, or not at all: a new file, forced to disk, then renamed over the old one. */
static arc_status save(store *st, const snapshot *s)
{
    char temp[1024];
    if (snprintf(temp, sizeof temp, "%s.new", st->path) >= (int)sizeof temp) return ARC_E_LIMIT;
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    if (!f && fd >= 0) close(fd);
    if (!f) return fail(st->host, ARC_E_IO, "cannot write the new file");
    put_state(f, st->schema, s);
    int bad = ferror(f) || fflush(f) || fsync(fd);
    bad |= fclose(f) != 0;
    if (bad || rename(temp, st->path)) {
        arc_status r = fail(st->host, errno == ENOSPC ? ARC_E_FULL : ARC_E_IO, "the new file is not written");
        unlink(temp);
        return r;
    }
    char *slash = strrchr(temp, '/'); /* the rename itself must reach the disk; if not, its fate is unknown */
    if (slash) slash[slash == temp] = 0;
    fd = open(slash ? temp : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bad = fd < 0 || fsync(fd);
    if (fd >= 0) close(fd);
    return bad ? fail(st->host, ARC_E_OUTCOME_UNKNOWN, "the directory cannot be forced to disk") : ARC_OK;
}

/* ---- the file: reading. We read what we write; everything else is ARC_E_CORRUPT --------------------------------------- */

static int eat(char **p, const char *s)
{
    size_t n = strlen(s);
    if (strncmp(*p, s, n) != 0) return 0;
    *p += n;
    return 1;
}

static int eat_text(char **p, arc_value *v) /* unescapes in place */
{
    char *to = *p + 1, *from = to;
    if (**p != '"') return 0;
    v->type = ARC_V_TEXT;
    v->u.s = to;
    while (*from != '"') {
        unsigned code;
        if ((unsigned char)*from < 32) return 0;
        if (*from != '\\') *to++ = *from++;
        else if (from[1] == '"' || from[1] == '\\') *to++ = from[1], from += 2;
        else if (sscanf(from, "\\u00%2x", &code) == 1) *to++ = (char)code, from += 6;
        else return 0;
    }
    v->len = (uint32_t)(to - v->u.s);
    *p = from + 1;
    return 1;
}

static int eat_int(char **p, int64_t *i)
{
    char *end = *p;
    errno = 0;
    if (**p == '-' || (**p >= '0' && **p <= '9')) *i = strtoll(*p, &end, 10);
    if (end == *p || errno) return 0;
    *p = end;
    return 1;
}

/* ["name",value,...]: as many values as v has room for, NULL where the line is shorter, the rest passed over. */
static int eat_line(char *p, arc_value *name, arc_value *v, uint32_t n)
{
    memset(v, 0, n * sizeof *v);
    if (!eat(&p, "[") || !eat_text(&p, name)) return 0;
    for (uint32_t i = 0; eat(&p, ","); i++) {
        arc_value x = value(ARC_V_NULL, NULL, 0);
        if (*p == '"' ? !eat_text(&p, &x) : !eat(&p, "null") && !(x.type = ARC_V_INT, eat_int(&p, &x.u.i))) return 0;
        if (i < n) v[i] = x;
    }
    return eat(&p, "]") && *p == 0;
}

static int is(const arc_value *v, const char *name)
{
    return v->type == ARC_V_TEXT && v->len == strlen(name) && !memcmp(v->u.s, name, v->len);
}

/* A damaged file must not become a damaged process: what the table says of a column holds for what is loaded. */
static int fits(const arc_column *c, arc_value *v)
{
    int text = c->type == ARC_T_TEXT || c->type == ARC_T_CODE || c->type == ARC_T_JSON, blob = c->type == ARC_T_BLOB;
    if (!v->type) return !(c->flags & ARC_COL_REQUIRED);
    if ((v->type == ARC_V_TEXT) != (text || blob) || (text && memchr(v->u.s, 0, v->len))) return 0;
    if (blob) v->type = ARC_V_BLOB;
    return 1;
}

static arc_status load_line(store *st, const arc_schema_desc *d, snapshot *s, char *line)
{
    arc_value v[MAX_COLS], name;
    uint32_t t = 0;
    if (!eat_line(line, &name, v, MAX_COLS)) return ARC_E_CORRUPT;
    while (t < d->n_tables && !is(&name, d->tables[t].name)) t++;
    if (t == d->n_tables && !is(&name, SEQUENCE)) return ARC_OK; /* of a newer version: we are read-only then */
    for (uint32_t c = 0; t < d->n_tables && c < d->tables[t].n_cols; c++)
        if (!fits(&d->tables[t].cols[c], &v[c])) return ARC_E_CORRUPT;
    if (t == d->n_tables && (v[0].type != ARC_V_INT || v[1].type != ARC_V_TEXT || v[2].type != ARC_V_INT)) return ARC_E_CORRUPT;
    return add(st->host, &s->tables[t], v, t < d->n_tables ? d->tables[t].n_cols : 3) ? ARC_OK : ARC_E_NOMEM;
}

/* The first line decides whether the file is ours to read. */
static arc_status judge(const arc_schema_desc *d, char *line, uint32_t flags, int *older)
{
    arc_value v[3], name;
    if (!eat_line(line, &name, v, 3) || !is(&name, "arcore_jsonl")) return ARC_E_NOT_A_BOOK;
    if (v[0].type != ARC_V_INT || v[1].type != ARC_V_INT || v[2].type != ARC_V_INT) return ARC_E_NOT_A_BOOK;
    if (v[0].u.i != d->application_id || v[1].u.i < 0) return ARC_E_NOT_A_BOOK;
    if (v[1].u.i > d->version) return flags & ARC_OPEN_READONLY ? ARC_OK : ARC_E_SCHEMA_NEWER;
    if (shape(d, (uint32_t)v[1].u.i) != v[2].u.i) return ARC_E_SCHEMA_FOREIGN;
    *older = v[1].u.i < d->version;
    return *older && (!(flags & ARC_OPEN_UPGRADE) || v[1].u.i / 1000 != d->version / 1000) ? ARC_E_SCHEMA_OLDER : ARC_OK;
}

static arc_status load(store *st, const arc_schema_desc *d, snapshot *s, uint32_t flags, int *older)
{
    struct stat info;
    arc_status r = ARC_OK;
    int fd = open(st->path, O_RDONLY | O_CLOEXEC), first = 1;
    if (fd < 0 || fstat(fd, &info) || info.st_size == 0) { /* nothing there yet */
        if (fd >= 0) close(fd);
        *older = 1; /* so that it gets written */
        return flags & ARC_OPEN_CREATE ? ARC_OK : ARC_E_NOT_A_BOOK;
    }
    size_t size = (size_t)info.st_size;
    char *text = get(st->host, size + 1), *line = text, *end;
    if (!text) r = ARC_E_NOMEM;
    else if (read(fd, text, size) != (ssize_t)size) r = ARC_E_IO;
    close(fd);
    for (; !r && (end = strchr(line, '\n')); line = end + 1, first = 0) {
        *end = 0;
        r = first ? judge(d, line, flags, older) : load_line(st, d, s, line);
    }
    if (!r && (first || line != text + size)) r = first ? ARC_E_NOT_A_BOOK : ARC_E_CORRUPT;
    st->host->release(st->host, text);
    return r;
}

#endif
