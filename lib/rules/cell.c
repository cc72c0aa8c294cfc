/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cell.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/date.h"
#include "store/cond.h"

typedef struct reader {
    arci_env *env;
    arci_arena *arena;
    const arci_facts *facts;
    const arci_fact *fact;
    arci_range domain;
    const char *s;
    size_t len, at;
    arci_range *ranges;
    arci_word *words;
    uint32_t n, cap;
    int null;
} reader;

static arc_status wrong(reader *r, arc_status st, const char *en, const char *zh)
{
    return arci_fail(r->env, st, "the test \"%.*s\", character %u: %s%.0s", "测试“%.*s”第 %u 个字符：%.0s%s", (int)(r->len > 60 ? 60 : r->len), r->s,
                     (unsigned)r->at + 1, en, zh);
}

/* ---- literals --------------------------------------------------------------------------------------------------------------- */

static int space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* Between quotes; \" and \\ stand for themselves, \n for a new line. */
static arc_status quoted(arci_env *env, arci_arena *arena, const char *s, size_t len, size_t *n, char **text, size_t *text_len)
{
    size_t i = 1, k = 0;
    char *out = arci_arena_alloc(arena, len + 1);
    if (!out) return arci_nomem(env);
    while (i < len && s[i] != '"') {
        if (s[i] == '\\' && i + 1 < len) {
            i++;
            if (s[i] != '"' && s[i] != '\\' && s[i] != 'n') return arci_fail(env, ARC_E_SYNTAX, "a text knows \\\", \\\\ and \\n only", "文本只支持 \\\"、\\\\ 与 \\n");
            out[k++] = s[i] == 'n' ? '\n' : s[i];
        } else {
            out[k++] = s[i];
        }
        i++;
    }
    if (i >= len) return arci_fail(env, ARC_E_SYNTAX, "the text does not end", "文本没有结束");
    out[k] = 0;
    *n = i + 1;
    *text = out;
    *text_len = k;
    return ARC_OK;
}

static int needs_quotes(const arci_fact *f) { return f->type == ARCI_FACT_TEXT || f->type == ARCI_FACT_ENUM || f->type == ARCI_FACT_STAMP; }
static int takes_quotes(const arci_fact *f) { return needs_quotes(f) || f->type == ARCI_FACT_DATE; }

arc_status arci_cell_literal(arci_env *env, arci_arena *arena, const arci_facts *facts, const arci_fact *fact, const char *s, size_t len, size_t *n, arc_value *out)
{
    char *text;
    size_t k = 0;
    if (len > 5 && memcmp(s, "date(\"", 6) == 0 && fact->type == ARCI_FACT_DATE) {
        arc_status st = quoted(env, arena, s + 5, len - 5, n, &text, &k);
        if (st == ARC_OK && (*n + 5 >= len || s[*n + 5] != ')')) st = arci_fail(env, ARC_E_SYNTAX, "date( does not end", "date( 没有结束");
        *n += 6;
        return st == ARC_OK ? arci_fact_constant(env, facts, fact, arena, out, text, k, 0) : st;
    }
    if (len && s[0] == '"') {
        if (!takes_quotes(fact)) return arci_fail(env, ARC_E_VALUE, "a text where a %s is asked for", "此处须为 %s，而不是文本", arci_fact_type_name(fact));
        arc_status st = quoted(env, arena, s, len, n, &text, &k);
        return st == ARC_OK ? arci_fact_constant(env, facts, fact, arena, out, text, k, 0) : st;
    }
    while (k < len && !space(s[k]) && !strchr(",()[]\"", s[k]) && !(s[k] == '.' && k + 1 < len && s[k + 1] == '.')) k++;
    *n = k;
    if (!k) return arci_fail(env, ARC_E_SYNTAX, "a value is missing", "缺少值");
    if (needs_quotes(fact)) return arci_fail(env, ARC_E_SYNTAX, "texts stand in quotes", "文本须加引号");
    return arci_fact_constant(env, facts, fact, arena, out, s, k, fact->type != ARCI_FACT_BOOL && fact->type != ARCI_FACT_DATE);
}

static void blanks(reader *r)
{
    while (r->at < r->len && space(r->s[r->at])) r->at++;
}

static arc_status literal(reader *r, arc_value *out)
{
    size_t n = 0;
    blanks(r);
    arc_status st = arci_cell_literal(r->env, r->arena, r->facts, r->fact, r->s + r->at, r->len - r->at, &n, out);
    if (st == ARC_E_SYNTAX) return wrong(r, st, r->at < r->len && r->s[r->at] == '"' ? "not a text" : needs_quotes(r->fact) ? "texts stand in quotes" : "a value is missing",
                                         r->at < r->len && r->s[r->at] == '"' ? "不是文本" : needs_quotes(r->fact) ? "文本须加引号" : "缺少值");
    r->at += n;
    blanks(r);
    return st;
}

