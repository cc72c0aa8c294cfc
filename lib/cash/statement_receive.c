/* SPDX-License-Identifier: Apache-2.0 */
/* Payments of statements as receipts, chunk by chunk: what waits is read, recorded and marked in one transaction. */
#include <stdio.h>
#include <string.h>

#include "arcore/fields.h"
#include "cash/statement.h"
#include "arcore/money.h"
#include "ledger/posting.h"
#include "ledger/receipt.h"
#include "ledger/step.h"
#include "store/record_api.h"

#define CHUNK_MAX 10000u
#define MEMO_MAX 1000u

static const arc_bank_receive_options defaults = ARC_BANK_RECEIVE_OPTIONS_INIT;

arc_status arc_bank_receive_options_init(arc_bank_receive_options *options)
{
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}

arc_status arc_bank_received_init(arc_bank_received *result)
{
    static const arc_bank_received init = ARC_BANK_RECEIVED_INIT;
    if (!result) return ARC_E_INVALID;
    *result = init;
    return ARC_OK;
}

enum { L_ID, L_VERSION, L_BOOKED, L_VALUE, L_CURRENCY, L_AMOUNT, L_FEE, L_FEE_INSIDE, L_PAYER, L_ACCOUNT, L_BANK_REF, L_END_TO_END, L_CUSTOMER_REF, L_MEMO, L_OWN, L_KIND, L_REVERSES, L_WAITING, L_STATEMENT, L_N };
static const char line_fields[] = "id version booking_date value_date currency amount fee fee_inside payer_name payer_account bank_ref end_to_end customer_ref memo bank_account kind reverses waiting bank_statement";
enum { C_RECEIPT, C_WAITING, C_STATUS };
static const char changes[] = "receipt waiting status";
enum { O_ID, O_RECEIPT, O_VERSION };

typedef struct chunk {
    arc_session *session;
    arci_session *s;
    arci_txn *t;
    arci_arena arena;
    const arc_bank_receive_options *o;
    arc_bank_received now; /* of this chunk */
    int64_t after;
    arci_rows rows;
    arc_record **records;
    uint32_t *of;  /* line of a record */
    uint32_t n_records, n_back;
    int64_t *ids;
    arc_status *results;
    arc_error first;
    arc_ledger_step *steps; /* receipts that go back, of the lines in back[] */
    uint32_t *back;
    uint32_t *gone, n_gone; /* lines of receipts that went back already */
} chunk;

static const arc_value *line(const chunk *c, uint32_t i) { return c->rows.values + (size_t)i * c->rows.n_cols; }

/* ---- receipts ------------------------------------------------------------------------------------------------------------------------- */

static const char *method_of(int64_t account, const arc_value *kinds, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const arc_value *v = kinds + 2 * (size_t)i;
        if (v[0].u.i != account || v[1].type != ARC_V_TEXT) continue;
        if (v[1].len == 6 && memcmp(v[1].u.s, "alipay", 6) == 0) return "alipay";
        if (v[1].len == 6 && memcmp(v[1].u.s, "wechat", 6) == 0) return "wechat";
    }
    return "transfer";
}

static arc_status put_text(arci_env *env, arci_record *r, uint32_t field, const arc_value *v, size_t most)
{
    size_t n = v->type == ARC_V_TEXT ? v->len : 0;
    if (n > most)
        for (n = most; n && ((unsigned char)v->u.s[n] & 0xC0) == 0x80;) n--;
    return n ? arci_record_set_text(env, r, field, v->u.s, n) : ARC_OK;
}

/* What the platform took for it is part of what the payer paid. */
static arc_status put_amount(arci_env *env, arci_record *r, const arc_value *l)
{
    arc_money m = { l[L_AMOUNT].u.i, { 0 }, 0 };
    memcpy(m.currency, l[L_CURRENCY].u.s, 3);
    if (l[L_FEE].type == ARC_V_INT && l[L_FEE].u.i > 0) {
        arc_money fee = m;
        fee.minor = l[L_FEE].u.i;
        if (l[L_FEE_INSIDE].u.i) {
            char text[48], json[128];
            size_t n = sizeof text;
            arc_status st = arc_money_print_amount(text, &n, &fee);
            if (st != ARC_OK) return st;
            m.minor += fee.minor;
            int k = snprintf(json, sizeof json, "[{\"role\":\"payment_fee\",\"amount\":\"%s\"}]", text);
            st = arci_record_set_text(env, r, ARC_RECEIPT_CHARGES, json, (size_t)k);
            if (st != ARC_OK) return st;
        } else {
            arc_status st = arci_record_set_money(env, r, ARC_RECEIPT_FEE, fee);
            if (st != ARC_OK) return st;
        }
    }
    return arci_record_set_money(env, r, ARC_RECEIPT_AMOUNT, m);
}

