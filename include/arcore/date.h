/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/date.h
 *  Civil dates (day numbers), instants (microseconds UTC), and how they are read and written.
 *
 *  All functions here are pure: they take no handle, keep nothing, need no transaction and are safe from any thread. Outputs are
 *  untouched on error. A date handed in must lie within ARC_DATE_MIN..ARC_DATE_MAX (else ARC_E_RANGE; ARC_DATE_NONE is outside). */
#ifndef ARCORE_DATE_H
#define ARCORE_DATE_H

#include "arcore/types.h"

ARC_BEGIN_DECLS

#define ARC_MONDAY 1 /**< weekdays as in ISO 8601 */
#define ARC_TUESDAY 2
#define ARC_WEDNESDAY 3
#define ARC_THURSDAY 4
#define ARC_FRIDAY 5
#define ARC_SATURDAY 6
#define ARC_SUNDAY 7

/** Whether a value is a date.
 *
 *  @param date any value.
 *  @return ARC_OK; ARC_E_RANGE: outside 0001-01-01..9999-12-31. @since 0.1 */
ARC_API arc_status arc_date_check(arc_date date);

/** Day number of a civil date.
 *
 *  @param out receives it. @param year 1 to 9999. @param month 1 to 12. @param day 1 to the month's last.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL; ARC_E_RANGE: no such day. @since 0.1 */
ARC_API arc_status arc_date_from_ymd(arc_date *out, int32_t year, int32_t month, int32_t day);

/** Civil date of a day number.
 *
 *  @param year may be NULL. @param month may be NULL. @param day may be NULL. @param date the date.
 *  @return ARC_OK; ARC_E_RANGE: not a date. @since 0.1 */
ARC_API arc_status arc_date_to_ymd(int32_t *year, int32_t *month, int32_t *day, arc_date date);

/** Reads "2025-03-31": exactly ten characters.
 *
 *  @param out receives the date. @param text UTF-8, need not be terminated. @param len bytes, or SIZE_MAX: up to the NUL.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_SYNTAX: another form; ARC_E_RANGE: no such day. @since 0.1 */
ARC_API arc_status arc_date_parse(arc_date *out, const char *text, size_t len);

/** Prints "2025-03-31".
 *
 *  @param buf receives the text and a NUL. @param len in: capacity; out: 10. @param date the date.
 *  @return ARC_OK; ARC_E_INVALID: len is NULL; ARC_E_RANGE: not a date; ARC_E_BUFFER: too short, nothing written. @since 0.1 */
ARC_API arc_status arc_date_print(char *buf, size_t *len, arc_date date);

#define ARC_DATE_YMD 1 /**< 2025-3-1, 2025/3/1, 2025.3.1, 20250301, 2025年3月1日 */
#define ARC_DATE_DMY 2 /**< 1.3.2025, 01/03/2025, 01032025 */
#define ARC_DATE_MDY 3 /**< 3/1/2025, 03-01-2025, 03012025 */
#define ARC_DATE_EXCEL_1900 4 /**< Excel serial, 1 = 1900-01-01; serial 60, the day that never was, is refused; a fraction is a time */
#define ARC_DATE_EXCEL_1904 5 /**< Excel serial of old Macintosh files, 0 = 1904-01-01 */

#define ARC_DATE_TIME_TAIL 1u /**< a time after the date ("2025-03-01 12:30:00", "2025-03-01T12:30:00Z") is checked and dropped */
#define ARC_DATE_FULLWIDTH 2u /**< full-width digits and marks */
#define ARC_DATE_SPACE 4u     /**< blanks around the date */

/** How to read a date written by people. Start from ARC_DATE_OPTIONS_INIT. The order is told, never guessed. */
typedef struct arc_date_options {
    uint32_t struct_size; /**< sizeof(arc_date_options) */
    uint32_t flags;       /**< ARC_DATE_TIME_TAIL, ARC_DATE_FULLWIDTH, ARC_DATE_SPACE */
    int32_t order;        /**< ARC_DATE_YMD and so on */
    int32_t pivot;        /**< first year that two digits can mean, 1950: 50 is 1950 and 49 is 2049; 0: four digits are needed */
} arc_date_options;

#define ARC_DATE_OPTIONS_INIT { (uint32_t)sizeof(arc_date_options), 0, ARC_DATE_YMD, 0 }

/** Fills options with their defaults; the same bytes as ARC_DATE_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_date_options_init(arc_date_options *options);

/** Reads a date in a named form.
 *
 *  @param out receives the date. @param text UTF-8, need not be terminated. @param len bytes, at most 64, or SIZE_MAX: up to the NUL.
 *  @param options NULL: year, month, day and no liberties.
 *  @return ARC_OK; ARC_E_INVALID: NULL or wrong options; ARC_E_ENCODING: not UTF-8; ARC_E_SYNTAX: another form; ARC_E_RANGE: no
 *          such day; ARC_E_LIMIT: too long. @since 0.1 */
ARC_API arc_status arc_date_parse_as(arc_date *out, const char *text, size_t len, const arc_date_options *options);

/** Adds days.
 *
 *  @param out receives date + days. @param date the date. @param days any number.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL; ARC_E_RANGE: date is none; ARC_E_OVERFLOW: result out of range. @since 0.1 */
ARC_API arc_status arc_date_add_days(arc_date *out, arc_date date, int64_t days);

/** Adds months; a day the target month does not have becomes its last (2025-01-31 + 1 = 2025-02-28).
 *
 *  @param out receives the date. @param date the date. @param months any number.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL; ARC_E_RANGE: date is none; ARC_E_OVERFLOW: result out of range. @since 0.1 */
ARC_API arc_status arc_date_add_months(arc_date *out, arc_date date, int64_t months);

