/* SPDX-License-Identifier: Apache-2.0 */
/* What a file has that is no list of invoices: customers with their contacts, accounts and titles; limits; balances taken over. */
#include <string.h>

#include "exchange/import_guess.h"

/* A list of invoices has amounts of them, or their dates and nothing else that tells what it is. */
int arci_guess_documents(const guess *g)
{
    if (arci_guess_has(g, AMOUNT)) return 1;
    if (arci_guess_has(g, BALANCE) || arci_guess_has(g, LIMIT)) return 0;
    for (int role = INVOICE_DATE; role <= PAID_ON; role++) {
        if (role != CURRENCY && arci_guess_has(g, role)) return 1;
    }
    for (int role = CONTACT; role < N_ROLES; role++) {
        if (arci_guess_has(g, role)) return 0;
    }
    return !arci_guess_has(g, NAME) || g->column[NAME] == g->column[CODE]; /* codes alone are no list of customers */
}

/* Texts of customers that a header may name. Code lists are not among them: what a file calls their members, nobody knows. */
int arci_guess_plain(const guess *g, cJSON *fields)
{
    static const char *const names[] = { "short_name", "uscc", "tax_no", "industry", "segment", "channel", "country", "address", "legal_rep", "language", "term", "remark" };
    const arci_entity *e = arci_entity_by_name("customer", 8);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const arci_field *f = arci_entity_field(e, names[i], strlen(names[i]));
        for (uint32_t c = 0; c < g->n_names; c++) {
            int taken = 0;
            for (int role = 0; role < N_ROLES; role++) taken |= g->column[role] == c && !(role == TAX_NO && !arci_guess_has(g, TITLE));
            if (taken || !(arci_guess_same(g->names[c], f->name) || arci_guess_same(g->names[c], f->label_en) || arci_guess_same(g->names[c], f->label_zh))) continue;
            if (!arci_guess_rule(fields, f->name, "column", g->names[c])) return 0;
            break;
        }
    }
    return 1;
}

/* In cents, or 10,000s. */
int arci_guess_unit(const guess *g, cJSON *rule, int role)
{
    const char *name = arci_guess_name(g, role);
    if (arci_guess_same(name, "amountcents") || arci_guess_same(name, "amountminor")) return arci_jo_text(rule, "unit", "minor", 5);
    return !strstr(name, "\xe4\xb8\x87\xe5\x85\x83") || arci_jo_text(rule, "unit", "10000", 5); /* 万元 */
}

/* A target of the row's customer, where the column is filled. */
static cJSON *of_customer(const guess *g, cJSON *targets, const char *entity, int role)
{
    cJSON *t, *when, *f;
    const char *column = arci_guess_name(g, role);
    if (!(t = arci_guess_target(targets, entity, &f))) return NULL;
    if (arci_guess_empty(g, role) && (!(when = arci_jo_object(t, "when")) || !arci_jo_text(when, "column", column, strlen(column)) || !arci_jo_bool(when, "filled", 1))) return NULL;
    f = arci_jo_object(t, "fields");
    return f && arci_guess_rule(f, "customer", "match", "customer") ? f : NULL;
}

static int put(const guess *g, cJSON *fields, const char *field, int role)
{
    return !arci_guess_has(g, role) || arci_guess_rule(fields, field, "column", arci_guess_name(g, role));
}

static int put_amount(const guess *g, cJSON *fields, int role)
{
    cJSON *o = arci_guess_has(g, CURRENCY) ? arci_guess_rule(fields, "currency", "column", arci_guess_name(g, CURRENCY)) : arci_guess_rule(fields, "currency", "value", g->base_currency);
    return o && (o = arci_guess_rule(fields, "amount", "column", arci_guess_name(g, role))) && arci_guess_unit(g, o, role);
}

static int put_master(const guess *g, cJSON *targets)
{
    cJSON *f;
    if (arci_guess_has(g, CONTACT) && (!(f = of_customer(g, targets, "contact", CONTACT)) || !put(g, f, "name", CONTACT) || !put(g, f, "mobile", MOBILE) || !put(g, f, "email", EMAIL))) return 0;
    if (arci_guess_has(g, ACCOUNT) && (!(f = of_customer(g, targets, "bank_account", ACCOUNT)) || !put(g, f, "number", ACCOUNT) || !put(g, f, "bank", BANK))) return 0;
    if (!arci_guess_has(g, TITLE) || !arci_guess_has(g, TAX_NO)) return 1;
    return (f = of_customer(g, targets, "invoice_title", TITLE)) != NULL && put(g, f, "title", TITLE) && put(g, f, "tax_no", TAX_NO);
}

/* A balance of a customer without documents has one item, named by the row. */
static int put_opening(const guess *g, cJSON *targets)
{
    cJSON *f = of_customer(g, targets, "item", BALANCE), *o;
    if (!f) return 0;
    if (!arci_guess_has(g, NUMBER)) {
        if (!arci_guess_rule(f, "number", "template", "OPEN-{row}")) return 0;
    } else if (!(o = arci_guess_rule(f, "number", "column", arci_guess_name(g, NUMBER))) || (arci_guess_empty(g, NUMBER) && !arci_guess_rule(o, "empty", "template", "OPEN-{row}"))) {
        return 0;
    }
    return put(g, f, "business_date", INVOICE_DATE) && put(g, f, "due_date", DUE_DATE) && put_amount(g, f, BALANCE);
}

static int put_limit(const guess *g, cJSON *targets)
{
    cJSON *f = of_customer(g, targets, "credit_limit", LIMIT);
    return f && put(g, f, "valid_from", LIMIT_FROM) && put(g, f, "valid_to", LIMIT_TO) && put_amount(g, f, LIMIT);
}

int arci_guess_more(const guess *g, cJSON *targets)
{
    if (!put_master(g, targets)) return 0;
    if (!g->documents && arci_guess_has(g, BALANCE) && !put_opening(g, targets)) return 0;
    return !arci_guess_has(g, LIMIT) || put_limit(g, targets);
}
