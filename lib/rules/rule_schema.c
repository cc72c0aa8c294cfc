/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "rules/action.h"
#include "rules/rule.h"

#define THEN "{\"$comment\":\"actions\"}" /* where the schema of actions goes */

static const char schema[] = (
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"Rule\",\"type\":\"object\",\"required\":[\"rule\",\"subject\"],"
    "\"oneOf\":[{\"required\":[\"steps\"],\"not\":{\"anyOf\":[{\"required\":[\"on\"]},{\"required\":[\"then\"]},{\"required\":[\"level\"]},{\"required\":[\"once\"]}]}},{\"required\":[\"on\",\"then\"],\"not\":{\"required\":[\"steps\"]}}],"
    "\"additionalProperties\":false,\"properties\":{"
    "\"rule\":{\"const\":\"arcore/1\"},"
    "\"description\":{\"type\":\"string\",\"maxLength\":1000},"
    "\"subject\":{\"type\":\"string\",\"description\":\"entity\"},"
    "\"currency\":{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\"},"
    "\"calendar\":{\"$ref\":\"#/$defs/calendar\"},"
    "\"priority\":{\"type\":\"integer\",\"minimum\":-1000000,\"maximum\":1000000,\"default\":0},"
    "\"group\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64},"
    "\"mode\":{\"enum\":[\"propose\",\"apply\"],\"default\":\"propose\"},"
    "\"catch_up\":{\"enum\":[\"highest\",\"each\",\"one_step\"],\"default\":\"highest\"},"
    "\"cooldown\":{\"$ref\":\"#/$defs/duration\"},"
    "\"if\":{\"$ref\":\"#/$defs/condition\"},"
    "\"unit\":{\"oneOf\":[{\"$ref\":\"#/$defs/by\"},{\"type\":\"object\",\"required\":[\"by\"],\"additionalProperties\":false,\"properties\":{\"by\":{\"$ref\":\"#/$defs/by\"},"
    "\"split\":{\"type\":\"array\",\"items\":{\"enum\":[\"currency\",\"language\"]},\"default\":[\"currency\"]}}}]},\"once\":{\"$ref\":\"#/$defs/then\"},"
    "\"level\":{\"$ref\":\"#/$defs/level\"},\"on\":{\"$ref\":\"#/$defs/on\"},\"then\":{\"$ref\":\"#/$defs/then\"},"
    "\"steps\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":100,\"items\":{\"type\":\"object\",\"required\":[\"on\",\"then\"],\"additionalProperties\":false,\"properties\":{"
    "\"description\":{\"type\":\"string\",\"maxLength\":1000},\"level\":{\"$ref\":\"#/$defs/level\"},\"on\":{\"$ref\":\"#/$defs/on\"},\"if\":{\"$ref\":\"#/$defs/condition\"},"
    "\"then\":{\"$ref\":\"#/$defs/then\"},\"once\":{\"$ref\":\"#/$defs/then\"}}}}},"
    "\"$defs\":{"
    "\"condition\":{\"type\":\"object\",\"description\":\"arcore-jsonlogic/1\"},"
    "\"by\":{\"enum\":[\"customer\",\"head_office\"]},"
    "\"calendar\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":40},"
    "\"duration\":{\"type\":\"string\",\"pattern\":\"^-?P([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?$\"},"
    "\"level\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000000},"
    "\"then\":" THEN ","
    "\"constant\":{\"type\":[\"string\",\"integer\",\"boolean\",\"null\"]},"
    "\"on\":{\"type\":\"object\",\"required\":[\"kind\"],\"oneOf\":["
    "{\"required\":[\"anchor\"],\"additionalProperties\":false,\"properties\":{\"kind\":{\"const\":\"date\"},"
    "\"anchor\":{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"object\",\"required\":[\"month_end\"],\"additionalProperties\":false,\"properties\":{\"month_end\":{\"type\":\"string\"}}}]},"
    "\"offset\":{\"$ref\":\"#/$defs/duration\"},\"op\":{\"enum\":[\">=\",\">\"]},\"days\":{\"enum\":[\"calendar\",\"business\"]},\"calendar\":{\"$ref\":\"#/$defs/calendar\"},"
    "\"roll\":{\"enum\":[\"none\",\"following\",\"preceding\",\"modified_following\",\"modified_preceding\",\"end_of_month\"]}}},"
    "{\"anyOf\":[{\"required\":[\"field\"]},{\"required\":[\"verb\"]}],\"additionalProperties\":false,\"properties\":{\"kind\":{\"const\":\"change\"},\"entity\":{\"type\":\"string\"},"
    "\"field\":{\"type\":\"string\"},\"from\":{\"oneOf\":[{\"$ref\":\"#/$defs/constant\"},{\"type\":\"array\",\"minItems\":1,\"maxItems\":100,\"items\":{\"$ref\":\"#/$defs/constant\"}}]},"
    "\"to\":{\"oneOf\":[{\"$ref\":\"#/$defs/constant\"},{\"type\":\"array\",\"minItems\":1,\"maxItems\":100,\"items\":{\"$ref\":\"#/$defs/constant\"}}]},"
    "\"verb\":{\"type\":\"string\"},\"via\":{\"type\":\"string\"}}},"
    "{\"required\":[\"rearm\"],\"oneOf\":[{\"required\":[\"value\",\"above\"]},{\"required\":[\"value\",\"below\"]},{\"required\":[\"over\"]}],\"additionalProperties\":false,\"properties\":{"
    "\"kind\":{\"const\":\"threshold\"},\"value\":{},\"above\":{\"type\":[\"string\",\"number\"]},\"below\":{\"type\":[\"string\",\"number\"]},\"over\":{\"$ref\":\"#/$defs/condition\"},"
    "\"rearm\":{\"type\":[\"string\",\"number\",\"object\"]}}}]}}}");

size_t arci_rule_schema(char *buf, size_t cap)
{
    const char *at = strstr(schema, THEN), *rest = at + strlen(THEN);
    size_t head = (size_t)(at - schema), tail = strlen(rest), inner = arci_actions_schema(NULL, 0), n = head + inner + tail;
    if (n >= cap) return n;
    memcpy(buf, schema, head);
    (void)arci_actions_schema(buf + head, cap - head);
    memcpy(buf + head + inner, rest, tail + 1);
    return n;
}
