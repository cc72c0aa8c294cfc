/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/mapping.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/date.h"
#include "arcore/decimal.h"

static const struct {
    const char *name;
    int32_t order;
} date_orders[] = { { "ymd", ARC_DATE_YMD }, { "dmy", ARC_DATE_DMY }, { "mdy", ARC_DATE_MDY }, { "excel", ARC_DATE_EXCEL_1900 },
                    { "excel1904", ARC_DATE_EXCEL_1904 } };
#define N_ORDERS (sizeof date_orders / sizeof *date_orders)

int32_t arci_date_order_by_name(const char *name)
{
    for (size_t i = 0; i < N_ORDERS; i++) {
        if (strcmp(name, date_orders[i].name) == 0) return date_orders[i].order;
    }
    return -1;
}

const char *arci_date_order_name(int32_t order)
{
    for (size_t i = 0; i < N_ORDERS; i++) {
        if (date_orders[i].order == order) return date_orders[i].name;
    }
    return "ymd";
}

/* ---- small readers --------------------------------------------------------------------------------------------------------- */

static arc_status bad(arci_env *env, const arci_json *node, const char *what)
{
    return arci_json_fail(env, node, ARC_E_SYNTAX, "the mapping must have %s here", "映射此处应为：%s", what);
}

/* Every member of an object must be one of the names (NULL-terminated). */
static arc_status known_members(arci_env *env, const arci_json *object, const char *const *names)
{
    if (object->type != ARCI_JSON_OBJECT) return bad(env, object, "an object");
    for (const arci_json *m = object->child; m; m = m->next) {
        const char *const *n = names;
        while (*n && strcmp(*n, m->key) != 0) n++;
        if (!*n) return arci_json_fail(env, m, ARC_E_NOT_FOUND, "mappings know no member \"%s\" here", "映射不支持成员 \"%s\"", m->key);
    }
    return ARC_OK;
}

static arc_status text_member(arci_env *env, const arci_json *object, const char *key, const char **out)
{
    const arci_json *m = arci_json_get(object, key);
    if (!m) return ARC_OK;
    if (m->type != ARCI_JSON_STRING) return bad(env, m, "a text");
    *out = m->s;
    return ARC_OK;
}

static arc_status char_member(arci_env *env, const arci_json *object, const char *key, int *out)
{
    const char *s = NULL;
    arc_status st = text_member(env, object, key, &s);
    if (st != ARC_OK || !s) return st;
    if (!s[0] || s[1]) return bad(env, arci_json_get(object, key), "one character");
    *out = (unsigned char)s[0];
    return ARC_OK;
}

static arc_status bool_member(arci_env *env, const arci_json *object, const char *key, uint8_t *out)
{
    const arci_json *m = arci_json_get(object, key);
    if (!m) return ARC_OK;
    if (m->type != ARCI_JSON_TRUE && m->type != ARCI_JSON_FALSE) return bad(env, m, "true or false");
    *out = m->type == ARCI_JSON_TRUE;
    return ARC_OK;
}

static arc_status text_array(arci_env *env, arci_arena *arena, const arci_json *array, const char ***out, uint32_t *n)
{
    if (array->type != ARCI_JSON_ARRAY || !array->n) return bad(env, array, "an array of texts");
    const char **names = arci_arena_alloc(arena, array->n * sizeof *names);
    if (!names) return arci_nomem(env);
    *n = 0;
    for (const arci_json *e = array->child; e; e = e->next) {
        if (e->type != ARCI_JSON_STRING) return bad(env, e, "a text");
        names[(*n)++] = e->s;
    }
    *out = names;
    return ARC_OK;
}

