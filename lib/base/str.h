/* SPDX-License-Identifier: Apache-2.0 */
/* String builder with a sticky failure, text helpers, UTF-8. All locale-free. */
#ifndef ARCI_BASE_STR_H
#define ARCI_BASE_STR_H

#include "base/env.h"

typedef struct arci_str {
    arc_context *ctx;
    char *s;   /* terminated once anything was added */
    size_t len, cap;
    int failed; /* out of memory: adds do nothing from then on */
} arci_str;

void arci_str_init(arci_str *b, arc_context *ctx);
void arci_str_add(arci_str *b, const char *s, size_t n);
void arci_str_puts(arci_str *b, const char *s);
void arci_str_putc(arci_str *b, char c);
void arci_str_int(arci_str *b, int64_t v);
void arci_str_reset(arci_str *b);  /* empty, memory kept */
void arci_str_clear(arci_str *b);  /* frees */
char *arci_str_take(arci_str *b);  /* the text, now the caller's (arci_free); NULL when failed */

size_t arci_int_text(char buf[24], int64_t v); /* length; terminated */
/* Whole text must be an optional '-' and digits: ARC_E_SYNTAX, ARC_E_OVERFLOW. */
arc_status arci_int_parse(const char *s, size_t n, int64_t *out);

/* Byte offset of the first fault in UTF-8 (overlong, surrogate, > U+10FFFF, cut short), or n when valid. */
size_t arci_utf8_check(const char *s, size_t n);
int arci_ascii_ieq(const char *a, size_t an, const char *b, size_t bn);

#endif
