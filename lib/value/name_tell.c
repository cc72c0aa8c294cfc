/* SPDX-License-Identifier: Apache-2.0 */
#include "value/name_tell.h"

#include <string.h>

#include "base/json_out.h"

size_t arci_name_text(char *out, const arci_name *name, int core_only)
{
    size_t n = 0;
    for (uint32_t i = 0; i < name->n; i++) {
        const arci_name_token *t = &name->tokens[i];
        if (core_only && t->kind != ARCI_NAME_CORE && t->kind != ARCI_NAME_INITIALS && t->kind != ARCI_NAME_NUMBER) continue;
        if (n) out[n++] = ' ';
        memcpy(out + n, name->text + t->at, t->len);
        n += t->len;
    }
    return n;
}

static const char *const kinds[ARCI_NAME_N_KINDS] = { "core", "generic", "region", "legal", "stop", "initials", "number" };
static const char *const hows[] = { "same", "typo", "short", "joined", "initials", "acronym" };

static int put_text(cJSON *o, const char *key, const char *s) { return arci_jo_text(o, key, s, strlen(s)); }

static int put_word(cJSON *o, const char *key, const arci_name *n, uint32_t i)
{
    return arci_jo_text(o, key, n->text + n->tokens[i].at, n->tokens[i].len);
}

static int put_words(cJSON *root, const char *key, const arci_name *n, const int32_t *weights)
{
    cJSON *list = arci_jo_array(root, key);
    int ok = list != NULL;
    for (uint32_t i = 0; ok && i < n->n; i++) {
        cJSON *o = arci_jo_object(list, NULL);
        ok = o && put_word(o, "word", n, i) && put_text(o, "kind", kinds[n->tokens[i].kind]) && arci_jo_int(o, "weight", weights[i]);
    }
    return ok;
}

static int put_links(cJSON *root, const arci_name *a, const arci_name *b, const arci_name_report *r)
{
    cJSON *list = arci_jo_array(root, "matches");
    int ok = list != NULL;
    for (uint32_t i = 0; ok && i < r->n_links; i++) {
        const arci_name_link *l = &r->links[i];
        cJSON *o = arci_jo_object(list, NULL);
        ok = o && put_word(o, "a", a, l->a) && put_word(o, "b", b, l->b) && put_text(o, "how", hows[l->how]) && arci_jo_int(o, "nearness", l->nearness);
    }
    return ok;
}

static int put_rest(cJSON *root, const char *key, const arci_name *n, const arci_name_report *r, int of_a)
{
    cJSON *list = arci_jo_array(root, key);
    int ok = list != NULL;
    for (uint32_t i = 0; ok && i < n->n; i++) {
        int linked = 0;
        for (uint32_t k = 0; k < r->n_links; k++) linked |= (of_a ? r->links[k].a : r->links[k].b) == i;
        if (!linked) ok = put_word(list, NULL, n, i);
    }
    return ok;
}

static int put_all(cJSON *root, const arci_name *a, const arci_name *b, const arci_name_report *r, int32_t score)
{
    return root && arci_jo_int(root, "score", score) && arci_jo_int(root, "words", r->words) && arci_jo_int(root, "letters", r->letters) &&
           put_words(root, "a", a, r->weights_a) && put_words(root, "b", b, r->weights_b) && put_links(root, a, b, r) && put_rest(root, "unmatched_a", a, r, 1) &&
           put_rest(root, "unmatched_b", b, r, 0) && arci_jo_bool(root, "legal_differs", r->legal_differs) &&
           arci_jo_bool(root, "number_differs", r->number_differs) && arci_jo_bool(root, "branch_differs", r->branch_differs);
}

arc_status arci_name_tell(arci_env *env, char *buf, size_t *len, const arci_name *a, const arci_name *b, const arci_name_weigher *w, int with_name)
{
    arci_name_report r;
    arci_str out;
    char text[ARCI_NAME_TEXT + ARCI_NAME_TOKENS];
    arc_status st = ARC_E_NOMEM;
    arci_name_weigh(w, a, r.weights_a);
    arci_name_weigh(w, b, r.weights_b);
    int32_t score = arci_name_compare(a, b, &r, 0);
    cJSON *root = arci_jo_object(NULL, NULL);
    arci_str_init(&out, env->ctx);
    int ok = put_all(root, a, b, &r, score) && (!with_name || arci_jo_text(root, "name", text, arci_name_text(text, b, 0))) && arci_jo_print(root, 0, &out);
    if (ok && !out.failed) st = arci_text_out(buf, len, out.s, out.len);
    cJSON_Delete(root);
    arci_str_clear(&out);
    return st == ARC_E_NOMEM ? arci_nomem(env) : st;
}
