/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/by_contract.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/rates.h"

typedef struct reading {
    arci_txn *t;
    arci_arena *arena;
    arc_date as_of;
    int64_t *ids; /* ascending */
    uint32_t n;
} reading;

static int64_t *column(arci_arena *arena, const arci_ints *rows, uint32_t at)
{
    int64_t *ids = arci_arena_alloc(arena, (rows->n + 1u) * sizeof *ids);
    for (uint32_t i = 0; ids && i < rows->n; i++) ids[i] = rows->v[(size_t)i * rows->width + at];
    return ids;
}

static int by_first_two(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    const int first = (x[0] > y[0]) - (x[0] < y[0]);
    return first ? first : (x[1] > y[1]) - (x[1] < y[1]);
}

/* Rows by their first two columns, whatever came in chunks. */
static void sort_rows(const arci_ints *rows)
{
    if (rows->n > 1) qsort(rows->v, rows->n, rows->width * sizeof *rows->v, by_first_two);
}

static arci_ints rows_of(const reading *x, uint32_t width) { return (arci_ints){ x->t, x->arena, width, 0, 0, NULL }; }

const arci_shared *arci_shared_find(const arci_by_contract *x, int64_t invoice)
{
    uint32_t lo = 0, hi = x->n;
    while (lo < hi) {
        const uint32_t mid = lo + (hi - lo) / 2;
        if (x->list[mid].invoice == invoice) return &x->list[mid];
        if (x->list[mid].invoice < invoice) lo = mid + 1;
        else hi = mid;
    }
    return NULL;
}

/* ---- dividing ---------------------------------------------------------------------------------------------------------------------------- */

typedef int64_t (*weight_fn)(const arci_contract_share *s);
static int64_t by_lines(const arci_contract_share *s) { return s->lines; }
static int64_t by_left(const arci_contract_share *s) { return s->left; }

/* What the first k shares have of an amount: rounded once, so that the parts of all come to it. */
static int64_t up_to(const arci_shared *d, uint32_t k, int64_t amount, weight_fn weight)
{
    int64_t some = 0, all = 0;
    for (uint32_t i = 0; i < d->n_shares; i++) {
        const int64_t w = weight(&d->shares[i]);
        all += w; /* lines of a document add up */
        some += i < k ? w : 0;
    }
    if (!all) return weight == by_lines ? (k == d->n_shares ? amount : 0) : up_to(d, k, amount, by_lines);
    return k == d->n_shares ? amount : arci_part_of(amount, some, all);
}

static int64_t part(const arci_shared *d, uint32_t k, int64_t amount, weight_fn weight) { return up_to(d, k + 1, amount, weight) - up_to(d, k, amount, weight); }

int64_t arci_shared_part(const arci_shared *d, uint32_t k, int64_t amount) { return part(d, k, amount, by_left); }

static int64_t claim_of(const arci_item_figures *f) { return f->amount + f->added; }
static int64_t open_of(const arci_item_figures *f) { return f->open; }

/* Items one behind the other: each has what is between those up to it and those before it, so that they come to the whole's part. */
static int64_t part_of_item(const arci_shared *d, uint32_t k, int64_t item, int64_t (*figure)(const arci_item_figures *f), weight_fn weight, int64_t *own)
{
    int64_t before = 0;
    *own = 0;
    for (uint32_t i = 0; i < d->n_items; i++) {
        const int64_t amount = figure(&d->figures[i]);
        if (d->items[i] == item) {
            *own = amount;
            return part(d, k, before + amount, weight) - part(d, k, before, weight);
        }
        before += amount;
    }
    return 0;
}

int64_t arci_shared_claim(const arci_shared *d, uint32_t k, int64_t item)
{
    int64_t own;
    return part_of_item(d, k, item, claim_of, by_lines, &own);
}

static int64_t amount_of(const arci_item_figures *f) { return f->amount; }

int64_t arci_shared_amount(const arci_shared *d, uint32_t k, int64_t item)
{
    int64_t own;
    return part_of_item(d, k, item, amount_of, by_lines, &own);
}

