/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/bank.h
 *  Statements of banks and bills of payment platforms, read from the files they come in: MT940 and MT942, CAMT.052, .053 and .054 of every version,
 *  OFX 1 and 2, BAI2, CSV by a profile, and the bills of Alipay, WeChat Pay, CMB and ICBC. docs/bank-files.md says what is read of each.
 *
 *  A file is a checked handle over statements; a statement has balances and lines; a line that the bank booked for many payments at once has details, one for each.
 *  All of it is read at once or not at all: a file with a fault is refused with the place, and nothing is half-read. What was read never changes, save by
 *  arc_bank_file_join(); nothing is written anywhere. One thread at a time. */
#ifndef ARCORE_BANK_H
#define ARCORE_BANK_H

#include "arcore/context.h"
#include "arcore/types.h"

ARC_BEGIN_DECLS

typedef struct arc_bank_file arc_bank_file; /**< checked handle */

#define ARC_BANK_AUTO 0    /**< from the content */
#define ARC_BANK_MT940 1   /**< MT940, MT941 and MT942, alone or in SWIFT envelopes */
#define ARC_BANK_CAMT 2    /**< camt.052, camt.053, camt.054 */
#define ARC_BANK_OFX 3     /**< OFX 1 (SGML), OFX 2 (XML), QFX */
#define ARC_BANK_BAI2 4    /**< BAI2 */
#define ARC_BANK_CSV 5     /**< a table, by the profile in the options */
#define ARC_BANK_ALIPAY 6  /**< Alipay's bill */
#define ARC_BANK_WECHAT 7  /**< WeChat Pay's bill, of persons and of merchants */
#define ARC_BANK_CMB 8     /**< China Merchants Bank: debit and credit card */
#define ARC_BANK_ICBC 9    /**< Industrial and Commercial Bank of China: debit and credit card */

#define ARC_BANK_ROUND 0x1u /**< flag: an amount with more decimals than its currency has is rounded (half up) and marked; else it refuses the file */

/** How to read. Start from ARC_BANK_OPTIONS_INIT. */
typedef struct arc_bank_options {
    uint32_t struct_size;  /**< sizeof(arc_bank_options) */
    uint32_t flags;        /**< ARC_BANK_ROUND */
    int32_t format;        /**< ARC_BANK_*; AUTO finds it out, by the profile when there is one */
    uint32_t max_lines;    /**< lines and details a file may have; 0: 1,000,000 */
    const char *encoding;  /**< "UTF-8", "GBK", "GB18030", "ISO-8859-1", "WINDOWS-1252", ...; NULL: what the file says, else from its bytes */
    const char *currency;  /**< ISO code of amounts to which the file gives none; NULL: they stay without one */
    const char *profile;   /**< JSON: how a table is laid out (docs/bank-files.md); NULL: none */
    size_t profile_length; /**< bytes, or SIZE_MAX: up to the NUL */
    uint64_t max_bytes;    /**< 0: 64 MiB */
} arc_bank_options;

#define ARC_BANK_OPTIONS_INIT { (uint32_t)sizeof(arc_bank_options), 0, ARC_BANK_AUTO, 0, NULL, NULL, NULL, 0, 0 }

/** Fills options with their defaults; the same bytes as ARC_BANK_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_bank_options_init(arc_bank_options *options);

/** Name of a format as JSON and the tool have it ("mt940", "camt", ...).
 *  @param format ARC_BANK_*. @return static text, never NULL; "?" for an unknown value. Safe from any thread. @since 0.1 */
ARC_API const char *arc_bank_format_name(int32_t format);

/** Finds the format of a file from its content, without reading it whole.
 *
 *  @param context where errors are told.
 *  @param format  receives ARC_BANK_MT940 ...; ARC_BANK_AUTO when it is none of them.
 *  @param bytes   the file. @param length its bytes.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_HANDLE: not a context. @since 0.1 */
ARC_API arc_status arc_bank_format_detect(arc_context *context, int32_t *format, const void *bytes, size_t length);

