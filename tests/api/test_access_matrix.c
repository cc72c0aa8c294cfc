/* SPDX-License-Identifier: Apache-2.0 */
/* Every exported function that asks for a permission × every shipped role × a row of the actor's own, of his team, and of others.
 *
 * lib/security/functions.def says which functions those are: one without a driver here fails the test. What comes of each call is compared
 * with what the role's document says, and with tests/golden/access.txt, which people read (ARCORE_ACCEPT=1 writes it anew). In it a letter
 * a row: Y done, N as if the row were not there, F forbidden. */
#include <stdlib.h>

#include "api/matrix.h"
#include "api/matrix_contract.h"
#include "api/matrix_order.h"
#include "api/matrix_invoice.h"
#include "api/matrix_dunning.h"
#include "api/matrix_match.h"
#include "api/matrix_condition.h"
#include "api/matrix_reports.h"
#include "api/matrix_score.h"
#include "api/matrix_rows.h"
#include "api/matrix_rule.h"
#include "api/matrix_limit.h"
#include "api/matrix_recall.h"
#include "api/matrix_settle.h"

/* The verbs. Reading is driven for every entity, below. */
static const struct {
    const char *function;
    uint32_t verb;
    const char *entity;
    drive_fn run;
} drivers[] = {
    { "arc_session_insert", ARCI_DO_INSERT, "contact", insert_contact },
    { "arc_session_insert", ARCI_DO_INSERT, "bank_account", insert_account },
    { "arc_session_insert", ARCI_DO_INSERT, "contract", insert_contract },
    { "arc_session_insert", ARCI_DO_INSERT, "customer", insert_customer },
    { "arc_session_insert", ARCI_DO_INSERT, "user_account", insert_user },
    { "arc_session_insert", ARCI_DO_INSERT, "book_setting", insert_setting },
    { "arc_session_insert", ARCI_DO_INSERT, "exchange_rate", insert_rate },
    { "arc_session_insert_many", ARCI_DO_INSERT, "contact", insert_contacts },
    { "arc_session_update", ARCI_DO_UPDATE, "customer", update_customer },
    { "arc_session_update", ARCI_DO_UPDATE, "contact", update_contact },
    { "arc_session_update", ARCI_DO_UPDATE, "bank_account", update_account },
    { "arc_session_update", ARCI_DO_UPDATE, "contract", update_contract },
    { "arc_session_update", ARCI_DO_UPDATE, "project", update_project },
    { "arc_session_update", ARCI_DO_UPDATE, "user_account", update_user },
    { "arc_session_update_many", ARCI_DO_UPDATE, "customer", update_customers },
    { "arc_session_load_arrow", ARCI_DO_LOAD, "contact", load_contacts },
    { "arc_custom_define", ARCI_DO_CUSTOM_DEFINE, "custom_field", drive_define },
    { "arc_custom_alter", ARCI_DO_CUSTOM_ALTER, "custom_field", drive_alter },
    { "arc_custom_retire", ARCI_DO_CUSTOM_RETIRE, "custom_field", drive_retire },
    { "arc_invoice_record", ARCI_DO_INVOICE_RECORD, "invoice", drive_invoice },
    { "arc_invoice_record_many", ARCI_DO_INVOICE_RECORD, "invoice", drive_invoices },
    { "arc_invoice_issue_document", ARCI_DO_INVOICE_ISSUE, "invoice", drive_issue },
    { "arc_invoice_issue_many", ARCI_DO_INVOICE_ISSUE, "invoice", drive_issues },
    { "arc_invoice_credit", ARCI_DO_INVOICE_CREDIT, "invoice", drive_credit },
    { "arc_invoice_credit_many", ARCI_DO_INVOICE_CREDIT, "invoice", drive_credits },
    { "arc_invoice_credit_draft", ARCI_DO_INVOICE_CREDIT_DRAFT, "invoice", drive_credit_draft },
    { "arc_invoice_void", ARCI_DO_INVOICE_VOID_ISSUED, "invoice", drive_void_issued },
    { "arc_invoice_issue", ARCI_DO_INVOICE_ISSUE, "invoice", drive_issue_draft },
    { "arc_invoice_draft", ARCI_DO_INVOICE_DRAFT, "invoice", drive_draft },
    { "arc_invoice_submit", ARCI_DO_INVOICE_SUBMIT, "invoice", drive_submit },
    { "arc_invoice_approve", ARCI_DO_INVOICE_APPROVE, "invoice", drive_approve_invoice },
    { "arc_invoice_reject", ARCI_DO_INVOICE_REJECT, "invoice", drive_reject_invoice },
    { "arc_invoice_recall", ARCI_DO_INVOICE_RECALL, "invoice", drive_recall_invoice },
    { "arc_invoice_void", ARCI_DO_INVOICE_VOID, "invoice", drive_void },
    { "arc_invoice_close", ARCI_DO_INVOICE_CLOSE, "invoice", drive_close },
    { "arc_invoice_send", ARCI_DO_INVOICE_SEND, "invoice", drive_send },
    { "arc_invoice_deliver", ARCI_DO_INVOICE_DELIVER, "invoice", drive_deliver },
    { "arc_invoice_confirm", ARCI_DO_INVOICE_CONFIRM, "invoice", drive_confirm },
    { "arc_invoice_refuse", ARCI_DO_INVOICE_REFUSE, "invoice", drive_refuse },
    { "arc_invoice_date", ARCI_DO_INVOICE_DATE, "invoice", drive_date },
    { "arc_invoice_preview", ARCI_DO_READ, "invoice", drive_preview },
    { "arc_credit_red_status", ARCI_DO_INVOICE_RED_STATUS, "invoice", drive_red_status },
    { "arc_credit_buyer_use", ARCI_DO_INVOICE_BUYER_USE, "invoice", drive_buyer_use },
    { "arc_credit_red_issued", ARCI_DO_INVOICE_RED_ISSUED, "invoice", drive_red_issued },
    { "arc_receipt_record", ARCI_DO_RECEIPT_RECORD, "receipt", drive_receipt },
    { "arc_receipt_record_many", ARCI_DO_RECEIPT_RECORD, "receipt", drive_receipts },
    { "arc_allocation_apply", ARCI_DO_ALLOCATION_APPLY, "allocation", drive_apply },
    { "arc_allocation_reverse", ARCI_DO_ALLOCATION_REVERSE, "allocation", drive_reverse },
    { "arc_receipt_settle", ARCI_DO_ALLOCATION_APPLY, "allocation", drive_settle },
    { "arc_item_offer", ARCI_DO_READ, "item", drive_offer },
    { "arc_receipt_suggest", ARCI_DO_READ, "receipt", drive_suggest },
    { "arc_item_give_up", ARCI_DO_ALLOCATION_APPLY, "allocation", drive_give_up },
    { "arc_receipt_claim", ARCI_DO_RECEIPT_CLAIM, "receipt", drive_claim },
    { "arc_receipt_unclaim", ARCI_DO_RECEIPT_UNCLAIM, "receipt", drive_unclaim },
    { "arc_receipt_return", ARCI_DO_RECEIPT_RETURN, "receipt", drive_return },
    { "arc_receipt_refund", ARCI_DO_RECEIPT_REFUND, "receipt", drive_refund },
    { "arc_write_off_request_many", ARCI_DO_WRITE_OFF_REQUEST, "write_off_request", drive_asks },
    { "arc_write_off_approve_many", ARCI_DO_WRITE_OFF_APPROVE, "write_off_request", drive_write_offs },
    { "arc_write_off_reject_many", ARCI_DO_WRITE_OFF_REJECT, "write_off_request", drive_no_write_offs },
    { "arc_write_off_recall_many", ARCI_DO_WRITE_OFF_RECALL, "write_off_request", drive_write_off_recalls },
    { "arc_write_off_recover_many", ARCI_DO_WRITE_OFF_RECOVER, "write_off_request", drive_recoveries },
    { "arc_receipt_refund_many", ARCI_DO_RECEIPT_REFUND, "receipt", drive_refunds },
    { "arc_item_give_up_many", ARCI_DO_ALLOCATION_APPLY, "allocation", drive_give_ups },
    { "arc_item_transfer_many", ARCI_DO_ITEM_TRANSFER, "item", drive_transfers },
    { "arc_item_charge_back_many", ARCI_DO_ALLOCATION_APPLY, "allocation", drive_charge_backs },
    { "arc_item_carry_over_many", ARCI_DO_ALLOCATION_APPLY, "allocation", drive_carry_overs },
    { "arc_item_extend_many", ARCI_DO_ADJUSTMENT_APPROVE, "adjustment", drive_extensions },
    { "arc_adjustment_reverse_many", ARCI_DO_ADJUSTMENT_REVERSE, "adjustment", drive_unextensions },
    { "arc_allocation_reverse_many", ARCI_DO_ALLOCATION_REVERSE, "allocation", drive_reversals },
    { "arc_receipt_claim_many", ARCI_DO_RECEIPT_CLAIM, "receipt", drive_claims },
    { "arc_receipt_unclaim_many", ARCI_DO_RECEIPT_UNCLAIM, "receipt", drive_unclaims },
    { "arc_receipt_return_many", ARCI_DO_RECEIPT_RETURN, "receipt", drive_returns },
    { "arc_item_transfer", ARCI_DO_ITEM_TRANSFER, "item", drive_transfer },
    { "arc_item_extend", ARCI_DO_ADJUSTMENT_APPROVE, "adjustment", drive_extend },
    { "arc_adjustment_reverse", ARCI_DO_ADJUSTMENT_REVERSE, "adjustment", drive_unextend },
    { "arc_write_off_request", ARCI_DO_WRITE_OFF_REQUEST, "write_off_request", drive_ask },
    { "arc_write_off_approve", ARCI_DO_WRITE_OFF_APPROVE, "write_off_request", drive_write_off },
    { "arc_write_off_reject", ARCI_DO_WRITE_OFF_REJECT, "write_off_request", drive_no_write_off },
    { "arc_write_off_recall", ARCI_DO_WRITE_OFF_RECALL, "write_off_request", drive_write_off_recall },
    { "arc_write_off_recover", ARCI_DO_WRITE_OFF_RECOVER, "write_off_request", drive_recover },
    { "arc_access_set_mode", ARCI_DO_ACCESS_SET_MODE, "book", drive_mode },
    { "arc_role_install_defaults", ARCI_DO_ROLE_INSTALL, "role", drive_install },
    { "arc_role_define", ARCI_DO_ROLE_DEFINE, "role", drive_role },
    { "arc_role_revise", ARCI_DO_ROLE_REVISE, "role", drive_revise },
    { "arc_role_retire", ARCI_DO_ROLE_RETIRE, "role", drive_retire_role },
    { "arc_role_grant", ARCI_DO_ROLE_GRANT, "role_grant", drive_grant },
    { "arc_role_revoke", ARCI_DO_ROLE_REVOKE, "role_grant", drive_revoke },
    { "arc_definition_save", ARCI_DO_DEFINITION_SAVE, "definition", drive_save },
    { "arc_definition_publish", ARCI_DO_DEFINITION_PUBLISH, "definition", drive_publish },
    { "arc_definition_retire", ARCI_DO_DEFINITION_RETIRE, "definition", drive_withdraw },
    { "arc_definition_find", ARCI_DO_READ, "definition", drive_find_definition },
    { "arc_definition_preview", ARCI_DO_READ, "definition", drive_preview_definition },
    { "arc_template_open", ARCI_DO_READ, "definition", drive_open_template },
    { "arc_decision_open", ARCI_DO_READ, "definition", drive_open_table },
    { "arc_decision_evaluate_row", ARCI_DO_READ, "customer", drive_decision_row },
    { "arc_definition_list", ARCI_DO_READ, "definition", drive_list_definitions },
    { "arc_attachment_add", ARCI_DO_ATTACHMENT_ADD, "attachment", drive_attach },
    { "arc_attachment_withdraw", ARCI_DO_ATTACHMENT_WITHDRAW, "attachment", drive_take_back },
    { "arc_attachment_read", ARCI_DO_READ, "customer", drive_read_attachment },
    { "arc_attachment_get", ARCI_DO_READ, "customer", drive_get_attachment },
    { "arc_attachment_list", ARCI_DO_READ, "customer", drive_list_attachments },
    { "arc_external_add", ARCI_DO_EXTERNAL_ADD, "external_id", drive_external_add },
    { "arc_external_remove", ARCI_DO_EXTERNAL_REMOVE, "external_id", drive_external_remove },
    { "arc_external_find", ARCI_DO_READ, "external_id", drive_external_find },
    { "arc_external_list", ARCI_DO_READ, "external_id", drive_external_list },
    { "arc_session_upsert", ARCI_DO_EXTERNAL_UPSERT, "external_id", drive_upsert },
    { "arc_session_upsert_many", ARCI_DO_EXTERNAL_UPSERT, "external_id", drive_upserts },
    { "arc_record_validate", ARCI_DO_INSERT, "contact", drive_validate },
    { "arc_pending_list", ARCI_DO_READ, "pending_change", drive_pending_list },
    { "arc_pending_edit", ARCI_DO_PENDING_EDIT, "pending_change", drive_pending_edit },
    { "arc_pending_approve", ARCI_DO_PENDING_APPROVE, "pending_change", drive_pending_approve },
    { "arc_pending_reject", ARCI_DO_PENDING_REJECT, "pending_change", drive_pending_reject },
    { "arc_pending_recall", ARCI_DO_PENDING_RECALL, "pending_change", drive_pending_recall },
    { "arc_pending_expire", ARCI_DO_PENDING_EXPIRE, "pending_change", drive_pending_expire },
    { "arc_proposal_store", ARCI_DO_PROPOSAL_STORE, "proposal", drive_store },
    { "arc_proposal_approve", ARCI_DO_PROPOSAL_APPROVE, "proposal", drive_approve },
    { "arc_proposal_reject", ARCI_DO_PROPOSAL_REJECT, "proposal", drive_reject },
    { "arc_proposal_apply", ARCI_DO_PROPOSAL_APPLY, "proposal", drive_apply_proposal },
    { "arc_proposal_expire", ARCI_DO_PROPOSAL_EXPIRE, "proposal", drive_expire },
    { "arc_proposal_load", ARCI_DO_READ, "proposal", drive_load_proposal },
    { "arc_receipt_propose", ARCI_DO_READ, "receipt", drive_propose },
    { "arc_dunning_propose", ARCI_DO_READ, "item", drive_dunning },
    { "arc_dunning_explain", ARCI_DO_READ, "item", drive_dunning_explain },
    { "arc_match_propose", ARCI_DO_READ, "receipt", drive_match },
    { "arc_match_learn", ARCI_DO_ALLOCATION_MATCH, "allocation", drive_learn },
    { "arc_match_reverse", ARCI_DO_ALLOCATION_REVERSE, "allocation", drive_match_reverse },
    { "arc_match_run", ARCI_DO_ALLOCATION_MATCH, "allocation", drive_match_run },
    { "arc_audit_seal", ARCI_DO_AUDIT_SEAL, "seal", drive_seal },
    { "arc_audit_head", ARCI_DO_READ, "seal", drive_head },
    { "arc_audit_seal_on", ARCI_DO_READ, "seal", drive_seal_on },
    { "arc_audit_verify", ARCI_DO_READ, "event", drive_audit },
    { "arc_subject_erase", ARCI_DO_SUBJECT_ERASE, "customer", drive_erase },
    { "arc_feed_open", ARCI_DO_READ, "event", drive_feed },
    { "arc_record_history", ARCI_DO_READ, "customer", drive_history },
    { "arc_message_enqueue", ARCI_DO_MESSAGE_ENQUEUE, "message", drive_enqueue },
    { "arc_message_lease_due", ARCI_DO_MESSAGE_LEASE, "message", drive_lease },
    { "arc_message_acknowledge", ARCI_DO_MESSAGE_ACKNOWLEDGE, "message", drive_acknowledge },
    { "arc_message_fail", ARCI_DO_MESSAGE_FAIL, "message", drive_fail },
    { "arc_message_receipt", ARCI_DO_MESSAGE_RECEIPT, "message", drive_message_receipt },
    { "arc_import_csv", ARCI_DO_IMPORT_RUN, "import_job", drive_import },
    { "arc_import_csv_file", ARCI_DO_IMPORT_RUN, "import_job", drive_import_file },
    { "arc_fiscal_period_close", ARCI_DO_PERIOD_CLOSE, "fiscal_period", drive_period_close },
    { "arc_fiscal_period_lock", ARCI_DO_PERIOD_LOCK, "fiscal_period", drive_period_lock },
    { "arc_fiscal_period_reopen", ARCI_DO_PERIOD_REOPEN, "fiscal_period", drive_period_reopen },
    { "arc_fiscal_period_ready_json", ARCI_DO_READ, "fiscal_period", drive_period_ready },
    { "arc_voucher_export", ARCI_DO_VOUCHER_EXPORT, "voucher", drive_voucher_export },
    { "arc_voucher_send", ARCI_DO_VOUCHER_SEND, "voucher", drive_voucher_send },
    { "arc_voucher_acknowledge", ARCI_DO_VOUCHER_ACKNOWLEDGE, "voucher", drive_voucher_acknowledge },
    { "arc_voucher_reject", ARCI_DO_VOUCHER_REJECT, "voucher", drive_voucher_reject },
    { "arc_voucher_rebuild", ARCI_DO_VOUCHER_REBUILD, "voucher", drive_voucher_rebuild },
    { "arc_voucher_write", ARCI_DO_READ, "voucher", drive_voucher_write },
    { "arc_revaluation_run", ARCI_DO_REVALUATION_RUN, "revaluation", drive_revalue },
    { "arc_revaluation_preview_json", ARCI_DO_READ, "revaluation", drive_revalue_preview },
    { "arc_revaluation_reverse", ARCI_DO_REVALUATION_REVERSE, "revaluation", drive_revalue_reverse },
    { "arc_journal_balance_json", ARCI_DO_READ, "journal_line", drive_balance },
    { "arc_journal_reclass_json", ARCI_DO_READ, "journal_line", drive_reclass },
    { "arc_provision_run", ARCI_DO_PROVISION_RUN, "provision_run", drive_provision },
    { "arc_provision_reverse", ARCI_DO_PROVISION_REVERSE, "provision_run", drive_provision_reverse },
    { "arc_bank_import", ARCI_DO_BANK_IMPORT, "bank_statement", drive_bank_import },
    { "arc_bank_import_file", ARCI_DO_BANK_IMPORT, "bank_statement", drive_bank_import_file },
    { "arc_bank_receive", ARCI_DO_LINE_RECEIVE, "statement_line", drive_bank_receive },
    { "arc_bank_undo", ARCI_DO_BANK_UNDO, "bank_statement", drive_bank_undo },
    { "arc_payer_index_load", ARCI_DO_READ, "customer", drive_payer_index },
    { "arc_payer_learn", ARCI_DO_ALIAS_LEARN, "customer_alias", drive_payer_learn },
    { "arc_payer_confirm", ARCI_DO_ALIAS_CONFIRM, "customer_alias", drive_payer_confirm },
    { "arc_bank_findings", ARCI_DO_READ, "bank_statement", drive_bank_findings },
    { "arc_bill_record", ARCI_DO_BILL_RECORD, "bill", drive_bill_record },
    { "arc_bill_endorse", ARCI_DO_BILL_ENDORSE, "bill", drive_bill_endorse },
    { "arc_bill_discount", ARCI_DO_BILL_DISCOUNT, "bill", drive_bill_discount },
    { "arc_bill_collect", ARCI_DO_BILL_COLLECT, "bill", drive_bill_collect },
    { "arc_bill_dishonour", ARCI_DO_BILL_DISHONOUR, "bill", drive_bill_dishonour },
    { "arc_bill_return", ARCI_DO_BILL_RETURN, "bill", drive_bill_return },
    { "arc_bill_record_many", ARCI_DO_BILL_RECORD, "bill", drive_bill_record_many },
    { "arc_bill_collect_many", ARCI_DO_BILL_COLLECT, "bill", drive_bill_collect_many },
    { "arc_bill_split", ARCI_DO_BILL_SPLIT, "bill", drive_bill_split },
    { "arc_bill_reverse", ARCI_DO_BILL_REVERSE, "bill", drive_bill_reverse },
    { "arc_bill_exposure_json", ARCI_DO_READ, "bill", drive_bill_exposure },
    { "arc_bill_acceptors_json", ARCI_DO_READ, "bill", drive_bill_acceptors },
    { "arc_dispute_open", ARCI_DO_DISPUTE_DISPUTE, "dispute", drive_dispute },
    { "arc_dispute_resolve", ARCI_DO_DISPUTE_RESOLVE, "dispute", drive_dispute_resolve },
    { "arc_dispute_sums", ARCI_DO_READ, "dispute", drive_disputed },
    { "arc_customer_merge", ARCI_DO_CUSTOMER_MERGE, "customer", drive_merge },
    { "arc_customer_unmerge", ARCI_DO_CUSTOMER_UNMERGE, "customer", drive_unmerge },
    { "arc_customer_root", ARCI_DO_READ, "customer", drive_root },
    { "arc_customer_family", ARCI_DO_READ, "customer", drive_family },
    { "arc_flag_set", ARCI_DO_FLAG_SET, "flag", drive_flag_set },
    { "arc_flag_end", ARCI_DO_FLAG_END, "flag", drive_flag_end },
    { "arc_flag_active", ARCI_DO_READ, "flag", drive_flags },
    { "arc_item_set_level", ARCI_DO_ITEM_LEVEL, "item", drive_level },
    { "arc_task_assign", ARCI_DO_TASK_ASSIGN, "task", drive_task_assign },
    { "arc_task_close", ARCI_DO_TASK_CLOSE, "task", drive_task_close },
    { "arc_task_cancel", ARCI_DO_TASK_CANCEL, "task", drive_task_cancel },
    { "arc_task_escalate", ARCI_DO_TASK_ESCALATE, "task", drive_task_escalate },
    { "arc_host_ask", ARCI_DO_HOST_CALL_ASK, "host_call", drive_host_ask },
    { "arc_host_answer", ARCI_DO_HOST_CALL_ANSWER, "host_call", drive_host_answer },
    { "arc_invoice_record", ARCI_DO_PERIOD_POST_LOCKED, "fiscal_period", drive_post_locked },
    { "arc_invoice_request_submit", ARCI_DO_REQUEST_SUBMIT, "invoice_request", drive_request_submit },
    { "arc_invoice_request_approve", ARCI_DO_REQUEST_APPROVE, "invoice_request", drive_request_approve },
    { "arc_invoice_request_send", ARCI_DO_REQUEST_SEND, "invoice_request", drive_request_send },
    { "arc_invoice_request_issue", ARCI_DO_REQUEST_ISSUE, "invoice_request", drive_request_issue },
    { "arc_invoice_request_fail", ARCI_DO_REQUEST_FAIL, "invoice_request", drive_request_fail },
    { "arc_invoice_request_cancel", ARCI_DO_REQUEST_CANCEL, "invoice_request", drive_request_cancel },
    { "arc_invoice_request_reissue", ARCI_DO_REQUEST_REISSUE, "invoice_request", drive_request_reissue },
    { "arc_invoice_request_submit_many", ARCI_DO_REQUEST_SUBMIT, "invoice_request", drive_requests_submit },
    { "arc_invoice_request_approve_many", ARCI_DO_REQUEST_APPROVE, "invoice_request", drive_requests_approve },
    { "arc_invoice_request_send_many", ARCI_DO_REQUEST_SEND, "invoice_request", drive_requests_send },
    { "arc_invoice_request_issue_many", ARCI_DO_REQUEST_ISSUE, "invoice_request", drive_requests_issue },
    { "arc_invoice_request_fail_many", ARCI_DO_REQUEST_FAIL, "invoice_request", drive_requests_fail },
    { "arc_invoice_request_reject", ARCI_DO_REQUEST_REJECT, "invoice_request", drive_request_reject },
    { "arc_invoice_request_recall", ARCI_DO_REQUEST_RECALL, "invoice_request", drive_request_recall },
    { "arc_credit_limit_set", ARCI_DO_LIMIT_SET, "credit_limit", drive_limit_set },
    { "arc_credit_limit_json", ARCI_DO_READ, "credit_limit", drive_limit_json },
    { "arc_credit_exposure_json", ARCI_DO_READ, "item", drive_exposure_json },
    { "arc_credit_request_submit", ARCI_DO_LIMIT_REQUEST, "credit_request", drive_limit_request },
    { "arc_credit_request_approve", ARCI_DO_LIMIT_APPROVE, "credit_request", drive_limit_approve },
    { "arc_credit_request_reject", ARCI_DO_LIMIT_REJECT, "credit_request", drive_limit_reject },
    { "arc_credit_request_recall", ARCI_DO_LIMIT_RECALL, "credit_request", drive_limit_recall },
    { "arc_credit_check", ARCI_DO_READ, "credit_limit", drive_credit_check },
    { "arc_hold_place", ARCI_DO_HOLD_PLACE, "hold", drive_hold_place },
    { "arc_hold_release", ARCI_DO_HOLD_RELEASE, "hold", drive_hold_release },
    { "arc_hold_end", ARCI_DO_HOLD_END, "hold", drive_hold_end },
    { "arc_hold_recheck", ARCI_DO_HOLD_RECHECK, "hold", drive_hold_recheck },
    { "arc_order_confirm", ARCI_DO_ORDER_CONFIRM, "sales_order", drive_order_confirm },
    { "arc_order_close", ARCI_DO_ORDER_CLOSE, "sales_order", drive_order_close },
    { "arc_order_cancel", ARCI_DO_ORDER_CANCEL, "sales_order", drive_order_cancel },
    { "arc_delivery_ship", ARCI_DO_DELIVERY_SHIP, "delivery", drive_delivery_ship },
    { "arc_delivery_sign", ARCI_DO_DELIVERY_SIGN, "delivery", drive_delivery_sign },
    { "arc_delivery_refuse", ARCI_DO_DELIVERY_REFUSE, "delivery", drive_delivery_refuse },
    { "arc_delivery_cancel", ARCI_DO_DELIVERY_CANCEL, "delivery", drive_delivery_cancel },
    { "arc_contract_plan", ARCI_DO_CONTRACT_PLAN, "contract", drive_plan },
    { "arc_milestone_reach", ARCI_DO_MILESTONE_REACH, "milestone", drive_reach },
    { "arc_item_record", ARCI_DO_ITEM_RECORD, "item", drive_item_record },
    { "arc_item_record_many", ARCI_DO_ITEM_RECORD, "item", drive_item_record_many },
    { "arc_item_tracking_json", ARCI_DO_READ, "item", drive_item_tracking },
    { "arc_item_cancel", ARCI_DO_ITEM_CANCEL, "item", drive_item_cancel },
    { "arc_contract_activate", ARCI_DO_CONTRACT_ACTIVATE, "contract", drive_contract_activate },
    { "arc_contract_close", ARCI_DO_CONTRACT_CLOSE, "contract", drive_contract_close },
    { "arc_contract_submit", ARCI_DO_CONTRACT_SUBMIT, "contract", drive_contract_submit },
    { "arc_contract_approve", ARCI_DO_CONTRACT_APPROVE, "contract", drive_contract_approve },
    { "arc_contract_reject", ARCI_DO_CONTRACT_REJECT, "contract", drive_contract_reject },
    { "arc_contract_recall", ARCI_DO_CONTRACT_RECALL, "contract", drive_contract_recall },
    { "arc_contract_amend", ARCI_DO_CONTRACT_AMEND, "contract", drive_contract_amend },
    { "arc_contract_terminate", ARCI_DO_CONTRACT_TERMINATE, "contract", drive_contract_terminate },
    { "arc_contract_reopen", ARCI_DO_CONTRACT_REOPEN, "contract", drive_contract_reopen },
    { "arc_contract_tracking_json", ARCI_DO_READ, "contract", drive_tracking },
    { "arc_headroom_compute", ARCI_DO_READ, "contract", drive_headroom },
    { "arc_record_compute", ARCI_DO_READ, "contract", drive_compute },
    { "arc_aging_compute", ARCI_DO_READ, "item", drive_aging },
    { "arc_duplicate_index", ARCI_DO_READ, "customer", drive_duplicate_index },
    { "arc_duplicate_check", ARCI_DO_READ, "customer", drive_duplicate_check },
    { "arc_customer_profile", ARCI_DO_READ, "customer", drive_profile },
    { "arc_score_explain", ARCI_DO_SCORE_RUN, "score", drive_score_explain },
    { "arc_score_propose", ARCI_DO_SCORE_RUN, "score", drive_score_propose },
    { "arc_score_calibrate", ARCI_DO_SCORE_RUN, "score", drive_calibrate },
    { "arc_score_run", ARCI_DO_SCORE_RUN, "score", drive_score_run },
    { "arc_score_override_request", ARCI_DO_SCORE_OVERRIDE_REQUEST, "score", drive_override_request },
    { "arc_score_override_approve", ARCI_DO_SCORE_OVERRIDE_APPROVE, "score", drive_override_approve },
    { "arc_score_override_end", ARCI_DO_SCORE_OVERRIDE_END, "score", drive_override_end },
    { "arc_statement_compute", ARCI_DO_READ, "item", drive_statement },
    { "arc_statement_compute_many", ARCI_DO_READ, "item", drive_statements },
    { "arc_statement_letter_text", ARCI_DO_READ, "statement_letter", drive_letter_text },
    { "arc_statement_letter_texts", ARCI_DO_READ, "statement_letter", drive_letter_texts },
    { "arc_statement_letter_make_many", ARCI_DO_LETTER_MAKE, "statement_letter", drive_letters_make },
    { "arc_statement_letter_send_many", ARCI_DO_LETTER_SEND, "statement_letter", drive_letters_send },
    { "arc_statement_letter_make", ARCI_DO_LETTER_MAKE, "statement_letter", drive_letter_make },
    { "arc_statement_letter_send", ARCI_DO_LETTER_SEND, "statement_letter", drive_letter_send },
    { "arc_statement_letter_confirm", ARCI_DO_LETTER_CONFIRM, "statement_letter", drive_letter_confirm },
    { "arc_condition_new", ARCI_DO_READ, "customer", drive_condition_test },
    { "arc_condition_check", ARCI_DO_READ, "customer", drive_condition_check },
    { "arc_condition_test", ARCI_DO_READ, "customer", drive_condition_test },
    { "arc_condition_test_record", ARCI_DO_READ, "customer", drive_condition_test_record },
    { "arc_condition_explain", ARCI_DO_READ, "customer", drive_condition_explain },
    { "arc_condition_explain_record", ARCI_DO_READ, "customer", drive_condition_explain_record },
    { "arc_condition_preview", ARCI_DO_READ, "customer", drive_condition_preview },
    { "arc_rule_propose", ARCI_DO_READ, "rule_firing", drive_rule_propose },
    { "arc_rule_explain", ARCI_DO_READ, "rule_firing", drive_rule_explain },
    { "arc_rule_simulate", ARCI_DO_READ, "rule_firing", drive_rule_simulate },
    { "arc_rule_compare", ARCI_DO_READ, "rule_firing", drive_rule_compare },
    { "arc_rule_run", ARCI_DO_RULE_RUN, "definition", drive_rule_run },
    { "arc_rule_backtest", ARCI_DO_READ, "rule_firing", drive_rule_backtest },
    { "arc_session_find", ARCI_DO_READ, "customer", drive_find },
    { "arc_verbs_allowed", ARCI_DO_READ, "customer", drive_allowed },
};
enum { DRIVERS = sizeof drivers / sizeof drivers[0] };

