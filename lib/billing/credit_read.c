/* SPDX-License-Identifier: Apache-2.0 */
/* Invoices that are credited, and what is left of them. */
#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "billing/credit.h"
#include "billing/invoice_lock.h"

#define AT_ONCE 500u

const arc_value *arci_credit_value(const arci_shape *shape, const arc_value *row, uint32_t field)
{
    static const arc_value none;
    for (uint16_t c = 0; c < shape->n; c++) {
        const arci_field *f = shape->table->field_of_col[shape->cols[c]];
        if (f && ARCI_PUBLIC_FIELD(shape->table->entity->id, f->id) == field) return &row[c];
    }
    return &none;
}

uint8_t arci_credit_off(const arci_shape *shape, const arc_value *row)
{
    const int contract = arci_credit_value(shape, row, ARC_INVOICE_LINE_OFF_CONTRACT)->type == ARC_V_INT, order = arci_credit_value(shape, row, ARC_INVOICE_LINE_OFF_ORDER)->type == ARC_V_INT;
    return (uint8_t)((contract ? ARCI_OFF_CONTRACT : 0) | (order ? ARCI_OFF_ORDER : 0));
}

static int64_t number_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

const char *arci_credit_name(const arci_credits *c, const arci_credit_target *t, int *n)
{
    const arc_value *v = arci_credit_value(c->headers, t->row, ARC_INVOICE_NUMBER);
    *n = v->type == ARC_V_TEXT ? (int)v->len : 0;
    return v->type == ARC_V_TEXT ? v->u.s : "";
}

arc_status arci_credit_at(arci_credits *c, arc_status st, const arci_credit_target *t, const char *field)
{
    arci_fail_at(c->p->t->env, "invoice", field, t ? t->id : 0, -1);
    return st;
}

static arc_status append(arci_txn *t, arci_arena *arena, arci_rows *out, const arci_rows *part, uint16_t n_cols)
{
    if (!part->n_rows) return ARC_OK;
    arc_value *all = arci_arena_alloc(arena, ((size_t)out->n_rows + part->n_rows) * n_cols * sizeof *all);
    if (!all) return arci_nomem(t->env);
    if (out->n_rows) memcpy(all, out->values, (size_t)out->n_rows * n_cols * sizeof *all);
    memcpy(all + (size_t)out->n_rows * n_cols, part->values, (size_t)part->n_rows * n_cols * sizeof *all);
    out->values = all;
    out->n_rows += part->n_rows;
    out->n_cols = n_cols;
    return ARC_OK;
}

arc_status arci_credit_find(arci_txn *t, arci_arena *arena, const arci_shape *shape, const int64_t *ids, uint32_t n, arci_rows *out)
{
    arc_status st = ARC_OK;
    memset(out, 0, sizeof *out);
    for (uint32_t at = 0; at < n && st == ARC_OK; at += AT_ONCE) {
        uint32_t k = n - at < AT_ONCE ? n - at : AT_ONCE;
        arc_value *in = arci_arena_alloc(arena, k * sizeof *in);
        arci_where w;
        arci_rows part;
        if (!in) return arci_nomem(t->env);
        for (uint32_t i = 0; i < k; i++) in[i] = arci_v_int(ids[at + i]);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], in, k);
        const arc_order order[2] = { { shape->cols[0], 0 }, { shape->cols[1], 0 } };
        st = arci_repo_find(t, shape, &w, order, 2, 0, arena, &part);
        if (st == ARC_OK) st = append(t, arena, out, &part, shape->n);
    }
    return st;
}

/* ---- invoices ------------------------------------------------------------------------------------------------------------------ */

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static arci_credit_target *target_of(const arci_credits *c, int64_t id)
{
    uint32_t lo = 0, hi = c->n_targets;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (c->targets[mid].id < id) lo = mid + 1;
        else hi = mid;
    }
    return lo < c->n_targets && c->targets[lo].id == id ? &c->targets[lo] : NULL;
}

static arc_status name_targets(arci_credits *c, int64_t **out)
{
    arci_posting *p = c->p;
    int64_t *ids = arci_arena_alloc(&p->arena, p->n * sizeof *ids);
    uint32_t n = 0, unique = 0;
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (arci_posting_good(p, i)) ids[n++] = c->notes[i].invoice;
    }
    qsort(ids, n, sizeof *ids, by_value);
    for (uint32_t i = 0; i < n; i++) {
        if (!unique || ids[unique - 1] != ids[i]) ids[unique++] = ids[i];
    }
    c->targets = arci_arena_calloc(&p->arena, unique + 1, sizeof *c->targets);
    c->of = arci_arena_calloc(&p->arena, p->n, sizeof *c->of);
    if (!c->targets || !c->of) return arci_nomem(p->t->env);
    c->n_targets = unique;
    for (uint32_t i = 0; i < unique; i++) c->targets[i].id = ids[i];
    for (uint32_t i = 0; i < p->n; i++) {
        if (!arci_posting_good(p, i)) continue;
        c->of[i] = target_of(c, c->notes[i].invoice);
        c->of[i]->n_notes++;
    }
    *out = ids;
    return ARC_OK;
}

