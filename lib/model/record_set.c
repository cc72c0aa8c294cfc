/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "arcore/date.h"
#include "arcore/decimal.h"
#include "base/json_text.h"
#include "model/record_impl.h"

#define T(t) (1u << (t))

/* ---- checks ------------------------------------------------------------------------------------------------------- */

static int in_list(const arci_code_list *list, const char *s, size_t len)
{
    size_t i;
    for (i = 0; list->codes[i]; i++)
        if (strncmp(list->codes[i], s, len) == 0 && list->codes[i][len] == 0) return 1;
    return 0;
}

/* The codes of a list, as many as there is room for. */
static void codes_of(char *out, size_t room, const arci_code_list *list)
{
    size_t at = 0;
    out[0] = 0;
    for (size_t i = 0; list->codes[i]; i++) {
        size_t len = strlen(list->codes[i]);
        if (at + len + 8 > room) {
            memcpy(out + at, ", ...", 6);
            return;
        }
        if (at) memcpy(out + at, ", ", 2), at += 2;
        memcpy(out + at, list->codes[i], len + 1);
        at += len;
    }
}

static arc_status check_code(arci_env *env, const arci_entity *e, const arci_field *f, const arci_code_list *own,
                             const arc_value *v)
{
    const arci_code_list *list = own && own->codes ? own : f->aux ? arci_code_list_get(f->aux) : NULL;
    if (!list || in_list(list, v->u.s, v->len)) return ARC_OK;
    char codes[120];
    codes_of(codes, sizeof codes, list);
    arci_fail(env, ARC_E_VALUE, "%s: \"%.*s\" is not one of its codes: %s", "%s：“%.*s” 不在代码表中：%s", f->name,
              v->len < 40 ? (int)v->len : 40, v->u.s, codes);
    arci_fail_at(env, e->name, f->name, -1, -1);
    return ARC_E_VALUE;
}

static arc_status check_bytes(arci_env *env, const arci_entity *e, const arci_field *f, const arc_value *v)
{
    size_t fault;
    if (f->size && v->len > f->size) {
        arci_fail(env, ARC_E_LIMIT, "%s: %u bytes, at most %u are kept", "%s：%u 字节，至多 %u 字节", f->name, v->len,
                  f->size);
        arci_fail_at(env, e->name, f->name, -1, -1);
        return ARC_E_LIMIT;
    }
    if (f->type == ARC_T_BLOB || v->len == 0) return ARC_OK;
    fault = arci_utf8_check(v->u.s, v->len);
    if (fault == v->len && !memchr(v->u.s, 0, v->len)) return ARC_OK;
    arci_fail(env, ARC_E_ENCODING, "%s: not UTF-8 without NUL, from byte %u", "%s：不是不含 NUL 的 UTF-8，自第 %u 字节起",
              f->name, (unsigned)(fault < v->len ? fault : (size_t)((const char *)memchr(v->u.s, 0, v->len) - v->u.s)) + 1);
    arci_fail_at(env, e->name, f->name, -1, -1);
    return ARC_E_ENCODING;
}

static arc_status check_int(arci_env *env, const arci_entity *e, const arci_field *f, int64_t v)
{
    switch (f->type) {
    case ARC_T_BOOL:
        if (v < 0 || v > 1) return arci_field_fail(env, e, f, ARC_E_RANGE, "must be 0 or 1", "须为 0 或 1");
        break;
    case ARC_T_ID:
        if (v < 1) return arci_field_fail(env, e, f, ARC_E_RANGE, "an id is 1 or more", "编号须不小于 1");
        break;
    case ARC_T_DATE:
        if (v < ARC_DATE_MIN || v > ARC_DATE_MAX)
            return arci_field_fail(env, e, f, ARC_E_RANGE, "must be from 0001-01-01 to 9999-12-31",
                                   "须在 0001-01-01 至 9999-12-31 之间");
        break;
    case ARC_T_STAMP:
        if (v < ARC_STAMP_MIN || v > ARC_STAMP_MAX)
            return arci_field_fail(env, e, f, ARC_E_RANGE, "must be from year 1 to 9999", "须在公元 1 年至 9999 年之间");
        break;
    case ARC_T_MONEY:
        if (v < -ARC_MONEY_MAX || v > ARC_MONEY_MAX)
            return arci_field_fail(env, e, f, ARC_E_RANGE, "the amount is out of range", "金额超出范围");
        break;
    default: break;
    }
    return ARC_OK;
}

