/* SPDX-License-Identifier: Apache-2.0 */
/* Customers of a book that could be one: by name, by number, by what hangs on them; decisions; what an actor may not read. */
#include "api/people.h"

typedef struct world {
    people p;
    arc_session *s;
    int64_t ids[8];
} world;

static int64_t insert(world *w, uint32_t entity, const char *form, int64_t a, int64_t b)
{
    char json[400];
    snprintf(json, sizeof json, form, (int)a, (int)b);
    return sample_insert(w->s, entity, json);
}

static void fill(world *w, arc_session *s)
{
    static const char *const customers[] = {
        "{\"code\":\"A\",\"legal_name\":\"上海索迪龙自动化股份有限公司\",\"uscc\":\"91350100M000100Y43\"}", "{\"code\":\"B\",\"legal_name\":\"索迪龍自動化（上海）有限公司\"}",
        "{\"code\":\"C\",\"legal_name\":\"Schumann Maschinenbau GmbH\",\"country\":\"DE\"}",           "{\"code\":\"D\",\"legal_name\":\"Kowalski Logistik\",\"tax_no\":\"91350100m000100y43\"}",
        "{\"code\":\"E\",\"legal_name\":\"Delta Foods\",\"short_name\":\"Schumann\"}",                 "{\"code\":\"F\",\"legal_name\":\"Zebra\"}",
    };
    w->s = s;
    for (size_t i = 0; i < sizeof customers / sizeof customers[0]; i++) w->ids[i] = sample_insert(s, ARC_CUSTOMER, customers[i]);
}

typedef struct found {
    size_t n;
    arc_name_pair pairs[20];
} found;

static found look(arc_session *s)
{
    arc_name_index *index;
    found f;
    assert_ok(arc_duplicate_index(s, &index));
    assert_ok(arc_name_index_find_pairs(index, &f.n, ARC_NAME_LIKELY, NULL, NULL));
    assert_true(f.n <= 20);
    for (size_t i = 0; i < f.n; i++) {
        assert_ok(arc_name_pair_init(&f.pairs[i]));
        assert_ok(arc_name_index_get_pair(index, &f.pairs[i], i));
    }
    arc_name_index_free(index);
    return f;
}

static const arc_name_pair *pair_of(const found *f, int64_t a, int64_t b)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->pairs[i].a == a && f->pairs[i].b == b) return &f->pairs[i];
    }
    return NULL;
}

static void open_world(world *w)
{
    memset(w, 0, sizeof *w);
    people_open(&w->p, 1);
    fill(w, w->p.b.session);
}

static void test_pairs(void **state)
{
    world w;
    (void)state;
    open_world(&w);
    found f = look(w.s);
    assert_int_equal(f.n, 3);
    assert_true(pair_of(&f, w.ids[0], w.ids[1])->reasons & ARC_NAME_BY_NAME);
    assert_int_equal(pair_of(&f, w.ids[0], w.ids[3])->reasons, ARC_NAME_BY_TAX_ID);
    assert_true(pair_of(&f, w.ids[2], w.ids[4])->reasons & ARC_NAME_BY_NAME); /* by its short name */
    assert_int_equal(pair_of(&f, w.ids[0], w.ids[3])->group, w.ids[0]);
    /* what hangs on them */
    (void)insert(&w, ARC_BANK_ACCOUNT, "{\"customer\":%d,\"number\":\"6222 0212\"}", w.ids[5], 0);
    (void)insert(&w, ARC_BANK_ACCOUNT, "{\"number\":\"6222 0213\"}", 0, 0);
    (void)insert(&w, ARC_INVOICE_TITLE, "{\"customer\":%d,\"title\":\"Quite Another\",\"tax_no\":\"T1\",\"account\":\"62220212\"}", w.ids[3], 0);
    (void)insert(&w, ARC_CONTACT, "{\"customer\":%d,\"name\":\"n\",\"mobile\":\"+86 138 0013 8000\"}", w.ids[1], 0);
    (void)insert(&w, ARC_CONTACT, "{\"customer\":%d,\"name\":\"n\",\"mobile\":\"+8613800138000\"}", w.ids[0], 0);
    f = look(w.s);
    assert_int_equal(f.n, 4);
    assert_int_equal(pair_of(&f, w.ids[3], w.ids[5])->reasons, ARC_NAME_BY_ACCOUNT);
    assert_true(pair_of(&f, w.ids[0], w.ids[1])->reasons & ARC_NAME_BY_PHONE);
    people_close(&w.p);
}

