/* SPDX-License-Identifier: Apache-2.0 */
/* On which day a condition can have another result: random conditions over random rows, beside looking at every day. */
#include "logic_kit.h"

#include "rules/fact_impl.h"

#define TODAY 20650 /* 2026-07-16 */
#define DAYS 620    /* looked at one by one: into 2028, of which the calendar knows nothing */

/* ---- documents ----------------------------------------------------------------------------------------------------------------- */

typedef struct maker {
    uint64_t seed;
    char *at;
    int element; /* inside of a list */
    int lists;   /* may have lists */
} maker;

static uint64_t draw(maker *m, uint64_t n) { return test_random(&m->seed) % n; }
static void put(maker *m, const char *s) { m->at += sprintf(m->at, "%s", s); }
static void condition(maker *m, int depth);
static void number(maker *m, int depth);

static const char *field(maker *m, const char *const *item, const char *const *customer, uint64_t n)
{
    return m->lists && !m->element ? customer[draw(m, n)] : item[draw(m, n)];
}

static void literal_date(maker *m)
{
    m->at += sprintf(m->at, "\"2026-%02d-%02d\"", (int)draw(m, 12) + 1, (int)draw(m, 28) + 1);
}

static void date(maker *m, int depth)
{
    static const char *const item[] = { "today", "due_date", "state.due_date", "business_date", "customer.dunning_block_to" };
    static const char *const customer[] = { "today", "dunning_block_to", "today", "size_declared_on", "today" };
    uint64_t kind = depth > 0 ? draw(m, 7) : 0;
    if (kind == 1) {
        static const char *const ops[] = { "min", "max" };
        m->at += sprintf(m->at, "{\"%s\":[", ops[draw(m, 2)]);
        date(m, depth - 1);
        put(m, ",");
        date(m, depth - 1);
        put(m, "]}");
    } else if (kind > 1 && kind < 6) {
        static const char *const ops[] = { "add_days", "add_months", "add_business_days", "add_days" };
        m->at += sprintf(m->at, "{\"%s\":[", ops[kind - 2]);
        date(m, depth - 1);
        if (draw(m, 4)) {
            m->at += sprintf(m->at, ",%d]}", (int)draw(m, 40) - 15);
        } else {
            put(m, ",");
            number(m, 0);
            put(m, "]}");
        }
    } else {
        m->at += sprintf(m->at, "{\"var\":\"%s\"}", field(m, item, customer, 5));
    }
}

#define IS(path) "{\"!=\":[{\"var\":\"" path "\"},null]},"
static const char guards_item[] = "{\"and\":[" IS("due_date") IS("state.due_date") IS("days_overdue") IS("overdue_days") IS("customer.dunning_block_to");
static const char guards_element[] = "{\"and\":[" IS("due_date") IS("state.due_date") IS("days_overdue") IS("overdue_days");
static const char guards_customer[] = "{\"and\":[" IS("dunning_block_to") IS("size_declared_on");

static void list(maker *m, const char *op, int depth, int sum)
{
    m->at += sprintf(m->at, "{\"%s\":[{\"var\":\"items\"}", op);
    m->element = 1;
    if (sum) {
        put(m, ",");
        number(m, 0);
    }
    put(m, ",");
    int guarded = draw(m, 5) != 0;
    if (guarded) put(m, guards_element);
    condition(m, depth > 0 ? 1 : 0);
    if (guarded) put(m, "]}");
    m->element = 0;
    put(m, "]}");
}

