/* SPDX-License-Identifier: Apache-2.0 */
#include "store/access.h"

int arci_access_may(const arci_session *s, const arci_verb *v, const arci_entity *e)
{
    const arci_access *a = s->access;
    e = arci_verb_entity(v, e);
    return !a || (e && a->verbs[(size_t)arci_entity_position(e) * ARCI_N_VERBS + v->number]);
}

arc_status arci_access_check(arci_env *env, arci_session *s, const arci_verb *v, const arci_entity *e)
{
    char name[ARCI_VERB_NAME_MAX];
    if (arci_access_may(s, v, e)) return ARC_OK;
    e = arci_verb_entity(v, e);
    arci_fail(env, ARC_E_FORBIDDEN, "%s may not do %s", "%s 无权执行 %s", s->actor ? s->actor : ARC_ACTOR_SYSTEM, arci_verb_name(v, e, name));
    arci_fail_at(env, e ? e->name : NULL, NULL, -1, -1);
    return ARC_E_FORBIDDEN;
}
