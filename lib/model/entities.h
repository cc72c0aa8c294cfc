/* SPDX-License-Identifier: Apache-2.0 */
/* Short forms in which lib/model/entities_*.c describe fields, and the list of all entities.
 *
 * How numbers are given. Entities: by group, with room behind each group: 1 platform, 40 events and proposals, 60 people and
 * organisation, 100 customers, 150 credit, 200 contracts to invoices, 260 promotions and channels, 300 the ledger,
 * 350 bank and bills, 400 rules and dunning, 430 work, 460 insight. The next free number of the group is taken, never one used
 * before. Fields: 1 to 4 are system columns, the rest counts up from 10 in the order of the array; derived fields count up
 * from 1000. A new field goes behind the last of its kind. */
#ifndef ARCI_MODEL_ENTITIES_H
#define ARCI_MODEL_ENTITIES_H

#include "model/schema.h"

#define R_ ARCI_F_REQUIRED
#define P_ ARCI_F_PERSONAL
#define V_ ARCI_F_VERB
#define L_ ARCI_F_LOOSE
#define K_ ARCI_F_CACHE
#define I_ ARCI_F_IMMUTABLE
#define D_ ARCI_F_DERIVED
#define B_ ARCI_F_EMPTY

#define ARCI_CODE_SIZE 24u
#define ARCI_JSON_SIZE 1048576u

/* F_<type>(id, flags, name, [currency field, scale, entity or code list], labels, help); text has its size before the name. */
#define F_TEXT(i, fl, size, n, en, zh, h) { i, ARC_T_TEXT, fl, size, n, NULL, en, zh, h, 1 }
#define F_CUR(i, fl, n, en, zh, h) { i, ARC_T_TEXT, fl, 3, n, "currency", en, zh, h, 1 }
#define F_INT(i, fl, n, en, zh, h) { i, ARC_T_INT, fl, 0, n, NULL, en, zh, h, 1 }
#define F_BOOL(i, fl, n, en, zh, h) { i, ARC_T_BOOL, fl, 0, n, NULL, en, zh, h, 1 }
#define F_DATE(i, fl, n, en, zh, h) { i, ARC_T_DATE, fl, 0, n, NULL, en, zh, h, 1 }
#define F_STAMP(i, fl, n, en, zh, h) { i, ARC_T_STAMP, fl, 0, n, NULL, en, zh, h, 1 }
#define F_MONEY(i, fl, n, cur, en, zh, h) { i, ARC_T_MONEY, fl, 0, n, cur, en, zh, h, 1 }
#define F_DEC(i, fl, n, scale, en, zh, h) { i, ARC_T_DECIMAL, fl, scale, n, NULL, en, zh, h, 1 }
#define F_CODE(i, fl, n, list, en, zh, h) { i, ARC_T_CODE, fl, ARCI_CODE_SIZE, n, list, en, zh, h, 1 }
#define F_JSON(i, fl, n, en, zh, h) { i, ARC_T_JSON, fl, ARCI_JSON_SIZE, n, NULL, en, zh, h, 1 }
#define F_BLOB(i, fl, n, size, en, zh, h) { i, ARC_T_BLOB, fl, size, n, NULL, en, zh, h, 1 }
#define F_REF(i, fl, n, entity, en, zh, h) { i, ARC_T_ID, fl, 0, n, entity, en, zh, h, 1 }

/* System columns. txn is loose: a key to txn would cost a lookup for every row written, and verify checks it. */
#define SYS_ID { ARCI_FIELD_ID, ARC_T_ID, R_ | V_ | I_, 0, "id", NULL, "Id", "内部编号", "Number of the row in its book.", 1 }
#define SYS_VERSION \
    { ARCI_FIELD_VERSION, ARC_T_INT, R_ | V_, 0, "version", NULL, "Version", "版本", "1, 2, 3 ...: optimistic lock.", 1 }
#define SYS_TXN \
    { ARCI_FIELD_TXN, ARC_T_ID, R_ | V_ | L_, 0, "txn", "txn", "Transaction", "事务", "Transaction that wrote the row last.", 1 }
#define SYS_CUSTOM \
    { ARCI_FIELD_CUSTOM, ARC_T_JSON, 0, ARCI_JSON_SIZE, "custom", NULL, "Custom fields", "自定义字段", \
      "JSON object of the book's own x_ fields.", 1 }