static arc_status check_value(arci_env *env, const arci_entity *e, const arci_field *f, const arci_code_list *own,
                              const arc_value *v)
{
    arc_status st;
    int wants_bytes = f->type == ARC_T_TEXT || f->type == ARC_T_CODE || f->type == ARC_T_JSON || f->type == ARC_T_BLOB;
    if (v->type == ARC_V_NULL) return ARC_OK;
    if ((v->type != ARC_V_INT) != wants_bytes || (v->type == ARC_V_BLOB) != (f->type == ARC_T_BLOB))
        return arci_field_fail(env, e, f, ARC_E_INVALID, "a value of another type", "值的类型不符");
    if (!wants_bytes) return check_int(env, e, f, v->u.i);
    st = check_bytes(env, e, f, v);
    if (st == ARC_OK && f->type == ARC_T_CODE) st = check_code(env, e, f, own, v);
    return st;
}

arc_status arci_value_check(arci_env *env, const arci_entity *e, const arci_field *f, const arc_value *v)
{
    return check_value(env, e, f, NULL, v);
}

/* ---- writing slots ------------------------------------------------------------------------------------------------ */

/* Amounts would change their meaning if their currency were exchanged under them. */
static arc_status check_amounts_free(arci_env *env, arci_record *r, const arci_slot *s)
{
    uint32_t i;
    for (i = 0; i < r->entity->n_fields; i++)
        if (r->currency_pos[i] == s->pos && r->values[i].type != ARC_V_NULL)
            return arci_field_fail(env, r->entity, s->f, ARC_E_CURRENCY, "amounts in another currency are set",
                                   "已有其他币种的金额");
    return ARC_OK;
}

static arc_status write_slot(arci_env *env, arci_record *r, uint32_t field, uint32_t types, arci_slot *s)
{
    arc_status st = arci_record_slot(env, r, field, s);
    if (st != ARC_OK) return st;
    if (s->f->flags & ARCI_F_DERIVED)
        return arci_field_fail(env, r->entity, s->f, ARC_E_INVALID, "is computed and cannot be set", "为计算字段，不能设置");
    if (!s->cf && s->pos == r->custom_pos)
        return arci_field_fail(env, r->entity, s->f, ARC_E_INVALID, "set the x_ fields instead", "请直接设置 x_ 字段");
    if (!(types & T(s->f->type)))
        return arci_field_fail(env, r->entity, s->f, ARC_E_INVALID, "set through a setter of another type",
                               "设置函数与字段类型不符");
    return ARC_OK;
}

static arc_status check_live(arci_env *env, const arci_record *r, const arci_slot *s)
{
    if (s->cf && !s->reading && (s->cf->flags & ARCI_CUSTOM_RETIRED))
        return arci_field_fail(env, r->entity, s->f, ARC_E_VALUE, "is retired and cannot be set", "已停用，不能设置");
    return ARC_OK;
}

static void mark(arci_record *r, const arci_slot *s)
{
    *s->mark |= ARCI_R_SET;
    if (s->cf) r->custom_dirty = 1;
}

arc_status arci_record_set_slot_int(arci_env *env, arci_record *r, const arci_slot *s, int64_t v)
{
    arc_value value = { ARC_V_INT, { 0, 0, 0 }, 0, { 0 } };
    arc_status st = check_live(env, r, s);
    value.u.i = v;
    if (st == ARC_OK) st = check_value(env, r->entity, s->f, NULL, &value);
    if (st != ARC_OK) return st;
    *s->v = value;
    mark(r, s);
    return ARC_OK;
}

/* A document is kept in its compact form, so that equal documents written differently are stored alike. */
static arc_status compact_json(arci_env *env, arci_record *r, const arci_slot *s, const char **text, size_t *len)
{
    arci_json *node;
    arc_status st;
    arci_arena_reset(&r->arena);
    st = arci_json_parse(env, &r->arena, *text, *len, &arci_json_default_limits, &node);
    if (st != ARC_OK) {
        arci_fail_at(env, r->entity->name, s->f->name, -1, -1);
        return st;
    }
    arci_str_reset(&r->out);
    arci_json_put_node(&r->out, node);
    if (r->out.failed) return arci_nomem(env);
    *text = r->out.s;
    *len = r->out.len;
    return ARC_OK;
}

