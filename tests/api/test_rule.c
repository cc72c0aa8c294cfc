/* SPDX-License-Identifier: Apache-2.0 */
/* Rules: what is due on a day, proposed, approved and applied exactly once; on every backend. */
#include <inttypes.h>

#include "api/rule_world.h"

/* ---- date triggers ---------------------------------------------------------------------------------------------------------------- */

static const char ladder[] =
    "{'rule':'arcore/1','subject':'item','currency':'CNY','if':{'and':[{'in':[{'var':'kind'},['invoiced']]},{'>':[{'var':'open'},'0']}]},"
    "'steps':[{'level':1,'on':{'kind':'date','anchor':'due_date','offset':'P1D'},'then':[]},"
    "{'level':2,'on':{'kind':'date','anchor':'due_date','offset':'P16D'},'if':{'>=':[{'var':'open'},'100.00']},'then':[]},"
    "{'level':3,'on':{'kind':'date','anchor':'previous','offset':'P10D'},'then':[]}]}";

static void due(world *w)
{
    publish(w, "dun", ladder);
    invoice(w, "A-1", 1, 20000, DAY - 3);  /* level 1 */
    invoice(w, "A-2", 1, 20000, DAY - 20); /* levels 1 and 2: the highest */
    invoice(w, "A-3", 2, 5000, DAY - 20);  /* level 1: too small for 2, and so for 3 */
    invoice(w, "A-4", 2, 20000, DAY);      /* tomorrow */
    invoice(w, "A-5", 3, 20000, DAY - 90); /* all three */
    invoice(w, "A-6", 3, 20000, DAY - 90); /* paid */
    assert_session(&w->b, book_receipt(w->s, NULL, "R1", 3, 20000));
    assert_session(&w->b, book_allocate(w->s, NULL, 1, 6, 20000));
    arc_proposal *p = propose(w, DAY, NULL);
    assert_int_equal(lines(p), 4);
    line_is(p, 0, "item:1", "dun", 1, DAY - 2, "draft");
    line_is(p, 1, "item:2", "dun", 2, DAY - 4, "draft");
    line_is(p, 2, "item:3", "dun", 1, DAY - 19, "draft");
    line_is(p, 3, "item:5", "dun", 3, DAY - 90 + 26, "draft");
    arc_proposal_free(p);
    assert_int_equal(count(w, ARC_RULE_FIRING), 0); /* nothing was done */
    p = propose(w, DAY - 3, NULL); /* as of another day */
    assert_int_equal(lines(p), 3);
    line_is(p, 0, "item:2", "dun", 2, DAY - 4, "draft");
    arc_proposal_free(p);
}

/* Stored, approved, applied; then there is nothing more to do, however often it is asked. */
static void life(world *w)
{
    int64_t id;
    publish(w, "dun", ladder);
    invoice(w, "A-1", 1, 20000, DAY - 20);
    invoice(w, "A-2", 1, 20000, DAY - 3);
    invoice(w, "A-3", 1, 20000, DAY - 3);
    arc_proposal *p = propose(w, DAY, NULL), *q = propose(w, DAY, NULL);
    is(p, ARC_OK, arc_proposal_store(p, &id, NULL));
    is(q, ARC_OK, arc_proposal_store(q, NULL, NULL));
    is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
    is(q, ARC_OK, arc_proposal_approve(q, NULL, 0));
    assert_session(&w->b, book_receipt(w->s, NULL, "R1", 1, 20000));
    assert_session(&w->b, book_allocate(w->s, NULL, 1, 3, 20000)); /* paid meanwhile */
    is(p, ARC_PARTIAL, arc_proposal_apply(p, NULL));
    line_is(p, 0, "item:1", "dun", 2, DAY - 4, "applied");
    line_is(p, 1, "item:2", "dun", 1, DAY - 2, "applied");
    reason_has(p, 2, "stale", "a condition does not hold any more");
    is(p, ARC_PARTIAL, arc_proposal_apply(p, NULL)); /* again */
    is(q, ARC_PARTIAL, arc_proposal_apply(q, NULL)); /* what somebody else has proposed as well */
    reason_has(q, 0, "stale", "it has fired meanwhile");
    assert_int_equal(count(w, ARC_RULE_FIRING), 3); /* level 1 of item 1 was passed over */
    arc_proposal_free(q);
    arc_proposal_free(p);
    assert_session_status(ARC_DONE, &w->b, propose_as(w, &p, DAY, NULL));
    arc_proposal_free(p);
    p = propose(w, DAY + 20, NULL); /* the next level of each */
    assert_int_equal(lines(p), 2);
    line_is(p, 0, "item:1", "dun", 3, DAY + 6, "draft");
    line_is(p, 1, "item:2", "dun", 2, DAY + 13, "draft");
    arc_proposal_free(p);
    publish(w, "dun", ladder); /* a new revision fires nothing again */
    assert_session_status(ARC_DONE, &w->b, propose_as(w, &p, DAY, NULL));
    arc_proposal_free(p);
}

