/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/reference.h
 *  References in what payers write: which documents, orders and contracts of the book a text names, and where it does.
 *
 *  An index is given the numbers of the book as they stand there. A text is read once: width, case and separators are folded, what is no reference
 *  (dates, times, amounts, rates, telephone and tax numbers, accounts) is masked first, and the rest is looked up: numbers as they stand, with separators
 *  lost, broken over lines, without their letters, lists and ranges, the last digits, structured references with check digits, and with one character
 *  wrong. Offsets are bytes of the text as it came. docs/references.md tells the rules. */
#ifndef ARCORE_REFERENCE_H
#define ARCORE_REFERENCE_H

#include "arcore/context.h"
#include "arcore/types.h"

ARC_BEGIN_DECLS

typedef struct arc_reference_index arc_reference_index; /**< checked handle, of a context; one thread at a time */

/* ---- check digits --------------------------------------------------------------------------------------------------------------------- */

#define ARC_SCHEME_NONE 0
#define ARC_SCHEME_RF 1      /**< ISO 11649 creditor reference */
#define ARC_SCHEME_FINNISH 2 /**< viitenumero, 4 to 20 digits, 7-3-1 */
#define ARC_SCHEME_KID 3     /**< Norway, 2 to 25 digits, modulus 10 */
#define ARC_SCHEME_KID11 4   /**< Norway, modulus 11; the check may be "-" */
#define ARC_SCHEME_OCR 5     /**< Sweden, Luhn */
#define ARC_SCHEME_OCR_LENGTH 6 /**< Sweden, Luhn with a digit for the length before it */
#define ARC_SCHEME_OGM 7     /**< Belgium, 12 digits */
#define ARC_SCHEME_QRR 8     /**< Switzerland, 27 digits */
#define ARC_SCHEME_FAPIAO 9  /**< 数电票, 20 digits; no check digit: year and province */
#define ARC_SCHEME_LAST 9

/** Tells whether a reference is well-formed and its check digits are right. Blanks, and the `+++`, `***` and `/` of the Belgian one, do not count.
 *  @param scheme ARC_SCHEME_*. @param reference bytes. @param length their number, or SIZE_MAX: up to the NUL.
 *  @return 1 or 0; 0 for NULL and unknown schemes. Any thread, no handle. @since 0.1 */
ARC_API int32_t arc_reference_check(int32_t scheme, const char *reference, size_t length);

/** Writes a reference of a scheme around a number: check digits reckoned, filled up with zeros where the length is fixed.
 *  @param buf receives it and a NUL. @param len in: capacity; out: length without NUL. @param scheme ARC_SCHEME_RF to ARC_SCHEME_QRR. @param number letters and digits of RF, digits of the others.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_VALUE: the scheme has no room for it, or not these characters; ARC_E_INVALID. Any thread, no handle. @since 0.1 */
ARC_API arc_status arc_reference_make(char *buf, size_t *len, int32_t scheme, const char *number);

/** Name of a scheme as JSON has it ("rf", "finnish", "kid", ...). @param scheme ARC_SCHEME_*. @return static text, "none" for what is none. @since 0.1 */
ARC_API const char *arc_scheme_name(int32_t scheme);

/* ---- numbers -------------------------------------------------------------------------------------------------------------------------- */

#define ARC_REFERENCE_DOCUMENT 1 /**< invoice, credit note, item: its number */
#define ARC_REFERENCE_ORDER 2    /**< our order */
#define ARC_REFERENCE_CONTRACT 3
#define ARC_REFERENCE_FAPIAO 4   /**< the tax office's number of an invoice */
#define ARC_REFERENCE_CUSTOMER 5 /**< a number of the customer's own: his purchase order */
#define ARC_REFERENCE_PLATFORM 6 /**< an order number of a platform */
#define ARC_REFERENCE_DELIVERY 7
#define ARC_REFERENCE_OTHER 8

#define ARC_REFERENCE_NUMBER_MAX 64u /**< letters and digits of a number */

/** What a number stands for. Start from ARC_REFERENCE_TARGET_INIT. */
typedef struct arc_reference_target {
    uint32_t struct_size;
    int32_t kind;     /**< ARC_REFERENCE_DOCUMENT ... */
    int64_t id;       /**< the caller's */
    int64_t customer; /**< whose it is; 0: not known */
} arc_reference_target;

