/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of the past: what a report said on a day, it says for ever, as known then; and what it says of a day before anything that came later took effect, too. */
#include "api/walk.h"

enum { KEPT = 40, STEPS = 260 };

typedef struct kept {
    int64_t seal;
    arc_date as_of, said_on;
    int32_t by, basis;
    char json[20000], statements[2][60000]; /* of both customers */
} kept;

/* What the control accounts say: receivables less what is on account, in minor units. */
static int64_t controlled(walk *w, int64_t customer, arc_date as_of)
{
    static char json[20000];
    size_t n = sizeof json;
    arc_journal_balance_options o = ARC_JOURNAL_BALANCE_OPTIONS_INIT;
    int64_t sum = 0;
    o.customer = customer;
    o.as_of = as_of;
    assert_session(w->b, arc_journal_balance_json(w->b->session, json, &n, &o));
    cJSON *root = cJSON_Parse(json), *row;
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(root, "rows")) {
        const char *role = world_text(row, "role"), *debit = world_text(row, "debit"), *credit = world_text(row, "credit");
        if (strcmp(role, "receivable") && strcmp(role, "retention_receivable") && strcmp(role, "on_account")) continue;
        sum += (int64_t)(strtod(debit, NULL) * 100 + 0.5) - (int64_t)(strtod(credit, NULL) * 100 + 0.5);
    }
    cJSON_Delete(root);
    return sum;
}

/* Both customers in one call and one by one; the balance ties to the aging. */
static void state_of(walk *w, kept *k, int64_t known_at, char texts[2][60000])
{
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    const int64_t customers[2] = { 2, 1 };
    arc_statement *s[2], *one;
    arc_status results[2];
    static char json[60000];
    o.to = k->as_of;
    o.from = k->as_of - 20;
    o.flags = ARC_STATEMENT_OPEN_ITEMS;
    o.known_at = known_at;
    assert_session(w->b, arc_statement_compute_many(w->b->session, s, results, &o, customers, 2));
    for (int i = 0; i < 2; i++) {
        size_t n = sizeof texts[i], m = sizeof json;
        arc_statement_info info = ARC_STATEMENT_INFO_INIT;
        arc_aging_options a = ARC_AGING_OPTIONS_INIT;
        arc_aging_row row = ARC_AGING_ROW_INIT;
        arc_aging *aging;
        uint32_t rows;
        o.customer = customers[i];
        assert_session(w->b, arc_statement_compute(w->b->session, &one, &o));
        assert_ok(arc_statement_json(s[i], texts[i], &n));
        assert_ok(arc_statement_json(one, json, &m));
        assert_string_equal(json, texts[i]);
        o.customer = 0;
        assert_ok(arc_statement_get_info(one, &info));
        a.as_of = k->as_of;
        a.customer = customers[i];
        a.known_at = known_at;
        assert_session(w->b, arc_aging_compute(w->b->session, &aging, &a));
        assert_ok(arc_aging_count(aging, &rows));
        if (rows) assert_ok(arc_aging_get(aging, &row, 0));
        if (info.closing != row.total - row.unapplied || info.unapplied != row.unapplied) {
            fail_msg("seed %u, customer %lld as of %d known at %lld: statement %lld of which %lld unapplied, aging %lld - %lld", w->seed, (long long)customers[i], k->as_of, (long long)known_at,
                     (long long)info.closing, (long long)info.unapplied, (long long)row.total, (long long)row.unapplied);
        }
        assert_int_equal(info.closing, info.opening + info.debit - info.credit);
        if (!known_at) assert_int_equal(info.closing, controlled(w, customers[i], k->as_of));
        arc_aging_free(aging);
        arc_statement_free(one);
        arc_statement_free(s[i]);
        char *at = strstr(texts[i], "\"known_at\":"); /* the one thing that may differ */
        if (at) memmove(at, strchr(at, ',') + 1, strlen(strchr(at, ',') + 1) + 1);
    }
}

static void age(walk *w, kept *k, int64_t known_at, char *json, size_t size)
{
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging *a;
    o.as_of = k->as_of;
    o.by = k->by;
    o.basis = k->basis;
    o.known_at = known_at;
    assert_session(w->b, arc_aging_compute(w->b->session, &a, &o));
    assert_ok(arc_aging_json(a, json, &size));
    arc_aging_free(a);
}

static void keep(walk *w, kept *k, arc_date today)
{
    arc_audit_mark m = ARC_AUDIT_MARK_INIT;
    assert_ok(arc_audit_head(w->b->session, &m));
    k->seal = m.seq;
    k->said_on = today;
    k->as_of = today - (arc_date)roll(w, 3) * (arc_date)roll(w, 60);
    k->by = roll(w, 4) ? ARC_AGING_BY_CUSTOMER : ARC_AGING_BY_PROJECT;
    k->basis = (int32_t)roll(w, 2);
    age(w, k, 0, k->json, sizeof k->json);
    state_of(w, k, 0, k->statements);
}

static void the_past_stays(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 8; seed++) {
        test_book b;
        walk w;
        static kept past[KEPT];
        static char json[20000], again[2][60000];
        arc_date today = DAY + 5;
        uint32_t n = 0;
        walk_open(&w, &b, seed & 1u ? 0 : 1, seed * 104729u);
        assert_ok(arc_session_set_business_date(b.session, today));
        for (int i = 0; i < STEPS; i++) {
            if (!roll(&w, 3)) grow(&w, roll(&w, GROWS));
            uint32_t k = roll(&w, ACTS);
            int64_t at = some(&w, acts[k].entity, 0);
            if (at) (void)acts[k].act(&w, at);
            if (!roll(&w, 4) && today < MATURITY - 3) assert_ok(arc_session_set_business_date(b.session, today += (arc_date)roll(&w, 4)));
            if (n < KEPT && !roll(&w, 6)) keep(&w, &past[n++], today);
        }
        for (uint32_t i = 0; i < n; i++) {
            age(&w, &past[i], past[i].seal, json, sizeof json);
            state_of(&w, &past[i], past[i].seal, again);
            for (int c = 0; c < 2; c++) assert_string_equal(again[c], past[i].statements[c]);
            if (strcmp(json, past[i].json) != 0) fail_msg("seed %u: as of %d, known at %lld, by %d:\n%s\nwas\n%s", seed, past[i].as_of, (long long)past[i].seal, past[i].by, json, past[i].json);
        }
        verify_clean(&b);
        test_book_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_past_stays) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