/* decimal, grouping and date, which "file" and every rule may have. */
static arc_status formats(arci_env *env, const arci_json *o, char *decimal, uint32_t *number_flags, int32_t *date)
{
    int mark = *decimal;
    const char *grouping = NULL, *order = NULL;
    arc_status st = char_member(env, o, "decimal", &mark);
    if (st == ARC_OK) st = text_member(env, o, "grouping", &grouping);
    if (st == ARC_OK) st = text_member(env, o, "date", &order);
    if (st != ARC_OK) return st;
    if (mark != '.' && mark != ',') return bad(env, arci_json_get(o, "decimal"), "\".\" or \",\"");
    *decimal = (char)mark;
    if (grouping && grouping[0]) *number_flags |= ARC_NUMBER_GROUPING;
    if (grouping && !grouping[0]) *number_flags &= ~(uint32_t)ARC_NUMBER_GROUPING;
    if (order && (*date = arci_date_order_by_name(order)) < 0) return bad(env, arci_json_get(o, "date"), "ymd, dmy, mdy, excel or excel1904");
    return ARC_OK;
}

/* ---- rules ------------------------------------------------------------------------------------------------------------------- */

static const char *const rule_members[] = { "column", "value", "template", "match", "sum",     "empty",    "unit", "round",
                                            "date",   "decimal", "grouping", "map",  "negate", "currency", NULL };

static arc_status rule_source(arci_env *env, const arci_json *node, arci_mapping_rule *r)
{
    static const struct {
        const char *key;
        arci_source_kind kind;
    } kinds[] = { { "column", ARCI_FROM_COLUMN }, { "value", ARCI_FROM_VALUE }, { "template", ARCI_FROM_TEMPLATE },
                  { "match", ARCI_FROM_MATCH }, { "sum", ARCI_FROM_SUM } };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const arci_json *m = arci_json_get(node, kinds[i].key);
        if (!m) continue;
        if (r->kind) return bad(env, m, "only one of column, value, template, match and sum");
        if (m->type != ARCI_JSON_STRING) return bad(env, m, "a text");
        r->kind = kinds[i].kind;
        r->text = m->s;
        r->len = m->len;
    }
    return r->kind ? ARC_OK : bad(env, node, "one of column, value, template, match and sum");
}

static arc_status read_rule(arci_env *env, arci_mapping *m, const arci_json *node, arci_mapping_rule *r, int depth)
{
    const char *unit = NULL, *round = NULL;
    memset(r, 0, sizeof *r);
    r->node = node;
    r->date = m->date;
    r->decimal = m->decimal;
    r->number_flags = m->number_flags;
    arc_status st = known_members(env, node, rule_members);
    if (st == ARC_OK) st = rule_source(env, node, r);
    if (st == ARC_OK) st = formats(env, node, &r->decimal, &r->number_flags, &r->date);
    if (st == ARC_OK) st = text_member(env, node, "unit", &unit);
    if (st == ARC_OK) st = text_member(env, node, "round", &round);
    if (st == ARC_OK) st = bool_member(env, node, "negate", &r->negate);
    if (st == ARC_OK) st = text_member(env, node, "currency", &r->currency);
    if (st != ARC_OK) return st;
    if (unit && strcmp(unit, "minor") != 0 && strcmp(unit, "major") != 0 && strcmp(unit, "10000") != 0) return bad(env, arci_json_get(node, "unit"), "major, minor or 10000");
    r->minor = unit && strcmp(unit, "minor") == 0;
    r->wan = unit && strcmp(unit, "10000") == 0;
    if (round && strcmp(round, "half_up") == 0) r->round = ARC_ROUND_HALF_UP;
    else if (round && strcmp(round, "half_even") == 0) r->round = ARC_ROUND_HALF_EVEN;
    else if (round) return bad(env, arci_json_get(node, "round"), "half_up or half_even");
    r->map = arci_json_get(node, "map");
    if (r->map) {
        if (r->map->type != ARCI_JSON_OBJECT) return bad(env, r->map, "an object");
        for (const arci_json *e = r->map->child; e; e = e->next) {
            if (e->type != ARCI_JSON_STRING) return bad(env, e, "a text");
        }
    }
    const arci_json *empty = arci_json_get(node, "empty");
    if (!empty) return ARC_OK;
    if (depth > 4) return bad(env, empty, "at most five rules one in the other");
    r->empty = arci_arena_alloc(m->arena, sizeof *r->empty);
    return r->empty ? read_rule(env, m, empty, r->empty, depth + 1) : arci_nomem(env);
}

