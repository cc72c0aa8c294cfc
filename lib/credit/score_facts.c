/* SPDX-License-Identifier: Apache-2.0 */
#include "credit/score_facts.h"

#include <string.h>

#include "base/json_text.h"
#include "ledger/rates.h"
#include "store/computed.h"
#include "value/currency.h"

#define FACT(name, type) "{\"id\":\"" name "\",\"field\":\"" name "\",\"type\":\"" type "\",\"nullable\":true}"
#define DECIMAL(name) "{\"id\":\"" name "\",\"field\":\"" name "\",\"type\":\"decimal\",\"scale\":4,\"nullable\":true}"
const char arci_score_inputs[] =
    FACT("payments", "integer") "," DECIMAL("adbt") "," DECIMAL("adbt_signed") "," DECIMAL("adbt_with_open") "," DECIMAL("payment_index") "," DECIMAL("late_share") ","
    DECIMAL("overdue_share") "," FACT("overdue_count", "integer") "," DECIMAL("overdue") "," FACT("worst_overdue", "integer") "," FACT("deals", "integer") "," DECIMAL("average_deal") ","
    FACT("tenure_days", "integer") "," FACT("days_since_deal", "integer") "," DECIMAL("deals_a_year") "," FACT("promises", "integer") "," FACT("promises_broken", "integer") ","
    DECIMAL("promises_kept_share") "," FACT("disputes_year", "integer") "," FACT("disputes_open", "integer") "," FACT("contacts_90_days", "integer") "," FACT("last_contact_days", "integer") ","
    FACT("insolvent", "boolean") "," FACT("secured", "boolean") "," FACT("has_tax_id", "boolean") "," DECIMAL("registered_capital") "," FACT("kind", "text") "," FACT("enterprise_size", "text") ","
    FACT("segment", "text") "," FACT("industry", "text") "," FACT("country", "text") "," FACT("status", "text") "," FACT("external_score", "integer") "," DECIMAL("net_worth") "," DECIMAL("insurer_limit");

enum { C_ID, C_CODE, C_KIND, C_SIZE, C_SEGMENT, C_INDUSTRY, C_COUNTRY, C_STATUS, C_CAPITAL_CURRENCY, C_CAPITAL, C_USCC, C_TAX_NO, C_CUSTOM, C_COLUMNS };
static const char customer_fields[] = "id code kind enterprise_size segment industry country status capital_currency registered_capital uscc tax_no custom";

typedef struct facts {
    arci_txn *t;
    arci_arena *arena;
    arci_score_subject *out;
    const int64_t *ids;
    uint32_t n;
    arc_date as_of;
    arci_rates rates;
    const char *base;
    arci_standings standings;
    arci_relation *relations;
    arc_value *rows;
    uint8_t *there, *insolvent, *secured;
    arci_str b; /* one subject's facts */
} facts;

/* ---- in base currency -------------------------------------------------------------------------------------------------------------- */

/* Base minor units for a minor unit of a currency. *known 0: no rate. */
static arc_status rate_of(facts *f, const char *currency, arci_num *out, int *known)
{
    static const char *const kinds[] = { "credit", "closing", "booked" };
    arc_rate rate;
    *known = 1;
    *out = arci_num_of(1, 0);
    if (memcmp(currency, f->base, 3) == 0) return ARC_OK;
    *known = 0;
    arc_status st = ARC_OK;
    for (int k = 0; k < 3 && st == ARC_OK && !*known; k++) st = arci_rate_on(&f->rates, kinds[k], currency, f->base, f->as_of, &rate, known);
    if (st != ARC_OK || !*known) return st;
    int32_t down = arci_currency_exponent(currency) - arci_currency_exponent(f->base) + (rate.per == 100 ? 2 : rate.per == 1000 ? 3 : 0);
    arci_num ten = arci_num_of(10, 0);
    *out = arci_num_of(rate.value.mantissa, rate.value.scale);
    for (; down > 0 && st == ARC_OK; down--) out->scale++;
    for (; down < 0 && st == ARC_OK; down++) st = arci_num_mul(out, out, &ten);
    return st == ARC_OK && out->scale <= 36 ? ARC_OK : arci_fail(f->t->env, ARC_E_OVERFLOW, "a rate is out of range", "汇率超出范围");
}

