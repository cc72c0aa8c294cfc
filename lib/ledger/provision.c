/* SPDX-License-Identifier: Apache-2.0 */
/* Posting what the allowance for bad debts has to be, and taking that back. */
#include "arcore/provision.h"

#include <string.h>

#include "base/str.h"
#include "ledger/allot.h"
#include "ledger/journal.h"
#include "ledger/journal_balance.h"
#include "ledger/period.h"
#include "ledger/run_back.h"
#include "store/setting.h"
#include "store/valid.h"
#include "store/verb.h"
#include "store/scout.h"

#define PARTS_MAX 100000u
#define PARTS_AT_ONCE 2000u

arc_status arc_provision_part_init(arc_provision_part *part)
{
    static const arc_provision_part init = ARC_PROVISION_PART_INIT;
    if (!part) return ARC_E_INVALID;
    *part = init;
    return ARC_OK;
}

arc_status arc_provision_init(arc_provision *provision)
{
    static const arc_provision init = ARC_PROVISION_INIT;
    if (!provision) return ARC_E_INVALID;
    *provision = init;
    return ARC_OK;
}

static const char run_fields[] = "as_of method currency required existing charge reason reverses";
enum { R_AS_OF, R_METHOD, R_CURRENCY, R_REQUIRED, R_EXISTING, R_CHARGE, R_REASON, R_REVERSES };
static const char part_fields[] = "provision_run customer bucket currency balance rate amount";
enum { P_RUN, P_CUSTOMER, P_BUCKET, P_CURRENCY, P_BALANCE, P_RATE, P_AMOUNT };

typedef struct request {
    arc_date as_of;
    int64_t required;
    const char *method, *reason;
    const arc_provision_part *parts;
    size_t n;
} request;

static arc_status fault(arci_txn *t, arc_status st, const char *field, int64_t id)
{
    arci_fail_at(t->env, "provision_run", field, id, -1);
    return st;
}

/* ---- what may be posted ------------------------------------------------------------------------------------------------------- */

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && !memcmp(v->u.s, s, v->len); }

/* Runs meet at the book's row. The last run that stands: 0 when there is none. */
static arc_status last_run(arci_txn *t, arci_arena *arena, arc_date *day, int64_t *id)
{
    const arci_shape *shape;
    arci_rows rows;
    int64_t any = 0;
    arc_status st = arci_repo_lock(t, "book", &any, 1);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "provision_run", "id as_of reverses");
    if (st == ARC_OK) st = arci_repo_find(t, shape, NULL, NULL, 0, 0, arena, &rows);
    *id = 0;
    *day = ARC_DATE_NONE;
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        int reversed = v[2].type == ARC_V_INT;
        for (uint32_t k = i + 1; k < rows.n_rows && !reversed; k++) {
            const arc_value *w = rows.values + (size_t)k * rows.n_cols;
            reversed = w[2].type == ARC_V_INT && w[2].u.i == v[0].u.i;
        }
        if (reversed || v[1].u.i < *day) continue;
        *day = (arc_date)v[1].u.i;
        *id = v[0].u.i;
    }
    return st;
}

static arc_status may_run(arci_txn *t, arci_arena *arena, const request *r)
{
    const arc_value *method;
    arc_date last;
    int64_t id;
    arc_status st = arci_setting_text(t, arena, "ledger.provision_method", &method);
    if (st == ARC_OK && method && is(method, "none")) {
        return fault(t, arci_fail(t->env, ARC_E_STATE, "this book writes bad debts off without an allowance (setting ledger.provision_method)", "本账簿采用直接转销法，不计提坏账准备（参数 ledger.provision_method）"), "method", 0);
    }
    if (st == ARC_OK) st = arci_period_check(t, r->as_of);
    if (st == ARC_OK) st = last_run(t, arena, &last, &id);
    if (st != ARC_OK || !id || last <= r->as_of) return st;
    return fault(t, arci_fail(t->env, ARC_E_STATE, "a later day is provided for already: reverse that first", "之后的日期已计提，请先冲销"), "as_of", id);
}

typedef struct allowance {
    arci_txn *t;
    arc_date as_of;
    int64_t sum;
} allowance;

