/* SPDX-License-Identifier: Apache-2.0 */
/* Of what the items of a document are made: line, tax, freight and charges, in the order in which they are settled (ledger/parts.h). Each part is divided among the items as
 * the instalments are, by the largest remainder, none beyond what its item has left; the parts of an item come to its amount exactly. */
#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "billing/advance.h"
#include "ledger/parts.h"
#include "store/setting.h"

enum { LINE, TAX, FREIGHT, CHARGES, KINDS };
static const char *const names[KINDS] = { "line", "tax", "freight", "charges" };

typedef struct dividing {
    const arci_bill *d;
    int64_t part[KINDS], rest;     /* of the whole document and of what it claims, without their sign */
    int64_t *of[KINDS];            /* by item */
    int64_t *amount, *room;        /* by item: all of it, and what no part has yet */
    char currency[4];
    int sign;
} dividing;

static int kind_of(const arc_value *v)
{
    for (int k = 0; k < KINDS; k++) {
        if (arci_code_is(v, names[k])) return k;
    }
    return LINE;
}

arc_value arci_bill_line_part(const arci_bill *d, uint32_t line)
{
    const arc_value *own = arci_record_value(d->lines[line], ARC_INVOICE_LINE_PART), *role = arci_record_value(d->lines[line], ARC_INVOICE_LINE_ACCOUNT_ROLE);
    const uint32_t of = d->amounts[line].discount_of;
    if (own->type != ARC_V_NULL || !strcmp(d->kind, "credit_note")) return *own; /* a note has what the line it takes back has */
    if (of && of <= line) return arci_bill_line_part(d, of - 1);
    if (arci_code_is(role, ARCI_ROLE_INTEREST) || arci_code_is(role, ARCI_ROLE_FEE_INCOME)) return arci_v_text(names[CHARGES], 7);
    return arci_v_null();
}

/* ---- the document ---------------------------------------------------------------------------------------------------------------- */

/* What the lines come to. A part below nothing - an advance that was deducted had paid more of it than there is - is settled by the others, tax last. */
static void add_up(dividing *x)
{
    static const int order[KINDS] = { LINE, FREIGHT, CHARGES, TAX };
    const arci_bill *d = x->d;
    int64_t less = 0;
    for (uint32_t k = 0; k < d->n_lines; k++) {
        const arc_value part = arci_bill_line_part(d, k);
        x->part[kind_of(&part)] += x->sign * d->amounts[k].net;
        x->part[TAX] += x->sign * d->amounts[k].tax;
    }
    for (int k = 0; k < KINDS; k++) {
        less -= x->part[k] < 0 ? x->part[k] : 0;
        if (x->part[k] < 0) x->part[k] = 0;
    }
    for (int o = 0; o < KINDS; o++) {
        int64_t *part = &x->part[order[o]], by = *part < less ? *part : less;
        *part -= by;
        less -= by;
    }
}

static arc_status share(const dividing *x, int64_t *out, int64_t amount, const int64_t *weights, const int64_t *caps, size_t n)
{
    const arc_money m = { amount, { x->currency[0], x->currency[1], x->currency[2], 0 }, 0 };
    return arc_money_allocate(out, &m, weights, caps, n);
}

/* A document that covers receivables which stand claims the rest alone: its parts are those of the rest, in proportion. */
static arc_status of_rest(dividing *x, int64_t whole)
{
    int64_t others[KINDS];
    if (x->rest == whole) return ARC_OK;
    x->part[TAX] = arci_part_of(x->part[TAX], x->rest, whole);
    others[LINE] = x->part[LINE];
    others[TAX] = 0;
    others[FREIGHT] = x->part[FREIGHT];
    others[CHARGES] = x->part[CHARGES];
    const int64_t tax = x->part[TAX];
    arc_status st = share(x, x->part, x->rest - tax, others, NULL, KINDS);
    x->part[TAX] = tax;
    return st;
}

/* ---- its items ---------------------------------------------------------------------------------------------------------------------- */

/* The tax of the items is known: it stands where nothing was carried over. */
static int tax_as_told(const dividing *x, int64_t *out)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < x->d->n_items; i++) {
        out[i] = x->sign * x->d->items[i].tax;
        if (out[i] < 0 || out[i] > x->amount[i]) return 0;
        sum += out[i];
    }
    return sum == x->part[TAX];
}