/* ---- texts ---------------------------------------------------------------------------------------------------------------------------- */

static void put_name(facts *f, const char *name)
{
    arci_str_puts(&f->b, f->b.len > 1 ? ",\"" : "\"");
    arci_str_puts(&f->b, name);
    arci_str_puts(&f->b, "\":");
}

static void put_int(facts *f, const char *name, int known, int64_t v)
{
    put_name(f, name);
    if (known) arci_str_int(&f->b, v);
    else arci_str_puts(&f->b, "null");
}

/* With 4 decimals. */
static void put_num(facts *f, const char *name, int known, const arci_num *n)
{
    char text[100];
    int64_t v;
    put_name(f, name);
    if (!known || arci_num_round(n, 4, &v)) {
        arci_str_puts(&f->b, "null");
        return;
    }
    const arci_num rounded = arci_num_of(v, 4);
    arci_str_putc(&f->b, '"');
    arci_str_add(&f->b, text, arci_num_text(text, &rounded));
    arci_str_putc(&f->b, '"');
}

/* Minor units as an amount. */
static void put_amount(facts *f, const char *name, int known, const arci_num *n)
{
    arci_num major = *n;
    const int32_t exponent = arci_currency_exponent(f->base);
    if (exponent > 0) major.scale += exponent;
    put_num(f, name, known && major.scale <= 36, &major);
}

static void put_bool(facts *f, const char *name, int v)
{
    put_name(f, name);
    arci_str_puts(&f->b, v ? "true" : "false");
}

static void put_text(facts *f, const char *name, const arc_value *v)
{
    put_name(f, name);
    if (v->type == ARC_V_TEXT) arci_json_put_text(&f->b, v->u.s, v->len);
    else arci_str_puts(&f->b, "null");
}

/* ---- one subject ---------------------------------------------------------------------------------------------------------------------------- */

static arc_status add_up(facts *f, uint32_t i, arci_behaviour *all)
{
    uint32_t at, n = arci_standings_of(&f->standings, f->ids[i], &at);
    arc_status st = ARC_OK;
    arci_behaviour_init(all);
    for (uint32_t k = at; k < at + n && st == ARC_OK; k++) {
        arci_num rate;
        int known;
        st = rate_of(f, f->standings.list[k].currency, &rate, &known);
        if (st == ARC_OK && known) st = arci_behaviour_add(f->t->env, all, &f->standings.list[k], &rate);
    }
    return st;
}

static void put_behaviour(facts *f, const arci_behaviour *b, int thin)
{
    arci_num n;
    put_int(f, "payments", 1, b->n);
    put_num(f, "adbt", !thin && arci_adbt_weighted(b, &n), &n);
    put_num(f, "adbt_signed", !thin && arci_adbt_signed(b, &n), &n);
    put_num(f, "adbt_with_open", !thin && arci_adbt_with_open(b, &n), &n);
    put_num(f, "payment_index", !thin && arci_payment_index(b, &n), &n);
    put_num(f, "late_share", !thin && arci_share_late(b, &n), &n);
    n = arci_num_of(0, 0);
    put_num(f, "overdue_share", b->n_deals > 0 && (b->n_debit == 0 || arci_share_overdue(b, &n)), &n);
    put_int(f, "overdue_count", b->n_deals > 0, b->n_overdue);
    put_amount(f, "overdue", 1, &b->overdue);
    put_int(f, "worst_overdue", b->n_deals > 0, b->worst);
}

static void put_deals(facts *f, arci_score_subject *x, const arci_behaviour *b)
{
    const int any = b->first_deal != ARC_DATE_NONE;
    const int64_t tenure = any ? f->as_of - b->first_deal : 0;
    arci_num n, days = arci_num_of(tenure < 30 ? 30 : tenure, 0), year = arci_num_of(b->n_deals * 365, 0), month = arci_num_of(30, 0);
    put_int(f, "deals", 1, b->n_deals);
    put_amount(f, "average_deal", arci_average_deal(b, &n), &n);
    put_int(f, "tenure_days", any, tenure);
    put_int(f, "days_since_deal", any, any ? f->as_of - b->last_deal : 0);
    put_num(f, "deals_a_year", any && arci_num_div(&n, &year, &days) == ARC_OK, &n);
    x->monthly = arci_num_of(0, 0);
    if (any && arci_num_sign(&b->deals) > 0 && arci_num_mul(&n, &b->deals, &month) == ARC_OK && arci_num_div(&n, &n, &days) == ARC_OK) x->monthly = n;
}

