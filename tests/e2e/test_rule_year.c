/* SPDX-License-Identifier: Apache-2.0 */
/* A year of a wholesaler's book, day by day, with rules of all kinds: what a sweep finds is what a look at all rows finds, line by line and byte by byte. Invoices and
 * payments are those of the file, five years later so that there are business calendars; in between customers are edited, disputes opened and ended, terms extended, payments
 * taken back, rules published anew. Whole with ARCORE_SOAK=1, else with some of the customers. */
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wunused-function"
#endif
#include "e2e/real_books.h"

#include "arcore/rule.h"

#define LATER 1826 /* five years */
#define SEED UINT64_C(20261122)

/* ---- rules ----------------------------------------------------------------------------------------------------------------------- */

#define HEAD "{'rule':'arcore/1','subject':"
#define OPEN "{'in':[{'var':'kind'},['invoiced']]},{'>':[{'var':'open'},'0']}"

static const struct {
    const char *code, *text;
} rules[] = {
    { "ladder", HEAD "'item','currency':'USD','cooldown':'P4D','if':{'and':[" OPEN ",{'!':{'var':'customer.opt_out'}}]},'steps':["
      "{'level':1,'on':{'kind':'date','anchor':'due_date','offset':'-P3D'},'then':[]},"
      "{'level':2,'on':{'kind':'date','anchor':'state.due_date','offset':'P1D'},'then':[]},"
      "{'level':3,'on':{'kind':'date','anchor':'state.due_date','offset':'P10D'},'if':{'>=':[{'var':'open'},'1000.00']},'then':[]},"
      "{'level':4,'on':{'kind':'date','anchor':'previous','offset':'P7D'},'then':[]}]}" },
    { "worked", HEAD "'item','calendar':'CN','catch_up':'each','if':{'and':[" OPEN ",{'or':[{'==':[{'var':'customer.dunning_block_to'},null]},{'<':[{'var':'customer.dunning_block_to'},{'var':'today'}]}]}]},'steps':["
      "{'level':1,'on':{'kind':'date','anchor':{'month_end':'due_date'},'offset':'P2D','days':'business','calendar':'CN'},'then':[]},"
      "{'level':2,'on':{'kind':'date','anchor':'due_date','offset':'P20D','op':'>','roll':'following','calendar':'CN'},'if':{'and':[{'!=':[{'var':'due_date'},null]},"
      "{'>':[{'var':'today'},{'add_business_days':[{'var':'due_date'},18]}]}]},'then':[]}]}" },
    { "paced", HEAD "'item','calendar':'CN','catch_up':'one_step','if':{'and':[" OPEN "]},'steps':[{'level':1,'on':{'kind':'date','anchor':'due_date','offset':'-P6D','days':'business'},'then':[]},"
      "{'level':2,'on':{'kind':'date','anchor':'due_date','offset':'P6D','days':'business'},'then':[]},"
      "{'level':3,'on':{'kind':'date','anchor':'due_date','offset':'P9D','days':'business'},'then':[]}]}" },
    { "family", HEAD "'item','priority':50,'group':'calls','if':{'and':[" OPEN ",{'==':[{'var':'customer.parent.segment'},'key']}]},"
      "'on':{'kind':'date','anchor':'state.due_date','offset':'P2D'},'then':[]}" },
    { "calls", HEAD "'item','priority':40,'group':'calls','if':{'and':[" OPEN ",{'>':[{'var':'days_overdue'},4]},{'==':[{'var':'customer.segment'},'key']}]},"
      "'on':{'kind':'date','anchor':'due_date'},'then':[]}" },
    { "argued", HEAD "'item','if':{'and':[" OPEN ",{'!=':[{'var':'state.disputed'},null]}]},'on':{'kind':'date','anchor':'business_date'},'then':[]}" },
    { "sum", HEAD "'customer','currency':'USD','on':{'kind':'threshold','value':{'sum':[{'var':'items'},{'var':'open'},{'and':[" OPEN ",{'==':[{'var':'currency'},'USD']},{'>':[{'var':'days_overdue'},3]}]}]},"
      "'above':'30000.00','rearm':'2000.00'},'then':[]}" },
    { "count", HEAD "'customer','if':{'!':{'var':'opt_out'}},'on':{'kind':'threshold','over':{'>=':[{'count':[{'var':'items'},{'and':[{'>':[{'var':'open'},'0']},{'>':[{'var':'days_overdue'},12]}]}]},2]},"
      "'rearm':{'none':[{'var':'items'},{'and':[{'>':[{'var':'open'},'0']},{'!=':[{'var':'days_overdue'},null]},{'>':[{'var':'days_overdue'},6]}]}]}},'then':[]}" },
    { "free", HEAD "'customer','if':{'some':[{'var':'items'},{'>':[{'var':'open'},'0']}]},'on':{'kind':'date','anchor':'dunning_block_to','offset':'P1D'},'then':[]}" },
    { "moved", HEAD "'customer','if':{'!':{'var':'opt_out'}},'on':{'kind':'change','field':'segment','to':'key'},'then':[]}" },
    { "quarrel", HEAD "'item','cooldown':'P3D','if':{'and':[" OPEN "]},'on':{'kind':'change','entity':'dispute','verb':'dispute.dispute','via':'item'},'then':[]}" },
    { "old", HEAD "'item','if':{'and':[" OPEN ",{'==':[{'var':'customer.x_tier'},'slow']},{'<':[40,{'var':'age_days'},90]}]},'on':{'kind':'date','anchor':'business_date','offset':'P1M'},'then':[]}" },
};
enum { N_RULES = sizeof rules / sizeof rules[0] };

