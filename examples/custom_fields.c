/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of a book's own, from their definition to a list sorted by them. docs/custom-fields.md explains it.
 *
 *     cc custom_fields.c $(pkg-config --cflags --libs arcore) -o custom_fields && ./custom_fields */
#include <stdio.h>
#include <string.h>

#include <arcore/arcore.h>
#include <arcore/custom.h>

static arc_status define(arc_session *session)
{
    static const char *const fields[] = {
        "{\"entity\": \"customer\", \"name\": \"x_tier\", \"kind\": \"choice\", \"choices\": [\"gold\", {\"code\": \"iron\", \"zh\": \"铁\"}],"
        " \"label_en\": \"Tier\", \"label_zh\": \"等级\", \"indexed\": true}",
        "{\"entity\": \"customer\", \"name\": \"x_deposit\", \"kind\": \"money\", \"label_en\": \"Deposit\"}",
        "{\"entity\": \"customer\", \"name\": \"x_used\", \"kind\": \"money\", \"label_en\": \"Deposit used\"}",
        "{\"entity\": \"customer\", \"name\": \"x_left\", \"kind\": \"formula\","
        " \"formula\": {\"-\": [{\"var\": \"x_deposit\"}, {\"var\": \"x_used\"}]}}",
    };
    arc_status st = ARC_OK;
    for (int i = 0; i < 4 && st == ARC_OK; i++) st = arc_custom_define(session, NULL, fields[i], SIZE_MAX);
    return st;
}

static arc_status add(arc_session *session, const char *json)
{
    arc_record *r;
    arc_status st = arc_record_new(session, &r, ARC_CUSTOMER);
    if (st == ARC_OK) st = arc_record_set_json(r, json, SIZE_MAX);
    if (st == ARC_OK) st = arc_session_insert(session, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status fill(arc_session *session)
{
    arc_status st = add(session, "{\"code\": \"K1\", \"legal_name\": \"First\", \"x_tier\": \"gold\","
                                 " \"x_deposit\": \"500.00 CNY\", \"x_used\": \"120.50 CNY\"}");
    if (st == ARC_OK) st = add(session, "{\"code\": \"K2\", \"legal_name\": \"Second\", \"x_tier\": \"iron\", \"x_deposit\": \"90.00 CNY\"}");
    if (st == ARC_OK) st = add(session, "{\"code\": \"K3\", \"legal_name\": \"Third\", \"x_tier\": \"gold\","
                                        " \"x_deposit\": \"80.00 CNY\", \"x_used\": \"0.00 CNY\"}");
    return st;
}

/* Gold customers, those with most of their deposit left first. */
static arc_status list(arc_session *session)
{
    arc_query *q;
    arc_cursor *c = NULL;
    const char *code;
    size_t n;
    arc_status st = arc_query_from_json(session, &q,
                                        "{\"entity\": \"customer\", \"fields\": [\"code\", \"x_left\"],"
                                        " \"filters\": [{\"member\": \"x_tier\", \"operator\": \"equals\", \"values\": [\"gold\"]}],"
                                        " \"order\": [{\"member\": \"x_left\", \"descending\": true}]}", SIZE_MAX);
    if (st == ARC_OK) st = arc_query_run(q, &c);
    while (st == ARC_OK && (st = arc_cursor_next(c)) == ARC_OK) {
        arc_money left;
        char text[64];
        size_t len = sizeof text;
        st = arc_cursor_get_text(c, &code, &n, 0);
        if (st == ARC_OK) st = arc_cursor_get_money(c, &left, 1);
        if (st == ARC_OK) st = arc_money_print(text, &len, &left);
        if (st == ARC_OK) printf("%.*s has %s left\n", (int)n, code, text);
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return st == ARC_DONE ? ARC_OK : st;
}

/* A new choice, a new label, and an index for a field that had none: one transaction. */
static arc_status change(arc_session *session)
{
    arc_status st = arc_custom_alter(session, ARC_CUSTOMER, "x_tier", "{\"choices\": [\"gold\", \"iron\", \"tin\"], \"label_en\": \"Grade\"}", SIZE_MAX);
    if (st == ARC_OK) st = arc_custom_alter(session, ARC_CUSTOMER, "x_deposit", "{\"indexed\": true}", SIZE_MAX);
    return st;
}

int main(void)
{
    arc_context *ctx;
    arc_book *book = NULL;
    arc_session *session = NULL;
    arc_context_options host = ARC_CONTEXT_OPTIONS_INIT;
    arc_book_options options = ARC_BOOK_OPTIONS_INIT;
    arc_error e = ARC_ERROR_INIT;
    host.clock = arc_clock_system; /* the library has no clock of its own */
    options.flags = ARC_BOOK_CREATE;
    if (arc_context_new(&ctx, &host) != ARC_OK) return 1;
    arc_status st = arc_book_open(ctx, &book, "memory:", &options);
    if (st == ARC_OK) st = arc_session_open(book, &session, NULL);
    if (st == ARC_OK) st = define(session);
    if (st == ARC_OK) st = fill(session);
    if (st == ARC_OK) st = list(session);
    if (st == ARC_OK) st = change(session);
    if (st != ARC_OK) {
        arc_session_error(session, &e);
        fprintf(stderr, "%s: %s\n", arc_status_name(st), e.message);
    }
    arc_book_close(book);
    arc_context_free(ctx);
    return st == ARC_OK ? 0 : 1;
}
