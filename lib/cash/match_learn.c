/* SPDX-License-Identifier: Apache-2.0 */
/* Learning from what was confirmed: receipts that are settled are matched again with what was open then, and what was found is compared with what they really paid. */
#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "cash/match_call.h"
#include "store/verb.h"

enum { RECEIPTS_MAX = 20000, RECEIPTS = 3000, AT_ONCE = 500 };

typedef struct move { /* an allocation, or its reversal */
    int64_t id, item, receipt, credit_item, settled, taken, reverses, customer; /* settled: of the item; taken: of the credit */
    arc_date date;
    uint8_t foreign;   /* of a receipt in another currency */
    uint8_t auto_only; /* nobody has looked at it */
} move;

typedef struct learning {
    arci_cash m;
    arci_session *s;
    move *moves;    /* of all items of the customers, each customer's together, in the order in which they happened */
    uint32_t *time; /* all of them in that order */
    uint32_t n_moves, cap_moves;
    arci_map standing; /* ids of rows that were reversed */
    arci_cal_case *cases;
    uint32_t n_cases;
    int64_t *open;   /* by position of items: as of the receipt at hand */
    uint8_t *paid;
    arc_habit *habit;
} learning;

static int64_t id_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

/* ---- reading --------------------------------------------------------------------------------------------------------------------------- */

/* Receipts with a customer of which something was used, the latest. */
static arc_status read_receipts(learning *x, uint32_t most)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(x->m.t, &shape, "receipt_state", "receipt customer moved_on returned_on");
    if (st != ARC_OK) return st;
    const arc_order latest[] = { { shape->cols[0], 1 } };
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[1], ARC_OP_GT, 0);
    arci_where_int(&w, shape->cols[2], ARC_OP_GT, 0);
    arci_where_null(&w, shape->cols[3]);
    st = arci_repo_find(x->m.t, shape, &w, latest, 1, most, &x->m.arena, &rows);
    int64_t *ids = st == ARC_OK ? arci_arena_alloc(&x->m.arena, (rows.n_rows + 1u) * sizeof *ids) : NULL;
    if (st != ARC_OK) return st;
    if (!ids) return arci_nomem(x->m.env);
    for (uint32_t i = 0; i < rows.n_rows; i++) ids[i] = rows.values[(size_t)i * rows.n_cols].u.i;
    const arci_cash_asked asked = { .receipts = ids, .n = rows.n_rows };
    return rows.n_rows ? arci_cash_read(&x->m, &asked) : ARC_OK;
}

