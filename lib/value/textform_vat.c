/* SPDX-License-Identifier: Apache-2.0 */
/* VAT numbers of the European Union, of Northern Ireland (XI) and Great Britain, with the check digits their tax offices have published; where a state
 * publishes none (persons in Bulgaria, older numbers of persons in Czechia) the form alone is looked at. */
#include "value/textform.h"

#include <string.h>

typedef struct digits {
    const char *s; /* behind the two letters */
    uint32_t n;
} digits;

static int is_digit(char c) { return c >= '0' && c <= '9'; }
static uint32_t d(const digits *v, uint32_t i) { return (uint32_t)(v->s[i] - '0'); }

static int all_digits(const digits *v, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        if (!is_digit(v->s[i])) return 0;
    }
    return 1;
}

static int plain(const digits *v, uint32_t n) { return v->n == n && all_digits(v, 0, n); }

/* Weighted sum of the first n digits from `from` on. */
static uint32_t sum(const digits *v, uint32_t from, const uint8_t *weights, uint32_t n)
{
    uint32_t total = 0;
    for (uint32_t i = 0; i < n; i++) total += d(v, from + i) * weights[i];
    return total;
}

static uint32_t number(const digits *v, uint32_t from, uint32_t n, uint32_t mod)
{
    uint32_t rest = 0;
    for (uint32_t i = from; i < from + n; i++) rest = (rest * 10 + d(v, i)) % mod;
    return rest;
}

/* The digit that makes a Luhn number of digits from..from + n. */
static uint32_t luhn(const digits *v, uint32_t from, uint32_t n)
{
    uint32_t total = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t x = d(v, from + n - 1 - i) * (i % 2 ? 1u : 2u);
        total += x > 9 ? x - 9 : x;
    }
    return (10 - total % 10) % 10;
}

/* ISO 7064 MOD 11,10 over all digits. */
static int mod_11_10(const digits *v)
{
    uint32_t product = 10;
    for (uint32_t i = 0; i + 1 < v->n; i++) {
        uint32_t x = (d(v, i) + product) % 10;
        product = (x ? x : 10) * 2 % 11;
    }
    return (product + d(v, v->n - 1)) % 10 == 1;
}

static const uint8_t from_8[] = { 8, 7, 6, 5, 4, 3, 2 }, from_9[] = { 9, 8, 7, 6, 5, 4, 3, 2 };

static int austria(const digits *v)
{
    const digits t = { v->s + 1, v->n - 1 };
    if (v->n != 9 || v->s[0] != 'U' || !plain(&t, 8)) return 0;
    uint32_t total = 4;
    for (uint32_t i = 0; i < 8; i++) { /* every second one twice, as Luhn has it */
        const uint32_t x = d(&t, i) * (1 + i % 2);
        total += i == 7 ? d(&t, i) : x > 9 ? x - 9 : x;
    }
    return total % 10 == 0;
}

static int belgium(const digits *v) { return plain(v, 10) && d(v, 0) < 2 && number(v, 0, 8, 97) + number(v, 8, 2, 100) == 97; }

static int bulgaria(const digits *v)
{
    static const uint8_t first[] = { 1, 2, 3, 4, 5, 6, 7, 8 }, second[] = { 3, 4, 5, 6, 7, 8, 9, 10 };
    static const uint8_t citizen[] = { 2, 4, 8, 5, 10, 9, 7, 3, 6 }, foreigner[] = { 21, 19, 17, 13, 11, 9, 7, 3, 1 }, other[] = { 4, 3, 2, 7, 6, 5, 4, 3, 2 };
    if (plain(v, 9)) {
        uint32_t rest = sum(v, 0, first, 8) % 11;
        if (rest == 10) rest = sum(v, 0, second, 8) % 11;
        return rest % 10 == d(v, 8);
    }
    if (!plain(v, 10)) return 0;
    return sum(v, 0, citizen, 9) % 11 % 10 == d(v, 9) || sum(v, 0, foreigner, 9) % 10 == d(v, 9) || (11 - sum(v, 0, other, 9) % 11) % 11 == d(v, 9);
}

