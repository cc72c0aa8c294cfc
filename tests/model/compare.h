/* SPDX-License-Identifier: Apache-2.0 */
/* What the book holds beside the plain model. */
#ifndef TESTS_MODEL_COMPARE_H
#define TESTS_MODEL_COMPARE_H

#include "model/drive.h"

/* ---- comparing --------------------------------------------------------------------------------------------------------------- */

static inline arc_cursor *ask(world *w, arc_query **q, uint32_t entity, const arc_field_id *fields, size_t n)
{
    arc_cursor *c = NULL;
    NEED(w, arc_query_new(w->session, q, entity));
    NEED(w, arc_query_select(*q, fields, n));
    return c;
}

static inline int64_t int_at(arc_cursor *c, uint32_t column)
{
    int64_t v = 0;
    return arc_cursor_get_int(c, &v, column) == ARC_OK ? v : 0;
}

static inline int date_at(arc_cursor *c, uint32_t column)
{
    arc_date d = 0;
    return arc_cursor_get_date(c, &d, column) == ARC_OK ? d : NONE;
}

static inline int64_t minor_at(arc_cursor *c, uint32_t column, int *known)
{
    arc_money m;
    *known = arc_cursor_get_money(c, &m, column) == ARC_OK;
    return *known ? m.minor : 0;
}

/* What a verb wrote must be, in its order, what the model wrote; the model learns the ids. */
static inline void meet_items(world *w, int at)
{
    static const arc_field_id fields[] = { ARC_ITEM_ID, ARC_ITEM_AMOUNT, ARC_ITEM_DUE_DATE, ARC_ITEM_BUSINESS_DATE, ARC_ITEM_BASE_AMOUNT };
    arc_query *q = NULL;
    arc_cursor *c = NULL;
    int known;
    (void)ask(w, &q, ARC_ITEM, fields, 5);
    NEED(w, arc_query_where_int(q, ARC_ITEM_ID, ARC_GT, w->last_item));
    NEED(w, arc_query_order(q, ARC_ITEM_ID, 0));
    NEED(w, arc_query_run(q, &c));
    while (c && arc_cursor_next(c) == ARC_OK) {
        while (at < w->p.n_docs && w->p.docs[at].receipt) at++;
        if (at == w->p.n_docs) {
            DIFFERS(w, "an item of %lld too many", (long long)minor_at(c, 1, &known));
            break;
        }
        doc *d = &w->p.docs[at++];
        d->id = w->last_item = int_at(c, 0);
        int64_t amount = minor_at(c, 1, &known), base = minor_at(c, 4, &known);
        if (amount != d->amount || date_at(c, 2) != d->due || date_at(c, 3) != d->since || known != d->has_base || (known && base != d->booked)) {
            DIFFERS(w, "item %d.%d: amount %lld due %d of %d base %lld, not %lld, %d, %d, %lld", d->name.step, d->name.k, (long long)amount, date_at(c, 2), date_at(c, 3),
                    (long long)base, (long long)d->amount, d->due, d->since, (long long)d->booked);
        }
    }
    while (at < w->p.n_docs && w->p.docs[at].receipt) at++;
    if (at < w->p.n_docs) DIFFERS(w, "item %d.%d was not made", w->p.docs[at].name.step, w->p.docs[at].name.k);
    arc_cursor_free(c);
    arc_query_free(q);
}

