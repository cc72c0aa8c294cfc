/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of matrix.h for attachments and external ids. Included where its types stand. */
#ifndef TESTS_API_MATRIX_SYNC_H
#define TESTS_API_MATRIX_SYNC_H

static arc_status drive_attach(matrix *m, int t)
{
    const arc_attachment_new a = file_on(m->customer[t]);
    return arc_attachment_add(m->actor, NULL, &a, "x", 1);
}

static arc_status drive_take_back(matrix *m, int t) { return arc_attachment_withdraw(m->actor, m->attachment[t], "r"); }

static int32_t no_bytes(void *user, const char *bytes, size_t n)
{
    (void)user;
    (void)bytes;
    (void)n;
    return 0;
}

static arc_status drive_read_attachment(matrix *m, int t)
{
    char c;
    size_t n = 1;
    return arc_attachment_read(m->actor, &c, &n, m->attachment[t], 0);
}

static arc_status drive_get_attachment(matrix *m, int t) { return arc_attachment_get(m->actor, no_bytes, NULL, m->attachment[t]); }

static int32_t no_attachment(void *user, const arc_attachment_info *info)
{
    (void)user;
    (void)info;
    return 0;
}

static arc_status drive_list_attachments(matrix *m, int t) { return arc_attachment_list(m->actor, no_attachment, NULL, ARC_CUSTOMER, m->customer[t]); }

static arc_status drive_external_add(matrix *m, int t) { return arc_external_add(m->actor, ARC_CUSTOMER, m->customer[t], "s", "v"); }

static arc_status drive_external_remove(matrix *m, int t)
{
    char value[8];
    snprintf(value, sizeof value, "%d", t);
    return arc_external_remove(m->actor, ARC_CUSTOMER, "old", value);
}

static arc_status drive_external_find(matrix *m, int t)
{
    char value[8];
    int64_t row;
    snprintf(value, sizeof value, "%d", t);
    return arc_external_find(m->actor, &row, ARC_CUSTOMER, "old", value);
}

static int32_t no_external(void *user, const char *system, const char *value)
{
    (void)user;
    (void)system;
    (void)value;
    return 0;
}

static arc_status drive_external_list(matrix *m, int t) { return arc_external_list(m->actor, no_external, NULL, ARC_CUSTOMER, m->customer[t]); }

static arc_status drive_upsert(matrix *m, int t)
{
    arc_record *r = new_contact(m, t);
    arc_status st = arc_session_upsert(m->actor, NULL, NULL, r, "s", "new", NULL);
    arc_record_free(r);
    return st;
}

static arc_status drive_upserts(matrix *m, int t)
{
    static const char *const value = "new";
    arc_record *r = new_contact(m, t);
    arc_status result = ARC_OK, st = arc_session_upsert_many(m->actor, NULL, NULL, &result, &r, &value, 1, "s", NULL);
    arc_record_free(r);
    return st == ARC_PARTIAL ? result : st;
}

#endif
