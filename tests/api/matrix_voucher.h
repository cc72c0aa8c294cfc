/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the permission matrix: fiscal periods and what goes to the general ledger. Rights are asked for before anything is looked at: there is no such row. */
#ifndef TESTS_API_MATRIX_VOUCHER_H
#define TESTS_API_MATRIX_VOUCHER_H

static arc_status drive_period_close(matrix *m, int t)
{
    (void)t;
    return arc_fiscal_period_close(m->actor, 9999, NULL, 0);
}

static arc_status drive_period_lock(matrix *m, int t)
{
    (void)t;
    return arc_fiscal_period_lock(m->actor, 9999, NULL);
}

static arc_status drive_period_reopen(matrix *m, int t)
{
    (void)t;
    return arc_fiscal_period_reopen(m->actor, 9999, "late invoice");
}

static arc_status drive_period_ready(matrix *m, int t)
{
    char json[100];
    size_t n = sizeof json;
    (void)t;
    return arc_fiscal_period_ready_json(m->actor, json, &n, 9999);
}

/* A right without a call of its own: posting verbs ask for it. */
static arc_status drive_post_locked(matrix *m, int t)
{
    char json[60000];
    size_t n = sizeof json;
    (void)t;
    assert_ok(arc_access_json(m->actor, json, &n));
    const char *s = strstr(json, "\"fiscal_period\"");
    if (!s) return ARC_E_FORBIDDEN;
    const char *end = strstr(s, "\"entity\"");
    const char *right = strstr(s, "\"post_locked\"");
    return right && (!end || right < end) ? ARC_OK : ARC_E_FORBIDDEN;
}

#endif
