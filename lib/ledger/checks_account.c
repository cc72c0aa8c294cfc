/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts against the states of items and receipts: those are checked on their own. */
#include <string.h>

#include "ledger/accounts.h"
#include "ledger/checks.h"
#include "ledger/items.h"
#include "store/stream.h"

static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

static arc_status wrong(arci_verify *v, const char *field, int64_t customer, int64_t is, int64_t should)
{
    return arci_finding(v, "account", field, customer, "is %lld, recomputed %lld", "现值 %lld，重算值 %lld", (long long)is, (long long)should);
}

enum { ITEM, CUSTOMER, CURRENCY, KIND, OPEN, DUE_DATE };
static const char state_fields[] = "item customer currency kind open due_date";

typedef struct account_sums {
    arci_accounts now, ever; /* ever: the earliest due date of all items, settled ones too, is `oldest_due` */
    int64_t moved;           /* the earliest that agreements moved in the book */
} account_sums;

static void note_due(arci_account_change *c, int64_t due)
{
    if (c->oldest_due == ARC_DATE_NONE || due < c->oldest_due) c->oldest_due = (arc_date)due;
}

static arc_status sum_moved(arci_txn *t, arci_verify *v, account_sums *sums)
{
    arci_stream s;
    sums->moved = INT64_MAX;
    arc_status st = arci_stream_open(t, v, &s, "adjustment", "id due_date old_due_date", NULL);
    for (; st == ARC_OK && s.row; st = arci_stream_next(&s)) {
        for (int c = 1; c < 3; c++) if (s.row[c].type == ARC_V_INT && s.row[c].u.i < sums->moved) sums->moved = s.row[c].u.i;
    }
    arci_stream_close(&s);
    return st;
}

static arc_status sum_items(arci_txn *t, arci_verify *v, account_sums *sums)
{
    arci_stream s;
    arc_status st = arci_stream_open(t, v, &s, "item_state", state_fields, NULL);
    for (; st == ARC_OK && s.row; st = st == ARC_OK ? arci_stream_next(&s) : st) {
        int counts = arci_item_counts(&s.row[KIND]);
        if (counts == ARCI_COUNTS_NOT) continue;
        char currency[4] = { 0 };
        memcpy(currency, s.row[CURRENCY].u.s, 3);
        arci_account_change *c = arci_accounts_at(&sums->now, int_of(&s.row[CUSTOMER]), currency);
        arci_account_change *ever = c ? arci_accounts_at(&sums->ever, int_of(&s.row[CUSTOMER]), currency) : NULL;
        if (!ever) {
            st = arci_nomem(t->env);
            break;
        }
        if (s.row[DUE_DATE].type == ARC_V_INT) note_due(ever, int_of(&s.row[DUE_DATE]));
        if (counts == ARCI_COUNTS_ESTIMATED) {
            arci_acc_add(&c->estimated, int_of(&s.row[OPEN]));
            continue;
        }
        arci_acc_add(&c->open, int_of(&s.row[OPEN]));
        c->n_open += int_of(&s.row[OPEN]) != 0;
        if (int_of(&s.row[OPEN]) > 0) arci_account_due(&sums->now, c, &s.row[DUE_DATE], int_of(&s.row[OPEN]));
        if (c->due.bad & 2) st = arci_nomem(t->env);
        if (int_of(&s.row[OPEN]) > 0 && s.row[DUE_DATE].type == ARC_V_INT) note_due(c, int_of(&s.row[DUE_DATE]));
    }
    arci_stream_close(&s);
    return st;
}

static arc_status sum_receipts(arci_txn *t, arci_verify *v, account_sums *sums)
{
    static const char fields[] = "customer currency unapplied value_date returned_on";
    arci_stream s;
    arc_status st = arci_stream_open(t, v, &s, "receipt_state", fields, NULL);
    for (; st == ARC_OK && s.row; st = arci_stream_next(&s)) {
        char currency[4] = { 0 };
        memcpy(currency, s.row[1].u.s, 3);
        arci_account_change *c = arci_accounts_at(&sums->now, int_of(&s.row[0]), currency);
        if (!c) {
            st = arci_nomem(t->env);
            break;
        }
        arci_acc_add(&c->unapplied, int_of(&s.row[2]));
        if (s.row[4].type == ARC_V_NULL && int_of(&s.row[3]) > c->last_receipt_on) c->last_receipt_on = (arc_date)int_of(&s.row[3]);
    }
    arci_stream_close(&s);
    return st;
}