static arc_status check_text(arci_env *env, arci_record *r, const arci_slot *s, const arc_value *v)
{
    char code[4];
    arc_status st = check_live(env, r, s);
    if (st == ARC_OK && arci_is_currency(s->f) && v->len != 3) return arci_currency_in(env, r->entity, s->f, v->u.s, v->len, code);
    if (st == ARC_OK) st = check_value(env, r->entity, s->f, s->cf ? &s->cf->choices : NULL, v);
    if (st != ARC_OK || !arci_is_currency(s->f)) return st;
    if (s->v->type == ARC_V_TEXT && s->v->len == v->len && memcmp(s->v->u.s, v->u.s, v->len) == 0) return ARC_OK;
    st = arci_currency_in(env, r->entity, s->f, v->u.s, v->len, code);
    return st == ARC_OK && s->v->type != ARC_V_NULL ? check_amounts_free(env, r, s) : st;
}

static arc_status store_text(arci_env *env, arci_record *r, const arci_slot *s, const char *text, size_t len)
{
    arc_value value = { ARC_V_TEXT, { 0, 0, 0 }, 0, { 0 } };
    arc_status st;
    if (len > UINT32_MAX) return arci_field_fail(env, r->entity, s->f, ARC_E_LIMIT, "too long", "过长");
    value.len = (uint32_t)len;
    value.u.s = text;
    st = s->reading ? ARC_OK : check_text(env, r, s, &value);
    if (st == ARC_OK) st = arci_record_keep(env, r, s->v, ARC_V_TEXT, text, len);
    if (st == ARC_OK) mark(r, s);
    return st;
}

arc_status arci_record_set_slot_document(arci_env *env, arci_record *r, const arci_slot *s, const char *text, size_t len)
{
    arc_status st = s->cf && !s->reading ? arci_record_choices(env, r, s, &text, &len) : ARC_OK;
    return st == ARC_OK ? store_text(env, r, s, text, len) : st;
}

arc_status arci_record_set_slot_text(arci_env *env, arci_record *r, const arci_slot *s, const char *text, size_t len)
{
    arc_status st = s->f->type == ARC_T_JSON && !s->cf ? compact_json(env, r, s, &text, &len) : ARC_OK;
    if (st != ARC_OK) return st;
    return s->f->type == ARC_T_JSON ? arci_record_set_slot_document(env, r, s, text, len) : store_text(env, r, s, text, len);
}

arc_status arci_record_set_slot_null(arci_env *env, arci_record *r, const arci_slot *s)
{
    arc_status st = arci_is_currency(s->f) && s->v->type != ARC_V_NULL ? check_amounts_free(env, r, s) : ARC_OK;
    if (st != ARC_OK) return st;
    memset(s->v, 0, sizeof *s->v);
    if (s->cf) memset(r->ccurrency[s->pos], 0, 4);
    mark(r, s);
    return ARC_OK;
}

arc_status arci_record_set_slot_money(arci_env *env, arci_record *r, const arci_slot *s, int64_t minor, const char currency[4])
{
    uint16_t pos = s->cf ? (uint16_t)ARC_NO_COL : r->currency_pos[s->pos];
    arc_value *cur = pos == ARC_NO_COL ? NULL : &r->values[pos];
    arc_status st = check_live(env, r, s);
    if (st == ARC_OK) st = check_int(env, r->entity, s->f, minor);
    if (st != ARC_OK) return st;
    if (cur && cur->type == ARC_V_TEXT && (cur->len != 3 || memcmp(cur->u.s, currency, 3) != 0))
        return arci_field_fail(env, r->entity, s->f, ARC_E_CURRENCY, "the record has another currency", "记录已有其他币种");
    if (cur && cur->type == ARC_V_NULL) {
        st = arci_record_keep(env, r, cur, ARC_V_TEXT, currency, 3);
        if (st != ARC_OK) return st;
        r->marks[pos] |= ARCI_R_SET;
    }
    if (s->cf) memcpy(r->ccurrency[s->pos], currency, 4);
    return arci_record_set_slot_int(env, r, s, minor);
}

/* ---- setters ------------------------------------------------------------------------------------------------------ */

arc_status arci_record_set_null(arci_env *env, arci_record *r, uint32_t field)
{
    arci_slot s;
    arc_status st = write_slot(env, r, field, 0xffffffffu, &s);
    return st == ARC_OK ? arci_record_set_slot_null(env, r, &s) : st;
}

arc_status arci_record_set_int(arci_env *env, arci_record *r, uint32_t field, int64_t v)
{
    arci_slot s;
    arc_status st = write_slot(env, r, field, T(ARC_T_INT) | T(ARC_T_BOOL) | T(ARC_T_ID), &s);
    return st == ARC_OK ? arci_record_set_slot_int(env, r, &s, v) : st;
}

