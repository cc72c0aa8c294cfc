/* SPDX-License-Identifier: Apache-2.0 */
/* Documents against the orders and deliveries they name: neither quantity nor amount of a line may be exceeded, and what stands above must stand. */
#include <stdlib.h>
#include <string.h>

#include "billing/chain.h"

/* ---- heads ------------------------------------------------------------------------------------------------------------------------- */

enum { H_ID, H_NUMBER, H_STATUS, H_CUSTOMER, H_CONTRACT, H_COMMITTED, H_CURRENCY, H_COLUMNS }; /* of a delivery: its order, and nothing of use behind it */

typedef struct heads {
    int64_t *ids;
    arc_value *rows;
    uint8_t *found;
    uint32_t n;
    arci_link_sum *taken; /* of orders: what documents of theirs came to */
} heads;

static const arc_value *head_of(const heads *h, const arc_value *id)
{
    uint32_t at = id && id->type == ARC_V_INT ? arci_ids_find(h->ids, h->n, id->u.i) : UINT32_MAX;
    return at != UINT32_MAX && h->found[at] ? h->rows + (size_t)at * H_COLUMNS : NULL;
}

/* ---- lines ----------------------------------------------------------------------------------------------------------------------------- */

enum { P_HEAD, P_QUANTITY, P_AMOUNT, P_CURRENCY, P_CONTRACT, P_COLUMNS }; /* P_CONTRACT: its own, of an order line */

typedef struct parent {
    const arc_value *row; /* NULL: there is none, which was told before */
    arci_link_sum taken;  /* invoiced so far */
    arci_link_sum handed; /* delivered of an order line */
} parent;

typedef struct level {
    const char *entity, *field, *head, *en, *zh;
    int delivery;
    int64_t *ids;
    parent *parents;
    uint32_t n;
    heads heads;
} level;

struct arci_limits {
    arci_posting *p;
    const arci_claim *claims;
    uint32_t n;
    level levels[2];
    int told; /* counted, not judged */
};

static const arc_value *named(const arci_claim_line *k, const level *l) { return l->delivery ? k->delivery_line : k->order_line; }

static parent *find(const level *x, const arc_value *id)
{
    uint32_t at = id->type == ARC_V_INT ? arci_ids_find(x->ids, x->n, id->u.i) : UINT32_MAX;
    return at != UINT32_MAX && x->parents[at].row ? &x->parents[at] : NULL;
}

/* Those of documents that give back too: what they give back is counted, so they wait here, not at the end. */
static arc_status collect(const arci_limits *all, level *x)
{
    arci_arena *arena = &all->p->arena;
    uint32_t n = 0;
    for (uint32_t i = 0; i < all->n; i++) n += all->claims[i].there ? all->claims[i].n_lines : 0;
    x->ids = arci_arena_alloc(arena, (n + 1) * sizeof *x->ids);
    if (!x->ids) return arci_nomem(all->p->t->env);
    n = 0;
    for (uint32_t i = 0; i < all->n; i++) {
        for (uint32_t k = 0; all->claims[i].there && k < all->claims[i].n_lines; k++) x->ids[n++] = arci_ref(named(&all->claims[i].lines[k], x));
    }
    x->n = arci_ids_unique(x->ids, n);
    x->parents = arci_arena_calloc(arena, x->n + 1, sizeof *x->parents);
    return x->parents ? ARC_OK : arci_nomem(all->p->t->env);
}

static arc_status read_lines(arci_txn *t, arci_arena *arena, level *x)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    if (!x->n) return ARC_OK;
    arc_status st = arci_repo_lock(t, x->entity, x->ids, x->n);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, x->entity, x->delivery ? "delivery quantity amount currency seq" : "sales_order quantity amount currency contract");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, x->ids, x->n, arena, &rows, &found);
    for (uint32_t i = 0; i < x->n && st == ARC_OK; i++) x->parents[i].row = found[i] ? rows + (size_t)i * P_COLUMNS : NULL;
    return st;
}

