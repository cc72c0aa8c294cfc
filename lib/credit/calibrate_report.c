/* SPDX-License-Identifier: Apache-2.0 */
/* The report of a calibration: figures, the card as it comes out, and a text to read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arcore/date.h"
#include "base/json_text.h"
#include "credit/calibrate.h"
#include "credit/woe.h"

static void put_scaled(arci_str *b, const char *key, int64_t v, int32_t scale)
{
    char text[100];
    const arci_num n = arci_num_of(v, scale);
    arci_json_put_key(b, key);
    arci_str_putc(b, '"');
    arci_str_add(b, text, arci_num_text(text, &n));
    arci_str_putc(b, '"');
}

/* part / whole with 4 decimals. */
static void put_share(arci_str *b, const char *key, int64_t part, int64_t whole)
{
    if (whole) {
        put_scaled(b, key, (part * 20000 / whole + 1) / 2, 4);
        return;
    }
    arci_json_put_key(b, key);
    arci_str_puts(b, "null");
}

static const char *strength(int64_t iv)
{
    return iv < 20000 ? "useless" : iv < 100000 ? "weak" : iv < 300000 ? "medium" : iv <= 500000 ? "strong" : "suspect";
}

/* ---- how well the points tell good from bad ------------------------------------------------------------------------------------------------ */

static int by_points(const void *x, const void *y)
{
    const arci_observed *a = x, *b = y;
    if (a->points != b->points) return a->points < b->points ? -1 : 1;
    return (a->customer > b->customer) - (a->customer < b->customer);
}

typedef struct power {
    int64_t auc, ks; /* in 10^-4 */
} power;

/* Share of pairs of a good and a bad one in which the good one has more points, equals counting half; the largest distance of the two distributions. */
static power power_of(arci_calibration *c)
{
    int64_t below_good = 0, below_bad = 0, doubled = 0, ks = 0;
    qsort(c->list, c->n, sizeof *c->list, by_points);
    for (uint32_t i = 0, end; i < c->n; i = end) {
        int64_t good = 0, bad = 0;
        for (end = i; end < c->n && c->list[end].points == c->list[i].points; end++) *(c->list[end].bad ? &bad : &good) += 1;
        doubled += good * (2 * below_bad + bad);
        below_good += good;
        below_bad += bad;
        const int64_t apart = below_bad * 10000 / c->n_bad - below_good * 10000 / c->n_good;
        if (apart > ks) ks = apart;
    }
    return (power){ doubled * 5000 / c->n_good / c->n_bad, ks };
}

/* ---- the card ------------------------------------------------------------------------------------------------------------------------------------- */

static void put_bins(arci_str *b, const arci_calibration *c, uint32_t part, int64_t *most)
{
    const arci_json *list = arci_json_get(c->table->parts[part].node, "attributes");
    uint32_t k = 0;
    *most = INT64_MIN;
    arci_str_putc(b, '[');
    for (const arci_json *bin = list->child; bin; bin = bin->next, k++) {
        arci_str_puts(b, k ? ",{" : "{");
        for (const arci_json *m = bin->child; m; m = m->next) {
            arci_json_put_key(b, m->key);
            if (strcmp(m->key, "partialScore") == 0) arci_str_int(b, c->bins[part][k].points);
            else arci_json_put_node(b, m);
        }
        arci_str_putc(b, '}');
        if (c->bins[part][k].points > *most) *most = c->bins[part][k].points;
    }
    arci_str_putc(b, ']');
}

static void put_characteristic(arci_str *b, const arci_calibration *c, uint32_t part)
{
    int64_t most = 0;
    arci_str_putc(b, '{');
    for (const arci_json *m = c->table->parts[part].node->child; m; m = m->next) {
        if (strcmp(m->key, "weight") == 0 || strcmp(m->key, "baselineScore") == 0) continue; /* points stand for themselves; a baseline of their own */
        arci_json_put_key(b, m->key);
        if (strcmp(m->key, "attributes") == 0) put_bins(b, c, part, &most);
        else arci_json_put_node(b, m);
    }
    arci_json_put_int(b, "baselineScore", most);
    arci_str_putc(b, '}');
}

