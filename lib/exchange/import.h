/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of an import. import.c drives the two passes, import_keep.c and import_prints.c hold what is known of rows, import_row.c turns a row into records and judges it, import_write.c writes good
 * rows in chunks, import_groups.c looks after rows that belong together, import_guess.c proposes a mapping. */
#ifndef ARCI_EXCHANGE_IMPORT_H
#define ARCI_EXCHANGE_IMPORT_H

#include "arcore/decimal.h"
#include "arcore/import.h"
#include "arcore/name.h"
#include "base/map.h"
#include "base/num.h"
#include "base/sha256.h"
#include "exchange/mapping.h"
#include "store/record_api.h"
#include "store/repo.h"
#include "store/valid.h"
#include "store/verb.h"

#define ARCI_IMPORT_CHUNK 1000u /* rows written at once */

/* What must be known of every row of a file, in few bytes: texts kept as fingerprints, with or without some words of the caller beside
 * each. import_prints.c says how sure they are. */
#define ARCI_PRINT_PARTS 16u
#define ARCI_PRINT_NUMBER 3u /* words of a document number: 96 bits */
#define ARCI_PRINT_GROUP 5u  /* of what receipts are grouped by: 160 bits */
typedef struct arci_prints_part {
    uint32_t *slots;
    uint32_t n, cap;
} arci_prints_part;
typedef struct arci_prints {
    arc_context *ctx;
    uint32_t words, stride; /* of a print; of a slot */
    arci_prints_part parts[ARCI_PRINT_PARTS];
} arci_prints;
void arci_prints_init(arci_prints *p, arc_context *ctx, uint32_t words, uint32_t extra);
void arci_prints_clear(arci_prints *p);
/* 1 new, 0 was there, ARC_E_NOMEM. *extra: the caller's words, 0 when new, valid until the next put. */
int32_t arci_prints_put(arci_prints *p, const void *text, size_t n, uint32_t **extra);
int arci_prints_has(const arci_prints *p, const void *text, size_t n);
int32_t arci_prints_add(arci_prints *p, const void *text, size_t n); /* the same without words */

typedef struct arci_import_customer {
    int64_t id;      /* 0: not in the book yet */
    uint32_t rows;   /* that are taken and name it */
    uint8_t used;    /* a record was filled from the first row that is good by itself */
    uint8_t named;   /* by a row that is taken, in this pass */
    uint8_t fresh;   /* this import wrote it */
    uint8_t foreign; /* not the actor's to use, or to add */
} arci_import_customer;

/* Invoices paid together: all of them are taken, or none. A large file has hundreds of thousands of groups, and all are kept until the end:
 * 36 bytes. */
#define ARCI_GROUP_CREDIT 0x1u  /* credit notes are among them */
#define ARCI_GROUP_BAD 0x2u     /* one of its rows is bad, or they do not add up to a receipt */
#define ARCI_GROUP_WRITTEN 0x4u /* the receipt is in the book */
#define ARCI_GROUP_TOLD 0x8u    /* its first row has been reported */
typedef struct arci_import_group {
    uint32_t sum[3]; /* of the invoices: low, middle, and signed high word; 2^32 rows cannot exceed it */
    uint32_t at[2];  /* row and line where it begins; the receipt's id once it is written */
    uint32_t customer;
    uint32_t rows; /* that are good by themselves */
    arc_date paid; /* day the receipt posts on, once known */
    char currency[3];
    uint8_t flags;
} arci_import_group;
void arci_group_add(arci_import_group *g, int64_t amount);
int arci_group_sum(const arci_import_group *g, int64_t *sum); /* 1: does not fit */
void arci_group_write(arci_import_group *g, int64_t receipt);
int64_t arci_group_receipt(const arci_import_group *g); /* 0: not written */

/* Rows that are good by themselves and follow the first of their group. */
typedef struct arci_import_member {
    uint32_t group, row, line;
    uint32_t amount[2]; /* of the invoice: low and high word */
} arci_import_member;

/* Why a group is refused: its first bad row. Kept of as many as are reported. */
typedef struct arci_import_cause {
    uint32_t group, row, line;
    arc_status status;
    const char *en, *zh, *rule;
} arci_import_cause;

/* Groups stand in blocks, so that none is copied when more are needed. */
#define ARCI_GROUP_BLOCK 4096u

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
    uint32_t receipt_group[ARCI_IMPORT_CHUNK]; /* UINT32_MAX: a receipt of one row, with an amount of its own */
    uint32_t receipt_customer[ARCI_IMPORT_CHUNK];
    uint32_t n_invoices, n_receipts, n_customers;
} arci_import_chunk;

/* Records of one kind beside documents, on their way. */
#define ARCI_N_MORE (ARCI_N_TARGETS - ARCI_TARGET_CONTACT)
typedef struct arci_import_more {
    arc_record **records; /* ARCI_IMPORT_CHUNK; NULL: the mapping has none */
    uint32_t *customers;  /* index in import.customers */
    uint32_t n;
} arci_import_more;

