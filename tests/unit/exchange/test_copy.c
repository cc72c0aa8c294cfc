/* SPDX-License-Identifier: Apache-2.0 */
/* Circles of references, found in the schema: a book in which each of them is closed is copied as it is, whatever the direction. The rows are written through
 * the backend, since most of these references are set by verbs only. */
#include "exchange/copy.h"

#include <stdlib.h>

#include "api/sample.h"
#include "exchange/dump.h"
#include "store/be.h"
#include "store/cond.h"
#include "support/books.h"

#ifdef ARCORE_HAVE_POSTGRESQL
#include "support/pg.h"
#endif

enum { MAX_TABLES = 200, MAX_COLS = 256, MAX_EDGES = 400 };

typedef struct edge {
    uint16_t from, col, to;
} edge;

typedef struct world {
    test_book b;
    arci_book *book;
    void *txn;
    const arc_schema_desc *schema;
    uint8_t reaches[MAX_TABLES][MAX_TABLES];
    int64_t made[MAX_TABLES]; /* rows 1 .. made of a table */
    edge edges[MAX_EDGES];    /* those that lie on a circle of tables */
    int n_edges;
} world;

/* ---- the schema ------------------------------------------------------------------------------------------------------ */

static void find_edges(world *w)
{
    uint32_t n = w->schema->n_tables;
    assert_true(n <= MAX_TABLES);
    for (uint32_t a = 0; a < n; a++) {
        for (uint16_t k = 0; k < w->schema->tables[a].n_fks; k++) w->reaches[a][w->schema->tables[a].fks[k].ref_table] = 1;
    }
    for (uint32_t by = 0; by < n; by++) {
        for (uint32_t a = 0; a < n; a++) {
            for (uint32_t b = 0; b < n; b++) w->reaches[a][b] |= w->reaches[a][by] & w->reaches[by][b];
        }
    }
    for (uint16_t a = 0; a < n; a++) {
        const arc_table *t = &w->schema->tables[a];
        for (uint16_t k = 0; k < t->n_fks; k++) {
            if (!w->reaches[t->fks[k].ref_table][a]) continue;
            assert_true(w->n_edges < MAX_EDGES);
            w->edges[w->n_edges++] = (edge){ a, t->fks[k].cols[1], t->fks[k].ref_table };
        }
    }
}

static const char *edge_name(const world *w, edge e)
{
    static char name[200];
    const arc_table *t = &w->schema->tables[e.from];
    snprintf(name, sizeof name, "%s.%s -> %s", t->name, t->cols[e.col].name, w->schema->tables[e.to].name);
    return name;
}

/* Whether a reference may be set when its row is there already. */
static int later(const world *w, edge e)
{
    const arc_table *t = &w->schema->tables[e.from];
    return !(t->flags & ARC_TABLE_APPEND_ONLY) && !(t->cols[e.col].flags & ARC_COL_REQUIRED);
}

/* ---- rows ------------------------------------------------------------------------------------------------------------ */

static uint8_t put(world *w, uint16_t table, uint16_t op, const uint16_t *cols, uint32_t n_cols, const arc_value *row)
{
    arc_write one, *list = &one;
    uint8_t result = 255;
    memset(&one, 0, sizeof one);
    one.struct_size = (uint32_t)sizeof one;
    one.table = table;
    one.op = op;
    one.cols = cols;
    one.n_cols = n_cols;
    one.rows = row;
    one.n_rows = 1;
    one.results = &result;
    arc_status st = arci_be_write(&w->book->env, w->book, w->txn, &list, 1);
    if (st != ARC_OK) fail_msg("%s: %s", w->schema->tables[table].name, w->book->env.err->message);
    return result;
}

static arc_value some_value(const arc_column *c, int64_t id, char text[64])
{
    switch (c->type) {
    case ARC_T_BOOL:
    case ARC_T_DECIMAL: return arci_v_int(0);
    case ARC_T_INT:
    case ARC_T_DATE:
    case ARC_T_STAMP:
    case ARC_T_MONEY: return arci_v_int(id);
    case ARC_T_ID: return arci_v_int(1);
    default: break;
    }
    snprintf(text, 64, "%s", c->type == ARC_T_CODE && c->codes ? c->codes[0] : c->type == ARC_T_JSON ? "{}" : c->size == 3 ? "CNY" : "");
    if (!*text) snprintf(text, 64, "t%d", (int)id);
    return arci_v_text(text, strlen(text));
}

