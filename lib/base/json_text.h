/* SPDX-License-Identifier: Apache-2.0 */
/* Writing JSON straight into a string, where building a tree first would cost too much (rows of an export) or where a document is handed
 * on as it was parsed. */
#ifndef ARCI_BASE_JSON_TEXT_H
#define ARCI_BASE_JSON_TEXT_H

#include "base/json.h"
#include "base/str.h"

/* A JSON string with its quotes. Escapes only what RFC 8259 demands. s is valid UTF-8. */
void arci_json_put_text(arci_str *b, const char *s, size_t n);
/* Any node, compactly: members in their order, numbers as written. */
void arci_json_put_node(arci_str *b, const arci_json *node);
/* "key": with a comma in front unless an object has just begun; its value follows. */
void arci_json_put_key(arci_str *b, const char *key);
void arci_json_put_int(arci_str *b, const char *key, int64_t v);
void arci_json_put_str(arci_str *b, const char *key, const char *s);

#endif
