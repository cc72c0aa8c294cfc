/* SPDX-License-Identifier: Apache-2.0 */
/* ctest: slow */
/* Documents over contracts, orders and deliveries at random, with discounts and named receivables, notes to their lines and voidings, against a model of plain arrays (model/plain_notes.h): after each step
 * every plan and estimate has the same open, every contract and order the same issued, to the cent; now and then, and at the end, a clean verify and the same book from its events.
 *
 *   model_notes                          60 sequences of 40 steps in memory, 6 on each other backend
 *   ARCORE_SOAK=1 model_notes            4,000 in memory
 *   ARCORE_MODEL_SEED=17 model_notes     only that sequence */
#include "model/plain_notes.h"

#include "api/credits.h"
#include "support/rebuilt.h"

#define DATES "\"invoice_date\":\"2026-02-10\",\"due_date\":\"2026-03-10\""

static const int64_t order_contract[ORDERS + 1] = { 0, 1, 2, 0 }, delivery_order[DELIVERIES + 1] = { 0, 1, 3 };
static int done[8], refused;

static int any(uint64_t *g, int n) { return (int)(test_random(g) % (uint64_t)n); }

static void furnish(invoices *v)
{
    char json[300];
    for (int k = 1; k <= CONTRACTS; k++) {
        snprintf(json, sizeof json, "{\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"tax_included\":true,\"number\":\"K%d\",\"amount\":\"9000000.00\"}", k);
        assert_int_equal(sample_insert(v->s, ARC_CONTRACT, json), k);
        assert_session(&v->b, arc_contract_activate(v->s, k));
    }
    for (int o = 1; o <= ORDERS; o++) {
        char of[30] = "";
        if (order_contract[o]) snprintf(of, sizeof of, ",\"contract\":%d", (int)order_contract[o]);
        snprintf(json, sizeof json, "{\"number\":\"O%d\",\"customer\":1,\"order_date\":\"2026-01-01\",\"currency\":\"CNY\"%s}", o, of);
        assert_int_equal(sample_insert(v->s, ARC_SALES_ORDER, json), o);
        snprintf(json, sizeof json, "{\"sales_order\":%d,\"seq\":1,\"name\":\"a\",\"quantity\":\"1000000\",\"price\":\"1\",\"currency\":\"CNY\",\"amount\":\"1000000.00\",\"tax_rate\":\"0\"}", o);
        assert_int_equal(sample_insert(v->s, ARC_ORDER_LINE, json), o);
        assert_session(&v->b, order_step(v, arc_order_confirm, o));
    }
    for (int d = 1; d <= DELIVERIES; d++) {
        snprintf(json, sizeof json, "{\"number\":\"D%d\",\"customer\":1,\"delivery_date\":\"2026-02-01\",\"sales_order\":%d}", d, (int)delivery_order[d]);
        assert_int_equal(sample_insert(v->s, ARC_DELIVERY, json), d);
        snprintf(json, sizeof json, "{\"delivery\":%d,\"seq\":1,\"order_line\":%d,\"quantity\":\"100000\",\"currency\":\"CNY\",\"amount\":\"100000.00\"}", d, (int)delivery_order[d]);
        assert_int_equal(sample_insert(v->s, ARC_DELIVERY_LINE, json), d);
        assert_session(&v->b, order_step(v, arc_delivery_ship, d));
    }
}

/* ---- steps ------------------------------------------------------------------------------------------------------------------------------ */

static void foresee(invoices *v, plain *p, uint64_t *g)
{
    static const char *const of[] = { "contract", "sales_order", "delivery" };
    char json[300];
    if (p->n_items == ITEMS) return;
    const int what = any(g, 3), which = 1 + any(g, what == 0 ? CONTRACTS : what == 1 ? ORDERS : DELIVERIES);
    expected *i = &p->items[p->n_items];
    *i = (expected){ .amount = 1 + any(g, 3000), .estimated = any(g, 2) };
    i->open = i->amount;
    if (what == 0) i->contract = which;
    if (what == 2) i->delivery = which;
    if (what) i->order = what == 1 ? which : delivery_order[which], i->contract = order_contract[i->order];
    snprintf(json, sizeof json, "{\"number\":\"E%d\",\"kind\":\"%s\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"%lld.%02lld\",\"business_date\":\"2026-02-01\",\"%s\":%d}", p->n_items, i->estimated ? "estimated" : "planned",
             (long long)i->amount / 100, (long long)i->amount % 100, of[what], which);
    arc_record *r = invoices_record(v->s, ARC_ITEM, json);
    assert_session(&v->b, arc_item_record(v->s, &i->id, r));
    arc_record_free(r);
    p->n_items++;
    done[0]++;
}

