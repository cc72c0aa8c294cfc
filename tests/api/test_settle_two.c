/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs of the ledger that wait for a second person: without a rule they are done at once; with one nothing is posted before somebody else approves; what has moved meanwhile is stale. */
#include "api/ledger_items.h"
#include "api/settling.h"

static const char RULE[] = "{\"approvals\":[{\"verb\":\"adjustment.approve\",\"reason\":\"four eyes\"},{\"verb\":\"receipt.refund\"},{\"verb\":\"item.transfer\"},{\"verb\":\"receipt.offset\"},"
                           "{\"verb\":\"item.give_up\"}]}";
static const char TOLERANCE[] = "{\"tolerance\":\"arcore/1\",\"customers\":[{\"currency\":\"CNY\",\"absolute\":\"200.00\",\"percent\":\"100\"}]}";

enum { EXTEND, REFUND, REFUND_CREDIT, TRANSFER, NET, GIVE_UP, VERBS };

typedef struct office {
    people p;
    arc_session *maker, *checker, *other;
    int64_t item, credit, receipt;
} office;

static void publish(test_book *b, const char *kind, const char *code, const char *json)
{
    int64_t id;
    assert_session(b, arc_definition_save(b->session, &id, kind, code, json, SIZE_MAX, NULL));
    assert_session(b, arc_definition_publish(b->session, id, NULL, NULL));
}

static arc_session *at_work(office *o, const char *who)
{
    arc_session *s = people_session(o->p.b.book, who);
    assert_ok(arc_session_set_business_date(s, 20600));
    return s;
}

/* cash makes, clerk and bob check. */
static void open_office(office *o, int backend, int ruled)
{
    int64_t id;
    memset(o, 0, sizeof *o);
    people_open(&o->p, backend);
    test_book *b = &o->p.b;
    assert_ok(arc_session_set_business_date(b->session, 20600));
    (void)record_of(b, ARC_CUSTOMER, "{\"code\":\"C\",\"legal_name\":\"C\"}");
    (void)record_of(b, ARC_CUSTOMER, "{\"code\":\"D\",\"legal_name\":\"D\"}");
    publish(b, "tolerance", "default", TOLERANCE);
    if (ruled) publish(b, "approval", "ledger", RULE);
    o->item = invoiced(b, "I", 1, "100.00", "CNY");
    o->credit = invoiced(b, "CN", 1, "-30.00", "CNY");
    o->receipt = paid(b, "R", 1, "50.00", "CNY");
    assert_session(b, arc_role_define(b->session, &id, "{\"code\":\"maker\",\"name\":\"Maker\",\"rows\":\"all\",\"verbs\":[\"*.read\",\"receipt.*\",\"item.*\",\"adjustment.*\",\"allocation.*\","
                                                       "\"pending_change.*\"],\"authority\":[{\"verb\":\"adjustment.approve\",\"currency\":\"CNY\",\"amount\":\"100.00\"},"
                                                       "{\"verb\":\"receipt.approve\",\"currency\":\"CNY\",\"amount\":\"50.00\"}]}", SIZE_MAX));
    assert_session(b, arc_role_define(b->session, &id, "{\"code\":\"small\",\"name\":\"Small\",\"rows\":\"all\",\"verbs\":[\"*.read\",\"pending_change.*\"]}", SIZE_MAX));
    (void)people_grant(&o->p, "cash", "maker");
    (void)people_grant(&o->p, "clerk", "maker");
    (void)people_grant(&o->p, "bob", "small");
    (void)people_grant(&o->p, "adm", "admin");
    people_start(&o->p);
    o->maker = at_work(o, "cash");
    o->checker = at_work(o, "clerk");
    o->other = at_work(o, "bob");
}

static void close_office(office *o)
{
    arc_session_close(o->maker);
    arc_session_close(o->checker);
    arc_session_close(o->other);
    people_close(&o->p);
}

static arc_status net(arc_session *s, int64_t *id)
{
    arc_record *r;
    assert_ok(arc_record_new(s, &r, ARC_RECEIPT));
    assert_ok(arc_record_set_json(r, "{\"number\":\"N\",\"customer\":1,\"value_date\":\"2026-02-01\",\"currency\":\"CNY\",\"amount\":\"20.00\",\"method\":\"offset\",\"evidence\":\"agreement\"}", SIZE_MAX));
    arc_status st = arc_receipt_record(s, id, r);
    arc_record_free(r);
    return st;
}

