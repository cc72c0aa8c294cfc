/* SPDX-License-Identifier: Apache-2.0 */
/* What writing a letter costs, beside mustache.js on the same machine where it can be had. See docs/performance.md.
 *
 * bench_templates [--dir FOLDER]
 * The last line of the output is one JSON object. */
#include "templates.h"

#include <time.h>

bench_args args;
static char figures[4000];

double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void bench_die(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, what);
    exit(1);
}

void bench_figure(const char *name, double value, const char *unit)
{
    size_t n = strlen(figures);
    printf("%-44s %12.2f %s\n", name, value, unit);
    snprintf(figures + n, sizeof figures - n, "%s\"%s\": %.3f", n ? ", " : "", name, value);
}

int main(int argc, char **argv)
{
    args.dir = "/tmp";
    if (argc == 3 && strcmp(argv[1], "--dir") == 0) args.dir = argv[2];
    else NEED(argc == 1);
    part_templates();
    printf("{%s}\n", figures);
    return 0;
}
