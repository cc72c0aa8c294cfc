/* SPDX-License-Identifier: Apache-2.0 */
/* Back-tests: rules over the days that were; on every backend. */
#include "api/rule_world.h"
#include <cjson/cJSON.h>

static const char ladder[] =
    "{'rule':'arcore/1','subject':'item','currency':'CNY','if':{'and':[{'in':[{'var':'kind'},['invoiced']]},{'>':[{'var':'open'},'0']}]},"
    "'steps':[{'level':1,'on':{'kind':'date','anchor':'due_date','offset':'P1D'},'then':[]},"
    "{'level':2,'on':{'kind':'date','anchor':'due_date','offset':'P6D'},'if':{'>=':[{'var':'open'},'100.00']},'then':[]},"
    "{'level':3,'on':{'kind':'date','anchor':'previous','offset':'P4D'},'then':[]}]}";
static const char over[] =
    "{'rule':'arcore/1','subject':'customer','currency':'CNY','on':{'kind':'threshold','value':{'sum':[{'var':'items'},{'var':'open'}]},'above':'1000.00','rearm':'500.00'},'then':[]}";

/* A morning in the book's zone; what is done goes by this day. */
static void on_day(world *w, arc_date day)
{
    w->b.t.now = (int64_t)day * INT64_C(86400000000) + INT64_C(3600000000);
    session_on(w, day);
}

static void sealed(world *w)
{
    uint32_t n;
    assert_session(&w->b, arc_audit_seal(w->s, &n, 0));
}

static cJSON *test_rules(world *w, arc_backtest_totals *totals, const arc_backtest_options *o)
{
    arc_backtest *b;
    size_t n = 0;
    sealed(w);
    assert_session(&w->b, arc_rule_backtest(w->s, &b, o));
    assert_ok(arc_backtest_get_totals(b, totals));
    assert_int_equal(arc_backtest_json(b, NULL, &n), ARC_E_BUFFER);
    char *json = malloc(++n);
    assert_ok(arc_backtest_json(b, json, &n));
    arc_backtest_free(b);
    cJSON *root = cJSON_Parse(json);
    assert_non_null(root);
    free(json);
    return root;
}

static int64_t number(const cJSON *o, const char *key) { return (int64_t)cJSON_GetObjectItemCaseSensitive(o, key)->valuedouble; }
static const char *text(const cJSON *o, const char *key) { return cJSON_GetObjectItemCaseSensitive(o, key)->valuestring; }
static cJSON *list(const cJSON *o, const char *key) { return cJSON_GetObjectItemCaseSensitive(o, key); }

/* What is due today is proposed, approved and applied. */
static void run_today(world *w, arc_date day)
{
    arc_proposal *p;
    arc_status st = propose_as(w, &p, day, NULL);
    if (st == ARC_OK) apply(w, p);
    else arc_proposal_free(p);
}

/* What is asked: a rule of the caller's, from DAY on. */
static void try_rule(arc_backtest_options *o, arc_backtest_rule *rule, const char *code, char own[4000], const char *document, arc_date to)
{
    memcpy(own, quoted(document), strlen(document) + 1); /* quotes for quotes: no longer */
    rule->code = code;
    rule->document = own;
    o->rules = rule;
    o->n_rules = 1;
    o->from = DAY;
    o->to = to;
}

/* ---- a small book, by hand ------------------------------------------------------------------------------------------------------------ */

