/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to a receipt after it was recorded: somebody says whose it is, it goes back. */
#include <string.h>

#include "arcore/receipt.h"
#include "ledger/debt.h"
#include "ledger/period.h"
#include "ledger/person.h"
#include "ledger/states.h"

enum { S_CUSTOMER, S_CURRENCY, S_VALUE_DATE, S_UNAPPLIED, S_VERSION, S_CLAIMED_ON, S_RETURNED_ON, S_OWNER, S_BASE_UNAPPLIED = S_OWNER + 3, S_N };
static const char state_fields[] = "customer currency value_date unapplied version claimed_on returned_on owner team region base_unapplied";
enum { R_NUMBER, R_AMOUNT, R_BASE, R_CUSTOMER, R_OWNER };
static const char receipt_fields[] = "number amount base_amount customer owner team region";
enum { C_CUSTOMER, C_CLAIMED_ON, C_CLAIMED_BY, C_OWNER, C_N = C_OWNER + 3 };
static const char claim_changes[] = "customer claimed_on claimed_by owner team region";
static const char return_changes[] = "unapplied settled_on returned_on returned base_unapplied";

typedef struct request {
    int64_t receipt, customer;
    arc_date date;
    const char *reason;
    arc_status (*work)(arci_posting *p, struct request *r);
} request;

typedef struct known {
    const arc_value *receipt, *state;
    char currency[4];
} known;

static arc_status fault(arci_env *env, arc_status st, const char *field, int64_t id)
{
    arci_fail_at(env, "receipt", field, id, -1);
    return st;
}

static arc_status read_receipt(arci_posting *p, int64_t id, known *k)
{
    const arci_shape *receipts, *states;
    arc_value *row;
    arc_status st = arci_shape_get(p->t, &receipts, "receipt", receipt_fields);
    if (st == ARC_OK) st = arci_shape_get(p->t, &states, "receipt_state", state_fields);
    if (st == ARC_OK) st = arci_access_row(p->t, p->t->call->verb, NULL, receipts->table->entity, id);
    if (st == ARC_OK) st = arci_repo_lock(p->t, "receipt_state", &id, 1);
    if (st == ARC_OK) st = arci_repo_get(p->t, receipts, id, &p->arena, &row);
    if (st != ARC_OK) return st;
    k->receipt = row;
    st = arci_repo_get(p->t, states, id, &p->arena, &row);
    if (st != ARC_OK) return st;
    k->state = row;
    memset(k->currency, 0, sizeof k->currency);
    memcpy(k->currency, row[S_CURRENCY].u.s, 3);
    return arci_receipt_may(p->t, &p->arena, p->call->verb->number, id);
}

static arc_status write_state(arci_posting *p, int64_t receipt, const known *k, const char *fields, const arc_value *values, uint16_t n)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(p->t, &shape, "receipt_state", fields);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    memcpy(arci_batch_row(b, 0), values, n * sizeof *values);
    arci_batch_key(b, 0)[0] = arci_v_int(receipt);
    arci_batch_guard(b, 0)[0] = k->state[S_VERSION];
    return arci_repo_write(p->t, &b, 1, NULL);
}

static arci_account_change *account(arci_posting *p, int64_t customer, const known *k)
{
    return arci_accounts_at(&p->accounts, customer, k->currency);
}

/* An entry of two lines: `amount` debited to `to`, credited to `from`, each of its customer (0: nobody). */
static void transfer(arci_posting *p, const known *k, const request *r, const char *purpose, const char *to, int64_t to_customer, const char *from, int64_t from_customer)
{
    int64_t amount = k->receipt[R_AMOUNT].u.i;
    int has_base = k->receipt[R_BASE].type == ARC_V_INT;
    int64_t base = has_base ? k->receipt[R_BASE].u.i : 0, out = -base;
    const arci_entry e = { .date = r->date, .purpose = purpose, .entity = "receipt", .source = r->receipt, .number = &k->receipt[R_NUMBER],
                           .customer = to_customer ? to_customer : from_customer, .person = &k->state[S_OWNER] };
    arci_journal_open(&p->journal, &e);
    arci_journal_line_of(&p->journal, to_customer, to, k->currency, amount, has_base ? &base : NULL);
    arci_journal_line_of(&p->journal, from_customer, from, k->currency, -amount, has_base ? &out : NULL);
}

/* Rows that came and went leave their days: before the last of them the receipt paid something, or did again. */
static arc_status after_all_rows(arci_posting *p, const request *r, const char *field)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(p->t, &shape, "allocation", "receipt effective_date");
    if (st != ARC_OK) return st;
    const arc_order latest = { shape->cols[1], 1 };
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, r->receipt);
    st = arci_repo_find(p->t, shape, &w, &latest, 1, 1, &p->arena, &rows);
    if (st != ARC_OK || !rows.n_rows || r->date >= rows.values[1].u.i) return st;
    return fault(p->t->env, arci_fail(p->t->env, ARC_E_RANGE, "the date is before the receipt's last allocation, or before that was reversed", "日期早于该回款最近一次核销或反核销"), field, r->receipt);
}

