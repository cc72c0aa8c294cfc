/* SPDX-License-Identifier: Apache-2.0 */
/* Entities 40 to 59: events, messages, proposals. Form and numbering: entities.h. */
#include "model/entities.h"

/* clang-format off */

static const arci_field seal_fields[] = {
    F_INT(10, R_ | V_ | I_, "seq", "Sequence", "序号", "1, 2, 3 ... without a gap."),
    F_REF(11, R_ | V_ | I_ | L_, "txn", "txn", "Transaction", "事务", "The transaction sealed."),
    F_STAMP(12, R_ | V_ | I_, "stamp", "Stamp", "时间", "UTC; never earlier than the seal before."),
    F_TEXT(13, R_ | V_ | I_, 64, "hash", "Hash", "哈希", "Of the seal before and the transaction's digest, hexadecimal."),
    F_BOOL(14, R_ | V_ | I_, "keyed", "Keyed", "含密钥", "1: HMAC-SHA-256 with the host's key."),
};
static const arci_index seal_indexes[] = {
    { "txn", "txn", NULL, NULL, ARC_INDEX_UNIQUE, 1 }, /* sealed once */
};
ARCI_ENTITY(seal, 40, E_APP | E_SYS | E_UNT, "seq", NULL, "Seal", "封签", "One link of the tamper-evident chain.");

static const arci_field event_fields[] = {
    SYS_TXN,
    F_INT(10, R_ | V_ | I_, "seq", "Sequence", "序号", "1, 2 ... in its transaction."),
    F_TEXT(11, R_ | V_ | I_, 64, "verb", "Verb", "动作", "For example invoice.record."),
    F_TEXT(12, R_ | V_ | I_, 40, "entity", "Entity", "实体", "Name of the root entity."),
    F_REF(13, V_ | I_ | L_, "row", NULL, "Row", "行", "Id of the root document; NULL where rows have none."),
    { 14, ARC_T_JSON, R_ | V_ | I_, 134217728, "diff", NULL, "Diff", "变更", "Array of rows, children included; personal values as commitments.", 1 },
    F_JSON(15, V_ | I_, "definitions", "Definitions", "依据的定义", "Ids and revisions of what decided."),
    F_TEXT(16, R_ | V_ | I_, 64, "digest", "Digest", "摘要", "SHA-256, hexadecimal."),
    F_TEXT(17, V_ | I_, 64, "source", "Source", "来源系统", "System the change came from; NULL = this book."),
};
static const arci_index event_indexes[] = {
    { "row", "entity row", NULL, NULL, 0, 1 }, /* history of a document */
};
ARCI_ENTITY(event, 41, E_APP | E_SYS | E_UNT, "txn seq", NULL, "Event", "事件", "What one verb did to one document: audit, feed and messages.");

static const arci_field event_personal_fields[] = {
    SYS_TXN,
    F_INT(10, R_ | V_ | I_, "event", "Event", "事件", "Its number in the transaction."),
    F_INT(11, R_ | V_ | I_, "n", "Number", "序号", "1, 2 ... in the event."),
    F_TEXT(12, R_ | V_ | I_, 200, "pointer", "Pointer", "位置", "JSON Pointer into the diff."),
    F_TEXT(13, R_ | V_ | I_, 40, "entity", "Subject's entity", "主体实体", "customer, contact, or that of the row itself."),
    F_REF(14, R_ | V_ | I_ | L_, "subject", NULL, "Data subject", "数据主体", "Whose data it is."),
    F_BLOB(15, R_ | V_ | I_ | P_, "salt", 32, "Salt", "盐", "Random bytes."),
    F_JSON(16, R_ | V_ | I_ | P_, "value", "Value", "值", "The value committed to."),
    F_TEXT(17, R_ | V_ | I_, 40, "source", "Source", "来源实体", "Entity of the row that has the value."),
};
static const arci_index event_personal_indexes[] = {
    { "subject", "entity subject", NULL, NULL, 0, 1 }, /* erasure */
};
ARCI_ENTITY(event_personal, 42, E_SYS | E_ERA | E_UNT, "txn event n", NULL, "Personal event data", "事件个人信息", "Values and salts behind commitments; deletable per data subject.");

