/* SPDX-License-Identifier: Apache-2.0 */
/* What the generator writes into names.c for the model itself: orders for searches by name, and the fingerprint. */
#ifndef ARCI_MODEL_NAMES_H
#define ARCI_MODEL_NAMES_H

#include <stdint.h>

extern const uint32_t arci_names_n_entities;
extern const uint16_t arci_names_entities[]; /* positions of the entities in order of their names */
extern const uint32_t arci_names_first[];    /* by entity position: where its fields begin in arci_names_fields; one more at the end */
extern const uint16_t arci_names_fields[];   /* positions of an entity's fields in order of their names */
extern const char arci_names_fingerprint[65];

#endif
