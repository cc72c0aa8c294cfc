/* SPDX-License-Identifier: Apache-2.0 */
/* Entities 260 to 299: promotions, rebates, channels. Form and numbering: entities.h. */
#include "model/entities.h"

/* clang-format off */

static const arci_field promotion_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_, 64, "code", "Code", "编码", ""),
    F_TEXT(11, R_, 300, "name", "Name", "名称", ""),
    F_REF(12, R_, "definition", "definition", "Definition", "促销定义", ""),
    F_STAMP(13, R_, "starts", "Starts", "开始时间", "UTC."),
    F_STAMP(14, R_, "ends", "Ends", "结束时间", "UTC, exclusive."),
    F_INT(15, 0, "quota", "Quota", "名额", "Orders; NULL = no bound."),
    F_INT(16, R_ | V_, "used", "Used", "已用名额", ""),
    F_CUR(17, 0, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(18, 0, "budget", "currency", "Budget", "预算", ""),
    F_DEC(19, R_, "platform_share", 4, "Platform share", "平台承担比例", "Fraction with 4 decimals."),
};
ARCI_ENTITY_PLAIN(promotion, 260, E_RES | E_VER | E_MAS, NULL, NULL, "Promotion", "促销活动", "");

static const arci_field coupon_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | I_, "promotion", "promotion", "Promotion", "促销活动", ""),
    F_TEXT(11, R_ | I_, 64, "code", "Code", "券码", ""),
    F_REF(12, 0, "customer", "customer", "Customer", "客户", "NULL = anyone."),
    F_DATE(13, 0, "valid_from", "Valid from", "生效日期", ""),
    F_DATE(14, 0, "valid_to", "Valid to", "失效日期", "Last day."),
    F_INT(15, R_, "stock", "Stock", "库存", "How often it may be used."),
    F_CODE(16, R_ | V_, "status", "coupon_status", "Status", "状态", ""),
    F_REF(17, V_, "sales_order", "sales_order", "Order", "使用订单", ""),
};
ARCI_ENTITY_PLAIN(coupon, 261, E_RES | E_VER | E_MAS, NULL, NULL, "Coupon", "优惠券", "");

static const arci_field rebate_agreement_fields[] = {
    SYS_MASTER,
    F_TEXT(10, R_, 64, "number", "Number", "协议编号", ""),
    F_REF(11, R_, "customer", "customer", "Customer", "客户", ""),
    F_DATE(12, R_, "valid_from", "From", "开始日期", "Of the period."),
    F_DATE(13, R_, "valid_to", "To", "结束日期", "Inclusive."),
    F_CODE(14, R_, "basis", "rebate_basis", "Basis", "计算基础", ""),
    F_CODE(15, R_, "method", "rebate_method", "Method", "计算方法", ""),
    F_CODE(16, R_, "rebate_by", "rebate_by", "By", "计算维度", ""),
    F_CUR(17, R_, "currency", "Currency", "币种", "ISO 4217."),
    F_JSON(18, R_, "tiers", "Tiers", "阶梯", "Array of {from, percent}; boundaries >=."),
    F_MONEY(1000, D_, "accrued", "currency", "Accrued", "已计提", "Not computed yet."),
};
ARCI_ENTITY_PLAIN(rebate_agreement, 262, E_RES | E_VER | E_CUS | E_MAS, NULL, "customer", "Rebate agreement", "返利协议", "");

