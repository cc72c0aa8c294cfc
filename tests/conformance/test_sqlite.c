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

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(conforms) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
