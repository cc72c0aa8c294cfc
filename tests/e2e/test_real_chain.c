/* SPDX-License-Identifier: Apache-2.0 */
/* ctest: slow */
/* A web shop's whole chain, through the public API alone: every order an order with lines, confirmed and delivered, an estimate of each delivery until it is invoiced; all orders of a customer's day
 * on one invoice; cancellations as credit notes to the very lines that were sold, the others as credits of their own. What the book says of every order line, delivery line, order, customer and day
 * is summed once more from the raw rows. */
#include "e2e/web_shop.h"

#define NOBODY (-1)

typedef struct sale { /* what becomes of a row that was sold */
    int64_t order_line, delivery_line;
    int64_t quantity, amount; /* invoiced and not credited */
    int invoice, seq;         /* claim it is on, NOBODY: none; its line there */
} sale;

typedef struct shop {
    world w;
    row *rows; /* by number */
    sale *sales;
    int n_rows, n_orders;
    int *first, *count; /* rows of each order */
    int64_t *order_ids, *delivery_ids, *order_sums;
    int *order_of; /* of a row, NOBODY: a cancellation, or nothing sold */
    int last_day; /* not invoiced any more */
} shop;

/* ---- rows that are written many at a time ------------------------------------------------------------------------------------------------ */

typedef struct batch {
    world *w;
    arc_record *records[BATCH];
    int64_t *ids[BATCH]; /* where each goes */
    int n, items;        /* items: by arc_item_record_many() */
} batch;

static void flush(batch *b)
{
    int64_t ids[BATCH];
    if (!b->n) return;
    if (b->items) OK(b->w, arc_item_record_many(b->w->session, ids, NULL, b->records, (size_t)b->n, ARC_ALL_OR_NONE));
    else OK(b->w, arc_session_insert_many(b->w->session, ids, NULL, b->records, (size_t)b->n, ARC_ALL_OR_NONE));
    for (int i = 0; i < b->n; i++) {
        if (b->ids[i]) *b->ids[i] = ids[i];
        arc_record_free(b->records[i]);
    }
    b->n = 0;
}

static arc_record *add(batch *b, uint32_t entity, int64_t *id)
{
    if (b->n == BATCH) flush(b);
    OK(b->w, arc_record_new(b->w->session, &b->records[b->n], entity));
    b->ids[b->n] = id;
    return b->records[b->n++];
}

static void text(world *w, arc_record *r, arc_field_id field, const char *s) { OK(w, arc_record_set_text(r, field, s, SIZE_MAX)); }

typedef arc_status (*step_fn)(arc_session *, int64_t *, arc_status *, const arc_order_step *, size_t, uint32_t);

static void step_all(world *w, step_fn verb, const int64_t *ids, int n)
{
    arc_order_step steps[BATCH];
    for (int at = 0; at < n; at += BATCH) {
        int m = n - at < BATCH ? n - at : BATCH;
        for (int i = 0; i < m; i++) {
            (void)arc_order_step_init(&steps[i]);
            steps[i].id = ids[at + i];
        }
        OK(w, verb(w->session, NULL, NULL, steps, (size_t)m, ARC_ALL_OR_NONE));
    }
}

/* ---- orders, deliveries, estimates -------------------------------------------------------------------------------------------------------- */

static void find_orders(shop *s)
{
    for (int i = 0, k; i < s->n_rows; i = k) {
        int n = s->n_orders;
        for (k = i; k < s->n_rows && strcmp(s->rows[k].number, s->rows[i].number) == 0; k++) {
            s->order_of[k] = NOBODY;
            if (s->rows[i].number[0] == 'C' || s->rows[k].quantity <= 0) {
                assert_true(s->rows[i].number[0] == 'C' || !s->rows[k].amount); /* a correction of the stock */
                continue;
            }
            s->order_of[k] = n;
            s->order_sums[n] += s->rows[k].amount;
            s->count[n]++;
        }
        s->first[n] = i;
        if (s->count[n]) s->n_orders++;
        else assert_int_equal(s->order_sums[n], 0);
    }
}

