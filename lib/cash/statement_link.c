/* SPDX-License-Identifier: Apache-2.0 */
/* Payments that came back: for each return the line it gives back, by references both have, else by who and how much. Only one that fits alone is taken. */
#include <string.h>

#include "cash/statement.h"

#define BACK 400 /* days a payment can be given back after */
#define AT_ONCE 300u
#define WORD 6 /* bytes a reference has at least to be looked for in words */

enum { R_ID, R_AMOUNT, R_BOOKED, R_PAYER, R_ACCOUNT, R_MEMO, R_INFO, R_END_TO_END, R_MANDATE, R_BANK_REF, R_CURRENCY, R_STANDING, R_KIND, R_STATUS, R_REVERSED, R_VERSION, R_STATEMENT, R_OWN, R_RECEIPT, R_CUSTOMER_REF, R_N };
static const char row_fields[] = "id amount booking_date payer_name payer_account memo info end_to_end mandate bank_ref currency standing kind status reversed_by version bank_statement bank_account receipt customer_ref";
enum { W_REVERSES, W_REVERSED_BY, W_WAITING, W_STATUS };
static const char changes[] = "reverses reversed_by waiting status";

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }
static int same(const arc_value *a, const arc_value *b) { return a->type == ARC_V_TEXT && b->type == ARC_V_TEXT && a->len == b->len && memcmp(a->u.s, b->u.s, a->len) == 0; }

static int holds(const arc_value *text, const arc_value *word)
{
    if (text->type != ARC_V_TEXT || word->type != ARC_V_TEXT || word->len < WORD || word->len > text->len) return 0;
    for (size_t i = 0; i + word->len <= text->len; i++)
        if (memcmp(text->u.s + i, word->u.s, word->len) == 0) return 1;
    return 0;
}

/* How much speaks for a line being the one a return gives back: 0 nothing. */
static int evidence(const arc_value *back, const arc_value *line)
{
    if (line[R_AMOUNT].u.i != -back[R_AMOUNT].u.i || line[R_BOOKED].u.i > back[R_BOOKED].u.i || back[R_BOOKED].u.i - line[R_BOOKED].u.i > BACK) return 0;
    if (!is(&line[R_KIND], "payment") || line[R_STANDING].type == ARC_V_NULL || line[R_REVERSED].type != ARC_V_NULL || !same(&line[R_CURRENCY], &back[R_CURRENCY])) return 0;
    if (same(&back[R_END_TO_END], &line[R_END_TO_END]) || same(&back[R_BANK_REF], &line[R_BANK_REF])) return 4;
    if (holds(&back[R_MEMO], &line[R_BANK_REF]) || holds(&back[R_MEMO], &line[R_END_TO_END]) || holds(&back[R_INFO], &line[R_BANK_REF]) || holds(&back[R_INFO], &line[R_END_TO_END]) ||
        same(&back[R_CUSTOMER_REF], &line[R_CUSTOMER_REF]))
        return 3;
    if (same(&back[R_MANDATE], &line[R_MANDATE])) return 2;
    return same(&back[R_ACCOUNT], &line[R_ACCOUNT]) || same(&back[R_PAYER], &line[R_PAYER]) || holds(&back[R_MEMO], &line[R_PAYER]) ? 1 : 0;
}

static arc_value *find(const arc_value *back, const arci_rows *lines)
{
    arc_value *best = NULL;
    int how = 0, several = 0;
    for (uint32_t i = 0; i < lines->n_rows; i++) {
        arc_value *v = lines->values + (size_t)i * lines->n_cols;
        int now = evidence(back, v);
        if (!now || now < how) continue;
        several = now == how;
        how = now;
        best = v;
    }
    return several ? NULL : best;
}

typedef struct pair {
    const arc_value *back;
    arc_value *line;
} pair;

/* Whether the receipt of the payment is to go back too. */
static int received(const arc_value *line) { return line[R_RECEIPT].type == ARC_V_INT; }

