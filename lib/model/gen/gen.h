/* SPDX-License-Identifier: Apache-2.0 */
/* The generator: writes what is derived from the schema at build time. A tool of this project, never shipped: it prints and exits. */
#ifndef ARCI_MODEL_GEN_H
#define ARCI_MODEL_GEN_H

#include <stdio.h>

#include "model/schema.h"

void gen_names(FILE *out);  /* lib/model/names.c */
void gen_fields(FILE *out); /* include/arcore/fields.h */
void gen_schema(FILE *out); /* docs/schema.md */

#endif
