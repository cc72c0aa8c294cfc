/* SPDX-License-Identifier: Apache-2.0 */
/* :86: of a line: subfields (?20, ~20, >20, ^20 ...) with the keys of German banks inside, or text in one of the other styles. */
#include <string.h>

#include "io/mt940.h"
#include "value/textform.h"

enum { WIDTH = 65, SEGMENT = 27 }; /* of a line of :86:, of a subfield */

typedef struct info {
    arci_bank *b;
    arci_bank_entry *e;
    arci_str purpose;   /* subfields 20 to 29 and 60 to 63 */
    size_t starts[16];  /* where each of them begins in it */
    uint32_t n_starts;
    int64_t row;
} info;

static int digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] < '0' || s[i] > '9') return 0;
    return 1;
}

/* Lines are cut at 65 characters wherever that falls: a full one goes on in the next, a shorter one ended. */
static void unwrap(arci_str *out, const char *s, size_t n, const char *between)
{
    const char *line;
    size_t at = 0, len, last = WIDTH;
    while (arci_mt_next_line(s, n, &at, &line, &len)) {
        if (out->len && last < WIDTH) arci_str_puts(out, between);
        arci_str_add(out, line, len);
        last = arci_utf8_count(line, len);
    }
}

/* ---- keys of German banks: EREF+ KREF+ MREF+ ... SVWZ+ ---------------------------------------------------------------------- */

typedef struct key {
    const char *name;
    size_t offset; /* of the text in arc_bank_line; SIZE_MAX: extra */
} key;

#define AT(member) offsetof(arc_bank_line, member)
static const key keys[] = { { "EREF", AT(end_to_end) }, { "KREF", AT(customer_ref) }, { "MREF", AT(mandate) }, { "CRED", AT(creditor_id) }, { "SVWZ", AT(text) },
                            { "ABWA", AT(ultimate_name) }, { "ABWE", SIZE_MAX }, { "PURP", AT(purpose) }, { "IBAN", AT(account) }, { "BIC", AT(bank) }, { "COAM", SIZE_MAX - 1 },
                            { "OAMT", SIZE_MAX - 2 }, { "DEBT", SIZE_MAX }, { "MTLG", AT(info) }, { "BREF", SIZE_MAX }, { "RREF", SIZE_MAX }, { "PREF", SIZE_MAX }, { "DDAT", SIZE_MAX },
                            { "SQTP", SIZE_MAX }, { "ORCR", SIZE_MAX }, { "ORMR", SIZE_MAX }, { "ANAM", AT(name) }, { "RTRN", AT(return_reason) }, { "TAN", SIZE_MAX } };

/* The key that stands at s, with + or : behind it; NULL: none. */
static const key *key_at(const char *s, size_t n, size_t *len)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        size_t k = strlen(keys[i].name);
        if (n <= k || memcmp(s, keys[i].name, k) != 0 || (s[k] != '+' && s[k] != ':')) continue;
        *len = k + 1;
        return &keys[i];
    }
    return NULL;
}

/* Keys stand at the beginning of a subfield, or behind a blank inside one. */
static const key *next_key(const info *x, size_t from, size_t *at, size_t *len)
{
    const char *s = x->purpose.s;
    for (size_t i = from; i < x->purpose.len; i++) {
        int may = i == 0 || s[i - 1] == ' ' || s[i - 1] == '\n';
        for (uint32_t k = 0; k < x->n_starts && !may; k++) may = x->starts[k] == i;
        const key *found = may ? key_at(s + i, x->purpose.len - i, len) : NULL;
        if (found) {
            *at = i;
            return found;
        }
    }
    *at = x->purpose.len;
    return NULL;
}

static void plain_amount(arci_bank *b, arci_bank_entry *e, const key *k, const char *s, size_t n)
{
    arc_error aside = ARC_ERROR_INIT;
    arci_env env = { b->ctx, &aside }, *was = b->env;
    char text[64];
    size_t m = 0;
    while (n && *s == ' ') s++, n--;
    if (n > 40) n = 40;
    if (n < 3 || !arci_bank_currency_form(s, 3)) {
        memcpy(text, e->l.amount.currency, 3);
        m = 3;
    }
    for (size_t i = 0; i < n; i++)
        if (s[i] != ' ') text[m++] = s[i];
    b->env = &env; /* what cannot be read as an amount is kept as text: it is no part of the booking */
    if ((k->offset == SIZE_MAX - 1 ? arci_mt_charges : arci_mt_original)(b, e, text, m, 0) != ARC_OK) arci_bank_extra(b, k->name, strlen(k->name), s, n);
    b->env = was;
}

