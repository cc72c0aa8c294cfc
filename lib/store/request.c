/* SPDX-License-Identifier: Apache-2.0 */
/* Request keys: what a call with a key was asked for, whether it was done before, and what came of it. */
#include <string.h>

#include "base/json.h"
#include "store/repo.h"
#include "store/verb.h"

#define KEY_SIZE (ARCI_REQUEST_KEY_MAX + 16u) /* with "#row" */

enum { OPEN, DONE, KEEP };

typedef struct element {
    const arci_entity *entity;
    uint8_t digest[32];
    uint8_t state; /* OPEN, DONE: answered from the store, KEEP: to be stored */
    arc_status status;
} element;

struct arci_request {
    arci_arena arena;
    char key[ARCI_REQUEST_KEY_MAX + 1];
    const char *const *names;
    uint32_t n, n_done, n_kept, n_numbers;
    uint8_t batch, told, fresh; /* fresh: sha holds no argument yet */
    uint8_t ahead; /* asked for and not looked at: what was done before is not known yet */
    arci_sha256 sha;
    element *elements;
    int64_t *numbers; /* n_numbers an element */
};

static const char fields[] = "verb request_key actor digest status outcome";
enum { VERB, REQUEST_KEY, ACTOR, DIGEST, STATUS, OUTCOME };

static const char *actor_of(const arci_session *s) { return s->actor ? s->actor : ARC_ACTOR_SYSTEM; }

/* ---- the session's key --------------------------------------------------------------------------------------------- */

arc_status arc_session_set_request_key(arc_session *session, const char *key)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    size_t n = key ? strlen(key) : 0;
    if (key && (!n || n > ARCI_REQUEST_KEY_MAX)) {
        st = arci_fail(&s->env, ARC_E_INVALID, "a request key has 1 to %d bytes", "请求键须为 1 至 %d 字节", ARCI_REQUEST_KEY_MAX);
    } else if (n && arci_utf8_check(key, n) != n) {
        st = arci_fail(&s->env, ARC_E_ENCODING, "the request key is not valid UTF-8", "请求键不是有效的 UTF-8");
    } else {
        if (n) memcpy(s->request_key, key, n);
        s->request_key[n] = 0;
    }
    return arci_session_leave(s, st);
}

/* ---- what is asked for --------------------------------------------------------------------------------------------- */

arc_status arci_request_new(arci_call *c)
{
    arci_session *s = c->session;
    arci_request *r = arci_calloc(s->env.ctx, 1, sizeof *r);
    if (!r) return arci_nomem(&s->env);
    arci_arena_init(&r->arena, s->env.ctx);
    memcpy(r->key, s->request_key, sizeof r->key);
    s->request_key[0] = 0;
    c->request = r;
    return ARC_OK;
}

arc_status arci_call_elements(arci_call *c, const char *const *names, uint32_t n, int batch)
{
    arci_request *r = c->request;
    if (!r) return ARC_OK;
    r->names = names;
    while (names[r->n_numbers]) r->n_numbers++;
    r->n = n;
    r->batch = batch != 0;
    r->elements = arci_arena_calloc(&r->arena, n, sizeof *r->elements);
    r->numbers = arci_arena_calloc(&r->arena, (size_t)n * r->n_numbers + 1, sizeof *r->numbers);
    r->fresh = 0;
    return r->elements && r->numbers ? ARC_OK : arci_nomem(&c->session->env);
}

arci_sha256 *arci_call_args(arci_call *c)
{
    arci_request *r = c->request;
    const arci_session *s = c->session;
    if (!r->fresh) {
        r->fresh = 1;
        arci_sha256_init(&r->sha);
        arci_digest_int(&r->sha, s->business_date);
        arci_digest_text(&r->sha, s->on_behalf_of, s->on_behalf_of ? strlen(s->on_behalf_of) : 0);
    }
    return &r->sha;
}

void arci_call_arg_end(arci_call *c, uint32_t i, const arci_entity *entity)
{
    arci_request *r = c->request;
    if (!r || !r->elements) return;
    arci_sha256_end(arci_call_args(c), r->elements[i].digest);
    r->elements[i].entity = arci_verb_entity(c->verb, entity);
    r->fresh = 0;
}

static size_t element_key(const arci_request *r, uint32_t i, char out[KEY_SIZE])
{
    size_t n = strlen(r->key);
    memcpy(out, r->key, n + 1);
    if (!r->batch) return n;
    out[n++] = '#';
    return n + arci_int_text(out + n, i);
}