static void write_orders(shop *s)
{
    world *w = &s->w;
    batch b = { .w = w };
    for (int o = 0; o < s->n_orders; o++) {
        const row *r = &s->rows[s->first[o]];
        arc_record *x = add(&b, ARC_SALES_ORDER, &s->order_ids[o]);
        text(w, x, ARC_SALES_ORDER_NUMBER, r->number);
        OK(w, arc_record_set_int(x, ARC_SALES_ORDER_CUSTOMER, w->customers[customer_of(w, r->customer)]));
        OK(w, arc_record_set_date(x, ARC_SALES_ORDER_ORDER_DATE, r->day));
        text(w, x, ARC_SALES_ORDER_CURRENCY, w->currencies[0]);
    }
    flush(&b);
    for (int i = 0; i < s->n_rows; i++) {
        const row *r = &s->rows[i];
        if (s->order_of[i] == NOBODY) continue;
        arc_record *x = add(&b, ARC_ORDER_LINE, &s->sales[i].order_line);
        OK(w, arc_record_set_int(x, ARC_ORDER_LINE_SALES_ORDER, s->order_ids[s->order_of[i]]));
        OK(w, arc_record_set_int(x, ARC_ORDER_LINE_SEQ, i - s->first[s->order_of[i]] + 1));
        text(w, x, ARC_ORDER_LINE_NAME, r->name);
        text(w, x, ARC_ORDER_LINE_SKU, r->stock);
        OK(w, arc_record_set_decimal(x, ARC_ORDER_LINE_QUANTITY, (arc_decimal){ .mantissa = r->quantity }));
        OK(w, arc_record_set_decimal(x, ARC_ORDER_LINE_PRICE, (arc_decimal){ .mantissa = r->price, .scale = 4 }));
        text(w, x, ARC_ORDER_LINE_CURRENCY, w->currencies[0]);
        OK(w, arc_record_set_money(x, ARC_ORDER_LINE_AMOUNT, money(w, 0, r->amount)));
    }
    flush(&b);
    step_all(w, arc_order_confirm, s->order_ids, s->n_orders);
}

/* Each order is delivered on its day. */
static void write_deliveries(shop *s)
{
    world *w = &s->w;
    batch b = { .w = w };
    for (int o = 0; o < s->n_orders; o++) {
        const row *r = &s->rows[s->first[o]];
        char number[32];
        arc_record *x = add(&b, ARC_DELIVERY, &s->delivery_ids[o]);
        (void)snprintf(number, sizeof number, "D%s", r->number);
        text(w, x, ARC_DELIVERY_NUMBER, number);
        OK(w, arc_record_set_int(x, ARC_DELIVERY_CUSTOMER, w->customers[customer_of(w, r->customer)]));
        OK(w, arc_record_set_date(x, ARC_DELIVERY_DELIVERY_DATE, r->day));
    }
    flush(&b);
    for (int i = 0; i < s->n_rows; i++) {
        const row *r = &s->rows[i];
        if (s->order_of[i] == NOBODY) continue;
        arc_record *x = add(&b, ARC_DELIVERY_LINE, &s->sales[i].delivery_line);
        OK(w, arc_record_set_int(x, ARC_DELIVERY_LINE_DELIVERY, s->delivery_ids[s->order_of[i]]));
        OK(w, arc_record_set_int(x, ARC_DELIVERY_LINE_SEQ, i - s->first[s->order_of[i]] + 1));
        OK(w, arc_record_set_int(x, ARC_DELIVERY_LINE_ORDER_LINE, s->sales[i].order_line));
        OK(w, arc_record_set_decimal(x, ARC_DELIVERY_LINE_QUANTITY, (arc_decimal){ .mantissa = r->quantity }));
        text(w, x, ARC_DELIVERY_LINE_CURRENCY, w->currencies[0]);
        OK(w, arc_record_set_money(x, ARC_DELIVERY_LINE_AMOUNT, money(w, 0, r->amount)));
    }
    flush(&b);
    step_all(w, arc_delivery_ship, s->delivery_ids, s->n_orders);
    b.items = 1;
    for (int o = 0; o < s->n_orders; o++) {
        char number[32];
        if (!s->order_sums[o]) continue;
        arc_record *x = add(&b, ARC_ITEM, NULL);
        (void)snprintf(number, sizeof number, "E%s", s->rows[s->first[o]].number);
        text(w, x, ARC_ITEM_NUMBER, number);
        text(w, x, ARC_ITEM_KIND, "estimated");
        OK(w, arc_record_set_int(x, ARC_ITEM_CUSTOMER, w->customers[customer_of(w, s->rows[s->first[o]].customer)]));
        OK(w, arc_record_set_money(x, ARC_ITEM_AMOUNT, money(w, 0, s->order_sums[o])));
        OK(w, arc_record_set_date(x, ARC_ITEM_BUSINESS_DATE, s->rows[s->first[o]].day));
        OK(w, arc_record_set_int(x, ARC_ITEM_DELIVERY, s->delivery_ids[o]));
    }
    flush(&b);
}

