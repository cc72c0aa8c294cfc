/* SPDX-License-Identifier: Apache-2.0 */
/* From the text of a template to its program. */
#include "rules/mustache.h"

#include <string.h>

#define MAX_TAG 4096u
#define MAX_DELIMITER 16u

typedef struct compiler {
    arci_env *env;
    arci_arena *arena;
    arci_must *must;
    arci_must_find_fn find;
    void *user;
    uint32_t flags;
    arci_must_tell_fn tell; /* NULL: the first fault ends it */
    arc_status first;       /* that was told */
    uint32_t n_ops; /* of all programs */
    /* of the program being read */
    uint32_t self;
    const char *text;
    size_t len, pos;
    char open[MAX_DELIMITER], close[MAX_DELIMITER];
    size_t open_len, close_len;
    uint32_t cap;
    uint32_t sections[ARCI_MUST_SECTIONS], n_sections;
    size_t counted; /* up to here lines and columns were counted */
    uint32_t line, column;
} compiler;

typedef struct tag {
    size_t start, end; /* with delimiters */
    char kind;         /* # ^ / > ! = & { or 0 */
    const char *s;     /* what stands between, without blanks */
    size_t len;
} tag;

/* ---- places and errors ---------------------------------------------------------------------------------------------------- */

/* Asked in ascending order. */
static void place(compiler *c, size_t pos, uint32_t *line, uint32_t *column)
{
    for (; c->counted < pos; c->counted++) {
        if (c->text[c->counted] == '\n') {
            c->line++;
            c->column = 1;
        } else {
            c->column += ((unsigned char)c->text[c->counted] & 0xc0) != 0x80;
        }
    }
    *line = c->line;
    *column = c->column;
}

arc_status arci_must_fail(arci_env *env, const arci_must_program *p, const arci_must_op *op, arc_status status, const char *en, const char *zh)
{
    int n = (int)(op->len > 60 ? 60 : op->len);
    if (p->name) {
        int m = (int)(p->name_len > 40 ? 40 : p->name_len);
        return arci_fail(env, status, "partial %.*s, line %u, column %u: %.*s: %s%.0s", "片段 %.*s 第 %u 行第 %u 列：%.*s：%.0s%s", m, p->name, op->line,
                         op->column, n, op->s, en, zh);
    }
    return arci_fail(env, status, "line %u, column %u: %.*s: %s%.0s", "第 %u 行第 %u 列：%.*s：%.0s%s", op->line, op->column, n, op->s, en, zh);
}

/* A fault behind which reading may go on. */
static arc_status told(compiler *c, arc_status st)
{
    if (!c->tell || (st != ARC_E_SYNTAX && st != ARC_E_NOT_FOUND && st != ARC_E_LIMIT) || c->n_ops > ARCI_MUST_OPS) return st;
    if (c->first == ARC_OK) c->first = st;
    return c->tell(c->user, st);
}

static arc_status fail_tag(compiler *c, const tag *t, arc_status status, const char *en, const char *zh)
{
    arci_must_op op = { .s = t->s ? t->s : c->open, .len = (uint32_t)(t->s ? t->len : c->open_len) };
    place(c, t->start, &op.line, &op.column);
    return arci_must_fail(c->env, &c->must->programs[c->self], &op, status, en, zh);
}

/* ---- operations -------------------------------------------------------------------------------------------------------------- */

static arc_status add_op(compiler *c, const tag *t, uint8_t kind, arci_must_op **out)
{
    arci_must_program *p = &c->must->programs[c->self];
    if (++c->n_ops > ARCI_MUST_OPS) return arci_fail(c->env, ARC_E_LIMIT, "the template has too many parts", "模板过于复杂");
    if (p->n == c->cap) {
        uint32_t cap = c->cap ? c->cap * 2 : 16;
        arci_must_op *ops = arci_arena_calloc(c->arena, cap, sizeof *ops);
        if (!ops) return arci_nomem(c->env);
        if (p->n) memcpy(ops, p->ops, p->n * sizeof *ops);
        p->ops = ops;
        c->cap = cap;
    }
    arci_must_op *op = &p->ops[p->n++];
    op->kind = kind;
    op->s = t->s;
    op->len = (uint32_t)t->len;
    place(c, t->start, &op->line, &op->column);
    *out = op;
    return ARC_OK;
}

