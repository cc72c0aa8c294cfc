/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of books through the storage contract: from any backend to any other. */
#ifndef ARCI_EXCHANGE_COPY_H
#define ARCI_EXCHANGE_COPY_H

#include "store/session.h"

/* Copies the book a READ transaction sees into an empty store that arci_book_connect() has made, in one transaction: rows with their ids,
 * versions and stamps, under a book number of the target's own and the code the target's URI names. */
arc_status arci_book_copy(arci_txn *from, arci_book *to, const arc_copy_options *o);
/* Copies a book row by row to a new store, whatever the backends; `dump` is told the canonical dump of what was copied, from the same snapshot. */
arc_status arci_backup_rows(arc_book *book, const char *target_uri, const arc_copy_options *options, arc_write_fn dump, void *user);
/* Removes what stands at a URI after a copy that failed; nothing is said about failures. */
void arci_book_remove(arci_env *env, const char *uri);

#endif
