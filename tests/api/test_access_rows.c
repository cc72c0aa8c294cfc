/* SPDX-License-Identifier: Apache-2.0 */
/* Row scope: several people look at one book, and what each sees is what a plain model says: rows, counts, sums, groups, pages, agings.
 * Nothing else leaks: a row one may not see is answered as if it were not there. */
#include <stdlib.h>

#include "api/people.h"

enum { CUSTOMERS = 24, INVOICES = 90, SEERS = 9 };

#define DOCUMENT_ROLE(code, rows) "{\"code\":\"" code "\",\"name\":\"n\",\"rows\":\"" rows "\",\"verbs\":[\"*.*\"]}"
static const char *const by_document[] = { DOCUMENT_ROLE("doc_own", "own"), DOCUMENT_ROLE("doc_subtree", "subtree"), DOCUMENT_ROLE("doc_region", "region"),
                                           DOCUMENT_ROLE("doc_team", "team") };

/* Who looks, by which role, and which rows of owner, team, region are his. */
typedef struct seer {
    const char *user, *role;
    int all, owner;      /* index of the user, -1: by team or region */
    int64_t teams[3], regions[3];
    int now; /* whose the customer is today decides */
} seer;

static const seer seers[SEERS] = {
    { "ann", "doc_own", 0, 3, { 0 }, { 0 }, 0 },
    { "bob", "doc_own", 0, 4, { 0 }, { 0 }, 0 },
    { "cat", "doc_own", 0, 5, { 0 }, { 0 }, 0 },
    { "dan", "doc_subtree", 0, -1, { 5 }, { 0 }, 0 },  /* team s1 */
    { "eve", "doc_region", 0, -1, { 0 }, { 2 }, 0 },   /* region south */
    { "cash", "doc_team", 0, -1, { 3 }, { 0 }, 0 },    /* team n1, by the unit of the grant */
    { "clerk", "ar_clerk", 1, -1, { 0 }, { 0 }, 0 },
    { "root", "sales_manager", 0, -1, { 3, 4 }, { 0 }, 1 }, /* team n1 and n2 below it, by the unit of the grant */
    { "nogrant", "sales", 0, 8, { 0 }, { 0 }, 1 },
};

static int backends = TEST_BACKENDS; /* one more where there is a PostgreSQL server */

typedef struct thing {
    int64_t id, customer, amount, owner, team, region;
} thing;

typedef struct world {
    people p;
    thing customers[CUSTOMERS], invoices[INVOICES];
    arc_session *sessions[SEERS];
} world;

static int sees(const world *w, const seer *s, const thing *t)
{
    if (s->all) return 1;
    if (s->now && t->customer) t = &w->customers[t->customer - w->customers[0].id];
    if (s->owner >= 0) return t->owner == w->p.users[s->owner];
    for (int i = 0; i < 3; i++) {
        if (s->teams[i] && s->teams[i] == t->team) return 1;
        if (s->regions[i] && s->regions[i] == t->region) return 1;
    }
    return 0;
}

static void own(world *w, thing *t, int k)
{
    static const int owners[] = { 3, 4, 5, 6, 7, 8 }, teams[] = { 3, 3, 4, 5, 5, 5 }, regions[] = { 1, 1, 1, 2, 2, 2 };
    t->owner = w->p.users[owners[k % 6]];
    t->team = teams[k % 6];
    t->region = regions[k % 6];
}

