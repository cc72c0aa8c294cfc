/* SPDX-License-Identifier: Apache-2.0 */
/* One row: cells become texts by the rules, texts become fields, the records are judged. */
#include <string.h>

#include "arcore/date.h"
#include "arcore/decimal.h"
#include "arcore/fields.h"
#include "arcore/money.h"
#include "base/json_text.h"
#include "exchange/import.h"
#include "ledger/merged.h"
#include "store/custom_index.h"
#include "store/pending.h"

arci_record *arci_import_record(arci_import *im, arc_record *handle)
{
    arci_record_box *box;
    return arci_record_box_in(im->env, im->s, handle, &box) == ARC_OK ? box->record : NULL;
}

/* ---- faults ---------------------------------------------------------------------------------------------------------------- */

static const char *header_of(const arci_import *im, const arci_mapping_rule *rule, uint32_t *number)
{
    *number = 0;
    if (!rule || rule->kind != ARCI_FROM_COLUMN || rule->column >= im->n_names) return "";
    *number = rule->column + 1;
    return im->names[rule->column];
}

/* The cell, cut to 200 bytes at a character. */
static void cut_cell(char out[201], const arci_csv_row *csv, uint32_t column_number)
{
    out[0] = 0;
    if (!column_number || column_number > csv->n) return;
    const arci_csv_cell *c = &csv->cells[column_number - 1];
    uint32_t n = c->len < 200 ? c->len : 200;
    while (n && n < c->len && ((unsigned char)c->s[n] & 0xc0) == 0x80) n--;
    memcpy(out, c->s, n);
    out[n] = 0;
}

int arci_import_reports(const arci_import *im)
{
    return im->options.fault && im->reported < (im->options.max_faults ? im->options.max_faults : 1000u);
}