static int32_t show_fault(void *user, const arc_error *e)
{
    (void)user;
    print_message("%s: %s (%s)\n", e->pointer, e->message, e->rule);
    return 0;
}

static void publish(world *w, const char *code, const char *text)
{
    static char own[4000];
    int64_t id;
    for (size_t i = 0; i <= strlen(text); i++) own[i] = text[i] == '\'' ? '"' : text[i];
    OK(w, arc_definition_save(w->session, &id, "rule", code, own, SIZE_MAX, NULL));
    OK(w, arc_definition_publish(w->session, id, show_fault, NULL));
}

/* ---- the file ------------------------------------------------------------------------------------------------------------------------ */

static int by_since(const void *x, const void *y)
{
    const claim *a = x, *b = y;
    return a->since != b->since ? a->since - b->since : strcmp(a->number, b->number);
}

/* Invoices of the year and of the months before it, of `most` customers. */
static void read_file(world *w, const char *path, int first, int last, int most, uint64_t *seed)
{
    size_t len;
    char *f[12], *text = test_read_file(path, &len), *at;
    char (*of)[24] = calloc(60000, sizeof *of);
    int m, n = 0;
    w->claims = calloc(60000, sizeof *w->claims);
    for (at = csv_line(text, f, 12, &m); *at;) {
        at = csv_line(at, f, 12, &m);
        if (m < 11 || strcmp(f[4], "USD") != 0) continue;
        claim *c = &w->claims[w->n_claims];
        c->amount = c->left = strtoll(f[5], NULL, 10);
        c->since = day_of(f[10]) + LATER;
        c->due = day_of(f[6]) + LATER;
        c->paid = day_of(f[7]) + LATER;
        if (c->since > last || c->paid < first || c->paid < c->since || c->amount <= 0) continue;
        snprintf(c->number, sizeof c->number, "B%d", w->n_claims);
        snprintf(of[w->n_claims++], sizeof *of, "%.23s", f[2]);
        assert_true(w->n_claims < 60000);
    }
    free(text);
    w->codes = calloc(60000, sizeof *w->codes);
    memcpy(w->codes, of, (size_t)w->n_claims * sizeof *of);
    w->n_customers = w->n_claims;
    unique_codes(w);
    while (w->n_customers > most) {
        int out = (int)(test_random(seed) % (uint64_t)w->n_customers);
        memmove(w->codes[out], w->codes[--w->n_customers], sizeof *w->codes);
    }
    qsort(w->codes, (size_t)w->n_customers, sizeof *w->codes, by_code);
    for (int i = 0; i < w->n_claims; i++) {
        w->claims[i].customer = customer_of(w, of[i]);
        if (w->claims[i].customer >= 0) w->claims[n++] = w->claims[i];
    }
    w->n_claims = n;
    free(of);
    qsort(w->claims, (size_t)w->n_claims, sizeof *w->claims, by_since);
}

