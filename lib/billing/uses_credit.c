/* SPDX-License-Identifier: Apache-2.0 */
/* What credit notes give back of what their invoices took over. An invoice took for a line, for a group of lines (of one contract, order and delivery), or as a whole; a note gives back of each in
 * proportion to what all notes so far take of those lines: a function of the sums alone, whatever notes came to them in which order. What is taken for a line stands before what is taken for its group,
 * and that before the whole: each sees what those before it left, so that a note never gives back more than it takes of a line. */
#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "base/num.h"
#include "billing/uses_give.h"

typedef struct share { /* of an item in an invoice that is credited */
    int64_t item, total, given; /* taken over, and given back or lapsed */
    int64_t line;               /* 0: by the whole document */
    int only, consumes;
    arc_value currency;
} share;

typedef struct part { /* that a note gives back */
    uint32_t note;
    const share *of;
    int64_t amount;
} part;

typedef struct line { /* of an invoice; a discount is a part of the line it discounts */
    int64_t gross, credited, left, rest; /* left and rest: of both, what no use of the line alone accounts for */
    arci_claim_group of;
} line;

typedef struct target {
    uint32_t first, count; /* shares */
    int64_t gross, credited;
    int off;     /* some of it is none of what was taken for */
    line *lines; /* NULL: all was taken as a whole */
    uint32_t at; /* the line found last */
} target;

struct arci_uses_credit {
    arci_credits *c;
    share *shares; /* target by target */
    target *targets;
    part *parts;
    uint32_t n_shares, n_parts;
    int64_t *should; /* room for the shares of a target */
    arci_plan *plans;
    uint32_t n_plans;
};

/* Position of the target; targets are by id. UINT32_MAX: it is none. */
static uint32_t target_at(const arci_credits *c, int64_t id)
{
    uint32_t lo = 0, hi = c->n_targets;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (c->targets[mid].id < id) lo = mid + 1;
        else hi = mid;
    }
    return lo < c->n_targets && c->targets[lo].id == id ? lo : UINT32_MAX;
}

/* ---- what was taken, and given back ------------------------------------------------------------------------------------------------ */

static share *share_of(arci_uses_credit *x, target *t, const arc_value *v)
{
    const int64_t seq = arci_ref(&v[ARCI_USED_LINE]);
    const int only = arci_ref(&v[ARCI_USED_ONLY]) != 0;
    for (uint32_t k = t->first; k < t->first + t->count; k++) {
        share *s = &x->shares[k];
        if (s->item == v[ARCI_USED_ITEM].u.i && s->line == seq && s->only == only) return s;
    }
    return NULL;
}

/* Rows come invoice by invoice: shares of a target lie together. */
static void take_own(arci_uses_credit *x, const arc_value *v)
{
    target *t = &x->targets[target_at(x->c, v[ARCI_USED_INVOICE].u.i)];
    if (!t->count) t->first = x->n_shares;
    share *s = share_of(x, t, v);
    if (!s) {
        s = &x->shares[x->n_shares++];
        *s = (share){ .item = v[ARCI_USED_ITEM].u.i, .line = arci_ref(&v[ARCI_USED_LINE]), .only = arci_ref(&v[ARCI_USED_ONLY]) != 0, .consumes = (int)v[ARCI_USED_CONSUMES].u.i,
                      .currency = v[ARCI_USED_CURRENCY] };
        t->count++;
    }
    s->total += v[ARCI_USED_AMOUNT].u.i;
}

/* Of lines alone first, then of groups, then of the whole; each in the order in which it was taken. */
static int in_turn(const void *a, const void *b)
{
    const share *x = a, *y = b;
    if (x->only != y->only) return x->only ? -1 : 1;
    if (x->line != y->line) return !y->line || (x->line && x->line < y->line) ? -1 : 1;
    return (x->item > y->item) - (x->item < y->item);
}

typedef struct taken_back { /* a note that stands */
    int64_t id;
    uint32_t of;
} taken_back;

static int by_note(const void *x, const void *y)
{
    const taken_back *a = x, *b = y;
    return (a->id > b->id) - (a->id < b->id);
}

