/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox. A message is what was asked for and what became of it; beside it, as long as it is to be delivered, stands a message_lease:
 * when it is due and who is at it. Leases are no events; leaving the outbox is one. */
#include "arcore/outbox.h"

#include <string.h>

#include "base/json_text.h"
#include "store/outbox.h"
#include "store/repo_impl.h"
#include "store/verb.h"

#define DEFAULT_ATTEMPTS 10u
#define MAX_ATTEMPTS 1000u
#define MAX_PAYLOAD 1048576u
#define MAX_LESSEE 64u
#define MAX_LEASES 1000u
#define MAX_SECONDS 86400u
#define DEFAULT_PAUSE 60u
#define US_PER_SECOND INT64_C(1000000)

arc_status arc_message_init(arc_message *message)
{
    static const arc_message init = ARC_MESSAGE_INIT;
    if (!message) return ARC_E_INVALID;
    *message = init;
    return ARC_OK;
}

arc_status arc_message_lease_init(arc_message_lease *lease)
{
    static const arc_message_lease init = ARC_MESSAGE_LEASE_INIT;
    if (!lease) return ARC_E_INVALID;
    *lease = init;
    return ARC_OK;
}

static arc_value text_or_null(const char *s)
{
    return s ? arci_v_text(s, strlen(s)) : arci_v_null();
}

static arc_status field_fault(arci_env *env, arc_status st, const char *field)
{
    arci_fail_at(env, "message", field, -1, -1);
    return st;
}

/* JSON of the caller's, written compactly into the arena; NULL stays NULL. */
arc_status arci_outbox_json(arci_txn *t, arci_arena *arena, arc_value *out, const char *json, size_t n, const char *field)
{
    arci_json *root;
    arci_str b;
    *out = arci_v_null();
    if (!json) return ARC_OK;
    if (n == SIZE_MAX) n = strlen(json);
    if (n > MAX_PAYLOAD) return field_fault(t->env, arci_fail(t->env, ARC_E_LIMIT, "%s is above 1 MiB", "%s 超过 1 MiB", field), field);
    arc_status st = arci_json_parse(t->env, arena, json, n, &arci_json_default_limits, &root);
    if (st != ARC_OK) return st == ARC_E_NOMEM ? st : field_fault(t->env, st, field);
    arci_str_init(&b, t->book->ctx);
    arci_json_put_node(&b, root);
    char *copy = b.failed ? NULL : arci_arena_strndup(arena, b.s, b.len);
    *out = arci_v_text(copy, b.len);
    arci_str_clear(&b);
    return copy ? ARC_OK : arci_nomem(t->env);
}

/* ---- in ------------------------------------------------------------------------------------------------------------------ */

static const char message_fields[] = "kind channel message_key customer contact payload status attempts";
enum { M_KIND, M_CHANNEL, M_KEY, M_CUSTOMER, M_CONTACT, M_PAYLOAD, M_STATUS, M_ATTEMPTS };
static const char lease_fields[] = "message not_before lease attempts max_attempts";
enum { L_MESSAGE, L_NOT_BEFORE, L_LEASE, L_ATTEMPTS, L_MAX };

static arc_status check_message(arci_env *env, const arc_message *m)
{
    if (!m->kind || !m->kind[0]) return field_fault(env, arci_fail(env, ARC_E_REQUIRED, "kind is required", "kind 为必填项"), "kind");
    if (!m->message_key || !m->message_key[0]) {
        return field_fault(env, arci_fail(env, ARC_E_REQUIRED, "message_key is required", "message_key 为必填项"), "message_key");
    }
    if (!m->payload) return field_fault(env, arci_fail(env, ARC_E_REQUIRED, "payload is required", "payload 为必填项"), "payload");
    if (m->max_attempts > MAX_ATTEMPTS) {
        return field_fault(env, arci_fail(env, ARC_E_RANGE, "max_attempts is above %u", "max_attempts 超过 %u", MAX_ATTEMPTS), "max_attempts");
    }
    return ARC_OK;
}

/* One the actor may not see is as one that is not there. */
static arc_status no_customer(arci_env *env)
{
    return field_fault(env, arci_fail(env, ARC_E_REFERENCE, "message: customer points at nothing", "message：customer 指向的数据不存在"), "customer");
}

