/* SPDX-License-Identifier: Apache-2.0 */
/* Custom fields as columns: a table with the columns of the entity's custom fields behind its own, so that a query, a scan and a cursor
 * name both alike. No backend ever hears of such a column: a scan reads the custom column instead and takes the values out of it.
 *
 * Columns follow the numbers of the fields, which only grow, so a column keeps its number when the book gets more fields. The currency
 * of an amount is the column behind it; its field is named "x_fee.currency". */
#ifndef ARCI_STORE_OVERLAY_H
#define ARCI_STORE_OVERLAY_H

#include "model/record.h"
#include "store/store.h"

#define ARCI_CURRENCY_PART 0x4000u /* in a field's number: the currency of a custom amount */

typedef struct arci_virtual {
    const arci_custom_field *field;
    uint8_t currency; /* 1: the currency of its amount */
} arci_virtual;

typedef struct arci_overlay {
    arci_table table; /* columns of base, then the virtual ones */
    const arci_table *base;
    arci_custom *custom; /* counted */
    arci_virtual *virt;  /* of column base->n_cols + i */
    uint32_t n_virt, uses;
    arc_table desc;
} arci_overlay;

/* One use counted. */
arc_status arci_overlay_new(arci_env *env, arci_overlay **out, const arci_table *base, arci_custom *custom);
void arci_overlay_keep(arci_overlay *o);
void arci_overlay_drop(arc_context *ctx, arci_overlay *o); /* NULL allowed */
/* Column of a field by number, with or without ARCI_CURRENCY_PART; ARC_NO_COL. */
uint16_t arci_overlay_col(const arci_overlay *o, uint32_t number);
static inline const arci_virtual *arci_overlay_virtual(const arci_overlay *o, uint16_t col)
{
    return col < o->base->n_cols ? NULL : &o->virt[col - o->base->n_cols];
}
/* Number of a field named "x_..." or "x_....currency"; 0: there is none. */
uint32_t arci_overlay_number(const arci_custom *custom, const arci_entity *e, const char *name, size_t len);

#endif
