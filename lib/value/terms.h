/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_VALUE_TERMS_H
#define ARCI_VALUE_TERMS_H

#include "arcore/terms.h"
#include "base/env.h"

/* What is wrong with a rule: NULL when nothing; else the JSON member to blame. */
const char *arci_due_rule_fault(const arc_due_rule *rule);
/* Context to environment, struct copied in, terms checked. */
arc_status arci_terms_in(arci_env *env, arc_context *context, arc_terms *out, const arc_terms *in);
arc_status arci_env_of(arci_env *env, arc_context *context);
arc_status arci_terms_verify(arci_env *env, const arc_terms *terms);
arc_status arci_due_date(arc_date *out, const arc_due_rule *rule, const arc_terms_facts *facts);

#endif