/* ---- what was done before ------------------------------------------------------------------------------------------ */

/* The element of a stored key: it begins with the call's. UINT32_MAX: none. */
static uint32_t element_of(const arci_request *r, const arc_value *key)
{
    size_t n = strlen(r->key);
    int64_t row;
    if (!r->batch) return 0;
    if (key->len < n + 2 || arci_int_parse(key->u.s + n + 1, key->len - n - 1, &row) != ARC_OK) return UINT32_MAX;
    char text[24];
    if (arci_int_text(text, row) != key->len - n - 1) return UINT32_MAX; /* "#01" is nobody's */
    return row >= 0 && row < r->n ? (uint32_t)row : UINT32_MAX;
}

static arc_status other(arci_txn *t, const arci_request *r, uint32_t i, const char *en, const char *zh)
{
    arci_fail(t->env, ARC_E_REQUEST, "%s%.0s", "%.0s%s", en, zh);
    arci_fail_at(t->env, "request", "request_key", -1, r->batch ? (int64_t)i : -1);
    return ARC_E_REQUEST;
}

static arc_status take_numbers(arci_txn *t, arci_request *r, uint32_t i, const arc_value *outcome)
{
    arci_json *root;
    if (!r->n_numbers || outcome->type != ARC_V_TEXT) return ARC_OK;
    arc_status st = arci_json_parse(t->env, &r->arena, outcome->u.s, outcome->len, &arci_json_default_limits, &root);
    for (uint32_t k = 0; k < r->n_numbers && st == ARC_OK; k++) {
        const arci_json *m = arci_json_get(root, r->names[k]);
        if (m) st = arci_json_int(t->env, m, &r->numbers[(size_t)i * r->n_numbers + k]);
    }
    return st;
}

static arc_status take_row(arci_call *c, const arci_entity *entity, const arc_value *v)
{
    arci_request *r = c->request;
    char hex[65];
    uint32_t i = element_of(r, &v[REQUEST_KEY]);
    if (i == UINT32_MAX || r->elements[i].entity != entity || r->elements[i].state == KEEP) return ARC_OK; /* KEEP: stored by this very call */
    element *e = &r->elements[i];
    const char *actor = actor_of(c->session);
    if (v[ACTOR].len != strlen(actor) || memcmp(v[ACTOR].u.s, actor, v[ACTOR].len) != 0) {
        return other(c->txn, r, i, "another actor used the request key before", "该请求键已被其他操作人使用");
    }
    arci_sha256_hex(e->digest, hex);
    if (v[DIGEST].len != 64 || memcmp(v[DIGEST].u.s, hex, 64) != 0) {
        return other(c->txn, r, i, "the request key was used before with other arguments", "该请求键已用于内容不同的请求");
    }
    if (e->state != DONE) r->n_done++;
    e->state = DONE;
    e->status = (arc_status)v[STATUS].u.i;
    return take_numbers(c->txn, r, i, &v[OUTCOME]);
}

static void where_key(arci_where *w, const arci_shape *shape, const char *verb, const char *key, size_t n, char range[2][KEY_SIZE], int batch)
{
    arci_where_init(w);
    arci_where_text(w, shape->cols[VERB], ARC_OP_EQ, verb, strlen(verb));
    if (!batch) {
        arci_where_text(w, shape->cols[REQUEST_KEY], ARC_OP_EQ, key, n);
        return;
    }
    for (int k = 0; k < 2; k++) { /* from "key#" up to, without, "key$" */
        memcpy(range[k], key, n);
        range[k][n] = (char)('#' + k);
    }
    arci_where_text(w, shape->cols[REQUEST_KEY], ARC_OP_GE, range[0], n + 1);
    arci_where_text(w, shape->cols[REQUEST_KEY], ARC_OP_LT, range[1], n + 1);
}

/* rows NULL: asks ahead. */
static arc_status find(arci_call *c, const arci_entity *entity, arci_rows *rows)
{
    arci_request *r = c->request;
    const arci_shape *shape;
    arci_where w;
    char verb[ARCI_VERB_NAME_MAX], range[2][KEY_SIZE];
    arc_status st = arci_shape_get(c->txn, &shape, "request", fields);
    if (st != ARC_OK) return st;
    where_key(&w, shape, arci_verb_name(c->verb, entity, verb), r->key, strlen(r->key), range, r->batch);
    return rows ? arci_repo_find(c->txn, shape, &w, NULL, 0, 0, &r->arena, rows) : arci_repo_ask_find(c->txn, shape, &w, NULL, 0, 0);
}

