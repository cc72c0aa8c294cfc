/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/map.h"
#include "io/ofx.h"
#include "value/textform.h"

enum { CLOSED = 1, VALUED = 2 };

typedef struct level {
    char name[ARCI_OFX_NAME];
    int64_t row;
} level;

typedef struct scan {
    arci_bank *b;
    const arci_ofx_reader *r;
    void *user;
    const char *s;
    size_t n, at, counted;
    int64_t row;
    arci_map closed;  /* name -> CLOSED, VALUED */
    level stack[ARCI_OFX_DEPTH];
    int depth;
    char leaf[ARCI_OFX_NAME]; /* the value just read, whose end tag may follow */
    arci_str value;
} scan;

static int64_t row_at(scan *c, size_t at)
{
    for (; c->counted < at; c->counted++) c->row += c->s[c->counted] == '\n';
    return c->row;
}

static int name_char(char ch)
{
    return (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '.' || ch == '_' || ch == '-';
}

/* A tag begins at i: "<NAME>" or "</NAME>", attributes allowed. A sign "<" in a text is none. */
static int tag_at(const scan *c, size_t i)
{
    if (i >= c->n || c->s[i] != '<') return 0;
    i += i + 1 < c->n && c->s[i + 1] == '/' ? 2 : 1;
    if (i >= c->n || !((c->s[i] >= 'A' && c->s[i] <= 'Z') || (c->s[i] >= 'a' && c->s[i] <= 'z'))) return 0;
    while (i < c->n && name_char(c->s[i])) i++;
    while (i < c->n && c->s[i] != '>' && c->s[i] != '<' && c->s[i] != '\n') i++;
    return i < c->n && c->s[i] == '>';
}

/* The name behind < or </, in capitals; where the tag ends. */
static size_t read_name(const scan *c, size_t i, char name[ARCI_OFX_NAME])
{
    size_t k = 0;
    while (i < c->n && name_char(c->s[i])) {
        char ch = c->s[i++];
        if (k < ARCI_OFX_NAME - 1) name[k++] = ch >= 'a' && ch <= 'z' ? (char)(ch - 'a' + 'A') : ch;
    }
    name[k] = 0;
    while (i < c->n && c->s[i] != '>' && c->s[i] != '<') i++;
    return i;
}

/* 1: text follows the tag that ends at i, before another one begins. */
static int text_follows(const scan *c, size_t i)
{
    for (i++; i < c->n && c->s[i] != '<'; i++)
        if (!strchr(" \t\r\n", c->s[i])) return 1;
    return 0;
}

/* Which names end somewhere (only those can hold others), and which of them have a value somewhere (an empty one of those is empty). */
static arc_status note_names(scan *c)
{
    for (size_t i = 0; i + 2 < c->n; i++) {
        char name[ARCI_OFX_NAME];
        int64_t *v;
        if (!tag_at(c, i)) continue;
        int closing = c->s[i + 1] == '/';
        size_t end = read_name(c, i + (closing ? 2 : 1), name);
        if (arci_map_put(&c->closed, name, strlen(name), &v) < 0) return arci_nomem(c->b->env);
        if (closing) *v |= CLOSED;
        else if (text_follows(c, end)) *v |= VALUED;
    }
    return ARC_OK;
}

/* ---- values -------------------------------------------------------------------------------------------------------------------- */

static void put_code_point(arci_str *out, uint32_t u)
{
    if (u < 0x80) {
        arci_str_putc(out, (char)u);
    } else if (u < 0x800) {
        arci_str_putc(out, (char)(0xC0 | u >> 6));
        arci_str_putc(out, (char)(0x80 | (u & 63)));
    } else if (u < 0x10000) {
        arci_str_putc(out, (char)(0xE0 | u >> 12));
        arci_str_putc(out, (char)(0x80 | (u >> 6 & 63)));
        arci_str_putc(out, (char)(0x80 | (u & 63)));
    } else {
        arci_str_putc(out, (char)(0xF0 | u >> 18));
        arci_str_putc(out, (char)(0x80 | (u >> 12 & 63)));
        arci_str_putc(out, (char)(0x80 | (u >> 6 & 63)));
        arci_str_putc(out, (char)(0x80 | (u & 63)));
    }
}

/* "&amp;" and its like; a bare ampersand stands for itself. Returns the bytes used. */
static size_t entity(arci_str *out, const char *s, size_t n)
{
    static const struct {
        const char *name;
        char is;
    } known[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&apos;", '\'' }, { "&nbsp;", ' ' } };
    uint32_t u = 0;
    size_t i = 2;
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        size_t len = strlen(known[k].name);
        if (n < len || memcmp(s, known[k].name, len) != 0) continue;
        arci_str_putc(out, known[k].is);
        return len;
    }
    if (n > 3 && s[1] == '#') {
        int hex = s[2] == 'x' || s[2] == 'X';
        for (i += (size_t)hex; i < n && i < 12 && s[i] != ';'; i++) {
            int v = s[i] >= '0' && s[i] <= '9' ? s[i] - '0' : hex && s[i] >= 'a' && s[i] <= 'f' ? s[i] - 'a' + 10 : hex && s[i] >= 'A' && s[i] <= 'F' ? s[i] - 'A' + 10 : 99;
            if (v == 99) break;
            u = u * (hex ? 16u : 10u) + (uint32_t)v;
        }
        if (i < n && s[i] == ';' && u >= 0x20 && u <= 0x10FFFF && (u < 0xD800 || u > 0xDFFF)) {
            put_code_point(out, u);
            return i + 1;
        }
    }
    arci_str_putc(out, '&');
    return 1;
}

/* What stands between a tag and the next one. */
static void read_value(scan *c)
{
    static const char begin[] = "<![CDATA[";
    arci_str_reset(&c->value);
    while (c->at < c->n && !tag_at(c, c->at)) {
        if (c->n - c->at > 9 && memcmp(c->s + c->at, begin, 9) == 0) {
            size_t end = c->at + 9;
            while (end + 2 < c->n && memcmp(c->s + end, "]]>", 3) != 0) end++;
            arci_str_add(&c->value, c->s + c->at + 9, end - c->at - 9);
            c->at = end + 3 < c->n ? end + 3 : c->n;
        } else if (c->n - c->at > 4 && memcmp(c->s + c->at, "<!--", 4) == 0) {
            while (c->at + 2 < c->n && memcmp(c->s + c->at, "-->", 3) != 0) c->at++;
            c->at = c->at + 3 < c->n ? c->at + 3 : c->n;
        } else if (c->s[c->at] == '&') {
            c->at += entity(&c->value, c->s + c->at, c->n - c->at);
        } else {
            arci_str_putc(&c->value, c->s[c->at++]);
        }
    }
}

/* ---- tags ------------------------------------------------------------------------------------------------------------------------ */

static int blank(const arci_str *v)
{
    for (size_t i = 0; i < v->len; i++)
        if (!strchr(" \t\r\n", v->s[i])) return 0;
    return 1;
}

static arc_status leaf(scan *c, const char *name, int64_t row)
{
    const char *s = c->value.s ? c->value.s : "", *parent = c->depth ? c->stack[c->depth - 1].name : "";
    size_t n = c->value.len;
    while (n && strchr(" \t\r\n", s[0])) s++, n--;
    while (n && strchr(" \t\r\n", s[n - 1])) n--;
    if (c->value.s) c->value.s[(size_t)(s - c->value.s) + n] = 0;
    const arci_ofx_leaf l = { name, parent, s, n, row };
    memcpy(c->leaf, name, strlen(name) + 1);
    return c->value.failed ? arci_nomem(c->b->env) : c->r->leaf(c->user, &l);
}

/* An element with text is a value; one without is a value too when it ends at once, or when no element of this name ever ends. */
static arc_status open_tag(scan *c, const char *name, int64_t row, size_t offset)
{
    char next[ARCI_OFX_NAME] = "";
    int64_t *closed = arci_map_get(&c->closed, name, strlen(name));
    read_value(c);
    if (c->at + 2 < c->n && c->s[c->at] == '<' && c->s[c->at + 1] == '/') read_name(c, c->at + 2, next);
    if (!blank(&c->value) || !closed || *closed != CLOSED || strcmp(next, name) == 0) {
        if (strcmp(name, "OFX") != 0) return leaf(c, name, row);
        if (!blank(&c->value)) return arci_bank_fault(c->b, ARC_E_SYNTAX, row, name, "text where elements are expected", "应为元素而不是文本");
    }
    c->leaf[0] = 0;
    if (c->depth == ARCI_OFX_DEPTH) return arci_bank_fault(c->b, ARC_E_LIMIT, row, name, "more than %d levels of elements", "元素嵌套超过 %d 层", (int)ARCI_OFX_DEPTH);
    memcpy(c->stack[c->depth].name, name, strlen(name) + 1);
    c->stack[c->depth++].row = row;
    return c->r->open(c->user, name, row, offset);
}

static arc_status close_tag(scan *c, const char *name, int64_t row, size_t end)
{
    int at = c->depth - 1;
    if (strcmp(c->leaf, name) == 0) {
        c->leaf[0] = 0;
        return ARC_OK;
    }
    c->leaf[0] = 0;
    if (at < 0 || strcmp(c->stack[at].name, name) != 0)
        return arci_bank_fault(c->b, ARC_E_SYNTAX, row, name, "</%.30s> ends what is not open (%.30s is, since line %ld)", "</%.30s> 与未结束的元素不符（%.30s 始于第 %ld 行）", name,
                               at < 0 ? "nothing" : c->stack[at].name, at < 0 ? 0L : (long)c->stack[at].row);
    c->depth--;
    return c->r->close(c->user, name, end);
}

static arc_status one_tag(scan *c)
{
    char name[ARCI_OFX_NAME];
    size_t from = c->at;
    int64_t row = row_at(c, from);
    int closing = c->s[from + 1] == '/';
    size_t end = read_name(c, from + (closing ? 2 : 1), name);
    int empty = c->s[end - 1] == '/';
    c->at = end + 1;
    if (!closing && empty) {
        arci_str_reset(&c->value);
        arc_status st = leaf(c, name, row);
        read_value(c);
        return st;
    }
    if (!closing) return open_tag(c, name, row, from);
    arc_status st = close_tag(c, name, row, c->at);
    read_value(c); /* nothing but blanks counts between elements */
    return st;
}

/* ---- header ------------------------------------------------------------------------------------------------------------------------ */

static const char *after(const char *s, size_t n, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i + len < n; i++)
        if (memcmp(s + i, word, len) == 0) return s + i + len;
    return NULL;
}

