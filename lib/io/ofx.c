/* SPDX-License-Identifier: Apache-2.0 */
/* OFX: statements and what stands in them. The elements come from ofx_scan.c. */
#include <string.h>

#include "arcore/decimal.h"
#include "io/ofx.h"
#include "value/digits.h"

typedef struct reading {
    arci_bank *b;
    arci_bank_stmt *s;
    arci_bank_entry *e;
    int has_amount;
    arc_date user_date;
    char symbol[4];                 /* of CURRENCY or ORIGCURRENCY */
    int original;                   /* 1: ORIGCURRENCY */
    const char *amount;             /* TRNAMT as written: its currency may stand behind it */
    size_t n_amount;
    int64_t amount_row;
    arc_bank_balance *balance;
    const char *bal_amount;
    size_t n_bal_amount;
    int has_bal_date;
    const char *code, *severity, *message; /* of the STATUS that is open */
    int64_t status_row;
} reading;

static int is(const char *a, const char *b) { return strcmp(a, b) == 0; }

/* ---- values ------------------------------------------------------------------------------------------------------------------- */

/* YYYYMMDD, a time and a zone behind it: the day as it stands there. */
static arc_status day(reading *r, arc_date *out, const char **time, const arci_ofx_leaf *l)
{
    if (l->n < 8 || !arci_bank_yyyymmdd(out, l->s)) return arci_bank_fault(r->b, ARC_E_VALUE, l->row, l->name, "'%.30s' is no date", "“%.30s”不是日期", l->s);
    if (!time || l->n < 14) return ARC_OK;
    for (size_t i = 8; i < 14; i++)
        if (l->s[i] < '0' || l->s[i] > '9') return ARC_OK;
    char text[9] = { l->s[8], l->s[9], ':', l->s[10], l->s[11], ':', l->s[12], l->s[13], 0 };
    if (memcmp(text, "00:00:00", 8) != 0) *time = arci_bank_keep(r->b, text, 8);
    return ARC_OK;
}

/* A sign, digits, a point or a comma; both only with groups of three before the last. */
static arc_status amount(reading *r, arc_money *out, uint32_t *flags, const char *s, size_t n, const char *currency, int64_t row, const char *field)
{
    const char *point = memchr(s, '.', n), *comma = memchr(s, ',', n);
    int negative = n && s[0] == '-';
    char plain[64];
    size_t k = 0;
    int mark = comma && (!point || comma > point) ? ',' : '.';
    if (n && (s[0] == '-' || s[0] == '+')) s++, n--;
    if (point && comma) {
        for (size_t i = 0; i < n && k < sizeof plain - 1; i++)
            if (s[i] != (mark == ',' ? '.' : ',')) plain[k++] = s[i];
        s = plain;
        n = k;
    }
    arc_status st = arci_bank_amount(r->b, out, flags, s, n, mark, currency, row, field);
    if (st == ARC_OK && negative) out->minor = -out->minor;
    return st;
}

/* ---- balances ------------------------------------------------------------------------------------------------------------------ */

static arc_status open_balance(reading *r, const char *name, int64_t row)
{
    int32_t kind = is(name, "LEDGERBAL") ? ARC_BALANCE_CLOSING : is(name, "AVAILBAL") ? ARC_BALANCE_CLOSING_AVAILABLE : ARC_BALANCE_OTHER;
    r->bal_amount = NULL;
    r->n_bal_amount = 0;
    r->has_bal_date = 0;
    r->balance = arci_bank_add_balance(r->b, r->s, kind, arci_bank_keep(r->b, name, strlen(name)), row);
    return r->balance ? ARC_OK : r->b->env->err->status;
}

static arc_status close_balance(reading *r)
{
    arc_bank_balance *x = r->balance;
    uint32_t flags = 0;
    r->balance = NULL;
    if (!r->n_bal_amount && !r->has_bal_date) { /* neither amount nor day: there is none */
        r->s->s.n_balances--;
        return ARC_OK;
    }
    if (!r->n_bal_amount) return arci_bank_fault(r->b, ARC_E_REQUIRED, x->row, "BALAMT", "the balance has no amount", "余额没有金额");
    return amount(r, &x->amount, &flags, r->bal_amount, r->n_bal_amount, r->s->s.currency, x->row, "BALAMT");
}

static arc_status balance_leaf(reading *r, const arci_ofx_leaf *l)
{
    if (is(l->name, "BALAMT") || is(l->name, "VALUE")) {
        r->bal_amount = arci_bank_keep(r->b, l->s, l->n);
        r->n_bal_amount = l->n;
    } else if (is(l->name, "DTASOF") && l->n) {
        r->has_bal_date = 1;
        return day(r, &r->balance->on, NULL, l);
    } else if (is(l->name, "NAME") && l->n) {
        r->balance->code = arci_bank_trimmed(r->b, l->s, l->n);
    }
    return ARC_OK;
}

