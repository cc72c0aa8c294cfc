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

/* Takes options apart: customer, currency and days of the info, or what is wrong with them; and whether the actor may read what a statement is made of. */
arc_status arci_statement_asked(arci_session *s, arc_statement_info *info, const arc_statement_options *o);
/* Works out what `info` asks for: customer, currency, from, to are set. */
arc_status arci_statement_gather(arci_txn *t, arci_statement *s, uint32_t flags);

#endif
