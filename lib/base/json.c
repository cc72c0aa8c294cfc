/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/json.h"
#include "base/map.h"
#include "base/str.h"

const arci_json_limits arci_json_definition_limits = { 80, 200000, 1000, 0, 0 };
const arci_json_limits arci_json_default_limits = { 32, 200000, 1000, 0, 0 };

/* Keys of objects with more members than this are also hashed, so that finding a duplicate stays cheap. */
#define SMALL_OBJECT 8u

typedef struct parser {
    arci_env *env;
    arci_arena *arena;
    const char *text;
    size_t len, pos;
    arci_json_limits limits;
    uint32_t members, depth;
    const char *key; /* read, waiting for its value */
    uint32_t key_len;
    size_t key_pos;
    const arci_json *at;     /* the node errors are about */
    const arci_json **table; /* members of large objects, by parent and key */
    size_t n_table, table_size;
} parser;

/* ---- errors ------------------------------------------------------------------------------------------------------ */

static arc_status fail_here(parser *p, size_t pos, arc_status status, const char *en, const char *zh)
{
    uint32_t line = 1, column = 1;
    for (size_t i = 0; i < pos; i++) {
        if (p->text[i] == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)p->text[i] & 0xc0) != 0x80) {
            column++;
        }
    }
    return arci_json_fail(p->env, p->at, status, en, zh, line, column);
}

#define FAIL(p, pos, status, en, zh) \
    fail_here(p, pos, status, "JSON, line %u, column %u: " en, "JSON 第 %u 行第 %u 列：" zh)

/* ---- duplicate keys ---------------------------------------------------------------------------------------------- */

static int same_key(const arci_json *a, const char *key, uint32_t len)
{
    return a->key_len == len && memcmp(a->key, key, len) == 0;
}

/* Slot of a member with this parent and key, or the empty one where it belongs. */
static size_t table_slot(const parser *p, const arci_json *parent, const char *key, uint32_t len)
{
    uint64_t h = arci_hash_bytes(key, len) ^ ((uint64_t)(uintptr_t)parent * UINT64_C(0x9e3779b97f4a7c15));
    size_t i = (size_t)(h ^ (h >> 32)) & (p->table_size - 1);
    while (p->table[i] && !(p->table[i]->parent == parent && same_key(p->table[i], key, len))) {
        i = (i + 1) & (p->table_size - 1);
    }
    return i;
}

static int table_add(parser *p, const arci_json *node)
{
    if (p->n_table >= p->table_size / 2) {
        parser bigger = *p;
        bigger.table_size = p->table_size ? p->table_size * 2 : 64;
        bigger.table = arci_calloc(p->env->ctx, bigger.table_size, sizeof *bigger.table);
        if (!bigger.table) return 0;
        for (size_t i = 0; i < p->table_size; i++) {
            const arci_json *m = p->table[i];
            if (m) bigger.table[table_slot(&bigger, m->parent, m->key, m->key_len)] = m;
        }
        arci_free(p->env->ctx, p->table);
        p->table = bigger.table;
        p->table_size = bigger.table_size;
    }
    p->table[table_slot(p, node->parent, node->key, node->key_len)] = node;
    p->n_table++;
    return 1;
}

/* Called before the node becomes the last member of its parent. */
static arc_status check_unique(parser *p, const arci_json *node)
{
    const arci_json *object = node->parent;
    int found = 0;
    if (object->n < SMALL_OBJECT) {
        for (const arci_json *m = object->child; m && !found; m = m->next) found = same_key(m, node->key, node->key_len);
    } else {
        if (object->n == SMALL_OBJECT) {
            for (const arci_json *m = object->child; m; m = m->next) {
                if (!table_add(p, m)) return arci_nomem(p->env);
            }
        }
        found = p->table[table_slot(p, object, node->key, node->key_len)] != NULL;
        if (!found && !table_add(p, node)) return arci_nomem(p->env);
    }
    if (!found) return ARC_OK;
    return FAIL(p, p->key_pos, ARC_E_EXISTS, "the key stands twice in one object", "同一对象中键重复");
}

