/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "billing/advance.h"
#include "store/setting.h"

enum { A_ID, A_NUMBER, A_KIND, A_STATUS, A_CUSTOMER, A_CURRENCY, A_DATE, A_CONTRACT, A_ORDER, A_COLUMNS };
static const char advance_fields[] = "id number kind status customer currency invoice_date contract sales_order";

typedef struct advance {
    int64_t id;
    const arc_value *row; /* NULL: there is none */
    arci_advance_sum left; /* to deduct */
    int64_t collected;     /* counts where the book asks */
    arci_rows parents;     /* of its lines: P_* */
    uint8_t by_collected;
} advance;

struct arci_advances {
    arci_bills *b;
    advance *list; /* by id */
    uint32_t n;
};
typedef struct arci_advances advances;

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static advance *find(const advances *x, int64_t id)
{
    uint32_t lo = 0, hi = x->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (x->list[mid].id < id) lo = mid + 1;
        else hi = mid;
    }
    return id && lo < x->n && x->list[lo].id == id ? &x->list[lo] : NULL;
}

static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

/* ---- what is left ------------------------------------------------------------------------------------------------------------------ */

static arc_status find_by(arci_txn *t, arci_arena *arena, const char *entity, const char *fields, int64_t id, arci_rows *out)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(t, &shape, entity, fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, id);
    return arci_repo_find(t, shape, &w, NULL, 0, 0, arena, out);
}

enum { L_OF, L_INVOICE, L_NET, L_TAX, L_BASE_NET, L_BASE_TAX, L_COLUMNS };

/* Adds the amounts of a line. */
static void add(arci_advance_sum *sum, const arc_value *line, int sign)
{
    sum->net += sign * int_of(&line[L_NET]);
    sum->tax += sign * int_of(&line[L_TAX]);
    sum->base_net += sign * int_of(&line[L_BASE_NET]);
    sum->base_tax += sign * int_of(&line[L_BASE_TAX]);
    sum->valued &= line[L_BASE_NET].type == ARC_V_INT;
}

/* Lines of documents that were voided, or are not issued, do not count. */
arc_status arci_advance_deducted(arci_txn *t, arci_arena *arena, int64_t id, arci_advance_sum *out)
{
    const arci_shape *shape;
    arci_rows rows;
    arc_value *headers;
    uint8_t *found;
    memset(out, 0, sizeof *out);
    out->valued = 1;
    arc_status st = find_by(t, arena, "invoice_line", "advance invoice net_amount tax_amount base_net base_tax", id, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    int64_t *ids = arci_arena_alloc(arena, rows.n_rows * sizeof *ids);
    if (!ids) return arci_nomem(t->env);
    for (uint32_t r = 0; r < rows.n_rows; r++) ids[r] = rows.values[(size_t)r * L_COLUMNS + L_INVOICE].u.i;
    st = arci_shape_get(t, &shape, "invoice", "status");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, ids, rows.n_rows, arena, &headers, &found);
    for (uint32_t r = 0; r < rows.n_rows && st == ARC_OK; r++) {
        static const char *const posted[] = { "issued", "credited", "closed" };
        int counts = 0;
        for (int k = 0; k < 3; k++) counts |= found[r] && arci_code_is(&headers[r], posted[k]);
        if (counts) add(out, rows.values + (size_t)r * L_COLUMNS, -1);
    }
    return st;
}

/* The lines of the advance, or of a credit note to it. */
static arc_status add_document(arci_txn *t, arci_arena *arena, int64_t id, arci_advance_sum *out)
{
    arci_rows rows;
    arc_status st = find_by(t, arena, "invoice_line", "invoice id net_amount tax_amount base_net base_tax", id, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) add(out, rows.values + (size_t)r * L_COLUMNS, 1);
    return st;
}

arc_status arci_advance_left(arci_txn *t, arci_arena *arena, int64_t id, arci_advance_sum *out)
{
    arci_rows notes;
    arci_advance_sum gone;
    memset(out, 0, sizeof *out);
    out->valued = 1;
    arc_status st = add_document(t, arena, id, out);
    if (st == ARC_OK) st = find_by(t, arena, "invoice", "red_of id status", id, &notes);
    for (uint32_t r = 0; st == ARC_OK && r < notes.n_rows; r++) {
        const arc_value *v = notes.values + (size_t)r * 3;
        if (!arci_code_is(&v[2], "voided") && !arci_code_is(&v[2], "draft")) st = add_document(t, arena, v[1].u.i, out);
    }
    if (st == ARC_OK) st = arci_advance_deducted(t, arena, id, &gone);
    if (st != ARC_OK) return st;
    out->net -= gone.net;
    out->tax -= gone.tax;
    out->base_net -= gone.base_net;
    out->base_tax -= gone.base_tax;
    out->valued &= gone.valued;
    return ARC_OK;
}

