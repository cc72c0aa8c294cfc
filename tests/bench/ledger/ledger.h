/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the ledger benchmark share. */
#ifndef BENCH_LEDGER_H
#define BENCH_LEDGER_H

#include "bench/storage/bench.h"

#define LINES 2
#define DOCUMENTS 500 /* a batch */

/* Invoices first.. of a book, each of two lines and one item; `customer` of all of them, 0: of each its own, -n: spread over n. Their ids, and those of their items, are
 * first + 1 ... where nothing else makes any. */
void ledger_issue(world *w, int64_t first, int count, int64_t customer);
/* A receipt for each of these invoices and its allocation, in one transaction: the open one, or one of their own. */
void ledger_pay(world *w, int64_t first, int count, int64_t customer);

void part_write(void);
void part_customer(void);
void part_ledger_aging(void);
void part_growth(void);

#endif
