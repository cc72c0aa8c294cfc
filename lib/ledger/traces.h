/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that were made of a person's data: lines of proposals, firings, messages, tasks, answers. Nothing in them says where a name stands, so they are looked through for
 * the person's id and for what is known of him, and emptied as a whole where either is found, with what the trail keeps of them. */
#ifndef ARCI_LEDGER_TRACES_H
#define ARCI_LEDGER_TRACES_H

#include "store/repo.h"

typedef struct arci_trace_who {
    char pattern[2][40]; /* as JSON names him */
} arci_trace_who;

typedef struct arci_traces {
    arci_txn *t;
    arci_arena arena;
    const char **words;  /* as they stand inside of JSON strings */
    arci_trace_who *who;
    uint32_t n_words, cap_words, n_who, cap_who;
    int64_t customer;    /* whose rows words are looked for in; 0: in all, longer ones alone */
    int64_t *messages;   /* emptied already, since they name him as theirs */
    uint32_t n_messages, cap_messages;
    int64_t rows, values;
} arci_traces;

void arci_traces_init(arci_traces *x, arci_txn *t);
void arci_traces_clear(arci_traces *x);
/* Rows of it are looked at one by one: that they are of a customer does not say that they tell of a person. */
int arci_traces_hold(const char *entity, size_t n);
/* Somebody whose data goes; what is known of him: a personal value as it is stored. */
arc_status arci_traces_who(arci_traces *x, const char *entity, int64_t id);
arc_status arci_traces_word(arci_traces *x, const char *s, size_t n);
arc_status arci_traces_message(arci_traces *x, int64_t id);
/* Empties what is found; lines that were still to be applied become stale, messages still to be delivered leave the outbox. Counts rows and values. */
arc_status arci_traces_erase(arci_traces *x);

#endif
