/* SPDX-License-Identifier: Apache-2.0 */
/* camt.052, camt.053 and camt.054, all versions: statements, balances, entries. Details of entries are in camt_detail.c. */
#include "io/camt.h"

#include <string.h>

#include "arcore/date.h"

/* ---- values ---------------------------------------------------------------------------------------------------------------- */

const char *arci_camt_text(arci_bank *b, const arci_xml_node *n, const char *path)
{
    n = arci_xml_at(n, path);
    return n ? arci_bank_keep(b, n->text, n->n) : NULL;
}

/* "2014-12-31", with a zone or a time behind it: the day as it stands there. */
static arc_status day(arci_bank *b, arc_date *out, const char **time, const arci_xml_node *n)
{
    if (n->n < 10 || arc_date_parse(out, n->text, 10) != ARC_OK || (n->n > 10 && !strchr("T+-Z", n->text[10])))
        return arci_bank_fault(b, ARC_E_VALUE, n->row, n->name, "'%.30s' is no date", "“%.30s”不是日期", n->text);
    if (time && n->n >= 19 && n->text[10] == 'T') *time = arci_bank_keep(b, n->text + 11, 8);
    return ARC_OK;
}

arc_status arci_camt_date(arci_bank *b, arc_date *out, const char **time, const arci_xml_node *holder)
{
    const arci_xml_node *n = arci_xml_child(holder, "Dt");
    if (!n) n = arci_xml_child(holder, "DtTm");
    if (!n && holder->n) n = holder; /* some write the day straight into it */
    if (!n) return arci_bank_fault(b, ARC_E_REQUIRED, holder->row, holder->name, "it has neither Dt nor DtTm", "缺少 Dt 或 DtTm");
    return day(b, out, time, n);
}

arc_status arci_camt_amount(arci_camt *c, arc_money *out, uint32_t *flags, const arci_xml_node *amt)
{
    char currency[4] = { 0 };
    if (amt->attr && !arci_bank_currency_form(amt->attr, strlen(amt->attr)))
        return arci_bank_fault(c->b, ARC_E_CURRENCY, amt->row, "Amt/@Ccy", "'%.10s' is no currency", "“%.10s”不是币种", amt->attr);
    memcpy(currency, amt->attr ? amt->attr : c->s->s.currency, 3);
    return arci_bank_amount(c->b, out, flags, amt->text, amt->n, '.', currency, amt->row, "Amt");
}

/* 1: DBIT, 0: CRDT. */
static arc_status sign(arci_bank *b, int *debit, const arci_xml_node *n)
{
    if (n->n == 4 && memcmp(n->text, "CRDT", 4) == 0) *debit = 0;
    else if (n->n == 4 && memcmp(n->text, "DBIT", 4) == 0) *debit = 1;
    else return arci_bank_fault(b, ARC_E_VALUE, n->row, n->name, "CRDT or DBIT is expected, not '%.10s'", "应为 CRDT 或 DBIT，而不是“%.10s”", n->text);
    return ARC_OK;
}

const char *arci_camt_bank(arci_bank *b, const arci_xml_node *agent)
{
    static const char *const paths[] = { "FinInstnId/BICFI", "FinInstnId/BIC", "FinInstnId/ClrSysMmbId/MmbId", "FinInstnId/Othr/Id", "FinInstnId/PrtryId/Id", "FinInstnId/Nm",
                                         "FinInstnId/CmbndId/Nm" };
    const char *found = NULL;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0] && !found; i++) found = arci_camt_text(b, agent, paths[i]);
    return found;
}

/* German banks keep their own codes in the proprietary one: "NTRF+166+0399". */
static void german_code(arci_bank *b, arc_bank_line *l, const char *s)
{
    size_t n = strlen(s);
    const char *more;
    if (n < 8 || s[4] != '+' || (n > 8 && s[8] != '+')) return;
    for (size_t i = 0; i < 8; i++) {
        int is_digit = s[i] >= '0' && s[i] <= '9', is_letter = s[i] >= 'A' && s[i] <= 'Z';
        if (i != 4 && (i > 4 ? !is_digit : !is_digit && !is_letter)) return;
    }
    l->swift_code = arci_bank_keep(b, s, 4);
    l->gvc = arci_bank_keep(b, s + 5, 3);
    if (n <= 9) return;
    more = strchr(s + 9, '+');
    l->prima_nota = arci_bank_keep(b, s + 9, more ? (size_t)(more - s - 9) : n - 9);
}