/* ---- strings and numbers ----------------------------------------------------------------------------------------- */

static int hex4(const char *s, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++) {
        char c = s[i];
        uint32_t d;
        if (c >= '0' && c <= '9') d = (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f') d = (uint32_t)(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F') d = (uint32_t)(c - 'A') + 10;
        else return 0;
        *out = *out << 4 | d;
    }
    return 1;
}

static char *put_utf8(char *o, uint32_t c)
{
    if (c < 0x80) {
        *o++ = (char)c;
    } else if (c < 0x800) {
        *o++ = (char)(0xc0 | c >> 6);
        *o++ = (char)(0x80 | (c & 63));
    } else if (c < 0x10000) {
        *o++ = (char)(0xe0 | c >> 12);
        *o++ = (char)(0x80 | (c >> 6 & 63));
        *o++ = (char)(0x80 | (c & 63));
    } else {
        *o++ = (char)(0xf0 | c >> 18);
        *o++ = (char)(0x80 | (c >> 12 & 63));
        *o++ = (char)(0x80 | (c >> 6 & 63));
        *o++ = (char)(0x80 | (c & 63));
    }
    return o;
}

/* \uXXXX at *pos (on the backslash), a pair of surrogates included; *pos goes behind it. `end` is the closing quote. */
static arc_status unicode_escape(parser *p, size_t *pos, size_t end, char **o)
{
    uint32_t c, low;
    size_t at = *pos;
    if (end - at < 6 || !hex4(p->text + at + 2, &c)) {
        return FAIL(p, at, ARC_E_SYNTAX, "\\u needs four hexadecimal digits", "\\u 之后须有四位十六进制数字");
    }
    if (!c) return FAIL(p, at, ARC_E_SYNTAX, "text must not contain NUL", "文本不得含有 NUL");
    *pos = at + 6;
    if (c >= 0xd800 && c <= 0xdfff) {
        size_t next = at + 6;
        if (c >= 0xdc00 || end - next < 6 || p->text[next] != '\\' || p->text[next + 1] != 'u' ||
            !hex4(p->text + next + 2, &low) || low < 0xdc00 || low > 0xdfff) {
            return FAIL(p, at, ARC_E_ENCODING, "half of a surrogate pair", "代理对不完整");
        }
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        *pos = at + 12;
    }
    *o = put_utf8(*o, c);
    return ARC_OK;
}

static arc_status unescape(parser *p, size_t pos, size_t end, char *out, uint32_t *len)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char *o = out;
    while (pos < end) {
        if (p->text[pos] != '\\') {
            *o++ = p->text[pos++];
            continue;
        }
        char c = p->text[pos + 1]; /* there is one: the closing quote is not escaped */
        const char *found = c ? strchr(from, c) : NULL;
        if (c == 'u') {
            arc_status status = unicode_escape(p, &pos, end, &o);
            if (status) return status;
        } else if (found) {
            *o++ = to[found - from];
            pos += 2;
        } else {
            return FAIL(p, pos, ARC_E_SYNTAX, "unknown escape", "未知的转义");
        }
    }
    *o = 0;
    *len = (uint32_t)(o - out);
    return ARC_OK;
}

/* A string at the present position (on the opening quote). */
static arc_status read_string(parser *p, const char **out, uint32_t *out_len)
{
    size_t start = p->pos + 1, end = start;
    while (end < p->len && p->text[end] != '"') {
        if ((unsigned char)p->text[end] < 0x20) {
            return FAIL(p, end, ARC_E_SYNTAX, "a control character inside a string", "字符串中含有控制字符");
        }
        end += p->text[end] == '\\' && end + 1 < p->len && (unsigned char)p->text[end + 1] >= 0x20 ? 2 : 1;
    }
    if (end >= p->len) return FAIL(p, p->pos, ARC_E_SYNTAX, "the string does not end", "字符串没有结束");
    char *buf = arci_arena_alloc(p->arena, end - start + 1);
    if (!buf) return arci_nomem(p->env);
    arc_status status = unescape(p, start, end, buf, out_len);
    p->pos = end + 1;
    *out = buf;
    return status;
}