static arc_status divide(dividing *x)
{
    static const int order[KINDS] = { TAX, FREIGHT, CHARGES, LINE }; /* the last takes what is left */
    arc_status st = ARC_OK;
    for (int o = 0; o < KINDS && st == ARC_OK; o++) {
        const int k = order[o];
        int64_t *out = x->of[k];
        if (k != TAX || !tax_as_told(x, out)) st = share(x, out, x->part[k], x->amount, x->room, x->d->n_items);
        for (uint32_t i = 0; i < x->d->n_items && st == ARC_OK; i++) x->room[i] -= out[i];
    }
    return st;
}

/* Written where there is something to be told apart: an invoice of one part is that part, a note says which it takes back. */
static int told(const dividing *x)
{
    int n = 0;
    for (int k = 0; k < KINDS; k++) n += x->part[k] > 0;
    return n > 1 || (n && !strcmp(x->d->kind, "credit_note"));
}

static arc_status print(arci_bills *b, const dividing *x, uint32_t i, const uint8_t order[KINDS])
{
    arci_parts parts;
    memset(&parts, 0, sizeof parts);
    memcpy(parts.currency, x->currency, sizeof parts.currency);
    for (int o = 0; o < KINDS; o++) {
        if (!x->of[order[o]][i]) continue;
        memcpy(parts.part[parts.n].kind, names[order[o]], strlen(names[order[o]]));
        parts.part[parts.n++].amount = x->sign * x->of[order[o]][i];
    }
    return arci_parts_print(b->p->t->env, &b->p->arena, &x->d->items[i].parts, &parts);
}

static arc_status one(arci_bills *b, const arci_bill *d, const uint8_t order[KINDS])
{
    arci_posting *p = b->p;
    dividing x = { .d = d, .sign = d->totals.gross < 0 ? -1 : 1 };
    int64_t *room = arci_arena_calloc(&p->arena, (size_t)d->n_items * (KINDS + 2u), sizeof *room);
    if (!room) return arci_nomem(p->t->env);
    for (int k = 0; k < KINDS; k++) x.of[k] = room + (size_t)d->n_items * (uint32_t)k;
    x.amount = room + (size_t)d->n_items * KINDS;
    x.room = x.amount + d->n_items;
    memcpy(x.currency, arci_bill_value(d, ARC_INVOICE_CURRENCY)->u.s, 3);
    for (uint32_t i = 0; i < d->n_items; i++) {
        x.amount[i] = x.room[i] = x.sign * d->items[i].amount;
        x.rest += x.amount[i];
    }
    add_up(&x);
    if (!told(&x)) return ARC_OK;
    arc_status st = of_rest(&x, x.sign * d->totals.gross);
    if (st == ARC_OK) st = divide(&x);
    if (st != ARC_OK) return arci_fail(p->t->env, ARC_E_INTERNAL, "the parts of invoice %lld do not add up", "发票 %lld 的组成合计不符", (long long)d->id);
    for (uint32_t i = 0; i < d->n_items && st == ARC_OK; i++) st = print(b, &x, i, order);
    return st;
}

/* ---- the order ------------------------------------------------------------------------------------------------------------------------ */

/* Of the book: those it names come first. */
static arc_status order_of(arci_bills *b, uint8_t order[KINDS])
{
    const arc_value *v = NULL;
    uint32_t n = 0, seen = 0;
    arc_status st = arci_setting_text(b->p->t, &b->p->arena, ARCI_PART_ORDER, &v);
    if (st != ARC_OK) return st;
    const char *at = v && v->type == ARC_V_TEXT ? v->u.s : "", *end = at + (v && v->type == ARC_V_TEXT ? v->len : 0);
    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const arc_value name = arci_v_text(at, (size_t)((comma ? comma : end) - at));
        const int k = kind_of(&name);
        if (!arci_code_is(&name, names[k]) || (seen & 1u << k)) {
            st = arci_fail(b->p->t->env, ARC_E_STATE, "the setting %s is not line, tax, freight and charges in some order", "设置项 %s 须为 line、tax、freight、charges 的某一顺序", ARCI_PART_ORDER);
            return st;
        }
        seen |= 1u << k;
        order[n++] = (uint8_t)k;
        at = comma ? comma + 1 : end;
    }
    for (uint8_t k = 0; k < KINDS; k++) {
        if (!(seen & 1u << k)) order[n++] = k;
    }
    return ARC_OK;
}

arc_status arci_bills_parts(arci_bills *b)
{
    uint8_t order[KINDS];
    int known = 0;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < b->p->n && st == ARC_OK; i++) {
        const arci_bill *d = &b->list[i];
        if (!arci_bill_good(b, i) || !d->n_items || !d->n_lines || !d->totals.gross) continue;
        if (!known++) st = order_of(b, order);
        if (st == ARC_OK) st = one(b, d, order);
    }
    return st;
}
