/* SPDX-License-Identifier: Apache-2.0 */
/* Contracts as of a day: what was issued of them by then, and what their amendments left of them. */
#include <stdlib.h>

#include "billing/chain.h"
#include "billing/invoice.h"
#include "store/computed.h"

enum { O_ID, O_CONTRACT, O_FROM, O_UNTIL, O_COLUMNS };

typedef struct days {
    arci_txn *t;
    arci_contract *list;
    uint32_t n;
    arc_date day;
    int64_t change_of; /* the contract whose history is being read */
    int seen;          /* a change after the day: what was before it held */
    arci_ints own;     /* documents that count: id, contract, from when and until when */
    arci_ints *moves;  /* day and amount of all that ever counted, instead of sums as of the day; NULL: sums */
    arci_ints others;  /* lines of these contracts, of whatever document: invoice, contract, gross, net */
    int64_t *ids;      /* of own, ascending */
} days;

static arci_contract *of(const days *x, const arc_value *id)
{
    arci_contract *c = arci_contract_find(x->list, x->n, id->u.i);
    return c && c->row ? c : NULL;
}

/* ---- documents -------------------------------------------------------------------------------------------------------------------------- */

enum { D_ID, D_CONTRACT, D_CURRENCY, D_GROSS, D_NET, D_STATUS, D_KIND, D_DATE, D_VOIDED, D_COLUMNS };
static const char document_fields[] = "id contract currency gross_amount net_amount status kind invoice_date voided_on";

/* From its date on until it was voided (until is not in it); a draft that was voided never did. */
static int counted(const days *x, const arc_value *v, arc_date *from, arc_date *until)
{
    const arc_value issued = arci_v_text("issued", 6);
    const int is_void = arci_code_is(&v[D_STATUS], "voided");
    *from = (arc_date)v[D_DATE].u.i;
    *until = is_void ? (v[D_VOIDED].type == ARC_V_INT ? (arc_date)v[D_VOIDED].u.i : *from) : ARC_DATE_MAX;
    if (!arci_invoice_counts(is_void ? &issued : &v[D_STATUS], &v[D_KIND]) || *from >= *until) return 0;
    return x->moves != NULL || (*from <= x->day && *until > x->day);
}

static arc_status add(const days *x, arci_contract *c, int64_t amount)
{
    if (!arci_add64(c->issued, amount, &c->issued)) return ARC_OK;
    arci_fail(x->t->env, ARC_E_OVERFLOW, "a sum is too large", "合计超出范围");
    arci_fail_at(x->t->env, "contract", NULL, c->id, -1);
    return ARC_E_OVERFLOW;
}

/* What a document takes while it counts. */
static arc_status take_amount(const days *x, arci_contract *c, int64_t amount, arc_date from, arc_date until)
{
    if (!x->moves) return add(x, c, amount);
    const arc_value begins[2] = { arci_v_int(from), arci_v_int(amount) }, ends[2] = { arci_v_int(until), arci_v_int(-amount) };
    arc_status st = arci_take_ints(x->moves, begins);
    return st == ARC_OK && until != ARC_DATE_MAX ? arci_take_ints(x->moves, ends) : st;
}

static arc_status take_document(void *user, const arc_value *v)
{
    days *x = user;
    arc_date from, until;
    arci_contract *c = of(x, &v[D_CONTRACT]);
    if (!c || !counted(x, v, &from, &until) || !arci_value_equal(&v[D_CURRENCY], &c->row[ARCI_CONTRACT_CURRENCY])) return ARC_OK;
    const arc_value row[4] = { v[D_ID], v[D_CONTRACT], arci_v_int(from), arci_v_int(until) };
    arc_status st = arci_take_ints(&x->own, row);
    return st == ARC_OK ? take_amount(x, c, c->without_tax && v[D_NET].type == ARC_V_INT ? v[D_NET].u.i : v[D_GROSS].u.i, from, until) : st;
}

static arc_status documents(days *x, arci_arena *arena, const int64_t *ids)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(x->t, &shape, "invoice", document_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    if (!x->moves) arci_where_int(&w, shape->cols[D_DATE], ARC_OP_LE, x->day);
    return arci_find_in(x->t, arena, shape, shape->cols[D_CONTRACT], ids, x->n, &w, NULL, 0, take_document, x);
}

/* ---- lines of other contracts than their documents' --------------------------------------------------------------------------------------- */

enum { L_INVOICE, L_CONTRACT, L_GROSS, L_NET, L_OFF, L_COLUMNS };
static const char line_fields[] = "invoice contract gross_amount net_amount off_contract";

static arc_status take_away(void *user, const arc_value *v)
{
    const days *x = user;
    const uint32_t at = arci_ids_find(x->ids, x->own.n, v[L_INVOICE].u.i);
    const int64_t *own = at == UINT32_MAX ? NULL : x->own.v + (size_t)at * O_COLUMNS; /* both ascend */
    const arc_value id = arci_v_int(own ? own[O_CONTRACT] : 0);
    arci_contract *c = own ? of(x, &id) : NULL;
    return c ? take_amount(x, c, -v[c->without_tax ? L_NET : L_GROSS].u.i, (arc_date)own[O_FROM], (arc_date)own[O_UNTIL]) : ARC_OK;
}

