/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/series.h"

#include <stdio.h>
#include <string.h>

#include "arcore/date.h"
#include "store/be.h"
#include "store/session.h"

#define NUMBER_MAX 64u
#define CODES_MAX 16u

/* ---- patterns ------------------------------------------------------------------------------------------------------------- */

enum { P_TEXT, P_YEAR, P_YEAR2, P_MONTH, P_DAY, P_COUNT, P_BAD };

/* The part that begins at *s; digits of a count. */
static int next_part(const char **s, const char *end, uint32_t *digits)
{
    static const struct {
        const char *text;
        int part;
    } parts[] = { { "{yyyy}", P_YEAR }, { "{yy}", P_YEAR2 }, { "{mm}", P_MONTH }, { "{dd}", P_DAY }, { "{n}", P_COUNT } };
    size_t left = (size_t)(end - *s);
    *digits = 1;
    if (**s == '}') return P_BAD;
    if (**s != '{') {
        (*s)++;
        return P_TEXT;
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        size_t n = strlen(parts[i].text);
        if (left < n || memcmp(*s, parts[i].text, n) != 0) continue;
        *s += n;
        return parts[i].part;
    }
    const char *at = *s + 3;
    if (left < 5 || memcmp(*s, "{n:", 3) != 0) return P_BAD;
    for (*digits = 0; at < end && *at >= '0' && *at <= '9' && *digits < 100; at++) *digits = *digits * 10 + (uint32_t)(*at - '0');
    if (at == end || *at != '}' || !*digits || *digits > 18) return P_BAD;
    *s = at + 1;
    return P_COUNT;
}

const char *arci_series_fault(const char *pattern, size_t len)
{
    uint32_t digits, has[P_BAD + 1] = { 0 };
    for (const char *s = pattern, *end = pattern + len; s < end;) {
        int part = next_part(&s, end, &digits);
        if (part == P_BAD) return "parts are {yyyy}, {yy}, {mm}, {dd}, {n} and {n:6}";
        has[part]++;
    }
    if (has[P_COUNT] != 1) return "it has {n} once";
    if ((has[P_DAY] && !has[P_MONTH]) || (has[P_MONTH] && !has[P_YEAR] && !has[P_YEAR2])) return "a day needs a month, a month needs a year";
    return NULL;
}

void arci_series_period(char out[12], const char *pattern, size_t len, arc_date date)
{
    int32_t y = 0, m = 0, d = 0;
    uint32_t digits;
    int finest = P_TEXT;
    for (const char *s = pattern, *end = pattern + len; s < end;) {
        int part = next_part(&s, end, &digits);
        if (part == P_BAD) break;
        if (part == P_YEAR2) part = P_YEAR;
        if (part <= P_DAY && part > finest) finest = part;
    }
    (void)arc_date_to_ymd(&y, &m, &d, date);
    out[0] = 0;
    if (finest == P_YEAR) (void)snprintf(out, 12, "%04d", (int)y);
    if (finest == P_MONTH) (void)snprintf(out, 12, "%04d%02d", (int)y, (int)m);
    if (finest == P_DAY) (void)snprintf(out, 12, "%04d%02d%02d", (int)y, (int)m, (int)d);
}

size_t arci_series_number(char out[65], const char *pattern, size_t len, arc_date date, int64_t count)
{
    int32_t y = 0, m = 0, d = 0;
    size_t n = 0;
    uint32_t digits;
    (void)arc_date_to_ymd(&y, &m, &d, date);
    for (const char *s = pattern, *end = pattern + len; s < end;) {
        char part[32];
        const char *from = s;
        int w = 0;
        switch (next_part(&s, end, &digits)) {
        case P_TEXT: part[0] = *from; w = 1; break;
        case P_YEAR: w = snprintf(part, sizeof part, "%04d", (int)y); break;
        case P_YEAR2: w = snprintf(part, sizeof part, "%02d", (int)(y % 100)); break;
        case P_MONTH: w = snprintf(part, sizeof part, "%02d", (int)m); break;
        case P_DAY: w = snprintf(part, sizeof part, "%02d", (int)d); break;
        case P_COUNT: w = snprintf(part, sizeof part, "%0*lld", (int)digits, (long long)count); break;
        default: return 0;
        }
        if (w < 1 || n + (size_t)w > NUMBER_MAX) return 0;
        memcpy(out + n, part, (size_t)w);
        n += (size_t)w;
    }
    out[n] = 0;
    return n;
}

