/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of a profile: each with its day, its source and its formula. */
#include <string.h>

#include "credit/profile_out.h"
#include "value/money.h"

int arci_jo_num(cJSON *parent, const char *key, const arci_num *n, int32_t scale)
{
    char text[64];
    size_t len = sizeof text;
    int64_t v;
    if (arci_num_round(n, scale, &v)) return arci_jo_null(parent, key);
    const arc_decimal d = { v, scale, 0 };
    return arc_decimal_print(text, &len, &d) == ARC_OK ? arci_jo_text(parent, key, text, len) : 0;
}

/* ---- one figure ------------------------------------------------------------------------------------------------------------------ */

typedef struct figure {
    const char *name, *unit, *source, *formula;
    const char *rows; /* its source where the past is read; NULL: what most are made of */
} figure;

typedef struct writer {
    arci_profile *p;
    cJSON *list;
    const char *currency; /* NULL: of no currency */
    int ok, now;
} writer;

static cJSON *open_figure(writer *w, const figure *f)
{
    cJSON *o = arci_jo_object(w->list, NULL);
    w->ok &= o != NULL && arci_jo_text(o, "name", f->name, strlen(f->name));
    if (w->currency) w->ok &= o != NULL && arci_jo_text(o, "currency", w->currency, strlen(w->currency));
    return o;
}

static void close_figure(writer *w, cJSON *o, const figure *f)
{
    const char *source = w->now ? f->source : f->rows ? f->rows : "item, allocation, adjustment";
    w->ok &= o != NULL && arci_jo_text(o, "unit", f->unit, strlen(f->unit)) && arci_jo_text(o, "as_of", w->p->day, strlen(w->p->day)) &&
             arci_jo_text(o, "source", source, strlen(source)) && arci_jo_text(o, "formula", f->formula, strlen(f->formula));
}

static void put_num(writer *w, const figure *f, int known, const arci_num *n, int32_t scale)
{
    cJSON *o = open_figure(w, f);
    w->ok &= o != NULL && (known ? arci_jo_num(o, "value", n, scale) : arci_jo_null(o, "value"));
    close_figure(w, o, f);
}

static void put_int(writer *w, const figure *f, int64_t v)
{
    cJSON *o = open_figure(w, f);
    w->ok &= o != NULL && arci_jo_int(o, "value", v);
    close_figure(w, o, f);
}

static void put_day(writer *w, const figure *f, arc_date d)
{
    char text[16];
    size_t n = sizeof text;
    cJSON *o = open_figure(w, f);
    const int known = d != ARC_DATE_NONE && arc_date_print(text, &n, d) == ARC_OK;
    w->ok &= o != NULL && (known ? arci_jo_text(o, "value", text, n) : arci_jo_null(o, "value"));
    close_figure(w, o, f);
}

static void put_minor(writer *w, const figure *f, int known, const arci_num *n)
{
    char text[ARCI_SAID];
    int64_t minor = 0;
    cJSON *o = open_figure(w, f);
    known = known && !arci_num_round(n, 0, &minor);
    if (known) (void)arci_amount_text(text, minor, w->currency);
    w->ok &= o != NULL && (known ? arci_jo_text(o, "value", text, strlen(text)) : arci_jo_null(o, "value"));
    close_figure(w, o, f);
}

/* ---- all of them ------------------------------------------------------------------------------------------------------------------- */

static void put_index(writer *w, const arci_behaviour *b)
{
    static const figure index = { "payment_index", "0 to 100", "account.paid_over_*", "sum(amount x index(days)) / sum(amount); 80 = on the day, 100 = 30 days before, 50 = 30 late", NULL };
    arci_num n;
    const uint32_t least = w->p->o.min_payments ? w->p->o.min_payments : 3u;
    const int thin = b->n < (int64_t)least, known = !thin && arci_payment_index(b, &n);
    cJSON *o = open_figure(w, &index);
    w->ok &= o != NULL && (known ? arci_jo_num(o, "value", &n, 2) : arci_jo_null(o, "value")) && arci_jo_bool(o, "thin_file", thin) && arci_jo_int(o, "payments", b->n) &&
             arci_jo_int(o, "least", least);
    close_figure(w, o, &index);
}