static int64_t bound_of(const arci_calibration *c, uint32_t band)
{
    const int64_t ln = arci_millionths(arci_ln_ratio(c->band_odds[band], 1)), v = c->offset + c->factor / 1000 * ln / 1000;
    return v < 0 ? -((-v + 500000) / ARCI_MILLION) : (v + 500000) / ARCI_MILLION;
}

/* Bands of the card that was there, with bounds on the new scale. */
static void put_credit(arci_str *b, const arci_calibration *c, const arci_json *credit)
{
    arci_str_putc(b, '{');
    for (const arci_json *m = credit->child; m; m = m->next) {
        uint32_t i = 0;
        arci_json_put_key(b, m->key);
        if (strcmp(m->key, "bands") != 0) {
            arci_json_put_node(b, m);
            continue;
        }
        arci_str_putc(b, '[');
        for (const arci_json *band = m->child; band; band = band->next, i++) {
            arci_str_puts(b, i ? ",{" : "{");
            for (const arci_json *x = band->child; x; x = x->next) {
                arci_json_put_key(b, x->key);
                if (strcmp(x->key, "from") == 0 && i < 3) arci_str_int(b, bound_of(c, i));
                else arci_json_put_node(b, x);
            }
            arci_str_putc(b, '}');
        }
        arci_str_putc(b, ']');
    }
    arci_str_putc(b, '}');
}

static void put_document(arci_str *b, const arci_calibration *c)
{
    arci_json_put_key(b, "document");
    arci_str_putc(b, '{');
    for (const arci_json *m = c->table->root->child; m; m = m->next) {
        if (strcmp(m->key, "initialScore") == 0 || strcmp(m->key, "calibration") == 0 || strcmp(m->key, "sample") == 0) continue;
        arci_json_put_key(b, m->key);
        if (strcmp(m->key, "credit") == 0) {
            put_credit(b, c, m);
        } else if (strcmp(m->key, "characteristics") == 0) {
            arci_str_putc(b, '[');
            for (uint32_t k = 0; k < c->table->n_parts; k++) {
                if (k) arci_str_putc(b, ',');
                put_characteristic(b, c, k);
            }
            arci_str_putc(b, ']');
        } else {
            arci_json_put_node(b, m);
        }
    }
    arci_json_put_int(b, "initialScore", c->initial);
    arci_json_put_key(b, "calibration");
    arci_json_put_node(b, c->request);
    arci_str_putc(b, '}');
}

/* ---- figures ---------------------------------------------------------------------------------------------------------------------------------------- */

static void put_part(arci_str *b, const arci_calibration *c, uint32_t part)
{
    const arci_score_part *p = &c->table->parts[part];
    arci_str_putc(b, '{');
    arci_json_put_str(b, "name", p->name);
    put_scaled(b, "iv", c->iv[part], 6);
    arci_json_put_str(b, "strength", strength(c->iv[part]));
    arci_json_put_key(b, "bins");
    arci_str_putc(b, '[');
    for (uint32_t k = 0; k < p->n_bins; k++) {
        const arci_cal_bin *x = &c->bins[part][k];
        arci_str_puts(b, k ? ",{" : "{");
        arci_json_put_key(b, "test");
        arci_json_put_text(b, p->bins[k].cell.s, p->bins[k].cell.len);
        arci_json_put_int(b, "good", x->good);
        arci_json_put_int(b, "bad", x->bad);
        put_share(b, "bad_rate", x->bad, x->good + x->bad);
        put_scaled(b, "woe", x->woe, 6);
        arci_json_put_int(b, "points", x->points);
        arci_str_putc(b, '}');
    }
    arci_str_puts(b, "]}");
}