static inline void meet_allocations(world *w, int at)
{
    static const arc_field_id fields[] = { ARC_ALLOCATION_ID, ARC_ALLOCATION_ITEM, ARC_ALLOCATION_AMOUNT, ARC_ALLOCATION_DISCOUNT, ARC_ALLOCATION_WRITE_OFF,
                                           ARC_ALLOCATION_EFFECTIVE_DATE, ARC_ALLOCATION_FX_DIFFERENCE };
    arc_query *q = NULL;
    arc_cursor *c = NULL;
    int known;
    (void)ask(w, &q, ARC_ALLOCATION, fields, 7);
    NEED(w, arc_query_where_int(q, ARC_ALLOCATION_ID, ARC_GT, w->last_alloc));
    NEED(w, arc_query_order(q, ARC_ALLOCATION_ID, 0));
    NEED(w, arc_query_run(q, &c));
    for (; c && arc_cursor_next(c) == ARC_OK; at++) {
        int64_t parts[3], fx = minor_at(c, 6, &known);
        for (uint32_t i = 0; i < 3; i++) parts[i] = minor_at(c, 2 + i, &known);
        if (at == w->p.n_allocs) {
            DIFFERS(w, "an allocation of %lld too many", (long long)parts[0]);
            break;
        }
        alloc *a = &w->p.allocs[at];
        a->id = w->last_alloc = int_at(c, 0);
        if (int_at(c, 1) != w->p.docs[a->item].id || parts[0] != a->amount || parts[1] != a->discount || parts[2] != a->write_off || date_at(c, 5) != a->date || fx != a->fx) {
            DIFFERS(w, "allocation %d.%d: %lld + %lld + %lld on %d, fx %lld, not %lld + %lld + %lld on %d, fx %lld", a->name.step, a->name.k, (long long)parts[0],
                    (long long)parts[1], (long long)parts[2], date_at(c, 5), (long long)fx, (long long)a->amount, (long long)a->discount, (long long)a->write_off, a->date, (long long)a->fx);
        }
    }
    if (at < w->p.n_allocs) DIFFERS(w, "allocation %d.%d was not made", w->p.allocs[at].name.step, w->p.allocs[at].name.k);
    arc_cursor_free(c);
    arc_query_free(q);
}

/* The receipt that came with a bill. */
static inline void meet_receipt(world *w, doc *d, int64_t of)
{
    arc_record *r = NULL;
    if (NEED(w, arc_session_get(w->session, &r, ARC_BILL, of))) NEED(w, arc_bill_receipt(r, &d->id));
    arc_record_free(r);
}

static inline void meet_bills(world *w, int at)
{
    static const arc_field_id fields[] = { ARC_BILL_ID, ARC_BILL_FACE, ARC_BILL_PART_OFFSET, ARC_BILL_MATURITY };
    arc_query *q = NULL;
    arc_cursor *c = NULL;
    int known;
    (void)ask(w, &q, ARC_BILL, fields, 4);
    NEED(w, arc_query_where_int(q, ARC_BILL_ID, ARC_GT, w->last_bill));
    NEED(w, arc_query_order(q, ARC_BILL_ID, 0));
    NEED(w, arc_query_run(q, &c));
    for (; c && arc_cursor_next(c) == ARC_OK; at++) {
        int64_t face = minor_at(c, 1, &known), offset = minor_at(c, 2, &known);
        if (at == w->p.n_bills) {
            DIFFERS(w, "a bill of %lld too many", (long long)face);
            break;
        }
        bill *b = &w->p.bills[at];
        b->id = w->last_bill = int_at(c, 0);
        if (face != b->face || offset != b->offset || date_at(c, 3) != b->maturity) {
            DIFFERS(w, "bill %d.%d: %lld from %lld on, due %d, not %lld from %lld on, %d", b->name.step, b->name.k, (long long)face, (long long)offset, date_at(c, 3), (long long)b->face, (long long)b->offset, b->maturity);
        }
    }
    if (at < w->p.n_bills) DIFFERS(w, "bill %d.%d was not made", w->p.bills[at].name.step, w->p.bills[at].name.k);
    arc_cursor_free(c);
    arc_query_free(q);
}

