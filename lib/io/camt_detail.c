/* SPDX-License-Identifier: Apache-2.0 */
/* Details of an entry: references, parties, remittance, charges, amounts in other currencies. */
#include <string.h>

#include "io/camt.h"
#include "value/digits.h"
#include "value/textform.h"

static int says(const arci_xml_node *n, const char *text) { return n && strcmp(n->text, text) == 0; }

static const char *reference(arci_bank *b, const arci_xml_node *n, const char *path)
{
    n = arci_xml_at(n, path);
    return n ? arci_bank_reference(b, n->text, n->n) : NULL;
}

static void extra(arci_bank *b, const arci_xml_node *n, const char *path, const char *name)
{
    n = arci_xml_at(n, path);
    if (n) arci_bank_extra(b, name, strlen(name), n->text, n->n);
}

/* ---- amounts ----------------------------------------------------------------------------------------------------------------- */

/* A charge given back lowers the sum. */
static arc_status charge(arci_camt *c, arci_bank_entry *e, const arci_xml_node *record, const arci_xml_node *amt)
{
    arc_money m;
    arc_status st = arci_camt_amount(c, &m, &e->l.flags, amt);
    if (st != ARC_OK || !m.minor) return st;
    if (says(arci_xml_child(record, "CdtDbtInd"), "CRDT")) m.minor = -m.minor;
    if (says(arci_xml_child(record, "ChrgInclInd"), "true")) e->l.flags |= ARC_BANK_LINE_FEE_INSIDE;
    if (e->l.fee.currency[0]) {
        if (memcmp(e->l.fee.currency, m.currency, 4) != 0) return ARC_OK; /* charges in two currencies: the first one's stay */
        m.minor += e->l.fee.minor;
    }
    e->l.fee = m;
    return ARC_OK;
}

arc_status arci_camt_charges(arci_camt *c, arci_bank_entry *e, const arci_xml_node *n)
{
    const arci_xml_node *record = arci_xml_child(n, "Rcrd"), *amt = arci_xml_child(n, "Amt"), *total = arci_xml_child(n, "TtlChrgsAndTaxAmt");
    arc_status st = ARC_OK;
    if (!record && amt) return charge(c, e, n, amt); /* until version 3 the record itself */
    if (!record && total) return charge(c, e, n, total);
    for (; record && st == ARC_OK; record = arci_xml_next(record)) {
        amt = arci_xml_child(record, "Amt");
        if (amt) st = charge(c, e, record, amt);
    }
    return st;
}

static void rate(arci_bank_entry *e, const arci_xml_node *n)
{
    const arci_xml_node *x = arci_xml_at(n, "CcyXchg/XchgRate");
    arc_decimal d;
    if (x && arc_decimal_parse(&d, x->text, x->n) == ARC_OK && d.mantissa > 0) e->l.rate = d;
}

/* What was instructed, where it is another amount than what was booked. */
arc_status arci_camt_amounts(arci_camt *c, arci_bank_entry *e, const arci_xml_node *n)
{
    static const char *const kinds[] = { "InstdAmt", "TxAmt", "CntrValAmt" };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const arci_xml_node *x = arci_xml_child(n, kinds[i]), *amt = arci_xml_child(x, "Amt");
        arc_money m;
        if (!amt) continue;
        arc_status st = arci_camt_amount(c, &m, &e->l.flags, amt);
        if (st != ARC_OK) return st;
        if (!e->l.rate.mantissa) rate(e, x);
        int other = memcmp(m.currency, c->e->l.amount.currency, 4) != 0 || (i == 0 && m.minor != c->e->l.amount.minor);
        if (m.minor && other && !e->l.original.currency[0]) e->l.original = m;
    }
    return ARC_OK;
}

/* The detail's own amount: the first in the entry's currency, else one in another. An only detail without one in the entry's currency has the entry's. */
static arc_status own_amount(arci_camt *c, arci_bank_entry *d, const arci_xml_node *tx)
{
    static const char *const paths[] = { "Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt" };
    arc_money first = { 0, { 0 }, 0 };
    int found = 0;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        const arci_xml_node *amt = arci_xml_at(tx, paths[i]);
        arc_money m;
        if (!amt) continue;
        arc_status st = arci_camt_amount(c, &m, &d->l.flags, amt);
        if (st != ARC_OK) return st;
        if (memcmp(m.currency, c->e->l.amount.currency, 4) == 0) {
            d->l.amount = m;
            d->whole = 1;
            return ARC_OK;
        }
        if (!found++) first = m;
    }
    d->l.amount = first;
    d->whole = 0;
    if (!found) memcpy(d->l.amount.currency, c->e->l.amount.currency, 4);
    else if (first.minor && !d->l.original.currency[0]) d->l.original = first;
    return ARC_OK;
}

/* ---- parties ------------------------------------------------------------------------------------------------------------------ */

