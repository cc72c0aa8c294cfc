/* SPDX-License-Identifier: Apache-2.0 */
/* What a back-test comes to: counts by day, rule and level, what the book did itself, all of it as JSON. */
#include <string.h>

#include "arcore/date.h"
#include "arcore/money.h"
#include "base/json_text.h"
#include "rules/backtest_impl.h"
#include "store/access.h"

#define MAX_THERE 1000u /* firings only the book has, told one by one */

/* ---- sums ------------------------------------------------------------------------------------------------------------------- */

arc_status arci_bt_add(arci_bt_run *x, arci_arena *arena, arci_bt_sum **list, const char *name, size_t n, int64_t amount)
{
    arci_bt_sum **at = list;
    while (*at && (strlen((*at)->name) != n || memcmp((*at)->name, name, n) != 0)) at = &(*at)->next;
    if (!*at) {
        arci_bt_sum *made = arci_arena_calloc(arena, 1, sizeof *made);
        if (!made) return arci_nomem(x->env);
        memcpy(made->name, name, n < sizeof made->name ? n : sizeof made->name - 1);
        *at = made;
    }
    arci_acc_add(&(*at)->sum, amount);
    return ARC_OK;
}

arci_bt_level *arci_bt_level_of(arci_bt_run *x, arci_bt_rule *r, int64_t level)
{
    for (uint32_t i = 0; i < r->n_levels; i++) {
        if (r->levels[i].level == level) return &r->levels[i];
    }
    if (r->n_levels == r->cap_levels) {
        uint32_t cap = r->cap_levels ? r->cap_levels * 2 : 4;
        arci_bt_level *grown = arci_arena_alloc(&x->arena, cap * sizeof *grown);
        if (!grown) return NULL;
        if (r->n_levels) memcpy(grown, r->levels, r->n_levels * sizeof *grown);
        r->levels = grown;
        r->cap_levels = cap;
    }
    uint32_t at = r->n_levels++;
    for (; at && r->levels[at - 1].level > level; at--) r->levels[at] = r->levels[at - 1];
    memset(&r->levels[at], 0, sizeof r->levels[at]);
    r->levels[at].level = level;
    return &r->levels[at];
}

/* Seen for the first time? Kinds keep what is counted apart. */
typedef struct seen_key {
    int64_t id, level;
    uint32_t rule, kind;
} seen_key;
enum { BY_ALL, BY_RULE, BY_LEVEL, CUSTOMER = 8, NO_RULE = UINT32_MAX };

static arc_status count_once(arci_bt_run *x, arci_map *map, int64_t id, uint32_t rule, int64_t level, uint32_t kind, int64_t *count)
{
    const seen_key key = { id, level, rule, kind };
    int64_t *at;
    if (!id) return ARC_OK;
    int32_t made = arci_map_put(map, &key, sizeof key, &at);
    if (made < 0) return arci_nomem(x->env);
    if (made) ++*count;
    return ARC_OK;
}

static arc_status add_money(arci_bt_run *x, arci_bt_sum **to, const arci_bt_sum *from)
{
    arc_status st = ARC_OK;
    for (; st == ARC_OK && from; from = from->next) {
        int64_t amount;
        if (arci_acc_get(&from->sum, &amount)) return arci_fail(x->env, ARC_E_OVERFLOW, "a sum is too large", "合计超出范围");
        st = arci_bt_add(x, &x->arena, to, from->name, strlen(from->name), amount);
    }
    return st;
}

static arc_status add_to(arci_bt_run *x, arci_bt_tally *t, const arci_bt_firing *f)
{
    arc_status st = ARC_OK;
    if (f->passed) {
        t->passed++;
        return ARC_OK;
    }
    t->firings++;
    for (uint32_t i = 0; st == ARC_OK && i < f->n; i++) {
        t->suppressed += f->suppressed[i];
        if (!f->suppressed[i]) st = arci_bt_add(x, &x->arena, &t->actions, f->types[i], strlen(f->types[i]), 1);
    }
    return st == ARC_OK ? add_money(x, &t->money, f->money) : st;
}

/* ---- what the book did itself ---------------------------------------------------------------------------------------------------- */

