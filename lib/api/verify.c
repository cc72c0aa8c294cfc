/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that knows the checks of all layers. */
#include "billing/checks.h"
#include "cash/checks.h"
#include "dunning/checks.h"
#include "ledger/checks.h"
#include "rules/checks.h"

arc_status arc_book_verify(arc_book *book, arc_verify_summary *summary, arc_finding_fn report, void *user,
                           const arc_verify_options *options)
{
    const arci_check_list lists[] = { { arci_store_checks, arci_n_store_checks },
                                      { arci_audit_checks, arci_n_audit_checks },
                                      { arci_ledger_checks, arci_n_ledger_checks },
                                      { arci_rules_checks, arci_n_rules_checks },
                                      { arci_billing_checks, arci_n_billing_checks },
                                      { arci_cash_checks, arci_n_cash_checks }, { arci_dunning_checks, arci_n_dunning_checks } };
    arci_book *b;
    arc_status st = arci_book_enter(book, &b);
    if (st != ARC_OK) return st;
    return arci_book_leave(b, arci_verify_run(b, summary, report, user, options, lists, sizeof lists / sizeof lists[0]));
}
