/* SPDX-License-Identifier: Apache-2.0 */
/* Entities 100 to 149: customers. Form and numbering: entities.h. */
#include "model/entities.h"

/* clang-format off */

static const arci_field customer_fields[] = {
    SYS_MASTER,
    F_TEXT(10, R_, 64, "code", "Code", "客户编码", "Unique in the book."),
    F_TEXT(11, R_, 300, "legal_name", "Legal name", "客户全称", "As registered."),
    F_TEXT(12, 0, 120, "short_name", "Short name", "客户简称", ""),
    F_CODE(13, 0, "kind", "customer_kind", "Kind", "客户类型", ""),
    F_TEXT(14, 0, 18, "uscc", "Unified credit code", "统一社会信用代码", "18 characters with check character (GB 32100)."),
    F_TEXT(15, 0, 40, "tax_no", "Tax number", "税号", "Where it is not the unified credit code."),
    F_TEXT(16, 0, 40, "industry", "Industry", "行业", "Code of the book's own list."),
    F_CODE(17, 0, "enterprise_size", "enterprise_size", "Enterprise size", "企业规模", "Decides statutory payment terms."),
    F_DATE(18, 0, "size_declared_on", "Size declared on", "规模声明日期", "When the size was declared."),
    F_CUR(19, 0, "capital_currency", "Capital currency", "注册资本币种", "ISO 4217."),
    F_MONEY(20, 0, "registered_capital", "capital_currency", "Registered capital", "注册资本", ""),
    F_TEXT(21, P_, 120, "legal_rep", "Legal representative", "法定代表人", ""),
    F_REF(22, 0, "customer_group", "customer_group", "Group", "集团", ""),
    F_REF(23, 0, "parent", "customer", "Parent", "母公司", "Customer that owns it; credit rolls up."),
    F_TEXT(24, 0, 40, "segment", "Segment", "客户分类", "Code of the book's own list."),
    F_TEXT(25, 0, 40, "channel", "Channel", "渠道", "Code of the book's own list."),
    F_REF(26, 0, "owner", "user_account", "Owner", "业务员", "Sales owner."),
    F_REF(27, 0, "team", "org_unit", "Team", "团队", ""),
    F_REF(28, 0, "region", "org_unit", "Region", "区域", ""),
    F_TEXT(29, 0, 2, "country", "Country", "国家", "ISO 3166-1 alpha-2."),
    F_TEXT(30, P_, 500, "address", "Address", "地址", ""),
    F_TEXT(31, 0, 16, "language", "Language", "语言", "BCP 47, for example zh-CN."),
    F_CODE(32, 0, "preferred_channel", "message_channel", "Preferred channel", "首选联系方式", ""),
    F_TEXT(33, 0, 64, "term", "Payment term", "付款条件", "Code of a term definition, or a rule such as NET30."),
    F_CUR(34, 0, "currency", "Currency", "默认币种", "Of new documents, ISO 4217."),
    F_DATE(35, 0, "dunning_block_to", "No dunning until", "暂停催收至", "Last day of the block."),
    F_BOOL(36, 0, "opt_out", "Opted out", "拒收消息", "1: no messages to natural persons."),
    F_CODE(37, 0, "status", "customer_status", "Status", "状态", "NULL = active."),
    F_TEXT(38, 0, 1000, "remark", "Remark", "备注", ""),
    F_REF(39, V_, "merged_into", "customer", "Merged into", "并入客户", "Customer it was merged into and is not taken out of again; merge_record tells since when."),
    F_JSON(1000, D_, "aliases", "Aliases", "别名", "Names he had or pays under: array of {kind, value, last_seen}, of customer_alias rows that count."),
    F_CODE(1001, D_, "grade", "risk_band", "Grade", "信用等级", "Band that stands: of the override that runs, else of the last score."),
    F_INT(1002, D_, "score", "Score", "信用评分", "Points of the last score."),
    F_CUR(1003, D_, "limit_currency", "Limit currency", "额度币种", "ISO 4217; of the one currency in which a limit of his own is in force."),
    F_MONEY(1004, D_, "credit_limit", "limit_currency", "Credit limit", "信用额度", "His own, in force on the date asked: permanent and temporary; NULL = none, or in several currencies."),
    F_DATE(1005, D_, "limit_valid_to", "Limit valid to", "额度有效期至", "Last day on which the limit is this one; NULL = no end known."),
    F_DATE(1006, D_, "credit_checked_on", "Credit checked on", "资信调查日期", "Day of the last credit check."),
    F_INT(1007, D_, "avg_collection_days", "Average collection days", "平均回款天数", "Days beyond terms, weighted by amount; NULL where nothing was paid, or in several currencies."),
    F_INT(1008, D_, "overdue_count", "Overdue count", "逾期次数", "Payments after the due date, and items past due."),
    F_JSON(1009, D_, "external_ids", "External ids", "外部编号", "Array of {system, value} of external_id."),
    F_INT(1010, D_, "last_contact_days", "Days since contact", "距上次联系天数", "Since the last interaction; NULL = none."),
    F_INT(1011, D_, "promises_broken", "Broken promises", "违约承诺数", "Promises of interactions that nothing was paid on; NULL = none was made."),
    F_DEC(1012, D_, "payment_index", 2, "Payment index", "付款指数", "0 to 100, 80 = on the day; NULL with fewer than 3 payments, or in several currencies."),
    F_DATE(1013, D_, "last_contact_on", "Last contact on", "上次联系日期", "Day of the last interaction; NULL = none."),
    F_DEC(1014, D_, "adbt", 2, "Average days beyond terms", "平均逾期付款天数", "Weighted by amount; NULL where nothing was paid, or in several currencies."),
    F_DEC(1015, D_, "late_share", 4, "Share paid late", "逾期付款占比", "0 to 1, of what was paid; NULL where nothing was, or in several currencies."),
    F_DEC(1016, D_, "overdue_share", 4, "Overdue share", "逾期占比", "0 to 1, of open debit items; NULL where none is open, or in several currencies."),
    F_DATE(1017, D_, "oldest_due_on", "Oldest due date", "最早到期日", "Of open debit items; NULL = none."),
    F_INT(1018, D_, "worst_overdue", "Worst overdue", "最长逾期天数", "Days the oldest open debit item is past due, 0 = none is; NULL = none is open."),
    F_DEC(1019, D_, "promises_kept_share", 4, "Share of promises kept", "承诺兑现率", "0 to 1, of promises whose day has come; NULL = none."),
    F_INT(1020, D_, "disputes_open", "Open disputes", "未决争议数", "On the date asked."),
};
static const arci_index customer_indexes[] = {
    { "code", "code", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "uscc", "uscc", NULL, "uscc", ARC_INDEX_WHERE_SET, 1 },     /* duplicates; not unique: branches share one */
    { "owner", "owner", NULL, "owner", ARC_INDEX_WHERE_SET, 1 },  /* row scope "own" */
    { "parent", "parent", NULL, "parent", ARC_INDEX_WHERE_SET, 1 }, /* group roll-up */
    { "team", "team", NULL, "team", ARC_INDEX_WHERE_SET, 1 },       /* row scope "team" */
    { "region", "region", NULL, "region", ARC_INDEX_WHERE_SET, 1 }, /* row scope "region" */
    { "merged_into", "merged_into", NULL, "merged_into", ARC_INDEX_WHERE_SET, 1 }, /* whom a customer took in */
    { "customer_group", "customer_group", NULL, "customer_group", ARC_INDEX_WHERE_SET, 1 }, /* who stands under a limit of a group */
};
ARCI_ENTITY(customer, 100, E_VER | E_CUS | E_MAS, NULL, "", "Customer", "客户", "Who may owe us.");