static int by_customer_time(const void *p, const void *q)
{
    const move *a = p, *b = q;
    if (a->customer != b->customer) return a->customer < b->customer ? -1 : 1;
    if (a->date != b->date) return a->date < b->date ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

typedef struct moment {
    int64_t id;
    arc_date date;
    uint32_t at;
} moment;

static int by_time(const void *p, const void *q)
{
    const moment *a = p, *b = q;
    if (a->date != b->date) return a->date < b->date ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* Each customer's together, and all in the order of time. */
static arc_status sort_moves(learning *x)
{
    moment *all = arci_arena_alloc(&x->m.arena, (x->n_moves + 1u) * sizeof *all);
    x->time = arci_arena_alloc(&x->m.arena, (x->n_moves + 1u) * sizeof *x->time);
    if (!all || !x->time) return arci_nomem(x->m.env);
    for (uint32_t i = 0; i < x->n_moves; i++) {
        const arci_mitem *item = arci_cash_item(&x->m, x->moves[i].item);
        x->moves[i].customer = item ? item->customer : 0;
    }
    if (x->n_moves) qsort(x->moves, x->n_moves, sizeof *x->moves, by_customer_time);
    for (uint32_t i = 0; i < x->n_moves; i++) all[i] = (moment){ x->moves[i].id, x->moves[i].date, i };
    if (x->n_moves) qsort(all, x->n_moves, sizeof *all, by_time);
    for (uint32_t i = 0; i < x->n_moves; i++) x->time[i] = all[i].at;
    return ARC_OK;
}

static int text_has(const arc_value *v, const char *part)
{
    size_t n = strlen(part);
    for (uint32_t i = 0; v->type == ARC_V_TEXT && i + n <= v->len; i++) {
        if (memcmp(v->u.s + i, part, n) == 0) return 1;
    }
    return 0;
}

static arc_status take_moves(learning *x, const arci_rows *rows)
{
    if (x->n_moves + rows->n_rows > x->cap_moves) {
        uint32_t cap = (x->n_moves + rows->n_rows) * 2;
        move *grown = arci_arena_alloc(&x->m.arena, cap * sizeof *grown);
        if (!grown) return arci_nomem(x->m.env);
        if (x->n_moves) memcpy(grown, x->moves, x->n_moves * sizeof *grown);
        x->moves = grown;
        x->cap_moves = cap;
    }
    for (uint32_t i = 0; i < rows->n_rows; i++) {
        const arc_value *v = rows->values + (size_t)i * rows->n_cols;
        int64_t *at;
        x->moves[x->n_moves++] = (move){ .foreign = v[10].type != ARC_V_NULL, .id = v[0].u.i, .item = v[1].u.i, .receipt = id_of(&v[2]), .credit_item = id_of(&v[3]), .taken = v[4].u.i,
                                         .settled = v[4].u.i + v[5].u.i + v[6].u.i, .date = (arc_date)v[7].u.i, .reverses = id_of(&v[8]),
                                         .auto_only = (uint8_t)(text_has(&v[9], "{\"match\":{") && text_has(&v[9], "\"outcome\":\"auto\"")) };
        if (v[8].type == ARC_V_INT && arci_map_put(&x->standing, &v[8].u.i, sizeof v[8].u.i, &at) < 0) return arci_nomem(x->m.env);
    }
    return ARC_OK;
}

/* Rows of an entity by a column that is one of some ids, handed on in parts. */
static arc_status each(learning *x, const char *entity, const char *fields, uint32_t col, const int64_t *ids, uint32_t n, arc_status (*take)(learning *x, const arci_rows *rows))
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(x->m.t, &shape, entity, fields);
    for (uint32_t i = 0; i < n && st == ARC_OK; i += AT_ONCE) {
        uint32_t some = n - i < AT_ONCE ? n - i : AT_ONCE;
        arc_value *values = arci_arena_alloc(&x->m.arena, some * sizeof *values);
        arci_where w;
        arci_rows rows;
        if (!values) return arci_nomem(x->m.env);
        for (uint32_t k = 0; k < some; k++) values[k] = arci_v_int(ids[i + k]);
        const arc_order by[] = { { shape->cols[col], 0 } }; /* its index, not the rows in their order */
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[col], values, some);
        st = arci_repo_find(x->m.t, shape, &w, by, 1, 0, &x->m.arena, &rows);
        if (st == ARC_OK) st = take(x, &rows);
    }
    return st;
}

static arc_status take_items(learning *x, const arci_rows *rows)
{
    int64_t *ids = arci_arena_alloc(&x->m.arena, (rows->n_rows + 1u) * sizeof *ids);
    if (!ids) return arci_nomem(x->m.env);
    for (uint32_t i = 0; i < rows->n_rows; i++) ids[i] = rows->values[(size_t)i * rows->n_cols].u.i;
    return arci_cash_items(&x->m, ids, rows->n_rows);
}

static int by_value(const void *p, const void *q)
{
    const int64_t *a = p, *b = q;
    return (*a > *b) - (*a < *b);
}

