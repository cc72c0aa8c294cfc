/* SPDX-License-Identifier: Apache-2.0 */
/* Named formats. Sources: GB 32100 (unified credit code), GB 11643 (identity number), ISO 13616 (IBAN), ISO 9362 (BIC), ISO 11649
 * (RF reference), ISO/IEC 7812 (Luhn), ISO 17442 (LEI). */
#include "value/textform.h"

#include <string.h>

static int is_digit(char c) { return c >= '0' && c <= '9'; }
static int is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static int is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }

static int all(const char *s, size_t n, int (*test)(char))
{
    for (size_t i = 0; i < n; i++) {
        if (!test(s[i])) return 0;
    }
    return n > 0;
}

static int upper_or_digit(char c) { return is_upper(c) || is_digit(c); }
static int letter_or_digit(char c) { return is_letter(c) || is_digit(c); }

static int fits_digits(const char *s, size_t n) { return all(s, n, is_digit); }
static int fits_letters(const char *s, size_t n) { return all(s, n, is_letter); }
static int fits_alnum(const char *s, size_t n) { return all(s, n, letter_or_digit); }
static int fits_upper(const char *s, size_t n) { return all(s, n, upper_or_digit); }
static int fits_country(const char *s, size_t n) { return n == 2 && all(s, n, is_upper); }
static int fits_cnaps(const char *s, size_t n) { return n == 12 && fits_digits(s, n); }
static int fits_fapiao(const char *s, size_t n) { return (n == 8 || n == 20) && fits_digits(s, n); }
static int fits_mobile_cn(const char *s, size_t n) { return n == 11 && s[0] == '1' && s[1] >= '3' && fits_digits(s, n); }

/* ---- China ------------------------------------------------------------------------------------------------------------ */

static int fits_uscc(const char *s, size_t n)
{
    static const char set[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    uint32_t sum = 0, weight = 1;
    if (n != 18) return 0;
    for (size_t i = 0; i < 18; i++) {
        const char *at = memchr(set, s[i], 31);
        if (!at) return 0;
        if (i < 17) sum += (uint32_t)(at - set) * weight;
        else return (31 - sum % 31) % 31 == (uint32_t)(at - set);
        weight = weight * 3 % 31;
    }
    return 0;
}

static int fits_id_card(const char *s, size_t n)
{
    static const uint8_t weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    uint32_t sum = 0;
    if (n != 18 || !fits_digits(s, 17)) return 0;
    for (size_t i = 0; i < 17; i++) sum += (uint32_t)(s[i] - '0') * weights[i];
    int month = (s[10] - '0') * 10 + s[11] - '0', day = (s[12] - '0') * 10 + s[13] - '0';
    return "10X98765432"[sum % 11] == s[17] && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* 18 characters are a unified credit code; older numbers have 15 or 20 digits and letters and no check. */
static int fits_tax_no(const char *s, size_t n)
{
    if (n == 18) return fits_uscc(s, n) || fits_id_card(s, n);
    return (n == 15 || n == 17 || n == 20) && fits_upper(s, n);
}

/* ---- banks -------------------------------------------------------------------------------------------------------------- */

/* The text as a number mod 97, letters as 10..35, beginning at its fifth character and going round. */
static int mod97_is_1(const char *s, size_t n)
{
    uint32_t rest = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[(i + 4) % n];
        uint32_t v = is_digit(c) ? (uint32_t)(c - '0') : (uint32_t)(c - 'A') + 10;
        rest = (rest * (v > 9 ? 100 : 10) + v) % 97;
    }
    return rest == 1;
}

/* Lengths by the register of ISO 13616, two letters and a number each. */
static const char iban_lengths[] = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27"
                                   "JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23"
                                   "TN24TR26UA29VA22VG24XK20YE30";

/* A country that joined since is not known: any length does. */
static int iban_long_enough(const char *s, size_t n)
{
    for (const char *p = iban_lengths; *p; p += 4) {
        if (p[0] == s[0] && p[1] == s[1]) return n == (size_t)((p[2] - '0') * 10 + p[3] - '0');
    }
    return n >= 15 && n <= 34;
}

/* 00, 01 and 99 are no check digits, though 97 divides alike. */
static int two_check_digits(const char *s) { return is_digit(s[0]) && is_digit(s[1]) && memcmp(s, "00", 2) != 0 && memcmp(s, "01", 2) != 0 && memcmp(s, "99", 2) != 0; }

static int fits_iban(const char *s, size_t n)
{
    return n >= 15 && is_upper(s[0]) && is_upper(s[1]) && two_check_digits(s + 2) && fits_upper(s, n) && iban_long_enough(s, n) && mod97_is_1(s, n);
}

/* ISO 17442: 18 characters and two check digits, mod 97 (ISO 7064). */
static int fits_lei(const char *s, size_t n)
{
    char turned[20];
    if (n != 20 || !fits_upper(s, n) || !two_check_digits(s + 18)) return 0;
    memcpy(turned, s + 16, 4); /* the check below begins at the fifth */
    memcpy(turned + 4, s, 16);
    return mod97_is_1(turned, n);
}

static int fits_rf(const char *s, size_t n)
{
    return n >= 5 && n <= 25 && s[0] == 'R' && s[1] == 'F' && is_digit(s[2]) && is_digit(s[3]) && fits_upper(s, n) && mod97_is_1(s, n);
}

static int fits_bic(const char *s, size_t n)
{
    return (n == 8 || n == 11) && all(s, 6, is_upper) && fits_upper(s + 6, n - 6);
}

static int fits_luhn(const char *s, size_t n)
{
    uint32_t sum = 0;
    if (n < 2 || !fits_digits(s, n)) return 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t v = (uint32_t)(s[n - 1 - i] - '0') * (1u + (uint32_t)(i & 1));
        sum += v > 9 ? v - 9 : v;
    }
    return sum % 10 == 0;
}

