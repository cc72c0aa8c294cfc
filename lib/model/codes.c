/* SPDX-License-Identifier: Apache-2.0 */
/* Code lists: values and their labels. Values are kept in books for ever; a list may grow, never lose or rename one. */
#include <string.h>

#include "model/schema.h"

/* One line a code keeps value and labels together; the three arrays come out equally long. */
#define ARCI_C(c, en, zh) c,
#define ARCI_EN(c, en, zh) en,
#define ARCI_ZH(c, en, zh) zh,
#define ARCI_LIST(name, LIST) \
    static const char *const name##_codes[] = { LIST(ARCI_C) NULL }; \
    static const char *const name##_en[] = { LIST(ARCI_EN) NULL }; \
    static const char *const name##_zh[] = { LIST(ARCI_ZH) NULL };

/* clang-format off */

#define ACCESS_MODE(X) X("single", "Single accountant", "单一会计") X("roles", "Roles", "按角色授权")
#define ALIAS_KIND(X) X("name", "Name", "名称") X("payer_name", "Payer name", "付款人名称") X("payer_account", "Payer account", "付款账号") X("former_name", "Former name", "曾用名")
#define ALLOCATION_MODE(X) X("manual", "Manual", "人工") X("auto", "Automatic", "自动") X("import", "Import", "导入") \
    X("credit_note", "Credit note", "红字冲抵") X("write_off", "Write-off", "坏账核销") X("netting", "Netting", "抵账") \
    X("transfer", "Transfer", "转移") X("refund", "Refund", "退款") X("advance", "Advance", "预收抵扣") X("bill", "Bill", "票据")
#define APPROVAL_STATUS(X) X("running", "Running", "审批中") X("approved", "Approved", "已通过") X("rejected", "Rejected", "已驳回") \
    X("recalled", "Recalled", "已撤回") X("returned", "Returned", "已退回") X("expired", "Expired", "已超时")
#define ATTACHMENT_KIND(X) X("contract", "Contract", "合同") X("invoice", "Invoice", "发票") X("bank_slip", "Bank slip", "回单") \
    X("delivery_proof", "Delivery proof", "签收单") X("statement", "Statement of account", "对账函") \
    X("legal_letter", "Legal letter", "律师函") X("other", "Other", "其他")
#define BANK_ACCOUNT_KIND(X) X("bank", "Bank", "银行") X("alipay", "Alipay", "支付宝") X("wechat", "WeChat Pay", "微信支付") \
    X("platform", "Platform", "平台") X("other", "Other", "其他")
#define BANK_CHECK(X) X("unknown", "Unknown", "无法校验") X("balanced", "Balanced", "相符") X("differs", "Differs", "不符")
#define BILL_KIND(X) X("bank", "Bank acceptance", "银行承兑汇票") X("commercial", "Commercial acceptance", "商业承兑汇票")
#define BILL_STATUS(X) X("held", "Held", "持有") X("endorsed", "Endorsed", "背书") X("discounted", "Discounted", "贴现") \
    X("collecting", "Collecting", "托收") X("honoured", "Honoured", "兑付") X("dishonoured", "Dishonoured", "拒付") \
    X("returned", "Returned", "退票") X("split", "Split", "已拆分") X("merged", "Merged back", "已合并")
#define BUYER_USE(X) X("certified", "Certified", "已认证(用途确认)") X("deducted", "Deducted", "已抵扣") X("booked", "Booked", "已入账")
#define CHECK_RESULT(X) X("pass", "Pass", "通过") X("warn", "Warn", "预警") X("hold", "Hold", "冻结") X("reject", "Reject", "拒绝")
#define CLAIM_STATUS(X) X("draft", "Draft", "草稿") X("submitted", "Submitted", "已提交") X("approved", "Approved", "已批准") \
    X("rejected", "Rejected", "已驳回") X("settled", "Settled", "已结算")