static int cyprus(const digits *v)
{
    static const uint8_t odd[] = { 1, 0, 5, 7, 9, 13, 15, 17, 19, 21 };
    uint32_t total = 0;
    if (v->n != 9 || !all_digits(v, 0, 8) || memcmp(v->s, "12", 2) == 0) return 0;
    for (uint32_t i = 0; i < 8; i++) total += i % 2 ? d(v, i) : odd[d(v, i)];
    return v->s[8] == (char)('A' + total % 26);
}

static int czechia(const digits *v)
{
    if (plain(v, 8)) {
        const uint32_t check = (11 - sum(v, 0, from_8, 7) % 11) % 11;
        return d(v, 0) != 9 && (check ? check : 1) % 10 == d(v, 7);
    }
    if (plain(v, 9)) {
        if (d(v, 0) != 6) return 1; /* numbers given before 1954 have no check digit */
        return (18 - (10 - sum(v, 1, from_8, 7) % 11)) % 10 == d(v, 8);
    }
    return plain(v, 10) && (number(v, 0, 10, 11) == 0 || (number(v, 0, 9, 11) == 10 && d(v, 9) == 0));
}

static int germany(const digits *v) { return plain(v, 9) && d(v, 0) && mod_11_10(v); }

static int denmark(const digits *v)
{
    static const uint8_t weights[] = { 2, 7, 6, 5, 4, 3, 2, 1 };
    return plain(v, 8) && d(v, 0) && sum(v, 0, weights, 8) % 11 == 0;
}

static int estonia(const digits *v)
{
    static const uint8_t weights[] = { 3, 7, 1, 3, 7, 1, 3, 7, 1 };
    return plain(v, 9) && sum(v, 0, weights, 9) % 10 == 0;
}

static int greece(const digits *v)
{
    uint32_t check = 0;
    if (!plain(v, 9)) return 0;
    for (uint32_t i = 0; i < 8; i++) check = check * 2 + d(v, i);
    return check * 2 % 11 % 10 == d(v, 8);
}

/* Persons have a letter that follows from the number, companies a digit or a letter. */
static int spain(const digits *v)
{
    static const char of_person[] = "TRWAGMYFPDXBNJZSQVHLCKE", of_company[] = "JABCDEFGHI";
    if (v->n != 9 || !all_digits(v, 1, 8)) return 0;
    const char first = v->s[0], last = v->s[8];
    if (is_digit(first)) return of_person[number(v, 0, 8, 23)] == last;
    if (first >= 'X' && first <= 'Z') return of_person[((uint32_t)(first - 'X') * 10000000u + number(v, 1, 7, 10000000u)) % 23] == last;
    if (first == 'K' || first == 'L' || first == 'M') return of_person[number(v, 1, 7, 10000000u) % 23] == last;
    if (!memchr("ABCDEFGHJNPQRSUVW", first, 17)) return 0;
    const uint32_t check = luhn(v, 1, 7);
    const int digit = last == (char)('0' + check), letter = last == of_company[check];
    return memchr("NPQRSW", first, 6) ? letter : memchr("ABEH", first, 4) ? digit : digit || letter;
}

static int finland(const digits *v)
{
    static const uint8_t weights[] = { 7, 9, 10, 5, 8, 4, 2, 1 };
    return plain(v, 8) && sum(v, 0, weights, 8) % 11 == 0;
}

static int france(const digits *v)
{
    static const char set[] = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    if (v->n != 11 || !all_digits(v, 2, 11)) return 0;
    const char *a = memchr(set, v->s[0], 34), *b = memchr(set, v->s[1], 34);
    if (!a || !b) return 0;
    if (memcmp(v->s + 2, "000", 3) != 0 && luhn(v, 2, 8) != d(v, 10)) return 0; /* Monaco has numbers of its own */
    const uint32_t i = (uint32_t)(a - set), k = (uint32_t)(b - set), siren = number(v, 2, 9, 1000000000u);
    if (i < 10 && k < 10) return i * 10 + k == (12 + 3 * (siren % 97)) % 97;
    const uint32_t value = i < 10 ? i * 24 + k - 10 : i * 34 + k - 100;
    return (siren + 1 + value / 11) % 11 == value % 11;
}

