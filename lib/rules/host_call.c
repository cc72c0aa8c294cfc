/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to the host, and its answers. */
#include "arcore/host_call.h"

#include <string.h>

#include "arcore/outbox.h"
#include "base/json_text.h"
#include "store/deed.h"
#include "store/outbox.h"

enum { KEY_MAX = 200, NAME_MAX = 64 };

arc_status arc_host_question_init(arc_host_question *question)
{
    static const arc_host_question init = ARC_HOST_QUESTION_INIT;
    if (!question) return ARC_E_INVALID;
    *question = init;
    return ARC_OK;
}

static arc_status fault(arci_env *env, arc_status st, const char *field, int64_t id)
{
    arci_fail_at(env, "host_call", field, id, -1);
    return st;
}

static arc_value text(const char *s) { return s && *s ? arci_v_text(s, strlen(s)) : arci_v_null(); }

static arc_status check_day(arci_env *env, arc_date day, const char *field, int64_t id)
{
    if (day == ARC_DATE_NONE) return fault(env, arci_fail(env, ARC_E_REQUIRED, "a date is required: the session has no business date", "须填写日期：会话未设置业务日期"), field, id);
    return day >= ARC_DATE_MIN && day <= ARC_DATE_MAX ? ARC_OK : fault(env, arci_fail(env, ARC_E_RANGE, "not a date", "不是日期"), field, id);
}

static arc_status check_word(arci_env *env, const char *s, size_t most, int needed, const char *field, int64_t id)
{
    size_t n = s ? strlen(s) : 0;
    if (!n && needed) return fault(env, arci_fail(env, ARC_E_REQUIRED, "%s is required", "%s 为必填项", field), field, id);
    if (n > most) return fault(env, arci_fail(env, ARC_E_LIMIT, "%s is longer than %u bytes", "%s 超过 %u 字节", field, (unsigned)most), field, id);
    return n == (n ? arci_utf8_check(s, n) : 0) ? ARC_OK : fault(env, arci_fail(env, ARC_E_ENCODING, "%s is not valid UTF-8", "%s 不是有效的 UTF-8", field), field, id);
}

/* ---- asking ---------------------------------------------------------------------------------------------------------------------- */

static arc_status check_question(arci_env *env, const arc_host_question *q)
{
    arc_status st = check_word(env, q->call_key, KEY_MAX, 1, "call_key", -1);
    if (st == ARC_OK) st = check_word(env, q->name, NAME_MAX, 1, "name", -1);
    if (st == ARC_OK) st = check_word(env, q->rule, NAME_MAX, 0, "rule", -1);
    if (st == ARC_OK) st = check_word(env, q->entity, 40, 1, "entity", -1);
    if (st == ARC_OK && !arci_entity_by_name(q->entity, strlen(q->entity))) st = fault(env, arci_fail(env, ARC_E_VALUE, "there is no such entity", "没有该实体"), "entity", -1);
    if (st == ARC_OK && q->row <= 0) st = fault(env, arci_fail(env, ARC_E_REQUIRED, "row is required", "row 为必填项"), "row", -1);
    if (st == ARC_OK && !q->request) st = fault(env, arci_fail(env, ARC_E_REQUIRED, "request is required", "request 为必填项"), "request", -1);
    if (st == ARC_OK && (q->level < 0 || q->customer < 0 || q->reserved)) st = fault(env, arci_fail(env, ARC_E_INVALID, "level or customer is negative, or reserved is not 0", "level 或 customer 为负数，或 reserved 不为 0"), NULL, -1);
    return st == ARC_OK ? check_day(env, q->asked_on, "asked_on", -1) : st;
}

static void put_member(arci_str *b, const char *key, const char *s)
{
    if (!s) return;
    arci_str_puts(b, b->len && b->s[b->len - 1] == '{' ? "\"" : ",\"");
    arci_str_puts(b, key);
    arci_str_puts(b, "\":");
    arci_json_put_text(b, s, strlen(s));
}

