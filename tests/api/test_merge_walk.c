/* SPDX-License-Identifier: Apache-2.0 */
/* Random documents, merges and their undoing against plain arrays: what customers owe on any day, statements that go on where the last one ended, and
 * reports of the past, which stay as they were. */
#include "api/ledger_kit.h"
#include "support/rebuilt.h"

enum { CUSTOMERS = 6, STEPS = 160, MOST = 400, KEPT = 24, FIRST = 20500 };

typedef struct doc {
    int64_t id, customer, amount, left; /* an item above 0, a receipt below: -amount came in */
    arc_date date;
} doc;

typedef struct settled {
    uint32_t item, receipt;
    int64_t amount;
    arc_date date;
} settled;

typedef struct edge {
    int64_t merged, kept;
    arc_date from, to; /* to 0: stands */
} edge;

typedef struct kept {
    int64_t seal;
    arc_date as_of;
    char *aging, *statements[CUSTOMERS];
} kept;

typedef struct walk {
    test_book b;
    uint32_t seed, made;
    arc_date today;
    int64_t customers[CUSTOMERS + 1];
    doc docs[MOST];
    settled paid[MOST];
    edge edges[MOST];
    uint32_t n_docs, n_paid, n_edges, n_kept;
    kept past[KEPT];
} walk;

static uint32_t roll(walk *w, uint32_t n)
{
    w->seed = w->seed * 1664525u + 1013904223u;
    return (w->seed >> 8) % n;
}

/* ---- the model ------------------------------------------------------------------------------------------------------------------ */

static int64_t root_on(const walk *w, int64_t customer, arc_date on)
{
    for (uint32_t i = 0; i < w->n_edges; i++) {
        const edge *e = &w->edges[i];
        if (e->merged != customer || e->from > on || (e->to && e->to <= on)) continue;
        return root_on(w, e->kept, on);
    }
    return customer;
}

static int64_t root_now(const walk *w, int64_t customer)
{
    for (uint32_t i = 0; i < w->n_edges; i++) {
        if (w->edges[i].merged == customer && !w->edges[i].to) return root_now(w, w->edges[i].kept);
    }
    return customer;
}

static int64_t left_on(const walk *w, uint32_t k, arc_date on)
{
    int64_t left = w->docs[k].amount;
    for (uint32_t i = 0; i < w->n_paid; i++) {
        if (w->paid[i].date > on) continue;
        if (w->paid[i].item == k) left -= w->paid[i].amount;
        if (w->paid[i].receipt == k) left += w->paid[i].amount;
    }
    return left;
}

/* Open items and unapplied receipts of whoever belongs to a root on a day. */
static void owes(const walk *w, int64_t root, arc_date on, int64_t *open, int64_t *unapplied)
{
    *open = *unapplied = 0;
    for (uint32_t k = 0; k < w->n_docs; k++) {
        if (w->docs[k].date > on || root_on(w, w->docs[k].customer, on) != root) continue;
        int64_t left = left_on(w, k, on);
        if (w->docs[k].amount > 0) *open += left;
        else *unapplied -= left;
    }
}

/* ---- what the library says -------------------------------------------------------------------------------------------------------- */

static char *aged(walk *w, arc_date on, int64_t known_at, int check)
{
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging *a;
    uint32_t n;
    size_t len = 20000;
    char *text = malloc(len);
    o.as_of = on;
    o.known_at = known_at;
    assert_session(&w->b, arc_aging_compute(w->b.session, &a, &o));
    assert_ok(arc_aging_json(a, text, &len));
    assert_ok(arc_aging_count(a, &n));
    for (int c = 1; check && c <= CUSTOMERS; c++) {
        int64_t open, unapplied;
        arc_aging_row row = ARC_AGING_ROW_INIT;
        if (root_on(w, w->customers[c], on) != w->customers[c]) continue;
        owes(w, w->customers[c], on, &open, &unapplied);
        row.total = row.unapplied = 0;
        for (uint32_t i = 0; i < n; i++) {
            assert_ok(arc_aging_get(a, &row, i));
            if (row.customer == w->customers[c]) break;
            row.total = row.unapplied = 0;
        }
        if (row.total != open || row.unapplied != unapplied) {
            fail_msg("customer %d as of %d: %lld and %lld, not %lld and %lld", c, on, (long long)row.total, (long long)row.unapplied, (long long)open, (long long)unapplied);
        }
    }
    arc_aging_free(a);
    return text;
}