static arc_record *line_record(invoices *v, int64_t minor, const char *more)
{
    char json[200];
    snprintf(json, sizeof json, "{\"name\":\"a\",\"currency\":\"CNY\",\"gross_amount\":\"%s%lld.%02lld\",\"tax_rate\":\"0\"%s}", minor < 0 ? "-" : "", (long long)(minor < 0 ? -minor : minor) / 100,
             (long long)(minor < 0 ? -minor : minor) % 100, more);
    return invoices_record(v->s, ARC_INVOICE_LINE, json);
}

static int choose_uses(const plain *p, const doc *d, named *uses, uint64_t *g)
{
    int n = 0;
    int64_t left[ITEMS], of_line[LINES], all = total_of(d);
    for (int i = 0; i < p->n_items; i++) left[i] = p->items[i].open;
    for (int l = 0; l < d->n; l++) of_line[l] = net_of(&d->lines[l]);
    for (int tries = any(g, 4); p->n_items && tries > 0; tries--) {
        const int i = any(g, p->n_items), l = n || any(g, 2) ? any(g, d->n) : NOBODY; /* one without its line, in front, or none: several are not taken for the lines one by one then */
        int64_t most = left[i] < all ? left[i] : all;
        if (l != NOBODY && of_line[l] < most) most = of_line[l];
        if (most <= 0) continue;
        uses[n] = (named){ i, l, 1 + any(g, (int)most) };
        left[i] -= uses[n].amount;
        all -= uses[n].amount;
        if (l != NOBODY) of_line[l] -= uses[n].amount;
        n++;
    }
    return n;
}

static void issue(invoices *v, plain *p, uint64_t *g)
{
    doc d;
    named uses[4];
    arc_invoice_use given[4];
    arc_record *records[2 * LINES];
    char json[200], more[60];
    arc_invoice_document x = ARC_INVOICE_DOCUMENT_INIT;
    const int64_t header = any(g, 3) ? 0 : 1 + any(g, CONTRACTS);
    if (p->n_docs == DOCS) return;
    memset(&d, 0, sizeof d);
    d.n = 1 + any(g, LINES);
    for (int k = 0; k < d.n; k++) {
        doc_line *l = &d.lines[k];
        const int what = any(g, 4), which = 1 + any(g, what == 1 ? CONTRACTS : what == 2 ? ORDERS : DELIVERIES);
        l->gross = 2 + any(g, 2500);
        l->off = any(g, 3) ? 0 : 1 + any(g, (int)l->gross - 1);
        more[0] = 0;
        if (what == 1) l->contract = which, snprintf(more, sizeof more, ",\"contract\":%d", which);
        if (what == 2) l->order = which, snprintf(more, sizeof more, ",\"order_line\":%d", which);
        if (what == 3) l->delivery = which, l->order = delivery_order[which], snprintf(more, sizeof more, ",\"delivery_line\":%d", which);
        records[x.n_lines++] = line_record(v, l->gross, more);
        l->at = (int)x.n_lines;
        snprintf(more, sizeof more, ",\"discount_of\":%u", x.n_lines);
        if (l->off) records[x.n_lines++] = line_record(v, -l->off, more);
    }
    find_heads(&d, header, order_contract);
    const int n = choose_uses(p, &d, uses, g);
    for (int k = 0; k < n; k++) {
        given[k] = (arc_invoice_use)ARC_INVOICE_USE_INIT;
        given[k].item = p->items[uses[k].item].id;
        given[k].line = uses[k].line == NOBODY ? 0 : (uint32_t)d.lines[uses[k].line].at;
        assert_ok(arc_money_set(&given[k].amount, uses[k].amount, "CNY"));
    }
    snprintf(json, sizeof json, "{\"customer\":1,\"currency\":\"CNY\"," DATES "%s}", header == 1 ? ",\"contract\":1" : header ? ",\"contract\":2" : "");
    x.invoice = invoices_record(v->s, ARC_INVOICE, json);
    x.lines = records;
    x.uses = n ? given : NULL;
    x.n_uses = (uint32_t)n;
    arc_status st = arc_invoice_issue_document(v->s, &d.id, &x);
    for (uint32_t k = 0; k < x.n_lines; k++) arc_record_free(records[k]);
    arc_record_free(x.invoice);
    if (st == ARC_OK) plain_issue(p, &d, uses, n);
    else assert_session_status(ARC_E_GUARD, &v->b, st); /* an order of one contract in a document, or a header, of another */
    done[1] += st == ARC_OK;
    refused += st != ARC_OK;
}

