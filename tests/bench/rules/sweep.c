/* SPDX-License-Identifier: Apache-2.0 */
/* The daily sweep beside a look at all rows: open items with a ladder of four steps, customers edited every day, what is due fired. Which rows can have changed is told by the
 * looks at all rows: those whose outcome is another one than the day before, those that were fired, those whose customer was edited. */
#include "rules.h"

#include "backend/memory.h"
#include "rules/rule_impl.h"
#include "rules/sweep.h"

enum { DAYS = 5, EACH = 20, EDITED = 500, AT_ONCE = 5000 }; /* EACH: items of a customer */

static const char ladder[] =
    "{\"rule\":\"arcore/1\",\"subject\":\"item\",\"currency\":\"CNY\",\"if\":{\"and\":[{\"in\":[{\"var\":\"kind\"},[\"invoiced\",\"fee\"]]},{\">\":[{\"var\":\"open\"},\"0\"]},{\"!\":{\"var\":\"customer.opt_out\"}}]},\"steps\":["
    "{\"level\":1,\"on\":{\"kind\":\"date\",\"anchor\":\"due_date\",\"offset\":\"-P3D\"},\"then\":[]},"
    "{\"level\":2,\"on\":{\"kind\":\"date\",\"anchor\":\"due_date\",\"offset\":\"P1D\"},\"then\":[]},"
    "{\"level\":3,\"on\":{\"kind\":\"date\",\"anchor\":\"due_date\",\"offset\":\"P15D\"},\"if\":{\">=\":[{\"var\":\"open\"},\"500.00\"]},\"then\":[]},"
    "{\"level\":4,\"on\":{\"kind\":\"date\",\"anchor\":\"due_date\",\"offset\":\"P30D\"},\"if\":{\">\":[{\"var\":\"age_days\"},60]},\"then\":[]}]}";

typedef struct fires {
    int64_t row, customer, level;
    arc_date day;
    uint8_t passed;
    char mark[ARCI_RULE_MARK];
} fires;

typedef struct sweep_bench {
    arc_context *ctx;
    arc_book *book;
    arc_session *session;
    arc_shim shim;
    arc_backend_ops ops;
    int64_t items;
    uint64_t *hash;   /* by item: what a look at all rows said last */
    uint8_t *touched; /* by item: 1 can have changed since the last day */
    uint8_t *looked;
    fires *due;
    uint32_t n_due, cap_due, all_due;
    uint64_t seed;
} sweep_bench;

static void in_order(arc_status st, arc_session *s, const char *call)
{
    arc_error e = ARC_ERROR_INIT;
    if (st == ARC_OK) return;
    (void)arc_session_error(s, &e);
    printf("%s: %s %s (%s %s)\n", call, arc_status_name(st), e.message, e.entity, e.field);
    exit(1);
}
#define DO(b, call) in_order(call, (b)->session, #call)

/* ---- the book ------------------------------------------------------------------------------------------------------------------- */

static void open_book(sweep_bench *b)
{
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    NEED(arc_context_new(&b->ctx, bench_context()) == ARC_OK);
    NEED(arc_shim_init(&b->ops, &b->shim, arci_backend_memory(), ARC_SHIM_TRACE) == ARC_OK);
    NEED(arc_backend_register(b->ctx, &b->ops) == ARC_OK);
    bo.flags = ARC_BOOK_CREATE;
    bo.base_currency = "CNY";
    so.business_date = TODAY;
    NEED(arc_book_open(b->ctx, &b->book, "trace:memory:", &bo) == ARC_OK);
    NEED(arc_session_open(b->book, &b->session, &so) == ARC_OK);
}

static void add_customers(sweep_bench *b)
{
    arc_record *r[BATCH];
    for (int64_t at = 0, n = b->items / EACH + 1; at < n; at += BATCH) {
        int m = n - at < BATCH ? (int)(n - at) : BATCH;
        for (int i = 0; i < m; i++) {
            char code[24];
            snprintf(code, sizeof code, "C%" PRId64, at + i);
            DO(b, arc_record_new(b->session, &r[i], ARC_CUSTOMER));
            DO(b, arc_customer_set_code(r[i], code, SIZE_MAX));
            DO(b, arc_customer_set_legal_name(r[i], code, SIZE_MAX));
        }
        DO(b, arc_session_insert_many(b->session, NULL, NULL, r, (size_t)m, ARC_ALL_OR_NONE));
        for (int i = 0; i < m; i++) arc_record_free(r[i]);
    }
}