/* The oldest due date may be one of what has been settled since: early, never late; one that nothing ever had is wrong. */
static arc_status check_days(arci_verify *v, account_sums *sums, const arci_account_change *c, const arc_value *row)
{
    const arci_account_change *ever = arci_accounts_at(&sums->ever, c->customer, c->currency);
    if (!ever) return ARC_E_NOMEM;
    const int64_t first = ever->oldest_due != ARC_DATE_NONE && ever->oldest_due < sums->moved ? ever->oldest_due : sums->moved;
    const int64_t last = row[7].type == ARC_V_INT ? row[7].u.i : ARC_DATE_NONE;
    const int open = c->oldest_due != ARC_DATE_NONE, told = row[6].type == ARC_V_INT;
    arc_status st = ARC_OK;
    if (last != c->last_receipt_on) st = wrong(v, "last_receipt_on", c->customer, int_of(&row[7]), c->last_receipt_on == ARC_DATE_NONE ? 0 : c->last_receipt_on);
    if (st != ARC_OK || (!told && !open) || (told && c->n_open && row[6].u.i >= first && (!open || row[6].u.i <= c->oldest_due))) return st;
    return wrong(v, "oldest_due", c->customer, int_of(&row[6]), open ? c->oldest_due : 0);
}

/* By due date: what is kept, and what items come to. */
static arc_status check_due_days(arci_verify *v, arci_account_change *c, const arc_value *kept)
{
    size_t at = 0;
    uint32_t k = 0;
    arci_due_day d;
    int more;
    arci_due_days_merge(&c->due);
    for (more = arci_due_days_next(kept, &at, &d); more > 0; more = arci_due_days_next(kept, &at, &d)) {
        if (k == c->due.n || c->due.list[k].day != d.day || c->due.list[k].open != d.open) break;
        k++;
    }
    const int same = !more && k == c->due.n;
    const int64_t should = k < c->due.n ? c->due.list[k].open : 0;
    c->due.n = 0; /* what is left over has no account */
    return same ? ARC_OK : wrong(v, "due_days", c->customer, more > 0 ? d.open : 0, should);
}

/* Compares one kept account with its sums, which are zeroed so that what is left over has no account. */
static arc_status check_account(arci_verify *v, account_sums *sums, const arc_value *row)
{
    char currency[4] = { 0 };
    memcpy(currency, row[1].u.s, 3);
    int64_t customer = int_of(&row[0]), open, unapplied, estimated;
    arci_account_change *c = arci_accounts_at(&sums->now, customer, currency);
    if (!c) return ARC_E_NOMEM;
    if (arci_acc_get(&c->open, &open) || arci_acc_get(&c->unapplied, &unapplied) || arci_acc_get(&c->estimated, &estimated)) {
        return arci_finding(v, "account", "open", customer, "the sum of its items leaves int64", "应收合计超出范围");
    }
    arc_status st = ARC_OK;
    if (int_of(&row[2]) != open) st = wrong(v, "open", customer, int_of(&row[2]), open);
    if (st == ARC_OK && int_of(&row[3]) != unapplied) st = wrong(v, "unapplied", customer, int_of(&row[3]), unapplied);
    if (st == ARC_OK && int_of(&row[4]) != c->n_open) st = wrong(v, "n_open", customer, int_of(&row[4]), c->n_open);
    if (st == ARC_OK && int_of(&row[5]) != estimated) st = wrong(v, "estimated", customer, int_of(&row[5]), estimated);
    if (st == ARC_OK) st = check_days(v, sums, c, row);
    if (st == ARC_OK) st = check_due_days(v, c, &row[8]);
    memset(&c->open, 0, sizeof c->open);
    memset(&c->estimated, 0, sizeof c->estimated);
    memset(&c->unapplied, 0, sizeof c->unapplied);
    return st;
}

arc_status arci_check_accounts(arci_verify *v, arci_txn *t)
{
    static const char fields[] = "customer currency open unapplied n_open estimated oldest_due last_receipt_on due_days";
    account_sums sums;
    arci_stream s;
    memset(&s, 0, sizeof s);
    arci_accounts_init(&sums.now, t->env->ctx);
    arci_accounts_init(&sums.ever, t->env->ctx);
    arc_status st = sum_items(t, v, &sums);
    if (st == ARC_OK) st = sum_moved(t, v, &sums);
    if (st == ARC_OK) st = sum_receipts(t, v, &sums);
    if (st == ARC_OK) st = arci_stream_open(t, v, &s, "account", fields, "currency");
    while (st == ARC_OK && s.row) {
        st = check_account(v, &sums, s.row);
        if (st == ARC_OK) st = arci_stream_next(&s);
    }
    for (uint32_t i = 0; st == ARC_OK && i < sums.now.n; i++) {
        const arci_account_change *c = &sums.now.changes[i];
        if (!c->open.lo && !c->open.hi && !c->unapplied.lo && !c->unapplied.hi && !c->estimated.lo && !c->estimated.hi) continue;
        st = arci_finding(v, "account", "customer", c->customer, "there is no account in %s for its items and receipts", "缺少 %s 往来账户", c->currency);
    }
    arci_stream_close(&s);
    arci_accounts_clear(&sums.now);
    arci_accounts_clear(&sums.ever);
    return st == ARC_E_NOMEM ? arci_nomem(t->env) : st;
}