arc_status arci_import_fault(arci_import *im, const arci_csv_row *csv, int64_t number, const arci_entity *entity, const char *field,
                             const arci_mapping_rule *rule, arc_status status)
{
    char value[201];
    arc_import_fault f;
    memset(&f, 0, sizeof f);
    f.struct_size = (uint32_t)sizeof f;
    f.status = status;
    f.line = csv->line;
    f.row = number;
    f.column = header_of(im, rule, &f.column_number);
    cut_cell(value, csv, f.column_number);
    f.value = value;
    f.entity = entity ? entity->name : "";
    f.field = field ? field : "";
    f.reason = im->env->err->message;
    f.reason_zh = im->env->err->message_zh;
    f.rule = im->env->err->rule;
    f.severity = im->warning ? ARC_FAULT_WARNING : ARC_FAULT_ERROR;
    if (!im->warning && !im->faulted) im->cause = *im->env->err;
    im->sum.faults += !im->warning;
    im->faulted |= !im->warning;
    if (im->because) {
        f.cause_row = im->because->row;
        f.cause_line = im->because->line;
        f.rule = im->because->rule;
    }
    int32_t stop = 0;
    if (im->sum.pass == 1 && arci_import_reports(im)) {
        im->reported++;
        stop = im->options.fault(im->options.user, &f);
    }
    arci_error_clear(im->env->err);
    return stop ? arci_fail(im->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止") : ARC_OK;
}

/* ---- texts ------------------------------------------------------------------------------------------------------------------- */

void arci_import_cell(const arci_csv_row *csv, uint32_t column, const char **s, size_t *n)
{
    *s = "";
    *n = 0;
    if (column >= csv->n) return;
    *s = csv->cells[column].s;
    *n = csv->cells[column].len;
    arci_import_cut_spaces(s, n);
}

static arc_status template_text(arci_import *im, const arci_import_row *row, const arci_mapping_rule *r, const char **s, size_t *n)
{
    arci_str *b = &im->text;
    uint32_t name = 0;
    arci_str_reset(b);
    for (const char *p = r->text, *end = r->text + r->len; p < end; p++) {
        if (*p != '{') {
            arci_str_putc(b, *p);
        } else if (p + 1 < end && p[1] == '{') {
            arci_str_putc(b, *p++);
        } else {
            uint32_t column = r->columns[name++];
            const char *cell;
            size_t len;
            if (column == UINT32_MAX) {
                arci_str_int(b, row->number);
            } else {
                arci_import_cell(row->csv, column, &cell, &len);
                arci_str_add(b, cell, len);
            }
            p = memchr(p, '}', (size_t)(end - p)); /* binding made sure that there is one */
        }
    }
    if (b->failed) return arci_nomem(im->env);
    *s = b->s ? b->s : "";
    *n = b->len;
    return ARC_OK;
}

/* The rule's text for this row, through `empty` and `map`. *used is the rule that gave it. */
static arc_status rule_text(arci_import *im, const arci_import_row *row, const arci_mapping_rule *rule, const arci_mapping_rule **used, const char **s,
                            size_t *n)
{
    arc_status st = ARC_OK;
    for (;;) {
        *used = rule;
        if (rule->kind == ARCI_FROM_COLUMN) {
            arci_import_cell(row->csv, rule->column, s, n);
        } else if (rule->kind == ARCI_FROM_TEMPLATE) {
            st = template_text(im, row, rule, s, n);
        } else {
            *s = rule->text;
            *n = rule->len;
        }
        if (st != ARC_OK || *n || !rule->empty) break;
        rule = rule->empty;
    }
    if (st != ARC_OK || !rule->map || !*n) return st;
    const arci_json *other = NULL;
    for (const arci_json *e = rule->map->child; e; e = e->next) {
        if (e->key_len == *n && memcmp(e->key, *s, *n) == 0) {
            *s = e->s;
            *n = e->len;
            return ARC_OK;
        }
        if (strcmp(e->key, "*") == 0) other = e;
    }
    if (!other) return arci_fail(im->env, ARC_E_VALUE, "the mapping has no value for this text", "映射中没有该文本对应的值");
    *s = other->s;
    *n = other->len;
    return ARC_OK;
}

/* ---- fields ------------------------------------------------------------------------------------------------------------------- */

static arc_status explain_amount(arci_env *env, arc_status st)
{
    switch (st) {
    case ARC_E_SYNTAX: return arci_fail(env, st, "this is no amount of the form the mapping names", "金额格式不符合映射要求");
    case ARC_E_RANGE:
    case ARC_E_OVERFLOW: return arci_fail(env, st, "the amount is out of range", "金额超出范围");
    case ARC_E_PRECISION: return arci_fail(env, st, "the amount has more decimals than its currency", "金额的小数位超过币种允许的位数");
    case ARC_E_CURRENCY: return arci_fail(env, st, "the amount does not fit its currency, or the currency is unknown", "金额与币种不符或币种未知");
    default: return arci_fail(env, st, "the amount cannot be read", "无法读取金额");
    }
}

static arc_status explain_date(arci_env *env, arc_status st)
{
    switch (st) {
    case ARC_E_SYNTAX: return arci_fail(env, st, "this is no date of the form the mapping names", "日期格式不符合映射要求");
    case ARC_E_RANGE:
    case ARC_E_OVERFLOW: return arci_fail(env, st, "there is no such date", "没有这一天");
    default: return arci_fail(env, st, "the date cannot be read", "无法读取日期");
    }
}

static arc_status set_money(arci_import *im, arci_record *r, const arci_field *f, const arci_mapping_rule *rule, const char *s, size_t n)
{
    const arci_field *cf = arci_entity_field(r->entity, f->aux, strlen(f->aux));
    const arc_value *currency = arci_record_value(r, cf->id);
    arc_money m;
    char code[4] = { 0 };
    if (currency->type != ARC_V_TEXT || currency->len != 3) {
        if (im->faulted) return ARC_OK; /* the currency was reported: one fault, one report */
        return arci_fail(im->env, ARC_E_CURRENCY, "the amount has no currency", "金额缺少币种");
    }
    memcpy(code, currency->u.s, 3);
    arc_status st;
    arc_number_options o = ARC_NUMBER_OPTIONS_INIT;
    o.flags = rule->number_flags;
    o.decimal_mark = rule->decimal;
    o.mode = rule->round;
    if (rule->minor) {
        int64_t minor;
        st = arci_int_parse(s, n, &minor);
        if (st == ARC_OK) st = arc_money_set(&m, minor, code);
    } else if (rule->wan) {
        st = arci_import_ten_thousands(&m, s, n, code, &o);
    } else {
        st = arc_money_parse(&m, s, n, code, &o);
    }
    if (st != ARC_OK) return explain_amount(im->env, st);
    if (rule->negate) m.minor = -m.minor;
    return arci_record_set_money(im->env, r, f->id, m);
}

static int is_code(const char *s)
{
    for (int i = 0; i < 3; i++) {
        if (s[i] < 'A' || s[i] > 'Z') return 0;
    }
    return 1;
}

/* An amount of a custom field names its currency behind it ("12.50 CNY"); else it is the rule's, else the row's. */
static arc_status set_custom_money(arci_import *im, arci_record *r, const arci_field *f, const arci_mapping_rule *rule, const char *s, size_t n)
{
    arc_number_options o = ARC_NUMBER_OPTIONS_INIT;
    arc_money m;
    char code[4] = { 0 };
    const arci_field *own = arci_entity_field(r->entity, "currency", 8);
    const arc_value *row = own ? arci_record_value(r, own->id) : NULL;
    if (n > 4 && s[n - 4] == ' ' && is_code(s + n - 3)) {
        memcpy(code, s + n - 3, 3);
        n -= 4;
    } else if (rule->currency && strlen(rule->currency) == 3) {
        memcpy(code, rule->currency, 3);
    } else if (row && row->type == ARC_V_TEXT && row->len == 3) {
        memcpy(code, row->u.s, 3);
    } else {
        return arci_fail(im->env, ARC_E_CURRENCY, "the amount has no currency", "金额缺少币种");
    }
    o.flags = rule->number_flags;
    o.decimal_mark = rule->decimal;
    o.mode = rule->round;
    int64_t minor;
    arc_status st = rule->minor ? arci_int_parse(s, n, &minor) : arc_money_parse(&m, s, n, code, &o);
    if (st == ARC_OK && rule->minor) st = arc_money_set(&m, minor, code);
    if (st != ARC_OK) return explain_amount(im->env, st);
    if (rule->negate) m.minor = -m.minor;
    return arci_record_set_money(im->env, r, f->id, m);
}

/* Several choices in one cell: a JSON list, or codes between ; or |. */
static arc_status set_choices(arci_import *im, arci_record *r, const arci_field *f, const char *s, size_t n)
{
    arci_str b;
    if (*s == '[') return arci_record_set_any(im->env, r, f->id, s, n);
    arci_str_init(&b, im->env->ctx);
    arci_str_putc(&b, '[');
    for (size_t at = 0; at < n;) {
        size_t end = at;
        while (end < n && s[end] != ';' && s[end] != '|') end++;
        const char *code = s + at;
        size_t len = end - at;
        arci_import_cut_spaces(&code, &len);
        if (len && b.len > 1) arci_str_putc(&b, ',');
        if (len) arci_json_put_text(&b, code, len);
        at = end + 1;
    }
    arci_str_putc(&b, ']');
    arc_status st = b.failed ? arci_nomem(im->env) : arci_record_set_any(im->env, r, f->id, b.s, b.len);
    arci_str_clear(&b);
    return st;
}

/* Numbers as the file writes them. */
static arc_status set_decimal(arci_import *im, arci_record *r, const arci_field *f, const arci_mapping_rule *rule, const char *s, size_t n)
{
    arc_number_options o = ARC_NUMBER_OPTIONS_INIT;
    arc_decimal d;
    o.flags = rule->number_flags & ~ARC_NUMBER_SYMBOL; /* no currency beside it */
    o.decimal_mark = rule->decimal;
    o.mode = rule->round;
    arc_status st = arc_decimal_parse_as(&d, s, n, (int32_t)f->size, &o);
    if (st == ARC_OK && rule->negate) st = arc_decimal_neg(&d, &d);
    if (st == ARC_OK) return arci_record_set_decimal(im->env, r, f->id, d);
    return arci_fail(im->env, st, "this is no number of the form the mapping names", "数值格式不符合映射要求");
}

static arc_status set_field(arci_import *im, arci_record *r, const arci_field *f, const arci_mapping_rule *rule, const char *s, size_t n)
{
    int custom = f->id >= ARCI_FIELD_CUSTOM_FIRST;
    if (!n) return ARC_OK; /* stays NULL; required fields are looked for later */
    if (f->type == ARC_T_MONEY) return custom ? set_custom_money(im, r, f, rule, s, n) : set_money(im, r, f, rule, s, n);
    if (f->type == ARC_T_DECIMAL) return set_decimal(im, r, f, rule, s, n);
    if (custom && f->type == ARC_T_JSON) return set_choices(im, r, f, s, n);
    if (f->type == ARC_T_DATE) {
        arc_date d;
        arc_date_options o = ARC_DATE_OPTIONS_INIT;
        o.flags = ARC_DATE_TIME_TAIL | ARC_DATE_FULLWIDTH | ARC_DATE_SPACE;
        o.order = rule->date;
        arc_status st = arc_date_parse_as(&d, s, n, &o);
        return st == ARC_OK ? arci_record_set_date(im->env, r, f->id, d) : explain_date(im->env, st);
    }
    return arci_record_set_any(im->env, r, f->id, s, n);
}

static arc_status fill(arci_import *im, const arci_import_row *row, const arci_target *t, arci_record *r)
{
    char number[ARCI_IMPORT_NUMBER];
    arci_record_clear(r);
    for (uint32_t i = 0; i < t->n_fields; i++) {
        const arci_mapped_field *mf = &t->fields[i];
        const arci_mapping_rule *used = &mf->rule;
        const char *s;
        size_t n;
        arc_status st;
        if (mf->rule.kind == ARCI_FROM_SUM) continue;
        if (mf->rule.kind == ARCI_FROM_MATCH) {
            st = arci_record_set_int(im->env, r, mf->field->id, 1); /* the real id comes when it is written */
        } else {
            st = rule_text(im, row, &mf->rule, &used, &s, &n);
            if (st == ARC_OK) arci_import_half_width(mf->field->name, number, &s, &n);
            if (st == ARC_OK) st = set_field(im, r, mf->field, used, s, n);
        }
        if (st == ARC_E_NOMEM) return st;
        if (st != ARC_OK) st = arci_import_fault(im, row->csv, row->number, t->entity, mf->field->name, used, st);
        if (st != ARC_OK) return st;
    }
    return arci_import_normalise(im, (arci_target_kind)(t - im->mapping.targets), r);
}

/* Reports the fields among `required` that are still NULL. */
static arc_status check_required(arci_import *im, const arci_import_row *row, const arci_target *t, const arci_record *r,
                                 const char *const *required)
{
    for (; *required; required++) {
        const arci_field *f = arci_entity_field(t->entity, *required, strlen(*required));
        if (arci_record_value(r, f->id)->type != ARC_V_NULL) continue;
        const arci_mapping_rule *rule = NULL;
        for (uint32_t i = 0; i < t->n_fields; i++) {
            if (t->fields[i].field == f) rule = &t->fields[i].rule;
        }
        arci_fail(im->env, ARC_E_REQUIRED, "%s is required%.0s", "%.0s%s为必填项", f->name, f->label_zh);
        arc_status st = arci_import_fault(im, row->csv, row->number, t->entity, f->name, rule, ARC_E_REQUIRED);
        if (st != ARC_OK) return st;
    }
    return ARC_OK;
}

const arci_mapping_rule *arci_import_rule_of(const arci_target *t, const char *field)
{
    for (uint32_t i = 0; i < t->n_fields; i++) {
        if (strcmp(t->fields[i].field->name, field) == 0) return &t->fields[i].rule;
    }
    return NULL;
}

static arc_status custom_fault(arci_import *im, const arci_import_row *row, const arci_target *t, arc_status st)
{
    char field[64];
    size_t n = strlen(im->env->err->field);
    if (st == ARC_E_NOMEM) return st;
    if (n >= sizeof field) n = sizeof field - 1;
    memcpy(field, im->env->err->field, n);
    field[n] = 0;
    return arci_import_fault(im, row->csv, row->number, t->entity, field, arci_import_rule_of(t, field), st);
}

/* Custom fields that must have a value, and rows they point at: found before anything is written. */
static arc_status check_custom(arci_import *im, const arci_import_row *row, const arci_target *t, arci_record *r)
{
    const arci_custom_field *bad = NULL;
    arci_arena arena;
    int points = 0;
    if (!r->n_custom) return ARC_OK;
    arc_status st = arci_record_check_custom(im->env, r);
    if (st != ARC_OK) return custom_fault(im, row, t, st);
    for (uint32_t i = 0; i < t->n_fields; i++) points |= t->fields[i].custom && arci_custom_points(t->fields[i].custom);
    if (!points) return ARC_OK;
    arci_arena_init(&arena, im->env->ctx);
    st = arci_custom_references(im->t, &arena, &r, 1, &bad);
    arci_arena_clear(&arena);
    return st == ARC_OK && bad ? custom_fault(im, row, t, arci_custom_dangling(im->env, bad)) : st;
}

static arc_status may_set(arci_import *im, const arci_import_row *row, const arci_target *t, const arci_record *r)
{
    const arci_field *bad = im->s->access ? arci_access_not_settable(im->s, r) : NULL;
    if (!bad) return ARC_OK;
    arc_status st = arci_access_record_fault(im->t, r, bad, ARC_E_FORBIDDEN);
    return arci_import_fault(im, row->csv, row->number, t->entity, bad->name, arci_import_rule_of(t, bad->name), st);
}

arc_status arci_import_fill(arci_import *im, const arci_import_row *row, arci_target_kind target, arci_record *r, const char *const *required)
{
    const arci_target *t = &im->mapping.targets[target];
    arc_status st = fill(im, row, t, r);
    if (st == ARC_OK && !im->faulted) st = check_required(im, row, t, r, required);
    if (st == ARC_OK && !im->faulted) st = check_custom(im, row, t, r);
    if (st == ARC_OK && !im->faulted) st = may_set(im, row, t, r);
    return st == ARC_OK && !im->faulted && im->seen && im->sum.pass == 1 && !im->again ? im->seen(im->seen_user, im->env, row->number, row->csv->line, r) : st;
}

int arci_import_applies(const arci_import_row *row, const arci_target *t)
{
    const char *s;
    size_t n;
    if (!t->entity) return 0;
    if (!t->has_when) return 1;
    arci_import_cell(row->csv, t->when_column, &s, &n);
    if (!t->when_in) return (n != 0) == (t->when_filled != 0);
    for (const arci_json *e = t->when_in->child; e; e = e->next) {
        if (e->type == ARCI_JSON_STRING && e->len == n && memcmp(e->s, s, n) == 0) return 1;
    }
    return 0;
}

/* ---- the three targets ---------------------------------------------------------------------------------------------------------- */

/* Whether the book has a row of an entity with this text in a field. */
static arc_status in_book(arci_import *im, const char *entity, const char *fields, const char *s, size_t n, int64_t *id)
{
    const arci_shape *shape;
    arci_where where;
    arci_rows rows;
    arci_arena arena;
    *id = 0;
    arc_status st = arci_shape_get(im->t, &shape, entity, fields);
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, im->env->ctx);
    arci_where_init(&where);
    arci_where_text(&where, shape->cols[1], ARC_OP_EQ, s, n);
    st = arci_repo_find(im->t, shape, &where, NULL, 0, 1, &arena, &rows);
    if (st == ARC_OK && rows.n_rows) *id = rows.values[0].u.i;
    arci_arena_clear(&arena);
    return st;
}