/* ---- invoices: one a customer and day --------------------------------------------------------------------------------------------------------- */

static const shop *to_sort;

static int by_customer_of_day(const void *x, const void *y)
{
    const row *a = &to_sort->rows[to_sort->first[*(const int *)x]], *b = &to_sort->rows[to_sort->first[*(const int *)y]];
    int order = strcmp(a->customer, b->customer);
    return order ? order : a->day != b->day ? a->day - b->day : *(const int *)x - *(const int *)y;
}

static int same_invoice(const row *a, const row *b) { return a->day == b->day && strcmp(a->customer, b->customer) == 0; }

static arc_record *line_of(shop *s, int i)
{
    world *w = &s->w;
    arc_record *l;
    OK(w, arc_record_new(w->session, &l, ARC_INVOICE_LINE));
    text(w, l, ARC_INVOICE_LINE_NAME, s->rows[i].name);
    OK(w, arc_record_set_decimal(l, ARC_INVOICE_LINE_QUANTITY, (arc_decimal){ .mantissa = s->rows[i].quantity }));
    OK(w, arc_record_set_decimal(l, ARC_INVOICE_LINE_PRICE, (arc_decimal){ .mantissa = s->rows[i].price, .scale = 4 }));
    text(w, l, ARC_INVOICE_LINE_CURRENCY, w->currencies[0]);
    text(w, l, ARC_INVOICE_LINE_TAX_KIND, "outside");
    OK(w, arc_record_set_int(l, ARC_INVOICE_LINE_DELIVERY_LINE, s->sales[i].delivery_line)); /* which says its order line */
    return l;
}

static arc_status issue(shop *s, claim *c, const int *rows, int n)
{
    world *w = &s->w;
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record **lines = calloc((size_t)n + 1, sizeof(arc_record *));
    for (int k = 0; k < n; k++) lines[k] = line_of(s, rows[k]);
    OK(w, arc_record_new(w->session, &d.invoice, ARC_INVOICE));
    OK(w, arc_invoice_set_number(d.invoice, c->number, SIZE_MAX));
    OK(w, arc_invoice_set_customer(d.invoice, w->customers[c->customer]));
    OK(w, arc_invoice_set_invoice_date(d.invoice, c->since));
    text(w, d.invoice, ARC_INVOICE_CURRENCY, w->currencies[0]);
    OK(w, arc_invoice_set_term(d.invoice, "NET30", SIZE_MAX));
    d.lines = lines;
    d.n_lines = (uint32_t)n;
    arc_status st = arc_invoice_issue_document(w->session, &c->id, &d);
    for (int k = 0; k < n; k++) arc_record_free(lines[k]);
    arc_record_free(d.invoice);
    free(lines);
    return st;
}

/* Many orders go on one invoice; of the last day nothing is invoiced yet. */
static int issue_all(shop *s)
{
    world *w = &s->w;
    int *at = calloc((size_t)s->n_orders + 1, sizeof *at), *rows = calloc((size_t)s->n_rows + 1, sizeof *rows), several = 0;
    for (int o = 0; o < s->n_orders; o++) at[o] = o;
    to_sort = s;
    qsort(at, (size_t)s->n_orders, sizeof *at, by_customer_of_day);
    for (int i = 0, k; i < s->n_orders; i = k) {
        const row *first = &s->rows[s->first[at[i]]];
        claim c = { .customer = customer_of(w, first->customer), .since = first->day, .due = first->day + 30 };
        int n = 0;
        copy(c.number, sizeof c.number, first->number);
        for (k = i; k < s->n_orders && same_invoice(first, &s->rows[s->first[at[k]]]); k++) {
            for (int r = s->first[at[k]]; r < s->n_rows && strcmp(s->rows[r].number, s->rows[s->first[at[k]]].number) == 0; r++) {
                if (s->order_of[r] != NOBODY) rows[n++] = r;
            }
            c.amount += s->order_sums[at[k]];
        }
        if (first->day == s->last_day || !c.amount) continue;
        several += k - i > 1;
        OK(w, issue(s, &c, rows, n));
        for (int r = 0; r < n; r++) {
            sale *x = &s->sales[rows[r]];
            x->invoice = w->n_claims;
            x->seq = r + 1;
            x->quantity = s->rows[rows[r]].quantity;
            x->amount = s->rows[rows[r]].amount;
        }
        c.left = c.amount;
        w->claims[w->n_claims++] = c;
    }
    free(at);
    free(rows);
    return several;
}

