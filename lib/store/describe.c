/* SPDX-License-Identifier: Apache-2.0 */
/* What lies under a book, in the store's own words. */
#include <string.h>

#include "arcore/book.h"
#include "base/json_out.h"
#include "base/num.h"
#include "store/be.h"

typedef struct description {
    cJSON *root;
    int failed, broken;
} description;

static void say(void *user, const char *key, const char *value)
{
    description *d = user;
    if (!key || !value || !*key || arci_utf8_check(key, strlen(key)) != strlen(key) || arci_utf8_check(value, strlen(value)) != strlen(value) ||
        cJSON_GetObjectItemCaseSensitive(d->root, key)) {
        d->broken = 1;
    } else if (!arci_jo_text(d->root, key, value, strlen(value))) {
        d->failed = 1;
    }
}

static arc_status describe(arci_book *b, description *d, arci_str *text)
{
    arc_status st = arci_be_describe(&b->env, b, say, d);
    if (st != ARC_OK) return st;
    if (d->broken) return arci_be_broken(&b->env, b, "describe() gave a key or a text that is none");
    return !d->failed && arci_jo_print(d->root, 0, text) ? ARC_OK : arci_nomem(&b->env);
}

arc_status arc_book_store_json(arc_book *book, char *buf, size_t *len)
{
    description d = { NULL, 0, 0 };
    arci_str text;
    arci_book *b;
    arc_status st = arci_book_enter(book, &b);
    if (st != ARC_OK) return st;
    if (!len) return arci_book_leave(b, arci_fail(&b->env, ARC_E_INVALID, "len is NULL", "len 为 NULL"));
    arci_str_init(&text, b->env.ctx);
    d.root = arci_jo_object(NULL, NULL);
    if (!d.root || !arci_jo_text(d.root, "scheme", b->ops->scheme, strlen(b->ops->scheme))) {
        st = arci_nomem(&b->env);
    } else {
        st = describe(b, &d, &text);
    }
    cJSON_Delete(d.root);
    if (st == ARC_OK) st = arci_text_out(buf, len, text.s, text.len);
    arci_str_clear(&text);
    return arci_book_leave(b, st);
}
