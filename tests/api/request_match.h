/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of matching, for request keys. */
#ifndef TESTS_API_REQUEST_MATCH_H
#define TESTS_API_REQUEST_MATCH_H

#include "api/request_drivers.h"

static void drive_match_run(test_book *b, arc_session *s, int body, answer *a)
{
    arc_match_report report = ARC_MATCH_REPORT_INIT;
    arc_match_options o = ARC_MATCH_OPTIONS_INIT;
    (void)b;
    o.strategy = body ? "kis" : "oldest_overdue";
    a->st = arc_match_run(s, &report, &o);
    a->n[0] = report.receipts;
    a->n[1] = report.none + report.suggested;
}

#endif
