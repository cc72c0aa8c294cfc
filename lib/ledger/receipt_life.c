/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to receipts after they were recorded: somebody says whose they are, they go back. */
#include <string.h>

#include "arcore/receipt.h"
#include "ledger/allot.h"
#include "ledger/charges.h"
#include "ledger/period.h"
#include "ledger/person.h"
#include "ledger/receipt.h"
#include "ledger/states.h"
#include "ledger/step.h"

enum {
    S_CUSTOMER, S_CURRENCY, S_VALUE_DATE, S_UNAPPLIED, S_VERSION, S_CLAIMED_ON, S_RETURNED_ON, S_OWNER, S_BASE_UNAPPLIED = S_OWNER + 3, S_MOVED_ON, S_POSTED, S_N
};
static const char state_fields[] = "customer currency value_date unapplied version claimed_on returned_on owner team region base_unapplied moved_on posting_date";
enum { R_NUMBER, R_AMOUNT, R_BASE, R_METHOD, R_OWNER, R_DEPARTMENT = R_OWNER + 3, R_PROJECT, R_BUSINESS_LINE, R_CHARGES };
static const char receipt_fields[] = "number amount base_amount method owner team region department project business_line charges";
enum { C_CUSTOMER, C_CLAIMED_ON, C_CLAIMED_BY, C_OWNER, C_N = C_OWNER + 3 };
static const char claim_changes[] = "customer claimed_on claimed_by owner team region";
static const char return_changes[] = "unapplied settled_on returned_on returned base_unapplied";
enum { H_RECEIPT, H_CUSTOMER, H_DATE, H_ENDS, H_CLAIMED_ON, H_CURRENCY, H_BY, H_REASON, H_OWNER, H_ID = H_OWNER + 3 };
#define CLAIM_FIELDS "receipt customer effective_date ends claimed_on currency claimed_by reason owner team region"
static const char claim_fields[] = CLAIM_FIELDS, claim_rows[] = CLAIM_FIELDS " id";

typedef struct life {
    arci_ledger_steps *s;
    arci_posting *p;
    const arc_value **receipts, **states; /* by element */
    uint32_t *facts;                      /* ledger/states.h */
    const arc_value **claims;             /* the last row of receipt_claim of each, or NULL */
    uint32_t n_good;
} life;

static int good(const life *l, uint32_t i) { return arci_ledger_good(l->s, i); }
static const arc_ledger_step *step(const life *l, uint32_t i) { return &l->s->list[i]; }
static arc_date date_of(const arc_value *v) { return v->type == ARC_V_INT ? (arc_date)v->u.i : ARC_DATE_NONE; }

static void currency_of(char out[4], const arc_value *state)
{
    memset(out, 0, 4);
    memcpy(out, state[S_CURRENCY].u.s, 3);
}

/* Refuses element i; 0: the call cannot go on. */
static int no(life *l, uint32_t i, arc_status st, const char *field) { return arci_ledger_refuse(l->s, i, st, "receipt", field, step(l, i)->row); }

/* ---- reading ------------------------------------------------------------------------------------------------------------------- */

static arc_status read_states(life *l)
{
    int64_t *ids;
    uint32_t n;
    arc_status st = arci_ledger_sorted(l->s, &ids, &n, NULL);
    if (st == ARC_OK && n) st = arci_repo_lock(l->p->t, "receipt_state", ids, n);
    return st == ARC_OK ? arci_ledger_beside(l->s, &l->states, "receipt_state", state_fields, NULL) : st;
}

static arc_status read_claims(life *l);

/* All that is read of receipts as such, asked for at once. */
static arc_status ask_all(life *l)
{
    if (!arci_repo_asking(l->p->t)) return ARC_OK;
    arc_status st = read_states(l);
    if (st == ARC_OK) st = read_claims(l);
    arci_repo_asked(l->p->t);
    return st;
}

