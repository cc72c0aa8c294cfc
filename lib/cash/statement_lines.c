/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a statement as rows: what a booking is, its payments, and whether a payment could repeat an earlier one. */
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "cash/statement.h"
#include "io/mt940.h"

#define CHUNK 1000u /* bookings written at a time */
#define AT_ONCE 500u
#define STANDING_MAX 130

enum {
    L_STATEMENT, L_SEQ, L_BOOKED, L_VALUE, L_CURRENCY, L_AMOUNT, L_FEE, L_PAYER, L_ACCOUNT, L_BANK_REF, L_MEMO, L_OCCURRENCE, L_OWN, L_DETAIL, L_BATCH, L_KIND, L_FEE_INSIDE, L_END_TO_END, L_CREDITOR_REF,
    L_DOCUMENT, L_CUSTOMER_REF, L_MANDATE, L_BANK, L_ULTIMATE, L_INFO, L_CODE, L_REASON, L_ORIGINAL_CURRENCY, L_ORIGINAL, L_FINGERPRINT, L_STANDING, L_WAITING, L_SAME_AS, L_STATUS
};
static const char line_fields[] = "bank_statement seq booking_date value_date currency amount fee payer_name payer_account bank_ref memo occurrence bank_account detail batch kind fee_inside end_to_end creditor_ref "
                                  "document customer_ref mandate payer_bank ultimate_name info code return_reason original_currency original fingerprint standing waiting same_as status";

typedef struct payment {
    const arci_bank_entry *e; /* the payment */
    const arci_bank_entry *line; /* its booking */
    const char *kind;
    uint32_t seq, detail, parent; /* parent: place of its line among the bookings of the chunk */
    uint32_t occurrence;
    int64_t same_as;
    uint8_t waiting;
} payment;

/* ---- what a booking is ---------------------------------------------------------------------------------------------------------------- */

static int is_own(const arci_statement_import *m, const char *account)
{
    char key[64];
    size_t n = account ? arci_account_key(key, sizeof key, account, strlen(account)) : 0;
    for (uint32_t i = 0; n && i < m->n_own; i++)
        if (m->own[i].length == n && memcmp(m->own[i].key, key, n) == 0) return 1;
    return 0;
}

static int one_of(const char *s, const char *const *list, size_t n)
{
    for (size_t i = 0; s && i < n; i++) {
        if (strcmp(s, list[i]) == 0) return 1;
    }
    return 0;
}

/* By its mark, by a reason, or by the code of a booking that gives back: GVC of German banks, the type of :61:, the sub-family of camt. */
static int is_return(const arc_bank_line *l)
{
    static const char *const types[] = { "NRTI", "FRTI", "SRTI" };
    static const char *const families[] = { "RRTN", "UPDD", "PRDD", "UPCQ", "CQRV", "UPCT", "RPCR" };
    return (l->flags & (ARC_BANK_LINE_RETURN | ARC_BANK_LINE_REVERSAL)) || l->return_reason || arci_gvc_returns(l->gvc) ||
           one_of(l->swift_code, types, sizeof types / sizeof *types) || one_of(l->subfamily, families, sizeof families / sizeof *families);
}

static const char *kind_of(const arci_bank_entry *e)
{
    if (is_return(&e->l)) return "return";
    return e->l.amount.minor > 0 ? "payment" : "outgoing";
}

/* Money somebody else paid us. */
static int is_payment(const arci_statement_import *m, const payment *p)
{
    return p->e->l.amount.minor > 0 && strcmp(p->kind, "payment") == 0 && !(p->e->l.flags & ARC_BANK_LINE_NEUTRAL) && !is_own(m, p->e->l.account);
}

static uint32_t payments_of(const arci_bank_entry *e) { return e->l.n_details >= 2 ? e->l.n_details : 0; }

