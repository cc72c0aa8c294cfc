/* SPDX-License-Identifier: Apache-2.0 */
/* Calendars of a book, from their rows by year. */
#ifndef ARCI_STORE_CALENDAR_ROWS_H
#define ARCI_STORE_CALENDAR_ROWS_H

#include "arcore/calendar.h"
#include "store/repo.h"

/* The caller frees it. ARC_E_NOT_FOUND: the book has no rows of this code; ARC_E_CALENDAR: they cannot be read. */
arc_status arci_calendar_rows(arci_txn *t, arci_arena *arena, const char *code, arc_calendar **out);

#endif
