/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/settle.h
 *  What a payment of an item earns, and settling a list of items with one receipt: the difference is decided by a tolerance definition, shown, and written.
 *  docs/settling.md tells the rules. */
#ifndef ARCORE_SETTLE_H
#define ARCORE_SETTLE_H

#include "arcore/allocation.h"

ARC_BEGIN_DECLS

/** The cash discount of an item on a day. Start from ARC_OFFER_INIT. All amounts in minor units of the item's currency. */
typedef struct arc_offer {
    uint32_t struct_size;
    int32_t tier;   /**< 1-based place among the item's discounts of the best one that is still earned; 0: none */
    arc_date until; /**< its last day, without days of grace; ARC_DATE_NONE: not known yet, or none */
    uint32_t reserved;
    int64_t open;   /**< open on the item now */
    int64_t amount; /**< discount for paying all that is open */
    int64_t earned; /**< discount that the payment asked about earns; of a part only where the tolerance grants it */
    int64_t most;   /**< best the item ever offered: earned or not */
} arc_offer;

#define ARC_OFFER_INIT { (uint32_t)sizeof(arc_offer), 0, ARC_DATE_NONE, 0, 0, 0, 0, 0 }

/** Fills an offer with its defaults; the same bytes as ARC_OFFER_INIT.
 *  @param offer not NULL. @return ARC_OK, or ARC_E_INVALID when offer is NULL. @since 0.1 */
ARC_API arc_status arc_offer_init(arc_offer *offer);

/** What paying an item on a day earns. The discount an allocation carries is stored and never computed again.
 *
 *  @param session   any session that may read the item.
 *  @param offer     receives it.
 *  @param item      a debit item.
 *  @param paid_on   value date of the payment; ARC_DATE_NONE: the session's business date.
 *  @param payment   minor units that are paid; 0: all that is open less the discount.
 *  @param tolerance code of the definition whose days of grace and partial discounts count; NULL: the book's own.
 *  @return ARC_OK; ARC_E_INVALID; ARC_E_RANGE: no day, or a negative payment; ARC_E_NOT_FOUND: no such item or tolerance; ARC_E_STATE: a credit;
 *          ARC_E_CORRUPT; ARC_E_FORBIDDEN, ARC_E_TXN, ARC_E_DOOMED, ARC_E_BUSY, ARC_E_TIMEOUT, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK, ARC_E_IO, ARC_E_HANDLE,
 *          ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_item_offer(arc_session *session, arc_offer *offer, int64_t item, arc_date paid_on, int64_t payment, const char *tolerance);

/** What becomes of a shortfall that nothing else explains. */
#define ARC_REST_PARTIAL 0    /**< it stays open on the item */
#define ARC_REST_RESIDUAL 1   /**< the item is cleared; a new one with its due date stands for the rest */
#define ARC_REST_CHARGEBACK 2 /**< the same, as a chargeback: disallowed discounts, disputed deductions */
#define ARC_REST_DEDUCT 3     /**< it is given up, charged to the account of reason_code */

/** Who bears the charges of a transfer across borders. */
#define ARC_CHARGES_NONE 0 /**< not one: no shortfall is a bank's fee */
#define ARC_CHARGES_OUR 1  /**< the payer: no shortfall is a bank's fee */
#define ARC_CHARGES_SHA 2  /**< shared: banks on the way take theirs */
#define ARC_CHARGES_BEN 3  /**< the payee */

#define ARC_SETTLE_DRY 0x1u /**< decide and show; nothing is written */

/** How to settle. Start from ARC_SETTLE_OPTIONS_INIT. Texts are borrowed for the call. */
typedef struct arc_settle_options {
    uint32_t struct_size;
    uint32_t flags;     /**< 0 or ARC_SETTLE_DRY */
    arc_date date;      /**< effective date; ARC_DATE_NONE: the session's business date. Discounts go by the receipt's value date */
    int32_t rest;       /**< ARC_REST_* */
    int32_t charges;    /**< ARC_CHARGES_* */
    uint32_t reserved;
    int64_t instructed; /**< what the payer ordered, minor units; 0: not known */
    const char *tolerance;   /**< code of a definition; NULL: the book's own */
    const char *reason_code; /**< of ARC_REST_DEDUCT (required), ARC_REST_RESIDUAL and ARC_REST_CHARGEBACK */
    const char *reason;      /**< as in arc_allocation */
    const char *order;       /**< as in arc_allocation */
} arc_settle_options;

