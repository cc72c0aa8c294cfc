/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/invoice_red.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/alone.h"
#include "value/money.h"

#include "arcore/fields.h"

#define AT_ONCE 500u

enum { B_CUSTOMER, B_CURRENCY, B_STATUS, B_GROSS, B_NET, B_TAX, B_DATE, B_KIND, B_ISSUED_ON, B_COLUMNS };
static const char blue_fields[] = "customer currency status gross_amount net_amount tax_amount invoice_date kind issued_on";
enum { R_OF, R_STATUS, R_GROSS, R_NET, R_TAX, R_COLUMNS };
static const char red_fields[] = "red_of status gross_amount net_amount tax_amount";

typedef struct blue {
    int64_t id, gross, net, tax; /* left */
    const arc_value *row;        /* NULL: there is none */
} blue;

/* What a note takes back, negative; of one that knows no tax the gross amount alone. */
typedef struct note {
    int64_t gross, net, tax;
} note;

static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }
static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && !memcmp(v->u.s, s, v->len); }

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static blue *find(blue *list, uint32_t n, int64_t id)
{
    uint32_t lo = 0, hi = n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (list[mid].id == id) return &list[mid];
        if (list[mid].id < id) lo = mid + 1;
        else hi = mid;
    }
    return NULL;
}

static int64_t red_of(const arci_posting *p, arci_record *const *records, uint32_t i)
{
    return arci_posting_good(p, i) ? int_of(arci_record_value(records[i], ARC_INVOICE_RED_OF)) : 0;
}

/* What the notes there are have taken; those that were voided, or are drafts, have not. */
static arc_status take_notes(arci_posting *p, blue *list, uint32_t n)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(p->t, &shape, "invoice", red_fields);
    for (uint32_t at = 0; at < n && st == ARC_OK; at += AT_ONCE) {
        uint32_t k = n - at < AT_ONCE ? n - at : AT_ONCE;
        arc_value ids[AT_ONCE];
        arci_where w;
        arci_rows rows;
        for (uint32_t i = 0; i < k; i++) ids[i] = arci_v_int(list[at + i].id);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[R_OF], ids, k);
        st = arci_repo_find(p->t, shape, &w, NULL, 0, 0, &p->arena, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
            const arc_value *v = rows.values + (size_t)r * R_COLUMNS;
            blue *b = find(list, n, v[R_OF].u.i);
            if (!b || is(&v[R_STATUS], "voided") || is(&v[R_STATUS], "draft")) continue;
            b->gross += int_of(&v[R_GROSS]);
            b->net += int_of(&v[R_NET]);
            b->tax += int_of(&v[R_TAX]);
        }
    }
    return st;
}

static arc_status read_blues(arci_posting *p, arci_record *const *records, blue **out, uint32_t *n)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    uint32_t unique = 0;
    int64_t *ids = arci_arena_alloc(&p->arena, (p->n + 1u) * sizeof *ids);
    *n = 0;
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < p->n; i++) {
        if (red_of(p, records, i)) ids[(*n)++] = red_of(p, records, i);
    }
    if (!*n) return ARC_OK;
    qsort(ids, *n, sizeof *ids, by_value);
    for (uint32_t i = 0; i < *n; i++) {
        if (!unique || ids[unique - 1] != ids[i]) ids[unique++] = ids[i];
    }
    *n = unique;
    *out = arci_arena_calloc(&p->arena, unique, sizeof **out);
    if (!*out) return arci_nomem(p->t->env);
    arc_status st = arci_shape_get(p->t, &shape, "invoice", blue_fields);
    if (st == ARC_OK) st = arci_repo_lock(p->t, "invoice", ids, unique);
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, unique, &p->arena, &rows, &found);
    for (uint32_t i = 0; i < unique && st == ARC_OK; i++) {
        const arc_value *v = rows + (size_t)i * B_COLUMNS;
        (*out)[i] = (blue){ ids[i], 0, 0, 0, found[i] ? v : NULL };
        if (found[i]) (*out)[i] = (blue){ ids[i], int_of(&v[B_GROSS]), int_of(&v[B_NET]), int_of(&v[B_TAX]), v };
    }
    return st == ARC_OK ? take_notes(p, *out, unique) : st;
}

static note note_of(const arci_record *r)
{
    const arc_value *net = arci_record_value(r, ARC_INVOICE_NET_AMOUNT), *tax = arci_record_value(r, ARC_INVOICE_TAX_AMOUNT);
    note x = { int_of(arci_record_value(r, ARC_INVOICE_GROSS_AMOUNT)), int_of(net), int_of(tax) };
    if (net->type != ARC_V_INT && tax->type == ARC_V_INT) x.net = x.gross - x.tax; /* within ARC_MONEY_MAX: no overflow */
    if (tax->type != ARC_V_INT && net->type == ARC_V_INT) x.tax = x.gross - x.net;
    return x;
}

