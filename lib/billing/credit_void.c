/* SPDX-License-Identifier: Apache-2.0 */
/* Voiding a credit note: what it settled of its invoice is open again, so that nothing is settled by it. Only while nobody used what was over. */
#include <string.h>

#include "arcore/fields.h"
#include "billing/advance.h"
#include "billing/chain.h"
#include "billing/credit_void.h"
#include "ledger/allot.h"

typedef struct voided {
    arci_steps *s;
    int64_t invoice; /* it takes back */
    int64_t version;
    arc_value status, tax_status;
} voided;

static arc_status find_by(arci_steps *s, const char *entity, const char *fields, int64_t id, arci_rows *out)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(s->p->t, &shape, entity, fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, id);
    return arci_repo_find(s->p->t, shape, &w, NULL, 0, 0, s->arena, out);
}

/* Whether every standing allocation of the credit item went to an item of the invoice by the note itself. */
static int only_own(const arc_value *rows, uint32_t n, const arci_rows *items)
{
    for (uint32_t r = 0; r < n; r++) {
        const arc_value *v = rows + (size_t)r * ARCI_AL_N;
        int own = 0;
        for (uint32_t k = 0; k < items->n_rows; k++) own |= items->values[(size_t)k * 2 + 1].u.i == v[ARCI_AL_ITEM].u.i;
        if (!own || !arci_code_is(&v[ARCI_AL_MODE], "credit_note")) return 0;
    }
    return 1;
}

static arc_status undo(voided *x, uint32_t i, int64_t credit_item, arc_value *rows, const int64_t *ids, uint32_t n)
{
    arci_posting *p = x->s->p;
    arci_allot a;
    int64_t *items = arci_arena_alloc(&p->arena, ((size_t)n + 1) * sizeof *items);
    if (!items) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < n; r++) items[r] = rows[(size_t)r * ARCI_AL_N + ARCI_AL_ITEM].u.i;
    items[n] = credit_item;
    arc_status st = arci_allot_open(p, &a, items, n + 1, NULL, 0, n);
    for (uint32_t r = 0; r < n && st == ARC_OK; r++) st = arci_allot_undo(&a, ids[r], rows + (size_t)r * ARCI_AL_N, arci_step_day(x->s, i), x->s->list[i].reason);
    return st == ARC_OK ? arci_allot_write(&a) : st;
}

/* The invoice owes again. */
static arc_status reopen(voided *x)
{
    arci_posting *p = x->s->p;
    const arci_shape *shape;
    arci_batch *b;
    if (!arci_code_is(&x->status, "credited")) return ARC_OK;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", "status tax_status");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    arci_batch_key(b, 0)[0] = arci_v_int(x->invoice);
    arci_batch_guard(b, 0)[0] = arci_v_int(x->version);
    arci_batch_row(b, 0)[0] = arci_v_text("issued", 6);
    arci_batch_row(b, 0)[1] = arci_code_is(&x->tax_status, "red") ? arci_v_text("issued", 6) : x->tax_status;
    return arci_repo_write(p->t, &b, 1, NULL);
}

static arc_status read_invoice(voided *x, int64_t credit)
{
    const arci_shape *shape;
    arc_value *row;
    arci_txn *t = x->s->p->t;
    x->invoice = 0;
    arc_status st = arci_shape_get(t, &shape, "invoice", "red_of version status tax_status");
    if (st == ARC_OK) st = arci_repo_get(t, shape, credit, x->s->arena, &row);
    if (st != ARC_OK || row[0].type != ARC_V_INT) return st;
    x->invoice = row[0].u.i;
    st = arci_repo_lock(t, "invoice", &x->invoice, 1);
    if (st == ARC_OK) st = arci_repo_get(t, shape, x->invoice, x->s->arena, &row);
    if (st != ARC_OK) return st;
    x->version = row[1].u.i;
    x->status = row[2];
    x->tax_status = row[3];
    return ARC_OK;
}

/* ---- what a credit note gave back may be with others by now -------------------------------------------------------------------------- */

static arc_status refuse_taken(arci_steps *s, uint32_t i, const char *en, const char *zh)
{
    int len;
    const char *name = arci_step_name(s, i, &len);
    arci_step_refuse(s, i, ARC_E_GUARD, "status", "credit note %.*s cannot be voided: %s%.0s", "红字单据 %.*s 不能作废：%.0s%s", len, name, en, zh);
    return ARC_OK;
}

static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

/* Deductions of an advance that it took back would stand again. */
static arc_status check_advances(arci_steps *s, uint32_t i)
{
    arci_rows rows;
    arc_status st = find_by(s, "invoice_line", "invoice advance net_amount tax_amount", s->list[i].invoice, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows && arci_step_good(s, i); r++) {
        const arc_value *v = rows.values + (size_t)r * 4;
        int64_t advance = int_of(&v[1]), net = 0, tax = 0;
        arci_advance_sum left;
        if (!advance) continue;
        for (uint32_t k = 0; k < rows.n_rows; k++) {
            const arc_value *w = rows.values + (size_t)k * 4;
            net += int_of(&w[1]) == advance ? int_of(&w[2]) : 0;
            tax += int_of(&w[1]) == advance ? int_of(&w[3]) : 0;
        }
        st = arci_repo_lock(s->p->t, "invoice", &advance, 1);
        if (st == ARC_OK) st = arci_advance_left(s->p->t, s->arena, advance, &left);
        if (st == ARC_OK && (left.net < net || left.tax < tax)) st = refuse_taken(s, i, "the advance that it gave back is deducted by other invoices", "其退回的预收款已被其他发票抵扣");
    }
    return st;
}