/* Adds what a note takes of a line of the invoice, by id. */
static void credit_line(const arci_uses_credit *x, uint32_t t, int64_t id, int64_t amount)
{
    const arci_credit_target *of = &x->c->targets[t];
    target *to = &x->targets[t];
    for (uint32_t k = 0; k < of->n_lines; k++, to->at = (to->at + 1) % of->n_lines) { /* mostly the next one */
        if (of->lines[to->at].id != id) continue;
        uint32_t line_at = to->at;
        if (arci_credit_off(x->c->lines, of->lines[line_at].row) & ARCI_OFF_CONTRACT) return;
        const arc_value *discounted = arci_credit_value(x->c->lines, of->lines[line_at].row, ARC_INVOICE_LINE_DISCOUNT_OF);
        if (discounted->type == ARC_V_INT && line_at) line_at--;
        to->lines[line_at].credited += amount;
        return;
    }
}

static arc_status read_note_lines(arci_uses_credit *x, const taken_back *notes, const int64_t *ids, uint32_t n)
{
    arci_posting *p = x->c->p;
    const arci_shape *shape;
    arci_rows rows;
    uint32_t at = 0;
    arc_status st = arci_shape_get(p->t, &shape, "invoice_line", "invoice seq red_of gross_amount");
    if (st == ARC_OK) st = arci_credit_find(p->t, &p->arena, shape, ids, n, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + 4 * (size_t)r;
        while (notes[at].id < v[0].u.i) at++; /* both by id of the note */
        if (v[2].type == ARC_V_INT && x->targets[notes[at].of].lines) credit_line(x, notes[at].of, v[2].u.i, -v[3].u.i);
    }
    return st;
}

/* Notes that stand gave back their share already; those that wait for the tax service have not. */
static arc_status read_notes(arci_uses_credit *x, const int64_t *targets, int by_line)
{
    enum { N_RED_OF, N_ID, N_STATUS, N_GROSS, N_COLUMNS };
    arci_posting *p = x->c->p;
    const arci_shape *shape;
    arci_rows rows, back;
    uint32_t n = 0, at = 0;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", "red_of id status gross_amount");
    if (st == ARC_OK) st = arci_credit_find(p->t, &p->arena, shape, targets, x->c->n_targets, &rows);
    if (st != ARC_OK) return st;
    int64_t *ids = arci_arena_alloc(&p->arena, (rows.n_rows + 1) * sizeof *ids);
    taken_back *notes = arci_arena_alloc(&p->arena, (rows.n_rows + 1) * sizeof *notes);
    if (!ids || !notes) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * N_COLUMNS;
        if (!arci_code_is(&v[N_STATUS], "issued") && !arci_code_is(&v[N_STATUS], "closed")) continue;
        notes[n] = (taken_back){ v[N_ID].u.i, target_at(x->c, v[N_RED_OF].u.i) };
        x->targets[notes[n++].of].credited -= v[N_GROSS].u.i;
    }
    if (n) qsort(notes, n, sizeof *notes, by_note);
    for (uint32_t k = 0; k < n; k++) ids[k] = notes[k].id;
    st = arci_used_find(p, ids, n, &back);
    for (uint32_t r = 0; st == ARC_OK && r < back.n_rows; r++) {
        const arc_value *v = arci_used_row(&back, r);
        while (notes[at].id < v[ARCI_USED_INVOICE].u.i) at++;
        share *s = share_of(x, &x->targets[notes[at].of], v);
        if (s) s->given += arci_ref(&v[ARCI_USED_LAPSED]) - v[ARCI_USED_AMOUNT].u.i;
    }
    return st == ARC_OK && by_line && n ? read_note_lines(x, notes, ids, n) : st;
}

/* ---- lines, where it was taken by them ------------------------------------------------------------------------------------------------- */

