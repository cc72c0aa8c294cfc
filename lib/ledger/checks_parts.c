/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of items: what is open of each against what allocations took of each. */
#include <string.h>

#include "ledger/checks.h"
#include "ledger/parts.h"
#include "store/stream.h"

enum { ID, CURRENCY, PARTS, AMOUNT, DISCOUNT, WRITE_OFF };
static const char item_fields[] = "id currency parts amount";
static const char state_fields[] = "item currency parts open";
static const char taken_fields[] = "item currency parts amount discount write_off id";
static const char given_fields[] = "credit_item currency credit_parts amount id";
enum { TAKEN_ID = WRITE_OFF + 1, GIVEN_ID = AMOUNT + 1 };

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
    arci_stream items, states, taken, given;
    arci_arena arena;
} part_streams;

/* One item, its parts less what was read of its allocations. */
typedef struct one {
    arci_parts open;
    char currency[4];
    int64_t id;
    int good;
} one;

/* Rows of allocation of this item: how they were divided within it; sign -1: it is settled by them, 1: it settles. */
static arc_status follow(arci_verify *v, arci_env *env, part_streams *s, arci_stream *rows, one *x, int sign)
{
    arc_status st = ARC_OK;
    while (st == ARC_OK && rows->row && rows->row[ID].u.i <= x->id) {
        const arc_value *row = rows->row;
        arci_parts part;
        const int64_t amount = sign < 0 ? row[AMOUNT].u.i + row[DISCOUNT].u.i + row[WRITE_OFF].u.i : row[AMOUNT].u.i;
        if (row[ID].u.i == x->id && (row[PARTS].type == ARC_V_TEXT || x->open.n)) {
            int good = readable(env, &s->arena, &part, &row[PARTS], x->currency, &st) && part.n == x->open.n && arci_parts_sum(&part) == amount &&
                       arci_parts_add(env, &x->open, &part, sign) == ARC_OK;
            if (st == ARC_OK && !good) {
                arci_error_clear(env->err);
                x->good = 0;
                st = arci_finding(v, "allocation", sign < 0 ? "parts" : "credit_parts", row[sign < 0 ? TAKEN_ID : GIVEN_ID].u.i, "are not how its amount was divided within the item",
                                  "与核销金额在应收内的分配不符");
            }
        }
        if (st == ARC_OK) st = arci_stream_next(rows);
    }
    return st;
}

static arc_status check_item(arci_verify *v, arci_env *env, part_streams *s)
{
    const arc_value *item = s->items.row;
    one x = { .id = item[ID].u.i, .good = 1 };
    arci_parts now;
    arc_status st = ARC_OK;
    memcpy(x.currency, item[CURRENCY].u.s, item[CURRENCY].len < 3 ? item[CURRENCY].len : 3);
    arci_arena_reset(&s->arena);
    if (!readable(env, &s->arena, &x.open, &item[PARTS], x.currency, &st) || (x.open.n && arci_parts_sum(&x.open) != item[AMOUNT].u.i)) {
        if (st == ARC_OK) st = arci_finding(v, "item", "parts", x.id, "do not come to its amount", "合计与金额不符");
        x.good = 0;
    }
    while (st == ARC_OK && s->states.row && s->states.row[ID].u.i < x.id) st = arci_stream_next(&s->states);
    if (st == ARC_OK) st = follow(v, env, s, &s->taken, &x, -1);
    if (st == ARC_OK) st = follow(v, env, s, &s->given, &x, 1);
    if (st != ARC_OK || !s->states.row || s->states.row[ID].u.i != x.id) return st; /* without a state: told elsewhere */
    if (!s->states.row[AMOUNT].u.i && arci_parts_sum(&x.open)) arci_parts_empty(&x.open); /* taken back as a whole; whether it was is told elsewhere */
    int good = readable(env, &s->arena, &now, &s->states.row[PARTS], x.currency, &st) && same(&x.open, &now) && (!now.n || arci_parts_sum(&now) == s->states.row[AMOUNT].u.i);
    if (st != ARC_OK || good || !x.good) return st;
    arci_error_clear(env->err);
    return wrong(v, x.id);
}

arc_status arci_check_parts(arci_verify *v, arci_txn *t)
{
    part_streams s;
    memset(&s, 0, sizeof s);
    arci_arena_init(&s.arena, t->env->ctx);
    arc_status st = arci_stream_open(t, v, &s.items, "item", item_fields, NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &s.states, "item_state", state_fields, NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &s.taken, "allocation", taken_fields, NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &s.given, "allocation", given_fields, NULL);
    while (st == ARC_OK && s.items.row) {
        st = check_item(v, t->env, &s);
        if (st == ARC_OK) st = arci_stream_next(&s.items);
    }
    arci_stream_close(&s.given);
    arci_stream_close(&s.taken);
    arci_stream_close(&s.states);
    arci_stream_close(&s.items);
    arci_arena_clear(&s.arena);
    return st;
}
