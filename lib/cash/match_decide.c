/* SPDX-License-Identifier: Apache-2.0 */
/* One receipt: by which strategy, whose it is, what its tiers find, and whether it may post by itself. */
#include <stddef.h>
#include <string.h>

#include "cash/match.h"
#include "cash/payer.h"

enum { LIKELIEST = 990000 };

/* ---- the strategy ---------------------------------------------------------------------------------------------------------------- */

static int in_list(const arci_texts *list, const arc_value *v)
{
    for (uint32_t i = 0; v->type == ARC_V_TEXT && i < list->n; i++) {
        if (strlen(list->list[i]) == v->len && memcmp(list->list[i], v->u.s, v->len) == 0) return 1;
    }
    return 0;
}

static int fits(const arci_strategy *s, const arci_mreceipt *r, const arci_mcustomer *c)
{
    if (s->customers.n && (!c || !in_list(&s->customers, &c->code))) return 0;
    if (s->segments.n && (!c || !in_list(&s->segments, &c->segment))) return 0;
    if (s->channels.n && !in_list(&s->channels, &r->channel) && (!c || !in_list(&s->channels, &c->channel))) return 0;
    return !s->projects.n || r->links[ARCI_M_PROJECT];
}

/* The codes of projects are looked up where a strategy asks for them. */
static arc_status project_fits(arci_cash *m, const arci_strategy *s, const arci_mreceipt *r, int *yes)
{
    const arci_shape *shape;
    arc_value *row;
    *yes = 1;
    if (!s->projects.n) return ARC_OK;
    arc_status st = arci_shape_get(m->t, &shape, "project", "code");
    if (st == ARC_OK) st = arci_repo_get(m->t, shape, r->links[ARCI_M_PROJECT], &m->scratch, &row);
    if (st == ARC_OK) *yes = in_list(&s->projects, &row[0]);
    return st;
}

static arc_status choose(arci_cash *m, const arci_mreceipt *r, const arci_mcustomer *c, const arci_strategy **out)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i + 1 < m->n_strategies && st == ARC_OK; i++) {
        int yes = fits(&m->strategies[i], r, c);
        if (yes) st = project_fits(m, &m->strategies[i], r, &yes);
        if (!yes) continue;
        *out = &m->strategies[i];
        return st;
    }
    *out = &m->strategies[m->n_strategies - 1];
    return st;
}

/* ---- whose it is -------------------------------------------------------------------------------------------------------------------- */

static int is_sure(const arci_mhit *h) { return !h->ambiguous && h->customer; }

/* How many certain hits are of a customer, and what the items they name come to. */
static uint32_t hits_of(const arci_cash *m, const arci_mresult *out, int64_t customer, int64_t *sum)
{
    uint32_t n = 0;
    *sum = 0;
    for (uint32_t i = 0; i < out->n_hits; i++) {
        const arci_mhit *h = &out->hits[i];
        int again = 0;
        if (!is_sure(h) || h->customer != customer) continue;
        n++;
        for (uint32_t k = 0; k < i && !again; k++) again = out->hits[k].item == h->item;
        if (h->item != UINT32_MAX && !again && arci_add64(*sum, m->items[h->item].open, sum)) *sum = 0;
    }
    return n;
}

/* The one customer that all certain hits are of; of several the one whose documents come to the amount, or who is named most: then somebody looks. */
static int64_t named_customer(const arci_cash *m, const arci_mreceipt *r, const arci_mresult *out, int *several)
{
    int64_t one = 0, best = 0, sum;
    uint32_t most = 0, alike = 0;
    *several = 0;
    for (uint32_t i = 0; i < out->n_hits; i++) {
        const arci_mhit *h = &out->hits[i];
        if (!is_sure(h)) continue;
        if (one && h->customer != one) *several = 1;
        one = one ? one : h->customer;
        uint32_t n = hits_of(m, out, h->customer, &sum) + (sum == r->left ? out->n_hits : 0);
        if (h->customer == best) continue;
        alike = n == most;
        if (n > most) best = h->customer;
        if (n > most) most = n;
    }
    if (*several) return alike ? 0 : best;
    for (uint32_t i = 0; !one && i < out->n_hits; i++) { /* of what could be meant, the one that is paid exactly */
        const arci_mhit *h = &out->hits[i];
        if (h->item == UINT32_MAX || m->items[h->item].open != r->left) continue;
        if (best && best != h->customer) return 0;
        best = h->customer;
    }
    return one ? one : best;
}