static arc_status fill(chunk *c, arci_record *r, const arc_value *l, const char *method)
{
    arci_env *env = c->t->env;
    char number[32];
    const arc_value *ref = l[L_END_TO_END].type == ARC_V_TEXT ? &l[L_END_TO_END] : l[L_BANK_REF].type == ARC_V_TEXT ? &l[L_BANK_REF] : &l[L_CUSTOMER_REF];
    arc_status st = arci_record_set_text(env, r, ARC_RECEIPT_NUMBER, number, (size_t)snprintf(number, sizeof number, "BL-%lld", (long long)l[L_ID].u.i));
    if (st == ARC_OK) st = arci_record_set_text(env, r, ARC_RECEIPT_CURRENCY, l[L_CURRENCY].u.s, 3);
    if (st == ARC_OK) st = put_amount(env, r, l);
    if (st == ARC_OK) st = arci_record_set_date(env, r, ARC_RECEIPT_VALUE_DATE, (arc_date)l[l[L_VALUE].type == ARC_V_INT ? L_VALUE : L_BOOKED].u.i);
    if (st == ARC_OK) st = arci_record_set_date(env, r, ARC_RECEIPT_BOOKING_DATE, (arc_date)l[L_BOOKED].u.i);
    if (st == ARC_OK) st = arci_record_set_text(env, r, ARC_RECEIPT_METHOD, method, strlen(method));
    if (st == ARC_OK) st = put_text(env, r, ARC_RECEIPT_PAYER_NAME, &l[L_PAYER], 300);
    if (st == ARC_OK) st = put_text(env, r, ARC_RECEIPT_PAYER_ACCOUNT, &l[L_ACCOUNT], 64);
    if (st == ARC_OK) st = put_text(env, r, ARC_RECEIPT_BANK_REF, ref, 200);
    if (st == ARC_OK) st = put_text(env, r, ARC_RECEIPT_MEMO, &l[L_MEMO], MEMO_MAX);
    if (st == ARC_OK) st = arci_record_set_int(env, r, ARC_RECEIPT_OUR_ACCOUNT, l[L_OWN].u.i);
    return st == ARC_OK ? arci_record_set_int(env, r, ARC_RECEIPT_STATEMENT_LINE, l[L_ID].u.i) : st;
}

/* Kinds of our accounts: few rows. */
static arc_status read_kinds(chunk *c, arci_rows *rows)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(c->t, &shape, "bank_account", "id kind customer");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_null(&w, shape->cols[2]);
    const arci_shape *two;
    st = arci_shape_get(c->t, &two, "bank_account", "id kind");
    return st == ARC_OK ? arci_repo_find(c->t, two, &w, NULL, 0, 0, &c->arena, rows) : st;
}

static arc_status make_records(chunk *c)
{
    arci_rows kinds;
    arci_record_box *box;
    arc_status st = read_kinds(c, &kinds);
    c->records = arci_arena_calloc(&c->arena, (size_t)c->rows.n_rows + 1, sizeof *c->records);
    c->of = arci_arena_calloc(&c->arena, (size_t)c->rows.n_rows + 1, sizeof *c->of);
    c->ids = arci_arena_calloc(&c->arena, (size_t)c->rows.n_rows + 1, sizeof *c->ids);
    c->results = arci_arena_calloc(&c->arena, (size_t)c->rows.n_rows + 1, sizeof *c->results);
    if (!c->records || !c->of || !c->ids || !c->results) return arci_nomem(c->t->env);
    for (uint32_t i = 0; st == ARC_OK && i < c->rows.n_rows; i++) {
        const arc_value *l = line(c, i);
        if (l[L_AMOUNT].u.i <= 0) continue;
        st = arci_record_box_new(c->t->env, c->s, arci_entity_by_name("receipt", 7), &c->records[c->n_records], &box);
        if (st != ARC_OK) break;
        c->of[c->n_records++] = i;
        st = fill(c, box->record, l, method_of(l[L_OWN].u.i, kinds.values, kinds.n_rows));
    }
    return st;
}