#define SYS_APPEND SYS_ID, SYS_TXN                              /* append-only rows */
#define SYS_APPEND_CUSTOM SYS_ID, SYS_TXN, SYS_CUSTOM           /* append-only documents */
#define SYS_STATE SYS_VERSION, SYS_TXN                          /* states: the key is another row's id */
#define SYS_ROW SYS_ID, SYS_VERSION, SYS_TXN                    /* rows that change */
#define SYS_MASTER SYS_ID, SYS_VERSION, SYS_TXN, SYS_CUSTOM     /* master data */

#define E_RES ARCI_E_RESERVED
#define E_VER ARCI_E_VERSIONED
#define E_APP ARCI_E_APPEND_ONLY
#define E_CUS ARCI_E_CUSTOM
#define E_STA ARCI_E_STATE
#define E_MAS ARCI_E_MASTER
#define E_SYS ARCI_E_SYSTEM
#define E_ERA ARCI_E_ERASABLE
#define E_UNT ARCI_E_UNTOLD

#define ARCI_COUNT(a) (uint16_t)(sizeof(a) / sizeof((a)[0]))
/* n: name; fields in n##_fields, indexes in n##_indexes. PLAIN: no index but the primary key. PART: of the document `root` points at. */
#define ARCI_PART(n, id, flags, key, scope, root, en, zh, help) \
    const arci_entity arci_entity_##n = { id, 1, flags, #n, en, zh, help, key, scope, n##_fields, n##_indexes, \
                                          ARCI_COUNT(n##_fields), ARCI_COUNT(n##_indexes), root }
#define ARCI_PART_PLAIN(n, id, flags, key, scope, root, en, zh, help) \
    const arci_entity arci_entity_##n = { id, 1, flags, #n, en, zh, help, key, scope, n##_fields, NULL, \
                                          ARCI_COUNT(n##_fields), 0, root }
#define ARCI_ENTITY(n, id, flags, key, scope, en, zh, help) ARCI_PART(n, id, flags, key, scope, NULL, en, zh, help)
#define ARCI_ENTITY_PLAIN(n, id, flags, key, scope, en, zh, help) ARCI_PART_PLAIN(n, id, flags, key, scope, NULL, en, zh, help)

/* All entities, in id order. */
#define ARCI_ENTITIES(X) \
    X(book) X(txn) X(request) X(number_series) X(definition) X(book_setting) X(custom_field) X(custom_index) X(calendar) \
    X(exchange_rate) X(import_job) X(external_id) X(attachment) X(fiscal_period) X(period_lock) X(attachment_part) X(attachment_withdrawal) \
    X(seal) X(event) X(event_personal) X(message) X(proposal) X(proposal_line) X(pending_change) X(seal_queue) X(message_lease) \
    X(user_account) X(org_unit) X(project) X(role) X(role_grant) X(access_token) X(denial) \
    X(customer) X(customer_group) X(contact) X(invoice_title) X(bank_account) X(customer_alias) X(interaction) X(account) \
    X(merge_record) X(duplicate_decision) X(payer_evidence) \
    X(credit_limit) X(credit_check) X(credit_request) X(score) X(hold) X(guarantee) X(collateral) X(commitment) \
    X(contract) X(milestone) X(sales_order) X(order_line) X(delivery) X(delivery_line) X(product) X(tax_code) \
    X(invoice_request) X(invoice_request_line) X(invoice) X(invoice_line) X(invoice_item) X(chain_state) X(contract_change) \
    X(promotion) X(coupon) X(rebate_agreement) X(rebate_claim) X(rebate_claim_line) X(channel_store) X(payout) X(payout_line) \
    X(item) X(item_state) X(receipt) X(receipt_state) X(allocation) X(adjustment) X(dispute) X(promise) X(payment_plan) \
    X(payment_plan_line) X(write_off_request) X(journal_entry) X(journal_line) X(voucher) X(voucher_entry) X(flag) \
    X(revaluation) X(revaluation_line) X(receipt_claim) X(level_change) \
    X(bill) X(bank_statement) X(statement_line) X(statement_letter) X(bill_event) X(match_model) \
    X(dunning_run) X(dunning_notice) X(rule_firing) X(evaluation_date) X(rule_head) X(rule_state) X(host_call) X(dunning_notice_item) \
    X(task) X(approval) X(approval_step) X(delegation) \
    X(target) X(provision_run) X(provision_line) X(forecast_run) X(forecast_line) X(payment_tracking)

#define ARCI_ENTITY_EXTERN(n) extern const arci_entity arci_entity_##n;
ARCI_ENTITIES(ARCI_ENTITY_EXTERN)

#endif