static void put_number(arci_str *b, const char *key, int64_t v)
{
    arci_str_puts(b, ",\"");
    arci_str_puts(b, key);
    arci_str_puts(b, "\":");
    arci_str_int(b, v);
}

/* The request must be JSON by itself: what is around it is ours. */
static arc_status put_payload(arci_txn *t, arci_arena *arena, const arc_host_question *q, arci_str *b)
{
    arc_value request;
    arc_status st = arci_outbox_json(t, arena, &request, q->request, q->request_length, "payload");
    if (st != ARC_OK) return st;
    arci_str_puts(b, "{");
    put_member(b, "call", q->call_key);
    put_member(b, "name", q->name);
    put_member(b, "entity", q->entity);
    put_number(b, "row", q->row);
    put_member(b, "rule", q->rule);
    put_number(b, "level", q->level);
    arci_str_puts(b, ",\"request\":");
    arci_str_add(b, request.u.s, request.len);
    arci_str_putc(b, '}');
    return b->failed ? arci_nomem(t->env) : ARC_OK;
}

static arc_status enqueue(arci_txn *t, arci_arena *arena, const arc_host_question *q, int64_t *message)
{
    arc_message m = ARC_MESSAGE_INIT;
    arci_str payload;
    arci_str_init(&payload, t->env->ctx);
    arc_status st = put_payload(t, arena, q, &payload);
    m.kind = "host.call";
    m.message_key = q->call_key;
    m.payload = payload.s;
    m.payload_length = payload.len;
    m.customer = q->customer;
    if (st == ARC_OK) st = arci_outbox_put(t->call, arena, &m, message);
    arci_str_clear(&payload);
    return st;
}

static arc_status ask(arci_txn *t, arci_arena *arena, const void *what, int64_t *id)
{
    const arc_host_question *q = what;
    const arci_shape *shape;
    arci_batch *b;
    int64_t message = 0;
    arc_status st = check_question(t->env, q);
    if (st == ARC_OK) st = enqueue(t, arena, q, &message);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "host_call", "call_key name rule entity row customer level message asked_on status");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    const arc_value row[] = { text(q->call_key), text(q->name), text(q->rule), text(q->entity), arci_v_int(q->row), q->customer ? arci_v_int(q->customer) : arci_v_null(),
                              arci_v_int(q->level), arci_v_int(message), arci_v_int(q->asked_on), text("waiting") };
    memcpy(arci_batch_row(b, 0), row, sizeof row);
    st = arci_repo_write(t, &b, 1, NULL);
    if (st == ARC_OK) *id = arci_batch_id(b, 0);
    return st;
}

static void tell_text(arci_call *c, const char *s, size_t n)
{
    arci_call_arg_int(c, s != NULL);
    arci_call_arg_text(c, s ? s : "", !s ? 0 : n == SIZE_MAX ? strlen(s) : n);
}

static void ask_args(arci_call *c, const void *what)
{
    const arc_host_question *q = what;
    const char *const texts[] = { q->call_key, q->name, q->rule, q->entity };
    const int64_t numbers[] = { q->row, q->customer, q->level, q->asked_on };
    for (size_t i = 0; i < 4; i++) tell_text(c, texts[i], SIZE_MAX);
    for (size_t i = 0; i < 4; i++) arci_call_arg_int(c, numbers[i]);
    tell_text(c, q->request, q->request_length);
}

static const char *const id_names[] = { "id", NULL };

static arc_status perform(arci_session *s, const arci_deed *deed, const void *what, int64_t *id)
{
    arci_arena arena;
    arci_arena_init(&arena, s->env.ctx);
    arc_status st = arci_deed_do(s, &arena, deed, what, id);
    arci_arena_clear(&arena);
    return arci_call_leave(s, st);
}