static inline void compare_bills(world *w)
{
    static const char *const statuses[] = { "held", "collecting", "endorsed", "discounted", "honoured", "dishonoured", "returned", "split", "merged" };
    static const arc_field_id fields[] = { ARC_BILL_ID, ARC_BILL_STATUS };
    arc_query *q = NULL;
    arc_cursor *c = NULL;
    int at = 0;
    (void)ask(w, &q, ARC_BILL, fields, 2);
    NEED(w, arc_query_order(q, ARC_BILL_ID, 0));
    NEED(w, arc_query_run(q, &c));
    for (; c && arc_cursor_next(c) == ARC_OK && at < w->p.n_bills; at++) {
        const bill *b = &w->p.bills[at];
        const char *status = "";
        size_t n = 0;
        (void)arc_cursor_get_text(c, &status, &n, 1);
        if (int_at(c, 0) != b->id || n != strlen(statuses[status_of(b)]) || memcmp(status, statuses[status_of(b)], n) != 0) DIFFERS(w, "bill %d.%d is %.*s, not %s", b->name.step, b->name.k, (int)n, status, statuses[status_of(b)]);
    }
    if (at != w->p.n_bills) DIFFERS(w, "%d bills, not %d", at, w->p.n_bills);
    arc_cursor_free(c);
    arc_query_free(q);
}

static inline int customer_of(const world *w, int64_t id)
{
    for (int i = 0; i < CUSTOMERS; i++) if (w->customers[i] == id) return i;
    return -1;
}

static inline void compare_states(world *w, int receipts)
{
    const arc_field_id item[] = { ARC_ITEM_STATE_ITEM, ARC_ITEM_STATE_OPEN, ARC_ITEM_STATE_SETTLED_ON, ARC_ITEM_STATE_BASE_OPEN, ARC_ITEM_STATE_CUSTOMER, ARC_ITEM_STATE_DUE_DATE,
                                  ARC_ITEM_STATE_EPISODE };
    const arc_field_id receipt[] = { ARC_RECEIPT_STATE_RECEIPT, ARC_RECEIPT_STATE_UNAPPLIED, ARC_RECEIPT_STATE_SETTLED_ON, ARC_RECEIPT_STATE_BASE_UNAPPLIED,
                                     ARC_RECEIPT_STATE_CUSTOMER, ARC_RECEIPT_STATE_RETURNED_ON };
    arc_query *q = NULL;
    arc_cursor *c = NULL;
    int seen = 0, expected = 0, known, has;
    (void)ask(w, &q, receipts ? ARC_RECEIPT_STATE : ARC_ITEM_STATE, receipts ? receipt : item, receipts ? 6 : 7);
    NEED(w, arc_query_run(q, &c));
    for (int d = 0; d < w->p.n_docs; d++) expected += w->p.docs[d].receipt == receipts;
    for (; c && arc_cursor_next(c) == ARC_OK; seen++) {
        int64_t id = int_at(c, 0), left = minor_at(c, 1, &known), base = minor_at(c, 3, &has);
        int d = 0;
        while (d < w->p.n_docs && (w->p.docs[d].id != id || w->p.docs[d].receipt != receipts)) d++;
        if (d == w->p.n_docs) {
            DIFFERS(w, "%s %lld is nobody's", receipts ? "receipt" : "item", (long long)id);
            break;
        }
        const doc *x = &w->p.docs[d];
        int settled = date_at(c, 2), should = settled_on(&w->p, d);
        int due = date_at(c, 5), due_should = receipts ? x->returned : x->due, of = customer_of(w, int_at(c, 4));
        if (due != due_should || of != x->customer) {
            DIFFERS(w, "%s %d.%d: of C%d, due (or returned) %d, not C%d, %d", receipts ? "receipt" : "item", x->name.step, x->name.k, of, due, x->customer, due_should);
        }
        if (!receipts && int_at(c, 6) != x->episode) DIFFERS(w, "item %d.%d: episode %lld, not %d", x->name.step, x->name.k, (long long)int_at(c, 6), x->episode);
        if (left != x->left || left != (int64_t)left_on(&w->p, d, NEVER - 1) || settled != should || has != x->has_base || (has && base != x->base)) {
            DIFFERS(w, "%s %d.%d: left %lld settled %d base %lld, not %lld, %d, %lld", receipts ? "receipt" : "item", x->name.step, x->name.k, (long long)left, settled,
                    (long long)base, (long long)x->left, should, (long long)(x->has_base ? x->base : 0));
        }
    }
    if (seen != expected) DIFFERS(w, "%d %s, not %d", seen, receipts ? "receipts" : "items", expected);
    arc_cursor_free(c);
    arc_query_free(q);
}

