/* SPDX-License-Identifier: Apache-2.0 */
/* :86: as Dutch, Belgian, Nordic and many other banks write it: /EREF/value/REMI/value, and the older "REK: ... NAAM: ...". */
#include <string.h>

#include "io/mt940.h"

typedef struct word {
    const char *name;
    size_t offset; /* of the text in arc_bank_line; EXTRA and so on below */
    int opens;     /* tells the style by itself */
} word;

enum { EXTRA = 4000, ORIGINAL, CHARGES, RATE, REMITTANCE, COUNTERPARTY, PARTY, OTHER_PARTY, NOTHING };
#define AT(member) offsetof(arc_bank_line, member)

static const word words[] = { { "EREF", AT(end_to_end), 1 }, { "REMI", REMITTANCE, 1 }, { "TRTP", AT(info), 1 }, { "TRCD", AT(own_code), 1 }, { "IBAN", AT(account), 1 },
                              { "BIC", AT(bank), 1 }, { "NAME", AT(name), 1 }, { "MARF", AT(mandate), 1 }, { "CSID", AT(creditor_id), 1 }, { "PURP", AT(purpose), 0 },
                              { "CD", AT(purpose), 0 }, { "RTRN", AT(return_reason), 1 }, { "CNTP", COUNTERPARTY, 1 }, { "ORDP", PARTY, 1 }, { "BENM", PARTY, 1 },
                              { "ULTC", OTHER_PARTY, 1 }, { "ULTD", OTHER_PARTY, 1 }, { "ULTB", OTHER_PARTY, 1 }, { "UDTR", OTHER_PARTY, 1 }, { "UCRD", OTHER_PARTY, 1 },
                              { "ADDR", AT(address), 0 }, { "KREF", AT(customer_ref), 1 }, { "PREF", AT(batch), 1 }, { "OCMT", ORIGINAL, 1 }, { "CHGS", CHARGES, 1 },
                              { "EXCH", RATE, 1 }, { "ID", EXTRA, 0 }, { "ISDT", EXTRA, 0 }, { "SVCL", EXTRA, 0 }, { "RREF", EXTRA, 1 }, { "RTYP", EXTRA, 0 }, { "INIT", EXTRA, 0 },
                              { "NRTX", EXTRA, 0 }, { "SUM", EXTRA, 0 }, { "ACC", EXTRA, 0 }, { "INST", EXTRA, 0 }, { "INS", EXTRA, 0 }, { "BUSP", EXTRA, 0 },
                              { "CDTRREFTP", NOTHING, 0 }, { "CDTRREF", AT(creditor_ref), 0 }, { "TEXT", AT(text), 1 }, { "PT", AT(own_code), 2 }, { "PY", AT(text), 2 } };

/* "/KEY/" at s. Keys that are also short words count only in texts that begin with one of them. */
static const word *key_at(const char *s, size_t n, int us, size_t *len)
{
    if (n < 4 || s[0] != '/') return NULL;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t k = strlen(words[i].name);
        if (n < k + 2 || s[k + 1] != '/' || memcmp(s + 1, words[i].name, k) != 0 || (words[i].opens == 2 && !us)) continue;
        *len = k + 2;
        return &words[i];
    }
    return NULL;
}

static void bare(const char **s, size_t *n)
{
    while (*n && ((*s)[0] == '/' || (*s)[0] == ' ' || (*s)[0] == '\n')) (*s)++, (*n)--;
    while (*n && ((*s)[*n - 1] == '/' || (*s)[*n - 1] == ' ' || (*s)[*n - 1] == '\n' || (*s)[*n - 1] == ';')) (*n)--;
}

/* Up to the next slash. */
static const char *part(const char **s, size_t *n, size_t *len)
{
    const char *from = *s;
    size_t k = 0;
    while (k < *n && from[k] != '/') k++;
    *len = k;
    *s += k < *n ? k + 1 : k;
    *n -= k < *n ? k + 1 : k;
    return from;
}

/* account / BIC / name / town */
static void counterparty(arci_bank *b, arc_bank_line *l, const char *s, size_t n)
{
    size_t len;
    const char *p = part(&s, &n, &len);
    l->account = arci_bank_squeezed(b, p, len);
    p = part(&s, &n, &len);
    l->bank = arci_bank_squeezed(b, p, len);
    p = part(&s, &n, &len);
    l->name = arci_bank_trimmed(b, p, len);
    p = part(&s, &n, &len);
    l->address = arci_bank_trimmed(b, p, len);
}

/* USTD//text, STRD/CUR/reference, STRD/ISO/RF..., or the text itself. */
static void remittance(arci_bank *b, arc_bank_line *l, const char *s, size_t n)
{
    size_t len;
    if (n >= 5 && memcmp(s, "STRD/", 5) == 0) {
        s += 5;
        n -= 5;
        part(&s, &n, &len);
        bare(&s, &n);
        l->creditor_ref = arci_bank_reference(b, s, n);
        return;
    }
    if (n >= 5 && memcmp(s, "USTD/", 5) == 0) s += 5, n -= 5;
    bare(&s, &n);
    const char *kept = arci_bank_trimmed(b, s, n);
    if (kept) l->text = arci_bank_joined(b, l->text, "\n", kept, strlen(kept));
}

