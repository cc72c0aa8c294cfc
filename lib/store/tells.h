/* SPDX-License-Identifier: Apache-2.0 */
/* Which fields' values something tells of: a line of a proposal, an explanation, an action that was worked out. What tells of a field the reader may not read is
 * cut, by this one mechanism, whoever hands it out. Texts that are kept carry their list with them:
 *
 *     "tells":["item.due_date","each item.number","other customer.code"]
 *
 * so that they can be cut long after whatever made them has gone. */
#ifndef ARCI_STORE_TELLS_H
#define ARCI_STORE_TELLS_H

#include "base/json.h"
#include "store/access.h"

/* Whose values: of the row it is about, of its customer, or totals of what is theirs; of rows of theirs one by one; of any other row. */
enum { ARCI_TELL_OWN, ARCI_TELL_EACH, ARCI_TELL_OTHER };

typedef struct arci_tell {
    const char *entity, *field;
    uint8_t rows; /* ARCI_TELL_* */
} arci_tell;

typedef struct arci_tells { /* lies in an arena */
    arci_tell *list;
    uint32_t n, cap;
} arci_tells;

/* Each once. */
arc_status arci_tells_add(arci_env *env, arci_arena *arena, arci_tells *t, const char *entity, const char *field, uint8_t rows);
/* May the actor read what is told of? rows 0: of whatever rows. */
int arci_tell_may(const arci_session *s, const arci_tell *t, int rows);
int arci_tells_may(const arci_session *s, const arci_tell *list, uint32_t n, int rows);
/* The same with an error that names the field, and a note of the refusal. */
arc_status arci_tells_check(arci_env *env, arci_session *s, const arci_tell *list, uint32_t n, int rows);
/* The member "tells" of an object under way: of several lists. */
void arci_tells_put(arci_str *b, const arci_tells *const *lists, uint32_t n);
/* Of an object that has one. What has none tells of nobody knows what: 0. */
int arci_tells_read(const arci_session *s, const arci_json *object);

#endif