static arc_status read_sums(arci_txn *t, arci_arena *arena, level *x)
{
    const char **currencies = arci_arena_alloc(arena, (x->n + 1) * sizeof *currencies);
    arci_link_sum *sums = arci_arena_alloc(arena, (x->n + 1) * sizeof *sums);
    if (!currencies || !sums) return arci_nomem(t->env);
    for (uint32_t i = 0; i < x->n; i++) currencies[i] = x->parents[i].row ? x->parents[i].row[P_CURRENCY].u.s : "   ";
    arc_status st = arci_links_read(t, arena, x->delivery ? ARCI_LINK_DELIVERY_INVOICE : ARCI_LINK_ORDER_INVOICE, x->ids, currencies, x->n, sums);
    for (uint32_t i = 0; i < x->n; i++) x->parents[i].taken = sums[i];
    if (st == ARC_OK && !x->delivery) st = arci_links_read(t, arena, ARCI_LINK_ORDER_DELIVERY, x->ids, currencies, x->n, sums);
    for (uint32_t i = 0; i < x->n && !x->delivery; i++) x->parents[i].handed = sums[i];
    return st;
}

static arc_status read_totals(arci_txn *t, arci_arena *arena, heads *h)
{
    const char **currencies = arci_arena_alloc(arena, h->n * sizeof *currencies);
    h->taken = arci_arena_calloc(arena, h->n, sizeof *h->taken);
    if (!currencies || !h->taken) return arci_nomem(t->env);
    for (uint32_t i = 0; i < h->n; i++) currencies[i] = h->found[i] ? h->rows[(size_t)i * H_COLUMNS + H_CURRENCY].u.s : "   ";
    return arci_links_read(t, arena, ARCI_LINK_SALES_ORDER_INVOICE, h->ids, currencies, h->n, h->taken);
}

/* The orders (or deliveries) that headers name, and those of the lines; nobody moves them until the transaction ends. They are locked before the lines. */
static arc_status read_heads(const arci_limits *all, level *x)
{
    const arci_shape *shape;
    arci_txn *t = all->p->t;
    uint32_t n = 0;
    heads *h = &x->heads;
    for (uint32_t i = 0; i < all->n; i++) n += 1 + all->claims[i].n_lines;
    h->ids = arci_arena_alloc(&all->p->arena, (n + 1) * sizeof *h->ids);
    if (!h->ids) return arci_nomem(t->env);
    n = 0;
    for (uint32_t i = 0; i < all->n; i++) {
        const arci_claim *c = &all->claims[i];
        if (!c->there) continue;
        h->ids[n++] = arci_ref(x->delivery ? c->delivery : c->order);
        for (uint32_t k = 0; k < c->n_lines; k++) h->ids[n++] = x->delivery ? c->lines[k].delivery : c->lines[k].order;
    }
    h->n = arci_ids_unique(h->ids, n);
    if (!h->n) return ARC_OK;
    arc_status st = (x->delivery ? arci_repo_share : arci_repo_lock)(t, x->head, h->ids, h->n);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, x->head, x->delivery ? "id number status customer sales_order signed_on delivery_date" : "id number status customer contract committed currency");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, h->ids, h->n, &all->p->arena, &h->rows, &h->found);
    return st == ARC_OK && !x->delivery ? read_totals(t, &all->p->arena, h) : st;
}

