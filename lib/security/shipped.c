/* SPDX-License-Identifier: Apache-2.0 */
/* The roles a book may install with arc_role_install_defaults(), and the duties that exclude each other. Data: docs/permissions.md tells
 * what each is for. Verbs of engines that do not stand yet are named already; they take effect with the engine. */
#include "security/role.h"

#define SEPARATE "\"rule\":\"selling and collecting are separate\""
#define WRITE_OFF "\"rule\":\"who posts receipts never writes off\""
#define BANK_DATA "\"rule\":\"who makes bank data never applies or refunds\""
#define KEEPER "\"rule\":\"who grants roles has no business of his own\""
#define CHECKER "\"rule\":\"who checks does not make\""

#define SALES_EXCLUDES \
    "{\"role\":\"ar_clerk\"," SEPARATE "},{\"role\":\"cash_application\"," SEPARATE "},{\"role\":\"cashier\"," SEPARATE "}," \
    "{\"role\":\"credit_manager\"," SEPARATE "},{\"role\":\"admin\"," KEEPER "}"

/* Rows that tell of all customers at once: not for those who see some. */
#define ALL_CUSTOMERS "\"!provision_run.read\",\"!provision_line.read\",\"!voucher.read\",\"!voucher_entry.read\",\"!revaluation.read\",\"!bank_statement.read\",\"!statement_line.read\","

/* What selling sees and asks for; rows differ. */
#define SALES_VERBS \
    "\"*.read\",\"!bank_account.read\",\"!external_id.read\"," ALL_CUSTOMERS "\"customer.request\",\"contact.insert\",\"contact.update\"," \
    "\"contract.insert\",\"contract.update\",\"milestone.insert\",\"milestone.update\",\"contract.submit\",\"contract.recall\",\"pending_change.recall\",\"sales_order.insert\",\"sales_order.update\",\"order_line.insert\",\"order_line.update\",\"interaction.insert\",\"interaction.update\"," \
    "\"invoice_request.insert\",\"invoice_request.update\",\"invoice_request_line.insert\",\"invoice_request_line.update\",\"invoice.request\",\"invoice_request.submit\",\"invoice_request.recall\",\"credit_request.submit\",\"credit_request.recall\"," \
    "\"adjustment.request\",\"receipt.request\",\"dispute.dispute\",\"promise.promise\"," \
    "\"rebate_claim.insert\",\"rebate_claim.update\",\"rebate_claim_line.insert\",\"rebate_claim_line.update\",\"task.insert\",\"task.update\",\"task.close\""

/* Who leads a team hands its tasks out. */
#define TASK_LEAD "\"task.assign\",\"task.cancel\",\"task.escalate\""

#define SALES_FIELDS \
    "\"customer.legal_rep\":\"mask\",\"customer.uscc\":\"read\",\"receipt.payer_account\":\"mask\"," \
    "\"credit_limit.*\":\"read\",\"score.*\":\"none\",\"host_call.answer\":\"none\""

