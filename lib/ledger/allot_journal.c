/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/allot_journal.h"

#include <stdlib.h>
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
                  { "commission", ARCI_ROLE_COMMISSION },
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

/* What is given up belongs to the item's department, project and business line. */
typedef struct item_dims {
    arci_rows rows; /* id department project business_line, by id */
} item_dims;

enum { D_ID, D_DEPARTMENT, D_PROJECT, D_BUSINESS_LINE, D_COLUMNS };

/* Of retentions too: their account is one of projects. */
static int has_dims(const arc_value *row, const arci_side *item)
{
    return row[ARCI_AL_DISCOUNT].u.i || row[ARCI_AL_WRITE_OFF].u.i || row[ARCI_AL_FX].type != ARC_V_NULL || (item && strcmp(item->role, ARCI_ROLE_RETENTION) == 0);
}

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static uint32_t unique(int64_t *ids, uint32_t n)
{
    uint32_t left = 0;
    if (n) qsort(ids, n, sizeof *ids, by_value);
    for (uint32_t i = 0; i < n; i++) {
        if (!left || ids[left - 1] != ids[i]) ids[left++] = ids[i];
    }
    return left;
}

static arc_status read_dims(arci_allot *a, item_dims *out)
{
    const arci_shape *shape;
    arci_posting *p = a->p;
    arc_value *values;
    uint8_t *found;
    uint32_t n = 0;
    memset(out, 0, sizeof *out);
    int64_t *ids = arci_arena_alloc(&p->arena, (a->rows->n_rows + 1u) * sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < a->rows->n_rows; r++) {
        const arc_value *row = arci_batch_row(a->rows, r);
        if (has_dims(row, arci_sides_find(&a->items, row[ARCI_AL_ITEM].u.i))) ids[n++] = row[ARCI_AL_ITEM].u.i;
    }
    n = unique(ids, n);
    if (!n) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "item", "id department project business_line");
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, n, &p->arena, &values, &found);
    if (st != ARC_OK) return st;
    out->rows.values = values;
    out->rows.n_rows = n;
    return ARC_OK;
}

static const arc_value *dims_of(const item_dims *d, int64_t item)
{
    uint32_t lo = 0, hi = d->rows.n_rows;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        const arc_value *v = d->rows.values + (size_t)mid * D_COLUMNS;
        if (v[D_ID].u.i == item) return v;
        if (v[D_ID].u.i < item) lo = mid + 1;
        else hi = mid;
    }
    return NULL;
}

/* A debt that changes hands stands in the same control account, of another customer. */
static void account_for(arci_posting *p, const arc_value *row, int64_t id, const arci_side *item, const arci_side *credit, const arc_value *dims)
{
    int64_t amount = row[ARCI_AL_AMOUNT].u.i, discount = row[ARCI_AL_DISCOUNT].u.i, write_off = row[ARCI_AL_WRITE_OFF].u.i;
    const char *purpose = row[ARCI_AL_REVERSES].type != ARC_V_NULL ? "reversal" : credit ? "allocation" : "write_off";
    const arci_entry e = { .date = (arc_date)row[ARCI_AL_DATE].u.i, .purpose = purpose, .entity = "allocation", .source = id, .customer = item->customer,
                           .person = &row[ARCI_AL_OWNER], .department = dims ? &dims[D_DEPARTMENT] : NULL, .project = dims ? &dims[D_PROJECT] : NULL,
                           .business_line = dims ? &dims[D_BUSINESS_LINE] : NULL };
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

arc_status arci_allot_account(arci_allot *a)
{
    item_dims dims;
    arc_status st = read_dims(a, &dims);
    if (st != ARC_OK) return st;
    for (uint32_t r = 0; r < a->rows->n_rows; r++) {
        const arc_value *row = arci_batch_row(a->rows, r);
        const arci_side *credit = row[ARCI_AL_RECEIPT].type == ARC_V_INT ? arci_sides_find(&a->receipts, row[ARCI_AL_RECEIPT].u.i)
                                  : row[ARCI_AL_CREDIT_ITEM].type == ARC_V_INT ? arci_sides_find(&a->items, row[ARCI_AL_CREDIT_ITEM].u.i)
                                                                               : NULL;
        account_for(a->p, row, arci_batch_id(a->rows, r), arci_sides_find(&a->items, row[ARCI_AL_ITEM].u.i), credit, dims_of(&dims, row[ARCI_AL_ITEM].u.i));
    }
    return ARC_OK;
}