arc_status arci_limits_open(arci_posting *p, arci_claim *claims, uint32_t n, arci_limits **out)
{
    static const level levels[2] = { { "order_line", "order_line", "sales_order", "order", "订单", 0, NULL, NULL, 0, { NULL, NULL, NULL, 0, NULL } },
                                     { "delivery_line", "delivery_line", "delivery", "delivery", "发货单", 1, NULL, NULL, 0, { NULL, NULL, NULL, 0, NULL } } };
    arci_limits *x = arci_arena_calloc(&p->arena, 1, sizeof *x);
    if (!x) return arci_nomem(p->t->env);
    x->p = p;
    x->claims = claims;
    x->n = n;
    memcpy(x->levels, levels, sizeof levels);
    arc_status st = arci_claims_heads(p->t, &p->arena, claims, n);
    for (int l = 0; l < 2 && st == ARC_OK; l++) {
        st = collect(x, &x->levels[l]);
        if (st == ARC_OK) st = read_heads(x, &x->levels[l]);
    }
    for (int l = 0; l < 2 && st == ARC_OK; l++) st = read_lines(p->t, &p->arena, &x->levels[l]);
    for (int l = 0; l < 2 && st == ARC_OK; l++) st = read_sums(p->t, &p->arena, &x->levels[l]);
    *out = x;
    return st;
}

/* ---- what stands above ----------------------------------------------------------------------------------------------------------------- */

static arc_status fault(const arci_limits *x, arc_status st, const level *l, uint32_t line)
{
    if (line != UINT32_MAX) return arci_line_at(x->p->t->env, st, line, l->field);
    arci_fail_at(x->p->t->env, "invoice", l->head, 0, -1);
    return st;
}

/* A document of an order is of its contract, or of that of lines of the order that it invoices. */
static int of_some_line(const arci_claim *d, const level *l, const arc_value *h)
{
    for (uint32_t k = 0; k < d->n_lines; k++) {
        const parent *p = find(l, named(&d->lines[k], l));
        if (p && p->row[P_CONTRACT].type == ARC_V_INT && p->row[P_CONTRACT].u.i == arci_ref(d->contract) && head_of(&l->heads, &p->row[P_HEAD]) == h) return 1;
    }
    return 0;
}

static arc_status judge_head(const arci_limits *x, const arci_claim *d, const level *l, const arc_value *h, uint32_t line)
{
    const parent *p = !l->delivery && line != UINT32_MAX ? find(l, named(&d->lines[line], l)) : NULL;
    const arc_value *of = p && p->row[P_CONTRACT].type == ARC_V_INT ? &p->row[P_CONTRACT] : &h[H_CONTRACT];
    arci_env *env = x->p->t->env;
    const arc_value *status = &h[H_STATUS];
    const int64_t contract = line != UINT32_MAX && d->lines[line].contract ? d->lines[line].contract : arci_ref(d->contract);
    int n = (int)h[H_NUMBER].len;
    const char *number = h[H_NUMBER].u.s;
    int stands = l->delivery ? arci_code_is(status, "shipped") || arci_code_is(status, "signed")
                             : arci_code_is(status, "confirmed") || arci_code_is(status, "delivering") || arci_code_is(status, "closed");
    if (!stands) {
        const char *is[2];
        arci_code_words(is, l->delivery ? "delivery_status" : "order_status", status);
        arc_status st = arci_fail(env, ARC_E_STATE, "%s %.*s is %s: it is not invoiced%.0s%.0s", "%.0s%.*s %.0s状态为“%s”，不能开票（%s）", l->en, n, number, is[0], is[1], l->zh);
        return fault(x, st, l, line);
    }
    if (!arci_value_equal(&h[H_CUSTOMER], d->customer)) {
        return fault(x, arci_fail(env, ARC_E_GUARD, "%s %.*s is another customer's%.0s", "%.0s%.*s 属于其他客户（%s）", l->en, n, number, l->zh), l, line);
    }
    if (!l->delivery && !arci_value_equal(&h[H_CURRENCY], d->currency)) {
        return fault(x, arci_fail(env, ARC_E_CURRENCY, "order %.*s is in %.*s", "订单 %.*s 的币种为 %.*s", n, number, 3, h[H_CURRENCY].u.s), l, line);
    }
    if (!l->delivery && of->type == ARC_V_INT && of->u.i != contract && (line != UINT32_MAX || !of_some_line(d, l, h))) {
        return fault(x, arci_fail(env, ARC_E_GUARD, "order %.*s belongs to another contract than the document or its line", "订单 %.*s 与单据或其行不属于同一合同", n, number), l, line);
    }
    return ARC_OK;
}

