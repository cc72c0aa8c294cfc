/* SPDX-License-Identifier: Apache-2.0 */
/* Indexes of names: searches, keys, pairs, groups, margins; what does not fit; lack of memory. */
#include "support/support.h"

#include "arcore/arcore.h"

static void add(arc_name_index *ix, int64_t id, const char *name, const char *tax, const char *account, const char *phone)
{
    arc_name_keys k = ARC_NAME_KEYS_INIT;
    k.tax_id = tax;
    k.bank_account = account;
    k.phone = phone;
    assert_ok(arc_name_index_add(ix, id, name, SIZE_MAX, &k));
}

static size_t search(arc_name_index *ix, arc_name_match *m, size_t room, const char *name, const arc_name_keys *keys, int32_t least)
{
    size_t n = room;
    for (size_t i = 0; i < room; i++) assert_ok(arc_name_match_init(&m[i]));
    assert_ok(arc_name_index_search(ix, m, &n, name, SIZE_MAX, keys, least));
    return n;
}

static arc_name_index *some(test_env *t)
{
    arc_name_index *ix;
    assert_ok(arc_name_index_new(t->ctx, &ix));
    add(ix, 10, "上海索迪龙自动化股份有限公司", "91310000MA1K00001A", NULL, "021-5555 0000");
    add(ix, 20, "Schumann Maschinenbau GmbH", "DE123456789", "DE89 3704 0044 0532 0130 00", NULL);
    add(ix, 30, "Delta Trading Ltd", NULL, NULL, "+49 30 12345");
    add(ix, 40, "Kowalski Logistik", NULL, "DE89370400440532013000", NULL);
    add(ix, 50, "SCHUMAN MACHINE FACTORY", NULL, NULL, NULL);
    add(ix, 60, "索迪龙自动化", NULL, NULL, NULL);
    return ix;
}

static void test_search(void **state)
{
    test_env *t = *state;
    arc_name_index *ix = some(t);
    arc_name_match m[4];
    assert_int_equal(search(ix, m, 4, "Schumann Maschinenfabrik AG", NULL, ARC_NAME_LIKELY), 2);
    assert_int_equal(m[0].id, 20);
    assert_int_equal(m[1].id, 50);
    assert_int_equal(m[0].margin, m[0].score - m[1].score);
    assert_int_equal(m[1].margin, m[1].score - m[0].score);
    assert_true(m[0].reasons & ARC_NAME_BY_NAME);
    assert_int_equal(search(ix, m, 1, "（上海）索迪龙自動化有限公司", NULL, ARC_NAME_LIKELY), 1);
    assert_int_equal(m[0].id, 10);
    assert_int_equal(search(ix, m, 4, "Zebra", NULL, ARC_NAME_LIKELY), 0);
    /* the same letters but for width and case */
    assert_true(search(ix, m, 4, "ｓｃｈｕｍａｎｎ maschinenbau, gmbh", NULL, 0) >= 1);
    assert_int_equal(m[0].score, ARC_NAME_SAME);
    assert_true(m[0].reasons & ARC_NAME_SAME_TEXT);
    arc_name_index_free(ix);
}

static void test_keys(void **state)
{
    test_env *t = *state;
    arc_name_index *ix = some(t);
    arc_name_match m[4];
    arc_name_keys k = ARC_NAME_KEYS_INIT;
    k.tax_id = "de 123 456 789";
    assert_int_equal(search(ix, m, 4, "Quite Another", &k, ARC_NAME_LIKELY), 1);
    assert_int_equal(m[0].id, 20);
    assert_int_equal(m[0].reasons, ARC_NAME_BY_TAX_ID);
    assert_true(m[0].score >= 9000 && m[0].name_score < 3000);
    k.tax_id = "DE999999999"; /* the same name, another company */
    assert_int_equal(search(ix, m, 1, "Schumann Maschinenbau GmbH", &k, 0), 1);
    assert_true(m[0].id == 50 || (m[0].reasons & ARC_NAME_TAX_ID_DIFFERS));
    assert_true(m[0].score < ARC_NAME_SAME);
    k.tax_id = NULL;
    k.phone = "0049 30 12345"; /* not what was written: a number is compared as it stands */
    assert_int_equal(search(ix, m, 4, "Nobody", &k, 5000), 0);
    k.phone = "+493012345";
    assert_int_equal(search(ix, m, 4, "Nobody", &k, 5000), 1);
    assert_int_equal(m[0].id, 30);
    assert_ok(arc_name_index_add_key(ix, 60, ARC_NAME_BY_TAX_ID, "91310000ma1k00001a"));
    assert_status(ARC_E_NOT_FOUND, arc_name_index_add_key(ix, 61, ARC_NAME_BY_TAX_ID, "1"));
    assert_status(ARC_E_INVALID, arc_name_index_add_key(ix, 60, ARC_NAME_BY_NAME, "1"));
    assert_ok(arc_name_index_add_key(ix, 60, ARC_NAME_BY_PHONE, " - "));
    arc_name_index_free(ix);
}

