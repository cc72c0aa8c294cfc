/* SPDX-License-Identifier: Apache-2.0 */
/* Cash application: a bank's statement (camt.053) into a book, its payments received and matched, with the reasons; what is proved is posted.
 *
 *   matching BOOK STATEMENT      BOOK is a URI such as sqlite:quickstart.arc, which has the customers and invoices of examples/data */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arcore/arcore.h"

enum { DAY = 20634 }; /* 2026-06-30 */

static int fail(const char *what, arc_session *session)
{
    arc_error e = ARC_ERROR_INIT;
    if (session) (void)arc_session_error(session, &e);
    fprintf(stderr, "%s: %s\n", what, e.message);
    return 1;
}

static char *read_file(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    char *bytes = malloc(1 << 20);
    *n = file && bytes ? fread(bytes, 1, 1 << 20, file) : 0;
    if (file) fclose(file);
    return bytes;
}

/* The account it came in on is ours; then the statement, and its payments as receipts. */
static arc_status take_in(arc_session *session, const char *path)
{
    size_t n;
    arc_record *ours;
    arc_bank_imported in = ARC_BANK_IMPORTED_INIT;
    arc_bank_received received = ARC_BANK_RECEIVED_INIT;
    arc_status st = arc_record_new(session, &ours, ARC_BANK_ACCOUNT);
    if (st != ARC_OK) return st;
    st = arc_record_set_json(ours, "{\"number\":\"310066001018150012345\",\"holder\":\"上海示例制造有限公司\",\"currency\":\"CNY\"}", SIZE_MAX);
    if (st == ARC_OK) st = arc_session_insert(session, NULL, ours);
    arc_record_free(ours);
    char *bytes = read_file(path, &n);
    if (st == ARC_OK) st = arc_bank_import(session, &in, bytes, n, NULL);
    free(bytes);
    if (st == ARC_OK) st = arc_bank_receive(session, &received, NULL);
    if (st == ARC_OK) printf("%u lines, %u payments received.\n", in.n_lines, received.n_received);
    return st;
}

/* A member of a JSON object that is a text; enough for what the library writes. */
static void member(char *out, size_t most, const char *json, const char *name)
{
    char key[40];
    snprintf(key, sizeof key, "\"%s\":\"", name);
    const char *at = json ? strstr(json, key) : NULL;
    size_t n = at ? strcspn(at + strlen(key), "\"") : 0;
    if (n >= most) n = most - 1;
    if (at) memcpy(out, at + strlen(key), n);
    out[n] = 0;
}

static void tell(const char *unit, const char *why)
{
    char outcome[20], equation[200], en[300], zh[300];
    member(outcome, sizeof outcome, why, "outcome");
    member(equation, sizeof equation, why, "equation");
    member(en, sizeof en, why, "en");
    member(zh, sizeof zh, why, "zh");
    printf("  %-10s %-8s %s\n             %s\n             %s\n", unit, outcome, equation, en, zh);
}

/* What nothing fits, and why. */
static void tell_left(arc_proposal *p)
{
    size_t n = 0;
    if (arc_proposal_json(p, NULL, &n) != ARC_E_BUFFER) return;
    char *json = malloc(++n), unit[40];
    if (json && arc_proposal_json(p, json, &n) == ARC_OK) {
        const char *list = strstr(json, "\"rejected\":[");
        char *next = list ? strstr(list, "{\"receipt\":") : NULL;
        for (char *at = next; at; at = next) {
            next = strstr(at + 1, "{\"receipt\":");
            char *end = strstr(at, "\"evidence\":"); /* what follows is of lines */
            if (end) *end = 0;
            snprintf(unit, sizeof unit, "receipt:%ld", strtol(at + strlen("{\"receipt\":"), NULL, 10));
            tell(unit, at);
        }
    }
    free(json);
}

/* What would be done, and why; then what is sure is done, and the rest kept for a person. */
static arc_status match(arc_session *session)
{
    arc_proposal *p = NULL;
    arc_match_options o = ARC_MATCH_OPTIONS_INIT;
    arc_match_report report = ARC_MATCH_REPORT_INIT;
    arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
    arc_status st = arc_match_propose(session, &p, NULL, 0, NULL);
    for (uint32_t i = 0; st >= ARC_OK && arc_proposal_get(p, &l, i) == ARC_OK; i++) tell(l.unit, l.explanation);
    if (st >= ARC_OK) tell_left(p);
    arc_proposal_free(p);
    o.flags = ARC_MATCH_STORE;
    if (st >= ARC_OK) st = arc_match_run(session, &report, &o);
    if (st == ARC_OK) {
        printf("%lld matched and posted, %lld suggested to a person, %lld left.\n", (long long)report.posted, (long long)report.suggested, (long long)report.none);
    }
    return st;
}

int main(int argc, char **argv)
{
    arc_context *ctx = NULL;
    arc_book *book = NULL;
    arc_session *session = NULL;
    arc_context_options co = ARC_CONTEXT_OPTIONS_INIT;
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    int code = 0;
    if (argc != 3) return fprintf(stderr, "usage: %s BOOK STATEMENT\n", argv[0]), 2;
    co.clock = arc_clock_system;
    so.business_date = DAY;
    if (arc_context_new(&ctx, &co) != ARC_OK) return 1;
    if (arc_book_open(ctx, &book, argv[1], &bo) != ARC_OK || arc_session_open(book, &session, &so) != ARC_OK) code = fail(argv[1], NULL);
    if (!code && take_in(session, argv[2]) != ARC_OK) code = fail(argv[2], session);
    if (!code && match(session) != ARC_OK) code = fail("matching", session);
    arc_context_free(ctx);
    return code;
}