/** Last day of the date's month.
 *
 *  @param out receives the date. @param date the date.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL; ARC_E_RANGE: date is none. @since 0.1 */
ARC_API arc_status arc_date_end_of_month(arc_date *out, arc_date date);

/** The given day of the month `months` after the date's month, or that month's last day when it is shorter.
 *
 *  @param out receives the date. @param date the date. @param months any number, 0 for the same month. @param day 1 to 31.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL; ARC_E_RANGE: date is none, day outside 1..31; ARC_E_OVERFLOW: result out of
 *          range. @since 0.1 */
ARC_API arc_status arc_date_day_of_month(arc_date *out, arc_date date, int64_t months, int32_t day);

/** Day of the week.
 *
 *  @param out receives 1 (Monday) to 7 (Sunday). @param date the date.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL; ARC_E_RANGE: date is none. @since 0.1 */
ARC_API arc_status arc_date_weekday(int32_t *out, arc_date date);

/** Week of ISO 8601: weeks begin on Monday, week 1 holds the year's first Thursday.
 *
 *  @param year receives the year the week belongs to.
 *  @param week receives 1 to 53. @param date the date.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_RANGE: date is none. @since 0.1 */
ARC_API arc_status arc_date_iso_week(int32_t *year, int32_t *week, arc_date date);

#define ARC_COUNT_ACT_365 1     /**< actual days / 365 */
#define ARC_COUNT_ACT_360 2     /**< actual days / 360 */
#define ARC_COUNT_ACT_ACT 3     /**< ISDA: days in leap years / 366 + other days / 365 */
#define ARC_COUNT_30_360 4      /**< bond basis: day 31 becomes 30 at the start, and at the end when the start is 30 */
#define ARC_COUNT_30E_360 5     /**< Eurobond basis: day 31 becomes 30 at both ends */

/** Part of a year between two dates as an exact fraction in lowest terms, sign of (to - from).
 *
 *  The start day does not count and the end day does. Swapped dates give the same fraction with minus.
 *  @param num receives the numerator. @param den receives the denominator, > 0. @param from start. @param to end.
 *  @param convention ARC_COUNT_*.
 *  @return ARC_OK; ARC_E_INVALID: NULL or unknown convention; ARC_E_RANGE: a date is none. @since 0.1 */
ARC_API arc_status arc_date_fraction(int64_t *num, int64_t *den, arc_date from, arc_date to, int32_t convention);

/** Days past due: max(0, as_of - due).
 *
 *  @param out receives the days. @param due due date. @param as_of the day asked about.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL; ARC_E_RANGE: a date is none. @since 0.1 */
ARC_API arc_status arc_days_past_due(int32_t *out, arc_date due, arc_date as_of);

/** Number of the bucket a value falls in: how many edges are <= the value, as ARC_GROUP_BUCKET in queries.
 *  With edges 1, 31, 61, 91: 0 is bucket 0 (current), 1..30 is 1, 31..60 is 2, 61..90 is 3, from 91 it is 4.
 *
 *  @param out receives 0 to n. @param value days past due, for example. @param edges n ascending values. @param n number of edges.
 *  @return ARC_OK; ARC_E_INVALID: NULL, or edges do not ascend. @since 0.1 */
ARC_API arc_status arc_bucket_index(int32_t *out, int64_t value, const int64_t *edges, size_t n);

#define ARC_STAMP_MIN INT64_C(-62135596800000000)  /**< 0001-01-01T00:00:00Z */
#define ARC_STAMP_MAX INT64_C(253402300799999999)  /**< 9999-12-31T23:59:59.999999Z */

/** Reads RFC 3339: "2025-03-31T23:30:00Z", also with fraction and offset ("2025-04-01T07:30:00.5+08:00").
 *
 *  @param out receives the instant. @param text UTF-8, need not be terminated. @param len bytes, or SIZE_MAX: up to the NUL.
 *  @return ARC_OK; ARC_E_INVALID: NULL; ARC_E_SYNTAX: another form; ARC_E_RANGE: no such day or time (second 60 included), or
 *          outside the years 0001..9999; ARC_E_PRECISION: finer than a microsecond. @since 0.1 */
ARC_API arc_status arc_stamp_parse(arc_stamp *out, const char *text, size_t len);

/** Prints "2025-03-31T23:30:00.000000Z": always 27 characters, so that text order is time order.
 *
 *  @param buf receives the text and a NUL. @param len in: capacity; out: 27. @param stamp the instant.
 *  @return ARC_OK; ARC_E_INVALID: len is NULL; ARC_E_RANGE: outside the years 0001..9999; ARC_E_BUFFER: too short, nothing
 *          written. @since 0.1 */
ARC_API arc_status arc_stamp_print(char *buf, size_t *len, arc_stamp stamp);

/** Which date an instant is at a fixed offset from UTC: 2025-03-31T23:30Z is 2025-04-01 at +480 (Shanghai).
 *
 *  @param out receives the date. @param stamp the instant. @param offset_minutes east of UTC, -1439 to 1439.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL; ARC_E_RANGE: stamp, offset or result out of range. @since 0.1 */
ARC_API arc_status arc_stamp_date(arc_date *out, arc_stamp stamp, int32_t offset_minutes);

/** The instant at which a date begins at a fixed offset from UTC.
 *
 *  @param out receives the instant. @param date the date. @param offset_minutes east of UTC, -1439 to 1439.
 *  @return ARC_OK; ARC_E_INVALID: out is NULL; ARC_E_RANGE: date or offset out of range, or the instant is outside the years
 *          0001..9999. @since 0.1 */
ARC_API arc_status arc_stamp_from_date(arc_stamp *out, arc_date date, int32_t offset_minutes);

ARC_END_DECLS

#endif
