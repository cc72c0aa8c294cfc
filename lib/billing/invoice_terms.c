/* SPDX-License-Identifier: Apache-2.0 */
/* What a document claims: one item an instalment and one for what is retained, each with its due date. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "base/json_out.h"
#include "billing/chain.h"
#include "billing/terms.h"

#define RATE_ONE 10000

typedef struct planner {
    arci_bills *b;
    arci_bill *d;
    arci_term_book *book;
    const char *kind; /* of ordinary items */
    arci_bill_item items[ARC_TERMS_LINES + 1];
} planner;

static arc_date date_or(const arc_value *v, arc_date otherwise) { return v->type == ARC_V_INT ? (arc_date)v->u.i : otherwise; }

/* Dates the term may count from. A base date given by hand stands for the invoice date, and for whatever else is not known. */
static void fill_facts(const planner *x, arc_terms_facts *f, const arci_term *term, int64_t gross)
{
    const arci_bill *d = x->d;
    arc_date hand = date_or(arci_bill_value(d, ARC_INVOICE_BASE_DATE), ARC_DATE_NONE);
    (void)arc_terms_facts_init(f);
    f->invoice = hand == ARC_DATE_NONE ? d->date : hand;
    f->delivery = date_or(arci_bill_value(d, ARC_INVOICE_DELIVERED_ON), hand);
    f->acceptance = date_or(arci_bill_value(d, ARC_INVOICE_ACCEPTED_ON), hand);
    f->received = date_or(arci_bill_value(d, ARC_INVOICE_RECEIVED_ON), hand);
    f->order = d->ordered_on == ARC_DATE_NONE ? hand : d->ordered_on;
    f->contract = d->signed_on == ARC_DATE_NONE ? hand : d->signed_on;
    f->milestone = hand;
    f->calendar = term->calendar;
    (void)arc_money_set(&f->gross, gross, x->b->rules.currency);
    f->net = f->gross;
    /* the net part of what is split, in the proportion of the document */
    if (d->totals.gross) (void)arc_money_muldiv(&f->net, &f->gross, d->totals.net, d->totals.gross, ARC_ROUND_HALF_UP);
}

static arc_date base_of(const arc_terms_facts *f, int32_t base)
{
    const arc_date dates[] = { ARC_DATE_NONE, f->invoice, f->delivery, f->acceptance, f->received, f->statement, f->order, f->contract, f->milestone };
    if (base == ARC_BASE_STATEMENT && f->statement == ARC_DATE_NONE) return f->invoice;
    return dates[base];
}

/* ---- cash discounts ---------------------------------------------------------------------------------------------------------- */

static int put_discount(cJSON *list, const arc_discount *o, arc_money *amount)
{
    char text[48];
    size_t n = sizeof text;
    cJSON *e = arci_jo_object(list, NULL);
    int ok = e != NULL;
    if (ok && o->until == ARC_DATE_NONE) ok = arci_jo_null(e, "until");
    else if (ok) ok = arc_date_print(text, &n, o->last) == ARC_OK && arci_jo_text(e, "until", text, n);
    n = sizeof text;
    ok = ok && arc_decimal_print(text, &n, &o->percent) == ARC_OK && arci_jo_text(e, "percent", text, n);
    n = sizeof text;
    return ok && arc_money_print_amount(text, &n, amount) == ARC_OK && arci_jo_text(e, "amount", text, n);
}

static int more_first(const void *x, const void *y)
{
    const arc_discount *a = x, *b = y;
    if (a->amount.minor != b->amount.minor) return llabs(a->amount.minor) > llabs(b->amount.minor) ? -1 : 1;
    return (a->tier > b->tier) - (a->tier < b->tier);
}

