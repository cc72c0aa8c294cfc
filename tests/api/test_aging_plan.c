/* SPDX-License-Identifier: Apache-2.0 */
/* What an aging asks of SQLite: every statement finds its rows by an index of just such rows, so that what was paid long ago costs nothing. */
#include "support/support.h"

#include <sqlite3.h>

#include "arcore/aging.h"
#include "arcore/arcore.h"

enum { MOST = 200 };
typedef struct asked {
    char *sql[MOST];
    int n;
} asked;

static void keep(void *user, const char *statement, const struct arc_value *params, uint32_t n)
{
    asked *a = user;
    (void)params, (void)n;
    if (a->n < MOST && strncmp(statement, "SELECT", 6) == 0) a->sql[a->n++] = strdup(statement);
}

static void age(arc_session *session, int32_t by, arc_date as_of, int32_t basis)
{
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    arc_aging *a;
    o.by = by;
    o.as_of = as_of;
    o.basis = basis;
    assert_ok(arc_aging_compute(session, &a, &o));
    arc_aging_free(a);
}

/* A row of a table that grows with history must come by more than its book. */
static void judge(sqlite3 *db, const char *sql, int *of_states)
{
    static const char *const growing[] = { "\"item_state\"", "\"receipt_state\"", "\"allocation\"", "\"adjustment\"", "\"item\"", "\"receipt\"" };
    int grows = 0;
    for (size_t i = 0; i < sizeof growing / sizeof *growing; i++) {
        const char *from = strstr(sql, "FROM ");
        grows |= from && strncmp(from + 5, growing[i], strlen(growing[i])) == 0;
    }
    if (!grows) return;
    sqlite3_stmt *s = NULL;
    char *text = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &s, NULL), SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW) {
        const char *line = (const char *)sqlite3_column_text(s, 3);
        int open = strstr(line, "COVERING INDEX item_state__open") || strstr(line, "COVERING INDEX receipt_state__unapplied");
        if (strstr(line, "SCAN ") || (strstr(line, "(book=?)") && !open)) fail_msg("%s: %s", line, sql);
        *of_states += open;
    }
    sqlite3_finalize(s);
    sqlite3_free(text);
}

static void statements_follow_what_is_open(void **state)
{
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    char uri[600], path[560];
    asked a = { .n = 0 };
    arc_book *book;
    arc_session *session;
    sqlite3 *db;
    int of_states = 0;
    snprintf(path, sizeof path, "%s", test_path(*state, "plan.arc"));
    snprintf(uri, sizeof uri, "sqlite:%s", path);
    bo.flags = ARC_BOOK_CREATE;
    bo.trace = keep;
    bo.trace_user = &a;
    so.business_date = 20600;
    assert_ok(arc_book_open(((test_env *)*state)->ctx, &book, uri, &bo));
    assert_ok(arc_session_open(book, &session, &so));
    for (int32_t by = ARC_AGING_BY_CUSTOMER; by <= ARC_AGING_BY_BUSINESS_LINE; by++) {
        age(session, by, 20600, ARC_AGE_BY_DUE_DATE);
        age(session, by, 20200, ARC_AGE_BY_DOCUMENT_DATE);
    }
    arc_book_close(book);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_true(a.n > 0);
    for (int i = 0; i < a.n; i++) {
        judge(db, a.sql[i], &of_states);
        free(a.sql[i]);
    }
    assert_true(of_states >= 4);
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(statements_follow_what_is_open, test_setup, test_teardown) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
