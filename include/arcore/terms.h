/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/terms.h
 *  Payment terms: from the facts of a document to due dates, instalments and cash discounts.
 *
 *  A due date is found in five steps: (1) the base date; (2) the cut-off: a base day after it makes the base the first day of the
 *  next month; (3) the kind of rule; (4) `day`, when given: that day of the month `day_months` after the month of what step 3
 *  gave, or the month's last day; (5) the business-day convention. A base date that is not known yet gives no due date
 *  (ARC_DATE_NONE), never a made-up one.
 *
 *  Monthly settlement (yuejie N) has no one meaning; each reading has its rule:
 *    30 from the invoice, as one month     MONTHS, months 1                     2025-03-10 -> 2025-04-10
 *    30 from the invoice, as days          NET, days 30                         2025-03-10 -> 2025-04-09
 *    next month, 30                        NEXT_MONTH, days 30                  2025-03-10 -> 2025-05-01
 *    next month, 30 + 15                   NEXT_MONTH, days 30, day 15          2025-03-10 -> 2025-05-15
 *    30 from the statement on the 25th     STATEMENT, cutoff_day 25, days 30    2025-03-10 -> 2025-04-24
 *    end of month + 30 days                EOM_DAYS, days 30                    2025-03-10 -> 2025-04-30
 *    end of month + one month              EOM_MONTHS, months 1                 2025-01-10 -> 2025-02-28
 *
 *  Functions without a context are pure and safe from any thread; no function needs a transaction; outputs are untouched on error. */
#ifndef ARCORE_TERMS_H
#define ARCORE_TERMS_H

#include "arcore/calendar.h"
#include "arcore/money.h"

ARC_BEGIN_DECLS

#define ARC_BASE_INVOICE 1    /**< invoice date */
#define ARC_BASE_DELIVERY 2   /**< delivery */
#define ARC_BASE_ACCEPTANCE 3 /**< acceptance, signed receipt */
#define ARC_BASE_RECEIVED 4   /**< invoice received by the buyer */
#define ARC_BASE_STATEMENT 5  /**< statement date; when it is not given, the end of the invoice date's month */
#define ARC_BASE_ORDER 6      /**< order date */
#define ARC_BASE_CONTRACT 7   /**< contract signed */
#define ARC_BASE_MILESTONE 8  /**< milestone reached */

#define ARC_DUE_NET 1          /**< base + days */
#define ARC_DUE_EOM_DAYS 2     /**< end of the base's month, + days */
#define ARC_DUE_DAYS_EOM 3     /**< end of the month of base + days */
#define ARC_DUE_EOM_MONTHS 4   /**< end of the month `months` after the base's */
#define ARC_DUE_MONTHS 5       /**< base + months, clamped to the month's end, + days */
#define ARC_DUE_DAY_OF_MONTH 6 /**< day `day` of the month `months` after the base's, clamped; step 4 does not apply */
#define ARC_DUE_NEXT_MONTH 7   /**< first day of the month after the base's, + days */
#define ARC_DUE_STATEMENT 8    /**< first `cutoff_day` on or after the base (the statement), + months clamped, + days */
#define ARC_DUE_FIXED 9        /**< `fixed`; no base is needed */

/** One rule for a date. Fields a kind does not use are 0 (fixed: ARC_DATE_NONE). */
typedef struct arc_due_rule {
    int32_t kind;       /**< ARC_DUE_* */
    int32_t base;       /**< ARC_BASE_* */
    int32_t days;       /**< -3,650 to 36,500 */
    int32_t months;     /**< 0 to 1,200 */
    int32_t day;        /**< 0: none; 1 to 31 */
    int32_t day_months; /**< 0 to 1,200; only with day */
    int32_t cutoff_day; /**< 0: none; 1 to 31, where 31 is the month's last day */
    arc_date fixed;
    int32_t convention; /**< ARC_ADJUST_*; anything but NONE needs a calendar */
    int32_t reserved;   /**< 0 */
} arc_due_rule;

#define ARC_DUE_RULE_DEFAULT { ARC_DUE_NET, ARC_BASE_INVOICE, 0, 0, 0, 0, 0, ARC_DATE_NONE, ARC_ADJUST_NONE, 0 }

#define ARC_LINE_BALANCE 0 /**< what the other lines leave; at most one line */
#define ARC_LINE_PERCENT 1 /**< a percentage of the total */

