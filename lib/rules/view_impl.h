/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_RULES_VIEW_IMPL_H
#define ARCI_RULES_VIEW_IMPL_H

#include "rules/view.h"

typedef struct arci_view_ending {
    const char *text;
    uint8_t type, as;
} arci_view_ending;
extern const arci_view_ending arci_view_endings[]; /* ends with NULL */


#endif