static arc_status look_up(arci_call *c, int ahead)
{
    arci_request *r = c->request;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < r->n && st == ARC_OK; i++) {
        arci_rows rows;
        uint32_t k = 0;
        while (k < i && r->elements[k].entity != r->elements[i].entity) k++;
        if (k < i) { /* this entity's were read with element k */
            continue;
        }
        rows.n_rows = 0;
        st = find(c, r->elements[i].entity, ahead ? NULL : &rows);
        for (uint32_t j = 0; j < rows.n_rows && st == ARC_OK; j++) {
            st = take_row(c, r->elements[i].entity, rows.values + (size_t)j * rows.n_cols);
        }
    }
    return st;
}

arc_status arci_call_replay(arci_call *c)
{
    if (!c->request) return ARC_OK;
    c->request->told = 1;
    c->request->ahead = c->txn->late;
    return look_up(c, c->txn->late);
}

int32_t arci_request_seen(arci_session *s, arci_txn *t, const arci_verb *verb, const arci_entity *entity)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows = { 0 };
    arci_arena arena;
    char name[ARCI_VERB_NAME_MAX], range[2][KEY_SIZE];
    if (!s->request_key[0]) return 0;
    arci_arena_init(&arena, s->env.ctx);
    arc_status st = arci_shape_get(t, &shape, "request", fields);
    if (st == ARC_OK) {
        where_key(&w, shape, arci_verb_name(verb, entity, name), s->request_key, strlen(s->request_key), range, 0);
        st = arci_repo_find(t, shape, &w, NULL, 0, 1, &arena, &rows);
    }
    arci_arena_clear(&arena);
    return st == ARC_OK ? rows.n_rows > 0 : st;
}

int arci_call_done(const arci_call *c, uint32_t i) { return c->request && c->request->elements[i].state == DONE; }

uint32_t arci_call_n_done(const arci_call *c) { return c->request ? c->request->n_done : 0; }

arc_status arci_call_status(const arci_call *c, uint32_t i) { return c->request->elements[i].status; }

int64_t arci_call_number(const arci_call *c, uint32_t i, uint32_t number)
{
    return c->request->numbers[(size_t)i * c->request->n_numbers + number];
}

/* ---- what came of it ----------------------------------------------------------------------------------------------- */

void arci_call_keep(arci_call *c, uint32_t i, arc_status status, const int64_t *numbers)
{
    arci_request *r = c->request;
    if (!r || r->elements[i].state == DONE) return;
    if (r->elements[i].state == OPEN) r->n_kept++;
    r->elements[i].state = KEEP;
    r->elements[i].status = status;
    if (r->n_numbers) memcpy(r->numbers + (size_t)i * r->n_numbers, numbers, r->n_numbers * sizeof *numbers);
}

static void put_outcome(arci_str *b, const arci_request *r, uint32_t i)
{
    arci_str_reset(b);
    for (uint32_t k = 0; k < r->n_numbers; k++) {
        arci_str_puts(b, k ? ",\"" : "{\"");
        arci_str_puts(b, r->names[k]);
        arci_str_puts(b, "\":");
        arci_str_int(b, r->numbers[(size_t)i * r->n_numbers + k]);
    }
    arci_str_putc(b, '}');
}

static arc_status fill_row(arci_call *c, uint32_t i, arc_value *v, arci_str *outcome)
{
    arci_request *r = c->request;
    const element *e = &r->elements[i];
    char key[KEY_SIZE], verb[ARCI_VERB_NAME_MAX], hex[65];
    size_t n = element_key(r, i, key);
    arci_sha256_hex(e->digest, hex);
    (void)arci_verb_name(c->verb, e->entity, verb);
    put_outcome(outcome, r, i);
    const char *k = arci_arena_strndup(&r->arena, key, n), *d = arci_arena_strndup(&r->arena, hex, 64);
    const char *w = arci_arena_strndup(&r->arena, verb, strlen(verb));
    const char *o = r->n_numbers && !outcome->failed ? arci_arena_strndup(&r->arena, outcome->s, outcome->len) : NULL;
    if (!k || !d || !w || outcome->failed || (r->n_numbers && !o)) return arci_nomem(c->txn->env);
    v[VERB] = arci_v_text(w, strlen(w));
    v[REQUEST_KEY] = arci_v_text(k, n);
    v[ACTOR] = arci_v_text(actor_of(c->session), strlen(actor_of(c->session)));
    v[DIGEST] = arci_v_text(d, 64);
    v[STATUS] = arci_v_int(e->status);
    if (o) v[OUTCOME] = arci_v_text(o, outcome->len);
    return ARC_OK;
}

