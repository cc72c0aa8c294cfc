/* SPDX-License-Identifier: Apache-2.0 */
#include "model/verbs.h"

#include <string.h>

const arci_verb arci_verbs[ARCI_N_VERBS] = {
#define ARCI_VERB_ROW(constant, entity, name, flags, en, zh) { ARCI_DO_##constant, flags, entity, name, en, zh },
    ARCI_VERBS(ARCI_VERB_ROW)
#undef ARCI_VERB_ROW
};

const char *arci_verb_name(const arci_verb *v, const arci_entity *e, char out[ARCI_VERB_NAME_MAX])
{
    const char *entity = v->entity ? v->entity : e ? e->name : "any";
    size_t n = strlen(entity), m = strlen(v->name);
    /* Names of entities have at most 31 bytes, those of verbs less: they fit. */
    if (n + m + 2 > ARCI_VERB_NAME_MAX) n = ARCI_VERB_NAME_MAX - m - 2;
    memcpy(out, entity, n);
    out[n] = '.';
    memcpy(out + n + 1, v->name, m + 1);
    return out;
}

const arci_entity *arci_verb_entity(const arci_verb *v, const arci_entity *e)
{
    return v->entity ? arci_entity_by_name(v->entity, strlen(v->entity)) : e;
}
