/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/allot_journal.h"

#include <string.h>

arci_base_parts arci_base_parts_of(int64_t base, int64_t amount, int64_t discount, int64_t write_off)
{
    int64_t settled = amount + discount + write_off;
    arci_base_parts b = { 0, arci_part_of(base, discount, settled), arci_part_of(base, write_off, settled) };
    b.amount = base - b.discount - b.write_off;
    return b;
}

const char *arci_reason_role(const char *reason_code)
{
    static const struct {
        const char *code, *role;
    } roles[] = { { "small_difference", ARCI_ROLE_SMALL_DIFFERENCE },
                  { "bank_fee", ARCI_ROLE_BANK_FEE },
                  { "bad_debt", ARCI_ROLE_ALLOWANCE },
                  { "unearned_discount", ARCI_ROLE_DISCOUNT } };
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if (strcmp(roles[i].code, reason_code) == 0) return roles[i].role;
    }
    return ARCI_ROLE_DEDUCTION;
}

/* The roles are static in the journal: a row read from the store names one that lives as long as the arena. */
static const char *role_of(const arc_value *v)
{
    return v->type == ARC_V_TEXT ? v->u.s : ARCI_ROLE_SMALL_DIFFERENCE;
}

/* Between two currencies: out of the receipt's, into the item's, at what the receipt was booked at. */
static void exchange(arci_journal *j, const arc_value *row, const arci_side *item, const arci_side *credit, int64_t amount, int64_t worth)
{
    int64_t out = -worth;
    arci_journal_line(j, ARCI_ROLE_EXCHANGE, credit->currency, -row[ARCI_AL_CREDIT_AMOUNT].u.i, &out);
    arci_journal_line(j, ARCI_ROLE_EXCHANGE, item->currency, item->domestic ? worth : amount, &worth);
}

/* A credit item of the same customer stands in the same control account as what it settles: only what differs is told. */
static void both_sides(arci_journal *j, const arc_value *row, const arci_side *item, const arci_side *credit, const int64_t *from_item, const int64_t *from_credit)
{
    int64_t amount = row[ARCI_AL_AMOUNT].u.i, given_up = row[ARCI_AL_DISCOUNT].u.i + row[ARCI_AL_WRITE_OFF].u.i;
    int64_t base = from_item ? -*from_item : 0;
    if (credit && item->role == credit->role && item->customer == credit->customer) {
        if (from_credit) base += *from_credit;
        arci_journal_line(j, item->role, item->currency, -given_up, from_item && from_credit ? &base : NULL);
        return;
    }
    if (credit) {
        int64_t out = row[ARCI_AL_CREDIT_AMOUNT].type != ARC_V_NULL ? row[ARCI_AL_CREDIT_AMOUNT].u.i : amount;
        arci_journal_line_of(j, credit->customer, credit->role, credit->currency, out, from_credit);
    }
    arci_journal_line(j, item->role, item->currency, -(amount + given_up), from_item ? &base : NULL);
}

/* A debt that changes hands stands in the same control account, of another customer. */
static void account_for(arci_posting *p, const arc_value *row, int64_t id, const arci_side *item, const arci_side *credit)
{
    int64_t amount = row[ARCI_AL_AMOUNT].u.i, discount = row[ARCI_AL_DISCOUNT].u.i, write_off = row[ARCI_AL_WRITE_OFF].u.i;
    const char *purpose = row[ARCI_AL_REVERSES].type != ARC_V_NULL ? "reversal" : credit ? "allocation" : "write_off";
    const arci_entry e = { .date = (arc_date)row[ARCI_AL_DATE].u.i, .purpose = purpose, .entity = "allocation", .source = id, .customer = item->customer,
                           .person = &row[ARCI_AL_OWNER] };
    arci_journal *j = &p->journal;
    int has_item = row[ARCI_AL_ITEM_BASE].type != ARC_V_NULL, has_credit = row[ARCI_AL_CREDIT_BASE].type != ARC_V_NULL;
    int64_t from_item = has_item ? row[ARCI_AL_ITEM_BASE].u.i : 0, from_credit = has_credit ? row[ARCI_AL_CREDIT_BASE].u.i : 0;
    const arci_base_parts parts = arci_base_parts_of(from_item, amount, discount, write_off);
    arci_journal_open(j, &e);
    both_sides(j, row, item, credit, has_item ? &from_item : NULL, has_credit ? &from_credit : NULL);
    if (row[ARCI_AL_CREDIT_AMOUNT].type != ARC_V_NULL) exchange(j, row, item, credit, amount, from_credit);
    arci_journal_line(j, ARCI_ROLE_DISCOUNT, item->currency, discount, has_item ? &parts.discount : NULL);
    arci_journal_line(j, role_of(&row[ARCI_AL_ROLE]), item->currency, write_off, has_item ? &parts.write_off : NULL);
    if (row[ARCI_AL_FX].type == ARC_V_NULL) return;
    int64_t loss = -row[ARCI_AL_FX].u.i;
    arci_journal_line(j, ARCI_ROLE_FX_REALISED, item->currency, item->domestic ? loss : 0, &loss);
}

void arci_allot_account(arci_allot *a)
{
    for (uint32_t r = 0; r < a->rows->n_rows; r++) {
        const arc_value *row = arci_batch_row(a->rows, r);
        const arci_side *credit = row[ARCI_AL_RECEIPT].type == ARC_V_INT ? arci_sides_find(&a->receipts, row[ARCI_AL_RECEIPT].u.i)
                                  : row[ARCI_AL_CREDIT_ITEM].type == ARC_V_INT ? arci_sides_find(&a->items, row[ARCI_AL_CREDIT_ITEM].u.i)
                                                                               : NULL;
        account_for(a->p, row, arci_batch_id(a->rows, r), arci_sides_find(&a->items, row[ARCI_AL_ITEM].u.i), credit);
    }
}
