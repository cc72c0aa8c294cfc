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

static arc_status drive_voucher_export(matrix *m, int t)
{
    (void)t;
    arc_status st = arc_voucher_export(m->actor, NULL, "GL", ARC_DATE_NONE, PEOPLE_DAY, NULL);
    return st == ARC_E_NOT_FOUND ? ARC_OK : st; /* there is no account map */
}

static arc_status drive_voucher_send(matrix *m, int t)
{
    const int64_t id = 9999;
    (void)t;
    return arc_voucher_send(m->actor, NULL, &id, 1, ARC_ALL_OR_NONE);
}

static arc_status drive_voucher_acknowledge(matrix *m, int t)
{
    (void)t;
    return arc_voucher_acknowledge(m->actor, 9999, "1");
}

static arc_status drive_voucher_reject(matrix *m, int t)
{
    (void)t;
    return arc_voucher_reject(m->actor, 9999, "why");
}

static arc_status drive_voucher_rebuild(matrix *m, int t)
{
    (void)t;
    return arc_voucher_rebuild(m->actor, 9999, NULL);
}

static int32_t no_voucher(void *user, const char *bytes, size_t n)
{
    (void)user, (void)bytes, (void)n;
    return 0;
}

static arc_status drive_voucher_write(matrix *m, int t)
{
    (void)t;
    return arc_voucher_write(m->actor, no_voucher, NULL, NULL, NULL);
}

static arc_status drive_revalue(matrix *m, int t)
{
    (void)t;
    return arc_revaluation_run(m->actor, NULL, PEOPLE_DAY + 100); /* no row of the world is of that day */
}

static arc_status drive_revalue_preview(matrix *m, int t)
{
    char json[1000];
    size_t n = sizeof json;
    (void)t;
    return arc_revaluation_preview_json(m->actor, json, &n, PEOPLE_DAY);
}

static arc_status drive_revalue_reverse(matrix *m, int t)
{
    (void)t;
    return arc_revaluation_reverse(m->actor, NULL, 9999, "wrong rate");
}

static arc_status drive_balance(matrix *m, int t)
{
    arc_journal_balance_options o = ARC_JOURNAL_BALANCE_OPTIONS_INIT;
    char json[20000];
    size_t n = sizeof json;
    o.customer = m->customer[t];
    arc_status st = arc_journal_balance_json(m->actor, json, &n, &o);
    return st == ARC_OK && !strstr(json, "\"role\"") ? ARC_E_NOT_FOUND : st;
}

static arc_status drive_reclass(matrix *m, int t)
{
    char json[20000];
    size_t n = sizeof json;
    arc_status st = drive_balance(m, t); /* the same rows */
    return st == ARC_OK || st == ARC_E_NOT_FOUND ? st : arc_journal_reclass_json(m->actor, json, &n, NULL);
}

static arc_status drive_provision(matrix *m, int t)
{
    (void)t;
    arc_status st = arc_provision_run(m->actor, NULL, PEOPLE_DAY - 3000, 0, "individual", "r", NULL, 0);
    return st == ARC_E_STATE ? ARC_OK : st; /* a later day is provided for */
}

static arc_status drive_provision_reverse(matrix *m, int t)
{
    (void)t;
    return arc_provision_reverse(m->actor, NULL, 9999, "wrong");
}

#endif