/* The claim of an invoice as it was: which contract, order and delivery its lines are of. */
static arc_status claim_of(const arci_uses_credit *x, uint32_t t, arci_claim *c)
{
    const arci_credits *all = x->c;
    const arci_credit_target *of = &all->targets[t];
    c->there = 1;
    c->contract = arci_credit_value(all->headers, of->row, ARC_INVOICE_CONTRACT);
    c->order = arci_credit_value(all->headers, of->row, ARC_INVOICE_SALES_ORDER);
    c->delivery = arci_credit_value(all->headers, of->row, ARC_INVOICE_DELIVERY);
    c->n_lines = of->n_lines;
    c->lines = arci_arena_calloc(&all->p->arena, of->n_lines + 1u, sizeof *c->lines);
    if (!c->lines) return arci_nomem(all->p->t->env);
    for (uint32_t k = 0; k < of->n_lines; k++) {
        const arc_value *row = of->lines[k].row;
        c->lines[k] = (arci_claim_line){ .order_line = arci_credit_value(all->lines, row, ARC_INVOICE_LINE_ORDER_LINE), .delivery_line = arci_credit_value(all->lines, row, ARC_INVOICE_LINE_DELIVERY_LINE),
                                         .contract = arci_ref(arci_credit_value(all->lines, row, ARC_INVOICE_LINE_CONTRACT)) };
    }
    return ARC_OK;
}

static void fill_lines(arci_uses_credit *x, uint32_t t, const arci_claim *c)
{
    const arci_credit_target *of = &x->c->targets[t];
    for (uint32_t k = 0; k < of->n_lines; k++) {
        const int64_t gross = arci_ref(arci_credit_value(x->c->lines, of->lines[k].row, ARC_INVOICE_LINE_GROSS_AMOUNT));
        const int discount = arci_credit_value(x->c->lines, of->lines[k].row, ARC_INVOICE_LINE_DISCOUNT_OF)->type == ARC_V_INT;
        x->targets[t].lines[k].of = arci_claim_group_of(c, k);
        if (!(arci_credit_off(x->c->lines, of->lines[k].row) & ARCI_OFF_CONTRACT)) x->targets[t].lines[discount && k ? k - 1 : k].gross += gross;
    }
}

static arc_status open_lines(arci_uses_credit *x, int *any)
{
    arci_credits *c = x->c;
    arci_arena *arena = &c->p->arena;
    arci_claim *claims = arci_arena_calloc(arena, c->n_targets + 1u, sizeof *claims);
    arc_status st = claims ? ARC_OK : arci_nomem(c->p->t->env);
    *any = 0;
    for (uint32_t t = 0; t < c->n_targets && st == ARC_OK; t++) {
        target *to = &x->targets[t];
        int fine = 0;
        for (uint32_t k = to->first; k < to->first + to->count; k++) fine |= x->shares[k].line != 0;
        for (uint32_t k = 0; to->count && k < c->targets[t].n_lines; k++) to->off |= (arci_credit_off(c->lines, c->targets[t].lines[k].row) & ARCI_OFF_CONTRACT) != 0;
        fine |= to->off;
        if (!fine || !c->targets[t].n_lines) continue;
        *any = 1;
        to->lines = arci_arena_calloc(arena, c->targets[t].n_lines, sizeof *to->lines);
        st = to->lines ? claim_of(x, t, &claims[t]) : arci_nomem(c->p->t->env);
    }
    if (st == ARC_OK && *any) st = arci_claims_heads(c->p->t, arena, claims, c->n_targets);
    for (uint32_t t = 0; t < c->n_targets && st == ARC_OK; t++) {
        if (x->targets[t].lines) fill_lines(x, t, &claims[t]);
    }
    return st;
}

arc_status arci_uses_credit_open(arci_credits *c, arci_uses_credit **out)
{
    arci_posting *p = c->p;
    arci_rows own;
    size_t most = 0;
    int by_line = 0;
    int64_t *ids = arci_arena_alloc(&p->arena, (c->n_targets + 1) * sizeof *ids);
    *out = NULL;
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t k = 0; k < c->n_targets; k++) ids[k] = c->targets[k].id;
    arc_status st = arci_used_find(p, ids, c->n_targets, &own);
    if (st != ARC_OK || !own.n_rows) return st;
    arci_uses_credit *x = arci_arena_calloc(&p->arena, 1, sizeof *x);
    if (!x) return arci_nomem(p->t->env);
    x->c = c;
    x->shares = arci_arena_calloc(&p->arena, own.n_rows, sizeof *x->shares);
    x->should = arci_arena_calloc(&p->arena, own.n_rows, sizeof *x->should);
    x->targets = arci_arena_calloc(&p->arena, c->n_targets, sizeof *x->targets);
    if (!x->shares || !x->should || !x->targets) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < own.n_rows; r++) take_own(x, arci_used_row(&own, r));
    for (uint32_t t = 0; t < c->n_targets; t++) {
        target *to = &x->targets[t];
        if (c->targets[t].row) to->gross = arci_ref(arci_credit_value(c->headers, c->targets[t].row, ARC_INVOICE_GROSS_AMOUNT));
        if (to->count > 1) qsort(x->shares + to->first, to->count, sizeof *x->shares, in_turn);
        most += (size_t)to->count * c->targets[t].n_notes;
    }
    st = open_lines(x, &by_line);
    if (st == ARC_OK) st = read_notes(x, ids, by_line);
    if (st == ARC_OK) st = arci_used_items(p, &own, &x->plans, &x->n_plans);
    x->parts = st == ARC_OK ? arci_arena_calloc(&p->arena, most + 1, sizeof *x->parts) : NULL;
    if (st == ARC_OK && !x->parts) st = arci_nomem(p->t->env);
    *out = x;
    return st;
}

