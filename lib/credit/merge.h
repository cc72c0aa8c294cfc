/* SPDX-License-Identifier: Apache-2.0 */
/* Merging customers: what waits for approval. */
#ifndef ARCI_CREDIT_MERGE_H
#define ARCI_CREDIT_MERGE_H

#include "store/deed.h"

extern const arci_deed arci_merge_deed, arci_unmerge_deed;

#endif
