/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/debt.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "ledger/parts.h"

static arc_status fault(arci_env *env, arc_status st, const char *field, int64_t id)
{
    arci_fail_at(env, "item", field, id, -1);
    return st;
}

arc_status arci_debt_next_seq(arci_posting *p, const arc_value *number, const arc_value *invoice, int64_t *seq)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(p->t, &shape, "item", "seq number invoice");
    if (st != ARC_OK) return st;
    const arc_order last = { shape->cols[0], 1 };
    arci_where_init(&w);
    if (invoice->type == ARC_V_INT) {
        arci_where_int(&w, shape->cols[2], ARC_OP_EQ, invoice->u.i);
    } else {
        arci_where_null(&w, shape->cols[2]);
        arci_where_text(&w, shape->cols[1], ARC_OP_EQ, number->u.s, number->len);
    }
    st = arci_repo_find(p->t, shape, &w, &last, 1, 1, &p->arena, &rows);
    *seq = st == ARC_OK && rows.n_rows ? rows.values[0].u.i + 1 : 1;
    return st;
}

int64_t arci_evidence_id(arci_posting *p, const arc_value *evidence, const char *name)
{
    arci_json *root;
    int64_t id = 0;
    if (evidence->type != ARC_V_TEXT) return 0;
    if (arci_json_parse(p->t->env, &p->arena, evidence->u.s, evidence->len, &arci_json_default_limits, &root) == ARC_OK) {
        const arci_json *m = arci_json_get(root, name);
        if (m && m->type == ARCI_JSON_NUMBER && arci_json_int(p->t->env, m, &id) != ARC_OK) id = 0;
    }
    return id;
}

void arci_debt_journal(arci_posting *p, const arc_value *item, int64_t id, const char *purpose, const char *against)
{
    const arci_entry e = { .date = (arc_date)item[ARCI_ITEM_BUSINESS_DATE].u.i, .purpose = purpose, .entity = "item", .source = id, .number = &item[ARCI_ITEM_NUMBER],
                           .customer = item[ARCI_ITEM_CUSTOMER].u.i, .person = &item[ARCI_ITEM_OWNER], .department = &item[ARCI_ITEM_DEPARTMENT],
                           .project = &item[ARCI_ITEM_PROJECT], .business_line = &item[ARCI_ITEM_BUSINESS_LINE] };
    char currency[4] = { 0 };
    int64_t amount = item[ARCI_ITEM_AMOUNT].u.i;
    int has_base = item[ARCI_ITEM_BASE_AMOUNT].type == ARC_V_INT;
    int64_t base = has_base ? item[ARCI_ITEM_BASE_AMOUNT].u.i : 0, other = -base;
    memcpy(currency, item[ARCI_ITEM_CURRENCY].u.s, 3);
    arci_journal_open(&p->journal, &e);
    arci_journal_line(&p->journal, arci_item_role(&item[ARCI_ITEM_KIND]), currency, amount, has_base ? &base : NULL);
    arci_journal_line(&p->journal, against, currency, -amount, has_base ? &other : NULL);
}

/* ---- moving ----------------------------------------------------------------------------------------------------------------- */