static arc_status fill_message(arci_call *c, arci_arena *arena, const arci_batch *b, const arc_message *m)
{
    arci_txn *t = c->txn;
    arc_value *v = arci_batch_row(b, 0);
    v[M_KIND] = text_or_null(m->kind);
    v[M_CHANNEL] = text_or_null(m->channel);
    v[M_KEY] = text_or_null(m->message_key);
    if (m->customer) v[M_CUSTOMER] = arci_v_int(m->customer);
    if (m->contact) v[M_CONTACT] = arci_v_int(m->contact);
    v[M_STATUS] = arci_v_text("pending", 7);
    v[M_ATTEMPTS] = arci_v_int(0);
    arc_status st = arci_outbox_json(t, arena, &v[M_PAYLOAD], m->payload, m->payload_length, "payload");
    if (st != ARC_OK || !m->customer) return st == ARC_OK ? arci_access_insert(t, arena, c->verb, b->shape, v) : st;
    st = arci_access_row(t, c->verb, NULL, arci_entity_by_name("customer", 8), m->customer);
    return st == ARC_E_NOT_FOUND ? no_customer(t->env) : st;
}

arc_status arci_outbox_put(arci_call *c, arci_arena *arena, const arc_message *m, int64_t *id)
{
    const arci_shape *messages, *leases;
    arci_batch *both[2];
    arci_txn *t = c->txn;
    arc_status st = arci_shape_get(t, &messages, "message", message_fields);
    if (st == ARC_OK) st = arci_shape_get(t, &leases, "message_lease", lease_fields);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &both[0], messages, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st == ARC_OK) st = arci_batch_new(t, arena, &both[1], leases, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st == ARC_OK) st = arci_txn_touch(t);
    if (st == ARC_OK) st = arci_batch_ids(t, both[0]);
    if (st == ARC_OK) st = fill_message(c, arena, both[0], m);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(both[1], 0);
    v[L_MESSAGE] = arci_v_int(arci_batch_id(both[0], 0));
    v[L_NOT_BEFORE] = arci_v_int(m->not_before ? m->not_before : t->stamp);
    v[L_LEASE] = arci_v_int(0);
    v[L_ATTEMPTS] = arci_v_int(0);
    v[L_MAX] = arci_v_int(m->max_attempts ? m->max_attempts : DEFAULT_ATTEMPTS);
    st = arci_repo_write(t, both, 2, NULL);
    if (st == ARC_OK) *id = arci_batch_id(both[0], 0);
    return st;
}

static void arg_string(arci_call *c, const char *s)
{
    arci_call_arg_int(c, s != NULL);
    arci_call_arg_text(c, s ? s : "", s ? strlen(s) : 0);
}

static void arg_bytes(arci_call *c, const char *s, size_t n)
{
    arci_call_arg_int(c, s != NULL);
    arci_call_arg_text(c, s ? s : "", !s ? 0 : n == SIZE_MAX ? strlen(s) : n);
}

static arc_status enqueue(arci_call *c, const arc_message *m, int64_t *id)
{
    static const char *const names[] = { "id", NULL };
    arci_arena arena;
    arc_status st = check_message(c->txn->env, m);
    if (st == ARC_OK) st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arg_string(c, m->kind);
    arg_string(c, m->channel);
    arg_string(c, m->message_key);
    arg_bytes(c, m->payload, m->payload_length);
    arci_call_arg_int(c, m->customer);
    arci_call_arg_int(c, m->contact);
    arci_call_arg_int(c, m->not_before);
    arci_call_arg_int(c, m->max_attempts);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st != ARC_OK) return st;
    if (arci_call_done(c, 0)) {
        *id = arci_call_number(c, 0, 0);
        return arci_call_status(c, 0);
    }
    arci_arena_init(&arena, c->txn->book->ctx);
    st = arci_outbox_put(c, &arena, m, id);
    arci_arena_clear(&arena);
    if (st == ARC_OK) arci_call_keep(c, 0, st, id);
    return st;
}