static inline int currency_of(const char *code) { return code[0] == 'C' ? CNY : code[0] == 'U' ? USD : JPY; }

static inline void compare_accounts(world *w)
{
    static const arc_field_id fields[] = { ARC_ACCOUNT_CUSTOMER, ARC_ACCOUNT_OPEN, ARC_ACCOUNT_UNAPPLIED, ARC_ACCOUNT_N_OPEN, ARC_ACCOUNT_OLDEST_DUE,
                                           ARC_ACCOUNT_LAST_RECEIPT_ON };
    int n_open[CUSTOMERS][CURRENCIES] = { { 0 } }, first_due[CUSTOMERS][CURRENCIES], last_paid[CUSTOMERS][CURRENCIES];
    wide open[CUSTOMERS][CURRENCIES] = { { 0 } }, unapplied[CUSTOMERS][CURRENCIES] = { { 0 } };
    arc_query *q = NULL;
    arc_cursor *c = NULL;
    for (int i = 0; i < CUSTOMERS * CURRENCIES; i++) first_due[i / CURRENCIES][i % CURRENCIES] = NEVER, last_paid[i / CURRENCIES][i % CURRENCIES] = NONE;
    for (int d = 0; d < w->p.n_docs; d++) {
        const doc *x = &w->p.docs[d];
        if (x->customer < 0) continue;
        (x->receipt ? unapplied : open)[x->customer][x->currency] += x->left;
        if (x->receipt && x->returned == NONE && x->paid > last_paid[x->customer][x->currency]) last_paid[x->customer][x->currency] = x->paid;
        if (x->receipt || !x->left) continue;
        n_open[x->customer][x->currency]++;
        int *first = &first_due[x->customer][x->currency];
        if (x->left > 0 && x->due != NONE && x->due < *first) *first = x->due;
    }
    (void)ask(w, &q, ARC_ACCOUNT, fields, 6);
    NEED(w, arc_query_run(q, &c));
    while (c && arc_cursor_next(c) == ARC_OK) {
        arc_money o, u;
        int of = customer_of(w, int_at(c, 0));
        if (of < 0 || !NEED(w, arc_cursor_get_money(c, &o, 1)) || !NEED(w, arc_cursor_get_money(c, &u, 2))) continue;
        wide *po = &open[of][currency_of(o.currency)], *pu = &unapplied[of][currency_of(o.currency)];
        if (o.minor != *po || u.minor != *pu) {
            DIFFERS(w, "account C%d %s: open %lld unapplied %lld, not %lld, %lld", of, o.currency, (long long)o.minor, (long long)u.minor, (long long)*po, (long long)*pu);
        }
        if (int_at(c, 3) != n_open[of][currency_of(o.currency)]) DIFFERS(w, "account C%d %s: %lld items open, not %d", of, o.currency, (long long)int_at(c, 3), n_open[of][currency_of(o.currency)]);
        int oldest = date_at(c, 4), first = first_due[of][currency_of(o.currency)];
        if (oldest > first || (oldest == NONE && first != NEVER)) DIFFERS(w, "account C%d %s: oldest due date %d, not %d or before", of, o.currency, oldest, first);
        int last = last_paid[of][currency_of(o.currency)];
        if (date_at(c, 5) != last) DIFFERS(w, "account C%d %s: last receipt on %d, not %d", of, o.currency, date_at(c, 5), last);
        *po = *pu = 0;
    }
    for (int i = 0; i < CUSTOMERS * CURRENCIES; i++) {
        if (open[i / CURRENCIES][i % CURRENCIES] || unapplied[i / CURRENCIES][i % CURRENCIES]) DIFFERS(w, "the account of C%d in %s is missing", i / CURRENCIES, codes[i % CURRENCIES]);
    }
    arc_cursor_free(c);
    arc_query_free(q);
}

