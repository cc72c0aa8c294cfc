/* SPDX-License-Identifier: Apache-2.0 */
/* Isotonic calibration by pooling neighbours that fall (pool adjacent violators), in whole numbers. */
#include "cash/calibrate.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_text.h"

enum { MILLION = 1000000, SHRINK = 20 };

static int by_tier_raw(const void *x, const void *y)
{
    const arci_cal_case *a = x, *b = y;
    if (a->tier != b->tier) return a->tier < b->tier ? -1 : 1;
    if (a->raw_ppm != b->raw_ppm) return a->raw_ppm < b->raw_ppm ? -1 : 1;
    return (int)a->right - (int)b->right;
}

/* Bins of about as many cases each; equal looks stay together. */
static uint32_t fill(arci_cal_bin *bins, const arci_cal_case *cases, uint32_t n)
{
    uint32_t k = 0, each = n / ARCI_CAL_BINS + 1;
    for (uint32_t i = 0; i < n;) {
        arci_cal_bin *b = &bins[k];
        uint32_t end = i + each < n ? i + each : n;
        while (end < n && cases[end].raw_ppm == cases[end - 1].raw_ppm) end++;
        if (k == ARCI_CAL_BINS - 1) end = n;
        *b = (arci_cal_bin){ .from_ppm = cases[i].raw_ppm, .to_ppm = cases[end - 1].raw_ppm, .n = end - i };
        for (; i < end; i++) b->right += cases[i].right;
        k++;
    }
    return k;
}

static uint32_t pool(arci_cal_bin *bins, uint32_t n)
{
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++) {
        bins[k] = bins[i];
        while (k && bins[k - 1].right * bins[k].n > bins[k].right * bins[k - 1].n) {
            bins[k - 1].right += bins[k].right;
            bins[k - 1].n += bins[k].n;
            bins[k - 1].to_ppm = bins[k].to_ppm;
            k--;
        }
        k++;
    }
    for (uint32_t i = 0; i < k; i++) bins[i].ppm = (int32_t)((bins[i].right * MILLION + bins[i].n / 2) / bins[i].n);
    return k;
}

void arci_calibrate(arci_calibration *c, arci_cal_case *cases, uint32_t n)
{
    memset(c, 0, sizeof *c);
    c->cases = n;
    if (!n) return;
    qsort(cases, n, sizeof *cases, by_tier_raw);
    for (uint32_t i = 0, end; i < n; i = end) {
        const uint8_t tier = cases[i].tier;
        for (end = i; end < n && cases[end].tier == tier; end++) {
        }
        if (tier < ARCI_CAL_TIERS) c->n[tier] = pool(c->bins[tier], fill(c->bins[tier], cases + i, end - i));
    }
    int64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        int64_t off = (cases[i].right ? MILLION : 0) - arci_calibrated(c, cases[i].tier, cases[i].raw_ppm);
        sum += off * off / MILLION;
    }
    c->brier_ppm = sum / n;
}

static int32_t shrunk(const arci_cal_bin *b, int32_t raw) { return (int32_t)((b->right * MILLION + (int64_t)SHRINK * raw) / (b->n + SHRINK)); }

/* Never less than what is said of what looked worse. */
int32_t arci_calibrated(const arci_calibration *c, int tier, int32_t raw)
{
    int32_t most = 0;
    if (c->cases < ARCI_CAL_ENOUGH || tier >= ARCI_CAL_TIERS || !c->n[tier]) return raw;
    for (uint32_t i = 0; i < c->n[tier]; i++) {
        const arci_cal_bin *b = &c->bins[tier][i];
        const int last = i + 1 == c->n[tier] || raw < c->bins[tier][i + 1].from_ppm;
        const int32_t said = shrunk(b, last || raw < b->to_ppm ? raw : b->to_ppm);
        if (said > most) most = said;
        if (last) break;
    }
    return most;
}

/* ---- JSON ---------------------------------------------------------------------------------------------------------------------------- */

void arci_calibration_put(const arci_calibration *c, arci_str *b)
{
    arci_str_putc(b, '{');
    arci_json_put_int(b, "cases", c->cases);
    arci_json_put_int(b, "brier_ppm", c->brier_ppm);
    arci_json_put_key(b, "bins");
    arci_str_putc(b, '[');
    for (int t = 0, any = 0; t < ARCI_CAL_TIERS; t++) {
        for (uint32_t i = 0; i < c->n[t]; i++) {
            const arci_cal_bin *k = &c->bins[t][i];
            arci_str_puts(b, any++ ? ",{" : "{");
            arci_json_put_int(b, "tier", t);
            arci_json_put_int(b, "from", k->from_ppm);
            arci_json_put_int(b, "to", k->to_ppm);
            arci_json_put_int(b, "n", k->n);
            arci_json_put_int(b, "right", k->right);
            arci_str_putc(b, '}');
        }
    }
    arci_str_puts(b, "]}");
}

static int64_t number(arci_env *env, const arci_json *o, const char *key, int64_t most)
{
    const arci_json *m = arci_json_get(o, key);
    int64_t v = -1;
    return m && arci_json_int(env, m, &v) == ARC_OK && v >= 0 && v <= most ? v : -1;
}

static arc_status broken(arci_env *env) { return arci_fail(env, ARC_E_CORRUPT, "what was learned cannot be read", "无法读取学习结果"); }

static arc_status read_bins(arci_env *env, arci_calibration *c, const arci_json *o)
{
    const arci_json *bins = arci_json_get(o, "bins");
    c->cases = number(env, o, "cases", INT32_MAX);
    if (!bins || bins->type != ARCI_JSON_ARRAY || c->cases < 0) return broken(env);
    for (const arci_json *e = bins->child; e; e = e->next) {
        int64_t tier = number(env, e, "tier", ARCI_CAL_TIERS - 1), n = number(env, e, "n", INT32_MAX), right = number(env, e, "right", INT32_MAX);
        int64_t from = number(env, e, "from", MILLION), to = number(env, e, "to", MILLION);
        if (tier < 0 || n <= 0 || right < 0 || right > n || from < 0 || to < from || c->n[tier] == ARCI_CAL_BINS) return broken(env);
        c->bins[tier][c->n[tier]++] = (arci_cal_bin){ (int32_t)from, (int32_t)to, n, right, (int32_t)((right * MILLION + n / 2) / n) };
    }
    return ARC_OK;
}

arc_status arci_learned_read(arci_env *env, arci_arena *arena, arci_learned *out, const char *json, size_t len)
{
    arci_json *root;
    arci_str text;
    memset(out, 0, sizeof *out);
    arc_status st = arci_json_parse(env, arena, json, len, &arci_json_definition_limits, &root);
    if (st != ARC_OK) return st;
    const arci_json *calibration = arci_json_get(root, "calibration"), *habit = arci_json_get(root, "habit");
    st = calibration ? read_bins(env, &out->calibration, calibration) : broken(env);
    if (st != ARC_OK || !habit) return st;
    arci_str_init(&text, env->ctx);
    arci_json_put_node(&text, habit);
    st = text.failed ? arci_nomem(env) : arc_habit_new(env->ctx, &out->habit, text.s, text.len);
    if (st != ARC_OK && st != ARC_E_NOMEM) st = broken(env);
    arci_str_clear(&text);
    return st;
}

void arci_learned_clear(arci_learned *m)
{
    arc_habit_free(m->habit);
    m->habit = NULL;
}
