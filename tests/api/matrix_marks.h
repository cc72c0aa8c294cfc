/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the permission matrix: disputes and flags. The item of every target has one of each. */
#ifndef TESTS_API_MATRIX_MARKS_H
#define TESTS_API_MATRIX_MARKS_H

static arc_status drive_dispute(matrix *m, int t)
{
    arc_record *r = matrix_dispute(m->actor, m->item[t]);
    arc_status st = arc_dispute_open(m->actor, NULL, r);
    arc_record_free(r);
    return st;
}

static arc_status drive_dispute_resolve(matrix *m, int t)
{
    arc_resolution r = ARC_RESOLUTION_INIT;
    r.code = "rejected";
    r.date = PEOPLE_DAY;
    return arc_dispute_resolve(m->actor, m->dispute[t], &r);
}

static arc_status drive_disputed(matrix *m, int t)
{
    int64_t amount;
    arc_status st = arc_dispute_sums(m->actor, &amount, &m->item[t], 1, PEOPLE_DAY);
    return st == ARC_OK && !amount ? ARC_E_NOT_FOUND : st;
}

static arc_status drive_flag_set(matrix *m, int t)
{
    arc_flag f = matrix_flag(m->item[t]);
    f.kind = "legal";
    return arc_flag_set(m->actor, NULL, &f);
}

static arc_status drive_flag_end(matrix *m, int t) { return arc_flag_end(m->actor, m->flag[t], PEOPLE_DAY, "r"); }

static arc_status drive_flags(matrix *m, int t)
{
    uint32_t kinds;
    arc_status st = arc_flag_active(m->actor, &kinds, &m->item[t], 1, PEOPLE_DAY);
    return st == ARC_OK && !kinds ? ARC_E_NOT_FOUND : st;
}

#endif