static arc_status record_all(chunk *c)
{
    arc_status st = make_records(c);
    if (st == ARC_OK && c->n_records) st = arci_receipt_record(c->session, c->ids, c->results, c->records, c->n_records, 0, ARCI_POSTING_INSIDE);
    if (st == ARC_PARTIAL) {
        c->first = *c->t->env->err;
        st = ARC_OK;
    }
    for (uint32_t i = 0; i < c->n_records; i++) arc_record_free(c->records[i]);
    return st;
}

/* ---- what came back ------------------------------------------------------------------------------------------------------------------- */

enum { Q_POSTED, Q_MOVED, Q_CLAIMED, Q_RETURNED };

/* Of receipts that go back: from when they can, and those that somebody gave back already, which are done. */
static arc_status judge_returns(chunk *c)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    int64_t *ids = arci_arena_alloc(&c->arena, (c->n_back + 1u) * sizeof *ids);
    uint32_t kept = 0;
    if (!ids) return arci_nomem(c->t->env);
    for (uint32_t i = 0; i < c->n_back; i++) ids[i] = c->steps[i].row;
    arc_status st = arci_shape_get(c->t, &shape, "receipt_state", "posting_date moved_on claimed_on returned_on");
    if (st == ARC_OK) st = arci_repo_get_many(c->t, shape, ids, c->n_back, &c->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < c->n_back; i++) {
        const arc_value *v = rows + (size_t)i * shape->n;
        arc_ledger_step step = c->steps[i];
        if (found[i] && v[Q_RETURNED].type == ARC_V_INT) {
            c->gone[c->n_gone++] = c->back[i];
            continue;
        }
        for (int k = Q_POSTED; found[i] && k <= Q_CLAIMED; k++) { /* what was matched later than the bank's day goes back on the day it was matched */
            if (v[k].type == ARC_V_INT && v[k].u.i > step.date) step.date = (arc_date)v[k].u.i;
        }
        c->back[kept] = c->back[i];
        c->steps[kept++] = step;
    }
    c->n_back = kept;
    return st;
}

static arc_status find_returns(chunk *c)
{
    const arci_shape *shape;
    arc_value *originals;
    uint8_t *found;
    uint32_t n = 0;
    int64_t *ids = arci_arena_calloc(&c->arena, (size_t)c->rows.n_rows + 1, sizeof *ids);
    c->steps = arci_arena_calloc(&c->arena, (size_t)c->rows.n_rows + 1, sizeof *c->steps);
    c->back = arci_arena_calloc(&c->arena, (size_t)c->rows.n_rows + 1, sizeof *c->back);
    c->gone = arci_arena_calloc(&c->arena, (size_t)c->rows.n_rows + 1, sizeof *c->gone);
    if (!ids || !c->steps || !c->back || !c->gone) return arci_nomem(c->t->env);
    for (uint32_t i = 0; i < c->rows.n_rows; i++) {
        if (line(c, i)[L_REVERSES].type != ARC_V_INT || line(c, i)[L_AMOUNT].u.i > 0) continue;
        c->back[n] = i;
        ids[n++] = line(c, i)[L_REVERSES].u.i;
    }
    if (!n || !(c->o->flags & ARC_BANK_RECEIVE_RETURNS)) return ARC_OK;
    arc_status st = arci_shape_get(c->t, &shape, "statement_line", "id receipt version");
    if (st == ARC_OK) st = arci_repo_get_many(c->t, shape, ids, n, &c->arena, &originals, &found);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        static const arc_ledger_step init = ARC_LEDGER_STEP_INIT;
        const arc_value *v = originals + (size_t)i * shape->n;
        if (!found[i] || v[O_RECEIPT].type != ARC_V_INT) continue;
        c->back[c->n_back] = c->back[i];
        arc_ledger_step *step = &c->steps[c->n_back++];
        *step = init;
        step->row = v[O_RECEIPT].u.i;
        step->date = (arc_date)line(c, c->back[c->n_back - 1])[L_BOOKED].u.i;
        step->reason = "returned by the bank";
    }
    return st == ARC_OK && c->n_back ? judge_returns(c) : st;
}

/* ---- a chunk -------------------------------------------------------------------------------------------------------------------------- */