static void test_decisions(void **state)
{
    world w;
    (void)state;
    open_world(&w);
    (void)insert(&w, ARC_DUPLICATE_DECISION, "{\"customer\":%d,\"other\":%d,\"reason\":\"sisters\"}", w.ids[1], w.ids[0]);
    (void)insert(&w, ARC_DUPLICATE_DECISION, "{\"customer\":%d,\"other\":%d,\"reason\":\"for now\",\"valid_to\":\"2000-01-01\"}", w.ids[2], w.ids[4]);
    found f = look(w.s);
    assert_null(pair_of(&f, w.ids[0], w.ids[1]));
    assert_non_null(pair_of(&f, w.ids[2], w.ids[4])); /* it has run out */
    people_close(&w.p);
}

static void test_check(void **state)
{
    world w;
    char text[4000];
    size_t len = sizeof text;
    arc_record *r;
    arc_error err = ARC_ERROR_INIT;
    (void)state;
    open_world(&w);
    assert_ok(arc_record_new(w.s, &r, ARC_CUSTOMER));
    assert_status(ARC_E_REQUIRED, arc_duplicate_check(w.s, text, &len, r, NULL));
    assert_ok(arc_customer_set_legal_name(r, "上海 索迪龙自動化", SIZE_MAX));
    assert_ok(arc_duplicate_check(w.s, text, &len, r, NULL));
    assert_memory_equal(text, "{\"least\":8000,\"candidates\":[{\"id\":", 34);
    assert_non_null(strstr(text, "\"code\":\"A\",\"name\":\"上海索迪龙自动化股份有限公司\""));
    assert_non_null(strstr(text, "\"code\":\"B\""));
    assert_null(strstr(text, "\"code\":\"C\""));
    len = 10;
    assert_status(ARC_E_BUFFER, arc_duplicate_check(w.s, text, &len, r, NULL));
    len = sizeof text;
    arc_record_free(r);
    /* a stored one is not its own candidate */
    assert_ok(arc_session_get(w.s, &r, ARC_CUSTOMER, w.ids[5]));
    assert_ok(arc_duplicate_check(w.s, text, &len, r, NULL));
    assert_string_equal(text, "{\"least\":8000,\"candidates\":[]}");
    arc_record_free(r);
    assert_ok(arc_record_new(w.s, &r, ARC_CONTACT));
    assert_status(ARC_E_INVALID, arc_duplicate_check(w.s, text, &len, r, NULL));
    assert_ok(arc_session_error(w.s, &err));
    assert_int_equal(err.status, ARC_E_INVALID);
    arc_record_free(r);
    assert_status(ARC_E_INVALID, arc_duplicate_check(w.s, text, &len, NULL, NULL));
    assert_status(ARC_E_INVALID, arc_duplicate_index(w.s, NULL));
    people_close(&w.p);
}

