/* SPDX-License-Identifier: Apache-2.0 */
/* Plans of contracts: an item a milestone, due once it is reached. */
#include <string.h>

#include "arcore/receivable.h"
#include "billing/chain.h"
#include "billing/terms.h"
#include "billing/uses.h"
#include "billing/states.h"
#include "ledger/period.h"

enum { M_ID, M_SEQ, M_NAME, M_CURRENCY, M_AMOUNT, M_REACHED, M_ITEM, M_TERM, M_KIND, M_VERSION, M_CONTRACT, M_COLUMNS };
static const char milestone_fields[] = "id seq milestone currency amount reached_on item term item_kind version contract";
enum { K_NUMBER, K_CUSTOMER, K_TERM, K_STATUS, K_OWNER, K_TEAM, K_REGION, K_DEPARTMENT, K_BUSINESS_LINE, K_CHANNEL, K_PROJECT, K_CURRENCY, K_SIGNED };
static const char contract_fields[] = "number customer term status owner team region department business_line channel project currency sign_date";

static arc_status at(arci_posting *p, arc_status st, const char *entity, const char *field, int64_t id)
{
    arci_fail_at(p->t->env, entity, field, id, -1);
    return st;
}

/* When a milestone reached on a day is due: its term counts from that day. */
static arc_status due_on(arci_posting *p, arc_date *due, const arc_value *m, const arc_value *contract, arc_date on)
{
    arci_term_book book;
    const arci_term *term;
    arc_terms_facts f;
    const arc_value *text = m[M_TERM].type == ARC_V_TEXT && m[M_TERM].len ? &m[M_TERM] : &contract[K_TERM];
    arci_term_book_init(&book, p->t, &p->arena);
    arc_status st = arci_term_find(&book, &term, text, on);
    if (st == ARC_OK && term->terms.n_lines != 1) st = arci_fail(p->t->env, ARC_E_VALUE, "a milestone is due on one day", "里程碑只能有一个到期日");
    if (st == ARC_OK) {
        (void)arc_terms_facts_init(&f);
        f.invoice = f.delivery = f.acceptance = f.received = f.order = f.contract = f.milestone = f.statement = on;
        f.calendar = term->calendar;
        st = arc_due_date(due, &term->terms.lines[0].due, &f);
        if (st != ARC_OK) st = arci_fail(p->t->env, st, "the due date of the milestone does not work out", "里程碑到期日无法计算");
    }
    arci_term_book_clear(&book);
    return st == ARC_OK ? st : at(p, st, "milestone", "term", m[M_ID].u.i);
}

static int becomes_estimate(const arc_value *m) { return m[M_REACHED].type == ARC_V_INT && arci_code_is(&m[M_KIND], "estimated"); }

static arc_status read_contract(arci_posting *p, arc_value **row, int64_t id)
{
    const arci_shape *shape;
    arc_status st = arci_repo_lock(p->t, "contract", &id, 1);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "contract", contract_fields);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, id, &p->arena, row);
    return st == ARC_OK ? arci_contract_may(p->t, &p->arena, p->call->verb->number, id) : st;
}

/* ---- plan ------------------------------------------------------------------------------------------------------------------------------- */

static arc_status within(arci_posting *p, int64_t id, const arc_value *contract, const arci_rows *rows)
{
    arci_contract *c;
    int64_t ids[1] = { id }, sum = 0;
    uint32_t n;
    arc_status st = arci_contracts_read(p->t, &p->arena, ids, 1, 0, &c, &n);
    for (uint32_t r = 0; st == ARC_OK && r < rows->n_rows; r++) {
        const arc_value *m = rows->values + (size_t)r * M_COLUMNS;
        if (!arci_value_equal(&m[M_CURRENCY], &contract[K_CURRENCY])) return at(p, arci_fail(p->t->env, ARC_E_GUARD, "a milestone is in another currency than its contract", "里程碑币种与合同不一致"), "milestone", "currency", m[M_ID].u.i);
        if (arci_add64(sum, m[M_AMOUNT].u.i, &sum) || (c->limited && sum > c->limit)) {
            return at(p, arci_fail(p->t->env, ARC_E_GUARD, "the milestones come to more than contract %.*s", "里程碑合计超过合同 %.*s 金额", (int)contract[K_NUMBER].len, contract[K_NUMBER].u.s), "milestone", "amount", m[M_ID].u.i);
        }
    }
    return st;
}

