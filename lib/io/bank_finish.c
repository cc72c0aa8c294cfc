/* SPDX-License-Identifier: Apache-2.0 */
/* After reading: lines take what their only detail says, details what their line says; balances and totals are checked; every line gets its identity. */
#include <string.h>

#include "base/map.h"
#include "base/num.h"
#include "base/sha256.h"
#include "io/bank.h"

static int booked(const arc_bank_line *l) { return !(l->flags & (ARC_BANK_LINE_PENDING | ARC_BANK_LINE_INFO)); }

/* ---- lines and details ------------------------------------------------------------------------------------------------------- */

static void lift(arci_bank_entry *e)
{
    arci_bank_entry *d = e->details[0];
    for (size_t i = 0; i < arci_n_bank_line_fields; i++) {
        const char **to = arci_bank_slot(&e->l, &arci_bank_line_fields[i]);
        if ((arci_bank_line_fields[i].flags & ARCI_BANK_LIFT) && !*to) *to = *arci_bank_slot(&d->l, &arci_bank_line_fields[i]);
    }
    if (!e->l.extra) e->l.extra = d->l.extra;
    if (!e->l.fee.currency[0]) e->l.fee = d->l.fee;
    if (!e->l.original.currency[0]) e->l.original = d->l.original;
    if (!e->l.rate.mantissa) e->l.rate = d->l.rate;
    e->l.flags |= d->l.flags & (ARC_BANK_LINE_RETURN | ARC_BANK_LINE_REVERSAL | ARC_BANK_LINE_FEE_INSIDE);
}

static void inherit(const arci_bank_entry *e, arci_bank_entry *d)
{
    arci_bank_entry from = *e;
    for (size_t i = 0; i < arci_n_bank_line_fields; i++) {
        const char **to = arci_bank_slot(&d->l, &arci_bank_line_fields[i]);
        if ((arci_bank_line_fields[i].flags & ARCI_BANK_INHERIT) && !*to) *to = *arci_bank_slot(&from.l, &arci_bank_line_fields[i]);
    }
    if (d->l.booked == ARC_DATE_NONE) d->l.booked = e->l.booked;
    if (d->l.value == ARC_DATE_NONE) d->l.value = e->l.value;
    d->l.flags |= e->l.flags & (ARC_BANK_LINE_REVERSAL | ARC_BANK_LINE_PENDING | ARC_BANK_LINE_INFO | ARC_BANK_LINE_NO_DATE);
}

/* A detail without amount of its own has its line's when it is the only one; without, it stays 0 and the sum is not known. */
static void complete(arci_bank_entry *e)
{
    arci_acc sum = { 0, 0 };
    int64_t total;
    int known = e->l.n_details > 0;
    for (uint32_t i = 0; i < e->l.n_details; i++) {
        arci_bank_entry *d = e->details[i];
        if (!d->whole && e->l.n_details == 1) {
            d->l.amount = e->l.amount;
            d->whole = 1;
        }
        known = known && d->whole && memcmp(d->l.amount.currency, e->l.amount.currency, 4) == 0;
        arci_acc_add(&sum, d->l.amount.minor);
        inherit(e, d);
    }
    e->l.details = !known ? ARC_BANK_CHECK_UNKNOWN : !arci_acc_get(&sum, &total) && total == e->l.amount.minor ? ARC_BANK_CHECK_BALANCED : ARC_BANK_CHECK_DIFFERS;
    if (e->l.n_details == 1) lift(e);
}

/* ---- checks -------------------------------------------------------------------------------------------------------------------- */

static void pick_balances(arci_bank_stmt *s)
{
    arc_bank_statement *t = &s->s;
    const arc_bank_balance *open = NULL, *close = NULL, *free_to_use = NULL;
    for (uint32_t i = 0; i < t->n_balances; i++) {
        const arc_bank_balance *x = &s->balances[i];
        if (x->kind == ARC_BALANCE_OPENING || (x->kind == ARC_BALANCE_OPENING_INTERIM && !open)) open = x;
        if (x->kind == ARC_BALANCE_CLOSING || (x->kind == ARC_BALANCE_CLOSING_INTERIM && !close)) close = x;
        if (x->kind == ARC_BALANCE_CLOSING_AVAILABLE) free_to_use = x;
    }
    t->has_opening = open != NULL;
    t->has_closing = close != NULL;
    t->has_available = free_to_use != NULL;
    if (open) t->opening = open->amount, t->opening_on = open->on;
    if (close) t->closing = close->amount, t->closing_on = close->on;
    if (free_to_use) t->available = free_to_use->amount, t->available_on = free_to_use->on;
}

static int same_currency(const arc_money *a, const arc_money *b) { return memcmp(a->currency, b->currency, 4) == 0; }