arc_status arc_message_enqueue(arc_session *session, int64_t *id, const arc_message *message)
{
    arc_message m = ARC_MESSAGE_INIT;
    arci_session *s;
    arci_call c;
    int64_t made = 0;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = message ? arci_struct_in(&s->env, &m, sizeof m, message) : arci_fail(&s->env, ARC_E_INVALID, "message is NULL", "message 为 NULL");
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &c, &arci_verbs[ARCI_DO_MESSAGE_ENQUEUE], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&c, enqueue(&c, &m, &made));
    }
    if (st == ARC_OK && id) *id = made;
    return arci_call_leave(s, st);
}

/* ---- leases ---------------------------------------------------------------------------------------------------------------- */

typedef struct due {
    int64_t now, until;
    const char *lessee;
    arc_message_lease *out;
    size_t n, count;
    arci_arena arena;
} due;

enum { D_MESSAGE, D_VERSION, D_LEASE, D_ATTEMPTS, D_MAX, D_NOT_BEFORE };
static const char due_fields[] = "message version lease attempts max_attempts not_before";

/* Those whose message the actor may use the verb on. */
static arc_status seen_due(arci_call *c, due *d, arci_rows *rows)
{
    const arci_entity *e = arci_entity_by_name("message", 7);
    const arci_row_scope *scope = arci_access_scope(c->session, c->verb, e);
    int64_t *ids = arci_arena_alloc(&d->arena, ((size_t)rows->n_rows + 1) * sizeof *ids);
    uint8_t *seen = arci_arena_alloc(&d->arena, (size_t)rows->n_rows + 1);
    uint32_t n = 0;
    if (!scope || !rows->n_rows) return ARC_OK;
    if (!ids || !seen) return arci_nomem(c->txn->env);
    for (uint32_t i = 0; i < rows->n_rows; i++) ids[i] = rows->values[(size_t)i * rows->n_cols].u.i;
    arc_status st = arci_scope_rows(c->txn, &d->arena, e, scope, ids, rows->n_rows, seen);
    for (uint32_t i = 0; st == ARC_OK && i < rows->n_rows; i++) {
        if (seen[i]) memmove(rows->values + (size_t)n++ * rows->n_cols, rows->values + (size_t)i * rows->n_cols, rows->n_cols * sizeof *rows->values);
    }
    rows->n_rows = n;
    return st;
}

static arc_status find_due(arci_txn *t, due *d, arci_rows *rows)
{
    const arci_shape *shape;
    arci_where w;
    arc_status st = arci_shape_get(t, &shape, "message_lease", due_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[D_NOT_BEFORE], ARC_OP_LE, d->now);
    const arc_order order[2] = { { shape->cols[D_NOT_BEFORE], 0 }, { shape->cols[D_MESSAGE], 0 } };
    return arci_repo_find(t, shape, &w, order, 2, (int64_t)d->n, &d->arena, rows);
}

/* Takes those that nobody else took meanwhile; the version says so. */
static arc_status take_due(arci_call *c, due *d, const arci_rows *rows)
{
    arci_txn *t = c->txn;
    const arci_shape *shape;
    arci_batch *b;
    uint32_t n = 0, refused = 0;
    const arc_value **of = arci_arena_alloc(&d->arena, ((size_t)rows->n_rows + 1) * sizeof *of);
    if (!of) return arci_nomem(t->env);
    arc_status st = arci_shape_get(t, &shape, "message_lease", "not_before lessee lease attempts");
    if (st == ARC_OK) st = arci_batch_new(t, &d->arena, &b, shape, ARC_WRITE_UPDATE, rows->n_rows, ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t r = 0; st == ARC_OK && r < rows->n_rows; r++) {
        const arc_value *row = rows->values + (size_t)r * rows->n_cols;
        if (row[D_ATTEMPTS].u.i >= row[D_MAX].u.i) {
            st = arci_outbox_leave(t, &d->arena, row[D_MESSAGE].u.i, "dead", row[D_ATTEMPTS].u.i, "its last lease ended", NULL);
            continue;
        }
        arc_value *v = arci_batch_row(b, n);
        arci_batch_key(b, n)[0] = row[D_MESSAGE];
        *arci_batch_guard(b, n) = row[D_VERSION];
        v[0] = arci_v_int(d->until);
        v[1] = arci_v_text(d->lessee, strlen(d->lessee));
        v[2] = arci_v_int(row[D_LEASE].u.i + 1);
        v[3] = arci_v_int(row[D_ATTEMPTS].u.i + 1);
        of[n++] = row;
    }
    if (st != ARC_OK || !n) return st;
    b->n_rows = n;
    st = arci_repo_write(t, &b, 1, &refused);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (b->results[i] != ARC_ROW_OK) continue;
        arc_message_lease *l = &d->out[d->count];
        l->id = of[i][D_MESSAGE].u.i;
        l->lease = of[i][D_LEASE].u.i + 1;
        l->attempt = (uint32_t)of[i][D_ATTEMPTS].u.i + 1;
        l->leased_to = d->until;
        const int64_t numbers[] = { l->id, l->lease, l->attempt, l->leased_to };
        arci_call_keep(c, (uint32_t)d->count++, ARC_OK, numbers);
    }
    return st;
}

