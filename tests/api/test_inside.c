/* SPDX-License-Identifier: Apache-2.0 */
/* What a callback ends - the query, the session, the book it is called for - ends when the call has. Under AddressSanitizer this shows that
 * nothing is freed below a call; without it, that the call ends as it would have and that everything is gone afterwards. */
#include <pthread.h>

#include "support/books.h"

typedef struct ending {
    arc_book *book;
    arc_session *session;
    arc_session *other; /* of another book */
    arc_query *query;
    arc_proposal *proposal;
    int level; /* 0: what was made from the session, 1: the session, 2: the book */
    int calls;
} ending;

static void end(ending *e)
{
    e->calls++;
    arc_query_free(e->query);
    arc_proposal_free(e->proposal);
    if (e->level > 0) arc_session_close(e->session);
    if (e->level > 1) arc_book_close(e->book);
    if (e->level > 1) arc_book_close(e->book); /* and again */
}

static int32_t on_bytes(void *user, const char *bytes, size_t n)
{
    (void)bytes;
    (void)n;
    end(user);
    return 0;
}

static int32_t on_progress(void *user, int64_t done, int64_t total)
{
    (void)done;
    (void)total;
    end(user);
    return 0;
}

static int32_t on_fault(void *user, const arc_import_fault *fault)
{
    (void)fault;
    end(user);
    return 0;
}

static int32_t on_summary(void *user, const arc_import_summary *sum)
{
    (void)sum;
    end(user);
    return 0;
}

static int32_t on_definition(void *user, const arc_definition_info *info)
{
    (void)info;
    end(user);
    return 0;
}

static int32_t on_record_fault(void *user, const arc_record_fault *fault)
{
    (void)fault;
    end(user);
    return 0;
}

static int32_t on_external(void *user, const char *system, const char *value)
{
    (void)system;
    (void)value;
    end(user);
    return 0;
}

static int32_t on_load_fault(void *user, int64_t row, const arc_error *error)
{
    (void)row;
    (void)error;
    end(user);
    return 0;
}

typedef struct text {
    const char *bytes;
    size_t at;
} text;

static int64_t text_read(void *user, void *buffer, size_t capacity)
{
    text *t = user;
    size_t n = strlen(t->bytes + t->at);
    if (n > capacity) n = capacity;
    memcpy(buffer, t->bytes + t->at, n);
    t->at += n;
    return (int64_t)n;
}

static int32_t text_rewind(void *user)
{
    ((text *)user)->at = 0;
    return 0;
}

/* ---- the calls: each answers as if nothing had been ended ---------------------------------------------------------- */

static arc_status call_export(ending *e)
{
    arc_status st = arc_query_new(e->session, &e->query, ARC_CUSTOMER);
    return st == ARC_OK ? arc_query_export(e->query, NULL, ARC_EXPORT_CSV, on_bytes, e, NULL) : st;
}

static arc_status call_dump(ending *e) { return arc_book_dump(e->book, on_bytes, e, NULL); }

static arc_status call_verify(ending *e)
{
    arc_verify_options o = ARC_VERIFY_OPTIONS_INIT;
    o.progress = on_progress;
    o.progress_user = e;
    return arc_book_verify(e->book, NULL, NULL, NULL, &o);
}

static arc_status call_audit(ending *e)
{
    arc_audit_options o = ARC_AUDIT_OPTIONS_INIT;
    o.progress = on_progress;
    o.progress_user = e;
    return arc_audit_verify(e->session, NULL, NULL, NULL, &o);
}

static arc_status call_definitions(ending *e) { return arc_definition_list(e->session, on_definition, e, NULL, 20000); }

static arc_status call_validate(ending *e)
{
    arc_record *r;
    arc_status st = arc_record_new(e->session, &r, ARC_CUSTOMER);
    if (st == ARC_OK) st = arc_record_validate(e->session, r, on_record_fault, e, NULL);
    return st == ARC_E_REQUIRED ? ARC_OK : st;
}

static arc_status call_externals(ending *e) { return arc_external_list(e->session, on_external, e, ARC_CUSTOMER, 1); }

