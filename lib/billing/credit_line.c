/* SPDX-License-Identifier: Apache-2.0 */
/* What a credit note takes of its invoice. What is not given follows from what is left, in proportion: who takes the rest takes the last cent, so that an invoice
 * credited in pieces ends at zero in net, tax and gross. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "billing/credit.h"
#include "store/session.h"

static arc_status at_line(arci_credits *c, arc_status st, uint32_t k, const char *field)
{
    return arci_line_at(c->p->t->env, st, k, field);
}

/* 0: x is none of `left`, or more. */
static int within(int64_t x, int64_t left) { return left >= 0 ? x >= 0 && x <= left : x <= 0 && x >= left; }

static int64_t share(int64_t of, int64_t part, int64_t whole) { return part == whole ? of : arci_part_of(of, part, whole); }

/* ---- one line --------------------------------------------------------------------------------------------------------------------- */

static void follow(const arc_credit_line *l, const arci_credit_part *left, arci_credit_part *out)
{
    uint32_t given = l->given;
    int has_net = (given & ARC_CREDIT_NET) != 0, has_tax = (given & ARC_CREDIT_TAX) != 0, has_gross = (given & ARC_CREDIT_GROSS) != 0;
    out->quantity = given & ARC_CREDIT_QUANTITY ? l->quantity : 0;
    out->net = l->net;
    out->tax = l->tax;
    out->gross = l->gross;
    if (!has_net && !has_gross) { /* by quantity, or the tax alone */
        out->net = given & ARC_CREDIT_QUANTITY ? share(left->net, l->quantity, left->quantity) : 0;
        has_net = 1;
    }
    if (!has_tax && has_net && has_gross) out->tax = out->gross - out->net;
    else if (!has_tax) out->tax = has_gross ? share(left->tax, out->gross, left->gross) : share(left->tax, out->net, left->net);
    if (!has_net) out->net = out->gross - out->tax;
    if (!has_gross) out->gross = out->net + out->tax;
}

static arc_status more_than_left(arci_credits *c, uint32_t k, const arci_credit_source *s, int64_t left, const char *field)
{
    char text[48] = "";
    size_t n = sizeof text;
    arc_money m;
    if (strcmp(field, "quantity") == 0) {
        const arc_decimal d = { left, 6, 0 };
        (void)arc_decimal_print(text, &n, &d);
    } else if (arc_money_set(&m, left, arci_credit_value(c->lines, s->row, ARC_INVOICE_LINE_CURRENCY)->u.s) == ARC_OK) {
        (void)arc_money_print_amount(text, &n, &m);
    }
    return at_line(c, arci_fail(c->p->t->env, ARC_E_GUARD, "line %lld: more than is left of it: %s of %s%.0s", "第 %lld 行：超出可红冲余额：剩余 %s（%.0s%s）", (long long)s->seq, text, field, arci_field_zh("invoice_line", field)), k,
                   field);
}

