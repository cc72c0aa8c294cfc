/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the permission matrix: levels, tasks and calls to the host. */
#ifndef TESTS_API_MATRIX_WORK_H
#define TESTS_API_MATRIX_WORK_H

static arc_status drive_level(matrix *m, int t)
{
    arc_level l = ARC_LEVEL_INIT;
    l.item = m->item[t];
    l.level = 2;
    l.date = PEOPLE_DAY;
    l.reason = "r";
    return arc_item_set_level(m->actor, NULL, &l);
}

static arc_status drive_task_assign(matrix *m, int t) { return arc_task_assign(m->actor, m->task[t], m->owner[OWN], ARC_DATE_NONE); }
static arc_status drive_task_escalate(matrix *m, int t) { return arc_task_escalate(m->actor, m->task[t], m->owner[TEAM], ARC_DATE_NONE); }

static arc_status drive_task_close(matrix *m, int t)
{
    arc_task_outcome o = ARC_TASK_OUTCOME_INIT;
    o.feedback = "called";
    o.date = PEOPLE_DAY;
    return arc_task_close(m->actor, m->task[t], &o);
}

static arc_status drive_task_cancel(matrix *m, int t) { return arc_task_cancel(m->actor, m->task[t], "not needed"); }

static arc_status drive_host_ask(matrix *m, int t)
{
    const arc_host_question q = matrix_question(m->customer[t], "new");
    return arc_host_ask(m->actor, NULL, &q);
}

static arc_status drive_host_answer(matrix *m, int t) { return arc_host_answer(m->actor, m->host_call[t], "yes", NULL, 0, PEOPLE_DAY); }

#endif
