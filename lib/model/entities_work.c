/* SPDX-License-Identifier: Apache-2.0 */
/* Entities 400 to 459: rules, dunning, approvals, tasks. Form and numbering: entities.h. */
#include "model/entities.h"

/* clang-format off */

static const arci_field dunning_run_fields[] = {
    SYS_ROW,
    F_DATE(10, R_ | V_ | I_, "as_of", "As of", "催收日期", ""),
    F_REF(11, R_ | V_ | I_, "definition", "definition", "Ladder", "催收阶梯", ""),
    F_REF(12, V_ | I_, "proposal", "proposal", "Proposal", "建议", ""),
    F_CODE(13, R_ | V_, "status", "proposal_status", "Status", "状态", ""),
    F_INT(14, R_ | V_, "n_notices", "Notices", "通知数", ""),
    F_INT(15, R_ | V_, "n_suppressed", "Suppressed", "抑制数", ""),
};
ARCI_ENTITY_PLAIN(dunning_run, 400, E_RES | E_VER, NULL, NULL, "Dunning run", "催收批次", "");

/* A letter of a ladder: what was claimed of whom, at which level. */
static const arci_field dunning_notice_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "customer", "customer", "Customer", "客户", "Who is written to: a head office where its ladder says so."),
    F_TEXT(11, R_ | V_ | I_, 64, "ladder", "Ladder", "催收阶梯", "Code of the definition."),
    F_REF(12, R_ | V_ | I_, "definition", "definition", "Revision", "阶梯修订", "That decided."),
    F_REF(13, R_ | V_ | I_, "proposal", "proposal", "Proposal", "建议", "It was part of."),
    F_DATE(14, R_ | V_ | I_, "as_of", "As of", "催收日期", "Day of the run."),
    F_INT(15, R_ | V_ | I_, "level", "Level", "催收等级", "Of the letter: the highest of its items."),
    F_CUR(16, R_ | V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(17, R_ | V_ | I_, "open", "currency", "Open", "未收金额", "Of its items."),
    F_MONEY(18, R_ | V_ | I_, "amount", "currency", "Amount", "催收金额", "That is claimed: without what is disputed or blocked."),
    F_INT(19, R_ | V_ | I_, "n_items", "Items", "应收笔数", ""),
    F_TEXT(20, R_ | V_ | I_, 200, "run_key", "Key", "唯一标识", "Ladder, unit and day: there is one such letter."),
    F_REF(21, V_ | I_, "message", "message", "Message", "消息", "The first of them; NULL = none was sent."),
    F_JSON(22, R_ | V_ | I_, "results", "Results", "执行结果", "Array of {type, result}: what was done, in order."),
};
static const arci_index dunning_notice_indexes[] = {
    { "run_key", "run_key", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "customer", "customer as_of", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(dunning_notice, 401, E_APP, NULL, "customer", "Dunning notice", "催收通知", "One letter to a customer, with all that was done with it.");

static const arci_field rule_firing_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_ | V_ | I_, 64, "policy", "Rule", "规则", "Code of the rule: a new revision fires nothing again."),
    F_REF(11, R_ | V_ | I_, "definition", "definition", "Revision", "规则修订", "That fired."),
    F_TEXT(12, R_ | V_ | I_, 40, "entity", "Subject kind", "对象种类", "Name of the entity."),
    F_REF(13, R_ | V_ | I_ | L_, "row", NULL, "Subject", "对象", "Id."),
    F_REF(14, V_ | I_, "customer", "customer", "Customer", "客户", "Whose the subject is."),
    F_INT(15, R_ | V_ | I_, "level", "Level", "等级", ""),
    F_TEXT(16, R_ | V_ | I_, 96, "mark", "Mark", "标记", "Episode and date, event, or count: what it fires for once."),
    F_DATE(17, R_ | V_ | I_, "effective_date", "Effective date", "生效日期", "When it should have fired."),
    F_DATE(18, R_ | V_ | I_, "fired_on", "Fired on", "触发日期", "Business date."),
    F_CODE(19, R_ | V_ | I_, "status", "firing_status", "Status", "状态", ""),
    F_JSON(20, V_ | P_, "explanation", "Explanation", "解释", "Inputs and trace."),
    F_JSON(21, V_ | P_, "result", "Result", "结果", "By action: its type and the ids of what it made."),
    F_INT(22, V_ | I_, "chain", "Chain", "连锁", "Firings that led to it, each by what the one before changed; NULL = none."),
};
static const arci_index rule_firing_indexes[] = {
    { "key", "policy entity row level mark", NULL, NULL, ARC_INDEX_UNIQUE, 1 }, /* exactly once */
    { "subject", "entity row", NULL, NULL, 0, 1 },
    { "txn", "txn", NULL, NULL, 0, 1 }, /* what a transaction fired */
};
ARCI_ENTITY(rule_firing, 402, E_VER | E_SYS, NULL, "customer", "Rule firing", "规则触发", "So that nothing fires twice. Changed by nothing but the erasure of a person's data.");

