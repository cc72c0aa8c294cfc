/* SPDX-License-Identifier: Apache-2.0 */
/* ctest: slow */
/* Every stored field of every state - what changes beside what never changes - and of every row that verbs change, altered by hand in the file: verify must
 * name the row. What no check recomputes is listed here with the reason. */
#include "support/support.h"

#include <sqlite3.h>

#include "api/ledger_items.h"
#include "api/settling.h"
#include "model/schema.h"
#include "support/alter.h"

static const struct {
    const char *entity, *field, *why; /* entity NULL: of all */
} known[] = {
    { NULL, "version", "counts writes, for optimistic locks: no fact says how many there were" },
    { NULL, "txn", "who wrote last, for people to look up; that there is such a transaction is checked" },
    { "account", "oldest_due", "may be that of an item that is settled: early, never late. Days outside of that: impossible_days()" },
    { "item_state", "dunning_level", "what the last dunning made of it; nothing else says so" },
    { "item_state", "item", "the key" },
    { "receipt_state", "receipt", "the key" },
    { "account", "customer", "the key, with the currency" },
    { "account", "currency", "the key, with the customer" },
    { "chain_state", "parent", "the key, with link and currency" },
    { "chain_state", "link", "the key" },
    { "chain_state", "currency", "the key" },
};

static int is_known(const char *entity, const char *field)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if ((!known[i].entity || !strcmp(known[i].entity, entity)) && !strcmp(known[i].field, field)) return 1;
    }
    return 0;
}

/* ---- a book in which every field of a state has a value somewhere, and nowhere ---------------------------------------------------------- */

static arc_record *json_record(test_book *b, uint32_t entity, const char *json)
{
    arc_record *r;
    assert_session(b, arc_record_new(b->session, &r, entity));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    return r;
}

typedef arc_status (*order_step_fn)(arc_session *, int64_t *, arc_status *, const arc_order_step *, size_t, uint32_t);

static arc_status order_step(test_book *b, order_step_fn verb, int64_t id)
{
    arc_order_step e = ARC_ORDER_STEP_INIT;
    e.id = id;
    return verb(b->session, NULL, NULL, &e, 1, ARC_ALL_OR_NONE);
}

static void fill_people(test_book *b)
{
    (void)sample_insert(b->session, ARC_CUSTOMER, "{\"code\":\"C2\",\"legal_name\":\"B\"}");
    (void)sample_insert(b->session, ARC_USER_ACCOUNT, "{\"code\":\"u1\",\"name\":\"a\",\"kind\":\"person\",\"disabled\":false}");
    (void)sample_insert(b->session, ARC_USER_ACCOUNT, "{\"code\":\"u2\",\"name\":\"b\",\"kind\":\"person\",\"disabled\":false}");
    (void)sample_insert(b->session, ARC_ORG_UNIT, "{\"code\":\"n\",\"name\":\"n\",\"kind\":\"region\"}");
    (void)sample_insert(b->session, ARC_ORG_UNIT, "{\"code\":\"s\",\"name\":\"s\",\"kind\":\"region\"}");
    (void)sample_insert(b->session, ARC_CUSTOMER, "{\"code\":\"C3\",\"legal_name\":\"C\",\"owner\":1,\"team\":1,\"region\":1}");
}

static void fill_receivables(test_book *b)
{
    int64_t adjustment = 0;
    int64_t paid_up = invoiced(b, "I1", 1, "100.00", "CNY"), part = invoiced(b, "I2", 3, "80.00", "CNY"), dollars = invoiced(b, "I3", 1, "50.00", "USD");
    int64_t receipt = paid(b, "R1", 1, "150.00", "CNY"), nobody = paid(b, "R2", 0, "70.00", "CNY"), gone = paid(b, "R3", 1, "30.00", "CNY");
    int64_t foreign = paid(b, "R4", 1, "50.00", "USD");
    int64_t euros = paid(b, "R7", 1, "9.00", "EUR");
    (void)allocate(b, invoiced(b, "I4", 1, "9.00", "EUR"), euros, 900, 0);
    (void)paid(b, "R5", 0, "11.00", "CNY");
    (void)record_of(b, ARC_RECEIPT, "{\"customer\":3,\"number\":\"R6\",\"value_date\":\"2026-02-01\",\"currency\":\"CNY\",\"amount\":\"500.00\",\"method\":\"cash\"}");
    int64_t first = allocate(b, paid_up, receipt, 10000, 0), back = 0;
    assert_session(b, arc_allocation_reverse(b->session, &back, first, PEOPLE_DAY, "wrong"));
    (void)allocate(b, paid_up, receipt, 10000, 0);
    (void)allocate(b, dollars, foreign, 2000, 0);
    arc_session *clerk = people_session(b->book, "u1");
    assert_ok(arc_receipt_claim(clerk, nobody, 3, PEOPLE_DAY));
    arc_session_close(clerk);
    (void)allocate(b, part, nobody, 3000, 0);
    assert_session(b, arc_receipt_return(b->session, gone, PEOPLE_DAY, "bounced"));
    assert_session(b, arc_item_extend(b->session, &adjustment, part, PEOPLE_DAY + 30, PEOPLE_DAY, "agreed"));
    arc_record *r = json_record(b, ARC_DISPUTE, "{\"item\":2,\"amount\":\"10.00\",\"currency\":\"CNY\",\"reason\":\"quality\"}");
    int64_t id = 0;
    assert_session(b, arc_dispute_open(b->session, &id, r));
    arc_record_free(r);
}