static int is_digit(const parser *p, size_t i)
{
    return i < p->len && p->text[i] >= '0' && p->text[i] <= '9';
}

static size_t digits(const parser *p, size_t i)
{
    while (is_digit(p, i)) i++;
    return i;
}

static arc_status read_number(parser *p, arci_json *node)
{
    size_t start = p->pos, i = start;
    if (p->text[i] == '-') i++;
    if (!is_digit(p, i)) return FAIL(p, i, ARC_E_SYNTAX, "a digit is missing", "缺少数字");
    i = p->text[i] == '0' ? i + 1 : digits(p, i);
    if (is_digit(p, i)) return FAIL(p, i, ARC_E_SYNTAX, "a number must not begin with 0", "数字不得以 0 开头");
    if (i < p->len && p->text[i] == '.') {
        if (!is_digit(p, ++i)) return FAIL(p, i, ARC_E_SYNTAX, "a digit is missing", "缺少数字");
        i = digits(p, i);
    }
    if (i < p->len && (p->text[i] == 'e' || p->text[i] == 'E')) {
        i++;
        if (i < p->len && (p->text[i] == '+' || p->text[i] == '-')) i++;
        if (!is_digit(p, i)) return FAIL(p, i, ARC_E_SYNTAX, "a digit is missing", "缺少数字");
        i = digits(p, i);
    }
    node->type = ARCI_JSON_NUMBER;
    node->len = (uint32_t)(i - start);
    node->s = arci_arena_strndup(p->arena, p->text + start, i - start);
    p->pos = i;
    return node->s ? ARC_OK : arci_nomem(p->env);
}

/* ---- structure --------------------------------------------------------------------------------------------------- */

static void skip_space(parser *p)
{
    while (p->pos < p->len) {
        char c = p->text[p->pos];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return;
        p->pos++;
    }
}

/* The next byte that is not space, 0 at the end of the text (a NUL byte is refused before). */
static char peek(parser *p)
{
    skip_space(p);
    return p->pos < p->len ? p->text[p->pos] : 0;
}

static arc_status read_literal(parser *p, arci_json *node)
{
    static const struct {
        const char *word;
        size_t len;
        uint32_t type;
    } words[] = { { "null", 4, ARCI_JSON_NULL }, { "false", 5, ARCI_JSON_FALSE }, { "true", 4, ARCI_JSON_TRUE } };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (p->len - p->pos >= words[i].len && memcmp(p->text + p->pos, words[i].word, words[i].len) == 0) {
            node->type = words[i].type;
            p->pos += words[i].len;
            return ARC_OK;
        }
    }
    return FAIL(p, p->pos, ARC_E_SYNTAX, "a value is missing", "缺少值");
}

/* Reads a scalar whole, of a container only the opening bracket. */
static arc_status read_value(parser *p, arci_json *node)
{
    char c = peek(p);
    if (c == '{' || c == '[') {
        if (p->depth == p->limits.depth) return FAIL(p, p->pos, ARC_E_LIMIT, "nested too deeply", "嵌套过深");
        p->depth++;
        p->pos++;
        node->type = c == '{' ? ARCI_JSON_OBJECT : ARCI_JSON_ARRAY;
        return ARC_OK;
    }
    if (c == '"') {
        node->type = ARCI_JSON_STRING;
        return read_string(p, &node->s, &node->len);
    }
    if (c == '-' || (c >= '0' && c <= '9')) return read_number(p, node);
    return read_literal(p, node);
}

