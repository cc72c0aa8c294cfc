/* SPDX-License-Identifier: Apache-2.0 */
/* Reading ladders. */
#include "dunning/ladder.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/decimal.h"
#include "arcore/money.h"
#include "base/json_text.h"
#include "base/num.h"
#include "value/currency.h"

enum { LEVELS_MAX = ARCI_LADDER_LEVEL_MAX, GRACE_MAX = 3660, PRIORITY_MAX = 1000000, TITLE_MAX = 1000, PPM = 1000000 };

typedef struct reader {
    arci_txn *t;
    arci_env *env;
    arci_ladder *l;
    arci_fault_sink *sink;
    arc_status first;
    const arci_json *doc;
} reader;

/* ---- faults --------------------------------------------------------------------------------------------------------------------- */

static arc_status note(reader *r, arc_status st)
{
    if (st == ARC_OK || st == ARC_E_NOMEM || st == ARC_E_CANCELLED) return st;
    if (r->first == ARC_OK) r->first = st;
    return r->sink ? arci_fault_note(r->env, r->sink) : st;
}

static arc_status wrong(reader *r, const arci_json *at, arc_status st, const char *code, const char *en, const char *zh)
{
    arci_json_fail(r->env, at, st, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_rule(r->env, code);
    return note(r, st);
}

static arc_status value_wrong(reader *r, const arci_json *at, const char *en, const char *zh) { return wrong(r, at, ARC_E_VALUE, "value", en, zh); }
static int is_key(const arci_json *m, const char *key) { return strcmp(m->key, key) == 0; }
static int is_text(const arci_json *m, const char *s) { return m->type == ARCI_JSON_STRING && strcmp(m->s, s) == 0; }

/* A fault of what is read as a rule stands in the ladder where the ladder says it. */
static int32_t in_ladder(void *user, const arc_error *fault)
{
    reader *r = user;
    arc_error own = *fault;
    char *p = own.pointer;
    if (strncmp(p, "/steps", 6) == 0 && (p[6] == '/' || !p[6])) {
        char rest[sizeof own.pointer];
        size_t n = strlen(p + 6), digits = p[6] ? strspn(p + 7, "0123456789") : 0;
        if (n >= sizeof rest - 8) n = sizeof rest - 8;
        memcpy(rest, p + 6, n);
        rest[n] = 0;
        char *once = digits && strncmp(rest + 1 + digits, "/once", 5) == 0 ? rest + 1 + digits : NULL;
        if (once) memcpy(once + 1, "then", 4);
        memcpy(p, "/levels", 7);
        memcpy(p + 7, rest, n + 1);
    }
    if (own.status != ARC_OK && r->first == ARC_OK) r->first = own.status;
    if (own.status != ARC_OK && !r->sink->n++) r->sink->first = own;
    return r->sink->report ? r->sink->report(r->sink->user, &own) : 0;
}

/* ---- values ----------------------------------------------------------------------------------------------------------------------- */

static arc_status take_int(reader *r, const arci_json *m, int64_t least, int64_t most, int64_t *out, const char *en, const char *zh)
{
    int64_t v;
    if (m->type != ARCI_JSON_NUMBER || arci_json_int(r->env, m, &v) != ARC_OK || v < least || v > most) return wrong(r, m, ARC_E_RANGE, "value", en, zh);
    *out = v;
    return ARC_OK;
}

static arc_status take_percent(reader *r, const arci_json *m, int32_t *ppm)
{
    arc_decimal d;
    if (m->type == ARCI_JSON_STRING && arc_decimal_parse(&d, m->s, m->len) == ARC_OK && d.scale >= 0 && d.scale <= 4 && d.mantissa >= 0 && d.mantissa <= PPM) {
        int64_t v = d.mantissa;
        for (int32_t i = d.scale; i < 4; i++) v *= 10;
        if (v <= PPM) {
            *ppm = (int32_t)v;
            return ARC_OK;
        }
    }
    return value_wrong(r, m, "is 0 to 100 with up to four decimals, as text", "须为 0 至 100 的数值（文本，最多四位小数）");
}

static arc_status take_amount(reader *r, const arci_json *m, int64_t *minor)
{
    arc_money money;
    if (!r->l->currency[0]) return wrong(r, m, ARC_E_CURRENCY, "currency", "needs the ladder's `currency`", "须填写催收阶梯的 currency");
    if (m->type != ARCI_JSON_STRING || arc_money_parse(&money, m->s, m->len, r->l->currency, NULL) != ARC_OK || money.minor < 0) {
        return value_wrong(r, m, "is an amount, as text", "须为金额（文本）");
    }
    *minor = money.minor;
    return ARC_OK;
}

static arc_status take_flag(reader *r, const arci_json *m, uint8_t *out)
{
    if (m->type != ARCI_JSON_TRUE && m->type != ARCI_JSON_FALSE) return value_wrong(r, m, "is true or false", "须为 true 或 false");
    *out = m->type == ARCI_JSON_TRUE;
    return ARC_OK;
}

static arc_status take_interval(reader *r, const arci_json *m)
{
    arci_duration *d = &r->l->interval;
    arc_status st = m->type == ARCI_JSON_STRING ? arci_duration_parse(r->env, d, m->s, m->len) : ARC_E_VALUE;
    if (st == ARC_OK && d->days >= 0 && d->months >= 0) return ARC_OK;
    return st == ARC_E_NOMEM ? st : value_wrong(r, m, "is a duration such as P7D", "须为时长，例如 P7D");
}

static arc_status take_grace(reader *r, const arci_json *o)
{
    arc_status st = o->type == ARCI_JSON_OBJECT ? ARC_OK : value_wrong(r, o, "has the members item and account", "须为含 item、account 的对象");
    for (const arci_json *m = o->type == ARCI_JSON_OBJECT ? o->child : NULL; m && st == ARC_OK; m = m->next) {
        int64_t days = 0;
        int item = is_key(m, "item");
        if (!item && !is_key(m, "account")) {
            st = wrong(r, m, ARC_E_NOT_FOUND, "unknown_member", "is not known here", "此处不识别该成员");
            continue;
        }
        st = take_int(r, m, 0, GRACE_MAX, &days, "is 0 to 3,660 days", "须为 0 至 3,660 天");
        if (item) r->l->grace_item = (int32_t)days;
        else r->l->grace_account = (int32_t)days;
    }
    return st;
}

/* {"per": "P7D", "count": 1} */
static arc_status take_most(reader *r, const arci_json *o)
{
    const arci_json *per = arci_json_get(o, "per"), *count = arci_json_get(o, "count");
    arci_duration *d = &r->l->cools;
    int64_t n = 1;
    if (o->type != ARCI_JSON_OBJECT || !per || o->n != 1u + (count != NULL)) return value_wrong(r, o, "has the members per and count", "须为含 per、count 的对象");
    arc_status st = per->type == ARCI_JSON_STRING ? arci_duration_parse(r->env, d, per->s, per->len) : ARC_E_VALUE;
    if (st == ARC_E_NOMEM) return st;
    if (st != ARC_OK || d->days < 0 || d->months < 0 || (!d->days && !d->months)) return value_wrong(r, per, "is a duration such as P7D", "须为时长，例如 P7D");
    if (count) st = take_int(r, count, 1, 100, &n, "is 1 to 100", "须为 1 至 100");
    r->l->cool_count = (int32_t)n;
    return st;
}

/* ---- levels ------------------------------------------------------------------------------------------------------------------------- */

static arc_status take_level(reader *r, arci_ladder_level *x, const arci_json *node)
{
    arc_status st = ARC_OK;
    if (node->type != ARCI_JSON_OBJECT) return value_wrong(r, node, "a level is an object", "等级须为对象");
    if (!arci_json_get(node, "then")) st = wrong(r, node, ARC_E_REQUIRED, "required", "needs `then`: the letter, as a list of actions", "须填写 then（催收函，动作列表）");
    for (const arci_json *m = node->child; m && st == ARC_OK; m = m->next) {
        int64_t level;
        if (is_key(m, "min_amount")) st = take_amount(r, m, &x->min_amount);
        else if (is_key(m, "min_percent")) st = take_percent(r, m, &x->min_ppm);
        else if (is_key(m, "always")) st = take_flag(r, m, &x->always);
        else if (is_key(m, "level")) st = take_int(r, m, 1, ARCI_LADDER_LEVEL_MAX, &level, "is 1 to 8", "须为 1 至 8");
        else if (is_key(m, "once")) st = wrong(r, m, ARC_E_NOT_FOUND, "unknown_member", "is not known here", "此处不识别该成员");
        else if (is_key(m, "on")) {
            const arci_json *kind = arci_json_get(m, "kind");
            if (kind && !is_text(kind, "date")) st = value_wrong(r, kind, "is date", "须为 date");
        }
    }
    return st;
}

static arc_status take_levels(reader *r, const arci_json *list)
{
    arci_ladder *l = r->l;
    arc_status st = ARC_OK;
    if (!list) return wrong(r, r->doc, ARC_E_REQUIRED, "required", "needs levels", "须填写 levels");
    if (list->type != ARCI_JSON_ARRAY || !list->n || list->n > LEVELS_MAX) return value_wrong(r, list, "is a list of 1 to 8 levels", "须为 1 至 8 个等级的列表");
    l->levels = arci_arena_calloc(&l->arena, list->n, sizeof *l->levels);
    if (!l->levels) return arci_nomem(r->env);
    for (const arci_json *e = list->child; e && st == ARC_OK; e = e->next) st = take_level(r, &l->levels[l->n++], e);
    return st;
}

/* ---- as a rule -------------------------------------------------------------------------------------------------------------------------- */

static void put_member(arci_str *b, const char *key, const arci_json *node)
{
    if (!node) return;
    arci_json_put_key(b, key);
    arci_json_put_node(b, node);
}

static void put_on(arci_str *b, const arci_json *on)
{
    if (!on) return;
    arci_json_put_key(b, "on");
    if (on->type != ARCI_JSON_OBJECT) {
        arci_json_put_node(b, on);
        return;
    }
    arci_str_putc(b, '{');
    arci_json_put_str(b, "kind", "date");
    for (const arci_json *m = on->child; m; m = m->next) {
        if (!is_key(m, "kind")) put_member(b, m->key, m);
    }
    arci_str_putc(b, '}');
}

static void put_step(arci_str *b, const arci_json *node)
{
    static const char *const own[] = { "min_amount", "min_percent", "always", "on", "then" };
    if (node->type != ARCI_JSON_OBJECT) {
        arci_json_put_node(b, node);
        return;
    }
    arci_str_putc(b, '{');
    for (const arci_json *m = node->child; m; m = m->next) {
        int mine = 0;
        for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) mine |= is_key(m, own[i]);
        if (!mine) put_member(b, m->key, m);
    }
    put_on(b, arci_json_get(node, "on"));
    arci_json_put_key(b, "then");
    arci_str_puts(b, "[]");
    put_member(b, "once", arci_json_get(node, "then"));
    arci_str_putc(b, '}');
}