static void give_one_back(test_book *b, int64_t invoice)
{
    arc_credit_note note = ARC_CREDIT_NOTE_INIT;
    arc_credit_line line = ARC_CREDIT_LINE_INIT;
    line.seq = 1;
    line.given = ARC_CREDIT_QUANTITY;
    line.quantity = 1000000;
    note.invoice = invoice;
    note.number = "C9";
    note.reason_code = "return";
    note.reason = "one came back";
    note.lines = &line;
    note.n_lines = 1;
    assert_session(b, arc_invoice_credit(b->session, NULL, &note));
}

static void fill_chain(test_book *b)
{
    int64_t contract = sample_insert(b->session, ARC_CONTRACT, "{\"number\":\"K1\",\"amount\":\"5000.00\",\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"term\":\"NET30\",\"tax_included\":true}");
    assert_session(b, arc_contract_activate(b->session, contract));
    (void)sample_insert(b->session, ARC_SALES_ORDER, "{\"number\":\"O1\",\"customer\":1,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\",\"contract\":1}");
    (void)sample_insert(b->session, ARC_ORDER_LINE, "{\"sales_order\":1,\"seq\":1,\"name\":\"a\",\"quantity\":\"10\",\"price\":\"1\",\"currency\":\"CNY\",\"amount\":\"1000.00\",\"tax_rate\":\"0.13\",\"wanted_on\":\"2026-02-20\"}");
    assert_session(b, order_step(b, arc_order_confirm, 1));
    (void)sample_insert(b->session, ARC_DELIVERY, "{\"number\":\"D1\",\"customer\":1,\"delivery_date\":\"2026-01-10\"}");
    (void)sample_insert(b->session, ARC_DELIVERY_LINE, "{\"delivery\":1,\"seq\":1,\"order_line\":1,\"quantity\":\"4\",\"currency\":\"CNY\",\"amount\":\"400.00\"}");
    assert_session(b, order_step(b, arc_delivery_ship, 1));
    /* nothing is of these */
    (void)sample_insert(b->session, ARC_CONTRACT, "{\"number\":\"K2\",\"amount\":\"1.00\",\"term\":\"NET30\",\"customer\":1,\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"tax_included\":true}");
    (void)sample_insert(b->session, ARC_SALES_ORDER, "{\"number\":\"O2\",\"customer\":1,\"order_date\":\"2026-01-05\",\"currency\":\"CNY\"}");
    (void)sample_insert(b->session, ARC_DELIVERY, "{\"number\":\"D2\",\"customer\":1,\"delivery_date\":\"2026-01-10\"}");
    arc_invoice_document d = ARC_INVOICE_DOCUMENT_INIT;
    arc_record *line = json_record(b, ARC_INVOICE_LINE, "{\"name\":\"a\",\"currency\":\"CNY\",\"quantity\":\"2\",\"gross_amount\":\"200.00\",\"tax_rate\":\"0.13\",\"order_line\":1,\"delivery_line\":1}");
    int64_t id = 0;
    d.invoice = json_record(b, ARC_INVOICE, "{\"number\":\"D9\",\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"2026-02-01\",\"term\":\"NET30\",\"contract\":1,\"sales_order\":1}");
    d.lines = &line;
    d.n_lines = 1;
    assert_session(b, arc_invoice_issue_document(b->session, &id, &d));
    arc_record_free(line);
    arc_record_free(d.invoice);
    give_one_back(b, id);
    arc_record *r = json_record(b, ARC_ITEM, "{\"number\":\"E1\",\"kind\":\"estimated\",\"customer\":1,\"currency\":\"CNY\",\"amount\":\"90.00\",\"business_date\":\"2026-02-01\",\"contract\":1,\"sales_order\":1,"
                                                   "\"delivery\":1}");
    assert_session(b, arc_item_record(b->session, &id, r));
    arc_record_free(r);
    (void)made_item(b, "F1", 10000, "[{\"kind\":\"interest\",\"amount\":\"10.00\"},{\"kind\":\"principal\",\"amount\":\"90.00\"}]", NULL);
}

