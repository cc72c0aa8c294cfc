/* SPDX-License-Identifier: Apache-2.0 */
/* Which part of a document counts on which contract. */
#include "billing/chain.h"

int64_t *arci_claim_contracts(arci_arena *arena, const arci_claim *list, uint32_t n, uint32_t *n_out)
{
    size_t most = 1;
    for (uint32_t i = 0; i < n; i++) most += list[i].there ? 1u + list[i].n_lines : 0;
    int64_t *ids = arci_arena_alloc(arena, most * sizeof *ids);
    *n_out = 0;
    for (uint32_t i = 0; ids && i < n; i++) {
        if (!list[i].there) continue;
        ids[(*n_out)++] = arci_ref(list[i].contract);
        for (uint32_t k = 0; k < list[i].n_lines; k++) {
            if (list[i].lines[k].contract) ids[(*n_out)++] = list[i].lines[k].contract;
        }
    }
    return ids;
}

static arci_contract *found(arci_contract *list, uint32_t n, int64_t id)
{
    arci_contract *c = id ? arci_contract_find(list, n, id) : NULL;
    return c && c->row ? c : NULL; /* one that is not there was told before */
}

void arci_claim_terms(arci_claim *c, arci_contract *list, uint32_t n, int advance)
{
    const arci_contract *own = found(list, n, arci_ref(c->contract));
    c->tolerance = own ? own->tolerance : 0;
    for (uint32_t k = 0; k < c->n_lines; k++) {
        const arci_contract *x = c->lines[k].contract ? found(list, n, c->lines[k].contract) : own;
        c->lines[k].tolerance = x ? x->tolerance : 0;
        c->lines[k].by_delivery = x && !advance && arci_code_is(&x->row[ARCI_CONTRACT_BILLING_BASIS], "delivered");
    }
}

arc_status arci_claim_shares(arci_txn *t, arci_arena *arena, const arci_claim *c, arci_contract *list, uint32_t n, arci_share **out, uint32_t *n_out)
{
    arci_contract *own = found(list, n, arci_ref(c->contract));
    arci_share rest = { own, c->gross, c->net, UINT32_MAX };
    arci_share *shares = arci_arena_alloc(arena, (c->n_lines + 1u) * sizeof *shares);
    uint32_t at = own != NULL;
    *out = shares;
    *n_out = 0;
    if (!shares) return arci_nomem(t->env);
    for (uint32_t k = 0; k < c->n_lines; k++) {
        const arci_claim_line *l = &c->lines[k];
        arci_contract *x = found(list, n, l->contract);
        if (!l->contract) continue;
        rest.gross -= l->gross; /* lines of a document add up */
        rest.net -= l->net;
        if (!x) continue;
        if (!x->share) {
            shares[at] = (arci_share){ x, 0, 0, k };
            x->share = ++at;
        }
        shares[x->share - 1].gross += l->gross;
        shares[x->share - 1].net += l->net;
    }
    if (own) shares[0] = rest;
    for (uint32_t k = 0; k < at; k++) shares[k].contract->share = 0;
    *n_out = at;
    return ARC_OK;
}