/* Items and their states alone: documents, journal and events would be the work of another benchmark. */
static arc_status put_items(arci_txn *t, arci_arena *arena, int64_t from, uint32_t n)
{
    const arci_shape *items, *states;
    arci_batch *batches[2];
    arc_status st = arci_shape_get(t, &items, "item", "number seq kind customer currency amount business_date due_date");
    if (st == ARC_OK) st = arci_shape_get(t, &states, "item_state", "item customer currency kind due_date business_date open dunning_level episode");
    if (st == ARC_OK) st = arci_txn_touch(t);
    if (st == ARC_OK) st = arci_txn_writing(t);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &batches[0], items, ARC_WRITE_INSERT, n, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &batches[1], states, ARC_WRITE_INSERT, n, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK) st = arci_batch_ids(t, batches[0]);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        uint64_t x = bench_mix((uint64_t)from + i);
        char number[24];
        int64_t customer = (from + i) / EACH + 1, amount = 1000 + (int64_t)(x % 200000), due = TODAY - 80 + (int64_t)(x >> 32 & 127) + (int64_t)(x >> 40 & 31);
        int len = snprintf(number, sizeof number, "I%" PRId64, from + i);
        const char *s = arci_arena_strndup(arena, number, (size_t)len);
        const arc_value item[] = { arci_v_text(s, (size_t)len), arci_v_int(1), arci_v_text("invoiced", 8), arci_v_int(customer), arci_v_text("CNY", 3), arci_v_int(amount), arci_v_int(due - 30), arci_v_int(due) };
        const arc_value state[] = { arci_v_int(arci_batch_id(batches[0], i)), item[3], item[4], item[2], item[7], item[6], item[5], arci_v_int(0), arci_v_int(0) };
        memcpy(arci_batch_row(batches[0], i), item, sizeof item);
        memcpy(arci_batch_row(batches[1], i), state, sizeof state);
    }
    return st == ARC_OK ? arci_repo_put(t, batches, 2) : st;
}

static void add_items(sweep_bench *b)
{
    arci_session *s;
    for (int64_t at = 0; at < b->items; at += AT_ONCE) {
        arci_scope scope;
        arci_arena arena;
        NEED(arci_session_enter(b->session, &s) == ARC_OK);
        arci_arena_init(&arena, b->ctx);
        arc_status st = arci_scope_begin(s, &scope, ARC_WRITE, 0);
        if (st == ARC_OK) st = arci_scope_end(&scope, put_items(scope.txn, &arena, at, b->items - at < AT_ONCE ? (uint32_t)(b->items - at) : AT_ONCE));
        arci_arena_clear(&arena);
        DO(b, arci_session_leave(s, st));
    }
}

static void publish(sweep_bench *b)
{
    int64_t id;
    DO(b, arc_definition_save(b->session, &id, "rule", "dun", ladder, SIZE_MAX, NULL));
    DO(b, arc_definition_publish(b->session, id, NULL, NULL));
}

/* ---- looking ------------------------------------------------------------------------------------------------------------------------ */

static uint64_t outcome_of(const arci_subject_result *r)
{
    uint64_t h = 7;
    for (uint32_t i = 0; i < r->n; i++) {
        for (uint32_t k = 0; k < r->rules[i].n; k++) h = bench_mix(h ^ (uint64_t)r->rules[i].steps[k].outcome ^ (uint64_t)(uint32_t)r->rules[i].steps[k].day << 8);
    }
    return h;
}

static arc_status on_all(void *user, const arci_subject_result *r)
{
    sweep_bench *b = user;
    uint64_t h = outcome_of(r);
    if (h != b->hash[r->id]) b->touched[r->id] = 1;
    b->hash[r->id] = h;
    for (uint32_t k = 0; k < r->rules[0].n; k++) b->all_due += r->rules[0].steps[k].outcome == ARCI_STEP_DUE || r->rules[0].steps[k].outcome == ARCI_STEP_PASSED;
    return ARC_OK;
}