static void credit(invoices *v, plain *p, uint64_t *g)
{
    note x;
    arc_credit_line lines[LINES];
    if (!p->n_docs || p->n_notes == NOTES) return;
    memset(&x, 0, sizeof x);
    x.doc = any(g, p->n_docs);
    const doc *d = &p->docs[x.doc];
    arc_credit_note n = credit_of(d->id);
    if (d->voided) return;
    int64_t left = 0;
    for (int l = 0; l < d->n; l++) left += net_of(&d->lines[l]) - d->lines[l].credited;
    if (!left) return;
    if (!any(g, 5)) { /* all that is left */
        for (int l = 0; l < d->n; l++) x.off[l] = net_of(&d->lines[l]) - d->lines[l].credited;
    } else {
        for (int l = 0; l < d->n; l++) {
            const int64_t rest = net_of(&d->lines[l]) - d->lines[l].credited;
            if (!rest || any(g, 2)) continue;
            const int whole = !any(g, 3);
            x.off[l] = whole ? rest : 1 + any(g, (int)rest);
            lines[n.n_lines++] = credit_seq(d->lines[l].at, whole ? 0 : ARC_CREDIT_GROSS, x.off[l]);
        }
        if (!n.n_lines) return;
        n.lines = lines;
    }
    x.id = credit_ok(v, &n);
    plain_note(p, &x);
    done[2]++;
}

static arc_status drop(invoices *v, int64_t id)
{
    arc_invoice_step step = ARC_INVOICE_STEP_INIT;
    step.invoice = id;
    step.reason = "误开";
    return arc_invoice_void(v->s, NULL, NULL, &step, 1, ARC_ALL_OR_NONE);
}

static void take_back(invoices *v, plain *p, uint64_t *g)
{
    if (any(g, 2) && p->n_notes) {
        const int at = any(g, p->n_notes);
        if (p->notes[at].voided || p->docs[p->notes[at].doc].voided) return;
        const arc_status st = drop(v, p->notes[at].id);
        if (plain_void_note(p, at)) assert_session(&v->b, st);
        else assert_session_status(ARC_E_STATE, &v->b, st);
        done[3]++;
    } else if (p->n_docs) {
        const int at = any(g, p->n_docs);
        int noted = 0;
        for (int k = 0; k < p->n_notes; k++) noted |= p->notes[k].doc == at && !p->notes[k].voided;
        if (noted || p->docs[at].voided) return;
        assert_session(&v->b, drop(v, p->docs[at].id));
        plain_void_doc(p, at);
        done[4]++;
    }
}

/* ---- comparing ---------------------------------------------------------------------------------------------------------------------------- */

/* What of the documents that stand is of a contract, or of an order: those of one order as a whole, others by their lines. */
static int64_t of_parent(const plain *p, int by_order, int64_t parent)
{
    int64_t sum = 0;
    for (int k = 0; k < p->n_docs; k++) {
        const doc *d = &p->docs[k];
        for (int l = 0; l < d->n && !d->voided; l++) {
            const doc_line *x = &d->lines[l];
            const int64_t of = by_order ? (d->order ? d->order : x->order) : x->contract ? x->contract : d->contract;
            sum += of == parent ? net_of(x) - x->credited : 0;
        }
    }
    return sum;
}

