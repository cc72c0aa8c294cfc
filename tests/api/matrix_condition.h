/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the permission matrix: conditions. */
#ifndef TEST_API_MATRIX_CONDITION_H
#define TEST_API_MATRIX_CONDITION_H

#include "api/matrix.h"

#define CONDITION_OF_ALL "{\"!=\":[{\"var\":\"code\"},\"?\"]}"

static arc_status drive_condition_test(matrix *m, int t)
{
    arc_condition *c;
    int32_t result = 0;
    arc_status st = arc_condition_new(m->actor, &c, ARC_CUSTOMER, CONDITION_OF_ALL, SIZE_MAX, NULL);
    if (st == ARC_OK) st = arc_condition_test(c, &result, &m->customer[t], 1, PEOPLE_DAY);
    arc_condition_free(c);
    return st == ARC_OK && result == ARC_CONDITION_ABSENT ? ARC_E_NOT_FOUND : st;
}

static arc_status drive_condition_check(matrix *m, int t)
{
    char buf[64];
    size_t len = sizeof buf;
    arc_status st = arc_condition_check(m->actor, buf, &len, ARC_CUSTOMER, CONDITION_OF_ALL, SIZE_MAX, NULL);
    return st == ARC_OK ? drive_condition_test(m, t) : st;
}

static arc_status drive_condition_record(matrix *m, int t, int explain)
{
    arc_condition *c;
    arc_record *r = NULL;
    char buf[400];
    size_t len = sizeof buf;
    int32_t result = 0;
    arc_status st = arc_condition_new(m->actor, &c, ARC_CUSTOMER, CONDITION_OF_ALL, SIZE_MAX, NULL);
    if (st == ARC_OK) st = arc_session_get(m->actor, &r, ARC_CUSTOMER, m->customer[t]);
    if (st == ARC_OK) st = explain ? arc_condition_explain_record(c, buf, &len, r, PEOPLE_DAY) : arc_condition_test_record(c, &result, r, PEOPLE_DAY);
    arc_record_free(r);
    arc_condition_free(c);
    return st;
}

static arc_status drive_condition_test_record(matrix *m, int t) { return drive_condition_record(m, t, 0); }
static arc_status drive_condition_explain_record(matrix *m, int t) { return drive_condition_record(m, t, 1); }

static arc_status drive_condition_explain(matrix *m, int t)
{
    arc_condition *c;
    char buf[400];
    size_t len = sizeof buf;
    arc_status st = arc_condition_new(m->actor, &c, ARC_CUSTOMER, CONDITION_OF_ALL, SIZE_MAX, NULL);
    if (st == ARC_OK) st = arc_condition_explain(c, buf, &len, m->customer[t], PEOPLE_DAY);
    arc_condition_free(c);
    return st;
}

static arc_status drive_condition_preview(matrix *m, int t)
{
    arc_condition *c;
    char text[80], buf[400];
    size_t len = sizeof buf;
    snprintf(text, sizeof text, "{\"==\":[{\"var\":\"id\"},%lld]}", (long long)m->customer[t]);
    arc_status st = arc_condition_new(m->actor, &c, ARC_CUSTOMER, text, SIZE_MAX, NULL);
    if (st == ARC_OK) st = arc_condition_preview(c, buf, &len, 1, PEOPLE_DAY);
    arc_condition_free(c);
    return st == ARC_OK && !strstr(buf, "\"matches\":1") ? ARC_E_NOT_FOUND : st;
}

#endif
