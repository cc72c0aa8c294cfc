/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/uses.h"

#include <string.h>

#include "arcore/fields.h"
#include "billing/advance.h"
#include "billing/match.h"
#include "credit/exposure.h"

#define AT_ONCE 500u

typedef struct taken {
    uint32_t bill;
    uint32_t consumes;
    arci_plan *plan;
    int64_t amount;
    uint32_t line; /* number of the line, or of the first of its group; 0: the whole document */
    uint32_t only; /* of the line alone */
} taken;

struct arci_uses {
    arci_plan *plans;
    uint32_t n_plans;
    arci_match *match; /* what they take by themselves; NULL: there is nothing */
    taken *list;
    uint32_t n, cap;
    uint32_t line; /* that the use at hand is for */
};

void arci_uses_tell(arci_call *c, const arc_invoice_document *d)
{
    const char *at = (const char *)d->uses;
    for (uint32_t k = 0; k < d->n_uses && at && k < ARCI_USES_MAX && d->uses->struct_size >= sizeof *d->uses; k++, at += d->uses->struct_size) {
        arc_invoice_use u;
        memcpy(&u, at, sizeof u);
        arci_call_arg_int(c, u.item);
        arci_call_arg_int(c, u.amount.minor);
        arci_call_arg_text(c, u.amount.currency, 3);
        if (u.flags) arci_call_arg_int(c, u.flags);
        if (u.line) arci_call_arg_int(c, u.line);
    }
}

static int takes_part(const arci_bills *b, uint32_t i)
{
    const arci_bill *d = &b->list[i];
    return arci_bill_good(b, i) && d->totals.gross > 0 && strcmp(d->kind, "credit_note") != 0 && strcmp(d->kind, "proforma") != 0;
}

/* Those that documents name, and those they may take by themselves. */
static arc_status read_plans(arci_bills *b, const int64_t *found, uint32_t n_found)
{
    arci_uses *x = b->uses;
    uint32_t n = 0, given = 0;
    for (uint32_t i = 0; i < b->p->n; i++) given += b->list[i].n_uses;
    int64_t *ids = arci_arena_alloc(&b->p->arena, ((size_t)n_found + given + 1) * sizeof *ids);
    if (!ids) return arci_nomem(b->p->t->env);
    for (uint32_t k = 0; k < n_found; k++) ids[n++] = found[k];
    for (uint32_t i = 0; i < b->p->n; i++) {
        arc_invoice_use u = ARC_INVOICE_USE_INIT;
        const char *at = (const char *)b->list[i].uses;
        for (uint32_t k = 0; k < b->list[i].n_uses && takes_part(b, i); k++, at += b->list[i].uses->struct_size) {
            arc_status st = arci_struct_in(b->p->t->env, &u, sizeof u, at);
            if (st != ARC_OK) break; /* told when it is taken */
            ids[n++] = u.item;
        }
    }
    return arci_plans_read(b->p, &x->plans, &x->n_plans, ids, n);
}

/* ---- taking -------------------------------------------------------------------------------------------------------------------------------- */

static int consumed(const arci_plan *plan) { return arci_item_counts(&plan->row[ARCI_PLAN_KIND]) != ARCI_COUNTS_OPEN; }

static arc_status add(arci_bills *b, uint32_t i, arci_plan *plan, int64_t amount, uint32_t line, int only)
{
    arci_uses *x = b->uses;
    if (x->n == x->cap) {
        uint32_t cap = x->cap ? 2 * x->cap : 16;
        taken *more = arci_arena_alloc(&b->p->arena, cap * sizeof *more);
        if (!more) return arci_nomem(b->p->t->env);
        if (x->n) memcpy(more, x->list, x->n * sizeof *more);
        x->list = more;
        x->cap = cap;
    }
    x->list[x->n++] = (taken){ i, consumed(plan) != 0, plan, amount, line, only != 0 };
    return ARC_OK;
}

