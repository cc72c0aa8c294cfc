/* SPDX-License-Identifier: Apache-2.0 */
/* Whose a customer is changes while others look: by a session of the same book, by a clone, by another process. What was known of owners
 * before is never answered again, in whatever way one asks. Rights that are taken away are gone in the same moment in one process, and for
 * whatever writes in all of them. */
#include <stdlib.h>
#include <unistd.h>

#include "api/people.h"
#include "support/procs.h"

enum { CUSTOMERS = 3, SELLERS = 2, BY_SESSION = 0, BY_CLONE, BY_PROCESS, WAYS };

static int backends = TEST_BACKENDS; /* one more where there is a PostgreSQL server */

typedef struct stage {
    people p;
    int backend;
    arc_book *clone;
    arc_session *far; /* the host's, on the clone */
    arc_session *sellers[SELLERS];
    int64_t users[SELLERS], grants[SELLERS];
    int64_t customers[CUSTOMERS], contacts[CUSTOMERS], invoices[CUSTOMERS];
    int64_t owners[CUSTOMERS]; /* 0: nobody */
} stage;

static const char NOW[] = "{\"code\":\"now\",\"name\":\"n\",\"rows\":\"own\",\"owner_at\":\"now\",\"verbs\":[\"*.*\"]}";

static arc_session *host_of(arc_book *book)
{
    arc_session *s;
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    o.business_date = PEOPLE_DAY;
    assert_ok(arc_session_open(book, &s, &o));
    return s;
}

static void open_stage(stage *g, int backend)
{
    static const char *const codes[] = { "ann", "bob" };
    char json[300];
    memset(g, 0, sizeof *g);
    g->backend = backend;
    people_open(&g->p, backend);
    arc_session *s = g->p.b.session;
    assert_session(&g->p.b, arc_session_set_business_date(s, PEOPLE_DAY));
    assert_session(&g->p.b, arc_role_define(s, NULL, NOW, SIZE_MAX));
    for (int i = 0; i < CUSTOMERS; i++) {
        arc_record *r;
        snprintf(json, sizeof json, "{\"code\":\"C%d\",\"legal_name\":\"N%d\"}", i, i);
        g->customers[i] = sample_insert(s, ARC_CUSTOMER, json);
        snprintf(json, sizeof json, "{\"customer\":%d,\"name\":\"P%d\"}", (int)g->customers[i], i);
        g->contacts[i] = sample_insert(s, ARC_CONTACT, json);
        snprintf(json, sizeof json, "{\"number\":\"I%d\",\"customer\":%d,\"invoice_date\":\"2026-01-05\",\"due_date\":\"2026-02-05\",\"currency\":\"CNY\",\"gross_amount\":\"%d.00\"}", i,
                 (int)g->customers[i], 1 << i);
        assert_ok(arc_record_new(s, &r, ARC_INVOICE));
        assert_ok(arc_record_set_json(r, json, SIZE_MAX));
        assert_session(&g->p.b, arc_invoice_record(s, &g->invoices[i], r));
        arc_record_free(r);
    }
    (void)people_grant(&g->p, "adm", "admin");
    for (int i = 0; i < SELLERS; i++) {
        g->users[i] = people_user(&g->p, codes[i]);
        g->grants[i] = people_grant(&g->p, codes[i], "now");
    }
    people_start(&g->p);
    for (int i = 0; i < SELLERS; i++) g->sellers[i] = people_session(g->p.b.book, codes[i]);
    assert_ok(arc_book_clone(g->p.b.book, &g->clone));
    g->far = host_of(g->clone);
}

static void close_stage(stage *g)
{
    arc_book_close(g->clone);
    people_close(&g->p);
}

static arc_status give_to(arc_session *s, int64_t customer, int64_t user)
{
    arc_record *r;
    arc_status st = arc_session_get(s, &r, ARC_CUSTOMER, customer);
    if (st != ARC_OK) return st;
    st = user ? arc_record_set_int(r, ARC_CUSTOMER_OWNER, user) : arc_record_set_null(r, ARC_CUSTOMER_OWNER);
    if (st == ARC_OK) st = arc_session_update(s, r);
    arc_record_free(r);
    return st;
}

/* ---- another process ------------------------------------------------------------------------------------------------------- */

typedef struct errand {
    const stage *g;
    int64_t customer, user, revoke;
} errand;

static int64_t a_time(void *user)
{
    (void)user;
    return INT64_C(1771200000000000);
}

