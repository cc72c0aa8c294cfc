/* SPDX-License-Identifier: Apache-2.0 */
/* What a bill leaves behind: claims of a dishonour, the refund of a returned one, and both taken back. */
#include <string.h>

#include "ledger/bill.h"

void arci_bill_line(const arci_bill_event *e, const char *role, int64_t amount)
{
    int64_t part = arci_part_of(e->base, amount, e->bill[ARCI_BILL_C_FACE].u.i);
    arci_journal_line(&e->p->journal, role, e->currency, amount, e->has_base ? &part : NULL);
}

static arc_status state(arci_env *env, int64_t item, const char *en, const char *zh)
{
    arc_status st = arci_fail(env, ARC_E_STATE, "item %lld: %s%.0s", "应收 %lld：%.0s%s", (long long)item, en, zh);
    arci_fail_at(env, "item", NULL, item, -1);
    return st;
}

/* The next seq of items that have the bill's number and no invoice. */
static arc_status next_seq(const arci_bill_event *e, int64_t *seq)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(e->p->t, &shape, "item", "seq number invoice");
    if (st != ARC_OK) return st;
    const arc_order last = { shape->cols[0], 1 };
    arci_where_init(&w);
    arci_where_null(&w, shape->cols[2]);
    arci_where_text(&w, shape->cols[1], ARC_OP_EQ, e->bill[ARCI_BILL_C_NUMBER].u.s, e->bill[ARCI_BILL_C_NUMBER].len);
    st = arci_repo_find(e->p->t, shape, &w, &last, 1, 1, &e->p->arena, &rows);
    *seq = st == ARC_OK && rows.n_rows ? rows.values[0].u.i + 1 : 1;
    return st;
}

/* The item a receipt settled most of; NULL: none. */
static arc_status largest(const arci_bill_event *e, const arc_value **origin, int64_t *id)
{
    const arci_shape *shape;
    arc_value *rows, *item;
    int64_t *ids, most = 0;
    uint32_t n;
    *origin = NULL;
    *id = 0;
    arc_status st = arci_allot_standing(e->p, "receipt", e->bill[ARCI_BILL_C_RECEIPT].u.i, &rows, &ids, &n);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arc_value *v = rows + (size_t)i * ARCI_AL_N;
        if (v[ARCI_AL_AMOUNT].u.i <= most) continue;
        most = v[ARCI_AL_AMOUNT].u.i;
        *id = v[ARCI_AL_ITEM].u.i;
    }
    if (st != ARC_OK || !*id) return st;
    st = arci_shape_get(e->p->t, &shape, "item", arci_item_fields);
    if (st == ARC_OK) st = arci_repo_get(e->p->t, shape, *id, &e->p->arena, &item);
    if (st == ARC_OK) *origin = item;
    return st;
}

/* Dimensions: of the item it came of, else of the customer as he is now. */
static arc_status dimensions(const arci_bill_event *e, arc_value *v, const arc_value *origin)
{
    static const int kept[] = { ARCI_ITEM_CONTRACT, ARCI_ITEM_SALES_ORDER, ARCI_ITEM_DELIVERY, ARCI_ITEM_PROJECT, ARCI_ITEM_STORE, ARCI_ITEM_OWNER, ARCI_ITEM_TEAM,
                                ARCI_ITEM_REGION, ARCI_ITEM_DEPARTMENT, ARCI_ITEM_BUSINESS_LINE, ARCI_ITEM_CHANNEL };
    const arc_value *customer;
    if (origin) {
        for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) v[kept[i]] = origin[kept[i]];
        return ARC_OK;
    }
    arc_status st = arci_posting_customer(e->p->t, &e->p->arena, &e->bill[ARCI_BILL_C_CUSTOMER], &customer);
    for (int c = 0; st == ARC_OK && c < 3; c++) v[ARCI_ITEM_OWNER + c] = customer[ARCI_CUSTOMER_OWNER + c];
    return st;
}

typedef struct claim {
    const char *kind;
    int64_t amount, origin, seq;
    arc_value due;
} claim;

