/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/sys/testkit.h
 *  The conformance kit: proves that a backend keeps the contract of arcore/sys/backend.h. For people who write backends.
 *
 *  The kit drives an arc_backend_ops directly, with a schema and a host of its own: neither a context nor a book is
 *  needed, and no test framework. Every law of the contract has cases, and each case names the law it stands for. What
 *  a backend does not offer is reported as a skip with its reason, never passed over silently.
 *
 *      arc_testkit_quirks q = ARC_TESTKIT_QUIRKS_INIT;
 *      q.scheme = "mine"; q.ops = &my_ops; q.caps = my_ops.caps; q.make_empty = my_make_empty;
 *      arc_testkit_counts counts;
 *      arc_testkit_run(&counts, &q, NULL);   // counts.failed == 0
 *
 *  `examples/backend_jsonl.c` is a whole backend written as a lesson, `tests/conformance` shows how it is run.
 *
 *  The second half of this header are shims: backends that wrap another backend to make it fail, to hide its optional
 *  parts, or to watch it. They are part of the library itself and can be registered with any context.
 *
 *  Threads: a run uses the calling thread only. The kit keeps nothing between runs. Link with libarcore_testkit. */
#ifndef ARCORE_SYS_TESTKIT_H
#define ARCORE_SYS_TESTKIT_H

#include <stddef.h>
#include <stdint.h>

#include "arcore/sys/backend.h"

ARC_BEGIN_DECLS

/* ---- what the kit must know of a backend ------------------------------------------------------------------------ */

#define ARC_TESTKIT_LOCATION_MAX 512 /**< bytes of a location, NUL included */

/** A READ transaction may answer ARC_E_CONFLICT once another handle has committed after it began to read. Without this flag
 *  its snapshot must last. */
#define ARC_TESTKIT_CONFLICTS 0x1u

/** What is particular about a backend. Start from ARC_TESTKIT_QUIRKS_INIT. */
typedef struct arc_testkit_quirks {
    uint32_t struct_size; /**< sizeof(arc_testkit_quirks) */
    uint32_t flags;       /**< ARC_TESTKIT_* of this page that say so, or 0 */
    const char *scheme;   /**< the first case compares it with ops->scheme: are we testing what we think we test? */
    const arc_backend_ops *ops;
    uint32_t caps;     /**< ARC_CAP_* the author means to offer; must equal ops->caps, so that a lost one is no skip */
    uint32_t n_others; /**< length of others */
    const arc_backend_ops *const *others; /**< what arc_host.find_backend finds beside ops: for shims; may be NULL */
    void *user;        /**< handed to the functions below */
    const char *options; /**< options text for open(); NULL: "" */

    /** Names an empty place for a store; what was there before is removed. Called for each store a case needs, with
     *  no handle open there. `index` numbers the stores of one case from 0: different indexes are different places.
     *  Returns 0, or something else when it cannot: the case then fails. */
    int32_t (*make_empty)(void *user, uint32_t index, char location[ARC_TESTKIT_LOCATION_MAX]);
    /** Optional. Removes what a case left at the location. */
    void (*drop)(void *user, const char *location);
    /** Optional; needs ARC_CAP_DURABLE. Runs work(arg) in another process that dies at once when work returns: no
     *  close, no exit handlers. Returns the int that work returned, or -1. On POSIX: fork, work, kill. */
    int32_t (*kill)(void *user, int32_t (*work)(void *arg), void *arg);
} arc_testkit_quirks;

#define ARC_TESTKIT_QUIRKS_INIT \
    { (uint32_t)sizeof(arc_testkit_quirks), 0, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL }

/** Fills quirks with their defaults; the same bytes as ARC_TESTKIT_QUIRKS_INIT.
 *  @param quirks not NULL. @return ARC_OK, or ARC_E_INVALID when quirks is NULL. @since 0.1 */
ARC_API arc_status arc_testkit_quirks_init(arc_testkit_quirks *quirks);

/* ---- running ----------------------------------------------------------------------------------------------------- */

#define ARC_TESTKIT_PASS 0
#define ARC_TESTKIT_FAIL 1
#define ARC_TESTKIT_SKIP 2

/** What became of one case. */
typedef struct arc_testkit_result {
    uint32_t struct_size;
    uint32_t outcome;     /**< ARC_TESTKIT_PASS, _FAIL or _SKIP */
    const char *name;     /**< static */
    const char *clause;   /**< static: the sentence of the contract the case stands for */
    const char *message;  /**< why it failed (with source line of the check) or was skipped, else ""; lives during the call */
    uint64_t seed;        /**< of the random choices; give it as options.seed to see the same again */
} arc_testkit_result;

/** Receives the result of each case as it ends. */
typedef void (*arc_testkit_report_fn)(void *user, const arc_testkit_result *result);

/** Options of a run. Start from ARC_TESTKIT_OPTIONS_INIT. */
typedef struct arc_testkit_options {
    uint32_t struct_size; /**< sizeof(arc_testkit_options) */
    uint32_t rounds;      /**< random cases repeat themselves so often; 1 to 100,000 */
    uint64_t seed;        /**< of all random choices; the same seed gives the same calls */
    const char *only;     /**< run the case of this name only, or all whose name begins with it when it ends in '*';
                               NULL: all */
    arc_testkit_report_fn report; /**< NULL: only counts */
    void *report_user;
} arc_testkit_options;

#define ARC_TESTKIT_OPTIONS_INIT { (uint32_t)sizeof(arc_testkit_options), 20, UINT64_C(20260101), NULL, NULL, NULL }

