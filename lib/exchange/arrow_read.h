/* SPDX-License-Identifier: Apache-2.0 */
/* Reading columns of Arrow arrays made by others. */
#ifndef ARCI_EXCHANGE_ARROW_READ_H
#define ARCI_EXCHANGE_ARROW_READ_H

#include "arcore/arrow.h"
#include "base/env.h"

enum {
    ARCI_A_NULL = 1, /* every value NULL */
    ARCI_A_BOOL,
    ARCI_A_INT,     /* 8 to 64 bits */
    ARCI_A_DATE,    /* date32, date64: value is days */
    ARCI_A_STAMP,   /* value is microseconds */
    ARCI_A_DECIMAL, /* decimal128 */
    ARCI_A_TEXT,
    ARCI_A_BYTES
};

typedef struct arci_arrow_type {
    int kind;
    char code;     /* of the format */
    uint8_t width; /* bytes of a fixed-size value, or of an offset */
    uint8_t is_signed;
    int32_t scale; /* of decimals */
    int64_t multiply, divide; /* of stamps and date64: units to ours */
} arci_arrow_type;

/* 0: a type that is not read. */
int arci_arrow_type_read(arci_arrow_type *out, const char *format);

typedef struct arci_arrow_value {
    int is_null;
    int64_t i; /* numbers */
    const char *s;
    size_t len;
} arci_arrow_value;

/* Whether a column's buffers are there for rows 0 .. offset + length - 1 of it. */
int arci_arrow_column_ok(const arci_arrow_type *t, const struct ArrowArray *a, int64_t offset, int64_t length);
/* Value at a row, counted from the column's own start (its own offset is added). ARC_E_OVERFLOW: beyond 64 bits; ARC_E_PRECISION: not whole in
 * our unit; ARC_E_CORRUPT: offsets that run backwards. */
arc_status arci_arrow_value_at(const arci_arrow_type *t, const struct ArrowArray *a, int64_t row, arci_arrow_value *out);

#endif