/* ---- what a note gives back -------------------------------------------------------------------------------------------------------------- */

/* What is given back of `sum`, once `credited` of `of` is. */
static int64_t portion(int64_t sum, int64_t credited, int64_t of)
{
    if (of <= 0 || credited <= 0) return 0; /* what ends with a discounted delivery may be of lines that come to nothing: it comes back with the whole */
    return credited >= of ? sum : arci_part_of(sum, credited, of);
}

/* Whether a, having na of the seats, comes before b with nb: a / (2 na + 1) > b / (2 nb + 1). */
static int before(int64_t a, int64_t na, int64_t b, int64_t nb)
{
    const arci_u128 x = arci_mul_u64((uint64_t)a, 2 * (uint64_t)nb + 1), y = arci_mul_u64((uint64_t)b, 2 * (uint64_t)na + 1);
    return x.hi != y.hi ? x.hi > y.hi : x.lo > y.lo;
}

/* Divides `most` in proportion to what each took, cent by cent to whom it is due next (Webster): so no one ever gets less when there is more. */
static void apportion(const share *list, uint32_t n, int64_t sum, int64_t most, int64_t *should)
{
    int64_t left = most;
    for (uint32_t k = 0; k < n; k++) left -= should[k] = arci_part_of(list[k].total, most, sum);
    for (; left > 0; left--) {
        uint32_t best = 0;
        for (uint32_t k = 1; k < n; k++) best = before(list[k].total, should[k], list[best].total, should[best]) ? k : best;
        should[best]++;
    }
    for (; left < 0; left++) {
        uint32_t worst = UINT32_MAX;
        for (uint32_t k = 0; k < n; k++) {
            if (should[k] && (worst == UINT32_MAX || !before(list[k].total, should[k] - 1, list[worst].total, should[worst] - 1))) worst = k;
        }
        should[worst]--;
    }
}

static int64_t sum_of(const share *list, uint32_t n)
{
    int64_t sum = 0;
    for (uint32_t k = 0; k < n; k++) sum += list[k].total; /* within the invoice */
    return sum;
}

/* All of a line, of a group or of the whole are to have given back `most` together. A note that was voided may have left a cent more here, and less there. */
static void give_of(arci_uses_credit *x, uint32_t i, share *list, uint32_t n, int64_t most, int64_t *covered)
{
    int64_t now = most, over = 0;
    apportion(list, n, sum_of(list, n), most, x->should);
    for (uint32_t k = 0; k < n; k++) {
        now -= list[k].given;
        x->should[k] = x->should[k] > list[k].given ? x->should[k] - list[k].given : 0;
        over += x->should[k];
    }
    over -= now > 0 ? now : 0;
    for (uint32_t k = n; k && over > 0; k--) {
        const int64_t less = x->should[k - 1] < over ? x->should[k - 1] : over;
        x->should[k - 1] -= less;
        over -= less;
    }
    for (uint32_t k = 0; k < n; k++) {
        if (!x->should[k]) continue;
        list[k].given += x->should[k];
        if (!list[k].consumes) *covered += x->should[k];
        x->parts[x->n_parts++] = (part){ i, &list[k], x->should[k] };
    }
}

