/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/items.h"

#include <string.h>

#include "arcore/types.h"

/* In the order of ARCI_ITEM_*. */
const char arci_item_fields[] =
    "number seq kind customer currency amount business_date base_date due_date invoice contract sales_order delivery project store origin "
    "base_currency base_amount discounts owner team region department remark milestone business_line channel bill tax_amount reason_code parts account_role";
static const char state_fields[] =
    "item customer currency kind due_date business_date open settled_on dunning_level owner team region base_currency base_open parts contract sales_order delivery episode expected";
enum {
    S_ITEM, S_CUSTOMER, S_CURRENCY, S_KIND, S_DUE_DATE, S_BUSINESS_DATE, S_OPEN, S_SETTLED_ON, S_DUNNING_LEVEL, S_OWNER, S_TEAM, S_REGION,
    S_BASE_CURRENCY, S_BASE_OPEN, S_PARTS, S_CONTRACT, S_EPISODE = S_CONTRACT + 3, S_EXPECTED
};

#define MORE_MAX 8u /* batches written behind the items */

static int is(const arc_value *v, const char *s)
{
    return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0;
}

int arci_item_counts(const arc_value *kind)
{
    return is(kind, "planned") ? ARCI_COUNTS_NOT : is(kind, "estimated") ? ARCI_COUNTS_ESTIMATED : ARCI_COUNTS_OPEN;
}

arc_status arci_items_new(arci_txn *t, arci_arena *arena, arci_items *out, uint32_t n)
{
    const arci_shape *item_shape, *state_shape;
    arc_status st = arci_shape_get(t, &item_shape, "item", arci_item_fields);
    if (st == ARC_OK) st = arci_shape_get(t, &state_shape, "item_state", state_fields);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &out->items, item_shape, ARC_WRITE_INSERT, n, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &out->states, state_shape, ARC_WRITE_INSERT, n, ARCI_BATCH_UNCHECKED, NULL, 0);
    return st;
}

arc_status arci_items_ids(arci_txn *t, arci_items *items) { return arci_batch_ids(t, items->items); }

static void fill_state(arc_value *v, const arc_value *item, int64_t id)
{
    int64_t amount = item[ARCI_ITEM_AMOUNT].u.i;
    v[S_ITEM] = arci_v_int(id);
    v[S_CUSTOMER] = item[ARCI_ITEM_CUSTOMER];
    v[S_CURRENCY] = item[ARCI_ITEM_CURRENCY];
    v[S_KIND] = item[ARCI_ITEM_KIND];
    v[S_DUE_DATE] = item[ARCI_ITEM_DUE_DATE];
    v[S_BUSINESS_DATE] = item[ARCI_ITEM_BUSINESS_DATE];
    v[S_OPEN] = arci_v_int(amount);
    if (!amount) v[S_SETTLED_ON] = item[ARCI_ITEM_BUSINESS_DATE];
    v[S_DUNNING_LEVEL] = v[S_EPISODE] = arci_v_int(0);
    for (int k = 0; k < 3; k++) v[S_OWNER + k] = item[ARCI_ITEM_OWNER + k];
    v[S_BASE_CURRENCY] = item[ARCI_ITEM_BASE_CURRENCY];
    v[S_BASE_OPEN] = item[ARCI_ITEM_BASE_AMOUNT];
    v[S_PARTS] = item[ARCI_ITEM_PARTS];
    if (!amount || arci_item_counts(&item[ARCI_ITEM_KIND]) == ARCI_COUNTS_OPEN) return;
    for (int k = 0; k < 3; k++) v[S_CONTRACT + k] = item[ARCI_ITEM_CONTRACT + k];
    v[S_EXPECTED] = arci_v_int(1);
}

static arc_status move_account(arci_txn *t, arci_accounts *accounts, const arc_value *item)
{
    int64_t amount = item[ARCI_ITEM_AMOUNT].u.i;
    const arc_value *due = &item[ARCI_ITEM_DUE_DATE];
    int counts = arci_item_counts(&item[ARCI_ITEM_KIND]);
    char currency[4] = { 0 };
    if (counts == ARCI_COUNTS_NOT) return ARC_OK;
    memcpy(currency, item[ARCI_ITEM_CURRENCY].u.s, 3);
    arci_account_change *c = arci_accounts_at(accounts, item[ARCI_ITEM_CUSTOMER].u.i, currency);
    if (!c) return arci_nomem(t->env);
    if (counts == ARCI_COUNTS_ESTIMATED) {
        arci_acc_add(&c->estimated, amount);
        return ARC_OK;
    }
    arci_account_deal(c, &item[ARCI_ITEM_KIND], amount, item[ARCI_ITEM_SEQ].u.i, (arc_date)item[ARCI_ITEM_BUSINESS_DATE].u.i);
    arci_acc_add(&c->open, amount);
    if (amount) c->n_open++;
    if (amount > 0) arci_account_due(accounts, c, due, amount);
    if (amount > 0 && due->type == ARC_V_INT && (c->oldest_due == ARC_DATE_NONE || (arc_date)due->u.i < c->oldest_due)) {
        c->oldest_due = (arc_date)due->u.i;
    }
    return ARC_OK;
}

arc_status arci_items_write_with(arci_txn *t, arci_items *items, arci_accounts *accounts, arci_batch *const *more, uint32_t n_more)
{
    arci_batch *all[2 + MORE_MAX] = { items->items, items->states };
    arc_status st = n_more <= MORE_MAX ? arci_batch_ids(t, items->items) : arci_fail(t->env, ARC_E_INTERNAL, "too many batches", "批次过多");
    for (uint32_t i = 0; st == ARC_OK && i < items->items->n_rows; i++) {
        const arc_value *item = arci_batch_row(items->items, i);
        fill_state(arci_batch_row(items->states, i), item, arci_batch_id(items->items, i));
        st = move_account(t, accounts, item);
    }
    for (uint32_t i = 0; st == ARC_OK && i < n_more; i++) all[2 + i] = more[i];
    return st == ARC_OK ? arci_repo_write(t, all, 2 + n_more, NULL) : st;
}

arc_status arci_items_write(arci_txn *t, arci_items *items, arci_accounts *accounts)
{
    return arci_items_write_with(t, items, accounts, NULL, 0);
}

arc_status arci_items_write_some(arci_txn *t, arci_items *items, arci_accounts *accounts, uint32_t *refused)
{
    uint32_t n = 0;
    arc_status st = arci_batch_ids(t, items->items);
    if (st == ARC_OK) st = arci_repo_write(t, &items->items, 1, refused);
    for (uint32_t i = 0; st == ARC_OK && i < items->items->n_rows; i++) {
        const arc_value *item = arci_batch_row(items->items, i);
        if (items->items->results[i] != ARC_ROW_OK) continue;
        fill_state(arci_batch_row(items->states, n++), item, arci_batch_id(items->items, i));
        st = move_account(t, accounts, item);
    }
    items->states->n_rows = n;
    return st == ARC_OK && n ? arci_repo_write(t, &items->states, 1, NULL) : st;
}
