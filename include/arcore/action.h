/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/action.h
 *  Actions (动作): what a step of a rule does when it fires. docs/actions.md has the kinds and their parameters. */
#ifndef ARCORE_ACTION_H
#define ARCORE_ACTION_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

/** The JSON Schema (draft 2020-12) of the `then` of a rule: a list of {"type", "params"}, each kind with its parameters. It is part of the schema of definitions of kind "rule".
 *
 *  @param buf,len law of arcore.h.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_INVALID: len is NULL. Any thread. @since 0.1 */
ARC_API arc_status arc_action_schema_json(char *buf, size_t *len);

/* ---- kinds of the host ---------------------------------------------------------------------------------------------------------- */

/** One action that is to be done. Texts live during the call. */
typedef struct arc_action_call {
    uint32_t struct_size;
    uint32_t seq;             /**< of the action in its step, from 0 */
    const char *type;         /**< "host...." */
    const char *rule;         /**< code of the rule */
    const char *mark;         /**< of the firing: with rule, entity, row and level it is unique in the book */
    const char *entity;       /**< of the row it is about */
    const char *key;          /**< stable id of this action of this firing: hand it on to whoever must not do it twice */
    const char *params;       /**< JSON object, as it was resolved */
    size_t params_length;
    int64_t row;              /**< its id */
    int64_t customer;         /**< 0 = none */
    int64_t revision;         /**< of the rule */
    int64_t level;            /**< of the step */
    arc_date as_of;           /**< the day it was evaluated for */
    arc_date effective_date;  /**< the day it should have fired */
} arc_action_call;

/** Does an action of the host's, inside the transaction that keeps the firing: both are committed, or neither is. It may call verbs of `session`, which join that
 *  transaction; it may not begin, commit or roll back transactions, apply proposals, run rules or close anything. What leaves the book belongs into the outbox (arc_message_enqueue()): the
 *  transaction may still fail, and be tried again.
 *
 *  @param user    as registered. @param session who applies. @param call what is to be done.
 *  @param result  where a JSON object may be written, kept with the firing. @param length in: its capacity; out: bytes written, 0 = none.
 *  @return ARC_OK or a positive status: done; a negative one: not done, the unit is refused. A status of the facts (ARC_E_STATE, ARC_E_GUARD, ARC_E_NOT_FOUND, ...) leaves other units alone, one of the machine's
 *          (ARC_E_IO, ...) ends the call that applies. */
typedef arc_status (*arc_action_fn)(void *user, arc_session *session, const arc_action_call *call, char *result, size_t *length);

/** A kind of action of the host's. Start from ARC_ACTION_KIND_INIT. */
typedef struct arc_action_kind {
    uint32_t struct_size;
    uint32_t flags;        /**< 0 */
    const char *type;      /**< "host." and 1 to 35 of a-z 0-9 _ . */
    const char *label_en;  /**< for people, 1 to 100 bytes */
    const char *label_zh;  /**< the same in Chinese; NULL = label_en */
    const char *schema;    /**< JSON Schema of its params, an object; NULL = any object. Publishing looks at `required`, the names in `properties` and
                                `additionalProperties: false`; the rest is for editors */
    arc_action_fn apply;   /**< not NULL; must stay callable as long as the book handle lives */
    void *user;            /**< handed to apply */
} arc_action_kind;

#define ARC_ACTION_KIND_INIT { (uint32_t)sizeof(arc_action_kind), 0, NULL, NULL, NULL, NULL, NULL, NULL }

/** Fills a kind with its defaults; the same bytes as ARC_ACTION_KIND_INIT.
 *  @param kind not NULL. @return ARC_OK, or ARC_E_INVALID when kind is NULL. @since 0.1 */
ARC_API arc_status arc_action_kind_init(arc_action_kind *kind);

/** Gives a book handle a kind of action of the host's: rules may name it from then on. Its params are constants, expressions and texts like those of call_host. Each handle of a book that publishes, evaluates
 *  or applies such rules is given its kinds; where one is missing its rules are told of as broken, and their lines refused.
 *
 *  @param book the handle; no transaction is open on it. @param kind copied.
 *  @return ARC_OK; ARC_E_EXISTS: there is a kind of this name; ARC_E_VALUE: not such a name, or schema is no JSON object; ARC_E_SYNTAX: it is no JSON; ARC_E_LIMIT: 200 kinds, or a text is too long; ARC_E_ENCODING;
 *          ARC_E_INVALID: NULL, no label, no apply, or unknown flags; ARC_E_TXN: a transaction is open; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_action_register(arc_book *book, const arc_action_kind *kind);

ARC_END_DECLS

#endif
