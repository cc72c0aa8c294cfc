/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/totals.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/num.h"
#include "value/money.h"

#define RATE_ONE 10000 /* a rate has 4 decimals */

typedef struct job {
    arci_env *env;
    const arci_total_rules *rules;
    arci_total_line *lines;
    uint32_t n, at; /* the line being worked on */
    uint8_t tax_given;
} job;

arc_status arci_line_at(arci_env *env, arc_status status, uint32_t line, const char *field)
{
    char pointer[80];
    (void)snprintf(pointer, sizeof pointer, "/lines/%u/%s", (unsigned)line, field);
    arci_fail_at(env, "invoice_line", field, 0, -1);
    arci_fail_pointer(env, pointer);
    return status;
}

/* An amount for a message. */
static const char *shown(const job *j, char buf[48], int64_t minor)
{
    return arci_amount_text(buf, minor, j->rules->currency);
}

static arc_status too_large(const job *j, const char *field)
{
    return arci_line_at(j->env, arci_fail(j->env, ARC_E_OVERFLOW, "line %u: the amount is too large", "第 %u 行：金额超出范围", j->at + 1), j->at, field);
}

static int out_of_range(int64_t v) { return v > ARC_MONEY_MAX || v < -ARC_MONEY_MAX; }
static int64_t sign(int64_t v) { return (v > 0) - (v < 0); }

/* ---- one line ------------------------------------------------------------------------------------------------------------- */

/* |quantity * price - amount| <= bound, exactly. */
static int price_fits(const job *j, const arci_total_line *l, int64_t amount)
{
    int32_t exponent = 2, scale = l->quantity.scale + l->price.scale;
    uint64_t d = 1, whole, rest;
    (void)arc_currency_exponent(&exponent, j->rules->currency);
    for (int32_t i = exponent; i < scale && i < exponent + 18; i++) d *= 10;
    if (arci_divmod_u128(arci_mul_u64(arci_mag64(l->quantity.mantissa), arci_mag64(l->price.mantissa)), d, &whole, &rest)) return 0;
    if (whole > (uint64_t)ARC_MONEY_MAX) return 0;
    int64_t signs = sign(l->quantity.mantissa) * sign(l->price.mantissa);
    int64_t less = (int64_t)whole - (signs < 0 ? -amount : amount), bound = j->rules->line_price;
    return less >= -bound && (less < bound || (less == bound && !rest));
}

/* The amount entered, into net or gross. */
static arc_status enter(job *j, arci_total_line *l)
{
    const uint32_t counted = ARCI_GIVEN_QUANTITY | ARCI_GIVEN_PRICE, amounts = ARCI_GIVEN_NET | ARCI_GIVEN_GROSS;
    uint32_t base = j->rules->gross_basis ? ARCI_GIVEN_GROSS : ARCI_GIVEN_NET;
    const char *field = j->rules->gross_basis ? "gross_amount" : "net_amount";
    int64_t *amount = j->rules->gross_basis ? &l->gross : &l->net;
    char is[48], should[48];
    arc_money m;
    if ((l->given & counted) == counted) {
        arc_status st = arc_money_line(&m, &l->quantity, &l->price, j->rules->currency, ARC_ROUND_HALF_UP);
        if (st != ARC_OK) return too_large(j, "price");
        if ((l->given & base) && !price_fits(j, l, *amount)) {
            arci_fail(j->env, ARC_E_VALUE, "line %u: quantity x price is %s, the amount %s", "第 %u 行：数量×单价为 %s，与金额 %s 不符", j->at + 1,
                      shown(j, should, m.minor), shown(j, is, *amount));
            return arci_line_at(j->env, ARC_E_VALUE, j->at, field);
        }
        if (!(l->given & amounts)) {
            *amount = m.minor;
            l->given |= base;
        }
    } else if (!(l->given & amounts)) {
        arci_fail(j->env, ARC_E_REQUIRED, "line %u: an amount, or quantity and price, is required", "第 %u 行：须填写金额，或数量和单价", j->at + 1);
        return arci_line_at(j->env, ARC_E_REQUIRED, j->at, field);
    }
    l->with_tax = !(l->given & ARCI_GIVEN_NET);
    if (out_of_range(l->net) || out_of_range(l->gross) || out_of_range(l->tax)) return too_large(j, field);
    return ARC_OK;
}

