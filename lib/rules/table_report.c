/* SPDX-License-Identifier: Apache-2.0 */
/* Overlaps and gaps. Every column falls into segments inside which no cell tells one value from another, so that a table is a set of boxes of whole
 * segments, and both questions are answered exactly: pairs of boxes that meet, and what is left when all boxes are taken away. Integers, dates and
 * amounts are discrete: between 15 and 16 there is nothing. Conditions cannot be taken apart so; where they matter the answer is "not decided", as
 * it is beyond the bounds below. */
#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "rules/table.h"
#include "store/cond.h"

#define MAX_WORK UINT64_C(60000000) /* words compared for overlaps */
#define MAX_STEPS 300000u           /* of the search for gaps */
#define MAX_BITS ((size_t)1 << 22)  /* words of memory for gaps */
#define MAX_CELLS UINT64_C(50000000) /* rows times segments of all columns */
#define MAX_LISTED 50u

typedef struct part {
    const arci_table_input *in; /* NULL: conditions */
    uint32_t n_seg, n_values, words;
    const int64_t *starts;     /* ordered types: first value of each segment */
    const arci_word *texts;    /* texts: one segment each, then "any other" */
    int null;                  /* the last segment is null */
    uint64_t *bits;            /* of each row: its segments */
    uint64_t *rows;            /* of each segment: its rows */
} part;

typedef struct look {
    arci_env *env;
    const arci_decision *t;
    arci_arena arena;
    part *parts;
    arci_table_findings *f;
    uint32_t *last;   /* of each row: its last column that is not "-", plus one */
    uint64_t *alive;  /* of each column: two sets of rows */
    uint32_t row_words, steps;
    uint32_t from[ARCI_TABLE_COLUMNS], to[ARCI_TABLE_COLUMNS]; /* segments chosen so far */
    int record;       /* gaps are listed */
    int too_much;     /* rows times segments */
    uint64_t cells;
} look;

static int bit(const uint64_t *bits, uint32_t i) { return (int)(bits[i / 64] >> (i % 64) & 1); }
static void set(uint64_t *bits, uint32_t i) { bits[i / 64] |= UINT64_C(1) << (i % 64); }

/* ---- segments ----------------------------------------------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static arc_status cut_ordered(look *l, part *p, uint32_t k)
{
    size_t n = 1;
    for (uint32_t i = 0; i < l->t->n_rows; i++) n += 2u * l->t->rows[i].cells[k].n;
    int64_t *starts = arci_arena_alloc(&l->arena, n * sizeof *starts);
    if (!starts) return arci_nomem(l->env);
    n = 0;
    starts[n++] = p->in->domain.lo;
    for (uint32_t i = 0; i < l->t->n_rows; i++) {
        const arci_cell *c = &l->t->rows[i].cells[k];
        for (uint32_t a = 0; a < c->n; a++) {
            starts[n++] = c->ranges[a].lo;
            if (c->ranges[a].hi < p->in->domain.hi) starts[n++] = c->ranges[a].hi + 1;
        }
    }
    qsort(starts, n, sizeof *starts, by_number);
    for (size_t i = 0; i < n; i++) {
        if (!p->n_values || starts[p->n_values - 1] != starts[i]) starts[p->n_values++] = starts[i];
    }
    p->starts = starts;
    p->n_seg = p->n_values;
    return ARC_OK;
}

static arc_status cut_texts(look *l, part *p, uint32_t k)
{
    size_t n = 0;
    for (uint32_t i = 0; i < l->t->n_rows; i++) n += l->t->rows[i].cells[k].n;
    arci_word *texts = arci_arena_alloc(&l->arena, (n + 1) * sizeof *texts);
    if (!texts) return arci_nomem(l->env);
    n = 0;
    for (uint32_t i = 0; i < l->t->n_rows; i++) {
        const arci_cell *c = &l->t->rows[i].cells[k];
        if (c->n) memcpy(texts + n, c->words, c->n * sizeof *texts);
        n += c->n;
    }
    if (n) qsort(texts, n, sizeof *texts, arci_word_order);
    for (size_t i = 0; i < n; i++) {
        if (!p->n_values || arci_word_order(&texts[p->n_values - 1], &texts[i]) != 0) texts[p->n_values++] = texts[i];
    }
    p->texts = texts;
    p->n_seg = p->n_values + 1;
    return ARC_OK;
}

/* Whether a cell holds a segment. */
static int holds(const part *p, const arci_cell *c, uint32_t s)
{
    arc_value v;
    if (c->any) return 1;
    if (p->null && s == p->n_seg - 1) return c->null;
    if (p->texts && s == p->n_values) return c->negated;
    v = p->texts ? arci_v_text(p->texts[s].s, p->texts[s].len) : arci_v_int(p->starts[s]);
    return arci_cell_holds(c, &v);
}