/* Fills bookings and details of lines [from, to) that are new. */
static void collect(const arci_statement_import *m, const arci_statement_in *s, payment *bookings, payment *details, uint32_t *nb, uint32_t *nd, uint32_t from, uint32_t to)
{
    *nb = *nd = 0;
    for (uint32_t i = from; i < to; i++) {
        const arci_bank_entry *e = s->in->lines[i];
        uint32_t n = payments_of(e);
        int adds_up = e->l.details != ARC_BANK_CHECK_DIFFERS;
        if (!s->occurrences[i]) continue;
        payment *b = &bookings[(*nb)++];
        *b = (payment){ e, e, n && adds_up ? "batch" : kind_of(e), i + 1, 0, 0, s->occurrences[i], 0, 0 };
        b->waiting = (uint8_t)is_payment(m, b);
        for (uint32_t k = 0; k < n; k++) {
            payment *d = &details[(*nd)++];
            /* details that do not come to their line are kept and tell more; the money is the line's */
            *d = (payment){ e->details[k], e, adds_up ? kind_of(e->details[k]) : "detail", i + 1, k + 1, *nb - 1, s->occurrences[i], 0, 0 };
            d->waiting = (uint8_t)is_payment(m, d);
        }
    }
}

/* ---- repeats -------------------------------------------------------------------------------------------------------------------------- */

enum { R_ID, R_AMOUNT, R_BOOKED, R_PAYER, R_ACCOUNT, R_MEMO, R_CREDITOR_REF, R_OWN, R_CURRENCY, R_STANDING, R_KIND };
static const char repeat_fields[] = "id amount booking_date payer_name payer_account memo creditor_ref bank_account currency standing kind";

static void add_text(arci_str *b, const char *s, size_t n)
{
    arci_str_add(b, s ? s : "", n);
    arci_str_putc(b, '\x1f');
}

static void add_literal(arci_str *b, const char *s) { add_text(b, s, s ? strlen(s) : 0); }

/* Payer, amount and words as one key; 0: nothing is known that could be the same. */
static int same_key(arci_str *b, int64_t amount, const char *account, const char *name, const char *memo, const char *ref)
{
    arci_str_reset(b);
    arci_str_int(b, amount);
    arci_str_putc(b, '\x1f');
    add_literal(b, account ? account : name);
    add_literal(b, ref ? ref : memo);
    return (account || name) && (memo || ref) && !b->failed;
}

typedef struct seen {
    arci_map map; /* key -> place + 1 of the latest */
    struct sighting { int64_t id; arc_date day; } *list;
    uint32_t n, cap;
    arci_arena *arena;
} seen;

static arc_status see(arci_env *env, seen *s, const arci_str *key, int64_t id, arc_date day)
{
    int64_t *at;
    if (s->n == s->cap) {
        uint32_t cap = s->cap ? s->cap * 2 : 256;
        struct sighting *p = arci_arena_alloc(s->arena, cap * sizeof *p);
        if (!p) return arci_nomem(env);
        if (s->n) memcpy(p, s->list, s->n * sizeof *p);
        s->list = p;
        s->cap = cap;
    }
    if (arci_map_put(&s->map, key->s, key->len, &at) < 0) return arci_nomem(env);
    if (*at && s->list[*at - 1].day > day) return ARC_OK;
    s->list[s->n++] = (struct sighting){ id, day };
    *at = s->n;
    return ARC_OK;
}

static const char *text_in(arci_arena *arena, const arc_value *v) { return v->type == ARC_V_TEXT ? arci_arena_strndup(arena, v->u.s, v->len) : NULL; }

