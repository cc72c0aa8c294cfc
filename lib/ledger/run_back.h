/* SPDX-License-Identifier: Apache-2.0 */
/* Runs that are taken back as a whole: provisions, revaluations. */
#ifndef ARCI_LEDGER_RUN_BACK_H
#define ARCI_LEDGER_RUN_BACK_H

#include "store/verb.h"

/* Takes run `id` of an entity back; *made: the run that does so. */
typedef arc_status (*arci_run_back_fn)(arci_txn *t, int64_t id, const char *reason, int64_t *made);
/* The call of one run: its arguments, its request key, as often as it takes. made may be NULL; stays as it is unless the answer is ARC_OK. */
arc_status arci_run_back(arc_session *session, uint32_t verb, const char *entity, int64_t *made, int64_t id, const char *reason, arci_run_back_fn back);

#endif