static arc_status ledger_key(arci_bt_run *x, arci_str *b, const char *code, const char *entity, int64_t row, int64_t level, const char *mark, size_t n_mark)
{
    arci_str_reset(b);
    arci_str_add(b, code, strlen(code) + 1);
    arci_str_add(b, entity, strlen(entity) + 1);
    arci_str_int(b, row);
    arci_str_putc(b, ' ');
    arci_str_int(b, level);
    arci_str_putc(b, ' ');
    arci_str_add(b, mark, n_mark);
    return b->failed ? arci_nomem(x->env) : ARC_OK;
}

enum { L_POLICY, L_ENTITY, L_ROW, L_LEVEL, L_MARK, L_FIRED, L_STATUS };
static const char ledger_fields[] = "policy entity row level mark fired_on status";

static arc_status ledger_of(arci_bt_run *x, const arci_shape *shape, const arci_bt_rule *r, arci_str *b)
{
    arci_scan *scan;
    arci_where w;
    arc_block block;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[L_POLICY], ARC_OP_EQ, r->code, strlen(r->code));
    arci_where_text(&w, shape->cols[L_STATUS], ARC_OP_EQ, "fired", 5);
    arci_where_int(&w, shape->cols[L_FIRED], ARC_OP_LE, x->o.to);
    if (!(x->o.flags & ARC_BACKTEST_FRESH)) arci_where_int(&w, shape->cols[L_FIRED], ARC_OP_GE, x->o.from);
    arc_status st = arci_repo_scan(x->from, shape, &w, NULL, 0, &scan);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; st == ARC_OK && i < block.n_rows; i++) {
            const arc_value *v = block.values + (size_t)i * block.n_cols;
            const arci_entity *e = arci_entity_by_name(v[L_ENTITY].u.s, v[L_ENTITY].len);
            int64_t *at;
            if (!e) continue;
            st = ledger_key(x, b, r->code, e->name, v[L_ROW].u.i, v[L_LEVEL].u.i, v[L_MARK].u.s, v[L_MARK].len);
            if (st == ARC_OK && arci_map_put(&x->ledger, b->s, b->len, &at) < 0) st = arci_nomem(x->env);
            if (st == ARC_OK) *at = 1;
        }
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

arc_status arci_bt_ledger(arci_bt_run *x)
{
    const arci_shape *shape;
    arci_str b;
    arci_str_init(&b, x->env->ctx);
    arc_status st = arci_shape_get(x->from, &shape, "rule_firing", ledger_fields);
    for (uint32_t i = 0; st == ARC_OK && i < x->n_rules; i++) st = ledger_of(x, shape, &x->rules[i], &b);
    arci_str_clear(&b);
    return st;
}

/* ---- a day ----------------------------------------------------------------------------------------------------------------------------- */

/* Rows outside of the actor's scope are counted and not told. */
static arc_status see(arci_bt_run *x)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < x->n_firings; i++) {
        arci_bt_firing *f = &x->firings[i];
        const arci_row_scope *scope;
        f->seen = 1;
        st = arci_access_read(x->env, x->s, f->entity, &scope);
        if (st == ARC_OK && scope) st = arci_scope_rows(x->from, &x->day_arena, f->entity, scope, &f->row, 1, &f->seen);
    }
    return st;
}

static arc_status compare(arci_bt_run *x, arci_bt_firing *f)
{
    arci_str b;
    arci_str_init(&b, x->env->ctx);
    arci_bt_rule *r = &x->rules[f->rule];
    arc_status st = ledger_key(x, &b, r->code, f->entity->name, f->row, f->level, f->mark, strlen(f->mark));
    int64_t *at = st == ARC_OK ? arci_map_get(&x->ledger, b.s, b.len) : NULL;
    f->happened = at != NULL;
    if (at) *at = 2;
    if (at) r->matched++;
    else r->only_here++;
    arci_str_clear(&b);
    return st;
}

static void put_day(arci_str *b, const char *key, arc_date day)
{
    char text[16];
    size_t n = sizeof text;
    if (arc_date_print(text, &n, day) == ARC_OK) arci_json_put_str(b, key, text);
}

/* {"CNY": "12.00", ...} */
static arc_status put_money(arci_bt_run *x, arci_str *b, const arci_bt_sum *list)
{
    int first = 1;
    arci_json_put_key(b, "money");
    arci_str_putc(b, '{');
    for (; list; list = list->next) {
        arc_money m;
        char text[64];
        size_t n = sizeof text;
        memset(&m, 0, sizeof m);
        memcpy(m.currency, list->name, 3);
        if (arci_acc_get(&list->sum, &m.minor)) return arci_fail(x->env, ARC_E_OVERFLOW, "a sum is too large", "合计超出范围");
        if (arc_money_print_amount(text, &n, &m) != ARC_OK) continue;
        if (!first) arci_str_putc(b, ',');
        first = 0;
        arci_json_put_text(b, list->name, strlen(list->name));
        arci_str_putc(b, ':');
        arci_json_put_text(b, text, n);
    }
    arci_str_putc(b, '}');
    return ARC_OK;
}