/* Settled by receipts: what is open of its items is not collected. */
static arc_status take_open(arci_txn *t, arci_arena *arena, advance *a)
{
    const arci_shape *shape;
    arci_rows rows;
    arc_value *open;
    uint8_t *found;
    arc_status st = find_by(t, arena, "item", "invoice id", a->id, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    int64_t *ids = arci_arena_alloc(arena, rows.n_rows * sizeof *ids);
    if (!ids) return arci_nomem(t->env);
    for (uint32_t r = 0; r < rows.n_rows; r++) ids[r] = rows.values[(size_t)r * 2 + 1].u.i;
    st = arci_shape_get(t, &shape, "item_state", "open");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, ids, rows.n_rows, arena, &open, &found);
    for (uint32_t r = 0; r < rows.n_rows && st == ARC_OK; r++) a->collected -= found[r] ? open[r].u.i : 0;
    return st;
}

static arc_status read_one(advances *x, advance *a, int by_collected)
{
    arci_txn *t = x->b->p->t;
    arci_arena *arena = &x->b->p->arena;
    arc_status st = arci_advance_left(t, arena, a->id, &a->left);
    a->by_collected = (uint8_t)by_collected;
    a->collected = a->left.net + a->left.tax;
    return st == ARC_OK && by_collected ? take_open(t, arena, a) : st;
}

static arc_status read_advances(advances *x)
{
    arci_posting *p = x->b->p;
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    int by_collected = 0;
    uint32_t n = 0, unique = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        for (uint32_t k = 0; arci_bill_good(x->b, i) && k < x->b->list[i].n_lines; k++) n += arci_advance_of(&x->b->list[i], k) != 0;
    }
    if (!n) return ARC_OK;
    int64_t *ids = arci_arena_alloc(&p->arena, n * sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    n = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        for (uint32_t k = 0; arci_bill_good(x->b, i) && k < x->b->list[i].n_lines; k++) {
            if (arci_advance_of(&x->b->list[i], k)) ids[n++] = arci_advance_of(&x->b->list[i], k);
        }
    }
    qsort(ids, n, sizeof *ids, by_value);
    for (uint32_t k = 0; k < n; k++) {
        if (!unique || ids[unique - 1] != ids[k]) ids[unique++] = ids[k];
    }
    x->list = arci_arena_calloc(&p->arena, unique, sizeof *x->list);
    if (!x->list) return arci_nomem(p->t->env);
    x->n = unique;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", advance_fields);
    if (st == ARC_OK) st = arci_repo_lock(p->t, "invoice", ids, unique);
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, unique, &p->arena, &rows, &found);
    if (st == ARC_OK) st = arci_setting_flag(p->t, "advance.collected", &by_collected);
    for (uint32_t k = 0; k < unique && st == ARC_OK; k++) {
        x->list[k].id = ids[k];
        x->list[k].row = found[k] ? rows + (size_t)k * A_COLUMNS : NULL;
        if (found[k]) st = read_one(x, &x->list[k], by_collected);
    }
    return st;
}

/* ---- what they are of --------------------------------------------------------------------------------------------------------------- */

enum { P_CONTRACT, P_ORDER_LINE, P_DELIVERY_LINE, P_INVOICE, P_COLUMNS };

/* Whether a line of the advance names it; of a contract: or the advance itself. */
static int is_of(const advance *a, int parent, const arc_value *v)
{
    if (parent == P_CONTRACT && arci_value_equal(v, &a->row[A_CONTRACT])) return 1;
    for (uint32_t r = 0; r < a->parents.n_rows; r++) {
        if (arci_value_equal(v, &a->parents.values[(size_t)r * P_COLUMNS + (uint32_t)parent])) return 1;
    }
    return 0;
}

static int of_several(const advance *a)
{
    for (uint32_t r = 0; r < a->parents.n_rows; r++) {
        if (a->parents.values[(size_t)r * P_COLUMNS + P_CONTRACT].type == ARC_V_INT) return a->row[A_CONTRACT].type != ARC_V_INT;
    }
    return 0;
}

static arc_status not_of(advances *x, uint32_t k, const advance *a, const char *field)
{
    arci_env *env = x->b->p->t->env;
    arci_fail(env, ARC_E_VALUE, "advance invoice %.*s is deducted of what it was issued for: it is of another %s%.0s", "预收发票 %.*s 只能在其所属的范围内抵扣，%.0s%s不一致", (int)a->row[A_NUMBER].len, a->row[A_NUMBER].u.s,
              field, arci_field_zh("invoice_line", field));
    return arci_line_at(env, ARC_E_VALUE, k, field);
}

