/* SPDX-License-Identifier: Apache-2.0 */
/* Entities 305 to 349: what happens to receivables beside allocation, and the journal. Form and numbering: entities.h. */
#include "model/entities.h"

/* clang-format off */

static const arci_field adjustment_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "item", "item", "Item", "应收", ""),
    F_DATE(11, R_ | V_ | I_, "effective_date", "Effective date", "生效日期", ""),
    F_CUR(12, R_ | V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(13, V_ | I_, "amount", "currency", "Amount", "调整金额", "Added to the item's open amount."),
    F_DATE(14, V_ | I_, "due_date", "New due date", "新到期日", "When the term was extended."),
    F_CODE(15, R_ | V_ | I_, "reason_code", "deduction_reason", "Reason code", "原因", ""),
    F_TEXT(16, V_ | I_, 500, "reason", "Reason", "说明", ""),
    F_REF(17, V_ | I_, "reverses", "adjustment", "Reverses", "冲销的调整", ""),
};
ARCI_ENTITY_PLAIN(adjustment, 305, E_RES | E_APP, NULL, "item.customer", "Adjustment", "应收调整", "Fee, write-down, extension: a correction that is no payment.");

static const arci_field dispute_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | I_, "item", "item", "Item", "应收", ""),
    F_CUR(11, R_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(12, R_ | I_, "amount", "currency", "Amount", "争议金额", "At most what is open."),
    F_CODE(13, R_ | I_, "reason", "dispute_reason", "Reason", "原因", ""),
    F_TEXT(14, P_ | I_, 4000, "description", "Description", "描述", ""),
    F_REF(15, 0, "owner", "user_account", "Owner", "负责人", ""),
    F_DATE(16, R_ | V_ | I_, "opened_on", "Opened on", "提出日期", ""),
    F_DATE(17, 0, "due_date", "Due date", "处理期限", ""),
    F_CODE(18, R_ | V_, "resolution", "dispute_resolution", "Resolution", "处理结果", ""),
    F_DATE(19, V_, "closed_on", "Closed on", "关闭日期", ""),
    F_REF(20, V_, "credit", "item", "Credit", "贷项", "Credit note it led to."),
};
ARCI_ENTITY_PLAIN(dispute, 306, E_RES | E_VER, NULL, "item.customer", "Dispute", "争议", "Part of an item the customer does not accept.");

static const arci_field promise_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_JSON(11, I_, "items", "Items", "应收", "Array of item ids; NULL = the account."),
    F_DATE(12, R_ | I_, "promised_on", "Promised on", "承诺日期", "When it was made."),
    F_DATE(13, R_ | I_, "promise_date", "Promise date", "承诺付款日", ""),
    F_CUR(14, R_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(15, R_ | I_, "amount", "currency", "Amount", "承诺金额", ""),
    F_REF(16, I_, "contact", "contact", "Contact", "联系人", ""),
    F_REF(17, I_, "interaction", "interaction", "Interaction", "催收记录", ""),
    F_CODE(18, R_ | V_, "status", "promise_status", "Status", "状态", ""),
};
ARCI_ENTITY_PLAIN(promise, 307, E_RES | E_VER, NULL, "customer", "Promise to pay", "付款承诺", "");

static const arci_field payment_plan_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_JSON(11, R_ | I_, "items", "Items", "应收", "Array of item ids."),
    F_DATE(12, R_ | I_, "agreed_on", "Agreed on", "签订日期", ""),
    F_INT(13, R_ | I_, "grace_days", "Grace", "宽限天数", "Days."),
    F_CODE(14, R_ | V_, "status", "plan_status", "Status", "状态", ""),
};
ARCI_ENTITY_PLAIN(payment_plan, 308, E_RES | E_VER, NULL, "customer", "Payment plan", "还款计划", "");

static const arci_field payment_plan_line_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | I_, "payment_plan", "payment_plan", "Plan", "还款计划", ""),
    F_INT(11, R_ | I_, "seq", "Sequence", "期次", ""),
    F_DATE(12, R_ | I_, "due_date", "Due date", "应付日期", ""),
    F_CUR(13, R_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(14, R_ | I_, "amount", "currency", "Amount", "金额", ""),
};
ARCI_PART_PLAIN(payment_plan_line, 309, E_RES | E_APP, NULL, "payment_plan.customer", "payment_plan", "Payment plan line", "还款计划行", "");