static arc_status read_chunk(chunk *c, uint32_t most)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(c->t, &shape, "statement_line", line_fields);
    if (st != ARC_OK) return st;
    const arc_order by_id = { shape->cols[L_ID], 0 };
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[L_WAITING], ARC_OP_EQ, 1);
    arci_where_int(&w, shape->cols[L_ID], ARC_OP_GT, c->after);
    if (c->o->statement) arci_where_int(&w, shape->cols[L_STATEMENT], ARC_OP_EQ, c->o->statement);
    return arci_repo_find(c->t, shape, &w, &by_id, 1, most, &c->arena, &c->rows);
}

static arc_status mark(chunk *c, const uint32_t *lines, const int64_t *receipts, const arc_status *results, uint32_t n, uint32_t *done)
{
    const arci_shape *shape;
    arci_batch *b;
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++) k += results[i] == ARC_OK;
    if (!k) return ARC_OK;
    arc_status st = arci_shape_get(c->t, &shape, "statement_line", changes);
    if (st == ARC_OK) st = arci_batch_new(c->t, &c->arena, &b, shape, ARC_WRITE_UPDATE, k, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    k = 0;
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arc_value *l = line(c, lines[i]);
        if (results[i] != ARC_OK) continue;
        arc_value *v = arci_batch_row(b, k);
        *arci_batch_key(b, k) = l[L_ID];
        *arci_batch_guard(b, k++) = l[L_VERSION];
        if (receipts[i]) v[C_RECEIPT] = arci_v_int(receipts[i]);
        v[C_STATUS] = receipts[i] ? arci_v_text("received", 8) : arci_v_text("passed", 6);
    }
    *done += k;
    return st == ARC_OK ? arci_repo_write(c->t, &b, 1, NULL) : st;
}

static arc_status take_back(chunk *c)
{
    arc_status st = find_returns(c);
    uint32_t passed = 0;
    if (st != ARC_OK || (!c->n_back && !c->n_gone)) return st;
    int64_t *none = arci_arena_calloc(&c->arena, c->n_back + c->n_gone, sizeof *none);
    arc_status *results = arci_arena_calloc(&c->arena, c->n_back + c->n_gone, sizeof *results);
    if (!none || !results) return arci_nomem(c->t->env);
    if (c->n_gone) st = mark(c, c->gone, none, results, c->n_gone, &passed);
    if (st != ARC_OK || !c->n_back) return st;
    st = arci_receipt_return_inside(c->session, results, c->steps, c->n_back, 0);
    if (st == ARC_PARTIAL) {
        c->first = *c->t->env->err;
        st = ARC_OK;
    }
    for (uint32_t i = 0; i < c->n_back; i++) c->now.n_refused += results[i] < ARC_OK;
    return st == ARC_OK ? mark(c, c->back, none, results, c->n_back, &c->now.n_returned) : st;
}

static arc_status do_chunk(chunk *c, uint32_t most)
{
    arc_status st = read_chunk(c, most);
    if (st == ARC_OK) st = record_all(c);
    if (st == ARC_OK) st = mark(c, c->of, c->ids, c->results, c->n_records, &c->now.n_received);
    for (uint32_t i = 0; st == ARC_OK && i < c->n_records; i++) c->now.n_refused += c->results[i] < ARC_OK;
    if (st == ARC_OK) st = take_back(c);
    c->now.n_lines = c->rows.n_rows;
    if (c->rows.n_rows) c->now.last = line(c, c->rows.n_rows - 1)[L_ID].u.i;
    return st;
}

enum { K_LINES, K_RECEIVED, K_RETURNED, K_REFUSED, K_LAST, K_N };

static arc_status in_call(chunk *c, arci_call *call, uint32_t most)
{
    static const char *const names[] = { "lines", "received", "returned", "refused", "last", NULL };
    arc_status st = arci_call_elements(call, names, 1, 0);
    arci_call_arg_int(call, c->o->statement);
    arci_call_arg_int(call, c->o->flags);
    arci_call_arg_int(call, most);
    arci_call_arg_end(call, 0, NULL);
    if (st == ARC_OK) st = arci_call_replay(call);
    if (st == ARC_OK && arci_call_done(call, 0)) {
        c->now.n_lines = (uint32_t)arci_call_number(call, 0, K_LINES);
        c->now.n_received = (uint32_t)arci_call_number(call, 0, K_RECEIVED);
        c->now.n_returned = (uint32_t)arci_call_number(call, 0, K_RETURNED);
        c->now.n_refused = (uint32_t)arci_call_number(call, 0, K_REFUSED);
        c->now.last = arci_call_number(call, 0, K_LAST);
        return ARC_OK;
    }
    if (st == ARC_OK) st = do_chunk(c, most);
    const int64_t numbers[K_N] = { c->now.n_lines, c->now.n_received, c->now.n_returned, c->now.n_refused, c->now.last };
    if (st == ARC_OK) arci_call_keep(call, 0, st, numbers);
    return st;
}