/* The discounts of one instalment as JSON, best first; `until` has the grace days in it. */
static arc_status discounts_of(const planner *x, arc_value *out, arc_discount *all, size_t n, int32_t line)
{
    arc_discount own[ARC_TERMS_TIERS];
    size_t k = 0;
    for (size_t i = 0; i < n && k < ARC_TERMS_TIERS; i++) {
        if (all[i].line == line) own[k++] = all[i];
    }
    *out = arci_v_null();
    if (!k) return ARC_OK;
    qsort(own, k, sizeof *own, more_first);
    cJSON *list = arci_jo_array(NULL, NULL);
    int ok = list != NULL;
    for (size_t i = 0; i < k && ok; i++) ok = put_discount(list, &own[i], &own[i].amount);
    arci_str s;
    arci_str_init(&s, x->b->p->arena.ctx);
    ok = ok && arci_jo_print(list, 0, &s);
    const char *text = ok ? arci_arena_strndup(&x->b->p->arena, s.s, s.len) : NULL;
    if (text) *out = arci_v_text(text, s.len);
    arci_str_clear(&s);
    cJSON_Delete(list);
    return text ? ARC_OK : arci_nomem(x->b->p->t->env);
}

/* ---- items ------------------------------------------------------------------------------------------------------------------------ */

static arci_bill_item *add_item(planner *x, const char *kind, int64_t amount, arc_date base_date, arc_date due)
{
    arci_bill_item *it = &x->d->items[x->d->n_items++];
    it->kind = kind;
    it->amount = amount;
    it->base_date = base_date;
    it->due = due;
    return it;
}

static arc_status place(const planner *x, arc_status st, const char *field)
{
    arci_fail_at(x->b->p->t->env, "invoice", field, 0, -1);
    return st;
}

static arc_status instalments(planner *x, const arci_term *term, int64_t gross)
{
    arci_env *env = x->b->p->t->env;
    arc_instalment parts[ARC_TERMS_LINES];
    arc_discount *offers = NULL;
    arc_terms_facts f;
    size_t n = ARC_TERMS_LINES, n_offers = (size_t)term->terms.n_tiers * (size_t)term->terms.n_lines;
    fill_facts(x, &f, term, gross);
    arc_status st = arci_terms_schedule(env, parts, &n, &term->terms, &f);
    if (st == ARC_OK && n_offers && gross > 0) {
        offers = arci_arena_alloc(&x->b->p->arena, n_offers * sizeof *offers);
        st = offers ? arci_terms_discounts(env, offers, &n_offers, &term->terms, &f) : arci_nomem(env);
    }
    if (st != ARC_OK) return place(x, st, "term");
    for (size_t i = 0; i < n && st == ARC_OK; i++) {
        if (!parts[i].amount.minor && (x->d->n_items || i + 1 < n)) continue; /* too small to be split so far */
        arci_bill_item *it = add_item(x, x->kind, parts[i].amount.minor, base_of(&f, term->terms.lines[i].due.base), parts[i].due);
        if (offers) st = discounts_of(x, &it->discounts, offers, n_offers, parts[i].line);
    }
    return st;
}

/* The part kept back is an item of its own, due by a term of its own: without one, not yet. */
static arc_status retention(planner *x, int64_t *rest)
{
    arci_bill *d = x->d;
    const arc_value *fraction = arci_bill_value(d, ARC_INVOICE_RETENTION), *text = arci_bill_value(d, ARC_INVOICE_RETENTION_TERM);
    arci_env *env = x->b->p->t->env;
    const arci_term *term = NULL;
    arc_terms_facts f;
    arc_money gross, kept;
    arc_date due = ARC_DATE_NONE, base = ARC_DATE_NONE;
    if (fraction->type != ARC_V_INT || !fraction->u.i || d->totals.gross <= 0) return ARC_OK;
    if (fraction->u.i < 0 || fraction->u.i > RATE_ONE) {
        return place(x, arci_fail(env, ARC_E_RANGE, "retention is a fraction from 0 to 1", "质保金比例须为 0 至 1 之间的小数"), "retention");
    }
    arc_status st = arc_money_set(&gross, d->totals.gross, x->b->rules.currency);
    if (st == ARC_OK) st = arc_money_muldiv(&kept, &gross, fraction->u.i, RATE_ONE, ARC_ROUND_HALF_UP);
    if (st != ARC_OK) return place(x, arci_fail(env, st, "the retention does not work out", "质保金无法计算"), "retention");
    if (text->type == ARC_V_TEXT && text->len) {
        st = arci_term_find(x->book, &term, text, d->date);
        if (st == ARC_OK && term->terms.n_lines != 1) st = arci_fail(env, ARC_E_VALUE, "a retention is due on one day", "质保金只能有一个到期日");
        if (st != ARC_OK) return place(x, st, "retention_term");
        fill_facts(x, &f, term, kept.minor);
        base = base_of(&f, term->terms.lines[0].due.base);
        st = arci_due_date(&due, &term->terms.lines[0].due, &f);
        if (st != ARC_OK) return place(x, arci_fail(env, st, "the due date of the retention does not work out", "质保金到期日无法计算"), "retention_term");
    }
    if (kept.minor) {
        (void)add_item(x, "retention", kept.minor, base, due);
        *rest -= kept.minor;
    }
    return ARC_OK;
}

