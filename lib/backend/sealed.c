/* SPDX-License-Identifier: Apache-2.0 */
/* "sealed:": hands another backend sensitive columns as sealed text and opens them on the way back. Everything else is forwarded. */
#include <stdio.h>
#include <string.h>

#include "backend/sealed.h"

struct arci_sealed_cursor {
    arci_sealed_cursor *next, **at;
    arci_sealed_be *owner;
    void *inner;
    const arc_table *table; /* NULL: nothing of it is sealed */
    uint16_t *cols;         /* fetched: those asked for, then the key */
    uint32_t n_cols, n_wanted, n_key;
    arc_value *rows; /* the block handed out */
    char *text;
    size_t cap_rows, cap_text;
};

/* ---- the host between -------------------------------------------------------------------------------------------------- */

static const arci_sealed_be *of(const arc_host *h) { return (const arci_sealed_be *)(const void *)h; }
static void *host_alloc(const arc_host *h, size_t n) { return of(h)->outer->alloc(of(h)->outer, n); }
static void *host_resize(const arc_host *h, void *p, size_t n) { return of(h)->outer->resize(of(h)->outer, p, n); }
static void host_release(const arc_host *h, void *p) { of(h)->outer->release(of(h)->outer, p); }
static void host_log(const arc_host *h, int32_t level, const char *text) { of(h)->outer->log(of(h)->outer, level, text); }
static int32_t host_cancelled(const arc_host *h) { return of(h)->outer->cancelled(of(h)->outer); }

static void host_error(const arc_host *h, arc_status s, int32_t code, const char *sqlstate, const char *text)
{
    of(h)->outer->set_error(of(h)->outer, s, code, sqlstate, text);
}

static const arc_backend_ops *host_find(const arc_host *h, const char *scheme)
{
    return of(h)->outer->find_backend(of(h)->outer, scheme);
}

static void host_trace(const arc_host *h, const char *statement, const arc_value *params, uint32_t n)
{
    of(h)->outer->trace(of(h)->outer, statement, params, n);
}

/* ---- open to rollback ---------------------------------------------------------------------------------------------------- */

static const char *inner_location(const arc_backend_ops *inner, const char *location)
{
    size_t n = strlen(inner->scheme);
    return strncmp(location, inner->scheme, n) == 0 && location[n] == ':' ? location + n + 1 : NULL;
}

static arc_status sealed_open(const arc_host *h, const char *location, const char *options, uint32_t flags, void **be)
{
    const arc_backend_ops *self = h->find_backend ? h->find_backend(h, "sealed") : NULL;
    const arc_sealed *sealed = self ? self->user : NULL;
    if (!sealed) return ARC_E_UNSUPPORTED;
    const arc_backend_ops *inner = sealed->inner;
    location = inner_location(inner, location);
    if (!location) return ARC_E_INVALID;
    arci_sealed_be *b = h->alloc(h, sizeof *b);
    if (!b) return ARC_E_NOMEM;
    memset(b, 0, sizeof *b);
    b->outer = h;
    b->cipher = sealed->cipher;
    memcpy(&b->inner, inner, inner->struct_size < sizeof b->inner ? inner->struct_size : sizeof b->inner);
    const arc_host host = { (uint32_t)sizeof host, 0, h->user, host_alloc, host_resize, host_release, host_log, host_error, host_cancelled,
                            h->trace ? host_trace : NULL, host_find };
    b->host = host;
    arc_status s = b->inner.open(&b->host, location, options, flags, &b->be);
    if (s) h->release(h, b);
    else *be = b;
    return s;
}

static void cursor_free(arci_sealed_cursor *c)
{
    const arc_host *h = c->owner->outer;
    *c->at = c->next;
    if (c->next) c->next->at = c->at;
    h->release(h, c->cols);
    h->release(h, c->rows);
    h->release(h, c->text);
    h->release(h, c);
}

static void txn_over(arci_sealed_be *b)
{
    while (b->cursors) cursor_free(b->cursors);
    b->txn = NULL;
}

static void sealed_close(void *be)
{
    arci_sealed_be *b = be;
    b->inner.close(b->be);
    txn_over(b);
    b->outer->release(b->outer, b->memory);
    b->outer->release(b->outer, b);
}

