/* SPDX-License-Identifier: Apache-2.0 */
/* Making vouchers of the entries that are in none yet. */
#include <stdlib.h>
#include <string.h>

#include "ledger/period.h"
#include "ledger/voucher.h"
#include "store/valid.h"
#include "store/scout.h"

#define CHUNK 500u       /* entries asked about at once, vouchers written at once */
#define MERGED_LINES 1500u /* most lines that are put together: a voucher's text has a bound */

static const char *const merges[] = { "document", "customer_day", "day" };

arc_status arc_voucher_options_init(arc_voucher_options *options)
{
    static const arc_voucher_options init = ARC_VOUCHER_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = init;
    return ARC_OK;
}

arc_status arc_voucher_summary_init(arc_voucher_summary *summary)
{
    static const arc_voucher_summary init = ARC_VOUCHER_SUMMARY_INIT;
    if (!summary) return ARC_E_INVALID;
    *summary = init;
    return ARC_OK;
}

typedef struct export {
    arci_txn *t;
    arci_arena arena;
    arc_voucher_options o;
    const char *ledger, *map;
    arc_date from, to;
    arci_gl g;
    uint32_t *order; /* of g.entries, by voucher */
    uint32_t cap, max;
    struct {
        char period[24];
        int64_t next;
    } *numbers;
    uint32_t n_numbers, cap_numbers;
    arc_voucher_summary sum;
} export;

/* ---- which entries -------------------------------------------------------------------------------------------------------- */

enum { E_ID, E_DATE, E_PURPOSE, E_ENTITY, E_SOURCE, E_NUMBER, E_MEMO, E_CUSTOMER };
static const char entry_fields[] = "id posting_date purpose entity source document_no memo customer";

static const char *keep(export *x, const arc_value *v)
{
    return v->type == ARC_V_TEXT ? arci_arena_strndup(&x->arena, v->u.s, v->len) : "";
}

static arc_status take_entry(export *x, const arc_value *v)
{
    if (x->g.n_entries == x->cap) {
        uint32_t cap = x->cap ? x->cap * 2 : 64;
        arci_gl_entry *more = arci_arena_alloc(&x->arena, cap * sizeof *more);
        if (!more) return arci_nomem(x->t->env);
        if (x->g.n_entries) memcpy(more, x->g.entries, x->g.n_entries * sizeof *more);
        x->g.entries = more;
        x->cap = cap;
    }
    arci_gl_entry *e = &x->g.entries[x->g.n_entries++];
    memset(e, 0, sizeof *e);
    e->id = v[E_ID].u.i;
    e->source = v[E_SOURCE].u.i;
    e->customer = v[E_CUSTOMER].type == ARC_V_INT ? v[E_CUSTOMER].u.i : 0;
    e->posted = (arc_date)v[E_DATE].u.i;
    e->purpose = keep(x, &v[E_PURPOSE]);
    e->entity = keep(x, &v[E_ENTITY]);
    e->number = keep(x, &v[E_NUMBER]);
    e->memo = keep(x, &v[E_MEMO]);
    return e->purpose && e->entity && e->number && e->memo ? ARC_OK : arci_nomem(x->t->env);
}

/* Of entries[from..n) those stay that are in no voucher of the ledger. */
static arc_status drop_exported(export *x, uint32_t from)
{
    const arci_shape *shape;
    arc_value ids[CHUNK];
    arci_where w;
    arci_rows rows;
    uint32_t n = x->g.n_entries - from, kept = from;
    if (!n) return ARC_OK;
    arc_status st = arci_shape_get(x->t, &shape, "voucher_entry", "journal_entry ledger");
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) ids[i] = arci_v_int(x->g.entries[from + i].id);
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[1], ARC_OP_EQ, x->ledger, strlen(x->ledger));
    arci_where_in(&w, shape->cols[0], ids, n);
    st = arci_repo_find(x->t, shape, &w, NULL, 0, 0, &x->arena, &rows);
    for (uint32_t i = from; st == ARC_OK && i < x->g.n_entries; i++) {
        int found = 0;
        for (uint32_t lo = 0, hi = rows.n_rows; lo < hi && !found;) { /* by key: ascending */
            uint32_t mid = lo + (hi - lo) / 2;
            int64_t id = rows.values[(size_t)mid * rows.n_cols].u.i;
            found = id == x->g.entries[i].id;
            if (id < x->g.entries[i].id) lo = mid + 1;
            else hi = mid;
        }
        if (!found) x->g.entries[kept++] = x->g.entries[i];
    }
    if (st == ARC_OK) x->g.n_entries = kept;
    return st;
}