static arc_status read_key(parser *p)
{
    if (peek(p) != '"') return FAIL(p, p->pos, ARC_E_SYNTAX, "a key in quotes is missing", "缺少带引号的键");
    p->key_pos = p->pos;
    arc_status status = read_string(p, &p->key, &p->key_len);
    if (status) return status;
    if (peek(p) != ':') return FAIL(p, p->pos, ARC_E_SYNTAX, "a colon is missing", "缺少冒号");
    p->pos++;
    return ARC_OK;
}

/* A new last element of `parent` (NULL: the document). */
static arc_status new_node(parser *p, arci_json *parent, arci_json *last, arci_json **out)
{
    arci_json *node = arci_arena_calloc(p->arena, 1, sizeof *node);
    if (!node) return arci_nomem(p->env);
    node->parent = parent;
    *out = node;
    if (!parent) return ARC_OK;
    uint32_t most = parent->type == ARCI_JSON_OBJECT ? p->limits.object_members : p->limits.list_items;
    if (p->members == p->limits.members || parent->n == most) {
        return FAIL(p, p->pos, ARC_E_LIMIT, "too many elements", "元素过多");
    }
    p->members++;
    if (parent->type == ARCI_JSON_OBJECT) {
        node->key = p->key;
        node->key_len = p->key_len;
        p->at = node;
        arc_status status = check_unique(p, node);
        if (status) return status;
    }
    parent->n++;
    if (last) last->next = node;
    else parent->child = node;
    return ARC_OK;
}

/* Behind a value inside `in`: goes up over closing brackets. *in becomes the container that has a further element, or NULL
 * at the end of the document; *last the element before it. */
static arc_status after_value(parser *p, arci_json **in, arci_json **last)
{
    while (*in) {
        int object = (*in)->type == ARCI_JSON_OBJECT;
        p->at = *in;
        char c = peek(p);
        if (c == ',') {
            p->pos++;
            return object ? read_key(p) : ARC_OK;
        }
        if (c != (object ? '}' : ']')) {
            return FAIL(p, p->pos, ARC_E_SYNTAX, "a comma or a closing bracket is missing", "缺少逗号或右括号");
        }
        p->pos++;
        p->depth--;
        *last = *in;
        *in = (*in)->parent;
    }
    return ARC_OK;
}

static arc_status read_document(parser *p, arci_json **out)
{
    arci_json *in = NULL, *last = NULL, *node = NULL;
    arc_status status;
    do {
        status = new_node(p, in, last, &node);
        if (status) return status;
        if (!in) *out = node;
        p->at = node;
        status = read_value(p, node);
        if (status) return status;
        last = node;
        if (node->type == ARCI_JSON_ARRAY || node->type == ARCI_JSON_OBJECT) {
            in = node;
            last = NULL;
            if (peek(p) != (node->type == ARCI_JSON_OBJECT ? '}' : ']')) {
                status = node->type == ARCI_JSON_OBJECT ? read_key(p) : ARC_OK;
                if (status) return status;
                continue;
            }
        }
        status = after_value(p, &in, &last);
        if (status) return status;
    } while (in);
    p->at = NULL;
    if (peek(p) || p->pos < p->len) {
        return FAIL(p, p->pos, ARC_E_SYNTAX, "something follows the document", "文档之后还有内容");
    }
    return ARC_OK;
}

static arc_status check_text(parser *p)
{
    if (p->limits.bytes && p->len > p->limits.bytes) {
        return FAIL(p, 0, ARC_E_LIMIT, "the text is too long", "文本过长");
    }
    if (p->len > UINT32_MAX) return FAIL(p, 0, ARC_E_LIMIT, "the text is too long", "文本过长");
    size_t good = arci_utf8_check(p->text, p->len);
    if (good < p->len) return FAIL(p, good, ARC_E_ENCODING, "not valid UTF-8", "不是有效的 UTF-8");
    const char *nul = p->len ? memchr(p->text, 0, p->len) : NULL;
    if (nul) return FAIL(p, (size_t)(nul - p->text), ARC_E_SYNTAX, "text must not contain NUL", "文本不得含有 NUL");
    return ARC_OK;
}

