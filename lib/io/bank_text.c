/* SPDX-License-Identifier: Apache-2.0 */
/* From the bytes of a file to its text and format. */
#include <string.h>

#include "io/bank.h"
#include "io/encoding.h"

/* The place of the first byte that is no text, for the message. */
static arc_status bad_byte(arci_bank *b, const char *s, size_t at)
{
    int64_t row = 1;
    for (size_t i = 0; i < at; i++) row += s[i] == '\n';
    if (!s[at]) return arci_bank_fault(b, ARC_E_SYNTAX, row, NULL, "byte %lu is NUL", "第 %lu 字节为 NUL", (unsigned long)at);
    return arci_bank_fault(b, ARC_E_ENCODING, row, NULL, "byte %lu is no character of %s", "第 %lu 字节不是 %s 的字符", (unsigned long)at, b->info.encoding);
}

arc_status arci_bank_decode(arci_bank *b, const char *bytes, size_t n, const char *encoding, int latin)
{
    arci_decoder d;
    arci_str out;
    size_t bom, good;
    int e = encoding ? arci_encoding_by_name(encoding, strlen(encoding)) : ARCI_ENC_AUTO;
    if (e < 0) return arci_fail(b->env, ARC_E_UNSUPPORTED, "the encoding %.40s is not known", "未知的编码 %.40s", encoding);
    if (e == ARCI_ENC_AUTO) {
        e = arci_encoding_sniff(bytes, n, 1, &bom);
        if (e == ARCI_ENC_GB18030 && latin) e = latin;
    }
    arc_status st = arci_decoder_open(b->env, &d, e);
    if (st != ARC_OK) return st;
    arci_str_init(&out, b->ctx);
    st = arci_decoder_add(b->env, &d, bytes, n, 1, &out);
    b->info.encoding = arci_encoding_name(d.encoding);
    arci_decoder_close(&d);
    if (st == ARC_OK) {
        const char *nul = out.len ? memchr(out.s, 0, out.len) : NULL;
        good = nul ? (size_t)(nul - out.s) : out.len;
        good = arci_utf8_check(out.s ? out.s : "", good);
        if (good < out.len) st = bad_byte(b, out.s, good);
    }
    if (st == ARC_OK) {
        char *kept = arci_arena_strndup(&b->arena, out.s ? out.s : "", out.len);
        b->text = kept;
        b->n_text = out.len;
        if (!kept) st = arci_nomem(b->env);
    }
    arci_str_clear(&out);
    return st;
}

/* ---- which format -------------------------------------------------------------------------------------------------------- */

static int has(const char *p, size_t n, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= n; i++)
        if (p[i] == word[0] && memcmp(p + i, word, len) == 0) return 1;
    return 0;
}

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* A line that begins with a tag of MT940: ":61:", ":28C:". */
static int mt_line(const char *p, size_t n)
{
    if (n >= 5 && p[0] == ':' && p[3] == ':' && ((is_digit(p[1]) && is_digit(p[2])) || (p[1] == 'N' && p[2] == 'S'))) return 1;
    return n >= 6 && p[0] == ':' && is_digit(p[1]) && is_digit(p[2]) && p[3] >= 'A' && p[3] <= 'Z' && p[4] == ':';
}

static int looks_mt940(const char *p, size_t n)
{
    size_t at = 0;
    for (int lines = 0; at < n && lines < 40; lines++) {
        while (at < n && (p[at] == ' ' || p[at] == '\t')) at++;
        if (mt_line(p + at, n - at)) return 1;
        if (n - at >= 4 && memcmp(p + at, "{1:F", 4) == 0) return 1;
        while (at < n && p[at] != '\n' && p[at] != '\r') at++;
        while (at < n && (p[at] == '\n' || p[at] == '\r')) at++;
    }
    return 0;
}

static int looks_bai2(const char *p, size_t n)
{
    size_t at = 0, commas = 0;
    while (at < n && (p[at] == ' ' || p[at] == '\n' || p[at] == '\r' || p[at] == '\t')) at++;
    if (n - at < 4 || p[at] != '0' || p[at + 1] < '0' || p[at + 1] > '3' || p[at + 2] != ',') return 0;
    for (size_t i = at; i < n && p[i] != '\n'; i++) commas += p[i] == ',';
    return commas >= 4;
}

/* The beginning of a text in UTF-16 by its mark, as far as it is ASCII; 0: it has no such mark. */
static size_t narrow(char *out, size_t most, const char *p, size_t n)
{
    const int little = n >= 2 && memcmp(p, "\xFF\xFE", 2) == 0, big = n >= 2 && memcmp(p, "\xFE\xFF", 2) == 0;
    size_t k = 0;
    for (size_t i = 2; (little || big) && i + 1 < n && k < most; i += 2) {
        const unsigned char low = (unsigned char)p[i + (big != 0)], high = (unsigned char)p[i + (little != 0)];
        out[k++] = high || low > 0x7F ? '?' : (char)low;
    }
    return k;
}

int arci_bank_detect(const char *p, size_t n)
{
    char ascii[4096];
    const size_t wide = narrow(ascii, sizeof ascii, p, n);
    if (wide) return arci_bank_detect(ascii, wide);
    size_t head = n < 4096 ? n : 4096, bom = 0;
    if (n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) bom = 3;
    p += bom;
    n -= bom;
    head -= head >= bom ? bom : head;
    size_t at = 0;
    while (at < head && (p[at] == ' ' || p[at] == '\n' || p[at] == '\r' || p[at] == '\t')) at++;
    if (has(p, head, "OFXHEADER") || has(p, head, "<OFX>") || has(p, head, "<?OFX")) return ARC_BANK_OFX;
    if (at < head && p[at] == '<') return has(p, head, "camt.05") || has(p, head, "BkToCstmr") || has(p, head, "<Document") || has(p, head, ":Document") ? ARC_BANK_CAMT : ARC_BANK_AUTO;
    if (looks_mt940(p, n)) return ARC_BANK_MT940;
    if (looks_bai2(p, n)) return ARC_BANK_BAI2;
    return ARC_BANK_AUTO;
}
