/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of notices; part of arc_book_verify(). */
#ifndef ARCI_DUNNING_CHECKS_H
#define ARCI_DUNNING_CHECKS_H

#include "store/verify.h"

extern const arci_check arci_dunning_checks[];
extern const uint32_t arci_n_dunning_checks;

#endif