static arc_status call_import(ending *e)
{
    static const char mapping[] = "{\"mapping\":\"arcore/1\",\"targets\":[{\"entity\":\"customer\",\"match\":[\"code\"],\"fields\":{"
                                  "\"code\":{\"column\":\"c\"},\"legal_name\":{\"column\":\"n\"}}}]}";
    text t = { "c,n\nZ1,one\nZ2,\nZ3,three\n", 0 };
    arc_source source = ARC_SOURCE_INIT;
    arc_import_options o = ARC_IMPORT_OPTIONS_INIT;
    arc_import_summary sum = ARC_IMPORT_SUMMARY_INIT;
    source.user = &t;
    source.read = text_read;
    source.rewind = text_rewind;
    o.flags = ARC_IMPORT_SKIP_BAD;
    o.progress_rows = 1;
    o.fault = on_fault;
    o.progress = on_summary;
    o.user = e;
    arc_status st = arc_import_csv(e->session, &sum, &source, mapping, SIZE_MAX, &o);
    assert_int_equal(2, sum.customers_new);
    return st == ARC_PARTIAL ? ARC_OK : st;
}

/* The rows of another book, whose codes are taken here. */
static arc_status call_load(ending *e)
{
    struct ArrowArrayStream stream;
    arc_load_options o = ARC_LOAD_OPTIONS_INIT;
    static const arc_field_id fields[] = { ARC_CUSTOMER_CODE, ARC_CUSTOMER_LEGAL_NAME };
    arc_query *q;
    assert_ok(arc_query_new(e->other, &q, ARC_CUSTOMER));
    assert_ok(arc_query_select(q, fields, 2));
    assert_ok(arc_query_arrow(q, &stream, NULL));
    arc_query_free(q);
    o.fault = on_load_fault;
    o.user = e;
    arc_status st = arc_session_load_arrow(e->session, NULL, ARC_CUSTOMER, &stream, &o);
    return st == ARC_PARTIAL ? ARC_OK : st;
}

static arc_status call_apply(ending *e)
{
    arc_apply_options o = ARC_APPLY_OPTIONS_INIT;
    o.progress = on_progress;
    o.user = e;
    arc_status st = arc_receipt_propose(e->session, &e->proposal, NULL, 0, NULL);
    if (st == ARC_OK) st = arc_proposal_store(e->proposal, NULL, NULL);
    if (st == ARC_OK) st = arc_proposal_approve(e->proposal, NULL, 0);
    return st == ARC_OK ? arc_proposal_apply(e->proposal, &o) : st;
}

static const struct {
    const char *name;
    arc_status (*call)(ending *e);
} calls[] = {
    { "export", call_export }, { "dump", call_dump }, { "verify", call_verify }, { "audit", call_audit }, { "definitions", call_definitions },
    { "validate", call_validate }, { "externals", call_externals }, { "import", call_import }, { "load", call_load }, { "apply", call_apply },
};

static void customer(arc_session *s, const char *code)
{
    arc_record *r;
    assert_ok(arc_record_new(s, &r, ARC_CUSTOMER));
    assert_ok(arc_customer_set_code(r, code, SIZE_MAX));
    assert_ok(arc_customer_set_legal_name(r, code, SIZE_MAX));
    assert_ok(arc_session_insert(s, NULL, r));
    arc_record_free(r);
}

static void open_book(arc_context *ctx, const char *uri, arc_book **book, arc_session **session)
{
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    o.flags = ARC_BOOK_CREATE;
    so.business_date = 20000;
    assert_ok(arc_book_open(ctx, book, uri, &o));
    assert_ok(arc_session_open(*book, session, &so));
    customer(*session, "A1");
    customer(*session, "A2");
}

