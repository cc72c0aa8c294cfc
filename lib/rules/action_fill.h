/* SPDX-License-Identifier: Apache-2.0 */
/* View models filled from facts. What a view names is looked for under the same name among the facts of the subject ("customer.short_name", "open", the list "items"), unless
 * the action's `data` says where it comes from:
 *
 *     {"total": {"sum": [{"var": "items"}, {"var": "open"}]}, "greeting": "Dear Sir or Madam",
 *      "rows": {"each": "items", "if": {">": [{"var": "days_overdue"}, 0]}, "order": "due_date", "as": {"no": {"var": "number"}}}}
 *
 * Beside the facts there are firing.level, firing.effective_date, firing.as_of, firing.rule, firing.mark and recipient.name. */
#ifndef ARCI_RULES_ACTION_FILL_H
#define ARCI_RULES_ACTION_FILL_H

#include "rules/action_value.h"
#include "rules/view.h"

typedef struct arci_fill arci_fill;

/* Whom it is written for. */
typedef struct arci_fill_for {
    const arci_locale *locale; /* NULL: English */
    const char *name;          /* of the recipient; NULL: nobody */
} arci_fill_for;

/* data: an object or NULL; at: the node that is told of names that are nowhere. *out NULL after a fault. */
arc_status arci_fill_compile(arci_action_build *b, const arci_view_field *view, const arci_json *data, const arci_json *at, arci_fill **out);
/* Appends the view as a JSON object. */
arc_status arci_fill_put(arci_action_run *r, const arci_fill *f, const arc_value *row, const arci_fill_for *reader, arci_str *out);

enum { ARCI_SPECIAL_NONE, ARCI_SPECIAL_LEVEL, ARCI_SPECIAL_EFFECTIVE, ARCI_SPECIAL_AS_OF, ARCI_SPECIAL_RULE, ARCI_SPECIAL_MARK, ARCI_SPECIAL_RECIPIENT };
/* A name that is none of the subject's; type: ARCI_VIEW_*. 0: none such. */
int arci_fill_special(const char *path, size_t len, uint8_t *type);

#endif