/* Rows he does not see and numbers he may not read say nothing. */
static void test_rights(void **state)
{
    world w;
    char json[200];
    (void)state;
    open_world(&w);
    for (int i = 0; i < 2; i++) {
        snprintf(json, sizeof json, "{\"code\":\"o%d\",\"legal_name\":\"Okonkwo %s\",\"owner\":%d}", i, i ? "Handel" : "Trading", (int)people_user(&w.p, i ? "dan" : "ann"));
        w.ids[6 + i] = sample_insert(w.s, ARC_CUSTOMER, json);
        (void)insert(&w, ARC_BANK_ACCOUNT, "{\"customer\":%d,\"number\":\"11223344\"}", w.ids[6 + i], 0);
    }
    found f = look(w.s);
    assert_true(pair_of(&f, w.ids[6], w.ids[7])->reasons & ARC_NAME_BY_ACCOUNT);
    (void)people_grant(&w.p, "root", "admin");
    (void)people_grant(&w.p, "ann", "sales");
    (void)people_grant(&w.p, "clerk", "ar_clerk");
    people_start(&w.p);
    arc_session *s = people_session(w.p.b.book, "ann");
    f = look(s);
    assert_int_equal(f.n, 0);
    arc_session_close(s);
    s = people_session(w.p.b.book, "clerk");
    f = look(s);
    assert_true(pair_of(&f, w.ids[6], w.ids[7])->reasons & ARC_NAME_BY_ACCOUNT);
    arc_session_close(s);
    people_close(&w.p);
}

static void rename_to(world *w, int64_t id, const char *legal, const char *brief)
{
    arc_record *r;
    assert_ok(arc_session_get(w->s, &r, ARC_CUSTOMER, id));
    if (legal) assert_ok(arc_customer_set_legal_name(r, legal, SIZE_MAX));
    if (brief) assert_ok(arc_customer_set_short_name(r, brief, SIZE_MAX));
    assert_ok(arc_session_update(w->s, r));
    arc_record_free(r);
}

/* Whom a name finds first; 0: nobody. */
static int64_t finds(arc_session *s, const char *name, uint32_t *reasons)
{
    arc_name_index *index;
    arc_name_match m[3] = { ARC_NAME_MATCH_INIT, ARC_NAME_MATCH_INIT, ARC_NAME_MATCH_INIT };
    size_t n = 3;
    assert_ok(arc_duplicate_index(s, &index));
    assert_ok(arc_name_index_search(index, m, &n, name, strlen(name), NULL, ARC_NAME_LIKELY));
    arc_name_index_free(index);
    if (reasons) *reasons = n ? m[0].reasons : 0;
    return n ? m[0].id : 0;
}

static int64_t count_aliases(arc_session *s)
{
    arc_query *q;
    arc_cursor *c;
    int64_t n = 0;
    assert_ok(arc_query_from_json(s, &q, "{\"entity\":\"customer_alias\",\"filters\":[{\"member\":\"kind\",\"operator\":\"equals\",\"values\":[\"former_name\"]}]}", SIZE_MAX));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) n++;
    arc_cursor_free(c);
    arc_query_free(q);
    return n;
}

/* A name that was changed still finds whom it was of; a spelling that was mended is no other name. */
static void test_former_names(void **state)
{
    world w;
    (void)state;
    open_world(&w);
    assert_int_equal(finds(w.s, "Okonkwo Handel", NULL), 0);
    rename_to(&w, w.ids[5], "Okonkwo Handel", NULL);
    rename_to(&w, w.ids[2], "SCHUMANN Maschinenbau GmbH", NULL);
    assert_int_equal(count_aliases(w.s), 1);
    assert_int_equal(finds(w.s, "Zebra", NULL), w.ids[5]);
    assert_int_equal(finds(w.s, "Okonkwo Handel", NULL), w.ids[5]);
    /* to and fro: each name once, and the one it has is no former one of anybody else's making */
    rename_to(&w, w.ids[5], "Zebra", NULL);
    rename_to(&w, w.ids[5], "Okonkwo Handel", "Oko");
    assert_int_equal(count_aliases(w.s), 2);
    rename_to(&w, w.ids[5], NULL, "Nkw");
    assert_int_equal(count_aliases(w.s), 3);
    assert_int_equal(finds(w.s, "Zebra", NULL), w.ids[5]);
    /* so does a payment under it */
    arc_payer_index *payers;
    arc_payer payer = ARC_PAYER_INIT;
    arc_payer_match match = ARC_PAYER_MATCH_INIT;
    size_t n = 1;
    payer.name = "ZEBRA";
    assert_ok(arc_payer_index_load(w.s, &payers));
    assert_ok(arc_payer_index_find(payers, &match, &n, NULL, &payer));
    assert_int_equal(n, 1);
    assert_int_equal(match.customer, w.ids[5]);
    assert_int_equal(match.how, ARC_PAYER_BY_NAME);
    payer.name = "Zebra Trading Ltd";
    n = 1;
    assert_ok(arc_payer_index_find(payers, &match, &n, NULL, &payer));
    assert_int_equal(n, 1);
    assert_int_equal(match.customer, w.ids[5]);
    assert_int_equal(match.how, ARC_PAYER_BY_NEAR_NAME);
    arc_payer_index_free(payers);
    /* a new customer with a former name is told of it */
    found f = look(w.s);
    const size_t before = f.n;
    w.ids[6] = sample_insert(w.s, ARC_CUSTOMER, "{\"code\":\"G\",\"legal_name\":\"Zebra\"}");
    f = look(w.s);
    assert_int_equal(f.n, before + 1);
    assert_non_null(pair_of(&f, w.ids[5], w.ids[6]));
    people_close(&w.p);
}

