/* SPDX-License-Identifier: Apache-2.0 */
/* Counts of bins to weights of evidence, weights to points; what the points come to on the sample. */
#include <stdlib.h>
#include <string.h>

#include "credit/calibrate.h"
#include "credit/woe.h"

/* Bins in the order of their values, then groups of them that have one weight. */
typedef struct grouping {
    uint32_t order[ARCI_CAL_BINS], group[ARCI_CAL_BINS]; /* group: by bin */
    uint32_t n_ordered, n_groups;
    int64_t good[ARCI_CAL_BINS], bad[ARCI_CAL_BINS];     /* of groups */
} grouping;

static void count(arci_calibration *c)
{
    for (uint32_t i = 0; i < c->n; i++) {
        const arci_observed *o = &c->list[i];
        for (uint32_t k = 0; k < c->table->n_parts; k++) {
            arci_cal_bin *b = &c->bins[k][o->bins[k]];
            *(o->bad ? &b->bad : &b->good) += 1;
        }
    }
}

static int in_order(const arci_json *node, int *up)
{
    const arci_json *m = arci_json_get(node, "monotone");
    *up = m && m->type == ARCI_JSON_STRING && strcmp(m->s, "increasing") == 0;
    return m != NULL;
}

static void sort_bins(const arci_score_part *p, grouping *g)
{
    g->n_ordered = 0;
    for (uint32_t b = 0; b < p->n_bins; b++) {
        const arci_cell *x = &p->bins[b].cell;
        uint32_t at = g->n_ordered;
        if (!x->n) continue; /* what is missing, or whatever is left */
        while (at && p->bins[g->order[at - 1]].cell.ranges[0].lo > x->ranges[0].lo) at--;
        memmove(&g->order[at + 1], &g->order[at], (g->n_ordered++ - at) * sizeof *g->order);
        g->order[at] = b;
    }
}

/* Neighbours whose odds go the wrong way, or of which one is empty, become one, until none is left. */
static void pool(const arci_calibration *c, uint32_t part, grouping *g, int up)
{
    uint32_t first[ARCI_CAL_BINS], n = g->n_ordered; /* groups are stretches of the order: first[i] begins group i */
    for (uint32_t i = 0; i < n; i++) {
        first[i] = i;
        g->good[i] = c->bins[part][g->order[i]].good;
        g->bad[i] = c->bins[part][g->order[i]].bad;
    }
    for (uint32_t i = 0; i + 1 < n;) {
        /* by the odds that weights come of: with a half where there are none */
        const int none = !g->good[i] || !g->bad[i], none_next = !g->good[i + 1] || !g->bad[i + 1];
        const int64_t here = (2 * g->good[i] + none) * (2 * g->bad[i + 1] + none_next), next = (2 * g->good[i + 1] + none_next) * (2 * g->bad[i] + none);
        const int empty = !(g->good[i] + g->bad[i]) || !(g->good[i + 1] + g->bad[i + 1]);
        if (!empty && (up ? here <= next : here >= next)) {
            i++;
            continue;
        }
        g->good[i] += g->good[i + 1];
        g->bad[i] += g->bad[i + 1];
        memmove(&g->good[i + 1], &g->good[i + 2], (n - i - 2) * sizeof *g->good);
        memmove(&g->bad[i + 1], &g->bad[i + 2], (n - i - 2) * sizeof *g->bad);
        memmove(&first[i + 1], &first[i + 2], (n - i - 2) * sizeof *first);
        n--;
        if (i) i--; /* it may meet the one before anew */
    }
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t end = i + 1 < n ? first[i + 1] : g->n_ordered;
        for (uint32_t k = first[i]; k < end; k++) g->group[g->order[k]] = i;
    }
    g->n_groups = n;
}