#define COLLATERAL_KIND(X) X("real_estate", "Real estate", "不动产") X("equipment", "Equipment", "设备") X("inventory", "Inventory", "存货") \
    X("deposit", "Deposit", "保证金") X("receivable", "Receivable", "应收账款") X("other", "Other", "其他")
#define COMMITMENT_SOURCE(X) X("sales_order", "Order", "订单") X("delivery", "Delivery", "发货单")
#define CONTACT_ROLE(X) X("finance", "Finance", "财务") X("purchasing", "Purchasing", "采购") X("reconciliation", "Reconciliation", "对账") \
    X("legal", "Legal", "法务") X("invoice", "Receives invoices", "收票") X("other", "Other", "其他")
#define CONTRACT_STATUS(X) X("draft", "Draft", "草稿") X("submitted", "Submitted", "审批中") X("active", "Active", "执行中") \
    X("closed", "Closed", "已完结") X("terminated", "Terminated", "已终止")
#define CONTRACT_KIND(X) X("fixed", "Fixed amount", "固定金额") X("framework", "Framework", "框架合同") X("milestones", "Milestones", "里程碑")
#define CONTRACT_CHANGE_KIND(X) X("amended", "Amended", "补充协议") X("closed", "Closed", "完结") X("terminated", "Terminated", "终止") \
    X("reopened", "Reopened", "恢复执行")
#define COUPON_STATUS(X) X("free", "Free", "未领取") X("reserved", "Reserved", "已占用") X("used", "Used", "已使用") X("expired", "Expired", "已过期")
#define CREDIT_REQUEST_KIND(X) X("permanent", "Permanent", "固定") X("temporary", "Temporary", "临时")
#define CREDIT_REQUEST_STATUS(X) X("draft", "Draft", "草稿") X("submitted", "Submitted", "审批中") X("approved", "Approved", "已批准") \
    X("rejected", "Rejected", "已驳回") X("recalled", "Recalled", "已撤回")
#define CUSTOM_KIND(X) X("text", "Text", "文本") X("number", "Number", "数字") X("money", "Money", "金额") X("date", "Date", "日期") \
    X("bool", "Yes or no", "是否") X("choice", "Choice", "单选") X("choices", "Choices", "多选") X("reference", "Reference", "引用") \
    X("member", "Member", "成员") X("attachment", "Attachment", "附件") X("formula", "Formula", "公式")
#define CUSTOMER_KIND(X) X("company", "Company", "企业") X("sole_trader", "Sole trader", "个体") X("person", "Natural person", "自然人") \
    X("government", "Government", "政府") X("platform", "Platform", "平台")
#define CUSTOMER_STATUS(X) X("active", "Active", "正常") X("blocked", "Blocked", "冻结") X("insolvent", "Insolvent", "破产") \
    X("merged", "Merged", "已合并") X("closed", "Closed", "停用")
#define DEDUCTION_REASON(X) X("price", "Price", "价格") X("qty_short", "Short quantity", "数量短少") X("damage", "Damage", "货损") \
    X("return", "Return", "退货") X("promo", "Promotion or rebate", "促销返利") X("tax", "Tax withheld", "代扣税") \
    X("retention", "Retention", "质保金") X("unearned_discount", "Unearned discount", "不当折扣") X("bank_fee", "Bank fee", "银行手续费") \
    X("fx", "Exchange difference", "汇差") X("duplicate", "Duplicate", "重复") X("commission", "Commission", "佣金") \
    X("small_difference", "Small difference", "尾差") X("bad_debt", "Bad debt", "坏账") X("extension", "Due date extended", "展期") X("unknown", "Unknown", "不明")
#define BILLING_BASIS(X) X("ordered", "What is ordered", "按订单") X("delivered", "What is delivered", "按发货")
#define CHAIN_LINK(X) X("contract_invoice", "Invoices of a contract", "合同的发票") X("contract_order", "Orders of a contract", "合同的订单") \
    X("delivery_invoice", "Invoices of a delivery line", "发货单行的发票") X("order_delivery", "Deliveries of an order line", "订单行的发货") \
    X("order_invoice", "Invoices of an order line", "订单行的发票") X("sales_order_invoice", "Invoices of an order", "订单的发票")
