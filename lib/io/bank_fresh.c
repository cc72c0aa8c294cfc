/* SPDX-License-Identifier: Apache-2.0 */
/* Which lines of a statement are not kept yet. */
#include <string.h>

#include "base/map.h"
#include "io/bank.h"

/* 1: the statements are of one number and of different pages. */
static int other_page(const char *number, const char *sequence, const arc_bank_kept *k)
{
    return number && sequence && k->number && k->sequence && strcmp(number, k->number) == 0 && strcmp(sequence, k->sequence) != 0;
}

static int same_money(const arc_money *a, const arc_money *b) { return a->minor == b->minor && memcmp(a->currency, b->currency, 4) == 0; }

/* 1: b begins with what a ended with, both are booked, and neither stands still (a statement whose lines add up to nothing touches itself). */
static int follows(const arc_bank_kept *a, const arc_bank_kept *b)
{
    if ((a->flags | b->flags) & ARC_BANK_INTERIM) return 0;
    if (!a->has_opening || !a->has_closing || !b->has_opening || !b->has_closing) return 0;
    if (!same_money(&a->closing, &b->opening) || same_money(&a->opening, &a->closing) || same_money(&b->opening, &b->closing)) return 0;
    return a->to_on == ARC_DATE_NONE || b->from_on == ARC_DATE_NONE || a->to_on <= b->from_on;
}

static arc_bank_kept as_kept(const arci_bank_stmt *s)
{
    arc_bank_kept k = ARC_BANK_KEPT_INIT;
    k.flags = s->s.flags & ARC_BANK_INTERIM;
    k.number = s->s.number;
    k.sequence = s->s.sequence;
    k.opening = s->s.opening, k.has_opening = s->s.has_opening;
    k.closing = s->s.closing, k.has_closing = s->s.has_closing;
    k.from_on = s->s.from_on, k.to_on = s->s.to_on;
    for (uint32_t i = 0; i < s->s.n_lines; i++) {
        arc_date d = s->lines[i]->l.booked;
        if (d == ARC_DATE_NONE) continue;
        if (k.from_on == ARC_DATE_NONE || d < k.from_on) k.from_on = d;
        if (k.to_on == ARC_DATE_NONE || d > k.to_on) k.to_on = d;
    }
    return k;
}

/* Marks what stands before or behind the statement in one chain of balances: none of those shares a line with it. */
static void chain(const arc_bank_kept *self, const arc_bank_kept *kept, size_t n, uint8_t *apart)
{
    for (int forward = 0; forward < 2; forward++) {
        const arc_bank_kept *at = self;
        for (size_t steps = 0; steps < n; steps++) {
            size_t i = 0;
            while (i < n && (apart[i] || !(forward ? follows(at, &kept[i]) : follows(&kept[i], at)))) i++;
            if (i == n) break;
            apart[i] = 1;
            at = &kept[i];
        }
    }
    for (size_t i = 0; i < n; i++)
        if (other_page(self->number, self->sequence, &kept[i]) && !((self->flags | kept[i].flags) & ARC_BANK_INTERIM)) apart[i] = 1;
}

/* How many of one fingerprint are kept: the numbers taken, and the most that any overlapping statement has. */
typedef struct tally {
    uint32_t taken, shared;
} tally;

static arc_status count(arci_env *env, arci_map *m, tally **tallies, const uint8_t *apart, const arc_bank_kept_line *lines, size_t n)
{
    *tallies = n ? arci_calloc(env->ctx, n, sizeof **tallies) : NULL;
    if (n && !*tallies) return arci_nomem(env);
    for (size_t i = 0; i < n; i++) {
        int64_t *at;
        int32_t fresh = arci_map_put(m, lines[i].fingerprint, 64, &at);
        if (fresh < 0) return arci_nomem(env);
        if (fresh) *at = (int64_t)m->n - 1;
        tally *t = &(*tallies)[*at];
        if (lines[i].occurrence > t->taken) t->taken = lines[i].occurrence;
        if (!apart[lines[i].statement]) t->shared++;
    }
    return ARC_OK;
}

/* Kept under one number for all statements, lines of overlapping ones are not there twice: those kept by statements that may overlap are the same bookings as the first of ours. */
static arc_status mark(arci_env *env, const arci_bank_stmt *s, uint32_t *out, const arci_map *m, const tally *tallies)
{
    arci_map seen;
    arc_status st = ARC_OK;
    arci_map_init(&seen, env->ctx);
    for (uint32_t i = 0; i < s->s.n_lines && st == ARC_OK; i++) {
        int64_t *n;
        if (arci_map_put(&seen, s->lines[i]->l.fingerprint, 64, &n) < 0) {
            st = arci_nomem(env);
            break;
        }
        ++*n;
        const int64_t *at = arci_map_get(m, s->lines[i]->l.fingerprint, 64);
        const tally none = { 0, 0 }, *t = at ? &tallies[*at] : &none;
        out[i] = *n <= t->shared ? 0 : (uint32_t)(*n - t->shared) + t->taken;
    }
    arci_map_clear(&seen);
    return st;
}

arc_status arci_bank_fresh(arci_env *env, const arci_bank_stmt *s, uint32_t *occurrences, const arc_bank_kept *kept, size_t n_kept, const arc_bank_kept_line *lines, size_t n_lines)
{
    arci_map m;
    tally *tallies = NULL;
    arc_bank_kept self = as_kept(s);
    uint8_t *apart = arci_calloc(env->ctx, n_kept ? n_kept : 1, 1);
    if (!apart) return arci_nomem(env);
    chain(&self, kept, n_kept, apart);
    arci_map_init(&m, env->ctx);
    arc_status st = count(env, &m, &tallies, apart, lines, n_lines);
    if (st == ARC_OK) st = mark(env, s, occurrences, &m, tallies);
    arci_map_clear(&m);
    arci_free(env->ctx, tallies);
    arci_free(env->ctx, apart);
    return st;
}
