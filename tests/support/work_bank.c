/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts and transfers between them, straight on the SQLite backend: the sum of all balances is 0, and each balance is the
 * sum of its transfers. */
#include "backend/sqlite.h"
#include "base/sha256.h"
#include "support/work.h"

enum { ACCOUNT, TRANSFER, ACCOUNTS = 12 };

static const arc_column account_cols[] = {
    { "book", "book", NULL, 0, ARC_COL_REQUIRED, ARC_T_ID, ARC_NO_COL, 1000 },
    { "id", "number", NULL, 0, ARC_COL_REQUIRED, ARC_T_ID, ARC_NO_COL, 1000 },
    { "balance", "sum of transfers", NULL, 0, ARC_COL_REQUIRED, ARC_T_INT, ARC_NO_COL, 1000 },
};
static const arc_column transfer_cols[] = {
    { "book", "book", NULL, 0, ARC_COL_REQUIRED, ARC_T_ID, ARC_NO_COL, 1000 },
    { "id", "number", NULL, 0, ARC_COL_REQUIRED, ARC_T_ID, ARC_NO_COL, 1000 },
    { "payer", "from", NULL, 0, ARC_COL_REQUIRED, ARC_T_ID, ARC_NO_COL, 1000 },
    { "payee", "to", NULL, 0, ARC_COL_REQUIRED, ARC_T_ID, ARC_NO_COL, 1000 },
    { "amount", "how much", NULL, 0, ARC_COL_REQUIRED, ARC_T_INT, ARC_NO_COL, 1000 },
    { "memo", "why", NULL, 4000, 0, ARC_T_TEXT, ARC_NO_COL, 1000 },
};
static const uint16_t key[] = { 0, 1 };
static const uint16_t payer[] = { 0, 2 };
static const uint16_t payee[] = { 0, 3 };
static const uint16_t all[] = { 0, 1, 2, 3, 4, 5 };
static const arc_index transfer_indexes[] = { { "transfer_payee", payee, 2, 0, ARC_NO_COL, 0, 0, 1000 } };
static const arc_foreign_key transfer_fks[] = { { payer, 2, ACCOUNT, 1000 }, { payee, 2, ACCOUNT, 1000 } };
static const arc_table tables[] = {
    { "account", "accounts", account_cols, key, NULL, NULL, 3, 2, 0, 0, 0, 1000 },
    { "transfer", "transfers", transfer_cols, key, transfer_indexes, transfer_fks, 6, 2, 1, 2, ARC_TABLE_APPEND_ONLY, 1000 },
};
static const arc_schema_desc schema = { (uint32_t)sizeof(arc_schema_desc), 1000, 0x41524332u, 2, tables };

typedef struct bank {
    arc_host host;
    const arc_backend_ops *ops;
    void *be;
} bank;

static void *host_alloc(const arc_host *host, size_t n)
{
    (void)host;
    return malloc(n);
}

static void *host_resize(const arc_host *host, void *p, size_t n)
{
    (void)host;
    return realloc(p, n);
}

static void host_release(const arc_host *host, void *p)
{
    (void)host;
    free(p);
}

static arc_value integer(int64_t i)
{
    arc_value v = { ARC_V_INT, { 0, 0, 0 }, 0, { 0 } };
    v.u.i = i;
    return v;
}

static arc_status bank_write(bank *b, void *txn, arc_write *w)
{
    uint8_t results[64];
    memset(results, 99, sizeof results);
    w->struct_size = (uint32_t)sizeof *w;
    w->results = results;
    arc_status st = b->ops->write(txn, &w, 1);
    for (uint32_t i = 0; i < w->n_rows && st == ARC_OK; i++) st = results[i] == ARC_ROW_OK ? ARC_OK : ARC_E_INTERNAL;
    return st;
}

static arc_status make_accounts(bank *b, void *txn)
{
    arc_value rows[ACCOUNTS * 3];
    for (int i = 0; i < ACCOUNTS; i++) {
        rows[i * 3] = integer(1);
        rows[i * 3 + 1] = integer(i);
        rows[i * 3 + 2] = integer(0);
    }
    arc_write w = { 0, ACCOUNT, ARC_WRITE_INSERT, all, NULL, NULL, rows, 3, 0, ACCOUNTS, 0, NULL };
    return bank_write(b, txn, &w);
}

/* Every 8th transaction is large: many pages at once. */
static arc_status make_transfer(bank *b, void *txn, uint64_t *random, int large)
{
    static const char memo[] = "an amount that one customer owed to another one since last spring, when the rain would not end; ";
    static const uint8_t add[] = { ARC_ADD };
    static const uint16_t balance[] = { 2 };
    char text[4000];
    size_t len = 0;
    int64_t first = 0, from = (int64_t)(test_random(random) % ACCOUNTS), to = (from + 1) % ACCOUNTS;
    int64_t amount = (int64_t)(test_random(random) % 100000);
    for (uint64_t n = test_random(random) % (large ? 40 : 4); n; n--, len += sizeof memo - 1) memcpy(text + len, memo, sizeof memo - 1);
    arc_status st = b->ops->reserve(txn, 1, "transfer", 1, &first);
    arc_value row[6] = { integer(1), integer(first), integer(from), integer(to), integer(amount), integer(0) };
    row[5].type = ARC_V_TEXT;
    row[5].len = (uint32_t)len;
    row[5].u.s = text;
    arc_write w = { 0, TRANSFER, ARC_WRITE_INSERT, all, NULL, NULL, row, 6, 0, 1, 0, NULL };
    st = st == ARC_OK ? bank_write(b, txn, &w) : st;
    arc_value change[6] = { integer(1), integer(from), integer(-amount), integer(1), integer(to), integer(amount) };
    arc_write u = { 0, ACCOUNT, ARC_WRITE_UPDATE, balance, add, NULL, change, 1, 0, 2, 0, NULL };
    return st == ARC_OK ? bank_write(b, txn, &u) : st;
}