static void make_world(world *w, int backend)
{
    arc_record *r;
    char json[300];
    memset(w, 0, sizeof *w);
    people_open(&w->p, backend);
    arc_session *s = w->p.b.session;
    assert_session(&w->p.b, arc_session_set_business_date(s, PEOPLE_DAY));
    for (int i = 0; i < CUSTOMERS; i++) {
        thing *c = &w->customers[i];
        own(w, c, i);
        if (i % 8 == 7) c->owner = c->team = c->region = 0; /* nobody's */
        snprintf(json, sizeof json, "{\"code\":\"C%02d\",\"legal_name\":\"N%02d\"%s", i, i, c->owner ? "" : "}");
        if (c->owner) {
            snprintf(json + strlen(json), sizeof json - strlen(json), ",\"owner\":%d,\"team\":%d,\"region\":%d}", (int)c->owner, (int)c->team, (int)c->region);
        }
        c->id = sample_insert(s, ARC_CUSTOMER, json);
        snprintf(json, sizeof json, "{\"customer\":%d,\"name\":\"P%02d\"}", (int)c->id, i);
        (void)sample_insert(s, ARC_CONTACT, json);
    }
    for (int i = 0; i < INVOICES; i++) {
        thing *v = &w->invoices[i];
        thing *c = &w->customers[(i * 7) % CUSTOMERS];
        if (i == INVOICES / 2) { /* the first customer changes hands: documents stay with whom they were made by */
            assert_ok(arc_session_get(s, &r, ARC_CUSTOMER, w->customers[0].id));
            own(w, &w->customers[0], 3);
            assert_ok(arc_record_set_int(r, ARC_CUSTOMER_OWNER, w->customers[0].owner));
            assert_ok(arc_record_set_int(r, ARC_CUSTOMER_TEAM, w->customers[0].team));
            assert_ok(arc_record_set_int(r, ARC_CUSTOMER_REGION, w->customers[0].region));
            assert_session(&w->p.b, arc_session_update(s, r));
            arc_record_free(r);
        }
        *v = *c;
        v->customer = c->id;
        v->amount = 100 * (i + 1);
        snprintf(json, sizeof json, "{\"number\":\"I%03d\",\"customer\":%d,\"invoice_date\":\"2026-01-%02d\",\"due_date\":\"2026-02-%02d\",\"currency\":\"CNY\",\"gross_amount\":\"%d.00\"}",
                 i, (int)c->id, i % 28 + 1, i % 28 + 1, i + 1);
        assert_ok(arc_record_new(s, &r, ARC_INVOICE));
        assert_ok(arc_record_set_json(r, json, SIZE_MAX));
        assert_session(&w->p.b, arc_invoice_record(s, &v->id, r));
        arc_record_free(r);
    }
    for (int i = 0; i < SEERS; i++) {
        arc_grant g = ARC_GRANT_INIT;
        for (int k = 0; !i && k < 4; k++) assert_session(&w->p.b, arc_role_define(s, NULL, by_document[k], SIZE_MAX));
        g.user = people_user(&w->p, seers[i].user);
        g.role = people_role(&w->p, seers[i].role);
        if (!strcmp(seers[i].user, "cash") || !strcmp(seers[i].user, "root")) g.org_unit = 3;
        assert_session(&w->p.b, arc_role_grant(s, NULL, &g));
    }
    (void)people_grant(&w->p, "adm", "admin");
    people_start(&w->p);
    for (int i = 0; i < SEERS; i++) w->sessions[i] = people_session(w->p.b.book, seers[i].user);
}

static void end_world(world *w)
{
    for (int i = 0; i < SEERS; i++) arc_session_close(w->sessions[i]);
    people_close(&w->p);
}

static arc_query *query(arc_session *s, uint32_t entity)
{
    arc_query *q;
    assert_ok(arc_query_new(s, &q, entity));
    return q;
}

static void query_ok(arc_query *q, arc_status st)
{
    arc_error e = ARC_ERROR_INIT;
    if (st == ARC_OK) return;
    (void)arc_query_error(q, &e);
    fail_msg("%s: %s", arc_status_name(st), e.message);
}

