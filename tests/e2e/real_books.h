/* SPDX-License-Identifier: Apache-2.0 */
/* What both books of real files share: reading the files, writing what they say, and summing the raw rows once more beside what the book says. */
#ifndef TESTS_E2E_REAL_BOOKS_H
#define TESTS_E2E_REAL_BOOKS_H

#include "support/support.h"

#include <dirent.h>

#include "arcore/arcore.h"
#include "arcore/fields.h"

enum { BATCH = 500, EDGES = 4, MAX_CURRENCIES = 2 };

typedef struct claim { /* a document of the file */
    char number[24];
    int customer, currency, since, due, paid; /* paid: the day of the payment it is in; 0: none */
    int64_t amount, left, id, item;
} claim;

typedef struct settled { /* part of a claim that was settled on a day */
    int claim, date;
    int64_t amount; /* sign of the claim */
} settled;

typedef struct world {
    arc_book *book;
    arc_session *session;
    const char *currencies[MAX_CURRENCIES];
    char (*codes)[24]; /* of customers */
    int64_t *customers; /* ids */
    int n_customers, n_claims, n_settled, cap_settled;
    claim *claims;
    settled *settled;
    int64_t paid_in; /* receipts in all */
} world;

/* ---- files ------------------------------------------------------------------------------------------------------------------------ */

/* The fields of a CSV line, unquoted in place; the line behind it. */
static char *csv_line(char *at, char **fields, int most, int *n)
{
    *n = 0;
    for (;;) {
        char *to = at, *from = at;
        int quoted = *from == '"';
        if (*n < most) fields[(*n)++] = at;
        if (quoted) from++;
        for (; *from && (quoted || (*from != ',' && *from != '\n')); from++) {
            if (quoted && *from == '"') {
                if (from[1] != '"') {
                    quoted = 0;
                    continue;
                }
                from++;
            }
            if (*from != '\r') *to++ = *from;
        }
        int end = *from != ',';
        at = *from ? from + 1 : from;
        *to = 0;
        if (end) return at;
    }
}

static int day_of(const char *text)
{
    arc_date d = 0;
    if (arc_date_parse(&d, text, 10) != ARC_OK) fail_msg("%s is no date", text);
    return d;
}

/* A decimal with up to four places as an integer. */
static int64_t scaled(const char *text)
{
    int64_t v = 0;
    int places = -1, negative = *text == '-';
    for (const char *s = text + negative; *s; s++) {
        if (*s == '.' && places < 0) places = 0;
        else if (*s >= '0' && *s <= '9' && places < 4) v = v * 10 + (*s - '0'), places += places >= 0;
        else fail_msg("%s is no number", text);
    }
    for (int p = places < 0 ? 0 : places; p < 4; p++) v *= 10;
    return negative ? -v : v;
}

static int by_code(const void *a, const void *b) { return strcmp(a, b); }

static int customer_of(const world *w, const char *code)
{
    const char *found = bsearch(code, w->codes, (size_t)w->n_customers, sizeof *w->codes, by_code);
    return found ? (int)((found - w->codes[0]) / (int)sizeof *w->codes) : -1;
}

static void unique_codes(world *w)
{
    int n = 0;
    qsort(w->codes, (size_t)w->n_customers, sizeof *w->codes, by_code);
    for (int i = 0; i < w->n_customers; i++) {
        if (!n || strcmp(w->codes[n - 1], w->codes[i]) != 0) memmove(w->codes[n++], w->codes[i], sizeof *w->codes);
    }
    w->n_customers = n;
}

/* ---- a book ------------------------------------------------------------------------------------------------------------------------ */

static void ok(world *w, arc_status st, const char *call, int line)
{
    arc_error e = ARC_ERROR_INIT;
    if (st == ARC_OK) return;
    if (w->session) (void)arc_session_error(w->session, &e);
    fail_msg("line %d: %s: %s %s (row %lld, field %s)", line, call, arc_status_name(st), e.message, (long long)e.row, e.field);
}
#define OK(w, call) ok(w, call, #call, __LINE__)

