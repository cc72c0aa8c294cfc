/* SPDX-License-Identifier: Apache-2.0 */
/* Values and the tests that are more than a look at a slot: comparisons of expressions, texts, lists. Exact throughout. */
#include <string.h>

#include "arcore/date.h"
#include "rules/fact_impl.h"
#include "rules/logic_run.h"

#define ERROR ARCI_LOGIC_ERROR

/* ---- fields and constants ------------------------------------------------------------------------------------------------------ */

static void whole(arci_logic_value *out, uint8_t type, int64_t v, int32_t scale)
{
    out->type = type;
    out->n = arci_num_of(v, scale);
}

int64_t arci_lx_later(const arci_fact *f, const arc_value *row, const arci_logic_run *run)
{
    int64_t n = row[f->slot].u.i;
    if (f->how == ARCI_HOW_SINCE || (f->how == ARCI_HOW_PARAM && !f->from)) return n + run->later;
    if (f->how != ARCI_HOW_LATE) return n;
    n = (int64_t)run->today + run->later - row[f->from].u.i;
    return n < 0 ? 0 : n;
}

static int read_slot(const arci_lx *x, const arc_value *row, arci_logic_run *run, arci_logic_value *out)
{
    static const char nowhere[] = "---";
    const arc_value *v = &row[x->fact->slot];
    memset(out, 0, sizeof *out);
    out->codes = x->fact->codes;
    if (v->type == ARC_V_NULL) return ARCI_LOGIC_TRUE;
    if (v->type == ARCI_V_FAULT) return arci_logic_fail(run, -(arc_status)v->len, x);
    out->type = x->type;
    if (v->type == ARC_V_TEXT) {
        out->s = v->u.s;
        out->len = v->len;
        return ARCI_LOGIC_TRUE;
    }
    whole(out, x->type, run->later ? arci_lx_later(x->fact, row, run) : v->u.i, x->fact->scale);
    if (x->type != ARCI_FACT_MONEY) return ARCI_LOGIC_TRUE;
    out->currency = x->fact->fixed;
    if (x->fact->currency == ARCI_NO_SLOT) return ARCI_LOGIC_TRUE;
    const arc_value *currency = &row[x->fact->currency];
    out->currency = currency->type == ARC_V_TEXT && currency->len == 3 ? currency->u.s : nowhere;
    return ARCI_LOGIC_TRUE;
}

static void read_constant(const arci_lx *x, arci_logic_value *out)
{
    memset(out, 0, sizeof *out);
    out->type = x->type;
    out->currency = x->currency;
    if (x->fact) out->codes = x->fact->codes;
    if (x->list->type == ARC_V_TEXT) {
        out->s = x->list->u.s;
        out->len = x->list->len;
    } else {
        out->n = arci_num_of(x->list->u.i, x->scale);
    }
}

/* ---- arithmetic -------------------------------------------------------------------------------------------------------------------- */

/* Both amounts in one currency: the result's. 0: they are not. */
static int same_currency(const arci_logic_value *a, const arci_logic_value *b, const char **out)
{
    *out = a->currency ? a->currency : b->currency;
    return !a->currency || !b->currency || memcmp(a->currency, b->currency, 3) == 0;
}

/* Operands of arithmetic have values. */
static int present(const arci_logic *p, uint32_t node, const arc_value *row, arci_logic_run *run, const arci_lx *at, arci_logic_value *out)
{
    if (arci_lx_value(p, node, row, run, out) == ERROR) return ERROR;
    return out->type ? ARCI_LOGIC_TRUE : arci_logic_fail(run, ARC_E_REQUIRED, at);
}