#define ARC_REFERENCE_TARGET_INIT { (uint32_t)sizeof(arc_reference_target), 0, 0, 0 }

/** Fills a target with its defaults. @param target not NULL. @return ARC_OK, or ARC_E_INVALID. @since 0.1 */
ARC_API arc_status arc_reference_target_init(arc_reference_target *target);

/** Makes an empty index.
 *  @param context where memory comes from and where errors are told. @param out receives the handle; the caller frees it with arc_reference_index_free(). NULL on error.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_reference_index_new(arc_context *context, arc_reference_index **out);

/** Adds a number. The same number may stand for several things.
 *  @param index the index. @param number UTF-8, as it stands in the book; without letters and digits: nothing is done. @param length its bytes, or SIZE_MAX. @param target what it stands for.
 *  @return ARC_OK; ARC_E_LIMIT: more than ARC_REFERENCE_NUMBER_MAX letters and digits, or more than 100,000,000 numbers; ARC_E_INVALID: NULL, a kind that is none; ARC_E_NOMEM: nothing was added;
 *          ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_reference_index_add(arc_reference_index *index, const char *number, size_t length, const arc_reference_target *target);

/* ---- texts ---------------------------------------------------------------------------------------------------------------------------- */

#define ARC_HIT_EXACT 1      /**< the number, separators and case apart */
#define ARC_HIT_STRUCTURED 2 /**< inside a structured reference whose check digits are right */
#define ARC_HIT_BARE 3       /**< the number without the letters it begins with */
#define ARC_HIT_LIST 4       /**< the end of a number in a list: 10041/42/45 */
#define ARC_HIT_RANGE 5      /**< between the ends of a range: 10041-45 */
#define ARC_HIT_MERGED 6     /**< numbers written without anything between them */
#define ARC_HIT_SUFFIX 7     /**< its last characters */
#define ARC_HIT_PREFIX 8     /**< its first characters, cut off; only among numbers of the customers asked for */
#define ARC_HIT_REPAIRED 9   /**< with one character wrong, missing, too many or swapped with its neighbour, or look-alikes (O for 0) */
#define ARC_HIT_UNKNOWN 10   /**< looks like a reference, its check digits are right, and is no number of the index */

#define ARC_HIT_WRAPPED 0x1u    /**< flag: a blank or the end of a line stands inside of it */
#define ARC_HIT_INSIDE 0x2u     /**< flag: letters touch it */
#define ARC_HIT_LABELLED 0x4u   /**< flag: a word that announces a number stands before it */
#define ARC_HIT_AMONG 0x8u      /**< flag: unique among the numbers of the customers asked for, not in the whole index */
#define ARC_HIT_AMBIGUOUS 0x10u /**< flag: several numbers fit; as many as there is room for are told. Proves nothing by itself */

#define ARC_REPAIR_NONE 0
#define ARC_REPAIR_REPLACED 1 /**< another character was meant */
#define ARC_REPAIR_MISSING 2  /**< one was left out */
#define ARC_REPAIR_EXTRA 3    /**< one is too many */
#define ARC_REPAIR_SWAPPED 4  /**< two neighbours changed places */
#define ARC_REPAIR_LOOKALIKE 5 /**< one or two characters stand for what they look like */

#define ARC_HIT_NUMBERS 8

/** A reference found. Start from ARC_REFERENCE_HIT_INIT. */
typedef struct arc_reference_hit {
    uint32_t struct_size;
    uint32_t flags;       /**< ARC_HIT_WRAPPED ... */
    int32_t kind;         /**< ARC_HIT_EXACT ... */
    int32_t scheme;       /**< of a structured one; ARC_SCHEME_NONE */
    uint64_t start, end;  /**< bytes of the text, end exclusive */
    int32_t repair;       /**< ARC_REPAIR_* */
    uint32_t n_numbers;   /**< 1: one number fits. 0: unknown */
    uint32_t numbers[ARC_HIT_NUMBERS]; /**< in the order they were added; see arc_reference_index_number() */
    uint64_t repair_at;   /**< byte of the text where the repair is */
    char repair_from[4];  /**< what stands there; "" when it is missing */
    char repair_to[4];    /**< what was read instead; "" when it is too many */
} arc_reference_hit;

#define ARC_REFERENCE_HIT_INIT { (uint32_t)sizeof(arc_reference_hit), 0, 0, 0, 0, 0, 0, 0, { 0, 0, 0, 0, 0, 0, 0, 0 }, 0, { 0 }, { 0 } }

