/* SPDX-License-Identifier: Apache-2.0 */
/* One input of the fuzzers for files of banks: any bytes as a file of one format, or of any. What is read must hold together; what is refused must say why. Returns NULL, or
 * what went wrong. */
#ifndef TESTS_FUZZ_BANK_H
#define TESTS_FUZZ_BANK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arcore/bank.h"
#include "base/json.h"

static inline const char *fuzz_bank_json(arc_context *ctx, arc_bank_file *f)
{
    static const arci_json_limits wide = { 40, 10000000, 100000, 0, 0 };
    arc_error err = ARC_ERROR_INIT;
    arci_env env = { ctx, &err };
    arci_arena arena;
    arci_json *root;
    size_t n = 0;
    const char *fault = NULL;
    if (arc_bank_file_json(f, NULL, &n) != ARC_E_BUFFER) return "no JSON";
    char *text = malloc(++n);
    if (!text) return NULL;
    arci_arena_init(&arena, ctx);
    if (arc_bank_file_json(f, text, &n) != ARC_OK) fault = "no JSON the second time";
    /* a name may be twice in `extra`, as it may in the file */
    else if (arci_json_parse(&env, &arena, text, n, &wide, &root) != ARC_OK && err.status != ARC_E_EXISTS) {
        fault = "the JSON is none";
        fprintf(stderr, "%s\n%s\n", err.message, text);
    }
    arci_arena_clear(&arena);
    free(text);
    return fault;
}

/* Everything kept: nothing is new. Nothing kept: all is. */
static inline const char *fuzz_bank_fresh(arc_bank_file *f, uint32_t statement, uint32_t n_lines)
{
    uint32_t *numbers = malloc((n_lines ? n_lines : 1) * sizeof *numbers);
    arc_bank_kept_line *lines = malloc((n_lines ? n_lines : 1) * sizeof *lines);
    char *prints = malloc((n_lines ? n_lines : 1) * (size_t)65);
    arc_bank_kept kept = ARC_BANK_KEPT_INIT;
    const char *fault = NULL;
    size_t n = n_lines;
    if (!numbers || !lines || !prints) goto done;
    if (arc_bank_file_fresh(f, numbers, &n, statement, NULL, 0, NULL, 0) != ARC_OK || n != n_lines) fault = "what is new is not told";
    for (uint32_t i = 0; i < n_lines && !fault; i++) {
        arc_bank_line l = ARC_BANK_LINE_INIT;
        if (arc_bank_file_line(f, &l, statement, i) != ARC_OK || strlen(l.fingerprint) != 64 || !l.occurrence) fault = "a line has no identity";
        if (!numbers[i]) fault = "a line is known of which nothing is kept";
        memcpy(prints + 65 * (size_t)i, l.fingerprint, 65);
        lines[i].fingerprint = prints + 65 * (size_t)i;
        lines[i].occurrence = numbers[i];
        lines[i].statement = 0;
    }
    if (!fault && arc_bank_file_fresh(f, numbers, &n, statement, &kept, 1, lines, n_lines) != ARC_OK) fault = "what is new is not told the second time";
    for (uint32_t i = 0; i < n_lines && !fault; i++)
        if (numbers[i]) fault = "a line is new that is kept";
done:
    free(numbers);
    free(lines);
    free(prints);
    return fault;
}

static inline const char *fuzz_bank_file(arc_context *ctx, arc_bank_file *f)
{
    arc_bank_info info = ARC_BANK_INFO_INIT;
    const char *fault = NULL;
    if (arc_bank_file_info(f, &info) != ARC_OK || strlen(info.digest) != 64 || strlen(info.content_digest) != 64) return "the file has no digest";
    for (uint32_t i = 0; i < info.n_statements && !fault; i++) {
        arc_bank_statement s = ARC_BANK_STATEMENT_INIT;
        if (arc_bank_file_statement(f, &s, i) != ARC_OK) return "a statement is not there";
        if (s.check < ARC_BANK_CHECK_UNKNOWN || s.check > ARC_BANK_CHECK_DIFFERS) fault = "a check is none";
        if (!fault && s.n_lines < 2000) fault = fuzz_bank_fresh(f, i, s.n_lines);
    }
    return fault ? fault : fuzz_bank_json(ctx, f);
}

static inline const char *fuzz_bank(arc_context *ctx, int32_t format, const char *profile, const char *s, size_t n)
{
    arc_bank_options o = ARC_BANK_OPTIONS_INIT;
    arc_bank_file *f;
    o.format = format;
    o.flags = n % 2 ? ARC_BANK_ROUND : 0;
    o.max_lines = 100000;
    o.profile = profile;
    o.profile_length = profile ? strlen(profile) : 0;
    arc_status st = arc_bank_file_read(ctx, &f, s, n, &o);
    if (st != ARC_OK) {
        arc_error e = ARC_ERROR_INIT;
        arc_context_error(ctx, &e);
        return st > 0 || e.status != st || !e.message[0] || !e.message_zh[0] ? "a file is refused without a reason" : NULL;
    }
    const char *fault = fuzz_bank_file(ctx, f);
    arc_bank_file_free(f);
    return fault;
}

/* A profile and a table in one: up to a line of three dashes the one, behind it the other. */
static inline const char *fuzz_bank_table(arc_context *ctx, const char *s, size_t n)
{
    size_t at = 0;
    while (at + 5 <= n && memcmp(s + at, "\n---\n", 5) != 0) at++;
    if (at + 5 > n) return fuzz_bank(ctx, ARC_BANK_CSV, "{}", s, n);
    char *profile = malloc(at + 1);
    if (!profile) return NULL;
    memcpy(profile, s, at);
    profile[at] = 0;
    const char *fault = fuzz_bank(ctx, ARC_BANK_CSV, profile, s + at + 5, n - at - 5);
    free(profile);
    return fault;
}

/* The fuzzers' entry. */
#define FUZZ_BANK(call) \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) \
    { \
        static arc_context *ctx; \
        const char *s = (const char *)data; \
        if (!ctx && arc_context_new(&ctx, NULL) != ARC_OK) abort(); \
        if (!(call)) return 0; \
        abort(); \
    }

#endif