/* ---- altering ------------------------------------------------------------------------------------------------------------------------- */

typedef struct found {
    const char *entity;
    int64_t id;
    int hit, n;
} found;

static int32_t on_finding(void *user, const arc_finding *f)
{
    found *x = user;
    x->n++;
    x->hit |= f->entity && !strcmp(f->entity, x->entity) && f->id == x->id;
    return 0;
}

typedef struct world {
    test_book b;
    char from[700], to[720];
    uint32_t planted, missed;
} world;

static void copy_file(const char *from, const char *to)
{
    static char bytes[1 << 16];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    size_t n;
    assert_non_null(in);
    assert_non_null(out);
    while ((n = fread(bytes, 1, sizeof bytes, in)) > 0) assert_int_equal(fwrite(bytes, 1, n, out), n);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

static int64_t number_of(world *w, const char *sql, int64_t none)
{
    sqlite3 *db;
    sqlite3_stmt *st;
    assert_int_equal(sqlite3_open(w->from, &db), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK) fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    int64_t n = sqlite3_step(st) == SQLITE_ROW && sqlite3_column_type(st, 0) != SQLITE_NULL ? sqlite3_column_int64(st, 0) : none;
    sqlite3_finalize(st);
    sqlite3_close(db);
    return n;
}

/* Another value of the field's type, as SQL; of the row with `key` = id. Empty: there is none. */
static void other_value(world *w, char *out, size_t n, const arci_entity *e, const arci_field *f, const char *key, int64_t id)
{
    char sql[300];
    out[0] = 0;
    if (f->type == ARC_T_ID) {
        const arci_entity *of = arci_entity_by_name(f->aux, strlen(f->aux));
        if (of->flags & ARCI_E_RESERVED) return;
        snprintf(sql, sizeof sql, "SELECT min(%s) FROM %s WHERE %s <> coalesce((SELECT %s FROM %s WHERE %s = %lld), -1)", of->key ? of->key : "id", f->aux, of->key ? of->key : "id", f->name, e->name, key,
                 (long long)id);
        int64_t other = number_of(w, sql, 0);
        if (other) snprintf(out, n, "%lld", (long long)other);
    } else if (f->type == ARC_T_DATE) {
        snprintf(out, n, "coalesce(date(%s, '+1 day'), '2026-01-15')", f->name);
    } else if (f->type == ARC_T_CODE) {
        const arci_code_list *l = arci_code_list_get(f->aux);
        snprintf(out, n, "CASE WHEN %s = '%s' THEN '%s' ELSE '%s' END", f->name, l->codes[0], l->codes[1] ? l->codes[1] : "x", l->codes[0]);
    } else if (f->type == ARC_T_TEXT) {
        snprintf(out, n, f->size == 3 && f->aux && !strcmp(f->aux, "currency") ? "CASE WHEN %s = 'JPY' THEN 'EUR' ELSE 'JPY' END" : "coalesce(%s, '') || 'x'", f->name);
    } else if (f->type == ARC_T_JSON) {
        snprintf(out, n, "'[{\"kind\":\"line\",\"amount\":\"1.00\"}]'");
    } else if (f->type == ARC_T_BOOL) {
        snprintf(out, n, "1 - coalesce(%s, 0)", f->name);
    } else if (f->type != ARC_T_BLOB) {
        snprintf(out, n, "coalesce(%s, 0) + 1", f->name);
    }
}

static void plant(world *w, const arci_entity *e, const arci_field *f, const char *key, int64_t id, const char *value)
{
    char sql[900];
    arc_book *book;
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    found x = { e->name, id, 0, 0 };
    snprintf(sql, sizeof sql, "UPDATE %s SET %s = %s WHERE %s = %lld", e->name, f->name, value, key, (long long)id);
    copy_file(w->from, w->to);
    test_alter(w->to, sql);
    snprintf(sql, sizeof sql, "sqlite:%s", w->to);
    assert_ok(arc_book_open(w->b.t.ctx, &book, sql, NULL));
    assert_ok(arc_book_verify(book, &sum, on_finding, &x, NULL));
    arc_book_close(book);
    w->planted++;
    if (x.hit) return;
    w->missed++;
    print_message("%s.%s of %lld = %s: not found (%d findings)\n", e->name, f->name, (long long)id, value, x.n);
}

static void plant_all(world *w, const arci_entity *e)
{
    char key[64], sql[400], value[300];
    const int state = (e->flags & ARCI_E_STATE) != 0;
    snprintf(key, sizeof key, "%.*s", e->key ? (int)strcspn(e->key, " ") : 2, e->key ? e->key : "id");
    for (uint16_t i = 0; i < e->n_fields; i++) {
        const arci_field *f = &e->fields[i];
        if ((f->flags & ARCI_F_DERIVED) || is_known(e->name, f->name) || (!state && (f->id == ARCI_FIELD_ID || f->id == ARCI_FIELD_CUSTOM))) continue;
        snprintf(sql, sizeof sql, "SELECT max(%s) FROM %s WHERE %s IS NOT NULL", key, e->name, f->name);
        int64_t with = number_of(w, sql, 0);
        if (state && !with) fail_msg("no row of %s has %s: the book of this test lacks it", e->name, f->name);
        if (with) {
            other_value(w, value, sizeof value, e, f, key, with);
            if (value[0]) plant(w, e, f, key, with, value);
            else if (state) fail_msg("%s.%s: there is nothing else to point at", e->name, f->name);
            if (!(f->flags & ARCI_F_REQUIRED)) plant(w, e, f, key, with, "NULL");
        }
        snprintf(sql, sizeof sql, "SELECT max(%s) FROM %s WHERE %s IS NULL", key, e->name, f->name);
        int64_t without = number_of(w, sql, 0);
        if (without) other_value(w, value, sizeof value, e, f, key, without);
        if (without && value[0]) plant(w, e, f, key, without, value);
    }
}

/* No item of the customer had it that early; one that is open is due before. */
static void impossible_days(world *w)
{
    const arci_entity *e = arci_entity_by_name("account", 7);
    const arci_field *f = arci_entity_field(e, "oldest_due", 10);
    static const char *const days[] = { "'2099-01-01'", "'1999-01-01'", "NULL" };
    const int64_t open = number_of(w, "SELECT customer FROM account WHERE oldest_due IS NOT NULL AND open > 0", 0);
    const int64_t closed = number_of(w, "SELECT customer FROM account WHERE n_open = 0 AND currency = 'EUR'", 0);
    assert_true(open && closed);
    for (int i = 0; i < 3; i++) plant(w, e, f, "customer", open, days[i]);
    plant(w, e, f, "currency = 'EUR' AND customer", closed, days[0]);
}

static void build(world *w)
{
    memset(w, 0, sizeof *w);
    test_book_open(&w->b, 1);
    assert_ok(arc_session_set_business_date(w->b.session, PEOPLE_DAY));
    (void)sample_insert(w->b.session, ARC_CUSTOMER, "{\"code\":\"C1\",\"legal_name\":\"A\"}");
    assert_int_equal(strncmp(w->b.uri, "sqlite:", 7), 0);
    snprintf(w->from, sizeof w->from, "%s", w->b.uri + 7);
    snprintf(w->to, sizeof w->to, "%s.altered", w->from);
    (void)sample_insert(w->b.session, ARC_EXCHANGE_RATE, "{\"from_currency\":\"USD\",\"to_currency\":\"CNY\",\"units\":1,\"rate\":\"7.1\",\"valid_on\":\"2025-12-31\",\"kind\":\"booked\"}");
    fill_people(&w->b);
    fill_receivables(&w->b);
    fill_chain(&w->b);
    verify_clean(&w->b);
    arc_session_close(w->b.session);
    arc_book_close(w->b.book);
}

/* States: no event tells of them. */
static void states(void **state)
{
    world w;
    (void)state;
    build(&w);
    for (uint32_t i = 0; i < arci_n_entities; i++) {
        const arci_entity *e = arci_entities[i];
        if (!(e->flags & ARCI_E_STATE) || (e->flags & ARCI_E_RESERVED) || !strcmp(e->name, "custom_index")) continue; /* its checks: test_custom.c */
        plant_all(&w, e);
    }
    impossible_days(&w);
    print_message("%u planted, %u not found\n", w.planted, w.missed);
    assert_int_equal(w.missed, 0);
    test_close(&w.b.t);
}

/* What verbs change and events tell of: bills, disputes, invoices ... */
static void told(void **state)
{
    world w;
    (void)state;
    build(&w);
    for (uint32_t i = 0; i < arci_n_entities; i++) {
        const arci_entity *e = arci_entities[i];
        if (e->flags & (ARCI_E_STATE | ARCI_E_RESERVED | ARCI_E_UNTOLD | ARCI_E_SYSTEM | ARCI_E_APPEND_ONLY | ARCI_E_MASTER) || !(e->flags & ARCI_E_VERSIONED)) continue;
        plant_all(&w, e);
    }
    print_message("%u planted, %u not found\n", w.planted, w.missed);
    assert_int_equal(w.missed, 0);
    test_close(&w.b.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(states), cmocka_unit_test(told) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
