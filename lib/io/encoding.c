/* SPDX-License-Identifier: Apache-2.0 */
#include "io/encoding.h"

#include <errno.h>
#include <string.h>

#ifndef _WIN32
#include <iconv.h>
#endif

static const struct {
    const char *name;
    int encoding;
} names[] = {
    { "auto", ARCI_ENC_AUTO },       { "utf-8", ARCI_ENC_UTF8 },       { "utf8", ARCI_ENC_UTF8 },
    { "utf-16", ARCI_ENC_UTF16 },    { "utf16", ARCI_ENC_UTF16 },      { "utf-16le", ARCI_ENC_UTF16LE },
    { "utf-16be", ARCI_ENC_UTF16BE }, { "gbk", ARCI_ENC_GBK },          { "cp936", ARCI_ENC_GBK },
    { "gb2312", ARCI_ENC_GBK },      { "gb18030", ARCI_ENC_GB18030 },  { "iso-8859-1", ARCI_ENC_LATIN1 },
    { "latin1", ARCI_ENC_LATIN1 },   { "us-ascii", ARCI_ENC_CP1252 },  { "windows-1252", ARCI_ENC_CP1252 },
    { "cp1252", ARCI_ENC_CP1252 },   { "iso-8859-2", ARCI_ENC_LATIN2 }, { "latin2", ARCI_ENC_LATIN2 },
    { "iso-8859-15", ARCI_ENC_LATIN9 }, { "latin9", ARCI_ENC_LATIN9 }, { "windows-1250", ARCI_ENC_CP1250 },
    { "cp1250", ARCI_ENC_CP1250 },   { "cp850", ARCI_ENC_CP850 },      { "cp852", ARCI_ENC_CP852 },
    { "big5", ARCI_ENC_BIG5 },
};

int arci_encoding_by_name(const char *name, size_t len)
{
    size_t i;
    for (i = 0; i < sizeof names / sizeof names[0]; i++)
        if (arci_ascii_ieq(name, len, names[i].name, strlen(names[i].name))) return names[i].encoding;
    return -1;
}

const char *arci_encoding_name(int encoding)
{
    static const char *const by_number[] = { "auto", "UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "GBK", "GB18030", "ISO-8859-1", "WINDOWS-1252",
                                            "ISO-8859-2", "ISO-8859-15", "WINDOWS-1250", "CP850", "CP852", "BIG5" };
    return encoding >= 0 && encoding < ARCI_ENC_END ? by_number[encoding] : "?";
}

static int has_prefix(const char *p, size_t n, const char *mark, size_t len)
{
    return n >= len && memcmp(p, mark, len) == 0;
}

static int by_mark(const char *p, size_t n, size_t *bom)
{
    *bom = 0;
    if (has_prefix(p, n, "\xEF\xBB\xBF", 3)) {
        *bom = 3;
        return ARCI_ENC_UTF8;
    }
    if (has_prefix(p, n, "\xFF\xFE", 2)) {
        *bom = 2;
        return ARCI_ENC_UTF16LE;
    }
    if (has_prefix(p, n, "\xFE\xFF", 2)) {
        *bom = 2;
        return ARCI_ENC_UTF16BE;
    }
    return ARCI_ENC_AUTO;
}

int arci_encoding_sniff(const char *p, size_t n, int whole, size_t *bom)
{
    int encoding = by_mark(p, n, bom);
    size_t good;
    if (encoding != ARCI_ENC_AUTO) return encoding;
    good = arci_utf8_check(p, n);
    if (good == n) return ARCI_ENC_UTF8;
    /* a character cut by the end of the piece is no fault */
    if (!whole && n - good < 4 && ((unsigned char)p[good] & 0xC0) == 0xC0) return ARCI_ENC_UTF8;
    return ARCI_ENC_GB18030;
}

/* ---- iconv -------------------------------------------------------------------------------------------------------- */

#ifdef _WIN32
static arc_status open_conv(arci_env *env, arci_decoder *d)
{
    return arci_fail(env, ARC_E_UNSUPPORTED, "this build cannot read %s", "本版本不能读取 %s 编码", arci_encoding_name(d->encoding));
}

static void close_conv(arci_decoder *d)
{
    (void)d;
}