static arc_status read_all(life *l)
{
    l->facts = arci_arena_calloc(&l->p->arena, l->p->n, sizeof *l->facts);
    if (!l->facts) return arci_nomem(l->p->t->env);
    arc_status st = ask_all(l);
    if (st == ARC_OK) st = arci_ledger_rows(l->s, &l->receipts, "receipt", receipt_fields, NULL, 1);
    if (st == ARC_OK) st = read_states(l);
    for (uint32_t i = 0; st == ARC_OK && i < l->p->n; i++) {
        arci_env *env = l->p->t->env;
        arc_status why = ARC_OK;
        if (!good(l, i)) continue;
        if (!l->states[i]) why = arci_fail(env, ARC_E_CORRUPT, "the receipt has no state", "回款缺少状态记录");
        else if (step(l, i)->version && step(l, i)->version != l->states[i][S_VERSION].u.i) why = arci_fail(env, ARC_E_STALE, "the receipt has changed since", "回款已变更");
        if (why != ARC_OK && !no(l, i, why, NULL)) return why;
    }
    return st;
}

/* What the state allows: one word for verbs and front ends. */
static arc_status judge_states(life *l)
{
    for (uint32_t i = 0; i < l->p->n; i++) {
        const arc_value *s = l->states[i];
        if (!good(l, i)) continue;
        l->facts[i] |= arci_receipt_facts(l->receipts[i][R_AMOUNT].u.i, s[S_UNAPPLIED].u.i, &s[S_CUSTOMER], &s[S_CLAIMED_ON], &s[S_RETURNED_ON]);
        arc_status why = arci_receipt_tell(l->p->t, l->s->verb->verb, l->facts[i], step(l, i)->row);
        if (why != ARC_OK && !arci_ledger_refuse(l->s, i, why, NULL, NULL, 0)) return why;
    }
    return ARC_OK;
}

/* The latest claim, or end of one, of each receipt. */
static arc_status read_claims(life *l)
{
    arci_posting *p = l->p;
    const arci_shape *shape;
    int64_t *ids;
    uint32_t n;
    const uint32_t at_once = 500;
    arc_status st = arci_ledger_sorted(l->s, &ids, &n, NULL);
    l->claims = st == ARC_OK ? arci_arena_calloc(&p->arena, p->n, sizeof *l->claims) : NULL;
    if (st == ARC_OK && !l->claims) return arci_nomem(p->t->env);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "receipt_claim", claim_rows);
    arci_map latest;
    arci_map_init(&latest, p->arena.ctx);
    for (uint32_t from = 0; st == ARC_OK && from < n; from += at_once) {
        const uint32_t m = n - from < at_once ? n - from : at_once;
        arc_value *in = arci_arena_alloc(&p->arena, m * sizeof *in);
        const arc_order by_id = { shape->cols[H_ID], 0 };
        arci_where w;
        arci_rows rows = { 0 };
        if (!in) st = arci_nomem(p->t->env);
        for (uint32_t i = 0; in && i < m; i++) in[i] = arci_v_int(ids[from + i]);
        arci_where_init(&w);
        if (in) arci_where_in(&w, shape->cols[H_RECEIPT], in, m);
        if (in) st = arci_repo_find(p->t, shape, &w, &by_id, 1, 0, &p->arena, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
            const arc_value *v = rows.values + (size_t)r * rows.n_cols;
            int64_t *at;
            if (arci_map_put(&latest, &v[H_RECEIPT].u.i, sizeof v[H_RECEIPT].u.i, &at) < 0) st = arci_nomem(p->t->env);
            else *at = (int64_t)(intptr_t)v;
        }
    }
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        const int64_t *at = good(l, i) ? arci_map_get(&latest, &step(l, i)->row, sizeof step(l, i)->row) : NULL;
        if (at) l->claims[i] = (const arc_value *)(intptr_t)*at;
    }
    arci_map_clear(&latest);
    return st;
}

/* ---- writing ------------------------------------------------------------------------------------------------------------------- */

static uint32_t count_good(life *l)
{
    l->n_good = 0;
    for (uint32_t i = 0; i < l->p->n; i++) l->n_good += good(l, i) != 0;
    return l->n_good;
}