static arc_status on_some(void *user, const arci_subject_result *r)
{
    sweep_bench *b = user;
    b->looked[r->id] = 1;
    for (uint32_t k = 0; k < r->rules[0].n; k++) {
        const arci_step_result *s = &r->rules[0].steps[k];
        if (s->outcome != ARCI_STEP_DUE && s->outcome != ARCI_STEP_PASSED) continue;
        if (b->n_due == b->cap_due) b->due = realloc(b->due, (b->cap_due = b->cap_due ? b->cap_due * 2 : 1024) * sizeof *b->due);
        fires *d = &b->due[b->n_due++];
        *d = (fires){ .row = r->id, .customer = r->customer, .level = s->step->level, .day = s->day, .passed = s->outcome == ARCI_STEP_PASSED };
        snprintf(d->mark, sizeof d->mark, "%s", s->mark);
    }
    return ARC_OK;
}

static lap run(sweep_bench *b, arc_date day, uint32_t flags, arci_subject_fn tell, arci_sweep *o)
{
    arci_session *s;
    arci_scope scope;
    arci_ruleset *set = NULL;
    NEED(arci_session_enter(b->session, &s) == ARC_OK);
    lap start = lap_start();
    arc_status st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, arci_ruleset_in_force(scope.txn, &set, day));
    *o = (arci_sweep){ .session = s, .set = set, .as_of = day, .flags = flags };
    if (st == ARC_OK) st = arci_sweep_run(o, tell, b);
    arci_ruleset_free(set);
    lap took = lap_end(start);
    DO(b, arci_session_leave(s, st));
    return took;
}

/* ---- days ---------------------------------------------------------------------------------------------------------------------------- */

static void edit_customers(sweep_bench *b)
{
    for (int i = 0; i < EDITED; i++) {
        int64_t id = 1 + (int64_t)(bench_mix(b->seed++) % (uint64_t)(b->items / EACH));
        int64_t out = 0;
        arc_record *r;
        DO(b, arc_session_get(b->session, &r, ARC_CUSTOMER, id));
        (void)arc_customer_opt_out(r, &out);
        DO(b, arc_customer_set_opt_out(r, !out));
        DO(b, arc_session_update(b->session, r));
        arc_record_free(r);
        for (int64_t k = (id - 1) * EACH; k < id * EACH && k < b->items; k++) b->touched[k + 1] = 1;
    }
}

static arc_status fire(sweep_bench *b, arci_txn *t, uint32_t from, uint32_t n, arc_date day, int64_t definition)
{
    const arci_entity *item = arci_entity_by_name("item", 4);
    arc_status st = ARC_OK;
    for (uint32_t i = from; i < from + n && st == ARC_OK; i++) {
        const fires *d = &b->due[i];
        arci_arena arena;
        arci_arena_init(&arena, b->ctx);
        const arci_rule_record r = { .policy = "dun", .mark = d->mark, .definition = definition, .level = d->level, .effective = d->day, .passed = d->passed };
        st = arci_rule_write(t, &arena, item, d->row, d->customer, day, &r, 1);
        arci_arena_clear(&arena);
    }
    return st;
}

/* What is due is fired; the rows count as changed the next day. */
static void fire_all(sweep_bench *b, arc_date day)
{
    arci_session *s;
    int64_t definition;
    DO(b, arc_definition_find(b->session, &definition, "rule", "dun", day));
    for (uint32_t from = 0; from < b->n_due; from += AT_ONCE) {
        uint32_t n = b->n_due - from < AT_ONCE ? b->n_due - from : AT_ONCE;
        arci_scope scope;
        NEED(arci_session_enter(b->session, &s) == ARC_OK);
        arc_status st = arci_scope_begin(s, &scope, ARC_WRITE, 0);
        if (st == ARC_OK) st = arci_scope_end(&scope, fire(b, scope.txn, from, n, day, definition));
        DO(b, arci_session_leave(s, st));
    }
    for (uint32_t i = 0; i < b->n_due; i++) b->touched[b->due[i].row] = 1;
}

