/* SPDX-License-Identifier: Apache-2.0 */
/* What a bill leaves behind: claims of a dishonour, the refund of a returned one, and both taken back. */
#include <string.h>

#include "ledger/bill.h"
#include "ledger/bill_face.h"

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

/* ---- what a bill had settled --------------------------------------------------------------------------------------------------- */

/* A piece of the face: what it had settled of one item, or what lies on account (item 0). */
typedef struct piece {
    int64_t item, amount;
    const arci_face_row *row;
    arc_value due;
    const arc_value *origin; /* by ARCI_ITEM_*; NULL: none */
} piece;

typedef struct pieces {
    piece *list;
    uint32_t n;
} pieces;

/* Origin and due date of the pieces, in one read each. */
static arc_status name_origins(const arci_bill_event *e, pieces *x)
{
    const arci_shape *shape, *states;
    arci_txn *t = e->p->t;
    arci_arena *arena = &e->p->arena;
    arc_value *rows, *state;
    uint8_t *found;
    int64_t *ids = arci_arena_alloc(arena, (x->n + 1u) * sizeof *ids);
    if (!ids) return arci_nomem(t->env);
    for (uint32_t i = 0; i < x->n; i++) ids[i] = x->list[i].item;
    arc_status st = arci_shape_get(t, &shape, "item", arci_item_fields);
    if (st == ARC_OK) st = arci_shape_get(t, &states, "item_state", "due_date");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, ids, x->n, arena, &rows, &found);
    if (st == ARC_OK) st = arci_repo_get_many(t, states, ids, x->n, arena, &state, &found);
    for (uint32_t i = 0; st == ARC_OK && i < x->n; i++) {
        x->list[i].origin = rows + (size_t)i * ARCI_ITEM_COLUMNS;
        x->list[i].due = state[i]; /* the one last agreed */
    }
    return st;
}

static arc_status cut_pieces(const arci_bill_event *e, pieces *x)
{
    int64_t from = arci_bill_offset(e->bill), to = from + e->bill[ARCI_BILL_C_FACE].u.i, covered = 0;
    arci_face_row *rows = NULL;
    arc_status st = arci_bill_face(e->p, e->bill[ARCI_BILL_C_RECEIPT].u.i, e->whole, from, to, &rows, &x->n);
    if (st != ARC_OK) return st;
    x->list = arci_arena_calloc(&e->p->arena, x->n + 1u, sizeof *x->list);
    if (!x->list) return arci_nomem(e->p->t->env);
    for (uint32_t i = 0; i < x->n; i++) {
        x->list[i] = (piece){ rows[i].row[ARCI_AL_ITEM].u.i, rows[i].amount, &rows[i], { 0 }, NULL };
        covered += rows[i].amount;
    }
    st = x->n ? name_origins(e, x) : ARC_OK;
    if (st == ARC_OK && covered < to - from) x->list[x->n++] = (piece){ 0, to - from - covered, NULL, e->bill[ARCI_BILL_C_MATURITY], NULL };
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
    int64_t amount, origin, seq, base;
    arc_value due;
} claim;

static void fill(const arci_bill_event *e, arc_value *v, const claim *c)
{
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
        v[ARCI_ITEM_BASE_AMOUNT] = arci_v_int(c->base);
    }
    if (e->reason) v[ARCI_ITEM_REMARK] = arci_v_text(e->reason, strlen(e->reason));
}

/* The items of the face, each with its share of the base amount: together all of it. */
static arc_status fill_claims(const arci_bill_event *e, const pieces *x, arci_items *items, int64_t seq)
{
    int64_t face = e->bill[ARCI_BILL_C_FACE].u.i, at = 0, given = 0;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < x->n; i++) {
        const piece *one = &x->list[i];
        int64_t upto = arci_part_of(e->base, at += one->amount, face);
        const claim c = { "bill", one->amount, one->item, seq + i, upto - given, one->due };
        given = upto;
        st = dimensions(e, arci_items_row(items, i), one->origin);
        fill(e, arci_items_row(items, i), &c);
    }
    return st;
}