static arc_status judge_line(arci_credits *c, const arc_credit_line *l, uint32_t k, const arci_credit_source *s, arci_credit_part *out)
{
    const arci_credit_part *left = &s->left;
    arci_env *env = c->p->t->env;
    const int64_t given[] = { l->net, l->tax, l->gross };
    for (int i = 0; i < 3; i++) {
        if (given[i] >= -ARC_MONEY_MAX && given[i] <= ARC_MONEY_MAX) continue;
        return at_line(c, arci_fail(env, ARC_E_RANGE, "line %lld: the amount is out of range", "第 %lld 行：金额超出范围", (long long)s->seq), k, "net_amount");
    }
    if (!left->gross && !left->net && !left->tax) {
        return at_line(c, arci_fail(env, ARC_E_GUARD, "line %lld is credited in full already", "第 %lld 行已全部红冲", (long long)s->seq), k, "seq");
    }
    if (!l->given) {
        *out = *left;
        return ARC_OK;
    }
    if ((l->given & ARC_CREDIT_QUANTITY) && !s->has_quantity) {
        return at_line(c, arci_fail(env, ARC_E_VALUE, "line %lld has no quantity: credit an amount", "第 %lld 行没有数量，请按金额红冲", (long long)s->seq), k, "quantity");
    }
    if ((l->given & ARC_CREDIT_QUANTITY) && (!l->quantity || !within(l->quantity, left->quantity))) return more_than_left(c, k, s, left->quantity, "quantity");
    follow(l, left, out);
    if ((l->given & ARC_CREDIT_GROSS) && !within(out->gross, left->gross)) return more_than_left(c, k, s, left->gross, "gross_amount");
    if (!within(out->net, left->net)) return more_than_left(c, k, s, left->net, "net_amount");
    if (!within(out->tax, left->tax)) return more_than_left(c, k, s, left->tax, "tax_amount");
    if (!within(out->gross, left->gross)) return more_than_left(c, k, s, left->gross, "gross_amount");
    if (out->net + out->tax != out->gross) {
        return at_line(c, arci_fail(env, ARC_E_VALUE, "line %lld: net and tax do not add up to the gross amount", "第 %lld 行：不含税金额与税额之和不等于价税合计", (long long)s->seq), k,
                       "gross_amount");
    }
    if (out->gross || out->net || out->tax) return ARC_OK;
    return at_line(c, arci_fail(env, ARC_E_VALUE, "line %lld: nothing would be credited", "第 %lld 行：红冲金额为零", (long long)s->seq), k, "gross_amount");
}

/* ---- a note's lines ------------------------------------------------------------------------------------------------------------------ */

static arci_credit_source *source_of(const arci_credit_target *t, const arc_credit_line *l)
{
    for (uint32_t k = 0; k < t->n_lines; k++) {
        if (l->line ? t->lines[k].id == l->line : t->lines[k].seq == l->seq) return &t->lines[k];
    }
    return NULL;
}

typedef struct picked {
    arci_credit_source *source;
    arci_credit_part part;
    int64_t base_net, base_tax;
    uint8_t valued;  /* the line of the invoice has base amounts */
    uint8_t amounts; /* the caller said what is credited of it: that is the price, discount or not */
} picked;

/* The discount under a line; NULL: it has none, or it is credited in full. */
static arci_credit_source *discount_of(const arci_credits *c, const arci_credit_target *t, const arci_credit_source *s)
{
    arci_credit_source *under = s + 1 < t->lines + t->n_lines ? &t->lines[s + 1 - t->lines] : NULL;
    const arc_value *of = under ? arci_credit_value(c->lines, under->row, ARC_INVOICE_LINE_DISCOUNT_OF) : NULL;
    if (!of || of->type != ARC_V_INT || of->u.i != s->seq) return NULL;
    return under->left.gross || under->left.net || under->left.tax ? under : NULL;
}

static picked *picked_of(picked *list, uint32_t n, const arci_credit_source *s)
{
    for (uint32_t x = 0; x < n; x++) {
        if (list[x].source == s) return &list[x];
    }
    return NULL;
}

/* A discount goes with its line: with all of it, or the quantity that is credited; where the note does not name it. */
static void follow_line(const picked *line, arci_credit_source *discount, picked *out)
{
    const arci_credit_part *of = &line->source->left, *left = &discount->left;
    const int whole = line->part.net == of->net && line->part.tax == of->tax;
    *out = (picked){ .source = discount, .part = *left };
    if (whole) return;
    out->part.quantity = 0;
    out->part.net = of->net ? share(left->net, line->part.net, of->net) : 0;
    out->part.tax = of->tax ? share(left->tax, line->part.tax, of->tax) : 0;
    out->part.gross = out->part.net + out->part.tax;
}