static void open_world(world *w, test_env *t, const char *name, int today)
{
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    char uri[700];
    snprintf(uri, sizeof uri, "sqlite:%s", test_path(t, name));
    bo.flags = ARC_BOOK_CREATE;
    bo.base_currency = w->currencies[0];
    so.business_date = today;
    OK(w, arc_book_open(t->ctx, &w->book, uri, &bo));
    OK(w, arc_session_open(w->book, &w->session, &so));
}

static void close_world(world *w)
{
    arc_book_close(w->book);
    free(w->codes);
    free(w->customers);
    free(w->claims);
    free(w->settled);
}

static void add_customers(world *w)
{
    arc_record **r = calloc((size_t)w->n_customers, sizeof(arc_record *));
    w->customers = calloc((size_t)w->n_customers, sizeof *w->customers);
    for (int i = 0; i < w->n_customers; i++) {
        OK(w, arc_record_new(w->session, &r[i], ARC_CUSTOMER));
        OK(w, arc_customer_set_code(r[i], w->codes[i], SIZE_MAX));
        OK(w, arc_customer_set_legal_name(r[i], w->codes[i], SIZE_MAX));
    }
    OK(w, arc_session_insert_many(w->session, w->customers, NULL, r, (size_t)w->n_customers, ARC_ALL_OR_NONE));
    for (int i = 0; i < w->n_customers; i++) arc_record_free(r[i]);
    free(r);
}

static arc_money money(const world *w, int currency, int64_t minor)
{
    arc_money m;
    memset(&m, 0, sizeof m);
    m.minor = minor;
    memcpy(m.currency, w->currencies[currency], 3);
    return m;
}

/* Invoices without lines, or, with a negative amount, credit notes. */
static void record_claims(world *w, claim *const *list, int n)
{
    arc_record *r[BATCH];
    int64_t ids[BATCH];
    for (int at = 0; at < n; at += BATCH) {
        int m = n - at < BATCH ? n - at : BATCH;
        for (int i = 0; i < m; i++) {
            const claim *c = list[at + i];
            OK(w, arc_record_new(w->session, &r[i], ARC_INVOICE));
            OK(w, arc_invoice_set_number(r[i], c->number, SIZE_MAX));
            OK(w, arc_invoice_set_customer(r[i], w->customers[c->customer]));
            OK(w, arc_invoice_set_invoice_date(r[i], c->since));
            OK(w, arc_invoice_set_due_date(r[i], c->due));
            OK(w, arc_invoice_set_gross_amount(r[i], money(w, c->currency, c->amount)));
        }
        OK(w, arc_invoice_record_many(w->session, ids, NULL, r, (size_t)m, ARC_ALL_OR_NONE));
        for (int i = 0; i < m; i++) {
            list[at + i]->id = ids[i];
            arc_record_free(r[i]);
        }
    }
}

/* Each of these documents has one item: which. */
static inline void find_items(world *w)
{
    static const arc_field_id fields[] = { ARC_ITEM_ID, ARC_ITEM_INVOICE };
    int64_t most = 0, *item, id, invoice;
    arc_query *q;
    arc_cursor *c;
    arc_status st;
    for (int i = 0; i < w->n_claims; i++) if (w->claims[i].id > most) most = w->claims[i].id;
    item = calloc((size_t)most + 1, sizeof *item);
    OK(w, arc_query_new(w->session, &q, ARC_ITEM));
    OK(w, arc_query_select(q, fields, 2));
    OK(w, arc_query_run(q, &c));
    while ((st = arc_cursor_next(c)) == ARC_OK) {
        OK(w, arc_cursor_get_int(c, &id, 0));
        OK(w, arc_cursor_get_int(c, &invoice, 1));
        assert_true(invoice > 0 && invoice <= most && !item[invoice]);
        item[invoice] = id;
    }
    assert_int_equal(st, ARC_DONE);
    arc_cursor_free(c);
    arc_query_free(q);
    for (int i = 0; i < w->n_claims; i++) assert_true((w->claims[i].item = item[w->claims[i].id]) > 0);
    free(item);
}