static arc_status cut(look *l, uint32_t k)
{
    part *p = &l->parts[k];
    p->in = l->t->inputs[k].fact ? &l->t->inputs[k] : NULL;
    if (!p->in) return ARC_OK;
    arc_status st = p->in->fact->type == ARCI_FACT_TEXT ? cut_texts(l, p, k) : cut_ordered(l, p, k);
    if (st != ARC_OK) return st;
    p->null = (p->in->fact->flags & ARCI_FACT_NULLABLE) != 0;
    p->n_seg += (uint32_t)p->null;
    p->words = (p->n_seg + 63) / 64;
    l->cells += (uint64_t)p->n_seg * l->t->n_rows;
    l->too_much |= l->cells > MAX_CELLS;
    if (l->too_much) return ARC_OK;
    p->bits = arci_arena_calloc(&l->arena, (size_t)p->words * l->t->n_rows, sizeof *p->bits);
    if (!p->bits) return arci_nomem(l->env);
    for (uint32_t i = 0; i < l->t->n_rows; i++) {
        for (uint32_t s = 0; s < p->n_seg; s++) {
            if (holds(p, &l->t->rows[i].cells[k], s)) set(p->bits + (size_t)i * p->words, s);
        }
    }
    return ARC_OK;
}

/* ---- segments as text ------------------------------------------------------------------------------------------------------------------ */

static void put_value(arci_str *out, const part *p, int64_t v)
{
    const arc_value value = arci_v_int(v);
    arci_fact_text(out, p->in->fact, &value, NULL);
}

/* Segments from..to of a column: "<= 15", "16 .. 30", "null". */
static void put_segments(arci_str *out, const part *p, uint32_t from, uint32_t to)
{
    if (p->null && from == p->n_seg - 1) {
        arci_str_puts(out, "null");
    } else if (p->texts) {
        if (from == p->n_values) arci_str_puts(out, p->n_values ? "any other text" : "any text");
        else arci_json_put_text(out, p->texts[from].s, p->texts[from].len);
    } else {
        int64_t lo = p->starts[from], hi = to + 1 < p->n_values ? p->starts[to + 1] - 1 : p->in->domain.hi;
        const arci_range all = arci_cell_domain(p->in->fact);
        int listed = p->in->fact->type == ARCI_FACT_BOOL || p->in->fact->type == ARCI_FACT_ENUM, open_lo = lo == all.lo && !listed, open_hi = hi == all.hi && !listed;
        if (open_lo && open_hi) arci_str_puts(out, "any");
        else if (open_lo) arci_str_puts(out, "<= ");
        else if (open_hi) arci_str_puts(out, ">= ");
        if (open_lo && open_hi) return;
        put_value(out, p, open_lo ? hi : lo);
        if (open_lo || open_hi || lo == hi) return;
        arci_str_puts(out, " .. ");
        put_value(out, p, hi);
    }
}

static arc_status note_box(look *l, cJSON *into, const char *key, uint32_t upto)
{
    cJSON *o = arci_jo_object(into, key);
    for (uint32_t k = 0; o && k < upto; k++) {
        arci_str text;
        if (!l->parts[k].in || l->from[k] == UINT32_MAX) continue;
        arci_str_init(&text, l->env->ctx);
        put_segments(&text, &l->parts[k], l->from[k], l->to[k]);
        int ok = !text.failed && arci_jo_text(o, l->parts[k].in->path, text.s, text.len);
        arci_str_clear(&text);
        if (!ok) return arci_nomem(l->env);
    }
    return o ? ARC_OK : arci_nomem(l->env);
}

/* ---- overlaps ----------------------------------------------------------------------------------------------------------------------------- */