static arc_status ask(office *o, arc_session *s, int verb, int64_t *id)
{
    switch (verb) {
    case EXTEND: return arc_item_extend(s, id, o->item, 20700, ARC_DATE_NONE, "agreed");
    case REFUND: return arc_receipt_refund(s, id, o->receipt, 0, 2000, ARC_DATE_NONE, "too much");
    case REFUND_CREDIT: return arc_receipt_refund(s, id, 0, o->credit, 0, ARC_DATE_NONE, "too much");
    case TRANSFER: return arc_item_transfer(s, id, o->item, 2, 0, ARC_DATE_NONE, "letter");
    case NET: return net(s, id);
    default: return arc_item_give_up(s, id, o->item, ARC_DATE_NONE, "tail");
    }
}

typedef struct picture {
    int64_t open, unapplied, entries, due;
} picture;

static picture look(office *o)
{
    test_book *b = &o->p.b;
    arc_record *r = row_of_id(b, ARC_ITEM_STATE, o->item);
    arc_date due = 0;
    assert_ok(arc_record_get_date(r, &due, ARC_ITEM_STATE_DUE_DATE));
    arc_record_free(r);
    const picture p = { open_of(b, o->item) * 1000000 + sum_of(b, ARC_ITEM_STATE, ARC_ITEM_STATE_OPEN, NULL), sum_of(b, ARC_RECEIPT_STATE, ARC_RECEIPT_STATE_UNAPPLIED, NULL),
                        booked(b, "refund") * 3 + booked(b, "clearing") * 5 + booked(b, "small_difference"), due };
    return p;
}

static int same(const picture *a, const picture *b) { return a->open == b->open && a->unapplied == b->unapplied && a->entries == b->entries && a->due == b->due; }

static int64_t pending_of(arc_session *s)
{
    arc_error e = ARC_ERROR_INIT;
    assert_ok(arc_session_error(s, &e));
    assert_string_equal(e.entity, "pending_change");
    assert_true(e.id > 0);
    return e.id;
}

static void without_a_rule_at_once(void **state)
{
    (void)state;
    for (int verb = 0; verb < VERBS; verb++) {
        office o;
        int64_t id = 0;
        open_office(&o, verb % 2, 0);
        const picture before = look(&o);
        assert_int_equal(ask(&o, o.maker, verb, &id), ARC_OK);
        const picture after = look(&o);
        assert_true(id > 0 && !same(&before, &after));
        verify_clean(&o.p.b);
        close_office(&o);
    }
}

/* A netting is recorded: what is recorded already is none to be. */
static void recorded_is_not_netted(void **state)
{
    static char json[40000];
    office o;
    size_t n = sizeof json;
    arc_record *r;
    (void)state;
    open_office(&o, 1, 0);
    assert_ok(arc_session_get(o.maker, &r, ARC_RECEIPT, o.receipt));
    assert_ok(arc_verbs_allowed(o.maker, json, &n, r));
    arc_record_free(r);
    const char *at = strstr(json, "\"verb\":\"receipt.offset\"");
    assert_non_null(at);
    assert_true(strstr(at, "\"allowed\":") && !strncmp(strstr(at, "\"allowed\":") + 10, "false,\"class\":\"state\"", 21));
    close_office(&o);
}

static void with_a_rule_by_two(void **state)
{
    (void)state;
    for (int verb = 0; verb < VERBS; verb++) {
        for (int backend = 0; backend < TEST_BACKENDS; backend++) {
            office o;
            int64_t id = -7, row = 0;
            open_office(&o, backend, 1);
            const picture before = look(&o);
            assert_int_equal(ask(&o, o.maker, verb, &id), ARC_NEEDS_APPROVAL);
            assert_int_equal(id, -7);
            int64_t pending = pending_of(o.maker);
            const picture waiting = look(&o);
            assert_true(same(&before, &waiting));
            assert_int_equal(arc_pending_approve(o.maker, &row, pending, NULL), ARC_E_FORBIDDEN);
            if (verb == EXTEND || verb == REFUND || verb == REFUND_CREDIT) assert_int_equal(arc_pending_approve(o.other, &row, pending, NULL), ARC_E_FORBIDDEN); /* no authority */
            assert_int_equal(arc_pending_edit(o.checker, pending, "{}", SIZE_MAX), ARC_E_UNSUPPORTED);
            const picture still = look(&o);
            assert_true(same(&before, &still));
            verify_clean(&o.p.b);
            arc_status st = arc_pending_approve(o.checker, &row, pending, "seen");
            if (st != ARC_OK) {
                arc_error e = ARC_ERROR_INIT;
                (void)arc_session_error(o.checker, &e);
                fail_msg("verb %d: %s %s", verb, arc_status_name(st), e.message);
            }
            assert_true(row > 0);
            const picture after = look(&o);
            assert_false(same(&before, &after));
            assert_int_equal(arc_pending_approve(o.checker, &row, pending, "again"), ARC_E_STATE);
            verify_clean(&o.p.b);
            close_office(&o);
        }
    }
}

