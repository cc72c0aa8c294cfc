/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: counts and sums, and the optional calls beside them: check, explain, backup. */
#include "kit.h"

static kit_state *start(kit *k, uint32_t rows)
{
    kit_state *s = kit_mem(k, sizeof *s);
    model_init(s);
    kit_open(k, 0, 0);
    gen_fill(k, 0, s, rows);
    return s;
}

static void need(kit *k)
{
    if (!k->ops->aggregate) kit_skip(k, "aggregate is not offered: the core computes");
}

static int sensitive(const arc_aggregate *a)
{
    const arc_column *cols = kit_schema.tables[a->table].cols;
    for (uint32_t i = 0; i < a->n_groups; i++) {
        if (cols[a->groups[i].col].flags & ARC_COL_SENSITIVE) return 1;
    }
    for (uint32_t i = 0; i < a->n_measures; i++) {
        if (a->measures[i].kind != ARC_MEASURE_COUNT && (cols[a->measures[i].col].flags & ARC_COL_SENSITIVE)) return 1;
    }
    return 0;
}

/* ARC_E_UNSUPPORTED is an honest answer to conditions, and where values are sealed; the transaction lives on. Returns 1 when it answered. */
static int same(kit *k, const kit_state *s, arc_aggregate *a, const char *what)
{
    kit_rows got = { NULL, 0, a->n_groups + a->n_measures, 0 }, want;
    int loose;
    a->struct_size = (uint32_t)sizeof *a;
    a->cursor = NULL;
    kit_begin(k, 0, ARC_TXN_READ);
    arc_status expect = model_aggregate(k, s, a, &want, &loose);
    arc_status st = k->ops->aggregate(k->slot[0].txn, a);
    int answered = st != ARC_E_UNSUPPORTED;
    if (!answered) {
        CHECK(k, a->n_conds || sensitive(a), "an aggregate without conditions gave ARC_E_UNSUPPORTED");
        OK(k, kit_table(k, 0, KT_PARENT, &got)); /* not doomed */
    } else {
        if (!st) st = kit_drain(k, a->cursor, got.n_cols, &got);
        /* a sum that leaves int64 on the way and comes back may be found or refused, never wrong */
        if (!(loose && !expect && st == ARC_E_OVERFLOW)) {
            EXPECT(k, st, expect);
            if (!st) kit_same_rows(k, &got, &want, what);
        }
    }
    kit_rollback(k, 0);
    return answered;
}

static void totals(kit *k)
{
    need(k);
    kit_state *s = start(k, 0);
    static const arc_measure m[] = { { ARC_MEASURE_COUNT, 0 }, { ARC_MEASURE_SUM, A_I }, { ARC_MEASURE_MIN, A_I },
                                     { ARC_MEASURE_MAX, A_I }, { ARC_MEASURE_MIN, A_T }, { ARC_MEASURE_MAX, A_T },
                                     { ARC_MEASURE_MIN, A_D }, { ARC_MEASURE_SUM, A_M },
                                     { ARC_MEASURE_COUNT, A_N }, { ARC_MEASURE_COUNT, ARC_NO_COL } };
    arc_aggregate a = { 0, KT_ALL, 0, NULL, 0, 0, NULL, m, 10, 0, NULL };
    same(k, s, &a, "no rows: exactly one line");
    kit_close(k, 0);
    kit_leave(k, 0);
    s = start(k, 200);
    same(k, s, &a, "totals");
    a.n_groups = 1;
    static const arc_group g[] = { { A_T, ARC_GROUP_VALUE, 0, NULL } };
    a.groups = g;
    same(k, s, &a, "by text");
    a.table = KT_LOG; /* empty, with groups: no line */
    a.n_measures = 1;
    static const arc_group of_log[] = { { L_TEXT, ARC_GROUP_VALUE, 0, NULL } };
    a.groups = of_log;
    same(k, s, &a, "groups of nothing");
}

