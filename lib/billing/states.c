/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/states.h"

#include "arcore/fields.h"
#include "billing/chain.h"
#include "billing/invoice_step.h"
#include "store/repo.h"
#include "store/session.h"

enum { DRAFT = 1, ACTIVE = 2, OVER = 4, SUBMITTED = 8, ORDERED = 16, PLANNED = 32 };

static const arci_block contract_blocks[] = {
    { ARCI_DO_CONTRACT_SUBMIT, SUBMITTED, "the contract was submitted already", "合同已提交审批" },
    { ARCI_DO_CONTRACT_SUBMIT, ACTIVE, "the contract is active already", "合同已生效" },
    { ARCI_DO_CONTRACT_SUBMIT, OVER, "the contract is closed or terminated", "合同已完结或终止" },
    { ARCI_DO_CONTRACT_APPROVE, DRAFT, "the contract was not submitted", "合同尚未提交审批" },
    { ARCI_DO_CONTRACT_APPROVE, ACTIVE | OVER, "the contract was approved already", "合同已审批" },
    { ARCI_DO_CONTRACT_REJECT, DRAFT, "the contract was not submitted", "合同尚未提交审批" },
    { ARCI_DO_CONTRACT_REJECT, ACTIVE | OVER, "the contract was approved already", "合同已审批" },
    { ARCI_DO_CONTRACT_RECALL, DRAFT, "the contract was not submitted", "合同尚未提交审批" },
    { ARCI_DO_CONTRACT_RECALL, ACTIVE | OVER, "the contract was approved already", "合同已审批" },
    { ARCI_DO_CONTRACT_ACTIVATE, SUBMITTED, "the contract waits for approval: approve or reject it", "合同正在审批，请批准或驳回" },
    { ARCI_DO_CONTRACT_ACTIVATE, ACTIVE, "the contract is active already", "合同已生效" },
    { ARCI_DO_CONTRACT_ACTIVATE, OVER, "the contract is closed or terminated", "合同已完结或终止" },
    { ARCI_DO_CONTRACT_AMEND, DRAFT, "the contract is a draft: change it", "合同为草稿，请直接修改" },
    { ARCI_DO_CONTRACT_AMEND, SUBMITTED, "the contract waits for approval: reject it first", "合同正在审批，请先驳回" },
    { ARCI_DO_CONTRACT_AMEND, OVER, "the contract is closed or terminated", "合同已完结或终止" },
    { ARCI_DO_CONTRACT_CLOSE, DRAFT | SUBMITTED, "the contract is not active yet", "合同尚未生效" },
    { ARCI_DO_CONTRACT_CLOSE, OVER, "the contract is closed or terminated already", "合同已完结或终止" },
    { ARCI_DO_CONTRACT_CLOSE, ORDERED, "orders of the contract are open: close or cancel them first", "合同尚有未完结的订单，请先完结或取消" },
    { ARCI_DO_CONTRACT_CLOSE, PLANNED, "planned receivables of the contract are open: invoice or cancel them first, or terminate the contract", "合同尚有未开票的计划应收，请先开票或取消，或终止合同" },
    { ARCI_DO_CONTRACT_TERMINATE, DRAFT | SUBMITTED, "the contract is not active yet", "合同尚未生效" },
    { ARCI_DO_CONTRACT_TERMINATE, OVER, "the contract is closed or terminated already", "合同已完结或终止" },
    { ARCI_DO_CONTRACT_TERMINATE, ORDERED, "orders of the contract are open: close or cancel them first", "合同尚有未完结的订单，请先完结或取消" },
    { ARCI_DO_CONTRACT_REOPEN, DRAFT | SUBMITTED | ACTIVE, "the contract is neither closed nor terminated", "合同未完结也未终止" },
    { ARCI_DO_CONTRACT_PLAN, DRAFT | SUBMITTED, "the contract is not active yet", "合同尚未生效" },
    { ARCI_DO_CONTRACT_PLAN, OVER, "the contract is closed or terminated", "合同已完结或终止" },
    { ARCI_DO_MILESTONE_REACH, DRAFT | SUBMITTED, "the contract is not active yet", "合同尚未生效" },
    { ARCI_DO_MILESTONE_REACH, OVER, "the contract is closed or terminated", "合同已完结或终止" },
};
#define N_BLOCKS (sizeof contract_blocks / sizeof *contract_blocks)

static uint32_t status_fact(const arc_value *status)
{
    if (arci_code_is(status, "draft")) return DRAFT;
    if (arci_code_is(status, "submitted")) return SUBMITTED;
    return arci_code_is(status, "active") ? ACTIVE : OVER;
}

/* Whether there is a row of a contract with one of some codes. */
static arc_status any_row(arci_txn *t, arci_arena *arena, const char *entity, const char *fields, int64_t id, const arc_value *codes, uint32_t n, uint32_t bit, uint32_t *facts)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, entity, fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, id);
    arci_where_in(&w, shape->cols[1], codes, n);
    st = arci_repo_find(t, shape, &w, NULL, 0, 1, arena, &rows);
    if (st == ARC_OK && rows.n_rows) *facts |= bit;
    return st;
}

