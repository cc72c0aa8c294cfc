/* SPDX-License-Identifier: Apache-2.0 */
/* The order inside a debt: an item may say of which parts it is made - line, tax, freight, charges; or cost, interest, principal - as a JSON array of
 * {"kind": ..., "amount": "12.00"} in the order in which they are settled. Its state keeps what is open of each, an allocation how it was divided: of the item it settles
 * (parts), and of the credit item it is settled by (credit_parts). Amounts have the sign of the item's, those of an allocation the sign of its own. */
#ifndef ARCI_LEDGER_PARTS_H
#define ARCI_LEDGER_PARTS_H

#include "base/arena.h"
#include "base/json.h"

#include "arcore/sys/backend.h"

#define ARCI_PARTS_MAX 16u
#define ARCI_PART_KIND_MAX 24u

typedef struct arci_part {
    char kind[ARCI_PART_KIND_MAX + 1];
    int64_t amount;
} arci_part;

typedef struct arci_parts {
    arci_part part[ARCI_PARTS_MAX];
    uint32_t n; /* 0: it is one part */
    char currency[4];
} arci_parts;

/* Reads such an array; NULL: none. ARC_E_VALUE: it is no such array. */
arc_status arci_parts_read(arci_env *env, arci_arena *arena, arci_parts *out, const arc_value *json, const char *currency);
/* Writes them as JSON in the arena; none: NULL. */
arc_status arci_parts_print(arci_env *env, arci_arena *arena, arc_value *out, const arci_parts *parts);
/* The parts of an item must come to its amount. ARC_E_VALUE. */
arc_status arci_parts_fit(arci_env *env, const arci_parts *parts, int64_t amount);
int64_t arci_parts_sum(const arci_parts *parts);
/* Nothing is open of any: what it claimed was taken back as a whole. */
void arci_parts_empty(arci_parts *parts);
/* Takes `amount` out of what is open of each, and tells what was taken. order NULL: as they stand; "prorate": in proportion to what is open; else kinds separated by
 * commas, which come first; kinds joined by + share in proportion. ARC_E_VALUE: no such kind. */
arc_status arci_parts_take(arci_env *env, arci_parts *open, arci_parts *taken, int64_t amount, const char *order);
/* The same where a credit item settles it, of whose parts (negative; none: it is one) `leaves` is used: without an order each kind of the credit first takes the same kind
 * of the item, what is over goes as it stands. given: what was used of the credit, positive. */
arc_status arci_parts_match(arci_env *env, arci_parts *open, arci_parts *taken, int64_t amount, arci_parts *credit, arci_parts *given, int64_t leaves, const char *order);
/* Whether an order names kinds that may be parts of some item: where the item has one part only it then has nothing to say. ARC_E_VALUE. */
arc_status arci_parts_order(arci_env *env, const char *order);
/* Adds parts of equal kinds; sign -1 takes them off. ARC_E_CORRUPT: a kind is not there. */
arc_status arci_parts_add(arci_env *env, arci_parts *to, const arci_parts *parts, int sign);

#endif