arc_status arci_json_parse(arci_env *env, arci_arena *arena, const char *text, size_t len, const arci_json_limits *limits,
                           arci_json **out)
{
    parser p = { .env = env, .arena = arena, .text = text, .len = len };
    arci_json *root = NULL;
    *out = NULL;
    if (!text && len) return arci_fail(env, ARC_E_INVALID, "JSON: no text", "JSON：没有文本");
    p.limits = limits ? *limits : arci_json_default_limits;
    if (!p.limits.list_items) p.limits.list_items = p.limits.members;
    arc_status status = check_text(&p);
    if (!status) status = read_document(&p, &root);
    arci_free(env->ctx, p.table);
    if (!status) *out = root;
    return status;
}

/* ---- reading the nodes ------------------------------------------------------------------------------------------- */

const arci_json *arci_json_get(const arci_json *object, const char *key)
{
    if (!object || object->type != ARCI_JSON_OBJECT) return NULL;
    size_t len = strlen(key);
    for (const arci_json *m = object->child; m; m = m->next) {
        if (m->key_len == len && memcmp(m->key, key, len) == 0) return m;
    }
    return NULL;
}

/* Appends whole characters only. 0 when there is no room. */
static int pointer_token(char *buf, size_t cap, size_t *at, const char *s, size_t n)
{
    size_t step;
    for (size_t i = 0; i < n; i += step) {
        const char *piece = s + i;
        size_t bytes;
        step = 1;
        while (i + step < n && ((unsigned char)s[i + step] & 0xc0) == 0x80) step++;
        bytes = step;
        if (s[i] == '~' || s[i] == '/') {
            piece = s[i] == '~' ? "~0" : "~1";
            bytes = 2;
        }
        if (cap - *at <= bytes) return 0;
        memcpy(buf + *at, piece, bytes);
        *at += bytes;
    }
    return 1;
}

void arci_json_pointer(const arci_json *node, char *buf, size_t cap)
{
    size_t depth = 0, at = 0;
    if (!cap) return;
    for (const arci_json *a = node; a && a->parent; a = a->parent) depth++;
    for (size_t level = depth; level-- > 0;) {
        const arci_json *a = node;
        char number[24];
        for (size_t up = 0; up < level; up++) a = a->parent;
        if (cap - at <= 1) break;
        buf[at++] = '/';
        if (a->parent->type == ARCI_JSON_OBJECT) {
            if (!pointer_token(buf, cap, &at, a->key, a->key_len)) break;
        } else {
            int64_t index = 0;
            for (const arci_json *m = a->parent->child; m && m != a; m = m->next) index++;
            if (!pointer_token(buf, cap, &at, number, arci_int_text(number, index))) break;
        }
    }
    buf[at] = 0;
}

arc_status arci_json_fail(arci_env *env, const arci_json *node, arc_status status, const char *en, const char *zh, ...)
{
    char pointer[sizeof env->err->pointer];
    va_list args;
    va_start(args, zh);
    arci_failv(env, status, en, zh, args);
    va_end(args);
    arci_json_pointer(node, pointer, sizeof pointer);
    arci_fail_pointer(env, pointer);
    return status;
}

arc_status arci_json_int(arci_env *env, const arci_json *node, int64_t *out)
{
    if (!node || node->type != ARCI_JSON_NUMBER) {
        return arci_json_fail(env, node, ARC_E_VALUE, "a whole number is needed", "需要整数");
    }
    arc_status status = arci_int_parse(node->s, node->len, out);
    if (status == ARC_E_OVERFLOW) {
        return arci_json_fail(env, node, status, "the number does not fit 64 bits", "数字超出 64 位");
    }
    return status ? arci_json_fail(env, node, ARC_E_VALUE, "a whole number is needed", "需要整数") : ARC_OK;
}
