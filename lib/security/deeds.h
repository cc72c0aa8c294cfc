/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs of this layer that may wait for approval; lib/api/pending.c hands them down. */
#ifndef ARCI_SECURITY_DEEDS_H
#define ARCI_SECURITY_DEEDS_H

#include "store/deed.h"

extern const arci_deed arci_grant_deed, arci_revoke_deed, arci_mode_deed, arci_role_define_deed, arci_role_revise_deed, arci_role_retire_deed;

#endif