static arc_status open_states(life *l, arci_batch **b, const char *fields)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(l->p->t, &shape, "receipt_state", fields);
    return st == ARC_OK ? arci_batch_new(l->p->t, &l->p->arena, b, shape, ARC_WRITE_UPDATE, l->n_good, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0) : st;
}

static arc_value *state_row(const life *l, arci_batch *b, uint32_t row, uint32_t i)
{
    arci_batch_key(b, row)[0] = arci_v_int(step(l, i)->row);
    arci_batch_guard(b, row)[0] = l->states[i][S_VERSION];
    return arci_batch_row(b, row);
}

/* `amount` more is unapplied on the account of a customer. */
static arc_status move_account(life *l, uint32_t i, int64_t customer, int64_t amount)
{
    char currency[4];
    currency_of(currency, l->states[i]);
    arci_account_change *a = arci_accounts_at(&l->p->accounts, customer, currency);
    if (!a) return arci_nomem(l->p->t->env);
    arci_acc_add(&a->unapplied, amount);
    arc_date on = date_of(&l->states[i][S_VALUE_DATE]);
    arc_date *day = amount > 0 ? &a->last_receipt_on : &a->receipt_gone;
    if (*day == ARC_DATE_NONE || on > *day) *day = on;
    return ARC_OK;
}

/* An entry of two lines: the receipt's amount debited to `to`, credited to `from`, each of its customer (0: nobody). */
static void transfer(life *l, uint32_t i, const char *purpose, const char *to, int64_t to_customer, const char *from, int64_t from_customer)
{
    const arc_value *r = l->receipts[i];
    char currency[4];
    int64_t amount = r[R_AMOUNT].u.i;
    int has_base = r[R_BASE].type == ARC_V_INT;
    int64_t base = has_base ? r[R_BASE].u.i : 0, out = -base;
    const arci_entry e = { .date = step(l, i)->date, .purpose = purpose, .entity = "receipt", .source = step(l, i)->row, .number = &r[R_NUMBER],
                           .customer = to_customer ? to_customer : from_customer, .person = &l->states[i][S_OWNER] };
    currency_of(currency, l->states[i]);
    arci_journal_open(&l->p->journal, &e);
    arci_journal_line_of(&l->p->journal, to_customer, to, currency, amount, has_base ? &base : NULL);
    arci_journal_line_of(&l->p->journal, from_customer, from, currency, -amount, has_base ? &out : NULL);
}

/* ---- whose they are ------------------------------------------------------------------------------------------------------------ */

static arc_date later(arc_date a, arc_date b) { return b != ARC_DATE_NONE && (a == ARC_DATE_NONE || b > a) ? b : a; }

static int may_claim(life *l, uint32_t i)
{
    arci_env *env = l->p->t->env;
    const arc_value *state = l->states[i], *last = l->claims[i];
    arc_date date = step(l, i)->date;
    if (date < date_of(&state[S_POSTED]) || date > ARC_DATE_MAX) return no(l, i, arci_fail(env, ARC_E_RANGE, "the date is before the receipt was posted", "认领日期早于入账日"), "claimed_on");
    if (last && date < last[H_DATE].u.i) {
        return no(l, i, arci_fail(env, ARC_E_RANGE, "the date is before the last claim was taken back", "认领日期早于上次撤销认领的日期"), "claimed_on");
    }
    (void)arci_posting_fact(l->p, i, date, last ? later(date_of(&state[S_POSTED]), (arc_date)last[H_DATE].u.i) : date_of(&state[S_POSTED]), "receipt", "claimed_on", step(l, i)->row);
    return 1;
}