static int combine(uint8_t op, arci_logic_value *a, const arci_logic_value *b, arci_logic_run *run, const arci_lx *at)
{
    int money = (a->type == ARCI_FACT_MONEY) + (b->type == ARCI_FACT_MONEY), order = 0;
    const char *currency = a->currency ? a->currency : b->currency;
    arc_status st = ARC_OK;
    if (money == 2 && !same_currency(a, b, &currency)) return arci_logic_fail(run, ARC_E_CURRENCY, at);
    switch (op) {
    case LX_ADD: st = arci_num_add(&a->n, &a->n, &b->n); break;
    case LX_SUB: st = arci_num_sub(&a->n, &a->n, &b->n); break;
    case LX_MUL: st = arci_num_mul(&a->n, &a->n, &b->n); break;
    case LX_DIV: st = arci_num_div(&a->n, &a->n, &b->n); break;
    default:
        st = arci_num_cmp(&order, &a->n, &b->n);
        if (op == LX_MIN ? order > 0 : order < 0) *a = *b;
    }
    if (st != ARC_OK) return arci_logic_fail(run, st, at);
    if (op == LX_DIV && money == 2) currency = NULL;
    if (op <= LX_DIV) a->type = money && !(op == LX_DIV && money == 2) ? (uint8_t)ARCI_FACT_MONEY : (uint8_t)ARCI_FACT_DECIMAL;
    a->currency = currency;
    return ARCI_LOGIC_TRUE;
}

static int arithmetic(const arci_logic *p, const arci_lx *x, const arc_value *row, arci_logic_run *run, arci_logic_value *out)
{
    const uint32_t *kids = &p->kids[x->kid];
    arci_logic_value next;
    if (present(p, kids[0], row, run, x, out) == ERROR) return ERROR;
    if (x->op == LX_SUB && x->n == 1) {
        out->n.negative = arci_num_sign(&out->n) > 0;
        return ARCI_LOGIC_TRUE;
    }
    for (uint32_t i = 1; i < x->n; i++) {
        if (present(p, kids[i], row, run, x, &next) == ERROR || combine(x->op, out, &next, run, x) == ERROR) return ERROR;
    }
    return ARCI_LOGIC_TRUE;
}

static int choose(const arci_logic *p, const arci_lx *x, const arc_value *row, arci_logic_run *run, arci_logic_value *out)
{
    const uint32_t *kids = &p->kids[x->kid];
    for (uint32_t i = 0; i + 1 < x->n; i += 2) {
        int r = arci_lx_test(p, kids[i], row, run);
        if (r == ERROR) return r;
        if (r) return arci_lx_value(p, kids[i + 1], row, run, out);
    }
    if (x->n % 2) return arci_lx_value(p, kids[x->n - 1], row, run, out);
    memset(out, 0, sizeof *out);
    return ARCI_LOGIC_TRUE;
}

static int days(const arci_logic *p, const arci_lx *x, const arc_value *row, arci_logic_run *run, arci_logic_value *out)
{
    const uint32_t *kids = &p->kids[x->kid];
    arci_logic_value with;
    int64_t from = 0, n = 0;
    arc_date day = 0;
    arc_status st = ARC_OK;
    if (present(p, kids[0], row, run, x, out) == ERROR || present(p, kids[1], row, run, x, &with) == ERROR) return ERROR;
    if (arci_num_int(&out->n, &from) || arci_num_int(&with.n, &n)) return arci_logic_fail(run, ARC_E_RANGE, x);
    switch (x->op) {
    case LX_DAYS_BETWEEN: whole(out, ARCI_FACT_INT, n - from, 0); return ARCI_LOGIC_TRUE;
    case LX_ADD_DAYS: st = arc_date_add_days(&day, (arc_date)from, n); break;
    case LX_ADD_MONTHS: st = arc_date_add_months(&day, (arc_date)from, n); break;
    default:
        st = n < INT32_MIN || n > INT32_MAX ? ARC_E_RANGE : run->calendar ? arc_calendar_add(run->calendar, &day, (arc_date)from, (int32_t)n) : ARC_E_CALENDAR;
    }
    if (st != ARC_OK) return arci_logic_fail(run, st, x);
    whole(out, ARCI_FACT_DATE, day, 0);
    return ARCI_LOGIC_TRUE;
}

/* ---- choices ---------------------------------------------------------------------------------------------------------------------- */

