/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_RULES_H
#define BENCH_RULES_H

#include "arcore/fields.h"
#include "bench/storage/bench.h"

void part_sweep(int64_t items);
void part_publish(void);
const arc_context_options *bench_context(void); /* with a clock that stands still */

#endif
