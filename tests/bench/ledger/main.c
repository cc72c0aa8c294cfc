/* SPDX-License-Identifier: Apache-2.0 */
/* What the ledger costs: documents with lines, receipts that settle them, agings, beside what the store alone needs for the same work. The other
 * figures of the storage are in bench_storage, whose clock and books are used here. See docs/performance.md.
 *
 * bench_ledger [--only PART] [--dir FOLDER] [--rows N] [--pairs N] [--small N] [--large N] [--keep FILE]
 * Parts: write customer aging growth (from --small documents to --large; --keep: the large book is grown once, taken up again where it was left, and kept). The last line of the output is one JSON object. */
#include "ledger.h"

#include <unistd.h>

bench_args args;

static int64_t number(const char *s)
{
    char *end;
    int64_t v = strtoll(s, &end, 10);
    NEED(*s && !*end && v > 0);
    return v;
}

/* ar_bench, five statements an invoice with nothing checked, built from the folder ARCORE_SHARED_BENCH or the one beside the project: its own lines, for the eye. */
static void by_hand(void)
{
    const char *folder = getenv("ARCORE_SHARED_BENCH");
    char command[4 * PATH], line[300], path[PATH], program[PATH];
    if (!folder) folder = ARCORE_SOURCE_DIR "/../shared/bench";
    snprintf(command, sizeof command, "cc -O2 -o '%s' '%s/ar_bench.c' -lsqlite3 -lm 2>&1", bench_path(program, "ar_bench_program"), folder);
    if (strchr(folder, '\'') || system(command) != 0) {
        printf("# ar_bench: not run (no ar_bench.c in %s, or it does not compile)\n", folder);
        return;
    }
    snprintf(command, sizeof command, "'%s' '%s' %" PRId64 " sync=FULL", program, bench_path(path, "ar_bench"), args.rows);
    FILE *f = popen(command, "r");
    while (f && fgets(line, sizeof line, f)) printf("# ar_bench %s", line);
    if (f) pclose(f);
    bench_remove(path);
    bench_remove(program);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } parts[] = { { "write", part_write }, { "customer", part_customer }, { "aging", part_ledger_aging }, { "growth", part_growth } };
    char scratch[PATH];
    args.dir = "/tmp";
    args.rows = 50000;
    args.pairs = 7;
    args.small = 20000;
    args.large = 100000;
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *v = argv[i + 1];
        if (strcmp(argv[i], "--only") == 0) args.only = v;
        else if (strcmp(argv[i], "--dir") == 0) args.dir = v;
        else if (strcmp(argv[i], "--rows") == 0) args.rows = number(v);
        else if (strcmp(argv[i], "--small") == 0) args.small = number(v);
        else if (strcmp(argv[i], "--large") == 0) args.large = number(v);
        else if (strcmp(argv[i], "--keep") == 0) args.keep = v;
        else if (strcmp(argv[i], "--pairs") == 0) args.pairs = (int)number(v);
        else bench_die("unknown option", argv[i], 0);
    }
    NEED((argc & 1) && args.pairs * 2 <= MAX_PAIRS && args.rows >= 10000 && args.small < args.large);
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
    by_hand();
    printf("# Tryton 6.0 on PostgreSQL, another day on such a machine: 95,890 us to post an invoice, 89,088 us to reconcile a statement line\n"
           "# LedgerSMB 1.6 at SQL level, likewise: 88.2 us an invoice with its two ledger lines, set-based; 77 us a payment that is matched already, 250 a call; aging 8.1 us an\n"
           "# invoice of the book, open or not\n");
    rmdir(scratch);
    figures_json("ledger");
    return 0;
}