/** Reads a file whole.
 *
 *  @param context where memory comes from and where errors are told.
 *  @param out     receives the handle; the caller frees it with arc_bank_file_free(). NULL on error.
 *  @param bytes   the file as it came, in any encoding; not kept.
 *  @param length  its bytes. @param options NULL for defaults.
 *  @return ARC_OK; ARC_E_UNSUPPORTED: not a file of these formats, or an encoding this system cannot decode; ARC_E_SYNTAX: not well-formed; ARC_E_REQUIRED: what
 *          must be there is not; ARC_E_VALUE: a date, an amount or a code is none; ARC_E_CURRENCY: an amount in another currency than its account;
 *          ARC_E_PRECISION: an amount with more decimals than its currency; ARC_E_OVERFLOW: an amount too large; ARC_E_ENCODING: bytes that are no text;
 *          ARC_E_LIMIT: too large, too deep or too many lines; ARC_E_CHECK: a total the file gives for itself differs; ARC_E_EXISTS: the profile's JSON names a
 *          member twice; ARC_E_INVALID: NULL, wrong options; ARC_E_NOMEM; ARC_E_HANDLE. The error has the line of the file (row), the tag or column (field) and
 *          says what was expected. @since 0.1 */
ARC_API arc_status arc_bank_file_read(arc_context *context, arc_bank_file **out, const void *bytes, size_t length, const arc_bank_options *options);

/** A file as a whole. Text is borrowed until the handle is freed; NULL: the file does not say. Start from ARC_BANK_INFO_INIT. */
typedef struct arc_bank_info {
    uint32_t struct_size;
    uint32_t flags;         /**< 0 */
    int32_t format;         /**< ARC_BANK_* */
    uint32_t n_statements;
    uint64_t bytes;         /**< of the file */
    const char *version;    /**< "940", "942", "camt.053.001.08", "OFX 102", "debit", ... */
    const char *encoding;   /**< it was read as */
    const char *id;         /**< of the message */
    const char *created;    /**< when, as the file has it */
    const char *sender;
    const char *recipient;
    char digest[65];        /**< SHA-256 of the bytes, hexadecimal */
    char content_digest[65]; /**< SHA-256 of what was read: the same file with other line ends, blanks or encoding has the same */
    char reserved[6];
} arc_bank_info;

#define ARC_BANK_INFO_INIT { (uint32_t)sizeof(arc_bank_info), 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, { 0 }, { 0 }, { 0 } }

/** Fills info with its defaults; the same bytes as ARC_BANK_INFO_INIT.
 *  @param info not NULL. @return ARC_OK, or ARC_E_INVALID when info is NULL. @since 0.1 */
ARC_API arc_status arc_bank_info_init(arc_bank_info *info);

/** What is known of the file as a whole.
 *  @param file the handle. @param info filled up to its struct_size.
 *  @return ARC_OK; ARC_E_INVALID: info is NULL or its struct_size 0; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_bank_file_info(arc_bank_file *file, arc_bank_info *info);

#define ARC_BALANCE_OPENING 1           /**< booked, at the beginning (60F, OPBD, PRCD, BAI 010) */
#define ARC_BALANCE_CLOSING 2           /**< booked, at the end (62F, CLBD, BAI 015, LEDGERBAL) */
#define ARC_BALANCE_OPENING_AVAILABLE 3 /**< OPAV, BAI 040 */
#define ARC_BALANCE_CLOSING_AVAILABLE 4 /**< 64, CLAV, BAI 045, AVAILBAL */
#define ARC_BALANCE_FORWARD_AVAILABLE 5 /**< 65, FWAV */
#define ARC_BALANCE_OPENING_INTERIM 6   /**< at the beginning of a page: 60M */
#define ARC_BALANCE_CLOSING_INTERIM 7   /**< at the end of a page, or now: 62M, ITBD, ITAV */
#define ARC_BALANCE_OTHER 8             /**< anything else; its code says what */

