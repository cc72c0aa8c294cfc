/* SPDX-License-Identifier: Apache-2.0 */
/* The states of requests for tax invoices. */
#include "billing/request.h"

#include <string.h>

#include "base/str.h"
#include "billing/chain.h"
#include "billing/invoice_step.h"
#include "billing/states.h"

static const char *const states[] = { "draft", "submitted", "approved", "sent", "issued", "failed", "cancelled" };
enum { DRAFT, SUBMITTED, APPROVED, SENT, ISSUED, FAILED, CANCELLED, STATES };

enum { U_STATUS, U_TITLE, U_FAILURE, U_INVOICE, U_NUMBER, U_DATE, U_SUBMITTED, U_SUBMITTED_FOR, U_APPROVED, U_OVERRULED, U_COLUMNS };
static const char kept_fields[] = "status buyer_title failure invoice fapiao_no issued_on submitted_by submitted_for approved_by overruled";

static const struct {
    uint32_t verb, from; /* a bit a state */
    int to;
} steps[] = { { ARCI_DO_REQUEST_SUBMIT, 1u << DRAFT, SUBMITTED },
              { ARCI_DO_REQUEST_APPROVE, 1u << SUBMITTED, APPROVED },
              { ARCI_DO_REQUEST_REJECT, 1u << SUBMITTED | 1u << APPROVED | 1u << SENT | 1u << FAILED, DRAFT },
              { ARCI_DO_REQUEST_RECALL, 1u << SUBMITTED, DRAFT },
              { ARCI_DO_REQUEST_SEND, 1u << APPROVED, SENT },
              { ARCI_DO_REQUEST_ISSUE, 1u << SENT | 1u << FAILED, ISSUED },
              { ARCI_DO_REQUEST_FAIL, 1u << SENT, FAILED },
              { ARCI_DO_REQUEST_CANCEL, 1u << DRAFT | 1u << SUBMITTED | 1u << APPROVED | 1u << FAILED, CANCELLED },
              { ARCI_DO_REQUEST_REISSUE, 1u << FAILED | 1u << CANCELLED, -1 } };

arc_status arci_request_fault(arci_request_call *x, arc_status st, const char *field)
{
    arci_fail_at(x->c->txn->env, "invoice_request", field, x->request, -1);
    return st;
}

static arc_status read_request(arci_request_call *x)
{
    const arci_shape *shape;
    arc_value *row;
    arci_txn *t = x->c->txn;
    arc_status st = arci_repo_lock(t, "invoice_request", &x->request, 1);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "invoice_request", ARCI_REQUEST_ROW);
    if (st == ARC_OK) st = arci_repo_get(t, shape, x->request, &x->arena, &row);
    if (st == ARC_OK) x->row = row;
    return st;
}

arc_status arci_request_lines(arci_request_call *x)
{
    const arci_shape *shape;
    arci_where w;
    int64_t sum = 0;
    arci_txn *t = x->c->txn;
    arc_status st = arci_shape_get(t, &shape, "invoice_request_line", ARCI_REQUEST_LINE);
    if (st != ARC_OK) return st;
    arc_order by_seq = { shape->cols[QL_SEQ], 0 };
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[QL_REQUEST], ARC_OP_EQ, x->request);
    st = arci_repo_find(t, shape, &w, &by_seq, 1, 0, &x->arena, &x->lines);
    int fits = st == ARC_OK && x->lines.n_rows != 0;
    for (uint32_t r = 0; fits && r < x->lines.n_rows; r++) {
        const arc_value *v = x->lines.values + (size_t)r * QL_COLUMNS;
        fits = v[QL_AMOUNT].u.i > 0 && arci_value_equal(&v[QL_CURRENCY], &x->row[Q_CURRENCY]) && !arci_add64(sum, v[QL_AMOUNT].u.i, &sum);
    }
    if (st != ARC_OK || (fits && sum == x->row[Q_AMOUNT].u.i)) return st;
    st = arci_fail(t->env, ARC_E_VALUE, "the lines do not come to the amount of the request, in its currency", "明细合计与申请金额或币种不符");
    return arci_request_fault(x, st, "amount");
}

/* The step from the state it is in. */
static arc_status may_from(arci_env *env, uint32_t verb, int64_t id, const arc_value *number, const arc_value *status, int *to)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (steps[i].verb != verb) continue;
        *to = steps[i].to;
        for (int s = 0; s < STATES; s++) {
            if ((steps[i].from >> s & 1u) && arci_code_is(status, states[s])) return ARC_OK;
        }
    }
    const char *is[2];
    arci_code_words(is, "invoice_request_status", status);
    arc_status st = arci_fail(env, ARC_E_STATE, "request %.*s is %s%.0s: %s is not possible%.0s", "开票申请 %.*s %.0s状态为“%s”，不能执行%.0s“%s”", (int)number->len, number->u.s, is[0], is[1],
                              arci_verbs[verb].name, arci_verbs[verb].label_zh);
    arci_fail_at(env, "invoice_request", "status", id, -1);
    return st;
}

