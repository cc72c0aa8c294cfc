/* SPDX-License-Identifier: Apache-2.0 */
#include "credit/score_card.h"

#include <string.h>

#include "arcore/money.h"
#include "base/json_text.h"
#include "value/currency.h"

const char *const arci_band_codes[ARCI_BANDS] = { "A", "B", "C", "D" };

/* ---- the member "credit" ------------------------------------------------------------------------------------------------------------- */

static arc_status wrong(arci_env *env, const arci_json *at, arc_status st, const char *en, const char *zh) { return arci_json_fail(env, at, st, "%s%.0s", "%.0s%s", en, zh); }

static arc_status take_num(arci_env *env, const arci_json *m, arci_num *out)
{
    arc_decimal d;
    arc_status st = m->type == ARCI_JSON_STRING || m->type == ARCI_JSON_NUMBER ? arc_decimal_parse(&d, m->s, m->len) : ARC_E_SYNTAX;
    if (st != ARC_OK || d.scale > 6) return wrong(env, m, ARC_E_VALUE, "is a number of at most 6 decimals", "须为至多 6 位小数的数值");
    *out = arci_num_of(d.mantissa, d.scale);
    return ARC_OK;
}

static arc_status take_count(arci_env *env, const arci_json *m, int64_t most, int64_t *out)
{
    if (arci_json_int(env, m, out) == ARC_OK && *out >= 0 && *out <= most) return ARC_OK;
    return wrong(env, m, ARC_E_RANGE, "is a whole number, not negative and not that large", "须为不太大的非负整数");
}

static arc_status check_keys(arci_env *env, const arci_json *node, const char *const *keys)
{
    if (node->type != ARCI_JSON_OBJECT) return wrong(env, node, ARC_E_VALUE, "is an object", "须为对象");
    for (const arci_json *m = node->child; m; m = m->next) {
        size_t i = 0;
        while (keys[i] && strcmp(keys[i], m->key) != 0) i++;
        if (!keys[i] && m->key[0] != '_') return wrong(env, m, ARC_E_NOT_FOUND, "no such member", "没有该成员");
    }
    return ARC_OK;
}

static int32_t band_of(const arci_json *m)
{
    for (uint32_t i = 0; m && m->type == ARCI_JSON_STRING && i < ARCI_BANDS; i++) {
        if (strcmp(m->s, arci_band_codes[i]) == 0) return (int32_t)i;
    }
    return -1;
}

static arc_status take_band(arci_env *env, arci_card *c, const arci_json *node)
{
    static const char *const keys[] = { "band", "from", "limit", "days", "term", "factor", "label", "label_zh", NULL };
    const arci_json *m;
    arci_band *b = &c->bands[c->n_bands], *above = c->n_bands ? b - 1 : NULL;
    arc_money money;
    int order = 0;
    arc_status st = check_keys(env, node, keys);
    if (st != ARC_OK) return st;
    const int32_t code = band_of(arci_json_get(node, "band"));
    if (code < 0 || (above && code <= above->code)) return wrong(env, node, ARC_E_VALUE, "bands are A, B, C and D, the best first, each once", "等级为 A、B、C、D，从优到劣，各一次");
    b->code = (uint8_t)code;
    b->factor = arci_num_of(1, 0);
    if ((m = arci_json_get(node, "from")) != NULL) {
        st = take_num(env, m, &b->from);
        b->has_from = 1;
        if (st == ARC_OK && above) (void)arci_num_cmp(&order, &b->from, &above->from);
        if (st == ARC_OK && above && order >= 0) st = wrong(env, m, ARC_E_RULE, "is below that of the better band", "须低于更优等级的下限");
    }
    if (st == ARC_OK && above && !above->has_from) st = wrong(env, node, ARC_E_REQUIRED, "only the last band has no \"from\"", "只有最后一个等级可不设下限");
    if (st == ARC_OK && (m = arci_json_get(node, "factor")) != NULL) st = take_num(env, m, &b->factor);
    if (st == ARC_OK && (m = arci_json_get(node, "days")) != NULL) st = take_count(env, m, 3650, &b->days);
    if (st == ARC_OK && (m = arci_json_get(node, "term")) != NULL) {
        if (m->type != ARCI_JSON_STRING || !m->len || m->len > 64) return wrong(env, m, ARC_E_VALUE, "is the code of a payment term", "须为付款条件编码");
        b->term = m->s;
    }
    if (st == ARC_OK && (m = arci_json_get(node, "limit")) != NULL) {
        if (m->type != ARCI_JSON_STRING || arc_money_parse(&money, m->s, m->len, c->currency, NULL) != ARC_OK || money.minor < 0) {
            return wrong(env, m, ARC_E_VALUE, "is an amount, as text", "须为文本形式的金额");
        }
        b->has_limit = 1;
        b->limit = money.minor;
    }
    if (st == ARC_OK) c->n_bands++;
    return st;
}

