/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of documents from the book's series (number_series).
 *
 * The pattern of a series says what a number looks like and when its count restarts: INV-{yyyy}{mm}-{n:6} restarts each month, {yyyy} or {yy} alone each
 * year, {dd} each day, none of them never. {n} is the count, {n:6} filled with zeros to 6 digits. A period that has no row yet gets one like the latest
 * of its code. A gapless series is counted in its row, inside the write transaction and under a lock: what is rolled back gives its numbers back.
 * Others are drawn outside of it, without waiting for anybody. */
#ifndef ARCI_LEDGER_SERIES_H
#define ARCI_LEDGER_SERIES_H

#include "store/repo.h"

typedef struct arci_series_ask {
    const char *code;   /* static, or lives as long as the arena */
    arc_date date;      /* decides the period */
    arc_value number;   /* OUT: text in the arena */
    uint8_t gapless;    /* OUT */
    uint8_t taken;      /* for the caller's use */
    uint8_t pad[2];
    uint32_t series;    /* OUT: the same for those counted together in this call */
} arci_series_ask;

/* Draws a number for each. ARC_E_NOT_FOUND: the book has no series of that code; ARC_E_STATE: its pattern is wrong; ARC_E_LIMIT: a number
 * is longer than 64 bytes. */
arc_status arci_series_draw(arci_txn *t, arci_arena *arena, arci_series_ask *const *asks, uint32_t n);
/* ARC_E_NOT_FOUND: there is none to draw from. */
arc_status arci_series_need(arci_txn *t, arci_arena *arena, const char *code);
/* Whether there is a series of that code. */
arc_status arci_series_known(arci_txn *t, arci_arena *arena, const char *code, int *known);

/* ---- patterns (pure) ---- */

/* What is wrong with a pattern, NULL when nothing. */
const char *arci_series_fault(const char *pattern, size_t len);
/* The period of a day, "" when the count never restarts. */
void arci_series_period(char out[12], const char *pattern, size_t len, arc_date date);
/* The number; 0 when it does not fit. */
size_t arci_series_number(char out[65], const char *pattern, size_t len, arc_date date, int64_t count);

#endif