static void put_paying(writer *w, const arci_behaviour *b)
{
    static const figure weighted = { "adbt", "days", "account.paid_over_0, account.paid", "sum(amount x max(0, days)) / sum(amount)", NULL };
    static const figure sign = { "adbt_signed", "days", "account.paid_weight, account.paid", "sum(amount x days) / sum(amount)", NULL };
    static const figure simple = { "adbt_simple", "days", "account.paid_days, account.paid_n", "sum(days) / number of payments", NULL };
    static const figure with_open = { "adbt_with_open", "days", "account.paid_over_0, item_state", "adbt with what is overdue, by its days so far", NULL };
    static const figure payments = { "payments", "count", "account.paid_n", "receipts applied to items with a due date, reversed ones not", NULL };
    static const figure late = { "late_payments", "count", "account.paid_late_n", "payments after the due date", NULL };
    static const figure share = { "late_share", "fraction", "account.paid_late, account.paid", "paid after the due date / paid", NULL };
    static const figure paid = { "paid", "money", "account.paid", "sum(amount of payments)", NULL };
    arci_num n;
    put_num(w, &weighted, arci_adbt_weighted(b, &n), &n, 2);
    put_num(w, &sign, arci_adbt_signed(b, &n), &n, 2);
    put_num(w, &simple, arci_adbt_simple(b, &n), &n, 2);
    put_num(w, &with_open, arci_adbt_with_open(b, &n), &n, 2);
    put_index(w, b);
    put_int(w, &payments, b->n);
    put_int(w, &late, b->n_late);
    put_num(w, &share, arci_share_late(b, &n), &n, 4);
    if (w->currency) put_minor(w, &paid, !b->unkept, &b->paid);
}

static void put_owing(writer *w, const arci_behaviour *b)
{
    static const figure open = { "open_items", "count", "item_state", "debit items of which something is open", NULL };
    static const figure debit = { "open_debit", "money", "item_state", "sum(open of debit items)", NULL };
    static const figure count = { "overdue_count", "count", "item_state", "open debit items past due", NULL };
    static const figure overdue = { "overdue", "money", "item_state", "sum(open) of items past due", NULL };
    static const figure share = { "overdue_share", "fraction", "item_state", "overdue / open_debit", NULL };
    static const figure worst = { "worst_overdue", "days", "item_state", "max(as of - due date) of open items", NULL };
    arci_num n;
    put_int(w, &open, b->n_debit);
    if (w->currency) put_minor(w, &debit, 1, &b->debit);
    put_int(w, &count, b->n_overdue);
    if (w->currency) put_minor(w, &overdue, 1, &b->overdue);
    put_num(w, &share, arci_share_overdue(b, &n), &n, 4);
    put_int(w, &worst, b->worst);
}

static void put_deals(writer *w, const arci_behaviour *b)
{
    static const figure first = { "first_deal", "date", "account.first_deal_on", "business date of the first invoice or opening item", NULL };
    static const figure last = { "last_deal", "date", "account.last_deal_on", "business date of the last invoice or opening item", NULL };
    static const figure number = { "deals", "count", "account.deals_n", "invoices and opening items", NULL };
    static const figure average = { "average_deal", "money", "account.deals, account.deals_n", "sum(amount of deals) / number of deals", NULL };
    arci_num n;
    put_day(w, &first, b->first_deal);
    put_day(w, &last, b->last_deal);
    put_int(w, &number, b->n_deals);
    if (w->currency) put_minor(w, &average, arci_average_deal(b, &n), &n);
}

static void put_account(writer *w, const arci_standing *s)
{
    static const figure open = { "open", "money", "account.open", "sum(open of all items), credits negative", NULL };
    static const figure unapplied = { "unapplied", "money", "account.unapplied", "sum(unapplied of receipts)", "receipt, allocation" };
    static const figure paid_on = { "last_payment", "date", "account.last_receipt_on", "value date of the last receipt that did not go back", "receipt" };
    const arci_num o = arci_num_of(s->open, 0), u = arci_num_of(s->unapplied, 0);
    put_minor(w, &open, 1, &o);
    put_minor(w, &unapplied, 1, &u);
    put_day(w, &paid_on, s->last_paid);
}

