/* SPDX-License-Identifier: Apache-2.0 */
/* Scorecards: characteristics, each with bins that share out its values, and what a value scores. */
#include <string.h>

#include "base/json_text.h"
#include "rules/table.h"
#include "store/cond.h"

#define MAX_BINS 1000u

static arc_status take_number(arci_table_reader *r, const arci_json *m, arci_num *out)
{
    arc_decimal d;
    arc_status st = m->type == ARCI_JSON_STRING || m->type == ARCI_JSON_NUMBER ? arc_decimal_parse(&d, m->s, m->len) : ARC_E_SYNTAX;
    if (st != ARC_OK || d.scale > 6) return arci_table_wrong(r, m, st == ARC_OK ? ARC_E_PRECISION : ARC_E_VALUE, "is a number of at most 6 decimals", "须为至多 6 位小数的数值");
    *out = arci_num_of(d.mantissa, d.scale);
    return ARC_OK;
}

static int text_of(const arci_json *object, const char *key, const char **out)
{
    const arci_json *m = arci_json_get(object, key);
    if (m && m->type == ARCI_JSON_STRING) *out = m->s;
    return !m || m->type == ARCI_JSON_STRING;
}

static arc_status check_keys(arci_table_reader *r, const arci_json *node, const char *const *keys)
{
    arc_status st = ARC_OK;
    for (const arci_json *m = node->child; m && st == ARC_OK; m = m->next) {
        size_t i = 0;
        while (keys[i] && strcmp(keys[i], m->key) != 0) i++;
        if (!keys[i] && m->key[0] != '_') st = arci_table_wrong(r, m, ARC_E_NOT_FOUND, "no such member", "没有该成员");
    }
    return st;
}

static arc_status take_bin(arci_table_reader *r, const arci_table_input *in, const arci_json *node, const arci_score_part *part, arci_score_bin *bin)
{
    static const char *const keys[] = { "test", "partialScore", "reasonCode", "label", "label_zh", NULL };
    const arci_json *score = arci_json_get(node, "partialScore"), *test = arci_json_get(node, "test");
    bin->node = node;
    if (node->type != ARCI_JSON_OBJECT || !score || !test) return arci_table_wrong(r, node, ARC_E_REQUIRED, "needs a test and a partialScore", "须有 test 与 partialScore");
    arc_status st = check_keys(r, node, keys);
    if (st == ARC_OK) st = take_number(r, score, &bin->points);
    if (st == ARC_OK && arci_num_mul(&bin->points, &bin->points, &part->weight) != ARC_OK) st = arci_table_wrong(r, score, ARC_E_OVERFLOW, "too large with its weight", "乘以权重后过大");
    bin->reason = part->reason;
    if (st == ARC_OK && !text_of(node, "reasonCode", &bin->reason)) st = arci_table_wrong(r, node, ARC_E_VALUE, "a reason code is a text", "reasonCode 须为文本");
    return st == ARC_OK ? arci_table_take_cell(r, in, test, &bin->cell) : st;
}

/* ---- what the bins share out ---------------------------------------------------------------------------------------------------------- */

static int word_in(const arci_cell *c, const arci_word *w)
{
    const arc_value v = arci_v_text(w->s, w->len);
    return arci_cell_holds(c, &v);
}

/* A value both hold; conditions never come here. */
static int meet(const arci_cell *a, const arci_cell *b)
{
    if ((a->any || a->null) && (b->any || b->null)) return 1;
    if (a->any || b->any) return (a->any && (b->any || b->n || b->negated)) || (b->any && (a->n || a->negated));
    if (a->text && a->negated && b->negated) return 1;
    if (a->text) {
        const arci_cell *list = a->negated ? b : a, *other = a->negated ? a : b;
        for (uint32_t i = 0; i < list->n; i++) {
            if (word_in(other, &list->words[i])) return 1;
        }
        return 0;
    }
    for (uint32_t i = 0, k = 0; i < a->n && k < b->n;) {
        if (a->ranges[i].hi < b->ranges[k].lo) i++;
        else if (b->ranges[k].hi < a->ranges[i].lo) k++;
        else return 1;
    }
    return 0;
}

