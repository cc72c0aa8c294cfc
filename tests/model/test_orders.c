/* SPDX-License-Identifier: Apache-2.0 */
/* ctest: slow */
/* Orders, deliveries, estimates and their documents at random, against a model of plain arrays (model/plain_orders.h). After each step the same answer, and the same of every sum the book keeps: ordered and
 * invoiced by contract, delivered and invoiced by line, invoiced by order, estimated by delivery, states; now and then, and at the end, a clean verify. Steps are also done in a transaction that is rolled back
 * first. A sequence that fails is made as small as it can be and printed.
 *
 *   model_orders                          600 sequences of 50 steps in memory, 40 in SQLite
 *   ARCORE_SOAK=1 model_orders            20,000 in memory
 *   ARCORE_MODEL_SEED=17 model_orders     only that sequence */
#include "model/choose_orders.h"

#include "arcore/arcore.h"
#include "arcore/fields.h"

enum { DAY = 20500 };
static int64_t hits[VERBS][2];

typedef struct world {
    arc_context *ctx;
    arc_book *book;
    arc_session *s;
    plain p;
    char uri[640], why[600];
} world;

#define DIFFERS(w, ...) ((w)->why[0] ? 0 : snprintf((w)->why, sizeof (w)->why, __VA_ARGS__))
#define NEED(w, call) need(w, call, #call)
static int need(world *w, arc_status st, const char *call)
{
    arc_error e = ARC_ERROR_INIT;
    if (st == ARC_OK) return 1;
    if (w->s) (void)arc_session_error(w->s, &e);
    DIFFERS(w, "%s: %s %s", call, arc_status_name(st), e.message);
    return 0;
}

/* ---- the book --------------------------------------------------------------------------------------------------------------------------- */

static arc_record *record(world *w, uint32_t entity, const char *json)
{
    arc_record *r = NULL;
    if (NEED(w, arc_record_new(w->s, &r, entity)) && arc_record_set_json(r, json, SIZE_MAX) != ARC_OK) DIFFERS(w, "not taken: %s", json);
    return r;
}

static int64_t insert(world *w, uint32_t entity, const char *json)
{
    int64_t id = 0;
    arc_record *r = record(w, entity, json);
    NEED(w, arc_session_insert(w->s, &id, r));
    arc_record_free(r);
    return id;
}

static const char *yuan(int64_t minor)
{
    static char text[8][32];
    static int at;
    at = (at + 1) % 8;
    snprintf(text[at], sizeof text[at], "%lld.%02lld", (long long)(minor / 100), (long long)(minor % 100));
    return text[at];
}

static void furnish(world *w)
{
    (void)insert(w, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"C\"}");
    (void)insert(w, ARC_NUMBER_SERIES, "{\"code\":\"invoice\",\"period\":\"\",\"pattern\":\"I-{n:6}\",\"gapless\":true}");
    (void)insert(w, ARC_CONTRACT, "{\"customer\":1,\"number\":\"K1\",\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"amount\":\"600.00\",\"tax_included\":true,\"tolerance\":\"0.1\"}");
    (void)insert(w, ARC_CONTRACT, "{\"customer\":1,\"number\":\"K2\",\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"amount\":\"450.00\",\"tax_included\":false,\"billing_basis\":\"delivered\"}");
    for (int k = 1; k <= CONTRACTS; k++) NEED(w, arc_contract_activate(w->s, k));
    memcpy(w->p.amount, first_amount, sizeof first_amount);
}

static int begin(world *w, test_env *t, int sqlite)
{
    static int books;
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    char name[40];
    memset(w, 0, sizeof *w);
    w->ctx = t->ctx;
    snprintf(name, sizeof name, "orders%d", books++);
    if (sqlite) snprintf(w->uri, sizeof w->uri, "sqlite:%s", test_path(t, name));
    else snprintf(w->uri, sizeof w->uri, "memory:%s", name);
    bo.flags = ARC_BOOK_CREATE;
    so.business_date = DAY;
    if (NEED(w, arc_book_open(w->ctx, &w->book, w->uri, &bo)) && NEED(w, arc_session_open(w->book, &w->s, &so))) furnish(w);
    return !w->why[0];
}

