/* SPDX-License-Identifier: Apache-2.0 */
/* What is computed of customers, read by rules: how they pay, what is overdue, promises, scores, limits. Who is looked at on a day by a sweep is told what a look at all would tell. */
#include "api/rule_world.h"

#include <stdlib.h>

#include "rules/sweep_impl.h"

enum { CUSTOMERS = 5, DAYS = 240, MOST = 2000 };

static const char *const rules[][2] = {
    { "slow", "{'rule':'arcore/1','subject':'item','currency':'CNY','if':{'and':[{'>':[{'var':'open'},'0']},{'<':[{'var':'customer.payment_index'},'75']}]},"
              "'steps':[{'level':1,'on':{'kind':'date','anchor':'due_date','offset':'P3D'},'then':[]}]}" },
    { "late", "{'rule':'arcore/1','subject':'customer','on':{'kind':'threshold','value':{'var':'overdue_count'},'above':2,'rearm':1},'then':[]}" },
    { "worst", "{'rule':'arcore/1','subject':'customer','on':{'kind':'threshold','value':{'var':'worst_overdue'},'above':15,'rearm':1},'then':[]}" },
    { "share", "{'rule':'arcore/1','subject':'customer','on':{'kind':'threshold','value':{'var':'overdue_share'},'above':'0.5','rearm':'0.2'},'then':[]}" },
    { "silent", "{'rule':'arcore/1','subject':'customer','on':{'kind':'threshold','value':{'var':'last_contact_days'},'above':20,'rearm':5},'then':[]}" },
    { "broken", "{'rule':'arcore/1','subject':'customer','on':{'kind':'threshold','value':{'if':[{'!=':[{'var':'promises_broken'},null]},{'var':'promises_broken'},0]},'above':1,'rearm':0},'then':[]}" },
    { "fell", "{'rule':'arcore/1','subject':'item','currency':'CNY','if':{'or':[{'<':[{'var':'customer.credit_limit'},'500.00']},{'!=':[{'var':'customer.disputes_open'},0]}]},"
              "'steps':[{'level':1,'on':{'kind':'date','anchor':'business_date','offset':'P2D'},'then':[]}]}" },
};
enum { RULES = sizeof rules / sizeof rules[0] };

typedef struct seen {
    struct {
        char entity[16];
        int64_t id;
        uint32_t due;
    } list[MOST];
    uint32_t n;
} seen;

static arc_status note(void *user, const arci_subject_result *r)
{
    seen *s = user;
    uint32_t due = 0;
    for (uint32_t i = 0; i < r->n; i++) due += r->rules[i].n_due << (i * 4);
    if (!due) return ARC_OK;
    assert_true(s->n < MOST);
    snprintf(s->list[s->n].entity, sizeof s->list[0].entity, "%s", r->entity->name);
    s->list[s->n].id = r->id;
    s->list[s->n++].due = due;
    return ARC_OK;
}

static void sweep(world *w, arc_date day, uint32_t flags, seen *s, int64_t *looked)
{
    arci_session *in;
    arci_scope scope;
    arci_sweep o = { .flags = flags };
    memset(s, 0, sizeof *s);
    assert_ok(arci_session_enter(w->s, &in));
    arci_ruleset *set = NULL;
    arc_status st = arci_scope_begin(in, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, arci_ruleset_in_force(scope.txn, &set, day));
    o.session = in;
    o.set = set;
    o.as_of = day;
    if (st == ARC_OK) st = arci_sweep_run(&o, note, s);
    arci_ruleset_free(set);
    assert_ok_err(&in->error, arci_session_leave(in, st));
    if (looked) *looked += o.counts.looked;
}

static uint32_t state;
static uint32_t draw(uint32_t n)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % n;
}

static void insert(world *w, uint32_t entity, const char *form, int a, const char *b, const char *c)
{
    char text[500];
    arc_record *r;
    snprintf(text, sizeof text, form, a, b, c);
    assert_session(&w->b, arc_record_new(w->s, &r, entity));
    assert_session(&w->b, arc_record_set_json(r, quoted(text), SIZE_MAX));
    assert_session(&w->b, arc_session_insert(w->s, NULL, r));
    arc_record_free(r);
}

static void on(char out[16], arc_date day)
{
    size_t n = 16;
    assert_ok(arc_date_print(out, &n, day));
}

static int64_t received(world *w, const char *number, int64_t customer, int64_t amount, arc_date day)
{
    arc_record *r;
    arc_money m = { amount, "CNY", 0 };
    int64_t id;
    assert_session(&w->b, arc_record_new(w->s, &r, ARC_RECEIPT));
    assert_ok(arc_record_set_text(r, ARC_RECEIPT_NUMBER, number, SIZE_MAX));
    assert_ok(arc_record_set_int(r, ARC_RECEIPT_CUSTOMER, customer));
    assert_ok(arc_record_set_date(r, ARC_RECEIPT_VALUE_DATE, day));
    assert_ok(arc_record_set_money(r, ARC_RECEIPT_AMOUNT, m));
    assert_session(&w->b, arc_receipt_record(w->s, &id, r));
    arc_record_free(r);
    return id;
}