typedef struct day_figures {
    int64_t changed, looked, read, read_all;
    uint32_t due;
} day_figures;

static day_figures a_day(sweep_bench *b, arc_date day, pairs *p)
{
    day_figures f = { 0, 0, 0, 0, 0 };
    arci_sweep o;
    DO(b, arc_session_set_business_date(b->session, day));
    edit_customers(b);
    memset(b->looked, 0, (size_t)b->items + 1);
    b->n_due = b->all_due = 0;
    b->shim.rows_read = 0;
    lap ours = run(b, day, 0, on_some, &o);
    f.read = b->shim.rows_read;
    b->shim.rows_read = 0;
    lap all = run(b, day, ARCI_SWEEP_FULL | ARCI_SWEEP_LOOK, on_all, &o);
    f.read_all = b->shim.rows_read;
    pairs_add(p, ours, all);
    for (int64_t i = 1; i <= b->items; i++) {
        f.changed += b->touched[i];
        f.looked += b->looked[i];
    }
    f.due = b->n_due;
    NEED(b->n_due == b->all_due);
    memset(b->touched, 0, (size_t)b->items + 1);
    fire_all(b, day);
    return f;
}

void part_sweep(int64_t items)
{
    static sweep_bench b;
    pairs p;
    arci_sweep o;
    int64_t changed = 0, looked = 0, read = 0, read_all = 0;
    b.items = items;
    b.hash = calloc((size_t)items + 1, sizeof *b.hash);
    b.touched = calloc((size_t)items + 1, 1);
    b.looked = calloc((size_t)items + 1, 1);
    NEED(b.hash && b.touched && b.looked);
    memset(&p, 0, sizeof p);
    open_book(&b);
    add_customers(&b);
    add_items(&b);
    publish(&b);
    b.n_due = 0;
    lap first = run(&b, TODAY, 0, on_some, &o);
    printf("# first sweep, all %" PRId64 " items: %.2f s (processor %.2f s), %" PRId64 " next dates kept, %u due\n", items, first.wall, first.cpu, o.counts.dates, b.n_due);
    (void)run(&b, TODAY, ARCI_SWEEP_FULL | ARCI_SWEEP_LOOK, on_all, &o);
    memset(b.touched, 0, (size_t)items + 1);
    fire_all(&b, TODAY);
    b.n_due = 0;
    (void)run(&b, TODAY, 0, on_some, &o); /* what was fired on the first day */
    memset(b.touched, 0, (size_t)items + 1);
    (void)run(&b, TODAY, ARCI_SWEEP_FULL | ARCI_SWEEP_LOOK, on_all, &o);
    memset(b.touched, 0, (size_t)items + 1);
    for (int i = 1; i <= DAYS; i++) {
        day_figures f = a_day(&b, TODAY + i, &p);
        printf("# day %d: %" PRId64 " items can have changed, %" PRId64 " looked at, %u due; rows read: %" PRId64 ", of all: %" PRId64 "\n", i, f.changed, f.looked, f.due, f.read, f.read_all);
        changed += f.changed;
        looked += f.looked;
        read += f.read;
        read_all += f.read_all;
    }
    double each = (double)read_all / (double)(items * DAYS);
    printf("# rows of the store: %.2f an item looked at, %.2f an item of a look at all; items looked at / can have changed: %.3f\n", (double)read / (double)looked, each, (double)looked / (double)changed);
    figure f = { .name = "sweep_rows", .unit = "rows", .note = "read a day, dates and events included, beside those of the items that can have changed", .ours = (double)read / DAYS, .floor = (double)changed * each / DAYS, .limit = 1.2 };
    f.ratio = f.ours / f.floor;
    figure_add(&f);
    figure_pairs("sweep_time", &p, 1, 0.25, "a day's sweep, next dates written, beside a look at all items");
    arc_context_free(b.ctx);
    free(b.hash);
    free(b.touched);
    free(b.looked);
    free(b.due);
}