static int by_id(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Of the documents of these contracts, what is of others, or of none. */
static arc_status not_theirs(days *x, arci_arena *arena)
{
    const arci_shape *shape;
    arci_where w;
    const uint32_t n = x->own.n;
    if (!n) return ARC_OK;
    qsort(x->own.v, n, O_COLUMNS * sizeof *x->own.v, by_id); /* the id comes first */
    x->ids = arci_arena_alloc(arena, n * sizeof *x->ids);
    if (!x->ids) return arci_nomem(x->t->env);
    for (uint32_t k = 0; k < n; k++) x->ids[k] = x->own.v[O_COLUMNS * (size_t)k];
    arc_status st = arci_shape_get(x->t, &shape, "invoice_line", line_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[L_CONTRACT], ARC_OP_GT, 0);
    st = arci_find_in(x->t, arena, shape, shape->cols[L_INVOICE], x->ids, n, &w, NULL, 0, take_away, x);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[L_OFF], ARC_OP_EQ, 1);
    return arci_find_in(x->t, arena, shape, shape->cols[L_INVOICE], x->ids, n, &w, NULL, 0, take_away, x);
}

/* Of other documents, what is of these contracts. */
static arc_status theirs(days *x, arci_arena *arena, const int64_t *ids)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    arc_status st = arci_shape_get(x->t, &shape, "invoice_line", line_fields);
    if (st == ARC_OK) st = arci_find_in(x->t, arena, shape, shape->cols[L_CONTRACT], ids, x->n, NULL, NULL, 0, arci_take_ints, &x->others);
    const uint32_t n = x->others.n;
    if (st != ARC_OK || !n) return st;
    int64_t *invoices = arci_arena_alloc(arena, n * sizeof *invoices);
    if (!invoices) return arci_nomem(x->t->env);
    for (uint32_t k = 0; k < n; k++) invoices[k] = x->others.v[(size_t)k * L_COLUMNS];
    st = arci_shape_get(x->t, &shape, "invoice", document_fields);
    if (st == ARC_OK) st = arci_repo_get_many(x->t, shape, invoices, n, arena, &rows, &found);
    for (uint32_t k = 0; st == ARC_OK && k < n; k++) {
        const int64_t *l = x->others.v + (size_t)k * L_COLUMNS;
        const arc_value *v = rows + (size_t)k * D_COLUMNS, id = arci_v_int(l[L_CONTRACT]);
        arci_contract *c = of(x, &id);
        arc_date from, until;
        if (!c || !found[k] || !counted(x, v, &from, &until) || !arci_value_equal(&v[D_CURRENCY], &c->row[ARCI_CONTRACT_CURRENCY])) continue;
        st = take_amount(x, c, l[c->without_tax ? L_NET : L_GROSS], from, until);
    }
    return st;
}

/* ---- amendments --------------------------------------------------------------------------------------------------------------------------- */

enum { C_CONTRACT, C_SEQ, C_KIND, C_DATE, C_AMOUNT, C_TOLERANCE, C_COLUMNS };

/* By contract and number; days do not fall. */
static arc_status take_change(void *user, const arc_value *v)
{
    days *x = user;
    arci_contract *c = of(x, &v[C_CONTRACT]);
    if (!c) return ARC_OK;
    if (x->change_of != c->id) {
        x->change_of = c->id;
        x->seen = 0;
        c->over = 0;
    }
    if (v[C_DATE].u.i <= x->day) {
        if (!arci_code_is(&v[C_KIND], "amended")) c->over = !arci_code_is(&v[C_KIND], "reopened");
        return ARC_OK;
    }
    if (!x->seen++) c->limited = arci_contract_limit(c, &v[C_AMOUNT], &v[C_TOLERANCE], &c->limit) != 0;
    return ARC_OK;
}

arc_status arci_contracts_as_of(arci_txn *t, arci_arena *arena, arci_contract *list, const int64_t *ids, uint32_t n, arc_date day)
{
    const arci_shape *shape;
    days x = { .t = t, .list = list, .n = n, .day = day, .own = { t, arena, O_COLUMNS, 0, 0, NULL }, .others = { t, arena, L_COLUMNS, 0, 0, NULL } };
    for (uint32_t i = 0; i < n; i++) list[i].issued = 0;
    arc_status st = documents(&x, arena, ids);
    if (st == ARC_OK) st = not_theirs(&x, arena);
    if (st == ARC_OK) st = theirs(&x, arena, ids);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "contract_change", "contract seq kind effective_date old_amount old_tolerance");
    if (st != ARC_OK) return st;
    const arc_order order[2] = { { shape->cols[C_CONTRACT], 0 }, { shape->cols[C_SEQ], 0 } };
    return arci_find_in(t, arena, shape, shape->cols[C_CONTRACT], ids, n, NULL, order, 2, take_change, &x);
}

/* ---- the worst day ------------------------------------------------------------------------------------------------------------------------- */

