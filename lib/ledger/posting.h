/* SPDX-License-Identifier: Apache-2.0 */
/* What all posting verbs share: a batch whose elements are judged one by one, memory for its rows, and the accounts it moves. */
#ifndef ARCI_LEDGER_POSTING_H
#define ARCI_LEDGER_POSTING_H

#include "arcore/invoice.h"
#include "ledger/accounts.h"
#include "ledger/journal.h"
#include "ledger/links.h"
#include "ledger/rates.h"
#include "model/record.h"
#include "store/deed.h"
#include "store/valid.h"
#include "store/validate.h"
#include "store/verb.h"

#define ARCI_POSTING_MAX 100000u

typedef struct arci_posting {
    arci_session *session;
    arci_call *call;
    arci_txn *t;
    arci_arena arena;
    arci_accounts accounts;
    arci_journal journal; /* written behind the documents */
    arci_links links;     /* so is what they take of their parents */
    const arci_rules *rules; /* of the documents' entity; NULL: none */
    arc_error first;  /* of the first refused element */
    arc_error failed; /* judging an element failed: no refusal, the end of the call; ARC_OK: it did not */
    arc_status *results;
    int64_t *ids; /* may be NULL; never with a request key */
    uint32_t n, n_refused, flags;
    uint32_t n_waiting; /* good elements that were stored as pending changes */
    uint32_t n_held;    /* of those that a credit check holds; arci_posting_hold() */
    arc_error held;     /* of the first */
    uint8_t approved;   /* somebody else has approved it: authority was his to have */
    uint8_t trying;     /* it waits for approval: authority is asked of who approves */
} arci_posting;

/* Work on the elements: judges each, writes the good ones. An error returned undoes all; refusals go to arci_posting_refuse(). */
typedef arc_status (*arci_posting_fn)(arci_posting *p, const void *elements);

/* The frame of a batch verb: checks the arguments and whether the actor may, opens a scope, runs the work, writes the accounts, settles ARC_ALL_OR_NONE.
 * verb: ARCI_DO_*. how: 0, or
 *   ARCI_SCOPE_NO_UNDO  for callers that roll everything back when anything fails (an import): no undo point is kept;
 *   ARCI_POSTING_INSIDE for calls made inside another: the session has been entered;
 *   ARCI_POSTING_ONE    for functions of one element: its request key is the session's, not key#0.
 * Work must say what it was asked for: arci_posting_asked() or arci_posting_asked_records(). */
#define ARCI_POSTING_ONE 0x100u
#define ARCI_POSTING_INSIDE 0x200u
#define ARCI_POSTING_APPROVED 0x400u
arc_status arci_posting_run(arc_session *session, uint32_t verb, int64_t *ids, arc_status *results, const void *elements, size_t n, uint32_t flags,
                            uint32_t how, arci_posting_fn work);

/* What waits for approval where the book says so. Elements that wait are judged as if they were done, and kept: result ARC_NEEDS_APPROVAL, the id that of the pending change. */
typedef struct arci_posting_waits {
    uint32_t verb; /* ARCI_DO_* that approval rules name */
    int (*element)(arci_posting *p, const void *elements, uint32_t i); /* does it wait? NULL: all do */
    arc_status (*tell)(arci_posting *p, const void *elements, uint32_t i, arci_asked *out);
} arci_posting_waits;
/* waits may be NULL. */
arc_status arci_posting_run_waiting(arc_session *session, uint32_t verb, int64_t *ids, arc_status *results, const void *elements, size_t n, uint32_t flags, uint32_t how,
                                    arci_posting_fn work, const arci_posting_waits *waits);
/* One element inside the call that approves it. */
arc_status arci_posting_run_approved(arci_session *s, uint32_t verb, int64_t *id, const void *elements, arci_posting_fn work);

/* With a request key: element i asks for what was told since the last one (arci_call_arg_...). */
static inline void arci_posting_arg_end(arci_posting *p, uint32_t i) { arci_call_arg_end(p->call, i, NULL); }
/* Answers the elements that were done before: they are no longer good. ARC_DONE when none is left to do. */
arc_status arci_posting_asked(arci_posting *p);
/* Tells the contents of all records, then the same; then records[] become normalised copies where a rule of the book changes something. */
arc_status arci_posting_asked_records(arci_posting *p, arci_record **records);

/* The second half of that: rules of the book for records of an entity; the records become normalised copies where one changes something. */
arc_status arci_posting_rules(arci_posting *p, arci_record **records);
/* Copies an array of transparent structs into n full-size ones that have their defaults, whatever version of the header their caller was compiled
 * with. entity: for errors. ARC_E_INVALID with the row. */