/* ---- targets ------------------------------------------------------------------------------------------------------------------ */

static const char *const target_members[] = { "entity", "match", "fields", "when", "group_by", "settles", NULL };
static const char *const when_members[] = { "column", "filled", "in", NULL };
static const char *const entity_names[ARCI_N_TARGETS] = { "customer", "invoice", "receipt", "contact", "bank_account", "invoice_title", "item", "credit_limit" };

static arc_status read_when(arci_env *env, const arci_json *node, arci_target *t)
{
    if (!node) return ARC_OK;
    arc_status st = known_members(env, node, when_members);
    if (st == ARC_OK) st = text_member(env, node, "column", &t->when_text);
    if (st == ARC_OK && !t->when_text) st = bad(env, node, "a column");
    t->has_when = t->when_filled = 1;
    if (st == ARC_OK) st = bool_member(env, node, "filled", &t->when_filled);
    t->when_in = arci_json_get(node, "in");
    if (st == ARC_OK && t->when_in && (t->when_in->type != ARCI_JSON_ARRAY || !t->when_in->n)) st = bad(env, t->when_in, "an array of texts");
    return st;
}

/* Currency fields first, so that amounts find their currency set. */
static int is_currency(const arci_field *f) { return f->type == ARC_T_TEXT && f->aux && strcmp(f->aux, "currency") == 0; }

static arc_status read_fields(arci_env *env, arci_mapping *m, arci_target *t, const arci_json *fields)
{
    if (!fields || fields->type != ARCI_JSON_OBJECT || !fields->n) return bad(env, fields ? fields : t->node, "an object of fields");
    t->fields = arci_arena_calloc(m->arena, fields->n, sizeof *t->fields);
    if (!t->fields) return arci_nomem(env);
    for (int pass = 0; pass < 2; pass++) {
        for (const arci_json *e = fields->child; e; e = e->next) {
            const arci_field *f = arci_entity_field(t->entity, e->key, e->key_len);
            const arci_custom_field *cf = f ? NULL : arci_custom_by_name(m->custom, t->entity, e->key, e->key_len);
            if (cf && !(cf->flags & ARCI_CUSTOM_RETIRED)) f = &cf->field;
            const uint32_t closed = t == &m->targets[ARCI_TARGET_LIMIT] ? ARCI_F_DERIVED : ARCI_F_DERIVED | ARCI_F_VERB; /* a limit is set by its verb */
            if (!f || (f->flags & closed) || f->id < ARCI_FIELD_FIRST) {
                return arci_json_fail(env, e, ARC_E_NOT_FOUND, "%s has no field \"%s\" to fill", "%s 没有可填写的字段 \"%s\"", t->entity->name, e->key);
            }
            if (is_currency(f) != (pass == 0)) continue;
            t->fields[t->n_fields].field = f;
            t->fields[t->n_fields].custom = cf;
            arc_status st = read_rule(env, m, e, &t->fields[t->n_fields++].rule, 0);
            if (st != ARC_OK) return st;
        }
    }
    return ARC_OK;
}

static const arci_mapped_field *field_of(const arci_target *t, const char *name)
{
    for (uint32_t i = 0; i < t->n_fields; i++) {
        if (strcmp(t->fields[i].field->name, name) == 0) return &t->fields[i];
    }
    return NULL;
}