/* ---- whose it is --------------------------------------------------------------------------------------------------------------- */

static arc_status claim(arci_posting *p, request *r)
{
    arci_env *env = p->t->env;
    const arci_shape *shape;
    arc_value changes[C_N], *customer;
    known k;
    arc_status st = read_receipt(p, r->receipt, &k);
    if (st != ARC_OK) return st;
    if (r->date < k.state[S_VALUE_DATE].u.i || r->date > ARC_DATE_MAX) {
        return fault(env, arci_fail(env, ARC_E_RANGE, "the date is before the money came in", "认领日期早于到账日"), "claimed_on", r->receipt);
    }
    st = arci_period_check(p->t, r->date);
    if (st == ARC_OK) st = arci_shape_get(p->t, &shape, "customer", "owner team region");
    if (st == ARC_OK) st = arci_access_row(p->t, p->t->call->verb, NULL, shape->table->entity, r->customer);
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, r->customer, &p->arena, &customer);
    if (st == ARC_OK) st = arci_person_id(p, &changes[C_CLAIMED_BY]);
    if (st != ARC_OK) return st;
    changes[C_CUSTOMER] = arci_v_int(r->customer);
    changes[C_CLAIMED_ON] = arci_v_int(r->date);
    for (int c = 0; c < 3; c++) changes[C_OWNER + c] = k.receipt[R_OWNER + c].type == ARC_V_NULL ? customer[c] : k.receipt[R_OWNER + c];
    st = write_state(p, r->receipt, &k, claim_changes, changes, C_N);
    arci_account_change *a = account(p, r->customer, &k);
    if (st != ARC_OK || !a) return st == ARC_OK ? arci_nomem(env) : st;
    arci_acc_add(&a->unapplied, k.state[S_UNAPPLIED].u.i);
    arc_date on = (arc_date)k.state[S_VALUE_DATE].u.i;
    if (a->last_receipt_on == ARC_DATE_NONE || on > a->last_receipt_on) a->last_receipt_on = on;
    transfer(p, &k, r, "claim", ARCI_ROLE_UNIDENTIFIED, 0, ARCI_ROLE_ON_ACCOUNT, r->customer);
    return ARC_OK;
}

static arc_status unclaim(arci_posting *p, request *r)
{
    arci_env *env = p->t->env;
    arc_value changes[C_N];
    known k;
    arc_status st = read_receipt(p, r->receipt, &k);
    if (st != ARC_OK) return st;
    if (r->date < k.state[S_CLAIMED_ON].u.i || r->date > ARC_DATE_MAX) {
        return fault(env, arci_fail(env, ARC_E_RANGE, "the date is before the claim's", "日期早于认领日期"), "claimed_on", r->receipt);
    }
    st = after_all_rows(p, r, "claimed_on");
    if (st == ARC_OK) st = arci_period_check(p->t, r->date);
    if (st != ARC_OK) return st;
    for (int c = 0; c < C_N; c++) changes[c] = arci_v_null();
    for (int c = 0; c < 3; c++) changes[C_OWNER + c] = k.receipt[R_OWNER + c];
    int64_t customer = k.state[S_CUSTOMER].u.i;
    st = write_state(p, r->receipt, &k, claim_changes, changes, C_N);
    arci_account_change *a = account(p, customer, &k);
    if (st != ARC_OK || !a) return st == ARC_OK ? arci_nomem(env) : st;
    arci_acc_add(&a->unapplied, -k.state[S_UNAPPLIED].u.i);
    transfer(p, &k, r, "unclaim", ARCI_ROLE_ON_ACCOUNT, customer, ARCI_ROLE_UNIDENTIFIED, 0);
    return ARC_OK;
}

/* ---- going back ----------------------------------------------------------------------------------------------------------------- */

/* All allocations of the receipt, undone as of the day it went back. */
static arc_status undo_all(arci_posting *p, const request *r)
{
    arc_value *rows;
    int64_t *ids, receipt = r->receipt;
    uint32_t n;
    arci_allot a;
    arc_status st = arci_allot_standing(p, "receipt", r->receipt, &rows, &ids, &n);
    int64_t *items = st == ARC_OK ? arci_arena_alloc(&p->arena, ((size_t)n + 1) * sizeof *items) : NULL;
    if (st != ARC_OK) return st;
    if (!items) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < n; i++) items[i] = rows[(size_t)i * ARCI_AL_N + ARCI_AL_ITEM].u.i;
    st = arci_allot_open(p, &a, items, n, &receipt, 1, n);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        st = arci_allot_undo(&a, ids[i], rows + (size_t)i * ARCI_AL_N, r->date, r->reason);
    }
    return st == ARC_OK ? arci_allot_write(&a) : st;
}

