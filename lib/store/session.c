/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/str.h"
#include "store/access.h"

#include "arcore/date.h"

#define MAX_ACTOR 64
#define MAX_TIMEOUT_MS 3600000u

arc_status arc_session_options_init(arc_session_options *options)
{
    static const arc_session_options defaults = ARC_SESSION_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    memcpy(options, &defaults, sizeof defaults);
    return ARC_OK;
}

/* ---- what a session owns ------------------------------------------------------------------------------------------- */

static void own_unlink(arci_owned *o)
{
    if (o->prev) o->prev->next = o->next;
    else o->session->owned = o->next;
    if (o->next) o->next->prev = o->prev;
}

/* The context goes and takes the handle with it. */
static void own_dtor(void *object)
{
    arci_owned *o = object;
    own_unlink(o);
    o->free(o);
}

arc_status arci_own(arci_env *env, arci_session *s, arci_owned *o, int type, void (*free)(arci_owned *o))
{
    o->session = s;
    o->type = type;
    o->free = free;
    if (arci_handle_new(s->book->ctx, type, o, own_dtor, &o->handle) != ARC_OK) return arci_nomem(env);
    o->prev = NULL;
    o->next = s->owned;
    if (s->owned) s->owned->prev = o;
    s->owned = o;
    return ARC_OK;
}

void arci_own_free(void *handle, int type)
{
    void *object;
    if (arci_handle_release(handle, type, &object) == ARC_OK) own_dtor(object);
}

void arci_own_end(void *handle, int type)
{
    void *object;
    if (arci_handle_get(handle, type, &object, NULL) != ARC_OK) return;
    arci_book *b = ((arci_owned *)object)->session->book;
    if (arci_book_later(b, handle, type)) return;
    arci_own_free(handle, type);
    arci_book_give(b);
}

/* ---- life ---------------------------------------------------------------------------------------------------------- */

void arci_session_system(arci_session *s, arci_book *b)
{
    memset(s, 0, sizeof *s);
    s->book = b;
    (void)arc_error_init(&s->error);
    s->env.ctx = b->ctx;
    s->env.err = &s->error;
    s->business_date = ARC_DATE_NONE;
    s->timeout_ms = b->timeout_ms;
    memcpy(s->language, "en", 3);
}

void arci_session_unwarn(arci_session *s)
{
    for (int k = 0; k < 2; k++) {
        arci_free(s->env.ctx, s->warned[k]);
        s->warned[k] = NULL;
    }
}

void arci_session_clear(arci_session *s)
{
    arc_context *ctx = s->book->ctx;
    while (s->owned) arci_own_free(s->owned->handle, s->owned->type);
    if (s->book->txn && s->book->txn->session == s) (void)arci_txn_end(s->book->txn, 0);
    arci_custom_drop(s->custom);
    arci_access_drop(s->access);
    arci_session_unwarn(s);
    arci_free(ctx, s->actor);
    arci_free(ctx, s->on_behalf_of);
}

static void unlink_session(arci_session *s)
{
    for (arci_session **p = &s->book->sessions; *p; p = &(*p)->next) {
        if (*p != s) continue;
        *p = s->next;
        return;
    }
}

static void session_dtor(void *object)
{
    arci_session *s = object;
    arc_context *ctx = s->book->ctx;
    unlink_session(s);
    arci_session_clear(s);
    arci_free(ctx, s);
}

void arci_session_end(void *handle)
{
    void *object;
    if (arci_handle_release(handle, ARCI_H_SESSION, &object) == ARC_OK) session_dtor(object);
}

void arc_session_close(arc_session *session)
{
    void *object;
    if (arci_handle_get(session, ARCI_H_SESSION, &object, NULL) != ARC_OK) return;
    arci_book *b = ((arci_session *)object)->book;
    if (arci_book_later(b, session, ARCI_H_SESSION)) return;
    arci_session_end(session);
    arci_book_give(b);
}

static arc_status copy_name(arci_env *env, char **out, const char *s, const char *what)
{
    if (!s) return ARC_OK;
    size_t n = strlen(s);
    if (!n || n > MAX_ACTOR) {
        return arci_fail(env, ARC_E_INVALID, "%s is 1 to %d bytes", "%s 须为 1 至 %d 字节", what, MAX_ACTOR);
    }
    if (arci_utf8_check(s, n) != n) return arci_fail(env, ARC_E_ENCODING, "%s is not UTF-8", "%s 不是 UTF-8", what);
    *out = arci_strndup(env->ctx, s, n);
    return *out ? ARC_OK : arci_nomem(env);
}

static arc_status check_date(arci_env *env, arc_date d)
{
    if (d == ARC_DATE_NONE || (d >= ARC_DATE_MIN && d <= ARC_DATE_MAX)) return ARC_OK;
    return arci_fail(env, ARC_E_RANGE, "the business date is not a date", "业务日期不是有效日期");
}