/* A deduction counts where its advance did, and nowhere else. */
static arc_status place(advances *x, arci_bill *d, uint32_t k, const advance *a)
{
    static const struct {
        uint32_t field;
        const char *name;
    } named[] = { { ARC_INVOICE_LINE_CONTRACT, "contract" }, { ARC_INVOICE_LINE_ORDER_LINE, "order_line" }, { ARC_INVOICE_LINE_DELIVERY_LINE, "delivery_line" } };
    const arc_value *contract = arci_bill_or_parent(d, ARC_INVOICE_CONTRACT), *order = arci_bill_or_parent(d, ARC_INVOICE_SALES_ORDER), *of = &a->row[A_CONTRACT];
    d->amounts[k].off = 0;
    for (int f = 0; f < 3; f++) {
        const arc_value *v = arci_record_value(d->lines[k], named[f].field);
        if (v->type == ARC_V_INT && !is_of(a, f, v)) return not_of(x, k, a, named[f].name);
    }
    if (d->line_parents && d->line_parents[k].contract.type == ARC_V_INT) of = &d->line_parents[k].contract;
    else if (of_several(a) && contract->type == ARC_V_INT && is_of(a, P_CONTRACT, contract)) of = contract;
    else if (of_several(a)) return not_of(x, k, a, "contract");
    if (of->type != ARC_V_INT && contract->type == ARC_V_INT) d->amounts[k].off |= ARCI_OFF_CONTRACT;
    if (order->type == ARC_V_INT && !arci_value_equal(order, &a->row[A_ORDER])) d->amounts[k].off |= ARCI_OFF_ORDER;
    if (of->type != ARC_V_INT || arci_value_equal(of, contract)) return ARC_OK;
    if (!d->line_parents) d->line_parents = arci_arena_calloc(&x->b->p->arena, d->n_lines, sizeof *d->line_parents);
    if (!d->line_parents) return arci_nomem(x->b->p->t->env);
    d->line_parents[k].contract = *of;
    return ARC_OK;
}

static arc_status place_all(advances *x)
{
    const arci_shape *shape;
    arci_posting *p = x->b->p;
    arc_status st = x->n ? arci_shape_get(p->t, &shape, "invoice_line", "contract order_line delivery_line invoice") : ARC_OK;
    for (uint32_t k = 0; k < x->n && st == ARC_OK; k++) {
        arci_where w;
        arci_where_init(&w);
        arci_where_int(&w, shape->cols[P_INVOICE], ARC_OP_EQ, x->list[k].id);
        if (x->list[k].row) st = arci_repo_find(p->t, shape, &w, NULL, 0, 0, &p->arena, &x->list[k].parents);
    }
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        arci_bill *d = &x->b->list[i];
        if (x->b->told || !strcmp(d->kind ? d->kind : "", "credit_note")) continue; /* a note is of what its invoice is of */
        for (uint32_t k = 0; x->n && arci_bill_good(x->b, i) && k < d->n_lines && st == ARC_OK; k++) {
            const advance *a = find(x, arci_advance_of(d, k));
            st = a && a->row ? arci_bill_judged(x->b, i, place(x, d, k, a)) : ARC_OK;
        }
    }
    return st;
}

/* ---- judging ------------------------------------------------------------------------------------------------------------------------- */

static arc_status fits(const advances *x, const arci_bill *d, uint32_t k, const advance *a)
{
    arci_env *env = x->b->p->t->env;
    arc_status st = ARC_OK;
    if (!a->row) return arci_line_at(env, arci_fail(env, ARC_E_REFERENCE, "there is no such advance invoice", "预收发票不存在"), k, "advance");
    int n = (int)a->row[A_NUMBER].len;
    const char *name = a->row[A_NUMBER].u.s;
    if (!arci_code_is(&a->row[A_KIND], "advance")) st = arci_fail(env, ARC_E_STATE, "invoice %.*s is no advance invoice", "发票 %.*s 不是预收发票", n, name);
    else if (!arci_code_is(&a->row[A_STATUS], "issued") && !arci_code_is(&a->row[A_STATUS], "closed")) {
        st = arci_fail(env, ARC_E_STATE, "advance invoice %.*s is voided or credited: nothing can be deducted", "预收发票 %.*s 已作废或红冲，不能抵扣", n, name);
    } else if (!arci_value_equal(&a->row[A_CUSTOMER], arci_bill_value(d, ARC_INVOICE_CUSTOMER)) || !arci_value_equal(&a->row[A_CURRENCY], arci_bill_value(d, ARC_INVOICE_CURRENCY))) {
        st = arci_fail(env, ARC_E_GUARD, "advance invoice %.*s is of another customer or currency", "预收发票 %.*s 属于其他客户或币种", n, name);
    } else if (d->date < a->row[A_DATE].u.i) {
        st = arci_fail(env, ARC_E_RANGE, "advance invoice %.*s is later than what deducts it", "预收发票 %.*s 晚于抵扣日期", n, name);
    }
    return st == ARC_OK ? ARC_OK : arci_line_at(env, st, k, "advance");
}