static void groups(kit *k)
{
    need(k);
    kit_state *s = start(k, 300);
    static const int64_t edges[] = { 20003, 20004, 20004, 20008 }, none[] = { 0 }, ends[] = { INT64_MIN, 0, INT64_MAX };
    static const arc_measure m[] = { { ARC_MEASURE_SUM, A_M }, { ARC_MEASURE_COUNT, 0 }, { ARC_MEASURE_MAX, A_C } };
    const arc_group sets[][3] = {
        { { A_D, ARC_GROUP_BUCKET, 4, edges }, { A_CUR, ARC_GROUP_VALUE, 0, NULL }, { A_REF, ARC_GROUP_VALUE, 0, NULL } },
        { { A_D, ARC_GROUP_BUCKET, 0, none }, { A_N, ARC_GROUP_BUCKET, 3, ends }, { A_FLAG, ARC_GROUP_VALUE, 0, NULL } },
        { { A_C, ARC_GROUP_VALUE, 0, NULL }, { A_Y, ARC_GROUP_VALUE, 0, NULL }, { A_X, ARC_GROUP_VALUE, 0, NULL } },
    };
    for (uint32_t i = 0; i < 3; i++)
        for (uint32_t n = 1; n <= 3; n++) {
            arc_aggregate a = { 0, KT_ALL, 0, NULL, 0, n, sets[i], m, 3, 0, NULL };
            same(k, s, &a, "groups");
        }
}

static void conditions(kit *k)
{
    need(k);
    kit_state *s = start(k, 200);
    uint32_t answered = 0, n = k->rounds * 10;
    for (uint32_t i = 0; i < n; i++) {
        arc_cond c[2];
        static const int64_t edges[] = { -5, 0, 5 };
        static const arc_measure m[] = { { ARC_MEASURE_SUM, A_I }, { ARC_MEASURE_COUNT, 0 } };
        const arc_group g[] = { { A_I, ARC_GROUP_BUCKET, 3, edges }, { A_CUR, ARC_GROUP_VALUE, 0, NULL } };
        gen_cond(k, KT_ALL, &c[0]);
        gen_cond(k, KT_ALL, &c[1]);
        arc_aggregate a = { 0, KT_ALL, 0, c, kit_below(k, 3), kit_below(k, 3), g, m, 2, 0, NULL };
        answered += (uint32_t)same(k, s, &a, "aggregate under conditions");
    }
    if (!answered) kit_skip(k, "none of %u aggregates under conditions was answered", n);
}

static void overflow(kit *k)
{
    need(k);
    static const int64_t sets[][4] = { { INT64_MAX, 1, 0, 0 }, { INT64_MIN, -1, 0, 0 }, { INT64_MAX, INT64_MAX, 2, 0 },
                                       { INT64_MAX, 1, -1, 0 }, { INT64_MIN, INT64_MAX, 1, 0 },
                                       { INT64_C(9007199254740993), 1, 1, 0 } };
    for (uint32_t i = 0; i < 6; i++) {
        kit_state *s = start(k, 0);
        kit_begin(k, 0, ARC_TXN_WRITE);
        for (uint32_t j = 0; j < 4; j++) {
            arc_value r[A_COLS];
            gen_row(k, KT_ALL, j + 1, r);
            r[A_N] = v_int(sets[i][j]);
            r[A_REF] = v_null();
            kit_put(k, 0, s, KT_ALL, r, 1);
        }
        kit_commit(k, 0);
        static const arc_measure m[] = { { ARC_MEASURE_SUM, A_N } };
        arc_aggregate a = { 0, KT_ALL, 0, NULL, 0, 0, NULL, m, 1, 0, NULL };
        same(k, s, &a, "sum at the edge");
        kit_close(k, 0);
        kit_leave(k, 0);
    }
}

