/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Schemas of decision tables and scorecards, for editors. The readers are stricter: they know fields, types and values. */
#include "rules/table.h"

#define NUMBER "{\"oneOf\":[{\"type\":\"string\",\"pattern\":\"^-?[0-9]+([.][0-9]{1,6})?$\"},{\"type\":\"number\"}]}"
#define TYPES "{\"enum\":[\"boolean\",\"integer\",\"decimal\",\"number\",\"money\",\"date\",\"text\",\"string\""
#define FACT \
    "\"scale\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":12,\"description\":\"Decimals of a decimal; 6 when it is not said.\"}," \
    "\"currency\":{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\"},\"values\":{\"type\":\"array\",\"minItems\":1,\"uniqueItems\":true,\"items\":{\"type\":\"string\"}}," \
    "\"description\":{\"type\":\"string\"}"
#define INPUT FACT ",\"nullable\":{\"type\":\"boolean\"},\"min\":{\"type\":[\"string\",\"number\"]},\"max\":{\"type\":[\"string\",\"number\"]}"
#define HEAD "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":"
#define COMMON \
    "\"name\":{\"type\":\"string\"},\"description\":{\"type\":\"string\"},\"currency\":{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\",\"description\":\"Of amounts that name none.\"}," \
    "\"subject\":{\"type\":\"string\",\"description\":\"An entity: its fields are inputs without a type of their own.\"},\"sample\":{\"type\":\"object\"}"

const char arci_decision_table_schema[] = (
    HEAD "\"Decision table\",\"type\":\"object\",\"required\":[\"inputs\",\"outputs\",\"rules\"],\"additionalProperties\":false,\"properties\":{"
    "\"decision_table\":{\"const\":\"arcore/1\"}," COMMON ","
    "\"hitPolicy\":{\"enum\":[\"U\",\"A\",\"F\",\"R\",\"C\",\"C+\",\"C<\",\"C>\",\"C#\",\"unique\",\"any\",\"first\",\"rule order\",\"collect\"]},"
    "\"complete\":{\"type\":\"boolean\",\"description\":\"Publishing refuses gaps.\"},\"passThrough\":{\"type\":\"boolean\"},\"executionMode\":{\"const\":\"single\"},"
    "\"inputs\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":64,\"items\":{\"type\":\"object\",\"required\":[\"id\"],\"additionalProperties\":false,\"properties\":{"
    "\"id\":{\"type\":\"string\",\"minLength\":1},\"name\":{\"type\":\"string\"},\"field\":{\"type\":\"string\"},"
    "\"type\":" TYPES ",\"expression\",\"condition\"],\"description\":\"condition: the cells are conditions of their own.\"}," INPUT "}}},"
    "\"outputs\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":32,\"items\":{\"type\":\"object\",\"required\":[\"id\",\"field\",\"type\"],\"additionalProperties\":false,\"properties\":{"
    "\"id\":{\"type\":\"string\",\"minLength\":1},\"name\":{\"type\":\"string\"},\"field\":{\"type\":\"string\",\"minLength\":1},\"type\":" TYPES "]},"
    "\"default\":{\"type\":[\"string\",\"number\",\"boolean\",\"null\"],\"description\":\"When no row applies; written as in a cell.\"}," FACT "}}},"
    "\"rules\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":5000,\"items\":{\"type\":\"object\",\"description\":\"A member for each column's id; _id and _description are the row's own.\","
    "\"additionalProperties\":{\"type\":[\"string\",\"number\",\"boolean\",\"null\",\"object\"]}}}}}");

const char arci_scorecard_schema[] = (
    HEAD "\"Scorecard\",\"type\":\"object\",\"required\":[\"characteristics\"],\"additionalProperties\":false,\"properties\":{"
    "\"scorecard\":{\"const\":\"arcore/1\"}," COMMON ",\"initialScore\":" NUMBER ",\"reasonCodeAlgorithm\":{\"enum\":[\"pointsBelow\",\"pointsAbove\"]},"
    "\"topReasons\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":64},\"label\":{\"type\":\"string\"},\"label_zh\":{\"type\":\"string\"},\"calibration\":{\"type\":\"object\"},"
    "\"credit\":{\"type\":\"object\",\"required\":[\"bands\"],\"description\":\"Bands, limits and terms of a score of customers.\"},"
    "\"characteristics\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":64,\"items\":{\"type\":\"object\",\"required\":[\"name\",\"field\",\"attributes\"],\"properties\":{"
    "\"name\":{\"type\":\"string\",\"minLength\":1},\"field\":{\"type\":\"string\",\"minLength\":1},\"type\":" TYPES ",\"expression\"]}," INPUT ","
    "\"baselineScore\":" NUMBER ",\"weight\":" NUMBER ",\"reasonCode\":{\"type\":\"string\"},\"monotone\":{\"enum\":[\"increasing\",\"decreasing\"]},\"category\":{\"type\":\"string\"},"
    "\"label\":{\"type\":\"string\"},\"label_zh\":{\"type\":\"string\"},"
    "\"attributes\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":1000,\"items\":{\"type\":\"object\",\"required\":[\"test\",\"partialScore\"],\"properties\":{"
    "\"test\":{\"type\":[\"string\",\"number\",\"boolean\"],\"description\":\"A cell; null is the bin of what is missing.\"},\"partialScore\":" NUMBER ",\"reasonCode\":{\"type\":\"string\"}}}}}}}}}");
