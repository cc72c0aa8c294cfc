/* SPDX-License-Identifier: Apache-2.0 */
/* Between making and verifying the tables. */
#ifndef ARCI_BACKEND_POSTGRESQL_SCHEMA_H
#define ARCI_BACKEND_POSTGRESQL_SCHEMA_H

#include "backend/postgresql.h"

/* Appends the oid of our schema as an expression. */
void arci_pg_namespace(arc_sql_text *out, const arci_pg *be);
/* SHA-256 of the statements that make tables, keys, indexes and triggers of a version. */
arc_status arci_pg_fingerprint(arci_pg *be, uint32_t version, char out[65]);

#endif
