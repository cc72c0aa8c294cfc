/* SPDX-License-Identifier: Apache-2.0 */
/* A text as letters and digits: width, case, marks and compatible forms folded, what stands between them told apart, every byte with its place in the text. */
#include <string.h>

#include "base/num.h"
#include "cash/reference.h"
#include "value/name_fold.h"

/* What an ASCII character is: a letter or digit stands for its fold. */
enum { SKIP = 1, BLANK, LINE, INSIDE, BETWEEN, APART };

static const uint8_t signs[128] = {
    APART, APART, APART, APART, APART, APART, APART, APART, APART, BLANK, LINE, BLANK, LINE, LINE, APART, APART, /* 0x00: tab is a blank */
    APART, APART, APART, APART, APART, APART, APART, APART, APART, APART, APART, APART, APART, APART, APART, APART,
    BLANK, APART, BETWEEN, INSIDE, BETWEEN, APART, APART, INSIDE, BETWEEN, BETWEEN, APART, APART, APART, INSIDE, INSIDE, INSIDE, /* 0x20:  !"#$%&'()*+,-./ */
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', INSIDE, APART, APART, APART, APART, APART,                     /* 0x30: ...:;<=>? */
    APART, 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', BETWEEN, INSIDE, BETWEEN, APART, INSIDE,
    BETWEEN, 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', APART, APART, APART, APART, APART,
};

uint8_t arci_ref_canon(uint8_t c)
{
    switch (c) {
    case 'O': return '0';
    case 'I': case 'L': return '1';
    case 'Z': return '2';
    case 'S': return '5';
    case 'G': return '6';
    case 'B': return '8';
    default: return c;
    }
}

uint64_t arci_ref_power(uint32_t n)
{
    static const uint64_t powers[ARC_REFERENCE_NUMBER_MAX + 2] = {
        UINT64_C(0x0000000000000001), UINT64_C(0x9e3779b97f4a7c15), UINT64_C(0xdf442d22ce4859b9), UINT64_C(0x604a5ce3addef82d), UINT64_C(0xd94363fc538227b1), UINT64_C(0x2e2b795f2d10fd85),
        UINT64_C(0x4be7956e30a337e9), UINT64_C(0x5ecb31e4ccd2721d), UINT64_C(0x06d4b2611beb6861), UINT64_C(0x0f10cd6a9be88bf5), UINT64_C(0x80e0dcf76db02719), UINT64_C(0x779023cf069d510d),
        UINT64_C(0x4114e3439eebf211), UINT64_C(0x8fc15a19ba851765), UINT64_C(0x50687085a271d749), UINT64_C(0x82fe791be9b804fd), UINT64_C(0xf53f7dff42a4f4c1), UINT64_C(0xc1712bcbdcdf8fd5),
        UINT64_C(0x204db59ca693f879), UINT64_C(0xe1a216043077fded), UINT64_C(0x07dde4bf1258a071), UINT64_C(0x657df06edea5e545), UINT64_C(0xfb5e617f1f9b3aa9), UINT64_C(0xb39afcd693ffabdd),
        UINT64_C(0x761af3294c1a2521), UINT64_C(0x3737591302ab07b5), UINT64_C(0xa6a140ea15154dd9), UINT64_C(0xa09b3202342e7ecd), UINT64_C(0x590dd8f2277db2d1), UINT64_C(0x3710df127f56e725),
        UINT64_C(0xf0f4b4b9b5c8e209), UINT64_C(0x196a94fe0490e6bd), UINT64_C(0xcdfb8afc05487981), UINT64_C(0xbbf1bbaea8167395), UINT64_C(0x477aac3ffde5a739), UINT64_C(0xf4323bc3ae5053ad),
        UINT64_C(0x66e0293c3820a931), UINT64_C(0x66b667e9a3cb9d05), UINT64_C(0x2685e2deee344d69), UINT64_C(0x7b6df7115723359d), UINT64_C(0x707345dc963d71e1), UINT64_C(0xa22921b8a03d5375),
        UINT64_C(0x7d788c7104468499), UINT64_C(0xaf359f12bd3cfc8d), UINT64_C(0x7c7b3c0304170391), UINT64_C(0xd68c186f728786e5), UINT64_C(0xf3420c33a3a6fcc9), UINT64_C(0xa5c7d76f183e187d),
        UINT64_C(0x1030134928168e41), UINT64_C(0xcad2517b948b2755), UINT64_C(0x668c1d40200965f9), UINT64_C(0xba93c4062f23f96d), UINT64_C(0x8a8d513f774641f1), UINT64_C(0x192e4d296f5e24c5),
        UINT64_C(0xd122fb29187a7029), UINT64_C(0x0cd9c1e413390f5d), UINT64_C(0x48b84d57cb014ea1), UINT64_C(0xba5e1e43e2bb6f35), UINT64_C(0x58e24e0ad38fcb59), UINT64_C(0x4e99271ff004ca4d),
        UINT64_C(0x7c710644afa3e451), UINT64_C(0x470d23e2f972f6a5), UINT64_C(0x98ed40464c982789), UINT64_C(0x3bfd4577603b9a3d), UINT64_C(0x66c0333b9c3b3301), UINT64_C(0x5d6befb3bad9ab15),
    };
    return powers[n];
}