static arc_status sealed_migrate(void *be, const arc_schema_desc *schema, uint32_t flags)
{
    arci_sealed_be *b = be;
    arc_status s = arci_sealed_widen(b, schema);
    if (!s) s = b->inner.migrate(b->be, &b->wide, flags);
    if (s == ARC_E_KEY) { /* the inner backend takes it for the other kind of store */
        b->outer->set_error(b->outer, ARC_E_NOT_A_BOOK, 0, NULL, "the store is not sealed: open it without sealed:, or restore it into a sealed one");
        return ARC_E_NOT_A_BOOK;
    }
    return s ? s : arci_sealed_prove(b, flags);
}

static arc_status arci_sealed_begin(void *be, uint32_t mode, uint32_t timeout_ms, void **txn)
{
    arci_sealed_be *b = be;
    void *got = NULL;
    arc_status s = b->inner.begin(b->be, mode, timeout_ms, &got);
    if (s) return s;
    b->txn = got;
    *txn = b;
    return ARC_OK;
}

static arc_status sealed_commit(void *txn)
{
    arci_sealed_be *b = txn;
    arc_status s = b->inner.commit(b->txn);
    txn_over(b);
    return s;
}

static void sealed_rollback(void *txn)
{
    arci_sealed_be *b = txn;
    b->inner.rollback(b->txn);
    txn_over(b);
}

/* ---- writing ---------------------------------------------------------------------------------------------------------------- */

typedef struct sealer {
    arci_sealed_be *b;
    arci_sealed_text text;
    arc_write copy;
} sealer;

/* Where key column k stands in a row of a write. */
static int key_at(const arc_write *w, const arc_table *t, uint32_t k)
{
    if (w->op != ARC_WRITE_INSERT) return (int)k;
    for (uint32_t i = 0; i < w->n_cols; i++) {
        if (w->cols[i] == t->key[k]) return (int)i;
    }
    return -1;
}

static arc_status seal_row(sealer *s, const arc_table *t, arc_value *row, uint32_t first, size_t *at)
{
    const arc_value *key[ARCI_SEALED_KEYS];
    for (uint32_t k = 0; k < t->n_key; k++) {
        int place = key_at(&s->copy, t, k);
        if (place < 0) return ARC_E_INVALID;
        key[k] = &row[place];
    }
    for (uint32_t i = 0; i < s->copy.n_cols; i++) {
        arc_value *v = &row[first + i];
        uint16_t col = s->copy.cols[i];
        if (!arci_sealed_col(t, col) || !arci_sealed_holds(v)) continue;
        arc_status st = arci_seal_value(s->b->cipher, &s->text, t, col, key, v, at);
        if (st) return st;
    }
    return ARC_OK;
}

static size_t text_needed(const sealer *s, const arc_table *t, const arc_write *w, uint32_t first, size_t width)
{
    size_t n = 0;
    for (uint32_t r = 0; r < w->n_rows; r++) {
        for (uint32_t i = 0; i < w->n_cols; i++) {
            const arc_value *v = &w->rows[r * width + first + i];
            if (arci_sealed_col(t, w->cols[i]) && arci_sealed_holds(v)) n += arci_sealed_length(v->len, s->b->cipher->overhead);
        }
    }
    return n;
}

/* Guards compare in the store, where there is nothing to compare with. */
static int guards_sealed(const arc_table *t, const arc_write *w)
{
    for (uint32_t i = 0; i < w->n_guards; i++) {
        if (arci_sealed_col(t, w->guards[i].col)) return 1;
    }
    return 0;
}