/* A new customer that somebody else has to approve first cannot come with its documents. */
static arc_status needs_nobody(arci_import *im, const arci_import_row *row, const arci_target *t, arci_record *r)
{
    const arci_approval *a = NULL;
    arc_status st = im->sum.pass == 1 ? arci_approval_for(im->t, &arci_verbs[ARCI_DO_INSERT], r->entity, r, &a) : ARC_OK;
    if (st != ARC_OK || !a) return st;
    arci_fail(im->env, ARC_E_STATE, "new customers wait for approval in this book: add them first", "本账簿新增客户须审批：请先新增客户");
    return arci_import_fault(im, row->csv, row->number, t->entity, "code", arci_import_rule_of(t, "code"), ARC_E_STATE);
}

arc_status arci_import_fill_customer(arci_import *im, const arci_import_row *row, arc_record *handle)
{
    static const char *const required[] = { "code", "legal_name", NULL };
    const arci_target *t = &im->mapping.targets[ARCI_TARGET_CUSTOMER];
    arci_record *r = arci_import_record(im, handle);
    if (!arci_import_rule_of(t, "legal_name")) { /* a list of what is theirs, not of customers */
        arci_fail(im->env, ARC_E_REFERENCE, "the book has no such customer, and the file does not name it", "账簿中没有该客户，且文件未提供客户名称");
        return arci_import_fault(im, row->csv, row->number, t->entity, "code", arci_import_rule_of(t, "code"), ARC_E_REFERENCE);
    }
    arc_status st = arci_import_fill(im, row, ARCI_TARGET_CUSTOMER, r, required);
    if (st == ARC_OK && !im->faulted) st = needs_nobody(im, row, t, r);
    return st == ARC_OK && !im->faulted ? arci_import_rules(im, row, ARCI_TARGET_CUSTOMER, r) : st;
}

