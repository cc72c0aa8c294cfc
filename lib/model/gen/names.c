/* SPDX-License-Identifier: Apache-2.0 */
/* lib/model/names.c: orders by name, and the fingerprint. */
#include <stdlib.h>
#include <string.h>

#include "model/gen/gen.h"

static const arci_entity *sorted_of;

static int by_entity_name(const void *a, const void *b)
{
    return strcmp(arci_entities[*(const uint16_t *)a]->name, arci_entities[*(const uint16_t *)b]->name);
}

static int by_field_name(const void *a, const void *b)
{
    return strcmp(sorted_of->fields[*(const uint16_t *)a].name, sorted_of->fields[*(const uint16_t *)b].name);
}

static void print_row(FILE *out, const uint16_t *v, uint32_t n)
{
    int column = fprintf(out, "   ");
    for (uint32_t i = 0; i < n; i++) {
        if (column > 112) {
            fprintf(out, "\n");
            column = fprintf(out, "   ");
        }
        column += fprintf(out, " %u,", (unsigned)v[i]);
    }
    fprintf(out, "\n");
}

static void fingerprint(char out[65])
{
    arc_context *ctx = NULL;
    arc_error err;
    arci_env env;
    arci_model *m = NULL;
    (void)arc_error_init(&err);
    if (arc_context_new(&ctx, NULL) != ARC_OK) exit(1);
    env.ctx = ctx;
    env.err = &err;
    if (arci_model_new(&env, &m) != ARC_OK) exit(1);
    arci_model_fingerprint(&m->desc, out);
    arci_model_free(ctx, m);
    arc_context_free(ctx);
}

void gen_names(FILE *out)
{
    uint16_t order[4096];
    uint32_t first = 0;
    char hex[65];
    fprintf(out,
            "/* SPDX-License-Identifier: Apache-2.0 */\n"
            "/* Generated from lib/model/entities_*.c by the build target `generate`. Do not edit. */\n"
            "#include \"model/names.h\"\n\n/* clang-format off */\n\n"
            "const uint32_t arci_names_n_entities = %u;\nconst uint16_t arci_names_entities[] = {\n",
            arci_n_entities);
    for (uint32_t i = 0; i < arci_n_entities; i++) order[i] = (uint16_t)i;
    qsort(order, arci_n_entities, sizeof(order[0]), by_entity_name);
    print_row(out, order, arci_n_entities);
    fprintf(out, "};\nconst uint32_t arci_names_first[] = {\n");
    for (uint32_t i = 0; i <= arci_n_entities; i++) {
        fprintf(out, "%s%u,%s", i % 16 == 0 ? "    " : " ", first, i % 16 == 15 || i == arci_n_entities ? "\n" : "");
        if (i < arci_n_entities) first += arci_entities[i]->n_fields;
    }
    fprintf(out, "};\nconst uint16_t arci_names_fields[] = {\n");
    for (uint32_t i = 0; i < arci_n_entities; i++) {
        sorted_of = arci_entities[i];
        for (uint32_t k = 0; k < sorted_of->n_fields; k++) order[k] = (uint16_t)k;
        qsort(order, sorted_of->n_fields, sizeof(order[0]), by_field_name);
        fprintf(out, "    /* %s */\n", sorted_of->name);
        print_row(out, order, sorted_of->n_fields);
    }
    fingerprint(hex);
    fprintf(out, "};\nconst char arci_names_fingerprint[65] = \"%s\";\n", hex);
}