/* ---- reading, of every entity ------------------------------------------------------------------------------------------ */

static const char *const readers[] = { "arc_session_get", "arc_query_run", "arc_query_explain", "arc_query_export", "arc_query_arrow" };
enum { GET, RUN, EXPLAIN, EXPORT, ARROW, READERS };

static int32_t count_bytes(void *user, const char *bytes, size_t n)
{
    (void)bytes;
    *(size_t *)user += n;
    return 0;
}

static arc_status found_rows(int64_t n)
{
    return n ? ARC_OK : ARC_E_NOT_FOUND;
}

static arc_status run_query(arc_query *q, int how)
{
    arc_status st;
    int64_t n = 0;
    if (how == RUN) {
        arc_cursor *c;
        st = arc_query_run(q, &c);
        if (st != ARC_OK) return st;
        while (arc_cursor_next(c) == ARC_OK) n++;
        arc_cursor_free(c);
        return found_rows(n);
    }
    if (how == EXPORT) {
        size_t bytes = 0;
        st = arc_query_export(q, &n, ARC_EXPORT_JSON_LINES, count_bytes, &bytes, NULL);
        return st == ARC_OK ? found_rows(n) : st;
    }
    if (how == ARROW) {
        struct ArrowArrayStream stream;
        struct ArrowArray array;
        st = arc_query_arrow(q, &stream, NULL);
        if (st != ARC_OK) return st;
        memset(&array, 0, sizeof array);
        assert_int_equal(stream.get_next(&stream, &array), 0);
        n = array.release ? array.length : 0;
        if (array.release) array.release(&array);
        stream.release(&stream);
        return found_rows(n);
    }
    char plan[4000];
    size_t len = sizeof plan;
    return arc_query_explain(q, plan, &len);
}