/* Whether two rows meet in every column; l->from has a segment of each. */
static int meet(look *l, uint32_t a, uint32_t b, uint64_t *work)
{
    for (uint32_t k = 0; k < l->t->n_inputs; k++) {
        const part *p = &l->parts[k];
        uint32_t w = 0;
        if (!p->in) continue;
        const uint64_t *x = p->bits + (size_t)a * p->words, *y = p->bits + (size_t)b * p->words;
        while (w < p->words && !(x[w] & y[w])) w++;
        *work += w + 1;
        if (w == p->words) return 0;
        l->from[k] = w * 64;
        while (!(bit(x, l->from[k]) && bit(y, l->from[k]))) l->from[k]++;
        l->to[k] = l->from[k];
    }
    return 1;
}

static int conditional(const arci_decision *t, uint32_t row)
{
    for (uint32_t k = 0; k < t->n_inputs; k++) {
        if (!t->inputs[k].fact && !t->rows[row].cells[k].any) return 1;
    }
    return 0;
}

/* The box at hand in words, up to a column. */
static void put_example(look *l, char out[160], uint32_t upto)
{
    arci_str text;
    arci_str_init(&text, l->env->ctx);
    for (uint32_t k = 0; k < upto; k++) {
        if (!l->parts[k].in || l->from[k] == UINT32_MAX) continue;
        if (text.len) arci_str_puts(&text, ", ");
        arci_str_puts(&text, l->parts[k].in->path);
        arci_str_puts(&text, " ");
        put_segments(&text, &l->parts[k], l->from[k], l->to[k]);
    }
    size_t n = text.len < 160 ? text.len : 159;
    while (n && n < text.len && ((unsigned char)text.s[n] & 0xc0) == 0x80) n--; /* no half characters */
    if (n) memcpy(out, text.s, n);
    out[n] = 0;
    arci_str_clear(&text);
}

static arc_status note_overlap(look *l, uint32_t a, uint32_t b, int sure)
{
    int differ = !arci_table_same_outputs(l->t, a, b), first = sure && (l->t->hit == ARCI_HIT_ANY ? differ && !l->f->has_conflict : !l->f->has_meet);
    l->f->n_overlaps++;
    l->f->n_conflicts += (uint32_t)differ;
    if (!sure) l->f->overlaps_decided = 0;
    if (first) put_example(l, l->f->example, l->t->n_inputs);
    if (sure && !l->f->has_meet) {
        l->f->has_meet = 1;
        l->f->meet[0] = a;
        l->f->meet[1] = b;
    }
    if (sure && differ && !l->f->has_conflict) {
        l->f->has_conflict = 1;
        l->f->conflict[0] = a;
        l->f->conflict[1] = b;
    }
    if (!l->f->overlaps || l->f->n_overlaps > MAX_LISTED) return ARC_OK;
    cJSON *o = arci_jo_object(l->f->overlaps, NULL), *rows = o ? arci_jo_array(o, "rows") : NULL;
    if (!rows || !arci_jo_int(rows, NULL, a + 1) || !arci_jo_int(rows, NULL, b + 1) || !arci_jo_bool(o, "differ", differ) || !arci_jo_bool(o, "decided", sure)) return arci_nomem(l->env);
    return note_box(l, o, "when", l->t->n_inputs);
}

static arc_status find_overlaps(look *l)
{
    uint64_t work = 0;
    arc_status st = ARC_OK;
    for (uint32_t a = 0; a < l->t->n_rows && st == ARC_OK; a++) {
        for (uint32_t b = a + 1; b < l->t->n_rows && st == ARC_OK; b++) {
            if (work > MAX_WORK) {
                l->f->overlaps_decided = 0;
                return ARC_OK;
            }
            if (meet(l, a, b, &work)) st = note_overlap(l, a, b, !conditional(l->t, a) && !conditional(l->t, b));
        }
    }
    return st;
}

/* ---- gaps --------------------------------------------------------------------------------------------------------------------------------------- */