static arc_status one_chunk(chunk *c, uint32_t most)
{
    arci_call call;
    arc_status st = arci_call_begin(c->s, &call, &arci_verbs[ARCI_DO_LINE_RECEIVE], NULL, 0);
    if (st != ARC_OK) return st;
    c->t = call.txn;
    arci_arena_init(&c->arena, c->s->env.ctx);
    st = arci_call_end(&call, in_call(c, &call, most));
    arci_arena_clear(&c->arena);
    return st;
}

/* ---- the call ------------------------------------------------------------------------------------------------------------------------- */

static arc_status check_options(arci_session *s, arc_bank_receive_options *o, const arc_bank_receive_options *given)
{
    *o = defaults;
    arc_status st = arci_struct_in(&s->env, o, sizeof *o, given);
    if (st != ARC_OK) return st;
    if (o->flags & ~ARC_BANK_RECEIVE_RETURNS || !o->chunk || o->chunk > CHUNK_MAX || o->statement < 0) return arci_fail(&s->env, ARC_E_INVALID, "an option is out of range", "选项超出范围");
    return ARC_OK;
}

/* Adds what a chunk came to. */
static void add(arc_bank_received *all, const arc_bank_received *now)
{
    all->n_lines += now->n_lines;
    all->n_received += now->n_received;
    all->n_returned += now->n_returned;
    all->n_refused += now->n_refused;
    if (now->last) all->last = now->last;
}

/* The key of chunk n: the caller's, then key/2 ... */
static arc_status next_key(arci_session *s, const char *key, uint32_t n)
{
    char buf[ARCI_REQUEST_KEY_MAX + 16];
    if (!key[0]) return ARC_OK;
    int length = n == 1 ? snprintf(buf, sizeof buf, "%s", key) : snprintf(buf, sizeof buf, "%s/%u", key, n);
    if (length > ARCI_REQUEST_KEY_MAX) return arci_fail(&s->env, ARC_E_LIMIT, "the request key is too long to number the chunks", "请求键过长，无法为各批编号");
    memcpy(s->request_key, buf, (size_t)length + 1);
    return ARC_OK;
}

arc_status arc_bank_receive(arc_session *session, arc_bank_received *result, const arc_bank_receive_options *options)
{
    arc_bank_receive_options o;
    arc_bank_received all = ARC_BANK_RECEIVED_INIT;
    arc_error first = ARC_ERROR_INIT;
    char key[ARCI_REQUEST_KEY_MAX + 1];
    arci_session *s;
    int stopped = 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    memcpy(key, s->request_key, sizeof key);
    st = check_options(s, &o, options);
    for (uint32_t n = 1, more = 1; st == ARC_OK && more && !stopped; n++) {
        chunk c = { .session = session, .s = s, .o = &o, .now = ARC_BANK_RECEIVED_INIT, .first = ARC_ERROR_INIT, .after = all.last };
        uint32_t most = o.most && o.most - all.n_lines < o.chunk ? o.most - all.n_lines : o.chunk;
        st = next_key(s, key, n);
        if (st == ARC_OK) st = one_chunk(&c, most);
        if (st != ARC_OK) break;
        add(&all, &c.now);
        if (!first.status && c.first.status) first = c.first;
        more = c.now.n_lines == most && (!o.most || all.n_lines < o.most);
        stopped = o.progress && c.now.n_lines && o.progress(o.user, all.n_lines, 0) != 0 && more;
    }
    if (result) arci_struct_out(result, &all, sizeof all);
    if (stopped && st == ARC_OK) st = arci_fail(&s->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
    if (st == ARC_OK && all.n_refused) {
        if (first.status) s->error = first;
        st = ARC_PARTIAL;
    }
    return arci_call_leave(s, st);
}
