/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: the head of the operations, open, migrate, close. */
#include "kit.h"

static void scheme(kit *k)
{
    CHECK(k, !strcmp(k->ops->scheme, k->q->scheme), "the scheme is \"%s\", expected \"%s\"", k->ops->scheme,
          k->q->scheme);
}

static void head(kit *k)
{
    const arc_backend_ops *b = k->ops;
    CHECK(k, b->abi == ARC_BACKEND_ABI, "abi is %u", b->abi);
    CHECK(k, b->description && b->description[0], "there is no description");
    CHECK(k, b->reserved == 0, "reserved is not 0");
    CHECK(k, b->threads == ARC_THREADS_SERIAL || b->threads == ARC_THREADS_HANDLES, "thread model %u", b->threads);
    CHECK(k, !(b->caps & ~0x1fu), "unknown capability bits 0x%x", b->caps);
    CHECK(k, b->caps == k->q->caps, "caps are 0x%x, the author means 0x%x", b->caps, k->q->caps);
    for (const char *p = b->scheme; *p; p++)
        CHECK(k, (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9' && p > b->scheme), "scheme \"%s\"", b->scheme);
    int all = b->savepoint && b->rollback_to && b->release, any = b->savepoint || b->rollback_to || b->release;
    CHECK(k, kit_has(k, ARC_CAP_SAVEPOINT) ? all : !any, "savepoint functions and ARC_CAP_SAVEPOINT disagree");
    CHECK(k, kit_has(k, ARC_CAP_SINGLE_WRITER) || b->lock_rows, "several writers need lock_rows");
}

static void create(kit *k)
{
    kit_state s;
    model_init(&s);
    kit_open(k, 0, 0);
    kit_same_state(k, 0, &s, "new store");
    gen_fill(k, 0, &s, 10);
    kit_same_state(k, 0, &s, "first rows");
}

static void missing(kit *k)
{
    for (uint32_t flags = 0; flags <= ARC_OPEN_READONLY; flags += ARC_OPEN_READONLY) {
        arc_status s = kit_try_open(k, 0, 0, &kit_schema, flags);
        CHECK(k, s == ARC_E_NOT_A_BOOK || s == ARC_E_NOT_FOUND || s == ARC_E_IO,
              "opening nothing without ARC_OPEN_CREATE gave %s, expected NOT_A_BOOK, NOT_FOUND or IO",
              arc_status_name(s));
    }
}

static void unknown_flags(kit *k)
{
    arc_status s = kit_try_open(k, 0, 0, &kit_schema, ARC_OPEN_CREATE | 0x8000u);
    CHECK(k, s == ARC_E_INVALID || s == ARC_E_BACKEND, "open flag 0x8000 gave %s", arc_status_name(s));
}

static void unknown_options(kit *k)
{
    void *be = NULL;
    arc_status s = k->ops->open(&k->host, kit_place(k, 0), "kit_no_such_option=1", ARC_OPEN_CREATE, &be);
    if (!s) k->slot[0].be = be; /* to be closed */
    EXPECT(k, s, ARC_E_INVALID);
}

static void migrate_again(kit *k)
{
    kit_state s;
    model_init(&s);
    kit_open(k, 0, 0);
    gen_fill(k, 0, &s, 20);
    OK(k, k->ops->migrate(k->slot[0].be, &kit_schema, ARC_OPEN_CREATE));
    kit_same_state(k, 0, &s, "after a second migrate");
    OK(k, k->ops->migrate(k->slot[0].be, &kit_schema, 0));
    kit_same_state(k, 0, &s, "after a verifying migrate");
}

/* Keeps a store alive while it is opened again: a backend that is not durable may forget it with its last handle. */
static uint32_t second(kit *k)
{
    if (kit_has(k, ARC_CAP_SHARED)) return 1;
    if (!kit_has(k, ARC_CAP_DURABLE)) kit_skip(k, "needs ARC_CAP_DURABLE or ARC_CAP_SHARED");
    kit_close(k, 0);
    return 1;
}

static void reopen(kit *k)
{
    kit_state s;
    model_init(&s);
    kit_open(k, 0, 0);
    gen_fill(k, 0, &s, 30);
    uint32_t h = second(k);
    OK(k, kit_try_open(k, h, 0, &kit_schema, 0));
    kit_same_state(k, h, &s, "opened without ARC_OPEN_CREATE");
    kit_close(k, h);
    OK(k, kit_try_open(k, h, 0, &kit_schema, ARC_OPEN_CREATE));
    kit_same_state(k, h, &s, "opened with ARC_OPEN_CREATE");
    kit_close(k, h);
    OK(k, kit_try_open(k, h, 0, &kit_schema, ARC_OPEN_CHECK));
    kit_same_state(k, h, &s, "opened with ARC_OPEN_CHECK");
}

static void upgrade(kit *k)
{
    kit_state s;
    model_init(&s);
    kit_open(k, 0, 0);
    gen_fill(k, 0, &s, 30);
    uint32_t h = second(k);
    kit_close(k, 0);
    if (!kit_has(k, ARC_CAP_DURABLE)) kit_skip(k, "needs ARC_CAP_DURABLE");
    EXPECT(k, kit_try_open(k, h, 0, &kit_schema_newer, 0), ARC_E_SCHEMA_OLDER);
    EXPECT(k, kit_try_open(k, h, 0, &kit_schema_newer, ARC_OPEN_CREATE), ARC_E_SCHEMA_OLDER);
    OK(k, kit_try_open(k, h, 0, &kit_schema, 0)); /* the refusals changed nothing */
    kit_same_state(k, h, &s, "after a refused upgrade");
    kit_close(k, h);
    OK(k, kit_try_open(k, h, 0, &kit_schema_newer, ARC_OPEN_UPGRADE));
    kit_begin(k, h, ARC_TXN_WRITE);
    kit_same_state(k, h, &s, "after the upgrade");
    static const uint16_t cols[] = { A_ID, A_COLS };
    arc_fetch f = kit_fetch(KT_ALL, cols, 2), *fp = &f;
    kit_rows r = { NULL, 0, 2, 0 };
    OK(k, k->ops->fetch(k->slot[h].txn, &fp, 1));
    OK(k, kit_drain(k, f.cursor, 2, &r));
    CHECK(k, r.n_rows == s.n[KT_ALL], "the upgraded table has %u rows", r.n_rows);
    for (uint32_t i = 0; i < r.n_rows; i++) CHECK(k, r.v[i * 2 + 1].type == ARC_V_NULL, "a new column is not NULL");
    arc_value row[2] = { v_int(1), v_int(1) };
    uint8_t res = 9;
    arc_write w = kit_insert(KT_PARENT, row, 1, &res);
    w.table = KT_COUNT; /* the new table */
    w.n_cols = 2;
    OK(k, kit_write1(k, h, &w));
    CHECK(k, res == ARC_ROW_OK, "insert into the new table reports %u", res);
    kit_commit(k, h);
    kit_close(k, h);
    EXPECT(k, kit_try_open(k, h, 0, &kit_schema, 0), ARC_E_SCHEMA_NEWER);
    EXPECT(k, kit_try_open(k, h, 0, &kit_schema, ARC_OPEN_UPGRADE), ARC_E_SCHEMA_NEWER);
    OK(k, kit_try_open(k, h, 0, &kit_schema, ARC_OPEN_READONLY));
    kit_same_state(k, h, &s, "newer store, read-only");
}

static void alien(kit *k)
{
    kit_open(k, 0, 0);
    if (!kit_has(k, ARC_CAP_DURABLE)) kit_skip(k, "needs ARC_CAP_DURABLE");
    kit_close(k, 0);
    EXPECT(k, kit_try_open(k, 0, 0, &kit_schema_alien, ARC_OPEN_CREATE), ARC_E_NOT_A_BOOK);
    EXPECT(k, kit_try_open(k, 0, 0, &kit_schema_altered, ARC_OPEN_CREATE | ARC_OPEN_UPGRADE), ARC_E_SCHEMA_FOREIGN);
    OK(k, kit_try_open(k, 0, 0, &kit_schema, 0));
}

static void readonly(kit *k)
{
    kit_state s;
    model_init(&s);
    kit_open(k, 0, 0);
    gen_fill(k, 0, &s, 20);
    uint32_t h = second(k);
    OK(k, kit_try_open(k, h, 0, &kit_schema, ARC_OPEN_READONLY));
    kit_same_state(k, h, &s, "read-only handle");
    void *txn = NULL;
    EXPECT(k, k->ops->begin(k->slot[h].be, ARC_TXN_WRITE, 0, &txn), ARC_E_READONLY);
    kit_same_state(k, h, &s, "read-only handle, again");
}

static void close_open_txn(kit *k)
{
    kit_state s;
    model_init(&s);
    kit_open(k, 0, 0);
    gen_fill(k, 0, &s, 20);
    uint32_t h = 0;
    if (kit_has(k, ARC_CAP_SHARED)) kit_open(k, h = 1, 0);
    kit_begin(k, h, ARC_TXN_WRITE);
    arc_value row[P_COLS] = { v_int(1), v_int(99), v_text("lost") };
    kit_put(k, h, NULL, KT_PARENT, row, 1);
    arc_fetch f = kit_fetch(KT_ALL, kit_cols, A_COLS), *fp = &f;
    OK(k, k->ops->fetch(k->slot[h].txn, &fp, 1)); /* and a cursor open in it */
    kit_close(k, h);
    if (h == 0 && !kit_has(k, ARC_CAP_DURABLE)) return;
    OK(k, kit_try_open(k, h, 0, &kit_schema, 0));
    kit_same_state(k, h, &s, "after close() with an open transaction");
}

static void two_stores(kit *k)
{
    kit_state a, b;
    model_init(&a);
    model_init(&b);
    kit_open(k, 0, 0);
    kit_open(k, 1, 1);
    gen_fill(k, 0, &a, 10);
    kit_same_state(k, 1, &b, "the other store");
    gen_fill(k, 1, &b, 5);
    kit_same_state(k, 0, &a, "first store");
    kit_same_state(k, 1, &b, "second store");
}

/* A newer core hands a longer host and schema: what lies behind is not looked at. */
static void longer_host(kit *k)
{
    struct {
        arc_host host;
        void *more[4];
    } h;
    memset(&h, 0, sizeof h);
    h.host = k->host;
    h.host.struct_size = (uint32_t)sizeof h;
    struct {
        arc_schema_desc d;
        uint64_t more[2];
    } schema;
    memset(&schema, 0, sizeof schema);
    schema.d = kit_schema;
    schema.d.struct_size = (uint32_t)sizeof schema;
    void *be = NULL;
    OK(k, k->ops->open(&h.host, kit_place(k, 0), k->options, ARC_OPEN_CREATE, &be));
    arc_status s = k->ops->migrate(be, &schema.d, ARC_OPEN_CREATE);
    k->ops->close(be);
    EXPECT(k, s, ARC_OK);
}

const kit_case kit_cases_open[] = {
    { "scheme", "URI scheme that selects it", scheme },
    { "head", "Fill the head with ARC_BACKEND_HEAD; caps agree with the functions", head },
    { "open_create", "ARC_OPEN_CREATE: make the store and its tables where they are missing", create },
    { "open_missing", "without ARC_OPEN_CREATE nothing is made; ARC_E_NOT_A_BOOK", missing },
    { "open_unknown_flag", "8. Unknown flags are refused, never ignored", unknown_flags },
    { "open_unknown_option", "unknown keys are refused with ARC_E_INVALID", unknown_options },
    { "open_longer_host", "10. Structures only grow at their end", longer_host },
    { "migrate_again", "Makes, upgrades or verifies the tables as the open flags say: idempotent", migrate_again },
    { "reopen", "open without ARC_OPEN_CREATE finds what was committed", reopen },
    { "upgrade", "ARC_E_SCHEMA_OLDER (no upgrade flag), ARC_E_SCHEMA_NEWER (unless read-only); additive", upgrade },
    { "alien", "ARC_E_NOT_A_BOOK, ARC_E_SCHEMA_FOREIGN", alien },
    { "readonly", "ARC_OPEN_READONLY: never write", readonly },
    { "close_rolls_back", "close: rolls back what is open and frees everything", close_open_txn },
    { "two_stores", "One open handle is one connection: stores at different places do not meet", two_stores },
    { NULL, NULL, NULL },
};