enum { BY_MONEY, BY_OFFSET };

static arc_status paid_how(arci_posting *p, int64_t receipt, int *how)
{
    const arci_shape *shape;
    arc_value *v;
    arc_status st = arci_shape_get(p->t, &shape, "receipt", "method");
    if (st == ARC_OK) st = arci_repo_get(p->t, shape, receipt, &p->arena, &v);
    if (st == ARC_OK) *how = v->type == ARC_V_TEXT && v->len == 6 && memcmp(v->u.s, "offset", 6) == 0 ? BY_OFFSET : BY_MONEY;
    return st;
}

static arc_status give_back(arci_posting *p, request *r)
{
    arci_env *env = p->t->env;
    int how = BY_MONEY;
    known k;
    arc_status st = read_receipt(p, r->receipt, &k);
    if (st != ARC_OK) return st;
    if (r->date < k.state[S_VALUE_DATE].u.i || r->date > ARC_DATE_MAX || (k.state[S_CLAIMED_ON].type == ARC_V_INT && r->date < k.state[S_CLAIMED_ON].u.i)) {
        return fault(env, arci_fail(env, ARC_E_RANGE, "the date is before the money came in, or was claimed", "退回日期早于到账日或认领日"), "returned_on", r->receipt);
    }
    st = paid_how(p, r->receipt, &how);
    if (st == ARC_OK) st = after_all_rows(p, r, "returned_on");
    if (st == ARC_OK) st = arci_period_check(p->t, r->date);
    if (st == ARC_OK) st = undo_all(p, r);
    if (st == ARC_OK) st = read_receipt(p, r->receipt, &k); /* as it lies now */
    if (st != ARC_OK) return st;
    const arc_value changes[] = { arci_v_int(0), arci_v_int(r->date), arci_v_int(r->date), k.receipt[R_AMOUNT], k.state[S_BASE_UNAPPLIED].type == ARC_V_NULL ? arci_v_null() : arci_v_int(0) };
    int64_t customer = k.state[S_CUSTOMER].type == ARC_V_INT ? k.state[S_CUSTOMER].u.i : 0;
    st = write_state(p, r->receipt, &k, return_changes, changes, 5);
    if (st != ARC_OK) return st;
    arci_account_change *a = customer ? account(p, customer, &k) : NULL;
    if (customer && !a) return arci_nomem(env);
    if (a) arci_acc_add(&a->unapplied, -k.receipt[R_AMOUNT].u.i);
    transfer(p, &k, r, "return", customer ? ARCI_ROLE_ON_ACCOUNT : ARCI_ROLE_UNIDENTIFIED, customer, how == BY_OFFSET ? ARCI_ROLE_CLEARING : ARCI_ROLE_BANK, customer);
    return ARC_OK;
}

/* ---- verbs --------------------------------------------------------------------------------------------------------------------- */

static arc_status run(arci_posting *p, const void *elements)
{
    request r = *(const request *)elements;
    if (r.date == ARC_DATE_NONE) r.date = p->session->business_date;
    arci_call_arg_int(p->call, r.receipt);
    arci_call_arg_int(p->call, r.customer);
    arci_call_arg_int(p->call, r.date);
    arci_call_arg_text(p->call, r.reason ? r.reason : "", r.reason ? strlen(r.reason) : 0);
    arci_posting_arg_end(p, 0);
    arc_status st = arci_posting_asked(p);
    return st == ARC_OK ? r.work(p, &r) : st;
}

static arc_status run_with_reason(arc_session *session, uint32_t verb, const request *r)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = arci_reason_check(&s->env, r->reason, "receipt");
    if (st != ARC_OK) return arci_call_leave(s, st);
    (void)arci_session_leave(s, st);
    return arci_posting_run(session, verb, NULL, NULL, r, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, run);
}

arc_status arc_receipt_claim(arc_session *session, int64_t receipt, int64_t customer, arc_date date)
{
    const request r = { receipt, customer, date, NULL, claim };
    return arci_posting_run(session, ARCI_DO_RECEIPT_CLAIM, NULL, NULL, &r, 1, ARC_ALL_OR_NONE, ARCI_POSTING_ONE, run);
}

arc_status arc_receipt_unclaim(arc_session *session, int64_t receipt, arc_date date, const char *reason)
{
    const request r = { receipt, 0, date, reason, unclaim };
    return run_with_reason(session, ARCI_DO_RECEIPT_UNCLAIM, &r);
}

arc_status arc_receipt_return(arc_session *session, int64_t receipt, arc_date date, const char *reason)
{
    const request r = { receipt, 0, date, reason, give_back };
    return run_with_reason(session, ARCI_DO_RECEIPT_RETURN, &r);
}