static void check_balance(arci_bank_stmt *s)
{
    arc_bank_statement *t = &s->s;
    arci_acc sum = { 0, 0 };
    int64_t rest;
    t->check = ARC_BANK_CHECK_UNKNOWN;
    memset(&t->difference, 0, sizeof t->difference);
    if (!t->has_opening || !t->has_closing || !same_currency(&t->opening, &t->closing)) return;
    arci_acc_add(&sum, t->closing.minor);
    arci_acc_add(&sum, -t->opening.minor);
    for (uint32_t i = 0; i < t->n_lines; i++) {
        const arc_bank_line *l = &s->lines[i]->l;
        if (!booked(l)) continue;
        if (!same_currency(&l->amount, &t->opening) || (l->flags & ARC_BANK_LINE_ROUNDED)) return;
        arci_acc_add(&sum, -l->amount.minor);
    }
    if (arci_acc_get(&sum, &rest)) return;
    t->check = rest ? ARC_BANK_CHECK_DIFFERS : ARC_BANK_CHECK_BALANCED;
    if (!rest) return;
    t->difference = t->opening;
    t->difference.minor = rest;
}

/* What the file says its lines add up to, against them. */
static void check_control(arci_bank_stmt *s)
{
    arci_acc credit = { 0, 0 }, debit = { 0, 0 }, net = { 0, 0 };
    int64_t n_credit = 0, n_debit = 0, v;
    int known = s->has_sum_credit || s->has_sum_debit || s->has_count_credit || s->has_count_debit || s->has_sum_all || s->has_count_all || s->control_differs;
    int wrong = s->control_differs > 0;
    for (uint32_t i = 0; i < s->s.n_lines; i++) {
        const arc_bank_line *l = &s->lines[i]->l;
        if (l->flags & ARC_BANK_LINE_INFO) continue;
        int64_t m = l->amount.minor;
        if (m < 0) arci_acc_add(&debit, m), n_debit++;
        else arci_acc_add(&credit, m), n_credit++;
        arci_acc_add(&net, m);
    }
    wrong |= s->has_sum_credit && (arci_acc_get(&credit, &v) || v != s->sum_credit);
    wrong |= s->has_sum_debit && (arci_acc_get(&debit, &v) || v != -s->sum_debit);
    wrong |= s->has_sum_all && (arci_acc_get(&net, &v) || v != s->sum_all);
    wrong |= s->has_count_credit && n_credit != s->count_credit;
    wrong |= s->has_count_debit && n_debit != s->count_debit;
    wrong |= s->has_count_all && n_credit + n_debit != s->count_all;
    s->s.control = !known ? ARC_BANK_CHECK_UNKNOWN : wrong ? ARC_BANK_CHECK_DIFFERS : ARC_BANK_CHECK_BALANCED;
}

/* ---- identity ------------------------------------------------------------------------------------------------------------------ */

static void hash_int(arci_sha256 *h, int64_t v)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)((uint64_t)v >> (8 * i));
    arci_sha256_add(h, bytes, sizeof bytes);
}

