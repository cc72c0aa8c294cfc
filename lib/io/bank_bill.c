/* SPDX-License-Identifier: Apache-2.0 */
/* Bills by the profiles of ours. */
#include <string.h>

#include "io/bank_profile.h"
#include "value/textform.h"

/* Exports put tabs around numbers so that spreadsheets keep their digits; inside of quotes and behind them they would be part of the cell. */
static arc_status without_tabs(arci_bank *b)
{
    char *out = arci_arena_alloc(&b->arena, b->n_text + 1);
    size_t k = 0;
    if (!out) return arci_nomem(b->env);
    for (size_t i = 0; i < b->n_text; i++)
        if (b->text[i] != '\t') out[k++] = b->text[i];
    out[k] = 0;
    b->text = out;
    b->n_text = k;
    return ARC_OK;
}

/* Every name the profile must have stands somewhere in one line of the text. */
static int line_has(const char *s, size_t n, const arci_json *names)
{
    for (const arci_json *name = names->type == ARCI_JSON_ARRAY ? names->child : names; name; name = names->type == ARCI_JSON_ARRAY ? name->next : NULL)
        for (size_t i = 0; i + name->len <= n; i++)
            if (memcmp(s + i, name->s, name->len) == 0) return 1;
    return 0;
}

static int fits(const arci_profile *p, const char *text, size_t n)
{
    for (size_t at = 0; at < n;) {
        size_t end = at, missing = 0;
        while (end < n && text[end] != '\n') end++;
        for (uint32_t i = 0; i < p->n_columns; i++) missing += !p->columns[i].optional && !line_has(text + at, end - at, p->columns[i].names);
        if (!missing) return 1;
        at = end + 1;
    }
    return 0;
}

int32_t arci_bill_detect(arci_bank *b)
{
    size_t head = b->n_text < 32768 ? b->n_text : 32768;
    for (size_t i = 0; i < arci_n_profiles; i++) {
        arci_profile p;
        arc_status st = arci_profile_read(b->env, &p, arci_profiles[i].json, strlen(arci_profiles[i].json));
        if (st != ARC_OK) return st;
        int found = fits(&p, b->text, head);
        arci_profile_clear(&p);
        if (found) return arci_profiles[i].format;
    }
    return ARC_BANK_AUTO;
}

arc_status arci_bill_read(arci_bank *b, int format)
{
    arc_status st = without_tabs(b);
    for (size_t i = 0; i < arci_n_profiles && st == ARC_OK; i++) {
        arci_profile p;
        if (format != ARC_BANK_AUTO && format != arci_profiles[i].format) continue;
        st = arci_profile_read(b->env, &p, arci_profiles[i].json, strlen(arci_profiles[i].json));
        if (st != ARC_OK) return st;
        st = fits(&p, b->text, b->n_text) ? arci_bank_table(b, &p) : ARC_DONE;
        arci_profile_clear(&p);
        if (st != ARC_DONE) {
            b->info.format = arci_profiles[i].format;
            b->info.version = arci_profiles[i].name;
            return st;
        }
        st = ARC_OK;
    }
    return st == ARC_OK ? ARC_DONE : st;
}
