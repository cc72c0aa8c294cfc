/* SPDX-License-Identifier: Apache-2.0 */
/* Statements as they are read: the model of arcore/bank.h with what builds it. A reader gets the text as UTF-8 and adds statements, balances, lines and details;
 * arci_bank_finish() then joins, checks and names them. */
#ifndef ARCI_IO_BANK_H
#define ARCI_IO_BANK_H

#include "arcore/bank.h"
#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"

typedef struct arci_bank_entry {
    arc_bank_line l;
    uint32_t cap;                    /* of details */
    int32_t whole;                   /* finished */
    struct arci_bank_entry **details; /* l.n_details of them */
} arci_bank_entry;

typedef struct arci_bank_stmt {
    arc_bank_statement s;
    arc_bank_balance *balances; /* s.n_balances */
    arci_bank_entry **lines;    /* s.n_lines */
    uint32_t cap_balances, cap_lines;
    /* what the file says its lines add up to; has_* 0: it does not */
    int64_t sum_credit, sum_debit, count_credit, count_debit, sum_all, count_all;
    int32_t has_sum_credit, has_sum_debit, has_count_credit, has_count_debit, has_sum_all, has_count_all;
    int32_t control_differs; /* a reader found totals of its own that differ; -1: they agree */
} arci_bank_stmt;

typedef struct arci_bank {
    arc_context *ctx;
    arci_env *env;            /* of the call that reads or changes it */
    arci_arena arena;         /* holds all below */
    arc_error error;
    arc_bank_info info;
    arci_bank_stmt **stmts;   /* info.n_statements */
    uint32_t cap_stmts;
    uint32_t n_entries, max_entries; /* lines and details */
    uint32_t flags;           /* ARC_BANK_ROUND */
    char currency[4];         /* of amounts that have none; "" */
    const char *what;         /* of messages: "MT940" */
    arci_str extra;           /* being built */
    const char *text;         /* the file as UTF-8 while it is read */
    size_t n_text;
} arci_bank;

/* ---- text fields by number: what is common to copying, JSON and inheritance ---- */

typedef struct arci_bank_field {
    const char *name;
    size_t offset; /* of a const char * */
    uint32_t flags;
} arci_bank_field;

#define ARCI_BANK_INHERIT 1u /* a detail that has none takes its line's */
#define ARCI_BANK_LIFT 2u    /* a line takes the one of its only detail: all but raw and extra */
extern const arci_bank_field arci_bank_line_fields[];
extern const size_t arci_n_bank_line_fields;
extern const arci_bank_field arci_bank_statement_fields[];
extern const size_t arci_n_bank_statement_fields;

static inline const char **arci_bank_slot(void *object, const arci_bank_field *f)
{
    union {
        char *bytes;
        const char **text;
    } at;
    at.bytes = (char *)object + f->offset;
    return at.text;
}

/* ---- building; NULL means no memory or too many (the error is set) ---- */

arci_bank_stmt *arci_bank_add_statement(arci_bank *b, int64_t row, size_t offset);
arci_bank_entry *arci_bank_add_line(arci_bank *b, arci_bank_stmt *s, int64_t row, size_t offset);
arci_bank_entry *arci_bank_add_detail(arci_bank *b, arci_bank_entry *line, int64_t row, size_t offset);
arc_bank_balance *arci_bank_add_balance(arci_bank *b, arci_bank_stmt *s, int32_t kind, const char *code, int64_t row);

/* Text into the arena. trim: blanks at both ends; NULL for what is empty. *failed grows when there is no memory: the reader looks once at the end (b->failed). */
const char *arci_bank_keep(arci_bank *b, const char *s, size_t n);      /* as it is; NULL when n is 0 */
const char *arci_bank_trimmed(arci_bank *b, const char *s, size_t n);
const char *arci_bank_squeezed(arci_bank *b, const char *s, size_t n);  /* no blanks at all: account numbers */
const char *arci_bank_joined(arci_bank *b, const char *before, const char *between, const char *s, size_t n); /* before may be NULL */
/* What file formats put where nothing is: NONREF, NOTPROVIDED, "/" ... become NULL. */
const char *arci_bank_reference(arci_bank *b, const char *s, size_t n);
void arci_bank_extra(arci_bank *b, const char *name, size_t name_len, const char *s, size_t n); /* adds to b->extra unless s is blank */
arc_status arci_bank_extra_end(arci_bank *b, const char **out);                                 /* NULL when nothing was added */

/* ---- values ---- */

/* Sets the error with the place; returns st. field: tag or column, may be NULL. */
#if defined(__GNUC__)
__attribute__((format(printf, 5, 7), format(printf, 6, 7)))
#endif
arc_status arci_bank_fault(arci_bank *b, arc_status st, int64_t row, const char *field, const char *en, const char *zh, ...);
/* Unsigned decimal text with one mark, as ISO 15022 ("1234,5", "500,") and XML have it. currency "" or NULL: b->currency, else hundredths. Sets *flags' ROUNDED. */
arc_status arci_bank_amount(arci_bank *b, arc_money *out, uint32_t *flags, const char *s, size_t n, int mark, const char *currency, int64_t row, const char *field);
int32_t arci_bank_exponent(const char *currency); /* 2 for what is no current currency */
int arci_bank_currency_form(const char *s, size_t n); /* three capital letters */
int arci_bank_ymd(arc_date *out, int32_t year, int32_t month, int32_t day); /* 1 when there is such a day */
/* Two-digit years: 1980 to 2079. n >= 6 digits YYMMDD. 0 when it is none. */
int arci_bank_yymmdd(arc_date *out, const char *s);
int arci_bank_yyyymmdd(arc_date *out, const char *s);
int arci_bank_is_iban(const char *s, size_t n); /* form and check digits */

/* ---- text of the file ---- */

/* Decodes bytes into b->text. ARC_E_ENCODING, ARC_E_UNSUPPORTED, ARC_E_LIMIT. `latin`: what bytes that are no UTF-8 are taken for. */
arc_status arci_bank_decode(arci_bank *b, const char *bytes, size_t n, const char *encoding, int latin);
int arci_bank_detect(const char *p, size_t n); /* ARC_BANK_*; bills of platforms apart */
int32_t arci_bank_detect_bill(arci_env *env, const char *bytes, size_t n); /* ARC_BANK_*, or an error */

/* ---- readers ---- */

arc_status arci_mt940_read(arci_bank *b);
arc_status arci_bai2_read(arci_bank *b);
arc_status arci_ofx_read(arci_bank *b);
arc_status arci_camt_read(arci_bank *b, const char *bytes, size_t n, const char *encoding);

/* ---- afterwards ---- */

arc_status arci_bank_finish(arci_bank *b, const char *bytes, size_t n);
/* Fingerprints, occurrences, checks and digests of what stands; again after a change. */
arc_status arci_bank_seal(arci_bank *b);
void arci_bank_put_json(const arci_bank *b, arci_str *out);
arc_status arci_bank_join(arci_env *env, arci_bank *b, uint32_t *joined, const arci_bank *notice);
arc_status arci_bank_fresh(arci_env *env, const arci_bank_stmt *s, uint32_t *occurrences, const arc_bank_kept *kept, size_t n_kept, const arc_bank_kept_line *lines,
                           size_t n_lines);

arc_status arci_bank_read(arci_env *env, arci_bank **out, const char *bytes, size_t n, const arc_bank_options *o);
/* The same with options as a caller gives them; NULL: defaults. */
arc_status arci_bank_read_given(arci_env *env, arci_bank **out, const char *bytes, size_t n, const arc_bank_options *options);
void arci_bank_free(void *object);

#endif
