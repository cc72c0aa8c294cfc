/* SPDX-License-Identifier: Apache-2.0 */
/* A reader of JSON that is known to be well-formed: the library wrote it. It walks the text in place and keeps nothing. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const char *blank(const char *p)
{
    while (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t') p++;
    return p;
}

static const char *string_end(const char *p)
{
    for (p++; *p && *p != '"'; p++) {
        if (*p == '\\' && p[1]) p++;
    }
    return *p ? p + 1 : p;
}

const char *js_end(const char *p)
{
    int depth = 0;
    p = blank(p);
    do {
        if (*p == '"') {
            p = string_end(p);
            continue;
        }
        if (*p == '{' || *p == '[') depth++;
        if (*p == '}' || *p == ']') depth--;
        if (*p == '{' || *p == '[' || *p == '}' || *p == ']' || *p == ',' || *p == ':' || *p == ' ' || *p == '\n') {
            p++;
        } else {
            p += strcspn(p, ",:{}[]\" \t\r\n");
            if (*p == '\t' || *p == '\r') p++;
        }
    } while (depth > 0 && *p);
    return p;
}

const char *js_first(const char *p)
{
    p = blank(p);
    if (*p != '[' && *p != '{') return NULL;
    p = blank(p + 1);
    return *p == ']' || *p == '}' || !*p ? NULL : p;
}

/* Behind a value: the next element or member. */
const char *js_next(const char *p)
{
    p = blank(js_end(p));
    if (*p == ':') p = blank(js_end(p + 1)); /* p was at a name */
    return *p == ',' ? blank(p + 1) : NULL;
}

const char *js_pair(const char *at, cli_text *name)
{
    name->n = 0;
    js_text(name, at);
    const char *p = blank(string_end(at));
    return blank(p + (*p == ':'));
}

const char *js_member(const char *object, const char *name)
{
    cli_text t = { NULL, 0, 0 };
    const char *found = NULL;
    for (const char *at = object ? js_first(object) : NULL; at && !found; at = js_next(at)) {
        const char *value = js_pair(at, &t);
        if (strcmp(t.s, name) == 0) found = value;
    }
    text_free(&t);
    return found;
}

static unsigned hex4(const char *p)
{
    unsigned v = 0;
    for (int i = 0; i < 4 && p[i]; i++) {
        unsigned char ch = (unsigned char)p[i];
        v = v * 16 + (ch <= '9' ? ch - 48u : (ch | 32u) - 87u);
    }
    return v;
}

static void add_char(cli_text *t, unsigned ch)
{
    char b[4];
    size_t n = ch < 0x80 ? 1 : ch < 0x800 ? 2 : ch < 0x10000 ? 3 : 4;
    if (n == 1) {
        b[0] = (char)ch;
    } else {
        static const unsigned lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
        for (size_t i = n - 1; i > 0; i--, ch >>= 6) b[i] = (char)(0x80 | (ch & 63));
        b[0] = (char)(lead[n] | ch);
    }
    text_add(t, b, n);
}

void js_text(cli_text *t, const char *value)
{
    const char *p = blank(value), *end = js_end(p);
    if (*p != '"') {
        text_add(t, p, (size_t)(end - p));
        return;
    }
    text_add(t, "", 0);
    for (p++; *p && *p != '"'; p++) {
        if (*p != '\\') {
            text_add(t, p, 1);
            continue;
        }
        p++;
        static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
        const char *known = *p ? strchr(from, *p) : NULL;
        if (*p == 'u') {
            unsigned ch = hex4(p + 1);
            p += 4;
            if (ch >= 0xd800 && ch < 0xdc00 && p[1] == '\\') {
                ch = 0x10000 + ((ch - 0xd800) << 10) + (hex4(p + 3) - 0xdc00);
                p += 6;
            }
            add_char(t, ch);
        } else {
            text_add(t, known ? to + (known - from) : p, 1);
        }
    }
}

int64_t js_int(const char *value) { return value ? strtoll(blank(value), NULL, 10) : 0; }
int js_true(const char *value) { return value && *blank(value) == 't'; }

/* ---- the schema ---- */

const char *schema_json(cli *c)
{
    size_t n = 0;
    if (c->schema) return c->schema;
    arc_schema_json(c->context, NULL, &n, c->zh ? "zh" : "en");
    c->schema = cli_alloc(NULL, ++n);
    if (arc_schema_json(c->context, c->schema, &n, c->zh ? "zh" : "en") != ARC_OK) c->schema[0] = 0;
    return c->schema;
}

static const char *by_name(const char *array, const char *name)
{
    cli_text t = { NULL, 0, 0 };
    const char *found = NULL;
    for (const char *e = array ? js_first(array) : NULL; e && !found; e = js_next(e)) {
        const char *value = js_member(e, "name");
        t.n = 0;
        if (value) js_text(&t, value);
        if (value && strcmp(t.s, name) == 0) found = e;
    }
    text_free(&t);
    return found;
}

const char *schema_entity(cli *c, const char *name) { return by_name(js_member(schema_json(c), "entities"), name); }
const char *schema_field(const char *entity, const char *name) { return by_name(js_member(entity, "fields"), name); }

int cli_entity(cli *c, uint32_t *number, const char *name)
{
    const char *e = schema_entity(c, name);
    if (!e) {
        return cli_usage(c, "there is no entity %s; `arcore schema` lists them", "没有实体 %s；用 `arcore schema` 查看全部", name);
    }
    *number = (uint32_t)js_int(js_member(e, "number"));
    return CLI_OK;
}