/* The same of orders with lines that take of the contract. */
static arc_status any_order_line(arci_txn *t, arci_arena *arena, int64_t id, const arc_value *codes, uint32_t *facts)
{
    const arci_shape *lines, *orders;
    arci_where w;
    arci_rows rows;
    arc_value *heads;
    uint8_t *found;
    arc_status st = arci_shape_get(t, &lines, "order_line", "contract sales_order");
    if (st == ARC_OK) st = arci_shape_get(t, &orders, "sales_order", "status");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, lines->cols[0], ARC_OP_EQ, id);
    st = arci_repo_find(t, lines, &w, NULL, 0, 0, arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    int64_t *ids = arci_arena_alloc(arena, rows.n_rows * sizeof *ids);
    if (!ids) return arci_nomem(t->env);
    for (uint32_t r = 0; r < rows.n_rows; r++) ids[r] = rows.values[2 * (size_t)r + 1].u.i;
    st = arci_repo_get_many(t, orders, ids, rows.n_rows, arena, &heads, &found);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        if (found[r] && (arci_value_equal(&heads[r], &codes[0]) || arci_value_equal(&heads[r], &codes[1]))) *facts |= ORDERED;
    }
    return st;
}

arc_status arci_contract_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    const arc_value open[2] = { arci_v_text("confirmed", 9), arci_v_text("delivering", 10) }, planned = arci_v_text("planned", 7);
    const arci_shape *shape;
    arc_value *v;
    arc_status st = arci_shape_get(t, &shape, "contract", "status submitted_by submitted_for");
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, arena, &v);
    if (st != ARC_OK) return st;
    const uint32_t asks = arci_block_asks(contract_blocks, N_BLOCKS, verb);
    uint32_t facts = status_fact(&v[0]);
    if ((asks & ORDERED) && facts == ACTIVE) st = any_row(t, arena, "sales_order", "contract status", id, open, 2, ORDERED, &facts);
    if (st == ARC_OK && (asks & ORDERED) && facts == ACTIVE) st = any_order_line(t, arena, id, open, &facts);
    /* what is over names its contract no more */
    if (st == ARC_OK && (asks & PLANNED) && (facts & ACTIVE)) st = any_row(t, arena, "item_state", "contract kind", id, &planned, 1, PLANNED, &facts);
    if (st == ARC_OK) st = arci_block_tell(t->env, contract_blocks, N_BLOCKS, verb, facts, "contract", "status", id);
    if (st == ARC_OK && verb == ARCI_DO_CONTRACT_RECALL) return arci_same_person(t, &v[1], "contract", id);
    if (st != ARC_OK || verb != ARCI_DO_CONTRACT_APPROVE) return st;
    return arci_another_person(t, &v[1], "contract", id, "nobody approves a contract he submitted himself", "不能批准本人提交的合同");
}

arc_status arci_another_person(arci_txn *t, const arc_value *people, const char *entity, int64_t id, const char *en, const char *zh)
{
    int64_t user, behalf;
    if (!t->session->access) return ARC_OK;
    arc_status st = arci_step_people(t, &user, &behalf);
    for (int k = 0; k < 2 && st == ARC_OK; k++) {
        const int64_t who = people[k].type == ARC_V_INT ? people[k].u.i : 0;
        if (!who || (who != user && who != behalf)) continue;
        st = arci_fail(t->env, ARC_E_FORBIDDEN, "%s%.0s", "%.0s%s", en, zh);
        arci_fail_at(t->env, entity, "submitted_by", id, -1);
    }
    return st;
}

arc_status arci_same_person(arci_txn *t, const arc_value *people, const char *entity, int64_t id)
{
    int64_t actors[2];
    const arc_value *const both[2] = { &people[0], &people[1] };
    if (!t->session->access) return ARC_OK;
    arc_status st = arci_step_people(t, &actors[0], &actors[1]);
    if (st != ARC_OK || arci_invoice_his(both, actors)) return st;
    st = arci_fail(t->env, ARC_E_FORBIDDEN, "who submitted it takes it back; others reject it", "只有提交人可以撤回，其他人请驳回");
    arci_fail_at(t->env, entity, "submitted_by", id, -1);
    return st;
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
    { ARC_CONTRACT, ARCI_DO_CONTRACT_SUBMIT, arci_contract_may },
    { ARC_CONTRACT, ARCI_DO_CONTRACT_APPROVE, arci_contract_may },
    { ARC_CONTRACT, ARCI_DO_CONTRACT_REJECT, arci_contract_may },
    { ARC_CONTRACT, ARCI_DO_CONTRACT_RECALL, arci_contract_may },
    { ARC_CONTRACT, ARCI_DO_CONTRACT_AMEND, arci_contract_may },
    { ARC_CONTRACT, ARCI_DO_CONTRACT_TERMINATE, arci_contract_may },
    { ARC_CONTRACT, ARCI_DO_CONTRACT_REOPEN, arci_contract_may },
    { ARC_CONTRACT, ARCI_DO_CONTRACT_PLAN, arci_contract_may },
    { ARC_MILESTONE, ARCI_DO_MILESTONE_REACH, arci_milestone_may },
    { ARC_INVOICE_REQUEST, ARCI_DO_REQUEST_SUBMIT, arci_invoice_request_may },
    { ARC_INVOICE_REQUEST, ARCI_DO_REQUEST_APPROVE, arci_invoice_request_may },
    { ARC_INVOICE_REQUEST, ARCI_DO_REQUEST_REJECT, arci_invoice_request_may },
    { ARC_INVOICE_REQUEST, ARCI_DO_REQUEST_RECALL, arci_invoice_request_may },
    { ARC_INVOICE_REQUEST, ARCI_DO_REQUEST_SEND, arci_invoice_request_may },
    { ARC_INVOICE_REQUEST, ARCI_DO_REQUEST_ISSUE, arci_invoice_request_may },
    { ARC_INVOICE_REQUEST, ARCI_DO_REQUEST_FAIL, arci_invoice_request_may },
    { ARC_INVOICE_REQUEST, ARCI_DO_REQUEST_CANCEL, arci_invoice_request_may },
    { ARC_INVOICE_REQUEST, ARCI_DO_REQUEST_REISSUE, arci_invoice_request_may },
    { 0, 0, NULL },
};
