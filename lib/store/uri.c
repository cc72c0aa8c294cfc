/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/str.h"
#include "store/uri.h"

#define MAX_URI 4096
#define MAX_CODE 32

static int hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int code_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
}

/* The code of book=...; percent-encoding resolved. */
static arc_status take_code(arci_env *env, arci_uri *u, const char *s, size_t n)
{
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (c == '%' && i + 2 < n && hex(s[i + 1]) >= 0 && hex(s[i + 2]) >= 0) {
            c = (char)(hex(s[i + 1]) * 16 + hex(s[i + 2]));
            i += 2;
        }
        if (!code_char(c) || len == MAX_CODE) {
            len = 0;
            break;
        }
        u->code[len++] = c;
    }
    u->code[len] = 0;
    if (len) return ARC_OK;
    return arci_fail(env, ARC_E_INVALID, "a book's code is 1 to 32 of A-Z a-z 0-9 - _ .", "账簿编码须为 1 至 32 个 A-Z a-z 0-9 - _ . 字符");
}

/* Copies the query to `to` without its "book" pair. */
static arc_status split_query(arci_env *env, arci_uri *u, const char *q, char *to)
{
    int seen = 0;
    char *start = to;
    while (*q) {
        size_t n = strcspn(q, "&");
        if (n >= 5 && !memcmp(q, "book=", 5)) {
            if (seen++) return arci_fail(env, ARC_E_INVALID, "the URI names two books", "URI 中出现了两个 book");
            arc_status st = take_code(env, u, q + 5, n - 5);
            if (st != ARC_OK) return st;
        } else if (n) {
            if (to != start) *to++ = '&';
            memcpy(to, q, n);
            to += n;
        }
        q += n + (q[n] == '&');
    }
    *to = 0;
    return ARC_OK;
}

arc_status arci_uri_parse(arci_env *env, arci_uri *out, const char *uri)
{
    memset(out, 0, sizeof *out);
    size_t n = strlen(uri), scheme = strcspn(uri, ":");
    if (n > MAX_URI) return arci_fail(env, ARC_E_INVALID, "a URI has at most %d bytes", "URI 最长 %d 字节", MAX_URI);
    if (!uri[scheme] || !scheme || scheme >= sizeof out->scheme) {
        return arci_fail(env, ARC_E_INVALID, "a book's URI begins with a scheme, for example sqlite:PATH",
                         "账簿 URI 须以 scheme 开头，例如 sqlite:PATH");
    }
    if (arci_utf8_check(uri, n) != n) return arci_fail(env, ARC_E_INVALID, "the URI is not UTF-8", "URI 不是 UTF-8");
    if (strchr(uri, '#')) return arci_fail(env, ARC_E_INVALID, "the URI has a fragment", "URI 含有片段标识");
    memcpy(out->scheme, uri, scheme);
    memcpy(out->code, "main", 5);
    out->memory = arci_calloc(env->ctx, 1, n * 2 + 2);
    if (!out->memory) return arci_nomem(env);
    const char *rest = uri + scheme + 1;
    size_t path = strcspn(rest, "?");
    memcpy(out->memory, rest, path);
    out->location = out->memory;
    out->options = out->memory + path + 1;
    arc_status st = rest[path] ? split_query(env, out, rest + path + 1, out->memory + path + 1) : ARC_OK;
    if (st != ARC_OK) arci_uri_clear(env->ctx, out);
    return st;
}

void arci_uri_clear(arc_context *ctx, arci_uri *u)
{
    arci_free(ctx, u->memory);
    u->memory = NULL;
}