/* What held from a day on: amounts with their days, then limits with theirs. */
typedef struct course {
    const arci_contract *c;
    arci_ints moves;  /* day, amount */
    arci_ints limits; /* until when (that day is not in it), limit; ascending; INT64_MAX: none */
    arci_ints over;   /* from when, 1 over, 0 not */
} course;

static arc_status take_limit(void *user, const arc_value *v)
{
    course *x = user;
    int64_t limit;
    if (!arci_code_is(&v[C_KIND], "amended")) {
        const arc_value row[2] = { v[C_DATE], arci_v_int(!arci_code_is(&v[C_KIND], "reopened")) };
        return arci_take_ints(&x->over, row);
    }
    if (!arci_contract_limit(x->c, &v[C_AMOUNT], &v[C_TOLERANCE], &limit)) limit = INT64_MAX;
    const arc_value row[2] = { v[C_DATE], arci_v_int(limit) };
    return arci_take_ints(&x->limits, row);
}

static int64_t limit_on(const course *x, int64_t day)
{
    for (uint32_t k = 0; k < x->limits.n; k++) {
        if (day < x->limits.v[2 * (size_t)k]) return x->limits.v[2 * (size_t)k + 1];
    }
    return x->c->limited ? x->c->limit : INT64_MAX;
}

static int over_on(const course *x, int64_t day)
{
    int is = 0;
    for (uint32_t k = 0; k < x->over.n && x->over.v[2 * (size_t)k] <= day; k++) is = x->over.v[2 * (size_t)k + 1] != 0;
    return is;
}

static arc_status read_course(arci_txn *t, arci_arena *arena, course *x, arci_contract *c)
{
    const arci_shape *shape;
    const int64_t id = c->id, issued = c->issued;
    days d = { .t = t, .list = c, .n = 1, .own = { t, arena, O_COLUMNS, 0, 0, NULL }, .others = { t, arena, L_COLUMNS, 0, 0, NULL }, .moves = &x->moves };
    arc_status st = documents(&d, arena, &id);
    if (st == ARC_OK) st = not_theirs(&d, arena);
    if (st == ARC_OK) st = theirs(&d, arena, &id);
    c->issued = issued;
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "contract_change", "contract seq kind effective_date old_amount old_tolerance");
    if (st != ARC_OK) return st;
    const arc_order order[1] = { { shape->cols[C_SEQ], 0 } };
    return arci_find_in(t, arena, shape, shape->cols[C_CONTRACT], &id, 1, NULL, order, 1, take_limit, x);
}

/* Of days that are not before `from`, at whose end the sum may have changed: the one that leaves least. */
static arc_status find_worst(arci_txn *t, course *x, arc_date from, const int64_t *limit, arci_worst_day *out)
{
    int64_t sum = 0;
    const arc_value nothing[2] = { arci_v_int(from), arci_v_int(0) };
    arc_status st = arci_take_ints(&x->moves, nothing);
    for (uint32_t k = 0; st == ARC_OK && k < x->limits.n; k++) { /* a limit that falls */
        const arc_value day[2] = { arci_v_int(x->limits.v[2 * (size_t)k]), arci_v_int(0) };
        st = arci_take_ints(&x->moves, day);
    }
    if (st != ARC_OK) return st;
    qsort(x->moves.v, x->moves.n, 2 * sizeof *x->moves.v, by_id); /* the day comes first */
    for (uint32_t k = 0; k < x->moves.n; k++) {
        const int64_t day = x->moves.v[2 * (size_t)k];
        if (arci_add64(sum, x->moves.v[2 * (size_t)k + 1], &sum)) return arci_fail(t->env, ARC_E_OVERFLOW, "a sum is too large", "合计超出范围");
        if (day < from || (k + 1 < x->moves.n && x->moves.v[2 * (size_t)k + 2] == day)) continue;
        const int64_t most = limit ? *limit : limit_on(x, day), room = most == INT64_MAX ? INT64_MAX : most - sum;
        if (out->day != ARC_DATE_NONE && room >= out->limit - out->issued) continue;
        if (most == INT64_MAX && out->day != ARC_DATE_NONE) continue;
        *out = (arci_worst_day){ (arc_date)day, sum, most, out->over };
    }
    return ARC_OK;
}

arc_status arci_contract_worst(arci_txn *t, arci_arena *arena, arci_contract *c, arc_date from, const arci_ints *more, const int64_t *limit, arci_worst_day *out)
{
    course x = { .c = c, .moves = { t, arena, 2, 0, 0, NULL }, .limits = { t, arena, 2, 0, 0, NULL }, .over = { t, arena, 2, 0, 0, NULL } };
    *out = (arci_worst_day){ ARC_DATE_NONE, 0, INT64_MAX, 0 };
    arc_status st = read_course(t, arena, &x, c);
    for (uint32_t k = 0; st == ARC_OK && more && k < more->n; k++) {
        const int64_t *m = more->v + 3 * (size_t)k;
        const arc_value row[2] = { arci_v_int(m[1]), arci_v_int(m[2]) };
        if (m[0] == c->id) st = arci_take_ints(&x.moves, row);
    }
    out->over = (uint8_t)over_on(&x, from);
    return st == ARC_OK ? find_worst(t, &x, from, limit, out) : st;
}
