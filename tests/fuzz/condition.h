/* SPDX-License-Identifier: Apache-2.0 */
/* One input of the fuzzer for conditions: any bytes as a document about an item. What compiles is run over rows made of the bytes, both ways, and
 * explained; what does not must say why and where. Returns NULL, or what went wrong. */
#ifndef TESTS_FUZZ_CONDITION_H
#define TESTS_FUZZ_CONDITION_H

#include <string.h>

#include "base/arena.h"
#include "rules/condition.h"
#include "rules/logic_impl.h"
#include "store/cond.h"

static inline uint64_t fuzz_next(uint64_t *seed)
{
    uint64_t x = *seed += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    return x ^ x >> 27;
}

/* Any value a fact of this kind may have, now and then none. */
static inline arc_value fuzz_value(const arci_fact *f, uint64_t *seed)
{
    static const char *const texts[] = { "", "A", "ltd", "CNY", "USD", "acme ltd" };
    uint64_t x = fuzz_next(seed);
    uint32_t codes = 0;
    if (x % 5 == 0) return arci_v_null();
    if (f->type == ARCI_FACT_TEXT) return arci_v_text(texts[x / 5 % 6], strlen(texts[x / 5 % 6]));
    if (f->type == ARCI_FACT_CHOICES) return x & 8 ? arci_v_text("[\"a\"]", 5) : arci_v_text("[]", 2);
    if (f->type == ARCI_FACT_LIST) return arci_v_null();
    if (f->type == ARCI_FACT_BOOL) return arci_v_int(x / 5 % 2);
    if (f->type == ARCI_FACT_DATE) return arci_v_int(20000 + (int64_t)(x / 5 % 1000));
    while (f->codes && f->codes->codes[codes]) codes++;
    if (f->type == ARCI_FACT_ENUM) return arci_v_int((int64_t)(x / 5 % codes));
    return arci_v_int(x & 16 ? (int64_t)(x / 32 % 1000) - 300 : (int64_t)x);
}

/* check: the same as a check, which is broken by nothing that the condition holds for. */
static inline const char *fuzz_run(arci_env *env, const arci_facts *facts, const arci_logic *p, const arci_logic *check, uint64_t seed)
{
    arc_value row[ARCI_FACTS_MAX + 1];
    const char *fault = NULL;
    for (int round = 0; round < 4 && !fault; round++) {
        arci_logic_run a = { .calendar = NULL }, b = a, c = a;
        arci_str told;
        int explained = -1;
        memset(row, 0, sizeof row[0]);
        for (uint32_t i = 0; i < arci_facts_width(facts); i++) row[i] = fuzz_value(arci_facts_slot(facts, i), &seed);
        int fast = arci_logic_test(p, row, &a), slow = arci_lx_test(p, p->root, row, &b);
        arci_str_init(&told, env->ctx);
        arci_logic_explain(p, row, &c, &told, &explained);
        if (fast != slow || (fast == ARCI_LOGIC_ERROR && a.error != b.error)) fault = "the tests and the tree differ";
        if (explained != fast) fault = "the explanation differs";
        arci_logic_run d = { .calendar = NULL };
        if (fast == ARCI_LOGIC_TRUE && arci_logic_check(check, row, &d) == ARCI_LOGIC_FALSE) fault = "a check finds fault with what the condition holds for";
        if (!told.failed && arci_utf8_check(told.s, told.len) != told.len) fault = "the explanation is not UTF-8";
        arci_str_clear(&told);
    }
    return fault;
}

static inline const char *fuzz_condition(arci_env *env, const char *s, size_t n, uint64_t seed)
{
    arci_arena arena;
    arci_json *document;
    const arci_json *expression;
    arci_facts *facts = NULL;
    arci_logic *p = NULL, *check = NULL;
    const char *fault = NULL;
    char currency[4] = "CNY";
    arci_arena_init(&arena, env->ctx);
    arc_status st = arci_json_parse(env, &arena, s, n, &arci_json_definition_limits, &document);
    if (st == ARC_OK) st = arci_condition_document(env, document, &expression, currency);
    if (st == ARC_OK) {
        st = arci_facts_new(env, &facts, arci_entity_by_name("item", 4), NULL);
        if (st == ARC_OK) st = arci_facts_currency(env, facts, currency);
        if (st == ARC_OK) st = arci_logic_compile(env, &p, facts, expression, 0, NULL);
        if (st != ARC_OK && st != ARC_E_NOMEM && (!env->err->rule[0] || !env->err->message[0] || !env->err->message_zh[0])) fault = "a fault without code or reason";
        if (st == ARC_OK) {
            st = arci_logic_compile_check(env, &check, facts, expression, NULL);
            if (st != ARC_OK && st != ARC_E_NOMEM) fault = "a condition that is no check";
        }
        if (st == ARC_OK) fault = fuzz_run(env, facts, p, check, seed);
    }
    arci_logic_free(check);
    arci_logic_free(p);
    arci_facts_free(facts);
    arci_arena_clear(&arena);
    return fault;
}

#endif