/* In a child: a context, a book and a session of its own. */
static int run_errand(void *arg, int worker, int fd)
{
    const errand *e = arg;
    arc_context *ctx;
    arc_book *book;
    arc_session *s;
    arc_backend_ops ops;
    arc_shim shim;
    arc_context_options co = ARC_CONTEXT_OPTIONS_INIT;
    (void)worker;
    (void)fd;
    co.clock = a_time;
    arc_status st = arc_context_new(&ctx, &co);
    if (st == ARC_OK && e->g->backend == TEST_POSTGRESQL) st = test_postgresql_register(ctx);
    if (st == ARC_OK && e->g->backend == 3) {
        st = arc_shim_init(&ops, &shim, e->g->p.b.shim.inner, ARC_SHIM_NOPUSHDOWN);
        if (st == ARC_OK) st = arc_backend_register(ctx, &ops);
    }
    if (st == ARC_OK) st = arc_book_open(ctx, &book, e->g->p.b.uri, NULL);
    if (st == ARC_OK) st = arc_session_open(book, &s, NULL);
    if (st == ARC_OK && e->customer) st = give_to(s, e->customer, e->user);
    if (st == ARC_OK && e->revoke) st = arc_role_revoke(s, NULL, e->revoke, "left");
    arc_context_free(ctx);
    return st == ARC_OK ? 0 : 1;
}

static void send_out(const stage *g, int64_t customer, int64_t user, int64_t revoke)
{
    errand e = { g, customer, user, revoke };
    int fd, pid = proc_start(run_errand, &e, 0, &fd);
    assert_int_equal(proc_wait(pid), 0);
    close(fd);
}

static int has_processes(const stage *g)
{
    return g->backend == 1 || g->backend == 3 || g->backend == TEST_POSTGRESQL;
}

static void move(stage *g, int customer, int64_t user, int way)
{
    if (way == BY_PROCESS) send_out(g, g->customers[customer], user, 0);
    else assert_ok(give_to(way == BY_SESSION ? g->p.b.session : g->far, g->customers[customer], user));
    g->owners[customer] = user;
}

/* ---- looking --------------------------------------------------------------------------------------------------------------- */

static void is_there(arc_session *s, uint32_t entity, int64_t id, int mine)
{
    arc_record *r;
    assert_int_equal(arc_session_get(s, &r, entity, id), mine ? ARC_OK : ARC_E_NOT_FOUND);
    arc_record_free(r);
}

static int64_t count_rows(arc_session *s, uint32_t entity)
{
    arc_query *q;
    arc_cursor *c;
    int64_t n = 0;
    assert_ok(arc_query_new(s, &q, entity));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) n++;
    arc_cursor_free(c);
    arc_query_free(q);
    return n;
}

static void by_number(arc_session *s, int k, int mine)
{
    arc_query *q;
    arc_cursor *c;
    char number[8];
    snprintf(number, sizeof number, "I%d", k);
    assert_ok(arc_query_new(s, &q, ARC_INVOICE));
    assert_ok(arc_query_where_text(q, ARC_INVOICE_NUMBER, ARC_EQ, number, SIZE_MAX));
    assert_ok(arc_query_limit(q, 1));
    assert_ok(arc_query_run(q, &c));
    assert_int_equal(arc_cursor_next(c), mine ? ARC_OK : ARC_DONE);
    arc_cursor_free(c);
    arc_field_id id = ARC_INVOICE_ID;
    assert_ok(arc_query_select(q, &id, 1)); /* the owner is not among what is asked for */
    assert_ok(arc_query_run(q, &c));
    assert_int_equal(arc_cursor_next(c), mine ? ARC_OK : ARC_DONE);
    arc_cursor_free(c);
    arc_query_free(q);
}

static int64_t aged(arc_session *s)
{
    arc_aging *a;
    arc_aging_row row = ARC_AGING_ROW_INIT;
    assert_ok(arc_aging_compute(s, &a, NULL));
    if (arc_aging_total(a, &row, "CNY") != ARC_OK) row.total = 0;
    arc_aging_free(a);
    return row.total;
}

static int64_t summed(arc_session *s)
{
    arc_query *q;
    arc_cursor *c;
    int64_t sum = 0;
    assert_ok(arc_query_new(s, &q, ARC_ITEM_STATE));
    assert_ok(arc_query_group(q, ARC_ITEM_STATE_CURRENCY));
    assert_ok(arc_query_measure(q, ARC_SUM, ARC_ITEM_STATE_OPEN));
    assert_ok(arc_query_run(q, &c));
    if (arc_cursor_next(c) == ARC_OK) assert_ok(arc_cursor_get_int(c, &sum, 1));
    arc_cursor_free(c);
    arc_query_free(q);
    return sum;
}