const char *arci_ofx_encoding(const char *bytes, size_t n)
{
    size_t head = n < 1024 ? n : 1024;
    const char *charset = after(bytes, head, "CHARSET:");
    if (after(bytes, head, "ENCODING:UTF-8") || after(bytes, head, "encoding=\"UTF-8\"") || after(bytes, head, "encoding=\"utf-8\"")) return "utf-8";
    if (charset && (size_t)(charset - bytes) + 4 <= head && memcmp(charset, "1252", 4) == 0) return "cp1252";
    if (charset && (size_t)(charset - bytes) + 4 <= head && memcmp(charset, "1250", 4) == 0) return "cp1250";
    if (charset && (size_t)(charset - bytes) + 4 <= head && (memcmp(charset, "ISO-", 4) == 0 || memcmp(charset, "8859", 4) == 0)) return "iso-8859-1";
    return NULL;
}

static void version(scan *c, size_t body)
{
    const char *v = after(c->s, body, "VERSION:");
    char text[8] = "OFX ";
    if (!v) v = after(c->s, body, " VERSION=\"");
    for (int i = 0; v && i < 3 && v[i] >= '0' && v[i] <= '9'; i++) text[4 + i] = v[i];
    c->b->info.version = arci_bank_trimmed(c->b, text, strlen(text));
}