static size_t convert(arci_decoder *d, const char *p, size_t n, char *to, size_t *room, int *cut)
{
    (void)d, (void)p, (void)to, (void)room;
    *cut = 0;
    return n;
}
#else
static arc_status open_conv(arci_env *env, arci_decoder *d)
{
    iconv_t cd = iconv_open("UTF-8", arci_encoding_name(d->encoding));
    if (cd == (iconv_t)-1) {
        if (errno == ENOMEM) return arci_nomem(env);
        return arci_fail(env, ARC_E_UNSUPPORTED, "this system cannot read %s", "本系统不能读取 %s 编码",
                         arci_encoding_name(d->encoding));
    }
    d->conv = cd;
    return ARC_OK;
}

static void close_conv(arci_decoder *d)
{
    if (d->conv) iconv_close((iconv_t)d->conv);
    d->conv = NULL;
}

/* Converts as much as is whole. Returns the bytes consumed, *room what is left of the room; *cut: what remains may only be waiting for
 * its end. */
static size_t convert(arci_decoder *d, const char *p, size_t n, char *to, size_t *room, int *cut)
{
    union {
        const char *in;
        char *out;
    } from; /* iconv() does not write through its input but does not say so */
    size_t left = n, r;
    from.in = p;
    r = iconv((iconv_t)d->conv, &from.out, &left, &to, room);
    *cut = r == (size_t)-1 && errno == EINVAL;
    return n - left;
}
#endif

/* ---- UTF-16 ------------------------------------------------------------------------------------------------------- */

static uint32_t unit(const arci_decoder *d, const char *p)
{
    uint32_t a = (unsigned char)p[0], b = (unsigned char)p[1];
    return d->encoding == ARCI_ENC_UTF16BE ? a << 8 | b : b << 8 | a;
}

static size_t put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xC0 | c >> 6);
        to[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xE0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 63));
        to[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    to[0] = (char)(0xF0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 63));
    to[2] = (char)(0x80 | (c >> 6 & 63));
    to[3] = (char)(0x80 | (c & 63));
    return 4;
}

/* As convert(). to has room for 4 bytes a unit. A lone surrogate stops it without being cut. */
static size_t convert16(const arci_decoder *d, const char *p, size_t n, char *to, size_t *room, int *cut)
{
    size_t i = 0;
    *cut = 0;
    while (n - i >= 2) {
        uint32_t c = unit(d, p + i), low;
        size_t len;
        if (c >= 0xDC00 && c <= 0xDFFF) return i;
        if (c >= 0xD800 && c <= 0xDBFF) {
            if (n - i < 4) {
                *cut = 1;
                return i;
            }
            low = unit(d, p + i + 2);
            if (low < 0xDC00 || low > 0xDFFF) return i;
            c = 0x10000 + ((c - 0xD800) << 10 | (low - 0xDC00));
            i += 2;
        }
        i += 2;
        len = put_utf8(to, c);
        to += len;
        *room -= len;
    }
    *cut = i < n;
    return i;
}

/* ---- one byte a character, without iconv: what files of European banks come in ----------------------------------------- */

static uint32_t western(int encoding, unsigned char c)
{
    static const uint16_t upper[32] = { 0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                        0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178 };
    return encoding == ARCI_ENC_CP1252 && c >= 0x80 && c < 0xA0 ? upper[c - 0x80] : c;
}

static size_t convert8(const arci_decoder *d, const char *p, size_t n, char *to, size_t *room, int *cut)
{
    size_t i = 0;
    *cut = 0;
    for (; i < n && *room >= 4; i++) {
        size_t len = put_utf8(to, western(d->encoding, (unsigned char)p[i]));
        to += len;
        *room -= len;
    }
    return i;
}

/* ---- pieces ------------------------------------------------------------------------------------------------------- */

arc_status arci_decoder_open(arci_env *env, arci_decoder *d, int encoding)
{
    memset(d, 0, sizeof *d);
    d->ctx = env->ctx;
    d->encoding = encoding;
    if (encoding < ARCI_ENC_AUTO || encoding >= ARCI_ENC_END)
        return arci_fail(env, ARC_E_INVALID, "no such encoding", "没有这种编码");
    return ARC_OK;
}

