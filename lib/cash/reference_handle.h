/* SPDX-License-Identifier: Apache-2.0 */
/* An index of references behind its handle. */
#ifndef ARCI_CASH_REFERENCE_HANDLE_H
#define ARCI_CASH_REFERENCE_HANDLE_H

#include "cash/reference.h"

typedef struct arci_references {
    arc_context *ctx;
    arc_error error;
    arci_ref_index *index;
    arci_ref_text text;
    arc_reference_hit *hits;
} arci_references;

arc_status arci_references_new(arci_env *env, arc_reference_index **out);
arc_status arci_references_get(arc_reference_index *index, arci_references **out, arci_env *env); /* env: the index's own error slot */

#endif