static void number(maker *m, int depth)
{
    static const char *const item[] = { "days_overdue", "overdue_days", "age_days", "days_overdue", "state.dunning_level" };
    static const char *const ops[] = { "+", "-", "*", "min", "max", "/" };
    uint64_t kind = depth > 0 ? draw(m, 6) : 0;
    if (m->lists && !m->element && depth > 0 && draw(m, 2)) {
        if (draw(m, 3)) list(m, "count", depth, 0);
        else list(m, "sum", depth, 1);
    } else if (kind == 1) {
        put(m, "{\"days_between\":[");
        date(m, depth - 1);
        put(m, ",");
        date(m, depth - 1);
        put(m, "]}");
    } else if (kind == 2) {
        put(m, "{\"if\":[");
        condition(m, 0);
        put(m, ",");
        number(m, depth - 1);
        put(m, ",");
        number(m, depth - 1);
        put(m, "]}");
    } else if (kind > 2) {
        uint64_t op = draw(m, 6);
        m->at += sprintf(m->at, "{\"%s\":[", ops[op]);
        number(m, depth - 1);
        put(m, ",");
        if (draw(m, 3)) m->at += sprintf(m->at, "%d.%d", (int)draw(m, 9) - 4, (int)draw(m, 10));
        else number(m, depth - 1);
        put(m, "]}");
    } else {
        if (m->lists && !m->element) put(m, draw(m, 2) ? "{\"count\":[{\"var\":\"items\"}]}" : "{\"days_between\":[\"2026-06-20\",{\"var\":\"today\"}]}");
        else m->at += sprintf(m->at, "{\"var\":\"%s\"}", item[draw(m, 5)]);
    }
}

static void atom(maker *m)
{
    static const char *const ops[] = { "==", "!=", "<", "<=", ">", ">=" };
    static const char *const item[] = { "{\"==\":[{\"var\":\"kind\"},\"invoiced\"]}", "{\"==\":[{\"var\":\"currency\"},\"CNY\"]}", "{\"==\":[{\"var\":\"customer.opt_out\"},false]}", "{\"!=\":[{\"var\":\"due_date\"},null]}" };
    static const char *const customer[] = { "{\"==\":[{\"var\":\"opt_out\"},false]}", "{\"!=\":[{\"var\":\"dunning_block_to\"},null]}", "{\"==\":[{\"var\":\"kind\"},\"company\"]}", "{\"!=\":[{\"var\":\"size_declared_on\"},null]}" };
    static const char *const quantors[] = { "some", "all", "none" };
    uint64_t kind = draw(m, 9);
    if (kind < 2) {
        put(m, field(m, item, customer, 4));
    } else if (m->lists && !m->element && kind < 5) {
        list(m, quantors[draw(m, 3)], 1, 0);
    } else if (kind == 5) {
        m->at += sprintf(m->at, "{\"%s\":[%d,", draw(m, 2) ? "<" : "<=", (int)draw(m, 40) - 10);
        number(m, 1);
        m->at += sprintf(m->at, ",%d]}", (int)draw(m, 80));
    } else if (kind == 6) {
        put(m, "{\"in\":[");
        if (draw(m, 2)) {
            number(m, 1);
            m->at += sprintf(m->at, ",[%d,%d,%d]]}", (int)draw(m, 20) - 5, (int)draw(m, 60), (int)draw(m, 200));
        } else {
            date(m, 1);
            put(m, ",[");
            literal_date(m);
            put(m, ",");
            literal_date(m);
            put(m, "]]}");
        }
    } else if (kind == 7) {
        m->at += sprintf(m->at, "{\"%s\":[", ops[draw(m, 6)]);
        date(m, 2);
        put(m, ",");
        if (draw(m, 2)) literal_date(m);
        else date(m, 1);
        put(m, "]}");
    } else {
        m->at += sprintf(m->at, "{\"%s\":[", ops[draw(m, 6)]);
        number(m, 2);
        if (draw(m, 3)) {
            m->at += sprintf(m->at, ",%d]}", (int)draw(m, 90) - 20);
        } else {
            put(m, ",");
            number(m, 1);
            put(m, "]}");
        }
    }
}

static void condition(maker *m, int depth)
{
    uint64_t kind = depth ? draw(m, 5) : 4;
    if (kind == 0) {
        put(m, "{\"!\":");
        condition(m, depth - 1);
        put(m, "}");
    } else if (kind < 4) {
        m->at += sprintf(m->at, "{\"%s\":[", kind == 3 ? "if" : kind == 1 ? "and" : "or");
        for (int i = 0; i < (kind == 3 ? 3 : 2); i++) {
            if (i) put(m, ",");
            if (kind == 3 && i) atom(m);
            else condition(m, depth - 1);
        }
        put(m, "]}");
    } else {
        atom(m);
    }
}