/* A place in the text that names something of this customer as well: it is his that is meant. */
static int is_his_too(const arci_mresult *out, const arci_mhit *h, int64_t customer)
{
    for (uint32_t i = 0; i < out->n_hits; i++) {
        const arci_mhit *o = &out->hits[i];
        if (o->customer == customer && o->text == h->text && o->start == h->start && o->end == h->end) return 1;
    }
    return 0;
}

int arci_cash_is_meant(const arci_mresult *out, const arci_mhit *h, int64_t customer) { return h->customer == customer || !is_his_too(out, h, customer); }

/* Of how many customers besides one documents are named for certain, two at most; *own: some of his are. */
static int others_named(const arci_mresult *out, int64_t customer, int *own)
{
    int64_t first = 0;
    *own = 0;
    for (uint32_t i = 0; i < out->n_hits; i++) {
        const arci_mhit *h = &out->hits[i];
        if (!is_sure(h) || !arci_cash_is_meant(out, h, customer)) continue;
        if (h->customer == customer) *own = 1;
        else if (first && h->customer != first) return 2;
        else first = h->customer;
    }
    return first != 0;
}

static int pays_for_all(const arci_cash *m, const arci_mreceipt *r, const arci_mresult *out, int64_t payer)
{
    for (uint32_t i = 0; i < out->n_hits; i++) {
        const arci_mhit *h = &out->hits[i];
        if (is_sure(h) && arci_cash_is_meant(out, h, payer) && !arci_cash_pays_for(m, r, payer, h->customer)) return 0;
    }
    return payer != 0;
}

/* Documents of several customers, or of others than whose the receipt is: he may pay for all of them. */
static arc_status of_family(arci_cash *m, const arci_mreceipt *r, arci_mresult *out)
{
    int64_t payer = r->customer ? r->customer : r->payer;
    for (uint32_t i = 0; !payer && r->shared && i < out->n_hits; i++) payer = is_sure(&out->hits[i]) ? out->hits[i].customer : 0;
    arc_status st = ARC_OK;
    out->family = (uint8_t)pays_for_all(m, r, out, payer);
    if (!out->family && !m->payers && r->customer && m->t && (r->payer_name.type == ARC_V_TEXT || r->payer_account.type == ARC_V_TEXT)) {
        st = arci_payers_load(m->t, &m->payers, 1); /* his account or name may speak for others */
        if (st == ARC_OK) out->family = (uint8_t)pays_for_all(m, r, out, payer);
    }
    if (!out->family) return st;
    out->customer = payer;
    out->payer = r->customer ? "receipt" : r->payer ? r->payer_how : "reference";
    out->payer_ppm = r->customer || !r->payer ? 1000000 : r->payer_ppm;
    return st;
}

static arc_status whose(arci_cash *m, const arci_mreceipt *r, arci_mresult *out)
{
    int several, own = 0;
    const int64_t named = named_customer(m, r, out, &several);
    const int others = r->customer ? others_named(out, r->customer, &own) : several;
    if (others) {
        arc_status st = of_family(m, r, out);
        if (st != ARC_OK || out->family) return st;
    }
    const int64_t payer = r->payer ? r->payer : r->guess;
    out->customer = r->customer ? r->customer : named ? named : several ? 0 : payer;
    out->payer = r->customer ? "receipt" : named ? "reference" : out->customer ? r->payer_how : NULL;
    out->payer_ppm = !out->payer ? 0 : out->customer == payer && !named && !r->customer ? r->payer_ppm : 1000000;
    if (r->customer && others) out->why = own || others > 1 ? "several_customers" : "other_customer";
    else if (several && !r->customer) out->why = "several_customers";
    else if (named && r->payer && !arci_cash_may_be(r, named)) out->why = "other_payer";
    else if (!out->customer) out->why = r->n_may_be ? "several_payers" : "no_customer";
    return ARC_OK;
}