/* A part of what is left, in its sign. */
static int within(int64_t left, int64_t taken) { return taken <= 0 && left + taken >= 0; }

/* A note to what this book issued is the book's own, whatever it is called: where a second person approves notes, it is drafted. */
static arc_status own_way(arci_posting *p, const blue *b, const note *x)
{
    arci_alone alone;
    if (b->row[B_ISSUED_ON].type != ARC_V_INT || p->call->outer || !p->session->access) return ARC_OK;
    arc_status st = arci_alone_read(p->t, &alone, ARCI_CREDIT_APPROVAL, ARCI_DO_INVOICE_CREDIT);
    if (st != ARC_OK || !arci_alone_refused(&alone, &b->row[B_CURRENCY], x->gross)) return st;
    return arci_fail(p->t->env, ARC_E_STATE, "the invoice was issued here: its credit notes are approved by a second person, draft and submit them", "该发票由本账簿开具，红字单据须由他人审批：请起草并提交");
}

static arc_status judge(arci_posting *p, const arci_record *r, const blue *b, const note *x)
{
    static const char *const posted[] = { "issued", "credited", "closed" };
    arci_env *env = p->t->env;
    int is_posted = 0;
    if (x->gross >= 0) return arci_fail(env, ARC_E_VALUE, "only a credit note, whose amount is negative, takes an invoice back", "只有金额为负的红字单据才能冲销发票");
    if (!b->row) return arci_fail(env, ARC_E_REFERENCE, "the invoice it takes back does not exist", "所红冲的发票不存在");
    for (int k = 0; k < 3; k++) is_posted |= is(&b->row[B_STATUS], posted[k]);
    if (!is_posted || int_of(&b->row[B_GROSS]) <= 0) return arci_fail(env, ARC_E_STATE, "what it takes back is no issued invoice", "所红冲的单据不是已开具的发票");
    if (is(&b->row[B_KIND], "advance") || is(&b->row[B_KIND], "proforma")) { /* a liability, and deducted perhaps; or nothing */
        return arci_fail(env, ARC_E_STATE, "an advance is credited with its lines, a proforma not at all: neither is taken back by a note of another system", "预收发票须按明细行红冲，形式发票不能红冲：不接受外部红字单据");
    }
    if (!arci_value_equal(&b->row[B_CUSTOMER], arci_record_value(r, ARC_INVOICE_CUSTOMER)) || !arci_value_equal(&b->row[B_CURRENCY], arci_record_value(r, ARC_INVOICE_CURRENCY))) {
        return arci_fail(env, ARC_E_GUARD, "the invoice it takes back is of another customer or currency", "所红冲的发票属于其他客户或币种");
    }
    if (int_of(arci_record_value(r, ARC_INVOICE_INVOICE_DATE)) < b->row[B_DATE].u.i) return arci_fail(env, ARC_E_RANGE, "a credit note is not dated before its invoice", "红字单据日期不得早于原发票日期");
    if (within(b->gross, x->gross) && within(b->net, x->net) && within(b->tax, x->tax)) return own_way(p, b, x);
    char gross_text[ARCI_SAID], tax_text[ARCI_SAID];
    const char *code = arci_record_value(r, ARC_INVOICE_CURRENCY)->u.s; /* that of the invoice, as was asked */
    return arci_fail(env, ARC_E_GUARD, "more than is left of the invoice: %s, of them %s of tax", "超出原发票可红冲余额：%s，其中税额 %s", arci_money_said(gross_text, b->gross, code),
                     arci_money_said(tax_text, b->tax, code));
}

arc_status arci_invoice_reds(arci_posting *p, arci_record *const *records)
{
    blue *list = NULL;
    uint32_t n;
    arc_status st = read_blues(p, records, &list, &n);
    for (uint32_t i = 0; i < p->n && n && st == ARC_OK; i++) {
        blue *b = red_of(p, records, i) ? find(list, n, red_of(p, records, i)) : NULL;
        if (!b) continue;
        const note x = note_of(records[i]);
        arc_status why = judge(p, records[i], b, &x);
        if (why != ARC_OK) {
            arci_fail_at(p->t->env, "invoice", "red_of", 0, -1);
            arci_posting_refuse(p, i, why);
            continue;
        }
        b->gross += x.gross;
        b->net += x.net;
        b->tax += x.tax;
    }
    return st;
}
