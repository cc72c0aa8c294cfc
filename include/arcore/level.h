/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/level.h
 *  Dunning levels (催收等级): how far the dunning of an item has come. item_state.dunning_level is what holds now; each change is an ARC_LEVEL_CHANGE row of its own, so that it
 *  is known who or what set it, when and why. */
#ifndef ARCORE_LEVEL_H
#define ARCORE_LEVEL_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

#define ARC_LEVEL_MAX 99 /**< the highest */

/** A level to be set. Start from ARC_LEVEL_INIT. */
typedef struct arc_level {
    uint32_t struct_size;
    int32_t level;      /**< 0 = never dunned, to ARC_LEVEL_MAX */
    int64_t item;       /**< whose */
    arc_date date;      /**< from when; ARC_DATE_NONE = the session's business date */
    int32_t reserved;   /**< 0 */
    const char *reason; /**< 1 to 500 bytes */
    const char *cause;  /**< at most 200 bytes: what set it, where it is not a person; NULL = none */
} arc_level;

#define ARC_LEVEL_INIT { (uint32_t)sizeof(arc_level), 0, 0, ARC_DATE_NONE, 0, NULL, NULL }

/** Fills a level with its defaults; the same bytes as ARC_LEVEL_INIT.
 *  @param level not NULL. @return ARC_OK, or ARC_E_INVALID when level is NULL. @since 0.1 */
ARC_API arc_status arc_level_init(arc_level *level);

/** Sets the dunning level of an item.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param id      receives the id of the change; 0 when the item has that level already and nothing was written; may be NULL.
 *  @param level   not NULL.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such item; ARC_E_STATE: it is a credit, planned or estimated, or paid; ARC_E_RANGE: no such level, or not a date; ARC_E_REQUIRED: no reason, or
 *          no date; ARC_E_INVALID; ARC_E_LIMIT: too long; ARC_E_ENCODING; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_STALE; ARC_E_TIMEOUT;
 *          ARC_E_OUTCOME_UNKNOWN; ARC_E_DOOMED; ARC_E_FULL; ARC_E_IO; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_item_set_level(arc_session *session, int64_t *id, const arc_level *level);

ARC_END_DECLS

#endif
