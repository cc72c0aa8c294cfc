/* SPDX-License-Identifier: Apache-2.0 */
#include "value/currency.h"

#include <string.h>

#include "arcore/money.h"
#include "base/env.h"

/* The code as a number that sorts as the letters do; 0 when it is not three bytes and a NUL. */
static uint32_t key_of(const char *code)
{
    const unsigned char *p = (const unsigned char *)code;

    if (p[0] == 0 || p[1] == 0 || p[2] == 0 || p[3] != 0) return 0;
    return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

const arci_currency *arci_currency_find(const char *code)
{
    uint32_t key = key_of(code);
    int32_t lo = 0, hi = arci_currency_n;

    while (lo < hi) {
        int32_t mid = lo + (hi - lo) / 2;
        uint32_t at = key_of(arci_currencies[mid].code);
        if (at == key) return &arci_currencies[mid];
        if (key < at)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

int32_t arci_currency_exponent(const char *code)
{
    const arci_currency *c = arci_currency_find(code);

    return c != NULL ? c->exponent : -1;
}

static arc_status fill(arc_currency_info *out, const arci_currency *c)
{
    arc_currency_info info = ARC_CURRENCY_INFO_INIT;

    memcpy(info.code, c->code, 4);
    info.numeric = c->numeric;
    info.exponent = c->exponent;
    info.name_en = c->name_en;
    info.name_zh = c->name_zh;
    return arci_struct_out(out, &info, sizeof info);
}

int32_t arc_currency_count(void)
{
    return arci_currency_n;
}

arc_status arc_currency_at(arc_currency_info *out, int32_t index)
{
    if (out == NULL) return ARC_E_INVALID;
    if (index < 0 || index >= arci_currency_n) return ARC_E_NOT_FOUND;
    return fill(out, &arci_currencies[index]);
}

arc_status arc_currency_get(arc_currency_info *out, const char *code)
{
    const arci_currency *c;

    if (out == NULL || code == NULL) return ARC_E_INVALID;
    c = arci_currency_find(code);
    return c != NULL ? fill(out, c) : ARC_E_CURRENCY;
}

arc_status arc_currency_get_numeric(arc_currency_info *out, int32_t numeric)
{
    if (out == NULL) return ARC_E_INVALID;
    for (int32_t i = 0; i < arci_currency_n; i++) {
        if (arci_currencies[i].numeric == numeric) return fill(out, &arci_currencies[i]);
    }
    return ARC_E_CURRENCY;
}

arc_status arc_currency_exponent(int32_t *exponent, const char *code)
{
    int32_t e;

    if (exponent == NULL || code == NULL) return ARC_E_INVALID;
    e = arci_currency_exponent(code);
    if (e < 0) return ARC_E_CURRENCY;
    *exponent = e;
    return ARC_OK;
}