/* The lowest value of the domain that no bin holds; 0: there is none. */
static int gap(const arci_score_part *p, const arci_table_input *in, int64_t *at)
{
    int64_t v = in->domain.lo;
    for (;;) {
        const arci_range *over = NULL;
        for (uint32_t b = 0; b < p->n_bins; b++) {
            const arci_cell *c = &p->bins[b].cell;
            if (c->any) return 0;
            for (uint32_t i = 0; i < c->n; i++) {
                if (c->ranges[i].lo <= v && v <= c->ranges[i].hi) over = &c->ranges[i];
            }
        }
        if (!over) break;
        if (over->hi >= in->domain.hi) return 0;
        v = over->hi + 1;
    }
    *at = v;
    return 1;
}

static int texts_open(const arci_score_part *p)
{
    for (uint32_t b = 0; b < p->n_bins; b++) {
        if (p->bins[b].cell.any || p->bins[b].cell.negated) return 0; /* what is excluded must be in another: gap_words() */
    }
    return 1;
}

static int gap_words(const arci_score_part *p, const arci_word **at)
{
    for (uint32_t b = 0; b < p->n_bins; b++) {
        const arci_cell *c = &p->bins[b].cell;
        for (uint32_t i = 0; c->text && c->negated && i < c->n; i++) {
            int in = 0;
            for (uint32_t k = 0; k < p->n_bins && !in; k++) in = word_in(&p->bins[k].cell, &c->words[i]);
            *at = &c->words[i];
            if (!in) return 1;
        }
    }
    return 0;
}

static arc_status check_gaps(arci_table_reader *r, const arci_table_input *in, const arci_score_part *p)
{
    const arci_word *w = NULL;
    arci_str text;
    arc_value v;
    int open = 0, has_null = !(in->fact->flags & ARCI_FACT_NULLABLE);
    for (uint32_t b = 0; b < p->n_bins; b++) has_null |= p->bins[b].cell.null || p->bins[b].cell.any;
    if (!has_null) {
        arc_status st = arci_table_wrong(r, p->node, ARC_E_REQUIRED, "the value may be missing: a bin must say null", "该值可能缺失：须有 null 的区间");
        if (st != ARC_OK) return st;
    }
    if (in->fact->type == ARCI_FACT_TEXT && !gap_words(p, &w)) return texts_open(p) ? arci_table_wrong(r, p->node, ARC_E_RULE, "other texts are in no bin: one must say not(...)", "其他文本不在任何区间：须有 not(...)") : ARC_OK;
    if (w) v = arci_v_text(w->s, w->len);
    else v = arci_v_int(0);
    if (in->fact->type != ARCI_FACT_TEXT) open = gap(p, in, &v.u.i);
    if (!w && !open) return ARC_OK;
    arci_str_init(&text, r->env->ctx);
    arci_fact_text(&text, in->fact, &v, NULL);
    arc_status st = text.failed ? arci_nomem(r->env)
                                : arci_table_note(r, arci_json_fail(r->env, p->node, ARC_E_RULE, "%.60s is in no bin", "%.60s 不在任何区间", text.s));
    arci_str_clear(&text);
    return st;
}

