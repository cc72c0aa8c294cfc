/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that take from others never take more than there is: credit notes of invoices, document by document and line by line; deductions of advances. Tables are merged
 * in the order of what is taken from; in memory are only the documents that do not count. */
#include <string.h>

#include "base/map.h"
#include "base/num.h"
#include "ledger/checks.h"
#include "store/stream.h"

static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }
static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && !memcmp(v->u.s, s, v->len); }

/* Sums that leave int64 are as wrong as those that are too large. */
static void add(int64_t *to, int64_t part)
{
    if (arci_add64(*to, part, to)) *to = part < 0 ? INT64_MIN : INT64_MAX;
}

/* Nothing, or in the sign of what it was. */
static int beyond(int64_t left, int64_t was) { return was < 0 ? left > 0 || left < was : left < 0 || left > was; }

typedef struct checking {
    arci_verify *v;
    arci_txn *t;
    arci_map idle; /* documents that are not posted: 1 = they take nothing, 2 = they wait and have taken their share */
} checking;

enum { VOID = 1, WAITS };

static arc_status read_idle(checking *x)
{
    static const char *const gone[] = { "voided", "draft", "submitted" };
    arci_stream s;
    arc_status st = arci_stream_open(x->t, x->v, &s, "invoice", "id status", NULL);
    for (; st == ARC_OK && s.row; st = arci_stream_next(&s)) {
        int kind = is(&s.row[1], "approved") ? WAITS : 0;
        int64_t *slot;
        for (int k = 0; k < 3; k++) kind = is(&s.row[1], gone[k]) ? VOID : kind;
        if (!kind) continue;
        if (arci_map_put(&x->idle, &s.row[0].u.i, sizeof s.row[0].u.i, &slot) < 0) {
            st = arci_nomem(x->t->env);
            break;
        }
        *slot = kind;
    }
    arci_stream_close(&s);
    return st;
}

static int64_t idle(const checking *x, int64_t document)
{
    const int64_t *kind = arci_map_get(&x->idle, &document, sizeof document);
    return kind ? *kind : 0;
}

#define PARTS 6

/* Rows of `s`: what is taken from, the document that takes, and up to six amounts, which are added up for one id. */
static arc_status sum_for(const checking *x, arci_stream *s, int64_t id, int64_t least, int64_t sum[PARTS], uint32_t *n)
{
    arc_status st = ARC_OK;
    memset(sum, 0, PARTS * sizeof *sum);
    *n = 0;
    for (; st == ARC_OK && s->row && s->row[0].u.i <= id; st = arci_stream_next(s)) {
        int64_t kind = idle(x, int_of(&s->row[1]));
        if (s->row[0].u.i != id || (kind && kind < least)) continue;
        for (uint32_t c = 2; c < s->n_cols && c < 2 + PARTS; c++) add(&sum[c - 2], int_of(&s->row[c]));
        (*n)++;
    }
    return st;
}

/* The parts against what there is, part by part. */
static arc_status compare(const checking *x, const char *entity, int64_t id, const char *const *names, int n, const arc_value *was, const int64_t *taken)
{
    arc_status st = ARC_OK;
    for (int k = 0; k < n && st == ARC_OK; k++) {
        int64_t whole = int_of(&was[k]), left = whole;
        add(&left, taken[k]);
        if (was[k].type != ARC_V_INT && !taken[k]) continue;
        if (beyond(left, whole)) st = arci_finding(x->v, entity, names[k], id, "credit notes take %lld of %lld", "红字单据合计 %lld，超出原金额 %lld", (long long)-taken[k], (long long)whole);
    }
    return st;
}

static arc_status check_documents(checking *x)
{
    static const char *const names[] = { "gross_amount", "tax_amount", "net_amount" };
    arci_stream blue, red;
    int64_t sum[PARTS];
    uint32_t n;
    memset(&red, 0, sizeof red);
    arc_status st = arci_stream_open(x->t, x->v, &blue, "invoice", "id gross_amount tax_amount net_amount", NULL);
    if (st == ARC_OK) st = arci_stream_open(x->t, x->v, &red, "invoice", "red_of id gross_amount tax_amount net_amount", "id");
    while (st == ARC_OK && blue.row) {
        st = sum_for(x, &red, blue.row[0].u.i, WAITS, sum, &n);
        if (st == ARC_OK && n) st = compare(x, "invoice", blue.row[0].u.i, names, 3, &blue.row[1], sum);
        if (st == ARC_OK) st = arci_stream_next(&blue);
    }
    arci_stream_close(&red);
    arci_stream_close(&blue);
    return st;
}

/* A line that is taken back whole has nothing left in base currency either. */
static arc_status check_base(const checking *x, const arc_value *row, const int64_t sum[PARTS])
{
    for (int k = 0; k < 3; k++) {
        if (int_of(&row[1 + k]) + sum[k]) return ARC_OK;
    }
    if (row[5].type != ARC_V_INT || (!sum[4] && !sum[5])) return ARC_OK; /* written before lines had any */
    if (!(row[5].u.i + sum[4]) && !(int_of(&row[6]) + sum[5])) return ARC_OK;
    return arci_finding(x->v, "invoice_line", "base_net", row[0].u.i, "it is credited in full, and something in base currency is left", "已全部红冲，但本位币仍有余额");
}