static const char *amount(char text[48], int64_t minor, const arci_bill *d)
{
    size_t n = 48;
    arc_money m;
    text[0] = 0;
    if (arc_money_set(&m, minor, arci_bill_value(d, ARC_INVOICE_CURRENCY)->u.s) == ARC_OK) (void)arc_money_print_amount(text, &n, &m);
    return text;
}

/* What goes at the base amount it is booked at; the last one takes the last cent. */
static void take_base(arci_total_line *l, const arci_advance_sum *left)
{
    l->valued = left->valued;
    if (!l->valued) return;
    l->base_net = -arci_part_of(left->base_net, -l->net, left->net);
    l->base_tax = -arci_part_of(left->base_tax, -l->tax, left->tax);
}

/* sign 1: a line, which is negative, deducts; -1: it does not. */
static void move(advance *a, const arci_total_line *l, int sign)
{
    a->left.net += sign * l->net;
    a->left.tax += sign * l->tax;
    a->left.base_net += sign * l->base_net;
    a->left.base_tax += sign * l->base_tax;
    a->collected += sign * l->gross;
}

static arc_status deduct(const advances *x, const arci_bill *d, uint32_t k, advance *a)
{
    arci_total_line *l = &d->amounts[k];
    arci_env *env = x->b->p->t->env;
    char text[48];
    arc_status st = fits(x, d, k, a);
    if (st != ARC_OK) return st;
    if (l->gross >= 0 || strcmp(d->kind, "invoice") != 0) {
        return arci_line_at(env, arci_fail(env, ARC_E_VALUE, "an advance is deducted by a negative line of an invoice", "预收款须以发票的负数行抵扣"), k, "advance");
    }
    int n = (int)a->row[A_NUMBER].len;
    if (-l->net > a->left.net || -l->tax > a->left.tax) {
        return arci_line_at(env, arci_fail(env, ARC_E_GUARD, "advance invoice %.*s leaves %s to deduct, the line is more in net or tax", "预收发票 %.*s 可抵扣余额为 %s，本行超出", n, a->row[A_NUMBER].u.s,
                                           amount(text, a->left.net + a->left.tax, d)), k, "advance");
    }
    if (a->by_collected && -l->gross > a->collected) {
        return arci_line_at(env, arci_fail(env, ARC_E_GUARD, "of advance invoice %.*s only %s is collected and not deducted", "预收发票 %.*s 已收未抵扣金额为 %s", n, a->row[A_NUMBER].u.s,
                                           amount(text, a->collected, d)), k, "advance");
    }
    if (d->booked.foreign) take_base(l, &a->left);
    move(a, l, 1);
    return ARC_OK;
}

static void give_back(const advances *x, const arci_bill *d, uint32_t n_lines)
{
    for (uint32_t k = 0; k < n_lines; k++) {
        advance *a = find(x, arci_advance_of(d, k));
        if (a) move(a, &d->amounts[k], -1);
    }
}

arc_status arci_advances_open(arci_bills *b)
{
    b->advances = arci_arena_calloc(&b->p->arena, 1, sizeof *b->advances);
    if (!b->advances) return arci_nomem(b->p->t->env);
    b->advances->b = b;
    arc_status st = read_advances(b->advances);
    return st == ARC_OK ? place_all(b->advances) : st;
}

arc_status arci_advances_take(arci_bills *b, uint32_t i)
{
    const arci_bill *d = &b->list[i];
    arc_status st = ARC_OK;
    for (uint32_t k = 0; k < d->n_lines; k++) {
        advance *a = find(b->advances, arci_advance_of(d, k));
        if (a) st = deduct(b->advances, d, k, a);
        if (st == ARC_OK) continue;
        give_back(b->advances, d, k);
        return st;
    }
    return ARC_OK;
}

void arci_advances_undo(arci_bills *b, uint32_t i) { give_back(b->advances, &b->list[i], b->list[i].n_lines); }
