/* SPDX-License-Identifier: Apache-2.0 */
#include "store/calendar_rows.h"

#include <string.h>

#include "base/str.h"

/* A year's row as the document arc_calendar_load() reads. */
static arc_status year_text(arci_txn *t, arci_arena *arena, const arc_value *row, const char **text, size_t *len)
{
    static const char *const weekdays[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
    arci_str s;
    int first = 1;
    arci_str_init(&s, arena->ctx);
    arci_str_puts(&s, "{\"year\":");
    arci_str_int(&s, row[0].u.i);
    arci_str_puts(&s, ",\"weekend\":[");
    for (int d = 0; d < 7; d++) {
        if (!(row[1].u.i >> d & 1)) continue;
        arci_str_puts(&s, first ? "\"" : ",\"");
        arci_str_puts(&s, weekdays[d]);
        arci_str_putc(&s, '"');
        first = 0;
    }
    arci_str_puts(&s, "],\"days\":");
    arci_str_add(&s, row[2].u.s, row[2].len);
    arci_str_putc(&s, '}');
    *text = s.failed ? NULL : arci_arena_strndup(arena, s.s, s.len);
    *len = s.len;
    arci_str_clear(&s);
    return *text ? ARC_OK : arci_nomem(t->env);
}

arc_status arci_calendar_rows(arci_txn *t, arci_arena *arena, const char *code, arc_calendar **out)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    *out = NULL;
    arc_status st = arci_shape_get(t, &shape, "calendar", "year weekend days code");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[3], ARC_OP_EQ, code, strlen(code));
    st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    if (st != ARC_OK) return st;
    if (!rows.n_rows) return ARC_E_NOT_FOUND;
    const char **texts = arci_arena_alloc(arena, rows.n_rows * sizeof *texts);
    size_t *lens = arci_arena_alloc(arena, rows.n_rows * sizeof *lens);
    if (!texts || !lens) return arci_nomem(t->env);
    for (uint32_t r = 0; r < rows.n_rows && st == ARC_OK; r++) st = year_text(t, arena, rows.values + (size_t)r * rows.n_cols, &texts[r], &lens[r]);
    if (st != ARC_OK) return st;
    st = arc_calendar_load(arena->ctx, out, texts, lens, rows.n_rows);
    if (st == ARC_E_NOMEM) return arci_nomem(t->env);
    return st == ARC_OK ? ARC_OK : ARC_E_CALENDAR;
}