static const char *as_rule(reader *r, size_t *n)
{
    arci_str b;
    const arci_json *unit = arci_json_get(r->doc, "unit"), *levels = arci_json_get(r->doc, "levels");
    arci_str_init(&b, r->env->ctx);
    arci_str_puts(&b, "{\"rule\":\"arcore/1\",\"subject\":\"item\"");
    put_member(&b, "currency", arci_json_get(r->doc, "currency"));
    put_member(&b, "calendar", arci_json_get(r->doc, "calendar"));
    put_member(&b, "if", arci_json_get(r->doc, "if"));
    if (unit) put_member(&b, "unit", unit);
    else arci_json_put_str(&b, "unit", "customer");
    arci_json_put_key(&b, "steps");
    arci_str_putc(&b, '[');
    for (const arci_json *e = levels->child; e; e = e->next) {
        if (e != levels->child) arci_str_putc(&b, ',');
        put_step(&b, e);
    }
    arci_str_puts(&b, "]}");
    const char *text = b.failed ? NULL : arci_arena_strndup(&r->l->arena, b.s, b.len);
    *n = b.len;
    arci_str_clear(&b);
    return text;
}

static arc_status read_rule(reader *r)
{
    arci_ladder *l = r->l;
    arci_fault_sink sink = { .report = in_ladder, .user = r };
    size_t n;
    const char *text = as_rule(r, &n);
    if (!text) return arci_nomem(r->env);
    arc_status st = arci_ruleset_new(r->t, &l->set);
    uint32_t before = r->sink ? r->sink->n : 0;
    if (st == ARC_OK) st = arci_ruleset_add(r->t, l->set, l->code, l->definition, l->revision, text, n, r->sink ? &sink : NULL);
    if (st != ARC_OK) return r->sink && r->sink->n > before ? ARC_OK : st;
    l->rule = l->set->rules[0];
    if (!l->rule->unit.by_currency) return wrong(r, arci_json_get(arci_json_get(r->doc, "unit"), "split"), ARC_E_VALUE, "unit", "has currency among it: a letter is in one currency", "须含 currency：一封催收函只有一种币种");
    if (l->rule->n_steps != l->n) return arci_fail(r->env, ARC_E_INTERNAL, "levels and steps differ", "等级与步骤不一致");
    for (uint32_t i = 0; i < l->n; i++) l->levels[i].step = &l->rule->steps[i];
    return ARC_OK;
}

