/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/arrow_read.h"

#include <string.h>

#include "base/num.h"
#include "base/str.h"

#define DAY_MS INT64_C(86400000)

static const struct {
    const char *format;
    int kind;
    uint8_t width, is_signed;
} plain[] = {
    { "n", ARCI_A_NULL, 0, 0 },  { "b", ARCI_A_BOOL, 0, 0 },  { "c", ARCI_A_INT, 1, 1 },   { "C", ARCI_A_INT, 1, 0 },
    { "s", ARCI_A_INT, 2, 1 },   { "S", ARCI_A_INT, 2, 0 },   { "i", ARCI_A_INT, 4, 1 },   { "I", ARCI_A_INT, 4, 0 },
    { "l", ARCI_A_INT, 8, 1 },   { "L", ARCI_A_INT, 8, 0 },   { "u", ARCI_A_TEXT, 4, 1 },  { "U", ARCI_A_TEXT, 8, 1 },
    { "z", ARCI_A_BYTES, 4, 1 }, { "Z", ARCI_A_BYTES, 8, 1 }, { "tdD", ARCI_A_DATE, 4, 1 }, { "tdm", ARCI_A_DATE, 8, 1 },
};

/* "tsu:UTC": any time zone, since the values are UTC wherever one is named; without one they are no instants. */
static int stamp_type(arci_arrow_type *out, const char *format)
{
    if (strncmp(format, "ts", 2) != 0 || !format[2] || format[3] != ':' || !format[4]) return 0;
    out->kind = ARCI_A_STAMP;
    out->width = 8;
    out->is_signed = 1;
    out->multiply = format[2] == 's' ? 1000000 : format[2] == 'm' ? 1000 : 1;
    out->divide = format[2] == 'n' ? 1000 : 1;
    return strchr("smun", format[2]) != NULL;
}

static int decimal_type(arci_arrow_type *out, const char *format)
{
    const char *comma = strchr(format, ',');
    int64_t precision, scale, bits = 128;
    const char *end;
    if (format[0] != 'd' || format[1] != ':' || !comma) return 0;
    end = strchr(comma + 1, ',');
    if (arci_int_parse(format + 2, (size_t)(comma - format - 2), &precision) != ARC_OK) return 0;
    if (arci_int_parse(comma + 1, end ? (size_t)(end - comma - 1) : strlen(comma + 1), &scale) != ARC_OK) return 0;
    if (end && arci_int_parse(end + 1, strlen(end + 1), &bits) != ARC_OK) return 0;
    if (bits != 128 || precision < 1 || precision > 38 || scale < 0 || scale > 18) return 0;
    out->kind = ARCI_A_DECIMAL;
    out->width = 16;
    out->scale = (int32_t)scale;
    return 1;
}

int arci_arrow_type_read(arci_arrow_type *out, const char *format)
{
    size_t i;
    memset(out, 0, sizeof *out);
    out->multiply = out->divide = 1;
    for (i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (strcmp(plain[i].format, format) != 0) continue;
        out->kind = plain[i].kind;
        out->width = plain[i].width;
        out->is_signed = plain[i].is_signed;
        out->code = format[0];
        if (strcmp(format, "tdm") == 0) out->divide = DAY_MS;
        return 1;
    }
    return stamp_type(out, format) || decimal_type(out, format);
}

static int is_bytes(const arci_arrow_type *t)
{
    return t->kind == ARCI_A_TEXT || t->kind == ARCI_A_BYTES;
}

int arci_arrow_column_ok(const arci_arrow_type *t, const struct ArrowArray *a, int64_t offset, int64_t length)
{
    int64_t end, n_buffers = t->kind == ARCI_A_NULL ? 0 : is_bytes(t) ? 3 : 2;
    if (a->offset < 0 || a->length < 0 || offset < 0 || length < 0 || arci_add64(offset, length, &end)) return 0;
    if (a->length < end || a->n_buffers != n_buffers || a->dictionary) return 0;
    if (n_buffers == 0 || length == 0) return 1;
    if (!a->buffers || !a->buffers[1]) return 0;
    return a->null_count <= 0 || a->buffers[0];
}

static int bit(const void *bits, int64_t i)
{
    return ((const uint8_t *)bits)[i / 8] >> (i % 8) & 1;
}

/* A number of 1 to 8 bytes, little end first as the interface has it on this machine. ARC_E_OVERFLOW: a uint64 beyond int64. */
static arc_status read_int(const arci_arrow_type *t, const char *p, int64_t *out)
{
    union {
        int8_t i8;
        int16_t i16;
        int32_t i32;
        int64_t i64;
        uint8_t u8;
        uint16_t u16;
        uint32_t u32;
        uint64_t u64;
    } v;
    memcpy(&v, p, t->width);
    switch (t->width * 2 + t->is_signed) {
    case 3: *out = v.i8; break;
    case 2: *out = v.u8; break;
    case 5: *out = v.i16; break;
    case 4: *out = v.u16; break;
    case 9: *out = v.i32; break;
    case 8: *out = v.u32; break;
    case 17: *out = v.i64; break;
    default:
        if (v.u64 > INT64_MAX) return ARC_E_OVERFLOW;
        *out = (int64_t)v.u64;
        break;
    }
    return ARC_OK;
}

static arc_status read_decimal(const char *p, int64_t *out)
{
    int64_t low, high;
    memcpy(&low, p, sizeof low);
    memcpy(&high, p + sizeof low, sizeof high);
    *out = low;
    return high == (low < 0 ? -1 : 0) ? ARC_OK : ARC_E_OVERFLOW;
}

static arc_status read_bytes(const arci_arrow_type *t, const struct ArrowArray *a, int64_t at, arci_arrow_value *out)
{
    const char *offsets = a->buffers[1];
    int64_t from, to;
    arci_arrow_type o;
    memset(&o, 0, sizeof o);
    o.width = t->width;
    o.is_signed = 1;
    if (read_int(&o, offsets + at * t->width, &from) != ARC_OK || read_int(&o, offsets + (at + 1) * t->width, &to) != ARC_OK)
        return ARC_E_CORRUPT;
    if (from < 0 || to < from || (to > from && !a->buffers[2])) return ARC_E_CORRUPT;
    out->s = to > from ? (const char *)a->buffers[2] + from : "";
    out->len = (size_t)(to - from);
    return ARC_OK;
}

static arc_status to_unit(const arci_arrow_type *t, int64_t *v)
{
    if (*v % t->divide != 0) return ARC_E_PRECISION;
    *v /= t->divide;
    return arci_mul64(*v, t->multiply, v) ? ARC_E_OVERFLOW : ARC_OK;
}

arc_status arci_arrow_value_at(const arci_arrow_type *t, const struct ArrowArray *a, int64_t row, arci_arrow_value *out)
{
    int64_t at = row + a->offset;
    const char *data;
    arc_status st;
    memset(out, 0, sizeof *out);
    out->is_null = t->kind == ARCI_A_NULL || (a->null_count != 0 && a->buffers[0] && !bit(a->buffers[0], at));
    if (out->is_null) return ARC_OK;
    data = a->buffers[1];
    switch (t->kind) {
    case ARCI_A_BOOL: out->i = bit(data, at); return ARC_OK;
    case ARCI_A_TEXT:
    case ARCI_A_BYTES: return read_bytes(t, a, at, out);
    case ARCI_A_DECIMAL: return read_decimal(data + at * 16, &out->i);
    default: break;
    }
    st = read_int(t, data + at * t->width, &out->i);
    return st == ARC_OK && t->kind != ARCI_A_INT ? to_unit(t, &out->i) : st;
}
