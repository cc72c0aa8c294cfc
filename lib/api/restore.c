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

static arc_status digest_now(arci_env *env, arc_book *book, uint8_t digest[32])
{
    arci_sha256 hash;
    arci_sha256_init(&hash);
    arc_status st = hand_on(env, book, arc_book_dump(book, hash_bytes, &hash, NULL));
    arci_sha256_end(&hash, digest);
    return st;
}

/* While others write to the source its contents before the copy are not those of the copy: then one snapshot is copied and compared with. */
static arc_status copy_snapshot(arci_env *env, arc_book *source, const char *target, const arc_copy_options *o)
{
    arci_sha256 hash;
    uint8_t digest[32];
    arci_sha256_init(&hash);
    arc_status st = hand_on(env, source, arci_backup_rows(source, target, o, hash_bytes, &hash));
    arci_sha256_end(&hash, digest);
    return st == ARC_OK ? check_copy(env, target, digest) : st;
}

static arc_status copy_and_prove(arci_env *env, arc_book *source, const char *target, const arc_copy_options *o, const uint8_t before[32])
{
    uint8_t now[32];
    arc_status st = hand_on(env, source, arc_book_backup(source, target, o));
    if (st != ARC_OK) return st;
    st = check_copy(env, target, before);
    if (st != ARC_OK) {
        const arc_error kept = *env->err;
        arci_book_remove(env, target);
        if (st != ARC_E_CORRUPT || digest_now(env, source, now) != ARC_OK || memcmp(now, before, sizeof now) == 0) return arci_fail_copy(env, &kept);
        st = copy_snapshot(env, source, target, o);
        if (st != ARC_OK) arci_book_remove(env, target);
    }
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
    if (st == ARC_OK) st = copy_and_prove(&env, source, target_uri, options, digest);
    arc_book_close(source);
    return st;
}