/* ---- the document --------------------------------------------------------------------------------------------------------------------------- */

static arc_status take_currency(reader *r, const arci_json *m)
{
    if (!m) return ARC_OK;
    if (m->type != ARCI_JSON_STRING || m->len != 3 || arci_currency_exponent(m->s) < 0) return wrong(r, m, ARC_E_CURRENCY, "currency", "not a currency of ISO 4217 that has amounts", "不是有金额的 ISO 4217 币种");
    memcpy(r->l->currency, m->s, 4);
    return ARC_OK;
}

static arc_status take_applies(reader *r, const arci_json *m)
{
    arci_ladder *l = r->l;
    uint32_t before = r->sink ? r->sink->n : 0;
    arc_status st = arci_facts_new(r->env, &l->customers, arci_entity_by_name("customer", 8), l->set ? l->set->custom : NULL);
    if (st == ARC_OK) st = arci_facts_currency(r->env, l->customers, l->currency);
    if (st != ARC_OK || !m) return st;
    arci_facts_base(l->customers, r->t->book->base_currency);
    arci_facts_zone(l->customers, r->t->book->utc_offset_minutes);
    st = arci_logic_compile(r->env, &l->applies, l->customers, m, 0, r->sink);
    if (st == ARC_OK || st == ARC_E_NOMEM || st == ARC_E_CANCELLED || !r->sink || r->sink->n == before) return st;
    if (r->first == ARC_OK) r->first = st;
    return ARC_OK;
}