/* A run that was missed does not lose level 1 (invoiceninja#2183): where each level is to be sent, all are, in order, with the days they should have had
 * (killbill#535). */
static void late(world *w)
{
    char text[2000];
    snprintf(text, sizeof text, "{'catch_up':'each',%s", ladder + 1);
    publish(w, "dun", text);
    invoice(w, "A-1", 1, 20000, DAY - 20);
    arc_proposal *p = propose(w, DAY, NULL);
    assert_int_equal(lines(p), 2);
    line_is(p, 0, "item:1", "dun", 1, DAY - 19, "draft");
    line_is(p, 1, "item:1", "dun", 2, DAY - 4, "draft");
    apply(w, p);
    p = propose(w, DAY + 6, NULL); /* counted from when level 2 should have fired */
    line_is(p, 0, "item:1", "dun", 3, DAY + 6, "draft");
    arc_proposal_free(p);
    snprintf(text, sizeof text, "{'catch_up':'one_step',%s", ladder + 1);
    publish(w, "slow", text);
    p = propose(w, DAY, "slow");
    assert_int_equal(lines(p), 1);
    line_is(p, 0, "item:1", "slow", 1, DAY - 19, "draft");
    apply(w, p);
    assert_session_status(ARC_DONE, &w->b, propose_as(w, &p, DAY, "slow")); /* once a day */
    arc_proposal_free(p);
    p = propose(w, DAY + 1, "slow");
    line_is(p, 0, "item:1", "slow", 2, DAY - 4, "draft");
    arc_proposal_free(p);
}

/* An item that opens again begins anew; so does one whose due date was moved. */
static void episodes(world *w)
{
    publish(w, "dun", ladder);
    invoice(w, "A-1", 1, 20000, DAY - 20);
    invoice(w, "A-2", 1, 20000, DAY - 20);
    arc_proposal *p = propose(w, DAY, NULL);
    apply(w, p);
    assert_int_equal(count(w, ARC_RULE_FIRING), 4);
    assert_session(&w->b, book_receipt(w->s, NULL, "R1", 1, 20000));
    int64_t allocation;
    assert_session(&w->b, book_allocate(w->s, &allocation, 1, 1, 20000));
    assert_session(&w->b, arc_allocation_reverse(w->s, NULL, allocation, DAY, "bounced"));
    p = propose(w, DAY, NULL);
    assert_int_equal(lines(p), 1);
    line_is(p, 0, "item:1", "dun", 2, DAY - 4, "draft");
    apply(w, p);
    assert_int_equal(count(w, ARC_RULE_FIRING), 6);
    assert_session(&w->b, arc_item_extend(w->s, NULL, 2, DAY + 5, DAY, "agreed"));
    assert_session_status(ARC_DONE, &w->b, propose_as(w, &p, DAY, NULL));
    arc_proposal_free(p);
    session_on(w, DAY + 6);
    p = propose(w, DAY + 6, NULL);
    assert_int_equal(lines(p), 2);
    line_is(p, 0, "item:1", "dun", 3, DAY + 6, "draft"); /* ten days after level 2 of the new episode should have fired */
    line_is(p, 1, "item:2", "dun", 1, DAY + 6, "draft");
    arc_proposal_free(p);
}

static void test_due(void **unused) { (void)unused, on_all(due); }
static void test_life(void **unused) { (void)unused, on_all(life); }
static void test_late(void **unused) { (void)unused, on_all(late); }
static void test_episodes(void **unused) { (void)unused, on_all(episodes); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_due), cmocka_unit_test(test_life), cmocka_unit_test(test_late), cmocka_unit_test(test_episodes),
    };
    return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