int64_t arci_shared_open(const arci_shared *d, uint32_t k, int64_t item, int64_t open)
{
    int64_t own;
    const int64_t is = part_of_item(d, k, item, open_of, by_left, &own);
    return own == open ? is : part(d, k, open, by_left); /* as known at an earlier time */
}

/* ---- documents ----------------------------------------------------------------------------------------------------------------------------- */

static arci_contract_share *share_of(arci_shared *d, int64_t contract)
{
    uint32_t at = 0;
    while (at < d->n_shares && d->shares[at].contract < contract) at++;
    if (at < d->n_shares && d->shares[at].contract == contract) return &d->shares[at];
    memmove(d->shares + at + 1, d->shares + at, (d->n_shares - at) * sizeof *d->shares);
    d->shares[at] = (arci_contract_share){ contract, 0, 0, 0 };
    d->n_shares++;
    return &d->shares[at];
}

/* invoice, contract, sum: of lines of another contract than their document's. */
static arc_status read_lines(const reading *x, arci_ints *out)
{
    const arci_entity *e = arci_entity_by_name("invoice_line", 12);
    const arc_group groups[2] = { { arci_col(e, "invoice"), ARC_GROUP_VALUE, 0, NULL }, { arci_col(e, "contract"), ARC_GROUP_VALUE, 0, NULL } };
    const arc_measure sum = { ARC_MEASURE_SUM, arci_col(e, "gross_amount") };
    arci_where w;
    *out = rows_of(x, 3);
    arci_where_init(&w);
    arci_where_int(&w, arci_col(e, "contract"), ARC_OP_GT, 0);
    arc_status st = x->n ? arci_sum_in(x->t, x->arena, e, groups, 2, &sum, 1, x->ids, x->n, &w, arci_take_ints, out) : ARC_OK;
    if (st == ARC_OK) sort_rows(out);
    return st;
}

/* What no line says is of another contract is of the header's. */
static arc_status read_headers(const reading *x, arci_by_contract *out, const arci_ints *lines)
{
    enum { CONTRACT, GROSS };
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    int64_t *ids = column(x->arena, lines, 0);
    if (!ids) return arci_nomem(x->t->env);
    out->n = arci_id_sort(ids, lines->n);
    out->list = arci_arena_calloc(x->arena, out->n + 1u, sizeof *out->list);
    if (!out->list) return arci_nomem(x->t->env);
    arc_status st = arci_shape_get(x->t, &shape, "invoice", "contract gross_amount");
    if (st == ARC_OK) st = arci_repo_get_many(x->t, shape, ids, out->n, x->arena, &rows, &found);
    for (uint32_t i = 0, at = 0; i < out->n && st == ARC_OK; i++) {
        arci_shared *d = &out->list[i];
        const arc_value *v = rows + (size_t)i * 2;
        const uint32_t from = at;
        int64_t rest = found[i] ? v[GROSS].u.i : 0;
        d->invoice = ids[i];
        while (at < lines->n && lines->v[3 * (size_t)at] == ids[i]) at++;
        d->shares = arci_arena_alloc(x->arena, (at - from + 2u) * sizeof *d->shares);
        if (!d->shares) return arci_nomem(x->t->env);
        for (uint32_t r = from; r < at; r++) {
            const int64_t *l = lines->v + 3 * (size_t)r;
            share_of(d, l[1])->lines += l[2];
            rest -= l[2];
        }
        if (rest) share_of(d, found[i] && v[CONTRACT].type == ARC_V_INT ? v[CONTRACT].u.i : 0)->lines += rest;
    }
    return st;
}

/* ---- what their items came to ------------------------------------------------------------------------------------------------------------- */

