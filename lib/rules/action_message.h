/* SPDX-License-Identifier: Apache-2.0 */
/* Between messages and tasks: a call or visit is a task, and so is what reaches nobody. */
#ifndef ARCI_RULES_ACTION_MESSAGE_H
#define ARCI_RULES_ACTION_MESSAGE_H

#include "rules/action_fill.h"
#include "rules/action_kinds.h"
#include "rules/action_who.h"

int arci_channel_is_task(const char *channel); /* phone, visit */

/* What a task says. */
typedef struct arci_call_task {
    arci_param title, content, deadline, level;
    arci_who_list assignee; /* the first who may act */
} arci_call_task;

/* task: an object, or NULL: a title of its own and the customer's owner. at: told of what is missing. */
arc_status arci_call_task_compile(arci_action_build *b, const arci_json *at, const arci_json *task, arci_call_task *out);
arc_status arci_call_task_assignee(arci_action_run *r, const arci_call_task *t, const arc_value *row, int64_t *user); /* 0: nobody */
/* Appends members of a record of entity task to an object that has been begun. channel NULL, contact 0: none. */
arc_status arci_call_task_put(arci_action_run *r, const arci_call_task *t, const arc_value *row, int64_t assignee, const char *channel, int64_t contact, arci_str *out);
/* Inserts the record. */
arc_status arci_task_insert(arci_action_do *d, const arci_json *task, arci_str *result);

#endif
