/* SPDX-License-Identifier: Apache-2.0 */
/* What verbs will ask. A line too many costs the store a question, one too few a trip; conformance_postgresql_trips counts. */
#include <stddef.h>

#include "store/ahead.h"

#define LOCK(table) { table, NULL, NULL, NULL, NULL, NULL, 0 }
#define LOCK_ONE(table) { table, NULL, NULL, NULL, NULL, NULL, 1 }
#define TO(from, by, to, col) { from, by, to, col, NULL, NULL, 0 }
#define ONLY(from, by, to, col, only, is) { from, by, to, col, only, is, 0 }
#define HELD(from, to, col) { from, NULL, to, col, NULL, NULL, 0 }
#define HELD_ONLY(from, to, col, only, is) { from, NULL, to, col, only, is, 0 }
#define LOCK_TO(from, by, to, col) { from, by, to, col, NULL, NULL, 1 }
/* Series whose numbers leave no gap; they are drawn behind the lock. */
#define SERIES(code) { NULL, NULL, "number_series", NULL, "code", code, 0 }, { "number_series", "id", "number_series", "id", "gapless", NULL, 1 }, { "number_series", NULL, "number_series", NULL, "code", code, 0 }
#define ALL_HELD(to) { "book", NULL, to, NULL, NULL, NULL, 0 }
#define ALL(to) { NULL, NULL, to, NULL, NULL, NULL, 0 }
#define PLAN(verb, links) { verb, links, sizeof links / sizeof links[0] }

/* ---- invoices ---- */

#define INVOICE_PARTS_HELD HELD("invoice", "invoice_line", "invoice"), HELD("invoice", "invoice", "red_of"), HELD("invoice", "item", "invoice"), HELD("invoice", "invoice_item", "invoice")
#define INVOICE_PARTS TO("invoice", "id", "invoice_line", "invoice"), TO("invoice", "id", "invoice", "red_of"), TO("invoice", "id", "item", "invoice"), TO("invoice", "id", "invoice_item", "invoice")

static const arci_link credit[] = { ALL("book_setting"), INVOICE_PARTS };
static const arci_link red[] = { INVOICE_PARTS_HELD, TO("invoice", "id", "invoice_line", "invoice") };
static const arci_link void_[] = { ALL("book_setting"), LOCK_ONE("invoice"), INVOICE_PARTS, TO("invoice", "id", "invoice", "id"), ONLY("invoice", "id", "journal_entry", "source", "entity", "invoice") };
static const arci_link close_[] = { LOCK_ONE("invoice"), TO("invoice", "id", "invoice", "id"), TO("invoice", "id", "invoice", "red_of"), TO("invoice", "id", "item", "invoice") };
static const arci_link dates[] = { LOCK_ONE("invoice"), TO("invoice", "id", "invoice", "id"), TO("invoice", "id", "item", "invoice"), TO("item", "id", "item_state", "item") };
static const arci_link submit[] = { LOCK_ONE("invoice"), TO("invoice", "id", "invoice", "id"), TO("invoice", "customer", "customer", "id"), TO("invoice", "contract", "contract", "id") };
static const arci_link issue[] = { ALL("book_setting"), TO("invoice", "customer", "customer", "id") };

/* ---- items and money ---- */

static const arci_link settle[] = { ALL("book_setting"), TO("item_state", "item", "item", "id"), TO("receipt_state", "receipt", "receipt", "id") };
static const arci_link transfer[] = { TO("item", "id", "item", "id"), TO("item_state", "item", "item_state", "item"), LOCK_TO("item", "id", "item_state", "item"), TO("item", "customer", "customer", "id") };
static const arci_link record_item[] = { ALL("book_setting") };
static const arci_link dispute[] = { TO("item_state", "item", "item_state", "item"), TO("item_state", "item", "item", "id"), TO("item_state", "item", "dispute", "item") };
static const arci_link money_back[] = { TO("receipt_state", "receipt", "receipt_state", "receipt") };
static const arci_link bad_debt[] = { ALL("book_setting"), TO("item_state", "item", "item", "id") };
static const arci_link bill[] = { TO("bill", "id", "bill", "id"), TO("bill", "id", "bill_event", "bill"), TO("bill", "receipt", "receipt", "id"), TO("bill", "receipt", "allocation", "receipt"),
                                  TO("bill", "customer", "customer", "id") };
static const arci_link bill_back[] = { TO("bill", "id", "bill_event", "bill"), TO("bill", "receipt", "receipt", "id"), ONLY("bill", "id", "journal_entry", "source", "entity", "bill"),
                                       TO("journal_entry", "id", "journal_line", "journal_entry") };

/* ---- contracts, orders, deliveries ---- */

static const arci_link contract[] = { TO("contract", "id", "chain_state", "parent"), TO("contract", "id", "contract_change", "contract"), TO("contract", "id", "sales_order", "contract"),
                                      TO("contract", "id", "order_line", "contract"), TO("contract", "id", "item_state", "contract") };
