/* SPDX-License-Identifier: Apache-2.0 */
/* What has fired, and what of thresholds has changed, as rows. */
#include <string.h>

#include "rules/rule_impl.h"

static arc_value text(const char *s) { return s ? arci_v_text(s, strlen(s)) : arci_v_null(); }

static arc_status write_firings(arci_txn *t, arci_arena *arena, const arci_entity *entity, int64_t id, int64_t customer, arc_date fired_on, const arci_rule_record *records, uint32_t n)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "rule_firing", "policy definition entity row customer level mark effective_date fired_on status explanation result");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_INSERT, n, 0, NULL, 0);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < n; i++) {
        const arci_rule_record *r = &records[i];
        const arc_value v[] = { text(r->policy), arci_v_int(r->definition), text(entity->name), arci_v_int(id), customer ? arci_v_int(customer) : arci_v_null(), arci_v_int(r->level),
                                text(r->mark), arci_v_int(r->effective), arci_v_int(fired_on), text(r->passed ? "passed" : "fired"), text(r->explanation), text(r->result) };
        memcpy(arci_batch_row(b, i), v, sizeof v);
    }
    st = arci_repo_write(t, &b, 1, NULL);
    if (st != ARC_E_EXISTS) return st;
    arci_fail(t->env, st, "somebody else has fired this rule meanwhile", "该规则同时已被他人触发");
    arci_fail_at(t->env, entity->name, NULL, id, -1);
    return st;
}

static arc_status write_state(arci_txn *t, arci_arena *arena, const arci_entity *entity, const arci_rule_state *s, int there)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "rule_state", there ? "armed rearmed" : "armed rearmed policy entity row level");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, there ? ARC_WRITE_UPDATE : ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    const arc_value key[] = { text(s->policy), text(entity->name), arci_v_int(s->row), arci_v_int(s->level) };
    arc_value *v = arci_batch_row(b, 0);
    v[0] = arci_v_int(s->armed);
    v[1] = arci_v_int(s->count);
    memcpy(there ? arci_batch_key(b, 0) : &v[2], key, sizeof key);
    return arci_repo_write(t, &b, 1, NULL);
}

arc_status arci_rule_arm(arci_txn *t, arci_arena *arena, const arci_entity *entity, const arci_rule_state *states, uint32_t n)
{
    arci_history h;
    arc_status st = ARC_OK;
    arci_history_init(&h, arena);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) st = arci_history_read(t, &h, entity, &states[i].row, 1, 1);
    arci_history_index(&h);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        st = write_state(t, arena, entity, &states[i], arci_history_find_state(&h, states[i].policy, states[i].row, states[i].level) != NULL);
    }
    return st;
}

arc_status arci_rule_write(arci_txn *t, arci_arena *arena, const arci_entity *entity, int64_t id, int64_t customer, arc_date fired_on, const arci_rule_record *records, uint32_t n)
{
    uint32_t crossed = 0;
    arc_status st = n ? write_firings(t, arena, entity, id, customer, fired_on, records, n) : ARC_OK;
    arci_rule_state *states = arci_arena_calloc(arena, n + 1u, sizeof *states);
    if (!states) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) {
        if (!records[i].crossed) continue;
        states[crossed].policy = records[i].policy;
        states[crossed].row = id;
        states[crossed].level = records[i].level;
        states[crossed++].count = records[i].count;
    }
    return st == ARC_OK && crossed ? arci_rule_arm(t, arena, entity, states, crossed) : st;
}
