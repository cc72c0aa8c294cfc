/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/account_map.h
 *  Account maps: which account of a general ledger stands behind each account role of the journal. They are definitions of kind "account_map":
 *  saved, published and retired like the others (arcore/definition.h); docs/journal.md has their form.
 *
 *  Codes are not uniform, not even where a chart of accounts is prescribed. The maps shipped here are examples that a book copies and makes its own. */
#ifndef ARCORE_ACCOUNT_MAP_H
#define ARCORE_ACCOUNT_MAP_H

#include "arcore/definition.h"

ARC_BEGIN_DECLS

/** The document of a shipped account map: every account role has an account. Hand it to arc_definition_save(), changed or as it is, and publish it.
 *
 *  @param buf,len law of arcore.h.
 *  @param code    "china": the accounts of the Chinese enterprise accounting standards; "generic": plain English ones.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND: no such map is shipped; ARC_E_INVALID: len or code is NULL. @since 0.1 */
ARC_API arc_status arc_account_map_shipped(char *buf, size_t *len, const char *code);

ARC_END_DECLS

#endif
