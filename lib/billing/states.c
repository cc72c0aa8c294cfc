/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/states.h"

#include "arcore/fields.h"
#include "billing/chain.h"
#include "store/repo.h"
#include "store/session.h"

enum { DRAFT = 1, ACTIVE = 2, OVER = 4 };

static const arci_block contract_blocks[] = {
    { ARCI_DO_CONTRACT_ACTIVATE, ACTIVE, "the contract is active already", "合同已生效" },
    { ARCI_DO_CONTRACT_ACTIVATE, OVER, "the contract is closed or terminated", "合同已完结或终止" },
    { ARCI_DO_CONTRACT_CLOSE, DRAFT, "the contract is not active yet", "合同尚未生效" },
    { ARCI_DO_CONTRACT_CLOSE, OVER, "the contract is closed or terminated already", "合同已完结或终止" },
    { ARCI_DO_CONTRACT_PLAN, DRAFT, "the contract is not active yet", "合同尚未生效" },
    { ARCI_DO_CONTRACT_PLAN, OVER, "the contract is closed or terminated", "合同已完结或终止" },
    { ARCI_DO_MILESTONE_REACH, DRAFT, "the contract is not active yet", "合同尚未生效" },
    { ARCI_DO_MILESTONE_REACH, OVER, "the contract is closed or terminated", "合同已完结或终止" },
};

arc_status arci_contract_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    const arci_shape *shape;
    arc_value *v;
    arc_status st = arci_shape_get(t, &shape, "contract", "status");
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, arena, &v);
    if (st != ARC_OK) return st;
    uint32_t facts = arci_code_is(&v[0], "draft") || arci_code_is(&v[0], "submitted") ? DRAFT : arci_code_is(&v[0], "active") ? ACTIVE : OVER;
    return arci_block_tell(t->env, contract_blocks, sizeof contract_blocks / sizeof *contract_blocks, verb, facts, "contract", "status", id);
}

arc_status arci_milestone_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    static const arci_block blocks[] = { { ARCI_DO_MILESTONE_REACH, 1, "the milestone was reached already", "里程碑已达成" } };
    const arci_shape *shape;
    arc_value *v;
    arc_status st = arci_shape_get(t, &shape, "milestone", "contract reached_on");
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, arena, &v);
    if (st == ARC_OK) st = arci_contract_may(t, arena, verb, v[0].u.i);
    return st == ARC_OK ? arci_block_tell(t->env, blocks, 1, verb, v[1].type == ARC_V_INT, "milestone", "reached_on", id) : st;
}

const arci_state_row arci_billing_states[] = {
    { ARC_CONTRACT, ARCI_DO_CONTRACT_ACTIVATE, arci_contract_may },
    { ARC_CONTRACT, ARCI_DO_CONTRACT_CLOSE, arci_contract_may },
    { ARC_CONTRACT, ARCI_DO_CONTRACT_PLAN, arci_contract_may },
    { ARC_MILESTONE, ARCI_DO_MILESTONE_REACH, arci_milestone_may },
    { ARC_INVOICE_REQUEST, ARCI_DO_REQUEST_SUBMIT, arci_invoice_request_may },
    { ARC_INVOICE_REQUEST, ARCI_DO_REQUEST_APPROVE, arci_invoice_request_may },
    { ARC_INVOICE_REQUEST, ARCI_DO_REQUEST_REJECT, arci_invoice_request_may },
    { ARC_INVOICE_REQUEST, ARCI_DO_REQUEST_SEND, arci_invoice_request_may },
    { ARC_INVOICE_REQUEST, ARCI_DO_REQUEST_ISSUE, arci_invoice_request_may },
    { ARC_INVOICE_REQUEST, ARCI_DO_REQUEST_FAIL, arci_invoice_request_may },
    { ARC_INVOICE_REQUEST, ARCI_DO_REQUEST_CANCEL, arci_invoice_request_may },
    { ARC_INVOICE_REQUEST, ARCI_DO_REQUEST_REISSUE, arci_invoice_request_may },
    { 0, 0, NULL },
};