/* ---- days ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct year {
    world w;
    uint64_t seed;
    int *paid;  /* claims by day of payment */
    int64_t *of; /* allocation by claim; 0: none */
    int next, next_paid, receipts;
    int64_t dispute;
    int n_due, n_lines, n_failed, swept, edits, sweeps;
    int64_t full_rows, swept_rows;
} year;

static uint64_t draw(year *y, uint64_t n) { return test_random(&y->seed) % n; }

static const claim *paid_claims;
static int by_paid(const void *x, const void *y)
{
    const claim *a = &paid_claims[*(const int *)x], *b = &paid_claims[*(const int *)y];
    if (a->paid != b->paid) return a->paid - b->paid;
    return a->customer != b->customer ? a->customer - b->customer : *(const int *)x - *(const int *)y;
}

static void invoices_of(year *y, int day)
{
    claim *list[BATCH];
    world *w = &y->w;
    while (y->next < w->n_claims && w->claims[y->next].since <= day) {
        int n = 0;
        while (n < BATCH && y->next < w->n_claims && w->claims[y->next].since <= day) list[n++] = &w->claims[y->next++];
        record_claims(w, list, n);
        for (int i = 0; i < n; i++) list[i]->item = list[i]->id; /* one item an invoice, in order */
    }
}

static void payments_of(year *y, int day)
{
    world *w = &y->w;
    while (y->next_paid < w->n_claims && w->claims[y->paid[y->next_paid]].paid <= day) {
        claim *first = &w->claims[y->paid[y->next_paid]];
        arc_allocation list[BATCH];
        int64_t ids[BATCH], receipt, sum = 0;
        int from = y->next_paid, n = 0;
        char number[24];
        arc_record *r;
        for (; n < BATCH && from + n < w->n_claims && w->claims[y->paid[from + n]].paid == first->paid && w->claims[y->paid[from + n]].customer == first->customer; n++) sum += w->claims[y->paid[from + n]].amount;
        snprintf(number, sizeof number, "R%d", y->receipts++);
        OK(w, arc_record_new(w->session, &r, ARC_RECEIPT));
        OK(w, arc_receipt_set_number(r, number, SIZE_MAX));
        OK(w, arc_receipt_set_customer(r, w->customers[first->customer]));
        OK(w, arc_receipt_set_value_date(r, day));
        OK(w, arc_receipt_set_posting_date(r, day));
        OK(w, arc_receipt_set_amount(r, money(w, 0, sum)));
        OK(w, arc_receipt_record(w->session, &receipt, r));
        arc_record_free(r);
        for (int i = 0; i < n; i++) {
            (void)arc_allocation_init(&list[i]);
            list[i].date = day;
            list[i].receipt = receipt;
            list[i].item = w->claims[y->paid[from + i]].item;
            list[i].amount = w->claims[y->paid[from + i]].amount;
        }
        OK(w, arc_allocation_apply(w->session, ids, NULL, list, (size_t)n, ARC_ALL_OR_NONE));
        for (int i = 0; i < n; i++) {
            y->of[y->paid[from + i]] = ids[i];
            w->claims[y->paid[from + i]].left = 0;
        }
        y->next_paid += n;
    }
}

