/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/combination.h
 *  Which open items does a payment pay, when all that is known is its amount and its day.
 *
 *  A pure question of arrays: no book, no transaction, no clock. The answer is the set of items that adds up to the amount, exactly or within what the
 *  caller tolerates, credits and cash discounts inside; and how likely it is the one meant. Many sets add up as soon as thirty items are open, so a sum
 *  alone proves little: every set that adds up is weighed by how payers choose (all that is due, one due date, the oldest items, consecutive ones less a
 *  few), and the answer is *unique* only when one outweighs all others together, sets that were not looked at included. Otherwise it is *ambiguous*, with
 *  candidates by likelihood, and never a guess.
 *
 *  How payers choose is a chain along the items by due date: was an item paid, given whether the one before was, whether both are due on one day, and how
 *  late it was. It begins with round figures and learns from settled payments (arc_habit). Likelihoods are reckoned in fixed point: equal questions have
 *  equal answers on every machine, in whatever order the items come. */
#ifndef ARCORE_COMBINATION_H
#define ARCORE_COMBINATION_H

#include "arcore/context.h"
#include "arcore/date.h"

ARC_BEGIN_DECLS

typedef struct arc_habit arc_habit;             /**< checked handle: how payers choose, as counts */
typedef struct arc_combination arc_combination; /**< checked handle: an answer */

/* ---- habits --------------------------------------------------------------------------------------------------------------------------- */

/** Makes a habit that has learned nothing, or what its JSON tells.
 *
 *  @param context where memory comes from and where errors are told. @param out receives the handle; the caller frees it with arc_habit_free(). NULL on error.
 *  @param json what arc_habit_json() gave; NULL: nothing learned. @param length its bytes; SIZE_MAX: up to the NUL.
 *  @return ARC_OK; ARC_E_HANDLE: not a context; ARC_E_INVALID: out is NULL; ARC_E_SYNTAX, ARC_E_ENCODING, ARC_E_EXISTS, ARC_E_LIMIT: not JSON within bounds;
 *          ARC_E_VALUE: not a habit, with a JSON Pointer; ARC_E_NOMEM. Threads may not share a habit that learns. @since 0.1 */
ARC_API arc_status arc_habit_new(arc_context *context, arc_habit **out, const char *json, size_t length);

/** Frees a habit. @param habit NULL and stale handles are allowed. @since 0.1 */
ARC_API void arc_habit_free(arc_habit *habit);

/** Learns from a payment whose items are known: of all that was open on its day, what it paid.
 *
 *  @param habit the habit. @param day of the payment. @param due due dates of the n items. @param issued issue dates, ties of the due date; NULL: none.
 *  @param paid n times 1: paid by it, or 0. @param n items that were open, 1 to 100,000.
 *  @return ARC_OK; ARC_E_HANDLE; ARC_E_INVALID: NULL, n out of range, or paid neither 0 nor 1; ARC_E_RANGE: a date that is none; ARC_E_NOMEM. Nothing is learned on
 *          error. @since 0.1 */
ARC_API arc_status arc_habit_learn(arc_habit *habit, arc_date day, const arc_date *due, const arc_date *issued, const uint8_t *paid, size_t n);

/** What a habit learned, as JSON: {"habit":"arcore/1","payments":3,"late":{"-2":1,"0":7},"counts":[[...not paid, paid of 32 cells...]]}.
 *
 *  @param habit the habit. @param buf,len law of arcore.h.
 *  @return ARC_OK; ARC_E_HANDLE; ARC_E_INVALID: len is NULL; ARC_E_BUFFER; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_habit_json(arc_habit *habit, char *buf, size_t *len);

/* ---- the question --------------------------------------------------------------------------------------------------------------------- */

#define ARC_COMBINATION_NONE 0      /**< nothing adds up; all sets were looked at */
#define ARC_COMBINATION_UNIQUE 1    /**< one set outweighs all others: the first candidate */
#define ARC_COMBINATION_AMBIGUOUS 2 /**< the candidates, by likelihood */
#define ARC_COMBINATION_UNKNOWN 3   /**< nothing was found, and not all could be looked at */

#define ARC_SET_ONE 1      /**< one item */
#define ARC_SET_ALL 2      /**< all that is open */
#define ARC_SET_DUE 3      /**< all that is due on the day */
#define ARC_SET_DAY 4      /**< all items of one due date */
#define ARC_SET_RUN 5      /**< consecutive items by due date */
#define ARC_SET_RUN_LESS 6 /**< consecutive items less one to three */
#define ARC_SET_FREE 7     /**< any others */

#define ARC_HABIT_DAYS_LEARNED INT32_MIN /**< the median of the habit, 0 when it learned of fewer than 5 items */

/** How it is looked. Start from ARC_COMBINATION_OPTIONS_INIT. */
typedef struct arc_combination_options {
    uint32_t struct_size;
    uint32_t flags;          /**< 0 */
    int64_t under;           /**< minor units the payment may fall short of the set; default 0 */
    int64_t over;            /**< minor units it may exceed the set; default 0 */
    const arc_habit *habit;  /**< how payers choose; NULL: nothing learned. Not kept */
    int32_t usual_days_late; /**< of this payer, days after the due date; default ARC_HABIT_DAYS_LEARNED */
    int32_t certain_ppm;     /**< from this likelihood on the first candidate is unique, 500,001 to 999,999 millionths; default 990,000: a wrong posting costs
                                  a hundred times what a look at it costs */
    int32_t candidates;      /**< kept at most, 1 to 20; default 5 */
    uint32_t reserved;       /**< 0 */
    int64_t steps;           /**< sums compared at most, 1 to 10^10; default 2,000,000 */
} arc_combination_options;