/* One more than asked for tells that there are more. */
static arc_status find_entries(export *x)
{
    const arci_shape *shape;
    arci_where w;
    arci_scan *scan;
    arc_block block;
    uint32_t checked = 0;
    arc_status st = arci_shape_get(x->t, &shape, "journal_entry", entry_fields);
    if (st != ARC_OK) return st;
    const arc_order order[] = { { shape->cols[E_DATE], 0 }, { shape->cols[E_ID], 0 } };
    arci_where_init(&w);
    if (x->from != ARC_DATE_NONE) arci_where_int(&w, shape->cols[E_DATE], ARC_OP_GE, x->from);
    arci_where_int(&w, shape->cols[E_DATE], ARC_OP_LE, x->to);
    st = arci_repo_scan(x->t, shape, &w, order, 2, &scan);
    if (st != ARC_OK) return st;
    while (st == ARC_OK && checked <= x->max && (st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK && checked <= x->max; i++) {
            st = take_entry(x, block.values + (size_t)i * block.n_cols);
            if (st != ARC_OK || x->g.n_entries - checked < CHUNK) continue;
            st = drop_exported(x, checked);
            checked = x->g.n_entries;
        }
    }
    arci_scan_end(scan);
    if (st == ARC_DONE) st = ARC_OK;
    if (st == ARC_OK) st = drop_exported(x, checked);
    if (st == ARC_OK && x->g.n_entries > x->max) {
        x->g.n_entries = x->max;
        x->sum.more = 1;
    }
    return st;
}

/* ---- which vouchers --------------------------------------------------------------------------------------------------------- */

static int compare_keys(const arci_gl_entry *a, const arci_gl_entry *b, uint32_t merge)
{
    if (a->date != b->date) return a->date < b->date ? -1 : 1;
    if (merge == ARC_VOUCHER_BY_CUSTOMER_DAY) return (a->customer > b->customer) - (a->customer < b->customer);
    if (merge != ARC_VOUCHER_BY_DOCUMENT) return 0;
    int d = strcmp(a->entity, b->entity);
    return d ? d : (a->source > b->source) - (a->source < b->source);
}

/* Documents in the order they were posted, not of their kinds: the first entry of each leads. */
typedef struct place {
    uint32_t at;
    const arci_gl_entry *e;
    int64_t leader;
    uint32_t merge;
} place;

static int by_key(const void *x, const void *y)
{
    const place *a = x, *b = y;
    int d = compare_keys(a->e, b->e, a->merge);
    if (!d) d = (a->e->customer > b->e->customer) - (a->e->customer < b->e->customer);
    return d ? d : (a->e->id > b->e->id) - (a->e->id < b->e->id);
}

static int by_leader(const void *x, const void *y)
{
    const place *a = x, *b = y;
    if (a->e->date != b->e->date) return a->e->date < b->e->date ? -1 : 1;
    if (a->leader != b->leader) return a->leader < b->leader ? -1 : 1;
    return (a->e->id > b->e->id) - (a->e->id < b->e->id);
}

