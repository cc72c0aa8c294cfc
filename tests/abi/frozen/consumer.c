/* SPDX-License-Identifier: Apache-2.0 */
/* A program of the day the headers beside it were frozen. It is compiled with those headers and runs with today's library: what it does
 * must go on working as it did. usage: consumer URI... (books that do not exist yet) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arcore/arcore.h>
#include <arcore/sys/backend.h>

const arc_backend_ops *arc_example_jsonl(void); /* the frozen backend */

#define CHECK(x) ((x) ? (void)0 : fault(__LINE__, #x, ARC_OK))
#define IS(want, call) is(__LINE__, #call, want, call)
#define OK(call) IS(ARC_OK, call)

static arc_session *session;

static void fault(int line, const char *what, arc_status status)
{
    arc_error e = ARC_ERROR_INIT;
    if (session) (void)arc_session_error(session, &e);
    printf("line %d: %s: %s %s\n", line, what, arc_status_name(status), e.message);
    exit(1);
}

static void is(int line, const char *what, arc_status want, arc_status got)
{
    if (got != want) fault(line, what, got);
}

/* ---- structs of other sizes ---------------------------------------------------------------------------------------- */

typedef arc_status (*taker)(const void *in);

static arc_context *context;
static arc_book *book;
static const char *place;

static arc_status take_context(const void *in)
{
    arc_context *c = NULL;
    arc_status st = arc_context_new(&c, in);
    arc_context_free(c);
    return st;
}

static arc_status take_book(const void *in)
{
    arc_book *b = NULL;
    arc_status st = arc_book_open(context, &b, place, in);
    arc_book_close(b);
    return st;
}

static arc_status take_session(const void *in)
{
    arc_session *s = NULL;
    arc_status st = arc_session_open(book, &s, in);
    arc_session_close(s);
    return st;
}

static arc_status take_aging(const void *in)
{
    arc_aging *a = NULL;
    arc_status st = arc_aging_compute(session, &a, in);
    arc_aging_free(a);
    return st;
}

static arc_status take_verify(const void *in) { return arc_book_verify(book, NULL, NULL, NULL, in); }

static int32_t nowhere(void *user, const char *bytes, size_t n)
{
    (void)bytes;
    *(size_t *)user += n;
    return 0;
}

static arc_status take_copy(const void *in)
{
    size_t n = 0;
    return arc_book_dump(book, nowhere, &n, in);
}

/* As compiled; as an older program has it (`older` bytes); as a newer one has it, whose new members are zero, and where one is not. */
static void sizes(const char *what, taker take, const void *made, uint32_t size, uint32_t older)
{
    uint64_t room[64];
    char *bytes = (char *)room;
    uint32_t newer = size + 48;
    arc_status st;
    CHECK(newer <= sizeof room);
    memset(room, 0, sizeof room);
    memcpy(bytes, made, size);
    if ((st = take(bytes)) != ARC_OK) fault(__LINE__, what, st);
    memcpy(bytes, &newer, sizeof newer);
    if ((st = take(bytes)) != ARC_OK) fault(__LINE__, what, st);
    bytes[newer - 1] = 1;
    if ((st = take(bytes)) != ARC_E_INVALID) fault(__LINE__, what, st);
    memset(bytes + older, 0x5a, sizeof room - older); /* not the library's to read */
    memcpy(bytes, &older, sizeof older);
    if ((st = take(bytes)) != ARC_OK) fault(__LINE__, what, st);
}

static void all_sizes(void)
{
    arc_context_options c = ARC_CONTEXT_OPTIONS_INIT;
    arc_book_options b = ARC_BOOK_OPTIONS_INIT;
    arc_session_options s = ARC_SESSION_OPTIONS_INIT;
    arc_aging_options a = ARC_AGING_OPTIONS_INIT;
    arc_verify_options v = ARC_VERIFY_OPTIONS_INIT;
    arc_copy_options d = ARC_COPY_OPTIONS_INIT;
    a.as_of = 20500;
    sizes("context options", take_context, &c, sizeof c, 8);
    sizes("session options", take_session, &s, sizeof s, (uint32_t)offsetof(arc_session_options, timeout_ms));
    sizes("aging options", take_aging, &a, sizeof a, 16);
    sizes("verify options", take_verify, &v, sizeof v, 8);
    sizes("copy options", take_copy, &d, sizeof d, 8);
    place = "memory:sizes";
    b.flags = ARC_BOOK_CREATE;
    sizes("book options", take_book, &b, sizeof b, 8);
}