static arc_status judge_heads(const arci_limits *x, const arci_claim *d, const level *l)
{
    const arc_value *own = l->delivery ? d->delivery : d->order, *h = head_of(&l->heads, own);
    arc_status st = h ? judge_head(x, d, l, h, UINT32_MAX) : ARC_OK;
    for (uint32_t k = 0; k < d->n_lines && st == ARC_OK; k++) {
        const parent *p = find(l, named(&d->lines[k], l));
        const arc_value *of = p ? head_of(&l->heads, &p->row[P_HEAD]) : NULL;
        if (h && !of && !l->delivery && d->lines[k].contract) {
            arci_fail(x->p->t->env, ARC_E_GUARD, "line %u is of another contract than the order of the document", "第 %u 行与单据的订单不属于同一合同", k + 1);
            st = arci_line_at(x->p->t->env, ARC_E_GUARD, k, "contract");
        }
        if (of) st = judge_head(x, d, l, of, k);
        if (st == ARC_OK && of && h && of != h) {
            arci_fail(x->p->t->env, ARC_E_GUARD, "line %u belongs to another %s than the document%.0s", "第 %u 行与单据不属于同一单据（%.0s%s）", k + 1, l->en, l->zh);
            st = fault(x, ARC_E_GUARD, l, k);
        }
    }
    return st;
}

/* ---- what is left ---------------------------------------------------------------------------------------------------------------------- */

const char *arci_quantity_text(char buf[48], int64_t mantissa)
{
    size_t n = 48;
    const arc_decimal exact = { mantissa, 6, 0 };
    arc_decimal d;
    if (arc_decimal_normalise(&d, &exact) != ARC_OK || arc_decimal_print(buf, &n, &d) != ARC_OK) memcpy(buf, "?", 2);
    return buf;
}

static arc_status exceeds(const arci_limits *x, const level *l, uint32_t k, const char *field, const char *room, const char *asked)
{
    arci_env *env = x->p->t->env;
    arci_fail(env, ARC_E_GUARD, "line %u: the %s line leaves %s, the line is %s%.0s", "第 %u 行：%.0s可开票余量为 %s，本行为 %s（%s）", k + 1, l->en, room, asked, l->zh);
    return arci_line_at(env, ARC_E_GUARD, k, field);
}

/* What of a line may be invoiced: what is ordered or delivered with tolerance; what was delivered, where the contract says so or nothing more will be. */
static arci_link_sum most_of(const level *l, const parent *p, const arci_claim_line *line)
{
    const arc_value *head = head_of(&l->heads, &p->row[P_HEAD]);
    if (!l->delivery && (line->by_delivery || (head && arci_code_is(&head[H_STATUS], "closed")))) return p->handed;
    return (arci_link_sum){ arci_with_tolerance(p->row[P_QUANTITY].u.i, line->tolerance), arci_with_tolerance(p->row[P_AMOUNT].u.i, line->tolerance), 0 };
}

static arc_status add(const arci_limits *x, parent *p, int64_t quantity, int64_t gross)
{
    int64_t q, g;
    if (arci_add64(p->taken.quantity, quantity, &q) || arci_add64(p->taken.gross, gross, &g)) {
        return arci_fail(x->p->t->env, ARC_E_OVERFLOW, "what is invoiced of a line is too large", "行的已开票数量或金额超出范围");
    }
    p->taken.quantity = q;
    p->taken.gross = g;
    return ARC_OK;
}

