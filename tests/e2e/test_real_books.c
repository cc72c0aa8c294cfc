/* SPDX-License-Identifier: Apache-2.0 */
/* ctest: slow */
/* Real files become books, through the public API alone, and the books say what the files say: order lines of a web shop as invoices with lines, its
 * cancellations as credit notes that settle what was ordered before; invoices of a wholesaler paid many at a time. Everything the book is asked for -
 * aging by customer as of several days, accounts, journal - is summed here once more from the raw rows. */
#include "e2e/web_shop.h"

/* ---- a web shop ------------------------------------------------------------------------------------------------------------------------ */

static arc_record *line_of(world *w, const row *r)
{
    arc_record *l;
    OK(w, arc_record_new(w->session, &l, ARC_INVOICE_LINE));
    OK(w, arc_record_set_text(l, ARC_INVOICE_LINE_NAME, r->name, SIZE_MAX));
    OK(w, arc_record_set_decimal(l, ARC_INVOICE_LINE_QUANTITY, (arc_decimal){ .mantissa = r->quantity }));
    OK(w, arc_record_set_decimal(l, ARC_INVOICE_LINE_PRICE, (arc_decimal){ .mantissa = r->price, .scale = 4 }));
    OK(w, arc_record_set_text(l, ARC_INVOICE_LINE_CURRENCY, w->currencies[0], SIZE_MAX));
    OK(w, arc_record_set_text(l, ARC_INVOICE_LINE_TAX_KIND, "outside", SIZE_MAX));
    return l;
}

typedef struct order {
    claim *claim;
    const row *rows;
    int n;
} order;

/* Orders with their lines, due after thirty days. */
static void issue_orders(world *w, const order *list, int n)
{
    arc_invoice_document d[BATCH];
    int64_t ids[BATCH];
    for (int at = 0; at < n; at += BATCH) {
        int m = n - at < BATCH ? n - at : BATCH;
        for (int i = 0; i < m; i++) {
            const order *o = &list[at + i];
            arc_record **lines = calloc((size_t)o->n, sizeof(arc_record *));
            for (int k = 0; k < o->n; k++) lines[k] = line_of(w, &o->rows[k]);
            (void)arc_invoice_document_init(&d[i]);
            OK(w, arc_record_new(w->session, &d[i].invoice, ARC_INVOICE));
            OK(w, arc_invoice_set_number(d[i].invoice, o->claim->number, SIZE_MAX));
            OK(w, arc_invoice_set_customer(d[i].invoice, w->customers[o->claim->customer]));
            OK(w, arc_invoice_set_invoice_date(d[i].invoice, o->claim->since));
            OK(w, arc_record_set_text(d[i].invoice, ARC_INVOICE_CURRENCY, w->currencies[0], SIZE_MAX));
            OK(w, arc_invoice_set_term(d[i].invoice, "NET30", SIZE_MAX));
            d[i].lines = lines;
            d[i].n_lines = (uint32_t)o->n;
        }
        OK(w, arc_invoice_issue_many(w->session, ids, NULL, d, (size_t)m, ARC_ALL_OR_NONE));
        for (int i = 0; i < m; i++) {
            list[at + i].claim->id = ids[i];
            for (uint32_t k = 0; k < d[i].n_lines; k++) arc_record_free(d[i].lines[k]);
            free((void *)(uintptr_t)d[i].lines);
            arc_record_free(d[i].invoice);
        }
    }
}

static const claim *claims_to_sort;
static int by_customer_and_day(const void *x, const void *y)
{
    const claim *a = &claims_to_sort[*(const int *)x], *b = &claims_to_sort[*(const int *)y];
    if (a->customer != b->customer) return a->customer - b->customer;
    return a->since != b->since ? a->since - b->since : *(const int *)x - *(const int *)y;
}

static int *sorted_claims(const world *w)
{
    int *at = calloc((size_t)w->n_claims, sizeof *at);
    for (int i = 0; i < w->n_claims; i++) at[i] = i;
    claims_to_sort = w->claims;
    qsort(at, (size_t)w->n_claims, sizeof *at, by_customer_and_day);
    return at;
}