static arc_status put_tally(arci_bt_run *x, arci_str *b, const arci_bt_tally *t)
{
    arci_json_put_int(b, "firings", t->firings);
    arci_json_put_int(b, "passed", t->passed);
    arci_json_put_int(b, "subjects", t->subjects);
    arci_json_put_int(b, "customers", t->customers);
    arci_json_put_key(b, "actions");
    arci_str_putc(b, '{');
    for (const arci_bt_sum *a = t->actions; a; a = a->next) {
        int64_t n = 0;
        (void)arci_acc_get(&a->sum, &n);
        arci_json_put_int(b, a->name, n);
    }
    arci_str_putc(b, '}');
    if (t->suppressed) arci_json_put_int(b, "suppressed", t->suppressed);
    return put_money(x, b, t->money);
}

static void begin_object(arci_str *b) { arci_str_puts(b, b->len ? ",{" : "{"); }

static arc_status tell_firing(arci_bt_run *x, const arci_bt_firing *f)
{
    arci_str *b = &x->told;
    if (x->n_told >= (x->o.max ? x->o.max : 1000u)) return ARC_OK;
    x->n_told++;
    begin_object(b);
    put_day(b, "day", x->day);
    arci_json_put_str(b, "rule", x->rules[f->rule].code);
    arci_json_put_int(b, "level", f->level);
    arci_json_put_str(b, "entity", f->entity->name);
    arci_json_put_int(b, "row", f->row);
    if (f->customer) arci_json_put_int(b, "customer", f->customer);
    if (x->rules[f->rule].dated) arci_json_put_str(b, "mark", f->mark);
    if (x->rules[f->rule].dated) put_day(b, "effective_date", f->effective);
    arci_json_put_str(b, "status", f->passed ? "passed" : "fired");
    if (!f->passed) arci_json_put_key(b, "happened");
    if (!f->passed) arci_str_puts(b, f->happened ? "true" : "false");
    arc_status st = f->passed ? ARC_OK : put_money(x, b, f->money);
    arci_str_putc(b, '}');
    return st;
}

static arc_status take_firing(arci_bt_run *x, arci_bt_firing *f)
{
    arc_backtest_totals *all = &x->out->totals;
    arci_bt_rule *r = &x->rules[f->rule];
    if (!f->seen) {
        all->hidden++;
        return ARC_OK;
    }
    arci_bt_level *l = arci_bt_level_of(x, r, f->level);
    if (!l) return arci_nomem(x->env);
    arc_status st = f->passed ? ARC_OK : compare(x, f);
    if (st == ARC_OK) st = add_to(x, &r->all, f);
    if (st == ARC_OK) st = add_to(x, &l->all, f);
    if (st == ARC_OK) st = add_to(x, &l->day, f);
    if (f->passed) all->passed++;
    else all->firings++;
    if (st == ARC_OK && !f->passed) st = add_money(x, &x->money, f->money);
    const int64_t whole = f->row * 4096 + f->entity->id; /* rows of several entities */
    if (st == ARC_OK && !f->passed) st = count_once(x, &x->subjects, whole, NO_RULE, 0, BY_ALL, &all->subjects);
    if (st == ARC_OK && !f->passed) st = count_once(x, &x->subjects, f->row, f->rule, 0, BY_RULE, &r->all.subjects);
    if (st == ARC_OK && !f->passed) st = count_once(x, &x->subjects, f->row, f->rule, f->level, BY_LEVEL, &l->all.subjects);
    if (st == ARC_OK && !f->passed) st = count_once(x, &x->today, f->row, f->rule, f->level, BY_LEVEL, &l->day.subjects);
    if (st == ARC_OK && !f->passed) st = count_once(x, &x->customers, f->customer, NO_RULE, 0, BY_ALL, &all->customers);
    if (st == ARC_OK && !f->passed) st = count_once(x, &x->customers, f->customer, f->rule, 0, BY_RULE, &r->all.customers);
    if (st == ARC_OK && !f->passed) st = count_once(x, &x->customers, f->customer, f->rule, f->level, BY_LEVEL, &l->all.customers);
    if (st == ARC_OK && !f->passed) st = count_once(x, &x->today, f->customer, f->rule, f->level, BY_LEVEL | CUSTOMER, &l->day.customers);
    return st == ARC_OK ? tell_firing(x, f) : st;
}

