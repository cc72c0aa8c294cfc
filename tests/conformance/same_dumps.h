/* SPDX-License-Identifier: Apache-2.0 */
/* What a verb's driver leaves behind, as canonical dumps from several stores: the same bytes. */
#ifndef TESTS_SAME_DUMPS_H
#define TESTS_SAME_DUMPS_H

static int differ;

/* The book as it stands, sealed. */
static inline sample_bytes sealed_dump(test_book *b)
{
    uint32_t n = 1;
    assert_ok(arc_session_set_request_key(b->session, NULL));
    while (n) assert_session(b, arc_audit_seal(b->session, &n, 1000));
    return sample_dump(b->book);
}

/* Tells the first line in which two dumps are not alike. */
static inline void compare_dumps(const char *which, const char *store, const char *here, const char *there)
{
    const char *line = here;
    while (*here && *here == *there) {
        if (*here == '\n') line = here + 1;
        here++;
        there++;
    }
    if (*here == *there) return;
    differ++;
    fprintf(stderr, "%s: %s is not as PostgreSQL is:\n  %.60s...\n  ...%.300s\n  ...%.300s\n", which, store, line, there, here);
}

/* A book of the same code elsewhere: its code is told in events, too. */
static inline void open_elsewhere(test_book *b, int k, const char *like)
{
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    const char *code = strstr(like, "&book=") + 6;
    memset(b, 0, sizeof *b);
    test_open(&b->t);
    b->env = &b->t;
    snprintf(b->uri, sizeof b->uri, "%s%s?book=%.*s", k ? "sqlite:" : "memory:", k ? test_path(&b->t, "book.db") : "b", (int)strcspn(code, "&"), code);
    o.flags = ARC_BOOK_CREATE;
    assert_ok(arc_book_open(b->t.ctx, &b->book, b->uri, &o));
    assert_ok(arc_session_open(b->book, &b->session, NULL));
}

/* The same in memory and in SQLite. */
static inline void compare_stores(const char *which, int i, const char *like, const char *dump)
{
    for (int k = 0; k < 2; k++) {
        test_book b;
        answer a;
        if (k && !test_soak() && i % 3) continue; /* SQLite is compared with memory elsewhere, too */
        memset(&a, 0, sizeof a);
        open_elsewhere(&b, k, like);
        drive_once(&b, i, &a);
        assert_session_status(drivers[i].expected, &b, a.st);
        sample_bytes own = sealed_dump(&b);
        compare_dumps(which, test_backend_names[k], dump, own.s);
        free(own.s);
        test_book_close(&b);
    }
}

#endif