/** One instalment. */
typedef struct arc_term_line {
    int32_t kind;        /**< ARC_LINE_* */
    int32_t reserved;    /**< 0 */
    arc_decimal percent; /**< > 0 and <= 100 with PERCENT, 0 with BALANCE */
    arc_due_rule due;
} arc_term_line;

#define ARC_TERM_LINE_DEFAULT { ARC_LINE_BALANCE, 0, { 0, 0, 0 }, ARC_DUE_RULE_DEFAULT }

#define ARC_BASIS_GROSS 0 /**< discount on the amount with tax */
#define ARC_BASIS_NET 1   /**< discount on the amount without tax */

/** One tier of cash discount. */
typedef struct arc_discount_tier {
    arc_decimal percent; /**< > 0 and < 100 */
    arc_due_rule until;  /**< last day of the discount */
    int32_t grace_days;  /**< days after it that still count, 0 to 366 */
    int32_t basis;       /**< ARC_BASIS_* */
    int32_t line;        /**< 0: every instalment; n: only the n-th */
    int32_t reserved;    /**< 0 */
} arc_discount_tier;

#define ARC_DISCOUNT_TIER_DEFAULT { { 0, 0, 0 }, ARC_DUE_RULE_DEFAULT, 0, ARC_BASIS_GROSS, 0, 0 }

#define ARC_TERMS_LINES 60 /**< most instalments */
#define ARC_TERMS_TIERS 12 /**< most discount tiers */

/** Payment terms. Start from ARC_TERMS_INIT: everything due on the invoice date. */
typedef struct arc_terms {
    uint32_t struct_size; /**< sizeof(arc_terms) */
    uint32_t flags;       /**< 0 */
    int32_t n_lines;      /**< 1 to ARC_TERMS_LINES */
    int32_t n_tiers;      /**< 0 to ARC_TERMS_TIERS */
    int32_t mode;         /**< ARC_ROUND_* of percentages; not EXACT */
    int32_t reserved;     /**< 0 */
    char calendar[32];    /**< code of the calendar meant, "" when none; the caller finds it */
    arc_term_line lines[ARC_TERMS_LINES];
    arc_discount_tier tiers[ARC_TERMS_TIERS];
} arc_terms;

#define ARC_TERMS_INIT \
    { (uint32_t)sizeof(arc_terms), 0, 1, 0, ARC_ROUND_HALF_UP, 0, { 0 }, { ARC_TERM_LINE_DEFAULT }, { ARC_DISCOUNT_TIER_DEFAULT } }

/** Fills terms with their defaults: the same bytes as ARC_TERMS_INIT. Further lines and tiers
 *  start from ARC_TERM_LINE_DEFAULT and ARC_DISCOUNT_TIER_DEFAULT.
 *  @param terms not NULL. @return ARC_OK, or ARC_E_INVALID when terms is NULL. @since 0.1 */
ARC_API arc_status arc_terms_init(arc_terms *terms);

/** What is known of a document. Start from ARC_TERMS_FACTS_INIT; dates not known stay ARC_DATE_NONE. */
typedef struct arc_terms_facts {
    uint32_t struct_size; /**< sizeof(arc_terms_facts) */
    uint32_t flags;       /**< 0 */
    arc_date invoice, delivery, acceptance, received, statement, order, contract, milestone;
    arc_money gross;              /**< total with tax; negative for a credit note */
    arc_money net;                /**< total without tax; needed for discounts on ARC_BASIS_NET only, else all 0 */
    const arc_calendar *calendar; /**< NULL when no rule has a convention */
} arc_terms_facts;

#define ARC_TERMS_FACTS_INIT \
    { (uint32_t)sizeof(arc_terms_facts), 0, ARC_DATE_NONE, ARC_DATE_NONE, ARC_DATE_NONE, ARC_DATE_NONE, ARC_DATE_NONE, \
      ARC_DATE_NONE, ARC_DATE_NONE, ARC_DATE_NONE, { 0, { 0 }, 0 }, { 0, { 0 }, 0 }, NULL }

/** Fills facts with their defaults; the same bytes as ARC_TERMS_FACTS_INIT.
 *  @param facts not NULL. @return ARC_OK, or ARC_E_INVALID when facts is NULL. @since 0.1 */
ARC_API arc_status arc_terms_facts_init(arc_terms_facts *facts);

