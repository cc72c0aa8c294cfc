/* SPDX-License-Identifier: Apache-2.0 */
/* Choices of a book by name (book_setting), as its transaction sees them. */
#ifndef ARCI_STORE_SETTING_H
#define ARCI_STORE_SETTING_H

#include "store/repo.h"

/* The value of a setting, in the arena: a JSON string without its quotes, or what stands there as it is; NULL: it is not set, or null. */
arc_status arci_setting_text(arci_txn *t, arci_arena *arena, const char *name, const arc_value **out);
/* Whether it is true or 1; not set is 0. ARC_E_STATE: it is neither that nor false or 0. */
arc_status arci_setting_flag(arci_txn *t, const char *name, int *out);
/* A whole number from min to max; otherwise when it is not set. ARC_E_STATE: it is none. */
arc_status arci_setting_int(arci_txn *t, const char *name, int64_t min, int64_t max, int64_t otherwise, int64_t *out);
/* Says that one will be asked for: where the store is a trip away the question goes out with the next one. */
arc_status arci_setting_ask(arci_txn *t, const char *name);

#endif
