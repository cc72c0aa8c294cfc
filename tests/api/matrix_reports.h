/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the permission matrix: agings and statements. */
#ifndef TEST_API_MATRIX_REPORTS_H
#define TEST_API_MATRIX_REPORTS_H

#include "api/matrix.h"
#include "api/matrix_rows.h"

static arc_status drive_aging(matrix *m, int t)
{
    arc_aging *a;
    uint32_t n = 0;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    o.customer = m->customer[t];
    arc_status st = arc_aging_compute(m->actor, &a, &o);
    if (st != ARC_OK) return st;
    assert_ok(arc_aging_count(a, &n));
    arc_aging_free(a);
    return n ? ARC_OK : ARC_E_NOT_FOUND;
}

static const char *const target_names[TARGETS] = { "own", "team", "foreign" };

static arc_status drive_duplicate_index(matrix *m, int t)
{
    arc_name_index *index;
    arc_name_match found[20];
    size_t n = 20, i = 0;
    arc_status st = arc_duplicate_index(m->actor, &index);
    if (st != ARC_OK) return st;
    for (size_t k = 0; k < n; k++) assert_ok(arc_name_match_init(&found[k]));
    assert_ok(arc_name_index_search(index, found, &n, target_names[t], SIZE_MAX, NULL, 0));
    while (i < n && found[i].id != m->customer[t]) i++;
    arc_name_index_free(index);
    return i < n ? ARC_OK : ARC_E_NOT_FOUND;
}

static arc_status drive_duplicate_check(matrix *m, int t)
{
    char text[8000], id[40];
    size_t n = sizeof text;
    arc_record *r;
    assert_ok(arc_record_new(m->actor, &r, ARC_CUSTOMER));
    assert_ok(arc_customer_set_legal_name(r, target_names[t], SIZE_MAX));
    arc_status st = arc_duplicate_check(m->actor, text, &n, r, NULL);
    arc_record_free(r);
    if (st != ARC_OK) return st;
    snprintf(id, sizeof id, "\"id\":%d,", (int)m->customer[t]);
    return strstr(text, id) ? ARC_OK : ARC_E_NOT_FOUND;
}

static arc_status drive_profile(matrix *m, int t)
{
    static char text[200000];
    size_t n = sizeof text;
    return arc_customer_profile(m->actor, text, &n, m->customer[t], NULL);
}

static arc_status drive_statement(matrix *m, int t)
{
    arc_statement *s;
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    o.customer = m->customer[t];
    arc_status st = arc_statement_compute(m->actor, &s, &o);
    arc_statement_free(s);
    return st;
}

static arc_status drive_statements(matrix *m, int t)
{
    arc_statement *s = NULL;
    arc_status result = ARC_OK;
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    arc_status st = arc_statement_compute_many(m->actor, &s, &result, &o, &m->customer[t], 1);
    arc_statement_free(s);
    return st == ARC_PARTIAL ? result : st;
}

static arc_status drive_letter_text(matrix *m, int t)
{
    char text[4000];
    size_t n = sizeof text;
    return arc_statement_letter_text(m->actor, text, &n, row_of(m, "statement_letter", t), "zh");
}

static int32_t hear_letter(void *user, int64_t letter, const char *text, size_t len)
{
    (void)letter;
    *(size_t *)user += strlen(text) == len;
    return 0;
}

static arc_status drive_letter_texts(matrix *m, int t)
{
    size_t heard = 0;
    const int64_t letter = row_of(m, "statement_letter", t);
    arc_status st = arc_statement_letter_texts(m->actor, &letter, 1, "en", hear_letter, &heard);
    assert_int_equal(heard, st == ARC_OK);
    return st;
}

static arc_status drive_letter_make(matrix *m, int t)
{
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    o.customer = m->customer[t];
    o.from = PEOPLE_DAY - 30;
    o.to = PEOPLE_DAY;
    return arc_statement_letter_make(m->actor, NULL, &o, "L");
}

static arc_status drive_letter_send(matrix *m, int t)
{
    return arc_statement_letter_send(m->actor, row_of(m, "statement_letter", t), PEOPLE_DAY + 9);
}

static arc_status drive_letters_make(matrix *m, int t)
{
    arc_statement_options o = ARC_STATEMENT_OPTIONS_INIT;
    o.from = PEOPLE_DAY - 30;
    o.to = PEOPLE_DAY;
    return arc_statement_letter_make_many(m->actor, NULL, NULL, &o, &m->customer[t], 1, ARC_ALL_OR_NONE);
}

static arc_status drive_letters_send(matrix *m, int t)
{
    arc_ledger_step s = ARC_LEDGER_STEP_INIT;
    s.row = row_of(m, "statement_letter", t);
    s.date = PEOPLE_DAY + 9;
    return arc_statement_letter_send_many(m->actor, NULL, NULL, &s, 1, ARC_ALL_OR_NONE);
}

/* It is a draft: the right was asked for before that was looked at. */
static arc_status drive_letter_confirm(matrix *m, int t)
{
    arc_status st = arc_statement_letter_confirm(m->actor, row_of(m, "statement_letter", t), PEOPLE_DAY + 9, "x", NULL, 0);
    return st == ARC_E_STATE ? ARC_OK : st;
}

#endif
