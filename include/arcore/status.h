/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/status.h
 *  Status codes: what every function of the library returns.
 *
 *  Zero is success, positive values are successes a caller must look at, negative values are errors.
 *  The numbers never change and are never reused. `docs/errors.md` explains each one at length. */
#ifndef ARCORE_STATUS_H
#define ARCORE_STATUS_H

#include <stdint.h>

#include "arcore/export.h"

ARC_BEGIN_DECLS

/** Result of a call: ARC_OK, a positive notice, or a negative error. */
typedef int32_t arc_status;

#define ARC_OK 0             /**< done */
#define ARC_DONE 1           /**< an iteration has no further element */
#define ARC_NEEDS_APPROVAL 2 /**< stored as a pending change, or held by a credit check (arcore/hold.h); nothing else happened yet */
#define ARC_PARTIAL 3        /**< a batch finished, some of its elements were refused; each has its own status */

#define ARC_E_INVALID (-1)          /**< an argument is wrong: NULL, out of its documented range, unknown flag */
#define ARC_E_HANDLE (-2)           /**< a handle is freed, stale, of another type or of another context */
#define ARC_E_NOMEM (-3)            /**< the allocator returned NULL; state is as before the call */
#define ARC_E_OVERFLOW (-4)         /**< a result does not fit its type; nothing was rounded or wrapped */
#define ARC_E_RANGE (-5)            /**< a value lies outside the range its type or field allows */
#define ARC_E_SYNTAX (-6)           /**< text does not have the form it must have */
#define ARC_E_ENCODING (-7)         /**< text is not valid UTF-8 or not valid in the encoding named */
#define ARC_E_PRECISION (-8)        /**< a value has more digits than the target keeps, and rounding was not asked for */
#define ARC_E_DIVIDE (-9)           /**< division by zero */
#define ARC_E_CURRENCY (-10)        /**< unknown currency, or amounts of different currencies were mixed */
#define ARC_E_CALENDAR (-11)        /**< a calendar has no data for the year in question */
#define ARC_E_BUFFER (-12)          /**< the buffer is too short; the length needed was stored */
#define ARC_E_UNSUPPORTED (-13)     /**< this backend or build cannot do it */
#define ARC_E_LIMIT (-14)           /**< a documented limit is exceeded */
#define ARC_E_NOT_FOUND (-20)       /**< no such row, field, entity, book, or it may not be seen */
#define ARC_E_EXISTS (-21)          /**< a unique value is taken */
#define ARC_E_STALE (-22)           /**< the row has changed since it was read; read again */
#define ARC_E_GUARD (-23)           /**< a guarded condition did not hold at the moment of writing */
#define ARC_E_REFERENCE (-24)       /**< a reference points at nothing, or a referenced row would vanish */
#define ARC_E_REQUIRED (-25)        /**< a required field is missing */
#define ARC_E_VALUE (-26)           /**< a field's value is not one it may have */
#define ARC_E_STATE (-27)           /**< the verb is not allowed in the present state */
#define ARC_E_FORBIDDEN (-28)       /**< the actor may not do this */
#define ARC_E_REQUEST (-29)         /**< a request key was used before with another body */
#define ARC_E_PERIOD (-30)          /**< the fiscal period is closed */
#define ARC_E_READONLY (-31)        /**< the book or transaction is open for reading only */
#define ARC_E_CHECK (-32)           /**< a consistency rule of the store refused the row */
#define ARC_E_RULE (-33)            /**< a validation rule of the book refused the row; the error names field and rule */
#define ARC_E_KEY (-34)             /**< a sealed value cannot be opened or sealed: no such key, or another one */
#define ARC_E_BUSY (-40)            /**< a lock was not obtained before the deadline; retryable */
#define ARC_E_CONFLICT (-41)        /**< the store could not serialise this transaction; retryable */
#define ARC_E_TIMEOUT (-42)         /**< the deadline passed */
#define ARC_E_CANCELLED (-43)       /**< the caller's progress function asked to stop */
#define ARC_E_OUTCOME_UNKNOWN (-44) /**< a commit may or may not have happened; repeat with the same request key */
#define ARC_E_DOOMED (-45)          /**< the transaction has failed; only rollback is possible */
#define ARC_E_TXN (-46)             /**< the call needs a transaction, or another kind of transaction */
#define ARC_E_IO (-50)              /**< the operating system refused to read or write */
#define ARC_E_FULL (-51)            /**< no space left */
#define ARC_E_CORRUPT (-52)         /**< stored data contradict themselves */
#define ARC_E_NOT_A_BOOK (-53)      /**< the file or database is not one of ours */
#define ARC_E_SCHEMA_NEWER (-54)    /**< written by a newer version; open it read-only */
#define ARC_E_SCHEMA_FOREIGN (-55)  /**< our tables were altered by someone else */
#define ARC_E_SCHEMA_OLDER (-56)    /**< written by an older version and upgrade was not allowed */
#define ARC_E_FORK (-57)            /**< the handle was opened before fork(); open the book again in the child */
#define ARC_E_CONNECTION (-58)      /**< the server cannot be reached or hung up; retryable after opening again */
#define ARC_E_BACKEND (-59)         /**< a backend broke its contract */
#define ARC_E_INTERNAL (-60)        /**< the library found itself inconsistent; the handle is poisoned */

/** Name of a status as spelled in this header, for example "ARC_E_BUSY".
 *
 *  @param status any value.
 *  @return static text, never NULL; "ARC_E_?" for an unknown value. Safe from any thread.
 *  @since 0.1 */
ARC_API const char *arc_status_name(arc_status status);

/** One sentence that explains a status.
 *
 *  @param status any value.
 *  @param language "en" or "zh"; NULL and unknown languages mean "en".
 *  @return static text, never NULL. Safe from any thread.
 *  @since 0.1 */
ARC_API const char *arc_status_text(arc_status status, const char *language);

/** Whether trying the same call again, unchanged, can succeed.
 *
 *  @param status any value.
 *  @return 1 for ARC_E_BUSY, ARC_E_CONFLICT, ARC_E_STALE, ARC_E_OUTCOME_UNKNOWN (with the same request key) and
 *          ARC_E_CONNECTION (after opening again), else 0. Safe from any thread.
 *  @since 0.1 */
ARC_API int32_t arc_status_retryable(arc_status status);

ARC_END_DECLS

#endif