/* Kind and rate agree. */
static arc_status check_rate(job *j, arci_total_line *l)
{
    if (!(l->given & (ARCI_GIVEN_RATE | ARCI_GIVEN_KIND))) {
        arci_fail(j->env, ARC_E_REQUIRED, "line %u: tax_rate is required, or a tax kind without tax (zero, exempt, outside)",
                  "第 %u 行：须填写税率，或选择零税率、免税、不征税", j->at + 1);
        return arci_line_at(j->env, ARC_E_REQUIRED, j->at, "tax_rate");
    }
    if (!(l->given & ARCI_GIVEN_KIND)) l->kind = l->rate ? ARCI_TAX_STANDARD : ARCI_TAX_ZERO;
    int free = l->kind >= ARCI_TAX_ZERO;
    if (!free && !(l->given & ARCI_GIVEN_RATE)) {
        arci_fail(j->env, ARC_E_REQUIRED, "line %u: tax_rate is required", "第 %u 行：须填写税率", j->at + 1);
        return arci_line_at(j->env, ARC_E_REQUIRED, j->at, "tax_rate");
    }
    if (l->rate < 0 || l->rate > 10 * RATE_ONE || (free && l->rate)) {
        arci_fail(j->env, ARC_E_VALUE, "line %u: the tax rate does not fit the tax kind", "第 %u 行：税率与计税种类不符", j->at + 1);
        return arci_line_at(j->env, ARC_E_VALUE, j->at, "tax_rate");
    }
    return ARC_OK;
}

/* Exact tax of a line less `tax`, in parts of a minor unit: RATE_ONE parts from net, RATE_ONE + rate from gross. */
static int64_t error_of(const arci_total_line *l, int64_t tax)
{
    int64_t base = l->with_tax ? l->gross : l->net;
    uint64_t parts = RATE_ONE + (l->with_tax ? (uint64_t)l->rate : 0), whole = 0, rest = 0;
    (void)arci_divmod_u128(arci_mul_u64(arci_mag64(base), (uint64_t)l->rate), parts, &whole, &rest); /* the quotient fits: rates are at most 10 */
    const int64_t far = INT64_C(1000000000000);
    int64_t s = base < 0 ? -1 : 1, less = whole > 2 * (uint64_t)ARC_MONEY_MAX ? far : (int64_t)whole - s * tax;
    if (less > far) less = far;
    if (less < -far) less = -far;
    return s * (less * (int64_t)parts + (int64_t)rest);
}

static arc_status check_tax(job *j, const arci_total_line *l)
{
    char is[48];
    /* |net * rate - tax|, always from the net amount as tax offices do. */
    arci_total_line by_net = *l;
    by_net.with_tax = 0;
    int64_t e = error_of(&by_net, l->tax), bound = j->rules->line_tax * RATE_ONE;
    if ((!l->rate && l->tax) || e > bound || e < -bound) {
        arci_fail(j->env, ARC_E_VALUE, "line %u: the tax %s does not fit net amount and rate", "第 %u 行：税额 %s 与不含税金额和税率不符", j->at + 1,
                  shown(j, is, l->tax));
        return arci_line_at(j->env, ARC_E_VALUE, j->at, "tax_amount");
    }
    return ARC_OK;
}

static arc_status compute_tax(job *j, arci_total_line *l)
{
    arc_money base, part;
    const arc_decimal rate = { l->rate, 4, 0 };
    arc_status st = arc_money_set(&base, l->with_tax ? l->gross : l->net, j->rules->currency);
    if (st != ARC_OK) return arci_fail(j->env, st, "the currency is unknown", "未知的币种");
    if (l->with_tax) st = arc_money_tax_from_gross(NULL, &part, &base, &rate, ARC_ROUND_HALF_UP);
    else st = arc_money_tax_from_net(&part, NULL, &base, &rate, ARC_ROUND_HALF_UP);
    if (st != ARC_OK) return too_large(j, "tax_amount");
    l->tax = part.minor;
    return ARC_OK;
}

/* The two amounts that follow. */
static void complete(arci_total_line *l)
{
    if (l->with_tax) l->net = l->gross - l->tax;
    else l->gross = l->net + l->tax;
}

static arc_status work_line(job *j)
{
    arci_total_line *l = &j->lines[j->at];
    const uint32_t both = ARCI_GIVEN_NET | ARCI_GIVEN_GROSS;
    arc_status st = enter(j, l);
    if (st == ARC_OK) st = check_rate(j, l);
    if (st != ARC_OK) return st;
    if ((l->given & both) == both) {
        if ((l->given & ARCI_GIVEN_TAX) && l->net + l->tax != l->gross) {
            arci_fail(j->env, ARC_E_VALUE, "line %u: net and tax do not add up to the gross amount", "第 %u 行：不含税金额与税额之和不等于价税合计", j->at + 1);
            return arci_line_at(j->env, ARC_E_VALUE, j->at, "gross_amount");
        }
        l->tax = l->gross - l->net;
        l->given |= ARCI_GIVEN_TAX;
    }
    if (l->given & ARCI_GIVEN_TAX) {
        j->tax_given = 1;
        complete(l);
        st = check_tax(j, l);
    } else {
        st = compute_tax(j, l);
        complete(l);
    }
    return st == ARC_OK && (out_of_range(l->net) || out_of_range(l->gross)) ? too_large(j, "gross_amount") : st;
}

