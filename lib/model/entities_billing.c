/* SPDX-License-Identifier: Apache-2.0 */
/* Entities 200 to 259: contracts, orders, invoices. Form and numbering: entities.h. */
#include "model/entities.h"

/* clang-format off */

static const arci_field contract_fields[] = {
    SYS_MASTER,
    F_TEXT(10, R_, 64, "number", "Number", "合同编号", "Unique in the book."),
    F_TEXT(11, 0, 300, "name", "Name", "合同名称", ""),
    F_REF(12, R_, "customer", "customer", "Customer", "客户", ""),
    F_REF(13, 0, "project", "project", "Project", "项目", ""),
    F_DATE(14, R_, "sign_date", "Signed on", "签订日期", ""),
    F_DATE(15, 0, "starts_on", "Starts on", "开始日期", ""),
    F_DATE(16, 0, "ends_on", "Ends on", "结束日期", "Inclusive."),
    F_CUR(17, R_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(18, 0, "amount", "currency", "Amount", "合同金额", "NULL = framework contract without amount."),
    F_BOOL(19, R_, "tax_included", "Tax included", "含税", "1: amount is inclusive of tax."),
    F_DEC(20, 0, "tax_rate", 4, "Tax rate", "税率", "Fraction with 4 decimals: 0.1300 = 13 %."),
    F_TEXT(21, 0, 40, "payment_method", "Payment method", "付款方式", "Code of the book's own list."),
    F_TEXT(22, R_, 64, "term", "Payment term", "付款条件", "Code of a term definition, or a rule such as NET30."),
    F_DEC(23, 0, "late_rate", 6, "Late interest rate", "逾期利率", "Fraction a day with 6 decimals."),
    F_TEXT(24, 0, 64, "discount_policy", "Discount policy", "折扣政策", "Code of a definition."),
    F_DEC(25, 0, "retention", 4, "Retention", "质保金比例", "Fraction with 4 decimals."),
    F_DATE(26, 0, "retention_release", "Retention release", "质保金到期日", ""),
    F_CODE(27, R_ | V_, "status", "contract_status", "Status", "状态", ""),
    F_REF(28, 0, "owner", "user_account", "Owner", "业务员", "Sales owner."),
    F_REF(29, 0, "team", "org_unit", "Team", "团队", ""),
    F_REF(30, 0, "region", "org_unit", "Region", "区域", ""),
    F_TEXT(31, 0, 1000, "remark", "Remark", "备注", ""),
    F_CODE(32, 0, "kind", "contract_kind", "Kind", "合同类型", "NULL = fixed amount."),
    F_DEC(33, 0, "tolerance", 4, "Tolerance", "超额容差", "Fraction with 4 decimals by which children may exceed it; NULL = 0."),
    F_REF(34, 0, "department", "org_unit", "Department", "部门", ""),
    F_REF(35, 0, "business_line", "org_unit", "Business line", "业务线", ""),
    F_TEXT(36, 0, 40, "channel", "Channel", "渠道", "Code of the book's own list."),
    F_TEXT(37, 0, 64, "retention_term", "Retention term", "质保金付款条件", "Code of a term definition, or a rule, for the retention."),
    F_CODE(38, 0, "billing_basis", "billing_basis", "Invoiced by", "开票依据", "What of an order line may be invoiced; NULL = what is ordered."),
    F_REF(39, V_, "submitted_by", "user_account", "Submitted by", "提交人", ""),
    F_REF(40, V_, "submitted_for", "user_account", "Submitted for", "代谁提交", "Whom the submitter stood in for; never its approver either."),
    F_REF(41, V_, "approved_by", "user_account", "Approved by", "审批人", ""),
    F_TEXT(42, V_, 500, "decision_reason", "Reason of the decision", "审批意见或终止原因", "Of a rejection, a termination, or of what took that back."),
    F_DATE(43, V_, "ended_on", "Ended on", "完结或终止日期", "Since when nothing is invoiced on it; NULL = it was neither closed nor terminated."),
    F_DATE(44, V_, "changed_on", "Changed on", "最近变更日期", "Day of its last change, end or return; NULL = none."),
    F_JSON(1000, D_, "files", "Files", "附件", "Ids of attachments."),
    F_MONEY(1001, D_, "issued", "currency", "Issued", "已开票金额", "Invoices less credit notes, in the basis of the contract."),
    F_MONEY(1002, D_, "headroom", "currency", "Headroom", "可开票余额", "Amount with tolerance less issued, at most 0 once it is closed or terminated; NULL = not limited."),
};
static const arci_index contract_indexes[] = {
    { "number", "number", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "customer", "customer sign_date", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(contract, 200, E_VER | E_CUS | E_MAS, NULL, "customer", "Contract", "合同", "What was agreed.");

static const arci_field milestone_fields[] = {
    SYS_ROW,
    F_REF(10, R_, "contract", "contract", "Contract", "合同", ""),
    F_INT(11, R_, "seq", "Sequence", "序号", ""),
    F_TEXT(12, 0, 200, "milestone", "Milestone", "里程碑", ""),
    F_DEC(13, 0, "percent", 4, "Share", "比例", "Fraction of the contract with 4 decimals."),
    F_CUR(14, R_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(15, R_, "amount", "currency", "Amount", "金额", "Inclusive of tax."),
    F_CODE(16, R_, "trigger_kind", "milestone_trigger", "Trigger", "触发条件", ""),
    F_DATE(17, V_, "reached_on", "Reached on", "达成日期", "NULL = not yet."),
    F_REF(18, V_, "item", "item", "Item", "应收", "The receivable it made."),
    F_TEXT(19, 0, 64, "term", "Payment term", "付款条件", "Code of a term definition, or a rule; NULL = the contract's."),
    F_CODE(20, 0, "item_kind", "item_kind", "Kind of receivable", "应收类型", "What reaching it makes; NULL = planned until invoiced."),
    F_DATE(1000, D_, "due_date", "Due date", "到期日", "In force of its item; NULL = not reached, or not planned."),
    F_MONEY(1001, D_, "received", "currency", "Received", "已收金额", "Of its item, and its share of what the documents that invoiced it received."),
};
static const arci_index milestone_indexes[] = {
    { "contract", "contract seq", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
};
ARCI_PART(milestone, 201, E_VER | E_MAS, NULL, "contract.customer", "contract", "Payment schedule", "收款计划", "One step of a contract's payment plan.");

static const arci_field contract_change_fields[] = {
    SYS_APPEND_CUSTOM,
    F_REF(10, R_ | I_, "contract", "contract", "Contract", "合同", ""),
    F_INT(11, R_ | V_ | I_, "seq", "Sequence", "序号", "1, 2, 3 ... of the contract."),
    F_CODE(12, R_ | V_ | I_, "kind", "contract_change_kind", "Change", "变更类型", ""),
    F_DATE(13, R_ | I_, "effective_date", "Effective on", "生效日期", "Not before the one before it."),
    F_TEXT(14, I_, 64, "number", "Number", "补充协议编号", "Of the agreement."),
    F_TEXT(15, I_, 500, "reason", "Reason", "原因", ""),
    F_CUR(16, R_ | I_, "currency", "Currency", "币种", "The contract's."),
    F_MONEY(17, I_, "amount", "currency", "Amount", "变更后金额", "From then on; given as NULL: as it was."),
    F_DEC(18, I_, "tolerance", 4, "Tolerance", "变更后容差", "From then on; given as NULL: as it was."),
    F_DATE(19, I_, "ends_on", "Ends on", "变更后结束日期", "From then on; given as NULL: as it was."),
    F_MONEY(20, V_ | I_, "old_amount", "currency", "Amount before", "变更前金额", ""),
    F_DEC(21, V_ | I_, "old_tolerance", 4, "Tolerance before", "变更前容差", ""),
    F_DATE(22, V_ | I_, "old_ends_on", "Ends on before", "变更前结束日期", ""),
};
static const arci_index contract_change_indexes[] = {
    { "contract", "contract seq", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
};
ARCI_PART(contract_change, 214, E_APP | E_CUS, NULL, "contract.customer", "contract", "Contract change", "合同变更", "What became of an active contract: amendments, its end, its return.");

static const arci_field sales_order_fields[] = {
    SYS_MASTER,
    F_TEXT(10, R_, 64, "number", "Number", "订单号", ""),
    F_TEXT(11, 0, 40, "channel", "Channel", "渠道", "Code of the book's own list."),
    F_REF(12, 0, "store", "channel_store", "Store", "店铺", ""),
    F_TEXT(13, 0, 64, "platform_no", "Platform number", "平台订单号", ""),
    F_REF(14, R_, "customer", "customer", "Customer", "客户", "Debtor; of a platform order the platform's store account."),
    F_REF(15, 0, "contract", "contract", "Contract", "合同", ""),
    F_REF(16, 0, "project", "project", "Project", "项目", ""),
    F_DATE(17, R_, "order_date", "Order date", "下单日期", ""),
    F_CUR(18, R_, "currency", "Currency", "币种", "ISO 4217."),
    F_JSON(19, 0, "promotions", "Promotions", "促销", "Array of promotion ids, with the explanation trail."),
    F_CODE(20, R_ | V_, "status", "order_status", "Status", "状态", ""),
    F_REF(21, 0, "owner", "user_account", "Owner", "业务员", ""),
    F_REF(22, 0, "team", "org_unit", "Team", "团队", ""),
    F_REF(23, 0, "region", "org_unit", "Region", "区域", ""),
    F_REF(24, 0, "department", "org_unit", "Department", "部门", ""),
    F_REF(25, 0, "business_line", "org_unit", "Business line", "业务线", ""),
    F_TEXT(26, 0, 64, "term", "Payment term", "付款条件", "Code of a term definition, or a rule; NULL = the contract's or customer's."),
    F_BOOL(27, 0, "tax_included", "Tax included", "含税", "1, or NULL: prices are inclusive of tax."),
    F_MONEY(28, V_, "committed", "currency", "Committed", "占用合同金额", "What it takes of its contract, inclusive of tax; NULL = nothing."),
    F_MONEY(29, V_, "committed_net", "currency", "Committed without tax", "占用合同不含税金额", ""),
    F_TEXT(30, V_, 500, "decision_reason", "Reason of the decision", "取消原因", ""),
    F_DATE(31, 0, "wanted_on", "Wanted on", "要求交货日期", "When it is to be delivered: credit checks with a horizon leave later ones out; NULL = at once."),
    F_MONEY(1000, D_, "gross_amount", "currency", "Gross amount", "订单总额", "Inclusive of tax, before discounts."),
    F_MONEY(1001, D_, "discount", "currency", "Discount", "优惠金额", ""),
    F_MONEY(1002, D_, "receivable", "currency", "Receivable", "应收金额", "Inclusive of tax."),
};
static const arci_index sales_order_indexes[] = {
    { "number", "number", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "contract", "contract", NULL, "contract", ARC_INDEX_WHERE_SET, 1 },
    { "customer", "customer order_date", NULL, NULL, 0, 1 },
    { "status", "customer status", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(sales_order, 202, E_VER | E_CUS | E_MAS, NULL, "customer", "Order", "订单", "What a customer ordered.");

static const arci_field order_line_fields[] = {
    SYS_ROW,
    F_REF(10, R_, "sales_order", "sales_order", "Order", "订单", ""),
    F_INT(11, R_, "seq", "Sequence", "行号", ""),
    F_REF(12, 0, "product", "product", "Product", "商品", ""),
    F_TEXT(13, 0, 64, "sku", "SKU", "商品编码", ""),
    F_TEXT(14, R_, 300, "name", "Name", "商品名称", ""),
    F_TEXT(15, 0, 20, "unit", "Unit", "单位", ""),
    F_DEC(16, R_, "quantity", 6, "Quantity", "数量", "6 decimals."),
    F_DEC(17, R_, "price", 8, "Unit price", "单价", "8 decimals, inclusive of tax when the order is."),
    F_CUR(18, R_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(19, 0, "discount", "currency", "Discount", "折扣", ""),
    F_DEC(20, 0, "tax_rate", 4, "Tax rate", "税率", "Fraction with 4 decimals."),
    F_MONEY(21, R_, "amount", "currency", "Amount", "金额", "Inclusive of tax, after discount."),
    F_REF(22, 0, "contract", "contract", "Contract", "合同", "That it takes of; NULL = the order's."),
    F_MONEY(23, V_, "committed", "currency", "Committed", "占用合同金额", "What it takes of a contract of its own, inclusive of tax, of what the order has committed; NULL = nothing."),
    F_MONEY(24, V_, "committed_net", "currency", "Committed without tax", "占用合同不含税金额", ""),
    F_DATE(25, 0, "wanted_on", "Wanted on", "要求交货日期", "When it is to be delivered; NULL = the order's."),
};
static const arci_index order_line_indexes[] = {
    { "contract", "contract", NULL, "contract", ARC_INDEX_WHERE_SET, 1 },
    { "line", "sales_order seq", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
};
ARCI_PART(order_line, 203, E_VER | E_MAS, NULL, "sales_order.customer", "sales_order", "Order line", "订单行", "");

static const arci_field delivery_fields[] = {
    SYS_MASTER,
    F_TEXT(10, R_, 64, "number", "Number", "发货单号", ""),
    F_REF(11, 0, "sales_order", "sales_order", "Order", "订单", ""),
    F_REF(12, R_, "customer", "customer", "Customer", "客户", ""),
    F_DATE(13, R_, "delivery_date", "Delivery date", "发货日期", ""),
    F_DATE(14, 0, "signed_on", "Signed on", "签收日期", ""),
    F_TEXT(15, P_, 120, "signer", "Signer", "签收人", ""),
    F_TEXT(16, 0, 100, "tracking", "Tracking number", "物流单号", ""),
    F_CODE(17, R_ | V_, "status", "delivery_status", "Status", "状态", ""),
    F_TEXT(18, V_, 500, "decision_reason", "Reason of the decision", "取消或拒收原因", ""),
    F_JSON(1000, D_, "proof", "Proof", "签收单", "Ids of attachments."),
};
static const arci_index delivery_indexes[] = {
    { "number", "number", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "sales_order", "sales_order", NULL, "sales_order", ARC_INDEX_WHERE_SET, 1 },
};
ARCI_ENTITY(delivery, 204, E_VER | E_CUS | E_MAS, NULL, "customer", "Delivery", "发货单", "What was handed over.");

static const arci_field delivery_line_fields[] = {
    SYS_ROW,
    F_REF(10, R_, "delivery", "delivery", "Delivery", "发货单", ""),
    F_INT(11, R_, "seq", "Sequence", "行号", ""),
    F_REF(12, 0, "order_line", "order_line", "Order line", "订单行", ""),
    F_DEC(13, R_, "quantity", 6, "Quantity", "数量", "6 decimals."),
    F_CUR(14, R_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(15, R_, "amount", "currency", "Amount", "金额", "Inclusive of tax."),
};
static const arci_index delivery_line_indexes[] = {
    { "line", "delivery seq", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "order_line", "order_line", NULL, "order_line", ARC_INDEX_WHERE_SET, 1 },
};
ARCI_PART(delivery_line, 205, E_VER | E_MAS, NULL, "delivery.customer", "delivery", "Delivery line", "发货单行", "");

static const arci_field product_fields[] = {
    SYS_MASTER,
    F_TEXT(10, R_, 64, "code", "Code", "商品编码", ""),
    F_TEXT(11, R_, 300, "name", "Name", "商品名称", ""),
    F_TEXT(12, 0, 20, "unit", "Unit", "单位", ""),
    F_TEXT(13, 0, 40, "category", "Category", "品类", "Code of the book's own list."),
    F_REF(14, 0, "tax_code", "tax_code", "Tax code", "税目", ""),
    F_TEXT(15, 0, 19, "tax_class", "Tax classification", "税收分类编码", "19 digits."),
};
static const arci_index product_indexes[] = {
    { "code", "code", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
};
ARCI_ENTITY(product, 206, E_VER | E_CUS | E_MAS, NULL, NULL, "Product", "商品", "");

static const arci_field tax_code_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_, 40, "code", "Code", "编码", ""),
    F_TEXT(11, R_, 200, "name", "Name", "名称", ""),
    F_CODE(12, R_, "kind", "tax_kind", "Kind", "种类", ""),
    F_DEC(13, R_, "rate", 4, "Rate", "税率", "Fraction with 4 decimals."),
    F_DATE(14, R_, "valid_from", "Valid from", "生效日期", ""),
    F_DATE(15, 0, "valid_to", "Valid to", "失效日期", "Last day; NULL = no end."),
};
static const arci_index tax_code_indexes[] = {
    { "code", "code valid_from", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
};
ARCI_ENTITY(tax_code, 207, E_VER | E_MAS, NULL, NULL, "Tax code", "税目", "A tax rate with its dates.");

static const arci_field invoice_request_fields[] = {
    SYS_MASTER,
    F_TEXT(10, R_, 64, "number", "Number", "申请单号", ""),
    F_REF(11, R_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_REF(12, I_, "buyer_title", "invoice_title", "Title", "开票抬头", "Buyer data on the fapiao; NULL until it is submitted = the customer's default."),
    F_REF(13, I_, "contract", "contract", "Contract", "合同", ""),
    F_CODE(14, R_ | I_, "fapiao_kind", "fapiao_kind", "Fapiao kind", "发票种类", ""),
    F_CUR(15, R_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(16, R_ | I_, "amount", "currency", "Amount", "开票金额", "Inclusive of tax."),
    F_CODE(17, R_ | V_, "status", "invoice_request_status", "Status", "状态", ""),
    F_REF(18, V_, "invoice", "invoice", "Invoice", "发票", "Once issued."),
    F_TEXT(19, V_, 1000, "failure", "Failure", "失败原因", "As the tax service said."),
    F_TEXT(20, 0, 1000, "remark", "Remark", "备注", ""),
    F_TEXT(21, V_, 64, "fapiao_no", "Fapiao number", "发票号码", "As the tax service said."),
    F_DATE(22, V_, "issued_on", "Issued on", "开票日期", "As the tax service said."),
    F_REF(23, V_, "replaces", "invoice_request", "Replaces", "重开自", "The request this one issues again."),
    F_REF(24, V_, "approved_by", "user_account", "Approved by", "审批人", ""),
    F_REF(25, V_, "submitted_by", "user_account", "Submitted by", "提交人", ""),
    F_REF(26, V_, "submitted_for", "user_account", "Submitted for", "代谁提交", "Whom the submitter stood in for; never its approver either."),
    F_TEXT(27, V_, 600, "overruled", "Overruled", "系统异议", "Why the book would have refused the invoice, had the tax service not issued it already."),
};
static const arci_index invoice_request_indexes[] = {
    { "number", "number", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "invoice", "invoice", NULL, "invoice", ARC_INDEX_WHERE_SET, 1 },
    { "customer", "customer status", NULL, NULL, 0, 1 }, /* what is at the tax service for him */
};
ARCI_ENTITY(invoice_request, 208, E_VER | E_CUS | E_MAS, NULL, "customer", "Invoice request", "开票申请", "A tax invoice asked for.");

static const arci_field invoice_request_line_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | I_, "invoice_request", "invoice_request", "Request", "开票申请", ""),
    F_INT(11, R_ | I_, "seq", "Sequence", "行号", ""),
    F_REF(12, I_, "item", "item", "Item", "应收", "Planned or estimated amount it consumes."),
    F_TEXT(13, R_ | I_, 300, "name", "Name", "项目名称", ""),
    F_CUR(14, R_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(15, R_ | I_, "amount", "currency", "Amount", "金额", "Inclusive of tax."),
    F_DEC(16, R_ | I_, "tax_rate", 4, "Tax rate", "税率", "Fraction with 4 decimals."),
    F_REF(17, I_, "product", "product", "Product", "商品", ""),
    F_TEXT(18, I_, 20, "unit", "Unit", "单位", ""),
    F_DEC(19, I_, "quantity", 6, "Quantity", "数量", "6 decimals; NULL = an amount alone."),
    F_REF(20, I_, "order_line", "order_line", "Order line", "订单行", "It counts on, once it is invoiced."),
    F_REF(21, I_, "delivery_line", "delivery_line", "Delivery line", "发货单行", "Likewise; its order line follows."),
};
static const arci_index invoice_request_line_indexes[] = {
    { "line", "invoice_request seq", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "item", "item", NULL, "item", ARC_INDEX_WHERE_SET, 1 },
};
ARCI_PART(invoice_request_line, 209, E_VER | E_MAS, NULL, "invoice_request.customer", "invoice_request", "Invoice request line", "开票申请行", "");

static const arci_field invoice_fields[] = {
    SYS_MASTER,
    F_TEXT(10, 0, 64, "number", "Number", "发票内部编号", "Unique in the book; NULL = a draft that has none yet."),
    F_REF(11, R_, "customer", "customer", "Customer", "客户", ""),
    F_DATE(12, R_, "invoice_date", "Invoice date", "开票日期", ""),
    F_DATE(13, 0, "due_date", "Due date", "到期日", "Of its only or last instalment; items have their own."),
    F_CUR(14, R_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(15, R_, "gross_amount", "currency", "Gross amount", "价税合计", "Inclusive of tax; negative = credit note."),
    F_MONEY(16, 0, "net_amount", "currency", "Net amount", "不含税金额", "Gross less tax."),
    F_MONEY(17, 0, "tax_amount", "currency", "Tax amount", "税额", ""),
    F_CODE(18, R_ | V_, "kind", "invoice_kind", "Kind", "单据种类", ""),
    F_CODE(19, R_ | V_, "status", "invoice_status", "Status", "单据状态", "Of the document; settlement is derived."),
    F_DATE(20, 0, "base_date", "Base date", "起算日期", "Day the term counts from; NULL = invoice date."),
    F_TEXT(21, 0, 64, "term", "Payment term", "付款条件", "Code of a term definition, or a rule such as NET30."),
    F_REF(22, 0, "contract", "contract", "Contract", "合同", ""),
    F_REF(23, 0, "sales_order", "sales_order", "Order", "订单", ""),
    F_REF(24, 0, "delivery", "delivery", "Delivery", "发货单", ""),
    F_REF(25, 0, "project", "project", "Project", "项目", ""),
    F_REF(26, 0, "buyer_title", "invoice_title", "Title", "开票抬头", "Buyer data on the fapiao."),
    F_REF(27, 0, "store", "channel_store", "Store", "店铺", ""),
    F_CODE(28, 0, "fapiao_kind", "fapiao_kind", "Fapiao kind", "发票种类", ""),
    F_TEXT(29, 0, 20, "fapiao_no", "Fapiao number", "发票号码", "20 digits, or 8 with a code."),
    F_TEXT(30, 0, 12, "fapiao_code", "Fapiao code", "发票代码", "Paper only."),
    F_CODE(31, V_, "tax_status", "tax_status", "Tax status", "税务状态", "issued once it has a fapiao number, void with its document; of red letters their own way; NULL = no fapiao."),
    F_TEXT(32, 0, 64, "confirm_no", "Red-letter confirmation", "红字确认单编号", ""),
    F_REF(33, 0, "red_of", "invoice", "Red-letter of", "红冲的发票", "Invoice a credit note takes back."),
    F_TEXT(34, P_, 120, "drawer", "Drawer", "开票人", ""),
    F_DATE(35, V_, "sent_on", "Sent on", "寄送日期", ""),
    F_TEXT(36, V_, 100, "tracking", "Tracking number", "物流单号", ""),
    F_DATE(37, V_, "received_on", "Received on", "客户收票日期", ""),
    F_DATE(38, V_, "confirmed_on", "Confirmed on", "客户确认日期", ""),
    F_TEXT(39, V_ | P_, 120, "confirmed_by", "Confirmed by", "客户确认人", "Person at the customer."),
    F_CUR(40, 0, "base_currency", "Base currency", "本位币", "Of base_amount; NULL = same as currency."),
    F_MONEY(41, 0, "base_amount", "base_currency", "Base amount", "本位币金额", "Gross amount at the booked rate."),
    F_DEC(42, 0, "fx_rate", 8, "Exchange rate", "汇率", "Base currency units for one unit of currency, 8 decimals: the one it was booked at; NULL = base_amount was given."),
    F_REF(43, 0, "owner", "user_account", "Owner", "业务员", "Sales owner when it was made."),
    F_REF(44, 0, "team", "org_unit", "Team", "团队", "Team when it was made."),
    F_REF(45, 0, "region", "org_unit", "Region", "区域", "Region when it was made."),
    F_REF(46, 0, "department", "org_unit", "Department", "部门", "Department when it was made."),
    F_TEXT(47, 0, 1000, "remark", "Remark", "备注", ""),
    F_JSON(48, V_, "draft_lines", "Lines of the draft", "草稿明细", "Array of lines; NULL once issued, when they are invoice_line rows."),
    F_DATE(49, V_, "issued_on", "Issued on", "开具日期", "Business date of the issue; NULL = not issued here, or the tax service had issued it against what the book says."),
    F_REF(50, V_, "drafted_by", "user_account", "Drafted by", "制单人", "Who made or last changed the draft; never its approver."),
    F_REF(51, V_, "approved_by", "user_account", "Approved by", "审批人", ""),
    F_TEXT(52, V_, 500, "decision_reason", "Reason of the decision", "审批意见", "Of a rejection or voiding."),
    F_CODE(53, V_, "delivery_status", "document_delivery", "Delivery status", "送达状态", "NULL = not sent."),
    F_CODE(54, 0, "price_basis", "price_basis", "Prices", "价格口径", "Whether lines are entered without or with tax; NULL = without."),
    F_CODE(55, 0, "tax_method", "tax_method", "Tax computed", "税额计算", "By line or by group of category and rate; NULL = by line."),
    F_CODE(56, V_, "red_status", "red_status", "Red-letter confirmation state", "红字确认单状态", "Of a credit note to a tax invoice."),
    F_CODE(57, 0, "reason_code", "deduction_reason", "Reason code", "原因代码", "Of a credit or debit note."),
    F_TEXT(58, 0, 500, "reason", "Reason", "原因", "Of a credit or debit note."),
    F_DEC(59, 0, "retention", 4, "Retention", "质保金比例", "Fraction kept back, with 4 decimals; an item of its own."),
    F_TEXT(60, 0, 64, "retention_term", "Retention term", "质保金付款条件", "Code of a term definition, or a rule."),
    F_DATE(61, 0, "delivered_on", "Delivered on", "交货日期", "For terms that count from it."),
    F_DATE(62, 0, "accepted_on", "Accepted on", "验收日期", "For terms that count from it."),
    F_REF(63, 0, "business_line", "org_unit", "Business line", "业务线", ""),
    F_TEXT(64, 0, 40, "channel", "Channel", "渠道", "Code of the book's own list."),
    F_REF(65, 0, "debit_of", "invoice", "Debit note to", "补开的发票", "Invoice a debit note adds to."),
    F_REF(66, V_, "drafted_for", "user_account", "Drafted for", "代谁制单", "Whom the drafter stood in for; never its approver either."),
    F_CODE(67, V_, "buyer_use", "buyer_use", "Use by the buyer", "购方用途状态", "What the buyer did with the fapiao; NULL = nothing that is known."),
    F_DATE(68, V_, "buyer_use_on", "Used on", "购方用途日期", "From when."),
    F_JSON(69, V_, "draft_uses", "Receivables of the draft", "草稿使用的应收", "Array of {item, minor, currency}; NULL = none named."),
    F_DATE(70, V_, "voided_on", "Voided on", "作废日期", "Since when it takes nothing of its contract and orders; NULL = not void, or never issued."),
    F_REF(71, V_, "draft_of", "invoice", "Draft of a credit note to", "拟红冲的发票", "Invoice a drafted credit note takes back once it is issued; then it is red_of."),
    F_MONEY(72, V_, "draft_rest", "currency", "Draft's own", "草稿自有金额", "Of a draft what is of no order and no delivery, where that is not all of it: exposure counts the rest there. NULL once issued."),
    F_JSON(1000, D_, "items", "Items", "应收", "Ids of the items it made, then of those it is attached to."),
    F_MONEY(1001, D_, "open", "currency", "Open", "未收金额", "Sum over the items it made; NULL = none."),
    F_CODE(1002, D_, "settlement", "item_status", "Settlement", "结算状态", "Derived from the items it made; NULL = none."),
    F_MONEY(1003, D_, "difference", "currency", "Difference", "差异", "Gross amount less the items it made and what it covers of others; NULL of drafts and void documents."),
};
static const arci_index invoice_indexes[] = {
    { "number", "number", NULL, "number", ARC_INDEX_UNIQUE | ARC_INDEX_WHERE_SET, 1 },
    { "customer", "customer invoice_date", NULL, NULL, 0, 1 }, /* a customer's invoices, newest last */
    { "red_of", "red_of", NULL, "red_of", ARC_INDEX_WHERE_SET, 1 },       /* what was taken back */
    { "contract", "contract", NULL, "contract", ARC_INDEX_WHERE_SET, 1 }, /* headroom of a contract */
    { "fapiao", "fapiao_no fapiao_code", NULL, "fapiao_no", ARC_INDEX_WHERE_SET, 1 },
    { "draft", "customer status", "gross_amount draft_rest currency", "draft_lines", ARC_INDEX_WHERE_SET, 1 }, /* exposure: what is not issued yet */
};
ARCI_ENTITY(invoice, 210, E_VER | E_CUS, NULL, "customer", "Invoice", "发票", "Invoice, credit note or debit note. What it claims is in its items.");

static const arci_field invoice_line_fields[] = {
    SYS_APPEND_CUSTOM,
    F_REF(10, R_ | I_, "invoice", "invoice", "Invoice", "发票", ""),
    F_INT(11, R_ | I_, "seq", "Sequence", "行号", ""),
    F_REF(12, I_, "product", "product", "Product", "商品", ""),
    F_TEXT(13, R_ | I_, 300, "name", "Name", "名称", ""),
    F_TEXT(14, I_, 20, "unit", "Unit", "单位", ""),
    F_DEC(15, I_, "quantity", 6, "Quantity", "数量", "6 decimals."),
    F_DEC(16, I_, "price", 8, "Unit price", "单价", "8 decimals."),
    F_CUR(17, R_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(18, R_ | I_, "net_amount", "currency", "Net amount", "不含税金额", ""),
    F_DEC(19, R_ | I_, "tax_rate", 4, "Tax rate", "税率", "Fraction with 4 decimals."),
    F_CODE(20, R_ | I_, "tax_kind", "tax_kind", "Tax kind", "计税种类", ""),
    F_MONEY(21, R_ | I_, "tax_amount", "currency", "Tax amount", "税额", ""),
    F_MONEY(22, R_ | I_, "gross_amount", "currency", "Gross amount", "价税合计", ""),
    F_REF(23, I_, "order_line", "order_line", "Order line", "订单行", ""),
    F_REF(24, I_, "delivery_line", "delivery_line", "Delivery line", "发货单行", ""),
    F_REF(25, I_, "red_of", "invoice_line", "Red-letter of", "红冲的行", ""),
    F_INT(26, I_, "discount_of", "Discount of line", "折扣对应行", "Number of the line above that this negative line discounts (折扣行)."),
    F_TEXT(27, I_, 19, "tax_class", "Tax classification", "税收分类编码", "19 digits."),
    F_TEXT(28, I_, 40, "account_role", "Account role", "科目角色", "Revenue role of the journal; NULL = revenue."),
    F_REF(29, I_, "project", "project", "Project", "项目", "NULL = the invoice's."),
    F_REF(30, I_, "advance", "invoice", "Advance", "抵扣的预收发票", "Advance invoice this negative line deducts."),
    F_REF(31, I_, "department", "org_unit", "Department", "部门", "NULL = the invoice's."),
    F_REF(32, I_, "business_line", "org_unit", "Business line", "业务线", "NULL = the invoice's."),
    F_CUR(33, V_ | I_, "base_currency", "Base currency", "本位币", "Of the base amounts; NULL = same as currency, or no rate is known."),
    F_MONEY(34, V_ | I_, "base_net", "base_currency", "Net in base currency", "不含税本位币金额", "What the journal has; of a deduction, what the advance is booked at."),
    F_MONEY(35, V_ | I_, "base_tax", "base_currency", "Tax in base currency", "税额本位币金额", ""),
    F_CODE(36, I_, "part", "line_part", "Part", "组成", "What of a debt its net amount is; NULL = goods or services, of a discount as the line above, of interest and fees charges."),
    F_REF(37, I_, "contract", "contract", "Contract", "合同", "That it counts on; NULL = the invoice's."),
    F_BOOL(38, V_ | I_, "off_contract", "Off the contract", "不计入合同", "1: deducts an advance of no contract: it does not count on the invoice's; NULL = it does."),
    F_BOOL(39, V_ | I_, "off_order", "Off the order", "不计入订单", "1: deducts an advance of another order or of none: it does not count on the invoice's; NULL = it does."),
};
static const arci_index invoice_line_indexes[] = {
    { "contract", "contract", NULL, "contract", ARC_INDEX_WHERE_SET, 1 },
    { "invoice_contract", "invoice contract", NULL, "contract", ARC_INDEX_WHERE_SET, 1 }, /* what of an invoice is of other contracts than its own */
    { "invoice_off", "invoice off_contract", NULL, "off_contract", ARC_INDEX_WHERE_SET, 1 }, /* what of an invoice is of no contract though the invoice is */
    { "line", "invoice seq", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "red_of", "red_of", NULL, "red_of", ARC_INDEX_WHERE_SET, 1 },
    { "order_line", "order_line", NULL, "order_line", ARC_INDEX_WHERE_SET, 1 },
    { "delivery_line", "delivery_line", NULL, "delivery_line", ARC_INDEX_WHERE_SET, 1 },
    { "advance", "advance", NULL, "advance", ARC_INDEX_WHERE_SET, 1 },
};
ARCI_PART(invoice_line, 211, E_APP | E_CUS, NULL, "invoice.customer", "invoice", "Invoice line", "发票行", "");

static const arci_field invoice_item_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | I_, "invoice", "invoice", "Invoice", "发票", ""),
    F_REF(11, R_ | I_, "item", "item", "Item", "应收", ""),
    F_CUR(12, R_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(13, R_ | I_, "amount", "currency", "Amount", "金额", "Part of the item the invoice covers, inclusive of tax; negative in a reversal."),
    F_DATE(14, R_ | I_, "effective_date", "Effective date", "生效日期", "From when it counts."),
    F_BOOL(15, R_ | I_, "consumes", "Consumes", "冲减", "1: a planned or estimated item, whose open amount falls; 0: attached to a receivable that goes on."),
    F_REF(16, I_, "reverses", "invoice_item", "Reverses", "冲销的记录", "The row this one undoes."),
    F_BOOL(17, I_, "reopens", "Opens again", "重新打开", "1: the item was used up and is open again by it; NULL = no."),
    F_INT(18, I_, "line_seq", "Line", "对应行", "Number of the invoice's line it was taken for, or of the first line of the same contract, order and delivery; NULL = the whole document."),
    F_BOOL(19, I_, "line_only", "Of the line alone", "仅对应该行", "1: for that line and its discount alone; NULL = for all lines of the same contract, order and delivery."),
    F_MONEY(20, I_, "lapsed", "currency", "Lapsed", "失效金额", "What would have come back to a plan whose contract, order or delivery is over; amount is 0 then."),
};
static const arci_index invoice_item_indexes[] = {
    { "invoice", "invoice", NULL, NULL, 0, 1 },
    { "item", "item effective_date", NULL, NULL, 0, 1 },
    { "effective", "effective_date", NULL, NULL, 0, 1 },
    { "reverses", "reverses", NULL, "reverses", ARC_INDEX_UNIQUE | ARC_INDEX_WHERE_SET, 1 },
};
ARCI_ENTITY(invoice_item, 212, E_APP, NULL, "invoice.customer", "Invoice and item", "发票与应收", "Which receivable a tax invoice covers, many to many.");

/* Orders, deliveries and invoices say what they take of what stands above them: here are the sums, so that asking costs one row. */
static const arci_field chain_state_fields[] = {
    SYS_STATE,
    F_INT(10, R_ | V_ | I_, "parent", "Parent", "上级", "Id of the contract, order line or delivery line; key, with link and currency."),
    F_CODE(11, R_ | V_ | I_, "link", "chain_link", "Link", "环节", ""),
    F_CUR(12, R_ | V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_DEC(13, R_ | V_ | K_, "quantity", 6, "Quantity", "数量", "6 decimals; 0 of contracts."),
    F_MONEY(14, R_ | V_ | K_, "gross_amount", "currency", "Gross amount", "价税合计", "Inclusive of tax."),
    F_MONEY(15, R_ | V_ | K_, "net_amount", "currency", "Net amount", "不含税金额", ""),
    F_DATE(16, V_ | K_, "freed_on", "Freed on", "最近释放日期", "Latest day on which a document gave something back: of documents dated from then on, what is taken now is the most that ever was; NULL = never."),
};
ARCI_ENTITY_PLAIN(chain_state, 213, E_VER | E_STA | E_UNT, "parent link currency", NULL, "Chain state", "链路状态", "What children take of a parent; a cache that verify recomputes.");
