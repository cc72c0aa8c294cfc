/* SPDX-License-Identifier: Apache-2.0 */
/* How a table of lines is laid out: a JSON document of the caller, or one of ours for the bills of platforms and banks. */
#ifndef ARCI_IO_BANK_PROFILE_H
#define ARCI_IO_BANK_PROFILE_H

#include "io/bank.h"

enum { ARCI_PROFILE_COLUMNS = 48, ARCI_PROFILE_WORDS = 24, ARCI_PROFILE_MARKS = 16 };

/* What a column is for, besides the texts of a line (arci_bank_line_fields). */
enum {
    ARCI_TO_BOOKED = 1, ARCI_TO_VALUE, ARCI_TO_AMOUNT, ARCI_TO_CREDIT, ARCI_TO_DEBIT, ARCI_TO_DIRECTION, ARCI_TO_CURRENCY, ARCI_TO_FEE, ARCI_TO_BALANCE, ARCI_TO_ORIGINAL,
    ARCI_TO_ORIGINAL_CURRENCY, ARCI_TO_FEE_TEXT, ARCI_TO_SOURCE_ACCOUNT, ARCI_TO_REFUND, ARCI_TO_TEXT = 100 /* + number of the field */
};

typedef struct arci_profile_column {
    int to;
    int optional;
    const arci_json *names; /* a string, or an array of them: the first that is there */
} arci_profile_column;

/* Texts to look for; of the document. */
typedef struct arci_profile_words {
    const char *w[ARCI_PROFILE_WORDS];
    uint32_t n;
} arci_profile_words;

typedef struct arci_profile_mark {
    const char *after; /* text of a cell before the table */
    const char *to;    /* name of a statement's text, or from_on, to_on, month */
} arci_profile_mark;

typedef struct arci_profile {
    arci_arena arena;
    int32_t format;       /* ARC_BANK_* */
    const char *title, *encoding;
    int delimiter;        /* 0: found out */
    int quote;            /* 0: none */
    int decimal;          /* '.' or ',' */
    int date;             /* ARC_DATE_YMD ..., 0: month and day, the year from the mark "month" */
    int pivot;
    int inverted;         /* a positive amount is money that went */
    int fee_inverted;     /* a negative fee is one that was taken */
    char currency[4];
    const char *account;
    const char *strip;    /* signs before values that only keep spreadsheets from changing them */
    arci_profile_column columns[ARCI_PROFILE_COLUMNS];
    uint32_t n_columns;
    arci_profile_words credit, debit, neutral, neutral_credit, neutral_debit, nothing, footer, void_status, refund_status, pending_status;
    arci_profile_mark marks[ARCI_PROFILE_MARKS];
    uint32_t n_marks;
    const arci_json *currencies; /* word -> code; NULL */
    const char *fee_after;       /* in the column "fee_text" */
    int has_id;                  /* order numbers name bookings: column "id" */
} arci_profile;

arc_status arci_profile_read(arci_env *env, arci_profile *out, const char *json, size_t len); /* cleared on error */
void arci_profile_clear(arci_profile *p);

typedef struct arci_profile_own {
    int32_t format;
    const char *name, *json;
} arci_profile_own;
extern const arci_profile_own arci_profiles[];
extern const size_t arci_n_profiles;

/* Reads b->text by a profile. ARC_DONE: the table's header is not in it. */
arc_status arci_bank_table(arci_bank *b, const arci_profile *p);
/* Reads b->text by the first profile of ours (of this format, unless ARC_BANK_AUTO) that fits. ARC_DONE: none does. */
arc_status arci_bill_read(arci_bank *b, int format);
/* The format of the profile of ours whose header is there; ARC_BANK_AUTO: none. Negative: an error. */
int32_t arci_bill_detect(arci_bank *b);

#endif