/* What is left of a line bears what is left of its discount. */
static arc_status judge_discounts(arci_credits *c, const arci_credit_target *t, picked *list, uint32_t n)
{
    arci_env *env = c->p->t->env;
    for (uint32_t k = 0; k < t->n_lines; k++) {
        const arci_credit_source *s = &t->lines[k], *under = discount_of(c, t, s);
        const picked *line = under ? picked_of(list, n, s) : NULL, *discount = under ? picked_of(list, n, under) : NULL;
        if (discount && !line) {
            arci_fail(env, ARC_E_GUARD, "line %lld is the discount of line %lld: it is credited with that", "第 %lld 行为第 %lld 行的折扣，须与其一并红冲", (long long)under->seq, (long long)s->seq);
            return at_line(c, ARC_E_GUARD, (uint32_t)(discount - list), "seq");
        }
        if (!line || (!discount && !line->amounts)) continue;
        const arci_credit_part none = { 0, 0, 0, 0 }, *with = discount ? &discount->part : &none;
        const int64_t net = s->left.net - line->part.net + under->left.net - with->net, gross = s->left.gross - line->part.gross + under->left.gross - with->gross;
        if (net >= 0 && gross >= 0) continue;
        arci_fail(env, ARC_E_GUARD, "line %lld: more than is left of it after its discount, line %lld", "第 %lld 行：超出扣除折扣（第 %lld 行）后的可红冲余额", (long long)s->seq, (long long)under->seq);
        return at_line(c, ARC_E_GUARD, (uint32_t)(line - list), "gross_amount");
    }
    return ARC_OK;
}

/* Discounts that the note does not name, each under its line. */
static arc_status add_discounts(arci_credits *c, const arci_credit_target *t, picked *list, uint32_t *n)
{
    picked *all = arci_arena_alloc(&c->p->arena, (2 * (size_t)*n + 1) * sizeof *all);
    uint32_t to = 0;
    if (!all) return arci_nomem(c->p->t->env);
    for (uint32_t k = 0; k < *n; k++) {
        arci_credit_source *under = discount_of(c, t, list[k].source);
        all[to++] = list[k];
        if (!under || list[k].amounts || picked_of(list, *n, under)) continue;
        follow_line(&list[k], under, &all[to]);
        const arci_credit_part *p = &all[to].part;
        to += p->net || p->tax || p->gross;
    }
    memcpy(list, all, to * sizeof *list);
    *n = to;
    return ARC_OK;
}

static arc_status pick(arci_credits *c, uint32_t i, const arci_credit_target *t, picked *list, uint32_t *n)
{
    const arc_credit_note *note = &c->notes[i];
    arci_env *env = c->p->t->env;
    arc_status st = ARC_OK;
    *n = 0;
    for (uint32_t k = 0; !note->n_lines && k < t->n_lines; k++) {
        const arci_credit_part *left = &t->lines[k].left;
        if (left->gross || left->net || left->tax) list[(*n)++] = (picked){ .source = &t->lines[k], .part = *left };
    }
    for (uint32_t k = 0; k < note->n_lines && st == ARC_OK; k++) {
        const arc_credit_line *l = &note->lines[k];
        arci_credit_source *s = (l->line != 0) == (l->seq != 0) ? NULL : source_of(t, l);
        if ((l->line != 0) == (l->seq != 0)) {
            st = at_line(c, arci_fail(env, ARC_E_VALUE, "name the line by its id or by its number", "请用行 ID 或行号之一指定明细行"), k, "seq");
        } else if (!s) {
            st = at_line(c, arci_fail(env, ARC_E_NOT_FOUND, "the invoice has no such line: %lld", "发票没有该明细行：%lld", (long long)(l->line ? l->line : l->seq)), k, "seq");
        }
        for (uint32_t x = 0; st == ARC_OK && x < *n; x++) {
            if (list[x].source != s) continue;
            st = at_line(c, arci_fail(env, ARC_E_VALUE, "line %lld is named twice", "第 %lld 行重复", (long long)s->seq), k, "seq");
        }
        if (st == ARC_OK) st = judge_line(c, l, k, s, &list[*n].part);
        if (st != ARC_OK) break;
        list[*n].amounts = (l->given & (ARC_CREDIT_NET | ARC_CREDIT_TAX | ARC_CREDIT_GROSS)) != 0;
        list[(*n)++].source = s;
    }
    if (st == ARC_OK && note->n_lines) st = judge_discounts(c, t, list, *n);
    return st == ARC_OK && note->n_lines ? add_discounts(c, t, list, n) : st;
}

