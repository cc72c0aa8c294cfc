/* SPDX-License-Identifier: Apache-2.0 */
/* A small book with rules, for the tests of rules. */
#ifndef TESTS_RULE_WORLD_H
#define TESTS_RULE_WORLD_H

#include "arcore/fields.h"
#include "support/books.h"
#include "support/work_book.h"

#define DAY (BOOK_DAY + 100) /* the sessions' business date */

typedef struct world {
    test_book b;
    arc_session *s;
} world;

static inline void is_at(arc_proposal *p, arc_status expected, arc_status st, const char *file, int line)
{
    arc_error e = ARC_ERROR_INIT;
    (void)arc_proposal_error(p, &e);
    test_status_is(expected, st, "proposal", &e, file, line);
}
#define is(p, expected, call) is_at(p, expected, call, __FILE__, __LINE__)

static inline void session_on(world *w, arc_date day)
{
    assert_ok(arc_session_set_business_date(w->s, day));
}

static inline void invoice(world *w, const char *number, int64_t customer, int64_t amount, arc_date due)
{
    arc_record *r;
    arc_money m = { amount, "CNY", 0 };
    assert_session(&w->b, arc_record_new(w->s, &r, ARC_INVOICE));
    assert_ok(arc_record_set_text(r, ARC_INVOICE_NUMBER, number, SIZE_MAX));
    assert_ok(arc_record_set_int(r, ARC_INVOICE_CUSTOMER, customer));
    assert_ok(arc_record_set_date(r, ARC_INVOICE_INVOICE_DATE, due < BOOK_DAY ? due : BOOK_DAY));
    assert_ok(arc_record_set_date(r, ARC_INVOICE_DUE_DATE, due));
    assert_ok(arc_record_set_money(r, ARC_INVOICE_GROSS_AMOUNT, m));
    assert_session(&w->b, arc_invoice_record(w->s, NULL, r));
    arc_record_free(r);
}

static inline char *quoted(const char *text)
{
    static char own[20000];
    size_t n = strlen(text);
    assert_true(n < sizeof own);
    for (size_t i = 0; i <= n; i++) own[i] = text[i] == '\'' ? '"' : text[i];
    return own;
}

static inline int32_t show_fault(void *user, const arc_error *e)
{
    (void)user;
    print_message("%s: %s (%s)\n", e->pointer, e->message, e->rule);
    return 0;
}

static inline int64_t publish_as(world *w, const char *kind, const char *code, const char *text)
{
    int64_t id;
    assert_session(&w->b, arc_definition_save(w->s, &id, kind, code, quoted(text), SIZE_MAX, NULL));
    assert_session(&w->b, arc_definition_publish(w->s, id, show_fault, NULL));
    return id;
}

static inline int64_t publish(world *w, const char *code, const char *text) { return publish_as(w, "rule", code, text); }

/* ---- proposals -------------------------------------------------------------------------------------------------------------------- */

static inline arc_status propose_as(world *w, arc_proposal **p, arc_date as_of, const char *code)
{
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    o.as_of = as_of;
    o.codes = code ? &code : NULL;
    o.n_codes = code ? 1 : 0;
    return arc_rule_propose(w->s, p, &o);
}

static inline arc_proposal *propose(world *w, arc_date as_of, const char *code)
{
    arc_proposal *p;
    assert_session(&w->b, propose_as(w, &p, as_of, code));
    return p;
}

static inline uint32_t lines(arc_proposal *p)
{
    arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
    is(p, ARC_OK, arc_proposal_describe(p, &info));
    return info.n_lines;
}

static inline void line_is(arc_proposal *p, uint32_t i, const char *unit, const char *rule, int64_t level, arc_date effective, const char *status)
{
    char text[200], day[16];
    size_t n = sizeof day;
    arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
    is(p, ARC_OK, arc_proposal_get(p, &l, i));
    if (strcmp(l.unit, unit) != 0 || strcmp(l.status, status) != 0) fail_msg("line %u: %s %s (%s), not %s %s", i, l.unit, l.status, l.reason, unit, status);
    assert_ok(arc_date_print(day, &n, effective));
    snprintf(text, sizeof text, "\"rule\":\"%s\",\"revision\"", rule);
    if (!strstr(l.action, text)) fail_msg("line %u: %s, not %s", i, l.action, text);
    snprintf(text, sizeof text, "\"level\":%lld,", (long long)level);
    if (!strstr(l.action, text)) fail_msg("line %u: %s, not %s", i, l.action, text);
    snprintf(text, sizeof text, "\"effective_date\":\"%s\"", day);
    if (!strstr(l.action, text)) fail_msg("line %u: %s, not %s", i, l.action, text);
}

static inline void reason_has(arc_proposal *p, uint32_t i, const char *status, const char *words)
{
    arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
    is(p, ARC_OK, arc_proposal_get(p, &l, i));
    if (strcmp(l.status, status) != 0 || !strstr(l.reason, words)) fail_msg("%s: %s", l.status, l.reason);
}

/* Stored, approved, applied, freed. */
static inline void apply(world *w, arc_proposal *p)
{
    (void)w;
    is(p, ARC_OK, arc_proposal_store(p, NULL, NULL));
    is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
    is(p, ARC_OK, arc_proposal_apply(p, NULL));
    arc_proposal_free(p);
}

static inline int64_t count(world *w, uint32_t entity)
{
    arc_query *q;
    arc_cursor *c;
    int64_t n = 0;
    assert_session(&w->b, arc_query_new(w->s, &q, entity));
    assert_session(&w->b, arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) n++;
    arc_cursor_free(c);
    arc_query_free(q);
    return n;
}

/* ---- the book --------------------------------------------------------------------------------------------------------------------- */

static inline void open_world(world *w, int backend)
{
    memset(w, 0, sizeof *w);
    test_book_open(&w->b, backend);
    arc_session_close(w->b.session);
    assert_ok(book_session(w->b.book, &w->b.session));
    w->s = w->b.session;
    assert_session(&w->b, book_customers(w->s, 1, 3));
    session_on(w, DAY);
}

static inline void on_all(void (*test)(world *w))
{
    for (int k = 0; k < TEST_BACKENDS; k++) {
        static world w;
        print_message("%s\n", test_backend_names[k]);
        open_world(&w, k);
        test(&w);
        arc_verify_summary found = ARC_VERIFY_SUMMARY_INIT;
        assert_ok(arc_book_verify(w.b.book, &found, NULL, NULL, NULL));
        assert_int_equal(found.findings, 0);
        test_book_close(&w.b);
    }
}

#endif
