/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, rows and journal entries of documents that were judged good. */
#include <string.h>

#include "arcore/fields.h"
#include "billing/advance.h"
#include "billing/chain.h"
#include "billing/checked.h"
#include "billing/uses.h"
#include "billing/debit.h"
#include "ledger/invoice.h"
#include "ledger/series.h"
#include "store/session.h"

static arc_value code(const char *s) { return arci_v_text(s, strlen(s)); }

/* ---- numbers -------------------------------------------------------------------------------------------------------------------- */

#define TAKEN_AT_ONCE 500u

/* Numbers follow the order of the documents: those behind a number that is taken move up, the last ones draw again. */
static void pass_on(arci_series_ask **asks, uint32_t n, uint32_t i)
{
    uint32_t at = i;
    for (uint32_t k = i + 1; asks[at]->taken && k < n; k++) {
        if (asks[k]->series != asks[i]->series || asks[k]->taken) continue;
        asks[at]->number = asks[k]->number;
        asks[at]->taken = 0;
        asks[k]->taken = 1;
        at = k;
    }
}

/* Those of the numbers just drawn that a document has already: somebody typed them in. They are no gap, the next ones are taken. */
static arc_status taken(arci_bills *b, arci_series_ask **asks, uint32_t *n)
{
    const arci_shape *shape;
    uint32_t left = 0;
    arc_status st = arci_shape_get(b->p->t, &shape, "invoice", "number");
    for (uint32_t at = 0; at < *n && st == ARC_OK; at += TAKEN_AT_ONCE) {
        arc_value numbers[TAKEN_AT_ONCE];
        arci_where w;
        arci_rows rows;
        uint32_t k = *n - at < TAKEN_AT_ONCE ? *n - at : TAKEN_AT_ONCE;
        for (uint32_t i = 0; i < k; i++) numbers[i] = asks[at + i]->number;
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], numbers, k);
        st = arci_repo_find(b->p->t, shape, &w, NULL, 0, 0, &b->p->arena, &rows);
        for (uint32_t i = 0; i < k && st == ARC_OK && rows.n_rows; i++) {
            for (uint32_t r = 0; r < rows.n_rows; r++) {
                if (arci_value_equal(&rows.values[r], &numbers[i])) asks[at + i]->taken = 1;
            }
        }
    }
    for (uint32_t i = 0; i < *n; i++) pass_on(asks, *n, i);
    for (uint32_t i = 0; i < *n; i++) {
        if (!asks[i]->taken) continue;
        asks[i]->taken = 0;
        asks[left++] = asks[i];
    }
    *n = left;
    return st;
}

/* The series of a document: the one asked for, the one of its kind, else that of invoices. */
static arc_status series_of(arci_bills *b, const arci_bill *d, const char **code_out)
{
    int known = 1;
    arc_status st = ARC_OK;
    *code_out = d->series ? d->series : d->kind;
    if (!d->series && strcmp(d->kind, "invoice") != 0) st = arci_series_known(b->p->t, &b->p->arena, d->kind, &known);
    if (!known) *code_out = "invoice";
    return st;
}

static arc_status draw_numbers(arci_bills *b)
{
    arci_posting *p = b->p;
    arci_series_ask *asks = arci_arena_calloc(&p->arena, p->n, sizeof *asks);
    arci_series_ask **open = arci_arena_alloc(&p->arena, p->n * sizeof *open);
    uint32_t n = 0;
    arc_status st = asks && open ? ARC_OK : arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        arci_bill *d = &b->list[i];
        if (!arci_bill_good(b, i) || d->waits || (d->number.type == ARC_V_TEXT && !d->drawn)) continue;
        st = series_of(b, d, &asks[i].code);
        asks[i].date = d->date;
        open[n++] = &asks[i];
    }
    while (st == ARC_OK && n) {
        st = arci_series_draw(p->t, &p->arena, open, n);
        if (st == ARC_OK) st = taken(b, open, &n);
    }
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (!asks[i].code) continue;
        b->list[i].number = asks[i].number;
        b->list[i].drawn = 1;
        b->list[i].gapless = asks[i].gapless;
    }
    if (st == ARC_E_NOT_FOUND) arci_fail_at(p->t->env, "invoice", "number", 0, -1);
    return st;
}