/* ---- lines ---------------------------------------------------------------------------------------------------------------------- */

static arc_status line_leaf(reading *r, const arci_ofx_leaf *l)
{
    arci_bank *b = r->b;
    arc_bank_line *x = &r->e->l;
    const char *kept = arci_bank_trimmed(b, l->s, l->n);
    if (!kept) return ARC_OK; /* an empty element is none */
    if (is(l->parent, "BANKACCTTO") || is(l->parent, "CCACCTTO") || is(l->parent, "BANKACCTFROM")) {
        if (is(l->name, "ACCTID")) x->account = kept;
        else if (is(l->name, "BANKID")) x->bank = kept;
    } else if (is(l->parent, "CURRENCY") || is(l->parent, "ORIGCURRENCY")) {
        if (is(l->name, "CURSYM") && arci_bank_currency_form(kept, strlen(kept))) memcpy(r->symbol, kept, 3);
        else if (is(l->name, "CURRATE") && arc_decimal_parse(&x->rate, kept, strlen(kept)) != ARC_OK) arci_bank_extra(b, l->name, strlen(l->name), l->s, l->n);
        r->original |= is(l->parent, "ORIGCURRENCY");
    } else if (is(l->parent, "PAYEE")) {
        if (is(l->name, "NAME")) x->name = kept;
        else x->address = arci_bank_joined(b, x->address, ", ", kept, strlen(kept));
    } else if (is(l->name, "DTPOSTED")) return day(r, &x->booked, &x->time, l);
    else if (is(l->name, "DTAVAIL") || is(l->name, "VALUEDATE")) return day(r, &x->value, NULL, l);
    else if (is(l->name, "TRNAMT")) {
        r->has_amount = 1;
        r->amount = kept;
        r->n_amount = strlen(kept);
        r->amount_row = l->row;
    } else if (is(l->name, "TRNTYPE")) x->own_code = kept;
    else if (is(l->name, "FITID")) x->id = kept;
    else if (is(l->name, "REFNUM")) x->bank_ref = arci_bank_reference(b, l->s, l->n);
    else if (is(l->name, "CHECKNUM")) x->check_number = is(kept, "0") ? NULL : kept;
    else if (is(l->name, "NAME")) x->name = kept;
    else if (is(l->name, "MEMO")) x->text = x->text ? arci_bank_joined(b, kept, "\n", x->text, strlen(x->text)) : kept;
    else if (is(l->name, "EXTDNAME")) x->text = arci_bank_joined(b, x->text, "\n", kept, strlen(kept));
    else arci_bank_extra(b, l->name, strlen(l->name), l->s, l->n);
    return ARC_OK;
}

/* CURRENCY says that the amount is in another currency; ORIGCURRENCY that it was converted from one. */
static arc_status close_line(reading *r, size_t end)
{
    arci_bank *b = r->b;
    arc_bank_line *x = &r->e->l;
    const char *currency = r->s->s.currency;
    r->e = NULL;
    if (!r->has_amount) return arci_bank_fault(b, ARC_E_REQUIRED, x->row, "TRNAMT", "the transaction has no amount", "交易没有金额");
    if (x->booked == ARC_DATE_NONE) return arci_bank_fault(b, ARC_E_REQUIRED, x->row, "DTPOSTED", "the transaction has no date", "交易没有日期");
    if (r->symbol[0] && (!r->original || !currency[0])) currency = r->symbol;
    arc_status st = amount(r, &x->amount, &x->flags, r->amount, r->n_amount, currency, r->amount_row, "TRNAMT");
    if (st != ARC_OK) return st;
    if (r->original && r->symbol[0] && memcmp(r->symbol, r->s->s.currency, 4) != 0) arci_bank_extra(b, "ORIGCURRENCY", 12, r->symbol, 3);
    if (x->rate.mantissa && memcmp(currency, r->s->s.currency, 4) == 0 && !r->original) x->rate.mantissa = 0, x->rate.scale = 0; /* 1 into the same */
    x->raw = arci_bank_trimmed(b, b->text + x->offset, end - (size_t)x->offset);
    return arci_bank_extra_end(b, &x->extra);
}

/* ---- aggregates ------------------------------------------------------------------------------------------------------------------- */

static int is_statement(const char *name) { return is(name, "STMTRS") || is(name, "CCSTMTRS") || is(name, "INVSTMTRS"); }
static int is_balance(const char *name) { return is(name, "LEDGERBAL") || is(name, "AVAILBAL") || is(name, "BAL"); }