static void put_relation(facts *f, const arci_relation *r)
{
    const int64_t judged = r->kept + r->partly + r->broken;
    arci_num n = arci_num_of(r->kept, 0), of = arci_num_of(judged, 0);
    put_int(f, "promises", 1, r->promises);
    put_int(f, "promises_broken", judged > 0, r->broken);
    put_num(f, "promises_kept_share", judged > 0 && arci_num_div(&n, &n, &of) == ARC_OK, &n);
    put_int(f, "disputes_year", 1, r->disputes_year);
    put_int(f, "disputes_open", 1, r->disputes_open);
    put_int(f, "contacts_90_days", 1, r->recent);
    put_int(f, "last_contact_days", r->last_contact != ARC_DATE_NONE, r->last_contact != ARC_DATE_NONE ? f->as_of - r->last_contact : 0);
}

/* Fields of the book's own that stand for what comes from outside: x_external_score, x_net_worth, x_insurer_limit. */
static arc_status put_custom(facts *f, const arc_value *v)
{
    static const char *const names[][2] = { { "x_external_score", "external_score" }, { "x_net_worth", "net_worth" }, { "x_insurer_limit", "insurer_limit" } };
    arci_json *root = NULL;
    arc_status st = v->type == ARC_V_TEXT ? arci_json_parse(f->t->env, f->arena, v->u.s, v->len, &arci_json_default_limits, &root) : ARC_OK;
    for (size_t k = 0; st == ARC_OK && k < sizeof names / sizeof *names; k++) {
        const arci_json *m = root ? arci_json_get(root, names[k][0]) : NULL, *amount = m && m->type == ARCI_JSON_OBJECT ? arci_json_get(m, "amount") : NULL;
        if (amount) m = amount;
        put_name(f, names[k][1]);
        if (m && m->type == ARCI_JSON_NUMBER) arci_str_add(&f->b, m->s, m->len);
        else if (m && m->type == ARCI_JSON_STRING && m->len) arci_json_put_text(&f->b, m->s, m->len);
        else arci_str_puts(&f->b, "null");
    }
    return st;
}

static arc_status put_master(facts *f, const arc_value *v)
{
    static const char *const names[] = { "kind", "enterprise_size", "segment", "industry", "country", "status" };
    arci_num capital = arci_num_of(v[C_CAPITAL].type == ARC_V_INT ? v[C_CAPITAL].u.i : 0, 0), rate;
    char currency[4] = { 0 };
    int known = 0;
    arc_status st = ARC_OK;
    if (v[C_CAPITAL].type == ARC_V_INT && v[C_CAPITAL_CURRENCY].type == ARC_V_TEXT && v[C_CAPITAL_CURRENCY].len == 3) {
        memcpy(currency, v[C_CAPITAL_CURRENCY].u.s, 3);
        st = rate_of(f, currency, &rate, &known);
        if (st == ARC_OK && known) known = arci_num_mul(&capital, &capital, &rate) == ARC_OK;
    }
    put_bool(f, "has_tax_id", v[C_USCC].type == ARC_V_TEXT || v[C_TAX_NO].type == ARC_V_TEXT);
    put_amount(f, "registered_capital", known, &capital);
    for (int k = 0; k < 6; k++) put_text(f, names[k], &v[C_KIND + k]);
    return st == ARC_OK ? put_custom(f, &v[C_CUSTOM]) : st;
}

