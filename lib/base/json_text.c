/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_text.h"

#include <string.h>

static void put_escape(arci_str *b, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    switch (c) {
    case '"': arci_str_add(b, "\\\"", 2); return;
    case '\\': arci_str_add(b, "\\\\", 2); return;
    case '\b': arci_str_add(b, "\\b", 2); return;
    case '\f': arci_str_add(b, "\\f", 2); return;
    case '\n': arci_str_add(b, "\\n", 2); return;
    case '\r': arci_str_add(b, "\\r", 2); return;
    case '\t': arci_str_add(b, "\\t", 2); return;
    default: break;
    }
    arci_str_add(b, "\\u00", 4);
    arci_str_putc(b, hex[c >> 4]);
    arci_str_putc(b, hex[c & 15]);
}

void arci_json_put_text(arci_str *b, const char *s, size_t n)
{
    size_t i, from = 0;
    arci_str_putc(b, '"');
    for (i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        arci_str_add(b, s + from, i - from);
        put_escape(b, c);
        from = i + 1;
    }
    arci_str_add(b, s + from, n - from);
    arci_str_putc(b, '"');
}

static void put_scalar(arci_str *b, const arci_json *node)
{
    switch (node->type) {
    case ARCI_JSON_NULL: arci_str_add(b, "null", 4); break;
    case ARCI_JSON_FALSE: arci_str_add(b, "false", 5); break;
    case ARCI_JSON_TRUE: arci_str_add(b, "true", 4); break;
    case ARCI_JSON_NUMBER: arci_str_add(b, node->s, node->len); break;
    default: arci_json_put_text(b, node->s, node->len); break;
    }
}

static int is_container(const arci_json *node)
{
    return node->type == ARCI_JSON_ARRAY || node->type == ARCI_JSON_OBJECT;
}

/* Walks by the parent links, so that depth costs no stack. */
void arci_json_put_node(arci_str *b, const arci_json *root)
{
    const arci_json *node = root;
    for (;;) {
        if (node != root && node->key) {
            arci_json_put_text(b, node->key, node->key_len);
            arci_str_putc(b, ':');
        }
        if (is_container(node)) {
            arci_str_putc(b, node->type == ARCI_JSON_OBJECT ? '{' : '[');
            if (node->child) {
                node = node->child;
                continue;
            }
            arci_str_putc(b, node->type == ARCI_JSON_OBJECT ? '}' : ']');
        } else {
            put_scalar(b, node);
        }
        while (node != root && !node->next) {
            node = node->parent;
            arci_str_putc(b, node->type == ARCI_JSON_OBJECT ? '}' : ']');
        }
        if (node == root) return;
        arci_str_putc(b, ',');
        node = node->next;
    }
}

void arci_json_put_key(arci_str *b, const char *key)
{
    if (b->len && b->s[b->len - 1] != '{') arci_str_putc(b, ',');
    arci_str_putc(b, '"');
    arci_str_puts(b, key);
    arci_str_puts(b, "\":");
}

void arci_json_put_int(arci_str *b, const char *key, int64_t v)
{
    arci_json_put_key(b, key);
    arci_str_int(b, v);
}

void arci_json_put_str(arci_str *b, const char *key, const char *s)
{
    arci_json_put_key(b, key);
    arci_json_put_text(b, s, strlen(s));
}
