/* SPDX-License-Identifier: Apache-2.0 */
/* The kit through the sealing backend, over memory and SQLite: some of the kit's columns are sensitive. */
#include "conformance/run.h"
#include "backend/memory.h"
#include "backend/sqlite.h"
#include "support/toycipher.h"

static void run(const arc_backend_ops *inner, const char *prefix)
{
    toy_keys keys = { 2, 0 };
    const arc_cipher cipher = toy_cipher(&keys, 1);
    arc_sealed sealed;
    arc_backend_ops ops;
    assert_ok(arc_sealed_init(&ops, &sealed, inner, &cipher));
    const arc_backend_ops *others[] = { inner };
    kit_run(&ops, others, 1, ops.caps, prefix);
}

static void over_memory(void **state)
{
    (void)state;
    arci_memory_registry registry;
    assert_int_equal(arci_memory_registry_init(&registry), 0);
    arc_backend_ops ops = *arci_backend_memory();
    ops.user = &registry;
    run(&ops, "memory:");
    assert_null(registry.stores);
    arci_memory_registry_destroy(&registry);
}

static void over_sqlite(void **state)
{
    (void)state;
    run(arci_backend_sqlite(), "sqlite:");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(over_memory), cmocka_unit_test(over_sqlite) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
