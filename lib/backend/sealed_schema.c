/* SPDX-License-Identifier: Apache-2.0 */
/* The sealing backend's schema: wider columns, and a table of its own in which every key leaves a value that only it opens. Without that, a wrong key under a
 * known number would go unseen until it had sealed what the right one cannot open. */
#include <string.h>

#include "backend/sealed.h"
#include "backend/sealed_mark.h"

enum { KEY_BOOK, KEY_NUMBER, KEY_VALUE, KEY_COLS, PROOF_WAIT_MS = 5000 };

static const char proof[] = "arcore key";
static const uint16_t key_key[] = { KEY_BOOK, KEY_NUMBER };
static const arc_column key_cols[KEY_COLS] = {
    { "book", "0: keys are those of the whole store.", NULL, 0, ARC_COL_REQUIRED, ARC_T_ID, ARC_NO_COL, 1 },
    { "number", "Number of the key.", NULL, 0, ARC_COL_REQUIRED, ARC_T_INT, ARC_NO_COL, 1 },
    { "value", "What the right key opens.", NULL, 400, ARC_COL_REQUIRED | ARC_COL_SENSITIVE, ARC_T_TEXT, ARC_NO_COL, 1 },
};
static const arc_table key_table = { "sealed_key", "Keys that values of this store are sealed with.", key_cols, key_key, NULL, NULL, KEY_COLS, 2, 0, 0,
                                     ARC_TABLE_APPEND_ONLY, 1 };

arc_status arci_sealed_widen(arci_sealed_be *b, const arc_schema_desc *schema)
{
    size_t n = 0;
    for (uint32_t i = 0; i < schema->n_tables; i++) n += arci_sealed_table(&schema->tables[i]) ? schema->tables[i].n_cols : 0;
    const size_t head = ((schema->n_tables + (size_t)1) * sizeof(arc_table) + 15u) / 16u * 16u;
    char *memory = b->outer->alloc(b->outer, head + n * sizeof(arc_column) + 1);
    if (!memory) return ARC_E_NOMEM;
    arc_table *tables = (arc_table *)(void *)memory;
    arc_column *cols = (arc_column *)(void *)(memory + head);
    memcpy(tables, schema->tables, schema->n_tables * sizeof *tables);
    tables[schema->n_tables] = key_table;
    for (uint32_t i = 0; i < schema->n_tables; i++) {
        if (!arci_sealed_table(&tables[i])) continue;
        memcpy(cols, tables[i].cols, tables[i].n_cols * sizeof *cols);
        for (uint32_t c = 0; c < tables[i].n_cols; c++) {
            if (arci_sealed_col(&tables[i], c) && cols[c].size) cols[c].size = (uint32_t)arci_sealed_length(cols[c].size, ARC_CIPHER_OVERHEAD);
        }
        tables[i].cols = cols;
        cols += tables[i].n_cols;
    }
    b->outer->release(b->outer, b->memory);
    b->memory = memory;
    b->schema = schema;
    b->wide = *schema;
    b->wide.application_id ^= ARCI_SEALED_MARK;
    b->wide.n_tables++;
    b->wide.tables = tables;
    return ARC_OK;
}

/* ---- are these the keys of this store? ----------------------------------------------------------------------------------- */

typedef struct proofs {
    int any, opened;  /* keys noted in the store; of them, those that open */
    int known, right; /* the one for new values is noted; and opens */
} proofs;

static arc_status try_key(const arci_sealed_be *b, const arc_value *row, proofs *p)
{
    char plain[sizeof proof + ARC_CIPHER_OVERHEAD];
    unsigned char work[2 * sizeof plain];
    arci_sealed_text text = { .s = plain, .work = work };
    const arc_value *const key[] = { &row[KEY_BOOK], &row[KEY_NUMBER] };
    arc_value v = row[KEY_VALUE];
    size_t at = 0;
    arc_status s = ARC_E_KEY;
    if (v.len <= arci_sealed_length(sizeof proof - 1, ARC_CIPHER_OVERHEAD))
        s = arci_open_value(b->cipher, &text, &key_table, KEY_VALUE, key, &v, &at);
    if (s && s != ARC_E_KEY) return s; /* a key service that does not answer says nothing of keys */
    p->any = 1;
    p->opened |= !s;
    if (row[KEY_NUMBER].u.i != (int64_t)b->cipher->key) return ARC_OK;
    p->known = 1;
    p->right = !s;
    return ARC_OK;
}

