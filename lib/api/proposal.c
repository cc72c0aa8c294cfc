/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that knows the engines of all layers. */
#include "cash/match.h"
#include "credit/score_propose.h"
#include "dunning/run.h"
#include "ledger/propose.h"
#include "rules/rule_engine.h"
#include "store/proposal.h"

static const arci_engine *const engines[] = { &arci_receipt_engine, &arci_rule_engine, &arci_cash_engine, &arci_score_engine, &arci_dunning_engine };
enum { N_ENGINES = sizeof engines / sizeof engines[0] };

arc_status arc_proposal_load(arc_session *session, arc_proposal **out, int64_t id)
{
    return arci_proposal_load(session, out, id, engines, N_ENGINES);
}

arc_status arc_proposal_apply(arc_proposal *proposal, const arc_apply_options *options)
{
    return arci_proposal_apply(proposal, options, engines, N_ENGINES);
}
