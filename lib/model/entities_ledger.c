/* SPDX-License-Identifier: Apache-2.0 */
/* Entities 300 to 349: the ledger. Form and numbering: entities.h.
 *
 * Signs. item.amount is positive for a debit (the customer owes) and negative for a credit; item_state.open keeps that sign and
 * moves towards 0. receipt.amount is positive. An allocation takes `amount` from one credit (a receipt or a credit item) and
 * settles a debit item by amount + discount + write_off; its parts are >= 0, and the reversal of an allocation is a new row with the
 * same parts negated. So folds are plain sums: open debit = amount - sum(amount + discount + write_off), open credit item =
 * amount + sum(amount), unapplied receipt = amount - sum(amount). */
#include "model/entities.h"

/* clang-format off */

/* ---- item ------------------------------------------------------------------------------------------------------ */
static const arci_field item_fields[] = {
    SYS_APPEND_CUSTOM,
    F_TEXT(10, R_ | I_, 64, "number", "Number", "应收单号", "Number of the document it comes from."),
    F_INT(11, R_ | I_, "seq", "Sequence", "序号", "1, 2 ... for the instalments of one document."),
    F_CODE(12, R_ | I_, "kind", "item_kind", "Kind", "类型", "What sort of claim it is."),
    F_REF(13, R_ | I_, "customer", "customer", "Customer", "客户", "Who owes it."),
    F_CUR(14, R_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(15, R_ | I_, "amount", "currency", "Amount", "应收金额", "Inclusive of tax; positive = debit, negative = credit."),
    F_DATE(16, R_ | I_, "business_date", "Business date", "业务日期", "From when it counts."),
    F_DATE(17, I_, "base_date", "Base date", "起算日期", "Day the term counts from; NULL = trigger has not happened."),
    F_DATE(18, I_, "due_date", "Due date", "到期日", "NULL = trigger has not happened."),
    F_REF(19, I_, "invoice", "invoice", "Invoice", "发票", "Invoice or credit note it comes from."),
    F_REF(20, I_, "contract", "contract", "Contract", "合同", ""),
    F_REF(21, I_, "sales_order", "sales_order", "Order", "订单", ""),
    F_REF(22, I_, "delivery", "delivery", "Delivery", "发货单", ""),
    F_REF(23, I_, "project", "project", "Project", "项目", ""),
    F_REF(24, I_, "store", "channel_store", "Store", "店铺", "Channel store it was sold by."),
    F_REF(25, I_, "origin", "item", "Origin", "来源应收", "Item it continues: residual, dishonoured bill, transfer."),
    F_CUR(26, I_, "base_currency", "Base currency", "本位币", "Of base_amount; NULL = same as currency."),
    F_MONEY(27, I_, "base_amount", "base_currency", "Base amount", "本位币金额", "Amount at the booked rate."),
    F_JSON(28, I_, "discounts", "Cash discounts", "现金折扣", "Array of {until, percent}; best tier first."),
    F_REF(29, I_, "owner", "user_account", "Owner", "业务员", "Sales owner when the document was made."),
    F_REF(30, I_, "team", "org_unit", "Team", "团队", "Team when the document was made."),
    F_REF(31, I_, "region", "org_unit", "Region", "区域", "Region when the document was made."),
    F_REF(32, I_, "department", "org_unit", "Department", "部门", "Department when the document was made."),
    F_TEXT(33, I_, 1000, "remark", "Remark", "备注", ""),
    F_REF(34, I_, "milestone", "milestone", "Milestone", "里程碑", ""),
    F_REF(35, I_, "business_line", "org_unit", "Business line", "业务线", ""),
    F_TEXT(36, I_, 40, "channel", "Channel", "渠道", "Code of the book's own list."),
    F_REF(37, I_, "bill", "bill", "Bill", "票据", "Bill of exchange it comes from."),
    F_MONEY(38, I_, "tax_amount", "currency", "Tax amount", "税额", "Tax within amount; NULL = not known."),
    F_CODE(39, I_, "reason_code", "deduction_reason", "Reason code", "原因代码", "Of a residual item or chargeback."),
    F_JSON(40, I_, "parts", "Parts", "组成", "Array of {kind, amount} in the order they are settled; NULL = one part."),
    F_TEXT(41, I_, 40, "account_role", "Account role", "科目角色", "What a receivable without invoice is credited to; NULL = revenue, of a fee fee_income."),
    F_MONEY(1000, D_, "received", "currency", "Received", "已收金额", "Settled by receipts and credits; of a credit, what was used of it."),
    F_MONEY(1001, D_, "discount", "currency", "Discount", "已折扣", "Cash discount granted."),
    F_MONEY(1002, D_, "written_off", "currency", "Written off", "已核减", "Given up as a small difference or bad debt."),
    F_MONEY(1003, D_, "open", "currency", "Open", "未收金额", "As of the date asked."),
    F_CODE(1004, D_, "status", "item_status", "Status", "状态", "Derived from open, amount and what settled it."),
    F_INT(1005, D_, "age_days", "Age", "账龄天数", "Days since the business date, while something is open."),
    F_INT(1006, D_, "overdue_days", "Days overdue", "逾期天数", "max(0, as of - due date), while something is open."),
    F_INT(1007, D_, "bucket", "Bucket", "账龄区间", "Number of the edges 1, 31, 61, 91 that the days since the due date reach, while something is open."),
    F_INT(1008, D_, "dunning_level", "Dunning level", "催收等级", ""),
    F_DATE(1009, D_, "promise_date", "Promise date", "承诺付款日", "Of the promise in force; not computed yet."),
    F_MONEY(1010, D_, "disputed", "currency", "Disputed", "争议金额", "Part under dispute, at most what is open; NULL = none."),
    F_CODE(1011, D_, "risk", "risk_band", "Risk", "风险等级", "Not computed yet."),
    F_REF(1012, D_, "collector", "user_account", "Collector", "催收员", "Not computed yet."),
    F_DATE(1013, D_, "limitation_date", "Limitation date", "诉讼时效届满日", "Not computed yet."),
    F_JSON(1014, D_, "files", "Files", "附件", "Ids of attachments."),
};
static const arci_index item_indexes[] = {
    { "invoice", "invoice seq", NULL, "invoice", ARC_INDEX_WHERE_SET, 1 },          /* the items of an invoice */
    { "customer", "customer business_date", NULL, NULL, 0, 1 },                     /* statement of account, closed items too */
    { "number", "number seq", NULL, "invoice", ARC_INDEX_UNIQUE | ARC_INDEX_WHERE_NULL, 1 }, /* documents without invoice */
    { "contract", "contract kind", NULL, "contract", ARC_INDEX_WHERE_SET, 1 },       /* what is planned on a contract */
    { "sales_order", "sales_order kind", NULL, "sales_order", ARC_INDEX_WHERE_SET, 1 },
    { "delivery", "delivery kind", NULL, "delivery", ARC_INDEX_WHERE_SET, 1 },
};
ARCI_PART(item, 300, E_APP | E_CUS, NULL, "customer", "invoice", "Receivable", "应收账款明细", "Open item: one claim with one due date. Never changed; see item_state.");

/* ---- item_state: hot. Copies of the item let aging and exposure read one narrow index. ------------------------------ */
static const arci_field item_state_fields[] = {
    SYS_STATE,
    F_REF(10, R_ | V_ | I_, "item", "item", "Item", "应收", "Key."),
    F_REF(11, R_ | V_ | L_ | K_, "customer", "customer", "Customer", "客户", "Copy of the item's."),
    F_CUR(12, R_ | V_ | K_, "currency", "Currency", "币种", "Copy of the item's."),
    F_CODE(13, R_ | V_ | K_, "kind", "item_kind", "Kind", "类型", "Copy of the item's, until a plan or estimate is invoiced."),
    F_DATE(14, V_ | K_, "due_date", "Due date", "到期日", "The item's, or the one last agreed."),
    F_DATE(15, R_ | V_ | K_, "business_date", "Business date", "业务日期", "Copy of the item's."),
    F_MONEY(16, R_ | V_ | K_, "open", "currency", "Open", "未收金额", "What is left, in the sign of the item's amount."),
    F_DATE(17, V_ | K_, "settled_on", "Settled on", "结清日期", "Effective date of the last allocation when open became 0; NULL while open."),
    F_INT(18, R_ | V_ | K_, "dunning_level", "Dunning level", "催收等级", "0 = never dunned."),
    F_REF(19, V_ | L_ | K_, "owner", "user_account", "Owner", "业务员", "Copy of the item's."),
    F_REF(20, V_ | L_ | K_, "team", "org_unit", "Team", "团队", "Copy of the item's."),
    F_REF(21, V_ | L_ | K_, "region", "org_unit", "Region", "区域", "Copy of the item's."),
    F_CUR(22, V_ | K_, "base_currency", "Base currency", "本位币", "Of base_open; NULL = same as currency, or no rate is known."),
    F_MONEY(23, V_ | K_, "base_open", "base_currency", "Open in base currency", "未收本位币金额", "Booked base amount of what is open; the last allocation takes what is left."),
    F_JSON(24, V_ | K_, "parts", "Open parts", "未收组成", "What is open of each of the item's parts; NULL = one part."),
    F_DATE(25, V_ | K_, "moved_on", "Last moved on", "最近变动日期", "Latest effective date of its allocations, their reversals and adjustments of its amount; NULL = none."),
    F_REF(26, V_ | L_ | K_, "contract", "contract", "Contract", "合同", "Of a plan or estimate of which something is open: the item's; else NULL."),
    F_REF(27, V_ | L_ | K_, "sales_order", "sales_order", "Order", "订单", "Likewise."),
    F_REF(28, V_ | L_ | K_, "delivery", "delivery", "Delivery", "发货单", "Likewise."),
    F_MONEY(29, V_ | K_, "disputed", "currency", "Disputed", "争议金额", "Sum of its disputes that are open; NULL = none. At most what is open is disputed."),
    F_INT(30, R_ | V_ | K_, "episode", "Episode", "周期", "Grows when it opens again after it was settled, and when its due date moves by agreement."),
    F_INT(31, V_ | K_, "expected", "Expected", "预计", "1: a plan or estimate of which something is open; else NULL."),
};
static const arci_index item_state_indexes[] = {
    /* aging and exposure: reads nothing but this index, and only open items are in it */
    { "open", "customer due_date", "open currency kind business_date owner team region", "open", ARC_INDEX_WHERE_NONZERO, 1 },
    /* as of a past day: what has been settled since */
    { "settled", "settled_on", NULL, "settled_on", ARC_INDEX_WHERE_SET, 1 },
    /* what documents may consume: open plans and estimates alone */
    { "contract", "contract", NULL, "contract", ARC_INDEX_WHERE_SET, 1 },
    { "sales_order", "sales_order", NULL, "sales_order", ARC_INDEX_WHERE_SET, 1 },
    { "delivery", "delivery", NULL, "delivery", ARC_INDEX_WHERE_SET, 1 },
    { "level", "customer dunning_level item", "open", "dunning_level", ARC_INDEX_WHERE_NONZERO, 1 }, /* credit checks: who was dunned, the highest level first */
    { "disputed", "customer due_date", "disputed open currency", "disputed", ARC_INDEX_WHERE_SET, 1 }, /* exposure: what is in dispute */
    { "expected", "customer due_date", "open currency kind contract sales_order delivery", "expected", ARC_INDEX_WHERE_SET, 1 }, /* exposure: plans and estimates */
};
ARCI_ENTITY(item_state, 301, E_VER | E_STA, "item", "customer", "Receivable state", "应收状态", "What changes of an item; a cache that verify recomputes from allocations.");

/* ---- receipt ------------------------------------------------------------------------------------------------------ */
static const arci_field receipt_fields[] = {
    SYS_APPEND_CUSTOM,
    F_TEXT(10, R_ | I_, 64, "number", "Number", "回款单号", "Unique in the book."),
    F_REF(11, I_, "customer", "customer", "Customer", "客户", "As known when it came in; NULL = not identified then."),
    F_DATE(12, R_ | I_, "value_date", "Value date", "到账日", "Drives overdue, discount and interest."),
    F_DATE(13, R_ | I_, "booking_date", "Booking date", "银行记账日", "The bank's booking date."),
    F_DATE(14, R_ | I_, "posting_date", "Posting date", "入账日", "Ledger date, and from when reports count it."),
    F_CUR(15, R_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(16, R_ | I_, "amount", "currency", "Amount", "回款金额", "Positive."),
    F_CODE(17, I_, "method", "receipt_method", "Method", "回款方式", ""),
    F_CODE(18, I_, "purpose", "receipt_purpose", "Purpose", "款项性质", ""),
    F_MONEY(19, I_, "fee", "currency", "Fee", "手续费", "Kept back by the bank or platform; not part of amount."),
    F_TEXT(20, P_ | I_, 300, "payer_name", "Payer", "付款人名称", "As the bank gives it."),
    F_TEXT(21, P_ | I_, 64, "payer_account", "Payer account", "付款账号", "As the bank gives it."),
    F_REF(22, I_, "our_account", "bank_account", "Our account", "收款账户", "Account it came in on."),
    F_DEC(23, I_, "fx_rate", 8, "Exchange rate", "汇率", "Base currency units for one unit of currency, 8 decimals."),
    F_CUR(24, I_, "base_currency", "Base currency", "本位币", "Of base_amount; NULL = same as currency."),
    F_MONEY(25, I_, "base_amount", "base_currency", "Base amount", "本位币金额", ""),
    F_TEXT(26, I_, 200, "bank_ref", "Bank reference", "银行流水号", "End-to-end or transaction id."),
    F_TEXT(27, P_ | I_, 1000, "memo", "Memo", "附言", "Free text of the payer."),
    F_REF(28, I_, "statement_line", "statement_line", "Statement line", "对账单行", ""),
    F_REF(29, I_, "store", "channel_store", "Store", "店铺", ""),
    F_REF(30, I_, "project", "project", "Project", "项目", ""),
    F_REF(31, I_, "owner", "user_account", "Owner", "业务员", "Sales owner when it was recorded."),
    F_REF(32, I_, "team", "org_unit", "Team", "团队", "Team when it was recorded."),
    F_REF(33, I_, "region", "org_unit", "Region", "区域", "Region when it was recorded."),
    F_REF(34, I_, "department", "org_unit", "Department", "部门", "Department when it was recorded."),
    F_TEXT(35, I_, 1000, "remark", "Remark", "备注", ""),
    F_REF(36, I_, "business_line", "org_unit", "Business line", "业务线", ""),
    F_TEXT(37, I_, 40, "channel", "Channel", "渠道", "Code of the book's own list."),
    F_REF(38, I_, "bill", "bill", "Bill", "票据", "Bill of exchange it was paid with."),
    F_TEXT(39, I_, 200, "evidence", "Evidence", "依据", "Agreement of a netting, consent to a transfer."),
    F_JSON(40, I_, "charges", "Charges", "扣费", "Array of {role, amount}: parts of amount that were kept back on the way, by account role; the rest came in."),
    F_MONEY(1000, D_, "applied", "currency", "Applied", "已核销", ""),
    F_MONEY(1001, D_, "unapplied", "currency", "Unapplied", "未核销", ""),
    F_CODE(1002, D_, "status", "receipt_status", "Status", "状态", "Derived from customer, what is applied and return."),
    F_REF(1003, D_, "claimed_by", "user_account", "Claimed by", "认领人", "Of the claim that stands."),
    F_JSON(1004, D_, "files", "File", "附件", "Ids of attachments."),
};
static const arci_index receipt_indexes[] = {
    { "number", "number", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "customer", "customer value_date", NULL, "customer", ARC_INDEX_WHERE_SET, 1 }, /* what a customer paid, by day */
};
ARCI_ENTITY(receipt, 302, E_APP | E_CUS, NULL, "customer", "Receipt", "回款记录", "Money that came in. Never changed; see receipt_state.");

static const arci_field receipt_state_fields[] = {
    SYS_STATE,
    F_REF(10, R_ | V_ | I_, "receipt", "receipt", "Receipt", "回款", "Key."),
    F_REF(11, V_ | K_, "customer", "customer", "Customer", "客户", "The receipt's, or the one that was found later."),
    F_CUR(12, R_ | V_ | K_, "currency", "Currency", "币种", "Copy of the receipt's."),
    F_DATE(13, R_ | V_ | K_, "value_date", "Value date", "到账日", "Copy of the receipt's."),
    F_MONEY(14, R_ | V_ | K_, "unapplied", "currency", "Unapplied", "未核销", "What allocations have left; 0 when returned."),
    F_DATE(15, V_ | K_, "settled_on", "Settled on", "核销完成日", "Effective date when unapplied became 0; NULL while something is left."),
    F_REF(16, V_, "claimed_by", "user_account", "Claimed by", "认领人", "Who said whose it is."),
    F_DATE(17, V_, "returned_on", "Returned on", "退回日期", "Bounced or paid back."),
    F_REF(18, V_ | L_ | K_, "owner", "user_account", "Owner", "业务员", "Copy of the receipt's."),
    F_REF(19, V_ | L_ | K_, "team", "org_unit", "Team", "团队", "Copy of the receipt's."),
    F_REF(20, V_ | L_ | K_, "region", "org_unit", "Region", "区域", "Copy of the receipt's."),
    F_CUR(21, V_ | K_, "base_currency", "Base currency", "本位币", "Of base_unapplied; NULL = same as currency, or no rate is known."),
    F_MONEY(22, V_ | K_, "base_unapplied", "base_currency", "Unapplied in base currency", "未核销本位币金额", "Booked base amount of what is unapplied."),
    F_DATE(23, V_, "claimed_on", "Claimed on", "认领日期", "From when it counts as the customer's; NULL = from the start."),
    F_MONEY(24, V_, "returned", "currency", "Returned", "退回金额", "What went back on returned_on."),
    F_DATE(25, V_ | K_, "moved_on", "Last moved on", "最近变动日期", "Latest effective date of its allocations and of their reversals; NULL = none."),
    F_CODE(26, V_ | K_, "method", "receipt_method", "Method", "回款方式", "Copy of the receipt's."),
    F_DATE(27, V_ | K_, "posting_date", "Posting date", "入账日", "Copy of the receipt's: from when reports count it."),
};
static const arci_index receipt_state_indexes[] = {
    /* unapplied cash of a customer (NULL: unidentified), oldest first */
    { "unapplied", "customer posting_date", "unapplied currency owner team region claimed_on", "unapplied", ARC_INDEX_WHERE_NONZERO, 1 },
    { "settled", "settled_on", NULL, "settled_on", ARC_INDEX_WHERE_SET, 1 }, /* as of a past day */
    { "claimed", "customer claimed_on", NULL, "claimed_on", ARC_INDEX_WHERE_SET, 1 }, /* found to be a customer's later */
};
ARCI_ENTITY(receipt_state, 303, E_VER | E_STA, "receipt", "customer", "Receipt state", "回款状态", "What changes of a receipt; a cache that verify recomputes from allocations.");

/* ---- allocation ------------------------------------------------------------------------------------------------------ */
static const arci_field allocation_fields[] = {
    SYS_APPEND,
    F_TEXT(10, I_, 64, "number", "Number", "核销单号", ""),
    F_DATE(11, R_ | I_, "effective_date", "Effective date", "核销日期", "From when it counts."),
    F_REF(12, R_ | I_, "item", "item", "Item", "应收", "The debit item settled."),
    F_REF(13, I_, "receipt", "receipt", "Receipt", "回款", "The credit used, when it is a receipt."),
    F_REF(14, I_, "credit_item", "item", "Credit item", "贷项", "The credit used, when it is a credit item."),
    F_CUR(15, R_ | I_, "currency", "Currency", "币种", "Of item and parts."),
    F_MONEY(16, R_ | I_, "amount", "currency", "Amount", "核销金额", "Taken from the credit; negative in a reversal."),
    F_MONEY(17, R_ | I_, "discount", "currency", "Discount", "现金折扣", "Granted; negative in a reversal."),
    F_MONEY(18, R_ | I_, "write_off", "currency", "Write-off", "尾差核减", "Given up; negative in a reversal."),
    F_CUR(19, I_, "base_currency", "Base currency", "本位币", "Of fx_difference; NULL = no difference."),
    F_MONEY(20, I_, "fx_difference", "base_currency", "Exchange difference", "汇兑损益", "Realised: gain positive."),
    F_REF(21, I_, "reverses", "allocation", "Reverses", "冲销的核销", "The allocation this row undoes."),
    F_CODE(22, R_ | I_, "mode", "allocation_mode", "Mode", "方式", ""),
    F_REF(23, I_, "rule", "definition", "Rule", "规则", "Matching definition that decided."),
    F_DEC(24, I_, "confidence", 4, "Confidence", "置信度", "Probability 0 to 1, 4 decimals."),
    F_CODE(25, I_, "reason_code", "deduction_reason", "Reason code", "差异原因", "Why less was paid."),
    F_TEXT(26, I_, 500, "reason", "Reason", "说明", "Why, of a reversal or write-off."),
    F_JSON(27, I_, "evidence", "Evidence", "依据", "What led to the match."),
    F_REF(28, I_, "decided_by", "user_account", "Decided by", "核销人", "NULL = the actor of the transaction."),
    F_REF(29, L_ | I_, "owner", "user_account", "Owner", "业务员", "Copy of the item's."),
    F_REF(30, L_ | I_, "team", "org_unit", "Team", "团队", "Copy of the item's."),
    F_REF(31, L_ | I_, "region", "org_unit", "Region", "区域", "Copy of the item's."),
    F_MONEY(32, I_, "unearned", "currency", "Unearned discount", "不符合条件的折扣", "Part of discount that was not earned but allowed."),
    F_CUR(33, I_, "credit_currency", "Credit currency", "贷项币种", "Of a receipt in another currency; NULL = same as currency."),
    F_MONEY(34, I_, "credit_amount", "credit_currency", "Credit amount", "贷项金额", "Taken from that receipt."),
    F_MONEY(35, I_, "item_base", "base_currency", "Base amount of the item", "应收本位币金额", "Booked base amount that leaves the item."),
    F_MONEY(36, I_, "credit_base", "base_currency", "Base amount of the credit", "贷项本位币金额", "Booked base amount that leaves the credit."),
    F_JSON(37, I_, "parts", "Parts", "明细", "How it was divided within the item: array of {kind, amount}."),
    F_TEXT(38, I_, 24, "account_role", "Account role", "科目角色", "What write_off is charged to; NULL = small_difference."),
    F_INT(39, I_, "reopens", "Opens again", "重新打开", "What was settled and is open again by it: 1 the item, 2 the credit item, 3 both; NULL = nothing."),
    F_JSON(40, I_, "credit_parts", "Parts of the credit", "贷项明细", "How it was divided within the credit item: array of {kind, amount}; NULL = it is one part."),
    F_INT(41, I_, "days_late", "Days after due", "逾期付款天数", "Day of the payment less the due date the item then had, at most 999 either way; NULL = not a payment."),
    F_REF(1000, D_, "reversed_by", "allocation", "Reversed by", "被冲销于", "The row that undid this one."),
};
static const arci_index allocation_indexes[] = {
    { "item", "item effective_date", NULL, NULL, 0, 1 },                                      /* history of an item; verify */
    { "receipt", "receipt", NULL, "receipt", ARC_INDEX_WHERE_SET, 1 },                        /* what a receipt paid */
    { "credit_item", "credit_item", NULL, "credit_item", ARC_INDEX_WHERE_SET, 1 },            /* where a credit note went */
    { "effective", "effective_date", NULL, NULL, 0, 1 },                                      /* as of: what came after a day */
    { "reverses", "reverses", NULL, "reverses", ARC_INDEX_UNIQUE | ARC_INDEX_WHERE_SET, 1 },  /* never reversed twice */
};
ARCI_ENTITY(allocation, 304, E_APP, NULL, "item.customer", "Allocation", "核销单", "A credit that settles a debit item. Never changed; a reversal is a row of its own.");