static const arci_field message_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_ | V_ | I_, 64, "kind", "Kind", "种类", "CloudEvents type, for example dunning.letter."),
    F_CODE(11, V_ | I_, "channel", "message_channel", "Channel", "渠道", ""),
    F_TEXT(12, R_ | V_ | I_, 200, "message_key", "Key", "消息键", "Stable id; the receiver drops repeats."),
    F_REF(13, V_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_REF(14, V_ | I_, "contact", "contact", "Contact", "联系人", ""),
    F_JSON(15, V_ | P_, "payload", "Payload", "内容", "Recipients, subject, body, data; NULL once erased."),
    F_CODE(16, R_ | V_, "status", "message_status", "Status", "状态", ""),
    F_INT(17, R_ | V_, "attempts", "Attempts", "尝试次数", "Deliveries tried when it left the outbox."),
    F_STAMP(18, V_, "delivered", "Delivered", "送达时间", "UTC."),
    F_TEXT(19, V_ | P_, 1000, "failure", "Failure", "失败原因", "Why it was given up, or came back."),
    F_JSON(20, V_ | P_, "receipt", "Receipt", "回执", "What the channel said of its delivery."),
};
static const arci_index message_indexes[] = {
    { "message_key", "message_key", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
};
ARCI_ENTITY(message, 43, E_VER | E_SYS, NULL, "customer", "Message", "消息", "Something the host takes from the outbox and delivers.");

static const arci_field proposal_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_ | V_ | I_, 40, "engine", "Engine", "引擎", "For example allocation, dunning, credit."),
    F_DATE(11, R_ | V_ | I_, "as_of", "As of", "截止日期", "Business date the engine decided for."),
    F_JSON(12, R_ | V_ | I_, "definitions", "Definitions", "依据的定义", "Codes and revisions of what decided."),
    F_CODE(13, R_ | V_, "status", "proposal_status", "Status", "状态", "Follows from its lines'."),
    F_JSON(14, V_ | P_, "considered", "Considered", "考虑范围", "What was looked at and rejected, and why."),
    F_STAMP(15, V_ | I_, "expires", "Expires", "过期时间", "UTC; NULL = never."),
    F_TEXT(16, V_ | I_, 300, "title", "Title", "标题", "For people."),
    F_JSON(17, R_ | V_ | I_, "params", "Parameters", "参数", "What the engine was asked, so that it can be asked again."),
    F_TEXT(18, R_ | V_ | I_, 64, "maker", "Maker", "提出人", "Actor who stored it."),
    F_TEXT(19, V_ | I_, 64, "maker_for", "Maker for", "代提出", "Whom the maker acted for."),
    F_INT(20, R_ | V_, "n_draft", "Draft lines", "草稿行数", "Lines to be decided."),
    F_INT(21, R_ | V_, "n_approved", "Approved lines", "已批准行数", "Lines to be applied."),
    F_INT(22, R_ | V_, "n_applied", "Applied lines", "已执行行数", ""),
    F_INT(23, R_ | V_, "n_stale", "Stale lines", "已失效行数", ""),
    F_INT(24, R_ | V_, "n_rejected", "Rejected lines", "已驳回行数", ""),
    F_INT(25, R_ | V_, "n_expired", "Expired lines", "已过期行数", ""),
};
static const arci_index proposal_indexes[] = {
    { "status", "status expires", NULL, NULL, 0, 1 }, /* what waits, and what is over */
};
ARCI_ENTITY(proposal, 44, E_VER | E_SYS, NULL, NULL, "Proposal", "建议", "What an engine would do, with its reasons.");

static const arci_field proposal_line_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | V_ | I_, "proposal", "proposal", "Proposal", "建议", ""),
    F_INT(11, R_ | V_ | I_, "seq", "Sequence", "序号", "1, 2, 3 ... in its proposal."),
    F_TEXT(12, R_ | V_ | I_, 100, "unit", "Unit", "执行单元", "Customer, letter or receipt it is applied with."),
    F_REF(13, V_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_JSON(14, R_ | V_ | P_, "action", "Action", "动作", "Verb and arguments, as they would be done."),
    F_JSON(15, R_ | V_ | P_, "explanation", "Explanation", "解释", ""),
    F_JSON(16, V_ | I_, "preconditions", "Preconditions", "前提", "Row versions and open amounts it touches."),
    F_JSON(17, V_ | I_, "context", "Context", "上下文", "Versions of the accounts it read."),
    F_CODE(18, R_ | V_, "status", "proposal_status", "Status", "状态", ""),
    F_TEXT(19, V_ | P_, 500, "reason", "Reason", "原因", "Why it is stale or was rejected."),
    F_JSON(20, V_ | P_, "proposed", "Proposed", "原建议", "Action as the engine gave it, where it was changed."),
    F_JSON(21, V_ | P_, "result", "Result", "执行结果", "Ids of what was made."),
    F_TEXT(22, V_, 64, "decided_by", "Decided by", "审批人", "Actor who approved or rejected it."),
};
static const arci_index proposal_line_indexes[] = {
    { "seq", "proposal seq", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "unit", "proposal unit", NULL, NULL, 0, 1 }, /* lines applied together */
};
ARCI_PART(proposal_line, 45, E_VER | E_SYS, NULL, "customer", "proposal", "Proposal line", "建议行", "One action of a proposal.");