/* ---- rows ----------------------------------------------------------------------------------------------------------------------- */

static arc_value value_of(maker *m, const arci_fact *f)
{
    static const char *const texts[] = { "", "CNY", "x" };
    const char *s = texts[draw(m, 3)];
    if ((f->flags & ARCI_FACT_NULLABLE) && !draw(m, 16)) return arci_v_null();
    switch (f->type) {
    case ARCI_FACT_DATE: return arci_v_int(TODAY - 60 + (int64_t)draw(m, 120));
    case ARCI_FACT_ENUM: return arci_v_int((int64_t)draw(m, 3));
    case ARCI_FACT_BOOL: return arci_v_int((int64_t)draw(m, 2));
    case ARCI_FACT_MONEY: return arci_v_int((int64_t)draw(m, 4) * 500);
    case ARCI_FACT_TEXT:
    case ARCI_FACT_CHOICES: return arci_v_text(s, strlen(s));
    default: return arci_v_int((int64_t)draw(m, 6));
    }
}

/* What follows the day, as the reader of facts reckons it. */
static void set_day(const arci_facts *f, arc_value *row, arc_date day)
{
    for (uint32_t i = 0; i < arci_facts_width(f); i++) {
        const arci_fact *x = arci_facts_slot(f, i);
        if (x->how == ARCI_HOW_PARAM) row[i] = arci_v_int(day);
        if (x->how == ARCI_HOW_CHILDREN) {
            const arci_fact_list *l = (const arci_fact_list *)(const void *)row[i].u.s;
            for (uint32_t k = 0; k < l->n; k++) set_day(x->elements, (arc_value *)(uintptr_t)(l->rows + (size_t)k * l->width), day);
        }
        if (x->how != ARCI_HOW_SINCE && x->how != ARCI_HOW_LATE) continue;
        row[i] = row[x->from];
        if (row[i].type != ARC_V_INT) continue;
        int64_t n = day - row[i].u.i;
        row[i] = arci_v_int(x->how == ARCI_HOW_LATE && n < 0 ? 0 : n);
    }
}

static void make_row(maker *m, const arci_facts *f, arc_value *row, arci_arena *arena)
{
    for (uint32_t i = 0; i < arci_facts_width(f); i++) {
        const arci_fact *x = arci_facts_slot(f, i);
        if (x->how != ARCI_HOW_CHILDREN) {
            row[i] = value_of(m, x);
            continue;
        }
        arci_fact_list *l = arci_arena_calloc(arena, 1, sizeof *l);
        l->n = (uint32_t)draw(m, 5);
        l->width = arci_facts_width(x->elements) ? arci_facts_width(x->elements) : 1;
        arc_value *rows = arci_arena_calloc(arena, (size_t)l->n * l->width + 1, sizeof *rows);
        for (uint32_t k = 0; k < l->n; k++) make_row(m, x->elements, rows + (size_t)k * l->width, arena);
        l->rows = rows;
        memset(&row[i], 0, sizeof row[i]);
        row[i].type = ARCI_V_LIST;
        row[i].u.s = (const char *)l;
    }
}

/* ---- beside every day ---------------------------------------------------------------------------------------------------------- */

typedef struct tally {
    int documents, refused, unbounded, cases, changes, exact, early, early_bounded;
} tally;

static void one_row(kit *k, maker *m, const arc_calendar *calendar, tally *n, const char *text, int unbounded)
{
    arci_arena arena;
    arci_logic_run run = { .calendar = calendar };
    arc_date day;
    arci_arena_init(&arena, k->t->ctx);
    make_row(m, k->facts, k->row, &arena);
    set_day(k->facts, k->row, TODAY);
    int now = arci_logic_test(k->p, k->row, &run), told = arci_logic_next(k->p, k->row, TODAY, &run, &day), d = 1;
    if (told != now || day <= TODAY) fail_msg("%s: today %d, told %d, day %d", text, now, told, (int)day);
    for (; d <= DAYS; d++) {
        set_day(k->facts, k->row, TODAY + d);
        int r = arci_logic_test(k->p, k->row, &run);
        if (r == now) continue;
        if (day > TODAY + d) fail_msg("%s: changes from %d to %d after %d days, told %d", text, now, r, d, (int)day - TODAY);
        break;
    }
    int changes = d <= DAYS, exact = day == TODAY + d || (!changes && day > TODAY + DAYS);
    n->cases++;
    n->changes += changes;
    n->exact += exact;
    n->early += !exact;
    n->early_bounded += !exact && !unbounded;
    arci_arena_clear(&arena);
}

