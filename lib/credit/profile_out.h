/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of arc_customer_profile(): the answer as it grows. */
#ifndef ARCI_CREDIT_PROFILE_OUT_H
#define ARCI_CREDIT_PROFILE_OUT_H

#include "arcore/profile.h"
#include "base/json_out.h"
#include "credit/profile.h"
#include "credit/relation.h"
#include "store/session.h"

typedef struct arci_profile {
    arc_session *session;
    arci_session *s;
    arc_profile_options o;
    int64_t customer;
    arc_date last_paid; /* ARC_DATE_NONE: never */
    char day[16], until[32]; /* as_of; the first stamp behind it */
    cJSON *root, *hidden;
    arci_arena arena;
} arci_profile;

arc_status arci_profile_figures(arci_profile *p, const arci_standings *s, const arci_relation *r); /* profile_json.c */
arc_status arci_profile_rows(arci_profile *p);                                                                       /* profile_rows.c */
/* "27.00" */
int arci_jo_num(cJSON *parent, const char *key, const arci_num *n, int32_t scale);

#endif