typedef struct moving {
    const arci_debt_order *m;
    const arc_value *old;      /* by ARCI_ITEM_* */
    const arc_value *customer; /* ARCI_CUSTOMER_* of the new one; NULL: the same */
    int64_t amount, base, seq;
    int has_base;
    arc_value parts;
} moving;

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static void fill_item(const moving *x, arc_value *v, int credit)
{
    static const int kept[] = { ARCI_ITEM_NUMBER, ARCI_ITEM_CUSTOMER, ARCI_ITEM_CURRENCY, ARCI_ITEM_BASE_DATE, ARCI_ITEM_DUE_DATE, ARCI_ITEM_CONTRACT, ARCI_ITEM_SALES_ORDER,
                                ARCI_ITEM_DELIVERY, ARCI_ITEM_PROJECT, ARCI_ITEM_STORE, ARCI_ITEM_OWNER, ARCI_ITEM_TEAM, ARCI_ITEM_REGION, ARCI_ITEM_DEPARTMENT,
                                ARCI_ITEM_BUSINESS_LINE, ARCI_ITEM_CHANNEL, ARCI_ITEM_MILESTONE, ARCI_ITEM_BILL };
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) v[kept[i]] = x->old[kept[i]];
    if (!x->m->customer) v[ARCI_ITEM_INVOICE] = x->old[ARCI_ITEM_INVOICE];
    const char *kind = credit ? "transfer" : is(&x->old[ARCI_ITEM_KIND], "retention") ? "retention" : x->m->kind;
    v[ARCI_ITEM_KIND] = arci_v_text(kind, strlen(kind));
    v[ARCI_ITEM_SEQ] = arci_v_int(x->seq + !credit);
    v[ARCI_ITEM_AMOUNT] = arci_v_int(credit ? -x->amount : x->amount);
    v[ARCI_ITEM_BUSINESS_DATE] = arci_v_int(x->m->date);
    v[ARCI_ITEM_ORIGIN] = arci_v_int(x->m->item);
    if (x->has_base) {
        v[ARCI_ITEM_BASE_CURRENCY] = x->old[ARCI_ITEM_BASE_CURRENCY];
        v[ARCI_ITEM_BASE_AMOUNT] = arci_v_int(credit ? -x->base : x->base);
    }
    if (x->m->reason_code) v[ARCI_ITEM_REASON_CODE] = arci_v_text(x->m->reason_code, strlen(x->m->reason_code));
    if (x->m->reason) v[ARCI_ITEM_REMARK] = arci_v_text(x->m->reason, strlen(x->m->reason));
    if (credit) return;
    v[ARCI_ITEM_PARTS] = x->parts;
    if (!x->m->customer) return;
    v[ARCI_ITEM_CUSTOMER] = arci_v_int(x->m->customer);
    for (int c = 0; c < 3; c++) v[ARCI_ITEM_OWNER + c] = x->customer[c];
}

static arc_status amount_of(arci_posting *p, moving *x, const arci_side *side)
{
    arci_env *env = p->t->env;
    int known;
    x->amount = x->m->amount ? x->m->amount : side->left;
    if (!side->real) return fault(env, arci_fail(env, ARC_E_STATE, "the receivable is planned or estimated: it is settled once it is invoiced", "该应收为计划或暂估，开票后方可核销"), NULL, side->id);
    if (side->left <= 0) return fault(env, arci_fail(env, ARC_E_STATE, "nothing is open on the item", "该应收没有未收金额"), NULL, side->id);
    if (x->amount < 0 || x->amount > side->left) {
        return fault(env, arci_fail(env, ARC_E_GUARD, "%lld minor units of %s are wanted, %lld are left", "需要 %lld（最小货币单位，%s），仅剩 %lld", (long long)x->amount, side->currency,
                                    (long long)side->left), NULL, side->id);
    }
    x->base = arci_side_base(side, x->amount, &known);
    x->has_base = !side->domestic && known;
    if (side->parts.type == ARC_V_NULL) return ARC_OK;
    arci_parts open, taken;
    arc_status st = arci_parts_read(env, &p->arena, &open, &side->parts, side->currency);
    if (st == ARC_OK) st = arci_parts_take(env, &open, &taken, x->amount, NULL);
    return st == ARC_OK ? arci_parts_print(env, &p->arena, &x->parts, &taken) : st;
}

static arc_status prepare(arci_posting *p, moving *x)
{
    const arci_shape *shape;
    arci_sides sides;
    arc_value *old;
    int64_t id = x->m->item;
    arc_status st = arci_sides_read(p, &sides, "item_state", &id, 1);
    const arci_side *side = st == ARC_OK ? arci_sides_find(&sides, x->m->item) : NULL;
    if (st != ARC_OK) return st;
    if (!side) return fault(p->t->env, arci_fail(p->t->env, ARC_E_NOT_FOUND, "there is no such item", "该应收不存在"), NULL, x->m->item);
    st = amount_of(p, x, side);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "item", arci_item_fields);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, x->m->item, &p->arena, &old);
    if (st != ARC_OK) return st;
    x->old = old;
    if (is(&old[ARCI_ITEM_KIND], "refund")) return fault(p->t->env, arci_fail(p->t->env, ARC_E_STATE, "a refund does not change hands", "退款不得转移"), "kind", x->m->item);
    old[ARCI_ITEM_DUE_DATE] = side->due == ARC_DATE_NONE ? arci_v_null() : arci_v_int(side->due); /* the one last agreed */
    memcpy(&old[ARCI_ITEM_OWNER], side->owner, sizeof side->owner);
    const arc_value none = arci_v_null();
    return arci_debt_next_seq(p, &old[ARCI_ITEM_NUMBER], x->m->customer ? &none : &old[ARCI_ITEM_INVOICE], &x->seq);
}

