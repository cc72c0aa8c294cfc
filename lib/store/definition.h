/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions: rules, mappings, templates ... as versioned JSON documents. A draft may be anything that is JSON; publishing asks the kind's
 * own check and freezes it. Which kinds there are and who checks them is put together in lib/api/definition.c. */
#ifndef ARCI_STORE_DEFINITION_H
#define ARCI_STORE_DEFINITION_H

#include "arcore/definition.h"
#include "model/valid.h"
#include "store/repo.h"

/* Whether a document may be published. Faults go to the sink, which may refuse to go on (ARC_E_CANCELLED); the return is ARC_OK, the first
 * fault's status, or an error that has nothing to do with the document. */
typedef arc_status (*arci_definition_check_fn)(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink);

typedef struct arci_definition_kind {
    const char *kind; /* of the code list definition_kind */
    arci_definition_check_fn check;
    const char *schema; /* JSON Schema of a document, static; NULL: none yet */
} arci_definition_kind;

typedef struct arci_definition_kinds {
    const arci_definition_kind *kinds;
    size_t n;
} arci_definition_kinds;
extern const arci_definition_kinds arci_all_kinds; /* lib/api/definition.c; for lib/api alone */

arc_status arci_definition_check(arci_session *s, const arci_definition_kinds *kinds, const char *kind, const char *json, size_t len, arc_fault_fn report, void *user);
arc_status arci_definition_publish(arci_session *s, const arci_definition_kinds *kinds, int64_t id, arc_fault_fn report, void *user);

/* The check of kind "validation". */
arc_status arci_validation_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink);

/* All published definitions of a kind, by code and revision; values in the arena. */
enum { ARCI_DEF_ID, ARCI_DEF_CODE, ARCI_DEF_REVISION, ARCI_DEF_STATUS, ARCI_DEF_DOCUMENT, ARCI_DEF_FROM, ARCI_DEF_TO };
arc_status arci_definitions_published(arci_txn *t, const char *kind, arci_arena *arena, arci_rows *rows);
void arci_published_free(arci_book *b);
arc_status arci_definitions_ask(arci_txn *t, const char *kind); /* the same, ahead */
/* Id and document of the revision of a code in force on a day, in the arena. ARC_DATE_NONE: today. ARC_E_NOT_FOUND. */
arc_status arci_definition_in_force(arci_txn *t, arci_arena *arena, const char *kind, const char *code, arc_date on, int64_t *id, const char **json, size_t *len);

#endif