/* ---- the model's answer --------------------------------------------------------------------------------------------------------------------- */

static arc_status new_order(plain *p, const op *o)
{
    order *x = &p->orders[p->n_orders++];
    memset(x, 0, sizeof *x);
    x->step = o->step;
    x->contract = o->contract;
    x->by_delivery = o->by_delivery;
    x->n = o->n;
    for (int i = 0; i < o->n; i++) x->line[i] = (line){ 0, i, o->part[i].quantity, o->part[i].gross };
    return o->amount ? ARC_OK : plain_confirm(p, p->n_orders - 1);
}

static arc_status new_delivery(plain *p, const op *o)
{
    delivery *x = &p->deliveries[p->n_deliveries++];
    memset(x, 0, sizeof *x);
    x->step = o->step;
    x->order = order_at(p, o->target);
    x->n = o->n;
    for (int i = 0; i < o->n; i++) x->line[i] = (line){ 0, o->part[i].line, o->part[i].quantity, o->part[i].gross };
    return o->amount ? ARC_OK : plain_ship(p, p->n_deliveries - 1);
}

static arc_status new_document(plain *p, const op *o)
{
    doc x;
    memset(&x, 0, sizeof x);
    x.step = o->step;
    x.note_of = NOBODY;
    x.main = o->contract;
    x.n = o->n;
    for (int k = 0; k < o->n; k++) {
        const int64_t gross = o->part[k].gross;
        const sum line_ = { o->part[k].quantity, gross, net_of(gross) }, off = { 0, -o->part[k].off, -net_of(o->part[k].off) };
        x.part[k] = (part){ order_at(p, o->part[k].order), o->part[k].line, o->part[k].delivery == NOBODY ? NOBODY : delivery_at(p, o->part[k].delivery), o->part[k].dline, 0, line_, line_, off, 0, o->part[k].off != 0 };
        add(&x.part[k].of, &off);
        add(&x.of, &x.part[k].of);
    }
    x.of.quantity = 0;
    return plain_issue(p, &x);
}

static arc_status answer(plain *p, const op *o)
{
    switch (o->verb) {
    case ORDER: return new_order(p, o);
    case CONFIRM: return plain_confirm(p, order_at(p, o->target));
    case CLOSE: return plain_close(p, order_at(p, o->target));
    case CANCEL: return plain_cancel(p, order_at(p, o->target));
    case DELIVER: return new_delivery(p, o);
    case SHIP: return plain_ship(p, delivery_at(p, o->target));
    case SIGN: return plain_sign(p, delivery_at(p, o->target));
    case REFUSE: return plain_back(p, delivery_at(p, o->target), REFUSED);
    case DROP: return plain_back(p, delivery_at(p, o->target), DROPPED);
    case ESTIMATE: return plain_estimate(p, delivery_at(p, o->target), o->amount);
    case END:
        if (!p->deliveries[delivery_at(p, o->target)].open) return ARC_E_STATE;
        p->deliveries[delivery_at(p, o->target)].open = 0;
        return ARC_OK;
    case ISSUE: return new_document(p, o);
    case CREDIT: {
        int64_t gross[PARTS] = { 0 };
        for (int k = 0; k < o->n; k++) gross[k] = o->part[k].gross;
        return plain_credit(p, doc_at(p, o->target), o->step, gross);
    }
    case VOID: return plain_void(p, doc_at(p, o->target));
    default: return plain_amend(p, o->contract, o->amount);
    }
}

/* ---- the library's -------------------------------------------------------------------------------------------------------------------------- */

typedef arc_status (*order_fn)(arc_session *, int64_t *, arc_status *, const arc_order_step *, size_t, uint32_t);

static arc_status take_step(world *w, order_fn fn, int64_t id)
{
    arc_order_step e = ARC_ORDER_STEP_INIT;
    e.id = id;
    e.reason = "why";
    return fn(w->s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE);
}

typedef struct made {
    int64_t id, line[PARTS];
} made;

