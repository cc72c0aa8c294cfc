/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of an import. import.c drives the two passes, import_row.c turns a row into records and judges it, import_write.c writes good
 * rows in chunks, import_guess.c proposes a mapping. */
#ifndef ARCI_EXCHANGE_IMPORT_H
#define ARCI_EXCHANGE_IMPORT_H

#include "arcore/import.h"
#include "base/map.h"
#include "base/num.h"
#include "base/sha256.h"
#include "exchange/mapping.h"
#include "store/record_api.h"
#include "store/repo.h"

#define ARCI_IMPORT_CHUNK 1000u /* rows written at once */

/* A set of texts kept as 128-bit fingerprints: what must be unique over a whole file, in 16 bytes each. */
typedef struct arci_prints {
    arc_context *ctx;
    uint64_t (*slots)[2];
    uint64_t n, cap;
} arci_prints;
void arci_prints_init(arci_prints *p, arc_context *ctx);
void arci_prints_clear(arci_prints *p);
int32_t arci_prints_add(arci_prints *p, const void *text, size_t n); /* 1 new, 0 was there, ARC_E_NOMEM */
void arci_fingerprint(uint64_t out[2], const void *text, size_t n);

typedef struct arci_import_customer {
    int64_t id;   /* 0: not in the book yet */
    uint8_t used; /* a good row named it */
} arci_import_customer;

typedef struct arci_import_group { /* invoices paid together */
    arci_acc sum;
    int64_t receipt; /* id, once written */
    int64_t line, row; /* where it begins */
    uint32_t customer;
    arc_date paid;     /* value date, once known */
    char currency[4];
    uint8_t has_credit, bad;
} arci_import_group;

/* An invoice of a group that has credit notes too: settled at the end, when all are known. */
typedef struct arci_import_later {
    uint32_t group;
    arc_date date;
    int64_t item, amount;
} arci_import_later;

typedef struct arci_import_chunk {
    arc_record *invoices[ARCI_IMPORT_CHUNK], *receipts[ARCI_IMPORT_CHUNK], *customers[ARCI_IMPORT_CHUNK];
    uint32_t customer_of[ARCI_IMPORT_CHUNK]; /* index in import.customers of a new customer */
    uint32_t invoice_customer[ARCI_IMPORT_CHUNK];
    uint32_t invoice_group[ARCI_IMPORT_CHUNK]; /* UINT32_MAX: not paid */
    uint32_t receipt_group[ARCI_IMPORT_CHUNK];
    uint32_t n_invoices, n_receipts, n_customers;
} arci_import_chunk;

typedef struct arci_import {
    arc_session *session;
    arci_session *s;
    arci_env *env;
    arci_arena arena; /* mapping, header */
    arci_mapping mapping;
    arc_import_options options;
    arc_import_summary sum;
    int64_t reported;
    const arc_source *source;
    arci_txn *t; /* of the pass under way */
    arci_csv *csv;
    arci_sha256 digest;
    const char **names; /* columns */
    uint32_t n_names;
    arci_map customer_index; /* code to index + 1 */
    arci_import_customer *customers;
    uint32_t n_customers, cap_customers;
    arci_prints numbers, receipt_numbers;
    arci_map group_index; /* fingerprint of the group's cells to index + 1 */
    arci_import_group *groups;
    uint32_t n_groups, cap_groups;
    arci_import_later *later;
    uint32_t n_later, cap_later;
    arci_import_chunk *chunk;
    arci_map totals; /* currency to the sum of invoices, as saturated int64 */
    arci_str text;   /* a template's result */
    uint8_t book_has_invoices, book_has_receipts, check_numbers;
    uint8_t faulted; /* the row at hand has a fault */
} arci_import;

/* The row at hand, judged. */
typedef struct arci_import_row {
    const arci_csv_row *csv;
    int64_t number; /* data row, 1-based */
    uint32_t customer; /* index */
    uint32_t group;    /* UINT32_MAX: none */
    uint8_t has_invoice, new_group;
    arc_record *invoice, *receipt; /* filled; receipt when new_group */
} arci_import_row;

/* Turns the row into records and judges it; faults are reported. invoice and receipt are records to fill. ARC_E_CANCELLED and errors that
 * end the import are returned; a bad row is not an error: im->faulted tells. */
arc_status arci_import_judge(arci_import *im, arci_import_row *row);
/* Fills a record of the customer of the row. 0 faults must be left. */
arc_status arci_import_fill_customer(arci_import *im, const arci_import_row *row, arc_record *handle);
/* Reports a fault of the row with the error just set; target and rule may be NULL. */
arc_status arci_import_fault(arci_import *im, const arci_csv_row *csv, int64_t number, const arci_entity *entity, const char *field,
                             const arci_rule *rule, arc_status status);
arci_record *arci_import_record(arci_import *im, arc_record *handle);

/* Adds a good row to the chunk and writes it when it is full. */
arc_status arci_import_put(arci_import *im, arci_import_row *row);
arc_status arci_import_flush(arci_import *im);
/* Settles the groups that had to wait and writes the import_job row. */
arc_status arci_import_finish(arci_import *im, const char *mapping, size_t mapping_len);

#endif
