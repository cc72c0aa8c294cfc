/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what a rule does once for several rows: `unit`, and `once` in its steps. */
#include <string.h>

#include "rules/action.h"
#include "rules/rule_impl.h"

static arc_status take_by(arci_rule_reader *r, const arci_json *by)
{
    arci_rule_together *u = &r->r->unit;
    if (arci_rule_text_is(by, "customer")) u->by = ARCI_UNIT_CUSTOMER;
    else if (arci_rule_text_is(by, "head_office")) u->by = ARCI_UNIT_HEAD;
    else return arci_rule_wrong(r, by, ARC_E_VALUE, "unit", "is customer or head_office", "须为 customer 或 head_office");
    return ARC_OK;
}

/* What lies in different units though the customer is the same. */
static arc_status take_split(arci_rule_reader *r, const arci_json *split)
{
    arci_rule_together *u = &r->r->unit;
    arc_status st = ARC_OK;
    if (split->type != ARCI_JSON_ARRAY) return arci_rule_wrong(r, split, ARC_E_VALUE, "unit", "is a list of currency and language", "须为 currency、language 的列表");
    u->by_currency = 0;
    for (const arci_json *m = split->child; m && st == ARC_OK; m = m->next) {
        if (arci_rule_text_is(m, "currency")) u->by_currency = 1;
        else if (arci_rule_text_is(m, "language")) u->by_language = 1;
        else st = arci_rule_wrong(r, m, ARC_E_VALUE, "unit", "is currency or language", "须为 currency 或 language");
    }
    return st;
}

/* A field of the rows that may not be there. */
static arc_status field_of(arci_rule_reader *r, const char *path, const arci_fact **out)
{
    arc_status st = arci_facts_path(r->env, r->r->frame->facts, out, path, strlen(path));
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    *out = NULL;
    arci_error_clear(r->env->err);
    return ARC_OK;
}

static arc_status find_fields(arci_rule_reader *r)
{
    const arci_rule_frame *f = r->r->frame;
    arci_rule_together *u = &r->r->unit;
    char path[100];
    size_t n = strlen(f->customer->path);
    int itself = strcmp(f->subject->name, "customer") == 0;
    arc_status st = field_of(r, "currency", &u->currency);
    if (st != ARC_OK || n + 10 >= sizeof path) return st;
    memcpy(path, f->customer->path, n);
    memcpy(path + n, ".language", 10);
    return field_of(r, itself ? "language" : path, &u->language);
}

/* Totals by currency stand with each row. */
static arc_status add_totals(arci_rule_reader *r)
{
    arci_rule_together *u = &r->r->unit;
    arci_facts *f = u->rows->elements;
    arci_fact total = { .path = "unit.total", .type = ARCI_FACT_MONEY }, count = { .path = "unit.count", .type = ARCI_FACT_INT }, first = { .path = "unit.first", .type = ARCI_FACT_BOOL };
    const arci_fact *ignored;
    arc_status st = arci_facts_path(r->env, f, &u->open, "open", 4);
    if (st == ARC_OK) st = arci_facts_path(r->env, f, &u->in, "currency", 8);
    if (st == ARC_E_NOMEM) return st;
    if (st != ARC_OK || u->open->type != ARCI_FACT_MONEY || u->open->currency == ARCI_NO_SLOT) {
        u->open = u->in = NULL;
        arci_error_clear(r->env->err);
        return ARC_OK;
    }
    total.col = (uint16_t)(u->open->slot + 1u);
    st = arci_facts_param(r->env, f, &total, &ignored);
    if (st == ARC_OK) st = arci_facts_param(r->env, f, &count, &ignored);
    if (st == ARC_OK) st = arci_facts_param(r->env, f, &first, &ignored);
    if (st == ARC_OK) st = arci_facts_path(r->env, f, &u->total, total.path, strlen(total.path));
    if (st == ARC_OK) ((arci_fact *)(uintptr_t)u->total)->currency = u->open->currency;
    if (st == ARC_OK) st = arci_facts_path(r->env, f, &u->count, count.path, strlen(count.path));
    return st == ARC_OK ? arci_facts_path(r->env, f, &u->first, first.path, strlen(first.path)) : st;
}