/* Names and accounts that pay for a customer, once they are sure. */
static void test_aliases(void **state)
{
    world w;
    uint32_t reasons = 0;
    (void)state;
    open_world(&w);
    assert_int_equal(finds(w.s, "Capital Receivables Corp", NULL), 0);
    assert_ok(arc_payer_confirm(w.s, NULL, w.ids[5], "payer_name", "Capital Receivables Corp", ARC_DATE_NONE));
    assert_ok(arc_payer_confirm(w.s, NULL, w.ids[4], "name", "Omega Savings", 10957));
    assert_int_equal(finds(w.s, "Capital Receivables Corp", &reasons), w.ids[5]);
    assert_true(reasons & ARC_NAME_BY_NAME);
    assert_int_equal(finds(w.s, "Omega Savings", NULL), 0); /* it has run out */
    assert_ok(arc_payer_confirm(w.s, NULL, w.ids[5], "payer_account", "6222 0299 1111", ARC_DATE_NONE));
    (void)insert(&w, ARC_BANK_ACCOUNT, "{\"customer\":%d,\"number\":\"622202991111\"}", w.ids[4], 0);
    found f = look(w.s);
    assert_int_equal(pair_of(&f, w.ids[4], w.ids[5])->reasons, ARC_NAME_BY_ACCOUNT);
    people_close(&w.p);
}

/* What is known of a merged customer, his former names too, says something of the one he was merged into; asked about himself, that one is no candidate. */
static void test_merged(void **state)
{
    world w;
    char text[4000];
    size_t len = sizeof text;
    arc_record *r;
    arc_merge merge = ARC_MERGE_INIT;
    (void)state;
    open_world(&w);
    assert_ok(arc_session_set_business_date(w.s, PEOPLE_DAY));
    rename_to(&w, w.ids[5], "Okonkwo Handel", NULL);
    merge.kept = w.ids[4];
    merge.merged = w.ids[5];
    merge.reason = "one";
    assert_ok(arc_customer_merge(w.s, NULL, &merge));
    assert_int_equal(finds(w.s, "Zebra", NULL), w.ids[4]);
    assert_int_equal(finds(w.s, "Okonkwo Handel", NULL), w.ids[4]);
    assert_ok(arc_session_get(w.s, &r, ARC_CUSTOMER, w.ids[5]));
    assert_ok(arc_duplicate_check(w.s, text, &len, r, NULL));
    assert_string_equal(text, "{\"least\":8000,\"candidates\":[]}");
    arc_record_free(r);
    people_close(&w.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_former_names), cmocka_unit_test(test_aliases), cmocka_unit_test(test_merged), cmocka_unit_test(test_pairs), cmocka_unit_test(test_decisions), cmocka_unit_test(test_check), cmocka_unit_test(test_rights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