/** A balance. Start from ARC_BANK_BALANCE_INIT. */
typedef struct arc_bank_balance {
    uint32_t struct_size;
    int32_t kind;     /**< ARC_BALANCE_* */
    arc_money amount; /**< negative: we owe. Without currency in hundredths */
    arc_date on;      /**< ARC_DATE_NONE: the file does not say */
    int32_t reserved; /**< 0 */
    int64_t row;      /**< line of the file */
    const char *code; /**< the file's own: "60F", "OPBD", "010" */
} arc_bank_balance;

#define ARC_BANK_BALANCE_INIT { (uint32_t)sizeof(arc_bank_balance), 0, { 0, { 0 }, 0 }, ARC_DATE_NONE, 0, 0, NULL }

/** Fills a balance with its defaults; the same bytes as ARC_BANK_BALANCE_INIT.
 *  @param balance not NULL. @return ARC_OK, or ARC_E_INVALID when balance is NULL. @since 0.1 */
ARC_API arc_status arc_bank_balance_init(arc_bank_balance *balance);

#define ARC_BANK_INTERIM 0x1u   /**< flag of a statement: during the day or a mere notice (942, 052, 054): its lines may come again */
#define ARC_BANK_COPY 0x2u      /**< flag of a statement: the bank calls it a copy or duplicate */
#define ARC_BANK_REPEATED 0x4u  /**< flag of a statement: the same one stands before it in this file */
#define ARC_BANK_CONTINUED 0x8u /**< flag of a statement: a page with more to follow (62M) */

#define ARC_BANK_CHECK_UNKNOWN 0  /**< a figure is missing */
#define ARC_BANK_CHECK_BALANCED 1 /**< it adds up */
#define ARC_BANK_CHECK_DIFFERS 2  /**< it does not */

/** A statement. Text is borrowed until the handle is freed; NULL: the file does not say. Start from ARC_BANK_STATEMENT_INIT. */
typedef struct arc_bank_statement {
    uint32_t struct_size;
    uint32_t flags;          /**< ARC_BANK_INTERIM and so on */
    uint32_t n_balances;
    uint32_t n_lines;
    int32_t check;           /**< ARC_BANK_CHECK_*: opening + booked lines = closing */
    int32_t control;         /**< ARC_BANK_CHECK_*: the totals and counts the file gives of its own lines */
    arc_money difference;    /**< closing - opening - lines, with DIFFERS */
    arc_money opening;       /**< booked; as a balance. Means nothing without has_opening */
    arc_money closing;
    arc_money available;
    int32_t has_opening, has_closing, has_available; /**< 0 or 1 */
    arc_date opening_on, closing_on, available_on;
    arc_date from_on, to_on;       /**< the period, ARC_DATE_NONE: not given */
    int64_t row;             /**< line of the file where it begins */
    int64_t offset;          /**< bytes before it in the file as UTF-8 */
    const char *account;     /**< number as the bank writes it, without blanks: an IBAN, or bank code and number, or a masked card */
    const char *iban;        /**< the account's when it is one */
    const char *bank;        /**< BIC, bank code, sort code or name of who keeps the account */
    const char *owner;
    const char *account_name;
    const char *account_type;
    const char *id;          /**< :20:, Stmt/Id, TRNUID */
    const char *related;     /**< :21: */
    const char *number;      /**< statement number: :28C: before the slash, ElctrncSeqNb, LglSeqNb */
    const char *sequence;    /**< page: :28C: behind the slash, StmtPgntn */
    const char *created;
    const char *info;        /**< what the bank adds to the statement as a whole */
    char currency[4];        /**< of the account, "" when not known */
    uint32_t reserved;       /**< 0 */
    char content_digest[65]; /**< SHA-256 of account, period, balances and lines */
    char reserved_text[7];
} arc_bank_statement;

#define ARC_BANK_STATEMENT_INIT \
    { (uint32_t)sizeof(arc_bank_statement), 0, 0, 0, 0, 0, { 0, { 0 }, 0 }, { 0, { 0 }, 0 }, { 0, { 0 }, 0 }, { 0, { 0 }, 0 }, 0, 0, 0, ARC_DATE_NONE, ARC_DATE_NONE, \
      ARC_DATE_NONE, ARC_DATE_NONE, ARC_DATE_NONE, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, { 0 }, 0, { 0 }, { 0 } }

