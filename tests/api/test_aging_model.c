/* SPDX-License-Identifier: Apache-2.0 */
/* Agings against a model that adds raw rows up: random books in three currencies, with credit notes, retention, reversals, extensions, transfers and write-offs; by every dimension, both bases, any
 * edges, any day. The sums tie to the control account. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "api/ledger_kit.h"

enum { CUSTOMERS = 5, STEPS = 120, MOST = 4000, FIRST = 20454, DAYS = 200 };
static const char *const currencies[] = { "CNY", "USD", "JPY" };

static uint32_t seed;
static uint32_t roll(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

/* ---- a random book --------------------------------------------------------------------------------------------------------------- */

static void day_text(char out[16], arc_date day)
{
    size_t n = 16;
    assert_ok(arc_date_print(out, &n, day));
}

static void furnish(test_book *b)
{
    test_book_open(b, (int)roll(TEST_BACKENDS));
    assert_ok(arc_session_set_business_date(b->session, FIRST + DAYS));
    for (int i = 0; i < 4; i++) {
        char json[300];
        snprintf(json, sizeof json, "{\"code\":\"U%d\",\"name\":\"Unit\",\"kind\":\"%s\"}", i, i < 2 ? "team" : "region");
        (void)sample_insert(b->session, ARC_ORG_UNIT, json);
    }
    for (int i = 0; i < 2; i++) {
        char json[300];
        snprintf(json, sizeof json, "{\"code\":\"u%d\",\"name\":\"User\",\"kind\":\"person\",\"disabled\":false}", i);
        (void)sample_insert(b->session, ARC_USER_ACCOUNT, json);
        snprintf(json, sizeof json, "{\"code\":\"G%d\",\"name\":\"Group\"}", i);
        (void)sample_insert(b->session, ARC_CUSTOMER_GROUP, json);
    }
    for (int i = 0; i < CUSTOMERS; i++) {
        char json[300], who[120] = "", group[40] = "";
        if (roll(4)) snprintf(who, sizeof who, ",\"owner\":%d,\"team\":%d,\"region\":%d", (int)roll(2) + 1, (int)roll(2) + 1, (int)roll(2) + 3);
        if (roll(3)) snprintf(group, sizeof group, ",\"customer_group\":%d", (int)roll(2) + 1);
        snprintf(json, sizeof json, "{\"code\":\"C%d\",\"legal_name\":\"C\"%s%s}", i, who, group);
        (void)sample_insert(b->session, ARC_CUSTOMER, json);
    }
    (void)sample_insert(b->session, ARC_PROJECT, "{\"code\":\"P\",\"name\":\"Project\",\"status\":\"open\",\"customer\":1}");
}

/* A twentieth is kept back until the goods are accepted: due on no day yet. */
static void retained(test_book *b, int n, const char *on, const char *due, const char *currency, int amount)
{
    char json[500];
    int64_t id;
    arc_record *r[2];
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    assert_ok(arc_record_new(b->session, &r[0], ARC_INVOICE));
    assert_ok(arc_record_new(b->session, &r[1], ARC_INVOICE_LINE));
    snprintf(json, sizeof json, "{\"number\":\"K%d\",\"customer\":%d,\"invoice_date\":\"%s\",\"due_date\":\"%s\",\"currency\":\"%s\",\"retention\":\"0.05\",\"retention_term\":\"12M@ACCEPTANCE\"}", n,
             (int)roll(CUSTOMERS) + 1, on, due, currency);
    assert_ok(arc_record_set_json(r[0], json, SIZE_MAX));
    snprintf(json, sizeof json, "{\"name\":\"Pumps\",\"currency\":\"%s\",\"tax_rate\":\"0.13\",\"gross_amount\":\"%d\"}", currency, amount);
    assert_ok(arc_record_set_json(r[1], json, SIZE_MAX));
    d.invoice = r[0];
    d.lines = &r[1];
    d.n_lines = 1;
    assert_session(b, arc_invoice_issue_document(b->session, &id, &d));
    arc_record_free(r[0]);
    arc_record_free(r[1]);
}

