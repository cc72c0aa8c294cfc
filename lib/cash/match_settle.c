/* SPDX-License-Identifier: Apache-2.0 */
/* What a receipt does to a list of items: the difference goes through the rules of the strategy, in their order; then who pays what. */
#include <string.h>

#include "cash/match.h"

typedef struct line { /* a debit of the list */
    uint32_t item;
    int64_t open, earned, discount, given[3]; /* given up: charge, small difference, deduction */
    arc_offer offer;
} line;

typedef struct settling {
    arci_cash *m;
    const arci_mreceipt *r;
    const arci_strategy *s;
    arci_mcandidate *c;
    line *lines;
    uint32_t n;
    int64_t have, lacking; /* receipt and credits; what is missing still */
    const char *reason;    /* of the deduction */
    int64_t netting, netted; /* another receipt, and how much of it */
    uint8_t rest;          /* what becomes of what is still missing: ARCI_DIFF_RESIDUAL, _CHARGEBACK or _PARTIAL */
    uint8_t closed;        /* a rule took the rest */
} settling;

enum { CHARGE, SMALL, DEDUCTED };

/* ---- words ---------------------------------------------------------------------------------------------------------------------- */

static int fold(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
static int is_word(int c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); }

static int says(const arc_value *text, const char *word)
{
    size_t n = strlen(word);
    if (text->type != ARC_V_TEXT || n > text->len) return 0;
    for (size_t at = 0; at + n <= text->len; at++) {
        size_t k = 0;
        while (k < n && fold((unsigned char)text->u.s[at + k]) == (unsigned char)word[k]) k++;
        if (k < n) continue;
        int left = at && is_word(fold((unsigned char)text->u.s[at - 1])) && is_word((unsigned char)word[0]);
        int right = at + n < text->len && is_word(fold((unsigned char)text->u.s[at + n])) && is_word((unsigned char)word[n - 1]);
        if (!left && !right) return 1;
    }
    return 0;
}

/* Words by which a payer says that he does not simply pay: a person reads what he means. */
int arci_cash_says_otherwise(const arci_mreceipt *r)
{
    static const char *const words[] = { "storno", "cancelled", "cancellation", "refund", "reversal", "not for", "nicht", "kaution", "deposit", "mahngebuehr", "dunning fee", "double payment", "paid twice",
        "by mistake", "in error", "without prejudice", "under protest", "unter vorbehalt", "退款", "冲销", "作废", "押金", "误付", "重复" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        for (int k = 0; k < ARCI_MTEXTS; k++) {
            if (says(&r->texts[k], words[i])) return 1;
        }
    }
    return 0;
}

static const char *word_of(const settling *x, const arci_diff *d)
{
    for (uint32_t i = 0; i < d->n_words; i++) {
        for (int k = 0; k < ARCI_MTEXTS; k++) {
            if (says(&x->r->texts[k], d->words[i])) return d->words[i];
        }
    }
    return NULL;
}

/* ---- the rules ------------------------------------------------------------------------------------------------------------------ */

static void note(settling *x, const arci_diff *d, int64_t amount, const char *word)
{
    arci_mcandidate *c = x->c;
    if (c->n_diffs < sizeof c->diffs / sizeof *c->diffs) c->diffs[c->n_diffs++] = (arci_mdiff){ d->as, d->mode, amount, d->reason, word };
    c->by_rules = c->by_rules && d->mode == ARCI_TIER_AUTO && d->as != ARCI_DIFF_REFUND; /* money never goes out by itself */
}

static int within(const settling *x, const arci_diff *d)
{
    if (x->lacking > arci_diff_most(d->most, d->n_most, x->r->currency)) return 0;
    if (!d->percent_ppm) return 1;
    const arci_u128 asked = arci_mul_u64((uint64_t)(x->lacking > 0 ? x->lacking : 0), 1000000), may = arci_mul_u64((uint64_t)(x->have + x->lacking), (uint64_t)d->percent_ppm);
    return asked.hi < may.hi || (asked.hi == may.hi && asked.lo <= may.lo);
}

/* Lays an amount on the last items first. */
static void lay(settling *x, int64_t amount, int what)
{
    for (uint32_t i = x->n; i-- > 0 && amount;) {
        line *l = &x->lines[i];
        int64_t room = l->open - l->discount - l->given[0] - l->given[1] - l->given[2];
        if (what < 0 && room > l->earned - l->discount) room = l->earned - l->discount;
        int64_t part = amount < room ? amount : room;
        if (part <= 0) continue;
        if (what < 0) l->discount += part;
        else l->given[what] += part;
        amount -= part;
    }
}

