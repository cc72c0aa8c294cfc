/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/postgresql.h
 *  Books in a PostgreSQL database: the backend behind URIs "postgresql:". Link with libarcore_postgresql, which needs libpq.
 *
 *      arc_backend_register(context, arc_postgresql_backend());
 *      // postgresql://clerk@db.example:5432/erp?book=main
 *      // postgresql://%2Fvar%2Frun%2Fpostgresql/erp?schema=receivables&book=main
 *
 *  A location is what libpq calls a connection URI: //[user[:password]@][host][:port][/database], percent-encoded; a host that
 *  begins with a slash is the folder of a Unix socket. Options behind "?":
 *   - `schema`     the schema that holds the tables, default public; made with ARC_OPEN_CREATE when missing; [a-z_][a-z0-9_]*
 *   - `role`       with ARC_BOOK_CREATE or ARC_BOOK_UPGRADE: an existing role that is granted what a program needs and no more: no UPDATE or DELETE where rows are never
 *                  changed, no DDL; by who owns the tables. Programs then connect as a member of it, without this option
 *   - `busy`       milliseconds to wait for locks while tables are made or checked, default 5000
 *   - `deadline`   milliseconds a transaction may wait for the server in all, over all its statements (statement_timeout): then ARC_E_TIMEOUT, and it is undone; a
 *                  server that keeps silent a second longer counts as lost. `session`: each session's timeout_ms. Default 0: none
 *   - `durability` `full` (default): a server that runs with fsync, full_page_writes or synchronous_commit off is refused with
 *                  ARC_E_UNSUPPORTED (one whose pages have no checksums is warned of); `server`: what the server does is good enough
 *   - libpq's own: host port user password passfile sslmode sslcert sslkey sslrootcert sslcrl channel_binding connect_timeout
 *                  application_name target_session_attrs keepalives keepalives_idle tcp_user_timeout gssencmode
 *  Others are refused. The environment variables and files that libpq reads (PGHOST, ~/.pgpass ...) fill what is not given.
 *
 *  Needs PostgreSQL 13 or later and a database in UTF-8. A handle is a session: a pooler must not hand it out per transaction.
 *  The numbers of reserve() are drawn through a second connection, opened at first need. Several processes may write at once:
 *  a WRITE transaction is READ COMMITTED with row locks, a READ transaction is REPEATABLE READ READ ONLY. */
#ifndef ARCORE_POSTGRESQL_H
#define ARCORE_POSTGRESQL_H

#include "arcore/sys/backend.h"

ARC_BEGIN_DECLS

/** The backend for PostgreSQL, to be handed to arc_backend_register().
 *
 *  @return static, never NULL. Its threads are ARC_THREADS_HANDLES. Safe from any thread, needs no transaction.
 *  @since 0.1 */
ARC_API const arc_backend_ops *arc_postgresql_backend(void);

ARC_END_DECLS

#endif
