/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the permission matrix: statements of banks. They are of no customer: all targets are one. */
#ifndef TESTS_API_MATRIX_BANK_H
#define TESTS_API_MATRIX_BANK_H

static const char bank_second[] = ":20:S\r\n:25:10020030/1234567890\r\n:28C:2\r\n:60F:C260103CNY5,00\r\n:61:2601030103C5,00NTRFR2\r\n:86:more\r\n:62F:C260103CNY10,00\r\n-\r\n";

static arc_status drive_bank_import(matrix *m, int t)
{
    (void)t;
    return arc_bank_import(m->actor, NULL, bank_second, strlen(bank_second), NULL);
}

static arc_status drive_bank_import_file(matrix *m, int t)
{
    arc_bank_file *file = NULL;
    (void)t;
    assert_ok(arc_bank_file_read(m->p.b.t.ctx, &file, bank_second, strlen(bank_second), NULL));
    arc_status st = arc_bank_import_file(m->actor, NULL, file, NULL);
    arc_bank_file_free(file);
    return st;
}

static arc_status drive_bank_receive(matrix *m, int t)
{
    (void)t;
    return arc_bank_receive(m->actor, NULL, NULL);
}

static arc_status drive_bank_undo(matrix *m, int t)
{
    (void)t;
    return arc_bank_undo(m->actor, m->statement, "r");
}

static arc_status drive_bank_findings(matrix *m, int t)
{
    char json[1000];
    size_t n = sizeof json;
    (void)t;
    return arc_bank_findings(m->actor, json, &n, m->own_account, ARC_DATE_NONE);
}

/* ---- who paid ---- */

static arc_status drive_payer_index(matrix *m, int t)
{
    arc_payer_index *index = NULL;
    arc_payer who = ARC_PAYER_INIT;
    arc_payer_match found[20];
    size_t n = 20;
    int seen = 0;
    arc_status st = arc_payer_index_load(m->actor, &index);
    if (st != ARC_OK) return st;
    for (size_t i = 0; i < n; i++) assert_ok(arc_payer_match_init(&found[i]));
    static const char *const names[] = { "own", "team", "foreign" };
    who.name = names[t];
    assert_ok(arc_payer_index_find(index, found, &n, NULL, &who));
    for (size_t i = 0; i < n; i++) seen |= found[i].customer == m->customer[t];
    arc_payer_index_free(index);
    return seen ? ARC_OK : ARC_E_NOT_FOUND;
}

static arc_status drive_payer_learn(matrix *m, int t)
{
    return arc_payer_learn(m->actor, NULL, &m->receipt[t], 1, 0);
}

static arc_status drive_payer_confirm(matrix *m, int t)
{
    return arc_payer_confirm(m->actor, NULL, m->customer[t], "payer_name", "Somebody", ARC_DATE_NONE);
}

#endif