/* ---- cancellations ------------------------------------------------------------------------------------------------------------------------- */

static const shop *stock_of;

static int by_stock(const void *x, const void *y)
{
    const row *a = &stock_of->rows[*(const int *)x], *b = &stock_of->rows[*(const int *)y];
    int order = strcmp(a->customer, b->customer);
    if (!order) order = strcmp(a->stock, b->stock);
    return order ? order : a->day != b->day ? a->day - b->day : *(const int *)x - *(const int *)y;
}

/* The last sale before a cancellation that it can be of. */
static int sale_of(const shop *s, const int *sold, int n, const row *r)
{
    int lo = 0, hi = n, best = NOBODY;
    while (lo < hi) {
        int mid = lo + (hi - lo) / 2;
        int order = strcmp(s->rows[sold[mid]].customer, r->customer);
        if (!order) order = strcmp(s->rows[sold[mid]].stock, r->stock);
        if (order < 0) lo = mid + 1;
        else hi = mid;
    }
    for (; lo < n; lo++) {
        const row *x = &s->rows[sold[lo]];
        const sale *y = &s->sales[sold[lo]];
        if (strcmp(x->customer, r->customer) != 0 || strcmp(x->stock, r->stock) != 0 || x->day > r->day) break;
        if (y->invoice != NOBODY && x->price == r->price && y->quantity >= -r->quantity && y->amount >= -r->amount) best = sold[lo];
    }
    return best;
}

typedef struct taken { /* a row of a cancellation */
    int sale, row;
} taken;

static int by_sale(const void *x, const void *y)
{
    const taken *a = x, *b = y;
    return a->sale != b->sale ? a->sale - b->sale : a->row - b->row;
}

/* A note to one invoice, by line. */
static void credit(shop *s, claim *c, int invoice, const taken *list, int n)
{
    world *w = &s->w;
    arc_credit_note note = ARC_CREDIT_NOTE_INIT;
    arc_credit_line *lines = calloc((size_t)n + 1, sizeof *lines);
    for (int k = 0; k < n; k++) {
        const row *r = &s->rows[list[k].row];
        arc_credit_line *l = &lines[note.n_lines];
        c->amount += r->amount;
        if (k && list[k].sale == list[k - 1].sale) l--;
        else {
            (void)arc_credit_line_init(l);
            note.n_lines++;
        }
        l->seq = s->sales[list[k].sale].seq;
        l->given = ARC_CREDIT_QUANTITY | ARC_CREDIT_GROSS;
        l->quantity += -r->quantity * 1000000;
        l->gross += -r->amount;
    }
    note.invoice = w->claims[invoice].id;
    note.lines = lines;
    note.date = c->since;
    note.number = c->number;
    note.reason_code = "return";
    note.reason = "cancelled";
    OK(w, arc_invoice_credit(w->session, &c->id, &note));
    free(lines);
    note_settled(w, invoice, c->since, -c->amount);
    c->left = c->amount;
    w->claims[w->n_claims++] = *c;
    note_settled(w, w->n_claims - 1, c->since, c->amount);
}

static claim note_of(shop *s, const row *r, int n)
{
    claim c = { .customer = customer_of(&s->w, r->customer), .since = r->day, .due = r->day };
    char number[40];
    if (n) (void)snprintf(number, sizeof number, "%s-%d", r->number, n + 1);
    else (void)snprintf(number, sizeof number, "%s", r->number);
    copy(c.number, sizeof c.number, number);
    return c;
}

/* Rows of one cancellation: what is of an invoice becomes a note to it, the rest a credit of its own. */
static int cancel(shop *s, const int *sold, int n_sold, int first, int end, claim *rest)
{
    taken *list = calloc((size_t)(end - first), sizeof *list);
    int n = 0, notes = 0, left = 0;
    *rest = note_of(s, &s->rows[first], 0);
    for (int i = first; i < end; i++) {
        int of = s->rows[i].amount ? sale_of(s, sold, n_sold, &s->rows[i]) : NOBODY;
        if (of == NOBODY) {
            rest->amount += s->rows[i].amount;
            left = 1;
            continue;
        }
        s->sales[of].quantity += s->rows[i].quantity;
        s->sales[of].amount += s->rows[i].amount;
        list[n++] = (taken){ of, i };
    }
    for (int i = 0; i < n; i++) list[i].sale += s->sales[list[i].sale].invoice * s->n_rows; /* by invoice, then by sale */
    if (n) qsort(list, (size_t)n, sizeof *list, by_sale);
    for (int i = 0; i < n; i++) list[i].sale %= s->n_rows;
    for (int i = 0, k; i < n; i = k) {
        int invoice = s->sales[list[i].sale].invoice;
        claim c = note_of(s, &s->rows[first], notes + 1);
        for (k = i; k < n && s->sales[list[k].sale].invoice == invoice; k++) continue;
        credit(s, &c, invoice, list + i, k - i);
        notes++;
    }
    free(list);
    rest->left = rest->amount;
    return left && rest->amount ? -notes - 1 : notes;
}