/* Points that follow the value: each stretch of values has as many as the one below, or more (less, where they decrease). What is missing stands apart. */
static arc_status check_monotone(arci_table_reader *r, const arci_score_part *p)
{
    const arci_json *m = arci_json_get(p->node, "monotone");
    if (!m) return ARC_OK;
    const int up = m->type == ARCI_JSON_STRING && strcmp(m->s, "increasing") == 0;
    if (!up && (m->type != ARCI_JSON_STRING || strcmp(m->s, "decreasing") != 0)) return arci_table_wrong(r, m, ARC_E_VALUE, "is increasing or decreasing", "须为 increasing 或 decreasing");
    for (uint32_t a = 0; a < p->n_bins; a++) {
        const arci_cell *x = &p->bins[a].cell;
        if (x->text || x->condition) return arci_table_wrong(r, m, ARC_E_RULE, "only numbers and dates have an order", "只有数值和日期有次序");
        for (uint32_t b = 0; b < p->n_bins; b++) {
            const arci_cell *y = &p->bins[b].cell;
            int order = 0;
            if (!x->n || !y->n || x->ranges[0].lo >= y->ranges[y->n - 1].lo) continue; /* some of x is below some of y */
            (void)arci_num_cmp(&order, &p->bins[a].points, &p->bins[b].points);
            if (up ? order <= 0 : order >= 0) continue;
            arc_status st = arci_table_note(r, arci_json_fail(r->env, p->bins[b].node, ARC_E_RULE, "bins %u and %u are not in order: points are to be %.12s", "第 %u 与第 %u 个区间的得分不符合单调要求（%.12s）", a + 1, b + 1, m->s));
            if (st != ARC_OK) return st;
        }
    }
    return ARC_OK;
}

static arc_status check_bins(arci_table_reader *r, const arci_table_input *in, const arci_score_part *p)
{
    for (uint32_t b = 1; b < p->n_bins; b++) {
        for (uint32_t a = 0; a < b; a++) {
            if (!meet(&p->bins[a].cell, &p->bins[b].cell)) continue;
            arc_status st = arci_table_note(r, arci_json_fail(r->env, p->bins[b].node, ARC_E_RULE, "bins %u and %u hold the same value", "第 %u 与第 %u 个区间重叠", a + 1, b + 1));
            if (st != ARC_OK) return st;
        }
    }
    const arc_status st = check_monotone(r, p);
    return st == ARC_OK ? check_gaps(r, in, p) : st;
}

/* ---- the document ------------------------------------------------------------------------------------------------------------------------ */

static arc_status take_part(arci_table_reader *r, const arci_json *node, arci_table_input *in, arci_score_part *p)
{
    static const char *const keys[] = { "name", "field", "type", "scale", "values", "nullable", "min", "max", "currency", "baselineScore", "weight", "reasonCode", "attributes", "description", "monotone", "category", "label", "label_zh", NULL };
    const arci_json *bins = arci_json_get(node, "attributes"), *m;
    uint32_t before = r->sink ? r->sink->n : 0;
    p->node = in->node = node;
    p->name = p->reason = in->id = "";
    p->weight = arci_num_of(1, 0);
    p->baseline = arci_num_of(0, 0);
    if (node->type != ARCI_JSON_OBJECT || !bins || bins->type != ARCI_JSON_ARRAY || !bins->n || bins->n > MAX_BINS) return arci_table_wrong(r, bins ? bins : node, ARC_E_REQUIRED, "needs attributes, 1 to 1,000 bins", "须有 attributes，1 至 1,000 个区间");
    arc_status st = check_keys(r, node, keys);
    if (st == ARC_OK && (!text_of(node, "name", &p->name) || !text_of(node, "reasonCode", &p->reason) || !*p->name)) st = arci_table_wrong(r, node, ARC_E_REQUIRED, "needs a name", "须有 name");
    if (st == ARC_OK && (m = arci_json_get(node, "weight")) != NULL) st = take_number(r, m, &p->weight);
    if (st == ARC_OK && (m = arci_json_get(node, "baselineScore")) != NULL) st = take_number(r, m, &p->baseline);
    if (st == ARC_OK && arci_num_mul(&p->baseline, &p->baseline, &p->weight) != ARC_OK) st = arci_table_wrong(r, node, ARC_E_OVERFLOW, "too large with its weight", "乘以权重后过大");
    if (st == ARC_OK) st = arci_table_take_fact(r, node, in);
    if (st != ARC_OK || !in->fact) return st;
    p->bins = arci_arena_calloc(&r->t->arena, bins->n, sizeof *p->bins);
    if (!p->bins) return arci_nomem(r->env);
    for (m = bins->child; m && st == ARC_OK; m = m->next) st = take_bin(r, in, m, p, &p->bins[p->n_bins++]);
    if (st != ARC_OK || (r->sink && r->sink->n > before)) return st;
    return check_bins(r, in, p);
}

