/* SPDX-License-Identifier: Apache-2.0 */
/* What the host is told, and kinds of actions it has given a book handle. */
#ifndef ARCI_RULES_ACTION_HOST_H
#define ARCI_RULES_ACTION_HOST_H

#include "rules/action_value.h"

/* Members of a JSON object: constants, expressions, texts. */
typedef struct arci_data arci_data;
arc_status arci_data_compile(arci_action_build *b, const arci_json *data, arci_data **out);
arc_status arci_data_put(arci_action_run *r, const arci_data *data, const arc_value *row, arci_str *out);

extern const arci_action_kind arci_action_host; /* stands for all whose names begin with "host." */

#endif
