/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/chain_state.h"

#include <string.h>

#include "arcore/fields.h"
#include "ledger/links.h"

/* Which states (codes between blanks) a verb starts from; the text says so to a clerk. */
static const struct {
    uint32_t verb;
    const char *from, *en, *zh;
} table[] = {
    { ARCI_DO_ORDER_CONFIRM, " draft held ", "only a draft, or an order that is held, is confirmed", "只有草稿或冻结的订单可以确认" },
    { ARCI_DO_ORDER_CLOSE, " confirmed delivering ", "only a confirmed order is closed", "只有已确认的订单可以完结" },
    { ARCI_DO_ORDER_CANCEL, " draft held confirmed delivering ", "a closed or cancelled order stays as it is", "已完结或已取消的订单不能取消" },
    { ARCI_DO_DELIVERY_SHIP, " draft ", "only a draft is shipped", "只有草稿发货单可以发货" },
    { ARCI_DO_DELIVERY_SIGN, " shipped ", "only what is shipped is signed for", "只有已发货的发货单可以签收" },
    { ARCI_DO_DELIVERY_REFUSE, " shipped ", "only what is shipped, and not signed for, is refused", "只有已发货且未签收的发货单可以拒收" },
    { ARCI_DO_DELIVERY_CANCEL, " draft shipped ", "what is signed for, refused or cancelled is not cancelled", "已签收、已拒收或已取消的发货单不能取消" },
};

static arci_verdict no(const char *en, const char *zh) { return (arci_verdict){ "state", en, zh }; }

arci_verdict arci_chain_verdict(uint32_t verb, const arc_value *status)
{
    static const arci_verdict fine = { NULL, NULL, NULL };
    char code[64] = " ";
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].verb != verb) continue;
        if (status->type != ARC_V_TEXT || status->len > 60) return no("it is not stored yet", "尚未保存");
        memcpy(code + 1, status->u.s, status->len);
        memcpy(code + 1 + status->len, " ", 2);
        return strstr(table[i].from, code) ? fine : no(table[i].en, table[i].zh);
    }
    return fine;
}

/* ---- what front ends are told ---------------------------------------------------------------------------------------------------- */

/* Whether children take anything of the lines of an order or a delivery. */
static arc_status taken(arci_txn *t, arci_arena *arena, int delivery, int64_t id, int *any)
{
    static const int of_order[] = { ARCI_LINK_ORDER_DELIVERY, ARCI_LINK_ORDER_INVOICE }, of_delivery[] = { ARCI_LINK_DELIVERY_INVOICE };
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = delivery ? arci_shape_get(t, &shape, "delivery_line", "delivery id currency") : arci_shape_get(t, &shape, "order_line", "sales_order id currency");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, id);
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    if (st != ARC_OK || !rows.n_rows) return st;
    int64_t *ids = arci_arena_alloc(arena, rows.n_rows * sizeof *ids);
    const char **currencies = arci_arena_alloc(arena, rows.n_rows * sizeof *currencies);
    arci_link_sum *sums = arci_arena_alloc(arena, rows.n_rows * sizeof *sums);
    if (!ids || !currencies || !sums) return arci_nomem(t->env);
    for (uint32_t r = 0; r < rows.n_rows; r++) {
        ids[r] = rows.values[3 * (size_t)r + 1].u.i;
        currencies[r] = rows.values[3 * (size_t)r + 2].u.s;
    }
    for (int k = 0; k < (delivery ? 1 : 2) && st == ARC_OK; k++) {
        st = arci_links_read(t, arena, delivery ? of_delivery[k] : of_order[k], ids, currencies, rows.n_rows, sums);
        for (uint32_t r = 0; r < rows.n_rows && st == ARC_OK; r++) *any |= sums[r].quantity || sums[r].gross;
    }
    return st;
}

/* Invoices that name the order alone. */
static arc_status invoiced_whole(arci_txn *t, arci_arena *arena, const arci_record *r, int *any)
{
    const int64_t id = arci_record_value(r, ARC_SALES_ORDER_ID)->u.i;
    const char *const currency[1] = { arci_record_value(r, ARC_SALES_ORDER_CURRENCY)->u.s };
    arci_link_sum sum;
    arc_status st = arci_links_read(t, arena, ARCI_LINK_SALES_ORDER_INVOICE, &id, currency, 1, &sum);
    *any |= st == ARC_OK && (sum.gross || sum.net);
    return st;
}

static int stored(arci_record *r) { return arci_record_value(r, ARCI_FIELD_ID)->type == ARC_V_INT; }

static arc_status judge(arci_txn *t, const arci_verb *v, arci_record *r, arci_verdict *out)
{
    int any = 0, delivery = r->entity->id == ARC_DELIVERY;
    uint32_t n = v->number;
    const arci_field *f = arci_entity_field(r->entity, "status", 6);
    if (n == ARCI_DO_READ || n == ARCI_DO_INSERT || n == ARCI_DO_UPDATE || n == ARCI_DO_LOAD) return ARC_OK;
    const arc_value *status = arci_record_value(r, f->id);
    *out = arci_chain_verdict(n, status);
    if (out->class || !stored(r)) return ARC_OK;
    int back = n == ARCI_DO_ORDER_CANCEL || n == ARCI_DO_DELIVERY_REFUSE || n == ARCI_DO_DELIVERY_CANCEL;
    if (!back) return ARC_OK;
    arci_arena arena;
    arci_arena_init(&arena, t->env->ctx);
    arc_status st = taken(t, &arena, delivery, arci_record_value(r, ARCI_FIELD_ID)->u.i, &any);
    if (st == ARC_OK && !delivery) st = invoiced_whole(t, &arena, r, &any);
    arci_arena_clear(&arena);
    if (st == ARC_OK && any) *out = delivery ? no("it is invoiced: credit that first", "已开票，请先红冲") : no("it is delivered or invoiced in part: close it", "已部分发货或开票，请完结订单");
    return st;
}

const arci_state_rule arci_order_states = { ARC_SALES_ORDER, judge };
const arci_state_rule arci_delivery_states = { ARC_DELIVERY, judge };