static inline void compare_journal(world *w)
{
    plain *left = malloc(sizeof *left);
    arc_query *q = NULL;
    arc_cursor *c = NULL;
    memcpy(left->journal, w->p.journal, sizeof left->journal);
    NEED(w, arc_query_new(w->session, &q, ARC_JOURNAL_LINE));
    NEED(w, arc_query_group(q, ARC_JOURNAL_LINE_CUSTOMER));
    NEED(w, arc_query_group(q, ARC_JOURNAL_LINE_CURRENCY));
    NEED(w, arc_query_group(q, ARC_JOURNAL_LINE_ACCOUNT_ROLE));
    NEED(w, arc_query_group(q, ARC_JOURNAL_LINE_BASE_CURRENCY));
    NEED(w, arc_query_measure(q, ARC_SUM, ARC_JOURNAL_LINE_AMOUNT));
    NEED(w, arc_query_measure(q, ARC_SUM, ARC_JOURNAL_LINE_BASE_AMOUNT));
    NEED(w, arc_query_run(q, &c));
    while (c && arc_cursor_next(c) == ARC_OK) {
        const char *currency = "", *role = "";
        size_t n = 0, len = 0;
        int r = 0;
        (void)arc_cursor_get_text(c, &currency, &n, 1);
        (void)arc_cursor_get_text(c, &role, &len, 2);
        while (r < ROLES && (strlen(role_names[r]) != len || memcmp(role_names[r], role, len) != 0)) r++;
        if (r == ROLES) DIFFERS(w, "account role %.*s", (int)len, role);
        else post(left, customer_of(w, int_at(c, 0)), currency_of(currency), r, -int_at(c, 4), -int_at(c, 5));
    }
    for (int i = 0; i < (CUSTOMERS + 1) * CURRENCIES * ROLES; i++) {
        int64_t amount = left->journal[i / (CURRENCIES * ROLES)][i / ROLES % CURRENCIES][i % ROLES].amount;
        int64_t base = left->journal[i / (CURRENCIES * ROLES)][i / ROLES % CURRENCIES][i % ROLES].base;
        int of = i / (CURRENCIES * ROLES) - 1;
        if (amount || base) DIFFERS(w, "journal C%d %s %s: %lld, base %lld too little", of, codes[i / ROLES % CURRENCIES], role_names[i % ROLES], (long long)amount, (long long)base);
    }
    arc_cursor_free(c);
    arc_query_free(q);
    free(left);
}

static inline void compare_aging(world *w, int day)
{
    static const int32_t edges[] = { 1, 31, 61 };
    wide buckets[CUSTOMERS][CURRENCIES][4] = { { { 0 } } }, unapplied[CUSTOMERS][CURRENCIES] = { { 0 } };
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging *aging = NULL;
    uint32_t n = 0;
    o.as_of = day;
    o.edges = edges;
    o.n_edges = 3;
    if (!NEED(w, arc_aging_compute(w->session, &aging, &o)) || !NEED(w, arc_aging_count(aging, &n))) return;
    for (int d = 0; d < w->p.n_docs; d++) {
        const doc *x = &w->p.docs[d];
        int due = due_on(&w->p, d, day), age = due == NONE ? 0 : day - due;
        wide left = left_on(&w->p, d, day);
        int of = x->receipt ? whose(&w->p, d, day) : x->customer;
        if (of < 0) continue; /* nobody's then */
        if (x->receipt) unapplied[of][x->currency] += left;
        else buckets[x->customer][x->currency][(age >= 1) + (age >= 31) + (age >= 61)] += left;
    }
    for (uint32_t i = 0; i < n; i++) {
        arc_aging_row row = ARC_AGING_ROW_INIT;
        if (!NEED(w, arc_aging_get(aging, &row, i))) break;
        int c = customer_of(w, row.customer), cur = currency_of(row.currency);
        for (int b = 0; c >= 0 && b < 4; b++) buckets[c][cur][b] -= row.buckets[b];
        if (c >= 0) unapplied[c][cur] -= row.unapplied;
    }
    for (int i = 0; i < CUSTOMERS * CURRENCIES; i++) {
        int c = i / CURRENCIES, cur = i % CURRENCIES;
        for (int b = 0; b < 4; b++) {
            if (buckets[c][cur][b]) DIFFERS(w, "aging as of %d, C%d %s, bucket %d: %lld too little", day, c, codes[cur], b, (long long)buckets[c][cur][b]);
        }
        if (unapplied[c][cur]) DIFFERS(w, "aging as of %d, C%d %s: unapplied differs", day, c, codes[cur]);
    }
    arc_aging_free(aging);
}