/* A cancellation settles what its customer ordered before, oldest first. */
static int use_credits(world *w)
{
    int *at = sorted_claims(w), n = 0;
    arc_allocation *list = calloc((size_t)w->n_claims * 2 + 1, sizeof *list);
    for (int i = 0; i < w->n_claims; i++) {
        claim *credit = &w->claims[at[i]];
        int first = i;
        while (first && w->claims[at[first - 1]].customer == credit->customer) first--;
        for (int k = first; k < i && credit->left < 0; k++) {
            claim *debt = &w->claims[at[k]];
            int64_t amount = debt->left < -credit->left ? debt->left : -credit->left;
            if (debt->left <= 0) continue;
            assert_true(n < w->n_claims * 2);
            (void)arc_allocation_init(&list[n]);
            list[n].date = credit->since;
            list[n].credit_item = credit->item;
            list[n].item = debt->item;
            list[n++].amount = amount;
            note_settled(w, at[k], credit->since, amount);
            note_settled(w, at[i], credit->since, -amount);
        }
    }
    apply(w, list, (size_t)n);
    free(list);
    free(at);
    return n;
}

static void web_shop(void **state)
{
    static const char *const days[] = { "2010-12-10", "2010-12-31", "2011-01-15", "2011-03-31", NULL };
    TEST_NEED_DATA(folder, "ecommerce/online_retail");
    world w = { .currencies = { "GBP", "" } };
    int n = 0, n_orders = 0, n_credits = 0;
    row *rows = read_rows(folder, &n);
    assert_true(n > 1000);
    size_t most = n > 0 ? (size_t)n : 0;
    w.codes = calloc(most, sizeof *w.codes);
    for (int i = 0; i < n; i++) memcpy(w.codes[w.n_customers++], rows[i].customer, sizeof *w.codes);
    unique_codes(&w);
    qsort(rows, (size_t)n, sizeof *rows, by_number);
    w.claims = calloc(most, sizeof *w.claims);
    order *orders = calloc(most, sizeof *orders);
    claim **credits = calloc(most, sizeof(claim *));
    for (int i = 0, k; i < n; i = k) {
        claim *c = &w.claims[w.n_claims++];
        for (k = i; k < n && strcmp(rows[k].number, rows[i].number) == 0; k++) c->amount += rows[k].amount;
        memcpy(c->number, rows[i].number, sizeof c->number);
        c->customer = customer_of(&w, rows[i].customer);
        c->since = rows[i].day;
        c->due = c->amount < 0 ? c->since : c->since + 30;
        c->left = c->amount;
        if (c->amount < 0) credits[n_credits++] = c;
        else orders[n_orders++] = (order){ c, rows + i, k - i };
    }
    open_world(&w, *state, "web_shop.arc", day_of("2011-04-30"));
    add_customers(&w);
    issue_orders(&w, orders, n_orders);
    record_claims(&w, credits, n_credits);
    find_items(&w);
    int used = use_credits(&w);
    print_message("%d order lines: %d invoices, %d credit notes, %d allocations, %d customers\n", n, n_orders, n_credits, used, w.n_customers);
    compare(&w, days);
    free(orders);
    free(credits);
    free(rows);
    close_world(&w);
}

/* ---- a wholesaler -------------------------------------------------------------------------------------------------------------------------- */

static void read_claims(world *w, const char *path, int open)
{
    size_t len;
    char *f[12], *text = test_read_file(path, &len), *at;
    int m;
    assert_non_null(text);
    for (at = csv_line(text, f, 12, &m); *at;) {
        at = csv_line(at, f, 12, &m);
        if (m < 10) continue;
        claim *c = &w->claims[w->n_claims];
        snprintf(c->number, sizeof c->number, "B%d", w->n_claims);
        copy(w->codes[w->n_claims++], sizeof *w->codes, f[2]);
        c->currency = strcmp(f[4], w->currencies[0]) != 0;
        c->amount = c->left = strtoll(f[5], NULL, 10);
        c->since = day_of(f[open ? 6 : 10]);
        c->due = day_of(f[open ? 8 : 6]);
        c->paid = open ? 0 : day_of(f[7]);
    }
    free(text);
}

static int by_payment(const void *x, const void *y)
{
    const claim *a = &claims_to_sort[*(const int *)x], *b = &claims_to_sort[*(const int *)y];
    if (a->customer != b->customer) return a->customer - b->customer;
    if (a->paid != b->paid) return a->paid - b->paid;
    return a->currency != b->currency ? a->currency - b->currency : *(const int *)x - *(const int *)y;
}