void arci_camt_code(arci_bank *b, arc_bank_line *l, const arci_xml_node *n)
{
    const char *own = arci_camt_text(b, n, "Prtry/Cd");
    if (!n) return;
    l->domain = arci_camt_text(b, n, "Domn/Cd");
    l->family = arci_camt_text(b, n, "Domn/Fmly/Cd");
    l->subfamily = arci_camt_text(b, n, "Domn/Fmly/SubFmlyCd");
    if (!own) return;
    l->own_code = own;
    german_code(b, l, own);
}

/* ---- a statement's own parts -------------------------------------------------------------------------------------------------- */

static arc_status account(arci_camt *c, const arci_xml_node *n)
{
    arci_bank *b = c->b;
    arc_bank_statement *s = &c->s->s;
    const char *iban = arci_camt_text(b, n, "Id/IBAN"), *ccy = arci_camt_text(b, n, "Ccy");
    const char *other = iban ? NULL : arci_camt_text(b, n, "Id/Othr/Id");
    if (!iban && !other) other = arci_camt_text(b, n, "Id/PrtryAcct/Id");
    if (!iban && !other) other = arci_camt_text(b, n, "Id/BBAN");
    if (!iban && !other) return arci_bank_fault(b, ARC_E_REQUIRED, n->row, "Acct/Id", "the account has no number", "账户没有账号");
    if (iban) s->iban = arci_bank_squeezed(b, iban, strlen(iban));
    s->account = iban ? s->iban : arci_bank_squeezed(b, other, strlen(other));
    if (ccy) {
        if (!arci_bank_currency_form(ccy, strlen(ccy))) return arci_bank_fault(b, ARC_E_CURRENCY, n->row, "Acct/Ccy", "'%.10s' is no currency", "“%.10s”不是币种", ccy);
        memcpy(s->currency, ccy, 3);
    }
    s->account_name = arci_camt_text(b, n, "Nm");
    s->owner = arci_camt_text(b, n, "Ownr/Nm");
    s->account_type = arci_camt_text(b, n, "Tp/Cd");
    if (!s->account_type) s->account_type = arci_camt_text(b, n, "Tp/Prtry");
    s->bank = arci_camt_bank(b, arci_xml_child(n, "Svcr"));
    return ARC_OK;
}

static int32_t balance_kind(const char *code, int first)
{
    static const struct {
        const char *code;
        int32_t kind;
    } kinds[] = { { "OPBD", ARC_BALANCE_OPENING }, { "CLBD", ARC_BALANCE_CLOSING }, { "OPAV", ARC_BALANCE_OPENING_AVAILABLE }, { "CLAV", ARC_BALANCE_CLOSING_AVAILABLE },
                  { "FWAV", ARC_BALANCE_FORWARD_AVAILABLE } };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (code && strcmp(code, kinds[i].code) == 0) return kinds[i].kind;
    if (code && strcmp(code, "ITBD") == 0) return first ? ARC_BALANCE_OPENING_INTERIM : ARC_BALANCE_CLOSING_INTERIM;
    return ARC_BALANCE_OTHER;
}

static arc_status balance(arci_camt *c, const arci_xml_node *n)
{
    arci_bank *b = c->b;
    const arci_xml_node *amt = arci_xml_child(n, "Amt"), *ind = arci_xml_child(n, "CdtDbtInd"), *dt = arci_xml_child(n, "Dt");
    const char *code = arci_camt_text(b, n, "Tp/CdOrPrtry/Cd");
    uint32_t flags = 0;
    int debit = 0;
    if (!code) code = arci_camt_text(b, n, "Tp/CdOrPrtry/Prtry");
    if (!code) code = arci_camt_text(b, n, "Tp/Cd");
    if (!amt || !ind) return arci_bank_fault(b, ARC_E_REQUIRED, n->row, amt ? "Bal/CdtDbtInd" : "Bal/Amt", "the balance has none", "余额缺少该项");
    arc_bank_balance *x = arci_bank_add_balance(b, c->s, balance_kind(code, 0), code, n->row);
    if (!x) return b->env->err->status;
    arc_status st = sign(b, &debit, ind);
    if (st == ARC_OK) st = arci_camt_amount(c, &x->amount, &flags, amt);
    if (st == ARC_OK && debit) x->amount.minor = -x->amount.minor;
    if (st == ARC_OK && dt) st = arci_camt_date(b, &x->on, NULL, dt);
    if (x->kind == ARC_BALANCE_CLOSING) c->end = x->on;
    return st;
}