/* Kept payments of these amounts, around these days. */
static arc_status read_seen(arci_statement_import *m, const arci_statement_in *s, seen *known, arci_str *key, const arc_value *amounts, uint32_t n, arc_date from, arc_date to)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(m->t, &shape, "statement_line", repeat_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[R_OWN], ARC_OP_EQ, s->account->id);
    arci_where_in(&w, shape->cols[R_AMOUNT], amounts, n);
    arci_where_int(&w, shape->cols[R_BOOKED], ARC_OP_GE, from);
    arci_where_int(&w, shape->cols[R_BOOKED], ARC_OP_LE, to);
    st = arci_repo_find(m->t, shape, &w, NULL, 0, 0, &m->chunk, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        if (v[R_STANDING].type == ARC_V_NULL || memcmp(v[R_CURRENCY].u.s, s->currency, 3) != 0 || v[R_KIND].len != 7 || memcmp(v[R_KIND].u.s, "payment", 7) != 0) continue;
        if (same_key(key, v[R_AMOUNT].u.i, text_in(&m->chunk, &v[R_ACCOUNT]), text_in(&m->chunk, &v[R_PAYER]), text_in(&m->chunk, &v[R_MEMO]), text_in(&m->chunk, &v[R_CREDITOR_REF])))
            st = see(m->t->env, known, key, v[R_ID].u.i, (arc_date)v[R_BOOKED].u.i);
        else if (key->failed) st = arci_nomem(m->t->env);
    }
    return st;
}

static arc_status read_all_seen(arci_statement_import *m, const arci_statement_in *s, seen *known, arci_str *key, payment *const *list, uint32_t n)
{
    arc_status st = ARC_OK;
    for (uint32_t at = 0, k; st == ARC_OK && at < n; at += k) {
        arc_value amounts[AT_ONCE];
        arc_date from = ARC_DATE_NONE, to = ARC_DATE_NONE;
        for (k = 0; k < AT_ONCE && at + k < n; k++) {
            arc_date d = list[at + k]->e->l.booked;
            amounts[k] = arci_v_int(list[at + k]->e->l.amount.minor);
            if (from == ARC_DATE_NONE || d < from) from = d;
            if (to == ARC_DATE_NONE || d > to) to = d;
        }
        st = read_seen(m, s, known, key, amounts, k, from - m->o.repeat_days, to);
    }
    return st;
}

/* Marks payments that could repeat an earlier one: by the same payer, of the same amount with the same words, a few days ago. Ids of the chunk are drawn. */
static arc_status mark_repeats(arci_statement_import *m, const arci_statement_in *s, payment **list, const int64_t *ids, uint32_t n)
{
    seen known = { .arena = &m->chunk };
    arci_str key;
    if (!m->o.repeat_days || !n) return ARC_OK;
    arci_map_init(&known.map, m->chunk.ctx);
    arci_str_init(&key, m->chunk.ctx);
    arc_status st = read_all_seen(m, s, &known, &key, list, n);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arc_bank_line *l = &list[i]->e->l;
        const int tells = same_key(&key, l->amount.minor, l->account, l->name, l->text, l->creditor_ref);
        if (key.failed) st = arci_nomem(m->t->env);
        if (!tells) continue;
        const int64_t *at = arci_map_get(&known.map, key.s, key.len);
        if (at && known.list[*at - 1].day <= l->booked && l->booked - known.list[*at - 1].day <= m->o.repeat_days) list[i]->same_as = known.list[*at - 1].id;
        m->result.n_repeats += list[i]->same_as != 0;
        st = see(m->t->env, &known, &key, ids[i], l->booked);
    }
    arci_str_clear(&key);
    arci_map_clear(&known.map);
    return st;
}

/* ---- rows ----------------------------------------------------------------------------------------------------------------------------- */

static const char *reference_of(const arc_bank_line *l) { return l->bank_ref ? l->bank_ref : l->id ? l->id : l->entry_ref; }

static const char *code_of(arci_arena *arena, const arc_bank_line *l)
{
    char buf[64];
    if (l->domain) {
        int n = snprintf(buf, sizeof buf, "%s/%s/%s", l->domain, l->family ? l->family : "", l->subfamily ? l->subfamily : "");
        return n > 0 && (size_t)n < sizeof buf ? arci_arena_strndup(arena, buf, (size_t)n) : l->domain;
    }
    return l->gvc ? l->gvc : l->swift_code ? l->swift_code : l->bai ? l->bai : l->own_code;
}

