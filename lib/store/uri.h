/* SPDX-License-Identifier: Apache-2.0 */
/* Book URIs: scheme:location?book=CODE&key=value. */
#ifndef ARCI_STORE_URI_H
#define ARCI_STORE_URI_H

#include "base/env.h"

typedef struct arci_uri {
    char scheme[16];
    char code[40];
    const char *location; /* in memory; the backend resolves percent-encoding */
    const char *options;  /* the query without "book", "" when none */
    char *memory;         /* arci_free */
} arci_uri;

/* ARC_E_INVALID: not a URI of this form, or a bad book code. */
arc_status arci_uri_parse(arci_env *env, arci_uri *out, const char *uri);
void arci_uri_clear(arc_context *ctx, arci_uri *u);

#endif