static arc_status conflict(arci_txn *t)
{
    arci_fail(t->env, ARC_E_CONFLICT, "the request was done by another writer meanwhile; repeat it", "该请求已由其他写入者完成，请重试");
    arci_fail_at(t->env, "request", "request_key", -1, -1);
    return ARC_E_CONFLICT;
}

static arc_status store(arci_call *c)
{
    arci_request *r = c->request;
    const arci_shape *shape;
    arci_batch *b = NULL;
    arci_str outcome;
    uint32_t row = 0, refused = 0;
    if (!r->n_kept) return ARC_OK;
    arc_status st = arci_shape_get(c->txn, &shape, "request", fields);
    if (st == ARC_OK) st = arci_batch_new(c->txn, &r->arena, &b, shape, ARC_WRITE_INSERT, r->n_kept, ARCI_BATCH_UNCHECKED, NULL, 0);
    arci_str_init(&outcome, c->session->env.ctx);
    for (uint32_t i = 0; i < r->n && st == ARC_OK; i++) {
        if (r->elements[i].state == KEEP) st = fill_row(c, i, arci_batch_row(b, row++), &outcome);
    }
    arci_str_clear(&outcome);
    if (st == ARC_OK) st = arci_repo_write(c->txn, &b, 1, &refused);
    return st == ARC_OK && refused ? conflict(c->txn) : st;
}

/* Where writers do not exclude each other, an element may have been refused for the very rows that the same request wrote at the same time. */
static arc_status refused_for_itself(arci_call *c, arc_status st)
{
    arci_request *r = c->request;
    uint32_t before = r->n_done;
    arc_error none = ARC_ERROR_INIT;
    arci_env quiet = { c->session->env.ctx, &none }, *env = c->txn->env;
    if (st == ARC_E_REQUEST) return st; /* it was looked up already */
    if ((c->txn->book->ops->caps & ARC_CAP_SINGLE_WRITER) || c->txn->doomed || !r->told || r->n_done + r->n_kept == r->n) return st;
    for (uint32_t i = 0; i < r->n && st < ARC_OK; i++) {
        if (r->elements[i].state == KEEP) r->elements[i].state = OPEN;
    }
    c->txn->env = &quiet;
    arc_status found = look_up(c, 0);
    c->txn->env = env;
    return found == ARC_E_REQUEST || r->n_done > before ? conflict(c->txn) : st;
}

/* The work was done as if for the first time, so that nobody waits for the question whether it is. The unique key of what is stored decides that; where
 * nothing is stored the answer does. Then the call is done again, and answered from the book. */
static arc_status first_time(arci_call *c, arc_status st)
{
    arci_request *r = c->request;
    arci_book *b = c->txn->book;
    r->ahead = 0;
    if (st >= ARC_OK && r->n_kept == r->n) return st;
    if (c->txn->doomed) {
        int passes = st == ARC_E_BUSY || st == ARC_E_CONFLICT || st == ARC_E_CONNECTION || st == ARC_E_NOMEM || st == ARC_E_CANCELLED;
        b->late_failed |= !passes;
        return st;
    }
    arc_error none = ARC_ERROR_INIT;
    arci_env quiet = { c->session->env.ctx, &none }, *env = c->txn->env;
    c->txn->env = &quiet;
    arc_status found = look_up(c, 0);
    c->txn->env = env;
    if (found == ARC_OK && !r->n_done) return st;
    b->late_failed = 1;
    return conflict(c->txn);
}

arc_status arci_request_end(arci_call *c, arc_status st)
{
    arci_request *r = c->request;
    int ahead = r->ahead;
    if (ahead) st = first_time(c, st);
    if (st >= ARC_OK && !r->told) {
        char verb[ARCI_VERB_NAME_MAX];
        st = arci_fail(c->txn->env, ARC_E_INTERNAL, "%s takes no request key", "%s 不支持请求键", arci_verb_name(c->verb, c->entity, verb));
    }
    if (st >= ARC_OK) {
        arc_status stored = store(c);
        if (stored != ARC_OK) st = stored;
    }
    if (st != ARC_OK && !ahead) st = refused_for_itself(c, st);
    arci_arena_clear(&r->arena);
    arci_free(c->session->env.ctx, r);
    c->request = NULL;
    return st;
}