static arc_status arrange(export *x)
{
    uint32_t n = x->g.n_entries;
    place *p = arci_arena_alloc(&x->arena, (n + 1u) * sizeof *p);
    x->order = arci_arena_alloc(&x->arena, (n + 1u) * sizeof *x->order);
    if (!p || !x->order) return arci_nomem(x->t->env);
    for (uint32_t i = 0; i < n; i++) {
        arci_gl_entry *e = &x->g.entries[i];
        arc_status st = arci_period_open_day(x->t, &e->date, e->posted);
        if (st == ARC_OK) st = arci_period_check(x->t, e->date); /* and stays open until the vouchers stand */
        if (st != ARC_OK) return st;
        x->sum.n_moved += e->date != e->posted;
        p[i].at = i;
        p[i].e = e;
        p[i].leader = e->id;
        p[i].merge = x->o.merge;
    }
    qsort(p, n, sizeof *p, by_key);
    for (uint32_t i = 1; i < n && x->o.merge == ARC_VOUCHER_BY_DOCUMENT; i++) {
        if (!compare_keys(p[i - 1].e, p[i].e, x->o.merge)) p[i].leader = p[i - 1].leader;
    }
    if (x->o.merge == ARC_VOUCHER_BY_DOCUMENT) qsort(p, n, sizeof *p, by_leader);
    for (uint32_t i = 0; i < n; i++) x->order[i] = p[i].at;
    return ARC_OK;
}

/* Entries order[from..] of one voucher: returns where the next one begins. */
static uint32_t end_of(const export *x, uint32_t from)
{
    const arci_gl_entry *first = &x->g.entries[x->order[from]];
    uint32_t to = from + 1, lines = first->n;
    while (to < x->g.n_entries && !compare_keys(first, &x->g.entries[x->order[to]], x->o.merge)) {
        lines += x->g.entries[x->order[to]].n;
        if (lines > MERGED_LINES) break;
        to++;
    }
    return to;
}

/* ---- numbers ---------------------------------------------------------------------------------------------------------------- */