static const arci_field write_off_request_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_, 64, "number", "Number", "申请编号", ""),
    F_REF(11, R_, "customer", "customer", "Customer", "客户", ""),
    F_JSON(12, R_, "items", "Items", "应收", "Array of item ids."),
    F_CUR(13, R_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(14, R_, "amount", "currency", "Amount", "核销金额", ""),
    F_CODE(15, R_, "reason", "write_off_reason", "Reason", "原因", ""),
    F_MONEY(16, V_, "provision_used", "currency", "Provision used", "动用坏账准备", ""),
    F_TEXT(17, 0, 500, "tax_basis", "Tax basis", "税前扣除依据", ""),
    F_CODE(18, R_ | V_, "status", "approval_status", "Status", "状态", ""),
    F_JSON(1000, D_, "evidence", "Evidence", "证据", "Ids of attachments."),
};
ARCI_ENTITY_PLAIN(write_off_request, 310, E_RES | E_VER, NULL, "customer", "Write-off request", "坏账申请", "Bad debt to be written off.");

static const arci_field journal_entry_fields[] = {
    SYS_APPEND,
    F_TEXT(10, R_ | V_ | I_, 64, "number", "Number", "凭证号", ""),
    F_DATE(11, R_ | V_ | I_, "posting_date", "Posting date", "记账日期", ""),
    F_REF(12, V_ | I_ | L_, "event", "event", "Event", "事件", "What it accounts for."),
    F_TEXT(13, R_ | V_ | I_, 40, "purpose", "Purpose", "用途", ""),
    F_TEXT(14, V_ | I_, 500, "memo", "Memo", "摘要", ""),
    F_REF(15, V_ | I_, "reverses", "journal_entry", "Reverses", "冲销的凭证", ""),
    F_TEXT(16, R_ | V_ | I_, 64, "digest", "Digest", "摘要值", "SHA-256 of the content, hexadecimal."),
};
ARCI_ENTITY_PLAIN(journal_entry, 311, E_RES | E_APP, NULL, NULL, "Journal entry", "凭证", "Balanced lines for the general ledger.");

static const arci_field journal_line_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "journal_entry", "journal_entry", "Entry", "凭证", ""),
    F_INT(11, R_ | V_ | I_, "seq", "Sequence", "行号", ""),
    F_TEXT(12, R_ | V_ | I_, 40, "account_role", "Account role", "科目角色", "Mapped to a code by a definition."),
    F_CUR(13, R_ | V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(14, R_ | V_ | I_, "amount", "currency", "Amount", "金额", "Debit positive, credit negative."),
    F_CUR(15, R_ | V_ | I_, "base_currency", "Base currency", "本位币", "ISO 4217."),
    F_MONEY(16, R_ | V_ | I_, "base_amount", "base_currency", "Base amount", "本位币金额", ""),
    F_REF(17, V_ | I_, "customer", "customer", "Customer", "客户", "Auxiliary."),
    F_REF(18, V_ | I_, "department", "org_unit", "Department", "部门", "Auxiliary."),
    F_REF(19, V_ | I_, "person", "user_account", "Person", "人员", "Auxiliary."),
    F_REF(20, V_ | I_, "project", "project", "Project", "项目", "Auxiliary."),
};
ARCI_PART_PLAIN(journal_line, 312, E_RES | E_APP, NULL, "customer", "journal_entry", "Journal line", "凭证行", "");

static const arci_field voucher_export_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | V_ | I_, "journal_entry", "journal_entry", "Entry", "凭证", ""),
    F_TEXT(11, R_ | V_ | I_, 64, "ledger", "Ledger", "总账系统", "Code of the system it goes to."),
    F_CODE(12, R_ | V_, "status", "posting_status", "Status", "状态", ""),
    F_TEXT(13, V_, 64, "voucher_no", "Voucher number", "总账凭证号", "Given there."),
    F_TEXT(14, V_, 1000, "failure", "Failure", "拒绝原因", ""),
};
ARCI_ENTITY_PLAIN(voucher_export, 313, E_RES | E_VER | E_SYS, NULL, NULL, "Voucher export", "凭证导出", "");