static int any_to_draw(const arci_bills *b)
{
    for (uint32_t i = 0; i < b->p->n; i++) {
        if (b->list[i].number.type == ARC_V_NULL && !b->list[i].waits && arci_bill_good(b, i)) return 1;
    }
    return 0;
}

/* ---- filling ---------------------------------------------------------------------------------------------------------------------- */

static void set_if_open(arc_value *v, const arc_value *to)
{
    if (v->type == ARC_V_NULL) *v = *to;
}

static void fill_money(const arci_bills *b, const arci_bill *d, arc_value *v, uint32_t field)
{
    if (field == ARC_INVOICE_GROSS_AMOUNT) *v = arci_v_int(d->totals.gross);
    if (field == ARC_INVOICE_NET_AMOUNT && !d->no_split) *v = arci_v_int(d->totals.net);
    if (field == ARC_INVOICE_TAX_AMOUNT && !d->no_split) *v = arci_v_int(d->totals.tax);
    if (field == ARC_INVOICE_BASE_CURRENCY) *v = d->booked.known ? arci_v_text(b->p->session->book->base_currency, 3) : arci_v_null();
    if (field == ARC_INVOICE_BASE_AMOUNT) *v = d->booked.known ? arci_v_int(d->booked.base) : arci_v_null();
}

/* A document with a fapiao number is issued at the tax service; red ones go their own way. */
static arc_value tax_status(const arci_bill *d)
{
    const arc_value *own = arci_bill_value(d, ARC_INVOICE_TAX_STATUS);
    if (d->waits) return code("red_pending");
    if (own->type != ARC_V_NULL || d->totals.gross <= 0 || arci_bill_value(d, ARC_INVOICE_FAPIAO_NO)->type == ARC_V_NULL) return *own;
    return code("issued");
}

static arc_value fx_rate(const arci_bill *d)
{
    const arc_value *own = arci_bill_or_parent(d, ARC_INVOICE_FX_RATE);
    return own->type == ARC_V_NULL && d->booked.rate ? arci_v_int(d->booked.rate) : *own;
}

void arci_bill_fill(const arci_bills *b, const arci_bill *d, arc_value *row, const arci_shape *shape)
{
    for (uint16_t c = 0; c < shape->n; c++) {
        const arci_field *f = shape->table->field_of_col[shape->cols[c]];
        arc_value *v = &row[c];
        uint32_t field = f ? ARCI_PUBLIC_FIELD(ARC_INVOICE, f->id) : 0;
        fill_money(b, d, v, field);
        switch (field) {
        case ARC_INVOICE_NUMBER: *v = d->number; break;
        case ARC_INVOICE_INVOICE_DATE: *v = arci_v_int(d->date); break;
        case ARC_INVOICE_DUE_DATE: *v = d->due == ARC_DATE_NONE ? arci_v_null() : arci_v_int(d->due); break;
        case ARC_INVOICE_KIND: *v = code(d->kind); break;
        case ARC_INVOICE_STATUS: *v = code(d->waits ? "approved" : "issued"); break;
        case ARC_INVOICE_TAX_STATUS: *v = tax_status(d); break;
        case ARC_INVOICE_FX_RATE: *v = fx_rate(d); break;
        case ARC_INVOICE_TERM: set_if_open(v, &d->term); break;
        case ARC_INVOICE_ISSUED_ON: if (!d->waits && !b->told) *v = arci_v_int(b->p->session->business_date == ARC_DATE_NONE ? d->date : b->p->session->business_date); break;
        case ARC_INVOICE_OWNER: set_if_open(v, &d->customer[ARCI_CUSTOMER_OWNER]); break;
        case ARC_INVOICE_TEAM: set_if_open(v, &d->customer[ARCI_CUSTOMER_TEAM]); break;
        case ARC_INVOICE_REGION: set_if_open(v, &d->customer[ARCI_CUSTOMER_REGION]); break;
        default: if (field && v->type == ARC_V_NULL) *v = *arci_bill_or_parent(d, field); break;
        }
    }
}