static arc_status may(arci_request_call *x, int *to) { return may_from(x->c->txn->env, x->verb, x->request, &x->row[Q_NUMBER], &x->row[Q_STATUS], to); }

static arc_status another_person(arci_txn *t, const arc_value *people, int64_t id)
{
    return arci_another_person(t, people, "invoice_request", id, "nobody approves a request he submitted himself", "不能批准本人提交的开票申请");
}

arc_status arci_invoice_request_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    const arci_shape *shape;
    arc_value *v;
    int to;
    arc_status st = arci_shape_get(t, &shape, "invoice_request", "number status submitted_by submitted_for");
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, arena, &v);
    if (st == ARC_OK) st = may_from(t->env, verb, id, &v[0], &v[1], &to);
    if (st == ARC_OK && verb == ARCI_DO_REQUEST_RECALL) return arci_same_person(t, &v[2], "invoice_request", id);
    return st == ARC_OK && verb == ARCI_DO_REQUEST_APPROVE ? another_person(t, &v[2], id) : st;
}

static arc_value id_or_null(int64_t id) { return id ? arci_v_int(id) : arci_v_null(); }

/* The customer's default title, when the request names none. */
static arc_status title_of(arci_request_call *x, arc_value *out)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    *out = x->row[Q_TITLE];
    if (out->type == ARC_V_INT) return ARC_OK;
    arc_status st = arci_shape_get(x->c->txn, &shape, "invoice_title", "id customer is_default");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[1], ARC_OP_EQ, x->row[Q_CUSTOMER].u.i);
    st = arci_repo_find(x->c->txn, shape, &w, NULL, 0, 0, &x->arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        if (rows.values[3 * r + 2].type == ARC_V_INT && rows.values[3 * r + 2].u.i) *out = rows.values[3 * r];
    }
    if (st != ARC_OK || out->type == ARC_V_INT) return st;
    st = arci_fail(x->c->txn->env, ARC_E_REQUIRED, "the request names no title and the customer has no default one", "申请未填写开票抬头，客户也没有默认抬头");
    return arci_request_fault(x, st, "buyer_title");
}

static arc_status write_step(arci_request_call *x, int to, const arc_value *now)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(x->c->txn, &shape, "invoice_request", kept_fields);
    if (st == ARC_OK) st = arci_batch_new(x->c->txn, &x->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = x->row[Q_ID];
    *arci_batch_guard(b, 0) = x->row[Q_VERSION];
    memcpy(arci_batch_row(b, 0), now, U_COLUMNS * sizeof *now);
    arci_batch_row(b, 0)[U_STATUS] = arci_v_text(states[to], strlen(states[to]));
    return arci_repo_write(x->c->txn, &b, 1, NULL);
}

static arc_status read_kept(arci_request_call *x, arc_value *now)
{
    const arci_shape *shape;
    arc_value *row;
    arc_status st = arci_shape_get(x->c->txn, &shape, "invoice_request", kept_fields);
    if (st == ARC_OK) st = arci_repo_get(x->c->txn, shape, x->request, &x->arena, &row);
    if (st == ARC_OK) memcpy(now, row, U_COLUMNS * sizeof *now);
    return st;
}

static int same_text(const arc_value *v, const char *s, size_t n) { return v->type == ARC_V_TEXT && v->len == n && memcmp(v->u.s, s, n) == 0; }

/* What the tax service says a second time changes nothing. */
static int told_before(arci_request_call *x, const arc_value *now)
{
    if (x->verb == ARCI_DO_REQUEST_ISSUE && arci_code_is(&now[U_STATUS], "issued") && same_text(&now[U_NUMBER], x->fapiao.number, strlen(x->fapiao.number)) &&
        now[U_DATE].type == ARC_V_INT && now[U_DATE].u.i == x->fapiao.date && now[U_INVOICE].type == ARC_V_INT) {
        x->made = now[U_INVOICE].u.i;
        return 1;
    }
    return x->verb == ARCI_DO_REQUEST_FAIL && arci_code_is(&now[U_STATUS], "failed") && same_text(&now[U_FAILURE], x->text, x->n_text);
}

/* Could it be recorded, once it is issued? title: as the request will have it. */
static arc_status judged(arci_request_call *x, const arc_value *title, int beside)
{
    arc_value *row = arci_arena_alloc(&x->arena, Q_COLUMNS * sizeof *row);
    if (!row) return arci_nomem(x->c->txn->env);
    memcpy(row, x->row, Q_COLUMNS * sizeof *row);
    row[Q_TITLE] = *title;
    x->row = row;
    return arci_request_try(x, beside);
}

