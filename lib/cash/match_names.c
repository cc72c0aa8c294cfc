/* SPDX-License-Identifier: Apache-2.0 */
/* Does a text name another company of ours? Who pays "Global Imports North" does not pay "Global Imports Corp": our own name, as the account it came in on has it, and then a word
 * that is not in it. */
#include <string.h>

#include "cash/match.h"
#include "value/name.h"

enum { LETTERS_LEAST = 6 };

/* The holders of our accounts that these receipts came in on. */
arc_status arci_cash_holders(arci_cash *m)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    uint32_t n = 0;
    int64_t *ids = arci_arena_alloc(&m->arena, (m->n_receipts + 1u) * sizeof *ids);
    if (!ids) return arci_nomem(m->env);
    for (uint32_t i = 0; i < m->n_receipts; i++) {
        uint32_t k = 0;
        while (k < n && ids[k] != m->receipts[i].our_account) k++;
        if (k == n && m->receipts[i].our_account && n < 100) ids[n++] = m->receipts[i].our_account;
    }
    if (!n) return ARC_OK;
    arc_status st = arci_shape_get(m->t, &shape, "bank_account", "holder number");
    if (st == ARC_OK) st = arci_repo_get_many(m->t, shape, ids, n, &m->arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < m->n_receipts; i++) {
        for (uint32_t k = 0; k < n; k++) {
            if (ids[k] != m->receipts[i].our_account || !found[k]) continue;
            m->receipts[i].holder = rows[2 * k];
            m->receipts[i].ours = rows[2 * k + 1];
        }
    }
    return st;
}

static int tells(const arci_name_token *t) { return t->kind == ARCI_NAME_CORE || t->kind == ARCI_NAME_GENERIC || t->kind == ARCI_NAME_REGION; }

static int same(const arci_name *a, const arci_name_token *x, const arci_name *b, const arci_name_token *y)
{
    return x->len == y->len && memcmp(a->text + x->at, b->text + y->at, x->len) == 0;
}

static int in_name(const arci_name *name, const arci_name *text, const arci_name_token *word)
{
    for (uint32_t i = 0; i < name->n; i++) {
        if (same(name, &name->tokens[i], text, word)) return 1;
    }
    return 0;
}

/* Words that go on about the payment. */
static int is_usual(const arci_name *text, const arci_name_token *word)
{
    static const char *const usual[] = { "invoice", "invoices", "inv", "payment", "pay", "paid", "ref", "reference", "order", "po", "bill", "account", "for", "from", "to", "on", "dated", "settlement",
                                         "remittance", "transfer", "less", "discount", "the", "and", "attn", "department", "dept", "thanks", "thank" };
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        if (strlen(usual[i]) == word->len && memcmp(usual[i], text->text + word->at, word->len) == 0) return 1;
    }
    return 0;
}

int arci_cash_other_entity(const arci_mreceipt *r)
{
    arci_name ours, text;
    arci_name_token own[ARCI_NAME_TOKENS];
    uint32_t n = 0, letters = 0;
    if (r->holder.type != ARC_V_TEXT) return 0;
    arci_name_read(&ours, r->holder.u.s, r->holder.len);
    for (uint32_t i = 0; i < ours.n; i++) {
        if (!tells(&ours.tokens[i])) continue;
        own[n++] = ours.tokens[i];
        letters += ours.tokens[i].len;
    }
    if (!n || letters < LETTERS_LEAST) return 0;
    for (int k = 0; k < ARCI_MTEXTS; k++) {
        if (r->texts[k].type != ARC_V_TEXT) continue;
        arci_name_read(&text, r->texts[k].u.s, r->texts[k].len);
        for (uint32_t at = 0; at + n < text.n; at++) {
            uint32_t i = 0;
            while (i < n && same(&text, &text.tokens[at + i], &ours, &own[i])) i++;
            const arci_name_token *next = &text.tokens[at + n];
            if (i == n && tells(next) && !in_name(&ours, &text, next) && !is_usual(&text, next)) return 1;
        }
    }
    return 0;
}
