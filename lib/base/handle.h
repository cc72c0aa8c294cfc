/* SPDX-License-Identifier: Apache-2.0 */
/* Checked handles. What the caller holds is not the object but a tagged address of a slot that lives as long as the context:
 * slots are 64-byte aligned, the low six bits carry a generation. A freed slot rests in a queue before it is used again, so a
 * stale handle is found by its generation, a wrong type by the slot's type, a handle of another context by its context. */
#ifndef ARCI_BASE_HANDLE_H
#define ARCI_BASE_HANDLE_H

#include "base/env.h"

enum {
    ARCI_H_FREE = 0,
    ARCI_H_BOOK = 1,
    ARCI_H_SESSION,
    ARCI_H_TXN,
    ARCI_H_RECORD,
    ARCI_H_CURSOR,
    ARCI_H_QUERY,
    ARCI_H_CALENDAR,
    ARCI_H_PROPOSAL,
    ARCI_H_IMPORT,
    ARCI_H_AGING,
    ARCI_H_FEED,
    ARCI_H_STATEMENT,
    ARCI_H_TEMPLATE,
    ARCI_H_DECISION,
    ARCI_H_CONDITION,
    ARCI_H_BACKTEST,
    ARCI_H_BANK_FILE,
    ARCI_H_NAMES,
    ARCI_H_HABIT,
    ARCI_H_COMBINATION,
    ARCI_H_REFERENCES,
    ARCI_H_PAYERS
};

/* Called for handles still alive when the context is freed, in reverse order of creation. */
typedef void (*arci_handle_dtor)(void *object);

arc_status arci_handle_new(arc_context *ctx, int type, void *object, arci_handle_dtor dtor, void **out);
/* ARC_E_HANDLE when h is NULL, freed, stale or of another type. ctx may be NULL. */
arc_status arci_handle_get(const void *h, int type, void **object, arc_context **ctx);
/* Takes the handle out of use; the object is the caller's to free. ARC_E_HANDLE as above. */
arc_status arci_handle_release(void *h, int type, void **object);

/* The context itself is a plain pointer with a magic word. */
arc_status arci_context_check(const arc_context *ctx);
arc_error *arci_context_error_slot(arc_context *ctx);
int arci_context_now(arc_context *ctx, int64_t *stamp_us); /* 0 when the host gave no clock */
/* The host's memory functions, for what outlives the context. */
const arc_allocator *arci_context_allocator(const arc_context *ctx);
/* Unpredictable bytes: ARC_E_UNSUPPORTED when the host gave no source, ARC_E_IO when it fails. */
arc_status arci_context_random(arc_context *ctx, void *out, size_t n);
/* One object an upper layer keeps for the life of the context; dtor runs after the last handle is gone. keep() returns the object
 * that is kept: the first one when two threads come at once (the caller frees its own then). */
void *arci_context_kept(arc_context *ctx); /* NULL: none yet */
void *arci_context_keep(arc_context *ctx, void *object, void (*dtor)(void *object));

#endif