void arci_ref_text_init(arci_ref_text *t, arc_context *ctx)
{
    memset(t, 0, sizeof *t);
    t->ctx = ctx;
}

void arci_ref_text_clear(arci_ref_text *t)
{
    arci_free(t->ctx, t->block);
    arci_ref_text_init(t, t->ctx);
}

/* All arrays in one block, the widest first; a byte of text gives two keys at most, and a piece of each. */
static int make_room(arci_ref_text *t, size_t length)
{
    size_t cap = length * 2 + 16, bytes;
    if (cap <= t->cap) return 1;
    if (cap < 512) cap = 512;
    if (cap > UINT32_MAX / 2 || arci_mulsz(cap + 2, sizeof *t->hash + sizeof *t->pieces + 2 * sizeof *t->at + 2, &bytes)) return 0;
    uint8_t *block = arci_alloc(t->ctx, bytes);
    if (!block) return 0;
    arci_free(t->ctx, t->block);
    t->cap = (uint32_t)cap;
    t->hash = (uint64_t *)(void *)block;
    t->pieces = (arci_ref_piece *)(void *)(t->hash + cap + 2);
    t->at = (uint32_t *)(void *)(t->pieces + cap + 2);
    t->to = t->at + cap + 2;
    t->canon = (uint8_t *)(t->to + cap + 2);
    t->keys = t->canon + cap + 2;
    t->block = block;
    return 1;
}

/* ---- code points ---------------------------------------------------------------------------------------------------------------------- */

/* The code point at s and its bytes; 0 with one byte: none. */
static uint32_t point_at(const uint8_t *s, size_t n, size_t *len)
{
    static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t want = s[0] >= 0xF0 && s[0] < 0xF8 ? 4 : s[0] >= 0xE0 ? 3 : s[0] >= 0xC0 ? 2 : 0;
    uint32_t u = want ? s[0] & (0x7Fu >> want) : 0;
    *len = 1;
    if (!want || want > n || s[0] >= 0xF8) return 0;
    for (size_t i = 1; i < want; i++) {
        if ((s[i] & 0xC0) != 0x80) return 0;
        u = u << 6 | (s[i] & 0x3Fu);
    }
    if (u < least[want] || u > 0x10FFFF || (u >= 0xD800 && u <= 0xDFFF)) return 0;
    *len = want;
    return u;
}

static const char *number_of(uint32_t n, char out[4])
{
    size_t at = 0;
    if (n >= 10) out[at++] = (char)('0' + n / 10);
    out[at++] = (char)('0' + n % 10);
    out[at] = 0;
    return out;
}