static void test_country(void **state)
{
    test_env *t = *state;
    arc_name_index *ix;
    arc_name_match m[2];
    arc_name_keys k = ARC_NAME_KEYS_INIT;
    assert_ok(arc_name_index_new(t->ctx, &ix));
    k.country = "de";
    assert_ok(arc_name_index_add(ix, 1, "Brandt Group", SIZE_MAX, &k));
    k.country = "FR";
    assert_ok(arc_name_index_add(ix, 2, "Brandt Group", SIZE_MAX, &k));
    assert_int_equal(search(ix, m, 2, "Brandt", &k, 0), 2);
    assert_int_equal(m[0].id, 2);
    assert_true(m[1].reasons & ARC_NAME_COUNTRY_DIFFERS);
    assert_true(m[1].score < ARC_NAME_LIKELY);
    k.country = "FRA";
    assert_status(ARC_E_VALUE, arc_name_index_add(ix, 3, "x", SIZE_MAX, &k));
    k.country = "F1";
    size_t n = 2;
    assert_status(ARC_E_VALUE, arc_name_index_search(ix, m, &n, "x", SIZE_MAX, &k, 0));
    arc_name_index_free(ix);
}

static void test_pairs(void **state)
{
    test_env *t = *state;
    arc_name_index *ix = some(t);
    arc_name_pair p = ARC_NAME_PAIR_INIT;
    size_t count = 99;
    add(ix, 70, "Schumann Maschinenbau GmbH", NULL, NULL, NULL);
    assert_ok(arc_name_index_find_pairs(ix, &count, ARC_NAME_LIKELY, NULL, NULL));
    assert_int_equal(count, 4); /* 20-70 same text, 20-50 name, 10-60 name, 20-40 account */
    assert_ok(arc_name_index_get_pair(ix, &p, 0));
    assert_int_equal(p.a, 20);
    assert_int_equal(p.b, 70);
    assert_int_equal(p.score, ARC_NAME_SAME);
    assert_int_equal(p.group, 20);
    assert_true(p.margin > 0);
    int by_account = 0;
    for (size_t i = 1; i < count; i++) {
        int32_t before = p.score;
        assert_ok(arc_name_index_get_pair(ix, &p, i));
        assert_true(p.score <= before && p.a < p.b);
        if (p.a == 20) assert_int_equal(p.group, 20);
        if (p.b == 40) by_account = p.reasons == ARC_NAME_BY_ACCOUNT;
    }
    assert_true(by_account);
    assert_status(ARC_E_NOT_FOUND, arc_name_index_get_pair(ix, &p, count));
    add(ix, 80, "x", NULL, NULL, NULL);
    assert_status(ARC_E_NOT_FOUND, arc_name_index_get_pair(ix, &p, 0));
    arc_name_index_free(ix);
}

/* Every pair that comparing all with all would find is found, in a book small enough for that. */
static void test_as_all_with_all(void **state)
{
    test_env *t = *state;
    static const char *const syllables[] = { "ka", "lo", "mi", "ter", "son", "ber", "va", "nor", "quin", "sta", "wel", "gra", "pol", "fen", "ro" };
    static const char *const ends[] = { " GmbH", " Trading Ltd", " Technologies Inc", " Group", " & Sons", " Logistik AG" };
    char names[400][80];
    uint64_t seed = 5;
    arc_name_index *ix;
    size_t count;
    assert_ok(arc_name_index_new(t->ctx, &ix));
    for (int i = 0; i < 400; i++) {
        names[i][0] = 0;
        if (i >= 300) { /* one letter away from another */
            memcpy(names[i], names[test_random(&seed) % 300], sizeof names[i]);
            names[i][1 + test_random(&seed) % 4] = 'x';
        } else {
            for (uint64_t k = 3 + test_random(&seed) % 3; k > 0; k--) strcat(names[i], syllables[test_random(&seed) % 15]);
            strcat(names[i], ends[test_random(&seed) % 6]);
        }
        add(ix, i, names[i], NULL, NULL, NULL);
    }
    assert_ok(arc_name_index_find_pairs(ix, &count, ARC_NAME_LIKELY, NULL, NULL));
    assert_true(count >= 60);
    size_t also = 0;
    for (int i = 0; i < 400; i++) {
        arc_name_match m[40];
        size_t n = search(ix, m, 40, names[i], NULL, ARC_NAME_LIKELY);
        for (size_t k = 0; k < n; k++) also += m[k].id > i;
    }
    assert_true(also >= count && also - count <= count / 20);
    arc_name_index_free(ix);
}

typedef struct watcher {
    arc_name_index *ix;
    int64_t last, total;
    int stop;
} watcher;

static int32_t watch(void *user, int64_t done, int64_t total)
{
    watcher *w = user;
    size_t count = 7;
    arc_error err = ARC_ERROR_INIT;
    w->last = done;
    w->total = total;
    arc_name_index_free(w->ix); /* not now */
    assert_status(ARC_E_STATE, arc_name_index_add(w->ix, 1, "x", 1, NULL));
    assert_status(ARC_E_STATE, arc_name_index_find_pairs(w->ix, &count, 1, NULL, NULL));
    assert_ok(arc_name_index_error(w->ix, &err));
    return w->stop && done >= 1000;
}