/* What comes out is cut to the caller's size; what lies behind is not touched. */
static void outgoing(void)
{
    uint64_t room[32];
    char *bytes = (char *)room;
    uint32_t size = (uint32_t)offsetof(arc_book_info, scheme);
    memset(room, 0x5a, sizeof room);
    memcpy(bytes, &size, sizeof size);
    OK(arc_book_describe(book, (arc_book_info *)(void *)room));
    CHECK(memcmp(bytes + offsetof(arc_book_info, base_currency), "CNY", 4) == 0);
    for (size_t i = size; i < sizeof room; i++) CHECK(bytes[i] == 0x5a);
}

/* ---- work ---------------------------------------------------------------------------------------------------------- */

static int64_t customer(const char *code)
{
    arc_record *r;
    int64_t id;
    arc_field_id named;
    OK(arc_record_new(session, &r, ARC_CUSTOMER));
    OK(arc_record_field(r, &named, "legal_name"));
    CHECK(named == ARC_CUSTOMER_LEGAL_NAME); /* numbers of fields are for ever */
    OK(arc_customer_set_code(r, code, SIZE_MAX));
    OK(arc_customer_set_legal_name(r, "Blue Harbour", SIZE_MAX));
    OK(arc_session_insert(session, &id, r));
    arc_record_free(r);
    OK(arc_session_get(session, &r, ARC_CUSTOMER, id));
    OK(arc_customer_set_legal_name(r, "Blue Harbour Ltd", SIZE_MAX));
    OK(arc_session_update(session, r));
    arc_record_free(r);
    return id;
}

static arc_record *invoice(int64_t owner, const char *number, int64_t minor)
{
    arc_record *r;
    arc_money m = { 0, "CNY", 0 };
    m.minor = minor;
    OK(arc_record_new(session, &r, ARC_INVOICE));
    OK(arc_invoice_set_customer(r, owner));
    OK(arc_invoice_set_number(r, number, SIZE_MAX));
    OK(arc_invoice_set_invoice_date(r, 20400));
    OK(arc_invoice_set_due_date(r, 20430));
    OK(arc_invoice_set_gross_amount(r, m));
    return r;
}

static int64_t item_of(int64_t id)
{
    static const arc_field_id fields[] = { ARC_ITEM_ID };
    arc_query *q;
    arc_cursor *c;
    int64_t item = 0;
    OK(arc_query_new(session, &q, ARC_ITEM));
    OK(arc_query_where_int(q, ARC_ITEM_INVOICE, ARC_EQ, id));
    OK(arc_query_select(q, fields, 1));
    OK(arc_query_run(q, &c));
    OK(arc_cursor_next(c));
    OK(arc_cursor_get_int(c, &item, 0));
    IS(ARC_DONE, arc_cursor_next(c));
    arc_cursor_free(c);
    arc_query_free(q);
    return item;
}