static arc_status read_keys(arci_sealed_be *b, void *txn, proofs *p)
{
    static const uint16_t cols[] = { KEY_BOOK, KEY_NUMBER, KEY_VALUE };
    arc_fetch f, *list = &f;
    arc_block block;
    memset(&f, 0, sizeof f);
    f.struct_size = (uint32_t)sizeof f;
    f.table = (uint16_t)b->schema->n_tables;
    f.cols = cols;
    f.n_cols = KEY_COLS;
    arc_status s = b->inner.fetch(txn, &list, 1);
    if (s) return s;
    while ((s = b->inner.next(f.cursor, &block)) == ARC_OK) {
        for (uint32_t r = 0; r < block.n_rows && !s; r++) s = try_key(b, block.values + (size_t)r * KEY_COLS, p);
        if (s) break;
    }
    b->inner.end(f.cursor);
    return s == ARC_DONE ? ARC_OK : s;
}

static arc_status note_key(arci_sealed_be *b, void *txn)
{
    static const uint16_t cols[] = { KEY_BOOK, KEY_NUMBER, KEY_VALUE };
    char sealed[512];
    unsigned char work[sizeof proof + ARC_CIPHER_OVERHEAD];
    arci_sealed_text text = { .s = sealed, .work = work };
    arc_value row[KEY_COLS];
    const arc_value *const key[] = { &row[KEY_BOOK], &row[KEY_NUMBER] };
    uint8_t result = ARC_ROW_OK;
    arc_write w, *list = &w;
    size_t at = 0;
    memset(row, 0, sizeof row);
    row[KEY_BOOK].type = row[KEY_NUMBER].type = ARC_V_INT;
    row[KEY_NUMBER].u.i = b->cipher->key;
    row[KEY_VALUE].type = ARC_V_TEXT;
    row[KEY_VALUE].u.s = proof;
    row[KEY_VALUE].len = (uint32_t)(sizeof proof - 1);
    arc_status s = arci_seal_value(b->cipher, &text, &key_table, KEY_VALUE, key, &row[KEY_VALUE], &at);
    if (s) return s;
    memset(&w, 0, sizeof w);
    w.struct_size = (uint32_t)sizeof w;
    w.table = (uint16_t)b->schema->n_tables;
    w.op = ARC_WRITE_INSERT;
    w.cols = cols;
    w.rows = row;
    w.n_cols = KEY_COLS;
    w.n_rows = 1;
    w.results = &result;
    s = b->inner.write(txn, &list, 1);
    return s || result == ARC_ROW_OK ? s : ARC_E_CONFLICT; /* somebody else was quicker */
}

static arc_status judge(const arci_sealed_be *b, const proofs *p)
{
    const arc_host *h = b->outer;
    if (p->known && !p->right)
        h->set_error(h, ARC_E_KEY, 0, NULL, "the key for new values is not the one of that number which this store was sealed with");
    else if (p->any && !p->opened)
        h->set_error(h, ARC_E_KEY, 0, NULL, "none of the keys opens this store");
    else
        return ARC_OK;
    return ARC_E_KEY;
}

static arc_status prove_once(arci_sealed_be *b, uint32_t mode, int *done)
{
    proofs p;
    void *txn = NULL;
    memset(&p, 0, sizeof p);
    arc_status s = b->inner.begin(b->be, mode, PROOF_WAIT_MS, &txn);
    if (s) return s;
    s = read_keys(b, txn, &p);
    if (!s) s = judge(b, &p);
    *done = p.known || mode == ARC_TXN_WRITE;
    if (!s && !p.known && mode == ARC_TXN_WRITE) s = note_key(b, txn);
    if (!s && mode == ARC_TXN_WRITE) return b->inner.commit(txn);
    b->inner.rollback(txn);
    return s;
}

/* A reader without the keys may still read what is not sealed. */
arc_status arci_sealed_prove(arci_sealed_be *b, uint32_t flags)
{
    int done = 0;
    if (flags & ARC_OPEN_READONLY) return ARC_OK;
    arc_status s = prove_once(b, ARC_TXN_READ, &done);
    for (int again = 0; again < 3 && !s && !done; again++) {
        s = prove_once(b, ARC_TXN_WRITE, &done);
        if (s == ARC_E_CONFLICT) {
            s = ARC_OK;
            done = 0;
        }
    }
    return s || done ? s : ARC_E_BUSY;
}
