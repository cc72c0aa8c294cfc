/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks: who does them, and how they end. */
#include "arcore/task.h"

#include <string.h>

#include "arcore/fields.h"
#include "ledger/states.h"
#include "store/deed.h"
#include "value/money.h"
#include "workflow/task.h"

enum { TEXT_MAX = 4000 };

arc_status arc_task_outcome_init(arc_task_outcome *outcome)
{
    static const arc_task_outcome init = ARC_TASK_OUTCOME_INIT;
    if (!outcome) return ARC_E_INVALID;
    *outcome = init;
    return ARC_OK;
}

static arc_status fault(arci_env *env, arc_status st, const char *field, int64_t id)
{
    arci_fail_at(env, "task", field, id, -1);
    return st;
}

/* ---- states ------------------------------------------------------------------------------------------------------------------------ */

enum { OVER = 1, UP = 2 };
static const arci_block blocks[] = {
    { ARCI_DO_TASK_ASSIGN, OVER, "the task is done or cancelled", "任务已完成或已取消" },
    { ARCI_DO_TASK_CLOSE, OVER, "the task is done or cancelled", "任务已完成或已取消" },
    { ARCI_DO_TASK_CANCEL, OVER, "the task is done or cancelled", "任务已完成或已取消" },
    { ARCI_DO_TASK_ESCALATE, OVER, "the task is done or cancelled", "任务已完成或已取消" },
    { ARCI_DO_TASK_ESCALATE, UP, "the task is escalated already: assign it", "任务已升级，请直接指派" },
};

enum { T_VERSION, T_STATUS, T_ASSIGNEE };
static const char task_fields[] = "version status assignee";

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static arc_status judge(arci_txn *t, uint32_t verb, int64_t id, const arc_value *v)
{
    uint32_t facts = (is(&v[T_STATUS], "done") || is(&v[T_STATUS], "cancelled") ? OVER : 0u) | (is(&v[T_STATUS], "escalated") ? UP : 0u);
    return arci_block_tell(t->env, blocks, sizeof blocks / sizeof *blocks, verb, facts, "task", "status", id);
}

arc_status arci_task_may(arci_txn *t, arci_arena *arena, uint32_t verb, int64_t id)
{
    const arci_shape *shape;
    arc_value *v;
    arc_status st = arci_shape_get(t, &shape, "task", task_fields);
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, arena, &v);
    return st == ARC_OK ? judge(t, verb, id, v) : st;
}

const arci_state_row arci_workflow_states[] = {
    { ARC_TASK, ARCI_DO_TASK_ASSIGN, arci_task_may },
    { ARC_TASK, ARCI_DO_TASK_CLOSE, arci_task_may },
    { ARC_TASK, ARCI_DO_TASK_CANCEL, arci_task_may },
    { ARC_TASK, ARCI_DO_TASK_ESCALATE, arci_task_may },
    { 0, 0, NULL },
};

/* ---- the frame ----------------------------------------------------------------------------------------------------------------------- */

/* What any of the verbs is asked for. */
typedef struct step {
    int64_t task, assignee;
    arc_date deadline;
    arc_task_outcome o; /* its feedback is the reason of a cancellation */
} step;

static void args(arci_call *c, const void *what)
{
    const step *s = what;
    const int64_t numbers[] = { s->task, s->assignee, s->deadline, s->o.date, s->o.promise_date, s->o.next_on, s->o.promise.minor };
    const char *const texts[] = { s->o.promise.currency, s->o.feedback, s->o.result };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) arci_call_arg_int(c, numbers[i]);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) arci_call_arg_text(c, texts[i] ? texts[i] : "", texts[i] ? strlen(texts[i]) : 0);
}

/* The row, locked, where the actor may do this to it as it stands. */
static arc_status take(arci_txn *t, arci_arena *arena, int64_t id, arc_value **row)
{
    const arci_shape *shape;
    arc_status st = arci_access_row(t, t->call->verb, NULL, arci_entity_by_name("task", 4), id);
    if (st == ARC_OK) st = arci_repo_lock(t, "task", &id, 1);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "task", task_fields);
    if (st == ARC_OK) st = arci_repo_get(t, shape, id, arena, row);
    return st == ARC_OK ? judge(t, t->call->verb->number, id, *row) : st;
}

