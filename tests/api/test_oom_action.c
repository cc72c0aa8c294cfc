/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once: a rule with every kind of action checked, published, proposed, approved and applied. */
#include "arcore/arcore.h"
#include "arcore/fields.h"
#include "support/books.h"
#include "support/work_book.h"

static const char TEMPLATE[] =
    "{\"template\":\"arcore/1\",\"view\":{\"number\":\"text\",\"open\":\"money\",\"lines\":{\"type\":\"list\",\"of\":{\"type\":\"object\",\"members\":{\"number\":\"text\"}}}},"
    "\"variants\":[{\"channel\":\"email\",\"language\":\"en\",\"subject\":\"{{number}}\",\"body\":\"{{open}}{{#lines}}{{number}}{{/lines}}\"}]}";
static const char RULE[] =
    "{\"rule\":\"arcore/1\",\"subject\":\"item\",\"currency\":\"CNY\",\"on\":{\"kind\":\"date\",\"anchor\":\"due_date\"},\"then\":["
    "{\"type\":\"message\",\"params\":{\"template\":\"t\",\"to\":[{\"role\":\"finance\"},{\"address\":\"a@b.example\"}],\"data\":{\"lines\":{\"each\":\"customer.items\",\"if\":{\">\":[{\"var\":\"open\"},0]},\"order\":\"due_date\"}}}},"
    "{\"type\":\"message\",\"params\":{\"body\":\"{{#customer.items}}{{number}} {{/customer.items}}{{open_cn}}\",\"to\":{\"role\":\"legal\"},\"channels\":[\"sms\"],\"otherwise\":\"task\",\"task\":{\"title\":\"x\",\"assignee\":{\"user\":\"u\"}}}},"
    "{\"type\":\"task\",\"params\":{\"title\":\"{{number}}\",\"assignee\":{\"user\":\"u\"},\"deadline\":\"P3D\"}},{\"type\":\"level\"},{\"type\":\"hold\",\"params\":{\"to_date\":\"P9D\"}},"
    "{\"type\":\"set\",\"params\":{\"on\":\"customer\",\"values\":{\"segment\":\"late\"}}},{\"type\":\"fee\",\"params\":{\"number\":\"F{{number}}\",\"amount\":{\"*\":[{\"var\":\"open\"},\"0.5\"]}}},"
    "{\"type\":\"interest\",\"params\":{\"number\":\"Z{{number}}\",\"rate\":\"50\"}},{\"type\":\"call_host\",\"params\":{\"name\":\"n\",\"data\":{\"a\":{\"var\":\"open\"}}}},"
    "{\"type\":\"host.x\",\"params\":{\"a\":\"{{number}}\"}}]}";

static arc_status done(void *user, arc_session *session, const arc_action_call *call, char *result, size_t *length)
{
    (void)user;
    (void)session;
    (void)call;
    (void)result;
    *length = 0;
    return ARC_OK;
}

static arc_status publish(arc_session *s, const char *kind, const char *code, const char *text)
{
    int64_t id = 0;
    arc_status st = arc_definition_check(s, kind, text, SIZE_MAX, NULL, NULL);
    if (st == ARC_OK) st = arc_definition_save(s, &id, kind, code, text, SIZE_MAX, NULL);
    return st == ARC_OK ? arc_definition_publish(s, id, NULL, NULL) : st;
}

static arc_status insert(arc_session *s, uint32_t entity, const char *json)
{
    arc_record *r = NULL;
    arc_status st = arc_record_new(s, &r, entity);
    if (st == ARC_OK) st = arc_record_set_json(r, json, SIZE_MAX);
    if (st == ARC_OK) st = arc_session_insert(s, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status fire(arc_session *s)
{
    const int64_t row = 1;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    arc_proposal *p = NULL;
    o.as_of = BOOK_DAY + 400;
    o.entity = ARC_ITEM;
    o.rows = &row;
    o.n_rows = 1;
    arc_status st = arc_rule_propose(s, &p, &o);
    if (st == ARC_OK) st = arc_proposal_store(p, NULL, NULL);
    if (st == ARC_OK) st = arc_proposal_approve(p, NULL, 0);
    if (st == ARC_OK) st = arc_proposal_apply(p, NULL);
    arc_proposal_free(p);
    return st;
}

static arc_status whole(test_book *b)
{
    arc_action_kind kind = ARC_ACTION_KIND_INIT;
    kind.type = "host.x";
    kind.label_en = "X";
    kind.schema = "{\"required\":[\"a\"]}";
    kind.apply = done;
    arc_status st = arc_action_register(b->book, &kind);
    if (st == ARC_OK) st = arc_session_set_business_date(b->session, BOOK_DAY + 400);
    if (st == ARC_OK) st = book_customers(b->session, 1, 1);
    if (st == ARC_OK) st = insert(b->session, ARC_USER_ACCOUNT, "{\"code\":\"u\",\"name\":\"U\",\"kind\":\"person\",\"disabled\":false}");
    if (st == ARC_OK) st = insert(b->session, ARC_CONTACT, "{\"customer\":1,\"name\":\"F\",\"role\":\"finance\",\"email\":\"f@c.example\"}");
    if (st == ARC_OK) st = book_bulk(b->session, "B", 1, 1);
    if (st == ARC_OK) st = publish(b->session, "template", "t", TEMPLATE);
    if (st == ARC_OK) st = publish(b->session, "rule", "r", RULE);
    if (st == ARC_OK) st = fire(b->session);
    return st;
}

int main(void)
{
    return test_oom_main(whole, 100);
}