/* ---- discounts ---------------------------------------------------------------------------------------------------------------- */

static arc_status bad_discount(job *j, const char *field, const char *en, const char *zh)
{
    arci_fail(j->env, ARC_E_VALUE, "line %u: %s%.0s", "第 %u 行：%.0s%s", j->at + 1, en, zh);
    return arci_line_at(j->env, ARC_E_VALUE, j->at, field);
}

/* A discount line takes kind and rate of its line, unless it says them itself. */
static arc_status inherit(job *j)
{
    arci_total_line *l = &j->lines[j->at];
    if (!l->discount_of) return ARC_OK;
    if (l->discount_of != j->at || j->lines[j->at - 1].discount_of) {
        return bad_discount(j, "discount_of", "a discount stands directly under the line it discounts", "折扣行须紧跟在被折扣行之下");
    }
    const arci_total_line *of = &j->lines[j->at - 1];
    if (!(l->given & ARCI_GIVEN_RATE) && (of->given & ARCI_GIVEN_RATE)) {
        l->rate = of->rate;
        l->given |= ARCI_GIVEN_RATE;
    }
    if (!(l->given & ARCI_GIVEN_KIND) && (of->given & ARCI_GIVEN_KIND)) {
        l->kind = of->kind;
        l->given |= ARCI_GIVEN_KIND;
    }
    return ARC_OK;
}

static arc_status check_discount(job *j)
{
    const arci_total_line *l = &j->lines[j->at];
    if (!l->discount_of) return ARC_OK;
    const arci_total_line *of = &j->lines[j->at - 1];
    if (l->rate != of->rate || l->kind != of->kind) {
        return bad_discount(j, "tax_rate", "a discount has the tax rate and kind of the line it discounts", "折扣行的税率和计税种类须与被折扣行一致");
    }
    if (sign(l->net) * sign(of->net) > 0 || arci_mag64(l->net) > arci_mag64(of->net)) {
        return bad_discount(j, "net_amount", "a discount is negative and at most the line it discounts", "折扣须为负数且不超过被折扣行金额");
    }
    return ARC_OK;
}

/* ---- groups --------------------------------------------------------------------------------------------------------------------- */

static int same_group(const arci_total_line *a, const arci_total_line *b) { return a->rate == b->rate && a->kind == b->kind; }

typedef struct rounding {
    int64_t error; /* in the direction of the difference */
    uint32_t line;
    uint32_t pad;
} rounding;

static int most_first(const void *x, const void *y)
{
    const rounding *a = x, *b = y;
    if (a->error != b->error) return a->error > b->error ? -1 : 1;
    return a->line < b->line ? -1 : 1;
}

/* Hands `less` minor units out, one a line, to those of the group whose tax was rounded most in the other direction. */
static arc_status spread(job *j, uint32_t first, uint32_t n_free, int64_t less)
{
    int64_t step = less > 0 ? 1 : -1;
    uint32_t n = 0;
    if (!less || !n_free) return ARC_OK;
    rounding *list = arci_calloc(j->env->ctx, n_free, sizeof *list);
    if (!list) return arci_nomem(j->env);
    for (uint32_t i = first; i < j->n && n < n_free; i++) {
        if (!same_group(&j->lines[i], &j->lines[first]) || (j->lines[i].given & ARCI_GIVEN_TAX)) continue;
        list[n].error = step * error_of(&j->lines[i], j->lines[i].tax);
        list[n++].line = i;
    }
    qsort(list, n, sizeof *list, most_first);
    for (uint32_t i = 0; i < n && less; i++, less -= step) {
        arci_total_line *l = &j->lines[list[i].line];
        l->tax += step;
        complete(l);
    }
    arci_free(j->env->ctx, list);
    return ARC_OK;
}

