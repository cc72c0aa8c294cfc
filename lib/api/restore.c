/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "arcore/book.h"
#include "base/handle.h"
#include "base/sha256.h"
#include "exchange/copy.h"
#include "store/uri.h"

/* Hands the error of a book that is about to be closed to the context. */
static arc_status hand_on(arci_env *env, arc_book *book, arc_status st)
{
    arc_error e = ARC_ERROR_INIT;
    if (st != ARC_OK && book && arc_book_error(book, &e) == ARC_OK && e.status != ARC_OK) (void)arci_fail_copy(env, &e);
    return st;
}

static int32_t hash_bytes(void *user, const char *bytes, size_t n)
{
    arci_sha256_add(user, bytes, n);
    return 0;
}

/* Opens a book, proves it and takes the digest of its dump. */
static arc_status prove(arci_env *env, const char *uri, uint32_t flags, arc_book **out, uint8_t digest[32])
{
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    arc_verify_summary summary = ARC_VERIFY_SUMMARY_INIT;
    arci_sha256 hash;
    arc_status st;
    o.flags = flags;
    st = arc_book_open(env->ctx, out, uri, &o);
    if (st != ARC_OK) return st; /* the context has the error already */
    st = hand_on(env, *out, arc_book_verify(*out, &summary, NULL, NULL, NULL));
    if (st == ARC_OK && summary.findings > 0)
        st = arci_fail(env, ARC_E_CORRUPT, "the book does not verify: %lld findings", "账簿校验未通过：%lld 处问题",
                       (long long)summary.findings);
    arci_sha256_init(&hash);
    if (st == ARC_OK) st = hand_on(env, *out, arc_book_dump(*out, hash_bytes, &hash, NULL));
    arci_sha256_end(&hash, digest);
    return st;
}

static arc_status check_copy(arci_env *env, const char *target, const uint8_t expected[32])
{
    arc_book *book = NULL;
    uint8_t digest[32];
    arc_status st = prove(env, target, ARC_BOOK_READONLY | ARC_BOOK_CHECK, &book, digest);
    arc_book_close(book);
    if (st == ARC_OK && memcmp(digest, expected, sizeof digest) != 0)
        st = arci_fail(env, ARC_E_CORRUPT, "the copy differs from its source", "副本与来源不一致");
    return st;
}

static arc_status check_codes(arci_env *env, const char *source, const char *target)
{
    arci_uri from, to;
    arc_status st = arci_uri_parse(env, &from, source);
    if (st != ARC_OK) return st;
    st = arci_uri_parse(env, &to, target);
    if (st == ARC_OK) {
        if (strcmp(from.code, to.code) != 0)
            st = arci_fail(env, ARC_E_INVALID, "a restored book keeps its code", "恢复的账簿代码须保持不变");
        arci_uri_clear(env->ctx, &to);
    }
    arci_uri_clear(env->ctx, &from);
    return st;
}

arc_status arc_book_restore(arc_context *context, const char *source_uri, const char *target_uri,
                            const arc_copy_options *options)
{
    arc_book *source = NULL;
    uint8_t digest[32];
    arci_env env;
    arc_status st = arci_context_check(context);
    if (st != ARC_OK) return st;
    env.ctx = context;
    env.err = arci_context_error_slot(context);
    if (!source_uri || !target_uri) return arci_fail(&env, ARC_E_INVALID, "a URI is NULL", "URI 为 NULL");
    st = check_codes(&env, source_uri, target_uri);
    if (st != ARC_OK) return st;
    st = prove(&env, source_uri, ARC_BOOK_READONLY | ARC_BOOK_CHECK, &source, digest);
    if (st == ARC_OK) {
        st = hand_on(&env, source, arc_book_backup(source, target_uri, options));
        if (st == ARC_OK) {
            st = check_copy(&env, target_uri, digest);
            if (st != ARC_OK) arci_book_remove(&env, target_uri);
        }
    }
    arc_book_close(source);
    return st;
}