/* Count and sum of a money column, over all pages and by measures. */
static void count_and_sum(arc_session *s, uint32_t entity, arc_field_id amount, int64_t *count, int64_t *sum)
{
    arc_query *q = query(s, entity);
    arc_cursor *c;
    int64_t n = 0, total = 0;
    arc_field_id currency = (amount & 0xffff0000u) | (entity == ARC_INVOICE ? ARC_INVOICE_CURRENCY & 0xffffu : ARC_ITEM_STATE_CURRENCY & 0xffffu);
    query_ok(q, arc_query_group(q, currency));
    query_ok(q, arc_query_measure(q, ARC_COUNT, 0));
    query_ok(q, arc_query_measure(q, ARC_SUM, amount));
    query_ok(q, arc_query_run(q, &c));
    *count = *sum = 0;
    if (arc_cursor_next(c) == ARC_OK) {
        assert_ok(arc_cursor_get_int(c, count, 1));
        assert_ok(arc_cursor_get_int(c, sum, 2));
    }
    arc_cursor_free(c);
    arc_query_free(q);
    q = query(s, entity);
    query_ok(q, arc_query_select(q, &amount, 1));
    query_ok(q, arc_query_order(q, amount, 1));
    char token[400] = "";
    for (int more = 1; more;) { /* pages of seven */
        size_t len = sizeof token;
        query_ok(q, arc_query_limit(q, 7));
        query_ok(q, arc_query_after(q, token[0] ? token : NULL));
        query_ok(q, arc_query_run(q, &c));
        more = 0;
        while (arc_cursor_next(c) == ARC_OK) {
            int64_t v;
            assert_ok(arc_cursor_get_int(c, &v, 0));
            n++;
            total += v;
            len = sizeof token;
            assert_ok(arc_cursor_token(c, token, &len));
            more = 1;
        }
        arc_cursor_free(c);
    }
    arc_query_free(q);
    assert_int_equal(n, *count);
    assert_int_equal(total, *sum);
}

static void each_sees_his_own(void **state)
{
    world w;
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        make_world(&w, backend);
        for (int i = 0; i < SEERS; i++) {
            int64_t count, sum, want = 0, total = 0, open_count, open_sum;
            for (int k = 0; k < INVOICES; k++) {
                if (!sees(&w, &seers[i], &w.invoices[k])) continue;
                want++;
                total += w.invoices[k].amount;
            }
            assert_true(want > 0 && (seers[i].all || want < INVOICES));
            count_and_sum(w.sessions[i], ARC_INVOICE, ARC_INVOICE_GROSS_AMOUNT, &count, &sum);
            assert_int_equal(count, want);
            assert_int_equal(sum, total);
            count_and_sum(w.sessions[i], ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN, &open_count, &open_sum);
            assert_int_equal(open_count, want);
            assert_int_equal(open_sum, total);
        }
        end_world(&w);
    }
}

/* The aging of somebody with a few rows is that of his rows, and parts add up to the whole. */
static void agings_add_up(void **state)
{
    world w;
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        int64_t parts = 0, whole = 0, mine;
        make_world(&w, backend);
        for (int i = 0; i < SEERS; i++) {
            arc_aging *a;
            arc_aging_row row = ARC_AGING_ROW_INIT;
            assert_ok(arc_aging_compute(w.sessions[i], &a, NULL));
            assert_ok(arc_aging_total(a, &row, "CNY"));
            mine = 0;
            for (int k = 0; k < INVOICES; k++) mine += sees(&w, &seers[i], &w.invoices[k]) ? w.invoices[k].amount : 0;
            assert_int_equal(row.total, mine);
            if (seers[i].all) whole = row.total;
            if (i < 3 || i == 3) parts += row.total; /* ann, bob, cat and dan's team */
            arc_aging_free(a);
        }
        for (int k = 0; k < INVOICES; k++) parts += w.invoices[k].owner ? 0 : w.invoices[k].amount;
        assert_int_equal(parts, whole);
        end_world(&w);
    }
}

/* By id and by query, a row of others and a row that is not there are the same. */
static void foreign_rows_are_not_there(void **state)
{
    world w;
    arc_record *r;
    (void)state;
    make_world(&w, 0);
    for (int i = 0; i < SEERS; i++) {
        for (int k = 0; k < CUSTOMERS; k++) {
            arc_error e = ARC_ERROR_INIT, none = ARC_ERROR_INIT;
            arc_status st = arc_session_get(w.sessions[i], &r, ARC_CUSTOMER, w.customers[k].id);
            if (sees(&w, &seers[i], &w.customers[k])) {
                assert_ok(st);
                arc_record_free(r);
                continue;
            }
            assert_int_equal(st, ARC_E_NOT_FOUND);
            assert_ok(arc_session_error(w.sessions[i], &e));
            assert_int_equal(arc_session_get(w.sessions[i], &r, ARC_CUSTOMER, 99999), ARC_E_NOT_FOUND);
            assert_ok(arc_session_error(w.sessions[i], &none));
            assert_string_equal(e.message, none.message);
            assert_string_equal(e.message_zh, none.message_zh);
            assert_string_equal(e.entity, none.entity);
            assert_string_equal(e.field, none.field);
        }
    }
    end_world(&w);
}

