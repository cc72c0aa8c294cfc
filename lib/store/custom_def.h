/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions of custom fields on their way in: what defining and altering share. */
#ifndef ARCI_STORE_CUSTOM_DEF_H
#define ARCI_STORE_CUSTOM_DEF_H

#include "base/str.h"
#include "store/deed.h"

/* Texts are in the arena of the document, documents inside it in the strings. */
typedef struct arci_definition {
    arci_custom_def def;
    const arci_entity *entity;
    const char *entity_name, *kind;
    arci_str choices, formula;
    uint8_t has_position;
} arci_definition;

/* Takes one member of a definition. ARC_E_NOT_FOUND: there is no such member. */
arc_status arci_definition_member(arci_env *env, const arci_json *m, arci_definition *d);
arc_status arci_definition_fault(arci_env *env, const char *member, arc_status st, const char *en, const char *zh);
/* Puts the place of choices or formula before the pointer of a fault inside them; returns st. */
arc_status arci_definition_place(arci_env *env, arc_status st);
/* What a pending change keeps of any change of a field: its row and version, whose it is and its name. */
arc_status arci_custom_asked(arci_txn *t, int64_t id, const arci_entity *e, const char *name, arci_asked *out);
arc_value arci_definition_text(const char *s); /* NULL and "": no value */

#endif
