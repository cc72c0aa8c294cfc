/* SPDX-License-Identifier: Apache-2.0 */
/* One input of the fuzzers for templates, Mustache texts, decision tables and scorecards: any bytes. What comes in is read, or refused with a status and a
 * message; what was read can be used. Each returns NULL, or what went wrong. */
#ifndef TESTS_FUZZ_DOCUMENTS_H
#define TESTS_FUZZ_DOCUMENTS_H

#include <string.h>

#include "arcore/decision.h"
#include "arcore/template.h"
#include "base/arena.h"
#include "base/json.h"

typedef struct fuzz_counts {
    uint64_t read, used;
} fuzz_counts;

static inline int32_t fuzz_document_fault(void *user, const arc_error *e)
{
    (void)user;
    return e->status >= 0 || !e->message[0];
}

static inline const char *fuzz_refused(arc_context *ctx, arc_status st)
{
    arc_error error = ARC_ERROR_INIT;
    if (st == ARC_E_CANCELLED) return "a fault without a message";
    if (arc_context_error(ctx, &error) != ARC_OK || error.status != st) return "the error is of another status";
    return error.message[0] && error.message_zh[0] ? NULL : "a refusal without a message";
}

static inline const char *fuzz_is_json(arci_env *env, const char *s, size_t n)
{
    arci_arena arena;
    arci_json *root;
    arci_arena_init(&arena, env->ctx);
    arc_status st = arci_json_parse(env, &arena, s, n, &arci_json_definition_limits, &root);
    arci_arena_clear(&arena);
    return st == ARC_OK || st == ARC_E_NOMEM ? NULL : "what came out is no JSON";
}

static inline const char *fuzz_template(arci_env *env, const char *s, size_t n, uint64_t seed, fuzz_counts *k)
{
    static char out[300000];
    static const char *const channels[] = { NULL, "email", "sms", "push" };
    arc_template *tmpl;
    arc_status st = arc_template_load(env->ctx, &tmpl, s, n, fuzz_document_fault, NULL);
    if (st != ARC_OK) return fuzz_refused(env->ctx, st);
    size_t len = sizeof out;
    k->read++;
    const char *fault = arc_template_variables(tmpl, out, &len) == ARC_OK ? fuzz_is_json(env, out, len) : "the variables are not told";
    len = sizeof out;
    st = arc_template_preview(tmpl, out, &len, NULL, 0, channels[seed % 4], "de-AT");
    if (st == ARC_OK && !fault) fault = fuzz_is_json(env, out, len);
    k->used += st == ARC_OK;
    arc_template_free(tmpl);
    return fault;
}

static inline const char *fuzz_mustache(arci_env *env, const char *s, size_t n, uint64_t seed, fuzz_counts *k)
{
    static char out[300000];
    static const char *const names[] = { "p" }, *const texts[] = { "[{{x}}{{>p}}\n{{a.b}}]" };
    static const char view[] = "{\"x\":1,\"y\":{\"n\":\"<\"},\"l\":[1,{\"x\":2},[]],\"a\":{\"b\":[true,null,1.50]},\"b\":\"\"}";
    arc_template_options o = ARC_TEMPLATE_OPTIONS_INIT;
    arc_template *tmpl;
    o.partial_names = names;
    o.partial_texts = texts;
    o.n_partials = seed % 2;
    o.escape = (int32_t)(seed / 2 % 3);
    o.max_output = 200000;
    arc_status st = arc_template_compile(env->ctx, &tmpl, s, n, &o);
    if (st != ARC_OK) return fuzz_refused(env->ctx, st);
    size_t len = sizeof out;
    k->read++;
    st = arc_template_render(tmpl, out, &len, "body", view, SIZE_MAX, NULL, NULL);
    k->used += st == ARC_OK;
    arc_template_free(tmpl);
    return st == ARC_OK || st == ARC_E_LIMIT ? NULL : "what was compiled does not render";
}

static inline const char *fuzz_table(arci_env *env, const char *s, size_t n, uint64_t seed, fuzz_counts *k)
{
    static char out[300000];
    arc_decision *d;
    arc_status st = arc_decision_load(env->ctx, &d, s, n, fuzz_document_fault, NULL);
    if (st != ARC_OK) return fuzz_refused(env->ctx, st);
    size_t len = sizeof out;
    k->read++;
    st = arc_decision_report(d, out, &len);
    const char *fault = st == ARC_OK ? fuzz_is_json(env, out, len) : st == ARC_E_BUFFER ? NULL : "there is no report";
    len = sizeof out;
    st = arc_decision_evaluate(d, out, &len, NULL, 0, (uint32_t)(seed % 2));
    if (st == ARC_OK && !fault) fault = fuzz_is_json(env, out, len);
    k->used += st == ARC_OK;
    arc_decision_free(d);
    return fault;
}

#endif
