/* SPDX-License-Identifier: Apache-2.0 */
/* Building and printing JSON with cJSON. Integers and decimals go out as raw text, so nothing passes through a double. */
#ifndef ARCI_BASE_JSON_OUT_H
#define ARCI_BASE_JSON_OUT_H

#include <cjson/cJSON.h>

#include "base/str.h"

/* Each adds to parent (object: key not NULL; array: key NULL). On lack of memory they return NULL/0 and the caller deletes the
 * root and returns arci_nomem(). */
cJSON *arci_jo_object(cJSON *parent, const char *key);
cJSON *arci_jo_array(cJSON *parent, const char *key);
int arci_jo_text(cJSON *parent, const char *key, const char *s, size_t n);
int arci_jo_int(cJSON *parent, const char *key, int64_t v);
int arci_jo_raw(cJSON *parent, const char *key, const char *s, size_t n); /* already valid JSON */
int arci_jo_bool(cJSON *parent, const char *key, int v);
int arci_jo_null(cJSON *parent, const char *key);
/* Prints compactly (pretty = 1: indented by two spaces) and appends to b. 0 when out of memory. */
int arci_jo_print(const cJSON *root, int pretty, arci_str *b);

#endif