/* The item or receipt moved meanwhile: stale, and nothing is done; what was rejected is not done either. */
static void stale_when_it_moved(void **state)
{
    (void)state;
    for (int verb = 0; verb < VERBS; verb++) {
        office o;
        int64_t id, row = 0;
        if (verb == NET) continue; /* there is nothing yet that could move */
        open_office(&o, 1, 1);
        assert_int_equal(ask(&o, o.maker, verb, &id), ARC_NEEDS_APPROVAL);
        int64_t pending = pending_of(o.maker);
        if (verb == REFUND_CREDIT) {
            arc_allocation a = ARC_ALLOCATION_INIT;
            a.item = o.item;
            a.credit_item = o.credit;
            a.amount = 100;
            assert_session(&o.p.b, arc_allocation_apply(o.p.b.session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE));
        } else {
            (void)allocate(&o.p.b, o.item, o.receipt, 100, 0);
        }
        const picture before = look(&o);
        assert_int_equal(arc_pending_approve(o.checker, &row, pending, NULL), ARC_E_STALE);
        const picture after = look(&o);
        assert_true(same(&before, &after));
        assert_ok(arc_pending_reject(o.checker, pending, "ask again"));
        assert_int_equal(ask(&o, o.maker, verb, &id), ARC_NEEDS_APPROVAL);
        assert_ok(arc_pending_approve(o.checker, &row, pending_of(o.maker), NULL));
        verify_clean(&o.p.b);
        close_office(&o);
    }
}

/* What could not be done is not asked for; a key answers the same pending change; many wait each for itself. */
static void judged_when_asked(void **state)
{
    office o;
    arc_ledger_step steps[3] = { ARC_LEDGER_STEP_INIT, ARC_LEDGER_STEP_INIT, ARC_LEDGER_STEP_INIT };
    arc_status results[3];
    int64_t ids[3], row;
    (void)state;
    open_office(&o, 0, 1);
    assert_int_equal(arc_item_extend(o.maker, NULL, o.item, 20000, ARC_DATE_NONE, "earlier"), ARC_E_RANGE);
    assert_int_equal(arc_receipt_refund(o.maker, NULL, o.receipt, 0, 5001, ARC_DATE_NONE, "more than there is"), ARC_E_GUARD);
    assert_ok(arc_session_set_request_key(o.maker, "once"));
    assert_int_equal(arc_item_extend(o.maker, NULL, o.item, 20700, ARC_DATE_NONE, "agreed"), ARC_NEEDS_APPROVAL);
    int64_t first = pending_of(o.maker);
    assert_ok(arc_session_set_request_key(o.maker, "once"));
    assert_int_equal(arc_item_extend(o.maker, NULL, o.item, 20700, ARC_DATE_NONE, "agreed"), ARC_NEEDS_APPROVAL);
    assert_int_equal(pending_of(o.maker), first);
    for (int i = 0; i < 3; i++) {
        steps[i].row = i == 2 ? 999 : i ? invoiced(&o.p.b, "J", 1, "10.00", "CNY") : o.item;
        steps[i].due_date = 20710;
        steps[i].reason = "agreed";
    }
    assert_int_equal(arc_item_extend_many(o.maker, ids, results, steps, 3, 0), ARC_PARTIAL);
    assert_int_equal(results[0], ARC_NEEDS_APPROVAL);
    assert_int_equal(results[1], ARC_NEEDS_APPROVAL);
    assert_int_equal(results[2], ARC_E_NOT_FOUND);
    assert_true(ids[0] > first && ids[1] > ids[0] && !ids[2]);
    assert_ok(arc_pending_approve(o.checker, &row, ids[1], NULL));
    assert_ok(arc_pending_approve(o.checker, &row, first, NULL));
    assert_int_equal(arc_pending_approve(o.checker, &row, ids[0], NULL), ARC_E_STALE); /* the first moved it */
    verify_clean(&o.p.b);
    close_office(&o);
}

