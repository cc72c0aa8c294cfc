/* SPDX-License-Identifier: Apache-2.0 */
/* A file as JSON. */
#include <string.h>

#include "base/json_text.h"
#include "io/bank.h"
#include "value/date.h"
#include "value/digits.h"

static void put_date(arci_str *o, const char *key, arc_date d)
{
    char text[16];
    size_t n = sizeof text;
    if (d == ARC_DATE_NONE || arc_date_print(text, &n, d) != ARC_OK) return;
    arci_json_put_str(o, key, text);
}

static void put_money(arci_str *o, const char *key, const arc_money *m)
{
    char text[64];
    arci_scaled_text(text, m->minor, arci_bank_exponent(m->currency));
    arci_json_put_str(o, key, text);
}

/* {"amount", "currency"}: where the currency may be another one than the account's. */
static void put_foreign(arci_str *o, const char *key, const arc_money *m)
{
    if (!m->currency[0] && !m->minor) return;
    arci_json_put_key(o, key);
    arci_str_putc(o, '{');
    put_money(o, "amount", m);
    if (m->currency[0]) arci_json_put_str(o, "currency", m->currency);
    arci_str_putc(o, '}');
}

static void put_flag(arci_str *o, const char *key, uint32_t on)
{
    if (!on) return;
    arci_json_put_key(o, key);
    arci_str_puts(o, "true");
}

/* leave_out: a field not told, or NULL. */
static void put_texts(arci_str *o, const void *object, const arci_bank_field *f, size_t n, const char *leave_out)
{
    for (size_t i = 0; i < n; i++) {
        const char *const *slot = (const char *const *)(const void *)((const char *)object + f[i].offset);
        if (!*slot || (leave_out && strcmp(f[i].name, leave_out) == 0)) continue;
        if (strcmp(f[i].name, "extra") == 0) {
            arci_json_put_key(o, "extra");
            arci_str_puts(o, *slot);
        } else {
            arci_json_put_str(o, f[i].name, *slot);
        }
    }
}

static const char *check_name(int32_t check)
{
    return check == ARC_BANK_CHECK_BALANCED ? "balanced" : check == ARC_BANK_CHECK_DIFFERS ? "differs" : "unknown";
}

/* only: the one detail of its line, which has the same piece of the file */
static void put_line(arci_str *o, const arci_bank_entry *e, int only)
{
    static const struct {
        const char *name;
        uint32_t flag;
    } flags[] = { { "reversal", ARC_BANK_LINE_REVERSAL }, { "pending", ARC_BANK_LINE_PENDING }, { "info_only", ARC_BANK_LINE_INFO }, { "return", ARC_BANK_LINE_RETURN },
                  { "rounded", ARC_BANK_LINE_ROUNDED },   { "neutral", ARC_BANK_LINE_NEUTRAL }, { "no_date", ARC_BANK_LINE_NO_DATE }, { "fee_inside", ARC_BANK_LINE_FEE_INSIDE } };
    const arc_bank_line *l = &e->l;
    arci_str_putc(o, '{');
    put_date(o, "booked", l->booked);
    put_date(o, "value", l->value);
    put_money(o, "amount", &l->amount);
    if (l->amount.currency[0]) arci_json_put_str(o, "currency", l->amount.currency);
    put_foreign(o, "fee", &l->fee);
    put_foreign(o, "original", &l->original);
    if (l->rate.mantissa) {
        char text[64];
        arci_scaled_text(text, l->rate.mantissa, l->rate.scale);
        arci_json_put_str(o, "rate", text);
    }
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) put_flag(o, flags[i].name, l->flags & flags[i].flag);
    put_texts(o, l, arci_bank_line_fields, arci_n_bank_line_fields, only ? "raw" : NULL);
    arci_json_put_int(o, "row", l->row);
    arci_json_put_str(o, "fingerprint", l->fingerprint);
    arci_json_put_int(o, "occurrence", l->occurrence);
    if (l->n_details) {
        arci_json_put_str(o, "details_check", check_name(l->details));
        arci_json_put_key(o, "details");
        arci_str_putc(o, '[');
        for (uint32_t i = 0; i < l->n_details; i++) {
            if (i) arci_str_putc(o, ',');
            put_line(o, e->details[i], l->n_details == 1);
        }
        arci_str_putc(o, ']');
    }
    arci_str_putc(o, '}');
}