static arc_status read_one(matrix *m, const arci_entity *e, int how, int t)
{
    int64_t id = row_of(m, e->name, t);
    arc_record *r;
    arc_query *q;
    if (how == GET) {
        arc_status st = arc_session_get(m->actor, &r, e->id, id ? id : 1);
        if (st == ARC_OK) arc_record_free(r);
        return st;
    }
    assert_ok(arc_query_new(m->actor, &q, e->id));
    const char *key = e->key && e->key[0] ? e->key : "id";
    char name[40];
    size_t n = strcspn(key, " ");
    arc_field_id field;
    memcpy(name, key, n);
    name[n] = 0;
    if (id) {
        assert_ok(arc_query_field(q, &field, name));
        assert_ok(arc_query_where_int(q, field, ARC_EQ, id));
    }
    arc_status st = run_query(q, how);
    arc_query_free(q);
    return st;
}

/* ---- what should come of it ---------------------------------------------------------------------------------------------- */

/* Nothing of the business is hidden from the role, and with system nothing of the platform's own. */
static int sees_all(const matrix *m, int system)
{
    for (uint32_t p = 0; p < arci_n_entities; p++) {
        const arci_entity *e = arci_entities[p];
        if (e->flags & (ARCI_E_RESERVED | ARCI_E_STATE) || (e->flags & ARCI_E_SYSTEM && !system)) continue;
        if ((m->role.rows_of[p] ? m->role.rows_of[p] : m->role.rows) != ARCI_ROWS_ALL) return 0;
        if (!m->role.verbs[(size_t)p * ARCI_N_VERBS + ARCI_DO_READ]) return 0;
        for (uint16_t i = 0; m->role.fields[p] && i < e->n_fields; i++) {
            if (m->role.fields[p][i] && m->role.fields[p][i] < ARCI_RIGHT_READ) return 0;
        }
    }
    return 1;
}