/* What each target must have, and which rules may stand where. */
static arc_status check_target(arci_env *env, arci_mapping *m, arci_target_kind kind)
{
    static const char *const needed[ARCI_N_TARGETS][7] = {
        { "code", NULL },
        { "number", "customer", "invoice_date", "due_date", "currency", "gross_amount", NULL },
        { "number", "customer", "value_date", "currency", "amount", NULL },
        { "customer", "name", NULL },
        { "customer", "number", NULL },
        { "customer", "title", "tax_no", NULL },
        { "number", "customer", "currency", "amount", NULL },
        { "customer", "currency", "amount", NULL },
    };
    const arci_target *t = &m->targets[kind];
    for (const char *const *n = needed[kind]; *n; n++) {
        if (!field_of(t, *n)) return arci_json_fail(env, t->node, ARC_E_REQUIRED, "%s needs a rule for %s", "%s 缺少字段 %s 的规则", t->entity->name, *n);
    }
    for (uint32_t i = 0; i < t->n_fields; i++) {
        const arci_mapped_field *f = &t->fields[i];
        int customer = kind != ARCI_TARGET_CUSTOMER && strcmp(f->field->name, "customer") == 0;
        int sum = kind == ARCI_TARGET_RECEIPT && !t->alone && strcmp(f->field->name, "amount") == 0;
        if ((f->rule.kind == ARCI_FROM_MATCH) != customer) return bad(env, f->rule.node, "{\"match\": \"customer\"} for the customer, and only there");
        if ((f->rule.kind == ARCI_FROM_SUM) != sum) {
            return bad(env, f->rule.node, "{\"sum\": \"gross_amount\"} for the amount of a receipt that settles invoices, and only there");
        }
        if (f->rule.currency && !(f->custom && f->field->type == ARC_T_MONEY)) return bad(env, f->rule.node, "\"currency\" in rules of custom amounts only");
        if (f->field->type == ARC_T_ID && !customer && !f->custom) return bad(env, f->rule.node, "no reference but the customer");
    }
    return ARC_OK;
}

static arc_status read_receipt(arci_env *env, arci_mapping *m, arci_target *t)
{
    const arci_json *by = arci_json_get(t->node, "group_by");
    const char *settles = NULL;
    arc_status st = text_member(env, t->node, "settles", &settles);
    if (st != ARC_OK) return st;
    t->alone = !settles && !by;
    if (t->alone) return ARC_OK;
    if (!settles || strcmp(settles, "invoice") != 0) return bad(env, t->node, "\"settles\": \"invoice\" for a receipt with \"group_by\"");
    if (!by) return bad(env, t->node, "\"group_by\" for a receipt");
    st = text_array(env, m->arena, by, &t->group_names, &t->n_group);
    if (st != ARC_OK) return st;
    t->group_columns = arci_arena_calloc(m->arena, t->n_group, sizeof *t->group_columns);
    return t->group_columns ? ARC_OK : arci_nomem(env);
}

static arc_status read_target(arci_env *env, arci_mapping *m, const arci_json *node)
{
    const char *name = NULL;
    int kind = 0;
    arc_status st = known_members(env, node, target_members);
    if (st == ARC_OK) st = text_member(env, node, "entity", &name);
    if (st != ARC_OK) return st;
    while (kind < ARCI_N_TARGETS && (!name || strcmp(name, entity_names[kind]) != 0)) kind++;
    if (kind == ARCI_N_TARGETS) return bad(env, arci_json_get(node, "entity") ? arci_json_get(node, "entity") : node, "customer, invoice, receipt, contact, bank_account, invoice_title, item or credit_limit");
    arci_target *t = &m->targets[kind];
    if (t->entity) return arci_json_fail(env, node, ARC_E_EXISTS, "a second target %s", "目标 %s 重复", name);
    t->entity = arci_entity_by_name(name, strlen(name));
    t->node = node;
    const arci_json *match = arci_json_get(node, "match");
    if (match && (kind != ARCI_TARGET_CUSTOMER || match->type != ARCI_JSON_ARRAY || match->n != 1 || match->child->type != ARCI_JSON_STRING ||
                  strcmp(match->child->s, "code") != 0)) {
        return bad(env, match, "[\"code\"], in the customer target");
    }
    st = read_when(env, arci_json_get(node, "when"), t);
    if (st == ARC_OK) st = read_fields(env, m, t, arci_json_get(node, "fields"));
    if (st == ARC_OK && kind == ARCI_TARGET_RECEIPT) st = read_receipt(env, m, t);
    return st == ARC_OK ? check_target(env, m, (arci_target_kind)kind) : st;
}

/* ---- file ------------------------------------------------------------------------------------------------------------------------ */

