/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs on a book as fault tests need them: short, and each a transaction of its own when none is open. */
#ifndef TESTS_WORK_BOOK_H
#define TESTS_WORK_BOOK_H

#include "arcore/arcore.h"
#include "support/work.h"

#define BOOK_DAY 20454 /* 2026-01-01 */

arc_status book_session(arc_book *b, arc_session **out);
arc_status book_customers(arc_session *s, int64_t first, int n); /* codes C0001 ... from `first` on */
arc_status book_invoice(arc_session *s, int64_t *id, const char *number, int64_t customer, int64_t amount);
arc_status book_bulk(arc_session *s, const char *prefix, int64_t customer, uint32_t n); /* at most 64 invoices */
arc_status book_receipt(arc_session *s, int64_t *id, const char *number, int64_t customer, int64_t amount);
arc_status book_allocate(arc_session *s, int64_t *id, int64_t receipt, int64_t item, int64_t amount);

arc_status book_digest(arc_book *b, work_digest *out);
/* Recomputes every sum of a SQLite book by SQL of its own; returns how much is wrong, with the last one in `finding`. */
int64_t book_prove(const char *path, const char *vfs, char *finding, size_t size);

#endif