static void unknown(kit *k)
{
    need(k);
    start(k, 5);
    for (uint32_t i = 0; i < 5; i++) {
        static const arc_measure good[] = { { ARC_MEASURE_COUNT, 0 } }, bad[] = { { 9, A_I } }, no_col[] = { { ARC_MEASURE_SUM, 99 } };
        static const arc_group bad_group[] = { { A_I, 9, 0, NULL } };
        arc_aggregate a = { (uint32_t)sizeof a, KT_ALL, 0, NULL, 0, 0, NULL, good, 1, 0, NULL };
        if (i == 0) a.table = 99;
        if (i == 1) a.measures = bad;
        if (i == 2) a.measures = no_col;
        if (i == 3) a.groups = bad_group, a.n_groups = 1;
        if (i == 4) a.struct_size = 8;
        kit_begin(k, 0, ARC_TXN_READ);
        arc_status st = k->ops->aggregate(k->slot[0].txn, &a);
        CHECK(k, st == ARC_E_INVALID || st == ARC_E_BACKEND, "wrong aggregate %u gave %s", i, arc_status_name(st));
        kit_rollback(k, 0);
    }
}

static void own_writes(kit *k)
{
    need(k);
    kit_state *s = start(k, 20);
    kit_begin(k, 0, ARC_TXN_WRITE);
    arc_value r[P_COLS] = { v_int(1), v_int(77), v_text("new") };
    kit_put(k, 0, s, KT_PARENT, r, 1);
    static const arc_measure m[] = { { ARC_MEASURE_COUNT, 0 }, { ARC_MEASURE_MAX, P_ID } };
    arc_aggregate a = { (uint32_t)sizeof a, KT_PARENT, 0, NULL, 0, 0, NULL, m, 2, 0, NULL };
    kit_rows got = { NULL, 0, 2, 0 };
    OK(k, k->ops->aggregate(k->slot[0].txn, &a));
    OK(k, kit_drain(k, a.cursor, 2, &got));
    CHECK(k, got.n_rows == 1 && got.v[0].u.i == 5 && got.v[1].u.i == 77, "an aggregate misses the transaction's own write");
}

static void longer(kit *k)
{
    need(k);
    struct {
        arc_aggregate a;
        uint64_t more[3];
    } a;
    kit_state *s = start(k, 20);
    static const arc_measure m[] = { { ARC_MEASURE_COUNT, 0 } };
    memset(&a, 0, sizeof a);
    a.a.struct_size = (uint32_t)sizeof a;
    a.a.table = KT_ALL;
    a.a.measures = m;
    a.a.n_measures = 1;
    kit_rows got = { NULL, 0, 1, 0 };
    kit_begin(k, 0, ARC_TXN_READ);
    OK(k, k->ops->aggregate(k->slot[0].txn, &a.a));
    OK(k, kit_drain(k, a.a.cursor, 1, &got));
    CHECK(k, got.n_rows == 1 && got.v[0].u.i == s->n[KT_ALL], "count(*) is wrong");
}

/* ---- check, explain, backup ------------------------------------------------------------------------------------------ */

static void count_finding(void *user, const char *finding)
{
    (void)finding;
    ++*(uint32_t *)user;
}

static void check(kit *k)
{
    uint32_t n = 0;
    if (!k->ops->check) kit_skip(k, "check is not offered");
    start(k, 100);
    OK(k, k->ops->check(k->slot[0].be, count_finding, &n));
    CHECK(k, n == 0, "check reports %u findings in a healthy store", n);
}

static void explain(kit *k)
{
    if (!k->ops->explain) kit_skip(k, "explain is not offered");
    start(k, 10);
    kit_begin(k, 0, ARC_TXN_READ);
    arc_fetch f = kit_fetch(KT_ALL, kit_cols, 3);
    size_t len = 0;
    EXPECT(k, k->ops->explain(k->slot[0].txn, &f, NULL, &len), ARC_E_BUFFER);
    CHECK(k, len > 0 && len < 100000, "explain wants %llu bytes", (unsigned long long)len);
    size_t need_len = len;
    char *buf = kit_mem(k, len + 2), one[2] = { '#', 0 };
    len = 1;
    EXPECT(k, k->ops->explain(k->slot[0].txn, &f, one, &len), ARC_E_BUFFER);
    CHECK(k, one[0] == '#', "explain wrote into a buffer that is too short");
    len = need_len + 1;
    OK(k, k->ops->explain(k->slot[0].txn, &f, buf, &len));
    CHECK(k, len == need_len && strlen(buf) == len, "explain wrote %llu bytes, said %llu",
          (unsigned long long)strlen(buf), (unsigned long long)need_len);
}

