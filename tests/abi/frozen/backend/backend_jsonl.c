/* SPDX-License-Identifier: Apache-2.0 */
/* A storage backend as a lesson: a book in one file of JSON lines, made with the public headers alone. Here is what the contract asks for;
 * jsonl_file.h keeps the rows and reads and writes the file.
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
#include "jsonl_file.h"

#include <sys/file.h>

#define BLOCK 256

const arc_backend_ops *arc_example_jsonl(void); /* hand it to arc_backend_register() */

typedef struct cursor {
    struct cursor *next;
    struct store *st;
    row **rows; /* its own references: what is written later does not disturb it */
    uint32_t n, at, n_cols;
    uint16_t cols[MAX_COLS];
    arc_value block[]; /* handed out by next() */
} cursor;

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
    int in = (x->flags & ARC_INDEX_UNIQUE) != 0, set = w && w->type != ARC_V_NULL;
    if (x->flags & (ARC_INDEX_WHERE_NONZERO | ARC_INDEX_WHERE_SET)) in &= set;
    if (x->flags & ARC_INDEX_WHERE_NONZERO) in &= set && w->u.i != 0;
    if (x->flags & ARC_INDEX_WHERE_NULL) in &= !set;
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