#define DEFINITION_KIND(X) X("term", "Payment term", "付款条件") X("rule", "Rule", "规则") X("dunning", "Dunning ladder", "催收阶梯") \
    X("decision_table", "Decision table", "决策表") X("scorecard", "Scorecard", "评分卡") X("matching", "Matching strategy", "核销策略") \
    X("workflow", "Workflow", "审批流程") X("template", "Template", "模板") X("report", "Report", "报表") X("promotion", "Promotion", "促销") \
    X("tolerance", "Tolerance", "容差") X("account_map", "Account map", "科目映射") X("validation", "Validation rule", "校验规则") \
    X("import_mapping", "Import mapping", "导入映射") X("bank_format", "Bank format", "银行格式") X("credit_policy", "Credit policy", "信用政策") X("approval", "Approval", "审批要求") \
    X("source", "Source system", "来源系统")
#define DEFINITION_STATUS(X) X("draft", "Draft", "草稿") X("published", "Published", "已发布") X("retired", "Retired", "已停用")
#define DELIVERY_STATUS(X) X("draft", "Draft", "草稿") X("shipped", "Shipped", "已发货") X("signed", "Signed", "已签收") \
    X("refused", "Refused", "拒收") X("cancelled", "Cancelled", "已取消")
#define DISPUTE_REASON(X) X("price", "Price", "价格") X("quantity", "Quantity", "数量") X("quality", "Quality", "质量") \
    X("invoice", "Invoice", "发票") X("rebate", "Rebate", "返利") X("other", "Other", "其他")
#define DISPUTE_RESOLUTION(X) X("open", "Open", "处理中") X("credited", "Credited", "已贷记") X("rejected", "Rejected", "不成立") \
    X("withdrawn", "Withdrawn", "已撤回")
#define DOCUMENT_DELIVERY(X) X("sent", "Sent", "已寄送") X("delivered", "Delivered", "已送达") X("confirmed", "Confirmed", "已确认") \
    X("refused", "Refused", "已拒收")
#define ENTERPRISE_SIZE(X) X("large", "Large", "大型") X("medium", "Medium", "中型") X("small", "Small", "小型") X("micro", "Micro", "微型")
#define FAPIAO_KIND(X) X("digital_special", "Digital special", "数电专票") X("digital_general", "Digital general", "数电普票") \
    X("paper_special", "Paper special", "纸质专票") X("paper_general", "Paper general", "纸质普票") \
    X("electronic_special", "Electronic special", "电子专票") X("electronic_general", "Electronic general", "电子普票") X("none", "None", "不开票")
#define FIRING_STATUS(X) X("fired", "Fired", "已触发") X("passed", "Passed over", "已跳过") X("rejected", "Rejected", "已驳回")
#define FLAG_KIND(X) X("hold", "Dunning hold", "暂停催收") X("legal", "Legal action", "法律程序") X("factored", "Factored", "已保理") \
    X("insolvent", "Insolvent", "破产程序")
#define FORECAST_GRAIN(X) X("day", "Day", "日") X("week", "Week", "周") X("month", "Month", "月")
#define GUARANTEE_KIND(X) X("guarantee", "Guarantee", "保证") X("insurance", "Credit insurance", "信用保险") \
    X("letter_of_credit", "Letter of credit", "信用证") X("standby", "Standby letter", "备用信用证") X("given", "Given by us", "我方提供的担保") X("other", "Other", "其他")