static const arci_field rebate_claim_fields[] = {
    SYS_MASTER,
    F_TEXT(10, R_, 64, "number", "Number", "申请编号", ""),
    F_REF(11, R_, "customer", "customer", "Customer", "客户", ""),
    F_REF(12, 0, "rebate_agreement", "rebate_agreement", "Agreement", "返利协议", ""),
    F_TEXT(13, 0, 20, "period", "Period", "期间", ""),
    F_CUR(14, R_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(15, R_, "amount", "currency", "Amount", "申请金额", "Sum of the lines."),
    F_CODE(16, R_, "settle", "rebate_settle", "Settled by", "结算方式", ""),
    F_CODE(17, R_ | V_, "status", "claim_status", "Status", "状态", ""),
    F_REF(18, V_, "credit_item", "item", "Credit", "结算贷项", ""),
    F_JSON(1000, D_, "proof", "Proof", "证明材料", "Ids of attachments; not computed yet."),
};
ARCI_ENTITY_PLAIN(rebate_claim, 263, E_RES | E_VER | E_CUS | E_MAS, NULL, "customer", "Rebate claim", "返利申请", "");

static const arci_field rebate_claim_line_fields[] = {
    SYS_ROW,
    F_REF(10, R_, "rebate_claim", "rebate_claim", "Claim", "返利申请", ""),
    F_REF(11, R_, "sales_order", "sales_order", "Order", "订单", ""),
    F_REF(12, 0, "project", "project", "Project", "项目", ""),
    F_CUR(13, R_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(14, R_, "base", "currency", "Base", "计算基数", ""),
    F_DEC(15, R_, "rate", 4, "Rate", "比例", "Fraction with 4 decimals."),
    F_MONEY(16, R_, "amount", "currency", "Amount", "金额", ""),
};
ARCI_PART_PLAIN(rebate_claim_line, 264, E_RES | E_VER | E_MAS, NULL, "rebate_claim.customer", "rebate_claim", "Rebate claim line", "返利申请行", "");

static const arci_field channel_store_fields[] = {
    SYS_MASTER,
    F_TEXT(10, R_, 64, "code", "Code", "店铺编码", ""),
    F_TEXT(11, R_, 300, "name", "Name", "店铺名称", ""),
    F_CODE(12, R_, "platform", "platform", "Platform", "平台", ""),
    F_REF(13, R_, "customer", "customer", "Customer", "往来客户", "The platform's account that owes the payouts."),
    F_TEXT(14, 0, 64, "platform_no", "Platform number", "平台店铺号", ""),
    F_TEXT(15, 0, 64, "settlement", "Settlement rule", "结算规则", "Code of a term definition."),
    F_REF(16, 0, "manager", "user_account", "Manager", "店铺负责人", ""),
};
ARCI_ENTITY_PLAIN(channel_store, 265, E_RES | E_VER | E_CUS | E_MAS, NULL, "customer", "Channel store", "渠道店铺", "");

static const arci_field payout_fields[] = {
    SYS_APPEND_CUSTOM,
    F_CODE(10, R_ | I_, "platform", "platform", "Platform", "平台", ""),
    F_REF(11, R_ | I_, "store", "channel_store", "Store", "店铺", ""),
    F_TEXT(12, R_ | I_, 64, "payout_no", "Payout number", "结算单号", ""),
    F_DATE(13, R_ | I_, "payout_date", "Date", "结算日期", ""),
    F_CUR(14, R_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(15, R_ | I_, "gross_amount", "currency", "Gross", "订单金额", ""),
    F_MONEY(16, I_, "commission", "currency", "Commission", "佣金", ""),
    F_MONEY(17, I_, "tech_fee", "currency", "Technical fee", "技术服务费", ""),
    F_MONEY(18, I_, "subsidy", "currency", "Subsidy", "平台补贴", ""),
    F_MONEY(19, I_, "refund", "currency", "Refund", "退款", ""),
    F_MONEY(20, I_, "freight", "currency", "Freight", "运费", ""),
    F_MONEY(21, I_, "adjustment", "currency", "Adjustment", "调整", ""),
    F_MONEY(22, R_ | I_, "net_amount", "currency", "Net", "结算净额", "What the bank receives."),
    F_REF(23, I_, "bank_receipt", "receipt", "Bank receipt", "银行回款", ""),
};
ARCI_ENTITY_PLAIN(payout, 266, E_RES | E_APP | E_CUS, NULL, "store.customer", "Payout", "平台结算", "One transfer of a platform for many orders.");

static const arci_field payout_line_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | I_, "payout", "payout", "Payout", "平台结算", ""),
    F_INT(11, R_ | I_, "seq", "Sequence", "行号", ""),
    F_TEXT(12, R_ | I_, 64, "order_no", "Order number", "订单号", "The platform's."),
    F_REF(13, I_, "item", "item", "Item", "应收", ""),
    F_CUR(14, R_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(15, R_ | I_, "gross_amount", "currency", "Gross", "订单金额", ""),
    F_MONEY(16, I_, "commission", "currency", "Commission", "佣金", ""),
    F_MONEY(17, I_, "tech_fee", "currency", "Technical fee", "技术服务费", ""),
    F_MONEY(18, I_, "subsidy", "currency", "Subsidy", "平台补贴", ""),
    F_MONEY(19, I_, "refund", "currency", "Refund", "退款", ""),
    F_MONEY(20, I_, "freight", "currency", "Freight", "运费", ""),
    F_MONEY(21, I_, "adjustment", "currency", "Adjustment", "调整", ""),
    F_MONEY(22, R_ | I_, "net_amount", "currency", "Net", "净额", ""),
};
ARCI_PART_PLAIN(payout_line, 267, E_RES | E_APP, NULL, "payout.store.customer", "payout", "Payout line", "平台结算行", "");