/* The country of an account that is an IBAN; 0: it is none. */
static int country_of(const arc_value *v)
{
    if (v->type != ARC_V_TEXT || v->len < 15) return 0;
    const int a = fold((unsigned char)v->u.s[0]), b = fold((unsigned char)v->u.s[1]);
    if (a < 'a' || a > 'z' || b < 'a' || b > 'z' || v->u.s[2] < '0' || v->u.s[2] > '9') return 0;
    return a << 8 | b;
}

/* In a foreign currency, or from an account in another country, and not where the payer bears the charges. */
static int across_borders(const settling *x)
{
    static const char *const bears[] = { "our", "chgs our" };
    const arci_diff ours = { .words = bears, .n_words = 2 };
    const int from = country_of(&x->r->payer_account), to = country_of(&x->r->ours);
    if (word_of(x, &ours)) return 0;
    return memcmp(x->m->t->book->base_currency, x->r->currency, 3) != 0 || (from && to && from != to);
}

static void by_discount(settling *x, const arci_diff *d)
{
    int64_t all = 0;
    for (uint32_t i = 0; i < x->n; i++) all += x->lines[i].earned;
    int64_t take = all < x->lacking ? all : x->lacking;
    if (!take) return;
    lay(x, take, -1);
    x->lacking -= take;
    note(x, d, take, NULL);
}

static void by_charge(settling *x, const arci_diff *d)
{
    int64_t take = x->lacking;
    if (x->r->kept >= 0) { /* the bank says what was kept on the way: that, and nothing else */
        take = x->r->kept < x->lacking ? x->r->kept : x->lacking;
        if (!take || word_of(x, &(const arci_diff){ .words = (const char *const[]){ "our", "chgs our" }, .n_words = 2 })) return;
        lay(x, take, CHARGE);
        note(x, d, take, NULL);
        x->lacking -= take;
        return;
    }
    int64_t most = d->n_most ? arci_diff_most(d->most, d->n_most, x->r->currency) : arci_tolerated_fee(&x->m->tol, x->r->currency);
    if (x->lacking > most || (!d->always && !across_borders(x))) return;
    lay(x, x->lacking, CHARGE);
    note(x, d, x->lacking, NULL);
    x->lacking = 0;
}

static void by_tolerance(settling *x, const arci_diff *d)
{
    const arci_mcustomer *c = arci_cash_customer(x->m, x->c->customer);
    const arc_value nobody = arci_v_null();
    int64_t most = arci_tolerated_of(&x->m->tol, c ? &c->segment : &nobody, &x->m->user_group, x->r->currency, x->have + x->lacking);
    if (x->lacking > most) return;
    lay(x, x->lacking, SMALL);
    note(x, d, x->lacking, NULL);
    x->lacking = 0;
}

/* A netting, or a credit that nobody named, is exactly what is missing. */
static void by_credit(settling *x, const arci_diff *d)
{
    const arci_cash *m = x->m;
    for (uint32_t i = 0; i < m->n_nettings && x->lacking; i++) {
        const arci_mnetting *k = &m->nettings[i];
        if (k->customer != x->c->customer || k->left != x->lacking || k->receipt == x->r->id || memcmp(k->currency, x->r->currency, 3) != 0) continue;
        x->netting = k->receipt;
        x->netted = x->lacking;
        x->have += x->lacking;
        note(x, d, x->lacking, NULL);
        x->lacking = 0;
    }
}

static void by_deduction(settling *x, const arci_diff *d)
{
    const char *word = d->n_words ? word_of(x, d) : NULL;
    if (d->n_words && !word) return;
    lay(x, x->lacking, DEDUCTED);
    x->reason = d->reason;
    note(x, d, x->lacking, word);
    x->lacking = 0;
}

/* What was to be paid and is not stays open, or stands in a new item: for that something must be paid at all. */
static void by_rest(settling *x, const arci_diff *d)
{
    if (d->n_words && !word_of(x, d)) return;
    x->rest = d->as;
    x->reason = d->as == ARCI_DIFF_PARTIAL ? NULL : d->reason;
    x->closed = 1;
    note(x, d, x->lacking, NULL);
}