/* Without blanks and line ends, small letters as capitals: banks wrap and pad the same text in other ways from file to file. */
static void hash_text(arci_sha256 *h, const char *s)
{
    char buf[256];
    size_t n = 0;
    for (; s && *s; s++) {
        if (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r') continue;
        buf[n++] = *s >= 'a' && *s <= 'z' ? (char)(*s - 'a' + 'A') : *s;
        if (n == sizeof buf) {
            arci_sha256_add(h, buf, n);
            n = 0;
        }
    }
    buf[n++] = 0; /* there is room: a full buffer was handed on */
    arci_sha256_add(h, buf, n);
}

static void hash_money(arci_sha256 *h, const arc_money *m)
{
    hash_int(h, m->minor);
    arci_sha256_add(h, m->currency, 4);
}

/* Where the bank promises a number of its own for the booking, that is it; else everything that tells bookings apart. */
static void fingerprint(const arci_bank_stmt *s, arc_bank_line *l)
{
    arci_sha256 h;
    uint8_t digest[32];
    arci_sha256_init(&h);
    arci_sha256_add(&h, "line1", 6);
    hash_text(&h, s->s.iban ? s->s.iban : s->s.account);
    hash_money(&h, &l->amount);
    hash_int(&h, l->flags & (ARC_BANK_LINE_PENDING | ARC_BANK_LINE_INFO | ARC_BANK_LINE_REVERSAL));
    hash_text(&h, l->id);
    if (!l->id) {
        hash_int(&h, l->booked);
        hash_int(&h, l->value == ARC_DATE_NONE ? l->booked : l->value);
        hash_text(&h, l->bank_ref);
        hash_text(&h, l->customer_ref);
        hash_text(&h, l->end_to_end);
        hash_text(&h, l->account);
        hash_text(&h, l->name);
        hash_text(&h, l->creditor_ref);
        hash_text(&h, l->text);
        hash_text(&h, l->time);
        hash_text(&h, l->balance);
    }
    arci_sha256_end(&h, digest);
    arci_sha256_hex(digest, l->fingerprint);
}

static void statement_digest(arci_bank_stmt *s)
{
    arci_sha256 h;
    uint8_t digest[32];
    arci_sha256_init(&h);
    hash_text(&h, s->s.account);
    arci_sha256_add(&h, s->s.currency, 4);
    hash_text(&h, s->s.number);
    hash_text(&h, s->s.sequence);
    hash_int(&h, s->s.from_on);
    hash_int(&h, s->s.to_on);
    for (uint32_t i = 0; i < s->s.n_balances; i++) {
        hash_int(&h, s->balances[i].kind);
        hash_int(&h, s->balances[i].on);
        hash_money(&h, &s->balances[i].amount);
    }
    for (uint32_t i = 0; i < s->s.n_lines; i++) {
        arci_sha256_add(&h, s->lines[i]->l.fingerprint, 64);
        for (uint32_t k = 0; k < s->lines[i]->l.n_details; k++) arci_sha256_add(&h, s->lines[i]->details[k]->l.fingerprint, 64);
    }
    arci_sha256_end(&h, digest);
    arci_sha256_hex(digest, s->s.content_digest);
}

/* Twins among the payments of a batch. */
static arc_status detail_twins(arc_context *ctx, arci_bank_entry *e)
{
    arci_map seen;
    int64_t *n;
    arc_status st = ARC_OK;
    arci_map_init(&seen, ctx);
    for (uint32_t i = 0; e->l.n_details > 1 && i < e->l.n_details && st == ARC_OK; i++) {
        if (arci_map_put(&seen, e->details[i]->l.fingerprint, 64, &n) < 0) st = ARC_E_NOMEM;
        else e->details[i]->l.occurrence = (uint32_t)++*n;
    }
    arci_map_clear(&seen);
    return st;
}

/* Twins are counted through the file; in a statement that is there twice they are the same ones again. */
static arc_status occurrences(arci_bank *b)
{
    arci_map seen, statements;
    arc_status st = ARC_OK;
    arci_map_init(&seen, b->ctx);
    arci_map_init(&statements, b->ctx);
    for (uint32_t i = 0; i < b->info.n_statements && st == ARC_OK; i++) {
        arci_bank_stmt *s = b->stmts[i];
        int64_t *first;
        int32_t new = arci_map_put(&statements, s->s.content_digest, 64, &first);
        if (new < 0) st = new;
        s->s.flags &= ~ARC_BANK_REPEATED;
        if (new == 1) *first = i;
        else if (new == 0) s->s.flags |= ARC_BANK_REPEATED;
        for (uint32_t k = 0; k < s->s.n_lines && st == ARC_OK; k++) {
            arc_bank_line *l = &s->lines[k]->l;
            int64_t *n;
            st = detail_twins(b->ctx, s->lines[k]);
            if (st != ARC_OK) break;
            if (new == 0) {
                l->occurrence = b->stmts[*first]->lines[k]->l.occurrence;
                continue;
            }
            if (arci_map_put(&seen, l->fingerprint, 64, &n) < 0) st = ARC_E_NOMEM;
            else l->occurrence = (uint32_t)++*n;
        }
    }
    arci_map_clear(&seen);
    arci_map_clear(&statements);
    return st == ARC_OK ? ARC_OK : arci_nomem(b->env);
}

static void seal_line(const arci_bank_stmt *s, arci_bank_entry *e)
{
    complete(e);
    /* what the line was taken for when it was read stays so when details are joined to it later */
    if (!e->l.fingerprint[0]) fingerprint(s, &e->l);
    for (uint32_t i = 0; i < e->l.n_details; i++) {
        fingerprint(s, &e->details[i]->l);
        e->details[i]->l.occurrence = 1;
    }
}

arc_status arci_bank_seal(arci_bank *b)
{
    arci_sha256 h;
    uint8_t digest[32];
    for (uint32_t i = 0; i < b->info.n_statements; i++) {
        arci_bank_stmt *s = b->stmts[i];
        for (uint32_t k = 0; k < s->s.n_lines; k++) seal_line(s, s->lines[k]);
        pick_balances(s);
        check_balance(s);
        check_control(s);
        statement_digest(s);
    }
    arci_sha256_init(&h);
    for (uint32_t i = 0; i < b->info.n_statements; i++) arci_sha256_add(&h, b->stmts[i]->s.content_digest, 64);
    arci_sha256_end(&h, digest);
    arci_sha256_hex(digest, b->info.content_digest);
    return occurrences(b);
}

arc_status arci_bank_finish(arci_bank *b, const char *bytes, size_t n)
{
    arci_sha256 h;
    uint8_t digest[32];
    arci_sha256_init(&h);
    arci_sha256_add(&h, bytes, n);
    arci_sha256_end(&h, digest);
    arci_sha256_hex(digest, b->info.digest);
    b->info.bytes = n;
    if (b->extra.failed) return arci_nomem(b->env); /* a text could not be kept */
    return arci_bank_seal(b);
}