/* The term by name: the document's, else its customer's. */
static arc_value term_of(const arci_bill *d)
{
    const arc_value *own = &d->own_term, *usual = &d->customer[ARCI_CUSTOMER_TERM];
    if (own->type == ARC_V_TEXT && own->len) return *own;
    if (d->contract_term.type == ARC_V_TEXT && d->contract_term.len) return d->contract_term;
    return usual->type == ARC_V_TEXT && usual->len ? *usual : arci_v_null();
}

/* A due date given by hand is one instalment's. */
static arc_status by_hand(planner *x, int64_t rest, arc_date due)
{
    const arc_value *own = &x->d->own_term, *base = arci_bill_value(x->d, ARC_INVOICE_BASE_DATE);
    if (own->type == ARC_V_TEXT && own->len) {
        const arci_term *term;
        arc_status st = arci_term_find(x->book, &term, own, x->d->date);
        if (st == ARC_OK && term->terms.n_lines > 1) {
            st = arci_fail(x->b->p->t->env, ARC_E_VALUE, "the term has several instalments: due_date cannot stand for them", "付款条件含多期分期，不能再填写到期日");
            return place(x, st, "due_date");
        }
        if (st != ARC_OK) return place(x, st, "term");
        x->d->term = *own;
    }
    (void)add_item(x, x->kind, rest, date_or(base, x->d->date), due);
    return ARC_OK;
}

/* Tax and base amount of each item, so that they add up. */
static arc_status divide(planner *x)
{
    arci_bill *d = x->d;
    int64_t weights[ARC_TERMS_LINES + 1], tax[ARC_TERMS_LINES + 1], base[ARC_TERMS_LINES + 1];
    arc_money total;
    for (uint32_t i = 0; i < d->n_items; i++) weights[i] = d->items[i].amount < 0 ? -d->items[i].amount : d->items[i].amount;
    arc_status st = arc_money_set(&total, d->totals.tax, x->b->rules.currency);
    if (st == ARC_OK) st = arc_money_allocate(tax, &total, weights, NULL, d->n_items);
    if (st == ARC_OK && d->booked.known) {
        st = arc_money_set(&total, d->booked.base, x->b->p->session->book->base_currency);
        if (st == ARC_OK) st = arc_money_allocate(base, &total, weights, NULL, d->n_items);
    }
    if (st != ARC_OK) return place(x, arci_fail(x->b->p->t->env, st, "tax or base amount cannot be divided", "税额或本位币金额无法分摊"), "tax_amount");
    for (uint32_t i = 0; i < d->n_items; i++) {
        d->items[i].tax = tax[i];
        d->items[i].base = d->booked.known ? base[i] : 0;
    }
    return ARC_OK;
}