static int64_t make(world *w, uint16_t table, const edge *e, const int64_t *at, int n);

/* A row with what must be there and these references; 0: refused. */
static int64_t try_make(world *w, uint16_t table, const edge *e, const int64_t *at, int n)
{
    const arc_table *t = &w->schema->tables[table];
    uint16_t cols[MAX_COLS];
    arc_value row[MAX_COLS];
    char text[MAX_COLS][64];
    int64_t id = w->made[table] + 1;
    for (uint16_t i = 0; i < MAX_COLS; i++) cols[i] = i;
    memset(row, 0, sizeof row);
    for (uint16_t c = 0; c < t->n_cols; c++) {
        if (t->cols[c].flags & ARC_COL_REQUIRED) row[c] = some_value(&t->cols[c], id, text[c]);
    }
    row[0] = arci_v_int(w->book->id);
    for (uint16_t k = 0; k < t->n_fks; k++) {
        uint16_t col = t->fks[k].cols[1], to = t->fks[k].ref_table;
        if (row[col].type == ARC_V_NULL) continue;
        row[col] = arci_v_int(w->made[to] ? w->made[to] : make(w, to, NULL, NULL, 0));
    }
    row[t->key[1]] = arci_v_int(id);
    for (int i = 0; i < n; i++) {
        if (at[i]) row[e[i].col] = arci_v_int(at[i]);
    }
    if (put(w, table, ARC_WRITE_INSERT, cols, t->n_cols, row) != ARC_ROW_OK) return 0;
    return w->made[table] = id;
}

static int64_t make(world *w, uint16_t table, const edge *e, const int64_t *at, int n)
{
    int64_t id = try_make(w, table, e, at, n);
    if (!id) fail_msg("no row of %s could be made", w->schema->tables[table].name);
    return id;
}

static void point(world *w, edge e, int64_t row, int64_t at)
{
    arc_value values[3];
    values[0] = arci_v_int(w->book->id);
    values[1] = arci_v_int(row);
    values[2] = arci_v_int(at);
    if (put(w, e.from, ARC_WRITE_UPDATE, &e.col, 1, values) != ARC_ROW_OK) fail_msg("%s cannot be set", edge_name(w, e));
}

/* ---- the book -------------------------------------------------------------------------------------------------------- */

static void world_open(world *w, int backend)
{
    memset(w, 0, sizeof *w);
    test_book_open(&w->b, backend);
    assert_ok(arci_book_enter(w->b.book, &w->book));
    w->schema = &w->book->store->model->desc;
    find_edges(w);
    assert_ok(arci_be_begin(&w->book->env, w->book, ARC_TXN_WRITE, 0, &w->txn));
    w->made[arci_store_table(w->book->store, arci_entity_by_name("book", 4))->number] = 1;
}

static void written(world *w)
{
    assert_ok_err(w->book->env.err, arci_be_commit(&w->book->env, w->book, w->txn));
    assert_ok(arci_book_leave(w->book, ARC_OK));
}

typedef struct target {
    const char *uri;
    arci_book *book;
} target;

static arc_status copy_into(arci_txn *t, void *user)
{
    target *to = user;
    arc_copy_options o = ARC_COPY_OPTIONS_INIT;
    arc_status st = arci_book_connect(t->env, &to->book, to->uri, ARC_BOOK_CREATE);
    return st == ARC_OK ? arci_book_copy(t, to->book, &o) : st;
}

/* Row by row, also between stores that would do it in one piece and into those that are gone afterwards. */
static arc_status copy_to(arc_book *from, const char *uri, target *to, arc_error *e)
{
    arci_book *b;
    to->uri = uri;
    to->book = NULL;
    assert_ok(arci_book_enter(from, &b));
    arc_status st = arci_book_leave(b, arci_read_book(b, copy_into, to));
    (void)arc_book_error(from, e);
    return st;
}

static arc_book *copied(world *w, arc_book *from, const char *uri, const char *what)
{
    arc_error e = ARC_ERROR_INIT;
    target to;
    arc_status st = copy_to(from, uri, &to, &e);
    if (st != ARC_OK) fail_msg("%s to %s: %s %s, %s %lld %s", what, uri, arc_status_name(st), e.message, e.entity, (long long)e.id, e.field);
    arc_book *copy = sample_open(&w->b.t, uri, 0);
    arci_book_disconnect(to.book);
    sample_same(from, copy);
    return copy;
}