/* A line against its parent, with what the lines above it in this document took. */
static arc_status judge_line(const arci_limits *x, const level *l, const arci_claim *d, uint32_t k, const parent *p)
{
    char room[48], asked[48];
    int64_t quantity = d->lines[k].quantity;
    const arci_link_sum most = most_of(l, p, &d->lines[k]);
    if (memcmp(p->row[P_CURRENCY].u.s, d->currency->u.s, 3) != 0) {
        arci_fail(x->p->t->env, ARC_E_CURRENCY, "line %u: the %s line is in another currency%.0s", "第 %u 行：%.0s币种与%s行不一致", k + 1, l->en, l->zh);
        return arci_line_at(x->p->t->env, ARC_E_CURRENCY, k, "currency");
    }
    if (quantity <= 0 || p->taken.quantity <= most.quantity) return ARC_OK;
    return exceeds(x, l, k, "quantity", arci_quantity_text(room, most.quantity - (p->taken.quantity - quantity)), arci_quantity_text(asked, quantity));
}

/* A discount stands below its line: amounts are judged once all lines of the document are counted. */
static arc_status judge_amounts(const arci_limits *x, const level *l, const arci_claim *d)
{
    char room[48], asked[48], currency[4] = { 0 };
    for (uint32_t k = 0; k < d->n_lines; k++) {
        const arc_value *of = named(&d->lines[k], l);
        const parent *p = find(l, of);
        int64_t own = 0;
        if (!p || d->lines[k].gross <= 0) continue;
        const arci_link_sum most = most_of(l, p, &d->lines[k]);
        if (p->taken.gross <= most.gross) continue;
        for (uint32_t i = 0; i < d->n_lines; i++) {
            if (arci_value_equal(named(&d->lines[i], l), of)) own += d->lines[i].gross;
        }
        memcpy(currency, p->row[P_CURRENCY].u.s, 3);
        return exceeds(x, l, k, "gross_amount", arci_amount_text(room, most.gross - (p->taken.gross - own), currency), arci_amount_text(asked, own, currency));
    }
    return ARC_OK;
}

static void give_back(level *l, const arci_claim *d, uint32_t n_lines)
{
    for (uint32_t k = 0; k < n_lines; k++) {
        parent *p = find(l, named(&d->lines[k], l));
        if (!p) continue;
        p->taken.quantity -= d->lines[k].quantity; /* was added before */
        p->taken.gross -= d->lines[k].gross;
    }
}

static arc_status judge_level(arci_limits *x, level *l, const arci_claim *d)
{
    uint32_t done = 0;
    arc_status st = x->told ? ARC_OK : judge_heads(x, d, l);
    for (; done < d->n_lines && st == ARC_OK; done++) {
        parent *p = find(l, named(&d->lines[done], l));
        if (!p) continue;
        st = add(x, p, d->lines[done].quantity, d->lines[done].gross);
        if (st != ARC_OK) break;
        st = x->told ? ARC_OK : judge_line(x, l, d, done, p);
    }
    if (st == ARC_OK && !x->told) st = judge_amounts(x, l, d);
    if (st != ARC_OK) give_back(l, d, done);
    return st;
}

/* What documents of order `id` came to; NULL: there is none. */
static arci_link_sum *total_of(const arci_limits *x, int64_t id)
{
    const heads *h = &x->levels[0].heads;
    const arc_value key = arci_v_int(id), *head = id ? head_of(h, &key) : NULL;
    return head ? &h->taken[(size_t)(head - h->rows) / H_COLUMNS] : NULL;
}

/* There and back without a trace, whatever the sums: those out of range are told when they are written. */
static void move(arci_link_sum *taken, int64_t amount, int sign)
{
    if (taken) taken->gross = (int64_t)((uint64_t)taken->gross + (sign < 0 ? 0 - (uint64_t)amount : (uint64_t)amount));
}