/* One thing that happens. */
static void happen(world *w, arc_date day, int *invoices, int *receipts)
{
    char number[16], a[16], b[16];
    const int customer = 1 + (int)draw(CUSTOMERS);
    on(a, day);
    switch (draw(7)) {
    case 0:
    case 1:
        snprintf(number, sizeof number, "I%d", ++*invoices);
        invoice(w, number, customer, 1000 + 100 * (int)draw(50), day - 20 + (int)draw(50));
        return;
    case 2:
    case 3: {
        arc_query *q;
        arc_cursor *c;
        int64_t id = 0, open = 0, of = 0;
        assert_session(&w->b, arc_query_from_json(w->s, &q, quoted("{'entity':'item_state','fields':['item','open','customer'],'filters':[{'member':'open','operator':'gt','values':['0.00 CNY']}],'order':[{'member':'due_date'}],'limit':1}"), SIZE_MAX));
        assert_session(&w->b, arc_query_run(q, &c));
        if (arc_cursor_next(c) == ARC_OK) {
            arc_money m = { 0, "", 0 };
            assert_ok(arc_cursor_get_int(c, &id, 0));
            assert_ok(arc_cursor_get_money(c, &m, 1));
            assert_ok(arc_cursor_get_int(c, &of, 2));
            open = m.minor;
        }
        arc_cursor_free(c);
        arc_query_free(q);
        if (!id) return;
        int64_t receipt;
        snprintf(number, sizeof number, "R%d", ++*receipts);
        receipt = received(w, number, of, open, day);
        if (draw(3) == 0) return; /* the next one to be allotted is another */
        assert_session(&w->b, book_allocate(w->s, NULL, receipt, id, draw(2) ? open : 1 + (int64_t)draw((uint32_t)open)));
        return;
    }
    case 4:
        on(b, day + 1 + (int)draw(15));
        insert(w, ARC_INTERACTION, draw(2) ? "{'customer':%d,'kind':'call','channel':'phone','sent_at':'%sT10:00:00Z','promise_date':'%s','promise_currency':'CNY','promise_amount':'5.00'}"
                                           : "{'customer':%d,'kind':'call','channel':'phone','sent_at':'%sT10:00:00Z','next_on':'%s'}", customer, a, b);
        return;
    case 5: {
        arc_credit_limit l = ARC_CREDIT_LIMIT_INIT;
        l.customer = customer;
        l.currency = "CNY";
        l.amount = 1000 + 10000 * (int64_t)draw(10);
        l.kind = draw(2) ? "temporary" : "permanent";
        l.valid_from = day + (int)draw(5);
        l.valid_to = l.valid_from + 1 + (int)draw(12);
        l.reason = "said";
        assert_session(&w->b, arc_credit_limit_set(w->s, NULL, &l));
        return;
    }
    default: return;
    }
}

static void compare(const seen *all, const seen *some, arc_date day)
{
    for (uint32_t i = 0; i < all->n || i < some->n; i++) {
        if (i < all->n && i < some->n && all->list[i].id == some->list[i].id && all->list[i].due == some->list[i].due && strcmp(all->list[i].entity, some->list[i].entity) == 0) continue;
        fail_msg("day %d: %u due of all, %u of the sweep; %s %d %x, %s %d %x", (int)(day - DAY), all->n, some->n, i < all->n ? all->list[i].entity : "-", i < all->n ? (int)all->list[i].id : 0,
                 i < all->n ? all->list[i].due : 0, i < some->n ? some->list[i].entity : "-", i < some->n ? (int)some->list[i].id : 0, i < some->n ? some->list[i].due : 0);
    }
}

static uint32_t year(uint32_t seed)
{
    static world w;
    static seen all, some;
    int invoices = 0, receipts = 0;
    int64_t looked = 0, due = 0, ignored = 0;
    uint32_t by_rule = 0;
    state = seed;
    open_world(&w, 0);
    assert_session(&w.b, book_customers(w.s, 4, CUSTOMERS - 3));
    publish_as(&w, "credit_policy", "default", "{'credit_policy':'arcore/1','currency':'CNY','limit_needs_check':false}");
    for (int i = 0; i < RULES; i++) publish(&w, rules[i][0], rules[i][1]);
    for (int d = 0; d < DAYS; d++) {
        const arc_date day = DAY + d;
        session_on(&w, day);
        for (uint32_t k = draw(4); k > 1; k--) happen(&w, day, &invoices, &receipts);
        sweep(&w, day, ARCI_SWEEP_FULL | ARCI_SWEEP_LOOK, &all, &ignored);
        sweep(&w, day, 0, &some, &looked);
        compare(&all, &some, day);
        due += all.n;
        for (uint32_t i = 0; i < all.n; i++) by_rule |= all.list[i].due << (strcmp(all.list[i].entity, "item") == 0 ? 24 : 0);
        if (all.n && d % 3 == 0) {
            arc_proposal *p = propose(&w, day, NULL);
            apply(&w, p);
        }
    }
    print_message("%d due, %d looked at in place of %d, rules %x\n", (int)due, (int)looked, (int)ignored, by_rule);
    assert_true(due > 50);
    assert_true(looked < ignored / 2);
    arc_verify_summary found = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(arc_book_verify(w.b.book, &found, NULL, NULL, NULL));
    assert_int_equal(found.findings, 0);
    test_book_close(&w.b);
    return by_rule;
}

