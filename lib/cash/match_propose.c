/* SPDX-License-Identifier: Apache-2.0 */
/* Proposals of the match engine: what it would do, what it is told again when a unit is applied, and doing it. */
#include <string.h>

#include "arcore/adjustment.h"
#include "arcore/date.h"
#include "arcore/receipt.h"
#include "base/json_text.h"
#include "cash/match.h"
#include "cash/match_apply.h"

enum { REJECTED_MOST = 1000 };

typedef struct proposing {
    arci_cash *m;
    arci_proposal *out;
    arci_cash_told told;
    arci_str rejected;
    int64_t *counts;
    uint32_t n_rejected;
} proposing;

static void unit_of(char unit[40], int64_t receipt)
{
    memcpy(unit, "receipt:", 8);
    (void)arci_int_text(unit + 8, receipt);
}

static arc_status one(proposing *x, arci_mreceipt *r)
{
    arci_cash *m = x->m;
    arci_mresult res;
    char unit[40];
    arci_arena_reset(&m->scratch);
    arc_status st = arci_cash_decide(m, r, &res);
    if (st == ARC_OK) st = arci_cash_tell(m, r, &res, &x->told);
    if (st != ARC_OK) return st;
    x->counts[res.outcome]++;
    if (res.n) {
        unit_of(unit, r->id);
        st = arci_proposal_add(m->env, x->out, unit, res.c[0].customer, x->told.action.s, x->told.explanation.s, x->told.preconditions.s, x->told.context.s);
        if (st == ARC_OK) arci_cash_take(m, r, &res.c[0]);
        return st;
    }
    if (x->n_rejected++ >= REJECTED_MOST) return ARC_OK;
    arci_str_puts(&x->rejected, x->n_rejected > 1 ? ",{" : "{");
    arci_json_put_int(&x->rejected, "receipt", r->id);
    arci_json_put_key(&x->rejected, "why");
    arci_str_add(&x->rejected, x->told.explanation.s, x->told.explanation.len);
    arci_str_putc(&x->rejected, '}');
    return ARC_OK;
}

static arc_status tell_considered(proposing *x)
{
    static const char *const names[] = { "none", "suggest", "auto" };
    arci_str *b = &x->told.action;
    arci_str_reset(b);
    arci_str_putc(b, '{');
    arci_json_put_int(b, "receipts", x->m->n_receipts);
    arci_json_put_int(b, "items", x->m->n_items);
    for (int i = 0; i < 3; i++) arci_json_put_int(b, names[i], x->counts[i]);
    arci_json_put_key(b, "rejected");
    arci_str_putc(b, '[');
    if (x->rejected.len) arci_str_add(b, x->rejected.s, x->rejected.len);
    arci_str_puts(b, "]}");
    if (b->failed || x->rejected.failed) return arci_nomem(x->m->env);
    x->out->considered = arci_proposal_keep(x->out, b->s, b->len);
    return x->out->considered ? ARC_OK : arci_nomem(x->m->env);
}

arc_status arci_cash_propose(arci_cash *m, arci_proposal *out, int64_t *counts)
{
    proposing x = { .m = m, .out = out, .counts = counts };
    arci_cash_told_init(&x.told, m->env->ctx);
    arci_str_init(&x.rejected, m->env->ctx);
    arc_status st = arci_cash_refs_read(m);
    for (uint32_t i = 0; i < m->n_receipts && st == ARC_OK; i++) st = one(&x, &m->receipts[i]);
    if (st == ARC_OK) st = tell_considered(&x);
    arci_cash_told_clear(&x.told);
    arci_str_clear(&x.rejected);
    return st;
}

/* ---- once more, for one unit ------------------------------------------------------------------------------------------------------- */

static arc_status strategy_of(arci_env *env, arci_arena *arena, const char **out, const char *definitions)
{
    arci_json *root;
    *out = NULL;
    arc_status st = arci_json_parse(env, arena, definitions, strlen(definitions), &arci_json_default_limits, &root);
    const arci_json *s = st == ARC_OK ? arci_json_get(root, "asked") : NULL;
    if (s && s->type == ARCI_JSON_STRING) *out = s->s;
    return st;
}

static arc_status rerun(arci_txn *t, arci_proposal *fresh, const arci_proposal *p, const char *unit)
{
    arci_cash m;
    arci_arena arena;
    int64_t id = 0, counts[3] = { 0, 0, 0 };
    if (strncmp(unit, "receipt:", 8) != 0 || arci_int_parse(unit + 8, strlen(unit + 8), &id) != ARC_OK) {
        return arci_fail(t->env, ARC_E_CORRUPT, "a unit is no receipt", "执行单元不是回款");
    }
    const arci_cash_asked asked = { .receipts = &id, .n = 1, .max = 1 };
    arci_arena_init(&arena, t->env->ctx);
    const char *strategy;
    arc_status st = strategy_of(t->env, &arena, &strategy, p->definitions);
    if (st != ARC_OK) {
        arci_arena_clear(&arena);
        return st;
    }
    st = arci_cash_begin(&m, t, p->as_of, strategy);
    if (st == ARC_OK) st = arci_cash_read(&m, &asked);
    if (st == ARC_OK) st = arci_cash_propose(&m, fresh, counts);
    arci_cash_end(&m);
    arci_arena_clear(&arena);
    return st;
}

/* ---- hard conditions ---------------------------------------------------------------------------------------------------------------- */

static arc_status moved(arci_txn *t, const char *entity, int64_t id, const char *en, const char *zh)
{
    arci_fail(t->env, ARC_E_STALE, "%s %lld: %s%.0s", "%s %lld：%.0s%s", entity, (long long)id, en, zh);
    arci_fail_at(t->env, entity, NULL, id, -1);
    return ARC_E_STALE;
}

