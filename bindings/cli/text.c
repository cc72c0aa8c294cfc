/* SPDX-License-Identifier: Apache-2.0 */
/* Text: a growing buffer, widths on a terminal, files read whole. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

void *cli_alloc(void *old, size_t n)
{
    void *p = realloc(old, n ? n : 1);
    if (p) return p;
    fputs("arcore: out of memory\n", stderr);
    exit(CLI_ENVIRONMENT);
}

void text_add(cli_text *t, const char *s, size_t n)
{
    if (n == SIZE_MAX) n = strlen(s);
    if (t->n + n + 1 > t->cap) {
        t->cap = (t->n + n + 1) * 2;
        t->s = cli_alloc(t->s, t->cap);
    }
    if (n) memcpy(t->s + t->n, s, n);
    t->n += n;
    t->s[t->n] = 0;
}

void text_str(cli_text *t, const char *s) { text_add(t, s, SIZE_MAX); }

void text_format(cli_text *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int n = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (n < 0) return;
    char *s = cli_alloc(NULL, (size_t)n + 1);
    va_start(list, format);
    vsnprintf(s, (size_t)n + 1, format, list);
    va_end(list);
    text_add(t, s, (size_t)n);
    free(s);
}

void text_free(cli_text *t)
{
    free(t->s);
    memset(t, 0, sizeof *t);
}

void text_json(cli_text *t, const char *s, size_t n)
{
    if (n == SIZE_MAX) n = strlen(s);
    text_add(t, "\"", 1);
    for (size_t i = 0; i < n; i++) {
        unsigned char ch = (unsigned char)s[i];
        if (ch == '"' || ch == '\\') {
            text_format(t, "\\%c", ch);
        } else if (ch < 0x20 || ch == 0x7f) {
            text_format(t, "\\u%04x", ch);
        } else {
            text_add(t, s + i, 1);
        }
    }
    text_add(t, "\"", 1);
}

/* ---- columns on a terminal ---- */

typedef struct span {
    uint32_t from, to;
} span;

static const span zero_wide[] = {
    { 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd }, { 0x610, 0x61a }, { 0x64b, 0x65f }, { 0x900, 0x902 },
    { 0xe31, 0xe31 }, { 0xe34, 0xe3a }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f }, { 0x202a, 0x202e },
    { 0x2060, 0x2064 }, { 0x20d0, 0x20ff }, { 0x302a, 0x302d }, { 0x3099, 0x309a }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
    { 0xfeff, 0xfeff }, { 0x1f3fb, 0x1f3ff }, { 0xe0100, 0xe01ef },
};

/* East Asian Width W and F, and the pictures terminals draw two columns wide. */
static const span twice_wide[] = {
    { 0x1100, 0x115f }, { 0x231a, 0x231b }, { 0x2e80, 0x303e }, { 0x3041, 0x33ff }, { 0x3400, 0x4dbf }, { 0x4e00, 0x9fff },
    { 0xa000, 0xa4cf }, { 0xa960, 0xa97c }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 },
    { 0xffe0, 0xffe6 }, { 0x16fe0, 0x18aff }, { 0x1b000, 0x1b2ff }, { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff },
    { 0x1f900, 0x1f9ff }, { 0x1fa70, 0x1faff }, { 0x20000, 0x3fffd },
};

static int within(const span *spans, size_t n, uint32_t ch)
{
    for (size_t i = 0; i < n; i++) {
        if (ch >= spans[i].from && ch <= spans[i].to) return 1;
    }
    return 0;
}

/* Next character of valid UTF-8; a stray byte is a character of its own. */
static uint32_t next_char(const char *s, size_t n, size_t *used)
{
    const unsigned char *p = (const unsigned char *)s;
    size_t more = p[0] >= 0xf0 ? 3 : p[0] >= 0xe0 ? 2 : p[0] >= 0xc0 ? 1 : 0;
    uint32_t ch = more == 3 ? p[0] & 7u : more == 2 ? p[0] & 15u : more == 1 ? p[0] & 31u : p[0];
    *used = 1;
    if (more >= n) return p[0];
    for (size_t i = 1; i <= more; i++) {
        if ((p[i] & 0xc0) != 0x80) return p[0];
        ch = ch << 6 | (p[i] & 63u);
    }
    *used = more + 1;
    return ch;
}

static int char_width(uint32_t ch)
{
    if (ch < 0x300) return 1;
    if (within(zero_wide, sizeof zero_wide / sizeof *zero_wide, ch)) return 0;
    return within(twice_wide, sizeof twice_wide / sizeof *twice_wide, ch) ? 2 : 1;
}

size_t text_fit(const char *s, size_t n, int width)
{
    size_t i = 0, used;
    int w = 0;
    while (i < n) {
        w += char_width(next_char(s + i, n - i, &used));
        if (w > width) break;
        i += used;
    }
    return i;
}

int text_width(const char *s, size_t n)
{
    int w = 0;
    size_t used;
    for (size_t i = 0; i < n; i += used) w += char_width(next_char(s + i, n - i, &used));
    return w;
}

/* ---- money ---- */

void text_money(cli_text *t, int64_t minor, const char *currency, int grouped)
{
    char plain[48];
    size_t n = sizeof plain;
    arc_money m;
    if (arc_money_set(&m, minor, currency) != ARC_OK || arc_money_print_amount(plain, &n, &m) != ARC_OK) {
        text_format(t, "%lld", (long long)minor);
        return;
    }
    size_t whole = strcspn(plain, ".");
    for (size_t i = 0; i < n; i++) {
        if (grouped && i > 0 && i < whole && (whole - i) % 3 == 0 && plain[i - 1] != '-') text_add(t, ",", 1);
        text_add(t, plain + i, 1);
    }
}

/* Control characters would be commands to a terminal: tables show them instead. */
char *text_printable(const char *s, size_t n, size_t *out)
{
    cli_text t = { NULL, 0, 0 };
    for (size_t i = 0; i < n; i++) {
        unsigned char ch = (unsigned char)s[i], next = i + 1 < n ? (unsigned char)s[i + 1] : 0;
        if (ch == '\n') {
            text_str(&t, "\\n");
        } else if (ch < 0x20 || ch == 0x7f) {
            text_format(&t, "\\x%02x", ch);
        } else if (ch == 0xc2 && next >= 0x80 && next < 0xa0) { /* U+0080 to U+009F */
            text_format(&t, "\\x%02x", next);
            i++;
        } else {
            text_add(&t, s + i, 1);
        }
    }
    text_add(&t, "", 0);
    *out = t.n;
    return t.s;
}

/* ---- files ---- */

char *cli_read_file(cli *c, const char *path, size_t *n)
{
    int std = strcmp(path, "-") == 0;
    FILE *f = std ? stdin : fopen(path, "rb");
    cli_text t = { NULL, 0, 0 };
    char part[8192];
    size_t got;
    if (!f) {
        cli_fail(c, CLI_ENVIRONMENT, "cannot read %s: %s", "无法读取 %s：%s", path, strerror(errno));
        return NULL;
    }
    while ((got = fread(part, 1, sizeof part, f)) > 0) text_add(&t, part, got);
    int bad = ferror(f), reason = errno;
    if (!std) fclose(f);
    if (bad) {
        cli_fail(c, CLI_ENVIRONMENT, "cannot read %s: %s", "无法读取 %s：%s", path, strerror(reason));
        text_free(&t);
        return NULL;
    }
    text_add(&t, "", 0);
    *n = t.n;
    return t.s;
}
