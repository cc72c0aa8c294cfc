/* SPDX-License-Identifier: Apache-2.0 */
/* A mapping read from its JSON document (docs/import.md): checked whole before any file is looked at. */
#ifndef ARCI_EXCHANGE_MAPPING_H
#define ARCI_EXCHANGE_MAPPING_H

#include "base/json.h"
#include "io/csv.h"
#include "model/custom.h"

typedef enum arci_source_kind { ARCI_FROM_COLUMN = 1, ARCI_FROM_VALUE, ARCI_FROM_TEMPLATE, ARCI_FROM_MATCH, ARCI_FROM_SUM } arci_source_kind;

typedef struct arci_mapping_rule arci_mapping_rule;
struct arci_mapping_rule {
    const arci_json *node;  /* for the place in errors */
    arci_source_kind kind;
    const char *text;       /* column name, constant, template */
    uint32_t len;
    uint32_t column;        /* index in the file once bound; of ARCI_FROM_COLUMN */
    const uint32_t *columns; /* of a template's {names}, in order, once bound; UINT32_MAX = {row} */
    uint32_t n_columns;
    arci_mapping_rule *empty;       /* NULL: an empty cell leaves the field empty */
    const arci_json *map;   /* NULL: no replacement */
    int32_t date;           /* ARC_DATE_* order */
    int32_t round;          /* ARC_ROUND_* */
    uint32_t number_flags;  /* ARC_NUMBER_* */
    char decimal;
    uint8_t minor, negate, wan; /* wan: the file has 10,000s (万元) */
    const char *currency; /* amounts of custom fields: the currency where the cell names none; NULL: the row's */
};

typedef struct arci_mapped_field {
    const arci_field *field;
    const arci_custom_field *custom; /* NULL for plain fields */
    arci_mapping_rule rule;
} arci_mapped_field;

typedef enum arci_target_kind { ARCI_TARGET_CUSTOMER, ARCI_TARGET_INVOICE, ARCI_TARGET_RECEIPT, ARCI_TARGET_CONTACT, ARCI_TARGET_ACCOUNT, ARCI_TARGET_TITLE, ARCI_TARGET_ITEM, ARCI_TARGET_LIMIT,
                               ARCI_N_TARGETS } arci_target_kind;

typedef struct arci_target {
    const arci_entity *entity; /* NULL: the mapping has no such target */
    const arci_json *node;
    arci_mapped_field *fields; /* currency fields first: amounts need them */
    uint32_t n_fields;
    /* when */
    const arci_json *when_in; /* array of texts, or NULL */
    const char *when_text;
    uint32_t when_column;
    uint8_t has_when, when_filled;
    /* receipts */
    const char **group_names;
    uint32_t *group_columns; /* once bound */
    uint32_t n_group;
    uint8_t alone; /* a row is a receipt with an amount of its own, and settles nothing */
} arci_target;

typedef struct arci_mapping {
    arci_arena *arena;
    const arci_custom *custom; /* of the book */
    arci_csv_options csv;
    uint32_t skip_lines;
    const char **footers; /* what the first cell of rows that only sum up begins with */
    uint32_t n_footers;
    const char **column_names; /* given in the mapping instead of a header line, or NULL */
    uint32_t n_column_names;
    int32_t date;
    uint32_t number_flags;
    char decimal;
    arci_target targets[ARCI_N_TARGETS];
} arci_mapping;

/* Everything lives in the arena. Errors carry a JSON Pointer. custom: the book's fields; NULL: none. */
arc_status arci_mapping_read(arci_env *env, arci_arena *arena, arci_mapping *m, const char *json, size_t len, const arci_custom *custom);
/* Finds the columns named in a header line. ARC_E_NOT_FOUND names the one that is missing, with the place in the mapping. */
arc_status arci_mapping_bind(arci_env *env, arci_mapping *m, const char *const *names, uint32_t n);
/* Date order and its name in mappings ("ymd"); -1 when unknown. */
int32_t arci_date_order_by_name(const char *name);
const char *arci_date_order_name(int32_t order);

#endif