static void start_target(const arci_credits *c, arci_credit_target *t)
{
    const arc_value *net = arci_credit_value(c->headers, t->row, ARC_INVOICE_NET_AMOUNT), *tax = arci_credit_value(c->headers, t->row, ARC_INVOICE_TAX_AMOUNT);
    const arc_value *base = arci_credit_value(c->headers, t->row, ARC_INVOICE_BASE_AMOUNT);
    t->version = number_of(arci_credit_value(c->headers, t->row, ARC_INVOICE_VERSION));
    t->left.gross = number_of(arci_credit_value(c->headers, t->row, ARC_INVOICE_GROSS_AMOUNT));
    t->split = net->type == ARC_V_INT && tax->type == ARC_V_INT;
    t->left.tax = t->split ? tax->u.i : 0;
    t->left.net = t->left.gross - t->left.tax;
    t->has_base = base->type == ARC_V_INT;
    t->base_left = number_of(base);
}

static arc_status read_invoices(arci_credits *c, const int64_t *ids)
{
    arci_posting *p = c->p;
    const arci_entity *e = arci_entity_by_id(ARC_INVOICE);
    arc_value *rows;
    uint8_t *found;
    arc_status st = arci_shape_get(p->t, &c->headers, "invoice", "*");
    if (st == ARC_OK) st = arci_invoices_lock(p->t, &p->arena, ids, c->n_targets);
    if (st == ARC_OK) st = arci_repo_get_many(p->t, c->headers, ids, c->n_targets, &p->arena, &rows, &found);
    for (uint32_t k = 0; st == ARC_OK && k < c->n_targets; k++) {
        arci_credit_target *t = &c->targets[k];
        if (!found[k]) continue;
        t->row = rows + (size_t)k * c->headers->n;
        start_target(c, t);
        if (!p->session->access) continue;
        t->access = arci_access_row(p->t, p->t->call->verb, NULL, e, t->id);
        if (t->access != ARC_OK && t->access != ARC_E_NOT_FOUND && t->access != ARC_E_FORBIDDEN) st = t->access;
    }
    return st;
}

/* ---- lines, and what is credited already ---------------------------------------------------------------------------------------- */

static arc_status read_lines(arci_credits *c, const int64_t *ids)
{
    arci_posting *p = c->p;
    const arci_shape *key;
    arci_rows rows;
    arc_status st = arci_shape_get(p->t, &key, "invoice_line", "invoice seq id");
    if (st == ARC_OK) st = arci_shape_get(p->t, &c->lines, "invoice_line", NULL);
    if (st == ARC_OK) st = arci_credit_find(p->t, &p->arena, key, ids, c->n_targets, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    int64_t *line_ids = arci_arena_alloc(&p->arena, rows.n_rows * sizeof *line_ids);
    arci_credit_source *all = arci_arena_calloc(&p->arena, rows.n_rows, sizeof *all);
    arc_value *values;
    uint8_t *found;
    if (!line_ids || !all) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < rows.n_rows; r++) line_ids[r] = rows.values[(size_t)r * 3 + 2].u.i;
    st = arci_repo_get_many(p->t, c->lines, line_ids, rows.n_rows, &p->arena, &values, &found);
    for (uint32_t r = 0; r < rows.n_rows && st == ARC_OK; r++) {
        const arc_value *row = values + (size_t)r * c->lines->n;
        arci_credit_target *t = target_of(c, rows.values[(size_t)r * 3].u.i);
        arci_credit_source *s = &all[r];
        const arc_value *quantity = arci_credit_value(c->lines, row, ARC_INVOICE_LINE_QUANTITY);
        if (!t->n_lines++) t->lines = s;
        s->id = line_ids[r];
        s->seq = rows.values[(size_t)r * 3 + 1].u.i;
        s->row = row;
        s->has_quantity = quantity->type == ARC_V_INT;
        s->left.quantity = number_of(quantity);
        s->left.net = number_of(arci_credit_value(c->lines, row, ARC_INVOICE_LINE_NET_AMOUNT));
        s->left.tax = number_of(arci_credit_value(c->lines, row, ARC_INVOICE_LINE_TAX_AMOUNT));
        s->left.gross = number_of(arci_credit_value(c->lines, row, ARC_INVOICE_LINE_GROSS_AMOUNT));
        const arc_value *base = arci_credit_value(c->lines, row, ARC_INVOICE_LINE_BASE_NET);
        s->valued = base->type == ARC_V_INT;
        s->base_net = number_of(base);
        s->base_tax = number_of(arci_credit_value(c->lines, row, ARC_INVOICE_LINE_BASE_TAX));
        t->valued = (uint8_t)(s->valued && (t->n_lines == 1 || t->valued));
    }
    return st;
}