/* What a customer owes at the end of a day, less what was not applied. */
static inline wide owed_on(const plain *p, int customer, int currency, int day)
{
    wide sum = 0;
    for (int d = 0; d < p->n_docs; d++) {
        const doc *x = &p->docs[d];
        if (x->currency != currency || (x->receipt ? whose(p, d, day) : x->customer) != customer) continue;
        sum += x->receipt ? -left_on(p, d, day) : left_on(p, d, day);
    }
    return sum;
}

/* A statement between two days begins and ends with what was owed then, and its rows lead from the one to the other. */
static inline void compare_statement(world *w, int customer, int currency, int from, int to)
{
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    arc_statement_info info = ARC_STATEMENT_INFO_INIT;
    arc_statement_row row = ARC_STATEMENT_ROW_INIT;
    arc_statement *s = NULL;
    o.customer = w->customers[customer];
    memcpy(o.currency, codes[currency], 4);
    o.from = from;
    o.to = to;
    if (!NEED(w, arc_statement_compute(w->session, &s, &o)) || !NEED(w, arc_statement_get_info(s, &info))) return;
    int64_t balance = info.opening;
    for (uint32_t i = 0; i < info.n_rows && NEED(w, arc_statement_get_row(s, &row, i)); i++) {
        balance += row.debit - row.credit;
        if (row.balance != balance || row.date < from || row.date > to) DIFFERS(w, "statement of C%d in %s, row %u: %s of %d leads to %lld", customer, codes[currency], i, row.kind, row.date, (long long)row.balance);
    }
    wide opening = owed_on(&w->p, customer, currency, from - 1), closing = owed_on(&w->p, customer, currency, to);
    if (info.opening != opening || info.closing != closing || balance != info.closing || info.opening + info.debit - info.credit != info.closing) {
        DIFFERS(w, "statement of C%d in %s from %d to %d: %lld to %lld, not %lld to %lld", customer, codes[currency], from, to, (long long)info.opening, (long long)info.closing, (long long)opening, (long long)closing);
    }
    arc_statement_free(s);
}

/* The sum of a balance's rows of some roles: {"role":"...", ..., "debit":"1.00"}; a plain look at the text is enough. */
static inline int64_t balance_of(const char *json, const char *role)
{
    char key[60];
    snprintf(key, sizeof key, "\"role\":\"%s\"", role);
    const char *at = strstr(json, key), *end = at ? strchr(at, '}') : NULL;
    const char *debit = at ? strstr(at, "\"debit\":\"") : NULL, *credit = at ? strstr(at, "\"credit\":\"") : NULL;
    int is_debit = debit && debit < end;
    if (!at || (!is_debit && (!credit || credit > end))) return 0;
    const char *text = is_debit ? debit + 9 : credit + 10;
    int64_t v = 0;
    for (; *text != '"'; text++) if (*text != '.') v = v * 10 + (*text - '0');
    return is_debit ? v : -v;
}

