/* SPDX-License-Identifier: Apache-2.0 */
/* What a card says of a subject: points, band behind hysteresis, limit and terms, and why. */
#include <string.h>

#include "arcore/date.h"
#include "base/json_out.h"
#include "base/json_text.h"
#include "credit/score_card.h"
#include "value/money.h"

/* ---- points and bands ------------------------------------------------------------------------------------------------------------------ */

static arc_status total_of(arci_env *env, const char *json, arci_num *out)
{
    static const char head[] = "{\"score\":\"";
    arc_decimal d;
    const char *s = json + sizeof head - 1;
    arc_status st = strncmp(json, head, sizeof head - 1) == 0 ? arc_decimal_parse(&d, s, strcspn(s, "\"")) : ARC_E_INTERNAL;
    if (st != ARC_OK) return arci_fail(env, ARC_E_OVERFLOW, "the score is too large", "评分超出范围");
    *out = arci_num_of(d.mantissa, d.scale);
    return ARC_OK;
}

static uint32_t band_by(const arci_card *c, const arci_num *points)
{
    for (uint32_t i = 0; i < c->n_bands; i++) {
        int order = 0;
        if (!c->bands[i].has_from || (arci_num_cmp(&order, points, &c->bands[i].from) == ARC_OK && order >= 0)) return i;
    }
    return c->n_bands - 1;
}

static uint32_t place_of(const arci_card *c, int32_t code)
{
    for (uint32_t i = 0; i < c->n_bands; i++) if (c->bands[i].code >= code) return i; /* one the card does not have any more: the next worse */
    return c->n_bands - 1;
}

/* Far enough beyond the bound between the band that stood and the one the points are in? */
static int beyond(const arci_card *c, const arci_num *points, uint32_t was, uint32_t raw)
{
    arci_num bound = raw < was ? c->bands[was - 1].from : c->bands[was].from;
    int order = 0;
    if (raw < was) {
        if (arci_num_add(&bound, &bound, &c->margin) != ARC_OK || arci_num_cmp(&order, points, &bound) != ARC_OK) return 1;
        return order >= 0;
    }
    if (arci_num_sub(&bound, &bound, &c->margin) != ARC_OK || arci_num_cmp(&order, points, &bound) != ARC_OK) return 1;
    return order < 0;
}

static void settle_band(const arci_card *c, const arci_score_before *before, arci_scored *out)
{
    out->raw = band_by(c, &out->exact);
    if (out->thin && out->raw < c->thin_best) out->raw = c->thin_best;
    if (out->at_once) out->raw = c->n_bands - 1;
    out->band = out->raw;
    out->reviews = 0;
    if (before->band < 0) return;
    const uint32_t was = place_of(c, before->band);
    out->changed = was != out->raw;
    if (was == out->raw || out->at_once || beyond(c, &out->exact, was, out->raw)) return;
    if (c->reviews && before->reviews + 1 >= c->reviews) return;
    out->band = was;
    out->reviews = before->reviews + 1;
    out->changed = 0;
}

/* ---- the limit --------------------------------------------------------------------------------------------------------------------------- */

/* A fact that is an amount in major units, in minor ones of the card; only in the book's currency. */
static int amount_fact(arci_env *env, arci_arena *arena, const arci_card *c, const arci_score_subject *x, const char *name, arci_num *out)
{
    arci_json *root;
    arc_money money;
    if (arci_json_parse(env, arena, x->json, x->len, &arci_json_default_limits, &root) != ARC_OK) return 0;
    const arci_json *m = arci_json_get(root, name);
    if (!m || (m->type != ARCI_JSON_STRING && m->type != ARCI_JSON_NUMBER) || arc_money_parse(&money, m->s, m->len, c->currency, NULL) != ARC_OK) {
        arci_error_clear(env->err);
        return 0;
    }
    *out = arci_num_of(money.minor, 0);
    return 1;
}

static void at_most(arci_scored *out, const arci_num *n, const char *why)
{
    int64_t minor;
    if (arci_num_round(n, 0, &minor) || minor > out->limit) return;
    out->limit = minor < 0 ? 0 : minor;
    out->why_limit = why;
}