/* A repeated request is given the leases it was given. */
static int replayed(arci_call *c, due *d)
{
    for (uint32_t i = 0; i < d->n; i++) {
        if (!arci_call_done(c, i)) continue;
        arc_message_lease *l = &d->out[d->count++];
        l->id = arci_call_number(c, i, 0);
        l->lease = arci_call_number(c, i, 1);
        l->attempt = (uint32_t)arci_call_number(c, i, 2);
        l->leased_to = arci_call_number(c, i, 3);
    }
    return d->count != 0;
}

static arc_status lease_some(arci_call *c, due *d, uint32_t seconds)
{
    static const char *const names[] = { "id", "lease", "attempt", "leased_to", NULL };
    arci_rows rows;
    arc_status st = arci_session_now(c->txn->env, c->session, &d->now);
    if (st == ARC_OK) st = arci_call_elements(c, names, (uint32_t)d->n, 1);
    for (uint32_t i = 0; st == ARC_OK && i < d->n; i++) {
        arg_string(c, d->lessee);
        arci_call_arg_int(c, seconds);
        arci_call_arg_end(c, i, NULL);
    }
    if (st == ARC_OK) st = arci_call_replay(c);
    if (st != ARC_OK || replayed(c, d)) return st;
    d->until = d->now + (int64_t)seconds * US_PER_SECOND;
    st = find_due(c->txn, d, &rows);
    if (st == ARC_OK) st = seen_due(c, d, &rows);
    return st == ARC_OK && rows.n_rows ? take_due(c, d, &rows) : st;
}

/* Before anything is leased: what the caller's elements are, whatever version of the header they were compiled with. */
static arc_status check_leases(arci_session *s, const char *leases, size_t n, uint32_t *stride)
{
    uint32_t size;
    memcpy(stride, leases, sizeof *stride);
    for (size_t i = 0; i < n; i++) {
        memcpy(&size, leases + i * *stride, sizeof size);
        if (size == *stride && size >= offsetof(arc_message_lease, leased_to)) continue;
        return arci_fail(&s->env, ARC_E_INVALID, "struct_size of a lease is not set", "租约的 struct_size 未设置");
    }
    return ARC_OK;
}

static arc_status lease_call(arci_session *s, due *d, uint32_t seconds)
{
    arci_call c;
    uint32_t stride;
    if (!d->out || !d->n || d->n > MAX_LEASES || !d->lessee || !d->lessee[0] || strlen(d->lessee) > MAX_LESSEE || !seconds || seconds > MAX_SECONDS) {
        return arci_fail(&s->env, ARC_E_INVALID, "leases is NULL, or n, lessee or seconds is out of range", "leases 为 NULL，或 n、lessee、seconds 超出范围");
    }
    if (s->book->txn) return arci_fail(&s->env, ARC_E_TXN, "a lease is a transaction of its own: one is open", "租约须在独立事务中进行，当前有未结束的事务");
    char *leases = (char *)d->out;
    arc_status st = check_leases(s, leases, d->n, &stride);
    if (st == ARC_OK) st = arci_call_begin(s, &c, &arci_verbs[ARCI_DO_MESSAGE_LEASE], NULL, 0);
    if (st != ARC_OK) return st;
    arci_arena_init(&d->arena, s->env.ctx);
    d->out = arci_arena_calloc(&d->arena, d->n, sizeof *d->out);
    st = arci_call_end(&c, d->out ? lease_some(&c, d, seconds) : arci_nomem(&s->env));
    for (size_t i = 0; st == ARC_OK && i < d->count; i++) {
        st = arci_struct_out(leases + i * stride, &d->out[i], sizeof d->out[i]);
    }
    arci_arena_clear(&d->arena);
    return st;
}

