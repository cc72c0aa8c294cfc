/* SPDX-License-Identifier: Apache-2.0 */
/* Validation rules on their way to rows: which are in force, kept for a book handle, and the tests that need other rows.
 *
 * Every path that writes records does the same three steps: normalise the record (before anything reads it), judge the row as it will be
 * stored, look at uniqueness for the whole run of rows. */
#ifndef ARCI_STORE_VALID_H
#define ARCI_STORE_VALID_H

#include "model/valid.h"
#include "store/repo.h"

/* The rules in force for one entity on the day of the transaction. */
typedef struct arci_rules {
    const arci_entity *entity;
    const arci_valid **docs;
    const int64_t *ids; /* of their definitions */
    uint32_t n, n_unique;
} arci_rules;

/* *out is NULL when there are none. Lives until the next definition is read or the book closed. ARC_E_CORRUPT: a published definition cannot
 * be read. */
arc_status arci_rules_get(arci_txn *t, const arci_entity *e, const arci_rules **out);
void arci_rules_forget(arci_book *b); /* read them again when they are asked for next */
void arci_rules_free(arci_book *b);

/* As arci_valid_normalise(), of all documents. rules may be NULL. */
arc_status arci_rules_normalise(arci_env *env, const arci_rules *rules, arci_record **r, int only_set);
arc_status arci_rules_normalise_text(arci_env *env, const arci_rules *rules, arci_arena *arena, const char *field, const char **s, size_t *n);

/* A rule that does not hold; the error has been set in env. A status other than ARC_OK ends the judging. */
typedef arc_status (*arci_verdict_fn)(void *user, arci_env *env, const arci_valid_rule *rule, const char *field);
/* Judges one row by all rules but uniqueness; set: an update, judged by the rules that read a field that was set in this record.
 * Without report the first error (not warning) is returned: ARC_E_RULE. */
arc_status arci_rules_judge(arci_env *env, const arci_rules *rules, const arci_valid_row *row, const arci_record *set, arci_verdict_fn report,
                            void *user);

typedef struct arci_unique_row {
    arci_valid_row row;
    const arci_record *set; /* an update, as above; NULL: a new row */
    int64_t id;             /* its own, 0: a new row */
    uint8_t refused;        /* OUT, when there is no report: ARC_E_RULE; arci_rules_unique_fail() tells by what */
    const arci_valid *doc;
    const arci_valid_rule *rule;
} arci_unique_row;
/* Compares rows with those in the book and with each other. Rows that differ from no earlier one of the run: with `until` the run ends before
 * the first of these (*until, else n) and it is looked at no further, since the earlier may yet be refused; without, the later row is refused.
 * report: told of every rule broken, warnings too (n is 1 then). */
arc_status arci_rules_unique(arci_txn *t, const arci_rules *rules, arci_unique_row *rows, uint32_t n, uint32_t *until, arci_verdict_fn report,
                             void *user);
/* Adds the values a UNIQUE rule compares to a key. 0 when one is missing: such a row is like no other. */
int arci_valid_key(arci_str *key, const arci_valid *v, const arci_valid_rule *r, const arci_valid_row *row);
arc_status arci_rules_unique_fail(arci_env *env, const arci_unique_row *row);

/* ---- the book's epoch: raised by whatever other handles must read again ---- */

arc_status arci_book_epoch_ask(arci_txn *t); /* ahead, where the store is a trip away: goes out with the next question */
static inline void arci_book_epoch_old(arci_txn *t) /* what was read, or asked for, may be old */
{
    arci_scan_end(t->epoch_scan);
    t->epoch_scan = NULL;
    t->epoch = 0;
}
/* Read once a transaction. A call that can be done again takes it to be what it was when last seen, without waiting for the answer; _prove() compares, at
 * the latest before the commit. Where that was wrong it is ARC_E_CONFLICT, and the call is done again (store/verb.h). */
arc_status arci_book_epoch(arci_txn *t, int64_t *epoch);
arc_status arci_book_epoch_prove(arci_txn *t);
/* Where nothing is known yet of what hangs on the epoch: all of it is read, in one trip. */
void arci_book_warm(arci_txn *t);
arc_status arci_approvals_load(arci_txn *t);
arc_status arci_book_epoch_raise(arci_txn *t);
/* Today for rules and definitions: the session's business date, else the civil day of now. */
arc_status arci_txn_today(arci_txn *t, arc_date *day);

#endif
