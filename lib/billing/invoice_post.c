/* SPDX-License-Identifier: Apache-2.0 */
/* What a document is in base currency, line by line, and its journal entry. */
#include <string.h>

#include "arcore/fields.h"
#include "billing/advance.h"

static arc_value code(const char *s) { return arci_v_text(s, strlen(s)); }

/* ---- base amounts ----------------------------------------------------------------------------------------------------------------- */

/* Lines that deduct no advance share a sum by their nets or taxes; the last one takes what is left. */
static void share(arci_bill *d, int64_t base, int64_t whole, int tax)
{
    int64_t so_far = 0, given = 0;
    arci_total_line *last = NULL;
    for (uint32_t k = 0; k < d->n_lines; k++) {
        arci_total_line *l = &d->amounts[k];
        if (arci_advance_of(d, k)) continue;
        so_far += tax ? l->tax : l->net;
        int64_t upto = arci_part_of(base, so_far, whole);
        *(tax ? &l->base_tax : &l->base_net) = upto - given;
        given = upto;
        last = l;
    }
    if (last) *(tax ? &last->base_tax : &last->base_net) += base - given;
}

/* Claimed at the document's rate, deducted at what the advances are booked at: revenue and tax are the sum of both. */
static void value(arci_bill *d)
{
    int64_t net = 0, tax = 0, base_net = d->totals.gross ? arci_part_of(d->booked.base, d->totals.net, d->totals.gross) : 0;
    int64_t base_tax = d->booked.base - base_net;
    int valued = d->booked.known || !d->totals.gross;
    for (uint32_t k = 0; k < d->n_lines; k++) {
        const arci_total_line *l = &d->amounts[k];
        if (!arci_advance_of(d, k)) {
            net += l->net;
            tax += l->tax;
            continue;
        }
        valued &= l->valued;
        base_net -= l->base_net;
        base_tax -= l->base_tax;
    }
    if (!valued) return;
    share(d, base_net, net, 0);
    share(d, base_tax, tax, 1);
    for (uint32_t k = 0; k < d->n_lines; k++) d->amounts[k].valued = 1;
}

void arci_bills_value(arci_bills *b)
{
    for (uint32_t i = 0; i < b->p->n; i++) {
        arci_bill *d = &b->list[i];
        if (arci_bill_good(b, i) && d->booked.foreign && !d->based) value(d);
    }
}

/* ---- the rest of a tax invoice ------------------------------------------------------------------------------------------------------ */

/* Shares a part of a whole out by what is added up so far. */
typedef struct sharing {
    int64_t part, whole, so_far, given;
} sharing;

static int64_t next_of(sharing *s, int64_t amount)
{
    s->so_far += amount;
    int64_t upto = arci_part_of(s->part, s->so_far, s->whole), now = upto - s->given;
    s->given = upto;
    return now;
}

static int64_t claimed(const arci_bill *d, int64_t amount) { return d->totals.gross ? arci_part_of(amount, d->totals.gross - d->covered, d->totals.gross) : 0; }

/* An item nothing is left of leaves its tax and base amount to the next, the last ones to the one before: all together are those of the rest. */
void arci_bill_rest(arci_bill *d)
{
    sharing amount = { d->totals.gross - d->covered, d->totals.gross, 0, 0 }, tax = { claimed(d, d->totals.tax), d->totals.tax, 0, 0 };
    sharing base = { claimed(d, d->booked.base), d->booked.base, 0, 0 };
    int64_t tax_over = 0, base_over = 0;
    uint32_t n = 0;
    if (!d->covered) return;
    for (uint32_t k = 0; k < d->n_items; k++) {
        arci_bill_item *it = &d->items[k];
        it->amount = next_of(&amount, it->amount);
        it->tax = next_of(&tax, it->tax) + tax_over;
        it->base = next_of(&base, it->base) + base_over;
        tax_over = it->amount ? 0 : it->tax;
        base_over = it->amount ? 0 : it->base;
        if (it->amount) d->items[n++] = *it;
    }
    if (n) d->items[n - 1].tax += tax_over;
    if (n) d->items[n - 1].base += base_over;
    d->n_items = n;
}