static arc_status fill_item(arci_posting *p, arc_value *v, const arc_value *m, int64_t id, const arc_value *contract, const arc_value *customer)
{
    arc_date due = ARC_DATE_NONE;
    arc_status st = m[M_REACHED].type == ARC_V_INT ? due_on(p, &due, m, contract, (arc_date)m[M_REACHED].u.i) : ARC_OK;
    v[ARCI_ITEM_NUMBER] = contract[K_NUMBER];
    v[ARCI_ITEM_SEQ] = m[M_SEQ];
    v[ARCI_ITEM_KIND] = becomes_estimate(m) ? arci_v_text("estimated", 9) : arci_v_text("planned", 7);
    v[ARCI_ITEM_CUSTOMER] = contract[K_CUSTOMER];
    v[ARCI_ITEM_CURRENCY] = m[M_CURRENCY];
    v[ARCI_ITEM_AMOUNT] = m[M_AMOUNT];
    v[ARCI_ITEM_BUSINESS_DATE] = p->session->business_date == ARC_DATE_NONE ? contract[K_SIGNED] : arci_v_int(p->session->business_date);
    v[ARCI_ITEM_BASE_DATE] = m[M_REACHED];
    if (due != ARC_DATE_NONE) v[ARCI_ITEM_DUE_DATE] = arci_v_int(due);
    v[ARCI_ITEM_CONTRACT] = arci_v_int(id);
    v[ARCI_ITEM_PROJECT] = contract[K_PROJECT];
    for (int k = 0; k < 3; k++) v[ARCI_ITEM_OWNER + k] = contract[K_OWNER + k].type == ARC_V_NULL && customer ? customer[k] : contract[K_OWNER + k];
    v[ARCI_ITEM_DEPARTMENT] = contract[K_DEPARTMENT];
    v[ARCI_ITEM_BUSINESS_LINE] = contract[K_BUSINESS_LINE];
    v[ARCI_ITEM_CHANNEL] = contract[K_CHANNEL];
    v[ARCI_ITEM_REMARK] = m[M_NAME];
    v[ARCI_ITEM_MILESTONE] = m[M_ID];
    return st;
}

/* An item has the number of its step, unless one that was cancelled has it: then the next that is free. */
static arc_status free_seqs(arci_posting *p, const arc_value *number, const arci_rows *rows, int64_t *seqs)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows taken;
    int64_t last = 0;
    arc_status st = arci_shape_get(p->t, &shape, "item", "number seq");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[0], ARC_OP_EQ, number->u.s, number->len);
    st = arci_repo_find(p->t, shape, &w, NULL, 0, 0, &p->arena, &taken);
    for (uint32_t k = 0; st == ARC_OK && k < taken.n_rows; k++) last = taken.values[2 * (size_t)k + 1].u.i > last ? taken.values[2 * (size_t)k + 1].u.i : last;
    for (uint32_t r = 0; st == ARC_OK && r < rows->n_rows; r++) {
        const int64_t own = rows->values[(size_t)r * M_COLUMNS + M_SEQ].u.i;
        if (own > last) last = own;
    }
    for (uint32_t r = 0; st == ARC_OK && r < rows->n_rows; r++) {
        const arc_value *m = rows->values + (size_t)r * M_COLUMNS;
        if (m[M_ITEM].type == ARC_V_INT) continue;
        seqs[r] = m[M_SEQ].u.i;
        for (uint32_t k = 0; k < taken.n_rows; k++) {
            if (taken.values[2 * (size_t)k + 1].u.i == m[M_SEQ].u.i) seqs[r] = 0;
        }
        if (!seqs[r]) seqs[r] = ++last;
    }
    return st;
}