static void document(test_book *b, int n)
{
    char json[500], on[16], due[16];
    arc_date day = FIRST + (arc_date)roll(DAYS);
    int currency = (int)roll(3), amount = (int)roll(90000) + 100;
    day_text(on, day);
    day_text(due, day + (arc_date)roll(90));
    const char *project = roll(4) ? "" : ",\"project\":1", *digits = currency == 2 ? "" : ".50";
    if (!roll(6)) {
        retained(b, n, on, due, currencies[currency], amount);
    } else if (roll(2)) {
        snprintf(json, sizeof json, "{\"number\":\"I%d\",\"customer\":%d,\"invoice_date\":\"%s\",\"due_date\":\"%s\",\"currency\":\"%s\",\"gross_amount\":\"%s%d%s\"%s}", n, (int)roll(CUSTOMERS) + 1, on, due,
                 currencies[currency], roll(5) ? "" : "-", amount, digits, project);
        (void)record_of(b, ARC_INVOICE, json);
    } else {
        snprintf(json, sizeof json, "{\"number\":\"R%d\",\"customer\":%d,\"value_date\":\"%s\",\"posting_date\":\"%s\",\"currency\":\"%s\",\"amount\":\"%d%s\"%s}", n, (int)roll(CUSTOMERS) + 1, on, on,
                 currencies[currency], amount, digits, project);
        (void)record_of(b, ARC_RECEIPT, json);
    }
}

/* ---- raw rows --------------------------------------------------------------------------------------------------------------------- */

enum { WIDE = 12 };
typedef struct raw {
    int64_t v[MOST][WIDE]; /* NULL: INT64_MIN */
    char currency[MOST][4];
    int n;
} raw;

/* kinds: i int, d date, m money (its currency is kept), t text of a kind: 1 where it is planned or estimated. */
static void read_raw(test_book *b, raw *out, uint32_t entity, const arc_field_id *fields, const char *kinds)
{
    arc_query *q;
    arc_cursor *c;
    size_t n = strlen(kinds);
    out->n = 0;
    assert_ok(arc_query_new(b->session, &q, entity));
    assert_ok(arc_query_select(q, fields, n));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        int64_t *v = out->v[out->n];
        for (uint32_t i = 0; i < n; i++) {
            arc_date d;
            arc_money m;
            const char *text;
            size_t len;
            v[i] = INT64_MIN;
            if (kinds[i] == 'i') (void)arc_cursor_get_int(c, &v[i], i);
            if (kinds[i] == 'd' && arc_cursor_get_date(c, &d, i) == ARC_OK) v[i] = d;
            if (kinds[i] == 't' && arc_cursor_get_text(c, &text, &len, i) == ARC_OK) v[i] = len >= 7 && (!memcmp(text, "planned", 7) || !memcmp(text, "estimat", 7));
            if (kinds[i] == 'm' && arc_cursor_get_money(c, &m, i) == ARC_OK) {
                v[i] = m.minor;
                memcpy(out->currency[out->n], m.currency, 4);
            }
        }
        assert_true(++out->n < MOST);
    }
    arc_cursor_free(c);
    arc_query_free(q);
}

static raw items, receipts, allocations, adjustments, customers;
enum { I_ID, I_CUSTOMER, I_AMOUNT, I_DATE, I_DUE, I_OWNER, I_TEAM, I_REGION, I_PROJECT, I_PLAN };
enum { R_ID, R_CUSTOMER, R_AMOUNT, R_DATE, R_OWNER, R_TEAM, R_REGION, R_PROJECT };
enum { A_ITEM, A_RECEIPT, A_CREDIT, A_DATE, A_AMOUNT, A_DISCOUNT, A_WRITE_OFF, A_CREDIT_AMOUNT };
enum { J_ITEM, J_DATE, J_DUE, J_OLD, J_AMOUNT, J_ID };

static void read_all(test_book *b)
{
    static const arc_field_id of_items[] = { ARC_ITEM_ID, ARC_ITEM_CUSTOMER, ARC_ITEM_AMOUNT, ARC_ITEM_BUSINESS_DATE, ARC_ITEM_DUE_DATE, ARC_ITEM_OWNER, ARC_ITEM_TEAM, ARC_ITEM_REGION, ARC_ITEM_PROJECT, ARC_ITEM_KIND };
    static const arc_field_id of_receipts[] = { ARC_RECEIPT_ID, ARC_RECEIPT_CUSTOMER, ARC_RECEIPT_AMOUNT, ARC_RECEIPT_VALUE_DATE, ARC_RECEIPT_OWNER, ARC_RECEIPT_TEAM, ARC_RECEIPT_REGION, ARC_RECEIPT_PROJECT };
    static const arc_field_id of_allocations[] = { ARC_ALLOCATION_ITEM, ARC_ALLOCATION_RECEIPT, ARC_ALLOCATION_CREDIT_ITEM, ARC_ALLOCATION_EFFECTIVE_DATE, ARC_ALLOCATION_AMOUNT, ARC_ALLOCATION_DISCOUNT,
                                                   ARC_ALLOCATION_WRITE_OFF, ARC_ALLOCATION_CREDIT_AMOUNT };
    static const arc_field_id of_adjustments[] = { ARC_ADJUSTMENT_ITEM, ARC_ADJUSTMENT_EFFECTIVE_DATE, ARC_ADJUSTMENT_DUE_DATE, ARC_ADJUSTMENT_OLD_DUE_DATE, ARC_ADJUSTMENT_AMOUNT, ARC_ADJUSTMENT_ID };
    static const arc_field_id of_customers[] = { ARC_CUSTOMER_ID, ARC_CUSTOMER_CUSTOMER_GROUP };
    read_raw(b, &items, ARC_ITEM, of_items, "iimddiiiit");
    read_raw(b, &receipts, ARC_RECEIPT, of_receipts, "iimdiiii");
    read_raw(b, &allocations, ARC_ALLOCATION, of_allocations, "iiidmmmm");
    read_raw(b, &adjustments, ARC_ADJUSTMENT, of_adjustments, "idddmi");
    read_raw(b, &customers, ARC_CUSTOMER, of_customers, "ii");
}

