/* SPDX-License-Identifier: Apache-2.0 */
/* A condition as people write it, 'due_date < today', into the library's JSON form. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const struct {
    const char *word, *operator;
    int values; /* 0 none, 1 one, 2 a list */
} operators[] = {
    /* longer ones first: <= before < */
    { "is not set", "notSet", 0 }, { "is not empty", "set", 0 }, { "is empty", "notSet", 0 }, { "is set", "set", 0 },
    { "not in", "notEquals", 2 },  { "in", "equals", 2 },        { "<=", "lte", 1 },          { ">=", "gte", 1 },
    { "<>", "notEquals", 1 },      { "!=", "notEquals", 1 },     { "==", "equals", 1 },       { "^=", "startsWith", 1 },
    { "=", "equals", 1 },          { "<", "lt", 1 },             { ">", "gt", 1 },            { "~", "contains", 1 },
};
#define N_OPERATORS (sizeof operators / sizeof *operators)

static const char *skip(const char *p)
{
    while (*p == ' ' || *p == '\t') p++;
    return p;
}

static int word_end(char ch) { return ch == ' ' || ch == '\t' || ch == '(' || ch == 0; }

/* The operator at p; *end is behind it. */
static int find_operator(const char *p, const char **end)
{
    for (size_t i = 0; i < N_OPERATORS; i++) {
        const char *w = operators[i].word, *at = p;
        while (*w && (*w == *at || (*w == ' ' && *at == '\t'))) {
            at = *w == ' ' ? skip(at) : at + 1;
            w++;
        }
        int letters = operators[i].word[0] >= 'a' && operators[i].word[0] <= 'z';
        if (*w || (letters && !word_end(*at))) continue;
        *end = skip(at);
        return (int)i;
    }
    return -1;
}

static int is_zero(const char *s, size_t n)
{
    size_t digits = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] != '0' && s[i] != '.') return 0;
        digits += s[i] == '0';
    }
    return digits > 0;
}

/* A value in the form the field's type takes in a filter: today for dates, zero without a currency for amounts. */
static void add_value(cli *c, cli_text *t, const char *type, const char *s, size_t n)
{
    cli_text v = { NULL, 0, 0 };
    arc_date day;
    if (n >= 2 && (s[0] == '\'' || s[0] == '"') && s[n - 1] == s[0]) {
        s++;
        n -= 2;
    }
    text_add(&v, s, n);
    if (strcmp(type, "date") == 0 && strncmp(v.s, "today", 5) == 0 && cli_date_text(c, &day, v.s)) {
        char b[16];
        size_t len = sizeof b;
        if (arc_date_print(b, &len, day) == ARC_OK) {
            v.n = 0;
            text_add(&v, b, len);
        }
    } else if (strcmp(type, "money") == 0 && is_zero(v.s, v.n)) {
        v.n = 0;
        text_str(&v, "0 minor");
    }
    text_json(t, v.s, v.n);
    text_free(&v);
}

/* Values with commas between, in brackets or not; a comma inside quotes is text. */
static void add_list(cli *c, cli_text *t, const char *type, const char *p, const char *end)
{
    if (end > p + 1 && *p == '(' && end[-1] == ')') {
        p++;
        end--;
    }
    for (int first = 1; p <= end; first = 0) {
        const char *from = p = skip(p), *to;
        char quote = p < end && (*p == '\'' || *p == '"') ? *p : 0;
        for (p += quote != 0; p < end && (quote || *p != ','); p++) {
            if (*p == quote) quote = 0;
        }
        for (to = p; to > from && (to[-1] == ' ' || to[-1] == '\t'); to--) {}
        if (!first) text_add(t, ",", 1);
        add_value(c, t, type, from, (size_t)(to - from));
        p++;
    }
}

static int where_fault(cli *c, const char *clause)
{
    return cli_usage(c, "--where takes 'field op value', not: %s", "--where 须为 '字段 运算符 值'，而不是：%s", clause);
}

int where_json(cli *c, cli_text *t, const char *entity, const char *clause)
{
    const char *p = skip(clause), *value = NULL;
    size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");
    int op = n ? find_operator(skip(p + n), &value) : -1;
    if (op < 0) return where_fault(c, clause);
    const char *end = value + strlen(value);
    while (end > value && (end[-1] == ' ' || end[-1] == '\t')) end--;
    if ((operators[op].values == 0) != (end == value)) return where_fault(c, clause);
    cli_text name = { NULL, 0, 0 }, type = { NULL, 0, 0 };
    text_add(&name, p, n);
    const char *field = schema_field(schema_entity(c, entity), name.s);
    text_str(&type, "");
    if (field) js_text(&type, js_member(field, "type"));
    text_str(t, "{\"member\":");
    text_json(t, name.s, name.n);
    text_format(t, ",\"operator\":\"%s\"", operators[op].operator);
    if (operators[op].values == 1 && *value == '@') {
        text_str(t, ",\"other\":");
        text_json(t, value + 1, (size_t)(end - value - 1));
    } else if (operators[op].values) {
        text_str(t, ",\"values\":[");
        if (operators[op].values == 2) {
            add_list(c, t, type.s, value, end);
        } else {
            add_value(c, t, type.s, value, (size_t)(end - value));
        }
        text_str(t, "]");
    }
    text_str(t, "}");
    text_free(&name);
    text_free(&type);
    return CLI_OK;
}
