/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of statement letters. */
#ifndef ARCI_LEDGER_LETTER_H
#define ARCI_LEDGER_LETTER_H

#include "store/session.h"

/* 1 to max bytes of UTF-8. ARC_E_LIMIT (of a number) or ARC_E_INVALID, ARC_E_ENCODING with the field. */
arc_status arci_letter_text_check(arci_env *env, const char *s, size_t max, const char *field);

#endif
