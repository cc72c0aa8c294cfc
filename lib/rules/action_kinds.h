/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of actions of this layer, and what they share. */
#ifndef ARCI_RULES_ACTION_KINDS_H
#define ARCI_RULES_ACTION_KINDS_H

#include "rules/action_value.h"

extern const arci_action_kind arci_action_message, arci_action_task, arci_action_level, arci_action_flag, arci_action_hold, arci_action_set, arci_action_approval, arci_action_call;

/* The kind that holds what is delivered to a customer, of the layer that can: `hold` of rules about orders and deliveries is done by it. Its params have no member "kind". */
#define ARCI_ACTION_ORDER_HOLD "order_hold"

/* {"suppressed": code, "why": {"en", "zh"}}: it is on record and nothing is done. */
arc_status arci_action_suppress(arci_action_run *r, arci_str *params, const char *code, const char *en, const char *zh);

/* Pieces of JSON Schemas. */
#define ARCI_SCHEMA_EXPRESSION "{\"type\":\"object\",\"minProperties\":1,\"maxProperties\":1}"
#define ARCI_SCHEMA_TEXT "{\"oneOf\":[{\"type\":\"string\",\"x-format\":\"mustache\"}," ARCI_SCHEMA_EXPRESSION "]}"
#define ARCI_SCHEMA_DATE "{\"oneOf\":[{\"type\":\"string\",\"pattern\":\"^(-?P[0-9].*|[0-9]{4}-[0-9]{2}-[0-9]{2})$\"}," ARCI_SCHEMA_EXPRESSION "]}"
#define ARCI_SCHEMA_INT "{\"oneOf\":[{\"type\":\"integer\"}," ARCI_SCHEMA_EXPRESSION "]}"
#define ARCI_SCHEMA_AMOUNT "{\"oneOf\":[{\"type\":\"string\",\"pattern\":\"^-?[0-9]+([.][0-9]+)?$\"},{\"type\":\"number\"}," ARCI_SCHEMA_EXPRESSION "]}"
#define ARCI_SCHEMA_ROW "{\"oneOf\":[{\"type\":\"string\"}," ARCI_SCHEMA_EXPRESSION "]}"
#define ARCI_SCHEMA_ONE_WHO \
    "{\"oneOf\":[{\"enum\":[\"owner\",\"owner_manager\",\"team_lead\",\"region_lead\"]},{\"type\":\"object\",\"minProperties\":1,\"maxProperties\":1," \
    "\"properties\":{\"role\":{},\"var\":{\"type\":\"string\"},\"user\":{\"type\":\"string\"},\"address\":{\"type\":\"string\"}},\"additionalProperties\":false}]}"
#define ARCI_SCHEMA_WHO "{\"oneOf\":[{\"type\":\"array\",\"minItems\":1,\"maxItems\":20,\"items\":" ARCI_SCHEMA_ONE_WHO "}," ARCI_SCHEMA_ONE_WHO "]}"
#define ARCI_SCHEMA_TASK_PARTS \
    "\"title\":" ARCI_SCHEMA_TEXT ",\"content\":" ARCI_SCHEMA_TEXT ",\"deadline\":" ARCI_SCHEMA_DATE ",\"level\":" ARCI_SCHEMA_INT ",\"assignee\":" ARCI_SCHEMA_WHO
#define ARCI_SCHEMA_TASK "{\"type\":\"object\",\"properties\":{" ARCI_SCHEMA_TASK_PARTS "},\"additionalProperties\":false}"

#endif