static arc_status drive_order(world *w, const op *o, made *m)
{
    char json[300], contract[30] = "";
    if (o->contract) snprintf(contract, sizeof contract, ",\"contract\":%d", o->contract);
    snprintf(json, sizeof json, "{\"number\":\"O%d\",\"customer\":1,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\"%s}", o->step, contract);
    m->id = insert(w, ARC_SALES_ORDER, json);
    for (int i = 0; i < o->n; i++) {
        snprintf(json, sizeof json, "{\"sales_order\":%lld,\"seq\":%d,\"name\":\"a\",\"quantity\":\"%lld\",\"price\":\"1\",\"currency\":\"CNY\",\"amount\":\"%s\",\"tax_rate\":\"0.13\"}", (long long)m->id, i + 1,
                 (long long)o->part[i].quantity, yuan(o->part[i].gross));
        m->line[i] = insert(w, ARC_ORDER_LINE, json);
    }
    return o->amount ? ARC_OK : take_step(w, arc_order_confirm, m->id);
}

static arc_status drive_delivery(world *w, const op *o, made *m)
{
    char json[300];
    const order *x = &w->p.orders[order_at(&w->p, o->target)];
    snprintf(json, sizeof json, "{\"number\":\"D%d\",\"customer\":1,\"sales_order\":%lld,\"delivery_date\":\"2026-01-10\"}", o->step, (long long)x->id);
    m->id = insert(w, ARC_DELIVERY, json);
    for (int i = 0; i < o->n; i++) {
        snprintf(json, sizeof json, "{\"delivery\":%lld,\"seq\":%d,\"order_line\":%lld,\"quantity\":\"%lld\",\"currency\":\"CNY\",\"amount\":\"%s\"}", (long long)m->id, i + 1,
                 (long long)x->line[o->part[i].line].id, (long long)o->part[i].quantity, yuan(o->part[i].gross));
        m->line[i] = insert(w, ARC_DELIVERY_LINE, json);
    }
    return o->amount ? ARC_OK : take_step(w, arc_delivery_ship, m->id);
}

static arc_status drive_issue(world *w, const op *o, made *m)
{
    char json[300], main_contract[30] = "";
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *lines[2 * PARTS];
    uint32_t n = 0;
    if (o->contract) snprintf(main_contract, sizeof main_contract, ",\"contract\":%d", o->contract);
    snprintf(json, sizeof json, "{\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"%s\",\"due_date\":\"2026-03-10\"%s}", o->step % 2 ? "2026-02-16" : "2026-02-01", main_contract);
    d.invoice = record(w, ARC_INVOICE, json);
    for (int k = 0; k < o->n; k++) {
        const int delivery_ = o->part[k].delivery != NOBODY;
        const int64_t parent = delivery_ ? w->p.deliveries[delivery_at(&w->p, o->part[k].delivery)].line[o->part[k].dline].id : w->p.orders[order_at(&w->p, o->part[k].order)].line[o->part[k].line].id;
        snprintf(json, sizeof json, "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"%lld\",\"gross_amount\":\"%s\",\"tax_rate\":\"0.13\",\"%s\":%lld}", (long long)o->part[k].quantity, yuan(o->part[k].gross),
                 delivery_ ? "delivery_line" : "order_line", (long long)parent);
        lines[n++] = record(w, ARC_INVOICE_LINE, json);
        snprintf(json, sizeof json, "{\"name\":\"d\",\"currency\":\"CNY\",\"gross_amount\":\"-%s\",\"tax_rate\":\"0.13\",\"discount_of\":%u}", yuan(o->part[k].off), n);
        if (o->part[k].off) lines[n++] = record(w, ARC_INVOICE_LINE, json);
    }
    d.lines = lines;
    d.n_lines = n;
    arc_status st = arc_invoice_issue_document(w->s, &m->id, &d);
    for (uint32_t k = 0; k < n; k++) arc_record_free(lines[k]);
    arc_record_free(d.invoice);
    return st;
}

static arc_status drive_estimate(world *w, const op *o, made *m)
{
    char json[300];
    snprintf(json, sizeof json, "{\"number\":\"E%d\",\"kind\":\"estimated\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"%s\",\"business_date\":\"2026-01-10\",\"delivery\":%lld}", o->step, yuan(o->amount),
             (long long)w->p.deliveries[delivery_at(&w->p, o->target)].id);
    arc_record *r = record(w, ARC_ITEM, json);
    arc_status st = arc_item_record(w->s, &m->id, r);
    arc_record_free(r);
    return st;
}