/* Told of a record that was filled from a row without a fault, before it is judged with others. Not to enter the session. */
typedef arc_status (*arci_import_seen_fn)(void *user, arci_env *env, int64_t row, int64_t line, arci_record *r);

typedef struct arci_import {
    arc_session *session;
    arci_session *s;
    arci_env *env;
    arci_arena arena; /* mapping, header */
    arci_mapping mapping;
    arc_import_options options;
    arci_import_seen_fn seen; /* NULL, or told of each record of the first pass */
    void *seen_user;
    arc_import_summary sum;
    int64_t reported;
    int64_t bad, faults; /* what pass 1 found */
    arci_custom *custom; /* what the mapping names; counted */
    const arc_source *source;
    arci_txn *t; /* of the pass under way */
    arci_csv *csv;
    arci_sha256 digest;
    uint8_t asked[32]; /* with a request key: digest of the source as it was read first */
    const char **names; /* columns */
    uint32_t n_names;
    arci_map customer_index; /* code to index + 1 */
    arci_import_customer *customers;
    uint32_t n_customers, cap_customers;
    arci_prints numbers, receipt_numbers;
    arci_prints group_index; /* the group's cells to its index */
    arci_import_group **groups;
    uint32_t n_groups, cap_group_blocks;
    uint8_t *bad_rows; /* a bit a row: pass 2 leaves out what pass 1 refused */
    size_t cap_bad_rows;
    arci_import_later *later;
    uint32_t n_later, cap_later;
    arci_import_member *members;
    uint32_t n_members, cap_members;
    arci_import_cause *causes; /* by group when they are told */
    uint32_t n_causes, cap_causes;
    const arci_import_cause *because; /* of the fault about to be reported; NULL: the row itself */
    arc_error cause;   /* the first fault of the row at hand */
    int64_t taken;     /* rows that are written, or would be */
    int64_t alone;     /* receipts of one row among them */
    uint8_t again;     /* the file is read once more, for rules about the amounts of receipts */
    arci_import_chunk *chunk;
    arci_map totals, counts; /* currency and entity to sum and number */
    arci_import_more more[ARCI_N_MORE];
    arci_prints more_prints, item_numbers;
    arc_name_index *duplicates; /* of the book's customers; NULL: not made yet */
    arci_str text;   /* a template's result */
    uint8_t book_has_invoices, book_has_receipts;
    uint8_t faulted; /* the row at hand has a fault */
    uint8_t warning; /* what is reported next does not make it bad */
    const arci_rules *rules[ARCI_N_TARGETS]; /* of the book, in the pass under way; NULL: none */
    arci_arena row_arena; /* of one row's judging */
    arci_prints unique;   /* what rules compare, by rule */
} arci_import;

/* arc_import_csv(), telling the records of the first pass. */
arc_status arci_import_run(arc_session *session, arc_import_summary *summary, const arc_source *source, const char *mapping, size_t mapping_length,
                           const arc_import_options *options, arci_import_seen_fn seen, void *user);

/* The row at hand, judged. */
typedef struct arci_import_row {
    const arci_csv_row *csv;
    int64_t number; /* data row, 1-based */
    uint32_t customer; /* index */
    uint32_t group;    /* UINT32_MAX: none */
    uint8_t has_invoice, has_receipt; /* the records are filled; that of a group in its first row */
    uint8_t new_group;                /* it is the first one of its group */
    uint8_t has_more[ARCI_N_MORE];    /* and those of more */
    uint32_t known_more;              /* that are in the book or the file */
    arc_record *invoice, *receipt, *more[ARCI_N_MORE];
} arci_import_row;

/* Everything that is kept of rows. */
void arci_import_keep_init(arci_import *im, arc_context *ctx);
void arci_import_keep_clear(arci_import *im);
arci_import_group *arci_import_group_at(const arci_import *im, uint32_t group);
arc_status arci_import_find_group(arci_import *im, uint32_t *group, const void *key, size_t n); /* or begins it */
arc_status arci_import_mark_bad(arci_import *im, int64_t row);
int arci_import_is_bad(const arci_import *im, int64_t row);

/* Turns the row into records and judges it; faults are reported. invoice and receipt are records to fill. ARC_E_CANCELLED and errors that
 * end the import are returned; a bad row is not an error: im->faulted tells. */
arc_status arci_import_judge(arci_import *im, arci_import_row *row);
/* Fills a record of the customer of the row. 0 faults must be left. */
arc_status arci_import_fill_customer(arci_import *im, const arci_import_row *row, arc_record *handle);
/* Reports a fault of the row with the error just set; target and rule may be NULL. */
arc_status arci_import_fault(arci_import *im, const arci_csv_row *csv, int64_t number, const arci_entity *entity, const char *field,
                             const arci_mapping_rule *rule, arc_status status);