static arc_status work_group(job *j, uint32_t first)
{
    arci_acc base_acc = { 0, 0 }, tax_acc = { 0, 0 };
    arci_total_line sum = j->lines[first];
    uint8_t given = 0;
    int64_t is;
    uint32_t n_free = 0;
    char text[48];
    sum.with_tax = j->rules->gross_basis;
    for (uint32_t i = first; i < j->n; i++) {
        const arci_total_line *l = &j->lines[i];
        if (!same_group(l, &j->lines[first])) continue;
        arci_acc_add(&base_acc, sum.with_tax ? l->gross : l->net);
        arci_acc_add(&tax_acc, l->tax);
        given |= (l->given & ARCI_GIVEN_TAX) != 0;
        n_free += !(l->given & ARCI_GIVEN_TAX);
    }
    j->at = first;
    if (arci_acc_get(&base_acc, sum.with_tax ? &sum.gross : &sum.net) || arci_acc_get(&tax_acc, &is)) return too_large(j, "net_amount");
    if (out_of_range(sum.net) || out_of_range(sum.gross)) return too_large(j, "net_amount");
    arc_status st = compute_tax(j, &sum);
    if (st != ARC_OK) return st;
    int64_t less = sum.tax - is;
    if (!given || (n_free && less <= n_free && less >= -(int64_t)n_free)) return spread(j, first, n_free, less);
    if (less > j->rules->group_tax || less < -j->rules->group_tax) {
        arci_fail(j->env, ARC_E_VALUE, "the taxes given for a rate do not fit its net amounts: they should come to %s",
                  "同一税率下所填税额与金额不符，应为 %s", shown(j, text, sum.tax));
        return arci_line_at(j->env, ARC_E_VALUE, first, "tax_amount");
    }
    return ARC_OK;
}

static arc_status work_groups(job *j)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < j->n && st == ARC_OK; i++) {
        uint32_t before = 0;
        while (before < i && !same_group(&j->lines[before], &j->lines[i])) before++;
        if (before == i) st = work_group(j, i);
    }
    return st;
}

/* ---- the document ---------------------------------------------------------------------------------------------------------------- */

static arc_status sum_up(job *j, arci_totals *out)
{
    arci_acc net = { 0, 0 }, tax = { 0, 0 }, gross = { 0, 0 }, error = { 0, 0 };
    int64_t e = 0, bound = j->rules->document_tax * RATE_ONE;
    for (uint32_t i = 0; i < j->n; i++) {
        arci_total_line l = j->lines[i];
        arci_acc_add(&net, l.net);
        arci_acc_add(&tax, l.tax);
        arci_acc_add(&gross, l.gross);
        l.with_tax = 0;
        arci_acc_add(&error, error_of(&l, l.tax));
    }
    if (arci_acc_get(&net, &out->net) || arci_acc_get(&tax, &out->tax) || arci_acc_get(&gross, &out->gross) || out_of_range(out->net) ||
        out_of_range(out->tax) || out_of_range(out->gross)) {
        arci_fail(j->env, ARC_E_OVERFLOW, "the total is too large", "合计金额超出范围");
        arci_fail_at(j->env, "invoice", "gross_amount", 0, -1);
        return ARC_E_OVERFLOW;
    }
    if (j->tax_given && !j->rules->by_group && (arci_acc_get(&error, &e) || e > bound || e < -bound)) {
        arci_fail(j->env, ARC_E_VALUE, "the taxes given are together too far from net amounts times rates", "所填税额与金额×税率的累计误差过大");
        arci_fail_at(j->env, "invoice", "tax_amount", 0, -1);
        return ARC_E_VALUE;
    }
    return ARC_OK;
}

arc_status arci_totals_compute(arci_env *env, arci_totals *out, arci_total_line *lines, uint32_t n, const arci_total_rules *rules)
{
    job j = { env, rules, lines, n, 0, 0 };
    arc_status st = ARC_OK;
    for (; j.at < n && st == ARC_OK; j.at++) {
        st = inherit(&j);
        if (st == ARC_OK) st = work_line(&j);
        if (st == ARC_OK) st = check_discount(&j);
        if (st != ARC_OK) return st;
    }
    if (rules->by_group) st = work_groups(&j);
    return st == ARC_OK ? sum_up(&j, out) : st;
}

uint32_t arci_totals_groups(arci_total_group *groups, const arci_total_line *lines, uint32_t n)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t g = 0;
        while (g < count && (groups[g].rate != lines[i].rate || groups[g].kind != lines[i].kind)) g++;
        if (g == count) groups[count++] = (arci_total_group){ lines[i].rate, 0, 0, lines[i].kind, { 0 } };
        groups[g].net += lines[i].net; /* within the totals, which fit */
        groups[g].tax += lines[i].tax;
    }
    return count;
}
