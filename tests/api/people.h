/* SPDX-License-Identifier: Apache-2.0 */
/* A book with people in it, for tests of permissions: units, users (by code), the shipped roles. Grants are up to the test. */
#ifndef TESTS_API_PEOPLE_H
#define TESTS_API_PEOPLE_H

#include "api/sample.h"
#include "support/books.h"

#define PEOPLE_DAY 20500 /* 2026-02-16 */

typedef struct people {
    test_book b;
    int64_t units[8];
    int64_t users[16];
} people;

static const char *const people_codes[] = { "root", "clerk", "cash", "ann", "bob", "cat", "dan", "eve", "nogrant", "gone", "later", "former", "adm" };
enum { PEOPLE_N = sizeof people_codes / sizeof people_codes[0] };

static inline arc_session *people_session(arc_book *book, const char *actor)
{
    arc_session *s;
    arc_error e = ARC_ERROR_INIT;
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    o.actor = actor;
    o.business_date = PEOPLE_DAY;
    if (arc_session_open(book, &s, &o) == ARC_OK) return s;
    (void)arc_book_error(book, &e);
    fail_msg("%s: %s", actor, e.message);
    return NULL;
}

static inline int64_t people_user(const people *p, const char *code)
{
    for (size_t i = 0; i < PEOPLE_N; i++) {
        if (!strcmp(people_codes[i], code)) return p->users[i];
    }
    fail_msg("no user %s", code);
    return 0;
}

static inline int64_t people_find(people *p, uint32_t entity, arc_field_id field, const char *code)
{
    arc_query *q;
    arc_cursor *c;
    int64_t id = 0;
    assert_session(&p->b, arc_query_new(p->b.session, &q, entity));
    assert_ok(arc_query_where_text(q, field, ARC_EQ, code, SIZE_MAX));
    assert_ok(arc_query_run(q, &c));
    if (arc_cursor_next(c) == ARC_OK) assert_ok(arc_cursor_get_int(c, &id, 0)); /* the id comes first */
    arc_cursor_free(c);
    arc_query_free(q);
    if (!id) fail_msg("there is no %s", code);
    return id;
}

static inline int64_t people_role(people *p, const char *code)
{
    return people_find(p, ARC_ROLE, ARC_ROLE_CODE, code);
}

static inline int64_t people_grant(people *p, const char *user, const char *role)
{
    arc_grant g = ARC_GRANT_INIT;
    int64_t id = 0;
    g.user = people_user(p, user);
    g.role = people_role(p, role);
    assert_session(&p->b, arc_role_grant(p->b.session, &id, &g));
    return id;
}

/* Roles decide from now on; the book's own session stays the host's. */
static inline void people_start(people *p)
{
    assert_session(&p->b, arc_access_set_mode(p->b.session, ARC_ACCESS_ROLES));
}

/* north: ann, bob (team n1), cat (team n2 below n1); south: dan, eve (team s1). */
static inline void people_open(people *p, int backend)
{
    static const char *const units[] = { "north", "south", "n1", "n2", "s1" };
    static const char *const kinds[] = { "region", "region", "team", "team", "team" };
    static const char *const extra[PEOPLE_N] = { "", "", "", "\"team\":3,\"region\":1,", "\"team\":3,\"region\":1,", "\"team\":4,\"region\":1,",
                                                 "\"team\":5,\"region\":2,", "\"team\":5,\"region\":2,", "", "", "\"valid_from\":\"2026-03-01\",",
                                                 "\"valid_to\":\"2026-01-31\",", "" };
    char json[300];
    uint32_t n = 0;
    memset(p, 0, sizeof *p);
    test_book_open(&p->b, backend);
    for (int i = 0; i < 5; i++) {
        snprintf(json, sizeof json, "{%s\"code\":\"%s\",\"name\":\"%s\",\"kind\":\"%s\"}", i == 3 ? "\"parent\":3," : "", units[i], units[i], kinds[i]);
        p->units[i] = sample_insert(p->b.session, ARC_ORG_UNIT, json);
        assert_int_equal(p->units[i], i + 1);
    }
    for (size_t i = 0; i < PEOPLE_N; i++) {
        snprintf(json, sizeof json, "{%s\"code\":\"%s\",\"name\":\"%s\",\"kind\":\"person\",\"disabled\":%s}", extra[i], people_codes[i], people_codes[i],
                 !strcmp(people_codes[i], "gone") ? "true" : "false");
        p->users[i] = sample_insert(p->b.session, ARC_USER_ACCOUNT, json);
    }
    assert_session(&p->b, arc_role_install_defaults(p->b.session, &n, NULL));
    assert_int_equal(n, 15);
}

static inline void people_close(people *p)
{
    test_book_close(&p->b);
}

#endif
