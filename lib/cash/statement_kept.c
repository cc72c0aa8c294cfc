/* SPDX-License-Identifier: Apache-2.0 */
/* Which bookings are new: the statements and lines kept of an account around the days of the file, then the file's own statements one behind the other. */
#include <string.h>

#include "cash/statement.h"

#define AROUND 31 /* days before and behind a statement that equal bookings are looked for */

enum { S_ID, S_NUMBER, S_PAGE, S_OPENING, S_CLOSING, S_FROM, S_TO, S_INTERIM, S_ACCOUNT, S_STANDING, S_CURRENCY };
static const char statement_fields[] = "id number page opening closing date_from date_to interim bank_account standing currency";
enum { L_FINGERPRINT, L_OCCURRENCE, L_STATEMENT, L_ACCOUNT, L_BOOKED, L_DETAIL, L_STANDING };
static const char line_fields[] = "fingerprint occurrence bank_statement bank_account booking_date detail standing";

typedef struct kept {
    arci_arena *arena;
    arc_bank_kept *statements;
    int64_t *ids; /* of those of the book, ascending */
    arc_bank_kept_line *lines;
    size_t n_stored, n, cap, n_lines, cap_lines;
} kept;

static int room(kept *k, size_t lines)
{
    if (k->n == k->cap) {
        size_t cap = k->cap ? k->cap * 2 : 16;
        arc_bank_kept *p = arci_arena_alloc(k->arena, cap * sizeof *p);
        if (!p) return 0;
        if (k->n) memcpy(p, k->statements, k->n * sizeof *p);
        k->statements = p;
        k->cap = cap;
    }
    if (k->n_lines + lines > k->cap_lines) {
        size_t cap = k->cap_lines ? k->cap_lines * 2 : 256;
        while (cap < k->n_lines + lines) cap *= 2;
        arc_bank_kept_line *p = arci_arena_alloc(k->arena, cap * sizeof *p);
        if (!p) return 0;
        if (k->n_lines) memcpy(p, k->lines, k->n_lines * sizeof *p);
        k->lines = p;
        k->cap_lines = cap;
    }
    return 1;
}

static arc_money money_of(const arc_value *amount, const char *currency)
{
    arc_money m = { amount->u.i, { 0 }, 0 };
    memcpy(m.currency, currency, 3);
    return m;
}

/* Values of rows read into an arena live as long as it. */
static const char *text_of(arci_arena *arena, const arc_value *v) { return v->type == ARC_V_TEXT ? arci_arena_strndup(arena, v->u.s, v->len) : NULL; }

static arc_status read_statements(arci_statement_import *m, kept *k, int64_t account, arc_date from, arc_date to)
{
    static const arc_bank_kept none = ARC_BANK_KEPT_INIT;
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(m->t, &shape, "bank_statement", statement_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[S_ACCOUNT], ARC_OP_EQ, account);
    arci_where_int(&w, shape->cols[S_TO], ARC_OP_GE, from);
    arci_where_int(&w, shape->cols[S_FROM], ARC_OP_LE, to);
    const arc_order by_id = { shape->cols[S_ID], 0 };
    st = arci_repo_find(m->t, shape, &w, &by_id, 1, 0, &m->arena, &rows);
    if (st != ARC_OK) return st;
    k->ids = arci_arena_alloc(&m->arena, ((size_t)rows.n_rows + 1) * sizeof *k->ids);
    if (!k->ids) return arci_nomem(m->t->env);
    for (uint32_t i = 0; i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        if (v[S_STANDING].type == ARC_V_NULL) continue;
        if (!room(k, 0)) return arci_nomem(m->t->env);
        arc_bank_kept *s = &k->statements[k->n];
        *s = none;
        s->flags = v[S_INTERIM].u.i ? ARC_BANK_INTERIM : 0;
        s->number = text_of(&m->arena, &v[S_NUMBER]);
        s->sequence = text_of(&m->arena, &v[S_PAGE]);
        s->has_opening = v[S_OPENING].type == ARC_V_INT;
        s->has_closing = v[S_CLOSING].type == ARC_V_INT;
        if (s->has_opening) s->opening = money_of(&v[S_OPENING], v[S_CURRENCY].u.s);
        if (s->has_closing) s->closing = money_of(&v[S_CLOSING], v[S_CURRENCY].u.s);
        s->from_on = (arc_date)v[S_FROM].u.i;
        s->to_on = (arc_date)v[S_TO].u.i;
        k->ids[k->n++] = v[S_ID].u.i;
    }
    k->n_stored = k->n;
    return ARC_OK;
}