static arc_status add_up(void *user)
{
    allowance *x = user;
    arci_txn *t = x->t;
    arci_balance b;
    arci_acc sum = { 0, 0 };
    int64_t unvalued = 0;
    arci_balance_init(&b, t->env);
    b.t = t;
    b.whole = 1;
    b.o.as_of = x->as_of;
    b.role = ARCI_ROLE_ALLOWANCE;
    arc_status st = arci_balance_read(&b);
    for (uint32_t i = 0; st == ARC_OK && i < b.n; i++) {
        int64_t base;
        if (arci_acc_get(&b.rows[i].base, &base) || base == INT64_MIN) st = arci_fail(t->env, ARC_E_OVERFLOW, "the allowance is too large", "坏账准备余额超出范围");
        else arci_acc_add(&sum, -base);
        unvalued += b.rows[i].unvalued;
    }
    arci_balance_clear(&b);
    if (st == ARC_OK && unvalued) st = fault(t, arci_fail(t->env, ARC_E_VALUE, "lines of the allowance in foreign currency have no base amount", "坏账准备存在未折算本位币的外币分录"), "existing", 0);
    if (st == ARC_OK && arci_acc_get(&sum, &x->sum)) st = arci_fail(t->env, ARC_E_OVERFLOW, "the allowance is too large", "坏账准备余额超出范围");
    return st;
}

/* What stands in the allowance as of the day, whoever asks. */
static arc_status existing(arci_txn *t, arc_date as_of, int64_t *out)
{
    allowance x = { t, as_of, 0 };
    arc_status st = arci_scout(t, add_up, &x);
    *out = x.sum;
    return st;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------------- */

static arc_status post(arci_txn *t, arci_arena *arena, int64_t run, arc_date day, int64_t charge, const char *purpose, int64_t reverses, const char *memo)
{
    arci_journal j;
    const arc_value text = arci_v_text(memo, strlen(memo));
    const arci_entry e = { .date = day, .purpose = purpose, .entity = "provision_run", .source = run, .memo = &text, .reverses = reverses };
    arci_journal_init(&j, arena);
    arci_journal_open(&j, &e);
    arci_journal_line(&j, ARCI_ROLE_BAD_DEBT, t->book->base_currency, charge, NULL);
    arci_journal_line(&j, ARCI_ROLE_ALLOWANCE, t->book->base_currency, -charge, NULL);
    return arci_journal_write(t, &j);
}

static arc_status write_run(arci_txn *t, arci_arena *arena, const request *r, arc_provision *out, int64_t reverses)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "provision_run", run_fields);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(b, 0);
    v[R_AS_OF] = arci_v_int(r->as_of);
    v[R_METHOD] = arci_v_text(r->method, strlen(r->method));
    v[R_CURRENCY] = arci_v_text(t->book->base_currency, 3);
    v[R_REQUIRED] = arci_v_int(out->required);
    v[R_EXISTING] = arci_v_int(out->existing);
    v[R_CHARGE] = arci_v_int(out->charge);
    v[R_REASON] = arci_v_text(r->reason, strlen(r->reason));
    if (reverses) v[R_REVERSES] = arci_v_int(reverses);
    st = arci_repo_write(t, &b, 1, NULL);
    out->id = st == ARC_OK ? arci_batch_id(b, 0) : 0;
    return st;
}

static arc_status write_parts(arci_txn *t, const request *r, int64_t run)
{
    const arci_shape *shape;
    arci_arena arena;
    arc_status st = arci_shape_get(t, &shape, "provision_line", part_fields);
    arci_arena_init(&arena, t->book->ctx);
    for (size_t from = 0; st == ARC_OK && from < r->n; from += PARTS_AT_ONCE) {
        uint32_t n = (uint32_t)(r->n - from < PARTS_AT_ONCE ? r->n - from : PARTS_AT_ONCE);
        arci_batch *b;
        arci_arena_reset(&arena);
        st = arci_batch_new(t, &arena, &b, shape, ARC_WRITE_INSERT, n, 0, NULL, 0);
        for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
            const arc_provision_part *part = &r->parts[from + i];
            arc_value *v = arci_batch_row(b, i);
            v[P_RUN] = arci_v_int(run);
            if (part->customer) v[P_CUSTOMER] = arci_v_int(part->customer);
            if (part->bucket >= 0) v[P_BUCKET] = arci_v_int(part->bucket);
            v[P_CURRENCY] = arci_v_text(t->book->base_currency, 3);
            v[P_BALANCE] = arci_v_int(part->balance);
            v[P_RATE] = arci_v_int(part->rate);
            v[P_AMOUNT] = arci_v_int(part->amount);
        }
        if (st == ARC_OK) st = arci_repo_write(t, &b, 1, NULL);
    }
    arci_arena_clear(&arena);
    return st;
}

/* ---- running ------------------------------------------------------------------------------------------------------------------------ */