/* A random invoice of which something is open, or -1. */
static int an_open_one(year *y)
{
    for (int tries = 0; tries < 50 && y->next; tries++) {
        int i = (int)draw(y, (uint64_t)y->next);
        if (y->w.claims[i].left) return i;
    }
    return -1;
}

static void edit_customer(year *y, int day)
{
    world *w = &y->w;
    static const char *const segments[] = { "key", "other" }, *const tiers[] = { "slow", "quick" };
    char json[200], text[16];
    size_t n = sizeof text;
    arc_record *r;
    int64_t id = w->customers[draw(y, (uint64_t)w->n_customers)], parent = w->customers[draw(y, (uint64_t)w->n_customers)];
    OK(w, arc_session_get(w->session, &r, ARC_CUSTOMER, id));
    assert_ok(arc_date_print(text, &n, day + (int)draw(y, 20)));
    switch (draw(y, 6)) {
    case 0: snprintf(json, sizeof json, "{\"opt_out\":%s}", draw(y, 2) ? "true" : "false"); break;
    case 1: snprintf(json, sizeof json, "{\"segment\":\"%s\"}", segments[draw(y, 2)]); break;
    case 2: snprintf(json, sizeof json, "{\"dunning_block_to\":\"%s\"}", text); break;
    case 3: snprintf(json, sizeof json, "{\"dunning_block_to\":null}"); break;
    case 4: snprintf(json, sizeof json, "{\"x_tier\":\"%s\"}", tiers[draw(y, 2)]); break;
    default: snprintf(json, sizeof json, parent < id ? "{\"parent\":%lld}" : "{\"remark\":\"%lld\"}", (long long)parent); break;
    }
    OK(w, arc_record_set_json(r, json, SIZE_MAX));
    OK(w, arc_session_update(w->session, r));
    arc_record_free(r);
    y->edits++;
}

static void argue(year *y)
{
    world *w = &y->w;
    arc_record *r;
    if (y->dispute) {
        arc_resolution o = ARC_RESOLUTION_INIT;
        o.code = "withdrawn";
        OK(w, arc_dispute_resolve(w->session, y->dispute, &o));
        y->dispute = 0;
        return;
    }
    int i = an_open_one(y);
    if (i < 0) return;
    char json[300];
    snprintf(json, sizeof json, "{\"item\":%lld,\"currency\":\"USD\",\"amount\":\"%lld.%02d\",\"reason\":\"quality\",\"description\":\"leaks\"}", (long long)w->claims[i].item, (long long)(w->claims[i].amount / 100),
             (int)(w->claims[i].amount % 100));
    OK(w, arc_record_new(w->session, &r, ARC_DISPUTE));
    OK(w, arc_record_set_json(r, json, SIZE_MAX));
    OK(w, arc_dispute_open(w->session, &y->dispute, r));
    arc_record_free(r);
}

/* A payment is taken back: the invoice is open again, and nobody pays it any more. */
static void take_back(year *y, int day)
{
    for (int tries = 0; tries < 20 && y->next_paid; tries++) {
        int i = y->paid[draw(y, (uint64_t)y->next_paid)];
        if (!y->of[i]) continue;
        OK(&y->w, arc_allocation_reverse(y->w.session, NULL, y->of[i], day, "bounced"));
        y->of[i] = 0;
        y->w.claims[i].left = y->w.claims[i].amount;
        return;
    }
}

static void extend(year *y, int day)
{
    int i = an_open_one(y);
    if (i < 0 || y->w.claims[i].due < day - 60) return;
    int due = (y->w.claims[i].due > day ? y->w.claims[i].due : day) + 5 + (int)draw(y, 20);
    OK(&y->w, arc_item_extend(y->w.session, NULL, y->w.claims[i].item, due, day, "agreed"));
    y->w.claims[i].due = due;
}

static void work_of(year *y, int day)
{
    OK(&y->w, arc_session_set_business_date(y->w.session, day));
    invoices_of(y, day);
    payments_of(y, day);
    for (uint64_t n = draw(y, 3); n; n--) edit_customer(y, day);
    if (!draw(y, 4)) argue(y);
    if (!draw(y, 6)) take_back(y, day);
    if (!draw(y, 4)) extend(y, day);
}