static arc_status fill(arci_env *env, arci_session *s, const arc_session_options *o)
{
    if (o->flags) return arci_fail(env, ARC_E_INVALID, "unknown flag", "未知的标志");
    if (o->timeout_ms != ARC_TIMEOUT_DEFAULT && o->timeout_ms > MAX_TIMEOUT_MS) {
        return arci_fail(env, ARC_E_INVALID, "timeout_ms is above an hour", "timeout_ms 超过一小时");
    }
    if (o->language) {
        if (strcmp(o->language, "en") != 0 && strcmp(o->language, "zh") != 0) {
            return arci_fail(env, ARC_E_INVALID, "language is neither en nor zh", "language 须为 en 或 zh");
        }
        memcpy(s->language, o->language, 3);
    }
    if (check_date(env, o->business_date) != ARC_OK) return arci_fail(env, ARC_E_INVALID, "the business date is not a date", "业务日期不是有效日期");
    s->business_date = o->business_date;
    if (o->timeout_ms != ARC_TIMEOUT_DEFAULT) s->timeout_ms = o->timeout_ms;
    s->clock = o->clock;
    s->clock_user = o->clock_user;
    arc_status st = copy_name(env, &s->actor, o->actor, "actor");
    return st == ARC_OK ? copy_name(env, &s->on_behalf_of, o->on_behalf_of, "on_behalf_of") : st;
}

static arc_status open_filled(arci_book *b, arci_session *s, const arc_session_options *o, arci_access_source source)
{
    arc_status st = fill(&b->env, s, o);
    if (st != ARC_OK) return st;
    if (s->actor && strcmp(s->actor, ARC_ACTOR_SYSTEM) != 0) s->access_source = source;
    if (s->access_source) st = arci_denials_ready(&b->env, b);
    if (st == ARC_OK) st = arci_access_fresh(&b->env, s, 1);
    if (st == ARC_OK && arci_handle_new(b->ctx, ARCI_H_SESSION, s, session_dtor, &s->handle) != ARC_OK) st = arci_nomem(&b->env);
    return st;
}

arc_status arci_session_open(arc_book *book, arc_session **out, const arc_session_options *options, arci_access_source source, arci_people_check people)
{
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    arci_book *b;
    if (out) *out = NULL;
    arc_status st = arci_book_enter(book, &b);
    if (st != ARC_OK) return st;
    if (!out) return arci_book_leave(b, arci_fail(&b->env, ARC_E_INVALID, "out is NULL", "out 为 NULL"));
    st = arci_struct_in(&b->env, &o, sizeof o, options);
    if (st != ARC_OK) return arci_book_leave(b, st);
    arci_session *s = arci_alloc(b->ctx, sizeof *s);
    if (!s) return arci_book_leave(b, arci_nomem(&b->env));
    arci_session_system(s, b);
    s->people_check = people;
    st = open_filled(b, s, &o, source);
    if (st != ARC_OK) {
        arci_session_clear(s);
        arci_free(b->ctx, s);
        return arci_book_leave(b, st);
    }
    s->next = b->sessions;
    b->sessions = s;
    *out = s->handle;
    return arci_book_leave(b, ARC_OK);
}

/* ---- use ----------------------------------------------------------------------------------------------------------- */

arc_status arci_session_enter(arc_session *handle, arci_session **out)
{
    void *object;
    arc_status st = arci_handle_get(handle, ARCI_H_SESSION, &object, NULL);
    if (st != ARC_OK) return st;
    *out = object;
    return arci_book_take((*out)->book, &(*out)->env);
}

arc_status arci_session_leave(arci_session *s, arc_status st)
{
    if (s->book->denials && !s->book->txn) arci_denials_write(s->book, 0);
    arci_book_give(s->book);
    return st;
}

arc_status arc_session_error(arc_session *session, arc_error *error)
{
    void *object;
    arc_status st = arci_handle_get(session, ARCI_H_SESSION, &object, NULL);
    if (st != ARC_OK) return st;
    if (!error || !error->struct_size) return ARC_E_INVALID;
    return arci_struct_out(error, &((arci_session *)object)->error, sizeof(arc_error));
}

arc_status arc_session_set_business_date(arc_session *session, arc_date date)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = check_date(&s->env, date);
    arci_txn *t = s->book->txn;
    if (st == ARC_OK && t && t->session == s && t->id) {
        st = arci_fail(&s->env, ARC_E_TXN, "the transaction has written with another business date", "事务已用另一业务日期写入");
    }
    if (st == ARC_OK) s->business_date = date;
    return arci_session_leave(s, st);
}

arc_status arci_session_now(arci_env *env, arci_session *s, int64_t *stamp)
{
    int64_t now;
    if (s->clock) {
        now = s->clock(s->clock_user);
    } else if (!arci_context_now(s->book->ctx, &now)) {
        return arci_fail(env, ARC_E_INVALID, "writing needs a clock: give one to the context or the session", "写入需要时钟：请在上下文或会话中提供");
    }
    if (now < ARC_STAMP_MIN || now > ARC_STAMP_MAX) { /* how a clock that failed says so */
        return arci_fail(env, ARC_E_RANGE, "the clock gave no instant", "时钟没有给出有效时间");
    }
    *stamp = now;
    return ARC_OK;
}
