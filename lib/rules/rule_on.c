/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what sets a step off. */
#include <string.h>

#include "arcore/date.h"
#include "arcore/decimal.h"
#include "model/verbs.h"
#include "rules/rule_impl.h"
#include "store/image.h"

#define MAX_VALUES 100u

/* ---- dates ----------------------------------------------------------------------------------------------------------------------- */

static arc_status take_date(arci_rule_reader *r, arci_rule_step *step, const arci_rule_step *previous, const arci_json *on)
{
    const arci_json *calendar = arci_json_get(on, "calendar"), *offset = arci_json_get(on, "offset");
    const char *code;
    arc_status st = arci_trigger_read(r->env, &step->date, r->r->frame->facts, on, r->r->calendar);
    if (st != ARC_OK) {
        arci_fail_rule(r->env, "trigger");
        return arci_rule_note(r, st);
    }
    if (calendar) st = arci_rule_calendar(r, calendar, &code);
    if (st != ARC_OK || step->date.from != ARCI_ANCHOR_PREVIOUS) return st;
    if (!previous) return arci_rule_wrong(r, arci_json_get(on, "anchor"), ARC_E_VALUE, "previous", "the lowest level has none below it", "最低一级没有上一级");
    if (step->date.offset.days < 0 || step->date.offset.months < 0) return arci_rule_wrong(r, offset, ARC_E_RANGE, "previous", "is not before the level below", "不能早于上一级");
    return ARC_OK;
}

/* ---- events -------------------------------------------------------------------------------------------------------------------------- */

/* "contract.approve", "customer.update": a verb that changes the book, of an entity that has a table. */
static int is_verb(const arci_rule_reader *r, const arci_json *m)
{
    const char *dot = m->type == ARCI_JSON_STRING ? strchr(m->s, '.') : NULL;
    const arci_entity *e = dot ? arci_entity_by_name(m->s, (size_t)(dot - m->s)) : NULL;
    if (!e || !arci_store_table(r->t->book->store, e)) return 0;
    for (uint32_t i = 0; i < ARCI_N_VERBS; i++) {
        const arci_verb *v = &arci_verbs[i];
        if ((v->flags & ARCI_VERB_WRITES) && strcmp(v->name, dot + 1) == 0 && (!v->entity || strcmp(v->entity, e->name) == 0)) return 1;
    }
    return 0;
}

static arc_status take_verb(arci_rule_reader *r, arci_rule_change *c, const arci_json *m)
{
    if (!is_verb(r, m)) return arci_rule_wrong(r, m, ARC_E_NOT_FOUND, "verb", "is no verb that changes the book", "不是会改变账簿的动作");
    c->verb = m->s;
    return ARC_OK;
}

static arc_status take_entity(arci_rule_reader *r, arci_rule_change *c, const arci_json *m)
{
    const arci_entity *e = m->type == ARCI_JSON_STRING ? arci_entity_by_name(m->s, m->len) : NULL;
    if (!e) return arci_rule_wrong(r, m, ARC_E_NOT_FOUND, "entity", "is no entity", "没有该实体");
    const arci_table *table = arci_store_table(r->t->book->store, e);
    if (!table || !arci_table_told(table) || e->key) return arci_rule_wrong(r, m, ARC_E_UNSUPPORTED, "entity", "no event tells of its rows", "没有事件记录其变化");
    c->entity = e;
    return ARC_OK;
}

static arc_status take_field(arci_rule_reader *r, arci_rule_change *c, const arci_json *m)
{
    const arci_field *f = m->type == ARCI_JSON_STRING ? arci_entity_field(c->entity, m->s, m->len) : NULL;
    if (!f || (f->flags & ARCI_F_DERIVED)) return arci_rule_wrong(r, m, ARC_E_NOT_FOUND, "field", "is no field of it that is stored", "不是其存储的字段");
    if (!arci_image_has(c->entity, f)) return arci_rule_wrong(r, m, ARC_E_UNSUPPORTED, "field", "no event tells of this field", "没有事件记录该字段");
    c->field = f;
    c->holder = c->entity;
    return ARC_OK;
}