/* All items of the customers, closed ones too, each customer's together; and what moved them. */
static arc_status read_items(learning *x)
{
    arci_cash *m = &x->m;
    uint32_t n = 0;
    int64_t *ids = arci_arena_alloc(&m->arena, (m->n_receipts + 1u) * sizeof *ids);
    if (!ids) return arci_nomem(m->env);
    for (uint32_t i = 0; i < m->n_receipts; i++) ids[i] = m->receipts[i].customer;
    qsort(ids, m->n_receipts, sizeof *ids, by_value);
    for (uint32_t i = 0; i < m->n_receipts; i++) {
        if (!n || ids[n - 1] != ids[i]) ids[n++] = ids[i];
    }
    arc_value *members;
    arc_status st = arci_cash_customers(m, ids, n, 0);
    if (st == ARC_OK) st = arci_cash_members(m, ids, n, &members, &n);
    if (st != ARC_OK) return st;
    int64_t *all = arci_arena_alloc(&m->arena, (n + 1u) * sizeof *all);
    if (!all) return arci_nomem(m->env);
    for (uint32_t i = 0; i < n; i++) all[i] = members[i].u.i;
    st = each(x, "item", "id customer", 1, all, n, take_items);
    if (st != ARC_OK) return st;
    int64_t *items = arci_arena_alloc(&m->arena, (m->n_items + 1u) * sizeof *items);
    m->order = arci_arena_alloc(&m->arena, (m->n_items + 1u) * sizeof *m->order);
    x->open = arci_arena_alloc(&m->arena, (m->n_items + 1u) * sizeof *x->open);
    x->paid = arci_arena_alloc(&m->arena, m->n_items + 1u);
    if (!items || !m->order || !x->open || !x->paid) return arci_nomem(m->env);
    for (uint32_t i = 0; i < m->n_items; i++) {
        arci_mcustomer *c = arci_cash_customer(m, m->items[i].customer);
        items[i] = m->items[i].id;
        if (c) c->n++;
    }
    for (uint32_t i = 0, at = 0; i < m->n_customers; i++) {
        arci_mcustomer *c = &m->customers[i];
        c->first = at;
        c->whole = 1;
        c->days_late = ARC_HABIT_DAYS_LEARNED; /* what is known today was not known then */
        at += c->n;
        c->n = 0;
    }
    for (uint32_t i = 0; i < m->n_items; i++) {
        arci_mcustomer *c = arci_cash_customer(m, m->items[i].customer);
        if (c) m->order[c->first + c->n++] = i;
    }
    m->n_order = m->n_items; /* all of them are of these customers */
    st = arci_cash_links(m, 0);
    if (st != ARC_OK) return st;
    st = each(x, "allocation", "id item receipt credit_item amount discount write_off effective_date reverses evidence credit_amount", 1, items, m->n_items, take_moves);
    if (st == ARC_OK) st = sort_moves(x);
    return st == ARC_OK ? arci_cash_refs_none(m) : st;
}

/* ---- one receipt --------------------------------------------------------------------------------------------------------------------------- */

/* Takes the items of a customer back to what they were before the first row of a receipt; what it paid, and how much of it. 0: it is no use. */
static int go_back(learning *x, arci_mreceipt *r, uint32_t first, uint32_t *n_paid)
{
    arci_cash *m = &x->m;
    const arci_mcustomer *c = arci_cash_customer(m, r->customer);
    int64_t total = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        arci_mitem *item = &m->items[m->order[c->first + i]];
        item->open = item->amount;
        item->granted = 0;
        x->paid[m->order[c->first + i]] = 0;
    }
    *n_paid = 0;
    uint32_t begin = first;
    while (begin && x->moves[begin - 1].customer == r->customer) begin--;
    for (uint32_t i = begin; i < x->n_moves && x->moves[i].customer == r->customer; i++) {
        const move *k = &x->moves[i];
        arci_mitem *item = arci_cash_item(m, k->item), *credit = k->credit_item ? arci_cash_item(m, k->credit_item) : NULL;
        if (i < first) {
            item->open -= k->settled;
            if (credit) credit->open += k->taken;
        } else if (k->receipt == r->id && !k->reverses && !arci_map_get(&x->standing, &k->id, sizeof k->id)) {
            if (k->date != x->moves[first].date || k->auto_only || k->foreign) return 0; /* several days are several decisions */
            const uint32_t at = (uint32_t)(item - m->items);
            *n_paid += !x->paid[at];
            x->paid[at] = 1;
            total += k->taken;
        }
    }
    r->left = total;
    return *n_paid && total > 0;
}