void arci_bill_line_fill(const arci_bills *b, const arci_bill *d, uint32_t line, arc_value *row, const arci_shape *shape)
{
    static const char *const kinds[ARCI_TAX_KINDS] = { "standard", "simplified", "zero", "exempt", "outside" };
    const arci_total_line *l = &d->amounts[line];
    const arc_value *product = d->line_products[line];
    for (uint16_t c = 0; c < shape->n; c++) {
        const arci_field *f = shape->table->field_of_col[shape->cols[c]];
        arc_value *v = &row[c];
        switch (f ? ARCI_PUBLIC_FIELD(ARC_INVOICE_LINE, f->id) : 0) {
        case ARC_INVOICE_LINE_INVOICE: *v = d->id ? arci_v_int(d->id) : arci_v_null(); break;
        case ARC_INVOICE_LINE_SEQ: *v = arci_v_int((int64_t)line + 1); break;
        case ARC_INVOICE_LINE_CURRENCY: *v = *arci_bill_value(d, ARC_INVOICE_CURRENCY); break;
        case ARC_INVOICE_LINE_NET_AMOUNT: *v = arci_v_int(l->net); break;
        case ARC_INVOICE_LINE_TAX_AMOUNT: *v = arci_v_int(l->tax); break;
        case ARC_INVOICE_LINE_GROSS_AMOUNT: *v = arci_v_int(l->gross); break;
        case ARC_INVOICE_LINE_TAX_RATE: *v = arci_v_int(l->rate); break;
        case ARC_INVOICE_LINE_TAX_KIND: *v = code(kinds[l->kind]); break;
        case ARC_INVOICE_LINE_NAME: if (product) set_if_open(v, &product[ARCI_PRODUCT_NAME]); break;
        case ARC_INVOICE_LINE_UNIT: if (product) set_if_open(v, &product[ARCI_PRODUCT_UNIT]); break;
        case ARC_INVOICE_LINE_ORDER_LINE: if (d->line_parents) *v = d->line_parents[line].order_line; break;
        case ARC_INVOICE_LINE_DELIVERY_LINE: if (d->line_parents) *v = d->line_parents[line].delivery_line; break;
        case ARC_INVOICE_LINE_PART: *v = arci_bill_line_part(d, line); break;
        case ARC_INVOICE_LINE_CONTRACT: *v = arci_line_contract(d, line); break;
        case ARC_INVOICE_LINE_OFF_CONTRACT: if (l->off & ARCI_OFF_CONTRACT) *v = arci_v_int(1); break;
        case ARC_INVOICE_LINE_OFF_ORDER: if (l->off & ARCI_OFF_ORDER) *v = arci_v_int(1); break;
        case ARC_INVOICE_LINE_TAX_CLASS: if (product) set_if_open(v, &product[ARCI_PRODUCT_TAX_CLASS]); break;
        case ARC_INVOICE_LINE_PROJECT: *v = *arci_bill_line_dim(d, line, ARC_INVOICE_LINE_PROJECT); break;
        case ARC_INVOICE_LINE_DEPARTMENT: *v = *arci_bill_line_dim(d, line, ARC_INVOICE_LINE_DEPARTMENT); break;
        case ARC_INVOICE_LINE_BUSINESS_LINE: *v = *arci_bill_line_dim(d, line, ARC_INVOICE_LINE_BUSINESS_LINE); break;
        case ARC_INVOICE_LINE_BASE_CURRENCY: if (l->valued) *v = arci_v_text(b->p->session->book->base_currency, 3); break;
        case ARC_INVOICE_LINE_BASE_NET: if (l->valued) *v = arci_v_int(l->base_net); break;
        case ARC_INVOICE_LINE_BASE_TAX: if (l->valued) *v = arci_v_int(l->base_tax); break;
        default: break;
        }
    }
}

