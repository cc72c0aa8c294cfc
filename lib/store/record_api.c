/* SPDX-License-Identifier: Apache-2.0 */
#include "store/record_api.h"

#include <string.h>

/* ---- boxes -------------------------------------------------------------------------------------------------------- */

static void free_box(arci_owned *o)
{
    arci_record_box *box = (arci_record_box *)(void *)o;
    arci_record_free(box->record);
    arci_free(box->env.ctx, box);
}

arc_status arci_record_box_new(arci_env *env, arci_session *s, const arci_entity *e, arc_record **handle, arci_record_box **out)
{
    arci_record_box *box;
    arci_custom *custom;
    arc_status st;
    *handle = NULL;
    if (e->flags & ARCI_E_RESERVED) {
        arci_fail(env, ARC_E_UNSUPPORTED, "%s has no table yet", "%s 尚无数据表", e->name);
        arci_fail_at(env, e->name, NULL, -1, -1);
        return ARC_E_UNSUPPORTED;
    }
    st = arci_session_custom(env, s, &custom);
    if (st != ARC_OK) return st;
    box = arci_calloc(env->ctx, 1, sizeof *box);
    if (!box) return arci_nomem(env);
    box->session = s;
    box->env.ctx = env->ctx;
    box->env.err = &box->error;
    (void)arc_error_init(&box->error);
    st = arci_record_new(env, e, custom, &box->record);
    if (st == ARC_OK) st = arci_own(env, s, &box->owned, ARCI_H_RECORD, free_box);
    if (st != ARC_OK) {
        free_box(&box->owned);
        return st;
    }
    *handle = box->owned.handle;
    *out = box;
    return ARC_OK;
}

arc_status arci_record_box_in(arci_env *env, arci_session *s, arc_record *handle, arci_record_box **out)
{
    void *object;
    arci_record_box *box;
    if (arci_handle_get(handle, ARCI_H_RECORD, &object, NULL) != ARC_OK)
        return arci_fail(env, ARC_E_HANDLE, "not a record", "不是有效的记录");
    box = object;
    if (box->session->book != s->book)
        return arci_fail(env, ARC_E_INVALID, "the record belongs to another book", "该记录属于其他账套");
    *out = box;
    return ARC_OK;
}

/* The record of a public call; what the call before left as error is forgotten. */
static arc_status enter(arc_record *handle, arci_record_box **out)
{
    void *object;
    arc_status st = arci_handle_get(handle, ARCI_H_RECORD, &object, NULL);
    if (st != ARC_OK) return st;
    *out = object;
    if ((*out)->error.status != ARC_OK) arci_error_clear(&(*out)->error);
    return ARC_OK;
}