static int croatia(const digits *v) { return plain(v, 11) && mod_11_10(v); }

static int hungary(const digits *v)
{
    static const uint8_t weights[] = { 9, 7, 3, 1, 9, 7, 3, 1 };
    return plain(v, 8) && sum(v, 0, weights, 8) % 10 == 0;
}

static int ireland(const digits *v)
{
    static const char set[] = "WABCDEFGHIJKLMNOPQRSTUV";
    if (v->n < 8 || v->n > 9 || !is_digit(v->s[0]) || !all_digits(v, 2, 7)) return 0;
    const char *at = memchr(set, v->s[7], 23), *extra = v->n == 9 ? memchr(set, v->s[8], 23) : set;
    uint32_t total = 0;
    if (!at || !extra) return 0;
    if (is_digit(v->s[1])) {
        total = sum(v, 0, from_8, 7) + 9 * (uint32_t)(extra - set);
    } else { /* of the old form: the second character stands for nothing, the first comes last */
        if (v->n == 9 || !((v->s[1] >= 'A' && v->s[1] <= 'Z') || v->s[1] == '+' || v->s[1] == '*')) return 0;
        for (uint32_t i = 0; i < 5; i++) total += d(v, 2 + i) * from_8[i + 1];
        total += d(v, 0) * 2;
    }
    return total % 23 == (uint32_t)(at - set);
}

static int italy(const digits *v)
{
    if (!plain(v, 11) || number(v, 0, 7, 10000000u) == 0 || luhn(v, 0, 10) != d(v, 10)) return 0;
    const uint32_t office = number(v, 7, 3, 1000u);
    return (office >= 1 && office <= 100) || office == 120 || office == 121 || office == 888 || office == 999;
}

static int lithuania(const digits *v)
{
    const uint32_t n = v->n - 1;
    uint32_t first = 0, second = 0;
    if (!(plain(v, 9) && d(v, 7) == 1) && !(plain(v, 12) && d(v, 10) == 1)) return 0;
    for (uint32_t i = 0; i < n; i++) {
        first += (1 + i % 9) * d(v, i);
        second += (1 + (i + 2) % 9) * d(v, i);
    }
    return (first % 11 == 10 ? second % 11 % 10 : first % 11) == d(v, n);
}

static int luxembourg(const digits *v) { return plain(v, 8) && number(v, 0, 6, 89) == number(v, 6, 2, 100); }

static int latvia(const digits *v)
{
    static const uint8_t company[] = { 9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1 }, person[] = { 10, 5, 8, 4, 2, 1, 6, 3, 7, 9 };
    if (!plain(v, 11)) return 0;
    if (d(v, 0) > 3) return sum(v, 0, company, 11) % 11 == 3;
    if (memcmp(v->s, "32", 2) == 0) return 1; /* of persons since 2017: nothing follows from them */
    return (1 + sum(v, 0, person, 10)) % 11 % 10 == d(v, 10);
}

static int malta(const digits *v)
{
    static const uint8_t weights[] = { 3, 4, 6, 7, 8, 9, 10, 1 };
    return plain(v, 8) && d(v, 0) && sum(v, 0, weights, 8) % 37 == 0;
}