arc_status arci_credit_record(arci_credits *c, arci_record **out, const arci_shape *shape, const arc_value *row)
{
    arci_env *env = c->p->t->env;
    arci_custom *custom;
    if (c->n_made == c->cap_made) {
        uint32_t cap = c->cap_made ? c->cap_made * 2 : 64;
        arci_record **made = arci_arena_alloc(&c->p->arena, cap * sizeof *made);
        if (!made) return arci_nomem(env);
        if (c->n_made) memcpy(made, c->made, c->n_made * sizeof *made);
        c->made = made;
        c->cap_made = cap;
    }
    arc_status st = arci_session_custom(env, c->p->session, &custom);
    if (st == ARC_OK) st = arci_record_new(env, shape->table->entity, custom, out);
    if (st != ARC_OK) return st;
    c->made[c->n_made++] = *out;
    return row ? arci_record_load(env, *out, shape->cols, shape->n, row) : ARC_OK;
}

static void set(const arci_shape *shape, arc_value *row, uint32_t field, arc_value v)
{
    for (uint16_t c = 0; c < shape->n; c++) {
        const arci_field *f = shape->table->field_of_col[shape->cols[c]];
        if (f && ARCI_PUBLIC_FIELD(shape->table->entity->id, f->id) == field) row[c] = v;
    }
}

static arc_value decimal_or_null(int64_t v) { return v ? arci_v_int(v) : arci_v_null(); }

static arc_status make_line(arci_credits *c, arci_bill *d, uint32_t k, const picked *x, const char *role)
{
    static const uint32_t kept[] = { ARC_INVOICE_LINE_PRODUCT, ARC_INVOICE_LINE_NAME,       ARC_INVOICE_LINE_UNIT,          ARC_INVOICE_LINE_CURRENCY, ARC_INVOICE_LINE_TAX_RATE,
                                     ARC_INVOICE_LINE_TAX_KIND, ARC_INVOICE_LINE_ORDER_LINE, ARC_INVOICE_LINE_DELIVERY_LINE, ARC_INVOICE_LINE_TAX_CLASS,
                                     ARC_INVOICE_LINE_ACCOUNT_ROLE, ARC_INVOICE_LINE_PROJECT, ARC_INVOICE_LINE_ADVANCE, ARC_INVOICE_LINE_DEPARTMENT,
                                     ARC_INVOICE_LINE_BUSINESS_LINE, ARC_INVOICE_LINE_PART, ARC_INVOICE_LINE_CONTRACT };
    static const char *const kinds[ARCI_TAX_KINDS] = { "standard", "simplified", "zero", "exempt", "outside" };
    const arc_value *kind = arci_credit_value(c->lines, x->source->row, ARC_INVOICE_LINE_TAX_KIND);
    arc_value *row = arci_arena_calloc(&c->p->arena, c->lines->n, sizeof *row);
    arci_total_line *l = &d->amounts[k];
    if (!row) return arci_nomem(c->p->t->env);
    for (size_t f = 0; f < sizeof kept / sizeof *kept; f++) set(c->lines, row, kept[f], *arci_credit_value(c->lines, x->source->row, kept[f]));
    if (x->part.quantity) set(c->lines, row, ARC_INVOICE_LINE_PRICE, *arci_credit_value(c->lines, x->source->row, ARC_INVOICE_LINE_PRICE));
    set(c->lines, row, ARC_INVOICE_LINE_QUANTITY, decimal_or_null(-x->part.quantity));
    set(c->lines, row, ARC_INVOICE_LINE_RED_OF, arci_v_int(x->source->id));
    if (role && *role) set(c->lines, row, ARC_INVOICE_LINE_ACCOUNT_ROLE, arci_v_text(role, strlen(role)));
    l->net = -x->part.net;
    l->tax = -x->part.tax;
    l->gross = -x->part.gross;
    if (x->valued) {
        l->valued = 1;
        l->base_net = -x->base_net;
        l->base_tax = -x->base_tax;
    }
    if (x->part.quantity) {
        l->given |= ARCI_GIVEN_QUANTITY;
        l->quantity.scale = 6;
        l->quantity.mantissa = -x->part.quantity;
    }
    l->off = arci_credit_off(c->lines, x->source->row);
    l->rate = arci_credit_value(c->lines, x->source->row, ARC_INVOICE_LINE_TAX_RATE)->u.i;
    for (uint8_t i = 0; i < ARCI_TAX_KINDS; i++) {
        if (arci_code_is(kind, kinds[i])) l->kind = i;
    }
    return arci_credit_record(c, &d->lines[k], c->lines, row);
}

