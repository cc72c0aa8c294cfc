/* SPDX-License-Identifier: Apache-2.0 */
/* include/arcore/fields.h: constants of all entities and fields, and one getter and setter a field of the entities that
 * stand. */
#include <ctype.h>
#include <string.h>

#include "model/gen/gen.h"

typedef struct sugar {
    uint8_t type;
    const char *verb;            /* arc_record_get_<verb>, arc_record_set_<verb> */
    const char *out, *out_names; /* parameters of the getter, and their names in the call */
    const char *in, *in_names;   /* of the setter */
} sugar;

static const sugar sugars[] = {
    {ARC_T_INT, "int", "int64_t *value", "value", "int64_t value", "value"},
    {ARC_T_BOOL, "int", "int64_t *value", "value", "int64_t value", "value"},
    {ARC_T_ID, "int", "int64_t *id", "id", "int64_t id", "id"},
    {ARC_T_TEXT, "text", "const char **text, size_t *length", "text, length", "const char *text, size_t length",
     "text, length"},
    {ARC_T_CODE, "text", "const char **code, size_t *length", "code, length", "const char *code, size_t length",
     "code, length"},
    {ARC_T_JSON, "text", "const char **json, size_t *length", "json, length", "const char *json, size_t length",
     "json, length"},
    {ARC_T_DATE, "date", "arc_date *date", "date", "arc_date date", "date"},
    {ARC_T_STAMP, "stamp", "arc_stamp *stamp", "stamp", "arc_stamp stamp", "stamp"},
    {ARC_T_MONEY, "money", "arc_money *money", "money", "arc_money money", "money"},
    {ARC_T_DECIMAL, "decimal", "arc_decimal *value", "value", "arc_decimal value", "value"},
    {ARC_T_BLOB, "blob", "const void **bytes, size_t *length", "bytes, length", "const void *bytes, size_t length",
     "bytes, length"},
};

static const sugar *sugar_of(const arci_field *f)
{
    for (size_t i = 0; i < sizeof(sugars) / sizeof(sugars[0]); i++) {
        if (sugars[i].type == f->type) return &sugars[i];
    }
    return &sugars[0];
}

static const char *upper(const char *s, char buf[64])
{
    size_t i = 0;
    for (; s[i] != '\0' && i < 63; i++) buf[i] = (char)toupper((unsigned char)s[i]);
    buf[i] = '\0';
    return buf;
}

static void print_constants(FILE *out, const arci_entity *e)
{
    char eu[64], fu[64];
    fprintf(out, "\n/* %s: %s / %s%s */\n#define ARC_%s %uu\n", e->name, e->label_en, e->label_zh,
            (e->flags & ARCI_E_RESERVED) != 0 ? " (reserved)" : "", upper(e->name, eu), (unsigned)e->id);
    for (uint32_t i = 0; i < e->n_fields; i++) {
        fprintf(out, "#define ARC_%s_%s 0x%08Xu\n", eu, upper(e->fields[i].name, fu),
                (unsigned)ARCI_PUBLIC_FIELD(e->id, e->fields[i].id));
    }
}

static void print_sugar(FILE *out, const arci_entity *e, const arci_field *f)
{
    const sugar *s = sugar_of(f);
    char eu[64], fu[64];
    upper(e->name, eu);
    upper(f->name, fu);
    fprintf(out,
            "static inline arc_status arc_%s_%s(arc_record *record, %s)\n"
            "{\n    return arc_record_get_%s(record, %s, ARC_%s_%s);\n}\n",
            e->name, f->name, s->out, s->verb, s->out_names, eu, fu);
    if (f->id < ARCI_FIELD_CUSTOM || (f->flags & (ARCI_F_VERB | ARCI_F_DERIVED)) != 0) return;
    fprintf(out,
            "static inline arc_status arc_%s_set_%s(arc_record *record, %s)\n"
            "{\n    return arc_record_set_%s(record, ARC_%s_%s, %s);\n}\n",
            e->name, f->name, s->in, s->verb, eu, fu, s->in_names);
}

void gen_fields(FILE *out)
{
    fprintf(out, "/* SPDX-License-Identifier: Apache-2.0 */\n"
                 "/** @file arcore/fields.h\n"
                 " *  Generated from the schema by the build target `generate`. Do not edit.\n"
                 " *\n"
                 " *  ARC_<ENTITY> is an entity, ARC_<ENTITY>_<FIELD> a field (entity * 65536 + field). The numbers "
                 "never change, except of\n"
                 " *  reserved entities, which have no table yet. docs/schema.md tells what each means.\n"
                 " *\n"
                 " *  Below them, for entities that stand and are not the platform's own, one getter a field and one "
                 "setter a field that\n"
                 " *  callers may set: inline, so no part of the ABI. They return what arc_record_get_...() and "
                 "arc_record_set_...() of\n"
                 " *  arcore/record.h return. */\n"
                 "#ifndef ARCORE_FIELDS_H\n#define ARCORE_FIELDS_H\n\n#include \"arcore/record.h\"\n");
    for (uint32_t i = 0; i < arci_n_entities; i++) print_constants(out, arci_entities[i]);
    fprintf(out, "\nARC_BEGIN_DECLS\n");
    for (uint32_t i = 0; i < arci_n_entities; i++) {
        const arci_entity *e = arci_entities[i];
        if ((e->flags & (ARCI_E_RESERVED | ARCI_E_SYSTEM)) != 0) continue;
        fprintf(out, "\n/* ---- %s ---- */\n", e->name);
        for (uint32_t k = 0; k < e->n_fields; k++) print_sugar(out, e, &e->fields[k]);
    }
    fprintf(out, "\nARC_END_DECLS\n\n#endif\n");
}