static arc_status put_days(arci_bt_run *x)
{
    arci_str *b = &x->days;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < x->n_rules; i++) {
        for (uint32_t k = 0; st == ARC_OK && k < x->rules[i].n_levels; k++) {
            arci_bt_level *l = &x->rules[i].levels[k];
            if (!l->day.firings && !l->day.passed) continue;
            begin_object(b);
            put_day(b, "day", x->day);
            arci_json_put_str(b, "rule", x->rules[i].code);
            arci_json_put_int(b, "level", l->level);
            st = put_tally(x, b, &l->day);
            arci_str_putc(b, '}');
            memset(&l->day, 0, sizeof l->day);
        }
    }
    return st == ARC_OK && b->failed ? arci_nomem(x->env) : st;
}

arc_status arci_bt_take_day(arci_bt_run *x)
{
    arc_status st = see(x);
    arci_map_clear(&x->today);
    arci_map_init(&x->today, x->env->ctx);
    for (uint32_t i = 0; st == ARC_OK && i < x->n_firings; i++) st = take_firing(x, &x->firings[i]);
    x->out->totals.days++;
    return st == ARC_OK ? put_days(x) : st;
}

/* ---- the result -------------------------------------------------------------------------------------------------------------------------- */

static void put_list(arci_str *b, const char *key, const arci_str *items)
{
    arci_json_put_key(b, key);
    arci_str_putc(b, '[');
    if (items->len) arci_str_add(b, items->s, items->len);
    arci_str_putc(b, ']');
}

/* What only the book has; rows the actor may not see are left out. */
static arc_status put_there(arci_bt_run *x, arci_str *b)
{
    arci_str items;
    uint32_t told = 0;
    arc_status st = ARC_OK;
    arci_str_init(&items, x->env->ctx);
    for (uint32_t i = 0; st == ARC_OK && i < x->ledger.n; i++) {
        const arci_map_entry *e = &x->ledger.entries[i];
        const char *code = e->key, *entity = code + strlen(code) + 1, *rest = entity + strlen(entity) + 1, *level, *mark;
        const arci_entity *of = arci_entity_by_name(entity, strlen(entity));
        const arci_row_scope *scope;
        uint8_t seen = 1;
        int64_t row = 0, at = 0;
        if (e->value != 1 || !of) continue;
        level = memchr(rest, ' ', e->key_len - (size_t)(rest - code));
        mark = level ? memchr(level + 1, ' ', e->key_len - (size_t)(level + 1 - code)) : NULL;
        if (!mark || arci_int_parse(rest, (size_t)(level - rest), &row) != ARC_OK || arci_int_parse(level + 1, (size_t)(mark - level - 1), &at) != ARC_OK) continue;
        st = arci_access_read(x->env, x->s, of, &scope);
        if (st == ARC_OK && scope) st = arci_scope_rows(x->from, &x->day_arena, of, scope, &row, 1, &seen);
        if (st != ARC_OK || !seen) continue;
        int dated = 0;
        x->out->totals.only_there++;
        for (uint32_t k = 0; k < x->n_rules; k++) {
            if (strcmp(x->rules[k].code, code) != 0) continue;
            x->rules[k].only_there++;
            dated = x->rules[k].dated;
        }
        if (told++ >= MAX_THERE) continue;
        begin_object(&items);
        arci_json_put_str(&items, "rule", code);
        arci_json_put_int(&items, "level", at);
        arci_json_put_str(&items, "entity", entity);
        arci_json_put_int(&items, "row", row);
        if (dated) arci_json_put_key(&items, "mark");
        if (dated) arci_json_put_text(&items, mark + 1, e->key_len - (size_t)(mark + 1 - code));
        arci_str_putc(&items, '}');
    }
    put_list(b, "only_there", &items);
    if (items.failed) st = arci_nomem(x->env);
    arci_str_clear(&items);
    return st;
}