/** Fills a statement with its defaults; the same bytes as ARC_BANK_STATEMENT_INIT.
 *  @param statement not NULL. @return ARC_OK, or ARC_E_INVALID when statement is NULL. @since 0.1 */
ARC_API arc_status arc_bank_statement_init(arc_bank_statement *statement);

/** One statement of a file.
 *  @param file the handle. @param out filled up to its struct_size. @param statement 0 to n_statements - 1.
 *  @return ARC_OK; ARC_E_RANGE: no such statement; ARC_E_INVALID: out is NULL or its struct_size 0; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_bank_file_statement(arc_bank_file *file, arc_bank_statement *out, uint32_t statement);

/** One balance of a statement, in the order of the file.
 *  @param file the handle. @param out filled up to its struct_size. @param statement as above. @param balance 0 to n_balances - 1.
 *  @return ARC_OK; ARC_E_RANGE: no such balance; ARC_E_INVALID: out is NULL or its struct_size 0; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_bank_file_balance(arc_bank_file *file, arc_bank_balance *out, uint32_t statement, uint32_t balance);

#define ARC_BANK_LINE_REVERSAL 0x1u /**< takes back an earlier booking (RC, RD, RvslInd) */
#define ARC_BANK_LINE_PENDING 0x2u  /**< not booked yet (PDNG, FUTR): no money has come */
#define ARC_BANK_LINE_INFO 0x4u     /**< tells something and moves nothing (INFO; a platform's closed order) */
#define ARC_BANK_LINE_RETURN 0x8u   /**< a payment came back: a return reason is given, or its code says so */
#define ARC_BANK_LINE_ROUNDED 0x10u /**< the amount was rounded, see ARC_BANK_ROUND */
#define ARC_BANK_LINE_NEUTRAL 0x20u /**< the platform counts it neither as income nor as expense; the amount's sign is what its words say */
#define ARC_BANK_LINE_NO_DATE 0x40u /**< the file has no booking date for it; `booked` is its value date or the statement's */
#define ARC_BANK_LINE_FEE_INSIDE 0x80u /**< the fee was taken out of the amount already: the payer's was amount + fee */

/** A line, or one detail of it. Text is borrowed until the handle is freed; NULL: the file does not say. Start from ARC_BANK_LINE_INIT.
 *
 *  A line with no detail or with one is a whole payment: what its detail says stands in it. A line with two details and more is a batch: its details are the payments, each with
 *  the dates and codes of its line where it has none of its own; `details` says whether their amounts make up the line's. */