/* Contacts have no owner: the customer's decides. */
static void rows_below_follow_the_row_above(void **state)
{
    world w;
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        make_world(&w, backend);
        for (int i = 0; i < SEERS; i++) {
            arc_query *q = query(w.sessions[i], ARC_CONTACT);
            arc_cursor *c;
            arc_record *r;
            int64_t n = 0, want = 0;
            query_ok(q, arc_query_run(q, &c));
            while (arc_cursor_next(c) == ARC_OK) n++;
            arc_cursor_free(c);
            arc_query_free(q);
            for (int k = 0; k < CUSTOMERS; k++) {
                int mine = sees(&w, &seers[i], &w.customers[k]);
                want += mine;
                arc_status st = arc_session_get(w.sessions[i], &r, ARC_CONTACT, k + 1);
                assert_int_equal(st, mine ? ARC_OK : ARC_E_NOT_FOUND);
                if (mine) arc_record_free(r);
            }
            assert_int_equal(n, want);
        }
        end_world(&w);
    }
}

/* By its number, a row is found by whom it belongs to, and is not there for others. */
static void one_by_number(void **state)
{
    world w;
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        make_world(&w, backend);
        for (int i = 0; i < SEERS; i++) {
            for (int k = 0; k < INVOICES; k += 7) {
                arc_cursor *c;
                char number[8];
                arc_query *q = query(w.sessions[i], ARC_INVOICE);
                snprintf(number, sizeof number, "I%03d", k);
                query_ok(q, arc_query_where_text(q, ARC_INVOICE_NUMBER, ARC_EQ, number, SIZE_MAX));
                query_ok(q, arc_query_run(q, &c));
                assert_int_equal(arc_cursor_next(c), sees(&w, &seers[i], &w.invoices[k]) ? ARC_OK : ARC_DONE);
                arc_cursor_free(c);
                query_ok(q, arc_query_measure(q, ARC_COUNT, 0));
                query_ok(q, arc_query_run(q, &c));
                int64_t n;
                assert_ok(arc_cursor_next(c));
                assert_ok(arc_cursor_get_int(c, &n, 0));
                assert_int_equal(n, sees(&w, &seers[i], &w.invoices[k]));
                arc_cursor_free(c);
                arc_query_free(q);
            }
        }
        end_world(&w);
    }
}

/* Writing: what one may not see cannot be pointed at nor changed, and the answer is that of nothing. */
static arc_status add_contact(arc_session *s, int64_t customer, arc_error *e)
{
    arc_record *r;
    arc_status st;
    assert_ok(arc_record_new(s, &r, ARC_CONTACT));
    assert_ok(arc_record_set_int(r, ARC_CONTACT_CUSTOMER, customer));
    assert_ok(arc_record_set_text(r, ARC_CONTACT_NAME, "X", SIZE_MAX));
    st = arc_session_insert(s, NULL, r);
    (void)arc_session_error(s, e);
    arc_record_free(r);
    return st;
}

static void writing_stays_inside(void **state)
{
    world w;
    arc_record *r;
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        make_world(&w, backend);
        for (int k = 0; k < CUSTOMERS; k++) {
            arc_error e = ARC_ERROR_INIT, none = ARC_ERROR_INIT;
            int mine = sees(&w, &seers[0], &w.customers[k]);
            assert_int_equal(add_contact(w.sessions[0], w.customers[k].id, &e), mine ? ARC_OK : ARC_E_REFERENCE);
            if (mine) continue;
            assert_int_equal(add_contact(w.sessions[0], 99999, &none), ARC_E_REFERENCE);
            assert_string_equal(e.message, none.message);
            assert_string_equal(e.entity, none.entity);
            assert_int_equal(e.id, none.id);
        }
        /* the host reads a foreign contact; the seller's session changes it */
        int foreign = 0;
        while (sees(&w, &seers[0], &w.customers[foreign])) foreign++;
        assert_ok(arc_session_get(w.p.b.session, &r, ARC_CONTACT, foreign + 1));
        assert_ok(arc_record_set_text(r, ARC_CONTACT_NAME, "Y", SIZE_MAX));
        assert_int_equal(arc_session_update(w.sessions[0], r), ARC_E_NOT_FOUND);
        assert_session(&w.p.b, arc_session_update(w.p.b.session, r));
        arc_record_free(r);
        end_world(&w);
    }
}