/* ---- what is collected --------------------------------------------------------------------------------------------------------- */

static arc_status grow(reader *r)
{
    if (r->n < r->cap) return ARC_OK;
    if (r->n >= 2 * ARCI_CELL_TESTS) return wrong(r, ARC_E_LIMIT, "too many tests in one cell", "单元格中测试过多");
    uint32_t cap = r->cap ? r->cap * 2 : 4;
    arci_range *ranges = arci_arena_alloc(r->arena, cap * sizeof *ranges);
    arci_word *words = arci_arena_alloc(r->arena, cap * sizeof *words);
    if (!ranges || !words) return arci_nomem(r->env);
    if (r->n) {
        memcpy(ranges, r->ranges, r->n * sizeof *ranges);
        memcpy(words, r->words, r->n * sizeof *words);
    }
    r->ranges = ranges;
    r->words = words;
    r->cap = cap;
    return ARC_OK;
}

/* Cut to the domain; empty ranges are dropped. */
static arc_status add_range(reader *r, int64_t lo, int64_t hi)
{
    arc_status st = grow(r);
    if (lo < r->domain.lo) lo = r->domain.lo;
    if (hi > r->domain.hi) hi = r->domain.hi;
    if (st != ARC_OK || lo > hi) return st;
    r->ranges[r->n].lo = lo;
    r->ranges[r->n++].hi = hi;
    return ARC_OK;
}

static arc_status add_word(reader *r, const arc_value *v)
{
    arc_status st = grow(r);
    if (st != ARC_OK) return st;
    r->words[r->n].s = v->u.s;
    r->words[r->n++].len = v->len;
    return ARC_OK;
}

static int64_t below(const reader *r, int64_t v) { return v <= r->domain.lo ? r->domain.lo : v - 1; }
static int64_t above(const reader *r, int64_t v) { return v >= r->domain.hi ? r->domain.hi : v + 1; }

static arc_status add_compare(reader *r, const char *op, const arc_value *v)
{
    int64_t lo = r->domain.lo, hi = r->domain.hi, x;
    if (r->fact->type == ARCI_FACT_TEXT) return op[0] == '=' ? add_word(r, v) : wrong(r, ARC_E_VALUE, "texts have no order", "文本没有顺序");
    x = v->u.i;
    if (op[0] == '=') return add_range(r, x, x);
    if (op[0] == '<' && op[1]) return add_range(r, lo, x);
    if (op[0] == '>' && op[1]) return add_range(r, x, hi);
    if (op[0] == '<') return x <= lo ? ARC_OK : add_range(r, lo, below(r, x));
    if (op[0] == '>') return x >= hi ? ARC_OK : add_range(r, above(r, x), hi);
    arc_status st = x <= lo ? ARC_OK : add_range(r, lo, below(r, x));
    return st == ARC_OK && x < hi ? add_range(r, above(r, x), hi) : st;
}

/* ---- tests ------------------------------------------------------------------------------------------------------------------------ */

static int word(const reader *r, const char *w)
{
    size_t n = strlen(w), at = r->at + n;
    if (r->len - r->at < n || memcmp(r->s + r->at, w, n) != 0) return 0;
    return at == r->len || space(r->s[at]) || r->s[at] == ',' || r->s[at] == ')' || r->s[at] == '(';
}

static arc_status interval(reader *r)
{
    char open = r->s[r->at++];
    arc_value a, b;
    if (r->fact->type == ARCI_FACT_TEXT || r->fact->type == ARCI_FACT_BOOL) return wrong(r, ARC_E_VALUE, "values of this type have no order", "该类型的值没有顺序");
    arc_status st = literal(r, &a);
    if (st != ARC_OK) return st;
    if (r->len - r->at < 2 || r->s[r->at] != '.' || r->s[r->at + 1] != '.') return wrong(r, ARC_E_SYNTAX, "an interval has .. in the middle", "区间中间须有 ..");
    r->at += 2;
    st = literal(r, &b);
    if (st != ARC_OK) return st;
    char close = r->at < r->len ? r->s[r->at] : 0;
    if (close != ']' && close != ')' && close != '[') return wrong(r, ARC_E_SYNTAX, "an interval ends with ], ) or [", "区间须以 ]、) 或 [ 结束");
    if (a.u.i > b.u.i) return wrong(r, ARC_E_RANGE, "the interval ends before it begins", "区间终点在起点之前");
    r->at++;
    int64_t lo = a.u.i, hi = b.u.i;
    if ((open != '[' && lo == r->domain.hi) || (close != ']' && hi == r->domain.lo)) return ARC_OK;
    return add_range(r, open == '[' ? lo : lo + 1, close == ']' ? hi : hi - 1);
}