typedef struct arc_bank_line {
    uint32_t struct_size;
    uint32_t flags;       /**< ARC_BANK_LINE_* */
    arc_date booked;      /**< booking date */
    arc_date value;       /**< value date, ARC_DATE_NONE: not given */
    arc_money amount;     /**< credit positive. Without currency in hundredths */
    arc_money fee;        /**< what the bank or platform took for it, positive; currency "" with 0: none told */
    arc_money original;   /**< amount instructed or ordered, of amount's sign, in its own currency; currency "" with 0: none told */
    arc_decimal rate;     /**< between the two as the bank gives it; mantissa 0: none */
    uint32_t n_details;
    int32_t details;      /**< ARC_BANK_CHECK_*: their amounts make up the line's */
    uint32_t occurrence;  /**< 1 for the first line with this fingerprint in the file, 2 for its twin ... */
    uint32_t index;       /**< in its statement; of a detail: in its line. From 0 */
    int64_t row;          /**< line of the file where it begins */
    int64_t offset;       /**< bytes before it in the file as UTF-8 */
    const char *id;             /**< the bank's own unique number of this booking where it promises one: FITID, order number of a platform */
    const char *entry_ref;      /**< NtryRef */
    const char *bank_ref;       /**< reference of the bank: behind // in :61:, AcctSvcrRef, BAI bank reference */
    const char *customer_ref;   /**< reference for the account's owner: :61:, InstrId, KREF+, merchant's order number; never NONREF */
    const char *end_to_end;     /**< end-to-end id: EREF+, /EREF/; never NOTPROVIDED */
    const char *mandate;        /**< MREF+, /MARF/, MndtId */
    const char *creditor_id;    /**< CRED+, /CSID/ */
    const char *creditor_ref;   /**< structured reference: RF, Strd/CdtrRefInf, OCR, QRR, betalingskenmerk */
    const char *document;       /**< document number that the bank gives as such: Strd/RfrdDocInf/Nb; several are separated by a blank */
    const char *text;           /**< remittance information as the payer wrote it, joined from its parts */
    const char *info;           /**< words of the bank: booking text, AddtlNtryInf, MEMO when there is NAME, a platform's kind of trade */
    const char *name;           /**< counterparty: who paid or was paid */
    const char *account;        /**< its account */
    const char *bank;           /**< its bank: BIC or code */
    const char *ultimate_name;  /**< on whose behalf */
    const char *address;
    const char *swift_code;     /**< transaction type of :61:: "NTRF" */
    const char *gvc;            /**< business transaction code of :86:: "166" */
    const char *domain;         /**< BkTxCd: "PMNT" */
    const char *family;         /**< "RCDT" */
    const char *subfamily;      /**< "ESCT" */
    const char *own_code;       /**< the bank's own code: Prtry/Cd, TRNTYPE, :86: text key */
    const char *bai;            /**< BAI type: "142" */
    const char *prima_nota;     /**< ?10 of :86: */
    const char *purpose;        /**< Purp/Cd, PURP+, /PURP/ */
    const char *return_reason;  /**< "AC04", ?34 */
    const char *check_number;
    const char *batch;          /**< Btch: MsgId or PmtInfId */
    const char *method;         /**< a platform's means of payment */
    const char *status;         /**< as the file has it: "BOOK", a platform's state of the trade */
    const char *time;           /**< "12:30:00" when a time of booking is known */
    const char *balance;        /**< balance after the line as the file has it, plain decimal text */
    const char *raw;            /**< the part of the file it was read from, as UTF-8 */
    const char *extra;          /**< JSON object of what has no field here, by the file's own names */
    char fingerprint[65];       /**< SHA-256 of what makes out the booking; with occurrence its identity. docs/bank-files.md */
    char reserved[7];
} arc_bank_line;

#define ARC_BANK_LINE_INIT \
    { (uint32_t)sizeof(arc_bank_line), 0, ARC_DATE_NONE, ARC_DATE_NONE, { 0, { 0 }, 0 }, { 0, { 0 }, 0 }, { 0, { 0 }, 0 }, { 0, 0, 0 }, 0, 0, 0, 0, 0, 0, \
      NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, \
      NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, { 0 }, { 0 } }

/** Fills a line with its defaults; the same bytes as ARC_BANK_LINE_INIT.
 *  @param line not NULL. @return ARC_OK, or ARC_E_INVALID when line is NULL. @since 0.1 */
ARC_API arc_status arc_bank_line_init(arc_bank_line *line);

/** One line of a statement, in the order of the file.
 *  @param file the handle. @param out filled up to its struct_size. @param statement as above. @param line 0 to n_lines - 1.
 *  @return ARC_OK; ARC_E_RANGE: no such line; ARC_E_INVALID: out is NULL or its struct_size 0; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_bank_file_line(arc_bank_file *file, arc_bank_line *out, uint32_t statement, uint32_t line);

/** One detail of a line.
 *  @param file the handle. @param out filled up to its struct_size. @param statement as above. @param line as above. @param detail 0 to n_details - 1.
 *  @return ARC_OK; ARC_E_RANGE: no such detail; ARC_E_INVALID: out is NULL or its struct_size 0; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_bank_file_detail(arc_bank_file *file, arc_bank_line *out, uint32_t statement, uint32_t line, uint32_t detail);

/** The whole file as JSON: {"format", ..., "statements": [{"account", ..., "balances": [...], "lines": [{..., "details": [...]}]}]}. Names are those of the structs; amounts are
 *  text with their decimals, dates "2025-03-31"; what the file does not say is left out.
 *  @param file the handle. @param buf,len law of arcore.h.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_INVALID: len is NULL; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_bank_file_json(arc_bank_file *file, char *buf, size_t *len);

/** Gives lines of a statement the details that a notice (camt.054) has for them: same account, amount and direction, and the same reference (bank reference, entry
 *  reference or batch) or, where neither has one, the same booking date and no second candidate. Lines that have details keep theirs.
 *  @param file receives the details; copies are made. @param joined receives how many lines got theirs. @param notice of the same context; not changed.
 *  @return ARC_OK; ARC_E_INVALID: NULL, or both are the same; ARC_E_NOMEM: nothing was joined; ARC_E_HANDLE: stale, or of another context. @since 0.1 */
