/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns without backtracking: an element is a set of characters and a count, so the places a match may have come to are a set of
 * positions, moved on by one element at a time. */
#include <string.h>

#include "value/textform.h"

#define MAX_RANGES 64u
#define MAX_COUNT 4096u

typedef struct range {
    uint32_t from, to;
} range;

typedef struct element {
    const range *ranges;
    uint32_t n_ranges, negated;
    uint32_t min, max; /* max UINT32_MAX: no bound */
} element;

struct arci_pattern {
    element *elements;
    uint32_t n;
};

typedef struct reader {
    arci_env *env;
    const char *s;
    size_t n, at;
    range ranges[MAX_RANGES];
    uint32_t n_ranges, negated;
} reader;

uint32_t arci_utf8_at(const char *s, size_t n, size_t *len)
{
    const unsigned char *p = (const unsigned char *)s;
    size_t need = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    uint32_t c = need == 1 ? p[0] : p[0] & (0x7fu >> need);
    if (need > n) need = n;
    for (size_t i = 1; i < need; i++) c = c << 6 | (p[i] & 0x3fu);
    *len = need;
    return c;
}

size_t arci_utf8_count(const char *s, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += ((unsigned char)s[i] & 0xc0) != 0x80;
    return count;
}

/* ---- reading ----------------------------------------------------------------------------------------------------------- */

static arc_status wrong(reader *r, const char *en, const char *zh)
{
    return arci_fail(r->env, ARC_E_SYNTAX, "pattern, byte %u: %s%.0s", "格式表达式第 %u 字节：%.0s%s", (unsigned)r->at, en, zh);
}

static arc_status add(reader *r, uint32_t from, uint32_t to)
{
    if (r->n_ranges == MAX_RANGES) return arci_fail(r->env, ARC_E_LIMIT, "a class has at most %u ranges", "字符类最多 %u 段", MAX_RANGES);
    r->ranges[r->n_ranges].from = from;
    r->ranges[r->n_ranges++].to = to;
    return ARC_OK;
}

static uint32_t take(reader *r)
{
    size_t len;
    uint32_t c = arci_utf8_at(r->s + r->at, r->n - r->at, &len);
    r->at += len;
    return c;
}

/* After the backslash. *single: the one character it stands for, 0 for a set. */
static arc_status escape(reader *r, uint32_t *single)
{
    static const char plain[] = "\\.[]{}()*+?^$|/-";
    *single = 0;
    if (r->at == r->n) return wrong(r, "nothing follows the backslash", "反斜杠后缺少字符");
    char c = r->s[r->at];
    if (c == 'd' || c == 'w') {
        arc_status st = add(r, '0', '9');
        r->at++;
        if (c == 'd') return st;
        if (st == ARC_OK) st = add(r, 'a', 'z');
        if (st == ARC_OK) st = add(r, 'A', 'Z');
        return st == ARC_OK ? add(r, '_', '_') : st;
    }
    if (!c || !strchr(plain, c)) return wrong(r, "an unknown escape", "未知的转义");
    r->at++;
    *single = (unsigned char)c;
    return ARC_OK;
}

static arc_status class_member(reader *r)
{
    uint32_t from, to;
    arc_status st = ARC_OK;
    if (r->s[r->at] == '\\') {
        r->at++;
        st = escape(r, &from);
        if (st != ARC_OK || !from) return st;
    } else {
        from = take(r);
    }
    to = from;
    if (r->at + 1 < r->n && r->s[r->at] == '-' && r->s[r->at + 1] != ']') {
        r->at++;
        if (r->s[r->at] == '\\') {
            r->at++;
            st = escape(r, &to);
            if (st == ARC_OK && !to) return wrong(r, "a range ends in a set", "区间终点不能是字符集");
        } else {
            to = take(r);
        }
    }
    if (st == ARC_OK && to < from) return wrong(r, "a range runs backwards", "区间次序颠倒");
    return st == ARC_OK ? add(r, from, to) : st;
}

