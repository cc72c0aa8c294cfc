/* SPDX-License-Identifier: Apache-2.0 */
/* The conformance kit against SQLite. */
#include "run.h"

const arc_backend_ops *arci_backend_sqlite(void);

static void conforms(void **state)
{
    (void)state;
    const arc_backend_ops *ops = arci_backend_sqlite();
    kit_run(ops, NULL, 0,
            ARC_CAP_DURABLE | ARC_CAP_SHARED | ARC_CAP_SINGLE_WRITER | ARC_CAP_FOREIGN_KEYS | ARC_CAP_SAVEPOINT, "");
}

/* Without a WAL a READ may end in a conflict. */
static void conforms_truncate(void **state)
{
    (void)state;
    const arc_backend_ops *ops = arci_backend_sqlite();
    kit_run_with(ops, NULL, 0, ops->caps, "", "journal=truncate", ARC_TESTKIT_CONFLICTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(conforms), cmocka_unit_test(conforms_truncate) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
