/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/validate.h
 *  Checking a record before it is handed to the call that writes it: all faults at once, nothing written.
 *
 *  What is looked at: the required fields, fields that callers do not set, values that must be unique and references that must point
 *  at something, what the verb itself asks of the record (an invoice's split, a receipt's amount), and the validation rules of the book
 *  (definitions of kind "validation", docs/validation.md). The calls that write look at the same and refuse with the first fault. */
#ifndef ARCORE_VALIDATE_H
#define ARCORE_VALIDATE_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

#define ARC_FAULT_ERROR 1   /**< the row would be refused */
#define ARC_FAULT_WARNING 2 /**< the row would be written all the same */

/** One fault of a record. Texts live during the call. */
typedef struct arc_record_fault {
    uint32_t struct_size;
    int32_t severity;       /**< ARC_FAULT_* */
    arc_status status;      /**< what the writing call would answer: ARC_E_RULE, ARC_E_REQUIRED, ARC_E_EXISTS ... */
    uint32_t reserved;      /**< 0 */
    const char *entity;
    const char *field;      /**< "" when no single field is to blame */
    const char *rule;       /**< name of the validation rule, "" for what the library itself asks */
    const char *pointer;    /**< JSON Pointer into the record's JSON form, "" when none */
    const char *message;    /**< one English line */
    const char *message_zh; /**< the same in Chinese */
} arc_record_fault;

/** Receives one fault. Non-zero stops with ARC_E_CANCELLED. The book must not be used inside. */
typedef int32_t (*arc_record_fault_fn)(void *user, const arc_record_fault *fault);

/** Options of arc_record_validate(). Start from ARC_VALIDATE_OPTIONS_INIT. */
typedef struct arc_validate_options {
    uint32_t struct_size;
    uint32_t flags; /**< ARC_VALIDATE_* */
} arc_validate_options;

#define ARC_VALIDATE_NORMALISE 0x1u /**< the record's texts become what would be stored */

#define ARC_VALIDATE_OPTIONS_INIT { (uint32_t)sizeof(arc_validate_options), 0 }

/** Fills options with their defaults; the same bytes as ARC_VALIDATE_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_validate_options_init(arc_validate_options *options);

/** Checks a record and reports all its faults. A record whose id is set is judged as a change of that row: by the rules that read a field it sets;
 *  any other as a new row.
 *
 *  @param session the session it would be written in. @param record of master data, an invoice or a receipt.
 *  @param report told of each fault; may be NULL. @param user handed to report. @param options NULL for defaults.
 *  @return ARC_OK: no error (there may be warnings); the status of the first error (ARC_E_RULE, ARC_E_REQUIRED, ARC_E_VALUE, ARC_E_EXISTS,
 *          ARC_E_REFERENCE, ARC_E_RANGE), whose details the session keeps; ARC_E_CANCELLED: report stopped it; ARC_E_NOT_FOUND: no such row;
 *          ARC_E_FORBIDDEN: the entity is not written from records, or not by this actor; ARC_E_INVALID: bad options, or no day is known to judge by; ARC_E_TXN; ARC_E_DOOMED;
 *          ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_record_validate(arc_session *session, arc_record *record, arc_record_fault_fn report, void *user,
                                       const arc_validate_options *options);

/** A shipped document of kind "validation" for master data: check digits of tax numbers (GB 32100, VAT numbers of the EU), of accounts (IBAN), forms of BIC, telephone numbers and
 *  e-mail addresses. Publish it to have the rules, retire it to have none.
 *
 *  @param buf,len law of arcore.h. @param entity "customer", "invoice_title", "bank_account" or "contact".
 *  @param severity ARC_FAULT_ERROR: a wrong number is refused; ARC_FAULT_WARNING: it is told, and stored.
 *  @return ARC_OK; ARC_E_NOT_FOUND: nothing is shipped for the entity; ARC_E_BUFFER; ARC_E_INVALID: NULL, or another severity. Safe from any thread. @since 0.1 */
ARC_API arc_status arc_validation_shipped(char *buf, size_t *len, const char *entity, int32_t severity);

/** Looks whether a text has the form one of the named formats asks (docs/validation.md), check digits included, without a book.
 *  @param format its name, for example "iban". @param text UTF-8, as it is: capitals and spaces count. @param length bytes, or SIZE_MAX.
 *  @return ARC_OK: it has; ARC_E_VALUE: it has not; ARC_E_NOT_FOUND: there is no such format; ARC_E_INVALID: NULL. Safe from any thread. @since 0.1 */
ARC_API arc_status arc_format_check(const char *format, const char *text, size_t length);

/** Format i, in the order of names.
 *  @param name receives its name, static. @param what,what_zh what it is in English and Chinese, static; may be NULL. @param i from 0.
 *  @return ARC_OK; ARC_E_RANGE: there are no more; ARC_E_INVALID: name is NULL. Safe from any thread. @since 0.1 */
ARC_API arc_status arc_format_get(const char **name, const char **what, const char **what_zh, uint32_t i);

ARC_END_DECLS

#endif