arc_status arci_scorecard_read(arci_table_reader *r)
{
    arci_decision *t = r->t;
    const arci_json *list = arci_json_get(t->root, "characteristics"), *m;
    int64_t top = 4;
    arc_status st = ARC_OK;
    t->initial = arci_num_of(0, 0);
    if (!list || list->type != ARCI_JSON_ARRAY || !list->n || list->n > ARCI_TABLE_COLUMNS) return arci_table_wrong(r, list ? list : t->root, ARC_E_REQUIRED, "needs characteristics, 1 to 64", "须有 characteristics，1 至 64 个");
    if ((m = arci_json_get(t->root, "initialScore")) != NULL) st = take_number(r, m, &t->initial);
    m = arci_json_get(t->root, "reasonCodeAlgorithm");
    t->above = m && m->type == ARCI_JSON_STRING && strcmp(m->s, "pointsAbove") == 0;
    if (st == ARC_OK && m && !t->above && (m->type != ARCI_JSON_STRING || strcmp(m->s, "pointsBelow") != 0)) st = arci_table_wrong(r, m, ARC_E_VALUE, "is pointsAbove or pointsBelow", "须为 pointsAbove 或 pointsBelow");
    m = arci_json_get(t->root, "topReasons");
    if (st == ARC_OK && m && (arci_json_int(r->env, m, &top) != ARC_OK || top < 0 || top > 64)) st = arci_table_wrong(r, m, ARC_E_RANGE, "is 0 to 64", "须为 0 至 64");
    t->top = (uint32_t)top;
    t->inputs = arci_arena_calloc(&t->arena, list->n, sizeof *t->inputs);
    t->parts = arci_arena_calloc(&t->arena, list->n, sizeof *t->parts);
    if (!t->inputs || !t->parts) return arci_nomem(r->env);
    for (m = list->child; m && st == ARC_OK; m = m->next) {
        st = take_part(r, m, &t->inputs[t->n_inputs++], &t->parts[t->n_parts]);
        t->n_parts++;
    }
    return st;
}

/* ---- scoring --------------------------------------------------------------------------------------------------------------------------------- */

typedef struct score {
    const arci_score_bin *bin;
    arci_num difference; /* what the reasons are ordered by */
} score;

static void put_num(arci_str *out, const arci_num *n)
{
    char text[100];
    size_t k = arci_num_text(text, n);
    if (memchr(text, '.', k)) {
        while (text[k - 1] == '0') k--;
        if (text[k - 1] == '.') k--;
    }
    arci_str_putc(out, '"');
    arci_str_add(out, text, k);
    arci_str_putc(out, '"');
}

static void put_named(arci_str *out, const char *name, const char *s)
{
    arci_str_puts(out, name);
    arci_json_put_text(out, s, strlen(s));
}

static arc_status score_parts(arci_env *env, const arci_decision *t, const arc_value *row, score *scores, arci_num *total)
{
    *total = t->initial;
    for (uint32_t i = 0; i < t->n_parts; i++) {
        const arci_score_part *p = &t->parts[i];
        const arc_value *v = &row[t->inputs[i].fact->slot];
        for (uint32_t b = 0; b < p->n_bins && !scores[i].bin; b++) {
            if (arci_cell_holds(&p->bins[b].cell, v)) scores[i].bin = &p->bins[b];
        }
        if (!scores[i].bin) return arci_json_fail(env, p->node, ARC_E_RULE, "%.60s: the value is in no bin", "%.60s：取值不在任何区间", p->name);
        arc_status st = arci_num_add(total, total, &scores[i].bin->points);
        if (st == ARC_OK) st = t->above ? arci_num_sub(&scores[i].difference, &scores[i].bin->points, &p->baseline) : arci_num_sub(&scores[i].difference, &p->baseline, &scores[i].bin->points);
        if (st != ARC_OK) return arci_fail(env, ARC_E_OVERFLOW, "the score is too large", "评分超出范围");
    }
    return ARC_OK;
}

