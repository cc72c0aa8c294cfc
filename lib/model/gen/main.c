/* SPDX-License-Identifier: Apache-2.0 */
/* arcore_gen write DIR: writes the generated files of the source tree DIR. arcore_gen check DIR: says which differ,
 * exit 1. */
#include <stdlib.h>
#include <string.h>

#include "model/gen/gen.h"

typedef struct target {
    const char *path;
    void (*print)(FILE *out);
} target;

static const target targets[] = {
    {"lib/model/names.c", gen_names},
    {"include/arcore/fields.h", gen_fields},
    {"docs/schema.md", gen_schema},
};

static char *slurp(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    char *s = NULL;
    size_t cap = 1 << 22;
    *len = 0;
    if (f == NULL) return NULL;
    s = malloc(cap);
    if (s != NULL) *len = fread(s, 1, cap, f);
    (void)fclose(f);
    return s;
}

/* Line on which the two texts part. */
static int first_difference(const char *a, size_t an, const char *b, size_t bn)
{
    int line = 1;
    for (size_t i = 0; i < an && i < bn && a[i] == b[i]; i++) line += a[i] == '\n';
    return line;
}

static int handle(const char *mode, const char *dir, const target *t)
{
    char path[1024], *now = NULL, *was;
    size_t n = 0, was_n;
    int bad = 0;
    FILE *out = open_memstream(&now, &n);
    if (out == NULL) return 1;
    t->print(out);
    (void)fclose(out);
    (void)snprintf(path, sizeof(path), "%s/%s", dir, t->path);
    was = slurp(path, &was_n);
    if (was == NULL || was_n != n || memcmp(was, now, n) != 0) {
        if (strcmp(mode, "write") == 0) {
            FILE *f = fopen(path, "wb");
            bad = f == NULL || fwrite(now, 1, n, f) != n;
            if (f != NULL) bad |= fclose(f) != 0;
            printf("%s %s\n", bad ? "cannot write" : "wrote", t->path);
        } else {
            bad = 1;
            printf("%s differs from the schema at line %d: run the build target `generate`\n", t->path,
                   was != NULL ? first_difference(was, was_n, now, n) : 1);
        }
    }
    free(was);
    free(now);
    return bad;
}

int main(int argc, char **argv)
{
    int bad = 0;
    if (argc != 3 || (strcmp(argv[1], "write") != 0 && strcmp(argv[1], "check") != 0)) {
        fprintf(stderr, "usage: %s write|check SOURCE_DIR\n", argv[0]);
        return 2;
    }
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) bad |= handle(argv[1], argv[2], &targets[i]);
    return bad;
}