static arc_status read_items(const reading *x, arci_by_contract *out, arci_ints *items)
{
    const arci_shape *shape;
    int64_t *invoices = arci_arena_alloc(x->arena, (out->n + 1u) * sizeof *invoices);
    *items = rows_of(x, 2);
    if (!invoices) return arci_nomem(x->t->env);
    for (uint32_t i = 0; i < out->n; i++) invoices[i] = out->list[i].invoice;
    arc_status st = arci_shape_get(x->t, &shape, "item", "invoice id");
    if (st != ARC_OK) return st;
    const arc_order order[2] = { { shape->cols[0], 0 }, { shape->cols[1], 0 } };
    return arci_find_in(x->t, x->arena, shape, shape->cols[0], invoices, out->n, NULL, order, 2, arci_take_ints, items);
}

static arc_status take_figures(const reading *x, arci_by_contract *out, const arci_ints *items)
{
    int64_t *ids = column(x->arena, items, 1);
    arci_item_figures *all = arci_arena_alloc(x->arena, (items->n + 1u) * sizeof *all);
    if (!ids || !all) return arci_nomem(x->t->env);
    const uint32_t n = arci_id_sort(ids, items->n);
    arc_status st = n ? arci_item_figures_read(x->t, x->arena, all, ids, n, x->as_of) : ARC_OK;
    for (uint32_t i = 0, r = 0; i < out->n && st == ARC_OK; i++) {
        arci_shared *d = &out->list[i];
        const uint32_t from = r;
        while (r < items->n && items->v[2 * (size_t)r] == d->invoice) r++;
        int64_t *own = arci_arena_alloc(x->arena, (r - from + 1u) * sizeof *own);
        arci_item_figures *figures = arci_arena_alloc(x->arena, (r - from + 1u) * sizeof *figures);
        if (!own || !figures) return arci_nomem(x->t->env);
        for (uint32_t k = from; k < r; k++) {
            own[k - from] = items->v[2 * (size_t)k + 1];
            figures[k - from] = all[arci_id_place(ids, n, own[k - from])];
            d->claim += claim_of(&figures[k - from]);
            d->open += figures[k - from].open;
        }
        d->items = own;
        d->figures = figures;
        d->n_items = r - from;
        for (uint32_t k = 0; k < d->n_shares; k++) d->shares[k].left = d->shares[k].claim = part(d, k, d->claim, by_lines);
    }
    return st;
}

/* ---- what credit notes took of them ------------------------------------------------------------------------------------------------------- */

typedef struct notes {
    arci_ints used;      /* item, credit item, amount */
    arci_ints credits;   /* id, invoice */
    arci_ints documents; /* id, red_of */
} notes;

static int64_t other(const arci_ints *rows, int64_t id)
{
    uint32_t lo = 0, hi = rows->n;
    while (lo < hi) {
        const uint32_t mid = lo + (hi - lo) / 2;
        if (rows->v[2 * (size_t)mid] == id) return rows->v[2 * (size_t)mid + 1];
        if (rows->v[2 * (size_t)mid] < id) lo = mid + 1;
        else hi = mid;
    }
    return 0;
}

static arc_status read_pairs(const reading *x, arci_ints *out, const char *entity, const char *fields, int64_t *ids, uint32_t n)
{
    const arci_shape *shape;
    *out = rows_of(x, 2);
    n = arci_id_sort(ids, n);
    arc_status st = arci_shape_get(x->t, &shape, entity, fields);
    if (st == ARC_OK && n) st = arci_find_in(x->t, x->arena, shape, shape->cols[0], ids, n, NULL, NULL, 0, arci_take_ints, out);
    if (st == ARC_OK) sort_rows(out);
    return st;
}