static const arci_field pending_change_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_ | V_ | I_, 64, "verb", "Verb", "动作", "What will be done once approved, for example customer.update."),
    F_TEXT(11, R_ | V_ | I_, 40, "entity", "Entity", "实体", "Name of the entity."),
    F_REF(12, V_ | I_ | L_, "row", NULL, "Row", "行", "NULL = a new row."),
    F_INT(13, V_ | I_, "row_version", "Row version", "行版本", "Version it was asked against."),
    F_JSON(14, R_ | V_ | P_, "before_value", "Before", "变更前", "The fields as they were; personal ones go when it is decided."),
    F_JSON(15, R_ | V_ | P_, "after_value", "After", "变更后", "The fields as they are to be; personal ones go when it is decided."),
    F_TEXT(16, V_ | I_, 1000, "reason", "Reason", "原因", "Why it was asked for."),
    F_CODE(17, R_ | V_, "status", "approval_status", "Status", "状态", ""),
    F_STAMP(18, V_ | I_, "expires", "Expires", "过期时间", "UTC; NULL = never."),
    F_TEXT(19, R_ | V_ | I_, 64, "maker", "Maker", "提出人", "Actor who asked for it."),
    F_TEXT(20, V_ | I_, 64, "maker_for", "Maker for", "代提出", "Whom the maker acted for."),
    F_TEXT(21, V_, 64, "decided_by", "Decided by", "审批人", "Actor who approved or rejected it."),
    F_TEXT(22, V_, 1000, "decision_reason", "Decision reason", "审批意见", ""),
    F_REF(23, V_ | L_, "result_row", NULL, "Result row", "结果行", "Row that was written."),
    F_STAMP(24, V_ | I_, "asked", "Asked", "提出时间", "UTC."),
};
static const arci_index pending_change_indexes[] = {
    { "status", "status expires", NULL, NULL, 0, 1 }, /* what waits, and what is over */
    { "row", "entity row", NULL, "row", ARC_INDEX_WHERE_SET, 1 }, /* what is asked of a row */
};
ARCI_ENTITY(pending_change, 46, E_VER | E_SYS, NULL, NULL, "Pending change", "待批变更", "A verb that waits for approval.");

static const arci_field seal_queue_fields[] = {
    SYS_TXN,
    F_INT(10, R_ | V_, "ordinal", "Ordinal", "次序", "Above that of every transaction it can have read."),
};
static const arci_index seal_queue_indexes[] = {
    { "ordinal", "ordinal", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(seal_queue, 47, E_SYS | E_ERA | E_UNT, "txn", NULL, "Seal queue", "待封签", "Transactions that wait for their seal.");

static const arci_field message_lease_fields[] = {
    SYS_STATE,
    F_REF(10, R_ | V_ | I_, "message", "message", "Message", "消息", "Key."),
    F_STAMP(11, R_ | V_, "not_before", "Not before", "最早发送时间", "Quiet hours, end of a lease or of a pause, UTC."),
    F_TEXT(12, V_, 64, "lessee", "Lessee", "租用者", "Who has it; NULL: nobody."),
    F_INT(13, R_ | V_, "lease", "Lease", "租约号", "Counts leases: what is acknowledged is the lease that was given."),
    F_INT(14, R_ | V_, "attempts", "Attempts", "尝试次数", "Leases given so far."),
    F_INT(15, R_ | V_ | I_, "max_attempts", "Most attempts", "最多尝试次数", "After so many it is given up."),
    F_TEXT(16, V_, 1000, "failure", "Failure", "失败原因", "Of the last try."),
};
static const arci_index message_lease_indexes[] = {
    { "due", "not_before", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(message_lease, 48, E_VER | E_SYS | E_ERA | E_UNT, "message", NULL, "Message lease", "消息租约", "Messages still to be delivered, and who is at it.");
