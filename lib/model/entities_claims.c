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
    F_DATE(18, V_ | I_, "old_due_date", "Old due date", "原到期日", "What held until then."),
    F_CUR(19, V_ | I_, "base_currency", "Base currency", "本位币", "Of base_amount; NULL = same as currency, or not valued."),
    F_MONEY(20, V_ | I_, "base_amount", "base_currency", "Base amount", "本位币金额", "Added to the item's booked base amount."),
    F_CODE(21, V_ | I_, "kind", "item_kind", "New kind", "新类型", "What a plan becomes; it was planned until then."),
};
static const arci_index adjustment_indexes[] = {
    { "item", "item effective_date", NULL, NULL, 0, 1 },
    { "effective", "effective_date", NULL, NULL, 0, 1 },
    { "reverses", "reverses", NULL, "reverses", ARC_INDEX_UNIQUE | ARC_INDEX_WHERE_SET, 1 },
};
ARCI_ENTITY(adjustment, 305, E_APP, NULL, "item.customer", "Adjustment", "应收调整", "Fee, write-down, extension: a correction that is no payment.");

static const arci_field dispute_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | I_, "item", "item", "Item", "应收", ""),
    F_CUR(11, R_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(12, R_ | I_, "amount", "currency", "Amount", "争议金额", "At most what is open."),
    F_CODE(13, R_ | I_, "reason", "dispute_reason", "Reason", "原因", ""),
    F_TEXT(14, P_ | I_, 4000, "description", "Description", "描述", ""),
    F_REF(15, 0, "assignee", "user_account", "Assignee", "负责人", ""),
    F_DATE(16, R_ | V_ | I_, "opened_on", "Opened on", "提出日期", ""),
    F_DATE(17, 0, "due_date", "Due date", "处理期限", ""),
    F_CODE(18, R_ | V_, "resolution", "dispute_resolution", "Resolution", "处理结果", ""),
    F_DATE(19, V_, "closed_on", "Closed on", "关闭日期", ""),
    F_REF(20, V_, "credit", "item", "Credit", "贷项", "Credit note it led to."),
    F_REF(21, V_, "opened_by", "user_account", "Opened by", "提出人", "Never the one who closes it."),
    F_REF(22, V_, "closed_by", "user_account", "Closed by", "关闭人", ""),
    F_TEXT(23, V_, 1000, "outcome", "Outcome", "处理说明", ""),
    F_REF(24, V_ | L_ | I_, "debtor", "customer", "Debtor", "债务人", "Customer of the item."),
};
static const arci_index dispute_indexes[] = {
    { "item", "item", NULL, NULL, 0, 1 },
    { "debtor", "debtor opened_on", NULL, "debtor", ARC_INDEX_WHERE_SET, 1 }, /* what he disputed, settled items too */
};
ARCI_ENTITY(dispute, 306, E_VER, NULL, "item.customer", "Dispute", "争议", "Part of an item the customer does not accept.");

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
    F_TEXT(19, 0, 1000, "note", "Note", "说明", "What was done to collect it."),
    F_REF(20, V_, "requested_by", "user_account", "Requested by", "申请人", "Never the one who approves."),
    F_REF(21, V_, "approved_by", "user_account", "Approved by", "批准人", ""),
    F_DATE(22, V_, "written_off_on", "Written off on", "核销日期", ""),
    F_TEXT(23, V_, 500, "decision_reason", "Reason of the decision", "审批意见", ""),
    F_JSON(1000, D_, "evidence", "Evidence", "证据", "Ids of attachments."),
};
static const arci_index write_off_request_indexes[] = {
    { "number", "number", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "customer", "customer", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(write_off_request, 310, E_VER, NULL, "customer", "Write-off request", "坏账申请", "Bad debt to be written off.");

static const arci_field journal_entry_fields[] = {
    SYS_APPEND,
    F_DATE(10, R_ | V_ | I_, "posting_date", "Posting date", "记账日期", ""),
    F_TEXT(11, R_ | V_ | I_, 40, "purpose", "Purpose", "用途", "What is accounted for: invoice, receipt, allocation, reversal, revaluation ..."),
    F_TEXT(12, R_ | V_ | I_, 40, "entity", "Entity", "实体", "Of the document it accounts for."),
    F_REF(13, R_ | V_ | L_ | I_, "source", NULL, "Document", "单据", "Id of that document."),
    F_TEXT(14, V_ | I_, 64, "document_no", "Document number", "单据编号", ""),
    F_TEXT(15, V_ | I_, 500, "memo", "Memo", "摘要", ""),
    F_REF(16, V_ | I_, "reverses", "journal_entry", "Reverses", "冲销的分录", ""),
    F_REF(17, V_ | I_, "customer", "customer", "Customer", "客户", "NULL = of nobody or of several."),
    F_TEXT(18, R_ | V_ | I_, 64, "digest", "Digest", "摘要值", "SHA-256 over its lines, hexadecimal: the document's event tells the entry, and so its lines."),
};
static const arci_index journal_entry_indexes[] = {
    { "source", "entity source purpose", NULL, NULL, 0, 1 },
    { "posting_date", "posting_date", NULL, NULL, 0, 1 }, /* what is still to be exported of a period */
};
ARCI_PART(journal_entry, 311, E_APP, NULL, "customer", "source", "Journal entry", "分录", "Balanced lines by account role, written with what they account for.");

static const arci_field journal_line_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "journal_entry", "journal_entry", "Entry", "分录", ""),
    F_INT(11, R_ | V_ | I_, "seq", "Sequence", "行号", ""),
    F_TEXT(12, R_ | V_ | I_, 40, "account_role", "Account role", "科目角色", "Mapped to a code by a definition."),
    F_CUR(13, R_ | V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(14, R_ | V_ | I_, "amount", "currency", "Amount", "金额", "Debit positive, credit negative."),
    F_CUR(15, V_ | I_, "base_currency", "Base currency", "本位币", "NULL = same as currency, or no rate is known."),
    F_MONEY(16, V_ | I_, "base_amount", "base_currency", "Base amount", "本位币金额", ""),
    F_REF(17, V_ | I_, "customer", "customer", "Customer", "客户", "Auxiliary."),
    F_REF(18, V_ | I_, "department", "org_unit", "Department", "部门", "Auxiliary."),
    F_REF(19, V_ | I_, "person", "user_account", "Person", "人员", "Auxiliary."),
    F_REF(20, V_ | I_, "project", "project", "Project", "项目", "Auxiliary."),
    F_REF(21, V_ | I_, "business_line", "org_unit", "Business line", "业务线", "Auxiliary."),
    F_BOOL(22, V_ | I_, "red", "Red", "红字", "1: shown as a negative amount on the other side (红字), not as its opposite."),
};
static const arci_index journal_line_indexes[] = {
    { "line", "journal_entry seq", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "role", "account_role customer", "currency amount base_amount", NULL, 0, 1 }, /* control accounts */
};
ARCI_ENTITY(journal_line, 312, E_APP | E_UNT, NULL, "customer", "Journal line", "分录行", "");

static const arci_field voucher_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_ | V_ | I_, 64, "ledger", "Ledger", "总账系统", "Code of the system it goes to."),
    F_TEXT(11, R_ | V_ | I_, 20, "period", "Period", "会计期间", "For example 2026-11."),
    F_INT(12, R_ | V_ | I_, "number", "Number", "凭证序号", "1, 2, 3 ... of ledger and period, no gaps."),
    F_DATE(13, R_ | V_ | I_, "posting_date", "Posting date", "记账日期", ""),
    F_CODE(14, R_ | V_, "status", "posting_status", "Status", "状态", ""),
    F_TEXT(15, V_, 64, "voucher_no", "Voucher number", "总账凭证号", "Given there."),
    F_TEXT(16, V_, 1000, "failure", "Failure", "拒绝原因", ""),
    F_TEXT(17, R_ | V_, 64, "digest", "Digest", "摘要值", "SHA-256 of the content, hexadecimal."),
    F_CODE(18, R_ | V_ | I_, "merge", "voucher_merge", "Merged", "合并方式", ""),
    F_REF(19, V_, "map", "definition", "Account map", "科目映射", "The revision that gave the codes."),
    F_JSON(20, R_ | V_, "lines", "Lines", "分录", "What is exported; anew only when a rejected voucher is rebuilt."),
};
static const arci_index voucher_indexes[] = {
    { "number", "ledger period number", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "status", "status", NULL, NULL, 0, 1 }, /* what waits for the general ledger */
};
ARCI_ENTITY(voucher, 313, E_VER, NULL, NULL, "Voucher", "凭证", "Entries as they go to a general ledger.");