static arc_status add_customer(arci_import *im, const char *code, size_t n, uint32_t *out, int *is_new)
{
    int64_t *at;
    int32_t made = arci_map_put(&im->customer_index, code, n, &at);
    if (made < 0) return arci_nomem(im->env);
    *is_new = made;
    if (made) {
        if (im->n_customers == im->cap_customers) {
            uint32_t cap = im->cap_customers ? im->cap_customers * 2 : 256;
            void *grown = arci_resize(im->env->ctx, im->customers, cap * sizeof *im->customers);
            if (!grown) return arci_nomem(im->env);
            im->customers = grown;
            im->cap_customers = cap;
        }
        memset(&im->customers[im->n_customers], 0, sizeof *im->customers);
        *at = ++im->n_customers;
    }
    *out = (uint32_t)*at - 1;
    return ARC_OK;
}

/* A code of one who was merged into another finds the kept one. */
static arc_status look_on(arci_import *im, int64_t *id)
{
    arci_arena arena;
    const int64_t named = *id;
    arci_arena_init(&arena, im->env->ctx);
    arc_status st = arci_merged_roots_now(im->t, &arena, &named, 1, id);
    arci_arena_clear(&arena);
    return st;
}

/* To an actor with few rows a customer outside them is none, and so is one he may not add. */
static arc_status look_foreign(arci_import *im, arci_import_customer *c)
{
    const arci_entity *e = arci_entity_by_name("customer", 8);
    const arci_verb *record = &arci_verbs[ARCI_DO_INVOICE_RECORD];
    arci_arena arena;
    uint8_t seen = 1;
    c->foreign = (uint8_t)(!c->id && !arci_access_may(im->s, &arci_verbs[ARCI_DO_INSERT], e));
    if (!im->s->access || !c->id) return ARC_OK;
    arci_arena_init(&arena, im->env->ctx);
    arc_status st = arci_scope_rows(im->t, &arena, e, arci_access_scope(im->s, record, NULL), &c->id, 1, &seen);
    arci_arena_clear(&arena);
    c->foreign = !seen;
    return st;
}

