/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of items: what is open of each against what allocations took of each. */
#include <string.h>

#include "ledger/checks.h"
#include "ledger/parts.h"
#include "store/stream.h"

enum { ID, CURRENCY, PARTS };
static const char item_fields[] = "id currency parts";
static const char state_fields[] = "item currency parts";
static const char allocation_fields[] = "item currency parts";

static arc_status wrong(arci_verify *v, int64_t id)
{
    return arci_finding(v, "item_state", "parts", id, "are not the item's parts less what allocations took of them", "与应收组成减去核销后的余额不符");
}

/* What is not readable is wrong; only want of memory is an error. */
static int readable(arci_env *env, arci_arena *arena, arci_parts *out, const arc_value *json, const char *currency, arc_status *st)
{
    arc_status read = arci_parts_read(env, arena, out, json, currency);
    if (read == ARC_E_NOMEM) *st = read;
    else if (read != ARC_OK) arci_error_clear(env->err);
    return read == ARC_OK;
}

static int same(const arci_parts *a, const arci_parts *b)
{
    if (a->n != b->n) return 0;
    for (uint32_t i = 0; i < a->n; i++) {
        if (strcmp(a->part[i].kind, b->part[i].kind) != 0 || a->part[i].amount != b->part[i].amount) return 0;
    }
    return 1;
}

typedef struct part_streams {
    arci_stream items, states, taken;
    arci_arena arena;
} part_streams;

static arc_status check_item(arci_verify *v, arci_env *env, part_streams *s)
{
    const arc_value *item = s->items.row;
    int64_t id = item[ID].u.i;
    char currency[4] = { 0 };
    arci_parts open, now, part;
    arc_status st = ARC_OK;
    memcpy(currency, item[CURRENCY].u.s, item[CURRENCY].len < 3 ? item[CURRENCY].len : 3);
    arci_arena_reset(&s->arena);
    int good = readable(env, &s->arena, &open, &item[PARTS], currency, &st);
    while (st == ARC_OK && s->states.row && s->states.row[ID].u.i < id) st = arci_stream_next(&s->states);
    while (st == ARC_OK && s->taken.row && s->taken.row[ID].u.i <= id) {
        if (s->taken.row[ID].u.i == id && s->taken.row[PARTS].type == ARC_V_TEXT) {
            good = good && readable(env, &s->arena, &part, &s->taken.row[PARTS], currency, &st) && arci_parts_add(env, &open, &part, -1) == ARC_OK;
        }
        if (st == ARC_OK) st = arci_stream_next(&s->taken);
    }
    if (st != ARC_OK || !s->states.row || s->states.row[ID].u.i != id) return st; /* without a state: told elsewhere */
    good = good && readable(env, &s->arena, &now, &s->states.row[PARTS], currency, &st) && same(&open, &now);
    if (st != ARC_OK || good) return st;
    arci_error_clear(env->err);
    return wrong(v, id);
}

arc_status arci_check_parts(arci_verify *v, arci_txn *t)
{
    part_streams s;
    memset(&s, 0, sizeof s);
    arci_arena_init(&s.arena, t->env->ctx);
    arc_status st = arci_stream_open(t, v, &s.items, "item", item_fields, NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &s.states, "item_state", state_fields, NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &s.taken, "allocation", allocation_fields, NULL);
    while (st == ARC_OK && s.items.row) {
        st = check_item(v, t->env, &s);
        if (st == ARC_OK) st = arci_stream_next(&s.items);
    }
    arci_stream_close(&s.taken);
    arci_stream_close(&s.states);
    arci_stream_close(&s.items);
    arci_arena_clear(&s.arena);
    return st;
}
