/* SPDX-License-Identifier: Apache-2.0 */
/* The kit on the teaching backend. */
#define ARC_EXAMPLE_AS_PART
#include "../../examples/backend_jsonl.c"

#include "conformance/run.h"

static void bare(void **state)
{
    (void)state;
    const arc_backend_ops *ops = arc_example_jsonl();
    kit_run(ops, NULL, 0, ops->caps, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(bare) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
