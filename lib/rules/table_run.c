/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a decision table. */
#include <string.h>

#include "base/json_text.h"
#include "rules/table.h"
#include "store/cond.h"
#include "value/currency.h"

/* ---- values from JSON ------------------------------------------------------------------------------------------------------------ */

/* A member named by the whole path, or one inside another. */
static const arci_json *find(const arci_json *from, const char *path)
{
    const arci_json *m = arci_json_get(from, path);
    while (!m && from) {
        char name[256];
        size_t n = strcspn(path, ".");
        if (!path[n] || n >= sizeof name) return NULL;
        memcpy(name, path, n);
        name[n] = 0;
        from = arci_json_get(from, name);
        path += n + 1;
        m = from ? arci_json_get(from, path) : NULL;
    }
    return m;
}

static arc_status take_money(arci_env *env, const arci_decision *t, const arci_fact *f, const arci_json **amount)
{
    const arci_json *node = *amount, *currency = arci_json_get(node, "currency");
    const char *wanted = f->fixed[0] ? f->fixed : arci_facts_get_currency(t->facts);
    *amount = arci_json_get(node, "amount");
    if (!*amount || !currency || currency->type != ARCI_JSON_STRING) return arci_json_fail(env, node, ARC_E_REQUIRED, "an amount is a text, or an object with amount and currency", "金额须为文本，或含 amount 与 currency 的对象");
    if (strcmp(currency->s, wanted) == 0) return ARC_OK;
    return arci_json_fail(env, currency, ARC_E_CURRENCY, "the currency is not %.3s, which is asked for", "币种不是所要求的 %.3s", wanted);
}

static arc_status take(arci_env *env, const arci_decision *t, arci_arena *arena, const arci_fact *f, const arci_json *node, arc_value *out)
{
    char pointer[sizeof env->err->pointer];
    const char *s;
    size_t len;
    arc_status st = ARC_OK;
    if (node->type == ARCI_JSON_OBJECT && f->type == ARCI_FACT_MONEY) st = take_money(env, t, f, &node);
    if (st != ARC_OK) return st;
    s = node->s;
    len = node->len;
    if (node->type == ARCI_JSON_TRUE || node->type == ARCI_JSON_FALSE) {
        s = node->type == ARCI_JSON_TRUE ? "true" : "false";
        len = strlen(s);
        if (f->type != ARCI_FACT_BOOL) return arci_json_fail(env, node, ARC_E_VALUE, "%.60s is no boolean", "%.60s 不是布尔值", f->path);
    } else if (node->type != ARCI_JSON_STRING && node->type != ARCI_JSON_NUMBER) {
        return arci_json_fail(env, node, ARC_E_VALUE, "%.60s is a single value", "%.60s 须为单个值", f->path);
    } else if (f->type == ARCI_FACT_BOOL) {
        return arci_json_fail(env, node, ARC_E_VALUE, "%.60s is true or false", "%.60s 须为 true 或 false", f->path);
    }
    st = arci_fact_constant(env, t->facts, f, arena, out, s, len, node->type == ARCI_JSON_NUMBER);
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    arci_json_pointer(node, pointer, sizeof pointer);
    arci_fail_pointer(env, pointer);
    return st;
}

arc_status arci_table_bounds(arci_env *env, const arci_decision *t, const arci_json *inputs, const arc_value *row)
{
    for (uint32_t i = 0; i < t->n_inputs; i++) {
        const arci_table_input *in = &t->inputs[i];
        const arc_value *v = in->fact ? &row[in->fact->slot] : NULL;
        if (!v || v->type != ARC_V_INT || (v->u.i >= in->domain.lo && v->u.i <= in->domain.hi)) continue;
        if (!inputs) return arci_fail(env, ARC_E_RANGE, "%.60s is outside of what the table is for", "%.60s 超出该表的取值范围", in->path);
        const arci_json *at = find(inputs, in->path);
        return arci_json_fail(env, at ? at : inputs, ARC_E_RANGE, "%.60s is outside of what the table is for", "%.60s 超出该表的取值范围", in->path);
    }
    return ARC_OK;
}

