/* SPDX-License-Identifier: Apache-2.0 */
#include "io/xml.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

typedef struct walk {
    arci_bank *b;
    const arci_xml_reader *r;
    void *user;
    XML_Parser parser;
    arci_arena nodes;   /* of the tree being built */
    arci_str text;      /* of the element that is open */
    arci_xml_node *stack[ARCI_XML_DEPTH + 1];
    const char *path[ARCI_XML_DEPTH + 1]; /* names of those walked into; in the file's arena */
    int depth, level;   /* elements open; of them walked into */
    int skip;           /* depth of the element left out, or 0 */
    size_t n_nodes;
    arc_status st;
} walk;

static void stop(walk *w, arc_status st)
{
    if (w->st == ARC_OK) w->st = st;
    XML_StopParser(w->parser, XML_FALSE);
}

static int64_t row(const walk *w) { return (int64_t)XML_GetCurrentLineNumber(w->parser); }
static size_t place(const walk *w) { return (size_t)XML_GetCurrentByteIndex(w->parser); }

static const char *local(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

static void tell_spaces(walk *w, const char **attrs)
{
    for (size_t i = 0; w->r->space && attrs[i]; i += 2) {
        const char *a = attrs[i];
        if (strcmp(a, "xmlns") == 0) w->r->space(w->user, "", 0, attrs[i + 1]);
        else if (strncmp(a, "xmlns:", 6) == 0) w->r->space(w->user, a + 6, strlen(a + 6), attrs[i + 1]);
    }
}

static arci_xml_node *new_node(walk *w, const char *name, const char **attrs)
{
    arci_xml_node *n = arci_arena_calloc(&w->nodes, 1, sizeof *n);
    if (!n) return NULL;
    n->name = arci_arena_strndup(&w->nodes, name, strlen(name));
    n->text = "";
    n->row = row(w);
    n->offset = place(w);
    for (size_t i = 0; attrs[i]; i += 2)
        if (strcmp(local(attrs[i]), w->r->attr) == 0) n->attr = arci_arena_strndup(&w->nodes, attrs[i + 1], strlen(attrs[i + 1]));
    return n->name ? n : NULL;
}

static void begin_tree(walk *w, const char *name, const char **attrs)
{
    arci_xml_node *n, *parent = w->depth > w->level ? w->stack[w->depth - 1] : NULL;
    if (++w->n_nodes > ARCI_XML_NODES) {
        stop(w, arci_bank_fault(w->b, ARC_E_LIMIT, row(w), name, "more than %d elements in one entry", "一条记录超过 %d 个元素", (int)ARCI_XML_NODES));
        return;
    }
    n = new_node(w, name, attrs);
    if (!n) {
        stop(w, arci_nomem(w->b->env));
        return;
    }
    if (parent) {
        if (parent->last) parent->last->next = n;
        else parent->child = n;
        parent->last = n;
    }
    w->stack[w->depth] = n;
    arci_str_reset(&w->text);
}

static void XMLCALL on_start(void *user, const char *full, const char **attrs)
{
    walk *w = user;
    const char *name = local(full);
    if (w->st != ARC_OK) return;
    if (w->depth >= ARCI_XML_DEPTH) {
        stop(w, arci_bank_fault(w->b, ARC_E_LIMIT, row(w), name, "more than %d levels of elements", "元素嵌套超过 %d 层", (int)ARCI_XML_DEPTH));
        return;
    }
    if (!w->skip && w->depth == w->level) {
        int32_t into = w->r->enter(w->user, name, w->level, row(w), place(w));
        if (into < 0) {
            stop(w, into);
            return;
        }
        if (into == 1) {
            w->path[w->level] = arci_arena_strndup(&w->b->arena, name, strlen(name));
            if (!w->path[w->level]) {
                stop(w, arci_nomem(w->b->env));
                return;
            }
            tell_spaces(w, attrs);
            w->depth++;
            w->level++;
            return;
        }
        if (into == 2) w->skip = w->depth + 1;
    }
    if (!w->skip) begin_tree(w, name, attrs);
    w->depth++;
}

static void close_node(walk *w, arci_xml_node *n)
{
    const char *s = w->text.s ? w->text.s : "";
    size_t len = w->text.len;
    while (len && strchr(" \t\r\n", s[0])) s++, len--;
    while (len && strchr(" \t\r\n", s[len - 1])) len--;
    n->end = place(w) + (size_t)XML_GetCurrentByteCount(w->parser);
    if (!n->child && len) {
        n->text = arci_arena_strndup(&w->nodes, s, len);
        n->n = len;
    }
    arci_str_reset(&w->text);
    if (!n->text) stop(w, arci_nomem(w->b->env));
}

static void XMLCALL on_end(void *user, const char *full)
{
    walk *w = user;
    (void)full;
    if (w->st != ARC_OK) return;
    w->depth--;
    if (w->skip) {
        if (w->skip == w->depth + 1) w->skip = 0;
        return;
    }
    if (w->depth < w->level) {
        w->level--;
        arc_status st = w->r->leave(w->user, w->path[w->level], w->level, place(w) + (size_t)XML_GetCurrentByteCount(w->parser));
        if (st != ARC_OK) stop(w, st);
        return;
    }
    close_node(w, w->stack[w->depth]);
    if (w->st != ARC_OK || w->depth > w->level) return;
    arc_status st = w->r->tree(w->user, w->stack[w->depth], w->level);
    arci_arena_reset(&w->nodes);
    w->n_nodes = 0;
    if (st != ARC_OK) stop(w, st);
}

static void XMLCALL on_text(void *user, const char *s, int n)
{
    walk *w = user;
    if (w->st != ARC_OK || w->skip || w->depth == w->level) return;
    arci_str_add(&w->text, s, (size_t)n);
    if (w->text.failed) stop(w, arci_nomem(w->b->env));
}

static void XMLCALL on_doctype(void *user, const char *name, const char *system, const char *public, int internal)
{
    walk *w = user;
    (void)name, (void)system, (void)public, (void)internal;
    if (w->st != ARC_OK) return;
    stop(w, arci_bank_fault(w->b, ARC_E_SYNTAX, row(w), NULL, "a document type is not accepted", "不接受文档类型声明"));
}

static arc_status parse(walk *w)
{
    XML_SetUserData(w->parser, w);
    XML_SetElementHandler(w->parser, on_start, on_end);
    XML_SetCharacterDataHandler(w->parser, on_text);
    XML_SetStartDoctypeDeclHandler(w->parser, on_doctype);
    XML_SetParamEntityParsing(w->parser, XML_PARAM_ENTITY_PARSING_NEVER);
    if (XML_Parse(w->parser, w->b->text, (int)w->b->n_text, 1) == XML_STATUS_OK || w->st != ARC_OK) return w->st;
    enum XML_Error e = XML_GetErrorCode(w->parser);
    if (e == XML_ERROR_NO_MEMORY) return arci_nomem(w->b->env);
    return arci_bank_fault(w->b, ARC_E_SYNTAX, row(w), NULL, "column %ld: not well-formed XML (%s)", "第 %ld 列：XML 格式有误（%s）", (long)XML_GetCurrentColumnNumber(w->parser) + 1,
                           XML_ErrorString(e));
}

arc_status arci_xml_read(arci_bank *b, const arci_xml_reader *reader, void *user)
{
    walk w = { .b = b, .r = reader, .user = user };
    if (b->n_text > INT_MAX / 2) return arci_fail(b->env, ARC_E_LIMIT, "the file is too large", "文件过大");
    w.parser = XML_ParserCreate("UTF-8");
    if (!w.parser) return arci_nomem(b->env);
    arci_arena_init(&w.nodes, b->ctx);
    arci_str_init(&w.text, b->ctx);
    arc_status st = parse(&w);
    XML_ParserFree(w.parser);
    arci_str_clear(&w.text);
    arci_arena_clear(&w.nodes);
    return st;
}

const char *arci_xml_encoding(arci_bank *b, const char *bytes, size_t n)
{
    static const char word[] = "encoding";
    size_t end = 0;
    if (n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) return NULL;
    if (n < 6 || memcmp(bytes, "<?xml", 5) != 0) return NULL;
    while (end < n && end < 256 && bytes[end] != '>') end++;
    for (size_t i = 5; i + sizeof word < end; i++) {
        if (memcmp(bytes + i, word, sizeof word - 1) != 0) continue;
        i += sizeof word - 1;
        while (i < end && (bytes[i] == ' ' || bytes[i] == '=')) i++;
        char quote = i < end ? bytes[i] : 0;
        size_t from = ++i;
        if (quote != '"' && quote != '\'') return NULL;
        while (i < end && bytes[i] != quote) i++;
        return arci_bank_trimmed(b, bytes + from, i - from);
    }
    return NULL;
}

const arci_xml_node *arci_xml_child(const arci_xml_node *node, const char *name)
{
    const arci_xml_node *c = node ? node->child : NULL;
    while (c && strcmp(c->name, name) != 0) c = c->next;
    return c;
}

const arci_xml_node *arci_xml_at(const arci_xml_node *node, const char *path)
{
    while (node && *path) {
        const char *slash = strchr(path, '/');
        size_t n = slash ? (size_t)(slash - path) : strlen(path);
        const arci_xml_node *c = node->child;
        while (c && (strlen(c->name) != n || memcmp(c->name, path, n) != 0)) c = c->next;
        node = c;
        path += slash ? n + 1 : n;
    }
    return node;
}

const arci_xml_node *arci_xml_next(const arci_xml_node *node)
{
    const arci_xml_node *c = node->next;
    while (c && strcmp(c->name, node->name) != 0) c = c->next;
    return c;
}