static arc_status char_class(reader *r)
{
    arc_status st = ARC_OK;
    if (r->at < r->n && r->s[r->at] == '^') {
        r->negated = 1;
        r->at++;
    }
    while (st == ARC_OK && r->at < r->n && r->s[r->at] != ']') st = class_member(r);
    if (st != ARC_OK) return st;
    if (r->at == r->n) return wrong(r, "a class is not closed", "字符类未闭合");
    if (!r->n_ranges) return wrong(r, "a class is empty", "字符类为空");
    r->at++;
    return ARC_OK;
}

static arc_status set_of(reader *r)
{
    uint32_t single;
    arc_status st;
    r->n_ranges = r->negated = 0;
    char c = r->s[r->at];
    if (strchr("(){}*+?|^$]", c)) return wrong(r, "this is not part of the pattern language: escape it if it is meant", "不支持该符号，如需使用请转义");
    if (c == '[') {
        r->at++;
        return char_class(r);
    }
    if (c == '.') {
        r->at++;
        return add(r, 0, 0x10ffff);
    }
    if (c == '\\') {
        r->at++;
        st = escape(r, &single);
        return st == ARC_OK && single ? add(r, single, single) : st;
    }
    single = take(r);
    return add(r, single, single);
}

static arc_status number(reader *r, uint32_t *out)
{
    size_t from = r->at;
    *out = 0;
    while (r->at < r->n && r->s[r->at] >= '0' && r->s[r->at] <= '9') {
        *out = *out * 10 + (uint32_t)(r->s[r->at++] - '0');
        if (*out > MAX_COUNT) return arci_fail(r->env, ARC_E_LIMIT, "a count is at most %u", "重复次数最多 %u", MAX_COUNT);
    }
    return r->at == from ? wrong(r, "a number is missing", "缺少数字") : ARC_OK;
}

static arc_status count_of(reader *r, element *e)
{
    e->min = e->max = 1;
    char c = r->at < r->n ? r->s[r->at] : 0;
    if (c == '?' || c == '*' || c == '+') {
        r->at++;
        e->min = c == '+';
        e->max = c == '?' ? 1 : UINT32_MAX;
    } else if (c == '{') {
        r->at++;
        arc_status st = number(r, &e->min);
        if (st != ARC_OK) return st;
        e->max = e->min;
        if (r->at < r->n && r->s[r->at] == ',') {
            r->at++;
            e->max = UINT32_MAX;
            if (r->at < r->n && r->s[r->at] != '}') st = number(r, &e->max);
            if (st != ARC_OK) return st;
        }
        if (r->at == r->n || r->s[r->at] != '}') return wrong(r, "a count is not closed", "重复次数未闭合");
        if (e->max < e->min) return wrong(r, "a count runs backwards", "重复次数颠倒");
        r->at++;
    }
    return ARC_OK;
}

arc_status arci_pattern_read(arci_env *env, arci_arena *arena, const arci_pattern **out, const char *s, size_t n)
{
    reader r = { .env = env, .s = s, .n = n };
    arc_status st = ARC_OK;
    arci_pattern *p = arci_arena_calloc(arena, 1, sizeof *p);
    element *e = arci_arena_calloc(arena, ARCI_PATTERN_ELEMENTS, sizeof *e);
    *out = NULL;
    if (!p || !e) return arci_nomem(env);
    p->elements = e;
    while (st == ARC_OK && r.at < n) {
        if (p->n == ARCI_PATTERN_ELEMENTS)
            return arci_fail(env, ARC_E_LIMIT, "a pattern has at most %u elements", "格式表达式最多 %u 个元素", ARCI_PATTERN_ELEMENTS);
        st = set_of(&r);
        if (st == ARC_OK) st = count_of(&r, &e[p->n]);
        if (st != ARC_OK) break;
        range *kept = arci_arena_alloc(arena, r.n_ranges * sizeof *kept);
        if (!kept) return arci_nomem(env);
        memcpy(kept, r.ranges, r.n_ranges * sizeof *kept);
        e[p->n].ranges = kept;
        e[p->n].n_ranges = r.n_ranges;
        e[p->n++].negated = r.negated;
    }
    if (st == ARC_OK) *out = p;
    return st;
}

/* ---- matching ----------------------------------------------------------------------------------------------------------- */