arc_status arci_posting_structs(arci_posting *p, void *copies, size_t size, const void *elements, const char *entity);

/* Element i is refused with the error just set in the environment. */
void arci_posting_refuse(arci_posting *p, uint32_t i, arc_status status);
/* To be done: neither refused nor done before. */
static inline int arci_posting_good(const arci_posting *p, uint32_t i)
{
    return p->results[i] == ARC_OK && !(p->call->request && arci_call_done(p->call, i));
}
/* Element i is held, with the error just set: its result is ARC_NEEDS_APPROVAL, and what was written for the hold stays. */
void arci_posting_hold(arci_posting *p, uint32_t i, int64_t number);
/* The records behind the handles, all of one entity and session. ARC_E_INVALID, ARC_E_HANDLE with the row. */
arc_status arci_posting_records(arci_posting *p, arci_record ***out, arc_record *const *handles, uint32_t entity);
/* Refuses element i when one of the fields (public ids, ended by 0) is NULL or empty, a custom field that must have a value has none,
 * or one is set that callers do not set. 1 = it is good. */
int arci_posting_required(arci_posting *p, uint32_t i, arci_record *r, const uint32_t *fields);

/* Refuses element i when the day it posts on is in a closed period (ledger/period.h). 1 = it may be posted. */
int arci_posting_period(arci_posting *p, uint32_t i, arc_date day);

/* The same, and when the day has not come yet. */
int arci_posting_fact(arci_posting *p, uint32_t i, arc_date day, arc_date since, const char *entity, const char *field, int64_t id);

/* The same of a record that is only checked: tells the fault. */
arc_status arci_posting_validate_day(arci_validation *v, arc_date day);

/* Refuses good elements whose records set what the actor may not set or point at rows he may not use with this verb. */
arc_status arci_posting_access(arci_posting *p, arci_record **records);

/* Snapshots of the customers of the good elements: rows by element, NULL where the element has no customer; an element whose customer does
 * not exist is refused. */
enum { ARCI_CUSTOMER_OWNER, ARCI_CUSTOMER_TEAM, ARCI_CUSTOMER_REGION, ARCI_CUSTOMER_TERM, ARCI_CUSTOMER_STATUS, ARCI_CUSTOMER_MERGED_INTO, ARCI_CUSTOMER_COLUMNS };
arc_status arci_posting_customers(arci_posting *p, const arc_value ***rows, const int64_t *customers);

/* Refuses new documents that name a customer who was merged into another; records[i] that hang on documents of his go on. records NULL: none does. */
void arci_posting_merged(arci_posting *p, const arc_value *const *rows, const int64_t *customers, arci_record *const *records);

/* The documents written for the good elements. */
typedef struct arci_documents arci_documents;
struct arci_documents {
    arci_batch *batch; /* NULL: none */
    uint32_t *of;      /* element of a row of the batch */
    uint32_t n;        /* rows that were written */
    arci_record **records;
    const arc_value **customers; /* as above */
    const arci_booked *booked; /* by element, or NULL: goes into the columns base_currency, base_amount and fx_rate */
    /* Fills more of the row of element i, behind the verb's own filling; may be NULL. */
    void (*finish)(void *user, uint32_t i, arc_value *row, const arci_shape *shape);
    void *user;
    int64_t own;  /* of tried ones: the stored row that is seen anew; 0: none */
    uint8_t tried; /* judged as if they were written, and not written */
};

/* The same for one document; NULL values where there is no customer or none such. */
arc_status arci_posting_customer(arci_txn *t, arci_arena *arena, const arc_value *id, const arc_value **row);

/* What the good elements are booked at, by element: those that cannot be are refused. fields: public ids of currency, amount, date, base_currency, base_amount
 * and fx_rate of the records. */
arc_status arci_posting_booked(arci_posting *p, const arci_booked **out, arci_record **records, const uint32_t fields[6]);

/* Fills what the caller of the verb left open in the row of a record. customer may be NULL. */
typedef void (*arci_document_fn)(const arci_session *s, arc_value *row, const arci_shape *shape, const arci_record *r,
                                 const arc_value *customer);
/* Inserts the records of the good elements into `entity`, whose unique field is `number`; those taken, and those a rule refuses, are refused. */
arc_status arci_posting_documents(arci_posting *p, arci_documents *d, const char *entity, arci_document_fn fill);

#endif
