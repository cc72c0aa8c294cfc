/* SPDX-License-Identifier: Apache-2.0 */
/* How a store of sealed values is told from one of plain ones: by its application id, so that neither is taken for the other. */
#ifndef ARCI_BACKEND_SEALED_MARK_H
#define ARCI_BACKEND_SEALED_MARK_H

#include "arcore/status.h"

#define ARCI_SEALED_MARK UINT32_C(0x005ea1ed)

/* What to say of a store that has another application id than asked for; *text keeps what it is when it is simply somebody else's. */
static inline arc_status arci_sealed_foreign(int64_t found, uint32_t wanted, const char **text)
{
    if (found != (int64_t)(wanted ^ ARCI_SEALED_MARK)) return ARC_E_NOT_A_BOOK;
    *text = "the values of this store are sealed: open it as sealed: with its key";
    return ARC_E_KEY;
}

#endif