/* memory -> SQLite -> memory, or what the book lies in. */
static void copied_around(world *w, const char *what)
{
    char uri[700];
    snprintf(uri, sizeof uri, "sqlite:%s", test_path(&w->b.t, "copy.db"));
    arc_book *there = copied(w, w->b.book, uri, what), *back = copied(w, there, "memory:back", what);
    sample_same(w->b.book, back);
    arc_book_close(back);
    arc_book_close(there);
}

/* ---- each circle ----------------------------------------------------------------------------------------------------- */

/* The shortest way of references from a table back to another one. */
static int way(const world *w, uint16_t from, uint16_t to, edge *path)
{
    int before[MAX_TABLES], queue[MAX_TABLES], head = 0, tail = 0, n = 0;
    for (int i = 0; i < MAX_TABLES; i++) before[i] = -1;
    queue[tail++] = from;
    while (head < tail && (from == to || before[to] < 0)) {
        int at = queue[head++];
        for (int i = 0; i < w->n_edges; i++) {
            if (w->edges[i].from != at || before[w->edges[i].to] >= 0 || w->edges[i].to == from) continue;
            before[w->edges[i].to] = i;
            queue[tail++] = w->edges[i].to;
        }
    }
    for (uint16_t at = to; at != from; at = path[n++].from) path[n] = w->edges[before[at]];
    for (int i = 0; i < n / 2; i++) {
        edge swap = path[i];
        path[i] = path[n - 1 - i];
        path[n - 1 - i] = swap;
    }
    return n;
}

/* Rows one behind the other, each pointing at the one before; then the first at the last. */
static void close_circle(world *w, const edge *circle, int n)
{
    int64_t first = 0, row = 0;
    int last = n - 1;
    while (last >= 0 && !later(w, circle[last])) last--;
    if (last < 0) fail_msg("%s: no reference of this circle can be set later: it cannot be copied", edge_name(w, circle[0]));
    first = row = make(w, circle[last].from, NULL, NULL, 0);
    for (int i = 1; i < n; i++) {
        const edge *e = &circle[(last - i + n) % n];
        row = make(w, e->from, e, &row, 1);
    }
    point(w, circle[last], first, row);
}

/* In a table itself: a row at itself, and two at each other; rows that are never changed can only look back. */
static void close_loop(world *w, edge e)
{
    int64_t self = w->made[e.from] + 1;
    (void)make(w, e.from, &e, &self, 1);
    int64_t one = make(w, e.from, NULL, NULL, 0), two = make(w, e.from, &e, &one, 1);
    if (later(w, e)) point(w, e, one, two);
}

static void close_edge(world *w, edge e)
{
    edge circle[MAX_TABLES];
    int n;
    if (e.from == e.to) {
        close_loop(w, e);
        return;
    }
    circle[0] = e;
    n = 1 + way(w, e.to, e.from, circle + 1);
    close_circle(w, circle, n);
}

static void each_circle(void **state)
{
    int n = 1;
    (void)state;
    for (int i = 0; i < n; i++) {
        world w;
        world_open(&w, 0);
        n = w.n_edges;
        print_message("%s\n", edge_name(&w, w.edges[i]));
        close_edge(&w, w.edges[i]);
        written(&w);
        copied_around(&w, edge_name(&w, w.edges[i]));
        test_book_close(&w.b);
    }
    assert_true(n >= 20);
}

/* ---- all at once ------------------------------------------------------------------------------------------------------ */

static int64_t some_row(const world *w, uint16_t table, uint64_t *seed)
{
    uint64_t n = (uint64_t)w->made[table];
    return n && test_random(seed) % 4 ? (int64_t)(test_random(seed) % n) + 1 : 0;
}

static int edges_of(const world *w, uint16_t table, edge *out)
{
    int n = 0;
    for (int i = 0; i < w->n_edges; i++) {
        if (w->edges[i].from == table) out[n++] = w->edges[i];
    }
    return n;
}