arc_status arci_bill_claim(const arci_bill_event *e, int64_t *item)
{
    arci_posting *p = e->p;
    arci_items items;
    pieces x = { 0 };
    int64_t seq;
    uint32_t largest = 0;
    arc_status st = cut_pieces(e, &x);
    if (st == ARC_OK) st = next_seq(e, &seq);
    if (st == ARC_OK) st = arci_items_new(p->t, &p->arena, &items, x.n + 1);
    if (st == ARC_OK) st = fill_claims(e, &x, &items, seq);
    if (st != ARC_OK) return st;
    for (uint32_t i = 1; i < x.n; i++) largest = x.list[i].item && (x.list[i].amount > x.list[largest].amount || !x.list[largest].item) ? i : largest;
    if (e->charge) {
        const claim fee = { "fee", e->charge, x.list[largest].item, seq + x.n, e->charge_base, arci_v_int(e->date) };
        st = dimensions(e, arci_items_row(&items, x.n), x.list[largest].origin);
        fill(e, arci_items_row(&items, x.n), &fee);
    } else {
        arci_items_cut(&items, x.n);
    }
    if (st == ARC_OK) st = arci_items_write(p->t, &items, &p->accounts);
    if (st == ARC_OK) *item = arci_items_id(&items, 0);
    return st;
}

/* ---- given back --------------------------------------------------------------------------------------------------------------- */

/* What of an allocation is not of this bill settles the item again, where it lay. */
static arc_status put_back(const arci_bill_event *e, arci_allot *a, const piece *x)
{
    const arc_value *old = x->row->row, *code = &old[ARCI_AL_REASON_CODE];
    int crossed = old[ARCI_AL_CREDIT_AMOUNT].type == ARC_V_INT;
    int64_t amount = old[ARCI_AL_AMOUNT].u.i, all = crossed ? old[ARCI_AL_CREDIT_AMOUNT].u.i : amount, rest = all - x->amount;
    arci_allot_row row = { .date = e->date, .receipt = e->bill[ARCI_BILL_C_RECEIPT].u.i, .item = x->item, .amount = crossed ? amount - arci_part_of(amount, x->amount, all) : rest,
                           .discount = old[ARCI_AL_DISCOUNT].u.i, .write_off = old[ARCI_AL_WRITE_OFF].u.i, .credit_amount = crossed ? rest : 0,
                           .unearned = old[ARCI_AL_UNEARNED].type == ARC_V_INT ? old[ARCI_AL_UNEARNED].u.i : 0, .mode = "bill",
                           .reason_code = code->type == ARC_V_TEXT ? code->u.s : NULL, .reason = e->reason, .role = old[ARCI_AL_ROLE].type == ARC_V_TEXT ? old[ARCI_AL_ROLE].u.s : NULL };
    if (!rest) return ARC_OK;
    arc_status st = arci_bill_face_evidence(e->p, x->row->rest, x->row->n_rest, &row.evidence);
    return st == ARC_OK ? arci_allot_add(a, &row) : st;
}

