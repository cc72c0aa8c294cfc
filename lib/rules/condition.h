/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions as callers hold them: a document, the facts it reads and its program, made anew when the book's fields change. */
#ifndef ARCI_RULES_CONDITION_H
#define ARCI_RULES_CONDITION_H

#include "arcore/condition.h"
#include "rules/logic.h"

typedef struct arci_condition {
    arci_owned owned; /* first: freed with its session */
    arci_session *session;
    arci_env env; /* of calls on it */
    arc_error error;
    const arci_entity *entity;
    char *text;
    size_t len;
    arc_condition_options options; /* currency: own */
    char currency[4];
    arci_custom *custom; /* it was compiled with; the facts count it */
    arci_facts *facts;
    arci_logic *logic;
} arci_condition;

/* The expression of a document: itself, or the member `if`; currency receives the member of this name, or stays. Errors have code and pointer. */
arc_status arci_condition_document(arci_env *env, const arci_json *document, const arci_json **expression, char currency[4]);
/* What a set of facts reads may be read by the actor: fields, and all rows of what is reached from the subject. */
arc_status arci_facts_may(arci_env *env, arci_session *s, const arci_facts *f);

/* The frame of a call on a condition: its session is entered, its program up to date, the actor allowed; leave hands the error to its slot. */
arc_status arci_condition_enter(arc_condition *handle, arci_condition **out);
arc_status arci_condition_leave(arci_condition *c, arc_status st);

#endif