/* A clerk gives up what the tolerance allows, deducts within his authority, and no bad debt. */
static void giving_up_has_bounds(void **state)
{
    static const struct {
        const char *code;
        int64_t amount;
        arc_status expected;
    } cases[] = { { NULL, 201, ARC_E_GUARD }, { NULL, 150, ARC_OK }, { NULL, 51, ARC_E_GUARD }, { NULL, 50, ARC_OK }, { "bank_fee", 1, ARC_E_GUARD }, { "bad_debt", 1, ARC_E_FORBIDDEN }, { "damage", 1001, ARC_E_FORBIDDEN }, { "damage", 1000, ARC_OK }, { "quality", 1, ARC_E_FORBIDDEN } };
    office o;
    int64_t id;
    (void)state;
    open_office(&o, 1, 0);
    publish(&o.p.b, "tolerance", "default", "{\"tolerance\":\"arcore/1\",\"customers\":[{\"currency\":\"CNY\",\"absolute\":\"2.00\",\"percent\":\"100\"}]}");
    assert_session(&o.p.b, arc_role_define(o.p.b.session, &id, "{\"code\":\"applier\",\"name\":\"Applier\",\"rows\":\"all\",\"verbs\":[\"*.read\",\"allocation.*\"],"
                                                             "\"authority\":[{\"verb\":\"allocation.apply\",\"currency\":\"CNY\",\"amount\":\"10.00\"}]}", SIZE_MAX));
    (void)people_grant(&o.p, "ann", "applier");
    arc_session *ann = at_work(&o, "ann");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        arc_allocation a = ARC_ALLOCATION_INIT;
        a.item = o.item;
        a.receipt = o.receipt;
        a.amount = 1;
        a.write_off = cases[i].amount;
        a.reason_code = cases[i].code;
        assert_int_equal(arc_allocation_apply(ann, NULL, NULL, &a, 1, ARC_ALL_OR_NONE), cases[i].expected);
    }
    /* several items of one call are one decision: neither is above the bound, together they are */
    arc_allocation both[2] = { ARC_ALLOCATION_INIT, ARC_ALLOCATION_INIT };
    for (int i = 0; i < 2; i++) {
        both[i].item = invoiced(&o.p.b, i ? "B1" : "B0", 1, "100.00", "CNY");
        both[i].receipt = o.receipt;
        both[i].amount = 1;
        both[i].write_off = 600;
        both[i].reason_code = "damage";
    }
    assert_int_equal(arc_allocation_apply(ann, NULL, NULL, both, 2, ARC_ALL_OR_NONE), ARC_E_FORBIDDEN);
    both[1].write_off = 400;
    assert_int_equal(arc_allocation_apply(ann, NULL, NULL, both, 2, ARC_ALL_OR_NONE), ARC_OK);
    /* a percentage is of what was open before anything was given up */
    publish(&o.p.b, "tolerance", "default", "{\"tolerance\":\"arcore/1\",\"customers\":[{\"currency\":\"CNY\",\"absolute\":\"200.00\",\"percent\":\"1\"}]}");
    int64_t hundred = invoiced(&o.p.b, "H", 1, "100.00", "CNY");
    static const int64_t bits[] = { 60, 40, 1 };
    for (int i = 0; i < 3; i++) {
        arc_allocation a = ARC_ALLOCATION_INIT;
        a.item = hundred;
        a.receipt = o.receipt;
        a.write_off = bits[i];
        assert_int_equal(arc_allocation_apply(ann, NULL, NULL, &a, 1, ARC_ALL_OR_NONE), i < 2 ? ARC_OK : ARC_E_GUARD);
    }
    arc_settle_options s = ARC_SETTLE_OPTIONS_INIT;
    s.rest = ARC_REST_DEDUCT;
    s.reason_code = "damage";
    assert_int_equal(arc_receipt_settle(ann, NULL, NULL, o.receipt, &o.item, NULL, 1, &s), ARC_E_FORBIDDEN);
    assert_session(&o.p.b, arc_receipt_settle(o.p.b.session, NULL, NULL, o.receipt, &o.item, NULL, 1, &s)); /* the host's own */
    verify_clean(&o.p.b);
    arc_session_close(ann);
    close_office(&o);
}

static arc_status grant(arc_session *s, int64_t *id, int64_t item, int64_t receipt, int64_t discount, int64_t unearned)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    a.item = item;
    a.receipt = receipt;
    a.amount = 98000;
    a.discount = discount;
    a.unearned = unearned;
    return arc_allocation_apply(s, id, NULL, &a, 1, ARC_ALL_OR_NONE);
}