/* min(what the band allows, times the purchases of a term, a share of the net worth, what an insurer covers) times the band's factor. */
static void propose_limit(arci_env *env, arci_arena *arena, const arci_card *c, const arci_score_subject *x, arci_scored *out)
{
    const arci_band *b = &c->bands[out->stands];
    const arci_num month = arci_num_of(30, 0), days = arci_num_of(b->days, 0);
    arci_num n;
    int64_t purchases;
    out->limit = b->has_limit ? b->limit : ARC_MONEY_MAX;
    out->why_limit = "band";
    if (arci_num_sign(&c->purchases) > 0 && b->days && arci_num_sign(&x->monthly) > 0 && arci_num_mul(&n, &x->monthly, &c->purchases) == ARC_OK &&
        !arci_num_round(&n, 2, &purchases)) { /* a quotient has more decimals than its product could */
        n = arci_num_of(purchases, 2);
        if (arci_num_mul(&n, &n, &days) == ARC_OK && arci_num_div(&n, &n, &month) == ARC_OK && arci_num_mul(&n, &n, &b->factor) == ARC_OK) at_most(out, &n, "purchases");
    }
    if (arci_num_sign(&c->worth) > 0 && amount_fact(env, arena, c, x, "net_worth", &n) && arci_num_mul(&n, &n, &c->worth) == ARC_OK && arci_num_mul(&n, &n, &b->factor) == ARC_OK) {
        at_most(out, &n, "net_worth");
    }
    if (amount_fact(env, arena, c, x, "insurer_limit", &n) && arci_num_mul(&n, &n, &b->factor) == ARC_OK) at_most(out, &n, "insurer");
}

/* ---- why ------------------------------------------------------------------------------------------------------------------------------------ */

static void put_text(arci_str *b, const char *name, const char *s)
{
    arci_str_puts(b, ",\"");
    arci_str_puts(b, name);
    arci_str_puts(b, "\":");
    if (s) arci_json_put_text(b, s, strlen(s));
    else arci_str_puts(b, "null");
}

static void put_proposal(arci_str *b, const arci_card *c, const arci_scored *out)
{
    char text[ARCI_SAID];
    const arci_band *band = &c->bands[out->stands];
    arci_str_puts(b, ",\"proposal\":{\"days\":");
    arci_str_int(b, band->days);
    put_text(b, "term", band->term);
    if (band->has_limit || strcmp(out->why_limit, "band") != 0) {
        put_text(b, "limit", arci_amount_text(text, out->limit, c->currency));
        put_text(b, "currency", c->currency);
        put_text(b, "limited_by", out->why_limit);
    }
    arci_str_putc(b, '}');
}

static arc_status explain(arci_env *env, arci_arena *arena, const arci_card *c, const arci_score_subject *x, const arci_score_before *before, arc_date as_of, arci_scored *out, arci_str *b)
{
    char day[16];
    size_t n = sizeof day;
    arc_status st = arc_date_print(day, &n, as_of);
    if (st != ARC_OK) return st;
    b->len--; /* goes on behind what the card said */
    put_text(b, "scorecard", c->code);
    put_text(b, "as_of", day);
    put_text(b, "band", arci_band_codes[c->bands[out->band].code]);
    put_text(b, "band_by_points", arci_band_codes[c->bands[out->raw].code]);
    put_text(b, "band_before", before->band < 0 ? NULL : arci_band_codes[before->band]);
    put_text(b, "override", out->overridden ? arci_band_codes[before->override_band] : NULL);
    arci_str_puts(b, ",\"reviews\":");
    arci_str_int(b, out->reviews);
    arci_str_puts(b, out->thin ? ",\"thin_file\":true" : ",\"thin_file\":false");
    arci_str_puts(b, out->at_once ? ",\"immediate\":true" : ",\"immediate\":false");
    put_proposal(b, c, out);
    arci_str_puts(b, ",\"facts\":");
    arci_str_add(b, x->json, x->len);
    arci_str_putc(b, '}');
    out->json = b->failed ? NULL : arci_arena_strndup(arena, b->s, b->len);
    return out->json ? ARC_OK : arci_nomem(env);
}

arc_status arci_card_score(arci_env *env, arci_arena *arena, const arci_card *c, const arci_score_subject *x, const arci_score_before *before, arc_date as_of, arci_scored *out)
{
    arci_str b;
    int holds = 0;
    memset(out, 0, sizeof *out);
    out->thin = x->thin;
    arci_str_init(&b, env->ctx);
    arc_status st = arci_table_decide_json(env, c->table, arena, x->json, x->len, 0, &b);
    if (st == ARC_OK) st = total_of(env, b.s, &out->exact);
    if (st == ARC_OK && c->immediate) st = arci_fact_holds(env, c->immediate, arena, x->json, x->len, &holds);
    if (st == ARC_OK) {
        out->at_once = (uint8_t)holds;
        settle_band(c, before, out);
        out->overridden = before->override_band >= 0;
        out->stands = out->overridden ? place_of(c, before->override_band) : out->band;
        propose_limit(env, arena, c, x, out);
        if (arci_num_round(&out->exact, 2, &out->points)) st = arci_fail(env, ARC_E_OVERFLOW, "the score is too large", "评分超出范围");
    }
    if (st == ARC_OK) st = explain(env, arena, c, x, before, as_of, out, &b);
    arci_str_clear(&b);
    return st;
}