static int code_of(const arci_field *f, const arci_json *m)
{
    const arci_code_list *list = arci_code_list_get(f->aux);
    for (uint32_t i = 0; m->type == ARCI_JSON_STRING && list && list->codes[i]; i++) {
        if (strcmp(list->codes[i], m->s) == 0) return 1;
    }
    return 0;
}

/* Whether an event could ever have this value. */
static int fits(arci_env *env, const arci_field *f, const arci_json *m)
{
    int64_t n;
    arc_date d;
    if (m->type == ARCI_JSON_NULL) return 1;
    switch (f->type) {
    case ARC_T_CODE: return code_of(f, m);
    case ARC_T_BOOL: return m->type == ARCI_JSON_TRUE || m->type == ARCI_JSON_FALSE;
    case ARC_T_INT:
    case ARC_T_ID: return m->type == ARCI_JSON_NUMBER && arci_json_int(env, m, &n) == ARC_OK;
    case ARC_T_DATE: return m->type == ARCI_JSON_STRING && arc_date_parse(&d, m->s, m->len) == ARC_OK && m->len == 10;
    case ARC_T_TEXT: return m->type == ARCI_JSON_STRING;
    default: return 0;
    }
}

static arc_status take_values(arci_rule_reader *r, const arci_rule_change *c, const arci_json *m, const arci_json **out)
{
    const arci_json *first = m->type == ARCI_JSON_ARRAY ? m->child : m;
    arc_status st = ARC_OK;
    if (!c->field) return arci_rule_wrong(r, m, ARC_E_VALUE, "field", "says what a field becomes: name the field", "须同时填写 field");
    if (m->type == ARCI_JSON_ARRAY && (!m->n || m->n > MAX_VALUES)) return arci_rule_wrong(r, m, ARC_E_VALUE, "value", "is a value or a list of 1 to 100", "须为值或 1 至 100 个值的列表");
    for (const arci_json *v = first; v && st == ARC_OK; v = v == m ? NULL : v->next) {
        if (!fits(r->env, c->field, v)) st = arci_rule_wrong(r, v, ARC_E_VALUE, "constant", "is no value this field can have; of amounts say it in a condition", "不是该字段可有的值；金额请写在条件中");
    }
    *out = m;
    return st;
}

static arc_status take_via(arci_rule_reader *r, arci_rule_change *c, const arci_json *m)
{
    const arci_field *f = m->type == ARCI_JSON_STRING ? arci_entity_field(c->entity, m->s, m->len) : NULL;
    if (!f || f->type != ARC_T_ID || (f->flags & ARCI_F_DERIVED) || !f->aux || strcmp(f->aux, r->r->frame->subject->name) != 0)
        return arci_rule_wrong(r, m, ARC_E_VALUE, "via", "is a reference of the entity to the subject", "须为该实体指向规则对象的引用字段");
    c->via = f;
    return ARC_OK;
}