static const arci_field evaluation_date_fields[] = {
    SYS_TXN,
    F_TEXT(10, R_ | V_ | I_, 64, "policy", "Rule", "规则", "Code of the rule."),
    F_TEXT(11, R_ | V_ | I_, 40, "entity", "Subject kind", "对象种类", "Name of the entity."),
    F_REF(12, R_ | V_ | I_ | L_, "row", NULL, "Subject", "对象", "Id."),
    F_DATE(13, R_ | V_, "next_on", "Next on", "下次评估日", "Earliest day on which something can be due."),
    F_INT(14, R_ | V_, "epoch", "Epoch", "策略版本", "Sweep over all subjects that it comes from."),
};
static const arci_index evaluation_date_indexes[] = {
    { "due", "policy next_on", "entity row", NULL, 0, 1 }, /* what a sweep looks at */
};
ARCI_ENTITY(evaluation_date, 403, E_SYS | E_ERA | E_UNT, "policy entity row", NULL, "Evaluation date", "评估日期", "When a rule must look at a subject again; kept for speed.");

static const arci_field rule_head_fields[] = {
    SYS_TXN,
    F_TEXT(10, R_ | V_ | I_, 64, "policy", "Rule", "规则", "Code of the rule."),
    F_REF(11, R_ | V_ | L_, "definition", "definition", "Revision", "规则修订", "That dates were reckoned with."),
    F_INT(12, R_ | V_, "epoch", "Epoch", "策略版本", "Counts sweeps over all subjects."),
    F_INT(13, R_ | V_, "seal", "Seal", "封签", "What came behind it has not been looked at."),
    F_TEXT(14, R_ | V_, 64, "digest", "Hash", "哈希", "Of that seal: another chain has another."),
    F_DATE(15, V_, "swept_on", "Swept on", "扫描日期", "Business date of the last sweep that came to its end; NULL = none yet."),
    F_INT(16, V_, "at", "At", "进度", "Last subject of a sweep over all that is under way; NULL = none is."),
};
ARCI_ENTITY_PLAIN(rule_head, 404, E_SYS | E_ERA | E_UNT, "policy", NULL, "Rule head", "规则进度", "How far the sweeps of a rule have come; kept for speed.");

static const arci_field task_fields[] = {
    SYS_MASTER,
    F_TEXT(10, R_, 300, "title", "Title", "标题", ""),
    F_REF(11, 0, "customer", "customer", "Customer", "客户", ""),
    F_JSON(12, 0, "items", "Items", "应收", "Array of item ids."),
    F_INT(13, 0, "level", "Level", "催收等级", ""),
    F_CODE(14, 0, "channel", "message_channel", "Channel", "方式", ""),
    F_STAMP(15, 0, "sent_at", "Sent at", "发出时间", "UTC."),
    F_REF(16, 0, "contact", "contact", "Contact", "联系人", ""),
    F_TEXT(17, P_, 8000, "content", "Content", "内容", ""),
    F_CODE(18, 0, "result", "interaction_result", "Result", "结果", "What came of it."),
    F_DATE(19, 0, "promise_date", "Promise date", "承诺付款日", ""),
    F_CUR(20, 0, "promise_currency", "Promise currency", "承诺币种", "ISO 4217."),
    F_MONEY(21, 0, "promise_amount", "promise_currency", "Promise amount", "承诺金额", ""),
    F_DATE(22, 0, "next_on", "Next on", "下次跟进", ""),
    F_REF(23, R_, "assignee", "user_account", "Assignee", "负责人", ""),
    F_DATE(24, 0, "deadline", "Deadline", "截止日期", ""),
    F_TEXT(25, V_ | P_, 4000, "feedback", "Feedback", "反馈", "Required to close it."),
    F_CODE(26, R_ | V_, "status", "task_status", "Status", "状态", ""),
    F_TEXT(27, I_, 40, "about", "Subject kind", "对象种类", "Name of the entity it is about."),
    F_REF(28, I_ | L_, "about_row", NULL, "Subject", "对象", "Id."),
    F_TEXT(29, I_, 200, "cause", "Cause", "来由", "What made it, for example the firing of a rule; NULL = a person."),
    F_DATE(30, V_, "closed_on", "Closed on", "完成日期", "Day it was done or cancelled; NULL = it stands."),
    F_REF(31, V_, "closed_by", "user_account", "Closed by", "完成人", ""),
};
static const arci_index task_indexes[] = {
    { "assignee", "assignee status deadline", NULL, NULL, 0, 1 },       /* whose work it is */
    { "customer", "customer", NULL, "customer", ARC_INDEX_WHERE_SET, 1 },
    { "about", "about about_row", NULL, "about_row", ARC_INDEX_WHERE_SET, 1 }, /* what is to be done about a document */
};
ARCI_ENTITY(task, 430, E_VER | E_CUS | E_MAS, NULL, "customer", "Task", "任务", "Something a person is to do.");