static arc_status turn(look *l)
{
    size_t need = 0;
    for (uint32_t k = 0; k < l->t->n_inputs; k++) need += (size_t)l->parts[k].n_seg * l->row_words;
    if (need > MAX_BITS) {
        l->f->gaps_decided = 0;
        return ARC_OK;
    }
    for (uint32_t k = 0; k < l->t->n_inputs; k++) {
        part *p = &l->parts[k];
        if (!p->in) continue;
        p->rows = arci_arena_calloc(&l->arena, (size_t)p->n_seg * l->row_words, sizeof *p->rows);
        if (!p->rows) return arci_nomem(l->env);
        for (uint32_t s = 0; s < p->n_seg; s++) {
            for (uint32_t i = 0; i < l->t->n_rows; i++) {
                if (bit(p->bits + (size_t)i * p->words, s)) set(p->rows + (size_t)s * l->row_words, i);
            }
        }
    }
    return ARC_OK;
}

static arc_status note_gap(look *l, uint32_t upto)
{
    if (!l->f->n_gaps++ && l->record) put_example(l, l->f->gap, upto);
    if (!l->record || !l->f->gaps || l->f->n_gaps > MAX_LISTED) return ARC_OK;
    return note_box(l, l->f->gaps, NULL, upto);
}

/* Rows still in play that have nothing to say from column k on cover all that is left. */
static int covered(const look *l, const uint64_t *alive, uint32_t k)
{
    for (uint32_t i = 0; i < l->t->n_rows; i++) {
        if (bit(alive, i) && l->last[i] <= k) return 1;
    }
    return 0;
}

static int both(uint64_t *out, const uint64_t *a, const uint64_t *b, uint32_t words)
{
    uint64_t any = 0;
    for (uint32_t w = 0; w < words; w++) any |= out[w] = a[w] & b[w];
    return any != 0;
}

static arc_status search(look *l, const uint64_t *alive, uint32_t k)
{
    const part *p = &l->parts[k];
    arc_status st = ARC_OK;
    if (++l->steps > MAX_STEPS) {
        l->f->gaps_decided = 0;
        return ARC_OK;
    }
    if (covered(l, alive, k)) return ARC_OK;
    if (!p->in) {
        l->from[k] = UINT32_MAX;
        return search(l, alive, k + 1);
    }
    uint64_t *inner = l->alive + (size_t)2 * k * l->row_words, *next = inner + l->row_words;
    for (uint32_t s = 0; s < p->n_seg && st == ARC_OK && l->steps <= MAX_STEPS; s++) {
        int some = both(inner, alive, p->rows + (size_t)s * l->row_words, l->row_words);
        l->from[k] = s;
        while (!p->texts && s + 1 < p->n_values) { /* neighbours that no row tells apart */
            (void)both(next, alive, p->rows + ((size_t)s + 1) * l->row_words, l->row_words);
            if (memcmp(inner, next, l->row_words * sizeof *inner) != 0) break;
            s++;
        }
        l->to[k] = s;
        st = some ? search(l, inner, k + 1) : note_gap(l, k + 1);
    }
    return st;
}

/* Without the rows that depend on conditions: what they alone may cover is not decided. */
static arc_status find_gaps(look *l)
{
    int some = 0, open = 0;
    arc_status st = turn(l);
    uint64_t *alive = arci_arena_calloc(&l->arena, l->row_words, sizeof *alive), *sure = arci_arena_calloc(&l->arena, l->row_words, sizeof *sure);
    if (!alive || !sure) return arci_nomem(l->env);
    if (st != ARC_OK || !l->f->gaps_decided) return st;
    for (uint32_t i = 0; i < l->t->n_rows; i++) {
        set(alive, i);
        if (conditional(l->t, i)) {
            some = 1;
        } else {
            set(sure, i);
            open = 1;
        }
    }
    l->record = 1;
    st = search(l, alive, 0);
    if (st != ARC_OK || !some || !l->f->gaps_decided) return st;
    uint32_t gaps = l->f->n_gaps;
    l->record = 0;
    l->steps = l->f->n_gaps = 0;
    if (open) st = search(l, sure, 0);
    if (!open || l->f->n_gaps) l->f->gaps_decided = 0;
    l->f->n_gaps = gaps;
    return st;
}

/* ---- both --------------------------------------------------------------------------------------------------------------------------------------- */