/* Each item has as much open as the rows take of it. */
static arc_status check_rows(arci_txn *t, arci_unit *u, const arci_cash_deed *d)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    int64_t *ids = arci_arena_alloc(u->arena, (d->n * 2u + 1u) * sizeof *ids);
    int64_t *left = arci_arena_alloc(u->arena, (d->n * 2u + 1u) * sizeof *left);
    if (!ids || !left) return arci_nomem(t->env);
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->n; i++) {
        ids[n++] = d->rows[i].item;
        if (d->rows[i].credit_item) ids[n++] = d->rows[i].credit_item;
    }
    arc_status st = arci_shape_get(t, &shape, "item_state", "open");
    if (st == ARC_OK && n) st = arci_repo_get_many(t, shape, ids, n, u->arena, &rows, &found);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (!found[i]) return moved(t, "item", ids[i], "it is not there", "应收不存在");
        left[i] = rows[i].u.i;
        for (uint32_t k = 0; k < d->n; k++) {
            const arc_allocation *a = &d->rows[k];
            if (a->item == ids[i]) left[i] -= a->amount + a->discount + a->write_off;
            if (a->credit_item == ids[i]) left[i] += a->amount;
        }
        if ((rows[i].u.i > 0 && left[i] < 0) || (rows[i].u.i <= 0 && left[i] > 0) || !rows[i].u.i) {
            st = moved(t, "item", ids[i], "less is open than is to be settled", "未收金额小于拟核销金额");
        }
    }
    return st;
}

static arc_status check_receipt(arci_txn *t, const arci_unit *u, const arci_cash_deed *d)
{
    const arci_shape *shape;
    const arci_json *v = arci_json_get(u->preconditions[0], "receipt_version");
    arc_value *row;
    int64_t version = -1;
    arc_status st = v ? arci_json_int(t->env, v, &version) : ARC_OK;
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "receipt_state", "version customer returned_on");
    if (st == ARC_OK) st = arci_repo_get(t, shape, d->receipt, u->arena, &row);
    if (st != ARC_OK) return st;
    if (row[2].type != ARC_V_NULL) return moved(t, "receipt", d->receipt, "it went back", "款项已退回");
    if (d->claim && row[1].type == ARC_V_INT && row[1].u.i != d->claim) return moved(t, "receipt", d->receipt, "it has been found to be somebody else's", "回款已由其他客户认领");
    return row[0].u.i == version ? ARC_OK : moved(t, "receipt", d->receipt, "it has been allocated or changed since", "回款此后已被核销或变更");
}

/* He still pays for whose items these are. */
static arc_status check_family(arci_txn *t, arci_unit *u, const arci_cash_deed *d)
{
    const arci_shape *shape;
    arc_value *row;
    int64_t *items = arci_arena_alloc(u->arena, (d->n + 1u) * sizeof *items), customer = d->claim;
    if (!items) return arci_nomem(t->env);
    for (uint32_t i = 0; i < d->n; i++) items[i] = d->rows[i].item;
    arc_status st = customer ? ARC_OK : arci_shape_get(t, &shape, "receipt_state", "customer");
    if (st == ARC_OK && !customer) st = arci_repo_get(t, shape, d->receipt, u->arena, &row);
    if (st == ARC_OK && !customer) customer = row[0].u.i;
    return st == ARC_OK ? arci_cash_family_check(t, u->arena, d->receipt, customer, items, d->n) : st;
}

static arc_status check_unit(arci_txn *t, arci_unit *u)
{
    arci_cash_deed *d = arci_arena_calloc(u->arena, 1, sizeof *d);
    if (!d) return arci_nomem(t->env);
    arc_status st = arci_cash_deed_read(t->env, u->arena, d, u->actions[0]);
    if (st == ARC_OK) st = check_receipt(t, u, d);
    if (st == ARC_OK) st = check_rows(t, u, d);
    if (st == ARC_OK && d->family) st = check_family(t, u, d);
    u->found = d;
    return st;
}

static arc_status apply_unit(arc_session *session, arci_unit *u)
{
    arci_env *env = &u->p->session->env;
    arci_cash_deed *d = u->found;
    arci_str out;
    const char *why = u->p->lines[u->lines[0]].explanation;
    arc_status st = arci_cash_evidence(env, u->arena, d, why, u->actions[0], u->p->lines[u->lines[0]].proposed != NULL);
    if (st == ARC_OK) st = arci_cash_do(session, u->arena, d);
    if (st != ARC_OK) return st;
    arci_str_init(&out, env->ctx);
    arci_cash_deed_told(d, &out);
    u->results[0] = out.failed ? NULL : arci_arena_strndup(u->arena, out.s, out.len);
    arci_str_clear(&out);
    return u->results[0] ? ARC_OK : arci_nomem(env);
}

/* What lines, and what was considered, say of rows that are there. */
static const arci_tell told[] = {
    { "item", "number", 0 },       { "item", "due_date", 0 },       { "item", "currency", 0 },   { "item", "customer", 0 },        { "item_state", "open", 0 },
    { "receipt", "currency", 0 },  { "receipt", "value_date", 0 },  { "receipt", "customer", 0 }, { "receipt_state", "unapplied", 0 }, { "receipt", "memo", 0 },
    { "receipt", "bank_ref", 0 },  { "receipt", "remark", 0 },
};

const arci_engine arci_cash_engine = { ARCI_MATCH_ENGINE, told, sizeof told / sizeof told[0], 0, rerun, check_unit, apply_unit, NULL, NULL };