/* Rows that keep copies of other rows are read as they lie by those who see all of what is copied. */
static int shut(const matrix *m, const char *function, const arci_entity *e)
{
    static const char *const copies[] = { "pending_change", "proposal_line", "event", "event_personal" };
    for (int i = 0, reads = 0; i < 4; i++) {
        for (int k = 0; k < READERS; k++) reads |= !strcmp(function, readers[k]);
        if (reads && !strcmp(e->name, copies[i])) return !sees_all(m, i >= 2);
    }
    return 0;
}

/* By the document of the role alone. */
static char expected(const matrix *m, const char *function, uint32_t verb, const arci_entity *e, int t)
{
    static const char reach[][TARGETS + 1] = { "", "YNN", "YYN", "YYN", "YYN", "YYY" }; /* by ARCI_ROWS_* */
    const arci_entity *of = e;
    if (verb == ARCI_DO_READ && !strcmp(e->name, "item_state")) of = arci_entity_by_name("item", 4);
    if (verb == ARCI_DO_READ && !strcmp(e->name, "receipt_state")) of = arci_entity_by_name("receipt", 7);
    if (verb == ARCI_DO_READ && !strcmp(e->name, "account")) of = arci_entity_by_name("customer", 8);
    uint32_t p = arci_entity_position(of);
    int allowed = m->role.verbs[(size_t)p * ARCI_N_VERBS + verb];
    if (verb == ARCI_DO_LOAD) allowed &= m->role.verbs[(size_t)p * ARCI_N_VERBS + ARCI_DO_INSERT];
    if (!strcmp(function, "arc_aging_compute")) {
        allowed &= m->role.verbs[(size_t)arci_entity_position(arci_entity_by_name("receipt", 7)) * ARCI_N_VERBS + ARCI_DO_READ];
    }
    if (!allowed || (verb == ARCI_DO_READ && shut(m, function, e))) return 'F';
    if (!of->scope || !strcmp(function, "arc_query_explain") || !strcmp(function, "arc_hold_recheck")) return 'Y'; /* what is his is looked at */
    char c = reach[m->role.rows_of[p] ? m->role.rows_of[p] : m->role.rows][t];
    if (!strcmp(e->name, "account") && m->role.at == ARCI_AT_DOCUMENT && reach[m->role.rows_of[p] ? m->role.rows_of[p] : m->role.rows][2] != 'Y') return 'N';
    return c == 'N' && verb == ARCI_DO_INSERT && !strcmp(e->name, "customer") ? 'F' : c; /* adding a customer of somebody else's */
}