static void contracts_are_ones_own(void **state)
{
    world w;
    arc_record *r;
    int64_t owner;
    (void)state;
    make_world(&w, 0);
    int mine = 0;
    while (!sees(&w, &seers[0], &w.customers[mine])) mine++;
    assert_ok(arc_record_new(w.sessions[0], &r, ARC_CONTRACT));
    assert_ok(arc_record_set_json(r, "{\"number\":\"K1\",\"sign_date\":\"2026-01-05\",\"currency\":\"CNY\",\"tax_included\":true,\"term\":\"NET30\"}", SIZE_MAX));
    assert_ok(arc_record_set_int(r, ARC_CONTRACT_CUSTOMER, w.customers[mine].id));
    assert_ok(arc_record_set_int(r, ARC_CONTRACT_OWNER, people_user(&w.p, "bob")));
    assert_int_equal(arc_session_insert(w.sessions[0], NULL, r), ARC_E_FORBIDDEN); /* would be bob's */
    assert_ok(arc_record_set_null(r, ARC_CONTRACT_OWNER));
    int64_t id;
    assert_ok(arc_session_insert(w.sessions[0], &id, r));
    arc_record_free(r);
    assert_ok(arc_session_get(w.sessions[0], &r, ARC_CONTRACT, id));
    assert_ok(arc_record_get_int(r, &owner, ARC_CONTRACT_OWNER));
    assert_int_equal(owner, people_user(&w.p, "ann"));
    arc_record_free(r);
    assert_int_equal(arc_session_get(w.sessions[1], &r, ARC_CONTRACT, id), ARC_E_NOT_FOUND);
    end_world(&w);
}

/* A set of customers so large that no store takes it as a list. */
static void large_sets(void **state)
{
    people p;
    enum { MANY = 3000 };
    (void)state;
    for (int backend = 0; backend < 2; backend++) {
        arc_record *r[MANY], *contacts[MANY];
        int64_t ids[MANY], n = 0;
        arc_cursor *c;
        char text[20];
        people_open(&p, backend);
        for (int i = 0; i < MANY; i++) {
            snprintf(text, sizeof text, "L%05d", i);
            assert_ok(arc_record_new(p.b.session, &r[i], ARC_CUSTOMER));
            assert_ok(arc_record_set_text(r[i], ARC_CUSTOMER_CODE, text, SIZE_MAX));
            assert_ok(arc_record_set_text(r[i], ARC_CUSTOMER_LEGAL_NAME, text, SIZE_MAX));
            if (i % 10) assert_ok(arc_record_set_int(r[i], ARC_CUSTOMER_OWNER, people_user(&p, "ann")));
        }
        assert_session(&p.b, arc_session_insert_many(p.b.session, ids, NULL, r, MANY, ARC_ALL_OR_NONE));
        for (int i = 0; i < MANY; i++) {
            assert_ok(arc_record_new(p.b.session, &contacts[i], ARC_CONTACT));
            assert_ok(arc_record_set_int(contacts[i], ARC_CONTACT_CUSTOMER, ids[i]));
            assert_ok(arc_record_set_text(contacts[i], ARC_CONTACT_NAME, "x", SIZE_MAX));
        }
        assert_session(&p.b, arc_session_insert_many(p.b.session, NULL, NULL, contacts, MANY, ARC_ALL_OR_NONE));
        (void)people_grant(&p, "root", "admin");
        (void)people_grant(&p, "ann", "sales");
        people_start(&p);
        arc_session *ann = people_session(p.b.book, "ann");
        arc_query *q = query(ann, ARC_CONTACT);
        query_ok(q, arc_query_measure(q, ARC_COUNT, 0));
        query_ok(q, arc_query_run(q, &c));
        assert_ok(arc_cursor_next(c));
        assert_ok(arc_cursor_get_int(c, &n, 0));
        assert_int_equal(n, MANY - MANY / 10);
        arc_cursor_free(c);
        arc_session_close(ann);
        people_close(&p);
    }
}