static arc_status take(arci_bank *b, arci_bank_entry *e, const word *w, const word *before, const char *s, size_t n, int64_t row)
{
    arc_bank_line *l = &e->l;
    if (w->offset == REMITTANCE) {
        remittance(b, l, s, n);
        return ARC_OK;
    }
    if (w->offset == COUNTERPARTY) {
        counterparty(b, l, s, n);
        return ARC_OK;
    }
    bare(&s, &n);
    if (!n || w->offset == NOTHING) return ARC_OK;
    if (w->offset == ORIGINAL) return arci_mt_original(b, e, s, n, row);
    if (w->offset == CHARGES) return arci_mt_charges(b, e, s, n, row);
    if (w->offset == RATE) {
        arci_mt_rate(b, e, s, n);
        return ARC_OK;
    }
    if (w->offset == EXTRA) {
        arci_bank_extra(b, w->name, strlen(w->name), s, n);
        return ARC_OK;
    }
    size_t to = w->offset;
    if (to == PARTY) to = AT(name);
    if (to == OTHER_PARTY || (to == AT(name) && before && before->offset == OTHER_PARTY)) to = AT(ultimate_name);
    arci_bank_field f = { w->name, to, 0 };
    const char **slot = arci_bank_slot(l, &f);
    const char *kept = to == AT(account) || to == AT(bank) ? arci_bank_squeezed(b, s, n) : to == AT(text) || to == AT(info) ? arci_bank_trimmed(b, s, n) : arci_bank_reference(b, s, n);
    if (!kept) return ARC_OK;
    *slot = to == AT(text) || to == AT(info) ? arci_bank_joined(b, *slot, "\n", kept, strlen(kept)) : kept;
    return ARC_OK;
}

int arci_mt_slashes(arci_bank *b, arci_bank_entry *e, const char *s, size_t n, int64_t row, arc_status *st)
{
    const word *w = NULL, *before = NULL;
    size_t at = 0, len = 0;
    int us = n > 4 && (memcmp(s, "/PT/", 4) == 0 || memcmp(s, "/PY/", 4) == 0);
    while (at < n && (!(w = key_at(s + at, n - at, us, &len)) || !w->opens)) at++;
    if (!w || at >= n) return 0;
    const char *head = s;
    size_t head_len = at;
    bare(&head, &head_len);
    const char *kept = arci_bank_trimmed(b, head, head_len);
    if (kept) e->l.text = arci_bank_joined(b, e->l.text, "\n", kept, strlen(kept));
    while (w && *st == ARC_OK) {
        const word *next = NULL;
        size_t from = at + len, end = from, next_len = 0;
        /* a key may share the slash that ends the one before: /ORDP//NAME/ and /BENM/NAME/ */
        if (end > 0 && (next = key_at(s + end - 1, n - end + 1, us, &next_len)) != NULL) end--;
        while (!next && end < n && !(next = key_at(s + end, n - end, us, &next_len))) end++;
        *st = take(b, e, w, before, s + from, end > from ? end - from : 0, row);
        before = w;
        w = next;
        at = end;
        len = next_len;
    }
    return 1;
}

/* ---- "SEPA OVERBOEKING IBAN: ... BIC: ... NAAM: ... OMSCHRIJVING: ..." ------------------------------------------------------ */

static const word colons[] = { { "IBAN:", AT(account), 0 }, { "REK:", AT(account), 0 }, { "BIC:", AT(bank), 0 }, { "NAAM:", AT(name), 0 }, { "OMSCHRIJVING:", AT(text), 0 },
                               { "KENMERK:", AT(end_to_end), 0 }, { "BETALINGSKENM.:", AT(creditor_ref), 0 }, { "MACHTIGING:", AT(mandate), 0 }, { "INCASSANT:", AT(creditor_id), 0 },
                               /* Poland: "944 Przelew krajowy; z rach.: 10..; od: FIRMA; tyt.: FV 1; TNR: 55" */
                               { "z rach.:", AT(account), 0 }, { "na rach.:", AT(account), 0 }, { "od:", AT(name), 0 }, { "dla:", AT(name), 0 }, { "tyt.:", AT(text), 0 }, { "TNR:", AT(bank_ref), 0 } };

static const word *colon_at(const char *s, size_t i, size_t n, size_t *len)
{
    if (i && s[i - 1] != ' ' && s[i - 1] != '\n' && s[i - 1] != '/') return NULL;
    for (size_t k = 0; k < sizeof colons / sizeof colons[0]; k++) {
        *len = strlen(colons[k].name);
        if (n - i >= *len && memcmp(s + i, colons[k].name, *len) == 0) return &colons[k];
    }
    return NULL;
}

int arci_mt_colons(arci_bank *b, arci_bank_entry *e, const char *s, size_t n)
{
    const word *w = NULL;
    size_t at = 0, len = 0, first, hits = 0;
    for (size_t i = 0; i < n; i++) hits += colon_at(s, i, n, &len) != NULL;
    if (hits < 2) return 0;
    while (at < n && !(w = colon_at(s, at, n, &len))) at++;
    first = at;
    while (w) {
        const word *next = NULL;
        size_t end = at + len, next_len = 0;
        const char *value = s + end;
        while (end < n && !(next = colon_at(s, end, n, &next_len))) end++;
        size_t size = (size_t)(s + end - value);
        bare(&value, &size);
        arci_bank_field f = { w->name, w->offset, 0 };
        const char *kept = w->offset == AT(account) || w->offset == AT(bank) ? arci_bank_squeezed(b, value, size) : arci_bank_reference(b, value, size);
        if (kept) *arci_bank_slot(&e->l, &f) = kept;
        w = next;
        at = end;
        len = next_len;
    }
    const char *head = s;
    bare(&head, &first);
    const char *kept = arci_bank_trimmed(b, head, first);
    const char **to = e->l.text ? &e->l.info : &e->l.text; /* where the text has a key of its own, what stands before it is the kind of payment */
    if (kept) *to = arci_bank_joined(b, *to, "\n", kept, strlen(kept));
    return 1;
}