static arc_status last_number(export *x, const char *period, int64_t *last)
{
    const arci_entity *e = arci_entity_by_name("voucher", 7);
    const arc_measure measure = { ARC_MEASURE_MAX, arci_col(e, "number") };
    arci_aggregate_spec spec;
    arci_where w;
    arci_scan *scan;
    arc_block block;
    arci_where_init(&w);
    arci_where_text(&w, arci_col(e, "ledger"), ARC_OP_EQ, x->ledger, strlen(x->ledger));
    arci_where_text(&w, arci_col(e, "period"), ARC_OP_EQ, period, strlen(period));
    memset(&spec, 0, sizeof spec);
    spec.entity = e;
    spec.conds = w.conds;
    spec.n_conds = w.n;
    spec.measures = &measure;
    spec.n_measures = 1;
    *last = 0;
    arc_status st = arci_scan_aggregate(x->t, &scan, &spec);
    if (st != ARC_OK) return st;
    st = arci_scan_next(scan, &block);
    if (st == ARC_OK && block.values[0].type == ARC_V_INT) *last = block.values[0].u.i;
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

/* The place of a period, with its last number. */
static arc_status number_of(export *x, const char *period, uint32_t *at)
{
    uint32_t i = x->n_numbers;
    while (i && strcmp(x->numbers[i - 1].period, period) != 0) i--;
    if (!i) {
        if (x->n_numbers == x->cap_numbers) {
            uint32_t cap = x->cap_numbers ? x->cap_numbers * 2 : 16;
            void *more = arci_arena_alloc(&x->arena, cap * sizeof *x->numbers);
            if (!more) return arci_nomem(x->t->env);
            if (x->n_numbers) memcpy(more, x->numbers, x->n_numbers * sizeof *x->numbers);
            x->numbers = more;
            x->cap_numbers = cap;
        }
        arc_status st = last_number(x, period, &x->numbers[x->n_numbers].next);
        if (st != ARC_OK) return st;
        memcpy(x->numbers[x->n_numbers].period, period, strlen(period) + 1);
        i = ++x->n_numbers;
    }
    *at = i - 1;
    return ARC_OK;
}

static arc_status next_number(export *x, const char *period, int64_t *number)
{
    uint32_t at;
    arc_status st = number_of(x, period, &at);
    if (st == ARC_OK) *number = ++x->numbers[at].next;
    return st;
}

/* Of the periods of all entries; one that moves to a later period may need one more. */
static arc_status read_numbers(export *x)
{
    arc_status st = ARC_OK;
    arc_date last = ARC_DATE_NONE;
    x->n_numbers = 0;
    for (uint32_t i = 0; st == ARC_OK && i < x->g.n_entries; i++) {
        char code[24];
        uint32_t at;
        if (i && x->g.entries[i].posted == last) continue;
        last = x->g.entries[i].posted;
        st = arci_period_code(x->t, code, last);
        if (st == ARC_OK) st = number_of(x, code, &at);
    }
    return st;
}

/* ---- writing ---------------------------------------------------------------------------------------------------------------- */

static const char voucher_fields[] = "ledger period number posting_date status digest merge map lines";
enum { V_LEDGER, V_PERIOD, V_NUMBER, V_DATE, V_STATUS, V_DIGEST, V_MERGE, V_MAP, V_LINES };

static arc_value text(const char *s) { return arci_v_text(s, strlen(s)); }

static arc_status fill_voucher(export *x, arci_arena *arena, arc_value *v, uint32_t from, uint32_t to)
{
    char code[24], hex[65];
    arci_str b;
    int64_t number = 0;
    const arci_gl_entry *first = &x->g.entries[x->order[from]];
    arci_str_init(&b, x->t->book->ctx);
    arc_status st = arci_period_code(x->t, code, first->date);
    if (st == ARC_OK) st = next_number(x, code, &number);
    if (st == ARC_OK) st = arci_gl_lines(&x->g, &b, x->order + from, to - from, x->o.merge != ARC_VOUCHER_BY_DOCUMENT);
    if (st != ARC_OK) {
        arci_str_clear(&b);
        return st;
    }
    const char *merge = merges[x->o.merge];
    const arci_voucher_head head = { x->ledger, code, merge, strlen(x->ledger), strlen(code), strlen(merge), number, first->date };
    arci_voucher_digest(&head, b.s, b.len, hex);
    const char *lines = arci_arena_strndup(arena, b.s, b.len), *period = arci_arena_strndup(arena, code, strlen(code)), *digest = arci_arena_strndup(arena, hex, 64);
    v[V_LEDGER] = text(x->ledger);
    v[V_NUMBER] = arci_v_int(number);
    v[V_DATE] = arci_v_int(first->date);
    v[V_STATUS] = text("pending");
    v[V_MERGE] = text(merge);
    v[V_MAP] = arci_v_int(x->g.map->id);
    if (lines && period && digest) {
        v[V_LINES] = arci_v_text(lines, b.len);
        v[V_PERIOD] = text(period);
        v[V_DIGEST] = arci_v_text(digest, 64);
    } else {
        st = arci_nomem(x->t->env);
    }
    arci_str_clear(&b);
    return st;
}

/* Writes the vouchers of order[from..], at most CHUNK; *next: where the others begin. */
static arc_status write_chunk(export *x, arci_arena *arena, uint32_t from, uint32_t *next)
{
    const arci_shape *vouchers, *entries;
    arci_batch *b[2];
    uint32_t n = 0, row = 0, bounds[CHUNK + 1];
    for (bounds[0] = from; n < CHUNK && bounds[n] < x->g.n_entries; n++) bounds[n + 1] = end_of(x, bounds[n]);
    arc_status st = arci_shape_get(x->t, &vouchers, "voucher", voucher_fields);
    if (st == ARC_OK) st = arci_shape_get(x->t, &entries, "voucher_entry", "ledger journal_entry voucher");
    if (st == ARC_OK) st = arci_batch_new(x->t, arena, &b[0], vouchers, ARC_WRITE_INSERT, n, 0, NULL, 0);
    if (st == ARC_OK) st = arci_batch_new(x->t, arena, &b[1], entries, ARC_WRITE_INSERT, bounds[n] - from, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK) st = arci_batch_ids(x->t, b[0]);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        st = fill_voucher(x, arena, arci_batch_row(b[0], i), bounds[i], bounds[i + 1]);
        for (uint32_t k = bounds[i]; st == ARC_OK && k < bounds[i + 1]; k++) {
            arc_value *v = arci_batch_row(b[1], row++);
            v[0] = text(x->ledger);
            v[1] = arci_v_int(x->g.entries[x->order[k]].id);
            v[2] = arci_v_int(arci_batch_id(b[0], i));
        }
    }
    if (st == ARC_OK) st = arci_repo_write(x->t, b, 2, NULL);
    if (st == ARC_E_EXISTS) st = arci_fail(x->t->env, ARC_E_CONFLICT, "another export to the same ledger was faster; try again", "另一次导出已先行完成，请重试");
    if (st != ARC_OK) return st;
    if (!x->sum.first) x->sum.first = arci_batch_id(b[0], 0);
    x->sum.last = arci_batch_id(b[0], n - 1);
    x->sum.n_vouchers += n;
    *next = bounds[n];
    return ARC_OK;
}

