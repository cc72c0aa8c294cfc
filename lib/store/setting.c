/* SPDX-License-Identifier: Apache-2.0 */
#include "store/setting.h"

#include <string.h>

#include "base/json.h"
#include "base/num.h"

static arc_status read_value(arci_txn *t, arci_arena *arena, arc_value *v, const arc_value **out)
{
    arci_json *json;
    if (v->type != ARC_V_TEXT) return ARC_OK;
    arc_status st = arci_json_parse(t->env, arena, v->u.s, v->len, &arci_json_default_limits, &json);
    if (st != ARC_OK || json->type == ARCI_JSON_NULL) return st;
    if (json->type == ARCI_JSON_STRING) *v = arci_v_text(json->s, json->len);
    *out = v;
    return ARC_OK;
}

static int is(const arc_value *v, const char *a, const char *b)
{
    return (v->len == strlen(a) && memcmp(v->u.s, a, v->len) == 0) || (v->len == strlen(b) && memcmp(v->u.s, b, v->len) == 0);
}

/* rows NULL: asks ahead. */
static arc_status find(arci_txn *t, arci_arena *arena, const char *name, arci_rows *rows)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(t, &shape, "book_setting", "value name");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[1], ARC_OP_EQ, name, strlen(name));
    return rows ? arci_repo_find(t, shape, &w, NULL, 0, 1, arena, rows) : arci_repo_ask_find(t, shape, &w, NULL, 0, 1);
}

arc_status arci_setting_ask(arci_txn *t, const char *name) { return t->ahead ? find(t, NULL, name, NULL) : ARC_OK; }

arc_status arci_setting_text(arci_txn *t, arci_arena *arena, const char *name, const arc_value **out)
{
    arci_rows rows;
    *out = NULL;
    arc_status st = find(t, arena, name, &rows);
    return st == ARC_OK && rows.n_rows ? read_value(t, arena, &rows.values[0], out) : st;
}

static arc_status wrong(arci_txn *t, const char *name, const char *en, const char *zh)
{
    arc_status st = arci_fail(t->env, ARC_E_STATE, "the setting %s is not %s%.0s", "参数 %s 不是%.0s%s", name, en, zh);
    arci_fail_at(t->env, "book_setting", "value", 0, -1);
    return st;
}

arc_status arci_setting_flag(arci_txn *t, const char *name, int *out)
{
    arci_arena arena;
    const arc_value *v;
    arci_arena_init(&arena, t->env->ctx);
    arc_status st = arci_setting_text(t, &arena, name, &v);
    *out = 0;
    if (st == ARC_OK && v) {
        *out = is(v, "true", "1");
        if (!*out && !is(v, "false", "0")) st = wrong(t, name, "true or false", " true 或 false");
    }
    arci_arena_clear(&arena);
    return st;
}

arc_status arci_setting_int(arci_txn *t, const char *name, int64_t min, int64_t max, int64_t otherwise, int64_t *out)
{
    arci_arena arena;
    const arc_value *v;
    arci_arena_init(&arena, t->env->ctx);
    arc_status st = arci_setting_text(t, &arena, name, &v);
    *out = otherwise;
    if (st == ARC_OK && v && (arci_int_parse(v->u.s, v->len, out) != ARC_OK || *out < min || *out > max)) {
        *out = otherwise;
        st = wrong(t, name, "a whole number in its range", "允许范围内的整数");
    }
    arci_arena_clear(&arena);
    return st;
}