static int same_side(const arci_bill *d, const arci_plan *plan)
{
    return arci_value_equal(&plan->row[ARCI_PLAN_CUSTOMER], arci_bill_value(d, ARC_INVOICE_CUSTOMER)) &&
           arci_value_equal(&plan->row[ARCI_PLAN_CURRENCY], arci_bill_value(d, ARC_INVOICE_CURRENCY));
}

static arc_status consume(arci_bills *b, uint32_t i, arci_plan *plan, int64_t amount, uint32_t line)
{
    plan->open -= amount;
    return add(b, i, plan, amount, line, 0);
}

/* What a document names, by the group it is of. */
static arc_status take_named(arci_bills *b, uint32_t i, arci_plan *plan, int64_t amount, uint32_t line) { return add(b, i, plan, amount, line, 0); }
static arc_status take_by_line(arci_bills *b, uint32_t i, arci_plan *plan, int64_t amount, uint32_t line)
{
    (void)line;
    return add(b, i, plan, amount, b->uses->line, 1);
}

static arc_status at_use(arci_bills *b, arc_status st, int64_t item)
{
    arci_fail_at(b->p->t->env, "item", NULL, item, -1);
    return st;
}

static int deducts(const arci_bill *d)
{
    for (uint32_t k = 0; k < d->n_lines; k++) {
        if (arci_advance_of(d, k)) return 1;
    }
    return 0;
}

/* What a line comes to with its discount. */
static int64_t line_amount(const arci_bill *d, uint32_t line)
{
    const int discounted = line < d->n_lines && d->amounts[line].discount_of == line;
    return d->amounts[line - 1].gross + (discounted ? d->amounts[line].gross : 0); /* a discount is no more than its line */
}

/* The line a use is for must be able to bear it, with what others take for it. */
static arc_status judge_line(arci_bills *b, uint32_t i, const arc_invoice_use *u, int64_t amount)
{
    const arci_bill *d = &b->list[i];
    char room[48], asked[48], currency[4] = { 0 };
    int64_t left;
    if (!u->line) return ARC_OK;
    if (u->line > d->n_lines || d->amounts[u->line - 1].gross <= 0) {
        return at_use(b, arci_fail(b->p->t->env, ARC_E_VALUE, "the document has no line %u that could take it", "单据没有可对应的第 %u 行", u->line), u->item);
    }
    left = line_amount(d, u->line);
    for (uint32_t k = b->uses->n; k && b->uses->list[k - 1].bill == i; k--) left -= b->uses->list[k - 1].only && b->uses->list[k - 1].line == u->line ? b->uses->list[k - 1].amount : 0;
    if (amount <= left) return ARC_OK;
    memcpy(currency, arci_bill_value(d, ARC_INVOICE_CURRENCY)->u.s, 3);
    return at_use(b, arci_fail(b->p->t->env, ARC_E_GUARD, "line %u leaves %s, used for it are %s", "第 %u 行可对应余额为 %s，使用 %s", u->line, arci_amount_text(room, left, currency),
                               arci_amount_text(asked, amount, currency)), u->item);
}