static void go_through(settling *x)
{
    for (uint32_t i = 0; i < x->s->n_diffs && x->lacking > 0 && !x->closed; i++) {
        const arci_diff *d = &x->s->diffs[i];
        if (!within(x, d)) continue;
        switch (d->as) {
        case ARCI_DIFF_DISCOUNT: by_discount(x, d); break;
        case ARCI_DIFF_CHARGE: by_charge(x, d); break;
        case ARCI_DIFF_TOLERANCE: by_tolerance(x, d); break;
        case ARCI_DIFF_CREDIT: by_credit(x, d); break;
        case ARCI_DIFF_DEDUCTION: by_deduction(x, d); break;
        case ARCI_DIFF_RESIDUAL: case ARCI_DIFF_CHARGEBACK: case ARCI_DIFF_PARTIAL: by_rest(x, d); break;
        default: break;
        }
    }
    for (uint32_t i = 0; i < x->s->n_diffs && x->lacking < 0; i++) {
        const arci_diff *d = &x->s->diffs[i];
        if ((d->as != ARCI_DIFF_ON_ACCOUNT && d->as != ARCI_DIFF_REFUND) || (d->n_words && !word_of(x, d)) || -x->lacking > arci_diff_most(d->most, d->n_most, x->r->currency)) continue;
        x->c->over = -x->lacking;
        x->c->refund = d->as == ARCI_DIFF_REFUND;
        note(x, d, -x->lacking, NULL);
        x->lacking = 0;
    }
}

/* ---- who pays what ---------------------------------------------------------------------------------------------------------------- */

/* A part payment: as far as it reaches, each item with the discount that what is paid of it earns. */
static void reach(settling *x, int64_t *wanted)
{
    int64_t have = x->have;
    for (uint32_t i = 0; i < x->n; i++) {
        line *l = &x->lines[i];
        const int64_t given = l->given[CHARGE] + l->given[SMALL] + l->given[DEDUCTED]; /* what banks kept */
        l->discount = l->earned;
        if (have >= l->open - l->earned - given) {
            wanted[i] = l->open - l->earned - given;
        } else {
            wanted[i] = have;
            l->discount = have && x->m->tol.partial_discount && l->earned ? arci_offer_part(&l->offer, have) : 0;
            if (l->discount > l->open - have - given) l->discount = l->open - have - given;
        }
        have -= wanted[i];
    }
}

/* The parts of the difference as they are posted: a discount of what is paid, and what then is left. */
static void tell_rest(settling *x, const int64_t *wanted)
{
    arci_mcandidate *c = x->c;
    int64_t granted = 0, left = 0;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < x->n; i++) {
        granted += x->lines[i].discount;
        left += x->lines[i].open - x->lines[i].discount - wanted[i] - x->lines[i].given[CHARGE] - x->lines[i].given[SMALL] - x->lines[i].given[DEDUCTED];
    }
    for (uint32_t i = 0; i < c->n_diffs; i++) {
        arci_mdiff d = c->diffs[i];
        if (d.as == ARCI_DIFF_DISCOUNT) d.amount = granted;
        if (d.as == x->rest) d.amount = left;
        if (d.amount || d.as != ARCI_DIFF_DISCOUNT) c->diffs[kept++] = d;
    }
    c->n_diffs = kept;
}

static arci_mrow *row(settling *x, uint32_t item)
{
    arci_mrow *k = &x->c->rows[x->c->n_rows++];
    *k = (arci_mrow){ .item = item, .credit = UINT32_MAX };
    return k;
}

typedef struct purse { /* credits, then a netting, then the receipt */
    const uint32_t *credits;
    uint32_t n, at;
    int64_t left, other, other_left;
} purse;

static void pay(settling *x, purse *p, const line *l, int64_t wanted)
{
    static const char *const reasons[] = { "bank_fee", NULL, NULL };
    arci_mrow *last = NULL;
    int64_t credits = wanted;
    while (credits && p->at < p->n) {
        if (!p->left) p->left = -x->m->items[p->credits[p->at]].open;
        last = row(x, l->item);
        last->credit = p->credits[p->at];
        last->amount = p->left < credits ? p->left : credits;
        p->left -= last->amount;
        credits -= last->amount;
        x->c->credits += last->amount;
        if (!p->left) p->at++;
    }
    if (credits && p->other_left) {
        last = row(x, l->item);
        last->other = p->other;
        last->amount = p->other_left < credits ? p->other_left : credits;
        p->other_left -= last->amount;
        credits -= last->amount;
        x->c->credits += last->amount;
    }
    arci_mrow *mine = credits || l->discount ? row(x, l->item) : NULL;
    if (mine) {
        mine->amount = credits;
        mine->discount = l->discount;
        x->c->paid += credits;
    }
    for (int k = 0; k < 3; k++) {
        if (!l->given[k]) continue;
        if (!mine || mine->write_off) mine = row(x, l->item);
        mine->write_off = l->given[k];
        mine->reason = k == DEDUCTED ? x->reason : reasons[k];
    }
    if (x->rest != ARCI_DIFF_PARTIAL && x->rest && mine && wanted + l->discount + l->given[CHARGE] + l->given[SMALL] + l->given[DEDUCTED] < l->open) {
        mine->rest = x->rest;
        mine->reason = mine->reason ? mine->reason : x->reason;
    }
}