/* Where what is told of the relation comes from. */
static int put_sources(cJSON *relation)
{
    static const char *const sources[][2] = { { "contacts", "interaction.sent_at" },
                                              { "promises", "interaction.promise_date, promise_amount; receipts with a value date from then to the promised day" },
                                              { "disputes", "dispute.opened_on, closed_on" },
                                              { "next_on", "interaction.next_on, done_on" },
                                              { "churn", "last deal longer ago than 3 x the average time between deals (item.business_date)" } };
    cJSON *o = arci_jo_object(relation, "sources");
    int ok = o != NULL;
    for (size_t i = 0; ok && i < sizeof sources / sizeof *sources; i++) ok = arci_jo_text(o, sources[i][0], sources[i][1], strlen(sources[i][1]));
    return ok;
}

static int put_relation(arci_profile *p, const arci_relation *r, const arci_behaviour *b)
{
    cJSON *o = arci_jo_object(p->root, "relation");
    char text[16];
    size_t n = sizeof text;
    if (!o) return 0;
    int ok = arci_jo_int(o, "contacts", r->contacts) && arci_jo_int(o, "contacts_90_days", r->recent) && arci_jo_int(o, "contacts_90_days_before", r->before);
    const char *trend = r->recent > r->before ? "up" : r->recent < r->before ? "down" : "even";
    ok = ok && arci_jo_text(o, "trend", trend, strlen(trend));
    const int contacted = r->last_contact != ARC_DATE_NONE && arc_date_print(text, &n, r->last_contact) == ARC_OK;
    ok = ok && (contacted ? arci_jo_text(o, "last_contact", text, n) && arci_jo_int(o, "last_contact_days", p->o.as_of - r->last_contact) : arci_jo_null(o, "last_contact"));
    n = sizeof text;
    const int next = r->next_on != ARC_DATE_NONE && arc_date_print(text, &n, r->next_on) == ARC_OK;
    ok = ok && (next ? arci_jo_text(o, "next_on", text, n) : arci_jo_null(o, "next_on"));
    ok = ok && arci_jo_int(o, "promises", r->promises) && arci_jo_int(o, "promises_kept", r->kept) && arci_jo_int(o, "promises_partly_kept", r->partly) &&
         arci_jo_int(o, "promises_broken", r->broken) && arci_jo_int(o, "promises_pending", r->pending);
    ok = ok && arci_jo_int(o, "disputes", r->disputes) && arci_jo_int(o, "disputes_open", r->disputes_open) && arci_jo_int(o, "disputes_365_days", r->disputes_year);
    /* Silent for three times as long as there used to be between two deals. */
    const int known = b->n_deals > 2 && b->last_deal > b->first_deal;
    const int churn = known && (int64_t)(p->o.as_of - b->last_deal) * (b->n_deals - 1) > 3 * (int64_t)(b->last_deal - b->first_deal);
    ok = ok && (known ? arci_jo_bool(o, "churn", churn) : arci_jo_null(o, "churn")) && arci_jo_text(o, "as_of", p->day, strlen(p->day));
    return ok && put_sources(o);
}

arc_status arci_profile_figures(arci_profile *p, const arci_standings *s, const arci_relation *r)
{
    writer w = { p, arci_jo_array(p->root, "figures"), NULL, 1, s->now };
    arci_behaviour all, b;
    uint32_t at, n = arci_standings_of(s, p->customer, &at);
    arci_behaviour_init(&all);
    arc_status st = w.list ? ARC_OK : arci_nomem(s->t->env);
    for (uint32_t i = at; st == ARC_OK && i < at + n; i++) {
        w.currency = s->list[i].currency;
        st = arci_behaviour_of(s->t->env, &b, &s->list[i]);
        if (st != ARC_OK) break;
        put_account(&w, &s->list[i]);
        put_owing(&w, &b);
        put_paying(&w, &b);
        put_deals(&w, &b);
        if (b.first_deal != ARC_DATE_NONE && (all.first_deal == ARC_DATE_NONE || b.first_deal < all.first_deal)) all.first_deal = b.first_deal;
        if (b.last_deal > all.last_deal) all.last_deal = b.last_deal;
        all.n_deals += b.n_deals;
    }
    if (st == ARC_OK && (!w.ok || !put_relation(p, r, &all))) st = arci_nomem(s->t->env);
    return st;
}
