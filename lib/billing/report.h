/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of what is told of one row as JSON: rights, one reading transaction, the text. */
#ifndef ARCI_BILLING_REPORT_H
#define ARCI_BILLING_REPORT_H

#include "base/str.h"
#include "store/repo.h"
#include "store/session.h"

/* A field the actor must be able to read: sums show what they are made of. */
typedef struct arci_report_field {
    const char *entity, *field;
} arci_report_field;

typedef arc_status (*arci_report_fn)(arci_txn *t, arci_arena *arena, arci_str *out, int64_t id);

/* The body of a public function of this kind; fields end with a NULL entity. */
arc_status arci_report(arc_session *session, char *buf, size_t *len, int64_t id, const arci_report_field *fields, arci_report_fn tell);

#endif