static arc_status put_subject(facts *f, uint32_t i, uint32_t least)
{
    arci_score_subject *x = &f->out[i];
    const arc_value *row = f->rows + (size_t)i * C_COLUMNS;
    arci_behaviour b;
    arc_status st = add_up(f, i, &b);
    if (st != ARC_OK) return st;
    x->thin = b.n < (int64_t)least;
    x->code = arci_arena_strndup(f->arena, row[C_CODE].u.s, row[C_CODE].len);
    arci_str_reset(&f->b);
    arci_str_putc(&f->b, '{');
    put_behaviour(f, &b, x->thin);
    put_deals(f, x, &b);
    put_relation(f, &f->relations[i]);
    put_bool(f, "insolvent", f->insolvent[i]);
    put_bool(f, "secured", f->secured[i]);
    st = put_master(f, row);
    arci_str_putc(&f->b, '}');
    if (st != ARC_OK) return st;
    x->json = f->b.failed ? NULL : arci_arena_strndup(f->arena, f->b.s, f->b.len);
    x->len = f->b.len;
    return x->json && x->code ? ARC_OK : arci_nomem(f->t->env);
}

/* ---- what is said of them elsewhere -------------------------------------------------------------------------------------------------------------- */

/* customer, from, to */
typedef struct marking {
    facts *f;
    uint8_t *marks;
} marking;

static arc_status take_mark(void *user, const arc_value *v)
{
    marking *m = user;
    const uint32_t at = arci_id_place(m->f->ids, m->f->n, v[0].u.i);
    if (at != UINT32_MAX && v[1].u.i <= m->f->as_of && (v[2].type != ARC_V_INT || v[2].u.i >= m->f->as_of)) m->marks[at] = 1;
    return ARC_OK;
}

static arc_status read_marks(facts *f)
{
    const arci_entity *guarantee = arci_entity_by_name("guarantee", 9);
    const arci_shape *shape;
    arci_where w;
    marking insolvent = { f, f->insolvent }, secured = { f, f->secured };
    arc_status st = arci_shape_get(f->t, &shape, "flag", "customer from_date to_date kind");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[3], ARC_OP_EQ, "insolvent", 9);
    st = arci_find_in(f->t, f->arena, shape, shape->cols[0], f->ids, f->n, &w, NULL, 0, take_mark, &insolvent);
    if (st != ARC_OK || !guarantee || (guarantee->flags & ARCI_E_RESERVED)) return st;
    st = arci_shape_get(f->t, &shape, "guarantee", "customer valid_from valid_to");
    return st == ARC_OK ? arci_find_in(f->t, f->arena, shape, shape->cols[0], f->ids, f->n, NULL, NULL, 0, take_mark, &secured) : st;
}

static arc_status read_all(facts *f, const arci_known *known)
{
    const arci_shape *shape;
    f->relations = arci_arena_alloc(f->arena, f->n * sizeof *f->relations);
    f->insolvent = arci_arena_calloc(f->arena, f->n, 1);
    f->secured = arci_arena_calloc(f->arena, f->n, 1);
    if (!f->relations || !f->insolvent || !f->secured) return arci_nomem(f->t->env);
    arc_status st = arci_shape_get(f->t, &shape, "customer", customer_fields);
    if (st == ARC_OK) st = arci_repo_get_many(f->t, shape, f->ids, f->n, f->arena, &f->rows, &f->there);
    if (st == ARC_OK) st = arci_standings_read(&f->standings, f->t, f->arena, f->ids, f->n, f->as_of, known);
    if (st == ARC_OK) st = arci_relations_read(f->t, f->arena, f->relations, f->ids, f->n, f->as_of, known);
    return st == ARC_OK ? read_marks(f) : st;
}

arc_status arci_score_facts(arci_txn *t, arci_arena *arena, arci_score_subject *out, const int64_t *ids, uint32_t n, arc_date as_of, const arci_known *known, uint32_t thin)
{
    facts f = { .t = t, .arena = arena, .out = out, .ids = ids, .n = n, .as_of = as_of, .base = t->book->base_currency };
    arci_rates_init(&f.rates, t, arena);
    arci_str_init(&f.b, t->env->ctx);
    arc_status st = read_all(&f, known);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        memset(&out[i], 0, sizeof out[i]);
        out[i].customer = ids[i];
        if (f.there[i]) st = put_subject(&f, i, thin);
    }
    arci_str_clear(&f.b);
    arci_standings_clear(&f.standings);
    return st;
}
