/* SPDX-License-Identifier: Apache-2.0 */
/* A storage backend as a lesson: a book in one file of JSON lines, made with the public headers alone.
 *
 *   ["arcore_jsonl",1095910193,1000,-7293558194625]     application, schema version, shape of the tables
 *   ["customer",1,7,"Mueller",null]                     a line a row; bytes are hex text; new columns come behind the old
 *   ["#sequence",1,"customer",8]                        book, name, next number
 *
 * It takes every shortcut the contract allows. It accepts no condition and no order (plan is NULL), so each fetch hands out
 * whole tables and the core filters, sorts and cuts. It offers no savepoints and checks no foreign keys (no capability
 * bits). A WRITE transaction works on a copy of the row pointers; commit writes the whole book to a new file and renames it
 * over the old one, which is as durable as it is slow. `arcore/sys/testkit.h` proves the rest: run this program.
 *
 * What to look at in your own backend, in this order: who owns which row (rows are never changed, they are replaced), what
 * begin, commit and rollback do with the two states, the order of reasons in write_row(), and that nothing allocates where
 * it could no longer say no: in commit, rollback and close. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arcore/sys/backend.h"

const arc_backend_ops *arc_example_jsonl(void); /* hand it to arc_backend_register() */

#define MAX_COLS 256
#define BLOCK 256
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

typedef struct cursor {
    struct cursor *next;
    struct store *st;
    row **rows; /* its own references: what is written later does not disturb it */
    uint32_t n, at, n_cols;
    uint16_t cols[MAX_COLS];
    arc_value block[]; /* handed out by next() */
} cursor;

typedef struct store { /* a handle, and the transaction open on it */
    const arc_host *host;
    const arc_schema_desc *schema;
    snapshot now; /* as in the file */
    snapshot work; /* of the WRITE transaction */
    cursor *cursors;
    uint32_t flags, mode; /* mode: ARC_TXN_* of the open transaction, else 0. */
    int lock;
    char path[];
} store;

/* ---- rows and states --------------------------------------------------------------------------------------------- */

static void *get(const arc_host *h, size_t size)
{
    void *p = h->alloc(h, size);
    if (p) memset(p, 0, size);
    return p;
}

static arc_status fail(const arc_host *h, arc_status status, const char *message)
{
    h->set_error(h, status, 0, NULL, message);
    return status;
}

static void drop(const arc_host *h, row *r)
{
    if (--r->refs == 0) h->release(h, r);
}

