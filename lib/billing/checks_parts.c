/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of items against the lines of their documents. What allocations took of them the ledger proves (ledger/checks_parts.c). */
#include <string.h>

#include "billing/checks.h"
#include "ledger/parts.h"
#include "store/stream.h"

enum { LINE, TAX, FREIGHT, CHARGES, KINDS };
static const char *const names[KINDS] = { "line", "tax", "freight", "charges" };
enum { D_ID, D_GROSS };
enum { L_INVOICE, L_NET, L_TAX, L_PART };
enum { I_INVOICE, I_ORIGIN, I_AMOUNT, I_CURRENCY, I_PARTS, I_ID };

typedef struct proving {
    arci_verify *v;
    arci_txn *t;
    arci_stream documents, lines, items;
    arci_arena arena;
} proving;

static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

static int kind_of(const char *s, size_t n)
{
    int k = 0;
    while (k < KINDS && (strlen(names[k]) != n || memcmp(names[k], s, n) != 0)) k++;
    return k;
}

static arc_status add_lines(proving *x, int64_t id, int64_t sum[KINDS], uint32_t *n)
{
    arc_status st = ARC_OK;
    for (; st == ARC_OK && x->lines.row && x->lines.row[L_INVOICE].u.i <= id; st = arci_stream_next(&x->lines)) {
        const arc_value *v = x->lines.row;
        int k = v[L_PART].type == ARC_V_TEXT ? kind_of(v[L_PART].u.s, v[L_PART].len) : LINE;
        if (v[L_INVOICE].u.i != id || k == KINDS) continue;
        sum[k] += int_of(&v[L_NET]); /* of at most 10,000 lines, each within ARC_MONEY_MAX */
        sum[TAX] += int_of(&v[L_TAX]);
        (*n)++;
    }
    return st;
}

typedef struct made {
    int64_t amount, sum[KINDS], first;
    uint32_t n, without; /* items; those without parts */
    int readable;
} made;

/* What the document made itself, not what became of it. */
static arc_status add_items(proving *x, int64_t id, made *m)
{
    arc_status st = ARC_OK;
    for (; st == ARC_OK && x->items.row && x->items.row[I_INVOICE].u.i <= id; st = arci_stream_next(&x->items)) {
        const arc_value *v = x->items.row;
        arci_parts parts;
        char currency[4] = { 0 };
        if (v[I_INVOICE].u.i != id || v[I_ORIGIN].type == ARC_V_INT) continue;
        memcpy(currency, v[I_CURRENCY].u.s, v[I_CURRENCY].len < 3 ? v[I_CURRENCY].len : 3);
        arci_arena_reset(&x->arena);
        arc_status read = arci_parts_read(x->t->env, &x->arena, &parts, &v[I_PARTS], currency);
        if (read == ARC_E_NOMEM) return read;
        if (read != ARC_OK) arci_error_clear(x->t->env->err);
        if (!m->n++) m->first = v[I_ID].u.i;
        m->readable &= read == ARC_OK;
        m->amount += v[I_AMOUNT].u.i;
        m->without += !parts.n;
        for (uint32_t k = 0; read == ARC_OK && k < parts.n; k++) {
            int kind = kind_of(parts.part[k].kind, strlen(parts.part[k].kind));
            if (kind == KINDS) m->readable = 0;
            else m->sum[kind] += parts.part[k].amount;
        }
    }
    return st;
}

/* Where all of the document is claimed, by what it says of its lines. */
static arc_status compare(proving *x, int64_t gross, const int64_t lines[KINDS], const made *m)
{
    int several = 0, same = 1;
    for (int k = 0; k < KINDS; k++) {
        several += lines[k] != 0;
        if ((lines[k] < 0) != (gross < 0) && lines[k]) return ARC_OK; /* settled by the others: an advance was deducted */
        same &= lines[k] == m->sum[k];
    }
    if (m->amount != gross || !gross || !m->readable) return ARC_OK; /* the rest of a tax invoice alone; unreadable: told elsewhere */
    if (m->without == m->n && several < 2) return ARC_OK;
    if (same && !m->without) return ARC_OK;
    return arci_finding(x->v, "item", "parts", m->first, "are not what the lines of its document come to", "与单据明细的组成不符");
}

static arc_status prove(proving *x)
{
    arc_status st = ARC_OK;
    while (st == ARC_OK && x->documents.row) {
        const int64_t id = x->documents.row[D_ID].u.i, gross = int_of(&x->documents.row[D_GROSS]);
        int64_t lines[KINDS] = { 0, 0, 0, 0 };
        made m = { .readable = 1 };
        uint32_t n = 0;
        st = add_lines(x, id, lines, &n);
        if (st == ARC_OK) st = add_items(x, id, &m);
        if (st == ARC_OK && n && m.n) st = compare(x, gross, lines, &m);
        if (st == ARC_OK) st = arci_stream_next(&x->documents);
    }
    return st;
}

arc_status arci_check_item_parts(arci_verify *v, arci_txn *t)
{
    proving x;
    memset(&x, 0, sizeof x);
    x.v = v;
    x.t = t;
    arci_arena_init(&x.arena, t->env->ctx);
    arc_status st = arci_stream_open(t, v, &x.documents, "invoice", "id gross_amount", NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &x.lines, "invoice_line", "invoice net_amount tax_amount part", NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &x.items, "item", "invoice origin amount currency parts id", NULL);
    if (st == ARC_OK) st = prove(&x);
    arci_stream_close(&x.items);
    arci_stream_close(&x.lines);
    arci_stream_close(&x.documents);
    arci_arena_clear(&x.arena);
    return st;
}