arc_status arci_bill_give_back(const arci_bill_event *e, int64_t *item)
{
    arci_posting *p = e->p;
    arci_items items;
    arci_allot a;
    pieces x = { 0 };
    int64_t receipt = e->bill[ARCI_BILL_C_RECEIPT].u.i, offset = arci_bill_offset(e->bill);
    const arci_stretch own = { offset, offset + e->bill[ARCI_BILL_C_FACE].u.i };
    claim c = { "refund", e->bill[ARCI_BILL_C_FACE].u.i, 0, 1, e->base, arci_v_int(e->date) };
    arc_status st = cut_pieces(e, &x);
    if (st == ARC_OK) st = next_seq(e, &c.seq);
    if (st == ARC_OK) st = arci_items_new(p->t, &p->arena, &items, 1);
    if (st == ARC_OK) st = dimensions(e, arci_items_row(&items, 0), NULL);
    if (st != ARC_OK) return st;
    fill(e, arci_items_row(&items, 0), &c);
    st = arci_items_write(p->t, &items, &p->accounts);
    int64_t *sides = arci_arena_alloc(&p->arena, (x.n + 1u) * sizeof *sides), receipts[1] = { receipt };
    if (!sides) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < x.n; i++) sides[i] = x.list[i].item;
    if (st == ARC_OK) sides[x.n] = *item = arci_items_id(&items, 0);
    if (st == ARC_OK) st = arci_allot_open(p, &a, sides, x.n + 1, receipts, 1, 2 * x.n + 1);
    for (uint32_t i = 0; st == ARC_OK && i < x.n; i++) {
        if (!x.list[i].row) continue;
        st = arci_allot_undo(&a, x.list[i].row->id, x.list[i].row->row, e->date, e->reason);
        if (st == ARC_OK) st = put_back(e, &a, &x.list[i]);
    }
    arci_allot_row row = { .date = e->date, .receipt = receipt, .item = *item, .amount = c.amount, .mode = "bill", .reason = e->reason };
    if (st == ARC_OK) st = arci_bill_face_evidence(p, &own, 1, &row.evidence);
    if (st == ARC_OK) st = arci_allot_add(&a, &row);
    return st == ARC_OK ? arci_allot_write(&a) : st;
}

/* ---- taken back ------------------------------------------------------------------------------------------------------------ */

arc_status arci_bill_made(arci_txn *t, arci_arena *arena, const arc_value *bill, int64_t first, const arc_value **rows, int64_t **ids, uint32_t *n)
{
    const arci_shape *shape, *key;
    arci_where w;
    arci_rows found;
    arc_value *item, *values;
    uint8_t *there;
    *n = 0;
    arc_status st = arci_shape_get(t, &shape, "item", arci_item_fields);
    if (st == ARC_OK) st = arci_shape_get(t, &key, "item", "id number seq invoice kind bill");
    if (st == ARC_OK) st = arci_repo_get(t, shape, first, arena, &item);
    if (st != ARC_OK) return st;
    int64_t seq = item[ARCI_ITEM_SEQ].u.i;
    int refund = item[ARCI_ITEM_KIND].len == 6;
    const arc_order by_seq = { key->cols[2], 0 };
    arci_where_init(&w);
    arci_where_null(&w, key->cols[3]);
    arci_where_text(&w, key->cols[1], ARC_OP_EQ, item[ARCI_ITEM_NUMBER].u.s, item[ARCI_ITEM_NUMBER].len);
    arci_where_int(&w, key->cols[2], ARC_OP_GE, seq);
    st = arci_repo_find(t, key, &w, &by_seq, 1, 0, arena, &found);
    *ids = st == ARC_OK ? arci_arena_alloc(arena, (found.n_rows + 1u) * sizeof **ids) : NULL;
    if (st == ARC_OK && !*ids) st = arci_nomem(t->env);
    for (uint32_t i = 0; st == ARC_OK && i < found.n_rows; i++) { /* what one event made lies behind each other */
        const arc_value *v = found.values + (size_t)i * found.n_cols;
        int bill_or_fee = v[4].len == 4 ? memcmp(v[4].u.s, "bill", 4) == 0 : v[4].len == 3 && memcmp(v[4].u.s, "fee", 3) == 0;
        if (v[2].u.i != seq + *n || v[5].type != ARC_V_INT || v[5].u.i != bill[ARCI_BILL_C_ID].u.i || (*n && (refund || !bill_or_fee))) break;
        (*ids)[(*n)++] = v[0].u.i;
        if (v[4].len == 3) break; /* the charge is the last */
    }
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, *ids, *n, arena, &values, &there);
    if (st == ARC_OK) *rows = values;
    return st;
}

