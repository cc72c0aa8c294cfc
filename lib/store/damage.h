/* SPDX-License-Identifier: Apache-2.0 */
/* Stored values that are not of their column's type: somebody else wrote them (ARC_V_DAMAGED). A read that meets one is ARC_E_CORRUPT and names the place; a
 * proof reads on, with something harmless in their stead. */
#ifndef ARCI_STORE_DAMAGE_H
#define ARCI_STORE_DAMAGE_H

#include "store/session.h"

/* On a transaction: its reads go on. found: told of each such value, which then is NULL; without, NULL where the column may be, else 0 or "". */
typedef struct arci_mend {
    arc_status (*found)(void *user, const arci_table *t, uint16_t col, int64_t id);
    void *user;
} arci_mend;

/* Values of a row in these columns of a table. Without a mend the first damaged one is the error: ARC_E_CORRUPT with entity, id, field; the transaction can
 * be used on. */
arc_status arci_damage_row(arci_txn *t, const arci_table *table, const uint16_t *cols, uint32_t n, arc_value *row);

#endif