/* sign 1: a document counts on its order, or by its lines on theirs; -1: no more. */
static void count_totals(const arci_limits *x, const arci_claim *d, int sign)
{
    move(total_of(x, arci_ref(d->order)), d->order_gross, sign);
    for (uint32_t k = 0; !arci_ref(d->order) && k < d->n_lines; k++) move(total_of(x, d->lines[k].order), d->lines[k].gross, sign);
}

/* What of a document is of an order. */
static int64_t part_of(const arci_claim *d, int64_t order)
{
    int64_t sum = 0;
    if (arci_ref(d->order)) return arci_ref(d->order) == order ? d->order_gross : 0;
    for (uint32_t k = 0; k < d->n_lines; k++) sum += d->lines[k].order == order ? d->lines[k].gross : 0; /* lines of a document add up */
    return sum;
}

/* Against the whole of an order, whatever lines say. An order without lines does not say what it comes to. */
static arc_status judge_whole(const arci_limits *x, const arci_claim *d, int64_t order, int64_t tolerance, uint32_t line)
{
    const heads *h = &x->levels[0].heads;
    char room[48], asked[48], currency[4] = { 0 };
    arci_env *env = x->p->t->env;
    const arci_link_sum *taken = total_of(x, order);
    int64_t own = part_of(d, order);
    if (!taken || own <= 0) return ARC_OK;
    const arc_value *head = h->rows + (size_t)(taken - h->taken) * H_COLUMNS;
    if (head[H_COMMITTED].type != ARC_V_INT || taken->gross <= arci_with_tolerance(head[H_COMMITTED].u.i, tolerance)) return ARC_OK;
    memcpy(currency, head[H_CURRENCY].u.s, 3);
    arci_fail(env, ARC_E_GUARD, "order %.*s leaves %s, the document is %s", "订单 %.*s 可开票余额为 %s，本单据为 %s", (int)head[H_NUMBER].len, head[H_NUMBER].u.s,
              arci_amount_text(room, arci_with_tolerance(head[H_COMMITTED].u.i, tolerance) - (taken->gross - own), currency), arci_amount_text(asked, own, currency));
    return fault(x, ARC_E_GUARD, &x->levels[0], line);
}

static arc_status judge_totals(const arci_limits *x, const arci_claim *d)
{
    arc_status st = ARC_OK;
    count_totals(x, d, 1);
    if (x->told) return ARC_OK;
    if (arci_ref(d->order)) st = judge_whole(x, d, arci_ref(d->order), d->tolerance, UINT32_MAX);
    for (uint32_t k = 0; !arci_ref(d->order) && k < d->n_lines && st == ARC_OK; k++) {
        if (d->lines[k].order && d->lines[k].gross > 0) st = judge_whole(x, d, d->lines[k].order, d->lines[k].tolerance, k);
    }
    if (st != ARC_OK) count_totals(x, d, -1);
    return st;
}

void arci_limits_told(arci_limits *x) { x->told = 1; }

arc_status arci_limits_judge(arci_limits *x, uint32_t i)
{
    const arci_claim *d = &x->claims[i];
    arc_status st = judge_level(x, &x->levels[0], d);
    if (st != ARC_OK) return st;
    st = judge_level(x, &x->levels[1], d);
    if (st != ARC_OK) {
        give_back(&x->levels[0], d, d->n_lines);
        return st;
    }
    st = judge_totals(x, d);
    for (int l = 0; l < 2 && st != ARC_OK; l++) give_back(&x->levels[l], d, d->n_lines);
    return st;
}

void arci_limits_undo(arci_limits *x, uint32_t i)
{
    for (int l = 0; l < 2; l++) give_back(&x->levels[l], &x->claims[i], x->claims[i].n_lines);
    count_totals(x, &x->claims[i], -1);
}

const arci_link_sum *arci_limits_taken(const arci_limits *x, int delivery, int64_t line)
{
    const arc_value id = arci_v_int(line);
    const parent *p = find(&x->levels[delivery], &id);
    return p ? &p->taken : NULL;
}