static void test_year(void **unused)
{
    const uint32_t seeds = getenv("ARCORE_SOAK") ? 200 : 5;
    uint32_t by_rule = 0;
    (void)unused;
    for (uint32_t i = 1; i <= seeds; i++) by_rule |= year(i);
    assert_int_equal(by_rule & 0x11011111u, 0x11011111u); /* each of them at some time */
}

static void expect(world *w, uint32_t entity, const char *text, int64_t id, int32_t result)
{
    arc_condition_options o = ARC_CONDITION_OPTIONS_INIT;
    arc_condition *c;
    int32_t got = -1;
    o.currency = "CNY";
    assert_session(&w->b, arc_condition_new(w->s, &c, entity, quoted(text), SIZE_MAX, &o));
    assert_ok(arc_condition_test(c, &got, &id, 1, DAY));
    arc_condition_free(c);
    if (got != result) fail_msg("%s of %d: %d, not %d", text, (int)id, got, result);
}

/* Values as records have them; what rules cannot trust is refused where it is written. */
static void test_values(void **unused)
{
    static world w;
    static const char *const bad[] = { "{'==':[{'var':'external_ids'},'A']}", "{'==':[{'var':'aliases'},'A']}" };
    static const char *const moves[] = { "{'rule':'arcore/1','subject':'customer','on':{'kind':'date','anchor':'last_contact_on','offset':'P1D'},'then':[]}",
                                         "{'rule':'arcore/1','subject':'customer','on':{'kind':'date','anchor':'limit_valid_to'},'then':[]}" };
    arc_condition *c;
    int64_t id;
    (void)unused;
    open_world(&w, 0);
    for (int i = 1; i <= 3; i++) {
        char number[8];
        int64_t receipt;
        snprintf(number, sizeof number, "I%d", i);
        invoice(&w, number, 1, 10000, DAY - 40);
        snprintf(number, sizeof number, "R%d", i);
        assert_session(&w.b, book_receipt(w.s, &receipt, number, 1, 10000)); /* value date: BOOK_DAY */
        assert_session(&w.b, book_allocate(w.s, NULL, receipt, i, 10000));
    }
    invoice(&w, "I4", 2, 10000, DAY - 5);
    invoice(&w, "I5", 2, 30000, DAY + 5);
    expect(&w, ARC_CUSTOMER, "{'>':[{'var':'payment_index'},'75.5']}", 1, 1);
    expect(&w, ARC_CUSTOMER, "{'==':[{'var':'adbt'},'0.00']}", 1, 1);
    expect(&w, ARC_CUSTOMER, "{'==':[{'var':'payment_index'},null]}", 2, 1);
    expect(&w, ARC_CUSTOMER, "{'==':[{'var':'overdue_share'},'0.25']}", 2, 1);
    expect(&w, ARC_CUSTOMER, "{'==':[{'var':'overdue_count'},1]}", 2, 1);
    expect(&w, ARC_CUSTOMER, "{'==':[{'var':'worst_overdue'},5]}", 2, 1);
    expect(&w, ARC_CUSTOMER, "{'==':[{'var':'worst_overdue'},null]}", 3, 1);
    expect(&w, ARC_ITEM, "{'==':[{'var':'customer.worst_overdue'},5]}", 5, 1);
    expect(&w, ARC_ITEM, "{'<':[{'var':'customer.payment_index'},'50']}", 1, 0);
    expect(&w, ARC_CUSTOMER, "{'==':[{'var':'grade'},'A']}", 1, 0);
    expect(&w, ARC_CUSTOMER, "{'>':[{'sum':[{'var':'items'},{'var':'customer.overdue_count'},{'!=':[{'var':'customer.overdue_count'},null]}]},1]}", 2, 1);
    expect(&w, ARC_CUSTOMER, "{'==':[{'var':'credit_limit'},null]}", 1, 1);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_session_status(ARC_E_VALUE, &w.b, arc_condition_new(w.s, &c, ARC_CUSTOMER, quoted(bad[i]), SIZE_MAX, NULL));
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        assert_session(&w.b, arc_definition_save(w.s, &id, "rule", i ? "m2" : "m1", quoted(moves[i]), SIZE_MAX, NULL));
        assert_session_status(ARC_E_VALUE, &w.b, arc_definition_publish(w.s, id, NULL, NULL));
    }
    assert_session(&w.b, arc_definition_save(w.s, &id, "validation", "customer", quoted("{'validation':'arcore/1','entity':'customer','rules':[{'code':'x','require':{'>':[{'var':'payment_index'},'1']},'message':'m'}]}"), SIZE_MAX, NULL));
    assert_true(arc_definition_publish(w.s, id, NULL, NULL) < 0);
    test_book_close(&w.b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_year), cmocka_unit_test(test_values) };
    return cmocka_run_group_tests_name("rules figures", tests, NULL, NULL);
}