arc_status arci_import_judge_customer(arci_import *im, arci_import_row *row)
{
    const arci_target *t = &im->mapping.targets[ARCI_TARGET_CUSTOMER];
    const arci_mapping_rule *rule = NULL, *used;
    const char *s;
    size_t n;
    int is_new = 0;
    char number[ARCI_IMPORT_NUMBER];
    for (uint32_t i = 0; i < t->n_fields; i++) {
        if (strcmp(t->fields[i].field->name, "code") == 0) rule = &t->fields[i].rule;
    }
    arc_status st = rule_text(im, row, rule, &used, &s, &n);
    if (st == ARC_E_NOMEM) return st;
    if (st == ARC_OK) arci_import_half_width("code", number, &s, &n);
    if (st == ARC_OK) st = arci_import_normalise_code(im, &s, &n);
    if (st == ARC_OK && !n) st = arci_fail(im->env, ARC_E_REQUIRED, "code is required", "code 为必填项");
    if (st != ARC_OK) return arci_import_fault(im, row->csv, row->number, t->entity, "code", used, st);
    st = add_customer(im, s, n, &row->customer, &is_new);
    if (st == ARC_OK && is_new) st = in_book(im, "customer", "id code", s, n, &im->customers[row->customer].id);
    if (st == ARC_OK && is_new && im->customers[row->customer].id) st = look_on(im, &im->customers[row->customer].id);
    if (st == ARC_OK && is_new) st = look_foreign(im, &im->customers[row->customer]);
    if (st != ARC_OK || !im->customers[row->customer].foreign) return st;
    arci_fail(im->env, ARC_E_REFERENCE, "there is no such customer", "客户不存在");
    return arci_import_fault(im, row->csv, row->number, t->entity, "code", used, ARC_E_REFERENCE);
}