/** Fills a hit with its defaults. @param hit not NULL. @return ARC_OK, or ARC_E_INVALID. @since 0.1 */
ARC_API arc_status arc_reference_hit_init(arc_reference_hit *hit);

#define ARC_REFERENCE_NO_REPAIR 0x1u /**< flag: no number is repaired */
#define ARC_REFERENCE_NO_SUFFIX 0x2u /**< flag: the last characters of a number are not enough */

/** What is known of a text. Start from ARC_REFERENCE_OPTIONS_INIT. Nothing is kept. */
typedef struct arc_reference_options {
    uint32_t struct_size;
    uint32_t flags;              /**< ARC_REFERENCE_NO_REPAIR ... */
    const char *const *accounts; /**< n_accounts numbers of bank accounts, ours and the payer's, that are no references; NULL with 0 */
    size_t n_accounts;
    const int64_t *customers;    /**< n_customers that may have paid, in ascending order: short and broken numbers are looked for among theirs; NULL with 0 */
    size_t n_customers;
    arc_money amount;            /**< of the payment: its figure is no reference. amount 0: not known */
} arc_reference_options;

#define ARC_REFERENCE_OPTIONS_INIT { (uint32_t)sizeof(arc_reference_options), 0, NULL, 0, NULL, 0, { 0, { 0 }, 0 } }

/** Fills options with their defaults. @param options not NULL. @return ARC_OK, or ARC_E_INVALID. @since 0.1 */
ARC_API arc_status arc_reference_options_init(arc_reference_options *options);

/** Finds the numbers of an index in a text, in the order they stand there. Fields of a line are given with a line feed between them.
 *
 *  @param index the index. @param hits receives them, each with its struct_size set by the caller, or NULL with *n 0. @param n in: room, at most 1,000; out: how many; what has no room is not looked for.
 *  @param text bytes; what is no UTF-8 separates. @param length their number, or SIZE_MAX: up to the NUL. @param options NULL for defaults.
 *  @return ARC_OK; ARC_E_LIMIT: more than 4 MiB; ARC_E_INVALID: NULL, customers out of order, unknown flags; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_reference_index_find(arc_reference_index *index, arc_reference_hit *hits, size_t *n, const char *text, size_t length, const arc_reference_options *options);

/** A number of the index as it was added first.
 *  @param index the index. @param buf,len law of arcore.h. @param targets receives for how many things it stands; may be NULL. @param number of a hit.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND: no such number; ARC_E_INVALID; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_reference_index_number(arc_reference_index *index, char *buf, size_t *len, uint32_t *targets, uint32_t number);

/** One of the things a number stands for, in the order they were added.
 *  @param index the index. @param target receives it, up to its struct_size. @param number of a hit. @param at 0 to targets - 1.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such number or not as many; ARC_E_INVALID; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_reference_index_target(arc_reference_index *index, arc_reference_target *target, uint32_t number, uint32_t at);

#define ARC_MASK_NONE 0
#define ARC_MASK_DATE 1
#define ARC_MASK_TIME 2
#define ARC_MASK_AMOUNT 3
#define ARC_MASK_RATE 4
#define ARC_MASK_PHONE 5
#define ARC_MASK_TAX_ID 6
#define ARC_MASK_ACCOUNT 7

/** What reading a text finds, index or none, as JSON: {"folded", "pieces": [{"start", "end", "text", "mask"}], "structured": [{"start", "end", "text", "schemes"}]}: masks are
 *  "date", "time", "amount", "rate", "phone", "tax_id" and "account".
 *  @param context keeps the error. @param buf,len law of arcore.h. @param text,length as of arc_reference_index_find(), at most 64 KiB. @param options as there.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_LIMIT; ARC_E_INVALID; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_reference_read(arc_context *context, char *buf, size_t *len, const char *text, size_t length, const arc_reference_options *options);

/** Copies the last error of an index.
 *  @param error filled up to its struct_size. @return ARC_OK; ARC_E_INVALID: error is NULL; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_reference_index_error(arc_reference_index *index, arc_error *error);

/** Frees an index.
 *  @param index NULL and stale handles are allowed. @since 0.1 */
ARC_API void arc_reference_index_free(arc_reference_index *index);

ARC_END_DECLS

#endif