#define HOLD_STATUS(X) X("active", "Active", "冻结中") X("released", "Released", "已放行") X("used", "Used", "已使用") X("ended", "Ended", "已结束") X("warned", "Passed with a warning", "提示后通过")
#define HOLD_MOMENT(X) X("order", "Order", "订单") X("delivery", "Delivery", "发货") X("invoice", "Invoice", "开票") X("customer", "Customer", "客户")
#define HOST_CALL_STATUS(X) X("waiting", "Waiting", "待答复") X("answered", "Answered", "已答复") X("failed", "Failed", "失败")
#define IMPORT_STATUS(X) X("running", "Running", "进行中") X("checked", "Checked", "已检查") X("done", "Done", "完成") \
    X("failed", "Failed", "失败") X("cancelled", "Cancelled", "已取消")
#define INTERACTION_KIND(X) X("call", "Call", "电话") X("visit", "Visit", "拜访") X("message", "Message", "消息") X("follow_up", "Follow-up", "跟进") \
    X("quote", "Quote", "报价") X("answer", "Answer", "答复")
#define INTERACTION_RESULT(X) X("promise", "Promise", "承诺") X("dispute", "Dispute", "争议") X("refused", "Refused", "拒付") \
    X("no_contact", "No contact", "失联") X("paid", "Paid", "已付") X("other", "Other", "其他")
#define INVOICE_KIND(X) X("invoice", "Invoice", "发票") X("credit_note", "Credit note", "红字发票") X("debit_note", "Debit note", "借项通知单") \
    X("advance", "Advance invoice", "预收发票") X("proforma", "Proforma", "形式发票")
#define INVOICE_REQUEST_STATUS(X) X("draft", "Draft", "草稿") X("submitted", "Submitted", "审批中") X("approved", "Approved", "已批准") \
    X("sent", "Sent", "已提交税务") X("issued", "Issued", "已开票") X("failed", "Failed", "开票失败") X("cancelled", "Cancelled", "已取消")
#define INVOICE_STATUS(X) X("draft", "Draft", "草稿") X("submitted", "Submitted", "已提交") X("approved", "Approved", "已批准") \
    X("issued", "Issued", "已开具") X("credited", "Credited", "已红冲") X("voided", "Voided", "已作废") X("closed", "Closed", "已关闭")
#define ITEM_KIND(X) X("planned", "Planned", "计划") X("estimated", "Estimated", "暂估") X("invoiced", "Invoiced", "应收") \
    X("retention", "Retention", "质保金") X("fee", "Fee or interest", "费用") X("opening", "Opening balance", "期初") X("credit", "Credit", "贷项") \
    X("advance", "Advance", "预收") X("residual", "Residual", "余额") X("chargeback", "Chargeback", "扣款追索") X("refund", "Refund", "退款") \
    X("transfer", "Transfer", "转移") X("bill", "Dishonoured bill", "拒付票据")
#define ITEM_STATUS(X) X("open", "Open", "待付款") X("partial", "Partly paid", "部分支付") X("paid", "Paid", "已结清") \
    X("overpaid", "Overpaid", "多付") X("written_off", "Written off", "已核减") X("to_invoice", "To be invoiced", "待开票") \
    X("invoiced", "Invoiced", "已开票") X("cancelled", "Cancelled", "已取消")
#define LINE_PART(X) X("line", "Goods or services", "货物或服务") X("freight", "Freight", "运费") X("charges", "Charges and interest", "费用与利息")
#define LIMIT_KIND(X) X("permanent", "Permanent", "固定") X("temporary", "Temporary", "临时")
#define LIMIT_SCOPE(X) X("own", "Own", "本客户") X("group", "With all it owns", "含下属公司")
#define LINE_KIND(X) X("payment", "Payment", "收款") X("outgoing", "Outgoing", "付款") X("batch", "Batch", "批量") X("detail", "Detail", "明细") \
    X("return", "Return", "退回")
#define LINE_STATUS(X) X("waiting", "Waiting", "待登记") X("received", "Received", "已登记") X("passed", "Passed over", "不登记") \
    X("returned", "Taken back", "已退回") X("undone", "Undone", "已撤销")
