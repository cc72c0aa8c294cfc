/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the repository. */
#ifndef ARCI_STORE_REPO_IMPL_H
#define ARCI_STORE_REPO_IMPL_H

#include "store/repo.h"


/* reference.c: foreign keys where the backend does not look at them. */
typedef arc_status (*arci_write_fn)(arci_txn *t, arci_batch *const *batches, uint32_t n);
/* Writes batches one after another, each without the rows whose references point at nothing: these get ARC_ROW_REFERENCE. */
arc_status arci_write_referenced(arci_txn *t, arci_batch *const *batches, uint32_t n, arci_write_fn write);
/* Name of the first field of a row whose reference points at nothing; NULL when none is found. */
const char *arci_reference_fault(arci_txn *t, const arci_batch *b, uint32_t row);

#endif
