/* SPDX-License-Identifier: Apache-2.0 */
/* The schema is consistent with itself, complete against what a receivables clerk expects, and its numbers never move.
 */
#include "base/str.h"
#include "model/schema.h"
#include "support/support.h"

#include "forms.h"

static const arci_entity *entity(const char *name)
{
    return arci_entity_by_name(name, strlen(name));
}

static const arci_field *field(const arci_entity *e, const char *name)
{
    return arci_entity_field(e, name, strlen(name));
}

/* Reserved words of PostgreSQL 15 and those SQLite does not take as names, lower case and sorted. */
static const char *const keywords[] = {
    "add",
    "all",
    "alter",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "autoincrement",
    "between",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "commit",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "delete",
    "desc",
    "distinct",
    "do",
    "drop",
    "else",
    "end",
    "escape",
    "except",
    "exists",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "index",
    "initially",
    "inner",
    "insert",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "nothing",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "set",
    "similar",
    "some",
    "symmetric",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "transaction",
    "true",
    "union",
    "unique",
    "update",
    "user",
    "using",
    "values",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
};

static void check_name(const char *name)
{
    size_t n = strlen(name);
    assert_true(n >= 1 && n <= 40);
    if (!(name[0] >= 'a' && name[0] <= 'z')) fail_msg("%s: does not begin with a letter", name);
    for (size_t i = 0; i < n; i++) {
        int good = (name[i] >= 'a' && name[i] <= 'z') || (name[i] >= '0' && name[i] <= '9') || name[i] == '_';
        if (!good) fail_msg("%s: not snake_case", name);
    }
    for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
        if (strcmp(name, keywords[i]) == 0) fail_msg("%s: an SQL keyword", name);
    }
}

static void check_label(const char *entity_name, const char *name, const char *en, const char *zh)
{
    if (en == NULL || *en == '\0' || zh == NULL || *zh == '\0')
        fail_msg("%s.%s: a label is missing", entity_name, name);
    if (arci_utf8_check(en, strlen(en)) != strlen(en) || arci_utf8_check(zh, strlen(zh)) != strlen(zh)) {
        fail_msg("%s.%s: a label is not UTF-8", entity_name, name);
    }
}

static void check_aux(const arci_entity *e, const arci_field *f)
{
    const arci_field *currency;
    switch (f->type) {
    case ARC_T_MONEY:
        currency = f->aux != NULL ? field(e, f->aux) : NULL;
        if (currency == NULL || currency->type != ARC_T_TEXT || currency->size != 3 ||
            strcmp(currency->aux, "currency") != 0) {
            fail_msg("%s.%s: currency field", e->name, f->name);
        }
        if ((f->flags & ARCI_F_DERIVED) == 0 && (currency->flags & ARCI_F_DERIVED) != 0) {
            fail_msg("%s.%s: a stored amount needs a stored currency", e->name, f->name);
        }
        break;
    case ARC_T_CODE:
        if (f->aux == NULL || arci_code_list_get(f->aux) == NULL) fail_msg("%s.%s: code list", e->name, f->name);
        break;
    case ARC_T_ID:
        if (f->aux != NULL && entity(f->aux) == NULL) fail_msg("%s.%s: entity %s", e->name, f->name, f->aux);
        if (f->aux == NULL && f->id >= ARCI_FIELD_FIRST && (f->flags & (ARCI_F_LOOSE | ARCI_F_DERIVED)) == 0) {
            fail_msg("%s.%s: points at nothing but is not loose", e->name, f->name);
        }
        break;
    case ARC_T_TEXT:
        if (f->size == 0 || (f->aux != NULL && strcmp(f->aux, "currency") != 0))
            fail_msg("%s.%s: text", e->name, f->name);
        break;
    case ARC_T_DECIMAL: assert_true(f->size <= 18); break;
    default: assert_null(f->aux); break;
    }
}

static void check_field(const arci_entity *e, uint32_t at)
{
    const arci_field *f = &e->fields[at];
    check_name(f->name);
    check_label(e->name, f->name, f->label_en, f->label_zh);
    assert_non_null(f->help);
    assert_int_equal(f->since, 1);
    if (strcmp(f->name, "book") == 0) fail_msg("%s: every table has a column book already", e->name);
    if (at > 0 && f->id <= e->fields[at - 1].id) fail_msg("%s.%s: ids do not rise", e->name, f->name);
    if ((f->id >= ARCI_FIELD_DERIVED) != ((f->flags & ARCI_F_DERIVED) != 0))
        fail_msg("%s.%s: derived id", e->name, f->name);
    assert_true(f->id < ARCI_FIELD_CUSTOM_FIRST);
    assert_true(f->id <= ARCI_FIELD_CUSTOM || f->id >= ARCI_FIELD_FIRST);
    check_aux(e, f);
    assert_ptr_equal(field(e, f->name), f);
    assert_ptr_equal(arci_entity_field_id(e, f->id), f);
    for (uint32_t i = 0; i < at; i++) {
        if (strcmp(e->fields[i].name, f->name) == 0) fail_msg("%s.%s: twice", e->name, f->name);
    }
}