arc_status arci_table_row_of(arci_env *env, const arci_decision *t, arci_arena *arena, const arci_json *inputs, arc_value **row)
{
    uint32_t width = arci_facts_width(t->facts);
    arc_value *out = arci_arena_calloc(arena, width + 1u, sizeof *out);
    arc_status st = ARC_OK;
    *row = out;
    if (!out) return arci_nomem(env);
    if (inputs->type != ARCI_JSON_OBJECT) return arci_json_fail(env, inputs, ARC_E_VALUE, "the inputs are an object", "输入须为对象");
    for (uint32_t i = 0; i < width && st == ARC_OK; i++) {
        const arci_fact *f = arci_facts_slot(t->facts, i);
        const arci_json *m = find(inputs, f->path);
        out[f->slot] = arci_v_null();
        if (m && m->type == ARCI_JSON_NULL) m = NULL;
        if (f->type == ARCI_FACT_LIST || f->type == ARCI_FACT_CHOICES) st = arci_fail(env, ARC_E_UNSUPPORTED, "%.60s: lists cannot be handed in as JSON", "%.60s：不能以 JSON 传入列表", f->path);
        else if (m) st = take(env, t, arena, f, m, &out[f->slot]);
        else if (!(f->flags & ARCI_FACT_NULLABLE)) st = arci_fail(env, ARC_E_REQUIRED, "%.60s is needed and is null", "必需的 %.60s 为空", f->path);
    }
    return st == ARC_OK ? arci_table_bounds(env, t, inputs, out) : st;
}

/* ---- matching ------------------------------------------------------------------------------------------------------------------------- */

int arci_table_cell(arci_env *env, const arci_decision *t, const arci_table_input *in, const arci_cell *c, const arc_value *row, const arc_calendar *calendar)
{
    (void)t;
    if (c->any) return 1;
    if (!c->condition) return arci_cell_holds(c, &row[in->fact->slot]);
    arci_logic_run run = { .calendar = calendar };
    int result = arci_logic_test(c->condition, row, &run);
    if (result != ARCI_LOGIC_ERROR) return result == ARCI_LOGIC_TRUE;
    arci_fail(env, run.error, "a condition of the table came to an error at %.80s", "表中的条件在 %.80s 处出错", run.pointer ? run.pointer : "/");
    return -1;
}

/* An amount of another currency than the table's is never compared. */
static arc_status check_currencies(arci_env *env, const arci_decision *t, const arc_value *row)
{
    for (uint32_t i = 0; i < t->n_inputs; i++) {
        const arci_fact *f = t->inputs[i].fact;
        if (!f || f->type != ARCI_FACT_MONEY || f->currency == ARCI_NO_SLOT || row[f->slot].type != ARC_V_INT) continue;
        const char *wanted = arci_fact_in_currency(t->facts, f);
        const arc_value *c = &row[f->currency];
        if (c->type == ARC_V_TEXT && c->len == 3 && memcmp(c->u.s, wanted, 3) == 0) continue;
        return arci_fail(env, ARC_E_CURRENCY, "%.60s is not in %.3s, which the table is in", "%.60s 的币种不是该表的 %.3s", f->path, wanted[0] ? wanted : "-");
    }
    return ARC_OK;
}

arc_status arci_table_match(arci_env *env, const arci_decision *t, arci_arena *arena, const arc_value *row, const arc_calendar *calendar, uint32_t **rows, uint32_t *n)
{
    uint32_t *found = arci_arena_alloc(arena, t->n_rows * sizeof *found);
    *n = 0;
    if (!found) return arci_nomem(env);
    arc_status st = check_currencies(env, t, row);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < t->n_rows; i++) {
        const arci_cell *cells = t->rows[i].cells;
        int holds = 1;
        for (uint32_t k = 0; k < t->n_inputs && holds > 0; k++) holds = arci_table_cell(env, t, &t->inputs[k], &cells[k], row, calendar);
        if (holds < 0) {
            arci_json_fail(env, t->rows[i].node, env->err->status, "row %u: a condition came to an error", "第 %u 行：条件出错", i + 1);
            return env->err->status;
        }
        if (!holds) continue;
        found[(*n)++] = i;
        if (t->hit == ARCI_HIT_FIRST) break;
    }
    *rows = found;
    return ARC_OK;
}

/* ---- the answer ------------------------------------------------------------------------------------------------------------------------- */

int arci_table_same_outputs(const arci_decision *t, uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i < t->n_outputs; i++) {
        if (strcmp(t->rows[a].out[i].json, t->rows[b].out[i].json) != 0) return 0;
    }
    return 1;
}

static arc_status check_hits(arci_env *env, const arci_decision *t, const uint32_t *rows, uint32_t n)
{
    uint32_t other = 0;
    if (t->hit == ARCI_HIT_UNIQUE && n > 1) other = 1;
    for (uint32_t i = 1; t->hit == ARCI_HIT_ANY && i < n && !other; i++) other = arci_table_same_outputs(t, rows[0], rows[i]) ? 0 : i;
    if (!other) return ARC_OK;
    arci_json_fail(env, t->rows[rows[other]].node, ARC_E_RULE, "rows %u (%.40s) and %u (%.40s) both apply%s%.0s", "第 %u 行（%.40s）与第 %u 行（%.40s）同时适用%.0s%s", rows[0] + 1,
                   t->rows[rows[0]].id, rows[other] + 1, t->rows[rows[other]].id, t->hit == ARCI_HIT_ANY ? " and disagree" : "", t->hit == ARCI_HIT_ANY ? "且结果不同" : "");
    return ARC_E_RULE;
}