static arc_status drive_document(world *w, const op *o, made *m)
{
    const doc *of = &w->p.docs[doc_at(&w->p, o->target)];
    const int64_t id = of->id;
    arc_credit_note n = ARC_CREDIT_NOTE_INIT;
    arc_credit_line lines[PARTS];
    arc_invoice_step s = ARC_INVOICE_STEP_INIT;
    n.invoice = s.invoice = id;
    n.date = ARC_DATE_NONE;
    n.reason_code = "price";
    n.reason = s.reason = "why";
    for (int k = 0, seq = 1; o->verb == CREDIT && k < o->n; k++) {
        arc_credit_line *l = &lines[n.n_lines];
        *l = (arc_credit_line)ARC_CREDIT_LINE_INIT;
        l->seq = seq;
        if (o->part[k].gross != left_of(&of->part[k])) l->given = ARC_CREDIT_GROSS, l->gross = o->part[k].gross;
        n.n_lines += o->part[k].gross != 0;
        seq += 1 + of->part[k].discounted;
    }
    n.lines = n.n_lines ? lines : NULL;
    return o->verb == CREDIT ? arc_invoice_credit(w->s, &m->id, &n) : arc_invoice_void(w->s, NULL, NULL, &s, 1, ARC_ALL_OR_NONE);
}

