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
    cJSON *root, *hidden, *stands;
    int then; /* the day asked has passed: rows are as they stood on it */
    arci_arena arena;
} arci_profile;

arc_status arci_profile_figures(arci_profile *p, const arci_standings *s, const arci_relation *r); /* profile_json.c */
arc_status arci_profile_rows(arci_profile *p);                                                                       /* profile_rows.c */
/* Makes the row what it was at the end of the day. *there 0: it was not; *as_it_stands 1: nobody can say, or not all of it. */
arc_status arci_profile_then(arci_profile *p, uint32_t entity, arc_record *r, int *there, int *as_it_stands); /* profile_then.c */
/* "27.00" */
int arci_jo_num(cJSON *parent, const char *key, const arci_num *n, int32_t scale);

#endif