static char letter(arc_status st, int scoped)
{
    if (st == ARC_E_FORBIDDEN) return 'F';
    if (st == ARC_E_NOT_FOUND || st == ARC_E_REFERENCE) return scoped ? 'N' : 'Y'; /* an entity without owners may be empty */
    return st == ARC_OK || st == ARC_PARTIAL ? 'Y' : '?';
}

static void tell(matrix *m, int line, const char *function, const char *entity, const char *got)
{
    char *s = m->lines[line];
    if (!s[0]) snprintf(s, sizeof m->lines[line], "%s %s:", function, entity);
    size_t n = strlen(s);
    snprintf(s + n, sizeof m->lines[line] - n, " %s=%s", m->role_code, got);
}

static void compare(matrix *m, int line, const char *function, uint32_t verb, const arci_entity *e, const char *got)
{
    char want[TARGETS + 1] = "";
    for (int t = 0; t < TARGETS; t++) want[t] = expected(m, function, verb, e, t);
    if (strcmp(want, got) != 0) {
        arc_error err = ARC_ERROR_INIT;
        (void)arc_session_error(m->actor, &err);
        fail_msg("%s on %s as %s: %s, the role says %s (%s)", function, e->name, m->role_code, got, want, err.message);
    }
    tell(m, line, function, e->name, got);
}