void arci_bill_item_fill(const arci_bills *b, const arci_bill *d, uint32_t k, arc_value *v)
{
    static const struct {
        uint32_t item, field;
    } copies[] = { { ARCI_ITEM_CUSTOMER, ARC_INVOICE_CUSTOMER },       { ARCI_ITEM_CURRENCY, ARC_INVOICE_CURRENCY },
                   { ARCI_ITEM_CONTRACT, ARC_INVOICE_CONTRACT },       { ARCI_ITEM_SALES_ORDER, ARC_INVOICE_SALES_ORDER },
                   { ARCI_ITEM_DELIVERY, ARC_INVOICE_DELIVERY },       { ARCI_ITEM_PROJECT, ARC_INVOICE_PROJECT },
                   { ARCI_ITEM_STORE, ARC_INVOICE_STORE },             { ARCI_ITEM_DEPARTMENT, ARC_INVOICE_DEPARTMENT },
                   { ARCI_ITEM_BUSINESS_LINE, ARC_INVOICE_BUSINESS_LINE }, { ARCI_ITEM_CHANNEL, ARC_INVOICE_CHANNEL } };
    static const uint32_t snapshot[] = { ARC_INVOICE_OWNER, ARC_INVOICE_TEAM, ARC_INVOICE_REGION };
    const arci_bill_item *it = &d->items[k];
    for (size_t i = 0; i < sizeof copies / sizeof copies[0]; i++) v[copies[i].item] = *arci_bill_or_parent(d, copies[i].field);
    for (int i = 0; i < 3; i++) {
        const arc_value *own = arci_bill_value(d, snapshot[i]);
        v[ARCI_ITEM_OWNER + i] = own->type == ARC_V_NULL ? d->customer[i] : *own;
    }
    v[ARCI_ITEM_NUMBER] = d->number;
    v[ARCI_ITEM_SEQ] = arci_v_int((int64_t)k + 1);
    v[ARCI_ITEM_KIND] = code(it->kind);
    v[ARCI_ITEM_AMOUNT] = arci_v_int(it->amount);
    v[ARCI_ITEM_TAX_AMOUNT] = arci_v_int(it->tax);
    v[ARCI_ITEM_BUSINESS_DATE] = arci_v_int(arci_bill_day(d));
    v[ARCI_ITEM_BASE_DATE] = it->base_date == ARC_DATE_NONE ? arci_v_null() : arci_v_int(it->base_date);
    v[ARCI_ITEM_DUE_DATE] = it->due == ARC_DATE_NONE ? arci_v_null() : arci_v_int(it->due);
    v[ARCI_ITEM_INVOICE] = d->id ? arci_v_int(d->id) : arci_v_null();
    v[ARCI_ITEM_DISCOUNTS] = it->discounts;
    v[ARCI_ITEM_PARTS] = it->parts;
    if (!d->booked.known) return;
    v[ARCI_ITEM_BASE_CURRENCY] = arci_v_text(b->p->session->book->base_currency, 3);
    v[ARCI_ITEM_BASE_AMOUNT] = arci_v_int(it->base);
}

/* ---- writing ----------------------------------------------------------------------------------------------------------------------------- */

static void finish_document(void *user, uint32_t i, arc_value *row, const arci_shape *shape)
{
    arci_bills *b = user;
    arci_bill_fill(b, &b->list[i], row, shape);
}

