/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that belong together: the invoices one receipt pays. A group is taken whole or not at all, so the first pass finds the group of a row
 * before it judges the row, and what became of the groups is decided at its end. */
#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "arcore/money.h"
#include "exchange/import.h"
#include "ledger/receipt.h"

static const arci_target *receipts(const arci_import *im) { return &im->mapping.targets[ARCI_TARGET_RECEIPT]; }

/* The cells' texts, with their lengths, which keep "ab","c" and "a","bc" apart. */
static arc_status find_group(arci_import *im, const arci_import_row *row, uint32_t *out)
{
    const arci_target *t = receipts(im);
    arci_str *b = &im->text;
    arci_str_reset(b);
    for (uint32_t i = 0; i < t->n_group; i++) {
        const char *s;
        size_t n;
        arci_import_cell(row->csv, t->group_columns[i], &s, &n);
        arci_str_int(b, (int64_t)n);
        arci_str_putc(b, ':');
        arci_str_add(b, s, n);
    }
    if (b->failed) return arci_nomem(im->env);
    return arci_import_find_group(im, out, b->s, b->len);
}

arc_status arci_import_group_of(arci_import *im, arci_import_row *row)
{
    const arci_target *t = receipts(im);
    row->group = UINT32_MAX;
    row->new_group = 0;
    if (!t->entity || t->alone || !arci_import_applies(row, &im->mapping.targets[ARCI_TARGET_INVOICE]) || !arci_import_applies(row, t)) return ARC_OK;
    arc_status st = find_group(im, row, &row->group);
    if (st != ARC_OK) return st;
    arci_import_group *g = arci_import_group_at(im, row->group);
    if (im->sum.pass == 1 && !g->at[0]) {
        g->at[0] = (uint32_t)row->number;
        g->at[1] = (uint32_t)row->csv->line;
    }
    row->new_group = !(g->flags & ARCI_GROUP_WRITTEN) && g->at[0] == (uint32_t)row->number;
    return ARC_OK;
}

/* ---- judging ------------------------------------------------------------------------------------------------------------------- */

static arc_status fault(arci_import *im, const arci_import_row *row, const char *field, arc_status st)
{
    return arci_import_fault(im, row->csv, row->number, receipts(im)->entity, field, NULL, st);
}

/* What the verb asks, too: a fault of the row, not the end of the import. */
static arc_status check_verb(arci_import *im, const arci_import_row *row, const arci_record *r, arc_date *day)
{
    char field[64];
    arc_status st = arci_receipt_check(im->t, r, receipts(im)->alone);
    if (st == ARC_OK) st = arci_receipt_day(im->t, day, r);
    if (st == ARC_OK) return arci_import_judge_day(im, row, receipts(im), "posting_date", *day);
    if (st == ARC_E_NOMEM) return st;
    memcpy(field, im->env->err->field, sizeof field);
    return arci_import_fault(im, row->csv, row->number, receipts(im)->entity, field, arci_import_rule_of(receipts(im), field), st);
}

/* The invoice is settled on the later of two days, and the first pass asks whether its period is open. */
static arc_status check_settled(arci_import *im, const arci_import_row *row, const arci_import_group *g)
{
    arc_date since = (arc_date)arci_record_value(arci_import_record(im, row->invoice), ARC_INVOICE_INVOICE_DATE)->u.i;
    if (im->sum.pass != 1 || g->flags & ARCI_GROUP_BAD || g->paid <= since) return ARC_OK;
    return arci_import_judge_day(im, row, receipts(im), "posting_date", g->paid);
}