static int fits_card(const char *s, size_t n) { return n >= 12 && n <= 19 && fits_luhn(s, n); }

/* An IBAN with its check digits, or a domestic number of 6 to 32 digits (single hyphens inside allowed): these have no common check. */
static int fits_account(const char *s, size_t n)
{
    if (n >= 4 && is_letter(s[0]) && is_letter(s[1])) return fits_iban(s, n);
    size_t digits = 0;
    for (size_t i = 0; i < n; i++) {
        if (is_digit(s[i])) digits++;
        else if (s[i] != '-' || !i || i + 1 == n || s[i - 1] == '-') return 0;
    }
    return digits >= 6 && digits <= 32;
}

/* ---- people --------------------------------------------------------------------------------------------------------------- */

static int host_fits(const char *s, size_t n)
{
    size_t label = 0;
    int dots = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i == n || s[i] == '.') {
            if (!label || label > 63 || s[i - 1] == '-' || s[i - label] == '-') return 0;
            dots += i < n;
            label = 0;
        } else if (letter_or_digit(s[i]) || s[i] == '-' || (unsigned char)s[i] >= 0x80) {
            label++;
        } else {
            return 0;
        }
    }
    return dots > 0 && n <= 253;
}

/* Dot-atom local part of RFC 5321, no quoting; international addresses pass. */
static int fits_email(const char *s, size_t n)
{
    static const char marks[] = "!#$%&'*+-/=?^_`{|}~";
    const char *at = memchr(s, '@', n);
    if (!at || at == s || at - s > 64 || n > 254 || *s == '.' || at[-1] == '.') return 0;
    for (const char *p = s; p < at; p++) {
        int ok = letter_or_digit(*p) || (unsigned char)*p >= 0x80 || memchr(marks, *p, sizeof marks - 1) || (*p == '.' && p[1] != '.');
        if (!ok) return 0;
    }
    return host_fits(at + 1, n - (size_t)(at - s) - 1);
}