static arc_status on_open(void *user, const char *name, int64_t row, size_t offset)
{
    reading *r = user;
    if (is(name, "STATUS")) {
        r->code = r->severity = r->message = NULL;
        r->status_row = row;
    }
    if (is_statement(name)) {
        r->s = arci_bank_add_statement(r->b, row, offset);
        return r->s ? ARC_OK : r->b->env->err->status;
    }
    if (r->s && is_balance(name)) return open_balance(r, name, row);
    if (!is(name, "STMTTRN")) return ARC_OK;
    if (!r->s) return arci_bank_fault(r->b, ARC_E_SYNTAX, row, name, "a transaction outside of a statement", "交易不在对账单内");
    if (r->e) return arci_bank_fault(r->b, ARC_E_SYNTAX, row, name, "a transaction inside of another", "交易嵌在另一笔交易内");
    r->e = arci_bank_add_line(r->b, r->s, row, offset);
    r->has_amount = r->original = 0;
    memset(r->symbol, 0, sizeof r->symbol);
    return r->e ? ARC_OK : r->b->env->err->status;
}

static arc_status close_status(reading *r)
{
    if (!r->severity || !is(r->severity, "ERROR")) return ARC_OK;
    return arci_bank_fault(r->b, ARC_E_STATE, r->status_row, "STATUS", "the bank answered with error %.20s: %.120s", "银行返回错误 %.20s：%.120s", r->code ? r->code : "?", r->message ? r->message : "-");
}

static arc_status on_close(void *user, const char *name, size_t end)
{
    reading *r = user;
    if (is(name, "STATUS")) return close_status(r);
    if (r->balance && is_balance(name)) return close_balance(r);
    if (r->e && is(name, "STMTTRN")) return close_line(r, end);
    if (r->s && is_statement(name)) {
        arci_bank_stmt *s = r->s;
        r->s = NULL;
        if (!s->s.account) return arci_bank_fault(r->b, ARC_E_REQUIRED, s->s.row, "ACCTID", "the statement names no account", "对账单没有账户");
        if (!s->s.currency[0] && s->s.n_lines) memcpy(s->s.currency, s->lines[0]->l.amount.currency, 4);
    }
    return ARC_OK;
}

static arc_status statement_leaf(reading *r, const arci_ofx_leaf *l)
{
    arc_bank_statement *s = &r->s->s;
    arci_bank *b = r->b;
    if (!l->n) return ARC_OK;
    if (is(l->name, "CURDEF")) {
        if (!arci_bank_currency_form(l->s, l->n)) return arci_bank_fault(b, ARC_E_CURRENCY, l->row, l->name, "'%.10s' is no currency", "“%.10s”不是币种", l->s);
        memcpy(s->currency, l->s, 3);
    } else if (is(l->parent, "BANKACCTFROM") || is(l->parent, "CCACCTFROM") || is(l->parent, "INVACCTFROM")) {
        if (is(l->name, "ACCTID")) s->account = arci_bank_squeezed(b, l->s, l->n);
        else if (is(l->name, "BANKID") || is(l->name, "BROKERID")) s->bank = arci_bank_trimmed(b, l->s, l->n);
        else if (is(l->name, "ACCTTYPE")) s->account_type = arci_bank_trimmed(b, l->s, l->n);
        if (s->account && arci_bank_is_iban(s->account, strlen(s->account))) s->iban = s->account;
    } else if (is(l->name, "DTSTART")) return day(r, &s->from_on, NULL, l);
    else if (is(l->name, "DTEND")) return day(r, &s->to_on, NULL, l);
    else if (is(l->name, "MKTGINFO")) s->info = arci_bank_trimmed(b, l->s, l->n);
    return ARC_OK;
}

static arc_status on_leaf(void *user, const arci_ofx_leaf *l)
{
    reading *r = user;
    arc_bank_info *i = &r->b->info;
    if (is(l->parent, "STATUS")) {
        const char *kept = arci_bank_trimmed(r->b, l->s, l->n);
        if (is(l->name, "CODE")) r->code = kept;
        else if (is(l->name, "SEVERITY")) r->severity = kept;
        else if (is(l->name, "MESSAGE")) r->message = kept;
        return ARC_OK;
    }
    if (r->balance) return balance_leaf(r, l);
    if (r->e) return line_leaf(r, l);
    if (r->s) return statement_leaf(r, l);
    if (is(l->name, "DTSERVER")) i->created = arci_bank_trimmed(r->b, l->s, l->n);
    else if (is(l->name, "ORG")) i->sender = arci_bank_trimmed(r->b, l->s, l->n);
    else if (is(l->name, "TRNUID")) i->id = arci_bank_trimmed(r->b, l->s, l->n);
    return ARC_OK;
}

arc_status arci_ofx_read(arci_bank *b)
{
    static const arci_ofx_reader reader = { on_open, on_close, on_leaf };
    reading r = { .b = b };
    return arci_ofx_scan(b, &reader, &r);
}
