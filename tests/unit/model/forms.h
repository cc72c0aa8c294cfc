/* SPDX-License-Identifier: Apache-2.0 */
/* The forms a receivables clerk expects, each with the fields it must find. Names differ from the forms' own where
 * those are SQL keywords or say too little: no -> number, date -> invoice_date ..., limit -> credit_limit, group ->
 * customer_group, due -> due_date, from/to -> date_from/date_to or valid_from/valid_to, by -> confirmed_by ..., region,
 * team and owner are ids. */
typedef struct form {
    const char *form;
    const char *entity;
    const char *fields;
} form;

static const form forms[] = {
    {"客户主数据表", "customer",
     "code legal_name short_name aliases kind uscc industry enterprise_size size_declared_on registered_capital "
     "legal_rep customer_group "
     "region segment channel owner team language preferred_channel term grade score credit_limit limit_valid_to "
     "credit_checked_on "
     "avg_collection_days overdue_count dunning_block_to opt_out external_ids"},
    {"客户别名", "customer_alias", "customer kind value"},
    {"联系人", "contact", "customer name role mobile email wechat cc consent valid_to"},
    {"开票抬头", "invoice_title", "customer title tax_no address phone bank account fapiao_kind is_default"},
    {"合同", "contract",
     "number name customer project sign_date starts_on ends_on amount tax_included currency tax_rate payment_method "
     "term late_rate "
     "discount_policy retention retention_release status owner files"},
    {"收款计划", "milestone", "contract seq milestone percent amount trigger_kind due_date received"},
    {"订单", "sales_order",
     "number channel store platform_no customer contract order_date promotions gross_amount discount receivable "
     "status"},
    {"订单行", "order_line", "sales_order sku name unit quantity price discount tax_rate amount"},
    {"发货单", "delivery", "number sales_order delivery_date signed_on signer tracking proof"},
    {"发货单行", "delivery_line", "delivery order_line quantity amount"},
    {"发票", "invoice",
     "number fapiao_kind fapiao_no fapiao_code invoice_date buyer_title items net_amount tax_amount gross_amount "
     "drawer sent_on tracking "
     "received_on confirmed_on confirmed_by difference red_of confirm_no tax_status"},
    {"应收账款明细表", "item",
     "number customer contract sales_order delivery invoice project kind seq business_date base_date due_date amount "
     "base_amount received "
     "discount written_off open status age_days overdue_days bucket dunning_level promise_date disputed risk owner "
     "department collector "
     "limitation_date remark"},
    {"回款记录表", "receipt",
     "number value_date booking_date posting_date customer payer_name payer_account our_account method amount fee "
     "fx_rate bank_ref memo "
     "purpose claimed_by applied unapplied status files"},
    {"核销单", "allocation",
     "number effective_date receipt credit_item item amount discount write_off fx_difference rule mode confidence "
     "decided_by reversed_by"},
    {"票据", "bill", "number sub_range kind face drawer acceptor endorser issued_on maturity status recourse"},
    {"客户付款跟踪表", "payment_tracking",
     "customer contract_no contract_amount due_date status paid unpaid owner attachments"},
    {"催收记录", "interaction",
     "customer items level channel sent_at contact content result promise_date promise_amount next_on assignee "
     "feedback"},
    {"催收任务", "task",
     "customer items level channel sent_at contact content result promise_date promise_amount next_on assignee "
     "deadline feedback"},
    {"争议", "dispute", "item amount reason assignee due_date resolution credit"},
    {"信用申请", "credit_request",
     "customer kind old_amount new_amount valid_from valid_to reason evidence score route"},
    {"返利协议", "rebate_agreement", "customer valid_from valid_to basis tiers rebate_by accrued"},
    {"返利申请", "rebate_claim", "customer period proof settle"},
    {"返利申请行", "rebate_claim_line", "sales_order base rate amount"},
    {"坏账申请", "write_off_request", "items amount reason evidence provision_used tax_basis"},
    {"对账函", "statement_letter",
     "number customer date_from date_to opening debit credit closing unapplied sent_on confirmed_on confirmed_by "
     "difference seal_file"},
    {"回款目标", "target", "scope ref period target actual rate"},
    {"平台结算", "payout",
     "platform store payout_no payout_date gross_amount commission tech_fee subsidy refund freight adjustment "
     "net_amount bank_receipt"},
    {"平台结算行", "payout_line", "payout order_no"},
    {"项目", "project", "code name manager"},
    {"组织单位", "org_unit", "code name kind parent"},
    {"用户", "user_account", "code name"},
    {"外部编号", "external_id", "entity row system value"},
    {"附件", "attachment", "entity row kind media_type size digest uri"},
    {"担保与保险", "guarantee", "customer kind amount covered valid_to"},
    {"抵押物", "collateral", "customer kind value"},
    {"促销活动", "promotion", "code name definition quota"},
    {"优惠券", "coupon", "code stock"},
    {"渠道店铺", "channel_store", "code platform customer"},
    {"坏账计提", "provision_run", "as_of method required charge"},
    {"回款预测", "forecast_run", "as_of grain horizon"},
    {"审批实例", "approval", "definition status"},
    {"审批节点", "approval_step", "approval assignee decision"},
    {"委托", "delegation", "delegator delegate valid_from valid_to cap"},
    {"开票申请", "invoice_request", "customer buyer_title amount status"},
    {"日历", "calendar", "code year days"},
    {"汇率", "exchange_rate", "from_currency to_currency valid_on rate"},
    {"定义", "definition", "kind code revision status document"},
    {"事件", "event", "verb diff"},
    {"消息", "message", "kind payload status"},
};
