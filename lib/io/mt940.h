/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the MT940 reader. */
#ifndef ARCI_IO_MT940_H
#define ARCI_IO_MT940_H

#include "io/bank.h"

typedef struct arci_mt_field {
    char tag[4];   /* "61", "28C" */
    const char *s; /* behind the second colon */
    size_t n;      /* with its line ends, without the last */
    int64_t row;
    size_t offset; /* of the tag */
} arci_mt_field;

/* The next line of s from *at on, without its end (LF, CRLF or CR). 0: there is none. */
int arci_mt_next_line(const char *s, size_t n, size_t *at, const char **line, size_t *len);

/* :61: */
arc_status arci_mt_line(arci_bank *b, arci_bank_stmt *s, const arci_mt_field *f, arci_bank_entry **out);
/* :86: of a line: every style. */
arc_status arci_mt_info(arci_bank *b, arci_bank_entry *e, const arci_mt_field *f);
/* Text of the styles /EREF/.../REMI/... and "REK: ... NAAM: ..."; 1 when it was one of them. */
int arci_mt_slashes(arci_bank *b, arci_bank_entry *e, const char *s, size_t n, int64_t row, arc_status *st);
int arci_mt_colons(arci_bank *b, arci_bank_entry *e, const char *s, size_t n);
/* "EUR10,00" behind OCMT or CHGS, "1,2345" behind EXCH. Anything else goes to extra. */
arc_status arci_mt_original(arci_bank *b, arci_bank_entry *e, const char *s, size_t n, int64_t row);
arc_status arci_mt_charges(arci_bank *b, arci_bank_entry *e, const char *s, size_t n, int64_t row);
void arci_mt_rate(arci_bank *b, arci_bank_entry *e, const char *s, size_t n);
int arci_mt_iban_form(const char *s, size_t n); /* two letters, two digits, 11 to 30 letters and digits */

/* Codes of German banks for bookings that give back. */
int arci_gvc_returns(const char *gvc);

#endif