/* Every name of a list separated by one space is a stored field (of a reserved entity: any field). */
static void check_names(const arci_entity *e, const char *what, const char *names)
{
    for (const char *p = names; p != NULL && *p != '\0';) {
        size_t n = strcspn(p, " ");
        const arci_field *f = arci_entity_field(e, p, n);
        if (f == NULL) fail_msg("%s: %s names %.*s", e->name, what, (int)n, p);
        if ((e->flags & ARCI_E_RESERVED) == 0 && (f->flags & ARCI_F_DERIVED) != 0)
            fail_msg("%s: %s has no column", e->name, f->name);
        p += n;
        if (*p == ' ') p++;
    }
}

/* A scope path ends at an entity that has owner, team and region. */
static void check_scope(const arci_entity *e)
{
    const arci_entity *at = e;
    for (const char *p = e->scope; p != NULL && *p != '\0';) {
        size_t n = strcspn(p, ".");
        const arci_field *f = arci_entity_field(at, p, n);
        if (f == NULL || f->type != ARC_T_ID || f->aux == NULL) fail_msg("%s: scope %s", e->name, e->scope);
        at = entity(f->aux);
        p += n;
        if (*p == '.') p++;
    }
    if (e->scope != NULL && (!field(at, "owner") || !field(at, "team") || !field(at, "region"))) {
        fail_msg("%s: scope %s leads to %s", e->name, e->scope, at->name);
    }
}

/* A part points at a document that is no part itself. */
static void check_root(const arci_entity *e)
{
    if (e->root == NULL) return;
    const arci_field *f = arci_entity_field(e, e->root, strlen(e->root));
    if (f == NULL || f->type != ARC_T_ID) fail_msg("%s: root %s", e->name, e->root);
    if (f->aux == NULL) { /* of any entity: another column says which */
        if (!field(e, "entity")) fail_msg("%s: root %s", e->name, e->root);
        return;
    }
    if (entity(f->aux)->root != NULL) fail_msg("%s: its root is a part too", e->name);
}

static void check_system_columns(const arci_entity *e)
{
    uint32_t f = e->flags;
    if ((f & ARCI_E_APPEND_ONLY) != 0 && (f & (ARCI_E_VERSIONED | ARCI_E_ERASABLE)) != 0)
        fail_msg("%s: flags", e->name);
    assert_int_equal((f & ARCI_E_VERSIONED) != 0, arci_entity_field_id(e, ARCI_FIELD_VERSION) != NULL);
    assert_int_equal((f & ARCI_E_CUSTOM) != 0, arci_entity_field_id(e, ARCI_FIELD_CUSTOM) != NULL);
    assert_int_equal(e->key == NULL, arci_entity_field_id(e, ARCI_FIELD_ID) != NULL);
    if ((f & ARCI_E_RESERVED) == 0 && strcmp(e->name, "txn") != 0 && strcmp(e->name, "seal") != 0 && arci_entity_field_id(e, ARCI_FIELD_TXN) == NULL) {
        fail_msg("%s: rows do not say which transaction wrote them", e->name);
    }
}

static void check_indexes(const arci_entity *e)
{
    for (uint32_t i = 0; i < e->n_indexes; i++) {
        const arci_index *x = &e->indexes[i];
        check_name(x->name);
        check_names(e, x->name, x->keys);
        check_names(e, x->name, x->include);
        check_names(e, x->name, x->where);
        assert_int_equal(x->where != NULL, (x->flags & ~ARC_INDEX_UNIQUE) != 0);
        for (uint32_t k = 0; k < i; k++) assert_string_not_equal(x->name, e->indexes[k].name);
    }
}

static void entities_are_consistent(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < arci_n_entities; i++) {
        const arci_entity *e = arci_entities[i];
        check_name(e->name);
        check_label(e->name, "", e->label_en, e->label_zh);
        if (i > 0 && e->id <= arci_entities[i - 1]->id) fail_msg("%s: ids do not rise", e->name);
        assert_ptr_equal(entity(e->name), e);
        assert_ptr_equal(arci_entity_by_id(e->id), e);
        assert_int_equal(arci_entity_position(e), i);
        assert_true(e->n_fields > 0);
        for (uint32_t k = 0; k < e->n_fields; k++) check_field(e, k);
        check_names(e, "key", e->key);
        check_system_columns(e);
        check_indexes(e);
        check_scope(e);
        check_root(e);
    }
}