/* The document as if its rest were all of it: what the receivables posted is not posted again. */
static const arci_bill *as_rest(arci_bills *b, const arci_bill *d)
{
    if (!d->covered) return d;
    arci_bill *rest = arci_arena_alloc(&b->p->arena, sizeof *rest);
    arci_total_line *lines = arci_arena_alloc(&b->p->arena, (d->n_lines + 1) * sizeof *lines);
    if (!rest || !lines) return NULL;
    int64_t base_tax = 0, base_net = 0;
    for (uint32_t k = 0; k < d->n_lines; k++) {
        base_net += d->amounts[k].base_net;
        base_tax += d->amounts[k].base_tax;
    }
    *rest = *d;
    rest->amounts = lines;
    rest->totals.gross -= d->covered;
    rest->totals.tax = claimed(d, d->totals.tax);
    rest->totals.net = rest->totals.gross - rest->totals.tax;
    rest->booked.base = claimed(d, d->booked.base);
    sharing net = { rest->totals.net, d->totals.net, 0, 0 }, tax = { rest->totals.tax, d->totals.tax, 0, 0 };
    sharing bt = { claimed(d, base_tax), base_tax, 0, 0 }, bn = { rest->booked.base - bt.part, base_net, 0, 0 };
    for (uint32_t k = 0; k < d->n_lines; k++) {
        lines[k] = d->amounts[k];
        lines[k].net = next_of(&net, lines[k].net);
        lines[k].tax = next_of(&tax, lines[k].tax);
        lines[k].base_net = next_of(&bn, lines[k].base_net);
        lines[k].base_tax = next_of(&bt, lines[k].base_tax);
    }
    return rest;
}

/* ---- dimensions ---------------------------------------------------------------------------------------------------------------------- */

const arc_value *arci_bill_line_dim(const arci_bill *d, uint32_t line, uint32_t field)
{
    const arc_value *own = arci_record_value(d->lines[line], field);
    uint32_t of = d->amounts[line].discount_of;
    return own->type != ARC_V_NULL || !of || of > line ? own : arci_record_value(d->lines[of - 1], field);
}

/* ---- the journal --------------------------------------------------------------------------------------------------------------------- */

typedef void (*line_fn)(arci_journal *, const char *, const char *, int64_t, const int64_t *);

/* Lines of one account and one set of dimensions. Values are copied: records may be gone when the journal is written. */
typedef struct group {
    arc_value role, project, department, business_line;
    arci_dims dims;
    int64_t net, base;
    uint8_t own, valued; /* own: its dimensions are not the document's */
} group;

/* What a line is credited to: an advance is a liability until a later invoice deducts it. */
static arc_value role_of(const arci_bill *d, uint32_t k)
{
    const arc_value *own = arci_record_value(d->lines[k], ARC_INVOICE_LINE_ACCOUNT_ROLE);
    if (d->is_advance || arci_advance_of(d, k)) return code(ARCI_ROLE_ADVANCE);
    return own->type == ARC_V_TEXT && own->len ? *own : code(ARCI_ROLE_REVENUE);
}

static arc_value or_header(const arc_value *own, const arc_value *header, uint8_t *differs)
{
    if (own->type == ARC_V_NULL || arci_value_equal(own, header)) return *header;
    *differs = 1;
    return *own;
}

static group group_of(const arci_bill *d, uint32_t k, const arc_value *first_item)
{
    group g;
    memset(&g, 0, sizeof g);
    g.role = role_of(d, k);
    g.project = or_header(arci_bill_line_dim(d, k, ARC_INVOICE_LINE_PROJECT), &first_item[ARCI_ITEM_PROJECT], &g.own);
    g.department = or_header(arci_bill_line_dim(d, k, ARC_INVOICE_LINE_DEPARTMENT), &first_item[ARCI_ITEM_DEPARTMENT], &g.own);
    g.business_line = or_header(arci_bill_line_dim(d, k, ARC_INVOICE_LINE_BUSINESS_LINE), &first_item[ARCI_ITEM_BUSINESS_LINE], &g.own);
    g.net = d->amounts[k].net;
    g.base = d->amounts[k].base_net;
    g.valued = d->amounts[k].valued;
    return g;
}

static int same(const group *a, const group *b)
{
    return arci_value_equal(&a->role, &b->role) && arci_value_equal(&a->project, &b->project) && arci_value_equal(&a->department, &b->department) &&
           arci_value_equal(&a->business_line, &b->business_line);
}

