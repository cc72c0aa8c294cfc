/* SPDX-License-Identifier: Apache-2.0 */
/* Dunning levels: each change a row, the state beside the item says the last. */
#include "arcore/level.h"

#include <string.h>

#include "ledger/checks.h"
#include "ledger/states.h"
#include "store/deed.h"
#include "store/stream.h"

enum { REASON_MAX = 500, CAUSE_MAX = 200 };

arc_status arc_level_init(arc_level *level)
{
    static const arc_level init = ARC_LEVEL_INIT;
    if (!level) return ARC_E_INVALID;
    *level = init;
    return ARC_OK;
}

static arc_status fault(arci_env *env, arc_status st, const char *field, int64_t id)
{
    arci_fail_at(env, "level_change", field, id, -1);
    return st;
}

static arc_status check(arci_env *env, const arc_level *l)
{
    size_t reason = l->reason ? strlen(l->reason) : 0, cause = l->cause ? strlen(l->cause) : 0;
    if (l->reserved) return fault(env, arci_fail(env, ARC_E_INVALID, "reserved is not 0", "reserved 不为 0"), NULL, -1);
    if (l->level < 0 || l->level > ARC_LEVEL_MAX) return fault(env, arci_fail(env, ARC_E_RANGE, "a level is 0 to %d", "等级须为 0 至 %d", ARC_LEVEL_MAX), "level", -1);
    if (l->date == ARC_DATE_NONE) return fault(env, arci_fail(env, ARC_E_REQUIRED, "a date is required: the session has no business date", "须填写日期：会话未设置业务日期"), "effective_date", -1);
    if (l->date < ARC_DATE_MIN || l->date > ARC_DATE_MAX) return fault(env, arci_fail(env, ARC_E_RANGE, "not a date", "不是日期"), "effective_date", -1);
    if (!reason) return fault(env, arci_fail(env, ARC_E_REQUIRED, "a reason is required", "须填写原因"), "reason", -1);
    if (reason > REASON_MAX) return fault(env, arci_fail(env, ARC_E_LIMIT, "a reason has at most %d bytes", "原因最多 %d 字节", REASON_MAX), "reason", -1);
    if (cause > CAUSE_MAX) return fault(env, arci_fail(env, ARC_E_LIMIT, "a cause has at most %d bytes", "来由最多 %d 字节", CAUSE_MAX), "cause", -1);
    if (arci_utf8_check(l->reason, reason) != reason) return fault(env, arci_fail(env, ARC_E_ENCODING, "the reason is not valid UTF-8", "原因不是有效的 UTF-8"), "reason", -1);
    if (cause && arci_utf8_check(l->cause, cause) != cause) return fault(env, arci_fail(env, ARC_E_ENCODING, "the cause is not valid UTF-8", "来由不是有效的 UTF-8"), "cause", -1);
    return ARC_OK;
}

enum { S_VERSION, S_LEVEL };

static arc_status write_both(arci_txn *t, arci_arena *arena, const arc_level *l, const arc_value *s, int64_t *id)
{
    const arci_shape *rows, *states;
    arci_batch *both[2];
    arc_status st = arci_shape_get(t, &rows, "level_change", "item effective_date level level_before reason cause");
    if (st == ARC_OK) st = arci_shape_get(t, &states, "item_state", "dunning_level");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &both[0], rows, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &both[1], states, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(both[0], 0);
    v[0] = arci_v_int(l->item);
    v[1] = arci_v_int(l->date);
    v[2] = arci_v_int(l->level);
    v[3] = s[S_LEVEL];
    v[4] = arci_v_text(l->reason, strlen(l->reason));
    v[5] = l->cause && *l->cause ? arci_v_text(l->cause, strlen(l->cause)) : arci_v_null();
    *arci_batch_key(both[1], 0) = arci_v_int(l->item);
    *arci_batch_guard(both[1], 0) = s[S_VERSION];
    *arci_batch_row(both[1], 0) = arci_v_int(l->level);
    st = arci_repo_write(t, both, 2, NULL);
    if (st == ARC_OK) *id = arci_batch_id(both[0], 0);
    return st;
}

static arc_status set_level(arci_txn *t, arci_arena *arena, const void *what, int64_t *id)
{
    const arc_level *l = what;
    const arci_shape *shape;
    arc_value *s;
    *id = 0;
    arc_status st = check(t->env, l);
    if (st == ARC_OK) st = arci_access_row(t, t->call->verb, NULL, arci_entity_by_name("item", 4), l->item);
    if (st == ARC_OK) st = arci_repo_lock(t, "item_state", &l->item, 1);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "item_state", "version dunning_level");
    if (st == ARC_OK) st = arci_repo_get(t, shape, l->item, arena, &s);
    if (st == ARC_OK) st = arci_item_may(t, arena, ARCI_DO_ITEM_LEVEL, l->item);
    if (st != ARC_OK || s[S_LEVEL].u.i == l->level) return st;
    return write_both(t, arena, l, s, id);
}

static void args(arci_call *c, const void *what)
{
    const arc_level *l = what;
    const char *const texts[] = { l->reason, l->cause };
    arci_call_arg_int(c, l->item);
    arci_call_arg_int(c, l->level);
    arci_call_arg_int(c, l->date);
    for (size_t i = 0; i < 2; i++) arci_call_arg_text(c, texts[i] ? texts[i] : "", texts[i] ? strlen(texts[i]) : 0);
}

static const char *const id_names[] = { "id", NULL };
static const arci_deed level_deed = { ARCI_DO_ITEM_LEVEL, id_names, args, set_level, NULL, NULL, NULL };

arc_status arc_item_set_level(arc_session *session, int64_t *id, const arc_level *level)
{
    arc_level l = ARC_LEVEL_INIT;
    arci_arena arena;
    arci_session *s;
    int64_t made = 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = level ? arci_struct_in(&s->env, &l, sizeof l, level) : arci_fail(&s->env, ARC_E_INVALID, "level is NULL", "level 为 NULL");
    if (st != ARC_OK) return arci_call_leave(s, st);
    if (l.date == ARC_DATE_NONE) l.date = s->business_date;
    arci_arena_init(&arena, s->env.ctx);
    st = arci_deed_do(s, &arena, &level_deed, &l, &made);
    arci_arena_clear(&arena);
    if (st == ARC_OK && id) *id = made;
    return arci_call_leave(s, st);
}

/* ---- proof ------------------------------------------------------------------------------------------------------------------------ */

arc_status arci_check_levels(arci_verify *v, arci_txn *t)
{
    arci_stream states, changes;
    memset(&states, 0, sizeof states);
    memset(&changes, 0, sizeof changes);
    arc_status st = arci_stream_open(t, v, &states, "item_state", "item dunning_level", NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &changes, "level_change", "item level", "id");
    while (st == ARC_OK && states.row) {
        int64_t id = states.row[0].u.i, is = states.row[1].u.i, level = 0;
        for (; st == ARC_OK && changes.row && changes.row[0].u.i <= id; st = arci_stream_next(&changes)) {
            if (changes.row[0].u.i == id) level = changes.row[1].u.i;
        }
        if (st == ARC_OK && is != level) st = arci_finding(v, "item_state", "dunning_level", id, "is %lld, the last change says %lld", "现值 %lld，最近变更为 %lld", (long long)is, (long long)level);
        if (st == ARC_OK) st = arci_stream_next(&states);
    }
    arci_stream_close(&changes);
    arci_stream_close(&states);
    return st;
}
