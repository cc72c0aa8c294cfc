/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/action.h
 *  Actions (动作): what a step of a rule does when it fires. docs/actions.md has the kinds and their parameters. */
#ifndef ARCORE_ACTION_H
#define ARCORE_ACTION_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

/** The JSON Schema (draft 2020-12) of the `then` of a rule: a list of {"type", "params"}, each kind with its parameters. It is part of the schema of definitions of kind "rule".
 *
 *  @param buf,len law of arcore.h.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_INVALID: len is NULL. Any thread. @since 0.1 */
ARC_API arc_status arc_action_schema_json(char *buf, size_t *len);

ARC_END_DECLS

#endif