static arc_status look_at(look *l)
{
    const arci_decision *t = l->t;
    arc_status st = ARC_OK;
    l->parts = arci_arena_calloc(&l->arena, t->n_inputs, sizeof *l->parts);
    l->last = arci_arena_calloc(&l->arena, t->n_rows, sizeof *l->last);
    l->row_words = (t->n_rows + 63) / 64;
    l->alive = arci_arena_alloc(&l->arena, (size_t)2 * t->n_inputs * l->row_words * sizeof *l->alive);
    if (!l->parts || !l->last || !l->alive) return arci_nomem(l->env);
    for (uint32_t k = 0; k < t->n_inputs && st == ARC_OK; k++) st = cut(l, k);
    if (st == ARC_OK && l->too_much) {
        l->f->overlaps_decided = l->f->gaps_decided = 0;
        return ARC_OK;
    }
    for (uint32_t i = 0; i < t->n_rows; i++) {
        for (uint32_t k = 0; k < t->n_inputs; k++) {
            if (t->inputs[k].fact && !t->rows[i].cells[k].any) l->last[i] = k + 1;
        }
    }
    if (st == ARC_OK && t->hit <= ARCI_HIT_FIRST) st = find_overlaps(l);
    return st == ARC_OK ? find_gaps(l) : st;
}

arc_status arci_table_look(arci_env *env, const arci_decision *t, arci_table_findings *f)
{
    look *l = arci_calloc(env->ctx, 1, sizeof *l);
    cJSON *overlaps = f->overlaps, *gaps = f->gaps;
    if (!l) return arci_nomem(env);
    memset(f, 0, sizeof *f);
    f->overlaps = overlaps;
    f->gaps = gaps;
    f->overlaps_decided = f->gaps_decided = 1;
    l->env = env;
    l->t = t;
    l->f = f;
    arci_arena_init(&l->arena, env->ctx);
    arc_status st = look_at(l);
    arci_arena_clear(&l->arena);
    arci_free(env->ctx, l);
    return st;
}

static int put_warning(cJSON *list, const char *code, const char *text)
{
    cJSON *o = arci_jo_object(list, NULL);
    return o && arci_jo_text(o, "code", code, strlen(code)) && arci_jo_text(o, "message", text, strlen(text));
}

static int put_warnings(cJSON *list, const arci_decision *t, const arci_table_findings *f)
{
    int ok = 1;
    if (t->hit == ARCI_HIT_FIRST) ok = put_warning(list, "first", "With \"first\" a row also means that none before it applies: moving a row changes the answer.");
    if (ok && t->hit == ARCI_HIT_UNIQUE && f->n_overlaps) ok = put_warning(list, "overlap", "Rows of a unique table meet: where they do, asking it is an error.");
    if (ok && t->hit == ARCI_HIT_ANY && f->n_conflicts) ok = put_warning(list, "conflict", "Rows that meet disagree: where they do, asking the table is an error.");
    if (ok && !f->overlaps_decided) ok = put_warning(list, "overlaps-not-decided", "Whether some rows meet was not decided: conditions, or too many rows.");
    if (ok && !f->gaps_decided) ok = put_warning(list, "gaps-not-decided", "Whether some row always applies was not decided: conditions, or too many boxes.");
    return ok;
}

arc_status arci_table_report(arci_env *env, const arci_decision *t, arci_str *out)
{
    arci_table_findings f;
    cJSON *root = arci_jo_object(NULL, NULL), *warnings;
    memset(&f, 0, sizeof f);
    f.overlaps = root ? arci_jo_array(root, "overlaps") : NULL;
    f.gaps = root ? arci_jo_array(root, "gaps") : NULL;
    arc_status st = f.overlaps && f.gaps ? ARC_OK : arci_nomem(env);
    if (st == ARC_OK && !t->scorecard) st = arci_table_look(env, t, &f);
    if (t->scorecard) f.overlaps_decided = f.gaps_decided = 1; /* neither is let in */
    warnings = st == ARC_OK ? arci_jo_array(root, "warnings") : NULL;
    if (st == ARC_OK && !(warnings && put_warnings(warnings, t, &f) && arci_jo_bool(root, "overlaps_decided", f.overlaps_decided) && arci_jo_bool(root, "gaps_decided", f.gaps_decided) &&
                          arci_jo_int(root, "n_overlaps", f.n_overlaps) && arci_jo_int(root, "n_gaps", f.n_gaps) && arci_jo_print(root, 0, out)))
        st = arci_nomem(env);
    cJSON_Delete(root);
    return st;
}