/* What is said of sums is worth no more than what is known of the payer. */
static void doubt(arci_mresult *out)
{
    for (uint32_t i = 0; i < out->n; i++) {
        if (out->c[i].tier > ARCI_TIER_REFERENCES) out->c[i].raw_ppm = (int32_t)((int64_t)out->c[i].raw_ppm * out->payer_ppm / 1000000);
    }
}

/* ---- the tiers ------------------------------------------------------------------------------------------------------------------------ */

static arc_status try_tiers(arci_cash *m, const arci_mreceipt *r, arci_mresult *out)
{
    const arci_strategy *s = out->strategy;
    const arci_mcustomer *c = arci_cash_customer(m, out->customer);
    arci_mpool pool = { .strategy = s, .receipt = r, .customer = c };
    uint32_t agree = UINT32_MAX;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < s->n_tiers && st == ARC_OK && !out->n; i++) {
        const arci_tier *t = &s->tiers[i];
        if (t->mode == ARCI_TIER_OFF) continue;
        if (t->tier <= ARCI_TIER_REFERENCES) {
            st = arci_cash_named(m, r, t, out);
            continue;
        }
        if (!c || !c->whole) continue;
        if (t->tier == ARCI_TIER_AMOUNT) {
            int done = 0;
            st = arci_cash_amount_alone(m, r, t, c, out, &done);
            if (done || st != ARC_OK) continue;
        }
        if (agree != t->agree) st = arci_cash_pool(m, &pool, t, out);
        agree = t->agree;
        if (st == ARC_OK) st = arci_cash_unnamed(m, r, t, &pool, out);
    }
    if (st == ARC_OK && !out->n && c) st = arci_cash_family(m, r, out);
    return st;
}

/* ---- may it post by itself? ------------------------------------------------------------------------------------------------------------- */

static void rank(arci_cash *m, arci_mresult *out)
{
    for (uint32_t i = 0; i < out->n; i++) {
        arci_mcandidate *c = &out->c[i];
        c->ppm = arci_calibrated(&m->model.calibration, c->tier, c->raw_ppm);
        for (uint32_t k = i; k > 0 && out->c[k].ppm > out->c[k - 1].ppm; k--) { /* stable: what is found first wins a tie */
            const arci_mcandidate swap = out->c[k];
            out->c[k] = out->c[k - 1];
            out->c[k - 1] = swap;
        }
    }
}

/* Other sets add up as well, and it is none that everybody would think of first. */
static int is_guess(const arci_mcandidate *c) { return c->sets > 1 && c->kind != ARC_SET_ALL && c->kind != ARC_SET_DUE; }

static int takes(const arci_mcandidate *c, uint32_t item)
{
    for (uint32_t i = 0; i < c->n_items; i++) {
        if (c->items[i] == item) return 1;
    }
    return 0;
}

/* The text names a document, whole and as it stands in the book, that is not among what would be paid: it is paid already, or the amount is another's. Of a document in several
   items it is enough that one of them is paid. */
static int names_other(const arci_mresult *out, const arci_mcandidate *c)
{
    for (uint32_t i = 0; i < out->n_hits; i++) {
        const arci_mhit *h = &out->hits[i];
        int paid = 0;
        if (h->by != ARCI_BY_DOCUMENT || !h->exact || h->repaired || h->ambiguous || h->item == UINT32_MAX) continue;
        for (uint32_t k = 0; k < out->n_hits && !paid; k++) {
            const arci_mhit *o = &out->hits[k];
            paid = o->item != UINT32_MAX && takes(c, o->item) && (o->id == h->id || (o->text == h->text && o->start == h->start) || strcmp(o->number, h->number) == 0);
        }
        if (!paid) return 1;
    }
    return 0;
}

