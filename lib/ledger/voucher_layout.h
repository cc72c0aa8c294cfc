/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts of vouchers as CSV: which columns, as data. */
#ifndef ARCI_LEDGER_VOUCHER_LAYOUT_H
#define ARCI_LEDGER_VOUCHER_LAYOUT_H

#include "arcore/date.h"
#include "base/json.h"
#include "base/str.h"

typedef struct arci_layout_column {
    const char *header, *text; /* text: the same in every row; NULL: value */
    int value;                 /* ARCI_COL_* */
} arci_layout_column;

/* X(name in a layout) */
#define ARCI_LAYOUT_VALUES(X) \
    X(DATE, "date") X(YEAR, "year") X(MONTH, "month") X(LEDGER, "ledger") X(PERIOD, "period") X(NUMBER, "number") X(LINE, "line") X(ENTRY, "entry") \
    X(SUMMARY, "summary") X(ACCOUNT, "account") X(NAME, "account_name") X(ROLE, "role") X(CURRENCY, "currency") X(CURRENCY_NAME, "currency_name") X(AMOUNT, "amount") \
    X(FOREIGN, "foreign_amount") X(RATE, "rate") X(DEBIT, "debit") X(CREDIT, "credit") X(SIDE, "side") X(CUSTOMER, "customer") X(DEPARTMENT, "department") \
    X(PERSON, "person") X(PROJECT, "project") X(BUSINESS_LINE, "business_line") X(AUXILIARIES, "auxiliaries") X(DOCUMENT, "document") X(ORIGINAL, "original_date")
enum {
#define ARCI_LAYOUT_ENUM(constant, name) ARCI_COL_##constant,
    ARCI_LAYOUT_VALUES(ARCI_LAYOUT_ENUM)
#undef ARCI_LAYOUT_ENUM
    ARCI_COL_N
};

typedef struct arci_layout {
    const char *first_line; /* NULL: none */
    const char *separator;  /* one byte */
    uint8_t header, bom, crlf;
    const arci_json *currencies, *currency_names; /* objects of texts by ISO 4217 code; NULL: none */
    arci_layout_column *columns;
    uint32_t n;
} arci_layout;

/* A layout shipped, or a JSON document; in the arena. ARC_E_NOT_FOUND; faults with a pointer. */
arc_status arci_layout_get(arci_env *env, arci_arena *arena, const char *layout, arci_layout *out);

typedef struct arci_voucher_row {
    const char *ledger, *period, *home; /* home: base currency */
    size_t n_ledger, n_period;
    int64_t number;
    arc_date date;
    const arci_json *line;
    int zh;
} arci_voucher_row;
/* The first bytes of a file, and one row. */
void arci_layout_begin(const arci_layout *l, arci_str *b);
arc_status arci_layout_row(arci_env *env, const arci_layout *l, arci_str *b, const arci_voucher_row *row);

#endif