static arc_status seal_write(sealer *s, const arc_write *w)
{
    const arc_host *h = s->b->outer;
    const arc_table *t = &s->b->schema->tables[w->table];
    const uint32_t first = w->op == ARC_WRITE_INSERT ? 0 : t->n_key;
    const size_t width = (size_t)first + w->n_cols + w->n_guards;
    s->copy = *w;
    if (guards_sealed(t, w)) return ARC_E_UNSUPPORTED;
    const size_t need = text_needed(s, t, w, first, width);
    if (!need) return ARC_OK;
    arc_value *rows = h->alloc(h, w->n_rows * width * sizeof *rows);
    s->text.s = h->alloc(h, 2 * need); /* the second half to work in */
    s->text.work = (unsigned char *)s->text.s + need;
    s->copy.rows = rows;
    arc_status st = rows && s->text.s ? ARC_OK : ARC_E_NOMEM;
    size_t at = 0;
    if (!st) memcpy(rows, w->rows, w->n_rows * width * sizeof *rows);
    for (uint32_t r = 0; r < w->n_rows && !st; r++) st = seal_row(s, t, rows + r * width, first, &at);
    return st;
}

static arc_status sealed_write(void *txn, arc_write *const *writes, uint32_t n)
{
    arci_sealed_be *b = txn;
    const arc_host *h = b->outer;
    int any = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (writes[i]->table >= b->schema->n_tables) return b->inner.write(b->txn, writes, n); /* it knows what to say */
        any |= writes[i]->op != ARC_WRITE_DELETE && arci_sealed_table(&b->schema->tables[writes[i]->table]);
    }
    if (!any) return b->inner.write(b->txn, writes, n);
    sealer *all = h->alloc(h, n * sizeof *all);
    arc_write **list = h->alloc(h, n * sizeof *list);
    arc_status st = all && list ? ARC_OK : ARC_E_NOMEM;
    if (all) memset(all, 0, n * sizeof *all);
    for (uint32_t i = 0; i < n && !st; i++) {
        all[i].b = b;
        list[i] = writes[i];
        if (writes[i]->op == ARC_WRITE_DELETE || !arci_sealed_table(&b->schema->tables[writes[i]->table])) continue;
        st = seal_write(&all[i], writes[i]);
        list[i] = &all[i].copy;
    }
    if (!st) st = b->inner.write(b->txn, list, n);
    else if (st == ARC_E_KEY) h->set_error(h, st, 0, NULL, "a sensitive value could not be sealed: no such key");
    for (uint32_t i = 0; all && i < n; i++) {
        if (all[i].copy.rows != writes[i]->rows) h->release(h, (void *)(uintptr_t)all[i].copy.rows);
        h->release(h, all[i].text.s);
    }
    h->release(h, all);
    h->release(h, list);
    return st;
}

/* ---- reading ----------------------------------------------------------------------------------------------------------------- */

/* A cursor for cols of a table; *cols and *n_cols become what is to be fetched. */
static arci_sealed_cursor *cursor_new(arci_sealed_be *b, uint16_t table, const uint16_t **cols, uint32_t *n_cols)
{
    const arc_host *h = b->outer;
    arci_sealed_cursor *c = h->alloc(h, sizeof *c);
    if (!c) return NULL;
    memset(c, 0, sizeof *c);
    c->owner = b;
    c->at = &b->cursors;
    c->next = b->cursors;
    if (c->next) c->next->at = &c->next;
    b->cursors = c;
    const arc_table *t = *cols && table < b->schema->n_tables ? &b->schema->tables[table] : NULL;
    uint32_t any = 0;
    for (uint32_t i = 0; t && i < *n_cols; i++) any += (uint32_t)arci_sealed_col(t, (*cols)[i]);
    if (!any) return c;
    c->cols = h->alloc(h, (*n_cols + (size_t)t->n_key) * sizeof *c->cols);
    if (!c->cols) {
        cursor_free(c);
        return NULL;
    }
    memcpy(c->cols, *cols, *n_cols * sizeof *c->cols);
    memcpy(c->cols + *n_cols, t->key, t->n_key * sizeof *c->cols);
    c->table = t;
    c->n_wanted = *n_cols;
    c->n_key = t->n_key;
    c->n_cols = *n_cols + t->n_key;
    *cols = c->cols;
    *n_cols = c->n_cols;
    return c;
}

