/* SPDX-License-Identifier: Apache-2.0 */
/* Environment of a call: where memory comes from and where errors go. First parameter of most internal functions. */
#ifndef ARCI_BASE_ENV_H
#define ARCI_BASE_ENV_H

#include <stdarg.h>

#include "arcore/context.h"

typedef struct arci_env {
    arc_context *ctx; /* never NULL */
    arc_error *err;   /* never NULL: the error slot of the handle the public call was made on */
} arci_env;

/* Memory. NULL means none left; the caller returns arci_nomem(env). Sizes of 0 are treated as 1. */
void *arci_alloc(arc_context *ctx, size_t size);
void *arci_calloc(arc_context *ctx, size_t n, size_t size); /* zeroed, multiplication checked */
void *arci_resize(arc_context *ctx, void *p, size_t size);
void arci_free(arc_context *ctx, void *p); /* NULL allowed */
char *arci_strndup(arc_context *ctx, const char *s, size_t n);

/* Errors. Each returns the status it is given so that `return arci_fail(...)` reads well. The two formats take the same
 * arguments in the same order. A lower message is never overwritten: callers that only pass a status up call nothing. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 5), format(printf, 4, 5)))
#endif
arc_status arci_fail(arci_env *env, arc_status status, const char *en, const char *zh, ...);
void arci_failv(arci_env *env, arc_status status, const char *en, const char *zh, va_list args);
arc_status arci_nomem(arci_env *env);
/* Adds the place to the error just set; NULL and negative values leave what is there. */
void arci_fail_at(arci_env *env, const char *entity, const char *field, int64_t id, int64_t row);
void arci_fail_pointer(arci_env *env, const char *pointer);
void arci_fail_rule(arci_env *env, const char *rule); /* of the error just set */
/* Hands an error on to another handle's slot; returns its status. */
arc_status arci_fail_copy(arci_env *env, const arc_error *from);
/* Not for the context's slot: threads share it and it keeps the last failure. */
void arci_error_clear(arc_error *err);

void arci_log(arc_context *ctx, int32_t level, const char *module, arc_status code, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 5, 6)))
#endif
    ;

/* Copies an incoming options struct into a zeroed full-size local (law of transparent structs): min(size), an unknown tail
 * must be zero. `in` may be NULL: *out is left as the caller initialised it. `env` may be NULL: no details are kept. */
arc_status arci_struct_in(arci_env *env, void *out, size_t out_size, const void *in);
/* Copies an outgoing struct up to the caller's struct_size, which is kept. */
arc_status arci_struct_out(void *out, const void *in, size_t in_size);
/* The (buf, len in/out) law for text: *len becomes the length without NUL; ARC_E_BUFFER and nothing written when the
 * buffer (capacity *len, NUL included) is too short or NULL. */
arc_status arci_text_out(char *buf, size_t *len, const char *s, size_t n);

#endif
