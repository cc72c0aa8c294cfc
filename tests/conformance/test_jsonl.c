/* SPDX-License-Identifier: Apache-2.0 */
/* The kit on the teaching backend, bare and under shims. */
#define ARC_EXAMPLE_AS_PART
#include "../../examples/backend_jsonl.c"

#include "conformance/run.h"

static void bare(void **unused)
{
    (void)unused;
    kit_run(arc_example_jsonl(), NULL, 0, ARC_CAP_DURABLE | ARC_CAP_SINGLE_WRITER, "");
}

static void shims(void **unused)
{
    (void)unused;
    kit_run_shims(arc_example_jsonl());
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(bare), cmocka_unit_test(shims) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