static arc_status make_items(arci_posting *p, int64_t id, const arc_value *contract, const arci_rows *rows, uint32_t n)
{
    const arci_shape *shape;
    const arc_value *customer;
    arci_items items;
    arci_batch *links;
    uint32_t k = 0;
    int64_t *seqs = arci_arena_calloc(&p->arena, rows->n_rows, sizeof *seqs);
    arc_status st = seqs ? free_seqs(p, &contract[K_NUMBER], rows, seqs) : arci_nomem(p->t->env);
    if (st == ARC_OK) st = arci_posting_customer(p->t, &p->arena, &contract[K_CUSTOMER], &customer);
    if (st == ARC_OK) st = arci_items_new(p->t, &p->arena, &items, n);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "milestone", "item");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &links, shape, ARC_WRITE_UPDATE, n, ARCI_BATCH_VERSION, NULL, 0);
    if (st == ARC_OK) st = arci_items_ids(p->t, &items);
    for (uint32_t r = 0; st == ARC_OK && r < rows->n_rows; r++) {
        const arc_value *m = rows->values + (size_t)r * M_COLUMNS;
        if (m[M_ITEM].type == ARC_V_INT) continue;
        st = fill_item(p, arci_items_row(&items, k), m, id, contract, customer);
        arci_items_row(&items, k)[ARCI_ITEM_SEQ] = arci_v_int(seqs[r]);
        *arci_batch_key(links, k) = m[M_ID];
        *arci_batch_guard(links, k) = m[M_VERSION];
        *arci_batch_row(links, k) = arci_v_int(arci_items_id(&items, k));
        char currency[4] = { 0 };
        memcpy(currency, m[M_CURRENCY].u.s, 3);
        const arc_value *day = &arci_items_row(&items, k)[ARCI_ITEM_BUSINESS_DATE]; /* from when agings count it */
        if (st == ARC_OK && becomes_estimate(m)) {
            st = arci_estimate_post(p, "item", arci_items_id(&items, k), (arc_date)(day->type == ARC_V_INT ? day : &m[M_REACHED])->u.i, contract[K_CUSTOMER].u.i, currency, m[M_AMOUNT].u.i);
        }
        k++;
    }
    return st == ARC_OK ? arci_items_write_with(p->t, &items, &p->accounts, &links, 1) : st;
}

static arc_status plan(arci_posting *p, const void *elements)
{
    const int64_t id = *(const int64_t *)elements;
    const arci_shape *shape;
    arc_value *contract;
    arci_where w;
    arci_rows rows;
    uint32_t n = 0;
    arci_call_arg_int(p->call, id);
    arci_posting_arg_end(p, 0);
    arc_status st = p->call->request ? arci_posting_asked(p) : ARC_OK;
    if (st != ARC_OK) return st;
    st = arci_access_row(p->t, p->t->call->verb, NULL, arci_entity_by_name("contract", 8), id);
    if (st == ARC_OK) st = read_contract(p, &contract, id);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "milestone", milestone_fields);
    if (st != ARC_OK) return st;
    arc_order by_seq = { shape->cols[M_SEQ], 0 };
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[M_CONTRACT], ARC_OP_EQ, id);
    st = arci_repo_find(p->t, shape, &w, &by_seq, 1, 0, &p->arena, &rows);
    if (st == ARC_OK) st = within(p, id, contract, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) n += rows.values[(size_t)r * M_COLUMNS + M_ITEM].type == ARC_V_NULL;
    if (st == ARC_OK && p->ids) p->ids[0] = n;
    return st == ARC_OK && n ? make_items(p, id, contract, &rows, n) : st;
}

arc_status arc_contract_plan(arc_session *session, int64_t *n, int64_t contract)
{
    return arci_posting_run(session, ARCI_DO_CONTRACT_PLAN, n, NULL, &contract, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, plan);
}

/* ---- reach -------------------------------------------------------------------------------------------------------------------------------- */

typedef struct reached {
    int64_t milestone;
    arc_date on;
} reached;