/* Until version 7 the party is the element itself, from 8 on it stands inside. */
static const arci_xml_node *inner(const arci_xml_node *party)
{
    const arci_xml_node *p = arci_xml_child(party, "Pty");
    return p ? p : party;
}

static const char *address(arci_bank *b, const arci_xml_node *n)
{
    static const char *const parts[] = { "StrtNm", "BldgNb", "PstCd", "TwnNm", "CtrySubDvsn" };
    const char *out = NULL;
    const arci_xml_node *line = arci_xml_child(n, "AdrLine"), *part;
    for (; line; line = arci_xml_next(line))
        if (line->n) out = arci_bank_joined(b, out, ", ", line->text, line->n);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if ((part = arci_xml_child(n, parts[i])) != NULL && part->n) out = arci_bank_joined(b, out, i == 1 || i == 3 ? " " : ", ", part->text, part->n);
    part = arci_xml_child(n, "Ctry");
    return part && part->n ? arci_bank_joined(b, out, ", ", part->text, part->n) : out;
}

static const char *account(arci_bank *b, const arci_xml_node *n)
{
    static const char *const paths[] = { "Id/IBAN", "Id/Othr/Id", "Id/BBAN", "Id/PrtryAcct/Id", "Id/UPIC" };
    for (size_t i = 0; n && i < sizeof paths / sizeof paths[0]; i++) {
        const arci_xml_node *x = arci_xml_at(n, paths[i]);
        if (x && x->n) return arci_bank_squeezed(b, x->text, x->n);
    }
    return NULL;
}

typedef struct side {
    const arci_xml_node *party, *account, *agent, *ultimate;
} side;

static int is_ours(arci_camt *c, const side *s)
{
    const char *number = account(c->b, s->account);
    return number && c->s->s.account && strcmp(number, c->s->s.account) == 0;
}

/* Money that came has its debtor on the other side. What is returned or reversed keeps the parts of the first payment, so there it is the creditor. */
static void parties(arci_camt *c, arc_bank_line *l, const arci_xml_node *tx, int debit, int back)
{
    arci_bank *b = c->b;
    const arci_xml_node *p = arci_xml_child(tx, "RltdPties"), *a = arci_xml_child(tx, "RltdAgts");
    const side sides[2] = { { arci_xml_child(p, "Dbtr"), arci_xml_child(p, "DbtrAcct"), arci_xml_child(a, "DbtrAgt"), arci_xml_child(p, "UltmtDbtr") },
                            { arci_xml_child(p, "Cdtr"), arci_xml_child(p, "CdtrAcct"), arci_xml_child(a, "CdtrAgt"), arci_xml_child(p, "UltmtCdtr") } };
    int which = back ? !debit : debit;
    int ours[2] = { is_ours(c, &sides[0]), is_ours(c, &sides[1]) };
    if (ours[which] && !ours[!which]) which = !which;
    const side *s = &sides[which];
    if (s->party) {
        const arci_xml_node *who = inner(s->party);
        l->name = arci_camt_text(b, who, "Nm");
        if (!l->name && arci_xml_child(s->party, "Agt")) l->name = arci_camt_text(b, s->party, "Agt/FinInstnId/Nm");
        l->address = address(b, arci_xml_child(who, "PstlAdr"));
    }
    l->account = account(b, s->account);
    l->bank = arci_camt_bank(b, s->agent);
    if (s->ultimate) l->ultimate_name = arci_camt_text(b, inner(s->ultimate), "Nm");
    if (sides[1].party && !says(arci_xml_at(inner(sides[1].party), "Id/PrvtId/Othr/Id"), "")) l->creditor_id = reference(b, inner(sides[1].party), "Id/PrvtId/Othr/Id");
}

/* ---- remittance ---------------------------------------------------------------------------------------------------------------- */

enum { FULL = 140 }; /* characters of one Ustrd: a full one goes on in the next */

static void unstructured(arci_bank *b, arc_bank_line *l, const arci_xml_node *n)
{
    size_t last = 0;
    for (n = arci_xml_child(n, "Ustrd"); n; n = arci_xml_next(n)) {
        if (!n->n) continue;
        l->text = arci_bank_joined(b, l->text, last >= FULL ? "" : "\n", n->text, n->n);
        last = arci_utf8_count(n->text, n->n);
    }
}

static void structured(arci_bank *b, arc_bank_line *l, const arci_xml_node *n)
{
    for (n = arci_xml_child(n, "Strd"); n; n = arci_xml_next(n)) {
        const char *ref = reference(b, n, "CdtrRefInf/Ref");
        if (!ref) ref = reference(b, n, "CdtrRefInf/CdtrRef");
        if (ref) l->creditor_ref = arci_bank_joined(b, l->creditor_ref, " ", ref, strlen(ref));
        for (const arci_xml_node *d = arci_xml_child(n, "RfrdDocInf"); d; d = arci_xml_next(d)) {
            const char *number = reference(b, d, "Nb");
            if (!number) number = reference(b, d, "RfrdDocNb");
            if (number) l->document = arci_bank_joined(b, l->document, " ", number, strlen(number));
        }
        for (const arci_xml_node *t = arci_xml_child(n, "AddtlRmtInf"); t; t = arci_xml_next(t))
            if (t->n) l->text = arci_bank_joined(b, l->text, "\n", t->text, t->n);
    }
}

