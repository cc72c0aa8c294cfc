/* SPDX-License-Identifier: Apache-2.0 */
/* The columns a cursor's rows go out with: its own, and behind them the currencies its amounts need that were not asked for, so that
 * what goes out can be understood by itself. */
#ifndef ARCI_EXCHANGE_COLUMNS_H
#define ARCI_EXCHANGE_COLUMNS_H

#include "store/query.h"

typedef struct arci_out_column {
    const arci_field *field; /* NULL: a count */
    uint32_t type;           /* ARC_T_*; ARC_T_INT for counts and buckets */
    uint32_t scale;
    uint32_t place;          /* in a row */
    uint32_t currency;       /* money: number of the out column with its currency, or UINT32_MAX */
    char fixed_currency[4];  /* money of one currency only: that, else "" */
    uint32_t measure;        /* ARC_COUNT ... ARC_MAX or UINT32_MAX */
    char name[72];
} arci_out_column;

typedef struct arci_out_columns {
    arci_out_column *columns;
    uint32_t n;
} arci_out_columns;

/* Where errors of a query's own calls go; what the call before left is forgotten. ARC_E_HANDLE. */
arc_status arci_query_env(arc_query *query, arci_env *env);
/* Runs a query for what goes out: without a selection, custom fields are columns of their own. */
arc_status arci_query_run_out(arc_query *query, arc_cursor **cursor);
/* The columns of a cursor nobody has stepped yet; memory from the arena, error to env. */
arc_status arci_out_columns_make(arci_env *env, arci_arena *arena, arc_cursor *cursor, arci_out_columns *out);
/* Value of a column's currency in a row: from the row, or the fixed one; type NULL where there is none. */
arc_value arci_out_currency(const arci_out_columns *c, const arci_out_column *col, const arc_value *row);
/* Label in a language ("en", "zh"): that of the field with the measure before it. Cut to fit. */
void arci_out_label(const arci_out_column *col, const char *language, char *buf, size_t cap);

#endif