static const arci_field approval_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | V_ | I_, "definition", "definition", "Workflow", "审批流程", "Pinned revision."),
    F_TEXT(11, R_ | V_ | I_, 40, "entity", "Subject kind", "对象种类", "Name of the entity."),
    F_REF(12, R_ | V_ | I_ | L_, "row", NULL, "Subject", "对象", "Id."),
    F_TEXT(13, R_ | V_ | I_, 64, "digest", "Digest", "单据摘要", "SHA-256 of the document; a change voids approvals."),
    F_REF(14, V_ | I_, "pending_change", "pending_change", "Pending change", "待批变更", ""),
    F_REF(15, R_ | V_ | I_, "initiator", "user_account", "Initiator", "发起人", ""),
    F_TEXT(16, V_, 64, "node", "Node", "当前节点", ""),
    F_CODE(17, R_ | V_, "status", "approval_status", "Status", "状态", ""),
    F_STAMP(18, R_ | V_ | I_, "started", "Started", "发起时间", "UTC."),
    F_STAMP(19, V_, "ended", "Ended", "结束时间", "UTC."),
};
ARCI_ENTITY_PLAIN(approval, 431, E_RES | E_VER | E_SYS, NULL, NULL, "Approval", "审批实例", "One document on its way through a workflow.");

static const arci_field approval_step_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | V_ | I_, "approval", "approval", "Approval", "审批实例", ""),
    F_INT(11, R_ | V_ | I_, "seq", "Sequence", "序号", ""),
    F_TEXT(12, R_ | V_ | I_, 64, "node", "Node", "节点", ""),
    F_REF(13, R_ | V_ | I_, "assignee", "user_account", "Assignee", "审批人", ""),
    F_REF(14, V_, "decided_by", "user_account", "Decided by", "实际审批人", "A delegate, where it is another."),
    F_CODE(15, R_ | V_, "decision", "step_decision", "Decision", "决定", ""),
    F_STAMP(16, R_ | V_ | I_, "started", "Started", "到达时间", "UTC."),
    F_STAMP(17, V_ | I_, "due", "Due", "期限", "UTC."),
    F_STAMP(18, V_, "decided", "Decided", "决定时间", "UTC."),
    F_TEXT(19, V_ | P_, 2000, "opinion", "Opinion", "意见", ""),
};
ARCI_PART_PLAIN(approval_step, 432, E_RES | E_VER | E_SYS, NULL, NULL, "approval", "Approval step", "审批节点", "");

static const arci_field delegation_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | I_, "delegator", "user_account", "Delegator", "委托人", ""),
    F_REF(11, R_ | I_, "delegate", "user_account", "Delegate", "受托人", ""),
    F_DATE(12, R_, "valid_from", "Valid from", "开始日期", ""),
    F_DATE(13, R_, "valid_to", "Valid to", "结束日期", "Last day."),
    F_JSON(14, 0, "verbs", "Verbs", "动作", "NULL = all the delegator may do."),
    F_CUR(15, 0, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(16, 0, "cap", "currency", "Cap", "金额上限", ""),
    F_TEXT(17, 0, 500, "reason", "Reason", "原因", ""),
};
ARCI_ENTITY_PLAIN(delegation, 433, E_RES | E_VER | E_MAS, NULL, NULL, "Delegation", "委托", "");