static arc_status sealed_fetch(void *txn, arc_fetch *const *fetches, uint32_t n)
{
    arci_sealed_be *b = txn;
    const arc_host *h = b->outer;
    arci_sealed_cursor *first = b->cursors;
    arc_fetch *copies = h->alloc(h, n * sizeof *copies);
    arc_fetch **list = h->alloc(h, n * sizeof *list);
    arc_status s = copies && list ? ARC_OK : ARC_E_NOMEM;
    for (uint32_t i = 0; i < n && !s; i++) {
        copies[i] = *fetches[i];
        list[i] = &copies[i];
        if (!cursor_new(b, copies[i].table, &copies[i].cols, &copies[i].n_cols)) s = ARC_E_NOMEM;
    }
    if (!s) s = b->inner.fetch(b->txn, list, n);
    if (s) {
        while (b->cursors != first) cursor_free(b->cursors);
    } else {
        arci_sealed_cursor *c = b->cursors; /* newest first */
        for (uint32_t i = n; i-- > 0; c = c->next) {
            c->inner = copies[i].cursor;
            fetches[i]->cursor = c;
        }
    }
    h->release(h, copies);
    h->release(h, list);
    return s;
}

static arc_status make_room(arci_sealed_cursor *c, const arc_block *block)
{
    const arc_host *h = c->owner->outer;
    size_t rows = (size_t)block->n_rows * c->n_wanted, text = 1;
    for (uint32_t r = 0; r < block->n_rows; r++) {
        for (uint32_t i = 0; i < c->n_wanted; i++) {
            if (arci_sealed_col(c->table, c->cols[i])) text += block->values[(size_t)r * block->n_cols + i].len;
        }
    }
    if (rows > c->cap_rows) {
        h->release(h, c->rows);
        c->cap_rows = 0;
        c->rows = h->alloc(h, rows * sizeof *c->rows);
        if (!c->rows) return ARC_E_NOMEM;
        c->cap_rows = rows;
    }
    if (text > c->cap_text) {
        h->release(h, c->text);
        c->cap_text = 0;
        c->text = h->alloc(h, 2 * text);
        if (!c->text) return ARC_E_NOMEM;
        c->cap_text = text;
    }
    return ARC_OK;
}

static void tell_closed(const arci_sealed_cursor *c, uint16_t col)
{
    char text[200];
    (void)snprintf(text, sizeof text, "%.40s.%.40s cannot be opened: no such key, another key, or it is not what was sealed there", c->table->name,
                   c->table->cols[col].name);
    c->owner->outer->set_error(c->owner->outer, ARC_E_KEY, 0, NULL, text);
}

static arc_status open_block(arci_sealed_cursor *c, arc_block *block)
{
    const arc_value *key[ARCI_SEALED_KEYS];
    arci_sealed_text text;
    size_t at = 0;
    arc_status s = make_room(c, block);
    text.s = c->text;
    text.work = (unsigned char *)c->text + c->cap_text;
    for (uint32_t r = 0; r < block->n_rows && !s; r++) {
        const arc_value *in = block->values + (size_t)r * block->n_cols;
        arc_value *out = c->rows + (size_t)r * c->n_wanted;
        memcpy(out, in, c->n_wanted * sizeof *out);
        for (uint32_t k = 0; k < c->n_key; k++) key[k] = &in[c->n_wanted + k];
        for (uint32_t i = 0; i < c->n_wanted && !s; i++) {
            if (!arci_sealed_col(c->table, c->cols[i]) || !arci_sealed_holds(&out[i])) continue;
            s = arci_open_value(c->owner->cipher, &text, c->table, c->cols[i], key, &out[i], &at);
            if (s == ARC_E_KEY) tell_closed(c, c->cols[i]);
        }
    }
    block->values = c->rows;
    block->n_cols = c->n_wanted;
    return s;
}

static arc_status sealed_next(void *cursor, arc_block *block)
{
    arci_sealed_cursor *c = cursor;
    arc_status s = c->owner->inner.next(c->inner, block);
    return s == ARC_OK && c->table ? open_block(c, block) : s;
}

static void sealed_end(void *cursor)
{
    arci_sealed_cursor *c = cursor;
    c->owner->inner.end(c->inner);
    cursor_free(c);
}

static arc_status sealed_reserve(void *txn, int64_t book, const char *sequence, uint32_t n, int64_t *first)
{
    arci_sealed_be *b = txn;
    return b->inner.reserve(b->txn, book, sequence, n, first);
}

