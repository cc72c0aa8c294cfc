/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_RULES_FIRING_CHECK_H
#define ARCI_RULES_FIRING_CHECK_H

#include "store/verify.h"

/* What a mark says. Of dates a: the episode; of thresholds a: how often it was armed again; of changes a, b: transaction and event. */
typedef struct arci_mark {
    int64_t a, b;
} arci_mark;

/* Reads a mark as a step set off that way (ARCI_ON_*) makes it: 0 when it is none. episodes: its subject has them. */
int arci_mark_read(uint8_t on, int episodes, const char *s, size_t n, arci_mark *out);
/* The check "rules.firings". */
arc_status arci_prove_firings(arci_verify *v, arci_txn *t);

#endif