static void cancel_all(shop *s, int *n_notes, int *n_rest)
{
    world *w = &s->w;
    int *sold = calloc((size_t)s->n_rows + 1, sizeof *sold), n = 0, n_own = 0;
    claim *own = calloc((size_t)s->n_rows + 1, sizeof *own), **list = calloc((size_t)s->n_rows + 1, sizeof(claim *));
    for (int i = 0; i < s->n_rows; i++) {
        if (s->order_of[i] != NOBODY) sold[n++] = i;
    }
    stock_of = s;
    qsort(sold, (size_t)n, sizeof *sold, by_stock);
    for (int i = 0, k; i < s->n_rows; i = k) {
        for (k = i; k < s->n_rows && strcmp(s->rows[k].number, s->rows[i].number) == 0; k++) continue;
        if (s->rows[i].number[0] != 'C') continue;
        int notes = cancel(s, sold, n, i, k, &own[n_own]);
        n_own += notes < 0;
        *n_notes += notes < 0 ? -notes - 1 : notes;
    }
    for (int i = 0; i < n_own; i++) {
        list[i] = &w->claims[w->n_claims];
        w->claims[w->n_claims++] = own[i];
    }
    record_claims(w, list, n_own);
    *n_rest = n_own;
    free(sold);
    free(own);
    free(list);
}

/* ---- what the book says of the chain ---------------------------------------------------------------------------------------------------------- */

typedef struct kept {
    int64_t quantity, gross;
} kept;