static arc_status write_credits(const arci_bill_event *e, const arc_value *made, const int64_t *ids, uint32_t n, arci_items *credits)
{
    int64_t seq;
    arc_status st = next_seq(e, &seq);
    if (st == ARC_OK) st = arci_items_new(e->p->t, &e->p->arena, credits, n);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arc_value *old = made + (size_t)i * ARCI_ITEM_COLUMNS;
        const claim c = { "transfer", -old[ARCI_ITEM_AMOUNT].u.i, ids[i], seq + i, old[ARCI_ITEM_BASE_AMOUNT].type == ARC_V_INT ? -old[ARCI_ITEM_BASE_AMOUNT].u.i : 0, old[ARCI_ITEM_DUE_DATE] };
        arc_value *v = arci_items_row(credits, i);
        st = dimensions(e, v, old);
        fill(e, v, &c);
        v[ARCI_ITEM_BASE_CURRENCY] = old[ARCI_ITEM_BASE_CURRENCY];
        v[ARCI_ITEM_BASE_AMOUNT] = old[ARCI_ITEM_BASE_AMOUNT].type == ARC_V_INT ? arci_v_int(c.base) : arci_v_null();
    }
    return st == ARC_OK ? arci_items_write(e->p->t, credits, &e->p->accounts) : st;
}

arc_status arci_bill_settled(arci_env *env, int64_t item) { return state(env, item, "something of the claim was settled: undo that first", "该应收已有核销，请先反核销"); }

arc_status arci_bill_unclaim(const arci_bill_event *e, int64_t item)
{
    arci_posting *p = e->p;
    arci_items credits;
    arci_allot a;
    const arc_value *made = NULL;
    arc_value *settled = NULL;
    int64_t *ids, *by = NULL, receipt[1] = { 0 };
    uint32_t n, n_by = 0;
    arc_status st = arci_bill_made(p->t, &p->arena, e->bill, item, &made, &ids, &n);
    if (st != ARC_OK) return st;
    int refund = made[ARCI_ITEM_KIND].len == 6 && memcmp(made[ARCI_ITEM_KIND].u.s, "refund", 6) == 0;
    if (refund) st = arci_allot_standing(p, "item", item, &settled, &by, &n_by);
    if (st == ARC_OK && refund && n_by != 1) return state(p->t->env, item, "the refund is no longer settled by the bill's receipt", "退款应收已不再由该票据回款核销");
    if (refund) receipt[0] = e->bill[ARCI_BILL_C_RECEIPT].u.i;
    int64_t *sides = arci_arena_alloc(&p->arena, 2u * n * sizeof *sides);
    if (!sides) return arci_nomem(p->t->env);
    if (st == ARC_OK) st = write_credits(e, made, ids, n, &credits);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        sides[2 * (size_t)i] = ids[i];
        sides[2 * (size_t)i + 1] = arci_items_id(&credits, i);
    }
    if (st == ARC_OK) st = arci_allot_open(p, &a, sides, 2 * n, receipt, 1, n + 1);
    if (st == ARC_OK && refund) st = arci_allot_undo(&a, by[0], settled, e->date, e->reason);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        int64_t amount = made[(size_t)i * ARCI_ITEM_COLUMNS + ARCI_ITEM_AMOUNT].u.i;
        const arci_side *side = arci_sides_find(&a.items, ids[i]);
        const arci_allot_row row = { .date = e->date, .credit_item = arci_items_id(&credits, i), .item = ids[i], .amount = amount, .mode = "bill", .reason = e->reason };
        if (!side || side->left != amount) return arci_bill_settled(p->t->env, ids[i]);
        st = arci_allot_add(&a, &row);
    }
    return st == ARC_OK ? arci_allot_write(&a) : st;
}