#define ARC_SETTLE_OPTIONS_INIT { (uint32_t)sizeof(arc_settle_options), 0, ARC_DATE_NONE, 0, 0, 0, 0, NULL, NULL, NULL, NULL }

/** Fills options with their defaults; the same bytes as ARC_SETTLE_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_settle_options_init(arc_settle_options *options);

/** What was decided for one item: open = amount + discount + fee + tolerated + deducted + moved + left. */
typedef struct arc_settled_line {
    uint32_t struct_size;
    uint32_t reserved;
    int64_t item;
    int64_t open;      /**< before; negative for a credit, whose amount is what it gave */
    int64_t amount;    /**< paid: by the receipt and by credits of the list */
    int64_t discount;  /**< cash discount, of which unearned was not earned */
    int64_t unearned;
    int64_t fee;       /**< taken for a bank's fee */
    int64_t tolerated; /**< given up as a small difference */
    int64_t deducted;  /**< given up for reason_code */
    int64_t moved;     /**< stands in a new item now */
    int64_t left;      /**< still open */
    int64_t made;      /**< that new item; 0: none, or not written */
} arc_settled_line;

#define ARC_SETTLED_LINE_INIT { (uint32_t)sizeof(arc_settled_line), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** Fills a line with its defaults; the same bytes as ARC_SETTLED_LINE_INIT.
 *  @param line not NULL. @return ARC_OK, or ARC_E_INVALID when line is NULL. @since 0.1 */
ARC_API arc_status arc_settled_line_init(arc_settled_line *line);

/** Most rows that settling writes for each item of its list: room for `rows` of arc_settled. */
#define ARC_SETTLED_ROWS 6

/** What was decided as a whole. Start from ARC_SETTLED_INIT. */
typedef struct arc_settled {
    uint32_t struct_size;
    uint32_t n_rows;    /**< rows written: what was paid, and of each item what was given up and what stands in a new one; 0 of a dry run, and of a repeat */
    int64_t allocation; /**< first row written; 0: none */
    int64_t net;        /**< what would have settled all: open less discounts */
    int64_t difference; /**< receipt and credits less net: negative = short, positive = over */
    int64_t tolerance;  /**< what may be given up of net */
    int64_t definition; /**< tolerance that decided; 0: none is in force */
    int64_t unapplied;  /**< left on the receipt: an over-payment stays on account */
    int64_t *rows;      /**< in: room for ARC_SETTLED_ROWS ids for each item, or NULL; out: n_rows ids of allocations, in the order in which they were written. All of them go
                             to arc_allocation_reverse_many() with ARC_ALL_OR_NONE to undo the settlement as a whole */
} arc_settled;

#define ARC_SETTLED_INIT { (uint32_t)sizeof(arc_settled), 0, 0, 0, 0, 0, 0, 0, NULL }

/** Fills the struct with its defaults; the same bytes as ARC_SETTLED_INIT.
 *  @param settled not NULL. @return ARC_OK, or ARC_E_INVALID when settled is NULL. @since 0.1 */
ARC_API arc_status arc_settled_init(arc_settled *settled);