arc_status arc_message_lease_due(arc_session *session, arc_message_lease *leases, size_t *count, size_t n, const char *lessee, uint32_t seconds)
{
    arci_session *s;
    due d;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    memset(&d, 0, sizeof d);
    d.out = count ? leases : NULL;
    d.n = n;
    d.lessee = lessee;
    st = lease_call(s, &d, seconds);
    if (st == ARC_OK) *count = d.count;
    return arci_call_leave(s, st);
}

/* ---- out -------------------------------------------------------------------------------------------------------------------- */

typedef struct outcome {
    int64_t id, lease;
    const char *status, *reason, *json;
    size_t n_json;
    uint32_t seconds;
    int32_t dead;
} outcome;

/* The row of a lease that still holds. */
static arc_status held(arci_call *c, arci_arena *arena, const outcome *o, arc_value **row)
{
    const arci_shape *shape;
    uint8_t *found;
    arc_status st = arci_access_row(c->txn, c->verb, NULL, arci_entity_by_name("message", 7), o->id);
    if (st == ARC_OK) st = arci_shape_get(c->txn, &shape, "message", "id");
    arc_value *any;
    if (st == ARC_OK) st = arci_repo_get(c->txn, shape, o->id, arena, &any);
    if (st == ARC_OK) st = arci_shape_get(c->txn, &shape, "message_lease", due_fields);
    if (st == ARC_OK) st = arci_repo_get_many(c->txn, shape, &o->id, 1, arena, row, &found);
    if (st != ARC_OK) return st;
    if (found[0] && (*row)[D_LEASE].u.i == o->lease && o->lease) return ARC_OK;
    arci_fail(c->txn->env, ARC_E_STALE, "the lease has passed to another, or the message has left the outbox", "租约已失效或消息已离开发件箱");
    arci_fail_at(c->txn->env, "message", NULL, o->id, -1);
    return ARC_E_STALE;
}

static arc_status acknowledge(arci_call *c, arci_arena *arena, outcome *o)
{
    arc_value *row, receipt;
    arc_status st = held(c, arena, o, &row);
    if (st == ARC_OK) st = arci_outbox_json(c->txn, arena, &receipt, o->json, o->n_json, "receipt");
    return st == ARC_OK ? arci_outbox_leave(c->txn, arena, o->id, "sent", row[D_ATTEMPTS].u.i, NULL, &receipt) : st;
}

static arc_status try_later(arci_txn *t, arci_arena *arena, const outcome *o, const arc_value *row)
{
    const arci_shape *shape;
    arci_batch *b;
    int64_t now, pause = o->seconds ? o->seconds : DEFAULT_PAUSE;
    for (int64_t i = 1; i < row[D_ATTEMPTS].u.i && pause < MAX_SECONDS; i++) pause *= 2;
    if (pause > MAX_SECONDS) pause = MAX_SECONDS;
    arc_status st = arci_session_now(t->env, t->session, &now);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "message_lease", "not_before lessee failure");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    arci_batch_key(b, 0)[0] = row[D_MESSAGE];
    *arci_batch_guard(b, 0) = row[D_VERSION];
    arci_batch_row(b, 0)[0] = arci_v_int(now + pause * US_PER_SECOND);
    arci_batch_row(b, 0)[2] = text_or_null(o->reason);
    return arci_repo_write(t, &b, 1, NULL);
}

static arc_status give_back(arci_call *c, arci_arena *arena, outcome *o)
{
    arc_value *row;
    if (o->seconds > MAX_SECONDS) return arci_fail(c->txn->env, ARC_E_INVALID, "seconds is above a day", "seconds 超过一天");
    if (o->reason && strlen(o->reason) > 1000) return arci_fail(c->txn->env, ARC_E_LIMIT, "reason is above 1,000 bytes", "reason 超过 1000 字节");
    arc_status st = held(c, arena, o, &row);
    if (st != ARC_OK) return st;
    o->dead = row[D_ATTEMPTS].u.i >= row[D_MAX].u.i;
    if (!o->dead) return try_later(c->txn, arena, o, row);
    return arci_outbox_leave(c->txn, arena, o->id, "dead", row[D_ATTEMPTS].u.i, o->reason ? o->reason : "not known", NULL);
}