/* Compatible forms: what NFKC makes of circled and raised digits, Roman numerals, mathematical letters. */
static const char *compatible(uint32_t u, char out[4])
{
    static const char roman[16][5] = { "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "L", "C", "D", "M" };
    if (u >= 0x2460 && u <= 0x249B) return number_of((u - 0x2460) % 20 + 1, out);
    if (u >= 0x2080 && u <= 0x2089) return number_of(u - 0x2080, out);
    if (u == 0x2070 || (u >= 0x2074 && u <= 0x2079)) return number_of(u - 0x2070, out);
    if (u >= 0x2160 && u <= 0x217F) return roman[(u - 0x2160) % 16];
    if (u >= 0x1D7CE && u <= 0x1D7FF) return number_of((u - 0x1D7CE) % 10, out);
    if (u == 0x2116) return "NO";
    out[1] = 0;
    if (u >= 0x24B6 && u <= 0x24E9) out[0] = (char)('A' + (u - 0x24B6) % 26);
    else if (u >= 0x1D400 && u <= 0x1D6A3) out[0] = (char)('A' + (u - 0x1D400) % 26);
    else return NULL;
    return out;
}

/* What a sign beyond ASCII does: an ASCII sign that stands for it, 0: nothing at all, -1: it is none. */
static int sign_of(uint32_t u)
{
    if ((u >= 0x2010 && u <= 0x2015) || u == 0x2212 || u == 0xFE58 || u == 0xFE63 || u == 0x2043) return '-';
    if (u == 0x200B || u == 0x200C || u == 0x200D || u == 0x2060 || u == 0xFEFF || u == 0xAD) return 0;
    if (u == 0xA0 || (u >= 0x2000 && u <= 0x200A) || u == 0x202F || u == 0x205F || u == 0x3000) return ' ';
    if (u == 0x85 || u == 0x2028 || u == 0x2029) return '\n';
    if ((u >= 0xA2 && u <= 0xA5) || (u >= 0x20A0 && u <= 0x20CF) || u == 0xFFE5 || u == 0xFFE1) return '$';
    if (u == 0x3001 || u == 0xFF64) return ',';
    if (u == 0x301C || u == 0x223C) return '~';
    if (u == 0xB7 || u == 0x30FB || u == 0x2022 || u == 0x3002) return '.';
    if (u == 0x3010 || u == 0x3011 || u == 0x300C || u == 0x300D || u == 0x3014 || u == 0x3015) return '(';
    return -1;
}

/* ---- reading -------------------------------------------------------------------------------------------------------------------------- */

typedef struct reader {
    arci_ref_text *t;
    uint8_t gap, sign, before;
    uint32_t n_signs; /* that are no blanks */
    int blank, last;  /* kind of the piece being read; 0: a gap */
} reader;

static void separate(reader *r, uint8_t c)
{
    uint8_t what = signs[c];
    r->last = 0;
    if (what == BLANK) {
        r->blank = 1;
        if (r->gap < ARCI_REF_LOOSE) r->gap = ARCI_REF_LOOSE;
        return;
    }
    if (what == LINE) {
        if (r->gap < ARCI_REF_LINE) r->gap = ARCI_REF_LINE;
        return;
    }
    if (!r->n_signs++) r->sign = c;
    if (c == '$') r->before |= ARCI_REF_CURRENCY;
    if (c == '%') r->before |= ARCI_REF_PERCENT;
    if (c == '@') r->before |= ARCI_REF_AT;
    if (c == '+') r->before |= ARCI_REF_PLUS;
    if (c == '*') r->before |= ARCI_REF_STAR;
    if (c == '-' || c == '~') r->before |= ARCI_REF_MINUS;
    if (what == APART || c == '$' || r->n_signs > 3) r->gap = ARCI_REF_BARRIER;
    else if (what == BETWEEN || r->n_signs > 1) r->gap = r->gap < ARCI_REF_LOOSE ? ARCI_REF_LOOSE : r->gap;
    else if (r->gap < ARCI_REF_TIGHT) r->gap = ARCI_REF_TIGHT;
}

static void begin(reader *r, int kind)
{
    arci_ref_text *t = r->t;
    arci_ref_piece *p = &t->pieces[t->n_pieces++];
    memset(p, 0, sizeof *p);
    p->start = t->n;
    p->kind = (uint8_t)kind;
    p->gap = r->gap;
    p->sign = r->sign;
    p->before = r->before;
    r->gap = r->sign = r->before = 0;
    r->n_signs = 0;
    r->blank = 0;
    r->last = kind;
}

static void key(reader *r, uint8_t c, uint8_t canon, size_t at, size_t to)
{
    arci_ref_text *t = r->t;
    t->keys[t->n] = c;
    t->canon[t->n] = canon;
    t->at[t->n] = (uint32_t)at;
    t->to[t->n] = (uint32_t)to;
    t->hash[t->n + 1] = t->hash[t->n] * ARCI_REF_BASE + canon;
    t->n++;
    t->pieces[t->n_pieces - 1].end = t->n;
}

static void character(reader *r, uint8_t c, size_t at, size_t to)
{
    int kind = c <= '9' ? ARCI_REF_DIGITS : ARCI_REF_LETTERS;
    if (r->last != kind) begin(r, kind);
    key(r, c, arci_ref_canon(c), at, to);
}

static size_t han_bytes(uint8_t out[4], uint32_t u)
{
    size_t n = 0;
    if (u >= 0x10000) {
        out[n++] = (uint8_t)(0xF0 | u >> 18);
        out[n++] = (uint8_t)(0x80 | (u >> 12 & 0x3F));
    } else {
        out[n++] = (uint8_t)(0xE0 | u >> 12);
    }
    out[n++] = (uint8_t)(0x80 | (u >> 6 & 0x3F));
    out[n++] = (uint8_t)(0x80 | (u & 0x3F));
    return n;
}

/* A character beyond ASCII. */
static void wide(reader *r, size_t at, size_t len, uint32_t u)
{
    uint8_t han[4];
    char small[4];
    const char *out;
    int sign = u ? sign_of(u) : '?';
    if (sign >= 0) {
        if (sign) separate(r, (uint8_t)sign);
        return;
    }
    uint32_t folded = arci_name_fold_point(u);
    if (folded < 0x80) {
        if (signs[folded] >= '0') character(r, signs[folded], at, at + len);
        else separate(r, (uint8_t)folded);
        return;
    }
    if (arci_name_is_han(folded)) {
        size_t n = han_bytes(han, folded);
        begin(r, ARCI_REF_HAN);
        for (size_t i = 0; i < n; i++) key(r, han[i], han[i], at, at + len);
        return;
    }
    out = compatible(u, small);
    if (!out) out = arci_name_letter(u);
    if (!out || !*out || *out == '~') {
        if (!out || !*out) separate(r, '?');
        return;
    }
    for (; *out; out++) character(r, signs[(uint8_t)*out & 0x7F], at, at + len);
}

int arci_ref_text_read(arci_ref_text *t, const char *text, size_t length)
{
    reader r = { t, ARCI_REF_BARRIER, 0, 0, 0, 0, 0 };
    const uint8_t *s = (const uint8_t *)text;
    if (length > UINT32_MAX / 8 || !make_room(t, length)) return 0;
    t->text = text;
    t->length = length;
    t->n = t->n_pieces = 0;
    t->hash[0] = 0;
    for (size_t i = 0; i < length;) {
        if (s[i] < 0x80) {
            uint8_t c = signs[s[i]];
            if (c >= '0') character(&r, c, i, i + 1);
            else separate(&r, s[i]);
            i++;
            continue;
        }
        size_t len;
        uint32_t u = point_at(s + i, length - i, &len);
        wide(&r, i, len, u);
        i += len;
    }
    begin(&r, 0); /* what stands at the end */
    t->n_pieces--;
    t->pieces[t->n_pieces].end = t->n;
    t->pieces[t->n_pieces].gap = ARCI_REF_BARRIER;
    return 1;
}