static arc_status negative_texts(reader *r, const arc_value *v, int *negated)
{
    *negated = 1;
    return add_word(r, v);
}

static arc_status test(reader *r, int *negated)
{
    static const char *const ops[] = { "<=", ">=", "!=", "<", ">", "=" };
    arc_value v;
    blanks(r);
    if (word(r, "null")) {
        r->at += 4;
        r->null = 1;
        return ARC_OK;
    }
    if (r->at < r->len && (r->s[r->at] == '[' || r->s[r->at] == '(' || r->s[r->at] == ']')) return interval(r);
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        size_t n = strlen(ops[i]);
        if (r->len - r->at < n || memcmp(r->s + r->at, ops[i], n) != 0) continue;
        r->at += n;
        blanks(r);
        if (word(r, "null") && (ops[i][0] == '=' || ops[i][0] == '!')) {
            r->at += 4;
            r->null |= ops[i][0] == '=';
            if (ops[i][0] == '=') return ARC_OK;
            if (r->fact->type != ARCI_FACT_TEXT) return add_range(r, r->domain.lo, r->domain.hi);
            *negated = 1; /* all texts */
            return ARC_OK;
        }
        arc_status st = literal(r, &v);
        if (st != ARC_OK) return st;
        return ops[i][0] == '!' && r->fact->type == ARCI_FACT_TEXT ? negative_texts(r, &v, negated) : add_compare(r, ops[i], &v);
    }
    arc_status st = literal(r, &v);
    return st == ARC_OK ? add_compare(r, "=", &v) : st;
}

/* Tests with commas between, up to `end` (0: of the text). */
static arc_status tests(reader *r, char end, int *negated)
{
    uint32_t n = 0;
    for (;;) {
        arc_status st = test(r, negated);
        if (st != ARC_OK) return st;
        n++;
        blanks(r);
        char c = r->at < r->len ? r->s[r->at] : 0;
        if (*negated && (n > 1 || c == ',')) return wrong(r, ARC_E_VALUE, "!= stands alone; not(...) excludes several", "!= 须单独使用；排除多个请用 not(...)");
        if (c == end) return ARC_OK;
        if (c != ',') return wrong(r, ARC_E_SYNTAX, end ? "not( ends with )" : "a comma or the end is expected", end ? "not( 须以 ) 结束" : "此处须为逗号或结尾");
        r->at++;
    }
}

/* ---- normal form -------------------------------------------------------------------------------------------------------------------- */

static int by_lo(const void *a, const void *b)
{
    const arci_range *x = a, *y = b;
    return (x->lo > y->lo) - (x->lo < y->lo);
}

int arci_word_order(const void *a, const void *b)
{
    const arci_word *x = a, *y = b;
    int d = memcmp(x->s, y->s, x->len < y->len ? x->len : y->len);
    return d ? d : (x->len > y->len) - (x->len < y->len);
}

static void merge_ranges(reader *r)
{
    uint32_t k = 0;
    if (r->n > 1) qsort(r->ranges, r->n, sizeof *r->ranges, by_lo);
    for (uint32_t i = 0; i < r->n; i++) {
        if (k && (r->ranges[k - 1].hi == INT64_MAX || r->ranges[i].lo <= r->ranges[k - 1].hi + 1)) {
            if (r->ranges[i].hi > r->ranges[k - 1].hi) r->ranges[k - 1].hi = r->ranges[i].hi;
        } else {
            r->ranges[k++] = r->ranges[i];
        }
    }
    r->n = k;
}

static void merge_words(reader *r)
{
    uint32_t k = 0;
    if (r->n > 1) qsort(r->words, r->n, sizeof *r->words, arci_word_order);
    for (uint32_t i = 0; i < r->n; i++) {
        if (!k || arci_word_order(&r->words[k - 1], &r->words[i]) != 0) r->words[k++] = r->words[i];
    }
    r->n = k;
}

/* All of the domain that is in no range. */
static arc_status complement(reader *r)
{
    arci_range *out = arci_arena_alloc(r->arena, (r->n + 1u) * sizeof *out);
    int64_t lo = r->domain.lo;
    uint32_t k = 0;
    int whole = 1; /* something is left at the end */
    if (!out) return arci_nomem(r->env);
    for (uint32_t i = 0; i < r->n && whole; i++) {
        if (r->ranges[i].lo > lo) {
            out[k].lo = lo;
            out[k++].hi = r->ranges[i].lo - 1;
        }
        whole = r->ranges[i].hi < r->domain.hi;
        if (whole) lo = r->ranges[i].hi + 1;
    }
    if (whole) {
        out[k].lo = lo;
        out[k++].hi = r->domain.hi;
    }
    r->ranges = out;
    r->n = k;
    return ARC_OK;
}

