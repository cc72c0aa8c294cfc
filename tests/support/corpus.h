/* SPDX-License-Identifier: Apache-2.0 */
/* Replays a corpus (tests/corpus/NAME) and variations of its files: the small relative of a fuzzer that runs everywhere. */
#ifndef TESTS_CORPUS_H
#define TESTS_CORPUS_H

#include <dirent.h>

#include "support/support.h"

enum { CORPUS_MAX = 65536 };

/* One change: flip a bit, set a byte, cut, double a piece, swap two bytes. Returns the new length. */
static inline size_t corpus_change(char *s, size_t n, uint64_t *seed)
{
    static const char likely[] = "\"\\,;\r\n\0\xFF\xC3{}[]:-0eE.\t|= ";
    size_t at = n ? test_random(seed) % n : 0, len;
    if (n == 0) return 0;
    switch (test_random(seed) % 5) {
    case 0: s[at] = (char)(s[at] ^ 1 << test_random(seed) % 8); return n;
    case 1: s[at] = likely[test_random(seed) % (sizeof likely - 1)]; return n;
    case 2:
        len = 1 + test_random(seed) % 8;
        if (len > n - at) len = n - at;
        memmove(s + at, s + at + len, n - at - len);
        return n - len;
    case 3:
        len = 1 + test_random(seed) % 8;
        if (len > n - at) len = n - at;
        if (n + len > CORPUS_MAX) return n;
        memmove(s + at + len, s + at, n - at);
        return n + len;
    default: {
        size_t other = test_random(seed) % n;
        char c = s[at];
        s[at] = s[other];
        s[other] = c;
        return n;
    }
    }
}

/* Calls check with each file of the corpus, then with `variations` changed copies of it. Returns the number of files. */
static inline int corpus_replay(const char *name, int variations, void (*check)(test_env *t, const char *s, size_t n, uint64_t *seed),
                         test_env *t)
{
    char folder[1024], path[2048];
    static char variant[CORPUS_MAX];
    uint64_t seed = 1;
    int files = 0, i;
    struct dirent *e;
    DIR *d;
    snprintf(folder, sizeof folder, "%s/tests/corpus/%s", ARCORE_SOURCE_DIR, name);
    d = opendir(folder);
    assert_non_null(d);
    while ((e = readdir(d)) != NULL) {
        size_t n, len;
        char *text;
        if (e->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        text = test_read_file(path, &n);
        assert_non_null(text);
        check(t, text, n, &seed);
        for (i = 0; i < variations; i++) {
            int changes = 1 + (int)(test_random(&seed) % 4);
            memcpy(variant, text, n);
            for (len = n; changes > 0; changes--) len = corpus_change(variant, len, &seed);
            check(t, variant, len, &seed);
        }
        free(text);
        files++;
    }
    closedir(d);
    return files;
}

#endif