static arc_status take_one(arci_bills *b, uint32_t i, const arc_invoice_use *u, int64_t *sum)
{
    arci_env *env = b->p->t->env;
    const arci_bill *d = &b->list[i];
    char room[48], asked[48], currency[4] = { 0 };
    arci_plan *plan = arci_plan_find(b->uses->plans, b->uses->n_plans, u->item);
    memcpy(currency, arci_bill_value(d, ARC_INVOICE_CURRENCY)->u.s, 3);
    if (b->told && (!plan || u->amount.minor <= 0 || !same_side(d, plan))) return ARC_OK; /* it claims that itself */
    if (u->flags & ~ARC_USE_UP_TO) return at_use(b, arci_fail(env, ARC_E_INVALID, "an unknown flag", "标志未知"), u->item);
    if (!plan) return at_use(b, arci_fail(env, ARC_E_REFERENCE, "there is no such item", "应收不存在"), u->item);
    if (u->amount.minor <= 0 || !same_side(d, plan) || memcmp(u->amount.currency, currency, 3) != 0) {
        return at_use(b, arci_fail(env, ARC_E_GUARD, "the item is another customer's or in another currency, or the amount is not positive", "应收属于其他客户或其他币种，或金额不为正数"), u->item);
    }
    int consumes = consumed(plan);
    if (!consumes && deducts(d)) {
        return at_use(b, arci_fail(env, ARC_E_GUARD, "the tax invoice of a receivable deducts no advance: net the receivable with it", "已确认应收的发票不能抵扣预收款，请直接核销"), u->item);
    }
    int64_t amount = u->amount.minor;
    if (((consumes && (u->flags & ARC_USE_UP_TO)) || b->told) && plan->open < amount) amount = plan->open > 0 ? plan->open : 0;
    if (plan->open < amount) {
        arci_fail(env, ARC_E_GUARD, "the item leaves %s to invoice, asked for are %s", "该应收待开票余额为 %s，要求开票 %s", arci_amount_text(room, plan->open, currency),
                  arci_amount_text(asked, u->amount.minor, currency));
        return at_use(b, ARC_E_GUARD, u->item);
    }
    if (!amount) return ARC_OK;
    arc_status st = b->told ? ARC_OK : judge_line(b, i, u, amount);
    if (st != ARC_OK) return st;
    plan->open -= amount;
    *sum += amount; /* at most what items have open, which are at most ARC_MONEY_MAX each and 1,000 */
    if (!consumes) b->list[i].covered += amount;
    b->uses->line = u->line;
    if (b->uses->match) return arci_match_named(b->uses->match, plan, amount, u->line, u->line ? take_by_line : take_named);
    return add(b, i, plan, amount, u->line, u->line != 0);
}

/* Line of the next line that is no discount and no deduction; 0: there is none. */
static uint32_t next_line(const arci_bill *d, uint32_t line)
{
    while (line < d->n_lines && (d->amounts[line].discount_of || d->amounts[line].gross <= 0)) line++;
    return line < d->n_lines ? line + 1 : 0;
}

/* Uses that name no lines and are, one by one, what the lines come to, are of those lines: so people write a consolidated invoice. */
static int line_by_line(const arci_bill *d)
{
    const char *at = (const char *)d->uses;
    arc_invoice_use u = ARC_INVOICE_USE_INIT;
    uint32_t line = 0;
    for (uint32_t k = 0; k < d->n_uses; k++, at += d->uses->struct_size) {
        if (arci_struct_in(NULL, &u, sizeof u, at) != ARC_OK || u.line) return 0;
        line = next_line(d, line);
        if (!line || u.amount.minor != line_amount(d, line)) return 0;
    }
    return d->n_uses > 1 && !next_line(d, line);
}

/* What the caller names, at most its total: for lines first, so that what names none takes what those leave of its group. */
static arc_status take_given(arci_bills *b, uint32_t i, int64_t *sum)
{
    const arci_bill *d = &b->list[i];
    arc_invoice_use u = ARC_INVOICE_USE_INIT;
    const int lines = line_by_line(d);
    arc_status st = ARC_OK;
    for (int turn = 0; turn < 2; turn++) {
        const char *at = (const char *)d->uses;
        uint32_t line = 0;
        for (uint32_t k = 0; k < d->n_uses && st == ARC_OK; k++, at += d->uses->struct_size) {
            st = arci_struct_in(b->p->t->env, &u, sizeof u, at);
            if (lines) u.line = line = next_line(d, line);
            if (st == ARC_OK && (u.line == 0) == turn) st = take_one(b, i, &u, sum);
        }
    }
    if (st != ARC_OK || *sum <= d->totals.gross) return st;
    st = arci_fail(b->p->t->env, ARC_E_GUARD, "what the document uses is more than its total", "所使用的应收金额超过单据合计");
    arci_fail_at(b->p->t->env, "invoice", "gross_amount", 0, -1);
    return st;
}

