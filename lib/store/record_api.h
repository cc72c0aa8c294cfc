/* SPDX-License-Identifier: Apache-2.0 */
/* Records as callers hold them: a handle of a session around an arci_record. Code in record_api.c, beside arcore/record.h's functions. */
#ifndef ARCI_STORE_RECORD_API_H
#define ARCI_STORE_RECORD_API_H

#include "model/record.h"
#include "store/session.h"

typedef struct arci_record_box {
    arci_owned owned; /* first: freed with its session */
    arci_session *session;
    arci_record *record;
    arc_error error;
    arci_env env; /* ctx and &error */
} arci_record_box;

/* An empty record of a session with the book's custom fields; errors go to env. ARC_E_UNSUPPORTED: a reserved entity. */
arc_status arci_record_box_new(arci_env *env, arci_session *s, const arci_entity *e, arc_record **handle, arci_record_box **out);
/* The record behind a handle handed to a call of session s. ARC_E_HANDLE; ARC_E_INVALID: a record of another book. Errors go to env. */
arc_status arci_record_box_in(arci_env *env, arci_session *s, arc_record *handle, arci_record_box **out);

/* A row as the actor may see it, appended as a JSON object. Uses the book's scratch memory. ARC_E_FORBIDDEN; ARC_E_NOT_FOUND: also one he may not see. */
arc_status arci_master_json(arci_txn *t, const arci_entity *e, int64_t id, arci_str *out);

/* arc_session_insert() and arc_session_update() inside another call, which leave the fields of the record set: it says what another system has.
 * Uses the book's scratch memory. */
arc_status arci_master_one(arci_session *s, int64_t *id, arc_record *record, int update);

#endif