/* ---- sweeps --------------------------------------------------------------------------------------------------------------------------------- */

static arc_status ask(year *y, arc_proposal **p, int day, uint32_t flags, arc_progress_fn progress)
{
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    o.as_of = day;
    o.flags = flags;
    o.progress = progress;
    return arc_rule_propose(y->w.session, p, &o);
}

static char *whole_of(arc_proposal *p)
{
    size_t n = 0;
    assert_int_equal(arc_proposal_json(p, NULL, &n), ARC_E_BUFFER);
    char *text = malloc(++n);
    assert_ok(arc_proposal_json(p, text, &n));
    return text;
}

static int64_t rows_looked_at(const char *json)
{
    const char *at = strstr(json, "\"rows\":");
    assert_non_null(at);
    return strtoll(at + 7, NULL, 10);
}

/* The same lines, and the same errors. */
static void same(const char *full, const char *swept, int day, const char *what)
{
    const char *a = strstr(full, "\"failed\":"), *b = strstr(swept, "\"failed\":");
    assert_true(a && b);
    if (strcmp(a, b) == 0) return;
    size_t i = 0;
    while (a[i] == b[i]) i++;
    while (i && a[i] != '{') i--;
    fail_msg("day %d, %s:\nall rows: %.400s\nswept:    %.400s", day, what, a + i, b + i);
}

static int32_t stop_at_once(void *user, int64_t done, int64_t total)
{
    (void)user;
    (void)done;
    (void)total;
    return 1;
}

static void check_day(year *y, int day, int apply_it)
{
    arc_proposal *full, *swept;
    arc_txn *t;
    arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
    world *w = &y->w;
    arc_status st = ask(y, &full, day, 0, NULL);
    if (st != ARC_OK && st != ARC_DONE) OK(w, st);
    char *all = whole_of(full);
    arc_proposal_free(full);
    y->full_rows += rows_looked_at(all);
    if (!draw(y, 5)) { /* without keeping anything */
        OK(w, arc_session_begin(w->session, &t, ARC_READ));
        arc_status looked = ask(y, &swept, day, ARC_RULE_SWEEP, NULL);
        if (looked != st) OK(w, looked == ARC_DONE ? ARC_E_INTERNAL : looked);
        char *text = whole_of(swept);
        arc_proposal_free(swept);
        arc_txn_rollback(t);
        same(all, text, day, "looked at");
        free(text);
    }
    if (!draw(y, 12) && ask(y, &swept, day, ARC_RULE_SWEEP, stop_at_once) == ARC_OK) arc_proposal_free(swept);
    arc_status again = ask(y, &swept, day, ARC_RULE_SWEEP, NULL);
    if (again != st) OK(w, again == ARC_DONE ? ARC_E_INTERNAL : again);
    char *text = whole_of(swept);
    y->swept_rows += rows_looked_at(text);
    y->sweeps++;
    same(all, text, day, "swept");
    assert_ok(arc_proposal_describe(swept, &info));
    y->n_lines += (int)info.n_lines;
    if (apply_it && st == ARC_OK) {
        OK(w, arc_proposal_store(swept, NULL, NULL));
        OK(w, arc_proposal_approve(swept, NULL, 0));
        OK(w, arc_proposal_apply(swept, NULL));
        y->n_due += (int)info.n_lines;
    }
    arc_proposal_free(swept);
    arc_rule_options o = ARC_RULE_OPTIONS_INIT; /* nothing here applies itself; events that have been looked at are done with */
    o.as_of = day;
    o.flags = ARC_RULE_SWEEP;
    st = arc_rule_run(w->session, NULL, NULL, NULL, &o);
    if (st != ARC_PARTIAL) OK(w, st);
    free(text);
    free(all);
}