arci_record *arci_import_record(arci_import *im, arc_record *handle);

/* The book's rules (import_rules.c). begin: in the transaction of a pass. The others change or judge a record that has been filled; faults are
 * reported. */
arc_status arci_import_rules_begin(arci_import *im);
arc_status arci_import_normalise(arci_import *im, arci_target_kind target, arci_record *r);
arc_status arci_import_normalise_code(arci_import *im, const char **s, size_t *n); /* of a customer; lives until the next row */
arc_status arci_import_rules(arci_import *im, const arci_import_row *row, arci_target_kind target, arci_record *r);
int arci_import_asks_amount(const arci_import *im); /* a rule reads the amount of a receipt that is known at the end only */

/* Master data and receivables beside documents, and control totals (import_more.c). */
arc_status arci_import_more_make(arci_import *im, arci_import_row *row);
void arci_import_more_free(arci_import *im, arci_import_row *row);
arc_status arci_import_more_may(arci_import *im);
arc_status arci_import_judge_more(arci_import *im, arci_import_row *row);
arc_status arci_import_count_more(arci_import *im, const arci_import_row *row);
arc_status arci_import_put_more(arci_import *im, arci_import_row *row, int *full);
arc_status arci_import_flush_more(arci_import *im);
arc_status arci_import_total(arci_import *im, const arci_record *r, const char *field);
arc_status arci_import_total_groups(arci_import *im); /* receipts that are sums of invoices */
void arci_import_untotal(arci_import *im, const arci_import_group *g); /* the invoices of a group that is not taken */
arc_status arci_import_tell_totals(arci_import *im); /* behind the last row */

/* A new customer who could be one the book has: a warning (import_duplicates.c). */
arc_status arci_import_warn_duplicates(arci_import *im, const arci_import_row *row, arc_record *customer);
void arci_import_duplicates_clear(arci_import *im);
/* Spaces around a text, wide ones too; and numbers - codes, accounts, telephones - in letters and digits of half width, which `out` keeps. */
#define ARCI_IMPORT_NUMBER 300u
void arci_import_cut_spaces(const char **s, size_t *n);
void arci_import_half_width(const char *field, char out[ARCI_IMPORT_NUMBER], const char **s, size_t *n);
arc_status arci_import_ten_thousands(arc_money *m, const char *s, size_t n, const char *code, const arc_number_options *o); /* 万元 */

/* Rows that belong together (import_groups.c). group: finds the row's, or begins it; by its cells, so that a bad row has one too. */
arc_status arci_import_group_of(arci_import *im, arci_import_row *row);
/* A fault when the day is in a closed period. */
arc_status arci_import_judge_day(arci_import *im, const arci_import_row *row, const arci_target *t, const char *field, arc_date day);
arc_status arci_import_judge_receipt(arci_import *im, arci_import_row *row);
arc_status arci_import_spoil(arci_import *im, const arci_import_row *row); /* a bad row: its group is not taken */
arc_status arci_import_count_group(arci_import *im, const arci_import_row *row); /* a good row */
/* The end of the first pass: what the groups add up to; then each row that is not taken because of another one is reported, and the counts
 * become those of the rows that are taken. */
arc_status arci_import_judge_sums(arci_import *im);
arc_status arci_import_judge_amount(arci_import *im, arci_import_row *row); /* a row of the file read again */
arc_status arci_import_close_groups(arci_import *im);
int arci_import_reports(const arci_import *im); /* the caller hears of the next fault */
void arci_import_cell(const arci_csv_row *csv, uint32_t column, const char **s, size_t *n); /* without outer spaces */
const arci_mapping_rule *arci_import_rule_of(const arci_target *t, const char *field);
int arci_import_applies(const arci_import_row *row, const arci_target *t);
arc_status arci_import_judge_customer(arci_import *im, arci_import_row *row); /* finds row->customer */
/* Notes that a row that is taken names its customer. */
void arci_import_name_customer(arci_import *im, uint32_t customer);
/* Fills the record of one target; check: what the verb and the book ask of it, but the rules. */
arc_status arci_import_fill(arci_import *im, const arci_import_row *row, arci_target_kind target, arci_record *r, const char *const *required);
arc_status arci_import_not_taken(arci_import *im, const arci_import_row *row, arci_target_kind target, const arci_record *r);

/* Settles the invoices of one group with its credit notes, then by its receipt; in the first pass it only counts. */
arc_status arci_import_settle(arci_import *im, arci_import_later *l, uint32_t n);
/* Adds a good row to the chunk and writes it when it is full. */
arc_status arci_import_put(arci_import *im, arci_import_row *row);
arc_status arci_import_flush(arci_import *im);
/* Settles the groups that had to wait and writes the import_job row. */
arc_status arci_import_finish(arci_import *im, const char *mapping, size_t mapping_len);

#endif