static void note_settled(world *w, int claim_at, int date, int64_t amount)
{
    if (w->n_settled == w->cap_settled) {
        w->cap_settled = w->cap_settled ? w->cap_settled * 2 : 1024;
        w->settled = realloc(w->settled, (size_t)w->cap_settled * sizeof *w->settled);
    }
    w->settled[w->n_settled++] = (settled){ claim_at, date, amount };
    w->claims[claim_at].left -= amount;
}

static inline void apply(world *w, const arc_allocation *list, size_t n)
{
    for (size_t at = 0; at < n; at += 5000) OK(w, arc_allocation_apply(w->session, NULL, NULL, list + at, n - at < 5000 ? n - at : 5000, ARC_ALL_OR_NONE));
}

/* ---- what the book says, beside what the rows say ------------------------------------------------------------------------------------ */

static int bucket_of(int age) { return (age >= 1) + (age >= 31) + (age >= 61) + (age >= 91); }

static int64_t left_on(const int64_t *moved, const world *w, int i, int day) { return w->claims[i].since > day ? 0 : w->claims[i].amount - moved[i]; }

static void compare_aging(world *w, int day)
{
    size_t cells = (size_t)w->n_customers * MAX_CURRENCIES * (EDGES + 1);
    int64_t *sums = calloc(cells, sizeof *sums), *moved = calloc((size_t)w->n_claims, sizeof *moved), total = 0;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging *aging;
    uint32_t n;
    for (int i = 0; i < w->n_settled; i++) if (w->settled[i].date <= day) moved[w->settled[i].claim] += w->settled[i].amount;
    for (int i = 0; i < w->n_claims; i++) {
        const claim *c = &w->claims[i];
        sums[(c->customer * MAX_CURRENCIES + c->currency) * (EDGES + 1) + bucket_of(day - c->due)] += left_on(moved, w, i, day);
        total += left_on(moved, w, i, day);
    }
    o.as_of = day;
    OK(w, arc_aging_compute(w->session, &aging, &o));
    OK(w, arc_aging_count(aging, &n));
    for (uint32_t i = 0; i < n; i++) {
        arc_aging_row r = ARC_AGING_ROW_INIT;
        OK(w, arc_aging_get(aging, &r, i));
        int at = customer_of(w, r.code), currency = strcmp(r.currency, w->currencies[0]) != 0;
        assert_true(at >= 0);
        for (int b = 0; b <= EDGES; b++) {
            int64_t *sum = &sums[(at * MAX_CURRENCIES + currency) * (EDGES + 1) + b];
            if (r.buckets[b] != *sum) fail_msg("day %d, %s %s, bucket %d: %lld, not %lld", day, r.code, r.currency, b, (long long)r.buckets[b], (long long)*sum);
            *sum = 0;
        }
        assert_int_equal(r.unapplied, 0); /* every receipt here was used the day it came */
    }
    for (size_t i = 0; i < cells; i++) assert_int_equal(sums[i], 0);
    print_message("as of %d: %u rows, open %lld.%02d\n", day, n, (long long)(total / 100), (int)(total % 100));
    assert_true(n > 0);
    arc_aging_free(aging);
    free(sums);
    free(moved);
}