/* Three invoices of which one is refused, a receipt, what it settles, and one part of that undone. */
static void documents(int64_t owner)
{
    arc_record *r[3], *money_in;
    int64_t ids[3], receipt, undone;
    arc_status results[3];
    arc_allocation a[2] = { ARC_ALLOCATION_INIT, ARC_ALLOCATION_INIT };
    arc_money m = { 15000, "CNY", 0 };
    arc_error e = ARC_ERROR_INIT;
    r[0] = invoice(owner, "I-1", 10000);
    r[1] = invoice(owner, "I-1", 20000);
    r[2] = invoice(owner, "I-2", 30000);
    IS(ARC_PARTIAL, arc_invoice_record_many(session, ids, results, r, 3, 0));
    OK(arc_session_error(session, &e));
    CHECK(results[0] == ARC_OK && results[1] == ARC_E_EXISTS && results[2] == ARC_OK && !ids[1] && e.row == 1);
    IS(ARC_E_EXISTS, arc_invoice_record_many(session, NULL, NULL, r, 3, ARC_ALL_OR_NONE));
    for (int i = 0; i < 3; i++) arc_record_free(r[i]);
    OK(arc_record_new(session, &money_in, ARC_RECEIPT));
    OK(arc_receipt_set_number(money_in, "R-1", SIZE_MAX));
    OK(arc_receipt_set_customer(money_in, owner));
    OK(arc_receipt_set_value_date(money_in, 20440));
    OK(arc_receipt_set_amount(money_in, m));
    OK(arc_receipt_record(session, &receipt, money_in));
    arc_record_free(money_in);
    for (int i = 0; i < 2; i++) {
        a[i].receipt = receipt;
        a[i].item = item_of(ids[i * 2]);
        a[i].amount = i ? 5000 : 9000;
        a[i].discount = i ? 0 : 1000;
        a[i].date = 20440;
    }
    OK(arc_allocation_apply(session, ids, results, a, 2, 0));
    OK(arc_allocation_reverse(session, &undone, ids[1], 20450, "wrong invoice"));
    IS(ARC_E_STATE, arc_allocation_reverse(session, NULL, ids[1], 20450, "again"));
}

static void questions(int64_t owner)
{
    arc_aging *g;
    arc_aging_row row = ARC_AGING_ROW_INIT;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_query *q;
    arc_cursor *c;
    int64_t n = 0;
    o.as_of = 20445;
    OK(arc_aging_compute(session, &g, &o));
    OK(arc_aging_total(g, &row, "CNY"));
    CHECK(row.total == 25000 && row.buckets[1] == 25000 && row.unapplied == 1000 && row.n_items == 1);
    arc_aging_free(g);
    o.as_of = 20450; /* the reversal counts by now */
    o.customer = owner;
    OK(arc_aging_compute(session, &g, &o));
    OK(arc_aging_get(g, &row, 0));
    CHECK(row.total == 30000 && row.unapplied == 6000 && strcmp(row.code, "C-1") == 0);
    arc_aging_free(g);
    OK(arc_query_from_json(session, &q,
                           "{\"entity\":\"item_state\",\"dimensions\":[\"currency\"],"
                           "\"measures\":[{\"measure\":\"count\"},{\"measure\":\"sum\",\"member\":\"open\"}]}",
                           SIZE_MAX));
    OK(arc_query_run(q, &c));
    OK(arc_cursor_next(c));
    OK(arc_cursor_get_int(c, &n, 1));
    CHECK(n == 2);
    OK(arc_cursor_get_int(c, &n, 2));
    CHECK(n == 30000);
    arc_cursor_free(c);
    arc_query_free(q);
}

typedef struct text {
    const char *s;
    size_t at;
} text;

static int64_t read_text(void *user, void *buffer, size_t capacity)
{
    text *t = user;
    size_t n = strlen(t->s + t->at);
    if (n > capacity) n = capacity;
    memcpy(buffer, t->s + t->at, n);
    t->at += n;
    return (int64_t)n;
}

static int32_t rewind_text(void *user)
{
    ((text *)user)->at = 0;
    return 0;
}

static void import(void)
{
    static const char mapping[] =
        "{\"mapping\":\"arcore/1\",\"file\":{\"date\":\"ymd\"},\"targets\":["
        "{\"entity\":\"customer\",\"match\":[\"code\"],\"fields\":{\"code\":{\"column\":\"who\"},\"legal_name\":{\"column\":\"who\"}}},"
        "{\"entity\":\"invoice\",\"fields\":{\"number\":{\"column\":\"no\"},\"customer\":{\"match\":\"customer\"},"
        "\"invoice_date\":{\"column\":\"date\"},\"due_date\":{\"column\":\"due\"},\"currency\":{\"value\":\"CNY\"},"
        "\"gross_amount\":{\"column\":\"amount\"}}}]}";
    text t = { "no,who,date,due,amount\nA-1,C-1,2026-02-01,2026-03-03,200.00\nA-2,C-2,2026-02-30,2026-03-04,1.00\n", 0 };
    arc_source source = ARC_SOURCE_INIT;
    arc_import_options o = ARC_IMPORT_OPTIONS_INIT;
    arc_import_summary sum = ARC_IMPORT_SUMMARY_INIT;
    source.user = &t;
    source.read = read_text;
    source.rewind = rewind_text;
    IS(ARC_E_VALUE, arc_import_csv(session, &sum, &source, mapping, SIZE_MAX, NULL));
    rewind_text(&t);
    o.flags = ARC_IMPORT_SKIP_BAD;
    IS(ARC_PARTIAL, arc_import_csv(session, &sum, &source, mapping, SIZE_MAX, &o));
    CHECK(sum.rows == 2 && sum.bad_rows == 1 && sum.invoices == 1 && sum.customers_known == 1);
}