static const arci_field customer_group_fields[] = {
    SYS_MASTER,
    F_TEXT(10, R_, 64, "code", "Code", "编码", ""),
    F_TEXT(11, R_, 300, "name", "Name", "名称", ""),
    F_REF(12, 0, "parent", "customer_group", "Parent", "上级集团", ""),
    F_TEXT(13, 0, 1000, "remark", "Remark", "备注", ""),
};
static const arci_index customer_group_indexes[] = {
    { "code", "code", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "parent", "parent", NULL, "parent", ARC_INDEX_WHERE_SET, 1 },
};
ARCI_ENTITY(customer_group, 101, E_VER | E_CUS | E_MAS, NULL, NULL, "Customer group", "客户集团", "Companies that stand together.");

static const arci_field contact_fields[] = {
    SYS_MASTER,
    F_REF(10, R_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_TEXT(11, R_ | P_, 120, "name", "Name", "姓名", ""),
    F_CODE(12, 0, "role", "contact_role", "Role", "职责", ""),
    F_TEXT(13, P_, 32, "mobile", "Mobile", "手机", "With country code."),
    F_TEXT(14, P_, 254, "email", "E-mail", "邮箱", ""),
    F_TEXT(15, P_, 100, "wechat", "WeChat", "微信", ""),
    F_TEXT(16, P_, 500, "address", "Address", "地址", "For letters."),
    F_BOOL(17, 0, "cc", "Copied", "抄送", "1: gets copies."),
    F_BOOL(18, 0, "consent", "Consent", "同意接收", "1: agreed to be written to."),
    F_TEXT(19, 0, 16, "language", "Language", "语言", "BCP 47."),
    F_DATE(20, 0, "valid_to", "Valid to", "有效期至", "Last day; NULL = no end."),
};
static const arci_index contact_indexes[] = {
    { "customer", "customer", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(contact, 102, E_VER | E_CUS | E_MAS, NULL, "customer", "Contact", "联系人", "A person at a customer.");

static const arci_field invoice_title_fields[] = {
    SYS_MASTER,
    F_REF(10, R_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_TEXT(11, R_, 300, "title", "Title", "抬头", "Buyer name on the fapiao."),
    F_TEXT(12, R_, 40, "tax_no", "Tax number", "税号", ""),
    F_TEXT(13, 0, 500, "address", "Address", "地址", ""),
    F_TEXT(14, 0, 40, "phone", "Phone", "电话", ""),
    F_TEXT(15, 0, 200, "bank", "Bank", "开户行", ""),
    F_TEXT(16, 0, 64, "account", "Account", "银行账号", ""),
    F_CODE(17, 0, "fapiao_kind", "fapiao_kind", "Fapiao kind", "发票种类", ""),
    F_BOOL(18, 0, "is_default", "Default", "默认", "1: used when none is named; setting it takes it from the customer's other titles."),
};
static const arci_index invoice_title_indexes[] = {
    { "customer", "customer", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(invoice_title, 103, E_VER | E_CUS | E_MAS, NULL, "customer", "Invoice title", "开票抬头", "Buyer data for tax invoices.");

static const arci_field bank_account_fields[] = {
    SYS_MASTER,
    F_REF(10, I_, "customer", "customer", "Customer", "客户", "NULL = an account of our own."),
    F_TEXT(11, R_ | P_, 64, "number", "Account number", "账号", "IBAN or domestic number."),
    F_TEXT(12, P_, 300, "holder", "Holder", "户名", ""),
    F_TEXT(13, 0, 200, "bank", "Bank", "开户行", ""),
    F_TEXT(14, 0, 11, "bic", "BIC", "SWIFT代码", "8 or 11 characters."),
    F_CUR(15, 0, "currency", "Currency", "币种", "ISO 4217; NULL = any."),
    F_CODE(16, 0, "kind", "bank_account_kind", "Kind", "账户种类", ""),
    F_DATE(17, V_, "verified_on", "Verified on", "核实日期", "When it was confirmed with the holder."),
    F_DATE(18, 0, "valid_to", "Valid to", "有效期至", "Last day; NULL = no end."),
};
static const arci_index bank_account_indexes[] = {
    { "number", "number", NULL, NULL, 0, 1 }, /* whose account a payer's number is; several customers may share one */
};
ARCI_ENTITY(bank_account, 104, E_VER | E_CUS | E_MAS, NULL, "customer", "Bank account", "银行账户", "An account of a customer, or of our own.");

static const arci_field customer_alias_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | V_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_CODE(11, R_ | V_ | I_, "kind", "alias_kind", "Kind", "种类", ""),
    F_TEXT(12, R_ | V_ | P_ | I_, 300, "value", "Value", "别名", "Name or account number as it was written first."),
    F_INT(13, R_ | V_, "supports", "Supported", "支持次数", "Receipts of the customer that came so."),
    F_INT(14, R_ | V_, "contradicts", "Contradicted", "反对次数", "Receipts of other customers that came so."),
    F_DATE(15, V_, "last_seen", "Last seen", "最近出现", "Of a former name: the day it was given up."),
    F_DATE(16, V_, "valid_to", "Valid to", "有效期至", "Last day; NULL = no end."),
    F_REF(17, V_, "confirmed_by", "user_account", "Confirmed by", "确认人", "Who said so."),
    F_TEXT(18, R_ | V_ | P_ | I_, 300, "key", "Key", "比对键", "Value as it is compared."),
    F_DATE(19, V_, "confirmed_on", "Confirmed on", "确认日期", "Since when it counts because somebody said so."),
};
static const arci_index customer_alias_indexes[] = {
    { "key", "kind key customer", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "customer", "customer", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(customer_alias, 105, E_VER, NULL, "customer", "Alias", "客户别名", "Another name, payer name or payer account of a customer.");

static const arci_field payer_evidence_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | V_ | I_, "receipt", "receipt", "Receipt", "回款", ""),
    F_CODE(11, R_ | V_ | I_, "kind", "alias_kind", "Kind", "种类", ""),
    F_TEXT(12, R_ | V_ | P_ | I_, 300, "key", "Key", "比对键", "Of payer or account, as it is compared."),
    F_REF(13, V_, "customer", "customer", "Customer", "客户", "Whom it supports; NULL: nobody any more."),
};
static const arci_index payer_evidence_indexes[] = {
    { "receipt", "receipt kind", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "key", "kind key", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(payer_evidence, 110, E_VER, NULL, "customer", "Evidence of a payer", "付款人证据", "That a receipt of a customer came from an account or under a name.");

static const arci_field interaction_fields[] = {
    SYS_MASTER,
    F_REF(10, R_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_JSON(11, 0, "items", "Items", "应收", "Array of item ids."),
    F_CODE(12, R_ | I_, "kind", "interaction_kind", "Kind", "种类", ""),
    F_INT(13, 0, "level", "Level", "催收等级", ""),
    F_CODE(14, R_, "channel", "message_channel", "Channel", "方式", ""),
    F_STAMP(15, R_, "sent_at", "Took place at", "时间", "When it took place, UTC."),
    F_REF(16, 0, "contact", "contact", "Contact", "联系人", "Whom it was with; he must be the customer's."),
    F_TEXT(17, P_, 8000, "content", "Content", "内容", ""),
    F_CODE(18, 0, "result", "interaction_result", "Result", "结果", ""),
    F_DATE(19, 0, "promise_date", "Promise date", "承诺付款日", "Until when payment was promised."),
    F_CUR(20, 0, "promise_currency", "Promise currency", "承诺币种", "ISO 4217."),
    F_MONEY(21, 0, "promise_amount", "promise_currency", "Promise amount", "承诺金额", ""),
    F_DATE(22, 0, "next_on", "Next on", "下次跟进", ""),
    F_REF(23, 0, "assignee", "user_account", "Assignee", "跟进人", ""),
    F_TEXT(24, P_, 4000, "feedback", "Feedback", "反馈", ""),
    F_TEXT(25, I_, 64, "source", "Source", "来源", "System it came from; NULL = this book."),
    F_TEXT(26, P_, 1000, "next_step", "Next step", "下一步", "What is to be done then."),
    F_CUR(27, 0, "quote_currency", "Quote currency", "报价币种", "ISO 4217."),
    F_MONEY(28, 0, "quote_amount", "quote_currency", "Quote", "报价金额", "Of a quote."),
    F_DATE(29, 0, "done_on", "Done on", "完成日期", "When the next step was done; NULL = it is to come."),
};
static const arci_index interaction_indexes[] = {
    { "customer", "customer sent_at", NULL, NULL, 0, 1 },
    { "next", "next_on", NULL, "next_on", ARC_INDEX_WHERE_SET, 1 }, /* what is to be done */
};
ARCI_ENTITY(interaction, 106, E_VER | E_CUS | E_MAS, NULL, "customer", "Interaction", "往来记录", "A call, visit, message, quote or answer, logged by hand or by another system.");

/* ---- account: hot. Apart from master data so that a posting never rewrites a customer. --------------------------------- */
static const arci_field account_fields[] = {
    SYS_STATE,
    F_REF(10, R_ | V_ | I_, "customer", "customer", "Customer", "客户", "Key, with the currency."),
    F_CUR(11, R_ | V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(12, R_ | V_ | K_, "open", "currency", "Open", "未收余额", "Sum of open over all items but planned and estimated ones; credits count negative."),
    F_MONEY(13, R_ | V_ | K_, "estimated", "currency", "Estimated", "暂估余额", "Sum of open over estimated items."),
    F_MONEY(14, R_ | V_ | K_, "unapplied", "currency", "Unapplied", "未核销回款", "Sum of unapplied over receipts."),
    F_INT(15, R_ | V_ | K_, "n_open", "Open items", "未结笔数", "Items with open not 0."),
    F_DATE(16, V_ | K_, "oldest_due", "Oldest due date", "最早到期日", "Smallest due date among open debit items that are not planned; may lag after a settlement, never late."),
    F_DATE(17, V_ | K_, "last_receipt_on", "Last receipt on", "最近回款日", "Latest value date of the receipts that are his and did not go back."),
    F_MONEY(18, R_ | V_ | K_, "ordered", "currency", "Ordered", "未发货订单", "What confirmed orders leave to deliver or to invoice, inclusive of tax; see commitment."),
    F_MONEY(19, R_ | V_ | K_, "delivered", "currency", "Delivered", "已发货未开票", "What was delivered and not invoiced, inclusive of tax; see commitment."),
    F_DATE(58, V_ | K_, "first_deal_on", "First deal on", "首次交易日", "Business date of the first document that made a receivable; NULL = none."),
    F_DATE(59, V_ | K_, "last_deal_on", "Last deal on", "最近交易日", "Of the last one."),
    F_INT(60, R_ | V_ | K_, "paid_n", "Payments", "付款笔数", "Allocations of receipts to items with a due date; netting and refunds left out."),
    F_INT(61, R_ | V_ | K_, "paid_late_n", "Late payments", "逾期付款笔数", "Those after the due date."),
    F_INT(62, R_ | V_ | K_, "paid_days", "Days of payments", "付款天数合计", "Sum of the days after the due date; before it: negative."),
    F_INT(63, R_ | V_ | K_, "paid_late_days", "Days of late payments", "逾期付款天数合计", "The same of late ones alone."),
    F_INT(64, R_ | V_ | K_, "deals_n", "Deals", "交易笔数", "Documents that made a receivable: invoices, opening items."),
    F_INT(65, V_ | K_, "deals", "Value of deals", "交易金额", "Of those, in minor units; NULL = too large to be kept."),
    F_INT(66, V_ | K_, "paid", "Paid", "付款金额", "Sum of the amounts of payments, in minor units; NULL, like those below = too large to be kept."),
    F_INT(67, V_ | K_, "paid_late", "Paid late", "逾期付款金额", "Of late ones."),
    F_INT(68, V_ | K_, "paid_weight", "Amount times days", "付款金额乘天数", "Sum of amount x days after the due date, signed."),
    F_INT(69, V_ | K_, "paid_over_0", "Amount times days late", "逾期金额乘天数", "Sum of amount x max(0, days)."),
    F_INT(70, V_ | K_, "paid_over_m30", "Amount times days over -30", "超过 -30 天的金额乘天数", "Sum of amount x max(0, days - (-30)): a bend of the payment index."),
    F_INT(71, V_ | K_, "paid_over_m20", "Amount times days over -20", "超过 -20 天的金额乘天数", "Sum of amount x max(0, days - (-20)): a bend of the payment index."),
    F_INT(72, V_ | K_, "paid_over_15", "Amount times days over 15", "超过 15 天的金额乘天数", "Sum of amount x max(0, days - 15): a bend of the payment index."),
    F_INT(73, V_ | K_, "paid_over_22", "Amount times days over 22", "超过 22 天的金额乘天数", "Sum of amount x max(0, days - 22): a bend of the payment index."),
    F_INT(74, V_ | K_, "paid_over_30", "Amount times days over 30", "超过 30 天的金额乘天数", "Sum of amount x max(0, days - 30): a bend of the payment index."),
    F_INT(75, V_ | K_, "paid_over_180", "Amount times days over 180", "超过 180 天的金额乘天数", "Sum of amount x max(0, days - 180): a bend of the payment index."),
    F_JSON(76, V_ | K_, "due_days", "Open by due date", "按到期日未收", "Array of [day number, amount in minor units]: what is open of debit items that are neither planned nor estimated; NULL = nothing with a due date."),
    F_JSON(77, V_ | K_, "wanted_days", "Ordered by wanted date", "按要求交货日期未发货", "Likewise of `ordered`: what is wanted on a day; what is wanted at once is in none."),
};
ARCI_ENTITY_PLAIN(account, 107, E_VER | E_STA, "customer currency", "customer", "Account", "客户往来账户", "What a customer owes in one currency; a cache that verify recomputes.");

static const arci_field merge_record_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "kept", "customer", "Kept", "保留客户", "Holds both from effective_date on."),
    F_REF(11, R_ | V_ | I_, "merged", "customer", "Merged", "被合并客户", ""),
    F_DATE(12, R_ | V_ | I_, "effective_date", "Effective date", "生效日期", "Reports as of this day and later take both as one; of a reversal: as two again."),
    F_REF(13, V_ | I_, "reverses", "merge_record", "Reverses", "撤销的合并", "The merge that this row undoes."),
    F_TEXT(14, R_ | V_ | I_, 500, "reason", "Reason", "原因", ""),
    F_JSON(15, V_ | I_, "before", "Before", "合并前", "Status of the merged customer, and owner, team and region where he was handed over, so that they can be put back."),
};
static const arci_index merge_record_indexes[] = {
    { "merged", "merged", NULL, NULL, 0, 1 },
    { "kept", "kept", NULL, NULL, 0, 1 },
    { "reverses", "reverses", NULL, "reverses", ARC_INDEX_UNIQUE | ARC_INDEX_WHERE_SET, 1 }, /* undone once */
};
ARCI_ENTITY(merge_record, 108, E_APP, NULL, "kept", "Merge record", "客户合并记录", "Two customers that turned out to be one.");

static const arci_field duplicate_decision_fields[] = {
    SYS_MASTER,
    F_REF(10, R_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_REF(11, R_ | I_, "other", "customer", "Other customer", "另一客户", ""),
    F_TEXT(12, R_, 500, "reason", "Reason", "原因", "Why they are two."),
    F_DATE(13, 0, "valid_to", "Valid to", "有效期至", "Last day; NULL = no end."),
};
static const arci_index duplicate_decision_indexes[] = {
    { "pair", "customer other", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
};
ARCI_ENTITY(duplicate_decision, 109, E_VER | E_CUS | E_MAS, NULL, "customer", "Not a duplicate", "非重复客户", "Two customers somebody has looked at: they are not one.");