static int64_t link_of(invoices *v, const char *link, int64_t parent)
{
    arc_query *q;
    arc_cursor *c;
    arc_field_id field = ARC_CHAIN_STATE_GROSS_AMOUNT;
    arc_money m = { 0, "", 0 };
    assert_session(&v->b, arc_query_new(v->s, &q, ARC_CHAIN_STATE));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_where_text(q, ARC_CHAIN_STATE_LINK, ARC_EQ, link, SIZE_MAX));
    assert_ok(arc_query_where_int(q, ARC_CHAIN_STATE_PARENT, ARC_EQ, parent));
    assert_ok(arc_query_run(q, &c));
    if (arc_cursor_next(c) == ARC_OK) assert_ok(arc_cursor_get_money(c, &m, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return m.minor;
}

static void compare(invoices *v, const plain *p, int seed, int step)
{
    int64_t estimated = 0;
    for (int i = 0; i < p->n_items; i++) {
        const int64_t is = open_of(v, p->items[i].id);
        if (is != p->items[i].open) fail_msg("seed %d, step %d: item %d has %lld open, not %lld of %lld", seed, step, (int)p->items[i].id, (long long)is, (long long)p->items[i].open, (long long)p->items[i].amount);
        estimated += p->items[i].estimated ? p->items[i].open : 0;
    }
    for (int k = 1; k <= CONTRACTS; k++) {
        const int64_t is = link_of(v, "contract_invoice", k), should = of_parent(p, 0, k);
        if (is != should) fail_msg("seed %d, step %d: contract %d has %lld issued, not %lld", seed, step, k, (long long)is, (long long)should);
    }
    for (int o = 1; o <= ORDERS; o++) {
        const int64_t is = link_of(v, "sales_order_invoice", o), should = of_parent(p, 1, o);
        if (is != should) fail_msg("seed %d, step %d: order %d has %lld issued, not %lld", seed, step, o, (long long)is, (long long)should);
    }
    assert_int_equal(sum_of(v, ARC_ACCOUNT, ARC_ACCOUNT_ESTIMATED), estimated);
    /* once all of a document is credited, all that it took is back; never more */
    for (int k = 0; k < p->n_docs; k++) {
        const doc *d = &p->docs[k];
        int64_t left = 0;
        for (int l = 0; l < d->n; l++) left += net_of(&d->lines[l]) - d->lines[l].credited;
        for (int t = 0; t < d->n_takes; t++) {
            assert_true(d->takes[t].given >= 0 && d->takes[t].given <= d->takes[t].amount);
            if (!left) assert_int_equal(d->takes[t].given, d->takes[t].amount);
        }
    }
}

static void sequence(int backend, int seed)
{
    invoices v;
    static plain p;
    uint64_t g = (uint64_t)seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    memset(&p, 0, sizeof p);
    invoices_open(&v, backend);
    furnish(&v);
    for (int step = 0; step < 40; step++) {
        const int what = any(&g, 12);
        if (what < 3) foresee(&v, &p, &g);
        else if (what < 6) issue(&v, &p, &g);
        else if (what < 10) credit(&v, &p, &g);
        else take_back(&v, &p, &g);
        compare(&v, &p, seed, step);
    }
    invoices_verified(&v);
    if (seed % 8 == 0) {
        char why[1000] = "";
        uint32_t sealed = 0;
        assert_ok(arc_audit_seal(v.s, &sealed, 0)); /* a server seals when it is told to */
        (void)rebuilt_check(v.b.book, 0, NULL, NULL, why);
        if (why[0]) fail_msg("seed %d: %s", seed, why);
    }
    invoices_close(&v);
}

static void sequences(void **state)
{
    (void)state;
    const char *one = getenv("ARCORE_MODEL_SEED"), *soak = getenv("ARCORE_SOAK");
    const int last = one ? atoi(one) : soak && *soak ? 4000 : 60;
    for (int seed = one ? atoi(one) : 1; seed <= last; seed++) {
        for (int backend = 0; backend < TEST_BACKENDS; backend++) if (!backend || seed <= 6 || one) sequence(backend, seed);
    }
    if (one) return;
    for (int k = 0; k < 5; k++) if (done[k] < 60) fail_msg("step %d was done %d times", k, done[k]);
    assert_true(refused > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(sequences) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
