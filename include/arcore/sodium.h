/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/sodium.h
 *  A cipher for sealed books: XChaCha20-Poly1305 of libsodium. In a library of its own, libarcore_sodium. */
#ifndef ARCORE_SODIUM_H
#define ARCORE_SODIUM_H

#include "arcore/sys/cipher.h"

ARC_BEGIN_DECLS

#define ARC_SODIUM_KEY_BYTES 32u
#define ARC_SODIUM_MAX_KEYS 64u

typedef struct arc_sodium arc_sodium;

/** A key of the host. */
typedef struct arc_sodium_key {
    uint32_t number;                     /**< 1 and up; stands beside every value sealed with it */
    uint8_t bytes[ARC_SODIUM_KEY_BYTES]; /**< random */
} arc_sodium_key;

/** Takes copies of keys into memory that is not swapped out.
 *
 *  @param out receives the keys; freed with arc_sodium_free() once no book uses them. NULL on error.
 *  @param keys all that values may be sealed with. @param n 1 to ARC_SODIUM_MAX_KEYS. @param current number of the one for new values.
 *  @return ARC_OK; ARC_E_INVALID: a NULL argument, n, a number that is 0 or stands there twice, or current is none of them; ARC_E_UNSUPPORTED: libsodium does not start; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_sodium_new(arc_sodium **out, const arc_sodium_key *keys, size_t n, uint32_t current);

/** As arc_sodium_new(), from the text of a key file: a key a line, its number and 64 hexadecimal digits; the last one is for new values. Lines may be empty or
 *  begin with #. Numbers are 1 to 4294967295.
 *
 *  @param out receives the keys; freed with arc_sodium_free() once no book uses them. NULL on error. @param text not kept, and the caller's to wipe. @param len its bytes.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_SYNTAX: a line that is none of these, no key, more than ARC_SODIUM_MAX_KEYS, or a number that stands there twice;
 *          ARC_E_UNSUPPORTED: libsodium does not start; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_sodium_read(arc_sodium **out, const char *text, size_t len);

/** Wipes and frees keys. @param keys NULL is allowed. @since 0.1 */
ARC_API void arc_sodium_free(arc_sodium *keys);

/** The cipher over these keys, for arc_sealed_init().
 *  @param cipher filled; usable until the keys are freed. @param keys of arc_sodium_new().
 *  @return ARC_OK; ARC_E_INVALID: NULL. @since 0.1 */
ARC_API arc_status arc_sodium_cipher(arc_cipher *cipher, arc_sodium *keys);

ARC_END_DECLS

#endif