static arc_status claim(arci_ledger_steps *s)
{
    life l = { .s = s, .p = s->p };
    const arc_value **customers = NULL;
    arc_value person;
    const arci_shape *shape;
    arci_batch *b[2];
    arci_posting *p = s->p;
    int64_t *to = arci_arena_calloc(&p->arena, p->n, sizeof *to);
    if (!to) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) to[i] = s->list[i].customer;
    arc_status st = read_all(&l);
    if (st == ARC_OK) st = judge_states(&l);
    if (st == ARC_OK) st = read_claims(&l);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        if (good(&l, i) && !may_claim(&l, i)) return p->failed.status;
    }
    if (st == ARC_OK) st = arci_ledger_rows(s, &customers, "customer", "owner team region merged_into", to, 0);
    if (st == ARC_OK) arci_ledger_merged(s, customers, 3, to);
    if (st == ARC_OK) st = arci_person_id(p, &person);
    if (st != ARC_OK || !count_good(&l)) return st;
    st = open_states(&l, &b[0], claim_changes);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "receipt_claim", claim_fields);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b[1], shape, ARC_WRITE_INSERT, l.n_good, ARCI_BATCH_UNCHECKED, NULL, 0);
    for (uint32_t i = 0, row = 0; st == ARC_OK && i < p->n; i++) {
        if (!good(&l, i)) continue;
        arc_value *h = arci_batch_row(b[1], row), *v = state_row(&l, b[0], row++, i);
        v[C_CUSTOMER] = h[H_CUSTOMER] = arci_v_int(to[i]);
        v[C_CLAIMED_ON] = h[H_DATE] = arci_v_int(step(&l, i)->date);
        v[C_CLAIMED_BY] = h[H_BY] = person;
        for (int c = 0; c < 3; c++) v[C_OWNER + c] = h[H_OWNER + c] = l.receipts[i][R_OWNER + c].type == ARC_V_NULL ? customers[i][c] : l.receipts[i][R_OWNER + c];
        h[H_RECEIPT] = arci_v_int(step(&l, i)->row);
        h[H_CURRENCY] = l.states[i][S_CURRENCY];
        st = move_account(&l, i, to[i], l.states[i][S_UNAPPLIED].u.i);
        transfer(&l, i, "claim", ARCI_ROLE_UNIDENTIFIED, 0, ARCI_ROLE_ON_ACCOUNT, to[i]);
    }
    if (st == ARC_OK) st = arci_repo_write(p->t, b, 2, NULL);
    for (uint32_t i = 0, row = 0; st == ARC_OK && p->ids && i < p->n; i++) {
        if (good(&l, i)) p->ids[i] = arci_batch_id(b[1], row++);
    }
    return st;
}

static int may_unclaim(life *l, uint32_t i)
{
    arci_env *env = l->p->t->env;
    const arc_value *state = l->states[i];
    arc_date date = step(l, i)->date, moved = date_of(&state[S_MOVED_ON]);
    if (!l->claims[i]) return no(l, i, arci_fail(env, ARC_E_CORRUPT, "the claim has no row", "缺少认领记录"), "claimed_on");
    if (date < state[S_CLAIMED_ON].u.i || date > ARC_DATE_MAX) return no(l, i, arci_fail(env, ARC_E_RANGE, "the date is before the claim's", "日期早于认领日期"), "claimed_on");
    if (moved != ARC_DATE_NONE && date < moved) {
        return no(l, i, arci_fail(env, ARC_E_RANGE, "the receipt was applied until later: take a later date", "该日之后回款仍有核销，请使用更晚的日期"), "claimed_on");
    }
    (void)arci_posting_fact(l->p, i, date, later(date_of(&state[S_CLAIMED_ON]), moved), "receipt", "claimed_on", step(l, i)->row);
    return 1;
}

