/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs of the ledger that wait for a second person: what was kept of them becomes a step again, which is done with the rights of who asked. */
#include <string.h>

#include "arcore/date.h"
#include "arcore/fields.h"
#include "ledger/receipt.h"
#include "ledger/step.h"
#include "store/record_api.h"

typedef struct waiting {
    const arci_ledger_verb *verb;
    arc_ledger_step step;
} waiting;

static const char *const names[] = { "id", NULL };

static arc_status take_day(arci_env *env, const arci_json *after, const char *name, arc_date *out)
{
    const char *s;
    size_t n;
    if (!arci_json_get(after, name)) return ARC_OK;
    arc_status st = arci_asked_get_text(env, after, name, &s, &n);
    return st == ARC_OK ? arc_date_parse(out, s, n) : st;
}

static arc_status take(arci_env *env, arci_arena *arena, const arci_ledger_verb *verb, const arci_asked *asked, const arci_json *after, const void **what)
{
    waiting *w = arci_arena_calloc(arena, 1, sizeof *w);
    size_t n;
    if (!w) return arci_nomem(env);
    *what = w;
    w->verb = verb;
    (void)arc_ledger_step_init(&w->step);
    w->step.row = asked->row;
    w->step.version = asked->version;
    arc_status st = arci_asked_get_int(env, after, "item", &w->step.row);
    if (st == ARC_OK) st = arci_asked_get_int(env, after, "credit_item", &w->step.credit_item);
    if (st == ARC_OK) st = arci_asked_get_int(env, after, "customer", &w->step.customer);
    if (st == ARC_OK) st = arci_asked_get_int(env, after, "minor", &w->step.amount);
    if (st == ARC_OK) st = take_day(env, after, "effective_date", &w->step.date);
    if (st == ARC_OK) st = take_day(env, after, "due_date", &w->step.due_date);
    if (st == ARC_OK && arci_json_get(after, "reason")) st = arci_asked_get_text(env, after, "reason", &w->step.reason, &n);
    return st;
}

static arc_status work(arci_txn *t, arci_arena *arena, const void *what, int64_t *number)
{
    const waiting *w = what;
    (void)arena;
    return arci_ledger_approved(t->session, w->verb, number, &w->step);
}

static arc_status fits(arci_txn *t, arci_arena *arena, const void *what)
{
    const waiting *w = what;
    return w->verb->fits ? w->verb->fits(t, arena, &w->step) : ARC_OK;
}

#define TAKER(name, of) \
    static arc_status name(arci_env *env, arci_arena *arena, const void *with, const arci_asked *asked, const arci_json *after, const void **what) \
    { \
        (void)with; \
        return take(env, arena, &(of), asked, after, what); \
    }
TAKER(take_extend, arci_extend_verb)
TAKER(take_transfer, arci_transfer_verb)
TAKER(take_refund, arci_refund_verb)
TAKER(take_give_up, arci_give_up_verb)

const arci_deed arci_extend_deed = { ARCI_DO_ADJUSTMENT_APPROVE, names, NULL, work, NULL, take_extend, fits };
const arci_deed arci_transfer_deed = { ARCI_DO_ITEM_TRANSFER, names, NULL, work, NULL, take_transfer, fits };
const arci_deed arci_refund_deed = { ARCI_DO_RECEIPT_REFUND, names, NULL, work, NULL, take_refund, fits };
const arci_deed arci_give_up_deed = { ARCI_DO_ITEM_GIVE_UP, names, NULL, work, NULL, take_give_up, fits };

/* ---- nettings ---------------------------------------------------------------------------------------------------------------- */

static arc_status take_offset(arci_env *env, arci_arena *arena, const void *with, const arci_asked *asked, const arci_json *after, const void **what)
{
    const char **json = arci_arena_calloc(arena, 1, sizeof *json);
    size_t n;
    (void)with;
    (void)asked;
    if (!json) return arci_nomem(env);
    *what = json;
    return arci_asked_get_text(env, after, "record", json, &n);
}

static arc_status record_offset(arci_txn *t, arci_arena *arena, const void *what, int64_t *number)
{
    const char *const *json = what;
    arc_record *handle = NULL;
    arci_record_box *box;
    (void)arena;
    arc_status st = arci_record_box_new(t->env, t->session, arci_entity_by_name("receipt", 7), &handle, &box);
    if (st == ARC_OK) st = arci_record_set_json(t->env, box->record, *json, strlen(*json));
    if (st == ARC_OK) st = arci_receipt_record_approved(t->session, number, handle);
    arci_own_free(handle, ARCI_H_RECORD);
    return st;
}

const arci_deed arci_offset_deed = { ARCI_DO_RECEIPT_OFFSET, names, NULL, record_offset, NULL, take_offset, NULL };
