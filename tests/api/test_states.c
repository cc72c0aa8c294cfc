/* SPDX-License-Identifier: Apache-2.0 */
/* What front ends are told about states is what verbs do: random walks through documents of every kind; at each step a verb is asked about, then done. */
#include "api/walk.h"

/* What front ends are told: 1 possible; the reason otherwise. */
static int told(walk *w, uint32_t entity, int64_t id, const char *verb, char *reason, size_t size)
{
    static char json[40000];
    size_t n = sizeof json;
    char name[80];
    arc_record *r;
    assert_session(w->b, arc_session_get(w->b->session, &r, entity, id));
    assert_session(w->b, arc_verbs_allowed(w->b->session, json, &n, r));
    arc_record_free(r);
    (void)snprintf(name, sizeof name, "\"verb\":\"%s\"", verb);
    const char *at = strstr(json, name), *end = at ? strchr(at, '}') : NULL;
    if (!at) fail_msg("%s is not told of: %s", verb, json);
    (void)snprintf(reason, size, "%.*s", (int)(end - at), at);
    return strstr(reason, "\"allowed\":true") != NULL;
}

static int step(walk *w, uint32_t k, int64_t id)
{
    char reason[900];
    arc_error e = ARC_ERROR_INIT;
    int possible = told(w, acts[k].entity, id, acts[k].verb, reason, sizeof reason);
    arc_status st = acts[k].act(w, id);
    (void)arc_session_error(w->b->session, &e);
    int refused = st == ARC_E_STATE || st == ARC_E_GUARD || st == ARC_E_PERIOD;
    if (possible ? st != ARC_OK : !refused) fail_msg("%s of %lld (seed %u): %s: %s; told %s", acts[k].verb, (long long)id, w->seed, arc_status_name(st), e.message, reason);
    if (!possible) assert_true(e.message[0] && e.message_zh[0] && strstr(reason, "\"reason_zh\":\"") && !strstr(reason, "\"reason_zh\":\"\""));
    return possible;
}

static void walks(void **state)
{
    int done[ACTS] = { 0 }, refused[ACTS] = { 0 };
    (void)state;
    for (uint32_t seed = 1; seed <= 8; seed++) {
        test_book b;
        walk w;
        walk_open(&w, &b, seed & 1u ? 0 : 1, seed * 7919u);
        for (uint32_t i = 0; i < GROWS - 1; i++) grow(&w, i);
        grow(&w, GROWS - 1);
        for (int i = 0; i < 400; i++) {
            if (!roll(&w, 3)) grow(&w, roll(&w, GROWS));
            uint32_t k = roll(&w, ACTS);
            int64_t at = some(&w, acts[k].entity, acts[k].act == refund_credit && roll(&w, 2));
            if (at) (*(step(&w, k, at) ? &done[k] : &refused[k]))++;
        }
        verify_clean(&b);
        test_book_close(&b);
    }
    for (int k = 0; k < ACTS; k++) {
        if (!done[k] || !refused[k]) fail_msg("%s: %d times done, %d refused: the walk does not meet both", acts[k].verb, done[k], refused[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(walks) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
