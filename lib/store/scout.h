/* SPDX-License-Identifier: Apache-2.0 */
/* Readers whose questions follow one from another: where the store is a trip away they are run ahead, to learn what they ask.
 *
 * Such a run answers from what has come and takes what has not for nothing; what it asks goes out together, and it is run again with the answers, until it asks nothing new.
 * So a reader waits as often as its questions build on one another, not as often as it asks. A reader changes nothing but what it starts afresh at its beginning: it may be run
 * several times, and be told that nothing is there. */
#ifndef ARCI_STORE_SCOUT_H
#define ARCI_STORE_SCOUT_H

#include "store/scan.h"

#define ARCI_ASK 1u   /* arci_txn.asking: between arci_repo_asking() and arci_repo_asked() */
#define ARCI_SCOUT 2u /* a reader is run ahead */

/* read(user); its status. Elsewhere it is run once. */
arc_status arci_scout(arci_txn *t, arc_status (*read)(void *user), void *user);

/* What is kept beyond the call is never read in a run ahead: before, with what was returned given back after it. */
static inline uint8_t arci_scout_pause(arci_txn *t)
{
    const uint8_t asking = t->asking;
    if (asking == ARCI_SCOUT) t->asking = 0;
    return asking;
}
static inline void arci_scout_resume(arci_txn *t, uint8_t asking)
{
    if (asking == ARCI_SCOUT) t->asking = asking;
}

/* ---- for scans ---- */

typedef struct arci_answer arci_answer;
/* What a question was answered ahead; *given NULL: it is asked as ever. In a run ahead questions are asked here, and *given is what is known of the answer, perhaps nothing. */
arc_status arci_answer_find(arci_txn *t, const arci_scan_spec *spec, const arci_answer **given);
arc_status arci_answer_group(arci_txn *t, const arci_aggregate_spec *spec, const arci_answer **given);
void arci_answer_block(const arci_answer *a, arc_block *block);
void arci_answers_forget(arci_txn *t, const arci_table *table); /* NULL: of all tables */

/* Questions as such: whether two are the same, and one whole in the transaction's memory. */
int arci_spec_same(const arci_scan_spec *a, const arci_scan_spec *b);
arc_status arci_spec_copy(arci_txn *t, arci_scan_spec *to, const arci_scan_spec *from);

#endif