/* ---- the book's rows -------------------------------------------------------------------------------------------------------- */

static const char row_fields[] = "id version code period pattern next gapless";
enum { R_ID, R_VERSION, R_CODE, R_PERIOD, R_PATTERN, R_NEXT, R_GAPLESS, R_COLUMNS };
static const char new_fields[] = "code period pattern next gapless";
enum { N_CODE, N_PERIOD, N_PATTERN, N_NEXT, N_GAPLESS };

/* One count: a code in a period. */
typedef struct series {
    const char *code, *pattern;
    const arc_value *row;      /* its own row, or NULL: to be made */
    const arc_value *pattern_of; /* the row it is made like */
    uint32_t pattern_len, n;   /* numbers asked for */
    char period[12];
    int64_t first;             /* count of the first one */
    uint8_t gapless;
} series;

typedef struct draw {
    arci_txn *t;
    arci_arena *arena;
    arci_series_ask *const *asks;
    uint32_t n, n_series, cap;
    series *list;
    uint32_t *of; /* series of an ask */
    arci_rows rows;
} draw;

static arc_status read_rows(draw *d)
{
    const arci_shape *shape;
    arci_where w;
    arc_value codes[CODES_MAX];
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->n; i++) {
        uint32_t k = 0;
        size_t len = strlen(d->asks[i]->code);
        while (k < n && (codes[k].len != len || memcmp(codes[k].u.s, d->asks[i]->code, len) != 0)) k++;
        if (k < n) continue;
        if (n == CODES_MAX) return arci_fail(d->t->env, ARC_E_LIMIT, "at most %u number series a call", "每次最多使用 %u 个编号规则", CODES_MAX);
        codes[n++] = arci_v_text(d->asks[i]->code, len);
    }
    arc_status st = arci_shape_get(d->t, &shape, "number_series", row_fields);
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_in(&w, shape->cols[R_CODE], codes, n);
    return arci_repo_find(d->t, shape, &w, NULL, 0, 0, d->arena, &d->rows);
}

/* Where writers do not exclude each other, the rows are locked and read again: what another one has drawn is seen. */
static arc_status lock_rows(draw *d)
{
    if ((d->t->book->ops->caps & ARC_CAP_SINGLE_WRITER) || !d->rows.n_rows) return ARC_OK;
    int64_t *ids = arci_arena_alloc(d->arena, d->rows.n_rows * sizeof *ids);
    uint32_t n = 0;
    if (!ids) return arci_nomem(d->t->env);
    for (uint32_t r = 0; r < d->rows.n_rows; r++) {
        const arc_value *row = d->rows.values + (size_t)r * R_COLUMNS;
        if (row[R_GAPLESS].type == ARC_V_INT && row[R_GAPLESS].u.i) ids[n++] = row[R_ID].u.i;
    }
    if (!n) return ARC_OK;
    arc_status st = arci_repo_lock(d->t, "number_series", ids, n);
    return st == ARC_OK ? read_rows(d) : st;
}