arc_status arci_import_not_taken(arci_import *im, const arci_import_row *row, arci_target_kind target, const arci_record *r)
{
    const arci_target *t = &im->mapping.targets[target];
    int invoice = target == ARCI_TARGET_INVOICE, ask_book = im->sum.pass == 1 && (invoice ? im->book_has_invoices : im->book_has_receipts);
    arci_prints *prints = invoice ? &im->numbers : &im->receipt_numbers;
    const uint32_t number_field = invoice ? ARC_INVOICE_NUMBER : ARC_RECEIPT_NUMBER;
    const arc_value *number = arci_record_value(r, number_field & 0xffffu);
    int64_t id = 0;
    if (number->type != ARC_V_TEXT) return ARC_OK;
    arc_status st = ARC_OK;
    int32_t fresh = im->sum.pass == 1 ? arci_prints_add(prints, number->u.s, number->len) : 1; /* pass 2 leaves out what was refused */
    if (fresh < 0) return arci_nomem(im->env);
    if (!fresh) {
        arci_fail(im->env, ARC_E_EXISTS, "this number stands in the file before", "该编号在文件中重复");
    } else if (ask_book) {
        st = in_book(im, t->entity->name, "id number", number->u.s, number->len, &id);
        if (st == ARC_OK && id) arci_fail(im->env, ARC_E_EXISTS, "the book has this number already", "账簿中已有该编号");
    }
    if (st != ARC_OK || (fresh && !id)) return st;
    return arci_import_fault(im, row->csv, row->number, t->entity, "number", arci_import_rule_of(t, "number"), ARC_E_EXISTS);
}