static arc_status take_bands(arci_env *env, arci_card *c, const arci_json *credit)
{
    const arci_json *list = arci_json_get(credit, "bands");
    arc_status st = ARC_OK;
    if (!list || list->type != ARCI_JSON_ARRAY || list->n < 2 || list->n > ARCI_BANDS) return wrong(env, list ? list : credit, ARC_E_REQUIRED, "needs bands, 2 to 4", "须有 bands，2 至 4 个");
    for (const arci_json *m = list->child; m && st == ARC_OK; m = m->next) st = take_band(env, c, m);
    if (st == ARC_OK && c->bands[c->n_bands - 1].has_from) st = wrong(env, list, ARC_E_RULE, "the last band has no \"from\": every score is in a band", "最后一个等级不设下限，使任何得分都有等级");
    return st;
}

static arc_status take_thin(arci_env *env, arci_card *c, const arci_json *credit)
{
    static const char *const keys[] = { "payments", "best", NULL };
    const arci_json *node = arci_json_get(credit, "thin"), *m;
    if (!node) return ARC_OK;
    arc_status st = check_keys(env, node, keys);
    if (st == ARC_OK && (m = arci_json_get(node, "payments")) != NULL) st = take_count(env, m, 1000, &c->thin);
    if (st != ARC_OK || (m = arci_json_get(node, "best")) == NULL) return st;
    const int32_t code = band_of(m);
    for (uint32_t i = 0; i < c->n_bands; i++) {
        if (c->bands[i].code != code) continue;
        c->thin_best = i;
        return ARC_OK;
    }
    return wrong(env, m, ARC_E_VALUE, "is one of the bands", "须为其中一个等级");
}

static arc_status take_hysteresis(arci_env *env, arci_card *c, const arci_json *credit)
{
    static const char *const keys[] = { "points", "reviews", NULL };
    const arci_json *node = arci_json_get(credit, "hysteresis"), *m;
    if (!node) return ARC_OK;
    arc_status st = check_keys(env, node, keys);
    if (st == ARC_OK && (m = arci_json_get(node, "points")) != NULL) st = take_num(env, m, &c->margin);
    if (st == ARC_OK && (m = arci_json_get(node, "points")) != NULL && arci_num_sign(&c->margin) < 0) st = wrong(env, m, ARC_E_RANGE, "is not negative", "不得为负");
    return st == ARC_OK && (m = arci_json_get(node, "reviews")) != NULL ? take_count(env, m, 100, &c->reviews) : st;
}

arc_status arci_fact_condition(arci_env *env, arci_decision **out, const char *inputs, const char *condition, size_t len, const char *base)
{
    arci_str b;
    arci_str_init(&b, env->ctx);
    arci_str_puts(&b, "{\"decision_table\":\"arcore/1\",\"hitPolicy\":\"F\",\"inputs\":[");
    arci_str_puts(&b, inputs);
    arci_str_puts(&b, ",{\"id\":\"if\",\"type\":\"condition\"}],\"outputs\":[{\"id\":\"yes\",\"field\":\"yes\",\"type\":\"boolean\"}],\"rules\":[{\"if\":");
    arci_str_add(&b, condition, len);
    arci_str_puts(&b, ",\"yes\":\"true\"}]}");
    arc_status st = b.failed ? arci_nomem(env) : arci_table_read(env, out, b.s, b.len, NULL, base, 0, NULL);
    arci_str_clear(&b);
    return st;
}