static arc_status add_text(compiler *c, size_t from, size_t to)
{
    arci_must_op *op;
    tag t = { from, to, 0, c->text + from, to - from };
    return from < to ? add_op(c, &t, ARCI_MUST_TEXT, &op) : ARC_OK;
}

static arc_status set_name(compiler *c, const tag *t, arci_must_op *op)
{
    uint32_t n = 1;
    if (!t->len) return fail_tag(c, t, ARC_E_SYNTAX, "the tag has no name", "标签没有名称");
    if (t->len == 1 && t->s[0] == '.') return ARC_OK;
    for (size_t i = 0; i < t->len; i++) n += t->s[i] == '.';
    if (n > ARCI_MUST_PARTS) return fail_tag(c, t, ARC_E_LIMIT, "the name has too many parts", "名称层级过多");
    arci_must_part *parts = arci_arena_calloc(c->arena, n, sizeof *parts);
    if (!parts) return arci_nomem(c->env);
    const char *s = t->s, *end = t->s + t->len;
    for (uint32_t i = 0; i < n; i++) {
        const char *dot = memchr(s, '.', (size_t)(end - s));
        size_t len = (size_t)((dot ? dot : end) - s);
        if (!len) return fail_tag(c, t, ARC_E_SYNTAX, "a part of the name is empty", "名称中有空的部分");
        parts[i].s = s;
        parts[i].len = (uint32_t)len;
        s += len + 1;
    }
    op->parts = parts;
    op->n_parts = (uint8_t)n;
    return ARC_OK;
}

/* ---- reading tags --------------------------------------------------------------------------------------------------------------- */

static const char *find_bytes(const char *s, size_t n, const char *what, size_t len)
{
    while (n >= len) {
        const char *at = memchr(s, what[0], n - len + 1);
        if (!at) return NULL;
        if (memcmp(at, what, len) == 0) return at;
        n -= (size_t)(at - s) + 1;
        s = at + 1;
    }
    return NULL;
}

