/* SPDX-License-Identifier: Apache-2.0 */
/* The language of conditions over records as they are written: what the layers below ask for validation rules (model/valid.h). */
#include <string.h>

#include "model/record_impl.h"
#include "rules/fact_impl.h"
#include "rules/logic.h"
#include "store/repo.h"

struct arci_expr {
    arci_expr *next;
    const arci_conditions *of;
    arci_logic *logic;
    const arci_field **fields; /* it reads; NULL behind the last */
    uint16_t *slots;           /* to fill: what others are computed from first */
    uint32_t n_fields, n_slots;
    int check;
};

struct arci_conditions {
    arc_context *ctx;
    arci_arena arena;
    arci_facts *facts;
    arci_expr *all;
    const arci_entity *entity;
    arc_value *row; /* of the record at hand */
    arc_date today;
};

static void close_conditions(arci_conditions *c)
{
    if (!c) return;
    for (arci_expr *x = c->all; x; x = x->next) arci_logic_free(x->logic);
    arci_facts_free(c->facts);
    arci_free(c->ctx, c->row);
    arci_arena_clear(&c->arena);
    arci_free(c->ctx, c);
}

static arc_status open_conditions(arci_env *env, arci_conditions **out, const arci_entity *e, arci_custom *custom, const char *base)
{
    arci_conditions *c = arci_calloc(env->ctx, 1, sizeof *c);
    *out = NULL;
    if (!c) return arci_nomem(env);
    c->ctx = env->ctx;
    c->entity = e;
    c->today = ARC_DATE_NONE;
    arci_arena_init(&c->arena, env->ctx);
    arc_status st = arci_facts_new(env, &c->facts, e, custom);
    if (st != ARC_OK) {
        close_conditions(c);
        return st;
    }
    arci_facts_alone(c->facts);
    if (base && strlen(base) == 3) arci_facts_base(c->facts, base);
    *out = c;
    return ARC_OK;
}

static void set_day(arci_conditions *c, arc_date today)
{
    c->today = today;
}

/* ---- compiling ------------------------------------------------------------------------------------------------------------------ */

static int is_computed(const arci_fact *f)
{
    return f->how != ARCI_HOW_FIELD || (f->flags & ARCI_FACT_BASE);
}

/* Slots it reads, and those they are computed from. */
static arc_status take_slots(arci_env *env, arci_conditions *c, arci_expr *x)
{
    uint32_t width = arci_facts_width(c->facts);
    uint8_t *used = arci_arena_calloc(&c->arena, width + 1u, 1);
    x->slots = arci_arena_alloc(&c->arena, (width + 1u) * sizeof *x->slots);
    if (!used || !x->slots) return arci_nomem(env);
    arci_logic_slots(x->logic, used);
    for (uint32_t i = 0; i < width; i++) {
        const arci_fact *f = arci_facts_slot(c->facts, i);
        if (used[i] && f->how != ARCI_HOW_PARAM && is_computed(f)) used[f->from] = 1;
    }
    for (int computed = 0; computed < 2; computed++) {
        for (uint32_t i = 0; i < width; i++) {
            if (used[i] && is_computed(arci_facts_slot(c->facts, i)) == computed) x->slots[x->n_slots++] = (uint16_t)i;
        }
    }
    return ARC_OK;
}

static const arci_field *field_of(const arci_conditions *c, const arci_fact *f)
{
    if (f->field || f->how != ARCI_HOW_FIELD) return f->field;
    const arci_custom_field *cf = arci_custom_by_number(c->facts->custom, c->entity, f->col & ~ARCI_CURRENCY_PART);
    return cf ? &cf->field : NULL; /* of the currency of a custom amount */
}

static arc_status take_fields(arci_env *env, arci_conditions *c, arci_expr *x)
{
    uint32_t n = 0;
    x->fields = arci_arena_calloc(&c->arena, (x->n_slots + 1u) * 2, sizeof(const arci_field *));
    uint16_t *order = arci_arena_alloc(&c->arena, (x->n_slots + 1u) * sizeof *order);
    if (!x->fields || !order) return arci_nomem(env);
    uint32_t n_order = arci_logic_fields(x->logic, order, x->n_slots);
    for (uint32_t i = 0; i < n_order + x->n_slots; i++) {
        const arci_field *f = field_of(c, arci_facts_slot(c->facts, i < n_order ? order[i] : x->slots[i - n_order]));
        if (f) x->fields[n++] = f;
    }
    return ARC_OK;
}

