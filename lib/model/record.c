/* SPDX-License-Identifier: Apache-2.0 */
#include "model/record.h"

#include <string.h>

#include "model/formula.h"
#include "model/record_impl.h"

enum { TEXT_FIRST_CAP = 256, DIRECT_IDS = 256 };

/* ---- life -------------------------------------------------------------------------------------------------------- */

/* All arrays of fixed size in one block behind the record, widest element first. */
typedef struct layout {
    size_t values, cvalues, pos_of_col, pos_of_id, currency_pos, ccurrency, marks, total;
} layout;

static uint16_t count_cols(const arci_entity *e)
{
    uint16_t n = 1, i;
    for (i = 0; i < e->n_fields; i++) {
        uint16_t col = arci_field_col(e, &e->fields[i]);
        if (col != ARC_NO_COL && col >= n) n = (uint16_t)(col + 1);
    }
    return n;
}

static uint16_t count_ids(const arci_entity *e)
{
    uint16_t n = 0, i;
    for (i = 0; i < e->n_fields; i++)
        if (e->fields[i].id < DIRECT_IDS && e->fields[i].id >= n) n = (uint16_t)(e->fields[i].id + 1);
    return n;
}

static layout make_layout(const arci_record *r)
{
    size_t n = r->entity->n_fields;
    layout l;
    l.values = (sizeof(arci_record) + 15u) / 16u * 16u;
    l.cvalues = l.values + n * sizeof(arc_value);
    l.pos_of_col = l.cvalues + r->n_custom * sizeof(arc_value);
    l.pos_of_id = l.pos_of_col + r->n_cols * sizeof(uint16_t);
    l.currency_pos = l.pos_of_id + r->n_ids * sizeof(uint16_t);
    l.ccurrency = l.currency_pos + n * sizeof(uint16_t);
    l.marks = l.ccurrency + r->n_custom * 4u;
    l.total = l.marks + n + r->n_custom;
    return l;
}

static void fill_positions(arci_record *r)
{
    const arci_entity *e = r->entity;
    uint16_t i;
    memset(r->pos_of_col, 0xff, r->n_cols * sizeof *r->pos_of_col);
    memset(r->pos_of_id, 0xff, r->n_ids * sizeof *r->pos_of_id);
    r->custom_pos = ARC_NO_COL;
    for (i = 0; i < e->n_fields; i++) {
        const arci_field *f = &e->fields[i];
        const arci_field *cur = NULL;
        uint16_t col = arci_field_col(e, f);
        if (col != ARC_NO_COL) r->pos_of_col[col] = i;
        if (f->id < r->n_ids) r->pos_of_id[f->id] = i;
        if (f->id == ARCI_FIELD_CUSTOM) r->custom_pos = i;
        if (f->type == ARC_T_MONEY && f->aux) cur = arci_entity_field(e, f->aux, strlen(f->aux));
        r->currency_pos[i] = cur ? (uint16_t)(cur - e->fields) : (uint16_t)ARC_NO_COL;
    }
}

static arci_record *alloc_record(arc_context *ctx, const arci_record *shape)
{
    layout l = make_layout(shape);
    char *block = arci_calloc(ctx, 1, l.total);
    arci_record *r = (arci_record *)(void *)block;
    if (!r) return NULL;
    *r = *shape;
    r->values = (arc_value *)(void *)(block + l.values);
    r->cvalues = (arc_value *)(void *)(block + l.cvalues);
    r->pos_of_col = (uint16_t *)(void *)(block + l.pos_of_col);
    r->pos_of_id = (uint16_t *)(void *)(block + l.pos_of_id);
    r->currency_pos = (uint16_t *)(void *)(block + l.currency_pos);
    r->ccurrency = (char(*)[4])(void *)(block + l.ccurrency);
    r->marks = (uint8_t *)(block + l.marks);
    return r;
}

arc_status arci_record_new(arci_env *env, const arci_entity *entity, arci_custom *custom, arci_record **out)
{
    arci_record shape, *r;
    *out = NULL;
    memset(&shape, 0, sizeof shape);
    shape.ctx = env->ctx;
    shape.entity = entity;
    shape.cfields = arci_custom_of(custom, entity, &shape.n_custom);
    shape.n_cols = count_cols(entity);
    shape.n_ids = count_ids(entity);
    shape.custom_decoded = 1;
    r = alloc_record(env->ctx, &shape);
    if (!r) return arci_nomem(env);
    fill_positions(r);
    if (r->custom_pos == ARC_NO_COL) r->n_custom = 0;
    r->custom = custom;
    arci_custom_keep(custom);
    arci_arena_init(&r->arena, env->ctx);
    arci_str_init(&r->out, env->ctx);
    *out = r;
    return ARC_OK;
}