static void unknown_names_are_not_found(void **state)
{
    const arci_entity *e = entity("customer");
    (void)state;
    assert_null(arci_entity_by_name("custome", 7));
    assert_null(arci_entity_by_name("customers", 9));
    assert_null(arci_entity_by_name("", 0));
    assert_null(arci_entity_by_name("zzz", 3));
    assert_null(arci_entity_by_name("customer", 9)); /* its NUL is part of the name asked for */
    assert_ptr_equal(arci_entity_by_name("customer.code", 8), e);
    assert_null(arci_entity_by_name(NULL, 0));
    assert_null(arci_entity_by_id(0));
    assert_null(arci_entity_by_id(65535));
    assert_null(arci_entity_field(e, "cod", 3));
    assert_null(arci_entity_field(e, "codex", 5));
    assert_null(arci_entity_field(e, "x_code", 6));
    assert_null(arci_entity_field(e, NULL, 0));
    assert_null(arci_entity_field_id(e, 9));
    assert_null(arci_code_list_get("nothing"));
    assert_null(arci_code_list_get(NULL));
    assert_int_equal(arci_field_col(e, NULL), ARC_NO_COL);
}

static void code_lists_are_whole(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < arci_n_code_lists; i++) {
        const arci_code_list *l = &arci_code_lists[i];
        uint32_t n = 0;
        int used = 0;
        if (i > 0 && strcmp(arci_code_lists[i - 1].name, l->name) >= 0) fail_msg("list %s: out of order", l->name);
        for (; l->codes[n] != NULL; n++) {
            assert_true(strlen(l->codes[n]) >= 1 && strlen(l->codes[n]) <= 24);
            check_label(l->name, l->codes[n], l->labels_en[n], l->labels_zh[n]);
            for (uint32_t k = 0; k < n; k++) assert_string_not_equal(l->codes[k], l->codes[n]);
        }
        assert_true(n >= 1);
        assert_null(l->labels_en[n]);
        assert_null(l->labels_zh[n]);
        for (uint32_t e = 0; e < arci_n_entities && !used; e++) {
            for (uint32_t k = 0; k < arci_entities[e]->n_fields; k++) {
                const arci_field *f = &arci_entities[e]->fields[k];
                used |= f->type == ARC_T_CODE && strcmp(f->aux, l->name) == 0;
            }
        }
        if (!used) fail_msg("list %s: no field uses it", l->name);
    }
}

static void forms_are_covered(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        const arci_entity *e = entity(forms[i].entity);
        if (e == NULL) fail_msg("%s: no entity %s", forms[i].form, forms[i].entity);
        for (const char *p = forms[i].fields; *p != '\0';) {
            size_t n = strcspn(p, " ");
            if (arci_entity_field(e, p, n) == NULL) fail_msg("%s: %s has no %.*s", forms[i].form, e->name, (int)n, p);
            p += n;
            if (*p == ' ') p++;
        }
    }
}

/* Numbers, types and sizes for ever: what tests/golden/schema.txt says of a field must stay; new lines are added to it
 * by running this test with ARCORE_ACCEPT=1. Reserved entities are free to change and so are not in it. */
static void numbers_never_move(void **state)
{
    char *now = NULL, *was;
    size_t n = 0, was_n = 0;
    FILE *out = open_memstream(&now, &n);
    (void)state;
    for (uint32_t i = 0; i < arci_n_entities; i++) {
        const arci_entity *e = arci_entities[i];
        if ((e->flags & ARCI_E_RESERVED) != 0) continue;
        for (uint32_t k = 0; k < e->n_fields; k++) {
            const arci_field *f = &e->fields[k];
            fprintf(out, "%u %s %u %s %u %u\n", (unsigned)e->id, e->name, (unsigned)f->id, f->name, (unsigned)f->type,
                    (unsigned)f->size);
        }
    }
    fclose(out);
    if (getenv("ARCORE_ACCEPT") != NULL) {
        FILE *to = fopen(ARCORE_SOURCE_DIR "/tests/golden/schema.txt", "wb");
        assert_non_null(to);
        fwrite(now, 1, n, to);
        fclose(to);
    }
    was = test_read_file(ARCORE_SOURCE_DIR "/tests/golden/schema.txt", &was_n);
    assert_non_null(was);
    for (char *line = strtok(was, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char *at = strstr(now, line);
        if (at == NULL || (at != now && at[-1] != '\n') || at[strlen(line)] != '\n')
            fail_msg("a number moved: %s", line);
    }
    if (was_n != n) fail_msg("new fields: run this test once with ARCORE_ACCEPT=1 and commit tests/golden/schema.txt");
    free(was);
    free(now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entities_are_consistent), cmocka_unit_test(unknown_names_are_not_found),
        cmocka_unit_test(code_lists_are_whole),    cmocka_unit_test(forms_are_covered),
        cmocka_unit_test(numbers_never_move),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