static arc_status submit(arci_request_call *x, arc_value *now)
{
    int64_t user = 0, behalf = 0;
    arc_status st = arci_request_lines(x);
    if (st == ARC_OK) st = title_of(x, &now[U_TITLE]);
    if (st == ARC_OK) st = arci_step_people(x->c->txn, &user, &behalf);
    if (st == ARC_OK) st = judged(x, &now[U_TITLE], 0);
    now[U_SUBMITTED] = id_or_null(user);
    now[U_SUBMITTED_FOR] = id_or_null(behalf);
    return st;
}

static arc_status approve(arci_request_call *x, arc_value *now)
{
    int64_t user = 0, behalf;
    arc_status st = another_person(x->c->txn, now + U_SUBMITTED, x->request);
    if (st == ARC_OK) st = arci_step_people(x->c->txn, &user, &behalf);
    now[U_APPROVED] = id_or_null(user);
    return st;
}

/* Taken back on our side while the service had it, and issued all the same: it is so. */
static arc_status issued_after_all(arci_request_call *x, const arc_value *now, int *to)
{
    const arc_error told = *x->c->txn->env->err;
    int sent = 0;
    arc_status st = arci_code_is(&now[U_STATUS], "issued") ? ARC_OK : arci_request_was_sent(x, &sent);
    if (st == ARC_OK && !sent) st = arci_fail_copy(x->c->txn->env, &told);
    *to = ISSUED;
    return st;
}

static arc_status step(arci_request_call *x)
{
    int to = -1;
    arc_value now[U_COLUMNS];
    arc_status st = read_kept(x, now);
    if (st == ARC_OK && told_before(x, now)) return ARC_OK;
    if (st == ARC_OK) st = may(x, &to);
    if (st == ARC_E_STATE && x->verb == ARCI_DO_REQUEST_ISSUE) st = issued_after_all(x, now, &to);
    if (st != ARC_OK) return st;
    switch (x->verb) {
    case ARCI_DO_REQUEST_SUBMIT: st = submit(x, now); break;
    case ARCI_DO_REQUEST_APPROVE: st = approve(x, now); break;
    case ARCI_DO_REQUEST_SEND:
        st = judged(x, &now[U_TITLE], 1);
        if (st == ARC_OK) st = arci_request_send(x);
        break;
    case ARCI_DO_REQUEST_ISSUE:
        st = arci_request_issue(x);
        now[U_INVOICE] = arci_v_int(x->made);
        now[U_NUMBER] = arci_v_text(x->fapiao.number, strlen(x->fapiao.number));
        now[U_DATE] = arci_v_int(x->fapiao.date);
        now[U_FAILURE] = arci_v_null();
        if (x->overruled) now[U_OVERRULED] = arci_v_text(x->overruled, strlen(x->overruled));
        break;
    case ARCI_DO_REQUEST_REISSUE: return arci_request_reissue(x);
    case ARCI_DO_REQUEST_RECALL: st = arci_same_person(x->c->txn, now + U_SUBMITTED, "invoice_request", x->request); /* fall through */
    case ARCI_DO_REQUEST_REJECT: now[U_SUBMITTED] = now[U_SUBMITTED_FOR] = now[U_APPROVED] = arci_v_null(); /* fall through */
    default: now[U_FAILURE] = x->n_text ? arci_v_text(x->text, x->n_text) : arci_v_null(); break;
    }
    return st == ARC_OK ? write_step(x, to, now) : st;
}

void arci_request_tell(arci_request_call *x, uint32_t i)
{
    const arc_fapiao *f = &x->fapiao;
    arci_call_arg_int(x->c, x->request);
    arci_call_arg_text(x->c, x->text ? x->text : "", x->n_text);
    arci_call_arg_int(x->c, f->date);
    arci_call_arg_text(x->c, f->number ? f->number : "", f->number ? strlen(f->number) : 0);
    arci_call_arg_text(x->c, f->code ? f->code : "", f->code ? strlen(f->code) : 0);
    arci_call_arg_text(x->c, f->kind ? f->kind : "", f->kind ? strlen(f->kind) : 0);
    arci_call_arg_end(x->c, i, NULL);
}

arc_status arci_request_one(arci_request_call *x)
{
    arc_status st = arci_access_row(x->c->txn, x->c->verb, NULL, arci_entity_by_name("invoice_request", 15), x->request);
    if (st == ARC_OK) st = read_request(x);
    return st == ARC_OK ? step(x) : st;
}