static arc_status plan(planner *x)
{
    arci_bill *d = x->d;
    arci_env *env = x->b->p->t->env;
    const arc_value *due = arci_bill_value(d, ARC_INVOICE_DUE_DATE);
    int64_t rest = d->totals.gross;
    arci_bill_item kept;
    const arci_term *term;
    memcpy(x->b->rules.currency, arci_bill_value(d, ARC_INVOICE_CURRENCY)->u.s, 3);
    d->term = arci_v_null();
    arc_status st = retention(x, &rest);
    if (st != ARC_OK) return st;
    uint32_t n_kept = d->n_items;
    if (n_kept) kept = d->items[0];
    d->n_items = 0;
    arc_value text = term_of(d);
    if (rest || !n_kept) {
        if (due->type == ARC_V_INT) {
            st = by_hand(x, rest, (arc_date)due->u.i);
        } else if (text.type == ARC_V_TEXT) {
            d->term = text;
            st = arci_term_find(x->book, &term, &text, d->date);
            st = st == ARC_OK ? instalments(x, term, rest) : place(x, st, "term");
        } else {
            st = place(x, arci_fail(env, ARC_E_REQUIRED, "a payment term or a due date is required", "须填写付款条件或到期日"), "due_date");
        }
    }
    if (st != ARC_OK) return st;
    if (n_kept) d->items[d->n_items++] = kept;
    d->due = ARC_DATE_NONE;
    for (uint32_t i = 0; i < d->n_items; i++) {
        if (d->items[i].due != ARC_DATE_NONE && strcmp(d->items[i].kind, "retention") != 0) d->due = d->items[i].due;
    }
    return divide(x);
}

/* No term says when it is due: somebody will. */
static arc_status undated(planner *x)
{
    arci_error_clear(x->b->p->t->env->err);
    memset(x->items, 0, sizeof x->items);
    x->d->n_items = 0;
    x->d->term = arci_v_null();
    x->d->due = ARC_DATE_NONE;
    (void)add_item(x, x->kind, x->d->totals.gross, x->d->date, ARC_DATE_NONE);
    return divide(x);
}

/* Late interest and fees (逾期利息、费用): all lines are credited to such income. */
static int is_fee(const arci_bill *d)
{
    for (uint32_t k = 0; k < d->n_lines; k++) {
        const arc_value *role = arci_record_value(d->lines[k], ARC_INVOICE_LINE_ACCOUNT_ROLE);
        if (!arci_code_is(role, ARCI_ROLE_INTEREST) && !arci_code_is(role, ARCI_ROLE_FEE_INCOME)) return 0;
    }
    return d->n_lines > 0;
}

arc_status arci_bills_items(arci_bills *b)
{
    arci_term_book book;
    planner x = { .b = b, .book = &book };
    arc_status st = arci_chain_parents(b);
    arci_term_book_init(&book, b->p->t, &b->p->arena);
    for (uint32_t i = 0; i < b->p->n && st == ARC_OK; i++) {
        if (!arci_bill_good(b, i)) continue;
        x.d = &b->list[i];
        x.kind = !strcmp(x.d->kind, "credit_note") ? "credit" : !strcmp(x.d->kind, "advance") ? "advance" : is_fee(x.d) ? "fee" : "invoiced";
        memset(x.items, 0, sizeof x.items);
        x.d->items = x.items;
        x.d->n_items = 0;
        arc_status planned = plan(&x);
        if (planned != ARC_OK && b->told && !b->p->t->doomed && arci_bill_judges(planned)) planned = undated(&x);
        st = arci_bill_judged(b, i, planned);
        if (!strcmp(x.d->kind, "proforma")) x.d->n_items = 0; /* it claims nothing */
        if (st != ARC_OK || !arci_bill_good(b, i)) continue;
        x.d->items = arci_arena_alloc(&b->p->arena, (x.d->n_items + 1) * sizeof *x.items);
        if (x.d->items) memcpy(x.d->items, x.items, x.d->n_items * sizeof *x.items);
        else st = arci_nomem(b->p->t->env);
    }
    arci_term_book_clear(&book);
    return st;
}