static arc_status make_facts(arci_rule_reader *r)
{
    static const arci_fact level = { .path = "firing.level", .type = ARCI_FACT_INT }, effective = { .path = "firing.effective_date", .type = ARCI_FACT_DATE };
    arci_rule_together *u = &r->r->unit;
    const arci_fact *ignored;
    arc_status st = arci_facts_new(r->env, &u->facts, arci_entity_by_name("customer", 8), r->set->custom);
    if (st == ARC_OK) st = arci_facts_currency(r->env, u->facts, r->r->frame->currency);
    if (st != ARC_OK) return st;
    arci_facts_base(u->facts, r->t->book->base_currency);
    arci_facts_zone(u->facts, r->t->book->utc_offset_minutes);
    st = arci_facts_given(r->env, u->facts, "rows", r->r->frame->subject, &u->rows);
    if (st == ARC_OK) st = arci_facts_param(r->env, u->rows->elements, &level, &ignored);
    if (st == ARC_OK) st = arci_facts_param(r->env, u->rows->elements, &effective, &ignored);
    if (st == ARC_OK) st = arci_facts_path(r->env, u->rows->elements, &u->level, level.path, strlen(level.path));
    if (st == ARC_OK) st = arci_facts_path(r->env, u->rows->elements, &u->effective, effective.path, strlen(effective.path));
    return st == ARC_OK ? add_totals(r) : st;
}

arc_status arci_rule_take_unit(arci_rule_reader *r, const arci_json *unit)
{
    arci_rule_together *u = &r->r->unit;
    const arci_json *by = unit->type == ARCI_JSON_OBJECT ? arci_json_get(unit, "by") : unit, *split = unit->type == ARCI_JSON_OBJECT ? arci_json_get(unit, "split") : NULL;
    arc_status st = ARC_OK;
    u->by_currency = 1;
    for (const arci_json *m = unit->type == ARCI_JSON_OBJECT ? unit->child : NULL; m && st == ARC_OK; m = m->next) {
        if (m != by && m != split) st = arci_rule_wrong(r, m, ARC_E_NOT_FOUND, "unknown_member", "is not known here", "此处不识别该成员");
    }
    if (st == ARC_OK && !by) st = arci_rule_wrong(r, unit, ARC_E_REQUIRED, "required", "needs `by`: customer or head_office", "须填写 by：customer 或 head_office");
    if (st == ARC_OK && by) st = take_by(r, by);
    if (st == ARC_OK && split) st = take_split(r, split);
    if (st == ARC_OK && u->by && !r->r->frame->customer) {
        u->by = ARCI_UNIT_NONE;
        return arci_rule_wrong(r, unit, ARC_E_VALUE, "unit", "the subject has no customer", "规则对象没有客户");
    }
    if (st != ARC_OK || !u->by) return st;
    st = find_fields(r);
    return st == ARC_OK ? make_facts(r) : st;
}

arc_status arci_rule_take_once(arci_rule_reader *r, arci_rule_step *step, const arci_json *once)
{
    arc_status st = ARC_OK;
    if (!r->r->unit.by) return arci_rule_wrong(r, once, ARC_E_VALUE, "unit", "is done once for a unit: the rule needs `unit`", "对每个合并单元执行一次：规则须填写 unit");
    for (const arci_json *m = once->type == ARCI_JSON_ARRAY ? once->child : NULL; m && st == ARC_OK; m = m->next) {
        const arci_json *type = m->type == ARCI_JSON_OBJECT ? arci_json_get(m, "type") : NULL;
        if (arci_rule_text_is(type, "interest")) st = arci_rule_wrong(r, type, ARC_E_UNSUPPORTED, "action", "is charged row by row: it stands in `then`", "利息按行计收：须写在 then 中");
    }
    return st == ARC_OK ? arci_rule_take_actions(r, &step->once, r->r->unit.facts, once) : st;
}