/* Every way of asking answers by who owns the customers. */
static void look_around(const stage *g, int seller, const int64_t *owners)
{
    arc_session *s = g->sellers[seller];
    int64_t sum = 0, n = 0;
    for (int k = 0; k < CUSTOMERS; k++) {
        int mine = owners[k] == g->users[seller];
        is_there(s, ARC_INVOICE, g->invoices[k], mine);
        is_there(s, ARC_CONTACT, g->contacts[k], mine);
        is_there(s, ARC_CUSTOMER, g->customers[k], mine);
        by_number(s, k, mine);
        sum += mine ? 100 << k : 0;
        n += mine;
    }
    assert_int_equal(count_rows(s, ARC_CONTACT), n);
    assert_int_equal(count_rows(s, ARC_INVOICE), n);
    assert_int_equal(summed(s), sum);
    assert_int_equal(aged(s), sum);
}

static void all_look(const stage *g)
{
    for (int i = 0; i < SELLERS; i++) look_around(g, i, g->owners);
}

/* ---- tests ----------------------------------------------------------------------------------------------------------------- */

/* Random hands, random ways; in between something else is committed that changes nobody's customers. */
static void owners_change(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        stage g;
        uint32_t draw = 7;
        open_stage(&g, backend);
        all_look(&g);
        for (int i = 0; i < 24; i++) {
            draw = draw * 1664525u + 1013904223u;
            int way = (int)(draw >> 28) % WAYS, k = (int)(draw >> 20) % CUSTOMERS, who = (int)(draw >> 12) % (SELLERS + 1);
            if (way == BY_PROCESS && !has_processes(&g)) way = BY_CLONE;
            move(&g, k, who < SELLERS ? g.users[who] : 0, way);
            all_look(&g);
            char json[80];
            snprintf(json, sizeof json, "{\"code\":\"u%d\",\"name\":\"u\",\"kind\":\"team\"}", i);
            (void)sample_insert(draw & 0x100 ? g.far : g.p.b.session, ARC_ORG_UNIT, json);
            all_look(&g);
        }
        close_stage(&g);
    }
}

/* Inside a READ transaction nothing changes; behind it, it has. */
static void a_snapshot_stays(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        stage g;
        int64_t before[CUSTOMERS];
        arc_txn *t;
        open_stage(&g, backend);
        move(&g, 0, g.users[0], BY_SESSION);
        move(&g, 1, g.users[1], BY_SESSION);
        assert_ok(arc_session_begin(g.sellers[0], &t, ARC_READ));
        look_around(&g, 0, g.owners);
        memcpy(before, g.owners, sizeof before);
        move(&g, 0, g.users[1], BY_CLONE);
        move(&g, 1, g.users[0], BY_CLONE);
        look_around(&g, 0, before);
        arc_txn_rollback(t);
        all_look(&g);
        close_stage(&g);
    }
}

/* What a WRITE transaction has changed holds in it, and nowhere once it is undone. */
static void what_is_undone_was_not(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        stage g;
        arc_txn *t;
        int64_t within[CUSTOMERS];
        open_stage(&g, backend);
        move(&g, 0, g.users[0], BY_SESSION);
        move(&g, 1, g.users[0], BY_SESSION);
        all_look(&g);
        assert_ok(arc_session_begin(g.sellers[0], &t, ARC_WRITE));
        assert_ok(give_to(g.sellers[0], g.customers[0], g.users[1]));
        memcpy(within, g.owners, sizeof within);
        within[0] = g.users[1];
        look_around(&g, 0, within);
        arc_txn_rollback(t);
        all_look(&g);
        assert_ok(arc_session_begin(g.sellers[0], &t, ARC_WRITE));
        assert_ok(give_to(g.sellers[0], g.customers[0], g.users[1]));
        assert_ok(arc_txn_commit(t));
        g.owners[0] = g.users[1];
        all_look(&g);
        close_stage(&g);
    }
}

static arc_status read_one(const stage *g)
{
    arc_record *r;
    arc_status st = arc_session_get(g->sellers[0], &r, ARC_INVOICE, g->invoices[0]);
    arc_record_free(r);
    return st;
}

static arc_status write_one(const stage *g)
{
    arc_record *r;
    assert_ok(arc_record_new(g->sellers[0], &r, ARC_CONTACT));
    assert_ok(arc_record_set_int(r, ARC_CONTACT_CUSTOMER, g->customers[0]));
    assert_ok(arc_record_set_text(r, ARC_CONTACT_NAME, "X", SIZE_MAX));
    arc_status st = arc_session_insert(g->sellers[0], NULL, r);
    arc_record_free(r);
    return st;
}

