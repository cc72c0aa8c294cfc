/* SPDX-License-Identifier: Apache-2.0 */
/* The audit trail at work: the head of the chain kept outside, the change feed, the outbox, an aging as it was known, and a person's data erased.
 * docs/audit.md explains it.
 *
 *     cc audit.c $(pkg-config --cflags --libs arcore) -o audit && ./audit */
#include <stdio.h>
#include <string.h>

#include <arcore/arcore.h>

static arc_status add(arc_session *session, uint32_t entity, const char *json)
{
    arc_record *r;
    arc_status st = arc_record_new(session, &r, entity);
    if (st == ARC_OK) st = arc_record_set_json(r, json, SIZE_MAX);
    if (st == ARC_OK) st = entity == ARC_INVOICE ? arc_invoice_record(session, NULL, r) : arc_session_insert(session, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status fill(arc_session *session)
{
    arc_status st = add(session, ARC_CUSTOMER, "{\"code\": \"K1\", \"legal_name\": \"First\"}");
    if (st == ARC_OK) st = add(session, ARC_CUSTOMER, "{\"code\": \"K2\", \"legal_name\": \"Second\"}");
    if (st == ARC_OK) st = add(session, ARC_CONTACT, "{\"customer\": 2, \"name\": \"Li Lei\", \"email\": \"li@example.cn\"}");
    if (st == ARC_OK) {
        st = add(session, ARC_INVOICE, "{\"number\": \"I1\", \"customer\": 1, \"invoice_date\": \"2026-01-05\", \"due_date\": \"2026-02-04\","
                                       " \"currency\": \"CNY\", \"gross_amount\": \"113.00\"}");
    }
    return st;
}

static int32_t print_finding(void *user, const arc_finding *f)
{
    (void)user;
    printf("  %s %s.%s %lld: %s\n", f->check, f->entity, f->field, (long long)f->id, f->message);
    return 0;
}

/* Proves the book against a head that was kept elsewhere. */
static arc_status prove(arc_session *session, const arc_audit_mark *head)
{
    arc_audit_options options = ARC_AUDIT_OPTIONS_INIT;
    arc_audit_report report = ARC_AUDIT_REPORT_INIT;
    options.anchor_seq = head->seq;
    options.anchor_hash = head->hash;
    arc_status st = arc_audit_verify(session, &report, print_finding, NULL, &options);
    if (st != ARC_OK) return st;
    printf("proof: %lld findings in %lld seals and %lld events, %lld seals since the anchor, %lld unsealed\n", (long long)report.findings,
           (long long)report.seals, (long long)report.events, (long long)report.unanchored, (long long)report.unsealed);
    return report.findings ? ARC_E_CORRUPT : ARC_OK;
}

/* Reads on from `token`, and leaves there the place to go on from. */
static arc_status follow(arc_session *session, char *token, size_t size)
{
    arc_feed_options options = ARC_FEED_OPTIONS_INIT;
    arc_feed *feed;
    const char *json;
    options.after = token[0] ? token : NULL;
    arc_status st = arc_feed_open(session, &feed, &options);
    while (st == ARC_OK && (st = arc_feed_next(feed, &json, NULL)) == ARC_OK) printf("event: %.120s...\n", json);
    if (st == ARC_DONE) st = arc_feed_token(feed, token, &size);
    arc_feed_free(feed);
    return st;
}

/* Puts a letter into the outbox and plays the worker that sends it. */
static arc_status send(arc_session *session)
{
    arc_message letter = ARC_MESSAGE_INIT;
    arc_message_lease leases[10];
    size_t n = 0;
    letter.kind = "reminder.letter";
    letter.message_key = "reminder/I1/1";
    letter.customer = 1;
    letter.payload = "{\"to\": \"First\", \"text\": \"Invoice I1 is due on 4 February.\"}";
    arc_status st = arc_message_enqueue(session, NULL, &letter);
    for (int i = 0; i < 10; i++) arc_message_lease_init(&leases[i]);
    if (st == ARC_OK) st = arc_message_lease_due(session, leases, &n, 10, "worker 1", 60);
    for (size_t i = 0; i < n && st == ARC_OK; i++) {
        int sent = 1; /* hand the payload of message leases[i].id to whoever delivers it */
        if (sent) st = arc_message_acknowledge(session, leases[i].id, leases[i].lease, "{\"smtp\": 250}", SIZE_MAX);
        else st = arc_message_fail(session, NULL, leases[i].id, leases[i].lease, "line busy", 60);
    }
    printf("sent %d letter\n", (int)n);
    return st;
}

static arc_status erase(arc_session *session)
{
    arc_erase_options options = ARC_ERASE_OPTIONS_INIT;
    arc_erasure erasure = ARC_ERASURE_INIT;
    options.reason = "asked for on 14 January 2026";
    arc_status st = arc_subject_erase(session, &erasure, ARC_CUSTOMER, 2, &options);
    printf("erased %lld rows, %lld values\n", (long long)erasure.rows, (long long)erasure.values);
    return st;
}

/* What was owed as we knew it at a seal, whatever was recorded since. */
static arc_status owed(arc_session *session, int64_t known_at)
{
    arc_aging_options options = ARC_AGING_OPTIONS_INIT;
    arc_aging_row row = ARC_AGING_ROW_INIT;
    arc_aging *aging;
    options.known_at = known_at;
    arc_status st = arc_aging_compute(session, &aging, &options);
    if (st == ARC_OK) st = arc_aging_total(aging, &row, "CNY");
    if (st == ARC_OK) printf("owed as known at seal %lld: %lld fen\n", (long long)known_at, (long long)row.total);
    arc_aging_free(aging);
    return st;
}

static arc_status run(arc_session *session)
{
    char token[64] = "";
    arc_audit_mark head = ARC_AUDIT_MARK_INIT;
    arc_status st = fill(session);
    if (st == ARC_OK) st = follow(session, token, sizeof token);
    if (st == ARC_OK) st = arc_audit_head(session, &head); /* write head.seq and head.hash down elsewhere */
    if (st == ARC_OK) {
        st = add(session, ARC_INVOICE, "{\"number\": \"I2\", \"customer\": 1, \"invoice_date\": \"2026-01-06\", \"due_date\": \"2026-02-05\","
                                       " \"currency\": \"CNY\", \"gross_amount\": \"50.00\"}");
    }
    if (st == ARC_OK) st = owed(session, head.seq);
    if (st == ARC_OK) st = owed(session, 0);
    if (st == ARC_OK) st = send(session);
    if (st == ARC_OK) st = erase(session);
    if (st == ARC_OK) st = follow(session, token, sizeof token);
    return st == ARC_OK ? prove(session, &head) : st;
}

int main(void)
{
    arc_context_options context_options = ARC_CONTEXT_OPTIONS_INIT;
    arc_book_options book_options = ARC_BOOK_OPTIONS_INIT;
    arc_session_options session_options = ARC_SESSION_OPTIONS_INIT;
    arc_context *context;
    arc_book *book = NULL;
    arc_session *session = NULL;
    context_options.clock = arc_clock_system;
    context_options.random = arc_random_system; /* without it no personal values are kept for the trail */
    book_options.flags = ARC_BOOK_CREATE;
    book_options.seal_key = "kept by the host, not in the book";
    book_options.n_seal_key = strlen(book_options.seal_key);
    session_options.business_date = 20468; /* 2026-01-15 */
    arc_status st = arc_context_new(&context, &context_options);
    if (st != ARC_OK) return 1;
    st = arc_book_open(context, &book, "memory:audit", &book_options);
    if (st == ARC_OK) st = arc_session_open(book, &session, &session_options);
    if (st == ARC_OK) st = run(session);
    if (st != ARC_OK) {
        arc_error error = ARC_ERROR_INIT;
        (void)arc_session_error(session, &error);
        fprintf(stderr, "%s: %s\n", arc_status_name(st), error.message);
    }
    arc_context_free(context);
    return st == ARC_OK ? 0 : 1;
}
