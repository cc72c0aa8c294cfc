/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/due_days.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arcore/money.h"
#include "base/env.h"

enum { TEXT_MAX = 36 /* of one day: brackets, comma, a day, an amount */ };

static int by_day(const void *x, const void *y)
{
    const arci_due_day *a = x, *b = y;
    return (a->day > b->day) - (a->day < b->day);
}

/* ---- collecting ----------------------------------------------------------------------------------------------------------------- */

void arci_due_days_merge(arci_due_days *d)
{
    uint32_t kept = 0, left = 0;
    if (d->n) qsort(d->list, d->n, sizeof *d->list, by_day);
    for (uint32_t i = 0; i < d->n; i++) {
        if (kept && d->list[kept - 1].day == d->list[i].day) d->bad |= (uint8_t)arci_add64(d->list[kept - 1].open, d->list[i].open, &d->list[kept - 1].open);
        else d->list[kept++] = d->list[i];
    }
    for (uint32_t i = 0; i < kept; i++) {
        if (d->list[i].open) d->list[left++] = d->list[i];
    }
    d->n = left;
}

void arci_due_days_add(arc_context *ctx, arci_due_days *d, const arc_value *due, int64_t open)
{
    if (!open || due->type != ARC_V_INT) return;
    const arc_date day = (arc_date)due->u.i;
    if (d->n && d->list[d->n - 1].day == day) { /* documents of one day come one after the other */
        d->bad |= (uint8_t)arci_add64(d->list[d->n - 1].open, open, &d->list[d->n - 1].open);
        return;
    }
    if (d->n == d->cap) {
        if (d->n >= 64) arci_due_days_merge(d);
        if (d->n > d->cap / 2 || !d->cap) {
            const uint32_t cap = d->cap ? d->cap * 2 : 4;
            void *grown = arci_resize(ctx, d->list, cap * sizeof *d->list);
            if (!grown) {
                d->bad = 2;
                return;
            }
            d->list = grown;
            d->cap = cap;
        }
    }
    d->list[d->n].day = day;
    d->list[d->n++].open = open;
}

void arci_due_days_clear(arc_context *ctx, arci_due_days *d)
{
    arci_free(ctx, d->list);
    memset(d, 0, sizeof *d);
}

/* ---- text ------------------------------------------------------------------------------------------------------------------------- */

static int number(const char *s, size_t n, size_t *at, int64_t *out)
{
    const int negative = *at < n && s[*at] == '-';
    int64_t v = 0;
    size_t i = *at + (size_t)negative;
    const size_t first = i;
    for (; i < n && s[i] >= '0' && s[i] <= '9'; i++) {
        if (v > (INT64_MAX - 9) / 10) return 0;
        v = v * 10 + (s[i] - '0');
    }
    *out = negative ? -v : v;
    *at = i;
    return i > first;
}

int arci_due_days_next(const arc_value *stored, size_t *at, arci_due_day *out)
{
    const char *s = stored->u.s;
    const size_t n = stored->type == ARC_V_TEXT ? stored->len : 0;
    int64_t day = 0;
    if (stored->type == ARC_V_NULL) return 0;
    if (*at + 1 == n && *at && s[*at] == ']') return 0;
    if (*at + 1 >= n || s[*at] != (*at ? ',' : '[') || s[*at + 1] != '[') return -1;
    *at += 2;
    if (!number(s, n, at, &day) || day < ARC_DATE_MIN || day > ARC_DATE_MAX || *at >= n || s[*at] != ',') return -1;
    ++*at;
    if (!number(s, n, at, &out->open) || *at >= n || s[*at] != ']') return -1;
    ++*at;
    out->day = (arc_date)day;
    return 1;
}

typedef struct writer {
    char *s;
    size_t n;
} writer;

static void put(writer *w, const arci_due_day *d)
{
    if (d->open) w->n += (size_t)snprintf(w->s + w->n, TEXT_MAX, "%c[%lld,%lld]", w->n ? ',' : '[', (long long)d->day, (long long)d->open);
}

arc_status arci_due_days_print(arci_arena *arena, arc_value *out, const arc_value *stored, arci_due_days *change)
{
    writer w = { NULL, 0 };
    size_t at = 0;
    uint32_t k = 0;
    int more;
    arci_due_day old;
    arci_due_days_merge(change);
    if (change->bad) return change->bad & 2 ? ARC_E_NOMEM : ARC_E_OVERFLOW;
    *out = stored ? *stored : arci_v_null();
    if (!change->n) return ARC_OK;
    w.s = arci_arena_alloc(arena, (stored && stored->type == ARC_V_TEXT ? stored->len : 0) + (size_t)(change->n + 1u) * TEXT_MAX + TEXT_MAX);
    if (!w.s) return ARC_E_NOMEM;
    for (more = stored ? arci_due_days_next(stored, &at, &old) : 0; more > 0; more = arci_due_days_next(stored, &at, &old)) {
        while (k < change->n && change->list[k].day < old.day) put(&w, &change->list[k++]);
        if (k < change->n && change->list[k].day == old.day && arci_add64(old.open, change->list[k++].open, &old.open)) return ARC_E_OVERFLOW;
        if (old.open > ARC_MONEY_MAX || old.open < -ARC_MONEY_MAX) return ARC_E_OVERFLOW;
        put(&w, &old);
    }
    if (more < 0) return ARC_E_CORRUPT;
    while (k < change->n) put(&w, &change->list[k++]);
    if (w.n) w.s[w.n++] = ']';
    *out = w.n ? arci_v_text(w.s, w.n) : arci_v_null();
    return ARC_OK;
}

int arci_due_days_add_stored(arc_context *ctx, arci_due_days *d, const arc_value *stored, int sign)
{
    size_t at = 0;
    int more;
    arci_due_day day;
    for (more = arci_due_days_next(stored, &at, &day); more > 0; more = arci_due_days_next(stored, &at, &day)) {
        const arc_value on = arci_v_int(day.day);
        arci_due_days_add(ctx, d, &on, sign < 0 ? -day.open : day.open);
    }
    return more == 0;
}

arc_status arci_due_days_between(const arc_value *stored, arc_date from, arc_date to, int64_t *out)
{
    size_t at = 0;
    int more;
    arci_due_day d;
    *out = 0;
    for (more = arci_due_days_next(stored, &at, &d); more > 0 && d.day <= to; more = arci_due_days_next(stored, &at, &d)) {
        if (d.day >= from && arci_add64(*out, d.open, out)) return ARC_E_OVERFLOW;
    }
    return more < 0 ? ARC_E_CORRUPT : ARC_OK;
}
