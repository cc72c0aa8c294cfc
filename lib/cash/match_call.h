/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the calls of arcore/match.h. */
#ifndef ARCI_CASH_MATCH_CALL_H
#define ARCI_CASH_MATCH_CALL_H

#include "arcore/match.h"
#include "cash/match.h"
#include "value/money.h"

/* run: the flags that may be given. */
arc_status arci_cash_options_in(arci_session *s, arc_match_options *o, const int64_t *receipts, size_t n, const arc_match_options *options, uint32_t run);
arc_status arci_cash_definitions(const arci_cash *m, const char *asked, arci_str *b);

#endif