static int drive_reading(matrix *m, int line)
{
    for (uint32_t p = 0; p < arci_n_entities; p++) {
        const arci_entity *e = arci_entities[p];
        if (e->flags & ARCI_E_RESERVED) continue;
        for (int how = 0; how < READERS; how++) {
            char got[TARGETS + 1] = "";
            if (how == GET && (e->key || !arci_entity_field_id(e, ARCI_FIELD_ID))) continue; /* its key is no id */
            for (int t = 0; t < TARGETS; t++) {
                arc_status st = read_one(m, e, how, t);
                got[t] = letter(st, e->scope != NULL);
            }
            compare(m, line++, readers[how], ARCI_DO_READ, e, got);
        }
    }
    return line;
}

static int drive_verbs(matrix *m, int line)
{
    for (int i = 0; i < DRIVERS; i++) {
        const arci_entity *e = arci_entity_by_name(drivers[i].entity, strlen(drivers[i].entity));
        int own_txn = drivers[i].verb == ARCI_DO_IMPORT_RUN || drivers[i].verb == ARCI_DO_MESSAGE_LEASE;
        char got[TARGETS + 1] = "";
        for (int t = 0; t < TARGETS; t++) {
            arc_txn *txn = NULL;
            if (!own_txn) assert_ok(arc_session_begin(m->actor, &txn, ARC_WRITE));
            arc_status st = drivers[i].run(m, t);
            got[t] = letter(st, e->scope != NULL);
            arc_txn_rollback(txn);
        }
        compare(m, line++, drivers[i].function, drivers[i].verb, e, got);
    }
    return line;
}