static arc_status put_line(arci_statement_import *m, const arci_statement_in *s, const arci_shape *shape, arc_value *v, const payment *p)
{
    const arc_bank_line *l = &p->e->l;
    char *standing = arci_arena_alloc(&m->chunk, STANDING_MAX);
    if (!standing) return arci_nomem(m->t->env);
    const struct { uint16_t field; const char *s; } texts[] = { { L_PAYER, l->name }, { L_ACCOUNT, l->account }, { L_BANK_REF, reference_of(l) }, { L_MEMO, l->text }, { L_END_TO_END, l->end_to_end },
        { L_CREDITOR_REF, l->creditor_ref }, { L_DOCUMENT, l->document }, { L_CUSTOMER_REF, l->customer_ref }, { L_MANDATE, l->mandate }, { L_BANK, l->bank }, { L_ULTIMATE, l->ultimate_name }, { L_INFO, l->info },
        { L_CODE, code_of(&m->chunk, l) }, { L_REASON, l->return_reason } };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) v[texts[i].field] = arci_statement_text(shape, texts[i].field, texts[i].s);
    v[L_STATEMENT] = arci_v_int(s->id);
    v[L_OWN] = arci_v_int(s->account->id);
    v[L_SEQ] = arci_v_int(p->seq);
    v[L_DETAIL] = arci_v_int(p->detail);
    v[L_BOOKED] = arci_v_int(p->line->l.booked == ARC_DATE_NONE ? s->from : p->line->l.booked);
    if (l->value != ARC_DATE_NONE) v[L_VALUE] = arci_v_int(l->value);
    v[L_CURRENCY] = arci_v_text(s->currency, 3);
    v[L_AMOUNT] = arci_v_int(l->amount.minor);
    if (l->fee.minor && (!l->fee.currency[0] || memcmp(l->fee.currency, s->currency, 3) == 0)) v[L_FEE] = arci_v_int(l->fee.minor);
    v[L_FEE_INSIDE] = arci_v_int(v[L_FEE].type == ARC_V_INT && (l->flags & ARC_BANK_LINE_FEE_INSIDE) != 0);
    if (l->original.currency[0]) {
        v[L_ORIGINAL_CURRENCY] = arci_v_text(l->original.currency, 3);
        v[L_ORIGINAL] = arci_v_int(l->original.minor);
    }
    v[L_KIND] = arci_v_text(p->kind, strlen(p->kind));
    v[L_FINGERPRINT] = arci_v_text(p->line->l.fingerprint, 64);
    v[L_OCCURRENCE] = arci_v_int(p->occurrence);
    v[L_STANDING] = arci_v_text(standing, (size_t)snprintf(standing, STANDING_MAX, "%lld/%s/%u/%u", (long long)s->account->id, p->line->l.fingerprint, p->occurrence, p->detail));
    if (p->waiting) v[L_WAITING] = arci_v_int(1);
    if (p->same_as) v[L_SAME_AS] = arci_v_int(p->same_as);
    v[L_STATUS] = p->waiting ? arci_v_text("waiting", 7) : arci_v_text("passed", 6);
    return ARC_OK;
}

/* Rows of a chunk in batches that are an event each: the bookings, then their details. */
typedef struct rows_out {
    arci_batch **batches;
    uint32_t n, of_bookings; /* batches */
} rows_out;

static arc_status open_batches(arci_statement_import *m, rows_out *out, const arci_shape *shape, uint32_t n)
{
    arc_status st = ARC_OK;
    for (uint32_t at = 0, k; st == ARC_OK && at < n; at += k) {
        k = n - at < CHUNK ? n - at : CHUNK;
        st = arci_batch_new(m->t, &m->chunk, &out->batches[out->n], shape, ARC_WRITE_INSERT, k, ARCI_BATCH_UNCHECKED, NULL, 0);
        if (st == ARC_OK) st = arci_batch_ids(m->t, out->batches[out->n++]);
    }
    return st;
}

/* The batch of booking or detail i, and its row in it. */
static arci_batch *batch_of(const rows_out *out, int which, uint32_t i, uint32_t *row)
{
    *row = i % CHUNK;
    return out->batches[(which ? out->of_bookings : 0) + i / CHUNK];
}