static int64_t zero(int64_t v) { return v == INT64_MIN ? 0 : v; }

/* What is refused - other customers, currencies, nothing open - changes nothing. */
static int64_t partner(const raw *of, int id_at, int customer_at, int item, int sign)
{
    for (int tries = 0; tries < 60 && of->n; tries++) {
        int i = (int)roll((uint32_t)of->n);
        if (of->v[i][customer_at] == items.v[item][I_CUSTOMER] && !strcmp(of->currency[i], items.currency[item]) && (!sign || of->v[i][I_AMOUNT] < 0)) return of->v[i][id_at];
    }
    return 0;
}

static void move(test_book *b)
{
    arc_session *s = b->session;
    arc_date day = FIRST + (arc_date)roll(DAYS);
    if (!items.n) return;
    int at = (int)roll((uint32_t)items.n);
    int64_t item = items.v[at][I_ID];
    arc_allocation a = ARC_ALLOCATION_INIT;
    switch (roll(8)) {
    case 0: (void)arc_item_extend(s, NULL, item, FIRST + DAYS + (arc_date)roll(100), day, "time"); break;
    case 1: (void)arc_item_transfer(s, NULL, item, (int64_t)roll(CUSTOMERS) + 1, 0, day, "consent"); break;
    case 2: if (allocations.n) (void)arc_allocation_reverse(s, NULL, (int64_t)roll((uint32_t)allocations.n) + 1, FIRST + DAYS - (arc_date)roll(60), "wrong"); break;
    default:
        a.item = item;
        a.amount = 1 + (int64_t)roll(4000);
        a.date = day;
        a.write_off = roll(5) ? 0 : (int64_t)roll(300);
        if (a.write_off) a.reason_code = "small_difference";
        if (roll(4)) a.receipt = partner(&receipts, R_ID, R_CUSTOMER, at, 0);
        else a.credit_item = partner(&items, I_ID, I_CUSTOMER, at, 1);
        (void)arc_allocation_apply(s, NULL, NULL, &a, 1, ARC_ALL_OR_NONE);
    }
}

/* ---- the model --------------------------------------------------------------------------------------------------------------------- */

typedef struct line {
    int64_t who, buckets[8], unapplied;
    char currency[4];
} line;

static line model[300];
static int n_model;

static line *line_of(int64_t who, const char *currency)
{
    for (int i = 0; i < n_model; i++) {
        if (model[i].who == who && !strcmp(model[i].currency, currency)) return &model[i];
    }
    memset(&model[n_model], 0, sizeof *model);
    model[n_model].who = who;
    memcpy(model[n_model].currency, currency, 4);
    return &model[n_model++];
}

static int64_t key_of(const int64_t *v, int32_t by, int customer_at, int owner_at, int project_at)
{
    if (by == ARC_AGING_BY_CUSTOMER) return v[customer_at];
    if (by <= ARC_AGING_BY_REGION) return zero(v[owner_at + by - ARC_AGING_BY_OWNER]);
    if (by == ARC_AGING_BY_PROJECT) return zero(v[project_at]);
    for (int i = 0; by == ARC_AGING_BY_GROUP && i < customers.n; i++) {
        if (customers.v[i][0] == v[customer_at]) return zero(customers.v[i][1]);
    }
    return 0; /* departments, business lines: nobody has one */
}