#define MESSAGE_CHANNEL(X) X("email", "E-mail", "邮件") X("sms", "Text message", "短信") X("letter", "Letter", "信函") X("wechat", "WeChat", "微信") \
    X("chat", "Chat", "企业聊天") X("push", "Push", "推送") X("phone", "Phone", "电话") X("visit", "Visit", "上门")
#define MESSAGE_STATUS(X) X("pending", "Pending", "待发送") X("leased", "Being sent", "发送中") X("sent", "Sent", "已发送") \
    X("delivered", "Delivered", "已送达") X("bounced", "Bounced", "退信") X("failed", "Failed", "失败") X("dead", "Given up", "死信")
#define MILESTONE_TRIGGER(X) X("signing", "Signing", "签约") X("advance", "Advance", "预付") X("delivery", "Delivery", "发货") \
    X("acceptance", "Acceptance", "验收") X("retention", "Retention", "质保到期") X("date", "Date", "日期")
#define ORDER_STATUS(X) X("draft", "Draft", "草稿") X("confirmed", "Confirmed", "已确认") X("held", "Held", "冻结") X("delivering", "Delivering", "发货中") \
    X("closed", "Closed", "已完成") X("cancelled", "Cancelled", "已取消")
#define ORG_UNIT_KIND(X) X("department", "Department", "部门") X("team", "Team", "团队") X("region", "Region", "区域") \
    X("business_line", "Business line", "业务线")
#define PERIOD_STATUS(X) X("open", "Open", "开放") X("locked", "Locked", "已锁定") X("closed", "Closed", "已关闭")
#define PLAN_STATUS(X) X("active", "Active", "执行中") X("kept", "Kept", "已履行") X("accelerated", "Accelerated", "加速到期") \
    X("cancelled", "Cancelled", "已取消")
#define PLATFORM(X) X("taobao", "Taobao", "淘宝") X("tmall", "Tmall", "天猫") X("jd", "JD", "京东") X("douyin", "Douyin", "抖音") \
    X("alibaba", "1688", "1688") X("pinduoduo", "Pinduoduo", "拼多多") X("pos", "Point of sale", "门店") X("other", "Other", "其他")
#define POSTING_STATUS(X) X("pending", "Pending", "待导出") X("sent", "Sent", "已导出") X("acknowledged", "Acknowledged", "已入账") X("rejected", "Rejected", "被拒绝")
#define PRICE_BASIS(X) X("net", "Without tax", "不含税") X("gross", "With tax", "含税")
#define PROJECT_STATUS(X) X("open", "Open", "进行中") X("closed", "Closed", "已完结")
#define PROMISE_STATUS(X) X("open", "Open", "有效") X("kept", "Kept", "已履行") X("partial", "Partly kept", "部分履行") X("broken", "Broken", "已违约") \
    X("withdrawn", "Withdrawn", "已撤回")
#define PROPOSAL_STATUS(X) X("draft", "Draft", "草稿") X("approved", "Approved", "已批准") X("applied", "Applied", "已执行") \
    X("partly_applied", "Partly applied", "部分执行") X("stale", "Stale", "已失效") X("expired", "Expired", "已过期") X("rejected", "Rejected", "已驳回")
#define PROVISION_METHOD(X) X("aging", "Aging percentages", "账龄分析法") X("matrix", "Provision matrix", "预期信用损失矩阵") \
    X("individual", "Individual", "个别认定") X("none", "None", "直接转销")
