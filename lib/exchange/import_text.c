/* SPDX-License-Identifier: Apache-2.0 */
/* Texts as spreadsheets in China write them: spaces as wide as ideographs, numbers in full-width digits. */
#include <string.h>

#include "exchange/import.h"

/* Bytes of the space that s begins with (ends with); 0: none. Ideographic and no-break spaces are what spreadsheets pad with. */
static size_t space_first(const char *s, size_t n)
{
    if (n && (*s == ' ' || *s == '\t')) return 1;
    if (n > 2 && memcmp(s, "\xe3\x80\x80", 3) == 0) return 3;
    return n > 1 && memcmp(s, "\xc2\xa0", 2) == 0 ? 2 : 0;
}

static size_t space_last(const char *s, size_t n)
{
    if (n && (s[n - 1] == ' ' || s[n - 1] == '\t')) return 1;
    if (n > 2 && memcmp(s + n - 3, "\xe3\x80\x80", 3) == 0) return 3;
    return n > 1 && memcmp(s + n - 2, "\xc2\xa0", 2) == 0 ? 2 : 0;
}

void arci_import_cut_spaces(const char **s, size_t *n)
{
    size_t k;
    while ((k = space_first(*s, *n)) > 0) {
        *s += k;
        *n -= k;
    }
    while ((k = space_last(*s, *n)) > 0) *n -= k;
}

/* Fields that hold numbers and codes: what is wide in them is a way of typing. Names keep theirs. */
static int is_number(const char *field)
{
    static const char *const names[] = { "code", "number", "uscc", "tax_no", "mobile", "phone", "email", "account", "bic", "country", "language", "currency", "payer_account", "bank_ref" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], field) == 0) return 1;
    }
    return 0;
}

/* U+FF01 to U+FF5E are the ASCII characters, U+3000 the space. */
void arci_import_half_width(const char *field, char out[ARCI_IMPORT_NUMBER], const char **s, size_t *n)
{
    size_t k = 0;
    if (!memchr(*s, 0xef, *n) || !is_number(field)) return;
    for (size_t i = 0; i < *n;) {
        const unsigned char *c = (const unsigned char *)*s + i;
        const unsigned point = *n - i > 2 && c[0] == 0xef ? ((c[1] & 0x3fu) << 6 | (c[2] & 0x3fu)) + 0xf000u : 0;
        if (k == ARCI_IMPORT_NUMBER) return; /* longer than numbers are */
        if (*c >= 0x80 && (point < 0xff01u || point > 0xff5eu)) return; /* a word: its brackets may well be wide */
        if (point >= 0xff01u && point <= 0xff5eu) {
            out[k++] = (char)(point - 0xff01u + '!');
            i += 3;
        } else {
            out[k++] = (char)*c;
            i++;
        }
    }
    *s = out;
    *n = k;
}