/* The item that was planned gets its due date; as of days before, it has none. */
static arc_status move_item(arci_posting *p, const arc_value *m, const arc_value *contract, arc_date on)
{
    const arci_shape *shape;
    arci_batch *b;
    arci_plan *list;
    arc_date due;
    uint32_t n;
    int64_t ids[1] = { m[M_ITEM].u.i };
    char currency[4] = { 0 };
    arc_status st = due_on(p, &due, m, contract, on);
    if (st == ARC_OK) st = arci_plans_read(p, &list, &n, ids, 1);
    arci_plan *x = st == ARC_OK ? arci_plan_find(list, n, m[M_ITEM].u.i) : NULL;
    if (!x || arci_item_counts(&x->row[ARCI_PLAN_KIND]) == ARCI_COUNTS_OPEN || !x->open) return st; /* invoiced or cancelled meanwhile */
    int64_t since = x->row[ARCI_PLAN_SINCE].u.i;
    if (since > on) on = (arc_date)since;
    if (arci_code_is(&m[M_KIND], "estimated") || arci_item_counts(&x->row[ARCI_PLAN_KIND]) == ARCI_COUNTS_ESTIMATED) st = arci_period_check(p->t, on); /* agings of that day count it */
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "adjustment", "item effective_date currency due_date old_due_date reason_code reason kind");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(b, 0);
    v[0] = m[M_ITEM];
    v[1] = arci_v_int(on);
    v[2] = m[M_CURRENCY];
    v[3] = arci_v_int(due);
    v[4] = x->row[ARCI_PLAN_DUE];
    v[5] = arci_v_text("unknown", 7);
    v[6] = arci_v_text("milestone", 9);
    x->due = due;
    x->latest = on;
    memcpy(currency, m[M_CURRENCY].u.s, 3);
    if (arci_code_is(&m[M_KIND], "estimated") && arci_item_counts(&x->row[ARCI_PLAN_KIND]) == ARCI_COUNTS_NOT) {
        x->kind = "estimated";
        v[7] = arci_v_text("estimated", 9);
        st = arci_estimate_post(p, "item", x->id, on, x->row[ARCI_PLAN_CUSTOMER].u.i, currency, x->open);
    }
    if (st == ARC_OK) st = arci_repo_write(p->t, &b, 1, NULL);
    return st == ARC_OK ? arci_plans_write(p, list, n) : st;
}

static arc_status write_reached(arci_posting *p, const arc_value *m, arc_date on)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(p->t, &shape, "milestone", "reached_on");
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = m[M_ID];
    *arci_batch_guard(b, 0) = m[M_VERSION];
    *arci_batch_row(b, 0) = arci_v_int(on);
    return arci_repo_write(p->t, &b, 1, NULL);
}

static arc_status reach(arci_posting *p, const void *elements)
{
    const reached *x = elements;
    const arci_shape *shape;
    arc_value *m, *contract;
    arci_call_arg_int(p->call, x->milestone);
    arci_call_arg_int(p->call, x->on);
    arci_posting_arg_end(p, 0);
    arc_status st = p->call->request ? arci_posting_asked(p) : ARC_OK;
    if (st != ARC_OK) return st;
    if (x->on < ARC_DATE_MIN || x->on > ARC_DATE_MAX) return at(p, arci_fail(p->t->env, ARC_E_RANGE, "no such day", "日期无效"), "milestone", "reached_on", x->milestone);
    st = arci_day_come(p->t, x->on, ARC_DATE_NONE, "milestone", "reached_on", x->milestone);
    if (st == ARC_OK) st = arci_access_row(p->t, p->t->call->verb, NULL, arci_entity_by_name("milestone", 9), x->milestone);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "milestone", milestone_fields);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, x->milestone, &p->arena, &m);
    if (st == ARC_OK) st = read_contract(p, &contract, m[M_CONTRACT].u.i); /* first, as who plans it does */
    if (st == ARC_OK) st = arci_repo_lock(p->t, "milestone", &x->milestone, 1);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, x->milestone, &p->arena, &m);
    if (st == ARC_OK) st = arci_milestone_may(p->t, &p->arena, ARCI_DO_MILESTONE_REACH, x->milestone);
    if (st == ARC_OK) st = write_reached(p, m, x->on);
    if (st == ARC_OK && p->ids) p->ids[0] = x->milestone;
    return st == ARC_OK && m[M_ITEM].type == ARC_V_INT ? move_item(p, m, contract, x->on) : st;
}

arc_status arc_milestone_reach(arc_session *session, int64_t milestone, arc_date on)
{
    const reached x = { milestone, on };
    return arci_posting_run(session, ARCI_DO_MILESTONE_REACH, NULL, NULL, &x, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, reach);
}
