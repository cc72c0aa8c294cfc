/* SPDX-License-Identifier: Apache-2.0 */
/* Cursors: fetch, get_many, next, end. */
#include "backend/memory_read.h"

#define BLOCK_VALUES 16384u /* 256 KiB of values at most in a block, but 64 rows at least */
#define FIRST_ROWS 32u
#define MOST_ROWS 512u
#define LEAVES_PER_QUESTION 256u /* how far a scan goes before it asks whether it was cancelled */

mem_cursor *arci_mem_cursor_make(mem_txn *txn, int kind)
{
    mem_bump bump = { txn->host, NULL, 0, 0 };
    mem_cursor *c = arci_mem_bump(&bump, sizeof *c);
    if (!c) return NULL;
    c->bump = bump;
    c->txn = txn;
    c->kind = kind;
    c->left = -1;
    return c;
}

void arci_mem_cursor_join(mem_cursor *c)
{
    c->next = c->txn->cursors;
    if (c->next) c->next->prev = c;
    c->txn->cursors = c;
    c->txn->watched = 1;
}

void arci_mem_cursor_free(mem_cursor *c)
{
    mem_bump bump = c->bump;
    mem_free(bump.host, c->values);
    mem_free(bump.host, c->keys);
    arci_mem_bump_free(&bump);
}

void arci_mem_end(void *cursor)
{
    mem_cursor *c = cursor;
    if (!c) return;
    if (c->prev)
        c->prev->next = c->next;
    else
        c->txn->cursors = c->next;
    if (c->next) c->next->prev = c->prev;
    arci_mem_cursor_free(c);
}

void arci_mem_cursors_drop(mem_txn *txn)
{
    while (txn->cursors) arci_mem_end(txn->cursors);
}

static int out_columns(mem_cursor *c, const mem_table *table, const mem_tree *tree, const uint16_t *cols, uint32_t n)
{
    c->out = arci_mem_bump(&c->bump, n * sizeof *c->out);
    c->n_cols = n;
    for (uint32_t i = 0; c->out && i < n; i++) c->out[i] = arci_mem_loc(table, tree, cols[i]);
    return c->out != NULL;
}

static arc_status fetch_one(mem_txn *txn, arc_fetch *f, mem_cursor **out)
{
    mem_question q;
    mem_access a;
    arc_status status = arci_mem_fetch_question(txn, f, &q);
    if (status) return status;
    mem_cursor *c = arci_mem_cursor_make(txn, MEM_CURSOR_SCAN);
    if (!c) return ARC_E_NOMEM;
    status = arci_mem_scan_open(&c->scan, &a, &c->bump, txn, &q, f->after);
    if (!status && !out_columns(c, q.table, a.tree, f->cols, f->n_cols)) status = ARC_E_NOMEM;
    if (status) {
        arci_mem_cursor_free(c);
        return status;
    }
    if (f->limit) c->left = f->limit;
    if (a.one) c->left = 1;
    arci_mem_cursor_join(c);
    *out = c;
    return ARC_OK;
}

arc_status arci_mem_fetch(void *handle, arc_fetch *const *fetches, uint32_t n)
{
    mem_txn *txn = handle;
    arc_status status = arci_mem_usable(txn, 0);
    if (status) return status;
    if (n && !fetches) return arci_mem_fail(txn, ARC_E_INVALID, NULL);
    for (uint32_t i = 0; i < n; i++) {
        mem_cursor *c = NULL;
        status = fetches[i] && fetches[i]->struct_size >= sizeof **fetches ? fetch_one(txn, fetches[i], &c) : ARC_E_INVALID;
        if (!status) {
            fetches[i]->cursor = c;
            continue;
        }
        while (i-- > 0) {
            arci_mem_end(fetches[i]->cursor);
            fetches[i]->cursor = NULL;
        }
        return arci_mem_fail(txn, status, status == ARC_E_INVALID ? "fetch: a question that makes no sense" : NULL);
    }
    return ARC_OK;
}