static arc_status drive_amend(world *w, const op *o)
{
    char json[200];
    snprintf(json, sizeof json, "{\"contract\":%d,\"currency\":\"CNY\",\"amount\":\"%s\",\"reason\":\"why\"}", o->contract, yuan(o->amount));
    arc_record *r = record(w, ARC_CONTRACT_CHANGE, json);
    arc_status st = arc_contract_amend(w->s, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status drive(world *w, const op *o, made *m)
{
    static const order_fn orders[] = { arc_order_confirm, arc_order_close, arc_order_cancel }, deliveries[] = { arc_delivery_ship, arc_delivery_sign, arc_delivery_refuse, arc_delivery_cancel };
    memset(m, 0, sizeof *m);
    switch (o->verb) {
    case ORDER: return drive_order(w, o, m);
    case CONFIRM: case CLOSE: case CANCEL: return take_step(w, orders[o->verb - CONFIRM], w->p.orders[order_at(&w->p, o->target)].id);
    case DELIVER: return drive_delivery(w, o, m);
    case SHIP: case SIGN: case REFUSE: case DROP: return take_step(w, deliveries[o->verb - SHIP], w->p.deliveries[delivery_at(&w->p, o->target)].id);
    case ESTIMATE: return drive_estimate(w, o, m);
    case END: return arc_item_cancel(w->s, w->p.deliveries[delivery_at(&w->p, o->target)].estimate, "why");
    case ISSUE: return drive_issue(w, o, m);
    case CREDIT: case VOID: return drive_document(w, o, m);
    default: return drive_amend(w, o);
    }
}

/* ---- comparing ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct kept { /* a row of chain_state */
    int64_t parent, quantity, gross, net;
    char link[24];
    int met;
} kept;

static arc_cursor *ask(world *w, arc_query **q, uint32_t entity, const arc_field_id *fields, size_t n)
{
    arc_cursor *c = NULL;
    NEED(w, arc_query_new(w->s, q, entity));
    NEED(w, arc_query_select(*q, fields, n));
    NEED(w, arc_query_run(*q, &c));
    return c;
}

static int read_sums(world *w, kept *list, int most_rows)
{
    static const arc_field_id fields[] = { ARC_CHAIN_STATE_PARENT, ARC_CHAIN_STATE_LINK, ARC_CHAIN_STATE_QUANTITY, ARC_CHAIN_STATE_GROSS_AMOUNT, ARC_CHAIN_STATE_NET_AMOUNT };
    arc_query *q = NULL;
    arc_cursor *c = ask(w, &q, ARC_CHAIN_STATE, fields, 5);
    int n = 0;
    for (; c && n < most_rows && arc_cursor_next(c) == ARC_OK; n++) {
        const char *link = "";
        size_t len = 0;
        arc_decimal d;
        arc_money m;
        memset(&list[n], 0, sizeof list[n]);
        NEED(w, arc_cursor_get_int(c, &list[n].parent, 0));
        NEED(w, arc_cursor_get_text(c, &link, &len, 1));
        memcpy(list[n].link, link, len < 23 ? len : 23);
        if (arc_cursor_get_decimal(c, &d, 2) == ARC_OK) list[n].quantity = d.mantissa;
        if (arc_cursor_get_money(c, &m, 3) == ARC_OK) list[n].gross = m.minor;
        if (arc_cursor_get_money(c, &m, 4) == ARC_OK) list[n].net = m.minor;
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return n;
}

static void same(world *w, kept *list, int n, const char *link, int64_t parent, sum should)
{
    kept none = { 0 }, *is = &none;
    for (int i = 0; i < n; i++) if (list[i].parent == parent && !strcmp(list[i].link, link)) is = &list[i];
    is->met = 1;
    if (is->quantity == should.quantity * 1000000 && is->gross == should.gross && is->net == should.net) return;
    DIFFERS(w, "%s of %lld: %lld, %lld, %lld, not %lld, %lld, %lld", link, (long long)parent, (long long)is->quantity, (long long)is->gross, (long long)is->net, (long long)should.quantity * 1000000,
            (long long)should.gross, (long long)should.net);
}

static void compare_sums(world *w)
{
    static kept list[1000];
    const plain *p = &w->p;
    const int n = read_sums(w, list, 1000);
    for (int k = 1; k <= CONTRACTS; k++) same(w, list, n, "contract_invoice", k, issued(p, k)), same(w, list, n, "contract_order", k, ordered(p, k));
    for (int o = 0; o < p->n_orders; o++) {
        same(w, list, n, "sales_order_invoice", p->orders[o].id, whole(p, o));
        for (int l = 0; l < p->orders[o].n; l++) {
            same(w, list, n, "order_delivery", p->orders[o].line[l].id, delivered(p, o, l));
            same(w, list, n, "order_invoice", p->orders[o].line[l].id, invoiced(p, o, l, NOBODY, 0));
        }
    }
    for (int d = 0; d < p->n_deliveries; d++) {
        for (int i = 0; i < p->deliveries[d].n; i++) same(w, list, n, "delivery_invoice", p->deliveries[d].line[i].id, invoiced(p, 0, 0, d, i));
    }
    for (int i = 0; i < n; i++) if (!list[i].met) DIFFERS(w, "%s of %lld: nobody's", list[i].link, (long long)list[i].parent);
}

/* A text (or an amount) of each row of an entity, by id. */
static void compare_states(world *w, int of_orders)
{
    static const char *const orders[] = { "draft", "confirmed", "delivering", "closed", "cancelled" }, *const deliveries[] = { "draft", "shipped", "signed", "refused", "cancelled" };
    const arc_field_id fields[] = { of_orders ? ARC_SALES_ORDER_ID : ARC_DELIVERY_ID, of_orders ? ARC_SALES_ORDER_STATUS : ARC_DELIVERY_STATUS, ARC_SALES_ORDER_COMMITTED };
    arc_query *q = NULL;
    arc_cursor *c = ask(w, &q, of_orders ? ARC_SALES_ORDER : ARC_DELIVERY, fields, of_orders ? 3 : 2);
    int n = 0;
    for (; c && arc_cursor_next(c) == ARC_OK; n++) {
        int64_t id = 0;
        const char *is = "", *should = "none";
        size_t len = 0;
        NEED(w, arc_cursor_get_int(c, &id, 0));
        NEED(w, arc_cursor_get_text(c, &is, &len, 1));
        arc_money m = { 0, "", 0 };
        if (of_orders) (void)arc_cursor_get_money(c, &m, 2);
        for (int i = 0; of_orders && i < w->p.n_orders; i++) {
            if (w->p.orders[i].id != id) continue;
            should = orders[w->p.orders[i].status];
            if (m.minor != w->p.orders[i].committed) DIFFERS(w, "order %lld takes %lld, not %lld", (long long)id, (long long)m.minor, (long long)w->p.orders[i].committed);
        }
        for (int i = 0; !of_orders && i < w->p.n_deliveries; i++) if (w->p.deliveries[i].id == id) should = deliveries[w->p.deliveries[i].status];
        if (len != strlen(should) || memcmp(is, should, len) != 0) DIFFERS(w, "%s %lld is %.*s, not %s", of_orders ? "order" : "delivery", (long long)id, (int)len, is, should);
    }
    if (n != (of_orders ? w->p.n_orders : w->p.n_deliveries)) DIFFERS(w, "%d %s", n, of_orders ? "orders" : "deliveries");
    arc_cursor_free(c);
    arc_query_free(q);
}

static void compare_estimates(world *w)
{
    static const arc_field_id fields[] = { ARC_ITEM_STATE_ITEM, ARC_ITEM_STATE_OPEN };
    arc_query *q = NULL;
    arc_cursor *c = ask(w, &q, ARC_ITEM_STATE, fields, 2);
    while (c && arc_cursor_next(c) == ARC_OK) {
        int64_t id = 0;
        arc_money m;
        NEED(w, arc_cursor_get_int(c, &id, 0));
        NEED(w, arc_cursor_get_money(c, &m, 1));
        for (int d = 0; d < w->p.n_deliveries; d++) {
            if (w->p.deliveries[d].estimate == id && w->p.deliveries[d].open != m.minor) DIFFERS(w, "estimate %lld: %lld open, not %lld", (long long)id, (long long)m.minor, (long long)w->p.deliveries[d].open);
        }
    }
    arc_cursor_free(c);
    arc_query_free(q);
}

static int32_t on_finding(void *user, const arc_finding *f)
{
    world *w = user;
    DIFFERS(w, "verify: %s.%s %lld: %s", f->entity, f->field, (long long)f->id, f->message);
    return 0;
}

static void compare(world *w, int verify)
{
    compare_sums(w);
    compare_states(w, 1);
    compare_states(w, 0);
    compare_estimates(w);
    for (int k = 1; k <= CONTRACTS; k++) {
        arc_headroom h = ARC_HEADROOM_INIT;
        NEED(w, arc_headroom_compute(w->s, &h, k));
        if (h.limit.minor != limit_of(&w->p, k) || h.issued.minor != basis(k, issued(&w->p, k)) || h.ordered.minor != basis(k, ordered(&w->p, k)) || h.headroom.minor != h.limit.minor - h.issued.minor) {
            DIFFERS(w, "headroom of %d: %lld of %lld, %lld ordered", k, (long long)h.issued.minor, (long long)h.limit.minor, (long long)h.ordered.minor);
        }
    }
    if (verify) NEED(w, arc_book_verify(w->book, NULL, on_finding, w, NULL));
}

/* ---- a sequence ----------------------------------------------------------------------------------------------------------------------------- */

static int kept_when_refused(int verb) { return verb == ORDER || verb == DELIVER; } /* the draft stays */

static void learn(world *w, const op *o, const made *m, const plain *before)
{
    plain *p = &w->p;
    if (p->n_orders > before->n_orders) {
        p->orders[before->n_orders].id = m->id;
        for (int i = 0; i < o->n; i++) p->orders[before->n_orders].line[i].id = m->line[i];
    }
    if (p->n_deliveries > before->n_deliveries) {
        p->deliveries[before->n_deliveries].id = m->id;
        for (int i = 0; i < o->n; i++) p->deliveries[before->n_deliveries].line[i].id = m->line[i];
    }
    if (p->n_docs > before->n_docs) p->docs[before->n_docs].id = m->id;
    if (o->verb == ESTIMATE && m->id) p->deliveries[delivery_at(p, o->target)].estimate = m->id;
}

static void told(world *w, const op *o, arc_status is, arc_status should, const char *where)
{
    arc_error e = ARC_ERROR_INIT;
    if (is == should) return;
    (void)arc_session_error(w->s, &e);
    DIFFERS(w, "step %d %s%s: %s (%s), not %s", o->step, verbs[o->verb].name, where, arc_status_name(is), e.message, arc_status_name(should));
}

static void step(world *w, const op *o)
{
    static plain next, before;
    made m;
    next = before = w->p;
    const arc_status should = answer(&next, o);
    if (o->rolled_back) {
        arc_txn *txn = NULL;
        if (!NEED(w, arc_session_begin(w->s, &txn, ARC_WRITE))) return;
        told(w, o, drive(w, o, &m), should, " in a transaction");
        arc_txn_rollback(txn);
    }
    told(w, o, drive(w, o, &m), should, "");
    if (should == ARC_OK || kept_when_refused(o->verb)) {
        w->p = next;
        learn(w, o, &m, &before);
    }
    hits[o->verb][should != ARC_OK]++;
}

static int run(test_env *t, int sqlite, op *ops, int n, uint64_t seed, char why[600])
{
    static world w;
    int ok = begin(&w, t, sqlite), last = 0;
    for (int i = 0; ok && i < n && !w.why[0]; i++) {
        if (seed) {
            while (!choose(&w.p, &ops[i], i, &seed)) {}
        } else if (!has_all(&w.p, &ops[i])) continue;
        step(&w, &ops[i]);
        if (!w.why[0]) compare(&w, i % 16 == 15);
        last = i + 1;
    }
    if (!w.why[0]) compare(&w, 1);
    arc_book_close(w.book);
    memcpy(why, w.why, 600);
    return why[0] ? last ? last : 1 : 0;
}

static int leave_out(test_env *t, op *ops, int n)
{
    static op fewer[STEPS];
    char why[600];
    for (int chunk = n / 2 ? n / 2 : 1; chunk; chunk /= 2) {
        for (int at = 0; at < n;) {
            const int m = at + chunk > n ? n - at : chunk;
            memcpy(fewer, ops, (size_t)at * sizeof *ops);
            memcpy(fewer + at, ops + at + m, (size_t)(n - at - m) * sizeof *ops);
            if (n > m && run(t, 0, fewer, n - m, 0, why)) {
                n -= m;
                memcpy(ops, fewer, (size_t)n * sizeof *ops);
            } else {
                at += m;
            }
        }
    }
    return n;
}

static void print(const op *ops, int n)
{
    for (int i = 0; i < n; i++) {
        const op *o = &ops[i];
        fprintf(stderr, "  step %d %s of %d, contract %d, amount %lld%s:", o->step, verbs[o->verb].name, o->target, o->contract, (long long)o->amount, o->by_delivery ? ", by delivery" : "");
        for (int k = 0; k < o->n; k++) fprintf(stderr, " [order %d line %d, delivery %d line %d: %lld for %lld - %lld]", o->part[k].order, o->part[k].line, o->part[k].delivery, o->part[k].dline, (long long)o->part[k].quantity, (long long)o->part[k].gross, (long long)o->part[k].off);
        fprintf(stderr, "\n");
    }
}

static void sequences(int sqlite, int count)
{
    test_env t;
    static op ops[STEPS];
    char why[600];
    const char *one = getenv("ARCORE_MODEL_SEED");
    for (int i = one ? atoi(one) : 1; i <= (one ? atoi(one) : count); i++) {
        test_open(&t);
        int n = run(&t, sqlite, ops, STEPS, (uint64_t)i * UINT64_C(0x9E3779B97F4A7C15) + 1, why);
        if (n) {
            fprintf(stderr, "seed %d: %s\n", i, why);
            n = leave_out(&t, ops, n);
            (void)run(&t, 0, ops, n, 0, why);
            print(ops, n);
            fail_msg("seed %d: %s", i, why);
        }
        test_close(&t);
    }
}

static void in_memory(void **state)
{
    (void)state;
    const char *soak = getenv("ARCORE_SOAK");
    sequences(0, soak && *soak ? 20000 : 600);
}

static void in_sqlite(void **state)
{
    (void)state;
    sequences(1, 40);
}

/* Every verb was done and, where it can be, refused often enough to mean something. */
static void all_were_met(void **state)
{
    (void)state;
    if (getenv("ARCORE_MODEL_SEED")) skip();
    for (int v = 0; v < VERBS; v++) {
        if (hits[v][0] < 30 || (hits[v][1] < 20 && v != CREDIT && v != END)) fail_msg("%s: %lld done, %lld refused", verbs[v].name, (long long)hits[v][0], (long long)hits[v][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(in_memory), cmocka_unit_test(in_sqlite), cmocka_unit_test(all_were_met) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
