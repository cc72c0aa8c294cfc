/* SPDX-License-Identifier: Apache-2.0 */
/* Details of a notice (camt.054) for the lines of a statement. */
#include <string.h>

#include "io/bank.h"

static int equal(const char *a, const char *b) { return a && b && strcmp(a, b) == 0; }

static int same_account(const arci_bank_stmt *a, const arci_bank_stmt *b)
{
    const char *x = a->s.iban ? a->s.iban : a->s.account, *y = b->s.iban ? b->s.iban : b->s.account;
    return equal(x, y);
}

static int same_amount(const arc_bank_line *a, const arc_bank_line *b)
{
    return a->amount.minor == b->amount.minor && memcmp(a->amount.currency, b->amount.currency, 4) == 0;
}

/* 2: by a reference; 1: nothing speaks against it; 0: not the same booking. */
static int likeness(const arc_bank_line *a, const arc_bank_line *b)
{
    if (!same_amount(a, b)) return 0;
    if (equal(a->bank_ref, b->bank_ref) || equal(a->id, b->id) || equal(a->entry_ref, b->entry_ref) || equal(a->batch, b->batch)) return 2;
    if ((a->bank_ref && b->bank_ref) || (a->id && b->id) || (a->batch && b->batch)) return 0;
    return a->booked == b->booked && a->booked != ARC_DATE_NONE;
}

/* used: of the notice's lines by their number through it. */
static arci_bank_entry *find(const arci_bank_stmt *s, const arc_bank_line *line, const arci_bank *notice, uint8_t *used)
{
    arci_bank_entry *best = NULL;
    int level = 0, ties = 0;
    size_t number = 0, which = 0;
    for (uint32_t i = 0; i < notice->info.n_statements; i++) {
        int ours = same_account(s, notice->stmts[i]);
        for (uint32_t k = 0; k < notice->stmts[i]->s.n_lines; k++, number++) {
            arci_bank_entry *e = notice->stmts[i]->lines[k];
            int like = ours && e->l.n_details && !used[number] ? likeness(line, &e->l) : 0;
            if (like > level) best = e, level = like, ties = 1, which = number;
            else if (like && like == level) ties++;
        }
    }
    if (!best || (ties > 1 && level < 2)) return NULL;
    used[which] = 1;
    return best;
}

/* Texts of the copy must live as long as the file. */
static int copy_texts(arci_bank *b, arci_bank_entry *e)
{
    for (size_t i = 0; i < arci_n_bank_line_fields; i++) {
        const char **t = arci_bank_slot(&e->l, &arci_bank_line_fields[i]);
        if (!*t) continue;
        *t = arci_arena_strndup(&b->arena, *t, strlen(*t));
        if (!*t) return 0;
    }
    return 1;
}

static arci_bank_entry **copy_details(arci_bank *b, const arci_bank_entry *from)
{
    arci_bank_entry **to = arci_arena_calloc(&b->arena, from->l.n_details, sizeof *to);
    for (uint32_t i = 0; to && i < from->l.n_details; i++) {
        to[i] = arci_arena_calloc(&b->arena, 1, sizeof **to);
        if (!to[i]) return NULL;
        *to[i] = *from->details[i];
        if (!copy_texts(b, to[i])) return NULL;
    }
    return to;
}

typedef struct pair {
    arci_bank_entry *line, *notice, **details;
} pair;

/* Finds and copies first, then joins: without memory nothing has changed. */
arc_status arci_bank_join(arci_env *env, arci_bank *b, uint32_t *joined, const arci_bank *notice)
{
    uint32_t n = 0, cap = 0, theirs = 0, done = 0;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < b->info.n_statements; i++) cap += b->stmts[i]->s.n_lines;
    for (uint32_t i = 0; i < notice->info.n_statements; i++) theirs += notice->stmts[i]->s.n_lines;
    pair *pairs = arci_calloc(env->ctx, cap ? cap : 1, sizeof *pairs);
    uint8_t *used = arci_calloc(env->ctx, theirs ? theirs : 1, 1);
    if (!pairs || !used) {
        arci_free(env->ctx, pairs);
        arci_free(env->ctx, used);
        return arci_nomem(env);
    }
    for (uint32_t i = 0; i < b->info.n_statements && st == ARC_OK; i++) {
        for (uint32_t k = 0; k < b->stmts[i]->s.n_lines && st == ARC_OK; k++) {
            arci_bank_entry *e = b->stmts[i]->lines[k], *found = e->l.n_details ? NULL : find(b->stmts[i], &e->l, notice, used);
            if (!found) continue;
            pairs[n].line = e;
            pairs[n].notice = found;
            pairs[n].details = copy_details(b, found);
            if (!pairs[n++].details) st = arci_nomem(env);
        }
    }
    for (; done < n && st == ARC_OK; done++) {
        pairs[done].line->details = pairs[done].details;
        pairs[done].line->l.n_details = pairs[done].line->cap = pairs[done].notice->l.n_details;
    }
    arci_free(env->ctx, pairs);
    arci_free(env->ctx, used);
    b->env = env;
    if (st == ARC_OK && done) st = arci_bank_seal(b);
    b->env = NULL;
    if (st == ARC_OK) *joined = done;
    return st;
}