/* ---- the year ---------------------------------------------------------------------------------------------------------------------------------- */

static void calendar_of(world *w, int year_no)
{
    char name[40], json[60], *at;
    size_t len;
    snprintf(name, sizeof name, "calendar/cn-%d.json", year_no);
    const char *path = test_data(name);
    assert_non_null(path);
    char *text = test_read_file(path, &len);
    arc_record *r;
    assert_non_null(at = strstr(text, "\"days\""));
    at = strchr(at, '[');
    char *end = strrchr(at, ']');
    OK(w, arc_record_new(w->session, &r, ARC_CALENDAR));
    snprintf(json, sizeof json, "{\"code\":\"CN\",\"year\":%d,\"weekend\":96}", year_no);
    OK(w, arc_record_set_json(r, json, SIZE_MAX));
    OK(w, arc_record_set_text(r, ARC_CALENDAR_DAYS, at, (size_t)(end - at) + 1));
    OK(w, arc_session_insert(w->session, NULL, r));
    arc_record_free(r);
    free(text);
}

static void open_year(year *y, test_env *t, int day)
{
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    world *w = &y->w;
    bo.flags = ARC_BOOK_CREATE;
    bo.base_currency = "USD";
    so.business_date = day;
    OK(w, arc_book_open(t->ctx, &w->book, "memory:", &bo));
    OK(w, arc_session_open(w->book, &w->session, &so));
    add_customers(w);
    OK(w, arc_custom_define(w->session, NULL, "{\"entity\":\"customer\",\"name\":\"x_tier\",\"kind\":\"choice\",\"choices\":[\"slow\",\"quick\"]}", SIZE_MAX));
    calendar_of(w, 2024);
    y->paid = calloc((size_t)w->n_claims, sizeof *y->paid);
    y->of = calloc((size_t)w->n_claims, sizeof *y->of);
    for (int i = 0; i < w->n_claims; i++) y->paid[i] = i;
    paid_claims = w->claims;
    qsort(y->paid, (size_t)w->n_claims, sizeof *y->paid, by_paid);
}

static void a_year(void **state)
{
    TEST_NEED_DATA(data, "receivables/b2b_closed.csv");
    char path[1200];
    snprintf(path, sizeof path, "%s", data);
    TEST_NEED_DATA(calendar, "calendar/cn-2025.json");
    (void)calendar;
    static year y;
    int first = day_of("2024-02-01"), last = first + 365, whole = test_soak();
    y.seed = SEED;
    y.w.currencies[0] = "USD";
    y.w.currencies[1] = "";
    read_file(&y.w, path, first, last, whole ? 100000 : 150, &y.seed);
    print_message("%d customers, %d invoices\n", y.w.n_customers, y.w.n_claims);
    open_year(&y, *state, first);
    for (int i = 0; i < N_RULES; i++) publish(&y.w, rules[i].code, rules[i].text);
    for (int day = first; day <= last; day++) {
        work_of(&y, day);
        if (day == first + 90) publish(&y.w, rules[0].code, rules[0].text); /* anew */
        if (day == first + 160) publish(&y.w, "family", rules[4].text);      /* another document */
        if (day == first + 344) calendar_of(&y.w, 2025);
        if (day % 9 != 0) check_day(&y, day, day % 4 != 0); /* some days nobody looks, some nobody does what is due */
    }
    print_message("%d sweeps, %d edits: %d lines proposed, %d applied; rows looked at: %lld of %lld\n", y.sweeps, y.edits, y.n_lines, y.n_due, (long long)y.swept_rows, (long long)y.full_rows);
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    OK(&y.w, arc_book_verify(y.w.book, &sum, tell, NULL, NULL));
    assert_int_equal(sum.findings, 0);
    assert_true(y.n_due > y.w.n_claims / 2);
    free(y.paid);
    free(y.of);
    close_world(&y.w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(a_year, test_setup, test_teardown) };
    return cmocka_run_group_tests_name("rules of a year", tests, NULL, NULL);
}