static arc_status write_rows(settling *x, const uint32_t *credits, uint32_t n_credits)
{
    arci_mcandidate *c = x->c;
    purse p = { .credits = credits, .n = n_credits, .other = x->netting, .other_left = x->netted };
    c->rows = arci_arena_calloc(&x->m->scratch, (size_t)x->n * 4 + n_credits + 2u, sizeof *c->rows);
    int64_t *wanted = arci_arena_calloc(&x->m->scratch, x->n + 1u, sizeof *wanted);
    if (!c->rows || !wanted) return arci_nomem(x->m->env);
    if (x->rest) {
        reach(x, wanted);
        tell_rest(x, wanted);
    } else {
        for (uint32_t i = 0; i < x->n; i++) wanted[i] = x->lines[i].open - x->lines[i].discount - x->lines[i].given[0] - x->lines[i].given[1] - x->lines[i].given[2];
    }
    for (uint32_t i = 0; i < x->n; i++) pay(x, &p, &x->lines[i], wanted[i]);
    return ARC_OK;
}

/* ---- the list ---------------------------------------------------------------------------------------------------------------------- */

static arc_status take_lines(settling *x, uint32_t *credits, uint32_t *n_credits)
{
    const arci_cash *m = x->m;
    arci_acc have = { 0, 0 }, owed = { 0, 0 };
    int64_t sum = 0;
    arci_acc_add(&have, x->r->left);
    for (uint32_t i = 0; i < x->c->n_items; i++) {
        const arci_mitem *item = &m->items[x->c->items[i]];
        if (item->open < 0) {
            credits[(*n_credits)++] = x->c->items[i];
            arci_acc_add(&have, -item->open);
            continue;
        }
        line *l = &x->lines[x->n++];
        *l = (line){ .item = x->c->items[i], .open = item->open };
        arci_acc_add(&owed, item->open);
        if (!item->has_offer) continue;
        const arci_offered offered = { item->id, item->amount, item->open, &item->discounts, item->granted };
        arc_status st = arci_offer(m->env, &x->m->scratch, &l->offer, &offered, item->currency, x->r->value_date, 0, &m->tol);
        if (st != ARC_OK) return st;
        l->earned = l->offer.amount;
    }
    if (arci_acc_get(&have, &x->have) || arci_acc_get(&owed, &sum) || arci_sub64(sum, x->have, &x->lacking)) {
        return arci_fail(m->env, ARC_E_OVERFLOW, "the items come to more than an amount can hold", "应收合计超出范围");
    }
    x->c->open = sum;
    return ARC_OK;
}

arc_status arci_cash_settle(arci_cash *m, const arci_mreceipt *r, const arci_strategy *s, arci_mcandidate *c, int *fits)
{
    settling x = { .m = m, .r = r, .s = s, .c = c };
    uint32_t n_credits = 0;
    uint32_t *credits = arci_arena_alloc(&m->scratch, (c->n_items + 1u) * sizeof *credits);
    x.lines = arci_arena_calloc(&m->scratch, c->n_items + 1u, sizeof *x.lines);
    *fits = 0;
    if (!credits || !x.lines) return arci_nomem(m->env);
    c->n_diffs = c->n_rows = 0;
    c->paid = c->credits = c->over = 0;
    c->refund = 0;
    c->by_rules = 1;
    arc_status st = take_lines(&x, credits, &n_credits);
    if (st != ARC_OK || !x.n) return st;
    int64_t short_by = x.lacking;
    go_through(&x);
    if (x.lacking && !x.closed) return ARC_OK;
    c->exact = short_by == 0;
    st = write_rows(&x, credits, n_credits);
    *fits = st == ARC_OK && c->n_rows > 0;
    return st;
}