static arc_calendar *load(test_env *t)
{
    static const char a[] = "{\"year\":2026,\"days\":[{\"name\":\"x\",\"date\":\"2026-10-01\",\"isOffDay\":true},{\"name\":\"x\",\"date\":\"2026-09-20\",\"isOffDay\":false}]}";
    static const char b[] = "{\"year\":2027,\"days\":[]}";
    const char *texts[] = { a, b };
    const size_t lens[] = { sizeof a - 1, sizeof b - 1 };
    arc_calendar *c;
    assert_ok(arc_calendar_load(t->ctx, &c, texts, lens, 2));
    return c;
}

static void random_conditions(test_env *t, const char *entity, int lists, int documents)
{
    static char text[200000];
    arc_calendar *calendar = load(t);
    maker m = { 11u + (uint64_t)lists, text, 0, lists };
    tally n = { 0 };
    for (int i = 0; i < documents; i++) {
        kit k;
        const char *pointer;
        kit_open(&k, t, entity, NULL, "CNY");
        m.at = text;
        int guarded = draw(&m, 5) != 0;
        if (guarded) put(&m, lists ? guards_customer : guards_item);
        condition(&m, 2);
        if (guarded) put(&m, "]}");
        arci_json *node;
        arc_status st = arci_json_parse(&t->env, &k.arena, text, strlen(text), &arci_json_definition_limits, &node);
        if (st == ARC_OK) st = arci_logic_compile(&t->env, &k.p, k.facts, node, 0, NULL);
        if (st != ARC_OK && strcmp(t->err.rule, "null_guard") != 0 && strcmp(t->err.rule, "currency_guard") != 0) fail_msg("%s: %s %s", text, t->err.rule, t->err.message);
        n.documents++;
        n.refused += st != ARC_OK;
        if (st == ARC_OK) {
            int unbounded = arci_logic_unbounded(k.p, &pointer);
            n.unbounded += unbounded;
            for (int r = 0; r < 6; r++) one_row(&k, &m, calendar, &n, text, unbounded);
        }
        kit_close(&k);
    }
    print_message("%s: %d documents (%d refused, %d unbounded), %d cases, %d change, %d exact, %d looked at earlier than needed, %d of these bounded\n", entity, n.documents, n.refused, n.unbounded, n.cases,
                  n.changes, n.exact, n.early, n.early_bounded);
    assert_true(n.cases > documents * 2 && n.changes > n.cases / 8);
    assert_true(n.exact > n.cases * 9 / 10 && n.early_bounded * 1000 <= n.cases);
    arc_calendar_free(calendar);
}

static void test_items(void **state) { random_conditions(*state, "item", 0, (int)test_sized(TEST_SANITIZED ? 1500 : 6000, 60000)); }
static void test_customers(void **state) { random_conditions(*state, "customer", 1, (int)test_sized(TEST_SANITIZED ? 1000 : 4000, 40000)); }

/* ---- by hand ---------------------------------------------------------------------------------------------------------------------- */

