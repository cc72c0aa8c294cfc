/* SPDX-License-Identifier: Apache-2.0 */
/* Back-tests of rules; arcore/backtest.h. Which layers keep what beside rows is told by lib/api. */
#ifndef ARCI_RULES_BACKTEST_H
#define ARCI_RULES_BACKTEST_H

#include "arcore/backtest.h"
#include "store/replay.h"

arc_status arci_backtest_run(arc_session *session, arc_backtest **out, const arc_backtest_options *options, const arci_rebuild_fn *rebuild, uint32_t n_rebuild);

#endif