static arc_status take_change(arci_rule_reader *r, arci_rule_step *step, const arci_json *on)
{
    static const char *const names[] = { "kind", "entity", "field", "from", "to", "verb", "via" };
    arci_rule_change *c = &step->change;
    const arci_json *m[7];
    arc_status st = ARC_OK;
    c->entity = r->r->frame->subject;
    for (int i = 0; i < 7; i++) m[i] = arci_json_get(on, names[i]);
    for (const arci_json *x = on->child; x && st == ARC_OK; x = x->next) {
        int known = 0;
        for (int i = 0; i < 7; i++) known |= x == m[i];
        if (!known) st = arci_rule_wrong(r, x, ARC_E_NOT_FOUND, "unknown_member", "is not known here", "此处不识别该成员");
    }
    if (st == ARC_OK && !m[2] && !m[5]) st = arci_rule_wrong(r, on, ARC_E_REQUIRED, "required", "needs a field or a verb", "须填写 field 或 verb");
    if (st == ARC_OK && m[1]) st = take_entity(r, c, m[1]);
    if (st == ARC_OK && m[5]) st = take_verb(r, c, m[5]);
    if (st == ARC_OK && m[2]) st = take_field(r, c, m[2]);
    if (st == ARC_OK && m[3]) st = take_values(r, c, m[3], &c->from);
    if (st == ARC_OK && m[4]) st = take_values(r, c, m[4], &c->to);
    if (st == ARC_OK && m[6]) st = take_via(r, c, m[6]);
    if (st == ARC_OK && c->entity != r->r->frame->subject && !m[6]) st = arci_rule_wrong(r, on, ARC_E_REQUIRED, "via", "another entity needs `via`: its reference to the subject", "其他实体须填写 via：指向规则对象的引用字段");
    return st;
}

/* ---- thresholds ---------------------------------------------------------------------------------------------------------------------------- */

/* A node that stands where another does: its faults are told there. */
static arci_json *stand_in(arci_rule_reader *r, const arci_json *m, arci_json *next)
{
    arci_json *copy = arci_arena_alloc(&r->r->arena, sizeof *copy);
    if (!copy) return NULL;
    *copy = *m;
    copy->next = next;
    return copy;
}

/* {op: [value, bound]} with the members' own places. */
static arc_status compare(arci_rule_reader *r, const char *op, const arci_json *value, const arci_json *bound, arci_logic **out)
{
    arci_json *list = arci_arena_calloc(&r->r->arena, 1, sizeof *list), *node = arci_arena_calloc(&r->r->arena, 1, sizeof *node);
    arci_json *right = stand_in(r, bound, NULL), *left = right ? stand_in(r, value, right) : NULL;
    if (!list || !node || !left) return arci_nomem(r->env);
    node->type = ARCI_JSON_OBJECT;
    node->key = value->parent->key;
    node->key_len = value->parent->key_len;
    node->parent = value->parent->parent;
    node->n = 1;
    node->child = list;
    list->type = ARCI_JSON_ARRAY;
    list->key = op;
    list->key_len = (uint32_t)strlen(op);
    list->parent = node;
    list->n = 2;
    list->child = left;
    return arci_rule_condition(r, node, out);
}

static arc_status take_bounds(arci_rule_reader *r, arci_rule_threshold *t, const arci_json *on, const arci_json *value)
{
    const arci_json *above = arci_json_get(on, "above"), *below = arci_json_get(on, "below"), *rearm = arci_json_get(on, "rearm");
    const arci_json *bound = above ? above : below;
    if (!bound || (above && below)) return arci_rule_wrong(r, on, ARC_E_REQUIRED, "threshold", "needs either `above` or `below`", "须填写 above 或 below 之一");
    if (!rearm) return arci_rule_wrong(r, on, ARC_E_REQUIRED, "threshold", "needs `rearm`: where it may fire again", "须填写 rearm（重新启用的界限）");
    uint32_t before = r->sink ? r->sink->n : 0;
    arc_status st = compare(r, above ? ">" : "<", value, bound, &t->over);
    if (st == ARC_OK) st = arci_rule_lasting(r, t->over);
    if (st == ARC_OK && (!r->sink || r->sink->n == before)) st = compare(r, above ? "<=" : ">=", value, rearm, &t->rearm);
    return st;
}