ARC_API arc_status arc_bank_file_join(arc_bank_file *file, uint32_t *joined, arc_bank_file *notice);

/** A statement that is kept already. Start from ARC_BANK_KEPT_INIT. */
typedef struct arc_bank_kept {
    uint32_t struct_size;
    uint32_t flags;       /**< ARC_BANK_INTERIM; others are ignored */
    const char *number;   /**< as in arc_bank_statement; NULL: none */
    const char *sequence;
    arc_money opening;    /**< booked balances */
    arc_money closing;
    int32_t has_opening, has_closing;
    arc_date from_on, to_on;    /**< first and last day it has lines or balances of */
} arc_bank_kept;

#define ARC_BANK_KEPT_INIT { (uint32_t)sizeof(arc_bank_kept), 0, NULL, NULL, { 0, { 0 }, 0 }, { 0, { 0 }, 0 }, 0, 0, ARC_DATE_NONE, ARC_DATE_NONE }

/** Fills kept with its defaults; the same bytes as ARC_BANK_KEPT_INIT.
 *  @param kept not NULL. @return ARC_OK, or ARC_E_INVALID when kept is NULL. @since 0.1 */
ARC_API arc_status arc_bank_kept_init(arc_bank_kept *kept);

/** A line of it. No struct_size: arrays of them are large. */
typedef struct arc_bank_kept_line {
    const char *fingerprint; /**< 64 digits */
    uint32_t occurrence;     /**< it was kept under */
    uint32_t statement;      /**< index into the statements given */
} arc_bank_kept_line;

/** Which lines of a statement are new, given what is kept of the same account. The same booking in an overlapping statement is known; a true twin - a second equal booking - is new:
 *  equal lines are counted. Statements that cannot share a line (pages of one number; one begins with the balance another ended with) add to each other, all others overlap.
 *
 *  @param file        the handle.
 *  @param occurrences receives for each line 0 when it is kept already, else the number to keep it under: unique with its fingerprint.
 *  @param n           in: capacity; out: number of lines.
 *  @param statement   0 to n_statements - 1.
 *  @param kept        what is kept of the account, n_kept statements; NULL when n_kept is 0. Each from ARC_BANK_KEPT_INIT.
 *  @param lines       their lines with a booking date from a month before the statement on (more do no harm), n_lines of them.
 *  @return ARC_OK; ARC_E_BUFFER: capacity too small, *n tells the number; ARC_E_RANGE: no such statement, or a line's statement is none; ARC_E_INVALID: NULL, wrong
 *          struct_size, a fingerprint that is none; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_bank_file_fresh(arc_bank_file *file, uint32_t *occurrences, size_t *n, uint32_t statement, const arc_bank_kept *kept, size_t n_kept,
                                       const arc_bank_kept_line *lines, size_t n_lines);

/** Copies the last error of a file.
 *  @param file the handle. @param error filled up to its struct_size. @return ARC_OK; ARC_E_INVALID: error is NULL; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_bank_file_error(arc_bank_file *file, arc_error *error);

/** Frees a file.
 *  @param file NULL and stale handles are allowed. @since 0.1 */
ARC_API void arc_bank_file_free(arc_bank_file *file);

ARC_END_DECLS

#endif