static arc_status run(scan *c)
{
    const char *body = after(c->s, c->n, "<OFX");
    arc_status st = note_names(c);
    if (st != ARC_OK) return st;
    if (!body) return arci_bank_fault(c->b, ARC_E_SYNTAX, 1, "OFX", "there is no <OFX> in it", "文件中没有 <OFX>");
    c->at = (size_t)(body - c->s) - 4;
    if (after(c->s, c->at, "<!DOCTYPE")) return arci_bank_fault(c->b, ARC_E_SYNTAX, 1, NULL, "a document type is not accepted", "不接受文档类型声明");
    version(c, c->at);
    while (c->at < c->n && st == ARC_OK) {
        if (tag_at(c, c->at)) st = one_tag(c);
        else c->at++;
    }
    if (st == ARC_OK && c->depth)
        st = arci_bank_fault(c->b, ARC_E_SYNTAX, c->stack[c->depth - 1].row, c->stack[c->depth - 1].name, "the element does not end: the file is cut off", "元素没有结束：文件不完整");
    return st;
}

arc_status arci_ofx_scan(arci_bank *b, const arci_ofx_reader *reader, void *user)
{
    scan c = { .b = b, .r = reader, .user = user, .s = b->text, .n = b->n_text, .row = 1 };
    arci_map_init(&c.closed, b->ctx);
    arci_str_init(&c.value, b->ctx);
    arc_status st = run(&c);
    arci_map_clear(&c.closed);
    arci_str_clear(&c.value);
    return st;
}