/* A credit note there is, and what it takes back. */
typedef struct taken_note {
    int64_t id;
    arci_credit_target *target;
} taken_note;

static int by_note(const void *x, const void *y)
{
    const taken_note *a = x, *b = y;
    return (a->id > b->id) - (a->id < b->id);
}

static void take_off(arci_credit_target *t, int64_t line, const arc_value *amounts)
{
    for (uint32_t k = 0; k < t->n_lines; k++) {
        if (t->lines[k].id != line) continue;
        t->lines[k].left.quantity += number_of(&amounts[0]);
        t->lines[k].left.net += number_of(&amounts[1]);
        t->lines[k].left.tax += number_of(&amounts[2]);
        t->lines[k].left.gross += number_of(&amounts[3]);
        t->lines[k].base_net += number_of(&amounts[4]);
        t->lines[k].base_tax += number_of(&amounts[5]);
        return;
    }
}

static arc_status take_off_lines(arci_credits *c, taken_note *notes, uint32_t n)
{
    enum { NOTE, SEQ, RED_OF, QUANTITY, NET, TAX, GROSS, BASE_NET, BASE_TAX, COLUMNS };
    arci_posting *p = c->p;
    const arci_shape *shape;
    arci_rows rows;
    uint32_t at = 0;
    int64_t *ids = arci_arena_alloc(&p->arena, n * sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    qsort(notes, n, sizeof *notes, by_note);
    for (uint32_t i = 0; i < n; i++) ids[i] = notes[i].id;
    arc_status st = arci_shape_get(p->t, &shape, "invoice_line", "invoice seq red_of quantity net_amount tax_amount gross_amount base_net base_tax");
    if (st == ARC_OK) st = arci_credit_find(p->t, &p->arena, shape, ids, n, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * COLUMNS;
        while (notes[at].id < v[NOTE].u.i) at++; /* both by id of the credit note */
        if (v[RED_OF].type == ARC_V_INT) take_off(notes[at].target, v[RED_OF].u.i, &v[QUANTITY]);
    }
    return st;
}

static arc_status read_notes(arci_credits *c, const int64_t *ids)
{
    enum { RED_OF, ID, STATUS, GROSS, TAX, BASE, COLUMNS };
    arci_posting *p = c->p;
    const arci_shape *shape;
    arci_rows rows;
    uint32_t n = 0;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", "red_of id status gross_amount tax_amount base_amount");
    if (st == ARC_OK) st = arci_credit_find(p->t, &p->arena, shape, ids, c->n_targets, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    taken_note *notes = arci_arena_alloc(&p->arena, rows.n_rows * sizeof *notes);
    if (!notes) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * COLUMNS;
        arci_credit_target *t = target_of(c, v[RED_OF].u.i);
        if (arci_code_is(&v[STATUS], "voided") || arci_code_is(&v[STATUS], "draft")) continue; /* those that wait for the tax service count */
        t->left.gross += v[GROSS].u.i;
        t->left.tax += number_of(&v[TAX]);
        t->left.net += v[GROSS].u.i - number_of(&v[TAX]);
        t->base_left += number_of(&v[BASE]);
        t->n_waiting += !arci_code_is(&v[STATUS], "issued") && !arci_code_is(&v[STATUS], "closed");
        notes[n++] = (taken_note){ v[ID].u.i, t };
    }
    return n ? take_off_lines(c, notes, n) : ARC_OK;
}

/* ---- items ----------------------------------------------------------------------------------------------------------------------- */

static arc_status read_items(arci_credits *c, const int64_t *ids)
{
    arci_posting *p = c->p;
    const arci_shape *shape;
    arci_rows rows;
    arc_status st = arci_shape_get(p->t, &shape, "item", "invoice id");
    if (st == ARC_OK) st = arci_credit_find(p->t, &p->arena, shape, ids, c->n_targets, &rows);
    if (st != ARC_OK) return st;
    c->items = arci_arena_alloc(&p->arena, (rows.n_rows + 1) * sizeof *c->items);
    if (!c->items) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < rows.n_rows; r++) {
        arci_credit_target *t = target_of(c, rows.values[(size_t)r * 2].u.i);
        if (!t->n_items++) t->first_item = r;
        c->items[r] = rows.values[(size_t)r * 2 + 1].u.i;
    }
    return ARC_OK;
}

arc_status arci_credit_targets(arci_credits *c)
{
    int64_t *ids = NULL;
    arc_status st = name_targets(c, &ids);
    if (st == ARC_OK) st = read_invoices(c, ids);
    if (st == ARC_OK) st = read_lines(c, ids);
    if (st == ARC_OK) st = read_notes(c, ids);
    return st == ARC_OK ? read_items(c, ids) : st;
}
