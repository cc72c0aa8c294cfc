/* SPDX-License-Identifier: Apache-2.0 */
/* A recorded trace, replayed on the bare store: the speed floor that benchmarks compare with. The same statements, with
 * the same values, in the same order, without anything of ours between: what the store alone needs for the work.
 *
 * Record:   arc_shim over "sqlite" of kind ARC_SHIM_TRACE, with  shim.user = log; shim.on_statement = replay_record;
 * Replay:   replay_run(log, sqlite3 handle): statements are prepared once each and found by their text; rows are stepped to
 *           the end and every column is touched. */
#ifndef TESTS_REPLAY_H
#define TESTS_REPLAY_H

#include <stddef.h>
#include <stdint.h>

#include "arcore/sys/backend.h"

struct sqlite3;
typedef struct replay_log replay_log;

replay_log *replay_new(void);
void replay_free(replay_log *log);
/* Fits arc_shim.on_statement and, behind a host of one's own, arc_host.trace; user is the log. */
void replay_record(void *user, const char *statement, const arc_value *params, uint32_t n_params);
void replay_clear(replay_log *log); /* forgets the calls, keeps the texts */
void replay_stop(replay_log *log);  /* records no more until replay_clear() */

typedef struct replay_counts {
    int64_t statements; /* executed */
    int64_t texts;      /* different ones */
    int64_t rows;       /* stepped over */
    int64_t values;     /* bound */
    int64_t failed;     /* that did not end in ROW or DONE; the first one's code is in error */
    int32_t error;
} replay_counts;

replay_counts replay_log_counts(const replay_log *log); /* statements, texts and values recorded */
/* Prepares all texts of the log on the database, so that a timed run holds none of that. 0, or the code of SQLite. */
int replay_prepare(replay_log *log, struct sqlite3 *db);
/* Runs the recorded calls. A ROW result is stepped to DONE. The statements are prepared first where they are not yet. */
replay_counts replay_run(replay_log *log, struct sqlite3 *db);
/* Finalizes what replay_prepare() made; before closing the database. */
void replay_finish(replay_log *log);

#endif