/* The receipt of a group is filled from its first row. */
arc_status arci_import_judge_receipt(arci_import *im, arci_import_row *row)
{
    static const char *const required[] = { "number", "value_date", "currency", "amount", NULL }, *const summed[] = { "number", "value_date", "currency", NULL };
    const arci_target *t = receipts(im);
    if (!t->entity || (t->alone && !arci_import_applies(row, t))) return ARC_OK;
    if (!t->alone && row->group == UINT32_MAX) return ARC_OK;
    arci_import_group *g = t->alone ? NULL : arci_import_group_at(im, row->group);
    const arc_value *currency = g ? arci_record_value(arci_import_record(im, row->invoice), ARC_INVOICE_CURRENCY) : NULL;
    if (g && g->customer != UINT32_MAX && (g->customer != row->customer || memcmp(g->currency, currency->u.s, 3) != 0)) {
        arci_fail(im->env, ARC_E_VALUE, "rows of one receipt name different customers or currencies", "同一回款的各行客户或币种不一致");
        return fault(im, row, "customer", ARC_E_VALUE);
    }
    if (g && !row->new_group) return check_settled(im, row, g);
    arc_date day = ARC_DATE_NONE;
    row->has_receipt = 1;
    arci_record *r = arci_import_record(im, row->receipt);
    arc_status st = arci_import_fill(im, row, ARCI_TARGET_RECEIPT, r, g ? summed : required);
    if (st == ARC_OK && !im->faulted) st = check_verb(im, row, r, &day);
    if (st == ARC_OK && !im->faulted) st = arci_import_not_taken(im, row, ARCI_TARGET_RECEIPT, r);
    if (st != ARC_OK || im->faulted || !g) return st;
    g->paid = day;
    if (memcmp(arci_record_value(r, ARC_RECEIPT_CURRENCY)->u.s, currency->u.s, 3) == 0) return check_settled(im, row, g);
    arci_fail(im->env, ARC_E_CURRENCY, "receipt and invoice differ in currency", "回款与发票币种不一致");
    return fault(im, row, "currency", ARC_E_CURRENCY);
}

/* ---- what the first pass notes --------------------------------------------------------------------------------------------------- */

static arc_status keep_cause(arci_import *im, uint32_t group, uint32_t row, uint32_t line)
{
    if (im->n_causes == im->cap_causes) {
        uint32_t cap = im->cap_causes ? im->cap_causes * 2 : 16;
        void *grown = arci_resize(im->env->ctx, im->causes, cap * sizeof *im->causes);
        if (!grown) return arci_nomem(im->env);
        im->causes = grown;
        im->cap_causes = cap;
    }
    const arc_error *e = &im->cause;
    arci_import_cause c = { group, row, line, e->status, arci_arena_strndup(&im->arena, e->message, strlen(e->message)),
                            arci_arena_strndup(&im->arena, e->message_zh, strlen(e->message_zh)),
                            arci_arena_strndup(&im->arena, e->rule, strlen(e->rule)) };
    if (!c.en || !c.zh || !c.rule) return arci_nomem(im->env);
    im->causes[im->n_causes++] = c;
    return ARC_OK;
}

/* im->cause is why. A cause is kept while there is room in the report for those who ask for it. */
static arc_status spoil(arci_import *im, uint32_t group, uint32_t row, uint32_t line)
{
    arci_import_group *g = arci_import_group_at(im, group);
    int first = !(g->flags & ARCI_GROUP_BAD);
    g->flags |= ARCI_GROUP_BAD;
    if (g->at[0] == row) g->flags |= ARCI_GROUP_TOLD;
    return first && arci_import_reports(im) ? keep_cause(im, group, row, line) : ARC_OK;
}

arc_status arci_import_spoil(arci_import *im, const arci_import_row *row)
{
    return row->group == UINT32_MAX ? ARC_OK : spoil(im, row->group, (uint32_t)row->number, (uint32_t)row->csv->line);
}

static arc_status add_member(arci_import *im, arci_import_member m)
{
    if (im->n_members == im->cap_members) {
        uint32_t cap = im->cap_members ? im->cap_members + im->cap_members / 2 : 256;
        void *grown = cap < im->n_members ? NULL : arci_resize(im->env->ctx, im->members, cap * sizeof *im->members);
        if (!grown) return arci_nomem(im->env);
        im->members = grown;
        im->cap_members = cap;
    }
    im->members[im->n_members++] = m;
    return ARC_OK;
}

static int64_t amount_of(const arci_import_member *m) { return (int64_t)((uint64_t)m->amount[1] << 32 | m->amount[0]); }

