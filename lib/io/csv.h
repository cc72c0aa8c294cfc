/* SPDX-License-Identifier: Apache-2.0 */
/* Streaming reader of CSV and TSV (RFC 4180 and what spreadsheets make of it). Bytes are pushed, rows are pulled:
 *
 *     arci_csv_push(env, csv, bytes, n, last);
 *     while ((st = arci_csv_next(env, csv, &row)) != ARC_DONE) ...      a row, a fault of a row, or ARC_E_NOMEM
 *
 * A faulty row is reported once and reading goes on behind its end. Memory is bounded by the longest row allowed, not by the file.
 * Line ends are CRLF, LF or CR, mixed as they come; a newline inside quotes belongs to the cell. Lines with nothing at all are skipped.
 * Cells are UTF-8 whatever the file was; they are never trimmed. */
#ifndef ARCI_IO_CSV_H
#define ARCI_IO_CSV_H

#include "io/encoding.h"

#define ARCI_CSV_STRICT 0x1u /* refuse a quote inside a cell that does not begin with one; else it is taken as it stands */
#define ARCI_CSV_ANY_COUNT 0x2u /* rows may have any number of cells */

typedef struct arci_csv_options {
    int encoding;         /* ARCI_ENC_* */
    int delimiter;        /* a byte below 0x80, or 0: the most frequent of , ; TAB | in the first line */
    int quote;            /* '"', or 0: none */
    uint32_t flags;       /* ARCI_CSV_* */
    uint32_t columns;     /* cells a row must have; 0: as many as the first one */
    uint32_t max_cell;    /* bytes; 0 = 1 MiB */
    uint32_t max_columns; /* 0 = 2,000 */
    uint32_t max_row;     /* bytes; 0 = 8 MiB */
} arci_csv_options;

#define ARCI_CSV_OPTIONS_INIT { ARCI_ENC_AUTO, 0, '"', 0, 0, 0, 0, 0 }

typedef struct arci_csv_cell {
    const char *s; /* terminated; lives until the next call */
    uint32_t len;
    uint32_t quoted; /* 1 when it stood in quotes: an empty cell in quotes is not a missing one */
    int64_t line;    /* where it begins, 1-based */
    int64_t offset;  /* bytes before it, counted in UTF-8 and with the byte order mark: the file's own where it is UTF-8 */
} arci_csv_cell;

typedef struct arci_csv_row {
    const arci_csv_cell *cells;
    uint32_t n;
    uint32_t reserved;
    int64_t line;   /* where it begins */
    int64_t number; /* 1-based, the header included, lines skipped not */
} arci_csv_row;

enum {
    ARCI_CSV_NONE = 0,
    ARCI_CSV_UNCLOSED,   /* a quote was never closed: place of the quote. ARC_E_SYNTAX */
    ARCI_CSV_AFTER_QUOTE, /* text behind a closing quote. ARC_E_SYNTAX */
    ARCI_CSV_BARE_QUOTE, /* only with ARCI_CSV_STRICT. ARC_E_SYNTAX */
    ARCI_CSV_NUL,        /* a NUL byte. ARC_E_SYNTAX */
    ARCI_CSV_ENCODING,   /* place of the cell. ARC_E_ENCODING */
    ARCI_CSV_COUNT,      /* not as many cells as there should be; the row can be looked at. ARC_E_SYNTAX */
    ARCI_CSV_CELL_SIZE,  /* ARC_E_LIMIT */
    ARCI_CSV_COLUMNS,    /* ARC_E_LIMIT */
    ARCI_CSV_ROW_SIZE    /* ARC_E_LIMIT */
};

typedef struct arci_csv_fault {
    int kind;        /* ARCI_CSV_UNCLOSED ... */
    uint32_t column; /* number of the cell, 1-based */
    uint32_t expected, found; /* of ARCI_CSV_COUNT */
    int64_t line;
    int64_t character; /* in its line, 1-based */
    int64_t offset;
    int64_t row_line, row_number; /* of the row it spoiled */
} arci_csv_fault;

typedef struct arci_csv arci_csv;

/* ARC_E_INVALID: delimiter or quote is a line end, NUL, not ASCII, or both are alike. */
arc_status arci_csv_new(arci_env *env, arci_csv **out, const arci_csv_options *options);
void arci_csv_free(arci_csv *csv); /* NULL allowed */
/* Hands in the next bytes, which must live until arci_csv_next() has answered ARC_DONE: only then the next ones may come. n may be 0. */
arc_status arci_csv_push(arci_env *env, arci_csv *csv, const char *bytes, size_t n, int last);
/* ARC_OK: *row is the next row; ARC_DONE: push more, or the end was reached; ARC_E_NOMEM: nothing was lost, try again; ARC_E_SYNTAX,
 * ARC_E_ENCODING, ARC_E_LIMIT: this row is bad, see arci_csv_last_fault(); for ARCI_CSV_COUNT *row is set all the same. */
arc_status arci_csv_next(arci_env *env, arci_csv *csv, arci_csv_row *row);
const arci_csv_fault *arci_csv_last_fault(const arci_csv *csv);
int arci_csv_delimiter(const arci_csv *csv); /* 0 while it is not known */
int arci_csv_encoding(const arci_csv *csv);

#endif
