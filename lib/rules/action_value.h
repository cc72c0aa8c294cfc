/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of actions: a constant, an expression of the condition language over the subject's facts, or a text with Mustache tags that name facts. What each
 * parameter may be is a table; from it they are compiled, and resolved into members of a JSON object. */
#ifndef ARCI_RULES_ACTION_VALUE_H
#define ARCI_RULES_ACTION_VALUE_H

#include "rules/action.h"
#include "rules/duration.h"
#include "rules/logic.h"
#include "value/locale.h"

enum {
    ARCI_AP_TEXT = 1, /* Mustache, or an expression that gives a text or code. most: bytes */
    ARCI_AP_CODE,     /* aux: code list */
    ARCI_AP_INT,      /* at least `least` */
    ARCI_AP_BOOL,
    ARCI_AP_DECIMAL,
    ARCI_AP_MONEY,    /* two members: itself and "currency" */
    ARCI_AP_DATE,     /* "2026-01-31", a duration from the day of the run ("P7D", "-P1M"), or an expression */
    ARCI_AP_REF,      /* aux: entity; {"var": path of a reference}, or the text that names a row */
    ARCI_AP_RAW       /* left to the kind */
};

typedef struct arci_param_spec {
    const char *name;
    uint8_t type;      /* ARCI_AP_* */
    uint8_t required;
    uint16_t most;     /* TEXT */
    int32_t least;     /* INT */
    const char *aux;   /* CODE, REF */
} arci_param_spec;

typedef struct arci_text arci_text;

typedef struct arci_param {
    const arci_param_spec *spec;
    const arci_json *node;  /* of the document; NULL: not given. During compiling alone */
    arci_logic *logic;      /* an expression */
    arci_text *text;        /* a text with tags */
    arci_logic_value fixed; /* a constant, where type is not 0 */
    arci_duration after;    /* a duration, where lasts is 1 */
    uint8_t lasts;
} arci_param;

/* Members of params by the table: out has n entries. Members that are not in it are faults, and so is what is required and missing. */
arc_status arci_params_compile(arci_action_build *b, const arci_json *params, const arci_param_spec *specs, uint32_t n, arci_param *out);
static inline int arci_param_given(const arci_param *p) { return p->logic || p->text || p->fixed.type || p->lasts; }
/* Its value for a row: type 0 where it has none. Texts live in the run's arena or longer; codes come as texts, references as whole numbers. A fault of
 * the data: ARC_E_REQUIRED and so on. locale NULL: English. */
arc_status arci_param_get(arci_action_run *r, const arci_param *p, const arc_value *row, const arci_locale *locale, arci_logic_value *out);
/* One member, which may be of a specification made at run time. */
arc_status arci_param_compile(arci_action_build *b, const arci_param_spec *spec, const arci_json *node, arci_param *out);
/* Appends it to a JSON object that has been begun, when it has a value. currency: the member an amount's currency goes to; NULL: behind the amount, in its text. */
arc_status arci_param_put(arci_action_run *r, const arci_param *p, const char *currency, const arc_value *row, const arci_locale *locale, arci_str *out);
/* The same of several; amounts are in "currency". */
arc_status arci_params_put(arci_action_run *r, const arci_param *params, uint32_t n, const arc_value *row, const arci_locale *locale, arci_str *out);
void arci_action_key(arci_str *b, const char *name); /* ,"name": - without the comma where the object begins */
void arci_action_text(arci_str *b, const char *name, const char *s, size_t n);
void arci_action_int(arci_str *b, const char *name, int64_t v);
void arci_action_date(arci_str *b, const char *name, arc_date d);
/* A value as JSON of its own kind: "12.50", 3, "2026-01-31", {"amount","currency"}. */
void arci_action_value(arci_str *b, const arci_logic_value *v);
/* As people read it in the language: labels of codes, amounts with their sign. */
void arci_action_words(arci_str *b, const arci_logic_value *v, const arci_locale *locale);
/* An amount in whole minor units, half away from zero. ARC_E_OVERFLOW, ARC_E_CURRENCY. */
arc_status arci_action_amount_of(arci_action_run *r, const arci_logic_value *v, arc_money *out);

/* An expression, or a condition (value 0): kept with the list. Its faults are told. *out NULL after one. */
arc_status arci_action_logic(arci_action_build *b, arci_facts *facts, const arci_json *node, int value, arci_logic **out);
/* What comes of one: conditions too. ARC_E_* of the data, with the place. */
arc_status arci_action_run_logic(arci_action_run *r, const arci_logic *p, const arc_value *row, arci_logic_value *out);
/* The same of a path, silently: the status says whether there is such a fact. */
arc_status arci_action_fact(arci_action_build *b, arci_facts *facts, const char *path, size_t len, arci_logic **out, const arci_fact **fact);
/* A row of an entity by the text that names it. ARC_E_NOT_FOUND. */
arc_status arci_action_named(arci_txn *t, arci_arena *arena, const char *entity, const char *field, const char *s, size_t n, int64_t *id);

/* ---- texts (action_text.c) ---- */

/* Compiles a text with tags that name facts; at: the member it stands in. Its faults are told. *out NULL after one. */
arc_status arci_text_compile(arci_action_build *b, const arci_json *at, arci_text **out);
arc_status arci_text_write(arci_action_run *r, const arci_text *x, const arc_value *row, const arci_locale *locale, arci_str *out);

/* ---- applying ---- */

/* Members of what was resolved. 0 or NULL: it has none; a member of another kind is ARC_E_VALUE. */
arc_status arci_given_int(arci_action_do *d, const arci_json *params, const char *name, int64_t *out);
arc_status arci_given_text(arci_action_do *d, const arci_json *params, const char *name, const char **out);
arc_status arci_given_date(arci_action_do *d, const arci_json *params, const char *name, arc_date *out);
/* The stable name of one action of one firing: "rule/dun-1/item/17/2/0@2026-03-01/0"; what is longer than `cap` ends in a digest. */
arc_status arci_action_stable(const arci_action_do *d, char *buf, size_t cap);
/* Appends what it was fired for to a JSON object: rule, revision, level, mark, entity, row, effective_date. */
void arci_action_firing(const arci_action_do *d, arci_str *b);
/* Why a verb did not do it: st with the session's error, put into words for the line. */
arc_status arci_action_verb(arci_action_do *d, arc_status st, const char *name, const int64_t *id, arci_str *result);

#endif