static void by_hand(world *w)
{
    arc_backtest_totals t = ARC_BACKTEST_TOTALS_INIT;
    arc_backtest_options o = ARC_BACKTEST_OPTIONS_INIT;
    arc_backtest_rule rule = ARC_BACKTEST_RULE_INIT;
    char own[4000];
    try_rule(&o, &rule, "dun", own, ladder, DAY + 12);
    on_day(w, DAY - 2);
    invoice(w, "A-1", 1, 20000, DAY);      /* level 1 on DAY + 1, 2 on + 6, 3 on + 10 */
    invoice(w, "A-2", 2, 5000, DAY + 1);   /* level 1 on + 2; too small for more */
    invoice(w, "A-3", 3, 30000, DAY);      /* level 1 on + 1, paid on + 4 */
    on_day(w, DAY + 4);
    assert_session(&w->b, book_receipt(w->s, NULL, "R1", 3, 30000));
    assert_session(&w->b, book_allocate(w->s, NULL, 1, 3, 30000));
    on_day(w, DAY + 9);
    invoice(w, "A-4", 2, 40000, DAY - 30); /* nobody knew of it before: levels 1 to 3 are due at once, the highest fires */
    cJSON *r = test_rules(w, &t, &o);
    assert_int_equal(t.firings, 6);
    assert_int_equal(t.passed, 2);
    assert_int_equal(t.subjects, 4);
    assert_int_equal(t.customers, 3);
    assert_int_equal(t.days, 13);
    assert_int_equal(t.only_here, 6);
    assert_int_equal(t.matched + t.only_there + t.errors + t.hidden, 0);
    static const struct {
        const char *day;
        int64_t level, firings, customers;
        const char *money;
    } days[] = { { "2026-04-12", 1, 2, 2, "500.00" }, { "2026-04-13", 1, 1, 1, "50.00" }, { "2026-04-17", 2, 1, 1, "200.00" }, { "2026-04-20", 1, 0, 0, NULL },
                 { "2026-04-20", 2, 0, 0, NULL },     { "2026-04-20", 3, 1, 1, "400.00" }, { "2026-04-21", 3, 1, 1, "200.00" } };
    const cJSON *d = list(r, "days")->child;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++, d = d->next) {
        assert_non_null(d);
        assert_string_equal(text(d, "day"), days[i].day);
        assert_int_equal(number(d, "level"), days[i].level);
        assert_int_equal(number(d, "firings"), days[i].firings);
        assert_int_equal(number(d, "customers"), days[i].customers);
        if (days[i].money) assert_string_equal(text(list(d, "money"), "CNY"), days[i].money);
    }
    assert_null(d);
    assert_string_equal(text(list(r, "money"), "CNY"), "1350.00");
    const cJSON *first = list(r, "fired")->child;
    assert_string_equal(text(first, "entity"), "item");
    assert_int_equal(number(first, "row"), 1);
    assert_string_equal(text(first, "effective_date"), "2026-04-12");
    assert_true(cJSON_IsFalse(list(first, "happened")));
    cJSON_Delete(r);
    assert_int_equal(count(w, ARC_RULE_FIRING), 0); /* nothing was written */
}

/* ---- what really happened -------------------------------------------------------------------------------------------------------------- */