static void put_object(arci_str *out, const arci_decision *t, const arci_table_value *values)
{
    for (uint32_t i = 0; i < t->n_outputs; i++) {
        arci_str_putc(out, i ? ',' : '{');
        arci_json_put_text(out, t->outputs[i].field, strlen(t->outputs[i].field));
        arci_str_putc(out, ':');
        arci_str_puts(out, values ? values[i].json : t->outputs[i].otherwise.json ? t->outputs[i].otherwise.json : "null");
    }
    arci_str_putc(out, '}');
}

static int has_otherwise(const arci_decision *t)
{
    for (uint32_t i = 0; i < t->n_outputs; i++) {
        if (t->outputs[i].otherwise.json && strcmp(t->outputs[i].otherwise.json, "null") != 0) return 1;
    }
    return 0;
}

static arc_status put_sum(arci_env *env, const arci_decision *t, const uint32_t *rows, uint32_t n, arci_str *out)
{
    char text[100];
    const arci_table_output *o = &t->outputs[0];
    arci_num sum = arci_num_of(0, 0);
    uint32_t added = 0;
    for (uint32_t i = 0; i < n; i++) {
        const arci_table_value *v = &t->rows[rows[i]].out[0];
        if (!v->has) continue;
        const arci_num x = arci_num_of(v->number, v->scale);
        if (arci_num_add(&sum, &sum, &x) != ARC_OK) return arci_fail(env, ARC_E_OVERFLOW, "the sum is too large", "合计超出范围");
        added++;
    }
    if (!added) {
        arci_str_puts(out, o->otherwise.json ? o->otherwise.json : "null");
        return ARC_OK;
    }
    size_t k = arci_num_text(text, &sum);
    if (o->fact.type == ARCI_FACT_DECIMAL && memchr(text, '.', k)) {
        while (text[k - 1] == '0') k--;
        if (text[k - 1] == '.') k--;
    }
    if (o->fact.type != ARCI_FACT_INT) arci_str_putc(out, '"');
    arci_str_add(out, text, k);
    if (o->fact.type != ARCI_FACT_INT) arci_str_putc(out, '"');
    return ARC_OK;
}

static void put_extreme(const arci_decision *t, const uint32_t *rows, uint32_t n, arci_str *out)
{
    const arci_table_value *best = NULL;
    for (uint32_t i = 0; i < n; i++) {
        const arci_table_value *v = &t->rows[rows[i]].out[0];
        if (v->has && (!best || (t->hit == ARCI_HIT_MIN ? v->number < best->number : v->number > best->number))) best = v;
    }
    arci_str_puts(out, best ? best->json : t->outputs[0].otherwise.json ? t->outputs[0].otherwise.json : "null");
}

static arc_status put_result(arci_env *env, const arci_decision *t, const uint32_t *rows, uint32_t n, arci_str *out)
{
    arci_str_puts(out, "\"result\":");
    switch (t->hit) {
    case ARCI_HIT_SUM: return put_sum(env, t, rows, n, out);
    case ARCI_HIT_MIN:
    case ARCI_HIT_MAX: put_extreme(t, rows, n, out); return ARC_OK;
    case ARCI_HIT_COUNT: arci_str_int(out, n); return ARC_OK;
    case ARCI_HIT_ORDER:
    case ARCI_HIT_COLLECT:
        arci_str_putc(out, '[');
        for (uint32_t i = 0; i < n; i++) {
            if (i) arci_str_putc(out, ',');
            put_object(out, t, t->rows[rows[i]].out);
        }
        if (!n && has_otherwise(t)) put_object(out, t, NULL);
        arci_str_putc(out, ']');
        return ARC_OK;
    default:
        if (n || has_otherwise(t)) put_object(out, t, n ? t->rows[rows[0]].out : NULL);
        else arci_str_puts(out, "null");
        return ARC_OK;
    }
}

/* ---- explaining ---------------------------------------------------------------------------------------------------------------------------- */

void arci_table_put_value(arci_str *out, const arci_table_input *in, const arc_value *row)
{
    arci_str text;
    const arci_fact *f = in->fact;
    const arc_value *v = f ? &row[f->slot] : NULL;
    if (!v || v->type == ARC_V_NULL) {
        arci_str_puts(out, "null");
        return;
    }
    arci_str_init(&text, out->ctx);
    arci_fact_text(&text, f, v, f->currency != ARCI_NO_SLOT ? &row[f->currency] : NULL);
    arci_json_put_text(out, text.s ? text.s : "", text.len);
    if (text.failed) out->failed = 1;
    arci_str_clear(&text);
}