void arci_record_free(arci_record *r)
{
    if (!r) return;
    arci_record_free(r->scratch);
    arci_record_free(r->body);
    arci_custom_drop(r->custom);
    arci_arena_clear(&r->arena);
    arci_str_clear(&r->out);
    arci_free(r->ctx, r->text);
    /* The arrays may have changed places with those of the scratch record, which is gone by now: nothing in them is owned. */
    arci_free(r->ctx, r);
}

static void clear_custom(arci_record *r)
{
    if (r->n_custom) {
        memset(r->cvalues, 0, r->n_custom * sizeof *r->cvalues);
        memset(r->ccurrency, 0, r->n_custom * sizeof *r->ccurrency);
    }
    r->custom_dirty = 0;
}

void arci_record_clear(arci_record *r)
{
    memset(r->values, 0, r->entity->n_fields * sizeof *r->values);
    memset(r->marks, 0, r->entity->n_fields + r->n_custom);
    clear_custom(r);
    r->custom_decoded = 1;
    r->text_used = 0;
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

static int has_bytes(const arc_value *v)
{
    return v->type == ARC_V_TEXT || v->type == ARC_V_BLOB;
}

static size_t live_bytes(const arc_value *v, size_t n)
{
    size_t i, sum = 0;
    for (i = 0; i < n; i++)
        if (has_bytes(&v[i])) sum += (size_t)v[i].len + 1;
    return sum;
}

static char *move_values(arc_value *v, size_t n, char *to)
{
    size_t i;
    for (i = 0; i < n; i++) {
        if (!has_bytes(&v[i])) continue;
        memcpy(to, v[i].u.s, v[i].len);
        to[v[i].len] = 0;
        v[i].u.s = to;
        to += (size_t)v[i].len + 1;
    }
    return to;
}

/* Makes room for `need` more bytes by moving all live text to a new block; the old one is returned for the caller to free. */
static char *regrow(arci_record *r, size_t need)
{
    size_t live = live_bytes(r->values, r->entity->n_fields) + live_bytes(r->cvalues, r->n_custom);
    size_t cap = (live + need) * 2 < TEXT_FIRST_CAP ? TEXT_FIRST_CAP : (live + need) * 2;
    char *block = arci_alloc(r->ctx, cap), *old = r->text, *end;
    if (!block) return NULL;
    end = move_values(r->values, r->entity->n_fields, block);
    end = move_values(r->cvalues, r->n_custom, end);
    r->text = block;
    r->text_cap = cap;
    r->text_used = (size_t)(end - block);
    return old ? old : block;
}

arc_status arci_record_keep(arci_env *env, arci_record *r, arc_value *slot, uint8_t type, const char *s, size_t len)
{
    char *at, *old = NULL;
    if (has_bytes(slot) && len <= slot->len) {
        at = r->text + (slot->u.s - r->text);
        memmove(at, s, len);
    } else {
        if (r->text_cap - r->text_used < len + 1) {
            arc_value before = *slot;
            slot->type = ARC_V_NULL;
            old = regrow(r, len + 1);
            if (!old) {
                *slot = before;
                return arci_nomem(env);
            }
        }
        at = r->text + r->text_used;
        memcpy(at, s, len);
        r->text_used += len + 1;
    }
    at[len] = 0;
    if (old != r->text) arci_free(r->ctx, old);
    memset(slot, 0, sizeof *slot);
    slot->type = type;
    slot->len = (uint32_t)len;
    slot->u.s = at;
    return ARC_OK;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static arc_status reserve_text(arci_env *env, arci_record *r, size_t need)
{
    char *block;
    if (need <= r->text_cap) return ARC_OK;
    block = arci_alloc(r->ctx, need * 2);
    if (!block) return arci_nomem(env);
    arci_free(r->ctx, r->text);
    r->text = block;
    r->text_cap = need * 2;
    return ARC_OK;
}

arc_status arci_record_load(arci_env *env, arci_record *r, const uint16_t *cols, uint32_t n, const arc_value *row)
{
    uint32_t i;
    char *to;
    /* the row never points into this record, so its text may go before the new one is in */
    arc_status st = reserve_text(env, r, live_bytes(row, n));
    if (st != ARC_OK) return st;
    arci_record_clear(r);
    for (i = 0; i < n; i++) {
        uint32_t col = cols ? cols[i] : i;
        if (col >= r->n_cols || r->pos_of_col[col] == ARC_NO_COL) continue;
        r->values[r->pos_of_col[col]] = row[i];
    }
    to = move_values(r->values, r->entity->n_fields, r->text);
    r->text_used = (size_t)(to - r->text);
    r->custom_decoded = r->n_custom == 0 || r->values[r->custom_pos].type == ARC_V_NULL;
    return ARC_OK;
}

arc_status arci_record_row(arci_env *env, arci_record *r, const uint16_t *cols, uint32_t n, arc_value *row)
{
    uint32_t i;
    arc_status st = arci_record_custom_encode(env, r);
    if (st != ARC_OK) return st;
    for (i = 0; i < n; i++) {
        uint32_t col = cols ? cols[i] : i;
        if (col == 0) continue;
        if (col >= r->n_cols || r->pos_of_col[col] == ARC_NO_COL)
            return arci_fail(env, ARC_E_INVALID, "no column %u", "没有第 %u 列", (unsigned)col);
        row[i] = r->values[r->pos_of_col[col]];
    }
    return ARC_OK;
}

static int any_custom_mark(const arci_record *r)
{
    uint32_t i;
    for (i = 0; i < r->n_custom; i++)
        if (r->marks[r->entity->n_fields + i] & ARCI_R_SET) return 1;
    return 0;
}

uint32_t arci_record_set_cols(const arci_record *r, uint16_t *cols)
{
    uint32_t n = 0;
    uint16_t col;
    for (col = 1; col < r->n_cols; col++) {
        uint16_t pos = r->pos_of_col[col];
        if (pos == ARC_NO_COL) continue;
        if (r->entity->fields[pos].id < ARCI_FIELD_FIRST ? pos == r->custom_pos && any_custom_mark(r)
                                                         : (r->marks[pos] & ARCI_R_SET) != 0)
            cols[n++] = col;
    }
    return n;
}

arc_status arci_record_copy(arci_env *env, arci_record *to, const arci_record *from)
{
    size_t n = from->entity->n_fields;
    arc_status st = reserve_text(env, to, live_bytes(from->values, n) + live_bytes(from->cvalues, from->n_custom));
    char *end;
    if (st != ARC_OK) return st;
    memcpy(to->values, from->values, n * sizeof *to->values);
    memcpy(to->marks, from->marks, n + from->n_custom);
    if (from->n_custom) {
        memcpy(to->cvalues, from->cvalues, from->n_custom * sizeof *to->cvalues);
        memcpy(to->ccurrency, from->ccurrency, from->n_custom * sizeof *to->ccurrency);
    }
    end = move_values(to->values, n, to->text);
    end = move_values(to->cvalues, to->n_custom, end);
    to->text_used = (size_t)(end - to->text);
    to->custom_decoded = from->custom_decoded;
    to->custom_dirty = from->custom_dirty;
    return ARC_OK;
}

/* ---- fields ------------------------------------------------------------------------------------------------------ */

uint16_t arci_record_pos(const arci_record *r, uint32_t number)
{
    uint16_t i;
    if (number < r->n_ids) return r->pos_of_id[number];
    for (i = 0; i < r->entity->n_fields; i++)
        if (r->entity->fields[i].id == number) return i;
    return ARC_NO_COL;
}

arc_status arci_field_fail(arci_env *env, const arci_entity *e, const arci_field *f, arc_status status, const char *en,
                           const char *zh)
{
    arci_fail(env, status, "%s: %s%.0s", "%s：%.0s%s", f->name, en, zh);
    arci_fail_at(env, e->name, f->name, -1, -1);
    return status;
}

static arc_status no_field(arci_env *env, const arci_record *r, arc_status status, const char *en, const char *zh)
{
    arci_fail(env, status, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_at(env, r->entity->name, NULL, -1, -1);
    return status;
}

static arc_status custom_slot(arci_env *env, arci_record *r, uint32_t number, arci_slot *out)
{
    uint32_t i;
    for (i = 0; i < r->n_custom; i++) {
        if (r->cfields[i]->field.id != number) continue;
        out->f = &r->cfields[i]->field;
        out->cf = r->cfields[i];
        out->v = &r->cvalues[i];
        out->mark = &r->marks[r->entity->n_fields + i];
        out->pos = i;
        arc_status st = arci_record_custom_decode(env, r);
        if (st == ARC_OK && out->cf->formula) arci_formula_value(out->cf->formula, r, out->v, r->ccurrency[i]);
        return st;
    }
    return no_field(env, r, ARC_E_NOT_FOUND, "no such custom field in this book", "本账套没有该自定义字段");
}

arc_status arci_record_slot(arci_env *env, arci_record *r, uint32_t field, arci_slot *out)
{
    uint32_t number = field & 0xffffu;
    uint16_t pos;
    out->reading = 0;
    if (field >> 16 && field >> 16 != r->entity->id)
        return no_field(env, r, ARC_E_INVALID, "the field belongs to another entity", "该字段属于其他实体");
    if (number >= ARCI_FIELD_CUSTOM_FIRST) return custom_slot(env, r, number, out);
    pos = arci_record_pos(r, number);
    if (pos == ARC_NO_COL) return no_field(env, r, ARC_E_NOT_FOUND, "no such field", "没有该字段");
    out->f = &r->entity->fields[pos];
    out->cf = NULL;
    out->v = &r->values[pos];
    out->mark = &r->marks[pos];
    out->pos = pos;
    return ARC_OK;
}

arc_status arci_record_field(arci_env *env, const arci_record *r, uint32_t *field, const char *name, size_t len)
{
    const arci_field *f = arci_entity_field(r->entity, name, len);
    const arci_custom_field *cf;
    if (!f && (cf = arci_custom_by_name(r->custom, r->entity, name, len)) != NULL) f = &cf->field;
    if (!f) {
        no_field(env, r, ARC_E_NOT_FOUND, "no such field", "没有该字段");
        return ARC_E_NOT_FOUND;
    }
    *field = ARCI_PUBLIC_FIELD(r->entity->id, f->id);
    return ARC_OK;
}

int arci_record_is_set(const arci_record *r, uint32_t field)
{
    uint32_t number = field & 0xffffu, i;
    uint16_t pos;
    if (number < ARCI_FIELD_CUSTOM_FIRST) {
        pos = arci_record_pos(r, number);
        return pos != ARC_NO_COL && (r->marks[pos] & ARCI_R_SET);
    }
    for (i = 0; i < r->n_custom; i++)
        if (r->cfields[i]->field.id == number) return (r->marks[r->entity->n_fields + i] & ARCI_R_SET) != 0;
    return 0;
}

void arci_record_settled(arci_record *r)
{
    memset(r->marks, 0, r->entity->n_fields + r->n_custom);
}

const arc_value *arci_record_value(const arci_record *r, uint32_t field)
{
    static const arc_value null_value = { ARC_V_NULL, { 0, 0, 0 }, 0, { 0 } };
    uint32_t number = field & 0xffffu, i;
    uint16_t pos;
    if (number < ARCI_FIELD_CUSTOM_FIRST) {
        pos = arci_record_pos(r, number);
        return pos == ARC_NO_COL ? &null_value : &r->values[pos];
    }
    for (i = 0; i < r->n_custom; i++)
        if (r->cfields[i]->field.id == number) return &r->cvalues[i];
    return &null_value;
}

/* Custom fields that must have a value have one. */
arc_status arci_record_check_custom(arci_env *env, arci_record *r)
{
    uint32_t i;
    arc_status st = arci_record_custom_decode(env, r);
    for (i = 0; st == ARC_OK && i < r->n_custom; i++) {
        const arci_field *f = &r->cfields[i]->field;
        if ((f->flags & ARCI_F_REQUIRED) && !(r->cfields[i]->flags & ARCI_CUSTOM_RETIRED) &&
            (r->cvalues[i].type == ARC_V_NULL || arci_field_is_blank(f, &r->cvalues[i])))
            return arci_field_fail(env, r->entity, f, ARC_E_REQUIRED, "must have a value", "必须有值");
    }
    return st;
}

arc_status arci_record_check_verb(arci_env *env, arci_record *r)
{
    uint32_t i;
    for (i = 0; i < r->entity->n_fields; i++) {
        const arci_field *f = &r->entity->fields[i];
        int kept = f->id == ARCI_FIELD_ID || f->id == ARCI_FIELD_VERSION || f->id == ARCI_FIELD_TXN || (f->flags & ARCI_F_VERB);
        if (!kept || f->id == ARCI_FIELD_CUSTOM || r->values[i].type == ARC_V_NULL) continue;
        return arci_field_fail(env, r->entity, f, ARC_E_VALUE, "is not set by callers", "不能由调用方设置");
    }
    return arci_record_check_custom(env, r);
}

arc_status arci_record_check_required(arci_env *env, arci_record *r, uint32_t skip_flags)
{
    uint32_t i;
    for (i = 0; i < r->entity->n_fields; i++) {
        const arci_field *f = &r->entity->fields[i];
        if (f->id < ARCI_FIELD_FIRST || !(f->flags & ARCI_F_REQUIRED) || (f->flags & (skip_flags | ARCI_F_DERIVED)))
            continue;
        if (r->values[i].type == ARC_V_NULL || arci_field_is_blank(f, &r->values[i]))
            return arci_field_fail(env, r->entity, f, ARC_E_REQUIRED, "must have a value", "必须有值");
    }
    return arci_record_check_custom(env, r);
}

/* ---- whole or not at all ------------------------------------------------------------------------------------------ */

#define SWAP(type, x, y) \
    do { \
        type t_ = (x); \
        (x) = (y); \
        (y) = t_; \
    } while (0)

void arci_record_swap(arci_record *a, arci_record *b)
{
    typedef char code4[4];
    SWAP(arc_value *, a->values, b->values);
    SWAP(uint8_t *, a->marks, b->marks);
    SWAP(arc_value *, a->cvalues, b->cvalues);
    SWAP(code4 *, a->ccurrency, b->ccurrency);
    SWAP(char *, a->text, b->text);
    SWAP(size_t, a->text_used, b->text_used);
    SWAP(size_t, a->text_cap, b->text_cap);
    SWAP(uint8_t, a->custom_decoded, b->custom_decoded);
    SWAP(uint8_t, a->custom_dirty, b->custom_dirty);
}

arc_status arci_record_adopt(arci_env *env, arci_record *r, arci_custom *custom)
{
    arci_record *n, old;
    if (r->custom == custom) return ARC_OK;
    arc_status st = arci_record_custom_encode(env, r);
    if (st == ARC_OK) st = arci_record_new(env, r->entity, custom, &n);
    if (st != ARC_OK) return st;
    st = reserve_text(env, n, live_bytes(r->values, r->entity->n_fields));
    if (st == ARC_OK) {
        memcpy(n->values, r->values, r->entity->n_fields * sizeof *n->values);
        memcpy(n->marks, r->marks, r->entity->n_fields);
        n->text_used = (size_t)(move_values(n->values, r->entity->n_fields, n->text) - n->text);
        n->custom_decoded = n->n_custom == 0 || n->values[n->custom_pos].type == ARC_V_NULL;
        st = arci_record_custom_decode(env, n);
    }
    for (uint32_t i = 0; st == ARC_OK && i < n->n_custom; i++) {
        if (!arci_record_is_set(r, n->cfields[i]->field.id)) continue;
        n->marks[r->entity->n_fields + i] = ARCI_R_SET;
        if (!(n->cfields[i]->flags & ARCI_CUSTOM_RETIRED) || n->cvalues[i].type == ARC_V_NULL) continue;
        st = arci_field_fail(env, r->entity, &n->cfields[i]->field, ARC_E_VALUE, "is retired and cannot be set", "已停用，不能设置");
    }
    if (st != ARC_OK) {
        arci_record_free(n);
        return st;
    }
    old = *r;
    *r = *n;
    *n = old;
    r->body = n;
    return ARC_OK;
}

arc_status arci_record_scratch(arci_env *env, arci_record *r, arci_record **out)
{
    arc_status st = ARC_OK;
    if (!r->scratch) st = arci_record_new(env, r->entity, r->custom, &r->scratch);
    if (st == ARC_OK) st = arci_record_copy(env, r->scratch, r);
    *out = r->scratch;
    return st;
}
