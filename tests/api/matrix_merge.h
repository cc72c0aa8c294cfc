/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the permission matrix: customers that were merged. Each target has a twin who is merged into it. */
#ifndef TESTS_API_MATRIX_MERGE_H
#define TESTS_API_MATRIX_MERGE_H

static arc_status drive_merge(matrix *m, int t)
{
    arc_merge x = ARC_MERGE_INIT;
    x.kept = m->customer[t];
    x.merged = m->spare[t];
    x.reason = "r";
    return arc_customer_merge(m->actor, NULL, &x);
}

static arc_status drive_unmerge(matrix *m, int t) { return arc_customer_unmerge(m->actor, NULL, m->twin[t], "r"); }

static arc_status drive_root(matrix *m, int t)
{
    int64_t root;
    return arc_customer_root(m->actor, &root, m->twin[t], ARC_DATE_NONE);
}

static arc_status drive_family(matrix *m, int t)
{
    int64_t ids[4];
    uint32_t n = 4;
    return arc_customer_family(m->actor, ids, &n, m->customer[t], PEOPLE_DAY);
}

#endif