static arc_status run(arci_txn *t, const request *r, arc_provision *out)
{
    arci_arena arena;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = may_run(t, &arena, r);
    if (st == ARC_OK) st = existing(t, r->as_of, &out->existing);
    out->required = r->required;
    if (st == ARC_OK && arci_sub64(out->required, out->existing, &out->charge)) st = arci_fail(t->env, ARC_E_OVERFLOW, "the charge is too large", "计提金额超出范围");
    if (st == ARC_OK) st = write_run(t, &arena, r, out, 0);
    if (st == ARC_OK) st = post(t, &arena, out->id, r->as_of, out->charge, out->charge < 0 ? "provision_release" : "provision", 0, r->reason);
    if (st == ARC_OK) st = write_parts(t, r, out->id);
    arci_arena_clear(&arena);
    return st;
}

static arc_status run_once(arci_call *c, const request *r, arc_provision *out)
{
    static const char *const names[] = { "id", "existing", "charge", NULL };
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, r->as_of);
    arci_call_arg_int(c, r->required);
    arci_call_arg_text(c, r->method, strlen(r->method));
    arci_call_arg_text(c, r->reason, strlen(r->reason));
    for (size_t i = 0; i < r->n; i++) {
        const int64_t parts[] = { r->parts[i].bucket, r->parts[i].customer, r->parts[i].balance, r->parts[i].rate, r->parts[i].amount };
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) arci_call_arg_int(c, parts[k]);
    }
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        out->id = arci_call_number(c, 0, 0);
        out->existing = arci_call_number(c, 0, 1);
        out->charge = arci_call_number(c, 0, 2);
        out->required = r->required;
        return arci_call_status(c, 0);
    }
    if (st == ARC_OK) st = run(c->txn, r, out);
    const int64_t numbers[] = { out->id, out->existing, out->charge };
    if (st == ARC_OK) arci_call_keep(c, 0, st, numbers);
    return st;
}

/* ---- arguments ---------------------------------------------------------------------------------------------------------------------- */

static arc_status method_of(arci_env *env, const char *method)
{
    const arci_code_list *l = arci_code_list_get("provision_method");
    for (uint32_t i = 0; method && l->codes[i]; i++) {
        if (strcmp(l->codes[i], method) == 0 && strcmp(method, "none") != 0) return ARC_OK;
    }
    arc_status st = arci_fail(env, ARC_E_VALUE, "the method is aging, matrix or individual", "计提方法须为 aging、matrix 或 individual");
    arci_fail_at(env, "provision_run", "method", 0, -1);
    return st;
}

static int in_range(int64_t v) { return v >= 0 && v <= ARC_MONEY_MAX; }

/* The parts as this version knows them. */
static arc_status take_parts(arci_env *env, arci_arena *arena, request *r)
{
    const char *from = (const char *)r->parts;
    arci_acc sum = { 0, 0 };
    uint32_t stride = 0, of;
    int64_t total;
    if (r->n > PARTS_MAX) return arci_fail(env, ARC_E_LIMIT, "at most %u parts", "最多 %u 项明细", PARTS_MAX);
    if (!r->n) return ARC_OK;
    if (!r->parts) return arci_fail(env, ARC_E_INVALID, "parts is NULL", "parts 为 NULL");
    arc_provision_part *copies = arci_arena_alloc(arena, r->n * sizeof *copies);
    if (!copies) return arci_nomem(env);
    memcpy(&stride, from, sizeof stride);
    for (size_t i = 0; i < r->n; i++, from += stride) {
        memcpy(&of, from, sizeof of);
        (void)arc_provision_part_init(&copies[i]);
        arc_status st = of == stride ? arci_struct_in(env, &copies[i], sizeof *copies, from) : arci_fail(env, ARC_E_INVALID, "parts of different struct_size", "明细 struct_size 不一致");
        if (st == ARC_OK && (!in_range(copies[i].amount) || copies[i].balance > ARC_MONEY_MAX || copies[i].balance < -ARC_MONEY_MAX || copies[i].rate < 0)) {
            st = arci_fail(env, ARC_E_RANGE, "an amount or rate of a part is out of range", "明细的金额或比例超出范围");
        }
        if (st != ARC_OK) return st;
        arci_acc_add(&sum, copies[i].amount);
    }
    r->parts = copies;
    return arci_acc_get(&sum, &total) || total != r->required ? arci_fail(env, ARC_E_VALUE, "the parts do not come to what is required", "明细合计与应计提余额不符") : ARC_OK;
}

