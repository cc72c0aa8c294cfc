/* SPDX-License-Identifier: Apache-2.0 */
/* What the storage of libarcore costs, beside what the store alone needs for the same work. See docs/performance.md.
 *
 * bench_storage [--full] [--only PART] [--dir FOLDER] [--rows N] [--small N] [--large N] [--import N] [--pairs N]
 * Parts: open load growth read aging import access. The last line of the output is one JSON object. */
#include "bench.h"

#include <unistd.h>

bench_args args;

static int64_t number(const char *s)
{
    char *end;
    int64_t v = strtoll(s, &end, 10);
    NEED(*s && !*end && v > 0);
    return v;
}

static void parse(int argc, char **argv)
{
    args.dir = "/tmp";
    args.rows = 100000;
    args.small = 20000;
    args.large = 200000;
    args.import_rows = 1000000;
    args.pairs = 7;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--full") == 0) {
            args.rows = 1000000;
            args.small = 100000;
            args.large = 5000000;
            continue;
        }
        NEED(i + 1 < argc);
        const char *v = argv[i + 1];
        if (strcmp(argv[i], "--only") == 0) args.only = v;
        else if (strcmp(argv[i], "--dir") == 0) args.dir = v;
        else if (strcmp(argv[i], "--rows") == 0) args.rows = number(v);
        else if (strcmp(argv[i], "--small") == 0) args.small = number(v);
        else if (strcmp(argv[i], "--large") == 0) args.large = number(v);
        else if (strcmp(argv[i], "--import") == 0) args.import_rows = number(v);
        else if (strcmp(argv[i], "--pairs") == 0) args.pairs = (int)number(v);
        else bench_die("unknown option", argv[i], 0);
        i++;
    }
    NEED(args.pairs <= MAX_PAIRS && args.rows >= 10000 && args.small < args.large);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } parts[] = { { "open", part_open },   { "load", part_load },     { "growth", part_growth },
                  { "read", part_read }, { "aging", part_aging }, { "import", part_import }, { "access", part_access } };
    char scratch[PATH];
    if (argc == 6 && strcmp(argv[1], "--import-child") == 0) return import_child(argv[2], argv[3], argv[4], number(argv[5]));
    parse(argc, argv);
    NEED(snprintf(scratch, sizeof scratch, "%s/arcore-bench-XXXXXX", args.dir) < PATH);
    NEED(mkdtemp(scratch));
    args.dir = scratch;
    printf("%-28s %12s %12s\n", "figure", "ours", "floor");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (args.only && strncmp(parts[i].name, args.only, strlen(args.only)) != 0) continue;
        double t = bench_now();
        parts[i].run();
        printf("# %s took %.1f s\n", parts[i].name, bench_now() - t);
    }
    rmdir(scratch);
    figures_json("storage");
    return 0;
}
