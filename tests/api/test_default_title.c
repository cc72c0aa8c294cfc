/* SPDX-License-Identifier: Apache-2.0 */
/* One title of a customer is his default: setting another takes it from the first, however it is set. */
#include "api/invoices.h"

#define TITLE(customer, name, is) "{\"customer\":" #customer ",\"title\":\"" name "\",\"tax_no\":\"91310000000000000X\",\"is_default\":" #is "}"

static void defaults_are(invoices *v, const char *list)
{
    char now[200] = "";
    arc_query *q;
    arc_cursor *c;
    const arc_field_id field = ARC_INVOICE_TITLE_ID;
    assert_ok(arc_query_new(v->s, &q, ARC_INVOICE_TITLE));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_where_int(q, ARC_INVOICE_TITLE_IS_DEFAULT, ARC_EQ, 1));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) {
        int64_t id;
        assert_ok(arc_cursor_get_int(c, &id, 0));
        snprintf(now + strlen(now), sizeof now - strlen(now), "%d ", (int)id);
    }
    arc_cursor_free(c);
    arc_query_free(q);
    assert_string_equal(now, list);
}

static void set(invoices *v, int64_t id, const char *json, arc_status expected)
{
    arc_record *r;
    assert_session(&v->b, arc_session_get(v->s, &r, ARC_INVOICE_TITLE, id));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_int_equal(arc_session_update(v->s, r), expected);
    arc_record_free(r);
}

static void one_at_a_time(void **state)
{
    (void)state;
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        invoices v;
        arc_record *many[4], *stale;
        int64_t ids[4];
        arc_status results[4];
        invoices_open(&v, backend);
        (void)sample_insert(v.s, ARC_CUSTOMER, "{\"code\":\"C2\",\"legal_name\":\"乙公司\"}");
        (void)sample_insert(v.s, ARC_INVOICE_TITLE, TITLE(1, "a", true));
        (void)sample_insert(v.s, ARC_INVOICE_TITLE, TITLE(2, "b", true));
        (void)sample_insert(v.s, ARC_INVOICE_TITLE, TITLE(1, "c", false));
        defaults_are(&v, "1 2 ");
        assert_session(&v.b, arc_session_get(v.s, &stale, ARC_INVOICE_TITLE, 1));
        (void)sample_insert(v.s, ARC_INVOICE_TITLE, TITLE(1, "d", true)); /* the other customer keeps his */
        defaults_are(&v, "2 4 ");
        row_is(&v, ARC_INVOICE_TITLE, 1, "{\"is_default\":false}");
        assert_ok(arc_record_set_json(stale, "{\"is_default\":true}", SIZE_MAX));
        assert_int_equal(arc_session_update(v.s, stale), ARC_E_STALE); /* and took nothing from anybody */
        arc_record_free(stale);
        defaults_are(&v, "2 4 ");
        set(&v, 3, "{\"is_default\":true}", ARC_OK);
        defaults_are(&v, "2 3 ");
        set(&v, 3, "{\"is_default\":true,\"title\":\"cc\"}", ARC_OK); /* stays */
        set(&v, 1, "{\"title\":\"aa\"}", ARC_OK);
        defaults_are(&v, "2 3 ");
        many[0] = invoices_record(v.s, ARC_INVOICE_TITLE, TITLE(1, "e", true));
        many[1] = invoices_record(v.s, ARC_INVOICE_TITLE, TITLE(2, "f", true));
        many[2] = invoices_record(v.s, ARC_INVOICE_TITLE, TITLE(1, "g", true));
        many[3] = invoices_record(v.s, ARC_INVOICE_TITLE, TITLE(1, "h", false));
        assert_session(&v.b, arc_session_insert_many(v.s, ids, results, many, 4, 0));
        for (int i = 0; i < 4; i++) arc_record_free(many[i]);
        defaults_are(&v, "6 7 "); /* of several the last */
        set(&v, 7, "{\"is_default\":false}", ARC_OK);
        defaults_are(&v, "6 ");
        invoices_close(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(one_at_a_time) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