arc_status arci_fact_holds(arci_env *env, const arci_decision *condition, arci_arena *arena, const char *facts, size_t len, int *holds)
{
    arci_json *root;
    arc_value *row;
    uint32_t *rows, n = 0;
    *holds = 0;
    arc_status st = arci_json_parse(env, arena, facts, len, &arci_json_default_limits, &root);
    if (st == ARC_OK) st = arci_table_row_of(env, condition, arena, root, &row);
    if (st == ARC_OK) st = arci_table_match(env, condition, arena, row, NULL, &rows, &n);
    *holds = st == ARC_OK && n > 0;
    return st;
}

static arc_status take_immediate(arci_env *env, arci_card *c, const arci_json *credit, const char *base)
{
    const arci_json *m = arci_json_get(credit, "immediate");
    arci_str b;
    if (!m) return ARC_OK;
    arci_str_init(&b, env->ctx);
    arci_json_put_node(&b, m);
    arc_status st = b.failed ? arci_nomem(env) : arci_fact_condition(env, &c->immediate, arci_score_inputs, b.s, b.len, base);
    arci_str_clear(&b);
    if (st != ARC_OK && st != ARC_E_NOMEM) { /* what it says is kept, the place is the member */
        char pointer[256];
        arci_json_pointer(m, pointer, sizeof pointer);
        arci_fail_pointer(env, pointer);
    }
    return st;
}

arc_status arci_card_read(arci_env *env, arci_card *c, const char *base)
{
    static const char *const keys[] = { "bands", "currency", "hysteresis", "thin", "immediate", "purchases", "net_worth", NULL };
    const arci_json *credit = arci_json_get(c->table->root, "credit"), *m;
    memcpy(c->currency, base, 3);
    c->margin = c->purchases = c->worth = arci_num_of(0, 0);
    c->thin = 3;
    if (!credit) return arci_fail(env, ARC_E_STATE, "the scorecard says nothing of bands: it has no member \"credit\"", "该评分卡没有 credit 成员，未定义等级");
    arc_status st = check_keys(env, credit, keys);
    if (st == ARC_OK && (m = arci_json_get(credit, "currency")) != NULL) {
        if (m->type != ARCI_JSON_STRING || m->len != 3 || arci_currency_exponent(m->s) < 0) return wrong(env, m, ARC_E_CURRENCY, "is no currency", "不是币种");
        memcpy(c->currency, m->s, 3);
    }
    if (st == ARC_OK) st = take_bands(env, c, credit);
    if (st == ARC_OK) st = take_hysteresis(env, c, credit);
    if (st == ARC_OK) st = take_thin(env, c, credit);
    if (st == ARC_OK && (m = arci_json_get(credit, "purchases")) != NULL) st = take_num(env, m, &c->purchases);
    if (st == ARC_OK && (m = arci_json_get(credit, "net_worth")) != NULL) st = take_num(env, m, &c->worth);
    return st == ARC_OK ? take_immediate(env, c, credit, base) : st;
}

/* ---- where cards come from --------------------------------------------------------------------------------------------------------------- */

void arci_card_free(arci_card *c)
{
    if (!c) return;
    arc_context *ctx = c->table ? c->table->ctx : NULL;
    arci_table_free(c->immediate);
    if (!ctx) return;
    arci_table_free(c->table);
    arci_free(ctx, c);
}

static arc_status shipped(arci_txn *t, arci_decision **out)
{
    return arci_table_read(t->env, out, arci_scorecard_default, strlen(arci_scorecard_default), NULL, t->book->base_currency, 0, NULL);
}