static int64_t left_of_item(int i, arc_date day, int64_t *due)
{
    int64_t id = items.v[i][I_ID], left = items.v[i][I_AMOUNT], on = INT64_MIN, at = 0;
    *due = items.v[i][I_DUE];
    for (int k = 0; k < allocations.n; k++) {
        const int64_t *a = allocations.v[k];
        if (a[A_DATE] > day) continue;
        if (a[A_ITEM] == id) left -= zero(a[A_AMOUNT]) + zero(a[A_DISCOUNT]) + zero(a[A_WRITE_OFF]);
        if (a[A_CREDIT] == id) left += zero(a[A_AMOUNT]);
    }
    for (int k = 0; k < adjustments.n; k++) {
        const int64_t *j = adjustments.v[k];
        if (j[J_ITEM] != id || j[J_DATE] > day) continue;
        left += zero(j[J_AMOUNT]);
        if ((j[J_DUE] == INT64_MIN && j[J_OLD] == INT64_MIN) || j[J_DATE] < on || (j[J_DATE] == on && j[J_ID] < at)) continue;
        on = j[J_DATE];
        at = j[J_ID];
        *due = j[J_DUE];
    }
    return left;
}

static void add_up(arc_date day, int32_t by, int32_t basis, const int32_t *edges, uint32_t n_edges)
{
    n_model = 0;
    for (int i = 0; i < items.n; i++) {
        int64_t due, left = items.v[i][I_DATE] <= day && !items.v[i][I_PLAN] ? left_of_item(i, day, &due) : 0;
        if (!left) continue;
        int64_t from = basis == ARC_AGE_BY_DUE_DATE ? due : items.v[i][I_DATE];
        uint32_t bucket = 0;
        while (from != INT64_MIN && bucket < n_edges && day - from >= edges[bucket]) bucket++;
        line_of(key_of(items.v[i], by, I_CUSTOMER, I_OWNER, I_PROJECT), items.currency[i])->buckets[bucket] += left;
    }
    for (int i = 0; i < receipts.n; i++) {
        int64_t left = receipts.v[i][R_AMOUNT];
        if (receipts.v[i][R_DATE] > day) continue;
        for (int k = 0; k < allocations.n; k++) {
            const int64_t *a = allocations.v[k];
            if (a[A_RECEIPT] == receipts.v[i][R_ID] && a[A_DATE] <= day) left -= a[A_CREDIT_AMOUNT] == INT64_MIN ? zero(a[A_AMOUNT]) : a[A_CREDIT_AMOUNT];
        }
        if (left) line_of(key_of(receipts.v[i], by, R_CUSTOMER, R_OWNER, R_PROJECT), receipts.currency[i])->unapplied += left;
    }
}

/* Receivables posted up to a day, in a currency. */
static int64_t controlled(test_book *b, arc_date day, const char *currency)
{
    static char json[20000];
    size_t n = sizeof json;
    arc_journal_balance_options o = ARC_JOURNAL_BALANCE_OPTIONS_INIT;
    double sum = 0;
    o.as_of = day;
    memcpy(o.currency, currency, 4);
    assert_session(b, arc_journal_balance_json(b->session, json, &n, &o));
    cJSON *root = cJSON_Parse(json), *row;
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(root, "rows")) {
        const cJSON *role = cJSON_GetObjectItemCaseSensitive(row, "role"), *debit = cJSON_GetObjectItemCaseSensitive(row, "debit"), *credit = cJSON_GetObjectItemCaseSensitive(row, "credit");
        if (strcmp(role->valuestring, "receivable") && strcmp(role->valuestring, "retention_receivable")) continue;
        sum += debit ? strtod(debit->valuestring, NULL) : -strtod(credit->valuestring, NULL);
    }
    cJSON_Delete(root);
    sum *= strcmp(currency, "JPY") ? 100 : 1;
    return (int64_t)(sum < 0 ? sum - 0.5 : sum + 0.5);
}