static arc_status check(arci_session *s, arci_arena *arena, request *r)
{
    arc_status st = arci_reason_check(&s->env, r->reason, "provision_run");
    if (st == ARC_OK) st = method_of(&s->env, r->method);
    if (st == ARC_OK && !in_range(r->required)) st = arci_fail(&s->env, ARC_E_RANGE, "what is required is 0 or more", "应计提余额不得为负");
    if (st == ARC_OK && r->as_of == ARC_DATE_NONE) st = arci_session_day(&s->env, s, &r->as_of);
    if (st == ARC_OK && (r->as_of < ARC_DATE_MIN || r->as_of > ARC_DATE_MAX)) st = arci_fail(&s->env, ARC_E_RANGE, "not a date, or no day is known", "不是日期，或未知当日");
    return st == ARC_OK ? take_parts(&s->env, arena, r) : st;
}

arc_status arc_provision_run(arc_session *session, arc_provision *result, arc_date as_of, int64_t required, const char *method, const char *reason,
                             const arc_provision_part *parts, size_t n)
{
    arci_session *s;
    arci_call call;
    arci_arena arena;
    const arc_provision none = ARC_PROVISION_INIT;
    arc_provision out = none;
    request r = { as_of, required, method, reason, parts, n };
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, s->env.ctx);
    st = result && !result->struct_size ? arci_fail(&s->env, ARC_E_INVALID, "result is not initialised", "result 未初始化") : check(s, &arena, &r);
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        out = none;
        st = arci_call_begin(s, &call, &arci_verbs[ARCI_DO_PROVISION_RUN], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&call, run_once(&call, &r, &out));
    }
    if (st == ARC_OK && result) st = arci_struct_out(result, &out, sizeof out);
    arci_arena_clear(&arena);
    return arci_call_leave(s, st);
}

/* ---- taking back -------------------------------------------------------------------------------------------------------------------- */

static arc_status entry_of(arci_txn *t, arci_arena *arena, int64_t run, int64_t *entry)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, "journal_entry", "id entity source");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[1], ARC_OP_EQ, "provision_run", 13);
    arci_where_int(&w, shape->cols[2], ARC_OP_EQ, run);
    st = arci_repo_find(t, shape, &w, NULL, 0, 1, arena, &rows);
    *entry = st == ARC_OK && rows.n_rows ? rows.values[0].u.i : 0;
    return st;
}

static arc_status reverse(arci_txn *t, int64_t provision, const char *reason, int64_t *id)
{
    const arci_shape *shape;
    arci_arena arena;
    arc_value *row;
    arc_date last;
    int64_t standing, entry = 0;
    arc_provision out = ARC_PROVISION_INIT;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_shape_get(t, &shape, "provision_run", run_fields);
    if (st == ARC_OK) st = last_run(t, &arena, &last, &standing);
    if (st == ARC_OK) st = arci_repo_get(t, shape, provision, &arena, &row);
    if (st == ARC_OK && row[R_REVERSES].type == ARC_V_INT) st = fault(t, arci_fail(t->env, ARC_E_STATE, "it is itself a reversal", "该记录本身是冲销"), "reverses", provision);
    else if (st == ARC_OK && standing != provision) st = fault(t, arci_fail(t->env, ARC_E_STATE, "only the last run that stands is reversed", "只能冲销最近一次有效计提"), "as_of", provision);
    if (st == ARC_OK) st = arci_period_check(t, (arc_date)row[R_AS_OF].u.i);
    if (st == ARC_OK) st = entry_of(t, &arena, provision, &entry);
    if (st == ARC_OK) {
        const char *method = arci_arena_strndup(&arena, row[R_METHOD].u.s, row[R_METHOD].len);
        const request r = { (arc_date)row[R_AS_OF].u.i, 0, method ? method : "", reason, NULL, 0 };
        out.required = row[R_EXISTING].u.i;
        out.existing = row[R_REQUIRED].u.i;
        out.charge = -row[R_CHARGE].u.i;
        st = method ? write_run(t, &arena, &r, &out, provision) : arci_nomem(t->env);
        if (st == ARC_OK) st = post(t, &arena, out.id, r.as_of, out.charge, "reversal", entry, reason);
    }
    *id = out.id;
    arci_arena_clear(&arena);
    return st;
}

arc_status arc_provision_reverse(arc_session *session, int64_t *id, int64_t provision, const char *reason)
{
    return arci_run_back(session, ARCI_DO_PROVISION_REVERSE, "provision_run", id, provision, reason, reverse);
}