static arc_status judge_invoice(arci_import *im, arci_import_row *row)
{
    static const char *const required[] = { "number", "invoice_date", "due_date", "currency", "gross_amount", NULL };
    const arci_target *t = &im->mapping.targets[ARCI_TARGET_INVOICE];
    row->has_invoice = (uint8_t)arci_import_applies(row, t);
    if (!row->has_invoice) return ARC_OK;
    arci_record *r = arci_import_record(im, row->invoice);
    arc_status st = arci_import_fill(im, row, ARCI_TARGET_INVOICE, r, required);
    if (st != ARC_OK || im->faulted) return st;
    const arc_value *net = arci_record_value(r, ARC_INVOICE_NET_AMOUNT), *tax = arci_record_value(r, ARC_INVOICE_TAX_AMOUNT);
    if (net->type == ARC_V_INT && tax->type == ARC_V_INT && net->u.i + tax->u.i != arci_record_value(r, ARC_INVOICE_GROSS_AMOUNT)->u.i) {
        arci_fail(im->env, ARC_E_VALUE, "net and tax do not add up to the gross amount", "不含税金额与税额之和不等于价税合计");
        return arci_import_fault(im, row->csv, row->number, t->entity, "gross_amount", NULL, ARC_E_VALUE);
    }
    st = arci_import_judge_day(im, row, t, "invoice_date", (arc_date)arci_record_value(r, ARC_INVOICE_INVOICE_DATE)->u.i);
    return st == ARC_OK && !im->faulted ? arci_import_not_taken(im, row, ARCI_TARGET_INVOICE, r) : st;
}

arc_status arci_import_judge(arci_import *im, arci_import_row *row)
{
    row->new_group = row->has_invoice = row->has_receipt = 0;
    row->known_more = 0;
    memset(row->has_more, 0, sizeof row->has_more);
    arc_status st = arci_import_group_of(im, row);
    if (st == ARC_OK) st = arci_import_judge_customer(im, row);
    if (st == ARC_OK && !im->faulted) st = judge_invoice(im, row);
    if (st == ARC_OK && !im->faulted) st = arci_import_judge_receipt(im, row);
    if (st == ARC_OK && !im->faulted && row->has_invoice) st = arci_import_rules(im, row, ARCI_TARGET_INVOICE, arci_import_record(im, row->invoice));
    if (st == ARC_OK && !im->faulted && row->has_receipt) st = arci_import_rules(im, row, ARCI_TARGET_RECEIPT, arci_import_record(im, row->receipt));
    return st == ARC_OK && !im->faulted ? arci_import_judge_more(im, row) : st;
}