/** Works one rule out.
 *
 *  @param out   receives the date, or ARC_DATE_NONE when the base date is not known yet.
 *  @param rule  the rule.
 *  @param facts dates and calendar; amounts are not looked at.
 *  @return ARC_OK; ARC_E_INVALID: NULL, wrong struct_size or flags; ARC_E_VALUE: the rule contradicts itself or a field is out of
 *          its range; ARC_E_RANGE: a base date that is none; ARC_E_OVERFLOW: beyond the year 9999; ARC_E_CALENDAR: a convention
 *          without calendar, or the calendar does not know the year; ARC_E_HANDLE: calendar is stale. @since 0.1 */
ARC_API arc_status arc_due_date(arc_date *out, const arc_due_rule *rule, const arc_terms_facts *facts);

/** Checks terms: ranges, unused fields, percentages that total 100 (with a balance line: less than 100).
 *
 *  @param context where the error is told, with a JSON Pointer such as /lines/2/percent.
 *  @param terms   the terms.
 *  @return ARC_OK; ARC_E_HANDLE: not a context; ARC_E_INVALID: NULL, wrong struct_size or flags; ARC_E_VALUE: what the pointer
 *          shows; ARC_E_LIMIT: too many lines or tiers. @since 0.1 */
ARC_API arc_status arc_terms_check(arc_context *context, const arc_terms *terms);

/** Reads terms from JSON, their form in storage:
 *    {"calendar": "CN", "rounding": "half_up",
 *     "lines": [{"percent": "30", "due": {"kind": "net", "base": "order"}}, {"due": {"kind": "eom_months", "months": 1}}],
 *     "discounts": [{"percent": "2", "until": {"kind": "net", "days": 10}, "grace_days": 3, "basis": "gross", "line": 1}]}
 *  A line without percent is the balance. Instead of lines a single "due" may stand. Kinds: net, eom_days, days_eom, eom_months,
 *  months, day_of_month, next_month, statement, fixed; bases: invoice (default), delivery, acceptance, received, statement, order,
 *  contract, milestone; conventions: none (default), following, modified_following, preceding, modified_preceding, end_of_month.
 *
 *  @param context where errors are told. @param out receives the terms. @param json UTF-8. @param len bytes, or SIZE_MAX: up to the NUL.
 *  @return ARC_OK; ARC_E_HANDLE: not a context; ARC_E_INVALID: NULL; ARC_E_SYNTAX, ARC_E_ENCODING, ARC_E_LIMIT, ARC_E_EXISTS: not
 *          JSON within bounds, or too many lines or tiers; ARC_E_VALUE, ARC_E_REQUIRED, ARC_E_RANGE: what the error's JSON Pointer
 *          shows; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_terms_parse(arc_context *context, arc_terms *out, const char *json, size_t len);

/** Reads terms in the short form that fits a field:
 *    NET30       base + 30 days                       EOM30, EOM+30  end of the month + 30 days; EOM: that end
 *    30EOM       end of the month of base + 30 days   EOM+2M         end of the month two months on
 *    30, +30     as NET30                             2M, +2M        base + two months, clamped
 *    NEXT30      first of next month + 30 days        DAY15+1M       the 15th of the next month
 *    STMT25+30   statement of the 25th + 30 days
 *  Each may end in a base: @INVOICE (default), @DELIVERY, @ACCEPTANCE, @RECEIVED, @STATEMENT, @ORDER, @CONTRACT, @MILESTONE; and begin with cash
 *  discounts, best first: "3/10 1/20 NET45" is 3 % within 10 days, 1 % within 20. Case and blanks around the parts do not matter.
 *
 *  @param context where errors are told. @param out receives the terms. @param text UTF-8. @param len bytes; SIZE_MAX: up to the NUL.
 *  @return ARC_OK; ARC_E_HANDLE: not a context; ARC_E_INVALID: NULL; ARC_E_SYNTAX: not such a rule, or a number is out of range;
 *          ARC_E_VALUE: a percentage is. @since 0.1 */
ARC_API arc_status arc_terms_parse_text(arc_context *context, arc_terms *out, const char *text, size_t len);

