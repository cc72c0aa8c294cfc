/* SPDX-License-Identifier: Apache-2.0 */
/* Scenes of test_postgresql_turns.c: one default of a customer, one end of an invoice, one day of a due date. */
#ifndef TESTS_TURNS_MASTERS_H
#define TESTS_TURNS_MASTERS_H

static arc_status title(arc_session *s, scene *x, const char *prefix)
{
    char json[200];
    snprintf(json, sizeof json, "{\"customer\":1,\"title\":\"%s\",\"tax_no\":\"91310000000000000X\",\"is_default\":true}", number(x, prefix));
    arc_record *r = invoices_record(s, ARC_INVOICE_TITLE, json);
    arc_status st = arc_session_insert(s, NULL, r);
    arc_record_free(r);
    return st;
}
static arc_status title_one(arc_session *s, void *scene_) { return title(s, scene_, "one"); }
static arc_status title_two(arc_session *s, void *scene_) { return title(s, scene_, "two"); }

static void after_titles(scene *x, arc_status one, arc_status two)
{
    arc_query *q;
    arc_cursor *c;
    int n = 0;
    assert_int_equal(one, ARC_OK);
    assert_int_equal(two, ARC_OK);
    assert_ok(arc_query_new(x->v.s, &q, ARC_INVOICE_TITLE));
    assert_ok(arc_query_where_int(q, ARC_INVOICE_TITLE_IS_DEFAULT, ARC_EQ, 1));
    assert_ok(arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) n++;
    arc_cursor_free(c);
    arc_query_free(q);
    assert_int_equal(n, 1);
}

/* An invoice that is paid: it is closed, and its payment taken back. */
static void set_paid(scene *x)
{
    x->invoice = invoice_of(x, 0, "100.00");
    x->item[0] = item_of(x, x->invoice);
    x->receipt[0] = receipt_of(x, 0, "100.00");
    assert_session(&x->v.b, put(x->v.s, &x->allocation, x->item[0], x->receipt[0], 10000));
}

static arc_status close_invoice(arc_session *s, void *scene_)
{
    arc_invoice_step e = ARC_INVOICE_STEP_INIT;
    e.invoice = ((scene *)scene_)->invoice;
    return arc_invoice_close(s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE);
}

/* Closed says that nothing is open of it: in whatever order, it is not closed and open. */
static void after_close(scene *x, arc_status one, arc_status two)
{
    (void)one;
    assert_int_equal(two, ARC_OK);
    assert_int_equal(open_item(x, 0), 10000);
    row_is(&x->v, ARC_INVOICE, x->invoice, "{\"status\":\"issued\"}");
}

/* An invoice whose term counts from its acceptance, in a period that is about to be closed. */
static void set_accepting(scene *x)
{
    const char *const lines[] = { LINE("60.00"), NULL };
    char header[200];
    set_period(x);
    snprintf(header, sizeof header, "{\"number\":\"%s\",\"customer\":1,\"currency\":\"CNY\",\"invoice_date\":\"%d-02-01\",\"term\":\"NET15@ACCEPTANCE\"}", number(x, "A"), 2026 + x->year);
    x->invoice = issue_lines(&x->v, header, lines);
    x->item[0] = item_of(x, x->invoice);
    assert_ok(arc_date_from_ymd(&x->day, 2026 + x->year, 2, 1));
    x->turn = x->accepted_at = x->closed_at = 0;
}

static arc_status accept_it(arc_session *s, void *scene_)
{
    scene *x = scene_;
    arc_invoice_step e = ARC_INVOICE_STEP_INIT;
    e.invoice = x->invoice;
    e.accepted_on = e.date = x->day;
    arc_status st = arc_invoice_date(s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE);
    if (st == ARC_OK) x->accepted_at = ++x->turn;
    return st;
}

static arc_status close_behind(arc_session *s, void *scene_)
{
    scene *x = scene_;
    arc_status st = close_period(s, x);
    if (st == ARC_OK) x->closed_at = ++x->turn;
    return st;
}

/* What came behind the close counts from the next period. */
static void after_accepting(scene *x, arc_status one, arc_status two)
{
    arc_query *q;
    arc_cursor *c;
    arc_date day = ARC_DATE_NONE;
    const arc_field_id field = ARC_ADJUSTMENT_EFFECTIVE_DATE;
    assert_int_equal(one, ARC_OK);
    assert_int_equal(two, ARC_OK);
    assert_ok(arc_query_new(x->v.s, &q, ARC_ADJUSTMENT));
    assert_ok(arc_query_select(q, &field, 1));
    assert_ok(arc_query_where_int(q, ARC_ADJUSTMENT_ITEM, ARC_EQ, x->item[0]));
    assert_ok(arc_query_run(q, &c));
    assert_ok(arc_cursor_next(c));
    assert_ok(arc_cursor_get_date(c, &day, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    if (x->accepted_at > x->closed_at) assert_true(day > x->day);
    else assert_int_equal(day, x->day);
}

#endif
