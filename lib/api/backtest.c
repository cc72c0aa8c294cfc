/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that knows what the layers keep beside the rows of events. */
#include "billing/rebuild.h"
#include "ledger/rebuild.h"
#include "rules/backtest.h"

arc_status arc_rule_backtest(arc_session *session, arc_backtest **out, const arc_backtest_options *options)
{
    static const arci_rebuild_fn rebuild[] = { arci_ledger_rebuild, arci_billing_rebuild };
    return arci_backtest_run(session, out, options, rebuild, 2);
}