void arci_decoder_close(arci_decoder *d)
{
    close_conv(d);
}

static size_t start(arci_decoder *d, const char *p, size_t n, int last)
{
    size_t bom;
    int marked = by_mark(p, n, &bom);
    if (d->encoding == ARCI_ENC_AUTO)
        d->encoding = arci_encoding_sniff(p, n, last, &bom);
    else if (d->encoding == ARCI_ENC_UTF16)
        d->encoding = marked == ARCI_ENC_UTF16BE ? ARCI_ENC_UTF16BE : ARCI_ENC_UTF16LE;
    d->started = 1;
    return marked == d->encoding ? bom : 0;
}

int arci_decoder_is_plain(arci_decoder *d, const char *p, size_t n, int last, size_t *skip)
{
    *skip = 0;
    if (!d->started) *skip = start(d, p, n, last);
    return d->encoding == ARCI_ENC_UTF8;
}

enum { STEP = 16384 };

static size_t decode_step(arci_decoder *d, const char *p, size_t n, arci_str *out, int *cut)
{
    char text[STEP * 2 + 16];
    size_t room = sizeof text, used;
    if (n > STEP) n = STEP;
    if (d->encoding == ARCI_ENC_UTF16LE || d->encoding == ARCI_ENC_UTF16BE)
        used = convert16(d, p, n, text, &room, cut);
    else if (d->encoding == ARCI_ENC_LATIN1 || d->encoding == ARCI_ENC_CP1252)
        used = convert8(d, p, n, text, &room, cut);
    else
        used = convert(d, p, n, text, &room, cut);
    arci_str_add(out, text, sizeof text - room);
    return used;
}

/* Decodes what stands before the end of the text or the beginning of a cut character; returns what was consumed. */
static size_t decode_run(arci_decoder *d, const char *p, size_t n, int last, arci_str *out)
{
    size_t at = 0;
    size_t width = d->encoding == ARCI_ENC_UTF16LE || d->encoding == ARCI_ENC_UTF16BE ? 2 : 1;
    while (at < n && !out->failed) {
        int cut;
        size_t used = decode_step(d, p + at, n - at, out, &cut);
        at += used;
        if (used > 0) continue;
        if (cut && !last && n - at < sizeof d->carry) break;
        arci_str_putc(out, (char)0xFF);
        at += width < n - at ? width : n - at;
    }
    return at;
}

static size_t finish_carry(arci_decoder *d, const char *p, size_t n, int last, arci_str *out)
{
    char text[sizeof d->carry * 2];
    size_t add = n < sizeof d->carry ? n : sizeof d->carry, used;
    uint32_t old = d->n_carry;
    memcpy(text, d->carry, old);
    memcpy(text + old, p, add);
    used = decode_run(d, text, old + add, last && add == n, out);
    if (used < old) { /* still cut: the piece was tiny */
        memcpy(d->carry, text + used, old + add - used);
        d->n_carry = (uint32_t)(old + add - used);
        return add;
    }
    d->n_carry = 0;
    return used - old;
}

static int needs_conv(const arci_decoder *d)
{
    return d->encoding >= ARCI_ENC_GBK && d->encoding != ARCI_ENC_LATIN1 && d->encoding != ARCI_ENC_CP1252;
}

arc_status arci_decoder_add(arci_env *env, arci_decoder *d, const char *p, size_t n, int last, arci_str *out)
{
    size_t at = 0, from = out->len;
    arci_decoder before = *d;
    arc_status st;
    if (!d->started) at = start(d, p, n, last);
    if (d->encoding == ARCI_ENC_UTF8) {
        arci_str_add(out, p + at, n - at);
    } else {
        if (needs_conv(d) && !d->conv && (st = open_conv(env, d)) != ARC_OK) return st;
        if (d->n_carry && (at < n || last)) at += finish_carry(d, p + at, n - at, last, out);
        at += decode_run(d, p + at, n - at, last, out);
        if (at < n) {
            memcpy(d->carry, p + at, n - at);
            d->n_carry = (uint32_t)(n - at);
        }
    }
    if (!out->failed) return ARC_OK;
    before.conv = d->conv;
    *d = before;
    out->len = from;
    out->failed = 0;
    return arci_nomem(env);
}
