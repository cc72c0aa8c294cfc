/* SPDX-License-Identifier: Apache-2.0 */
/* The kit on the memory backend. */
#include "backend/memory.h"
#include "conformance/run.h"

static void run(uint32_t more_caps)
{
    arci_memory_registry registry;
    assert_int_equal(arci_memory_registry_init(&registry), 0);
    arc_backend_ops ops = *arci_backend_memory();
    ops.user = &registry;
    ops.caps |= more_caps;
    kit_run(&ops, NULL, 0, ARC_CAP_SINGLE_WRITER | ARC_CAP_FOREIGN_KEYS | ARC_CAP_SAVEPOINT | more_caps, "");
    assert_null(registry.stores);
    arci_memory_registry_destroy(&registry);
}

static void bare(void **state)
{
    (void)state;
    run(0);
}

/* Handles of one process do share a store, which is all that these cases need. */
static void shared(void **state)
{
    (void)state;
    run(ARC_CAP_SHARED);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(bare), cmocka_unit_test(shared) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