/* Companies have a citizen number's check; since 2020 numbers of the self-employed are checked as a whole, mod 97, letters and all. */
static int netherlands(const digits *v)
{
    uint32_t rest;
    if (v->n != 12 || v->s[9] != 'B' || !all_digits(v, 0, 9) || !all_digits(v, 10, 12) || number(v, 10, 2, 100) == 0) return 0;
    if ((sum(v, 0, from_9, 8) + 10 * d(v, 8)) % 11 == 0 && number(v, 0, 9, 1000000000u)) return 1;
    rest = 2321 % 97; /* N and L */
    for (uint32_t i = 0; i < 12; i++) rest = is_digit(v->s[i]) ? (rest * 10 + d(v, i)) % 97 : (rest * 100 + (uint32_t)(v->s[i] - 'A') + 10) % 97;
    return rest == 1;
}

static int poland(const digits *v)
{
    static const uint8_t weights[] = { 6, 5, 7, 2, 3, 4, 5, 6, 7, 10 };
    return plain(v, 10) && sum(v, 0, weights, 10) % 11 == 0;
}

static int portugal(const digits *v) { return plain(v, 9) && d(v, 0) && (11 - sum(v, 0, from_9, 8) % 11) % 11 % 10 == d(v, 8); }

/* Companies have 2 to 10 digits, counted from behind; persons the 13 of their citizen number. */
static int romania(const digits *v)
{
    static const uint8_t company[] = { 7, 5, 3, 2, 1, 7, 5, 3, 2 }, person[] = { 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9 };
    if (v->n < 2 || !all_digits(v, 0, v->n) || !d(v, 0)) return 0;
    if (v->n == 13) {
        const uint32_t check = sum(v, 0, person, 12) % 11;
        return (check == 10 ? 1 : check) == d(v, 12);
    }
    return v->n <= 10 && 10 * sum(v, 0, company + 10 - v->n, v->n - 1) % 11 % 10 == d(v, v->n - 1);
}

static int sweden(const digits *v) { return plain(v, 12) && number(v, 10, 2, 100) && luhn(v, 0, 9) == d(v, 9); }

static int slovenia(const digits *v)
{
    if (!plain(v, 8) || !d(v, 0)) return 0;
    const uint32_t check = 11 - sum(v, 0, from_8, 7) % 11;
    return (check == 10 ? 0 : check) == d(v, 7);
}

static int slovakia(const digits *v) { return plain(v, 10) && number(v, 0, 10, 11) == 0; }

/* Of traders 9 or 12 digits; of government departments GD and a number below 500, of health authorities HA and one from 500 on. */
static int britain(const digits *v)
{
    if (v->n == 5 && all_digits(v, 2, 5)) return memcmp(v->s, "GD", 2) == 0 ? number(v, 2, 3, 1000) < 500 : memcmp(v->s, "HA", 2) == 0 && number(v, 2, 3, 1000) >= 500;
    if (!plain(v, 9) && !plain(v, 12)) return 0;
    const uint32_t rest = (sum(v, 0, from_8, 7) + number(v, 7, 2, 100)) % 97;
    return rest == 0 || (number(v, 0, 3, 1000) >= 100 && (rest == 42 || rest == 55));
}

static const struct {
    char country[3];
    int (*fits)(const digits *v);
} states[] = {
    { "AT", austria }, { "BE", belgium }, { "BG", bulgaria }, { "CY", cyprus },    { "CZ", czechia },   { "DE", germany },  { "DK", denmark },    { "EE", estonia },
    { "EL", greece },  { "ES", spain },   { "FI", finland },  { "FR", france },    { "GB", britain },   { "HR", croatia },  { "HU", hungary },    { "IE", ireland },
    { "IT", italy },   { "LT", lithuania }, { "LU", luxembourg }, { "LV", latvia }, { "MT", malta },    { "NL", netherlands }, { "PL", poland },  { "PT", portugal },
    { "RO", romania }, { "SE", sweden },  { "SI", slovenia }, { "SK", slovakia },  { "XI", britain },
};

int arci_vat_fits(const char *s, size_t n)
{
    if (n < 4 || n > 17) return 0;
    const digits v = { s + 2, (uint32_t)n - 2 };
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (memcmp(states[i].country, s, 2) == 0) return states[i].fits(&v);
    }
    return 0;
}
