/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/wait.h>
#include <unistd.h>

#include "base/process.h"
#include "support/support.h"

static void children_are_others(void **state)
{
    (void)state;
    arci_process p;
    int status = -1;
    arci_process_init(&p);
    arci_process plain = { p.pid, NULL }; /* as where no page can be wiped */
    assert_true(arci_process_same(&p));
    assert_true(arci_process_same(&plain));
    pid_t child = fork();
    if (!child) {
        arci_process own;
        arci_process_init(&own);
        _exit(!arci_process_same(&p) && !arci_process_same(&plain) && arci_process_same(&own) ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(arci_process_same(&p));
    arci_process_clear(&p);
    arci_process_clear(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(children_are_others) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