arc_status arc_host_ask(arc_session *session, int64_t *id, const arc_host_question *question)
{
    static const arci_deed deed = { ARCI_DO_HOST_CALL_ASK, id_names, ask_args, ask, NULL, NULL, NULL };
    arc_host_question q = ARC_HOST_QUESTION_INIT;
    arci_session *s;
    int64_t made = 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = question ? arci_struct_in(&s->env, &q, sizeof q, question) : arci_fail(&s->env, ARC_E_INVALID, "question is NULL", "question 为 NULL");
    if (st != ARC_OK) return arci_call_leave(s, st);
    if (q.asked_on == ARC_DATE_NONE) q.asked_on = s->business_date;
    st = perform(s, &deed, &q, &made);
    if (st == ARC_OK && id) *id = made;
    return st;
}

/* ---- answering -------------------------------------------------------------------------------------------------------------------- */

typedef struct answer {
    int64_t call;
    const char *outcome, *json;
    size_t n;
    arc_date on;
} answer;

enum { C_VERSION, C_STATUS, C_OUTCOME, C_ANSWER };

static int same(const arc_value *a, const arc_value *b) { return arci_value_compare(a, b) == 0; }

static arc_status store(arci_txn *t, arci_arena *arena, const answer *a, const arc_value *had, const arc_value *json)
{
    const arci_shape *shape;
    arci_batch *b;
    const arc_value outcome = text(a->outcome);
    int answered = had[C_STATUS].len == 8 && memcmp(had[C_STATUS].u.s, "answered", 8) == 0;
    if (answered && same(&outcome, &had[C_OUTCOME]) && same(json, &had[C_ANSWER])) return ARC_OK;
    if (answered) return fault(t->env, arci_fail(t->env, ARC_E_STATE, "the call was answered otherwise", "该调用已有不同答复"), "outcome", a->call);
    arc_status st = arci_shape_get(t, &shape, "host_call", "status outcome answer answered_on");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    const arc_value row[] = { a->outcome ? text("answered") : text("failed"), outcome, *json, arci_v_int(a->on) };
    *arci_batch_key(b, 0) = arci_v_int(a->call);
    *arci_batch_guard(b, 0) = had[C_VERSION];
    memcpy(arci_batch_row(b, 0), row, sizeof row);
    return arci_repo_write(t, &b, 1, NULL);
}

static arc_status take_answer(arci_txn *t, arci_arena *arena, const void *what, int64_t *id)
{
    const answer *a = what;
    const arci_shape *shape;
    arc_value *had, json;
    *id = a->call;
    arc_status st = check_word(t->env, a->outcome, NAME_MAX, a->outcome != NULL, "outcome", a->call);
    if (st == ARC_OK) st = check_day(t->env, a->on, "answered_on", a->call);
    if (st == ARC_OK) st = arci_outbox_json(t, arena, &json, a->json, a->n, "answer");
    if (st == ARC_OK) st = arci_access_row(t, t->call->verb, NULL, arci_entity_by_name("host_call", 9), a->call);
    if (st == ARC_OK) st = arci_repo_lock(t, "host_call", &a->call, 1);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "host_call", "version status outcome answer");
    if (st == ARC_OK) st = arci_repo_get(t, shape, a->call, arena, &had);
    return st == ARC_OK ? store(t, arena, a, had, &json) : st;
}

static void answer_args(arci_call *c, const void *what)
{
    const answer *a = what;
    arci_call_arg_int(c, a->call);
    arci_call_arg_int(c, a->on);
    tell_text(c, a->outcome, SIZE_MAX);
    tell_text(c, a->json, a->n);
}

arc_status arc_host_answer(arc_session *session, int64_t call, const char *outcome, const char *json, size_t length, arc_date on)
{
    static const arci_deed deed = { ARCI_DO_HOST_CALL_ANSWER, id_names, answer_args, take_answer, NULL, NULL, NULL };
    answer a = { call, outcome, json, length, on };
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (a.on == ARC_DATE_NONE) a.on = s->business_date;
    return perform(s, &deed, &a, NULL);
}
