/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/sys/cipher.h
 *  Personal fields sealed in the store: a backend that wraps another one and a cipher of the host's choice.
 *
 *  Columns marked ARC_COL_SENSITIVE (what the schema calls personal, custom fields, personal values of the audit trail ...) reach the inner store only as
 *  sealed text: key number, and what the cipher made of the value, in base64. Each value is bound to its place - table, column, primary key - so that a sealed
 *  value moved elsewhere does not open. The store does not search or sort by such columns: conditions on them are tested on the rows as they are read.
 *  Guards on them are refused (ARC_E_UNSUPPORTED), copies are made row by row. docs/encryption.md tells the story; `arcore/sodium.h` has a cipher (libsodium). */
#ifndef ARCORE_SYS_CIPHER_H
#define ARCORE_SYS_CIPHER_H

#include "arcore/sys/backend.h"

ARC_BEGIN_DECLS

#define ARC_CIPHER_OVERHEAD 128u /**< most bytes a sealed value may be longer than the plain one */

/** An authenticated cipher with numbered keys. Its functions may be called by several threads at once and must not use the library. */
typedef struct arc_cipher {
    uint32_t struct_size; /**< sizeof(arc_cipher) */
    uint32_t key;         /**< number of the key new values are sealed with */
    uint32_t overhead;    /**< a sealed value has exactly so many bytes more, at most ARC_CIPHER_OVERHEAD */
    uint32_t reserved;    /**< 0 */
    void *user;
    /** Seals n bytes into n + overhead; `bound` must be given again to open them. ARC_OK, or what the call is to fail with (ARC_E_KEY: no such
     *  key). */
    arc_status (*seal)(void *user, uint32_t key, uint8_t *out, const uint8_t *plain, size_t n, const uint8_t *bound, size_t n_bound);
    /** Opens n bytes into n - overhead. ARC_OK; ARC_E_KEY: no such key, or these are not the bytes that were sealed there. */
    arc_status (*open)(void *user, uint32_t key, uint8_t *out, const uint8_t *sealed, size_t n, const uint8_t *bound, size_t n_bound);
} arc_cipher;

#define ARC_CIPHER_INIT { (uint32_t)sizeof(arc_cipher), 0, 0, 0, NULL, NULL, NULL }

/** Fills a cipher with its defaults; the same bytes as ARC_CIPHER_INIT.
 *  @param cipher not NULL. @return ARC_OK, or ARC_E_INVALID when cipher is NULL. @since 0.1 */
ARC_API arc_status arc_cipher_init(arc_cipher *cipher);

/** What a sealed backend is made of; kept by the caller as long as any handle of it. */
typedef struct arc_sealed {
    uint32_t struct_size;
    uint32_t reserved;
    const arc_backend_ops *inner; /**< set by arc_sealed_init() */
    const arc_cipher *cipher;     /**< set by arc_sealed_init(); may be replaced while no handle is open */
} arc_sealed;

/** Makes a backend that seals what it hands to another one. For hosts with a backend of their own; arc_sealed_register() does it for one the context knows.
 *  Register `out` with the context; the location of its stores begins with the inner scheme: `sealed:sqlite:/path/to.db`. It has the capabilities and thread
 *  model of the inner one; a context knows one of them.
 *
 *  Opening for writing proves the keys: ARC_E_KEY when the one for new values is not the one this store knows under its number, or none opens anything in it.
 *  Opening for reading does not: what is not sealed can be read without them. A sealed store opened plain is ARC_E_KEY, a plain one opened sealed
 *  ARC_E_NOT_A_BOOK.
 *
 *  @param out receives the operations; `out->user` is `sealed`. @param sealed receives inner and cipher.
 *  @param inner the backend to wrap, kept by address. @param cipher kept by address; it and its keys live as long as any handle.
 *  @return ARC_OK; ARC_E_INVALID: an argument is NULL, inner has another ABI, or the cipher lacks a function or has too large an overhead. @since 0.1 */
ARC_API arc_status arc_sealed_init(arc_backend_ops *out, arc_sealed *sealed, const arc_backend_ops *inner, const arc_cipher *cipher);

/** Wraps a backend that the context knows, and makes it known as `sealed`.
 *
 *  @param context the context. @param sealed receives inner and cipher; lives as long as the context.
 *  @param scheme of the backend to wrap: "sqlite", "memory", or one registered before. @param cipher kept by address; it and its keys live as long as the context.
 *  @return ARC_OK; ARC_E_INVALID: NULL, or a cipher that arc_sealed_init() refuses; ARC_E_NOT_FOUND: no such backend; ARC_E_EXISTS: one was wrapped before;
 *          ARC_E_LIMIT: too many backends; ARC_E_NOMEM; ARC_E_HANDLE. Threads: as arc_backend_register(). @since 0.1 */
ARC_API arc_status arc_sealed_register(arc_context *context, arc_sealed *sealed, const char *scheme, const arc_cipher *cipher);

ARC_END_DECLS

#endif
