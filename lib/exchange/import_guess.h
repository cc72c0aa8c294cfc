/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of arc_import_guess(): which column is what. import_guess.c reads the file and proposes documents, import_guess_more.c what is no document. */
#ifndef ARCI_EXCHANGE_IMPORT_GUESS_H
#define ARCI_EXCHANGE_IMPORT_GUESS_H

#include "base/json_out.h"
#include "exchange/import.h"

#define MAX_COLUMNS 500u

/* What columns are looked for; those of documents first, so that what they take is no other's. */
typedef enum guess_role { CODE, NAME, NUMBER, INVOICE_DATE, DUE_DATE, CURRENCY, AMOUNT, PAID_ON, BALANCE, LIMIT, LIMIT_FROM, LIMIT_TO, CONTACT, MOBILE, EMAIL, TITLE, TAX_NO, ACCOUNT, BANK, N_ROLES } guess_role;

typedef struct guess {
    arci_env *env;
    arci_arena arena;
    const char *names[MAX_COLUMNS];
    uint32_t n_names;
    uint32_t column[N_ROLES]; /* UINT32_MAX: none */
    char **rows;              /* sampled cells of the roles' columns: rows[r * N_ROLES + role] */
    uint32_t n_rows;
    int encoding, delimiter;
    int documents;            /* it is a list of invoices */
    const char *base_currency; /* of the book: for files that name none */
    const arci_custom *custom; /* fields of the book, found by name or label */
} guess;

static inline const char *arci_guess_name(const guess *g, int role) { return g->names[g->column[role]]; }
static inline int arci_guess_has(const guess *g, int role) { return g->column[role] != UINT32_MAX; }
int arci_guess_empty(const guess *g, int role);               /* a sampled cell is */
int arci_guess_same(const char *header, const char *name);    /* but for case, blanks and marks */
/* NULL, 0: no memory. */
cJSON *arci_guess_rule(cJSON *fields, const char *field, const char *kind, const char *text);
cJSON *arci_guess_target(cJSON *targets, const char *entity, cJSON **fields);
int arci_guess_custom(const guess *g, const char *entity, cJSON *fields);

int arci_guess_documents(const guess *g);
int arci_guess_plain(const guess *g, cJSON *fields);          /* further fields of customers, by name and label */
int arci_guess_unit(const guess *g, cJSON *rule, int role);   /* of an amount, by its header */
int arci_guess_more(const guess *g, cJSON *targets);

#endif