arc_status arci_import_count_group(arci_import *im, const arci_import_row *row)
{
    arci_import_group *g = arci_import_group_at(im, row->group);
    const arci_record *invoice = arci_import_record(im, row->invoice);
    int64_t gross = arci_record_value(invoice, ARC_INVOICE_GROSS_AMOUNT)->u.i;
    if (g->customer == UINT32_MAX) {
        g->customer = row->customer;
        memcpy(g->currency, arci_record_value(invoice, ARC_INVOICE_CURRENCY)->u.s, 3);
    }
    g->rows++;
    arci_group_add(g, gross);
    if (gross < 0) g->flags |= ARCI_GROUP_CREDIT;
    if (row->new_group) return ARC_OK;
    return add_member(im, (arci_import_member){ row->group, (uint32_t)row->number, (uint32_t)row->csv->line, { (uint32_t)gross, (uint32_t)((uint64_t)gross >> 32) } });
}

void arci_import_name_customer(arci_import *im, uint32_t customer)
{
    arci_import_customer *c = &im->customers[customer];
    im->taken++;
    if (c->named || (c->id && !c->fresh)) im->sum.customers_known++;
    c->named = 1;
}

/* ---- the end of the first pass ---------------------------------------------------------------------------------------------------- */

/* Bad for what its rows are together: reported where it begins. */
static arc_status refuse_group(arci_import *im, uint32_t group, arc_status st)
{
    arci_import_group *g = arci_import_group_at(im, group);
    arci_csv_row row;
    memset(&row, 0, sizeof row);
    row.line = g->at[1];
    im->faulted = 0;
    st = arci_import_fault(im, &row, g->at[0], receipts(im)->entity, "amount", NULL, st);
    im->sum.bad_rows++;
    return st == ARC_OK ? spoil(im, group, g->at[0], g->at[1]) : st;
}

arc_status arci_import_judge_sums(arci_import *im)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < im->n_groups; i++) {
        const arci_import_group *g = arci_import_group_at(im, i);
        int64_t sum = 0;
        if (g->flags & ARCI_GROUP_BAD) continue;
        int fits = !arci_group_sum(g, &sum);
        if (fits && sum > 0 && sum <= ARC_MONEY_MAX) continue;
        if (fits && sum <= 0) arci_fail(im->env, ARC_E_RANGE, "the invoices of this receipt do not add up to a positive amount", "该回款对应的发票合计不为正数");
        else arci_fail(im->env, ARC_E_RANGE, "the invoices of this receipt add up to too large an amount", "该回款对应的发票合计超出范围");
        st = refuse_group(im, i, ARC_E_RANGE);
    }
    return st;
}

arc_status arci_import_judge_amount(arci_import *im, arci_import_row *row)
{
    char currency[4] = { 0 };
    arc_money m;
    int64_t minor = 0;
    arc_status st = arci_import_group_of(im, row);
    if (st != ARC_OK || !row->new_group || arci_import_group_at(im, row->group)->flags & ARCI_GROUP_BAD) return st;
    arci_import_group *g = arci_import_group_at(im, row->group);
    arci_record *r = arci_import_record(im, row->receipt);
    memcpy(currency, g->currency, 3);
    arci_group_sum(g, &minor);
    st = arci_import_judge_customer(im, row);
    if (st == ARC_OK) st = arci_import_fill(im, row, ARCI_TARGET_RECEIPT, r, (const char *const[]){ NULL });
    if (st == ARC_OK) st = arc_money_set(&m, minor, currency);
    if (st == ARC_OK) st = arci_record_set_money(im->env, r, ARC_RECEIPT_AMOUNT & 0xffffu, m);
    if (st == ARC_OK) st = arci_import_rules(im, row, ARCI_TARGET_RECEIPT, r);
    if (st != ARC_OK || !im->faulted) return st;
    im->sum.bad_rows++;
    return spoil(im, row->group, g->at[0], g->at[1]);
}

/* The first row of a refused group joins the others, which are reported in the order of the file. */
static arc_status gather(arci_import *im)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < im->n_groups; i++) {
        arci_import_group *g = arci_import_group_at(im, i);
        if (!(g->flags & ARCI_GROUP_BAD)) continue;
        if (!(g->flags & ARCI_GROUP_TOLD)) st = add_member(im, (arci_import_member){ i, g->at[0], g->at[1], { 0, 0 } });
        if (!g->rows) continue;
        im->sum.invoices -= g->rows;
        arci_import_untotal(im, g);
        im->taken -= g->rows;
        im->customers[g->customer].rows -= g->rows;
    }
    return st;
}