static void nothing_more(const arci_session *s, arc_value *row, const arci_shape *shape, const arci_record *r, const arc_value *customer)
{
    (void)s;
    (void)row;
    (void)shape;
    (void)r;
    (void)customer;
}

/* Refused rows of this pass that had a gapless number: what they were given must go to others. */
static int lost_numbers(const arci_bills *b, const uint8_t *was_good)
{
    for (uint32_t i = 0; i < b->p->n; i++) {
        if (was_good[i] && !arci_bill_good(b, i) && b->list[i].gapless) return 1;
    }
    return 0;
}

/* docs: empty, or how the documents are tried. */
static arc_status write_headers(arci_bills *b, arci_documents *docs)
{
    arci_posting *p = b->p;
    docs->records = arci_arena_alloc(&p->arena, p->n * sizeof *docs->records);
    docs->customers = arci_arena_calloc(&p->arena, p->n, sizeof *docs->customers);
    if (!docs->records || !docs->customers) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        docs->records[i] = b->list[i].record;
        docs->customers[i] = b->list[i].customer;
    }
    docs->finish = finish_document;
    docs->user = b;
    return arci_posting_documents(p, docs, "invoice", nothing_more);
}

/* With what came down the chain: a draft keeps only what it was given. */
static const char issued_fields[] =
    "contract sales_order project store department business_line channel "
    "number invoice_date due_date gross_amount net_amount tax_amount status term base_currency base_amount fx_rate tax_status issued_on draft_lines draft_uses draft_rest red_of draft_of";

/* Rules of the book see the row as it will be. */
static void judge_draft(arci_bills *b, uint32_t i, const arci_shape *whole, arc_value *row)
{
    arci_posting *p = b->p;
    arci_valid_row view = { b->list[i].record, row, whole->cols, whole->n };
    arc_status st = arci_record_row(p->t->env, b->list[i].record, whole->cols, whole->n, row);
    if (st == ARC_OK) {
        arci_bill_fill(b, &b->list[i], row, whole);
        st = arci_rules_judge(p->t->env, p->rules, &view, NULL, NULL, NULL);
    }
    if (st != ARC_OK) arci_posting_refuse(p, i, st);
}

/* Headers of stored drafts become issued ones. */
static arc_status write_drafts(arci_bills *b)
{
    arci_posting *p = b->p;
    const arci_shape *shape, *whole;
    arci_batch *batch = NULL;
    uint32_t n = 0, refused = 0;
    uint32_t *of = arci_arena_alloc(&p->arena, p->n * sizeof *of);
    arc_status st = of ? arci_shape_get(p->t, &shape, "invoice", issued_fields) : arci_nomem(p->t->env);
    if (st == ARC_OK) st = arci_shape_get(p->t, &whole, "invoice", NULL);
    arc_value *row = st == ARC_OK ? arci_arena_alloc(&p->arena, whole->n * sizeof *row) : NULL;
    if (st == ARC_OK && !row) st = arci_nomem(p->t->env);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &batch, shape, ARC_WRITE_UPDATE, p->n, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        const arci_bill *d = &b->list[i];
        if (arci_bill_good(b, i) && p->rules) judge_draft(b, i, whole, row);
        if (!arci_bill_good(b, i)) continue;
        arci_batch_key(batch, n)[0] = arci_v_int(d->draft);
        arci_batch_guard(batch, n)[0] = arci_v_int(d->version);
        arci_bill_fill(b, d, arci_batch_row(batch, n), shape);
        of[n++] = i;
    }
    if (st != ARC_OK || !n) return st;
    batch->n_rows = n;
    st = arci_repo_write(p->t, &batch, 1, &refused);
    for (uint32_t r = 0; r < n && st == ARC_OK; r++) {
        if (batch->results[r] != ARC_ROW_OK) arci_posting_refuse(p, of[r], arci_batch_refused(p->t, batch, r));
        else b->list[of[r]].id = b->list[of[r]].draft;
    }
    return st;
}