#define RATE_KIND(X) X("booked", "Booked", "记账汇率") X("closing", "Closing", "期末汇率") X("average", "Average", "平均汇率") X("credit", "Credit", "信用汇率")
#define REBATE_BASIS(X) X("invoiced", "Invoiced", "开票") X("collected", "Collected", "回款")
#define REBATE_BY(X) X("customer", "Customer", "客户") X("channel", "Channel", "渠道") X("category", "Category", "品类") X("product", "Product", "商品")
#define REBATE_METHOD(X) X("marginal", "Marginal", "分段累进") X("retroactive", "Retroactive", "全额追溯")
#define REBATE_SETTLE(X) X("credit_note", "Credit note", "红票") X("discount_line", "Discount line", "折扣行") X("cash", "Cash", "现金") X("goods", "Goods", "货")
#define RECEIPT_METHOD(X) X("transfer", "Bank transfer", "电汇") X("bill", "Bill of exchange", "承兑") X("alipay", "Alipay", "支付宝") \
    X("wechat", "WeChat Pay", "微信") X("cash", "Cash", "现金") X("offset", "Offset", "抵账") X("other", "Other", "其他")
#define RECEIPT_PURPOSE(X) X("goods", "Payment for goods", "货款") X("advance", "Advance", "预收") X("retention", "Retention", "质保金") \
    X("deposit", "Deposit", "保证金")
#define RECEIPT_STATUS(X) X("unclaimed", "Unclaimed", "待认领") X("unapplied", "Unapplied", "待核销") X("partial", "Partly applied", "部分核销") \
    X("applied", "Applied", "已核销") X("returned", "Returned", "退回")
#define RED_STATUS(X) X("not_needed", "01 No confirmation needed", "01 无需确认") \
    X("seller_entered", "02 Entered by seller", "02 销方录入待购方确认") X("buyer_entered", "03 Entered by buyer", "03 购方录入待销方确认") \
    X("confirmed", "04 Confirmed by both", "04 购销双方已确认") X("refused_by_buyer", "05 Refused by buyer", "05 作废(购方否认)") \
    X("refused_by_seller", "06 Refused by seller", "06 作废(销方否认)") X("lapsed", "07 Lapsed after 72 hours", "07 作废(超72小时未确认)") \
    X("withdrawn", "08 Withdrawn", "08 作废(发起方撤销)") X("withdrawn_after", "09 Withdrawn after confirmation", "09 作废(确认后撤销)")
#define RISK_BAND(X) X("A", "A", "A级") X("B", "B", "B级") X("C", "C", "C级") X("D", "D", "D级")
#define ROW_SCOPE(X) X("own", "Own", "本人") X("team", "Team", "团队") X("subtree", "Team and below", "团队及下级") \
    X("region", "Region", "区域") X("all", "All", "全部")
#define SCORE_KIND(X) X("scored", "Scored", "评分") X("override_request", "Override asked for", "申请调整") X("override", "Override", "人工调整") X("override_end", "End of override", "调整终止")
#define STATEMENT_STATUS(X) X("draft", "Draft", "草稿") X("sent", "Sent", "已发出") X("confirmed", "Confirmed", "已确认") X("differs", "Differs", "有差异")
#define STEP_DECISION(X) X("pending", "Pending", "待处理") X("approved", "Approved", "同意") X("rejected", "Rejected", "驳回") \
    X("returned", "Returned", "退回") X("forwarded", "Forwarded", "转交") X("cancelled", "Cancelled", "已取消") X("expired", "Expired", "已超时")
#define TARGET_SCOPE(X) X("person", "Person", "人员") X("team", "Team", "团队") X("region", "Region", "区域") X("project", "Project", "项目")
#define TASK_STATUS(X) X("open", "Open", "待办") X("done", "Done", "已完成") X("cancelled", "Cancelled", "已取消") X("escalated", "Escalated", "已升级")
#define TAX_KIND(X) X("standard", "Standard", "一般计税") X("simplified", "Simplified", "简易计税") X("zero", "Zero rated", "零税率") \
    X("exempt", "Exempt", "免税") X("outside", "Outside scope", "不征税")