/* Entries up to a day. Ids of entries count up to *most. */
static char *entries_until(world *w, int day, int64_t *most)
{
    static const arc_field_id fields[] = { ARC_JOURNAL_ENTRY_ID, ARC_JOURNAL_ENTRY_POSTING_DATE };
    char *in = NULL;
    arc_query *q;
    arc_cursor *c;
    int64_t cap = 0;
    *most = 0;
    OK(w, arc_query_new(w->session, &q, ARC_JOURNAL_ENTRY));
    OK(w, arc_query_select(q, fields, 2));
    OK(w, arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        int64_t id;
        arc_date on;
        OK(w, arc_cursor_get_int(c, &id, 0));
        OK(w, arc_cursor_get_date(c, &on, 1));
        for (; id >= cap; cap = cap ? cap * 2 : 65536) {
            in = realloc(in, (size_t)(cap ? cap * 2 : 65536));
            memset(in + cap, 0, (size_t)(cap ? cap : 65536));
        }
        in[id] = on <= day;
        if (id > *most) *most = id;
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return in;
}

/* The control account of each customer as of a day, from the journal; and what came in at the bank. */
static void compare_control(world *w, int day)
{
    static const arc_field_id fields[] = { ARC_JOURNAL_LINE_JOURNAL_ENTRY, ARC_JOURNAL_LINE_CUSTOMER, ARC_JOURNAL_LINE_ACCOUNT_ROLE, ARC_JOURNAL_LINE_AMOUNT };
    int64_t *sums = calloc((size_t)w->n_customers * MAX_CURRENCIES, sizeof *sums), bank = 0, receipts = 0, balance = 0, most, last = 0;
    char *in = entries_until(w, day, &most);
    arc_query *q;
    arc_cursor *c;
    for (int i = 0; i < w->n_customers; i++) if (w->customers[i] > last) last = w->customers[i];
    int *of = calloc((size_t)last + 1, sizeof *of);
    for (int i = 0; i < w->n_customers; i++) of[w->customers[i]] = i;
    OK(w, arc_query_new(w->session, &q, ARC_JOURNAL_LINE));
    OK(w, arc_query_select(q, fields, 4));
    OK(w, arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        int64_t entry, customer;
        const char *role;
        size_t len;
        arc_money m;
        OK(w, arc_cursor_get_int(c, &entry, 0));
        OK(w, arc_cursor_get_int(c, &customer, 1));
        OK(w, arc_cursor_get_text(c, &role, &len, 2));
        OK(w, arc_cursor_get_money(c, &m, 3));
        assert_true(entry <= most && customer <= last);
        if (!in[entry]) continue;
        balance += m.minor;
        if (len == 4 && memcmp(role, "bank", 4) == 0) bank += m.minor;
        if (len == 10 && memcmp(role, "receivable", 10) == 0) sums[of[customer] * MAX_CURRENCIES + (memcmp(m.currency, w->currencies[0], 3) != 0)] -= m.minor;
    }
    arc_cursor_free(c);
    arc_query_free(q);
    for (int i = 0; i < w->n_claims; i++) {
        const claim *x = &w->claims[i];
        if (x->since <= day) sums[x->customer * MAX_CURRENCIES + x->currency] += x->amount;
    }
    for (int i = 0; i < w->n_settled; i++) {
        const claim *x = &w->claims[w->settled[i].claim];
        if (w->settled[i].date > day) continue;
        sums[x->customer * MAX_CURRENCIES + x->currency] -= w->settled[i].amount;
        receipts += w->settled[i].amount;
    }
    for (int i = 0; i < w->n_customers * MAX_CURRENCIES; i++) {
        if (sums[i]) fail_msg("control account of %s as of %d differs by %lld", w->codes[i / MAX_CURRENCIES], day, (long long)sums[i]);
    }
    assert_int_equal(balance, 0);
    if (w->paid_in) assert_int_equal(bank, receipts);
    free(sums);
    free(of);
    free(in);
}

static int32_t tell(void *user, const arc_finding *f)
{
    (void)user;
    print_message("%s %s.%s %lld: %s\n", f->check, f->entity, f->field, (long long)f->id, f->message);
    return 0;
}

static void compare(world *w, const char *const *days)
{
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    for (; *days; days++) {
        compare_aging(w, day_of(*days));
        compare_control(w, day_of(*days));
    }
    OK(w, arc_book_verify(w->book, &sum, tell, NULL, NULL));
    assert_int_equal(sum.findings, 0);
}

#endif