/* Numbers and headers. A pass that loses a gapless number is taken back and made again without the documents it refused. */
static arc_status number_and_write(arci_bills *b, arci_documents *docs)
{
    arci_posting *p = b->p;
    uint8_t *was_good = arci_arena_alloc(&p->arena, p->n);
    if (!was_good) return arci_nomem(p->t->env);
    for (;;) {
        uint32_t depth = 0;
        arc_status st = ARC_OK;
        for (uint32_t i = 0; i < p->n; i++) was_good[i] = (uint8_t)arci_bill_good(b, i);
        int draws = any_to_draw(b), marked = draws && (p->t->book->ops->caps & ARC_CAP_SAVEPOINT);
        if (marked) st = arci_txn_writing(p->t); /* the point of the call first: ours lies above it */
        if (marked && st == ARC_OK) st = arci_txn_mark(p->t, &depth);
        if (st == ARC_OK && draws) st = draw_numbers(b);
        if (st == ARC_OK) st = b->list[0].draft ? write_drafts(b) : write_headers(b, docs);
        if (st != ARC_OK) return st;
        if (!draws || !lost_numbers(b, was_good)) return marked ? arci_txn_forget(p->t, depth) : ARC_OK;
        if (!marked) return arci_fail_copy(p->t->env, &p->first);
        st = arci_txn_undo(p->t, depth);
        if (st == ARC_OK) st = arci_txn_forget(p->t, depth);
        if (st != ARC_OK) return st;
        for (uint32_t i = 0; i < p->n; i++) {
            if (b->list[i].drawn) b->list[i].number = arci_v_null();
            b->list[i].id = 0;
            b->list[i].drawn = b->list[i].gapless = 0;
        }
    }
}

static arc_status fill_lines(arci_bills *b, arci_batch *lines)
{
    const arci_shape *shape = lines->shape;
    uint32_t at = 0;
    for (uint32_t i = 0; i < b->p->n; i++) {
        const arci_bill *d = &b->list[i];
        for (uint32_t k = 0; k < d->n_lines && d->id && !d->has_lines && arci_bill_good(b, i); k++) {
            arc_value *row = arci_batch_row(lines, at++);
            arc_status st = arci_record_row(b->p->t->env, d->lines[k], shape->cols, shape->n, row);
            if (st != ARC_OK) return st;
            arci_bill_line_fill(b, d, k, row, shape);
        }
    }
    lines->n_rows = at;
    return ARC_OK;
}

static arc_status fill_items(arci_bills *b, arci_items *items)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < b->p->n; i++) {
        const arci_bill *d = &b->list[i];
        if (!d->id || !arci_bill_good(b, i) || !d->n_items) continue;
        const arc_value *first = arci_items_row(items, at);
        for (uint32_t k = 0; k < d->n_items; k++) arci_bill_item_fill(b, d, k, arci_items_row(items, at++));
        arci_bill_account(b, d, first);
    }
    arci_items_cut(items, at);
    return ARC_OK;
}

static void keep_ids(arci_bills *b, const arci_items *items)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < b->p->n; i++) {
        arci_bill *d = &b->list[i];
        for (uint32_t k = 0; k < d->n_items && d->id && arci_bill_good(b, i); k++) d->items[k].id = arci_items_id(items, at++);
    }
}

static arc_status write_parts(arci_bills *b, uint32_t n_lines, uint32_t n_items)
{
    const arci_shape *shape;
    arci_batch *lines;
    arci_items items;
    arci_posting *p = b->p;
    arc_status st = arci_shape_get(p->t, &shape, "invoice_line", NULL);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &lines, shape, ARC_WRITE_INSERT, n_lines ? n_lines : 1, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK) st = fill_lines(b, lines);
    if (st == ARC_OK && !n_items) return arci_repo_write(p->t, &lines, 1, NULL);
    if (st == ARC_OK) st = arci_items_new(p->t, &p->arena, &items, n_items);
    if (st == ARC_OK) st = arci_bills_parts(b);
    if (st == ARC_OK) st = fill_items(b, &items);
    if (st == ARC_OK) st = arci_items_write_with(p->t, &items, &p->accounts, &lines, 1);
    if (st == ARC_OK) keep_ids(b, &items);
    return st;
}