/* ---- the header ----------------------------------------------------------------------------------------------------------------------- */

/* What was invoiced by a fapiao is taken back by a red one. */
int arci_credit_is_tax(const arci_credits *c, const arci_credit_target *t)
{
    const arc_value *kind = arci_credit_value(c->headers, t->row, ARC_INVOICE_FAPIAO_KIND);
    return kind->type == ARC_V_TEXT && !arci_code_is(kind, "none");
}

int arci_credit_foreign(const arci_bill *d, int known)
{
    for (uint32_t k = 0; k < d->n_lines && !known; k++) known = d->amounts[k].valued;
    return known;
}

static arc_status make_header(arci_credits *c, uint32_t i, arci_bill *d, const arci_credit_target *t)
{
    static const uint32_t kept[] = { ARC_INVOICE_CUSTOMER,    ARC_INVOICE_CURRENCY,   ARC_INVOICE_CONTRACT,      ARC_INVOICE_SALES_ORDER, ARC_INVOICE_DELIVERY,   ARC_INVOICE_PROJECT,
                                     ARC_INVOICE_BUYER_TITLE, ARC_INVOICE_STORE,      ARC_INVOICE_FAPIAO_KIND,   ARC_INVOICE_FX_RATE,     ARC_INVOICE_OWNER,      ARC_INVOICE_TEAM,
                                     ARC_INVOICE_REGION,      ARC_INVOICE_DEPARTMENT, ARC_INVOICE_BUSINESS_LINE, ARC_INVOICE_CHANNEL,     ARC_INVOICE_PRICE_BASIS, ARC_INVOICE_TAX_METHOD };
    static const arc_value nobody[ARCI_CUSTOMER_COLUMNS];
    const arc_credit_note *note = &c->notes[i];
    const arci_shape *shape;
    arc_status st = arci_shape_get(c->p->t, &shape, "invoice", NULL);
    arc_value *row = st == ARC_OK ? arci_arena_calloc(&c->p->arena, shape->n, sizeof *row) : NULL;
    if (!row) return st == ARC_OK ? arci_nomem(c->p->t->env) : st;
    for (size_t f = 0; f < sizeof kept / sizeof *kept; f++) set(shape, row, kept[f], *arci_credit_value(c->headers, t->row, kept[f]));
    set(shape, row, ARC_INVOICE_RED_OF, arci_v_int(t->id));
    set(shape, row, ARC_INVOICE_REASON_CODE, arci_v_text(note->reason_code, strlen(note->reason_code)));
    set(shape, row, ARC_INVOICE_REASON, arci_v_text(note->reason, strlen(note->reason)));
    d->customer = nobody;
    d->kind = "credit_note";
    d->series = note->series;
    d->number = note->number ? arci_v_text(note->number, strlen(note->number)) : arci_v_null();
    d->contract_term = d->term = arci_v_null();
    d->due = d->date;
    d->waits = (uint8_t)arci_credit_is_tax(c, t);
    d->role = note->role && *note->role ? note->role : NULL;
    d->is_advance = (uint8_t)arci_code_is(arci_credit_value(c->headers, t->row, ARC_INVOICE_KIND), "advance");
    d->no_split = !t->split;
    d->booked.known = t->has_base;
    d->booked.foreign = (uint8_t)arci_credit_foreign(d, t->has_base);
    if (!d->based) d->booked.base = t->has_base ? -share(t->base_left, -d->totals.gross, t->left.gross) : 0;
    d->items = arci_arena_calloc(&c->p->arena, 1, sizeof *d->items);
    if (!d->items) return arci_nomem(c->p->t->env);
    d->n_items = d->waits ? 0 : 1;
    d->items[0] = (arci_bill_item){ .kind = "credit", .amount = d->totals.gross, .tax = d->totals.tax, .base = d->booked.base, .base_date = d->date, .due = d->date };
    return arci_credit_record(c, &d->record, shape, row);
}

