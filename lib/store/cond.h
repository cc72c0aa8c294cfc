/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions: making them, checking them against a table, testing rows with them. Two-valued, see arcore/sys/backend.h law 7. */
#ifndef ARCI_STORE_COND_H
#define ARCI_STORE_COND_H

#include "store/store.h"

#define ARCI_WHERE_MAX 16

/* A few conjuncts on the stack. Texts and arrays are borrowed. */
typedef struct arci_where {
    arc_cond_op ops[ARCI_WHERE_MAX];
    arc_value values[ARCI_WHERE_MAX];
    arc_cond conds[ARCI_WHERE_MAX];
    uint32_t n;
    uint8_t failed; /* more than ARCI_WHERE_MAX, or a column that does not exist: the scan answers ARC_E_INTERNAL */
} arci_where;

void arci_where_init(arci_where *w);
void arci_where_int(arci_where *w, uint16_t col, uint16_t op, int64_t v);
void arci_where_text(arci_where *w, uint16_t col, uint16_t op, const char *s, size_t n);
void arci_where_null(arci_where *w, uint16_t col);
void arci_where_in(arci_where *w, uint16_t col, const arc_value *v, uint32_t n); /* none NULL; borrowed until the scan ends */
void arci_where_col(arci_where *w, uint16_t col, uint16_t op, uint16_t col2);

/* Column of a field by name; ARC_NO_COL when there is none. */
uint16_t arci_col(const arci_entity *e, const char *name);

static inline arc_value arci_v_int(int64_t i)
{
    arc_value v = { ARC_V_INT, { 0, 0, 0 }, 0, { 0 } };
    v.u.i = i;
    return v;
}
static inline arc_value arci_v_null(void)
{
    arc_value v = { ARC_V_NULL, { 0, 0, 0 }, 0, { 0 } };
    return v;
}
static inline arc_value arci_v_text(const char *s, size_t n)
{
    arc_value v = { ARC_V_TEXT, { 0, 0, 0 }, (uint32_t)n, { 0 } };
    v.u.s = s;
    return v;
}

/* ARC_V_* of the values of a column of type ARC_T_*. */
uint8_t arci_column_value_type(uint16_t type);
/* Order of two values as stores sort: NULL first, integers by value, text and bytes by bytes. */
int arci_value_compare(const arc_value *a, const arc_value *b);
int arci_value_equal(const arc_value *a, const arc_value *b);

/* Whether a program is well formed for a table: operators, columns, types of constants, one result. ARC_E_INVALID. */
arc_status arci_cond_check(arci_env *env, const arci_table *t, const arc_cond *c);
/* Tests a row; place[col] says where column col stands in it. The program has been checked. stack holds at least c->n_ops. */
int arci_cond_test(const arc_cond *c, const arc_value *row, const uint16_t *place, uint8_t *stack);
/* arc_cond_op.reserved of an IN whose integers ascend: for tests here only, no backend sees it. */
#define ARCI_COND_SORTED 1
/* Marks the columns a program reads. */
void arci_cond_columns(const arc_cond *c, uint8_t *used);

#endif
