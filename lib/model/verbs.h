/* SPDX-License-Identifier: Apache-2.0 */
/* Everything an actor can do to a book, by name. Permissions, request keys, events and what front ends offer all speak these names.
 *
 * A verb belongs to one entity, or to any (read, insert, update: master data). Its name in roles, events and requests is
 * "<entity>.<verb>", for example "invoice.record", "customer.update". Numbers may change between versions, names never. */
#ifndef ARCI_MODEL_VERBS_H
#define ARCI_MODEL_VERBS_H

#include "model/schema.h"

#define ARCI_VERB_WRITES 0x1u /* changes the book */
#define ARCI_VERB_ANY 0x2u    /* of any entity: entity is NULL */
#define ARCI_VERB_NAME 0x8u   /* a name for rules alone: some calls of another verb, which is the right to it */
#define ARCI_VERB_WAITS 0x4u  /* a definition may say that it waits for approval; inserts and updates of master data may without it */

/* X(constant, entity or NULL, name, flags, English label, Chinese label) */
#define ARCI_VERBS(X) \
    X(BOOK_CREATE, "book", "create", ARCI_VERB_WRITES, "Make book", "新建账簿") \
    X(READ, NULL, "read", ARCI_VERB_ANY, "Read", "查看") \
    X(INSERT, NULL, "insert", ARCI_VERB_ANY | ARCI_VERB_WRITES, "Add", "新增") \
    X(UPDATE, NULL, "update", ARCI_VERB_ANY | ARCI_VERB_WRITES, "Change", "修改") \
    X(CUSTOM_DEFINE, "custom_field", "define", ARCI_VERB_WRITES, "Define custom field", "定义自定义字段") \
    X(CUSTOM_ALTER, "custom_field", "alter", ARCI_VERB_WRITES | ARCI_VERB_WAITS, "Change custom field", "修改自定义字段") \
    X(CUSTOM_RETIRE, "custom_field", "retire", ARCI_VERB_WRITES | ARCI_VERB_WAITS, "Retire custom field", "停用自定义字段") \
    X(DEFINITION_SAVE, "definition", "save", ARCI_VERB_WRITES, "Save definition", "保存定义") \
    X(DEFINITION_PUBLISH, "definition", "publish", ARCI_VERB_WRITES | ARCI_VERB_WAITS, "Publish definition", "发布定义") \
    X(DEFINITION_RETIRE, "definition", "retire", ARCI_VERB_WRITES | ARCI_VERB_WAITS, "Retire definition", "停用定义") \
    X(RULE_RUN, "definition", "run", ARCI_VERB_WRITES, "Run rules", "执行规则") \
    X(ATTACHMENT_ADD, "attachment", "add", ARCI_VERB_WRITES, "Attach file", "添加附件") \
    X(ATTACHMENT_WITHDRAW, "attachment", "withdraw", ARCI_VERB_WRITES, "Withdraw attachment", "撤回附件") \
    X(EXTERNAL_UPSERT, "external_id", "upsert", ARCI_VERB_WRITES, "Synchronise row", "同步数据") \
    X(EXTERNAL_ADD, "external_id", "add", ARCI_VERB_WRITES, "Note external id", "登记外部编号") \
    X(EXTERNAL_REMOVE, "external_id", "remove", ARCI_VERB_WRITES, "Delete external id", "删除外部编号") \
    X(INVOICE_RECORD, "invoice", "record", ARCI_VERB_WRITES, "Record invoice", "登记发票") \
    X(INVOICE_CREDIT, "invoice", "credit", ARCI_VERB_WRITES, "Credit invoice", "开具红字单据") \
    X(INVOICE_DRAFT, "invoice", "draft", ARCI_VERB_WRITES, "Draft invoice", "保存发票草稿") \
    X(INVOICE_SUBMIT, "invoice", "submit", ARCI_VERB_WRITES, "Submit invoice", "提交发票") \
    X(INVOICE_APPROVE, "invoice", "approve", ARCI_VERB_WRITES, "Approve invoice", "批准发票") \
    X(INVOICE_REJECT, "invoice", "reject", ARCI_VERB_WRITES, "Send invoice back", "退回发票") \
    X(INVOICE_RECALL, "invoice", "recall", ARCI_VERB_WRITES, "Recall invoice", "撤回发票") \
    X(INVOICE_VOID, "invoice", "void", ARCI_VERB_WRITES, "Void invoice", "作废发票") \
    X(INVOICE_SEND, "invoice", "send", ARCI_VERB_WRITES, "Note invoice as sent", "登记发票寄送") \
    X(INVOICE_DELIVER, "invoice", "deliver", ARCI_VERB_WRITES, "Note invoice as received", "登记客户收票") \
    X(INVOICE_CONFIRM, "invoice", "confirm", ARCI_VERB_WRITES, "Note customer's confirmation", "登记客户确认") \
    X(INVOICE_REFUSE, "invoice", "refuse", ARCI_VERB_WRITES, "Note customer's refusal", "登记客户拒收") \
    X(INVOICE_DATE, "invoice", "date", ARCI_VERB_WRITES, "Note delivery or acceptance", "登记交货或验收") \
    X(INVOICE_CLOSE, "invoice", "close", ARCI_VERB_WRITES, "Close invoice", "关闭发票") \
    X(INVOICE_RED_STATUS, "invoice", "red_status", ARCI_VERB_WRITES, "Note red-letter confirmation", "登记红字确认状态") \
    X(INVOICE_RED_ISSUED, "invoice", "red_issued", ARCI_VERB_WRITES, "Note red fapiao", "登记红字发票开具") \
    X(INVOICE_BUYER_USE, "invoice", "buyer_use", ARCI_VERB_WRITES, "Note use by the buyer", "登记购方用途状态") \
    X(INVOICE_ISSUE, "invoice", "issue", ARCI_VERB_WRITES, "Issue invoice", "开具发票") \
    X(INVOICE_CREDIT_DRAFT, "invoice", "credit_draft", ARCI_VERB_WRITES, "Draft credit note", "保存红字单据草稿") \
    X(INVOICE_VOID_ISSUED, "invoice", "void_issued", 0, "Void what is issued", "作废已开具发票") \
    X(RECEIPT_RECORD, "receipt", "record", ARCI_VERB_WRITES, "Record receipt", "登记回款") \
    X(ALLOCATION_APPLY, "allocation", "apply", ARCI_VERB_WRITES, "Allocate", "核销") \
    X(ALLOCATION_MATCH, "allocation", "match", ARCI_VERB_WRITES, "Match receipts", "自动核销") \
    X(ALLOCATION_REVERSE, "allocation", "reverse", ARCI_VERB_WRITES, "Reverse allocation", "反核销") \
    X(BANK_IMPORT, "bank_statement", "import", ARCI_VERB_WRITES, "Import bank statement", "导入银行对账单") \
    X(BANK_UNDO, "bank_statement", "undo", ARCI_VERB_WRITES, "Take statement back", "撤销对账单导入") \
    X(LINE_RECEIVE, "statement_line", "receive", ARCI_VERB_WRITES, "Receive payments of statements", "登记对账单收款") \
    X(ALIAS_LEARN, "customer_alias", "learn", ARCI_VERB_WRITES, "Learn payers", "学习付款人") \
    X(ALIAS_CONFIRM, "customer_alias", "confirm", ARCI_VERB_WRITES, "Confirm alias", "确认付款人别名") \
    X(RECEIPT_CLAIM, "receipt", "claim", ARCI_VERB_WRITES, "Claim receipt", "认领回款") \
    X(RECEIPT_UNCLAIM, "receipt", "unclaim", ARCI_VERB_WRITES, "Take claim back", "撤销认领") \
    X(RECEIPT_RETURN, "receipt", "return", ARCI_VERB_WRITES, "Return receipt", "回款退回") \
    X(RECEIPT_REFUND, "receipt", "refund", ARCI_VERB_WRITES | ARCI_VERB_WAITS, "Refund", "退款") \
    X(RECEIPT_OFFSET, "receipt", "offset", ARCI_VERB_WAITS | ARCI_VERB_NAME, "Record netting", "登记抵账") \
    X(ITEM_GIVE_UP, "item", "give_up", ARCI_VERB_WAITS | ARCI_VERB_NAME, "Give up small difference", "核减尾差") \
    X(ITEM_TRANSFER, "item", "transfer", ARCI_VERB_WRITES | ARCI_VERB_WAITS, "Transfer debt", "债务转移") \
    X(WRITE_OFF_REQUEST, "write_off_request", "request", ARCI_VERB_WRITES, "Ask for write-off", "申请坏账核销") \
    X(WRITE_OFF_APPROVE, "write_off_request", "approve", ARCI_VERB_WRITES, "Approve write-off", "批准坏账核销") \
    X(WRITE_OFF_REJECT, "write_off_request", "reject", ARCI_VERB_WRITES, "Reject write-off", "驳回坏账核销") \
    X(WRITE_OFF_RECALL, "write_off_request", "recall", ARCI_VERB_WRITES, "Recall write-off request", "撤回坏账核销申请") \
    X(WRITE_OFF_RECOVER, "write_off_request", "recover", ARCI_VERB_WRITES, "Recover write-off", "坏账收回") \
    X(ADJUSTMENT_APPROVE, "adjustment", "approve", ARCI_VERB_WRITES | ARCI_VERB_WAITS, "Extend due date", "批准展期") \
    X(ADJUSTMENT_REVERSE, "adjustment", "reverse", ARCI_VERB_WRITES, "Take extension back", "撤销展期") \
    X(CONTRACT_ACTIVATE, "contract", "activate", ARCI_VERB_WRITES, "Make contract active", "合同生效") \
    X(CONTRACT_CLOSE, "contract", "close", ARCI_VERB_WRITES, "Close contract", "合同完结") \
    X(CONTRACT_SUBMIT, "contract", "submit", ARCI_VERB_WRITES, "Submit contract", "提交合同") \
    X(CONTRACT_APPROVE, "contract", "approve", ARCI_VERB_WRITES, "Approve contract", "批准合同") \
    X(CONTRACT_REJECT, "contract", "reject", ARCI_VERB_WRITES, "Reject contract", "驳回合同") \
    X(CONTRACT_RECALL, "contract", "recall", ARCI_VERB_WRITES, "Recall contract", "撤回合同") \
    X(CONTRACT_AMEND, "contract", "amend", ARCI_VERB_WRITES, "Amend contract", "登记补充协议") \
    X(CONTRACT_TERMINATE, "contract", "terminate", ARCI_VERB_WRITES, "Terminate contract", "合同终止") \
    X(CONTRACT_REOPEN, "contract", "reopen", ARCI_VERB_WRITES, "Reopen contract", "合同恢复执行") \
    X(ORDER_CONFIRM, "sales_order", "confirm", ARCI_VERB_WRITES, "Confirm order", "确认订单") \
    X(ORDER_CLOSE, "sales_order", "close", ARCI_VERB_WRITES, "Close order", "完结订单") \
    X(ORDER_CANCEL, "sales_order", "cancel", ARCI_VERB_WRITES, "Cancel order", "取消订单") \
    X(DELIVERY_SHIP, "delivery", "ship", ARCI_VERB_WRITES, "Ship delivery", "发货") \
    X(DELIVERY_SIGN, "delivery", "sign", ARCI_VERB_WRITES, "Note delivery as signed for", "登记签收") \
    X(DELIVERY_REFUSE, "delivery", "refuse", ARCI_VERB_WRITES, "Note delivery as refused", "登记拒收") \
    X(DELIVERY_CANCEL, "delivery", "cancel", ARCI_VERB_WRITES, "Cancel delivery", "取消发货单") \
    X(REQUEST_REJECT, "invoice_request", "reject", ARCI_VERB_WRITES, "Send invoice request back", "退回开票申请") \
    X(REQUEST_RECALL, "invoice_request", "recall", ARCI_VERB_WRITES, "Recall invoice request", "撤回开票申请") \
    X(REQUEST_SUBMIT, "invoice_request", "submit", ARCI_VERB_WRITES, "Submit invoice request", "提交开票申请") \
    X(REQUEST_APPROVE, "invoice_request", "approve", ARCI_VERB_WRITES, "Approve invoice request", "批准开票申请") \
    X(REQUEST_SEND, "invoice_request", "send", ARCI_VERB_WRITES, "Send to the tax service", "提交税务开票") \
    X(REQUEST_ISSUE, "invoice_request", "issue", ARCI_VERB_WRITES, "Say it was issued", "登记开票成功") \
    X(REQUEST_FAIL, "invoice_request", "fail", ARCI_VERB_WRITES, "Say it failed", "登记开票失败") \
    X(REQUEST_CANCEL, "invoice_request", "cancel", ARCI_VERB_WRITES, "Cancel invoice request", "取消开票申请") \
    X(REQUEST_REISSUE, "invoice_request", "reissue", ARCI_VERB_WRITES, "Request again", "重新申请开票") \
    X(CONTRACT_PLAN, "contract", "plan", ARCI_VERB_WRITES, "Plan receivables", "生成应收计划") \
    X(MILESTONE_REACH, "milestone", "reach", ARCI_VERB_WRITES, "Reach milestone", "里程碑达成") \
    X(ITEM_RECORD, "item", "record", ARCI_VERB_WRITES, "Record receivable", "登记应收") \
    X(ITEM_CANCEL, "item", "cancel", ARCI_VERB_WRITES, "Cancel plan or estimate", "取消计划或暂估应收") \
    X(ACCESS_SET_MODE, "book", "set_access_mode", ARCI_VERB_WRITES | ARCI_VERB_WAITS, "Set access mode", "设置权限模式") \
    X(ROLE_INSTALL, "role", "install", ARCI_VERB_WRITES, "Install shipped roles", "安装预置角色") \
    X(ROLE_DEFINE, "role", "define", ARCI_VERB_WRITES | ARCI_VERB_WAITS, "Define role", "定义角色") \
    X(ROLE_REVISE, "role", "revise", ARCI_VERB_WRITES | ARCI_VERB_WAITS, "Revise role", "修订角色") \
    X(ROLE_RETIRE, "role", "retire", ARCI_VERB_WRITES | ARCI_VERB_WAITS, "Retire role", "停用角色") \
    X(ROLE_GRANT, "role_grant", "grant", ARCI_VERB_WRITES | ARCI_VERB_WAITS, "Grant role", "授予角色") \
    X(ROLE_REVOKE, "role_grant", "revoke", ARCI_VERB_WRITES | ARCI_VERB_WAITS, "Take role back", "收回角色") \
    X(PROPOSAL_STORE, "proposal", "store", ARCI_VERB_WRITES, "Store proposal", "保存建议") \
    X(PROPOSAL_APPROVE, "proposal", "approve", ARCI_VERB_WRITES, "Approve proposal", "批准建议") \
    X(PROPOSAL_REJECT, "proposal", "reject", ARCI_VERB_WRITES, "Reject proposal", "驳回建议") \
    X(PROPOSAL_APPLY, "proposal", "apply", ARCI_VERB_WRITES, "Apply proposal", "执行建议") \
    X(PROPOSAL_EXPIRE, "proposal", "expire", ARCI_VERB_WRITES, "Expire proposals", "建议过期") \
    X(PENDING_EDIT, "pending_change", "edit", ARCI_VERB_WRITES, "Edit pending change", "修改待批变更") \
    X(PENDING_APPROVE, "pending_change", "approve", ARCI_VERB_WRITES, "Approve change", "批准变更") \
    X(PENDING_REJECT, "pending_change", "reject", ARCI_VERB_WRITES, "Reject change", "驳回变更") \
    X(PENDING_RECALL, "pending_change", "recall", ARCI_VERB_WRITES, "Recall change", "撤回变更") \
    X(PENDING_EXPIRE, "pending_change", "expire", ARCI_VERB_WRITES, "Expire changes", "变更过期") \
    X(IMPORT_RUN, "import_job", "run", ARCI_VERB_WRITES, "Import", "导入") \
    X(MESSAGE_ENQUEUE, "message", "enqueue", ARCI_VERB_WRITES, "Put into the outbox", "放入发件箱") \
    X(MESSAGE_LEASE, "message", "lease", ARCI_VERB_WRITES, "Take from the outbox", "领取待发消息") \
    X(MESSAGE_ACKNOWLEDGE, "message", "acknowledge", ARCI_VERB_WRITES, "Say it was sent", "确认已发送") \
    X(MESSAGE_FAIL, "message", "fail", ARCI_VERB_WRITES, "Say it was not sent", "报告发送失败") \
    X(MESSAGE_RECEIPT, "message", "receipt", ARCI_VERB_WRITES, "Take a delivery receipt", "登记回执") \
    X(SUBJECT_ERASE, "customer", "erase", ARCI_VERB_WRITES, "Erase personal data", "删除个人信息") \
    X(CUSTOMER_MERGE, "customer", "merge", ARCI_VERB_WRITES | ARCI_VERB_WAITS, "Merge customers", "合并客户") \
    X(CUSTOMER_UNMERGE, "customer", "unmerge", ARCI_VERB_WRITES | ARCI_VERB_WAITS, "Undo merge", "撤销客户合并") \
    X(AUDIT_SEAL, "seal", "make", ARCI_VERB_WRITES, "Seal", "封签") \
    X(PERIOD_CLOSE, "fiscal_period", "close", ARCI_VERB_WRITES, "Close period", "结账") \
    X(LETTER_MAKE, "statement_letter", "make", ARCI_VERB_WRITES, "Make statement letter", "生成对账函") \
    X(LETTER_SEND, "statement_letter", "send", ARCI_VERB_WRITES, "Send statement letter", "发出对账函") \
    X(LETTER_CONFIRM, "statement_letter", "confirm", ARCI_VERB_WRITES, "Take the answer to a statement letter", "登记对账函回函") \
    X(PERIOD_LOCK, "fiscal_period", "lock", ARCI_VERB_WRITES, "Lock period", "锁定期间") \
    X(PERIOD_REOPEN, "fiscal_period", "reopen", ARCI_VERB_WRITES, "Reopen period", "反结账") \
    X(PERIOD_POST_LOCKED, "fiscal_period", "post_locked", 0, "Post into locked periods", "在锁定期间记账") \
    X(VOUCHER_EXPORT, "voucher", "export", ARCI_VERB_WRITES, "Make vouchers", "生成凭证") \
    X(VOUCHER_SEND, "voucher", "send", ARCI_VERB_WRITES, "Say vouchers were sent", "标记凭证已导出") \
    X(VOUCHER_ACKNOWLEDGE, "voucher", "acknowledge", ARCI_VERB_WRITES, "Say a voucher was taken", "登记总账凭证号") \
    X(VOUCHER_REJECT, "voucher", "reject", ARCI_VERB_WRITES, "Say a voucher was refused", "登记凭证被拒") \
    X(VOUCHER_REBUILD, "voucher", "rebuild", ARCI_VERB_WRITES, "Build voucher anew", "重新生成凭证") \
    X(REVALUATION_RUN, "revaluation", "run", ARCI_VERB_WRITES, "Revalue", "期末调汇") \
    X(REVALUATION_REVERSE, "revaluation", "reverse", ARCI_VERB_WRITES, "Reverse revaluation", "冲销调汇") \
    X(PROVISION_RUN, "provision_run", "run", ARCI_VERB_WRITES, "Provide for bad debts", "计提坏账准备") \
    X(PROVISION_REVERSE, "provision_run", "reverse", ARCI_VERB_WRITES, "Reverse provision", "冲销计提") \
    X(BILL_RECORD, "bill", "record", ARCI_VERB_WRITES, "Receive bill", "收票") \
    X(BILL_ENDORSE, "bill", "endorse", ARCI_VERB_WRITES, "Endorse bill", "背书转让") \
    X(BILL_DISCOUNT, "bill", "discount", ARCI_VERB_WRITES, "Discount bill", "贴现") \
    X(BILL_COLLECT, "bill", "collect", ARCI_VERB_WRITES, "Collect bill", "托收兑付") \
    X(BILL_DISHONOUR, "bill", "dishonour", ARCI_VERB_WRITES, "Record dishonour", "登记拒付") \
    X(BILL_RETURN, "bill", "return", ARCI_VERB_WRITES, "Return bill", "退票") \
    X(BILL_SPLIT, "bill", "split", ARCI_VERB_WRITES, "Split bill", "拆分票据") \
    X(BILL_REVERSE, "bill", "reverse", ARCI_VERB_WRITES, "Reverse last event of bill", "撤销票据操作") \
    X(DISPUTE_DISPUTE, "dispute", "dispute", ARCI_VERB_WRITES, "Dispute", "提出争议") \
    X(DISPUTE_RESOLVE, "dispute", "resolve", ARCI_VERB_WRITES, "Close dispute", "关闭争议") \
    X(SCORE_RUN, "score", "run", ARCI_VERB_WRITES, "Score customers", "客户评分") \
    X(SCORE_OVERRIDE_REQUEST, "score", "override_request", ARCI_VERB_WRITES, "Ask for another band", "申请调整等级") \
    X(SCORE_OVERRIDE_APPROVE, "score", "override_approve", ARCI_VERB_WRITES, "Approve another band", "批准调整等级") \
    X(SCORE_OVERRIDE_END, "score", "override_end", ARCI_VERB_WRITES, "End override", "终止等级调整") \
    X(FLAG_SET, "flag", "set", ARCI_VERB_WRITES, "Set flag", "设置标记") \
    X(FLAG_END, "flag", "end", ARCI_VERB_WRITES, "End flag", "结束标记") \
    X(ITEM_LEVEL, "item", "level", ARCI_VERB_WRITES, "Set dunning level", "设置催收等级") \
    X(LIMIT_SET, "credit_limit", "set", ARCI_VERB_WRITES, "Set credit limit", "设定信用额度") \
    X(LIMIT_REQUEST, "credit_request", "submit", ARCI_VERB_WRITES, "Ask for credit limit", "申请信用额度") \
    X(LIMIT_APPROVE, "credit_request", "approve", ARCI_VERB_WRITES, "Grant credit limit", "批准信用额度") \
    X(LIMIT_REJECT, "credit_request", "reject", ARCI_VERB_WRITES, "Refuse credit limit", "驳回信用申请") \
    X(LIMIT_RECALL, "credit_request", "recall", ARCI_VERB_WRITES, "Take request back", "撤回信用申请") \
    X(HOLD_PLACE, "hold", "place", ARCI_VERB_WRITES, "Hold customer", "冻结客户") \
    X(HOLD_RELEASE, "hold", "release", ARCI_VERB_WRITES, "Release hold", "放行") \
    X(HOLD_END, "hold", "end", ARCI_VERB_WRITES, "End hold", "结束冻结") \
    X(HOLD_RECHECK, "hold", "recheck", ARCI_VERB_WRITES, "Check held orders again", "重新检查冻结订单") \
    X(TASK_ASSIGN, "task", "assign", ARCI_VERB_WRITES, "Assign task", "指派任务") \
    X(TASK_CLOSE, "task", "close", ARCI_VERB_WRITES, "Close task", "完成任务") \
    X(TASK_CANCEL, "task", "cancel", ARCI_VERB_WRITES, "Cancel task", "取消任务") \
    X(TASK_ESCALATE, "task", "escalate", ARCI_VERB_WRITES, "Escalate task", "升级任务") \
    X(HOST_CALL_ASK, "host_call", "ask", ARCI_VERB_WRITES, "Ask the host", "向主机提问") \
    X(HOST_CALL_ANSWER, "host_call", "answer", ARCI_VERB_WRITES, "Store the host's answer", "登记主机答复") \
    X(LOAD, NULL, "load", ARCI_VERB_ANY | ARCI_VERB_WRITES, "Load columns", "批量载入")

enum {
#define ARCI_VERB_NUMBER(constant, entity, name, flags, en, zh) ARCI_DO_##constant,
    ARCI_VERBS(ARCI_VERB_NUMBER)
#undef ARCI_VERB_NUMBER
    ARCI_N_VERBS
};

typedef struct arci_verb {
    uint16_t number; /* ARCI_DO_* */
    uint16_t flags;  /* ARCI_VERB_* */
    const char *entity; /* NULL: any */
    const char *name;
    const char *label_en, *label_zh;
} arci_verb;

extern const arci_verb arci_verbs[ARCI_N_VERBS];

#define ARCI_VERB_NAME_MAX 64
/* "<entity>.<verb>" of a verb on an entity; entity is ignored for verbs that belong to one. Returns out. */
const char *arci_verb_name(const arci_verb *v, const arci_entity *e, char out[ARCI_VERB_NAME_MAX]);
/* The entity a verb is about: its own, else e. */
const arci_entity *arci_verb_entity(const arci_verb *v, const arci_entity *e);

#endif
