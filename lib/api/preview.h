/* SPDX-License-Identifier: Apache-2.0 */
/* Previews of definitions: one function a kind, put together in definition_preview.c. */
#ifndef ARCI_API_PREVIEW_H
#define ARCI_API_PREVIEW_H

#include "base/json.h"
#include "base/json_text.h"
#include "store/definition.h"

typedef struct arci_preview {
    arc_session *session;
    arci_session *s;
    arci_txn *t; /* NULL for kinds that are asked outside of a transaction */
    arci_env *env;
    arci_arena *arena;
    const char *kind, *json; /* a document that has been checked */
    size_t len;
    const arci_json *sample; /* NULL: none */
    arc_preview_options o;   /* max is there; as_of is, where t is */
    arci_str *out;           /* an object that has been begun */
} arci_preview;

typedef arc_status (*arci_preview_fn)(arci_preview *p);
arc_status arci_preview_validation(arci_preview *p);
arc_status arci_preview_term(arci_preview *p);
arc_status arci_preview_tolerance(arci_preview *p);
arc_status arci_preview_credit_policy(arci_preview *p); /* preview_credit.c */
arc_status arci_preview_account_map(arci_preview *p);
arc_status arci_preview_approval(arci_preview *p);
arc_status arci_preview_source(arci_preview *p);
arc_status arci_preview_template(arci_preview *p);

/* A text member of an object of the sample; otherwise NULL. ARC_E_VALUE: it is something else. */
arc_status arci_preview_text(arci_preview *p, const arci_json *object, const char *key, const char *otherwise, const char **out);
void arci_preview_amount(arci_str *b, const char *key, const char *currency, int64_t minor);
void arci_preview_date(arci_str *b, const char *key, arc_date day); /* null: none */
void arci_preview_begin(arci_str *b, char open); /* an element of a list, with its comma */

#endif