static arc_status null_argument(arci_record_box *box)
{
    return arci_fail(&box->env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
}

/* A name that is not known may have been defined since: 1 when there are other definitions by now, which the record has taken over. */
static int look_again(arci_record_box *box)
{
    arci_session *s;
    arci_custom *custom;
    arc_error kept = box->error;
    if (box->record->custom_pos == ARC_NO_COL || arci_session_enter(box->session->handle, &s) != ARC_OK) return 0;
    arc_status st = arci_session_custom_now(&box->env, s, &custom);
    int other = st == ARC_OK && custom != box->record->custom;
    if (other) st = arci_record_adopt(&box->env, box->record, custom);
    (void)arci_session_leave(s, ARC_OK);
    if (!other || st != ARC_OK) box->error = kept;
    else arci_error_clear(&box->error);
    return other && st == ARC_OK;
}

/* ---- life --------------------------------------------------------------------------------------------------------- */

static arc_status make(arci_session *s, arc_record **out, uint32_t entity)
{
    const arci_entity *e = arci_entity_by_id(entity);
    arci_record_box *box;
    if (!e) return arci_fail(&s->env, ARC_E_NOT_FOUND, "no entity has the number %u", "没有编号为 %u 的实体", entity);
    return arci_record_box_new(&s->env, s, e, out, &box);
}

arc_status arc_record_new(arc_session *session, arc_record **out, uint32_t entity)
{
    arci_session *s;
    arc_status st;
    if (out) *out = NULL;
    st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = out ? make(s, out, entity) : arci_fail(&s->env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    return arci_session_leave(s, st);
}

void arc_record_free(arc_record *record)
{
    arci_own_end(record, ARCI_H_RECORD);
}

arc_status arc_record_clear(arc_record *record)
{
    arci_record_box *box;
    arc_status st = enter(record, &box);
    if (st == ARC_OK) arci_record_clear(box->record);
    return st;
}

arc_status arc_record_entity(arc_record *record, uint32_t *entity)
{
    arci_record_box *box;
    arc_status st = enter(record, &box);
    if (st != ARC_OK) return st;
    if (!entity) return null_argument(box);
    *entity = box->record->entity->id;
    return ARC_OK;
}

arc_status arc_record_field(arc_record *record, arc_field_id *field, const char *name)
{
    arci_record_box *box;
    arc_status st = enter(record, &box);
    if (st != ARC_OK) return st;
    if (!field || !name) return null_argument(box);
    st = arci_record_field(&box->env, box->record, field, name, strlen(name));
    if (st != ARC_E_NOT_FOUND || strncmp(name, "x_", 2) != 0 || !look_again(box)) return st;
    return arci_record_field(&box->env, box->record, field, name, strlen(name));
}

arc_status arc_record_error(arc_record *record, arc_error *error)
{
    void *object;
    arc_status st = arci_handle_get(record, ARCI_H_RECORD, &object, NULL);
    if (st != ARC_OK) return st;
    if (!error) return ARC_E_INVALID;
    return arci_struct_out(error, &((arci_record_box *)object)->error, sizeof(arc_error));
}

/* ---- getters ------------------------------------------------------------------------------------------------------ */

#define GET(name, type, out) \
    arc_status arc_record_##name(arc_record *record, type *out, arc_field_id field) \
    { \
        arci_record_box *box; \
        arc_status st = enter(record, &box); \
        if (st != ARC_OK) return st; \
        return out ? arci_record_##name(&box->env, box->record, out, field) : null_argument(box); \
    }

GET(is_null, int32_t, is_null)
GET(get_int, int64_t, value)
GET(get_date, arc_date, date)
GET(get_stamp, arc_stamp, stamp)
GET(get_money, arc_money, money)
GET(get_decimal, arc_decimal, value)

arc_status arc_record_get_text(arc_record *record, const char **text, size_t *length, arc_field_id field)
{
    arci_record_box *box;
    arc_status st = enter(record, &box);
    if (st != ARC_OK) return st;
    return text ? arci_record_get_text(&box->env, box->record, text, length, field) : null_argument(box);
}

arc_status arc_record_get_blob(arc_record *record, const void **bytes, size_t *length, arc_field_id field)
{
    arci_record_box *box;
    arc_status st = enter(record, &box);
    if (st != ARC_OK) return st;
    return bytes && length ? arci_record_get_blob(&box->env, box->record, bytes, length, field) : null_argument(box);
}

/* ---- setters ------------------------------------------------------------------------------------------------------ */

#define SET(name, type) \
    arc_status arc_record_##name(arc_record *record, arc_field_id field, type value) \
    { \
        arci_record_box *box; \
        arc_status st = enter(record, &box); \
        return st == ARC_OK ? arci_record_##name(&box->env, box->record, field, value) : st; \
    }

SET(set_int, int64_t)
SET(set_date, arc_date)
SET(set_stamp, arc_stamp)
SET(set_money, arc_money)
SET(set_decimal, arc_decimal)

arc_status arc_record_set_null(arc_record *record, arc_field_id field)
{
    arci_record_box *box;
    arc_status st = enter(record, &box);
    return st == ARC_OK ? arci_record_set_null(&box->env, box->record, field) : st;
}

arc_status arc_record_set_text(arc_record *record, arc_field_id field, const char *text, size_t length)
{
    arci_record_box *box;
    arc_status st = enter(record, &box);
    if (st != ARC_OK) return st;
    if (!text) return null_argument(box);
    return arci_record_set_text(&box->env, box->record, field, text, length == SIZE_MAX ? strlen(text) : length);
}

arc_status arc_record_set_blob(arc_record *record, arc_field_id field, const void *bytes, size_t length)
{
    arci_record_box *box;
    arc_status st = enter(record, &box);
    if (st != ARC_OK) return st;
    if (!bytes && length) return null_argument(box);
    return arci_record_set_blob(&box->env, box->record, field, bytes ? bytes : "", length);
}

/* ---- JSON --------------------------------------------------------------------------------------------------------- */

arc_status arc_record_get_json(arc_record *record, char *buf, size_t *len)
{
    arci_record_box *box;
    arci_str b;
    arc_status st = enter(record, &box);
    if (st != ARC_OK) return st;
    if (!len) return null_argument(box);
    arci_str_init(&b, box->env.ctx);
    st = arci_record_get_json(&box->env, box->record, &b);
    if (st == ARC_OK) {
        st = arci_text_out(buf, len, b.s, b.len);
        if (st != ARC_OK) arci_fail(&box->env, st, "the buffer is too short", "缓冲区过小");
    }
    arci_str_clear(&b);
    return st;
}

arc_status arc_record_set_json(arc_record *record, const char *json, size_t length)
{
    arci_record_box *box;
    arc_status st = enter(record, &box);
    if (st != ARC_OK) return st;
    if (!json) return null_argument(box);
    if (length == SIZE_MAX) length = strlen(json);
    st = arci_record_set_json(&box->env, box->record, json, length);
    if (st != ARC_E_NOT_FOUND || strncmp(box->error.pointer, "/x_", 3) != 0 || !look_again(box)) return st;
    return arci_record_set_json(&box->env, box->record, json, length);
}