/* One character of a JSON string; what arci_json_put_text() writes. */
static size_t unescape(const char *s, size_t n, char *c)
{
    static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
    *c = s[0];
    if (s[0] != '\\' || n < 2) return 1;
    const char *at = strchr(from, s[1]);
    *c = at && s[1] ? to[at - from] : s[1];
    if (s[1] != 'u' || n < 6) return 2;
    static const char hex[] = "0123456789abcdef";
    const char *h = strchr(hex, s[4] | 0x20), *l = strchr(hex, s[5] | 0x20);
    *c = (char)((h ? h - hex : 0) * 16 + (l ? l - hex : 0));
    return 6;
}

static int holds_code(const char *s, size_t n, const char *code)
{
    size_t i = 0, len = strlen(code);
    while (i < n) {
        if (s[i++] != '"') continue;
        size_t k = 0;
        int same = 1;
        while (i < n && s[i] != '"') {
            char c;
            i += unescape(s + i, n - i, &c);
            same &= k < len && code[k] == c;
            k++;
        }
        i++;
        if (same && k == len) return 1;
    }
    return 0;
}

/* ---- lists ---------------------------------------------------------------------------------------------------------------------------- */

int arci_lx_begin(const arci_logic *p, const arci_lx *x, const arc_value *row, arci_logic_run *run, arci_lx_elements *e)
{
    const arci_lx *list = arci_kid(p, x, 0);
    memset(e, 0, sizeof *e);
    e->list = &row[list->fact->slot];
    e->codes = list->fact->codes;
    if (e->list->type == ARCI_V_FAULT) return arci_logic_fail(run, -(arc_status)e->list->len, x);
    if (e->list->type == ARCI_V_LIST) e->rows = (const arci_fact_list *)(const void *)e->list->u.s;
    return ARCI_LOGIC_TRUE;
}

const arc_value *arci_lx_element(arci_lx_elements *e)
{
    if (e->rows) return e->at < e->rows->n ? e->rows->rows + (size_t)e->at++ * e->rows->width : NULL;
    if (e->list->type != ARC_V_TEXT || !e->codes) return NULL;
    while (e->codes->codes[e->at]) {
        uint32_t at = e->at++;
        if (!holds_code(e->list->u.s, e->list->len, e->codes->codes[at])) continue;
        e->code.type = ARC_V_INT;
        e->code.u.i = at;
        return &e->code;
    }
    return NULL;
}

static int quantify(const arci_logic *p, const arci_lx *x, const arc_value *row, arci_logic_run *run)
{
    arci_lx_elements e;
    const arc_value *element;
    uint32_t n = 0;
    if (arci_lx_begin(p, x, row, run, &e) == ERROR) return ERROR;
    while ((element = arci_lx_element(&e)) != NULL) {
        int r = arci_logic_test(x->filter, element, run);
        if (r == ERROR) return r;
        if (x->op == LX_ALL ? !r : r) return x->op == LX_SOME;
        n++;
    }
    return x->op == LX_ALL ? n > 0 : x->op == LX_NONE;
}

static int fold(const arci_logic *p, const arci_lx *x, const arc_value *row, arci_logic_run *run, arci_logic_value *out)
{
    arci_lx_elements e;
    const arc_value *element;
    arci_logic_value one;
    int64_t n = 0;
    memset(out, 0, sizeof *out);
    if (arci_lx_begin(p, x, row, run, &e) == ERROR) return ERROR;
    out->type = x->type;
    while ((element = arci_lx_element(&e)) != NULL) {
        int r = x->filter ? arci_logic_test(x->filter, element, run) : ARCI_LOGIC_TRUE;
        if (r == ERROR) return r;
        if (!r) continue;
        n++;
        if (x->op == LX_COUNT) continue;
        if (arci_lx_value(x->sub, x->sub->root, element, run, &one) == ERROR) return ERROR;
        if (!one.type) return arci_logic_fail(run, ARC_E_REQUIRED, x);
        if (combine(LX_ADD, out, &one, run, x) == ERROR) return ERROR;
    }
    if (x->op == LX_COUNT) whole(out, ARCI_FACT_INT, n, 0);
    return ARCI_LOGIC_TRUE;
}

/* ---- values --------------------------------------------------------------------------------------------------------------------------- */