/* ---- tests ----------------------------------------------------------------------------------------------------------------- */

static const char *const asking[] = {
#define ARCI_VALUE(f)
#define ARCI_HOST(f)
#define ARCI_SESSION(f)
#define ARCI_HANDLE(f)
#define ARCI_READ(f) #f,
#define ARCI_VERB_OF(f, verb) #f,
#include "security/functions.def"
#undef ARCI_READ
#undef ARCI_VERB_OF
};

static void every_function_has_a_driver(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof asking / sizeof asking[0]; i++) {
        int driven = 0;
        for (int k = 0; k < DRIVERS; k++) driven |= !strcmp(drivers[k].function, asking[i]);
        for (int k = 0; k < READERS; k++) driven |= !strcmp(readers[k], asking[i]);
        if (!driven) fail_msg("%s asks for a permission and has no driver here", asking[i]);
    }
    for (int k = 0; k < DRIVERS; k++) {
        int known = 0;
        for (size_t i = 0; i < sizeof asking / sizeof asking[0]; i++) known |= !strcmp(drivers[k].function, asking[i]);
        if (!known) fail_msg("%s is driven but asks for nothing by the table", drivers[k].function);
    }
}

static void every_verb_has_a_driver(void **state)
{
    (void)state;
    for (uint32_t v = 0; v < ARCI_N_VERBS; v++) {
        int driven = v == ARCI_DO_READ || v == ARCI_DO_BOOK_CREATE || (arci_verbs[v].flags & ARCI_VERB_NAME); /* the host's: there are no roles yet */
        for (int k = 0; k < DRIVERS; k++) driven |= drivers[k].verb == v;
        if (!driven) fail_msg("%s.%s has no driver here", arci_verbs[v].entity ? arci_verbs[v].entity : "any", arci_verbs[v].name);
    }
}

