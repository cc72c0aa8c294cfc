/* SPDX-License-Identifier: Apache-2.0 */
/* One input of the fuzzer for rules: any bytes as a document, in a small book. What can be published is simulated over its rows for a while; what cannot must say
 * why and where. Returns NULL, or what went wrong. */
#ifndef TESTS_FUZZ_RULE_H
#define TESTS_FUZZ_RULE_H

#include <string.h>

#include "arcore/arcore.h"

#define FUZZ_DAY 20454 /* 2026-01-01 */

typedef struct fuzz_faults {
    const char *fault;
    int n;
} fuzz_faults;

static inline int32_t fuzz_rule_fault(void *user, const arc_error *e)
{
    fuzz_faults *f = user;
    if (!e->message[0] || !e->message_zh[0] || !e->rule[0]) f->fault = "a fault without code or reason";
    f->n += e->status != ARC_OK; /* remarks are no faults */
    return 0;
}

static inline const char *fuzz_rule(arc_session *s, const char *text, size_t n)
{
    static char told[400000];
    fuzz_faults f = { NULL, 0 };
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    size_t len = sizeof told;
    o.from = FUZZ_DAY;
    o.as_of = FUZZ_DAY + 5;
    o.max = 5;
    arc_status st = arc_definition_check(s, "rule", text, n, fuzz_rule_fault, &f);
    if (f.fault) return f.fault;
    if ((st == ARC_OK) != !f.n && st != ARC_E_NOMEM) return "faults were told and it may be published, or none were and it may not";
    if (st != ARC_OK) return NULL;
    st = arc_rule_simulate(s, told, &len, text, n, &o);
    return st == ARC_OK || st == ARC_E_BUFFER || st == ARC_E_NOMEM || st == ARC_E_FORBIDDEN ? NULL : "what may be published cannot be simulated";
}

#endif
