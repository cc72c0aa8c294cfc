/* SPDX-License-Identifier: Apache-2.0 */
/* Names as text, and why two are as near as they are. */
#ifndef ARCI_VALUE_NAME_TELL_H
#define ARCI_VALUE_NAME_TELL_H

#include "value/name.h"

/* The words with spaces between; room for ARCI_NAME_TEXT + ARCI_NAME_TOKENS bytes. */
size_t arci_name_text(char *out, const arci_name *name, int core_only);
arc_status arci_name_tell(arci_env *env, char *buf, size_t *len, const arci_name *a, const arci_name *b, const arci_name_weigher *w, int with_name);

#endif