static void fill(const arci_bill_event *e, arc_value *v, const claim *c)
{
    int64_t part = arci_part_of(e->base, c->amount, e->bill[ARCI_BILL_C_FACE].u.i);
    v[ARCI_ITEM_NUMBER] = e->bill[ARCI_BILL_C_NUMBER];
    v[ARCI_ITEM_SEQ] = arci_v_int(c->seq);
    v[ARCI_ITEM_KIND] = arci_v_text(c->kind, strlen(c->kind));
    v[ARCI_ITEM_CUSTOMER] = e->bill[ARCI_BILL_C_CUSTOMER];
    v[ARCI_ITEM_CURRENCY] = e->bill[ARCI_BILL_C_CURRENCY];
    v[ARCI_ITEM_AMOUNT] = arci_v_int(c->amount);
    v[ARCI_ITEM_BUSINESS_DATE] = arci_v_int(e->date);
    v[ARCI_ITEM_BASE_DATE] = v[ARCI_ITEM_DUE_DATE] = c->due;
    v[ARCI_ITEM_BILL] = e->bill[ARCI_BILL_C_ID];
    if (c->origin) v[ARCI_ITEM_ORIGIN] = arci_v_int(c->origin);
    if (e->has_base) {
        v[ARCI_ITEM_BASE_CURRENCY] = arci_v_text(e->p->session->book->base_currency, 3);
        v[ARCI_ITEM_BASE_AMOUNT] = arci_v_int(part);
    }
    if (e->reason) v[ARCI_ITEM_REMARK] = arci_v_text(e->reason, strlen(e->reason));
}

arc_status arci_bill_claim(const arci_bill_event *e, int64_t *item)
{
    arci_posting *p = e->p;
    arci_items items;
    const arc_value *origin;
    claim c = { "bill", e->bill[ARCI_BILL_C_FACE].u.i, 0, 1, e->bill[ARCI_BILL_C_MATURITY] };
    arc_status st = largest(e, &origin, &c.origin);
    if (st == ARC_OK) st = next_seq(e, &c.seq);
    if (st == ARC_OK) st = arci_items_new(p->t, &p->arena, &items, 2);
    if (st == ARC_OK) st = dimensions(e, arci_items_row(&items, 0), origin);
    if (st == ARC_OK) st = dimensions(e, arci_items_row(&items, 1), origin);
    if (st != ARC_OK) return st;
    fill(e, arci_items_row(&items, 0), &c);
    if (e->charge) {
        const claim fee = { "fee", e->charge, c.origin, c.seq + 1, arci_v_int(e->date) };
        fill(e, arci_items_row(&items, 1), &fee);
    } else {
        arci_items_cut(&items, 1);
    }
    st = arci_items_write(p->t, &items, &p->accounts);
    if (st == ARC_OK) *item = arci_items_id(&items, 0);
    return st;
}

arc_status arci_bill_give_back(const arci_bill_event *e, int64_t *item)
{
    arci_posting *p = e->p;
    arci_items items;
    arci_allot a;
    arc_value *rows;
    int64_t *ids, receipt = e->bill[ARCI_BILL_C_RECEIPT].u.i;
    uint32_t n;
    claim c = { "refund", e->bill[ARCI_BILL_C_FACE].u.i, 0, 1, arci_v_int(e->date) };
    arc_status st = arci_allot_standing(p, "receipt", receipt, &rows, &ids, &n);
    if (st == ARC_OK) st = next_seq(e, &c.seq);
    if (st == ARC_OK) st = arci_items_new(p->t, &p->arena, &items, 1);
    if (st == ARC_OK) st = dimensions(e, arci_items_row(&items, 0), NULL);
    if (st != ARC_OK) return st;
    fill(e, arci_items_row(&items, 0), &c);
    st = arci_items_write(p->t, &items, &p->accounts);
    int64_t *sides = arci_arena_alloc(&p->arena, (n + 1u) * sizeof *sides), receipts[1] = { receipt };
    if (!sides) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < n; i++) sides[i] = rows[(size_t)i * ARCI_AL_N + ARCI_AL_ITEM].u.i;
    if (st == ARC_OK) sides[n] = *item = arci_items_id(&items, 0);
    if (st == ARC_OK) st = arci_allot_open(p, &a, sides, n + 1, receipts, 1, n + 1);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) st = arci_allot_undo(&a, ids[i], rows + (size_t)i * ARCI_AL_N, e->date, e->reason);
    const arci_allot_row row = { .date = e->date, .receipt = receipt, .item = *item, .amount = c.amount, .mode = "bill", .reason = e->reason };
    if (st == ARC_OK) st = arci_allot_add(&a, &row);
    return st == ARC_OK ? arci_allot_write(&a) : st;
}

/* ---- taken back ------------------------------------------------------------------------------------------------------------ */

