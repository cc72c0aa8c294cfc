/* SPDX-License-Identifier: Apache-2.0 */
/* Plans name verbs, tables and columns that are there, and no verb twice. */
#include "store/ahead.h"

#include "model/verbs.h"
#include "support/support.h"

static int is_verb(const char *name)
{
    for (uint32_t v = 0; v < ARCI_N_VERBS; v++) {
        char text[ARCI_VERB_NAME_MAX];
        if (arci_verbs[v].entity && !strcmp(arci_verb_name(&arci_verbs[v], NULL, text), name)) return 1;
        for (uint32_t e = 0; !arci_verbs[v].entity && e < arci_n_entities; e++) {
            if (!strcmp(arci_verb_name(&arci_verbs[v], arci_entities[e], text), name)) return 1;
        }
    }
    return 0;
}

static void column_is_there(const char *verb, const char *table, const char *column)
{
    const arci_entity *e = arci_entity_by_name(table, strlen(table));
    if (!e) fail_msg("%s: no table %s", verb, table);
    if (column && arci_col(e, column) == ARC_NO_COL) fail_msg("%s: no column %s.%s", verb, table, column);
}

static void names(void **state)
{
    (void)state;
    for (const arci_plan *p = arci_plans; p->verb; p++) {
        if (!is_verb(p->verb)) fail_msg("there is no verb %s", p->verb);
        assert_ptr_equal(arci_ahead_plan(p->verb), p);
        for (uint32_t i = 0; i < p->n; i++) {
            const arci_link *l = &p->links[i];
            if (l->from) column_is_there(p->verb, l->from, l->by);
            if (l->to) column_is_there(p->verb, l->to, l->col);
            if (l->to) column_is_there(p->verb, l->lock ? l->from : l->to, l->only);
            assert_int_equal(l->only != NULL && !l->lock, l->is != NULL);
            assert_true(l->from || l->to);
        }
    }
    assert_null(arci_ahead_plan("nobody.knows"));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(names) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