static int in_set(const element *e, uint32_t c)
{
    uint32_t i = 0;
    while (i < e->n_ranges && (c < e->ranges[i].from || c > e->ranges[i].to)) i++;
    return (i < e->n_ranges) != (int)e->negated;
}

/* reached[i]: a match of the elements so far may end at position i. From right to left `run` is how far characters of the element go, and
 * `next` gets a +1 where a stretch of new positions begins and a -1 behind its end. */
static int step(const element *e, const uint32_t *text, uint32_t n, uint8_t *reached, int32_t *next)
{
    uint32_t run = 0;
    int any = 0;
    int32_t depth = 0;
    memset(next, 0, ((size_t)n + 2) * sizeof *next);
    for (uint32_t i = n + 1; i-- > 0;) {
        run = i < n && in_set(e, text[i]) ? run + 1 : 0;
        if (!reached[i] || run < e->min) continue;
        next[i + e->min]++;
        next[i + (e->max < run ? e->max : run) + 1]--;
    }
    for (uint32_t i = 0; i <= n; i++) {
        depth += next[i];
        reached[i] = depth > 0;
        any |= reached[i];
    }
    return any;
}

int arci_pattern_fits(const arci_pattern *p, const char *s, size_t n)
{
    uint32_t text[ARCI_PATTERN_TEXT];
    int32_t next[ARCI_PATTERN_TEXT + 2];
    uint8_t reached[ARCI_PATTERN_TEXT + 1];
    uint32_t count = 0;
    for (size_t at = 0, len; at < n; at += len) {
        if (count == ARCI_PATTERN_TEXT) return 0;
        text[count++] = arci_utf8_at(s + at, n - at, &len);
    }
    memset(reached, 0, (size_t)count + 1);
    reached[0] = 1;
    for (uint32_t i = 0; i < p->n; i++) {
        if (!step(&p->elements[i], text, count, reached, next)) return 0;
    }
    return reached[count];
}

/* ---- normalisation -------------------------------------------------------------------------------------------------------- */

uint32_t arci_norm_by_name(const char *name, size_t n)
{
    static const struct {
        const char *name;
        uint32_t step;
    } steps[] = { { "trim", ARCI_NORM_TRIM },           { "collapse", ARCI_NORM_COLLAPSE }, { "remove_space", ARCI_NORM_REMOVE_SPACE },
                  { "half_width", ARCI_NORM_HALF_WIDTH }, { "upper", ARCI_NORM_UPPER },       { "lower", ARCI_NORM_LOWER } };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (strlen(steps[i].name) == n && !memcmp(steps[i].name, name, n)) return steps[i].step;
    }
    return 0;
}

static int is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f ||
           c == 0xfeff;
}

size_t arci_normalise(char *out, const char *s, size_t n, uint32_t steps)
{
    size_t used = 0, end = 0; /* end: behind the last character that is no space */
    int space_before = 0;
    for (size_t at = 0, len; at < n; at += len) {
        uint32_t c = arci_utf8_at(s + at, n - at, &len);
        int space = is_space(c);
        if (space && (steps & ARCI_NORM_REMOVE_SPACE)) continue;
        if (space && (steps & ARCI_NORM_TRIM) && !used) continue;
        if (space && space_before && (steps & ARCI_NORM_COLLAPSE)) continue;
        space_before = space;
        if ((steps & ARCI_NORM_HALF_WIDTH) && c >= 0xff01 && c <= 0xff5e) c -= 0xfee0;
        if (space && (steps & (ARCI_NORM_COLLAPSE | (c == 0x3000 ? ARCI_NORM_HALF_WIDTH : 0)))) c = ' ';
        if ((steps & ARCI_NORM_UPPER) && c >= 'a' && c <= 'z') c -= 32;
        if ((steps & ARCI_NORM_LOWER) && c >= 'A' && c <= 'Z') c += 32;
        if (c < 0x80) {
            out[used++] = (char)c;
        } else {
            memmove(out + used, s + at, len);
            used += len;
        }
        if (!space) end = used;
    }
    return steps & ARCI_NORM_TRIM ? end : used;
}