/* A clerk grants what the item offered on the day the money came; more is unearned, told or not, and goes where the book grants that; above the best tier nothing. */
static void discounts_have_bounds(void **state)
{
    office o;
    int64_t id = 0;
    (void)state;
    open_office(&o, 1, 0);
    test_book *b = &o.p.b;
    int64_t early = made_item(b, "E", 100000, NULL, "[{\"until\":\"2026-02-01\",\"percent\":\"2\",\"amount\":\"20.00\"}]");
    int64_t late = made_item(b, "L", 100000, NULL, "[{\"until\":\"2026-01-31\",\"percent\":\"2\",\"amount\":\"20.00\"}]"), none = made_item(b, "N", 100000, NULL, NULL);
    int64_t receipt = paid(b, "P", 1, "5000.00", "CNY");
    assert_int_equal(grant(o.maker, NULL, none, receipt, 1, 0), ARC_E_GUARD);
    assert_int_equal(grant(o.maker, NULL, early, receipt, 2001, 0), ARC_E_GUARD);
    assert_int_equal(grant(o.maker, &id, early, receipt, 2000, 0), ARC_OK); /* applied months later: the money came in time */
    assert_int_equal(field_of(b, ARC_ALLOCATION, id, ARC_ALLOCATION_UNEARNED), 0);
    assert_int_equal(grant(o.maker, NULL, late, receipt, 2000, 0), ARC_E_STATE);
    (void)record_of(b, ARC_BOOK_SETTING, "{\"name\":\"ledger.unearned_discount\",\"value\":true}");
    assert_int_equal(grant(o.maker, NULL, late, receipt, 2001, 0), ARC_E_GUARD);
    assert_int_equal(grant(o.maker, NULL, late, receipt, 2000, 1999), ARC_E_GUARD);
    assert_int_equal(grant(o.maker, &id, late, receipt, 2000, 0), ARC_OK);
    assert_int_equal(field_of(b, ARC_ALLOCATION, id, ARC_ALLOCATION_UNEARNED), 2000);
    /* never more together than was offered, neither unearned nor earned, whoever settles */
    int64_t parts = made_item(b, "Q", 100000, NULL, "[{\"until\":\"2026-02-01\",\"percent\":\"2\",\"amount\":\"20.00\"}]"), discounts[] = { 1500 };
    arc_allocation twice[2] = { ARC_ALLOCATION_INIT, ARC_ALLOCATION_INIT };
    for (int k = 0; k < 2; k++) twice[k].item = parts, twice[k].receipt = receipt, twice[k].amount = 100, twice[k].discount = 1500;
    assert_int_equal(arc_allocation_apply(o.maker, NULL, NULL, twice, 2, ARC_ALL_OR_NONE), ARC_E_GUARD);
    assert_int_equal(arc_allocation_apply(o.maker, NULL, NULL, twice, 1, ARC_ALL_OR_NONE), ARC_OK);
    twice[0].discount = 501;
    assert_int_equal(arc_allocation_apply(o.maker, NULL, NULL, twice, 1, ARC_ALL_OR_NONE), ARC_E_GUARD);
    /* what pays nothing earns nothing */
    int64_t unpaid = made_item(b, "U", 100000, NULL, "[{\"until\":\"2026-02-01\",\"percent\":\"2\",\"amount\":\"20.00\"}]");
    arc_allocation gift = ARC_ALLOCATION_INIT;
    gift.item = unpaid;
    gift.receipt = receipt;
    gift.discount = 2000;
    assert_int_equal(arc_allocation_apply(o.maker, &id, NULL, &gift, 1, ARC_ALL_OR_NONE), ARC_OK);
    assert_int_equal(field_of(b, ARC_ALLOCATION, id, ARC_ALLOCATION_UNEARNED), 2000);
    int64_t little = paid(b, "S", 1, "3.00", "CNY");
    discounts[0] = 501;
    assert_session_status(ARC_E_STATE, b, arc_receipt_settle(b->session, NULL, NULL, little, &parts, discounts, 1, NULL));
    discounts[0] = 500;
    assert_session(b, arc_receipt_settle(b->session, NULL, NULL, little, &parts, discounts, 1, NULL));
    arc_offer offer = ARC_OFFER_INIT;
    assert_session(b, arc_item_offer(b->session, &offer, parts, 20480, 0, NULL));
    assert_int_equal(offer.most, 0);
    assert_session(b, grant(b->session, NULL, none, receipt, 2000, 0)); /* the host's own */
    verify_clean(b);
    close_office(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(without_a_rule_at_once), cmocka_unit_test(recorded_is_not_netted), cmocka_unit_test(with_a_rule_by_two), cmocka_unit_test(stale_when_it_moved),
                                        cmocka_unit_test(judged_when_asked), cmocka_unit_test(giving_up_has_bounds),
                                        cmocka_unit_test(discounts_have_bounds) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