/* An amount written behind a number: "INV-7 80,00", "INV-7: EUR 1.080,00". Of two decimals, or it is none; 0: there is none. */
static int64_t stated(const arc_value *text, uint32_t at)
{
    int64_t minor = 0;
    uint32_t digits = 0, behind = 0, skipped = 0;
    int mark = 0;
    for (; at < text->len && skipped < 8 && !(text->u.s[at] >= '0' && text->u.s[at] <= '9'); at++, skipped++) {
        if (strchr(";,+&/-\n", text->u.s[at])) return 0; /* the next number is of something else */
    }
    if (!skipped) return 0;
    for (; at < text->len && digits < 15; at++) {
        const char c = text->u.s[at];
        if (c >= '0' && c <= '9') {
            minor = minor * 10 + (c - '0');
            digits++;
            behind++;
        } else if ((c == '.' || c == ',' || c == '\'') && at + 1 < text->len && text->u.s[at + 1] >= '0' && text->u.s[at + 1] <= '9') {
            if (mark && behind != 3) return 0; /* a date */
            mark = 1;
            behind = 0;
        } else {
            break;
        }
    }
    const int ends = at >= text->len || !((text->u.s[at] >= 'A' && text->u.s[at] <= 'Z') || (text->u.s[at] >= 'a' && text->u.s[at] <= 'z') || text->u.s[at] == '-' || text->u.s[at] == '/');
    return mark && behind == 2 && ends ? minor : 0;
}

/* The payer says how much he pays of a document, and it is neither what would be paid of it nor what is open: his direction goes before any sum that adds up. */
static int states_other(const arci_cash *m, const arci_mreceipt *r, const arci_mresult *out, const arci_mcandidate *c)
{
    for (uint32_t i = 0; i < out->n_hits; i++) {
        const arci_mhit *h = &out->hits[i];
        int64_t paid = 0, whole = 0, open = 0;
        const int64_t says = h->by == ARCI_BY_DOCUMENT && r->texts[h->text].type == ARC_V_TEXT ? stated(&r->texts[h->text], h->end) : 0;
        if (!says || h->ambiguous) continue;
        for (uint32_t k = 0; k < c->n_rows; k++) {
            for (uint32_t j = 0; j < out->n_hits; j++) {
                const arci_mhit *o = &out->hits[j];
                if (o->item != c->rows[k].item || o->text != h->text || o->start != h->start) continue;
                paid += c->rows[k].amount;
                whole += c->rows[k].amount + c->rows[k].discount + c->rows[k].write_off;
                open += m->items[o->item].open;
                break;
            }
        }
        if (says != paid && says != whole && says != open) return 1;
    }
    return 0;
}

static const char *stopped_by(const arci_cash *m, const arci_mreceipt *r, const arci_mresult *out)
{
    const arci_mcandidate *c = &out->c[0];
    const arci_strategy *s = out->strategy;
    const arci_mcustomer *who = arci_cash_customer(m, out->customer);
    if (who && who->blocked) return "blocked";
    if (who && who->held) return "held";
    for (uint32_t i = 0; c->family && i < c->n_items; i++) {
        const arci_mcustomer *of = arci_cash_customer(m, m->items[c->items[i]].customer);
        if (of && (of->blocked || of->held)) return of->held ? "held" : "blocked";
    }
    for (uint32_t i = 0; i < c->n_items; i++) {
        const arci_mitem *item = &m->items[c->items[i]];
        if (arci_map_get(&m->held, &item->id, sizeof item->id)) return "held";
        if (item->disputed) return "disputed";
    }
    if (arci_cash_other_entity(r)) return "other_entity";
    if (out->twice) return "double_payment";
    if (c->mode == ARCI_TIER_AUTO && arci_cash_says_otherwise(r)) return "words";
    if (!s->new_payer && arci_cash_is_new_payer(r)) return "new_payer";
    if (r->reversed) return "taken_back";
    if (names_other(out, c)) return "names_other";
    if (states_other(m, r, out, c)) return "states_other";
    if (c->alike > 1) return "alike";
    if (is_guess(c)) return "several_sets";
    if (c->mode != ARCI_TIER_AUTO) return "mode";
    if (!c->by_rules) return "difference";
    if (!c->proved && m->model.calibration.cases < ARCI_CAL_ENOUGH) return "history";
    if (c->paid > arci_diff_most(s->max, s->n_max, r->currency)) return "too_large";
    if (c->ppm < s->probability_ppm) return "probability";
    if (out->n > 1 && c->ppm - out->c[1].ppm < s->margin_ppm) return "margin";
    return NULL;
}