static arc_status read_file(arci_env *env, arci_mapping *m, const arci_json *file)
{
    static const char *const members[] = { "encoding", "delimiter", "quote", "skip_lines", "columns", "decimal", "grouping", "date", "footers", NULL };
    static const arci_csv_options init = ARCI_CSV_OPTIONS_INIT;
    m->csv = init;
    m->decimal = '.';
    m->date = ARC_DATE_YMD;
    m->number_flags = ARC_NUMBER_SPACE | ARC_NUMBER_FULLWIDTH | ARC_NUMBER_SYMBOL | ARC_NUMBER_PLUS | ARC_NUMBER_PARENTHESES |
                      ARC_NUMBER_TRAILING_SIGN; /* each can be read in one way only */
    if (!file) return ARC_OK;
    const char *encoding = NULL, *delimiter = NULL;
    int64_t skip = 0;
    arc_status st = known_members(env, file, members);
    if (st == ARC_OK) st = text_member(env, file, "encoding", &encoding);
    if (st == ARC_OK) st = text_member(env, file, "delimiter", &delimiter);
    if (st == ARC_OK && delimiter && strcmp(delimiter, "auto") != 0) st = char_member(env, file, "delimiter", &m->csv.delimiter);
    if (st == ARC_OK) st = char_member(env, file, "quote", &m->csv.quote);
    if (st == ARC_OK) st = formats(env, file, &m->decimal, &m->number_flags, &m->date);
    if (st == ARC_OK && arci_json_get(file, "skip_lines")) st = arci_json_int(env, arci_json_get(file, "skip_lines"), &skip);
    if (st != ARC_OK) return st;
    if (encoding && (m->csv.encoding = arci_encoding_by_name(encoding, strlen(encoding))) < 0) {
        return bad(env, arci_json_get(file, "encoding"), "utf-8, utf-16, gbk, gb18030 or auto");
    }
    if (skip < 0 || skip > 1000) return bad(env, arci_json_get(file, "skip_lines"), "a number from 0 to 1000");
    m->skip_lines = (uint32_t)skip;
    if (skip) m->csv.flags |= ARCI_CSV_ANY_COUNT; /* what stands above the table has its own shape */
    const arci_json *footers = arci_json_get(file, "footers");
    if (footers && (st = text_array(env, m->arena, footers, &m->footers, &m->n_footers)) != ARC_OK) return st;
    const arci_json *columns = arci_json_get(file, "columns");
    return columns ? text_array(env, m->arena, columns, &m->column_names, &m->n_column_names) : ARC_OK;
}

arc_status arci_mapping_read(arci_env *env, arci_arena *arena, arci_mapping *m, const char *json, size_t len, const arci_custom *custom)
{
    static const char *const members[] = { "mapping", "title", "note", "file", "targets", NULL };
    arci_json *root;
    const char *version = NULL, *words = NULL; /* for people */
    memset(m, 0, sizeof *m);
    m->arena = arena;
    m->custom = custom;
    arc_status st = arci_json_parse(env, arena, json, len, &arci_json_default_limits, &root);
    if (st == ARC_OK) st = known_members(env, root, members);
    if (st == ARC_OK) st = text_member(env, root, "title", &words);
    if (st == ARC_OK) st = text_member(env, root, "note", &words);
    if (st == ARC_OK) st = text_member(env, root, "mapping", &version);
    if (st == ARC_OK && (!version || strcmp(version, "arcore/1") != 0)) st = bad(env, root, "\"mapping\": \"arcore/1\"");
    if (st == ARC_OK) st = read_file(env, m, arci_json_get(root, "file"));
    const arci_json *targets = arci_json_get(root, "targets");
    if (st == ARC_OK && (!targets || targets->type != ARCI_JSON_ARRAY)) st = bad(env, targets ? targets : root, "an array of targets");
    for (const arci_json *t = st == ARC_OK ? targets->child : NULL; t && st == ARC_OK; t = t->next) st = read_target(env, m, t);
    if (st != ARC_OK) return st;
    const arci_target *customer = &m->targets[ARCI_TARGET_CUSTOMER];
    if (!customer->entity) return bad(env, targets, "a customer target");
    if (targets->n == 1 && !field_of(customer, "legal_name")) { /* beside others it may do without: then the customers are those of the book */
        return arci_json_fail(env, customer->node, ARC_E_REQUIRED, "%s needs a rule for %s", "%s 缺少字段 %s 的规则", "customer", "legal_name");
    }
    const arci_target *receipt = &m->targets[ARCI_TARGET_RECEIPT];
    if (receipt->entity && !receipt->alone && !m->targets[ARCI_TARGET_INVOICE].entity) return bad(env, targets, "an invoice target, which the receipt settles");
    return ARC_OK;
}