static arc_status bank_step(work *w, int64_t i)
{
    bank *b = w->impl;
    void *txn;
    uint64_t random = (uint64_t)i + 77;
    int large = i % 8 == 7;
    arc_status st = b->ops->begin(b->be, ARC_TXN_WRITE, 1000, &txn);
    if (st != ARC_OK) return st;
    if (i == 0) st = make_accounts(b, txn);
    for (int n = 0; n < (large ? 12 : 1 + (int)i % 3) && st == ARC_OK; n++) st = make_transfer(b, txn, &random, large);
    if (st == ARC_OK) return b->ops->commit(txn);
    b->ops->rollback(txn);
    return st;
}

static arc_status bank_open(work *w, int create)
{
    bank *b = w->impl;
    uint32_t flags = create ? ARC_OPEN_CREATE : 0;
    arc_status st = b->ops->open(&b->host, w->path, w->options, flags, &b->be);
    if (st != ARC_OK) return st;
    st = b->ops->migrate(b->be, &schema, flags);
    if (st != ARC_OK) {
        b->ops->close(b->be);
        b->be = NULL;
    }
    return st;
}

static void bank_close(work *w)
{
    bank *b = w->impl;
    if (b->be) b->ops->close(b->be);
    b->be = NULL;
}

typedef struct reading {
    arci_sha256 hash;
    int64_t balance[ACCOUNTS];
    int64_t wrong;
    work *w;
} reading;

static void finding(void *user, const char *text)
{
    reading *r = user;
    r->wrong++;
    snprintf(r->w->finding, sizeof r->w->finding, "%s", text);
}

static void read_row(reading *r, uint16_t table, const arc_value *row, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        arci_sha256_add(&r->hash, &row[i].type, 1);
        if (row[i].type == ARC_V_INT) arci_sha256_add(&r->hash, &row[i].u.i, 8);
        else if (row[i].type != ARC_V_NULL) arci_sha256_add(&r->hash, row[i].u.s, row[i].len);
    }
    if (row[1].u.i < 0 || (table == ACCOUNT && row[1].u.i >= ACCOUNTS)) {
        finding(r, "a number that cannot be");
    } else if (table == ACCOUNT) {
        r->balance[row[1].u.i] -= row[2].u.i;
    } else if (row[2].u.i < 0 || row[2].u.i >= ACCOUNTS || row[3].u.i < 0 || row[3].u.i >= ACCOUNTS) {
        finding(r, "an account that cannot be");
    } else {
        r->balance[row[2].u.i] -= row[4].u.i;
        r->balance[row[3].u.i] += row[4].u.i;
    }
}

static arc_status read_table(bank *b, void *txn, reading *r, uint16_t table)
{
    const arc_order by_key[] = { { 0, 0 }, { 1, 0 } };
    arc_fetch f;
    memset(&f, 0, sizeof f);
    f.struct_size = (uint32_t)sizeof f;
    f.table = table;
    f.cols = all;
    f.n_cols = tables[table].n_cols;
    f.order = by_key;
    f.n_order = 2;
    b->ops->plan(b->be, &f);
    if (!(f.planned & ARC_PLAN_ORDER)) return ARC_E_INTERNAL;
    arc_fetch *fetch = &f;
    arc_status st = b->ops->fetch(txn, &fetch, 1);
    arc_block block;
    if (st != ARC_OK) return st;
    while ((st = b->ops->next(f.cursor, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows; i++) read_row(r, table, block.values + (size_t)i * block.n_cols, block.n_cols);
    }
    b->ops->end(f.cursor);
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status bank_check(work *w, work_digest *digest, int64_t *wrong)
{
    bank *b = w->impl;
    reading r;
    void *txn;
    memset(&r, 0, sizeof r);
    r.w = w;
    arci_sha256_init(&r.hash);
    arc_status st = b->ops->check(b->be, finding, &r);
    st = st == ARC_OK ? b->ops->begin(b->be, ARC_TXN_READ, 1000, &txn) : st;
    if (st != ARC_OK) return st;
    st = read_table(b, txn, &r, ACCOUNT);
    st = st == ARC_OK ? read_table(b, txn, &r, TRANSFER) : st;
    b->ops->rollback(txn);
    for (int i = 0; i < ACCOUNTS; i++) {
        if (r.balance[i]) finding(&r, "a balance is not the sum of its transfers");
    }
    arci_sha256_end(&r.hash, digest->b);
    *wrong = r.wrong;
    return st;
}

work *work_bank_new(const char *path, const char *options)
{
    work *w = calloc(1, sizeof *w);
    bank *b = calloc(1, sizeof *b);
    if (!w || !b) abort();
    b->host.struct_size = (uint32_t)sizeof b->host;
    b->host.alloc = host_alloc;
    b->host.resize = host_resize;
    b->host.release = host_release;
    b->ops = arci_backend_sqlite();
    w->name = "tables";
    w->path = path;
    w->options = options;
    w->open = bank_open;
    w->close = bank_close;
    w->step = bank_step;
    w->check = bank_check;
    w->impl = b;
    return w;
}

void work_free(work *w)
{
    w->close(w);
    if (w->free_more) w->free_more(w);
    free(w->impl);
    free(w);
}