/* External ids have no owner: they are seen with the row they name. */
static void rows_of_rows(void **state)
{
    world w;
    char json[200];
    (void)state;
    for (int backend = 0; backend < 2; backend++) {
        make_world(&w, backend);
        for (int k = 0; k < CUSTOMERS; k++) {
            snprintf(json, sizeof json, "{\"entity\":\"customer\",\"row\":%d,\"system\":\"erp\",\"value\":\"E%d\"}", (int)w.customers[k].id, k);
            (void)sample_insert(w.p.b.session, ARC_EXTERNAL_ID, json);
            snprintf(json, sizeof json, "{\"entity\":\"user_account\",\"row\":1,\"system\":\"erp\",\"value\":\"E%d\"}", k);
            if (k < 2) (void)sample_insert(w.p.b.session, ARC_EXTERNAL_ID, json);
        }
        for (int i = 0; i < SEERS; i++) {
            arc_cursor *c;
            arc_record *r;
            int64_t n = 0, want = 2;
            arc_query *q = query(w.sessions[i], ARC_EXTERNAL_ID);
            arc_status st = arc_query_run(q, &c);
            if (seers[i].now) { /* sellers may not read them at all */
                assert_int_equal(st, ARC_E_FORBIDDEN);
                arc_query_free(q);
                continue;
            }
            query_ok(q, st);
            while (arc_cursor_next(c) == ARC_OK) n++;
            arc_cursor_free(c);
            arc_query_free(q);
            for (int k = 0; k < CUSTOMERS; k++) want += sees(&w, &seers[i], &w.customers[k]);
            assert_int_equal(n, want);
            for (int k = 0, at = 1; k < CUSTOMERS; k++, at += k < 3 ? 2 : 1) {
                st = arc_session_get(w.sessions[i], &r, ARC_EXTERNAL_ID, at);
                assert_int_equal(st, sees(&w, &seers[i], &w.customers[k]) ? ARC_OK : ARC_E_NOT_FOUND);
                if (st == ARC_OK) arc_record_free(r);
            }
        }
        end_world(&w);
    }
}

/* Sums of a customer hold documents of all its owners: only whose it is today decides who sees them. */
static void sums_of_documents_of_others(void **state)
{
    world w;
    (void)state;
    for (int backend = 0; backend < backends; backend++) {
        make_world(&w, backend);
        for (int i = 0; i < SEERS; i++) {
            arc_query *q = query(w.sessions[i], ARC_ACCOUNT);
            arc_cursor *c;
            arc_field_id field = ARC_ACCOUNT_CUSTOMER;
            int64_t n = 0, id;
            query_ok(q, arc_query_select(q, &field, 1));
            query_ok(q, arc_query_run(q, &c));
            while (arc_cursor_next(c) == ARC_OK) {
                assert_ok(arc_cursor_get_int(c, &id, 0));
                assert_true(sees(&w, &seers[i], &w.customers[id - w.customers[0].id]));
                n++;
            }
            arc_cursor_free(c);
            query_ok(q, arc_query_where_int(q, field, ARC_EQ, w.customers[0].id));
            query_ok(q, arc_query_run(q, &c));
            int one = arc_cursor_next(c) == ARC_OK;
            arc_cursor_free(c);
            arc_query_free(q);
            if (seers[i].all || seers[i].now) assert_true(n > 0);
            else assert_true(n == 0 && !one);
        }
        end_world(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sees_his_own),       cmocka_unit_test(agings_add_up),
        cmocka_unit_test(foreign_rows_are_not_there), cmocka_unit_test(rows_below_follow_the_row_above),
        cmocka_unit_test(writing_stays_inside),    cmocka_unit_test(contracts_are_ones_own),
        cmocka_unit_test(large_sets),              cmocka_unit_test(rows_of_rows),
        cmocka_unit_test(one_by_number),           cmocka_unit_test(sums_of_documents_of_others),
    };
    backends += test_postgresql_start();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_postgresql_stop();
    return failed;
}
