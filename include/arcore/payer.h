/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/payer.h
 *  Who paid: whose a payment is by the account it came from, by names that were learned or are on file, and by names that are near. docs/payers.md tells the rules.
 *
 *  What is learned comes from receipts whose customer is certain (claimed by a person, or proved by a reference) and is unlearned when that changes. Names of payment platforms are
 *  never learned. */
#ifndef ARCORE_PAYER_H
#define ARCORE_PAYER_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

typedef struct arc_payer_index arc_payer_index; /**< checked handle, of a context; one thread at a time */

/** A payer as the bank tells of it. Start from ARC_PAYER_INIT. */
typedef struct arc_payer {
    uint32_t struct_size;
    uint32_t reserved;         /**< 0 */
    const char *name;          /**< or NULL */
    const char *account;       /**< or NULL */
    const char *ultimate_name; /**< on whose behalf; or NULL */
} arc_payer;

#define ARC_PAYER_INIT { (uint32_t)sizeof(arc_payer), 0, NULL, NULL, NULL }

/** Fills a payer with its defaults. @param payer not NULL. @return ARC_OK, or ARC_E_INVALID. @since 0.1 */
ARC_API arc_status arc_payer_init(arc_payer *payer);

#define ARC_PAYER_BY_ACCOUNT 1      /**< an account of the customer on file */
#define ARC_PAYER_BY_ALIAS_ACCOUNT 2 /**< an account that has paid for the customer */
#define ARC_PAYER_BY_ALIAS_NAME 3   /**< a name that has paid for the customer, or that somebody said is its */
#define ARC_PAYER_BY_NAME 4         /**< the customer's name on file */
#define ARC_PAYER_BY_NEAR_NAME 5    /**< a name near to one on file, and to no other as near */
#define ARC_PAYER_BY_ULTIMATE 6     /**< the name of whom it was paid for */

/** Whom a payment could be of. Start from ARC_PAYER_MATCH_INIT. */
typedef struct arc_payer_match {
    uint32_t struct_size;
    int32_t how;      /**< ARC_PAYER_BY_* */
    int64_t customer; /**< the one it was merged into, when it was */
    int32_t ppm;      /**< how much it says, in millionths: of aliases (supports + 1) / (supports + contradicts + 2) */
    int32_t margin;   /**< of near names: score less that of the next, 0 to ARC_NAME_SAME; else 0 */
} arc_payer_match;

#define ARC_PAYER_MATCH_INIT { (uint32_t)sizeof(arc_payer_match), 0, 0, 0, 0 }

/** Fills a match with its defaults. @param match not NULL. @return ARC_OK, or ARC_E_INVALID. @since 0.1 */
ARC_API arc_status arc_payer_match_init(arc_payer_match *match);

#define ARC_PAYER_PLATFORM 0x1u    /**< the name is a platform's: it says nothing of who paid */
#define ARC_PAYER_NEW_ACCOUNT 0x2u /**< the first match is known by name, has accounts that have paid, and this is none of them: look twice */
#define ARC_PAYER_AMBIGUOUS 0x4u   /**< several customers: a reference or an amount has to choose */
#define ARC_PAYER_CONFLICT 0x8u    /**< the account says one customer, the name on file another */

/** Reads whom payers can be: names and accounts of customers, what was learned, who belongs to whom.
 *  @param session the actor: customers he does not see are nobody, accounts and aliases count when he may read them. @param out receives the handle; it belongs to the session's context; the caller frees it with arc_payer_index_free(). NULL on error.
 *  @return ARC_OK; ARC_E_FORBIDDEN: he may not read customers or their names; ARC_E_INVALID: out is NULL; ARC_E_TXN, ARC_E_DOOMED, ARC_E_IO, ARC_E_CORRUPT, ARC_E_CONNECTION, ARC_E_BACKEND,
 *          ARC_E_FORK, ARC_E_BUSY, ARC_E_TIMEOUT, ARC_E_NOMEM, ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_payer_index_load(arc_session *session, arc_payer_index **out);

/** Whom a payment is of, the likeliest first: by account, by what was learned, by name.
 *  @param index the index. @param matches receives them, each with its struct_size set by the caller, or NULL with *n 0. @param n in: room, at most 100; out: how many. @param flags receives ARC_PAYER_PLATFORM ...; may be NULL.
 *  @param payer what the bank tells.
 *  @return ARC_OK, also with none; ARC_E_INVALID; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_payer_index_find(arc_payer_index *index, arc_payer_match *matches, size_t *n, uint32_t *flags, const arc_payer *payer);

/** The customers one may pay for, ascending: itself, those below it, and those above it.
 *  @param index the index. @param customers receives them; may be NULL with *n 0. @param n in: room; out: how many there are. @param customer any.
 *  @return ARC_OK; ARC_E_BUFFER: more than there is room for, *n says how many; ARC_E_INVALID; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_payer_index_scope(arc_payer_index *index, int64_t *customers, size_t *n, int64_t customer);

/** Copies the last error of an index. @param error filled up to its struct_size. @return ARC_OK; ARC_E_INVALID: error is NULL; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_payer_index_error(arc_payer_index *index, arc_error *error);

/** Frees an index. @param index NULL and stale handles are allowed. @since 0.1 */
ARC_API void arc_payer_index_free(arc_payer_index *index);

#define ARC_PAYER_FORGET 0x1u /**< flag: nothing is learned of these receipts any more, whoever's they are */

/** Learns from receipts, and unlearns: of each its payer's account and name support the customer it is of now, and nobody else; of receipts that went back or are nobody's nothing is
 *  learned. Called again it changes nothing. Names of platforms and accounts of our own teach nothing.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param changed receives how many pieces of evidence changed; may be NULL. @param receipts n ids of receipts whose customer is certain. @param n 1 to 10,000. @param flags 0 or ARC_PAYER_FORGET.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such receipt; ARC_E_INVALID, ARC_E_FORBIDDEN, ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION,
 *          ARC_E_BACKEND, ARC_E_FORK, ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_payer_learn(arc_session *session, uint32_t *changed, const int64_t *receipts, size_t n, uint32_t flags);

/** Says that a name or an account pays for a customer: it counts from now on, however often it has paid; or that it no longer does.
 *
 *  @param session the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param id receives the id of the row of ARC_CUSTOMER_ALIAS; may be NULL. @param customer the customer. @param kind "name", "payer_name" or "payer_account". @param value as the bank writes it.
 *  @param to last day it counts; ARC_DATE_NONE: no end.
 *  @return ARC_OK; ARC_E_REFERENCE: no such customer; ARC_E_VALUE: a kind that is none, or a value without letters and digits; ARC_E_STATE: the name of a platform; others as arc_payer_learn(). @since 0.1 */
ARC_API arc_status arc_payer_confirm(arc_session *session, int64_t *id, int64_t customer, const char *kind, const char *value, arc_date to);

ARC_END_DECLS

#endif