static int blank(char ch) { return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n'; }

static void trim(tag *t)
{
    while (t->len && blank(t->s[0])) {
        t->s++;
        t->len--;
    }
    while (t->len && blank(t->s[t->len - 1])) t->len--;
}

/* The next tag from pos on; 0 in *found: there is none. */
static arc_status next_tag(compiler *c, tag *t, int *found)
{
    char end[MAX_DELIMITER + 1];
    size_t end_len = 0;
    const char *at = find_bytes(c->text + c->pos, c->len - c->pos, c->open, c->open_len);
    *found = at != NULL;
    if (!at) return ARC_OK;
    memset(t, 0, sizeof *t);
    t->start = (size_t)(at - c->text);
    size_t inside = t->start + c->open_len;
    while (inside < c->len && (c->text[inside] == ' ' || c->text[inside] == '\t')) inside++;
    if (inside < c->len && strchr("#^/>!=&{", c->text[inside]) && c->text[inside]) t->kind = c->text[inside++];
    if (t->kind == '{') end[end_len++] = '}';
    if (t->kind == '=') end[end_len++] = '=';
    memcpy(end + end_len, c->close, c->close_len);
    end_len += c->close_len;
    const char *stop = find_bytes(c->text + inside, c->len - inside, end, end_len);
    if (!stop) return fail_tag(c, t, ARC_E_SYNTAX, "the tag does not end", "标签没有结束");
    t->s = c->text + inside;
    t->len = (size_t)(stop - t->s);
    t->end = inside + t->len + end_len;
    trim(t);
    if (t->kind != '!' && t->len > MAX_TAG) {
        t->s = NULL;
        return fail_tag(c, t, ARC_E_LIMIT, "the tag is too long", "标签过长");
    }
    return ARC_OK;
}

/* A tag alone on its line takes the line with it: [*from, *to) is what goes. */
static int standalone(const compiler *c, const tag *t, size_t *from, size_t *to)
{
    size_t a = t->start, b = t->end;
    while (a > 0 && (c->text[a - 1] == ' ' || c->text[a - 1] == '\t')) a--;
    if (a > 0 && c->text[a - 1] != '\n') return 0;
    while (b < c->len && (c->text[b] == ' ' || c->text[b] == '\t')) b++;
    if (b + 1 < c->len && c->text[b] == '\r' && c->text[b + 1] == '\n') b++;
    if (b < c->len && c->text[b] != '\n') return 0;
    *from = a;
    *to = b < c->len ? b + 1 : b;
    return 1;
}

static arc_status set_delimiters(compiler *c, const tag *t)
{
    const char *s = t->s, *end = t->s + t->len, *a = s, *b;
    while (a < end && !blank(*a)) a++;
    b = a;
    while (b < end && blank(*b)) b++;
    size_t open = (size_t)(a - s), close = (size_t)(end - b);
    int wrong = !open || !close || open >= MAX_DELIMITER || close >= MAX_DELIMITER || memchr(s, '=', open) != NULL;
    for (const char *p = b; p < end; p++) wrong |= blank(*p) || *p == '=';
    if (wrong) return fail_tag(c, t, ARC_E_SYNTAX, "not two delimiters", "不是两个分隔符");
    memcpy(c->open, s, open);
    memcpy(c->close, b, close);
    c->open_len = open;
    c->close_len = close;
    return ARC_OK;
}

/* ---- sections and partials ------------------------------------------------------------------------------------------------------- */

static arc_status open_section(compiler *c, const tag *t)
{
    arci_must_op *op = NULL;
    if (c->n_sections == ARCI_MUST_SECTIONS) return fail_tag(c, t, ARC_E_LIMIT, "too many sections in each other", "区块嵌套过深");
    arc_status st = add_op(c, t, t->kind == '#' ? ARCI_MUST_SECTION : ARCI_MUST_INVERTED, &op);
    if (st == ARC_OK) st = set_name(c, t, op);
    c->sections[c->n_sections++] = c->must->programs[c->self].n - 1;
    return st;
}

static arc_status close_section(compiler *c, const tag *t)
{
    arci_must_op *op = NULL;
    if (!c->n_sections) return fail_tag(c, t, ARC_E_SYNTAX, "ends a section that was not begun", "结束了未开始的区块");
    uint32_t begin = c->sections[c->n_sections - 1];
    const arci_must_op *first = &c->must->programs[c->self].ops[begin];
    arc_status st = ARC_OK;
    if (first->len != t->len || memcmp(first->s, t->s, t->len) != 0) st = told(c, fail_tag(c, t, ARC_E_SYNTAX, "ends another section than the last one begun", "结束的不是最近开始的区块"));
    if (st == ARC_OK) st = add_op(c, t, ARCI_MUST_END, &op);
    if (st != ARC_OK) return st;
    c->must->programs[c->self].ops[begin].jump = c->must->programs[c->self].n - 1;
    c->n_sections--;
    return ARC_OK;
}

static int same(const char *a, size_t an, const char *b, size_t bn) { return an == bn && memcmp(a, b, an) == 0; }

/* A program for a use of a partial; its text is read later. */
static arc_status add_program(compiler *c, const tag *t, const char *indent, size_t indent_len, uint32_t *out)
{
    arci_must *m = c->must;
    arci_must_program *self = &m->programs[c->self];
    if (self->depth == ARCI_MUST_DEPTH) {
        *out = ARCI_MUST_DEEP;
        return ARC_OK;
    }
    if (m->n == ARCI_MUST_PROGRAMS) return fail_tag(c, t, ARC_E_LIMIT, "too many partials", "片段过多");
    arci_must_program *p = &m->programs[m->n];
    p->name = t->s;
    p->name_len = (uint32_t)t->len;
    p->indent = indent;
    p->indent_len = (uint32_t)indent_len;
    p->caller = c->self;
    p->depth = self->depth + 1;
    *out = m->n++;
    return ARC_OK;
}

static arc_status use_partial(compiler *c, const tag *t, const char *indent, size_t indent_len)
{
    arci_must_op *op = NULL;
    const char *text;
    size_t len;
    arc_status st = add_op(c, t, ARCI_MUST_PARTIAL, &op);
    if (st != ARC_OK) return st;
    if (!t->len) return fail_tag(c, t, ARC_E_SYNTAX, "the tag has no name", "标签没有名称");
    op->jump = ARCI_MUST_NONE;
    st = c->find ? c->find(c->user, t->s, t->len, &text, &len) : ARC_OK;
    if (st != ARC_OK) return st;
    if (!c->find || !text) return c->flags & ARCI_MUST_EACH ? fail_tag(c, t, ARC_E_NOT_FOUND, "there is no such partial", "没有该片段") : ARC_OK;
    if (c->flags & ARCI_MUST_EACH) {
        for (uint32_t at = c->self; at; at = c->must->programs[at].caller) {
            const arci_must_program *p = &c->must->programs[at];
            if (same(p->name, p->name_len, t->s, t->len)) return fail_tag(c, t, ARC_E_LIMIT, "the partial brings itself in", "片段引用了自身");
        }
    }
    for (uint32_t i = 1; !(c->flags & ARCI_MUST_EACH) && i < c->must->n; i++) {
        const arci_must_program *p = &c->must->programs[i];
        if (!same(p->name, p->name_len, t->s, t->len) || !same(p->indent, p->indent_len, indent, indent_len)) continue;
        op->jump = i;
        return ARC_OK;
    }
    return add_program(c, t, indent, indent_len, &op->jump);
}

/* The last operation is none: there was a fault in it. */
static arc_status gone(compiler *c, arc_status st)
{
    arci_must_program *p = &c->must->programs[c->self];
    arc_status told_st = st == ARC_OK ? st : told(c, st);
    if (st == ARC_OK || told_st != ARC_OK || !p->n) return told_st;
    arci_must_op *op = &p->ops[p->n - 1];
    if (op->kind != ARCI_MUST_VALUE && op->kind != ARCI_MUST_PARTIAL) return ARC_OK;
    op->kind = ARCI_MUST_TEXT;
    op->len = 0;
    return ARC_OK;
}

/* Sections that are open at the end. */
static arc_status end_sections(compiler *c)
{
    arc_status st = ARC_OK;
    while (st == ARC_OK && c->n_sections) {
        const arci_must_program *p = &c->must->programs[c->self];
        const arci_must_op *first = &p->ops[c->sections[c->n_sections - 1]];
        const tag t = { c->len, c->len, '/', first->s, first->len };
        st = told(c, arci_must_fail(c->env, p, first, ARC_E_SYNTAX, "the section does not end", "区块没有结束"));
        if (st == ARC_OK) st = close_section(c, &t);
    }
    return st;
}

/* ---- one text ---------------------------------------------------------------------------------------------------------------------- */

static arc_status take_tag(compiler *c, const tag *t, int alone, size_t from)
{
    arci_must_op *op = NULL;
    arc_status st;
    switch (t->kind) {
    case '!': return ARC_OK;
    case '=': return set_delimiters(c, t);
    case '#':
    case '^': return open_section(c, t);
    case '/': return close_section(c, t);
    case '>': return use_partial(c, t, c->text + from, alone ? t->start - from : 0);
    default:
        st = add_op(c, t, ARCI_MUST_VALUE, &op);
        if (st == ARC_OK) op->raw = t->kind != 0;
        return st == ARC_OK ? set_name(c, t, op) : st;
    }
}

static arc_status read_text(compiler *c)
{
    tag t = { 0 };
    int found = 1;
    arc_status st = ARC_OK;
    c->pos = c->counted = 0;
    c->line = c->column = 1;
    c->cap = c->n_sections = 0;
    c->open_len = c->close_len = 2;
    memcpy(c->open, "{{", 2);
    memcpy(c->close, "}}", 2);
    while (st == ARC_OK && found) {
        st = next_tag(c, &t, &found);
        if (st != ARC_OK) {
            st = told(c, st);
            if (st == ARC_OK) c->pos = t.end ? t.end : c->len;
            continue;
        }
        if (!found) break;
        size_t from = t.start, to = t.end;
        int alone = t.kind && t.kind != '&' && t.kind != '{' && standalone(c, &t, &from, &to);
        st = add_text(c, c->pos, from > c->pos ? from : c->pos);
        if (st == ARC_OK) st = gone(c, take_tag(c, &t, alone, from));
        c->pos = to;
    }
    if (st == ARC_OK) st = add_text(c, c->pos, c->len);
    return st == ARC_OK ? end_sections(c) : st;
}

/* A copy; each line of a partial with its indentation in front. */
static arc_status take_text(compiler *c, const char *text, size_t len, const char *indent, size_t indent_len)
{
    size_t lines = 0, n = 0;
    if (arci_utf8_check(text, len) != len) return arci_fail(c->env, ARC_E_ENCODING, "the template is not UTF-8", "模板不是 UTF-8");
    for (size_t i = 0; indent_len && i < len; i++) lines += i == 0 || text[i - 1] == '\n';
    if (len > ARCI_MUST_OPS * 40u || lines * indent_len > ARCI_MUST_OPS * 40u) return arci_fail(c->env, ARC_E_LIMIT, "the template is too long", "模板过长");
    char *copy = arci_arena_alloc(c->arena, len + lines * indent_len + 1);
    if (!copy) return arci_nomem(c->env);
    for (size_t i = 0; i < len; i++) {
        if (indent_len && (i == 0 || text[i - 1] == '\n')) {
            memcpy(copy + n, indent, indent_len);
            n += indent_len;
        }
        copy[n++] = text[i];
    }
    copy[n] = 0;
    c->text = copy;
    c->len = n;
    return ARC_OK;
}

arc_status arci_must_compile(arci_env *env, arci_arena *arena, arci_must *out, const char *text, size_t len, arci_must_find_fn find, void *user,
                             uint32_t flags)
{
    return arci_must_compile_all(env, arena, out, text, len, find, NULL, user, flags);
}

arc_status arci_must_compile_all(arci_env *env, arci_arena *arena, arci_must *out, const char *text, size_t len, arci_must_find_fn find, arci_must_tell_fn tell, void *user, uint32_t flags)
{
    compiler c = { .env = env, .arena = arena, .must = out, .find = find, .user = user, .flags = flags, .tell = tell, .first = ARC_OK };
    memset(out, 0, sizeof *out);
    out->programs = arci_arena_calloc(arena, find ? ARCI_MUST_PROGRAMS : 1, sizeof *out->programs);
    if (!out->programs) return arci_nomem(env);
    out->n = 1;
    arc_status st = take_text(&c, text, len, NULL, 0);
    if (st == ARC_OK) st = read_text(&c);
    for (c.self = 1; st == ARC_OK && c.self < out->n; c.self++) {
        const arci_must_program *p = &out->programs[c.self];
        const char *body = NULL;
        size_t body_len = 0;
        st = find(user, p->name, p->name_len, &body, &body_len);
        if (st == ARC_OK && body) st = take_text(&c, body, body_len, p->indent, p->indent_len);
        if (st == ARC_OK && body) st = read_text(&c);
    }
    return st == ARC_OK ? c.first : st;
}