/* ---- all of it ------------------------------------------------------------------------------------------------------------------ */

static void references(arci_bank *b, arc_bank_line *l, const arci_xml_node *n)
{
    l->bank_ref = reference(b, n, "AcctSvcrRef");
    l->end_to_end = reference(b, n, "EndToEndId");
    l->customer_ref = reference(b, n, "InstrId");
    l->mandate = reference(b, n, "MndtId");
    l->check_number = reference(b, n, "ChqNb");
    l->batch = reference(b, n, "PmtInfId");
    extra(b, n, "MsgId", "MsgId");
    extra(b, n, "TxId", "TxId");
    extra(b, n, "UETR", "UETR");
    extra(b, n, "ClrSysRef", "ClrSysRef");
    extra(b, n, "AcctOwnrTxId", "AcctOwnrTxId");
    for (const arci_xml_node *p = arci_xml_child(n, "Prtry"); p; p = arci_xml_next(p)) {
        const arci_xml_node *tp = arci_xml_child(p, "Tp"), *ref = arci_xml_child(p, "Ref");
        if (tp && ref && tp->n) arci_bank_extra(b, tp->text, tp->n, ref->text, ref->n);
    }
}

/* The return reason; its words go to info. */
static void returned(arci_bank *b, arc_bank_line *l, const arci_xml_node *n)
{
    l->flags |= ARC_BANK_LINE_RETURN;
    l->return_reason = arci_camt_text(b, n, "Rsn/Cd");
    if (!l->return_reason) l->return_reason = arci_camt_text(b, n, "Rsn/Prtry");
    for (n = arci_xml_child(n, "AddtlInf"); n; n = arci_xml_next(n))
        if (n->n) l->info = arci_bank_joined(b, l->info, "\n", n->text, n->n);
}

/* Values apart from texts, which cannot fail. */
static arc_status values(arci_camt *c, arci_bank_entry *d, const arci_xml_node *tx, int *debit)
{
    const arci_xml_node *ind = arci_xml_child(tx, "CdtDbtInd"), *chrgs = arci_xml_child(tx, "Chrgs"), *amounts = arci_xml_child(tx, "AmtDtls");
    arc_status st = own_amount(c, d, tx);
    *debit = c->debit;
    if (says(ind, "DBIT")) *debit = 1;
    else if (says(ind, "CRDT")) *debit = 0;
    else if (ind && st == ARC_OK) st = arci_bank_fault(c->b, ARC_E_VALUE, ind->row, "CdtDbtInd", "CRDT or DBIT is expected, not '%.10s'", "应为 CRDT 或 DBIT，而不是“%.10s”", ind->text);
    for (; chrgs && st == ARC_OK; chrgs = arci_xml_next(chrgs)) st = arci_camt_charges(c, d, chrgs);
    if (st == ARC_OK && amounts) st = arci_camt_amounts(c, d, amounts);
    if (*debit) d->l.amount.minor = -d->l.amount.minor, d->l.original.minor = -d->l.original.minor;
    return st;
}

arc_status arci_camt_detail(arci_camt *c, const arci_xml_node *tx)
{
    arci_bank *b = c->b;
    int debit = 0;
    arci_bank_entry *d = arci_bank_add_detail(b, c->e, tx->row, tx->offset);
    const arci_xml_node *back = arci_xml_child(tx, "RtrInf"), *info = arci_xml_child(tx, "AddtlTxInf");
    if (!d) return b->env->err->status;
    arc_status st = values(c, d, tx, &debit);
    if (st != ARC_OK) return st;
    references(b, &d->l, arci_xml_child(tx, "Refs"));
    arci_camt_code(b, &d->l, arci_xml_child(tx, "BkTxCd"));
    if (back) returned(b, &d->l, back);
    parties(c, &d->l, tx, debit, back != NULL || (c->e->l.flags & ARC_BANK_LINE_REVERSAL) != 0);
    d->l.purpose = arci_camt_text(b, tx, "Purp/Cd");
    if (!d->l.purpose) d->l.purpose = arci_camt_text(b, tx, "Purp/Prtry");
    unstructured(b, &d->l, arci_xml_child(tx, "RmtInf"));
    structured(b, &d->l, arci_xml_child(tx, "RmtInf"));
    if (info && info->n) d->l.info = arci_bank_joined(b, d->l.info, "\n", info->text, info->n);
    d->l.raw = arci_bank_trimmed(b, b->text + tx->offset, tx->end - tx->offset);
    return arci_bank_extra_end(b, &d->l.extra);
}