static arc_status take_member(reader *r, const arci_json *m)
{
    static const char *const later[] = { "dunning", "currency", "calendar", "if", "unit", "levels", "applies" };
    int64_t priority;
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        if (is_key(m, later[i])) return ARC_OK;
    }
    if (is_key(m, "title") || is_key(m, "note")) {
        return m->type == ARCI_JSON_OBJECT || (m->type == ARCI_JSON_STRING && m->len <= TITLE_MAX) ? ARC_OK : value_wrong(r, m, "is a text, or texts by language", "须为文本或按语言的文本");
    }
    if (is_key(m, "interval")) return take_interval(r, m);
    if (is_key(m, "grace_days")) return take_grace(r, m);
    if (is_key(m, "catch_up")) {
        r->l->highest = (uint8_t)is_text(m, "highest");
        return is_text(m, "highest") || is_text(m, "one_step") ? ARC_OK : value_wrong(r, m, "is one_step or highest", "须为 one_step 或 highest");
    }
    if (is_key(m, "letter")) {
        r->l->per_level = (uint8_t)is_text(m, "per_level");
        return is_text(m, "highest") || is_text(m, "per_level") ? ARC_OK : value_wrong(r, m, "is highest or per_level", "须为 highest 或 per_level");
    }
    if (is_key(m, "max_letters")) return take_most(r, m);
    if (is_key(m, "tolerance")) return take_amount(r, m, &r->l->tolerance);
    if (!is_key(m, "priority")) return wrong(r, m, ARC_E_NOT_FOUND, "unknown_member", "is not known here", "此处不识别该成员");
    arc_status st = take_int(r, m, -PRIORITY_MAX, PRIORITY_MAX, &priority, "is a whole number from -1,000,000 to 1,000,000", "须为 -1,000,000 至 1,000,000 的整数");
    if (st == ARC_OK && m->type == ARCI_JSON_NUMBER) (void)arci_json_int(r->env, m, &r->l->priority);
    return st;
}

static arc_status read_document(reader *r)
{
    const arci_json *form = arci_json_get(r->doc, "dunning");
    arc_status st = ARC_OK;
    if (r->doc->type != ARCI_JSON_OBJECT) return wrong(r, r->doc, ARC_E_VALUE, "type", "a ladder is an object", "催收阶梯须为对象");
    if (!form || !is_text(form, "arcore/1")) st = wrong(r, form ? form : r->doc, form ? ARC_E_VALUE : ARC_E_REQUIRED, "form", "needs \"dunning\": \"arcore/1\"", "须有 \"dunning\": \"arcore/1\"");
    if (st == ARC_OK) st = take_currency(r, arci_json_get(r->doc, "currency"));
    for (const arci_json *m = r->doc->child; m && st == ARC_OK; m = m->next) st = take_member(r, m);
    if (st == ARC_OK) st = take_levels(r, arci_json_get(r->doc, "levels"));
    if (st == ARC_OK && r->l->n) st = read_rule(r);
    return st == ARC_OK ? take_applies(r, arci_json_get(r->doc, "applies")) : st;
}