int arci_lx_value(const arci_logic *p, uint32_t node, const arc_value *row, arci_logic_run *run, arci_logic_value *out)
{
    const arci_lx *x = &p->x[node];
    if (arci_lx_is_bool(x)) {
        int r = arci_lx_test(p, node, row, run);
        memset(out, 0, sizeof *out);
        if (r != ERROR) whole(out, ARCI_FACT_BOOL, r, 0);
        return r == ERROR ? r : ARCI_LOGIC_TRUE;
    }
    switch (x->op) {
    case LX_VAR: return read_slot(x, row, run, out);
    case LX_CONST: read_constant(x, out); return ARCI_LOGIC_TRUE;
    case LX_NOTHING: memset(out, 0, sizeof *out); return ARCI_LOGIC_TRUE;
    case LX_CHOOSE: return choose(p, x, row, run, out);
    case LX_SUM:
    case LX_COUNT: return fold(p, x, row, run, out);
    case LX_DAYS_BETWEEN:
    case LX_ADD_DAYS:
    case LX_ADD_BUSINESS_DAYS:
    case LX_ADD_MONTHS: return days(p, x, row, run, out);
    default: return arithmetic(p, x, row, run, out);
    }
}

/* ---- comparing -------------------------------------------------------------------------------------------------------------------------- */

static int text_same(const arci_logic_value *a, const arci_logic_value *b)
{
    return a->len == b->len && (!a->len || !memcmp(a->s, b->s, a->len));
}

int arci_lx_holds(uint8_t op, const arci_logic_value *a, const arci_logic_value *b, arci_logic_run *run, const arci_lx *at)
{
    const char *currency;
    int order = 0, equality = op == LX_EQ || op == LX_NE;
    if (!a->type || !b->type) return equality && (!a->type && !b->type) == (op == LX_EQ);
    if (a->type == ARCI_FACT_MONEY && !same_currency(a, b, &currency)) return op == LX_NE;
    if (a->type == ARCI_FACT_TEXT) return text_same(a, b) == (op == LX_EQ);
    arc_status st = arci_num_cmp(&order, &a->n, &b->n);
    if (st != ARC_OK) return arci_logic_fail(run, st, at);
    switch (op) {
    case LX_EQ: return order == 0;
    case LX_NE: return order != 0;
    case LX_LT: return order < 0;
    case LX_LE: return order <= 0;
    case LX_GT: return order > 0;
    default: return order >= 0;
    }
}

/* a/b beside a constant: a beside constant * b, which divides and rounds nothing. */
static int quotient(const arci_logic *p, const arci_lx *div, const arc_value *row, arci_logic_run *run, arci_logic_value *dividend, arci_logic_value *constant)
{
    const uint32_t *kids = &p->kids[div->kid];
    const char *currency;
    arci_logic_value by;
    if (present(p, kids[0], row, run, div, dividend) == ERROR || present(p, kids[1], row, run, div, &by) == ERROR) return ERROR;
    if (arci_num_sign(&by.n) <= 0) return arci_logic_fail(run, ARC_E_DIVIDE, div);
    if (by.type == ARCI_FACT_MONEY && !same_currency(dividend, &by, &currency)) return arci_logic_fail(run, ARC_E_CURRENCY, div);
    if (by.type == ARCI_FACT_MONEY) constant->currency = by.currency;
    constant->type = dividend->type;
    arc_status st = arci_num_mul(&constant->n, &constant->n, &by.n);
    return st == ARC_OK ? ARCI_LOGIC_TRUE : arci_logic_fail(run, st, div);
}

int arci_lx_sides(const arci_logic *p, const arci_lx *x, uint32_t first, const arc_value *row, arci_logic_run *run, arci_logic_value *a, arci_logic_value *b)
{
    uint32_t left = p->kids[x->kid + first], right = p->kids[x->kid + first + 1];
    const arci_lx *l = &p->x[left], *r = &p->x[right];
    if (l->op == LX_DIV && r->op == LX_CONST) {
        read_constant(r, b);
        return quotient(p, l, row, run, a, b);
    }
    if (r->op == LX_DIV && l->op == LX_CONST) {
        read_constant(l, a);
        return quotient(p, r, row, run, b, a);
    }
    return arci_lx_value(p, left, row, run, a) == ERROR ? ERROR : arci_lx_value(p, right, row, run, b);
}