static void put_key(info *x, const key *k, const char *s, size_t n)
{
    arc_bank_line *l = &x->e->l;
    if (k->offset >= SIZE_MAX - 2) {
        if (k->offset == SIZE_MAX) arci_bank_extra(x->b, k->name, strlen(k->name), s, n);
        else plain_amount(x->b, x->e, k, s, n);
        return;
    }
    arci_bank_field f = { k->name, k->offset, 0 };
    const char **slot = arci_bank_slot(l, &f);
    const char *value = k->offset == AT(account) ? arci_bank_squeezed(x->b, s, n) : k->offset == AT(text) ? arci_bank_trimmed(x->b, s, n) : arci_bank_reference(x->b, s, n);
    if (value && (!*slot || k->offset != AT(info))) *slot = value;
    else if (value) *slot = arci_bank_joined(x->b, *slot, "\n", value, strlen(value));
}

/* With keys, the text is what SVWZ has and what stands before the first key; without, all of it. */
static void purpose(info *x)
{
    size_t at, len = 0, next, next_len = 0;
    const key *k = next_key(x, 0, &at, &len);
    const char *before = arci_bank_trimmed(x->b, x->purpose.s ? x->purpose.s : "", at);
    while (k) {
        const key *following = next_key(x, at + len, &next, &next_len);
        put_key(x, k, x->purpose.s + at + len, next - at - len);
        k = following;
        at = next;
        len = next_len;
    }
    if (before) x->e->l.text = arci_bank_joined(x->b, before, "\n", x->e->l.text ? x->e->l.text : "", x->e->l.text ? strlen(x->e->l.text) : 0);
}

/* ---- subfields ---------------------------------------------------------------------------------------------------------------- */

static void append(arci_bank *b, const char **slot, const char *between, const char *s, size_t n)
{
    const char *kept = *between ? arci_bank_trimmed(b, s, n) : arci_bank_keep(b, s, n);
    if (kept) *slot = arci_bank_joined(b, *slot, between, kept, strlen(kept));
}

/* A name's second part continues a full first one; else it is a word of its own. */
static void name_part(info *x, const char *s, size_t n)
{
    const char *name = x->e->l.name;
    int full = name && (arci_utf8_count(name, strlen(name)) >= SEGMENT || (n && s[0] == ' '));
    while (n && s[n - 1] == ' ') n--;
    if (n) x->e->l.name = arci_bank_joined(x->b, name, full ? "" : " ", s, n);
}

int arci_gvc_returns(const char *gvc)
{
    static const char *const codes[] = { "009", "059", "108", "109", "159", "181", "182", "183", "184", "185", "188" };
    for (size_t i = 0; gvc && i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(gvc, codes[i]) == 0) return 1;
    return 0;
}

static void subfield(info *x, int number, const char *s, size_t n)
{
    arci_bank *b = x->b;
    arc_bank_line *l = &x->e->l;
    char name[4] = { '?', (char)('0' + number / 10), (char)('0' + number % 10), 0 };
    if ((number >= 20 && number <= 29) || (number >= 60 && number <= 63)) {
        if (x->n_starts < 16) x->starts[x->n_starts++] = x->purpose.len;
        arci_str_add(&x->purpose, s, n);
        return;
    }
    switch (number) {
    case 0: append(b, &l->info, "\n", s, n); break;
    case 10: l->prima_nota = arci_bank_trimmed(b, s, n); break;
    case 30: l->bank = arci_bank_squeezed(b, s, n); break;
    case 31: l->account = arci_bank_squeezed(b, s, n); break;
    case 32:
    case 33: name_part(x, s, n); break;
    case 34:
        l->own_code = arci_bank_trimmed(b, s, n);
        if (arci_gvc_returns(l->gvc)) l->return_reason = l->own_code;
        break;
    case 38: /* Polish banks: the whole account number, where 30 and 31 are its parts */
        if (n) l->account = arci_bank_squeezed(b, s, n);
        break;
    default: arci_bank_extra(b, name, 3, s, n);
    }
}

/* The sign that begins subfields: none of those in words, two digits behind it, and at least one that is usual (00, 10, 20 to 33). */
static size_t first_subfield(const char *s, size_t n, char *sign)
{
    for (size_t i = 0; i < 5 && i + 2 < n; i++) {
        char c = s[i];
        if (c >= '0' && c <= '9') continue;
        if (!strchr("?>~^<!`|+&$", c) || !digits(s + i + 1, 2)) return SIZE_MAX;
        *sign = c;
        return i;
    }
    return SIZE_MAX;
}

