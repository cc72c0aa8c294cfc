/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/json_out.h"

/* Adds item to parent; deletes it when that fails. */
static cJSON *put(cJSON *parent, const char *key, cJSON *item)
{
    if (!item) return NULL;
    if (!parent) return item;
    if (key ? cJSON_AddItemToObject(parent, key, item) : cJSON_AddItemToArray(parent, item)) return item;
    cJSON_Delete(item);
    return NULL;
}

/* An item of a type whose text is not terminated. */
static cJSON *text_item(int type, const char *s, size_t n)
{
    cJSON *item = cJSON_CreateNull();
    char *copy = cJSON_malloc(n + 1);
    if (!item || !copy) {
        cJSON_Delete(item);
        cJSON_free(copy);
        return NULL;
    }
    if (n) memcpy(copy, s, n);
    copy[n] = 0;
    item->type = type;
    item->valuestring = copy;
    return item;
}

cJSON *arci_jo_object(cJSON *parent, const char *key)
{
    return put(parent, key, cJSON_CreateObject());
}

cJSON *arci_jo_array(cJSON *parent, const char *key)
{
    return put(parent, key, cJSON_CreateArray());
}

int arci_jo_text(cJSON *parent, const char *key, const char *s, size_t n)
{
    return put(parent, key, text_item(cJSON_String, s, n)) != NULL;
}

int arci_jo_raw(cJSON *parent, const char *key, const char *s, size_t n)
{
    return put(parent, key, text_item(cJSON_Raw, s, n)) != NULL;
}

int arci_jo_int(cJSON *parent, const char *key, int64_t v)
{
    char buf[24];
    return arci_jo_raw(parent, key, buf, arci_int_text(buf, v));
}

int arci_jo_bool(cJSON *parent, const char *key, int v)
{
    return put(parent, key, cJSON_CreateBool(v)) != NULL;
}

int arci_jo_null(cJSON *parent, const char *key)
{
    return put(parent, key, cJSON_CreateNull()) != NULL;
}

/* cJSON indents with tabs and puts one behind the colon; raw tabs never stand inside its strings. */
static void add_indented(arci_str *b, const char *s)
{
    while (*s) {
        size_t n = strcspn(s, "\t");
        arci_str_add(b, s, n);
        s += n;
        if (*s != '\t') return;
        int after_colon = n && s[-1] == ':';
        arci_str_puts(b, after_colon ? " " : "  ");
        s++;
    }
}

int arci_jo_print(const cJSON *root, int pretty, arci_str *b)
{
    char *text = pretty ? cJSON_Print(root) : cJSON_PrintUnformatted(root);
    if (!text) {
        b->failed = 1;
        return 0;
    }
    if (pretty) add_indented(b, text);
    else arci_str_puts(b, text);
    cJSON_free(text);
    return !b->failed;
}