static int same_payment(const claim *a, const claim *b) { return a->customer == b->customer && a->paid == b->paid && a->currency == b->currency; }

/* One receipt for what one customer paid on one day, used at once for all it pays. */
static int pay(world *w)
{
    int *at = sorted_claims(w), n = 0, n_receipts = 0, k;
    arc_allocation *list = calloc((size_t)w->n_claims, sizeof *list);
    arc_record **r = calloc((size_t)w->n_claims, sizeof(arc_record *));
    int64_t *ids = calloc((size_t)w->n_claims, sizeof *ids);
    qsort(at, (size_t)w->n_claims, sizeof *at, by_payment);
    for (int i = 0; i < w->n_claims; i = k) {
        const claim *first = &w->claims[at[i]];
        int64_t sum = 0;
        char number[24];
        for (k = i; k < w->n_claims && same_payment(first, &w->claims[at[k]]); k++) sum += w->claims[at[k]].amount;
        if (!first->paid) continue;
        snprintf(number, sizeof number, "R%d", n_receipts);
        OK(w, arc_record_new(w->session, &r[n_receipts], ARC_RECEIPT));
        OK(w, arc_receipt_set_number(r[n_receipts], number, SIZE_MAX));
        OK(w, arc_receipt_set_customer(r[n_receipts], w->customers[first->customer]));
        OK(w, arc_receipt_set_value_date(r[n_receipts], first->paid));
        OK(w, arc_receipt_set_posting_date(r[n_receipts], first->paid));
        OK(w, arc_receipt_set_amount(r[n_receipts], money(w, first->currency, sum)));
        w->paid_in += sum;
        for (int c = i; c < k; c++, n++) {
            (void)arc_allocation_init(&list[n]);
            list[n].date = first->paid;
            list[n].receipt = n_receipts; /* its place; the id follows */
            list[n].item = w->claims[at[c]].item;
            list[n].amount = w->claims[at[c]].amount;
            note_settled(w, at[c], first->paid, w->claims[at[c]].amount);
        }
        n_receipts++;
    }
    OK(w, arc_receipt_record_many(w->session, ids, NULL, r, (size_t)n_receipts, ARC_ALL_OR_NONE));
    for (int i = 0; i < n; i++) list[i].receipt = ids[list[i].receipt];
    apply(w, list, (size_t)n);
    for (int i = 0; i < n_receipts; i++) arc_record_free(r[i]);
    free(list);
    free(ids);
    free(at);
    free(r);
    return n_receipts;
}

static void wholesaler(void **state)
{
    static const char *const days[] = { "2019-06-30", "2019-12-31", "2020-02-26", "2020-05-31", NULL };
    static char closed[1200];
    TEST_NEED_DATA(path, "receivables/b2b_closed.csv");
    copy(closed, sizeof closed, path);
    TEST_NEED_DATA(open, "receivables/b2b_open.csv");
    enum { MOST = 200000 };
    world w = { .currencies = { "USD", "CAD" } };
    w.claims = calloc(MOST, sizeof *w.claims);
    w.codes = calloc(MOST, sizeof *w.codes);
    read_claims(&w, closed, 0);
    read_claims(&w, open, 1);
    assert_true(w.n_claims > 1000 && w.n_claims < MOST);
    char (*of)[24] = calloc((size_t)w.n_claims, sizeof *of);
    memcpy(of, w.codes, (size_t)w.n_claims * sizeof *of);
    w.n_customers = w.n_claims;
    unique_codes(&w);
    claim **list = calloc((size_t)w.n_claims, sizeof(claim *));
    for (int i = 0; i < w.n_claims; i++) {
        w.claims[i].customer = customer_of(&w, of[i]);
        list[i] = &w.claims[i];
    }
    open_world(&w, *state, "wholesaler.arc", day_of("2020-06-30"));
    add_customers(&w);
    record_claims(&w, list, w.n_claims);
    find_items(&w);
    int receipts = pay(&w);
    print_message("%d invoices, %d receipts, %d allocations, %d customers\n", w.n_claims, receipts, w.n_settled, w.n_customers);
    compare(&w, days);
    free(list);
    free(of);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(web_shop, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(wholesaler, test_setup, test_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