static void test_progress(void **state)
{
    test_env *t = *state;
    watcher w = { NULL, -1, 0, 0 };
    size_t count = 7;
    arc_name_pair p = ARC_NAME_PAIR_INIT;
    assert_ok(arc_name_index_new(t->ctx, &w.ix));
    for (int i = 0; i < 2500; i++) {
        char name[40];
        snprintf(name, sizeof name, "%c%c%c Qo%d", 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676, i);
        add(w.ix, i, name, NULL, NULL, NULL);
    }
    assert_ok(arc_name_index_find_pairs(w.ix, &count, ARC_NAME_SAME, watch, &w));
    assert_int_equal(w.last, 2000);
    assert_int_equal(w.total, 2500);
    w.stop = 1;
    count = 7;
    assert_status(ARC_E_CANCELLED, arc_name_index_find_pairs(w.ix, &count, ARC_NAME_LIKELY, watch, &w));
    assert_int_equal(w.last, 1000);
    assert_int_equal(count, 7);
    assert_status(ARC_E_NOT_FOUND, arc_name_index_get_pair(w.ix, &p, 0));
    arc_name_index_free(w.ix);
}

static void test_wrong_use(void **state)
{
    test_env *t = *state;
    arc_name_index *ix = some(t);
    arc_name_match m[1];
    arc_error err = ARC_ERROR_INIT;
    char wide[1300], buf[2000];
    size_t n = 1, count;
    memset(wide, 'x', sizeof wide);
    wide[sizeof wide - 1] = 0;
    assert_ok(arc_name_match_init(m));
    assert_status(ARC_E_INVALID, arc_name_index_new(t->ctx, NULL));
    assert_status(ARC_E_INVALID, arc_name_index_add(ix, 1, NULL, 0, NULL));
    assert_status(ARC_E_ENCODING, arc_name_index_add(ix, 1, "\xFF", 1, NULL));
    assert_status(ARC_E_LIMIT, arc_name_index_add(ix, 1, wide, SIZE_MAX, NULL));
    assert_ok(arc_name_index_error(ix, &err));
    assert_int_equal(err.status, ARC_E_LIMIT);
    assert_status(ARC_E_INVALID, arc_name_index_search(ix, m, NULL, "x", 1, NULL, 0));
    assert_status(ARC_E_INVALID, arc_name_index_search(ix, NULL, &n, "x", 1, NULL, 0));
    assert_status(ARC_E_INVALID, arc_name_index_search(ix, m, &n, "x", 1, NULL, 10001));
    n = 1001;
    assert_status(ARC_E_INVALID, arc_name_index_search(ix, m, &n, "x", 1, NULL, 0));
    n = 0;
    assert_ok(arc_name_index_search(ix, NULL, &n, "x", 1, NULL, 0));
    assert_status(ARC_E_INVALID, arc_name_index_find_pairs(ix, &count, 0, NULL, NULL));
    assert_status(ARC_E_INVALID, arc_name_index_find_pairs(ix, NULL, 1, NULL, NULL));
    n = sizeof buf;
    assert_status(ARC_E_NOT_FOUND, arc_name_index_explain(ix, buf, &n, "x", 1, 999));
    assert_ok(arc_name_index_explain(ix, buf, &n, "Schumann", SIZE_MAX, 20));
    assert_non_null(strstr(buf, "\"name\":\"schumann machine gmbh\""));
    arc_name_index_free(ix);
    arc_name_index_free(ix);
    arc_name_index_free(NULL);
    assert_status(ARC_E_HANDLE, arc_name_index_add(ix, 1, "x", 1, NULL));
}

static arc_status oom_body(test_env *t, void *arg)
{
    arc_name_index *ix;
    arc_name_match m[3] = { ARC_NAME_MATCH_INIT, ARC_NAME_MATCH_INIT, ARC_NAME_MATCH_INIT };
    arc_name_keys k = ARC_NAME_KEYS_INIT;
    size_t n = 3, count;
    (void)arg;
    arc_status st = arc_name_index_new(t->ctx, &ix);
    if (st != ARC_OK) return st;
    k.tax_id = "1";
    for (int i = 0; i < 40 && st == ARC_OK; i++) {
        char name[40];
        snprintf(name, sizeof name, "Company number %c%c Ltd", 'a' + i % 26, 'a' + i / 26);
        st = arc_name_index_add(ix, i, name, SIZE_MAX, i % 5 ? NULL : &k);
    }
    if (st == ARC_OK) st = arc_name_index_search(ix, m, &n, "Company number ab", SIZE_MAX, &k, 0);
    if (st == ARC_OK) st = arc_name_index_find_pairs(ix, &count, 9000, NULL, NULL);
    arc_name_index_free(ix);
    return st;
}

static void test_no_memory(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(oom_body, NULL) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_search, test_setup, test_teardown),       cmocka_unit_test_setup_teardown(test_keys, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_country, test_setup, test_teardown),      cmocka_unit_test_setup_teardown(test_pairs, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_as_all_with_all, test_setup, test_teardown), cmocka_unit_test_setup_teardown(test_wrong_use, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_progress, test_setup, test_teardown),     cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
