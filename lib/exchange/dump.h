/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_EXCHANGE_DUMP_H
#define ARCI_EXCHANGE_DUMP_H

#include "store/session.h"

/* The body of arc_book_dump(). */
arc_status arci_dump(arci_txn *t, arc_write_fn write, void *user, const arc_copy_options *o);
/* Runs work in a READ transaction of the book itself; errors end in the book's slot. ARC_E_TXN: one is open. */
arc_status arci_read_book(arci_book *b, arc_status (*work)(arci_txn *t, void *user), void *user);

#endif