static arc_status read_used(const reading *x, notes *o, const arci_ints *items)
{
    const arci_entity *e = arci_entity_by_name("allocation", 10);
    const arc_group groups[2] = { { arci_col(e, "item"), ARC_GROUP_VALUE, 0, NULL }, { arci_col(e, "credit_item"), ARC_GROUP_VALUE, 0, NULL } };
    const arc_measure sum = { ARC_MEASURE_SUM, arci_col(e, "amount") };
    int64_t *ids = column(x->arena, items, 1);
    arci_where w;
    o->used = rows_of(x, 3);
    if (!ids) return arci_nomem(x->t->env);
    arci_where_init(&w);
    arci_where_int(&w, arci_col(e, "credit_item"), ARC_OP_GT, 0);
    if (x->as_of != ARC_DATE_NONE) arci_where_int(&w, arci_col(e, "effective_date"), ARC_OP_LE, x->as_of);
    const uint32_t n = arci_id_sort(ids, items->n);
    arc_status st = n ? arci_sum_in(x->t, x->arena, e, groups, 2, &sum, 1, ids, n, &w, arci_take_ints, &o->used) : ARC_OK;
    if (st != ARC_OK || !o->used.n) return st;
    ids = column(x->arena, &o->used, 1);
    st = ids ? read_pairs(x, &o->credits, "item", "id invoice", ids, o->used.n) : arci_nomem(x->t->env);
    if (st != ARC_OK || !o->credits.n) return st;
    ids = column(x->arena, &o->credits, 1);
    return ids ? read_pairs(x, &o->documents, "invoice", "id red_of", ids, o->credits.n) : arci_nomem(x->t->env);
}

/* An amount of a note goes to the contracts of its lines; one of a single contract has it in its header. */
static void take_note(const arci_shared *d, const arci_shared *note, int64_t header, int64_t amount)
{
    for (uint32_t k = 0; note && k < note->n_shares; k++) {
        for (uint32_t i = 0; i < d->n_shares; i++) {
            if (d->shares[i].contract == note->shares[k].contract) d->shares[i].left -= part(note, k, amount, by_lines);
        }
    }
    for (uint32_t i = 0; !note && i < d->n_shares; i++) {
        if (d->shares[i].contract == header) d->shares[i].left -= amount;
    }
}

static arc_status take_notes(const reading *x, arci_by_contract *out, const arci_ints *items)
{
    notes o;
    arci_ints lines, headers;
    arci_by_contract by;
    memset(&o, 0, sizeof o);
    arc_status st = read_used(x, &o, items);
    if (st != ARC_OK || !o.documents.n) return st;
    reading of_notes = *x;
    of_notes.ids = column(x->arena, &o.documents, 0);
    if (!of_notes.ids) return arci_nomem(x->t->env);
    of_notes.n = arci_id_sort(of_notes.ids, o.documents.n);
    st = read_lines(&of_notes, &lines);
    if (st == ARC_OK) st = read_headers(&of_notes, &by, &lines);
    if (st == ARC_OK) st = read_pairs(x, &headers, "invoice", "id contract", of_notes.ids, of_notes.n);
    for (uint32_t r = 0; st == ARC_OK && r < o.used.n; r++) {
        const int64_t *u = o.used.v + 3 * (size_t)r, note = other(&o.credits, u[1]), to = note ? other(&o.documents, note) : 0;
        const arci_shared *d = to ? arci_shared_find(out, to) : NULL;
        if (d && arci_id_place(d->items, d->n_items, u[0]) != UINT32_MAX) take_note(d, arci_shared_find(&by, note), other(&headers, note), u[2]);
    }
    return st;
}

arc_status arci_by_contract_read(arci_txn *t, arci_arena *arena, arci_by_contract *out, const int64_t *invoices, uint32_t n, arc_date as_of)
{
    reading x = { t, arena, as_of, arci_arena_alloc(arena, (n + 1u) * sizeof(int64_t)), 0 };
    arci_ints lines, items;
    memset(out, 0, sizeof *out);
    if (!x.ids) return arci_nomem(t->env);
    if (n) memcpy(x.ids, invoices, n * sizeof *x.ids);
    x.n = arci_id_sort(x.ids, n);
    arc_status st = read_lines(&x, &lines);
    if (st != ARC_OK || !lines.n) return st;
    st = read_headers(&x, out, &lines);
    if (st == ARC_OK) st = read_items(&x, out, &items);
    if (st == ARC_OK) st = take_figures(&x, out, &items);
    return st == ARC_OK ? take_notes(&x, out, &items) : st;
}
