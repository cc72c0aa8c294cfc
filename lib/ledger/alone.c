/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/alone.h"

#include <string.h>

#include "store/setting.h"

arc_status arci_alone_read(arci_txn *t, arci_alone *out, const char *setting, uint32_t verb)
{
    const arc_value *v;
    arci_arena arena;
    int flag = 0;
    *out = (arci_alone){ t->session, verb, t->session->access != NULL, 0 };
    arci_arena_init(&arena, t->env->ctx);
    arc_status st = arci_setting_text(t, &arena, setting, &v);
    const int set = st == ARC_OK && v;
    arci_arena_clear(&arena);
    if (st == ARC_OK && set) st = arci_setting_flag(t, setting, &flag);
    if (st == ARC_OK && set) out->needed = out->always = (uint8_t)flag;
    return st;
}

static const char *name_of(const arci_alone *a, char out[ARCI_VERB_NAME_MAX])
{
    const arci_verb *v = &arci_verbs[a->verb];
    const size_t n = strlen(v->entity);
    memcpy(out, v->entity, n);
    out[n] = '.';
    memcpy(out + n + 1, v->name, strlen(v->name) + 1);
    return out;
}

int arci_alone_refused(const arci_alone *a, const arc_value *currency, int64_t gross)
{
    char code[4] = { 0 }, verb[ARCI_VERB_NAME_MAX];
    int64_t most = 0;
    if (!a->needed) return 0;
    if (!arci_alone_some(a)) return 1;
    memcpy(code, currency->u.s, 3);
    return arci_access_authority(a->session, name_of(a, verb), code, &most) != ARC_OK || (gross < 0 ? -gross : gross) > most;
}

int arci_alone_some(const arci_alone *a)
{
    char verb[ARCI_VERB_NAME_MAX];
    const arci_access *access = a->session->access;
    if (!a->needed) return 1;
    if (a->always || !access) return 0;
    (void)name_of(a, verb);
    for (uint32_t k = 0; k < access->n_authorities; k++) {
        if (strcmp(access->authorities[k].verb, verb) == 0) return 1;
    }
    return 0;
}
