/* SPDX-License-Identifier: Apache-2.0 */
/* docs/schema.md */
#include <string.h>

#include "model/gen/gen.h"

static void print_type(FILE *out, const arci_field *f)
{
    fprintf(out, "%s", arci_type_name(f->type));
    if (f->type == ARC_T_TEXT && f->aux != NULL) {
        fprintf(out, " (%s)", f->aux);
    } else if (f->type == ARC_T_TEXT || f->type == ARC_T_BLOB || f->type == ARC_T_DECIMAL) {
        fprintf(out, "(%u)", (unsigned)f->size);
    } else if (f->type == ARC_T_CODE) {
        fprintf(out, " [%s](#list-%s)", f->aux, f->aux);
    } else if (f->type == ARC_T_MONEY) {
        fprintf(out, " in %s", f->aux);
    } else if (f->aux != NULL) {
        fprintf(out, " of [%s](#%s)", f->aux, f->aux);
    }
}

static void print_flags(FILE *out, uint8_t flags)
{
    static const char *const names[] = {"required", "personal", "verb", "derived", "loose", "cache", "immutable"};
    const char *between = "";
    for (int i = 0; i < 7; i++) {
        if ((flags & (1u << i)) == 0) continue;
        fprintf(out, "%s%s", between, names[i]);
        between = ", ";
    }
}

static void print_entity_flags(FILE *out, const arci_entity *e)
{
    static const char *const names[] = {"**reserved**", "versioned", "append-only", "custom fields",
                                        "state",        "master",    "system",      "erasable",     "untold"};
    for (int i = 0; i < 9; i++) {
        if ((e->flags & (1u << i)) != 0) fprintf(out, ", %s", names[i]);
    }
}

static void print_indexes(FILE *out, const arci_entity *e)
{
    fprintf(out, "\nKey: (book%s%s)", e->key == NULL || *e->key != '\0' ? " " : "", e->key != NULL ? e->key : "id");
    for (uint32_t i = 0; i < e->n_indexes; i++) {
        const arci_index *x = &e->indexes[i];
        fprintf(out, "; %s`%s` (book %s)", (x->flags & ARC_INDEX_UNIQUE) != 0 ? "unique " : "", x->name, x->keys);
        if (x->include != NULL) fprintf(out, " covering %s", x->include);
        if (x->where != NULL) {
            fprintf(out, " where %s %s", x->where,
                    (x->flags & ARC_INDEX_WHERE_NONZERO) != 0 ? "is not 0"
                    : (x->flags & ARC_INDEX_WHERE_NULL) != 0  ? "is NULL"
                                                              : "is set");
        }
    }
    fprintf(out, ".\n");
}

static void print_entity(FILE *out, const arci_entity *e)
{
    fprintf(out, "\n### %s\n\n%s / %s. Number %u", e->name, e->label_en, e->label_zh, (unsigned)e->id);
    print_entity_flags(out, e);
    if (e->scope != NULL) fprintf(out, ", scope %s", *e->scope != '\0' ? e->scope : "its own");
    fprintf(out,
            ".%s%s\n\n| id | field | type | | English | 中文 | meaning and unit |\n|---|---|---|---|---|---|---|\n",
            e->help[0] != '\0' ? " " : "", e->help);
    for (uint32_t i = 0; i < e->n_fields; i++) {
        const arci_field *f = &e->fields[i];
        fprintf(out, "| %u | `%s` | ", (unsigned)f->id, f->name);
        print_type(out, f);
        fprintf(out, " | ");
        print_flags(out, f->flags);
        fprintf(out, " | %s | %s | %s |\n", f->label_en, f->label_zh, f->help);
    }
    print_indexes(out, e);
}

static void print_list(FILE *out, const arci_code_list *list)
{
    fprintf(out, "\n### list: %s\n\n", list->name);
    for (uint32_t i = 0; list->codes[i] != NULL; i++) {
        fprintf(out, "%s`%s` %s / %s", i > 0 ? " · " : "", list->codes[i], list->labels_en[i], list->labels_zh[i]);
    }
    fprintf(out, "\n");
}

void gen_schema(FILE *out)
{
    fprintf(
        out,
        "# The schema\n\n"
        "Generated from `lib/model/entities_*.c` and `lib/model/codes.c` by the build target `generate`. Do not "
        "edit.\n\n"
        "Every entity of a book, its fields, indexes and code lists. Numbers never change and are never given twice; "
        "type, size and unit\n"
        "of a field are frozen. A field's public number is entity * 65536 + field (`arcore/fields.h`).\n"
        "*Reserved* entities have no table yet and may change until the part of the library that keeps them stands.\n\n"
        "Types: *money* is kept in minor units of the currency its currency field names; *date* is a civil day; "
        "*stamp* an instant in UTC;\n"
        "*decimal(n)* has n digits behind the point; *text(n)* at most n bytes of UTF-8; *id* the number of a row.\n"
        "Flags: *required* never NULL; *personal* personal data; *verb* set by verbs only; *derived* no column: NULL "
        "until `arc_record_compute()` fills it in a record that was read;\n"
        "*loose* an id without foreign key; *cache* kept for speed and recomputed by verify; *immutable* set once.\n"
        "Every table begins with the column `book`, and so do its key and its indexes. The scope path leads to the "
        "owner, team and region\n"
        "that decide who may see a row.\n\n## Entities\n");
    for (uint32_t i = 0; i < arci_n_entities; i++) print_entity(out, arci_entities[i]);
    fprintf(out, "\n## Code lists\n");
    for (uint32_t i = 0; i < arci_n_code_lists; i++) print_list(out, &arci_code_lists[i]);
}