/* Between segments without keys: a short one ended with a word. */
static void space_out(info *x)
{
    size_t at, len;
    arci_str spaced;
    if (x->purpose.failed || next_key(x, 0, &at, &len)) return;
    arci_str_init(&spaced, x->b->ctx);
    for (uint32_t i = 0; i < x->n_starts; i++) {
        size_t from = x->starts[i], to = i + 1 < x->n_starts ? x->starts[i + 1] : x->purpose.len;
        arci_str_add(&spaced, x->purpose.s + from, to - from);
        if (to > from && to < x->purpose.len && arci_utf8_count(x->purpose.s + from, to - from) < SEGMENT && x->purpose.s[to - 1] != ' ' && x->purpose.s[to] != ' ')
            arci_str_putc(&spaced, ' ');
    }
    arci_str_clear(&x->purpose);
    x->purpose = spaced;
    x->n_starts = 0;
}

static void structured(info *x, const char *s, size_t n, size_t first, char sign)
{
    size_t at = first;
    if (first) x->e->l.gvc = arci_bank_trimmed(x->b, s, first);
    while (at < n) {
        size_t end = at + 3;
        int number = (s[at + 1] - '0') * 10 + (s[at + 2] - '0');
        while (end < n && !(s[end] == sign && end + 2 < n && digits(s + end + 1, 2))) end++;
        subfield(x, number, s + at + 3, end - at - 3);
        at = end;
    }
    space_out(x);
    if (x->purpose.len) purpose(x);
}

/* ---- other texts --------------------------------------------------------------------------------------------------------------- */

/* "NL81ASNB9999999999 name of the other side", then the text. */
static int account_first(info *x, const char *s, size_t n)
{
    const char *line;
    size_t at = 0, len, k = 0;
    if (!arci_mt_next_line(s, n, &at, &line, &len)) return 0;
    while (k < len && line[k] != ' ') k++;
    if (!arci_mt_iban_form(line, k) || at >= n) return 0;
    x->e->l.account = arci_bank_keep(x->b, line, k);
    x->e->l.name = arci_bank_trimmed(x->b, line + k, len - k);
    arci_str_reset(&x->purpose);
    unwrap(&x->purpose, s + at, n - at, "\n");
    append(x->b, &x->e->l.text, "\n", x->purpose.s ? x->purpose.s : "", x->purpose.len);
    return 1;
}

static void words(info *x, const char *s, size_t n)
{
    arci_bank *b = x->b;
    arc_bank_line *l = &x->e->l;
    if (n >= 9 && digits(s, 3) && s[3] == 'P' && s[4] == 'N' && digits(s + 5, 4)) { /* code, prima nota, text */
        l->gvc = arci_bank_keep(b, s, 3);
        l->prima_nota = arci_bank_keep(b, s + 5, 4);
        s += 9;
        n -= 9;
    } else if (n == 3 && digits(s, 3)) {
        l->gvc = arci_bank_keep(b, s, 3);
        return;
    }
    append(b, &l->text, "\n", s, n);
}

static arc_status read_info(info *x, const char *s, size_t n)
{
    arc_status st = ARC_OK;
    char sign = 0;
    size_t first;
    while (n && s[0] == ' ') s++, n--;
    while (n && (s[n - 1] == ' ' || s[n - 1] == '\n' || s[n - 1] == '\r')) n--;
    unwrap(&x->purpose, s, n, "");
    if (x->purpose.failed) return arci_nomem(x->b->env);
    first = first_subfield(x->purpose.s ? x->purpose.s : "", x->purpose.len, &sign);
    if (first != SIZE_MAX) {
        arci_str whole = x->purpose;
        arci_str_init(&x->purpose, x->b->ctx);
        structured(x, whole.s, whole.len, first, sign);
        arci_str_clear(&whole);
        return ARC_OK;
    }
    if (account_first(x, s, n)) return ARC_OK;
    arci_str_reset(&x->purpose);
    unwrap(&x->purpose, s, n, "\n");
    if (x->purpose.failed) return arci_nomem(x->b->env);
    const char *text = x->purpose.s ? x->purpose.s : "";
    if (!arci_mt_slashes(x->b, x->e, text, x->purpose.len, x->row, &st) && !arci_mt_colons(x->b, x->e, text, x->purpose.len)) words(x, text, x->purpose.len);
    return st;
}

arc_status arci_mt_info(arci_bank *b, arci_bank_entry *e, const arci_mt_field *f)
{
    info x = { .b = b, .e = e, .row = f->row };
    arci_str_init(&x.purpose, b->ctx);
    arc_status st = read_info(&x, f->s, f->n);
    if (st == ARC_OK && (x.purpose.failed || b->extra.failed)) st = arci_nomem(b->env);
    arci_str_clear(&x.purpose);
    return st;
}