static arc_status run(arci_request_call *x)
{
    static const char *const names[] = { "id", NULL };
    arc_status st = arci_call_elements(x->c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_request_tell(x, 0);
    st = arci_call_replay(x->c);
    if (st != ARC_OK) return st;
    if (arci_call_done(x->c, 0)) {
        x->made = arci_call_number(x->c, 0, 0);
        return arci_call_status(x->c, 0);
    }
    st = arci_request_one(x);
    if (st == ARC_OK) arci_call_keep(x->c, 0, st, &x->made);
    return st;
}

/* least, most: bytes of the text. */
static arc_status request_call(arci_request_call *x, int64_t *made, size_t least, size_t most)
{
    arci_session *s;
    arci_call call;
    arc_status st = arci_session_enter(x->session, &s);
    if (st != ARC_OK) return st;
    x->n_text = x->text ? strlen(x->text) : 0;
    if (x->request < 1 || x->n_text < least || x->n_text > most) st = arci_fail(&s->env, ARC_E_INVALID, "an id that is positive, a text of %u to %u bytes", "编号须为正数，文本长度为 %u 至 %u 字节", (unsigned)least, (unsigned)most);
    else if (arci_utf8_check(x->text ? x->text : "", x->n_text) != x->n_text) st = arci_fail(&s->env, ARC_E_ENCODING, "the text is not UTF-8", "文本不是 UTF-8");
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &call, &arci_verbs[x->verb], NULL, 0);
        if (st != ARC_OK) continue;
        x->c = &call;
        arci_arena_init(&x->arena, s->env.ctx);
        st = arci_call_end(&call, run(x));
        arci_arena_clear(&x->arena);
    }
    if (st == ARC_OK && made) *made = x->made;
    return arci_call_leave(s, st);
}

static arc_status plain(arc_session *session, uint32_t verb, int64_t *made, int64_t request, const char *text, size_t least, size_t most)
{
    arci_request_call x = { .verb = verb, .request = request, .text = text, .session = session, .fapiao = ARC_FAPIAO_INIT };
    return request_call(&x, made, least, most);
}

arc_status arc_invoice_request_submit(arc_session *session, int64_t request) { return plain(session, ARCI_DO_REQUEST_SUBMIT, NULL, request, NULL, 0, 0); }
arc_status arc_invoice_request_approve(arc_session *session, int64_t request) { return plain(session, ARCI_DO_REQUEST_APPROVE, NULL, request, NULL, 0, 0); }

arc_status arc_invoice_request_reject(arc_session *session, int64_t request, const char *reason)
{
    return plain(session, ARCI_DO_REQUEST_REJECT, NULL, request, reason, 1, 1000);
}

arc_status arc_invoice_request_recall(arc_session *session, int64_t request, const char *reason)
{
    return plain(session, ARCI_DO_REQUEST_RECALL, NULL, request, reason, 0, 1000);
}

arc_status arc_invoice_request_send(arc_session *session, int64_t *message, int64_t request)
{
    return plain(session, ARCI_DO_REQUEST_SEND, message, request, NULL, 0, 0);
}

arc_status arc_invoice_request_fail(arc_session *session, int64_t request, const char *reason)
{
    return plain(session, ARCI_DO_REQUEST_FAIL, NULL, request, reason, 1, 1000);
}

arc_status arc_invoice_request_cancel(arc_session *session, int64_t request, const char *reason)
{
    return plain(session, ARCI_DO_REQUEST_CANCEL, NULL, request, reason, 1, 1000);
}

arc_status arc_invoice_request_reissue(arc_session *session, int64_t *id, int64_t request, const char *number)
{
    return plain(session, ARCI_DO_REQUEST_REISSUE, id, request, number, 1, 64);
}

arc_status arc_fapiao_init(arc_fapiao *fapiao)
{
    static const arc_fapiao init = ARC_FAPIAO_INIT;
    if (!fapiao) return ARC_E_INVALID;
    *fapiao = init;
    return ARC_OK;
}

arc_status arc_invoice_request_issue(arc_session *session, int64_t *invoice, int64_t request, const arc_fapiao *fapiao)
{
    arci_request_call x = { .verb = ARCI_DO_REQUEST_ISSUE, .request = request, .session = session, .fapiao = ARC_FAPIAO_INIT };
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = fapiao ? arci_struct_in(&s->env, &x.fapiao, sizeof x.fapiao, fapiao) : arci_fail(&s->env, ARC_E_INVALID, "fapiao is NULL", "fapiao 为 NULL");
    if (st == ARC_OK && (!x.fapiao.number || !x.fapiao.number[0] || x.fapiao.date == ARC_DATE_NONE)) {
        st = arci_fail(&s->env, ARC_E_REQUIRED, "number and date of the tax invoice are required", "须填写发票号码和开票日期");
    }
    if (st != ARC_OK) return arci_call_leave(s, st);
    arci_session_leave(s, st);
    return request_call(&x, invoice, 0, 0);
}
