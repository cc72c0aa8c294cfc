/* SPDX-License-Identifier: Apache-2.0 */
/* All rows of an entity for which a condition is not false. The store is asked what it can be asked: of the rows themselves, or of the states beside
 * them (open items have an index there); what is left is tested here. */
#ifndef ARCI_RULES_LOGIC_SCAN_H
#define ARCI_RULES_LOGIC_SCAN_H

#include "rules/logic_push.h"

typedef struct arci_logic_scan {
    const arci_entity *entity; /* the subject of facts */
    const arci_facts *facts;
    const arci_logic *logic;
    arci_fact_call call;
    const arc_calendar *calendar;
    uint8_t scoped;   /* only rows the actor sees; 0: with definer rights, as engines read */
    uint8_t ids_only; /* rows are not needed where the store has answered everything */
} arci_logic_scan;

/* What came of it. */
typedef struct arci_logic_scanned {
    int64_t read;     /* rows the store handed over */
    uint32_t asked;   /* tests it applied */
    uint8_t whole;    /* all of them */
    const char *by;   /* entity that was read first */
} arci_logic_scanned;

/* Told of each row in the order of ids: TRUE, or ERROR with its reason in run. row lives during the call, NULL with ids_only. Other than ARC_OK ends it. */
typedef arc_status (*arci_logic_scan_fn)(void *user, int64_t id, int result, const arc_value *row, const arci_logic_run *run);
arc_status arci_logic_scan_run(arci_txn *t, const arci_logic_scan *scan, arci_logic_scan_fn tell, void *user, arci_logic_scanned *out);

#endif