static arc_status compile(arci_env *env, arci_conditions *c, const arci_expr **out, const arci_json *node, const char *currency, int check, arci_fault_sink *sink)
{
    *out = NULL;
    arci_expr *x = arci_arena_calloc(&c->arena, 1, sizeof *x);
    if (!x) return arci_nomem(env);
    arc_status st = arci_facts_currency(env, c->facts, currency);
    if (st != ARC_OK) return st;
    st = check ? arci_logic_compile_check(env, &x->logic, c->facts, node, sink) : arci_logic_compile(env, &x->logic, c->facts, node, 0, sink);
    if (st != ARC_OK) return st;
    x->next = c->all; /* from here on it is freed with the others */
    c->all = x;
    x->of = c;
    x->check = check;
    arc_value *row = arci_resize(c->ctx, c->row, (arci_facts_width(c->facts) + 1u) * sizeof *row);
    if (!row) return arci_nomem(env);
    c->row = row;
    st = take_slots(env, c, x);
    if (st == ARC_OK) st = take_fields(env, c, x);
    if (st == ARC_OK) *out = x;
    return st;
}

static const arci_field *field_at(const arci_expr *x, uint32_t i)
{
    return x->fields[i];
}

/* ---- testing ---------------------------------------------------------------------------------------------------------------------- */

static arc_value custom_value(const arci_record *r, uint32_t number)
{
    uint32_t field = number & ~ARCI_CURRENCY_PART;
    if (!(number & ARCI_CURRENCY_PART)) return *arci_record_value(r, field);
    for (uint32_t i = 0; i < r->n_custom; i++) {
        if (r->cfields[i]->field.id == field && r->cvalues[i].type != ARC_V_NULL) return arci_v_text(r->ccurrency[i], 3);
    }
    return arci_v_null();
}

static arc_value code_value(const arci_fact *f, const arc_value *v)
{
    for (int64_t i = 0; f->codes->codes[i]; i++) {
        if (strlen(f->codes->codes[i]) == v->len && memcmp(f->codes->codes[i], v->u.s, v->len) == 0) return arci_v_int(i);
    }
    arc_value bad = { ARCI_V_FAULT, { 0, 0, 0 }, (uint32_t)-ARC_E_VALUE, { 0 } };
    return bad;
}

static arc_value value_of(const arci_conditions *c, const arci_fact *f, const arci_valid_row *row)
{
    const arc_value *from = &c->row[f->from];
    arc_value v;
    if (f->how == ARCI_HOW_PARAM) return arci_v_int(c->today);
    if (f->how != ARCI_HOW_FIELD) {
        if (from->type != ARC_V_INT) return *from;
        int64_t n = c->today - from->u.i;
        return arci_v_int(f->how == ARCI_HOW_LATE && n < 0 ? 0 : n);
    }
    v = f->col >= ARCI_FIELD_CUSTOM_FIRST ? custom_value(row->record, f->col) : *arci_valid_value(row, c->entity, f->field);
    if (v.type == ARC_V_NULL && (f->flags & ARCI_FACT_BASE)) return *from;
    return v.type == ARC_V_TEXT && f->type == ARCI_FACT_ENUM ? code_value(f, &v) : v;
}

static int test(const arci_expr *x, const arci_valid_row *row, arc_status *error)
{
    const arci_conditions *c = x->of;
    arci_logic_run run;
    memset(&run, 0, sizeof run);
    for (uint32_t i = 0; i < x->n_slots; i++) c->row[x->slots[i]] = value_of(c, arci_facts_slot(c->facts, x->slots[i]), row);
    int r = x->check ? arci_logic_check(x->logic, c->row, &run) : arci_logic_test(x->logic, c->row, &run);
    if (r != ARCI_LOGIC_ERROR) return r;
    *error = run.error;
    return run.error == ARC_E_REQUIRED ? x->check : -1; /* what must be there and is not, is told as such */
}

const arci_condition_language arci_conditions_of_records = { open_conditions, close_conditions, set_day, compile, field_at, test };