/* What documents are held against, and what they take over. */
static arc_status judge(arci_bills *b)
{
    for (uint32_t i = 0; i < b->p->n; i++) b->list[i].is_advance |= (uint8_t)!strcmp(b->list[i].kind ? b->list[i].kind : "", "advance");
    arc_status st = arci_debit_check(b);
    if (st == ARC_OK) st = arci_advances_open(b);
    if (st == ARC_OK) st = arci_chain_check(b); /* last: what it gives to a document, no other of the batch gets */
    if (st == ARC_OK) arci_bills_value(b);
    return st;
}

arc_status arci_bills_try(arci_bills *b, int64_t own)
{
    arci_documents docs;
    memset(&docs, 0, sizeof docs);
    docs.tried = 1;
    docs.own = own;
    arc_status st = judge(b);
    for (uint32_t i = 0; i < b->p->n && st == ARC_OK; i++) {
        const char *series;
        if (!arci_bill_good(b, i) || b->list[i].number.type == ARC_V_TEXT) continue;
        st = series_of(b, &b->list[i], &series);
        if (st == ARC_OK) st = arci_series_need(b->p->t, &b->p->arena, series);
        if (st == ARC_E_NOT_FOUND) arci_fail_at(b->p->t->env, "invoice", "number", 0, -1);
    }
    if (st == ARC_OK) st = write_headers(b, &docs);
    for (uint32_t i = 0; i < b->p->n && st == ARC_OK; i++) {
        if (arci_bill_good(b, i)) arci_bill_rest(&b->list[i]);
    }
    return st == ARC_OK ? arci_bills_parts(b) : st;
}

arc_status arci_bills_write(arci_bills *b)
{
    arci_documents docs;
    arci_posting *p = b->p;
    uint32_t n_lines = 0, n_items = 0;
    memset(&docs, 0, sizeof docs);
    arc_status st = judge(b);
    if (st == ARC_OK) st = arci_bills_checked(b);
    if (st == ARC_OK) st = number_and_write(b, &docs);
    for (uint32_t r = 0; st == ARC_OK && docs.batch && r < docs.batch->n_rows; r++) {
        if (docs.batch->results[r] == ARC_ROW_OK) b->list[docs.of[r]].id = arci_batch_id(docs.batch, r);
    }
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        arci_bill *d = &b->list[i];
        if (!d->id || !arci_bill_good(b, i)) continue;
        if (p->ids) p->ids[i] = d->draft ? d->version + 1 : d->id;
        n_lines += d->n_lines;
        arci_chain_count(b, i);
        arci_bill_rest(d);
        n_items += d->n_items;
    }
    if (st == ARC_OK && (n_lines || n_items)) st = write_parts(b, n_lines, n_items);
    if (st == ARC_OK) st = arci_uses_write(b);
    return st == ARC_OK ? arci_bills_warned(b) : st;
}

arc_status arci_bills_number(arci_bills *b) { return any_to_draw(b) ? draw_numbers(b) : ARC_OK; }

arc_status arci_bills_post(arci_bills *b)
{
    uint32_t n_items = 0;
    arc_status st = arci_chain_claims(b);
    for (uint32_t i = 0; i < b->p->n && st == ARC_OK; i++) {
        if (!arci_bill_good(b, i)) continue;
        arci_bill_rest(&b->list[i]);
        n_items += b->list[i].n_items;
        arci_chain_count(b, i);
    }
    return st == ARC_OK ? write_parts(b, 0, n_items) : st;
}
