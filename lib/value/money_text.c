/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/str.h"
#include "value/currency.h"
#include "value/digits.h"
#include "value/money.h"

arc_status arc_currency_info_init(arc_currency_info *info)
{
    const arc_currency_info init = ARC_CURRENCY_INFO_INIT;

    if (info == NULL) return ARC_E_INVALID;
    *info = init;
    return ARC_OK;
}

static int names_code(const char *text, size_t len)
{
    if (len < 5 || text[3] != ' ') return 0;
    for (int i = 0; i < 3; i++) {
        if (text[i] < 'A' || text[i] > 'Z') return 0;
    }
    return 1;
}

/* The currency that the surroundings of the number leave. */
static arc_status settle_currency(char code[4], const arci_affix *affix, const char *expected)
{
    if (expected != NULL)
        memcpy(code, expected, 3);
    else if (affix->code[0] != 0)
        memcpy(code, affix->code, 3);
    else if (affix->codes != NULL && strlen(affix->codes) == 3)
        memcpy(code, affix->codes, 3);
    else
        return ARC_E_CURRENCY;
    code[3] = 0;
    if (affix->code[0] != 0 && memcmp(affix->code, code, 3) != 0) return ARC_E_CURRENCY;
    if (affix->codes != NULL && strstr(affix->codes, code) == NULL) return ARC_E_CURRENCY;
    return arci_currency_exponent(code) < 0 ? ARC_E_CURRENCY : ARC_OK;
}

arc_status arc_money_parse(arc_money *out, const char *text, size_t len, const char *currency,
                           const arc_number_options *options)
{
    arc_number_options o = ARC_NUMBER_OPTIONS_INIT;
    arci_affix affix = {{0}, NULL};
    arci_digits g;
    char code[4];
    int64_t minor;
    arc_status st;

    if (out == NULL || text == NULL) return ARC_E_INVALID;
    if (len == SIZE_MAX) len = strlen(text);
    if (currency != NULL && arci_currency_exponent(currency) < 0) return ARC_E_CURRENCY;
    st = arci_number_options_in(&o, options);
    if (st != ARC_OK) return st;
    if (options == NULL && names_code(text, len)) {
        st = arci_digits_parse(&g, NULL, text + 4, len - 4, NULL);
        memcpy(affix.code, text, 3);
    } else {
        st = arci_digits_parse(&g, &affix, text, len, &o);
    }
    if (st == ARC_OK) st = settle_currency(code, &affix, currency);
    if (st == ARC_OK) st = arci_digits_int(&minor, &g, arci_currency_exponent(code), o.mode);
    return st == ARC_OK ? arci_money_put(out, code, minor) : st;
}

static arc_status print(char *buf, size_t *len, const arc_money *value, int with_code)
{
    char text[40];
    size_t n = 0;
    arc_status st = arc_money_check(value);

    if (len == NULL) return ARC_E_INVALID;
    if (st != ARC_OK) return st;
    if (with_code) {
        memcpy(text, value->currency, 3);
        text[3] = ' ';
        n = 4;
    }
    n += arci_scaled_text(text + n, value->minor, arci_currency_exponent(value->currency));
    return arci_text_out(buf, len, text, n);
}

arc_status arc_money_print(char *buf, size_t *len, const arc_money *value)
{
    return print(buf, len, value, 1);
}

arc_status arc_money_print_amount(char *buf, size_t *len, const arc_money *value)
{
    return print(buf, len, value, 0);
}

const char *arci_amount_text(char buf[ARCI_SAID], int64_t minor, const char *currency)
{
    size_t n = ARCI_SAID;
    char code[4] = { 0 }; /* stored codes end where they end */
    arc_money m;
    for (int i = 0; i < 3 && currency[i]; i++) code[i] = currency[i];
    if (arc_money_set(&m, minor, code) != ARC_OK || arc_money_print_amount(buf, &n, &m) != ARC_OK) memcpy(buf, "?", 2);
    return buf;
}

const char *arci_money_said(char buf[ARCI_SAID], int64_t minor, const char *currency)
{
    arci_amount_text(buf, minor, currency);
    size_t n = strlen(buf);
    if (buf[0] == '?') return buf;
    buf[n] = ' ';
    memcpy(buf + n + 1, currency, 3);
    buf[n + 4] = 0;
    return buf;
}