/* The bounds the right way round, both being constants of one type: {">=": [above, rearm]} must hold. */
static arc_status check_bounds(arci_rule_reader *r, const arci_json *on)
{
    const arci_json *above = arci_json_get(on, "above"), *bound = above ? above : arci_json_get(on, "below"), *rearm = arci_json_get(on, "rearm");
    arc_decimal a, b;
    int32_t order = 0;
    if (bound->type > ARCI_JSON_STRING || bound->type < ARCI_JSON_NUMBER || rearm->type > ARCI_JSON_STRING || rearm->type < ARCI_JSON_NUMBER) return ARC_OK;
    if (arc_decimal_parse(&a, bound->s, bound->len) != ARC_OK || arc_decimal_parse(&b, rearm->s, rearm->len) != ARC_OK) return ARC_OK;
    if (arc_decimal_compare(&order, &a, &b) != ARC_OK) return ARC_OK;
    if (above ? order >= 0 : order <= 0) return ARC_OK;
    return above ? arci_rule_wrong(r, rearm, ARC_E_RANGE, "threshold", "is not above the bound", "不能高于界限") : arci_rule_wrong(r, rearm, ARC_E_RANGE, "threshold", "is not below the bound", "不能低于界限");
}

static arc_status take_threshold(arci_rule_reader *r, arci_rule_step *step, const arci_json *on)
{
    static const char *const names[] = { "kind", "value", "above", "below", "over", "rearm" };
    const arci_json *value = arci_json_get(on, "value"), *over = arci_json_get(on, "over"), *rearm = arci_json_get(on, "rearm");
    arci_rule_threshold *t = &step->threshold;
    arc_status st = ARC_OK;
    for (const arci_json *m = on->child; m && st == ARC_OK; m = m->next) {
        int known = 0;
        for (int i = 0; i < 6; i++) known |= strcmp(m->key, names[i]) == 0;
        if (!known || (over && (strcmp(m->key, "above") == 0 || strcmp(m->key, "below") == 0))) st = arci_rule_wrong(r, m, ARC_E_NOT_FOUND, "unknown_member", "is not known here", "此处不识别该成员");
    }
    if (st != ARC_OK) return st;
    if (!value == !over) return arci_rule_wrong(r, on, ARC_E_REQUIRED, "threshold", "needs either `value` or `over`", "须填写 value 或 over 之一");
    if (value) {
        uint32_t before = r->sink ? r->sink->n : 0;
        st = take_bounds(r, t, on, value);
        return st == ARC_OK && (!r->sink || r->sink->n == before) ? check_bounds(r, on) : st;
    }
    if (!rearm) return arci_rule_wrong(r, on, ARC_E_REQUIRED, "threshold", "needs `rearm`: a condition under which it may fire again", "须填写 rearm（重新启用的条件）");
    st = arci_rule_condition(r, over, &t->over);
    if (st == ARC_OK) st = arci_rule_lasting(r, t->over);
    return st == ARC_OK ? arci_rule_condition(r, rearm, &t->rearm) : st;
}

/* ---- any --------------------------------------------------------------------------------------------------------------------------------------- */

arc_status arci_rule_on(arci_rule_reader *r, arci_rule_step *step, const arci_rule_step *previous, const arci_json *on)
{
    const arci_json *kind = arci_json_get(on, "kind");
    if (on->type != ARCI_JSON_OBJECT) return arci_rule_wrong(r, on, ARC_E_VALUE, "type", "is an object", "须为对象");
    if (arci_rule_text_is(kind, "date")) return take_date(r, step, previous, on);
    if (arci_rule_text_is(kind, "change")) {
        step->on = ARCI_ON_CHANGE;
        return take_change(r, step, on);
    }
    if (arci_rule_text_is(kind, "threshold")) {
        step->on = ARCI_ON_THRESHOLD;
        return take_threshold(r, step, on);
    }
    return arci_rule_wrong(r, kind ? kind : on, kind ? ARC_E_VALUE : ARC_E_REQUIRED, "kind", "needs a kind: date, change or threshold", "kind 须为 date、change 或 threshold");
}

void arci_rule_on_free(arci_rule_step *step)
{
    arci_logic_free(step->threshold.over);
    arci_logic_free(step->threshold.rearm);
}
