/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/context_impl.h"

static void *default_alloc(void *user, size_t size)
{
    (void)user;
    return malloc(size);
}

static void *default_resize(void *user, void *p, size_t size)
{
    (void)user;
    return realloc(p, size);
}

static void default_release(void *user, void *p)
{
    (void)user;
    free(p);
}

static const arc_allocator default_allocator = {
    (uint32_t)sizeof(arc_allocator), 0, NULL, default_alloc, default_resize, default_release
};

arc_status arc_context_options_init(arc_context_options *options)
{
    static const arc_context_options defaults = ARC_CONTEXT_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    memcpy(options, &defaults, sizeof defaults);
    return ARC_OK;
}

arc_status arc_error_init(arc_error *error)
{
    static const arc_error defaults = ARC_ERROR_INIT;
    if (!error) return ARC_E_INVALID;
    memcpy(error, &defaults, sizeof defaults);
    return ARC_OK;
}

static arc_status read_allocator(arc_allocator *out, const arc_allocator *in)
{
    *out = default_allocator;
    arc_status status = arci_struct_in(NULL, out, sizeof *out, in);
    if (status) return status;
    return !out->reserved && out->alloc && out->resize && out->release ? ARC_OK : ARC_E_INVALID;
}

arc_status arc_context_new(arc_context **out, const arc_context_options *options)
{
    arc_context_options o = ARC_CONTEXT_OPTIONS_INIT;
    arc_allocator allocator;
    if (!out) return ARC_E_INVALID;
    *out = NULL;
    arc_status status = arci_struct_in(NULL, &o, sizeof o, options);
    if (!status) status = read_allocator(&allocator, o.allocator);
    if (status) return status;
    if (o.flags || o.reserved || o.log_level < ARC_LOG_ERROR || o.log_level > ARC_LOG_DEBUG) return ARC_E_INVALID;

    arc_context *ctx = allocator.alloc(allocator.user, sizeof *ctx);
    if (!ctx) return ARC_E_NOMEM;
    memset(ctx, 0, sizeof *ctx);
    if (arci_mutex_init(&ctx->lock)) {
        allocator.release(allocator.user, ctx);
        return ARC_E_NOMEM;
    }
    ctx->allocator = allocator;
    ctx->log = o.log;
    ctx->log_user = o.log_user;
    ctx->log_level = o.log_level;
    ctx->clock = o.clock;
    ctx->clock_user = o.clock_user;
    ctx->random = o.random;
    ctx->random_user = o.random_user;
    (void)arc_error_init(&ctx->error);
    ctx->magic = ARCI_CONTEXT_MAGIC;
    *out = ctx;
    return ARC_OK;
}

void arc_context_free(arc_context *context)
{
    if (arci_context_check(context)) return;
    arci_handles_free(context);
    if (context->kept) context->kept_dtor(context->kept);
    arci_mutex_destroy(&context->lock);
    arc_allocator allocator = context->allocator;
    context->magic = 0;
    allocator.release(allocator.user, context);
}

arc_status arci_context_check(const arc_context *ctx)
{
    /* A handle of ours passed by mistake is a tagged, hence mostly odd, address. */
    if (!ctx || (uintptr_t)ctx % sizeof(uint64_t)) return ARC_E_HANDLE;
    return ctx->magic == ARCI_CONTEXT_MAGIC ? ARC_OK : ARC_E_HANDLE;
}

arc_error *arci_context_error_slot(arc_context *ctx)
{
    return &ctx->error;
}

int arci_context_now(arc_context *ctx, int64_t *stamp_us)
{
    if (!ctx->clock) return 0;
    *stamp_us = ctx->clock(ctx->clock_user);
    return 1;
}

arc_status arci_context_random(arc_context *ctx, void *out, size_t n)
{
    if (!ctx->random) return ARC_E_UNSUPPORTED;
    return ctx->random(ctx->random_user, out, n) ? ARC_E_IO : ARC_OK;
}

void *arci_context_kept(arc_context *ctx)
{
    arci_mutex_lock(&ctx->lock);
    void *kept = ctx->kept;
    arci_mutex_unlock(&ctx->lock);
    return kept;
}

void *arci_context_keep(arc_context *ctx, void *object, void (*dtor)(void *object))
{
    arci_mutex_lock(&ctx->lock);
    if (!ctx->kept) {
        ctx->kept = object;
        ctx->kept_dtor = dtor;
    }
    void *kept = ctx->kept;
    arci_mutex_unlock(&ctx->lock);
    return kept;
}

arc_status arc_context_error(arc_context *context, arc_error *error)
{
    arc_status status = arci_context_check(context);
    if (status) return status;
    if (!error || !error->struct_size) return ARC_E_INVALID;
    arci_mutex_lock(&context->lock);
    status = arci_struct_out(error, &context->error, sizeof context->error);
    arci_mutex_unlock(&context->lock);
    return status;
}

const arc_allocator *arci_context_allocator(const arc_context *ctx)
{
    return &ctx->allocator;
}
