/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that knows the engines of all layers. */
#include "ledger/propose.h"
#include "store/proposal.h"

arc_status arc_proposal_apply(arc_proposal *proposal, const arc_apply_options *options)
{
    static const arci_engine *const engines[] = { &arci_receipt_engine };
    return arci_proposal_apply(proposal, options, engines, sizeof engines / sizeof engines[0]);
}
