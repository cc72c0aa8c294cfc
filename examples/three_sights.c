/* SPDX-License-Identifier: Apache-2.0 */
/* One file, three people: a seller sees the customers that are his, the manager of the team those of the team, the AR clerk all.
 * docs/permissions.md explains it.
 *
 *     ./three_sights FOLDER        with invoices.csv and mapping.json of examples/data in it; the book is kept in memory */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arcore/arcore.h>

#define TODAY 20650 /* 2026-07-16 */

static int failed(const char *what, arc_session *session, arc_status status)
{
    arc_error e = ARC_ERROR_INIT;
    if (status == ARC_OK) return 0;
    arc_session_error(session, &e);
    fprintf(stderr, "%s: %s: %s\n", what, arc_status_name(status), e.message);
    return 1;
}

/* ---- people ---------------------------------------------------------------------------------------------------------- */

static arc_status add(arc_session *session, int64_t *id, uint32_t entity, const char *json)
{
    arc_record *r;
    arc_status st = arc_record_new(session, &r, entity);
    if (st == ARC_OK) st = arc_record_set_json(r, json, SIZE_MAX);
    if (st == ARC_OK) st = arc_session_insert(session, id, r);
    arc_record_free(r);
    return st;
}

/* The id of a shipped role by its code. */
static arc_status give(arc_session *session, int64_t user, const char *role)
{
    arc_grant g = ARC_GRANT_INIT;
    arc_status st = arc_session_find(session, &g.role, ARC_ROLE, role);
    g.user = user;
    return st == ARC_OK ? arc_role_grant(session, NULL, &g) : st;
}

static arc_status hire(arc_session *session, int64_t *id, const char *code, const char *role)
{
    char json[200];
    snprintf(json, sizeof json, "{\"code\":\"%s\",\"name\":\"%s\",\"kind\":\"person\",\"team\":1,\"disabled\":false}", code, code);
    arc_status st = add(session, id, ARC_USER_ACCOUNT, json);
    return st == ARC_OK ? give(session, *id, role) : st;
}

static int people(arc_session *host, int64_t *wang)
{
    int64_t id;
    if (failed("team", host, add(host, &id, ARC_ORG_UNIT, "{\"code\":\"east\",\"name\":\"East\",\"kind\":\"team\"}"))) return 1;
    if (failed("roles", host, arc_role_install_defaults(host, NULL, NULL))) return 1;
    if (failed("root", host, hire(host, &id, "root", "admin"))) return 1;
    if (failed("wang", host, hire(host, wang, "wang", "sales"))) return 1;
    if (failed("chen", host, hire(host, &id, "chen", "sales_manager"))) return 1;
    if (failed("li", host, hire(host, &id, "li", "ar_clerk"))) return 1;
    return failed("mode", host, arc_access_set_mode(host, ARC_ACCESS_ROLES));
}

/* ---- whose customers they are ------------------------------------------------------------------------------------------ */

/* Every third customer is the team's, and every second of those is wang's. */
static int assign(arc_session *host, int64_t wang)
{
    for (int64_t i = 1;; i++) {
        arc_record *r;
        arc_status st = arc_session_get(host, &r, ARC_CUSTOMER, i);
        if (st == ARC_E_NOT_FOUND) return 0;
        if (st == ARC_OK && i % 3 == 0) st = arc_record_set_int(r, ARC_CUSTOMER_TEAM, 1);
        if (st == ARC_OK && i % 6 == 0) st = arc_record_set_int(r, ARC_CUSTOMER_OWNER, wang);
        if (st == ARC_OK) st = arc_session_update(host, r);
        arc_record_free(r);
        if (failed("assign", host, st)) return 1;
    }
}

/* ---- what each sees ------------------------------------------------------------------------------------------------------ */

static int look(arc_book *book, const char *actor, int64_t *total)
{
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    arc_session *session;
    arc_aging *aging;
    arc_aging_row row = ARC_AGING_ROW_INIT;
    uint32_t n = 0;
    o.actor = actor;
    o.business_date = TODAY;
    if (arc_session_open(book, &session, &o) != ARC_OK) {
        printf("%-8s gets no session\n", actor);
        return 0;
    }
    arc_status st = arc_aging_compute(session, &aging, NULL);
    if (st == ARC_E_FORBIDDEN) {
        printf("%-8s may not read receivables\n", actor);
        arc_session_close(session);
        return 0;
    }
    if (failed(actor, session, st)) return 1;
    (void)arc_aging_count(aging, &n);
    if (arc_aging_total(aging, &row, "CNY") == ARC_OK) *total = row.total;
    printf("%-8s sees %2u customers who owe %lld.%02d CNY\n", actor, n, (long long)(row.total / 100), (int)(row.total % 100));
    arc_session_close(session); /* and the aging with it */
    return 0;
}

static char *read_all(const char *folder, const char *name)
{
    char path[1000], *text = calloc(1, 100000);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    if (f && text && fread(text, 1, 99999, f) == 0) text[0] = 0;
    if (f) fclose(f);
    return text;
}

static int tell(arc_book *book, arc_session *host, const char *folder)
{
    char path[1000], *mapping = read_all(folder, "mapping.json");
    int64_t wang, seller = 0, manager = 0, clerk = 0, nobody = 0;
    snprintf(path, sizeof path, "%s/invoices.csv", folder);
    arc_status st = mapping ? arc_import_csv_file(host, NULL, path, mapping, SIZE_MAX, NULL) : ARC_E_NOMEM;
    free(mapping);
    if (failed("import", host, st) || people(host, &wang) || assign(host, wang)) return 1;
    if (look(book, "wang", &seller) || look(book, "chen", &manager) || look(book, "li", &clerk)) return 1;
    if (look(book, "root", &nobody) || look(book, "stranger", &nobody)) return 1;
    return !(0 < seller && seller < manager && manager < clerk && nobody == 0);
}

int main(int argc, char **argv)
{
    arc_context *ctx;
    arc_context_options co = ARC_CONTEXT_OPTIONS_INIT;
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    arc_book *book;
    arc_session *host;
    int status = 1;
    co.clock = arc_clock_system;
    bo.flags = ARC_BOOK_CREATE;
    so.business_date = TODAY;
    if (argc != 2 || arc_context_new(&ctx, &co) != ARC_OK) return 2;
    if (arc_book_open(ctx, &book, "memory:sights", &bo) == ARC_OK && arc_session_open(book, &host, &so) == ARC_OK) {
        status = tell(book, host, argv[1]);
        arc_book_close(book);
    }
    arc_context_free(ctx);
    return status;
}
