/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/calendar.h
 *  Business calendars: which days are worked, make-up workdays included.
 *
 *  A calendar knows certain years and says nothing about others: a question that touches a year it has no data for is
 *  ARC_E_CALENDAR, never a guess from weekends. A calendar never changes once made, so threads may share it; only
 *  arc_calendar_free() must not run beside another use. No function here needs a transaction.
 *
 *  Two forms of JSON are read. Our own:
 *    {"format": "arcore-calendar/1", "code": "CN", "name": "...", "weekend": ["sat", "sun"], "years": [2025],
 *     "days": [{"date": "2025-01-26", "off": false, "name": "..."}]}
 *  where `off` true is a holiday and false a make-up workday; code, name, weekend (default sat and sun) and names are optional.
 *  And the public form of State Council notices, {"year": 2025, "days": [{"name": "...", "date": "...", "isOffDay": true}]},
 *  whose weekend is Saturday and Sunday and whose other members are ignored. Days outside the years of a document count where
 *  the year itself is known from another document. */
#ifndef ARCORE_CALENDAR_H
#define ARCORE_CALENDAR_H

#include "arcore/context.h"
#include "arcore/date.h"

ARC_BEGIN_DECLS

typedef struct arc_calendar arc_calendar; /**< checked handle */

#define ARC_ADJUST_NONE 0               /**< leave the date alone */
#define ARC_ADJUST_FOLLOWING 1          /**< the next business day */
#define ARC_ADJUST_MODIFIED_FOLLOWING 2 /**< the next one, but when that is in another month, the one before */
#define ARC_ADJUST_PRECEDING 3          /**< the business day before */
#define ARC_ADJUST_MODIFIED_PRECEDING 4 /**< the one before, but when that is in another month, the next one */
#define ARC_ADJUST_END_OF_MONTH 5       /**< the last business day of the date's month */

/** Makes a calendar from JSON documents, each an object or an array of objects, that together describe one calendar.
 *
 *  @param context where memory comes from and where errors are told.
 *  @param out     receives the handle; the caller frees it with arc_calendar_free(). NULL on error.
 *  @param texts   n documents, UTF-8, not kept.
 *  @param lens    n lengths in bytes; SIZE_MAX: up to the NUL.
 *  @param n       number of documents, at least 1.
 *  @return ARC_OK; ARC_E_HANDLE: not a context; ARC_E_INVALID: NULL or n is 0; ARC_E_SYNTAX, ARC_E_ENCODING, ARC_E_LIMIT: not
 *          JSON within bounds; ARC_E_VALUE: a member of the wrong kind or not allowed; ARC_E_REQUIRED: one is missing;
 *          ARC_E_RANGE: a date or year that is none; ARC_E_EXISTS: a day given twice in different ways, a year twice, or
 *          different weekends; ARC_E_NOMEM. The error names the member by JSON Pointer and the document by row. @since 0.1 */
ARC_API arc_status arc_calendar_load(arc_context *context, arc_calendar **out, const char *const *texts, const size_t *lens,
                                     size_t n);

/** Makes the calendar in which a day is worked only when every given calendar works on it. It knows the years all of them know.
 *
 *  @param context   where memory comes from; all calendars must be its own.
 *  @param out       receives the handle; the caller frees it with arc_calendar_free(). NULL on error.
 *  @param calendars n handles, not kept.
 *  @param n         at least 1.
 *  @return ARC_OK; ARC_E_HANDLE: not a context, or a calendar that is stale or of another context; ARC_E_INVALID: NULL or n is 0;
 *          ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_calendar_union(arc_context *context, arc_calendar **out, const arc_calendar *const *calendars, size_t n);

/** Frees a calendar.
 *
 *  @param calendar NULL and stale handles are allowed. @since 0.1 */
ARC_API void arc_calendar_free(arc_calendar *calendar);

/** Whether a calendar has data for a year.
 *
 *  @param calendar the calendar. @param out receives 1 or 0. @param year any value.
 *  @return ARC_OK; ARC_E_HANDLE; ARC_E_INVALID: out is NULL. @since 0.1 */
ARC_API arc_status arc_calendar_knows(const arc_calendar *calendar, int32_t *out, int32_t year);

/** Whether a day is worked.
 *
 *  @param calendar the calendar. @param out receives 1 or 0. @param date the day.
 *  @return ARC_OK; ARC_E_HANDLE; ARC_E_INVALID: out is NULL; ARC_E_RANGE: date is none; ARC_E_CALENDAR: year unknown. @since 0.1 */
ARC_API arc_status arc_calendar_is_business(const arc_calendar *calendar, int32_t *out, arc_date date);

/** Name of the holiday or make-up day, "" for an ordinary day.
 *
 *  @param calendar the calendar. @param buf receives UTF-8 and a NUL. @param len in: capacity; out: length without NUL.
 *  @param date the day.
 *  @return ARC_OK; ARC_E_HANDLE; ARC_E_INVALID: len is NULL; ARC_E_RANGE: date is none; ARC_E_CALENDAR: year unknown;
 *          ARC_E_BUFFER: too short, nothing written. @since 0.1 */
ARC_API arc_status arc_calendar_day_name(const arc_calendar *calendar, char *buf, size_t *len, arc_date date);

/** Moves a date to a business day by a convention.
 *
 *  @param calendar the calendar; may be NULL when convention is ARC_ADJUST_NONE. @param out receives the date.
 *  @param date the day. @param convention ARC_ADJUST_*.
 *  @return ARC_OK; ARC_E_HANDLE; ARC_E_INVALID: out is NULL, unknown convention; ARC_E_RANGE: date is none; ARC_E_CALENDAR: a year
 *          that had to be looked at is unknown. @since 0.1 */
ARC_API arc_status arc_calendar_adjust(const arc_calendar *calendar, arc_date *out, arc_date date, int32_t convention);

/** The n-th business day after a date (n > 0) or before it (n < 0); 0: the date itself when worked, else the next business day.
 *
 *  @param calendar the calendar. @param out receives the date. @param date the day, worked or not. @param n business days.
 *  @return ARC_OK; ARC_E_HANDLE; ARC_E_INVALID: out is NULL; ARC_E_RANGE: date is none; ARC_E_CALENDAR: a year that had to be
 *          looked at is unknown. @since 0.1 */
ARC_API arc_status arc_calendar_add(const arc_calendar *calendar, arc_date *out, arc_date date, int32_t n);

/** Business days d with from <= d < to; minus as many when to < from.
 *
 *  @param calendar the calendar. @param out receives the number. @param from first day. @param to day after the last.
 *  @return ARC_OK; ARC_E_HANDLE; ARC_E_INVALID: out is NULL; ARC_E_RANGE: a date is none; ARC_E_CALENDAR: a year in between is
 *          unknown. @since 0.1 */
ARC_API arc_status arc_calendar_count(const arc_calendar *calendar, int32_t *out, arc_date from, arc_date to);

ARC_END_DECLS

#endif