static kept *chain_of(world *w, const char *link, int64_t most)
{
    static const arc_field_id fields[] = { ARC_CHAIN_STATE_PARENT, ARC_CHAIN_STATE_QUANTITY, ARC_CHAIN_STATE_GROSS_AMOUNT };
    kept *out = calloc((size_t)most + 1, sizeof *out);
    arc_query *q;
    arc_cursor *c;
    OK(w, arc_query_new(w->session, &q, ARC_CHAIN_STATE));
    OK(w, arc_query_select(q, fields, 3));
    OK(w, arc_query_where_text(q, ARC_CHAIN_STATE_LINK, ARC_EQ, link, SIZE_MAX));
    OK(w, arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        int64_t parent = 0;
        arc_decimal quantity;
        OK(w, arc_cursor_get_int(c, &parent, 0));
        assert_true(parent > 0 && parent <= most);
        OK(w, arc_cursor_get_decimal(c, &quantity, 1));
        OK(w, arc_cursor_get_int(c, &out[parent].gross, 2));
        out[parent].quantity = quantity.mantissa;
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return out;
}

static int64_t estimated(world *w)
{
    const arc_field_id field = ARC_ACCOUNT_ESTIMATED;
    int64_t sum = 0;
    arc_query *q;
    arc_cursor *c;
    OK(w, arc_query_new(w->session, &q, ARC_ACCOUNT));
    OK(w, arc_query_select(q, &field, 1));
    OK(w, arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        arc_money m;
        OK(w, arc_cursor_get_money(c, &m, 0));
        sum += m.minor;
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return sum;
}

/* Line by line and order by order what is invoiced and not credited; and what is estimated, which nothing but the last day's orders is - and what a note gave back. */
static void compare_chain(shop *s)
{
    world *w = &s->w;
    int64_t most = 0, orders = 0, *by_order = calloc((size_t)s->n_orders + 1, sizeof *by_order), left = 0;
    for (int i = 0; i < s->n_rows; i++) {
        if (s->order_of[i] == NOBODY) continue;
        if (s->sales[i].order_line > most) most = s->sales[i].order_line;
        if (s->sales[i].delivery_line > most) most = s->sales[i].delivery_line;
        by_order[s->order_of[i]] += s->sales[i].amount;
    }
    for (int o = 0; o < s->n_orders; o++) {
        if (s->order_ids[o] > orders) orders = s->order_ids[o];
        left += s->order_sums[o] - by_order[o];
    }
    kept *lines = chain_of(w, "order_invoice", most), *delivered = chain_of(w, "delivery_invoice", most), *whole = chain_of(w, "sales_order_invoice", orders);
    for (int i = 0; i < s->n_rows; i++) {
        const sale *x = &s->sales[i];
        if (s->order_of[i] == NOBODY) continue;
        const kept *a = &lines[x->order_line], *b = &delivered[x->delivery_line];
        if (a->gross != x->amount || b->gross != x->amount || a->quantity != x->quantity * 1000000 || b->quantity != x->quantity * 1000000) {
            fail_msg("row %d of %s: the book has %lld and %lld, the rows %lld", i, s->rows[i].number, (long long)a->gross, (long long)b->gross, (long long)x->amount);
        }
        lines[x->order_line].gross = 0;
    }
    for (int64_t k = 0; k <= most; k++) assert_int_equal(lines[k].gross, 0); /* and of nothing else */
    for (int o = 0; o < s->n_orders; o++) {
        if (whole[s->order_ids[o]].gross != by_order[o]) fail_msg("order %s: %lld, not %lld", s->rows[s->first[o]].number, (long long)whole[s->order_ids[o]].gross, (long long)by_order[o]);
    }
    assert_int_equal(estimated(w), left);
    free(lines);
    free(delivered);
    free(whole);
    free(by_order);
}

/* One piece more of a line that is invoiced in full is refused, and nothing is left behind. */
static void no_more(shop *s)
{
    for (int i = 0; i < s->n_rows; i++) {
        claim c = { .number = "TOO-MUCH", .customer = customer_of(&s->w, s->rows[i].customer), .since = s->last_day, .due = s->last_day };
        if (s->order_of[i] == NOBODY || s->sales[i].invoice == NOBODY || s->sales[i].quantity != s->rows[i].quantity || !s->rows[i].amount) continue;
        assert_int_equal(issue(s, &c, &i, 1), ARC_E_GUARD);
        return;
    }
}

static void chain(void **state)
{
    static const char *const days[] = { "2010-12-10", "2010-12-31", "2011-01-15", "2011-01-31", "2011-03-31", NULL };
    TEST_NEED_DATA(folder, "ecommerce/online_retail");
    shop s = { .w = { .currencies = { "GBP", "" } } };
    world *w = &s.w;
    int notes = 0, rest = 0;
    s.rows = read_rows(folder, &s.n_rows);
    assert_true(s.n_rows > 1000);
    size_t most = s.n_rows > 0 ? (size_t)s.n_rows : 0;
    w->codes = calloc(most, sizeof *w->codes);
    for (int i = 0; i < s.n_rows; i++) {
        memcpy(w->codes[w->n_customers++], s.rows[i].customer, sizeof *w->codes);
        if (s.rows[i].day > s.last_day) s.last_day = s.rows[i].day;
    }
    unique_codes(w);
    qsort(s.rows, most, sizeof *s.rows, by_number);
    s.sales = calloc(most, sizeof *s.sales);
    s.order_of = calloc(most, sizeof *s.order_of);
    s.first = calloc(most + 1, sizeof *s.first);
    s.count = calloc(most + 1, sizeof *s.count);
    s.order_sums = calloc(most + 1, sizeof *s.order_sums);
    for (int i = 0; i < s.n_rows; i++) s.sales[i].invoice = NOBODY;
    find_orders(&s);
    s.order_ids = calloc((size_t)s.n_orders + 1, sizeof *s.order_ids);
    s.delivery_ids = calloc((size_t)s.n_orders + 1, sizeof *s.delivery_ids);
    w->claims = calloc(2 * most + 1, sizeof *w->claims);
    open_world(w, *state, "chain.arc", day_of("2011-04-30"));
    add_customers(w);
    write_orders(&s);
    write_deliveries(&s);
    int several = issue_all(&s), invoices = w->n_claims;
    cancel_all(&s, &notes, &rest);
    print_message("%d order lines: %d orders, %d invoices (%d of several orders), %d credit notes to them, %d other credits, %d customers\n", s.n_rows, s.n_orders, invoices, several, notes, rest, w->n_customers);
    assert_true(several > 100 && notes > 100);
    compare_chain(&s);
    no_more(&s);
    compare(w, days);
    free(s.rows);
    free(s.sales);
    free(s.order_of);
    free(s.first);
    free(s.count);
    free(s.order_sums);
    free(s.order_ids);
    free(s.delivery_ids);
    close_world(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(chain, test_setup, test_teardown) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