/* The cell that decided against a row. */
static void put_cell(arci_env *env, arci_str *out, const arci_decision *t, const arci_table_row *r, uint32_t k, const arc_value *row, const arc_calendar *calendar)
{
    char pointer[256];
    const arci_table_input *in = &t->inputs[k];
    const arci_json *node = arci_json_get(r->node, in->id);
    const char *name = in->path && *in->path ? in->path : in->id;
    (void)env;
    arci_json_pointer(node ? node : r->node, pointer, sizeof pointer);
    arci_str_puts(out, ",\"cell\":{\"input\":");
    arci_json_put_text(out, name, strlen(name));
    arci_str_puts(out, ",\"pointer\":");
    arci_json_put_text(out, pointer, strlen(pointer));
    if (r->cells[k].condition) {
        arci_logic_run run = { .calendar = calendar };
        int result;
        arci_str_puts(out, ",\"condition\":");
        arci_logic_explain(r->cells[k].condition, row, &run, out, &result);
    } else {
        arci_str_puts(out, ",\"test\":");
        arci_json_put_text(out, r->cells[k].s, r->cells[k].len);
        arci_str_puts(out, ",\"value\":");
        arci_table_put_value(out, in, row);
    }
    arci_str_putc(out, '}');
}

static void put_explanation(arci_env *env, arci_str *out, const arci_decision *t, const arc_value *row, const arc_calendar *calendar, const uint32_t *rows, uint32_t n)
{
    uint32_t next = 0, last = t->hit == ARCI_HIT_FIRST && n ? rows[0] + 1 : t->n_rows;
    arci_str_puts(out, ",\"inputs\":{");
    for (uint32_t i = 0, first = 1; i < t->n_inputs; i++) {
        if (!t->inputs[i].fact) continue;
        if (!first) arci_str_putc(out, ',');
        first = 0;
        arci_json_put_text(out, t->inputs[i].path, strlen(t->inputs[i].path));
        arci_str_putc(out, ':');
        arci_table_put_value(out, &t->inputs[i], row);
    }
    arci_str_puts(out, "},\"rows\":[");
    for (uint32_t i = 0; i < last; i++) {
        int matched = next < n && rows[next] == i;
        next += (uint32_t)matched;
        arci_str_puts(out, i ? ",{\"row\":" : "{\"row\":");
        arci_str_int(out, i + 1);
        arci_str_puts(out, ",\"id\":");
        arci_json_put_text(out, t->rows[i].id, strlen(t->rows[i].id));
        arci_str_puts(out, matched ? ",\"matched\":true" : ",\"matched\":false");
        for (uint32_t k = 0; !matched && k < t->n_inputs; k++) {
            if (arci_table_cell(env, t, &t->inputs[k], &t->rows[i].cells[k], row, calendar) == 1) continue;
            put_cell(env, out, t, &t->rows[i], k, row, calendar);
            break;
        }
        arci_str_putc(out, '}');
    }
    arci_str_putc(out, ']');
}

static void put_head(arci_str *out, const arci_decision *t, const uint32_t *rows, uint32_t n)
{
    static const char *const names[] = { "U", "A", "F", "R", "C", "C+", "C<", "C>", "C#" };
    arci_str_puts(out, "{\"hitPolicy\":\"");
    arci_str_puts(out, names[t->hit]);
    arci_str_puts(out, "\",");
    if (t->definition) {
        arci_str_puts(out, "\"definition\":");
        arci_str_int(out, t->definition);
        arci_str_putc(out, ',');
    }
    arci_str_puts(out, "\"matched\":[");
    for (uint32_t i = 0; i < n; i++) {
        arci_str_puts(out, i ? ",{\"row\":" : "{\"row\":");
        arci_str_int(out, rows[i] + 1);
        arci_str_puts(out, ",\"id\":");
        arci_json_put_text(out, t->rows[rows[i]].id, strlen(t->rows[rows[i]].id));
        arci_str_putc(out, '}');
    }
    arci_str_puts(out, "],");
}

arc_status arci_table_decide(arci_env *env, const arci_decision *t, const arc_value *row, const arc_calendar *calendar, int explain, arci_str *out)
{
    arci_arena arena;
    uint32_t *rows = NULL, n = 0;
    arci_arena_init(&arena, env->ctx);
    arc_status st = arci_table_match(env, t, &arena, row, calendar, &rows, &n);
    if (st == ARC_OK) st = check_hits(env, t, rows, n);
    if (st == ARC_OK) {
        put_head(out, t, rows, n);
        st = put_result(env, t, rows, n, out);
    }
    if (st == ARC_OK && explain) put_explanation(env, out, t, row, calendar, rows, n);
    if (st == ARC_OK) arci_str_putc(out, '}');
    arci_arena_clear(&arena);
    return st == ARC_OK && out->failed ? arci_nomem(env) : st;
}
