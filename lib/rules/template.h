/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions of kind "template": variants by channel and language, each with a subject, a body and a plain text. */
#ifndef ARCI_RULES_TEMPLATE_H
#define ARCI_RULES_TEMPLATE_H

#include "arcore/template.h"
#include "rules/view.h"
#include "store/definition.h"

enum { ARCI_PART_SUBJECT, ARCI_PART_BODY, ARCI_PART_TEXT, ARCI_N_PARTS };

typedef struct arci_template_part {
    arci_must must; /* n 0: the variant has no such part */
    const arci_json *node;
    int escape;
} arci_template_part;

typedef struct arci_template_variant {
    const arci_json *node;
    const char *channel, *language;
    const arci_locale *locale;
    int html;
    arci_template_part parts[ARCI_N_PARTS];
} arci_template_variant;

typedef struct arci_template {
    arci_arena arena; /* everything */
    arc_context *ctx;
    arci_json *root;
    const arci_view_field *view; /* NULL: plain Mustache */
    const arci_json *partials, *sample;
    arci_template_variant *variants;
    uint32_t n_variants;
    size_t most; /* bytes of output of a part */
    arc_error error;
} arci_template;

#define ARCI_TEMPLATE_MOST ((size_t)1 << 20)

/* Partials that a document does not have itself; NULL: none. */
typedef struct arci_template_shelf {
    arci_must_find_fn find;
    void *user;
} arci_template_shelf;

/* Reads and binds a document. With a sink every fault is noted. *out NULL on error. */
arc_status arci_template_read(arci_env *env, arci_template **out, const char *json, size_t len, const arci_template_shelf *shelf, arci_fault_sink *sink);
void arci_template_free(void *t); /* arci_template *; NULL allowed */
/* The variant for a channel and language: that language, a shorter beginning of its tag, else the first of the channel. NULL: none. */
const arci_template_variant *arci_template_pick(const arci_template *t, const char *channel, const char *language);
/* Appends a part; view: a value of the document's view. ARC_E_NOT_FOUND: the variant has no such part. */
arc_status arci_template_render(arci_env *env, const arci_template *t, const arci_template_variant *v, int part, const arci_json *view, arci_str *out);
/* The definition in force, with partials of the definitions of this kind. */
arc_status arci_template_get(arci_txn *t, arci_template **out, const char *code, arc_date on);

/* A document that is no definition yet, with partials of those in force on a day. */
arc_status arci_template_of(arci_txn *t, arci_template **out, const char *json, size_t len, arc_date on);
/* Appends all parts of a variant: {"channel","language","subject","body","text"}. */
arc_status arci_template_put(arci_env *env, const arci_template *t, const arci_template_variant *v, const arci_json *view, arci_str *out);

arc_status arci_template_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink);
extern const char arci_template_schema[]; /* JSON Schema of a document */

#endif
