/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the CAMT reader. */
#ifndef ARCI_IO_CAMT_H
#define ARCI_IO_CAMT_H

#include "io/xml.h"

typedef struct arci_camt {
    arci_bank *b;
    arci_bank_stmt *s;     /* open statement */
    arci_bank_entry *e;    /* open entry */
    int has_amount, has_sign, debit; /* of the open entry */
    arc_date end;          /* day of the closing balance */
    int bodies;            /* statements seen */
    const char *page;      /* of the message */
    int more;
} arci_camt;

/* Text of the first element at the path, kept in the file; NULL when there is none. */
const char *arci_camt_text(arci_bank *b, const arci_xml_node *n, const char *path);
arc_status arci_camt_date(arci_bank *b, arc_date *out, const char **time, const arci_xml_node *holder); /* BookgDt and the like: Dt or DtTm inside */
/* An Amt with its Ccy; sign is the caller's. */
arc_status arci_camt_amount(arci_camt *c, arc_money *out, uint32_t *flags, const arci_xml_node *amt);
void arci_camt_code(arci_bank *b, arc_bank_line *l, const arci_xml_node *bktxcd);
arc_status arci_camt_charges(arci_camt *c, arci_bank_entry *e, const arci_xml_node *chrgs);
arc_status arci_camt_amounts(arci_camt *c, arci_bank_entry *e, const arci_xml_node *amtdtls);
const char *arci_camt_bank(arci_bank *b, const arci_xml_node *agent); /* BIC, clearing code or name */
/* TxDtls of the open entry. */
arc_status arci_camt_detail(arci_camt *c, const arci_xml_node *tx);

#endif
