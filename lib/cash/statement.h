/* SPDX-License-Identifier: Apache-2.0 */
/* Importing statements: what its parts share. */
#ifndef ARCI_CASH_STATEMENT_H
#define ARCI_CASH_STATEMENT_H

#include "arcore/bank_import.h"
#include "io/bank.h"
#include "store/repo.h"
#include "store/session.h"
#include "store/verb.h"

/* An account of our own. */
typedef struct arci_own_account {
    int64_t id;
    const char *key; /* letters and digits of its number */
    size_t length;
    char currency[4];
} arci_own_account;

/* A line of the file that is kept already, and whose details are not. */
typedef struct arci_statement_join {
    uint32_t line, occurrence; /* line: of the file's statement; occurrence: of the kept one */
    int64_t kept, version;
    const char *fingerprint; /* of the kept one */
    uint8_t waiting;         /* it waits to be received: its details do that now */
} arci_statement_join;

/* A statement of the file on its way into the book. */
typedef struct arci_statement_in {
    const arci_bank_stmt *in;
    const arci_own_account *account;
    char currency[4];
    arc_date from, to;
    int64_t id;
    uint32_t *occurrences; /* of its lines: 0 is known */
    uint32_t n_new, n_known, n_skipped;
    arci_statement_join *joins;
    uint32_t n_joins;
} arci_statement_in;

typedef struct arci_statement_import {
    arci_call *call;
    arci_txn *t;
    arci_arena arena; /* as long as the call */
    arci_arena chunk; /* as long as some lines */
    const arci_bank *bank;
    arc_bank_import_options o;
    arc_bank_imported result;
    arci_own_account *own;
    uint32_t n_own;
    arci_statement_in *list;
    uint32_t n;
} arci_statement_import;

/* statement_kept.c: which of the lines are new, given what is kept; of all statements of the file. */
arc_status arci_statement_fresh(arci_statement_import *m);
/* statement_notice.c: what of the new ones is told by a notice, or was; and whose details are to be added. */
arc_status arci_statement_notices(arci_statement_import *m);
/* statement_lines.c: adds details to lines that are kept. */
arc_status arci_statement_write_joins(arci_statement_import *m, arci_statement_in *s);
/* statement_lines.c: writes the lines that are new; a chunk of a statement at a time. */
arc_status arci_statement_write_lines(arci_statement_import *m, arci_statement_in *s, uint32_t position);
/* statement_link.c: finds what returns of these statements give back. */
arc_status arci_statement_link(arci_statement_import *m);

/* A part of a call's work as a call of its own inside of it: what it writes is an event by itself, so that no event grows with the file. */
arc_status arci_bank_part(arci_session *s, const arci_verb *verb, arc_status (*work)(void *user), void *user);
/* Whether a line is told and not kept: no money has come. */
static inline int arci_statement_skips(const arci_bank_entry *e) { return (e->l.flags & (ARC_BANK_LINE_PENDING | ARC_BANK_LINE_INFO)) != 0; }
/* A text of at most what its field holds; NULL for none. */
arc_value arci_statement_text(const arci_shape *shape, uint16_t field, const char *s);

/* Letters and digits of an account, in capitals, into out (at most `most`); returns how many. */
size_t arci_account_key(char *out, size_t most, const char *s, size_t n);

#endif