static int64_t id_of(const rows_out *out, int which, uint32_t i)
{
    uint32_t row;
    const arci_batch *b = batch_of(out, which, i, &row);
    return arci_batch_id(b, row);
}

/* Payments among bookings and details, in the order of the file, with the ids they will have. */
static arc_status find_repeats(arci_statement_import *m, const arci_statement_in *s, payment *const lists[2], const uint32_t counts[2], const rows_out *out)
{
    uint32_t n = 0;
    payment **list = arci_arena_alloc(&m->chunk, ((size_t)counts[0] + counts[1] + 1) * sizeof *list);
    int64_t *ids = arci_arena_alloc(&m->chunk, ((size_t)counts[0] + counts[1] + 1) * sizeof *ids);
    if (!list || !ids) return arci_nomem(m->t->env);
    for (int which = 0; which < 2; which++)
        for (uint32_t i = 0; i < counts[which]; i++) {
            if (!lists[which][i].waiting) continue;
            list[n] = &lists[which][i];
            ids[n++] = id_of(out, which, i);
        }
    m->result.n_payments += n;
    return mark_repeats(m, s, list, ids, n);
}

typedef struct one_write {
    arci_txn *t;
    arci_batch *batch;
} one_write;

static arc_status write_one(void *user)
{
    const one_write *w = user;
    return arci_repo_write(w->t, &w->batch, 1, NULL);
}

static arc_status write_chunk(arci_statement_import *m, const arci_statement_in *s, const arci_shape *shape, payment *const lists[2], const uint32_t counts[2])
{
    rows_out out = { arci_arena_calloc(&m->chunk, (size_t)counts[0] / CHUNK + counts[1] / CHUNK + 2, sizeof *out.batches), 0, 0 };
    if (!out.batches) return arci_nomem(m->t->env);
    arc_status st = open_batches(m, &out, shape, counts[0]);
    out.of_bookings = out.n;
    if (st == ARC_OK) st = open_batches(m, &out, shape, counts[1]);
    if (st == ARC_OK) st = find_repeats(m, s, lists, counts, &out);
    for (int which = 0; which < 2; which++)
        for (uint32_t i = 0, row; st == ARC_OK && i < counts[which]; i++) {
            payment *p = &lists[which][i];
            arci_batch *b = batch_of(&out, which, i, &row);
            arc_value *v = arci_batch_row(b, row);
            st = put_line(m, s, shape, v, p);
            if (p->detail) v[L_BATCH] = arci_v_int(id_of(&out, 0, p->parent));
            m->result.n_returns += strcmp(p->kind, "return") == 0 && p->e->l.amount.minor < 0;
        }
    for (uint32_t i = 0; st == ARC_OK && i < out.n; i++) {
        one_write w = { m->t, out.batches[i] };
        st = arci_bank_part(m->call->session, m->call->verb, write_one, &w);
    }
    return st;
}

arc_status arci_statement_write_lines(arci_statement_import *m, arci_statement_in *s, uint32_t position)
{
    const arci_shape *shape;
    uint32_t all = s->in->s.n_lines;
    arc_status st = arci_shape_get(m->t, &shape, "statement_line", line_fields);
    for (uint32_t from = 0, to; st == ARC_OK && from < all; from = to) {
        uint32_t details = 0, counts[2];
        for (to = from; to < all && to - from < CHUNK && details < CHUNK; to++) details += payments_of(s->in->lines[to]);
        arci_arena_reset(&m->chunk);
        payment *lists[2] = { arci_arena_alloc(&m->chunk, (to - from) * sizeof **lists), arci_arena_alloc(&m->chunk, ((size_t)details + 1) * sizeof **lists) };
        if (!lists[0] || !lists[1]) return arci_nomem(m->t->env);
        collect(m, s, lists[0], lists[1], &counts[0], &counts[1], from, to);
        if (counts[0]) st = write_chunk(m, s, shape, lists, counts);
        if (st != ARC_OK) arci_fail_at(m->t->env, "bank_statement", NULL, -1, (int64_t)position);
    }
    return st;
}