static arc_status read_all(void *user)
{
    export *x = user;
    const arci_gl none = { .t = x->t, .arena = &x->arena, .map = x->g.map };
    x->g = none;
    x->cap = 0;
    x->sum.more = 0;
    arc_status st = find_entries(x);
    if (st == ARC_OK) st = arci_gl_read(&x->g);
    return st == ARC_OK ? read_numbers(x) : st;
}

static arc_status export_all(export *x)
{
    arci_arena arena;
    arci_account_map *map = NULL;
    arc_status st = arci_account_map_get(x->t, &x->arena, x->map, x->to, &map);
    x->g.map = map;
    if (st == ARC_OK) st = arci_periods_ask(x->t);
    if (st == ARC_OK) st = arci_scout(x->t, read_all, x);
    if (st == ARC_OK) st = arrange(x);
    arci_arena_init(&arena, x->t->book->ctx);
    for (uint32_t at = 0; st == ARC_OK && at < x->g.n_entries;) {
        arci_arena_reset(&arena);
        st = write_chunk(x, &arena, at, &at);
    }
    arci_arena_clear(&arena);
    x->sum.n_entries = x->g.n_entries;
    x->sum.n_unvalued = x->g.n_unvalued;
    x->sum.n_incomplete = x->g.n_incomplete;
    if (st == ARC_OK && x->g.n_unvalued && (x->o.flags & ARC_VOUCHER_VALUED)) {
        st = arci_fail(x->t->env, ARC_E_VALUE, "%lld lines have no base amount: no exchange rate is known for them", "%lld 行没有本位币金额：缺少汇率", (long long)x->g.n_unvalued);
        arci_fail_at(x->t->env, "journal_line", "base_amount", -1, -1);
    }
    return st;
}

/* ---- the call ---------------------------------------------------------------------------------------------------------------- */

static const char *const outcome[] = { "vouchers", "entries", "moved", "unvalued", "incomplete", "first", "last", "more", NULL };

static arc_status once(arci_call *c, export *x)
{
    arc_status st = arci_call_elements(c, outcome, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_text(c, x->ledger, strlen(x->ledger));
    arci_call_arg_text(c, x->map, strlen(x->map));
    arci_call_arg_int(c, x->from);
    arci_call_arg_int(c, x->to);
    arci_call_arg_int(c, x->o.merge);
    arci_call_arg_int(c, x->o.flags);
    arci_call_arg_int(c, x->max);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st != ARC_OK) return st;
    int64_t *const out[] = { &x->sum.n_vouchers, &x->sum.n_entries, &x->sum.n_moved, &x->sum.n_unvalued, &x->sum.n_incomplete, &x->sum.first, &x->sum.last };
    int64_t numbers[8];
    if (arci_call_done(c, 0)) {
        for (uint32_t i = 0; i < 7; i++) *out[i] = arci_call_number(c, 0, i);
        x->sum.more = (uint32_t)arci_call_number(c, 0, 7);
        return arci_call_status(c, 0);
    }
    x->t = c->txn;
    st = export_all(x);
    for (uint32_t i = 0; i < 7; i++) numbers[i] = *out[i];
    numbers[7] = x->sum.more;
    if (st == ARC_OK) arci_call_keep(c, 0, st, numbers);
    return st;
}