static void make_groups(const arci_calibration *c, uint32_t part, grouping *g)
{
    const arci_score_part *p = &c->table->parts[part];
    uint8_t done[ARCI_CAL_BINS] = { 0 };
    int up;
    g->n_groups = 0;
    if (in_order(p->node, &up)) {
        sort_bins(p, g);
        pool(c, part, g, up);
        for (uint32_t i = 0; i < g->n_ordered; i++) done[g->order[i]] = 1;
    }
    for (uint32_t b = 0; b < p->n_bins; b++) {
        if (done[b]) continue;
        g->good[g->n_groups] = c->bins[part][b].good;
        g->bad[g->n_groups] = c->bins[part][b].bad;
        g->group[b] = g->n_groups++;
    }
}

static int64_t rounded(int64_t value, int64_t unit) { return value < 0 ? -((-value + unit / 2) / unit) : (value + unit / 2) / unit; }

static arc_status weigh(arci_calibration *c, uint32_t part)
{
    grouping g;
    int64_t woe[ARCI_CAL_BINS], good[ARCI_CAL_BINS], bad[ARCI_CAL_BINS], found[ARCI_CAL_BINS];
    uint32_t n = 0, place[ARCI_CAL_BINS];
    make_groups(c, part, &g);
    for (uint32_t i = 0; i < g.n_groups; i++) {
        place[i] = n;
        found[i] = g.good[i] + g.bad[i];
        if (!found[i]) continue; /* nobody was there: no evidence either way */
        good[n] = g.good[i];
        bad[n++] = g.bad[i];
    }
    arc_status st = arc_score_woe(woe, &c->iv[part], good, bad, n);
    if (st != ARC_OK) return arci_fail(c->t->env, st, "the counts of a characteristic are out of range", "特征的计数超出范围");
    for (uint32_t b = 0; b < c->table->parts[part].n_bins; b++) {
        arci_cal_bin *x = &c->bins[part][b];
        x->woe = found[g.group[b]] ? woe[place[g.group[b]]] : 0;
        x->points = rounded(c->factor * (x->woe / 1000), ARCI_MILLION * 1000); /* factor below 2^31, woe below 2^26 */
    }
    return ARC_OK;
}

arc_status arci_calibrate_fit(arci_calibration *c)
{
    const uint32_t n = c->table->n_parts;
    if (c->n_good < 10 || c->n_bad < 10) {
        return arci_fail(c->t->env, ARC_E_STATE, "%lld good and %lld bad outcomes are too few: 10 of each at least", "好样本 %lld 个、坏样本 %lld 个，数量不足：至少各 10 个", (long long)c->n_good, (long long)c->n_bad);
    }
    for (uint32_t k = 0; k < n; k++) {
        if (c->table->parts[k].n_bins > ARCI_CAL_BINS) return arci_fail(c->t->env, ARC_E_LIMIT, "a characteristic has more than %u bins", "特征的区间多于 %u 个", ARCI_CAL_BINS);
        c->bins[k] = arci_arena_calloc(&c->arena, c->table->parts[k].n_bins, sizeof *c->bins[k]);
        if (!c->bins[k]) return arci_nomem(c->t->env);
    }
    count(c);
    arc_status st = arc_score_scaling(&c->factor, &c->offset, (int32_t)c->pdo, (int32_t)c->score, (int32_t)c->odds);
    if (st != ARC_OK) return arci_fail(c->t->env, st, "pdo, score or odds are out of range", "pdo、score 或 odds 超出范围");
    const int64_t prior = arci_millionths(arci_ln_ratio(c->n_good, c->n_bad));
    c->initial = rounded(c->offset + c->factor / 1000 * prior / 1000, ARCI_MILLION);
    for (uint32_t k = 0; k < n && st == ARC_OK; k++) st = weigh(c, k);
    for (uint32_t i = 0; i < c->n && st == ARC_OK; i++) {
        c->list[i].points = c->initial;
        for (uint32_t k = 0; k < n; k++) c->list[i].points += c->bins[k][c->list[i].bins[k]].points;
    }
    return st;
}