/* ---- the optional calls --------------------------------------------------------------------------------------------------------- */

static int reads_sealed(const arc_table *t, const arc_cond *c)
{
    for (uint32_t i = 0; i < c->n_ops; i++) {
        const arc_cond_op *o = &c->ops[i];
        if (o->op >= ARC_OP_AND || o->op == ARC_OP_IS_NULL) continue;
        if (arci_sealed_col(t, o->col) || (o->col2 != ARC_NO_COL && arci_sealed_col(t, o->col2))) return 1;
    }
    return 0;
}

/* What is sealed cannot be compared there: the core does it with what comes back. */
static void sealed_plan(void *be, arc_fetch *fetch)
{
    arci_sealed_be *b = be;
    b->inner.plan(b->be, fetch);
    if (fetch->table >= b->schema->n_tables || !arci_sealed_table(&b->schema->tables[fetch->table])) return;
    const arc_table *t = &b->schema->tables[fetch->table];
    for (uint32_t i = 0; i < fetch->n_conds; i++) {
        if (!fetch->conds[i].accepted || !reads_sealed(t, &fetch->conds[i])) continue;
        fetch->conds[i].accepted = 0;
        fetch->planned &= ~ARC_PLAN_LIMIT;
    }
    for (uint32_t i = 0; i < fetch->n_order; i++) {
        if (arci_sealed_col(t, fetch->order[i].col)) fetch->planned = 0;
    }
}

/* Amounts and counts are not sealed: the store sums them as ever. */
static arc_status sealed_aggregate(void *txn, arc_aggregate *a)
{
    arci_sealed_be *b = txn;
    const arc_table *t = a->table < b->schema->n_tables ? &b->schema->tables[a->table] : NULL;
    const uint16_t *none = NULL;
    uint32_t zero = 0;
    int any = 0;
    for (uint32_t i = 0; t && i < a->n_conds; i++) any |= reads_sealed(t, &a->conds[i]);
    for (uint32_t i = 0; t && i < a->n_groups; i++) any |= arci_sealed_col(t, a->groups[i].col);
    for (uint32_t i = 0; t && i < a->n_measures; i++) any |= a->measures[i].kind != ARC_MEASURE_COUNT && arci_sealed_col(t, a->measures[i].col);
    if (any) return ARC_E_UNSUPPORTED;
    arci_sealed_cursor *c = cursor_new(b, a->table, &none, &zero);
    if (!c) return ARC_E_NOMEM;
    arc_aggregate inner = *a;
    arc_status s = b->inner.aggregate(b->txn, &inner);
    c->inner = inner.cursor;
    if (s) cursor_free(c);
    else a->cursor = c;
    return s;
}

static arc_status sealed_get_many(void *txn, uint16_t table, const uint16_t *cols, uint32_t n_cols, const arc_value *keys, uint32_t n_keys,
                                  void **cursor)
{
    arci_sealed_be *b = txn;
    arci_sealed_cursor *c = cursor_new(b, table, &cols, &n_cols);
    arc_status s = c ? b->inner.get_many(b->txn, table, cols, n_cols, keys, n_keys, &c->inner) : ARC_E_NOMEM;
    if (!s) *cursor = c;
    else if (c) cursor_free(c);
    return s;
}

static arc_status sealed_savepoint(void *txn, uint32_t depth) { return ((arci_sealed_be *)txn)->inner.savepoint(((arci_sealed_be *)txn)->txn, depth); }
static arc_status sealed_rollback_to(void *txn, uint32_t depth) { return ((arci_sealed_be *)txn)->inner.rollback_to(((arci_sealed_be *)txn)->txn, depth); }
static arc_status sealed_release(void *txn, uint32_t depth) { return ((arci_sealed_be *)txn)->inner.release(((arci_sealed_be *)txn)->txn, depth); }

static arc_status sealed_lock_rows(void *txn, uint16_t table, const arc_value *keys, uint32_t n_keys)
{
    arci_sealed_be *b = txn;
    return b->inner.lock_rows(b->txn, table, keys, n_keys);
}