static size_t place_of(const kept *k, int64_t id)
{
    size_t lo = 0, hi = k->n_stored;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (k->ids[mid] < id) lo = mid + 1;
        else hi = mid;
    }
    return lo < k->n_stored && k->ids[lo] == id ? lo : SIZE_MAX;
}

static arc_status read_lines(arci_statement_import *m, kept *k, int64_t account, arc_date from, arc_date to)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(m->t, &shape, "statement_line", line_fields);
    if (st != ARC_OK || !k->n_stored) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[L_ACCOUNT], ARC_OP_EQ, account);
    arci_where_int(&w, shape->cols[L_BOOKED], ARC_OP_GE, from);
    arci_where_int(&w, shape->cols[L_BOOKED], ARC_OP_LE, to);
    arci_where_int(&w, shape->cols[L_DETAIL], ARC_OP_EQ, 0);
    st = arci_repo_find(m->t, shape, &w, NULL, 0, 0, &m->arena, &rows);
    if (st == ARC_OK && !room(k, rows.n_rows)) return arci_nomem(m->t->env);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        size_t at = place_of(k, v[L_STATEMENT].u.i);
        if (v[L_STANDING].type == ARC_V_NULL || at == SIZE_MAX) continue;
        const char *fingerprint = text_of(&m->arena, &v[L_FINGERPRINT]);
        if (!fingerprint) return arci_nomem(m->t->env);
        k->lines[k->n_lines++] = (arc_bank_kept_line){ fingerprint, (uint32_t)v[L_OCCURRENCE].u.i, (uint32_t)at };
    }
    return st;
}

/* A statement of the file has been judged: the ones behind it find it kept. */
static int keep(kept *k, const arci_statement_in *s)
{
    const arc_bank_statement *h = &s->in->s;
    arc_bank_kept now = ARC_BANK_KEPT_INIT;
    if (!room(k, h->n_lines)) return 0;
    now.flags = h->flags & ARC_BANK_INTERIM;
    now.number = h->number;
    now.sequence = h->sequence;
    now.opening = h->opening;
    now.closing = h->closing;
    now.has_opening = h->has_opening;
    now.has_closing = h->has_closing;
    now.from_on = s->from;
    now.to_on = s->to;
    for (uint32_t i = 0; i < h->n_lines; i++)
        if (s->occurrences[i]) k->lines[k->n_lines++] = (arc_bank_kept_line){ s->in->lines[i]->l.fingerprint, s->occurrences[i], (uint32_t)k->n };
    k->statements[k->n++] = now;
    return 1;
}

static arc_status one_statement(arci_statement_import *m, kept *k, arci_statement_in *s)
{
    uint32_t n = s->in->s.n_lines;
    s->occurrences = arci_arena_calloc(&m->arena, (size_t)n + 1, sizeof *s->occurrences);
    if (!s->occurrences) return arci_nomem(m->t->env);
    arc_status st = arci_bank_fresh(m->t->env, s->in, s->occurrences, k->statements, k->n, k->lines, k->n_lines);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (arci_statement_skips(s->in->lines[i])) {
            s->occurrences[i] = 0;
            s->n_skipped++;
        } else if (s->occurrences[i]) {
            s->n_new++;
        } else {
            s->n_known++;
        }
    }
    return st == ARC_OK && !keep(k, s) ? arci_nomem(m->t->env) : st;
}

arc_status arci_statement_fresh(arci_statement_import *m)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < m->n; i++) {
        arci_statement_in *first = &m->list[i];
        kept k = { .arena = &m->arena };
        arc_date from = first->from, to = first->to;
        if (first->occurrences) continue; /* with another of its account */
        for (uint32_t j = i + 1; j < m->n; j++) {
            if (m->list[j].account != first->account) continue;
            if (m->list[j].from < from) from = m->list[j].from;
            if (m->list[j].to > to) to = m->list[j].to;
        }
        st = read_statements(m, &k, first->account->id, from - AROUND, to + AROUND);
        if (st == ARC_OK) st = read_lines(m, &k, first->account->id, from - AROUND, to + AROUND);
        for (uint32_t j = i; st == ARC_OK && j < m->n; j++)
            if (m->list[j].account == first->account) st = one_statement(m, &k, &m->list[j]);
    }
    return st;
}