/* The same request twice is one invoice. */
static void requests(int64_t owner)
{
    int64_t first = 0, again = 0;
    arc_record *r = invoice(owner, "K-1", 100);
    for (int i = 0; i < 2; i++) {
        OK(arc_session_set_request_key(session, "consumer-1"));
        OK(arc_invoice_record(session, i ? &again : &first, r));
    }
    CHECK(first && first == again);
    IS(ARC_E_EXISTS, arc_invoice_record(session, NULL, r));
    arc_record_free(r);
}

/* A clerk who may read and write, and nobody who may nothing. */
static void rights(void)
{
    arc_grant g = ARC_GRANT_INIT;
    arc_session_options s = ARC_SESSION_OPTIONS_INIT;
    arc_session *other = NULL;
    arc_record *r;
    uint32_t mode = 0, added = 0;
    size_t len = 0;
    OK(arc_role_install_defaults(session, &added, NULL));
    CHECK(added >= 15);
    OK(arc_access_get_mode(session, &mode));
    CHECK(mode == ARC_ACCESS_SINGLE);
    OK(arc_record_new(session, &r, ARC_USER_ACCOUNT));
    IS(ARC_E_BUFFER, arc_verbs_allowed(session, NULL, &len, r));
    arc_record_free(r);
    g.user = g.role = 1 << 20; /* neither is there */
    IS(ARC_E_REFERENCE, arc_role_grant(session, NULL, &g));
    s.actor = "nobody";
    OK(arc_session_open(book, &other, &s)); /* one accountant keeps the book: everybody may */
    arc_session_close(other);
}

static void proof(void)
{
    arc_audit_mark m = ARC_AUDIT_MARK_INIT;
    arc_audit_report p = ARC_AUDIT_REPORT_INIT;
    OK(arc_audit_head(session, &m));
    CHECK(m.seq > 5 && m.unsealed == 0 && strlen(m.hash) == 64);
    OK(arc_audit_verify(session, &p, NULL, NULL, NULL));
    CHECK(p.findings == 0 && p.events > 5 && strcmp(p.head, m.hash) == 0);
}

static void use(const char *uri)
{
    arc_book_options b = ARC_BOOK_OPTIONS_INIT;
    arc_session_options s = ARC_SESSION_OPTIONS_INIT;
    arc_verify_summary found = ARC_VERIFY_SUMMARY_INIT;
    arc_txn *t;
    b.flags = ARC_BOOK_CREATE;
    OK(arc_book_open(context, &book, uri, &b));
    s.business_date = 20450;
    OK(arc_session_open(book, &session, &s));
    int64_t owner = customer("C-1");
    OK(arc_session_begin(session, &t, ARC_WRITE));
    (void)customer("C-9");
    arc_txn_rollback(t);
    documents(owner);
    questions(owner);
    import();
    requests(owner);
    rights();
    proof();
    outgoing();
    all_sizes();
    OK(arc_book_verify(book, &found, NULL, NULL, NULL));
    CHECK(found.findings == 0 && found.rows > 10);
    arc_session_close(session);
    session = NULL;
    arc_book_close(book);
    printf("%s: as it was\n", uri);
}

int main(int argc, char **argv)
{
    arc_context_options o = ARC_CONTEXT_OPTIONS_INIT;
    o.clock = arc_clock_system;
    o.random = arc_random_system;
    OK(arc_context_new(&context, &o));
    OK(arc_backend_register(context, arc_example_jsonl()));
    for (int i = 1; i < argc; i++) use(argv[i]);
    arc_context_free(context);
    return 0;
}
