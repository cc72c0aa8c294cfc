/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "model/record_impl.h"

/* Resolves a field and asks for a value of one of the types in the bit set. */
static arc_status read_slot(arci_env *env, arci_record *r, uint32_t field, uint32_t types, arci_slot *s)
{
    arc_status st = arci_record_slot(env, r, field, s);
    if (st != ARC_OK) return st;
    if (!(types & 1u << s->f->type))
        return arci_field_fail(env, r->entity, s->f, ARC_E_INVALID, "read through a getter of another type",
                               "读取函数与字段类型不符");
    if (!s->cf && s->pos == r->custom_pos) {
        st = arci_record_custom_encode(env, r);
        if (st != ARC_OK) return st;
    }
    if (s->v->type == ARC_V_NULL) return arci_field_fail(env, r->entity, s->f, ARC_E_NOT_FOUND, "has no value", "没有值");
    return ARC_OK;
}

#define T(t) (1u << (t))

arc_status arci_record_is_null(arci_env *env, arci_record *r, int32_t *is_null, uint32_t field)
{
    arci_slot s;
    arc_status st = arci_record_slot(env, r, field, &s);
    if (st == ARC_OK && !s.cf && s.pos == r->custom_pos) st = arci_record_custom_encode(env, r);
    if (st == ARC_OK) *is_null = s.v->type == ARC_V_NULL;
    return st;
}

arc_status arci_record_get_int(arci_env *env, arci_record *r, int64_t *v, uint32_t field)
{
    arci_slot s;
    arc_status st = read_slot(env, r, field, T(ARC_T_INT) | T(ARC_T_BOOL) | T(ARC_T_ID), &s);
    if (st == ARC_OK) *v = s.v->u.i;
    return st;
}

arc_status arci_record_get_text(arci_env *env, arci_record *r, const char **text, size_t *len, uint32_t field)
{
    arci_slot s;
    arc_status st = read_slot(env, r, field, T(ARC_T_TEXT) | T(ARC_T_CODE) | T(ARC_T_JSON), &s);
    if (st != ARC_OK) return st;
    *text = s.v->u.s;
    if (len) *len = s.v->len;
    return ARC_OK;
}

arc_status arci_record_get_date(arci_env *env, arci_record *r, arc_date *v, uint32_t field)
{
    arci_slot s;
    arc_status st = read_slot(env, r, field, T(ARC_T_DATE), &s);
    if (st == ARC_OK) *v = (arc_date)s.v->u.i;
    return st;
}

arc_status arci_record_get_stamp(arci_env *env, arci_record *r, arc_stamp *v, uint32_t field)
{
    arci_slot s;
    arc_status st = read_slot(env, r, field, T(ARC_T_STAMP), &s);
    if (st == ARC_OK) *v = s.v->u.i;
    return st;
}

arc_status arci_record_get_money(arci_env *env, arci_record *r, arc_money *v, uint32_t field)
{
    arci_slot s;
    arc_money m;
    arc_status st = read_slot(env, r, field, T(ARC_T_MONEY), &s);
    if (st != ARC_OK) return st;
    memset(&m, 0, sizeof m);
    m.minor = s.v->u.i;
    if (s.cf) {
        memcpy(m.currency, r->ccurrency[s.pos], sizeof m.currency);
    } else {
        uint16_t pos = r->currency_pos[s.pos];
        if (pos == ARC_NO_COL || r->values[pos].type != ARC_V_TEXT)
            return arci_field_fail(env, r->entity, s.f, ARC_E_NOT_FOUND, "has no currency", "没有币种");
        st = arci_currency_in(env, r->entity, &r->entity->fields[pos], r->values[pos].u.s, r->values[pos].len, m.currency);
        if (st != ARC_OK) return st;
    }
    *v = m;
    return ARC_OK;
}

arc_status arci_record_get_decimal(arci_env *env, arci_record *r, arc_decimal *v, uint32_t field)
{
    arci_slot s;
    arc_status st = read_slot(env, r, field, T(ARC_T_DECIMAL), &s);
    if (st != ARC_OK) return st;
    memset(v, 0, sizeof *v);
    v->mantissa = s.v->u.i;
    v->scale = (int32_t)s.f->size;
    return ARC_OK;
}

arc_status arci_record_get_blob(arci_env *env, arci_record *r, const void **p, size_t *len, uint32_t field)
{
    arci_slot s;
    arc_status st = read_slot(env, r, field, T(ARC_T_BLOB), &s);
    if (st != ARC_OK) return st;
    *p = s.v->u.s;
    *len = s.v->len;
    return ARC_OK;
}