/* The claim of the face, and that of the charge behind it. */
static arc_status made_items(const arci_bill_event *e, int64_t item, int64_t charge, const arc_value **rows, int64_t ids[2], uint32_t *n)
{
    arci_posting *p = e->p;
    const arci_shape *shape, *key;
    arc_value *values;
    uint8_t *found;
    arci_rows fee;
    arci_where w;
    ids[0] = item;
    *n = 1;
    arc_status st = arci_shape_get(p->t, &shape, "item", arci_item_fields);
    if (st == ARC_OK) st = arci_shape_get(p->t, &key, "item", "id number seq invoice");
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, item, &p->arena, &values);
    if (st == ARC_OK && charge) {
        arci_where_init(&w);
        arci_where_null(&w, key->cols[3]);
        arci_where_text(&w, key->cols[1], ARC_OP_EQ, values[ARCI_ITEM_NUMBER].u.s, values[ARCI_ITEM_NUMBER].len);
        arci_where_int(&w, key->cols[2], ARC_OP_EQ, values[ARCI_ITEM_SEQ].u.i + 1);
        st = arci_repo_find(p->t, key, &w, NULL, 0, 1, &p->arena, &fee);
        if (st == ARC_OK && !fee.n_rows) st = state(p->t->env, item, "the claim of its charges is not there", "缺少费用应收");
        if (st == ARC_OK) ids[(*n)++] = fee.values[0].u.i;
    }
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, *n, &p->arena, &values, &found);
    *rows = values;
    return st;
}

static arc_status write_credits(const arci_bill_event *e, const arc_value *made, const int64_t *ids, uint32_t n, arci_items *credits)
{
    int64_t seq;
    arc_status st = next_seq(e, &seq);
    if (st == ARC_OK) st = arci_items_new(e->p->t, &e->p->arena, credits, n);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arc_value *old = made + (size_t)i * ARCI_ITEM_COLUMNS;
        const claim c = { "transfer", -old[ARCI_ITEM_AMOUNT].u.i, ids[i], seq + i, old[ARCI_ITEM_DUE_DATE] };
        arc_value *v = arci_items_row(credits, i);
        st = dimensions(e, v, old);
        fill(e, v, &c);
    }
    return st == ARC_OK ? arci_items_write(e->p->t, credits, &e->p->accounts) : st;
}

arc_status arci_bill_unclaim(const arci_bill_event *e, int64_t item, int64_t charge)
{
    arci_posting *p = e->p;
    arci_items credits;
    arci_allot a;
    const arc_value *made = NULL;
    arc_value *settled = NULL;
    int64_t ids[2], *by = NULL, sides[4] = { 0 }, receipt[1] = { 0 };
    uint32_t n, n_by = 0;
    arc_status st = made_items(e, item, charge, &made, ids, &n);
    if (st != ARC_OK) return st;
    int refund = made[ARCI_ITEM_KIND].len == 6 && memcmp(made[ARCI_ITEM_KIND].u.s, "refund", 6) == 0;
    if (refund) st = arci_allot_standing(p, "item", item, &settled, &by, &n_by);
    if (st == ARC_OK && refund && n_by != 1) return state(p->t->env, item, "the refund is no longer settled by the bill's receipt", "退款应收已不再由该票据回款核销");
    if (refund) receipt[0] = e->bill[ARCI_BILL_C_RECEIPT].u.i;
    if (st == ARC_OK) st = write_credits(e, made, ids, n, &credits);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        sides[2 * i] = ids[i];
        sides[2 * i + 1] = arci_items_id(&credits, i);
    }
    if (st == ARC_OK) st = arci_allot_open(p, &a, sides, 4, receipt, 1, 3);
    if (st == ARC_OK && refund) st = arci_allot_undo(&a, by[0], settled, e->date, e->reason);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        int64_t amount = made[(size_t)i * ARCI_ITEM_COLUMNS + ARCI_ITEM_AMOUNT].u.i;
        const arci_side *side = arci_sides_find(&a.items, ids[i]);
        const arci_allot_row row = { .date = e->date, .credit_item = arci_items_id(&credits, i), .item = ids[i], .amount = amount, .mode = "bill", .reason = e->reason };
        if (!side || side->left != amount) return state(p->t->env, ids[i], "something of the claim was settled: undo that first", "该应收已有核销，请先反核销");
        st = arci_allot_add(&a, &row);
    }
    return st == ARC_OK ? arci_allot_write(&a) : st;
}