static arc_status change(arci_txn *t, arci_arena *arena, int64_t id, const arc_value *row, const char *fields, const arc_value *values, size_t n)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "task", fields);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    *arci_batch_key(b, 0) = arci_v_int(id);
    *arci_batch_guard(b, 0) = row[T_VERSION];
    memcpy(arci_batch_row(b, 0), values, n * sizeof *values);
    return arci_repo_write(t, &b, 1, NULL);
}

/* ---- who does it ----------------------------------------------------------------------------------------------------------------------- */

static arc_status check_user(arci_txn *t, arci_arena *arena, int64_t user, int64_t task)
{
    enum { DISABLED, FROM, TO };
    const arci_shape *shape;
    arc_value *u;
    arc_date day = ARC_DATE_NONE;
    arc_status st = arci_shape_get(t, &shape, "user_account", "disabled valid_from valid_to");
    if (st == ARC_OK) st = user > 0 ? arci_repo_get(t, shape, user, arena, &u) : ARC_E_NOT_FOUND;
    if (st == ARC_E_NOT_FOUND) return fault(t->env, arci_fail(t->env, ARC_E_REFERENCE, "there is no such user", "没有该用户"), "assignee", task);
    if (st == ARC_OK) st = arci_session_day(t->env, t->session, &day);
    if (st != ARC_OK) return st;
    int over = day != ARC_DATE_NONE && ((u[TO].type == ARC_V_INT && u[TO].u.i < day) || (u[FROM].type == ARC_V_INT && u[FROM].u.i > day));
    if (!u[DISABLED].u.i && !over) return ARC_OK;
    return fault(t->env, arci_fail(t->env, ARC_E_REFERENCE, "the user may not act any more", "该用户已停用"), "assignee", task);
}

static arc_status manager_of(arci_txn *t, arci_arena *arena, const arc_value *user, int64_t task, int64_t *out)
{
    const arci_shape *shape;
    arc_value *v;
    arc_status st = arci_shape_get(t, &shape, "user_account", "manager");
    if (st == ARC_OK) st = arci_repo_get(t, shape, user->u.i, arena, &v);
    if (st != ARC_OK) return st;
    if (v[0].type != ARC_V_INT) return fault(t->env, arci_fail(t->env, ARC_E_REFERENCE, "who has the task has no manager: name somebody", "负责人没有上级，请指定人员"), "assignee", task);
    *out = v[0].u.i;
    return ARC_OK;
}

static arc_status give(arci_txn *t, arci_arena *arena, const step *s, int64_t *id, int up)
{
    arc_value *row;
    int64_t assignee = s->assignee;
    *id = s->task;
    arc_status st = take(t, arena, s->task, &row);
    if (st == ARC_OK && s->deadline != ARC_DATE_NONE && (s->deadline < ARC_DATE_MIN || s->deadline > ARC_DATE_MAX)) st = fault(t->env, arci_fail(t->env, ARC_E_RANGE, "not a date", "不是日期"), "deadline", s->task);
    if (st == ARC_OK && up && !assignee) st = manager_of(t, arena, &row[T_ASSIGNEE], s->task, &assignee);
    if (st == ARC_OK) st = check_user(t, arena, assignee, s->task);
    if (st != ARC_OK) return st;
    const arc_value values[] = { arci_v_int(assignee), up ? arci_v_text("escalated", 9) : row[T_STATUS], arci_v_int(s->deadline) };
    return s->deadline == ARC_DATE_NONE ? change(t, arena, s->task, row, "assignee status", values, 2) : change(t, arena, s->task, row, "assignee status deadline", values, 3);
}

static arc_status assign(arci_txn *t, arci_arena *arena, const void *what, int64_t *id) { return give(t, arena, what, id, 0); }
static arc_status escalate(arci_txn *t, arci_arena *arena, const void *what, int64_t *id) { return give(t, arena, what, id, 1); }