static void put_bands(arci_str *b, const arci_calibration *c)
{
    arci_json_put_key(b, "bands");
    arci_str_putc(b, '[');
    for (uint32_t k = 0; k < ARCI_BANDS; k++) {
        int64_t good = 0, bad = 0;
        for (uint32_t i = 0; i < c->n; i++) {
            uint32_t band = 0;
            while (band < 3 && c->list[i].points < bound_of(c, band)) band++;
            if (band == k) *(c->list[i].bad ? &bad : &good) += 1;
        }
        arci_str_puts(b, k ? ",{" : "{");
        arci_json_put_str(b, "band", arci_band_codes[k]);
        if (k < 3) arci_json_put_int(b, "from", bound_of(c, k));
        arci_json_put_int(b, "good", good);
        arci_json_put_int(b, "bad", bad);
        put_share(b, "bad_rate", bad, good + bad);
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
}

static void put_lines(arci_str *b, const arci_calibration *c, const power *p, int zh)
{
    char line[400];
    arci_str text;
    arci_str_init(&text, b->ctx);
    (void)snprintf(line, sizeof line, zh ? "样本 %u 个：好 %lld，坏 %lld；无结果 %lld，不计 %lld。AUC %lld.%04lld，KS %lld.%04lld。\n" : "%u observations: %lld good, %lld bad; %lld without an outcome, %lld neither. AUC %lld.%04lld, KS %lld.%04lld.\n",
                   c->n, (long long)c->n_good, (long long)c->n_bad, (long long)c->n_without, (long long)c->n_between, (long long)(p->auc / 10000), (long long)(p->auc % 10000), (long long)(p->ks / 10000), (long long)(p->ks % 10000));
    arci_str_puts(&text, line);
    for (uint32_t k = 0; k < c->table->n_parts; k++) {
        const arci_score_part *part = &c->table->parts[k];
        const arci_json *label = arci_json_get(part->node, zh ? "label_zh" : "label");
        (void)snprintf(line, sizeof line, "%.60s: IV %lld.%04lld (%s)\n", label && label->type == ARCI_JSON_STRING ? label->s : part->name, (long long)(c->iv[k] / ARCI_MILLION), (long long)(c->iv[k] % ARCI_MILLION / 100), strength(c->iv[k]));
        arci_str_puts(&text, line);
        for (uint32_t i = 0; i < part->n_bins; i++) {
            const arci_cal_bin *x = &c->bins[k][i];
            const int64_t woe = x->woe < 0 ? -x->woe : x->woe;
            (void)snprintf(line, sizeof line, "  %-14.14s %7lld %7lld  WOE %s%lld.%04lld  %+lld\n", part->bins[i].cell.s, (long long)x->good, (long long)x->bad, x->woe < 0 ? "-" : "", (long long)(woe / ARCI_MILLION), (long long)(woe % ARCI_MILLION / 100),
                           (long long)x->points);
            arci_str_puts(&text, line);
        }
    }
    arci_json_put_key(b, zh ? "text_zh" : "text");
    arci_json_put_text(b, text.failed ? "" : text.s, text.failed ? 0 : text.len);
    b->failed |= text.failed;
    arci_str_clear(&text);
}

arc_status arci_calibrate_report(arci_calibration *c, arci_str *b)
{
    const power p = power_of(c);
    arci_str_putc(b, '{');
    arci_json_put_int(b, "observations", c->n);
    arci_json_put_int(b, "good", c->n_good);
    arci_json_put_int(b, "bad", c->n_bad);
    arci_json_put_int(b, "without_outcome", c->n_without);
    arci_json_put_int(b, "neither", c->n_between);
    arci_json_put_int(b, "outcome_days", c->window);
    arci_json_put_key(b, "scaling");
    arci_str_putc(b, '{');
    arci_json_put_int(b, "pdo", c->pdo);
    arci_json_put_int(b, "score", c->score);
    arci_json_put_int(b, "odds", c->odds);
    put_scaled(b, "factor", c->factor, 6);
    put_scaled(b, "offset", c->offset, 6);
    arci_str_putc(b, '}');
    put_scaled(b, "auc", p.auc, 4);
    put_scaled(b, "gini", 2 * p.auc - 10000, 4);
    put_scaled(b, "ks", p.ks, 4);
    arci_json_put_key(b, "characteristics");
    arci_str_putc(b, '[');
    for (uint32_t k = 0; k < c->table->n_parts; k++) {
        if (k) arci_str_putc(b, ',');
        put_part(b, c, k);
    }
    arci_str_putc(b, ']');
    put_bands(b, c);
    put_document(b, c);
    put_lines(b, c, &p, 0);
    put_lines(b, c, &p, 1);
    arci_str_putc(b, '}');
    return b->failed ? arci_nomem(c->t->env) : ARC_OK;
}