static char *stated(walk *w, int64_t customer, arc_date from, arc_date to, int64_t known_at, arc_statement_info *info)
{
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    arc_statement *s;
    size_t len = 60000;
    char *text = malloc(len);
    o.customer = customer;
    o.from = from;
    o.to = to;
    o.known_at = known_at;
    o.flags = ARC_STATEMENT_OPEN_ITEMS;
    assert_session(&w->b, arc_statement_compute(w->b.session, &s, &o));
    assert_ok(arc_statement_json(s, text, &len));
    assert_ok(arc_statement_get_info(s, info));
    int64_t open = 0, sum = info->opening;
    arc_statement_row row = ARC_STATEMENT_ROW_INIT;
    for (uint32_t i = 0; i < info->n_open; i++) {
        assert_ok(arc_statement_get_open(s, &row, i));
        open += row.debit - row.credit;
    }
    for (uint32_t i = 0; i < info->n_rows; i++) {
        assert_ok(arc_statement_get_row(s, &row, i));
        sum += row.debit - row.credit;
        assert_int_equal(row.balance, sum);
    }
    assert_int_equal(sum, info->closing);
    assert_int_equal(open - info->unapplied, info->closing);
    info->code = info->name = NULL;
    arc_statement_free(s);
    char *at = strstr(text, "\"known_at\":"); /* the one thing that may differ */
    if (at) memmove(at, strchr(at, ',') + 1, strlen(strchr(at, ',') + 1) + 1);
    return text;
}

static void check_statement(walk *w, int64_t customer, arc_date on)
{
    int64_t open, unapplied, root = root_on(w, customer, on);
    arc_statement_info whole = ARC_STATEMENT_INFO_INIT, late = whole, before = whole;
    const arc_date from = FIRST + (arc_date)roll(w, (uint32_t)(on - FIRST + 1));
    free(stated(w, customer, ARC_DATE_NONE, on, 0, &whole));
    owes(w, root, on, &open, &unapplied);
    assert_int_equal(whole.customer, root);
    assert_int_equal(whole.closing, open - unapplied);
    assert_int_equal(whole.unapplied, unapplied);
    free(stated(w, customer, from, on, 0, &late));
    assert_int_equal(late.closing, whole.closing);
    if (root_on(w, root, from - 1) != root) { /* he was another's then: nothing was his */
        assert_int_equal(late.opening, 0);
        return;
    }
    free(stated(w, root, ARC_DATE_NONE, from - 1, 0, &before));
    assert_int_equal(before.closing, late.opening);
}

/* ---- what happens ------------------------------------------------------------------------------------------------------------------- */

static const char *day(char text[16], arc_date d)
{
    size_t n = 16;
    assert_ok(arc_date_print(text, &n, d));
    return text;
}