static const arci_field voucher_entry_fields[] = {
    SYS_TXN,
    F_TEXT(10, R_ | V_ | I_, 64, "ledger", "Ledger", "总账系统", ""),
    F_REF(11, R_ | V_ | I_, "journal_entry", "journal_entry", "Entry", "分录", ""),
    F_REF(12, R_ | V_ | I_, "voucher", "voucher", "Voucher", "凭证", ""),
};
static const arci_index voucher_entry_indexes[] = {
    { "voucher", "voucher", NULL, NULL, 0, 1 }, /* what a voucher holds */
};
ARCI_ENTITY(voucher_entry, 314, E_APP | E_UNT, "ledger journal_entry", NULL, "Voucher and entry", "凭证与分录", "Which entries a voucher holds; each once a ledger.");

static const arci_field flag_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | V_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_REF(11, V_ | I_, "item", "item", "Item", "应收", "NULL = all of the customer."),
    F_CODE(12, R_ | V_ | I_, "kind", "flag_kind", "Kind", "标记", ""),
    F_DATE(13, R_ | V_ | I_, "from_date", "From", "开始日期", ""),
    F_DATE(14, V_, "to_date", "To", "结束日期", "Last day; NULL = no end."),
    F_CUR(15, V_ | I_, "currency", "Currency", "币种", "Of amount."),
    F_MONEY(16, V_ | I_, "amount", "currency", "Amount", "金额", "NULL = the whole item."),
    F_TEXT(17, R_ | V_ | I_, 500, "reason", "Reason", "原因", ""),
    F_TEXT(18, V_ | I_, 200, "evidence", "Evidence", "依据", "Notice or consent of a factoring, number of a court file."),
    F_TEXT(19, V_, 500, "end_reason", "Reason of the end", "结束原因", ""),
};
static const arci_index flag_indexes[] = {
    { "item", "item", NULL, "item", ARC_INDEX_WHERE_SET, 1 },
    { "customer", "customer kind", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(flag, 315, E_VER, NULL, "customer", "Flag", "标记", "Hold, legal action, factoring or insolvency, from a day to a day.");

static const arci_field revaluation_fields[] = {
    SYS_APPEND,
    F_DATE(10, R_ | V_ | I_, "as_of", "As of", "重估日期", "Last day of the period."),
    F_CUR(11, R_ | V_ | I_, "base_currency", "Base currency", "本位币", ""),
    F_MONEY(12, R_ | V_ | I_, "difference", "base_currency", "Difference", "汇兑差额", "Gain positive; taken back on the next day."),
    F_REF(13, V_ | I_, "entry", "journal_entry", "Entry", "分录", "The first; all have this row as their document."),
    F_REF(14, V_ | I_, "reversal", "journal_entry", "Reversal", "次日冲回分录", "The first of those dated the day after."),
    F_REF(15, V_ | I_, "reverses", "revaluation", "Reverses", "冲销的重估", ""),
};
static const arci_index revaluation_indexes[] = {
    { "as_of", "as_of", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(revaluation, 316, E_APP, NULL, NULL, "Revaluation", "期末调汇", "Open items in foreign currency valued at the closing rate.");

static const arci_field revaluation_line_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "revaluation", "revaluation", "Revaluation", "期末调汇", ""),
    F_REF(11, R_ | V_ | I_, "item", "item", "Item", "应收", ""),
    F_CUR(12, R_ | V_ | I_, "currency", "Currency", "币种", ""),
    F_MONEY(13, R_ | V_ | I_, "open", "currency", "Open", "未收金额", "As of the day."),
    F_CUR(14, R_ | V_ | I_, "base_currency", "Base currency", "本位币", ""),
    F_MONEY(15, R_ | V_ | I_, "carried", "base_currency", "Carried", "账面本位币", ""),
    F_MONEY(16, R_ | V_ | I_, "valued", "base_currency", "Valued", "重估本位币", "At the closing rate."),
    F_DEC(17, R_ | V_ | I_, "rate", 8, "Rate", "汇率", "Base currency units for one unit, 8 decimals."),
};
static const arci_index revaluation_line_indexes[] = {
    { "line", "revaluation item", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
};
ARCI_PART(revaluation_line, 317, E_APP, NULL, "item.customer", "revaluation", "Revaluation line", "期末调汇明细", "");

/* Whose a receipt was from when to when: the state says whose it is now. */
static const arci_field receipt_claim_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "receipt", "receipt", "Receipt", "回款", ""),
    F_REF(11, R_ | V_ | I_, "customer", "customer", "Customer", "客户", "Whose it is; of an end: whose it was."),
    F_DATE(12, R_ | V_ | I_, "effective_date", "Effective date", "生效日期", "From when it is his; of an end: from when it is nobody's again."),
    F_REF(13, V_ | I_, "ends", "receipt_claim", "Ends", "终止的认领", "The claim this row takes back; NULL = a claim."),
    F_DATE(14, V_ | I_, "claimed_on", "Claimed on", "认领日期", "Of an end: when the claim began."),
    F_CUR(15, R_ | V_ | I_, "currency", "Currency", "币种", "Copy of the receipt's."),
    F_REF(16, V_ | I_, "claimed_by", "user_account", "By", "经办人", ""),
    F_TEXT(17, V_ | I_, 500, "reason", "Reason", "说明", ""),
    F_REF(18, V_ | L_ | I_, "owner", "user_account", "Owner", "业务员", "Of the receipt while it is his."),
    F_REF(19, V_ | L_ | I_, "team", "org_unit", "Team", "团队", "Of the receipt while it is his."),
    F_REF(20, V_ | L_ | I_, "region", "org_unit", "Region", "区域", "Of the receipt while it is his."),
};
static const arci_index receipt_claim_indexes[] = {
    { "receipt", "receipt effective_date", NULL, NULL, 0, 1 },
    { "customer", "customer effective_date", NULL, NULL, 0, 1 },
    { "ended", "effective_date", NULL, "ends", ARC_INDEX_WHERE_SET, 1 }, /* as of: what was his before */
    { "ends", "ends", NULL, "ends", ARC_INDEX_UNIQUE | ARC_INDEX_WHERE_SET, 1 },
};
ARCI_PART(receipt_claim, 318, E_APP, NULL, "customer", "receipt", "Claim of a receipt", "回款认领", "Who a receipt was found to belong to, and until when.");

/* How far dunning of an item has come: the last row is what its state says. */
static const arci_field level_change_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "item", "item", "Item", "应收", ""),
    F_DATE(11, R_ | V_ | I_, "effective_date", "Effective date", "生效日期", ""),
    F_INT(12, R_ | V_ | I_, "level", "Level", "催收等级", "From then on."),
    F_INT(13, R_ | V_ | I_, "level_before", "Level before", "原等级", ""),
    F_TEXT(14, R_ | V_ | I_, 500, "reason", "Reason", "原因", ""),
    F_TEXT(15, V_ | I_, 200, "cause", "Cause", "来由", "What set it, for example the firing of a rule; NULL = a person."),
};
static const arci_index level_change_indexes[] = {
    { "item", "item effective_date", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(level_change, 319, E_APP, NULL, "item.customer", "Change of dunning level", "催收等级变更", "Never changed: the level of an item is that of its last row.");
