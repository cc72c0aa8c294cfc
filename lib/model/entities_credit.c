/* SPDX-License-Identifier: Apache-2.0 */
/* Entities 150 to 199: credit. Form and numbering: entities.h. */
#include "model/entities.h"

/* clang-format off */

static const arci_field credit_limit_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_REF(11, V_ | I_, "customer_group", "customer_group", "Group", "集团", "When it is the group's limit."),
    F_CODE(12, R_ | V_ | I_, "kind", "limit_kind", "Kind", "种类", ""),
    F_CUR(13, R_ | V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(14, R_ | V_ | I_, "amount", "currency", "Amount", "额度", ""),
    F_DATE(15, R_ | V_ | I_, "valid_from", "Valid from", "生效日期", ""),
    F_DATE(16, V_ | I_, "valid_to", "Valid to", "失效日期", "Last day; NULL = until replaced."),
    F_REF(17, V_ | I_, "credit_check", "credit_check", "Credit check", "资信调查", ""),
    F_REF(18, V_ | I_, "credit_request", "credit_request", "Request", "信用申请", ""),
    F_TEXT(19, V_ | I_, 500, "reason", "Reason", "原因", ""),
};
ARCI_ENTITY_PLAIN(credit_limit, 150, E_RES | E_APP, NULL, "customer", "Credit limit", "信用额度", "What a customer may owe, from a day on.");

static const arci_field credit_check_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_DATE(11, R_ | I_, "checked_on", "Checked on", "调查日期", ""),
    F_REF(12, R_ | I_, "checked_by", "user_account", "Checked by", "调查人", ""),
    F_JSON(13, R_ | I_, "sources", "Sources", "信息来源", "Array of texts."),
    F_JSON(14, I_, "files", "Documents", "资料", "Ids of attachments."),
    F_CODE(15, R_ | I_, "result", "check_result", "Result", "结论", ""),
    F_DATE(16, I_, "valid_to", "Valid until", "有效期至", ""),
    F_TEXT(17, I_, 4000, "summary", "Summary", "摘要", ""),
};
ARCI_ENTITY_PLAIN(credit_check, 151, E_RES | E_APP | E_MAS, NULL, "customer", "Credit check", "资信调查", "What was found out about a customer before it got a limit.");

static const arci_field credit_request_fields[] = {
    SYS_ROW,
    F_REF(10, R_, "customer", "customer", "Customer", "客户", ""),
    F_CODE(11, R_, "kind", "credit_request_kind", "Kind", "种类", ""),
    F_CUR(12, R_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(13, V_, "old_amount", "currency", "Old limit", "原额度", ""),
    F_MONEY(14, R_, "new_amount", "currency", "New limit", "申请额度", ""),
    F_DATE(15, R_, "valid_from", "From", "生效日期", ""),
    F_DATE(16, 0, "valid_to", "To", "失效日期", "Last day."),
    F_TEXT(17, R_, 1000, "reason", "Reason", "申请理由", ""),
    F_INT(18, V_, "score", "Score", "信用评分", "When it was asked."),
    F_REF(19, V_, "route", "approval", "Route", "审批流程", ""),
    F_CODE(20, R_ | V_, "status", "credit_request_status", "Status", "状态", ""),
    F_JSON(1000, D_, "evidence", "Evidence", "证明材料", "Ids of attachments; not computed yet."),
};
ARCI_ENTITY_PLAIN(credit_request, 152, E_RES | E_VER | E_MAS, NULL, "customer", "Credit request", "信用申请", "");

static const arci_field score_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_DATE(11, R_ | V_ | I_, "as_of", "As of", "评分日期", ""),
    F_INT(12, R_ | V_ | I_, "points", "Points", "得分", "Higher is better."),
    F_CODE(13, R_ | V_ | I_, "band", "risk_band", "Band", "等级", ""),
    F_REF(14, V_ | I_, "definition", "definition", "Scorecard", "评分卡", ""),
    F_JSON(15, R_ | V_ | I_, "explanation", "Explanation", "得分明细", "Points by factor, reason codes."),
    F_BOOL(16, R_ | V_ | I_, "override", "Overridden", "人工调整", ""),
    F_TEXT(17, V_ | I_, 500, "reason", "Reason", "原因", "Of an override."),
    F_DATE(18, V_ | I_, "valid_to", "Valid to", "有效期至", "Of an override."),
};
ARCI_ENTITY_PLAIN(score, 153, E_RES | E_APP, NULL, "customer", "Score", "信用评分", "A customer's score on a day.");

static const arci_field hold_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | V_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_TEXT(11, V_ | I_, 40, "entity", "Document kind", "单据种类", "Name of the entity held; NULL = the customer."),
    F_REF(12, V_ | I_ | L_, "row", NULL, "Document", "单据", "Id."),
    F_INT(13, V_ | I_, "row_version", "Document version", "单据版本", "A release is bound to it."),
    F_JSON(14, R_ | V_ | I_, "reasons", "Reasons", "冻结原因", "With numbers."),
    F_CUR(15, V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(16, V_ | I_, "excess", "currency", "Excess", "超额", "Over the limit."),
    F_CODE(17, R_ | V_, "status", "hold_status", "Status", "状态", ""),
    F_MONEY(18, V_, "released_amount", "currency", "Released up to", "放行金额", ""),
    F_DATE(19, V_, "released_to", "Released until", "放行有效期", ""),
    F_REF(20, V_, "released_by", "user_account", "Released by", "放行人", ""),
};
ARCI_ENTITY_PLAIN(hold, 154, E_RES | E_VER, NULL, "customer", "Credit hold", "信用冻结", "A document or customer that is stopped, and its release.");

static const arci_field guarantee_fields[] = {
    SYS_MASTER,
    F_REF(10, R_, "customer", "customer", "Customer", "客户", ""),
    F_CODE(11, R_, "kind", "guarantee_kind", "Kind", "种类", ""),
    F_TEXT(12, R_ | P_, 300, "guarantor", "Guarantor", "担保人", "Or insurer, or bank."),
    F_TEXT(13, 0, 64, "number", "Number", "编号", "Policy or letter number."),
    F_CUR(14, R_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(15, R_, "amount", "currency", "Amount", "金额", "Covered at most."),
    F_DEC(16, 0, "covered", 4, "Covered share", "承保比例", "Fraction with 4 decimals."),
    F_DATE(17, R_, "valid_from", "Valid from", "生效日期", ""),
    F_DATE(18, 0, "valid_to", "Valid to", "失效日期", "Last day."),
};
ARCI_ENTITY_PLAIN(guarantee, 155, E_RES | E_VER | E_CUS | E_MAS, NULL, "customer", "Guarantee", "担保与保险", "Guarantee, credit insurance, letter of credit.");

static const arci_field collateral_fields[] = {
    SYS_MASTER,
    F_REF(10, R_, "customer", "customer", "Customer", "客户", ""),
    F_CODE(11, R_, "kind", "collateral_kind", "Kind", "种类", ""),
    F_TEXT(12, R_, 500, "description", "Description", "描述", ""),
    F_CUR(13, R_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(14, R_, "value", "currency", "Value", "评估价值", ""),
    F_DEC(15, R_, "eligible", 4, "Eligible share", "抵押率", "Fraction with 4 decimals."),
    F_DATE(16, 0, "valued_on", "Valued on", "评估日期", ""),
    F_DATE(17, 0, "valid_to", "Valid to", "失效日期", "Last day."),
};
ARCI_ENTITY_PLAIN(collateral, 156, E_RES | E_VER | E_CUS | E_MAS, NULL, "customer", "Collateral", "抵押物", "");