static int compare(const arci_logic *p, const arci_lx *x, uint32_t first, const arc_value *row, arci_logic_run *run)
{
    arci_logic_value a, b;
    return arci_lx_sides(p, x, first, row, run, &a, &b) == ERROR ? ERROR : arci_lx_holds(x->op, &a, &b, run, x);
}

static int listed(const arci_logic *p, const arci_lx *x, const arc_value *row, arci_logic_run *run)
{
    arci_logic_value v, one;
    if (arci_lx_value(p, p->kids[x->kid], row, run, &v) == ERROR) return ERROR;
    if (!v.type || (x->currency && v.currency && memcmp(x->currency, v.currency, 3) != 0)) return 0;
    memset(&one, 0, sizeof one);
    one.type = v.type;
    for (uint32_t i = 0; i < x->n_list; i++) {
        one.n = arci_num_of(x->list[i].u.i, x->scale);
        if (x->list[i].type == ARC_V_TEXT) {
            one.s = x->list[i].u.s;
            one.len = x->list[i].len;
        }
        int r = arci_lx_holds(LX_EQ, &v, &one, run, x);
        if (r) return r;
    }
    return 0;
}

static int text_test(const arci_logic *p, const arci_lx *x, const arc_value *row, arci_logic_run *run)
{
    arci_logic_value a, b;
    if (arci_lx_value(p, p->kids[x->kid], row, run, &a) == ERROR || arci_lx_value(p, p->kids[x->kid + 1], row, run, &b) == ERROR) return ERROR;
    if (!a.type || !b.type) return 0;
    if (x->op == LX_HAS) {
        int64_t at = 0;
        if (arci_num_int(&a.n, &at) || !b.codes) return 0;
        return holds_code(b.s, b.len, b.codes->codes[at]);
    }
    const arci_logic_value *part = x->op == LX_CONTAINS ? &a : &b, *in = x->op == LX_CONTAINS ? &b : &a;
    if (part->len > in->len) return 0;
    if (!part->len) return 1;
    if (x->op == LX_STARTS) return !memcmp(in->s, part->s, part->len);
    if (x->op == LX_ENDS) return !memcmp(in->s + in->len - part->len, part->s, part->len);
    for (uint32_t i = 0; i + part->len <= in->len; i++) {
        if (!memcmp(in->s + i, part->s, part->len)) return 1;
    }
    return 0;
}

static int missing(const arci_logic *p, const arci_lx *x, const arc_value *row, arci_logic_run *run)
{
    arci_logic_value v;
    if (arci_lx_value(p, p->kids[x->kid], row, run, &v) == ERROR) return ERROR;
    if (x->op == LX_NULL) return !v.type;
    return !v.type || (v.type == ARCI_FACT_TEXT && !v.len) || (v.type == ARCI_FACT_CHOICES && v.len <= 2);
}

/* ---- tests -------------------------------------------------------------------------------------------------------------------------------- */

static int joined(const arci_logic *p, const arci_lx *x, const arc_value *row, arci_logic_run *run)
{
    for (uint32_t i = 0; i < x->n; i++) {
        int r = arci_lx_test(p, p->kids[x->kid + i], row, run);
        if (r == ERROR || r == (x->op == LX_OR)) return r;
    }
    return x->op == LX_AND;
}

static int branch(const arci_logic *p, const arci_lx *x, const arc_value *row, arci_logic_run *run)
{
    for (uint32_t i = 0; i + 1 < x->n; i += 2) {
        int r = arci_lx_test(p, p->kids[x->kid + i], row, run);
        if (r == ERROR) return r;
        if (r) return arci_lx_test(p, p->kids[x->kid + i + 1], row, run);
    }
    return arci_lx_test(p, p->kids[x->kid + x->n - 1], row, run);
}