static arc_status check_lines(checking *x)
{
    static const char *const names[] = { "gross_amount", "tax_amount", "net_amount", "quantity" };
    arci_stream blue, red;
    int64_t sum[PARTS];
    uint32_t n;
    memset(&red, 0, sizeof red);
    arc_status st = arci_stream_open(x->t, x->v, &blue, "invoice_line", "id gross_amount tax_amount net_amount quantity base_net base_tax", NULL);
    if (st == ARC_OK) st = arci_stream_open(x->t, x->v, &red, "invoice_line", "red_of invoice gross_amount tax_amount net_amount quantity base_net base_tax", "id");
    while (st == ARC_OK && blue.row) {
        st = sum_for(x, &red, blue.row[0].u.i, WAITS, sum, &n);
        if (st == ARC_OK && n) st = compare(x, "invoice_line", blue.row[0].u.i, names, 4, &blue.row[1], sum);
        if (st == ARC_OK && n) st = check_base(x, blue.row, sum);
        if (st == ARC_OK) st = arci_stream_next(&blue);
    }
    arci_stream_close(&red);
    arci_stream_close(&blue);
    return st;
}

/* What posted documents deduct of an advance, against the advance less its credit notes. */
static arc_status check_advances(checking *x)
{
    arci_stream advance, red, deducted;
    int64_t gone[PARTS], notes[PARTS];
    uint32_t n, n_notes;
    memset(&red, 0, sizeof red);
    memset(&deducted, 0, sizeof deducted);
    arc_status st = arci_stream_open(x->t, x->v, &advance, "invoice", "id net_amount tax_amount", NULL);
    if (st == ARC_OK) st = arci_stream_open(x->t, x->v, &red, "invoice", "red_of id net_amount tax_amount", "id");
    if (st == ARC_OK) st = arci_stream_open(x->t, x->v, &deducted, "invoice_line", "advance invoice net_amount tax_amount", "id");
    while (st == ARC_OK && advance.row && deducted.row) {
        int64_t id = advance.row[0].u.i, net = int_of(&advance.row[1]), tax = int_of(&advance.row[2]);
        st = sum_for(x, &red, id, WAITS, notes, &n_notes);
        if (st == ARC_OK) st = sum_for(x, &deducted, id, WAITS + 1, gone, &n);
        add(&net, notes[0]);
        add(&net, gone[0]);
        add(&tax, notes[1]);
        add(&tax, gone[1]);
        if (st == ARC_OK && n && (net < 0 || tax < 0)) {
            st = arci_finding(x->v, "invoice", "net_amount", id, "more is deducted of the advance than it has: net %lld, tax %lld left", "抵扣超出预收发票：不含税余额 %lld，税额余额 %lld", (long long)net, (long long)tax);
        }
        if (st == ARC_OK) st = arci_stream_next(&advance);
    }
    arci_stream_close(&deducted);
    arci_stream_close(&red);
    arci_stream_close(&advance);
    return st;
}

arc_status arci_check_credits(arci_verify *v, arci_txn *t)
{
    checking x = { .v = v, .t = t };
    arci_map_init(&x.idle, t->env->ctx);
    arc_status st = read_idle(&x);
    if (st == ARC_OK) st = check_documents(&x);
    if (st == ARC_OK) st = check_lines(&x);
    if (st == ARC_OK) st = check_advances(&x);
    arci_map_clear(&x.idle);
    return st;
}

/* ---- provisions ------------------------------------------------------------------------------------------------------------------ */

/* A run posts what is required less what stood there, and its parts come to what is required. */
arc_status arci_check_provisions(arci_verify *v, arci_txn *t)
{
    arci_stream runs, parts;
    memset(&parts, 0, sizeof parts);
    arc_status st = arci_stream_open(t, v, &runs, "provision_run", "id required existing charge", NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &parts, "provision_line", "provision_run amount", "id");
    while (st == ARC_OK && runs.row) {
        const arc_value *r = runs.row;
        int64_t sum = 0, n = 0;
        for (; st == ARC_OK && parts.row && parts.row[0].u.i <= r[0].u.i; st = arci_stream_next(&parts)) {
            if (parts.row[0].u.i != r[0].u.i) continue;
            add(&sum, int_of(&parts.row[1]));
            n++;
        }
        if (st == ARC_OK && int_of(&r[1]) - int_of(&r[2]) != int_of(&r[3])) st = arci_finding(v, "provision_run", "charge", r[0].u.i, "is not what is required less what stood there", "不等于应计提余额减已计提余额");
        if (st == ARC_OK && n && sum != int_of(&r[1])) st = arci_finding(v, "provision_run", "required", r[0].u.i, "its parts come to %lld", "明细合计为 %lld", (long long)sum);
        if (st == ARC_OK) st = arci_stream_next(&runs);
    }
    arci_stream_close(&parts);
    arci_stream_close(&runs);
    return st;
}