/** Settles items with what a receipt has left, in the order given; credit items among them go first. A difference is decided in this order: earned discount, bank fee,
 *  tolerance, unearned discount, then options->rest; an over-payment stays unapplied.
 *
 *  @param session   the session; in its open WRITE transaction, or in one of its own when none is open.
 *  @param settled   receives the decision, and in its `rows` the ids of what was written; may be NULL. A repeat of a request that was done receives `allocation` alone.
 *  @param lines     n lines out, by item, each with its struct_size set; may be NULL.
 *  @param receipt   the receipt; its currency is that of all items.
 *  @param items     n ids, each once, of its customer.
 *  @param discounts n cash discounts the payer took, minor units, -1: what is earned; NULL: all as earned. What was not earned is granted where the tolerance
 *                   says so, is charged back with ARC_REST_CHARGEBACK, and refused otherwise.
 *  @param n         1 to 10,000.
 *  @param options   NULL for defaults.
 *  @return ARC_OK; ARC_E_INVALID: NULL, settled without struct_size, options out of range, an item twice; ARC_E_NOT_FOUND: receipt, item or tolerance; ARC_E_STATE, ARC_E_CURRENCY, ARC_E_RANGE, ARC_E_VALUE,
 *          ARC_E_REQUIRED, ARC_E_ENCODING, ARC_E_LIMIT, ARC_E_GUARD: as arc_allocation_apply(), or a discount that was not earned, or nothing is left on the receipt; ARC_E_PERIOD; ARC_E_OVERFLOW; ARC_E_FORBIDDEN,
 *          ARC_E_REQUEST, ARC_E_TXN, ARC_E_READONLY, ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_TIMEOUT, ARC_E_OUTCOME_UNKNOWN, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK,
 *          ARC_E_DOOMED, ARC_E_IO, ARC_E_FULL, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_receipt_settle(arc_session *session, arc_settled *settled, arc_settled_line *lines, int64_t receipt, const int64_t *items,
                                      const int64_t *discounts, size_t n, const arc_settle_options *options);

/** Which rule of arc_receipt_suggest() chose. */
#define ARC_CASH_NONE 0     /**< nothing to pay */
#define ARC_CASH_EXACT 1    /**< one item is exactly the amount, due or not; of several the one due first */
#define ARC_CASH_ACCOUNT 2  /**< all that is open, credits among it, is exactly the amount */
#define ARC_CASH_PAST_DUE 3 /**< all that is past due, with the credits, is exactly the amount */
#define ARC_CASH_TERM 4     /**< all that is past due of the invoices of one payment term is exactly the amount; of several terms the one with the oldest item */
#define ARC_CASH_OLDEST 5   /**< oldest first, as far as it reaches; a credit gives only together with a debt behind it */

#define ARC_SUGGEST_WHOLE 0x1u /**< oldest first: an item is paid whole or not at all */

/** Which open items of its customer a receipt pays, and in which order, when the payer named none: the first rule of ARC_CASH_* that fits. Items count less the cash discount that paying them whole
 *  earns on the receipt's value date. Nothing is written: hand the items to arc_receipt_settle().
 *
 *  @param session any session that may read receipts and items.
 *  @param rule    receives ARC_CASH_*; may be NULL.
 *  @param items   receives ids in their order; may be NULL to ask for the number.
 *  @param n       in: room; out: how many.
 *  @param receipt a receipt of a known customer.
 *  @param as_of   day by which items are past due; ARC_DATE_NONE: the session's business date.
 *  @param flags   0 or ARC_SUGGEST_WHOLE.
 *  @return ARC_OK; ARC_E_BUFFER: more items than room, *n says how many; ARC_E_NOT_FOUND; ARC_E_STATE: nobody knows whose the receipt is; ARC_E_RANGE: no day; ARC_E_LIMIT: more than 100,000 open items;
 *          ARC_E_INVALID; ARC_E_FORBIDDEN: also when one of the items may not be seen; ARC_E_CORRUPT, ARC_E_TXN, ARC_E_DOOMED, ARC_E_BUSY, ARC_E_TIMEOUT, ARC_E_CONNECTION, ARC_E_BACKEND, ARC_E_FORK,
 *          ARC_E_IO, ARC_E_HANDLE, ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_receipt_suggest(arc_session *session, int32_t *rule, int64_t *items, size_t *n, int64_t receipt, arc_date as_of, uint32_t flags);

ARC_END_DECLS

#endif