static int flag(const arci_logic *p, const arci_lx *x, const arc_value *row, arci_logic_run *run)
{
    arci_logic_value v;
    if (arci_lx_value(p, p->kids[x->kid], row, run, &v) == ERROR) return ERROR;
    return v.type && arci_num_sign(&v.n) != 0;
}

int arci_lx_test(const arci_logic *p, uint32_t node, const arc_value *row, arci_logic_run *run)
{
    const arci_lx *x = &p->x[node];
    int r;
    switch (x->op) {
    case LX_TRUE: return ARCI_LOGIC_TRUE;
    case LX_FALSE: return ARCI_LOGIC_FALSE;
    case LX_AND:
    case LX_OR: return joined(p, x, row, run);
    case LX_IF: return branch(p, x, row, run);
    case LX_NOT:
        r = arci_lx_test(p, p->kids[x->kid], row, run);
        return r == ERROR ? r : !r;
    case LX_FLAG: return flag(p, x, row, run);
    case LX_NULL:
    case LX_EMPTY: return missing(p, x, row, run);
    case LX_IN: return listed(p, x, row, run);
    case LX_HAS:
    case LX_CONTAINS:
    case LX_STARTS:
    case LX_ENDS: return text_test(p, x, row, run);
    case LX_SOME:
    case LX_ALL:
    case LX_NONE: return quantify(p, x, row, run);
    default: break;
    }
    r = compare(p, x, 0, row, run);
    return r == ARCI_LOGIC_TRUE && x->n == 3 ? compare(p, x, 1, row, run) : r;
}

/* ---- checks ------------------------------------------------------------------------------------------------------------------------------- */

/* A value that is missing makes a test decide nothing; what is wrong with those that are there stays an error. */
static int unknown_or(int r, const arci_logic_run *run)
{
    return r == ERROR && run->error == ARC_E_REQUIRED ? LX_UNKNOWN : r;
}

static int check_pair(const arci_logic *p, const arci_lx *x, uint32_t first, const arc_value *row, arci_logic_run *run)
{
    arci_logic_value a, b;
    const char *currency;
    int constant = arci_kid(p, x, first)->op == LX_CONST || arci_kid(p, x, first + 1)->op == LX_CONST;
    if (arci_lx_sides(p, x, first, row, run, &a, &b) == ERROR) return unknown_or(ERROR, run);
    if (!a.type || !b.type) return LX_UNKNOWN;
    if (constant && a.type == ARCI_FACT_MONEY && !same_currency(&a, &b, &currency)) return LX_UNKNOWN;
    return arci_lx_holds(x->op, &a, &b, run, x);
}

int arci_lx_check(const arci_logic *p, uint32_t node, const arc_value *row, arci_logic_run *run)
{
    const arci_lx *x = &p->x[node];
    arci_logic_value v;
    int r, next;
    switch (x->op) {
    case LX_EQ:
    case LX_NE:
    case LX_LT:
    case LX_LE:
    case LX_GT:
    case LX_GE:
        r = check_pair(p, x, 0, row, run);
        if (x->n < 3 || r == ERROR || r == ARCI_LOGIC_FALSE) return r;
        next = check_pair(p, x, 1, row, run);
        return next == ARCI_LOGIC_TRUE ? r : next;
    case LX_IN:
        if (arci_lx_value(p, p->kids[x->kid], row, run, &v) == ERROR) return unknown_or(ERROR, run);
        if (!v.type || (x->currency && v.currency && memcmp(x->currency, v.currency, 3) != 0)) return LX_UNKNOWN;
        return listed(p, x, row, run);
    case LX_HAS:
    case LX_CONTAINS:
    case LX_STARTS:
    case LX_ENDS:
        for (uint32_t i = 0; i < 2; i++) {
            if (arci_lx_value(p, p->kids[x->kid + i], row, run, &v) == ERROR) return unknown_or(ERROR, run);
            if (!v.type) return LX_UNKNOWN;
        }
        return text_test(p, x, row, run);
    default: return unknown_or(arci_lx_test(p, node, row, run), run);
    }
}

int arci_logic_get(const arci_logic *p, const arc_value *row, arci_logic_run *run, arci_logic_value *out)
{
    return arci_lx_value(p, p->root, row, run, out);
}
