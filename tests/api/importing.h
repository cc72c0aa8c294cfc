/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of imports share: texts as sources, faults as they come, a book, counts. */
#ifndef ARCORE_TESTS_IMPORTING_H
#define ARCORE_TESTS_IMPORTING_H

#include "support/support.h"

#include "arcore/arcore.h"

/* Customers, invoices, and one receipt for the rows that name a customer and a day they were paid. */
#define MAPPING \
    "{\"mapping\":\"arcore/1\",\"file\":{\"date\":\"ymd\",\"grouping\":\",\"},\"targets\":[" \
    "{\"entity\":\"customer\",\"match\":[\"code\"],\"fields\":{\"code\":{\"column\":\"cust\"},\"legal_name\":{\"column\":\"name\",\"empty\":{\"column\":\"cust\"}}}}," \
    "{\"entity\":\"invoice\",\"fields\":{\"number\":{\"column\":\"no\"},\"customer\":{\"match\":\"customer\"},\"invoice_date\":{\"column\":\"date\"}," \
    "\"due_date\":{\"column\":\"due\"},\"currency\":{\"column\":\"cur\"},\"gross_amount\":{\"column\":\"amount\"}}}," \
    "{\"entity\":\"receipt\",\"when\":{\"column\":\"paid\",\"filled\":true},\"group_by\":[\"cust\",\"paid\"],\"settles\":\"invoice\"," \
    "\"fields\":{\"number\":{\"template\":\"R-{cust}-{paid}\"},\"customer\":{\"match\":\"customer\"},\"value_date\":{\"column\":\"paid\"}," \
    "\"currency\":{\"column\":\"cur\"},\"amount\":{\"sum\":\"gross_amount\"}}}]}"
#define HEADER "no,cust,name,date,due,cur,amount,paid\n"

typedef struct text_source {
    const char *text;
    size_t len, at, piece;
    int broken_at_rewind;
} text_source;

static inline int64_t read_text(void *user, void *buffer, size_t capacity)
{
    text_source *s = user;
    size_t n = s->len - s->at;
    if (n > capacity) n = capacity;
    if (s->piece && n > s->piece) n = s->piece;
    memcpy(buffer, s->text + s->at, n);
    s->at += n;
    return (int64_t)n;
}
static inline int32_t rewind_text(void *user)
{
    text_source *s = user;
    s->at = 0;
    return s->broken_at_rewind ? -1 : 0;
}

typedef struct faults {
    int n;
    arc_import_fault last;
    char column[64], value[201], field[64], reason[256];
    int64_t lines[64];
    char fields[64][32];
    arc_status statuses[64];
} faults;

static inline int32_t on_fault(void *user, const arc_import_fault *f)
{
    faults *x = user;
    if (x->n < 64) {
        x->lines[x->n] = f->line;
        x->statuses[x->n] = f->status;
        snprintf(x->fields[x->n], sizeof x->fields[0], "%s", f->field);
    }
    x->n++;
    x->last = *f;
    snprintf(x->column, sizeof x->column, "%s", f->column);
    snprintf(x->value, sizeof x->value, "%s", f->value);
    snprintf(x->field, sizeof x->field, "%s", f->field);
    snprintf(x->reason, sizeof x->reason, "%s", f->reason);
    return 0;
}

typedef struct book {
    arc_book *book;
    arc_session *session;
    faults faults;
    arc_import_summary sum;
} book;

static inline void open_book(test_env *t, book *b, const char *uri)
{
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    memset(b, 0, sizeof *b);
    bo.flags = ARC_BOOK_CREATE;
    so.business_date = 20500;
    assert_ok(arc_book_open(t->ctx, &b->book, uri, &bo));
    assert_ok(arc_session_open(b->book, &b->session, &so));
}

static inline arc_status import_text(book *b, const char *text, size_t len, uint32_t flags, size_t piece, const char *map)
{
    text_source s = { text, len, 0, piece, 0 };
    arc_source source = { sizeof source, 0, &s, read_text, rewind_text };
    arc_import_options o = ARC_IMPORT_OPTIONS_INIT;
    arc_import_summary_init(&b->sum);
    memset(&b->faults, 0, sizeof b->faults);
    o.flags = flags;
    o.fault = on_fault;
    o.user = &b->faults;
    return arc_import_csv(b->session, &b->sum, &source, map, SIZE_MAX, &o);
}

static inline int64_t rows_of(book *b, uint32_t entity)
{
    arc_query *q;
    arc_cursor *c;
    int64_t n = 0;
    assert_ok(arc_query_new(b->session, &q, entity));
    assert_ok(arc_query_measure(q, ARC_COUNT, 0));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_int(c, &n, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return n;
}

static inline int64_t findings(book *b)
{
    arc_verify_summary v = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(arc_book_verify(b->book, &v, NULL, NULL, NULL));
    return v.findings;
}

#endif