#define TAX_METHOD(X) X("line", "By line", "按行") X("group", "By group", "按组")
#define TAX_STATUS(X) X("issued", "Issued", "已开具") \
    X("red_pending", "Red-letter pending", "红冲待确认") X("red", "Red-lettered", "已红冲") X("void", "Void", "已作废") X("failed", "Failed", "失败")
#define TRACKING_STATUS(X) X("to_invoice", "To be invoiced", "待开票") X("to_pay", "To be paid", "待付款") X("partial", "Partly paid", "部分支付") \
    X("paid", "Paid", "已结清")
#define USER_KIND(X) X("person", "Person", "人员") X("program", "Program", "程序") X("external", "External", "外部")
#define VOUCHER_MERGE(X) X("document", "By document", "按单据") X("customer_day", "By customer and day", "按客户和日期") X("day", "By day", "按日期")
#define WRITE_OFF_REASON(X) X("bankrupt", "Bankrupt", "破产") X("deregistered", "Deregistered", "注销") X("limitation", "Time-barred", "超过时效") \
    X("court", "Court ruling", "法院裁定") X("uneconomic", "Uneconomic", "追收不经济") X("other", "Other", "其他")

/* In the order of their names. */
#define ARCI_LISTS(X) \
    X(access_mode, ACCESS_MODE) X(alias_kind, ALIAS_KIND) X(allocation_mode, ALLOCATION_MODE) \
    X(approval_status, APPROVAL_STATUS) X(attachment_kind, ATTACHMENT_KIND) X(bank_account_kind, BANK_ACCOUNT_KIND) X(bank_check, BANK_CHECK) \
    X(bill_kind, BILL_KIND) X(bill_status, BILL_STATUS) X(billing_basis, BILLING_BASIS) X(buyer_use, BUYER_USE) X(chain_link, CHAIN_LINK) \
    X(check_result, CHECK_RESULT) X(claim_status, CLAIM_STATUS) \
    X(collateral_kind, COLLATERAL_KIND) X(commitment_source, COMMITMENT_SOURCE) X(contact_role, CONTACT_ROLE) X(contract_change_kind, CONTRACT_CHANGE_KIND) X(contract_kind, CONTRACT_KIND) \
    X(contract_status, CONTRACT_STATUS) X(coupon_status, COUPON_STATUS) X(credit_request_kind, CREDIT_REQUEST_KIND) \
    X(credit_request_status, CREDIT_REQUEST_STATUS) X(custom_kind, CUSTOM_KIND) X(customer_kind, CUSTOMER_KIND) \
    X(customer_status, CUSTOMER_STATUS) X(deduction_reason, DEDUCTION_REASON) X(definition_kind, DEFINITION_KIND) \
    X(definition_status, DEFINITION_STATUS) X(delivery_status, DELIVERY_STATUS) X(dispute_reason, DISPUTE_REASON) \
    X(dispute_resolution, DISPUTE_RESOLUTION) X(document_delivery, DOCUMENT_DELIVERY) X(enterprise_size, ENTERPRISE_SIZE) \
    X(fapiao_kind, FAPIAO_KIND) X(firing_status, FIRING_STATUS) X(flag_kind, FLAG_KIND) X(forecast_grain, FORECAST_GRAIN) X(guarantee_kind, GUARANTEE_KIND) \
    X(hold_moment, HOLD_MOMENT) X(hold_status, HOLD_STATUS) X(host_call_status, HOST_CALL_STATUS) X(import_status, IMPORT_STATUS) X(interaction_kind, INTERACTION_KIND) \
    X(interaction_result, INTERACTION_RESULT) X(invoice_kind, INVOICE_KIND) X(invoice_request_status, INVOICE_REQUEST_STATUS) \
    X(invoice_status, INVOICE_STATUS) X(item_kind, ITEM_KIND) X(item_status, ITEM_STATUS) X(limit_kind, LIMIT_KIND) X(limit_scope, LIMIT_SCOPE) X(line_kind, LINE_KIND) X(line_part, LINE_PART) \
    X(line_status, LINE_STATUS) \
    X(message_channel, MESSAGE_CHANNEL) X(message_status, MESSAGE_STATUS) X(milestone_trigger, MILESTONE_TRIGGER) \
    X(order_status, ORDER_STATUS) X(org_unit_kind, ORG_UNIT_KIND) \
    X(period_status, PERIOD_STATUS) X(plan_status, PLAN_STATUS) X(platform, PLATFORM) X(posting_status, POSTING_STATUS) \
    X(price_basis, PRICE_BASIS) X(project_status, PROJECT_STATUS) X(promise_status, PROMISE_STATUS) \
    X(proposal_status, PROPOSAL_STATUS) X(provision_method, PROVISION_METHOD) X(rate_kind, RATE_KIND) \
    X(rebate_basis, REBATE_BASIS) X(rebate_by, REBATE_BY) X(rebate_method, REBATE_METHOD) X(rebate_settle, REBATE_SETTLE) \
    X(receipt_method, RECEIPT_METHOD) X(receipt_purpose, RECEIPT_PURPOSE) X(receipt_status, RECEIPT_STATUS) \
    X(red_status, RED_STATUS) X(risk_band, RISK_BAND) X(row_scope, ROW_SCOPE) X(score_kind, SCORE_KIND) X(statement_status, STATEMENT_STATUS) \
    X(step_decision, STEP_DECISION) X(target_scope, TARGET_SCOPE) X(task_status, TASK_STATUS) X(tax_kind, TAX_KIND) \
    X(tax_method, TAX_METHOD) X(tax_status, TAX_STATUS) X(tracking_status, TRACKING_STATUS) X(user_kind, USER_KIND) \
    X(voucher_merge, VOUCHER_MERGE) X(write_off_reason, WRITE_OFF_REASON)