/* The largest differences above 0, ties in the order of the document. */
static void put_reasons(arci_str *out, const arci_decision *t, const score *scores, uint8_t *told)
{
    arci_str_puts(out, ",\"reasons\":[");
    for (uint32_t k = 0; k < t->top; k++) {
        uint32_t best = t->n_parts;
        for (uint32_t i = 0; i < t->n_parts; i++) {
            int order = 1;
            if (told[i] || arci_num_sign(&scores[i].difference) <= 0) continue;
            if (best < t->n_parts) (void)arci_num_cmp(&order, &scores[i].difference, &scores[best].difference);
            if (order > 0) best = i;
        }
        if (best == t->n_parts) break;
        told[best] = 1;
        put_named(out, k ? ",{\"reasonCode\":" : "{\"reasonCode\":", scores[best].bin->reason);
        put_named(out, ",\"characteristic\":", t->parts[best].name);
        arci_str_puts(out, ",\"difference\":");
        put_num(out, &scores[best].difference);
        arci_str_putc(out, '}');
    }
    arci_str_putc(out, ']');
}

static void put_label(arci_str *out, const arci_json *node, const char *key, const char *name)
{
    const char *label = NULL;
    if (text_of(node, key, &label) && label) put_named(out, name, label);
}

static void put_parts(arci_str *out, const arci_decision *t, const score *scores, const arc_value *row)
{
    arci_str_puts(out, ",\"characteristics\":[");
    for (uint32_t i = 0; i < t->n_parts; i++) {
        const arci_score_bin *b = scores[i].bin;
        char pointer[256];
        arci_json_pointer(b->node, pointer, sizeof pointer);
        put_named(out, i ? ",{\"name\":" : "{\"name\":", t->parts[i].name);
        put_label(out, t->parts[i].node, "label", ",\"label\":");
        put_label(out, t->parts[i].node, "label_zh", ",\"label_zh\":");
        arci_str_puts(out, ",\"value\":");
        arci_table_put_value(out, &t->inputs[i], row);
        arci_str_puts(out, ",\"test\":");
        arci_json_put_text(out, b->cell.s, b->cell.len);
        put_named(out, ",\"pointer\":", pointer);
        arci_str_puts(out, ",\"points\":");
        put_num(out, &b->points);
        arci_str_puts(out, ",\"baseline\":");
        put_num(out, &t->parts[i].baseline);
        put_named(out, ",\"reasonCode\":", b->reason);
        arci_str_putc(out, '}');
    }
    arci_str_putc(out, ']');
}

arc_status arci_scorecard_decide(arci_env *env, const arci_decision *t, const arc_value *row, arci_str *out)
{
    score scores[ARCI_TABLE_COLUMNS];
    uint8_t told[ARCI_TABLE_COLUMNS] = { 0 };
    arci_num total;
    memset(scores, 0, sizeof scores);
    arc_status st = score_parts(env, t, row, scores, &total);
    if (st != ARC_OK) return st;
    arci_str_puts(out, "{\"score\":");
    put_num(out, &total);
    if (t->definition) {
        arci_str_puts(out, ",\"definition\":");
        arci_str_int(out, t->definition);
    }
    put_reasons(out, t, scores, told);
    put_parts(out, t, scores, row);
    arci_str_putc(out, '}');
    return out->failed ? arci_nomem(env) : ARC_OK;
}
