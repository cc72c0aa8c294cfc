/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of a statement of account: gathering it (statement.c) and handing it out (statement_out.c). */
#ifndef ARCI_LEDGER_STATEMENT_H
#define ARCI_LEDGER_STATEMENT_H

#include "arcore/statement.h"
#include "base/num.h"
#include "store/repo.h"
#include "store/session.h"

typedef struct arci_statement {
    arci_owned owned; /* first: freed with its session */
    arc_context *ctx;
    arci_env env; /* of calls on it */
    arc_error error;
    arci_arena arena;
    arc_statement_info info;
    arc_statement_row *rows, *open;
} arci_statement;

/* Works out what `info` asks for: customer, currency, from, to are set. */
arc_status arci_statement_gather(arci_txn *t, arci_statement *s, uint32_t flags);

#endif