static void post(arc_session *s)
{
    arc_record *r;
    assert_ok(arc_record_new(s, &r, ARC_INVOICE));
    assert_ok(arc_record_set_json(r, "{\"customer\":1,\"number\":\"I1\",\"currency\":\"CNY\",\"gross_amount\":\"10.00\","
                                     "\"invoice_date\":\"2024-01-01\",\"due_date\":\"2024-02-01\"}", SIZE_MAX));
    assert_ok(arc_invoice_record(s, NULL, r));
    arc_record_free(r);
    assert_ok(arc_record_new(s, &r, ARC_RECEIPT));
    assert_ok(arc_record_set_json(r, "{\"customer\":1,\"number\":\"R1\",\"currency\":\"CNY\",\"amount\":\"4.00\",\"value_date\":\"2024-03-01\"}", SIZE_MAX));
    assert_ok(arc_receipt_record(s, NULL, r));
    arc_record_free(r);
    assert_ok(arc_definition_save(s, NULL, "validation", "v", "{\"entity\":\"customer\",\"rules\":[]}", SIZE_MAX, NULL));
    assert_ok(arc_external_add(s, ARC_CUSTOMER, 1, "erp", "17"));
}

static void callbacks(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof calls / sizeof calls[0]; k++) {
        for (int level = 0; level < 3; level++) {
            test_env t;
            ending e = { .level = level };
            arc_book *other;
            arc_error error = ARC_ERROR_INIT;
            test_open(&t);
            open_book(t.ctx, "memory:inside", &e.book, &e.session);
            open_book(t.ctx, "memory:other", &other, &e.other);
            post(e.session);
            arc_status st = calls[k].call(&e);
            if (st != ARC_OK || !e.calls) fail_msg("%s, level %d: %s after %d calls", calls[k].name, level, arc_status_name(st), e.calls);
            /* What was ended is ended now, and nothing else is. */
            assert_status(level > 1 ? ARC_E_HANDLE : ARC_OK, arc_book_error(e.book, &error));
            assert_status(level > 0 ? ARC_E_HANDLE : ARC_OK, arc_session_error(e.session, &error));
            if (e.query) assert_status(ARC_E_HANDLE, arc_query_error(e.query, &error));
            if (e.proposal) assert_status(ARC_E_HANDLE, arc_proposal_error(e.proposal, &error));
            assert_ok(arc_session_error(e.other, &error));
            test_close(&t);
        }
    }
}

/* ---- another thread ends the book while calls are inside -------------------------------------------------------------- */

typedef struct meeting {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    int at; /* 0: before, 1: the call is inside, 2: the book was closed */
    arc_book *book;
    arc_status st;
} meeting;

static void move_to(meeting *m, int at)
{
    pthread_mutex_lock(&m->lock);
    m->at = at;
    pthread_cond_broadcast(&m->moved);
    pthread_mutex_unlock(&m->lock);
}

static void wait_for(meeting *m, int at)
{
    pthread_mutex_lock(&m->lock);
    while (m->at < at) pthread_cond_wait(&m->moved, &m->lock);
    pthread_mutex_unlock(&m->lock);
}

static int32_t on_first_bytes(void *user, const char *bytes, size_t n)
{
    meeting *m = user;
    (void)bytes;
    (void)n;
    if (m->at) return 0;
    move_to(m, 1);
    wait_for(m, 2);
    return 0;
}

static void *dump(void *p)
{
    meeting *m = p;
    m->st = arc_book_dump(m->book, on_first_bytes, m, NULL);
    return NULL;
}

static void other_thread(void **state)
{
    test_env t;
    meeting m = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, NULL, ARC_E_INTERNAL };
    arc_session *session;
    pthread_t thread;
    arc_error error = ARC_ERROR_INIT;
    (void)state;
    test_open(&t);
    open_book(t.ctx, "memory:thread", &m.book, &session);
    assert_int_equal(0, pthread_create(&thread, NULL, dump, &m));
    wait_for(&m, 1);
    arc_session_close(session);
    arc_book_close(m.book);
    assert_ok(arc_session_error(session, &error)); /* still there, since a call is inside */
    move_to(&m, 2);
    assert_int_equal(0, pthread_join(thread, NULL));
    assert_ok(m.st);
    assert_status(ARC_E_HANDLE, arc_session_error(session, &error));
    assert_status(ARC_E_HANDLE, arc_book_error(m.book, &error));
    test_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(callbacks), cmocka_unit_test(other_thread) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