/* ---- details that come later -------------------------------------------------------------------------------------------------------------- */

enum { J_WAITING, J_STATUS };

/* The line waits no more: its payments do. */
static arc_status release(arci_statement_import *m, const arci_statement_join *joins, uint32_t n)
{
    const arci_shape *shape;
    arci_batch *b;
    uint32_t k = 0;
    arc_status st = arci_shape_get(m->t, &shape, "statement_line", "waiting status");
    if (st == ARC_OK) st = arci_batch_new(m->t, &m->chunk, &b, shape, ARC_WRITE_UPDATE, n, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (!joins[i].waiting) continue;
        *arci_batch_key(b, k) = arci_v_int(joins[i].kept);
        *arci_batch_guard(b, k) = arci_v_int(joins[i].version);
        arci_batch_row(b, k)[J_WAITING] = arci_v_null();
        arci_batch_row(b, k++)[J_STATUS] = arci_v_text("passed", 6);
    }
    if (st != ARC_OK || !k) return st;
    b->n_rows = k;
    return arci_repo_write(m->t, &b, 1, NULL);
}

static arc_status put_join(arci_statement_import *m, arci_statement_in *s, const arci_shape *shape, arci_batch *b, uint32_t *row, const arci_statement_join *j)
{
    const arci_bank_entry *e = s->in->lines[j->line];
    for (uint32_t k = 0; k < e->l.n_details; k++) {
        payment p = { e->details[k], e, j->waiting ? kind_of(e->details[k]) : "detail", j->line + 1, k + 1, 0, j->occurrence, 0, 0 };
        arc_value *v = arci_batch_row(b, (*row)++);
        char *standing = arci_arena_alloc(&m->chunk, STANDING_MAX);
        p.waiting = (uint8_t)(j->waiting && is_payment(m, &p));
        arc_status st = put_line(m, s, shape, v, &p);
        if (st != ARC_OK || !standing) return st != ARC_OK ? st : arci_nomem(m->t->env);
        v[L_BATCH] = arci_v_int(j->kept);
        v[L_FINGERPRINT] = arci_v_text(j->fingerprint, 64);
        v[L_STANDING] = arci_v_text(standing, (size_t)snprintf(standing, STANDING_MAX, "%lld/%s/%u/%u", (long long)s->account->id, j->fingerprint, j->occurrence, k + 1));
        m->result.n_payments += p.waiting;
    }
    return ARC_OK;
}

typedef struct joining {
    arci_statement_import *m;
    arci_statement_in *s;
    const arci_statement_join *joins;
    uint32_t n, rows;
} joining;

static arc_status write_joins(void *user)
{
    const joining *x = user;
    const arci_shape *shape;
    arci_batch *b;
    uint32_t row = 0;
    arc_status st = release(x->m, x->joins, x->n);
    if (st == ARC_OK) st = arci_shape_get(x->m->t, &shape, "statement_line", line_fields);
    if (st == ARC_OK) st = arci_batch_new(x->m->t, &x->m->chunk, &b, shape, ARC_WRITE_INSERT, x->rows, ARCI_BATCH_UNCHECKED, NULL, 0);
    for (uint32_t i = 0; st == ARC_OK && i < x->n; i++) st = put_join(x->m, x->s, shape, b, &row, &x->joins[i]);
    return st == ARC_OK ? arci_repo_write(x->m->t, &b, 1, NULL) : st;
}

arc_status arci_statement_write_joins(arci_statement_import *m, arci_statement_in *s)
{
    arc_status st = ARC_OK;
    for (uint32_t at = 0, to; st == ARC_OK && at < s->n_joins; at = to) {
        joining x = { m, s, s->joins + at, 0, 0 };
        for (to = at; to < s->n_joins && x.rows < CHUNK; to++) x.rows += s->in->lines[s->joins[to].line]->l.n_details;
        x.n = to - at;
        arci_arena_reset(&m->chunk);
        st = arci_bank_part(m->call->session, m->call->verb, write_joins, &x);
    }
    return st;
}