static void judge(arci_cash *m, const arci_mreceipt *r, arci_mresult *out)
{
    out->threshold_ppm = out->strategy->probability_ppm;
    out->margin_ppm = out->strategy->margin_ppm;
    out->cases = m->model.calibration.cases;
    if (!out->n) {
        if (!out->why) out->why = out->twice ? "double_payment" : out->disagrees ? "disagrees" : "nothing_fits";
        return;
    }
    rank(m, out);
    const int unique = (out->n == 1 || out->c[0].raw_ppm >= LIKELIEST) && out->c[0].alike <= 1 && !is_guess(&out->c[0]);
    out->answer = unique ? ARCI_ANS_UNIQUE : ARCI_ANS_AMBIGUOUS;
    out->why = out->why ? out->why : stopped_by(m, r, out);
    out->outcome = out->why ? ARCI_OUT_SUGGEST : ARCI_OUT_AUTO;
}

arc_status arci_cash_decide(arci_cash *m, arci_mreceipt *r, arci_mresult *out)
{
    memset(out, 0, offsetof(arci_mresult, c));
    out->strategy = &m->strategies[m->n_strategies - 1];
    if (r->returned || r->left <= 0 || r->offset) {
        out->why = r->returned ? "returned" : r->offset ? "netting" : "nothing_left";
        return ARC_OK;
    }
    const int alone = r->customer && !r->n_may_be;
    arc_status st = arci_cash_refs_find(m, r, alone ? &r->customer : r->may_be, alone ? 1 : r->n_may_be, &out->hits, &out->n_hits);
    if (st == ARC_OK) st = whose(m, r, out);
    if (st == ARC_OK) st = choose(m, r, arci_cash_customer(m, out->customer), &out->strategy);
    if (m->tols) m->tol = m->tols[out->strategy - m->strategies];
    if (st == ARC_OK && out->customer) out->twice = arci_cash_twice(m, r, out->customer, out->strategy->twice_days);
    const int across = st == ARC_OK && arci_cash_names_foreign(m, r, out);
    if (across) st = arci_cash_foreign(m, r, out);
    if (st == ARC_OK && out->customer && !out->n) st = try_tiers(m, r, out);
    if (st == ARC_OK && !across && !out->n) st = arci_cash_foreign(m, r, out);
    doubt(out);
    if (st == ARC_OK) judge(m, r, out);
    return st;
}

/* ---- what it takes ------------------------------------------------------------------------------------------------------------------------ */

void arci_cash_take(arci_cash *m, arci_mreceipt *r, const arci_mcandidate *c)
{
    for (uint32_t i = 0; i < c->n_rows; i++) {
        const arci_mrow *k = &c->rows[i];
        arci_mitem *item = &m->items[k->item];
        item->open -= k->amount + k->discount + k->write_off;
        item->granted += k->discount;
        if (k->rest) item->open = 0;
        if (k->credit != UINT32_MAX) m->items[k->credit].open += k->amount;
        else if (!k->other) r->left -= k->leaves ? k->leaves : k->amount;
        for (uint32_t j = 0; k->other && j < m->n_nettings; j++) {
            if (m->nettings[j].receipt == k->other) m->nettings[j].left -= k->amount;
        }
    }
}