/* A role is taken away while its holder works. */
static void rights_are_taken_away(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        for (int way = 0; way < WAYS; way++) {
            for (int writes = 0; writes < 2; writes++) {
                stage g;
                int reads = 0;
                open_stage(&g, backend);
                if (way == BY_PROCESS && !has_processes(&g)) {
                    close_stage(&g);
                    continue;
                }
                move(&g, 0, g.users[0], BY_SESSION);
                for (int i = 0; i < 5; i++) assert_ok(read_one(&g));
                if (way == BY_PROCESS) send_out(&g, 0, 0, g.grants[0]);
                else assert_ok(arc_role_revoke(way == BY_SESSION ? g.p.b.session : g.far, NULL, g.grants[0], "left"));
                if (writes) assert_int_equal(write_one(&g), ARC_E_FORBIDDEN); /* whoever took it, wherever */
                else while (way == BY_PROCESS && read_one(&g) == ARC_OK) assert_true(++reads <= 33);
                assert_int_equal(read_one(&g), ARC_E_FORBIDDEN);
                close_stage(&g);
            }
        }
    }
}

/* While a snapshot is read, rights are those of the snapshot; once it is let go they are gone. */
static void taken_away_behind_a_snapshot(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        stage g;
        arc_txn *t;
        open_stage(&g, backend);
        move(&g, 0, g.users[0], BY_SESSION);
        assert_ok(arc_session_begin(g.sellers[0], &t, ARC_READ));
        assert_ok(read_one(&g));
        assert_ok(arc_role_revoke(g.far, NULL, g.grants[0], "left"));
        for (int i = 0; i < 3; i++) assert_ok(read_one(&g));
        arc_txn_rollback(t);
        assert_int_equal(read_one(&g), ARC_E_FORBIDDEN);
        close_stage(&g);
    }
}

/* A cursor that has yet to look whose its row is outlives the rights it was opened with. */
static void cursors_keep_their_rights(void **state)
{
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        for (int mine = 0; mine < 2; mine++) {
            stage g;
            arc_query *q;
            arc_cursor *c;
            open_stage(&g, backend);
            move(&g, 0, g.users[0], BY_SESSION);
            assert_ok(arc_query_new(g.sellers[0], &q, ARC_INVOICE));
            assert_ok(arc_query_where_text(q, ARC_INVOICE_NUMBER, ARC_EQ, mine ? "I0" : "I1", SIZE_MAX));
            assert_ok(arc_query_run(q, &c));
            for (int day = 1; day < 12; day++) { /* more than the book keeps of late */
                assert_ok(arc_session_set_business_date(g.sellers[0], PEOPLE_DAY + day));
                assert_ok(read_one(&g));
            }
            assert_int_equal(arc_cursor_next(c), mine ? ARC_OK : ARC_DONE);
            arc_cursor_free(c);
            arc_query_free(q);
            close_stage(&g);
        }
    }
}

/* More customers than are kept in mind at first. */
static void many_customers(void **state)
{
    enum { MANY = 700 };
    (void)state;
    for (int backend = 0; backend < 2; backend++) {
        arc_record *r[MANY];
        int64_t ids[MANY], contacts[MANY];
        stage g;
        open_stage(&g, backend);
        for (int k = 0; k < 2; k++) {
            uint32_t entity = k ? ARC_CONTACT : ARC_CUSTOMER;
            for (int i = 0; i < MANY; i++) {
                char text[16];
                snprintf(text, sizeof text, "M%04d", i);
                assert_ok(arc_record_new(g.p.b.session, &r[i], entity));
                assert_ok(arc_record_set_text(r[i], k ? ARC_CONTACT_NAME : ARC_CUSTOMER_CODE, text, SIZE_MAX));
                if (k) assert_ok(arc_record_set_int(r[i], ARC_CONTACT_CUSTOMER, ids[i]));
                else assert_ok(arc_record_set_text(r[i], ARC_CUSTOMER_LEGAL_NAME, text, SIZE_MAX));
                if (!k && i % 3 < 2) assert_ok(arc_record_set_int(r[i], ARC_CUSTOMER_OWNER, g.users[i % 3]));
            }
            assert_session(&g.p.b, arc_session_insert_many(g.p.b.session, k ? contacts : ids, NULL, r, MANY, ARC_ALL_OR_NONE));
            for (int i = 0; i < MANY; i++) arc_record_free(r[i]);
        }
        for (int i = 0; i < 3 * MANY; i++) {
            int k = i * 7 % MANY;
            is_there(g.sellers[i % 2], ARC_CONTACT, contacts[k], k % 3 == i % 2);
        }
        assert_ok(give_to(g.far, ids[0], g.users[1]));
        is_there(g.sellers[0], ARC_CONTACT, contacts[0], 0);
        is_there(g.sellers[1], ARC_CONTACT, contacts[0], 1);
        close_stage(&g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(owners_change),         cmocka_unit_test(a_snapshot_stays),
        cmocka_unit_test(what_is_undone_was_not), cmocka_unit_test(rights_are_taken_away),
        cmocka_unit_test(taken_away_behind_a_snapshot), cmocka_unit_test(cursors_keep_their_rights),
        cmocka_unit_test(many_customers),
    };
    backends += test_postgresql_start();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_postgresql_stop();
    return failed;
}