/** Fills options with their defaults; the same bytes as ARC_TESTKIT_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_testkit_options_init(arc_testkit_options *options);

/** How a run ended. */
typedef struct arc_testkit_counts {
    uint32_t passed;
    uint32_t failed;
    uint32_t skipped;
} arc_testkit_counts;

/** Runs the cases against a backend.
 *
 *  @param out     receives the counts. The backend conforms when `failed` is 0.
 *  @param quirks  describes the backend; scheme, ops and make_empty are needed. Read during the call only.
 *  @param options NULL for defaults.
 *  @return ARC_OK: the cases ran, whatever they found; ARC_E_INVALID: an argument is missing or wrong, or ops has
 *          another ABI or lacks a required function; ARC_E_NOT_FOUND: no case matches options->only;
 *          ARC_E_NOMEM: the kit itself found no memory.
 *  Transactions: opens and closes its own. Threads: the calling one. @since 0.1 */
ARC_API arc_status arc_testkit_run(arc_testkit_counts *out, const arc_testkit_quirks *quirks,
                                   const arc_testkit_options *options);

/** The cases, in the order they run.
 *  @return their number. Safe from any thread. @since 0.1 */
ARC_API uint32_t arc_testkit_case_count(void);

/** Name and clause of a case.
 *
 *  @param name   receives static text; may be NULL.
 *  @param clause receives static text; may be NULL.
 *  @param index  0 to arc_testkit_case_count() - 1.
 *  @return ARC_OK; ARC_E_INVALID: index is too large. Safe from any thread. @since 0.1 */
ARC_API arc_status arc_testkit_case(const char **name, const char **clause, uint32_t index);

/* ---- shims: backends around a backend ---------------------------------------------------------------------------- */

#define ARC_SHIM_FAULT 1      /**< "fault:": the n-th call fails */
#define ARC_SHIM_NOPUSHDOWN 2 /**< "nopushdown:": takes nothing of a fetch; aggregate, get_many, explain are hidden */
#define ARC_SHIM_TRACE 3      /**< "trace:": statements and calls are counted and handed out */

/* The calls a shim counts and can make fail: indexes of arc_shim.count. One call is one round trip to a remote store. */
#define ARC_CALL_OPEN 0
#define ARC_CALL_MIGRATE 1
#define ARC_CALL_BEGIN 2
#define ARC_CALL_COMMIT 3
#define ARC_CALL_WRITE 4
#define ARC_CALL_FETCH 5
#define ARC_CALL_NEXT 6
#define ARC_CALL_RESERVE 7
#define ARC_CALL_AGGREGATE 8
#define ARC_CALL_GET_MANY 9
#define ARC_CALL_SAVEPOINT 10
#define ARC_CALL_ROLLBACK_TO 11
#define ARC_CALL_RELEASE 12
#define ARC_CALL_LOCK_ROWS 13
#define ARC_CALL_CHECK 14
#define ARC_CALL_BACKUP 15
#define ARC_CALL_EXPLAIN 16
#define ARC_CALL_ROLLBACK 17 /**< counted, cannot fail */
#define ARC_CALLS 18

/** Controls and counters of one shim, kept by the caller. All may be read and set between calls, by one thread at a time.
 *  Each kind of shim does all of this; the kinds differ in scheme, in what they hide and in whether they ask for traces. */
typedef struct arc_shim {
    uint32_t struct_size; /**< sizeof(arc_shim) */
    uint32_t kind;        /**< ARC_SHIM_*; set by arc_shim_init() */
    const arc_backend_ops *inner; /**< set by arc_shim_init() */
    int64_t fail_at;        /**< the call that makes `calls` this number fails; 0: none */
    arc_status fail_status; /**< with this */
    uint32_t fail_on;       /**< 1: and every call behind it, until set back */
    uint32_t commit_first;  /**< 1: a commit that is to fail is done before it answers: ARC_E_OUTCOME_UNKNOWN */
    uint32_t reserved;      /**< 0 */
    int64_t calls;          /**< that can fail, so far */
    int64_t failed;         /**< made to fail so far */
    int64_t violations;     /**< laws the caller broke: use of a doomed transaction, a second transaction on a handle */
    int64_t rows_written;
    int64_t rows_read;
    int64_t statements;     /**< seen by trace */
    int64_t count[ARC_CALLS];
    void *user; /**< handed to the two functions */
    /** NULL, or sees each statement as arc_host.trace does. ARC_SHIM_TRACE only. */
    void (*on_statement)(void *user, const char *statement, const arc_value *params, uint32_t n_params);
    /** NULL, or sees each call before it is made. `rows` is what a write carries, else 0. */
    void (*on_call)(void *user, uint32_t call, int64_t rows);
} arc_shim;

/** Makes a backend that wraps another one. Register `out` with the context beside the inner one, or hand it to the kit;
 *  the location of its stores begins with the inner scheme: `nopushdown:memory:NAME`, `fault:sqlite:/path/to.db`. It has
 *  the capabilities, thread model and bounds of the inner one, and finds `shim` through arc_host.find_backend, so that a
 *  context knows at most one shim of a kind.
 *
 *  @param out   receives the operations, to be registered or copied; `out->user` is `shim`.
 *  @param shim  receives zeros, kind and inner; lives as long as any handle of the shim.
 *  @param inner the backend to wrap: its whole table is kept by address, so it lives as long too.
 *  @param kind  ARC_SHIM_*.
 *  @return ARC_OK; ARC_E_INVALID: an argument is NULL, kind is unknown or inner has another ABI.
 *  Threads: see arc_shim. @since 0.1 */
ARC_API arc_status arc_shim_init(arc_backend_ops *out, arc_shim *shim, const arc_backend_ops *inner, uint32_t kind);

ARC_END_DECLS

#endif