/* Nobody but the keeper of the roles may touch people; nobody in business sees how the platform keeps itself. */
const char *const arci_shipped_roles[] = {
    "{\"code\":\"sales\",\"name\":\"Sales\",\"name_zh\":\"销售\",\"rows\":\"own\",\"owner_at\":\"now\",\"verbs\":[" SALES_VERBS "],"
    "\"fields\":{" SALES_FIELDS "},\"excludes\":[" SALES_EXCLUDES "]}",

    "{\"code\":\"sales_manager\",\"name\":\"Sales manager\",\"name_zh\":\"销售经理\",\"rows\":\"subtree\",\"owner_at\":\"now\",\"verbs\":[" SALES_VERBS ","
    "\"customer.update\",\"adjustment.approve\",\"adjustment.reverse\",\"write_off_request.request\",\"write_off_request.recall\",\"sales_order.approve\",\"sales_order.confirm\",\"sales_order.close\",\"sales_order.cancel\",\"rebate_claim.approve\"," TASK_LEAD "],"
    "\"fields\":{" SALES_FIELDS "},"
    "\"authority\":[{\"verb\":\"adjustment.approve\",\"currency\":\"CNY\",\"amount\":\"5000.00\"}],"
    "\"excludes\":[" SALES_EXCLUDES "]}",

    "{\"code\":\"sales_director\",\"name\":\"Sales director\",\"name_zh\":\"销售总监\",\"rows\":\"region\",\"owner_at\":\"now\",\"verbs\":[" SALES_VERBS ","
    "\"customer.update\",\"adjustment.approve\",\"adjustment.reverse\",\"write_off_request.request\",\"write_off_request.recall\",\"sales_order.approve\",\"sales_order.confirm\",\"sales_order.close\",\"sales_order.cancel\",\"rebate_claim.approve\","
    "\"target.insert\",\"target.update\"," TASK_LEAD "],\"fields\":{" SALES_FIELDS "},"
    "\"authority\":[{\"verb\":\"adjustment.approve\",\"currency\":\"CNY\",\"amount\":\"20000.00\"}],"
    "\"excludes\":[" SALES_EXCLUDES "]}",

    "{\"code\":\"ar_clerk\",\"name\":\"AR clerk\",\"name_zh\":\"应收会计\",\"rows\":\"all\",\"verbs\":[\"*.read\","
    "\"customer.insert\",\"customer.update\",\"customer.load\",\"customer.merge\",\"customer.unmerge\",\"customer_group.*\",\"duplicate_decision.*\",\"contact.*\",\"invoice_title.*\",\"customer_alias.*\","
    "\"bank_account.insert\",\"bank_account.update\",\"bank_account.load\",\"contract.*\",\"project.*\",\"milestone.*\",\"sales_order.*\","
    "\"order_line.*\",\"delivery.*\",\"delivery_line.*\",\"exchange_rate.*\",\"external_id.*\",\"attachment.*\","
    "\"invoice.record\",\"invoice.draft\",\"invoice.submit\",\"invoice.recall\",\"invoice.issue\",\"invoice.send\",\"invoice.deliver\",\"invoice.confirm\",\"invoice.refuse\",\"invoice.date\",\"invoice.close\",\"invoice.credit\",\"invoice.credit_draft\",\"invoice.red_status\",\"invoice.buyer_use\",\"invoice.red_issued\",\"invoice.void\","
    "\"invoice_request.*\",\"invoice_request_line.*\",\"item.record\",\"item.cancel\",\"pending_change.read\",\"pending_change.edit\",\"pending_change.reject\",\"pending_change.recall\",\"import_job.run\",\"import_job.read\",\"dunning_run.run\",\"dunning_notice.send\",\"dispute.*\",\"promise.*\","
    "\"payment_plan.*\",\"flag.*\",\"item.level\",\"task.*\",\"message.enqueue\",\"host_call.ask\",\"host_call.answer\",\"interaction.*\",\"statement_letter.*\",\"!statement_letter.approve\",\"write_off_request.comment\","
    "\"definition.run\",\"rule_firing.read\",\"rule_state.read\",\"proposal.read\",\"proposal_line.read\",\"proposal.store\",\"proposal.reject\",\"proposal.apply\"],"
    "\"excludes\":[{\"role\":\"cash_application\"," BANK_DATA "},{\"role\":\"cashier\"," BANK_DATA "},"
    "{\"role\":\"finance_manager\"," CHECKER "},{\"role\":\"cfo\"," CHECKER "},{\"role\":\"admin\"," KEEPER "}]}",

    "{\"code\":\"cash_application\",\"name\":\"Cash application\",\"name_zh\":\"收款核销\",\"rows\":\"all\",\"verbs\":[\"*.read\","
    "\"receipt.record\",\"receipt.claim\",\"receipt.unclaim\",\"receipt.return\",\"receipt.refund\",\"receipt.request\",\"pending_change.recall\",\"allocation.apply\",\"allocation.reverse\","
    "\"allocation.match\",\"proposal.read\",\"proposal_line.read\",\"proposal.store\",\"proposal.reject\",\"proposal.apply\",\"bank_statement.*\",\"statement_line.*\",\"payout.*\",\"payout_line.*\",\"customer_alias.*\",\"attachment.add\","
    "\"import_job.run\",\"import_job.read\",\"bill.record\",\"bill.collect\"],"
    "\"fields\":{\"customer.legal_rep\":\"mask\"},"
    "\"authority\":[{\"verb\":\"allocation.apply\",\"currency\":\"CNY\",\"amount\":\"100000000.00\"}],"
    "\"excludes\":[{\"role\":\"finance_manager\"," WRITE_OFF "},{\"role\":\"cfo\"," WRITE_OFF "},{\"role\":\"cashier\","
    "\"rule\":\"the cashier never allocates\"},{\"role\":\"admin\"," KEEPER "}]}",

    "{\"code\":\"cashier\",\"name\":\"Cashier\",\"name_zh\":\"出纳\",\"rows\":\"all\",\"verbs\":["
    "\"customer.read\",\"invoice.read\",\"item.read\",\"receipt.read\",\"allocation.read\",\"bank_account.read\",\"bank_statement.*\","
    "\"statement_line.*\",\"receipt.record\",\"bill.*\",\"user_account.read\",\"org_unit.read\",\"calendar.read\",\"exchange_rate.read\","
    "\"attachment.add\",\"attachment.read\",\"import_job.run\",\"import_job.read\"],"
    "\"fields\":{\"customer.*\":\"read\",\"customer.legal_rep\":\"none\",\"customer.registered_capital\":\"none\"},"
    "\"excludes\":[{\"role\":\"finance_manager\"," WRITE_OFF "},{\"role\":\"cfo\"," WRITE_OFF "},{\"role\":\"admin\"," KEEPER "}]}",

    "{\"code\":\"collector\",\"name\":\"Collector\",\"name_zh\":\"催收专员\",\"rows\":\"team\",\"owner_at\":\"now\",\"verbs\":[\"*.read\","
    "\"!bank_account.read\",\"!external_id.read\"," ALL_CUSTOMERS "\"contact.insert\",\"contact.update\",\"interaction.insert\",\"promise.*\","
    "\"!promise.approve\",\"dispute.dispute\",\"payment_plan.request\",\"dunning_notice.send\",\"dunning_notice.block\",\"item.level\",\"task.insert\",\"task.update\",\"task.close\",\"task.escalate\",\"rule_firing.read\"],"
    "\"fields\":{\"customer.legal_rep\":\"mask\",\"receipt.payer_account\":\"mask\",\"score.*\":\"read\"},"
    "\"excludes\":[{\"role\":\"cash_application\"," WRITE_OFF "},{\"role\":\"admin\"," KEEPER "}]}",

    "{\"code\":\"credit_manager\",\"name\":\"Credit manager\",\"name_zh\":\"信用经理\",\"rows\":\"all\",\"verbs\":[\"*.read\","
    "\"!external_id.read\",\"credit_limit.*\",\"credit_check.*\",\"credit_request.*\",\"score.*\",\"hold.*\",\"guarantee.*\",\"collateral.*\","
    "\"adjustment.approve\",\"adjustment.reverse\",\"pending_change.recall\",\"write_off_request.comment\",\"dunning_notice.approve\",\"dunning_notice.block\",\"interaction.insert\",\"interaction.update\","
    "\"definition.read\",\"rule_firing.read\"],\"fields\":{\"bank_account.number\":\"mask\",\"receipt.payer_account\":\"mask\"},"
    "\"authority\":[{\"verb\":\"credit_limit.set\",\"currency\":\"CNY\",\"amount\":\"500000.00\"},{\"verb\":\"credit_request.approve\",\"currency\":\"CNY\",\"amount\":\"500000.00\"},"
    "{\"verb\":\"hold.release\",\"currency\":\"CNY\",\"amount\":\"50000.00\"},"
    "{\"verb\":\"adjustment.approve\",\"currency\":\"CNY\",\"amount\":\"10000.00\"}],"
    "\"excludes\":[{\"role\":\"cash_application\"," WRITE_OFF "},{\"role\":\"admin\"," KEEPER "}]}",

    "{\"code\":\"finance_manager\",\"name\":\"Finance manager\",\"name_zh\":\"财务经理\",\"rows\":\"all\",\"verbs\":[\"*.read\","
    "\"contract.approve\",\"contract.reject\",\"contract.amend\",\"contract.terminate\",\"contract.reopen\","
    "\"customer.approve\",\"bank_account.approve\",\"score.override_approve\",\"credit_request.approve\",\"credit_request.reject\",\"hold.release\",\"invoice.approve\",\"invoice.reject\",\"invoice.void\",\"invoice.void_issued\",\"invoice_request.approve\",\"invoice_request.reject\",\"allocation.approve\","
    "\"adjustment.approve\",\"adjustment.reverse\",\"item.transfer\",\"write_off_request.approve\",\"write_off_request.reject\",\"write_off_request.recover\",\"receipt.approve\",\"rebate_claim.approve\",\"definition.approve\",\"definition.publish\",\"definition.retire\","
    "\"definition.read\",\"voucher.*\",\"revaluation.*\",\"provision_run.run\",\"provision_run.reverse\",\"fiscal_period.*\",\"period_lock.*\","
    "\"number_series.update\",\"exchange_rate.*\",\"import_job.read\",\"book.read\",\"proposal.read\",\"proposal_line.read\",\"proposal.approve\",\"proposal.reject\","
    "\"proposal.expire\",\"rule_firing.read\",\"pending_change.read\",\"pending_change.reject\",\"pending_change.recall\",\"pending_change.expire\",\"pending_change.approve\"],"
    "\"authority\":[{\"verb\":\"write_off_request.approve\",\"currency\":\"CNY\",\"amount\":\"50000.00\"},{\"verb\":\"adjustment.approve\",\"currency\":\"CNY\",\"amount\":\"1000000.00\"},"
    "{\"verb\":\"receipt.approve\",\"currency\":\"CNY\",\"amount\":\"100000.00\"},"
    "{\"verb\":\"credit_request.approve\",\"currency\":\"CNY\",\"amount\":\"2000000.00\"},{\"verb\":\"hold.release\",\"currency\":\"CNY\",\"amount\":\"500000.00\"}],"
    "\"excludes\":[{\"role\":\"admin\"," KEEPER "}]}",

    "{\"code\":\"cfo\",\"name\":\"CFO\",\"name_zh\":\"财务总监\",\"rows\":\"all\",\"verbs\":[\"*.read\","
    "\"customer.approve\",\"bank_account.approve\",\"score.override_approve\",\"credit_request.approve\",\"credit_request.reject\",\"hold.release\",\"invoice.approve\",\"adjustment.approve\",\"adjustment.reverse\",\"item.transfer\","
    "\"write_off_request.approve\",\"write_off_request.reject\",\"write_off_request.recover\",\"receipt.approve\",\"rebate_claim.approve\",\"definition.approve\",\"definition.publish\",\"definition.retire\",\"definition.read\","
    "\"provision_run.approve\",\"dunning_notice.approve\",\"book.read\",\"proposal.read\",\"proposal_line.read\",\"proposal.approve\",\"rule_firing.read\",\"pending_change.read\",\"pending_change.recall\","
    "\"pending_change.approve\"],"
    "\"authority\":[{\"verb\":\"write_off_request.approve\",\"currency\":\"CNY\",\"amount\":\"100000000.00\"},{\"verb\":\"adjustment.approve\",\"currency\":\"CNY\",\"amount\":\"100000000.00\"},"
    "{\"verb\":\"receipt.approve\",\"currency\":\"CNY\",\"amount\":\"100000000.00\"},"
    "{\"verb\":\"credit_request.approve\",\"currency\":\"CNY\",\"amount\":\"100000000.00\"},{\"verb\":\"hold.release\",\"currency\":\"CNY\",\"amount\":\"100000000.00\"}],"
    "\"excludes\":[{\"role\":\"admin\"," KEEPER "}]}",

    "{\"code\":\"project_manager\",\"name\":\"Project manager\",\"name_zh\":\"项目经理\",\"rows\":\"team\",\"owner_at\":\"now\",\"verbs\":["
    "\"customer.read\",\"contact.read\",\"contract.read\",\"project.read\",\"project.update\",\"milestone.read\",\"milestone.update\","
    "\"sales_order.read\",\"order_line.read\",\"delivery.read\",\"delivery_line.read\",\"invoice.read\",\"invoice_line.read\",\"item.read\","
    "\"receipt.read\",\"allocation.read\",\"dispute.dispute\",\"dispute.resolve\",\"invoice_request.insert\",\"invoice_request_line.insert\",\"user_account.read\","
    "\"org_unit.read\",\"calendar.read\",\"task.read\",\"task.insert\",\"task.update\",\"task.close\"],"
    "\"fields\":{\"customer.legal_rep\":\"none\",\"customer.uscc\":\"mask\",\"receipt.payer_account\":\"none\",\"receipt.payer_name\":\"mask\"},"
    "\"excludes\":[{\"role\":\"admin\"," KEEPER "}]}",

    "{\"code\":\"legal\",\"name\":\"Legal\",\"name_zh\":\"法务\",\"rows\":\"all\",\"verbs\":[\"*.read\",\"!bank_account.read\","
    "\"!external_id.read\",\"dispute.*\",\"flag.*\",\"dunning_notice.escalate\",\"dunning_notice.approve\",\"interaction.insert\","
    "\"attachment.add\",\"write_off_request.comment\"],\"fields\":{\"receipt.payer_account\":\"mask\",\"score.*\":\"none\"},"
    "\"excludes\":[{\"role\":\"admin\"," KEEPER "}]}",

    "{\"code\":\"executive\",\"name\":\"Executive\",\"name_zh\":\"高管\",\"rows\":\"all\",\"verbs\":[\"*.read\"],"
    "\"fields\":{\"bank_account.number\":\"mask\",\"receipt.payer_account\":\"mask\"},"
    "\"excludes\":[{\"role\":\"admin\"," KEEPER "}]}",

    "{\"code\":\"auditor\",\"name\":\"Auditor\",\"name_zh\":\"审计\",\"rows\":\"all\",\"verbs\":[\"*.read\",\"@system.read\"],"
    "\"excludes\":[{\"role\":\"ar_clerk\"," CHECKER "},{\"role\":\"cash_application\"," CHECKER "},{\"role\":\"cashier\"," CHECKER "},"
    "{\"role\":\"credit_manager\"," CHECKER "},{\"role\":\"finance_manager\"," CHECKER "},{\"role\":\"cfo\"," CHECKER "},"
    "{\"role\":\"sales\"," CHECKER "},{\"role\":\"sales_manager\"," CHECKER "},{\"role\":\"sales_director\"," CHECKER "},"
    "{\"role\":\"admin\"," KEEPER "}]}",

    "{\"code\":\"admin\",\"name\":\"Administrator\",\"name_zh\":\"系统管理员\",\"rows\":\"all\",\"verbs\":["
    "\"user_account.*\",\"org_unit.*\",\"role.*\",\"role_grant.*\",\"denial.read\",\"custom_field.*\",\"number_series.*\",\"calendar.*\","
    "\"book.*\",\"book_setting.*\",\"definition.*\",\"!definition.approve\",\"!definition.publish\",\"!definition.retire\",\"!definition.run\",\"txn.read\",\"pending_change.read\",\"pending_change.approve\",\"pending_change.reject\",\"pending_change.recall\"]}",
};
const uint32_t arci_n_shipped_roles = (uint32_t)(sizeof arci_shipped_roles / sizeof arci_shipped_roles[0]);

const arci_sod_rule arci_sod_rules[] = {
    { "bank_account", "receipt.refund", "who made a customer's bank data never refunds to it", "维护客户银行资料者不得办理该客户退款" },
    { "receipt", "write_off_request.approve", "who posted a customer's receipts never writes its debts off", "登记客户回款者不得批准该客户坏账核销" },
};
const uint32_t arci_n_sod_rules = (uint32_t)(sizeof arci_sod_rules / sizeof arci_sod_rules[0]);
