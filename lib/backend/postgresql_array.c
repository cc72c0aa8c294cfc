/* SPDX-License-Identifier: Apache-2.0 */
/* Many rows in one statement: a column is an array, in PostgreSQL's binary form. */
#include <string.h>

#include "backend/postgresql.h"

enum { MOST_COLUMNS = 128 };

static void put32(arc_sql_text *out, uint32_t v)
{
    unsigned char b[4] = { (unsigned char)(v >> 24), (unsigned char)(v >> 16), (unsigned char)(v >> 8), (unsigned char)v };
    arc_sql_text_add(out, b, 4);
}

Oid arci_pg_array_type(Oid element)
{
    return element == 25 ? 1009 : element == 17 ? 1001 : element == 1082 ? 1182 : element == 1184 ? 1185 : 1016;
}

const char *arci_pg_type_name(Oid element)
{
    return element == 25 ? "text" : element == 17 ? "bytea" : element == 1082 ? "date" : element == 1184 ? "timestamptz" : "bigint";
}

/* Values of one column, `stride` apart. */
static arc_status put_array(arci_pg *be, const arc_column *c, const arc_value *v, size_t stride, uint32_t n)
{
    arc_sql_text *out = &be->arrays;
    put32(out, 1);
    put32(out, 1); /* NULLs may be in it */
    put32(out, (uint32_t)arci_pg_type(c));
    put32(out, n);
    put32(out, 1);
    for (uint32_t i = 0; i < n; i++, v += stride) {
        arc_status st = arci_pg_param(be, 0, v, c);
        if (st != ARC_OK) {
            return st;
        }
        if (!be->params.values[0]) {
            put32(out, UINT32_MAX);
            continue;
        }
        put32(out, (uint32_t)be->params.lengths[0]);
        arc_sql_text_add(out, be->params.values[0], (size_t)be->params.lengths[0]);
    }
    return out->failed ? ARC_E_NOMEM : out->len > INT32_MAX ? ARC_E_LIMIT : ARC_OK;
}

arc_status arci_pg_arrays(arci_pg *be, const arc_table *t, const uint16_t *cols, uint32_t n_cols, const arc_value *rows, uint32_t n_rows)
{
    size_t ends[MOST_COLUMNS + 1];
    static const arc_value none;
    arci_pg_params *p = &be->params;
    arc_status st = n_cols > MOST_COLUMNS ? ARC_E_LIMIT : arci_pg_params_room(be, n_cols);
    arc_sql_text_reset(&be->arrays);
    for (uint32_t k = 0; k < n_cols && st == ARC_OK; k++) {
        ends[k] = be->arrays.len;
        st = put_array(be, &t->cols[cols[k]], rows + k, n_cols, n_rows);
    }
    if (st != ARC_OK) {
        return st;
    }
    ends[n_cols] = be->arrays.len;
    for (uint32_t k = 0; k < n_cols; k++) {
        p->types[k] = arci_pg_array_type(arci_pg_type(&t->cols[cols[k]]));
        p->values[k] = be->arrays.s + ends[k];
        p->lengths[k] = (int)(ends[k + 1] - ends[k]);
        p->formats[k] = 1;
        p->shown[k] = none; /* an array is not among the values that a trace can show */
    }
    return ARC_OK;
}

int arci_pg_arrays_fit(uint32_t n_cols)
{
    return n_cols <= MOST_COLUMNS;
}