/* Line by line what the invoice has in base currency, in proportion to what is left of it; what was deducted of an advance is valued where the rest may not be. */
static void take_base(arci_bill *d, const arci_credit_target *t, picked *list)
{
    d->based = t->has_base && t->valued;
    for (uint32_t k = 0; k < d->n_lines; k++) {
        const arci_credit_source *s = list[k].source;
        if (!s->valued) continue;
        list[k].valued = 1;
        list[k].base_net = share(s->base_net, list[k].part.net, s->left.net);
        list[k].base_tax = share(s->base_tax, list[k].part.tax, s->left.tax);
        if (d->based) d->booked.base -= list[k].base_net + list[k].base_tax;
    }
}

/* All that is left of all lines: it may come to nothing, where advances had paid for it. */
static int takes_all(const arci_credit_target *t, const arci_bill *d, const picked *list)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < t->n_lines; k++) n += t->lines[k].left.net || t->lines[k].left.tax || t->lines[k].left.gross;
    if (!n || n != d->n_lines) return 0;
    for (uint32_t k = 0; k < n; k++) {
        const arci_credit_part *left = &list[k].source->left, *part = &list[k].part;
        if (part->net != left->net || part->tax != left->tax || part->gross != left->gross) return 0;
    }
    return 1;
}

/* What the whole comes to, within what is left of the invoice. */
static arc_status judge_total(arci_credits *c, const arci_credit_target *t, const arci_credit_part *sum, int whole)
{
    arci_env *env = c->p->t->env;
    char text[48] = "";
    size_t len = sizeof text;
    arc_money m;
    int n;
    const char *name = arci_credit_name(c, t, &n);
    int fits = within(sum->gross, t->left.gross) && within(sum->net, t->left.net) && within(sum->tax, t->left.tax);
    if (fits && (sum->gross || whole)) return ARC_OK;
    if (!sum->gross && t->left.gross > 0) {
        return arci_credit_at(c, arci_fail(env, ARC_E_VALUE, "a credit note to invoice %.*s would come to nothing", "对发票 %.*s 的红冲金额为零", n, name), t, "gross_amount");
    }
    if (arc_money_set(&m, t->left.gross, arci_credit_value(c->headers, t->row, ARC_INVOICE_CURRENCY)->u.s) == ARC_OK) (void)arc_money_print_amount(text, &len, &m);
    return arci_credit_at(c, arci_fail(env, ARC_E_GUARD, "more than is left of invoice %.*s: %s can be credited", "超出发票 %.*s 的可红冲余额：%s", n, name, text), t, "gross_amount");
}

