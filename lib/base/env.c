/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/context_impl.h"
#include "base/num.h"
#include "base/str.h"

/* ---- memory ------------------------------------------------------------------------------------------------------ */

void *arci_alloc(arc_context *ctx, size_t size)
{
    return ctx->allocator.alloc(ctx->allocator.user, size ? size : 1);
}

void *arci_calloc(arc_context *ctx, size_t n, size_t size)
{
    size_t bytes;
    if (arci_mulsz(n, size, &bytes)) return NULL;
    void *p = arci_alloc(ctx, bytes);
    if (p) memset(p, 0, bytes ? bytes : 1);
    return p;
}

void *arci_resize(arc_context *ctx, void *p, size_t size)
{
    return ctx->allocator.resize(ctx->allocator.user, p, size ? size : 1);
}

void arci_free(arc_context *ctx, void *p)
{
    if (p) ctx->allocator.release(ctx->allocator.user, p);
}

char *arci_strndup(arc_context *ctx, const char *s, size_t n)
{
    size_t bytes;
    if (arci_addsz(n, 1, &bytes)) return NULL;
    char *p = arci_alloc(ctx, bytes);
    if (!p) return NULL;
    if (n) memcpy(p, s, n);
    p[n] = 0;
    return p;
}

/* ---- errors ------------------------------------------------------------------------------------------------------ */

/* Makes one line of valid UTF-8 out of what a format produced: arguments may hold bytes of a hostile input, and the cut at
 * the buffer's end may have split a character. */
static void tidy(char *s, size_t len, int cut)
{
    size_t i = 0;
    while (i < len) {
        size_t good = arci_utf8_check(s + i, len - i);
        for (size_t k = i; k < i + good; k++) {
            if ((unsigned char)s[k] < 0x20 || s[k] == 0x7f) s[k] = ' ';
        }
        i += good;
        if (i == len) return;
        if (cut && len - i < 4 && ((unsigned char)s[i] & 0xc0) == 0xc0) {
            s[i] = 0;
            return;
        }
        s[i++] = '?';
    }
}

static void format_line(char *buf, size_t cap, const char *format, va_list args)
{
    int n = vsnprintf(buf, cap, format, args);
    if (n < 0) {
        buf[0] = 0;
        return;
    }
    int cut = (size_t)n >= cap;
    tidy(buf, cut ? cap - 1 : (size_t)n, cut);
}

static void copy_line(char *buf, size_t cap, const char *s)
{
    size_t n = strlen(s);
    int cut = n >= cap;
    if (cut) n = cap - 1;
    memcpy(buf, s, n);
    buf[n] = 0;
    tidy(buf, n, cut);
}

/* The slot of the context is the only one that threads share. */
static void lock_slot(arci_env *env)
{
    if (env->err == &env->ctx->error) arci_mutex_lock(&env->ctx->lock);
}

static void unlock_slot(arci_env *env)
{
    if (env->err == &env->ctx->error) arci_mutex_unlock(&env->ctx->lock);
}

static void start_error(arc_error *err, arc_status status)
{
    arci_error_clear(err);
    err->status = status;
    err->retryable = arc_status_retryable(status);
}

void arci_error_clear(arc_error *err)
{
    uint32_t size = err->struct_size;
    (void)arc_error_init(err);
    if (size) err->struct_size = size;
}

void arci_failv(arci_env *env, arc_status status, const char *en, const char *zh, va_list args)
{
    va_list again;
    va_copy(again, args);
    lock_slot(env);
    start_error(env->err, status);
    format_line(env->err->message, sizeof env->err->message, en, args);
    format_line(env->err->message_zh, sizeof env->err->message_zh, zh, again);
    unlock_slot(env);
    va_end(again);
}

arc_status arci_fail(arci_env *env, arc_status status, const char *en, const char *zh, ...)
{
    va_list args;
    va_start(args, zh);
    arci_failv(env, status, en, zh, args);
    va_end(args);
    return status;
}

arc_status arci_nomem(arci_env *env)
{
    lock_slot(env);
    start_error(env->err, ARC_E_NOMEM);
    copy_line(env->err->message, sizeof env->err->message, arc_status_text(ARC_E_NOMEM, "en"));
    copy_line(env->err->message_zh, sizeof env->err->message_zh, arc_status_text(ARC_E_NOMEM, "zh"));
    unlock_slot(env);
    return ARC_E_NOMEM;
}

void arci_fail_at(arci_env *env, const char *entity, const char *field, int64_t id, int64_t row)
{
    lock_slot(env);
    if (entity) copy_line(env->err->entity, sizeof env->err->entity, entity);
    if (field) copy_line(env->err->field, sizeof env->err->field, field);
    if (id >= 0) env->err->id = id;
    if (row >= 0) env->err->row = row;
    unlock_slot(env);
}

void arci_fail_pointer(arci_env *env, const char *pointer)
{
    lock_slot(env);
    if (pointer) copy_line(env->err->pointer, sizeof env->err->pointer, pointer);
    unlock_slot(env);
}

void arci_fail_rule(arci_env *env, const char *rule)
{
    lock_slot(env);
    copy_line(env->err->rule, sizeof env->err->rule, rule);
    unlock_slot(env);
}

arc_status arci_fail_copy(arci_env *env, const arc_error *from)
{
    lock_slot(env);
    uint32_t size = env->err->struct_size;
    memcpy(env->err, from, sizeof *from);
    env->err->struct_size = size;
    unlock_slot(env);
    return from->status;
}

void arci_log(arc_context *ctx, int32_t level, const char *module, arc_status code, const char *format, ...)
{
    char line[512];
    va_list args;
    if (!ctx->log || level > ctx->log_level) return;
    va_start(args, format);
    format_line(line, sizeof line, format, args);
    va_end(args);
    ctx->log(ctx->log_user, level, module, code, line);
}

/* ---- transparent structs and texts ------------------------------------------------------------------------------- */

arc_status arci_struct_in(arci_env *env, void *out, size_t out_size, const void *in)
{
    uint32_t size;
    if (!in) return ARC_OK;
    memcpy(&size, in, sizeof size);
    if (size < sizeof size) {
        return env ? arci_fail(env, ARC_E_INVALID, "struct_size is not set", "struct_size 未设置") : ARC_E_INVALID;
    }
    for (size_t i = out_size; i < size; i++) {
        if (!((const unsigned char *)in)[i]) continue;
        return env ? arci_fail(env, ARC_E_INVALID, "the structure has fields this version does not know",
                               "结构体含有本版本不认识的字段")
                   : ARC_E_INVALID;
    }
    memcpy(out, in, size < out_size ? size : out_size);
    size = (uint32_t)out_size;
    memcpy(out, &size, sizeof size);
    return ARC_OK;
}

arc_status arci_struct_out(void *out, const void *in, size_t in_size)
{
    uint32_t size;
    if (!out) return ARC_E_INVALID;
    memcpy(&size, out, sizeof size);
    if (size < sizeof size) return ARC_E_INVALID;
    size_t n = size < in_size ? size : in_size;
    memcpy((char *)out + sizeof size, (const char *)in + sizeof size, n - sizeof size);
    if (size > n) memset((char *)out + n, 0, size - n);
    return ARC_OK;
}

arc_status arci_text_out(char *buf, size_t *len, const char *s, size_t n)
{
    if (!len) return ARC_E_INVALID;
    size_t cap = *len;
    *len = n;
    if (!buf || cap <= n) return ARC_E_BUFFER;
    if (n) memcpy(buf, s, n);
    buf[n] = 0;
    return ARC_OK;
}
