/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of sqlkit share. */
#ifndef ARCI_BACKEND_SQLKIT_H
#define ARCI_BACKEND_SQLKIT_H

#include "arcore/sys/sqlkit.h"

const arc_table *arci_sqlkit_table(const arc_schema_desc *schema, uint16_t table); /* NULL: no such table */
int arci_sqlkit_cols_ok(const arc_table *t, const uint16_t *cols, uint32_t n);
void arci_sqlkit_start(arc_sql_stmt *stmt);
/* The texts to build into, or NULL where `what` does not ask for them. */
arc_sql_text *arci_sqlkit_key(arc_sql_stmt *stmt, uint32_t what);
arc_sql_text *arci_sqlkit_text(arc_sql_stmt *stmt, uint32_t what);
void arci_sqlkit_key_u32(arc_sql_text *key, uint32_t v);
void arci_sqlkit_key_cols(arc_sql_text *key, const uint16_t *cols, uint32_t n);
/* Appends a parameter; returns its number (from 1), or 0 when memory is out. */
uint32_t arci_sqlkit_bind(arc_sql_stmt *stmt, const arc_value *v, const arc_column *column);
arc_status arci_sqlkit_end(arc_sql_stmt *stmt); /* ARC_OK or ARC_E_NOMEM */

void arci_sqlkit_param(const arc_sql_dialect *d, arc_sql_text *out, const arc_column *column, uint32_t number);
void arci_sqlkit_read(const arc_sql_dialect *d, arc_sql_text *out, const arc_column *column);
void arci_sqlkit_select(const arc_sql_dialect *d, arc_sql_text *out, const arc_table *t, const uint16_t *cols,
                        uint32_t n);
/* `column op parameter` with two-valued meaning at a place where NULL counts as false. */
void arci_sqlkit_compare(const arc_sql_dialect *d, arc_sql_text *out, const arc_column *column, uint16_t op,
                         uint32_t number);
/* Appends conjunct `at` of n; parameters go to stmt. The conjunct must be one that arc_sqlkit_accepts(). */
void arci_sqlkit_cond(const arc_sql_dialect *d, arc_sql_stmt *stmt, uint32_t what, const arc_table *t,
                      const arc_cond *conds, uint32_t n, uint32_t at);
/* Whether the constants of an IN may go as one parameter (sqlkit_set.c), and the parameter. */
int arci_sqlkit_can_set(const arc_sql_dialect *d, const arc_column *c, const arc_cond_op *op);
uint32_t arci_sqlkit_bind_set(arc_sql_stmt *stmt, const arc_cond_op *op);
/* " WHERE " or " AND ", depending on *n, which is counted up. */
void arci_sqlkit_and(arc_sql_text *out, uint32_t *n);
/* Storage class of a column: two columns or a column and a constant compare only within one. */
int arci_sqlkit_class(const arc_column *column); /* ARC_V_* ; dates are a class of their own (16) */

#endif
