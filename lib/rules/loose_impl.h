/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_RULES_LOOSE_IMPL_H
#define ARCI_RULES_LOOSE_IMPL_H

#include "base/str.h"
#include "rules/loose.h"
#include "rules/number.h"

typedef struct loose {
    arci_env *env;
    arci_arena *arena;
    uint32_t steps; /* left */
    arc_status st;
} loose;

extern const arci_json arci_loose_null;
const arci_json *arci_loose_bool(int v);
const arci_json *arci_loose_of(loose *l, const arci_num *n);
const arci_json *arci_loose_string(loose *l, const char *s, size_t n);
arci_json *arci_loose_array(loose *l); /* NULL: no memory, noted */
void arci_loose_push(loose *l, arci_json *array, const arci_json *v);
/* As JavaScript makes numbers of texts, booleans, null. 0: it is none. */
int arci_loose_number(const arci_json *v, arci_num *out);
void arci_loose_text(arci_str *b, const arci_json *v);

#endif