ARCI_LISTS(ARCI_LIST)

#define ARCI_ROW(name, LIST) { #name, name##_codes, name##_en, name##_zh },
const arci_code_list arci_code_lists[] = { ARCI_LISTS(ARCI_ROW) };
const uint32_t arci_n_code_lists = (uint32_t)(sizeof(arci_code_lists) / sizeof(arci_code_lists[0]));

/* clang-format on */

const arci_code_list *arci_code_list_get(const char *name)
{
    uint32_t lo = 0, hi = arci_n_code_lists;
    if (name == NULL) return NULL;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int c = strcmp(arci_code_lists[mid].name, name);
        if (c == 0) return &arci_code_lists[mid];
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

void arci_code_words(const char *out[2], const char *list, const arc_value *v)
{
    const arci_code_list *l = arci_code_list_get(list);
    out[0] = out[1] = "?";
    for (uint32_t i = 0; l && v->type == ARC_V_TEXT && l->codes[i]; i++) {
        if (strlen(l->codes[i]) != v->len || memcmp(l->codes[i], v->u.s, v->len) != 0) continue;
        out[0] = l->codes[i];
        out[1] = l->labels_zh[i];
    }
}

const char *arci_entity_zh(const char *entity)
{
    const arci_entity *e = entity ? arci_entity_by_name(entity, strlen(entity)) : NULL;
    return e ? e->label_zh : entity;
}

const char *arci_field_zh(const char *entity, const char *field)
{
    const arci_entity *e = arci_entity_by_name(entity, strlen(entity));
    const arci_field *f = e ? arci_entity_field(e, field, strlen(field)) : NULL;
    return f ? f->label_zh : field;
}

arc_status arci_no_such(arci_env *env, const char *entity)
{
    return arci_fail(env, ARC_E_NOT_FOUND, "no such %s%.0s", "没有此%.0s%s", entity, arci_entity_zh(entity));
}

arc_status arci_is_required(arci_env *env, const char *entity, const char *field)
{
    return arci_fail(env, ARC_E_REQUIRED, "%s is required%.0s", "%.0s%s为必填项", field, arci_field_zh(entity, field));
}