static void check_golden(const matrix *m)
{
    const char *path = ARCORE_SOURCE_DIR "/tests/golden/access.txt";
    if (getenv("ARCORE_ACCEPT")) {
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        for (int i = 0; i < m->n_lines; i++) fprintf(f, "%s\n", m->lines[i]);
        fclose(f);
        return;
    }
    size_t len;
    char *text = test_read_file(path, &len), *line = text;
    for (int i = 0; i < m->n_lines; i++) {
        size_t n = strcspn(line, "\n");
        if (n != strlen(m->lines[i]) || memcmp(line, m->lines[i], n) != 0) {
            fail_msg("tests/golden/access.txt, line %d: %.*s\nis now: %s\nWhen meant, write it anew with ARCORE_ACCEPT=1.", i + 1, (int)n, line, m->lines[i]);
        }
        line += n + (line[n] == '\n');
    }
    assert_int_equal(*line, 0);
    free(text);
}

/* No shipped role posts on few rows; a book's own may. */
static const char *const other_roles[] = {
    "{\"code\":\"all_of_own\",\"name\":\"O\",\"rows\":\"own\",\"verbs\":[\"*.*\",\"@system.*\"]}",
    "{\"code\":\"all_of_now\",\"name\":\"N\",\"rows\":\"own\",\"owner_at\":\"now\",\"verbs\":[\"*.*\",\"@system.*\"]}",
    "{\"code\":\"all_of_team\",\"name\":\"T\",\"rows\":{\"*\":\"team\",\"contact\":\"own\"},\"verbs\":[\"*.*\",\"@system.*\"]}",
};
enum { N_OTHER = sizeof other_roles / sizeof other_roles[0] };

static void every_role(void **state)
{
    matrix *m = calloc(1, sizeof *m);
    arci_arena arena;
    arc_error none = ARC_ERROR_INIT;
    (void)state;
    found(m);
    found_stages(m);
    make_rows(m);
    arci_env env = { m->p.b.t.ctx, &none };
    arci_arena_init(&arena, env.ctx);
    for (uint32_t k = 0; k < arci_n_shipped_roles + N_OTHER; k++) {
        const char *json = k < arci_n_shipped_roles ? arci_shipped_roles[k] : other_roles[k - arci_n_shipped_roles];
        assert_ok(arci_role_read(&env, &arena, json, strlen(json), &m->role));
        if (k >= arci_n_shipped_roles) assert_session(&m->p.b, arc_role_define(m->p.b.session, NULL, json, SIZE_MAX));
        m->role_code = m->role.code;
        int64_t grant = people_grant(&m->p, "ann", m->role_code);
        m->actor = people_session(m->p.b.book, "ann");
        int line = drive_reading(m, 0);
        m->n_lines = drive_verbs(m, line);
        arc_session_close(m->actor);
        assert_session(&m->p.b, arc_role_revoke(m->p.b.session, NULL, grant, "next role"));
    }
    arci_arena_clear(&arena);
    check_golden(m);
    arc_session_close(m->host);
    arc_book_close(m->aside);
    people_close(&m->p);
    free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_function_has_a_driver),
        cmocka_unit_test(every_verb_has_a_driver),
        cmocka_unit_test(every_role),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