arc_status arci_card_get(arci_txn *t, arci_card **out, const char *code, arc_date on)
{
    arci_decision *table = NULL;
    *out = NULL;
    arc_status st = arci_table_get(t, &table, "scorecard", code, on);
    if (st == ARC_E_NOT_FOUND && strcmp(code, "default") == 0) {
        arci_error_clear(t->env->err);
        st = shipped(t, &table);
    }
    if (st != ARC_OK) return st;
    arci_card *c = arci_calloc(t->env->ctx, 1, sizeof *c);
    if (!c) {
        arci_table_free(table);
        return arci_nomem(t->env);
    }
    c->table = table;
    st = arci_card_read(t->env, c, t->book->base_currency);
    if (st == ARC_OK) *out = c;
    else arci_card_free(c);
    return st;
}

/* Of customers only these facts are known: another field would have no value for anybody, and nobody would be told. */
static arc_status check_field(arci_env *env, const arci_json *facts, const arci_json *part)
{
    const arci_json *field = arci_json_get(part, "field"), *type = arci_json_get(part, "type"), *of = NULL;
    for (const arci_json *m = facts->child; field && m && !of; m = m->next) {
        if (strcmp(arci_json_get(m, "field")->s, field->s) == 0) of = arci_json_get(m, "type");
    }
    if (!field) return ARC_OK;
    if (!of) return arci_json_fail(env, field, ARC_E_NOT_FOUND, "%.80s: no fact of customers%.0s", "%.0s%.80s：没有该客户事实", field->s, field->s);
    if (!type || type->type != ARCI_JSON_STRING || strcmp(type->s, of->s) == 0 || strcmp(type->s, "expression") == 0) return ARC_OK;
    if (strcmp(type->s, "decimal") == 0 && strcmp(of->s, "integer") == 0) return ARC_OK;
    return arci_json_fail(env, type, ARC_E_VALUE, "is %s of this fact%.0s", "%.0s该事实的类型为 %s", of->s, of->s);
}

static arc_status check_fields(arci_txn *t, const arci_json *root, arci_fault_sink *sink)
{
    const arci_json *parts = arci_json_get(root, "characteristics");
    arci_arena arena;
    arci_str b;
    arci_json *facts = NULL;
    arci_arena_init(&arena, t->env->ctx);
    arci_str_init(&b, t->env->ctx);
    arci_str_putc(&b, '[');
    arci_str_puts(&b, arci_score_inputs);
    arci_str_putc(&b, ']');
    arc_status st = b.failed ? arci_nomem(t->env) : arci_json_parse(t->env, &arena, b.s, b.len, &arci_json_default_limits, &facts);
    for (const arci_json *m = st == ARC_OK && parts ? parts->child : NULL; m && st != ARC_E_NOMEM; m = m->next) { /* all of them are noted */
        const arc_status one = check_field(t->env, facts, m), noted = one == ARC_OK || one == ARC_E_NOMEM ? one : arci_fault_note(t->env, sink);
        if (one != ARC_OK && (st == ARC_OK || noted != ARC_OK)) st = noted != ARC_OK ? noted : one;
    }
    arci_str_clear(&b);
    arci_arena_clear(&arena);
    return st;
}

/* A scorecard, and where it speaks of credit that too. */
arc_status arci_credit_scorecard_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink)
{
    arci_custom *custom = NULL;
    arci_card card;
    arc_status st = arci_scorecard_check(t, json, len, sink);
    if (st != ARC_OK) return st;
    memset(&card, 0, sizeof card);
    st = arci_session_custom(t->env, t->session, &custom);
    if (st == ARC_OK) st = arci_table_read(t->env, &card.table, json, len, custom, t->book->base_currency, 0, NULL);
    if (st == ARC_OK && arci_json_get(card.table->root, "credit")) {
        st = arci_card_read(t->env, &card, t->book->base_currency);
        if (st != ARC_OK && st != ARC_E_NOMEM) {
            const arc_status noted = arci_fault_note(t->env, sink);
            if (noted != ARC_OK) st = noted;
        }
        if (st == ARC_OK) st = check_fields(t, card.table->root, sink);
    }
    arci_table_free(card.immediate);
    arci_table_free(card.table);
    return st;
}
