/* SPDX-License-Identifier: Apache-2.0 */
/* Proving a book: checks of every layer run in one snapshot. A layer lists its checks in an array; lib/api puts the lists together. */
#ifndef ARCI_STORE_VERIFY_H
#define ARCI_STORE_VERIFY_H

#include "store/repo.h"

typedef struct arci_verify arci_verify; /* a run */

typedef struct arci_check {
    const char *name; /* "layer.topic" */
    /* Reads through t (READ) and reports; never writes. Returns ARC_OK also with findings. */
    arc_status (*run)(arci_verify *v, arci_txn *t);
} arci_check;

extern const arci_check arci_store_checks[];
extern const uint32_t arci_n_store_checks;
extern const arci_check arci_audit_checks[]; /* the chain, then the rows it tells of */
extern const uint32_t arci_n_audit_checks;

/* What the checks of the audit are asked and what they answer; zeroes do for arc_book_verify(). */
typedef struct arci_audit {
    int64_t anchor_seq;     /* 0: none */
    const char *anchor_hash; /* 64 digits */
    int64_t seals, events, unsealed, unanchored, unproven;
    char head[65];
} arci_audit;
arci_audit *arci_verify_audit(arci_verify *v); /* never NULL */

/* Reports a finding. ARC_E_CANCELLED when the run shall stop: the check returns it. Formats as arci_fail(). */
#if defined(__GNUC__)
__attribute__((format(printf, 5, 7), format(printf, 6, 7)))
#endif
arc_status arci_finding(arci_verify *v, const char *entity, const char *field, int64_t id, const char *en, const char *zh, ...);
/* Counts rows read, reports progress; ARC_E_CANCELLED as above. */
arc_status arci_verify_rows(arci_verify *v, uint32_t n);

typedef struct arci_check_list {
    const arci_check *checks;
    uint32_t n;
} arci_check_list;
/* The body of arc_book_verify(); the book has been entered. Runs "store.integrity" (the backend's own check), then the lists. */
arc_status arci_verify_run(arci_book *b, arc_verify_summary *summary, arc_finding_fn report, void *user,
                           const arc_verify_options *options, const arci_check_list *lists, uint32_t n_lists);
/* The same for some checks alone, in a transaction that is open. audit may be NULL. */
arc_status arci_verify_in(arci_txn *t, arc_verify_summary *summary, arc_finding_fn report, void *user, const arc_verify_options *options,
                          const arci_check *checks, uint32_t n, arci_audit *audit);

#endif