static arc_status sealed_check(void *be, void (*report)(void *user, const char *finding), void *user)
{
    arci_sealed_be *b = be;
    return b->inner.check(b->be, report, user);
}

static arc_status sealed_explain(void *txn, const arc_fetch *fetch, char *buf, size_t *len)
{
    arci_sealed_be *b = txn;
    return b->inner.explain(b->txn, fetch, buf, len);
}

static arc_status sealed_remove(const arc_host *h, const char *location, const char *options)
{
    const arc_backend_ops *self = h->find_backend ? h->find_backend(h, "sealed") : NULL;
    const arc_sealed *sealed = self ? self->user : NULL;
    location = sealed ? inner_location(sealed->inner, location) : NULL;
    return location ? sealed->inner->remove(h, location, options) : ARC_E_INVALID;
}

static arc_status sealed_describe(void *be, void (*say)(void *user, const char *key, const char *value), void *user)
{
    arci_sealed_be *b = be;
    return b->inner.describe(b->be, say, user);
}

static arc_status sealed_next_number(void *txn, int64_t book, const char *sequence, int64_t *next)
{
    arci_sealed_be *b = txn;
    return b->inner.next_number(b->txn, book, sequence, next);
}

/* ---- making one ------------------------------------------------------------------------------------------------------------------ */

/* No backup: a copy is made row by row, so that every value is sealed anew, in its place there and with the current key. */
static const arc_backend_ops all = {
    ARC_BACKEND_HEAD,
    .scheme = "sealed", .description = "a backend that seals sensitive values", .open = sealed_open, .close = sealed_close,
    .migrate = sealed_migrate, .begin = arci_sealed_begin, .commit = sealed_commit, .rollback = sealed_rollback, .write = sealed_write,
    .fetch = sealed_fetch, .next = sealed_next, .end = sealed_end, .reserve = sealed_reserve, .plan = sealed_plan,
    .aggregate = sealed_aggregate, .get_many = sealed_get_many, .savepoint = sealed_savepoint, .rollback_to = sealed_rollback_to,
    .release = sealed_release, .lock_rows = sealed_lock_rows, .check = sealed_check, .explain = sealed_explain,
    .remove = sealed_remove, .describe = sealed_describe, .next_number = sealed_next_number,
};

arc_status arc_cipher_init(arc_cipher *cipher)
{
    static const arc_cipher defaults = ARC_CIPHER_INIT;
    if (!cipher) return ARC_E_INVALID;
    *cipher = defaults;
    return ARC_OK;
}

arc_status arc_sealed_init(arc_backend_ops *out, arc_sealed *sealed, const arc_backend_ops *inner, const arc_cipher *cipher)
{
    arc_backend_ops in;
    if (!out || !sealed || !inner || !cipher || inner->abi != ARC_BACKEND_ABI || inner->struct_size < offsetof(arc_backend_ops, plan)) return ARC_E_INVALID;
    if (cipher->struct_size < sizeof *cipher || !cipher->seal || !cipher->open || cipher->overhead > ARC_CIPHER_OVERHEAD) return ARC_E_INVALID;
    memset(&in, 0, sizeof in);
    memcpy(&in, inner, inner->struct_size < sizeof in ? inner->struct_size : sizeof in);
    memset(sealed, 0, sizeof *sealed);
    sealed->struct_size = (uint32_t)sizeof *sealed;
    sealed->inner = inner;
    sealed->cipher = cipher;
    *out = all;
    out->caps = in.caps;
    out->threads = in.threads;
    out->max_rows = in.max_rows;
    out->user = sealed;
    if (!in.plan) out->plan = NULL;
    if (!in.aggregate) out->aggregate = NULL;
    if (!in.get_many) out->get_many = NULL;
    if (!in.savepoint) out->savepoint = NULL;
    if (!in.rollback_to) out->rollback_to = NULL;
    if (!in.release) out->release = NULL;
    if (!in.lock_rows) out->lock_rows = NULL;
    if (!in.check) out->check = NULL;
    if (!in.explain) out->explain = NULL;
    if (!in.remove) out->remove = NULL;
    if (!in.describe) out->describe = NULL;
    if (!in.next_number) out->next_number = NULL;
    return ARC_OK;
}