arc_status arci_uses_uncovered(arci_posting *p, arci_plan *plans, uint32_t n_plans)
{
    const arci_shape *items, *covers;
    arc_value *ids = arci_arena_alloc(&p->arena, (n_plans + 1) * sizeof *ids), *rows;
    int64_t *raw = arci_arena_alloc(&p->arena, (n_plans + 1) * sizeof *raw);
    uint8_t *found;
    uint32_t n = 0;
    if (!ids || !raw) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < n_plans; k++) {
        if (!plans[k].row || arci_item_counts(&plans[k].row[ARCI_PLAN_KIND]) != ARCI_COUNTS_OPEN) continue;
        raw[n] = plans[k].id;
        ids[n++] = arci_v_int(plans[k].id);
    }
    if (!n) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &items, "item", "amount invoice");
    if (st == ARC_OK) st = arci_shape_get(p->t, &covers, "invoice_item", "item amount consumes");
    if (st == ARC_OK) st = arci_repo_get_many(p->t, items, raw, n, &p->arena, &rows, &found);
    for (uint32_t k = 0; k < n && st == ARC_OK; k++) {
        arci_plan *plan = arci_plan_find(plans, n_plans, raw[k]);
        plan->open = found[k] && rows[2 * k + 1].type == ARC_V_NULL ? rows[2 * k].u.i : 0; /* an invoice's own item has its tax invoice */
    }
    for (uint32_t from = 0; from < n && st == ARC_OK; from += AT_ONCE) {
        arci_where w;
        arci_rows list;
        arci_where_init(&w);
        arci_where_in(&w, covers->cols[0], ids + from, n - from < AT_ONCE ? n - from : AT_ONCE);
        st = arci_repo_find(p->t, covers, &w, NULL, 0, 0, &p->arena, &list);
        for (uint32_t r = 0; st == ARC_OK && r < list.n_rows; r++) {
            arci_plan *plan = arci_plan_find(plans, n_plans, list.values[3 * r].u.i);
            if (plan && !list.values[3 * r + 2].u.i) plan->open -= list.values[3 * r + 1].u.i;
        }
    }
    return st;
}

arc_status arci_uses_open(arci_bills *b, const arci_limits *limits)
{
    int any = 0, given = 0;
    for (uint32_t i = 0; i < b->p->n; i++) {
        const arci_bill *d = &b->list[i];
        if (!arci_bill_good(b, i)) continue;
        if (d->n_uses > ARCI_USES_MAX || (d->n_uses && !d->uses)) {
            arc_status st = arci_bill_judged(b, i, arci_fail(b->p->t->env, ARC_E_INVALID, "uses is NULL, or too many", "uses 为 NULL 或过多"));
            if (st != ARC_OK) return st;
            continue;
        }
        given |= d->n_uses != 0;
        any |= arci_claim_names(&b->claims[i]);
    }
    b->uses = NULL;
    if (!any && !given) return ARC_OK;
    int64_t *found = NULL;
    uint32_t n_found = 0;
    b->uses = arci_arena_calloc(&b->p->arena, 1, sizeof *b->uses);
    arc_status st = b->uses ? arci_match_open(b, &b->uses->match, &found, &n_found) : arci_nomem(b->p->t->env);
    if (st == ARC_OK) st = read_plans(b, found, n_found);
    if (st == ARC_OK && b->uses->match) st = arci_match_bind(b->uses->match, b->uses->plans, b->uses->n_plans, limits);
    return st == ARC_OK && given ? arci_uses_uncovered(b->p, b->uses->plans, b->uses->n_plans) : st;
}

/* First what the caller names; the rest as documents take it that name nothing. */
arc_status arci_uses_take(arci_bills *b, uint32_t i)
{
    arci_uses *x = b->uses;
    int64_t sum = 0;
    if (!x || !takes_part(b, i)) return ARC_OK;
    uint32_t first = x->n;
    b->list[i].covered = 0;
    arc_status st = x->match ? arci_match_begin(x->match, i) : ARC_OK;
    if (st == ARC_OK) st = take_given(b, i, &sum);
    if (st == ARC_OK && x->match) st = arci_match_take(x->match, b->claims[i].gross - sum, consume);
    if (st == ARC_OK) return ARC_OK;
    for (uint32_t k = first; k < x->n; k++) x->list[k].plan->open += x->list[k].amount;
    x->n = first;
    b->list[i].covered = 0;
    return st;
}