/* ", null" behind not(...). */
static int take_null(reader *r)
{
    size_t at = r->at;
    if (at == r->len || r->s[at] != ',') return 0;
    r->at++;
    blanks(r);
    if (word(r, "null") && r->at + 4 == r->len) {
        r->at += 4;
        return 1;
    }
    r->at = at;
    return 0;
}

static arc_status read_cell(reader *r, arci_cell *out)
{
    int negated = 0, all_but = word(r, "not"), and_null = 0;
    if (all_but) {
        r->at += 3;
        blanks(r);
        if (r->at >= r->len || r->s[r->at] != '(') return wrong(r, ARC_E_SYNTAX, "not is followed by (", "not 后须为 (");
        r->at++;
    }
    arc_status st = tests(r, all_but ? ')' : 0, &negated);
    if (st != ARC_OK) return st;
    if (all_but) {
        r->at++;
        blanks(r);
        and_null = take_null(r);
        if (r->at != r->len) return wrong(r, ARC_E_SYNTAX, "not(...) stands alone, or before a null", "not(...) 须单独使用，或其后仅接 null");
        if (negated) return wrong(r, ARC_E_VALUE, "!= has no place in not(...)", "not(...) 中不能使用 !=");
    }
    out->text = r->fact->type == ARCI_FACT_TEXT;
    out->negated = (uint8_t)(out->text && (negated || all_but));
    out->null = (uint8_t)(all_but ? and_null : r->null); /* what is excluded never lets null in */
    if (out->text) {
        merge_words(r);
    } else {
        merge_ranges(r);
        if (all_but) st = complement(r);
    }
    out->n = r->n;
    out->ranges = r->ranges;
    out->words = r->words;
    return st;
}

arci_range arci_cell_domain(const arci_fact *fact)
{
    arci_range d = { INT64_MIN, INT64_MAX };
    switch (fact->type) {
    case ARCI_FACT_BOOL: d.lo = 0; d.hi = 1; break;
    case ARCI_FACT_DATE: d.lo = ARC_DATE_MIN; d.hi = ARC_DATE_MAX; break;
    case ARCI_FACT_STAMP: d.lo = ARC_STAMP_MIN; d.hi = ARC_STAMP_MAX; break;
    case ARCI_FACT_MONEY: d.lo = -ARC_MONEY_MAX; d.hi = ARC_MONEY_MAX; break;
    case ARCI_FACT_ENUM:
        d.lo = 0;
        d.hi = -1;
        while (fact->codes && fact->codes->codes[d.hi + 1]) d.hi++;
        break;
    default: break;
    }
    return d;
}

int arci_cell_fits(const arci_fact *fact) { return fact->type != ARCI_FACT_LIST && fact->type != ARCI_FACT_CHOICES; }

arc_status arci_cell_read(arci_env *env, arci_arena *arena, const arci_facts *facts, const arci_fact *fact, arci_range domain, const char *s, size_t len, arci_cell *out)
{
    reader r = { .env = env, .arena = arena, .facts = facts, .fact = fact, .domain = domain };
    memset(out, 0, sizeof *out);
    r.s = out->s = arci_arena_strndup(arena, s, len);
    if (!r.s) return arci_nomem(env);
    r.len = len;
    out->len = (uint32_t)len;
    blanks(&r);
    size_t rest = len - r.at;
    while (rest && space(s[r.at + rest - 1])) rest--;
    out->any = rest == 0 || (rest == 1 && s[r.at] == '-');
    r.len = r.at + rest;
    return out->any ? ARC_OK : read_cell(&r, out);
}

int arci_cell_holds(const arci_cell *c, const arc_value *v)
{
    uint32_t lo = 0, hi = c->n;
    if (c->any) return 1;
    if (v->type == ARC_V_NULL) return c->null;
    if (c->text) {
        const arci_word w = { v->u.s, v->len };
        int in = c->n && bsearch(&w, c->words, c->n, sizeof w, arci_word_order) != NULL;
        return in != c->negated;
    }
    while (lo < hi) { /* the last range that begins at or before v */
        uint32_t mid = lo + (hi - lo) / 2;
        if (c->ranges[mid].lo <= v->u.i) lo = mid + 1;
        else hi = mid;
    }
    return lo && v->u.i <= c->ranges[lo - 1].hi;
}
