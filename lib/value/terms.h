/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCI_VALUE_TERMS_H
#define ARCI_VALUE_TERMS_H

#include "arcore/terms.h"
#include "base/env.h"

/* What is wrong with a rule: NULL when nothing; else the JSON member to blame. */
const char *arci_due_rule_fault(const arc_due_rule *rule);
/* Struct copied in, terms checked. */
arc_status arci_terms_in(arci_env *env, arc_terms *out, const arc_terms *in);
arc_status arci_env_of(arci_env *env, arc_context *context);
arc_status arci_terms_verify(arci_env *env, const arc_terms *terms);
/* As the functions of arcore/terms.h; errors go to env. */
arc_status arci_terms_parse(arci_env *env, arc_terms *out, const char *json, size_t len);
arc_status arci_terms_parse_text(arci_env *env, arc_terms *out, const char *text, size_t len);
arc_status arci_terms_schedule(arci_env *env, arc_instalment *out, size_t *n, const arc_terms *terms, const arc_terms_facts *facts);
arc_status arci_terms_discounts(arci_env *env, arc_discount *out, size_t *n, const arc_terms *terms, const arc_terms_facts *facts);
arc_status arci_terms_best_discount(arci_env *env, arc_discount *out, const arc_terms *terms, const arc_terms_facts *facts, int32_t line,
                                    arc_date paid_on);
arc_status arci_due_date(arc_date *out, const arc_due_rule *rule, const arc_terms_facts *facts);

#endif