static uint32_t roll(uint32_t *seed, uint32_t n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

/* Rules that ran every evening come to what they did, firing for firing: each saw what was known then. */
static void as_it_was(world *w)
{
    arc_backtest_totals t = ARC_BACKTEST_TOTALS_INIT;
    arc_backtest_options o = ARC_BACKTEST_OPTIONS_INIT;
    uint32_t seed = 7, items = 0, receipts = 0, allocations = 0;
    on_day(w, DAY);
    publish(w, "dun", ladder);
    publish(w, "over", over);
    publish(w, "sold", "{'rule':'arcore/1','subject':'customer','on':{'kind':'change','verb':'invoice.record','entity':'invoice','via':'customer'},'cooldown':'P2D','then':[]}");
    publish(w, "paid", "{'rule':'arcore/1','subject':'item','on':{'kind':'change','verb':'allocation.apply','entity':'allocation','via':'item'},'catch_up':'one_step','then':[]}");
    for (arc_date day = DAY; day < DAY + 40; day++) {
        char number_of[20];
        on_day(w, day);
        for (uint32_t i = roll(&seed, 3); i; i--) {
            snprintf(number_of, sizeof number_of, "I%u", ++items);
            invoice(w, number_of, 1 + roll(&seed, 3), 5000 + (int64_t)roll(&seed, 4) * 10000, day - 10 + (arc_date)roll(&seed, 25));
        }
        if (items && !roll(&seed, 2)) {
            int64_t id, item = 1 + roll(&seed, items), customer = 0;
            arc_record *r;
            assert_session(&w->b, arc_session_get(w->s, &r, ARC_ITEM, item));
            assert_ok(arc_record_get_int(r, &customer, ARC_ITEM_CUSTOMER));
            arc_record_free(r);
            snprintf(number_of, sizeof number_of, "R%u", ++receipts);
            assert_session(&w->b, book_receipt(w->s, &id, number_of, customer, 90000));
            if (book_allocate(w->s, &id, id, item, 5000) == ARC_OK) allocations++;
        }
        if (allocations && !roll(&seed, 4)) (void)arc_allocation_reverse(w->s, NULL, 1 + roll(&seed, allocations), ARC_DATE_NONE, "mistake");
        if (items && !roll(&seed, 5)) (void)arc_item_extend(w->s, NULL, 1 + roll(&seed, items), day + 5 + (arc_date)roll(&seed, 10), ARC_DATE_NONE, "asked for");
        sealed(w);
        run_today(w, day);
        sealed(w);
    }
    int64_t fired = 0;
    arc_query *q;
    arc_cursor *c;
    assert_session(&w->b, arc_query_new(w->s, &q, ARC_RULE_FIRING));
    assert_ok(arc_query_where_text(q, ARC_RULE_FIRING_STATUS, ARC_EQ, "fired", SIZE_MAX));
    assert_session(&w->b, arc_query_run(q, &c));
    while (arc_cursor_next(c) == ARC_OK) fired++;
    arc_cursor_free(c);
    arc_query_free(q);
    assert_true(fired > 40);
    cJSON *r = test_rules(w, &t, &o);
    if (t.matched != fired || t.only_here || t.only_there) {
        char *s = cJSON_Print(r);
        fail_msg("%lld fired, %lld matched, %lld only here, %lld only there:\n%.3000s", (long long)fired, (long long)t.matched, (long long)t.only_here, (long long)t.only_there, s);
    }
    for (const cJSON *rule = list(r, "rules")->child; rule; rule = rule->next) {
        if (!number(rule, "matched")) fail_msg("%s did nothing", text(rule, "rule"));
    }
    cJSON_Delete(r);
    /* From the middle on, with what had fired by then; and as if nothing had. */
    o.from = DAY + 20;
    r = test_rules(w, &t, &o);
    assert_int_equal(t.only_here + t.only_there, 0);
    assert_true(t.matched > 0 && t.matched < fired);
    const int64_t half = t.firings;
    cJSON_Delete(r);
    o.flags = ARC_BACKTEST_FRESH;
    r = test_rules(w, &t, &o);
    assert_true(t.firings > half);
    cJSON_Delete(r);
}

/* ---- what was not there ----------------------------------------------------------------------------------------------------------------- */

static void not_there_yet(world *w)
{
    arc_backtest_totals t = ARC_BACKTEST_TOTALS_INIT;
    arc_backtest_options o = ARC_BACKTEST_OPTIONS_INIT;
    arc_backtest_rule rule = ARC_BACKTEST_RULE_INIT;
    char own[4000];
    on_day(w, DAY);
    invoice(w, "A-1", 1, 20000, DAY);
    on_day(w, DAY + 3);
    assert_session(&w->b, arc_custom_define(w->s, NULL, "{\"entity\":\"customer\",\"name\":\"x_tier\",\"kind\":\"text\",\"size\":10}", SIZE_MAX));
    static const char tier[] = "{'rule':'arcore/1','subject':'item','currency':'CNY','on':{'kind':'date','anchor':'due_date','offset':'P1D'},"
                               "'if':{'==':[{'var':'customer.x_tier'},null]},'then':[]}";
    try_rule(&o, &rule, "tier", own, tier, DAY + 5);
    cJSON *r = test_rules(w, &t, &o);
    const cJSON *gap = list(list(r, "rules")->child, "not_looked_at")->child;
    assert_non_null(gap);
    assert_string_equal(text(gap, "from"), "2026-04-11");
    assert_string_equal(text(gap, "to"), "2026-04-13");
    assert_null(gap->next);
    assert_int_equal(t.firings, 1); /* late, on the day the field was there */
    assert_string_equal(text(list(r, "days")->child, "day"), "2026-04-14");
    cJSON_Delete(r);
}

static void business_days(world *w)
{
    arc_backtest_totals t = ARC_BACKTEST_TOTALS_INIT;
    arc_backtest_options o = ARC_BACKTEST_OPTIONS_INIT;
    arc_backtest_rule rule = ARC_BACKTEST_RULE_INIT;
    char own[4000];
    try_rule(&o, &rule, "dun", own, ladder, DAY + 3);
    on_day(w, DAY + 50); /* all written in one day, long after */
    for (int i = 0; i < 3; i++) {
        char number_of[20];
        session_on(w, DAY + i);
        snprintf(number_of, sizeof number_of, "A-%d", i);
        invoice(w, number_of, 1, 20000, DAY + i - 1);
    }
    cJSON *r = test_rules(w, &t, &o);
    assert_int_equal(t.firings, 0); /* nobody knew */
    cJSON_Delete(r);
    o.flags = ARC_BACKTEST_BUSINESS_DATES | ARC_BACKTEST_FRESH;
    r = test_rules(w, &t, &o);
    assert_int_equal(t.firings, 3);
    assert_string_equal(text(list(r, "days")->child, "day"), "2026-04-11");
    cJSON_Delete(r);
}

/* ---- refusals --------------------------------------------------------------------------------------------------------------------------- */

static int32_t stop(void *user, int64_t done, int64_t total)
{
    (void)user;
    return done > 2 && total > 2;
}

static void refusals(world *w)
{
    arc_backtest *b;
    arc_backtest_totals t = ARC_BACKTEST_TOTALS_INIT;
    arc_backtest_options o = ARC_BACKTEST_OPTIONS_INIT;
    arc_backtest_rule rule[2] = { ARC_BACKTEST_RULE_INIT, ARC_BACKTEST_RULE_INIT };
    on_day(w, DAY);
    invoice(w, "A-1", 1, 20000, DAY);
    publish(w, "dun", ladder);
    sealed(w);
    assert_session_status(ARC_E_INVALID, &w->b, arc_rule_backtest(w->s, NULL, &o));
    o.flags = 0x80;
    assert_session_status(ARC_E_INVALID, &w->b, arc_rule_backtest(w->s, &b, &o));
    assert_null(b);
    o.flags = 0;
    o.rules = rule;
    assert_session_status(ARC_E_INVALID, &w->b, arc_rule_backtest(w->s, &b, &o));
    o.n_rules = 2;
    assert_session_status(ARC_E_INVALID, &w->b, arc_rule_backtest(w->s, &b, &o)); /* no code */
    rule[0].code = rule[1].code = "dun";
    assert_session_status(ARC_E_INVALID, &w->b, arc_rule_backtest(w->s, &b, &o)); /* twice */
    rule[1].code = "none";
    assert_session_status(ARC_E_NOT_FOUND, &w->b, arc_rule_backtest(w->s, &b, &o));
    o.n_rules = 1;
    rule[0].revision = 7;
    assert_session_status(ARC_E_NOT_FOUND, &w->b, arc_rule_backtest(w->s, &b, &o));
    rule[0].revision = 1;
    rule[0].document = "{}";
    assert_session_status(ARC_E_INVALID, &w->b, arc_rule_backtest(w->s, &b, &o));
    rule[0].revision = 0;
    assert_int_not_equal(arc_rule_backtest(w->s, &b, &o), ARC_OK);
    assert_null(b);
    rule[0].document = NULL;
    o.from = DAY + 1;
    o.to = DAY;
    assert_session_status(ARC_E_RANGE, &w->b, arc_rule_backtest(w->s, &b, &o));
    o.from = o.to = ARC_DATE_NONE;
    o.progress = stop;
    assert_session_status(ARC_E_CANCELLED, &w->b, arc_rule_backtest(w->s, &b, &o));
    o.progress = NULL;
    assert_session(&w->b, arc_rule_backtest(w->s, &b, &o));
    assert_int_equal(arc_backtest_json(b, NULL, NULL), ARC_E_INVALID);
    assert_int_equal(arc_backtest_get_totals(b, NULL), ARC_E_INVALID);
    assert_ok(arc_backtest_get_totals(b, &t));
    assert_int_equal(t.n_rules, 1);
    arc_backtest_free(b);
    assert_int_equal(arc_backtest_get_totals(b, &t), ARC_E_HANDLE);
    arc_backtest_free(b);
    arc_backtest_free(NULL);
    assert_int_equal(arc_backtest_options_init(NULL), ARC_E_INVALID);
    assert_int_equal(arc_backtest_rule_init(NULL), ARC_E_INVALID);
    assert_int_equal(arc_backtest_totals_init(NULL), ARC_E_INVALID);
}

#define TEST(f) \
    static void test_##f(void **state) \
    { \
        (void)state; \
        on_all(f); \
    }
TEST(by_hand)
TEST(as_it_was)
TEST(not_there_yet)
TEST(business_days)
TEST(refusals)

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_by_hand), cmocka_unit_test(test_as_it_was), cmocka_unit_test(test_not_there_yet), cmocka_unit_test(test_business_days),
                                        cmocka_unit_test(test_refusals) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