static void test_by_hand(void **state)
{
    static const struct {
        const char *text, *row;
        int days; /* until the result can change; -1: never */
    } cases[] = {
        { "{'>':[{'var':'days_overdue'},15]}", "state.due_date=2026-07-16 days_overdue=0", 16 },
        { "{'>':[{'var':'days_overdue'},15]}", "state.due_date=2026-06-16 days_overdue=30", -1 },
        { "{'<=':[1,{'var':'days_overdue'},3]}", "state.due_date=2026-07-15 days_overdue=1", 3 },
        { "{'==':[{'var':'overdue_days'},0]}", "state.due_date=2026-07-20 overdue_days=0", 5 },
        { "{'in':[{'var':'days_overdue'},[1,7,15,30]]}", "state.due_date=2026-07-09 days_overdue=7", 1 },
        { "{'in':[{'var':'days_overdue'},[1,7,15,30]]}", "state.due_date=2026-07-08 days_overdue=8", 7 },
        { "{'<':[{'var':'due_date'},{'var':'today'}]}", "due_date=2026-07-16 today=2026-07-16", 1 },
        { "{'<':[{'var':'due_date'},{'var':'today'}]}", "today=2026-07-16", -1 },
        { "{'and':[{'>':[{'var':'days_overdue'},15]},{'==':[{'var':'kind'},'fee']}]}", "state.due_date=2026-07-16 days_overdue=0 kind=invoiced", -1 },
        { "{'or':[{'>':[{'var':'days_overdue'},15]},{'==':[{'var':'kind'},'fee']}]}", "state.due_date=2026-07-16 days_overdue=0 kind=fee", -1 },
        { "{'>=':[{'var':'today'},{'add_months':[{'var':'business_date'},1]}]}", "today=2026-07-16 business_date=2026-06-30", 14 },
        { "{'==':[{'add_months':[{'var':'today'},1]},'2027-02-28']}", "today=2026-07-16", 196 },
        { "{'>':[{'*':[{'var':'age_days'},{'var':'age_days'}]},100]}", "business_date=2026-07-16 age_days=0", 11 },
        { "{'>':[{'/':[100,{'+':[{'var':'age_days'},1]}]},5]}", "business_date=2026-07-16 age_days=0", 19 },
        { "{'and':[{'!=':[{'var':'overdue_days'},null]},{'<':[{'-':[{'var':'age_days'},{'var':'overdue_days'}]},31]}]}", "business_date=2026-07-16 age_days=0 state.due_date=2026-08-15 overdue_days=0", -1 },
    };
    test_env *t = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        kit k;
        arc_date day;
        kit_open(&k, t, "item", NULL, "CNY");
        kit_compile(&k, cases[i].text);
        kit_row(&k, cases[i].row);
        (void)arci_logic_next(k.p, k.row, TODAY, &k.run, &day);
        int days = day == ARC_DATE_MAX ? -1 : (int)day - TODAY;
        if (days != cases[i].days) fail_msg("%s on %s: %d", cases[i].text, cases[i].row, days);
        kit_close(&k);
    }
}

static void test_unbounded(void **state)
{
    static const struct {
        const char *text, *pointer; /* NULL: bounded */
    } cases[] = {
        { "{'>':[{'var':'age_days'},15]}", NULL },
        { "{'>':[{'/':[{'var':'age_days'},7]},3]}", NULL },
        { "{'>':[{'+':[{'/':[{'var':'age_days'},7]},{'var':'age_days'}]},3]}", NULL },
        { "{'>':[{'/':[{'var':'state.dunning_level'},{'var':'age_days'}]},3]}", NULL },
        { "{'>':[{'*':[{'var':'age_days'},{'var':'age_days'}]},100]}", "/>/0" },
        { "{'>':[{'+':[{'/':[{'var':'state.dunning_level'},{'var':'age_days'}]},1]},3]}", "/>/0/+/0" },
        { "{'and':[{'==':[{'var':'kind'},'fee']},{'<':[{'add_business_days':[{'var':'business_date'},{'var':'age_days'}]},{'var':'today'}]}]}", "/and/1/</0" },
    };
    test_env *t = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        kit k;
        const char *pointer = NULL;
        kit_open(&k, t, "item", NULL, "CNY");
        kit_compile(&k, cases[i].text);
        int is = arci_logic_unbounded(k.p, &pointer);
        if (is != (cases[i].pointer != NULL) || (is && strcmp(pointer, cases[i].pointer) != 0)) fail_msg("%s: %s", cases[i].text, is ? pointer : "bounded");
        kit_close(&k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_by_hand, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_unbounded, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_items, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(test_customers, test_setup, test_teardown),
    };
    return cmocka_run_group_tests_name("rules next day", tests, NULL, NULL);
}