/* Just the items that it paid: of several that look the same one is as good as none. */
static int is_right(const learning *x, const arci_mcandidate *k, uint32_t n_paid)
{
    uint32_t debits = 0;
    for (uint32_t i = 0; i < k->n_items; i++) {
        if (x->m.items[k->items[i]].open <= 0) continue;
        if (!x->paid[k->items[i]]) return 0;
        debits++;
    }
    return debits == n_paid;
}

/* Of what was open that day, what it paid. */
static arc_status teach(learning *x, const arci_mreceipt *r)
{
    arci_cash *m = &x->m;
    const arci_mcustomer *c = arci_cash_customer(m, r->customer);
    size_t n = 0;
    arc_date *due = arci_arena_alloc(&m->scratch, (c->n + 1u) * sizeof *due), *issued = arci_arena_alloc(&m->scratch, (c->n + 1u) * sizeof *issued);
    uint8_t *paid = arci_arena_alloc(&m->scratch, c->n + 1u);
    if (!due || !issued || !paid) return arci_nomem(m->env);
    for (uint32_t i = 0; i < c->n; i++) {
        const uint32_t at = m->order[c->first + i];
        const arci_mitem *item = &m->items[at];
        if (item->open <= 0 || item->since > m->as_of || memcmp(item->currency, r->currency, 3) != 0) continue;
        due[n] = item->due == ARC_DATE_MAX ? item->since : item->due;
        issued[n] = item->since;
        paid[n++] = x->paid[at];
    }
    return n ? arc_habit_learn(x->habit, r->value_date, due, issued, paid, n) : ARC_OK;
}

static arc_status one(learning *x, arci_mreceipt *r, uint32_t first)
{
    arci_cash *m = &x->m;
    arci_mresult res;
    uint32_t n_paid;
    if (r->offset || !go_back(x, r, first, &n_paid)) return ARC_OK;
    m->as_of = x->moves[first].date;
    arci_arena_reset(&m->scratch);
    arc_status st = arci_cash_decide(m, r, &res);
    if (st == ARC_OK && res.n) {
        const arci_mcandidate *k = &res.c[0];
        x->cases[x->n_cases++] = (arci_cal_case){ k->tier, (uint8_t)is_right(x, k, n_paid), k->raw_ppm };
    }
    return st == ARC_OK ? teach(x, r) : st;
}

static arc_status go_through(learning *x)
{
    arci_cash *m = &x->m;
    arci_map at;
    arc_status st = ARC_OK;
    arci_map_init(&at, m->arena.ctx);
    x->cases = arci_arena_alloc(&m->arena, (m->n_receipts + 1u) * sizeof *x->cases);
    if (!x->cases) return arci_nomem(m->env);
    for (uint32_t i = 0; i < m->n_receipts && st == ARC_OK; i++) {
        int64_t *place;
        if (arci_map_put(&at, &m->receipts[i].id, sizeof m->receipts[i].id, &place) < 0) st = arci_nomem(m->env);
        else *place = i;
    }
    for (uint32_t i = 0; i < x->n_moves && st == ARC_OK; i++) { /* in the order in which they were settled */
        const move *k = &x->moves[x->time[i]];
        int64_t *place = k->receipt && !k->reverses ? arci_map_get(&at, &k->receipt, sizeof k->receipt) : NULL;
        if (!place || *place < 0) continue;
        if (m->receipts[*place].customer == k->customer) st = one(x, &m->receipts[*place], x->time[i]);
        *place = -1;
    }
    arci_map_clear(&at);
    return st;
}

/* ---- what was learned ----------------------------------------------------------------------------------------------------------------------- */

static arc_status put_document(learning *x, arci_str *b)
{
    arci_calibration c;
    size_t n = 0;
    arci_calibrate(&c, x->cases, x->n_cases);
    arci_str_puts(b, "{\"match_model\":\"arcore/1\",\"calibration\":");
    arci_calibration_put(&c, b);
    arc_status st = arc_habit_json(x->habit, NULL, &n);
    if (st != ARC_E_BUFFER) return st;
    char *habit = arci_arena_alloc(&x->m.arena, ++n);
    if (!habit) return arci_nomem(x->m.env);
    st = arc_habit_json(x->habit, habit, &n);
    if (st != ARC_OK) return st;
    arci_json_put_key(b, "habit");
    arci_str_add(b, habit, n);
    arci_str_putc(b, '}');
    return b->failed ? arci_nomem(x->m.env) : ARC_OK;
}