/* E.164, or domestic with area code; spaces, hyphens and one pair of brackets may stand between, 6 to 15 digits in all. */
static int fits_phone(const char *s, size_t n)
{
    size_t digits = 0;
    int open = 0, pairs = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (is_digit(c)) {
            digits++;
        } else if (c == '(') {
            if (open || pairs++) return 0;
            open = 1;
        } else if (c == ')') {
            if (!open || !is_digit(s[i - 1])) return 0;
            open = 0;
        } else if (c == '+') {
            if (i) return 0;
        } else if ((c != ' ' && c != '-') || !i || i + 1 == n) {
            return 0;
        }
    }
    return !open && digits >= 6 && digits <= 15;
}

static int fits_url(const char *s, size_t n)
{
    size_t skip = n > 8 && !memcmp(s, "https://", 8) ? 8 : n > 7 && !memcmp(s, "http://", 7) ? 7 : 0, end = skip;
    if (!skip) return 0;
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)s[i] <= ' ' || s[i] == 0x7f) return 0;
    }
    while (end < n && !strchr("/?#:", s[end])) end++;
    if (end < n && s[end] == ':') {
        size_t port = end + 1;
        while (port < n && is_digit(s[port])) port++;
        if (port == end + 1 || (port < n && !strchr("/?#", s[port]))) return 0;
    }
    return host_fits(s + skip, end - skip);
}

/* ---- the list --------------------------------------------------------------------------------------------------------------- */

const arci_format arci_formats[] = {
    { "alnum", fits_alnum, "letters and digits", "字母和数字" },
    { "bank_account", fits_account, "an IBAN or a domestic account number", "IBAN 或国内账号" },
    { "bank_card", fits_card, "a card number with its check digit", "带校验位的银行卡号" },
    { "bic", fits_bic, "a BIC of 8 or 11 characters", "8 或 11 位 BIC" },
    { "cnaps", fits_cnaps, "a CNAPS code of 12 digits", "12 位联行号" },
    { "country", fits_country, "a country code of two capitals", "两位大写国家代码" },
    { "digits", fits_digits, "digits", "数字" },
    { "email", fits_email, "an e-mail address", "电子邮箱地址" },
    { "fapiao_no", fits_fapiao, "a fapiao number of 8 or 20 digits", "8 或 20 位发票号码" },
    { "iban", fits_iban, "an IBAN with its check digits", "带校验位的 IBAN" },
    { "id_card_cn", fits_id_card, "an identity number with its check character", "带校验位的身份证号" },
    { "lei", fits_lei, "a legal entity identifier with its check digits", "带校验位的法人识别编码（LEI）" },
    { "letters", fits_letters, "letters", "字母" },
    { "luhn", fits_luhn, "digits with a Luhn check digit", "带 Luhn 校验位的数字" },
    { "mobile_cn", fits_mobile_cn, "a mobile number of 11 digits", "11 位手机号" },
    { "phone", fits_phone, "a phone number", "电话号码" },
    { "rf", fits_rf, "an RF reference with its check digits", "带校验位的 RF 参考号" },
    { "tax_no", fits_tax_no, "a tax number", "税号" },
    { "upper_alnum", fits_upper, "capitals and digits", "大写字母和数字" },
    { "url", fits_url, "an http or https address", "http 或 https 地址" },
    { "uscc", fits_uscc, "a unified social credit code with its check character", "带校验位的统一社会信用代码" },
    { "vat_eu", arci_vat_fits, "a VAT number of the EU, XI or GB with its check digits", "带校验位的欧盟增值税号" },
};
const uint32_t arci_n_formats = sizeof arci_formats / sizeof arci_formats[0];

const arci_format *arci_format_by_name(const char *name, size_t n)
{
    for (uint32_t i = 0; i < arci_n_formats; i++) {
        if (strlen(arci_formats[i].name) == n && !memcmp(arci_formats[i].name, name, n)) return &arci_formats[i];
    }
    return NULL;
}
