/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of verbs that take steps (arcore/ledger_step.h): one row an element, judged one by one, read and written in batches; some wait for approval where the book says so.
 *
 *     static arc_status work(arci_ledger_steps *s)   reads with arci_ledger_rows(), refuses with arci_posting_refuse(), writes what is good
 *     const arci_ledger_verb arci_..._verb = { ARCI_DO_..., 0, "receipt", 1, work, NULL };
 *     return arci_ledger_one(session, &arci_..._verb, id, &step);
 */
#ifndef ARCI_LEDGER_STEP_H
#define ARCI_LEDGER_STEP_H

#include "arcore/ledger_step.h"
#include "ledger/posting.h"
#include "store/deed.h"

typedef struct arci_ledger_verb arci_ledger_verb;

typedef struct arci_ledger_steps {
    arci_posting *p;
    arc_ledger_step *list; /* dates are filled */
    const arci_ledger_verb *verb;
    struct arci_step_place *places; /* of the elements, by row */
} arci_ledger_steps;

struct arci_ledger_verb {
    uint32_t verb;      /* ARCI_DO_*: the right to it */
    uint32_t waits_as;  /* ARCI_DO_* that approval rules name; 0: it never waits */
    const char *entity; /* of arc_ledger_step.row, for errors */
    int reasoned;       /* a reason is required */
    arc_status (*work)(arci_ledger_steps *s);
    arc_status (*tell)(arci_ledger_steps *s, uint32_t i, arci_asked *out); /* of one that waits: what is kept beside the step itself */
    /* May who approves it? Of one that waits; NULL: nothing is asked. */
    arc_status (*fits)(arci_txn *t, arci_arena *arena, const arc_ledger_step *step);
};

arc_status arci_ledger_many(arc_session *session, const arci_ledger_verb *verb, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);
/* Inside of another call; verbs that never wait. */
arc_status arci_ledger_inside(arc_session *session, const arci_ledger_verb *verb, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags);
/* id may be NULL; stays as it is unless the answer is ARC_OK. */
arc_status arci_ledger_one(arc_session *session, const arci_ledger_verb *verb, int64_t *id, const arc_ledger_step *step);
/* Inside the call that approves it: without asking for approval again. */
arc_status arci_ledger_approved(arci_session *s, const arci_ledger_verb *verb, int64_t *id, const arc_ledger_step *step);

/* Rows of an entity by element, and the rows its steps are about: those the actor may not use, that are not there, or that are named twice are refused. rows[i] NULL: not good. ids NULL: those of the steps. once: none
 * may be named twice. */
arc_status arci_ledger_rows(arci_ledger_steps *s, const arc_value ***rows, const char *entity, const char *fields, const int64_t *ids, int once);
/* Refuses the good elements whose rows of customers say, in column `at`, that they were merged into another. */
void arci_ledger_merged(arci_ledger_steps *s, const arc_value *const *customers, uint32_t at, const int64_t *ids);
/* The same without asking about rights: states, what was made. */
arc_status arci_ledger_beside(arci_ledger_steps *s, const arc_value ***rows, const char *entity, const char *fields, const int64_t *ids);
/* The good element about a row; UINT32_MAX: none. */
uint32_t arci_ledger_element(const arci_ledger_steps *s, int64_t row);
/* In arrays of ids: this element has none. */
#define ARCI_LEDGER_NONE INT64_MIN
/* Ids of the good elements, sorted, in the arena, without repeats; *n of them. */
arc_status arci_ledger_sorted(arci_ledger_steps *s, int64_t **out, uint32_t *n, const int64_t *ids);
/* Rows of an entity whose first field names one of these ids (NULL: those of the steps), a few hundred a question: told to `each` with the good
 * element about that id. */
typedef void (*arci_ledger_about_fn)(void *user, uint32_t i, const arc_value *row);
arc_status arci_ledger_about(arci_ledger_steps *s, const int64_t *ids, const char *entity, const char *fields, arci_ledger_about_fn each, void *user);
/* Refuses element i with the error just set, said of a field of the row; calls that cannot go on are told: 0. */
int arci_ledger_refuse(arci_ledger_steps *s, uint32_t i, arc_status st, const char *entity, const char *field, int64_t id);
static inline int arci_ledger_good(const arci_ledger_steps *s, uint32_t i) { return arci_posting_good(s->p, i); }

/* The deeds of verbs that wait. */
extern const arci_ledger_verb arci_extend_verb, arci_transfer_verb, arci_give_up_verb, arci_refund_verb;
extern const arci_deed arci_extend_deed, arci_transfer_deed, arci_refund_deed, arci_give_up_deed, arci_offset_deed;

#endif