static arc_status take_receipt(arci_call *c, arci_arena *arena, outcome *o)
{
    static const char *const known[] = { "delivered", "bounced", "failed" };
    const arci_shape *shape;
    arc_value *row, receipt;
    int ok = 0;
    for (int i = 0; i < 3; i++) ok |= o->status && strcmp(o->status, known[i]) == 0;
    if (!ok) return field_fault(c->txn->env, arci_fail(c->txn->env, ARC_E_VALUE, "status is delivered, bounced or failed", "status 须为 delivered、bounced 或 failed"), "status");
    arc_status st = arci_access_row(c->txn, c->verb, NULL, arci_entity_by_name("message", 7), o->id);
    if (st == ARC_OK) st = arci_shape_get(c->txn, &shape, "message", "status attempts");
    if (st == ARC_OK) st = arci_repo_get(c->txn, shape, o->id, arena, &row);
    if (st != ARC_OK) return st;
    for (size_t i = 0; i < 2; i++) {
        static const char *const waiting[] = { "pending", "dead" };
        if (row[0].len != strlen(waiting[i]) || memcmp(row[0].u.s, waiting[i], row[0].len) != 0) continue;
        arci_fail(c->txn->env, ARC_E_STATE, "the message has not been sent", "消息尚未发送");
        arci_fail_at(c->txn->env, "message", NULL, o->id, -1);
        return ARC_E_STATE;
    }
    st = arci_outbox_json(c->txn, arena, &receipt, o->json, o->n_json, "receipt");
    return st == ARC_OK ? arci_outbox_became(c->txn, arena, o->id, o->status, row[1].u.i, NULL, &receipt) : st;
}

typedef arc_status (*outcome_fn)(arci_call *c, arci_arena *arena, outcome *o);

static arc_status run_outcome(arci_call *c, outcome *o, outcome_fn work)
{
    static const char *const names[] = { "dead", NULL };
    arci_arena arena;
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_int(c, o->id);
    arci_call_arg_int(c, o->lease);
    arg_string(c, o->status);
    arg_string(c, o->reason);
    arg_bytes(c, o->json, o->n_json);
    arci_call_arg_int(c, o->seconds);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        o->dead = (int32_t)arci_call_number(c, 0, 0);
        return arci_call_status(c, 0);
    }
    arci_arena_init(&arena, c->txn->book->ctx);
    if (st == ARC_OK) st = work(c, &arena, o);
    arci_arena_clear(&arena);
    int64_t dead = o->dead;
    if (st == ARC_OK) arci_call_keep(c, 0, st, &dead);
    return st;
}

static arc_status outcome_call(arc_session *session, uint32_t verb, outcome *o, outcome_fn work)
{
    arci_session *s;
    arci_call c;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        st = arci_call_begin(s, &c, &arci_verbs[verb], NULL, 0);
        if (st == ARC_OK) st = arci_call_end(&c, run_outcome(&c, o, work));
    }
    return arci_call_leave(s, st);
}

arc_status arc_message_acknowledge(arc_session *session, int64_t id, int64_t lease, const char *receipt, size_t receipt_length)
{
    outcome o = { .id = id, .lease = lease, .json = receipt, .n_json = receipt_length };
    return outcome_call(session, ARCI_DO_MESSAGE_ACKNOWLEDGE, &o, acknowledge);
}

arc_status arc_message_fail(arc_session *session, int32_t *dead, int64_t id, int64_t lease, const char *reason, uint32_t seconds)
{
    outcome o = { .id = id, .lease = lease, .reason = reason, .seconds = seconds };
    arc_status st = outcome_call(session, ARCI_DO_MESSAGE_FAIL, &o, give_back);
    if (st == ARC_OK && dead) *dead = o.dead;
    return st;
}

arc_status arc_message_receipt(arc_session *session, int64_t id, const char *status, const char *receipt, size_t receipt_length)
{
    outcome o = { .id = id, .status = status, .json = receipt, .n_json = receipt_length };
    return outcome_call(session, ARCI_DO_MESSAGE_RECEIPT, &o, take_receipt);
}