static arc_status new_owner(arci_posting *p, moving *x)
{
    const arci_shape *shape;
    arc_value *row;
    arc_status st = arci_shape_get(p->t, &shape, "customer", "owner team region");
    if (st == ARC_OK) st = arci_access_row(p->t, p->t->call->verb, NULL, shape->table->entity, x->m->customer);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, x->m->customer, &p->arena, &row);
    if (st == ARC_OK) x->customer = row;
    return st;
}

static arc_status clear_old(arci_posting *p, const moving *x, const arci_items *items, arci_debt_moved *out)
{
    arci_allot a;
    int64_t credit = arci_items_id(items, 0), sides[2] = { x->m->item, credit };
    char *evidence = arci_arena_alloc(&p->arena, 48);
    if (!evidence) return arci_nomem(p->t->env);
    snprintf(evidence, 48, "{\"made\":%lld}", (long long)arci_items_id(items, 1));
    const arci_allot_row row = { .date = x->m->date, .credit_item = credit, .item = x->m->item, .amount = x->amount, .mode = "transfer",
                                 .reason_code = x->m->reason_code, .reason = x->m->reason, .evidence = evidence };
    arc_status st = arci_allot_open(p, &a, sides, 2, NULL, 0, 1);
    if (st == ARC_OK) st = arci_allot_add(&a, &row);
    if (st == ARC_OK) st = arci_allot_write(&a);
    if (st != ARC_OK) return st;
    out->allocation = arci_allot_id(&a, 0);
    out->item = arci_items_id(items, 1);
    out->amount = x->amount;
    return ARC_OK;
}

arc_status arci_debt_move(arci_posting *p, const arci_debt_order *m, arci_debt_moved *out)
{
    moving x = { .m = m };
    arci_items items;
    arc_status st = prepare(p, &x);
    if (st == ARC_OK && m->customer) st = new_owner(p, &x);
    if (st == ARC_OK) st = arci_items_new(p->t, &p->arena, &items, 2);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < 2; i++) fill_item(&x, arci_items_row(&items, i), i == 0);
    st = arci_items_write(p->t, &items, &p->accounts);
    for (uint32_t i = 0; st == ARC_OK && i < 2; i++) arci_debt_journal(p, arci_items_row(&items, i), arci_items_id(&items, i), m->kind, ARCI_ROLE_TRANSFER);
    return st == ARC_OK ? clear_old(p, &x, &items, out) : st;
}

/* ---- taking back -------------------------------------------------------------------------------------------------------------- */

arc_status arci_debt_take_back(arci_posting *p, int64_t id, const arc_value *old, arc_date date, const char *reason, int64_t *undone)
{
    arci_env *env = p->t->env;
    int64_t made = arci_evidence_id(p, &old[ARCI_AL_EVIDENCE], "made"), amount = old[ARCI_AL_AMOUNT].u.i;
    int64_t credit = old[ARCI_AL_CREDIT_ITEM].u.i, sides[3] = { old[ARCI_AL_ITEM].u.i, credit, made };
    char *evidence = arci_arena_alloc(&p->arena, 48);
    arci_allot a;
    if (!evidence) return arci_nomem(env);
    snprintf(evidence, 48, "{\"takes_back\":%lld}", (long long)id);
    arc_status st = arci_allot_open(p, &a, sides, 3, NULL, 0, 2);
    if (st != ARC_OK) return st;
    const arci_side *heir = arci_sides_find(&a.items, made);
    if (!heir) return fault(env, arci_fail(env, ARC_E_NOT_FOUND, "there is no such item", "该应收不存在"), NULL, made);
    if (heir->left != amount) {
        return fault(env, arci_fail(env, ARC_E_STATE, "item %lld, which came of it, has been settled in part or moved on: undo that first", "由此产生的应收 %lld 已部分核销或转移，请先撤销", (long long)made),
                     NULL, made);
    }
    const arci_allot_row row = { .date = date, .credit_item = credit, .item = made, .amount = amount, .mode = "transfer", .reason = reason, .evidence = evidence,
                                 .flags = ARCI_ALLOT_OTHERS };
    st = arci_allot_undo(&a, id, old, date, reason);
    if (st == ARC_OK) st = arci_allot_add(&a, &row);
    if (st == ARC_OK) st = arci_allot_write(&a);
    if (st == ARC_OK) *undone = arci_allot_id(&a, 0);
    return st;
}
