/* SPDX-License-Identifier: Apache-2.0 */
/* Rows put in order here, because the backend does not: all that pass are held, at most ARCI_SCAN_MEMORY; with a limit never many
 * more than the limit. */
#include <string.h>

#include "store/scan_impl.h"

#define SLACK 1024

static int compare_rows(const arci_scan *s, const arc_value *a, const arc_value *b)
{
    for (uint32_t i = 0; i < s->n_order; i++) {
        uint16_t at = s->place[s->order[i].col];
        int c = arci_value_compare(&a[at], &b[at]);
        if (c) return s->order[i].descending ? -c : c;
    }
    return 0;
}

static int behind(const arci_scan *s, const arc_value *row)
{
    for (uint32_t i = 0; i < s->n_order; i++) {
        int c = arci_value_compare(&row[s->place[s->order[i].col]], &s->after[i]);
        if (c) return (s->order[i].descending ? -c : c) > 0;
    }
    return 0;
}

static void merge(const arci_scan *s, arc_value **to, arc_value **from, size_t lo, size_t mid, size_t hi)
{
    size_t i = lo, j = mid;
    for (size_t k = lo; k < hi; k++) {
        if (i < mid && (j >= hi || compare_rows(s, from[i], from[j]) <= 0)) to[k] = from[i++];
        else to[k] = from[j++];
    }
}

/* Bottom-up merge sort: stable, so rows that compare equal keep the order they came in. */
static void sort(arci_scan *s)
{
    arci_sorter *q = &s->sorter;
    for (size_t width = 1; width < q->n; width *= 2) {
        for (size_t lo = 0; lo < q->n; lo += 2 * width) {
            size_t mid = lo + width < q->n ? lo + width : q->n, hi = lo + 2 * width < q->n ? lo + 2 * width : q->n;
            merge(s, q->spare, q->rows, lo, mid, hi);
        }
        arc_value **t = q->rows;
        q->rows = q->spare;
        q->spare = t;
    }
}

static arc_value *copy_row(arci_sorter *q, const arc_value *row, uint32_t width)
{
    arc_value *to = arci_arena_alloc(&q->arena, width * sizeof *to);
    if (!to) return NULL;
    memcpy(to, row, width * sizeof *to);
    q->bytes += width * sizeof *to;
    for (uint32_t i = 0; i < width; i++) {
        if ((to[i].type != ARC_V_TEXT && to[i].type != ARC_V_BLOB) || !to[i].len) continue;
        to[i].u.s = arci_arena_strndup(&q->arena, to[i].u.s, to[i].len);
        if (!to[i].u.s) return NULL;
        q->bytes += to[i].len + 1;
    }
    return to;
}

/* Sorts and forgets all rows behind the limit, with their memory. */
static arc_status cut(arci_scan *s)
{
    arci_sorter *q = &s->sorter;
    arci_arena old = q->arena;
    sort(s);
    if (q->n > (size_t)s->left) q->n = (size_t)s->left;
    arci_arena_init(&q->arena, s->book->ctx);
    q->bytes = 2 * q->cap * sizeof *q->rows;
    for (size_t i = 0; i < q->n; i++) {
        q->rows[i] = copy_row(q, q->rows[i], s->n_cols);
        if (!q->rows[i]) {
            arci_arena_clear(&old);
            q->n = 0;
            return arci_nomem(s->txn->env);
        }
    }
    arci_arena_clear(&old);
    return ARC_OK;
}

static arc_status more(arci_scan *s)
{
    arci_sorter *q = &s->sorter;
    size_t cap = q->cap ? q->cap * 2 : SLACK;
    void *p = arci_resize(s->book->ctx, q->rows, cap * sizeof *q->rows);
    if (!p) return arci_nomem(s->txn->env);
    q->rows = p;
    p = arci_resize(s->book->ctx, q->spare, cap * sizeof *q->spare);
    if (!p) return arci_nomem(s->txn->env);
    q->spare = p;
    q->bytes += 2 * (cap - q->cap) * sizeof *q->rows;
    q->cap = cap;
    return ARC_OK;
}

arc_status arci_sort_add(arci_scan *s, const arc_block *block)
{
    arci_sorter *q = &s->sorter;
    for (uint32_t r = 0; r < block->n_rows; r++) {
        const arc_value *row = block->values + (size_t)r * block->n_cols;
        arc_status st = ARC_OK;
        if (s->after && !behind(s, row)) continue;
        if (s->left > 0 && q->n >= (size_t)s->left * 2 + SLACK) st = cut(s);
        if (st == ARC_OK && q->n == q->cap) st = more(s);
        if (st != ARC_OK) return st;
        if (q->bytes > ARCI_SCAN_MEMORY) {
            return arci_fail(s->txn->env, ARC_E_LIMIT, "sorting here would take more than %d MiB", "在此排序将占用超过 %d MiB 内存",
                             (int)(ARCI_SCAN_MEMORY >> 20));
        }
        q->rows[q->n] = copy_row(q, row, s->n_cols);
        if (!q->rows[q->n]) return arci_nomem(s->txn->env);
        q->n++;
    }
    return ARC_OK;
}

void arci_sort_finish(arci_scan *s)
{
    sort(s);
    if (s->left >= 0 && s->sorter.n > (size_t)s->left) s->sorter.n = (size_t)s->left;
}

arc_status arci_sort_next(arci_scan *s, arc_block *block)
{
    arci_sorter *q = &s->sorter;
    size_t n = q->n - q->at;
    if (!n) return ARC_DONE;
    if (n > 256) n = 256;
    if (s->buf_rows < n) {
        s->buf = arci_arena_alloc(&s->arena, n * s->n_cols * sizeof(arc_value));
        if (!s->buf) return arci_nomem(s->txn->env);
        s->buf_rows = n;
    }
    for (size_t i = 0; i < n; i++) memcpy(s->buf + i * s->n_cols, q->rows[q->at + i], s->n_cols * sizeof(arc_value));
    q->at += n;
    block->values = s->buf;
    block->n_rows = (uint32_t)n;
    block->n_cols = s->n_cols;
    return ARC_OK;
}

void arci_sort_clear(arci_scan *s)
{
    arci_free(s->book->ctx, s->sorter.rows);
    arci_free(s->book->ctx, s->sorter.spare);
    arci_arena_clear(&s->sorter.arena);
    arci_arena_init(&s->sorter.arena, s->book->ctx);
}
