/* SPDX-License-Identifier: Apache-2.0 */
/* Who may have paid: of receipts of nobody, the customers that account and name speak for, and those they may pay for. */
#include "cash/match.h"

#include <string.h>

#include "cash/payer.h"

enum { FOUND_MOST = 32, SCOPE_MOST = 32, LIKELY = 800000 };

static arc_status text_of(arci_cash *m, const arc_value *v, const char **out)
{
    *out = NULL;
    if (v->type != ARC_V_TEXT || !v->len) return ARC_OK;
    *out = arci_arena_strndup(&m->scratch, v->u.s, v->len);
    return *out ? ARC_OK : arci_nomem(m->env);
}

static const char *name_of(int32_t how)
{
    switch (how) {
    case ARC_PAYER_BY_ACCOUNT: return "account";
    case ARC_PAYER_BY_ALIAS_ACCOUNT: return "learned_account";
    case ARC_PAYER_BY_ALIAS_NAME: return "learned_name";
    case ARC_PAYER_BY_NAME: return "name";
    case ARC_PAYER_BY_NEAR_NAME: return "near_name";
    default: return "ultimate_name";
    }
}

/* Adds an id to a list in order. */
static void into(int64_t *list, uint32_t *n, int64_t id)
{
    uint32_t k = 0;
    while (k < *n && list[k] < id) k++;
    if (*n == SCOPE_MOST || (k < *n && list[k] == id)) return;
    memmove(list + k + 1, list + k, (*n - k) * sizeof *list);
    list[k] = id;
    ++*n;
}

static arc_status scope_of(arci_cash *m, arci_mreceipt *r, int64_t customer)
{
    const int64_t *ids;
    size_t n;
    into(r->may_be, &r->n_may_be, customer);
    arc_status st = arci_payers_scope(m->env, m->payers, &ids, &n, customer);
    for (size_t i = 0; st == ARC_OK && i < n; i++) into(r->may_be, &r->n_may_be, ids[i]);
    return st;
}

arc_status arci_cash_payer(arci_cash *m, arci_mreceipt *r)
{
    arc_payer payer = ARC_PAYER_INIT;
    arc_payer_match found[FOUND_MOST];
    size_t n = 0;
    if (r->customer || r->payer_asked || (r->payer_name.type != ARC_V_TEXT && r->payer_account.type != ARC_V_TEXT && r->ultimate.type != ARC_V_TEXT)) return ARC_OK;
    r->payer_asked = 1;
    arc_status st = m->payers ? ARC_OK : arci_payers_load(m->t, &m->payers, 1);
    if (st == ARC_OK) st = text_of(m, &r->payer_name, &payer.name);
    if (st == ARC_OK) st = text_of(m, &r->payer_account, &payer.account);
    if (st == ARC_OK) st = text_of(m, &r->ultimate, &payer.ultimate_name);
    for (int i = 0; i < FOUND_MOST; i++) (void)arc_payer_match_init(&found[i]);
    if (st == ARC_OK) st = arci_payers_find(m->env, m->payers, found, FOUND_MOST, &n, &r->payer_flags, &payer, !r->plain);
    if (st != ARC_OK || (r->payer_flags & ARC_PAYER_PLATFORM)) return st;
    if (n > FOUND_MOST) n = FOUND_MOST;
    for (size_t i = 0; i < n && st == ARC_OK; i++) st = scope_of(m, r, found[i].customer);
    r->shared = n > 1 && found[0].ppm >= LIKELY && !(r->payer_flags & ARC_PAYER_CONFLICT) && found[0].how <= ARC_PAYER_BY_ALIAS_NAME;
    if (n == 1 && found[0].ppm < LIKELY && !(r->payer_flags & ARC_PAYER_CONFLICT)) {
        r->guess = found[0].customer;
        r->payer_ppm = found[0].ppm;
        r->payer_how = name_of(found[0].how);
    }
    if (!n || found[0].ppm < LIKELY || (r->payer_flags & (ARC_PAYER_AMBIGUOUS | ARC_PAYER_CONFLICT))) return st;
    r->payer = found[0].customer;
    r->payer_ppm = found[0].ppm;
    r->payer_how = name_of(found[0].how);
    return st;
}

int arci_cash_may_be(const arci_mreceipt *r, int64_t customer)
{
    for (uint32_t i = 0; i < r->n_may_be; i++) {
        if (r->may_be[i] == customer) return 1;
    }
    return 0;
}

int arci_cash_is_new_payer(const arci_mreceipt *r) { return (r->payer_flags & ARC_PAYER_NEW_ACCOUNT) != 0; }

void arci_cash_payers_free(arci_cash *m)
{
    if (!m->payers_lent) arci_payers_free(m->payers);
    m->payers = NULL;
}