arc_status arci_mem_get_many(void *handle, uint16_t number, const uint16_t *cols, uint32_t n_cols, const arc_value *keys,
                             uint32_t n_keys, void **out)
{
    mem_txn *txn = handle;
    arc_status status = arci_mem_usable(txn, 0);
    if (status) return status;
    if (!out || number >= txn->layout->n_tables || !cols || !n_cols || (n_keys && !keys))
        return arci_mem_fail(txn, ARC_E_INVALID, NULL);
    const mem_table *table = &txn->layout->tables[number];
    const mem_tree *tree = &table->trees[0];
    for (uint32_t i = 0; i < n_cols; i++)
        if (cols[i] >= table->t.n_cols) return arci_mem_fail(txn, ARC_E_INVALID, NULL);
    for (size_t i = 0; i < (size_t)n_keys * tree->n_key; i++)
        if (keys[i].type != ARC_V_NULL && keys[i].type != tree->slots[i % tree->n_key].kind)
            return arci_mem_fail(txn, ARC_E_INVALID, "get_many: a key value of another type than its column");
    mem_cursor *c = arci_mem_cursor_make(txn, MEM_CURSOR_ROWS);
    if (!c) return arci_mem_fail(txn, ARC_E_NOMEM, NULL);
    c->rows = arci_mem_bump(&c->bump, n_keys * sizeof *c->rows);
    if (!c->rows || !out_columns(c, table, NULL, cols, n_cols)) {
        arci_mem_cursor_free(c);
        return arci_mem_fail(txn, ARC_E_NOMEM, NULL);
    }
    for (uint32_t i = 0; i < n_keys; i++) {
        uint64_t key[MEM_ENTRY_WORDS];
        mem_pos pos;
        key[0] = 0;
        for (uint32_t k = 0; k < tree->n_key; k++) arci_mem_slot_set(tree, (uint8_t *)key, k, &keys[(size_t)i * tree->n_key + k]);
        const uint8_t *entry = arci_mem_find(tree, &txn->roots[tree->root], (uint8_t *)key, &pos);
        if (entry) c->rows[c->n_rows++] = mem_pointer(entry + tree->payload);
    }
    arci_mem_cursor_join(c);
    *out = c;
    return ARC_OK;
}

/* ---- next ------------------------------------------------------------------------------------------------------------------------ */

/* Room for the next block: small at first, because most questions are. */
static int block_room(mem_cursor *c)
{
    uint32_t most = BLOCK_VALUES / c->n_cols, want = c->cap ? c->cap * 4 : FIRST_ROWS;
    if (most > MOST_ROWS) most = MOST_ROWS;
    if (most < 64) most = 64;
    if (want > most) want = most;
    if (c->left >= 0 && (int64_t)want > c->left) want = (uint32_t)c->left;
    if (want <= c->cap) return 1;
    arc_value *values = mem_alloc(c->txn->host, (size_t)want * c->n_cols * sizeof *values);
    if (!values) return 0;
    mem_free(c->txn->host, c->values);
    c->values = values;
    c->cap = want;
    return 1;
}

static void put(mem_cursor *c, uint32_t row, const mem_src *src)
{
    arc_value *v = c->values + (size_t)row * c->n_cols;
    for (uint32_t i = 0; i < c->n_cols; i++) v[i] = arci_mem_get(src, &c->out[i]);
}

static arc_status next_scan(mem_cursor *c, uint32_t *n)
{
    const arc_host *host = c->txn->host;
    uint32_t budget = LEAVES_PER_QUESTION;
    mem_src src;
    while (*n < c->cap && c->left) {
        int r = arci_mem_scan_next(c->scan, &src, &budget);
        if (!r) {
            c->left = 0;
            break;
        }
        if (r < 0) {
            if (host->cancelled && host->cancelled(host)) return ARC_E_CANCELLED;
            continue;
        }
        put(c, (*n)++, &src);
        if (c->left > 0) c->left--;
    }
    return ARC_OK;
}

static void next_rows(mem_cursor *c, uint32_t *n)
{
    for (; *n < c->cap && c->at < c->n_rows; c->at++) {
        mem_src src = { NULL, c->rows[c->at] };
        put(c, (*n)++, &src);
    }
}

arc_status arci_mem_next(void *cursor, arc_block *block)
{
    mem_cursor *c = cursor;
    uint32_t n = 0;
    if (!c || !block) return ARC_E_INVALID;
    arc_status status = arci_mem_usable(c->txn, 0);
    if (status) return status;
    const arc_value *values;
    if (c->kind == MEM_CURSOR_VALUES) {
        n = c->n_rows - c->at > MOST_ROWS ? MOST_ROWS : (uint32_t)(c->n_rows - c->at);
        values = c->values + c->at * c->n_cols;
        c->at += n;
    } else {
        if (c->left && !block_room(c)) return arci_mem_fail(c->txn, ARC_E_NOMEM, NULL);
        if (c->kind == MEM_CURSOR_ROWS)
            next_rows(c, &n);
        else
            status = next_scan(c, &n);
        if (status) return arci_mem_fail(c->txn, status, NULL);
        values = c->values;
    }
    block->values = n ? values : NULL;
    block->n_rows = n;
    block->n_cols = c->n_cols;
    return n ? ARC_OK : ARC_DONE;
}
