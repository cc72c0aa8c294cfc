/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/context.h
 *  The context: allocator, logger and clock of the host. Everything else is made from one.
 *
 *  A context may be shared by threads once it is set up; it keeps a short internal lock for handle bookkeeping only.
 *  Nothing outside a context is shared: two contexts in one process never meet. */
#ifndef ARCORE_CONTEXT_H
#define ARCORE_CONTEXT_H

#include <stddef.h>

#include "arcore/status.h"

ARC_BEGIN_DECLS

typedef struct arc_context arc_context; /**< root handle */

/** The host's memory functions. `alloc` and `resize` return memory aligned for any type, or NULL when there is none:
 *  the call that needed it then returns ARC_E_NOMEM. Called from every thread that uses the context. */
typedef struct arc_allocator {
    uint32_t struct_size; /**< sizeof(arc_allocator) */
    uint32_t reserved;    /**< 0 */
    void *user;           /**< handed to the three functions */
    void *(*alloc)(void *user, size_t size);            /**< size > 0 */
    void *(*resize)(void *user, void *p, size_t size);  /**< p may be NULL; size > 0; on NULL the old block lives on */
    void (*release)(void *user, void *p);               /**< p is never NULL */
} arc_allocator;

#define ARC_LOG_ERROR 1
#define ARC_LOG_WARNING 2
#define ARC_LOG_INFO 3
#define ARC_LOG_DEBUG 4

/** Receives log lines. `module` and `message` are UTF-8 and live only during the call. No field values appear in them. */
typedef void (*arc_log_fn)(void *user, int32_t level, const char *module, arc_status code, const char *message);

/** The host's clock: microseconds since 1970-01-01T00:00:00Z. The library has none of its own. What lies outside of ARC_STAMP_MIN to
 *  ARC_STAMP_MAX says that it failed: the call that asked answers ARC_E_RANGE and writes nothing. */
typedef int64_t (*arc_clock_fn)(void *user);

/** Source of unpredictable bytes (salts, tokens). Returns 0 on success. */
typedef int32_t (*arc_random_fn)(void *user, void *out, size_t n);

/** Options of arc_context_new(). Start from ARC_CONTEXT_OPTIONS_INIT. */
typedef struct arc_context_options {
    uint32_t struct_size; /**< sizeof(arc_context_options) */
    uint32_t flags;       /**< 0 */
    const arc_allocator *allocator; /**< NULL: malloc, realloc, free; copied */
    arc_log_fn log;       /**< NULL: nothing is logged */
    void *log_user;
    int32_t log_level;    /**< most detailed level wanted, ARC_LOG_ERROR ... ARC_LOG_DEBUG */
    int32_t reserved;     /**< 0 */
    arc_clock_fn clock;   /**< NULL: stamps must be given explicitly where they are needed, else ARC_E_INVALID */
    void *clock_user;
    arc_random_fn random; /**< NULL: calls that need secrets answer ARC_E_UNSUPPORTED */
    void *random_user;
} arc_context_options;

#define ARC_CONTEXT_OPTIONS_INIT \
    { (uint32_t)sizeof(arc_context_options), 0, NULL, NULL, NULL, ARC_LOG_WARNING, 0, NULL, NULL, NULL, NULL }

/** Fills options with their defaults; the same bytes as ARC_CONTEXT_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_context_options_init(arc_context_options *options);

/** Makes a context.
 *
 *  @param out receives the handle; the caller frees it with arc_context_free(). NULL is stored on error.
 *  @param options NULL for defaults; copied.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL, struct_size is 0, an unknown tail or flag is not zero;
 *          ARC_E_NOMEM: no memory.
 *  @since 0.1 */
ARC_API arc_status arc_context_new(arc_context **out, const arc_context_options *options);

/** Frees a context together with every handle still alive that was made from it (books are closed without commit).
 *
 *  @param context NULL is allowed. This is the one handle whose use after free cannot be detected.
 *  @since 0.1 */
ARC_API void arc_context_free(arc_context *context);

/** The operating system's real-time clock, for hosts that want just that: pass it as `clock`, user is ignored.
 *  The library never calls it by itself.
 *  @return microseconds since 1970-01-01T00:00:00Z. Safe from any thread. @since 0.1 */
ARC_API int64_t arc_clock_system(void *user);

/** The operating system's random source, for hosts that want just that: pass it as `random`, user is ignored.
 *  The library never calls it by itself.
 *  @return 0 on success, -1 when the system has none. Safe from any thread. @since 0.1 */
ARC_API int32_t arc_random_system(void *user, void *out, size_t n);

/** What went wrong last on a handle. All text is UTF-8, "" when not known. Start from ARC_ERROR_INIT. */
typedef struct arc_error {
    uint32_t struct_size;  /**< sizeof(arc_error) */
    arc_status status;     /**< the status the failed call returned, ARC_OK when none failed */
    int32_t retryable;     /**< as arc_status_retryable() */
    int32_t vendor_code;   /**< the store's own code, 0 when none */
    int64_t id;            /**< id of the row concerned, 0 when none */
    int64_t row;           /**< position in the batch, or line of the input (1-based), -1 when none */
    char entity[32];       /**< entity name, for example "invoice" */
    char field[64];        /**< field name or column header */
    char pointer[128];     /**< JSON Pointer into the document concerned (RFC 6901) */
    char sqlstate[8];      /**< five characters where the store gives one */
    char message[256];     /**< one English line */
    char message_zh[256];  /**< the same in Chinese */
    char rule[64];         /**< name of the validation rule that does not hold, "" when none */
} arc_error;

#define ARC_ERROR_INIT \
    { (uint32_t)sizeof(arc_error), 0, 0, 0, 0, -1, { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, { 0 } }

/** Fills an arc_error with its defaults; the same bytes as ARC_ERROR_INIT.
 *  @param error not NULL. @return ARC_OK, or ARC_E_INVALID when error is NULL. @since 0.1 */
ARC_API arc_status arc_error_init(arc_error *error);

/** Copies the last error of a context: of calls that had no other handle, such as opening a book.
 *
 *  @param context the context.
 *  @param error   filled up to its struct_size.
 *  @return ARC_OK (also when there is no error: status is then ARC_OK); ARC_E_INVALID: error is NULL or its struct_size 0;
 *          ARC_E_HANDLE: not a context.
 *  Threads: the error kept is of the last failing call of any thread. @since 0.1 */
ARC_API arc_status arc_context_error(arc_context *context, arc_error *error);

ARC_END_DECLS

#endif