arc_status arci_voucher_code(arci_env *env, const char *field, const char *s)
{
    size_t n = strlen(s), i = 0;
    while (i < n && ((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= '0' && s[i] <= '9') || strchr("_.-", s[i]))) i++;
    if (n && n <= 64 && i == n) return ARC_OK;
    arc_status st = arci_fail(env, ARC_E_VALUE, "%s: 1 to 64 of a-z A-Z 0-9 _ . -", "%s：须为 1 至 64 个 a-z A-Z 0-9 _ . -", field);
    arci_fail_at(env, "voucher", field, -1, -1);
    return st;
}

static int is_day(arc_date d) { return d == ARC_DATE_NONE || (d >= ARC_DATE_MIN && d <= ARC_DATE_MAX); }

static arc_status check(arci_session *s, export *x, const arc_voucher_options *options)
{
    arc_status st = arci_struct_in(&s->env, &x->o, sizeof x->o, options);
    if (st != ARC_OK) return st;
    if ((x->o.flags & ~ARC_VOUCHER_VALUED) || x->o.merge > ARC_VOUCHER_BY_DAY || x->o.max > ARC_VOUCHER_MAX)
        return arci_fail(&s->env, ARC_E_INVALID, "an unknown flag or merge, or max above %u", "未知的标志或合并方式，或 max 超过 %u", ARC_VOUCHER_MAX);
    x->map = x->o.map ? x->o.map : "main";
    x->max = x->o.max ? x->o.max : ARC_VOUCHER_MAX;
    if (!is_day(x->from) || !is_day(x->to)) return arci_fail(&s->env, ARC_E_RANGE, "not a date", "不是日期");
    if (x->to == ARC_DATE_NONE) st = arci_session_day(&s->env, s, &x->to);
    if (st == ARC_OK && x->to == ARC_DATE_NONE) return arci_fail(&s->env, ARC_E_INVALID, "`to` is missing, and no day is known", "缺少截止日期，且未知当日");
    if (st == ARC_OK && x->from != ARC_DATE_NONE && x->to < x->from) return arci_fail(&s->env, ARC_E_RANGE, "`to` is before `from`", "截止日期早于起始日期");
    if (st == ARC_OK) st = arci_voucher_code(&s->env, "ledger", x->ledger);
    return st;
}

arc_status arc_voucher_export(arc_session *session, arc_voucher_summary *summary, const char *ledger, arc_date from, arc_date to,
                              const arc_voucher_options *options)
{
    static const arc_voucher_options defaults = ARC_VOUCHER_OPTIONS_INIT;
    arci_session *s;
    arci_call call;
    export x;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    memset(&x, 0, sizeof x);
    x.o = defaults;
    x.ledger = ledger;
    x.from = from;
    x.to = to;
    if (!ledger || (summary && !summary->struct_size))
        return arci_call_leave(s, arci_fail(&s->env, ARC_E_INVALID, "ledger is NULL, or summary is not initialised", "ledger 为 NULL，或 summary 未初始化"));
    arci_arena_init(&x.arena, s->env.ctx);
    st = check(s, &x, options);
    const export asked = x;
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        x = asked;
        st = arci_call_begin(s, &call, &arci_verbs[ARCI_DO_VOUCHER_EXPORT], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&call, once(&call, &x));
    }
    if (st == ARC_OK && summary) st = arci_struct_out(summary, &x.sum, sizeof x.sum);
    arci_arena_clear(&x.arena);
    return arci_call_leave(s, st);
}