static void put_balance(arci_str *o, const arc_bank_balance *x)
{
    static const char *const kinds[] = { "?", "opening", "closing", "opening_available", "closing_available", "forward_available", "opening_interim", "closing_interim", "other" };
    arci_str_putc(o, '{');
    arci_json_put_str(o, "kind", kinds[x->kind >= 1 && x->kind <= ARC_BALANCE_OTHER ? x->kind : 0]);
    if (x->code) arci_json_put_str(o, "code", x->code);
    put_money(o, "amount", &x->amount);
    if (x->amount.currency[0]) arci_json_put_str(o, "currency", x->amount.currency);
    put_date(o, "on", x->on);
    arci_json_put_int(o, "row", x->row);
    arci_str_putc(o, '}');
}

static void put_statement(arci_str *o, const arci_bank_stmt *s)
{
    const arc_bank_statement *t = &s->s;
    arci_str_putc(o, '{');
    put_texts(o, t, arci_bank_statement_fields, arci_n_bank_statement_fields, NULL);
    if (t->currency[0]) arci_json_put_str(o, "currency", t->currency);
    put_date(o, "from_on", t->from_on);
    put_date(o, "to_on", t->to_on);
    put_flag(o, "interim", t->flags & ARC_BANK_INTERIM);
    put_flag(o, "copy", t->flags & ARC_BANK_COPY);
    put_flag(o, "repeated", t->flags & ARC_BANK_REPEATED);
    put_flag(o, "continued", t->flags & ARC_BANK_CONTINUED);
    if (t->has_opening) put_money(o, "opening", &t->opening), put_date(o, "opening_on", t->opening_on);
    if (t->has_closing) put_money(o, "closing", &t->closing), put_date(o, "closing_on", t->closing_on);
    if (t->has_available) put_money(o, "available", &t->available), put_date(o, "available_on", t->available_on);
    arci_json_put_str(o, "check", check_name(t->check));
    if (t->check == ARC_BANK_CHECK_DIFFERS) put_money(o, "difference", &t->difference);
    arci_json_put_str(o, "control", check_name(t->control));
    arci_json_put_str(o, "content_digest", t->content_digest);
    arci_json_put_int(o, "row", t->row);
    arci_json_put_key(o, "balances");
    arci_str_putc(o, '[');
    for (uint32_t i = 0; i < t->n_balances; i++) {
        if (i) arci_str_putc(o, ',');
        put_balance(o, &s->balances[i]);
    }
    arci_str_puts(o, "],\"lines\":[");
    for (uint32_t i = 0; i < t->n_lines; i++) {
        if (i) arci_str_putc(o, ',');
        put_line(o, s->lines[i], 0);
    }
    arci_str_puts(o, "]}");
}

void arci_bank_put_json(const arci_bank *b, arci_str *o)
{
    const arc_bank_info *i = &b->info;
    arci_str_putc(o, '{');
    arci_json_put_str(o, "format", arc_bank_format_name(i->format));
    if (i->version) arci_json_put_str(o, "version", i->version);
    if (i->encoding) arci_json_put_str(o, "encoding", i->encoding);
    if (i->id) arci_json_put_str(o, "id", i->id);
    if (i->created) arci_json_put_str(o, "created", i->created);
    if (i->sender) arci_json_put_str(o, "sender", i->sender);
    if (i->recipient) arci_json_put_str(o, "recipient", i->recipient);
    arci_json_put_int(o, "bytes", (int64_t)i->bytes);
    arci_json_put_str(o, "digest", i->digest);
    arci_json_put_str(o, "content_digest", i->content_digest);
    arci_json_put_key(o, "statements");
    arci_str_putc(o, '[');
    for (uint32_t k = 0; k < i->n_statements; k++) {
        if (k) arci_str_putc(o, ',');
        put_statement(o, b->stmts[k]);
    }
    arci_str_puts(o, "]}");
}
