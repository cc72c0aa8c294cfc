/* SPDX-License-Identifier: Apache-2.0 */
/* Request keys of rules. */
#ifndef TESTS_REQUEST_RULE_H
#define TESTS_REQUEST_RULE_H

#include "api/request_drivers.h"

static void drive_rule_run(test_book *b, arc_session *s, int body, answer *a)
{
    static const char rule[] = "{\"rule\":\"arcore/1\",\"subject\":\"customer\",\"mode\":\"apply\",\"on\":{\"kind\":\"threshold\",\"over\":{\"!=\":[{\"var\":\"code\"},\"?\"]},"
                               "\"rearm\":{\"==\":[{\"var\":\"code\"},\"?\"]}},\"then\":[]}";
    arc_rule_report report = ARC_RULE_REPORT_INIT;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    arc_record *r;
    int64_t id;
    (void)b;
    if (arc_session_get(s, &r, ARC_DEFINITION, 1) != ARC_OK) {
        assert_ok(arc_session_set_request_key(s, NULL));
        assert_ok(arc_definition_save(s, &id, "rule", "every", rule, SIZE_MAX, NULL));
        assert_ok(arc_definition_publish(s, id, NULL, NULL));
        assert_ok(arc_session_set_request_key(s, KEY));
    } else {
        arc_record_free(r);
    }
    o.as_of = BOOK_DAY + body;
    a->st = arc_rule_run(s, &report, NULL, NULL, &o);
    a->n[0] = report.fired, a->n[1] = report.rows;
}

#endif