static arc_status store(learning *x, const arci_str *b, int64_t *id, arc_date day)
{
    const arci_shape *shape;
    arci_batch *batch;
    arc_status st = arci_shape_get(x->m.t, &shape, "match_model", "learned_on receipts document");
    if (st == ARC_OK) st = arci_batch_new(x->m.t, &x->m.arena, &batch, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *row = arci_batch_row(batch, 0);
    row[0] = arci_v_int(day);
    row[1] = arci_v_int(x->n_cases);
    row[2] = arci_v_text(b->s, (uint32_t)b->len);
    st = arci_repo_write(x->m.t, &batch, 1, NULL);
    if (st == ARC_OK) *id = arci_batch_id(batch, 0);
    return st;
}

static arc_status learn(arci_call *call, arci_session *s, const arc_match_options *o, int64_t *id, int64_t *cases)
{
    learning x;
    arci_str b;
    memset(&x, 0, sizeof x);
    x.s = s;
    arci_str_init(&b, s->env.ctx);
    arc_status st = arci_cash_begin(&x.m, call->txn, o->as_of, o->strategy);
    arci_map_init(&x.standing, s->env.ctx);
    if (st == ARC_OK) st = arc_habit_new(s->env.ctx, &x.habit, NULL, 0);
    arci_learned_clear(&x.m.model);
    memset(&x.m.model, 0, sizeof x.m.model);
    if (st == ARC_OK) st = read_receipts(&x, o->max ? o->max : RECEIPTS);
    if (st == ARC_OK) st = read_items(&x);
    x.m.model.habit = x.habit; /* as far as it has learned when a receipt is asked about */
    if (st == ARC_OK) st = go_through(&x);
    if (st == ARC_OK) st = put_document(&x, &b);
    if (st == ARC_OK) st = store(&x, &b, id, o->as_of);
    *cases = x.n_cases;
    arci_map_clear(&x.standing);
    arci_str_clear(&b);
    arci_cash_end(&x.m); /* the habit goes with it */
    return st;
}

static arc_status asked(arci_call *c, const arc_match_options *o)
{
    static const char *const names[] = { "id", "cases", NULL };
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, o->as_of);
    arci_call_arg_int(c, o->max);
    arci_call_arg_text(c, o->strategy ? o->strategy : "", o->strategy ? strlen(o->strategy) : 0);
    arci_call_arg_end(c, 0, NULL);
    return arci_call_replay(c);
}

arc_status arc_match_learn(arc_session *session, int64_t *id, int64_t *cases, const arc_match_options *options)
{
    arc_match_options o = ARC_MATCH_OPTIONS_INIT;
    arci_session *s;
    arci_call call;
    int64_t kept[2] = { 0, 0 };
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = arci_cash_options_in(s, &o, NULL, 0, options, 0);
    if (st == ARC_OK && o.max > RECEIPTS_MAX) st = arci_fail(&s->env, ARC_E_LIMIT, "at most %d receipts", "最多 %d 笔回款", RECEIPTS_MAX);
    if (st != ARC_OK) return arci_call_leave(s, st);
    st = arci_call_begin(s, &call, &arci_verbs[ARCI_DO_ALLOCATION_MATCH], NULL, 0);
    if (st != ARC_OK) return arci_call_leave(s, st);
    st = asked(&call, &o);
    if (st == ARC_OK && arci_call_done(&call, 0)) {
        kept[0] = arci_call_number(&call, 0, 0);
        kept[1] = arci_call_number(&call, 0, 1);
        st = arci_call_status(&call, 0);
    } else if (st == ARC_OK) {
        st = learn(&call, s, &o, &kept[0], &kept[1]);
        if (st == ARC_OK) arci_call_keep(&call, 0, st, kept);
    }
    st = arci_call_end(&call, st);
    if (st == ARC_OK && id) *id = kept[0];
    if (st == ARC_OK && cases) *cases = kept[1];
    return arci_call_leave(s, st);
}