static arc_status check_chain(arci_steps *s, uint32_t i)
{
    const arc_value *v = s->rows[i];
    int64_t id = int_of(&v[ARCI_STEP_CONTRACT]), tolerance = 0;
    arci_contract *list;
    arci_rows rows;
    uint32_t n = id != 0;
    int fits = 1;
    arc_status st = arci_contracts_read(s->p->t, s->arena, &id, n, 1, &list, &n);
    if (st == ARC_OK && n && list[0].row) {
        int64_t sum = 0, back = -int_of(&v[list[0].without_tax ? ARCI_STEP_NET : ARCI_STEP_GROSS]);
        tolerance = list[0].tolerance;
        if (list[0].limited && (arci_add64(list[0].issued, back, &sum) || sum > list[0].limit)) {
            return refuse_taken(s, i, "its contract has no room for the invoice any more", "合同可开票余额已被其他发票占用");
        }
    }
    if (st == ARC_OK) st = find_by(s, "invoice_line", "invoice order_line delivery_line quantity gross_amount", s->list[i].invoice, &rows);
    if (st == ARC_OK && rows.n_rows) st = arci_chain_room(s->p, &rows, tolerance, &fits);
    return st == ARC_OK && !fits ? refuse_taken(s, i, "other invoices have taken its order or delivery lines", "其订单行或发货行已被其他发票占用") : st;
}

/* ---- the note ---------------------------------------------------------------------------------------------------------------------------- */

static arc_status void_note(arci_steps *s, uint32_t i)
{
    voided x = { .s = s };
    arci_rows own, items;
    arc_value *rows;
    int64_t *ids;
    uint32_t n;
    int len;
    arc_status st = read_invoice(&x, s->list[i].invoice);
    if (st == ARC_OK && x.invoice) st = check_advances(s, i);
    if (st == ARC_OK && x.invoice && arci_step_good(s, i)) st = check_chain(s, i);
    if (st != ARC_OK || !x.invoice || !arci_step_good(s, i)) return st;
    st = find_by(s, "item", "invoice id", s->list[i].invoice, &own);
    if (st == ARC_OK) st = find_by(s, "item", "invoice id", x.invoice, &items);
    for (uint32_t k = 0; st == ARC_OK && k < own.n_rows; k++) {
        int64_t item = own.values[(size_t)k * 2 + 1].u.i;
        st = arci_allot_standing(s->p, "credit_item", item, &rows, &ids, &n);
        if (st != ARC_OK) return st;
        if (!only_own(rows, n, &items)) {
            const char *name = arci_step_name(s, i, &len);
            arci_step_refuse(s, i, ARC_E_STATE, "status", "credit note %.*s: what was over is used already, take that back first", "红字单据 %.*s 的余额已被使用，请先撤销该使用", len, name);
            return ARC_OK;
        }
        if (n) st = undo(&x, i, item, rows, ids, n);
    }
    return st == ARC_OK ? reopen(&x) : st;
}

static arc_status void_advance(arci_steps *s, uint32_t i)
{
    arci_advance_sum gone;
    int len;
    arc_status st = arci_advance_deducted(s->p->t, s->arena, s->list[i].invoice, &gone);
    if (st != ARC_OK || (!gone.net && !gone.tax)) return st;
    const char *name = arci_step_name(s, i, &len);
    arci_step_refuse(s, i, ARC_E_STATE, "status", "advance invoice %.*s is deducted by other invoices: void or credit those first", "预收发票 %.*s 已被抵扣，请先作废或红冲抵扣发票", len, name);
    return ARC_OK;
}

arc_status arci_credit_void(arci_steps *s)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < s->p->n && st == ARC_OK; i++) {
        if (!arci_step_good(s, i) || !arci_code_is(&s->rows[i][ARCI_STEP_STATUS], "issued")) continue;
        if (arci_code_is(&s->rows[i][ARCI_STEP_KIND], "credit_note")) st = void_note(s, i);
        else if (arci_code_is(&s->rows[i][ARCI_STEP_KIND], "advance")) st = void_advance(s, i);
    }
    return st;
}

arc_status arci_credit_waits(arci_steps *s)
{
    const arci_shape *shape;
    arci_posting *p = s->p;
    arc_value *ids = arci_arena_alloc(s->arena, p->n * sizeof *ids);
    uint32_t n = 0;
    arc_status st = ids ? arci_shape_get(p->t, &shape, "invoice", "red_of status") : arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n && st == ARC_OK; i++) {
        if (arci_step_good(s, i) && !arci_code_is(&s->rows[i][ARCI_STEP_STATUS], "draft")) ids[n++] = arci_v_int(s->list[i].invoice);
    }
    for (uint32_t at = 0; at < n && st == ARC_OK; at += ARCI_STEPS_AT_ONCE) {
        arci_where w;
        arci_rows rows;
        int k;
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[0], ids + at, n - at < ARCI_STEPS_AT_ONCE ? n - at : ARCI_STEPS_AT_ONCE);
        st = arci_repo_find(p->t, shape, &w, NULL, 0, 0, s->arena, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
            const arc_value *v = rows.values + (size_t)r * 2;
            uint32_t i = arci_step_of(s, v[0].u.i);
            if (!arci_code_is(&v[1], "approved") || i == UINT32_MAX || !arci_step_good(s, i)) continue;
            const char *name = arci_step_name(s, i, &k);
            arci_step_refuse(s, i, ARC_E_STATE, "status", "invoice %.*s: a red-letter credit note to it waits for the tax service", "发票 %.*s 有待税务确认的红字单据", k, name);
        }
    }
    return st;
}
