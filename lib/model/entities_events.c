/* SPDX-License-Identifier: Apache-2.0 */
/* Entities 40 to 59: events, messages, proposals. Form and numbering: entities.h. */
#include "model/entities.h"

/* clang-format off */

static const arci_field seal_fields[] = {
    F_INT(10, R_ | V_ | I_, "seq", "Sequence", "序号", "1, 2, 3 ... without a gap."),
    F_REF(11, R_ | V_ | I_ | L_, "txn", "txn", "Transaction", "事务", "The transaction sealed."),
    F_STAMP(12, R_ | V_ | I_, "stamp", "Stamp", "时间", "UTC; never earlier than the seal before."),
    F_TEXT(13, R_ | V_ | I_, 64, "hash", "Hash", "哈希", "Of the seal before and the transaction's digest, hexadecimal."),
};
ARCI_ENTITY_PLAIN(seal, 40, E_RES | E_APP | E_SYS, "seq", NULL, "Seal", "封签", "One link of the tamper-evident chain.");

static const arci_field event_fields[] = {
    SYS_APPEND,
    F_INT(10, R_ | V_ | I_, "seq", "Sequence", "序号", "1, 2 ... in its transaction."),
    F_TEXT(11, R_ | V_ | I_, 64, "verb", "Verb", "动作", ""),
    F_TEXT(12, R_ | V_ | I_, 40, "entity", "Entity", "实体", "Name of the root entity."),
    F_REF(13, R_ | V_ | I_ | L_, "row", NULL, "Row", "行", "Id of the root document."),
    F_JSON(14, R_ | V_ | I_, "diff", "Diff", "变更", "Before and after, children included; personal values as commitments."),
    F_JSON(15, V_ | I_, "definitions", "Definitions", "依据的定义", "Ids and revisions of what decided."),
    F_TEXT(16, R_ | V_ | I_, 64, "digest", "Digest", "摘要", "SHA-256, hexadecimal."),
};
ARCI_ENTITY_PLAIN(event, 41, E_RES | E_APP | E_SYS, NULL, NULL, "Event", "事件", "What one verb did to one document: audit, feed and messages.");

static const arci_field event_personal_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "event", "event", "Event", "事件", ""),
    F_TEXT(11, R_ | V_ | I_, 200, "pointer", "Pointer", "位置", "JSON Pointer into the diff."),
    F_REF(12, V_ | I_ | L_, "subject", NULL, "Data subject", "数据主体", "Id of the customer or contact."),
    F_BLOB(13, R_ | V_ | I_ | P_, "salt", 32, "Salt", "盐", "Random bytes."),
    F_JSON(14, R_ | V_ | I_ | P_, "value", "Value", "值", "The value committed to."),
};
ARCI_ENTITY_PLAIN(event_personal, 42, E_RES | E_SYS | E_ERA, NULL, NULL, "Personal event data", "事件个人信息", "Values and salts behind commitments; deletable per data subject.");

static const arci_field message_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_ | V_ | I_, 64, "kind", "Kind", "种类", "CloudEvents type, for example dunning.letter."),
    F_CODE(11, V_ | I_, "channel", "message_channel", "Channel", "渠道", ""),
    F_TEXT(12, R_ | V_ | I_, 64, "message_key", "Key", "消息键", "Stable id; the receiver drops repeats."),
    F_REF(13, V_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_REF(14, V_ | I_, "contact", "contact", "Contact", "联系人", ""),
    F_JSON(15, R_ | V_ | I_ | P_, "payload", "Payload", "内容", "Recipients, subject, body, data."),
    F_CODE(16, R_ | V_, "status", "message_status", "Status", "状态", ""),
    F_STAMP(17, V_, "not_before", "Not before", "最早发送时间", "Quiet hours, UTC."),
    F_STAMP(18, V_, "leased_to", "Leased to", "租约到期", "UTC."),
    F_TEXT(19, V_, 64, "lessee", "Lessee", "租用者", ""),
    F_INT(20, R_ | V_, "attempts", "Attempts", "尝试次数", ""),
    F_STAMP(21, V_, "delivered", "Delivered", "送达时间", "UTC."),
    F_TEXT(22, V_, 1000, "failure", "Failure", "失败原因", ""),
};
ARCI_ENTITY_PLAIN(message, 43, E_RES | E_VER | E_SYS, NULL, "customer", "Message", "消息", "Something the host takes from the outbox and delivers.");

static const arci_field proposal_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_ | V_ | I_, 40, "engine", "Engine", "引擎", "For example dunning, matching, credit."),
    F_DATE(11, R_ | V_ | I_, "as_of", "As of", "截止日期", ""),
    F_JSON(12, R_ | V_ | I_, "definitions", "Definitions", "依据的定义", "Ids and revisions."),
    F_CODE(13, R_ | V_, "status", "proposal_status", "Status", "状态", ""),
    F_JSON(14, V_ | I_, "considered", "Considered", "考虑范围", "What was looked at and rejected, and why."),
    F_STAMP(15, V_ | I_, "expires", "Expires", "过期时间", "UTC."),
    F_TEXT(16, V_ | I_, 300, "title", "Title", "标题", ""),
};
ARCI_ENTITY_PLAIN(proposal, 44, E_RES | E_VER | E_SYS, NULL, NULL, "Proposal", "建议", "What an engine would do, with its reasons.");

static const arci_field proposal_line_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | V_ | I_, "proposal", "proposal", "Proposal", "建议", ""),
    F_INT(11, R_ | V_ | I_, "seq", "Sequence", "序号", ""),
    F_TEXT(12, R_ | V_ | I_, 100, "unit", "Unit", "执行单元", "Customer, letter or receipt it is applied with."),
    F_REF(13, V_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_JSON(14, R_ | V_ | I_, "action", "Action", "动作", "Verb and arguments."),
    F_JSON(15, R_ | V_ | I_, "explanation", "Explanation", "解释", ""),
    F_JSON(16, V_ | I_, "preconditions", "Preconditions", "前提", "Row versions and open amounts it touches."),
    F_JSON(17, V_ | I_, "context", "Context", "上下文", "Versions of the accounts it read."),
    F_CODE(18, R_ | V_, "status", "proposal_status", "Status", "状态", ""),
    F_TEXT(19, V_, 500, "reason", "Reason", "原因", "Why it is stale or was rejected."),
};
ARCI_ENTITY_PLAIN(proposal_line, 45, E_RES | E_VER | E_SYS, NULL, "customer", "Proposal line", "建议行", "One action of a proposal.");

static const arci_field pending_change_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_ | V_ | I_, 64, "verb", "Verb", "动作", "What will be done once approved."),
    F_TEXT(11, R_ | V_ | I_, 40, "entity", "Entity", "实体", ""),
    F_REF(12, V_ | I_ | L_, "row", NULL, "Row", "行", "NULL = a new row."),
    F_INT(13, V_ | I_, "row_version", "Row version", "行版本", "Version it was asked against."),
    F_JSON(14, R_ | V_ | I_ | P_, "before_value", "Before", "变更前", ""),
    F_JSON(15, R_ | V_ | I_ | P_, "after_value", "After", "变更后", ""),
    F_TEXT(16, V_ | I_, 1000, "reason", "Reason", "原因", ""),
    F_CODE(17, R_ | V_, "status", "approval_status", "Status", "状态", ""),
    F_STAMP(18, V_ | I_, "expires", "Expires", "过期时间", "UTC."),
};
ARCI_ENTITY_PLAIN(pending_change, 46, E_RES | E_VER | E_SYS, NULL, NULL, "Pending change", "待批变更", "A verb that waits for approval.");
