/* SPDX-License-Identifier: Apache-2.0 */
/* Entities 150 to 199: credit. Form and numbering: entities.h. */
#include "model/entities.h"

/* clang-format off */

static const arci_field credit_limit_fields[] = {
    SYS_APPEND,
    F_REF(10, V_ | I_, "customer", "customer", "Customer", "客户", "NULL = the limit of a customer group."),
    F_CODE(11, R_ | V_ | I_, "scope", "limit_scope", "Scope", "范围", "Of the customer alone, or with all it owns; of a customer group: group."),
    F_CODE(12, R_ | V_ | I_, "kind", "limit_kind", "Kind", "种类", "The newest permanent one in force, plus the temporary ones."),
    F_CUR(13, R_ | V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(14, R_ | V_ | I_, "amount", "currency", "Amount", "额度", "0 = nothing on credit."),
    F_DATE(15, R_ | V_ | I_, "valid_from", "Valid from", "生效日期", ""),
    F_DATE(16, V_ | I_, "valid_to", "Valid to", "失效日期", "Last day; NULL = until replaced."),
    F_REF(17, V_ | I_, "credit_check", "credit_check", "Credit check", "资信调查", "It rests on; NULL = approved without."),
    F_REF(18, V_ | I_, "credit_request", "credit_request", "Request", "信用申请", "That it grants; NULL = set within authority."),
    F_TEXT(19, R_ | V_ | I_, 500, "reason", "Reason", "原因", ""),
    F_REF(20, V_ | I_, "set_by", "user_account", "Set by", "设定人", "NULL = the host itself."),
    F_REF(21, V_ | I_, "customer_group", "customer_group", "Group", "集团", "Whose customers, with all they own, it is for; NULL = a customer's."),
};
static const arci_index credit_limit_indexes[] = {
    { "customer", "customer valid_from", NULL, NULL, 0, 1 },
    { "customer_group", "customer_group valid_from", NULL, "customer_group", ARC_INDEX_WHERE_SET, 1 },
};
ARCI_ENTITY(credit_limit, 150, E_APP, NULL, "customer", "Credit limit", "信用额度", "What a customer may owe, from a day on.");

static const arci_field credit_check_fields[] = {
    SYS_APPEND_CUSTOM,
    F_REF(10, R_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_DATE(11, R_ | I_, "checked_on", "Checked on", "调查日期", ""),
    F_REF(12, I_, "checked_by", "user_account", "Checked by", "调查人", ""),
    F_JSON(13, I_, "sources", "Sources", "信息来源", "Array of texts."),
    F_JSON(14, I_, "documents", "Documents", "资料", "Array of texts: what was looked at."),
    F_CODE(15, I_, "result", "check_result", "Result", "结论", ""),
    F_DATE(16, I_, "valid_to", "Valid until", "有效期至", "Day of the next review."),
    F_TEXT(17, I_, 4000, "summary", "Summary", "摘要", ""),
};
static const arci_index credit_check_indexes[] = {
    { "customer", "customer checked_on", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(credit_check, 151, E_APP | E_CUS | E_MAS, NULL, "customer", "Credit check", "资信调查", "What was found out about a customer before it got a limit; complete with all of it.");

static const arci_field credit_request_fields[] = {
    SYS_ROW,
    F_REF(10, V_ | I_, "customer", "customer", "Customer", "客户", "NULL = for a customer group."),
    F_CODE(11, R_ | V_ | I_, "kind", "credit_request_kind", "Kind", "种类", ""),
    F_CUR(12, R_ | V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(13, V_ | I_, "old_amount", "currency", "Old limit", "原额度", "In force on its first day when it was asked for; NULL = none."),
    F_MONEY(14, R_ | V_ | I_, "new_amount", "currency", "New limit", "申请额度", ""),
    F_DATE(15, R_ | V_ | I_, "valid_from", "From", "生效日期", ""),
    F_DATE(16, V_ | I_, "valid_to", "To", "失效日期", "Last day."),
    F_TEXT(17, R_ | V_ | I_, 500, "reason", "Reason", "申请理由", ""),
    F_INT(18, V_ | I_, "score", "Score", "信用评分", "When it was asked."),
    F_CODE(19, R_ | V_ | I_, "scope", "limit_scope", "Scope", "范围", ""),
    F_CODE(20, R_ | V_, "status", "credit_request_status", "Status", "状态", ""),
    F_REF(21, V_ | I_, "credit_check", "credit_check", "Credit check", "资信调查", "NULL = none: approval overrides it."),
    F_REF(22, V_ | I_, "requested_by", "user_account", "Requested by", "申请人", "Never the one who approves."),
    F_REF(23, V_ | I_, "requested_for", "user_account", "Requested on behalf of", "代理的申请人", ""),
    F_REF(24, V_, "decided_by", "user_account", "Decided by", "审批人", ""),
    F_TEXT(25, V_, 500, "decision_reason", "Reason of the decision", "审批意见", ""),
    F_REF(26, V_ | I_, "customer_group", "customer_group", "Group", "集团", "NULL = a customer's."),
    F_JSON(1000, D_, "evidence", "Evidence", "证明材料", "Ids of attachments."),
    F_REF(1001, D_, "route", "approval", "Route", "审批流程", "Not computed yet."),
};
static const arci_index credit_request_indexes[] = {
    { "customer", "customer", NULL, NULL, 0, 1 },
    { "customer_group", "customer_group", NULL, "customer_group", ARC_INDEX_WHERE_SET, 1 },
};
ARCI_ENTITY(credit_request, 152, E_VER, NULL, "customer", "Credit request", "信用申请", "Somebody asks for a limit that another person grants.");

static const arci_field score_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_DATE(11, R_ | V_ | I_, "as_of", "As of", "评分日期", "From when it counts."),
    F_CODE(12, R_ | V_ | I_, "kind", "score_kind", "Kind", "种类", ""),
    F_DEC(13, V_ | I_, "points", 2, "Points", "得分", "Higher is better; NULL: never scored before an override."),
    F_CODE(14, R_ | V_ | I_, "band", "risk_band", "Band", "等级", "That stands, or that is asked for."),
    F_CODE(15, V_ | I_, "raw_band", "risk_band", "Band by points", "得分等级", "Before hysteresis; of a request the band that stood."),
    F_INT(16, V_ | I_, "reviews", "Reviews", "连续次数", "Scores in a row that say another band than stands."),
    F_BOOL(17, V_ | I_, "thin_file", "Thin file", "资料不足", "1: too few payments to be judged by them."),
    F_REF(18, V_ | I_, "definition", "definition", "Scorecard", "评分卡", "NULL = the one that is shipped."),
    F_JSON(19, V_ | I_, "explanation", "Explanation", "得分明细", "Every characteristic with value, bin and points; reasons; facts; proposal."),
    F_CUR(20, V_ | I_, "limit_currency", "Limit currency", "额度币种", "ISO 4217."),
    F_MONEY(21, V_ | I_, "limit_amount", "limit_currency", "Proposed limit", "建议额度", ""),
    F_TEXT(22, V_ | I_, 64, "term", "Proposed term", "建议付款条件", ""),
    F_REF(23, V_ | I_, "request", "score", "Request", "申请", "Row that this one approves or ends."),
    F_TEXT(24, V_ | I_, 500, "reason", "Reason", "原因", "Of an override."),
    F_DATE(25, V_ | I_, "valid_to", "Valid to", "有效期至", "Last day of an override."),
};
static const arci_index score_indexes[] = {
    { "customer", "customer as_of", NULL, NULL, 0, 1 },
    { "request", "request", NULL, "request", ARC_INDEX_UNIQUE | ARC_INDEX_WHERE_SET, 1 }, /* decided once */
};
ARCI_ENTITY(score, 153, E_APP, NULL, "customer", "Score", "信用评分", "A customer's score on a day, or another band that somebody asked for and another approved.");

static const arci_field hold_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | V_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_TEXT(11, V_ | I_, 40, "document_kind", "Document kind", "单据种类", "Name of the entity held; NULL = the customer."),
    F_REF(12, V_ | I_ | L_, "document", NULL, "Document", "单据", "Id."),
    F_INT(13, V_, "document_version", "Document version", "单据版本", "It was judged in; a release is bound to it."),
    F_JSON(14, R_ | V_, "reasons", "Reasons", "冻结原因", "Rules with their numbers."),
    F_CUR(15, V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(16, V_, "excess", "currency", "Excess", "超额", "Over the limit that is exceeded most."),
    F_CODE(17, R_ | V_, "status", "hold_status", "Status", "状态", ""),
    F_MONEY(18, V_, "released_amount", "currency", "Released up to", "放行金额", "Of the document, inclusive of tax."),
    F_DATE(19, V_, "released_to", "Released until", "放行有效期", "Last day."),
    F_REF(20, V_, "released_by", "user_account", "Released by", "放行人", ""),
    F_CODE(21, R_ | V_ | I_, "moment", "hold_moment", "Held at", "冻结环节", ""),
    F_MONEY(22, V_, "amount", "currency", "Amount", "单据金额", "Of the document, inclusive of tax."),
    F_DATE(23, R_ | V_, "held_on", "Held on", "冻结日期", "Business date of the last judgement."),
    F_REF(24, V_, "held_by", "user_account", "Held by", "经办人", "Who asked for what was held; never the one who releases it."),
    F_TEXT(25, V_, 500, "reason", "Reason", "原因", "Of the hold of a customer, or of a release."),
    F_DATE(26, V_, "ended_on", "Ended on", "结束日期", ""),
};
static const arci_index hold_indexes[] = {
    { "document", "document document_kind", NULL, "document", ARC_INDEX_WHERE_SET, 1 },
    { "customer", "customer status held_on", NULL, NULL, 0, 1 },
    { "status", "status held_on", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(hold, 154, E_VER, NULL, "customer", "Credit hold", "信用冻结", "A document or customer that is stopped, and its release; or a document that passed with a warning.");

static const arci_field guarantee_fields[] = {
    SYS_MASTER,
    F_REF(10, R_, "customer", "customer", "Customer", "客户", ""),
    F_CODE(11, R_, "kind", "guarantee_kind", "Kind", "种类", ""),
    F_TEXT(12, R_ | P_, 300, "guarantor", "Guarantor", "担保人", "Or insurer, or bank; of one given by us, the beneficiary."),
    F_TEXT(13, 0, 64, "number", "Number", "编号", "Policy or letter number."),
    F_CUR(14, R_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(15, R_, "amount", "currency", "Amount", "金额", "Covered at most."),
    F_DEC(16, 0, "covered", 4, "Covered share", "承保比例", "Fraction with 4 decimals; NULL = all."),
    F_DATE(17, R_, "valid_from", "Valid from", "生效日期", ""),
    F_DATE(18, 0, "valid_to", "Valid to", "失效日期", "Last day."),
};
static const arci_index guarantee_indexes[] = {
    { "customer", "customer valid_from", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(guarantee, 155, E_VER | E_CUS | E_MAS, NULL, "customer", "Guarantee", "担保与保险", "Guarantee, credit insurance, letter of credit; or what we answer for.");

static const arci_field collateral_fields[] = {
    SYS_MASTER,
    F_REF(10, R_, "customer", "customer", "Customer", "客户", ""),
    F_CODE(11, R_, "kind", "collateral_kind", "Kind", "种类", ""),
    F_TEXT(12, R_, 500, "description", "Description", "描述", ""),
    F_CUR(13, R_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(14, R_, "value", "currency", "Value", "评估价值", ""),
    F_DEC(15, R_, "eligible", 4, "Eligible share", "抵押率", "Fraction with 4 decimals."),
    F_DATE(16, 0, "valued_on", "Valued on", "评估日期", "From when it counts; NULL = always."),
    F_DATE(17, 0, "valid_to", "Valid to", "失效日期", "Last day."),
};
static const arci_index collateral_indexes[] = {
    { "customer", "customer valued_on", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(collateral, 156, E_VER | E_CUS | E_MAS, NULL, "customer", "Collateral", "抵押物", "What a customer has given as security.");

/* What orders and deliveries leave to invoice, a row a document, so that exposure costs no look at their lines. */
static const arci_field commitment_fields[] = {
    SYS_STATE,
    F_INT(10, R_ | V_ | I_, "row", "Document", "单据", "Id of the order or delivery; key, with its kind and the currency."),
    F_CODE(11, R_ | V_ | I_, "source", "commitment_source", "Document kind", "单据种类", "An order with its deliveries, or a delivery as far as it is of no order."),
    F_CUR(12, R_ | V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_REF(13, R_ | V_ | L_ | K_, "customer", "customer", "Customer", "客户", "Of the document."),
    F_MONEY(14, R_ | V_ | K_, "ordered", "currency", "Ordered", "未发货", "Neither delivered nor invoiced, inclusive of tax."),
    F_MONEY(15, R_ | V_ | K_, "delivered", "currency", "Delivered", "已发货未开票", "Delivered and not invoiced, inclusive of tax."),
    F_REF(16, V_ | L_ | K_, "contract", "contract", "Contract", "合同", "Of the order."),
    F_JSON(17, V_ | K_, "wanted_days", "Ordered by wanted date", "按要求交货日期未发货", "Array of [day number, amount in minor units] of `ordered`; what is wanted at once is in none."),
};
static const arci_index commitment_indexes[] = {
    { "contract", "contract", "ordered delivered currency customer", "contract", ARC_INDEX_WHERE_SET, 1 }, /* what plans of the contract count already */
};
ARCI_ENTITY(commitment, 157, E_VER | E_STA | E_UNT, "row source currency", NULL, "Commitment", "未开票占用", "What an order or a delivery leaves to invoice; a cache that verify recomputes.");