arc_status arci_ladder_read(arci_txn *t, arci_ladder **out, const char *code, int64_t definition, int64_t revision, const char *json, size_t len, arci_fault_sink *sink)
{
    arci_json *doc = NULL;
    const size_t n = strlen(code);
    arci_ladder *l = arci_calloc(t->book->ctx, 1, sizeof *l);
    *out = NULL;
    if (!l) return arci_nomem(t->env);
    arci_arena_init(&l->arena, t->book->ctx);
    memcpy(l->code, code, n < sizeof l->code ? n : sizeof l->code - 1);
    l->definition = definition;
    l->revision = revision;
    reader r = { .t = t, .env = t->env, .l = l, .sink = sink };
    arc_status st = arci_json_parse(t->env, &l->arena, json, len, &arci_json_definition_limits, &doc);
    r.doc = doc;
    if (st != ARC_OK && st != ARC_E_NOMEM) {
        arci_fail_rule(t->env, "json");
        arc_status noted = sink ? arci_fault_note(t->env, sink) : st;
        if (noted != ARC_OK) st = noted;
    }
    if (st == ARC_OK) st = read_document(&r);
    if (st == ARC_OK) st = r.first;
    if (st == ARC_OK) *out = l;
    else arci_ladder_free(t->book->ctx, l);
    return st;
}

void arci_ladder_free(arc_context *ctx, arci_ladder *l)
{
    if (!l) return;
    arci_logic_free(l->applies);
    arci_facts_free(l->customers);
    arci_ruleset_free(l->set);
    arci_arena_clear(&l->arena);
    arci_free(ctx, l);
}

const arci_ladder_level *arci_ladder_level_of(const arci_ladder *l, int64_t level)
{
    for (uint32_t i = 0; i < l->n; i++) {
        if (l->levels[i].step->level == level) return &l->levels[i];
    }
    return NULL;
}

arc_status arci_ladder_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink)
{
    arci_ladder *l = NULL;
    arc_status st = arci_ladder_read(t, &l, "ladder", 0, 0, json, len, sink);
    arci_ladder_free(t->book->ctx, l);
    return st;
}

/* ---- those in force --------------------------------------------------------------------------------------------------------------------------- */

static int in_force(const arc_value *row, arc_date on)
{
    if (row[ARCI_DEF_FROM].type == ARC_V_INT && on < row[ARCI_DEF_FROM].u.i) return 0;
    if (row[ARCI_DEF_TO].type == ARC_V_INT && on > row[ARCI_DEF_TO].u.i) return 0;
    return row[ARCI_DEF_STATUS].type == ARC_V_TEXT && row[ARCI_DEF_STATUS].len == 9 && memcmp(row[ARCI_DEF_STATUS].u.s, "published", 9) == 0;
}

static int same_code(const arc_value *a, const arc_value *b)
{
    return a[ARCI_DEF_CODE].len == b[ARCI_DEF_CODE].len && memcmp(a[ARCI_DEF_CODE].u.s, b[ARCI_DEF_CODE].u.s, a[ARCI_DEF_CODE].len) == 0;
}

static int by_priority(const void *x, const void *y)
{
    const arci_ladder *a = *(arci_ladder *const *)x, *b = *(arci_ladder *const *)y;
    if (a->priority != b->priority) return a->priority > b->priority ? -1 : 1;
    return strcmp(a->code, b->code);
}

static arc_status read_row(arci_txn *t, arci_arena *arena, arci_ladders *out, const arc_value *row)
{
    const char *code = arci_arena_strndup(arena, row[ARCI_DEF_CODE].u.s, row[ARCI_DEF_CODE].len);
    if (!code) return arci_nomem(t->env);
    arc_status st = arci_ladder_read(t, &out->list[out->n], code, row[ARCI_DEF_ID].u.i, row[ARCI_DEF_REVISION].u.i, row[ARCI_DEF_DOCUMENT].u.s, row[ARCI_DEF_DOCUMENT].len, NULL);
    if (st == ARC_OK) out->n++;
    return st;
}

