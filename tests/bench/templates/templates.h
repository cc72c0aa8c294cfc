/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files of the benchmark of templates share. */
#ifndef BENCH_TEMPLATES_H
#define BENCH_TEMPLATES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct bench_args {
    const char *dir; /* scratch: what npm brings is kept there */
} bench_args;
extern bench_args args;

double bench_now(void); /* seconds */
void bench_die(const char *what, const char *file, int line);
#define NEED(x) ((x) ? (void)0 : bench_die(#x, __FILE__, __LINE__))
void bench_figure(const char *name, double value, const char *unit); /* of the last line */

void part_templates(void);

#endif
