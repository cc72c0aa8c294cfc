/* SPDX-License-Identifier: Apache-2.0 */
/* Books rebuilt from their events and compared with what they are. */
#ifndef TESTS_REBUILT_H
#define TESTS_REBUILT_H

#include "store/replay.h"

extern const arci_rebuild_fn rebuilt_by[2];

/* Replays a book; `visit`, when given, is told after every `every`-th seal, the last one too. At the end the scratch book must verify and its canonical dump must be that of the
 * book, but for what events do not hold. Writes what differs to `why` (empty: nothing). 0: nothing differs. No transaction may be open. */
typedef void (*rebuilt_fn)(void *user, arc_session *then, int64_t seal);
int rebuilt_check(arc_book *book, int64_t every, rebuilt_fn visit, void *user, char why[1000]);

/* The canonical dump without what events do not hold; the caller frees it with free(). NULL: it failed. */
char *rebuilt_dump(arc_book *book);
/* "" when both are the same; else the first lines that differ. */
void rebuilt_compare(const char *is, const char *should, char why[1000]);

#endif