static const arci_field rule_state_fields[] = {
    SYS_STATE,
    F_TEXT(10, R_ | V_ | I_, 64, "policy", "Rule", "规则", "Code of the rule."),
    F_TEXT(11, R_ | V_ | I_, 40, "entity", "Subject kind", "对象种类", "Name of the entity."),
    F_REF(12, R_ | V_ | I_ | L_, "row", NULL, "Subject", "对象", "Id."),
    F_INT(13, R_ | V_ | I_, "level", "Level", "等级", ""),
    F_BOOL(14, R_ | V_, "armed", "Armed", "可触发", "0: it fired, and has not been on the other side since."),
    F_INT(15, R_ | V_, "rearmed", "Times armed again", "重新启用次数", "Of the entity \"event\": a seal."),
};
static const arci_index rule_state_indexes[] = {
    { "subject", "entity row", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(rule_state, 405, E_VER | E_SYS, "policy entity row level", NULL, "Rule state", "规则状态", "Whether a threshold of a rule may fire; of the entity \"event\": up to which seal a rule has read.");

static const arci_field host_call_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_ | V_ | I_, 200, "call_key", "Key", "调用键", "Stable id; the key of its message too."),
    F_TEXT(11, R_ | V_ | I_, 64, "name", "Name", "名称", "What the host is asked, for example credit_check."),
    F_TEXT(12, V_ | I_, 64, "rule", "Rule", "规则", "Code of the rule that asked."),
    F_TEXT(13, R_ | V_ | I_, 40, "entity", "Subject kind", "对象种类", "Name of the entity it is about."),
    F_REF(14, R_ | V_ | I_ | L_, "row", NULL, "Subject", "对象", "Id."),
    F_REF(15, V_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_INT(16, R_ | V_ | I_, "level", "Level", "等级", "Of the step that asked."),
    F_REF(17, V_ | I_, "message", "message", "Message", "消息", "The question in the outbox."),
    F_DATE(18, R_ | V_ | I_, "asked_on", "Asked on", "提出日期", "Business date."),
    F_CODE(19, R_ | V_, "status", "host_call_status", "Status", "状态", ""),
    F_TEXT(20, V_, 64, "outcome", "Outcome", "结论", "The answer in a word rules can test, for example approved."),
    F_JSON(21, V_ | P_, "answer", "Answer", "答复", "What the host said."),
    F_DATE(22, V_, "answered_on", "Answered on", "答复日期", "Business date."),
};
static const arci_index host_call_indexes[] = {
    { "call_key", "call_key", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "row", "entity row", NULL, NULL, 0, 1 }, /* what was asked about a document */
    { "customer", "customer", NULL, "customer", ARC_INDEX_WHERE_SET, 1 },
};
ARCI_ENTITY(host_call, 406, E_VER, NULL, "customer", "Call to the host", "主机调用", "A question of a rule to the host, and its answer.");

/* What a letter claims, item by item. */
static const arci_field dunning_notice_item_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "dunning_notice", "dunning_notice", "Notice", "催收通知", ""),
    F_REF(11, R_ | V_ | I_, "item", "item", "Item", "应收", ""),
    F_REF(12, R_ | V_ | L_ | I_, "customer", "customer", "Customer", "客户", "The item's."),
    F_DATE(13, R_ | V_ | I_, "as_of", "As of", "催收日期", "Of its notice."),
    F_DATE(14, R_ | V_ | I_, "effective_date", "Effective date", "触发日期", "When its level was reached."),
    F_INT(15, R_ | V_ | I_, "level", "Level", "催收等级", "It is claimed at."),
    F_INT(16, R_ | V_ | I_, "level_before", "Level before", "原等级", ""),
    F_INT(17, R_ | V_ | I_, "episode", "Episode", "周期", "The item's: levels count within it."),
    F_CUR(18, R_ | V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(19, R_ | V_ | I_, "open", "currency", "Open", "未收金额", ""),
    F_MONEY(20, R_ | V_ | I_, "amount", "currency", "Amount", "催收金额", "Open without what is disputed or blocked."),
};
static const arci_index dunning_notice_item_indexes[] = {
    { "item", "item as_of", NULL, NULL, 0, 1 },
    { "notice", "dunning_notice", NULL, NULL, 0, 1 },
};
ARCI_PART(dunning_notice_item, 407, E_APP, NULL, "customer", "dunning_notice", "Item of a notice", "催收明细", "What a letter claimed of one item, and at which level.");