static arc_status count_of(arci_bank *b, int64_t *out, int32_t *has, const arci_xml_node *n)
{
    if (!n) return ARC_OK;
    if (arci_int_parse(n->text, n->n, out) != ARC_OK || *out < 0) return arci_bank_fault(b, ARC_E_VALUE, n->row, n->name, "'%.20s' is no count", "“%.20s”不是笔数", n->text);
    *has = 1;
    return ARC_OK;
}

static arc_status sum_of(arci_camt *c, int64_t *out, int32_t *has, const arci_xml_node *n)
{
    arc_money m;
    uint32_t flags = 0;
    if (!n) return ARC_OK;
    arc_status st = arci_bank_amount(c->b, &m, &flags, n->text, n->n, '.', c->s->s.currency, n->row, n->name);
    if (st == ARC_OK) *out = m.minor, *has = 1;
    return st;
}

static arc_status summary(arci_camt *c, const arci_xml_node *n)
{
    arci_bank_stmt *s = c->s;
    const arci_xml_node *cdt = arci_xml_child(n, "TtlCdtNtries"), *dbt = arci_xml_child(n, "TtlDbtNtries");
    arc_status st = count_of(c->b, &s->count_all, &s->has_count_all, arci_xml_at(n, "TtlNtries/NbOfNtries"));
    if (st == ARC_OK) st = count_of(c->b, &s->count_credit, &s->has_count_credit, arci_xml_child(cdt, "NbOfNtries"));
    if (st == ARC_OK) st = sum_of(c, &s->sum_credit, &s->has_sum_credit, arci_xml_child(cdt, "Sum"));
    if (st == ARC_OK) st = count_of(c->b, &s->count_debit, &s->has_count_debit, arci_xml_child(dbt, "NbOfNtries"));
    if (st == ARC_OK) st = sum_of(c, &s->sum_debit, &s->has_sum_debit, arci_xml_child(dbt, "Sum"));
    return st;
}

static arc_status period(arci_camt *c, const arci_xml_node *n)
{
    const arci_xml_node *fr = arci_xml_child(n, "FrDtTm"), *to = arci_xml_child(n, "ToDtTm");
    if (!fr) fr = arci_xml_child(n, "FrDt");
    if (!to) to = arci_xml_child(n, "ToDt");
    arc_status st = fr ? day(c->b, &c->s->s.from_on, NULL, fr) : ARC_OK;
    return st == ARC_OK && to ? day(c->b, &c->s->s.to_on, NULL, to) : st;
}

static int is(const arci_xml_node *n, const char *name) { return strcmp(n->name, name) == 0; }
static int says(const arci_xml_node *n, const char *text) { return n && strcmp(n->text, text) == 0; }

static arc_status statement_part(arci_camt *c, const arci_xml_node *n)
{
    arc_bank_statement *s = &c->s->s;
    arci_bank *b = c->b;
    const char *kept = arci_bank_keep(b, n->text, n->n);
    size_t len = strlen(n->name);
    if (is(n, "Id")) s->id = kept;
    else if (is(n, "ElctrncSeqNb")) s->number = kept;
    else if (is(n, "LglSeqNb")) s->number = s->number ? s->number : kept;
    else if (is(n, "CreDtTm")) s->created = kept;
    else if (is(n, "CpyDplctInd")) s->flags |= ARC_BANK_COPY;
    else if (is(n, "FrToDt")) return period(c, n);
    else if (is(n, "Acct")) return account(c, n);
    else if (is(n, "Bal")) return balance(c, n);
    else if (is(n, "TxsSummry")) return summary(c, n);
    else if (len > 5 && strcmp(n->name + len - 5, "Pgntn") == 0) {
        s->sequence = arci_camt_text(b, n, "PgNb");
        if (says(arci_xml_child(n, "LastPgInd"), "false")) s->flags |= ARC_BANK_CONTINUED;
    } else if (len > 8 && memcmp(n->name, "Addtl", 5) == 0 && kept) s->info = arci_bank_joined(b, s->info, "\n", kept, strlen(kept));
    return ARC_OK;
}

/* Before the first entry the account and its currency must be known. */
static arc_status need_account(arci_camt *c, int64_t row)
{
    if (!c->s->s.account) return arci_bank_fault(c->b, ARC_E_REQUIRED, row, "Acct", "the statement names no account", "对账单没有账户");
    for (uint32_t i = 0; i < c->s->s.n_balances && !c->s->s.currency[0]; i++)
        if (c->s->balances[i].kind == ARC_BALANCE_OPENING || c->s->balances[i].kind == ARC_BALANCE_CLOSING) memcpy(c->s->s.currency, c->s->balances[i].amount.currency, 4);
    return ARC_OK;
}

