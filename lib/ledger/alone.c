/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/alone.h"

#include <string.h>

#include "store/setting.h"

arc_status arci_alone_read(arci_txn *t, arci_alone *out, const char *setting, uint32_t right)
{
    const arc_value *v;
    arci_arena arena;
    int flag = 0;
    *out = (arci_alone){ t->session, right, t->session->access != NULL, 0, 0 };
    arci_arena_init(&arena, t->env->ctx);
    arc_status st = arci_setting_text(t, &arena, setting, &v);
    const int set = st == ARC_OK && v;
    arci_arena_clear(&arena);
    if (st == ARC_OK && set) st = arci_setting_flag(t, setting, &flag);
    if (st != ARC_OK) return st;
    out->may = (uint8_t)(t->session->access && arci_access_may(t->session, &arci_verbs[right], arci_entity_by_name("invoice", 7)));
    if (set) out->needed = out->always = (uint8_t)flag;
    return ARC_OK;
}

int arci_alone_refused(const arci_alone *a, const arc_value *currency, int64_t gross)
{
    char code[4] = { 0 }, verb[64];
    int64_t most = 0;
    int limited = 0;
    if (!a->needed) return 0;
    if (!a->may || a->always) return 1;
    const arci_access *access = a->session->access;
    const arci_verb *v = &arci_verbs[a->right];
    const size_t n = strlen(v->entity), m = strlen(v->name);
    memcpy(verb, v->entity, n);
    verb[n] = '.';
    memcpy(verb + n + 1, v->name, m + 1);
    for (uint32_t k = 0; k < access->n_authorities; k++) limited |= strcmp(access->authorities[k].verb, verb) == 0;
    memcpy(code, currency->u.s, 3);
    return limited && (arci_access_authority(a->session, verb, code, &most) != ARC_OK || (gross < 0 ? -gross : gross) > most);
}