arc_status arci_record_set_text(arci_env *env, arci_record *r, uint32_t field, const char *text, size_t len)
{
    arci_slot s;
    arc_status st = write_slot(env, r, field, T(ARC_T_TEXT) | T(ARC_T_CODE) | T(ARC_T_JSON), &s);
    return st == ARC_OK ? arci_record_set_slot_text(env, r, &s, text, len) : st;
}

arc_status arci_record_set_date(arci_env *env, arci_record *r, uint32_t field, arc_date v)
{
    arci_slot s;
    arc_status st = write_slot(env, r, field, T(ARC_T_DATE), &s);
    return st == ARC_OK ? arci_record_set_slot_int(env, r, &s, v) : st;
}

arc_status arci_record_set_stamp(arci_env *env, arci_record *r, uint32_t field, arc_stamp v)
{
    arci_slot s;
    arc_status st = write_slot(env, r, field, T(ARC_T_STAMP), &s);
    return st == ARC_OK ? arci_record_set_slot_int(env, r, &s, v) : st;
}

arc_status arci_record_set_money(arci_env *env, arci_record *r, uint32_t field, arc_money v)
{
    arci_slot s;
    char code[4];
    size_t len = 0;
    arc_status st = write_slot(env, r, field, T(ARC_T_MONEY), &s);
    while (len < sizeof v.currency && v.currency[len]) len++;
    if (st == ARC_OK) st = arci_currency_in(env, r->entity, s.f, v.currency, len, code);
    return st == ARC_OK ? arci_record_set_slot_money(env, r, &s, v.minor, code) : st;
}

static arc_status set_slot_decimal(arci_env *env, arci_record *r, const arci_slot *s, const arc_decimal *v)
{
    arc_decimal d;
    arc_status st = arc_decimal_rescale(&d, v, (int32_t)s->f->size, ARC_ROUND_EXACT);
    switch (st) {
    case ARC_OK: return arci_record_set_slot_int(env, r, s, d.mantissa);
    case ARC_E_PRECISION:
        return arci_field_fail(env, r->entity, s->f, st, "more decimals than are kept", "小数位超出字段精度");
    case ARC_E_OVERFLOW: return arci_field_fail(env, r->entity, s->f, st, "too large", "数值过大");
    default: return arci_field_fail(env, r->entity, s->f, ARC_E_INVALID, "not a decimal", "不是有效的小数");
    }
}

arc_status arci_record_set_decimal(arci_env *env, arci_record *r, uint32_t field, arc_decimal v)
{
    arci_slot s;
    arc_status st = write_slot(env, r, field, T(ARC_T_DECIMAL), &s);
    return st == ARC_OK ? set_slot_decimal(env, r, &s, &v) : st;
}

arc_status arci_record_set_slot_blob(arci_env *env, arci_record *r, const arci_slot *s, const void *p, size_t len)
{
    arc_value value = { ARC_V_BLOB, { 0, 0, 0 }, 0, { 0 } };
    arc_status st;
    if (len > UINT32_MAX) return arci_field_fail(env, r->entity, s->f, ARC_E_LIMIT, "too long", "过长");
    value.len = (uint32_t)len;
    value.u.s = p;
    st = check_value(env, r->entity, s->f, NULL, &value);
    if (st == ARC_OK) st = arci_record_keep(env, r, s->v, ARC_V_BLOB, p, len);
    if (st == ARC_OK) mark(r, s);
    return st;
}

arc_status arci_record_set_blob(arci_env *env, arci_record *r, uint32_t field, const void *p, size_t len)
{
    arci_slot s;
    arc_status st = write_slot(env, r, field, T(ARC_T_BLOB), &s);
    return st == ARC_OK ? arci_record_set_slot_blob(env, r, &s, p, len) : st;
}

arc_status arci_record_set_any(arci_env *env, arci_record *r, uint32_t field, const char *s, size_t len)
{
    arci_slot slot;
    arc_status st = write_slot(env, r, field, 0xffffffffu, &slot);
    if (st != ARC_OK) return st;
    if (len == 0 && slot.f->type != ARC_T_TEXT) return arci_record_set_slot_null(env, r, &slot);
    return arci_record_set_slot_any(env, r, &slot, s, len);
}

arc_status arci_record_put(arci_env *env, arci_record *r, uint32_t field, const arc_value *v)
{
    arci_slot s;
    arc_status st = arci_record_slot(env, r, field, &s);
    if (st != ARC_OK) return st;
    if (v->type == ARC_V_TEXT || v->type == ARC_V_BLOB) return arci_record_keep(env, r, s.v, v->type, v->u.s, v->len);
    *s.v = *v;
    return ARC_OK;
}