/* PRCD is what was closed before: an opening balance where there is no other. ITBD twice: at the beginning and at the end of a page. */
static void settle_balances(arci_bank_stmt *s)
{
    arc_bank_balance *previous = NULL, *interim = NULL;
    int open = 0, interims = 0;
    for (uint32_t i = 0; i < s->s.n_balances; i++) {
        arc_bank_balance *x = &s->balances[i];
        open |= x->kind == ARC_BALANCE_OPENING;
        if (x->code && strcmp(x->code, "PRCD") == 0 && !previous) previous = x;
        if (x->kind == ARC_BALANCE_CLOSING_INTERIM && !interims++) interim = x;
    }
    if (!open && previous) previous->kind = ARC_BALANCE_OPENING;
    else if (!open && interims == 2) interim->kind = ARC_BALANCE_OPENING_INTERIM;
}

/* ---- an entry ------------------------------------------------------------------------------------------------------------------ */

static void status(arci_bank *b, arc_bank_line *l, const arci_xml_node *n)
{
    l->status = arci_bank_keep(b, n->text, n->n);
    if (!l->status) l->status = arci_camt_text(b, n, "Cd");
    if (!l->status) l->status = arci_camt_text(b, n, "Prtry");
    if (!l->status) return;
    if (strcmp(l->status, "PDNG") == 0 || strcmp(l->status, "FUTR") == 0) l->flags |= ARC_BANK_LINE_PENDING;
    if (strcmp(l->status, "INFO") == 0) l->flags |= ARC_BANK_LINE_INFO;
}

static arc_status entry_part(arci_camt *c, const arci_xml_node *n)
{
    arci_bank *b = c->b;
    arc_bank_line *l = &c->e->l;
    if (is(n, "Amt")) {
        c->has_amount = 1;
        return arci_camt_amount(c, &l->amount, &l->flags, n);
    }
    if (is(n, "CdtDbtInd")) {
        c->has_sign = 1;
        return sign(b, &c->debit, n);
    }
    if (is(n, "BookgDt")) return arci_camt_date(b, &l->booked, &l->time, n);
    if (is(n, "ValDt")) return arci_camt_date(b, &l->value, NULL, n);
    if (is(n, "NtryRef")) l->entry_ref = arci_bank_reference(b, n->text, n->n);
    else if (is(n, "AcctSvcrRef")) l->bank_ref = arci_bank_reference(b, n->text, n->n);
    else if (is(n, "RvslInd") && (says(n, "true") || says(n, "1"))) l->flags |= ARC_BANK_LINE_REVERSAL;
    else if (is(n, "Sts")) status(b, l, n);
    else if (is(n, "BkTxCd")) arci_camt_code(b, l, n);
    else if (is(n, "AddtlNtryInf")) l->info = arci_bank_keep(b, n->text, n->n);
    else if (is(n, "Chrgs")) return arci_camt_charges(c, c->e, n);
    else if (is(n, "AmtDtls")) return arci_camt_amounts(c, c->e, n);
    return ARC_OK;
}

/* What a line's sign is, is known only at its end: CdtDbtInd may stand behind Amt, and amounts of charges and details are read without it. */
static arc_status end_entry(arci_camt *c, size_t end)
{
    arci_bank *b = c->b;
    arci_bank_entry *e = c->e;
    arc_bank_line *l = &e->l;
    c->e = NULL;
    if (!c->has_amount || !c->has_sign)
        return arci_bank_fault(b, ARC_E_REQUIRED, l->row, c->has_amount ? "Ntry/CdtDbtInd" : "Ntry/Amt", "the entry has none", "分录缺少该项");
    if (c->debit) l->amount.minor = -l->amount.minor, l->original.minor = -l->original.minor;
    if (l->booked == ARC_DATE_NONE) {
        l->flags |= ARC_BANK_LINE_NO_DATE;
        l->booked = l->value != ARC_DATE_NONE ? l->value : c->end;
    }
    l->raw = arci_bank_trimmed(b, b->text + l->offset, end - (size_t)l->offset);
    return ARC_OK;
}

/* ---- walking ------------------------------------------------------------------------------------------------------------------- */

static int is_message(const char *name) { return strncmp(name, "BkToCstmr", 9) == 0 || strncmp(name, "camt.05", 7) == 0; }
static int is_body(const char *name) { return strcmp(name, "Stmt") == 0 || strcmp(name, "Rpt") == 0 || strcmp(name, "Ntfctn") == 0; }

