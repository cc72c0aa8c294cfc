/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once: customers renamed and found, mappings guessed, profiles of days that have passed, what is computed of customers. */
#include "api/importing.h"
#include "arcore/fields.h"
#include "support/books.h"
#include "support/work_book.h"

static arc_status change(arc_session *s, uint32_t entity, int64_t id, const char *json)
{
    arc_record *r = NULL;
    arc_status st = id ? arc_session_get(s, &r, entity, id) : arc_record_new(s, &r, entity);
    if (st == ARC_OK) st = arc_record_set_json(r, json, SIZE_MAX);
    if (st == ARC_OK) st = id ? arc_session_update(s, r) : arc_session_insert(s, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status guess(arc_session *s, const char *text)
{
    char map[4000];
    size_t n = sizeof map;
    text_source t = { text, strlen(text), 0, 0, 0 };
    arc_source source = { sizeof source, 0, &t, read_text, rewind_text };
    return arc_import_guess(s, map, &n, &source);
}

static arc_status told(arc_session *s)
{
    static char text[60000];
    size_t n = sizeof text;
    arc_record *r = NULL;
    arc_profile_options o = ARC_PROFILE_OPTIONS_INIT;
    o.as_of = BOOK_DAY;
    arc_status st = arc_customer_profile(s, text, &n, 1, &o);
    if (st == ARC_OK) st = arc_session_get(s, &r, ARC_CUSTOMER, 1);
    if (st == ARC_OK) st = arc_record_compute(s, &r, 1, BOOK_DAY + 10);
    n = sizeof text;
    if (st == ARC_OK) st = arc_duplicate_check(s, text, &n, r, NULL);
    arc_record_free(r);
    return st;
}

static arc_status whole(test_book *b)
{
    arc_session *s = b->session;
    arc_status st = arc_session_set_business_date(s, BOOK_DAY);
    if (st == ARC_OK) st = guess(s, "客户编码,客户名称,联系人,手机,银行账号,单据编号,到期日,期初余额（万元）,信用额度\nA,Zebra,Li,１３８,6222021,O1,2026-01-31,1.5,1000\n");
    if (st == ARC_OK) st = change(s, ARC_CUSTOMER, 0, "{\"code\":\"A\",\"legal_name\":\"Zebra\"}");
    if (st == ARC_OK) st = change(s, ARC_CONTACT, 0, "{\"customer\":1,\"name\":\"Li\",\"mobile\":\"138\"}");
    if (st == ARC_OK) st = arc_session_set_business_date(s, BOOK_DAY + 10);
    if (st == ARC_OK) st = change(s, ARC_CUSTOMER, 1, "{\"legal_name\":\"Okonkwo Handel\",\"segment\":\"x\"}");
    if (st == ARC_OK) st = change(s, ARC_CONTACT, 1, "{\"mobile\":\"139\"}");
    if (st == ARC_OK) st = change(s, ARC_INTERACTION, 0, "{\"customer\":1,\"kind\":\"call\",\"channel\":\"phone\",\"sent_at\":\"2026-01-03T02:00:00Z\",\"promise_date\":\"2026-02-12\"}");
    return st == ARC_OK ? told(s) : st;
}

int main(void)
{
    return test_oom_main(whole, 300);
}