/* ---- how it ends ----------------------------------------------------------------------------------------------------------------------- */

static arc_status check_text(arci_txn *t, const step *s)
{
    size_t n = s->o.feedback ? strlen(s->o.feedback) : 0;
    if (!n) return fault(t->env, arci_fail(t->env, ARC_E_REQUIRED, "say what was done or why it is not needed", "须填写反馈"), "feedback", s->task);
    if (n > TEXT_MAX) return fault(t->env, arci_fail(t->env, ARC_E_LIMIT, "feedback has at most %d bytes", "反馈最多 %d 字节", TEXT_MAX), "feedback", s->task);
    if (arci_utf8_check(s->o.feedback, n) != n) return fault(t->env, arci_fail(t->env, ARC_E_ENCODING, "the feedback is not valid UTF-8", "反馈不是有效的 UTF-8"), "feedback", s->task);
    return ARC_OK;
}

static arc_status check_day(arci_txn *t, const step *s, arc_date day, const char *field, int needed)
{
    if (day == ARC_DATE_NONE && !needed) return ARC_OK;
    if (day == ARC_DATE_NONE) return fault(t->env, arci_fail(t->env, ARC_E_REQUIRED, "a date is required: the session has no business date", "须填写日期：会话未设置业务日期"), field, s->task);
    return day >= ARC_DATE_MIN && day <= ARC_DATE_MAX ? ARC_OK : fault(t->env, arci_fail(t->env, ARC_E_RANGE, "not a date", "不是日期"), field, s->task);
}

static arc_status check_outcome(arci_txn *t, const step *s)
{
    const arci_code_list *list = arci_code_list_get("interaction_result");
    uint32_t i = 0;
    arc_status st = check_text(t, s);
    if (st == ARC_OK) st = check_day(t, s, s->o.date, "closed_on", 1);
    if (st == ARC_OK) st = check_day(t, s, s->o.promise_date, "promise_date", 0);
    if (st == ARC_OK) st = check_day(t, s, s->o.next_on, "next_on", 0);
    if (st != ARC_OK) return st;
    while (s->o.result && list->codes[i] && strcmp(list->codes[i], s->o.result) != 0) i++;
    if (s->o.result && !list->codes[i]) return fault(t->env, arci_fail(t->env, ARC_E_VALUE, "no such result", "没有该结果"), "result", s->task);
    if (!s->o.promise.currency[0]) return s->o.promise.minor ? fault(t->env, arci_fail(t->env, ARC_E_CURRENCY, "the promised amount has no currency", "承诺金额没有币种"), "promise_currency", s->task) : ARC_OK;
    st = arc_money_check(&s->o.promise);
    return st == ARC_OK ? st : fault(t->env, arci_fail(t->env, st, "no amount", "不是金额"), "promise_amount", s->task);
}

static arc_value text(const char *s) { return s && *s ? arci_v_text(s, strlen(s)) : arci_v_null(); }

/* Who closes it, where users are kept. */
static arc_value actor(const arci_txn *t) { return t->session->access ? arci_v_int(t->session->access->user) : arci_v_null(); }

enum { E_RESULT, E_PROMISE, E_CURRENCY, E_AMOUNT, E_NEXT, E_N };

static arc_status close_task(arci_txn *t, arci_arena *arena, const void *what, int64_t *id)
{
    const step *s = what;
    const arci_shape *shape;
    arc_value *row, *had;
    *id = s->task;
    arc_status st = take(t, arena, s->task, &row);
    if (st == ARC_OK) st = check_outcome(t, s);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "task", "result promise_date promise_currency promise_amount next_on");
    if (st == ARC_OK) st = arci_repo_get(t, shape, s->task, arena, &had);
    if (st != ARC_OK) return st;
    const arc_value values[] = { arci_v_text("done", 4), text(s->o.feedback), arci_v_int(s->o.date), actor(t), s->o.result ? text(s->o.result) : had[E_RESULT],
                                 s->o.promise_date != ARC_DATE_NONE ? arci_v_int(s->o.promise_date) : had[E_PROMISE],
                                 s->o.promise.currency[0] ? text(s->o.promise.currency) : had[E_CURRENCY], s->o.promise.currency[0] ? arci_v_int(s->o.promise.minor) : had[E_AMOUNT],
                                 s->o.next_on != ARC_DATE_NONE ? arci_v_int(s->o.next_on) : had[E_NEXT] };
    return change(t, arena, s->task, row, "status feedback closed_on closed_by result promise_date promise_currency promise_amount next_on", values, sizeof values / sizeof *values);
}