static int32_t enter(void *user, const char *name, int level, int64_t row, size_t offset)
{
    arci_camt *c = user;
    (void)level;
    if (c->e) return strcmp(name, "NtryDtls") == 0;
    if (c->s && strcmp(name, "Ntry") == 0) {
        arc_status st = need_account(c, row);
        if (st != ARC_OK) return st;
        c->e = arci_bank_add_line(c->b, c->s, row, offset);
        c->has_amount = c->has_sign = c->debit = 0;
        return c->e ? 1 : c->b->env->err->status;
    }
    if (c->s) return 0;
    if (c->bodies >= 0 && is_body(name)) {
        c->s = arci_bank_add_statement(c->b, row, offset);
        if (!c->s) return c->b->env->err->status;
        c->bodies++;
        c->end = ARC_DATE_NONE;
        if (strcmp(name, "Stmt") != 0) c->s->s.flags |= ARC_BANK_INTERIM;
        return 1;
    }
    if (is_message(name)) {
        c->bodies = 0;
        return 1;
    }
    return c->bodies < 0 ? 1 : 0; /* envelopes around the message are walked through */
}

static arc_status header(arci_camt *c, const arci_xml_node *n)
{
    arci_bank *b = c->b;
    arc_bank_info *i = &b->info;
    if (strcmp(n->name, "GrpHdr") != 0) return ARC_OK;
    i->id = arci_camt_text(b, n, "MsgId");
    i->created = arci_camt_text(b, n, "CreDtTm");
    i->recipient = arci_camt_text(b, n, "MsgRcpt/Nm");
    c->page = arci_camt_text(b, n, "MsgPgntn/PgNb");
    c->more = says(arci_xml_at(n, "MsgPgntn/LastPgInd"), "false");
    return ARC_OK;
}

static arc_status tree(void *user, const arci_xml_node *n, int level)
{
    arci_camt *c = user;
    (void)level;
    if (c->e && is(n, "TxDtls")) return arci_camt_detail(c, n);
    if (c->e && is(n, "Btch")) {
        if (!c->e->l.batch) c->e->l.batch = arci_camt_text(c->b, n, "PmtInfId");
        if (!c->e->l.batch) c->e->l.batch = arci_camt_text(c->b, n, "MsgId");
        return ARC_OK;
    }
    if (c->e) return entry_part(c, n);
    return c->s ? statement_part(c, n) : header(c, n);
}

static arc_status leave(void *user, const char *name, int level, size_t end)
{
    arci_camt *c = user;
    (void)level;
    if (c->e) return strcmp(name, "Ntry") == 0 ? end_entry(c, end) : ARC_OK;
    if (c->s && is_body(name)) {
        arc_status st = need_account(c, c->s->s.row);
        if (!c->s->s.sequence && c->page) c->s->s.sequence = c->page;
        if (c->more) c->s->s.flags |= ARC_BANK_CONTINUED;
        if (!c->s->s.currency[0] && c->s->s.n_lines) memcpy(c->s->s.currency, c->s->lines[0]->l.amount.currency, 4);
        settle_balances(c->s);
        c->s = NULL;
        return st;
    }
    if (is_message(name) && !c->bodies) return arci_bank_fault(c->b, ARC_E_REQUIRED, 1, name, "there is no statement in it", "其中没有对账单");
    return ARC_OK;
}

static void space(void *user, const char *prefix, size_t len, const char *uri)
{
    arci_camt *c = user;
    const char *at = strstr(uri, "camt.05");
    (void)prefix, (void)len;
    if (at) c->b->info.version = arci_bank_keep(c->b, at, strlen(at));
}

arc_status arci_camt_read(arci_bank *b, const char *bytes, size_t n, const char *encoding)
{
    static const arci_xml_reader reader = { "Ccy", enter, tree, leave, space };
    arci_camt c = { .b = b, .bodies = -1, .end = ARC_DATE_NONE };
    if (!encoding) encoding = arci_xml_encoding(b, bytes, n);
    arc_status st = arci_bank_decode(b, bytes, n, encoding, 0);
    if (st == ARC_OK) st = arci_xml_read(b, &reader, &c);
    if (st == ARC_OK && c.bodies < 0) return arci_bank_fault(b, ARC_E_UNSUPPORTED, 1, NULL, "this is no camt.052, camt.053 or camt.054", "不是 camt.052、camt.053 或 camt.054");
    return st;
}