/* Rows of all tables that lie on circles, pointing anywhere: at rows before them, at themselves and, where rows may be changed, at any. */
static void tangle(world *w, uint64_t *seed, int rows)
{
    edge e[16];
    for (int r = 0; r < rows; r++) {
        uint16_t table = w->edges[test_random(seed) % (uint64_t)w->n_edges].from;
        int64_t at[16];
        int n = edges_of(w, table, e);
        for (int i = 0; i < n; i++) at[i] = some_row(w, e[i].to, seed);
        if (!try_make(w, table, e, at, n)) (void)make(w, table, NULL, NULL, 0); /* another row has reversed that one */
    }
    for (int i = 0; i < w->n_edges; i++) {
        int64_t set = 0;
        if (!later(w, w->edges[i])) continue;
        for (int64_t row = 1; row <= w->made[w->edges[i].from]; row++) {
            int64_t at = some_row(w, w->edges[i].to, seed);
            if (at) point(w, w->edges[i], row, at);
            set += at != 0;
        }
        if (!set) fail_msg("%s was never set", edge_name(w, w->edges[i]));
    }
}

static void tangled(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 6; round++) {
        world w;
        uint64_t seed = round * 77;
        world_open(&w, round % 2 ? 0 : 1);
        tangle(&w, &seed, 500);
        written(&w);
        copied_around(&w, "a tangle");
        test_book_close(&w.b);
    }
}

/* More rows than go into a call. */
static void many(void **state)
{
    world w;
    uint64_t seed = 5;
    (void)state;
    world_open(&w, 0);
    tangle(&w, &seed, 30000);
    written(&w);
    copied_around(&w, "many");
    test_book_close(&w.b);
}

static void to_postgresql(void **state)
{
    (void)state;
#ifdef ARCORE_HAVE_POSTGRESQL
    world w;
    pg_server server;
    uint64_t seed = 9;
    char uri[700];
    if (!pg_start(&server, "-c fsync=off")) skip();
    assert_int_equal(pg_run(&server, "postgres", "CREATE DATABASE copies"), 0);
    world_open(&w, 1);
    assert_ok(test_postgresql_register(w.b.t.ctx));
    tangle(&w, &seed, 3000);
    written(&w);
    snprintf(uri, sizeof uri, "postgresql://postgres@%s/copies?durability=server", server.socket);
    arc_book *there = copied(&w, w.b.book, uri, "a tangle");
    arc_book *back = copied(&w, there, "memory:back", "a tangle");
    sample_same(w.b.book, back);
    arc_book_close(back);
    arc_book_close(there);
    test_book_close(&w.b);
    pg_stop(&server);
#else
    fprintf(stderr, "SKIPPED: built without libpq, copies were not tested on PostgreSQL\n");
    skip();
#endif
}

/* ---- refusals -------------------------------------------------------------------------------------------------------- */

static edge edge_named(const world *w, const char *name)
{
    for (int i = 0; i < w->n_edges; i++) {
        if (strncmp(edge_name(w, w->edges[i]), name, strlen(name)) == 0) return w->edges[i];
    }
    fail_msg("no reference %s lies on a circle", name);
    return w->edges[0];
}

/* A row that points at nothing is named with its field: set at once, set at the end, and where others wait for it. */
static void dangling(void **state)
{
    static const struct {
        const char *edge, *entity, *field;
    } cases[] = { { "item.milestone", "item", "milestone" }, { "milestone.item", "milestone", "item" }, { "org_unit.head", "org_unit", "head" },
                  { "user_account.team", "user_account", "team" }, { "item.origin", "item", "origin" }, { "allocation.reverses", "allocation", "reverses" } };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world w;
        arc_error e = ARC_ERROR_INIT;
        target to;
        char uri[700];
        int64_t nowhere = 999, id;
        world_open(&w, 4); /* a store that looks at no references */
        edge bad = edge_named(&w, cases[i].edge);
        (void)make(&w, bad.from, NULL, NULL, 0);
        id = make(&w, bad.from, &bad, &nowhere, 1);
        if (bad.from == bad.to) (void)make(&w, bad.from, &bad, &id, 1);
        written(&w);
        snprintf(uri, sizeof uri, "sqlite:%s", test_path(&w.b.t, "copy.db"));
        assert_status(ARC_E_REFERENCE, copy_to(w.b.book, uri, &to, &e));
        assert_string_equal(e.entity, cases[i].entity);
        assert_string_equal(e.field, cases[i].field);
        assert_int_equal(e.id, id);
        assert_non_null(strstr(e.message, "cannot be copied"));
        arci_book_disconnect(to.book);
        test_book_close(&w.b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_circle), cmocka_unit_test(tangled),  cmocka_unit_test(many),
        cmocka_unit_test(to_postgresql), cmocka_unit_test(dangling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