static int by_row(const void *x, const void *y)
{
    const arci_import_member *a = x, *b = y;
    return (a->row > b->row) - (a->row < b->row);
}

static int by_group(const void *x, const void *y)
{
    const arci_import_member *a = x, *b = y;
    if (a->group != b->group) return a->group < b->group ? -1 : 1;
    return by_row(x, y);
}

static int by_cause(const void *x, const void *y)
{
    const arci_import_cause *a = x, *b = y;
    return (a->group > b->group) - (a->group < b->group);
}

static arc_status tell_member(arci_import *im, const arci_import_member *m)
{
    const arci_import_cause key = { m->group, 0, 0, ARC_OK, NULL, NULL, NULL };
    const arci_import_cause *c = im->n_causes ? bsearch(&key, im->causes, im->n_causes, sizeof key, by_cause) : NULL;
    arci_csv_row row;
    memset(&row, 0, sizeof row);
    row.line = m->line;
    im->faulted = 0;
    im->sum.bad_rows++;
    im->because = c;
    arc_status st = c ? c->status : ARC_E_VALUE;
    if (c) {
        arci_fail(im->env, st, "not taken: line %u of the same receipt is bad: %s%.0s", "未导入：同一回款的第 %u 行有误：%.0s%s", c->line, c->en, c->zh);
    }
    st = arci_import_fault(im, &row, m->row, receipts(im)->entity, NULL, NULL, st);
    im->because = NULL;
    return st;
}

static arc_status tell_members(arci_import *im)
{
    arc_status st = gather(im);
    if (im->n_members) qsort(im->members, im->n_members, sizeof *im->members, by_row);
    if (im->n_causes) qsort(im->causes, im->n_causes, sizeof *im->causes, by_cause);
    for (uint32_t i = 0; st == ARC_OK && i < im->n_members; i++) {
        if (arci_import_group_at(im, im->members[i].group)->flags & ARCI_GROUP_BAD) st = tell_member(im, &im->members[i]);
    }
    return st;
}

/* The allocations that will settle the n members of a group and its first row. */
static arc_status count_allocations(arci_import *im, uint32_t group, const arci_import_member *m, uint32_t n)
{
    arci_import_group g = *arci_import_group_at(im, group);
    if (!n) { /* it is positive by itself */
        im->sum.allocations++;
        return ARC_OK;
    }
    arci_import_later *l = arci_calloc(im->env->ctx, n + (size_t)1, sizeof *l);
    uint32_t count = 1;
    int64_t first = 0;
    if (!l) return arci_nomem(im->env);
    for (uint32_t i = 0; i < n; i++) {
        int64_t amount = amount_of(&m[i]);
        arci_group_add(&g, -amount);
        if (amount) l[count++] = (arci_import_later){ group, 0, 0, amount };
    }
    arci_group_sum(&g, &first);
    l[0].amount = first;
    arc_status st = ARC_OK;
    if (g.flags & ARCI_GROUP_CREDIT) st = first ? arci_import_settle(im, l, count) : arci_import_settle(im, l + 1, count - 1);
    else im->sum.allocations += count - !first;
    arci_free(im->env->ctx, l);
    return st;
}

arc_status arci_import_close_groups(arci_import *im)
{
    arc_status st = tell_members(im);
    im->sum.receipts = im->alone;
    im->sum.allocations = 0;
    if (st == ARC_OK && im->n_members) qsort(im->members, im->n_members, sizeof *im->members, by_group);
    for (uint32_t i = 0, at = 0; st == ARC_OK && i < im->n_groups; i++) {
        uint32_t n = 0;
        while (at + n < im->n_members && im->members[at + n].group == i) n++;
        if (!(arci_import_group_at(im, i)->flags & ARCI_GROUP_BAD)) {
            im->sum.receipts++;
            st = count_allocations(im, i, im->members + at, n);
        }
        at += n;
    }
    im->sum.customers_new = 0;
    for (uint32_t i = 0; i < im->n_customers; i++) im->sum.customers_new += !im->customers[i].id && im->customers[i].rows;
    im->sum.customers_known = im->taken - im->sum.customers_new;
    if (st == ARC_OK) st = arci_import_total_groups(im);
    arci_free(im->env->ctx, im->members);
    im->members = NULL;
    im->n_members = im->cap_members = 0;
    return st;
}