static void put_gaps(arci_str *b, const arci_bt_rule *r)
{
    arci_json_put_key(b, "not_looked_at");
    arci_str_putc(b, '[');
    for (const arci_bt_gap *g = r->gaps; g; g = g->next) {
        arci_str_puts(b, g == r->gaps ? "{" : ",{");
        put_day(b, "from", g->from);
        put_day(b, "to", g->to);
        arci_json_put_str(b, "code", arc_status_name(g->why.status));
        if (g->why.pointer[0]) arci_json_put_str(b, "pointer", g->why.pointer);
        arci_json_put_str(b, "en", g->why.message);
        arci_json_put_str(b, "zh", g->why.message_zh);
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
}

static arc_status put_rule(arci_bt_run *x, arci_str *b, const arci_bt_rule *r)
{
    begin_object(b);
    arci_json_put_str(b, "rule", r->code);
    if (r->revision) arci_json_put_int(b, "revision", r->revision);
    if (r->subject) arci_json_put_str(b, "subject", r->subject->name);
    arc_status st = put_tally(x, b, &r->all);
    arci_json_put_int(b, "errors", r->errors);
    arci_json_put_int(b, "matched", r->matched);
    arci_json_put_int(b, "only_here", r->only_here);
    arci_json_put_int(b, "only_there", r->only_there);
    arci_json_put_key(b, "levels");
    arci_str_putc(b, '[');
    for (uint32_t i = 0; st == ARC_OK && i < r->n_levels; i++) {
        arci_str_puts(b, i ? ",{" : "{");
        arci_json_put_int(b, "level", r->levels[i].level);
        st = put_tally(x, b, &r->levels[i].all);
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
    put_gaps(b, r);
    arci_str_putc(b, '}');
    return st;
}

static arc_status put_totals(arci_bt_run *x, arci_str *b)
{
    const arc_backtest_totals *t = &x->out->totals;
    arci_json_put_int(b, "days_looked_at", t->days);
    arci_json_put_int(b, "firings", t->firings);
    arci_json_put_int(b, "passed", t->passed);
    arci_json_put_int(b, "subjects", t->subjects);
    arci_json_put_int(b, "customers", t->customers);
    arci_json_put_int(b, "errors", t->errors);
    arci_json_put_int(b, "hidden", t->hidden);
    arci_json_put_int(b, "matched", t->matched);
    arci_json_put_int(b, "only_here", t->only_here);
    arci_json_put_int(b, "only_there", t->only_there);
    arci_json_put_int(b, "rows", x->evaluated);
    return put_money(x, b, x->money);
}

static void put_replay(arci_bt_run *x, arci_str *b)
{
    const arci_replay_counts c = arci_replay_count(x->replay);
    arci_json_put_key(b, "replay");
    arci_str_putc(b, '{');
    arci_json_put_str(b, "days", x->o.flags & ARC_BACKTEST_BUSINESS_DATES ? "business_dates" : "seals");
    arci_json_put_int(b, "seals", c.seals);
    arci_json_put_int(b, "events", c.events);
    arci_json_put_int(b, "rows", c.rows);
    arci_json_put_int(b, "erased", c.erased);
    arci_json_put_int(b, "lost", c.lost);
    arci_str_putc(b, '}');
}

arc_status arci_bt_finish(arci_bt_run *x)
{
    arci_str *b = &x->out->json, rules, there;
    arc_backtest_totals *t = &x->out->totals;
    arc_status st = ARC_OK;
    const arci_replay_counts c = arci_replay_count(x->replay);
    arci_str_init(&rules, x->env->ctx);
    arci_str_init(&there, x->env->ctx);
    t->seals = c.seals;
    t->erased = c.erased;
    st = put_there(x, &there);
    for (uint32_t i = 0; st == ARC_OK && i < x->n_rules; i++) {
        t->matched += x->rules[i].matched;
        t->only_here += x->rules[i].only_here;
        st = put_rule(x, &rules, &x->rules[i]);
    }
    arci_str_putc(b, '{');
    put_day(b, "from", t->from);
    put_day(b, "to", t->to);
    if (st == ARC_OK) st = put_totals(x, b);
    put_replay(x, b);
    put_list(b, "rules", &rules);
    put_list(b, "days", &x->days);
    put_list(b, "fired", &x->told);
    arci_str_putc(b, ',');
    arci_str_add(b, there.s ? there.s : "", there.len);
    put_list(b, "failed", &x->errors);
    arci_str_putc(b, '}');
    if (st == ARC_OK && (b->failed || rules.failed || there.failed || x->days.failed || x->told.failed || x->errors.failed)) st = arci_nomem(x->env);
    arci_str_clear(&rules);
    arci_str_clear(&there);
    return st;
}