static arc_status write_pairs(arci_statement_import *m, const pair *pairs, uint32_t n)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = n ? arci_shape_get(m->t, &shape, "statement_line", changes) : ARC_DONE;
    if (st == ARC_OK) st = arci_batch_new(m->t, &m->chunk, &b, shape, ARC_WRITE_UPDATE, 2 * n, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arc_value *back = pairs[i].back, *line = pairs[i].line;
        arc_value *v = arci_batch_row(b, 2 * i);
        *arci_batch_key(b, 2 * i) = back[R_ID];
        *arci_batch_guard(b, 2 * i) = back[R_VERSION];
        v[W_REVERSES] = line[R_ID];
        v[W_REVERSED_BY] = back[R_REVERSED];
        v[W_WAITING] = received(line) ? arci_v_int(1) : arci_v_null();
        v[W_STATUS] = received(line) ? arci_v_text("waiting", 7) : arci_v_text("passed", 6);
        v = arci_batch_row(b, 2 * i + 1);
        *arci_batch_key(b, 2 * i + 1) = line[R_ID];
        *arci_batch_guard(b, 2 * i + 1) = line[R_VERSION];
        v[W_REVERSED_BY] = back[R_ID];
        v[W_STATUS] = received(line) ? line[R_STATUS] : arci_v_text("returned", 8);
    }
    if (st == ARC_OK) m->result.n_linked += n;
    return st == ARC_OK ? arci_repo_write(m->t, &b, 1, NULL) : st == ARC_DONE ? ARC_OK : st;
}

/* Payments of the amounts that came back, which are of one account. */
static arc_status link_some(arci_statement_import *m, const arci_shape *shape, const arc_value *backs, uint32_t n)
{
    arc_value amounts[AT_ONCE];
    arci_where w;
    arci_rows lines;
    arc_date from = ARC_DATE_NONE, to = ARC_DATE_NONE;
    uint32_t found = 0;
    pair *pairs = arci_arena_alloc(&m->chunk, n * sizeof *pairs);
    if (!pairs) return arci_nomem(m->t->env);
    for (uint32_t i = 0; i < n; i++) {
        arc_date d = (arc_date)backs[(size_t)i * R_N + R_BOOKED].u.i;
        amounts[i] = arci_v_int(-backs[(size_t)i * R_N + R_AMOUNT].u.i);
        if (from == ARC_DATE_NONE || d < from) from = d;
        if (to == ARC_DATE_NONE || d > to) to = d;
    }
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[R_OWN], ARC_OP_EQ, backs[R_OWN].u.i);
    arci_where_in(&w, shape->cols[R_AMOUNT], amounts, n);
    arci_where_int(&w, shape->cols[R_BOOKED], ARC_OP_GE, from - BACK);
    arci_where_int(&w, shape->cols[R_BOOKED], ARC_OP_LE, to);
    arc_status st = arci_repo_find(m->t, shape, &w, NULL, 0, 0, &m->chunk, &lines);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arc_value *back = backs + (size_t)i * R_N;
        arc_value *line = find(back, &lines);
        if (!line) continue;
        line[R_REVERSED] = back[R_ID]; /* not for another one */
        pairs[found++] = (pair){ back, line };
    }
    return st == ARC_OK ? write_pairs(m, pairs, found) : st;
}

typedef struct some {
    arci_statement_import *m;
    const arci_shape *shape;
    const arc_value *backs;
    uint32_t n;
} some;

static arc_status link_part(void *user)
{
    const some *x = user;
    return link_some(x->m, x->shape, x->backs, x->n);
}

static arc_status link_statement(arci_statement_import *m, const arci_statement_in *s)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    uint32_t n = 0;
    arc_status st = arci_shape_get(m->t, &shape, "statement_line", row_fields);
    if (st != ARC_OK) return st;
    arci_arena_reset(&m->chunk);
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[R_STATEMENT], ARC_OP_EQ, s->id);
    arci_where_text(&w, shape->cols[R_KIND], ARC_OP_EQ, "return", 6);
    arci_where_int(&w, shape->cols[R_AMOUNT], ARC_OP_LT, 0);
    st = arci_repo_find(m->t, shape, &w, NULL, 0, 0, &m->arena, &rows);
    for (uint32_t at = 0; st == ARC_OK && at < rows.n_rows; at += n) {
        n = rows.n_rows - at < AT_ONCE ? rows.n_rows - at : AT_ONCE;
        arci_arena_reset(&m->chunk);
        some x = { m, shape, rows.values + (size_t)at * rows.n_cols, n };
        st = arci_bank_part(m->call->session, m->call->verb, link_part, &x);
    }
    return st;
}

arc_status arci_statement_link(arci_statement_import *m)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < m->n; i++)
        if (m->list[i].n_new) st = link_statement(m, &m->list[i]);
    return st;
}