/* What lines of the group of a line come to without what is taken for them alone, and what notes take of that. */
static void add_up(const target *t, uint32_t n_lines, const share *s, int64_t *of, int64_t *credited)
{
    *of = *credited = 0;
    const arci_claim_group *group = s->line > 0 && s->line <= n_lines ? &t->lines[s->line - 1].of : NULL;
    for (uint32_t k = 0; group && k < n_lines; k++) {
        if (arci_claim_group_order(group, &t->lines[k].of)) continue;
        *of += t->lines[k].left;
        *credited += t->lines[k].rest;
    }
}

/* Line by line, then group by group; what is left is the whole's. */
static void give_by_line(arci_uses_credit *x, uint32_t i, target *t, uint32_t n_lines, int64_t *of, int64_t *credited, int64_t *covered)
{
    const int whole = t->credited >= t->gross && !t->off;
    for (uint32_t k = 0; k < n_lines; k++) {
        t->lines[k].left = t->lines[k].gross;
        t->lines[k].rest = t->lines[k].credited;
    }
    for (uint32_t k = t->first, end = t->first + t->count; k < end && x->shares[k].line;) {
        share *s = &x->shares[k];
        uint32_t n = 1;
        int64_t group = 0, taken = 0;
        while (k + n < end && s[n].line == s->line && s[n].only == s->only) n++;
        line *l = s->line <= n_lines ? &t->lines[s->line - 1] : NULL;
        if (!s->only) add_up(t, n_lines, s, &group, &taken);
        else if (l) group = l->gross, taken = l->credited;
        const int64_t sum = sum_of(s, n), most = whole ? sum : portion(sum, taken, group);
        give_of(x, i, s, n, most, covered);
        if (s->only && l) l->left -= sum, l->rest -= most;
        *of -= sum < group ? sum : group;
        *credited -= most < taken ? most : taken;
        k += n;
    }
}

arc_status arci_uses_credit_take(arci_uses_credit *x, uint32_t i)
{
    if (!x || !arci_posting_good(x->c->p, i) || x->c->bills.list[i].waits) return ARC_OK;
    arci_bill *d = &x->c->bills.list[i];
    const uint32_t at = (uint32_t)(x->c->of[i] - x->c->targets);
    target *t = &x->targets[at];
    int64_t covered = 0, of = t->gross, credited;
    uint32_t k = t->first;
    if (!t->count) return ARC_OK;
    t->credited -= d->totals.gross;
    credited = t->credited;
    for (uint32_t n = 0; t->lines && n < d->n_lines; n++) {
        const arc_value *red = arci_record_value(d->lines[n], ARC_INVOICE_LINE_RED_OF);
        if (red->type == ARC_V_INT) credit_line(x, at, red->u.i, -d->amounts[n].gross);
    }
    for (uint32_t n = 0; t->off && n < x->c->targets[at].n_lines; n++) {
        if (!n) of = credited = 0;
        of += t->lines[n].gross;
        credited += t->lines[n].credited;
    }
    if (t->lines) give_by_line(x, i, t, x->c->targets[at].n_lines, &of, &credited, &covered);
    while (k < t->first + t->count && x->shares[k].line) k++;
    const uint32_t n = t->first + t->count - k;
    if (n) {
        const int64_t sum = sum_of(x->shares + k, n);
        give_of(x, i, x->shares + k, n, t->credited >= t->gross && !t->off ? sum : portion(sum, credited, of), &covered);
    }
    d->covered = -covered; /* the receivable stands; its tax invoice is taken back */
    return ARC_OK;
}

arc_status arci_uses_credit_write(arci_uses_credit *x)
{
    arci_giver g;
    if (!x || !x->n_parts) return ARC_OK;
    arc_status st = arci_giver_open(&g, x->c->p, x->plans, x->n_plans, x->n_parts);
    g.posts = 1;
    for (uint32_t k = 0; k < x->n_parts && st == ARC_OK; k++) {
        const part *y = &x->parts[k];
        const arci_bill *d = &x->c->bills.list[y->note];
        if (!arci_posting_good(x->c->p, y->note) || !d->id) continue;
        const arci_gift gift = { .document = d->id, .day = d->date, .item = y->of->item, .amount = y->amount, .consumes = y->of->consumes, .currency = &y->of->currency, .line = y->of->line,
                                 .only = y->of->only };
        st = arci_give(&g, &gift);
    }
    return st == ARC_OK ? arci_given_write(&g) : st;
}