static arc_status unclaim(arci_ledger_steps *s)
{
    life l = { .s = s, .p = s->p };
    arci_posting *p = s->p;
    arc_value person;
    const arci_shape *shape;
    arci_batch *b[2];
    arc_status st = read_all(&l);
    if (st == ARC_OK) st = judge_states(&l);
    if (st == ARC_OK) st = read_claims(&l);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        if (good(&l, i) && !may_unclaim(&l, i)) return p->failed.status;
    }
    if (st == ARC_OK) st = arci_person_id(p, &person);
    if (st != ARC_OK || !count_good(&l)) return st;
    st = open_states(&l, &b[0], claim_changes);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "receipt_claim", claim_fields);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b[1], shape, ARC_WRITE_INSERT, l.n_good, ARCI_BATCH_UNCHECKED, NULL, 0);
    for (uint32_t i = 0, row = 0; st == ARC_OK && i < p->n; i++) {
        if (!good(&l, i)) continue;
        const arc_value *state = l.states[i];
        arc_value *h = arci_batch_row(b[1], row), *v = state_row(&l, b[0], row++, i);
        for (int c = 0; c < C_N; c++) v[c] = arci_v_null();
        for (int c = 0; c < 3; c++) v[C_OWNER + c] = l.receipts[i][R_OWNER + c];
        h[H_RECEIPT] = arci_v_int(step(&l, i)->row);
        h[H_CUSTOMER] = state[S_CUSTOMER];
        h[H_DATE] = arci_v_int(step(&l, i)->date);
        h[H_ENDS] = l.claims[i][H_ID];
        h[H_CLAIMED_ON] = state[S_CLAIMED_ON];
        h[H_CURRENCY] = state[S_CURRENCY];
        h[H_BY] = person;
        h[H_REASON] = arci_v_text(step(&l, i)->reason, strlen(step(&l, i)->reason));
        for (int c = 0; c < 3; c++) h[H_OWNER + c] = state[S_OWNER + c];
        st = move_account(&l, i, state[S_CUSTOMER].u.i, -state[S_UNAPPLIED].u.i);
        transfer(&l, i, "unclaim", ARCI_ROLE_ON_ACCOUNT, state[S_CUSTOMER].u.i, ARCI_ROLE_UNIDENTIFIED, 0);
    }
    if (st == ARC_OK) st = arci_repo_write(p->t, b, 2, NULL);
    for (uint32_t i = 0, row = 0; st == ARC_OK && p->ids && i < p->n; i++) {
        if (good(&l, i)) p->ids[i] = arci_batch_id(b[1], row++);
    }
    return st;
}

/* The money goes back, and with it what was kept back of it: the entry it came in with, the other way round. */
static arc_status pay_back(life *l, uint32_t i, const char *from, int64_t customer, const char *bank)
{
    const arc_value *r = l->receipts[i];
    const int64_t *base = r[R_BASE].type == ARC_V_INT ? &r[R_BASE].u.i : NULL;
    char currency[4];
    arci_journal *j = &l->p->journal;
    arci_charges charges;
    const arci_entry e = { .date = step(l, i)->date, .purpose = "return", .entity = "receipt", .source = step(l, i)->row, .number = &r[R_NUMBER], .customer = customer,
                           .person = &l->states[i][S_OWNER], .department = &r[R_DEPARTMENT], .project = &r[R_PROJECT], .business_line = &r[R_BUSINESS_LINE] };
    currency_of(currency, l->states[i]);
    arc_status st = arci_charges_read(l->p->t->env, &l->p->arena, &charges, &r[R_CHARGES], currency, r[R_AMOUNT].u.i);
    if (st != ARC_OK) return st;
    arci_journal_open(j, &e);
    arci_journal_line(j, from, currency, r[R_AMOUNT].u.i, base);
    arci_charges_post(j, &charges, bank, currency, r[R_AMOUNT].u.i, base, -1);
    return ARC_OK;
}

/* ---- going back ---------------------------------------------------------------------------------------------------------------- */

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static void note_bill(void *user, uint32_t i, const arc_value *row)
{
    life *l = user;
    (void)row;
    l->facts[i] |= ARCI_RECEIPT_BILL;
}

/* A bill of exchange goes back by verbs of its own. */
static arc_status find_bills(life *l)
{
    return arci_ledger_about(l->s, NULL, "bill", "receipt", note_bill, l);
}