static row *row_new(const arc_host *h, const arc_value *v, uint32_t n)
{
    size_t size = sizeof(row) + n * sizeof *v;
    for (uint32_t i = 0; i < n; i++) size += v[i].len;
    row *r = h->alloc(h, size);
    if (!r) return NULL;
    char *text = (char *)(r->v + n);
    r->refs = 1;
    for (uint32_t i = 0; i < n; i++) {
        r->v[i] = v[i];
        if (v[i].type < ARC_V_TEXT) continue;
        if (v[i].len) memcpy(text, v[i].u.s, v[i].len);
        r->v[i].u.s = text;
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
        if (v->type == ARC_V_BLOB) fprintf(f, "%02x", c);
        else if (c < 32) fprintf(f, "\\u%04x", c);
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
    for (uint32_t t = 0; t < d->n_tables; t++)
        for (uint32_t c = 0; c < d->tables[t].n_cols; c++) {
            const arc_column *col = &d->tables[t].cols[c];
            if (d->tables[t].since > until || col->since > until) continue;
            for (const char *p = d->tables[t].name; *p; p++) h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
            for (const char *p = col->name; *p; p++) h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
            h = (h ^ (256u + col->type)) * UINT64_C(1099511628211);
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
    for (uint32_t t = 0; t < s->n; t++)
        for (uint32_t i = 0; i < s->tables[t].n; i++)
            put_line(f, t < d->n_tables ? d->tables[t].name : SEQUENCE, s->tables[t].rows[i]->v,
                     t < d->n_tables ? d->tables[t].n_cols : 3);
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
        else if (sscanf(from, "\\u00%2x", &code) == 1 && code && code < 32) *to++ = (char)code, from += 6;
        else return 0;
    }
    v->len = (uint32_t)(to - v->u.s);
    *p = from + 1;
    return 1;
}

static int eat_int(char **p, int64_t *i)
{
    uint64_t u = 0;
    int minus = eat(p, "-");
    const char *start = *p;
    for (; **p >= '0' && **p <= '9'; ++*p) {
        if (u > (UINT64_C(9223372036854775808) - (uint64_t)(**p - '0')) / 10) return 0;
        u = u * 10 + (uint64_t)(**p - '0');
    }
    if (*p == start || (!minus && u > INT64_MAX)) return 0;
    *i = minus ? (int64_t)(0 - u) : (int64_t)u;
    return 1;
}

static int unhex(arc_value *v)
{
    char *s = (char *)(uintptr_t)v->u.s; /* lies in the file buffer, which is ours */
    for (uint32_t i = 0; i < v->len; i++) {
        const char *d = "0123456789abcdef", *x = s[i] ? strchr(d, s[i]) : NULL;
        if (!x) return 0;
        s[i / 2] = (char)(i & 1 ? (s[i / 2] << 4) | (int)(x - d) : (int)(x - d));
    }
    v->type = ARC_V_BLOB;
    return v->len % 2 ? 0 : (v->len /= 2, 1);
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
    int text = c->type == ARC_T_TEXT || c->type == ARC_T_CODE || c->type == ARC_T_JSON || c->type == ARC_T_BLOB;
    if (!v->type) return !(c->flags & ARC_COL_REQUIRED);
    return (v->type == ARC_V_TEXT) == text && (c->type != ARC_T_BLOB || unhex(v));
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
    for (uint32_t i = 0; i < 3; i++)
        if (v[i].type != ARC_V_INT) return ARC_E_NOT_A_BOOK;
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
    size_t size = (size_t)info.st_size, at = 0;
    char *text = get(st->host, size + 1), *line = text, *end;
    for (ssize_t n = 1; text && at < size && n > 0; at += n > 0 ? (size_t)n : 0) n = read(fd, text + at, size - at);
    close(fd);
    if (!text) return ARC_E_NOMEM;
    if (at < size) r = ARC_E_IO;
    for (; !r && (end = strchr(line, '\n')); line = end + 1, first = 0) {
        *end = 0;
        r = first ? judge(d, line, flags, older) : load_line(st, d, s, line);
    }
    if (!r && (first || line != text + size)) r = first ? ARC_E_NOT_A_BOOK : ARC_E_CORRUPT;
    st->host->release(st->host, text);
    return r;
}

/* ---- open, migrate, transactions -------------------------------------------------------------------------------------- */

static arc_status be_open(const arc_host *h, const char *location, const char *options, uint32_t flags, void **be)
{
    char lock[1024];
    if (!location[0] || options[0] || (flags & ~0x1fu)) return fail(h, ARC_E_INVALID, "location, options or flags");
    if (snprintf(lock, sizeof lock, "%s.lock", location) >= (int)sizeof lock) return ARC_E_LIMIT;
    if (!(flags & ARC_OPEN_CREATE) && access(location, F_OK)) return fail(h, ARC_E_NOT_FOUND, "there is no such file");
    store *st = get(h, sizeof *st + strlen(location) + 1);
    if (!st) return ARC_E_NOMEM;
    memcpy(st->path, location, strlen(location));
    st->host = h;
    st->flags = flags;
    st->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int busy = st->lock >= 0 && flock(st->lock, LOCK_EX | LOCK_NB); /* one handle at a time: no ARC_CAP_SHARED */
    if (st->lock < 0 || busy) {
        if (st->lock >= 0) close(st->lock);
        h->release(h, st);
        return fail(h, busy ? ARC_E_BUSY : ARC_E_IO, "the file is open elsewhere, or its lock cannot be made");
    }
    *be = st;
    return ARC_OK;
}

static void be_end(void *cursor);

static void end_txn(store *st)
{
    while (st->cursors) be_end(st->cursors);
    state_free(st->host, &st->work);
    st->mode = 0;
}

static void be_close(void *be)
{
    store *st = be;
    end_txn(st);
    state_free(st->host, &st->now);
    close(st->lock); /* the lock file stays: removing it would race with who opens next */
    st->host->release(st->host, st);
}

static arc_status be_migrate(void *be, const arc_schema_desc *d, uint32_t flags)
{
    store *st = be;
    snapshot s;
    int write = 0;
    for (uint32_t t = 0; t < d->n_tables; t++)
        if (d->tables[t].n_cols > MAX_COLS) return ARC_E_LIMIT;
    if (st->mode) return ARC_E_TXN;
    if (flags & ARC_OPEN_READONLY) flags &= ~(ARC_OPEN_CREATE | ARC_OPEN_UPGRADE);
    if (!state_new(st->host, &s, d->n_tables + 1)) return ARC_E_NOMEM;
    arc_status r = load(st, d, &s, flags, &write);
    st->schema = d;
    if (!r && write) r = save(st, &s);
    state_free(st->host, r ? &s : &st->now);
    if (!r) st->now = s;
    return r ? fail(st->host, r, "the file cannot be used") : ARC_OK;
}

static arc_status be_begin(void *be, uint32_t mode, uint32_t timeout_ms, void **txn)
{
    store *st = be;
    (void)timeout_ms; /* who has the file open is alone: there is nothing to wait for */
    if (mode != ARC_TXN_READ && mode != ARC_TXN_WRITE) return ARC_E_INVALID;
    if (st->mode) return ARC_E_TXN;
    if (mode == ARC_TXN_WRITE && (st->flags & ARC_OPEN_READONLY)) return ARC_E_READONLY;
    if (mode == ARC_TXN_WRITE && !state_copy(st->host, &st->work, &st->now)) return ARC_E_NOMEM;
    st->mode = mode;
    *txn = st;
    return ARC_OK;
}

static void be_rollback(void *txn) { end_txn(txn); }

static arc_status be_commit(void *txn)
{
    store *st = txn;
    arc_status r = st->mode == ARC_TXN_WRITE ? save(st, &st->work) : ARC_OK;
    if (st->mode == ARC_TXN_WRITE && (r == ARC_OK || r == ARC_E_OUTCOME_UNKNOWN)) { /* the file is the new one */
        snapshot old = st->now;
        st->now = st->work;
        st->work = old;
    }
    end_txn(st);
    return r;
}

/* ---- writing ----------------------------------------------------------------------------------------------------------- */

static int holds(uint16_t op, const arc_value *a, const arc_value *b) /* two-valued: NULL equals nothing, not even NULL */
{
    int c = compare(a, b);
    if (!a->type || !b->type) return op == ARC_OP_NE && a->type != b->type;
    return op == ARC_OP_EQ ? c == 0 : op == ARC_OP_NE ? c != 0 : op == ARC_OP_LT ? c < 0 : op == ARC_OP_LE ? c <= 0
           : op == ARC_OP_GT ? c > 0 : c >= 0;
}

static int same(const arc_value *a, const arc_value *b, const uint16_t *cols, uint32_t n)
{
    uint32_t i = 0;
    while (i < n && !compare(&a[cols[i]], &b[cols[i]])) i++;
    return i == n;
}

static int in_index(const arc_index *x, const arc_value *v)
{
    const arc_value *w = x->where_col == ARC_NO_COL ? NULL : &v[x->where_col];
    int in = (x->flags & ARC_INDEX_UNIQUE) != 0;
    if (x->flags & ARC_INDEX_WHERE_NONZERO) in &= w->type != ARC_V_NULL && w->u.i != 0;
    if (x->flags & ARC_INDEX_WHERE_NULL) in &= w->type == ARC_V_NULL;
    if (x->flags & ARC_INDEX_WHERE_SET) in &= w->type != ARC_V_NULL;
    for (uint32_t i = 0; i < x->n_key; i++) in &= v[x->cols[i]].type != ARC_V_NULL;
    return in;
}

static int taken(const arc_table *d, const table *t, const arc_value *v, const row *self)
{
    for (uint32_t i = 0; i < t->n; i++) {
        const row *r = t->rows[i];
        if (r == self) continue;
        if (!self && same(r->v, v, d->key, d->n_key)) return 1; /* keys never change in an update */
        for (uint32_t x = 0; x < d->n_indexes; x++)
            if (in_index(&d->indexes[x], v) && in_index(&d->indexes[x], r->v) &&
                same(r->v, v, d->indexes[x].cols, d->indexes[x].n_key))
                return 1;
    }
    return 0;
}

/* One row; `in` is its part of w->rows. The order of the reasons is the contract's. */
static arc_status write_row(store *st, const arc_write *w, const arc_value *in, uint8_t *result)
{
    const arc_table *d = &st->schema->tables[w->table];
    table *t = &st->work.tables[w->table];
    arc_value v[MAX_COLS];
    uint32_t at = 0, nk = w->op == ARC_WRITE_INSERT ? 0 : d->n_key;
    memset(v, 0, sizeof v);
    for (uint32_t i = 0; i < nk; i++) v[d->key[i]] = in[i];
    while (nk && at < t->n && !same(t->rows[at]->v, v, d->key, nk)) at++;
    row *old = nk && at < t->n ? t->rows[at] : NULL, *fresh = NULL;
    *result = nk && !old ? ARC_ROW_MISSING : ARC_ROW_OK;
    in += nk;
    for (uint32_t g = 0; nk && !*result && g < w->n_guards; g++)
        if (!holds(w->guards[g].op, &old->v[w->guards[g].col], &in[w->n_cols + g])) *result = (uint8_t)w->guards[g].result;
    if (*result) return ARC_OK;
    if (old) memcpy(v, old->v, d->n_cols * sizeof *v);
    for (uint32_t i = 0; i < w->n_cols; i++) {
        arc_value *c = &v[w->cols[i]];
        int64_t add_ = in[i].u.i;
        int plus = nk && w->set && w->set[i] == ARC_ADD;
        if (plus && c->type && (add_ > 0 ? c->u.i > INT64_MAX - add_ : c->u.i < INT64_MIN - add_)) return ARC_E_OVERFLOW;
        if (!plus) *c = in[i];
        else if (c->type) c->u.i += add_;
    }
    if (w->op != ARC_WRITE_DELETE && taken(d, t, v, old)) *result = ARC_ROW_EXISTS;
    else if (w->op == ARC_WRITE_INSERT) return add(st->host, t, v, d->n_cols) ? ARC_OK : ARC_E_NOMEM;
    else if (w->op == ARC_WRITE_UPDATE && !(fresh = row_new(st->host, v, d->n_cols))) return ARC_E_NOMEM;
    if (*result) return ARC_OK;
    t->rows[at] = fresh ? fresh : t->rows[--t->n];
    drop(st->host, old);
    return ARC_OK;
}

static int well_formed(const store *st, const arc_write *w) /* anything unknown is refused, not ignored */
{
    if (w->struct_size < sizeof *w || w->flags || !w->n_rows || w->table >= st->schema->n_tables) return 0;
    const arc_table *d = &st->schema->tables[w->table];
    if (w->op < ARC_WRITE_INSERT || w->op > ARC_WRITE_DELETE || (w->op == ARC_WRITE_DELETE && w->n_cols)) return 0;
    if (w->op == ARC_WRITE_INSERT && w->n_guards) return 0;
    for (uint32_t i = 0; i < w->n_cols; i++) {
        if (w->cols[i] >= d->n_cols || (w->op == ARC_WRITE_UPDATE && w->set && w->set[i] > ARC_ADD)) return 0;
        for (uint32_t j = 0; w->op == ARC_WRITE_UPDATE && j < d->n_key; j++)
            if (w->cols[i] == d->key[j]) return 0;
    }
    for (uint32_t g = 0; g < w->n_guards; g++)
        if (w->guards[g].col >= d->n_cols || w->guards[g].op < ARC_OP_EQ || w->guards[g].op > ARC_OP_GE ||
            (w->guards[g].result != ARC_ROW_STALE && w->guards[g].result != ARC_ROW_GUARD)) return 0;
    return 1;
}

static arc_status be_write(void *txn, arc_write *const *writes, uint32_t n)
{
    store *st = txn;
    if (st->mode != ARC_TXN_WRITE) return ARC_E_TXN;
    for (uint32_t i = 0; i < n; i++) {
        const arc_write *w = writes[i];
        if (!well_formed(st, w)) return fail(st->host, ARC_E_INVALID, "a write is not well formed");
        const arc_table *d = &st->schema->tables[w->table];
        if (w->op != ARC_WRITE_INSERT && (d->flags & ARC_TABLE_APPEND_ONLY)) return fail(st->host, ARC_E_CHECK, d->name);
        uint32_t width = w->n_cols + w->n_guards + (w->op == ARC_WRITE_INSERT ? 0u : d->n_key);
        for (uint32_t r = 0; r < w->n_rows; r++) {
            arc_status s = write_row(st, w, w->rows + (size_t)r * width, &w->results[r]);
            if (s) return s;
        }
    }
    return ARC_OK;
}

static arc_status be_reserve(void *txn, int64_t book, const char *name, uint32_t n, int64_t *first)
{
    store *st = txn;
    arc_value v[3] = { value(ARC_V_INT, NULL, book), value(ARC_V_TEXT, name, 0), value(ARC_V_INT, NULL, 1) };
    if (st->mode != ARC_TXN_WRITE) return ARC_E_TXN;
    if (!n) return ARC_E_INVALID;
    table *t = &st->work.tables[st->schema->n_tables];
    uint32_t i = 0;
    while (i < t->n && (compare(&t->rows[i]->v[0], &v[0]) || compare(&t->rows[i]->v[1], &v[1]))) i++;
    if (i < t->n) v[2] = t->rows[i]->v[2];
    if (v[2].u.i > INT64_MAX - n) return ARC_E_OVERFLOW;
    *first = v[2].u.i;
    v[2].u.i += n;
    if (!add(st->host, t, v, 3)) return ARC_E_NOMEM; /* behind the others, then in the place of the old row */
    if (i == t->n - 1) return ARC_OK;
    drop(st->host, t->rows[i]);
    t->rows[i] = t->rows[--t->n];
    return ARC_OK;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

static void be_end(void *p)
{
    cursor *c = p, **at = &c->st->cursors;
    while (*at != c) at = &(*at)->next;
    *at = c->next;
    for (uint32_t i = 0; i < c->n; i++) drop(c->st->host, c->rows[i]);
    c->st->host->release(c->st->host, c);
}

static arc_status fetch1(store *st, arc_fetch *f)
{
    if (f->struct_size < sizeof *f || f->flags || f->table >= st->schema->n_tables || !f->n_cols || f->n_cols > MAX_COLS ||
        f->n_conds || f->order || f->after || f->limit) return ARC_E_INVALID; /* we have accepted none of these */
    for (uint32_t i = 0; i < f->n_cols; i++)
        if (f->cols[i] >= st->schema->tables[f->table].n_cols) return ARC_E_INVALID;
    const table *t = &(st->mode == ARC_TXN_WRITE ? &st->work : &st->now)->tables[f->table];
    cursor *c = get(st->host, sizeof *c + BLOCK * f->n_cols * sizeof(arc_value) + t->n * sizeof(row *));
    if (!c) return ARC_E_NOMEM;
    c->rows = (row **)(void *)(c->block + BLOCK * f->n_cols);
    for (c->st = st; c->n < t->n; c->n++) (c->rows[c->n] = t->rows[c->n])->refs++;
    memcpy(c->cols, f->cols, f->n_cols * sizeof *f->cols);
    c->n_cols = f->n_cols;
    c->next = st->cursors;
    f->cursor = st->cursors = c;
    return ARC_OK;
}

static arc_status be_fetch(void *txn, arc_fetch *const *fetches, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        arc_status s = fetch1(txn, fetches[i]);
        for (; s && i > 0; i--) be_end(fetches[i - 1]->cursor); /* on error no cursor is left open */
        if (s) return s;
    }
    return ARC_OK;
}

static arc_status be_next(void *p, arc_block *block)
{
    cursor *c = p;
    if (c->at == c->n) return ARC_DONE;
    if (c->st->host->cancelled(c->st->host)) return ARC_E_CANCELLED;
    block->values = c->block;
    block->n_cols = c->n_cols;
    for (block->n_rows = 0; c->at < c->n && block->n_rows < BLOCK; c->at++, block->n_rows++)
        for (uint32_t i = 0; i < c->n_cols; i++)
            c->block[block->n_rows * c->n_cols + i] = c->rows[c->at]->v[c->cols[i]];
    return ARC_OK;
}

const arc_backend_ops *arc_example_jsonl(void)
{
    static const arc_backend_ops ops = {
        ARC_BACKEND_HEAD, .scheme = "jsonl", .description = "one file of JSON lines, rewritten at each commit",
        .caps = ARC_CAP_DURABLE | ARC_CAP_SINGLE_WRITER, .threads = ARC_THREADS_HANDLES, .open = be_open,
        .close = be_close, .migrate = be_migrate, .begin = be_begin, .commit = be_commit, .rollback = be_rollback,
        .write = be_write, .fetch = be_fetch, .next = be_next, .end = be_end, .reserve = be_reserve,
    };
    return &ops;
}

#ifndef ARC_EXAMPLE_AS_PART /* of another program */
#include "testkit_main.h"

int main(int argc, char **argv)
{
    return testkit_main(arc_example_jsonl(), ARC_CAP_DURABLE | ARC_CAP_SINGLE_WRITER, argc, argv);
}
#endif