/** Writes terms as JSON in one fixed way; arc_terms_parse() gives equal terms.
 *
 *  @param context where errors are told. @param buf receives UTF-8 and a NUL. @param len in: capacity; out: length without NUL.
 *  @param terms checked first as by arc_terms_check().
 *  @return ARC_OK; ARC_E_HANDLE: not a context; ARC_E_INVALID: NULL; ARC_E_VALUE, ARC_E_LIMIT: terms are wrong; ARC_E_BUFFER: too
 *          short, nothing written; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_terms_print(arc_context *context, char *buf, size_t *len, const arc_terms *terms);

/** One instalment of a document. */
typedef struct arc_instalment {
    int32_t line; /**< 1-based place in the terms */
    arc_date due; /**< ARC_DATE_NONE: its event has not happened yet */
    arc_money amount;
} arc_instalment;

/** Splits a document into instalments. The amounts add up to the total exactly.
 *
 *  With a balance line each percentage is rounded by terms->mode and the balance takes the rest; without one, or when rounding
 *  would leave the balance with the wrong sign, all is split by the largest remainder.
 *  @param context where errors are told. @param out receives terms->n_lines elements. @param n in: capacity; out: number.
 *  @param terms the terms. @param facts dates, gross and calendar.
 *  @return ARC_OK; ARC_E_HANDLE: not a context or a stale calendar; ARC_E_INVALID: NULL, wrong struct_size; ARC_E_BUFFER: capacity
 *          too small, *n tells the number; ARC_E_VALUE, ARC_E_LIMIT: terms are wrong; ARC_E_CURRENCY, ARC_E_RANGE: gross or a date;
 *          ARC_E_OVERFLOW, ARC_E_CALENDAR: as arc_due_date(). @since 0.1 */
ARC_API arc_status arc_terms_schedule(arc_context *context, arc_instalment *out, size_t *n, const arc_terms *terms,
                                      const arc_terms_facts *facts);

/** A discount that an instalment offers. */
typedef struct arc_discount {
    int32_t line;   /**< 1-based instalment; 0: none */
    int32_t tier;   /**< 1-based tier; 0: none */
    arc_date until; /**< last day, ARC_DATE_NONE when not known yet */
    arc_date last;  /**< with grace days */
    arc_decimal percent;
    arc_money amount; /**< what may be deducted, sign of the instalment */
} arc_discount;

/** All discounts of all instalments, by line and tier.
 *
 *  @param context where errors are told. @param out receives the discounts. @param n in: capacity; out: number.
 *  @param terms the terms. @param facts dates, amounts and calendar.
 *  @return ARC_OK; ARC_E_BUFFER: capacity too small, *n tells the number; others as arc_terms_schedule(), and ARC_E_CURRENCY when a
 *          tier on ARC_BASIS_NET meets a net amount that is missing or in another currency. @since 0.1 */
ARC_API arc_status arc_terms_discounts(arc_context *context, arc_discount *out, size_t *n, const arc_terms *terms,
                                       const arc_terms_facts *facts);

/** The largest discount that payment of an instalment on a day still earns; of equal ones the first tier.
 *
 *  @param context where errors are told. @param out receives it; line and tier 0 and amount 0 when there is none.
 *  @param terms the terms. @param facts dates, amounts and calendar. @param line 1-based instalment.
 *  @param paid_on value date of the payment.
 *  @return ARC_OK; ARC_E_RANGE: no such line, paid_on is none; others as arc_terms_discounts(). @since 0.1 */
ARC_API arc_status arc_terms_best_discount(arc_context *context, arc_discount *out, const arc_terms *terms,
                                           const arc_terms_facts *facts, int32_t line, arc_date paid_on);

/** What not taking a discount costs per year of 365 days, in percent, rounded half up.
 *
 *  2/10 net 30 saves 20 days: simple 2 / 98 * 365 / 20 = 37.24 %, compound (100 / 98) ^ (365 / 20) - 1 = 44.59 %.
 *  @param simple   receives the simple rate, exact before rounding; may be NULL.
 *  @param compound receives the compound rate, error before rounding below 1e-12 of the result; may be NULL.
 *  @param percent  > 0 and < 100, at most 6 decimals.
 *  @param days     days between the discount's end and the due date, 1 to 36,500.
 *  @param scale    decimals of the results, 0 to 6.
 *  @return ARC_OK; ARC_E_INVALID: percent is NULL; ARC_E_RANGE: an input out of range; ARC_E_PRECISION: percent has too many
 *          decimals; ARC_E_OVERFLOW: a rate above 4e10 percent. @since 0.1 */
ARC_API arc_status arc_discount_annual_cost(arc_decimal *simple, arc_decimal *compound, const arc_decimal *percent, int32_t days,
                                            int32_t scale);

ARC_END_DECLS

#endif