static void new_doc(walk *w, int is_receipt)
{
    char json[300], on[16], due[16];
    doc *d = &w->docs[w->n_docs];
    d->customer = w->customers[1 + roll(w, CUSTOMERS)];
    d->amount = 100 + roll(w, 5000);
    d->date = w->today;
    snprintf(json, sizeof json, is_receipt ? "{\"number\":\"D%u\",\"customer\":%d,\"value_date\":\"%s\",\"posting_date\":\"%s\",\"currency\":\"CNY\",\"amount\":\"%d.%02d\"}"
                                           : "{\"number\":\"D%u\",\"customer\":%d,\"invoice_date\":\"%s\",\"due_date\":\"%s\",\"currency\":\"CNY\",\"gross_amount\":\"%d.%02d\"}",
             ++w->made, (int)d->customer, day(on, d->date), is_receipt ? on : day(due, d->date + (arc_date)roll(w, 60)), (int)(d->amount / 100), (int)(d->amount % 100));
    if (root_now(w, d->customer) != d->customer) { /* refused: the kept one is named */
        arc_record *r;
        arc_error e = ARC_ERROR_INIT;
        assert_ok(arc_record_new(w->b.session, &r, is_receipt ? ARC_RECEIPT : ARC_INVOICE));
        assert_ok(arc_record_set_json(r, json, SIZE_MAX));
        assert_int_equal(is_receipt ? arc_receipt_record(w->b.session, NULL, r) : arc_invoice_record(w->b.session, NULL, r), ARC_E_STATE);
        assert_ok(arc_session_error(w->b.session, &e));
        assert_int_not_equal(e.id, d->customer);
        arc_record_free(r);
        return;
    }
    d->id = record_of(&w->b, is_receipt ? ARC_RECEIPT : ARC_INVOICE, json); /* an item of each invoice, numbered alike */
    d->left = d->amount;
    if (is_receipt) d->amount = -d->amount;
    w->n_docs++;
}