static arc_status cancel_task(arci_txn *t, arci_arena *arena, const void *what, int64_t *id)
{
    const step *s = what;
    arc_value *row;
    *id = s->task;
    arc_status st = take(t, arena, s->task, &row);
    if (st == ARC_OK) st = check_text(t, s);
    if (st == ARC_OK) st = check_day(t, s, s->o.date, "closed_on", 1);
    if (st != ARC_OK) return st;
    const arc_value values[] = { arci_v_text("cancelled", 9), text(s->o.feedback), arci_v_int(s->o.date), actor(t) };
    return change(t, arena, s->task, row, "status feedback closed_on closed_by", values, sizeof values / sizeof *values);
}

/* ---- the verbs -------------------------------------------------------------------------------------------------------------------------- */

static const char *const id_names[] = { "id", NULL };
static const arci_deed assign_deed = { ARCI_DO_TASK_ASSIGN, id_names, args, assign, NULL, NULL, NULL };
static const arci_deed close_deed = { ARCI_DO_TASK_CLOSE, id_names, args, close_task, NULL, NULL, NULL };
static const arci_deed cancel_deed = { ARCI_DO_TASK_CANCEL, id_names, args, cancel_task, NULL, NULL, NULL };
static const arci_deed escalate_deed = { ARCI_DO_TASK_ESCALATE, id_names, args, escalate, NULL, NULL, NULL };

static arc_status perform(arci_session *s, const arci_deed *deed, step *what)
{
    arci_arena arena;
    int ends = deed == &close_deed || deed == &cancel_deed;
    if (what->o.date == ARC_DATE_NONE && ends) what->o.date = s->business_date;
    arci_arena_init(&arena, s->env.ctx);
    arc_status st = arci_deed_do(s, &arena, deed, what, NULL);
    arci_arena_clear(&arena);
    return arci_call_leave(s, st);
}

static step step_of(int64_t task)
{
    const step s = { .task = task, .deadline = ARC_DATE_NONE, .o = ARC_TASK_OUTCOME_INIT };
    return s;
}

arc_status arc_task_assign(arc_session *session, int64_t task, int64_t assignee, arc_date deadline)
{
    step what = step_of(task);
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    what.assignee = assignee;
    what.deadline = deadline;
    return st == ARC_OK ? perform(s, &assign_deed, &what) : st;
}

arc_status arc_task_escalate(arc_session *session, int64_t task, int64_t assignee, arc_date deadline)
{
    step what = step_of(task);
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (assignee < 0) return arci_call_leave(s, arci_fail(&s->env, ARC_E_INVALID, "assignee is negative", "assignee 为负数"));
    what.assignee = assignee;
    what.deadline = deadline;
    return perform(s, &escalate_deed, &what);
}

arc_status arc_task_close(arc_session *session, int64_t task, const arc_task_outcome *outcome)
{
    step what = step_of(task);
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = outcome ? arci_struct_in(&s->env, &what.o, sizeof what.o, outcome) : arci_fail(&s->env, ARC_E_INVALID, "outcome is NULL", "outcome 为 NULL");
    if (st == ARC_OK && what.o.promise.currency[3]) st = fault(&s->env, arci_fail(&s->env, ARC_E_CURRENCY, "no such currency", "没有该币种"), "promise_currency", task);
    return st == ARC_OK ? perform(s, &close_deed, &what) : arci_call_leave(s, st);
}

arc_status arc_task_cancel(arc_session *session, int64_t task, const char *reason)
{
    step what = step_of(task);
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    what.o.feedback = reason;
    return st == ARC_OK ? perform(s, &cancel_deed, &what) : st;
}
