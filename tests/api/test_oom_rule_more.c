/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once: rows that fire together proposed, rejected in part, applied and run; then a person's data is erased from all of it. */
#include <string.h>

#include "arcore/fields.h"
#include "support/books.h"
#include "support/work_book.h"

#define RULE(mode) \
    "{\"rule\":\"arcore/1\",\"subject\":\"item\",\"currency\":\"CNY\",\"mode\":\"" mode "\",\"unit\":{\"by\":\"head_office\",\"split\":[\"currency\",\"language\"]},\"if\":{\"==\":[{\"var\":\"kind\"},\"invoiced\"]}," \
    "\"on\":{\"kind\":\"date\",\"anchor\":\"due_date\"},\"then\":[{\"type\":\"level\"}],\"once\":[{\"type\":\"message\",\"params\":{\"to\":{\"role\":\"finance\"},\"channels\":[\"email\"],\"subject\":\"{{code}}\"," \
    "\"body\":\"{{#rows}}{{number}} {{open}} {{firing.level}} {{/rows}}\"}},{\"type\":\"fee\",\"params\":{\"amount\":{\"*\":[{\"sum\":[{\"var\":\"rows\"},{\"var\":\"open\"}]},\"0.1\"]},\"number\":\"F-{{firing.mark}}\"}}]}"

static arc_status publish(arc_session *s, const char *code, const char *text)
{
    int64_t id;
    arc_status st = arc_definition_save(s, &id, "rule", code, text, SIZE_MAX, NULL);
    return st == ARC_OK ? arc_definition_publish(s, id, NULL, NULL) : st;
}

static arc_status contact(arc_session *s)
{
    static const char json[] = "{\"customer\":1,\"name\":\"Wang Fang\",\"role\":\"finance\",\"email\":\"wang@mail.example\",\"consent\":true,\"cc\":false}";
    arc_record *r = NULL;
    int64_t id;
    arc_status st = arc_record_new(s, &r, ARC_CONTACT);
    if (st == ARC_OK) st = arc_record_set_json(r, json, SIZE_MAX);
    if (st == ARC_OK) st = arc_session_insert(s, &id, r);
    arc_record_free(r);
    return st;
}

static arc_status decided(arc_session *s)
{
    arc_proposal *p = NULL, *again = NULL;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    const uint32_t second[] = { 1 };
    const char *code = "let";
    o.as_of = BOOK_DAY + 40;
    o.codes = &code;
    o.n_codes = 1;
    arc_status st = arc_rule_propose(s, &p, &o);
    if (st == ARC_OK) st = arc_proposal_store(p, NULL, NULL);
    if (st == ARC_OK) st = arc_proposal_reject(p, second, 1, "disputed");
    if (st == ARC_OK) st = arc_proposal_approve(p, NULL, 0);
    if (st == ARC_OK) st = arc_proposal_apply(p, NULL);
    arc_proposal_free(p);
    o.flags = ARC_RULE_REJECTED;
    if (st == ARC_OK) st = arc_rule_propose(s, &again, &o);
    arc_proposal_free(again);
    return st;
}

static arc_status done(arc_session *s)
{
    char text[20000];
    size_t n = sizeof text;
    arc_rule_report report = ARC_RULE_REPORT_INIT;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    arc_erasure erased = ARC_ERASURE_INIT;
    arc_erase_options why = ARC_ERASE_OPTIONS_INIT;
    why.reason = "asked for";
    o.as_of = BOOK_DAY + 40;
    arc_status st = arc_rule_explain(s, text, &n, "ran", 1, BOOK_DAY + 40);
    if (st == ARC_OK) st = arc_rule_run(s, &report, NULL, NULL, &o);
    return st == ARC_OK ? arc_subject_erase(s, &erased, ARC_CONTACT, 1, &why) : st;
}

static arc_status whole(test_book *b)
{
    arc_status st = arc_session_set_business_date(b->session, BOOK_DAY + 40);
    if (st == ARC_OK) st = book_customers(b->session, 1, 1);
    if (st == ARC_OK) st = contact(b->session);
    if (st == ARC_OK) st = publish(b->session, "let", RULE("propose"));
    if (st == ARC_OK) st = publish(b->session, "ran", RULE("apply"));
    b->env->now += 1000000;
    if (st == ARC_OK) st = book_invoice(b->session, NULL, "A-1", 1, 1000);
    if (st == ARC_OK) st = book_invoice(b->session, NULL, "A-2", 1, 2000);
    if (st == ARC_OK) st = decided(b->session);
    return st == ARC_OK ? done(b->session) : st;
}

int main(void)
{
    return test_oom_main(whole, 100);
}