static const arci_link contract_change[] = { TO("contract", "id", "chain_state", "parent"), TO("contract", "id", "contract_change", "contract") };
static const arci_link contract_plan[] = { TO("contract", "id", "milestone", "contract"), TO("contract", "id", "chain_state", "parent"), TO("contract", "customer", "customer", "id") };
static const arci_link order[] = { LOCK("sales_order"), TO("sales_order", "id", "sales_order", "id"), TO("sales_order", "id", "order_line", "sales_order"), TO("order_line", "id", "chain_state", "parent") };
static const arci_link order_confirm[] = { ALL("book_setting"), LOCK("sales_order"), TO("sales_order", "id", "sales_order", "id"), TO("sales_order", "id", "order_line", "sales_order"),
                                           LOCK_TO("sales_order", "customer", "customer", "id"), HELD("customer", "customer", "merged_into"), HELD("customer", "credit_limit", "customer"),
                                           HELD_ONLY("customer", "hold", "customer", "status", "active"), HELD_ONLY("sales_order", "hold", "document", "document_kind", "sales_order") };
static const arci_link delivery[] = { LOCK("delivery"), TO("delivery", "id", "delivery", "id"), TO("delivery", "id", "delivery_line", "delivery"), TO("delivery_line", "id", "chain_state", "parent") };
static const arci_link delivery_back[] = { LOCK("delivery"), TO("delivery", "id", "delivery", "id"), TO("delivery", "id", "delivery_line", "delivery"), HELD("delivery_line", "chain_state", "parent") };
static const arci_link request[] = { ALL("book_setting"), SERIES("invoice"), TO("invoice_request", "id", "invoice_request_line", "invoice_request"), TO("invoice_request", "customer", "customer", "id"),
                                     LOCK_TO("invoice_request", "contract", "contract", "id"), HELD("contract", "chain_state", "parent"), HELD("contract", "item_state", "contract") };

/* ---- books and people ---- */

static const arci_link roles[] = { ALL("role") };
static const arci_link grants[] = { ALL("role_grant") };
static const arci_link merges[] = { ALL_HELD("merge_record") };
static const arci_link letters[] = { ALL("merge_record"), SERIES("statement_letter") };
static const arci_link score_override[] = { TO("score", "id", "score", "id"), TO("score", "id", "score", "request"), TO("score", "txn", "txn", "id") };
static const arci_link provision[] = { ALL("book_setting"), ALL_HELD("merge_record") };
static const arci_link voucher[] = { TO("voucher", "id", "voucher_entry", "voucher"), TO("voucher_entry", "journal_entry", "journal_entry", "id"), TO("voucher_entry", "journal_entry", "journal_line", "journal_entry") };
static const arci_link revaluation[] = { TO("revaluation", "id", "revaluation", "id"), TO("revaluation", "id", "revaluation", "reverses"), TO("revaluation", "id", "revaluation_line", "revaluation") };
static const arci_link fields[] = { ALL("custom_field") };

const arci_plan arci_plans[] = {
    PLAN("allocation.apply", settle),
    PLAN("bill.collect", bill),
    PLAN("bill.dishonour", bill),
    PLAN("bill.return", bill),
    PLAN("bill.reverse", bill_back),
    PLAN("contract.amend", contract_change),
    PLAN("contract.close", contract),
    PLAN("contract.plan", contract_plan),
    PLAN("contract.reopen", contract_change),
    PLAN("contract.terminate", contract),
    PLAN("custom_field.alter", fields),
    PLAN("customer.merge", merges),
    PLAN("delivery.cancel", delivery_back),
    PLAN("delivery.refuse", delivery_back),
    PLAN("delivery.ship", delivery),
    PLAN("delivery.sign", delivery),
    PLAN("dispute.dispute", dispute),
    PLAN("invoice.close", close_),
    PLAN("invoice.credit", credit),
    PLAN("invoice.credit_draft", credit),
    PLAN("invoice.date", dates),
    PLAN("invoice.deliver", dates),
    PLAN("invoice.issue", issue),
    PLAN("invoice.red_issued", red),
    PLAN("invoice.red_status", red),
    PLAN("invoice.submit", submit),
    PLAN("invoice.void", void_),
    PLAN("invoice_request.issue", request),
    PLAN("invoice_request.send", request),
    PLAN("invoice_request.submit", request),
    PLAN("item.record", record_item),
    PLAN("item.transfer", transfer),
    PLAN("provision_run.run", provision),
    PLAN("receipt.return", money_back),
    PLAN("receipt.unclaim", money_back),
    PLAN("revaluation.reverse", revaluation),
    PLAN("role.define", roles),
    PLAN("role.install", roles),
    PLAN("role.revise", grants),
    PLAN("role_grant.grant", grants),
    PLAN("sales_order.cancel", order),
    PLAN("sales_order.close", order),
    PLAN("sales_order.confirm", order_confirm),
    PLAN("score.override_approve", score_override),
    PLAN("statement_letter.make", letters),
    PLAN("voucher.rebuild", voucher),
    PLAN("write_off_request.approve", bad_debt),
    PLAN("write_off_request.recover", bad_debt),
    { NULL, NULL, 0 },
};
