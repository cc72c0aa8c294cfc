/* SPDX-License-Identifier: Apache-2.0 */
/* Table descriptors: every column named by a key, index or foreign key is there; memory; fingerprint. */
#include <time.h>

#include "model/schema.h"
#include "support/support.h"

static void check_cols(const arc_table *t, const uint16_t *cols, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (cols[i] >= t->n_cols) fail_msg("table %s names a column that is not there", t->name);
        for (uint32_t k = 0; k < i; k++) {
            if (cols[i] == cols[k]) fail_msg("table %s names column %s twice", t->name, t->cols[cols[i]].name);
        }
    }
}

static void check_column(const arc_table *t, const arc_column *c)
{
    assert_non_null(c->name);
    assert_non_null(c->comment);
    assert_true(c->type >= ARC_T_INT && c->type <= ARC_T_ID);
    if ((c->type == ARC_T_CODE) != (c->codes != NULL)) fail_msg("%s.%s: code list", t->name, c->name);
    if (c->type != ARC_T_MONEY) {
        assert_int_equal(c->currency_col, ARC_NO_COL);
    } else if (c->currency_col >= t->n_cols || t->cols[c->currency_col].size != 3) {
        fail_msg("%s.%s: currency column", t->name, c->name);
    }
}

static void check_table(const arc_schema_desc *d, const arc_table *t)
{
    assert_string_equal(t->cols[0].name, "book");
    for (uint32_t i = 0; i < t->n_cols; i++) check_column(t, &t->cols[i]);
    assert_true(t->n_key >= 1);
    assert_int_equal(t->key[0], 0);
    check_cols(t, t->key, t->n_key);
    for (uint32_t i = 0; i < t->n_key; i++) {
        if ((t->cols[t->key[i]].flags & ARC_COL_REQUIRED) == 0) fail_msg("%s: key column may be NULL", t->name);
    }
    for (uint32_t i = 0; i < t->n_indexes; i++) {
        const arc_index *x = &t->indexes[i];
        assert_int_equal(x->cols[0], 0);
        assert_true(x->n_key >= 2);
        check_cols(t, x->cols, (uint32_t)x->n_key + x->n_include);
        assert_true((x->where_col != ARC_NO_COL) == ((x->flags & ~ARC_INDEX_UNIQUE) != 0));
        if (x->where_col != ARC_NO_COL) assert_true(x->where_col < t->n_cols);
    }
    for (uint32_t i = 0; i < t->n_fks; i++) {
        const arc_table *to = &d->tables[t->fks[i].ref_table];
        assert_true(t->fks[i].ref_table < d->n_tables);
        check_cols(t, t->fks[i].cols, t->fks[i].n_cols);
        assert_int_equal(t->fks[i].n_cols, to->n_key);
        assert_string_equal(to->cols[to->key[1]].name, "id");
    }
}

static void tables_are_whole(void **state)
{
    test_env *t = *state;
    arci_model *m;
    assert_ok(arci_model_new(&t->env, &m));
    assert_int_equal(m->desc.struct_size, sizeof(arc_schema_desc));
    assert_int_equal(m->desc.version, ARCI_SCHEMA_VERSION);
    for (uint32_t i = 0; i < m->desc.n_tables; i++) {
        check_table(&m->desc, &m->desc.tables[i]);
        assert_string_equal(m->desc.tables[i].name, m->entity_of[i]->name);
        assert_int_equal(arci_model_table(m, m->entity_of[i]), i);
    }
    arci_model_free(t->ctx, m);
    arci_model_free(t->ctx, NULL);
}

static void columns_are_positions(void **state)
{
    test_env *t = *state;
    arci_model *m;
    assert_ok(arci_model_new(&t->env, &m));
    for (uint32_t i = 0; i < m->desc.n_tables; i++) {
        const arci_entity *e = m->entity_of[i];
        for (uint16_t c = 1; c < m->desc.tables[i].n_cols; c++) { /* new ones behind the old: backends may go by position */
            assert_true(m->desc.tables[i].cols[c].since >= m->desc.tables[i].cols[c - 1].since);
        }
        for (uint32_t k = 0; k < e->n_fields; k++) {
            uint16_t col = arci_field_col(e, &e->fields[k]);
            if ((e->fields[k].flags & ARCI_F_DERIVED) != 0) {
                assert_int_equal(col, ARC_NO_COL);
            } else {
                assert_int_equal(col, k + 1);
                assert_string_equal(m->desc.tables[i].cols[col].name, e->fields[k].name);
            }
        }
    }
    arci_model_free(t->ctx, m);
}

static void reserved_entities_have_no_table(void **state)
{
    test_env *t = *state;
    arci_model *m;
    assert_ok(arci_model_new(&t->env, &m));
    for (uint32_t i = 0; i < arci_n_entities; i++) {
        uint16_t table = arci_model_table(m, arci_entities[i]);
        assert_int_equal(table == ARC_NO_COL, (arci_entities[i]->flags & ARCI_E_RESERVED) != 0);
    }
    arci_model_free(t->ctx, m);
}

static void fingerprint_is_that_of_the_descriptors(void **state)
{
    test_env *t = *state;
    arci_model *m;
    char now[65];
    arc_table changed;
    arc_schema_desc d;
    assert_ok(arci_model_new(&t->env, &m));
    arci_model_fingerprint(&m->desc, now);
    assert_string_equal(m->fingerprint, now);
    d = m->desc;
    d.n_tables = 1;
    d.tables = &changed;
    changed = m->desc.tables[0];
    arci_model_fingerprint(&d, now);
    changed.n_indexes = 0;
    changed.name = "other";
    char then[65];
    arci_model_fingerprint(&d, then);
    assert_string_not_equal(now, then);
    arci_model_free(t->ctx, m);
}

static arc_status make_and_free(test_env *t, void *arg)
{
    arci_model *m;
    arc_status s = arci_model_new(&t->env, &m);
    (void)arg;
    if (s != ARC_OK) assert_null(m);
    arci_model_free(t->ctx, m);
    return s;
}

static void out_of_memory(void **state)
{
    (void)state;
    assert_true(test_oom_sweep(make_and_free, NULL) >= 1);
}

static void quick_enough(void **state)
{
    test_env *t = *state;
    double best = 1e9;
    for (int i = 0; i < 50; i++) {
        struct timespec a, b;
        arci_model *m;
        clock_gettime(CLOCK_MONOTONIC, &a);
        assert_ok(arci_model_new(&t->env, &m));
        clock_gettime(CLOCK_MONOTONIC, &b);
        arci_model_free(t->ctx, m);
        double us = (double)(b.tv_sec - a.tv_sec) * 1e6 + (double)(b.tv_nsec - a.tv_nsec) / 1e3;
        if (us < best) best = us;
    }
    printf("model: %.1f us\n", best);
    assert_true(best < 1000.0); /* far from a measurement: sanitizers and busy machines pass */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tables_are_whole, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(columns_are_positions, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(reserved_entities_have_no_table, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(fingerprint_is_that_of_the_descriptors, test_setup, test_teardown),
        cmocka_unit_test(out_of_memory),
        cmocka_unit_test_setup_teardown(quick_enough, test_setup, test_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