arc_status arci_uses_consumed(const arci_bills *b, uint32_t i, const struct arci_credit_taken **out, uint32_t *n)
{
    const arci_uses *x = b->uses;
    *n = 0;
    *out = NULL;
    for (uint32_t k = 0; x && k < x->n; k++) *n += x->list[k].bill == i && x->list[k].consumes;
    if (!*n) return ARC_OK;
    arci_credit_taken *list = arci_arena_alloc(&b->p->arena, *n * sizeof *list);
    if (!list) return arci_nomem(b->p->t->env);
    *n = 0;
    for (uint32_t k = 0; k < x->n; k++) {
        if (x->list[k].bill == i && x->list[k].consumes) list[(*n)++] = (arci_credit_taken){ x->list[k].plan->id, x->list[k].amount, 0, 0, "" };
    }
    *out = list;
    return ARC_OK;
}

/* ---- writing --------------------------------------------------------------------------------------------------------------------------------- */

static arc_status write_one(arci_bills *b, const taken *k, arc_value *v)
{
    const arci_bill *d = &b->list[k->bill];
    const arc_value *since = &k->plan->row[ARCI_PLAN_SINCE];
    arc_date day = since->u.i > arci_bill_day(d) ? (arc_date)since->u.i : arci_bill_day(d);
    v[0] = arci_v_int(d->id);
    v[1] = arci_v_int(k->plan->id);
    v[2] = k->plan->row[ARCI_PLAN_CURRENCY];
    v[3] = arci_v_int(k->amount);
    v[4] = arci_v_int(day);
    v[5] = arci_v_int(k->consumes);
    v[6] = k->line ? arci_v_int(k->line) : arci_v_null();
    v[7] = k->only ? arci_v_int(1) : arci_v_null();
    if (!k->consumes) return ARC_OK;
    k->plan->open -= k->amount;
    if (k->plan->latest == ARC_DATE_NONE || day > k->plan->latest) k->plan->latest = day;
    if (arci_item_counts(&k->plan->row[ARCI_PLAN_KIND]) != ARCI_COUNTS_ESTIMATED) return ARC_OK;
    char currency[4] = { 0 };
    memcpy(currency, v[2].u.s, 3);
    return arci_estimate_post(b->p, "invoice", d->id, day, k->plan->row[ARCI_PLAN_CUSTOMER].u.i, currency, -k->amount);
}

arc_status arci_uses_write(arci_bills *b)
{
    const arci_shape *shape;
    arci_batch *rows;
    arci_uses *x = b->uses;
    uint32_t n = 0;
    if (!x || !x->n) return ARC_OK;
    for (uint32_t k = 0; k < x->n_plans; k++) x->plans[k].open = x->plans[k].before; /* documents may have been refused since */
    arc_status st = arci_shape_get(b->p->t, &shape, "invoice_item", "invoice item currency amount effective_date consumes line_seq line_only");
    if (st == ARC_OK) st = arci_batch_new(b->p->t, &b->p->arena, &rows, shape, ARC_WRITE_INSERT, x->n, ARCI_BATCH_UNCHECKED, NULL, 0);
    for (uint32_t k = 0; k < x->n && st == ARC_OK; k++) {
        if (arci_bill_good(b, x->list[k].bill) && b->list[x->list[k].bill].id) st = write_one(b, &x->list[k], arci_batch_row(rows, n++));
    }
    if (st != ARC_OK || !n) return st;
    rows->n_rows = n;
    st = arci_repo_write(b->p->t, &rows, 1, NULL);
    return st == ARC_OK ? arci_plans_write(b->p, x->plans, x->n_plans) : st;
}