#define ARC_COMBINATION_OPTIONS_INIT { (uint32_t)sizeof(arc_combination_options), 0, 0, 0, NULL, ARC_HABIT_DAYS_LEARNED, 990000, 5, 0, 2000000 }

/** Fills options with their defaults; the same bytes as ARC_COMBINATION_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_combination_options_init(arc_combination_options *options);

/** An answer as a whole. Start from ARC_COMBINATION_INFO_INIT. */
typedef struct arc_combination_info {
    uint32_t struct_size;
    int32_t outcome;    /**< ARC_COMBINATION_* */
    int32_t candidates; /**< how many are kept */
    int32_t whole;      /**< 1: every set of the items was looked at */
    int64_t found;      /**< sets that add up, as far as was looked; the search ends at 20,000 */
} arc_combination_info;

#define ARC_COMBINATION_INFO_INIT { (uint32_t)sizeof(arc_combination_info), 0, 0, 0, 0 }

/** Fills the struct with its defaults. @param info not NULL. @return ARC_OK, or ARC_E_INVALID when info is NULL. @since 0.1 */
ARC_API arc_status arc_combination_info_init(arc_combination_info *info);

/** One candidate. Sets of the same amounts are one: the one that is likeliest, as a rule the oldest. Start from ARC_COMBINATION_CANDIDATE_INIT. */
typedef struct arc_combination_candidate {
    uint32_t struct_size;
    int32_t kind;        /**< ARC_SET_*, the first that fits */
    int32_t likely_ppm;  /**< likelihood in millionths, 0 to 1,000,000 */
    int32_t items;       /**< how many */
    int64_t total;       /**< open amounts of the items, minor units */
    int64_t discount;    /**< cash discounts taken */
    int64_t difference;  /**< payment less (total - discount): negative when it falls short */
    int64_t alike;       /**< sets of the same amounts, this one included */
} arc_combination_candidate;

#define ARC_COMBINATION_CANDIDATE_INIT { (uint32_t)sizeof(arc_combination_candidate), 0, 0, 0, 0, 0, 0, 0 }

/** Fills the struct with its defaults. @param candidate not NULL. @return ARC_OK, or ARC_E_INVALID when candidate is NULL. @since 0.1 */
ARC_API arc_status arc_combination_candidate_init(arc_combination_candidate *candidate);

/** Looks for the sets of items that a payment pays. Up to 36 items (fewer when discounts may be taken: each counts one and a half) every set is looked at; of more,
 *  runs by due date, two runs, runs less or plus two items, up to four items, and every set of stretches of 32. Time is bounded by the square of the items and by options.steps.
 *
 *  @param context   where memory comes from and where errors are told. @param out receives the answer; the caller frees it with arc_combination_free(). NULL on error.
 *  @param amount    paid, minor units, > 0. @param day of the payment.
 *  @param open      open amounts of the n items, in the payment's currency; credits are negative; 0 is refused.
 *  @param discounts cash discount that may be taken off each on the day, 0 to the open amount; NULL: none.
 *  @param due       due dates. @param issued issue dates, ties of the due date; NULL: none. @param n 0 to 1,000 items. @param options NULL for defaults.
 *  @return ARC_OK, whatever the outcome; ARC_E_HANDLE; ARC_E_INVALID: NULL, or options out of range; ARC_E_RANGE: an amount or discount out of range, with its row, or a date
 *          that is none; ARC_E_LIMIT: more than 1,000 items; ARC_E_OVERFLOW: their sum does not fit; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_combination_find(arc_context *context, arc_combination **out, int64_t amount, arc_date day, const int64_t *open,
                                        const int64_t *discounts, const arc_date *due, const arc_date *issued, size_t n, const arc_combination_options *options);

/** Frees an answer. @param combination NULL and stale handles are allowed. @since 0.1 */
ARC_API void arc_combination_free(arc_combination *combination);

/** An answer as a whole.
 *  @param combination the answer. @param info receives it; struct_size set.
 *  @return ARC_OK; ARC_E_HANDLE; ARC_E_INVALID: NULL or no struct_size. @since 0.1 */
ARC_API arc_status arc_combination_get(const arc_combination *combination, arc_combination_info *info);

/** One candidate and its items.
 *
 *  @param combination the answer. @param candidate receives it; struct_size set. May be NULL.
 *  @param members receives the positions of its items in the arrays asked with, by due date; may be NULL.
 *  @param taken   receives the discount taken of each; may be NULL.
 *  @param n       in: room in members and taken; out: items. May be NULL when both are. @param i which, from 0, the likeliest first.
 *  @return ARC_OK; ARC_E_HANDLE; ARC_E_INVALID: no struct_size, or n is NULL; ARC_E_RANGE: there is no such candidate; ARC_E_BUFFER: too little room, *n tells how
 *          many, nothing written. @since 0.1 */
ARC_API arc_status arc_combination_at(const arc_combination *combination, arc_combination_candidate *candidate, size_t *members, int64_t *taken, size_t *n, size_t i);

ARC_END_DECLS

#endif
