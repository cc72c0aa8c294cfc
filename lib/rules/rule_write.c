/* SPDX-License-Identifier: Apache-2.0 */
/* What has fired, and what of thresholds has changed, as rows. */
#include <string.h>

#include "rules/rule_impl.h"

static arc_value text(const char *s) { return s ? arci_v_text(s, strlen(s)) : arci_v_null(); }

static const char *status_of(const arci_rule_record *r) { return r->rejected ? "rejected" : r->passed ? "passed" : "fired"; }

/* What was rejected and is wanted after all. done: by record, whether its row was there. */
static arc_status take_back(arci_txn *t, arci_arena *arena, const arci_entity *entity, int64_t id, arc_date fired_on, const arci_rule_record *records, uint32_t n, uint8_t *done)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "rule_firing", "id policy level mark entity row status");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[4], ARC_OP_EQ, entity->name, strlen(entity->name));
    arci_where_int(&w, shape->cols[5], ARC_OP_EQ, id);
    arci_where_text(&w, shape->cols[6], ARC_OP_EQ, "rejected", 8);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    for (uint32_t k = 0; k < rows.n_rows && st == ARC_OK; k++) {
        const arc_value *v = rows.values + (size_t)k * rows.n_cols;
        uint32_t i = 0;
        while (i < n && (records[i].level != v[2].u.i || strlen(records[i].policy) != v[1].len || memcmp(records[i].policy, v[1].u.s, v[1].len) != 0 ||
                         strlen(records[i].mark) != v[3].len || memcmp(records[i].mark, v[3].u.s, v[3].len) != 0)) i++;
        if (i == n) continue;
        const arci_rule_record *r = &records[i];
        const arc_value values[] = { arci_v_int(r->definition), arci_v_int(r->effective), arci_v_int(fired_on), text(status_of(r)), text(r->explanation), text(r->result),
                                     r->chain ? arci_v_int(r->chain) : arci_v_null() };
        st = arci_shape_get(t, &shape, "rule_firing", "definition effective_date fired_on status explanation result chain");
        if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_UNCHECKED, NULL, 0);
        if (st != ARC_OK) return st;
        memcpy(arci_batch_row(b, 0), values, sizeof values);
        arci_batch_key(b, 0)[0] = v[0];
        st = arci_repo_write(t, &b, 1, NULL);
        done[i] = 1;
    }
    return st;
}

static arc_status write_firings(arci_txn *t, arci_arena *arena, const arci_entity *entity, int64_t id, int64_t customer, arc_date fired_on, const arci_rule_record *records, uint32_t n)
{
    uint8_t *done = arci_arena_calloc(arena, n + 1u, 1);
    uint32_t left = n, again = 0;
    const arci_shape *shape;
    arci_batch *b;
    if (!done) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) again |= records[i].again;
    arc_status st = again ? take_back(t, arena, entity, id, fired_on, records, n, done) : ARC_OK;
    for (uint32_t i = 0; i < n; i++) left -= done[i];
    if (st != ARC_OK || !left) return st;
    st = arci_shape_get(t, &shape, "rule_firing", "policy definition entity row customer level mark effective_date fired_on status explanation result chain");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_INSERT, left, 0, NULL, 0);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0, at = 0; i < n; i++) {
        const arci_rule_record *r = &records[i];
        if (done[i]) continue;
        const arc_value v[] = { text(r->policy), arci_v_int(r->definition), text(entity->name), arci_v_int(id), customer ? arci_v_int(customer) : arci_v_null(), arci_v_int(r->level),
                                text(r->mark), arci_v_int(r->effective), arci_v_int(fired_on), text(status_of(r)), text(r->explanation), text(r->result), r->chain ? arci_v_int(r->chain) : arci_v_null() };
        memcpy(arci_batch_row(b, at++), v, sizeof v);
    }
    st = arci_repo_write(t, &b, 1, NULL);
    if (st != ARC_E_EXISTS) return st;
    arci_fail(t->env, st, "somebody else has fired this rule meanwhile", "该规则同时已被他人触发");
    arci_fail_at(t->env, entity->name, NULL, id, -1);
    return st;
}

/* States that are there, or are not. */
static arc_status state_batch(arci_txn *t, arci_arena *arena, arci_batch **out, const arci_entity *entity, const arci_rule_state *states, const uint8_t *there, uint32_t n, int stored)
{
    const arci_shape *shape;
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++) k += there[i] == stored;
    *out = NULL;
    if (!k) return ARC_OK;
    arc_status st = arci_shape_get(t, &shape, "rule_state", stored ? "armed rearmed" : "armed rearmed policy entity row level");
    if (st == ARC_OK) st = arci_batch_new(t, arena, out, shape, stored ? ARC_WRITE_UPDATE : ARC_WRITE_INSERT, k, 0, NULL, 0);
    if (st != ARC_OK) return st;
    k = 0;
    for (uint32_t i = 0; i < n; i++) {
        const arci_rule_state *s = &states[i];
        const arc_value key[] = { text(s->policy), text(entity->name), arci_v_int(s->row), arci_v_int(s->level) };
        if (there[i] != stored) continue;
        arc_value *v = arci_batch_row(*out, k);
        v[0] = arci_v_int(s->armed);
        v[1] = arci_v_int(s->count);
        memcpy(stored ? arci_batch_key(*out, k) : &v[2], key, sizeof key);
        k++;
    }
    return ARC_OK;
}

arc_status arci_rule_arm(arci_txn *t, arci_arena *arena, const arci_entity *entity, const arci_rule_state *states, uint32_t n)
{
    arci_history h;
    arci_batch *batches[2];
    uint32_t n_rows = 0, n_batches = 0;
    int64_t *rows = arci_arena_alloc(arena, (n + 1u) * sizeof *rows);
    uint8_t *there = arci_arena_calloc(arena, n + 1u, 1);
    if (!rows || !there) return arci_nomem(t->env);
    arci_history_init(&h, arena);
    for (uint32_t i = 0; i < n; i++) { /* those of one row stand together */
        if (!n_rows || rows[n_rows - 1] != states[i].row) rows[n_rows++] = states[i].row;
    }
    arc_status st = arci_history_states(t, &h, entity, rows, n_rows);
    arci_history_index(&h);
    for (uint32_t i = 0; i < n; i++) there[i] = arci_history_find_state(&h, states[i].policy, states[i].row, states[i].level) != NULL;
    for (int stored = 0; stored < 2 && st == ARC_OK; stored++) {
        st = state_batch(t, arena, &batches[n_batches], entity, states, there, n, stored);
        n_batches += st == ARC_OK && batches[n_batches] != NULL;
    }
    return st == ARC_OK && n_batches ? arci_repo_write(t, batches, n_batches, NULL) : st;
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
