/* SPDX-License-Identifier: Apache-2.0 */
/* Whom actions ask for, read once for a batch of rows instead of row by row. Everywhere c NULL: each is read by itself. */
#ifndef ARCI_RULES_ACTION_PEOPLE_H
#define ARCI_RULES_ACTION_PEOPLE_H

#include "store/repo.h"

typedef struct arci_people_cache arci_people_cache;

enum { /* columns of a contact */
    ARCI_CONTACT_ID, ARCI_CONTACT_NAME, ARCI_CONTACT_ROLE, ARCI_CONTACT_MOBILE, ARCI_CONTACT_EMAIL, ARCI_CONTACT_WECHAT, ARCI_CONTACT_ADDRESS, ARCI_CONTACT_CC, ARCI_CONTACT_CONSENT,
    ARCI_CONTACT_LANGUAGE, ARCI_CONTACT_TO, ARCI_CONTACT_CUSTOMER, ARCI_CONTACT_N
};

arc_status arci_people_new(arci_txn *t, arci_people_cache **out);
void arci_people_free(arci_people_cache *c); /* NULL allowed */
/* A batch begins; then its customers, before anybody asks. */
void arci_people_batch(arci_people_cache *c);
arc_status arci_people_add(arci_people_cache *c, int64_t customer);

/* Rows live as long as the batch, or in the arena. ARC_E_NOT_FOUND. */
arc_status arci_people_customer(arci_people_cache *c, arci_txn *t, arci_arena *arena, int64_t customer, const arc_value **out); /* language preferred_channel address opt_out */
arc_status arci_people_contacts(arci_people_cache *c, arci_txn *t, arci_arena *arena, int64_t customer, const arc_value **out, uint32_t *n);
arc_status arci_people_contact(arci_people_cache *c, arci_txn *t, arci_arena *arena, int64_t id, const arc_value **out);
arc_status arci_people_user(arci_people_cache *c, arci_txn *t, arci_arena *arena, int64_t id, const arc_value **out); /* id code name email mobile language valid_from valid_to disabled */

#endif