/* An invoice without lines is credited by amount. */
static arc_status by_amount(arci_credits *c, uint32_t i, const arci_credit_target *t, arci_credit_part *sum)
{
    const arc_credit_note *note = &c->notes[i];
    arci_env *env = c->p->t->env;
    if (note->n_lines) {
        return arci_credit_at(c, arci_fail(env, ARC_E_VALUE, "the invoice was recorded without lines: credit an amount", "该发票没有明细行，请按金额红冲"), t, "lines");
    }
    if (note->role && *note->role && arci_credit_is_tax(c, t)) {
        return arci_credit_at(c, arci_fail(env, ARC_E_VALUE, "a tax invoice without lines is credited to what it was credited to: no role", "无明细行的税票红冲不能指定科目角色"), t, "account_role");
    }
    if (note->amount < 0 || note->amount > ARC_MONEY_MAX) return arci_credit_at(c, arci_fail(env, ARC_E_RANGE, "the amount is positive", "金额须为正数"), t, "gross_amount");
    sum->gross = note->amount ? note->amount : t->left.gross;
    sum->tax = share(t->left.tax, sum->gross, t->left.gross);
    sum->net = sum->gross - sum->tax;
    return ARC_OK;
}

static arc_status by_line(arci_credits *c, uint32_t i, arci_bill *d, arci_credit_target *t, arci_credit_part *sum, picked *list)
{
    if (c->notes[i].amount) {
        arc_status st = arci_fail(c->p->t->env, ARC_E_VALUE, "the invoice has lines: credit them, not an amount", "该发票有明细行，请按行红冲");
        return arci_credit_at(c, st, t, "gross_amount");
    }
    arc_status st = pick(c, i, t, list, &d->n_lines);
    for (uint32_t k = 0; k < d->n_lines && st == ARC_OK; k++) {
        sum->net += list[k].part.net; /* each within the line: no overflow */
        sum->tax += list[k].part.tax;
        sum->gross += list[k].part.gross;
    }
    return st;
}

static void take(arci_credit_target *t, const arci_bill *d, const picked *list, const arci_credit_part *sum)
{
    for (uint32_t k = 0; k < d->n_lines; k++) {
        arci_credit_part *left = &list[k].source->left;
        left->quantity -= list[k].part.quantity;
        left->net -= list[k].part.net;
        left->tax -= list[k].part.tax;
        left->gross -= list[k].part.gross;
        list[k].source->base_net -= list[k].base_net;
        list[k].source->base_tax -= list[k].base_tax;
    }
    t->left.net -= sum->net;
    t->left.tax -= sum->tax;
    t->left.gross -= sum->gross;
    t->base_left += d->booked.base;
    t->n_waiting += d->waits;
    t->changed = 1;
}

arc_status arci_credit_lines(arci_credits *c, uint32_t i)
{
    arci_bill *d = &c->bills.list[i];
    arci_credit_target *t = c->of[i];
    arci_arena *arena = &c->p->arena;
    arci_credit_part sum = { 0, 0, 0, 0 };
    uint32_t room = c->notes[i].n_lines ? 2 * c->notes[i].n_lines : t->n_lines; /* discounts go with their lines */
    picked *list = arci_arena_calloc(arena, room + 1, sizeof *list);
    d->lines = arci_arena_calloc(arena, room + 1, sizeof *d->lines);
    d->amounts = arci_arena_calloc(arena, room + 1, sizeof *d->amounts);
    d->line_products = arci_arena_calloc(arena, room + 1, sizeof *d->line_products);
    if (!list || !d->lines || !d->amounts || !d->line_products) return arci_nomem(c->p->t->env);
    arc_status st = t->n_lines ? by_line(c, i, d, t, &sum, list) : by_amount(c, i, t, &sum);
    if (st == ARC_OK) st = judge_total(c, t, &sum, takes_all(t, d, list));
    if (st != ARC_OK) return st;
    d->totals = (arci_totals){ -sum.net, -sum.tax, -sum.gross };
    take_base(d, t, list);
    for (uint32_t k = 0; k < d->n_lines && st == ARC_OK; k++) st = make_line(c, d, k, &list[k], c->notes[i].role);
    if (st == ARC_OK) st = make_header(c, i, d, t);
    if (st == ARC_OK) take(t, d, list, &sum);
    return st;
}