static int may_go_back(life *l, uint32_t i)
{
    arci_env *env = l->p->t->env;
    const arc_value *state = l->states[i];
    arc_date date = step(l, i)->date, moved = date_of(&state[S_MOVED_ON]), claimed = date_of(&state[S_CLAIMED_ON]);
    if (date < date_of(&state[S_POSTED]) || date > ARC_DATE_MAX || (claimed != ARC_DATE_NONE && date < claimed)) {
        return no(l, i, arci_fail(env, ARC_E_RANGE, "the date is before the receipt was posted, or was claimed", "退回日期早于入账日或认领日"), "returned_on");
    }
    if (state[S_CUSTOMER].type == ARC_V_NULL && l->claims[i] && date < l->claims[i][H_DATE].u.i) {
        return no(l, i, arci_fail(env, ARC_E_RANGE, "the date is before the last claim was taken back", "退回日期早于撤销认领的日期"), "returned_on");
    }
    if (moved != ARC_DATE_NONE && date < moved) {
        return no(l, i, arci_fail(env, ARC_E_RANGE, "the receipt was applied, or freed again, after that day: take a later date", "该日之后回款仍有核销变动，请使用更晚的日期"), "returned_on");
    }
    (void)arci_posting_fact(l->p, i, date, later(later(date_of(&state[S_POSTED]), moved), claimed), "receipt", "returned_on", step(l, i)->row);
    return 1;
}

/* All allocations of the receipts, undone as of the days they went back. */
static arc_status undo_all(life *l)
{
    arci_posting *p = l->p;
    arc_value *rows;
    int64_t *ids, *receipts;
    uint32_t n, n_receipts;
    arci_allot a;
    arc_status st = arci_ledger_sorted(l->s, &receipts, &n_receipts, NULL);
    if (st == ARC_OK) st = arci_allot_standing_of(p, "receipt", receipts, n_receipts, &rows, &ids, &n);
    int64_t *items = st == ARC_OK ? arci_arena_alloc(&p->arena, ((size_t)n + 1) * sizeof *items) : NULL;
    if (st != ARC_OK) return st;
    if (!items) return arci_nomem(p->t->env);
    for (uint32_t r = 0; r < n; r++) {
        const arc_value *old = rows + (size_t)r * ARCI_AL_N;
        uint32_t i = is(&old[ARCI_AL_MODE], "refund") ? arci_ledger_element(l->s, old[ARCI_AL_RECEIPT].u.i) : UINT32_MAX;
        items[r] = old[ARCI_AL_ITEM].u.i;
        if (i == UINT32_MAX) continue;
        arc_status why = arci_receipt_tell(p->t, ARCI_DO_RECEIPT_RETURN, ARCI_RECEIPT_REFUNDED, step(l, i)->row);
        if (!arci_ledger_refuse(l->s, i, why, NULL, NULL, 0)) return why;
    }
    st = arci_allot_open(p, &a, items, n, receipts, n_receipts, n);
    for (uint32_t r = 0; r < n && st == ARC_OK; r++) {
        const arc_value *old = rows + (size_t)r * ARCI_AL_N;
        uint32_t i = arci_ledger_element(l->s, old[ARCI_AL_RECEIPT].u.i);
        if (i != UINT32_MAX) st = arci_allot_undo(&a, ids[r], old, step(l, i)->date, step(l, i)->reason);
    }
    return st == ARC_OK ? arci_allot_write(&a) : st;
}

static arc_status ask_return(life *l)
{
    arc_value *rows;
    int64_t *ids, *receipts;
    uint32_t n, n_receipts;
    if (!arci_repo_asking(l->p->t)) return ARC_OK;
    arc_status st = arci_ledger_sorted(l->s, &receipts, &n_receipts, NULL);
    if (st == ARC_OK) st = read_states(l); /* locked before what hangs on them is asked for */
    if (st == ARC_OK) st = find_bills(l);
    if (st == ARC_OK) st = arci_allot_standing_of(l->p, "receipt", receipts, n_receipts, &rows, &ids, &n);
    arci_repo_asked(l->p->t);
    return st;
}

