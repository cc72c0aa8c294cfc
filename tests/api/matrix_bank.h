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

#endif