/* ---- binding to a file's columns ------------------------------------------------------------------------------------------------- */

typedef struct binder {
    arci_env *env;
    arci_mapping *m;
    const char *const *names;
    uint32_t n;
} binder;

static arc_status find_column(const binder *b, const arci_json *node, const char *name, size_t len, uint32_t *out)
{
    for (uint32_t i = 0; i < b->n; i++) {
        if (strlen(b->names[i]) != len || memcmp(b->names[i], name, len) != 0) continue;
        for (uint32_t k = i + 1; k < b->n; k++) {
            if (strlen(b->names[k]) == len && memcmp(b->names[k], name, len) == 0) {
                return arci_json_fail(b->env, node, ARC_E_EXISTS, "the file has two columns \"%.*s\"", "文件中有两列 \"%.*s\"", (int)len, name);
            }
        }
        *out = i;
        return ARC_OK;
    }
    return arci_json_fail(b->env, node, ARC_E_NOT_FOUND, "the file has no column \"%.*s\"", "文件中没有列 \"%.*s\"", (int)len, name);
}

/* A template's {names}; `{{` is a brace. With columns NULL they are only counted. */
static arc_status bind_template(const binder *b, arci_mapping_rule *r, uint32_t *columns, uint32_t *n)
{
    *n = 0;
    for (const char *p = r->text, *end = r->text + r->len; p < end; p++) {
        if (*p != '{') continue;
        if (p + 1 < end && p[1] == '{') {
            p++;
            continue;
        }
        const char *close = memchr(p, '}', (size_t)(end - p));
        if (!close) return bad(b->env, r->node, "a template with closed braces");
        size_t len = (size_t)(close - p - 1);
        uint32_t at = UINT32_MAX;
        arc_status st = len == 3 && memcmp(p + 1, "row", 3) == 0 ? ARC_OK : find_column(b, r->node, p + 1, len, &at);
        if (st != ARC_OK) return st;
        if (columns) columns[*n] = at;
        ++*n;
        p = close;
    }
    return ARC_OK;
}

static arc_status bind_rule(const binder *b, arci_mapping_rule *r)
{
    arc_status st = ARC_OK;
    if (r->kind == ARCI_FROM_COLUMN) st = find_column(b, r->node, r->text, r->len, &r->column);
    if (r->kind == ARCI_FROM_TEMPLATE) {
        uint32_t n;
        st = bind_template(b, r, NULL, &n);
        if (st != ARC_OK) return st;
        uint32_t *columns = arci_arena_alloc(b->m->arena, (n + 1u) * sizeof *columns);
        if (!columns) return arci_nomem(b->env);
        st = bind_template(b, r, columns, &r->n_columns);
        r->columns = columns;
    }
    return st == ARC_OK && r->empty ? bind_rule(b, r->empty) : st;
}

arc_status arci_mapping_bind(arci_env *env, arci_mapping *m, const char *const *names, uint32_t n)
{
    binder b = { env, m, names, n };
    arc_status st = ARC_OK;
    for (int k = 0; st == ARC_OK && k < ARCI_N_TARGETS; k++) {
        arci_target *t = &m->targets[k];
        if (!t->entity) continue;
        for (uint32_t i = 0; st == ARC_OK && i < t->n_fields; i++) st = bind_rule(&b, &t->fields[i].rule);
        if (st == ARC_OK && t->has_when) st = find_column(&b, t->node, t->when_text, strlen(t->when_text), &t->when_column);
        for (uint32_t i = 0; st == ARC_OK && i < t->n_group; i++) {
            st = find_column(&b, t->node, t->group_names[i], strlen(t->group_names[i]), &t->group_columns[i]);
        }
    }
    return st;
}
