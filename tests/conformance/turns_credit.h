/* SPDX-License-Identifier: Apache-2.0 */
/* Scenes of the test of turns: orders that meet at a credit limit. Part of test_postgresql_turns.c, whose scenes and numbers it uses. */
#ifndef TESTS_TURNS_CREDIT_H
#define TESTS_TURNS_CREDIT_H

static int64_t order_for(scene *x, int64_t customer, int k)
{
    char json[300];
    snprintf(json, sizeof json, "{\"customer\":%lld,\"number\":\"%s-%d\",\"order_date\":\"2026-01-05\",\"currency\":\"CNY\"}", (long long)customer, number(x, "O"), k);
    const int64_t id = sample_insert(x->v.s, ARC_SALES_ORDER, json);
    snprintf(json, sizeof json, "{\"sales_order\":%lld,\"seq\":1,\"name\":\"a\",\"quantity\":\"1\",\"price\":\"60\",\"currency\":\"CNY\",\"amount\":\"60.00\"}", (long long)id);
    (void)sample_insert(x->v.s, ARC_ORDER_LINE, json);
    return id;
}

enum { OF_ONE, OF_OWNED, OF_POOL };

/* Two orders of 60 on a limit of 100: of one customer, of two that one owns, or of two in a customer group. */
static void set_orders(scene *x, int group)
{
    char json[200];
    int64_t id, customers[2];
    arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
    assert_session(&x->v.b, arc_definition_save(x->v.s, &id, "credit_policy", "default",
                                                "{\"credit_policy\":\"arcore/1\",\"currency\":\"CNY\",\"limit_needs_check\":false,\"rules\":[{\"rule\":\"static\",\"effect\":\"block\"}]}", SIZE_MAX, NULL));
    assert_session(&x->v.b, arc_definition_publish(x->v.s, id, NULL, NULL));
    snprintf(json, sizeof json, "{\"code\":\"%s-%d\",\"legal_name\":\"p\"}", number(x, "CP"), group);
    if (group == OF_POOL) snprintf(json, sizeof json, "{\"code\":\"%s\",\"name\":\"p\"}", number(x, "CG"));
    x->contract = sample_insert(x->v.s, group == OF_POOL ? ARC_CUSTOMER_GROUP : ARC_CUSTOMER, json);
    customers[0] = customers[1] = x->contract;
    for (int k = 0; group && k < 2; k++) {
        snprintf(json, sizeof json, "{\"code\":\"%s-%d\",\"legal_name\":\"c\",\"%s\":%lld}", number(x, group == OF_POOL ? "CM" : "CC"), k, group == OF_POOL ? "customer_group" : "parent", (long long)x->contract);
        customers[k] = sample_insert(x->v.s, ARC_CUSTOMER, json);
    }
    if (group == OF_POOL) l.customer_group = x->contract;
    else l.customer = x->contract;
    l.amount = 10000;
    l.currency = "CNY";
    l.scope = group ? "group" : "own";
    l.reason = "agreed";
    assert_session(&x->v.b, arc_credit_limit_set(x->v.s, NULL, &l));
    for (int k = 0; k < 2; k++) x->item[k] = order_for(x, customers[k], k + 2 * group);
}

static void set_own_limit(scene *x) { set_orders(x, OF_ONE); }
static void set_group_limit(scene *x) { set_orders(x, OF_OWNED); }
static void set_pool_limit(scene *x) { set_orders(x, OF_POOL); }

static arc_status confirm_it(arc_session *s, int64_t order)
{
    arc_order_step e = ARC_ORDER_STEP_INIT;
    e.id = order;
    return arc_order_confirm(s, NULL, NULL, &e, 1, ARC_ALL_OR_NONE);
}

static arc_status confirm_one(arc_session *s, void *scene_) { return confirm_it(s, ((scene *)scene_)->item[0]); }
static arc_status confirm_two(arc_session *s, void *scene_) { return confirm_it(s, ((scene *)scene_)->item[1]); }

/* Who came too late is held, and takes nothing. */
static void after_in(scene *x, int32_t group, arc_status one, arc_status two)
{
    char json[8000];
    size_t n = sizeof json;
    const arc_status of[2] = { one, two };
    assert_session(&x->v.b, arc_credit_exposure_json(x->v.s, json, &n, x->contract, "CNY", ARC_DATE_NONE, group));
    assert_non_null(strstr(json, "\"total\":6000,"));
    for (int k = 0; k < 2; k++) row_is(&x->v, ARC_SALES_ORDER, x->item[k], of[k] == ARC_OK ? "{\"status\":\"confirmed\"}" : "{\"status\":\"held\"}");
}

static void after_orders(scene *x, arc_status one, arc_status two) { after_in(x, ARC_EXPOSURE_OWNED, one, two); }
static void after_pool(scene *x, arc_status one, arc_status two) { after_in(x, ARC_EXPOSURE_OF_GROUP, one, two); }

#endif