/* In order of first appearance. */
static uint32_t collect(const arci_bill *d, group *list, const arc_value *first_item)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < d->n_lines; k++) {
        const group g = group_of(d, k, first_item);
        uint32_t at = 0;
        while (at < n && !same(&list[at], &g)) at++;
        if (at == n) {
            list[n++] = g;
            continue;
        }
        list[at].net += g.net;
        list[at].base += g.base;
        list[at].valued &= g.valued;
    }
    return n;
}

typedef struct poster {
    arci_journal *j;
    line_fn line;
    char currency[4];
    uint8_t foreign;
} poster;

/* Credited: amounts of the document with their sign turned. */
static void credit(const poster *p, const char *role, int64_t amount, int64_t base, int valued)
{
    int64_t out = -base;
    p->line(p->j, role, p->currency, -amount, p->foreign && valued ? &out : NULL);
}

/* What was due when the advance was invoiced waits in an account of its own until the advance is deducted. */
static void post_tax(const poster *p, const arci_bill *d)
{
    int64_t pending = 0, base_pending = 0, base = 0;
    int valued = 1, pending_valued = 1;
    for (uint32_t k = 0; k < d->n_lines; k++) {
        const arci_total_line *l = &d->amounts[k];
        int waits = d->is_advance || arci_advance_of(d, k);
        pending += waits ? l->tax : 0;
        base_pending += waits ? l->base_tax : 0;
        base += l->base_tax;
        valued &= l->valued;
        pending_valued &= !waits || l->valued;
    }
    if (!d->n_lines) {
        base = d->booked.base - arci_booked_part(&d->booked, d->totals.net, d->totals.gross);
        pending = d->is_advance ? d->totals.tax : 0;
        base_pending = d->is_advance ? base : 0;
        valued = pending_valued = d->booked.known;
    }
    credit(p, ARCI_ROLE_PENDING_VAT, pending, base_pending, pending_valued);
    credit(p, ARCI_ROLE_OUTPUT_VAT, d->totals.tax - pending, base - base_pending, valued);
}

static void post_credits(arci_bills *b, const arci_bill *d, const poster *p, const arc_value *first_item)
{
    group *list = arci_arena_alloc(&b->p->arena, (d->n_lines + 1) * sizeof *list);
    uint32_t n = list ? collect(d, list, first_item) : 0;
    if (!list) p->j->nomem = 1;
    for (uint32_t i = 0; i < n; i++) {
        const char *role = arci_arena_strndup(&b->p->arena, list[i].role.u.s, list[i].role.len);
        if (!role) p->j->nomem = 1;
        list[i].dims = (arci_dims){ &first_item[ARCI_ITEM_OWNER], &list[i].department, &list[i].project, &list[i].business_line };
        arci_journal_dims(p->j, list[i].own ? &list[i].dims : NULL);
        if (role) credit(p, role, list[i].net, list[i].base, list[i].valued);
    }
    arci_journal_dims(p->j, NULL);
    if (!d->n_lines) credit(p, d->is_advance ? ARCI_ROLE_ADVANCE : d->role ? d->role : ARCI_ROLE_REVENUE, d->totals.net, arci_booked_part(&d->booked, d->totals.net, d->totals.gross), d->booked.known);
    post_tax(p, d);
}

void arci_bill_account(arci_bills *b, const arci_bill *whole, const arc_value *first_item)
{
    const arci_bill *d = as_rest(b, whole);
    if (!d) {
        b->p->journal.nomem = 1;
        return;
    }
    int red = !strcmp(d->kind, "credit_note");
    poster p = { &b->p->journal, red ? arci_journal_red : arci_journal_line, { 0 }, d->booked.foreign };
    const arci_entry e = { .date = arci_bill_day(d), .purpose = d->kind, .entity = "invoice", .source = d->id, .number = &d->number,
                           .customer = first_item[ARCI_ITEM_CUSTOMER].u.i, .person = &first_item[ARCI_ITEM_OWNER],
                           .department = &first_item[ARCI_ITEM_DEPARTMENT], .project = &first_item[ARCI_ITEM_PROJECT],
                           .business_line = &first_item[ARCI_ITEM_BUSINESS_LINE] };
    memcpy(p.currency, first_item[ARCI_ITEM_CURRENCY].u.s, 3);
    arci_journal_open(p.j, &e);
    for (uint32_t k = 0; k < d->n_items; k++) {
        const arc_value kind = code(d->items[k].kind);
        p.line(p.j, arci_item_role(&kind), p.currency, d->items[k].amount, d->booked.known ? &d->items[k].base : NULL);
    }
    post_credits(b, d, &p, first_item);
}