static arc_status give_back(arci_ledger_steps *s)
{
    life l = { .s = s, .p = s->p };
    arci_posting *p = s->p;
    arci_batch *b;
    arc_status st = ask_return(&l);
    if (st == ARC_OK) st = read_all(&l);
    if (st == ARC_OK) st = read_claims(&l);
    if (st == ARC_OK) st = find_bills(&l);
    if (st == ARC_OK) st = judge_states(&l);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        if (good(&l, i) && !may_go_back(&l, i)) return p->failed.status;
    }
    if (st == ARC_OK) st = undo_all(&l);
    if (st == ARC_OK) st = read_states(&l); /* as they lie now */
    if (st != ARC_OK || !count_good(&l)) return st;
    st = open_states(&l, &b, return_changes);
    for (uint32_t i = 0, row = 0; st == ARC_OK && i < p->n; i++) {
        if (!good(&l, i)) continue;
        const arc_value day = arci_v_int(step(&l, i)->date), zero = arci_v_int(0), *state = l.states[i];
        const arc_value changes[] = { zero, day, day, l.receipts[i][R_AMOUNT], state[S_BASE_UNAPPLIED].type == ARC_V_NULL ? arci_v_null() : zero };
        int64_t customer = state[S_CUSTOMER].type == ARC_V_INT ? state[S_CUSTOMER].u.i : 0;
        memcpy(state_row(&l, b, row++, i), changes, sizeof changes);
        if (customer) st = move_account(&l, i, customer, -l.receipts[i][R_AMOUNT].u.i);
        if (st == ARC_OK) {
            st = pay_back(&l, i, customer ? ARCI_ROLE_ON_ACCOUNT : ARCI_ROLE_UNIDENTIFIED, customer, is(&l.receipts[i][R_METHOD], "offset") ? ARCI_ROLE_CLEARING : ARCI_ROLE_BANK);
        }
        if (p->ids) p->ids[i] = step(&l, i)->row;
    }
    return st == ARC_OK ? arci_repo_write(p->t, &b, 1, NULL) : st;
}

/* ---- verbs --------------------------------------------------------------------------------------------------------------------- */

static const arci_ledger_verb claim_verb = { ARCI_DO_RECEIPT_CLAIM, 0, "receipt", 0, claim, NULL, NULL };
static const arci_ledger_verb unclaim_verb = { ARCI_DO_RECEIPT_UNCLAIM, 0, "receipt", 1, unclaim, NULL, NULL };
static const arci_ledger_verb return_verb = { ARCI_DO_RECEIPT_RETURN, 0, "receipt", 1, give_back, NULL, NULL };

static arc_ledger_step step_of(int64_t receipt, int64_t customer, arc_date date, const char *reason)
{
    arc_ledger_step s = ARC_LEDGER_STEP_INIT;
    s.row = receipt;
    s.customer = customer;
    s.date = date;
    s.reason = reason;
    return s;
}

arc_status arc_receipt_claim(arc_session *session, int64_t receipt, int64_t customer, arc_date date)
{
    const arc_ledger_step s = step_of(receipt, customer, date, NULL);
    return arci_ledger_one(session, &claim_verb, NULL, &s);
}

arc_status arc_receipt_unclaim(arc_session *session, int64_t receipt, arc_date date, const char *reason)
{
    const arc_ledger_step s = step_of(receipt, 0, date, reason);
    return arci_ledger_one(session, &unclaim_verb, NULL, &s);
}

arc_status arc_receipt_return(arc_session *session, int64_t receipt, arc_date date, const char *reason)
{
    const arc_ledger_step s = step_of(receipt, 0, date, reason);
    return arci_ledger_one(session, &return_verb, NULL, &s);
}

arc_status arc_receipt_claim_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &claim_verb, ids, results, steps, n, flags);
}

arc_status arc_receipt_unclaim_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &unclaim_verb, ids, results, steps, n, flags);
}

arc_status arc_receipt_return_many(arc_session *session, int64_t *ids, arc_status *results, const arc_ledger_step *steps, size_t n, uint32_t flags)
{
    return arci_ledger_many(session, &return_verb, ids, results, steps, n, flags);
}

arc_status arci_receipt_return_inside(arc_session *session, arc_status *results, const arc_ledger_step *steps, uint32_t n, uint32_t flags)
{
    return arci_ledger_inside(session, &return_verb, NULL, results, steps, n, flags);
}