static int has_text(const arc_value *v, const char *s) { return v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

/* The latest row of a code: what new periods are made like. */
static const arc_value *latest(const draw *d, const char *code)
{
    const arc_value *best = NULL;
    for (uint32_t r = 0; r < d->rows.n_rows; r++) {
        const arc_value *row = d->rows.values + (size_t)r * R_COLUMNS;
        if (has_text(&row[R_CODE], code) && (!best || row[R_ID].u.i > best[R_ID].u.i)) best = row;
    }
    return best;
}

static const arc_value *row_of(const draw *d, const char *code, const char *period)
{
    for (uint32_t r = 0; r < d->rows.n_rows; r++) {
        const arc_value *row = d->rows.values + (size_t)r * R_COLUMNS;
        if (has_text(&row[R_CODE], code) && has_text(&row[R_PERIOD], period)) return row;
    }
    return NULL;
}

static arc_status unknown(arci_env *env, const char *code)
{
    arci_fail(env, ARC_E_NOT_FOUND, "a number is required: the book has no number series %s", "须填写编号：账簿没有编号规则 %s", code);
    arci_fail_at(env, "number_series", "code", 0, -1);
    return ARC_E_NOT_FOUND;
}

static arc_status start(draw *d, series *s, const char *code, arc_date date)
{
    const arc_value *like = latest(d, code);
    if (!like) return unknown(d->t->env, code);
    const char *fault = arci_series_fault(like[R_PATTERN].u.s, like[R_PATTERN].len);
    if (fault) {
        arci_fail(d->t->env, ARC_E_STATE, "the pattern of the number series %s is wrong: %s", "编号规则 %s 的格式不正确：%s", code, fault);
        arci_fail_at(d->t->env, "number_series", "pattern", like[R_ID].u.i, -1);
        return ARC_E_STATE;
    }
    memset(s, 0, sizeof *s);
    s->code = code;
    arci_series_period(s->period, like[R_PATTERN].u.s, like[R_PATTERN].len, date);
    s->row = row_of(d, code, s->period);
    s->pattern_of = s->row ? s->row : like;
    s->pattern = s->pattern_of[R_PATTERN].u.s;
    s->pattern_len = s->pattern_of[R_PATTERN].len;
    s->gapless = s->pattern_of[R_GAPLESS].type == ARC_V_INT && s->pattern_of[R_GAPLESS].u.i;
    return ARC_OK;
}

/* The series of ask i; made when it is the first of its code and period. */
static arc_status assign(draw *d, uint32_t i)
{
    series s;
    arc_status st = start(d, &s, d->asks[i]->code, d->asks[i]->date);
    if (st != ARC_OK) return st;
    uint32_t k = 0;
    while (k < d->n_series && (strcmp(d->list[k].code, s.code) != 0 || strcmp(d->list[k].period, s.period) != 0)) k++;
    if (k == d->n_series) {
        if (d->n_series == d->cap) {
            uint32_t cap = d->cap ? d->cap * 2 : 8;
            series *list = arci_arena_alloc(d->arena, cap * sizeof *list);
            if (!list) return arci_nomem(d->t->env);
            if (d->n_series) memcpy(list, d->list, d->n_series * sizeof *list);
            d->list = list;
            d->cap = cap;
        }
        d->list[d->n_series++] = s;
    }
    d->of[i] = k;
    d->list[k].n++;
    return ARC_OK;
}

/* ---- counting ------------------------------------------------------------------------------------------------------------------ */

/* Outside the transaction, from where the row says the count begins. */
static arc_status reserve(draw *d, series *s)
{
    char name[80];
    int64_t first, base = s->row && s->row[R_NEXT].type == ARC_V_INT ? s->row[R_NEXT].u.i : 1;
    (void)snprintf(name, sizeof name, "series:%s:%s", s->code, s->period);
    arc_status st = arci_be_reserve(d->t->env, d->t->book, d->t->be, d->t->book->id, name, s->n, &first);
    if (st != ARC_OK) {
        arci_txn_doom(d->t);
        return st;
    }
    s->first = base - 1 + first;
    return ARC_OK;
}

static arc_status insert_row(draw *d, series *s)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(d->t, &shape, "number_series", new_fields);
    if (st == ARC_OK) st = arci_batch_new(d->t, d->arena, &b, shape, ARC_WRITE_INSERT, 1, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(b, 0);
    s->first = 1;
    v[N_CODE] = arci_v_text(s->code, strlen(s->code));
    v[N_PERIOD] = arci_v_text(s->period, strlen(s->period));
    v[N_PATTERN] = arci_v_text(s->pattern, s->pattern_len);
    v[N_NEXT] = arci_v_int(s->gapless ? 1 + (int64_t)s->n : 1);
    v[N_GAPLESS] = arci_v_int(s->gapless);
    return arci_repo_write(d->t, &b, 1, NULL);
}

static arc_status advance_row(draw *d, series *s)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(d->t, &shape, "number_series", "next");
    if (st == ARC_OK) st = arci_batch_new(d->t, d->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    s->first = s->row[R_NEXT].type == ARC_V_INT ? s->row[R_NEXT].u.i : 1;
    arci_batch_key(b, 0)[0] = s->row[R_ID];
    arci_batch_guard(b, 0)[0] = s->row[R_VERSION];
    arci_batch_row(b, 0)[0] = arci_v_int(s->first + s->n);
    return arci_repo_write(d->t, &b, 1, NULL);
}

static arc_status count(draw *d, series *s)
{
    arc_status st = ARC_OK;
    if (!s->row) st = insert_row(d, s);
    else if (s->gapless) st = advance_row(d, s);
    /* Somebody else began the same period at the same moment. */
    if (st == ARC_E_EXISTS) st = arci_fail(d->t->env, ARC_E_CONFLICT, "another writer began the same number series; try again", "其他写入者正在使用同一编号规则，请重试");
    return st == ARC_OK && !s->gapless ? reserve(d, s) : st;
}

static arc_status print(draw *d, uint32_t i)
{
    series *s = &d->list[d->of[i]];
    char *text = arci_arena_alloc(d->arena, NUMBER_MAX + 1);
    if (!text) return arci_nomem(d->t->env);
    size_t n = arci_series_number(text, s->pattern, s->pattern_len, d->asks[i]->date, s->first++);
    if (!n) return arci_fail(d->t->env, ARC_E_LIMIT, "a number of the series %s is too long", "编号规则 %s 的编号过长", s->code);
    d->asks[i]->number = arci_v_text(text, n);
    d->asks[i]->gapless = s->gapless;
    d->asks[i]->series = d->of[i];
    return ARC_OK;
}

arc_status arci_series_draw(arci_txn *t, arci_arena *arena, arci_series_ask *const *asks, uint32_t n)
{
    draw d;
    memset(&d, 0, sizeof d);
    d.t = t;
    d.arena = arena;
    d.asks = asks;
    d.n = n;
    if (!n) return ARC_OK;
    d.of = arci_arena_alloc(arena, n * sizeof *d.of);
    arc_status st = d.of ? read_rows(&d) : arci_nomem(t->env);
    if (st == ARC_OK) st = lock_rows(&d);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) st = assign(&d, i);
    for (uint32_t k = 0; k < d.n_series && st == ARC_OK; k++) st = count(&d, &d.list[k]);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) st = print(&d, i);
    return st;
}

arc_status arci_series_known(arci_txn *t, arci_arena *arena, const char *code, int *known)
{
    arci_series_ask ask = { .code = code };
    arci_series_ask *asks[1] = { &ask };
    draw d;
    memset(&d, 0, sizeof d);
    d.t = t;
    d.arena = arena;
    d.asks = asks;
    d.n = 1;
    arc_status st = read_rows(&d);
    *known = st == ARC_OK && d.rows.n_rows > 0;
    return st;
}

arc_status arci_series_need(arci_txn *t, arci_arena *arena, const char *code)
{
    int known = 0;
    arc_status st = arci_series_known(t, arena, code, &known);
    return st == ARC_OK && !known ? unknown(t->env, code) : st;
}