static void settle(walk *w)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    uint32_t i = roll(w, w->n_docs), r = roll(w, w->n_docs);
    if (w->docs[i].amount < 0 || w->docs[r].amount > 0 || !w->docs[i].left || !w->docs[r].left) return;
    a.item = w->docs[i].id;
    a.receipt = w->docs[r].id;
    a.amount = 1 + roll(w, (uint32_t)(w->docs[i].left < w->docs[r].left ? w->docs[i].left : w->docs[r].left));
    const int one = root_now(w, w->docs[i].customer) == root_now(w, w->docs[r].customer);
    assert_session_status(one ? ARC_OK : ARC_E_STATE, &w->b, arc_allocation_apply(w->b.session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
    if (!one) return;
    w->docs[i].left -= a.amount;
    w->docs[r].left -= a.amount;
    w->paid[w->n_paid++] = (settled){ i, r, a.amount, w->today };
}

static void merge_some(walk *w)
{
    arc_merge m = ARC_MERGE_INIT;
    m.kept = w->customers[1 + roll(w, CUSTOMERS)];
    m.merged = w->customers[1 + roll(w, CUSTOMERS)];
    m.reason = "walk";
    const int good = m.kept != m.merged && root_now(w, m.merged) == m.merged && root_now(w, m.kept) == m.kept;
    arc_status st = arc_customer_merge(w->b.session, NULL, &m);
    assert_true(good ? st == ARC_OK : st == ARC_E_STATE || st == ARC_E_INVALID);
    if (good) w->edges[w->n_edges++] = (edge){ m.merged, m.kept, w->today, 0 };
}

static void part_some(walk *w)
{
    int64_t who = w->customers[1 + roll(w, CUSTOMERS)];
    arc_status st = arc_customer_unmerge(w->b.session, NULL, who, "walk");
    for (uint32_t i = 0; i < w->n_edges; i++) {
        if (w->edges[i].merged != who || w->edges[i].to) continue;
        assert_int_equal(st, ARC_OK);
        w->edges[i].to = w->today;
        return;
    }
    assert_int_equal(st, ARC_E_STATE);
}

static void keep(walk *w)
{
    kept *k = &w->past[w->n_kept++];
    arc_audit_mark m = ARC_AUDIT_MARK_INIT;
    uint32_t n;
    arc_statement_info info = ARC_STATEMENT_INFO_INIT;
    (void)arc_audit_seal(w->b.session, &n, 0);
    assert_session(&w->b, arc_audit_head(w->b.session, &m));
    k->seal = m.seq;
    k->as_of = w->today - (arc_date)roll(w, 15);
    k->aging = aged(w, k->as_of, 0, 0);
    for (int c = 0; c < CUSTOMERS; c++) k->statements[c] = stated(w, w->customers[c + 1], k->as_of - 20, k->as_of, 0, &info);
}

static void same(const char *is, char *was, const char *what, const kept *k)
{
    if (strcmp(is, was) != 0) fail_msg("%s as of %d:\n%s\nwas\n%s", what, k->as_of, is, was);
}

static void the_past_stays(walk *w)
{
    arc_statement_info info = ARC_STATEMENT_INFO_INIT;
    for (uint32_t i = 0; i < w->n_kept; i++) {
        kept *k = &w->past[i];
        for (int now = 0; now < 2; now++) { /* as known then; and, for what has come on later days, as known now */
            char *text = aged(w, k->as_of, now ? 0 : k->seal, 0);
            same(text, k->aging, "aging", k);
            free(text);
            for (int c = 0; c < CUSTOMERS; c++) {
                text = stated(w, w->customers[c + 1], k->as_of - 20, k->as_of, now ? 0 : k->seal, &info);
                same(text, k->statements[c], "statement", k);
                free(text);
            }
        }
        free(k->aging);
        for (int c = 0; c < CUSTOMERS; c++) free(k->statements[c]);
    }
}

static void step(walk *w)
{
    switch (roll(w, 8)) {
    case 0:
    case 1: new_doc(w, 0); break;
    case 2: new_doc(w, 1); break;
    case 3:
    case 4:
        if (w->n_docs) settle(w);
        break;
    case 5: merge_some(w); break;
    case 6: part_some(w); break;
    default:
        w->today += 1 + (arc_date)roll(w, 4);
        assert_ok(arc_session_set_business_date(w->b.session, w->today));
    }
}

static void walk_on(int backend, uint32_t seed)
{
    static walk w;
    memset(&w, 0, sizeof w);
    w.seed = seed * 104729u;
    w.today = FIRST;
    test_book_open(&w.b, backend);
    assert_ok(arc_session_set_business_date(w.b.session, w.today));
    for (int c = 1; c <= CUSTOMERS; c++) {
        char json[100];
        snprintf(json, sizeof json, "{\"code\":\"C%d\",\"legal_name\":\"C%d\"}", c, c);
        w.customers[c] = sample_insert(w.b.session, ARC_CUSTOMER, json);
    }
    for (int i = 0; i < STEPS; i++) {
        step(&w);
        if (!roll(&w, 6)) {
            const arc_date on = w.today - (arc_date)roll(&w, (uint32_t)(w.today - FIRST + 1));
            free(aged(&w, on, 0, 1));
            check_statement(&w, w.customers[1 + roll(&w, CUSTOMERS)], on);
        }
        if (w.n_kept < KEPT && !roll(&w, 8)) {
            w.today++; /* what comes on the same day would change what stands on it */
            assert_ok(arc_session_set_business_date(w.b.session, w.today + 15));
            w.today += 15;
            keep(&w);
            if (w.past[w.n_kept - 1].as_of >= w.today) w.today++;
            assert_ok(arc_session_set_business_date(w.b.session, w.today));
        }
    }
    the_past_stays(&w);
    verify_clean(&w.b);
    char why[1000] = "";
    uint32_t sealed;
    (void)arc_audit_seal(w.b.session, &sealed, 0);
    if (rebuilt_check(w.b.book, 1000, NULL, NULL, why)) fail_msg("rebuilt: %s", why);
    test_book_close(&w.b);
}

static void test_walk(void **state)
{
    const uint32_t seeds = getenv("ARCORE_SOAK") ? 60 : 4;
    (void)state;
    for (uint32_t seed = 1; seed <= seeds; seed++) walk_on((int)(seed % 4), seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_walk) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