arc_status arci_ladders_get(arci_txn *t, arci_arena *arena, arci_ladders *out, const char *code, arc_date on)
{
    arci_rows rows;
    out->n = 0;
    int tried = code && code[0] == '{';
    arc_status st = tried ? ARC_OK : arci_definitions_published(t, "dunning", arena, &rows);
    if (st != ARC_OK) return st;
    out->list = arci_arena_calloc(arena, tried ? 1u : rows.n_rows + 1u, sizeof *out->list);
    if (!out->list) return arci_nomem(t->env);
    if (tried) {
        st = arci_ladder_read(t, &out->list[0], "document", 0, 0, code, strlen(code), NULL);
        out->n = st == ARC_OK;
        return st;
    }
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *row = rows.values + (size_t)i * rows.n_cols, *next = row + rows.n_cols;
        int later = i + 1 < rows.n_rows && in_force(next, on) && same_code(next, row);
        if (!in_force(row, on) || later || (code && (strlen(code) != row[ARCI_DEF_CODE].len || memcmp(code, row[ARCI_DEF_CODE].u.s, row[ARCI_DEF_CODE].len) != 0))) continue;
        st = read_row(t, arena, out, row);
    }
    if (st == ARC_OK && code && !out->n) st = arci_fail(t->env, ARC_E_NOT_FOUND, "no ladder \"%s\" is in force", "没有生效的催收阶梯“%s”", code);
    if (st != ARC_OK) arci_ladders_free(t->book->ctx, out);
    else if (out->n > 1) qsort(out->list, out->n, sizeof *out->list, by_priority);
    return st;
}

void arci_ladders_free(arc_context *ctx, arci_ladders *l)
{
    for (uint32_t i = 0; i < l->n; i++) arci_ladder_free(ctx, l->list[i]);
    l->n = 0;
}

/* ---- the schema ----------------------------------------------------------------------------------------------------------------------------------- */

#define OBJECT "\"type\":\"object\",\"additionalProperties\":false,"
#define DURATION "{\"type\":\"string\",\"pattern\":\"^P[0-9].*$\"}"

const char arci_ladder_schema[] = (
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"Dunning ladder\"," OBJECT "\"required\":[\"dunning\",\"levels\"],\"properties\":{"
    "\"dunning\":{\"const\":\"arcore/1\"},\"title\":{},\"note\":{},\"priority\":{\"type\":\"integer\",\"minimum\":-1000000,\"maximum\":1000000},"
    "\"applies\":{\"type\":\"object\",\"description\":\"A condition on the customer; without it, everybody's.\"},\"currency\":{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\"},"
    "\"calendar\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":40},\"if\":{\"type\":\"object\",\"description\":\"A condition on the item.\"},"
    "\"unit\":{\"oneOf\":[{\"enum\":[\"customer\",\"head_office\"]},{" OBJECT "\"required\":[\"by\"],\"properties\":{\"by\":{\"enum\":[\"customer\",\"head_office\"]},"
    "\"split\":{\"type\":\"array\",\"items\":{\"enum\":[\"currency\",\"language\"]}}}}]},"
    "\"interval\":" DURATION ",\"letter\":{\"enum\":[\"highest\",\"per_level\"]},"
    "\"max_letters\":{" OBJECT "\"required\":[\"per\"],\"properties\":{\"per\":" DURATION ",\"count\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100}}},"
    "\"tolerance\":{\"type\":\"string\",\"pattern\":\"^[0-9]+([.][0-9]+)?$\"},\"catch_up\":{\"enum\":[\"one_step\",\"highest\"]},"
    "\"grace_days\":{" OBJECT "\"properties\":{\"item\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":3660},\"account\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":3660}}},"
    "\"levels\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":8,\"items\":{" OBJECT "\"required\":[\"on\",\"then\"],\"properties\":{"
    "\"level\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":8},\"description\":{\"type\":\"string\"},\"on\":{\"type\":\"object\",\"description\":\"A date, as of steps of rules.\"},"
    "\"if\":{\"type\":\"object\"},\"min_amount\":{\"type\":\"string\",\"pattern\":\"^[0-9]+([.][0-9]+)?$\"},\"min_percent\":{\"type\":\"string\",\"pattern\":\"^[0-9]+([.][0-9]{1,4})?$\"},"
    "\"always\":{\"type\":\"boolean\"},\"then\":{\"type\":\"array\",\"description\":\"What is done once for a letter: actions, as `once` of rules.\"}}}}}}");