/* The control accounts stand at the end of a day for what was open then. */
static inline void compare_control(world *w, int customer, int currency, int day)
{
    static char json[20000];
    size_t n = sizeof json;
    wide items = 0, receipts = 0;
    arc_journal_balance_options o = ARC_JOURNAL_BALANCE_OPTIONS_INIT;
    o.customer = w->customers[customer];
    o.as_of = day;
    memcpy(o.currency, codes[currency], 4);
    if (!NEED(w, arc_journal_balance_json(w->session, json, &n, &o))) return;
    for (int d = 0; d < w->p.n_docs; d++) {
        const doc *x = &w->p.docs[d];
        if (x->currency != currency || (x->receipt ? whose(&w->p, d, day) : x->customer) != customer) continue;
        *(x->receipt ? &receipts : &items) += left_on(&w->p, d, day);
    }
    int64_t open = balance_of(json, "receivable") + balance_of(json, "retention_receivable"), on_account = -balance_of(json, "on_account");
    if (open != items || on_account != receipts) {
        DIFFERS(w, "accounts of C%d in %s on %d: %lld and %lld on account, not %lld and %lld", customer, codes[currency], day, (long long)open, (long long)on_account, (long long)items, (long long)receipts);
    }
}

/* What is under dispute on a day, of every item. */
static inline void compare_disputes(world *w, int day)
{
    static int64_t ids[MAX_DOCS], sums[MAX_DOCS];
    size_t n = 0;
    for (int d = 0; d < w->p.n_docs; d++) if (!w->p.docs[d].receipt) ids[n++] = w->p.docs[d].id;
    if (!w->p.n_disputes || !n || !NEED(w, arc_dispute_sums(w->session, sums, ids, n, day))) return;
    n = 0;
    for (int d = 0; d < w->p.n_docs; d++) {
        const doc *x = &w->p.docs[d];
        if (!x->receipt && sums[n++] != disputed(&w->p, d, day)) DIFFERS(w, "item %d.%d: disputed on %d %lld", x->name.step, x->name.k, day, (long long)sums[n - 1]);
    }
}

static inline void compare_contracts(world *w)
{
    for (int k = 1; k <= CONTRACTS; k++) {
        arc_headroom h = ARC_HEADROOM_INIT;
        wide should = most_invoiced(&w->p, k, NEVER);
        if (NEED(w, arc_headroom_compute(w->session, &h, w->contracts[k])) && (h.issued.minor != should || h.limit.minor != contracts[k].limit)) {
            DIFFERS(w, "contract %d: %lld of %lld invoiced, not %lld", k, (long long)h.issued.minor, (long long)h.limit.minor, (long long)should);
        }
    }
}

static inline int32_t keep_finding(void *user, const arc_finding *f)
{
    world *w = user;
    DIFFERS(w, "verify %s %s.%s %lld: %s", f->check, f->entity, f->field, (long long)f->id, f->message);
    return 0;
}

static inline void compare(world *w, int with_verify)
{
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    compare_states(w, 0);
    compare_states(w, 1);
    compare_accounts(w);
    compare_bills(w);
    compare_contracts(w);
    compare_journal(w);
    int day = FIRST_DAY + (int)(test_random(&w->probe) % (DAYS + 120)), customer = test_random(&w->probe) % 3 ? 0 : (int)(test_random(&w->probe) % CUSTOMERS);
    int currency = (int)(test_random(&w->probe) % CURRENCIES);
    compare_aging(w, day);
    compare_control(w, customer, currency, day);
    compare_statement(w, customer, currency, day, day + (int)(test_random(&w->probe) % 200));
    compare_disputes(w, TODAY - 1 + (int)(test_random(&w->probe) % 14));
    if (with_verify && NEED(w, arc_book_verify(w->book, &sum, keep_finding, w, NULL)) && (sum.findings || sum.checks < 5)) DIFFERS(w, "verify does not say why");
}

#endif