typedef struct pairs {
    kit *k;
    char keys[64][48];
    uint32_t n, engine;
} pairs;

static void on_pair(void *user, const char *key, const char *value)
{
    pairs *p = user;
    CHECK(p->k, key && *key && strlen(key) < sizeof p->keys[0], "describe gave no key");
    CHECK(p->k, value != NULL, "describe gave no value for %s", key);
    CHECK(p->k, strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(key), "describe gave the key %s", key);
    CHECK(p->k, strcmp(key, "scheme") != 0, "describe: scheme is the core's");
    for (uint32_t i = 0; i < p->n; i++) CHECK(p->k, strcmp(p->keys[i], key) != 0, "describe gave %s twice", key);
    CHECK(p->k, p->n < 64, "describe has too much to say");
    memcpy(p->keys[p->n++], key, strlen(key) + 1);
    p->engine |= strcmp(key, "engine") == 0;
}

static void describe(kit *k)
{
    pairs p = { 0 };
    if (!k->ops->describe) kit_skip(k, "describe is not offered");
    p.k = k;
    start(k, 1);
    OK(k, k->ops->describe(k->slot[0].be, on_pair, &p));
    CHECK(k, p.engine, "describe does not name the engine");
    p.n = 0;
    kit_begin(k, 0, ARC_TXN_READ); /* and inside a transaction */
    OK(k, k->ops->describe(k->slot[0].be, on_pair, &p));
}

static int32_t stop(void *user, int64_t done, int64_t total)
{
    (void)done;
    (void)total;
    ++*(uint32_t *)user;
    return 1;
}

static void backup(kit *k)
{
    if (!k->ops->backup) kit_skip(k, "backup is not offered");
    uint32_t asked = 0;
    kit_state *s = start(k, 2000);
    arc_status st = k->ops->backup(k->slot[0].be, kit_place(k, 1), stop, &asked);
    if (asked) {
        EXPECT(k, st, ARC_E_CANCELLED);
        CHECK(k, kit_try_open(k, 1, 1, &kit_schema, 0) != ARC_OK, "a cancelled backup left something at the target");
    }
    kit_leave(k, 1);
    OK(k, k->ops->backup(k->slot[0].be, kit_place(k, 1), NULL, NULL));
    OK(k, kit_try_open(k, 1, 1, &kit_schema, 0));
    kit_same_state(k, 1, s, "the copy");
    kit_begin(k, 0, ARC_TXN_WRITE);
    arc_value r[P_COLS] = { v_int(1), v_int(78), v_text("later") };
    kit_put(k, 0, NULL, KT_PARENT, r, 1);
    kit_commit(k, 0);
    kit_same_state(k, 1, s, "the copy, after the original went on");
}

const kit_case kit_cases_aggregate[] = {
    { "aggregate_totals", "Without groups: exactly one row; SUM, MIN, MAX skip NULLs, NULL when there was none", totals },
    { "aggregate_groups", "ordered by the group values ascending, NULL first; BUCKET: number of edges <= value", groups },
    { "aggregate_conditions", "A backend that cannot apply every conjunct answers ARC_E_UNSUPPORTED", conditions },
    { "aggregate_overflow", "9. Sums never wrap: ARC_E_OVERFLOW", overflow },
    { "aggregate_unknown", "8. Unknown kinds and tables are refused", unknown },
    { "aggregate_own_writes", "3. A WRITE transaction sees its own writes", own_writes },
    { "aggregate_longer_struct", "10. Structures only grow at their end; a longer one is accepted", longer },
    { "check", "check: the store's own integrity check", check },
    { "describe", "describe: pairs of key and value, each key once, the engine among them", describe },
    { "explain", "(buf, len): nothing written when short, the length needed is stored", explain },
    { "backup", "backup: the whole store, consistent; cancelled: nothing at the target", backup },
    { NULL, NULL, NULL },
};