static void compare(test_book *b)
{
    int32_t edges[6];
    uint32_t n_edges = roll(6), n;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging *a;
    for (uint32_t i = 0; i < n_edges; i++) edges[i] = (int32_t)roll(30) + 1 + (i ? edges[i - 1] : -40);
    o.as_of = FIRST + (arc_date)roll(DAYS + 60);
    o.by = (int32_t)roll(8);
    o.basis = (int32_t)roll(2);
    o.edges = edges;
    o.n_edges = n_edges;
    add_up(o.as_of, o.by, o.basis, edges, n_edges);
    assert_session(b, arc_aging_compute(b->session, &a, &o));
    assert_ok(arc_aging_count(a, &n));
    for (uint32_t i = 0; i < n; i++) {
        arc_aging_row row = ARC_AGING_ROW_INIT;
        assert_ok(arc_aging_get(a, &row, i));
        line *l = line_of(row.customer, row.currency);
        for (uint32_t k = 0; k <= n_edges; k++) {
            if (row.buckets[k] != l->buckets[k]) fail_msg("by %d as of %d, %s of %lld, bucket %u: %lld, not %lld", o.by, o.as_of, row.currency, (long long)row.customer, k, (long long)row.buckets[k], (long long)l->buckets[k]);
        }
        assert_int_equal(row.unapplied, l->unapplied);
        memset(l->buckets, 0, sizeof l->buckets);
        l->unapplied = 0;
    }
    for (int i = 0; i < n_model; i++) { /* what it left out is nothing */
        for (uint32_t k = 0; k <= n_edges; k++) assert_int_equal(model[i].buckets[k], 0);
        assert_int_equal(model[i].unapplied, 0);
    }
    for (int c = 0; c < 3; c++) {
        arc_aging_row total = ARC_AGING_ROW_INIT;
        arc_status st = arc_aging_total(a, &total, currencies[c]);
        assert_true(st == ARC_OK || st == ARC_E_NOT_FOUND);
        assert_int_equal(st == ARC_OK ? total.total : 0, controlled(b, o.as_of, currencies[c]));
    }
    arc_aging_free(a);
}

/* What is computed of every item and receipt as of a day adds up to the aging of that day. */
static void computed_agrees(test_book *b, arc_date day)
{
    static arc_record *records[MOST];
    static const int32_t edges[] = { 1, 31, 61, 91 };
    uint32_t n = 0, rows;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging *a;
    for (int i = 0; i < items.n; i++) assert_session(b, arc_session_get(b->session, &records[n++], ARC_ITEM, items.v[i][I_ID]));
    for (int i = 0; i < receipts.n; i++) assert_session(b, arc_session_get(b->session, &records[n++], ARC_RECEIPT, receipts.v[i][R_ID]));
    assert_session(b, arc_record_compute(b->session, records, n, day));
    n_model = 0;
    for (uint32_t i = 0; i < n; i++) {
        const int is_item = i < (uint32_t)items.n;
        const raw *of = is_item ? &items : &receipts;
        const int at = (int)i - (is_item ? 0 : items.n);
        arc_money left;
        int64_t bucket = 0;
        arc_status st = arc_record_get_money(records[i], &left, is_item ? ARC_ITEM_OPEN : ARC_RECEIPT_UNAPPLIED);
        assert_int_equal(st == ARC_OK, of->v[at][is_item ? I_DATE : R_DATE] <= day);
        if (st != ARC_OK || !left.minor || (is_item && of->v[at][I_PLAN])) continue;
        line *l = line_of(of->v[at][is_item ? I_CUSTOMER : R_CUSTOMER], of->currency[at]);
        if (is_item) assert_ok(arc_record_get_int(records[i], &bucket, ARC_ITEM_BUCKET));
        *(is_item ? &l->buckets[bucket] : &l->unapplied) += left.minor;
    }
    for (uint32_t i = 0; i < n; i++) arc_record_free(records[i]);
    o.as_of = day;
    o.edges = edges;
    o.n_edges = 4;
    assert_session(b, arc_aging_compute(b->session, &a, &o));
    assert_ok(arc_aging_count(a, &rows));
    for (uint32_t i = 0; i < rows; i++) {
        arc_aging_row row = ARC_AGING_ROW_INIT;
        assert_ok(arc_aging_get(a, &row, i));
        line *l = line_of(row.customer, row.currency);
        for (uint32_t k = 0; k < 5; k++) assert_int_equal(row.buckets[k], l->buckets[k]);
        assert_int_equal(row.unapplied, l->unapplied);
        l->who = -1;
    }
    for (int i = 0; i < n_model; i++) assert_true(model[i].who == -1 || !(model[i].unapplied || model[i].buckets[0] || model[i].buckets[1] || model[i].buckets[2] || model[i].buckets[3] || model[i].buckets[4]));
    arc_aging_free(a);
}

static void random_books(void **state)
{
    (void)state;
    for (uint32_t book = 1; book <= 8; book++) {
        test_book b;
        seed = book * 7919u;
        furnish(&b);
        for (int i = 0; i < STEPS; i++) {
            document(&b, i);
            read_all(&b);
            for (int k = 0; k < 4; k++) move(&b);
        }
        read_all(&b);
        int never = 0;
        for (int i = 0; i < items.n; i++) never += items.v[i][I_DUE] == INT64_MIN;
        assert_true(allocations.n > 20 && adjustments.n > 0 && never > 0);
        for (int i = 0; i < 60; i++) compare(&b);
        for (int i = 0; i < 6; i++) computed_agrees(&b, FIRST + (arc_date)roll(DAYS + 60));
        verify_clean(&b);
        test_book_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(random_books) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
